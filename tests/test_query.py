"""What is read in a query before it is run: its form, its dataset, what would call another host."""

from __future__ import annotations

import time

import pytest

from ess_lod.config import Settings
from ess_lod.errors import QueryRefused
from ess_lod.store import Form, read_query

ELSEWHERE = "http://127.0.0.1:1/"

CALLS = [
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * { service silent<http://127.0.0.1:1/>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o . FILTER(?o < 3) SERVICE ?x { ?a ?b ?c } }",
    "SELECT * { # a comment\nSeRvIcE\n# another\n<http://127.0.0.1:1/> { } }",
    "SELECT * { FILTER EXISTS { SERVICE <http://127.0.0.1:1/> {} } }",
    "SELECT ('''a'b''' AS ?x) { SERVICE <http://127.0.0.1:1/> {} }",
    "SELECT * { ?a ?p ?b FILTER(?a<?b)SERVICE#>\n<http://127.0.0.1:1/>{} }",
    "SELECT * { ?a ?p ?b FILTER(?a<?b)SERVICE#>\n#\nSILENT#\n<http://127.0.0.1:1/>{} }",
    "PREFIX ex: <http://e/> SELECT * { ?s ex:a\\# ?o SERVICE <http://127.0.0.1:1/> {} }",
    "PREFIX s: <http://127.0.0.1:1/> SELECT * { SERVICE s: {} }",
    "SELECT * { ?s ?p 1.SERVICE<http://127.0.0.1:1/>{} }",
]
INNOCENT = [
    "SELECT ?service { ?service ?p ?o } LIMIT 1",
    'SELECT ("SERVICE <http://e/> {}" AS ?x) {}',
    "SELECT ('''SERVICE <http://e/>''' AS ?x) {}",
    "PREFIX service: <urn:service:> SELECT * { ?s service:SERVICE ?o }",
    "# SERVICE <http://e/>\nSELECT * {} ",
    "SELECT * { ?s <http://e/#SERVICE> ?o }",
    'SELECT ("it\'s \\" SERVICE" AS ?x) {}',
    'SELECT ("x"@en-service AS ?x) { ?s ?p ?o }',
]
assert (len(CALLS), len(INNOCENT)) == (11, 8)


@pytest.mark.parametrize("query", CALLS)
def test_no_call_to_another_host(query: str) -> None:
    with pytest.raises(QueryRefused, match="SERVICE"):
        read_query(query)


@pytest.mark.parametrize("query", INNOCENT)
def test_the_word_alone_is_innocent(query: str) -> None:
    assert read_query(query).services == ()


def test_only_what_the_list_names_may_be_called() -> None:
    query = read_query(f"SELECT * {{ SERVICE SILENT <{ELSEWHERE}> {{ ?s ?p ?o }} }}", services=[ELSEWHERE])
    assert query.services == (ELSEWHERE,)
    for other in ("<http://127.0.0.1:2/>", "?x", "<http://127.0.0.1:1/a>"):
        with pytest.raises(QueryRefused):
            read_query(f"SELECT * {{ SERVICE <{ELSEWHERE}> {{}} SERVICE {other} {{}} }}", services=[ELSEWHERE])


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", Form.SELECT),
        ("select(1 AS ?x){}", Form.SELECT),
        ("ASK{}", Form.ASK),
        ("BASE <http://ask/> PREFIX construct: <http://e/#> DESCRIBE construct:ask", Form.DESCRIBE),
        ("# SELECT\nPREFIX : <http://e/> #ASK\nCONSTRUCT WHERE { ?s ?p ?o }", Form.CONSTRUCT),
        ("nonsense", Form.SELECT),
        ("", Form.SELECT),
    ],
)
def test_the_form_of_a_query(text: str, form: Form) -> None:
    assert read_query(text).form is form
    assert form.is_graph == (form in (Form.CONSTRUCT, Form.DESCRIBE))


@pytest.mark.parametrize(
    "word", ["INSERT DATA", "DELETE WHERE", "LOAD <http://e/>", "clear", "Create", "DROP", "COPY", "MOVE", "ADD", "WITH"]
)
def test_an_update_is_refused(word: str) -> None:
    with pytest.raises(QueryRefused, match="update"):
        read_query(f"PREFIX e: <http://e/>\n{word} {{ e:s e:p e:o }}")


def test_what_may_be_answered_otherwise_next_time() -> None:
    assert all(read_query(f"SELECT ({call} AS ?x) {{}}").volatile for call in ("NOW()", "rand ()", "UUID()", "StrUUID()"))
    assert not read_query("SELECT ?now { ?now ?rand ?uuid }").volatile


def test_the_dataset_of_the_protocol() -> None:
    plain = read_query("ASK {}")
    assert (plain.default_graphs, plain.named_graphs, plain.has_dataset) == (None, None, False)
    named = read_query("ASK {}", None, ["http://e/"])
    assert (named.default_graphs, named.named_graphs, named.has_dataset) == (None, ("http://e/",), True)


LONGEST = Settings().max_query_bytes


@pytest.mark.parametrize(
    "piece", ["?s<http://service/>?o.", "<service", "<service>", '"', "<", "'''", '"""a', '"\\', "SERVICE ", "SERVICE:", "#service\n"]
)
def test_reading_takes_time_by_length_only(piece: str) -> None:
    """No text of the greatest length that is allowed makes the reader try all pairs of places: it comes to an end."""
    outcomes: list[object] = []
    for text in ((piece * LONGEST)[:LONGEST], ("SELECT * {" + piece * LONGEST)[:LONGEST]):
        try:
            outcomes.append(read_query(text).form)
        except QueryRefused as refusal:
            outcomes.append(str(refusal).split()[0])
    assert len(outcomes) == 2
    assert set(outcomes) <= {Form.SELECT, "SERVICE"}


@pytest.mark.parametrize("query", ["bif " + "BASE<a/>" * 32_000, "bif BASE <http://a/" + "b/" * 65_000 + "> " + "<c> " * 21_000])
def test_bases_upon_bases_are_read_in_a_time_that_their_length_bounds(query: str) -> None:
    """It was minutes when each was resolved against all before it."""
    begun = time.thread_time()
    assert read_query(query).form is Form.SELECT
    assert time.thread_time() - begun < 5


def test_an_extension_is_known_through_any_base() -> None:
    with pytest.raises(QueryRefused):
        read_query("BASE <bif:> SELECT (<contains>(1) AS ?x) {}")
