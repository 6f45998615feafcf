"""What is asked badly: each mistake has its status, one shape of answer in the format that the client reads, and says where and what to do."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest

from tests.conformance.asking import DIRECT, ENDPOINT, FORM, Reply, Way, get, target
from tests.serving import HOST, Served


@dataclass(frozen=True)
class Case:
    """A request that is refused: status, kind of problem, and a part of what is said in English."""

    status: int
    kind: str
    says: str
    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def send(self, way: Way, **headers: str) -> Reply:
        """Ask."""
        return way.send(self.method, self.target, {**self.headers, **headers}, self.body)


def _get(status: int, kind: str, says: str, where: str) -> Case:
    return Case(status, kind, says, "GET", where)


def _post(status: int, kind: str, says: str, media: str, body: bytes) -> Case:
    return Case(status, kind, says, "POST", ENDPOINT, {"Content-Type": media} if media else {}, body)


CASES = {
    "syntax": _get(400, "bad-query", "line 1, column", target("ASK {")),
    "syntax, further down": _get(400, "bad-query", "line 4, column", target("SELECT *\nWHERE {\n  ?s ?p \n} OOPS")),
    "unknown prefix": _get(400, "bad-query", "SPARQL", target("ASK { ex:a ex:b ex:c }")),
    "variable selected twice": _get(400, "bad-query", "SPARQL", target("SELECT (1 AS ?a) (2 AS ?a) {}")),
    "empty, in the address": _get(400, "bad-query", "SPARQL", f"{ENDPOINT}?query="),
    "blank, in the address": _get(400, "bad-query", "SPARQL", f"{ENDPOINT}?query=%20%0A"),
    "empty, direct": _post(400, "bad-query", "SPARQL", DIRECT, b""),
    "empty, in a form": _post(400, "bad-query", "SPARQL", FORM, b"query="),
    "no query in a form": _post(400, "bad-request", "missing", FORM, b"q=ASK%7B%7D"),
    "no query in an empty form": _post(400, "bad-request", "missing", FORM, b""),
    "two queries": _get(400, "bad-request", "Exactly one", target("ASK {}", ("query", "ASK {}"))),
    "two queries in a form": _post(400, "bad-request", "Exactly one", FORM, b"query=ASK%7B%7D&query=ASK%7B%7D"),
    "one in the address, one in a form": Case(
        400, "bad-request", "Exactly one", "POST", target("ASK {}"), {"Content-Type": FORM}, b"query=ASK%7B%7D"
    ),
    "one in the address, one direct": Case(
        400, "bad-request", "Exactly one", "POST", target("ASK {}"), {"Content-Type": DIRECT}, b"ASK {}"
    ),
    "NUL after the query": _get(400, "bad-query", "line 1, column", target("ASK {}\0")),
    "NUL in the query": _post(400, "bad-query", "line 1, column", DIRECT, b"ASK {\0}"),
    "not UTF-8, in the address": _get(400, "bad-request", "UTF-8", f"{ENDPOINT}?query=ASK%20%7B%7D%23%FF"),
    "not UTF-8, in a form": _post(400, "bad-request", "UTF-8", FORM, b"query=ASK%20%7B%7D%23%E9"),
    "not UTF-8, raw in a form": _post(400, "bad-request", "UTF-8", FORM, b"query=ASK{}%23\xe9"),
    "not UTF-8, direct": _post(400, "bad-request", "UTF-8", DIRECT, b"ASK {} #\xe9"),
    "half a surrogate": _get(400, "bad-request", "UTF-8", f"{ENDPOINT}?query=ASK%20%7B%7D%23%ED%A0%80"),
    "UTF-16 without saying so": _post(400, "bad-request", "UTF-8", DIRECT, "ASK {}".encode("utf-16")),
    "latin-1, direct": _post(415, "unsupported-type", "UTF-8", f"{DIRECT};charset=latin-1", "ASK { FILTER('é'='é') }".encode("latin-1")),
    "latin-1, in a form": _post(415, "unsupported-type", "UTF-8", f"{FORM}; charset=ISO-8859-1", b"query=ASK%7B%7D"),
    "an unknown character set": _post(415, "unsupported-type", "UTF-8", f"{DIRECT};charset=klingon", b"ASK {}"),
    "JSON": _post(415, "unsupported-type", "application/sparql-query", "application/json", b'{"query": "ASK {}"}'),
    "a form of parts": _post(
        415,
        "unsupported-type",
        "application/sparql-query",
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="query"\r\n\r\nASK {}\r\n--b--\r\n',
    ),
    "no media type": _post(415, "unsupported-type", "application/sparql-query", "", b"ASK {}"),
    "no media type that one can read": _post(415, "unsupported-type", "application/sparql-query", ";;;", b"ASK {}"),
    "too long, direct": _post(413, "too-large", "262144 bytes", DIRECT, b"ASK {} #" + b"x" * 262_144),
    "too long in bytes, not in letters": _post(413, "too-large", "262144 bytes", DIRECT, b"ASK {} #" + "é".encode() * 160_000),
    "too long, in a form": _post(413, "too-large", "262144 bytes", FORM, b"query=ASK%7B%7D%23" + b"x" * 262_144),
    "much too long": _post(413, "too-large", "262144 bytes", DIRECT, b"ASK {} #" + b"x" * 2_000_000),
    "a default graph that is no IRI": _get(400, "bad-request", "absolute IRI", target("ASK {}", ("default-graph-uri", "a b"))),
    "a default graph that is relative": _get(400, "bad-request", "absolute IRI", target("ASK {}", ("default-graph-uri", "one"))),
    "an unknown function": _get(400, "bad-query", "function", target("SELECT (<x:f>(1) AS ?a) {}")),
    "SERVICE": _get(403, "query-refused", "SERVICE", target("ASK { SERVICE <http://127.0.0.1:9/> {} }")),
    "SERVICE at a variable": _get(403, "query-refused", "SERVICE", target("ASK { SERVICE ?where {} }")),
    "a path without a page": _get(404, "not-found", "/sparql/nothing", "/sparql/nothing"),
}
INNOCENT = [
    "ASK { FILTER('SERVICE <x:y> {}' != '') }",
    "SELECT ?service {}",
    "ASK {} # SERVICE <x:y> {}",
    "ASK { <x:SERVICE> ?update ?load }",
]


def test_the_cases_are_here() -> None:
    assert (len(CASES), len(INNOCENT)) == (39, 4)


@pytest.mark.parametrize("name", CASES)
def test_a_problem(way: Way, name: str) -> None:
    case = CASES[name]
    reply = case.send(way, **{"Accept-Language": "en"})
    assert reply.status == case.status, reply.body
    assert reply.media == "application/problem+json"
    said = reply.json
    assert set(said) >= {"type", "title", "status", "detail", "instance"}
    assert said["type"].endswith(f"problems#{case.kind}")
    assert said["status"] == case.status
    assert case.says in said["detail"]
    assert "Traceback" not in reply.body.decode()
    assert reply.header("access-control-allow-origin") == "*"


@pytest.mark.parametrize("name", CASES)
def test_a_problem_is_told_in_the_language_and_format_of_the_client(way: Way, name: str) -> None:
    case = CASES[name]
    plain = case.send(way, Accept="application/sparql-results+json, text/plain;q=0.5", **{"Accept-Language": "fr"})
    assert (plain.status, plain.media) == (case.status, "text/plain")
    assert plain.body.decode().startswith(f"{case.status} ")
    assert plain.header("content-language") == "fr"
    page = case.send(way, Accept="text/html", **{"Accept-Language": "en"})
    assert (page.status, page.media) == (case.status, "text/html")
    assert page.header("content-language") == "en"
    assert b"<!DOCTYPE html>" in page.body
    for accept in ("application/sparql-results+json", "text/csv", "*/*", ""):
        assert case.send(way, Accept=accept).media == "application/problem+json"


@pytest.mark.parametrize(("text", "line", "column"), [("ASK {", 1, 5), ("ASK {\n  ?s ?p\n", 1, 5), ("SELECT * {} LIMIT x", 1, 19)])
def test_a_syntax_error_says_where(way: Way, text: str, line: int, column: int) -> None:
    said = get(way, text).json
    assert (said["line"], said["column"]) == (line, column)


@pytest.mark.parametrize("query", INNOCENT)
def test_words_that_only_look_like_a_call(way: Way, query: str) -> None:
    assert get(way, query).status == 200


def test_a_query_as_long_as_may_be(way: Way) -> None:
    longest = "ASK {} #" + "x" * (262_144 - 8)
    for reply in (
        way.send("POST", ENDPOINT, {"Content-Type": DIRECT}, longest.encode()),
        way.send("POST", ENDPOINT, {"Content-Type": FORM}, f"query={quote(longest, safe='')}".encode()),
        way.send("POST", ENDPOINT, {"Content-Type": FORM}, ("query=" + "".join(f"%{ord(letter):02x}" for letter in longest)).encode()),
    ):
        assert (reply.status, reply.json["boolean"]) == (200, True)
    assert get(way, "ASK {} #" + "x" * 60_000).status == 200


def test_an_address_that_is_too_long_is_refused(served: Served, http: Way) -> None:
    """By the server before any of this project sees it; that is why these two statuses have no problem document."""
    assert http.send("GET", target("ASK {} #" + "x" * 66_000)).status == 414
    assert http.send("GET", target("ASK {} #" + "x" * 900_000)).status == 431
    assert http.send("GET", target("ASK {}")).status == 200
    assert "Traceback" not in served.said()


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"GET /sparql HTTP/9.9\r\n\r\n",
        b"GET /sparql?query=ASK {} HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["TLS", "no address", "HTTP/9.9", "blanks in the address"],
)
def test_what_is_no_http_is_refused(served: Served, sent: bytes) -> None:
    with socket.create_connection((HOST, served.port), 5) as connection:
        connection.sendall(sent)
        answer = connection.recv(1000)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 ")) or answer == b""


def test_a_raw_address_beyond_ascii_is_answered(served: Served) -> None:
    """Some clients do not encode what they should."""
    with socket.create_connection((HOST, served.port), 5) as connection:
        connection.sendall("GET /sparql?query=ASK{FILTER('é'='é')} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = connection.recv(10_000)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"true" in answer
