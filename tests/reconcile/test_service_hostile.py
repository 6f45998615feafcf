"""What the reconciliation service refuses: each with a clear 4xx, in the reader's language, before any work."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from ess_lod.reconcile import PROPERTIES, TYPES
from ess_lod.web.reconcile import LONGEST_BODY
from tests.reconcile import rules

DEEP = '{"q0": ' + "[" * 50_000 + "]" * 50_000 + "}"


def asked(**query: Any) -> str:
    """A batch of one query."""
    return json.dumps({"q0": query})


REFUSED: dict[str, tuple[str, int, str]] = {
    "empty": ("", 400, "ligne 1, colonne 1"),
    "broken": ('{"q0": {"query": "Lille"', 400, "ligne 1, colonne 25"),
    "broken on line 3": ('{"q0":\n {"query":\n "Lille",,}}', 400, "ligne 3, colonne 10"),
    "comma at the end": ('{"q0": {"query": "Lille",}}', 400, "n'est pas du JSON"),
    "single quotes": ("{'q0': {'query': 'Lille'}}", 400, "n'est pas du JSON"),
    "two documents": ("{} {}", 400, "n'est pas du JSON"),
    "text": ('"Lille"', 400, "objet JSON"),
    "array": ('[{"query": "Lille"}]', 400, "objet JSON"),
    "null": ("null", 400, "objet JSON"),
    "NaN": ('{"q0": {"query": "Lille", "limit": NaN}}', 400, "« NaN »"),
    "Infinity": ('{"q0": {"query": "Lille", "limit": -Infinity}}', 400, "« -Infinity »"),
    "a number over all": ('{"q0": {"query": "Lille", "limit": 1e999}}', 400, "« 1e999 »"),
    "a number of 5,000 digits": ('{"q0": {"query": "Lille", "limit": ' + "9" * 5000 + "}}", 400, "trop grand"),
    "double key": ('{"q0": {"query": "Lille"}, "q0": {"query": "Arras"}}', 400, "« q0 » vient deux fois"),
    "double field": ('{"q0": {"query": "Lille", "query": "Arras"}}', 400, "« query » vient deux fois"),
    "deep": (DEEP, 400, "trop imbriqué"),
    "half a letter": ('{"q0": {"query": "\\ud800"}}', 400, "moitié de caractère"),
    "half a letter in a key": ('{"\\udc00": {"query": "Lille"}}', 400, "moitié de caractère"),
    "half a letter twice": ('{"\\udc00": 1, "\\udc00": 2}', 400, "vient deux fois"),
    "a key of 201 letters": (json.dumps({"k" * 201: {"query": "Lille"}}), 413, "201 lettres ; 200 au plus"),
    "query is no object": ('{"q0": "Lille"}', 400, "objet JSON"),
    "query is null": ('{"q0": null}', 400, "objet JSON"),
    "nothing asked": (asked(limit=1), 400, "ne demande rien"),
    "no properties": (asked(properties=[]), 400, "ne demande rien"),
    "an unknown field": (asked(query="Lille", props=[]), 400, "champ « props »"),
    "name is a number": (asked(query=5), 400, "il faut un texte"),
    "name is null": (asked(query=None), 400, "il faut un texte"),
    "a huge name": (asked(query="a" * 1001), 413, "1001 lettres ; 1000 au plus"),
    "unknown type": (asked(query="Lille", type="Q515"), 400, "le type « Q515 » n'existe pas"),
    "unknown type in a list": (asked(query="Lille", type=["Commune", "Q515"]), 400, "le type « Q515 » n'existe pas"),
    "a type that is null": (asked(query="Lille", type=None), 400, "il faut un texte"),
    "a type that is an object": (asked(query="Lille", type={"id": "Commune"}), 400, "il faut un texte"),
    "six types": (asked(query="Lille", type=["Commune"] * 6), 413, "plus de 5 types"),
    "type_strict": (asked(query="Lille", type_strict="some"), 400, "any, all ou should"),
    "type_strict that is a list": (asked(query="Lille", type_strict=["any"]), 400, "any, all ou should"),
    "limit 0": (asked(query="Lille", limit=0), 400, "1 ou plus"),
    "limit below 0": (asked(query="Lille", limit=-3), 400, "1 ou plus"),
    "half a limit": (asked(query="Lille", limit=2.5), 400, "1 ou plus"),
    "limit is a text": (asked(query="Lille", limit="ten"), 400, "1 ou plus"),
    "limit is true": (asked(query="Lille", limit=True), 400, "1 ou plus"),
    "limit is null": (asked(query="Lille", limit=None), 400, "1 ou plus"),
    "unknown property": (asked(query="x", properties=[{"pid": "P31", "v": "x"}]), 400, "la propriété « P31 » n'existe pas"),
    "property without id": (asked(query="x", properties=[{"v": "x"}]), 400, "« pid » et « v »"),
    "property without value": (asked(query="x", properties=[{"pid": "siren"}]), 400, "« pid » et « v »"),
    "properties are an object": (asked(query="x", properties={"pid": "siren", "v": "x"}), 400, "une liste"),
    "a property that is a text": (asked(query="x", properties=["siren"]), 400, "une liste"),
    "a value that is null": (asked(query="x", properties=[{"pid": "siren", "v": None}]), 400, "une valeur est"),
    "a value in two lists": (asked(query="x", properties=[{"pid": "siren", "v": [["x"]]}]), 400, "une valeur est"),
    "a value without id": (asked(query="x", properties=[{"pid": "commune", "v": {"name": "Lille"}}]), 400, "une valeur est"),
    "a value with an odd id": (asked(query="x", properties=[{"pid": "commune", "v": {"id": 5}}]), 400, "une valeur est"),
    "a huge value": (asked(query="x", properties=[{"pid": "siren", "v": "1" * 1001}]), 413, "1000 au plus"),
    "too many values": (asked(query="x", properties=[{"pid": "siren", "v": ["1"] * 21}]), 413, "plus de 20 valeurs"),
    "too many properties": (asked(query="x", properties=[{"pid": "siren", "v": "1"}] * 21), 413, "plus de 20 propriétés"),
    "201 queries": (json.dumps({f"q{number}": {"query": "Lille"} for number in range(201)}), 413, "201 requêtes dans un lot ; 200 au plus"),
    "10,000 queries": (json.dumps({f"q{number}": {"query": "L"} for number in range(10_000)}), 413, "un lot 200 requêtes"),
}


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem that an answer says, in JSON."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.mimetype == "application/problem+json"
    found: dict[str, Any] = json.loads(answer.data)
    assert found["status"] == status
    assert len(answer.data) < 6000
    return found


@pytest.mark.parametrize("case", REFUSED)
def test_a_batch_that_is_wrong_is_refused_with_a_reason(site: FlaskClient, case: str) -> None:
    text, status, reason = REFUSED[case]
    found = problem(site.post("/reconcile", data={"queries": text}), status)
    assert found["type"].endswith({400: "#bad-reconciliation", 413: "#reconciliation-too-large"}[status])
    assert reason in found["message"].replace("\u00a0", " ")
    english = problem(site.post("/reconcile?lang=en", data={"queries": text}), status)
    assert english["message"] != found["message"]
    assert english["title"].startswith("Reconciliation request")


def test_there_are_enough_of_them() -> None:
    assert len(REFUSED) == 55


@pytest.mark.parametrize("case", [case for case, (text, _, _) in REFUSED.items() if len(text) < 1000])
def test_and_so_it_is_by_get(site: FlaskClient, case: str) -> None:
    text, status, _ = REFUSED[case]
    problem(site.get("/reconcile", query_string={"queries": text}), status)


def test_a_message_names_the_query_and_what_is_known(site: FlaskClient) -> None:
    batch = {"q1": {"query": "Lille", "type": "City"}}
    found = problem(site.post("/reconcile?lang=en", data={"queries": json.dumps(batch)}), 400)
    assert found["query"] == "q1"
    assert found["name"] == "City"
    assert found["message"] == f"“q1”: there is no type “City”. Types: {', '.join(TYPES)}."
    wrong = {"q7": {"query": "x", "properties": [{"pid": "city", "v": "Lille"}]}}
    assert ", ".join(PROPERTIES) in problem(site.post("/reconcile", data={"queries": json.dumps(wrong)}), 400)["message"]


ONE_WRONG = ("type", "unknown", "propert", "value", "limit", "name", "nothing asked", "query is")
"""Cases of one query that is wrong, in a batch that is JSON."""


@pytest.mark.parametrize("case", [case for case in REFUSED if any(part in case for part in ONE_WRONG)])
def test_a_query_that_is_wrong_fails_alone(site: FlaskClient, case: str) -> None:
    """A mistyped type or property, a value of another kind, a name too long: the other queries of the batch are answered as if it were not there."""
    text, _, reason = REFUSED[case]
    [wrong] = json.loads(text).values()
    right = {"query": "Lille", "type": "Commune"}
    [alone] = rules.content(site.post("/reconcile", data={"queries": json.dumps({"a": right})})).values()
    found = rules.content(site.post("/reconcile", data={"queries": json.dumps({"a": right, "faux": wrong, "b": right})}))
    assert (found["a"], found["b"], found["faux"]["result"]) == (alone, alone, [])
    assert reason in found["faux"]["error"].replace("\u00a0", " ")
    rules.result_batch(found)


def test_a_batch_that_takes_too_long_is_stopped(site: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ess_lod.web.reconcile.LONGEST_WORK", -1)
    found = problem(site.post("/reconcile", data={"queries": asked(query="Lille")}), 413)
    assert (found["answered"], found["count"]) == (0, 1)
    assert "0 requêtes sur 1" in found["message"]


def test_the_place_in_broken_json_is_told_to_programs_too(site: FlaskClient) -> None:
    found = problem(site.post("/reconcile", data={"queries": '{"q0":\n{]}'}), 400)
    assert (found["line"], found["column"], found["name"]) == (2, 2, "queries")


def test_what_is_wrong_is_a_page_in_a_browser(site: FlaskClient) -> None:
    answer = site.get("/reconcile", query_string={"queries": "{", "lang": "en"}, headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert answer.mimetype == "text/html"
    assert "line 1, column 2" in answer.text


@pytest.mark.parametrize(
    "form",
    [{}, {"query_": "x"}, {"queries": "{}", "extend": "{}"}, {"queries": ["{}", "{}"]}, {"query": "x", "queries": "{}"}],
    ids=["nothing", "another", "two", "twice", "old and new"],
)
def test_one_thing_is_asked_at_once(site: FlaskClient, form: dict[str, Any]) -> None:
    assert "un seul" in problem(site.post("/reconcile", data=form, content_type="application/x-www-form-urlencoded"), 400)["message"]


@pytest.mark.parametrize("media", ["application/json", "multipart/form-data; boundary=x", "text/plain", "application/xml", ""])
def test_a_body_of_another_type_is_415(site: FlaskClient, media: str) -> None:
    answer = site.post("/reconcile", data='{"queries": {}}', headers={"Content-Type": media})
    assert "application/x-www-form-urlencoded" in problem(answer, 415)["message"]


def test_a_body_that_is_too_long_is_413(site: FlaskClient) -> None:
    found = problem(site.post("/reconcile", data={"queries": "a" * LONGEST_BODY}), 413)
    assert str(LONGEST_BODY) in found["message"]


def test_what_is_no_utf8_is_400(site: FlaskClient) -> None:
    for path, body in (("/reconcile", b"queries=%FF"), ("/reconcile", b"queries=\xff")):
        problem(site.post(path, data=body, content_type="application/x-www-form-urlencoded"), 400)
    problem(site.get("/reconcile?queries=%FF"), 400)


@pytest.mark.parametrize("text", ['{"query": "Lille"', '{"query": "Lille", "limit": 0}', '{"limit": 1}', "{}"])
def test_a_single_query_is_checked_too(site: FlaskClient, text: str) -> None:
    problem(site.get("/reconcile", query_string={"query": text}), 400)


@pytest.mark.parametrize(("name", "value"), [("limit", "x"), ("limit", "-1"), ("limit", "1" * 10), ("type", "City"), ("limit", "0")])
def test_so_are_its_options(site: FlaskClient, name: str, value: str) -> None:
    problem(site.get("/reconcile", query_string={"query": "Lille", name: value}), 400)


@pytest.mark.parametrize("kind", ["entity", "property", "type"])
def test_suggestions_need_a_prefix_and_numbers(site: FlaskClient, kind: str) -> None:
    path = f"/reconcile/suggest/{kind}"
    assert "prefix" in problem(site.get(path), 400)["message"]
    problem(site.get(path, query_string={"prefix": "a" * 1001}), 413)
    for name in ("cursor", "limit"):
        for value in ("-1", "x", "1.5", "1e3", "9" * 30, "²"):
            assert name in problem(site.get(path, query_string={"prefix": "a", name: value}), 400)["message"]


def test_suggestions_of_an_unknown_kind_are_404(site: FlaskClient) -> None:
    problem(site.get("/reconcile/suggest/person?prefix=a"), 404)
    problem(site.get("/reconcile/suggest/entity?prefix=a&type=City"), 400)
    problem(site.get("/reconcile/properties?type=City"), 400)
