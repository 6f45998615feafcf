"""Starts engines for tests: each with a folder and ports of its own on the loopback address, stopped by its process id."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

PATIENCE = 40
"""Seconds that an engine may take to start or stop."""


@dataclass(frozen=True)
class Server:
    """A running engine: URL of its SPARQL endpoint and of its graph store, and who may write there."""

    query: str
    graphs: str
    user: str = ""
    password: str = ""
    restart: Callable[[], None] = lambda: None

    @property
    def environment(self) -> dict[str, str]:
        """The settings that make it the engine of the project."""
        return {"ESS_LOD_STORE": self.query, "ESS_LOD_STORE_USER": self.user, "ESS_LOD_STORE_PASSWORD": self.password}


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def oxigraph_server(folder: Path) -> Iterator[Server]:
    """Oxigraph's own server (PyPI ``oxigraph``), empty."""
    program = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    assert program, "the package oxigraph is one of those for development"
    address = f"127.0.0.1:{free_port()}"
    command = [program, "serve", "--location", str(folder / "oxigraph"), "--bind", address]
    with _running(command, folder, f"http://{address}/query") as restart:
        yield Server(f"http://{address}/query", f"http://{address}/store", restart=restart)


_VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
MaxClientConnections = 20
ServerThreads = 20
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
ThreadsPerQuery = 2
DirsAllowed = {folder}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = 60
"""

VIRTUOSO_ROWS = 200_000
"""Where the Virtuoso of the tests cuts its answers."""


def virtuoso_is_installed() -> bool:
    """Is ``virtuoso-t`` there (Debian: virtuoso-opensource-7-bin)?"""
    return shutil.which("virtuoso-t") is not None


@contextmanager
def virtuoso_server(folder: Path) -> Iterator[Server]:
    """Virtuoso, empty but for its own graphs, with the account that it has when it is new."""
    home = folder / "virtuoso"
    home.mkdir()
    http = free_port()
    settings = home / "virtuoso.ini"
    settings.write_text(_VIRTUOSO.format(folder=home, sql=free_port(), http=http, rows=VIRTUOSO_ROWS))
    base = f"http://127.0.0.1:{http}"
    with _running(["virtuoso-t", "-c", str(settings), "-f"], home, f"{base}/sparql") as restart:
        yield Server(f"{base}/sparql", f"{base}/sparql-graph-crud-auth", "dba", "dba", restart)


ENGINES: dict[str, Callable[[Path], AbstractContextManager[Server]]] = {"oxigraph": oxigraph_server, "virtuoso": virtuoso_server}
"""The engines that need a server, by name."""


@contextmanager
def _running(command: list[str], folder: Path, query_url: str) -> Iterator[Callable[[], None]]:
    """A process for as long as the block lasts, which gets a function that ends it and begins another."""
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        with (folder / "output.txt").open("wb") as output:
            running.append(subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL))
        _wait_for(running[-1], query_url, folder / "output.txt")

    def stop() -> None:
        running[-1].terminate()
        try:
            running[-1].wait(5)
        except subprocess.TimeoutExpired:
            running[-1].kill()
            running[-1].wait(PATIENCE)

    def restart() -> None:
        stop()
        start()

    try:
        start()
        yield restart
    finally:
        stop()


def _wait_for(server: subprocess.Popen[bytes], query_url: str, output: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, output.read_text(errors="replace")[-2000:]
        try:
            if httpx.post(query_url, data={"query": "ASK {}"}, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"{query_url} has not answered within {PATIENCE} s")
