"""The same types, extensions and ways to write a code are understood at every address."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ess_lod.config import Settings
from ess_lod.release import open_release

PATHS = [
    "/doc/acteur/A001",
    "/vocab",
    "/vocab/champ",
    "/vocab/champ/alimentation",
    "/ns",
    "/ns/1.0.0",
    "/shapes",
    "/profile",
    "/profile/schema",
    "/catalog",
    "/dataset",
    "/graph/R001",
    "/graph/vocab",
]
TYPES = {
    "application/json": "application/ld+json",
    "application/xml": "application/rdf+xml",
    "text/xml": "application/rdf+xml",
    "application/x-turtle": "text/turtle",
    "text/n3": "text/turtle",
    "application/xhtml+xml": "text/html",
    "application/json, text/plain, */*": "application/ld+json",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "text/html",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8": "text/html",
}
EXTENSIONS = {
    "json": "jsonld",
    "JSON": "jsonld",
    "xml": "rdf",
    "owl": "rdf",
    "n3": "ttl",
    "turtle": "ttl",
    "TTL": "ttl",
    "Rdf": "rdf",
    "HTML": "html",
    "htm": "html",
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("accept", "mimetype"), TYPES.items())
def test_more_general_and_former_types_are_understood(site: FlaskClient, path: str, accept: str, mimetype: str) -> None:
    answer = site.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert "Accept" in answer.vary


@pytest.mark.parametrize("accept", ["application/json", "text/xml", "application/xml", "application/x-turtle", "text/n3"])
def test_void_and_the_things_themselves_too(site: FlaskClient, accept: str) -> None:
    assert site.get("/.well-known/void", headers={"Accept": accept}).mimetype == TYPES[accept]
    answer = site.get("/id/acteur/A001", headers={"Accept": accept}, follow_redirects=True)
    assert (answer.status_code, answer.mimetype) == (200, TYPES[accept])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("extension", "ours"), EXTENSIONS.items())
def test_an_extension_that_means_one_of_ours_leads_to_it(site: FlaskClient, path: str, extension: str, ours: str) -> None:
    answer = site.get(f"{path}.{extension}?lang=en")
    assert (answer.status_code, answer.location) == (308, f"{path}.{ours}?lang=en")
    assert site.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    "path", ["/doc/acteur/A001.zip", "/vocab/champ.pdf", "/static/x.TTL", "/dump/latest/x.xml", "/.TTL", "/nothing.json", "/feed/1.HTML"]
)
def test_what_means_none_of_ours_is_not_found(site: FlaskClient, path: str) -> None:
    assert site.get(path).status_code == 404


BLANKS = ["", "%20", "%C2%A0", "%E2%80%AF", "%E2%80%89", "%09", "%E3%80%80", ".", "-", "%E2%80%91"]


@pytest.mark.parametrize("blank", BLANKS)
def test_codes_are_read_however_they_are_grouped(client: FlaskClient, blank: str) -> None:
    for path, groups in (
        ("/siren", ("411", "654", "296")),
        ("/siret", ("411", "654", "296", "00036")),
        ("/insee/commune", ("59", "350")),
        ("/insee/epci", ("245", "900", "428")),
    ):
        found, plain = (client.get(f"{path}/{between.join(groups)}").headers.get("Location") for between in (blank, ""))
        assert found == plain, (path, blank)
    assert client.get(f"/siren/{blank.join(('411', '654', '296'))}").location == "/id/acteur/A009"
    assert client.get(f"/insee/commune/{blank.join(('59', '350'))}").location == "/id/territoire/T059"


@pytest.mark.parametrize("code", ["2a004", "2A004", "2a%20004", "2a%C2%A0004"])
def test_small_letters_of_a_code_are_no_error_of_form(client: FlaskClient, code: str) -> None:
    answer = client.get(f"/insee/commune/{code}?lang=fr", headers={"Accept": "application/json"})
    assert answer.status_code == 404, "no commune of Corsica is described here"
    assert "2A004" in answer.text


@pytest.mark.parametrize("code", ["41165429\u0666", "\u00b2" * 9, "4116", "411654296x", "411_654_296"])
def test_what_is_no_code_stays_none(client: FlaskClient, code: str) -> None:
    assert client.get(f"/siren/{code}").status_code == 404


def test_every_json_answer_is_as_the_interface_says(client: FlaskClient) -> None:
    described = client.get("/openapi.json").json
    assert described
    asked = 0
    for template, operations in described["paths"].items():
        operation = operations["get"]
        content = operation["responses"].get("200", {}).get("content", {})
        path, query = template, {}
        for each in operation["parameters"]:
            if each["in"] == "path":
                path = path.replace("{" + each["name"] + "}", str(each["example"]))
            elif each["in"] == "query" and each["required"]:
                query[each["name"]] = each["example"]
        for name, said in content.items():
            is_json = name.endswith(("/json", "+json"))
            assert said["schema"]["type"] == (
                ["object", "array"] if name == "application/ld+json" else "object" if is_json else "string"
            ), (template, name)
            answer = client.get(path, query_string=query, headers={"Accept": name}, buffered=True)
            assert str(answer.status_code) in operation["responses"], (path, name, answer.status_code)
            if answer.status_code == 200:
                assert answer.mimetype in content, (path, name)
                if answer.mimetype == name and is_json:
                    assert isinstance(json.loads(answer.text), dict | list if name == "application/ld+json" else dict), (path, name)
                    asked += 1
    assert asked > 30


def test_every_file_of_a_release_has_a_type_that_is_described(client: FlaskClient, settings: Settings) -> None:
    described = client.get("/openapi.json").json
    assert described
    types = {*described["paths"]["/dump/{version}/{name}"]["get"]["responses"]["200"]["content"]}
    names = {*open_release(settings.releases).files}
    assert "SHA256SUMS" in names | {path.name for path in Path(open_release(settings.releases).path).iterdir()}
    for name in names:
        assert client.head(f"/dump/latest/{name}", buffered=True).mimetype in types, name
    assert "text/plain" in types


@pytest.mark.parametrize(
    "query", ["default-graph-uri=", "named-graph-uri=", "default-graph-uri=&named-graph-uri=", "default-graph-uri=&default-graph-uri="]
)
def test_an_empty_graph_counts_as_none(site: FlaskClient, query: str) -> None:
    plain = site.get("/sparql?query=SELECT(COUNT(*)AS%3Fn)%7B%3Fs%20%3Fp%20%3Fo%7D", headers={"Accept": "text/csv"})
    answer = site.get(f"/sparql?query=SELECT(COUNT(*)AS%3Fn)%7B%3Fs%20%3Fp%20%3Fo%7D&{query}", headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.text) == (200, plain.text)
    assert plain.text.split() != ["n", "0"]
    assert site.get("/sparql?query=ASK%7B%7D&default-graph-uri=a%20b").status_code == 400
