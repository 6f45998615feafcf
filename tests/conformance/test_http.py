"""What HTTP asks of the endpoint beyond the protocol: validators, caches, ``HEAD``, ``OPTIONS``, other origins, addresses."""

from __future__ import annotations

import pytest

from tests.conformance.asking import DIRECT, ENDPOINT, FORM, Reply, Way, get, target

ROWS = "SELECT ?s FROM <https://essai.example/graph/one> { ?s ?p ?o }"
TRIPLES = "CONSTRUCT { ?s ?p ?o } FROM <https://essai.example/graph/one> WHERE { ?s ?p ?o }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g a ?h . ?i a ?j }"
"""Its answer is longer than what is kept in memory."""
NOT_OF_THE_ANSWER = {"date", "server", "connection", "keep-alive", "transfer-encoding"}

VOLATILE = [
    "SELECT (NOW() AS ?x) {}",
    "SELECT (RAND() AS ?x) {}",
    "SELECT (UUID() AS ?x) {}",
    "SELECT (STRUUID() AS ?x) {}",
    "ASK { FILTER(rand ( ) < 2) }",
    "CONSTRUCT { <x:a> <x:b> ?now } WHERE { BIND(now() AS ?now) }",
]
ASKED = {
    "rows": target(ROWS),
    "truth": target("ASK {}"),
    "triples": target(TRIPLES),
    "csv": target(ROWS, ("format", "csv")),
    "volatile": target("SELECT (STRUUID() AS ?x) {}"),
    "page": target(ROWS, ("format", "html")),
    "form": target(None, ("format", "html")),
    "description": ENDPOINT,
    "syntax error": target("ASK {"),
    "update": target(None, ("update", "CLEAR ALL")),
    "no format": target(ROWS, ("format", "pdf")),
}
STATUSES = {
    200: ("GET", target(ROWS), {}, None),
    308: ("GET", "/sparql/?query=ASK%7B%7D", {}, None),
    400: ("GET", target("ASK {"), {}, None),
    403: ("GET", target("ASK { SERVICE <http://127.0.0.1:9/> {} }"), {}, None),
    404: ("GET", "/sparql/nothing", {}, None),
    405: ("DELETE", ENDPOINT, {}, None),
    406: ("GET", target(ROWS), {"Accept": "image/png"}, None),
    413: ("POST", ENDPOINT, {"Content-Type": DIRECT}, b"#" * 300_000),
    415: ("POST", ENDPOINT, {"Content-Type": "text/plain"}, b"ASK {}"),
}


def _headers(reply: Reply) -> dict[str, str]:
    return {name: value for name, value in reply.headers if name not in NOT_OF_THE_ANSWER}


def test_the_cases_are_here() -> None:
    assert (len(VOLATILE), len(ASKED), len(STATUSES)) == (6, 11, 9)


@pytest.mark.parametrize("name", ASKED)
def test_head_is_get_without_its_body(way: Way, name: str) -> None:
    first, second = way.send("HEAD", ASKED[name]), way.send("GET", ASKED[name])
    assert first.status == second.status
    assert first.body == b""
    assert second.body
    assert _headers(first) == _headers(second)
    assert way.send("HEAD", ASKED[name]).header("content-length") == str(len(second.body))


def test_a_long_answer_is_whole_and_its_head_too(way: Way) -> None:
    reply = get(way, LONG, accept="text/csv")
    assert reply.status == 200
    assert len(reply.body) > 2_000_000
    assert reply.header("content-length") == str(len(reply.body))
    assert reply.body.endswith(b"\r\n")
    head = way.send("HEAD", target(LONG), {"Accept": "text/csv"})
    assert (head.body, _headers(head)) == (b"", _headers(reply))


@pytest.mark.parametrize("status", STATUSES)
def test_any_origin_may_read_every_status(way: Way, status: int) -> None:
    method, where, headers, body = STATUSES[status]
    reply = way.send(method, where, {**headers, "Origin": "https://ailleurs.example"}, body)
    assert reply.status == status
    assert reply.header("access-control-allow-origin") == "*"
    exposed = {name.strip().lower() for name in reply.header("access-control-expose-headers").split(",")}
    assert exposed >= {"etag", "retry-after", "link", "location"}


def test_preflight(way: Way) -> None:
    asked = {
        "Origin": "https://ailleurs.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    for where in (ENDPOINT, target("ASK {}")):
        reply = way.send("OPTIONS", where, asked)
        assert reply.status in (200, 204)
        assert reply.body == b""
        assert reply.header("access-control-allow-origin") == "*"
        for header in ("allow", "access-control-allow-methods"):
            assert {name.strip() for name in reply.header(header).split(",")} == {"GET", "HEAD", "POST", "OPTIONS"}
        allowed = {name.strip().lower() for name in reply.header("access-control-allow-headers").split(",")}
        assert allowed >= {"accept", "content-type", "if-none-match"}
        assert int(reply.header("access-control-max-age")) > 0


def test_what_is_not_allowed_says_what_is(way: Way) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        reply = way.send(method, ENDPOINT)
        assert reply.status == 405
        assert {name.strip() for name in reply.header("allow").split(",")} == {"GET", "HEAD", "POST", "OPTIONS"}


def _etags(way: Way) -> dict[str, str]:
    replies = {
        "rows": get(way, ROWS),
        "rows as xml": get(way, ROWS, accept="application/sparql-results+xml"),
        "rows as csv": get(way, ROWS, accept="text/csv"),
        "rows as tsv": get(way, ROWS, accept="text/tab-separated-values"),
        "other text": get(way, f"{ROWS} "),
        "other dataset": get(way, ROWS, ("default-graph-uri", "https://essai.example/graph/one")),
        "other sort of dataset": get(way, ROWS, ("named-graph-uri", "https://essai.example/graph/one")),
        "triples": get(way, TRIPLES),
        "triples as json": get(way, TRIPLES, accept="application/ld+json"),
    }
    assert {reply.status for reply in replies.values()} == {200}
    return {name: reply.header("etag") for name, reply in replies.items()}


def test_an_etag_is_strong_and_tells_answers_apart(way: Way) -> None:
    etags = _etags(way)
    assert len(set(etags.values())) == len(etags) == 9
    assert all(etag.startswith('"') and etag.endswith('"') and len(etag) > 20 for etag in etags.values())
    assert _etags(way) == etags


def test_the_three_ways_to_ask_have_one_etag(way: Way) -> None:
    replies = [
        get(way, ROWS),
        way.send("POST", ENDPOINT, {"Content-Type": DIRECT}, ROWS.encode()),
        way.send("POST", ENDPOINT, {"Content-Type": FORM}, target(ROWS).partition("?")[2].encode()),
        get(way, ROWS, ("format", "json")),
    ]
    assert len({reply.header("etag") for reply in replies}) == 1
    assert len({reply.body for reply in replies}) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("query", [ROWS, TRIPLES, LONG])
def test_what_is_known_is_not_sent_again(way: Way, method: str, query: str) -> None:
    full = way.send("HEAD", target(query))
    etag = full.header("etag")
    for known in (etag, f"W/{etag}", f'"other", {etag}', f'{etag},"other"', "*"):
        reply = way.send(method, target(query), {"If-None-Match": known})
        assert (reply.status, reply.body) == (304, b""), known
        for name in ("etag", "cache-control", "vary", "access-control-allow-origin"):
            assert reply.header(name) == full.header(name)
        assert not reply.header("content-type")
        assert reply.header("content-length") in ("", "0")
    for unknown in ('"other"', 'W/"other", "another"', etag.strip('"'), etag[:-2] + '"'):
        assert way.send(method, target(query), {"If-None-Match": unknown}).status == 200, unknown


def test_a_304_is_not_given_for_what_is_no_answer(way: Way) -> None:
    for status in (400, 403, 406):
        method, where, headers, body = STATUSES[status]
        assert way.send(method, where, {**headers, "If-None-Match": "*"}, body).status == status


@pytest.mark.parametrize("query", VOLATILE)
def test_what_changes_each_time_has_no_validator(way: Way, query: str) -> None:
    replies = [get(way, query) for _ in range(2)]
    for reply in replies:
        assert (reply.status, reply.header("etag"), reply.header("cache-control")) == (200, "", "no-store")
    assert get(way, query, If_None_Match="*").status == 200
    if query.startswith("SELECT"):
        assert replies[0].rows != replies[1].rows


def test_what_does_not_change_may_be_kept(way: Way) -> None:
    for reply in (get(way, ROWS), get(way, TRIPLES), get(way, ROWS, accept="text/csv"), get(way, "ASK { FILTER(STRLEN('NOW') = 3) }")):
        assert "public" in reply.header("cache-control")
        assert "max-age=" in reply.header("cache-control")
        assert "accept" in reply.vary
        assert reply.header("etag")


def test_no_error_is_kept_for_long(way: Way) -> None:
    for status, (method, where, headers, body) in STATUSES.items():
        if status >= 400:
            reply = way.send(method, where, headers, body)
            assert reply.header("cache-control") in ("no-store", "public, max-age=60")
            assert not reply.header("etag")
            assert "accept" in reply.vary


def test_a_slash_too_many_leads_to_the_endpoint(way: Way) -> None:
    for method, headers, body in (("GET", {}, None), ("POST", {"Content-Type": FORM}, b"query=ASK%20%7B%7D")):
        reply = way.send(method, "/sparql/?query=ASK%20%7B%7D" if method == "GET" else "/sparql/", headers, body)
        assert reply.status == 308  # the method and the body stay
        where = reply.header("location")
        assert where.partition("?")[0].endswith(ENDPOINT)
        assert way.send(method, where.removeprefix(way.endpoint.removesuffix(ENDPOINT)), headers, body).json["boolean"] is True


def test_a_relative_iri_is_one_of_the_endpoint(way: Way) -> None:
    assert get(way, "SELECT (<#x> AS ?a) (<x> AS ?b) (</x> AS ?c) (<> AS ?d) {}").rows == [
        {
            "a": "https://essai.example/sparql#x",
            "b": "https://essai.example/x",
            "c": "https://essai.example/x",
            "d": "https://essai.example/sparql",
        }
    ]


def test_nobody_is_told_what_to_run(way: Way) -> None:
    for where in (target(ROWS), target("ASK {"), target(ROWS, ("format", "html"))):
        reply = way.send("GET", where)
        assert reply.header("x-content-type-options") == "nosniff"
        assert "default-src 'self'" in reply.header("content-security-policy")
