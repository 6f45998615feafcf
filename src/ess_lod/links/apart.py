"""Reads a stranger's document in a process of its own: no network, so much memory, so much time. What it does to that process it does to nobody else.

Run as ``python -m ess_lod.links.apart``: on the standard input come a line of JSON (a :class:`_Task`) and the document. What it says of our things goes to the
standard output as JSON: no more than that, so that a short document that says much of others costs the one who asks nothing.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Collection
from dataclasses import asdict, astuple, dataclass

from ess_lod.admission import Admission
from ess_lod.config import PREFIX
from ess_lod.errors import Overloaded
from ess_lod.links.announced import Announced, Unreadable, read_announced
from ess_lod.links.page_links import PAGES, links_of_page
from ess_lod.worker.confinement import shut_network

_LOG = logging.getLogger(__name__)
_GRACE = 2
_SHORTEST_LIMIT = 2_000_000
_TOO_MUCH = "la lecture de ce document prend trop de temps ou de mémoire : l'écrire plus simplement, ou en plusieurs."
_SAYS_TOO_MUCH = "ce document dit trop de choses : l'écrire plus simplement, ou en plusieurs."
_ROOM = Admission(working=2, waiting=6, per_client=9, seconds=10)
"""Documents that are read at once, and that wait for it: fewer in all than the threads that answer pages."""


@dataclass(frozen=True)
class Limits:
    """What reading one document may cost: seconds of processor time, and twice as many by the clock; megabytes of memory."""

    seconds: int = 5
    megabytes: int = 1024


@dataclass(frozen=True)
class _Task:
    """What to read: its type, where it stands, the beginnings of our addresses, and of a page the links that are looked for."""

    media_type: str
    base: str
    ours: tuple[str, ...]
    wanted: tuple[str, ...]
    limits: tuple[int, int]


def read_announced_apart(body: bytes, media_type: str, ours: Collection[str], base: str = "", limits: Limits = Limits()) -> list[Announced]:
    """What a document announces (:func:`ess_lod.links.announced.read_announced`) of addresses that begin with one of ``ours``.

    Raises :class:`Unreadable` (French), and :class:`Overloaded` when it cannot be read now.
    """
    return [
        Announced(theirs, relation, own, person == "person")
        for theirs, relation, own, person in _read(body, _Task(media_type, base, tuple(ours), (), astuple(limits)))
    ]


def links_apart(body: bytes, url: str, wanted: Collection[str]) -> set[str]:
    """Which of the addresses that are wanted a page links to (:func:`ess_lod.links.page_links.links_of_page`). Raises the same."""
    return {each for (each,) in _read(body, _Task(PAGES[0], url, (), tuple(wanted), astuple(Limits())))}


def _read(body: bytes, task: _Task) -> list[list[str]]:
    sent = json.dumps(asdict(task)).encode() + b"\n" + body
    environ = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}  # passwords among them
    with _ROOM.turn(""):
        try:
            done = subprocess.run(_command(), input=sent, capture_output=True, check=False, timeout=2 * task.limits[0], env=environ)  # noqa: S603 - our own module
        except subprocess.TimeoutExpired as error:
            raise Unreadable(_TOO_MUCH, "too much time or memory") from error
        except OSError as error:
            raise _cannot_read(str(error)) from error
    if done.returncode < 0:  # the system has stopped it, or memory or stack came to their end
        raise Unreadable(_TOO_MUCH, "too much time or memory")
    try:
        found: dict[str, list[list[str]]] = json.loads(done.stdout)
    except ValueError as error:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise _cannot_read(lines[-1] if lines else f"code {done.returncode}") from error
    if "unreadable" in found:
        raise Unreadable(*map(str, found["unreadable"]))
    return found["said"]


def _cannot_read(why: str) -> Overloaded:
    """A process that cannot work is not the document's fault."""
    _LOG.error("The process that reads announcements does not work: %s", why)
    return Overloaded(30)


def _command() -> list[str]:
    return [sys.executable, "-P", "-m", "ess_lod.links.apart"]


def _confine(seconds: int, megabytes: int) -> None:
    os.nice(19)
    shut_network()
    signal.alarm(2 * seconds + _GRACE)  # should nobody wait any more
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, megabytes << 20),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _said(task: _Task, body: bytes) -> dict[str, list[object]]:
    try:
        if task.media_type in PAGES:
            found: list[object] = [[link] for link in sorted(links_of_page(body, task.base) & set(task.wanted))]
        else:
            announced = read_announced(body, task.media_type, lambda iri: iri.startswith(task.ours), task.base)
            found = [[each.theirs, each.relation, each.ours, "person" if each.person else ""] for each in announced]
    except Unreadable as error:
        return {"unreadable": [str(error), error.detail]}
    except (MemoryError, RecursionError):
        return {"unreadable": [_TOO_MUCH, "too much time or memory"]}
    return {"said": found}


def main() -> None:
    """Give up what reading does not need, read, write."""
    told = json.loads(sys.stdin.buffer.readline())
    task = _Task(told["media_type"], told["base"], tuple(told["ours"]), tuple(told["wanted"]), tuple(told["limits"]))
    _confine(*task.limits)
    body = sys.stdin.buffer.read()
    answer = json.dumps(_said(task, body))
    if len(answer) > max(_SHORTEST_LIMIT, 4 * len(body)):
        answer = json.dumps({"unreadable": [_SAYS_TOO_MUCH, "it says too much"]})
    sys.stdout.write(answer)


if __name__ == "__main__":
    main()
