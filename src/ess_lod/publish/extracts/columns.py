"""What a table for people without RDF is made of: columns, each with a path of properties from the thing of the row to its values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from ess_lod.terms import PREFIXES

JOIN = " | "
"""Between the values of one cell; a value that has it itself is written with `` / ``."""


class Kind(Enum):
    """What the values of a column are."""

    IRI = "iri"
    TEXT = "text"
    CODE = "code"
    DAY = "day"
    DATE = "date"
    INTEGER = "integer"
    NUMBER = "number"


class Part(Enum):
    """What of the value at the end of its path a column shows."""

    VALUE = "value"
    LABEL = "label"
    ID = "id"
    LONGITUDE = "longitude"
    LATITUDE = "latitude"


@dataclass(frozen=True)
class Column:
    """A column: its name, its titles and what it means in both languages, and where its values come from.

    ``path`` has properties between ``/``, ``^`` for the inverse and ``|`` between alternatives of one step; an empty path is the thing itself.
    ``language`` and ``pattern`` say which values are kept. ``of`` names the table that the values are keys of.
    """

    name: str
    english: str
    path: str
    kind: Kind
    about: str
    about_english: str
    many: bool = False
    part: Part = Part.VALUE
    language: str = ""
    pattern: str = ""
    of: str = ""

    @cached_property
    def steps(self) -> tuple[tuple[tuple[str, bool], ...], ...]:
        """The path, step by step: the alternatives of each, as IRI of the property and whether it is followed backwards."""
        return tuple(
            tuple((expand(name.removeprefix("^")), name.startswith("^")) for name in step.split("|"))
            for step in self.path.split("/")
            if step
        )

    @cached_property
    def property(self) -> str:
        """IRI of the property whose values the column has; empty when it has none: a path of several steps, an inverse, a label, a part."""
        if len(self.steps) != 1 or len(self.steps[0]) != 1 or self.part is not Part.VALUE:
            return ""
        iri, backwards = self.steps[0][0]
        return "" if backwards else iri

    @cached_property
    def keeps(self) -> re.Pattern[str] | None:
        """What a value must look like to be kept, when not all are."""
        return re.compile(self.pattern) if self.pattern else None


@dataclass(frozen=True)
class Noun:
    """A table: name of its files, class of its things, titles and what it holds in both languages, columns; the first is the key."""

    name: str
    thing: str
    title: str
    english: str
    about: str
    about_english: str
    columns: tuple[Column, ...]


def expand(name: str) -> str:
    """``ess:features`` → its IRI. Raises ``KeyError`` for a prefix that is none of ours."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def key(noun: str, english: str) -> tuple[Column, ...]:
    """The columns that every table begins with: the URI of its thing, and the end of it."""
    uri = Column(
        "uri",
        "uri",
        "",
        Kind.IRI,
        f"URI {noun} : l'identité de la ligne, et l'adresse de sa page.",
        f"URI of the {english}: identity and address.",
    )
    return (uri, Column("id", "id", "", Kind.CODE, "Fin de l'URI.", "The end of the URI.", part=Part.ID))


def text(name: str, english: str, path: str, about: str, about_english: str, *, many: bool = False, language: str = "fr") -> Column:
    """Texts in a language."""
    return Column(name, english, path, Kind.TEXT, about, about_english, many=many, language=language)


def code(name: str, english: str, path: str, about: str, about_english: str, *, many: bool = False, pattern: str = "") -> Column:
    """Codes and other plain texts, kept character by character."""
    return Column(name, english, path, Kind.CODE, about, about_english, many=many, pattern=pattern)


def link(name: str, english: str, path: str, about: str, about_english: str, *, many: bool = False, of: str = "") -> tuple[Column, Column]:
    """Two columns for what a row leads to: its name in French, then its URI, in the same order when there are several."""
    label = Column(name, english, path, Kind.TEXT, f"{about} : nom.", f"{about_english}: name.", many=many, part=Part.LABEL)
    return label, Column(f"{name}_uri", f"{english} uri", path, Kind.IRI, f"{about} : URI.", f"{about_english}: URI.", many=many, of=of)


def names() -> tuple[Column, ...]:
    """The name of a thing, in both languages."""
    return (
        text("nom", "name (French)", "rdfs:label", "Nom en français.", "Name in French."),
        text("nom_en", "name", "rdfs:label", "Nom en anglais, quand il y en a un.", "Name in English, where there is one.", language="en"),
    )


def descriptions() -> tuple[Column, ...]:
    """What is said of a thing in a few sentences."""
    return (
        text("description", "description (French)", "dcterms:description", "Description en français.", "Description in French."),
        text("description_en", "description", "dcterms:description", "Description en anglais.", "Description in English.", language="en"),
    )


def sources() -> tuple[Column, ...]:
    """The documents that a row rests on."""
    return link(
        "sources", "sources", "dcterms:source", "Documents qui l'établissent", "Documents that it rests on", many=True, of="documents"
    )


def period(path: str, kind: Kind = Kind.DAY) -> tuple[Column, ...]:
    """First day, and first day that is no longer so."""
    return (
        Column("debut", "start", f"{path}/dcat:startDate", kind, "Premier jour.", "First day."),
        Column(
            "fin",
            "end",
            f"{path}/dcat:endDate",
            kind,
            "Premier jour où ce n'est plus le cas (borne exclue).",
            "First day that is no longer in it.",
        ),
    )


def place(path: str = "") -> tuple[Column, ...]:
    """Coordinates in degrees (WGS 84) of a point."""
    whole = "/".join(filter(None, (path, "geo:hasDefaultGeometry", "geo:asWKT")))
    return (
        Column(
            "longitude", "longitude", whole, Kind.NUMBER, "Longitude, degrés, WGS 84.", "Longitude, degrees, WGS 84.", part=Part.LONGITUDE
        ),
        Column("latitude", "latitude", whole, Kind.NUMBER, "Latitude, degrés, WGS 84.", "Latitude, degrees, WGS 84.", part=Part.LATITUDE),
    )
