"""How often each may come: so many times in a window of time, and so many times all together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from cachetools import TTLCache

_SENDERS = 10_000
_ALL = 10
"""All together may come as often as so many senders."""


class Allowance:
    """Counts by sender in windows of ``seconds``; what is counted is bounded."""

    def __init__(self, most: int, seconds: int = 3600, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._counts: TTLCache[tuple[str, int], int] = TTLCache(_SENDERS, 2 * seconds, timer=clock)
        self._lock = threading.Lock()

    def take(self, sender: str) -> bool:
        """Count one more of a sender: may it?"""
        window = int(self._clock() // self._seconds)
        with self._lock:
            own, every = self._counts.get((sender, window), 0), self._counts.get(("", window), 0)
            if own >= self._most or every >= self._most * _ALL:
                return False
            self._counts[sender, window] = own + 1
            self._counts["", window] = every + 1
        return True

    def spent(self, sender: str) -> bool:
        """Has a sender come as often as it may?"""
        return self._counts.get((sender, int(self._clock() // self._seconds)), 0) >= self._most
