"""Settings: where things are and how the server listens. Read once, frozen.

``data/dataset.yaml`` says what the dataset *is* (title, base, publisher); these settings say where this copy of it runs.
Each setting has an environment variable ``ESS_LOD_`` + its name in capitals; docs/settings.md lists them all (a test holds the list equal).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from ess_lod.errors import ConfigError

PREFIX = "ESS_LOD_"


@dataclass(frozen=True)
class Settings:
    """Where the project's folders are, which engine answers, where the server listens.

    Relative folders are relative to ``home``.
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
    proxies: int = 0
    max_query_bytes: int = 65_536
    query_seconds: int = 10
    query_megabytes: int = 1024
    answer_rows: int = 1_000_000
    answer_megabytes: int = 100
    queries: int = 4
    queries_per_client: int = 10
    queue: int = 32
    cache_megabytes: int = 64
    services: str = ""
    inbox: str = ""
    inbox_folder: Path = Path("inbox")
    inbox_tokens: Path = Path("inbox-tokens.txt")
    inbox_hosts: str = ""
    inbox_messages: int = 1000
    inbox_per_hour: int = 60

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ, **overrides: object) -> Settings:
        """Settings from the environment, then from ``overrides`` (``None`` means not given).

        Raises :class:`ConfigError` when a number is not one, naming the variable.
        """
        values: dict[str, object] = {}
        for each in fields(cls):
            name = PREFIX + each.name.upper()
            text = environ.get(name)
            if text is None:
                continue
            if isinstance(each.default, int):
                if not text.isdigit():
                    raise ConfigError(f"{name} vaut « {text} » : il faut un nombre entier. / {name} is {text!r}: a whole number is needed.")
                values[each.name] = int(text)
            else:
                values[each.name] = Path(text) if isinstance(each.default, Path) else text
        values.update({name: value for name, value in overrides.items() if value is not None})
        settings = cls(**values)  # type: ignore[arg-type]
        home = settings.home.resolve()
        folders = {
            name: home / getattr(settings, name)
            for name in ("data", "ontology", "shapes", "releases", "indexes", "inbox_folder", "inbox_tokens")
        }
        return cls(**{**{f.name: getattr(settings, f.name) for f in fields(cls)}, "home": home, **folders})
