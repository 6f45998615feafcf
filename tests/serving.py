"""The real server for tests: ``ess-lod serve`` on a free port of this machine, stopped by its process id.

Needs nothing but the standard library and a published release, so that any test may start one with the settings that it is about.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
_PREFIX = "ESS_LOD_"
_START_SECONDS = 30
_STOP_SECONDS = 10


@dataclass(frozen=True)
class Served:
    """A server that answers: its address without a slash at the end, its process id, what it prints, and how long it took to answer first."""

    port: int
    pid: int
    log: Path
    seconds: float

    @property
    def url(self) -> str:
        """For example ``http://127.0.0.1:34567``."""
        return f"http://{HOST}:{self.port}"

    @property
    def endpoint(self) -> str:
        """Where queries go."""
        return f"{self.url}/sparql"

    def said(self) -> str:
        """All that it has printed."""
        return self.log.read_text("utf-8", "replace")


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    folder: Path, settings: Mapping[str, object], port: int | None = None, at: str = HOST, python: str | Path = sys.executable
) -> Iterator[Served]:
    """A server, from its first answer until it is stopped; ``settings`` by their names in :class:`ess_lod.config.Settings`.

    ``port`` is a free one by default, ``at`` is where it answers.

    ``python`` is the interpreter whose ess-lod serves.

    The environment of the test gives no setting. Output goes to a file in ``folder``. Raises ``AssertionError`` with that output
    when the server ends of itself or answers nothing for half a minute.
    """
    port = port or free_port()
    log = folder / f"server-{port}.log"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX)}
    environ |= {f"{_PREFIX}{name.upper()}": str(value) for name, value in settings.items()}
    begun = time.monotonic()
    with log.open("wb") as output:
        child = subprocess.Popen(
            [str(python), "-m", "ess_lod.cli", "serve", "--port", str(port)],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(child, at, port, log, begun)
        yield Served(port, child.pid, log, time.monotonic() - begun)
    finally:
        _stop(child)


def _wait(child: subprocess.Popen[bytes], at: str, port: int, log: Path, begun: float) -> None:
    while not _answers(at, port):
        said = log.read_text("utf-8", "replace")
        assert child.poll() is None, f"The server has ended with {child.returncode}:\n{said}"
        assert time.monotonic() < begun + _START_SECONDS, f"The server does not answer:\n{said}"
        time.sleep(0.03)


def _answers(at: str, port: int) -> bool:
    connection = http.client.HTTPConnection(at.strip("[]"), port, timeout=5)
    try:
        connection.request("GET", "/sparql?query=ASK%20%7B%7D")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Ask it to end; what is left of the session that it leads is killed."""
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait(_STOP_SECONDS)
