"""``shapes/vocabulary.ttl`` accepts the vocabulary as it is and refuses it for each fault that we can think of."""

from __future__ import annotations

import pyshacl
import pytest
from rdflib import RDF, Graph

from tests.conftest import REPOSITORY
from tests.ontology_files import FILES, SH, SHAPES, local, of_type, read, texts


@pytest.fixture(scope="module")
def everything() -> Graph:
    return read(*FILES)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    graph = Graph()
    for name in ("shapes.ttl", "vocabulary.ttl"):
        graph.parse(REPOSITORY / "shapes" / name)
    return graph


def results(graph: Graph, shapes: Graph) -> set[tuple[str, str]]:
    """Focus node and source (shape, or SPARQL constraint) of each result, by their last steps."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes)
    assert isinstance(report, Graph)
    found = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        source = report.value(result, SH.sourceConstraint) or report.value(result, SH.sourceShape)
        focus = report.value(result, SH.focusNode)
        assert source is not None
        assert focus is not None
        found.add((local(focus), local(source)))
    return found


def test_shapes_have_a_severity_and_messages_in_both_languages() -> None:
    """SEMIC DSC-R4 and DSC-R5."""
    graph = Graph().parse(REPOSITORY / "shapes/vocabulary.ttl")
    checks = of_type(graph, SH.NodeShape, SH.PropertyShape)
    assert len(checks) == 40
    for shape in checks:
        assert graph.value(shape, SH.severity) == SH.Violation
        assert shape in SHAPES
    spoken = checks | of_type(graph, SH.SPARQLConstraint)
    assert len(spoken) == 46
    assert [node for node in spoken if set(texts(graph, node, SH.message)) != {"fr", "en"}] == []


def test_the_vocabulary_passes_its_shapes_and_gives_every_one_something_to_look_at(everything: Graph, shapes: Graph) -> None:
    assert results(everything, shapes) == set()
    conforms, _, _ = pyshacl.validate(everything, shacl_graph=shapes, meta_shacl=True)
    assert conforms is True
    targets = [(kind, target) for kind in (SH.targetClass, SH.targetNode, SH.targetSubjectsOf) for target in shapes.objects(None, kind)]
    assert len(targets) == 10
    for kind, target in targets:
        pattern = {
            SH.targetClass: (None, RDF.type, target),
            SH.targetNode: (target, None, None),
            SH.targetSubjectsOf: (None, target, None),
        }[kind]
        assert next(everything.triples(pattern), None), target


NS = "<https://w3id.org/ess-lod/ns>"
BY = "<https://creativecommons.org/licenses/by/4.0/>"
CJ = "http://id.insee.fr/codes/cj/niveauIII"
Fault = tuple[str, str, set[tuple[str, str]]]
FAULTS: dict[str, Fault] = {
    "no English label": ("", 'ess:Actor rdfs:label "SSE actor"@en .', {("Actor", "term-label")}),
    "two French labels": ('ess:Site rdfs:label "lieu"@fr .', "", {("Site", "term-label")}),
    "a label that ends in a space": ('ess:page rdfs:label "page "@en .', 'ess:page rdfs:label "page"@en .', {("page", "term-label")}),
    "a definition without a full stop": ('ess:page skos:definition "Page"@en .', "", {("page", "term-definition")}),
    "a definition in German": (
        'ess:rna skos:definition "Nummer."@de .',
        'ess:rna skos:definition "Number of an association in the French national register of associations, the letter W followed by nine characters."@en .',
        {("rna", "term-definition")},
    ),
    "a class with a small letter": (
        f'ess:thing a owl:Class ; rdfs:isDefinedBy {NS} ; rdfs:label "chose"@fr, "thing"@en ; skos:definition "Chose."@fr, "Thing."@en .',
        "",
        {("thing", "ClassTermShape")},
    ),
    "a term of nobody": ("", f"ess:features rdfs:isDefinedBy {NS} .", {("features", "term-defined-by")}),
    "a domain": ("ess:features rdfs:domain ess:Supplement .", "", {("features", "property-domain")}),
    "a range": ("ess:features rdfs:range ess:Actor .", "", {("features", "property-range")}),
    "an object property of values": ("ess:features a owl:DatatypeProperty .", "", {("features", "ObjectPropertyShape")}),
    "a cycle of classes": ("ess:Actor rdfs:subClassOf ess:Collective .", "", {("Actor", "class-cycle"), ("Collective", "class-cycle")}),
    "no licence": ("", f"{NS} dcterms:license {BY} .", {("ns", "ontology-license")}),
    "a version of two parts": (f'{NS} owl:versionInfo "1.0" .', f'{NS} owl:versionInfo "1.0.0" .', {("ns", "ontology-version")}),
    "created after modified": (
        f'{NS} dcterms:created "2999-01-01"^^xsd:date .',
        f'{NS} dcterms:created "2026-11-24"^^xsd:date .',
        {("ns", "ontology-created")},
    ),
    "schema.org without the s": ("ess:Actor rdfs:seeAlso <http://schema.org/Organization> .", "", {("ns", "https-schema-org")}),
    "no status": ("", f"{NS} bibo:status <http://purl.org/ontology/bibo/status/published> .", {("ns", "ontology-status")}),
    "a scheme without licence": ("", f"v:evenement dcterms:license {BY} .", {("evenement", "scheme-license")}),
    "a scheme with one title": ("", 'v:evenement dcterms:title "Kinds of territorial change"@en .', {("evenement", "scheme-title")}),
    "a notation twice": (
        'v:mode\\/inference skos:notation "estimation" .',
        'v:mode\\/inference skos:notation "inference" .',
        {("mode", "notation-unique")},
    ),
    "a notation with an accent": (
        'v:etat\\/cesse skos:notation "cessé" .',
        'v:etat\\/cesse skos:notation "cesse" .',
        {("cesse", "concept-notation")},
    ),
    "a concept without scheme": ("", "v:etat\\/inconnu skos:inScheme v:etat .", {("inconnu", "concept-scheme")}),
    "prefLabel unlike the label": (
        'v:etat\\/actif skos:prefLabel "vivant"@fr .',
        'v:etat\\/actif skos:prefLabel "actif"@fr .',
        {("actif", "concept-label")},
    ),
    "a cycle of concepts": (
        "v:role\\/pilote skos:broader v:role\\/membre . v:role\\/membre skos:broader v:role\\/pilote .",
        "",
        {("pilote", "broader-cycle"), ("membre", "broader-cycle")},
    ),
    "broader in another scheme": ("v:mesure\\/budget skos:broader v:role\\/soutien .", "", {("budget", "broader-scheme")}),
    "two broader concepts": (
        "v:statut\\/cuma skos:broader v:statut\\/cooperative .",
        "",
        {("cuma", "concept-broader")},
    ),
    "two exact matches in one scheme": (f"v:statut\\/petr skos:exactMatch <{CJ}/7354> .", "", {("petr", "exact-match-once")}),
    "exact and broader at once": (
        f"v:statut\\/collectivite-region skos:broadMatch <{CJ}/7230> .",
        "",
        {("collectivite-region", "concept-exact")},
    ),
}
PREFIXES = """
@prefix bibo: <http://purl.org/ontology/bibo/> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix ess: <https://w3id.org/ess-lod/ns#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix v: <https://w3id.org/ess-lod/vocab/> .
"""


def test_a_broken_vocabulary_is_refused_for_its_faults_and_for_nothing_else(everything: Graph, shapes: Graph) -> None:
    """All faults at once, each on nodes or constraints of its own, so that every result tells which fault it found."""
    broken = Graph()
    broken += everything
    for _, removed, _ in FAULTS.values():
        for triple in Graph().parse(data=PREFIXES + removed, format="turtle"):
            assert triple in broken, triple
            broken.remove(triple)
    for added, _, _ in FAULTS.values():
        broken += Graph().parse(data=PREFIXES + added, format="turtle")
    expected = {pair: fault for fault, (_, _, pairs) in FAULTS.items() for pair in pairs}
    assert len(FAULTS) == 27
    assert len(expected) == 29
    found = results(broken, shapes)
    assert {expected[pair] for pair in expected.keys() - found} == set()
    assert found - expected.keys() == set()
