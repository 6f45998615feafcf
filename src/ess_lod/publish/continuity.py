"""What was published stays: the gate's comparison of a draft with what the last publication had.

A published release has all that the one before it had, because it was compared with it; so the last one stands for all, and withdrawn ids and
duplicates are in it as well. Only a return to an earlier version breaks that chain: then the versions that were left behind are looked at too.

What is compared: things (``{base}id/…``), concepts and schemes, classes and properties, shapes. Not ``#fragment`` parts, whose page stays, nor graphs of
sources, which lead to the page of their document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple

from ess_lod import changes
from ess_lod.config import Settings
from ess_lod.errors import ConfigError, GateRefusal, NoRelease
from ess_lod.publish.report import Report, Result
from ess_lod.publish.shapes import Constraint, Shapes, read_shapes
from ess_lod.release import Release, current_version, open_release, versions
from ess_lod.terms import ESS_IRI, SH, SHAPES_IRI, VOCAB_IRI, A

_SHAPE = "PublishedShape"
_SHAPE_CLASSES = (SH.NodeShape, SH.PropertyShape)


@dataclass(frozen=True)
class Addresses:
    """What a release, or what is to become one, answers for under its base."""

    base: str
    iris: frozenset[str]


def addresses_of(quads: Iterable[Quad], shapes: Iterable[Triple], base: str) -> Addresses:
    """The addresses of a draft."""
    named = (quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode))
    return Addresses(base, frozenset((*_kept(named, base), *_shapes(shapes))))


def addresses_in(release: Release) -> Addresses:
    """The addresses of a release, from its files, line by line."""
    with release.file(changes.DATASET).open(encoding="utf-8") as lines:
        iris = set(_kept((line[1 : line.index(">")] for line in lines if line.startswith("<")), release.base))
    if "shapes.ttl" in release.files:
        iris.update(_shapes(quad.triple for quad in pyoxigraph.parse(path=release.file("shapes.ttl"), format=RdfFormat.TURTLE)))
    return Addresses(release.base, frozenset(iris))


def predecessors(releases: Path) -> list[Release]:
    """The releases that what is published next must not lose anything of: the published one, and those that were left behind by going back."""
    try:
        found = [current_version(releases)]
    except NoRelease:
        return []
    journal = changes.publications(releases)
    for number in range(len(journal) - 1, -1, -1):
        publication = journal[number]
        found.append(publication.after)
        if not publication.is_return and publication.after not in {each.after for each in journal[:number]}:
            break
        if publication.before:
            found.append(publication.before)
    present = set(versions(releases))
    return [open_release(releases, version) for version in dict.fromkeys(found) if version in present or version == found[0]]


def lost(before: Iterable[Release], now: Addresses, shapes: Shapes) -> tuple[Result, ...]:
    """A Violation for each address that would answer no more, or one for all when the base is another; sorted.

    Raises :class:`ConfigError` when the shapes have no words for it.
    """
    words = _words(shapes)
    found: dict[str, Result] = {}
    for release in before:
        had = addresses_in(release)
        if had.base != now.base:
            count = sum(iri.startswith(f"{had.base}id/") for iri in had.iris)
            filling = {"version": release.version, "count": str(count), "value": had.base, "base": now.base}
            found.setdefault(had.base, _result(words["base"], had.base, filling))
        for iri in had.iris - now.iris:
            if had.base == now.base or not iri.startswith(f"{had.base}id/"):
                found.setdefault(iri, _result(words[_sort(iri)], iri, {"version": release.version}))
    return tuple(sorted(found.values(), key=lambda result: result.rank))


def check_release(settings: Settings, release: Release) -> None:
    """Refuse to publish a frozen release that has lost something published since it was made.

    What has been published already may be published again: it is a return, as a rollback is. Raises :class:`GateRefusal`.
    """
    if release.version in {publication.after for publication in changes.publications(settings.releases)}:
        return
    results = lost(predecessors(settings.releases), addresses_in(release), read_shapes(settings.shapes))
    if results:
        raise GateRefusal(Report(results=results, focus_counts={}).text())


def _kept(iris: Iterable[str], base: str) -> Iterator[str]:
    last, things = "", f"{base}id/"
    for iri in iris:
        if iri == last:
            continue
        last = iri
        if iri.startswith(ESS_IRI) or (iri.startswith((VOCAB_IRI, things)) and "#" not in iri):
            yield iri


def _shapes(triples: Iterable[Triple]) -> Iterator[str]:
    for triple in triples:
        if triple.predicate == A and triple.object in _SHAPE_CLASSES and isinstance(triple.subject, NamedNode):
            yield triple.subject.value


def _sort(iri: str) -> str:
    sorts = {VOCAB_IRI: "concept", ESS_IRI: "term", SHAPES_IRI: "shape"}
    return next((sort for start, sort in sorts.items() if iri.startswith(start)), "thing")


def _words(shapes: Shapes) -> dict[str, Constraint]:
    for shape in shapes.shapes:
        if shape.name == _SHAPE:
            return {constraint.name.partition("-")[2]: constraint for constraint in shape.constraints}
    raise ConfigError(
        f"shapes/ n'a pas de {_SHAPE} : rien ne dirait qu'une adresse publiée se perd. Reprendre shapes/organization-change.ttl."
    )


def _result(constraint: Constraint, focus: str, filling: dict[str, str]) -> Result:
    french, english = constraint.message
    for name, value in filling.items():
        french, english = (text.replace(f"{{?{name}}}", value) for text in (french, english))
    return Result(
        severity=constraint.severity,
        shape=SHAPES_IRI + _SHAPE,
        constraint=constraint.iri,
        focus=focus,
        path=constraint.path,
        value=str(Literal(filling["version"])),
        component=SH.MinCountConstraintComponent.value,
        message_fr=french,
        message_en=english,
    )
