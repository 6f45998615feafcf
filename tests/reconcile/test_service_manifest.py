"""The manifest and the page of the reconciliation service; JSONP, CORS, caches, languages."""

from __future__ import annotations

import json
from importlib.metadata import version
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from ess_lod.config import Settings
from ess_lod.reconcile import PROPERTIES, TYPES
from ess_lod.web import create_app
from tests.reconcile import rules

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_manifest_is_as_the_schema_has_it(site: FlaskClient, language: str) -> None:
    found = rules.content(site.get("/reconcile", headers={"Accept-Language": language}))
    assert rules.manifest(found) == 5
    assert {each["type"] for each in found["extend"]["property_settings"]} == {"number", "text", "select", "checkbox"}
    assert found["versions"] == ["0.1", "0.2"]
    assert found["identifierSpace"] == "https://reseau.example/lod/"
    assert found["schemaSpace"] == "https://w3id.org/ess-lod/ns#"
    assert found["serviceVersion"] == version("ess-lod")
    assert found["batchSize"] == 200
    assert {each["id"] for each in found["defaultTypes"]} <= {*TYPES}
    assert [each["name"] for each in found["defaultTypes"] if each["id"] == "Territory"] == [
        "territoire" if language == "fr" else "territory"
    ]


def test_every_address_of_the_manifest_answers(client: FlaskClient) -> None:
    found = rules.content(client.get("/reconcile?lang=en"))
    thing = "https%3A%2F%2Fw3id.org%2Fess-lod%2Fid%2Facteur%2FA009"
    addresses = [
        found["documentation"],
        found["logo"],
        found["view"]["url"].replace("{{id}}", thing),
        found["feature_view"]["url"].replace("{{id}}", "code"),
        found["preview"]["url"].replace("{{id}}", thing),
        found["extend"]["propose_properties"]["service_url"] + found["extend"]["propose_properties"]["service_path"],
    ]
    for kind, id_ in (("entity", thing), ("property", "siren"), ("type", "EPCI")):
        service = found["suggest"][kind]
        address = service["service_url"] + service["service_path"]
        addresses += [f"{address}{'&' if '?' in address else '?'}prefix=s"]
        addresses += [service["flyout_service_url"] + service["flyout_service_path"].replace("${id}", id_)]
    assert len(addresses) == 12
    for address in addresses:
        assert address.startswith("http://localhost/")
        answer = client.get(address.removeprefix("http://localhost"), buffered=True)
        assert answer.status_code == (303 if "/view" in address else 200), address


def test_addresses_are_those_of_the_host_that_was_asked_and_keep_the_language(site_settings: Settings) -> None:
    app = create_app(Settings.read({}, home=site_settings.home, releases=site_settings.releases, indexes=site_settings.indexes, proxies=1))
    headers = {
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "donnees.example",
        "X-Forwarded-Prefix": "/lod",
    }
    found = rules.content(app.test_client().get("/reconcile?lang=en", headers=headers))
    assert found["documentation"] == "https://donnees.example/lod/reconcile?lang=en"
    assert found["preview"]["url"] == "https://donnees.example/lod/reconcile/preview?id={{id}}&lang=en"
    assert found["view"]["url"] == "https://donnees.example/lod/reconcile/view?id={{id}}&lang=en"
    assert found["suggest"]["type"]["service_path"] == "/lod/reconcile/suggest/type?lang=en"
    assert found["suggest"]["type"]["flyout_service_path"] == "/lod/reconcile/flyout/type?id=${id}&lang=en"
    assert found["identifierSpace"] == "https://reseau.example/lod/"
    assert found["extend"]["property_settings"][0]["label"] == "Number of values"


@pytest.mark.parametrize(
    "accept", [None, "*/*", "application/json", "application/json, text/javascript, */*; q=0.01", "text/html;q=0.5, */*"]
)
def test_programs_get_json(site: FlaskClient, accept: str | None) -> None:
    answer = site.get("/reconcile", headers={"Accept": accept} if accept else {})
    assert answer.mimetype == "application/json"
    assert "Accept" in answer.headers["Vary"]


def test_nothing_that_is_accepted_is_406(site: FlaskClient) -> None:
    assert site.get("/reconcile", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(("language", "words"), [("fr", "Dans OpenRefine"), ("en", "In OpenRefine")])
def test_people_get_a_page_that_says_how(site: FlaskClient, language: str, words: str) -> None:
    answer = site.get(f"/reconcile?lang={language}", headers=HTML)
    assert answer.mimetype == "text/html"
    assert words in answer.text
    assert answer.text.count("<h1") == 1
    assert f"http://localhost/reconcile?lang={language}</code>" in answer.text
    assert all(f"<td><code>{name}</code></td>" in answer.text for name in (*TYPES, *PROPERTIES))
    assert "<script" not in answer.text


def test_jsonp_calls_a_function_of_a_safe_name(site: FlaskClient) -> None:
    for name in ("f", "jQuery1102_123", "$.x", "a.b.c", "_", "a" * 100):
        answer = site.get("/reconcile", query_string={"callback": name})
        assert answer.headers["Content-Type"] == "application/javascript"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.text.startswith(f"/**/{name}(")
        assert answer.text.endswith(");\n")
        assert answer.text.isascii()
        assert rules.manifest(json.loads(answer.text.removeprefix(f"/**/{name}(").removesuffix(");\n"))) == 5


HOSTILE = (
    "alert(1)//", "a b", "a;b", "a.", ".a", "a..b", "1a", "a-b", "a[0]", "<script>", "a\n", "é", "a\u2028", "a" * 101, "a(", "%00", "a\x00", "{}", "/**/",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "path", ["/reconcile", "/reconcile/suggest/type?prefix=a", "/reconcile/properties", "/reconcile/flyout/type?id=EPCI"]
)
def test_a_hostile_callback_is_400(site: FlaskClient, path: str, name: str) -> None:
    answer = site.get(f"{path}{'&' if '?' in path else '?'}{urlencode({'callback': name})}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert json.loads(answer.data)["type"].endswith("#bad-reconciliation")


def test_any_origin_may_ask(site: FlaskClient) -> None:
    paths = [
        "/reconcile",
        "/reconcile/suggest/type?prefix=",
        "/reconcile/properties",
        "/reconcile/preview?id=x",
        "/reconcile/flyout/type?id=EPCI",
    ]
    for path in paths:
        assert site.get(path).headers["Access-Control-Allow-Origin"] == "*"
        preflight = site.options(path, headers={"Origin": "https://refine.example", "Access-Control-Request-Method": "POST"})
        assert preflight.status_code == 200
        assert preflight.headers["Access-Control-Allow-Origin"] == "*"
        assert ("POST" in preflight.headers["Access-Control-Allow-Methods"]) == (path == "/reconcile")
        assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    assert site.post("/reconcile", data={"queries": "{"}).headers["Access-Control-Allow-Origin"] == "*"


def test_what_is_known_is_304_and_what_is_posted_is_not_kept(site: FlaskClient) -> None:
    for path in ("/reconcile", "/reconcile/suggest/type?prefix=c", "/reconcile/properties?type=EPCI", "/reconcile/flyout/type?id=EPCI"):
        first = site.get(path)
        assert first.headers["Cache-Control"].startswith("public")
        assert site.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        assert site.head(path).headers["ETag"] == first.headers["ETag"]
    languages = {site.get("/reconcile", headers={"Accept-Language": each}).headers["ETag"] for each in ("fr", "en")}
    assert len(languages) == 2
    posted = site.post("/reconcile", data={"extend": '{"ids": [], "properties": []}'})
    assert posted.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_405(site: FlaskClient, method: str) -> None:
    answer = site.open("/reconcile", method=method)
    assert answer.status_code == 405
    assert {"GET", "POST"} <= {*answer.headers["Allow"].split(", ")}
    assert site.post("/reconcile/suggest/type").status_code == 405


def test_pages_for_people_point_to_the_interface(site: FlaskClient) -> None:
    for path in ("/", "/dataset"):
        assert '<a href="/reconcile">' in site.get(path, headers=HTML).text
    assert 'rel="service-desc"' in site.get("/reconcile", headers=HTML).headers["Link"]
