"""Which row of a table is its header: people put titles, dates and blank lines above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ess_lod.characters import tidy

LOOKED_AT = 30
"""Rows, from the first, among which a header is looked for."""

Known = Callable[[str], bool]
"""Whether a text is the name of a column that is looked for."""


def header_at(rows: Sequence[Sequence[str]], known: Known) -> int:
    """The place of the header: the first row with most of the known names; without any, the first row that is no blank and no title.

    A title is a row of one cell above a row of several.
    """
    begun = rows[:LOOKED_AT]
    found = [names_in(row, known) for row in begun]
    if any(found):
        return found.index(max(found))
    filled = [sum(bool(tidy(cell)) for cell in row) for row in begun]
    written = [place for place, cells in enumerate(filled) if cells]
    return next((place for place in written if filled[place] > 1), written[0] if written else 0)


def names_in(row: Sequence[str], known: Known) -> int:
    """How many cells of a row are known names."""
    return sum(known(tidy(cell)) for cell in row)


def width(row: Sequence[str]) -> int:
    """The cells of a row up to the last that is not blank."""
    return max((place for place, cell in enumerate(row, 1) if cell.strip()), default=0)
