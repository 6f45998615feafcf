"""Things and their documents, named graphs, and the look-up of things by their official identifiers."""

from __future__ import annotations

import re

from flask import Blueprint, Response, json, request
from pyoxigraph import NamedNode, Triple

from ess_lod.errors import Gone, NotAcceptable, NotFound
from ess_lod.iris import concept, kind_of
from ess_lod.media import BY_EXTENSION, HTML, RESOURCE_TYPES, MediaType, negotiate
from ess_lod.store import describe, in_reading_order, write_triples
from ess_lod.terms import DCTERMS, FOAF, A, iri_of
from ess_lod.web import queries, schema_org
from ess_lod.web.graph import Graph
from ess_lod.web.live import Edition, served
from ess_lod.web.pages import neighbours
from ess_lod.web.rendering import dataset_node, language, node, render, to
from ess_lod.web.representations import FRESH, Page, represent

blueprint = Blueprint("resources", __name__)

_EXTENSION = "<any(html,ttl,jsonld,rdf,nt):extension>"
_TEMPLATES = {
    "supplement": "supplement.html",
    "lettre": "lettre.html",
    "territoire": "territory.html",
    "acteur": "agent.html",
    "personne-publique": "agent.html",
    "cooperation": "cooperation.html",
    "dispositif": "cooperation.html",
    "document": "document.html",
}
_SHOWN_SUBJECTS = 100
_GRAPH_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9_-]+)*")
_ALIASES = {
    "siren": re.compile(r"\d{9}"),
    "siret": re.compile(r"\d{14}"),
    "rna": re.compile(r"W\d[0-9A-Z]\d{7}"),
}
_JSON = MediaType("json", "application/json", None, "JSON")


@blueprint.get("/id/<kind>/<id_>")
def thing(kind: str, id_: str) -> Response:
    """A thing is not its document: 303 to what describes it, 301 from a duplicate to the one that is kept, 410 for a withdrawn one."""
    edition = served()
    iri = _minted(edition, kind, id_)
    triples = edition.triples(queries.fill(queries.FATE, iri=iri))
    if not triples:
        raise NotFound(request.path)
    if kept := _kept(edition, Graph(triples), iri):
        return _moved(kept, 301)
    if _is_withdrawn(Graph(triples), iri):
        return _gone(iri, triples, None)
    return _moved(edition.iris.path(edition.iris.document_of(iri)) or "", 303)


@blueprint.get("/doc/<kind>/<id_>")
@blueprint.get(f"/doc/<kind>/<id_>.{_EXTENSION}")
def document(kind: str, id_: str, extension: str | None = None) -> Response:
    """What is said of a thing."""
    edition = served()
    iri = _minted(edition, kind, id_)
    triples = describe(edition.store, iri)
    if not triples:
        raise NotFound(request.path)
    about = Graph(triples)
    if kept := _kept(edition, about, iri):
        return _moved(kept.replace("/id/", "/doc/", 1) + (f".{extension}" if extension else ""), 301)
    if _is_withdrawn(about, iri):
        return _gone(iri, [each for each in triples if iri_of(each.subject) == iri], extension)
    page = Page(f"/doc/{kind}/{id_}", with_document(edition, iri, triples), lambda: _thing_page(edition, kind, iri, triples))
    return represent(edition, page, extension)


@blueprint.get("/graph/<path:name>")
@blueprint.get(f"/graph/<path:name>.{_EXTENSION}")
def graph(name: str, extension: str | None = None) -> Response:
    """The statements of one named graph, and where they come from."""
    edition = served()
    if not _GRAPH_NAME.fullmatch(name):
        raise NotFound(request.path)
    iri = edition.iris.graph(name).value
    stated = edition.triples(queries.fill(queries.GRAPH, iri=iri))
    if not stated:
        raise NotFound(request.path)
    provenance = list(
        edition.store.query(queries.fill(queries.GRAPH_PROVENANCE, iri=iri, catalogue=edition.iris.graph("catalogue").value)).triples()
    )
    triples = sorted({*stated, *provenance}, key=str)

    def html() -> str:
        named = {term.value for each in triples for term in (each.subject, each.predicate, each.object) if isinstance(term, NamedNode)}
        about = node(edition, iri, [*triples, *_labels(edition, named)])
        subjects = sorted({each.subject for each in stated}, key=lambda term: about.at(term).value)
        return render(
            "graph.html",
            about=about,
            subjects=[about.at(term) for term in subjects],
            path=f"/graph/{name}",
            count=len(stated),
            shown=_SHOWN_SUBJECTS,
        )

    return represent(edition, Page(f"/graph/{name}", triples, html), extension)


@blueprint.get("/<any(siren,siret,rna):scheme>/<code>")
def alias(scheme: str, code: str) -> Response:
    """The thing that has an official identifier: 303 to it, 300 with the choices when there are several."""
    edition = served()
    if not _ALIASES[scheme].fullmatch(code):
        raise NotFound(request.path)
    text = queries.fill(queries.IDENTIFIED, code=code, type=concept("type-identifiant", scheme).value)
    found = [(row["thing"], row["label"]) for row in edition.rows(text)]
    if not found and scheme == "siren":
        text = queries.fill(queries.TERRITORY_CODED, code=code)
        found = [(row["thing"], row["label"]) for row in edition.rows(text)]
    if not found:
        raise NotFound(request.path)
    if len(found) == 1:
        return _moved(edition.iris.path(found[0][0]) or "", 303)
    return _choices(edition, found)


def with_document(edition: Edition, iri: str, triples: list[Triple]) -> list[Triple]:
    """A description and what is said of the document that carries it: its subject, its licence, the dataset that it is part of."""
    own = NamedNode(edition.iris.document_of(iri))
    about = [Triple(own, A, FOAF.Document), Triple(own, FOAF.primaryTopic, NamedNode(iri))]
    dataset = dataset_node(edition)
    if dataset is not None:
        about.append(Triple(own, DCTERMS.isPartOf, NamedNode(dataset.value)))
        about.extend(
            Triple(own, DCTERMS.license, NamedNode(licence.value)) for licence in dataset.all("dcterms:license") if not licence.is_literal
        )
    return in_reading_order({*triples, *about}, iri)


def _minted(edition: Edition, kind: str, id_: str) -> str:
    """The IRI of an id that has the letter of its kind. Raises :class:`NotFound`."""
    if kind_of(id_) != kind:
        raise NotFound(request.path)
    return edition.iris.thing(id_).value


def _kept(edition: Edition, graph: Graph, iri: str) -> str | None:
    """Path of the thing that a duplicate gives way to; ``None`` for what is no duplicate."""
    same = graph.objects(NamedNode(iri), "owl:sameAs")
    return edition.iris.path(iri_of(same[0])) if same else None


def _is_withdrawn(graph: Graph, iri: str) -> bool:
    return concept("etat", "retire") in graph.objects(NamedNode(iri), "adms:status")


def _moved(path: str, status: int) -> Response:
    answer = Response(status=status, content_type="text/plain; charset=utf-8")
    answer.headers["Location"] = to(path)
    answer.headers["Cache-Control"] = FRESH
    return answer


def _gone(iri: str, triples: list[Triple], extension: str | None) -> Response:
    """410: a minimal graph for programs; people get the words of :class:`Gone`."""
    try:
        media = BY_EXTENSION[extension] if extension else negotiate(request.headers.get("Accept"), RESOURCE_TYPES)
    except NotAcceptable:
        media = HTML
    if media is HTML:
        raise Gone(iri)
    answer = Response(write_triples(sorted(triples, key=str), media), 410, content_type=media.header)
    answer.headers["Cache-Control"] = FRESH
    answer.vary.add("Accept")
    return answer


def _choices(edition: Edition, found: list[tuple[str, str]]) -> Response:
    """300: the things to choose from, as HTML or JSON."""
    choices = [{"iri": iri, "label": label, "href": to(edition.iris.path(iri) or "")} for iri, label in found]
    media = negotiate(request.headers.get("Accept"), (HTML, _JSON))
    body = (
        render("choices.html", choices=choices) if media is HTML else json.dumps({"choices": choices}, ensure_ascii=False, indent=2) + "\n"
    )
    answer = Response(body, 300, content_type=media.header)
    answer.headers["Link"] = ", ".join(f'<{each["href"]}>; rel="alternate"' for each in choices)
    answer.headers["Cache-Control"] = FRESH
    answer.vary.update(("Accept", "Accept-Language"))
    return answer


def _thing_page(edition: Edition, kind: str, iri: str, triples: list[Triple]) -> str:
    page = Graph([*triples, *edition.words])
    for text in queries.BEYOND.get(kind, ()):
        page.add(edition.triples(queries.fill(text, iri=iri)))
    about = node(edition, iri, page)
    stated_in = [row["graph"] for row in edition.rows(queries.fill(queries.STATED_IN, iri=iri))]
    page.add(_labels(edition, stated_in))
    return render(
        _TEMPLATES[kind],
        about=about,
        said=node(edition, iri, triples),
        kind=kind,
        path=f"/doc/{kind}/{about.name}",
        stated_in=[about.at(each) for each in stated_in],
        structured=schema_org.of_thing(about),
        neighbours=neighbours(edition, kind, iri, language()) if kind == "supplement" else (),
    )


def _labels(edition: Edition, iris: list[str] | set[str]) -> list[Triple]:
    """Labels of many nodes. IRIs that SPARQL could not write are left out."""
    plain = sorted(iri for iri in iris if iri.startswith(("http://", "https://")) and not set(iri) & set('<>"{}|\\^` '))
    if not plain:
        return []
    return edition.triples(queries.fill(queries.LABELS, iris=" ".join(f"<{iri}>" for iri in plain)))
