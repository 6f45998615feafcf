"""A table of suggestions: written while a service is asked, completed by a person, then turned into rows of ``liens.csv``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ess_lod.characters import tidy, visible
from ess_lod.errors import CellProblem, ConfigError, TableErrors
from ess_lod.links.asking import Candidate
from ess_lod.links.targets import TARGETS, BadTarget, check_target, target_of
from ess_lod.publish.cells import CellError, Known, read_cell
from ess_lod.publish.columns import Schemes
from ess_lod.publish.dated import Dated
from ess_lod.publish.references import check_references
from ess_lod.publish.rows import Row, Rows
from ess_lod.publish.schema import TABLES
from ess_lod.publish.table_files import TableFile
from ess_lod.sheet import Sheet, csv_text, read_sheet

COLUMNS = (
    "entite",
    "nom",
    "cible",
    "nom_cible",
    "description",
    "types",
    "score",
    "sur",
    "decision",
    "confiance",
    "justification",
    "sources",
)
_FILLED = ("decision", "confiance", "justification", "sources")
LINKS = TABLES["liens"]


@dataclass(frozen=True)
class Asked:
    """A thing that a service is asked about: id and name."""

    id: str
    name: str


def to_ask(rows: Rows, kind: str, space: str) -> list[Asked]:
    """The things of a kind that have no link to where a service has its identifiers."""
    table = next(table for table in TABLES.values() if table.noun == kind)
    linked = {row["entite"] for row in rows["liens"] if _same_place(row["cible"], space)}
    column = "nom" if "nom" in table.by_name else "titre"
    return [Asked(row["id"], row[column]) for row in rows[table.name] if row[column] and row["id"] not in linked]


def _same_place(iri: str, space: str) -> bool:
    own = target_of(space)
    return target_of(iri) is own if own is not None else iri.startswith(space)


class Suggestions:
    """The file: what it has already is not asked again, and what is added keeps the separator and the columns that a spreadsheet has left it with.

    Raises :class:`TableErrors`, :class:`ConfigError` (French) for a file that cannot be added to.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._header: tuple[str, ...] = COLUMNS
        self._separator = ","
        self.known: set[str] = set()
        if not (path.is_file() and path.stat().st_size):
            self._append("\ufeff" + csv_text([COLUMNS]))
            return
        sheet = _suggestions(path)
        if sheet.encoding != "utf-8" or sheet.heading != 1 or any(name not in sheet.header for name in COLUMNS):
            raise ConfigError(
                f"{path.name} ne peut pas être complété : il faut un CSV en UTF-8 avec les colonnes {', '.join(COLUMNS)}. Donner un autre --out."
            )
        self._header, self._separator = sheet.header, sheet.separator
        self.known = {tidy(row[sheet.place("entite")]) for row in sheet.rows}
        if not path.read_bytes().endswith((b"\n", b"\r")):
            self._append("\n")

    def add(self, asked: Asked, candidates: list[Candidate]) -> None:
        """The candidates of one thing; a line without target where there are none, so that it is not asked again."""
        thing = {"entite": asked.id, "nom": asked.name}
        rows = [
            thing
            | {
                "cible": each.iri,
                "nom_cible": each.name,
                "description": each.description,
                "types": " | ".join(each.types),
                "score": each.score,
                "sur": "oui" if each.match else "non",
            }
            for each in candidates
        ]
        self._append(csv_text(([_plain(row.get(name, "")) for name in self._header] for row in rows or [thing]), self._separator))
        self.known.add(asked.id)

    def _append(self, text: str) -> None:
        with self._path.open("a", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def _plain(cell: str) -> str:
    """A text of others that a spreadsheet will not take for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "@", "\t", "\r") or (cell[:1] == "-" and not cell[1:2].isdigit()) else cell


def read_suggestions(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and cells of each row. Raises as :func:`_suggestions`."""
    yield from _rows(_suggestions(path))


def _rows(sheet: Sheet) -> Iterator[tuple[int, dict[str, str]]]:
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        yield line, dict(zip(sheet.header, map(tidy, row), strict=True))


def _suggestions(path: Path) -> Sheet:
    """The table. Raises :class:`TableErrors`, :class:`ConfigError` (French) for a file that cannot be read for certain, or has not the columns once each."""
    needed = ("entite", "cible", *_FILLED)
    sheet = read_sheet(path, needed)
    if sheet.encoding == "cp1252":  # what it says is published: no letter may be guessed
        raise ConfigError(f"{path.name} n'est pas en UTF-8. Dans le tableur : Enregistrer sous, type « CSV UTF-8 ».")
    missing = [name for name in needed if name not in sheet.header]
    if missing:
        raise ConfigError(f"{sheet.name} n'est pas une table de « ess-lod links suggest » : il manque les colonnes {', '.join(missing)}.")
    for name in needed:
        sheet.place(name)
    return sheet


@dataclass(frozen=True)
class Accepted:
    """What was done of a table of suggestions: links added, already there, refused by a person, not decided; and how the table was read (French)."""

    added: int
    known: int
    refused: int
    undecided: int
    notes: tuple[str, ...] = ()


def accept(path: Path, folder: Path, rows: Rows, schemes: Schemes, dated: Dated | None = None) -> Accepted:
    """Add the links that a person has said « oui » to. Raises :class:`TableErrors` with all that is missing, and then writes nothing."""
    problems: list[CellProblem] = []
    new: list[Row] = []
    counts = {"oui": 0, "non": 0, "": 0}
    known = {(row["entite"], row["cible"]) for row in rows["liens"]}
    there = 0
    sheet = _suggestions(path)
    for line, cells in _rows(sheet):
        decision = cells["decision"].lower()
        if decision not in counts:
            problems.append(
                CellProblem(sheet.name, line, "decision", f"« {visible(cells['decision'])} » n'est pas une décision.", "Écrire oui ou non.")
            )
            continue
        counts[decision] += 1 if cells["cible"] else 0
        if decision != "oui":
            continue
        if (cells["entite"], cells["cible"]) in known:
            there += 1
            continue
        row = _row(line, cells, schemes, sheet.name, problems)
        if row is not None:
            new.append(row)
    if not problems:
        found = check_references({**rows, "liens": [*rows["liens"], *new]}, dated)
        problems += [CellProblem(sheet.name, each.line, each.column, each.what, each.remedy) for each in found if _of_new(each, new)]
    if problems:
        raise TableErrors(problems)
    if new:
        TableFile(folder, LINKS).append([{name: " | ".join(values) for name, values in row.cells.items()} for row in new])
    return Accepted(len(new), there, counts["non"], counts[""], sheet.notes)


def _of_new(problem: CellProblem, new: list[Row]) -> bool:
    return problem.file == LINKS.filename and problem.line in {row.line for row in new}


def _row(line: int, cells: Mapping[str, str], schemes: Schemes, name: str, problems: list[CellProblem]) -> Row | None:
    """A suggestion as a row of links: each cell read as the table reads it."""
    before = len(problems)
    found: dict[str, tuple[str, ...]] = {}
    for column in LINKS.columns:
        text = cells.get(column.name, "")
        if column.name == "genre":
            continue
        try:
            found[column.name] = read_cell(text, column, Known(schemes))
        except CellError as error:
            problems.append(CellProblem(name, line, column.name, error.what, error.remedy))
    if len(problems) > before:
        return None
    own = target_of(found["cible"][0])
    try:
        target = check_target(found["cible"][0], own.name if own else "reseau")
    except BadTarget as error:
        problems.append(CellProblem(name, line, error.column, error.what, error.remedy))
        return None
    found["genre"] = (TARGETS[target.name].name,)
    return Row(LINKS, line, found)
