"""A whole table: each row answered, the answers beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ess_lod.characters import tidy
from ess_lod.insee.reference import State
from ess_lod.insee.resolver.resolution import Resolution, Verdict
from ess_lod.insee.resolver.resolver import Resolver
from ess_lod.sheet import Sheet

ADDED = ("code", "nom_officiel", "identifiant", "verdict", "raison", "candidats")


@dataclass(frozen=True)
class Report:
    """A table with its answers: header and rows with the columns of :data:`ADDED` after their own, and how often each verdict was given."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    count: Counter[Verdict]


def column_report(
    resolver: Resolver,
    sheet: Sheet,
    column: str,
    *,
    departement_column: str = "",
    kind_column: str = "",
    date_column: str = "",
    departement: str = "",
    kind: str = "",
    date: str = "",
    identify: Callable[[State], str] = lambda _: "",
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Resolve a column of a table.

    Each of ``departement``, ``kind`` and ``date`` is read from its column where one is named and the cell is not empty, otherwise the value given holds for
    all rows. ``code``, ``nom_officiel`` and ``identifiant`` (what ``identify`` says of the state: its id in this network) are empty unless the verdict is
    ``trouvé``. An added column whose name the table already has is called ``insee_…``. ``progress`` is called with the number of rows done.
    Raises :class:`ess_lod.errors.TableErrors` (French) when a column is not there.
    """
    asked = {name: sheet.place(name) for name in filter(None, (column, departement_column, kind_column, date_column))}

    def cells(name: str, otherwise: str = "") -> Iterator[str]:
        return (tidy(row[asked[name]]) or otherwise if name else otherwise for row in sheet.rows)

    answers = resolver.resolve_column(
        cells(column), cells(departement_column, departement), cells(kind_column, kind), cells(date_column, date)
    )
    rows: list[tuple[str, ...]] = []
    count: Counter[Verdict] = Counter()
    for row, found in zip(sheet.rows, answers, strict=True):
        rows.append((*row, *_added(found, identify)))
        count[found.verdict] += 1
        progress(len(rows))
    return Report((*sheet.header, *sheet.beside(ADDED, "insee_")), tuple(rows), count)


def _added(found: Resolution, identify: Callable[[State], str]) -> list[str]:
    state = found.choice
    candidates = " | ".join(f"{candidate.state.code} {candidate.state.name} ({candidate.score})" for candidate in found.candidates)
    chosen = [state.code, state.name, identify(state)] if state else ["", "", ""]
    return [*chosen, found.verdict, found.sentence, candidates]
