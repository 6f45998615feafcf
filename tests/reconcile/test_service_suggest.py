"""Suggestions for types and properties, flyouts, proposals of properties, the preview and the way to a page."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient

from ess_lod.reconcile import PROPERTIES, TYPES
from ess_lod.web.reconcile.extension import fetched
from tests.reconcile import rules

BASE = "https://w3id.org/ess-lod/"


def ids(client: FlaskClient, path: str) -> list[str]:
    """The ids of what is suggested or proposed."""
    found = rules.content(client.get(path))
    listed: list[rules.Json] = found["result"] if "result" in found else found["properties"]
    return [each["id"] for each in listed]


def test_types_are_suggested_by_the_beginning_of_a_word_or_of_the_id(site: FlaskClient) -> None:
    everything = rules.content(site.get("/reconcile/suggest/type?prefix="))
    assert rules.suggested(everything, "type") == len(TYPES)
    assert ids(site, "/reconcile/suggest/type?prefix=epc&lang=fr") == ["EPCI"]
    assert ids(site, "/reconcile/suggest/type?prefix=DÉPART&lang=fr") == ["Departement"]
    assert ids(site, "/reconcile/suggest/type?prefix=munici&lang=en") == ["Commune", "CommunePart"]
    assert ids(site, "/reconcile/suggest/type?prefix=publique&lang=fr") == ["PublicBody"]
    assert ids(site, "/reconcile/suggest/type?prefix=zzz") == []
    commune = rules.content(site.get("/reconcile/suggest/type?prefix=Commune&lang=fr&limit=1"))
    assert commune == {"result": [{"id": "Commune", "name": "commune", "broader": [{"id": "Territory", "name": "territoire"}]}]}


def test_a_cursor_goes_on(site: FlaskClient) -> None:
    everything = ids(site, "/reconcile/suggest/type?prefix=")
    pages = [ids(site, f"/reconcile/suggest/type?prefix=&cursor={start}&limit=7") for start in range(0, len(everything), 7)]
    assert [id_ for page in pages for id_ in page] == everything
    assert ids(site, "/reconcile/suggest/type?prefix=&cursor=1000") == []


def test_properties_are_suggested_those_of_a_type_if_one_is_given(site: FlaskClient) -> None:
    assert rules.suggested(rules.content(site.get("/reconcile/suggest/property?prefix=")), "property") == len(PROPERTIES)
    assert ids(site, "/reconcile/suggest/property?prefix=sir") == ["siren", "siret"]
    assert ids(site, "/reconcile/suggest/property?prefix=number&lang=en") == ["siren", "siret", "rna"]
    assert "insee" in ids(site, "/reconcile/suggest/property?prefix=&type=EPCI")
    assert "rna" not in ids(site, "/reconcile/suggest/property?prefix=&type=EPCI")
    # OpenRefine sends a type of Freebase here when none was chosen
    assert len(ids(site, "/reconcile/suggest/property?prefix=&type=/type/property")) == len(PROPERTIES)


def test_properties_are_proposed_for_a_type(site: FlaskClient) -> None:
    everything = rules.content(site.get("/reconcile/properties"))
    assert rules.proposals(everything) == len(fetched())
    actor = rules.content(site.get("/reconcile/properties?type=Actor&lang=en"))
    assert rules.proposals(actor) > 15
    assert actor["type"] == "Actor"
    names = {each["id"]: each["name"] for each in actor["properties"]}
    assert names["siren"] == "SIREN number"
    assert names["status"] == "lifecycle status"
    assert "population" not in names
    few = rules.content(site.get("/reconcile/properties?type=EPCI&limit=3"))
    assert rules.proposals(few) == few["limit"] == 3
    assert "epci" in ids(site, "/reconcile/properties?type=Commune")
    assert "member" in ids(site, "/reconcile/properties?type=Territory")


def test_every_property_has_names_types_and_values_that_exist() -> None:
    assert len(fetched()) == 38
    for each in fetched().values():
        assert {*each.names} == {"fr", "en"}
        assert each.types
        assert {*each.types} <= {*TYPES}
        assert each.kind in ("text", "date", "int", "float", "entity")
        assert not each.values or (each.kind == "entity" and each.values in TYPES)
    assert {*PROPERTIES} - {*fetched()} == {"date"}


@pytest.mark.parametrize("kind", ["type", "property"])
def test_a_flyout_tells_what_a_term_is(site: FlaskClient, kind: str) -> None:
    known = TYPES if kind == "type" else {**PROPERTIES, **fetched()}
    for id_ in known:
        found = rules.content(site.get(f"/reconcile/flyout/{kind}", query_string={"id": id_}))
        assert {*found} == {"id", "html"}
        assert found["id"] == id_
        assert found["html"].startswith("<p><strong>")
    assert len(known) > 20
    assert site.get(f"/reconcile/flyout/{kind}?id=nothing").status_code == 404
    assert site.get(f"/reconcile/flyout/{kind}").status_code == 404


def test_a_flyout_of_a_thing_says_what_the_preview_says(client: FlaskClient) -> None:
    for path in ("id/acteur/A009", "id/territoire/T059", "vocab/champ/alimentation"):
        found = rules.content(client.get("/reconcile/flyout/entity", query_string={"id": BASE + path, "lang": "fr"}))
        preview = client.get("/reconcile/preview", query_string={"id": BASE + path, "lang": "fr"}).text
        assert found["id"] == BASE + path
        name = re.findall(r"<strong>(.*?)</strong>", found["html"])
        assert len(name) == 1
        assert f">{name[0]}</a></h1>" in preview
    assert client.get("/reconcile/flyout/entity", query_string={"id": BASE + "id/acteur/A999"}).status_code == 404


def test_a_preview_is_a_small_page_that_may_be_framed(client: FlaskClient) -> None:
    answer = client.get("/reconcile/preview", query_string={"id": BASE + "id/acteur/A009"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "X-Frame-Options" not in answer.headers
    assert '<html lang="en">' in answer.text
    for words in (
        "Dynamique Insertion Emploi",
        "Drocourt",
        "411654296",
        "Work-integration association",
        'href="/doc/acteur/A009"',
        'rel="noopener"',
    ):
        assert words in answer.text
    assert "<script" not in answer.text
    assert len(answer.data) < 3000
    assert client.get("/reconcile").headers["Content-Security-Policy"].endswith("frame-ancestors 'none'; form-action 'self'")


def test_a_preview_tells_what_became_of_a_thing(site: FlaskClient, client: FlaskClient) -> None:
    merged = site.get("/reconcile/preview?id=https://reseau.example/lod/id/personne-publique/P001&lang=fr").text
    assert '<p class="notice">Fusionné ou absorbé · aujourd&#39;hui\u00a0: CC du Haut Pays (institution)</p>' in merged
    ended = site.get("/reconcile/preview?id=https://reseau.example/lod/id/territoire/T010&lang=en").text
    assert "No longer exists" in ended
    assert "until 31 December 2016" in ended or "to 31 December 2016" in ended
    withdrawn = site.get("/reconcile/preview?id=https://reseau.example/lod/id/acteur/A004&lang=en")
    assert "Withdrawn from publication" in withdrawn.text
    duplicate = site.get("/reconcile/preview?id=https://reseau.example/lod/id/acteur/A003&lang=fr").text
    assert '<h1><a href="/doc/acteur/A002?lang=fr" target="_blank" rel="noopener">Le Panier relié</a></h1>' in duplicate
    assert client.get("/reconcile/preview", query_string={"id": BASE + "vocab/champ/alimentation"}).status_code == 200


HOSTILE_IDS = (
    "", "x", "https://evil.example/", BASE, BASE + "id/acteur/A999", BASE + "id/acteur/A009> ?p ?o } #", BASE + "id/<script>", "javascript:alert(1)",
    "//evil.example/", BASE + '"', BASE + "\x00", BASE + "id/[x", BASE + "id/%zz", BASE + "id/\ufffe", BASE + "id/acteur/A009" + "9" * 20_000,
)  # fmt: skip


@pytest.mark.parametrize("id_", HOSTILE_IDS)
def test_a_preview_of_what_is_not_here_says_so_in_the_frame(client: FlaskClient, id_: str) -> None:
    answer = client.get("/reconcile/preview", query_string={"id": id_, "lang": "en"})
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "Nothing here has this id." in answer.text
    assert "<script>" not in answer.text
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]


def test_view_leads_to_the_page_on_this_server(client: FlaskClient) -> None:
    answer = client.get("/reconcile/view?id=https%3A%2F%2Fw3id.org%2Fess-lod%2Fid%2Facteur%2FA009&lang=en")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/doc/acteur/A009?lang=en"
    concept = client.get("/reconcile/view", query_string={"id": BASE + "vocab/champ/alimentation"})
    assert concept.headers["Location"] == "/vocab/champ/alimentation"


@pytest.mark.parametrize(
    "id_", ["", "https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example", "https://w3id.org/ess-lod"]
)
def test_view_leads_nowhere_else(client: FlaskClient, id_: str) -> None:
    answer = client.get("/reconcile/view", query_string={"id": id_})
    assert answer.status_code == 404
    assert "Location" not in answer.headers


def test_view_stays_on_this_host(client: FlaskClient) -> None:
    answer = client.get("/reconcile/view", query_string={"id": BASE + "/evil.example/x\r\nX: y"})
    assert answer.headers["Location"] == "/evil.example/x%0D%0AX:%20y"


def test_suggestions_are_json_for_programs_of_any_kind(site: FlaskClient) -> None:
    answer = site.get("/reconcile/suggest/type?prefix=c&callback=f")
    assert answer.text.startswith("/**/f({")
    assert json.loads(answer.text[6:-3])["result"]
