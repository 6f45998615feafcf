"""A worker as its parent has it: a process and the other end of its socket."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Protocol, cast

from ess_lod.store.spool import Limits
from ess_lod.worker.wire import HEAD, READY, Job, frame, head, pack

_LONGEST_WORDS = 65_536
_DYING_SECONDS = 5
"""How long a process that has hung up may take to end of itself."""


class Listener(Protocol):
    """Who is told what a worker says and when it ends."""

    def heard(self, worker: Worker, kind: bytes, body: bytes) -> None:
        """A frame has come."""
        ...

    def hung_up(self, worker: Worker) -> None:
        """It can be asked no more; what it has ended of is told by :meth:`lost`, a moment later."""
        ...

    def lost(self, worker: Worker, status: int, said: str) -> None:
        """The process has ended, and nobody here had killed it; ``said`` is the last line that it has written."""
        ...


class Worker(asyncio.Protocol):
    """Started when made; says READY when it can be asked. Needs a running event loop."""

    def __init__(self, listener: Listener, index: Path, limits: Limits, *, calls_out: bool) -> None:
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._killed = False
        self._transport: asyncio.Transport | None = None
        self.is_ready = False
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        arguments = [str(theirs.fileno()), str(index), str(limits.megabytes), str(round(limits.seconds)), "1" if calls_out else "0"]
        try:
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own module, numbers and a folder
                    [sys.executable, "-P", "-m", "ess_lod.worker", *arguments],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    env={**os.environ, "MALLOC_ARENA_MAX": "1", "RUST_BACKTRACE": "0"},
                )
        except OSError:
            ours.close()
            raise
        self._connecting = self._loop.create_task(self._connect(ours))

    async def _connect(self, ours: socket.socket) -> None:
        await self._loop.create_connection(lambda: self, sock=ours)

    @property
    def is_open(self) -> bool:
        """Can it still be asked? A process may be dead before the loop has heard that its socket is."""
        return self._transport is not None and not self._transport.is_closing() and self._process.poll() is None

    def ask(self, job: Job) -> None:
        """Send a job to a worker that is ready and has none."""
        assert self._transport is not None  # noqa: S101 - it has said READY
        self._transport.write(frame(b"J", pack(job)))

    def lower(self, niceness: int) -> None:
        """Let everything else on the machine go first."""
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, niceness)

    def kill(self) -> None:
        """End the process at once; its listener hears no more of it."""
        self._killed = True
        self._process.send_signal(signal.SIGKILL)
        if self._transport is not None:
            self._transport.abort()

    # -- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is on the loop."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are none by birth
        if self._killed:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Bytes of frames."""
        self._buffer += data
        while len(self._buffer) >= HEAD and not self._killed:
            kind, length = head(self._buffer)
            if len(self._buffer) < HEAD + length:
                return
            body = bytes(self._buffer[HEAD : HEAD + length])
            del self._buffer[: HEAD + length]
            self.is_ready = self.is_ready or kind == READY
            self._listener.heard(self, kind, body)

    def connection_lost(self, _error: Exception | None) -> None:
        """The process has hung up: find out what it died of, without holding up the loop."""
        if not self._killed:
            self._listener.hung_up(self)
        self._reaping = self._loop.create_task(self._reap())

    async def _reap(self) -> None:
        """Looks now and then: a thread that waits is one more thing that a machine in need may refuse."""
        pause, until = 0.001, self._loop.time() + _DYING_SECONDS
        while (status := self._process.poll()) is None:
            if self._loop.time() > until:
                self._process.kill()
            await asyncio.sleep(pause)
            pause = min(2 * pause, 0.1)
        said = self._last_words()
        if not self._killed:
            self._listener.lost(self, status, said)

    def _last_words(self) -> str:
        assert self._process.stderr is not None  # noqa: S101
        with self._process.stderr as stream:
            os.set_blocking(stream.fileno(), False)
            lines = (stream.read(_LONGEST_WORDS) or b"").decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")
