"""Connections that mean harm: half open, slow, broken off, or not HTTP. Others must be served all the while, and nothing may be left of them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import quote

import pytest

from tests.hostile.clients import ask
from tests.hostile.server import Server

_ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
_BIG = "SELECT * { ?s ?p ?o } LIMIT 20000"
_WAIT = 14
"""Seconds until a server that gives a client ten for its head or its body must have hung up."""


def _connect(server: Server, number: int = 0, receive: int | None = None) -> socket.socket:
    connection = socket.socket()
    if receive is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    connection.settimeout(_WAIT)
    connection.bind((f"127.0.1.{1 + number % 250}", 0))
    connection.connect(("127.0.0.1", server.port))
    return connection


@contextmanager
def _connected(server: Server, count: int, sent: bytes, receive: int | None = None) -> Iterator[list[socket.socket]]:
    """So many connections that have sent the same."""
    with ExitStack() as stack:
        connections = [stack.enter_context(_connect(server, number, receive)) for number in range(count)]
        for connection in connections:
            connection.sendall(sent)
        yield connections


def _get(query: str) -> bytes:
    return f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode()


def _post(length: object, extra: str = "") -> bytes:
    return f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: {length}\r\n{extra}\r\n".encode()


def _all(connection: socket.socket) -> bytes:
    """What comes until the other side hangs up, or says nothing any more."""
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except (TimeoutError, ConnectionError):
        pass
    return received


def _others_are_served(server: Server, times: int = 20) -> None:
    """Small queries of somebody else are answered, most of them at once."""
    seconds = []
    for number in range(times):
        ending = ask(server.port, f"SELECT ?s ({time.time_ns()} AS ?n) {{ ?s ?p ?o }} LIMIT 2".encode(), 200 - number % 4)
        assert ending.status == 200, ending
        seconds.append(ending.seconds)
    assert sorted(seconds)[times // 2] < 0.25, seconds


@pytest.fixture
def nothing_is_left(server: Server) -> Iterator[None]:
    """After a test the server has as many files, connections and workers as before."""
    _others_are_served(server, 4)
    files = server.files()
    yield
    assert _until(lambda: server.files() <= files + 3 and len(server.workers()) == 2 and not _dead(server), 5)


def _dead(server: Server) -> list[int]:
    """Processes that have ended and that nobody has taken note of."""
    return [process.pid for process in server.processes() if process.is_zombie]


def _until(done: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


HALF_OPEN = {
    "nothing": b"",
    "half a line": b"GET /spar",
    "half a head": b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX-",
    "half a body": _post(1000) + b"ASK {",
    "an unfinished chunk": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nASK",
}


@pytest.mark.usefixtures("nothing_is_left")
def test_half_open_connections_are_closed_and_hold_nobody_up(server: Server) -> None:
    assert len(HALF_OPEN) == 5
    with ExitStack() as stack:
        groups = {name: stack.enter_context(_connected(server, 60, sent)) for name, sent in HALF_OPEN.items()}
        start = time.monotonic()
        _others_are_served(server)
        for name, connections in groups.items():
            for connection in connections:
                connection.settimeout(max(0.1, start + _WAIT - time.monotonic()))
                answer = _all(connection)
                assert not answer or answer.startswith(b"HTTP/1.1 4"), (name, answer[:100])
        assert time.monotonic() - start < _WAIT
        _others_are_served(server)


@pytest.mark.usefixtures("nothing_is_left")
def test_a_head_that_drips_is_not_waited_for(server: Server) -> None:
    with _connected(server, 30, b"GET /sparql HTTP/1.1\r\nHost: x\r\n") as connections:
        start = time.monotonic()
        open_ones = list(connections)
        while open_ones and time.monotonic() - start < _WAIT:
            time.sleep(0.5)
            open_ones = [connection for connection in open_ones if _can_send(connection, b"X-A: b\r\n")]
            if int(time.monotonic() - start) % 4 == 0:
                _others_are_served(server, 4)
        assert open_ones == []


def _can_send(connection: socket.socket, piece: bytes) -> bool:
    try:
        connection.sendall(piece)
        connection.setblocking(False)
        try:
            return connection.recv(1000) != b""
        except BlockingIOError:
            return True
        finally:
            connection.settimeout(_WAIT)
    except OSError:
        return False


@pytest.mark.usefixtures("nothing_is_left")
def test_slow_readers_hold_nobody_up(server: Server) -> None:
    """Big answers for those who take a byte now and then; when they go, their answers go."""
    with _connected(server, 24, _get(_BIG), receive=4096) as connections:
        for _ in range(8):
            time.sleep(0.25)
            for connection in connections:
                connection.recv(1)
        _others_are_served(server)
        assert len(server.workers()) <= 2 + 4


def _is_asked(server: Server) -> bool:
    return len(server.workers()) > 2


def test_a_query_stops_within_a_second_when_its_client_goes(server: Server, nothing_is_left: None) -> None:
    assert nothing_is_left is None
    for request in (_get(_ENDLESS), _post(len(_ENDLESS)) + _ENDLESS.encode()):
        with _connect(server) as connection:
            connection.sendall(request)
            assert _until(lambda: _is_asked(server), 2)
            time.sleep(0.3)
            busy = max(server.workers(), key=lambda process: process.seconds)
        gone = time.monotonic()
        assert _until(lambda: not _is_asked(server), 2)
        assert time.monotonic() - gone < 1
        assert busy.pid not in [process.pid for process in server.workers()]


def test_a_query_stops_when_its_client_resets(server: Server, nothing_is_left: None) -> None:
    assert nothing_is_left is None
    connection = _connect(server)
    connection.sendall(_get(_ENDLESS))
    assert _until(lambda: _is_asked(server), 2)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.close()
    assert _until(lambda: not _is_asked(server), 1)


@pytest.mark.usefixtures("nothing_is_left")
def test_many_who_ask_and_run(server: Server) -> None:
    """A hundred clients send the worst query and go: within two seconds all is as before."""
    for number in range(100):
        with _connect(server, number) as connection:
            connection.sendall(_get(_ENDLESS))
    assert _until(lambda: ask(server.port, b"ASK { ?a ?b ?c }", 210).status == 200, 2)
    assert _until(lambda: len(server.workers()) == 2, 2)
    _others_are_served(server)


@pytest.mark.usefixtures("nothing_is_left")
def test_pipelined_requests_are_answered_in_their_order(server: Server) -> None:
    with _connect(server) as connection:
        connection.sendall(b"".join(_get(f"SELECT ({number} AS ?n) {{}}") for number in range(20)))
        connection.settimeout(1)
        answers = _all(connection).split(b"HTTP/1.1 ")[1:]
    assert len(answers) == 20
    assert [answer.rpartition(b"\r\n\r\n")[2].split() for answer in answers] == [[b"n", str(number).encode()] for number in range(20)]


@pytest.mark.usefixtures("nothing_is_left")
def test_one_client_may_not_have_all(server: Server) -> None:
    """Past its share a client is told so, at once, and others do not notice."""
    with ExitStack() as stack:
        connections = [stack.enter_context(_connect(server)) for _ in range(30)]
        for connection in connections:
            connection.sendall(_get(_ENDLESS))
        time.sleep(0.5)
        _others_are_served(server, 8)
        statuses = []

        def read(connection: socket.socket) -> None:
            statuses.append(connection.recv(65_536)[9:12])

        readers = [threading.Thread(target=read, args=(connection,)) for connection in connections]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    assert len(statuses) == 30
    assert set(statuses) <= {b"422", b"429", b"503"}
    assert statuses.count(b"429") >= 10


NONSENSE = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no version": b"GET /sparql\r\n\r\n",
    "long address": b"GET /sparql?query=" + b"x" * 2_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "long header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"x" * 2_000_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 50_000 + b"\r\n",
    "address of NULs": b"GET /\x00\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "negative length": _post(-1) + b"ASK {}",
    "no number": _post("abc") + b"ASK {}",
    "giant length": _post(10**30) + b"ASK {}",
    "two lengths": _post(6, "Content-Length: 60\r\n") + b"ASK {}",
    "length and chunks": _post(6, "Transfer-Encoding: chunked\r\n") + b"zz\r\nASK {}\r\n0\r\n\r\n",
    "no chunk size": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\nASK {}\r\n",
    "giant chunk": b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nASK {}\r\n",
    "body too long": _post(5_000_000) + b"x" * 5_000_000,
    "chunks too long": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n"
    + (b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 40,
    "more than announced": _post(6) + b"ASK {}GARBAGE / GARBAGE\r\n\r\n",
    "bad escapes": b"GET /sparql?query=%ZZ%C3%28%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "unknown method": b"BREW /sparql HTTP/1.1\r\nHost: x\r\n\r\n",
    "an expectation": _post(6, "Expect: 200-maybe\r\n") + b"ASK {}",
}


@pytest.mark.parametrize("sent", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_refused_or_hung_up_on(server: Server, sent: bytes) -> None:
    assert len(NONSENSE) == 20
    with _connect(server) as connection:
        connection.settimeout(2)
        with suppress(OSError):  # it may have heard enough
            connection.sendall(sent)
        answer = _all(connection)
    first = answer[:12]
    assert first in (b"", b"HTTP/1.1 200") or first.startswith((b"HTTP/1.1 4", b"HTTP/1.1 505", b"HTTP/1.0 4")), answer[:300]
    _others_are_served(server, 2)


def test_the_log_has_no_traceback(server: Server) -> None:
    _others_are_served(server, 2)
    assert "Traceback" not in server.log.read_text("utf-8", "replace")
