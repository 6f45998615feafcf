"""A table of suggestions: written while a service is asked, completed by a person, then turned into rows of ``liens.csv``."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ess_lod.errors import CellProblem, ConfigError, TableErrors
from ess_lod.links.asking import Candidate
from ess_lod.links.targets import TARGETS, BadTarget, check_target, target_of
from ess_lod.publish.cells import CellError, read_cell
from ess_lod.publish.dated import Dated
from ess_lod.publish.references import check_references
from ess_lod.publish.rows import Row, Rows
from ess_lod.publish.schema import TABLES
from ess_lod.publish.table_files import TableFile

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
    """The file: what it has already is not asked again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.known: set[str] = set()
        if path.is_file() and path.stat().st_size:
            self.known = {row["entite"] for _, row in read_suggestions(path)}
        else:
            self._write([COLUMNS], "\ufeff")

    def add(self, asked: Asked, candidates: list[Candidate]) -> None:
        """The candidates of one thing; a line without target where there are none, so that it is not asked again."""
        lines: list[tuple[str, ...]] = [
            (
                asked.id,
                asked.name,
                each.iri,
                each.name,
                each.description,
                " | ".join(each.types),
                each.score,
                "oui" if each.match else "non",
                "",
                "",
                "",
                "",
            )
            for each in candidates
        ]
        self._write(lines or [(asked.id, asked.name, *("",) * (len(COLUMNS) - 2))])
        self.known.add(asked.id)

    def _write(self, lines: list[tuple[str, ...]], start: str = "") -> None:
        with self._path.open("a", encoding="utf-8", newline="") as file:
            file.write(start)
            csv.writer(file, lineterminator="\n").writerows([[_plain(cell) for cell in line] for line in lines])
            file.flush()
            os.fsync(file.fileno())


def _plain(cell: str) -> str:
    """A text of others that a spreadsheet will not take for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "@", "\t", "\r") or (cell[:1] == "-" and not cell[1:2].isdigit()) else cell


def read_suggestions(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and cells of each row. Raises :class:`ConfigError` (French) for a file that has not the columns."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path.name} n'est pas en UTF-8. Dans le tableur : Enregistrer sous, type « CSV UTF-8 ».") from error
    first = text.partition("\n")[0]
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=max((",", ";", "\t"), key=first.count))
    missing = [name for name in ("entite", "cible", *_FILLED) if name not in (reader.fieldnames or ())]
    if missing:
        raise ConfigError(f"{path.name} n'est pas une table de « ess-lod links suggest » : il manque les colonnes {', '.join(missing)}.")
    begun = 2
    for row in reader:
        yield begun, {name: (value or "").strip() for name, value in row.items() if isinstance(name, str) and not isinstance(value, list)}
        begun = reader.line_num + 1


@dataclass(frozen=True)
class Accepted:
    """What was done of a table of suggestions: links added, already there, refused by a person, not decided."""

    added: int
    known: int
    refused: int
    undecided: int


def accept(path: Path, folder: Path, rows: Rows, schemes: Mapping[str, frozenset[str]], dated: Dated | None = None) -> Accepted:
    """Add the links that a person has said « oui » to. Raises :class:`TableErrors` with all that is missing, and then writes nothing."""
    problems: list[CellProblem] = []
    new: list[Row] = []
    counts = {"oui": 0, "non": 0, "": 0}
    known = {(row["entite"], row["cible"]) for row in rows["liens"]}
    there = 0
    for line, cells in read_suggestions(path):
        decision = cells["decision"].lower()
        if decision not in counts:
            problems.append(
                CellProblem(path.name, line, "decision", f"« {cells['decision']} » n'est pas une décision.", "Écrire oui ou non.")
            )
            continue
        counts[decision] += 1 if cells["cible"] else 0
        if decision != "oui":
            continue
        if (cells["entite"], cells["cible"]) in known:
            there += 1
            continue
        row = _row(line, cells, schemes, path.name, problems)
        if row is not None:
            new.append(row)
    if not problems:
        found = check_references({**rows, "liens": [*rows["liens"], *new]}, dated)
        problems += [CellProblem(path.name, each.line, each.column, each.what, each.remedy) for each in found if _of_new(each, new)]
    if problems:
        raise TableErrors(problems)
    if new:
        TableFile(folder, LINKS).append([{name: " | ".join(values) for name, values in row.cells.items()} for row in new])
    return Accepted(len(new), there, counts["non"], counts[""])


def _of_new(problem: CellProblem, new: list[Row]) -> bool:
    return problem.file == LINKS.filename and problem.line in {row.line for row in new}


def _row(line: int, cells: Mapping[str, str], schemes: Mapping[str, frozenset[str]], name: str, problems: list[CellProblem]) -> Row | None:
    """A suggestion as a row of links: each cell read as the table reads it."""
    before = len(problems)
    found: dict[str, tuple[str, ...]] = {}
    for column in LINKS.columns:
        text = cells.get(column.name, "")
        if column.name == "genre":
            continue
        try:
            found[column.name] = read_cell(text, column, schemes)
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
