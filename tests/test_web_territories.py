"""The dated territories on the web: a code at a date, and the life of a territory on its page. The territories are invented."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.release import freeze, open_release
from ess_lod.web import create_app
from ess_lod.web.coverage import ALWAYS, Area, Coverage, Span
from ess_lod.web.words import words
from tests.conftest import REPOSITORY
from tests.test_web_pages import Page, check, text_of

BASE = "https://reseau.example/lod/"
ESS = "https://w3id.org/ess-lod/ns#"
DCTERMS = "http://purl.org/dc/terms/"
DCAT = "http://www.w3.org/ns/dcat#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
IGEO = "http://rdf.insee.fr/def/geo#"
VOCAB = "https://w3id.org/ess-lod/vocab/"

TERRITORIES = [
    ("T900", "departement", "60", "Oise inventée", "", ""),
    # 60054: a commune, then another one with a déléguée of the same code, then a third one
    ("T901", "commune", "60054", "Mont-les-Bois", "", "2019-01-01"),
    ("T902", "commune", "60054", "Les Hauts-Bois", "2019-01-01", "2024-01-01"),
    ("T903", "commune-deleguee", "60054", "Mont-les-Bois", "2019-01-01", "2024-01-01"),
    ("T904", "commune", "60054", "Mont-les-Bois", "2024-01-01", ""),
    ("T905", "commune", "60700", "Les Hauts-Bois", "2024-01-01", ""),
    ("T906", "commune", "60001", "Aubepierre", "", ""),
    ("T907", "commune-associee", "60002", "Le Hameau", "", ""),
    ("T908", "commune", "60003", "Loin", "", ""),
    # an EPCI that ended, the one that follows it, a neighbour
    ("T910", "communaute-de-communes", "246000001", "CC du Vieux Bois", "", "2017-01-01"),
    ("T911", "communaute-d-agglomeration", "200000001", "CA du Bois", "2017-01-01", ""),
    ("T912", "communaute-de-communes", "246000002", "CC des Voisins", "", ""),
    ("T913", "communaute-de-communes", "246000003", "CC du Loin", "", "2021-01-01"),
]
WHOLES = [*((id_, "T900") for id_ in ("T901", "T902", "T904", "T905", "T906", "T908")), ("T903", "T902"), ("T907", "T906")]
MEMBERSHIPS = [
    ("T910", "T901", "", "2017-01-01"),
    ("T910", "T906", "", "2017-01-01"),
    ("T911", "T901", "2017-01-01", "2019-01-01"),
    ("T911", "T902", "2019-01-01", "2024-01-01"),
    ("T911", "T904", "2024-01-01", ""),
    ("T911", "T905", "2024-01-01", ""),
    ("T911", "T906", "2017-01-01", "2021-01-01"),
    ("T912", "T906", "2021-01-01", ""),
    ("T912", "T908", "2021-01-01", ""),
    ("T913", "T908", "", "2021-01-01"),
]
SUCCESSIONS = [("T910", "T911"), ("T901", "T902"), ("T902", "T904"), ("T902", "T905")]
CHANGES = [
    ("T911", "fusion", "2017-01-01", ("T910",), ("T911",), ()),
    ("T902", "fusion", "2019-01-01", ("T901",), ("T902",), ()),
    ("T912", "mouvement-commune", "2021-01-01", ("T911",), ("T912",), ("T906",)),
    ("T904", "scission", "2024-01-01", ("T902",), ("T904", "T905"), ()),
]


def say(subject: str, predicate: str, value: str) -> str:
    """One quad."""
    return f"<{BASE}id/territoire/{subject}> <{predicate}> {value} <{BASE}graph/insee/2026> ."


def thing(id_: str) -> str:
    """A territory or a part of one."""
    return f"<{BASE}id/territoire/{id_}>"


def dates(owner: str, part: str, start: str, end: str) -> Iterator[str]:
    """A period."""
    if start or end:
        yield say(owner, DCTERMS + "temporal", thing(part))
        yield say(part, RDF + "type", f"<{DCTERMS}PeriodOfTime>")
    for name, value in (("startDate", start), ("endDate", end)):
        if value:
            yield say(part, DCAT + name, f'"{value}"^^<{XSD}date>')


def lives() -> Iterator[str]:
    """Territories with one state each."""
    for id_, kind, code, name, start, end in TERRITORIES:
        yield say(id_, RDF + "type", f"<{ESS}Territory>")
        if kind == "departement":
            yield say(id_, RDF + "type", f"<{IGEO}Departement>")
        yield say(id_, DCTERMS + "identifier", f'"{code}"')
        yield say(id_, ESS + "hasState", thing(f"{id_}#etat-1"))
        yield from dates(id_, f"{id_}#vie", start, end)
        yield from dates(f"{id_}#etat-1", f"{id_}#etat-1-periode", start, end)
        if id_ == "T908":
            yield say(id_, "http://www.w3.org/2004/02/skos/core#altLabel", '"Vieil Autel"@fr')
        for node in (id_, f"{id_}#etat-1"):
            yield say(node, RDFS + "label", f'"{name}"@fr')
            yield say(node, ESS + "territoryKind", f"<{VOCAB}type-territoire/{kind}>")


def links() -> Iterator[str]:
    """What contains what, what composes what, what replaces what."""
    for part, whole in WHOLES:
        yield say(part, DCTERMS + "isPartOf", thing(whole))
    for group, member, start, end in MEMBERSHIPS:
        node = f"{group}#membre-{member}" + (f"-{start}" if start else "")
        yield say(node, ESS + "memberTerritory", thing(member))
        yield say(node, ESS + "groupingTerritory", thing(group))
        yield from dates(node, f"{node}-periode", start, end)
    for old, new in SUCCESSIONS:
        yield say(old, DCTERMS + "isReplacedBy", thing(new))
        yield say(new, DCTERMS + "replaces", thing(old))


def changes() -> Iterator[str]:
    """What happened."""
    for home, kind, date, before, after, moved in CHANGES:
        node = f"{home}#evenement-{kind}-{date}"
        yield say(node, ESS + "changeKind", f"<{VOCAB}evenement/{kind}>")
        yield say(node, DCTERMS + "date", f'"{date}"^^<{XSD}date>')
        for name, ids in (("changedFrom", before), ("changedTo", after), ("movedCommune", moved)):
            yield from (say(node, ESS + name, thing(id_)) for id_ in ids)


def quads() -> Iterator[str]:
    """The invented territories as docs/model.md has them. The only dated supplement, of March 2016, portrays the EPCI that ended too."""
    yield from (*lives(), *links(), *changes())
    yield f"<{BASE}id/supplement/S002> <{ESS}portraysTerritory> {thing('T910')} <{BASE}graph/R001> ."


@pytest.fixture(scope="module")
def dated_app(site_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application that serves the fictitious project with the invented territories in it."""
    original = open_release(site_settings.releases)
    contents = {name: original.file(name).read_bytes() for name in original.files}
    contents["dataset.nq"] += "".join(line + "\n" for line in quads()).encode()
    facts = {name: value for name, value in original.manifest.items() if name not in ("version", "files")}
    folder: Path = tmp_path_factory.mktemp("dated")
    made = freeze(folder, contents, facts)
    releases.publish(folder, made.version)
    return create_app(Settings.read({}, home=REPOSITORY, data=site_settings.data, releases=folder, indexes=folder / "indexes"))


@pytest.fixture
def dated(dated_app: Flask) -> FlaskClient:
    """A client of that application."""
    return dated_app.test_client()


@pytest.mark.parametrize(
    ("path", "id_"),
    [
        ("commune/60054?date=2018-12-31", "T901"),
        ("commune/60054?date=1950", "T901"),
        ("commune/60054?date=2019-01-01", "T902"),
        ("commune/60054?date=2019", "T902"),
        ("commune/60054?date=2023-12", "T902"),
        ("commune/60054?date=2023-12-31", "T902"),
        ("commune/60054?date=2024-01-01", "T904"),
        ("commune/60054?date=2999", "T904"),
        ("commune/60700", "T905"),
        ("commune/60700?date=", "T905"),
        ("commune/60001?date=2020", "T906"),
        ("commune/60002", "T907"),
        ("epci/246000001", "T910"),
        ("epci/246000001?date=2016-12-31", "T910"),
        ("epci/200000001", "T911"),
        ("epci/200000001?date=2017-01-01", "T911"),
    ],
)
def test_a_code_at_a_date_is_303_to_the_territory_of_then(dated: FlaskClient, path: str, id_: str) -> None:
    answer = dated.get(f"/insee/{path}")
    assert (answer.status_code, answer.location) == (303, f"/id/territoire/{id_}")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert dated.get(f"/insee/{path}", follow_redirects=True).status_code == 200


def test_a_code_used_again_is_300_with_the_choices_today_first(dated: FlaskClient) -> None:
    answer = dated.get("/insee/commune/60054", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (300, "application/json")
    assert set(answer.vary) == {"Accept", "Accept-Language", "Host"}
    choices = json.loads(answer.data)["choices"]
    assert [(each["iri"].rpartition("/")[2], each["kind"], each["from"], each["to"]) for each in choices] == [
        ("T904", "commune", "2024-01-01", ""),
        ("T902", "commune", "2019-01-01", "2024-01-01"),
        ("T903", "commune-deleguee", "2019-01-01", "2024-01-01"),
        ("T901", "commune", "", "2019-01-01"),
    ]
    assert len(re.findall('rel="alternate"', answer.headers["Link"])) == 4
    page = dated.get("/insee/commune/60054", headers={"Accept": "text/html"})
    assert page.status_code == 300
    found = [href for href in check(page.text, "/insee/commune/60054").anchors if href.startswith("/id/territoire/")]
    assert found == [each["href"] for each in choices]
    assert "commune déléguée, du 1er janvier 2019 au 31 décembre 2023" in page.text


@pytest.mark.parametrize(
    ("path", "sentence", "count"),
    [
        ("epci/246000001?date=2017-01-01", "Il a désigné : CC du Vieux Bois (communauté de communes), jusqu'au 31 décembre 2016.", 1),
        ("epci/200000001?date=2016-12-31", "depuis le 1er janvier 2017.", 1),
        ("commune/60700?date=2023", "Le code 60700 ne désigne rien que nous connaissions à la date du 1er janvier 2023.", 1),
        ("commune/60999", "Aucune commune de code 60999 n'est décrite ici, à aucune date.", 0),
        ("commune/60999?date=2020", "Aucune commune de code 60999", 0),
        ("epci/999999999", "Aucune intercommunalité de SIREN 999999999", 0),
    ],
)
def test_a_code_that_named_nothing_then_is_404_and_says_what_it_was(dated: FlaskClient, path: str, sentence: str, count: int) -> None:
    answer = dated.get(f"/insee/{path}", headers={"Accept": "application/problem+json"})
    assert answer.status_code == 404
    problem = json.loads(answer.data)
    assert problem["type"].endswith("/problems#no-such-life")
    assert sentence in problem["detail"].replace("\u00a0", " ").replace(" (CC)", "")
    assert len(problem["choices"]) == count
    page = dated.get(f"/insee/{path}", headers={"Accept": "text/html"})
    anchors = check(page.text, path).anchors
    assert len([href for href in anchors if href.startswith("/id/territoire/")]) == count


@pytest.mark.parametrize(
    "path",
    ["commune/1", "commune/6005A", "commune/246000001", "epci/60054", "epci/24600000a"]
    + [f"commune/60054?date={text}" for text in ("2020-13", "2020-02-30", "hier", "20-01-01", "2020-1-1", "2018&date=2024")],
)
def test_what_is_no_code_or_no_date_is_400(dated: FlaskClient, path: str) -> None:
    answer = dated.get(f"/insee/{path}", headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["detail"] != "The request cannot be understood. "


def test_only_communes_and_epci_are_looked_up(dated: FlaskClient) -> None:
    assert dated.get("/insee/departement/60").status_code == 404
    assert dated.get("/siren/200000001").location == "/id/territoire/T911"


def rows(client: FlaskClient, path: str) -> list[list[str]]:
    """For each table of members of a page, the ids of the territories."""
    text = client.get(path, headers={"Accept": "text/html"}).text
    section = text.partition('<section aria-labelledby="members">')[2].partition("</section>")[0]
    return [re.findall(r'<tr id="membre-(T\d+)', table) for table in section.split("<table>")[1:]]


@pytest.mark.parametrize(
    ("query", "then", "others"),
    [
        ("", ["T905", "T904"], 3),
        ("?date=2017-01-01", ["T906", "T901"], 3),
        ("?date=2018-12-31", ["T906", "T901"], 3),
        ("?date=2019", ["T906", "T902"], 3),
        ("?date=2020-12-31", ["T906", "T902"], 3),
        ("?date=2021-01-01", ["T902"], 4),
        ("?date=2016-12-31", [], 5),
    ],
)
def test_members_at_a_date(dated: FlaskClient, query: str, then: list[str], others: int) -> None:
    found = rows(dated, f"/doc/territoire/T911{query}")
    assert found[0] == then if then else len(found) == 1
    assert len(found[-1]) == others
    assert sum(map(len, found)) == 5


@pytest.mark.parametrize(
    ("query", "missing"), [("", False), ("?date=2016-12-31", True), ("?date=2017-01-01", False), ("?date=2999", False)]
)
def test_a_date_outside_its_life_is_said(dated: FlaskClient, query: str, missing: bool) -> None:
    assert ("Ce territoire n'existait pas à la date du 31 décembre 2016." in text_of(dated, f"/doc/territoire/T911{query}")) is missing


def test_an_epci_that_ended_shows_its_last_day(dated: FlaskClient) -> None:
    assert rows(dated, "/doc/territoire/T910") == [["T906", "T901"]]
    assert "2 membres le dernier jour, 31 décembre 2016." in text_of(dated, "/doc/territoire/T910")
    assert dated.get("/doc/territoire/T911?date=demain", headers={"Accept": "text/html"}).status_code == 400
    assert dated.get("/doc/territoire/T911.nt?date=2018").data == dated.get("/doc/territoire/T911.nt").data


def test_a_page_tells_who_came_and_who_left(dated: FlaskClient) -> None:
    page = text_of(dated, "/doc/territoire/T911")
    assert "Aubepierre 60001 1er janvier 2017 CC du Vieux Bois 31 décembre 2020 CC des Voisins" in page
    assert "Mont-les-Bois 60054 1er janvier 2017 CC du Vieux Bois 31 décembre 2018 Les Hauts-Bois" in page
    assert "Les Hauts-Bois 60700 1er janvier 2024 Les Hauts-Bois" in page
    assert "mouvement de commune CA du Bois → CC des Voisins Commune concernée : Aubepierre" in page
    assert "Communes dans Oise inventée" in page


def test_homonyms_in_a_change_are_told_apart_by_their_code(dated: FlaskClient) -> None:
    page = text_of(dated, "/doc/territoire/T902")
    assert "scission Les Hauts-Bois 60054 → Les Hauts-Bois 60700 , Mont-les-Bois" in page
    assert "fusion Mont-les-Bois → Les Hauts-Bois" in page


def test_a_new_kind_is_told_by_the_states(client: FlaskClient) -> None:
    page = text_of(client, "/doc/territoire/T031")
    assert "changement de nature CC Coeur d'Ostrevent (CCCO) communauté de communes (CC) → CA Coeur d'Ostrevent communauté" in page
    assert page.count("mouvement de commune") == 3


@pytest.mark.parametrize(
    ("id_", "relations"),
    [
        ("T004", {"own": 1, "within": 1}),  # the CABBALR, and the Pays de la Lys Romane, whose communes it has
        ("T011", {"own": 1, "around": 1}),
        ("T014", {"line": 1, "within": 1}),
        ("T1078", {"line": 1}),  # the CC des Weppes has no part in a quarter of Lille
        ("T024", {"around": 1}),
        ("T1004", {"across": 1}),  # the PETR has one commune in the Aisne
        ("T042", {"within": 14}),
        ("T059", {"around": 1, "within": 1}),
        ("T043", {"around": 1}),
    ],
)
def test_areas_are_compared_commune_by_commune(client: FlaskClient, id_: str, relations: dict[str, int]) -> None:
    text = client.get(f"/doc/territoire/{id_}", headers={"Accept": "text/html", "Accept-Language": "fr"}).text
    section = text.partition('<section aria-labelledby="supplements">')[2].partition("</section>")[0]
    titles = {"Sur " + words()[f"told-{name}"]["fr"].removeprefix("Sur "): name for name in ("line", "around", "within", "across")}
    parts = re.split(r"<h3>(Sur [^<]+)</h3>", section.replace("&#39;", "'"))
    found = {"own": parts[0].count("<li>")} | {titles[title]: body.count("<li>") for title, body in pairwise(parts[1:]) if title in titles}
    assert {name: count for name, count in found.items() if count} == relations


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        (Area(frozenset("ab")), Area(frozenset("abc")), "around"),
        (Area(frozenset("ab")), Area(frozenset("ab")), "around"),
        (Area(frozenset("abc")), Area(frozenset("ab")), "within"),
        (Area(frozenset("ab")), Area(frozenset("bc")), "across"),
        (Area(frozenset("ab")), Area(frozenset("c")), ""),
        (Area(frozenset()), Area(frozenset("c")), ""),
        (Area(frozenset("a")), Area(frozenset("a"), partial=True), "within"),
        (Area(frozenset("a"), partial=True), Area(frozenset("ab")), "around"),
        (Area(frozenset("a"), partial=True), Area(frozenset("a"), partial=True), ""),
    ],
)
def test_how_one_area_lies_to_another(one: Area, other: Area, relation: str) -> None:
    assert one.relation(other) == relation


def test_areas_that_contain_each_other_come_to_an_end() -> None:
    members = {"pays": [("epci", ALWAYS)], "epci": [("pays", ALWAYS), ("commune", Span("2017-01-01", "2020-01-01"))]}
    ground = Coverage({"commune": "commune", "pays": "pays", "epci": "metropole"}, members, {}, {}, {}, {}, [])
    assert [ground.area(iri, "2019-12-31").communes for iri in ("pays", "epci")] == [{"commune"}, {"commune"}]
    assert ground.area("pays", "2020-01-01").communes == ground.area("pays", "").communes == set()


def test_a_life_is_told_before_now_after(dated: FlaskClient) -> None:
    middle = text_of(dated, "/doc/territoire/T902")
    line = middle.partition("Avant, maintenant, après")[2].partition("Changements")[0]
    order = [
        line.index(word) for word in ("Avant Mont-les-Bois", "Ce territoire Les Hauts-Bois", "Après Les Hauts-Bois", "Après Mont-les-Bois")
    ]
    assert order == sorted(order)
    first = text_of(dated, "/doc/territoire/T901")
    assert first.count("Après ") == 3
    assert "Avant " not in first.partition("Avant, maintenant, après")[2].partition("Changements")[0]
    assert "Maintenant Mont-les-Bois" in text_of(dated, "/doc/territoire/T904")


@pytest.mark.parametrize(
    ("id_", "heading"),
    [
        ("T910", "Suppléments qui en font le portrait Supplément territoire n° 2"),
        ("T911", "Sur ce qu'il a été ou est devenu Supplément territoire n° 2"),
        ("T901", "Sur un territoire qui englobe son aire Supplément territoire n° 2"),
        ("T904", "Sur un territoire qui englobe son aire Supplément territoire n° 2"),
        ("T906", "Sur un territoire qui englobe son aire Supplément territoire n° 2"),
        ("T900", "Sur un territoire compris dans son aire Supplément territoire n° 2"),
        ("T907", "Sur un territoire qui englobe son aire Supplément territoire n° 2"),
        ("T912", "Sur un territoire qui recoupe son aire Supplément territoire n° 2"),
    ],
)
def test_everything_ever_published_about_the_area(dated: FlaskClient, id_: str, heading: str) -> None:
    assert heading in text_of(dated, f"/doc/territoire/{id_}").replace(" :", "")


@pytest.mark.parametrize("id_", ["T908", "T913"])
def test_a_supplement_on_the_neighbours_is_not_about_the_area(dated: FlaskClient, id_: str) -> None:
    page = text_of(dated, f"/doc/territoire/{id_}")
    assert "Aucun supplément ne porte sur ce territoire lui-même." in page
    assert "Supplément territoire n°" not in page


def test_every_part_can_be_linked_to(dated: FlaskClient) -> None:
    for id_, *_ in TERRITORIES:
        path = f"/doc/territoire/{id_}"
        text = dated.get(path, headers={"Accept": "text/html"}).text
        ids = set(check(text, path).ids)
        fragments = set(re.findall(rf"<{BASE}id/territoire/{id_}#([^>]+)> <", dated.get(f"{path}.nt").text))
        assert len(fragments) >= 1
        assert fragments <= ids, id_


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("departement=T900&type=communaute-de-communes", {"T910", "T912", "T913"}),
        ("departement=T900&type=commune", {"T901", "T902", "T904", "T905", "T906", "T908"}),
        ("q=hauts+bois", {"T902", "T905"}),
        ("q=60054", {"T901", "T902", "T903", "T904"}),
        ("departement=T900&type=commune-deleguee", {"T903"}),
        ("departement=T900&type=commune-associee", {"T907"}),
        ("q=oise", {"T900"}),
        ("q=vieil+autel", {"T908"}),
    ],
)
def test_the_list_of_territories_can_be_narrowed(dated: FlaskClient, query: str, expected: set[str]) -> None:
    text = dated.get(f"/territoires?{query}", headers={"Accept": "text/html"}).text
    assert set(re.findall(r'<th scope="row"><a href="/doc/territoire/(\w+)"', text)) == expected


def test_home_tells_the_portrayed_from_the_described(dated: FlaskClient) -> None:
    assert "2 territoires portraiturés sur 18 décrits" in text_of(dated, "/")


def test_pages_of_the_real_release_stay_small(client: FlaskClient) -> None:
    for id_, members in (("T004", 100), ("T014", 95), ("T024", 9)):
        answer = client.get(f"/doc/territoire/{id_}", headers={"Accept": "text/html"})
        assert len(answer.data) < 200_000
        assert len(rows(client, f"/doc/territoire/{id_}")[0]) == members
    listed = Page(client.get("/territoires", headers={"Accept": "text/html"}).text)
    assert len([href for href in listed.anchors if re.fullmatch(r"/doc/territoire/T\d+", urlsplit(href).path)]) >= 200
