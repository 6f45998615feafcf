"""SHA-256 of files, worked out again only when a file is not what it was: another inode, size, time of content or time of status.

What one process has worked out another may take over from a record on disk, so that a server starts without reading a release through.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

Signature = tuple[int, int, int, int]

_MOST = 50_000
_KNOWN: dict[str, tuple[Signature, str]] = {}


def digest(path: Path) -> str:
    """SHA-256 of a file as hexadecimal digits. Raises ``OSError`` when it cannot be read."""
    now = _signature(path)
    known = _KNOWN.get(str(path))
    if known is not None and known[0] == now:
        return known[1]
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if _signature(path) == now:
        if len(_KNOWN) >= _MOST:
            _KNOWN.clear()
        _KNOWN[str(path)] = now, found
    return found


def recall(record: Path, folder: Path) -> dict[str, str]:
    """Take over what a record says of the files of a folder that are as they were then. Returns their digests by name.

    A record that is not there, or is none, says nothing.
    """
    same = {}
    with suppress(OSError, ValueError):
        for name, (signature, found) in _noted(record).items():
            with suppress(OSError):
                if _signature(folder / name) == signature:
                    _KNOWN[str(folder / name)] = signature, found
                    same[name] = found
    return same


def read_record(record: Path) -> dict[str, str]:
    """The digests of a record by name. Raises ``OSError``, and ``ValueError`` for what is no record."""
    return {name: found for name, (_, found) in _noted(record).items()}


def _noted(record: Path) -> dict[str, tuple[Signature, str]]:
    try:
        said = json.loads(record.read_bytes())
        return {name: (_as_signature(each[:4]), str(each[4])) for name, each in said.items()}
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{record} is no record of digests") from error


def write_record(record: Path, folder: Path, names: Iterable[str]) -> None:
    """Write down the digests of files of a folder, for :func:`recall`. Appears whole. Raises ``OSError``."""
    said: dict[str, list[Any]] = {}
    for name in sorted(names):
        found = digest(folder / name)
        said[name] = [*_signature(folder / name), found]
    record.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(prefix=".", dir=record.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(said, file)
        Path(aside).chmod(0o644)
        Path(aside).replace(record)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise


def _signature(path: Path) -> Signature:
    state = path.stat()
    return state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


def _as_signature(numbers: Iterable[Any]) -> Signature:
    inode, size, content, status = map(int, numbers)
    return inode, size, content, status
