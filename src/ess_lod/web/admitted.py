"""What of the pages costs more than a page, and how much of it is done at once; who asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from flask import Flask, current_app, request

from ess_lod.admission import Admission, client_of

_NAME = "ess_lod.admission"
_ROOM = {
    "reconciliation": {"working": 1, "waiting": 5, "per_client": 4, "seconds": 10},
    "suggestions": {"working": 2, "waiting": 6, "per_client": 6, "seconds": 5},
    "comparisons": {"working": 1, "waiting": 3, "per_client": 2, "seconds": 30},
}
"""Together fewer than the threads that answer pages, so that some are always free for these."""


def register(app: Flask) -> None:
    """Give an application its admission controls."""
    app.extensions[_NAME] = {kind: Admission(**room) for kind, room in _ROOM.items()}


@contextmanager
def turn(kind: Literal["reconciliation", "suggestions", "comparisons"]) -> Iterator[None]:
    """Wait for the turn of the client that asks, and have it. Raises :class:`ess_lod.errors.TooManyQueries` and :class:`ess_lod.errors.Overloaded`."""
    control: Admission = current_app.extensions[_NAME][kind]
    with control.turn(client()):
        yield


def client() -> str:
    """Who asks: the address that is connected, or the one that the outermost of our proxies has seen."""
    return client_of(request.remote_addr)
