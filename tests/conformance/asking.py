"""Ways to send a request, byte for byte, and the reply: to the server over HTTP, and to the Flask application without one."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit

from flask.testing import FlaskClient

ENDPOINT = "/sparql"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
_SECONDS = 30

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Reply:
    """What came back; the names of headers in small letters."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """A header, empty when it is not there; once at most."""
        found = [value for key, value in self.headers if key == name]
        assert len(found) < 2, (name, found)
        return found[0] if found else ""

    @property
    def media(self) -> str:
        """The media type, without parameters."""
        return self.header("content-type").partition(";")[0]

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    @property
    def vary(self) -> set[str]:
        """What the reply depends on, in small letters."""
        return {name.strip().lower() for name in self.header("vary").split(",") if name.strip()}

    @property
    def rows(self) -> list[dict[str, str]]:
        """The values of a result in JSON."""
        return [{name: term["value"] for name, term in row.items()} for row in self.json["results"]["bindings"]]


class Way(Protocol):
    """Somewhere to send requests to."""

    @property
    def endpoint(self) -> str:
        """The address of the endpoint."""
        ...

    def send(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Reply:
        """Send a request with these headers and no content type of its own; ``target`` is path and query, encoded."""
        ...


class Over:
    """A server, over HTTP; each request on a connection of its own."""

    def __init__(self, url: str) -> None:
        self._host, self._port = urlsplit(url).hostname or "", urlsplit(url).port or 80
        self.endpoint = f"{url}{ENDPOINT}"

    def send(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Reply:
        """See :class:`Way`."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_SECONDS)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Reply(answer.status, _pairs(answer.getheaders()), answer.read())
        finally:
            connection.close()


class Within:
    """The Flask application, asked through WSGI."""

    endpoint = f"http://localhost{ENDPOINT}"

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def send(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Reply:
        """See :class:`Way`."""
        with self._client.open(target, method=method, headers=dict(headers or {}), data=body) as answer:
            return Reply(answer.status_code, _pairs(answer.headers.items()), answer.get_data())


def _pairs(headers: Pairs) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), value) for name, value in headers)


def target(query: str | None = None, *more: tuple[str, str]) -> str:
    """Path and query of a request to the endpoint."""
    pairs = [*([] if query is None else [("query", query)]), *more]
    return f"{ENDPOINT}?{urlencode(pairs, quote_via=quote)}" if pairs else ENDPOINT


def get(way: Way, query: str, *more: tuple[str, str], accept: str | None = None, **headers: str) -> Reply:
    """Ask by GET. ``more`` are further parameters, ``headers`` have ``_`` for ``-``."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return way.send("GET", target(query, *more), sent | ({"Accept": accept} if accept is not None else {}))
