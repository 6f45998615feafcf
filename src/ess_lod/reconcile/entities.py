"""The things that can be looked up, as the index needs them, read from the store of a release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ess_lod.insee.reference import departement_of
from ess_lod.iris import Iris, concept
from ess_lod.reconcile.statements import Row, Statements, read_statements
from ess_lod.reconcile.types import OF_KIND, OF_SCHEME, TYPES, with_broader
from ess_lod.store import Store
from ess_lod.terms import VOCAB_IRI

_OVER = frozenset(concept("etat", notation).value for notation in ("cesse", "fusionne"))
_WITHDRAWN = concept("etat", "retire").value
_CERTAIN = concept("confiance", "certaine").value
_NAME_KINDS = {
    "rdfs:label": "label",
    "skos:prefLabel": "label",
    "dcterms:title": "other",
    "ess:acronym": "acronym",
    "ess:formerName": "former",
    "skos:altLabel": "other",
    "skos:notation": "other",
}
"""The kind of a name by its property; a text that has two kinds has the first one here."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a thing.

    ``kind`` is ``label``, ``other``, ``acronym``, ``former`` or ``state``; ``language`` is ``fr`` or ``en``. It was in use in the half-open period
    ``[since, until)`` of ISO dates; "" is open.
    """

    text: str
    kind: str = "label"
    language: str = "fr"
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """An official identifier: ``scheme`` is ``siren``, ``siret``, ``rna`` or ``insee``. One that is not certain was found by likeness."""

    scheme: str
    value: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A commune where a thing is: INSEE code, names and IRIs, of a part of a commune those of the commune too, the own ones first."""

    code: str
    names: tuple[str, ...]
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing. ``id`` is its canonical IRI, ``types`` its types, the most special first.

    ``kinds`` are notations of type-territoire that it, or the territory that it administers, has or had; ``fields`` IRIs of concepts, ``websites``
    hosts without ``www``. It lived in the half-open period ``[since, until)`` of full or partial ISO dates; "" is open or not known, and ``over`` tells
    that it has ended. ``part_of`` is the IRI of the territory that it is a part of, ``replaced_by`` are the IRIs of what came after it.
    """

    id: str
    types: tuple[str, ...]
    names: tuple[Name, ...]
    codes: tuple[Code, ...] = ()
    places: tuple[Place, ...] = ()
    departements: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    websites: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    over: bool = False
    part_of: str = ""
    replaced_by: tuple[str, ...] = ()
    description_fr: str = ""
    description_en: str = ""

    def name(self, language: str = "fr") -> str:
        """What it is called in a language, or in French."""
        labels = [name for name in self.names if name.kind == "label"] or list(self.names)
        return next((name.text for name in labels if name.language == language), labels[0].text)

    def description(self, language: str = "fr") -> str:
        """A line that tells it from its namesakes: type, code, commune, life."""
        return self.description_en if language == "en" else self.description_fr


def entities(store: Store, iris: Iris) -> Iterator[Entity]:
    """All that can be looked up in a release, in the order of their IRIs; nothing of withdrawn or duplicate ids."""
    said = read_statements(store)
    ours = (f"{iris.base}id/", VOCAB_IRI)
    for iri in sorted(said.types):
        names = _names(said, iri)
        if names and iri.startswith(ours) and _WITHDRAWN not in said.values(iri, "adms:status"):
            yield _entity(said, iri, names)


def _entity(said: Statements, iri: str, names: tuple[Name, ...]) -> Entity:
    types = _types(said, iri)
    since, until = _life(said, iri)
    places = _places(said, iri)
    kinds = _kinds(said, iri)
    codes = _codes(said, iri)
    over = bool(until) or any(status in _OVER for status in said.values(iri, "ess:lifecycleStatus"))
    what = _what(said, types, kinds if "Territory" in types else ())
    ended = (f"fin : {until}" if until else "n'existe plus", f"ended: {until}" if until else "no longer exists") if over else ("", "")
    departements = _departements(said, iri, codes, places)
    where = ", ".join(dict.fromkeys(place.names[0] for place in places)) or ", ".join(departements if "Territory" in types else ())
    code = next((f"{'Insee' if each.scheme == 'insee' and len(each.value) < 9 else 'SIREN'} {each.value}" for each in codes), "")
    return Entity(
        iri,
        types,
        names,
        codes,
        places,
        departements,
        kinds,
        tuple(said.values(iri, "ess:activityField") or said.values(iri, "ess:theme")),
        tuple(sorted({host for value in said.values(iri, "foaf:homepage") if (host := host_of(value))})),
        since,
        until,
        over,
        next(iter(said.values(iri, "dcterms:isPartOf")), ""),
        tuple(said.values(iri, "dcterms:isReplacedBy")),
        ", ".join(filter(None, (what[0], code, where, ended[0]))),
        ", ".join(filter(None, (what[1], code, where, ended[1]))),
    )


def host_of(url: str) -> str:
    """The host of an address, without ``www``: two pages of one site are one site. "" for what is no address; the scheme may be left out."""
    try:
        host = urlsplit(url.strip() if "//" in url else f"//{url.strip()}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if "." in host else ""


def _names(said: Statements, iri: str) -> tuple[Name, ...]:
    """All names; one that is that of a state of a territory has the dates of that state, also when it is the label."""
    found: dict[tuple[str, str], Name] = {}
    for property_, kind in _NAME_KINDS.items():
        for row in sorted(said.names[property_].get(iri, ()), key=lambda row: (row.get("language", "") != "fr", row["text"])):
            name = Name(row["text"], kind, row.get("language") or "fr")
            found.setdefault((name.text, name.language), name)
    dated: dict[str, list[Row]] = {}
    for row in sorted(said.states.get(iri, ()), key=lambda row: row.get("start", "")):
        dated.setdefault(row["text"], []).append(row)
    for text, rows in dated.items():
        kind = found[text, "fr"].kind if (text, "fr") in found else "state"
        found[text, "fr"] = Name(text, kind, "fr", rows[0].get("start", ""), rows[-1].get("end", ""))
    return tuple(found.values())


def _types(said: Statements, iri: str) -> tuple[str, ...]:
    type_ = said.types[iri]
    if type_ == "Territory":
        type_ = next((OF_KIND[kind] for value in said.values(iri, "ess:territoryKind") if (kind := _notation(value)) in OF_KIND), type_)
    if type_ == "Concept":
        type_ = next((OF_SCHEME[name] for value in said.values(iri, "skos:inScheme") if (name := _notation(value)) in OF_SCHEME), type_)
    return with_broader(type_)


def _life(said: Statements, iri: str) -> tuple[str, str]:
    for row in said.lives.get(iri, ()):
        return row.get("start", ""), row.get("end", "")
    since, until = (next(iter(said.values(iri, name)), "") for name in ("schema:foundingDate", "schema:dissolutionDate"))
    return since, until


def _codes(said: Statements, iri: str) -> tuple[Code, ...]:
    found = {Code("insee", value) for value in said.values(iri, "igeo:codeINSEE")}
    for node in (iri, *(row["site"] for row in said.sites.get(iri, ()))):
        for row in said.identifiers.get(node, ()):
            found.add(Code(_notation(row["type"]), row["value"], row.get("confidence", _CERTAIN) == _CERTAIN))
    return tuple(sorted(found, key=lambda code: (code.scheme, not code.certain, code.value)))


def _places(said: Statements, iri: str) -> tuple[Place, ...]:
    rows = [*said.sites.get(iri, ()), *said.seats.get(iri, ())]
    communes = dict.fromkeys(row["commune"] for row in rows if row.get("commune"))
    return tuple(place for commune in communes if (place := _place(said, commune)).names)


def _place(said: Statements, commune: str) -> Place:
    ids = (commune, *(above for above in said.values(commune, "dcterms:isPartOf") if _is_commune(said, above)))
    labels = said.names["rdfs:label"]
    names = dict.fromkeys(row["text"] for each in ids for row in labels.get(each, ()) if row.get("language") == "fr")
    return Place(next(iter(said.values(commune, "igeo:codeINSEE")), ""), tuple(names), ids)


def _is_commune(said: Statements, iri: str) -> bool:
    return any(_notation(value) == "commune" for value in said.values(iri, "ess:territoryKind"))


def _departements(said: Statements, iri: str, codes: tuple[Code, ...], places: tuple[Place, ...]) -> tuple[str, ...]:
    """Codes of départements: of an EPCI those of all its communes, of others that of their code or of the communes where they are."""
    kinds = {_notation(value) for value in said.values(iri, "ess:territoryKind")}
    found = {code for row in said.members.get(iri, ()) for code in said.values(row["departement"], "igeo:codeINSEE")}
    if kinds & {"commune", "commune-deleguee", "commune-associee"}:
        found = {departement_of(code.value) for code in codes}
    if "departement" in kinds:
        found = {code.value for code in codes}
    return tuple(sorted(found or {departement_of(place.code) for place in places if place.code}))


def _what(said: Statements, types: tuple[str, ...], kinds: tuple[str, ...]) -> tuple[str, str]:
    """What it is, in French and English: the kind of a territory, else the type."""
    rows = said.names["rdfs:label"].get(concept("type-territoire", kinds[0]).value, ()) if kinds else ()
    labels = {row["language"]: row["text"] for row in rows}
    return labels.get("fr", TYPES[types[0]].name_fr), labels.get("en", TYPES[types[0]].name_en)


def _kinds(said: Statements, iri: str) -> tuple[str, ...]:
    """The kinds of a territory, that of today first; of a public body those of what it administers."""
    territories = said.values(iri, "ess:administers") or [iri]
    now = [value for each in territories for value in said.values(each, "ess:territoryKind")]
    ever = sorted({row["kind"] for each in territories for row in said.states.get(each, ())})
    return tuple(dict.fromkeys(map(_notation, [*now, *ever])))


def _notation(iri: str) -> str:
    return iri.rpartition("/")[2]
