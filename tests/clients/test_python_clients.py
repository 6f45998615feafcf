"""Python programs ask the endpoint: urllib, pandas, SPARQLWrapper, rdflib's SPARQLStore."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import pandas
import pytest
import SPARQLWrapper
from rdflib import Graph, Namespace, URIRef, Variable
from rdflib.namespace import RDF, RDFS
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import SPARQLWrapper as Wrapper

from tests.clients.conftest import QUESTIONS, ROWS, TRIPLES, Approved, in_any_order

ESS = Namespace("https://w3id.org/ess-lod/ns#")
SOME = ("03-supplements", "10-actor-by-siren", "15-ended-since", "26-figures", "27-life-of-a-code")
"""Questions whose answers have languages, dates, numbers and unbound values."""
YES, NO = "ASK { ?s a <https://w3id.org/ess-lod/ns#Supplement> }", "ASK { ?s a <https://w3id.org/ess-lod/ns#Nothing> }"


def _approved_graph() -> Graph:
    return Graph().parse(QUESTIONS / f"{TRIPLES}.nt", format="nt")


def test_the_questions_are_here() -> None:
    assert len(ROWS) == 25
    assert set(SOME) <= set(ROWS)
    assert len(_approved_graph()) == 56


@pytest.mark.parametrize("name", ROWS)
def test_urllib_reads_the_approved_answer(endpoint: str, name: str) -> None:
    """By GET and with ``format=``, as a link in a page does."""
    approved = Approved(name)
    with urlopen(f"{endpoint}?{urlencode({'query': approved.query, 'format': 'csv'})}", timeout=30) as answer:
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.read().decode().replace("\r\n", "\n") == approved.csv


@pytest.mark.parametrize("name", SOME)
def test_urllib_posts(endpoint: str, name: str) -> None:
    approved = Approved(name)
    headers = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
    with urlopen(Request(endpoint, approved.query.encode(), headers), timeout=30) as answer:
        found = json.load(answer)
    rows = [{key: term["value"] for key, term in row.items()} for row in found["results"]["bindings"]]
    assert in_any_order(rows) == in_any_order(approved.rows)
    assert found["head"]["vars"] == list(approved.rows[0])


@pytest.mark.parametrize("name", SOME)
def test_pandas_reads_a_table(endpoint: str, name: str) -> None:
    approved = Approved(name)
    table = pandas.read_csv(f"{endpoint}?format=csv&query={quote(approved.query)}", dtype=str, keep_default_na=False)
    assert list(table.columns) == list(approved.rows[0])
    assert table.to_dict("records") == approved.rows


def test_pandas_reads_numbers_and_what_is_missing(endpoint: str) -> None:
    table = pandas.read_csv(f"{endpoint}?format=csv&query={quote(Approved('03-supplements').query)}", parse_dates=["from", "to"])
    assert len(table) == 20
    assert str(table["from"].dtype).startswith("datetime64")
    assert table["lettre"].dtype.kind == "i"
    assert 0 < table["territory"].isna().sum() < 20


def _wrapper(endpoint: str, query: str, form: str, method: str = SPARQLWrapper.GET, *, directly: bool = False) -> Wrapper:
    wrapper = Wrapper(endpoint)
    wrapper.setQuery(query)
    wrapper.setMethod(method)
    wrapper.setRequestMethod(SPARQLWrapper.POSTDIRECTLY if directly else SPARQLWrapper.URLENCODED)
    wrapper.setReturnFormat(form)
    wrapper.setTimeout(30)
    return wrapper


WAYS = {"GET": ("GET", False), "POST": ("POST", False), "POST directly": ("POST", True)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SOME)
def test_sparqlwrapper_selects(endpoint: str, name: str, way: str) -> None:
    approved = Approved(name)
    method, directly = WAYS[way]
    found: Any = _wrapper(endpoint, approved.query, SPARQLWrapper.JSON, method, directly=directly).queryAndConvert()
    assert [
        {key: row[key]["value"] if key in row else "" for key in approved.rows[0]} for row in found["results"]["bindings"]
    ] == approved.rows


def test_sparqlwrapper_selects_in_its_other_formats(endpoint: str) -> None:
    approved = Approved("03-supplements")
    table: Any = _wrapper(endpoint, approved.query, SPARQLWrapper.CSV).queryAndConvert()
    assert table.decode().replace("\r\n", "\n") == approved.csv
    tabs: Any = _wrapper(endpoint, approved.query, SPARQLWrapper.TSV).queryAndConvert()
    assert tabs.decode().splitlines()[0] == "\t".join(f"?{name}" for name in approved.rows[0])
    assert len(tabs.decode().splitlines()) == 21
    document: Any = _wrapper(endpoint, approved.query, SPARQLWrapper.XML).queryAndConvert()
    assert len(document.getElementsByTagName("result")) == 20


@pytest.mark.parametrize("only_headers", [True, False])
def test_sparqlwrapper_asks(endpoint: str, only_headers: bool) -> None:
    for query, truth in ((YES, True), (NO, False)):
        wrapper = _wrapper(endpoint, query, SPARQLWrapper.JSON)
        wrapper.setOnlyConneg(only_headers)
        found: Any = wrapper.queryAndConvert()
        assert found["boolean"] is truth
        document: Any = _wrapper(endpoint, query, SPARQLWrapper.XML).queryAndConvert()
        assert document.getElementsByTagName("boolean")[0].firstChild.data == str(truth).lower()


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # SPARQLWrapper 2.0 still makes one
@pytest.mark.parametrize("only_headers", [True, False])
@pytest.mark.parametrize("form", ["xml", "rdf+xml", "turtle", "n3", "json-ld"])
def test_sparqlwrapper_constructs(endpoint: str, form: str, only_headers: bool) -> None:
    wrapper = _wrapper(endpoint, Approved(TRIPLES).query, form)
    wrapper.setOnlyConneg(only_headers)
    found: Any = wrapper.queryAndConvert()
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle" if form == "n3" else form)
    assert set(graph) == set(_approved_graph())


def test_sparqlwrapper_says_what_is_wrong(endpoint: str) -> None:
    with pytest.raises(SPARQLWrapper.SPARQLExceptions.QueryBadFormed, match="bad-query"):
        _wrapper(endpoint, "SELECT * { ?s ", SPARQLWrapper.JSON).query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["xml", "json"])
def test_rdflib_selects(endpoint: str, method: Any, form: str) -> None:
    graph = Graph(SPARQLStore(endpoint, method=method, returnFormat=form))
    for name in SOME:
        approved = Approved(name)
        found = graph.query(approved.query)
        assert [{key: str(row.get(Variable(key), "")) for key in approved.rows[0]} for row in found.bindings] == approved.rows


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_rdflib_asks_and_constructs_with_prefixes_of_its_own(endpoint: str, method: Any) -> None:
    graph = Graph(SPARQLStore(endpoint, method=method))
    assert graph.query("ASK { ?s a ess:Supplement }", initNs={"ess": ESS}).askAnswer is True
    assert graph.query("ASK { ?s a ess:Nothing }", initNs={"ess": ESS}).askAnswer is False
    found = graph.query("SELECT ?s { ?s a ess:Supplement ; rdfs:label ?l }", initNs={"ess": ESS, "rdfs": RDFS})
    assert len({row[Variable("s")] for row in found.bindings}) == 20
    built = Graph(SPARQLStore(endpoint, method=method, returnFormat="application/rdf+xml")).query(Approved(TRIPLES).query)
    assert built.graph is not None
    assert set(built.graph) == set(_approved_graph())


def test_rdflib_walks_the_graph(endpoint: str) -> None:
    graph = Graph(SPARQLStore(endpoint, returnFormat="json"))
    supplements = set(graph.subjects(RDF.type, ESS.Supplement))
    assert len(supplements) == 20
    one = URIRef("https://w3id.org/ess-lod/id/supplement/S001")
    assert one in supplements
    assert (one, RDF.type, ESS.Supplement) in graph
    assert len(graph) > 10_000


def test_rdflib_asks_one_named_graph(endpoint: str) -> None:
    counted = Graph(SPARQLStore(endpoint, returnFormat="json")).query(
        "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?n LIMIT 1"
    )
    ((name, count),) = [(str(row[Variable("g")]), str(row[Variable("n")])) for row in counted.bindings]
    named = Graph(SPARQLStore(endpoint, returnFormat="json"), identifier=URIRef(name))
    found = len(list(named.query("SELECT ?s ?p ?o { ?s ?p ?o }")))
    assert found > 0
    assert str(found) == count
