"""What the page of a territory tells beyond its description: its life as a line, who composed it at a date, and every supplement about its area."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from flask import request
from werkzeug.exceptions import BadRequest

from ess_lod.web import queries
from ess_lod.web.coverage import ALWAYS, Coverage, Span, coverage
from ess_lod.web.graph import Node, reading_order
from ess_lod.web.lists import Entry, entries
from ess_lod.web.live import Edition
from ess_lod.web.rendering import language
from ess_lod.web.words import first_day, phrase

MANY = 60
"""How many parts a page lists itself; beyond, it links to the list of territories."""


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

    life: Span
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
    def alive(self) -> bool:
        """Did it exist on the day that was asked for?"""
        return not self.date or self.life.contains(self.date)

    @property
    def turns(self) -> dict[str, tuple[Node, Node]]:
        """By day: the state that ended and the one that began."""
        return {span(new).start: (old, new) for old, new in pairwise(self.states)}

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
    ground = coverage(edition)
    contained = [each for each in about.of("dcterms:isPartOf") if each.kind == "territoire"]
    memberships = about.of("ess:groupingTerritory")
    members = {each for node in memberships for each in node.all("ess:memberTerritory")}
    careers = {whole for each in members for whole, _ in ground.groups.get(each.value, ())}
    life = span(about)
    latest = ground.last_day(about.value, life)
    departements = ground.departements(about.value, latest)
    named = {each.value for each in (*line, *members, *contained[:MANY])} | careers | departements
    named |= {each.territory for each in ground.portraits}
    graph.add(edition.triples(queries.fill(queries.LIVES, iris=" ".join(f"<{iri}>" for iri in sorted(named)))))
    day = date or latest
    dated = _members(about, memberships, ground)
    then = [each for each in dated if each.span.contains(day)]
    return Story(
        life,
        date,
        day,
        sorted(about.all("ess:hasState"), key=lambda each: reading_order(each.fragment)),
        sorted(before, key=lambda each: (span(each).end, reading_order(each.label))),
        sorted(after, key=lambda each: (span(each).start, reading_order(each.label))),
        sorted(about.of("ess:memberTerritory"), key=lambda each: (span(each), each.value)),
        then,
        [each for each in dated if each not in then],
        _in_order(about.at(iri) for iri in departements),
        contained,
        _told(edition, about, {*before, *after}, ground),
    )


def asked_date(name: str = "date") -> str:
    """The day that ``?date=``, or another parameter, names (a month or a year is its first day); empty without one.

    Raises :class:`BadRequest` for what is no date.
    """
    asked = {value for each in request.args.getlist(name) if (value := each.strip())}
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


def _members(about: Node, memberships: list[Node], ground: Coverage) -> list[Member]:
    found = []
    for each in memberships:
        for member in each.all("ess:memberTerritory"):
            when = span(each)
            career = [(about.at(whole), other) for whole, other in ground.groups.get(member.value, ()) if whole != about.value]
            left = [whole for whole, other in career if when.start and other.end == when.start]
            joined = [whole for whole, other in career if when.end and other.start == when.end]
            made_of = member.all("dcterms:replaces") if when.start and span(member).start == when.start else []
            became = member.all("dcterms:isReplacedBy") if when.end and span(member).end == when.end else []
            found.append(Member(each, member, when, _in_order(left) or made_of, _in_order(joined) or became))
    return sorted(found, key=lambda each: (reading_order(each.territory.label), each.span))


def _in_order(nodes: Iterable[Node]) -> list[Node]:
    return sorted(set(nodes), key=lambda each: reading_order(each.label))


def _told(edition: Edition, about: Node, line: set[Node], ground: Coverage) -> dict[str, list[Told]]:
    """The supplements about the area: on the territory itself (``own``), on what it was or became (``line``), on an area that encloses its own (``around``),
    lies in it (``within``) or has communes in common with it (``across``)."""
    listed = {each.iri: each for each in entries(edition, "supplement", about.language)}
    lying = dict(ground.about(about.value, span(about)))
    found: dict[str, list[Told]] = {}
    for each in ground.portraits:
        portrayed = about.at(each.territory)
        relation = "own" if portrayed == about else "line" if portrayed in line else lying.get(each, "")
        if relation:
            found.setdefault(relation, []).append(Told(listed[each.supplement], portrayed, each.likely))
    return found
