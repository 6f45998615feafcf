"""Mint ids: one line of ``registre.csv`` each, never reused."""

from __future__ import annotations

import csv
import datetime
import fcntl
import io
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ess_lod.errors import CellProblem, TableErrors
from ess_lod.insee.identifiers import FILENAME, read_identifiers
from ess_lod.iris import KINDS
from ess_lod.publish.schema import TABLES

REGISTRY = TABLES["registre"]
_FILLED = ("id", "type", "emis_le", "etat")


def mint(folder: Path, kind: str, count: int = 1, today: datetime.date | None = None) -> list[str]:
    """Append ``count`` new ids of a kind to the registry and return them: the letter of the kind and the number after the highest ever minted.

    The file is replaced in one step; its lines, separator and byte-order mark stay as they were. Who mints at the same time waits, so that no two get
    the same id. Raises :class:`TableErrors` when it cannot be read.
    """
    with _alone(folder):
        return _mint(folder, kind, count, today)


def _mint(folder: Path, kind: str, count: int, today: datetime.date | None) -> list[str]:
    path = folder / REGISTRY.filename
    content, separator, names, ids = _read(path)
    letter = KINDS[kind]
    last = max((int(id_[1:]) for id_ in ids if id_.startswith(letter) and id_[1:].isdigit()), default=0)
    taken = set(read_identifiers(folder / "insee").values()) if (folder / "insee" / FILENAME).is_file() else set()
    free = (id_ for number in itertools.count(last + 1) if (id_ := f"{letter}{number:03}") not in taken)
    minted = list(itertools.islice(free, count))
    day = (today or datetime.datetime.now(datetime.UTC).date()).isoformat()
    values = dict(zip(_FILLED[1:], (kind, day, "actif"), strict=True))
    lines = [separator.join({**values, "id": id_}.get(name, "") for name in names) for id_ in minted]
    newline = "\r\n" if "\r\n" in content else "\n"
    body = content if content.endswith("\n") else content + newline
    _replace(path, body + "".join(line + newline for line in lines))
    return minted


def registered_ids(folder: Path) -> list[str]:
    """Every id of the registry, whatever its state. Raises :class:`TableErrors` when it cannot be read."""
    return _read(folder / REGISTRY.filename)[3]


def _read(path: Path) -> tuple[str, str, list[str], list[str]]:
    """Content, separator, header and ids of the registry."""
    try:
        content = path.read_bytes().decode("utf-8")
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise TableErrors(
            [CellProblem(REGISTRY.filename, 0, "", "le fichier est absent ou n'est pas en UTF-8.", "Le rétablir avant d'émettre.")]
        ) from error
    header = content.lstrip("\ufeff").partition("\n")[0]
    separator = ";" if header.count(";") > header.count(",") else ","
    names = [name.strip() for name in header.split(separator)]
    if any(name not in names for name in _FILLED):
        raise TableErrors(
            [
                CellProblem(
                    REGISTRY.filename,
                    1,
                    "",
                    "l'en-tête n'est pas celui du registre.",
                    f"Attendu : {', '.join(c.name for c in REGISTRY.columns)}.",
                )
            ]
        )
    records = list(csv.reader(io.StringIO(content.lstrip("\ufeff"), newline=""), delimiter=separator))
    place = names.index("id")
    return content, separator, names, [record[place].strip() for record in records[1:] if len(record) > place]


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


def _replace(path: Path, content: str) -> None:
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
