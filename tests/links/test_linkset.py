"""The links of a thing for programs and people: RFC 9264, Signposting, and the page."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from ess_lod.links.announced import LINKSET, LINKSET_JSON, Announced, read_announced

BASE = "https://reseau.example/lod/"
A001 = f"{BASE}id/acteur/A001"
_REGISTERED = {"describedby"}


def contexts(client: FlaskClient, uri: str) -> dict[str, dict[str, list[dict[str, object]]]]:
    """The link context objects by their anchor; each member of the document is looked at as RFC 9264 §4.2 wants it."""
    answer = client.get("/linkset", query_string={"uri": uri})
    assert (answer.status_code, answer.mimetype) == (200, LINKSET_JSON)
    assert answer.json is not None
    assert list(answer.json) == ["linkset"]
    found = {}
    for context in answer.json["linkset"]:
        anchor = context.pop("anchor")
        assert re.match(r"https?://", anchor)
        assert anchor not in found
        for relation, targets in context.items():
            assert relation in _REGISTERED or re.match(r"https?://", relation), "registered, or a URI (RFC 8288 §2.1)"
            assert isinstance(targets, list)
            assert targets
            for target in targets:
                assert isinstance(target["href"], str)
                assert all(isinstance(value, str) for name, value in target.items() if name in ("href", "type"))
                for name, values in target.items():
                    if name.endswith("*"):
                        assert all(set(value) == {"value", "language"} for value in values)
                assert set(target) <= {"href", "type", "justification*"}
        found[anchor] = context
    return found


def test_the_links_of_an_actor(site: FlaskClient) -> None:
    found = contexts(site, A001)
    assert set(found) == {A001, "https://voisin.example/id/acteur/A007"}
    own = found[A001]
    assert [target["href"] for target in own["https://schema.org/sameAs"]] == [
        "https://annuaire-entreprises.data.gouv.fr/entreprise/999999998"
    ]
    assert own["http://www.w3.org/2000/01/rdf-schema#seeAlso"] == [
        {"href": "https://encyclopedie.example/Reseau", "justification*": [{"value": "Même nom, même commune.", "language": "fr"}]}
    ]
    assert {target["type"]: target["href"] for target in own["describedby"]}["text/turtle"] == "http://localhost/doc/acteur/A001.ttl"
    assert len(own["describedby"]) == 5
    assert found["https://voisin.example/id/acteur/A007"] == {"https://schema.org/sameAs": [{"href": A001}]}


def test_what_the_link_set_leads_to_is_there(site: FlaskClient) -> None:
    for target in contexts(site, A001)[A001]["describedby"]:
        answer = site.get(str(target["href"]).removeprefix("http://localhost"))
        assert (answer.status_code, answer.mimetype) == (200, target["type"])


@pytest.mark.parametrize(
    "uri",
    [A001, "/id/acteur/A001", "/doc/acteur/A001", "/doc/acteur/A001.ttl", f"{BASE}doc/acteur/A001.html", "http://localhost/id/acteur/A001"],
)
def test_a_thing_is_named_by_any_of_its_addresses(uri: str, site: FlaskClient) -> None:
    assert contexts(site, uri) == contexts(site, A001)


def test_a_concept_has_its_links(site: FlaskClient) -> None:
    iri = "https://w3id.org/ess-lod/vocab/champ/textile-mode"
    for uri in (iri, "/vocab/champ/textile-mode"):
        own = contexts(site, uri)[iri]
        assert "http://purl.org/essglobal/standard/activities-modified/AM140" in {
            each["href"] for each in own["http://www.w3.org/2004/02/skos/core#closeMatch"]
        }
    for extension in ("ttl", "html"):
        page = site.get(f"/vocab/champ/textile-mode.{extension}").text
        assert "Rapprochement inventé pour les tests." in page
    assert "Rdf:subject" not in page


def test_text_says_the_same_as_json(site: FlaskClient) -> None:
    def is_ours(iri: str) -> bool:
        return iri.startswith(BASE)

    said = {}
    for media_type in (LINKSET_JSON, LINKSET):
        answer = site.get("/linkset", query_string={"uri": A001}, headers={"Accept": media_type})
        assert answer.mimetype == media_type
        assert "Accept" in answer.vary
        said[media_type] = read_announced(answer.data, media_type, is_ours)
    assert said[LINKSET] == said[LINKSET_JSON]
    assert Announced("https://voisin.example/id/acteur/A007", "identique", A001) in said[LINKSET]
    assert answer.text.isascii(), "RFC 9264 §4.1: as a Link header has it"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"uri": ""}, 400),
        ({"uri": f"{BASE}id/acteur/A999"}, 404),
        ({"uri": f"{BASE}id/acteur/T010"}, 404),
        ({"uri": "https://voisin.example/id/acteur/A007"}, 404),
        ({"uri": f"{BASE}id/acteur/A001> ?p ?o }} #"}, 404),
        ({"uri": "//voisin.example/id/acteur/A001"}, 404),
        ({"uri": f"{BASE}id/acteur/A004"}, 410),
        ({"uri": "/vocab/champ/rien"}, 404),
        ({"uri": "x" * 5000}, 404),
    ],
)
def test_what_has_no_links_says_so(query: dict[str, str], status: int, site: FlaskClient) -> None:
    answer = site.get("/linkset", query_string=query)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    if status == 404:
        assert f"l'adresse /linkset?uri={query['uri'][:200]}" in answer.get_json()["detail"]
        assert len(answer.get_json()["detail"]) < 320


def test_a_duplicate_leads_to_what_is_kept(site: FlaskClient) -> None:
    answer = site.get("/linkset", query_string={"uri": f"{BASE}id/acteur/A003"})
    assert (answer.status_code, answer.location) == (301, f"/linkset?uri={BASE}id/acteur/A002")
    assert site.get(answer.location).status_code == 200


def test_every_page_of_a_thing_tells_of_it(site: FlaskClient) -> None:
    for path in ("/doc/acteur/A001", "/doc/territoire/T010.ttl", "/doc/supplement/S001.html"):
        link = site.get(path).headers["Link"]
        places = re.findall(r'<([^>]+)>; rel="linkset"; type="([^"]+)"', link)
        assert [media_type for _, media_type in places] == [LINKSET_JSON, LINKSET]
        assert len({place for place, _ in places}) == 1
        assert site.get(places[0][0]).status_code == 200


def test_the_page_shows_where_else_and_who_links_here(site: FlaskClient) -> None:
    page = site.get("/doc/acteur/A001?lang=en").text
    elsewhere, _, here = page.partition('id="elsewhere"')[2].partition('id="linked-from"')
    assert "French business directory" in elsewhere
    assert "Same SIREN, 999999998." in elsewhere
    assert "encyclopedie.example/Reseau" in elsewhere
    assert 'class="badge badge-probable"' in elsewhere
    assert '<p class="hint" lang="fr">Même nom, même commune.</p>' in elsewhere
    assert 'href="https://voisin.example/id/acteur/A007"' in here
    assert "says to be the same" in here
    assert "received 1 February 2026" in here
    assert 'href="https://voisin.example/linkset.json"' in here
    assert 'id="linked-from"' not in site.get("/doc/acteur/A002").text


def test_the_graph_of_a_network_has_its_page(site: FlaskClient) -> None:
    assert "voisin.example/linkset.json" in site.get("/graph/liens/voisin").text
    assert site.get("/graph/liens/personne").status_code == 404


def test_nothing_says_that_two_things_are_one(site: FlaskClient) -> None:
    answer = site.get("/sparql", query_string={"query": "SELECT ?s ?o { ?s <http://www.w3.org/2002/07/owl#sameAs> ?o }", "format": "csv"})
    assert answer.text.splitlines()[1:] == [f"{BASE}id/acteur/A003,{BASE}id/acteur/A002"]
