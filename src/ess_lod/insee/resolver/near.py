"""States whose name is near to what was written: neighbours in writing, names that begin so, typing errors. Mostly hints for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ess_lod.insee.reference import State
from ess_lod.insee.resolver.hits import Hit, Strength
from ess_lod.insee.resolver.index import NameIndex
from ess_lod.insee.resolver.question import Question
from ess_lod.insee.resolver.wording import GROUPING_KINDS, SHORTEST_NEAR, without_article, words_of

SHORTEST_CHOSEN = 10
MARGIN = 2
LARGER = 5
"""How many times as many people live in a commune that may be meant by the beginning of its name."""
_SAINTS = frozenset(["saint", "sainte", "saints", "saintes"])


def near_hits(index: NameIndex, question: Question, *, decide: bool) -> list[Hit]:
    """What is near to the name, alive at the date and of the département and kind asked. Without ``decide`` all of it is hints."""
    hits = [*_neighbours(index, question), *_beginnings(index, question)]
    hits += _typing_errors(index, question, alone=not hits, decide=decide and not hits)
    return hits or list(_longer_than_a_commune(index, question))


def _fits(index: NameIndex, question: Question, states: Iterable[State]) -> Iterator[State]:
    for state in states:
        if (
            question.alive(state)
            and state.kind in question.kinds
            and (not question.departement or question.departement in index.departements(state))
        ):
            yield state


def _neighbours(index: NameIndex, question: Question) -> Iterator[Hit]:
    """EPCI that differ in words like *pays*, *métropole* or *grand* only."""
    name = question.grouping
    if name.loose_key and not (question.kinds.isdisjoint(GROUPING_KINDS)):
        # The kind is left open, because "Métropole d'Amiens" is a way to speak of a CA; the verdict tells of the difference.
        for state in _fits(index, replace(question, kinds=GROUPING_KINDS), index.loose.get(name.loose_key, ())):
            if index.grouping_names[state].key != name.key:
                yield Hit(state, 80, Strength.HINT, "nom voisin (pays, métropole, grand… en plus ou en moins)", "neighbour in writing")


def _beginnings(index: NameIndex, question: Question) -> Iterator[Hit]:
    words = without_article(question.words)
    if not question.groupings_only:
        states = (state for key in index.begins(" ".join(words)) for state in index.bare[key])
        for state in _fits(index, question, states):
            yield Hit(state, 75, Strength.HINT, "le nom officiel commence ainsi", "the official name begins so")
    core = question.grouping.core
    if len(set(core)) < 2 and not question.groupings_only:
        return
    found = list(_fits(index, question, index.with_words(core)))
    begun = [state for state in found if index.grouping_names[state].core[: len(core)] == core]
    # Two words and the kind leave room for one EPCI only; a single word (Boulonnais) or a name without its kind may be the area.
    alone = len({state.code for state in found}) == 1 and len(core) > 1 and question.said and question.groupings_only
    for state in found:
        if state in begun:
            strength = Strength.BEGINNING if alone else Strength.HINT
            yield Hit(state, 86 if alone else 78, strength, "début du nom officiel de l'EPCI", "beginning of the official name of the EPCI")
        else:
            yield Hit(state, 68, Strength.HINT, "mots du nom officiel de l'EPCI", "words of the official name of the EPCI")


def longer_names(index: NameIndex, question: Question, hits: Iterable[Hit]) -> list[Hit]:
    """Communes whose name begins with that of a commune which was found, and goes on, and in which :data:`LARGER` times as many people live.

    *Avesnes* may be short for one of them; Saint-Omer is not short for Saint-Omer-en-Chaussée. Who gives both kind and département means the whole name.
    The article counts where it is written: *La Neuville* is not short for Neuville-en-Ferrain.
    """
    found = [hit.state for hit in hits if hit.state.kind == "commune" and hit.strength is Strength.NAME and not hit.former]
    if not found or (question.said and question.departement):
        return []
    people = LARGER * max(state.population or 0 for state in found)
    start, bare = " ".join(question.words) + " ", " ".join(without_article(question.words))
    longer: list[Hit] = []
    for state in _fits(index, question, (state for key in index.begins(bare) for state in index.bare[key])):
        written = start == f"{bare} " or " ".join(words_of(state.name)).startswith(start)
        if written and state.kind == "commune" and (state.population or 0) >= people:
            fr, en = (
                "le nom officiel, plus long, commence ainsi ; commune plus peuplée",
                "a longer official name begins so; more people live there",
            )
            longer.append(Hit(state, 90, Strength.HINT, fr, en, rival=True))
    return longer


def _typing_errors(index: NameIndex, question: Question, *, alone: bool, decide: bool) -> Iterator[Hit]:
    found: dict[State, tuple[int, int]] = {}
    readings: list[tuple[Callable[[str, int], list[tuple[State, int]]], str]] = []
    if not question.groupings_only:
        readings.append((index.near_named, "".join(question.words)))
    if question.said or len(question.grouping.core) > 1:
        readings.append((index.near_groupings, question.grouping.key))
    for look, key in readings:
        limit = _errors_allowed(key)
        if limit is None:
            continue
        near = look(key, limit)
        distances = dict(near)
        for state in _fits(index, question, distances):
            distance = min(distance for other, distance in near if other == state)
            found[state] = min(found.get(state, (99, 0)), (distance, len(key)))
    chosen = _alone(found) if decide else ""
    saints = _SAINTS.intersection(question.words)
    for state, (distance, length) in found.items():
        score = min(93 if alone else 74, round(100 * (1 - distance / length)))
        same_saint = saints == _SAINTS.intersection(words_of(state.name))
        strength = Strength.TYPING_ERROR if chosen == state.code and same_saint else Strength.HINT
        fr = "les mêmes lettres, espaces mis à part" if not distance else f"{distance} faute{'s' if distance > 1 else ''} de frappe"
        yield Hit(
            state,
            score,
            strength,
            fr,
            f"{distance} typing error{'s' if distance > 1 else ''}" if distance else "same letters but for spaces",
        )


def _errors_allowed(key: str) -> int | None:
    """None for short names: they are never found by likeness. Names with digits neither: 3e and 8e are two arrondissements."""
    if len(key) < SHORTEST_NEAR or any(char.isdigit() for char in key):
        return None
    return 1 if len(key) < SHORTEST_CHOSEN else 2 if len(key) < 15 else 3


def _alone(found: dict[State, tuple[int, int]]) -> str:
    """The code that stands one error away at most, in a long name, with no other code less than ``MARGIN`` errors behind; or ""."""
    best: dict[str, tuple[int, int]] = {}
    for state, distance in found.items():
        best[state.code] = min(best.get(state.code, (99, 0)), distance)
    ranked = sorted((distance, length, code) for code, (distance, length) in best.items())
    if not ranked or ranked[0][0] > 1 or (ranked[0][0] == 1 and ranked[0][1] < SHORTEST_CHOSEN):
        return ""
    return ranked[0][2] if len(ranked) == 1 or ranked[1][0] >= ranked[0][0] + MARGIN else ""


def _longer_than_a_commune(index: NameIndex, question: Question) -> Iterator[Hit]:
    """``Lille-Moulins`` begins with Lille: perhaps a quarter of it. Never the end of the name: Moulins is another place."""
    for length in range(len(question.words) - 1, 0, -1):
        start = " ".join(question.words[:length])
        if len(start) < 4 or question.groupings_only:
            return
        states = [state for state in _fits(index, question, index.named.get(start, ())) if state.kind == "commune"]
        if len(states) == 1:
            yield Hit(
                states[0],
                50,
                Strength.HINT,
                "le début du nom est celui d'une commune, le reste peut être un quartier",
                "begins with the name of a commune",
            )
            return
