"""Reconciliation queries over HTTP: batches, single ones, types, properties, languages, JSONP. What the scores are worth is tested elsewhere."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from ess_lod.reconcile import MOST
from tests.reconcile import rules

BASE = "https://w3id.org/ess-lod/"
LILLE, DIE, DROCOURT = (BASE + path for path in ("id/territoire/T059", "id/acteur/A009", "id/territoire/T068"))
BATCH = {
    "q0": {"query": "Lille", "type": "Commune", "limit": 3},
    "q1": {"query": "Dynamique insertion emploi", "properties": [{"pid": "siren", "v": 411654296}]},
    "q2": {"query": "alimentation et agriculture durable", "type": ["Field"], "type_strict": "should"},
    "rien": {"query": "Zzyzx Qwfp"},
    "é ": {"properties": [{"pid": "siren", "v": "411 654 296"}], "limit": 1.0},
}


def post(client: FlaskClient, batch: dict[str, Any], language: str = "") -> dict[str, Any]:
    """The answer to a batch, by the rules."""
    answer = client.post(f"/reconcile{'?lang=' + language if language else ''}", data={"queries": json.dumps(batch)})
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    found: dict[str, Any] = rules.content(answer)
    assert [*found] == [*batch]
    rules.result_batch(found)
    return found


def one(client: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    """The candidates of one query."""
    found: list[dict[str, Any]] = post(client, {"q": query})["q"]["result"]
    return found


def test_a_batch_is_answered_by_its_keys(client: FlaskClient) -> None:
    found = post(client, BATCH)
    assert found["q0"]["result"][0]["id"] == LILLE
    assert len(found["q0"]["result"]) <= 3
    assert found["q1"]["result"][0]["id"] == DIE
    assert found["q1"]["result"][0]["match"] is True
    assert found["q2"]["result"][0]["id"] == BASE + "vocab/champ/alimentation"
    assert [each["id"] for each in found["é "]["result"]] == [DIE]
    assert rules.result_batch(found) >= 8
    assert found["rien"]["result"] == []


def test_every_feature_is_explained_where_the_manifest_says(client: FlaskClient) -> None:
    page = client.get("/reconcile", headers={"Accept": "text/html"}).text
    asked = {
        "f0": {"query": "Lille (Nord)", "type": "Commune", "properties": [{"pid": "insee", "v": "59350"}, {"pid": "date", "v": "2020"}]},
        "f1": {
            "query": "Dynamique insertion emploi",
            "properties": [{"pid": "commune", "v": "Drocourt"}, {"pid": "field", "v": "insertion"}],
        },
        "f2": {"query": DIE},
        "f3": {"query": "CC de la Haute Somme", "properties": [{"pid": "departement", "v": "80"}, {"pid": "kind", "v": "commune"}]},
        **BATCH,
    }
    ids = {feature["id"] for each in post(client, asked).values() for found in each["result"] for feature in found["features"]}
    assert ids >= {"id", "name", "code", "commune", "departement", "date"}
    assert all(f'<div id="feature-{id_}">' in page for id_ in ids)


def test_get_and_post_say_the_same_and_each_query_stands_alone(client: FlaskClient) -> None:
    posted = post(client, BATCH, "fr")
    got = client.get("/reconcile", query_string={"queries": json.dumps(BATCH), "lang": "fr"})
    assert rules.content(got) == posted
    assert got.headers["Cache-Control"].startswith("public")
    for key, query in BATCH.items():
        assert post(client, {key: query}, "fr")[key] == posted[key]


def test_an_empty_batch_has_an_empty_answer(client: FlaskClient) -> None:
    assert rules.content(client.post("/reconcile", data={"queries": "{}"})) == {}


def test_200_queries_are_answered(client: FlaskClient) -> None:
    found = post(
        client,
        {
            f"q{number}": {"query": name, "type": "Commune", "limit": 1}
            for number, name in enumerate(["Lille", "Arras", "Amiens", "Laon"] * 50)
        },
    )
    assert rules.result_batch(found) == 200
    assert all(each["result"][0]["match"] for each in found.values())


def test_a_blank_name_finds_nothing(client: FlaskClient) -> None:
    for blank in ("", "   "):
        assert one(client, query=blank) == []
    assert one(client, properties=[{"pid": "siren", "v": ""}]) == []


@pytest.mark.parametrize(
    "name",
    ["zzqqxx nothing", "Xyzzy Plugh", "asdf", "n/a", "lorem ipsum dolor", "xxxxxxxx", "hgfdjk sdfgh", "kapulenu selute", "Li\u0002lle"],
)
def test_nonsense_finds_nothing(client: FlaskClient, name: str) -> None:
    assert one(client, query=name) == []


def test_characters_that_nobody_sees_are_left_out(client: FlaskClient) -> None:
    plain = one(client, query="Drocourt", type="Commune")
    assert plain[0]["match"]
    assert one(client, query="\u200eDro\u00adcourt\u2028", type="Commune") == plain


def test_names_of_types_are_in_the_language(client: FlaskClient) -> None:
    names = [post(client, {"q": {"query": "Lille", "type": "Commune"}}, each)["q"]["result"][0]["type"][0]["name"] for each in ("fr", "en")]
    assert names == ["commune", "municipality"]


def test_a_limit_is_kept_and_never_over_the_most(client: FlaskClient) -> None:
    assert len(one(client, query="Saint", limit=7)) == 7
    assert 10 < len(one(client, query="Saint", limit=100_000)) <= MOST


def test_a_type_is_an_id_or_an_iri_and_narrows(client: FlaskClient) -> None:
    by_id, by_iri = (one(client, query="Haute Somme", type=each) for each in ("EPCI", "https://w3id.org/ess-lod/ns#EPCI"))
    assert by_id == by_iri
    assert {each["type"][0]["id"] for each in by_id} == {"EPCI"}
    assert one(client, query="Lille", type="") == one(client, query="Lille") == one(client, query="Lille", type=[])


def test_of_several_types_each_may_be_meant_and_two_answers_are_none_that_is_sure(client: FlaskClient) -> None:
    alone = [one(client, query="CC de la Haute Somme", type=each, limit=1)[0] for each in ("EPCI", "PublicBody")]
    both = one(client, query="CC de la Haute Somme", type=["EPCI", "PublicBody"], limit=5)
    assert {each["id"] for each in alone} <= {each["id"] for each in both}
    assert {each["type"][0]["id"] for each in both} == {"EPCI", "PublicBody"}
    assert [each["match"] for each in alone] == [True, True]
    assert not any(each["match"] for each in both)
    assert len(both) == 5
    every = one(client, query="CC de la Haute Somme", type=["EPCI", "Territory"], type_strict="all")
    assert every
    assert all({"EPCI", "Territory"} <= {type_["id"] for type_ in each["type"]} for each in every)
    assert one(client, query="CC de la Haute Somme", type=["EPCI", "PublicBody"], type_strict="all") == []


@pytest.mark.parametrize(
    "value", [411654296, 411654296.0, "411654296", "411 654 296", ["411654296"], [{"id": "411654296", "name": "DIE"}], ["x", 411654296]]
)
def test_a_value_is_a_text_a_number_or_a_thing(client: FlaskClient, value: Any) -> None:
    found = one(client, query="Dynamique insertion emploi", properties=[{"pid": "siren", "v": value, "p": "SIREN"}])
    assert found[0]["id"] == DIE
    assert {"id": "code", "value": 100} in found[0]["features"]


@pytest.mark.parametrize("value", ["Drocourt", "62277", {"id": DROCOURT, "name": "Drocourt"}])
def test_a_commune_is_a_name_a_code_or_a_thing(client: FlaskClient, value: Any) -> None:
    found = one(client, query="Dynamique insertion emploi", type="Actor", properties=[{"pid": "commune", "v": value}])
    assert (found[0]["id"], found[0]["match"]) == (DIE, True)


@pytest.mark.parametrize("value", ["62", "Pas-de-Calais", "62320", {"id": BASE + "id/territoire/T1003", "name": "Pas-de-Calais"}])
def test_so_is_a_departement(client: FlaskClient, value: Any) -> None:
    found = one(client, query="Drocourt", type="Commune", properties=[{"pid": "departement", "v": value}])
    assert (found[0]["id"], found[0]["match"]) == (DROCOURT, True)
    assert {"id": "departement", "value": 100} in found[0]["features"]


@pytest.mark.parametrize(("date", "id_"), [("2019-06-01", "T012"), ("2019-06-01T00:00:00Z", "T012"), ("2021", "T014"), (2021, "T014")])
def test_a_date_says_which_life_is_meant(client: FlaskClient, date: Any, id_: str) -> None:
    found = one(client, query="Métropole européenne de Lille", type="EPCI", properties=[{"pid": "date", "v": date}])
    assert found[0]["id"] == BASE + f"id/territoire/{id_}"


def test_an_iri_is_its_own_answer(client: FlaskClient) -> None:
    """§4.4: an identifier as the query gives the entity, with a high score."""
    for text in (DIE, DIE.replace("/id/", "/doc/")):
        found = one(client, query=text)
        assert [(each["id"], each["score"], each["match"]) for each in found] == [(DIE, 100.0, True)]
        suggested = rules.content(client.get("/reconcile/suggest/entity", query_string={"prefix": text}))
        assert [each["id"] for each in suggested["result"]] == [DIE]
    assert one(client, query=DIE, type="Commune") == []
    assert not any(each["match"] for each in one(client, query=BASE + "id/acteur/A999"))


def test_one_query_as_clients_of_version_01_send_it(client: FlaskClient) -> None:
    expected = post(client, {"q": {"query": "Lille", "type": "Commune", "limit": 3}}, "fr")["q"]
    as_object = json.dumps({"query": "Lille", "type": "Commune", "limit": 3})
    for query in ({"query": as_object}, {"query": "Lille", "type": "Commune", "limit": "3"}):
        answer = client.get("/reconcile", query_string={**query, "lang": "fr"})
        assert rules.content(answer) == expected
        assert rules.result(rules.content(answer)) > 0
    assert rules.content(client.post("/reconcile?lang=fr", data={"query": as_object})) == expected


def test_jsonp(client: FlaskClient) -> None:
    answer = client.get(f"/reconcile?{urlencode({'queries': json.dumps(BATCH), 'callback': 'refine.take', 'lang': 'fr'})}")
    assert answer.headers["Content-Type"] == "application/javascript"
    assert json.loads(answer.text.removeprefix("/**/refine.take(").removesuffix(");\n")) == post(client, BATCH, "fr")


def test_things_are_suggested(client: FlaskClient) -> None:
    found = rules.content(client.get("/reconcile/suggest/entity?prefix=lill&lang=en"))
    assert 0 < rules.suggested(found, "entity") <= 10
    assert found["result"][0]["id"] == LILLE
    assert found["result"][0]["notable"][0] == {"id": "Commune", "name": "municipality"}
    narrow = rules.content(client.get("/reconcile/suggest/entity?prefix=lill&type=Actor"))
    assert rules.suggested(narrow, "entity") > 0
    assert all({"id": "Actor"}.items() <= {**each["notable"][-1], "name": ""}.items() for each in narrow["result"])
    assert rules.content(client.get("/reconcile/suggest/entity?prefix=")) == {"result": []}
    by_code = rules.content(client.get("/reconcile/suggest/entity?prefix=59350"))
    assert [each["id"] for each in by_code["result"]] == [LILLE]


def test_suggestions_go_on_at_the_cursor(client: FlaskClient) -> None:
    whole = [each["id"] for each in rules.content(client.get("/reconcile/suggest/entity?prefix=sain&limit=30"))["result"]]
    pages = [rules.content(client.get(f"/reconcile/suggest/entity?prefix=sain&cursor={start}"))["result"] for start in (0, 10, 20)]
    assert len(whole) == 30
    assert [each["id"] for page in pages for each in page] == whole
    assert rules.content(client.get("/reconcile/suggest/entity?prefix=sain&cursor=99999")) == {"result": []}


def test_what_was_withdrawn_or_is_a_duplicate_is_no_candidate(site: FlaskClient) -> None:
    found = rules.content(site.post("/reconcile", data={"queries": json.dumps({"q": {"query": "Panier relié", "limit": 50}})}))
    ids = [each["id"] for each in found["q"]["result"]]
    assert ids[0] == "https://reseau.example/lod/id/acteur/A002"
    assert not {"https://reseau.example/lod/id/acteur/A003", "https://reseau.example/lod/id/acteur/A004"} & {*ids}
