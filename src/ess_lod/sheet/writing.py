"""A table written in one step: CSV for Excel, or XLSX without formulas."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from ess_lod.errors import CellProblem, TableErrors

_MOST_LETTERS = 32_767
_MOST_ROWS = 1_048_576
Value = str | float


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
                    file.writelines(csv_text([row], separator) for row in (header, *rows))
            Path(aside).chmod(0o644)
            os.replace(aside, path)
        finally:
            Path(aside).unlink(missing_ok=True)
    except OSError as error:
        what = f"le fichier ne peut pas être écrit ({error.strerror or error})."
        raise TableErrors(
            [CellProblem(path.name, 0, "", what, "Vérifier le dossier et les droits, fermer le fichier s'il est ouvert.")]
        ) from error


def csv_text(rows: Iterable[Sequence[Value]], separator: str = ",") -> str:
    """Rows as CSV, each ended by LF. A cell with CR alone is quoted too, which ``csv.writer`` does only where CR ends its lines."""
    written = []
    for row in rows:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=separator, lineterminator="\r\n").writerow(row)
        written.append(out.getvalue().removesuffix("\r\n") + "\n")
    return "".join(written)


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
