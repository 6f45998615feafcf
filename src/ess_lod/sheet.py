"""A table that somebody else keeps, CSV or XLSX: read whole, as texts, and written again with columns beside its own."""

from __future__ import annotations

import csv
import datetime
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ess_lod.errors import CellProblem, TableErrors

_SEPARATORS = ",;\t"
_MOST_LETTERS = 32_767
_MOST_ROWS = 1_048_576
_MOST_CELLS = 10_000_000
_MOST_BYTES = 300_000_000
_PIECE = 1_048_576
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,12})([0-9]{1,12})["']""")
"""Where a cell or a row of a sheet is: ``r="XFD1048576"``, ``r="12"``."""
_LONGEST_PLACE = 64
_NAMED = 30
Value = str | float


@dataclass(frozen=True)
class Sheet:
    """``rows`` are as wide as the ``header``, and rows without any text are left out; ``lines`` says in which line of the file each stands.

    ``separator`` is that of a CSV file, a comma for a workbook.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    separator: str = ","

    def place(self, column: str) -> int:
        """Where a column is. Raises :class:`TableErrors` (French) when it is not there, or twice."""
        if self.header.count(column) == 1:
            return self.header.index(column)
        what = "la colonne figure deux fois." if column in self.header else "la colonne est absente."
        named = ", ".join(name[:_LONGEST_PLACE] for name in self.header[:_NAMED])
        more = f"… ({len(self.header)} en tout)" if len(self.header) > _NAMED else "."
        raise TableErrors([CellProblem(self.name, 1, column, what, f"Colonnes présentes : {named}{more}")])

    def beside(self, names: Iterable[str], prefix: str) -> list[str]:
        """Names for columns to add: those that the table already has get a prefix."""
        return [f"{prefix}{name}" if name in self.header else name for name in names]


def read_sheet(path: Path) -> Sheet:
    """Read a table: XLSX (its first sheet) by its extension, else CSV in UTF-8, separated by comma, semicolon or tab, with or without Excel's ``sep=`` line.

    Raises :class:`TableErrors` (French) with the line of what cannot be read.
    """
    numbered, separator = (_xlsx(path), ",") if path.suffix.casefold() in (".xlsx", ".xlsm") else _csv(path)
    if not numbered:
        raise TableErrors([CellProblem(path.name, 1, "", "le fichier est vide.", "Une ligne d'en-tête est attendue.")])
    _, header = numbered[0]
    rows, lines = [], []
    for line, row in numbered[1:]:
        if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
            remedy = "Mettre entre guillemets les cellules qui contiennent le séparateur."
            raise TableErrors([CellProblem(path.name, line, "", f"{len(row)} cellules pour {len(header)} colonnes.", remedy)])
        if any(cell.strip() for cell in row):
            rows.append((*row, *[""] * (len(header) - len(row)))[: len(header)])
            lines.append(line)
    return Sheet(path.name, tuple(name.strip() for name in header), tuple(rows), tuple(lines), separator)


def write_sheet(path: Path, header: Sequence[str], rows: Iterable[Sequence[Value]], separator: str = ",") -> None:
    """Write a table in one step, XLSX or CSV by the extension. CSV is UTF-8 with a byte-order mark, which Excel needs; XLSX has no formulas.

    The ``separator`` of CSV should be that of the table that was read: Excel opens a file in columns only with the one of its country.

    Raises :class:`TableErrors` (French) when the file cannot be written, or has more rows than XLSX can.
    """
    try:
        handle, aside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        os.close(handle)
        try:
            if path.suffix.casefold() == ".xlsx":
                _write_xlsx(Path(aside), path.name, header, rows)
            else:
                with Path(aside).open("w", encoding="utf-8-sig", newline="") as file:
                    csv.writer(file, delimiter=separator, lineterminator="\n").writerows([header, *rows])
            Path(aside).chmod(0o644)
            os.replace(aside, path)
        finally:
            Path(aside).unlink(missing_ok=True)
    except OSError as error:
        what = f"le fichier ne peut pas être écrit ({error.strerror or error})."
        raise TableErrors(
            [CellProblem(path.name, 0, "", what, "Vérifier le dossier et les droits, fermer le fichier s'il est ouvert.")]
        ) from error


def _csv(path: Path) -> tuple[list[tuple[int, list[str]]], str]:
    """The rows with their lines, and the separator."""
    try:
        found = path.read_bytes()
        text = found.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, UnicodeDecodeError):
            line, what = found[: error.start].count(b"\n") + 1, "le fichier n'est pas en UTF-8 (sans doute Windows-1252)."
            remedy = "Dans le tableur : Enregistrer sous, type « CSV UTF-8 », ou en « Classeur Excel (.xlsx) »."
        else:
            line, what, remedy = 0, "le fichier ne peut pas être lu.", "Vérifier le chemin et les droits."
        raise TableErrors([CellProblem(path.name, line, "", what, remedy)]) from error
    lines = text.splitlines(keepends=True)
    skipped = 1 if lines and lines[0].casefold().startswith("sep=") else 0
    if len(lines) == skipped:
        return [], ","
    separator = max(_SEPARATORS, key=lines[skipped].count)
    reader = csv.reader(lines[skipped:], delimiter=separator, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend((reader.line_num + skipped, row) for row in reader)
    except csv.Error as error:
        begun = rows[-1][0] + 1 if rows else skipped + 1
        remedy = "Vérifier ses guillemets : une cellule qui s'ouvre par un guillemet se ferme par un guillemet."
        raise TableErrors([CellProblem(path.name, begun, "", "la ligne ne peut pas être lue.", remedy)]) from error
    return rows, separator


def _xlsx(path: Path) -> list[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook  # not before: few need it

    if _is_too_large(path):
        what = f"le classeur est trop grand : au plus {_MOST_CELLS // 1_000_000} millions de cases, {_MOST_BYTES // 1_000_000} Mo une fois décompressé."
        remedy = "Supprimer les lignes et les colonnes vides après la table (une seule case écrite très loin suffit), ou enregistrer en « CSV UTF-8 »."
        raise TableErrors([CellProblem(path.name, 0, "", what, remedy)])
    try:
        cells = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        remedy = "Enregistrer en « Classeur Excel (.xlsx) », sans mot de passe, ou en « CSV UTF-8 »."
        raise TableErrors([CellProblem(path.name, 0, "", "le classeur ne peut pas être lu.", remedy)]) from error
    rows = [(line, [_text(cell) for cell in row]) for line, row in enumerate(cells, 1)]
    first = next((place for place, (_, row) in enumerate(rows) if any(row)), len(rows))
    return _without_empty_columns(rows[first:])


def _is_too_large(path: Path) -> bool:
    """Whether a workbook would take the memory: the reader keeps a place for every cell up to the last row and column, and unpacks without limit."""
    size = rows = columns = 0
    try:
        with zipfile.ZipFile(path) as parts:
            for name in parts.namelist():
                with parts.open(name) as part:
                    kept = b""
                    while piece := part.read(_PIECE):
                        size += len(piece)
                        for letters, digits in _PLACE.findall(kept + piece):
                            rows, columns = max(rows, int(digits)), max(columns, _column(letters))
                        if size > _MOST_BYTES or rows * columns > _MOST_CELLS:
                            return True
                        kept = piece[-_LONGEST_PLACE:]
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, zlib.error):
        return False  # the reader says what is wrong
    return False


def _column(letters: bytes) -> int:
    """``A`` → 1, ``XFD`` → 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _without_empty_columns(rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """A sheet may have a look, and so a width, where it has no text."""
    width = max((place + 1 for _, row in rows for place, cell in enumerate(row) if cell), default=0)
    return [(line, row[:width]) for line, row in rows]


def _text(cell: object) -> str:
    """A cell as a text: codes that Excel made numbers have no decimals, dates are ISO."""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else str(cell)


def _write_xlsx(aside: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    import xlsxwriter  # not before: few need it

    with xlsxwriter.Workbook(aside, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for line, row in enumerate([header, *rows]):
            if line >= _MOST_ROWS:
                raise TableErrors([CellProblem(name, 0, "", f"Excel a {_MOST_ROWS} lignes au plus.", "Écrire en CSV.")])
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, place, value[:_MOST_LETTERS])
                else:
                    sheet.write_number(line, place, value)
