"""Sends an answer to an ASGI server: one that is kept and sent again, or one that is read from a file as the client takes it."""

from __future__ import annotations

import asyncio
import gzip
import re
import tempfile
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.http import parse_accept_header

Message = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]
_Send = Callable[[Message], Awaitable[None]]

STALLED_SECONDS = 30
"""How long a client may take for one piece before it is given up."""
_PIECE = 65_536
_OF_CONTENT = (b"content-length", b"content-type", b"content-language")
_PER_ENTRY = 512
_LEVEL = 5
_WORTH_COMPRESSING = 1000
_TEXT = re.compile(rb"text/|application/(?:[\w.+-]*(?:json|xml)|n-triples|n-quads|trig|sparql-[\w-]+|javascript)\b|image/svg")
_GZIP_MARK = b"-gzip"
_LONGEST_ACCEPTED = 300


FILE = "ess_lod.file"
"""Where the ASGI scope of a request has the file that is its answer."""


def hand_over_files(app: Flask) -> None:
    """Have an application name the file that it sends in the ASGI scope, for the server to read. A path may hold letters that a header cannot."""
    app.config["USE_X_SENDFILE"] = True

    @app.after_request
    def _named(answer: Response) -> Response:
        path = answer.headers.pop("X-Sendfile", None)
        if path is not None:
            request.environ["asgi.scope"][FILE] = Path(path)
        return answer


class Delivery:
    """A whole answer: status, headers, and bytes; or a file in place of them."""

    __slots__ = ("body", "etag", "file", "headers", "is_public", "status", "weight")

    def __init__(self, status: int, headers: Headers, body: bytes, file: Path | None = None) -> None:
        found = dict(headers)
        self.status, self.headers, self.body, self.file = status, headers, body, file
        self.etag = found.get(b"etag")
        self.is_public = found.get(b"cache-control", b"").startswith(b"public")
        self.weight = len(body) + sum(len(key) + len(value) for key, value in headers) + _PER_ENTRY

    @property
    def would_be_compressed(self) -> bool:
        """Would the answer to a GET be, whose headers these are? HEAD has no body to look at."""
        length = int(dict(self.headers).get(b"content-length", b"0"))
        return Delivery(self.status, self.headers, bytes(min(length, _WORTH_COMPRESSING)), self.file).is_compressible

    @property
    def is_compressible(self) -> bool:
        """Is it worth while, and does nobody but everybody read it? What is secret is never compressed with what a stranger chose (BREACH)."""
        headers = dict(self.headers)
        return (
            self.is_public
            and self.file is None
            and b"content-encoding" not in headers
            and len(self.body) >= _WORTH_COMPRESSING
            and _TEXT.match(headers.get(b"content-type", b"")) is not None
        )

    def compressed(self) -> Delivery:
        """The same in gzip (RFC 9110 §8.4.1.3), with a validator of its own (§8.8.3.3)."""
        body = gzip.compress(self.body, _LEVEL, mtime=0)
        changed = {b"content-length": str(len(body)).encode(), b"content-encoding": b"gzip"}
        if self.etag is not None:
            changed[b"etag"] = etag_of_gzip(self.etag)
        headers = [(name, changed.pop(name, value)) for name, value in self.headers]
        return Delivery(self.status, [*headers, *changed.items()], body)

    def vary(self, name: bytes) -> None:
        """Say that the answer depends on a header of the request."""
        for place, (header, value) in enumerate(self.headers):
            if header == b"vary":
                if name.lower() not in value.lower():
                    self.headers[place] = (header, value + b", " + name)
                return
        self.headers.append((b"vary", name))

    async def send(self, send: _Send, known: str | None, *, head: bool = False) -> None:
        """Send it; as 304 when ``known`` (``If-None-Match``) names it."""
        if known is not None and self.etag is not None and self._is_known(known):
            headers = [pair for pair in self.headers if pair[0] not in _OF_CONTENT]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})

    def slices(self) -> Iterator[bytes]:
        """The bytes of the file that are asked for: all, or those of ``Content-Range``."""
        assert self.file is not None  # noqa: S101
        headers = dict(self.headers)
        start, left = 0, int(headers[b"content-length"])
        if b"content-range" in headers:
            start = int(headers[b"content-range"].split()[1].partition(b"-")[0])
        with self.file.open("rb") as file:
            file.seek(start)
            while left > 0 and (piece := file.read(min(_PIECE, left))):
                left -= len(piece)
                yield piece

    def _is_known(self, known: str) -> bool:
        assert self.etag is not None  # noqa: S101
        etag = self.etag.decode()
        return known.strip() == "*" or etag.removeprefix("W/") in known


def etag_of_gzip(etag: bytes) -> bytes:
    """The entity tag of an answer once it is compressed: ``"x"`` → ``"x-gzip"``."""
    return etag[:-1] + _GZIP_MARK + b'"'


def named_by_client(etag: bytes, known: bytes) -> bytes:
    """The tag of a 304 as the client has written it: that of the compressed answer when it has named no other."""
    marked = etag_of_gzip(etag)
    return marked if marked in known and etag not in known else etag


def etags_of_plain(known: bytes) -> bytes:
    """The tags of ``If-None-Match`` without the mark of compression: those that the application has given."""
    return known.replace(_GZIP_MARK + b'"', b'"')


def takes_gzip(accepted: bytes) -> bool:
    """Does ``Accept-Encoding`` name gzip, and not refuse it or like it less than the plain answer (RFC 9110 §12.5.3)?"""
    said = {name.lower(): quality for name, quality in parse_accept_header(accepted[:_LONGEST_ACCEPTED].decode("latin-1"))}
    return 0 < said.get("gzip", 0) >= said.get("identity", 0)


def from_disk(body: bytes) -> Iterator[bytes]:
    """A long body piece by piece, from a file without a name: a client that takes its time must not keep it in memory."""
    with tempfile.TemporaryFile(prefix="ess-lod-") as file:
        file.write(body)
        del body
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


async def deliver(send: _Send, status: int, headers: Headers, pieces: Iterator[bytes]) -> None:
    """Send piece by piece, never more than the client takes. A client that takes nothing for a while is left: its answer ends short of its length."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for piece in pieces:
        async with asyncio.timeout(STALLED_SECONDS):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
