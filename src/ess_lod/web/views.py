"""A thing in the terms of others: schema.org and ESSGlobal, made from its description by the rules that stand here and nowhere else.

A rule names a property of theirs and the path to its values through ours. The same rules give the triples of a profile and, for schema.org, what search
engines read in a page. Parts that must be nodes of their own (an address) are ``#fragment`` parts of the thing: there are no blank nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Triple

from ess_lod.store import in_reading_order
from ess_lod.terms import SCHEMA, A, text
from ess_lod.web.graph import Graph, Term, expand
from ess_lod.web.words import last_day

GOOD_RELATIONS = "http://purl.org/goodrelations/v1#"
ESSGLOBAL = "http://purl.org/essglobal/vocab/"
_STANDARD = "http://purl.org/essglobal/standard/"
_VCARD = "http://www.w3.org/2006/vcard/ns#"
_TOWN = "org:hasPrimarySite/ess:locatedIn/rdfs:label"
_WORKS = ("supplement", "lettre", "document")


@dataclass(frozen=True)
class Rule:
    """A property (IRI) and the path to its values: steps after ``/``, choices after ``|``.

    ``within``: only IRIs that begin so. ``many``: a list even when there is one value. ``named``: the values are things that are given their name too.
    """

    term: str
    path: str
    within: str = ""
    many: bool = False
    named: bool = False


@dataclass(frozen=True)
class Part:
    """A node that hangs on the thing: the property that leads to it, its fragment, its class, its own rules (from the thing)."""

    term: str
    fragment: str
    type: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class View:
    """A thing in other terms: classes by kind, classes for instances of a class of ours, rules, parts, and the property that names things."""

    types: dict[str, str]
    name: str
    rules: tuple[Rule, ...]
    parts: tuple[Part, ...] = ()
    also: dict[str, str] = field(default_factory=dict)
    dated: str = ""
    """The property that says when a work appeared, as an interval of days."""


def _schema(name: str) -> str:
    return SCHEMA.iri + name


SCHEMA_ORG = View(
    types={
        "supplement": _schema("PublicationIssue"),
        "lettre": _schema("PublicationIssue"),
        "territoire": _schema("AdministrativeArea"),
        "acteur": _schema("Organization"),
        "personne-publique": _schema("GovernmentOrganization"),
        "cooperation": _schema("Project"),
        "dispositif": _schema("GovernmentService"),
        "document": _schema("CreativeWork"),
    },
    name=_schema("name"),
    rules=(
        Rule(_schema("name"), "rdfs:label"),
        Rule(_schema("description"), "dcterms:description"),
        Rule(_schema("alternateName"), "skos:altLabel|ess:acronym", many=True),
        Rule(_schema("sameAs"), "schema:sameAs", many=True),
        Rule(_schema("url"), "foaf:homepage"),
        Rule(_schema("foundingDate"), "schema:foundingDate"),
        Rule(_schema("dissolutionDate"), "schema:dissolutionDate"),
        Rule(_schema("identifier"), "ess:siren|ess:rna|dcterms:identifier", many=True),
        Rule(_schema("issueNumber"), "schema:issueNumber"),
        Rule(_schema("about"), "ess:portraysTerritory", many=True, named=True),
        Rule(_schema("mentions"), "ess:features", many=True, named=True),
        Rule(_schema("areaServed"), "ess:operatesIn", many=True, named=True),
        Rule(_schema("containedInPlace"), "dcterms:isPartOf", many=True, named=True),
    ),
    parts=(Part(_schema("address"), "adresse", _schema("PostalAddress"), (Rule(_schema("addressLocality"), _TOWN),)),),
    dated=_schema("temporalCoverage"),
)

ESSGLOBAL_VIEW = View(
    types={"acteur": f"{ESSGLOBAL}SSEInitiative"},
    also={"ess:Collective": f"{ESSGLOBAL}Network"},
    name=f"{GOOD_RELATIONS}name",
    rules=(
        Rule(f"{GOOD_RELATIONS}name", "rdfs:label"),
        Rule("http://purl.org/dc/terms/description", "dcterms:description"),
        Rule("http://xmlns.com/foaf/0.1/homepage", "foaf:homepage"),
        Rule("http://www.w3.org/2000/01/rdf-schema#seeAlso", "schema:sameAs"),
        Rule(f"{ESSGLOBAL}economicSector", "ess:activityField/skos:closeMatch|skos:broadMatch", f"{_STANDARD}activities-modified/"),
        Rule(f"{ESSGLOBAL}legalForm", "ess:legalStatus/skos:exactMatch|skos:closeMatch|skos:broadMatch", f"{_STANDARD}legal-form/"),
        Rule(
            f"{ESSGLOBAL}organisationalStructure",
            "ess:legalStatus/skos:exactMatch|skos:closeMatch|skos:broadMatch",
            f"{_STANDARD}organisational-structure/",
        ),
    ),
    parts=(Part(f"{ESSGLOBAL}hasAddress", "adresse", f"{ESSGLOBAL}Address", (Rule(f"{_VCARD}locality", _TOWN),)),),
)


def seen_as(view: View, about: Graph, vocabulary: Graph, iri: str, kind: str) -> list[Triple]:
    """The triples of a view of a thing, in reading order. ``about`` describes the thing, ``vocabulary`` has the concepts and what they match."""
    return in_reading_order(set(_triples(view, (about, vocabulary), NamedNode(iri), kind)), iri)


def values(graphs: tuple[Graph, ...], thing: Term, rule: Rule) -> list[Term]:
    """What a rule finds from a thing, sorted, without doubles."""
    found: list[Term] = [thing]
    for step in rule.path.split("/"):
        found = [value for node in found for choice in step.split("|") for graph in graphs for value in graph.objects(node, choice)]
    kept = {value for value in found if not rule.within or (isinstance(value, NamedNode) and value.value.startswith(rule.within))}
    return sorted(kept, key=str)


def coverage(about: Graph, thing: NamedNode, kind: str) -> str:
    """When a work appeared, as schema.org writes it (ISO 8601 interval, both days included, ``..`` for an open end); empty when not known."""
    for period in about.objects(thing, "dcterms:temporal") if kind in _WORKS else ():
        start, end = (_first(about.objects(period, name)) for name in ("dcat:startDate", "dcat:endDate"))
        if start:
            return f"{start}/{last_day(end) or '..'}"
    return ""


def _triples(view: View, graphs: tuple[Graph, ...], thing: NamedNode, kind: str) -> Iterator[Triple]:
    about = graphs[0]
    yield Triple(thing, A, NamedNode(view.types[kind]))
    for ours, theirs in view.also.items():
        if NamedNode(expand(ours)) in about.objects(thing, "rdf:type"):
            yield Triple(thing, A, NamedNode(theirs))
    for rule in view.rules:
        for value in values(graphs, thing, rule):
            yield Triple(thing, NamedNode(rule.term), value)
            if rule.named:
                yield from (Triple(value, NamedNode(view.name), label) for label in about.objects(value, "rdfs:label"))  # type: ignore[arg-type]
    for part in view.parts:
        node = NamedNode(f"{thing.value}#{part.fragment}")
        said = [Triple(node, NamedNode(rule.term), value) for rule in part.rules for value in values(graphs, thing, rule)]
        if said:
            yield Triple(thing, NamedNode(part.term), node)
            yield Triple(node, A, NamedNode(part.type))
            yield from said
    if view.dated and (when := coverage(about, thing, kind)):
        yield Triple(thing, NamedNode(view.dated), text(when))


def _first(found: list[Term]) -> str:
    return found[0].value if found and isinstance(found[0], Literal) else ""
