"""The SPARQL endpoint: the protocol, the formats, the refusals, the page."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import quote

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from ess_lod.config import Settings

NAMES = """SELECT ?s ?label WHERE {
  ?s a <https://w3id.org/ess-lod/ns#Supplement> ; <http://www.w3.org/2000/01/rdf-schema#label> ?label . FILTER(LANG(?label) = "fr")
} ORDER BY ?s"""
TRIPLES = "CONSTRUCT { ?s a ?t } WHERE { ?s a ?t } ORDER BY ?s LIMIT 5"
S001 = "https://reseau.example/lod/id/supplement/S001"

RESULTS = {
    "application/sparql-results+json": "application/sparql-results+json",
    "application/sparql-results+xml": "application/sparql-results+xml",
    "text/csv": "text/csv",
    "text/tab-separated-values": "text/tab-separated-values",
    "application/json": "application/json",
    "application/xml": "application/xml",
    "*/*": "application/sparql-results+json",
    "application/*": "application/sparql-results+json",
    "text/csv;q=0.5, application/sparql-results+xml;q=0.4": "text/csv",
}
GRAPHS = {
    "text/turtle": "text/turtle",
    "application/ld+json": "application/ld+json",
    "application/rdf+xml": "application/rdf+xml",
    "application/n-triples": "application/n-triples",
    "application/json": "application/json",
    "*/*": "text/turtle",
}


@pytest.mark.parametrize(("accept", "expected"), RESULTS.items())
def test_rows_and_truth_in_every_format(site: FlaskClient, accept: str, expected: str) -> None:
    for query in (NAMES, "ASK { ?s ?p ?o }"):
        answer = site.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
        assert answer.status_code == 200
        assert answer.mimetype == expected
        assert answer.data
        assert "Accept" in answer.vary
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("accept", "expected"), GRAPHS.items())
def test_triples_in_every_format(site: FlaskClient, accept: str, expected: str) -> None:
    for query in (TRIPLES, f"DESCRIBE <{S001}>"):
        answer = site.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
        assert (answer.status_code, answer.mimetype) == (200, expected)
        assert answer.data


def test_the_three_ways_to_ask_give_one_answer(site: FlaskClient) -> None:
    answers = [
        site.get("/sparql", query_string={"query": NAMES}),
        site.post("/sparql", data={"query": NAMES}),
        site.post("/sparql", data=NAMES, content_type="application/sparql-query"),
        site.post("/sparql", data=NAMES.encode(), content_type="application/sparql-query; charset=utf-8"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert answers[0].json is not None
    rows = answers[0].json["results"]["bindings"]
    assert [row["s"]["value"] for row in rows] == [S001, S001.replace("S001", "S002")]
    assert rows[0]["label"]["xml:lang"] == "fr"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("json", "application/sparql-results+json"),
        ("csv", "text/csv"),
        ("tsv", "text/tab-separated-values"),
        ("xml", "application/sparql-results+xml"),
        ("html", "text/html"),
    ],
)
def test_a_link_may_name_the_format(site: FlaskClient, name: str, content_type: str) -> None:
    answer = site.get("/sparql", query_string={"query": NAMES, "format": name}, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (200, content_type)


def test_a_format_that_does_not_fit_is_406(site: FlaskClient) -> None:
    answer = site.get("/sparql", query_string={"query": NAMES, "format": "ttl"})
    assert answer.status_code == 406
    assert answer.json is not None
    assert "format=csv" in answer.json["offered"]
    assert site.get("/sparql", query_string={"query": NAMES}, headers={"Accept": "image/png"}).status_code == 406
    assert site.get("/sparql", query_string={"query": TRIPLES}, headers={"Accept": "text/csv"}).status_code == 406


def test_csv_has_one_line_a_row(site: FlaskClient) -> None:
    text = site.get("/sparql", query_string={"query": NAMES, "format": "csv"}).text
    assert [len(row) for row in csv.reader(io.StringIO(text))] == [2, 2, 2]


@pytest.mark.parametrize("query", ["SELECT", "SELECT * WHERE {\n  ?s ?p }", "", "nonsense"])
def test_what_is_not_sparql_is_400_with_its_place(site: FlaskClient, query: str) -> None:
    answer = site.post("/sparql", data=query, content_type="application/sparql-query")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["type"].endswith("problems#bad-query")
    assert answer.json["line"] >= 1
    assert answer.json["column"] >= 1
    assert answer.json["message"]


def test_a_person_sees_the_query_again_with_what_is_wrong(site: FlaskClient) -> None:
    answer = site.get("/sparql", query_string={"query": "SELECT * WHERE {\n ?s ?p }"}, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert "SELECT * WHERE {\n ?s ?p }</textarea>" in answer.text
    assert "ligne 2" in answer.text


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("update=" + quote("INSERT DATA { <a:a> <a:b> <a:c> }"), "application/x-www-form-urlencoded"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", "application/sparql-update"),
    ],
)
def test_updates_are_refused(site: FlaskClient, body: str, content_type: str) -> None:
    answer = site.post("/sparql", data=body, content_type=content_type)
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["type"].endswith("problems#query-refused")
    assert site.get("/sparql", query_string={"query": "INSERT DATA { <a:a> <a:b> <a:c> }"}).status_code == 403


def test_a_query_may_be_long_but_not_longer_than_the_setting(site: FlaskClient, site_settings: Settings) -> None:
    limit = site_settings.max_query_bytes
    longest = "ASK {}" + "#" * (limit - 6)
    assert len(longest) == limit
    for query, status in ((longest, 200), (longest + "#", 413)):
        assert site.get("/sparql", query_string={"query": query}).status_code == status
        assert site.post("/sparql", data={"query": query}).status_code == status
        assert site.post("/sparql", data=query, content_type="application/sparql-query").status_code == status
    accents = "ASK {}#" + "é" * (limit // 2)
    assert site.post("/sparql", data={"query": accents}).status_code == 413, "bytes are counted, not characters"
    assert site.post("/sparql", data=b"x" * (4 * limit), content_type="application/sparql-query").status_code == 413


@pytest.mark.parametrize("given", [{}, {"query": ["ASK {}", "ASK {}"]}])
def test_an_unclear_request_is_400(site: FlaskClient, given: dict[str, object]) -> None:
    answer = site.post("/sparql", data=given, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["message"]


def test_other_bodies_are_415_and_other_bytes_400(site: FlaskClient) -> None:
    answer = site.post("/sparql", data="{}", content_type="application/json")
    assert answer.status_code == 415
    assert "application/sparql-query" in answer.text
    assert site.post("/sparql", data=b"ASK {} # \xe9", content_type="application/sparql-query").status_code == 400


def test_without_a_query_people_get_a_form_and_programs_an_error(site: FlaskClient) -> None:
    page = site.get("/sparql", headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert '<textarea id="query" name="query"' in page.text
    examples = re.findall(r'href="/sparql\?query=', page.text)
    assert len(examples) >= 20
    assert site.get("/sparql", headers={"Accept": "application/sparql-results+json"}).status_code == 400


def test_a_result_page_needs_no_javascript(site: FlaskClient) -> None:
    page = site.get("/sparql", query_string={"query": NAMES}, headers={"Accept": "text/html"}).text
    assert page.count("<tr>") == 3
    assert '<a href="/doc/supplement/S001">/doc/supplement/S001</a>' in page
    assert '<small class="tag">fr</small>' in page
    for name in ("json", "xml", "csv", "tsv"):
        assert f"format={name}" in page
    assert "<script>" not in page
    graph = site.get("/sparql", query_string={"query": TRIPLES}, headers={"Accept": "text/html"}).text
    assert graph.count("<tr>") == 6
    assert "format=ttl" in graph
    truth = site.get("/sparql", query_string={"query": "ASK {}"}, headers={"Accept": "text/html"}).text
    assert "<strong>Oui</strong>" in truth


def test_a_long_result_page_is_cut_and_says_so(site: FlaskClient) -> None:
    everything = {"query": "SELECT * WHERE { ?s ?p ?o }"}
    page = site.get("/sparql", query_string=everything, headers={"Accept": "text/html"}).text
    assert page.count("<tr>") == 501
    assert "les autres formats ont tout" in page
    rows = site.get("/sparql", query_string=everything, headers={"Accept": "text/csv"}).text.count("\r\n") - 1
    assert rows > 1000


def test_values_are_shown_not_run(site: FlaskClient) -> None:
    page = site.get(
        "/sparql",
        query_string={"query": 'SELECT ("<script>alert(1)</script>" AS ?x) (IRI("javascript:alert(1)") AS ?y) {}'},
        headers={"Accept": "text/html"},
    ).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page


def test_the_default_graph_is_the_merge_and_graphs_tell_the_source(site: FlaskClient) -> None:
    count = "SELECT (COUNT(*) AS ?n) WHERE { %s }"
    merged, stated = (
        int(site.get("/sparql", query_string={"query": count % pattern}).json["results"]["bindings"][0]["n"]["value"])  # type: ignore[index]
        for pattern in ("?s ?p ?o", "GRAPH ?g { ?s ?p ?o }")
    )
    assert 0 < merged <= stated


def test_a_described_thing_reads_back(site: FlaskClient) -> None:
    answer = site.get("/sparql", query_string={"query": f"DESCRIBE <{S001}>"}, headers={"Accept": "text/turtle"})
    found = list(parse(answer.data, format=RdfFormat.TURTLE))
    assert len(found) > 10
    assert {quad.subject.value for quad in found} == {S001}


_RDF_XML_CANNOT = {
    "number": "http://e/1",
    "urn": "urn:isbn:123",
    "nothing": "http://e/",
    "scheme": "x:1",
    "letter": "http://e/p\u3001",
    "letter first": "http://e/\u3001a",
    "letter between": "http://e/a\u0132b",
    "beyond": "http://e/\U00010400a",
    "xmlns": "http://www.w3.org/2000/xmlns/foo",
    **{
        name: f"http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}"
        for name in ("about", "ID", "li", "Description", "resource", "nodeID", "RDF", "datatype")
    },
}


@pytest.mark.parametrize("predicate", _RDF_XML_CANNOT.values(), ids=_RDF_XML_CANNOT)
def test_a_property_that_xml_cannot_name_is_not_written_in_xml(site: FlaskClient, predicate: str) -> None:
    answer = site.get(
        "/sparql", query_string={"query": f"CONSTRUCT {{ <x:s> <{predicate}> 1 }} {{}}"}, headers={"Accept": "application/rdf+xml"}
    )
    assert answer.status_code == 406
    assert "text/turtle" in answer.get_data(as_text=True)
    assert "rdf+xml" not in answer.get_json(force=True)["offered"]


@pytest.mark.parametrize(
    "predicate",
    ["http://e/p", "http://e/a.b-c", "http://e/1a", "urn:x:y", "http://www.w3.org/1999/02/22-rdf-syntax-ns#_1", "http://e/\u00e9"],
)
def test_a_property_that_xml_can_name_is_read_again(site: FlaskClient, predicate: str) -> None:
    answer = site.get(
        "/sparql", query_string={"query": f"CONSTRUCT {{ <x:s> <{predicate}> 1 }} {{}}"}, headers={"Accept": "application/rdf+xml"}
    )
    assert answer.status_code == 200
    assert [str(each) for each in rdflib.Graph().parse(data=answer.data, format="xml").predicates()] == [predicate]


@pytest.mark.parametrize("extension", ["jsonld", "rdf"])
@pytest.mark.parametrize(
    "template",
    [
        "<x:s> <http://e/p> <<( <x:a> <http://e/b> 1 )>>",
        "<x:s> <http://e/p> 1 {| <http://e/q> 2 |}",
        "<x:s> <http://e/p> 'a'@en--rtl",
    ],
)
def test_terms_of_rdf_1_2_are_written_where_they_can_be(site: FlaskClient, template: str, extension: str) -> None:
    asked = {"query": f"CONSTRUCT {{ {template} }} {{}}"}
    refused = site.get("/sparql", query_string=asked | {"format": extension})
    assert refused.status_code == 406
    offered = refused.get_json(force=True)["offered"]
    assert "application/n-triples" in offered
    assert not {"application/ld+json", "application/rdf+xml"} & set(offered)
    assert site.get("/sparql", query_string=asked, headers={"Accept": offered[0]}).status_code == 200
