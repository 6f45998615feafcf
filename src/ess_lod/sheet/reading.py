"""A file to a :class:`Sheet`: what it is, which sheet, which row is the header; what was done beyond reading is said in ``notes``."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from ess_lod.characters import tidy, visible
from ess_lod.errors import CellProblem, TableErrors
from ess_lod.sheet.delimited import NotCsv, NotUtf8, decode, delimited
from ess_lod.sheet.forms import NotATable, form_of, utf16
from ess_lod.sheet.heading import LOOKED_AT, Known, header_at, names_in
from ess_lod.sheet.workbook import Leaf, Numbered, leaves_of

_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_LONGEST_NAME = 64
_NAMED = 30
_TOLD = 20
"""Rows that are too wide, of which each is told."""


@dataclass(frozen=True)
class Sheet:
    """``rows`` are as wide as the ``header``, and rows without any text are left out; ``lines`` says in which line of the file each begins.

    ``name`` is that of the file, with that of the sheet for a workbook. ``separator`` is that of a CSV file, a comma for a workbook. ``encoding`` is ``utf-8``,
    ``utf-16``, ``cp1252``, or "" for a workbook. ``notes`` (French) are for the person whose table it is: which sheet was read, what was left out above
    the header, in which encoding.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    separator: str = ","
    encoding: str = "utf-8"
    notes: tuple[str, ...] = ()
    heading: int = 1

    def place(self, column: str) -> int:
        """Where a column is. Raises :class:`TableErrors` (French) when it is not there, or twice."""
        name = tidy(column)
        if self.header.count(name) == 1:
            return self.header.index(name)
        what = "la colonne figure deux fois." if name in self.header else "la colonne est absente."
        named = ", ".join(visible(name[:_LONGEST_NAME]) for name in self.header[:_NAMED])
        more = f"… ({len(self.header)} en tout)" if len(self.header) > _NAMED else "."
        raise TableErrors([CellProblem(self.name, self.heading, visible(column), what, f"Colonnes présentes : {named}{more}")])

    def beside(self, names: Iterable[str], prefix: str) -> list[str]:
        """Names for columns to add: those that the table already has get a prefix."""
        return [f"{prefix}{name}" if name in self.header else name for name in names]


def read_sheet(path: Path, columns: Collection[str] = (), sheet: str = "") -> Sheet:
    """Read a table: CSV, or a workbook (XLSX, XLSM, XLSB, XLS, ODS), by its bytes.

    CSV is UTF-8, UTF-16 with its mark, or Windows-1252 beyond doubt; comma, semicolon or tab, with or without Excel's ``sep=`` line. ``columns`` are the names
    that are looked for: the header is the row that has them, and of a workbook the sheet that has them is read, one that is shown before one that is hidden;
    ``sheet`` names another. Raises :class:`TableErrors` (French) with the line of what cannot be read.
    """
    wanted = frozenset(map(tidy, columns))
    try:
        body = path.read_bytes()
        form, suffix = form_of(body), path.suffix.casefold()
        if form == "workbook":
            notes = [] if suffix in _WORKBOOKS else ["c'est un classeur malgré son nom, et il est lu ainsi."]
            return _from_workbook(path.name, list(leaves_of(body)), wanted.__contains__, sheet, notes)
        notes = ["c'est du texte (CSV) malgré son nom, et il est lu ainsi."] if suffix in _WORKBOOKS else []
        return _from_text(path.name, body, wanted.__contains__, notes)
    except OSError as error:
        raise _refused(path.name, 0, "le fichier ne peut pas être lu.", "Vérifier le chemin et les droits.") from error
    except NotATable as error:
        raise _refused(path.name, error.line, error.what, error.remedy) from error


def _from_text(name: str, body: bytes, known: Known, notes: list[str]) -> Sheet:
    encoding = "utf-16" if utf16(body) else "utf-8"
    try:
        text = decode(body)
    except NotUtf8 as error:
        if not error.believable:
            raise
        text, encoding = error.text, "cp1252"
        notes.append(
            f"lu comme du Windows-1252, à vérifier : ligne {error.line}, « {error.excerpt} ». Mieux vaut enregistrer en « CSV UTF-8 »."
        )
    read = delimited(text, known)
    try:
        rows = list(read.records())
    except NotCsv as error:
        remedy = "Vérifier ses guillemets : une cellule qui s'ouvre par un guillemet se ferme par un guillemet."
        raise _refused(name, error.line, "la ligne ne peut pas être lue.", remedy) from error
    return _sheet(name, rows, known, read.separator, encoding, notes)


def _from_workbook(name: str, leaves: list[Leaf], known: Known, asked: str, notes: list[str]) -> Sheet:
    if not leaves:
        raise _empty(name)
    if asked and not any(leaf.name == asked for leaf in leaves):
        raise _refused(name, 0, f"pas de feuille « {visible(asked)} ».", f"Feuilles : {_listed(leaves)}.")
    found = {leaf.name: _found(leaf.rows, known) for leaf in leaves}
    best = max(found.values())
    fitting = [leaf for leaf in leaves if (leaf.name == asked if asked else found[leaf.name] == best)]
    leaf = fitting[0]
    notes.append(f"feuille lue : « {visible(leaf.name)} »" + (", que le classeur cache" if leaf.hidden else "") + ".")
    others = [each for each in fitting[1:] if each.hidden == leaf.hidden] if best else [each for each in leaves[1:] if not each.hidden]
    if others:
        notes.append(f"pas lues : {_listed(others)}. En lire une autre : --sheet NOM.")
    return _sheet(f"{name}, feuille « {visible(leaf.name)} »", leaf.rows, known, ",", "", notes)


def _found(rows: Numbered, known: Known) -> int:
    """How many of the names the header of a sheet has."""
    begun = [row for _, row in rows[:LOOKED_AT]]
    return names_in(begun[header_at(begun, known)], known)


def _sheet(name: str, numbered: Numbered, known: Known, separator: str, encoding: str, notes: list[str]) -> Sheet:
    place = header_at([row for _, row in numbered[:LOOKED_AT]], known)
    if not any(tidy(cell) for _, row in numbered[place : place + 1] for cell in row):
        raise _empty(name)
    heading, header = numbered[place]
    above = [line for line, row in numbered[:place] if any(cell.strip() for cell in row)]
    if place:
        left = f" ; {len(above)} au-dessus laissée{'s' * (len(above) > 1)} de côté" if above else ""
        notes.append(f"en-tête lu à la ligne {heading}{left}.")
    rows, lines, problems = [], [], []
    for line, row in numbered[place + 1 :]:
        if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
            remedy = "Mettre entre guillemets les cellules qui contiennent le séparateur."
            problems.append(CellProblem(name, line, "", f"{len(row)} cellules pour {len(header)} colonnes.", remedy))
        elif any(cell.strip() for cell in row):
            rows.append((*row, *[""] * (len(header) - len(row)))[: len(header)])
            lines.append(line)
    if problems:
        raise TableErrors(problems[:_TOLD])
    return Sheet(name, tuple(map(tidy, header)), tuple(rows), tuple(lines), separator, encoding, tuple(notes), heading)


def _listed(leaves: Iterable[Leaf]) -> str:
    return ", ".join(f"« {visible(leaf.name)} »" for leaf in leaves)


def _empty(name: str) -> TableErrors:
    return _refused(name, 1, "le fichier est vide.", "Une ligne d'en-tête est attendue.")


def _refused(name: str, line: int, what: str, remedy: str) -> TableErrors:
    return TableErrors([CellProblem(name, line, "", what, remedy)])
