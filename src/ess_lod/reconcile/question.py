"""A query made ready: the readings of its name, its codes, and what else is known of the thing, all in the form in which the index has it."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from functools import cached_property

from ess_lod.characters import refused, tidy
from ess_lod.insee.names import plain
from ess_lod.insee.resolver.wording import without_postal_code, words_of
from ess_lod.reconcile.asked import MOST_VALUES, Query
from ess_lod.reconcile.codes import Told, code_of_text, read_code, told
from ess_lod.reconcile.entities import host_of
from ess_lod.reconcile.likeness import Words
from ess_lod.reconcile.properties import PROPERTIES
from ess_lod.reconcile.readings import Reading, ReadName, read_name, repaired

_NUMBER_OF_A_CELL = re.compile(r"\.0+$")
_DATES = (
    re.compile(r"(?P<y>[0-9]{4})(?:-(?P<m>[0-9]{2})(?:-(?P<d>[0-9]{2})(?:T.*)?)?)?"),
    re.compile(r"(?:(?:(?P<d>[0-9]{1,2})/)?(?P<m>[0-9]{1,2})/)?(?P<y>[0-9]{4})"),
)
_NAME, _NUMBER = ("nom", "name"), ("numéro", "number")
_NO_DATE = ("pas lue : écrire 2019-06-01, 2019-06 ou 2019", "not read: write 2019-06-01, 2019-06 or 2019")


@dataclass(frozen=True)
class Question:
    """What is looked for.

    ``codes`` are ``scheme:value``, ``text_codes`` those that the text of the query is; ``remarks`` say (French, English) what could
    not be read, or is doubtful. The period
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
    remarks: tuple[Told, ...]

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
    codes: list[str] = []
    remarks: list[Told] = []
    for wanted in query.properties:
        room = MOST_VALUES - len(given[wanted.pid])
        values = [value for value in wanted.values[:room] if tidy(value)]
        given[wanted.pid] += [repaired(value) for value in values if not refused(value)]
        remarks += [told(_named(wanted.pid), value, _strange(value)) for value in values if refused(value)]
    for scheme in ("siren", "siret", "rna", "insee"):
        for value in given[scheme]:
            code = read_code(scheme, value)
            codes += [code.key] if code.value else []
            remarks += [told(_named(scheme), value, code.why)] if code.why[0] else []
    first = last = ""
    for value in given["date"][:1]:
        first, last = period_of(value)
        remarks += [] if first else [told(_named("date"), value, _NO_DATE)]
    strange = bool(refused(query.query))
    whole = None if strange else code_of_text(query.query)
    remarks += [told(_NAME, query.query, _strange(query.query))] if strange else []
    remarks += [told(_NUMBER, query.query, whole.why)] if whole is not None and whole.why[0] else []
    text_codes = (whole.key,) if whole is not None and whole.value else ()
    return Question(
        name=read_name("" if whole is not None or strange else query.query),
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
        remarks=tuple(dict.fromkeys(remarks)),
    )


def _named(pid: str) -> Told:
    return PROPERTIES[pid].name_fr, PROPERTIES[pid].name_en


def _strange(value: str) -> Told:
    points = ", ".join(refused(value))
    return f"contient {points}, que rien n'affiche : l'ôter", f"holds {points}, which nothing shows: remove it"


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
