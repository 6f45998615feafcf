"""``data/dataset.yaml``: what the dataset is, in the words of its publisher."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ess_lod.errors import ConfigError
from ess_lod.iris import Iris, kind_of

FILENAME = "dataset.yaml"


@dataclass(frozen=True)
class Dataset:
    """Title, publisher, licence … of a dataset. Bilingual texts are ``{"fr": …, "en": …}``.

    ``publisher`` is the id of the publishing actor, ``date`` (ISO) the day that the tables were last worked on: it is in every release's version, and
    nothing else in a release knows about time. ``reference_sources`` are the documents that ``insee/`` was made from.
    """

    base: str
    date: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    keywords: Mapping[str, list[str]]
    publisher: str
    contact: str
    landing_page: str
    license: str
    region: str
    frequency: str
    theme: str
    reference_sources: tuple[str, ...] = ()

    @property
    def iris(self) -> Iris:
        """IRIs under this dataset's base."""
        return Iris(self.base)

    @property
    def moment(self) -> str:
        """The date as ``xsd:dateTime`` text: midnight UTC."""
        return f"{self.date}T00:00:00Z"


_KEYS = {
    "base": "base",
    "date": "date",
    "titre": "title",
    "description": "description",
    "mots_cles": "keywords",
    "editeur": "publisher",
    "contact": "contact",
    "page": "landing_page",
    "licence": "license",
    "region": "region",
    "frequence": "frequency",
    "theme": "theme",
}
_OPTIONAL = {"reference": "reference_sources"}
_BILINGUAL = ("titre", "description", "mots_cles")


def read_dataset(folder: Path) -> Dataset:
    """Read ``dataset.yaml``. Raises :class:`ConfigError` (French) naming every key that is missing, unknown or ill-formed."""
    path = folder / FILENAME
    if not path.is_file():
        raise ConfigError(f"{path.name} est absent de {folder.name}/ : c'est lui qui dit le titre, l'éditeur et la licence.")
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name} n'est pas du YAML lisible : {error}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path.name} doit contenir des clés, par exemple « titre: ».")
    wrong = list(_wrong_keys(content))
    if wrong:
        raise ConfigError("\n".join([f"{path.name} :", *(f"  {line}" for line in wrong)]))
    values = {field: content[key] for key, field in _KEYS.items()}
    values["date"] = values["date"].isoformat()
    values["reference_sources"] = tuple(content.get("reference", ()))
    return Dataset(**values)


def _wrong_keys(content: Mapping[str, Any]) -> list[str]:
    wrong = [f"la clé « {key} » manque." for key in _KEYS if key not in content]
    wrong += [
        f"la clé « {key} » n'existe pas. Clés admises : {', '.join(_KEYS | _OPTIONAL)}." for key in content if key not in _KEYS | _OPTIONAL
    ]
    for key in _BILINGUAL:
        if key in content and (not isinstance(content[key], dict) or set(content[key]) != {"fr", "en"}):
            wrong.append(f"« {key} » doit avoir une valeur fr et une valeur en.")
    base = content.get("base")
    if isinstance(base, str) and not (base.startswith(("http://", "https://")) and base.endswith("/")):
        wrong.append(f"« base » vaut {base} : il faut une adresse http(s) qui finit par /.")
    if "date" in content and (not isinstance(content["date"], datetime.date) or isinstance(content["date"], datetime.datetime)):
        wrong.append(f"« date » vaut {content['date']} : il faut AAAA-MM-JJ.")
    sources = content.get("reference", [])
    if not isinstance(sources, list) or not all(kind_of(str(source)) == "document" for source in sources):
        wrong.append("« reference » doit être une liste d'identifiants de documents, par exemple [R051].")
    for key in set(_KEYS) - set(_BILINGUAL) - {"date"}:
        if key in content and not isinstance(content[key], str):
            wrong.append(f"« {key} » doit être un texte (entre guillemets pour un nombre).")
    return wrong
