"""A SPARQL endpoint of somebody else's: asks by the protocol, and believes no answer that is not whole and in the format that was asked for.

Queries go by POST with a form (SPARQL 1.1 Protocol §2.1.2): the other two ways have a limit of length, or are not had everywhere.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import IO
from urllib.parse import urlsplit

import httpx

from ess_lod.errors import BadQuery, EngineBroken, QueryTooCostly
from ess_lod.store.spool import IN_MEMORY, Limits, setting_aside

_LINE = re.compile(r"\bline (\d+)")
_PLACE = re.compile(r"\b(\d+):(\d+)\b")
_TOO_LONG = re.compile(r"exceeds the limit of \d+ \(sec\)")
_SHOWN = 300
_RAW = 4
"""How many times longer than ours an engine's way to write an answer may be."""
_AGAIN = 1


class Endpoint:
    """One endpoint, with connections that are kept alive on each event loop that asks."""

    def __init__(self, url: str, limits: Limits) -> None:
        self.url, self._limits = url, limits
        parts = urlsplit(url)
        self.shown = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
        self.server = ""
        self._tls = ssl.create_default_context() if parts.scheme == "https" else False
        self._clients: dict[asyncio.AbstractEventLoop, httpx.AsyncClient] = {}
        self._running: Counter[asyncio.AbstractEventLoop] = Counter()
        self._closed = False

    async def ask(self, form: Mapping[str, str | Sequence[str]], content_type: str) -> IO[bytes]:
        """The body of the answer to a query, whole, to be read from its start.

        Raises :class:`EngineBroken`, and :class:`BadQuery` or :class:`QueryTooCostly` when the engine says so.
        """
        async with self._client() as client:
            for attempt in range(_AGAIN + 1):
                try:
                    return await self._receive(client, form, content_type)
                except _Unheard as error:  # a kept connection that the engine has just given up
                    if attempt == _AGAIN:
                        raise self.broken(error.reason) from error
        raise AssertionError

    def close(self) -> None:
        """Give the connections up as soon as nothing is asked on them."""
        self._closed = True
        for loop in list(self._clients):
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._part, loop)

    def broken(self, reason: str) -> EngineBroken:
        """The error that says where and what."""
        return EngineBroken(f"{self.shown}: {reason}")

    async def _receive(self, client: httpx.AsyncClient, form: Mapping[str, str | Sequence[str]], content_type: str) -> IO[bytes]:
        body: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, prefix="ess-lod-")  # noqa: SIM115 - handed to the caller
        heard = False
        try:
            async with client.stream("POST", self.url, data=dict(form), headers={"Accept": content_type}) as response:
                heard = True
                self.server = response.headers.get("Server", "")
                await self._check_status(response)
                self._check(response, content_type)
                await self._fill(body, response, content_type)
        except BaseException as error:
            with suppress(OSError):
                body.close()
            if isinstance(error, httpx.HTTPError | httpx.InvalidURL | httpx.StreamError):
                reason = str(error) or type(error).__name__
                raise (self.broken(reason) if heard or isinstance(error, httpx.ConnectError) else _Unheard(reason)) from error
            raise
        with setting_aside():
            body.seek(0)
        return body

    async def _fill(self, body: IO[bytes], response: httpx.Response, content_type: str) -> None:
        size, last = 0, b""
        async for piece in response.aiter_raw():
            size += len(piece)
            if size > _RAW * self._limits.answer_bytes:
                raise QueryTooCostly("bytes", self._limits.answer_bytes)
            with setting_aside():
                body.write(piece)
            last = piece.rstrip() or last
        framed = "Content-Length" in response.headers or "chunked" in response.headers.get("Transfer-Encoding", "")
        if content_type.endswith("json"):
            if not last.endswith(b"}"):
                raise self.broken("the answer is cut short")
        elif not framed:
            raise self.broken("an answer whose end cannot be told from a break")

    def _check(self, response: httpx.Response, content_type: str) -> None:
        """Is an answer with status 200 what was asked for, and all of it?"""
        headers = response.headers
        if "X-SQL-State" in headers:
            if headers["X-SQL-State"] == "S1TAT":
                raise QueryTooCostly("deadline", self._limits.seconds)
            raise self.broken(f"X-SQL-State {headers['X-SQL-State']}: {headers.get('X-SQL-Message', '')[:_SHOWN]}")
        if "X-SPARQL-MaxRows" in headers:
            most = headers["X-SPARQL-MaxRows"]
            raise QueryTooCostly("rows", int(most) if most.isdigit() else None)
        if headers.get("Content-Encoding", "identity") != "identity":
            raise self.broken(f"Content-Encoding {headers['Content-Encoding']} was not asked for")
        found = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if found != content_type:
            raise self.broken(f"{found or 'no type'} instead of {content_type}")

    async def _check_status(self, response: httpx.Response) -> None:
        """Raise what a status that is not 200 means."""
        status = response.status_code
        if status == 200:
            return
        text = ""
        if response.headers.get("Content-Type", "").startswith(("text/plain", "application/json", "application/problem+json")):
            async for piece in response.aiter_text():
                text += piece
                if len(text) > 10 * _SHOWN:
                    break
        said = text.partition("\n\nSPARQL query:")[0].strip()[:_SHOWN]
        if status == 400:
            place, line = _PLACE.search(said), _LINE.search(said)
            if place:
                raise BadQuery(said, said, int(place[1]), int(place[2]))
            raise BadQuery(said or "400", said or "400", int(line[1]) if line and line[1] != "0" else None)
        if _TOO_LONG.search(said):
            raise QueryTooCostly("deadline", self._limits.seconds)
        if 300 <= status < 400:
            said = "a redirection is not followed"
        raise self.broken(f"status {status}{f': {said}' if said else ''}")

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx.AsyncClient]:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = httpx.AsyncClient(
                headers={"Accept-Encoding": "identity", "User-Agent": "ess-lod"},
                timeout=None,  # noqa: S113 - the caller has the deadline, for all of it
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=8, keepalive_expiry=5),
                verify=self._tls,
                trust_env=False,
            )
        self._running[loop] += 1
        try:
            yield self._clients[loop]
        finally:
            self._running[loop] -= 1
            if self._closed and not self._running[loop]:
                await self._clients.pop(loop).aclose()

    def _part(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._running[loop] and (client := self._clients.pop(loop, None)):
            parting = loop.create_task(client.aclose())
            _PARTING.add(parting)
            parting.add_done_callback(_PARTING.discard)


class _Unheard(Exception):
    """The connection broke before a word was heard."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


_PARTING: set[asyncio.Task[None]] = set()
