"""``ess-lod.toml``: the settings of a project, in its own folder. Environment variables override it (docs/settings.md)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

from ess_lod.errors import ConfigError

FILENAME = "ess-lod.toml"

_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def read_settings_file(home: Path, numbers: Mapping[str, tuple[int, int]], texts: Collection[str]) -> dict[str, int | str]:
    """What ``ess-lod.toml`` of a project says; nothing when the project has none.

    ``numbers`` are the settings that are numbers, with the least and the most of each, ``texts`` the names of the others.
    A list of texts is written as one text, separated by spaces.
    Raises :class:`ConfigError` (French) naming the line of each name that is unknown and of each value that is of the wrong kind.
    """
    path = home / FILENAME
    if not path.is_file():
        return {}
    try:
        text = path.read_text("utf-8")
        content = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{FILENAME} n'est pas en UTF-8. L'enregistrer en UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{FILENAME}{_where(str(error))} : la ligne n'est pas du TOML. Écrire par exemple : port = 8000") from error
    found: dict[str, int | str] = {}
    wrong: list[str] = []
    for name, value in content.items():
        try:
            found[name] = _value(name, value, numbers, texts)
        except ValueError as error:
            wrong.append(f"{FILENAME}, ligne {_line_of(name, text)} : {error}")
    if wrong:
        raise ConfigError("\n".join(wrong))
    return found


def _value(name: str, value: object, numbers: Mapping[str, tuple[int, int]], texts: Collection[str]) -> int | str:
    """The value of a setting. Raises ``ValueError`` that says what is wrong (French)."""
    if name in numbers:
        least, most = numbers[name]
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        raise ValueError(f"« {name} » doit être un nombre entier de {least} à {most}, sans guillemets.")
    if name not in texts:
        raise ValueError(f"le réglage « {name} » n'existe pas. Réglages admis : {', '.join(sorted((*numbers, *texts)))}.")
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return " ".join(value)
    raise ValueError(f"« {name} » doit être un texte, entre guillemets.")


def _where(message: str) -> str:
    place = _PLACE.search(message)
    return f", ligne {place[1]}, colonne {place[2]}" if place else ""


def _line_of(name: str, text: str) -> int:
    """The line on which a name of the top level is given a value, counted from 1."""
    pattern = re.compile(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[\].=]""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)
