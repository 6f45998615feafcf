"""The fast engine says what the reference says, result by result; neither passes without having looked."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph
import pyshacl_turbo
import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple

from ess_lod.errors import ConfigError
from ess_lod.publish import Draft, draw_up
from ess_lod.publish import engines as engines_module
from ess_lod.publish.engines import DEFAULT_ENGINE, ENGINES, Merged, find
from ess_lod.publish.gate import check, validate
from ess_lod.publish.report import Report
from ess_lod.publish.shapes import read_shapes
from ess_lod.publish.vocabulary import read_vocabulary
from ess_lod.terms import ESS, ORG, XSD, A, text
from tests.conftest import Project
from tests.shapes import cases

EXAMPLES = sorted((cases.ONTOLOGY / "examples").glob("*.ttl"))
CASES = [*cases.VALID, *cases.INVALID]
SITE = NamedNode("https://w3id.org/ess-lod/id/acteur/A901#siege")
Engine = Callable[[Merged, rdflib.Graph], object]
TURBO = ENGINES["turbo"]


def assert_same(fast: Report, reference: Report) -> None:
    """Focus, path, value, constraint, severity, component, both messages; and what was counted."""
    assert fast.results == reference.results
    assert fast == reference
    assert fast.to_turtle("https://example.org/report") == reference.to_turtle("https://example.org/report")


def test_fast_engine_is_the_default() -> None:
    assert DEFAULT_ENGINE == "turbo"
    assert list(ENGINES) == ["turbo", "pyshacl"]
    assert cases.context().engine == f"turbo {pyshacl_turbo.__version__}"


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_same_report_on_a_case(case: Path) -> None:
    assert_same(cases.run(case), cases.run(case, "pyshacl"))


def test_same_report_on_the_examples_of_the_vocabulary() -> None:
    examples = [quad for path in EXAMPLES for quad in pyoxigraph.parse(path=path, format=RdfFormat.TURTLE)]
    quads = [*cases.beside(), *examples]
    fast, reference = (validate(quads, cases.without_vocabulary(), engine) for engine in ENGINES)
    assert_same(fast, reference)
    assert len(fast.results) > 20


def test_same_report_on_the_small_project(small: Project) -> None:
    quads = draw_up(small.settings).quads
    fast, reference = (check(quads, small.settings.shapes, engine) for engine in ENGINES)
    assert_same(fast, reference)
    assert fast.focus_counts["ConceptShape"] > 100


def test_same_report_on_the_real_tables(draft: Draft) -> None:
    """All that editors keep, and one in forty of the territories that only the dated reference has: the reference engine needs minutes for all of them.

    ``python tests/bench/gate.py both`` compares the reports on all.
    """
    said = {_thing(quad) for quad in draft.quads if "/graph/R" in str(quad.graph_name)}
    others = sorted({_thing(quad) for quad in draft.quads if "/graph/insee/" in str(quad.graph_name)} - said)
    kept = {_thing(quad) for quad in draft.quads} - set(others) | set(others[::40])
    quads = [quad for quad in draft.quads if _thing(quad) in kept]
    shapes = read_shapes(cases.SHAPES)
    fast, reference = (validate(quads, shapes, engine) for engine in ENGINES)
    assert_same(fast, reference)
    assert len(others) > 3000
    assert len(fast.results) > 200
    assert fast.focus_counts["TerritoryStateShape"] > 100
    assert fast.focus_counts["ActorShape"] == draft.report.focus_counts["ActorShape"]


def _thing(quad: Quad) -> str:
    """The IRI of what a quad is about; a membership is about its member."""
    iri = str(quad.subject).strip("<>")
    member = iri.partition("#membre-")[2].partition("-")[0]
    return f"{iri.rpartition('/')[0]}/{member}" if member and "/graph/insee/" in str(quad.graph_name) else iri.partition("#")[0]


@pytest.mark.parametrize("seed", range(8))
def test_same_report_on_damaged_data(seed: int) -> None:
    """A quarter of the statements of a few cases replaced by something odd, the same each time."""
    quads = damaged(random.Random(seed))
    fast, reference = (validate(quads, cases.without_vocabulary(), engine) for engine in ENGINES)
    assert_same(fast, reference)
    assert len(fast.results) > 20


def damaged(chance: random.Random) -> list[Quad]:
    quads = [quad for case in chance.sample(cases.VALID, 10) for quad in pyoxigraph.parse(path=case, format=RdfFormat.TURTLE)]
    places = range(len(quads))
    for place in chance.sample(places, len(quads) // 4):
        quad, other = quads[place], quads[chance.choice(places)]
        quads[place] = chance.choice(
            (
                other,
                Quad(quad.subject, quad.predicate, chance.choice(ODD)),
                Quad(quad.subject, quad.predicate, other.object),
                Quad(quad.subject, other.predicate, quad.object),
            )
        )
    return [*cases.beside(), *quads]


ODD: tuple[NamedNode | BlankNode | Literal, ...] = (
    text("x"),
    text(""),
    Literal("é\n\"'", language="en"),
    Literal("bonjour", language="de"),
    *(
        Literal(value, datatype=datatype)
        for value, datatype in (
            ("abc", XSD.integer),
            ("-3", XSD.integer),
            ("abc", XSD.decimal),
            ("1.5", XSD.decimal),
            ("2017-02-30", XSD.date),
            ("2017", XSD.date),
            ("abcd", XSD.gYear),
            ("2017", XSD.gYear),
            ("2017-13", XSD.gYearMonth),
            ("2020-13-01T00:00:00Z", XSD.dateTime),
        )
    ),
    NamedNode("https://w3id.org/ess-lod/id/acteur/A900"),
    NamedNode("https://example.org/é"),
    NamedNode("mailto:quelqu.un@example.org"),
    BlankNode("b1"),
)


# What the reference leaves to the store, and where it therefore differs


def test_numbers_written_otherwise_differ_only_as_the_store_writes_them() -> None:
    """pySHACL's rules run on a store, which writes ``1000`` for ``1e3``; the fast engine quotes what the data say. Both refuse."""
    odd = Quad(SITE, ESS.locatedIn, Literal("1e3", datatype=XSD.double))
    fast, reference = (validate([*cases.beside(), odd], cases.without_vocabulary(), engine) for engine in ENGINES)
    assert [result.constraint for result in fast.results] == [result.constraint for result in reference.results]
    assert not fast.conforms
    assert not reference.conforms


def test_backslash_in_a_message_stops_the_reference_loudly() -> None:
    """pySHACL 0.40 takes a value that a message quotes for a pattern of ``re.sub``; the fast engine quotes it as it is."""
    odd = [*cases.beside(), *pyoxigraph.parse(path=cases.CASES / "OrganizationMembershipShape" / "valid.ttl", format=RdfFormat.TURTLE)]
    membership = next(quad.subject for quad in odd if quad.predicate == ORG.member)
    odd.append(Quad(membership, ORG.member, text("C:\\d")))
    assert "C:\\d ne dit pas qu'il est membre" in validate(odd, cases.without_vocabulary()).text()
    with pytest.raises(ConfigError, match="Le moteur pyshacl s'est arrêté, rien n'est contrôlé"):
        validate(odd, cases.without_vocabulary(), "pyshacl")


def test_a_value_that_fails_in_two_ways_is_one_result() -> None:
    """An ill-typed number is no integer, and (for one engine) not within bounds either: one value, one line for the editor."""
    odd = Literal("abc", datatype=XSD.integer)
    valid = [*pyoxigraph.parse(path=cases.CASES / "PortrayalShape" / "valid.ttl", format=RdfFormat.TURTLE)]
    portrayal = next(quad.subject for quad in valid if quad.object == ESS.Portrayal)
    quads = [*cases.beside(), *valid, Quad(portrayal, ESS.page, odd)]
    fast, reference = (validate(quads, cases.without_vocabulary(), engine) for engine in ENGINES)
    assert_same(fast, reference)
    found = [result for result in fast.results if result.value == str(odd)]
    assert [result.component.rpartition("#")[2] for result in found] == ["DatatypeConstraintComponent"]


# Nothing passes unseen


def answer(triples: Sequence[tuple[Any, Any, Any]]) -> Engine:
    """An engine that always gives this report."""
    graph = rdflib.Graph()
    for triple in triples:
        graph.add(triple)
    return lambda _merged, _shapes: graph


def crash(_merged: Merged, _shapes: rdflib.Graph) -> object:
    raise AssertionError("index out of bounds")


def blind(merged: Merged, shapes: rdflib.Graph) -> object:
    """An engine that reads one triple in two."""
    return TURBO(Merged(merged.triples[::2]), shapes)


def unruly(merged: Merged, shapes: rdflib.Graph) -> object:
    """An engine that leaves rules in SPARQL out."""
    kept = rdflib.Graph()
    for triple in shapes:
        if triple[1] != rdflib.SH.sparql:
            kept.add(triple)
    return TURBO(merged, kept)


class Panic(BaseException):
    """What a native library throws: no ordinary exception."""


def panic(_merged: Merged, _shapes: rdflib.Graph) -> object:
    raise Panic("called `Option::unwrap()` on a `None` value")


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        (answer([]), r"n'a pas montré qu'il examine les données \(0 triplets vus"),
        (answer([(rdflib.BNode(), rdflib.SH.conforms, rdflib.Literal(True))]), "n'a pas montré"),
        (lambda _merged, _shapes: None, "la vérification n'a pas pu se faire"),
        (blind, r"n'a pas montré qu'il examine les données \(\d+ triplets vus sur \d+\)"),
        (unruly, "n'a pas montré"),
        (crash, r"s'est arrêté.*index out of bounds"),
        (panic, r"s'est arrêté.*unwrap"),
    ],
    ids=["nothing", "conforms", "none", "blind", "unruly", "crash", "panic"],
)
def test_engine_that_does_not_check_is_an_error(monkeypatch: pytest.MonkeyPatch, engine: Engine, message: str) -> None:
    monkeypatch.setitem(engines_module.ENGINES, "turbo", engine)
    with pytest.raises(ConfigError, match=message):
        validate(cases.beside(), cases.without_vocabulary())


def test_interruption_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_merged: Merged, _shapes: rdflib.Graph) -> object:
        raise KeyboardInterrupt

    monkeypatch.setitem(engines_module.ENGINES, "turbo", stop)
    with pytest.raises(KeyboardInterrupt):
        validate(cases.beside(), cases.without_vocabulary())


def test_unknown_engine_is_refused() -> None:
    with pytest.raises(ConfigError, match="Le moteur « jena » n'existe pas ; écrire turbo ou pyshacl"):
        validate(cases.beside(), cases.without_vocabulary(), "jena")


@pytest.mark.parametrize("engine", list(ENGINES))
def test_probe_counts_and_leaves_no_trace(engine: str) -> None:
    """Numbers written in two ways are two triples, and one in a store; an engine may count either."""
    numbers = [Triple(SITE, ESS.population, Literal(value, datatype=XSD.integer)) for value in ("1", "01")]
    words = read_vocabulary(cases.ONTOLOGY).triples
    merged = Merged((*words, *numbers, Triple(SITE, A, ESS.Site)))
    assert len(merged.store) == len(merged.triples) - 1
    found = find(merged, cases.without_vocabulary().triples, engine)
    assert found
    assert all(str(fields["focusNode"]) == SITE.value for fields, _ in found)


# The terminal


def test_text_says_which_engine_and_how_long() -> None:
    report = Report(results=(), focus_counts={"ActorShape": 12}, engine="turbo 0.6.5", seconds=5.04)
    assert "Contrôlé par turbo 0.6.5 en 5,0 s." in report.text().splitlines()
    assert "Checked by turbo 0.6.5 in 5.0 s." in report.text("en").splitlines()
    assert "par" not in Report(results=(), focus_counts={"ActorShape": 12}).text()


def test_published_report_says_neither() -> None:
    reports = [Report(results=(), focus_counts={"ActorShape": 12}, engine=name, seconds=seconds) for name, seconds in (("a", 1), ("b", 2))]
    assert reports[0] == reports[1]
    assert reports[0].to_turtle("https://example.org/report") == reports[1].to_turtle("https://example.org/report")
    assert reports[0].summary() == reports[1].summary()
