"""From what was found to candidates: the score of each, and whether the first may be taken without looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ess_lod.insee.resolver.wording import accents_of, words_of
from ess_lod.reconcile.asked import Candidate, Query
from ess_lod.reconcile.entities import Entity, Name
from ess_lod.reconcile.evidence import MOST_ADDED, SUPPORTS, Finding
from ess_lod.reconcile.likeness import Ground
from ess_lod.reconcile.question import Question
from ess_lod.reconcile.readings import core_of
from ess_lod.reconcile.telling import candidate
from ess_lod.reconcile.weighing import Hit, Weighed, agreeing_code

NAME = 0.9
"""What a name alone is worth: a name that is the same scores 90."""
CHANCE = 60
"""Likeness up to which a name is like any other by chance: made-up words reach it, no variant of a real name was seen below 70."""
UNLIKE = 45
"""Likeness below which a name contradicts a code."""
SHORT = 5
"""Letters below which a name alone is not enough."""
GAP = 6.0
"""Points by which a typing error must lead."""
OVER = 4.0
"""Points that what no longer exists loses, when no date is asked."""
NOT_OF_THE_DATE = 3.0
"""Points for a name that is not of the date."""
_FIRST = ("Commune", "EPCI", "Departement", "Region", "CommunePart", "Actor", "Collective", "PublicBody")
"""Which comes first of things that score the same; then the others."""
_PLACES = ("Commune", "CommunePart", "Departement", "Region", "Quarter")


def weigh(question: Question, hit: Hit, findings: Sequence[Finding]) -> Weighed:
    """The score of a hit: name or code, with what agreements add and contradictions take away. docs/reconciliation.md has the table."""
    found = tuple(findings)
    outdated = hit.name is not None and _outdated(question, hit.entity, hit.name)
    score = _base(hit.likeness, agreeing_code(found))
    score += min(MOST_ADDED, sum(finding.weight for finding in found if finding.weight > 0))
    score += sum(finding.weight for finding in found if finding.weight < 0)
    if hit.entity.over and not question.dated:
        score -= OVER
    if outdated:
        score -= NOT_OF_THE_DATE
    return Weighed(hit, found, round(max(0.0, min(100.0, score)), 1), outdated)


def with_town(question: Question, hit: Hit) -> Hit:
    """The hit, of which the rest of the name asked for is understood when it is the town of the thing: ``Hortibat Tergnier``."""
    if hit.ground is not Ground.PART or hit.made:
        return hit
    known = core_of(tuple(hit.key.split()))
    towns = {core_of(words_of(name)) for place in hit.entity.places for name in place.names}
    for reading in question.name.readings:
        core = core_of(reading.words)
        if len(core) > len(known) and core[: len(known)] == known and core[len(known) :] in towns:
            return replace(hit, likeness=97.0, ground=Ground.SMALL_WORDS, trimmed=reading.trimmed)
    return hit


def conclude(query: Query, question: Question, weighed: list[Weighed]) -> list[Candidate]:
    """The candidates, best first; the first one is a match when it is safe and has no rival."""
    ranked = sorted(filter(_may_be_meant, weighed), key=_rank)
    sure = bool(ranked) and _safe(query, question, ranked[0]) and not any(_rival(question, ranked[0], other) for other in ranked[1:])
    return [candidate(query, question, each, sure and each is ranked[0]) for each in ranked[: query.limit]]


def _may_be_meant(weighed: Weighed) -> bool:
    """Whether more than chance speaks for a thing: its name, its code, its site."""
    known = weighed.hit.likeness is None or weighed.hit.likeness > CHANCE or weighed.code is not None
    return known or any(finding.id == "website" and finding.agrees for finding in weighed.findings)


def _base(likeness: float | None, code: Finding | None) -> float:
    if code is None:
        return 30.0 if likeness is None else NAME * likeness
    if code.certain:
        return 100.0 if likeness is None or likeness >= UNLIKE else 85.0
    return 90.0 if likeness is None else 95.0 if likeness >= 80 else max(75.0, NAME * likeness)


def _outdated(question: Question, entity: Entity, name: Name) -> bool:
    """Whether a thing of the date did not have that name then; without a date, whether a territory no longer has it."""
    if not (name.since or name.until):
        return name.kind == "former" and "Territory" in entity.types
    if question.dated:
        return not question.alive(name.since, name.until)
    return bool(name.until) and name.until != entity.until


def _rank(weighed: Weighed) -> tuple[float, bool, int, str]:
    entity = weighed.hit.entity
    return -weighed.score, entity.over, _FIRST.index(entity.types[0]) if entity.types[0] in _FIRST else len(_FIRST), entity.id


def _safe(query: Query, question: Question, best: Weighed) -> bool:
    """Whether what speaks for a thing is enough, rivals apart."""
    hit = best.hit
    territory = "Territory" in hit.entity.types
    if best.contradicted or (hit.entity.over and not question.dated and (territory or best.code is None)):
        return False
    if best.code is not None and best.code.certain:
        return not question.maybe_postal if hit.likeness is None else hit.likeness >= UNLIKE
    if hit.likeness is None or best.outdated or hit.made:
        return False
    if best.code is not None:
        return hit.likeness >= 80
    supported = any(finding.id in SUPPORTS and finding.agrees for finding in best.findings)
    place = hit.entity.types[0] in _PLACES
    if hit.ground is Ground.PART or (hit.ground is Ground.TYPING and territory and not supported):
        return False
    if place and (hit.ground not in (Ground.SAME, Ground.TYPING) or (hit.name is not None and _other_accents(question, hit.name.text))):
        return False
    return supported or len(hit.key.replace(" ", "")) >= SHORT or (place and bool(query.type))


def _other_accents(question: Question, known: str) -> bool:
    """Villé is not Ville; a text without any accent leaves them out."""
    mine = "" if question.said else accents_of(question.name.text)
    return bool(mine) and mine != accents_of(known)


def _rival(question: Question, best: Weighed, other: Weighed) -> bool:
    """Whether another thing may as well be meant."""
    if other.contradicted or (other.hit.entity.over and not question.dated) or _part_of(other.hit.entity, best.hit.entity):
        return False
    if best.code is not None and other.code is not None:
        return best.code.certain <= other.code.certain
    if best.code is not None:
        ahead = (other.hit.likeness or 0) - (best.hit.likeness or 100)
        return ahead >= 25 and (other.hit.likeness or 0) >= 90
    if (other.hit.likeness or 0) < 90 and best.hit.ground is not Ground.TYPING:
        return False
    if best.score - other.score >= MOST_ADDED / 2 and best.score > NAME * 100:
        return False
    place = best.hit.entity.types[0] in _PLACES
    if best.hit.ground in (Ground.SAME, Ground.LETTERS):
        return other.hit.ground <= (Ground.LETTERS if place else Ground.SMALL_WORDS) and not other.hit.made
    return best.score - other.score < GAP


def _part_of(part: Entity, whole: Entity) -> bool:
    """Whether a delegated or associated commune is a part of a commune, or has its code: what bears both names is the commune."""
    return part.types[0] == "CommunePart" and whole.types[0] == "Commune" and (part.part_of == whole.id or part.codes == whole.codes)
