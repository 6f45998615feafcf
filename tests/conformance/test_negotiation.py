"""Which format comes: by ``Accept`` (RFC 9110 §12.5.1) with the headers that clients really send, or by the name in the address."""

from __future__ import annotations

import pytest

from tests.conformance.asking import Way, get
from tests.conformance.test_w3c_results import MEDIA

ROWS = "SELECT ?s FROM <https://essai.example/graph/one> { ?s ?p ?o }"
TRIPLES = "CONSTRUCT { ?s ?p ?o } FROM <https://essai.example/graph/one> WHERE { ?s ?p ?o }"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
JENA = (
    "application/sparql-results+json, application/sparql-results+xml;q=0.9, text/tab-separated-values;q=0.7, text/csv;q=0.5, "
    "application/json;q=0.2, application/xml;q=0.2, */*;q=0.1"
)
JENA_GRAPH = "text/turtle, application/n-triples;q=0.9, application/ld+json;q=0.8, application/rdf+xml;q=0.7, */*;q=0.3"
RDF4J = (
    "application/x-sparqlstar-results+json;q=0.8, application/x-binary-rdf-results-table, application/sparql-results+json;q=0.8, "
    "application/json;q=0.8, application/sparql-results+xml;q=0.7, application/xml;q=0.7, text/tab-separated-values;q=0.6"
)
RDF4J_TRUTH = "text/boolean, application/sparql-results+json;q=0.8, application/sparql-results+xml;q=0.8"
COMUNICA = (
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,text/turtle;q=0.6,"
    "application/rdf+xml;q=0.5,text/n3;q=0.35"
)
WRAPPER = "application/sparql-results+json,application/json,text/javascript,application/javascript"

ROW_HEADERS = {
    "*/*": "srj",
    "": "srj",
    "application/*": "srj",
    "text/*": "csv",
    "text/*;q=0.9, application/sparql-results+xml": "srx",
    "application/sparql-results+json;charset=utf-8": "srj",
    "application/sparql-results+xml; charset=UTF-8; q=0.9, text/csv;q=0.8": "srx",
    "APPLICATION/SPARQL-RESULTS+XML": "srx",
    "text/csv;q=0.5, application/sparql-results+xml;q=0.4": "csv",
    "text/csv;q=0.4, application/sparql-results+xml;q=0.5": "srx",
    "text/csv, application/sparql-results+json": "srj",
    "application/sparql-results+json;q=0, */*": "srx",
    "application/sparql-results+json;q=0, application/*;q=0.5": "srx",
    "image/png, text/tab-separated-values;q=0.1": "tsv",
    "image/png, */*;q=0.01": "srj",
    "text/tab-separated-values": "tsv",
    JENA: "srj",
    RDF4J: "srj",
    WRAPPER: "srj",
    "application/sparql-results+json,*/*;q=0.9": "srj",
}
GRAPH_HEADERS = {
    "*/*": "text/turtle",
    "text/turtle;q=0.5": "text/turtle",
    "text/turtle;q=0.5, application/rdf+xml": "application/rdf+xml",
    "text/turtle;charset=utf-8": "text/turtle",
    "application/n-triples, text/turtle;q=0.9": "application/n-triples",
    "application/trig": "application/trig",
    "application/n-quads": "application/n-quads",
    "application/ld+json": "application/ld+json",
    'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"': "application/ld+json",
    "text/*": "text/turtle",
    JENA_GRAPH: "text/turtle",
    COMUNICA: "application/n-quads",
    "text/turtle,*/*;q=0.9": "text/turtle",
}
OTHER_NAMES = {"application/json": b'{"head"', "application/xml": b"<?xml", "text/xml": b"<?xml"}
"""Names that are not those of the standard, with how their bodies begin."""
REFUSED = ["image/png", "*/*;q=0", "text/csv;q=0", "application/pdf, image/*"]

ROW_NAMES = {
    **dict.fromkeys(
        ("json", "JSON", "srj", "application/sparql-results+json", "application/sparql-results json"), "application/sparql-results+json"
    ),
    **dict.fromkeys(("xml", "srx", "sparql", "application/sparql-results+xml"), "application/sparql-results+xml"),
    **dict.fromkeys(("csv", "text/csv"), "text/csv"),
    **dict.fromkeys(("tsv", "text/tab-separated-values"), "text/tab-separated-values"),
    "application/json": "application/json",
    "html": "text/html",
    "text/html": "text/html",
}
GRAPH_NAMES = {
    **dict.fromkeys(("ttl", "turtle", "n3", "text/turtle"), "text/turtle"),
    **dict.fromkeys(("nt", "ntriples", "n-triples", "application/n-triples"), "application/n-triples"),
    **dict.fromkeys(("rdf", "xml", "rdf+xml", "rdf/xml", "application/rdf+xml"), "application/rdf+xml"),
    **dict.fromkeys(("json", "jsonld", "json-ld", "application/ld+json"), "application/ld+json"),
    **dict.fromkeys(("trig", "application/trig"), "application/trig"),
    **dict.fromkeys(("nq", "nquads", "n-quads", "application/n-quads"), "application/n-quads"),
    "html": "text/html",
}


def test_the_cases_are_here() -> None:
    assert (len(ROW_HEADERS), len(GRAPH_HEADERS), len(ROW_NAMES), len(GRAPH_NAMES)) == (20, 13, 16, 24)


@pytest.mark.parametrize("accept", ROW_HEADERS)
def test_rows_by_header(way: Way, accept: str) -> None:
    for query in (ROWS, "ASK {}"):
        reply = get(way, query, accept=accept)
        assert (reply.status, reply.media) == (200, MEDIA[ROW_HEADERS[accept]])
        assert "accept" in reply.vary


@pytest.mark.parametrize("accept", GRAPH_HEADERS)
def test_triples_by_header(way: Way, accept: str) -> None:
    for query in (TRIPLES, "DESCRIBE <https://essai.example/graph/one>"):
        reply = get(way, query, accept=accept)
        assert (reply.status, reply.media) == (200, GRAPH_HEADERS[accept])


@pytest.mark.parametrize("media", OTHER_NAMES)
def test_other_names_of_formats(way: Way, media: str) -> None:
    reply = get(way, ROWS, accept=media)
    assert (reply.status, reply.media) == (200, media)
    assert reply.body.startswith(OTHER_NAMES[media])


def test_a_truth_of_rdf4j(way: Way) -> None:
    assert get(way, "ASK {}", accept=RDF4J_TRUTH).json["boolean"] is True


def test_text_says_that_it_is_utf_8(way: Way) -> None:
    for accept in ("text/csv", "text/tab-separated-values"):
        assert get(way, ROWS, accept=accept).header("content-type") == f"{accept}; charset=utf-8"
    assert get(way, TRIPLES, accept="text/turtle").header("content-type") == "text/turtle; charset=utf-8"
    assert get(way, ROWS).header("content-type") == "application/sparql-results+json"


@pytest.mark.parametrize("query", [ROWS, "ASK {}", TRIPLES])
def test_a_browser_gets_a_page(way: Way, query: str) -> None:
    reply = get(way, query, accept=BROWSER)
    assert (reply.status, reply.media) == (200, "text/html")
    assert reply.body.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("accept", REFUSED)
@pytest.mark.parametrize("query", [ROWS, TRIPLES])
def test_what_cannot_be_given_is_refused_with_what_can(way: Way, accept: str, query: str) -> None:
    reply = get(way, query, accept=accept)
    assert reply.status == 406
    assert reply.media == "application/problem+json"
    offered = reply.json["offered"]
    assert ("text/turtle" if query is TRIPLES else "text/csv") in offered
    assert "text/turtle" not in offered or "text/csv" not in offered


def test_rows_are_no_triples(way: Way) -> None:
    assert get(way, ROWS, accept="text/turtle").status == 406
    assert get(way, TRIPLES, accept="application/sparql-results+json").status == 406


@pytest.mark.parametrize("parameter", ["format", "output"])
@pytest.mark.parametrize("name", ROW_NAMES)
def test_rows_by_name(way: Way, parameter: str, name: str) -> None:
    for accept in ("*/*", "image/png", BROWSER):
        reply = get(way, ROWS, (parameter, name), accept=accept)
        assert (reply.status, reply.media) == (200, ROW_NAMES[name])


@pytest.mark.parametrize("parameter", ["format", "output"])
@pytest.mark.parametrize("name", GRAPH_NAMES)
def test_triples_by_name(way: Way, parameter: str, name: str) -> None:
    reply = get(way, TRIPLES, (parameter, name))
    assert (reply.status, reply.media) == (200, GRAPH_NAMES[name])


@pytest.mark.parametrize("name", ["pdf", "ttl", "text/turtle", "application/octet-stream"])
def test_a_name_that_does_not_fit_is_refused_with_those_that_do(way: Way, name: str) -> None:
    reply = get(way, ROWS, ("format", name))
    assert reply.status == 406
    assert reply.json["offered"] == ["format=json", "format=xml", "format=csv", "format=tsv", "format=html"]


def test_an_empty_name_means_nothing(way: Way) -> None:
    assert get(way, ROWS, ("format", ""), accept="text/csv").media == "text/csv"
    assert get(way, ROWS, ("format", ""), ("output", "xml")).media == "application/sparql-results+xml"
