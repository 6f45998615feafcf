"""The store: exact counts, descriptions in reading order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ess_lod.config import Settings
from ess_lod.errors import ConfigError
from ess_lod.media import HTML, N_TRIPLES, TURTLE
from ess_lod.release import Release
from ess_lod.store import AnswerKind, Store, describe, open_store, write_triples
from ess_lod.terms import RDFS, A, iri_of

BASE = "https://w3id.org/ess-lod/"


def test_the_default_graph_is_a_merge(store: Store) -> None:
    """A triple that two sources state counts once; in the named graphs it stands twice."""
    merged = next(store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows())["n"]
    distinct = next(store.query("SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } }").rows())["n"]
    quads = next(store.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }").rows())["n"]
    assert int(str(getattr(merged, "value", 0))) == int(str(getattr(distinct, "value", 0))) > 10_000
    assert int(str(getattr(quads, "value", 0))) > int(str(getattr(merged, "value", 0)))


def test_kinds_of_answers(store: Store) -> None:
    assert store.query("ASK { ?s a <https://w3id.org/ess-lod/ns#Supplement> }").truth is True
    assert store.query("SELECT * { ?s ?p ?o } LIMIT 1").kind is AnswerKind.ROWS
    assert store.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 1").kind is AnswerKind.TRIPLES
    with pytest.raises(TypeError):
        list(store.query("ASK {}").rows())
    with pytest.raises(TypeError):
        list(store.query("ASK {}").triples())


def test_a_description_reads_from_the_thing_outwards(store: Store) -> None:
    iri = f"{BASE}id/supplement/S009"
    triples = describe(store, iri)
    subjects = list(dict.fromkeys(iri_of(triple.subject) for triple in triples))
    assert len(triples) == len(set(triples)) > 60
    assert subjects[0] == iri
    assert [subject for subject in subjects if subject.startswith(f"{iri}#")] == subjects[1:12]
    assert triples[0].predicate == A
    terms = {subject.rpartition("#")[2] for subject in subjects if subject.startswith("https://w3id.org/ess-lod/ns#")}
    assert terms == {"Figure", "Portrayal", "Supplement"}, "classes have their label, properties would be noise"
    named = {iri_of(triple.object) for triple in triples if iri_of(triple.subject) == iri} - {""}
    labelled = {iri_of(triple.subject) for triple in triples if triple.predicate == RDFS.label}
    assert {other for other in named if "/id/" in other and "#" not in other} <= labelled


def test_a_description_has_what_points_to_the_thing(store: Store) -> None:
    triples = describe(store, f"{BASE}id/acteur/A002")
    said = {(iri_of(t.subject).removeprefix(BASE), iri_of(t.predicate).rpartition("#")[2]) for t in triples}
    assert ("id/supplement/S009", "features") in said
    assert ("id/cooperation/C001", "hasInvolvement") in said
    assert ("id/cooperation/C001#implication-A002-formateur", "involvementRole") in said


def test_nothing_is_said_of_what_is_not_there(store: Store) -> None:
    assert describe(store, f"{BASE}id/acteur/A999") == []


def test_only_the_prefixes_in_use_are_written(store: Store) -> None:
    triples = list(store.query("CONSTRUCT WHERE { ?s a <https://w3id.org/ess-lod/ns#Supplement> } LIMIT 3").triples())
    assert b"igeo:" not in write_triples(triples, TURTLE)
    assert write_triples(triples, N_TRIPLES).count(b"\n") == 3
    with pytest.raises(TypeError):
        write_triples(triples, HTML)


def test_an_unknown_engine_is_named(settings: Settings, release: Release) -> None:
    with pytest.raises(ConfigError, match="mysql"):
        open_store(replace(settings, store="mysql://here"), release)
