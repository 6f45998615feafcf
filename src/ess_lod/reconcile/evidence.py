"""What else is known of the thing that is looked for, held against a candidate: each property agrees, contradicts, or says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from ess_lod.insee.resolver.wording import GROUPING_KINDS, words_of
from ess_lod.reconcile.entities import Entity
from ess_lod.reconcile.properties import PROPERTIES
from ess_lod.reconcile.question import Question, commune_words, departement_asked
from ess_lod.reconcile.readings import ORGANISATION, is_form, read_name

AGREES = {"commune": 5.0, "departement": 3.0, "website": 5.0, "field": 2.0, "date": 1.0, "acronym": 3.0, "kind": 1.0}
"""Points that an agreement adds; all together :data:`MOST_ADDED` at most."""
CONTRADICTS = {"code": 40.0, "commune": 15.0, "departement": 15.0, "date": 20.0, "kind": 5.0, "beside": 5.0}
"""Points that a contradiction takes away. It forbids a match as well."""
MOST_ADDED = 10.0
SUPPORTS = frozenset(["commune", "departement", "website"])
"""Agreements that make a short name, or one with a typing error, safe."""
_SOFT = frozenset(["website", "field", "acronym"])
"""What may be otherwise without contradicting: sites move, fields are many."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one property says of a candidate; ``agrees`` is ``None`` when that is nothing. ``weight`` is points, given or taken away."""

    id: str
    agrees: bool | None
    fr: str
    en: str
    certain: bool = True

    @property
    def weight(self) -> float:
        """Points for the score."""
        if self.agrees is None:
            return 0
        if self.agrees:
            return AGREES.get(self.id, 0)
        return -CONTRADICTS.get(self.id, 0) / (1 if self.certain else 2)

    @property
    def contradicts(self) -> bool:
        """Whether no match can be made in spite of it."""
        return self.agrees is False and self.id not in _SOFT


class Evidence:
    """Compares a question with entities. ``departements`` has the codes of départements by plain name, ``fields`` IRIs of concepts by plain label."""

    def __init__(self, departements: Mapping[str, str], fields: Mapping[str, str]) -> None:
        self._departements, self._fields = departements, fields

    def findings(self, question: Question, entity: Entity, trimmed: bool = False) -> list[Finding]:
        """What each property that was given says of the entity. ``trimmed``: what stands beside the name is not in it, and must be understood."""
        return [
            *self._codes(question, entity),
            *self._places(question, entity, trimmed),
            *self._rest(question, entity),
            *_kind(question, entity),
            *_life(question, entity),
        ]

    def _codes(self, question: Question, entity: Entity) -> Iterator[Finding]:
        for scheme in ("siren", "siret", "rna", "insee"):
            asked = question.code(scheme)
            if asked and (finding := _code(scheme, asked, entity)):
                yield finding

    def _places(self, question: Question, entity: Entity, trimmed: bool) -> Iterator[Finding]:
        if question.communes and entity.places:
            said = ", ".join(dict.fromkeys(place.names[0] for place in entity.places))
            agrees = _any_of(_in_commune(value, entity) for value in question.communes)
            yield _finding("commune", agrees, f"commune : {said}", f"municipality: {said}")
        asked = [self._departement(value) for value in question.departements]
        if question.name.postal:
            asked.append(departement_asked(question.name.postal))
        if asked and entity.departements:
            said = ", ".join(entity.departements)
            yield _finding("departement", bool(set(asked) & set(entity.departements)), f"département : {said}", f"department: {said}")
        for beside in question.name.beside if trimmed else ():
            yield from self._beside(beside, entity)

    def _beside(self, beside: str, entity: Entity) -> Iterator[Finding]:
        """What stands in brackets or after a comma: a département, a town, a legal form or another name of the thing; anything else is not understood."""
        if is_form(beside):
            return
        code = self._departement(beside)
        if code in entity.departements:
            yield _finding("departement", True, f"département : {code}", f"department: {code}")
        elif entity.places and _in_commune(beside, entity):
            yield _finding("commune", True, f"commune : {beside}", f"municipality: {beside}")
        elif not _names(beside, entity):
            yield Finding("beside", False, f"« {beside} » n'est pas compris", f"“{beside}” is not understood")

    def _departement(self, value: str) -> str:
        asked = departement_asked(value)
        return self._departements.get(asked, asked)

    def _rest(self, question: Question, entity: Entity) -> Iterator[Finding]:
        if question.fields and entity.fields:
            asked = {*question.fields, *(self._fields.get(" ".join(words_of(value)), "") for value in question.fields)}
            agrees = any(iri in asked or iri.rpartition("/")[2] in asked for iri in entity.fields)
            yield _finding("field", agrees, "champ d'activité", "field of activity")
        if question.hosts and entity.websites:
            said = ", ".join(entity.websites)
            yield _finding("website", bool(set(question.hosts) & set(entity.websites)), f"site : {said}", f"website: {said}")
        if question.names:
            keys = {reading.key for name in entity.names for reading in read_name(name.text).readings}
            if any(reading.key in keys for name in question.names for reading in name.readings):
                yield _finding("acronym", True, "sigle ou ancien nom", "acronym or former name")


def _code(scheme: str, asked: tuple[str, ...], entity: Entity) -> Finding | None:
    """A code of the entity that is the one asked for, or another one of the same register; a SIRET holds its SIREN, an EPCI's code is one."""
    title = PROPERTIES[scheme].name_fr, PROPERTIES[scheme].name_en
    known = {code.value: code.certain for code in entity.codes if code.scheme == scheme}
    if scheme == "siren":
        known |= {code.value[:9]: code.certain for code in entity.codes if code.scheme == "siret" and code.value[:9] not in known}
        known |= {code.value: True for code in entity.codes if code.scheme == "insee" and len(code.value) == 9}
    same = [value for value in asked if value in known]
    if same:
        certain = known[same[0]]
        doubt = ("", "") if certain else (", probable seulement", ", probable only")
        return Finding("code", True, f"{title[0]} {same[0]}{doubt[0]}", f"{title[1]} {same[0]}{doubt[1]}", certain)
    if scheme == "siret":
        return _code("siren", tuple(value[:9] for value in asked), entity)
    if not known:
        return None
    other = next(iter(known))
    return Finding("code", False, f"autre {title[0]} : {other}", f"another {title[1]}: {other}", known[other])


def _in_commune(value: str, entity: Entity) -> bool | None:
    """Whether a name, a code or an IRI is that of a commune of the entity; ``None`` when it may be: a quarter of it, or a postal code near by."""
    if any(value in place.ids or value == place.code for place in entity.places):
        return True
    words = commune_words(value)
    if not words:
        return None
    if words.isdigit():
        return None if words[:2] in {code[:2] for code in entity.departements} else False
    unsure = False
    for place in entity.places:
        for known in (" ".join(words_of(name)) for name in place.names):
            if words == known or (len(words) > 5 and OSA.distance(words.replace(" ", ""), known.replace(" ", ""), score_cutoff=1) <= 1):
                return True
            unsure = unsure or words.startswith(f"{known} ")
    return None if unsure else False


def _names(text: str, entity: Entity) -> bool:
    """Whether a text is a name of the entity."""
    asked = {reading.key for reading in read_name(text).readings}
    return any(reading.key in asked for name in entity.names for reading in read_name(name.text).readings)


def _kind(question: Question, entity: Entity) -> Iterator[Finding]:
    """What the name says of the kind (CC, ville de, association), and the property of that name, against types and kinds of the entity."""
    said = question.said
    territory = "Territory" in entity.types
    if question.kinds and territory:
        yield _finding(
            "kind", any(" ".join(words_of(kind)) in question.kinds for kind in entity.kinds), "type de territoire", "kind of territory"
        )
    if said == ORGANISATION and (territory or entity.types[0] == "PublicBody"):
        yield _finding("kind", False, "le nom dit une forme juridique de droit privé", "the name says a legal form of private law")
    elif said in GROUPING_KINDS and (entity.kinds or territory):
        agrees = said in entity.kinds
        yield _finding("kind", agrees, f"le nom dit : {said.replace('-', ' ')}", f"the name says: {said.replace('-', ' ')}")
    elif said in ("commune", "departement", "region") and entity.kinds:
        agrees = any(kind.partition("-")[0] == said for kind in entity.kinds)
        yield _finding("kind", agrees, f"le nom dit : {said}", f"the name says: {said}")


def _life(question: Question, entity: Entity) -> Iterator[Finding]:
    period = " – ".join((entity.since or "…", entity.until or "…"))
    if question.dated and (entity.since or entity.until):
        alive = question.alive(entity.since, entity.until)
        yield _finding("date", alive, f"vie : {period}", f"life: {period}")


def _finding(id_: str, agrees: bool | None, fr: str, en: str) -> Finding:
    return Finding(
        id_, agrees, fr if agrees is not False else f"{fr} : ne concorde pas", en if agrees is not False else f"{en}: does not agree"
    )


def _any_of(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    return True if True in found else None if None in found else False
