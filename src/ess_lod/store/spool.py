"""Where an answer waits until it is whole: in memory, then on disk, never longer than the limits.

Nothing is sent before the last byte is here, so that the status of an answer is true.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO

from ess_lod.errors import EngineDown, QueryTooCostly

_LOG = logging.getLogger(__name__)

IN_MEMORY = 1_048_576
"""Bytes of an answer that are kept in memory; more of them go to a file that has no name."""
_CHUNK = 65_536


@contextmanager
def setting_aside() -> Iterator[None]:
    """While something is written to a temporary file: what keeps it from being written goes to the log, and is :class:`EngineDown`."""
    try:
        yield
    except OSError as error:
        _LOG.error("An answer cannot be set aside in %s (TMPDIR): %s", tempfile.tempdir or "any folder", error)
        raise EngineDown(str(error)) from error


@dataclass(frozen=True)
class Limits:
    """What one query may cost: seconds, megabytes of memory, rows and megabytes of its answer."""

    seconds: float = 10
    megabytes: int = 1024
    rows: int = 1_000_000
    answer_megabytes: int = 100

    @property
    def answer_bytes(self) -> int:
        """The longest answer."""
        return self.answer_megabytes * 1_000_000


class Spooled:
    """A whole answer. ``body`` has it when it is short; ``chunks`` gives it in any case, and ends its life."""

    def __init__(self, body: bytes = b"", file: IO[bytes] | None = None, size: int | None = None) -> None:
        self.body, self._file = body, file
        self.size = len(body) if size is None else size

    @property
    def in_memory(self) -> bool:
        """Is all of it in ``body``?"""
        return self._file is None

    def chunks(self) -> Iterator[bytes]:
        """The answer, piece by piece, once."""
        if self._file is None:
            yield self.body
            return
        with self._file as file:
            file.seek(0)
            while piece := file.read(_CHUNK):
                yield piece

    def read(self) -> bytes:
        """All of it at once, for those who need it so."""
        return b"".join(self.chunks())

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            self._file.close()


class Spool:
    """Takes the pieces of an answer.

    ``write`` raises :class:`QueryTooCostly` past ``Limits.answer_megabytes``; it and ``finish`` raise :class:`EngineDown` when there is no room on disk.
    """

    def __init__(self, limits: Limits) -> None:
        self._most = limits.answer_bytes
        self._size = 0
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, prefix="ess-lod-")  # noqa: SIM115 - it outlives this object

    def write(self, piece: bytes) -> int:
        """Take a piece; its length, as a file gives it."""
        self._size += len(piece)
        if self._size > self._most:
            raise QueryTooCostly("bytes", self._most)
        with setting_aside():
            return self._file.write(piece)

    @property
    def is_empty(self) -> bool:
        """Has nothing come yet?"""
        return self._size == 0

    def finish(self) -> Spooled:
        """The answer is whole."""
        if self._size <= IN_MEMORY:
            self._file.seek(0)
            body = self._file.read()
            self._file.close()
            return Spooled(body)
        with setting_aside():
            self._file.flush()
        return Spooled(file=self._file, size=self._size)

    def drop(self) -> None:
        """The answer will not be whole."""
        with suppress(OSError):  # to close is to write what is left
            self._file.close()
