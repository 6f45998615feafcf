"""Settings: where things are and how the server listens. Read once, frozen.

``data/dataset.yaml`` says what the dataset *is* (title, base, publisher); these settings say where this copy of it runs and how it looks.
Each setting has a name in ``ess-lod.toml`` and an environment variable ``ESS_LOD_`` + its name in capitals, which goes before the file;
docs/settings.md lists them all (a test holds the list equal).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from ess_lod.characters import visible, whole_number
from ess_lod.errors import ConfigError
from ess_lod.settings_file import read_settings_file

PREFIX = "ESS_LOD_"
OWN = Path(__file__).parent / "own"
"""What the tool brings along: ``ontology`` and ``shapes`` for projects that have none, ``insee`` for new projects."""

_FOLDERS = ("data", "ontology", "shapes", "releases", "indexes", "inbox_folder", "inbox_tokens")
_BROUGHT = ("ontology", "shapes")

_MOST = 999_999_999
_MAY_BE_ZERO = ("proxies", "queue", "cache_megabytes", "inbox_messages", "inbox_per_hour")
_BOUNDS = {"port": (1, 65_535)}
"""Of the numbers that have bounds of their own; the others go from 1, or from 0 where that means something, to :data:`_MOST`."""


@dataclass(frozen=True)
class Settings:
    """Where the project's folders are, which engine answers, where the server listens.

    Relative folders are relative to ``home``. A project without ``ontology`` or ``shapes`` has those of the tool.
    """

    home: Path = Path()
    data: Path = Path("data")
    ontology: Path = Path("ontology")
    shapes: Path = Path("shapes")
    releases: Path = Path("releases")
    indexes: Path = Path("indexes")
    store: str = "oxigraph:"
    graphs: str = ""
    store_user: str = ""
    store_password: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    proxies: int = 0
    max_query_bytes: int = 262_144
    query_seconds: int = 10
    query_megabytes: int = 1024
    answer_rows: int = 1_000_000
    answer_megabytes: int = 100
    queries: int = 4
    queries_per_client: int = 10
    queue: int = 32
    cache_megabytes: int = 64
    services: str = ""
    logo: str = ""
    color: str = ""
    color_soft: str = ""
    inbox: str = ""
    inbox_folder: Path = Path("inbox")
    inbox_tokens: Path = Path("inbox-tokens.txt")
    inbox_hosts: str = ""
    inbox_messages: int = 1000
    inbox_per_hour: int = 60

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ, **overrides: object) -> Settings:
        """Settings from the project's ``ess-lod.toml``, then the environment, then ``overrides`` (``None`` means not given).

        A number among ``overrides`` may be given as text, as an option of the command line is.
        Raises :class:`ConfigError` when a number is not one or out of its bounds, naming the variable, and what :func:`read_settings_file` raises.
        """
        given = {name: value for name, value in overrides.items() if value is not None}
        home = Path(str(given.get("home") or environ.get(f"{PREFIX}HOME") or ".")).resolve()
        numbers = {each.name: _bounds(each.name) for each in fields(cls) if isinstance(each.default, int)}
        texts = {each.name for each in fields(cls)} - {*numbers, "home"}
        values: dict[str, object] = {**read_settings_file(home, numbers, texts)}
        for each in fields(cls):
            name = PREFIX + each.name.upper()
            text = environ.get(name)
            if text is None:
                continue
            values[each.name] = _number(name, text, *numbers[each.name]) if each.name in numbers else text
        for name, value in given.items():
            values[name] = _number(f"--{name}", value, *numbers[name]) if name in numbers and isinstance(value, str) else value
        values["home"] = home
        for name in _FOLDERS:
            folder = home / str(values.get(name, getattr(cls, name)))
            values[name] = OWN / name if name in _BROUGHT and name not in values and not folder.is_dir() else folder
        return cls(**values)  # type: ignore[arg-type]

    def record_of(self, version: str) -> Path:
        """Where it is noted which bytes of a release have been read and found right: a cache, beside the indexes."""
        return self.indexes / "verified" / f"{version}.json"


def _bounds(name: str) -> tuple[int, int]:
    """The least and the most that the number of a setting may be."""
    return _BOUNDS.get(name, (0 if name in _MAY_BE_ZERO else 1, _MOST))


def _number(name: str, text: str, least: int, most: int) -> int:
    """The number that a text gives to a setting. Raises :class:`ConfigError` that names the variable or the option."""
    number = whole_number(text)
    if number is None or not least <= number <= most:
        raise ConfigError(
            f"{name} vaut « {visible(text)} » : il faut un nombre entier de {least} à {most}, écrit avec les chiffres 0 à 9. / "
            f"{name} is “{visible(text)}”: a whole number from {least} to {most} is needed, in digits 0 to 9."
        )
    return number
