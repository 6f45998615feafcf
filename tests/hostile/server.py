"""A real server for the tests: started, watched by ``/proc``, stopped by its process id."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.serving import serving

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
_WORKER = b"ess_lod.worker"


@dataclass(frozen=True)
class Process:
    """What ``/proc`` says of a process: megabytes in memory, seconds of processor time, whether it is dead but still there."""

    pid: int
    parent: int
    is_zombie: bool
    is_worker: bool
    megabytes: float
    seconds: float


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    pid: int
    port: int
    log: Path

    def processes(self) -> list[Process]:
        """The server and all that it has started."""
        known = {process.pid: process for process in _all_processes()}
        return [process for process in known.values() if self._is_ours(process, known)]

    def _is_ours(self, process: Process, known: Mapping[int, Process]) -> bool:
        while process.pid != self.pid:
            if process.parent not in known:
                return False
            process = known[process.parent]
        return True

    def workers(self) -> list[Process]:
        """The processes that run queries."""
        return [process for process in self.processes() if process.is_worker and not process.is_zombie]

    def files(self) -> int:
        """How many files and connections the server has open, its workers apart."""
        return sum(_files(process) for process in self.processes() if not process.is_worker and not process.is_zombie)


def _files(process: Process) -> int:
    with suppress(FileNotFoundError):  # it has ended meanwhile
        return len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
    return 0


def _all_processes() -> Iterator[Process]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        yield Process(
            int(folder.name),
            int(after_name[1]),
            after_name[0] == "Z",
            _WORKER in command,
            int(after_name[21]) * _PAGE / 1_000_000,
            (int(after_name[11]) + int(after_name[12])) / _TICKS,
        )


@dataclass
class Peaks:
    """The most that was seen, in megabytes: of all together, of the server without its workers, of one worker."""

    all: float = 0.0
    server: float = 0.0
    worker: float = 0.0
    samples: int = 0

    def see(self, processes: list[Process]) -> None:
        """Look once."""
        workers = [process.megabytes for process in processes if process.is_worker]
        server = sum(process.megabytes for process in processes if not process.is_worker)
        self.all = max(self.all, server + sum(workers))
        self.server = max(self.server, server)
        self.worker = max(self.worker, *workers, 0.0)
        self.samples += 1


@contextmanager
def watched(server: Server) -> Iterator[Peaks]:
    """Look at the memory of a server, five times a second, as long as this lasts."""
    peaks, stop = Peaks(), threading.Event()

    def look() -> None:
        while not stop.wait(0.2):
            peaks.see(server.processes())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peaks
    finally:
        stop.set()
        watcher.join()


@contextmanager
def running(folder: Path, settings: Mapping[str, object], temporary: Path) -> Iterator[Server]:
    """A server that puts what does not fit its memory into ``temporary``, from its first answer until it is told to end."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("TMPDIR", str(temporary))
        served = stack.enter_context(serving(folder, settings))
        yield Server(served.pid, served.port, served.log)
