"""What the page of a territory tells beyond its description: its life as a line, who composed it at a date, and every supplement about its area."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from flask import request
from werkzeug.exceptions import BadRequest

from ess_lod.web import queries
from ess_lod.web.graph import Node, reading_order
from ess_lod.web.live import Edition
from ess_lod.web.pages import Entry, entries
from ess_lod.web.rendering import language
from ess_lod.web.words import first_day, last_day, phrase

MANY = 60
"""How many parts a page lists itself; beyond, it links to the list of territories."""

_LEVELS = 4
"""Quarter, commune, grouping, pays: how far containment is followed."""


class Span(NamedTuple):
    """A half-open period ``[start, end)``; an empty side is no limit."""

    start: str = ""
    end: str = ""

    def contains(self, date: str) -> bool:
        """Is the day (``2020-03-14``) in it?"""
        return self.start <= date and (not self.end or date < self.end)


ALWAYS = Span()


class Portrait(NamedTuple):
    """A supplement, the territory that it portrays, the day that it appeared (empty when not known)."""

    supplement: str
    territory: str
    date: str
    likely: bool


Containers = dict[str, list[tuple[str, Span]]]
"""What contains each territory, and when."""


@dataclass(frozen=True)
class Member:
    """A membership: who, from when to when, and what it belonged to (or, for a commune made or ended then, was) just before and just after."""

    membership: Node
    territory: Node
    span: Span
    came_from: list[Node]
    went_to: list[Node]

    @property
    def kind(self) -> str:
        """Notation of the kind of the member."""
        return next((each.name for each in self.territory.all("ess:territoryKind")), "")


@dataclass(frozen=True)
class Told:
    """A supplement about the area, and the territory that it portrays."""

    entry: Entry
    territory: Node
    likely: bool


@dataclass(frozen=True)
class Story:
    """What the template shows. ``day`` is the day of which ``members`` are shown, empty for today; ``others`` are those of other days."""

    date: str
    day: str
    states: list[Node]
    before: list[Node]
    after: list[Node]
    groups: list[Node]
    members: list[Member]
    others: list[Member]
    departements: list[Node]
    contained: list[Node]
    told: dict[str, list[Told]] = field(default_factory=dict)

    @property
    def placed(self) -> frozenset[str]:
        """Fragments of the parts that the tables of members show."""
        nodes = [each.membership for each in (*self.members, *self.others)]
        return frozenset(each.fragment for node in nodes for each in (node, *node.all("dcterms:temporal")))


def story(edition: Edition, about: Node, date: str) -> Story:
    """The story of a territory whose description is in the graph of ``about``, with its members at ``date`` (empty: today, or its last day).

    The graph gains what is asked for here.
    """
    graph = about.graph
    graph.add(edition.triples(queries.fill(queries.LINE, iri=about.value)))
    before, after = _along(about, "dcterms:replaces"), _along(about, "dcterms:isReplacedBy")
    line = [about, *before, *after]
    around = containers(edition, {each.value for each in line})
    portraits = edition.keep("portraits", lambda: _portraits(edition))
    contained = [each for each in about.of("dcterms:isPartOf") if each.kind == "territoire"]
    memberships = about.of("ess:groupingTerritory")
    careers = _careers(edition, {each.value for node in memberships for each in node.all("ess:memberTerritory")})
    named = (
        careers.keys()
        | {whole for wholes in careers.values() for whole, _ in wholes}
        | {node.value for node in line}
        | {whole for wholes in around.values() for whole, _ in wholes}
    )
    named |= {each.territory for each in portraits[0]} | {each.value for each in contained[:MANY]}
    graph.add(edition.triples(queries.fill(queries.LIVES, iris=" ".join(f"<{iri}>" for iri in sorted(named)))))
    life = span(about)
    day = date or (last_day(life.end) if life.end else "")
    members = _members(about, memberships, careers)
    then = [each for each in members if (each.span.contains(day) if day else not each.span.end)]
    return Story(
        date,
        day,
        sorted(about.all("ess:hasState"), key=lambda each: reading_order(each.fragment)),
        sorted(before, key=lambda each: (span(each).end, reading_order(each.label))),
        sorted(after, key=lambda each: (span(each).start, reading_order(each.label))),
        sorted(about.of("ess:memberTerritory"), key=lambda each: (span(each), each.value)),
        then,
        [each for each in members if each not in then],
        _departements(about, around),
        contained,
        _told(edition, about, before, after, around),
    )


def asked_date() -> str:
    """The day that ``?date=`` names (a month or a year is its first day); empty without one. Raises :class:`BadRequest` for what is no date."""
    asked = {value for value in request.args.getlist("date") if value}
    if len(asked) > 1:
        raise BadRequest(phrase("date-one", language()))
    if not asked:
        return ""
    text = asked.pop()
    date = first_day(text)
    if not date:
        raise BadRequest(phrase("date-form", language(), date=text))
    return date


def span(node: Node) -> Span:
    """The period of a territory, a state or a membership."""
    period = node.one("dcterms:temporal")
    return Span(period.text("dcat:startDate"), period.text("dcat:endDate")) if period is not None else ALWAYS


def containers(edition: Edition, iris: Iterable[str]) -> Containers:
    """What contains territories, and what contains that."""
    found: Containers = {}
    waiting = set(iris)
    for _ in range(_LEVELS):
        if not waiting:
            break
        found.update({iri: [] for iri in waiting})
        for row in edition.rows(queries.fill(queries.AROUND, iris=" ".join(f"<{iri}>" for iri in sorted(waiting)))):
            found[row["x"]].append((row["whole"], Span(row.get("start", ""), row.get("end", ""))))
        waiting = {whole for iri in waiting for whole, _ in found[iri]} - found.keys()
    return found


def _careers(edition: Edition, members: set[str]) -> Containers:
    """All that each member of a territory has ever been a member of."""
    found: Containers = {iri: [] for iri in members}
    for row in edition.rows(queries.fill(queries.MEMBERSHIPS, iris=" ".join(f"<{iri}>" for iri in sorted(members)))) if members else ():
        found[row["x"]].append((row["whole"], Span(row.get("start", ""), row.get("end", ""))))
    return found


def _along(about: Node, curie: str) -> list[Node]:
    """All that can be reached by ``replaces`` or ``isReplacedBy``."""
    inverse = "dcterms:isReplacedBy" if curie == "dcterms:replaces" else "dcterms:replaces"
    found: list[Node] = []
    waiting = [about]
    while waiting:
        here = waiting.pop()
        for each in {*here.all(curie), *here.of(inverse)}:
            if each != about and each not in found and each.kind == "territoire":
                found.append(each)
                waiting.append(each)
    return found


def _members(about: Node, memberships: list[Node], careers: Containers) -> list[Member]:
    found = []
    for each in memberships:
        for member in each.all("ess:memberTerritory"):
            when, career = span(each), [(about.at(whole), other) for whole, other in careers.get(member.value, ()) if whole != about.value]
            left = [whole for whole, other in career if when.start and other.end == when.start]
            joined = [whole for whole, other in career if when.end and other.start == when.end]
            made_of = member.all("dcterms:replaces") if when.start and span(member).start == when.start else []
            became = member.all("dcterms:isReplacedBy") if when.end and span(member).end == when.end else []
            found.append(Member(each, member, when, _in_order(left) or made_of, _in_order(joined) or became))
    return sorted(found, key=lambda each: (reading_order(each.territory.label), each.span))


def _in_order(nodes: Iterable[Node]) -> list[Node]:
    return sorted(set(nodes), key=lambda each: reading_order(each.label))


def _departements(about: Node, around: Containers) -> list[Node]:
    """The départements that a grouping has communes in."""
    found = {about.at(whole) for whole, _ in around[about.value]} - {*about.all("dcterms:isPartOf")}
    return _in_order(each for each in found if any(kind.name == "departement" for kind in each.all("ess:territoryKind")))


def _portraits(edition: Edition) -> tuple[list[Portrait], Containers]:
    """Every portrait, and what contains the territories portrayed."""
    rows = edition.rows(queries.fill(queries.PORTRAITS))
    found = [Portrait(row["supplement"], row["territory"], row.get("start", ""), "likely" in row) for row in rows]
    return found, containers(edition, {each.territory for each in found})


def _told(edition: Edition, about: Node, before: list[Node], after: list[Node], around: Containers) -> dict[str, list[Told]]:
    """The supplements about the area: on the territory itself (``own``), on what it was or became (``line``), on what contained it when they appeared
    (``around``), on a part of it (``within``)."""
    portraits, beyond = edition.keep("portraits", lambda: _portraits(edition))
    listed = {each.iri: each for each in entries(edition, "supplement", about.language)}
    found: dict[str, list[Told]] = {}
    for each in portraits:
        portrayed = about.at(each.territory)
        living = {node.value for node in (about, *before, *after) if each.date and span(node).contains(each.date)}
        if portrayed == about:
            relation = "own"
        elif portrayed in (*before, *after):
            relation = "line"
        elif any(each.territory in _wholes(around, iri, each.date) for iri in living):
            relation = "around"
        elif living & _wholes(beyond, each.territory, each.date):
            relation = "within"
        else:
            continue
        found.setdefault(relation, []).append(Told(listed[each.supplement], portrayed, each.likely))
    return found


def _wholes(around: Containers, iri: str, date: str) -> set[str]:
    """All that contained a territory on a day."""
    found: set[str] = set()
    waiting = [iri]
    while waiting:
        for whole, when in around.get(waiting.pop(), ()):
            if whole not in found and when.contains(date):
                found.add(whole)
                waiting.append(whole)
    return found
