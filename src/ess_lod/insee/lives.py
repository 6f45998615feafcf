"""Lives of codes: what gets one URI.

A life is the run of states of one code that no fusion and no split interrupts. A new name or another kind under the same code is the same life; a commune
that a fusion or a split made anew is another one, even under the same name, as in INSEE's own states. A commune and a déléguée that
bear one code at the same time are two lives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ess_lod.insee.reference import SUCCESSIONS, Family, Reference, State

UNPUBLISHED = "arrondissement-municipal"
"""Paris, Lyon and Marseille are whole communes here: the vocabulary has no kind for their parts."""

INSIDE_A_COMMUNE = ("commune-deleguee", "commune-associee", "arrondissement-municipal")


def level_of(kind: str, family: Family) -> str:
    """What a life is a life of: an EPCI may change its kind and live on, a commune that becomes déléguée has another life."""
    return kind if family == "commune" else family


@dataclass(frozen=True)
class Life:
    """The states of one life, oldest first."""

    family: Family
    code: str
    states: tuple[State, ...]

    @property
    def level(self) -> str:
        """``commune``, ``commune-deleguee`` …, ``epci``, ``departement``, ``region``."""
        return level_of(self.last.kind, self.family)

    @property
    def last(self) -> State:
        """The present state, or the last one."""
        return self.states[-1]

    @property
    def start(self) -> str:
        """First day, "" when it is not known to begin later than the sources."""
        return self.states[0].start

    @property
    def end(self) -> str:
        """First day on which it is no longer, "" while it lives."""
        return self.last.end

    @property
    def key(self) -> tuple[str, str, str]:
        """Level, code, start: what identifies it."""
        return self.level, self.code, self.start

    def alive(self, date: str) -> bool:
        """Whether the life contains the day."""
        return self.start <= date and (not self.end or date < self.end)


def lives_of(reference: Reference, family: Family, code: str) -> tuple[Life, ...]:
    """All lives of a code, oldest first, whole communes before what lies inside one."""
    by_level: dict[str, list[State]] = {}
    for state in reference.states(family, code):
        by_level.setdefault(level_of(state.kind, family), []).append(state)
    found: list[Life] = []
    for states in by_level.values():
        run: list[State] = []
        for state in states:
            if run and (run[-1].end != state.start or _is_made_anew(reference, family, code, state.start, run[-1].kind)):
                found.append(Life(family, code, tuple(run)))
                run = []
            run.append(state)
        found.append(Life(family, code, tuple(run)))
    return tuple(sorted(found, key=lambda life: (life.level in INSIDE_A_COMMUNE, life.start)))


def _is_made_anew(reference: Reference, family: Family, code: str, date: str, kind: str) -> bool:
    if kind in INSIDE_A_COMMUNE:
        return False
    return any(
        event.kind in SUCCESSIONS and event.date == date and (family, code) in event.before and (family, code) in event.after
        for event in reference.events(family, code)
    )


def lives_of_region(reference: Reference, region: str) -> list[Life]:
    """The lives of a region: itself, its départements, their communes and what lies inside them, and every EPCI that has or had a member there.

    Not the arrondissements of Paris, Lyon and Marseille (:data:`UNPUBLISHED`).
    """
    departements = {state.code for state in reference.all_states("departement") if state.region == region}
    communes = {state.code for state in reference.all_states("commune") if state.departement in departements}
    epci = {membership.epci for membership in reference.memberships() if membership.commune in communes}
    epci |= {state.code for state in reference.all_states("epci") if state.departement in departements}
    wanted: Iterable[tuple[Family, set[str]]] = (("region", {region}), ("departement", departements), ("epci", epci), ("commune", communes))
    found = (life for family, codes in wanted for code in sorted(codes) for life in lives_of(reference, family, code))
    return [life for life in found if life.level != UNPUBLISHED]
