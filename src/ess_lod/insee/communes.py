"""The lives of communes: from the history up to 2019, then by comparing one COG year with the next.

A state ends when name, kind or parent changes, or when a commune changes its extent (fusion, split): at INSEE too that begins a new one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from ess_lod.insee.editions import KINDS, Edition, Past, Place
from ess_lod.insee.history import History
from ess_lod.insee.names import commune_key
from ess_lod.insee.reference import Event, Reached, State, departement_of

FIRST = "2014-01-01"
"""States that ended before this day are left out."""

COG = "decoupage-administratif"
Key = tuple[str, str]


@dataclass
class Communes:
    """States by (kind, code), oldest first; events; and for each pair of years where a vanished commune went or a new one came from."""

    lives: dict[Key, list[State]] = field(default_factory=lambda: defaultdict(list))
    events: list[Event] = field(default_factory=list)
    heirs: dict[int, dict[str, str]] = field(default_factory=dict)
    origins: dict[int, dict[str, str]] = field(default_factory=dict)

    def end_of(self, code: str, after: str) -> str:
        """The day on which a commune that was alive on ``after`` is no longer a commune, "" when it still is."""
        for life in self.lives.get(("commune", code), ()):
            if life.start <= after < (life.end or "9"):
                after = life.end
                if not after:
                    return ""
        return after

    def start_of(self, code: str, day: str) -> str:
        """The first day of the unbroken run of states in which a commune code is alive on ``day``."""
        start = day
        for life in reversed(self.lives.get(("commune", code), ())):
            if life.start <= start <= (life.end or "9"):
                start = life.start
        return start


def build_communes(editions: list[Edition], history: History) -> Communes:
    """States and events of communes from all editions, oldest first; the first one must have the history of communes."""
    communes = Communes()
    first, *later = [edition for edition in editions if edition.places]
    _from_past(communes, first)
    _past_events(communes, first.past)
    _join(communes)
    before = first
    for edition in later:
        _step(communes, before, edition, [e for e in editions if before.year < e.year < edition.year], history)
        before = edition
    _finish(communes, [edition for edition in editions if edition.places], editions[-1])
    communes.events.sort(key=event_order)
    return communes


def event_order(event: Event) -> tuple[str, str, tuple[Reached, ...], tuple[Reached, ...]]:
    """Events are kept by day, kind and what they touch."""
    return event.date, event.kind, event.before, event.after


def _from_past(communes: Communes, first: Edition) -> None:
    """Lives from the history, checked against the COG of the same year."""
    by_id = {past.id: past for past in first.past}
    for past in sorted(first.past, key=lambda p: (p.code, p.kind, p.start)):
        kind = KINDS.get(past.kind)
        if kind is None or (past.end and past.end <= FIRST) or past.start > first.day:
            continue
        whole = _whole(past, by_id) if kind != "commune" else ""
        state = State(kind, past.code, past.name, past.article, past.start, "" if past.end > first.day else past.end, parent=whole)
        lives = communes.lives[kind, past.code]
        if lives and kind != "commune" and lives[-1].end == past.start and _same(lives[-1], state):
            lives[-1] = replace(lives[-1], end=state.end)
        else:
            lives.append(state)
    known = {key for key, lives in communes.lives.items() if not lives[-1].end}
    expected = {key for key, place in first.places.items() if _in_history(place)}
    if known != expected:
        differing = ", ".join(code for _, code in sorted(known ^ expected)[:5])
        raise ValueError(f"l'historique des communes et le COG {first.year} ne disent pas la même chose de {differing}")
    for key, place in first.places.items():
        if key in known:
            communes.lives[key][-1] = replace(communes.lives[key][-1], name=place.name, article=place.article, parent=place.parent)
        else:
            communes.lives[key].append(_state(place, ""))


def _in_history(place: Place) -> bool:
    """The history knows neither arrondissements municipaux nor the communes of overseas collectivities (which have no article either)."""
    return place.kind != "arrondissement-municipal" and place.article != ""


def _whole(past: Past, by_id: dict[str, Past]) -> str:
    pole = by_id[past.pole]
    while pole.kind != "COM":
        pole = by_id[pole.pole]
    return pole.code


def _same(a: State, b: State) -> bool:
    return commune_key(a.name) == commune_key(b.name) and (a.kind, a.parent) == (b.kind, b.parent)


def _state(place: Place, start: str) -> State:
    return State(place.kind, place.code, place.name, place.article, start, parent=place.parent)


def _past_events(communes: Communes, past: list[Past]) -> None:
    """Fusions, splits, renamings and changes of département of 2014–2019 as the history links them."""
    by_id = {p.id: p for p in past}
    joined: dict[tuple[str, str], set[str]] = defaultdict(set)
    for p in past:
        if p.kind != "COM" or p.end <= FIRST or p.heir not in by_id:
            continue
        heir = by_id[p.heir]
        to = heir.code if heir.kind == "COM" else _whole(heir, by_id)
        if heir.kind != "COM":
            joined[p.end, to].add(p.code)
        elif p.code != to:
            note = f"changement de code : {p.code} → {to}"
            communes.events.append(Event("transformation", p.end, _codes(p.code), _codes(to), note=note, source="historique-communes"))
        elif commune_key(p.name) != commune_key(heir.name):
            note = f"{p.name} → {heir.name}"
            communes.events.append(Event("changement-nom", p.end, _codes(p.code), _codes(to), note=note, source="historique-communes"))
    for (day, to), codes in joined.items():
        communes.events.append(Event("fusion", day, _codes(*codes), _codes(to), source="historique-communes"))
    _past_splits(communes, past, {(day, code) for (day, _), codes in joined.items() for code in codes})


def _join(communes: Communes) -> None:
    """Make one state of two that no event parts: an associée that was only suppressed, an accent that was corrected."""
    parted = {(code, event.date) for event in communes.events for _, code in (*event.before, *event.after)}
    for (kind, code), lives in communes.lives.items():
        joined: list[State] = []
        for life in lives:
            if joined and kind == "commune" and joined[-1].end == life.start and (code, life.start) not in parted:
                life = replace(life, start=joined.pop().start)
            joined.append(life)
        lives[:] = joined


def _past_splits(communes: Communes, past: list[Past], joined: set[tuple[str, str]]) -> None:
    """A commune that begins where it was part of another the day before was split from it."""
    by_id = {p.id: p for p in past}
    parts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for p in past:
        if p.kind not in ("COMD", "COMA", "COMP") or p.end <= FIRST or p.heir not in by_id or by_id[p.heir].kind != "COM":
            continue
        parts[p.end, _whole(p, by_id)].add(p.code)
    for (day, whole), codes in parts.items():
        alive = {code for code in codes | {whole} if any(life.start == day for life in communes.lives.get(("commune", code), ()))}
        if alive and (day, whole) not in joined:
            communes.events.append(Event("scission", day, _codes(whole), _codes(*alive), source="historique-communes"))


def _codes(*codes: str) -> tuple[Reached, ...]:
    return tuple(("commune", code) for code in sorted(codes))


def _step(communes: Communes, before: Edition, edition: Edition, between: list[Edition], history: History) -> None:
    """From one COG year to the next: what ended, what began, and why."""
    gone = {code for kind, code in before.places if kind == "commune" and ("commune", code) not in edition.places}
    come = {code for kind, code in edition.places if kind == "commune" and ("commune", code) not in before.places}
    heirs = {code: _heir(code, edition) for code in sorted(gone)}
    origins = {code: _origin(code, before) for code in sorted(come)}
    communes.heirs[edition.year], communes.origins[edition.year] = heirs, origins
    calendar = _Calendar(before, edition, between, history)
    changed: dict[str, str] = {}
    for whole in sorted({heir for heir in heirs.values() if heir}):
        codes = {code for code, heir in heirs.items() if heir == whole} | ({whole} if ("commune", whole) in before.places else set())
        day = calendar.day("commune", *sorted(codes))
        changed.update(dict.fromkeys(codes | {whole}, day))
        kind, note = ("fusion", "") if len(codes) > 1 else ("transformation", f"changement de code : {min(codes)} → {whole}")
        communes.events.append(Event(kind, day, _codes(*codes), _codes(whole), note=note, source=COG))
    for whole in sorted({origin for origin in origins.values() if origin}):
        codes = {code for code, origin in origins.items() if origin == whole and heirs.get(whole) != code}
        if not codes:
            continue
        day = calendar.day("commune", whole, *sorted(codes))
        changed.update(dict.fromkeys(codes | {whole}, day))
        left = {whole} if ("commune", whole) in edition.places else set()
        communes.events.append(Event("scission", day, _codes(whole), _codes(*codes, *left), source=COG))
    _renamings(communes, before, edition, calendar, changed)
    _turn(communes, edition, calendar, changed)


def _renamings(communes: Communes, before: Edition, edition: Edition, calendar: _Calendar, changed: dict[str, str]) -> None:
    for (kind, code), place in edition.places.items():
        old = before.places.get((kind, code))
        if kind != "commune" or old is None or code in changed or commune_key(old.name) == commune_key(place.name):
            continue
        changed[code] = calendar.renamed(code, place.name)
        note = f"{old.name} → {place.name}"
        communes.events.append(Event("changement-nom", changed[code], _codes(code), _codes(code), note=note, source=COG))


def _turn(communes: Communes, edition: Edition, calendar: _Calendar, changed: dict[str, str]) -> None:
    """End and begin states so that they are those of the edition."""
    for key, lives in communes.lives.items():
        last, place = lives[-1], edition.places.get(key)
        if last.end:
            continue
        day = changed.get(last.code if last.kind == "commune" else last.parent, "")
        if place is None:
            lives[-1] = replace(last, end=calendar.part(last.kind, last.code, day, last.start))
        elif (last.kind == "commune" and last.code in changed) or not _same(last, _state(place, "")):
            day = calendar.part(place.kind, place.code, day or changed.get(place.parent, ""), last.start)
            lives[-1] = replace(last, end=day)
            lives.append(_state(place, day))
        else:
            lives[-1] = replace(last, name=place.name, article=place.article)
    for key, place in edition.places.items():
        if key not in communes.lives or communes.lives[key][-1].end:
            day = changed.get(place.code if place.kind == "commune" else place.parent, "")
            since = communes.lives[key][-1].end if communes.lives.get(key) else FIRST
            communes.lives[key].append(_state(place, calendar.part(place.kind, place.code, day, since)))


def _heir(code: str, edition: Edition) -> str:
    """The commune of which a vanished one is part: it is its déléguée or associée, or an old code of it."""
    for kind in ("commune-deleguee", "commune-associee"):
        if (kind, code) in edition.places:
            return edition.places[kind, code].parent
    return edition.old_codes.get(code, "")


def _origin(code: str, before: Edition) -> str:
    """The commune of which a new one was part the year before."""
    return _heir(code, before)


@dataclass
class _Calendar:
    """On which day something between two COG years happened: INSEE's own day where we have it, else the first of January that shows it."""

    before: Edition
    edition: Edition
    between: list[Edition]
    history: History

    def exact(self, kind: str, code: str, since: str = "") -> str:
        return self.history.exact(kind, code, since or self.before.day, self.edition.day)

    def day(self, kind: str, *codes: str) -> str:
        """A fusion or a split of these communes. A year of which only the EPCI are known shows it by the codes of their members."""
        exact = {self.exact(kind, code) for code in codes} - {""}
        if len(exact) == 1:
            return exact.pop()
        for edition in self.between:
            members = edition.member_names()
            ended = [code for code in codes if (kind, code) not in self.edition.places and code in self.before.member_names()]
            begun = [code for code in codes if (kind, code) not in self.before.places and code in self.edition.member_names()]
            if (ended or begun) and all(code not in members for code in ended) and all(code in members for code in begun):
                return edition.day
        return self.edition.day

    def renamed(self, code: str, name: str) -> str:
        exact = self.exact("commune", code)
        if exact:
            return exact
        for edition in self.between:
            if commune_key(edition.member_names().get(code, "")) == commune_key(name):
                return edition.day
        return self.edition.day

    def part(self, kind: str, code: str, day: str, since: str) -> str:
        """A déléguée or associée begins and ends on INSEE's day, which the COG may show years later, else with its commune."""
        if kind == "commune":
            return day or self.exact(kind, code) or self.edition.day
        return self.exact(kind, code) or self.exact(kind, code, since) or day or self.edition.day


def _finish(communes: Communes, editions: list[Edition], last: Edition) -> None:
    """Add population (last edition that shows the state), point (living states) and département."""
    for (kind, code), lives in communes.lives.items():
        for index, life in enumerate(lives):
            shown = [e for e in editions if (kind, code) in e.places and life.alive(e.day) and e.places[kind, code].population is not None]
            people = shown[-1].places[kind, code].population if shown else None
            lon, lat = last.points.get((kind, code), (None, None)) if not life.end else (None, None)
            lives[index] = replace(
                life,
                departement=departement_of(code),
                population=people,
                population_year=str(shown[-1].year) if shown else "",
                lon=lon,
                lat=lat,
            )
