"""Things and their documents, and named graphs."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode, Triple

from ess_lod.errors import Gone, NotAcceptable, NotFound
from ess_lod.iris import concept, kind_of
from ess_lod.media import BY_EXTENSION, HTML, JSON, RESOURCE_TYPES
from ess_lod.store import describe, in_reading_order
from ess_lod.terms import DCTERMS, FOAF, A, iri_of
from ess_lod.web import links, profiles, queries, schema_org, territory
from ess_lod.web.graph import Graph
from ess_lod.web.history import history_of
from ess_lod.web.lists import neighbours
from ess_lod.web.live import Edition, served
from ess_lod.web.negotiation import negotiate
from ess_lod.web.profiles import Profile
from ess_lod.web.rendering import dataset_node, language, node, render
from ess_lod.web.representations import FRESH, Page, moved, represent, write
from ess_lod.web.views import seen_as

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
_AGENTS = ("acteur", "personne-publique")
_SHOWN_SUBJECTS = 100
_GRAPH_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9_-]+)*")


@blueprint.get("/id/<kind>/<id_>")
def thing(kind: str, id_: str) -> Response:
    """A thing is not its document: 303 to what describes it, 301 from a duplicate to the one that is kept, 410 for a withdrawn one."""
    edition = served()
    iri = _minted(edition, kind, id_)
    triples = edition.triples(queries.fill(queries.FATE, iri=iri))
    if not triples:
        raise NotFound(request.path)
    if kept := _kept(edition, Graph(triples), iri):
        return moved(kept, 301)
    if _is_withdrawn(Graph(triples), iri):
        return _gone(iri, triples, None)
    profile, asked = profiles.forwarded(kind)
    answer = moved(edition.iris.path(edition.iris.document_of(iri)) or "", 303, asked)
    answer.headers["Content-Profile"] = profile.header
    answer.vary.add("Accept-Profile")
    return answer


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
        return moved(kept.replace("/id/", "/doc/", 1) + (f".{extension}" if extension else ""), 301)
    if _is_withdrawn(about, iri):
        return _gone(iri, [each for each in triples if iri_of(each.subject) == iri], extension)
    choice = profiles.choose(kind, extension)
    path = f"/doc/{kind}/{id_}"
    page = _in_profile(edition, choice.profile, path, kind, iri, triples, about)
    return profiles.sign(represent(edition, page, extension, choice.media), path, kind, choice)


@blueprint.get("/graph/<path:name>")
@blueprint.get(f"/graph/<path:name>.{_EXTENSION}")
def graph(name: str, extension: str | None = None) -> Response:
    """The statements of one named graph, and where they come from; of a document from which nothing is drawn any more, 303 to its page."""
    edition = served()
    if not _GRAPH_NAME.fullmatch(name):
        raise NotFound(request.path)
    iri = edition.iris.graph(name).value
    stated = edition.triples(queries.fill(queries.GRAPH, iri=iri))
    if not stated:
        return _without_statements(edition, name, extension)
    provenance = list(
        edition.store.query(queries.fill(queries.GRAPH_PROVENANCE, iri=iri, catalogue=edition.iris.graph("catalogue").value)).triples()
    )
    triples = sorted({*stated, *provenance}, key=str)

    def html() -> str:
        subjects = sorted({each.subject for each in stated}, key=str)
        seen = set(subjects[:_SHOWN_SUBJECTS])
        shown = [*(each for each in stated if each.subject in seen), *provenance]
        named = {term.value for each in shown for term in (each.subject, each.predicate, each.object) if isinstance(term, NamedNode)}
        about = node(edition, iri, [*shown, *_labels(edition, named)])
        return render(
            "graph.html",
            about=about,
            subjects=[about.at(term) for term in subjects],
            path=f"/graph/{name}",
            count=len(stated),
            shown=_SHOWN_SUBJECTS,
        )

    return represent(edition, Page(f"/graph/{name}", triples, html), extension)


def _without_statements(edition: Edition, name: str, extension: str | None) -> Response:
    """303 to the document that a graph is named after. Raises :class:`NotFound` when there is none."""
    if kind_of(name) == "document":
        iri = edition.iris.thing(name).value
        if edition.triples(queries.fill(queries.FATE, iri=iri)):
            return moved((edition.iris.path(edition.iris.document_of(iri)) or "") + (f".{extension}" if extension else ""), 303)
    raise NotFound(request.path)


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


def _in_profile(edition: Edition, profile: Profile, path: str, kind: str, iri: str, triples: list[Triple], about: Graph) -> Page:
    """What is said of a thing, in the terms of a profile."""
    if profile is profiles.OWN:
        return Page(path, with_document(edition, iri, triples), lambda: _thing_page(edition, kind, iri, about), profile=profile.iri)
    document = edition.iris.document_of(iri)
    if profile.view is not None:
        said = seen_as(profile.view, about, edition.vocabulary, iri, kind)
    else:
        said = in_reading_order(profiles.alternates(document, path, edition.iris.base, kind), document)

    def html() -> str:
        return render(
            "alternates.html",
            about=node(edition, iri, about),
            path=path,
            kind=kind,
            profiles=profiles.offered(kind),
            address=profiles.address,
        )

    return Page(path, said, html, profile=profiles.OWN.iri, query=f"_profile={profile.token}")


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


def _gone(iri: str, triples: list[Triple], extension: str | None) -> Response:
    """410: a minimal graph for those who ask for RDF by name; others get the words of :class:`Gone`."""
    try:
        media = BY_EXTENSION[extension] if extension else negotiate(request.headers.get("Accept"), (*RESOURCE_TYPES, JSON))
    except NotAcceptable:
        media = HTML
    if media in (HTML, JSON):
        raise Gone(iri)
    answer = Response(write(served(), sorted(triples, key=str), media), 410, content_type=media.header)
    answer.headers["Cache-Control"] = FRESH
    answer.vary.add("Accept")
    return answer


def _thing_page(edition: Edition, kind: str, iri: str, said: Graph) -> str:
    page = said.copy()
    page.add(edition.words)
    for text in queries.BEYOND.get(kind, ()):
        page.add(edition.triples(queries.fill(text, iri=iri)))
    about = node(edition, iri, page)
    told = territory.story(edition, about, territory.asked_date()) if kind == "territoire" else None
    history = history_of(about) if kind in _AGENTS else None
    stated_in = [row["graph"] for row in edition.rows(queries.fill(queries.STATED_IN, iri=iri))]
    page.add(_labels(edition, stated_in))
    return render(
        _TEMPLATES[kind],
        about=about,
        said=node(edition, iri, said),
        kind=kind,
        path=f"/doc/{kind}/{about.name}",
        stated_in=[about.at(each) for each in stated_in],
        structured=schema_org.of_thing(about),
        links_out=links.links_out(node(edition, iri, said)),
        links_in=links.links_in(node(edition, iri, said)),
        story=told,
        placed=told.placed if told else history.placed if history else (),
        many=territory.MANY,
        profiles=profiles.offered(kind),
        history=history,
        neighbours=neighbours(edition, kind, iri, language()) if kind == "supplement" else (),
    )


def _labels(edition: Edition, iris: list[str] | set[str]) -> list[Triple]:
    """Labels of many nodes. IRIs that SPARQL could not write are left out."""
    plain = sorted(iri for iri in iris if iri.startswith(("http://", "https://")) and not set(iri) & set('<>"{}|\\^` '))
    if not plain:
        return []
    return edition.triples(queries.fill(queries.LABELS, iris=" ".join(f"<{iri}>" for iri in plain)))
