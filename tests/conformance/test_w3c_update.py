"""The tests of the update operation of the SPARQL 1.1 Protocol (§2.2) and of the Graph Store Protocol, under their W3C names: here all is refused.

The W3C's tests of good updates would be answered with 2xx where one may write; this service only reads, so that it refuses them as it refuses the bad ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.conformance.asking import ENDPOINT, FORM, Way, get, target

DIRECT_UPDATE = "application/sparql-update"
ONE, TWO, NEW = (f"https://essai.example/graph/{name}" for name in ("one", "two", "new"))
EVERYTHING = "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } FILTER(RAND() >= 0) }"
"""Volatile, so that it is counted each time."""
NOTE = (
    f"DROP ALL ; INSERT DATA {{ GRAPH <{ONE}> {{ <x:d> a <x:D> }} }} ; INSERT {{ GRAPH <{NEW}> {{ ?s a <x:N> }} }} WHERE {{ ?s a <x:D> }}"
)
NOTE_NAMED = NOTE.replace("WHERE { ?s a <x:D> }", "WHERE { GRAPH ?g { ?s a <x:D> } }")


@dataclass(frozen=True)
class Case:
    """A request that would change something, and the status that refuses it."""

    status: int
    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


def _update(text: str, *more: tuple[str, str], status: int = 403) -> Case:
    return Case(status, "POST", target(None, *more), {"Content-Type": DIRECT_UPDATE}, text.encode())


def _form(body: bytes) -> Case:
    return Case(403, "POST", ENDPOINT, {"Content-Type": FORM}, body)


def _using(*graphs: str) -> tuple[tuple[str, str], ...]:
    return tuple(("using-graph-uri", graph) for graph in graphs)


def _using_named(*graphs: str) -> tuple[tuple[str, str], ...]:
    return tuple(("using-named-graph-uri", graph) for graph in graphs)


UPDATES = {
    "update_dataset_default_graph": _update(NOTE, *_using(ONE)),
    "update_dataset_default_graphs": _update(NOTE, *_using(ONE, TWO)),
    "update_dataset_named_graphs": _update(NOTE_NAMED, *_using_named(ONE, TWO)),
    "update_dataset_full": _update(NOTE_NAMED, *_using(ONE), *_using_named(TWO)),
    "update_post_form": _form(b"update=CLEAR+ALL"),
    "update_post_direct": _update("CLEAR ALL"),
    "update_base_uri": _update(f"CLEAR SILENT GRAPH <{NEW}> ; INSERT DATA {{ GRAPH <{NEW}> {{ <x:s> <x:p> <test> }} }}"),
    "bad_update_get": Case(403, "GET", target(None, ("update", "CLEAR ALL"))),
    "bad_multiple_updates": _form(b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT"),
    "bad_update_wrong_media_type": Case(415, "POST", ENDPOINT, {"Content-Type": "text/plain"}, b"CLEAR NAMED"),
    "bad_update_missing_form_type": Case(415, "POST", ENDPOINT, {}, b"update=CLEAR%20NAMED"),
    "bad_update_non_utf8": Case(
        415, "POST", ENDPOINT, {"Content-Type": f"{DIRECT_UPDATE}; charset=UTF-16"}, "CLEAR NAMED".encode("utf-16")
    ),
    "bad_update_syntax": _form(b"update=CLEAR%20XYZ"),
    "bad_update_dataset_conflict": _update(
        f"WITH <{ONE}> DELETE {{ ?s ?p 1 }} INSERT {{ ?s ?p 2 }} WHERE {{ ?s ?p 1 }}", *_using_named(TWO)
    ),
}

QUERY_IN_NAME = [
    "INSERT DATA { <x:s> <x:p> 1 }",
    "DELETE WHERE { ?s ?p ?o }",
    "PREFIX x: <x:> DELETE DATA { x:s x:p 1 }",
    "# SELECT\nCLEAR ALL",
    "drop all",
    "LOAD <http://127.0.0.1:9/> INTO GRAPH <x:g>",
    "CREATE GRAPH <x:g>",
    "COPY <x:a> TO <x:b>",
    "MOVE <x:a> TO <x:b>",
    "ADD <x:a> TO <x:b>",
    "WITH <x:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
]
"""Updates that are sent as queries."""

GRAPH_STORE = {
    "put_get_repeat_indirect": ("PUT", f"{ENDPOINT}?graph=https%3A%2F%2Fessai.example%2Fgraph%2Fone"),
    "put_get_default": ("PUT", f"{ENDPOINT}?default"),
    "put_delete_get_delete_indirect": ("DELETE", f"{ENDPOINT}?graph=https%3A%2F%2Fessai.example%2Fgraph%2Fone"),
    "put_get_uri_pct_encoded_indirect": ("PUT", f"{ENDPOINT}?graph=https://essai.example/graph/one"),
    "put_get_uri_pct_encoded_twice": ("PUT", f"{ENDPOINT}?graph=https://essai.example/graph/%6fne"),
    "head_existing_indirect": ("PUT", f"{ENDPOINT}?graph=https%3A%2F%2Fessai.example%2Fgraph%2Fnew"),
    "put_get_repeat_direct": ("PUT", "/graph/one"),
    "put_delete_get_delete_direct": ("DELETE", "/graph/one"),
    "post_get_post_get_direct": ("POST", "/graph/one"),
    "head_existing_direct": ("PUT", "/graph/one.ttl"),
}
"""The first writing request of each test of the Graph Store Protocol; no address of ours takes one."""

POSTED = {
    "post_get_post_get_indirect": f"{ENDPOINT}?graph=https%3A%2F%2Fessai.example%2Fgraph%2Fone",
    "post_get_new_graph": ENDPOINT,
}
"""To the endpoint one may post, but no triples."""


def _count(way: Way) -> str:
    return str(get(way, EVERYTHING).rows[0]["n"])


def test_the_tests_are_here() -> None:
    assert (len(UPDATES), len(QUERY_IN_NAME), len(GRAPH_STORE), len(POSTED)) == (14, 11, 10, 2)


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_is_refused(way: Way, name: str) -> None:
    case = UPDATES[name]
    before = _count(way)
    reply = way.send(case.method, case.target, case.headers, case.body)
    assert reply.status == case.status, reply.body
    assert reply.media == "application/problem+json"
    assert _count(way) == before
    assert int(before) > 60


@pytest.mark.parametrize("text", QUERY_IN_NAME)
def test_an_update_in_the_name_of_a_query_is_refused(way: Way, text: str) -> None:
    for reply in (
        get(way, text),
        way.send("POST", ENDPOINT, {"Content-Type": "application/sparql-query"}, text.encode()),
    ):
        assert (reply.status, reply.json["type"].partition("#")[2]) == (403, "query-refused")


def test_a_query_with_an_update_is_refused_whole(way: Way) -> None:
    assert get(way, "ASK {}", ("update", "CLEAR ALL")).status == 403
    assert way.send("POST", ENDPOINT, {"Content-Type": FORM}, b"query=ASK%7B%7D&update=CLEAR+ALL").status == 403


@pytest.mark.parametrize("name", GRAPH_STORE)
def test_there_is_no_graph_store(way: Way, name: str) -> None:
    method, where = GRAPH_STORE[name]
    before = _count(way)
    reply = way.send(method, where, {"Content-Type": "text/turtle"}, b"<x:s> <x:p> 1 .")
    assert reply.status == 405
    assert "PUT" not in reply.header("allow")
    assert "GET" in reply.header("allow")
    assert _count(way) == before


@pytest.mark.parametrize("name", POSTED)
def test_triples_are_not_taken(way: Way, name: str) -> None:
    for media in ("text/turtle", "multipart/form-data; boundary=b"):
        assert way.send("POST", POSTED[name], {"Content-Type": media}, b"<x:s> <x:p> 1 .").status == 415


def test_head_non_existing_indirect(way: Way) -> None:
    """``graph=`` names nothing here: what one gets is the description of the service."""
    reply = way.send("HEAD", f"{ENDPOINT}?graph=https%3A%2F%2Fessai.example%2Fgraph%2Fnew", {"Accept": "text/turtle"})
    assert (reply.status, reply.media, reply.body) == (200, "text/turtle", b"")
    assert way.send("HEAD", "/graph/new", {"Accept": "text/turtle"}).status == 404
