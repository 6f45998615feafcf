"""What a code meant on a day: dated states of communes, EPCI, départements and régions, who belonged to which EPCI, and what happened.

Everything is read once from the CSV files of ``data/insee/``. Dates are ISO days, periods are half-open ``[start, end)``. An empty start
means "on the first day that the sources tell of, or before": such a state counts as alive on any earlier day, because nothing says otherwise.
An empty end means "still so in the last COG". ``documented_from`` says since when the sources tell everything about a family.

A code of the family *commune* may name two things at once: 60054 was from 2019 to 2023 a commune (Les Hauts-Talican) and one of its
communes déléguées (Beaumont-les-Nonains). ``at`` gives the commune; ask for a kind to get the other.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml

from ess_lod.errors import EssLodError

Family = Literal["commune", "epci", "departement", "region"]

FAMILY_OF_KIND: dict[str, Family] = {
    "commune": "commune",
    "commune-deleguee": "commune",
    "commune-associee": "commune",
    "arrondissement-municipal": "commune",
    "communaute-de-communes": "epci",
    "communaute-d-agglomeration": "epci",
    "communaute-urbaine": "epci",
    "metropole": "epci",
    "departement": "departement",
    "region": "region",
}
FILES: dict[Family, str] = {"commune": "communes.csv", "epci": "epci.csv", "departement": "departements.csv", "region": "regions.csv"}
STATE_COLUMNS = (
    *("code", "type", "nom", "article", "debut", "fin", "departement", "region", "parent", "siege"),
    *("population", "annee_population", "lon", "lat"),
)
MEMBER_COLUMNS = ("commune", "epci", "debut", "fin")
EVENT_COLUMNS = ("type", "date", "avant", "apres", "communes", "note", "source")
POSTAL, POSTAL_COLUMNS = "codes_postaux.csv", ("code_postal", "commune")
UUID_COLUMNS = ("type", "code", "debut", "uuid")
SUCCESSIONS = frozenset({"fusion", "absorption", "scission", "transformation"})


class ReferenceUnreadable(EssLodError):
    """A file of the reference is missing or has not the expected form (French)."""


@dataclass(frozen=True, slots=True)
class State:
    """One thing between two changes of its name, kind, parent or seat.

    ``kind`` is a notation of the scheme type-territoire. ``name`` is written with its article ("L'Isle-Adam"), ``article`` is INSEE's
    TNCC digit ("" when the source has none). ``parent`` is the commune of a déléguée, an associée or an arrondissement municipal.
    ``seat`` is the commune code of the chef-lieu (départements and régions; no source read here has it for EPCI).
    ``departement`` of an EPCI is that of most of its members, not a legal seat. ``population`` is the municipal population (of an EPCI: the sum
    of its members) in the last source that shows the state; ``population_year`` is the year of the COG edition that prints it, not of the census
    (the packages do not print that). ``lon`` and ``lat`` are the town hall, WGS 84 degrees.
    """

    kind: str
    code: str
    name: str
    article: str = ""
    start: str = ""
    end: str = ""
    departement: str = ""
    region: str = ""
    parent: str = ""
    seat: str = ""
    population: int | None = None
    population_year: str = ""
    lon: float | None = None
    lat: float | None = None

    @property
    def family(self) -> Family:
        """``commune``, ``epci``, ``departement`` or ``region``."""
        return FAMILY_OF_KIND[self.kind]

    def alive(self, date: str) -> bool:
        """Whether the state holds on that day (an empty start: not known to begin later)."""
        return within(date, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Membership:
    """A commune in an EPCI à fiscalité propre during ``[start, end)``."""

    commune: str
    epci: str
    start: str = ""
    end: str = ""

    def alive(self, date: str) -> bool:
        """Whether it holds on that day."""
        return within(date, self.start, self.end)


Reached = tuple[Family, str]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day. ``before`` names what was so the day before, ``after`` what was so from that day on.

    ``kind`` is a notation of the scheme evenement. ``communes`` are those that moved (*mouvement-commune*). ``source`` is a key of SOURCE.yaml.
    """

    kind: str
    date: str
    before: tuple[Reached, ...] = ()
    after: tuple[Reached, ...] = ()
    communes: tuple[str, ...] = ()
    note: str = ""
    source: str = ""


def within(date: str, start: str, end: str) -> bool:
    """Whether a day lies in the half-open period; ISO days compare as strings."""
    return start <= date and (not end or date < end)


def departement_of(commune: str) -> str:
    """The département (or overseas collectivity) of a commune code: ``60054`` → ``60``, ``2A004`` → ``2A``, ``97411`` → ``974``."""
    return commune[:3] if commune[:2] in ("97", "98") else commune[:2]


class Reference:
    """The states, memberships and events of ``data/insee/``; see the module. Build it with :func:`read_reference`."""

    def __init__(
        self,
        states: Iterable[State],
        memberships: Iterable[Membership],
        events: Iterable[Event],
        documented: dict[str, str] | None = None,
        last: str = "",
    ) -> None:
        self.last = last
        self._documented = documented or {}
        self._states = _grouped(states, lambda state: (state.family, state.code))
        members = sorted(memberships, key=lambda m: (m.commune, m.start, m.epci))
        self._of_commune = _grouped(members, lambda m: m.commune)
        self._of_epci = _grouped(members, lambda m: m.epci)
        self._memberships = tuple(members)
        self._events = tuple(events)
        self._events_of: dict[Reached, list[Event]] = defaultdict(list)
        for event in self._events:
            for thing in dict.fromkeys((*event.before, *event.after, *(("commune", code) for code in event.communes))):
                self._events_of[thing].append(event)

    def states(self, family: Family, code: str) -> tuple[State, ...]:
        """All lives of a code, oldest first; empty when the code is not known. A reused code has several, see the module."""
        return tuple(self._states.get((family, code), ()))

    def at(self, family: Family, code: str, date: str, kind: str = "") -> State | None:
        """What a code was on a day, or ``None``. Without ``kind`` a commune goes before a déléguée, associée or arrondissement."""
        alive = [s for s in self._states.get((family, code), ()) if s.alive(date) and (not kind or s.kind == kind)]
        return min(alive, key=lambda s: s.kind != "commune") if alive else None

    def all_at(self, family: Family, date: str, kind: str = "") -> Iterator[State]:
        """Every state of the family alive on that day, in the order of codes."""
        for (of, _), states in self._states.items():
            if of == family:
                yield from (s for s in states if s.alive(date) and (not kind or s.kind == kind))

    def all_states(self, family: Family) -> Iterator[State]:
        """Every state of the family, of all times, in the order of codes."""
        for (of, _), states in self._states.items():
            if of == family:
                yield from states

    def epci_of(self, commune: str, date: str) -> str | None:
        """The SIREN of the EPCI à fiscalité propre of a commune on a day.

        A déléguée, associée or arrondissement municipal answers for its commune. ``None``: in none, not a commune on that day, or not known:
        :meth:`documented_from` tells the last two apart.
        """
        state = self.at("commune", commune, date)
        if state is not None and state.kind != "commune":
            commune = state.parent
        for membership in self._of_commune.get(commune, ()):
            if membership.alive(date) and (membership.start or date >= self.documented_from("epci", departement_of(commune))):
                return membership.epci
        return None

    def members(self, epci: str, date: str) -> tuple[str, ...]:
        """The commune codes of an EPCI on a day, sorted. An empty start counts as alive, as everywhere."""
        return tuple(sorted(m.commune for m in self._of_epci.get(epci, ()) if m.alive(date)))

    def memberships(self, commune: str = "", epci: str = "") -> tuple[Membership, ...]:
        """The memberships of a commune, of an EPCI, of both, or all of them, sorted by commune and date."""
        if commune:
            return tuple(m for m in self._of_commune.get(commune, ()) if not epci or m.epci == epci)
        return tuple(self._of_epci.get(epci, ())) if epci else self._memberships

    def events(self, family: Family | None = None, code: str = "") -> tuple[Event, ...]:
        """The events that touch a code (also as a commune that moved), those that touch a family, or all; oldest first."""
        if family and code:
            return tuple(self._events_of.get((family, code), ()))
        if family:
            return tuple(e for e in self._events if any(of == family for of, _ in (*e.before, *e.after)))
        return self._events

    def successors(self, family: Family, code: str, date: str) -> tuple[str, ...]:
        """Codes that today stand where a code stood on a day, sorted: itself while it lives on, otherwise what fusions, splits
        and the like made of it, followed to the end. Empty when the code was nothing then or nothing followed it.

        A split is followed to all its parts: ask :meth:`epci_of` for each member to go commune by commune.
        """
        ends: set[str] = set()
        seen: set[tuple[str, str]] = set()
        todo = [(code, date)]
        while todo:
            step = todo.pop()
            if step in seen:
                continue
            seen.add(step)
            now, day = step
            state = self.at(family, now, day)
            if state is None:
                continue
            if not state.end:
                ends.add(now)
            elif state.kind in ("commune-deleguee", "commune-associee"):
                todo.append((state.parent if self.at(family, now, state.end) is None else now, state.end))
            else:
                todo.extend((after, state.end) for after in self._next(family, now, state.end))
        return tuple(sorted(ends))

    def _next(self, family: Family, code: str, date: str) -> set[str]:
        """Where a code goes on the day that its state ends: the results of successions, or itself when only an attribute changed."""
        after = {
            to
            for event in self._events_of.get((family, code), ())
            if event.date == date and event.kind in SUCCESSIONS and (family, code) in event.before
            for of, to in event.after
            if of == family
        }
        return after or ({code} if self.at(family, code, date) else set())

    def documented_from(self, family: Family, departement: str = "") -> str:
        """The first day of which the sources tell everything about a family (for ``epci``: who was a member), "" when not stated."""
        return self._documented.get(f"{family}-{departement}") or self._documented.get(family, "")


T = TypeVar("T")
K = TypeVar("K")


def _grouped(things: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return dict(groups)


def read_reference(folder: Path) -> Reference:
    """Read the reference of a folder (``data/insee``). Raises :class:`ReferenceUnreadable`, in French, naming file and line."""
    source = _read_source(folder / "SOURCE.yaml")
    states = [state for family, name in FILES.items() for state in _read_states(folder / name, family)]
    members = [Membership(*row) for row in read_rows(folder / "membres.csv", MEMBER_COLUMNS)]
    events = [_event(row) for row in read_rows(folder / "evenements.csv", EVENT_COLUMNS)]
    return Reference(states, members, events, source["documente_depuis"], source["dernier_cog"])


def read_uuids(folder: Path) -> dict[tuple[str, str, str], str]:
    """(kind, code, start of the state) → INSEE's UUID of that state. Empty until a maintainer imports INSEE's file."""
    return {(kind, code, start): uuid for kind, code, start, uuid in read_rows(folder / "uuid.csv", UUID_COLUMNS)}


def read_postal_codes(folder: Path) -> dict[str, tuple[str, ...]]:
    """Postal code → the communes that have it, in the last COG. Empty in a folder that was made before there was such a file."""
    found: dict[str, list[str]] = defaultdict(list)
    if (folder / POSTAL).is_file():
        for postal, commune in read_rows(folder / POSTAL, POSTAL_COLUMNS):
            found[postal].append(commune)
    return {postal: tuple(communes) for postal, communes in found.items()}


def _read_source(path: Path) -> dict[str, Any]:
    try:
        source = yaml.safe_load(path.read_text(encoding="utf-8"))
        documented = {str(k): str(v) for k, v in source["documente_depuis"].items()}
        return {"documente_depuis": documented, "dernier_cog": str(source["dernier_cog"])}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ReferenceUnreadable(
            f"{path.name} est absent ou n'a pas la forme attendue. Reconstruire avec « ess-lod insee refresh »."
        ) from error


def _read_states(path: Path, family: Family) -> Iterator[State]:
    for line, row in enumerate(read_rows(path, STATE_COLUMNS), 2):
        code, kind, name, article, start, end, departement, region, parent, seat, people, year, lon, lat = row
        if FAMILY_OF_KIND.get(kind) != family:
            raise ReferenceUnreadable(f"{path.name}, ligne {line} : le type « {kind} » n'est pas de cette table.")
        try:
            population = int(people) if people else None
            point = (float(lon), float(lat)) if lon and lat else (None, None)
        except ValueError as error:
            raise ReferenceUnreadable(f"{path.name}, ligne {line} : un nombre est attendu ({error}).") from error
        yield State(kind, code, name, article, start, end, departement, region, parent, seat, population, year, *point)


def _event(row: list[str]) -> Event:
    kind, date, before, after, communes, note, source = row
    return Event(kind, date, things(before), things(after), tuple(communes.split()), note, source)


def things(cell: str) -> tuple[Reached, ...]:
    """``commune:60054 commune:60694`` as pairs."""
    pairs = (thing.partition(":") for thing in cell.split())
    return tuple((family, code) for family, _, code in pairs)  # type: ignore[misc]


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[list[str]]:
    """The rows of a table that must have exactly these columns. Raises :class:`ReferenceUnreadable` naming file and line."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            if tuple(next(rows, ())) != columns:
                raise ReferenceUnreadable(f"{path.name}, ligne 1 : les colonnes attendues sont {', '.join(columns)}.")
            width = len(columns)
            for row in rows:
                if len(row) != width:
                    raise ReferenceUnreadable(
                        f"{path.name}, ligne {rows.line_num} : {width} cellules sont attendues, il y en a {len(row)}."
                    )
                yield row
    except (OSError, UnicodeDecodeError) as error:
        raise ReferenceUnreadable(f"{path.name} ne peut pas être lu. Reconstruire avec « ess-lod insee refresh ».") from error
