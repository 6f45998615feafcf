"""Found by machines: sitemap, robots, typed links (Signposting), and the description of the interface (OpenAPI)."""

from __future__ import annotations

import json
import re
import tracemalloc
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from urllib.robotparser import RobotFileParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from pyld.jsonld import parse_link_header
from werkzeug.test import TestResponse

from ess_lod import changes
from ess_lod.config import Settings
from ess_lod.release import Release, open_release
from ess_lod.web import create_app, openapi, sitemap
from ess_lod.web.live import served
from ess_lod.web.rendering import LISTS
from tests.bench.found import sitemap_of_many

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
HTML = {"Accept": "text/html"}
REGISTERED = {
    "alternate", "author", "canonical", "cite-as", "collection", "describedby", "describes", "item", "license", "linkset", "next", "prev", "profile",
    "service-desc", "service-doc", "type",
}  # fmt: skip
"""Of https://www.iana.org/assignments/link-relations/."""


def entries_of(answer: TestResponse) -> list[tuple[str, dict[str, str]]]:
    """Address and alternates of each page of a sitemap."""
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    root = ET.fromstring(answer.data)
    assert root.tag == f"{MAP}urlset"
    found = []
    for url in root:
        assert [child.tag for child in url][:2] == [f"{MAP}loc", f"{MAP}lastmod"]
        alternates = {link.get("hreflang") or "": link.get("href") or "" for link in url.findall(f"{XHTML}link")}
        found.append((url.findtext(f"{MAP}loc") or "", alternates))
    return found


def links_of(answer: TestResponse) -> dict[str, list[dict[str, str]]]:
    """Its ``Link`` header by relation, as another library reads it."""
    found = parse_link_header(answer.headers["Link"])
    return {rel: each if isinstance(each, list) else [each] for rel, each in found.items()}


def targets(answer: TestResponse, rel: str) -> list[str]:
    """Where its links of a relation lead."""
    return [each["target"] for each in links_of(answer).get(rel, [])]


def test_every_page_of_the_sitemap_answers_in_each_language(site: FlaskClient, site_settings: Settings) -> None:
    listed = []
    for part in parts_of(site):
        listed += entries_of(site.get(part))
    addresses = [address for address, _ in listed]
    assert len(addresses) == len(set(addresses)) > 100
    for address, alternates in listed:
        assert alternates == {"fr": f"{address}?lang=fr", "en": f"{address}?lang=en", "x-default": address}
        for each in (address, alternates["en"]):
            answer = site.get(each.removeprefix("http://localhost"), headers=HTML)
            assert answer.status_code == 200, each
            assert answer.mimetype == "text/html", each
    paths = {address.removeprefix("http://localhost") for address in addresses}
    assert {
        "/",
        "/dataset",
        "/catalog",
        "/sparql",
        "/ns",
        "/vocab",
        "/shapes",
        "/openapi",
        *(f"/{path}" for path in LISTS.values()),
    } <= paths
    kinds = open_release(site_settings.releases).manifest["counts"]["classes"]
    assert sum("/doc/acteur/" in path for path in paths) == kinds["Actor"]
    assert sum("/doc/territoire/" in path for path in paths) == kinds["Territory"]


def parts_of(client: FlaskClient) -> Iterator[str]:
    """The sitemaps: the one, or those of the index."""
    answer = client.get("/sitemap.xml")
    root = ET.fromstring(answer.data)
    if root.tag == f"{MAP}urlset":
        yield "/sitemap.xml"
    for each in root.findall(f"{MAP}sitemap"):
        yield (each.findtext(f"{MAP}loc") or "").removeprefix("http://localhost")


def test_a_large_site_has_parts_that_together_are_the_whole(site: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = entries_of(site.get("/sitemap.xml"))
    monkeypatch.setattr(sitemap, "PART", 2)
    with site.application.test_request_context("/"):
        served()._kept.pop("sitemap ranges", None)
    parts = list(parts_of(site))
    assert len(parts) > 10
    assert parts[0] == "/sitemap/pages.xml"
    found = [entries_of(site.get(part)) for part in parts]
    assert sorted(entry[0] for part in found for entry in part) == sorted(entry[0] for entry in whole)
    assert all(1 <= len(part) <= 2 for part in found[1:])
    assert "<lastmod>2026-04-01</lastmod>" in site.get("/sitemap.xml").text
    for missing in ("acteur-99", "acteur-", "acteur-01", "acteur--1", "nothing-0", "acteur-999999999999", "x", "pages-0"):
        assert site.get(f"/sitemap/{missing}.xml").status_code == 404, missing
    with site.application.test_request_context("/"):
        served()._kept.pop("sitemap ranges", None)


def test_withdrawn_things_and_duplicates_are_in_no_sitemap(client: FlaskClient) -> None:
    paths = [address for part in parts_of(client) for address, _ in entries_of(client.get(part))]
    assert len(paths) == len(set(paths)) > 4_000
    with client.application.test_request_context("/"):
        gone = served().rows(
            "SELECT DISTINCT ?x { { ?x <http://www.w3.org/2002/07/owl#sameAs> ?kept } UNION { ?x <http://www.w3.org/ns/prov#invalidatedAtTime> ?when } }"
        )
    assert {f"http://localhost/doc/{each['x'].rpartition('/id/')[2]}" for each in gone}.isdisjoint(paths)


def test_no_part_is_over_a_megabyte_and_a_million_pages_take_no_memory() -> None:
    longest = "https://" + ".".join(["a" * 62] * 4)
    part = "".join(sitemap.urlset((f"/doc/personne-publique/P{number:09d}" for number in range(sitemap.PART)), longest, "2026-04-01"))
    assert len(longest) - len("https://") >= 250
    assert len(part.encode()) < 1_000_000
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    pieces = sum(1 for _ in sitemap.urlset((f"/doc/acteur/A{number}" for number in range(1_000_000)), "https://x.example", "2026-04-01"))
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert pieces == 1_000_002
    assert peak < 1_000_000


def test_the_whole_sitemap_of_many_things_is_read(tmp_path: Any) -> None:
    said = sitemap_of_many(tmp_path, 3_000)
    found = re.match(r"([\d,]+) addresses in (\d+) parts", said)
    assert found
    assert int(found[1].replace(",", "")) > 3_000
    assert int(found[2]) == 8


def test_robots_read_pages_but_no_queries_and_no_searches(site: FlaskClient) -> None:
    text = site.get("/robots.txt").text
    parser = RobotFileParser()
    parser.parse(text.splitlines())
    assert parser.site_maps() == ["http://localhost/sitemap.xml"]
    assert parser.can_fetch("any", "http://localhost/doc/acteur/A001")
    assert parser.can_fetch("any", "http://localhost/sparql/examples")
    assert parser.can_fetch("any", "http://localhost/sparql")
    assert not parser.can_fetch("any", "http://localhost/sparql?query=ASK%20%7B%7D")
    rules = re.findall(r"^Disallow: (.*)$", text, re.MULTILINE)

    def refused(path: str) -> bool:  # RFC 9309 §2.2.3: * is any sequence
        return any(re.match(re.escape(rule).replace(r"\*", ".*"), path) for rule in rules)

    assert [
        refused(path) for path in ("/acteurs?q=x", "/acteurs?lang=fr&q=x", "/acteurs?champ=culture", "/territoires?departement=T1")
    ] == [True] * 4
    assert [
        refused(path) for path in ("/acteurs", "/acteurs?lang=fr", "/acteurs?page=2", "/", "/dataset?lang=en", "/doc/acteur/A001?lang=fr")
    ] == [False] * 6


@pytest.mark.parametrize("path", ["/doc/acteur/A001", "/doc/supplement/S001", "/doc/territoire/T001.html"])
def test_a_document_is_signposted(site: FlaskClient, path: str) -> None:
    answer = site.get(path, headers=HTML)
    kind, id_ = path.removesuffix(".html").split("/")[2:]
    assert targets(answer, "cite-as") == [f"https://reseau.example/lod/id/{kind}/{id_}"]
    assert targets(answer, "collection") == ["/dataset"]
    assert targets(answer, "license") == ["https://www.etalab.gouv.fr/licence-ouverte-open-licence"]
    assert targets(answer, "author") == ["https://reseau.example/lod/id/acteur/A001"]
    types = {"acteur": "Organization", "supplement": "PublicationIssue", "territoire": "AdministrativeArea"}
    assert targets(answer, "type") == ["https://schema.org/AboutPage", f"https://schema.org/{types[kind]}"]
    metadata = links_of(answer)["describedby"]
    assert {each["type"] for each in metadata} == {"text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"}
    assert len(metadata) == 4
    for each in metadata:
        described = site.get(each["target"])
        assert (described.status_code, described.mimetype) == (200, each["type"])
        assert targets(described, "describes") == [f"/doc/{kind}/{id_}"]
        assert targets(described, "type") == []


def test_the_dataset_and_its_files_are_signposted(site: FlaskClient, site_settings: Settings) -> None:
    answer = site.get("/dataset", headers=HTML)
    assert targets(answer, "cite-as") == ["https://reseau.example/lod/dataset"]
    assert targets(answer, "type") == ["https://schema.org/AboutPage", "https://schema.org/Dataset"]
    assert targets(answer, "author") == ["https://reseau.example/lod/id/acteur/A001"]
    assert targets(answer, "license") == ["https://www.etalab.gouv.fr/licence-ouverte-open-licence"]
    assert {each["type"] for each in links_of(answer)["linkset"]} == {"application/linkset+json", "application/linkset"}
    assert len(answer.headers["Link"]) < 4096
    items = links_of(answer)["item"]
    assert len(items) >= 2
    for each in items:
        file = site.get(each["target"], buffered=True)
        assert (file.status_code, file.mimetype) == (200, each["type"])
        assert targets(file, "collection") == ["/dataset"]
        assert targets(file, "license") == ["https://www.etalab.gouv.fr/licence-ouverte-open-licence"]
    name = open_release(site_settings.releases).version
    assert targets(site.get(f"/dump/{name}/dataset.nq", headers={"Range": "bytes=0-9"}, buffered=True), "collection") == ["/dataset"]
    again = site.get("/dataset", headers={**HTML, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert targets(again, "cite-as") == ["https://reseau.example/lod/dataset"]


def test_relations_are_registered_ones_and_nothing_is_signed_that_is_not_there(site: FlaskClient) -> None:
    for path in ("/", "/dataset", "/catalog", "/doc/acteur/A001", "/doc/acteur/A001.ttl", "/dump/latest/dataset.nq", "/sparql", "/openapi"):
        answer = site.get(path, headers=HTML if "." not in path else {}, buffered=True)
        rels = {rel for rels in links_of(answer) for rel in rels.split()}
        assert rels, path
        assert rels <= REGISTERED, path
    for path in ("/doc/acteur/A999", "/dump/latest/nothing", "/dump/1/dataset.nq"):
        answer = site.get(path)
        assert answer.status_code == 404
        assert "Link" not in answer.headers


def test_the_link_set_has_every_file_and_says_the_same_in_both_forms(site: FlaskClient, site_settings: Settings) -> None:
    """RFC 9264 §4; Signposting level 2."""
    as_json, as_text = site.get("/linkset/dataset"), site.get("/linkset/dataset", headers={"Accept": "application/linkset"})
    assert (as_json.mimetype, as_text.mimetype) == ("application/linkset+json", "application/linkset")
    contexts = {each["anchor"]: each for each in json.loads(as_json.data)["linkset"]}
    files = open_release(site_settings.releases).files
    landing = contexts["http://localhost/dataset"]
    assert {each["href"] for each in landing["item"]} == {f"http://localhost/dump/latest/{name}" for name in files}
    assert all(each["type"] != "application/octet-stream" for each in landing["item"])
    assert {*landing} == {"anchor", "cite-as", "type", "author", "license", "describedby", "item"}
    assert len(contexts) == 1 + len(files) + 4
    for anchor, context in contexts.items():
        assert site.get(anchor.removeprefix("http://localhost"), buffered=True).status_code == 200
        if anchor != "http://localhost/dataset":
            assert [each["href"] for each in context.get("collection", context.get("describes", []))] == ["http://localhost/dataset"]
    in_json = {
        (anchor, rel, target["href"])
        for anchor, each in contexts.items()
        for rel, found in each.items()
        if rel != "anchor"
        for target in found
    }
    in_text = {
        (each["anchor"], rel, each["target"])
        for rel, found in parse_link_header(as_text.text.replace("\n", " ")).items()
        for each in (found if isinstance(found, list) else [found])
    }
    assert in_text == in_json
    assert {rel for _, rel, _ in in_json} <= REGISTERED


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_description_of_the_interface_is_valid(site: FlaskClient, language: str) -> None:
    answer = site.get(f"/openapi.json?lang={language}")
    assert answer.mimetype == "application/json"
    found = answer.json
    assert found
    assert [str(error) for error in OpenAPIV31SpecValidator(found).iter_errors()] == []
    assert found["servers"] == [{"url": "http://localhost"}]
    operations = [operation for path in found["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations) > 40
    tags = [tag["name"] for tag in found["tags"]]
    assert {operation["tags"][0] for operation in operations} == set(tags)


def test_the_description_is_that_of_the_application(site_app: Flask, site: FlaskClient) -> None:
    described = site.get("/openapi.json").json
    assert described
    routes = {openapi.template_of(rule): rule for rule in site_app.url_map.iter_rules()}
    assert {*described["paths"]} == {*routes}
    for template, operations in described["paths"].items():
        methods = set[str]().union(
            *(rule.methods or set() for rule in site_app.url_map.iter_rules() if openapi.template_of(rule) == template)
        )
        assert {method.upper() for method in operations} == methods - {"HEAD", "OPTIONS"}, template
        in_path = {each["name"] for each in operations["get"]["parameters"] if each["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", template)), template
    assert {key for template in routes for key, _ in [openapi.entry_of(template)]} == {*openapi.table()["paths"]}
    named = {
        name
        for operations in described["paths"].values()
        for operation in operations.values()
        for name in (each["name"] for each in operation["parameters"])
    }
    assert named == {*openapi.table()["parameters"]}


def test_every_address_answers_as_it_is_described(client: FlaskClient, settings: Settings, release: Release) -> None:
    changes.publish(settings.releases, release.version)  # the feed begins with it
    described = client.get("/openapi.json").json
    assert described
    asked = 0
    for template, operations in described["paths"].items():
        operation = operations["get"]
        path = template
        for each in operation["parameters"]:
            path = path.replace("{" + each["name"] + "}", str(each["example"])) if each["in"] == "path" else path
        needed = {each["name"]: each["example"] for each in operation["parameters"] if each["in"] == "query" and each["required"]}
        path += f"?{urlencode(needed)}" if needed else ""
        answer = client.get(path, buffered=True)
        assert str(answer.status_code) in operation["responses"], (path, answer.status_code)
        if template.startswith("/ancien"):
            assert answer.status_code in (400, 404), "no former identifier in these tables: tests/test_identities.py has some"
        elif answer.status_code == 200:
            assert answer.mimetype in operation["responses"]["200"]["content"], (path, answer.mimetype)
            asked += 1
        elif path.startswith("/inbox"):
            assert answer.status_code == 404, "closed unless a setting opens it"
        else:
            assert answer.status_code == 303, path
            assert client.get(path, follow_redirects=True, buffered=True).status_code == 200
    assert asked > 40


def test_what_is_posted_and_negotiated_is_described(site: FlaskClient) -> None:
    described = site.get("/openapi.json").json
    assert described
    announce = described["paths"]["/inbox"]["post"]
    assert set(announce["requestBody"]["content"]) == {"application/ld+json", "text/turtle", "application/x-www-form-urlencoded"}
    assert {"201", "202"} <= set(announce["responses"])
    assert "Location" in announce["responses"]["201"]["headers"]
    posts = [path["post"] for path in described["paths"].values() if "post" in path]
    assert [post["operationId"] for post in posts if "304" in post["responses"]] == []
    assert len(posts) == 3
    with_profiles = {
        path for path, each in described["paths"].items() for found in each["get"]["parameters"] if found["name"] == "Accept-Profile"
    }
    assert with_profiles == {"/id/{kind}/{id}", "/doc/{kind}/{id}", "/doc/{kind}/{id}.{extension}"}


def test_errors_are_those_that_are_described(site: FlaskClient) -> None:
    described = site.get("/openapi.json").json
    assert described
    schema = described["components"]["schemas"]["Problem"]
    for path, template, status in (
        ("/doc/acteur/A999", "/doc/{kind}/{id}", 404),
        ("/doc/acteur/A001?", "/doc/{kind}/{id}", 406),
        ("/sparql?query=SELECT", "/sparql", 400),
    ):
        answer = site.get(path, headers={"Accept": "image/png"} if status == 406 else {})
        assert answer.status_code == status
        assert answer.mimetype == "application/problem+json"
        assert described["paths"][template]["get"]["responses"][str(status)]["$ref"] == f"#/components/responses/Problem{status}"
        body = json.loads(answer.data)
        assert {*body} >= {*schema["required"]}
        assert body["status"] == status


def test_the_interface_is_found_from_the_site_and_has_a_page(site: FlaskClient) -> None:
    for path in ("/", "/dataset", "/catalog", "/sparql"):
        answer = site.get(path, headers=HTML)
        assert targets(answer, "service-desc") == ["/openapi.json"]
        assert targets(answer, "service-doc") == ["/openapi"]
    described = site.get("/openapi.json?lang=fr").json
    assert described
    page = site.get("/openapi?lang=fr", headers=HTML).text
    assert page.count('<article class="operation">') == sum(len(each) for each in described["paths"].values())
    assert page.count("<h1") == 1


def test_addresses_follow_the_host_and_the_prefix(site_settings: Settings) -> None:
    app = create_app(site_settings)
    app.wsgi_app = lambda environ, start, inner=app.wsgi_app: inner({**environ, "SCRIPT_NAME": "/lod", "HTTP_HOST": "data.example"}, start)  # type: ignore[method-assign,misc]
    client = app.test_client()
    assert "Sitemap: http://data.example/lod/sitemap.xml" in client.get("/robots.txt").text
    assert "Disallow: /lod/sparql?" in client.get("/robots.txt").text
    assert "<loc>http://data.example/lod/doc/acteur/A001</loc>" in client.get("/sitemap.xml").text
    described = client.get("/openapi.json").json
    assert described
    assert described["servers"] == [{"url": "http://data.example/lod"}]
    assert '"anchor": "http://data.example/lod/dataset"' in client.get("/linkset/dataset").text
    assert targets(client.get("/doc/acteur/A001", headers=HTML), "collection") == ["/lod/dataset"]
