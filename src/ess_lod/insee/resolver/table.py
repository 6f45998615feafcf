"""A whole table: each row answered, the answers written beside it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from ess_lod.errors import CellProblem, TableErrors
from ess_lod.insee.resolver.resolution import Resolution, Verdict
from ess_lod.insee.resolver.resolver import Resolver

ADDED = ("code", "nom_officiel", "verdict", "raison", "candidats")
_SEPARATORS = ",;\t"


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

    The table is UTF-8, separated by comma, semicolon or tab; the answer is separated by commas. Each of ``departement``, ``kind`` and ``date`` is read
    from its column where one is named and the cell is not empty, otherwise the value given holds for all rows. ``code`` and ``nom_officiel``
    are empty unless the verdict is ``trouvé``. An added column whose name the table already has is called ``insee_…``.
    ``progress`` is called with the number of rows done. Raises :class:`TableErrors` (French) when the table or a column cannot be read.
    """
    header, rows = _read(table)
    asked = {name: _place(table, header, name) for name in filter(None, (column, departement_column, kind_column, date_column))}
    out = csv.writer(answer, lineterminator="\n")
    out.writerow([*header, *(f"insee_{name}" if name in header else name for name in ADDED)])
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


def _place(table: Path, header: list[str], column: str) -> int:
    if column not in header:
        raise TableErrors([CellProblem(table.name, 1, column, "la colonne est absente.", f"Colonnes présentes : {', '.join(header)}.")])
    return header.index(column)


def _read(table: Path) -> tuple[list[str], list[list[str]]]:
    try:
        text = table.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableErrors(
            [
                CellProblem(
                    table.name, 0, "", "le fichier ne peut pas être lu en UTF-8.", "Vérifier le chemin, enregistrer en « CSV UTF-8 »."
                )
            ]
        ) from error
    lines = text.splitlines(keepends=True)
    skipped = 1 if lines and lines[0].casefold().startswith("sep=") else 0
    if len(lines) == skipped:
        raise TableErrors([CellProblem(table.name, 1, "", "le fichier est vide.", "Une ligne d'en-tête est attendue.")])
    separator = max(_SEPARATORS, key=lines[skipped].count)
    reader = csv.reader(lines[skipped:], delimiter=separator)
    header = [name.strip() for name in next(reader)]
    rows = []
    for row in reader:
        if len(row) > len(header):
            line = reader.line_num + skipped
            raise TableErrors(
                [
                    CellProblem(
                        table.name,
                        line,
                        "",
                        f"{len(row)} cellules pour {len(header)} colonnes.",
                        "Mettre entre guillemets les cellules qui contiennent le séparateur.",
                    )
                ]
            )
        if any(cell.strip() for cell in row):
            rows.append(row + [""] * (len(header) - len(row)))
    return header, rows
