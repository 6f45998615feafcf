"""The dated reference as far as this dataset publishes it: the lives of its region, each with its id."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ess_lod.errors import ConfigError
from ess_lod.insee.identifiers import FILENAME, lost, read_identifiers
from ess_lod.insee.lives import Life, lives_of, lives_of_region
from ess_lod.insee.reference import Family, Reference, read_postal_codes, read_reference, read_uuids

_NAMED = 3


@dataclass(frozen=True)
class Dated:
    """The reference, and the published lives by id and by code. ``uuids`` are INSEE's, by (kind, code, start of the state)."""

    reference: Reference
    lives: Mapping[str, Life]
    ids: Mapping[tuple[str, str, str], str]
    uuids: Mapping[tuple[str, str, str], str]
    postal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Communes by postal code."""

    @cached_property
    def _by_code(self) -> dict[tuple[str, str], list[tuple[str, Life]]]:
        found: dict[tuple[str, str], list[tuple[str, Life]]] = {}
        for id_, life in self.lives.items():
            found.setdefault((life.family, life.code), []).append((id_, life))
        return found

    def of(self, family: Family, code: str) -> list[tuple[str, Life]]:
        """Id and life of each published life of a code, oldest first, whole communes before what lies inside one."""
        return self._by_code.get((family, code), [])

    def at(self, family: Family, code: str, date: str) -> str | None:
        """The id of what a code was on a day."""
        return next((id_ for id_, life in self.of(family, code) if life.alive(date)), None)

    def named(self, codes: Iterable[str]) -> str:
        """Communes for a message, the most populous first: « Boulogne-sur-Mer (62160) ou … »; empty without any."""
        last = self.reference.last
        states = [state for code in codes if (state := self.reference.at("commune", code, last))]
        states.sort(key=lambda state: -(state.population or 0))
        told = " ou ".join(f"{state.name} ({state.code})" for state in states[:_NAMED])
        return told + (f" ou {len(states) - _NAMED} autres" if len(states) > _NAMED else "")

    def commune(self, code: str, date: str) -> str | None:
        """The id of a commune by its code: what it is on a day, or else its last life."""
        found = self.of("commune", code)
        return self.at("commune", code, date) or (found[-1][0] if found else None)


def read_dated(folder: Path, region: str) -> Dated | None:
    """The reference of ``data/insee/`` for a region, or ``None`` where a project has none.

    Raises :class:`ConfigError` (French) when a life has no id, or an id no life.
    """
    if not folder.is_dir():
        return None
    reference = read_reference(folder)
    wanted = lives_of_region(reference, region)
    known = read_identifiers(folder)
    everywhere = {*(life.key for life in wanted)}
    elsewhere = [life for key in known if key not in everywhere for life in _lives(reference, key) if life.key == key]
    _complete(wanted, elsewhere, known)
    lives = {known[life.key]: life for life in (*wanted, *elsewhere)}
    return Dated(reference, lives, known, read_uuids(folder), read_postal_codes(folder))


def _lives(reference: Reference, key: tuple[str, str, str]) -> tuple[Life, ...]:
    level, code, _ = key
    families: dict[str, Family] = {"epci": "epci", "departement": "departement", "region": "region"}
    return lives_of(reference, families.get(level, "commune"), code)


def _complete(wanted: Iterable[Life], elsewhere: Iterable[Life], known: Mapping[tuple[str, str, str], str]) -> None:
    without = [life for life in wanted if life.key not in known]
    if without:
        names = ", ".join(f"{life.code} {life.last.name}" for life in without[:3])
        raise ConfigError(f"{FILENAME} : {len(without)} territoires n'ont pas d'identifiant ({names}…). Lancer : ess-lod insee mint")
    gone = lost(known, (*wanted, *elsewhere))
    if gone:
        id_, (level, code, start) = next(iter(gone.items()))
        raise ConfigError(
            f"{FILENAME} : {len(gone)} identifiants n'ont plus de territoire dans la référence, d'abord {id_} ({level} {code}, depuis « {start} »). "
            "Une adresse publiée ne disparaît pas : corriger la date ou le code de la ligne."
        )


def day_before(date: str) -> str:
    """The ISO day before a day."""
    return (datetime.date.fromisoformat(date) - datetime.timedelta(days=1)).isoformat()
