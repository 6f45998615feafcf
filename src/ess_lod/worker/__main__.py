"""The process that runs queries: it has the index open to read, one socket to its parent, and nothing else.

Run as ``python -m ess_lod.worker SOCKET INDEX MEGABYTES SECONDS CALLS``: file descriptor, folder, limits, and 1 if it may call other hosts.
The parent kills it when a query overruns; an alarm does when there is no parent any more.
"""

from __future__ import annotations

import fcntl
import os
import re
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from ess_lod.worker.confinement import limit, shut_network
from ess_lod.worker.wire import BAD, CHUNK, END, FAILED, HEAD, READY, ROWS, UNFIT, Job, frame, head, unpack
from ess_lod.worker.writing import PIECE, Enough, Outlet, TooManyRows, Unfit, write_graph, write_result

_STACK = 256 << 20
"""Bytes of stack of the thread that queries: 20,000 brackets overflow the ordinary 8 MB (measured)."""
_GRACE = 2
CANNOT_START = 4
_UNSUPPORTED = re.compile("custom (aggregate )?function|triple term", re.IGNORECASE)
"""In what the engine says of a query that it has parsed and cannot run, unlike what it says of its own troubles."""


def _answer(store: Store, job: Job, outlet: Outlet) -> None:
    result = store.query(
        job.text,
        base_iri=job.base,
        default_graph=_nodes(job.default_graphs, job.named_graphs is not None),
        named_graphs=_nodes(job.named_graphs, job.default_graphs is not None),
    )
    if isinstance(result, QueryTriples):
        write_graph(result, job.extension, outlet)
    elif isinstance(result, QuerySolutions | QueryBoolean):
        write_result(result, job.extension, outlet)


def _nodes(graphs: tuple[str, ...] | None, empty: bool) -> list[Any] | None:
    """A dataset that names graphs of one sort only has none of the other (SPARQL 1.1 Protocol §2.1.4)."""
    if graphs is None:
        return [] if empty else None
    return [NamedNode(graph) for graph in graphs]


def _serve(parent: socket.socket, store: Store, seconds: int) -> None:
    parent.sendall(frame(READY))
    while (job := _receive(parent)) is not None:
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE)
        outlet = Outlet(lambda piece: parent.sendall(frame(CHUNK, piece)), job.rows, job.first)
        try:
            _answer(store, job, outlet)
            parent.sendall(frame(END, outlet.finish()))
        except Enough:
            parent.sendall(frame(END, outlet.finish(cut=True)))
        except TooManyRows:
            parent.sendall(frame(ROWS))
        except Unfit:
            parent.sendall(frame(UNFIT))
        except SyntaxError as error:
            parent.sendall(frame(BAD, str(error).encode()))
        except RuntimeError as error:
            parent.sendall(frame(BAD if _UNSUPPORTED.search(str(error)) else FAILED, str(error).encode()))
        except BrokenPipeError:
            return
        except Exception as error:  # noqa: BLE001 - whatever the engine raises goes to the parent, which says it
            parent.sendall(frame(FAILED, str(error).encode()))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _receive(parent: socket.socket) -> Job | None:
    body = b""
    wanted = HEAD
    while len(body) < wanted:
        piece = parent.recv(PIECE)
        if not piece:
            return None
        body += piece
        if wanted == HEAD and len(body) >= HEAD:
            wanted += head(body)[1]
    return unpack(body[HEAD:])


def _open(index: str) -> Store:
    """The index, which nobody removes while it is in use; without one there is nothing to be asked (a probe)."""
    if not index:
        return Store()
    fcntl.flock(os.open(index, os.O_RDONLY | os.O_CLOEXEC), fcntl.LOCK_SH)
    return Store.read_only(index)


def _give_up(why: str) -> None:
    """End with the reason as the last words, which the parent tells."""
    os.write(2, f"{why}\n".encode(errors="replace"))
    os._exit(CANNOT_START)


def main(arguments: list[str]) -> None:
    """Open the index, give up the rest, and answer until the parent hangs up."""
    descriptor, index, megabytes, seconds, calls = arguments
    parent = socket.socket(fileno=int(descriptor))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    calls_out = calls == "1"
    try:
        if not calls_out:
            shut_network()
    except OSError as error:
        _give_up(str(error))

    def run() -> None:
        try:
            store = _open(index)
            limit(int(megabytes), Path(index), calls_out=calls_out)
        except (OSError, ValueError, RuntimeError) as error:
            _give_up(f"{type(error).__name__}: {error}")
        _serve(parent, store, int(seconds))

    threading.stack_size(_STACK)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


if __name__ == "__main__":
    main(sys.argv[1:])
