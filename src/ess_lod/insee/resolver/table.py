"""A whole table: each row answered, the answers written beside it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from ess_lod.insee.resolver.resolution import Resolution, Verdict
from ess_lod.insee.resolver.resolver import Resolver
from ess_lod.sheet import read_sheet

ADDED = ("code", "nom_officiel", "verdict", "raison", "candidats")


def column_report(
    resolver: Resolver,
    table: Path,
    answer: TextIO,
    column: str,
    *,
    departement_column: str = "",
    kind_column: str = "",
    date_column: str = "",
    departement: str = "",
    kind: str = "",
    date: str = "",
    progress: Callable[[int], None] = lambda _: None,
) -> Counter[Verdict]:
    """Write the rows of a CSV table with the columns of ``ADDED`` after them, and count the verdicts.

    The table is read by :func:`ess_lod.sheet.read_sheet`; the answer is separated by commas. Each of ``departement``, ``kind`` and ``date`` is read
    from its column where one is named and the cell is not empty, otherwise the value given holds for all rows. ``code`` and ``nom_officiel``
    are empty unless the verdict is ``trouvé``. An added column whose name the table already has is called ``insee_…``.
    ``progress`` is called with the number of rows done. Raises :class:`ess_lod.errors.TableErrors` (French) when the table or a column cannot be read.
    """
    sheet = read_sheet(table)
    rows = sheet.rows
    asked = {name: sheet.place(name) for name in filter(None, (column, departement_column, kind_column, date_column))}
    out = csv.writer(answer, lineterminator="\n")
    out.writerow([*sheet.header, *sheet.beside(ADDED, "insee_")])
    count: Counter[Verdict] = Counter()

    def cells(name: str, otherwise: str = "") -> Iterator[str]:
        return (row[asked[name]].strip() or otherwise if name else otherwise for row in rows)

    answers = resolver.resolve_column(
        cells(column), cells(departement_column, departement), cells(kind_column, kind), cells(date_column, date)
    )
    for row, found in zip(rows, answers, strict=True):
        out.writerow([*row, *_added(found)])
        count[found.verdict] += 1
        progress(count.total())
    return count


def _added(found: Resolution) -> list[str]:
    state = found.choice
    candidates = " | ".join(f"{candidate.state.code} {candidate.state.name} ({candidate.score})" for candidate in found.candidates)
    return [state.code if state else "", state.name if state else "", found.verdict, found.sentence, candidates]
