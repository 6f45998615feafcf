"""The JSON-LD context of a release, made from its ontology: every class and property of ours has its name, with what its values are.

Of other vocabularies, those properties are named that the model uses. Nothing here depends on the base: one context serves every network.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pyoxigraph import NamedNode, Triple

from ess_lod.terms import ESS, OWL, PREFIXES, RDF, RDFS, SCHEMA, XSD, A, iri_of

CONTEXT = "context.jsonld"

_TEXT, _LINK, _CODE, _DATE, _MOMENT = "@language", "@id", "", "xsd:date", "xsd:dateTime"
_OTHERS = {
    "label": ("rdfs:label", _TEXT),
    "title": ("dcterms:title", _TEXT),
    "description": ("dcterms:description", _TEXT),
    "prefLabel": ("skos:prefLabel", _TEXT),
    "altLabel": ("skos:altLabel", _TEXT),
    "definition": ("skos:definition", _TEXT),
    "scopeNote": ("skos:scopeNote", _TEXT),
    "example": ("skos:example", _TEXT),
    "note": ("skos:note", _TEXT),
    "keyword": ("dcat:keyword", _TEXT),
    "identifier": ("dcterms:identifier", _CODE),
    "notation": ("skos:notation", _CODE),
    "codeINSEE": ("igeo:codeINSEE", _CODE),
    "issueNumber": ("schema:issueNumber", _CODE),
    "schemeAgency": ("adms:schemeAgency", _CODE),
    "date": ("dcterms:date", _DATE),
    "modified": ("dcterms:modified", _DATE),
    "startDate": ("dcat:startDate", _DATE),
    "endDate": ("dcat:endDate", _DATE),
    "foundingDate": ("schema:foundingDate", _DATE),
    "dissolutionDate": ("schema:dissolutionDate", _DATE),
    "generatedAtTime": ("prov:generatedAtTime", _MOMENT),
    "asWKT": ("geo:asWKT", "geo:wktLiteral"),
    **{
        name: (f"{prefix}:{name}", _LINK)
        for prefix, names in {
            "dcterms": "conformsTo isFormatOf isPartOf isReplacedBy license publisher replaces source spatial temporal",
            "foaf": "homepage",
            "geo": "hasDefaultGeometry",
            "org": "changedBy hasPrimarySite hasSite member memberDuring memberOf organization originalOrganization resultedFrom resultingOrganization role",
            "owl": "disjointWith inverseOf",
            "prov": "hadPrimarySource wasDerivedFrom",
            "rdfs": "isDefinedBy seeAlso subClassOf subPropertyOf",
            "schema": "domainIncludes rangeIncludes sameAs",
            "skos": "broadMatch broader closeMatch exactMatch hasTopConcept inScheme narrowMatch narrower relatedMatch topConceptOf",
        }.items()
        for name in names.split()
    },
}


def make_context(core: Iterable[Triple]) -> dict[str, Any]:
    """What stands under ``@context``, from the triples of the ontology. A name that the ontology uses is not given to another vocabulary."""
    ranges: dict[str, set[NamedNode]] = {}
    classes: set[str] = set()
    for triple in core:
        subject = iri_of(triple.subject)
        if not subject.startswith(ESS.iri) or not isinstance(triple.object, NamedNode):
            continue
        if triple.predicate == A and triple.object == OWL.Class:
            classes.add(subject)
        elif triple.predicate == A and triple.object in (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty):
            ranges.setdefault(subject, set()).update({RDFS.Resource} if triple.object == OWL.ObjectProperty else ())
        elif triple.predicate in (RDFS.range, SCHEMA.rangeIncludes):
            ranges.setdefault(subject, set()).add(triple.object)
    terms: dict[str, Any] = {_local(iri): f"ess:{_local(iri)}" for iri in sorted(classes)}
    terms |= {_local(iri): _property(f"ess:{_local(iri)}", _kind(ranges[iri])) for iri in sorted(ranges)}
    for name, (iri, kind) in _OTHERS.items():
        terms.setdefault(name, _property(iri, kind))
    return {"@version": 1.1, "id": "@id", "type": "@type", **PREFIXES, **dict(sorted(terms.items()))}


def context_file(core: Iterable[Triple]) -> bytes:
    """``context.jsonld``: one line for each name."""
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(definition)}" for name, definition in make_context(core).items())
    return f'{{\n"@context": {{\n{lines}\n}}\n}}\n'.encode()


def _kind(ranges: set[NamedNode]) -> str:
    """What the values are, when they are of one sort; of several datatypes the first, and the others are said with each value."""
    if RDF.langString in ranges:
        return _TEXT
    datatypes = sorted(datatype.value[len(XSD.iri) :] for datatype in ranges if datatype in XSD)
    if not datatypes:
        return _LINK
    return _CODE if datatypes == ["string"] else f"xsd:{datatypes[0]}"


def _property(iri: str, kind: str) -> dict[str, str]:
    if kind == _TEXT:
        return {"@id": iri, "@container": "@language"}
    return {"@id": iri, "@type": kind} if kind else {"@id": iri}


def _local(iri: str) -> str:
    return iri[len(ESS.iri) :]
