"""Namespaces and the small change of RDF: terms are pyoxigraph's, prefixes are the usual ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

ESS_IRI = "https://w3id.org/ess-lod/ns#"
VOCAB_IRI = "https://w3id.org/ess-lod/vocab/"
SHAPES_IRI = "https://w3id.org/ess-lod/shapes#"
ONTOLOGY_IRI = "https://w3id.org/ess-lod/ns"


class Namespace:
    """``ORG.memberOf`` or ``ORG["memberOf"]`` is the node of that name in the namespace."""

    def __init__(self, iri: str) -> None:
        self.iri = iri

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("__"):
            raise AttributeError(name)
        return NamedNode(self.iri + name)

    def __getitem__(self, name: str) -> NamedNode:
        return NamedNode(self.iri + name)

    def __contains__(self, node: object) -> bool:
        return isinstance(node, NamedNode) and node.value.startswith(self.iri)


ESS = Namespace(ESS_IRI)
ADMS = Namespace("http://www.w3.org/ns/adms#")
DC = Namespace("http://purl.org/dc/elements/1.1/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
DCTERMS = Namespace("http://purl.org/dc/terms/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
IGEO = Namespace("http://rdf.insee.fr/def/geo#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
ORG = Namespace("http://www.w3.org/ns/org#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PROV = Namespace("http://www.w3.org/ns/prov#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SCHEMA = Namespace("https://schema.org/")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VOID = Namespace("http://rdfs.org/ns/void#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")

A = RDF.type

PREFIXES: dict[str, str] = {
    "adms": ADMS.iri,
    "bibo": "http://purl.org/ontology/bibo/",
    "cv": "http://data.europa.eu/m8g/",
    "dc": DC.iri,
    "dcat": DCAT.iri,
    "dcatap": DCATAP.iri,
    "dcterms": DCTERMS.iri,
    "ess": ESS.iri,
    "essglobal": "http://purl.org/essglobal/vocab/",
    "fabio": "http://purl.org/spar/fabio/",
    "foaf": FOAF.iri,
    "frbr": "http://purl.org/vocab/frbr/core#",
    "geo": GEO.iri,
    "hydra": HYDRA.iri,
    "igeo": IGEO.iri,
    "locn": LOCN.iri,
    "org": ORG.iri,
    "owl": OWL.iri,
    "prov": PROV.iri,
    "rdf": RDF.iri,
    "rdfs": RDFS.iri,
    "schema": SCHEMA.iri,
    "sh": SH.iri,
    "skos": SKOS.iri,
    "spdx": SPDX.iri,
    "vann": "http://purl.org/vocab/vann/",
    "vcard": VCARD.iri,
    "void": VOID.iri,
    "voaf": "http://purl.org/vocommons/voaf#",
    "xsd": XSD.iri,
}

_PARTIAL_DATES = (
    (re.compile(r"\d{4}-\d{2}-\d{2}"), XSD.date),
    (re.compile(r"\d{4}-\d{2}"), XSD.gYearMonth),
    (re.compile(r"\d{4}"), XSD.gYear),
)


def fr(text: str) -> Literal:
    """French text."""
    return Literal(text, language="fr")


def en(text: str) -> Literal:
    """English text."""
    return Literal(text, language="en")


def text(value: str) -> Literal:
    """A plain string: codes are strings, so that ``02361`` stays so."""
    return Literal(value)


def date(value: str) -> Literal:
    """``2017-01-01``, ``2017-01`` or ``2017`` as ``xsd:date``, ``xsd:gYearMonth`` or ``xsd:gYear`` (ISO 8601, as DCAT 3 has it)."""
    for pattern, datatype in _PARTIAL_DATES:
        if pattern.fullmatch(value):
            return Literal(value, datatype=datatype)
    raise ValueError(value)


def integer(value: int) -> Literal:
    """``xsd:integer``."""
    return Literal(str(value), datatype=XSD.integer)


def decimal(value: str) -> Literal:
    """``xsd:decimal`` in the lexical form given."""
    return Literal(value, datatype=XSD.decimal)


def in_graph(triple: Triple, graph: NamedNode | DefaultGraph | None = None) -> Quad:
    """The triple as a quad of a graph, by default the default graph."""
    return Quad(triple.subject, triple.predicate, triple.object, graph or DefaultGraph())


def iri_of(node: object) -> str:
    """The IRI of a named node, an empty string for anything else."""
    return node.value if isinstance(node, NamedNode) else ""


def used_prefixes(triples: Sequence[Triple]) -> dict[str, str]:
    """Those of our prefixes that some triples need."""
    iris = {iri_of(node) for triple in triples for node in (triple.subject, triple.predicate, triple.object)}
    iris |= {node.datatype.value for triple in triples if isinstance(node := triple.object, Literal)}
    return {prefix: iri for prefix, iri in sorted(PREFIXES.items()) if any(term.startswith(iri) for term in iris)}
