"""What the tables held when a version was made, so that a later reading can say what is new and what is gone.

Kept beside the releases, in ``releases/tables/{version}.json``, and never served: of each row there is a fingerprint only. A version made before, or
elsewhere, has none; then nothing is compared.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ess_lod.errors import CellProblem
from ess_lod.publish.columns import Table
from ess_lod.release import versions

FOLDER = "tables"
_DIGITS = 16


@dataclass(frozen=True)
class Holding:
    """By table: how many cells of each column are filled, and the fingerprints of its rows."""

    cells: Mapping[str, Mapping[str, int]]
    rows: Mapping[str, frozenset[str]]


def fingerprint(texts: Mapping[str, str]) -> str:
    """Of the filled cells of a row, whatever the order of its columns."""
    filled = sorted((name, text) for name, text in texts.items() if text)
    return hashlib.sha256(json.dumps(filled, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def holding_of(tables: Mapping[str, list[Mapping[str, str]]]) -> Holding:
    """What tables hold: their rows as tidy texts by column."""
    cells: dict[str, dict[str, int]] = {}
    for name, rows in tables.items():
        counted = cells.setdefault(name, {})
        for texts in rows:
            for column, text in texts.items():
                if text:
                    counted[column] = counted.get(column, 0) + 1
    return Holding(cells, {name: frozenset(map(fingerprint, rows)) for name, rows in tables.items()})


def keep(releases: Path, version: str, held: Holding) -> None:
    """Remember what the tables held for a version; what was remembered of versions that are gone goes."""
    folder = releases / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    content = {"cells": held.cells, "rows": {name: sorted(rows) for name, rows in held.rows.items()}}
    unfinished = folder / f".{version}.{os.getpid()}"
    unfinished.write_text(json.dumps(content, ensure_ascii=False, sort_keys=True), "utf-8")
    unfinished.replace(folder / f"{version}.json")
    known = set(versions(releases))
    for path in folder.glob("*.json"):
        if path.stem not in known:
            path.unlink(missing_ok=True)


def kept(releases: Path, version: str) -> Holding | None:
    """What the tables held for a version, as far as it is remembered."""
    try:
        content = json.loads((releases / FOLDER / f"{version}.json").read_text("utf-8"))
        return Holding(content["cells"], {name: frozenset(rows) for name, rows in content["rows"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def emptied(before: Holding, now: Holding, tables: Mapping[str, Table]) -> Iterator[CellProblem]:
    """A remark for each column of which fewer cells are filled than were published (French), and how many."""
    for name, table in tables.items():
        had, has = before.cells.get(name, {}), now.cells.get(name, {})
        rows = len(before.rows.get(name, ())) - len(now.rows.get(name, ()))
        for column, count in had.items():
            left = has.get(column, 0)
            if count - left <= max(rows, 0):
                continue
            if left:
                what = f"{_cells(count - left)} de moins que dans la version publiée ({left} pour {count})."
            else:
                what = f"la colonne n'y est plus, ou est vide : {_cells(count)} de la version publiée disparaissent."
            yield CellProblem(table.filename, 0, column, what, _REMEDY)
        if rows > 0:
            what = f"{rows} ligne{'s' * (rows > 1)} de moins que dans la version publiée."
            yield CellProblem(table.filename, 0, "", what, _REMEDY)


_REMEDY = "Rétablir, si ce n'est pas voulu."


def _cells(count: int) -> str:
    return f"{count} cellule{'s' * (count > 1)} remplie{'s' * (count > 1)}"
