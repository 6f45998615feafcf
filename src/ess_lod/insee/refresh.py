"""Rebuild ``data/insee/`` from downloaded packages: read, build in memory, check, write, say what changed.

Nothing is downloaded here and nothing is written before everything is checked. The same packages give the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from ess_lod.errors import EssLodError
from ess_lod.insee.communes import build_communes
from ess_lod.insee.editions import Division, Edition, Pin
from ess_lod.insee.epci import build_groupings
from ess_lod.insee.history import read_history
from ess_lod.insee.invariants import FAMILIES, problems
from ess_lod.insee.packages import MINIMA, digest, read_package
from ess_lod.insee.reference import (
    EVENT_COLUMNS,
    FILES,
    MEMBER_COLUMNS,
    POSTAL,
    POSTAL_COLUMNS,
    STATE_COLUMNS,
    UUID_COLUMNS,
    Event,
    Membership,
    Reached,
    Reference,
    ReferenceUnreadable,
    State,
    read_reference,
)

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, how many there are."""


class RefreshRefused(EssLodError):
    """The packages do not make a sound reference; the files are as they were (French)."""


@dataclass(frozen=True)
class Summary:
    """What a refresh did: counts of rows by file, and by family how many states are new, gone, changed."""

    rows: Mapping[str, int]
    added: Mapping[str, int]
    removed: Mapping[str, int]
    changed: Mapping[str, int]

    def __str__(self) -> str:
        """Some lines of French."""
        lines = [f"{name} : {count} lignes" for name, count in self.rows.items()]
        for family in self.added:
            numbers = (self.added[family], self.removed[family], self.changed[family])
            lines.append(
                f"{family} : rien n'a changé"
                if numbers == (0, 0, 0)
                else "{} : {} ajoutés, {} retirés, {} modifiés".format(family, *numbers),
            )
        return "\n".join(lines)


def read_pins(folder: Path) -> tuple[dict[str, Any], list[Pin]]:
    """SOURCE.yaml as it is, and the packages that it names. Raises ReferenceUnreadable."""
    path = folder / "SOURCE.yaml"
    try:
        source = yaml.safe_load(path.read_text(encoding="utf-8"))
        pins = [
            Pin(p["paquet"], p["version"], p["archive"], int(str(p["cog"])[:4]), tuple(p["lus"]), p.get("sha256") or "")
            for p in source["paquets"]
        ]
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReferenceUnreadable(f"SOURCE.yaml : la liste des paquets est illisible ({error}).") from error
    return source, pins


def refresh(archives: Path, folder: Path, progress: Progress | None = None, minima: Mapping[str, int] = MINIMA) -> Summary:
    """Rebuild the reference in ``folder`` from the packages in ``archives`` that its SOURCE.yaml names.

    Raises PackageRefused, ReferenceUnreadable or :class:`RefreshRefused`; then no file was touched.
    """
    tell = progress or (lambda _what, _done, _all: None)
    source, pins = read_pins(folder)
    steps = len(pins) + 3
    editions: dict[int, Edition] = {}
    for done, pin in enumerate(pins):
        tell(str(pin), done, steps)
        read_package(archives, pin, editions.setdefault(pin.year, Edition(pin.year)), minima)
    tell("calcul des états et des événements", len(pins), steps)
    reference = _build([editions[year] for year in sorted(editions)], folder, source)
    tell("vérification", len(pins) + 1, steps)
    _check(reference)
    postal = next((edition.postal for _, edition in sorted(editions.items(), reverse=True) if edition.postal), set())
    texts = {
        **_texts(reference),
        POSTAL: _table(POSTAL_COLUMNS, sorted(postal)),
        **({} if (folder / "uuid.csv").exists() else {"uuid.csv": _table(UUID_COLUMNS, [])}),
    }
    summary = _compare(folder, reference, texts)
    texts["SOURCE.yaml"] = _source(source, pins, archives, texts)
    tell("écriture", len(pins) + 2, steps)
    _write(folder, texts)
    tell("terminé", steps, steps)
    return summary


def _build(editions: list[Edition], folder: Path, source: Mapping[str, Any]) -> Reference:
    history = read_history(folder / "historique")
    try:
        communes = build_communes(editions, history)
        groupings = build_groupings(editions, communes, history)
    except (ValueError, KeyError, IndexError) as error:
        raise RefreshRefused(f"Les paquets se contredisent ou sont incomplets : {error}. Rien n'a été changé.") from error
    divisions = _divisions(editions, history.divisions)
    region = {state.code: state.region for state in divisions if state.kind == "departement" and not state.end}
    states = [
        replace(state, region=region.get(state.departement, ""))
        for lives in (*communes.lives.values(), *groupings.lives.values())
        for state in lives
    ]
    states.extend(divisions)
    order = sorted(states, key=lambda s: (FAMILIES.index(s.family), s.code, s.start, s.kind))
    members = [row for rows in groupings.members.values() for row in rows]
    events = sorted([*communes.events, *groupings.events], key=lambda e: (e.date, e.kind, e.before, e.after, e.communes))
    documented = {str(k): str(v) for k, v in source["documente_depuis"].items()}
    return Reference(order, members, events, documented, editions[-1].day)


def _divisions(editions: list[Edition], earlier: list[State]) -> list[State]:
    """Départements and régions: what ``historique/`` says of the time before, then one state for each run of equal years."""
    lives: dict[tuple[str, str], list[State]] = {}
    for state in earlier:
        lives.setdefault((state.kind, state.code), []).append(state)
    for edition in editions:
        for kind, divisions in (("departement", edition.departements), ("region", edition.regions)):
            for division in divisions:
                _divide(lives.setdefault((kind, division.code), []), kind, division, edition.day)
    return [state for states in lives.values() for state in states]


def _divide(states: list[State], kind: str, division: Division, day: str) -> None:
    own = division.code if kind == "departement" else ""
    region = division.region or division.code
    state = State(kind, division.code, division.name, division.article, departement=own, region=region, seat=division.seat)
    last = states[-1] if states else None
    if last and not last.end and (last.name, last.region, last.seat) == (state.name, state.region, state.seat):
        return
    start = ""
    if last:
        start = last.end or day
        states[-1] = replace(last, end=start)
    states.append(replace(state, start=start))


def _check(reference: Reference) -> None:
    found = list(problems(reference))
    if found:
        shown = "\n".join(f"  {problem}" for problem in found[:20])
        raise RefreshRefused(f"{len(found)} incohérences, rien n'a été changé :\n{shown}")


def _texts(reference: Reference) -> dict[str, str]:
    texts = {name: _table(STATE_COLUMNS, (_state_row(s) for s in reference.all_states(family))) for family, name in FILES.items()}
    texts["membres.csv"] = _table(MEMBER_COLUMNS, (_member_row(m) for m in reference.memberships()))
    texts["evenements.csv"] = _table(EVENT_COLUMNS, (_event_row(e) for e in reference.events()))
    return texts


def _state_row(s: State) -> list[str]:
    numbers = ("" if value is None else str(value) for value in (s.population, s.population_year, s.lon, s.lat))
    return [s.code, s.kind, s.name, s.article, s.start, s.end, s.departement, s.region, s.parent, s.seat, *numbers]


def _member_row(m: Membership) -> list[str]:
    return [m.commune, m.epci, m.start, m.end]


def _event_row(e: Event) -> list[str]:
    return [e.kind, e.date, _cell(e.before), _cell(e.after), " ".join(e.communes), e.note, e.source]


def _cell(things: Iterable[Reached]) -> str:
    return " ".join(f"{family}:{code}" for family, code in things)


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


HEADER = """\
# D'où vient chaque fichier de ce dossier. « ess-lod insee refresh » le réécrit : il épingle l'empreinte des archives et compte les lignes.
# Ajouter une année : ajouter son paquet à la liste, sans sha256, puis relancer la commande (docs/insee.md).
"""


def _source(source: dict[str, Any], pins: list[Pin], archives: Path, texts: Mapping[str, str]) -> str:
    packages = [
        {**package, "sha256": pin.sha256 or digest(archives / pin.archive)} for package, pin in zip(source["paquets"], pins, strict=True)
    ]
    last = max(str(package["cog"]) for package in packages)
    files = {
        name: {"lignes": text.count("\n") - 1, "sha256": hashlib.sha256(text.encode()).hexdigest()}
        for name, text in sorted(texts.items())
        if name != "uuid.csv"
    }
    whole = {**source, "dernier_cog": last, "paquets": packages, "fichiers": files}
    return HEADER + yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=140)


def _compare(folder: Path, new: Reference, texts: Mapping[str, str]) -> Summary:
    try:
        old = read_reference(folder)
    except ReferenceUnreadable:
        old = Reference([], [], [])
    counts: dict[str, dict[str, int]] = {"added": {}, "removed": {}, "changed": {}}
    for family in FAMILIES:
        was = {(s.code, s.kind, s.start): s for s in old.all_states(family)}
        now = {(s.code, s.kind, s.start): s for s in new.all_states(family)}
        counts["added"][family] = len(now.keys() - was.keys())
        counts["removed"][family] = len(was.keys() - now.keys())
        counts["changed"][family] = sum(was[key] != now[key] for key in was.keys() & now.keys())
    return Summary({name: text.count("\n") - 1 for name, text in texts.items()}, **counts)


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    """All files beside their targets first, then one rename each; SOURCE.yaml last."""
    temporary = {folder / name: folder / f".{name}.nouveau" for name in texts}
    try:
        for path, new in temporary.items():
            new.write_bytes(texts[path.name].encode("utf-8"))
        for path, new in temporary.items():
            os.replace(new, path)
    finally:
        for new in temporary.values():
            new.unlink(missing_ok=True)
