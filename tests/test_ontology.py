"""The vocabulary's own terms: the offline rules of OOPS!, FOOPS!, the ROBOT report and the SEMIC style guide, each a small test.

``docs/vocabulary.md`` says which rule is checked where, and which is waived and why. Every fixture asserts how much it found, so that no rule can hold
for want of something to look at. Links are in ``test_ontology_links.py``, examples and rules in ``test_ontology_examples.py``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import pyoxigraph
import pytest
from pyoxigraph import RdfFormat
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, ORG, PROV, SDO, VANN

from ess_lod.publish.schema import TABLES, Kind
from tests.conftest import REPOSITORY
from tests.ontology_files import (
    AUTHORS,
    CLASSES,
    CONCEPTS,
    ESS,
    FILES,
    HEADER,
    IN_BOTH_LANGUAGES,
    NS,
    ONTOLOGY,
    V,
    local,
    of_type,
    read,
    texts,
)


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
def everything() -> Graph:
    return read(*FILES)


@pytest.fixture(scope="module")
def classes(core: Graph) -> set[URIRef]:
    found = of_type(core, OWL.Class)
    assert {local(term) for term in found} == CLASSES
    assert len(found) == 18
    return found


@pytest.fixture(scope="module")
def properties(core: Graph) -> set[URIRef]:
    found = of_type(core, OWL.ObjectProperty, OWL.DatatypeProperty)
    assert len(found) == 61
    return found


@pytest.fixture(scope="module")
def terms(classes: set[URIRef], properties: set[URIRef]) -> set[URIRef]:
    return classes | properties


@pytest.fixture(scope="module")
def concepts(schemes: Graph) -> set[URIRef]:
    found = of_type(schemes, SKOS.Concept)
    assert len(found) == sum(CONCEPTS.values()) == 181
    return found


# How much there is


def test_properties_are_41_of_objects_and_20_of_values(core: Graph) -> None:
    assert len(of_type(core, OWL.ObjectProperty)) == 41
    assert len(of_type(core, OWL.DatatypeProperty)) == 20


def test_concepts_per_scheme(schemes: Graph, concepts: set[URIRef]) -> None:
    counted = Counter(local(scheme) for concept in concepts for scheme in schemes.objects(concept, SKOS.inScheme))
    assert counted == CONCEPTS
    assert {local(scheme) for scheme in of_type(schemes, SKOS.ConceptScheme)} == set(CONCEPTS)


# The contract: docs/model.md, the tables, the code


def test_the_model_and_the_core_name_the_same_terms(terms: set[URIRef]) -> None:
    model = (REPOSITORY / "docs/model.md").read_text("utf-8")
    named = set(re.findall(r"\bess:([A-Za-z]+)", model))
    declared = {local(term) for term in terms}
    assert named - declared == set()
    assert declared - named <= {"quote"}, "quote has no column yet: a short quotation is entered with the next text that is read"


def test_the_model_and_the_schemes_name_the_same_concepts(concepts: set[URIRef]) -> None:
    model = (REPOSITORY / "docs/model.md").read_text("utf-8")
    named = re.findall(r"\bv:([a-z-]+)/([a-z-]+|…)", model)
    assert len(named) > 10
    for scheme, notation in named:
        assert scheme in CONCEPTS, scheme
        assert notation == "…" or V[f"{scheme}/{notation}"] in concepts, (scheme, notation)


def test_every_scheme_that_a_table_takes_exists() -> None:
    taken = {column.target[0] for table in TABLES.values() for column in table.columns if column.kind is Kind.CONCEPT}
    assert taken == set(CONCEPTS)


def test_the_code_writes_declared_terms_only(terms: set[URIRef]) -> None:
    written = {
        name
        for path in sorted((REPOSITORY / "src/ess_lod").rglob("*.py"))
        for name in re.findall(r"\bESS(?:\.|\[\")([A-Za-z]+)", path.read_text("utf-8"))
        if name != "iri"
    }
    assert len(written) > 50
    assert written <= {local(term) for term in terms}


def test_a_property_with_concepts_points_at_its_scheme(core: Graph, schemes: Graph, properties: set[URIRef]) -> None:
    """SEMIC CMC-R14: a code list for each property with codes."""
    coded = {p for p in properties if (p, URIRef(str(SDO) + "rangeIncludes"), SKOS.Concept) in core}
    assert len(coded) == 15
    pointed = {p: list(core.objects(p, RDFS.seeAlso)) for p in coded}
    assert all(len(targets) == 1 and (targets[0], RDF.type, SKOS.ConceptScheme) in schemes for targets in pointed.values()), pointed
    assert set(CONCEPTS) - {local(targets[0]) for targets in pointed.values()} == {"changement", "type-document", "type-identifiant"}, (
        "these three hang on dcterms:type"
    )


# The header: FOOPS! OM1–OM5, VER1, FIND1, PURL1, URI2, HTTP1; OOPS! P36–P38, P41; SEMIC PC-R2–R4


@pytest.mark.parametrize("name", FILES)
def test_files_parse_alike_in_both_parsers(name: str) -> None:
    """FOOPS! RDF1."""
    quads = set(pyoxigraph.parse(path=ONTOLOGY / name, format=RdfFormat.TURTLE))
    assert len(quads) == len(read(name)) > 400


def test_there_is_one_ontology_with_a_lasting_iri(core: Graph) -> None:
    assert of_type(core, OWL.Ontology) == {HEADER}
    assert NS.startswith("https://w3id.org/")
    assert NS.rpartition("/")[2] == "ns", "neither a file extension nor a version"


@pytest.mark.parametrize(
    "predicate",
    [
        DCTERMS.title, DCTERMS.description, DCTERMS.creator, DCTERMS.contributor, DCTERMS.publisher, DCTERMS.created, DCTERMS.issued, DCTERMS.modified,
        DCTERMS.license, DCTERMS.source, DCTERMS.bibliographicCitation, OWL.versionIRI, OWL.versionInfo, VANN.preferredNamespacePrefix,
        VANN.preferredNamespaceUri, URIRef("http://purl.org/ontology/bibo/status"),
    ],
    ids=local,
)  # fmt: skip
def test_the_header_says(core: Graph, predicate: URIRef) -> None:
    assert list(core.objects(HEADER, predicate))


def test_the_version_is_semantic_and_its_iri_follows(core: Graph) -> None:
    version = str(core.value(HEADER, OWL.versionInfo))
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert core.value(HEADER, OWL.versionIRI) == URIRef(f"{NS}/{version}")
    assert version in str(core.value(HEADER, DCTERMS.bibliographicCitation))


def test_the_schemes_carry_the_same_version_and_licence(core: Graph, schemes: Graph) -> None:
    versions = {str(o) for o in schemes.objects(None, OWL.versionInfo)}
    assert versions == {str(core.value(HEADER, OWL.versionInfo))}
    assert set(schemes.objects(None, DCTERMS.license)) == set(core.objects(HEADER, DCTERMS.license))


def test_the_authors_are_no_person(everything: Graph) -> None:
    for predicate in (DCTERMS.creator, DCTERMS.contributor, DCTERMS.publisher):
        assert list(everything.objects(HEADER, predicate)) == [AUTHORS]
    assert everything.value(AUTHORS, FOAF.name) == Literal("The ess-lod authors")
    types = set(everything.objects(None, RDF.type))
    assert FOAF.Agent in types
    assert not types & {FOAF.Person, SDO.Person, PROV.Person}


def test_the_namespace_is_that_of_the_terms(core: Graph, terms: set[URIRef]) -> None:
    """OOPS! P39."""
    assert str(core.value(HEADER, VANN.preferredNamespaceUri)) == str(ESS)
    assert all(term in ESS for term in terms)


# Names, labels, definitions: OOPS! P08, P20, P22, P32; ROBOT report; SEMIC GC-R3–R5, CMC-R3–R4, SC-R3, PC-R4; FOOPS! VOC3, VOC4


def test_classes_and_properties_are_named_in_camel_case(classes: set[URIRef], properties: set[URIRef]) -> None:
    assert [c for c in classes if not re.fullmatch(r"([A-Z][a-z]+)+", local(c))] == []
    assert [p for p in properties if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", local(p))] == []


def test_concepts_are_named_by_their_notation(schemes: Graph, concepts: set[URIRef]) -> None:
    for concept in concepts:
        scheme, notation = schemes.value(concept, SKOS.inScheme), schemes.value(concept, SKOS.notation)
        assert concept == URIRef(f"{scheme}/{notation}")
        assert isinstance(notation, Literal)
        assert notation.datatype is None
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(notation))


@pytest.mark.parametrize("predicate", [RDFS.label, SKOS.definition], ids=local)
def test_terms_and_concepts_are_labelled_and_defined_once_in_each_language(
    everything: Graph, terms: set[URIRef], concepts: set[URIRef], predicate: URIRef
) -> None:
    assert [node for node in terms | concepts if set(texts(everything, node, predicate)) != {"fr", "en"}] == []


def test_every_note_is_in_both_languages(everything: Graph) -> None:
    noted = {s for s, p in everything.subject_predicates() if p in (SKOS.scopeNote, SKOS.example)}
    assert len(noted) > 60
    for node in noted:
        for predicate in IN_BOTH_LANGUAGES:
            assert set(texts(everything, node, predicate)) in ({"fr", "en"}, set()), (node, predicate)


@pytest.mark.parametrize("name", FILES)
def test_language_tags_are_lower_case_fr_or_en(name: str) -> None:
    tags = re.findall(r'"@([A-Za-z-]+)', (ONTOLOGY / name).read_text("utf-8"))
    assert set(tags) <= {"fr", "en"}
    assert (tags.count("fr") == tags.count("en") > 150) or name == "alignments.ttl"


def test_texts_have_no_stray_space(everything: Graph) -> None:
    """ROBOT annotation_whitespace, label_whitespace, label_formatting."""
    literals = [o for o in everything.objects() if isinstance(o, Literal)]
    assert len(literals) > 1500
    assert [text for text in literals if str(text) != " ".join(str(text).split())] == []


def test_definitions_are_written_as_definitions(everything: Graph, terms: set[URIRef], concepts: set[URIRef]) -> None:
    """SEMIC GC-R5 and GC-R7, ROBOT lowercase_definition: a capital, a full stop, no "A class that" and no "must"."""
    found = [text for node in terms | concepts for text in texts(everything, node, SKOS.definition).values()]
    assert len(found) == 2 * (79 + 181)
    empty_words = re.compile(
        r"(an? |une? |the |la |le )?(class|property|concept|term|classe|propriété|terme)\b.* (that|which|qui|for|pour)\b", re.IGNORECASE
    )
    assert [text for text in found if re.search(r"\b(must|shall|should|doit|doivent|devrait)\b", text)] == []
    assert [text for text in found if not (text[0].isupper() and text.endswith(".")) or empty_words.match(text)] == []


@pytest.mark.parametrize("predicate", [RDFS.label, SKOS.definition], ids=local)
def test_no_two_terms_share_a_label_or_a_definition(core: Graph, terms: set[URIRef], predicate: URIRef) -> None:
    """OOPS! P30 and P32, ROBOT duplicate_label and duplicate_definition."""
    seen = Counter((language, text.lower()) for term in terms for language, text in texts(core, term, predicate).items())
    assert sum(seen.values()) == 158
    assert [text for text, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("predicate", [SKOS.prefLabel, SKOS.definition], ids=local)
def test_no_two_concepts_of_a_scheme_share_a_label_or_a_definition(schemes: Graph, concepts: set[URIRef], predicate: URIRef) -> None:
    seen = Counter(
        (schemes.value(concept, SKOS.inScheme), language, text.lower())
        for concept in concepts
        for language, text in texts(schemes, concept, predicate).items()
    )
    assert sum(seen.values()) == 362
    assert [text for text, times in seen.items() if times > 1] == []


def test_a_definition_is_more_than_the_label(everything: Graph, terms: set[URIRef], concepts: set[URIRef]) -> None:
    checked = 0
    for node in terms | concepts:
        labels, definitions = texts(everything, node, RDFS.label), texts(everything, node, SKOS.definition)
        for language in ("fr", "en"):
            assert definitions[language].rstrip(".").lower() != labels[language].lower()
            checked += 1
    assert checked == 520


def test_terms_are_defined_by_the_ontology(core: Graph, terms: set[URIRef]) -> None:
    assert set(core.subjects(RDFS.isDefinedBy, HEADER)) == terms
    assert len(list(core.subject_objects(RDFS.isDefinedBy))) == 79


def test_no_version_in_the_iri_of_a_term(terms: set[URIRef], concepts: set[URIRef]) -> None:
    """SEMIC PC-R4."""
    assert [node for node in terms | concepts if re.search(r"\d", local(node))] == []


# Logic: OOPS! P04–P06, P10, P11, P13, P19, P24–P26, P33–P35; SEMIC SC-R1, SC-R2, SC-R5, CMC-R18


def test_every_term_of_ours_that_is_used_is_declared_once(everything: Graph, terms: set[URIRef]) -> None:
    """OOPS! P34 and P35."""
    used = {node for triple in everything for node in triple if isinstance(node, URIRef) and node in ESS}
    assert used == terms
    kinds = {term: len(set(everything.objects(term, RDF.type)) - {OWL.SymmetricProperty}) for term in terms}
    assert set(kinds.values()) == {1}


def test_the_core_stays_in_lightweight_owl(core: Graph) -> None:
    """SEMIC SC-R2: OWL 2 RL; only the symmetric property and the inverse pair keep it from OWL 2 EL as well."""
    constructs = {node for triple in core for node in triple if isinstance(node, URIRef) and (node in OWL or node in RDFS)}
    assert constructs == {
        OWL.Ontology, OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.SymmetricProperty, OWL.inverseOf,
        OWL.disjointWith, OWL.versionIRI, OWL.versionInfo, RDFS.label, RDFS.subClassOf, RDFS.isDefinedBy, RDFS.seeAlso,
    }  # fmt: skip
    assert of_type(core, OWL.SymmetricProperty) == {ESS.cooperatesWith}


def test_domains_and_ranges_are_hints_and_no_axioms(everything: Graph, core: Graph, properties: set[URIRef], classes: set[URIRef]) -> None:
    """SEMIC SC-R2 against OOPS! P11 and P19: nothing is inferred, yet every property says what it is for."""
    for axiom in (RDFS.domain, RDFS.range):
        assert list(everything.subject_objects(axiom)) == []
    domain, range_ = URIRef(str(SDO) + "domainIncludes"), URIRef(str(SDO) + "rangeIncludes")
    datatypes = {XSD.string, XSD.integer, XSD.decimal, XSD.date, XSD.gYear, XSD.gYearMonth, RDF.langString}
    for term in properties:
        domains, ranges = set(core.objects(term, domain)), set(core.objects(term, range_))
        assert domains, term
        assert domains <= classes, term
        assert ranges, term
        of_values = (term, RDF.type, OWL.DatatypeProperty) in core
        assert ranges <= (datatypes if of_values else classes | {SKOS.Concept}), term


def test_every_class_is_connected(core: Graph, classes: set[URIRef]) -> None:
    """OOPS! P04."""
    hints = (URIRef(str(SDO) + "domainIncludes"), URIRef(str(SDO) + "rangeIncludes"))
    connected = {o for hint in hints for o in core.objects(None, hint)} | set(core.subjects(RDFS.subClassOf))
    assert classes - connected == set()


def test_hierarchies_have_no_cycle(everything: Graph) -> None:
    """OOPS! P06, SEMIC SC-R5."""
    for predicate, least in ((RDFS.subClassOf, 23), (RDFS.subPropertyOf, 25), (SKOS.broader, 32)):
        pairs = list(everything.subject_objects(predicate))
        assert len(pairs) >= least
        assert [pair for pair in pairs if pair[0] in set(everything.transitive_objects(pair[1], predicate))] == []


def test_siblings_are_disjoint_but_actors_and_public_bodies(core: Graph, classes: set[URIRef]) -> None:
    """OOPS! P10."""
    top = classes - {ESS.Collective}
    stated = {frozenset(pair) for pair in core.subject_objects(OWL.disjointWith)}
    assert len(stated) == len(list(core.subject_objects(OWL.disjointWith))) == 135
    assert {frozenset(pair) for pair in combinations(top, 2)} - stated == {frozenset({ESS.Actor, ESS.PublicBody})}


def test_the_only_inverse_joins_two_terms_of_ours(core: Graph) -> None:
    """OOPS! P05, P13, P25, P26."""
    assert list(core.subject_objects(OWL.inverseOf)) == [(ESS.figureOf, ESS.hasFigure)]


def test_no_class_of_ours_stands_under_two_disjoint_classes_of_others(everything: Graph, classes: set[URIRef]) -> None:
    """PROV: Activity and Entity; SPAR's FRBR: Expression and Manifestation; ORG: Site and Organization; GeoSPARQL: Feature and Geometry."""
    above = {c: set(everything.transitive_objects(c, RDFS.subClassOf)) for c in classes}
    assert PROV.Activity in above[ESS.Cooperation]
    assert ORG.OrganizationalCollaboration not in above[ESS.Cooperation]
    assert ORG.OrganizationalCollaboration in above[ESS.Collective]
    entities, activities = {PROV.Entity, PROV.Plan, PROV.Bundle}, {PROV.Activity, ORG.ChangeEvent}
    fabio = "http://purl.org/spar/fabio/"
    for supers in above.values():
        assert not (supers & entities and supers & activities)
        assert not (ORG.Site in supers and supers & {ORG.Organization, ORG.FormalOrganization})
        assert {str(s).removeprefix(fabio) for s in supers if str(s).startswith(fabio)} <= {"Supplement", "PeriodicalIssue"}, (
            "Expressions only"
        )
    assert not any(str(s).startswith(fabio) for s in above[ESS.Document])


# docs/vocabulary.md


FOOPS = [
    "PURL1", "URI1", "URI2", "VER1", "VER2", "CN1", "DOC1", "RDF1", "HTTP1", "FIND1", "FIND2", "FIND3", "FIND_3_BIS",
    "OM1", "OM2", "OM3", "OM4.1", "OM4.2", "OM5.1", "OM5.2", "VOC1", "VOC2", "VOC3", "VOC4",
]  # fmt: skip
ROBOT = [
    "annotation_whitespace", "deprecated_boolean_datatype", "deprecated_class_reference", "deprecated_property_reference", "duplicate_definition",
    "duplicate_exact_synonym", "duplicate_label_synonym", "duplicate_label", "duplicate_scoped_synonym", "equivalent_pair",
    "equivalent_class_axiom_no_genus", "illegal_use_of_built_in_vocabulary", "invalid_xref", "label_formatting", "label_whitespace",
    "lowercase_definition", "missing_definition", "missing_label", "missing_obsolete_label", "missing_ontology_description",
    "missing_ontology_license", "missing_ontology_title", "missing_subset_declaration", "missing_superclass", "missing_synonymtype_declaration",
    "misused_obsolete_label", "misused_replaced_by", "multiple_definitions", "multiple_equivalent_classes",
    "multiple_equivalent_class_definitions", "multiple_labels", "invalid_entity_uri",
]  # fmt: skip


def rules_of_the_bars() -> Iterator[str]:
    """Every rule of OOPS!, FOOPS! and the SEMIC style guide by its number, and the ROBOT report's by name."""
    yield from (f"P{number:02}" for number in range(1, 42))
    yield from FOOPS
    counts = {"MC": 3, "GC": 7, "CMC": 18, "SC": 5, "DSC": 5, "PC": 6}
    yield from (f"{part}-R{number}" for part, count in counts.items() for number in range(1, count + 1))
    yield from ROBOT


def test_the_page_answers_for_every_rule() -> None:
    page = (REPOSITORY / "docs/vocabulary.md").read_text("utf-8")
    rules = list(rules_of_the_bars())
    assert len(rules) == 41 + 24 + 44 + 32
    assert [rule for rule in rules if not re.search(rf"(?<![\w-]){re.escape(rule)}(?![\w.]\w)", page)] == []


def test_the_page_gives_the_numbers() -> None:
    page = (REPOSITORY / "docs/vocabulary.md").read_text("utf-8")
    for number in ("18 classes", "61 properties", "15 schemes", "181 concepts"):
        assert number in page
