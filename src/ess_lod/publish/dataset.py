"""``data/dataset.yaml``: what the dataset is, in the words of its publisher."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ess_lod.errors import ConfigError
from ess_lod.iris import Iris, kind_of
from ess_lod.publish.codelists import AVAILABILITIES, EU, FREQUENCIES, PUBLISHER_TYPES, THEMES

FILENAME = "dataset.yaml"
BASE_FORM = "il faut une adresse http(s) qui finit par /, sans espace, « ? » ni « # »."
_BASE = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?/(?:[A-Za-z0-9._~!$&'()*+,;=:@%-]+/)*")


@dataclass(frozen=True)
class Dataset:
    """Title, publisher, licence … of a dataset. Bilingual texts are ``{"fr": …, "en": …}``.

    ``publisher`` is the id of the publishing actor, ``date`` (ISO) the day that the tables were last worked on: it is in every release's version, and
    nothing else in a release knows about time. ``reference_sources`` are the documents that ``insee/`` was made from.

    What the catalogue needs beside that, and DCAT-AP recommends: ``first_published`` (ISO, empty when not known), ``nuts`` (code of the region in the
    European nomenclature), ``publisher_type`` (of http://purl.org/adms/publishertype/1.0), ``availability`` (of the European list
    planned-availability), ``version_notes`` (what is new, bilingual). What is not told is not said.

    ``region`` is the INSEE code of the region whose territories are published, empty for a network that has none. ``newsletter`` and ``supplement`` are
    what issues and supplements are called in their labels (bilingual).
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
    frequency: str
    theme: str
    region: str = ""
    reference_sources: tuple[str, ...] = ()
    first_published: str = ""
    nuts: str = ""
    publisher_type: str = ""
    availability: str = ""
    version_notes: Mapping[str, str] = field(default_factory=dict)
    newsletter: Mapping[str, str] = field(default_factory=lambda: {"fr": "Lettre", "en": "Newsletter"})
    supplement: Mapping[str, str] = field(default_factory=lambda: {"fr": "Supplément territoire", "en": "Territorial supplement"})

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
    "frequence": "frequency",
    "theme": "theme",
}
_OPTIONAL = {
    "region": "region",
    "reference": "reference_sources",
    "premiere_publication": "first_published",
    "nuts": "nuts",
    "type_editeur": "publisher_type",
    "disponibilite": "availability",
    "notes_de_version": "version_notes",
    "lettre": "newsletter",
    "supplement": "supplement",
}
_BILINGUAL = ("titre", "description", "mots_cles", "notes_de_version", "lettre", "supplement")
_DATES = ("date", "premiere_publication")
_LISTED = {
    "type_editeur": PUBLISHER_TYPES,
    "disponibilite": AVAILABILITIES,
    "frequence": tuple(EU.iri + f"frequency/{name}" for name in FREQUENCIES),
    "theme": tuple(EU.iri + f"data-theme/{name}" for name in THEMES),
}
"""Values that the catalogue must be able to name: it carries the label of each concept that it uses."""


def is_base(text: str) -> bool:
    """May IRIs be minted under this address?"""
    return _BASE.fullmatch(text) is not None


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
    values = {name: content[key] for key, name in (_KEYS | _OPTIONAL).items() if key in content}
    for key in _DATES:
        if key in content:
            values[(_KEYS | _OPTIONAL)[key]] = content[key].isoformat()
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
    if isinstance(base, str) and not is_base(base):
        wrong.append(f"« base » vaut {base} : {BASE_FORM}")
    wrong += _wrong_values(content)
    sources = content.get("reference", [])
    if not isinstance(sources, list) or not all(kind_of(str(source)) == "document" for source in sources):
        wrong.append("« reference » doit être une liste d'identifiants de documents, par exemple [R051].")
    for key in sorted((set(_KEYS) | {"nuts", "region"}) - set(_BILINGUAL) - set(_DATES)):
        if key in content and not isinstance(content[key], str):
            wrong.append(f"« {key} » doit être un texte (entre guillemets pour un nombre).")
    return wrong


def _wrong_values(content: Mapping[str, Any]) -> list[str]:
    """Dates that are none, and values that are not of their list."""
    wrong = [
        f"« {key} » vaut {content[key]} : il faut AAAA-MM-JJ."
        for key in _DATES
        if key in content and (not isinstance(content[key], datetime.date) or isinstance(content[key], datetime.datetime))
    ]
    wrong += [
        f"« {key} » vaut {content[key]} : il faut une valeur parmi {', '.join(values)}."
        for key, values in _LISTED.items()
        if key in content and content[key] not in values
    ]
    return wrong
