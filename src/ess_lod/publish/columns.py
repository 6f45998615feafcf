"""What a column and a table are: the parts that :mod:`ess_lod.publish.schema` is made of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

Schemes = Mapping[str, Mapping[str, tuple[str, ...]]]
"""By SKOS scheme: its notations, each with the labels of its concept."""


class Kind(Enum):
    """How the text of a cell is read."""

    TEXT = "texte"
    INTEGER = "nombre entier"
    DECIMAL = "nombre"
    DATE = "date AAAA-MM-JJ"
    PARTIAL_DATE = "date AAAA, AAAA-MM ou AAAA-MM-JJ"
    URL = "adresse http(s)"
    ID = "identifiant"
    REF = "renvoi"
    CONCEPT = "terme du vocabulaire"
    CHOICE = "un mot parmi"
    COMMUNE = "code commune INSEE"
    CODE = "code INSEE ou SIREN"
    LINKED = "identifiant, ou liste/terme"
    OFFICIAL = "SIREN, SIRET ou RNA"


@dataclass(frozen=True)
class Column:
    """One column: its header, what it is for (French), how it is read.

    ``target`` names the kinds of thing that a ``REF`` or ``LINKED`` may point to, the scheme of a ``CONCEPT``, or the words of a ``CHOICE``.
    ``many`` cells hold several values separated by ``|``.
    """

    name: str
    about: str
    kind: Kind = Kind.TEXT
    required: bool = False
    many: bool = False
    target: tuple[str, ...] = ()


def fold(text: str) -> str:
    """A text without case, accents, kinds of apostrophes, dashes and blanks: what people take for the same word."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return " ".join(re.sub(r"[^\w|/()]|_", " ", "".join(char for char in plain if not unicodedata.combining(char))).split())


@dataclass(frozen=True)
class Table:
    """One CSV file. ``key`` columns together identify a row; ``noun`` is the kind of thing when rows have an id."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    noun: str | None = None
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {c.name: c for c in self.columns})

    def named(self, header: str) -> str | None:
        """The column that a header means, whatever its case, accents and blanks."""
        return next((name for name in self.by_name if fold(name) == fold(header)), None)

    @property
    def filename(self) -> str:
        """Name of the file in the data directory."""
        return f"{self.name}.csv"


AGENT = ("acteur", "personne-publique")
PORTRAYABLE = (*AGENT, "dispositif", "cooperation")
PUBLICATION = ("supplement", "lettre", "document")
ANYTHING = (*PORTRAYABLE, "territoire", "supplement", "lettre")


def identity(noun: str) -> Column:
    """The column that holds the id of a row."""
    return Column("id", f"Identifiant de la ligne, pris dans registre.csv ({noun}).", Kind.ID, required=True, target=(noun,))


def ref(name: str, about: str, *kinds: str, required: bool = False, many: bool = False) -> Column:
    """A column that points to rows of other tables."""
    return Column(name, about, Kind.REF, required, many, kinds)


def concept(name: str, about: str, scheme: str, *, required: bool = False, many: bool = False) -> Column:
    """A column whose values are of a SKOS scheme."""
    return Column(name, about, Kind.CONCEPT, required, many, (scheme,))


def choice(name: str, about: str, *words: str, required: bool = False) -> Column:
    """A column whose value is one of a few words that are no SKOS concepts."""
    return Column(name, about, Kind.CHOICE, required, target=words)


SOURCES = ref("sources", "Documents qui l'établissent ; le premier donne le graphe de provenance.", "document", required=True, many=True)
DESCRIPTION = (
    Column("description_fr", "Une ou deux phrases, rédigées par nous, sans recopier la source."),
    Column("description_en", "La même chose en anglais."),
)


def period(about: str, kind: Kind = Kind.PARTIAL_DATE, *, required: bool = False) -> tuple[Column, Column]:
    """The two columns of a half-open period."""
    return (
        Column("debut", f"{about} : premier jour.", kind, required),
        Column(
            "fin", f"{about} : premier jour où ce n'est plus le cas (borne exclue) ; vide si toujours en cours ou inconnu.", kind, required
        ),
    )


CONFIDENCE = concept("confiance", "Sûreté de l'identification.", "confiance", required=True)
