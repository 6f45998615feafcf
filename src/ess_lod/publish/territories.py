"""The dated reference as triples: territories with their states, who composed what and when, and what changed them (``docs/model.md``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set

from pyoxigraph import Literal, NamedNode, Quad

from ess_lod.insee.lives import INSIDE_A_COMMUNE, Life
from ess_lod.insee.reference import SUCCESSIONS, Event, Family, State
from ess_lod.iris import Iris, concept
from ess_lod.publish.dated import Dated, day_before
from ess_lod.publish.lift.node import Node
from ess_lod.publish.lift.places import IGEO_CLASS, INSEE_COMMUNE
from ess_lod.terms import DCAT, DCTERMS, ESS, GEO, IGEO, RDFS, A, date, fr, integer, text

INSEE_STATE = "http://id.insee.fr/geo/"
_SEGMENTS = {
    "commune-deleguee": "communeDeleguee",
    "commune-associee": "communeAssociee",
    "arrondissement-municipal": "arrondissementMunicipal",
}


def graph_name(dated: Dated) -> str:
    """``insee/2026``: the graph of the reference, by the last COG that it holds."""
    return f"insee/{dated.reference.last[:4]}"


def lift_reference(dated: Dated, iris: Iris, names: Mapping[str, str], labelled: Set[object]) -> list[Quad]:
    """The quads of the published lives, with ``names`` of territories that ``territoires.csv`` gives.

    What is in ``labelled`` has its label from a row and gets none here: a thing has one.
    """
    graph = iris.graph(graph_name(dated))
    node = Node(graph, graph)
    for id_, life in dated.lives.items():
        _territory(node.of(iris.thing(id_)), life, dated, iris)
    for membership in dated.reference.memberships():
        _membership(node, membership.commune, membership.epci, (membership.start, membership.end), dated, iris)
    _changes(node, dated, iris, names)
    return [quad for quad in node.quads if quad.predicate != RDFS.label or quad.subject not in labelled]


def _territory(node: Node, life: Life, dated: Dated, iris: Iris) -> None:
    last = life.last
    node.add(A, ESS.Territory, IGEO_CLASS[last.kind])
    node.add(RDFS.label, fr(last.name))
    node.add(ESS.territoryKind, concept("type-territoire", last.kind))
    node.add(IGEO.codeINSEE, text(life.code))
    node.add(DCTERMS.identifier, text(life.code))
    if life.level == "commune" and not life.end:
        node.add(RDFS.seeAlso, NamedNode(INSEE_COMMUNE + life.code))
    _period(node, "vie", life.start, life.end)
    for whole in _wholes(life, dated):
        node.add(DCTERMS.isPartOf, iris.thing(whole))
    if last.seat and (seat := dated.commune(last.seat, dated.reference.last)):
        node.add(ESS.seatCommune, iris.thing(seat))
    for number, state in enumerate(life.states, 1):
        _state(node, number, state, dated.uuids)
    _figures(node.part(f"etat-{len(life.states)}"), node, last)


def _period(node: Node, fragment: str, start: str, end: str) -> None:
    if start or end:
        period = node.part(fragment)
        node.add(DCTERMS.temporal, period.subject)
        period.add(A, DCTERMS.PeriodOfTime)
        if start:
            period.add(DCAT.startDate, date(start))
        if end:
            period.add(DCAT.endDate, date(end))


def _wholes(life: Life, dated: Dated) -> Iterator[str]:
    """What contains it: the commune of a déléguée or associée, the département of a commune, the région of a département."""
    last = life.last
    day = day_before(life.end) if life.end else dated.reference.last
    above: tuple[Family, str] | None = None
    if life.level in INSIDE_A_COMMUNE:
        above = ("commune", last.parent)
    elif life.level == "commune":
        above = ("departement", last.departement)
    elif life.level == "departement":
        above = ("region", last.region)
    whole = dated.at(*above, day) if above else None
    if whole:
        yield whole


def _state(node: Node, number: int, state: State, uuids: Mapping[tuple[str, str, str], str]) -> None:
    part = node.part(f"etat-{number}")
    node.add(ESS.hasState, part.subject)
    part.add(A, ESS.TerritoryState)
    part.add(RDFS.label, fr(state.name))
    part.add(ESS.territoryKind, concept("type-territoire", state.kind))
    _period(part, "periode", state.start, state.end)
    uuid = uuids.get((state.kind, state.code, state.start))
    if uuid:
        part.add(RDFS.seeAlso, NamedNode(f"{INSEE_STATE}{_segment(state)}/{uuid}"))


def _segment(state: State) -> str:
    """The step of INSEE's IRI for a kind of place, as its linked COG has it."""
    return "intercommunalite" if state.family == "epci" else _SEGMENTS.get(state.kind, state.kind)


def _figures(state: Node, territory: Node, last: State) -> None:
    if last.population is not None:
        state.add(ESS.population, integer(last.population))
        state.add(ESS.populationYear, date(last.population_year))
    if last.lon is not None and last.lat is not None:
        point = territory.part("point")
        territory.add(GEO.hasDefaultGeometry, point.subject)
        point.add(A, GEO.Geometry)
        point.add(GEO.asWKT, Literal(f"POINT({last.lon} {last.lat})", datatype=GEO.wktLiteral))


def _membership(node: Node, commune: str, epci: str, period: tuple[str, str], dated: Dated, iris: Iris) -> None:
    """One membership for each life of the commune that it touches, clipped to that life."""
    groups = dated.of("epci", epci)
    if not groups:
        return
    group = node.of(iris.thing(groups[0][0]))
    for id_, life in dated.of("commune", commune):
        start, end = max(period[0], life.start), min(period[1] or "9999", life.end or "9999")
        if life.level != "commune" or start >= end:
            continue
        membership = group.part(f"membre-{id_}" + (f"-{start}" if start else ""))
        membership.add(A, ESS.TerritorialMembership)
        membership.add(ESS.memberTerritory, iris.thing(id_))
        membership.add(ESS.groupingTerritory, group.subject)
        _period(membership, "periode", start, "" if end == "9999" else end)


def _changes(node: Node, dated: Dated, iris: Iris, names: Mapping[str, str]) -> None:
    seen: Counter[str] = Counter()
    for event in dated.reference.events():
        before, after = _sides(event, dated)
        if before or after:
            _change(node, event, before, after, dated, iris, names, seen)


def _sides(event: Event, dated: Dated) -> tuple[list[str], list[str]]:
    """Ids of what was the day before, and of what was from that day on."""
    eve = day_before(event.date)
    before = [dated.at(family, code, eve) for family, code in event.before]
    after = [dated.at(family, code, event.date) for family, code in event.after]
    return [id_ for id_ in before if id_], [id_ for id_ in after if id_]


def _change(
    node: Node, event: Event, before: list[str], after: list[str], dated: Dated, iris: Iris, names: Mapping[str, str], seen: Counter[str]
) -> None:
    home = node.of(iris.thing((after or before)[0]))
    fragment = f"evenement-{event.kind}-{event.date}"
    seen[f"{home.subject.value}#{fragment}"] += 1
    times = seen[f"{home.subject.value}#{fragment}"]
    change = home.part(fragment if times == 1 else f"{fragment}-{times}")
    change.add(A, ESS.TerritorialChange)
    sides = ((before, day_before(event.date)), (after, event.date))
    label = " → ".join(", ".join(_name(id_, day, dated, names) for id_ in side) for side, day in sides if side)
    change.texts(RDFS.label, f"{event.date} : {label}", f"{event.date}: {label}")
    change.add(ESS.changeKind, concept("evenement", event.kind))
    change.add(DCTERMS.date, date(event.date))
    change.add(ESS.changedFrom, *(iris.thing(id_) for id_ in before))
    change.add(ESS.changedTo, *(iris.thing(id_) for id_ in after))
    change.add(ESS.movedCommune, *(iris.thing(id_) for code in event.communes for id_ in _moved(code, event.date, dated)))
    if event.kind in SUCCESSIONS:
        for old in before:
            for new in after:
                if old != new and dated.lives[old].end == event.date:
                    node.of(iris.thing(old)).add(DCTERMS.isReplacedBy, iris.thing(new))
                    node.of(iris.thing(new)).add(DCTERMS.replaces, iris.thing(old))


def _moved(code: str, day: str, dated: Dated) -> list[str]:
    """The commune that moved: as it was from that day on, or, when it merged on the same day, on the eve."""
    lives = [(id_, life) for id_, life in dated.of("commune", code) if life.level == "commune"]
    after = [id_ for id_, life in lives if life.alive(day)]
    return after or [id_ for id_, life in lives if life.alive(day_before(day))]


def _name(id_: str, day: str, dated: Dated, names: Mapping[str, str]) -> str:
    """The name on a day for what changed its name or kind, otherwise the label."""
    states = dated.lives[id_].states
    if len(states) > 1:
        return next((state.name for state in states if state.alive(day)), states[-1].name)
    return names.get(id_) or states[-1].name
