"""Tables written to: rows added at the end, cells filled in, everything else left as it stands, byte for byte.

The separator, the line ends and the byte-order mark of the file stay; it is replaced in one step.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ess_lod.characters import tidy
from ess_lod.errors import CellProblem, TableErrors
from ess_lod.publish.columns import Table

_SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True)
class Record:
    """A row as it is written: the line where it begins and the first one after it (1 is the first of the file), its cells by column."""

    line: int
    end: int
    cells: Mapping[str, str]


class TableFile:
    """A table in a folder. Raises :class:`TableErrors` (French) when it cannot be read."""

    def __init__(self, folder: Path, table: Table) -> None:
        self.path, self.table = folder / table.filename, table
        try:
            self._text = self.path.read_bytes().decode("utf-8")
        except (FileNotFoundError, UnicodeDecodeError) as error:
            raise self._error(0, "le fichier est absent ou n'est pas en UTF-8.") from error
        self._lines = io.StringIO(self._text, newline="").readlines()
        self._newline = "\r\n" if "\r\n" in self._text else "\n"
        self._skipped = 1 if self._text.lstrip("\ufeff").lower().startswith("sep=") else 0
        header = self._lines[self._skipped].lstrip("\ufeff") if len(self._lines) > self._skipped else ""
        self._separator = max(_SEPARATORS, key=header.count)
        names = [tidy(name).strip('"') for name in header.strip().split(self._separator)]
        self.names = [table.named(name) or name for name in names]
        if any(column.name not in self.names for column in table.columns if column.required):
            raise self._error(1, f"l'en-tête n'est pas celui de la table. Attendu : {', '.join(column.name for column in table.columns)}.")

    def records(self) -> list[Record]:
        """The rows, empty lines left out."""
        reader = csv.reader(self._lines[self._skipped + 1 :], delimiter=self._separator)
        found, begun = [], self._skipped + 2
        for cells in reader:
            end = self._skipped + 2 + reader.line_num
            if any(cell.strip() for cell in cells):
                found.append(Record(begun, end, {name: cell.strip() for name, cell in zip(self.names, cells, strict=False)}))
            begun = end
        return found

    def append(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Add rows at the end. A value whose column the file does not have is an error, not a loss."""
        self._fits(rows)
        body = self._text if not self._text or self._text.endswith("\n") else self._text + self._newline
        self._replace(body + "".join(self._written(row) for row in rows))

    def change(self, changes: Mapping[int, Mapping[str, str]]) -> None:
        """Fill in cells of the rows that begin at some lines."""
        self._fits(changes.values())
        lines = list(self._lines)
        for record in reversed(self.records()):
            if record.line in changes:
                lines[record.line - 1 : record.end - 1] = [self._written({**record.cells, **changes[record.line]})]
        self._replace("".join(lines))

    def _fits(self, rows: Iterable[Mapping[str, str]]) -> None:
        lost = sorted({name for row in rows for name, value in row.items() if value and name not in self.names})
        if lost:
            raise self._error(1, f"il manque des colonnes à l'en-tête : {', '.join(lost)}.")

    def _written(self, row: Mapping[str, str]) -> str:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=self._separator, lineterminator=self._newline).writerow([row.get(name, "") for name in self.names])
        return out.getvalue()

    def _replace(self, text: str) -> None:
        unfinished = self.path.with_suffix(".unfinished")
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path)

    def _error(self, line: int, what: str) -> TableErrors:
        return TableErrors([CellProblem(self.table.filename, line, "", what, "Le rétablir, puis recommencer.")])
