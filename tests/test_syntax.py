"""What is said of a query that is none: where, what, what to write."""

from __future__ import annotations

import pyoxigraph
import pytest

from ess_lod.store.syntax import bad_query

CASES = [
    ("SELECT * WERE {}", 1, 10, "WHERE"),
    ("SELEC * {}", 1, 1, "SELECT"),
    ("SELECT ?x ?y { ?x a ?y . FILTR(?x) }", 1, 26, "FILTER"),
    ("SELECT ?x { ?x a “b” }", 1, 18, 'U+201C « “ » (left double quotation mark) : écrire "'),
    ("SELECT * { ?s ?p ‘x’ }", 1, 18, "U+2018"),
    ("SELECT * { ?s ?p ?o FILTER(?o >= 1 – 2) }", 1, 36, "U+2013"),
    ("\ufeffSELECT * {}", 1, 1, "U+FEFF"),
    ("SELECT\u00a0* {}", 1, 7, "U+00A0"),
    ("SELECT * {\n ?s\u200b ?p ?o }", 2, 4, "U+200B"),
    ("SELECT * {\n ?s ?p ?o ;\u202f}", 2, 12, "U+202F"),
    ("SELECT ?x WHERE { ?x ess:p ?y }", 1, 22, "PREFIX ess: <adresse>"),
    ("SELECT * { ?s :p ?o }", 1, 15, "« : »"),
    ("SELECT ?x { ?x a <b> ", 1, 11, "« } »"),
    ("ASK {", 1, 5, "« } »"),
    ("SELECT ?x { ?x ?y ?z }}", 1, 23, "l'ôter"),
    ("SELECT * { ?s ?p ?o FILTER regex(?o, 'a' }", 1, 33, "« ) »"),
    ("SELECT * { ?s ?p ?o } LIMIT x", 1, 29, "« x »"),
    ("", None, None, "vide"),
    ("SELECT * { ?s ?p 'a }", 1, 18, "il manque '"),
    ('SELECT * { ?s ?p """a }', 1, 18, 'il manque """'),
    ("SELECT * { ?s ?p 'l'eau' }", 1, 21, "écrire devant"),
    ("SELECT * { ?s <http://a b> ?o }", 1, 16, "%20"),
    ("SELECT * { ?s ?p <http://a|b> }", 1, 19, "%7C"),
    ("PREFIX ess: http://x/ SELECT * {}", 1, 13, "entre < et >"),
    ("@prefix ess: <http://x/> . SELECT * {}", 1, 1, "PREFIX"),
    ("SELECT ?s, ?p WHERE { ?s ?p ?o }", 1, 10, "virgule"),
    ("SELECT * { FILTER(?x == 1) }", 1, 23, "s'écrit ="),
    ("SELECT * { FILTER(?x <> 1) }", 1, 22, "s'écrit !="),
    ("SELECT * { FILTER(?a AND ?b) }", 1, 22, "&&"),
    ("SELECT * { ?s ?p ?o\u0000 }", 1, 20, "U+0000"),
    ("SELECT (COUNT(?s) AS ?n) ?p { ?s ?p ?o }", None, None, "GROUP BY"),
    ("SELECT ?x { VALUES ?x { " + "<http://a.example/things/1> " * 2000 + " } ", None, None, "pas entière"),
]


@pytest.mark.parametrize(("text", "line", "column", "words"), CASES)
def test_an_error_names_its_place_and_what_to_do(text: str, line: int | None, column: int | None, words: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        pyoxigraph.Store().query(text)
    error = bad_query(text, str(caught.value))
    if line is not None:
        assert (error.line, error.column) == (line, column)
    assert words in error.french
    for said in (error.french, error.english):
        assert len(said) < 200
        assert "\n" not in said
        assert "\\u{" not in said


@pytest.mark.parametrize("text", ["SELECT * { ?s ?p “”", "{" * 2_000, "a:b " * 30_000, "SELEC " * 20_000, "“" * 100_000])
def test_any_text_is_explained(text: str) -> None:
    """Whatever the engine says of it."""
    assert bad_query(text, "error at 1:5: expected one of a, b").french
    assert bad_query(text, "").french
