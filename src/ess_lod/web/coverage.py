"""Which supplements are about an area, whatever its code was when they appeared.

Areas are compared as sets of communes, each carried forward to the communes of today: so the portrait of a grouping that is gone is found from every
territory that has communes of it now. Memberships are read on one day, half-open ``[start, end)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ess_lod.web import queries
from ess_lod.web.live import Edition
from ess_lod.web.words import last_day


class Span(NamedTuple):
    """A half-open period ``[start, end)``; an empty side is no limit."""

    start: str = ""
    end: str = ""

    def contains(self, date: str) -> bool:
        """Is the day (``2020-03-14``) in it? An empty day is today: what has no end."""
        return self.start <= date and (not self.end or date < self.end) if date else not self.end


ALWAYS = Span()


class Portrait(NamedTuple):
    """A supplement, the territory that it portrays, the day that it appeared (empty when not known)."""

    supplement: str
    territory: str
    date: str
    likely: bool


@dataclass(frozen=True)
class Area:
    """The communes of today that an area is made of; ``partial`` when it is a part of one of them (a quarter, a commune déléguée)."""

    communes: frozenset[str]
    partial: bool = False

    def relation(self, other: Area) -> str:
        """How another area lies to this one: ``around``, ``within``, ``across`` (some communes in common), or empty when they have nothing in common.

        Of two parts of communes nothing is known.
        """
        if not self.communes & other.communes or (self.partial and other.partial):
            return ""
        if self.partial:
            return "around"
        if other.partial:
            return "within"
        if self.communes <= other.communes:
            return "around"
        return "within" if other.communes <= self.communes else "across"


@dataclass(frozen=True)
class Coverage:
    """Which territory is made of which, and the supplements that portray some of them, the latest first.

    ``members`` and ``parts`` lead from a territory to those that it is made of, ``groups`` and ``wholes`` back; ``successors`` to what follows it.
    """

    kinds: dict[str, str]
    members: dict[str, list[tuple[str, Span]]]
    groups: dict[str, list[tuple[str, Span]]]
    parts: dict[str, list[str]]
    wholes: dict[str, list[str]]
    successors: dict[str, list[str]]
    portraits: list[Portrait]

    def area(self, iri: str, date: str, inside: frozenset[str] = frozenset()) -> Area:
        """The area of a territory as it was on a day; empty for today.

        What is already in ``inside`` adds nothing: rows may say that two territories contain each other.
        """
        if iri in inside:
            return Area(frozenset())
        inside |= {iri}
        kind = self.kinds.get(iri, "")
        if kind == "commune":
            return Area(self._today([iri]))
        if kind in ("departement", "region"):
            return _union(self.area(part, date, inside) for part in self.parts.get(iri, ()))
        if iri in self.members:
            return _union(self.area(member, date, inside) for member, span in self.members[iri] if span.contains(date))
        return Area(self._today(whole for whole in self.wholes.get(iri, ()) if self.kinds.get(whole) == "commune"), partial=True)

    def last_day(self, iri: str, life: Span) -> str:
        """The day that shows a territory at its latest: empty while it lives, else the last day of its life, or of its last membership."""
        if life.end:
            return last_day(life.end)
        ends = [span.end for _, span in self.members.get(iri, ())]
        return last_day(max(ends)) if ends and all(ends) else ""

    def departements(self, iri: str, date: str) -> set[str]:
        """The départements that a grouping has communes in, on a day; none for what is no grouping."""
        communes = self.area(iri, date).communes if iri in self.members else ()
        return {whole for commune in communes for whole in self.wholes.get(commune, ()) if self.kinds.get(whole) == "departement"}

    def about(self, iri: str, life: Span) -> list[tuple[Portrait, str]]:
        """The portraits of other territories that have to do with the area of a territory, and how each lies to it."""
        area = self.area(iri, self.last_day(iri, life))
        found = [(each, area.relation(self.area(each.territory, each.date))) for each in self.portraits if each.territory != iri]
        return [(each, relation) for each, relation in found if relation]

    def _today(self, communes: Iterable[str]) -> frozenset[str]:
        waiting, seen, found = list(communes), set[str](), set[str]()
        while waiting:
            commune = waiting.pop()
            if commune not in seen:
                seen.add(commune)
                following = self.successors.get(commune, [])
                waiting += following
                if not following:
                    found.add(commune)
        return frozenset(found)


def coverage(edition: Edition) -> Coverage:
    """The coverage of an edition; read once."""
    return edition.keep("coverage", lambda: _read(edition))


def _read(edition: Edition) -> Coverage:
    members: dict[str, list[tuple[str, Span]]] = {}
    groups: dict[str, list[tuple[str, Span]]] = {}
    for row in edition.rows(queries.fill(queries.MEMBERSHIPS)):
        span = Span(row.get("start", ""), row.get("end", ""))
        members.setdefault(row["group"], []).append((row["member"], span))
        groups.setdefault(row["member"], []).append((row["group"], span))
    parts: dict[str, list[str]] = {}
    wholes: dict[str, list[str]] = {}
    for row in edition.rows(queries.fill(queries.PARTS)):
        parts.setdefault(row["whole"], []).append(row["part"])
        wholes.setdefault(row["part"], []).append(row["whole"])
    successors: dict[str, list[str]] = {}
    for row in edition.rows(queries.fill(queries.SUCCESSORS)):
        successors.setdefault(row["old"], []).append(row["new"])
    kinds = {row["thing"]: row["kind"].rpartition("/")[2] for row in edition.rows(queries.fill(queries.TERRITORY_KINDS))}
    rows = edition.rows(queries.fill(queries.PORTRAITS))
    portraits = [Portrait(row["supplement"], row["territory"], row.get("start", ""), "likely" in row) for row in rows]
    return Coverage(kinds, members, groups, parts, wholes, successors, portraits)


def _union(areas: Iterable[Area]) -> Area:
    return Area(frozenset().union(*(area.communes for area in areas)))
