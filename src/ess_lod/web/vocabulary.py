"""The vocabulary: the ontology and its terms, the SKOS schemes and their concepts, the shapes. Served from the files of the release."""

from __future__ import annotations

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode, Triple

from ess_lod.errors import NotFound
from ess_lod.iris import node_of
from ess_lod.terms import ONTOLOGY_IRI, OWL, RDF, RDFS, SHAPES_IRI, SKOS, VOCAB_IRI, iri_of
from ess_lod.web import links, queries
from ess_lod.web.graph import Graph, Node, Term, reading_order
from ess_lod.web.live import Edition, served
from ess_lod.web.rendering import node, render
from ess_lod.web.representations import Page, represent

blueprint = Blueprint("vocabulary", __name__)

_EXTENSION = "<any(html,ttl,jsonld,rdf,nt):extension>"
_SHOWN_USERS = 25
_MATCHES = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")


@blueprint.get("/ns")
@blueprint.get(f"/ns.{_EXTENSION}")
def ontology(extension: str | None = None) -> Response:
    """All classes and properties."""
    return _ontology("/ns", extension)


@blueprint.get("/ns/<version>")
@blueprint.get(f"/ns/<version>.{_EXTENSION}")
def ontology_version(version: str, extension: str | None = None) -> Response:
    """The version of the ontology that this release carries; other versions are in their own releases' dumps."""
    known = served().vocabulary.objects(NamedNode(ONTOLOGY_IRI), "owl:versionIRI")
    if node_of(f"{ONTOLOGY_IRI}/{version}") not in known:
        raise NotFound(request.path)
    return _ontology(f"/ns/{version}", extension)


@blueprint.get("/vocab")
@blueprint.get(f"/vocab.{_EXTENSION}")
def schemes(extension: str | None = None) -> Response:
    """All schemes."""
    edition = served()
    found = edition.vocabulary.instances("skos:ConceptScheme")
    triples = [each for each in edition.schemes if each.subject in found]

    def html() -> str:
        about = node(edition, VOCAB_IRI.rstrip("/"), edition.vocabulary)
        listed = sorted((about.at(scheme) for scheme in found), key=lambda scheme: reading_order(scheme.label))
        return render("schemes.html", schemes=[(scheme, len(scheme.of("skos:inScheme"))) for scheme in listed], path="/vocab")

    return represent(edition, Page("/vocab", triples, html), extension)


@blueprint.get("/vocab/<scheme>")
@blueprint.get(f"/vocab/<scheme>.{_EXTENSION}")
def scheme(scheme: str, extension: str | None = None) -> Response:
    """One scheme with its concepts."""
    edition = served()
    iri = node_of(VOCAB_IRI + scheme)
    if iri is None or iri not in edition.vocabulary:
        raise NotFound(request.path)
    members = {iri, *edition.vocabulary.subjects("skos:inScheme", iri)}
    triples = sorted({each for each in (*edition.schemes, *edition.ontology) if each.subject in members}, key=str)

    def html() -> str:
        about = node(edition, iri.value, edition.vocabulary)
        tops = [each for each in about.of("skos:inScheme") if not each.all("skos:broader")]
        uses = edition.keep(f"uses of {iri.value}", lambda: _uses_in(edition, iri))
        return render("scheme.html", about=about, tops=tops, uses=uses, path=f"/vocab/{scheme}")

    return represent(edition, Page(f"/vocab/{scheme}", triples, html), extension)


@blueprint.get("/vocab/<scheme>/<notation>")
@blueprint.get(f"/vocab/<scheme>/<notation>.{_EXTENSION}")
def term(scheme: str, notation: str, extension: str | None = None) -> Response:
    """One concept: what it means, what is near it here and elsewhere, who uses it."""
    edition = served()
    iri = node_of(f"{VOCAB_IRI}{scheme}/{notation}")
    if iri is None or iri not in edition.vocabulary:
        raise NotFound(request.path)
    about = node(edition, iri.value, edition.vocabulary)
    if linked := _linked(edition, about):
        graph = edition.vocabulary.copy()
        graph.add(linked)
        about = node(edition, iri.value, graph)
    page = Page(f"/vocab/{scheme}/{notation}", [*_around(edition, about), *linked], lambda: _concept_page(edition, about))
    return represent(edition, page, extension)


@blueprint.get("/shapes")
@blueprint.get(f"/shapes.{_EXTENSION}")
def shapes(extension: str | None = None) -> Response:
    """The shapes that every release must satisfy."""
    edition = served()

    def html() -> str:
        graph = edition.keep("shapes graph", lambda: Graph([*edition.shapes, *edition.ontology]))
        about = node(edition, SHAPES_IRI.rstrip("#"), graph)
        found = [about.at(shape) for shape in graph.instances("sh:NodeShape")]
        found.sort(key=lambda shape: reading_order(shape.name))
        return render("shapes.html", about=about, shapes=found, path="/shapes")

    return represent(edition, Page("/shapes", edition.shapes, html), extension)


def _ontology(path: str, extension: str | None) -> Response:
    edition = served()

    def html() -> str:
        about = node(edition, ONTOLOGY_IRI, edition.vocabulary)
        return render("ontology.html", about=about, groups=_terms(edition, about), path=path)

    return represent(edition, Page(path, edition.ontology, html), extension)


def _terms(edition: Edition, about: Node) -> dict[str, list[Node]]:
    """Terms of the ontology by sort: classes, links, values."""
    sorts = {"classes": (OWL.Class,), "links": (OWL.ObjectProperty,), "values": (OWL.DatatypeProperty, RDF.Property)}
    groups: dict[str, list[Node]] = {}
    for name, types in sorts.items():
        found = {node for kind in types for node in edition.vocabulary.subjects("rdf:type", kind)}
        ours = [about.at(term) for term in found if isinstance(term, NamedNode) and term.value.startswith(f"{ONTOLOGY_IRI}#")]
        groups[name] = sorted(ours, key=lambda term: reading_order(term.name))
    return groups


def _around(edition: Edition, about: Node) -> list[Triple]:
    """What the vocabulary says of a concept, and the labels of those near it."""
    own = [each for each in (*edition.schemes, *edition.ontology) if each.subject == about.term]
    near: set[Term] = {each.object for each in own if isinstance(each.object, NamedNode)}
    near.update(edition.vocabulary.subjects("skos:broader", about.term))
    pointing = [each for each in edition.schemes if each.object == about.term]
    labels = [each for each in edition.schemes if each.subject in near and each.predicate in (SKOS.prefLabel, RDFS.label)]
    return sorted({*own, *pointing, *labels}, key=str)


def _linked(edition: Edition, about: Node) -> list[Triple]:
    """What tables say of a concept, which the files of the vocabulary do not: its links, and why."""
    found = links.stored(edition, about.value)
    known = {*edition.schemes, *edition.ontology}
    parts = f"{about.value}#"
    return sorted(
        (each for each in found if each not in known and (about.value == iri_of(each.subject) or iri_of(each.subject).startswith(parts))),
        key=str,
    )


def _concept_page(edition: Edition, about: Node) -> str:
    iri = about.value
    users = edition.keep(f"users of {iri} {about.language}", lambda: _users(edition, about))
    uses = sorted(((about.at(name), len(found)) for name, found in users.items()), key=lambda use: (-use[1], use[0].value))
    shown = {name: found[:_SHOWN_USERS] for name, found in users.items()}
    scheme, _, notation = iri.removeprefix(VOCAB_IRI).partition("/")
    return render(
        "concept.html",
        about=about,
        uses=uses,
        users=shown,
        mapped=any(about.all(curie) for curie in _MATCHES),
        linked_to=[link for link in links.links_out(about) if link.why is not None],
        linked_from=links.links_in(about),
        path=f"/vocab/{scheme}/{notation}",
    )


def _users(edition: Edition, about: Node) -> dict[str, list[Node]]:
    """The things that use a concept, by property, in reading order of their labels."""
    rows = edition.rows(queries.fill(queries.USERS, iri=about.value))
    things = sorted({row["thing"] for row in rows})
    labels = edition.triples(queries.fill(queries.LABELS, iris=" ".join(f"<{iri}>" for iri in things))) if things else []
    graph = Graph(labels)
    listed = sorted((node(edition, iri, graph) for iri in things), key=lambda thing: (reading_order(thing.label), thing.value))
    used = {(row["property"], row["thing"]) for row in rows}
    return {name: [thing for thing in listed if (name, thing.value) in used] for name in sorted({row["property"] for row in rows})}


def _uses_in(edition: Edition, scheme: NamedNode) -> dict[str, int]:
    """How many things use each concept of a scheme."""
    return {row["concept"]: int(row["count"]) for row in edition.rows(queries.fill(queries.SCHEME_USES, iri=scheme.value))}
