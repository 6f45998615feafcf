"""The vocabulary's links to others, and its concepts: OOPS! P40, FOOPS! VOC1 and VOC2, the conditions of the SKOS reference."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, XSD, BNode, Graph, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, GEO, ORG, PROV, SDO, VANN

from tests.conftest import REPOSITORY
from tests.ontology_files import CONCEPTS, ESS, EXAMPLES, FILES, HEADER, MATCHES, ONTOLOGY, V, local, of_type, read, texts


@pytest.fixture(scope="module")
def core() -> Graph:
    graph = read("ess.ttl")
    assert len(graph) > 750
    return graph


@pytest.fixture(scope="module")
def schemes() -> Graph:
    graph = read("schemes.ttl")
    assert len(graph) > 2000
    return graph


@pytest.fixture(scope="module")
def alignments() -> Graph:
    graph = read("alignments.ttl")
    assert len(graph) > 450
    return graph


@pytest.fixture(scope="module")
def everything() -> Graph:
    return read(*FILES)


@pytest.fixture(scope="module")
def concepts(schemes: Graph) -> set[URIRef]:
    found = of_type(schemes, SKOS.Concept)
    assert len(found) == sum(CONCEPTS.values()) == 181
    return found


def test_links_of_each_strength(alignments: Graph) -> None:
    counted = Counter(local(predicate) for predicate in alignments.predicates())
    assert counted == {
        "subClassOf": 23, "subPropertyOf": 26, "seeAlso": 54, "domainIncludes": 4, "specializes": 10, "reliesOn": 3,
        "exactMatch": 16, "closeMatch": 92, "broadMatch": 57, "narrowMatch": 56, "relatedMatch": 161,
    }  # fmt: skip


# Links: OOPS! P40; FOOPS! VOC1, VOC2; SKOS S9, S13, S14, S27, S46


def test_the_core_links_to_no_other_vocabulary(core: Graph) -> None:
    metadata = {OWL.Ontology, FOAF.Agent, URIRef("http://purl.org/vocommons/voaf#Vocabulary"), SKOS.Concept}
    of_terms = {
        o for s, p, o in core if str(s).startswith(str(ESS)) and isinstance(o, URIRef) and o not in ESS and o not in XSD and o not in V
    }
    assert of_terms == {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.SymmetricProperty, SKOS.Concept, RDF.langString, HEADER}
    assert set(core.objects(None, RDF.type)) - of_terms - metadata == {OWL.AnnotationProperty}


def test_nothing_is_said_of_the_terms_of_others(everything: Graph) -> None:
    """OOPS! P40: the only statement is that an annotation property is one, which OWL 2 DL asks for."""
    strangers = {s for s in everything.subjects() if not str(s).startswith("https://w3id.org/ess-lod/")}
    assert len(strangers) == 21
    assert {p for s in strangers for p in everything.predicates(s)} == {RDF.type}
    assert strangers == of_type(everything, OWL.AnnotationProperty)


VENDORED = (DCAT, DCTERMS, FOAF, GEO, ORG, OWL, PROV, RDF, RDFS, SDO, SKOS, VANN, XSD)
OTHERS = {
    "https://schema.org/": "Certification hasCertification",
    "http://data.europa.eu/m8g/": "PublicOrganisation",
    "http://purl.org/essglobal/vocab/": "SSEInitiative Network economicSector legalForm organisationalStructure",
    "http://purl.org/ontology/bibo/": "Issue status",
    "http://purl.org/spar/fabio/": "Supplement PeriodicalIssue",
    "http://purl.org/vocab/frbr/core#": "supplementOf",
    "http://purl.org/vocommons/voaf#": "Vocabulary specializes reliesOn",
    "http://rdf.insee.fr/def/geo#": (
        "Arrondissement BassinDeVie2022 CollectiviteTerritoriale Commune CommuneAssociee CommuneDeleguee Departement EvenementGeographique "
        "Intercommunalite PaysOuTerritoire Region ZoneDEmploi2020 creation subdivisionDirecteDe suppression"
    ),
    "http://virtual-assembly.org/ontologies/pair#": (
        "ActivityInvolvementAssociation Group Organization Place Project documents hasSector hasTopic involvementActor involvementRole partnerOf"
    ),
    "http://www.w3.org/ns/adms#": "Identifier status",
    "http://www.w3.org/ns/oa#": "Annotation",
    "https://w3id.org/valueflows/ont/vf#": "Organization",
}


def test_every_term_of_others_exists(everything: Graph) -> None:
    """OOPS! P40: terms are in the copy of their vocabulary that rdflib has, or in the list above, made from the vocabularies' own files."""
    listed = {URIRef(namespace + name) for namespace, names in OTHERS.items() for name in names.split()}
    linked = {
        RDFS.subClassOf,
        RDFS.subPropertyOf,
        RDFS.seeAlso,
        RDF.type,
        *map(URIRef, (str(SDO) + "domainIncludes", str(SDO) + "rangeIncludes")),
    }
    used = set(everything.predicates()) | {o for s, p, o in everything if p in linked}
    foreign = {node for node in used if isinstance(node, URIRef) and not str(node).startswith("https://w3id.org/ess-lod/")}
    assert len(foreign) > 90
    assert {node for node in foreign if node not in listed and not any(node in namespace for namespace in VENDORED)} == set()
    assert listed - foreign == set(), "listed, and used nowhere"


def test_links_go_to_known_lists_of_concepts(alignments: Graph) -> None:
    patterns = {
        r"http://id\.insee\.fr/codes/cj/niveauIII/\d{4}": 90,
        r"http://id\.insee\.fr/codes/nafr2/division/\d\d": 65,
        r"http://metadata\.un\.org/sdg/([1-9]|1[0-7])": 50,
        r"http://eurovoc\.europa\.eu/\d+": 65,
        r"http://purl\.org/essglobal/standard/activities/a\d\d": 30,
        r"http://purl\.org/essglobal/standard/activities-modified/AM\d+": 28,
        r"http://purl\.org/essglobal/standard/themes/T\d+": 20,
        r"http://purl\.org/essglobal/standard/legal-form/L\d": 19,
        r"http://purl\.org/essglobal/standard/organisational-structure/OS\d+": 25,
    }
    targets = [str(o) for s, p, o in alignments if p in MATCHES]
    counted = Counter(next(pattern for pattern in patterns if re.fullmatch(pattern, target)) for target in targets)
    assert sum(counted.values()) == len(targets) == 382
    assert set(counted) == set(patterns)


def test_mapping_properties_join_concepts_and_see_also_joins_classes(alignments: Graph, concepts: set[URIRef]) -> None:
    """A skos:closeMatch on a class would make the class a concept: SKOS gives mapping properties that domain."""
    assert {s for s, p, _ in alignments if p in MATCHES} <= concepts
    of_axioms = {s for s, p, _ in alignments if p in (RDFS.subClassOf, RDFS.subPropertyOf)}
    assert len(of_axioms) == 35
    assert all(str(term).startswith(str(ESS)) for term in of_axioms)


def test_insee_areas_are_never_super_classes(everything: Graph) -> None:
    igeo = "http://rdf.insee.fr/def/geo#"
    links = Counter(local(p) for _, p, o in everything if str(o).startswith(igeo))
    assert links == {"seeAlso": 19, "reliesOn": 1}


def test_features_and_mentions_stand_side_by_side(everything: Graph) -> None:
    supers = {term: set(everything.objects(term, RDFS.subPropertyOf)) for term in (ESS.features, ESS.mentions)}
    assert supers[ESS.features] == supers[ESS.mentions] == {SDO.mentions, DCTERMS.references}


def test_what_is_probable_or_wider_is_no_subproperty(everything: Graph) -> None:
    assert list(everything.objects(ESS.probablyPortraysTerritory, RDFS.subPropertyOf)) == []
    assert list(everything.objects(ESS.hasInvolvement, RDFS.subPropertyOf)) == []
    assert list(everything.objects(ESS.hasInvolvement, RDFS.seeAlso)) == [PROV.qualifiedAssociation]


def test_an_exact_match_is_one_per_scheme_and_nothing_else_too(alignments: Graph) -> None:
    """SKOS S46."""
    exact = list(alignments.subject_objects(SKOS.exactMatch))
    assert len(exact) == 16
    assert max(Counter((s, str(o).rpartition("/")[0]) for s, o in exact).values()) == 1
    others = {(s, o) for p in (SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch) for s, o in alignments.subject_objects(p)}
    assert len(others) == 274
    assert not others & set(exact)


def test_no_two_concepts_of_ours_become_one_through_exact_matches(alignments: Graph) -> None:
    """SKOS S45: exactMatch is transitive."""
    assert max(Counter(alignments.objects(None, SKOS.exactMatch)).values()) == 1


def test_families_are_no_exact_match_of_a_legal_category(everything: Graph) -> None:
    families = set(everything.subjects(SKOS.narrower))
    assert len(families) == 7
    insee = {s for s, o in everything.subject_objects(SKOS.exactMatch) if "/codes/cj/" in str(o)}
    assert len(insee) == 13
    assert not families & insee


def test_related_is_never_also_broader(everything: Graph) -> None:
    """SKOS S27, over mappings, through our own hierarchy."""
    related = list(everything.subject_objects(SKOS.relatedMatch))
    assert len(related) == 161
    for concept, other in related:
        line = set(everything.transitive_objects(concept, SKOS.broader))
        assert not {o for step in line for p in (SKOS.broadMatch, SKOS.exactMatch) for o in everything.objects(step, p)} & {other}


def test_labels_do_not_clash(everything: Graph, concepts: set[URIRef]) -> None:
    """SKOS S13 and S14; the same text as rdfs:label."""
    for concept in concepts:
        assert texts(everything, concept, SKOS.prefLabel) == texts(everything, concept, RDFS.label)
        assert not set(everything.objects(concept, SKOS.altLabel)) & set(everything.objects(concept, SKOS.prefLabel))


def test_concepts_stand_in_one_tree_of_their_scheme(schemes: Graph, concepts: set[URIRef]) -> None:
    tops = 0
    for concept in concepts:
        scheme, broader = schemes.value(concept, SKOS.inScheme), schemes.value(concept, SKOS.broader)
        assert (concept, RDF.type, SKOS.ConceptScheme) not in schemes, "SKOS S9"
        assert ((concept, SKOS.topConceptOf, scheme) in schemes) is ((scheme, SKOS.hasTopConcept, concept) in schemes) is (broader is None)
        assert broader is None or schemes.value(broader, SKOS.inScheme) == scheme
        assert broader is None or (broader, SKOS.narrower, concept) in schemes
        tops += broader is None
    assert tops == 149
    assert len(list(schemes.subject_objects(SKOS.narrower))) == 181 - 149


def test_schema_org_is_written_with_https() -> None:
    files = [*(ONTOLOGY / name for name in FILES), *EXAMPLES, REPOSITORY / "docs/vocabulary.md"]
    assert len(files) == 22
    assert [path.name for path in files if re.search(r"@prefix \w+: <http://schema\.org/>", path.read_text("utf-8"))] == []
    assert sum("https://schema.org/" in path.read_text("utf-8") for path in files) == 10


@pytest.mark.parametrize(
    "path", [*(ONTOLOGY / name for name in FILES), *EXAMPLES, REPOSITORY / "shapes/vocabulary.ttl"], ids=lambda path: path.name
)
def test_nothing_that_is_published_is_a_blank_node(path: Path) -> None:
    graph = Graph().parse(path)
    assert len(graph) > 20
    assert [triple for triple in graph if any(isinstance(node, BNode) for node in triple)] == []
