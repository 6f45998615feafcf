"""Data extension: values of properties of many things, with settings."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from ess_lod.web.reconcile.extension import fetched
from tests.reconcile import rules
from tests.reconcile.test_service_hostile import problem

BASE = "https://w3id.org/ess-lod/"
ACTOR, BODY, LILLE, EPCI, ISSUE, FIELD = (
    BASE + path
    for path in (
        "id/acteur/A009",
        "id/personne-publique/P001",
        "id/territoire/T059",
        "id/territoire/T013",
        "id/supplement/S009",
        "vocab/champ/alimentation",
    )
)
ALL = [ACTOR, BODY, LILLE, EPCI, ISSUE, FIELD]


def extended(client: FlaskClient, ids: list[str], *properties: Any, language: str = "fr") -> dict[str, Any]:
    """The answer to a data extension query, checked."""
    wanted = [{"id": each} if isinstance(each, str) else each for each in properties]
    answer = client.post(f"/reconcile?lang={language}", data={"extend": json.dumps({"ids": ids, "properties": wanted})})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = rules.content(answer)
    rules.extension(found, ids, [each["id"] for each in wanted])
    return found


def cell(client: FlaskClient, id_: str, property_: str, language: str = "fr", **settings: Any) -> list[dict[str, Any]]:
    """The values of one property of one thing."""
    found: list[dict[str, Any]] = extended(client, [id_], {"id": property_, "settings": settings}, language=language)["rows"][id_][
        property_
    ]
    return found


def test_every_property_is_fetched_for_every_kind_of_thing(client: FlaskClient) -> None:
    found = extended(client, ALL, *fetched())
    values = rules.extension(found, ALL, [*fetched()])
    assert values >= 100
    filled = {name for row in found["rows"].values() for name, cell in row.items() if cell}
    assert {*fetched()} - filled == {"siret", "rna", "site", "replaces", "replacedBy"}


def test_values_have_their_kinds(client: FlaskClient) -> None:
    row = extended(client, [ACTOR], "siren", "siret", "commune", "epci", "field", "legalStatus", "acronym")["rows"][ACTOR]
    assert row["siren"] == [{"str": "411654296"}]
    assert row["siret"] == [], "a probable identifier is not given as a value"
    assert row["commune"] == [{"id": BASE + "id/territoire/T068", "name": "Drocourt"}]
    assert row["epci"] == [{"id": EPCI, "name": "CA d'Hénin-Carvin"}]
    assert row["acronym"] == [{"str": "DIE"}]
    assert [each["name"] for each in row["field"]] == ["insertion par l'activité économique", "réemploi, réparation et recyclage"]
    row = extended(client, [LILLE], "insee", "population", "latitude", "longitude", "start")["rows"][LILLE]
    assert row["insee"] == [{"str": "59350"}]
    assert row["population"] == [{"int": 238246}]
    assert row["latitude"] == [{"float": 50.63089}]
    assert row["longitude"] == [{"float": 3.07086}]
    assert row["start"] == [{"date": "2000-02-27T00:00:00Z"}]


def test_partial_dates_are_texts(site: FlaskClient) -> None:
    assert cell(site, "https://reseau.example/lod/id/acteur/A001", "start") == [{"str": "2001"}]
    assert cell(site, "https://reseau.example/lod/id/personne-publique/P001", "end") == [{"date": "2017-01-01T00:00:00Z"}]
    assert cell(site, "https://reseau.example/lod/id/personne-publique/P001", "replacedBy") == [
        {"id": "https://reseau.example/lod/id/personne-publique/P002", "name": "CC du Haut Pays (institution)"}
    ]


def test_columns_are_named_in_the_language_and_say_their_type(client: FlaskClient) -> None:
    french = extended(client, [], "siren", "commune")["meta"]
    english = extended(client, [], "siren", "commune", language="en")["meta"]
    assert french == [
        {"id": "siren", "name": "numéro SIREN"},
        {"id": "commune", "name": "commune du siège", "type": {"id": "Commune", "name": "commune"}},
    ]
    assert english[1] == {"id": "commune", "name": "municipality of the seat", "type": {"id": "Commune", "name": "municipality"}}
    for settings in ({"content": "id"}, {"content": "name"}, {"count": True}):
        assert "type" not in extended(client, [], {"id": "commune", "settings": settings})["meta"][0]


def test_a_column_of_concepts_of_another_base_names_the_service_that_knows_them(site: FlaskClient, client: FlaskClient) -> None:
    """§6.4: values outside the identifier space. The concepts stay where they are when a network has a base of its own."""
    for column in ("field", "legalStatus", "kind", "status"):
        [meta] = extended(site, [], column)["meta"]
        assert meta["service"] == "http://localhost/reconcile?lang=fr"
        assert "service" not in extended(client, [], column)["meta"][0]
    assert "service" not in extended(site, [], "commune")["meta"][0]
    assert "service" not in extended(site, [], {"id": "field", "settings": {"content": "name"}})["meta"][0]


def test_an_id_that_is_not_known_has_an_empty_row(client: FlaskClient) -> None:
    strange = [
        "x",
        "",
        "http://no.example/",
        BASE + "id/acteur/A999",
        BASE + "id/x> } # <",
        BASE + "\n",
        "A009",
        BASE + "id/[x",
        BASE + "%zz",
        BASE + "\ufffe",
        BASE + "é",
    ]
    found = extended(client, strange, "name", "siren")
    assert all(cell == [] for row in found["rows"].values() for cell in row.values())


def test_an_id_that_is_asked_for_twice_has_one_row(client: FlaskClient) -> None:
    answer = client.post("/reconcile", data={"extend": json.dumps({"ids": [ACTOR, ACTOR], "properties": [{"id": "siren"}]})})
    assert rules.extension(rules.content(answer), [ACTOR], ["siren"]) == 1


def test_limit_count_and_content(client: FlaskClient) -> None:
    everyone = cell(client, EPCI, "member")
    assert len(everyone) == 14
    for limit in (3, "3", 3.0):
        assert cell(client, EPCI, "member", limit=limit) == everyone[:3]
    for no_limit in (0, "0", "", None):
        assert cell(client, EPCI, "member", limit=no_limit) == everyone
    for count in (True, "true", "on"):
        assert cell(client, EPCI, "member", count=count) == [{"int": 14}]
    assert cell(client, EPCI, "member", count=False, limit=1, content="name") == [{"str": "Bois-Bernard"}]
    assert cell(client, EPCI, "member", limit=1, content="id") == [{"str": everyone[0]["id"]}]
    assert cell(client, ACTOR, "population", count=True) == [{"int": 0}]


def test_a_date_asks_what_was_so_then(client: FlaskClient) -> None:
    """The grouping of Lille has another SIREN, and is another territory, since 14 March 2020."""
    before, after = (BASE + f"id/territoire/{id_}" for id_ in ("T012", "T014"))
    for date, grouping in (("2019-06-01", before), ("2020-03-13", before), ("2020-03-14", after), ("2020", before), ("", after)):
        assert [each["id"] for each in cell(client, LILLE, "epci", date=date)] == [grouping], date
    assert cell(client, LILLE, "epci", date="2020-03-14T00:00:00Z") == cell(client, LILLE, "epci", date="2020-03-14")
    assert cell(client, after, "member", date="2019-06-01") == []
    assert len(cell(client, after, "member")) == len(cell(client, after, "member", date="2026-01-01")) == 95


def test_texts_are_in_the_language_that_is_asked_for(client: FlaskClient) -> None:
    french, english = (cell(client, ACTOR, "description", language=each) for each in ("fr", "en"))
    assert french == [{"str": "Association d'insertion par l'activité économique du territoire d'Hénin-Carvin."}]
    assert english == [{"str": "Work-integration association of the Hénin-Carvin area."}]
    found = extended(client, [ACTOR], {"id": "description", "settings": {"language": "en"}}, language="fr")["rows"][ACTOR]
    assert found["description"] == english
    both = extended(client, [ACTOR], {"id": "description", "settings": {"language": "all"}})["rows"][ACTOR]
    assert sorted(each["str"] for each in both["description"]) == sorted(each["str"] for each in french + english)
    names = extended(client, [ACTOR], {"id": "field", "settings": {"language": "en", "content": "name"}})["rows"][ACTOR]["field"]
    assert names == [{"str": "reuse, repair and recycling"}, {"str": "work integration"}]
    assert cell(client, LILLE, "name", language="en") == [{"str": "Lille"}], "French where there is no English"


def test_it_is_answered_by_get_and_as_jsonp_too(client: FlaskClient) -> None:
    query = {"extend": json.dumps({"ids": [ACTOR], "properties": [{"id": "siren"}]})}
    found = client.get("/reconcile", query_string=query)
    assert rules.extension(rules.content(found), [ACTOR], ["siren"]) == 1
    assert client.get("/reconcile", query_string=query, headers={"If-None-Match": found.headers["ETag"]}).status_code == 304
    jsonp = client.get("/reconcile", query_string={**query, "callback": "f"}).text
    assert json.loads(jsonp.removeprefix("/**/f(").removesuffix(");\n")) == rules.content(found)


def test_nothing_asked_is_nothing_answered(client: FlaskClient) -> None:
    answer = client.post("/reconcile", data={"extend": '{"ids": [], "properties": []}'})
    assert rules.content(answer) == {"meta": [], "rows": {}}


REFUSED: dict[str, tuple[Any, int, str]] = {
    "array": ([], 400, "objet JSON"),
    "no ids": ({"properties": []}, 400, "« ids »"),
    "no properties": ({"ids": []}, 400, "« ids »"),
    "ids are a text": ({"ids": "x", "properties": []}, 400, "« ids »"),
    "an id is a number": ({"ids": [1], "properties": []}, 400, "il faut un texte"),
    "a huge id": ({"ids": ["x" * 1001], "properties": []}, 413, "1000 au plus"),
    "half a letter": ({"ids": ["\ud800"], "properties": []}, 400, "moitié de caractère"),
    "a property is a text": ({"ids": [], "properties": ["siren"]}, 400, "« ids »"),
    "a property without id": ({"ids": [], "properties": [{}]}, 400, "« ids »"),
    "an unknown property": ({"ids": [], "properties": [{"id": "P17"}]}, 400, "« P17 » ne peut pas être ajoutée"),
    "a date": ({"ids": [], "properties": [{"id": "date"}]}, 400, "« date » ne peut pas être ajoutée"),
    "settings are a list": ({"ids": [], "properties": [{"id": "siren", "settings": []}]}, 400, "« settings », un objet"),
    "twice": ({"ids": [], "properties": [{"id": "siren"}, {"id": "siren"}]}, 400, "deux fois"),
    "501 ids": ({"ids": [f"x{each}" for each in range(501)], "properties": []}, 413, "501 identifiants"),
    "41 properties": ({"ids": [], "properties": [{"id": "siren"}] * 41}, 413, "41 propriétés"),
    "an unknown setting": ({"ids": [], "properties": [{"id": "siren", "settings": {"rank": "best"}}]}, 400, "réglage « rank »"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_refused_with_a_reason(site: FlaskClient, case: str) -> None:
    asked, status, reason = REFUSED[case]
    found = problem(site.post("/reconcile", data={"extend": json.dumps(asked)}), status)
    assert reason in found["message"].replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", -1), ("limit", 1.5), ("limit", "x"), ("limit", True), ("limit", []), ("limit", "9" * 20),
        ("date", "hier"), ("date", "2020-02-30"), ("date", 2020), ("date", ["2020"]), ("date", '2020" }'),
        ("language", "de"), ("language", 1), ("content", "all"), ("content", None), ("count", "yes"), ("count", 1), ("count", None),
    ],
)  # fmt: skip
def test_a_setting_has_a_value_of_its_kind(site: FlaskClient, name: str, value: Any) -> None:
    asked = {"ids": [], "properties": [{"id": "siren", "settings": {name: value}}]}
    found = problem(site.post("/reconcile", data={"extend": json.dumps(asked)}), 400)
    assert (found["name"], found["setting"]) == ("siren", name)
