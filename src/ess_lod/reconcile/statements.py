"""The queries that read from the store what the index needs, each as rows of plain texts grouped by thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ess_lod.store import Store
from ess_lod.terms import PREFIXES

CLASSES: dict[str, str] = {
    "ess:Actor": "Actor",
    "ess:Collective": "Collective",
    "ess:PublicBody": "PublicBody",
    "ess:Territory": "Territory",
    "ess:Supplement": "Supplement",
    "ess:NewsletterIssue": "NewsletterIssue",
    "ess:Cooperation": "Cooperation",
    "ess:Scheme": "Scheme",
    "skos:Concept": "Concept",
}
"""The classes whose things are looked up, with their types; a class after another one wins."""

_NAMES = ("rdfs:label", "skos:prefLabel", "skos:altLabel", "dcterms:title", "ess:acronym", "ess:formerName", "skos:notation")
_FACTS = (
    "adms:status",
    "dcterms:isPartOf",
    "dcterms:isReplacedBy",
    "ess:activityField",
    "ess:administers",
    "ess:lifecycleStatus",
    "ess:territoryKind",
    "ess:theme",
    "foaf:homepage",
    "igeo:codeINSEE",
    "schema:dissolutionDate",
    "schema:foundingDate",
    "skos:inScheme",
)
_TEXTS = """SELECT ?s ?text (LANG(?text) AS ?language) WHERE {{ ?s a {type} ; {property} ?text }}"""
_VALUES = """SELECT ?s ?value WHERE {{ ?s a {type} ; {property} ?value }}"""
_LIVES = """SELECT ?s ?start ?end WHERE { ?s a ess:Territory ; dcterms:temporal ?life .
  OPTIONAL { ?life dcat:startDate ?start } OPTIONAL { ?life dcat:endDate ?end } }"""
_STATES = """SELECT ?s ?text ?kind ?start ?end WHERE { ?s ess:hasState ?state . ?state rdfs:label ?text ; ess:territoryKind ?kind .
  OPTIONAL { ?state dcterms:temporal ?life . OPTIONAL { ?life dcat:startDate ?start } OPTIONAL { ?life dcat:endDate ?end } } }"""
_IDENTIFIERS = """SELECT ?s ?value ?type ?confidence WHERE { ?s adms:identifier ?code .
  ?code skos:notation ?value ; dcterms:type ?type . OPTIONAL { ?code ess:confidence ?confidence } }"""
_SITES = """SELECT ?s ?site ?commune WHERE {{ ?s {property} ?site . OPTIONAL {{ ?site ess:locatedIn ?commune }} }}"""
_SEATS = """SELECT ?s ?commune WHERE { ?s ess:seatCommune ?commune }"""
_MEMBERS = """SELECT DISTINCT ?s ?departement WHERE { ?membership ess:groupingTerritory ?s ; ess:memberTerritory ?commune .
  ?commune dcterms:isPartOf ?departement }"""

Row = Mapping[str, str]
Rows = dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Statements:
    """What is said of each thing, by its IRI: its type, and rows by the name of what they say. ``sites`` has the seat of a thing first."""

    types: dict[str, str]
    names: dict[str, Rows]
    facts: dict[str, Rows]
    lives: Rows
    states: Rows
    identifiers: Rows
    sites: Rows
    seats: Rows
    members: Rows

    def values(self, iri: str, property_: str) -> list[str]:
        """The values of a property of a thing, sorted."""
        return sorted({row["value"] for row in self.facts[property_].get(iri, ())})


def read_statements(store: Store) -> Statements:
    """Ask the store for everything. Rows come in any order: what is made of them must be sorted."""
    types: dict[str, str] = {}
    for class_, type_ in CLASSES.items():
        types.update(dict.fromkeys(sorted(_grouped(store, f"SELECT ?s WHERE {{ ?s a {class_} }}")), type_))
    names = {name: _of_all(store, _TEXTS, name) for name in _NAMES}
    facts = {name: _of_all(store, _VALUES, name) for name in _FACTS}
    seats, others = (_grouped(store, _SITES.format(property=name)) for name in ("org:hasPrimarySite", "org:hasSite"))
    sites = {iri: [*seats.get(iri, ()), *others.get(iri, ())] for iri in {**seats, **others}}
    texts = (_LIVES, _STATES, _IDENTIFIERS, _SEATS, _MEMBERS)
    lives, states, identifiers, seat_communes, members = (_grouped(store, text) for text in texts)
    return Statements(types, names, facts, lives, states, identifiers, sites, seat_communes, members)


def _of_all(store: Store, text: str, property_: str) -> Rows:
    """Rows about the things of all classes. A class at a time: with a variable for it engines look through everything that has the property."""
    found: Rows = {}
    for class_ in CLASSES:
        if class_ != "ess:Collective":  # collectives are actors too
            found.update(_grouped(store, text.format(type=class_, property=property_)))
    return found


def _grouped(store: Store, text: str) -> Rows:
    found: Rows = defaultdict(list)
    for row in store.query(_PREFIXES + text).rows():
        values = {name: getattr(term, "value", "") for name, term in row.items()}
        found[values.pop("s")].append(values)
    return dict(found)


_PREFIXES = "".join(
    f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n"
    for prefix in ("adms", "dcat", "dcterms", "ess", "foaf", "igeo", "org", "rdfs", "schema", "skos")
)
