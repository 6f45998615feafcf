"""The lives of EPCI, who belonged to them, and what became of them: by comparing one COG year with the next.

Hauts-de-France begins in 2014 with the tables of ``historique/``, the rest of France with the COG of the first edition.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ess_lod.insee.communes import Communes, event_order
from ess_lod.insee.editions import Edition
from ess_lod.insee.history import EXACT_STARTS, History
from ess_lod.insee.names import epci_key
from ess_lod.insee.reference import Event, Membership, Reached, State, departement_of

COG = "decoupage-administratif"
LONG_LABELS = "Communauté "
"""Some years write the kind out; the short label of another year is kept when there is one."""


@dataclass
class Groupings:
    """States by SIREN, memberships by commune (both oldest first), events."""

    lives: dict[str, list[State]] = field(default_factory=lambda: defaultdict(list))
    members: dict[str, list[Membership]] = field(default_factory=lambda: defaultdict(list))
    events: list[Event] = field(default_factory=list)

    def born(self, siren: str) -> str:
        """The first day of an EPCI, "" when it is older than the sources."""
        return self.lives[siren][0].start


def build_groupings(editions: list[Edition], communes: Communes, history: History) -> Groupings:
    """States, memberships and events of EPCI. Raises ValueError where ``historique/`` and the first COG contradict each other."""
    years = [edition for edition in editions if edition.groupings]
    built = Groupings()
    for siren, states in history.epci.items():
        built.lives[siren] = list(states)
    _confirm(built, years[0])
    for before, edition in pairwise(years):
        days = _days(before, edition)
        _turn(built, before, edition, days)
        built.events.extend(_happened(before, edition, communes, days))
    _memberships(built, years, communes, history)
    _finish(built, years)
    built.events = sorted([*history.events, *built.events], key=event_order)
    return built


def _confirm(built: Groupings, first: Edition) -> None:
    """The states of the first edition, joined to those of ``historique/``."""
    open_ = {siren for siren, lives in built.lives.items() if not lives[-1].end}
    if open_ - set(first.groupings):
        raise ValueError(f"historique/epci.csv laisse ouverts {sorted(open_ - set(first.groupings))}, que le COG {first.year} n'a pas")
    for siren, grouping in first.groupings.items():
        lives = built.lives[siren]
        if not lives:
            lives.append(State(grouping.kind, siren, grouping.name))
        elif lives[-1].kind != grouping.kind or epci_key(lives[-1].name) != epci_key(grouping.name):
            raise ValueError(f"{siren} : historique/epci.csv dit « {lives[-1].name} », le COG {first.year} « {grouping.name} »")
        else:
            lives[-1] = replace(lives[-1], name=grouping.name)


def _days(before: Edition, edition: Edition) -> dict[str, str]:
    """SIREN → day of its birth or death between the two years; a known birthday is also the day on which those end that went into it."""
    days = {}
    for siren, day in EXACT_STARTS.items():
        if siren in edition.groupings and siren not in before.groupings:
            taken = set(edition.groupings[siren].members)
            ended = (old for old, grouping in before.groupings.items() if old not in edition.groupings and taken & set(grouping.members))
            days.update(dict.fromkeys((siren, *ended), day))
    return days


def _turn(built: Groupings, before: Edition, edition: Edition, days: dict[str, str]) -> None:
    for siren in before.groupings:
        if siren not in edition.groupings:
            built.lives[siren][-1] = replace(built.lives[siren][-1], end=days.get(siren, edition.day))
    for siren, grouping in edition.groupings.items():
        lives = built.lives[siren]
        if not lives or lives[-1].end:
            lives.append(State(grouping.kind, siren, grouping.name, "", days.get(siren, edition.day)))
            continue
        last = lives[-1]
        if last.kind == grouping.kind and epci_key(last.name) == epci_key(grouping.name):
            lives[-1] = replace(last, name=_better(last.name, grouping.name))
            continue
        lives[-1] = replace(last, end=edition.day)
        lives.append(State(grouping.kind, siren, grouping.name, "", edition.day))
        thing: tuple[Reached, ...] = (("epci", siren),)
        if last.kind != grouping.kind:
            note = f"{last.kind} → {grouping.kind}"
            built.events.append(Event("changement-nature", edition.day, thing, thing, note=note, source=COG))
        if epci_key(last.name) != epci_key(grouping.name):
            note = f"{last.name} → {grouping.name}"
            built.events.append(Event("changement-nom", edition.day, thing, thing, note=note, source=COG))


def _better(old: str, new: str) -> str:
    return old if new.startswith(LONG_LABELS) and not old.startswith(LONG_LABELS) else new


Flows = dict[tuple[str, str], list[str]]


def _flows(before: Edition, edition: Edition, communes: Communes) -> Flows:
    """(EPCI before, EPCI after) → communes that went that way, "" for none. A commune is followed into the one that took it in."""
    was = {code: siren for siren, grouping in before.groupings.items() for code in grouping.members}
    is_ = {code: siren for siren, grouping in edition.groupings.items() for code in grouping.members}
    heirs = {code: heir for step in communes.heirs.values() for code, heir in step.items()}
    origins = {code: origin for step in communes.origins.values() for code, origin in step.items()}
    flows: Flows = defaultdict(list)
    for code in sorted(set(was) | set(is_)):
        old, new = was.get(code, ""), is_.get(code, "")
        if code not in is_ and heirs.get(code):
            new = is_.get(heirs[code], "")
        if code not in was and origins.get(code):
            old = was.get(origins[code], "")
        flows[old, new].append(code)
    return flows


def _happened(before: Edition, edition: Edition, communes: Communes, days: dict[str, str]) -> list[Event]:
    flows = _flows(before, edition, communes)
    to: dict[str, set[str]] = defaultdict(set)
    of: dict[str, set[str]] = defaultdict(set)
    for old, new in flows:
        to[old].add(new)
        of[new].add(old)
    dead, born = set(before.groupings) - set(edition.groupings), set(edition.groupings) - set(before.groupings)
    events = [event for siren in sorted(born) for event in _birth(siren, of[siren] - {""}, dead, to, flows, days.get(siren, edition.day))]
    for siren in sorted(dead):
        events.extend(_death(siren, to[siren] - {""}, born, flows, days.get(siren, edition.day)))
    for (old, new), codes in sorted(flows.items()):
        if old != new and old not in dead and not (old == "" and new in born):
            day = days.get(new, edition.day)
            events.append(Event("mouvement-commune", day, _epci(old), _epci(new), tuple(codes), source=COG))
    return events


def _epci(*sirens: str) -> tuple[Reached, ...]:
    return tuple(("epci", siren) for siren in sorted(sirens) if siren)


def _counts(pairs: dict[str, list[str]]) -> str:
    return ", ".join(f"{siren} : {len(codes)} commune{'s' if len(codes) > 1 else ''}" for siren, codes in sorted(pairs.items()))


def _birth(siren: str, origins: set[str], dead: set[str], to: dict[str, set[str]], flows: Flows, day: str) -> list[Event]:
    """A new SIREN: a fusion of several, a transformation of one that went into it whole, else a creation. A mere part of a split is no birth."""
    dissolved = origins & dead
    note = _counts({old: flows[old, siren] for old in origins})
    if len(dissolved) > 1:
        return [Event("fusion", day, _epci(*dissolved), _epci(siren), note=note, source=COG)]
    if not dissolved:
        return [Event("creation", day, (), _epci(siren), source=COG)]
    if to[next(iter(dissolved))] - {""} == {siren}:
        return [Event("transformation", day, _epci(*dissolved), _epci(siren), note=f"nouveau SIREN ; {note}", source=COG)]
    return []


def _death(siren: str, heirs: set[str], born: set[str], flows: Flows, day: str) -> list[Event]:
    if not heirs:
        return [Event("dissolution", day, _epci(siren), (), source=COG)]
    note = _counts({new: flows[siren, new] for new in heirs})
    if len(heirs) > 1:
        return [Event("scission", day, _epci(siren), _epci(*heirs), note=note, source=COG)]
    if heirs <= born:
        return []
    return [Event("absorption", day, _epci(siren, *heirs), _epci(*heirs), note=note, source=COG)]


def _memberships(built: Groupings, years: list[Edition], communes: Communes, history: History) -> None:
    first = years[0]
    by_year = {e.year: {code: siren for siren, grouping in e.groupings.items() for code in grouping.members} for e in years}
    for code in sorted({code for members in by_year.values() for code in members} | set(history.members)):
        rows = list(history.members.get(code, ()))
        known = next((row for row in rows if not row.end), None)
        told = by_year[first.year].get(code, "")
        if rows and (known.epci if known else "") != told:
            raise ValueError(f"historique/membres.csv et le COG {first.year} ne disent pas la même chose de l'EPCI de {code}")
        rows = [row for row in rows if row.end]
        now, since = told, known.start if known else first.day if told and built.born(told) else ""
        for before, edition in pairwise(years):
            new = by_year[edition.year].get(code, "")
            if new == now:
                continue
            day = _day(code, now, new, before, edition, built, communes)
            if now:
                rows.append(Membership(code, now, since, day))
            now, since = new, day
        if now:
            rows.append(Membership(code, now, since))
        built.members[code] = sorted(rows, key=lambda row: (row.start, row.end or "9"))


def _day(code: str, old: str, new: str, before: Edition, edition: Edition, built: Groupings, communes: Communes) -> str:
    """When a commune changed EPCI: with the EPCI that began or ended, with the commune itself, else on the first of January that shows it."""
    if not new:
        ended = communes.end_of(code, before.day)
        if ended and ended <= edition.day:
            return ended
    if not old:
        begun = communes.start_of(code, edition.day)
        if begun > before.day:
            return begun
    if new and built.born(new) > before.day:
        return built.born(new)
    if old and before.day < built.lives[old][-1].end <= edition.day:
        return built.lives[old][-1].end
    return edition.day


def _finish(built: Groupings, years: list[Edition]) -> None:
    """Add population (last edition that shows the state) and the département of most members."""
    inside: dict[str, list[Membership]] = defaultdict(list)
    for rows in built.members.values():
        for row in rows:
            inside[row.epci].append(row)
    for siren, lives in built.lives.items():
        for index, life in enumerate(lives):
            shown = [e for e in years if siren in e.groupings and life.alive(e.day) and e.groupings[siren].population is not None]
            people = shown[-1].groupings[siren].population if shown else None
            year = str(shown[-1].year) if shown else ""
            lives[index] = replace(
                life, departement=life.departement or _main(inside[siren], life), population=people, population_year=year
            )


def _main(rows: list[Membership], life: State) -> str:
    """The département of most communes that were members during the state; the lesser code when two have as many."""
    count: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.start < (life.end or "9") and (not row.end or life.start < row.end):
            count[departement_of(row.commune)] += 1
    return min(count, key=lambda code: (-count[code], code)) if count else ""
