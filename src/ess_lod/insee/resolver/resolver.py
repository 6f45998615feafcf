"""The resolver: one index, asked name by name or column by column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, repeat

from ess_lod.insee.reference import Reference, State
from ess_lod.insee.resolver.exact import acronym_hits, code_asked, code_hits, district_hits, grouping_hits, named_hits
from ess_lod.insee.resolver.hits import Hit, Strength
from ess_lod.insee.resolver.index import KNOWN_NAMES, KnownName, NameIndex
from ess_lod.insee.resolver.near import longer_names, near_hits
from ess_lod.insee.resolver.question import NO_INSEE_CODE, Question, Refusal, known_departements, read_question
from ess_lod.insee.resolver.resolution import Resolution, shortened
from ess_lod.insee.resolver.verdict import conclude
from ess_lod.insee.resolver.wording import accents_of, without_article

_REMEMBERED = 20_000
_SAID_BEFORE = re.compile(r"(commune|ville|mairie|municipalite|departement|region) (?:(?:de|du|des|d) )?(?=.)")
_KINDS_SAID = {
    "departement": frozenset(["departement"]),
    "region": frozenset(["region"]),
}
_PARTS = frozenset(["commune-deleguee", "commune-associee"])
_COMMUNES = _PARTS | {"commune"}


class Resolver:
    """Resolves names against a reference. Building it takes about a second; asking it changes nothing, so threads may share it."""

    def __init__(self, reference: Reference, known: Iterable[KnownName] = KNOWN_NAMES) -> None:
        self._reference = reference
        self._index = NameIndex(reference, known)
        self._departements = known_departements(chain(reference.all_states("departement"), reference.all_states("commune")))

    def resolve(self, name: str, departement: str = "", kind: str = "", date: str = "") -> Resolution:
        """What a name means.

        ``departement`` is a code or a name; ``kind`` a notation of type-territoire, ``epci``, or CC, CA, CU, COM…; ``date`` is
        ``2019-06-01``, ``2019-06`` or ``2019`` ("": the last day that the reference knows). A name may be a code too.
        Nothing is raised: what cannot be answered has the verdict ``refusé`` and a sentence.
        """
        try:
            question = read_question(name, departement, kind, date, self._reference.last, self._departements)
        except Refusal as refusal:
            return Resolution(name, "refusé", str(refusal), departement=shortened(departement), kind=shortened(kind), date=shortened(date))
        try:
            return self._answer(question)
        except Refusal as refusal:
            return conclude(self._index, question, (), str(refusal))

    def resolve_column(
        self,
        names: Iterable[str],
        departements: Iterable[str] = repeat(""),
        kinds: Iterable[str] = repeat(""),
        dates: Iterable[str] = repeat(""),
    ) -> Iterator[Resolution]:
        """The same for each row of a column, in order; repeated rows are looked up once."""
        remembered: dict[tuple[str, str, str, str], Resolution] = {}
        for row in zip(names, departements, kinds, dates, strict=False):
            found = remembered.get(row)
            if found is None:
                found = self.resolve(*row)
                if len(remembered) < _REMEMBERED:
                    remembered[row] = found
            yield found

    def _answer(self, question: Question) -> Resolution:
        if code := code_asked(question.text):
            return conclude(self._index, question, code_hits(self._reference, question, code))
        hits = district_hits(self._index, question) or self._exact(question)
        if self._decided(question, hits):
            if self._only_a_part(question, hits):
                hits = [*(replace(hit, strength=Strength.HINT) for hit in hits), *near_hits(self._index, question, decide=False)]
            return conclude(self._index, question, [*hits, *longer_names(self._index, question, hits)])
        if refusal := _refusal(question):
            return conclude(self._index, question, hits, refusal)
        former = any(hit.former for hit in hits)
        return conclude(self._index, question, [*hits, *near_hits(self._index, question, decide=not former)])

    def _exact(self, question: Question) -> list[Hit]:
        """Hits of the whole name, else of the name after words such as *ville de*, else of an acronym; with EPCI of that name beside."""
        named: list[Hit] = []
        if not question.groupings_only:
            words = question.whole if " ".join(question.whole) in self._index.named else question.words
            named = named_hits(self._reference, self._index, question, words, accents_of(question.text))
        borne = self._decided(question, named)
        hits = [*named, *grouping_hits(self._reference, self._index, question, question.grouping, rival=borne)]
        if self._decided(question, hits):
            return hits
        said = self._after_said_kind(question)
        if self._decided(question, said):
            return [*hits, *said]
        return [*hits, *said, *acronym_hits(self._reference, self._index, question)]

    def _after_said_kind(self, question: Question) -> list[Hit]:
        text = " ".join(question.words)
        found = _SAID_BEFORE.match(text)
        if not found or question.groupings_only:
            return []
        kinds = _KINDS_SAID.get(found[1], _COMMUNES)
        hits = named_hits(self._reference, self._index, question, tuple(text[found.end() :].split()), "")
        return [hit for hit in hits if hit.state.kind in kinds]

    def _decided(self, question: Question, hits: Iterable[Hit]) -> bool:
        return any(hit.strength < Strength.HINT and self._fits(question, hit.state) for hit in hits)

    def _only_a_part(self, question: Question, hits: Iterable[Hit]) -> bool:
        """Whether the name is that of a part of a commune while others begin so: Boulogne is more often Boulogne-sur-Mer than that of the Vendée."""
        name = " ".join(without_article(question.words))
        if question.said or question.departement or name not in self._index.bare or not self._index.begins(name):
            return False
        return all(hit.state.kind in _PARTS for hit in hits if hit.strength < Strength.HINT)

    def _fits(self, question: Question, state: State) -> bool:
        return state.kind in question.kinds and (not question.departement or question.departement in self._index.departements(state))


def _refusal(question: Question) -> str:
    """Why a pays, a quarter or the like is not looked for by likeness, or ""."""
    if question.groupings_only:
        return ""
    key = " ".join(without_article(question.words))
    for _, pattern, why in NO_INSEE_CODE:
        if pattern.match(key):
            return f"{why[0].upper()}{why[1:]}. Si un EPCI est visé, écrire son nom entier avec son type (« CC … »), ou son SIREN."
    return ""
