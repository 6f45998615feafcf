"""Data extension: the values of properties of many things at once, as columns for a spreadsheet (API 0.2 §6). ``extension.toml`` has the properties."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pyoxigraph import Literal

from ess_lod.reconcile import PROPERTIES, TYPES
from ess_lod.terms import VOCAB_IRI, iri_of
from ess_lod.web import queries
from ess_lod.web.graph import reading_order
from ess_lod.web.live import Edition
from ess_lod.web.reconcile.matching import named_type
from ess_lod.web.reconcile.parsing import is_iri
from ess_lod.web.reconcile.wishes import Wish, Wishes
from ess_lod.web.words import LANGUAGES

_POINT = r"\1 <http://www.opengis.net/ont/geosparql#hasDefaultGeometry>/<http://www.opengis.net/ont/geosparql#asWKT> \2"
_DATED = """OPTIONAL { \\1 dcterms:temporal ?when . OPTIONAL { ?when dcat:startDate ?from } OPTIONAL { ?when dcat:endDate ?to } }
FILTER($test)"""
_TODAY = "!BOUND(?to)"
_THEN = '(!BOUND(?from) || STR(?from) <= "$date") && (!BOUND(?to) || "$date" < STR(?to))'


@dataclass(frozen=True)
class Fetched:
    """A property that can be fetched: names by language, the types of the things that have it, the kind and the type of its values, where they are."""

    id: str
    names: Mapping[str, str]
    types: tuple[str, ...]
    kind: str
    values: str
    where: str


@cache
def fetched() -> Mapping[str, Fetched]:
    """``extension.toml``, by id."""
    table: dict[str, dict[str, Any]] = tomllib.loads(resources.files(__package__).joinpath("extension.toml").read_text("utf-8"))
    return {id_: _entry(id_, each) for id_, each in table.items()}


def proposed(type_: str) -> list[Fetched]:
    """The properties that things of a type may have: its own, those of broader and of narrower types; all of them for no type."""
    if not type_:
        return list(fetched().values())
    related = {type_, *TYPES[type_].broader, *(each.id for each in TYPES.values() if type_ in each.broader)}
    return [each for each in fetched().values() if related & set(each.types)]


def extend(edition: Edition, wishes: Wishes, language: str, service: str) -> dict[str, object]:
    """The answer to a data extension query: ``meta`` for the columns, ``rows`` by id; an id that is not known has empty cells.

    ``service`` is the address of this service, which knows the concepts that stand under another base than the things of the network.
    """
    ids = [id_ for id_ in wishes.ids if edition.iris.path(id_) and is_iri(id_)]
    rows: dict[str, dict[str, list[dict[str, object]]]] = {id_: {} for id_ in wishes.ids}
    for wish in wishes.properties:
        found = _values(edition, fetched()[wish.id], ids, wish, language)
        for id_, row in rows.items():
            row[wish.id] = _cells(found.get(id_, ()), wish)
    return {"meta": [_column(edition, each, language, service) for each in wishes.properties], "rows": rows}


def _entry(id_: str, each: Mapping[str, Any]) -> Fetched:
    known = PROPERTIES.get(id_)
    names = {"fr": each["fr"], "en": each["en"]} if "fr" in each else {"fr": known.name_fr, "en": known.name_en} if known else {}
    return Fetched(id_, names, tuple(each["types"]), each["kind"], each.get("values", ""), each["where"])


def _column(edition: Edition, wish: Wish, language: str, service: str) -> dict[str, object]:
    property_ = fetched()[wish.id]
    column: dict[str, object] = {"id": wish.id, "name": property_.names[language]}
    are_things = property_.kind == "entity" and wish.content == "entity" and not wish.count
    if not (are_things and property_.values):
        return column
    column["type"] = named_type(property_.values, language)
    is_elsewhere = "Concept" in (property_.values, *TYPES[property_.values].broader) and not VOCAB_IRI.startswith(edition.iris.base)
    return column | ({"service": service} if is_elsewhere else {})  # values outside the identifier space (§6.4)


Cell = tuple[str, dict[str, object]]
"""What a value is sorted by, and the value as the API writes it."""


def _cells(found: Iterable[Cell], wish: Wish) -> list[dict[str, object]]:
    cells = [cell for _, cell in sorted(dict(found).items(), key=lambda pair: (reading_order(pair[0]), pair[0]))]
    if wish.count:
        return [{"int": len(cells)}]
    return cells[: wish.limit] if wish.limit else cells


def _values(edition: Edition, property_: Fetched, ids: list[str], wish: Wish, language: str) -> dict[str, list[Cell]]:
    """By thing, what a property says of it."""
    if not ids:
        return {}
    found: dict[str, list[Any]] = {}
    for row in edition.store.query(_query(property_, ids, wish.date)).rows():
        found.setdefault(iri_of(row["x"]), []).append(row["value"])
    if property_.kind == "entity":
        names = _names(edition, {term.value for terms in found.values() for term in terms}, wish.language or language)
        return {
            id_: [_thing(term.value, names.get(term.value, term.value), wish.content) for term in terms] for id_, terms in found.items()
        }
    return {id_: [_plain(term.value, property_.kind) for term in _spoken(terms, wish.language or language)] for id_, terms in found.items()}


def _query(property_: Fetched, ids: Iterable[str], date: str) -> str:
    where = re.sub(r"DATED\((\?\w+)\)", _DATED.replace("$test", (_THEN if date else _TODAY).replace("$date", date)), property_.where)
    where = re.sub(r"POINT\((\?\w+) (\?\w+)\)", _POINT, where)
    return f"{queries.PROLOGUE}SELECT DISTINCT ?x ?value WHERE {{ VALUES ?x {{ {' '.join(f'<{id_}>' for id_ in ids)} }} {where} }}"


def _names(edition: Edition, iris: set[str], language: str) -> dict[str, str]:
    """What things are called in a language, or in French."""
    listed = " ".join(f"<{iri}>" for iri in sorted(iris) if is_iri(iri))
    text = f"SELECT ?x ?name WHERE {{ VALUES ?x {{ {listed} }} LABEL(?x ?name) }}"
    return {row["x"]: row["name"] for row in edition.rows(queries.labelled(text, "en" if language == "en" else "fr"))}


def _thing(iri: str, name: str, content: str) -> Cell:
    key = f"{name}\n{iri}"
    match content:
        case "id":
            return key, {"str": iri}
        case "name":
            return key, {"str": name}
    return key, {"id": iri, "name": name}


def _spoken(terms: list[Any], language: str) -> list[Any]:
    """The texts of a language, or of French, or of any; those without a language always. ``all`` keeps all."""
    tagged = [term for term in terms if isinstance(term, Literal) and term.language]
    if language == "all" or not tagged:
        return terms
    tags = {term.language for term in tagged}
    chosen = next((tag for tag in (language, *LANGUAGES) if tag in tags), min(tags, key=str))
    return [term for term in terms if term not in tagged or term.language == chosen]


def _plain(text: str, kind: str) -> Cell:
    match kind:
        case "int":
            return text, {"int": int(text)}
        case "float":
            return text, {"float": float(text)}
        case "date" if len(text) == 10:
            return text, {"date": f"{text}T00:00:00Z"}
    return text, {"str": text}
