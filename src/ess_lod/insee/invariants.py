"""What must hold over the whole reference; ``refresh`` writes nothing that breaks it, and the tests ask it of the committed files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, groupby, pairwise

from ess_lod.insee.reference import FAMILY_OF_KIND, Family, Reached, Reference, State

FAMILIES: tuple[Family, ...] = ("commune", "epci", "departement", "region")


def problems(reference: Reference) -> Iterator[str]:
    """Every broken rule, in French: periods that are not periods, overlapping lives, a commune in two EPCI, members or events without a thing."""
    for family in FAMILIES:
        yield from _lives(reference, family)
    yield from _memberships(reference)
    yield from _events(reference)
    told = reference.documented_from("commune")  # a whole that ended before is not told
    for state in reference.all_states("commune"):
        if state.parent and not _covers(reference, "commune", state.parent, max(state.start, told), state.end, "commune"):
            yield f"{state.kind} {state.code} : la commune {state.parent} n'existe pas pendant toute la période {_period(state)}"


def _period(state: State) -> str:
    return f"[{state.start}, {state.end})"


def _lives(reference: Reference, family: Family) -> Iterator[str]:
    lives = sorted(reference.all_states(family), key=lambda s: (s.code, s.kind if family == "commune" else "", s.start, s.end or "9"))
    for (code, _), group in groupby(lives, key=lambda s: (s.code, s.kind if family == "commune" else "")):
        states = list(group)
        for state in states:
            if state.end and state.start >= state.end:
                yield f"{family} {code} : la période {_period(state)} est vide"
            if not state.name or FAMILY_OF_KIND.get(state.kind) != family:
                yield f"{family} {code} : nom ou type invalide"
        for before, after in pairwise(states):
            if not before.end or after.start < before.end:
                yield f"{family} {code} : {_period(before)} et {_period(after)} se recouvrent"


def _memberships(reference: Reference) -> Iterator[str]:
    for commune, group in groupby(reference.memberships(), key=lambda m: m.commune):
        rows = list(group)
        for row in rows:
            if row.end and row.start >= row.end:
                yield f"{commune} : appartenance vide à {row.epci}"
            if not _covers(reference, "commune", commune, row.start, row.end, "commune"):
                yield f"{commune} : n'est pas une commune pendant toute son appartenance à {row.epci} [{row.start}, {row.end})"
            if not _covers(reference, "epci", row.epci, row.start, row.end):
                yield f"{row.epci} : n'existe pas pendant toute l'appartenance de {commune} [{row.start}, {row.end})"
        for before, after in pairwise(rows):
            if not before.end or after.start < before.end:
                yield f"{commune} : dans {before.epci} et {after.epci} à la fois"


def _covers(reference: Reference, family: Family, code: str, start: str, end: str, kind: str = "") -> bool:
    """Whether the states of a code fill the whole period without a gap; an unknown start is filled by a state that ends after it begins to be told."""
    states = [s for s in reference.states(family, code) if not kind or s.kind == kind]
    day = start
    for state in sorted(states, key=lambda s: s.start):
        if state.start <= day or (not start and day == ""):
            if not state.end:
                return True
            day = max(day, state.end)
            if end and day >= end:
                return True
    return False


def _events(reference: Reference) -> Iterator[str]:
    for event in reference.events():
        for thing in event.before:
            if not any(s.start < event.date <= (s.end or "9") for s in reference.states(*thing)):
                yield f"{event.kind} du {event.date} : {_named(thing)} n'existait pas la veille"
        for thing in event.after:
            if reference.at(*thing, event.date) is None:
                yield f"{event.kind} du {event.date} : {_named(thing)} n'existe pas ce jour-là"
        for code in event.communes:
            if not any(s.start <= event.date <= (s.end or "9") for s in reference.states("commune", code)):
                yield f"{event.kind} du {event.date} : commune {code} inconnue"
        if not list(chain(event.before, event.after)):
            yield f"{event.kind} du {event.date} : ne touche rien"


def _named(thing: Reached) -> str:
    return " ".join(thing)
