"""Engines that are dead, slow or lying: each gives the right error, within the deadline and a second, and never an empty success."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ess_lod.errors import BadQuery, ConfigError, EngineBroken, EngineSlow, Overloaded, QueryTooCostly, TooManyQueries
from ess_lod.release import Release
from ess_lod.store import answer_now, read_query
from ess_lod.store.pool import Crowd
from ess_lod.store.remote import RemoteStore
from ess_lod.store.spool import Limits
from tests.engines.lying import Deed, Liar, drips, endless, liar, says, sends
from tests.engines.servers import free_port

VERSION = "2026-11-24-00000000"
RELEASE = Release(Path(), {"version": VERSION, "base": "https://e.example/", "counts": {"graphs": {"R001": 1}}})
LIMITS = Limits(seconds=2, answer_megabytes=1)
SELECT = "SELECT ?s { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
JSON = "Content-Type: application/sparql-results+json\r\n"
NT = "Content-Type: application/n-triples\r\n"
WHOLE = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"urn:a"}}]}}'


@contextmanager
def opened(found: Liar, crowd: Crowd | None = None) -> Iterator[RemoteStore]:
    store = RemoteStore(RELEASE, found.url, LIMITS, crowd or Crowd())
    try:
        yield store
    finally:
        store.close()


def ask(store: RemoteStore, text: str) -> bytes:
    query = read_query(text)
    return answer_now(store, query, "nt" if query.form.is_graph else "csv").read()


BROKEN: dict[str, tuple[str, Deed, str]] = {
    "half a body": (SELECT, says("200 OK", JSON, WHOLE[:40], length=len(WHOLE)), "peer closed connection"),
    "half a chunked body": (
        SELECT,
        sends(f"HTTP/1.1 200 OK\r\n{JSON}Transfer-Encoding: chunked\r\n\r\n".encode() + b"5\r\n{\r\n"),
        "peer closed",
    ),
    "a body cut by the end of the connection": (SELECT, sends(f"HTTP/1.1 200 OK\r\n{JSON}\r\n".encode() + WHOLE[:40]), "cut short"),
    "triples whose end is the end of the connection": (
        CONSTRUCT,
        sends(f"HTTP/1.1 200 OK\r\n{NT}\r\n<urn:a> <urn:b> <urn:c> .\n".encode()),
        "a break",
    ),
    "HTML": (SELECT, says("200 OK", "Content-Type: text/html\r\n", b"<html>Login</html>"), "text/html instead of"),
    "HTML by the name of JSON": (SELECT, says("200 OK", JSON, b"<html>Login</html>"), "cut short"),
    "no type": (SELECT, says("200 OK", "", WHOLE), "no type instead of"),
    "XML": (SELECT, says("200 OK", "Content-Type: application/sparql-results+xml\r\n", b"<sparql/>"), r"results\+xml instead"),
    "no body": (SELECT, says("200 OK", JSON), "cut short"),
    "broken JSON, as Oxigraph's time-out gives": (
        SELECT,
        says("200 OK", JSON, b'{"head":{"vars":["n"]},"results":{"bindings":['),
        "cut short",
    ),
    "broken JSON that looks whole": (SELECT, says("200 OK", JSON, WHOLE[:60] + b"}}"), "Parser error"),
    "more after the end": (SELECT, says("200 OK", JSON, WHOLE + b'{"error":"timeout"}'), "Parser error"),
    "a truth for rows": (SELECT, says("200 OK", JSON, b'{"head":{},"boolean":true}'), "another kind"),
    "rows for a truth": ("ASK { ?s ?p ?o }", says("200 OK", JSON, WHOLE), "another kind"),
    "broken triples": (CONSTRUCT, says("200 OK", NT, b"<urn:a> <urn:b> "), "Parser error"),
    "Virtuoso's error in a 200": (
        SELECT,
        says("200 OK", JSON + "X-SQL-State: 42000\r\nX-SQL-Message: out of memory\r\n", WHOLE),
        "X-SQL-State 42000",
    ),
    "compressed without being asked": (SELECT, says("200 OK", JSON + "Content-Encoding: gzip\r\n", WHOLE), "gzip was not asked for"),
    "500": (SELECT, says("500 Oops", "Content-Type: text/plain\r\n", b"stack trace"), "status 500: stack trace"),
    "503": (SELECT, says("503 Busy", "Content-Type: text/html\r\n", b"<html>"), "status 503$"),
    "404": (SELECT, says("404 Not Found", "Content-Type: text/html\r\n", b"<html>"), "status 404$"),
    "401": (SELECT, says("401 Unauthorized", "WWW-Authenticate: Basic\r\n"), "status 401$"),
    "204": (SELECT, says("204 No Content", ""), "status 204"),
    "a redirection to another host": (
        SELECT,
        says("302 Found", "Location: http://127.0.0.1:1/\r\n"),
        "status 302: a redirection is not followed",
    ),
    "no HTTP": (SELECT, sends(b"SSH-2.0-OpenSSH_9.2\r\n"), "illegal status line|Server disconnected|illegal"),
    "hangs up at once": (SELECT, sends(b""), "Server disconnected"),
}
COSTLY: dict[str, tuple[Deed, str, float | None]] = {
    "Virtuoso's limit of rows": (says("200 OK", JSON + "X-SPARQL-MaxRows: 1\r\n", WHOLE), "rows", 1),
    "Virtuoso's partial answer": (says("200 OK", JSON + "X-SQL-State: S1TAT\r\n", WHOLE), "deadline", 2),
    "Virtuoso's estimate": (
        says(
            "500 Error",
            "Content-Type: text/plain\r\n",
            b"Virtuoso 42000 Error The estimated time 6000 (sec) exceeds the limit of 400 (sec).",
        ),
        "deadline",
        2,
    ),
    "endless": (endless, "bytes", 1_000_000),
}


def test_the_lists_are_not_empty() -> None:
    assert (len(BROKEN), len(COSTLY)) == (25, 4)


def test_an_honest_one() -> None:
    """The same server, when it tells the truth: else the tests below would pass for another reason."""
    with liar(VERSION, says("200 OK", JSON, WHOLE)) as found, opened(found) as store:
        assert ask(store, SELECT) == b"s\r\nurn:a\r\n"
        assert [row["s"] for row in store.query(SELECT).rows()]
        assert store.engine == "Liar/1.0"
        assert found.asked[0]["default-graph-uri"] == ["https://e.example/graph/default"]
        assert len(found.asked) == 2
    with liar(VERSION, says("200 OK", NT, b"")) as found, opened(found) as store:
        assert ask(store, CONSTRUCT) == b""


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_engine(name: str) -> None:
    text, deed, reason = BROKEN[name]
    with liar(VERSION, deed) as found, opened(found) as store:
        for asking in (lambda: ask(store, text), lambda: store.query(text)):
            begun = time.monotonic()
            with pytest.raises(EngineBroken, match=reason):
                asking()
            assert time.monotonic() - begun < LIMITS.seconds + 1
        assert len(found.asked) >= 2


@pytest.mark.parametrize("name", COSTLY)
def test_a_query_that_costs_too_much(name: str) -> None:
    deed, limit, value = COSTLY[name]
    with liar(VERSION, deed) as found, opened(found) as store:
        with pytest.raises(QueryTooCostly) as caught:
            ask(store, SELECT)
        assert (caught.value.limit, caught.value.value) == (limit, value)


def test_what_the_engine_does_not_understand() -> None:
    said = b"Virtuoso 37000 Error SP030: SPARQL compiler, line 3: syntax error\n\nSPARQL query:\ndefine input:default-graph-uri <x> SELECT"
    with liar(VERSION, says("400 Bad Request", "Content-Type: text/plain\r\n", said)) as found, opened(found) as store:
        with pytest.raises(BadQuery) as caught:
            ask(store, SELECT)
        assert (caught.value.line, caught.value.column) == (3, None)
        assert "default-graph-uri" not in str(caught.value)


@pytest.mark.parametrize("deed", [None, drips], ids=["silent", "dripping"])
def test_a_slow_engine(deed: Deed | None) -> None:
    with liar(VERSION, deed) as found, opened(found) as store:
        for asking in (lambda: ask(store, SELECT), lambda: store.query(SELECT)):
            begun = time.monotonic()
            with pytest.raises(EngineSlow) as caught:
                asking()
            assert LIMITS.seconds <= time.monotonic() - begun < LIMITS.seconds + 1
            assert caught.value.seconds == LIMITS.seconds


def test_a_release_that_changes_under_an_answer() -> None:
    with liar(VERSION, says("200 OK", JSON, WHOLE), truthful=2) as found, opened(found) as store:
        assert ask(store, SELECT)
        with pytest.raises(EngineBroken, match="it holds 2000-01-01-00000000 now, not 2026-11-24-00000000"):
            ask(store, SELECT)


def test_nobody_listens() -> None:
    begun = time.monotonic()
    with pytest.raises(EngineBroken, match="All connection attempts failed"):
        RemoteStore(RELEASE, f"http://127.0.0.1:{free_port()}/sparql", LIMITS, Crowd())
    assert time.monotonic() - begun < LIMITS.seconds + 1


def test_an_engine_without_the_release() -> None:
    with liar("1999-01-01-00000000", None) as found, pytest.raises(ConfigError, match="ess-lod load 2026-11-24-00000000"):
        RemoteStore(RELEASE, found.url, LIMITS, Crowd())


def test_passwords_are_not_shown() -> None:
    with liar(VERSION, says("500 Oops", "")) as found:
        store = RemoteStore(RELEASE, found.url.replace("http://", "http://me:secret@"), LIMITS, Crowd())
        with pytest.raises(EngineBroken) as caught:
            ask(store, SELECT)
        assert "secret" not in str(caught.value)
        store.close()


def test_who_goes_away_takes_the_query_along() -> None:
    """The connection is closed at once, so that the engine can stop."""
    with liar(VERSION, None) as found, opened(found) as store:

        async def go_away() -> float:
            asked = asyncio.ensure_future(store.answer(read_query(SELECT), "csv"))
            while not found.asked:
                await asyncio.sleep(0.01)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            return time.monotonic()

        gone = asyncio.run_coroutine_threadsafe(go_away(), store.loop).result()
        while not found.hung_up and time.monotonic() - gone < 2:
            time.sleep(0.01)
        assert len(found.hung_up) == 1
        assert found.hung_up[0] - gone < 1


def test_not_everybody_at_once() -> None:
    """Two run, one waits; the rest are told to come back, and one client is told sooner."""
    with liar(VERSION, None) as found, opened(found, Crowd(quick=1, slow=2, queue=1, per_client=2)) as store:

        async def crowd() -> list[object]:
            clients = ["a", "a", "a", "b", "c"]
            asking = [store.answer(read_query(SELECT), "csv", client=client) for client in clients]
            return list(await asyncio.gather(*asking, return_exceptions=True))

        ends = asyncio.run_coroutine_threadsafe(crowd(), store.loop).result()
        assert [type(end) for end in ends] == [EngineSlow, EngineSlow, TooManyQueries, Overloaded, Overloaded]
        assert len(found.asked) == 2
        assert all(end.retry_after >= 1 for end in ends if isinstance(end, Overloaded))
