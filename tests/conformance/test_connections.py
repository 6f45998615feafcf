"""What goes over one connection: several requests, bodies in pieces, old clients, headers on several lines. Written byte for byte."""

from __future__ import annotations

import http.client
import re
import socket

import pytest

from tests.conformance.asking import DIRECT, ENDPOINT, Way, get, target
from tests.serving import HOST, Served

ASK = target("ASK {}")
ROWS = "SELECT ?s FROM <https://essai.example/graph/one> { ?s ?p ?o }"
_SECONDS = 10


def _talk(served: Served, *sent: bytes) -> bytes:
    """Send, and read until the server closes the connection."""
    with socket.create_connection((HOST, served.port), _SECONDS) as connection:
        for piece in sent:
            connection.sendall(piece)
        received = b""
        while piece := connection.recv(65_536):
            received += piece
        return received


def _head(method: str, where: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {where} HTTP/1.1", "Host: essai.example", *lines, "", ""]).encode()


def test_one_connection_carries_all_kinds_of_answers(served: Served) -> None:
    connection = http.client.HTTPConnection(HOST, served.port, timeout=_SECONDS)
    connection.connect()
    opened = connection.sock
    etag = ""
    statuses = []
    for method, where, headers, body in (
        ("GET", ASK, {}, None),
        ("HEAD", ASK, {}, None),
        ("GET", ASK, {"If-None-Match": "*"}, None),
        ("POST", ENDPOINT, {"Content-Type": DIRECT}, "ASK {}"),
        ("GET", target("ASK {"), {}, None),
        ("POST", ENDPOINT, {"Content-Type": "text/plain"}, "ASK {}"),
        ("PUT", ENDPOINT, {"Content-Type": DIRECT}, "ASK {}"),
        ("OPTIONS", ENDPOINT, {}, None),
        ("HEAD", target("ASK {"), {}, None),
        ("GET", ASK, {}, None),
    ):
        connection.request(method, where, body, headers)
        answer = connection.getresponse()
        answer.read()
        etag = answer.headers.get("ETag", etag)
        statuses.append(answer.status)
    assert statuses == [200, 200, 304, 200, 400, 415, 405, 200, 400, 200]
    assert connection.sock is opened
    connection.close()
    assert etag


def test_requests_may_follow_at_once(served: Served) -> None:
    asked = _head("GET", ASK)
    received = _talk(served, asked + asked + _head("GET", target("ASK {"), "Connection: close"))
    assert re.findall(rb"HTTP/1\.1 (\d+)", received) == [b"200", b"200", b"400"]


def test_a_body_may_come_in_pieces(served: Served) -> None:
    """As programs in Java and JavaScript send it, which do not count beforehand."""
    head = _head("POST", ENDPOINT, f"Content-Type: {DIRECT}", "Transfer-Encoding: chunked", "Connection: close")
    received = _talk(served, head, b"4\r\nASK \r\n", b"2\r\n{}\r\n", b"0\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b'"boolean":true' in received


def test_a_client_may_wait_to_be_told_to_go_on(served: Served) -> None:
    """As curl does before a long body."""
    head = _head("POST", ENDPOINT, f"Content-Type: {DIRECT}", "Content-Length: 6", "Expect: 100-continue", "Connection: close")
    with socket.create_connection((HOST, served.port), _SECONDS) as connection:
        connection.sendall(head)
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"ASK {}")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_an_old_client_is_answered(served: Served) -> None:
    received = _talk(served, f"GET {ASK} HTTP/1.0\r\n\r\n".encode())
    assert received.startswith(b"HTTP/1.0 200 ")
    assert received.endswith(b'{"head":{},"boolean":true}')


@pytest.mark.parametrize("lines", [("text/csv", "image/png"), ("image/png", "text/csv"), ("image/png", "image/gif, text/csv;q=0.1")])
def test_a_header_may_stand_on_several_lines(served: Served, lines: tuple[str, str]) -> None:
    received = _talk(served, _head("GET", target(ROWS), *(f"Accept: {line}" for line in lines), "Connection: close"))
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b"text/csv" in received


def test_nobody_is_asked_for_a_name(served: Served) -> None:
    received = _talk(served, f"GET {ASK} HTTP/1.1\r\nConnection: close\r\n\r\n".encode())
    assert received.startswith(b"HTTP/1.1 200 ")


def test_what_was_posted_is_not_what_is_put(way: Way) -> None:
    """An answer that is kept is kept for its method."""
    sent = (ENDPOINT, {"Content-Type": DIRECT}, b"ASK { FILTER('posted' != 'put') }")
    assert [way.send(method, *sent).status for method in ("POST", "POST", "PUT", "DELETE", "PATCH", "POST")] == [
        200,
        200,
        405,
        405,
        405,
        200,
    ]


def test_a_post_is_answered_whatever_is_known(way: Way) -> None:
    """``If-None-Match`` is about what stands at the address (RFC 9110 §13.1.2), which is not this answer."""
    etag = get(way, ROWS).header("etag")
    for known in (etag, "*", '"other"'):
        for _ in range(2):
            reply = way.send("POST", ENDPOINT, {"Content-Type": DIRECT, "If-None-Match": known}, ROWS.encode())
            assert (reply.status, reply.header("etag")) == (200, etag)
            assert reply.body
