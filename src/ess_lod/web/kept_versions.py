"""The releases published before the one that is served, as members of its series: what each says of itself in its own catalogue, under an IRI of its own.

A release knows nothing of others, so this is added when the server reads the catalogue.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from itertools import pairwise

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from ess_lod.errors import ReleaseError, UnknownRelease
from ess_lod.iris import Iris
from ess_lod.release import Release, open_release, published
from ess_lod.terms import DCAT, DCTERMS, RDFS, VOID, A, iri_of, text

_LOG = logging.getLogger(__name__)

MOST = 20
"""Members beside the present one: the latest. Portals list each of them as a dataset."""

_TITLES = (DCTERMS.title, RDFS.label)
_NOT_OF_A_VERSION = (VOID.uriSpace, VOID.sparqlEndpoint, VOID.vocabulary, DCAT.version, DCAT.distribution, DCAT.hasVersion)


def kept_versions(release: Release) -> Iterator[Triple]:
    """What is to be added to the catalogue of a release: its predecessors that are still there, and the links between them. Nothing when there are none."""
    iris = Iris(release.base)
    main, series = iris.at("dataset"), iris.at("dataset#serie")
    line = [(main, release)] + [(NamedNode(f"{main.value}#version-{old.version}"), old) for old in _predecessors(release)]
    for older, _ in line[1:]:
        yield Triple(iris.at("catalog"), DCAT.dataset, older)
        yield Triple(main, DCAT.hasVersion, older)
    for (newer, _), (older, old) in pairwise(line):
        yield Triple(newer, DCAT.prev, older)
        yield Triple(older, DCAT["next"], newer)
        yield from _member(old, iris, older)
        yield Triple(older, DCAT.isVersionOf, main)
        yield Triple(older, DCAT.version, text(old.version))
    if len(line) > 1:
        yield Triple(series, DCAT.first, line[-1][0])


def _predecessors(release: Release) -> list[Release]:
    """Those published before, latest first, each once, under the same base. One whose catalogue is damaged is left out, which is logged."""
    try:
        history = published(release.path.parent)
    except ReleaseError:
        return []
    after = history[history.index(release.version) + 1 :] if release.version in history else []
    found = []
    for version in dict.fromkeys(after):
        try:
            old = open_release(release.path.parent, version)
            if old.base == release.base and old.version != release.version and "catalogue.ttl" in old.files:
                old.file("catalogue.ttl")
                found.append(old)
        except UnknownRelease:
            continue  # not kept any more
        except ReleaseError as error:
            _LOG.error("The catalogue leaves a version out. %s", error)
    return found[:MOST]


def _member(old: Release, iris: Iris, member: NamedNode) -> Iterator[Triple]:
    """The main dataset of an old release with its whole dumps, renamed, its files at the address of that release."""
    main = iris.at("dataset").value
    said: dict[str, list[Triple]] = {}
    for quad in pyoxigraph.parse(path=old.file("catalogue.ttl"), format=RdfFormat.TURTLE):
        iri = iri_of(quad.subject)
        if iri.partition("#")[0] == main:
            said.setdefault(iri, []).append(quad.triple)
    files = [
        iri_of(triple.object)
        for triple in said.get(main, ())
        if triple.predicate == DCAT.distribution and _is_whole_dump(said.get(iri_of(triple.object), ()))
    ]
    starts = tuple(f"{file}-sha" for file in files)
    own = [iri for iri in sorted(said) if iri in (main, f"{main}#periode", f"{main}#provenance", *files) or iri.startswith(starts)]
    names = {iri: member.value if iri == main else f"{member.value}-{iri.partition('#')[2]}" for iri in own}
    latest, frozen = f"{iris.base}dump/latest/", f"{iris.base}dump/{old.version}/"
    for iri in own:
        for triple in said[iri]:
            if (iri == main and triple.predicate in _NOT_OF_A_VERSION) or (triple.predicate, triple.object) == (A, VOID.Dataset):
                continue
            obj = triple.object
            if isinstance(obj, NamedNode):
                obj = NamedNode(names.get(obj.value, obj.value.replace(latest, frozen, 1)))
            elif triple.predicate == DCTERMS.identifier:
                obj = text(names[iri])
            elif iri == main and triple.predicate in _TITLES and isinstance(obj, Literal):
                obj = Literal(f"{obj.value} (version {old.version})", language=obj.language)
            yield Triple(NamedNode(names[iri]), triple.predicate, obj)
    for file in files:
        yield Triple(member, DCAT.distribution, NamedNode(names[file]))


def _is_whole_dump(said: Iterable[Triple]) -> bool:
    addresses = [iri_of(triple.object) for triple in said if triple.predicate == DCAT.downloadURL]
    return any("/dump/latest/dataset." in address and not address.endswith(".gz") for address in addresses)
