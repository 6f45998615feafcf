"""What the packages say of one COG year, as plain records: the form between reading and building."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ess_lod.errors import EssLodError

KINDS = {
    "commune-actuelle": "commune",
    "COM": "commune",
    "commune-deleguee": "commune-deleguee",
    "COMD": "commune-deleguee",
    "commune-associee": "commune-associee",
    "COMA": "commune-associee",
    "arrondissement-municipal": "arrondissement-municipal",
    "ARM": "arrondissement-municipal",
    "CC": "communaute-de-communes",
    "CA": "communaute-d-agglomeration",
    "CU": "communaute-urbaine",
    "METRO": "metropole",
    "MET69": "metropole",
    "ME": "metropole",
}


class PackageRefused(EssLodError):
    """A package that cannot be used: missing, altered, truncated, or not of the expected shape (French)."""


@dataclass(frozen=True)
class Pin:
    """A package as SOURCE.yaml names it: which archive, of which COG year, what is read from it, and its SHA-256 ("" when not pinned yet)."""

    name: str
    version: str
    archive: str
    year: int
    parts: tuple[str, ...]
    sha256: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.archive})"


@dataclass(frozen=True, slots=True)
class Place:
    """A commune, déléguée, associée or arrondissement municipal in one COG year."""

    kind: str
    code: str
    name: str
    article: str
    parent: str
    population: int | None


@dataclass(frozen=True, slots=True)
class Grouping:
    """An EPCI in one COG year, with its members (commune code → name as the list of EPCI writes it)."""

    siren: str
    kind: str
    name: str
    population: int | None
    members: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Division:
    """A département or a région in one COG year."""

    code: str
    name: str
    article: str
    seat: str
    region: str


@dataclass(frozen=True, slots=True)
class Past:
    """A life of a commune code in the history since 1943. ``end`` and ``start`` are "" when the history has none; ``pole`` is the id of the whole."""

    id: str
    kind: str
    code: str
    name: str
    article: str
    start: str
    end: str
    heir: str
    pole: str


@dataclass
class Edition:
    """What the packages of one COG year say. A part that no package of the year has is empty."""

    year: int
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    groupings: dict[str, Grouping] = field(default_factory=dict)
    departements: list[Division] = field(default_factory=list)
    regions: list[Division] = field(default_factory=list)
    past: list[Past] = field(default_factory=list)
    points: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    old_codes: dict[str, str] = field(default_factory=dict)
    """Code of a commune that is no longer → code of the one that it went into."""
    postal: set[tuple[str, str]] = field(default_factory=set)
    """Postal code, code of a commune that has it."""
    _names: dict[str, str] | None = None

    @property
    def day(self) -> str:
        """The first of January of the COG year."""
        return f"{self.year}-01-01"

    def member_names(self) -> Mapping[str, str]:
        """Commune code → name, over the members of all EPCI."""
        if self._names is None:
            self._names = {code: name for grouping in self.groupings.values() for code, name in grouping.members.items()}
        return self._names


def as_text(value: object) -> str:
    """A name, not empty. Raises ValueError."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"nom {value!r}")
    return " ".join(value.split())


def as_code(value: object) -> str:
    """An INSEE commune code: five characters. Raises ValueError."""
    if not isinstance(value, str) or len(value) != 5:
        raise ValueError(f"code {value!r}")
    return value


def as_siren(value: object) -> str:
    """Nine digits, as a string. Raises ValueError."""
    if not isinstance(value, str) or len(value) != 9 or not value.isdigit():
        raise ValueError(f"SIREN {value!r}")
    return value


def as_digit(value: object) -> str:
    """INSEE's TNCC, "" when there is none."""
    return "" if value is None else str(value)


def as_count(value: object) -> int | None:
    """A population, ``None`` when there is none. Raises ValueError."""
    if value is None:
        return None
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"population {value!r}")
    return value
