"""Those who ask: clients with an address each, the one that asks small questions all the time, and the listener that nobody may call."""

from __future__ import annotations

import csv
import http.client
import io
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyoxigraph
from pyoxigraph import QueryResultsFormat, RdfFormat

_ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9"
_ACCEPTS = (
    _ACCEPT,
    "application/sparql-results+xml, text/turtle;q=0.9",
    "text/csv, application/n-triples;q=0.9",
    "text/tab-separated-values, text/turtle;q=0.9",
)


@dataclass(frozen=True)
class Ending:
    """How a request ended: status, type, length, seconds until its last byte, and of an error the problem that it names."""

    status: int
    media: str
    size: int
    seconds: float
    problem: dict[str, object]


class UncleanError(AssertionError):
    """An answer that is no whole and valid one."""


def ask(port: int, query: bytes, number: int = 0, graph: str = "", timeout: float = 30) -> Ending:
    """Send a query as the client of a number (which is its address, and picks a format), read all of the answer and check that it is whole.

    Raises :class:`UncleanError` when it is not, and :class:`OSError` when the connection breaks.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout, source_address=(f"127.0.0.{10 + number % 200}", 0))
    path = "/sparql" + (f"?default-graph-uri={quote(graph, safe='')}" if graph else "")
    headers = {"Content-Type": "application/sparql-query", "Accept": _ACCEPTS[number % 4]}
    start = time.monotonic()
    try:
        connection.request("POST", path, query, headers)
        response = connection.getresponse()
        body = response.read()
    except http.client.HTTPException as error:
        raise UncleanError(f"no whole message: {error!r}") from error
    finally:
        connection.close()
    seconds = time.monotonic() - start
    media = (response.getheader("Content-Type") or "").partition(";")[0]
    _check_length(response, body)
    problem = {} if response.status == 200 else _problem(response, media, body)
    if response.status == 200:
        _read_result(media, body)
    return Ending(response.status, media, len(body), seconds, problem)


def _check_length(response: http.client.HTTPResponse, body: bytes) -> None:
    length = response.getheader("Content-Length")
    if length is not None and int(length) != len(body):
        raise UncleanError(f"{length} bytes announced, {len(body)} came")


def _problem(response: http.client.HTTPResponse, media: str, body: bytes) -> dict[str, object]:
    if media != "application/problem+json":
        raise UncleanError(f"{response.status} as {media}: {body[:200]!r}")
    problem = json.loads(body)
    if not isinstance(problem, dict) or problem.get("status") != response.status or not problem.get("detail"):
        raise UncleanError(f"{response.status} says {body[:200]!r}")
    if response.status in (429, 503) and not (response.getheader("Retry-After") or "").isdigit():
        raise UncleanError(f"{response.status} without Retry-After")
    return problem


def _read_result(media: str, body: bytes) -> None:
    """Read a result as strictly as its format allows."""
    try:
        if media == "text/csv":
            if len({len(row) or 1 for row in csv.reader(io.StringIO(body.decode("utf-8"), newline=""))}) > 1:
                raise UncleanError("rows of different length")
        elif media == "application/sparql-results+json":
            assert {"results", "boolean"} & set(json.loads(body))
        elif results := QueryResultsFormat.from_media_type(media):
            solutions = pyoxigraph.parse_query_results(body, format=results)
            if isinstance(solutions, pyoxigraph.QuerySolutions):
                sum(1 for _ in solutions)
        else:
            rdf = RdfFormat.from_media_type(media)
            assert rdf is not None, media
            sum(1 for _ in pyoxigraph.parse(body, format=rdf))
    except (ValueError, SyntaxError, AssertionError) as error:
        raise UncleanError(f"not {media}: {error!r}, ends in {body[-80:]!r}") from error


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A listener on this machine: its address, and who has called it."""
    callers: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        stop = threading.Event()

        def accept() -> None:
            while not stop.is_set():
                try:
                    connection, caller = listener.accept()
                except TimeoutError:
                    continue
                callers.append(str(caller))
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/", callers
        finally:
            stop.set()
            thread.join()


@dataclass
class Latencies:
    """Milliseconds of each small query, what went wrong with others, and how many seconds late the machine was at most for one who only slept."""

    milliseconds: list[float]
    wrong: list[str]
    late: float = 0.0

    def quantile(self, share: float) -> float:
        """The latency that this share of the queries did not exceed."""
        return sorted(self.milliseconds)[min(int(share * len(self.milliseconds)), len(self.milliseconds) - 1)]

    def __str__(self) -> str:
        """For people."""
        return (
            f"{len(self.milliseconds)} small queries: p50 {self.quantile(0.5):.1f}, p95 {self.quantile(0.95):.1f}, "
            f"p99 {self.quantile(0.99):.1f}, most {self.quantile(1):.0f} ms; {len(self.wrong)} wrong; sleepers woken {self.late * 1000:.0f} ms late"
        )


@contextmanager
def small_queries(port: int) -> Iterator[Latencies]:
    """Ask small queries, none of them twice, as long as this lasts, from a process of its own."""
    found = Latencies([], [])
    command = [sys.executable, str(Path(__file__).with_name("small_queries.py")), str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield found
        finally:
            output, _ = child.communicate("", timeout=30)
            told = json.loads(output)
            found.milliseconds, found.wrong, found.late = told["milliseconds"], told["wrong"], told["late"]
