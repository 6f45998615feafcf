"""Suggestions while someone writes the beginning of a name, and the short notes (flyouts) that are shown beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request
from markupsafe import Markup

from ess_lod.errors import NotFound
from ess_lod.reconcile import MOST, PROPERTIES, TYPES, Index
from ess_lod.web.graph import plain
from ess_lod.web.live import Edition
from ess_lod.web.protocol import ReconcileError
from ess_lod.web.reconcile.extension import fetched, proposed
from ess_lod.web.reconcile.matching import identified, index_of, named_type
from ess_lod.web.reconcile.parsing import text_of
from ess_lod.web.reconcile.reading import LONGEST_TEXT, known_type
from ess_lod.web.words import phrase

_DEFAULT = 10
_FARTHEST = 100_000


@dataclass(frozen=True)
class _Term:
    """A type or a property, as it is suggested."""

    id: str
    name: str
    description: str
    broader: tuple[str, ...] = ()


def suggest_entities(edition: Edition, language: str) -> dict[str, object]:
    """Things of which a name or a code begins so; ``type`` narrows them."""
    prefix = _prefix()
    types = tuple(known_type(each, "type") for each in request.args.getlist("type") if each)
    if not prefix:
        return {"result": []}
    index: Index = index_of(edition)
    limit, cursor = limit_of(), whole_number("cursor", 0)
    named = identified(index, prefix, language)
    found = index.suggest(prefix, limit, cursor, types, language) if named is None else [named][cursor:]
    return {
        "result": [
            {
                "id": each.id,
                "name": each.name,
                "description": each.description,
                "notable": [named_type(id_, language) for id_ in each.types],
            }
            for each in found
        ]
    }


def suggest_types(language: str) -> dict[str, object]:
    """Types of which a word begins so; all of them for nothing."""
    found = _beginning(_types(language))
    return {"result": [_type(each, language) for each in found]}


def suggest_properties(language: str) -> dict[str, object]:
    """Properties that a query may have, of which a word begins so; those of a ``type`` first are those that its things have."""
    asked = request.args.get("type", "")
    related = {asked, *TYPES[asked].broader} if asked in TYPES else set()
    terms = [term for term in _properties(language) if not related or related & set(PROPERTIES[term.id].types)]
    return {"result": [{"id": each.id, "name": each.name, "description": each.description} for each in _beginning(terms)]}


def propose(language: str) -> dict[str, object]:
    """The properties that can be fetched for things of a ``type``."""
    asked = request.args.get("type", "")
    type_ = known_type(asked, "type") if asked else ""
    limit = whole_number("limit", 0)
    found = [{"id": each.id, "name": each.names[language]} for each in proposed(type_)]
    return {"properties": found[:limit] if limit else found, "type": asked} | ({"limit": limit} if limit else {})


def flyout_of_term(kind: str, id_: str, language: str) -> dict[str, str]:
    """What a type or a property is, as HTML. Raises :class:`NotFound`."""
    terms = {each.id: each for each in (_types(language) if kind == "type" else _properties(language, also_fetched=True))}
    if id_ not in terms:
        raise NotFound(id_)
    term = terms[id_]
    return {"id": id_, "html": Markup("<p><strong>{}</strong> ({})</p><p>{}</p>").format(term.name, term.id, term.description)}


def limit_of() -> int:
    """``?limit=``, at most :data:`ess_lod.reconcile.MOST`."""
    return min(whole_number("limit", _DEFAULT), MOST) or _DEFAULT


def whole_number(name: str, default: int) -> int:
    """A parameter that is a number from 0 on."""
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ReconcileError(400, "reconcile-whole-number", name=name)
    return min(int(text), _FARTHEST)


def _prefix() -> str:
    if "prefix" not in request.args:
        raise ReconcileError(400, "reconcile-prefix")
    return text_of(request.args["prefix"], "prefix", LONGEST_TEXT).strip()


def _beginning(terms: Iterable[_Term]) -> list[_Term]:
    """The terms of which the id, the name or a word of it begins with the prefix; those of which the name or the id does first."""
    prefix, cursor = plain(_prefix()), whole_number("cursor", 0)
    ranked = []
    for place, term in enumerate(terms):
        name, id_ = plain(term.name), plain(term.id)
        if name.startswith(prefix) or id_.startswith(prefix):
            ranked.append((0, place, term))
        elif any(word.startswith(prefix) for word in name.replace("'", " ").split()):
            ranked.append((1, place, term))
    return [term for _, _, term in sorted(ranked, key=lambda each: each[:2])][
        cursor : cursor + (limit_of() if "limit" in request.args else MOST)
    ]


def _types(language: str) -> list[_Term]:
    found = []
    for id_, type_ in TYPES.items():
        held = ", ".join(named_type(each, language)["name"] for each in type_.broader)
        about = phrase("reconcile-type-narrower", language, types=held) if held else phrase("reconcile-type-top", language)
        found.append(_Term(id_, named_type(id_, language)["name"], about, type_.broader))
    return found


def _type(term: _Term, language: str) -> dict[str, object]:
    found: dict[str, object] = {"id": term.id, "name": term.name}
    return found | ({"broader": [named_type(each, language) for each in term.broader]} if term.broader else {})


def _properties(language: str, *, also_fetched: bool = False) -> list[_Term]:
    found = []
    for id_, property_ in PROPERTIES.items():
        name = property_.name_en if language == "en" else property_.name_fr
        found.append(_Term(id_, name, _of_types(property_.types, language)))
    if also_fetched:
        found += [
            _Term(each.id, each.names[language], _of_types(each.types, language))
            for each in fetched().values()
            if each.id not in PROPERTIES
        ]
    return found


def _of_types(types: Iterable[str], language: str) -> str:
    return phrase("reconcile-property-of", language, types=", ".join(named_type(each, language)["name"] for each in types))
