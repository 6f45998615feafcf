"""Mint ids: one line of ``registre.csv`` each, never reused."""

from __future__ import annotations

import datetime
import fcntl
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ess_lod.insee.identifiers import FILENAME, read_identifiers
from ess_lod.iris import KINDS
from ess_lod.publish.schema import TABLES
from ess_lod.publish.table_files import TableFile

REGISTRY = TABLES["registre"]


def mint(folder: Path, kind: str, count: int = 1, today: datetime.date | None = None) -> list[str]:
    """Append ``count`` new ids of a kind to the registry and return them: the letter of the kind and the number after the highest ever minted.

    The file is replaced in one step; its lines, separator and byte-order mark stay as they were. Who mints at the same time waits, so that no two get
    the same id. Raises :class:`ess_lod.errors.TableErrors` when it cannot be read.
    """
    with _alone(folder):
        return _mint(folder, kind, count, today)


def _mint(folder: Path, kind: str, count: int, today: datetime.date | None) -> list[str]:
    registry = TableFile(folder, REGISTRY)
    letter = KINDS[kind]
    last = max((int(id_[1:]) for id_ in _ids(registry) if id_.startswith(letter) and id_[1:].isdigit()), default=0)
    taken = set(read_identifiers(folder / "insee").values()) if (folder / "insee" / FILENAME).is_file() else set()
    free = (id_ for number in itertools.count(last + 1) if (id_ := f"{letter}{number:03}") not in taken)
    minted = list(itertools.islice(free, count))
    day = (today or datetime.datetime.now(datetime.UTC).date()).isoformat()
    registry.append([{"id": id_, "type": kind, "emis_le": day, "etat": "actif"} for id_ in minted])
    return minted


def registered_ids(folder: Path) -> list[str]:
    """Every id of the registry, whatever its state. Raises :class:`ess_lod.errors.TableErrors` when it cannot be read."""
    return _ids(TableFile(folder, REGISTRY))


def _ids(registry: TableFile) -> list[str]:
    return [record.cells.get("id", "") for record in registry.records()]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time in a folder. The folder is locked, since the file in it is replaced."""
    if not folder.is_dir():
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
