"""Sends an answer to an ASGI server: one that is kept and sent again, or one that is read from a file as the client takes it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

Message = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]
_Send = Callable[[Message], Awaitable[None]]

STALLED_SECONDS = 30
"""How long a client may take for one piece before it is given up."""
_PIECE = 65_536
_OF_CONTENT = (b"content-length", b"content-type", b"content-language")
_PER_ENTRY = 512


class Delivery:
    """A whole answer: status, headers, and bytes; or the file that Flask named in ``X-Sendfile`` in place of them."""

    __slots__ = ("body", "etag", "file", "headers", "is_public", "status", "weight")

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        found = dict(headers)
        name = found.pop(b"x-sendfile", None)
        self.file = None if name is None else Path(name.decode())
        self.status, self.body = status, body
        self.headers = [pair for pair in headers if pair[0] != b"x-sendfile"]
        self.etag = found.get(b"etag")
        self.is_public = found.get(b"cache-control", b"").startswith(b"public")
        self.weight = len(body) + sum(len(key) + len(value) for key, value in headers) + _PER_ENTRY

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
