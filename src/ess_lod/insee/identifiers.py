"""``identifiants.csv``: which id each life of the region has. Minted once, never reused; a published id stays even when a name or a kind changes."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from ess_lod.insee.lives import Life, lives_of
from ess_lod.insee.reference import Reference, ReferenceUnreadable, State, read_rows

FILENAME = "identifiants.csv"
COLUMNS = ("id", "niveau", "code", "debut", "emis_le")
FIRST = 1001
"""Ids of lives begin here: below are the territories that people keep by hand."""


def read_identifiers(folder: Path) -> dict[tuple[str, str, str], str]:
    """(level, code, start of the life) → id. Raises :class:`ReferenceUnreadable` (French) naming the line of an id or a life that stands twice."""
    found: dict[tuple[str, str, str], str] = {}
    seen: set[str] = set()
    for line, (id_, level, code, start, _) in enumerate(read_rows(folder / FILENAME, COLUMNS), 2):
        if id_ in seen or (level, code, start) in found:
            raise ReferenceUnreadable(f"{FILENAME}, ligne {line} : {id_} ou {level} {code} figure deux fois. Supprimer la ligne en trop.")
        seen.add(id_)
        found[level, code, start] = id_
    return found


class Identities:
    """The id that this network gives to a state of the reference: that of the life which it is a part of, "" when that has none."""

    def __init__(self, reference: Reference, folder: Path) -> None:
        self._reference = reference
        self._known = read_identifiers(folder) if (folder / FILENAME).is_file() else {}

    def of(self, state: State) -> str:
        """The id for a state."""
        lives = lives_of(self._reference, state.family, state.code)
        return next((self._known.get(life.key, "") for life in lives if state in life.states), "")


def mint_lives(folder: Path, lives: Iterable[Life], taken: Iterable[str] = (), today: datetime.date | None = None) -> list[str]:
    """Give an id to each life that has none, in one step, and return the new ids. ``taken`` are ids that must not be given (the registry's)."""
    path = folder / FILENAME
    known = read_identifiers(folder) if path.is_file() else {}
    used = {*known.values(), *taken}
    number = max([FIRST - 1, *(int(id_[1:]) for id_ in used if id_.startswith("T") and id_[1:].isdigit())])
    day = (today or datetime.datetime.now(datetime.UTC).date()).isoformat()
    minted: list[tuple[str, ...]] = []
    for life in lives:
        if life.key not in known:
            number += 1
            minted.append((f"T{number}", *life.key, day))
    if minted:
        _write(path, minted)
    return [row[0] for row in minted]


def lost(known: Mapping[tuple[str, str, str], str], lives: Iterable[Life]) -> dict[str, tuple[str, str, str]]:
    """Ids whose life the reference no longer has, with what they named: a published territory would vanish."""
    present = {life.key for life in lives}
    return {id_: key for key, id_ in known.items() if key not in present}


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    before = path.read_bytes().decode("utf-8") if path.is_file() else ",".join(COLUMNS) + "\n"
    before = before if before.endswith("\n") else before + "\n"
    added = io.StringIO(newline="")
    csv.writer(added, lineterminator="\n").writerows(rows)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(before + added.getvalue(), "utf-8", newline="\n")
    unfinished.replace(path)
