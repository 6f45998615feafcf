"""A hit: a state that a name may mean, how strong that is, and why in two languages."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from ess_lod.insee.reference import Reference, State
from ess_lod.insee.resolver.question import Question
from ess_lod.insee.resolver.resolution import KIND_WORDS, french_day


class Strength(IntEnum):
    """What a hit may decide. The strongest hits decide among themselves; a hint never does."""

    NAME = 1
    PART = 2
    BEGINNING = 3
    TYPING_ERROR = 4
    HINT = 9


@dataclass(frozen=True, slots=True)
class Hit:
    """``score`` (0–100) ranks what is shown, ``strength`` says what may be chosen. ``former``: the name is not of the date asked.

    ``rival``: not chosen itself, it makes a question of what would be; unless that is among the codes ``heirs``, which followed it.
    """

    state: State
    score: int
    strength: Strength
    fr: str
    en: str
    former: bool = False
    rival: bool = False
    heirs: tuple[str, ...] = ()


def dated_hits(reference: Reference, question: Question, hits: Iterable[Hit]) -> list[Hit]:
    """Hits of all times, sorted out by the date asked: a code that answers then answers alone, otherwise its latest life is told of."""
    by_code: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        by_code.setdefault((hit.state.family, hit.state.code), []).append(hit)
    found: list[Hit] = []
    for lives in by_code.values():
        alive = [hit for hit in lives if question.alive(hit.state)]
        if alive:
            found += alive
            continue
        ended = [hit.state for hit in lives if hit.state.start <= question.last]
        found += _former_hits(reference, question, max(ended, key=lambda state: state.end) if ended else lives[0].state)
    return found


def _former_hits(reference: Reference, question: Question, state: State) -> Iterator[Hit]:
    """Hits for a state that has the name but not at the date asked: the state that goes by another name then, or itself and its successors."""
    named = f"« {state.name} »"
    if not state.end or state.start > question.last:
        yield Hit(
            state,
            84,
            Strength.HINT,
            f"n'existe sous ce nom et ce type que depuis le {french_day(state.start)}",
            f"has this name and kind only since {state.start}",
            former=True,
        )
        return
    last_day = (datetime.date.fromisoformat(state.end) - datetime.timedelta(days=1)).isoformat()
    codes = reference.successors(state.family, state.code, last_day)
    today = [found for code in codes if (found := reference.at(state.family, code, reference.last))]
    now = reference.at(state.family, state.code, question.first)
    if codes == (state.code,) and now and now.start >= state.end:
        what = "ancien nom" if now.name != state.name else f"ancien type ({KIND_WORDS[state.kind]})"
        when = "aujourd'hui" if question.alive(today[0]) else "à cette date"
        yield Hit(
            now,
            88,
            Strength.HINT,
            f"{what}, {named}, jusqu'au {french_day(last_day)} ; {when} « {now.name} » ({KIND_WORDS[now.kind]})",
            f"former name {named} until {last_day}; then {now.name}",
            former=True,
            rival=not question.dated and now.name != state.name,
            heirs=codes,
        )
        return
    heirs = ", ".join(f"« {found.name} » ({found.code})" for found in today)
    yield Hit(
        state,
        85,
        Strength.HINT,
        f"ancien nom, jusqu'au {french_day(last_day)} ; aujourd'hui {heirs or 'rien de connu'}",
        f"existed until {last_day}; today {heirs or 'nothing known'}",
        former=True,
        rival=not question.dated,
        heirs=codes,
    )
    for found in today:
        if question.alive(found):
            yield Hit(found, 72, Strength.HINT, f"succède à {named} ({state.code})", f"successor of {named} ({state.code})", former=True)
