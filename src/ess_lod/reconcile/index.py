"""The index of all names and codes of a release, in memory: made once, asked by many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nsmallest
from typing import NamedTuple

from ess_lod.insee.resolver.wording import words_of
from ess_lod.reconcile.asked import MOST, Candidate, Query
from ess_lod.reconcile.compact import Lookup
from ess_lod.reconcile.entities import Entity
from ess_lod.reconcile.evidence import Evidence
from ess_lod.reconcile.likeness import Ground, Words, likeness
from ess_lod.reconcile.names import Names
from ess_lod.reconcile.question import Question, commune_words, departement_asked, read_question, ready
from ess_lod.reconcile.readings import Reading, read_name
from ess_lod.reconcile.records import Records, mask_of
from ess_lod.reconcile.suggestion import begun
from ess_lod.reconcile.verdict import conclude, weigh, with_town
from ess_lod.reconcile.weighing import Hit

_WEIGHED = 60
"""Things that are held against all that is known of the one looked for."""
_WITHOUT_NAME = 500
_MADE = 80.0
"""Likeness at most of a name that nobody uses."""


class Index:
    """Answers what a name means. Asking it changes nothing that another thread would see, so threads may share it."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._records, self._names = Records(), Names()
        texts: list[str] = []
        numbers: list[int] = []
        departements: dict[str, str] = {}
        fields: dict[str, str] = {}
        for entity in entities:
            number = self._records.append(entity)
            for ordinal, name in enumerate(entity.names):
                self._names.add(number, ordinal, name.text, name.kind)
            for key in _keys_of(entity):
                texts.append(key)
                numbers.append(number)
            if entity.types[0] == "Departement":
                departements |= {
                    departement_asked(text): entity.codes[0].value for text in (entity.id, *(name.text for name in entity.names))
                }
            elif entity.types[0] == "Field":
                fields |= {" ".join(words_of(name.text)): entity.id for name in entity.names}
        self._records.seal()
        self._names.seal(self._records.masks)
        self._codes = Lookup.of_pairs(texts, numbers)
        self._evidence = Evidence(departements, fields)

    def __len__(self) -> int:
        """How many things it has."""
        return len(self._records)

    @property
    def names(self) -> int:
        """How many names it has, in all their readings."""
        return len(self._names)

    def match(self, query: Query) -> list[Candidate]:
        """Candidates for a name, best first. Raises ``KeyError`` for a type or a property that is not known.

        The answer depends on nothing but the query and the release. Of a name, :data:`ess_lod.reconcile.asked.LONGEST` letters are read.
        """
        mask = mask_of((query.type,) if query.type else ())
        question = read_question(query)
        hits = self._by_name(question, mask)
        coded = [hits.pop(number) if number in hits else self._compared(question, number) for number in self._by_code(question, mask)]
        best = nsmallest(_WEIGHED, hits.values(), key=lambda hit: (-(hit.likeness or 0), hit.entity.over, hit.entity.id))
        findings = self._evidence.findings
        weighed = [weigh(question, hit, findings(question, hit.entity, hit.trimmed)) for hit in (*coded, *best)]
        return conclude(query, question, weighed)[:MOST]

    def suggest(self, prefix: str, limit: int = 10, cursor: int = 0, types: tuple[str, ...] = (), language: str = "fr") -> list[Candidate]:
        """Things of which a name, a word of a name or a code begins so, best first, from the place ``cursor`` on. ``KeyError`` as for :meth:`match`."""
        return begun(self._names, self._records, self._codes, prefix, mask_of(types), language)[cursor : cursor + limit]

    def entity(self, id_: str) -> Entity | None:
        """A thing by its IRI."""
        return self._records.find(id_)

    def _by_name(self, question: Question, mask: int) -> dict[int, Hit]:
        """The best name of each thing that is like the one asked for, or like an acronym or a former name given in its place."""
        found: dict[int, Hit] = {}
        # each name is held against what is like it alone: all against all would be work by the square of their number
        for asked in [question.words] if question.words else map(ready, question.names):
            for key in self._names.like((words.key for _, words in asked), mask):
                like = _closest(asked, Words(self._names.key(key)))
                for row in self._names.rows(key, mask, self._records.masks):
                    alike = min(like.alike, _MADE) if row.made else like.alike
                    before = found.get(row.thing)
                    if before is None or (alike, len(like.key)) > (before.likeness, len(before.key)):
                        entity = self._records.get(row.thing)
                        found[row.thing] = Hit(entity, alike, like.ground, entity.names[row.name], like.key, row.made, like.trimmed)
        return {thing: with_town(question, hit) for thing, hit in found.items()}

    def _by_code(self, question: Question, mask: int) -> list[int]:
        keys = [*question.text_codes, *question.codes, *(f"website:{host}" for host in question.hosts)]
        keys += [f"siren:{value[:9]}" for value in question.code("siret")]
        if not question.name.readings and not question.names and not keys:
            keys = [f"commune:{commune_words(value.rpartition('/')[2])}" for value in question.communes]
        found = dict.fromkeys(number for key in keys for number in self._codes.of(key)[:_WITHOUT_NAME])
        return [number for number in found if self._records.masks[number] & mask]

    def _compared(self, question: Question, number: int) -> Hit:
        """A thing found by a code, with how its names are like the one asked for."""
        entity = self._records.get(number)
        known = [(reading, words, name) for name in entity.names for reading, words in ready(read_name(name.text))]
        if not question.words or not known:
            return Hit(entity)
        likes = ((_closest(question.words, words), name, reading.trimmed) for reading, words, name in known)
        like, name, made = max(likes, key=lambda found: (found[0].alike, not found[2]))
        return Hit(entity, like.alike, like.ground, name, like.key, made, like.trimmed)


class _Like(NamedTuple):
    alike: float
    ground: Ground
    key: str
    trimmed: bool


def _closest(asked: Iterable[tuple[Reading, Words]], known: Words) -> _Like:
    """How the reading that is most like a known one is like it; of two, the one from which nothing was left out."""
    likes = ((*likeness(words, known), known.key, reading.trimmed) for reading, words in asked)
    return _Like(*max(likes, key=lambda like: (like[0], -like[1], not like[3])))


def _keys_of(entity: Entity) -> Iterator[str]:
    """What a thing is found by beside its names: ``scheme:code``, the host of its site, the communes where it is."""
    for code in entity.codes:
        yield f"{code.scheme}:{code.value}"
        if code.scheme == "siret" or (code.scheme == "insee" and len(code.value) == 9):
            yield f"siren:{code.value[:9]}"
    for host in entity.websites:
        yield f"website:{host}"
    for place in entity.places:
        yield f"commune:{place.code}"
        for text in (*place.names, *(iri.rpartition("/")[2] for iri in place.ids)):
            yield f"commune:{commune_words(text)}"
