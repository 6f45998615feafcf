"""What goes between the pool and a worker: a job one way, pieces of its answer the other, each with its kind and its length in front."""

from __future__ import annotations

import marshal
import struct
from typing import NamedTuple

READY, CHUNK, END, BAD, ROWS, UNFIT, FAILED = b"R", b"C", b"E", b"B", b"M", b"X", b"F"
"""Kinds of frames from a worker: it can be asked · more to come · the last piece · a syntax error · too many rows · not to be written in this format ·
the engine failed."""

_HEAD = struct.Struct(">cI")
HEAD = _HEAD.size


class Job(NamedTuple):
    """One query for a worker. ``extension`` names the format, ``rows`` is a limit, and past ``first`` rows the answer is cut (0: never)."""

    text: str
    base: str
    extension: str
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None
    rows: int
    first: int


def frame(kind: bytes, body: bytes | bytearray = b"") -> bytes:
    """A frame, ready to be sent."""
    return _HEAD.pack(kind, len(body)) + body


def head(frame_head: bytes | bytearray) -> tuple[bytes, int]:
    """Kind and length of the frame that starts so."""
    kind, length = _HEAD.unpack_from(frame_head)
    return kind, length


def pack(job: Job) -> bytes:
    """A job as the body of a frame; :mod:`marshal`, since both ends are the same Python."""
    return marshal.dumps(tuple(job))


def unpack(body: bytes) -> Job:
    """The job in the body of a frame."""
    return Job(*marshal.loads(body))  # noqa: S302 - from our own parent
