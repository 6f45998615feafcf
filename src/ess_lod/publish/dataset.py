"""``data/dataset.yaml``: what the dataset is, in the words of its publisher."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ess_lod.characters import refused, suspect, tidy, visible
from ess_lod.errors import CellProblem, ConfigError, DatasetErrors
from ess_lod.iris import BadAddress, Iris, kind_of, web_address
from ess_lod.publish.cells import CellError, read_date, read_text
from ess_lod.publish.codelists import AVAILABILITIES, EU, FREQUENCIES, PUBLISHER_TYPES, THEMES
from ess_lod.publish.columns import AGENT

FILENAME = "dataset.yaml"
BASE_FORM = "il faut une adresse http(s) qui finit par /, sans espace, « ? » ni « # »."
_BASE = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?/(?:(?!\.\.?/)[A-Za-z0-9._~!$&'()*+,;=:@%-]+/)*")


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


def is_base(text: str) -> bool:
    """May IRIs be minted under this address?"""
    try:
        return _BASE.fullmatch(web_address(text)) is not None
    except BadAddress:
        return False


def read_dataset(folder: Path) -> Dataset:
    """Read ``dataset.yaml``. Raises :class:`DatasetErrors` (French) naming every key that is missing, unknown or ill-formed, with its line."""
    return read_with_remarks(folder)[0]


def read_with_remarks(folder: Path) -> tuple[Dataset, list[CellProblem]]:
    """The same, and the texts of it that seem to have lost letters on the way."""
    path = folder / FILENAME
    if not path.is_file():
        raise ConfigError(f"{path.name} est absent de {folder.name}/ : c'est lui qui dit le titre, l'éditeur et la licence.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path.name} n'est pas en UTF-8 : l'enregistrer en UTF-8.") from error
    if points := [(number, found) for number, line in enumerate(text.split("\n"), 1) if (found := refused(line))]:
        raise DatasetErrors(
            _problem(line, "", f"la ligne contient {', '.join(found)}, que rien n'affiche.", "L'effacer.") for line, found in points
        )
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=_Texts)
        content: object = yaml.load(text, Loader=_Texts)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise DatasetErrors([_problem(line, "", f"la ligne n'est pas du YAML ({error.problem}).", _YAML)]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DatasetErrors([_problem(0, "", f"ce n'est pas du YAML lisible ({error}).", _YAML)]) from error
    if not isinstance(content, dict) or not isinstance(root, yaml.MappingNode):
        raise ConfigError(f"{path.name} doit contenir des clés, par exemple « titre: ».")
    content = {tidy(str(key)): _tidied(value) for key, value in content.items()}
    lines = {node.value: node.start_mark.line + 1 for node, _ in reversed(root.value) if isinstance(node, yaml.ScalarNode)}
    twice = [node for place, (node, _) in enumerate(root.value) if node.value in [each.value for each, _ in root.value[:place]]]
    values, wrong = _values(content)
    problems = [_problem(lines.get(key, 0), key, what, remedy) for key, what, remedy in wrong]
    problems += [_problem(node.start_mark.line + 1, str(node.value), "cette clé figure deux fois.", "En garder une.") for node in twice]
    if problems:
        region = content.get("region", "")
        raise DatasetErrors(problems, region if isinstance(region, str) else None)
    remarks = [
        _problem(lines.get(key, 0), key, f"des lettres semblent perdues : « {visible(lost)} ».", "Retaper le texte.")
        for key, value in content.items()
        for each in _texts_of(value)
        if (lost := suspect(each))
    ]
    return Dataset(**values), remarks


_YAML = "Écrire « clé: valeur », la valeur entre guillemets si elle contient « : » ou « # »."


class _Texts(yaml.SafeLoader):
    """YAML whose dates stay texts: they are read as those of the tables are."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as PyYAML has it
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _problem(line: int, key: str, what: str, remedy: str) -> CellProblem:
    return CellProblem(FILENAME, line, key, what, remedy)


def _tidied(value: object) -> object:
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, list):
        return [_tidied(each) for each in value]
    return {_tidied(key): _tidied(each) for key, each in value.items()} if isinstance(value, dict) else value


def _texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts_of(each)


Wrong = tuple[str, str, str]
"""Key, what is wrong, what to do (French)."""


def _values(content: Mapping[str, Any]) -> tuple[dict[str, Any], list[Wrong]]:
    """The values by the names of :class:`Dataset`, and all that is wrong."""
    every = _KEYS | _OPTIONAL
    values: dict[str, Any] = {}
    wrong: list[Wrong] = [(key, "cette clé manque.", "L'ajouter.") for key in _KEYS if key not in content]
    for key, value in content.items():
        if key not in every:
            wrong.append((str(key), "cette clé n'existe pas.", f"Clés admises : {', '.join(every)}."))
            continue
        try:
            values[every[key]] = _READERS.get(key, _line)(value)
        except CellError as error:
            wrong.append((key, error.what, error.remedy))
    return values, wrong


def _line(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise CellError("il faut un texte.", "L'écrire, entre guillemets si c'est un nombre.")
    return read_text(value)


def _code(form: str, example: str) -> Callable[[object], str]:
    """A code that becomes a part of an IRI; empty when there is none."""

    def one(value: object) -> str:
        if not isinstance(value, str):
            return _line(value)
        if value and not re.fullmatch(form, value):
            raise CellError(f"« {value} » n'a pas la forme d'un code.", f"Écrire par exemple {example}.")
        return value

    return one


def _languages(read: Callable[[object], object]) -> Callable[[object], dict[object, object]]:
    def both(value: object) -> dict[object, object]:
        if not isinstance(value, dict) or set(value) != {"fr", "en"}:
            raise CellError("il faut une valeur fr et une valeur en.", "Écrire deux lignes en retrait : « fr: … » et « en: … ».")
        return {language: read(each) for language, each in value.items()}

    return both


def _words(value: object) -> list[str]:
    if not isinstance(value, list):
        raise CellError("il faut une liste.", "Écrire par exemple [coopération, territoires].")
    return [_line(each) for each in value]


def _address(value: object) -> str:
    if not isinstance(value, str):
        raise CellError("il faut une adresse web.", "Écrire par exemple https://exemple.org/")
    try:
        return web_address(value)
    except BadAddress as error:
        raise CellError(error.what, error.remedy) from error


def _base(value: object) -> str:
    if not isinstance(value, str) or not is_base(value):
        raise CellError(f"vaut {value} : {BASE_FORM}", "La corriger.")
    return value


def _day(value: object) -> str:
    return read_date(value if isinstance(value, str) else str(value))


def _publisher(value: object) -> str:
    if not isinstance(value, str) or kind_of(value) not in AGENT:
        raise CellError(f"vaut {value} : il faut l'identifiant d'une organisation.", "Écrire par exemple A001.")
    return value


def _sources(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and kind_of(each) == "document" for each in value):
        raise CellError("il faut une liste d'identifiants de documents.", "Écrire par exemple [R051].")
    return tuple(value)


def _listed(*admitted: str) -> Callable[[object], str]:
    def one(value: object) -> str:
        if not isinstance(value, str) or value not in admitted:
            raise CellError(f"vaut {value} : il faut une valeur parmi {', '.join(admitted)}.", "La corriger.")
        return value

    return one


_READERS: Mapping[str, Callable[[object], object]] = {
    "base": _base,
    **dict.fromkeys(("date", "premiere_publication"), _day),
    **dict.fromkeys(("titre", "description", "notes_de_version", "lettre", "supplement"), _languages(_line)),
    "mots_cles": _languages(_words),
    "editeur": _publisher,
    **dict.fromkeys(("contact", "page", "licence"), _address),
    "region": _code("[0-9]{2}", "32 pour les Hauts-de-France"),
    "nuts": _code("[A-Z]{2}[A-Z0-9]{0,3}", "FRE pour les Hauts-de-France"),
    "reference": _sources,
    "type_editeur": _listed(*PUBLISHER_TYPES),
    "disponibilite": _listed(*AVAILABILITIES),
    "frequence": _listed(*(EU.iri + f"frequency/{name}" for name in FREQUENCIES)),
    "theme": _listed(*(EU.iri + f"data-theme/{name}" for name in THEMES)),
}
"""By key: its value checked, or a :class:`CellError`. Lists are those of the catalogue, which carries the label of each concept that it uses."""
