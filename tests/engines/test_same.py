"""What is asked of one engine is answered alike by the others; where Virtuoso is not able to, that is said and held to be so."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace

import pyoxigraph
import pytest
from pyoxigraph import RdfFormat, Triple

from ess_lod.errors import BadQuery, ConfigError, EngineBroken, QueryRefused, QueryTooCostly
from ess_lod.iris import Iris
from ess_lod.media import ANSWER_GRAPHS, RESULT_TYPES
from ess_lod.reconcile.entities import entities
from ess_lod.release import Release
from ess_lod.store import AnswerKind, describe, open_store, read_query
from tests.conftest import REPOSITORY
from tests.engines.agreements import ALIKE, PROLOGUE, QUESTIONS_VIRTUOSO_CANNOT, VIRTUOSO_DEVIATES
from tests.engines.asking import ask, outcome
from tests.engines.conftest import QUESTIONS, Engine
from tests.engines.servers import VIRTUOSO_ROWS

G = "https://w3id.org/ess-lod/graph/"
NAMES = sorted(path.stem for path in QUESTIONS.glob("*.rq"))
COUNT = "SELECT (COUNT(*) AS ?n) "


def test_the_lists_are_not_empty() -> None:
    assert (len(ALIKE), len(VIRTUOSO_DEVIATES), len(NAMES)) == (41, 21, 26)
    assert len(QUESTIONS_VIRTUOSO_CANNOT) == 1
    assert set(QUESTIONS_VIRTUOSO_CANNOT) < set(NAMES)


@pytest.mark.parametrize("name", ALIKE)
def test_answers_are_alike(name: str, remote: Engine, embedded: Engine) -> None:
    expected = ask(embedded.store, PROLOGUE + ALIKE[name])
    assert ask(remote.store, PROLOGUE + ALIKE[name]) == expected


@pytest.mark.parametrize("name", VIRTUOSO_DEVIATES)
def test_where_virtuoso_deviates(name: str, embedded: Engine, virtuoso: Engine) -> None:
    text = PROLOGUE + VIRTUOSO_DEVIATES[name]
    assert outcome(virtuoso.store, text) != ask(embedded.store, text), "no deviation any more: move it to ALIKE"
    assert f"| {name} |" in (REPOSITORY / "docs/engines.md").read_text("utf-8")


@pytest.mark.parametrize("name", VIRTUOSO_DEVIATES)
def test_where_oxigraph_does_not(name: str, embedded: Engine, oxigraph: Engine) -> None:
    text = PROLOGUE + VIRTUOSO_DEVIATES[name]
    assert ask(oxigraph.store, text) == ask(embedded.store, text)


@pytest.mark.parametrize("name", NAMES)
def test_questions(name: str, remote: Engine, embedded: Engine) -> None:
    text = (QUESTIONS / f"{name}.rq").read_text("utf-8")
    if remote.name == "virtuoso" and name in QUESTIONS_VIRTUOSO_CANNOT:
        with pytest.raises(EngineBroken, match="Internal Optimized compiler error"):
            ask(remote.store, text)
    else:
        assert ask(remote.store, text) == ask(embedded.store, text)


def test_kinds_of_our_own_queries(engine: Engine) -> None:
    store = engine.store
    assert store.query("ASK { ?s a <https://w3id.org/ess-lod/ns#Supplement> }").truth is True
    assert store.query("ASK { ?s a <urn:none> }").truth is False
    rows = store.query("SELECT ?s ?p { ?s ?p ?o } LIMIT 2")
    assert rows.kind is AnswerKind.ROWS
    assert rows.variables == ["s", "p"]
    assert [set(row) for row in rows.rows()] == [{"s", "p"}] * 2
    triples = store.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3")
    assert triples.kind is AnswerKind.TRIPLES
    assert len(list(triples.triples())) == 3
    with pytest.raises(TypeError):
        list(store.query("ASK {}").rows())
    with pytest.raises(TypeError):
        list(store.query("ASK {}").triples())
    with pytest.raises(TypeError):
        list(triples.rows())


@pytest.mark.parametrize("iri", ["id/supplement/S009", "id/acteur/A002", "id/territoire/T020", "id/acteur/A999"])
def test_descriptions(iri: str, remote: Engine, embedded: Engine, release: Release) -> None:
    found = describe(remote.store, release.base + iri)
    assert found == describe(embedded.store, release.base + iri)
    assert (len(found) > 20) is (iri != "id/acteur/A999")


DATASETS: list[tuple[str, tuple[str, ...] | None, tuple[str, ...] | None, str]] = [
    ("{ ?s ?p ?o }", None, None, "127001"),
    ("{ GRAPH ?g { ?s ?p ?o } }", None, None, "127569"),
    ("{ GRAPH <urn:x> { ?s ?p ?o } }", None, None, "0"),
    (f"{{ GRAPH <{G}R001> {{ ?s ?p ?o }} }}", None, None, "1148"),
    ("{ ?s ?p ?o }", (f"{G}R001",), None, "1148"),
    ("{ ?s ?p ?o }", (f"{G}R001", f"{G}R002"), None, "1567"),
    ("{ ?s ?p ?o }", (f"{G}R001", "urn:x"), None, "1148"),
    ("{ GRAPH ?g { ?s ?p ?o } }", (f"{G}R001",), None, "0"),
    ("{ ?s ?p ?o }", None, (f"{G}R001",), "0"),
    ("{ GRAPH ?g { ?s ?p ?o } }", None, (f"{G}R001", f"{G}R002"), "1567"),
    ("{ ?s ?p ?o }", ("urn:x",), None, "0"),
    ("{ GRAPH ?g { ?s ?p ?o } }", None, ("urn:x",), "0"),
    (f"{{ GRAPH <{G}R002> {{ ?s ?p ?o }} }}", None, (f"{G}R001",), "0"),
    ("{ ?s ?p ?o . GRAPH ?g { ?s ?p ?o } }", (f"{G}R001",), (f"{G}R001",), "1148"),
    (f"FROM <{G}R001> {{ ?s ?p ?o }}", None, None, "1148"),
    (f"FROM <{G}R001> {{ GRAPH ?g {{ ?s ?p ?o }} }}", None, None, "0"),
    (f"FROM NAMED <{G}R001> {{ ?s ?p ?o }}", None, None, "0"),
    (f"FROM NAMED <{G}R001> {{ GRAPH ?g {{ ?s ?p ?o }} }}", None, None, "1148"),
    (f"FROM <{G}R002> FROM NAMED <{G}R001> {{ ?s ?p ?o }}", None, None, "419"),
    (f"FROM <{G}R001> {{ ?s ?p ?o }}", (f"{G}R002",), None, "419"),
    (f"FROM NAMED <{G}R001> {{ GRAPH ?g {{ ?s ?p ?o }} }}", (f"{G}R002",), None, "0"),
    ("FROM <urn:x> { ?s ?p ?o }", None, None, "0"),
    # what an engine holds beside the release is not seen
    ("FROM <http://www.openlinksw.com/schemas/virtrdf#> { ?s ?p ?o }", None, None, "0"),
    ("{ GRAPH <http://www.openlinksw.com/schemas/virtrdf#> { ?s ?p ?o } }", None, None, "0"),
    ("{ ?s ?p ?o }", ("http://www.openlinksw.com/schemas/virtrdf#",), None, "0"),
    ("{ ?s ?p ?o }", (f"{G}release",), None, "0"),
    ("{ ?s ?p ?o }", (f"{G}default",), None, "0"),
    (f"{{ GRAPH <{G}default> {{ ?s ?p ?o }} }}", None, None, "0"),
]


@pytest.mark.parametrize("number", range(28))
def test_datasets(number: int, engine: Engine) -> None:
    """SPARQL 1.1 Protocol §2.1.4 and Query Language §13.2."""
    assert len(DATASETS) == 28
    pattern, default, named, expected = DATASETS[number]
    assert ask(engine.store, COUNT + pattern, "csv", default, named) == f"n\r\n{expected}\r\n".encode()


def test_the_merge_counts_a_triple_once(engine: Engine) -> None:
    distinct = ask(engine.store, COUNT + "{ SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } }", "csv")
    assert distinct == ask(engine.store, COUNT + "{ ?s ?p ?o }", "csv") == b"n\r\n127001\r\n"


ROWS = "SELECT ?s ?o { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?o ; a <https://w3id.org/ess-lod/ns#Actor> } ORDER BY ?s LANG(?o)"


@pytest.mark.parametrize("extension", [each.extension for each in RESULT_TYPES])
def test_formats_of_rows(extension: str, remote: Engine, embedded: Engine) -> None:
    expected = ask(embedded.store, ROWS, extension)
    assert len(expected) > 3000
    assert ask(remote.store, ROWS, extension) == expected
    assert ask(remote.store, "ASK {}", extension) == ask(embedded.store, "ASK {}", extension)


@pytest.mark.parametrize("extension", sorted(ANSWER_GRAPHS))
def test_formats_of_triples(extension: str, remote: Engine, embedded: Engine) -> None:
    def triples(engine: Engine) -> set[Triple]:
        body = ask(engine.store, "CONSTRUCT { ?s ?p ?o } { ?s a <https://w3id.org/ess-lod/ns#Actor> ; ?p ?o }", extension)
        media = ANSWER_GRAPHS[extension].rdf
        assert isinstance(media, RdfFormat)
        return {quad.triple for quad in pyoxigraph.parse(body, format=media)}

    found = triples(remote)
    assert found == triples(embedded)
    assert len(found) > 500


def test_the_first_rows_are_cut_at_a_line(engine: Engine) -> None:
    from ess_lod.store import answer_now

    rows = answer_now(engine.store, read_query("SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 5000"), "tsv", first=10).read()
    assert rows.endswith(b"\n")
    assert 10 < rows.count(b"\n") < 3000
    triples = answer_now(engine.store, read_query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 500"), "nt", first=10).read()
    assert triples.endswith(b".\n")
    assert triples.count(b"\n") == 10


@pytest.mark.parametrize("text", ["SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 20000", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 20000"])
def test_limits_of_rows_and_bytes(text: str, engine: Engine, release: Release) -> None:
    for settings, limit, value in (
        (replace(engine.settings, answer_rows=100), "rows", 100),
        (replace(engine.settings, answer_megabytes=1), "bytes", 1_000_000),
    ):
        small = open_store(settings, release)
        try:
            with pytest.raises(QueryTooCostly) as caught:
                ask(small, text)
            assert (caught.value.limit, caught.value.value) == (limit, value)
        finally:
            small.close()


@pytest.mark.parametrize(
    "text",
    ["SELECT ?s { ?s ?p ?o . ?a ?b ?c } LIMIT 300000", "CONSTRUCT { ?s a <urn:x> } { ?s ?p ?o . ?a ?b ?c } LIMIT 300000"],
)
def test_virtuoso_does_not_cut_in_silence(text: str, virtuoso: Engine) -> None:
    """Past ``ResultSetMaxRows`` it answers 200: with a header for rows, without one for triples."""
    with pytest.raises(QueryTooCostly) as caught:
        ask(virtuoso.store, text)
    assert (caught.value.limit, caught.value.value) == ("rows", VIRTUOSO_ROWS)


def test_virtuoso_says_when_it_stops(virtuoso: Engine, release: Release) -> None:
    hasty = open_store(replace(virtuoso.settings, query_seconds=4), release)
    try:
        with pytest.raises(QueryTooCostly) as caught:
            ask(hasty, COUNT + "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
        assert (caught.value.limit, caught.value.value) == ("deadline", 4)
    finally:
        hasty.close()


WRONG = [("SELECT * {\n ?s ?p }", 2, 9), ("SELEC * {}", 1, None), ("", 1, 1), ("SELECT * { ?s ?p ?o OPTION (TRANSITIVE) }", 1, None)]


@pytest.mark.parametrize(("text", "line", "column"), WRONG)
def test_a_syntax_error_is_the_same_everywhere(text: str, line: int, column: int | None, remote: Engine, embedded: Engine) -> None:
    with pytest.raises(BadQuery) as first:
        ask(embedded.store, text)
    with pytest.raises(BadQuery) as second:
        ask(remote.store, text)
    assert (str(second.value), second.value.line, second.value.column) == (str(first.value), first.value.line, first.value.column)
    assert second.value.line == line
    assert column is None or second.value.column == column


EXTENSIONS = [
    "SELECT (bif:concat('a', 'b') AS ?x) {}",
    "SELECT (<bif:concat>('a', 'b') AS ?x) {}",
    r"SELECT (<\u0062if:concat>('a', 'b') AS ?x) {}",
    "PREFIX x: <bif:> SELECT (x:concat('a', 'b') AS ?x) {}",
    "SELECT (sql:f('a') AS ?x) {}",
    "SELECT * { ?s ?p ?o . ?o <bif:contains> 'x' }",
    'define input:inference "x" SELECT * {}',
    'PREFIX ex: <http://e/> # a comment\nDEFINE get:soft "replace" SELECT * FROM <http://127.0.0.1:1/> {}',
]
INNOCENT = [
    'SELECT ("bif:concat" AS ?bif) { ?s <http://e/sql:x> ?sql } # define bif:x',
    "PREFIX define: <http://e/> SELECT * { ?s define:x ?o }",
]


@pytest.mark.parametrize("text", EXTENSIONS)
def test_extensions_of_virtuoso_are_refused(text: str) -> None:
    with pytest.raises(QueryRefused, match="bif:"):
        read_query(text)


LONG = [
    'SELECT "bif:' + '\\"' * 30_000,
    "bif:" + "<" * 60_000,
    "bif " + "a." * 30_000,
    "bif " + "." * 60_000,
    "bif " + "<a" * 30_000,
    "bif " + "?a<?b&&" * 8_000,
    "sql " + "'''a" * 15_000,
    "sql " + "#" * 60_000,
]


@pytest.mark.parametrize("number", range(8))
def test_looking_for_them_takes_no_time(number: int) -> None:
    assert len(LONG) == 8
    begun = time.monotonic()
    with suppress(QueryRefused):
        read_query(LONG[number])
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("text", INNOCENT)
def test_the_words_alone_are_innocent(text: str, engine: Engine) -> None:
    assert ask(engine.store, text)


def test_the_engine_has_a_name(engine: Engine) -> None:
    assert engine.store.engine.split()[0].lower() == {"embedded": "oxigraph"}.get(engine.name, engine.name)
    assert any(character.isdigit() for character in engine.store.engine)


def test_another_release_is_not_taken_for_this_one(remote: Engine, release: Release) -> None:
    other = replace(release, manifest={**release.manifest, "version": "2000-01-01-00000000"})
    with pytest.raises(ConfigError, match=f"contient la version {release.version}.*ess-lod load 2000-01-01-00000000"):
        open_store(remote.settings, other)


def test_the_same_things_can_be_looked_up(remote: Engine, embedded: Engine, release: Release) -> None:
    iris = Iris(release.base)
    found = list(entities(embedded.store, iris))
    assert list(entities(remote.store, iris)) == found
    assert len(found) > 4_500
