"""What changes between any two releases that are kept: in words, as RDF, and as a patch that a program applies.

``/changes`` lists the publications and leads to a comparison by two versions or by a date; ``/changes/{from}/{to}`` is the comparison, in pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph
from flask import Blueprint, Response, request, send_file
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple

from ess_lod.changes.comparison import Comparison, Difference, compare_apart, compared
from ess_lod.changes.difference import CREATE, DELETE, UPDATE
from ess_lod.changes.journal import AS, TYPES, Publication, publications
from ess_lod.changes.patches import PATCHES
from ess_lod.characters import whole_number
from ess_lod.errors import NotFound
from ess_lod.iris import KINDS
from ess_lod.media import HTML, JSON_LD, N_QUADS, TRIG, MediaType
from ess_lod.terms import DCTERMS, HYDRA, RDF, RDFS, A, en, fr, in_graph, integer
from ess_lod.web import queries
from ess_lod.web.admitted import turn
from ess_lod.web.graph import Graph, Node
from ess_lod.web.journaled import FROZEN, OPEN, journaled, written
from ess_lod.web.live import Edition, public_release, public_releases, served, settings
from ess_lod.web.negotiation import negotiate
from ess_lod.web.properties import property_labels
from ess_lod.web.rendering import here, language, node, render, to
from ess_lod.web.representations import moved, revalidated
from ess_lod.web.territory import asked_date
from ess_lod.web.words import phrase

blueprint = Blueprint("changes", __name__)

SHOWN_ROWS = 60
"""How many rows of one thing a page shows; its RDF has all."""

_RDF: tuple[MediaType, ...] = (TRIG, N_QUADS, JSON_LD)
_PATCHES = tuple(MediaType(extension, content_type, None, label) for extension, (content_type, label, _) in PATCHES.items())
OFFERED: tuple[MediaType, ...] = (HTML, *_RDF, *_PATCHES)
"""The formats of a comparison."""
BY_EXTENSION = {each.extension: each for each in OFFERED}


@dataclass(frozen=True)
class Contrast:
    """One property of a thing or of one of its parts: what it said before, what it says now."""

    part: str
    property: Node
    went: Sequence[Node]
    came: Sequence[Node]


@dataclass(frozen=True)
class Told:
    """What a page says of one thing."""

    about: Node
    kind: str
    is_here: bool
    rows: Sequence[Contrast]
    more: int
    moved: int


@blueprint.get("/changes")
def index() -> Response:
    """The publications, the latest first. ``?from=&to=`` leads to a comparison, ``?since=`` to what has changed since a day."""
    edition = served()
    known = publications(settings().releases)
    kept = public_releases()
    if leads_to := _asked(edition, known):
        return moved(leads_to, 303)
    selected = (known[-1].before if known else None) or edition.release.version

    def html() -> str:
        return render("changes.html", publications=known[::-1], kept=kept[::-1], selected=selected, path="/changes")

    return journaled(f"{len(known)} {edition.release.version} {' '.join(kept)}", HTML, html, OPEN)


@blueprint.get("/changes/<before>/<after>")
@blueprint.get("/changes/<before>/<after>.<any(html,trig,nq,jsonld,rdfp,ru):extension>")
def comparison(before: str, after: str, extension: str | None = None) -> Response:
    """What changes from one release to another, whichever came first. Raises :class:`ess_lod.errors.UnknownRelease`."""
    edition = served()
    found = _compared(before, after)
    media = BY_EXTENSION[extension] if extension else negotiate(request.headers.get("Accept"), OFFERED)
    path = f"/changes/{before}/{after}"
    links = [f'<{here(path)}.{each.extension}>; rel="alternate"; type="{each.content_type}"' for each in OFFERED if each is not media]
    if media in _PATCHES:
        answer = send_file(found.patch(media.extension), media.content_type, etag=f"{before}..{after}", last_modified=None)
        answer.headers["Cache-Control"] = FROZEN
    else:
        number = _page(found)
        links += [
            f'<{here(path)}?page={at}>; rel="{rel}"' for rel, at in (("prev", number - 1), ("next", number + 1)) if 1 <= at <= found.pages
        ]
        if media is HTML:
            answer = revalidated(edition, HTML, lambda: _html(edition, found, number, before, after))
        else:
            iri = edition.iris.at(path[1:])
            answer = journaled(str(number), media, lambda: written(statements(found, number, iri, before, after), media), FROZEN)
    answer.headers["Link"] = ", ".join(links)
    if extension is None:
        answer.vary.add("Accept")
    return answer


def statements(found: Comparison, number: int, iri: NamedNode, before: str, after: str) -> Iterator[Quad]:
    """A page of a comparison in RDF: the kind of change of each thing, what came in the graph ``#added``, what went in ``#removed``."""
    said: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        (iri, A, AS.OrderedCollection),
        (iri, RDFS.label, fr(phrase("changes-between", "fr", before=before, after=after))),
        (iri, RDFS.label, en(phrase("changes-between", "en", before=before, after=after))),
        (iri, AS.totalItems, integer(found.things)),
    ]
    if found.pages > 1:
        view = NamedNode(f"{iri.value}?page={number}")
        said += [(iri, HYDRA.view, view), (view, A, HYDRA.PartialCollectionView)]
        steps = (HYDRA.first, 1), (HYDRA.previous, number - 1), (HYDRA.next, number + 1), (HYDRA.last, found.pages)
        said += [(view, step, NamedNode(f"{iri.value}?page={at}")) for step, at in steps if 1 <= at <= found.pages]
    yield from (Quad(*each) for each in said)
    for place, each in enumerate(found.page(number), 1):
        event = NamedNode(f"{iri.value}#p{number}-{place}")
        yield Quad(iri, AS.items, event)
        yield Quad(event, A, TYPES[each.kind])
        yield Quad(event, AS.object, NamedNode(each.thing))
        if each.moved:
            yield Quad(event, DCTERMS.extent, integer(each.moved))
        for triples, name in ((each.went, "removed"), (each.came, "added")):
            yield from (in_graph(triple, NamedNode(f"{iri.value}#{name}")) for triple in _parsed(triples))


def _asked(edition: Edition, known: Sequence[Publication]) -> str | None:
    """Where ``?from=&to=`` or ``?since=`` lead to. Raises :class:`ess_lod.errors.UnknownRelease` for a version that is none,
    ``BadRequest`` for a day that is none."""
    after = request.args.get("to", "").strip() or edition.release.version
    before = request.args.get("from", "").strip()
    since = asked_date("since")
    if not before and since:
        earlier = [each for each in known if each.issued[:10] <= since]
        before = earlier[-1].after if earlier else (known[0].after if known else after)
    if not before:
        return None
    for version in (before, after):
        public_release(version)
    return f"/changes/{before}/{after}"


def _compared(before: str, after: str) -> Comparison:
    """The comparison: from its files, or worked out in turn with others."""
    pair = public_release(before), public_release(after)
    folder = settings().indexes / "changes"
    if (found := compared(*pair, folder)) is not None:
        return found
    with turn("comparisons"):
        return compared(*pair, folder) or compare_apart(*pair, folder)


def _page(found: Comparison) -> int:
    asked = request.args.get("page", "1")
    number = whole_number(asked)
    if not number or number > found.pages or asked != str(number):  # a page has one address
        raise NotFound(request.full_path)
    return number


def _html(edition: Edition, found: Comparison, number: int, before: str, after: str) -> str:
    chosen = language()
    things = found.page(number)
    names = {CREATE: phrase("change-create", chosen), UPDATE: phrase("change-update", chosen), DELETE: phrase("change-delete", chosen)}
    return render(
        "comparison.html",
        found=found,
        before=before,
        after=after,
        told=_told(edition, things),
        groups=group_names(chosen),
        names=names,
        page=number,
        path=f"/changes/{before}/{after}",
        offered=OFFERED[1:],
        counted=[(group, counts, _link(before, after, found.first_pages[group])) for group, counts in found.counts.items()],
    )


def _link(before: str, after: str, number: int) -> str:
    return to(f"/changes/{before}/{after}#list", page="" if number == 1 else str(number))


def group_names(chosen: str) -> dict[str, str]:
    """What a group of things is called."""
    return {kind: phrase(f"list-{kind}", chosen) for kind in KINDS} | {
        "dataset": phrase("changes-dataset", chosen),
        "graph": phrase("changes-graphs", chosen),
        "vocabulary": phrase("changes-vocabulary", chosen),
        "other": phrase("changes-other", chosen),
    }


def _told(edition: Edition, things: Sequence[Difference]) -> list[Told]:
    parsed = [(each, _parsed(each.went), _parsed(each.came)) for each in things]
    graph = Graph((*edition.words, *property_labels()))
    named = {each.thing for each in things}
    named |= {term.value for _, went, came in parsed for triple in (*went, *came) for term in _iris(triple)}
    labels = _labels(edition, named)
    graph.add(labels)
    graph.add(_own_label(each, tag, text) for each in things for tag, text in each.labels.items())
    here_now = {triple.subject for triple in labels}
    start = node(edition, edition.iris.base, graph)
    told = []
    for each, went, came in parsed:
        rows = _rows(start, each.thing, went, came)
        told.append(
            Told(
                start.at(each.thing),
                each.kind,
                NamedNode(each.thing) in here_now,
                rows[:SHOWN_ROWS],
                max(0, len(rows) - SHOWN_ROWS),
                each.moved,
            )
        )
    return told


def _rows(start: Node, thing: str, went: Sequence[Triple], came: Sequence[Triple]) -> list[Contrast]:
    """By part and property; the thing itself before its parts, its type and label before the rest."""
    found: dict[tuple[str, str], tuple[list[Node], list[Node]]] = {}
    for side, triples in enumerate((went, came)):
        for triple in triples:
            part = str(getattr(triple.subject, "value", "")).removeprefix(thing)
            found.setdefault((part, triple.predicate.value), ([], []))[side].append(start.at(triple.object))
    first = {RDF.type.value: 0, RDFS.label.value: 1}
    order = sorted(found, key=lambda key: (key[0], first.get(key[1], 2), key[1]))
    return [Contrast(part, start.at(iri), *found[part, iri]) for part, iri in order]


def _own_label(each: Difference, tag: str, text: str) -> Triple:
    return Triple(NamedNode(each.thing), RDFS.label, Literal(text, language=tag) if tag else Literal(text))


def _iris(triple: Triple) -> Iterator[NamedNode]:
    yield from (term for term in (triple.predicate, triple.object) if isinstance(term, NamedNode))


def _parsed(triples: Sequence[bytes]) -> list[Triple]:
    return [quad.triple for quad in pyoxigraph.parse(b"".join(triple + b" .\n" for triple in triples), format=RdfFormat.N_TRIPLES)]


def _labels(edition: Edition, iris: set[str]) -> list[Triple]:
    """Labels of what the served release describes; IRIs that SPARQL could not write are left out."""
    plain = sorted(iri for iri in iris if iri.startswith(("http://", "https://")) and not set(iri) & set('<>"{}|\\^` '))
    return edition.triples(queries.fill(queries.LABELS, iris=" ".join(f"<{iri}>" for iri in plain))) if plain else []
