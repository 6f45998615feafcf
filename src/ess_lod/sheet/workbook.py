"""Workbooks: XLSX, XLSM, XLSB, XLS and ODS, by python-calamine, which tells them by their bytes. Values are read, never formulas."""

from __future__ import annotations

import datetime
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ess_lod.sheet.forms import NotATable

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_MOST_CELLS = 10_000_000
_MOST_BYTES = 300_000_000
_PIECE = 1_048_576
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,12})([0-9]{1,12})["']""")
"""Where a cell or a row of XLSX is: ``r="XFD1048576"``, ``r="12"``."""
_DIMENSIONS = re.compile(rb"\x94\x01\x10(.{16})", re.DOTALL)
"""``BrtWsDim`` of XLSB ([MS-XLSB] 2.4.823): first and last row, first and last column."""
_LONGEST_PLACE = 64
_TOO_LARGE = (
    f"le classeur est trop grand : au plus {_MOST_CELLS // 1_000_000} millions de cases, {_MOST_BYTES // 1_000_000} Mo une fois décompressé.",
    "Supprimer les lignes et les colonnes vides après la table (une seule case écrite très loin suffit), ou enregistrer en « CSV UTF-8 ».",
)
Numbered = list[tuple[int, list[str]]]
"""Rows with the line of the sheet on which each stands."""


@dataclass(frozen=True)
class Leaf:
    """A sheet of a workbook that may hold a table; ``hidden`` when the workbook does not show it."""

    name: str
    hidden: bool
    rows: Numbered


def leaves_of(body: bytes) -> Iterator[Leaf]:
    """The sheets of a workbook that have cells, those that are shown first. Raises :class:`NotATable` for one that cannot be read."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum  # not before: few need it

    if _is_too_large(body):
        raise NotATable(*_TOO_LARGE)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        sheets = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        for hidden in (False, True):
            for sheet in sheets:
                if (sheet.visible != SheetVisibleEnum.Visible) is hidden and (rows := _rows(book, sheet.name)):
                    yield Leaf(sheet.name, hidden, rows)
    except PasswordError as error:
        raise NotATable("le classeur est protégé par un mot de passe.", "L'enregistrer sans mot de passe.") from error
    except (CalamineError, OSError) as error:
        remedy = "L'ouvrir dans le tableur, puis Enregistrer sous, type « Classeur Excel (.xlsx) », sans mot de passe, ou « CSV UTF-8 »."
        raise NotATable("le classeur ne peut pas être lu.", remedy) from error


def _rows(book: CalamineWorkbook, name: str) -> Numbered:
    """The rows of a sheet from the first that has a text, as wide as the last cell with one: a sheet may have a look where it has no text."""
    rows = [
        (line, [_text(cell) for cell in row]) for line, row in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), 1)
    ]
    first = next((place for place, (_, row) in enumerate(rows) if any(row)), len(rows))
    width = max((place for _, row in rows for place, cell in enumerate(row, 1) if cell), default=0)
    return [(line, row[:width]) for line, row in rows[first:]]


def _is_too_large(body: bytes) -> bool:
    """Whether a workbook would take the memory: the reader keeps a place for every cell up to the last row and column, and unpacks without limit.

    XLS cannot: it has 65,536 rows of 256 cells, and is not packed.
    """
    size = rows = columns = 0
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            for name in parts.namelist():
                with parts.open(name) as part:
                    kept = b""
                    while piece := part.read(_PIECE):
                        size += len(piece)
                        text = kept + piece
                        for letters, digits in _PLACE.findall(text):
                            rows, columns = max(rows, int(digits)), max(columns, _column(letters))
                        if name.endswith(".bin") and not kept and (found := _DIMENSIONS.search(text)):
                            _, last_row, _, last_column = struct.unpack("<4I", found[1])
                            rows, columns = max(rows, last_row + 1), max(columns, last_column + 1)
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


def _text(cell: object) -> str:
    """A cell as a text: codes that Excel made numbers have no decimals, dates are ISO."""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else str(cell)
