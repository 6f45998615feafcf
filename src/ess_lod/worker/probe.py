"""Can a query worker be started here? Asked before a server listens: where it cannot, no query would ever be answered."""

from __future__ import annotations

import socket
import subprocess
import sys

from ess_lod.worker.wire import READY

_SECONDS = 30


def why_no_worker(megabytes: int) -> str:
    """What keeps a worker without an index from being ready, in its own words; empty when nothing does."""
    ours, theirs = socket.socketpair()
    ours.settimeout(_SECONDS)
    command = [sys.executable, "-P", "-m", "ess_lod.worker", str(theirs.fileno()), "", str(megabytes), "10", "0"]
    with ours, theirs:
        try:
            child = subprocess.Popen(  # noqa: S603 - our own module and numbers
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
        except OSError as error:
            return str(error)
        theirs.close()
        try:
            if ours.recv(1) == READY:
                return ""
        except OSError:
            pass
        finally:
            ours.close()
            child.kill()
            _, said = child.communicate()
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"code {child.returncode}"
