"""A checked row, as the reader hands it to the lift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ess_lod.publish.schema import Table


@dataclass(frozen=True)
class Row:
    """One line of a table. ``row["nom"]`` is the value or an empty string, ``row.list("sources")`` all values of a cell."""

    table: Table
    line: int
    cells: Mapping[str, tuple[str, ...]]
    unread: frozenset[str] = frozenset()
    """Columns whose cells could not be read, or are not there: empty here, and nothing is to be concluded from it."""

    def __getitem__(self, column: str) -> str:
        values = self.cells[column]
        return values[0] if values else ""

    def list(self, column: str) -> tuple[str, ...]:
        """All values of a cell."""
        return self.cells[column]


Rows = Mapping[str, list[Row]]
