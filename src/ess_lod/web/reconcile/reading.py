"""What a request asks of the reconciliation service, by the rules of its schemas (API 0.2), before any work is done.

A query that is wrong fails alone, and the others of its batch are answered: one row of a table may have a type that nobody knows. Where all are wrong, or the
batch itself is, it is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ess_lod.reconcile import MOST, PROPERTIES, TYPES, Query, Wanted
from ess_lod.terms import ESS
from ess_lod.web.protocol import ReconcileError
from ess_lod.web.reconcile.parsing import day_of, read_object, text_of

MOST_QUERIES = 200
"""Queries in one batch; more is 413 (``batchSize`` of the manifest)."""
LONGEST_TEXT = 1000
"""Letters of a name or of a value; more is 413. The index reads the first :data:`ess_lod.reconcile.LONGEST`."""
_DEFAULT_LIMIT = 10
_LONGEST_KEY = 200
_MOST_PROPERTIES = 20
_MOST_TYPES = 5
_MOST_VALUES = 20
_FIELDS = ("query", "type", "type_strict", "limit", "properties")
_STRICT = ("any", "all", "should")


@dataclass(frozen=True)
class Question:
    """A query and the types that are asked for; ``strict`` is ``any``, ``all`` or ``should``."""

    query: Query
    types: tuple[str, ...] = ()
    strict: str = "any"


def read_batch(text: str) -> dict[str, Question | ReconcileError]:
    """The queries of a batch by their keys, in the order of the text, with what is wrong in place of a query that is; raised when all are."""
    found = read_object(text, "queries")
    if len(found) > MOST_QUERIES:
        raise ReconcileError(413, "reconcile-many", most=MOST_QUERIES, count=len(found))
    batch = {text_of(key, "queries", _LONGEST_KEY): _read_or_error(asked, key) for key, asked in found.items()}
    wrong = [each for each in batch.values() if isinstance(each, ReconcileError)]
    if wrong and len(wrong) == len(batch):
        raise wrong[0]
    return batch


def _read_or_error(asked: object, key: str) -> Question | ReconcileError:
    try:
        return read_query(asked, key)
    except ReconcileError as error:
        return error


def read_single(text: str, options: Mapping[str, str]) -> Question:
    """One query as clients of version 0.1 send it: ``query=`` is a name, or a query as a JSON object; ``options`` may have ``type`` and ``limit``."""
    if text.lstrip().startswith("{"):
        return read_query(read_object(text, "query"), "query")
    limit = options.get("limit", "")
    if limit and not (limit.isascii() and limit.isdigit() and len(limit) < 10):
        raise ReconcileError(400, "reconcile-limit", query="query")
    asked: dict[str, Any] = {"query": text} | ({"type": options["type"]} if options.get("type") else {})
    return read_query(asked | ({"limit": int(limit)} if limit else {}), "query")


def read_query(asked: object, key: str) -> Question:
    """One query of a batch; ``key`` names it in messages."""
    if not isinstance(asked, dict):
        raise ReconcileError(400, "reconcile-query-object", query=key)
    if unknown := next((name for name in asked if name not in _FIELDS), None):
        raise ReconcileError(400, "reconcile-field", query=key, name=text_of(unknown, key, LONGEST_TEXT), known=", ".join(_FIELDS))
    name = text_of(asked.get("query", ""), key, LONGEST_TEXT).strip()
    properties = _properties(asked.get("properties", []), key)
    if "query" not in asked and not properties:
        raise ReconcileError(400, "reconcile-nothing", query=key)
    strict = asked.get("type_strict", "any")
    if strict not in _STRICT:
        raise ReconcileError(400, "reconcile-strict", query=key)
    given = tuple(each for each in properties if each.values)
    return Question(Query(name, limit=_limit(asked, key), properties=given), _types(asked.get("type", ""), key), strict)


def known_type(value: object, key: str) -> str:
    """The id of a type, given as that or as the IRI of the class."""
    id_ = text_of(value, key, LONGEST_TEXT).removeprefix(ESS.iri)
    if id_ not in TYPES:
        raise ReconcileError(400, "reconcile-type", query=key, name=id_, known=", ".join(TYPES))
    return id_


def known_property(value: object, key: str) -> str:
    """The id of a property of ours, given as that or as its IRI."""
    id_ = text_of(value, key, LONGEST_TEXT).removeprefix(ESS.iri)
    if id_ not in PROPERTIES:
        raise ReconcileError(400, "reconcile-property", query=key, name=id_, known=", ".join(PROPERTIES))
    return id_


def _types(asked: object, key: str) -> tuple[str, ...]:
    listed = asked if isinstance(asked, list) else [asked]
    if len(listed) > _MOST_TYPES:  # each is a query of its own
        raise ReconcileError(413, "reconcile-many-types", query=key, most=_MOST_TYPES)
    return tuple(dict.fromkeys(known_type(each, key) for each in listed if each != ""))


def _limit(asked: Mapping[str, Any], key: str) -> int:
    limit = asked.get("limit", _DEFAULT_LIMIT)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or limit != int(limit) or limit <= 0:
        raise ReconcileError(400, "reconcile-limit", query=key)
    return min(int(limit), MOST)


def _properties(asked: object, key: str) -> tuple[Wanted, ...]:
    if not isinstance(asked, list) or any(not isinstance(each, dict) or "pid" not in each or "v" not in each for each in asked):
        raise ReconcileError(400, "reconcile-properties", query=key)
    if len(asked) > _MOST_PROPERTIES:
        raise ReconcileError(413, "reconcile-many-properties", query=key, most=_MOST_PROPERTIES)
    return tuple(Wanted(id_, _values(each["v"], key, id_)) for each in asked for id_ in [known_property(each["pid"], key)])


def _values(asked: object, key: str, id_: str) -> tuple[str, ...]:
    listed = asked if isinstance(asked, list) else [asked]
    if len(listed) > _MOST_VALUES:
        raise ReconcileError(413, "reconcile-many-values", query=key, name=id_, most=_MOST_VALUES)
    read = _VALUES.get(PROPERTIES[id_].kind, str)
    return tuple(value for each in listed if (value := read(_value(each, key, id_).strip())))


def _value(asked: object, key: str, id_: str) -> str:
    """A property value: text, number, truth value, or another entity as ``{"id": …}``."""
    match asked:
        case bool():
            return "true" if asked else "false"
        case int():
            return str(asked)
        case float():
            return str(int(asked)) if asked == int(asked) else repr(asked)
        case str() | {"id": str()}:
            return text_of(asked["id"] if isinstance(asked, dict) else asked, key, LONGEST_TEXT)
    raise ReconcileError(400, "reconcile-value", query=key, name=id_)


_VALUES: dict[str, Callable[[str], str]] = {"date": day_of}
"""How the value of a property of some kind is written."""
