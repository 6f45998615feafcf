"""The tests of the query operation of the SPARQL 1.1 Protocol (§2.1), one by one under their W3C names, stated in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest

from tests.conformance.asking import DIRECT, ENDPOINT, FORM, Reply, Way, target

ONE, TWO, THREE = (f"https://essai.example/graph/{name}" for name in ("one", "two", "three"))
NOWHERE = "https://essai.example/graph/nowhere"
IN_DEFAULT = f"ASK {{ <{ONE}> a ?a . <{TWO}> a ?b }}"
IN_NAMED = f"ASK {{ GRAPH ?g {{ <{ONE}> a ?a }} GRAPH ?h {{ <{TWO}> a ?b }} }}"
IN_BOTH = f"ASK {{ <{THREE}> a ?c . GRAPH ?g {{ <{ONE}> a ?a }} GRAPH ?h {{ <{TWO}> a ?b }} }}"
FROM_THREE = f"ASK FROM <{THREE}> {{ GRAPH ?g {{ <{ONE}> a ?a }} GRAPH ?h {{ <{TWO}> a ?b }} }}"

TRUTH = {"application/sparql-results+json", "application/sparql-results+xml"}
ROWS = TRUTH | {"text/csv", "text/tab-separated-values"}
TRIPLES = {"text/turtle", "application/rdf+xml", "application/n-triples"}


def default(*graphs: str) -> tuple[tuple[str, str], ...]:
    """Graphs of the default graph, as parameters."""
    return tuple(("default-graph-uri", graph) for graph in graphs)


def named(*graphs: str) -> tuple[tuple[str, str], ...]:
    """Named graphs, as parameters."""
    return tuple(("named-graph-uri", graph) for graph in graphs)


@dataclass(frozen=True)
class Case:
    """A request, and what is required: a true ``ASK``, one of some media types, or an error of the client."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    media: frozenset[str] = frozenset()

    def send(self, way: Way, **headers: str) -> Reply:
        """Ask for it."""
        return way.send(self.method, self.target, {**self.headers, **headers}, self.body)


def get(query: str, *more: tuple[str, str]) -> Case:
    """A query in the address."""
    return Case("GET", target(query, *more))


def direct(query: str, *more: tuple[str, str], media: set[str] | None = None) -> Case:
    """A query that is the body; its dataset is in the address."""
    return Case("POST", target(None, *more), {"Content-Type": DIRECT}, query.encode(), frozenset(media or ()))


def form(query: str, *more: tuple[str, str]) -> Case:
    """A query and its dataset in a form."""
    return Case("POST", ENDPOINT, {"Content-Type": FORM}, urlencode([("query", query), *more]).encode())


TRUE = {
    "query_get": get("ASK {}", *default(NOWHERE)),
    "query_post_form": Case("POST", target(None, *default(NOWHERE)), {"Content-Type": FORM}, b"query=ASK%20%7B%7D"),
    "query_post_direct": direct("ASK {}"),
    "query_dataset_default_graphs_get": get(IN_DEFAULT, *default(ONE, TWO)),
    "query_dataset_default_graphs_post": direct(IN_DEFAULT, *default(ONE, TWO)),
    "query_dataset_named_graphs_get": get(IN_NAMED, *named(ONE, TWO)),
    "query_dataset_named_graphs_post": direct(IN_NAMED, *named(ONE, TWO)),
    "query_dataset_full": direct(IN_BOTH, *default(THREE), *named(ONE, TWO)),
    "query_multiple_dataset": direct(FROM_THREE, *named(ONE, TWO)),
}
"""Requests that must be answered with *true*."""

TYPED = {
    "query_content_type_select": direct("SELECT (1 AS ?value) {}", *default(NOWHERE), media=ROWS),
    "query_content_type_ask": direct("ASK {}", *default(NOWHERE), media=TRUTH),
    "query_content_type_describe": direct("DESCRIBE <https://essai.example/a>", *default(NOWHERE), media=TRIPLES),
    "query_content_type_construct": direct("CONSTRUCT { <s> <p> 1 } {}", *default(NOWHERE), media=TRIPLES),
}
"""Requests that must be answered in a media type that fits the form of the query."""

BAD = {
    "bad_query_method": (405, Case("PUT", target("ASK {}", *default(NOWHERE)), {"Content-Type": FORM})),
    "bad_multiple_queries": (400, get("ASK {}", ("query", "SELECT * {}"))),
    "bad_query_wrong_media_type": (415, Case("POST", ENDPOINT, {"Content-Type": "text/plain"}, b"ASK {}")),
    "bad_query_missing_form_type": (415, Case("POST", ENDPOINT, {}, b"query=ASK%20%7B%7D")),
    "bad_query_missing_direct_type": (415, Case("POST", ENDPOINT, {}, b"ASK {}")),
    "bad_query_non_utf8": (415, Case("POST", ENDPOINT, {"Content-Type": f"{DIRECT}; charset=UTF-16"}, "ASK {}".encode("utf-16"))),
    "bad_query_syntax": (400, get("ASK {")),
}
"""Requests that must be refused, and how we refuse them."""

BEYOND = {
    "one default graph beside the body": direct(f"ASK {{ <{ONE}> a ?a }}", *default(ONE)),
    "one default graph, in the address": get(f"ASK {{ <{ONE}> a ?a }}", *default(ONE)),
    "a form has the dataset": form(IN_BOTH, *default(THREE), *named(ONE, TWO)),
    "a form has the query, the address the dataset": Case(
        "POST", target(None, *default(ONE, TWO)), {"Content-Type": FORM}, urlencode({"query": IN_DEFAULT}).encode()
    ),
    "the dataset is partly in the form": Case(
        "POST", target(None, *default(ONE)), {"Content-Type": FORM}, urlencode([("query", IN_DEFAULT), *default(TWO)]).encode()
    ),
    "a POST has the query in the address": Case("POST", target("ASK {}"), {"Content-Type": FORM}, b""),
    "unknown parameters mean nothing": get("ASK {}", ("timeout", "0"), ("infer", "true"), ("queryLn", "SPARQL"), ("results", "json")),
    "the default graph has all": get(f"ASK {{ <{ONE}> a ?a . <{TWO}> a ?b . <{THREE}> a ?c }}"),
    "a dataset of default graphs has no named graph": get("ASK { FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }", *default(ONE)),
    "a dataset of named graphs has an empty default graph": get("ASK { FILTER NOT EXISTS { ?s ?p ?o } }", *named(ONE)),
    "a dataset has nothing else": get(f"ASK {{ FILTER NOT EXISTS {{ <{TWO}> a ?b }} }}", *default(ONE)),
    "an unknown graph is empty": get("ASK { FILTER NOT EXISTS { ?s ?p ?o } }", *default(NOWHERE)),
    "an unknown graph is empty among others": get(f"ASK {{ <{ONE}> a ?a }}", *default(NOWHERE, ONE)),
    "an unknown named graph is empty": get("ASK { FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }", *named(NOWHERE)),
    "FROM an unknown graph is empty": get(f"ASK FROM <{NOWHERE}> {{ FILTER NOT EXISTS {{ ?s ?p ?o }} }}"),
    "FROM gives the default graph": get(f"ASK FROM <{ONE}> FROM <{TWO}> {{ <{ONE}> a ?a . <{TWO}> a ?b MINUS {{ <{THREE}> a ?c }} }}"),
    "FROM NAMED gives the named graphs": get(f"ASK FROM NAMED <{ONE}> {{ GRAPH ?g {{ <{ONE}> a ?a }} }}"),
    "FROM alone leaves no named graph": get(f"ASK FROM <{ONE}> {{ FILTER NOT EXISTS {{ GRAPH ?g {{ ?s ?p ?o }} }} }}"),
    "the protocol goes before FROM": get(f"ASK FROM <{THREE}> {{ <{ONE}> a ?a FILTER NOT EXISTS {{ <{THREE}> a ?c }} }}", *default(ONE)),
    "the media type is in odd letters": Case("POST", ENDPOINT, {"Content-Type": "Application/SPARQL-Query; Charset=UTF-8"}, b"ASK {}"),
    "the character set is in quotes": Case("POST", ENDPOINT, {"Content-Type": f'{DIRECT};charset="utf-8"'}, b"ASK {}"),
    "a form says its character set": Case("POST", ENDPOINT, {"Content-Type": f"{FORM}; charset=UTF-8"}, b"query=ASK%7B%7D"),
    "a form has spaces as plus": Case("POST", ENDPOINT, {"Content-Type": FORM}, b"query=ASK+%7B%7D"),
    "letters beyond ASCII, in the body": direct("ASK { FILTER(STRLEN('œé🐝') = 3) }"),
    "letters beyond ASCII, in the address": get("ASK { FILTER(STRLEN('œé🐝') = 3) }"),
    "letters beyond ASCII, in a form": form("ASK { FILTER(STRLEN('œé🐝') = 3) }"),
    "a comment and a prologue first": get("# SELECT\nPREFIX a: <b:c>\nBASE <d:e>\nASK {}"),
}
"""What else must be answered with *true*."""


def test_the_tests_are_here() -> None:
    assert (len(TRUE), len(TYPED), len(BAD), len(BEYOND)) == (9, 4, 7, 27)


@pytest.mark.parametrize("name", [*TRUE, *BEYOND])
@pytest.mark.parametrize("accept", ["", *sorted(TRUTH)])
def test_true(way: Way, name: str, accept: str) -> None:
    reply = (TRUE | BEYOND)[name].send(way, **({"Accept": accept} if accept else {}))
    assert (reply.status, reply.media) == (200, accept or "application/sparql-results+json"), reply.body
    assert b"true" in reply.body
    assert reply.media.endswith("xml") or reply.json == {"head": {}, "boolean": True}


@pytest.mark.parametrize("name", TYPED)
def test_content_type(way: Way, name: str) -> None:
    case = TYPED[name]
    reply = case.send(way)
    assert reply.status == 200
    assert reply.media in case.media
    for media in sorted(case.media):
        assert case.send(way, Accept=media).media == media


@pytest.mark.parametrize("name", BAD)
def test_refused(way: Way, name: str) -> None:
    status, case = BAD[name]
    reply = case.send(way)
    assert reply.status == status
    assert reply.media == "application/problem+json"
    assert reply.json["status"] == status
    assert reply.header("access-control-allow-origin") == "*"
