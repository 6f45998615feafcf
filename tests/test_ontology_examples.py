"""One example per class, and what the rules make of them."""

from __future__ import annotations

import re

import pyoxigraph
import pytest
from pyoxigraph import QueryTriples, RdfFormat
from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.namespace import ORG, PROV, SDO

from ess_lod.publish.gate import validate
from ess_lod.publish.shapes import read_shapes
from ess_lod.publish.vocabulary import Vocabulary, read_turtle
from ess_lod.terms import in_graph
from tests.conftest import REPOSITORY
from tests.ontology_files import CLASSES, ESS, EXAMPLES, FILES, ID, ONTOLOGY, V, local, of_type, read


@pytest.fixture(scope="module")
def everything() -> Graph:
    return read(*FILES)


# Examples


@pytest.fixture(scope="module")
def examples() -> dict[str, Graph]:
    found = {path.stem: Graph().parse(path) for path in EXAMPLES}
    assert len(found) == 18
    return found


def kebab(name: str) -> str:
    """``NewsletterIssue`` → ``newsletter-issue``, the name of its example."""
    return re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower()


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_each_class_has_an_example(examples: dict[str, Graph], name: str) -> None:
    graph = examples[kebab(name)]
    assert of_type(graph, ESS[name])
    text = (ONTOLOGY / "examples" / f"{kebab(name)}.ttl").read_text("utf-8")
    assert text.startswith(f"# ess:{name}: ")
    assert "# Fictitious: " in text


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_an_example_uses_known_terms_and_stands_alone(examples: dict[str, Graph], everything: Graph, name: str) -> None:
    graph = examples[kebab(name)]
    known = set(everything.subjects())
    nodes = {node for triple in graph for node in triple if isinstance(node, URIRef)}
    ours = {node for node in nodes if node in ESS or node in V}
    assert len(ours) > 5
    assert ours - known == set()
    typed = set(graph.subjects(RDF.type)) | set(graph.subjects(OWL.sameAs))
    assert {node for node in nodes if node in ID} - typed == set()
    assert {node for node in nodes if node in ID and not re.fullmatch(r"[A-Z]9\d\d", str(node).split("/")[6].split("#")[0])} == set()


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_an_example_passes_the_shapes_of_the_data(vocabulary: Vocabulary, name: str) -> None:
    """Nothing violates a shape, and the shapes of the class have looked at it. Advice is allowed: what an example refers to is kept short."""
    example = read_turtle(ONTOLOGY / "examples" / f"{kebab(name)}.ttl")
    shapes = read_shapes(REPOSITORY / "shapes")
    report = validate([in_graph(triple) for triple in (*vocabulary.triples, *example)], shapes)
    assert [result.message("en") for result in report.results if result.severity == "Violation"] == []
    of_the_class = [shape for shape in shapes.shapes if ("targetClass", str(ESS[name])) in shape.targets]
    assert of_the_class
    assert all(report.focus_counts[shape.name] > 0 for shape in of_the_class)


def test_examples_use_every_property_but_the_inferred_one(examples: dict[str, Graph], everything: Graph) -> None:
    used = {p for graph in examples.values() for p in graph.predicates() if str(p).startswith(str(ESS))}
    properties = of_type(everything, OWL.ObjectProperty, OWL.DatatypeProperty)
    assert len(properties) == 61
    assert properties - used == {ESS.cooperatesWith}


def test_quotes_in_examples_are_short(examples: dict[str, Graph]) -> None:
    quotes = [o for graph in examples.values() for o in graph.objects(None, ESS.quote)]
    assert len(quotes) == 1
    assert all(len(str(quote)) <= 300 for quote in quotes)


# Rules


def construct(rule: str, *turtle: str) -> set[tuple[str, str, str]]:
    """What a rule makes of some Turtle, core and alignments, as local names."""
    store = pyoxigraph.Store()
    for text in (*turtle, *((ONTOLOGY / name).read_text("utf-8") for name in ("ess.ttl", "alignments.ttl"))):
        store.load(text.encode(), format=RdfFormat.TURTLE)
    result = store.query((ONTOLOGY / "rules" / f"{rule}.rq").read_text("utf-8"))
    assert isinstance(result, QueryTriples)
    triples = [(str(t.subject), str(t.predicate), str(t.object)) for t in result]
    return {(s.strip("<>"), p.strip("<>"), o.strip("<>")) for s, p, o in triples if "/ess-lod/id/" in s or "/ess-lod/ns#" in p}


def named(triples: set[tuple[str, str, str]]) -> set[tuple[str, str]]:
    """Subject and object by their last steps."""
    return {(local(URIRef(s)), local(URIRef(o))) for s, _, o in triples}


SMALL = """
@prefix ess: <https://w3id.org/ess-lod/ns#> .
@base <https://w3id.org/ess-lod/id/> .
<cooperation/C1> a ess:Cooperation ; ess:hasInvolvement <cooperation/C1#a>, <cooperation/C1#b>, <cooperation/C1#c> .
<cooperation/C1#a> ess:involvedAgent <acteur/A1> .
<cooperation/C1#b> ess:involvedAgent <acteur/A2> .
<cooperation/C1#c> ess:involvedAgent <acteur/A1> .
<cooperation/C2> a ess:Cooperation ; ess:hasInvolvement <cooperation/C2#a> .
<cooperation/C2#a> ess:involvedAgent <acteur/A3> .
<dispositif/D1> a ess:Scheme ; ess:hasInvolvement <dispositif/D1#a>, <dispositif/D1#b> .
<dispositif/D1#a> ess:involvedAgent <acteur/A1> .
<dispositif/D1#b> ess:involvedAgent <acteur/A3> .
"""


def test_agents_of_one_cooperation_cooperate_both_ways_and_not_with_themselves() -> None:
    """A common scheme does not make them cooperate, nor does holding two roles."""
    found = construct("cooperates-with", SMALL)
    assert {p for _, p, _ in found} == {str(ESS.cooperatesWith)}
    assert named(found) == {("A1", "A2"), ("A2", "A1")}


def test_the_cooperation_example_makes_six_links() -> None:
    found = named(construct("cooperates-with", (ONTOLOGY / "examples/cooperation.ttl").read_text("utf-8")))
    assert len(found) == 6
    assert {s for s, _ in found} == {"A901", "A902", "P901"}


def test_things_are_of_every_class_above_theirs() -> None:
    small = """
    @prefix ess: <https://w3id.org/ess-lod/ns#> . @prefix org: <http://www.w3.org/ns/org#> . @base <https://w3id.org/ess-lod/id/> .
    <acteur/A1> a ess:Collective . <acteur/A2> a ess:Actor, org:Organization . <supplement/S1> a ess:Supplement . <acteur/A1#agrement> a ess:Recognition .
    """
    found = construct("super-types", small)
    assert {p for _, p, _ in found} == {str(RDF.type)}
    fabio, schema = "http://purl.org/spar/fabio/Supplement", "https://schema.org/PublicationIssue"
    assert {(local(URIRef(s)), o) for s, _, o in found} == {
        ("A1", str(ESS.Actor)),
        ("A1", str(ORG.Organization)),
        ("A1", str(SDO.Organization)),
        ("A1", str(ORG.OrganizationalCollaboration)),
        ("A2", str(SDO.Organization)),
        ("S1", fabio),
        ("S1", schema),
    }


def test_rules_say_what_they_do_and_why() -> None:
    rules = sorted((ONTOLOGY / "rules").glob("*.rq"))
    assert [rule.stem for rule in rules] == ["cooperates-with", "super-types"]
    for rule in rules:
        assert re.match(r"# What: .+\n# Why: ", rule.read_text("utf-8"))


def test_examples_with_their_super_types_hold_no_contradiction(examples: dict[str, Graph], everything: Graph) -> None:
    disjoint = [
        *everything.subject_objects(OWL.disjointWith),
        (PROV.Activity, PROV.Entity),
        (PROV.Activity, PROV.Plan),
        (ORG.Site, ORG.Organization),
    ]
    assert len(disjoint) == 138
    checked = 0
    for graph in examples.values():
        for thing in set(graph.subjects(RDF.type)):
            types = {above for type_ in graph.objects(thing, RDF.type) for above in everything.transitive_objects(type_, RDFS.subClassOf)}
            assert not [pair for pair in disjoint if set(pair) <= types], thing
            checked += 1
    assert checked > 100
