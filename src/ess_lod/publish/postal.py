"""A postal code where the code of a commune is wanted: 62200 is the INSEE code of Cambrin and the postal code of Boulogne-sur-Mer.

Half of all postal codes are INSEE codes of other communes, so nothing is wrong with the cell alone. What else is known of the row decides whether to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ess_lod.errors import CellProblem
from ess_lod.publish.columns import AGENT, Kind, fold
from ess_lod.publish.dated import Dated
from ess_lod.publish.rows import Row, Rows

_TEXTS = ("nom", "anciens_noms", "autres_noms", "description_fr")
_TERRITORIES = ("territoires", "intervient_sur")
_TIES = (("mises_en_avant", "entite", "supplement"), ("mentions", "entite", "publication"), ("implications", "agent", "dans"))
"""Tables that tie an organisation to what has territories: table, column of the organisation, column of the other thing."""


def check_postal(rows: Rows, dated: Dated) -> Iterator[CellProblem]:
    """A remark for each code that may be a postal one, unless the row itself speaks for the commune that has it as its INSEE code.

    It speaks by a name of the commune in its texts, or by a territory, its own or of what it takes part in, that the commune is in. When it speaks for
    neither, the more populous is the likelier.
    """
    tied = _tied(rows)
    for table in rows.values():
        for row in table:
            for column in row.table.columns:
                code = row[column.name] if column.kind is Kind.COMMUNE else ""
                others = [each for each in dated.postal.get(code, ()) if each != code] if code not in dated.postal.get(code, ()) else []
                if others and _doubtful(row, code, others, tied, dated):
                    yield _question(row, column.name, code, others, dated)


def _question(row: Row, column: str, code: str, others: Sequence[str], dated: Dated) -> CellProblem:
    what = f"{code} est le code Insee de {_name(code, dated)}, et le code postal de {dated.named(others)}."
    remedy = "Si c'est un code postal, écrire le code Insee de la commune ; sinon rien n'est à changer."
    return CellProblem(row.table.filename, row.line, column, what, remedy)


def _doubtful(row: Row, code: str, others: Sequence[str], tied: Mapping[str, list[str]], dated: Dated) -> bool:
    text = f" {fold(' '.join(value for name in _TEXTS if name in row.cells for value in row.list(name)))} "
    territories = _territories(row, tied)
    speaks: tuple[Callable[[str], bool], ...] = (
        lambda commune: f" {fold(_name(commune, dated))} " in text,
        lambda commune: _within(commune, territories, dated),
    )
    for spoken in speaks:
        if spoken(code):
            return False
        if any(map(spoken, others)):
            return True
    return max(_people(each, dated) for each in others) > _people(code, dated)


def _name(commune: str, dated: Dated) -> str:
    state = dated.reference.at("commune", commune, dated.reference.last)
    return state.name if state else commune


def _people(commune: str, dated: Dated) -> int:
    state = dated.reference.at("commune", commune, dated.reference.last)
    return (state.population if state else None) or 0


def _tied(rows: Rows) -> dict[str, list[str]]:
    """Organisation → the territories of what it takes part in."""
    of = {row["id"]: row.list("territoires") for name in ("supplements", "cooperations", "dispositifs") for row in rows[name]}
    found: dict[str, list[str]] = {}
    for name, who, what in _TIES:
        for row in rows[name]:
            found.setdefault(row[who], []).extend(of.get(row[what], ()))
    return found


def _territories(row: Row, tied: Mapping[str, list[str]]) -> list[str]:
    own = [id_ for name in _TERRITORIES if name in row.cells for id_ in row.list(name)]
    who = row["id"] if row.table.noun in AGENT else row["entite"] if "entite" in row.cells else ""
    return [*own, *tied.get(who, ())]


def _within(commune: str, territories: Sequence[str], dated: Dated) -> bool:
    """Whether one of the territories is the commune, or an EPCI that it is or was a member of."""
    lives = [life for id_ in territories if (life := dated.lives.get(id_))]
    epci = {each.epci for each in dated.reference.memberships(commune=commune)}
    return any((life.family == "commune" and life.code == commune) or (life.family == "epci" and life.code in epci) for life in lives)
