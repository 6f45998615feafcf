"""The tests of the result formats, under their W3C names where there is one: terms come through as they are, whatever is in them.

Compared as the standard says: ``SELECT *`` has its columns in any order, blank nodes have any label. What is expected is read from ``graphs.trig``.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse
from rdflib import Graph

from ess_lod.terms import XSD
from tests.conformance.asking import Way, get
from tests.conformance.conftest import GRAPHS
from tests.conformance.reading import READERS, Term, as_text, read_csv

HERE = "https://essai.example/"

REWRITTEN: dict[Term, Term] = {
    Literal("-3", datatype=XSD.long): Literal("-3", datatype=XSD.integer),
    Literal("1.0E6", datatype=XSD.double): Literal("1000000", datatype=XSD.double),
}
"""Deviation: Oxigraph keeps the value of a number, not how it was written, and calls every derived integer ``xsd:integer``."""

ALL = "SELECT * FROM <https://essai.example/graph/{graph}> {{ ?s ?p ?o }} ORDER BY ?s ?p ?o"
JOINED = "SELECT * FROM <https://essai.example/graph/{graph}> {{ ?s ?p ?o OPTIONAL {{ ?o ?p2 ?o2 }} }} ORDER BY ?s ?p ?o ?p2 ?o2"

TABLES = {
    "jsonres01": ("srj", ALL, "terms"),
    "jsonres02": ("srj", JOINED, "terms"),
    "csv01": ("csv", ALL, "terms"),
    "csv02": ("csv", JOINED, "terms"),
    "csv03": ("csv", ALL, "numbers"),
    "tsv01": ("tsv", ALL, "terms"),
    "tsv02": ("tsv", JOINED, "terms"),
    "tsv03": ("tsv", ALL, "numbers"),
    # the same for XML, and what is hard to write, in all four
    "xml, terms": ("srx", ALL, "terms"),
    "xml, unbound": ("srx", JOINED, "terms"),
    "xml, numbers": ("srx", ALL, "numbers"),
    "json, numbers": ("srj", ALL, "numbers"),
    "json, texts": ("srj", ALL, "texts"),
    "xml, texts": ("srx", ALL, "texts"),
    "csv, texts": ("csv", ALL, "texts"),
    "tsv, texts": ("tsv", ALL, "texts"),
}
TRUTHS = {"jsonres03": ("a knows b", "true"), "jsonres04": ("a knows nobody", "false")}

MEDIA = {
    "srj": "application/sparql-results+json",
    "srx": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}


def _stated(graph: str) -> list[Quad]:
    return [quad for quad in parse(path=GRAPHS, format=RdfFormat.TRIG) if quad.graph_name == NamedNode(f"{HERE}graph/{graph}")]


def _expected(graph: str, joined: bool) -> list[dict[str, Term]]:
    rows: list[dict[str, Term]] = []
    stated = sorted(_stated(graph), key=lambda quad: str(quad.subject))
    for quad in stated:
        row: dict[str, Term] = {"s": quad.subject, "p": quad.predicate, "o": REWRITTEN.get(quad.object, quad.object)}
        more = [{"p2": other.predicate, "o2": other.object} for other in stated if joined and other.subject == quad.object]
        rows += [row | each for each in more] or [row]
    return rows


def _unlabelled(term: Term) -> Term:
    return BlankNode("any") if isinstance(term, BlankNode) else term


def test_the_tests_are_here() -> None:
    w3c = [name for name in (*TABLES, *TRUTHS) if name[-2:].isdigit()]
    assert (len(w3c), len(TABLES), len(TRUTHS)) == (10, 16, 2)
    assert [len(_stated(graph)) for graph in ("terms", "numbers", "texts")] == [6, 7, 16]
    assert REWRITTEN.keys() == {quad.object for quad in _stated("numbers")} & REWRITTEN.keys()


@pytest.mark.parametrize("name", TABLES)
def test_rows(way: Way, name: str) -> None:
    written, query, graph = TABLES[name]
    columns = ["s", "p", "o", *(["p2", "o2"] if query is JOINED else [])]
    expected = _expected(graph, query is JOINED)
    reply = get(way, query.format(graph=graph), accept=MEDIA[written])
    assert (reply.status, reply.media) == (200, MEDIA[written])
    if written == "csv":
        header, lines = read_csv(reply.body)
        found = [dict(zip(header, line, strict=True)) for line in lines]
        texts = [{column: as_text(row.get(column)) for column in columns} for row in expected]
        assert [_without_labels(row) for row in found] == [_without_labels(row) for row in texts]
    else:
        header, rows = READERS[written](reply.body)
        assert [{key: _unlabelled(term) for key, term in row.items()} for row in rows] == [
            {key: _unlabelled(term) for key, term in row.items()} for row in expected
        ]
    assert sorted(header) == sorted(columns)


def _without_labels(row: dict[str, str]) -> dict[str, str]:
    """All blank nodes are one: there is one; ``_:b0`` is also a text of the tests."""
    return {key: "_:" if value.startswith("_:") and row["s"].endswith("/f") else value for key, value in row.items()}


@pytest.mark.parametrize("name", TRUTHS)
@pytest.mark.parametrize("written", MEDIA)
def test_truth(way: Way, name: str, written: str) -> None:
    words, truth = TRUTHS[name]
    subject, verb, known = words.split()
    reply = get(way, f"ASK {{ <{HERE}{subject}> <{HERE}{verb}> <{HERE}{known}> }}", accept=MEDIA[written])
    assert (reply.status, reply.media) == (200, MEDIA[written])
    if written == "srj":
        assert reply.json == {"head": {}, "boolean": truth == "true"}
    elif written == "srx":
        assert f"<boolean>{truth}</boolean>".encode() in reply.body
    else:
        assert reply.body.decode().strip() == truth  # no standard has this


@pytest.mark.parametrize("written", MEDIA)
def test_unbound_and_empty(way: Way, written: str) -> None:
    some = get(way, "SELECT ?a ?b { VALUES (?a ?b) { (1 UNDEF) (UNDEF 'x') (UNDEF UNDEF) } }", accept=MEDIA[written])
    none = get(way, "SELECT ?a ?b { VALUES (?a ?b) { } }", accept=MEDIA[written])
    assert (some.status, none.status) == (200, 200)
    if written == "csv":
        assert read_csv(some.body) == (["a", "b"], [["1", ""], ["", "x"], ["", ""]])
        assert read_csv(none.body) == (["a", "b"], [])
    else:
        one, text = Literal("1", datatype=XSD.integer), Literal("x")
        assert READERS[written](some.body) == (["a", "b"], [{"a": one}, {"b": text}, {}])
        assert READERS[written](none.body) == (["a", "b"], [])


@pytest.mark.parametrize("written", READERS)
def test_triple_terms(way: Way, written: str) -> None:
    """SPARQL 1.2, which the engine knows already."""
    said = Triple(NamedNode("x:a"), NamedNode("x:b"), Literal("c", language="fr"))
    reply = get(way, "SELECT (<<( <x:a> <x:b> 'c'@fr )>> AS ?said) {}", accept=MEDIA[written])
    assert reply.status == 200
    assert READERS[written](reply.body) == (["said"], [{"said": said}])


def test_columns_stand_as_they_are_selected(way: Way) -> None:
    query = "SELECT ?z ?a ?m { VALUES (?a ?m ?z) { (1 2 3) } }"
    assert get(way, query, accept="text/csv").body == b"z,a,m\r\n3,1,2\r\n"
    assert get(way, query).json["head"]["vars"] == ["z", "a", "m"]


GRAPH_MEDIA = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/trig": RdfFormat.TRIG,
    "application/n-quads": RdfFormat.N_QUADS,
}
CONSTRUCTED = "CONSTRUCT {{ ?s ?p ?o }} FROM <https://essai.example/graph/{graph}> WHERE {{ ?s ?p ?o }}"


@pytest.mark.parametrize("media", GRAPH_MEDIA)
@pytest.mark.parametrize("graph", ["numbers", "texts"])
def test_triples(way: Way, media: str, graph: str) -> None:
    reply = get(way, CONSTRUCTED.format(graph=graph), accept=media)
    assert (reply.status, reply.media) == (200, media)
    found = {quad.triple for quad in parse(reply.body, format=GRAPH_MEDIA[media])}
    assert found == {Triple(quad.subject, quad.predicate, REWRITTEN.get(quad.object, quad.object)) for quad in _stated(graph)}


def test_triples_in_rdf_xml(way: Way) -> None:
    """Read by another program, since a line end is what XML readers change."""
    reply = get(way, CONSTRUCTED.format(graph="texts"), accept="application/rdf+xml")
    assert (reply.status, reply.media) == (200, "application/rdf+xml")
    found = {(str(s), str(o), getattr(o, "language", None)) for s, _, o in Graph().parse(data=reply.body, format="xml")}
    terms = [(quad.subject, quad.object) for quad in _stated("texts")]
    assert found == {(as_text(subject), as_text(value), getattr(value, "language", None)) for subject, value in terms}


@pytest.mark.parametrize("character", ["\\u0000", "\\u0001", "\\u001F", "\\uFFFE"])
def test_what_xml_cannot_say_is_not_said_in_xml(way: Way, character: str) -> None:
    rows, triples = f'SELECT ("a{character}" AS ?x) {{}}', f'CONSTRUCT {{ <x:a> <x:b> "a{character}" }} {{}}'
    value = f"a{character}".encode().decode("unicode_escape")
    assert get(way, rows).rows == [{"x": value}]
    assert {quad.object for quad in parse(get(way, triples).body, format=RdfFormat.TURTLE)} == {Literal(value)}
    for query, media, instead in ((rows, MEDIA["srx"], MEDIA["srj"]), (triples, "application/rdf+xml", "text/turtle")):
        reply = get(way, query, accept=media)
        assert reply.status == 406
        assert instead in reply.json["offered"]
        assert media not in reply.json["offered"]


def test_no_triples(way: Way) -> None:
    for media, form in GRAPH_MEDIA.items():
        reply = get(way, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(false) }", accept=media)
        assert (reply.status, reply.media, list(parse(reply.body, format=form))) == (200, media, [])


def test_the_order_is_kept(way: Way) -> None:
    rows = get(way, "SELECT ?s FROM <https://essai.example/graph/texts> { ?s ?p ?o } ORDER BY DESC(?s)").rows
    assert len(rows) == 16
    assert all(first["s"] > second["s"] for first, second in pairwise(rows))
