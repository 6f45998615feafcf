"""Content Negotiation by Profile (https://www.w3.org/TR/dx-prof-conneg/), rule by rule; and what the views say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import rdflib
import rdflib.compare
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, parse
from werkzeug.test import TestResponse

from ess_lod.config import Settings
from ess_lod.iris import KINDS
from ess_lod.media import GRAPH_TYPES, RESOURCE_TYPES
from ess_lod.terms import RDFS, SCHEMA, A
from ess_lod.web import profiles, schema_org
from ess_lod.web.front import _VARYING
from ess_lod.web.headers import OPEN, PREFLIGHT
from ess_lod.web.profiles import ALTR, PROF, PROFILES
from ess_lod.web.views import ESSGLOBAL, ESSGLOBAL_VIEW, GOOD_RELATIONS, SCHEMA_ORG
from tests.serving import serving

OWN, SCHEMA_PROFILE, ESSGLOBAL_PROFILE = (each.iri for each in PROFILES)
ACTOR = "https://reseau.example/lod/id/acteur/A002"
PATH = "/doc/acteur/A002"
TURTLE = {"Accept": "text/turtle"}
FORMATS = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld"}


def triples(answer: TestResponse) -> set[tuple[Any, Any, Any]]:
    form = next(media.rdf for media in GRAPH_TYPES if media.content_type == answer.mimetype)
    assert form is not None
    return {(quad.subject, quad.predicate, quad.object) for quad in parse(answer.data, format=form, base_iri="https://reseau.example/lod/")}


def profile_of(answer: TestResponse) -> str:
    """The first IRI of ``Content-Profile``."""
    return answer.headers["Content-Profile"].split(">")[0].lstrip("<")


def get(client: FlaskClient, path: str = PATH, accept: str = "text/turtle", **headers: str) -> TestResponse:
    return client.get(path, headers={"Accept": accept, **{name.replace("_", "-"): value for name, value in headers.items()}})


# The header (§7.1)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"<{SCHEMA_PROFILE}>", SCHEMA_PROFILE),
        (f"<{ESSGLOBAL_PROFILE}>", ESSGLOBAL_PROFILE),
        (f"<{OWN}>", OWN),
        ("<https://schema.org/>", SCHEMA_PROFILE),
        ("<http://schema.org/>", SCHEMA_PROFILE),
        (f"<{ESSGLOBAL}>", ESSGLOBAL_PROFILE),
        ("<https://w3id.org/ess-lod/ns#>", OWN),
        (f"<{SCHEMA_PROFILE}>;q=0.5, <{ESSGLOBAL_PROFILE}>;q=0.9", ESSGLOBAL_PROFILE),
        (f"<{SCHEMA_PROFILE}>;q=0.9,<{ESSGLOBAL_PROFILE}> ; q=0.5", SCHEMA_PROFILE),
        (f"<{ESSGLOBAL_PROFILE}>, <{SCHEMA_PROFILE}>", SCHEMA_PROFILE),
        (f"<urn:example:unknown>, <{SCHEMA_PROFILE}>;q=0.1", SCHEMA_PROFILE),
        ("<urn:example:unknown>", OWN),
        ("*", OWN),
        (f"*, <{SCHEMA_PROFILE}>;q=0.3", OWN),
        (f"*;q=0.1, <{SCHEMA_PROFILE}>;q=0.3", SCHEMA_PROFILE),
        (f"<{OWN}>;q=0, *", SCHEMA_PROFILE),
        ("*;q=0", OWN),
        (f"<{SCHEMA_PROFILE}>;q=0", OWN),
        (f"<{SCHEMA_PROFILE}>;q=0.000, <{ESSGLOBAL_PROFILE}>;q=0.001", ESSGLOBAL_PROFILE),
        (SCHEMA_PROFILE, OWN),
        ("schema", OWN),
        (f"<{SCHEMA_PROFILE}>;q=7", OWN),
        (f"<{SCHEMA_PROFILE}", OWN),
        ("<<>>,,;q=", OWN),
        ("", OWN),
    ],
)
def test_the_header_prefers_and_what_it_cannot_say_is_our_own_model(site: FlaskClient, header: str, expected: str) -> None:
    answer = get(site, Accept_Profile=header)
    assert answer.status_code == 200
    assert profile_of(answer) == expected
    assert "Accept-Profile" in answer.headers["Vary"]


def test_several_headers_are_one_list(site: FlaskClient) -> None:
    answer = site.get(
        PATH, headers=[("Accept", "text/turtle"), ("Accept-Profile", "<urn:x>"), ("Accept-Profile", f"<{ESSGLOBAL_PROFILE}>")]
    )
    assert profile_of(answer) == ESSGLOBAL_PROFILE


def test_without_the_header_the_model_is_our_own_and_says_so(site: FlaskClient) -> None:
    answer = get(site)
    assert answer.headers["Content-Profile"] == f"<{OWN}>, <https://w3id.org/ess-lod/ns>"
    assert get(site, Accept_Profile="<https://schema.org/>").headers["Content-Profile"] == f"<{SCHEMA_PROFILE}>, <https://schema.org/>"


def test_the_profile_counts_before_the_format(site: FlaskClient) -> None:
    """§7.1: what conforms to a listed profile is more desired than what is preferred otherwise."""
    answer = get(site, accept="text/html, text/turtle;q=0.1", Accept_Profile=f"<{SCHEMA_PROFILE}>")
    assert (answer.mimetype, profile_of(answer)) == ("text/turtle", SCHEMA_PROFILE)
    answer = get(site, accept="text/html", Accept_Profile=f"<{SCHEMA_PROFILE}>")
    assert (answer.status_code, answer.mimetype, profile_of(answer)) == (200, "text/html", OWN)
    answer = get(site, accept="image/png", Accept_Profile=f"<{SCHEMA_PROFILE}>")
    assert answer.status_code == 406


def test_a_thing_that_is_no_actor_has_no_view_for_actors(site: FlaskClient) -> None:
    answer = get(site, "/doc/supplement/S002", Accept_Profile=f"<{ESSGLOBAL_PROFILE}>")
    assert (answer.status_code, profile_of(answer)) == (200, OWN)
    answer = get(site, "/doc/supplement/S002?_profile=essglobal")
    assert answer.status_code == 406
    assert answer.json is not None
    assert answer.json["offered"] == ["ess", "schema"]
    assert answer.json["type"].endswith("/problems#no-such-profile")


# The address (§7.2)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("schema", SCHEMA_PROFILE),
        ("ess", OWN),
        ("essglobal", ESSGLOBAL_PROFILE),
        (f"<{SCHEMA_PROFILE}>", SCHEMA_PROFILE),
        (f"%3C{SCHEMA_PROFILE}%3E", SCHEMA_PROFILE),
        ("<https://schema.org/>", SCHEMA_PROFILE),
        ("nothing,essglobal,schema", ESSGLOBAL_PROFILE),
        (f"nothing, <urn:x>, <{SCHEMA_PROFILE}>, ess", SCHEMA_PROFILE),
        ("", OWN),
    ],
)
def test_the_address_names_tokens_or_iris_in_order(site: FlaskClient, asked: str, expected: str) -> None:
    answer = get(site, f"{PATH}?_profile={asked}")
    assert (answer.status_code, profile_of(answer)) == (200, expected)


def test_the_address_goes_before_the_header(site: FlaskClient) -> None:
    """§6.4."""
    answer = get(site, f"{PATH}?_profile=schema", Accept_Profile=f"<{ESSGLOBAL_PROFILE}>")
    assert profile_of(answer) == SCHEMA_PROFILE
    assert "Accept-Profile" not in answer.headers["Vary"]


@pytest.mark.parametrize("asked", ["nothing", "https://schema.org/", "<urn:x>", "SCHEMA", "../schema", "%00"])
def test_an_address_that_names_nothing_is_refused_with_what_there_is(site: FlaskClient, asked: str) -> None:
    answer = get(site, f"{PATH}?_profile={asked}", accept="application/json")
    assert answer.status_code == 406
    assert answer.json is not None
    assert answer.json["offered"] == ["ess", "schema", "essglobal"]
    assert "essglobal" in answer.json["detail"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("text/turtle", "text/turtle"),
        ("application/ld%2Bjson", "application/ld+json"),
        ("application/ld+json", "application/ld+json"),
        ("image/png,application/rdf+xml,text/turtle", "application/rdf+xml"),
        ("TEXT/TURTLE", "text/turtle"),
    ],
)
def test_the_address_names_the_format_too(site: FlaskClient, asked: str, expected: str) -> None:
    for query in (f"_profile=schema&_mediatype={asked}", f"_mediatype={asked}"):
        answer = get(site, f"{PATH}?{query}", accept="text/html")
        assert (answer.status_code, answer.mimetype) == (200, expected)


@pytest.mark.parametrize(
    "query",
    ["_profile=schema&_mediatype=text/html", "_mediatype=image/png", "_profile=schema&_mediatype=,"],
)
def test_a_format_that_there_is_not_is_refused(site: FlaskClient, query: str) -> None:
    answer = get(site, f"{PATH}?{query}")
    assert answer.status_code == 406
    assert answer.json is None or "text/turtle" in answer.json["offered"]


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("token", ["schema", "essglobal", "alt"])
def test_every_format_has_the_same_triples(site: FlaskClient, token: str, extension: str) -> None:
    answer = site.get(f"{PATH}.{extension}?_profile={token}")
    assert answer.status_code == 200
    found = rdflib.Graph().parse(data=answer.data, format=FORMATS[extension])
    reference = rdflib.Graph().parse(data=site.get(f"{PATH}.nt?_profile={token}").data, format="nt")
    assert len(reference) > 5
    assert rdflib.compare.isomorphic(found, reference)


def test_html_is_not_given_in_the_terms_of_others(site: FlaskClient) -> None:
    assert site.get(f"{PATH}.html?_profile=schema").status_code == 406
    answer = site.get(f"{PATH}.html", headers={"Accept-Profile": "<https://schema.org/>"})
    assert (answer.status_code, profile_of(answer)) == (200, OWN)
    assert get(site, f"{PATH}?_profile=schema", accept="text/html,*/*;q=0.8").mimetype == "text/turtle", "a browser"


# What the answer says


def test_the_links_name_the_profile_and_the_others(site: FlaskClient) -> None:
    link = get(site).headers["Link"]
    assert f'<{OWN}>; rel="profile"' in link
    assert f'<https://reseau.example/lod{PATH}>; rel="canonical"; profile="{OWN}"' in link
    assert f'<{PATH}.jsonld>; rel="alternate"; type="application/ld+json"; profile="{OWN}"' in link
    assert f'<{PATH}.ttl?_profile=schema>; rel="alternate"; type="text/turtle"; profile="{SCHEMA_PROFILE}"' in link
    assert f'<{PATH}?_profile=alt>; rel="alternate"; profile="{profiles.ALTERNATES.iri}"' in link
    link = get(site, f"{PATH}?_profile=schema").headers["Link"]
    assert f'<{SCHEMA_PROFILE}>; rel="profile"' in link
    assert f'<{PATH}.ttl>; rel="alternate"; type="text/turtle"; profile="{OWN}"' in link


@pytest.mark.parametrize("query", ["", "?_profile=schema", "?_profile=essglobal", "?_profile=alt"])
def test_headers_fit_the_four_kilobytes_of_a_proxy(site: FlaskClient, query: str) -> None:
    assert len(str(get(site, PATH + query).headers)) < 4000


def test_each_representation_has_a_validator_and_an_address_of_its_own(site: FlaskClient) -> None:
    answers = [get(site, f"{PATH}{query}") for query in ("", "?_profile=schema", "?_profile=essglobal", "?_profile=alt")]
    assert len({answer.headers["ETag"] for answer in answers}) == 4
    places = [answer.headers["Content-Location"] for answer in answers]
    assert places == [f"{PATH}.ttl", *(f"{PATH}.ttl?_profile={token}" for token in ("schema", "essglobal", "alt"))]
    for answer, place in zip(answers, places, strict=True):
        assert triples(site.get(place)) == triples(answer)
        assert get(site, place, If_None_Match=site.get(place).headers["ETag"]).status_code == 304
    by_header = get(site, Accept_Profile=f"<{SCHEMA_PROFILE}>")
    assert by_header.headers["Content-Location"] == places[1]
    assert by_header.headers["ETag"] != answers[0].headers["ETag"]


def test_a_not_modified_answer_has_the_headers_too(site: FlaskClient) -> None:
    tag = get(site, f"{PATH}?_profile=schema").headers["ETag"]
    answer = get(site, f"{PATH}?_profile=schema", If_None_Match=tag)
    assert (answer.status_code, profile_of(answer)) == (304, SCHEMA_PROFILE)


def test_scripts_of_other_origins_may_ask_and_read(site: FlaskClient) -> None:
    assert "Content-Profile" in OPEN["Access-Control-Expose-Headers"]
    assert "Accept-Profile" in PREFLIGHT["Access-Control-Allow-Headers"]
    assert "Accept-Profile" in site.options(PATH).headers["Access-Control-Allow-Headers"]


# From a thing to its document


@pytest.mark.parametrize(
    ("path", "header", "location", "expected"),
    [
        ("/id/acteur/A002", "", PATH, OWN),
        ("/id/acteur/A002", f"<{SCHEMA_PROFILE}>", f"{PATH}?_profile=schema", SCHEMA_PROFILE),
        ("/id/acteur/A002?_profile=essglobal", "", f"{PATH}?_profile=essglobal", ESSGLOBAL_PROFILE),
        ("/id/acteur/A002?_profile=schema&_mediatype=text/turtle", "", f"{PATH}?_profile=schema&_mediatype=text%2Fturtle", SCHEMA_PROFILE),
        ("/id/acteur/A002?_profile=nothing", "", f"{PATH}?_profile=nothing", OWN),
        ("/id/supplement/S002", f"<{ESSGLOBAL_PROFILE}>", "/doc/supplement/S002", OWN),
    ],
)
def test_a_redirect_keeps_what_was_asked_and_says_what_will_come(
    site: FlaskClient, path: str, header: str, location: str, expected: str
) -> None:
    answer = get(site, path, Accept_Profile=header)
    assert (answer.status_code, answer.headers["Location"], profile_of(answer)) == (303, location, expected)
    assert "Accept-Profile" in answer.headers["Vary"]


# The list


@pytest.mark.parametrize("token", ["alt", "all", "<http://www.w3.org/ns/dx/connegp/altr>"])
def test_the_list_is_in_the_drafts_own_model(site: FlaskClient, token: str) -> None:
    answer = get(site, f"{PATH}?_profile={token}")
    said = triples(answer)
    assert answer.headers["Content-Profile"] == "<http://www.w3.org/ns/dx/connegp/altr>"
    document = NamedNode(f"https://reseau.example/lod{PATH}")
    assert (document, A, RDFS.Resource) in said
    listed = {thing for subject, predicate, thing in said if (subject, predicate) == (document, ALTR.hasRepresentation)}
    assert len(listed) == len(RESOURCE_TYPES) + 2 * len(GRAPH_TYPES) == 13
    default = [thing for subject, predicate, thing in said if (subject, predicate) == (document, ALTR.hasDefaultRepresentation)]
    assert default == [NamedNode(f"https://reseau.example/lod{PATH}.html")]
    assert {subject for subject, predicate, thing in said if (predicate, thing) == (A, ALTR.Representation)} == listed


def test_what_is_listed_is_given(site: FlaskClient) -> None:
    """§6.2.1: a server must not list what it does not deliver."""
    conforms, form = (NamedNode(f"http://purl.org/dc/terms/{name}") for name in ("conformsTo", "format"))
    checked = 0
    for path in (PATH, "/doc/supplement/S002", "/doc/territoire/T010"):
        said = triples(get(site, f"{path}?_profile=alt"))
        for node in {subject for subject, predicate, _ in said if predicate == conforms}:
            answer = site.get(node.value.removeprefix("https://reseau.example/lod"))
            assert answer.status_code == 200
            assert (node, conforms, NamedNode(profile_of(answer))) in said
            assert (node, form, Literal(answer.mimetype or "")) in said
            checked += 1
    assert checked == 13 + 9 + 9


def test_the_headers_of_the_list_map_tokens_to_profiles(site: FlaskClient) -> None:
    """§7.1.1.2."""
    link = get(site, f"{PATH}?_profile=alt").headers["Link"]
    assert dict(re.findall(r'<http://www.w3.org/ns/dx/prof/Profile>; rel="type"; token="(\w+)"; anchor="([^"]+)"', link)) == {
        each.token: each.iri for each in PROFILES
    }
    assert link.count(f'rel="alternate"; type="text/turtle"; profile="{SCHEMA_PROFILE}"') == 1
    assert link.count("?_profile=essglobal") == 4


@pytest.mark.parametrize("language", ["fr", "en"])
def test_people_see_the_list_and_get_there_from_the_page(site: FlaskClient, language: str) -> None:
    page = site.get(f"{PATH}?lang={language}", headers={"Accept": "text/html"}).text
    way = re.search(r'href="([^"]*_profile=alt[^"]*)"', page)
    assert way
    listed = site.get(way[1].replace("&amp;", "&"), headers={"Accept": "text/html"})
    assert (listed.status_code, listed.mimetype, listed.headers["Content-Language"]) == (200, "text/html", language)
    assert listed.text.count("?_profile=schema") == 4
    assert all(each.iri in listed.text for each in PROFILES)


# The profiles themselves


def test_each_profile_can_be_looked_up(site: FlaskClient) -> None:
    everything = triples(get(site, "/profile"))
    for each in PROFILES:
        answer = get(site, f"/profile/{each.token}")
        said = triples(answer)
        assert (NamedNode(each.iri), A, PROF.Profile) in said
        assert (NamedNode(each.iri), PROF.hasToken, Literal(each.token)) in said
        assert (NamedNode(each.iri), PROF.isProfileOf, NamedNode(each.of[0])) in said
        assert said <= everything
        assert f'<{each.iri}>; rel="canonical"' in answer.headers["Link"], "the same whoever serves it"
        page = get(site, f"/profile/{each.token}", accept="text/html").text
        assert page.count("<tr><td>") == len(profiles.rules_of(each))
    assert get(site, "/profile/alt").status_code == get(site, "/profile/nothing").status_code == 404


# What the views say


def test_schema_org_says_what_search_engines_read(site: FlaskClient) -> None:
    said = triples(get(site, f"{PATH}?_profile=schema"))
    actor = NamedNode(ACTOR)
    address = NamedNode(f"{ACTOR}#adresse")
    assert (actor, A, SCHEMA.Organization) in said
    assert (actor, SCHEMA.name, Literal("Le Panier relié", language="fr")) in said
    assert (actor, SCHEMA.description, Literal("An invented grocery.", language="en")) in said
    assert (actor, SCHEMA.address, address) in said
    assert (address, A, SCHEMA.PostalAddress) in said
    assert (address, SCHEMA.addressLocality, Literal("Mareuil-le-Bois", language="fr")) in said
    assert {predicate.value for _, predicate, _ in said if predicate != A} <= {f"{SCHEMA.iri}{name}" for name in dir_of_schema()}


def dir_of_schema() -> set[str]:
    """The names that our rules use."""
    view = SCHEMA_ORG
    terms = (
        {rule.term for rule in view.rules} | {part.term for part in view.parts} | {rule.term for part in view.parts for rule in part.rules}
    )
    return {term.removeprefix(SCHEMA.iri) for term in terms | {view.dated}}


def test_the_script_of_a_page_and_the_profile_say_the_same(site: FlaskClient) -> None:
    for path in (PATH, "/doc/supplement/S002", "/doc/territoire/T010", "/doc/personne-publique/P001"):
        page = site.get(path, headers={"Accept": "text/html", "Accept-Language": "fr"}).text
        found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
        assert found
        script = json.loads(found[1])
        said = triples(get(site, f"{path}?_profile=schema"))
        thing = NamedNode(script["@id"])
        by_name: dict[str, set[str]] = {}
        for subject, predicate, value in said:
            if subject == thing and predicate != A:
                by_name.setdefault(predicate.value.removeprefix(SCHEMA.iri), set()).add(value.value)
        members = {name: value for name, value in script.items() if not name.startswith("@")}
        assert set(members) == set(by_name)
        assert (thing, A, SCHEMA[script["@type"]]) in said
        for name, value in members.items():
            values = value if isinstance(value, list) else [value]
            plain = {
                each["@id"] if isinstance(each, dict) and "@id" in each else each
                for each in values
                if not isinstance(each, dict) or "@id" in each
            }
            assert plain <= by_name[name], name


def test_a_work_says_when_it_appeared(site: FlaskClient) -> None:
    said = triples(get(site, "/doc/supplement/S002?_profile=schema"))
    issue = NamedNode("https://reseau.example/lod/id/supplement/S002")
    assert (issue, SCHEMA.temporalCoverage, Literal("2016-03-01/2016-05-31")) in said
    assert (issue, SCHEMA.mentions, NamedNode("https://reseau.example/lod/id/acteur/A001")) in said
    assert (NamedNode("https://reseau.example/lod/id/acteur/A001"), SCHEMA.name, Literal("Réseau fictif", language="fr")) in said


def test_every_kind_has_a_class_of_schema_org() -> None:
    assert set(schema_org.TYPES) == set(KINDS) == set(SCHEMA_ORG.types)
    assert list(ESSGLOBAL_VIEW.types) == ["acteur"]


def test_essglobal_says_sector_form_and_town(site: FlaskClient) -> None:
    said = triples(get(site, f"{PATH}?_profile=essglobal"))
    actor = NamedNode(ACTOR)

    def values(name: str) -> set[str]:
        return {value.value for subject, predicate, value in said if (subject, predicate) == (actor, NamedNode(name))}

    standard = "http://purl.org/essglobal/standard/"
    assert (actor, A, NamedNode(f"{ESSGLOBAL}SSEInitiative")) in said
    assert values(f"{GOOD_RELATIONS}name") == {"Le Panier relié"}
    assert values(f"{ESSGLOBAL}economicSector") == {f"{standard}activities-modified/AM{number}" for number in (60, 130)}
    assert all(value.startswith(f"{standard}legal-form/") for value in values(f"{ESSGLOBAL}legalForm"))
    assert len(values(f"{ESSGLOBAL}organisationalStructure")) == 1
    assert (
        NamedNode(f"{ACTOR}#adresse"),
        NamedNode("http://www.w3.org/2006/vcard/ns#locality"),
        Literal("Mareuil-le-Bois", language="fr"),
    ) in said
    network = triples(get(site, "/doc/acteur/A001?_profile=essglobal"))
    assert (NamedNode("https://reseau.example/lod/id/acteur/A001"), A, NamedNode(f"{ESSGLOBAL}Network")) in network


def test_the_view_of_essglobal_agrees_with_the_question(client: FlaskClient) -> None:
    """``tests/questions/23-as-essglobal.rq`` constructs the same from the store."""
    expected = triples(client.get("/sparql/examples/23-as-essglobal.nt"))
    actors = {subject for subject, _, _ in expected}
    assert len(actors) > 5
    for actor in actors:
        said = triples(get(client, f"/doc/acteur/{actor.value.rpartition('/')[2]}?_profile=essglobal"))
        assert {triple for triple in expected if triple[0] == actor} <= said


@pytest.mark.parametrize("token", ["schema", "essglobal"])
def test_there_are_no_blank_nodes_and_only_what_is_theirs(client: FlaskClient, token: str) -> None:
    checked = 0
    for number in range(1, 30):
        answer = get(client, f"/doc/acteur/A{number:03}?_profile={token}")
        if answer.status_code == 200:
            said = triples(answer)
            assert all(isinstance(subject, NamedNode) for subject, _, _ in said)
            assert not [predicate for _, predicate, _ in said if "ess-lod" in predicate.value]
            checked += 1
    assert checked > 20


# The cache in front


def test_the_cache_tells_profiles_apart(site_settings: Settings, tmp_path: Path) -> None:
    assert b"accept-profile" in _VARYING
    settings = {"home": site_settings.home, "releases": site_settings.releases, "indexes": site_settings.indexes}
    asked = ("", "<https://schema.org/>", "", f"<{ESSGLOBAL}>", "<https://schema.org/>", "")
    with serving(tmp_path, settings) as server, httpx.Client(base_url=server.url, timeout=30) as client:
        answers = [client.get(PATH, headers=TURTLE | ({"Accept-Profile": header} if header else {})) for header in asked]
    found = [answer.headers["Content-Profile"].split(">")[0].lstrip("<") for answer in answers]
    assert found == [OWN, SCHEMA_PROFILE, OWN, ESSGLOBAL_PROFILE, SCHEMA_PROFILE, OWN]
    assert answers[0].content == answers[2].content == answers[5].content != answers[1].content == answers[4].content
