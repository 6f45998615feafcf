"""Answers a query over HTTP, apart from pages: its headers, its validators, its bytes."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from importlib.metadata import version

from ess_lod.admission import Admission
from ess_lod.config import Settings
from ess_lod.store import Spooled
from ess_lod.web.live import Edition
from ess_lod.web.protocol import Asked, Call, read_call

_SOFTWARE = version("ess-lod")
_FRESH = "public, max-age=300"
NOT_MODIFIED = 304
_LONG = 16_384
_LONG_QUERIES = {"working": 1, "waiting": 31, "per_client": 16, "seconds": 10}


@dataclass(frozen=True)
class Reply:
    """Status, headers and bytes of an answer."""

    status: int
    headers: list[tuple[str, str]]
    content: Spooled


@dataclass(frozen=True)
class Outcome:
    """What came of a request: a reply, or an error, or neither when it asked nothing."""

    asked: Asked | None = None
    reply: Reply | None = None
    error: Exception | None = None


OUTCOME = "ess_lod.outcome"
"""Where the server leaves an outcome in the ASGI scope, for Flask to make a page of it."""


async def attempt(edition: Edition, call: Call, client: str, settings: Settings) -> Outcome:
    """Read a request to ``/sparql`` and answer it. Whatever goes wrong is in the outcome."""
    asked = None
    try:
        asked = await _read(edition, call, client, settings)
        known = None if call.method == "POST" else call.known  # of what stands at the address, which is not this answer
        return Outcome(asked, await _reply(edition, asked, client, known) if asked else None)
    except Exception as error:  # noqa: BLE001 - web.problems answers it, and logs what is our own fault
        return Outcome(asked, error=error)


async def _read(edition: Edition, call: Call, client: str, settings: Settings) -> Asked | None:
    """What is asked. To read a long text takes up to a second: that is done in a thread, for one client after the other, while the loop goes on."""
    allowed = settings.services.split()
    if len(call.query_string) + len(call.body) <= _LONG:
        return read_call(call, settings.max_query_bytes, allowed)
    async with edition.keep("long queries", lambda: Admission(**_LONG_QUERIES)).turn_of_loop(client):
        return await asyncio.to_thread(read_call, call, settings.max_query_bytes, allowed)


async def _reply(edition: Edition, asked: Asked, client: str, known: str | None) -> Reply:
    """The answer to a query; 304 without asking when ``known`` names it, and after asking when ``known`` is any."""
    headers = [("Content-Type", asked.media.header), ("Vary", "Accept")]
    if asked.is_page:
        headers.append(("Cache-Control", "no-store" if asked.query.volatile else _FRESH))
    elif asked.query.volatile:
        headers.append(("Cache-Control", "no-store"))
    else:
        etag = f'"{_etag(edition, asked)}"'
        headers += [("Cache-Control", _FRESH), ("ETag", etag)]
        if known is not None and etag in known:
            return Reply(NOT_MODIFIED, headers[1:], Spooled())
    content = await edition.store.answer(asked.query, asked.written, client=client, first=asked.first)
    if known is not None and known.strip() == "*" and not (asked.is_page or asked.query.volatile):  # known once it is there to be known
        content.close()
        return Reply(NOT_MODIFIED, headers[1:], Spooled())
    headers.append(("Content-Length", str(content.size)))
    return Reply(200, headers, content)


def _etag(edition: Edition, asked: Asked) -> str:
    """Strong: the release never changes, and the same text in the same format has the same bytes."""
    query = asked.query
    key = (_SOFTWARE, edition.release.version, asked.media.content_type, query.text, query.default_graphs, query.named_graphs)
    return hashlib.sha256(repr(key).encode()).hexdigest()[:32]
