"""Takes from a process what a query has no need of: the network, memory past a ceiling, files.

A file descriptor for each file of the index must be left: RocksDB opens sixteen of them at first and the others when a query comes to them, and a
query that meets one it may not open never ends (measured, Oxigraph 0.5.13, ``RLIMIT_NOFILE`` 0). So the limit of files does not keep a process from
calling out; a filter of system calls does (seccomp(2), Linux 3.5).
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from pathlib import Path

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_OTHER_ABI = 0x4000_0000
_CALLS = {
    # the architecture as the kernel numbers it; socket, connect and io_uring_setup there
    "x86_64": (0xC000003E, (41, 42, 425)),
    "aarch64": (0xC00000B7, (198, 203, 425)),
}


def shut_network() -> bool:
    """Make this thread, and those that it starts, unable to open a connection; what is open stays open. False on machines that this is not written for.

    Raises :class:`OSError` where the kernel refuses: then nothing keeps a query in, and nothing should run.
    """
    known = _CALLS.get(platform.machine())
    if platform.system() != "Linux" or known is None:
        return False
    program = _program(*known)
    code = ctypes.create_string_buffer(program, len(program))
    libc = ctypes.CDLL(None)
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(_SET_SECCOMP, _FILTER, head, 0, 0):
        raise OSError("the network cannot be shut off (seccomp)")
    return True


def _program(architecture: int, calls: tuple[int, ...]) -> bytes:
    """The filter, in the kernel's own little language: each step is an operation, how many steps to skip if so and if not, and an operand."""
    last = len(calls) + 5
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 0, last - 2, architecture),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, last - 4, 0, _OTHER_ABI),
        *((_EQUAL, last - 5 - place, 0, call) for place, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def limit(megabytes: int, index: Path, *, calls_out: bool) -> None:
    """Allow so much more memory than there is now, no file to be written, no core dump, and no more files than the index still has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    _at_most(resource.RLIMIT_AS, pages * resource.getpagesize() + (megabytes << 20))
    _at_most(resource.RLIMIT_CORE, 0)
    _at_most(resource.RLIMIT_FSIZE, 0)
    needed = _files(index)
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if allowed != resource.RLIM_INFINITY and allowed < needed:
        raise OSError(f"{needed} open files are needed and {allowed} allowed (ulimit -n)")
    if not calls_out:
        _at_most(resource.RLIMIT_NOFILE, needed)


def _files(index: Path) -> int:
    """The lowest limit of file descriptors that lets all files of an index be open."""
    listed = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    descriptors = [link for link in listed if os.path.lexists(link)]  # without the one that listed them
    opened = {os.path.realpath(link) for link in descriptors}
    missing = [file for file in index.resolve().glob("*.sst") if str(file) not in opened]
    return max(int(Path(link).name) for link in descriptors) + 1 + len(missing)


def _at_most(kind: int, most: int) -> None:
    allowed = resource.getrlimit(kind)[1]
    if allowed != resource.RLIM_INFINITY:
        most = min(most, allowed)
    resource.setrlimit(kind, (most, most))
