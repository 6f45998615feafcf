"""Locks between processes, by ``flock(2)``: they end with the process that holds them, however it ends, so that none is ever left behind.

:func:`alone` is for a folder that one process at a time may write in. A :class:`Lease` says that a folder is in use: many may hold one, and
:func:`take_away` leaves such a folder where it is.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
import tempfile
import threading
import time
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from ess_lod.errors import Busy

WAIT_SECONDS = 300.0
"""How long :func:`alone` waits by default: longer than a large release takes to be written."""
_HOLDER = ".writing"
_POLL_SECONDS = 0.05


class _Turns:
    """Whose turn it is among the threads of this process, and how often the thread has entered."""

    def __init__(self) -> None:
        self.lock, self.depth = threading.RLock(), 0


_TURNS: dict[str, _Turns] = defaultdict(_Turns)


@contextmanager
def alone(folder: Path, say: Callable[[str], object] = lambda _: None, seconds: float | None = None) -> Iterator[bool]:
    """Be the only one, of all threads and processes, that writes in a folder that exists. The value tells whether this thread was not so already.

    Who comes second waits for ``seconds`` at most (:data:`WAIT_SECONDS`); ``say`` is told once, in French, whom it waits for. Raises :class:`Busy`
    after that, and ``OSError`` for a folder that cannot be opened.
    """
    seconds = WAIT_SECONDS if seconds is None else seconds
    turns = _TURNS[os.path.realpath(folder)]
    end = time.monotonic() + seconds
    if not turns.lock.acquire(blocking=False):
        say(_waiting(folder, seconds))
        if not turns.lock.acquire(timeout=seconds):
            raise Busy(_still(folder))
    try:
        if turns.depth:
            turns.depth += 1
            try:
                yield False
            finally:
                turns.depth -= 1
            return
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _lock(descriptor, folder, say, end, seconds)
            _sign(folder)
            turns.depth = 1
            try:
                yield True
            finally:
                turns.depth = 0
                with suppress(OSError):
                    (folder / _HOLDER).unlink()
        finally:
            os.close(descriptor)
    finally:
        turns.lock.release()


class Lease:
    """A folder in use: as long as this object, or a process that inherited it, is there, :func:`take_away` does not touch the folder."""

    def __init__(self, folder: Path) -> None:
        """Raises ``FileNotFoundError`` for a folder that is not there, or is being taken away."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        self._end = weakref.finalize(self, os.close, descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if not _is_still(descriptor, folder):
            self.close()
            raise FileNotFoundError(folder)

    def close(self) -> None:
        """The folder is not in use any more, by this one."""
        self._end()


def take_away(folder: Path) -> bool:
    """Remove a folder that nobody has a lease of: it is renamed first, so that a folder of that name is always a whole one. False when it stays."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _is_still(descriptor, folder):
            return False
        shutil.rmtree(put_aside(folder), ignore_errors=True)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def put_aside(folder: Path) -> Path:
    """Rename a folder to a hidden name beside it, in one step. Returns that name."""
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name.lstrip('.')}-", dir=folder.parent))
    try:
        return folder.rename(aside)
    except OSError:
        aside.rmdir()
        raise


def _lock(descriptor: int, folder: Path, say: Callable[[str], object], end: float, seconds: float) -> None:
    told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise Busy(_still(folder)) from None
            if not told:
                say(_waiting(folder, seconds))
                told = True
            time.sleep(_POLL_SECONDS)
        else:
            return


def _sign(folder: Path) -> None:
    """Write down who is at it, for whoever waits; the lock does not depend on it."""
    command = " ".join((Path(sys.argv[0]).name, *sys.argv[1:])) if sys.argv else ""
    said = {"pid": os.getpid(), "command": command, "since": datetime.now().astimezone().isoformat(timespec="seconds")}
    with suppress(OSError):
        (folder / _HOLDER).write_text(json.dumps(said), "utf-8")


def _holder(folder: Path) -> str:
    with suppress(OSError, ValueError, LookupError, TypeError):
        said = json.loads((folder / _HOLDER).read_text("utf-8"))
        since = datetime.fromisoformat(said["since"])
        return f"« {said['command']} » (pid {said['pid']}), depuis le {since:%d/%m/%Y à %H:%M:%S},"
    return "un autre processus"


def _waiting(folder: Path, seconds: float) -> str:
    return f"{_holder(folder)} écrit dans {folder} : attente, {seconds:g} s au plus"


def _still(folder: Path) -> str:
    return f"{_holder(folder)} écrit toujours dans {folder}. Rien n'a été fait. Recommencer quand il aura fini, ou l'arrêter s'il ne finit pas."


def _is_still(descriptor: int, folder: Path) -> bool:
    """Does the name of a folder still mean the one that is open?"""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(folder))
    except OSError:
        return False
