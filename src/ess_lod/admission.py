"""Admission control: how much work that costs is done at once, how much of it for one client, and how often a client may come.

All that costs goes through here: queries, reconciliation, suggestions, previews, comparisons of releases, announcements. A client is told from another by
:func:`client_of`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from cachetools import TTLCache

from ess_lod.errors import Overloaded, TooManyQueries

_REMEMBERED_CLIENTS = 10_000
_HOME_PREFIX = 64
"""Bits of an IPv6 address that one customer of a network has (RFC 6177): the rest is theirs to choose."""


def client_of(address: str | None) -> str:
    """What a client is counted by: its IPv4 address, or the /64 of its IPv6 address; a text that is no address as it is, cut."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return (address or "")[:_HOME_PREFIX]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _HOME_PREFIX), strict=False))


class Admission:
    """Room for a kind of work: ``working`` at once, ``waiting`` more for at most ``seconds`` each, ``per_client`` of one client in all.

    Used by threads (:meth:`turn`) or on one event loop (:meth:`turn_of_loop`); who has lanes of its own only counts (:meth:`counted`). A client that waits for
    one answer before it asks for the next never meets a limit of its own.
    """

    def __init__(self, working: int, waiting: int, per_client: int, seconds: float) -> None:
        self._most, self._per_client, self._seconds = working + waiting, per_client, seconds
        self._room, self._room_of_loop = threading.BoundedSemaphore(working), asyncio.Semaphore(working)
        self._clients: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def counted(self, client: str, most: int | None = None) -> Iterator[None]:
        """Be one of this client's and, when ``most`` is given, of so many altogether. Raises :class:`TooManyQueries` and :class:`Overloaded`."""
        with self._lock:
            if self._clients[client] >= self._per_client:
                raise TooManyQueries(self._per_client)
            if most is not None and self._clients.total() >= most:
                raise Overloaded(self._again)
            self._clients[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._clients[client] -= 1
                if not self._clients[client]:
                    del self._clients[client]

    @contextmanager
    def turn(self, client: str) -> Iterator[None]:
        """Wait in a thread for one's turn, and have it. Raises :class:`TooManyQueries` and :class:`Overloaded`."""
        with self.counted(client, self._most):
            if not self._room.acquire(timeout=self._seconds):
                raise Overloaded(self._again)
            try:
                yield
            finally:
                self._room.release()

    @asynccontextmanager
    async def turn_of_loop(self, client: str) -> AsyncIterator[None]:
        """The same on an event loop; how long it waits is for the caller to bound."""
        with self.counted(client, self._most):
            async with self._room_of_loop:
                yield

    def in_progress(self, client: str) -> int:
        """How much of a client's is here."""
        return self._clients[client]

    @property
    def is_full(self) -> bool:
        """Is as much here as may be?"""
        with self._lock:
            return self._clients.total() >= self._most

    @property
    def _again(self) -> int:
        """In how many seconds it may be better (``Retry-After``)."""
        return max(1, round(self._seconds / 2))


class Rate:
    """How often each may come: ``most`` times in a window of ``seconds``. Whoever comes more often goes on being counted; who is counted is bounded."""

    def __init__(self, most: int, seconds: int = 3600, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._counts: TTLCache[tuple[str, int], int] = TTLCache(_REMEMBERED_CLIENTS, 2 * seconds, timer=clock)
        self._lock = threading.Lock()

    def take(self, who: str) -> bool:
        """Count one more: may it?"""
        with self._lock:
            key = (who, self._window)
            self._counts[key] = self._counts.get(key, 0) + 1
            return self._counts[key] <= self._most

    def spent(self, who: str) -> bool:
        """Has it come as often as it may?"""
        return self._counts.get((who, self._window), 0) >= self._most

    @property
    def _window(self) -> int:
        return int(self._clock() // self._seconds)
