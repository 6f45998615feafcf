"""The tests of the SPARQL 1.1 Service Description, under their W3C names, and whether what it says is so: each statement is held against the service."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from ess_lod.media import ANSWER_GRAPHS, GRAPH_TYPES, RESULT_TYPES
from ess_lod.terms import DCTERMS, RDFS, VOID, A
from ess_lod.web.description import SD
from tests.conformance.asking import ENDPOINT, Way, get

CLASSES = "Service Dataset Graph NamedGraph GraphCollection EntailmentRegime EntailmentProfile Language Feature Aggregate Function"
PROPERTIES = (
    "endpoint feature defaultEntailmentRegime entailmentRegime defaultSupportedEntailmentProfile supportedEntailmentProfile extensionFunction "
    "extensionAggregate languageExtension supportedLanguage propertyFeature defaultDataset availableGraphs resultFormat inputFormat defaultGraph "
    "namedGraph name graph"
)
INSTANCES = "SPARQL10Query SPARQL11Query SPARQL11Update DereferencesURIs UnionDefaultGraph RequiresDataset EmptyGraphs BasicFederatedQuery"
"""All that the namespace defines (SPARQL 1.1 Service Description §3)."""

FORMATS = {
    "SPARQL_Results_JSON": "application/sparql-results+json",
    "SPARQL_Results_XML": "application/sparql-results+xml",
    "SPARQL_Results_CSV": "text/csv",
    "SPARQL_Results_TSV": "text/tab-separated-values",
    "Turtle": "text/turtle",
    "N-Triples": "application/n-triples",
    "RDF_XML": "application/rdf+xml",
    "JSON-LD": "application/ld+json",
    "TriG": "application/trig",
    "N-Quads": "application/n-quads",
}
"""``http://www.w3.org/ns/formats/``, by name."""

Quads = list[Quad]
Said = Callable[[Way], Quads]


def _said(way: Way) -> Quads:
    reply = way.send("GET", ENDPOINT, {"Accept": "application/n-triples"})
    assert (reply.status, reply.media) == (200, "application/n-triples")
    return list(parse(reply.body, format=RdfFormat.N_TRIPLES))


def _of(quads: Quads, subject: object, predicate: NamedNode) -> list[NamedNode]:
    found = [quad.object for quad in quads if quad.predicate == predicate and subject in (None, quad.subject)]
    assert all(isinstance(value, NamedNode) for value in found)
    return [value for value in found if isinstance(value, NamedNode)]


def _number(quads: Quads, subject: NamedNode, predicate: NamedNode) -> int:
    found = [quad.object for quad in quads if (quad.subject, quad.predicate) == (subject, predicate)]
    assert len(found) == 1
    assert isinstance(found[0], Literal)
    return int(found[0].value)


def _count(way: Way, pattern: str, what: str = "*") -> int:
    return int(get(way, f"SELECT (COUNT({what}) AS ?n) {{ {pattern} }}").rows[0]["n"])


def _service(quads: Quads) -> NamedNode:
    found = [quad.subject for quad in quads if (quad.predicate, quad.object) == (A, SD.Service)]
    assert len(found) == 1
    assert isinstance(found[0], NamedNode)
    return found[0]


@pytest.mark.parametrize("media", [media.content_type for media in GRAPH_TYPES])
def test_returns_rdf(way: Way, media: str) -> None:
    reply = way.send("GET", ENDPOINT, {"Accept": media})
    assert (reply.status, reply.media) == (200, media)
    form = RdfFormat.from_media_type(media)
    assert form is not None
    assert {str(quad) for quad in parse(reply.body, format=form)} == {str(quad) for quad in _said(way)}
    assert len(GRAPH_TYPES) == 4


def test_has_endpoint_triple(way: Way) -> None:
    quads = _said(way)
    assert [node.value for node in _of(quads, _service(quads), SD.endpoint)] == [way.endpoint]
    assert urlsplit(way.endpoint).path == ENDPOINT


def test_conforms_to_schema(way: Way) -> None:
    quads = _said(way)
    nodes = [node for quad in quads for node in (quad.predicate, quad.object) if isinstance(node, NamedNode)]
    used = {node.value.removeprefix(SD.iri) for node in nodes if node in SD}
    assert used <= set(f"{CLASSES} {PROPERTIES} {INSTANCES}".split())
    assert {quad.predicate.value.removeprefix(SD.iri) for quad in quads if quad.predicate in SD} <= set(PROPERTIES.split())
    assert {node.value.removeprefix(SD.iri) for node in _of(quads, None, A) if node in SD} == {"Service", "Dataset", "Graph", "NamedGraph"}
    for named in _of(quads, None, SD.namedGraph):
        assert (len(_of(quads, named, SD.name)), len(_of(quads, named, SD.graph))) == (1, 1)
    assert len(_of(quads, None, SD.defaultGraph)) == len(_of(quads, None, SD.defaultDataset)) == 1
    assert not any(isinstance(node, BlankNode) for quad in quads for node in (quad.subject, quad.object))


def test_without_accept_a_program_gets_rdf_and_a_person_a_page(way: Way) -> None:
    assert way.send("GET", ENDPOINT).media == "text/turtle"
    assert way.send("GET", ENDPOINT, {"Accept": "*/*"}).media == "text/turtle"
    assert way.send("GET", ENDPOINT, {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}).media == "text/html"


def test_each_format_is_given(way: Way) -> None:
    quads = _said(way)
    named = [node.value.rpartition("/")[2] for node in _of(quads, _service(quads), SD.resultFormat)]
    assert sorted(named) == sorted(FORMATS)
    given = {each.content_type for each in RESULT_TYPES} | {each.content_type for each in ANSWER_GRAPHS.values()}
    assert {FORMATS[name] for name in named} == given
    for name in named:
        query = "SELECT ?s { ?s ?p ?o }" if name.startswith("SPARQL") else "CONSTRUCT WHERE { ?s ?p ?o }"
        reply = get(way, query, accept=FORMATS[name])
        assert (reply.status, reply.media) == (200, FORMATS[name])


def test_each_graph_is_there_with_its_triples(way: Way) -> None:
    quads = _said(way)
    named = _of(quads, None, SD.name)
    known = {row["g"] for row in get(way, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").rows}
    assert {node.value for node in named} == known
    assert len(named) == 6
    for node in named:
        assert _number(quads, node, VOID.triples) == _count(way, f"GRAPH <{node.value}> {{ ?s ?p ?o }}") > 0


def test_the_default_graph_is_counted(way: Way) -> None:
    quads = _said(way)
    (default,) = _of(quads, None, SD.defaultGraph)
    counts = {
        "triples": _count(way, "?s ?p ?o"),
        "entities": _count(way, "?s a ?type", "DISTINCT ?s"),
        "classes": _count(way, "?s a ?type", "DISTINCT ?type"),
        "properties": _count(way, "?s ?p ?o", "DISTINCT ?p"),
        "distinctSubjects": _count(way, "?s ?p ?o", "DISTINCT ?s"),
        "distinctObjects": _count(way, "?s ?p ?o", "DISTINCT ?o"),
    }
    assert {name: _number(quads, default, VOID[name]) for name in counts} == counts
    assert min(counts.values()) > 0


def test_each_class_is_counted(way: Way) -> None:
    quads = _said(way)
    parts = _of(quads, None, VOID.classPartition)
    assert len(parts) == _count(way, "?s a ?type", "DISTINCT ?type") == 1
    for part in parts:
        (of_class,) = _of(quads, part, VOID["class"])
        assert _number(quads, part, VOID.entities) == _count(way, f"?s a <{of_class.value}>", "DISTINCT ?s") > 0


def test_the_default_graph_is_the_union(way: Way) -> None:
    quads = _said(way)
    assert SD.UnionDefaultGraph in _of(quads, _service(quads), SD.feature)
    assert _count(way, "?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } }") == 0
    assert _count(way, "GRAPH ?g { ?s ?p ?o } FILTER NOT EXISTS { ?s ?p ?o }") == 0
    assert _count(way, "?s ?p ?o") == 32


def test_what_it_cannot_do_is_not_said(way: Way) -> None:
    quads = _said(way)
    service = _service(quads)
    assert _of(quads, service, SD.supportedLanguage) == [SD.SPARQL11Query]
    assert not {SD.BasicFederatedQuery, SD.DereferencesURIs, SD.EmptyGraphs} & set(_of(quads, service, SD.feature))
    assert get(way, "ASK { SERVICE <http://127.0.0.1:9/> {} }").status == 403
    entailed = _of(quads, service, SD.defaultEntailmentRegime)
    assert [node.value for node in entailed] == ["http://www.w3.org/ns/entailment/Simple"]


def test_limits_and_release_are_said_in_words(way: Way) -> None:
    quads = _said(way)
    comments = [quad.object for quad in quads if quad.predicate == RDFS.comment]
    said = {comment.language: comment.value for comment in comments if isinstance(comment, Literal)}
    assert set(said) == {"fr", "en"}
    assert "10 secondes par requête" in said["fr"]
    assert "262144 bytes a query" in said["en"].replace(",", "")
    versions = [quad.object for quad in quads if quad.predicate == DCTERMS.identifier]
    assert [str(getattr(version, "value", ""))[:10] for version in versions] == ["2026-11-24"]


def test_it_is_revalidated(way: Way) -> None:
    reply = way.send("GET", ENDPOINT, {"Accept": "text/turtle"})
    etag = reply.header("etag")
    assert etag
    assert reply.vary >= {"accept"}
    again = way.send("GET", ENDPOINT, {"Accept": "text/turtle", "If-None-Match": etag})
    assert (again.status, again.body) == (304, b"")
    assert way.send("GET", ENDPOINT, {"Accept": "application/ld+json", "If-None-Match": etag}).status == 200
