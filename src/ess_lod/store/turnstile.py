"""Lets so many queries in at once, so many wait, and so many of one client."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ess_lod.errors import Overloaded, TooManyQueries
from ess_lod.store.pool import Crowd


class Turnstile:
    """``Crowd.slow`` at once, ``Crowd.queue`` waiting, of one client ``Crowd.per_client``; on one event loop."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._room = asyncio.Semaphore(crowd.slow)
        self._waiting = 0
        self._clients: Counter[str] = Counter()

    @asynccontextmanager
    async def admit(self, client: str, retry_after: int) -> AsyncIterator[None]:
        """Wait for one's turn. Raises :class:`TooManyQueries`, and :class:`Overloaded` when as many wait as may."""
        if self._clients[client] >= self._crowd.per_client:
            raise TooManyQueries(self._crowd.per_client)
        if self._room.locked() and self._waiting >= self._crowd.queue:
            raise Overloaded(retry_after)
        self._clients[client] += 1
        try:
            self._waiting += 1
            try:
                await self._room.acquire()
            finally:
                self._waiting -= 1
            try:
                yield
            finally:
                self._room.release()
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]
