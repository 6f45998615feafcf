"""How many reconcile at once: matching is work of this process, and must leave its time and its threads to the pages."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ess_lod.errors import Overloaded, TooManyQueries


class Turns:
    """So many work at once, so many wait for at most so many seconds, and so many of one client are here at all.

    A client that asks one batch after another never meets a limit.
    """

    def __init__(self, working: int, waiting: int, per_client: int, seconds: float) -> None:
        self._room = threading.BoundedSemaphore(working)
        self._most, self._per_client, self._seconds = working + waiting, per_client, seconds
        self._clients: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def taken(self, client: str) -> Iterator[None]:
        """Wait for one's turn, and have it. Raises :class:`TooManyQueries` and :class:`Overloaded`."""
        self._enter(client)
        try:
            if not self._room.acquire(timeout=self._seconds):
                raise Overloaded(1)
            try:
                yield
            finally:
                self._room.release()
        finally:
            with self._lock:
                self._clients[client] -= 1
                if not self._clients[client]:
                    del self._clients[client]

    @property
    def is_full(self) -> bool:
        """Are as many here as may be?"""
        with self._lock:
            return self._clients.total() >= self._most

    def _enter(self, client: str) -> None:
        with self._lock:
            if self._clients[client] >= self._per_client:
                raise TooManyQueries(self._per_client)
            if self._clients.total() >= self._most:
                raise Overloaded(1)
            self._clients[client] += 1
