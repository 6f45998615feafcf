"""The files of ``ontology/`` as rdflib graphs, for the tests of the vocabulary."""

from __future__ import annotations

import re

from rdflib import RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from tests.conftest import REPOSITORY

ONTOLOGY = REPOSITORY / "ontology"
EXAMPLES = sorted((ONTOLOGY / "examples").glob("*.ttl"))
FILES = ("ess.ttl", "schemes.ttl", "alignments.ttl")

NS = "https://w3id.org/ess-lod/ns"
ESS = Namespace(NS + "#")
V = Namespace("https://w3id.org/ess-lod/vocab/")
ID = Namespace("https://w3id.org/ess-lod/id/")
SHAPES = Namespace("https://w3id.org/ess-lod/shapes#")
SH = Namespace("http://www.w3.org/ns/shacl#")
HEADER = URIRef(NS)
AUTHORS = URIRef("https://w3id.org/ess-lod/#authors")

CLASSES = {
    "Actor", "Collective", "Cooperation", "Document", "Figure", "Involvement", "NewsletterIssue", "OrganizationChange", "Portrayal",
    "PublicBody", "Recognition", "Scheme", "Site", "Supplement", "TerritorialChange", "TerritorialMembership", "Territory", "TerritoryState",
}  # fmt: skip
CONCEPTS = {
    "agrement": 15, "champ": 30, "changement": 8, "confiance": 4, "dispositif": 11, "etat": 6, "evenement": 9, "mesure": 8, "mode": 5, "prominence": 3,
    "role": 13, "statut": 34, "type-document": 11, "type-identifiant": 3, "type-territoire": 21,
}  # fmt: skip
MATCHES = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
IN_BOTH_LANGUAGES = (RDFS.label, SKOS.prefLabel, SKOS.definition, SKOS.scopeNote, SKOS.example)


def read(*names: str) -> Graph:
    """The files of ontology/ as one graph."""
    graph = Graph()
    for name in names:
        graph.parse(ONTOLOGY / name)
    return graph


def local(node: Node) -> str:
    """The last step of an IRI: ``Actor``, ``association-declaree``."""
    return re.split(r"[/#]", str(node))[-1]


def of_type(graph: Graph, *types: Node) -> set[URIRef]:
    """Named nodes of one of the types."""
    return {s for type_ in types for s in graph.subjects(RDF.type, type_) if isinstance(s, URIRef)}


def texts(graph: Graph, node: Node, predicate: Node) -> dict[str | None, str]:
    """Texts by language; a second text in one language is an error of the test."""
    found: dict[str | None, str] = {}
    for literal in graph.objects(node, predicate):
        assert isinstance(literal, Literal)
        assert literal.language not in found, (node, predicate, literal)
        found[literal.language] = str(literal)
    return found
