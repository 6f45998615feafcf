"""What a query may cost, and how many may be asked at once: past a limit comes an error that names it, never a part of the answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conformance.asking import Over, Reply, Way, get, target
from tests.serving import serving

SECONDS, MEGABYTES, ROWS, ANSWER_MEGABYTES = 2, 200, 2000, 1
PRODUCT = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?q ?r ?s"
DOUBLED = "".join(f" BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(30))
LONG_TEXT = "SELECT ?a ?x13 { ?a ?b ?c BIND('0123456789' AS ?x0)" + DOUBLED.partition(" BIND(CONCAT(?x13,")[0] + " }"

COSTLY = {
    "deadline": (f"SELECT (COUNT(*) AS ?count) {{ {PRODUCT} }}", SECONDS),
    "deadline, with rows already written": (f"SELECT * {{ {PRODUCT} FILTER(STRLEN(CONCAT(STR(?a), STR(?r))) < 3) }}", SECONDS),
    "memory": (f"SELECT (STRLEN(?x30) AS ?length) {{ BIND('0123456789' AS ?x0){DOUBLED} }}", MEGABYTES),
    "rows": ("SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", ROWS),
    "rows, of triples": ("CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", ROWS),
    "bytes": (LONG_TEXT, ANSWER_MEGABYTES * 1_000_000),
    "bytes, of triples": (LONG_TEXT.replace("SELECT ?a ?x13", "CONSTRUCT { ?a <x:says> ?x13 }"), ANSWER_MEGABYTES * 1_000_000),
}
"""The name begins with the limit; the value is how much it is."""


@pytest.fixture(scope="module")
def narrow(conformance: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    """A server that allows little to one query."""
    limits = {"query_seconds": SECONDS, "query_megabytes": MEGABYTES, "answer_rows": ROWS, "answer_megabytes": ANSWER_MEGABYTES}
    with serving(tmp_path_factory.mktemp("narrow"), conformance | limits) as served:
        yield Over(served.url)


@pytest.fixture(scope="module")
def busy(conformance: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    """A server with one slot and a queue of one, behind a proxy that names its clients."""
    limits = {"queries": 1, "queue": 1, "queries_per_client": 1, "query_seconds": 3, "proxies": 1}
    with serving(tmp_path_factory.mktemp("busy"), conformance | limits) as served:
        yield Over(served.url)


def test_the_cases_are_here() -> None:
    assert len(COSTLY) == 7
    assert {name.partition(",")[0] for name in COSTLY} == {"deadline", "memory", "rows", "bytes"}


@pytest.mark.parametrize("name", COSTLY)
def test_a_costly_query(narrow: Way, name: str) -> None:
    query, value = COSTLY[name]
    begun = time.monotonic()
    reply = get(narrow, query, **{"Accept-Language": "en"})
    assert time.monotonic() - begun < SECONDS + 1
    assert reply.status == 422, reply.body[:300]
    assert reply.media == "application/problem+json"
    said = reply.json
    assert said["type"].endswith("problems#too-costly")
    assert (said["limit"], said["value"]) == (name.partition(",")[0], value)
    assert f"{value:,}" in said["detail"]
    assert reply.header("access-control-allow-origin") == "*"
    assert reply.header("cache-control") == "no-store"
    assert get(narrow, "ASK {}").json["boolean"] is True


@pytest.mark.parametrize(
    "accept", ["text/csv", "text/tab-separated-values", "application/sparql-results+xml", "application/sparql-results+json"]
)
def test_rows_are_counted_in_every_format(narrow: Way, accept: str) -> None:
    product = "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    assert get(narrow, f"{product} LIMIT {ROWS + 1}", accept=accept).status == 422
    reply = get(narrow, f"{product} LIMIT {ROWS}", accept=accept)
    assert reply.status == 200
    assert len(get(narrow, f"{product} LIMIT {ROWS}").rows) == ROWS


def test_a_head_has_the_status_of_its_get(narrow: Way) -> None:
    reply = narrow.send("HEAD", target(COSTLY["rows"][0]))
    assert (reply.status, reply.media, reply.body) == (422, "application/problem+json", b"")


def test_a_person_sees_the_first_rows_of_what_is_too_long(narrow: Way) -> None:
    reply = get(narrow, COSTLY["rows"][0], accept="text/html")
    assert reply.status == 200
    assert b"<table" in reply.body


def _from(way: Way, client: str, query: str) -> Reply:
    return get(way, query, X_Forwarded_For=client)


def _long(number: int) -> str:
    return f"SELECT (COUNT(*) AS ?count{number}) {{ {PRODUCT} }}"


def test_one_client_asks_too_much_at_once(busy: Way) -> None:
    with ThreadPoolExecutor() as others:
        running = others.submit(_from, busy, "192.0.2.1", _long(1))
        time.sleep(0.5)
        refused = _from(busy, "192.0.2.1", "ASK { <x:a> <x:b> 1 }")
        another = _from(busy, "192.0.2.2", "ASK { <x:a> <x:b> 2 }")
        assert running.result().status == 422
    assert (refused.status, refused.media) == (429, "application/problem+json")
    assert refused.json["type"].endswith("problems#too-many-queries")
    assert refused.json["limit"] == 1
    assert int(refused.header("retry-after")) >= 1
    assert refused.header("access-control-allow-origin") == "*"
    assert refused.header("cache-control") == "no-store"
    assert another.status == 200
    assert _from(busy, "192.0.2.1", "ASK { <x:a> <x:b> 3 }").status == 200


def test_all_clients_ask_too_much_at_once(busy: Way) -> None:
    with ThreadPoolExecutor() as others:
        running = []
        for number in range(2):
            running.append(others.submit(_from, busy, f"192.0.2.{number + 1}", _long(number + 10)))
            time.sleep(0.5)
        refused = _from(busy, "192.0.2.3", _long(20))
        assert [each.result().status for each in running] == [422, 503]
    assert (refused.status, refused.media) == (503, "application/problem+json")
    assert refused.json["type"].endswith("problems#overloaded")
    assert int(refused.header("retry-after")) == refused.json["retry_after"] >= 1
    assert refused.header("access-control-allow-origin") == "*"
    assert refused.header("cache-control") == "no-store"


def test_what_is_known_is_answered_in_any_crowd(busy: Way) -> None:
    """An answer that is kept costs no query."""
    query = "SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 1"
    assert _from(busy, "192.0.2.1", query).status == 200
    with ThreadPoolExecutor() as others:
        running = others.submit(_from, busy, "192.0.2.1", _long(30))
        time.sleep(0.5)
        assert _from(busy, "192.0.2.1", query).status == 200
        assert running.result().status == 422
