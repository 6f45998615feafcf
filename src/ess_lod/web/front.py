"""The ASGI application that the server runs: answers from its cache, answers queries, and leaves everything else to Flask.

A release never changes, so what was answered once is kept, up to a ceiling, until the next one. A query whose client has gone away is stopped.
No thread waits for a slow client: what Flask makes is taken from it at once, and files are read here.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote_from_bytes

from a2wsgi import WSGIMiddleware
from cachetools import LRUCache

from ess_lod.admission import client_of
from ess_lod.config import Settings
from ess_lod.web import create_app, live, reconcile
from ess_lod.web.delivery import (
    FILE,
    Delivery,
    Headers,
    Message,
    deliver,
    etags_of_plain,
    from_disk,
    hand_over_files,
    named_by_client,
    takes_gzip,
)
from ess_lod.web.endpoint import NOT_MODIFIED, OUTCOME, Outcome, Reply, attempt
from ess_lod.web.headers import OPEN, SAFE
from ess_lod.web.live import Edition
from ess_lod.web.protocol import Call, ProtocolError

_LOG = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Key = bytes

_THREADS = 24
"""Threads of pages: more than may wait together for their turn (:mod:`ess_lod.web.admitted`)."""
_SWITCH_SECONDS = 0.0005
"""A page waits for the interpreter a dozen times; Python's own 5 ms each made it five times as slow while a batch is reconciled."""
_LONGEST_KEPT = 1_048_576
_LONG = 65_536
"""Longer answers are compressed in a thread."""
_KEPT_STATUS = (200, 301, 303, 308)
_VARYING = (b"accept", b"accept-language", b"accept-profile")
_FORWARDED = (b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-prefix")
"""What a proxy of ours says of the request; from anybody else it means nothing."""
_LONGEST_HEADER = 1024
"""Answers to longer headers than browsers send are not kept."""
_BODY_SECONDS = 10
_WATCHED_AFTER = 0.1
_ALWAYS = [(name.lower().encode(), value.encode()) for name, value in (*OPEN.items(), *SAFE.items())]
_READING = ("GET", "HEAD")


@dataclass(frozen=True)
class _Request:
    """What is looked at in a request."""

    scope: Scope
    method: str
    path: str
    headers: dict[bytes, bytes]
    body: bytes = b""

    @property
    def takes_gzip(self) -> bool:
        """May an answer to everybody be compressed?"""
        accepted = self.headers.get(b"accept-encoding")
        return accepted is not None and takes_gzip(accepted)

    def header(self, name: bytes) -> str | None:
        """A header as text."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")


class Front:
    """Made before the loop runs; opens the published release when the server starts it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._cache: LRUCache[Key, Delivery] = LRUCache(settings.cache_megabytes * 1_000_000, getsizeof=lambda kept: kept.weight)
        named = () if settings.public_url else (b"host", *(_FORWARDED if settings.proxies else ()))
        self._varying = (*_VARYING, *named)
        self._opening: asyncio.Future[Any] | None = None
        self._answering: Edition | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's request, or the start and end of the server (ASGI 3.0)."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            with suppress(asyncio.CancelledError):  # the client is gone
                await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        loop = asyncio.get_running_loop()
        app = create_app(self._settings, loop)
        hand_over_files(app)
        self._editions = live.holder(app)
        self._flask = WSGIMiddleware(cast(Any, app), workers=_THREADS)
        await self._open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        edition, _ = self._editions.at_hand()
        if edition is not None:
            edition.store.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self) -> None:
        """Open what the pointer names; when nothing is published yet, each request says so."""
        with suppress(Exception):  # it is logged there, and said to each client
            await asyncio.to_thread(self._editions.edition)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        edition, moved = self._editions.at_hand()
        if moved and (self._opening is None or self._opening.done()):
            self._opening = asyncio.ensure_future(self._open())
        if edition is not self._answering:
            self._answering = edition
            self._cache.clear()
        request = _Request(scope, scope["method"], scope["path"], _headers(scope["headers"]))
        key = self._key(edition, request) if request.method in _READING else None
        kept = self._cache.get(key) if key else None
        if kept is not None:
            await kept.send(send, request.header(b"if-none-match"), head=request.method == "HEAD")
            return
        if request.method not in _READING:
            request, too_much = await self._with_body(request, receive)
            if too_much is not None:
                scope[OUTCOME] = Outcome(error=too_much)
                key = None
            elif request.path == "/sparql" and request.method == "POST" and edition is not None:
                key = self._key(edition, request)
                if key is not None and (kept := self._cache.get(key)) is not None:
                    await kept.send(send, None)
                    return
        if request.path == "/sparql" and edition is not None and OUTCOME not in scope and request.method in ("GET", "HEAD", "POST"):
            outcome = await self._ask(edition, request, receive)
            if outcome.reply is not None and outcome.asked is not None and not outcome.asked.is_page:
                await self._send_reply(outcome.reply, request, key, send)
                return
            scope[OUTCOME] = outcome
        await self._by_flask(request, key, send)

    async def _ask(self, edition: Edition, request: _Request, receive: Receive) -> Outcome:
        call = Call(
            request.method,
            request.scope["query_string"].decode("latin-1"),
            request.header(b"content-type") or "",
            request.body,
            request.header(b"accept"),
            etags_of_plain(request.headers[b"if-none-match"]).decode("latin-1") if b"if-none-match" in request.headers else None,
        )
        asking = asyncio.current_task()
        watch: list[asyncio.Task[None]] = []
        loop = asyncio.get_running_loop()
        later = loop.call_later(_WATCHED_AFTER, lambda: watch.append(loop.create_task(_watch(receive, asking))))
        try:
            return await attempt(edition, call, self._client(request), self._settings)
        finally:
            later.cancel()
            for task in watch:
                task.cancel()

    def _client(self, request: _Request) -> str:
        """Who asks: the address that is connected, or the one that the outermost of our proxies has seen."""
        hops = [hop.strip() for hop in (request.header(b"x-forwarded-for") or "").split(",") if hop.strip()]
        proxies = self._settings.proxies
        if 0 < proxies <= len(hops):
            return client_of(hops[-proxies])
        return client_of((request.scope.get("client") or ("",))[0])

    async def _with_body(self, request: _Request, receive: Receive) -> tuple[_Request, ProtocolError | None]:
        """The request with its body, or what is wrong with that: too long, or not here in time."""
        is_ours = request.path == reconcile.PATH
        most = reconcile.LONGEST_BODY if is_ours else 3 * self._settings.max_query_bytes + 4096  # a form may write each byte as three
        body = bytearray()
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":  # or the body was no whole one: the server does not tell which
                        return request, ProtocolError(400, "sparql-cut-body")
                    body += message.get("body", b"")
                    more = message.get("more_body", False)
                    if len(body) > most:
                        return request, reconcile.too_long() if is_ours else ProtocolError(413, "sparql-long")
        except TimeoutError:
            return request, ProtocolError(408, "sparql-slow-body")
        return _Request(request.scope, request.method, request.path, request.headers, bytes(body)), None

    async def _send_reply(self, reply: Reply, request: _Request, key: Key | None, send: Send) -> None:
        headers = [*((name.lower().encode(), value.encode()) for name, value in reply.headers), *_ALWAYS]
        head = request.method == "HEAD"
        if reply.status == 200 and reply.content.in_memory:
            delivery = Delivery(200, headers, reply.content.body)
            if delivery.is_public:
                delivery = await _encoded(delivery, request)
                self._keep(None if head else key, delivery)
            await delivery.send(send, None, head=head)
            return
        if reply.status == NOT_MODIFIED:
            headers = _as_known(headers, request)
        await deliver(send, reply.status, headers, iter(()) if head else reply.content.chunks())
        reply.content.close()

    async def _by_flask(self, request: _Request, key: Key | None, send: Send) -> None:
        """Let Flask answer: the start and the pieces of its answer are taken as it makes them."""
        asked = [(name, etags_of_plain(value) if name == b"if-none-match" else value) for name, value in request.scope["headers"]]
        scope = {
            **request.scope,
            "headers": asked,
            "query_string": quote_from_bytes(request.scope["query_string"], safe=_URL_SAFE).encode(),
        }
        taken: asyncio.Queue[Message] = asyncio.Queue()
        body_given = False

        async def give() -> Message:
            nonlocal body_given
            if body_given:
                return {"type": "http.disconnect"}
            body_given = True
            return {"type": "http.request", "body": request.body, "more_body": False}

        await self._flask(scope, give, taken.put)  # type: ignore[arg-type]
        delivery = _whole(taken, scope.get(FILE))
        if delivery.status == NOT_MODIFIED:
            delivery.headers = _as_known(delivery.headers, request)
        if delivery.file is not None:
            await deliver(send, delivery.status, delivery.headers, iter(()) if request.method == "HEAD" else delivery.slices())
            return
        if request.method != "HEAD" and len(delivery.body) > _LONGEST_KEPT:
            pieces, delivery.body = from_disk(delivery.body), b""
            await deliver(send, delivery.status, delivery.headers, pieces)
            return
        if request.method == "GET" and delivery.is_public and delivery.status in _KEPT_STATUS:
            delivery = await _encoded(delivery, request)
            self._keep(key, delivery)
        elif request.method == "HEAD" and delivery.would_be_compressed:
            delivery.vary(b"Accept-Encoding")
        await delivery.send(send, None, head=request.method == "HEAD")

    def _key(self, edition: Edition | None, request: _Request) -> Key | None:
        """The digest of all that an answer depends on: what is asked may be long, a key is not.

        Nothing is kept before a release is open, of parts of files, or for long headers.
        """
        varying = [request.headers.get(name) for name in self._varying]
        if edition is None or b"range" in request.headers or any(value is not None and len(value) > _LONGEST_HEADER for value in varying):
            return None
        varying.append(b"gzip" if request.takes_gzip else None)
        parts = [request.path.encode("utf-8", "surrogatepass"), request.scope["query_string"], *varying]
        if request.method == "POST":
            parts += [request.headers.get(b"content-type"), request.body]
        digest = hashlib.blake2b(edition.release.version.encode(), digest_size=32)
        for part in parts:
            digest.update(b"-" if part is None else b"%d:" % len(part))
            digest.update(part or b"")
        return digest.digest()

    def _keep(self, key: Key | None, delivery: Delivery) -> None:
        if key is not None and delivery.weight <= min(_LONGEST_KEPT, self._cache.maxsize):
            self._cache[key] = delivery


def make_front() -> Front:
    """The application with the settings of the environment: what the serving process runs."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    return Front(Settings.read())


_URL_SAFE = "".join(chr(code) for code in range(33, 127))


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers by name; what comes on several lines is one list (RFC 9110 §5.3)."""
    headers: dict[bytes, bytes] = {}
    for name, value in pairs:
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def _as_known(headers: Headers, request: _Request) -> Headers:
    """The headers of a 304, with the tag that the client has named."""
    known = request.headers.get(b"if-none-match", b"")
    return [(name, named_by_client(value, known) if name == b"etag" else value) for name, value in headers]


async def _encoded(delivery: Delivery, request: _Request) -> Delivery:
    """An answer as the client takes it: compressed where that is worth while."""
    if not delivery.is_compressible:
        return delivery
    delivery.vary(b"Accept-Encoding")
    if not request.takes_gzip:
        return delivery
    return await asyncio.to_thread(delivery.compressed) if len(delivery.body) > _LONG else delivery.compressed()


async def _watch(receive: Receive, asking: asyncio.Task[Any] | None) -> None:
    """Stop what is asked when the client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass
    if asking is not None:
        asking.cancel()


def _whole(taken: asyncio.Queue[Message], file: Path | None) -> Delivery:
    """The answer that Flask gave, all of it."""
    start = taken.get_nowait()
    body = b"".join(taken.get_nowait().get("body", b"") for _ in range(taken.qsize()))
    return Delivery(start["status"], start["headers"], body, file)
