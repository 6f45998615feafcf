"""The rules of the JSON Schemas of the Reconciliation API 0.2, in words of our own: what each answer must be.

Each function says how many things it has checked, so that no test passes by checking nothing.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

Json = dict[str, Any]

DATE = re.compile(
    r"-?([1-9]\d*)?\d{4}-(1[0-2]|0[1-9])-(3[01]|0[1-9]|[12]\d)T(2[0-3]|[01]\d):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-](2[0-3]|[01]\d):[0-5]\d)?"
)
KINDS = ("entity", "property", "type")
_SETTING_DEFAULTS: dict[str, type | tuple[type, ...]] = {"number": (int, float), "text": str, "checkbox": bool, "select": str}


def content(answer: TestResponse) -> Json:
    """The JSON object of an answer that is 200."""
    assert answer.status_code == 200, answer.text[:1000]
    found = json.loads(answer.data)
    assert isinstance(found, dict)
    return found


def is_number(value: object) -> bool:
    """A JSON number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_address(text: object) -> bool:
    """An absolute HTTP address."""
    return isinstance(text, str) and urlsplit(text).scheme in ("http", "https") and bool(urlsplit(text).netloc)


def manifest(found: Json) -> int:
    """``manifest.json``: versions with 0.2, texts, templates with ``{{id}}``, suggest services, settings. Says how many settings there are."""
    assert "0.2" in found["versions"]
    assert all(isinstance(each, str) for each in found["versions"])
    for name in ("name", "identifierSpace", "schemaSpace", "documentation", "logo", "serviceVersion"):
        assert isinstance(found[name], str), name
        assert found[name]
    for name in ("identifierSpace", "schemaSpace", "documentation", "logo"):
        assert is_address(found[name]), name
    for name in ("view", "feature_view", "preview"):
        assert "{{id}}" in found[name]["url"]
        assert is_address(found[name]["url"])
    assert all(type(found["preview"][side]) is int for side in ("width", "height"))
    types = found["defaultTypes"]
    assert len({each["id"] for each in types}) == len(types) > 0
    assert type_list(types) == len(types)
    for kind in KINDS:
        service = found["suggest"][kind]
        assert "${id}" in service["flyout_service_path"]
        assert all(is_address(service[part]) for part in ("service_url", "flyout_service_url"))
        assert all(service[part].startswith("/") for part in ("service_path", "flyout_service_path"))
    proposals = found["extend"]["propose_properties"]
    assert is_address(proposals["service_url"] + proposals["service_path"])
    return settings(found["extend"]["property_settings"])


def settings(found: list[Json]) -> int:
    """The four kinds of settings: a default of the kind, a select with choices."""
    for setting in found:
        assert {*setting} <= {"name", "label", "type", "default", "help_text", "choices"}
        assert all(isinstance(setting[part], str) and setting[part] for part in ("name", "label", "help_text"))
        assert isinstance(setting["default"], _SETTING_DEFAULTS[setting["type"]])
        assert ("choices" in setting) == (setting["type"] == "select")
        for choice in setting.get("choices", ()):
            assert {*choice} == {"value", "name"}
            assert all(isinstance(text, str) for text in choice.values())
        if setting["type"] == "select":
            assert setting["default"] in {choice["value"] for choice in setting["choices"]}
    return len(found)


def type_list(found: list[Json]) -> int:
    """``type.json``: id and name, and broader types that are types."""
    for each in found:
        assert {"id", "name"} <= {*each} <= {"id", "name", "description", "broader"}
        assert isinstance(each["id"], str)
        assert isinstance(each["name"], str)
        type_list(each.get("broader", []))
    return len(found)


def result_batch(found: Json) -> int:
    """``reconciliation-result-batch.json``: by key, candidates with id, name and score. Says how many candidates there are."""
    return sum(result(each) for each in found.values())


def result(found: Json) -> int:
    """The candidates of one query, by decreasing score; a query that failed has none, and says why beside."""
    assert {"result"} <= {*found} <= {"result", "error"}
    assert "error" not in found or (found["result"] == [] and isinstance(found["error"], str) and found["error"])
    for each in found["result"]:
        assert {"id", "name", "type", "score", "match"} <= {*each} <= {"id", "name", "description", "type", "score", "match", "features"}
        assert all(isinstance(each[part], str) and each[part] for part in ("id", "name"))
        assert isinstance(each.get("description", ""), str)
        assert is_number(each["score"])
        assert 0 <= each["score"] <= 100
        assert isinstance(each["match"], bool)
        assert type_list(each["type"]) > 0
        features = each.get("features", [])
        assert len({feature["id"] for feature in features}) == len(features)
        assert all(
            isinstance(feature["id"], str) and (is_number(feature["value"]) or isinstance(feature["value"], bool)) for feature in features
        )
    scores = [each["score"] for each in found["result"]]
    assert scores == sorted(scores, reverse=True)
    assert sum(each["match"] for each in found["result"]) <= 1
    return len(scores)


def suggested(found: Json, kind: str) -> int:
    """``suggest-*-response.json``."""
    assert {*found} == {"result"}
    if kind == "type":
        return type_list(found["result"])
    for each in found["result"]:
        assert {"id", "name"} <= {*each} <= {"id", "name", "description"} | ({"notable"} if kind == "entity" else set())
        assert all(isinstance(each[part], str) for part in ("id", "name"))
        type_list(each.get("notable", []))
    return len(found["result"])


def proposals(found: Json) -> int:
    """``data-extension-property-proposal.json``."""
    assert isinstance(found["type"], str)
    assert "limit" not in found or is_number(found["limit"])
    for each in found["properties"]:
        assert {*each} == {"id", "name"}
        assert all(isinstance(text, str) and text for text in each.values())
    return len(found["properties"])


def extension(found: Json, ids: list[str], properties: list[str]) -> int:
    """``data-extension-response.json``: a row for each id, a cell for each property. Says how many values there are."""
    assert {*found} == {"meta", "rows"}
    assert [column["id"] for column in found["meta"]] == properties
    for column in found["meta"]:
        assert isinstance(column["name"], str)
        assert column["name"]
        assert type_list([column["type"]] if "type" in column else []) == ("type" in column)
    assert [*found["rows"]] == ids
    for row in found["rows"].values():
        assert [*row] == properties
    values = [value for row in found["rows"].values() for cell in row.values() for value in cell]
    for value in values:
        match value:
            case {"id": str(), "name": str(), **rest}:
                assert not {*rest} - {"description"}
            case {"str": str()} | {"int": int()}:
                assert len(value) == 1
            case {"float": number}:
                assert is_number(number)
                assert len(value) == 1
            case {"date": str(date)}:
                assert DATE.fullmatch(date)
                assert len(value) == 1
            case _:
                assert value == {}
    return len(values)
