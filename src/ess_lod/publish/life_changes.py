"""What ``changements.csv`` must agree with: itself, and the life of the organisations as ``acteurs.csv`` and ``personnes_publiques.csv`` tell it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ess_lod.errors import CellProblem
from ess_lod.publish.dated import day_before
from ess_lod.publish.rows import Row, Rows

_END_STATES = {
    "cessation": ("cesse",),
    "fusion": ("fusionne",),
    "absorption": ("fusionne",),
    "transformation": ("transforme",),
    "scission": ("cesse", "fusionne", "transforme"),
    "reprise": ("cesse", "fusionne", "transforme"),
}
"""By kind of change: the states (column ``etat``) that an organisation may be in which does not live on."""
_NAMED = ("renommage", "transformation")


@dataclass(frozen=True)
class _Sides:
    """How many organisations stand before and after, described here or not; how many of those before end, of how many that are described here."""

    before: int
    after: int
    ended: int
    described: int
    same: bool


@dataclass(frozen=True)
class _Rule:
    """What must hold of the sides of a change, and what to say (French) about which column when it does not."""

    column: str
    holds: Callable[[_Sides], bool]
    what: str
    remedy: str


_ONE_AFTER = _Rule(
    "apres", lambda s: s.after == 1, "il faut une organisation d'après, et une seule.", "La nommer, dans apres ou autres_apres."
)
_ONE_BEFORE = _Rule("avant", lambda s: s.before == 1, "il faut une organisation d'avant, et une seule.", "Écrire une ligne pour chacune.")
_RULES = {
    "doublon": (
        _Rule(
            "type",
            lambda _: False,
            "un doublon n'arrive pas à une organisation.",
            "L'écrire dans registre.csv : etat doublon, et remplace_par.",
        ),
    ),
    "fusion": (
        _Rule(
            "avant",
            lambda s: s.before >= 2,
            "une fusion réunit au moins deux organisations.",
            "Ajouter les autres, ou leurs noms dans autres_avant.",
        ),
        _Rule(
            "apres", lambda s: s.ended == s.described, "une fusion fait une organisation nouvelle.", "Si l'une demeure, écrire absorption."
        ),
        _ONE_AFTER,
    ),
    "absorption": (
        _Rule(
            "avant",
            lambda s: s.ended + s.before - s.described > 0,
            "aucune organisation n'est absorbée.",
            "Nommer celle qui prend fin ; celle qui demeure va dans apres.",
        ),
        _ONE_AFTER,
    ),
    "scission": (
        _ONE_BEFORE,
        _Rule(
            "apres",
            lambda s: s.after >= 2,
            "une scission donne au moins deux organisations.",
            "Ajouter les autres, ou leurs noms dans autres_apres.",
        ),
    ),
    "cessation": (
        _Rule(
            "apres", lambda s: s.after == 0, "une cessation n'a pas de suite.", "Vider la cellule, ou écrire reprise, fusion ou absorption."
        ),
    ),
    "renommage": (
        _Rule(
            "apres",
            lambda s: s.same and s.before == s.after == 1,
            "un renommage touche une organisation, qui reste la même.",
            "Écrire le même identifiant dans avant et apres.",
        ),
    ),
    "transformation": (_ONE_BEFORE, _ONE_AFTER),
    "reprise": (
        _Rule(
            "apres",
            lambda s: s.after > 0 and s.ended == s.described,
            "une reprise passe l'activité à une autre organisation.",
            "Nommer celle qui reprend, et elle seule.",
        ),
    ),
}


def check_changes(rows: Rows) -> Iterator[CellProblem]:
    """Problems of ``changements.csv``: sides that do not fit the kind, names, states and dates that disagree, two ends of one life, circles."""
    agents = {row["id"]: row for table in ("acteurs", "personnes_publiques") for row in rows[table]}
    for row in rows["changements"]:
        if row.unread:
            continue
        yield from _sides(row)
        yield from _names(row, agents)
        yield from _lives(row, agents)
    yield from _same_place(rows)
    yield from _ended_twice(rows)
    yield from _circles(rows)


def ended(row: Row) -> list[str]:
    """The organisations that a change ends: those before it that are not after it."""
    return [id_ for id_ in row.list("avant") if id_ not in row.list("apres")]


def _problem(row: Row, column: str, what: str, remedy: str) -> CellProblem:
    return CellProblem(row.table.filename, row.line, column, what, remedy)


def _sides(row: Row) -> Iterator[CellProblem]:
    before, after = (len(row.list(side)) + len(row.list(f"autres_{side}")) for side in ("avant", "apres"))
    sides = _Sides(before, after, len(ended(row)), len(row.list("avant")), row.list("avant") == row.list("apres"))
    for rule in _RULES.get(row["type"], ()):
        if not rule.holds(sides):
            yield _problem(row, rule.column, rule.what, rule.remedy)


def _names(row: Row, agents: Mapping[str, Row]) -> Iterator[CellProblem]:
    old, new = row["ancien_nom"], row["nouveau_nom"]
    if row["type"] and row["type"] not in _NAMED and (old or new):
        yield _problem(
            row, "ancien_nom" if old else "nouveau_nom", f"un changement de type {row['type']} ne change pas un nom.", "Vider la cellule."
        )
        return
    if bool(old) != bool(new) or (row["type"] == "renommage" and not old):
        yield _problem(row, "nouveau_nom" if old else "ancien_nom", "la cellule est vide.", "Écrire le nom d'avant et le nom d'après.")
    elif old and old == new:
        yield _problem(row, "nouveau_nom", "le nom ne change pas.", "Corriger l'un des deux noms.")
    for id_ in row.list("avant")[:1]:
        agent = agents.get(id_)
        if agent and old and id_ in row.list("apres") and old not in agent.list("anciens_noms"):
            yield _problem(
                row,
                "ancien_nom",
                f"« {old} » n'est pas un ancien nom de {id_}.",
                f"L'ajouter à anciens_noms dans {agent.table.filename}, ou le corriger.",
            )


def _lives(row: Row, agents: Mapping[str, Row]) -> Iterator[CellProblem]:
    states = _END_STATES.get(row["type"])
    for id_ in ended(row) if states else ():
        agent = agents.get(id_)
        if agent is None:
            continue
        if states and agent["etat"] and agent["etat"] not in states:
            yield _problem(
                row,
                "avant",
                f"{id_} a l'état « {agent['etat']} » alors que ce changement y met fin.",
                f"Écrire {' ou '.join(states)} dans la colonne etat de {agent.table.filename}, ou corriger le changement.",
            )
        if row["date"] and agent["dissolution"] and not _same_end(agent["dissolution"], row["date"]):
            yield _problem(
                row,
                "date",
                f"{id_} prend fin le {row['date']} ici, et le {agent['dissolution']} dans {agent.table.filename}.",
                "Accorder date et dissolution.",
            )
    for id_ in row.list("apres"):
        agent = agents.get(id_)
        if agent and row["date"] and agent["creation"] and _later(agent["creation"], row["date"]):
            yield _problem(
                row,
                "date",
                f"{id_} n'existe que depuis {agent['creation']} d'après {agent.table.filename}.",
                "Accorder date et creation.",
            )


def _same_end(dissolution: str, day: str) -> bool:
    """Is the end told the day of the change, or the last day before it, as far as both are known?"""
    eve = day_before((day + "-01-01")[:10] if len(day) == 4 else (day + "-01")[:10])
    return any(dissolution[: min(len(dissolution), len(each))] == each[: min(len(dissolution), len(each))] for each in (day, eve))


def _later(one: str, other: str) -> bool:
    size = min(len(one), len(other))
    return one[:size] > other[:size]


def _same_place(rows: Rows) -> Iterator[CellProblem]:
    """Two changes that would have one address: same kind, same date, same organisation."""
    first: dict[tuple[str, str, str], int] = {}
    for row in rows["changements"]:
        before, after = row.list("avant"), row.list("apres")
        home = (after if len(after) == 1 else before)[:1]
        key = (row["type"], row["date"], *home) if home else None
        if key is None or len(key) != 3:
            continue
        if key in first:
            yield _problem(
                row,
                "avant",
                f"{row['type']} du {row['date']} est déjà à la ligne {first[key]} pour {home[0]}.",
                "Réunir les deux lignes : avant et apres prennent plusieurs organisations.",
            )
        else:
            first[key] = row.line


def _ended_twice(rows: Rows) -> Iterator[CellProblem]:
    first: dict[str, int] = {}
    for row in rows["changements"]:
        for id_ in ended(row):
            if id_ in first:
                yield _problem(
                    row,
                    "avant",
                    f"{id_} prend déjà fin à la ligne {first[id_]}.",
                    "Une organisation prend fin une fois : garder une des lignes.",
                )
            else:
                first[id_] = row.line


def _circles(rows: Rows) -> Iterator[CellProblem]:
    """Organisations that are, step by step, their own successors."""
    successors: dict[str, set[str]] = {}
    for row in rows["changements"]:
        for id_ in ended(row):
            successors.setdefault(id_, set()).update(row.list("apres"))
    for row in rows["changements"]:
        for id_ in ended(row):
            if row.list("apres") and id_ in _reached(id_, successors):
                yield _problem(
                    row, "apres", f"{id_} finirait par se succéder à elle-même.", "Corriger avant ou apres dans l'une des lignes."
                )


def _reached(id_: str, successors: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [id_]
    while waiting:
        for each in successors.get(waiting.pop(), set()) - found:
            found.add(each)
            waiting.append(each)
    return found
