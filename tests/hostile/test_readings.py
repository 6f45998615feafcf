"""Calls to other hosts are seen in whatever way they are written, innocent words are not taken for them, and looking for them takes no time."""

from __future__ import annotations

import random
import time

import pyoxigraph
import pytest

from ess_lod.errors import QueryRefused
from ess_lod.store.query import Form, read_query
from ess_lod.store.readings import service_calls
from tests.hostile.clients import listening
from tests.hostile.corpus import LISTENER, hostile_queries

SERVICES = [hostile.query.decode() for hostile in hostile_queries() if hostile.group == "services"]

INNOCENT = [
    "?service ?p ?o",
    "?s ?service ?o . ?o $SERVICE ?x",
    '?s ?p "SERVICE <http://x/> {}"',
    "?s ?p '''SERVICE <http://x/> {}'''",
    "# SERVICE <http://x/> {}\n ?s ?p ?o",
    "?s ex:service ?o . {}",
    "?s ex:service <http://x/> {}",
    "?s ex:a.service ?o",
    "?s service:a ?o ; service:b service:c .",
    "<http://x/service#service> ?o ?p",
    '?s <http://x/#> \'#\', """SERVICE <x> {"""',
    '?s ?p "a"@fr . # service ?x {\n',
    "_:service ?p ?o",
    "FILTER(?a<?b && ?c>?service) ?s ?p ?o",
]

PIECES = [
    "?s ?p ", "?s ex:a ", "FILTER(?a<?b)", "FILTER(1<2)", "BIND(1 AS ?x)", "VALUES ?x {", "}", "{", "OPTIONAL{", "'a'", "''", "'''", '"', '"""', "'", "#",
    "\n", "\r", "#>", "<x#>", "<http://e/#>", "<", "> ", "1", "1.", "1.5", "2e3", ".", ". ", ";", "ex:a", "ex:", "ex:a.b", "ex:a\\#", "ex:\\'", "_:a.b",
    "?o", "true", "[]", "()", "@fr", "\\", "\\u0023", "|", "?", "(", ")", "<http://e/\\u0041#>", "GRAPH ", "MINUS{", " ", "<<", ">>", "é",
]  # fmt: skip
CALLS = [
    "SERVICE SILENT <U>{}",
    "SERVICE<U>{}",
    "SERVICEex:a{}",
    "SERVICE#>\n<U>{}",
    "SERVICE #\n ex:a {}",
    "SERVICE SILENT#'\nex:{}",
    "service:a{}",
]


@pytest.mark.parametrize("query", SERVICES)
def test_a_call_is_refused(query: str) -> None:
    assert len(SERVICES) == 47
    with pytest.raises(QueryRefused):
        read_query(query)


@pytest.mark.parametrize("pattern", INNOCENT)
def test_innocent_words_are_no_calls(pattern: str) -> None:
    assert len(INNOCENT) == 14
    assert service_calls(f"SELECT * {{ {pattern} }}") == []


def test_what_the_settings_allow_is_allowed_as_it_is_written() -> None:
    allowed = ["http://a/"]
    assert read_query("SELECT * { SERVICE <http://a/> {} SERVICE SILENT <http://a/> {} }", services=allowed).services == ("http://a/",)
    for other in ("<http://a/b>", "<http://b/>", "?x", "<http://a\\u002f>", "ex:"):
        with pytest.raises(QueryRefused):
            read_query(f"PREFIX ex: <http://a/> SELECT * {{ SERVICE <http://a/> {{}} SERVICE {other} {{}} }}", services=allowed)


def test_the_engine_makes_no_call_that_was_not_seen() -> None:
    """Random soup: whatever is not refused is asked, of an engine that may call."""
    dice = random.Random(4)
    store = pyoxigraph.Store()
    parsed = seen = 0
    until = time.monotonic() + 5
    with listening() as (address, callers):
        while time.monotonic() < until:
            before = "".join(dice.choice(PIECES) for _ in range(dice.randint(0, 6)))
            after = "".join(dice.choice(PIECES) for _ in range(dice.randint(0, 3)))
            call = dice.choice(CALLS).replace("U", address)
            query = f"PREFIX ex:<{address}> PREFIX :<{address}> ASK {{ {before}{call}{dice.choice(['', ' #', '#'])}{after}\n}}"
            if service_calls(query):
                seen += 1
                continue
            try:
                store.query(query)
            except SyntaxError:
                continue
            except RuntimeError:
                pass
            parsed += 1
    assert seen > 1000
    assert parsed > 20
    assert callers == []


@pytest.mark.parametrize(
    "hostile", [hostile for hostile in hostile_queries() if len(hostile.query) < 70_000], ids=lambda hostile: str(hostile.name)
)
def test_reading_takes_no_time(hostile: object) -> None:
    query = getattr(hostile, "query", b"").decode("utf-8", "replace").replace(LISTENER, "http://127.0.0.1:1/")
    start = time.process_time()
    service_calls(query)
    try:
        form = read_query(query).form
    except QueryRefused:
        form = Form.SELECT
    assert form in Form
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT * FROM <x> {}", Form.SELECT),
        ("ASKFROM<x>{}", Form.ASK),
        ("SELECT * FROM NAMED ex:a {}", Form.SELECT),
        ("SELECT * { ?s ex:from ?o . ?from ?p 'from <x>' }", Form.SELECT),
        ("DESCRIBE:a", Form.DESCRIBE),
        ("DESCRIBEex:a", Form.DESCRIBE),
        ("#ask\nPREFIX select:<x> describe?x{}", Form.DESCRIBE),
        ("BASE<x>CONSTRUCTWHERE{}", Form.CONSTRUCT),
        ("PREFIXa:<b>ASKWHERE{}", Form.ASK),
        ("nothing", Form.SELECT),
    ],
)
def test_the_form_is_read_without_blanks(query: str, form: Form) -> None:
    assert read_query(query).form is form
