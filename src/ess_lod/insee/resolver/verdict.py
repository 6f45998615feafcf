"""From hits to a verdict, and the sentence that tells an editor what was understood or what to add."""

from __future__ import annotations

from collections.abc import Iterable

from ess_lod.insee.reference import State
from ess_lod.insee.resolver.hits import Hit, Strength
from ess_lod.insee.resolver.index import NameIndex
from ess_lod.insee.resolver.question import Question
from ess_lod.insee.resolver.resolution import KIND_WORDS, Candidate, Resolution, Verdict, french_day, shortened
from ess_lod.insee.resolver.wording import words_of

SHOWN = 10


def conclude(index: NameIndex, question: Question, hits: Iterable[Hit], refusal: str = "") -> Resolution:
    """Rank the hits and choose, if one stands alone. With a ``refusal`` nothing is chosen and the hits are shown beside it."""
    ranked = _ranked(_beside(index, question, _of_postal_code(index, question, _of_kind(question, hit))) for hit in hits)
    inside = [hit for hit in ranked if not question.departement or question.departement in index.departements(hit.state)]
    if refusal:
        return _resolution(question, "refusé", refusal, inside or ranked)
    if not inside:
        return _resolution(question, "inconnu", _unknown(question, ranked), [_elsewhere(question, hit) for hit in ranked])
    rivals = _rivals(inside)
    if len(rivals) == 1 and (competing := _competing(rivals[0], inside)):
        return _resolution(question, "à choisir", _compete(rivals[0], competing), inside)
    if len(rivals) == 1:
        return _resolution(question, "trouvé", _found(index, question, rivals[0]), inside, rivals[0])
    return _resolution(question, "à choisir", _choose(question, rivals, inside), inside)


def _of_kind(question: Question, hit: Hit) -> Hit:
    if hit.state.kind in question.kinds or hit.former:
        return hit
    fr, en = f"{hit.fr}, mais de type {KIND_WORDS[hit.state.kind]}", f"{hit.en}, but of kind {hit.state.kind}"
    return Hit(hit.state, min(hit.score, 65), Strength.HINT, fr, en)


def _of_postal_code(index: NameIndex, question: Question, hit: Hit) -> Hit:
    if question.near_postal_code(index.departements(hit.state)):
        return hit
    fr, en = f"{hit.fr}, mais le code postal {question.postal} est d'un autre département", f"{hit.en}, but the postal code is elsewhere"
    return Hit(hit.state, min(hit.score, 60), Strength.HINT, fr, en, hit.former)


def _beside(index: NameIndex, question: Question, hit: Hit) -> Hit:
    """Vauban (Lille) is a quarter, not the commune of that name: what stands in brackets must be part of the name or name the parent."""
    state = hit.state
    if (
        not question.aside
        or state.family == "epci"
        or words_of(state.name) == question.whole
        or index.parent_is(state, question.aside, question.last)
    ):
        return hit
    fr, en = f"{hit.fr}, mais le nom dit aussi « {question.aside} »", f"{hit.en}, but the name has “{question.aside}” too"
    return Hit(state, min(hit.score, 60), Strength.HINT, fr, en, hit.former)


def _ranked(hits: Iterable[Hit]) -> list[Hit]:
    """Each state once, best reason first; larger places first among equals, because they are asked for more often."""
    best: dict[State, Hit] = {}
    for hit in hits:
        other = best.get(hit.state)
        if other is None or (hit.strength, -hit.score) < (other.strength, -other.score):
            best[hit.state] = hit
    return sorted(
        best.values(), key=lambda hit: (-hit.score, hit.strength, -_size(hit.state), hit.state.code, hit.state.kind, hit.state.start)
    )


def _size(state: State) -> float:
    """Inhabitants; départements and régions, whose population is not in the reference, are larger than all else."""
    return state.population or 0 if state.family in ("commune", "epci") else float("inf")


def _rivals(hits: list[Hit]) -> list[Hit]:
    """The strongest hits. A déléguée or associée that bears the name of its own commune is no rival of it."""
    strongest = min(hit.strength for hit in hits)
    if strongest == Strength.HINT:
        return []
    rivals = [hit for hit in hits if hit.strength == strongest]
    communes = {hit.state.code for hit in rivals if hit.state.kind == "commune"}
    return [hit for hit in rivals if hit.state.parent not in communes]


def _competing(found: Hit, hits: list[Hit]) -> list[Hit]:
    """What else may be meant by a name that only one bears: who bore it, or whose longer name begins so."""
    return [
        hit
        for hit in hits
        if hit.rival and hit.state.family == found.state.family and hit.state.code != found.state.code and found.state.code not in hit.heirs
    ]


def _elsewhere(question: Question, hit: Hit) -> Hit:
    where = hit.state.departement or hit.state.code
    return Hit(
        hit.state,
        max(hit.score - 60, 1),
        Strength.HINT,
        f"{hit.fr}, mais pas dans le {question.departement} ({where})",
        f"{hit.en}, but in {where}",
    )


def _unknown(question: Question, elsewhere: list[Hit]) -> str:
    when = f"au {question.date}"
    if not elsewhere:
        where = f" dans le département {question.departement}" if question.departement else ""
        return f"Aucun territoire de ce nom{where} {when}. Vérifier l'orthographe et la date ; un quartier, un lieu-dit ou un pays n'a pas de code Insee."
    places = ", ".join(sorted({hit.state.departement or hit.state.code for hit in elsewhere})[:12])
    return f"Aucun territoire de ce nom dans le département {question.departement} {when}, mais ailleurs ({places}). Corriger le département ou le nom."


def _found(index: NameIndex, question: Question, hit: Hit) -> str:
    state = hit.state
    parent = f", de {state.parent}" if state.parent else ""
    sentence = f"{state.name} ({KIND_WORDS[state.kind]} {state.code}{parent}) : {hit.fr}."
    if state.start > question.first or (state.end and state.end <= question.last):
        sentence += f" Ne vaut qu'une partie de la période demandée ({state.start or '…'} → {state.end or '…'}) : donner le jour."
    since = index.documented_from(state)
    if question.first < since:
        sentence += f" La référence ne dit pas tout avant le {french_day(since)} : vérifier."
    return sentence


def _choose(question: Question, rivals: list[Hit], hits: list[Hit]) -> str:
    if not rivals:
        best = hits[0]
        near = f"{best.state.name} ({best.state.code}) : {best.fr}"
        if best.former:
            return f"N'a pas cours à cette date. {near}. Donner la date du document, ou écrire le nom ou le code de cette date."
        if len(hits) == 1 or best.score > hits[1].score:
            return f"Pas de réponse sûre. Le plus proche est {near}. Si c'est lui, écrire son nom officiel ou son code."
        return f"Pas de réponse sûre, {len(hits)} territoires possibles. Écrire le nom officiel en entier, ou le code."
    states = [hit.state for hit in rivals]
    if len({(state.kind, state.code) for state in states}) == 1:
        days = ", ".join(french_day(state.start) for state in sorted(states, key=lambda state: state.start) if state.start)
        return f"{states[0].code} a changé pendant cette période ({days}). Donner le jour."
    wanted = []
    departements = sorted({state.departement for state in states if state.departement})
    if len(departements) > 1 and not question.departement:
        wanted.append(f"le département ({_listed(departements)})")
    kinds = sorted({KIND_WORDS[state.kind] for state in states})
    if len(kinds) > 1:
        wanted.append(f"le type ({_listed(kinds)})")
    return f"{len(rivals)} territoires portent ce nom. Préciser {' ou '.join(wanted) or 'en écrivant le code'}."


def _compete(found: Hit, competing: list[Hit]) -> str:
    others = _listed([f"{hit.state.name} ({hit.state.code})" for hit in competing])
    what = "l'a porté" if all(hit.former for hit in competing) else "peut être visé par ce nom"
    remedy = "Écrire le code, ou le nom officiel en entier s'il est plus long."
    return f"{found.state.name} ({found.state.code}) porte ce nom, mais un autre {what} : {others}. {remedy}"


def _listed(words: list[str]) -> str:
    return ", ".join(words[:12]) + (", …" if len(words) > 12 else "")


def _resolution(question: Question, verdict: Verdict, sentence: str, hits: list[Hit], chosen: Hit | None = None) -> Resolution:
    shown = [chosen, *(hit for hit in hits if hit is not chosen)] if chosen else hits
    candidates = tuple(Candidate(hit.state, hit.score, hit.fr, hit.en, hit is chosen) for hit in shown[:SHOWN])
    return Resolution(
        question.name, verdict, sentence, candidates, len(hits), question.departement, shortened(question.kind), question.date
    )
