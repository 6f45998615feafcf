"""What a data extension query asks for, with the settings of each property, and what the manifest says of these settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ess_lod.web.protocol import ReconcileError
from ess_lod.web.reconcile.parsing import day_of, read_object, text_of
from ess_lod.web.words import LANGUAGES, first_day, phrase

MOST_IDS = 500
MOST_PROPERTIES = 40
"""In one data extension query; more is 413."""
_LONGEST_ID = 1000
CONTENTS = ("entity", "id", "name")
"""How linked things can be written."""


@dataclass(frozen=True)
class Wish:
    """A property with its settings.

    ``limit`` 0 is no limit, ``language`` "" that of the reader, ``date`` "" today; ``content`` is how things are written; ``count`` asks how many there are.
    """

    id: str
    limit: int = 0
    language: str = ""
    date: str = ""
    content: str = "entity"
    count: bool = False


@dataclass(frozen=True)
class Wishes:
    """Which things, which properties."""

    ids: tuple[str, ...]
    properties: tuple[Wish, ...]


def settings_of(language: str) -> list[dict[str, object]]:
    """The settings as the manifest describes them."""

    def setting(name: str, type_: str, default: object, **more: object) -> dict[str, object]:
        label, help_text = (phrase(f"reconcile-setting-{name}{end}", language) for end in ("", "-help"))
        return {"name": name, "label": label, "type": type_, "default": default, "help_text": help_text, **more}

    def choices(name: str, values: tuple[str, ...]) -> list[dict[str, str]]:
        return [{"value": value, "name": phrase(f"reconcile-setting-{name}-{value or 'reader'}", language)} for value in values]

    return [
        setting("limit", "number", 0),
        setting("date", "text", ""),
        setting("language", "select", "", choices=choices("language", ("", *LANGUAGES, "all"))),
        setting("content", "select", "entity", choices=choices("content", CONTENTS)),
        setting("count", "checkbox", False),
    ]


def read_wishes(text: str, known: Mapping[str, object]) -> Wishes:
    """A data extension query, by its schema; ``known`` are the properties that can be fetched."""
    asked = read_object(text, "extend")
    ids, properties = asked.get("ids"), asked.get("properties")
    if not isinstance(ids, list) or not isinstance(properties, list):
        raise ReconcileError(400, "reconcile-extend")
    if len(ids) > MOST_IDS:
        raise ReconcileError(413, "reconcile-many-ids", most=MOST_IDS, count=len(ids))
    if len(properties) > MOST_PROPERTIES:
        raise ReconcileError(413, "reconcile-many-columns", most=MOST_PROPERTIES, count=len(properties))
    wishes = tuple(_wish(each, known) for each in properties)
    if len({wish.id for wish in wishes}) < len(wishes):
        raise ReconcileError(400, "reconcile-column-twice")
    return Wishes(tuple(dict.fromkeys(text_of(id_, "ids", _LONGEST_ID) for id_ in ids)), wishes)


def _wish(asked: object, known: Mapping[str, object]) -> Wish:
    settings = asked.get("settings", {}) if isinstance(asked, dict) else None
    if not isinstance(asked, dict) or "id" not in asked or not isinstance(settings, dict):
        raise ReconcileError(400, "reconcile-extend")
    id_ = text_of(asked["id"], "properties", _LONGEST_ID)
    if id_ not in known:
        raise ReconcileError(400, "reconcile-not-fetched", name=id_, known=", ".join(known))
    chosen: dict[str, Any] = {name: _setting(id_, name, value) for name, value in settings.items()}
    return replace(Wish(id_), **chosen)


def _setting(id_: str, name: str, value: object) -> object:
    read = SETTINGS.get(name)
    if read is None:
        text = text_of(name, "settings", _LONGEST_ID)
        raise ReconcileError(400, "reconcile-setting", name=id_, setting=text, known=", ".join(SETTINGS))
    found = read(value)
    if found is None:
        raise ReconcileError(400, "reconcile-setting-value", name=id_, setting=name)
    return found


def _limit(value: object) -> int | None:
    """OpenRefine sends numbers, others the text of a form field."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < 0:
        return 0 if value in ("", None) else None
    return int(value)


def _date(value: object) -> str | None:
    if value in ("", None):
        return ""
    return (first_day(day_of(value)) or None) if isinstance(value, str) else None


def _one_of(*values: str) -> Callable[[object], str | None]:
    return lambda value: value if isinstance(value, str) and value in values else None


def _count(value: object) -> bool | None:
    return (
        {True: True, False: False, "true": True, "false": False, "on": True, "": False}.get(value)
        if isinstance(value, bool | str)
        else None
    )


SETTINGS: Mapping[str, Callable[[object], Any]] = {
    "limit": _limit,
    "date": _date,
    "language": _one_of("", *LANGUAGES, "all"),
    "content": _one_of(*CONTENTS),
    "count": _count,
}
"""Reads the value of each setting; ``None`` is what does not fit."""
