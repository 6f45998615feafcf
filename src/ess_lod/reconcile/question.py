"""A query made ready: the readings of its name, its codes, and what else is known of the thing, all in the form in which the index has it."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ess_lod.insee.names import plain
from ess_lod.insee.resolver.wording import without_postal_code, words_of
from ess_lod.reconcile.asked import LONGEST, MOST_VALUES, Query
from ess_lod.reconcile.entities import host_of
from ess_lod.reconcile.likeness import Words
from ess_lod.reconcile.properties import PROPERTIES
from ess_lod.reconcile.readings import Reading, ReadName, read_name, repaired

_SEPARATORS = re.compile(r"[\s.\u00a0\u202f-]+")
_LENGTHS = {"siren": 9, "siret": 14}
_RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")
_INSEE = re.compile(r"([0-9]{2}|2[AB])[0-9]{3}|[0-9]{9}|[0-9]{2}|2[AB]|97[0-9]")
_NUMBER_OF_A_CELL = re.compile(r"\.0+$")
_SAID_CODE = re.compile(r"^(siren|siret|rna|insee|code insee|n°|no)\s*:?\s*", re.IGNORECASE)
_DATES = (
    re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{2})(?:-(?P<d>\d{2})(?:T.*)?)?)?"),
    re.compile(r"(?:(?:(?P<d>\d{1,2})/)?(?P<m>\d{1,2})/)?(?P<y>\d{4})"),
)


@dataclass(frozen=True)
class Question:
    """What is looked for.

    ``codes`` are ``scheme:value``, ``text_codes`` those that the text of the query is; ``unread`` are properties that could not be read. The period
    ``first`` to ``last`` is a day, a month or a year, "" when no date is given.
    """

    name: ReadName
    text_codes: tuple[str, ...]
    codes: tuple[str, ...]
    communes: tuple[str, ...]
    departements: tuple[str, ...]
    fields: tuple[str, ...]
    kinds: tuple[str, ...]
    names: tuple[ReadName, ...]
    hosts: tuple[str, ...]
    first: str
    last: str
    unread: tuple[str, ...]

    @cached_property
    def words(self) -> tuple[tuple[Reading, Words], ...]:
        """The readings of the name, ready to be compared."""
        return tuple(ready(self.name))

    @cached_property
    def said(self) -> str:
        """The kind that the name says, or ""."""
        return next((reading.said for reading in self.name.readings if reading.said), "")

    def code(self, scheme: str) -> tuple[str, ...]:
        """The codes of one scheme."""
        return tuple(code.partition(":")[2] for code in (*self.text_codes, *self.codes) if code.startswith(f"{scheme}:"))

    @property
    def maybe_postal(self) -> bool:
        """Whether the whole text of the query is five digits, which a postal code has too, and no code is given beside it."""
        return not self.codes and any(code.startswith("insee:") for code in self.text_codes)

    @property
    def dated(self) -> bool:
        """Whether a date is given."""
        return bool(self.first)

    def alive(self, since: str, until: str) -> bool:
        """Whether the half-open period holds on some day of the date asked; periods may be partial, "" is open."""
        return since <= self.last and (not until or self.first < until)


def ready(name: ReadName) -> list[tuple[Reading, Words]]:
    """The readings of a name, ready to be compared."""
    return [(reading, Words(reading.key)) for reading in name.readings]


def read_question(query: Query) -> Question:
    """Read a query. Raises ``KeyError`` for a property that is not known; a value that cannot be read is told of, and left out."""
    given: dict[str, list[str]] = {pid: [] for pid in PROPERTIES}
    for wanted in query.properties:
        room = MOST_VALUES - len(given[wanted.pid])
        given[wanted.pid] += [repaired(value) for value in wanted.values[:room] if value.strip()]
    codes: list[str] = []
    unread: list[str] = []
    for scheme in ("siren", "siret", "rna", "insee"):
        for value in given[scheme]:
            code = code_of(scheme, value)
            if code:
                codes.append(f"{scheme}:{code}")
            else:
                unread.append(scheme)
    first = last = ""
    for value in given["date"][:1]:
        first, last = period_of(value)
        unread += ["date"] if not first else []
    text_codes = tuple(codes_in(query.query))
    return Question(
        name=read_name("" if text_codes else query.query),
        text_codes=text_codes,
        codes=tuple(codes),
        communes=tuple(given["commune"]),
        departements=tuple(given["departement"]),
        fields=tuple(given["field"]),
        kinds=tuple(" ".join(words_of(value.rpartition("/")[2])) for value in given["kind"]),
        names=tuple(map(read_name, [*given["acronym"], *given["formerName"]])),
        hosts=tuple(filter(None, map(host_of, given["website"]))),
        first=first,
        last=last,
        unread=tuple(unread),
    )


def code_of(scheme: str, value: str) -> str:
    """A code as it is written in the register, or "" when the value is none: blanks and points go, and zeros that a spreadsheet took away come back."""
    bare = _SEPARATORS.sub("", _NUMBER_OF_A_CELL.sub("", _SAID_CODE.sub("", value.strip()))).upper().removeprefix("FR")
    if scheme == "rna":
        return bare if _RNA.fullmatch(bare) else ""
    if scheme == "insee":
        bare = f"0{bare}" if re.fullmatch(r"[1-9][0-9]{3}|[1-9]", bare) else bare
        return bare if _INSEE.fullmatch(bare) else ""
    size = _LENGTHS[scheme]
    if scheme == "siren" and len(bare) == _LENGTHS["siret"] and bare.isdecimal():
        bare = bare[:size]
    return bare.zfill(size) if bare.isdecimal() and bare.isascii() and size - 1 <= len(bare) <= size else ""


def codes_in(text: str) -> Iterable[str]:
    """The codes, as ``scheme:value``, that a whole text may be; nine digits are a SIREN, and the code of an EPCI too."""
    if len(text) > LONGEST or not any(char.isdigit() for char in text):
        return
    bare = _SEPARATORS.sub("", _SAID_CODE.sub("", text.strip())).upper()
    if _RNA.fullmatch(bare):
        yield f"rna:{bare}"
    elif re.fullmatch(r"[0-9]{14}", bare):
        yield f"siret:{bare}"
    elif re.fullmatch(r"[0-9]{9}", bare):
        yield f"siren:{bare}"
    elif re.fullmatch(r"([0-9]{2}|2[AB])[0-9]{3}", bare):
        yield f"insee:{bare}"


def period_of(value: str) -> tuple[str, str]:
    """First and last day of ``2019-06-01``, ``2019-06``, ``2019``, ``01/06/2019`` or ``06/2019``; ("", "") for what is no date."""
    for pattern in _DATES:
        if found := pattern.fullmatch(_NUMBER_OF_A_CELL.sub("", value.strip())):
            year, month, day = (int(found[part] or 0) for part in "ymd")
            if year < 1 or month > 12 or (day and day > calendar.monthrange(year, month)[1]) or (day and not month):
                break
            end = month or 12
            return f"{year:04}-{month or 1:02}-{day or 1:02}", f"{year:04}-{end:02}-{day or calendar.monthrange(year, end)[1]:02}"
    return "", ""


def commune_words(value: str) -> str:
    """The name of a commune as it is compared: without postal code and *Cedex*."""
    return " ".join(words_of(without_postal_code(value)[0]))


def departement_asked(value: str) -> str:
    """A code of a département, written as such or begun by a postal code or a code of a commune (``59210`` → ``59``); else the plain name."""
    bare = _NUMBER_OF_A_CELL.sub("", value.strip()).upper()
    bare = f"0{bare}" if re.fullmatch(r"[1-9]|[1-9][0-9]{3}", bare) else bare
    if found := re.fullmatch(r"(97[0-9]|98[0-9]|2[AB]|[0-9]{2})([0-9]{2,3})?", bare):
        return found[1]
    return " ".join(words_of(plain(value)))
