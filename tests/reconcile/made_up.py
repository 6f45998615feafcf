"""Things made up for one rule each: an index of a handful says more about a rule than one of thousands."""

from __future__ import annotations

from typing import Any

from ess_lod.reconcile import Candidate, Index, Query, Wanted
from ess_lod.reconcile.entities import Code, Entity, Name, Place
from ess_lod.reconcile.types import with_broader

BASE = "https://example.org/id/"
TOWN = Place("99001", ("Vauclair",), (f"{BASE}T1",))
OTHER_TOWN = Place("99002", ("Mareuil-le-Bois",), (f"{BASE}T2",))


def thing(id_: str, *names: str | Name, type_: str = "Actor", code: str = "", certain: bool = True, **facts: Any) -> Entity:
    """A thing by a short id; ``code`` is ``scheme:value``."""
    read = tuple(name if isinstance(name, Name) else Name(name, "other" if place else "label") for place, name in enumerate(names))
    scheme, _, value = code.partition(":")
    codes = (Code(scheme, value, certain),) if code else ()
    return Entity(f"{BASE}{id_}", with_broader(type_), read, codes, **facts)


def commune(id_: str, name: str, code: str, **facts: Any) -> Entity:
    """A commune, in the département of its code."""
    return thing(id_, name, type_="Commune", code=f"insee:{code}", kinds=("commune",), departements=(code[:2],), **facts)


def ask(index: Index, query: str, type_: str = "", **properties: str) -> list[Candidate]:
    """What an index answers, properties given by name."""
    return index.match(Query(query, type_, 10, tuple(Wanted(pid, (value,)) for pid, value in properties.items())))


def found(candidates: list[Candidate]) -> list[str]:
    """The short ids of candidates."""
    return [candidate.id.removeprefix(BASE) for candidate in candidates]


def matched(candidates: list[Candidate]) -> str:
    """The short id of the match, or ""."""
    assert not any(candidate.match for candidate in candidates[1:])
    return next((candidate.id.removeprefix(BASE) for candidate in candidates if candidate.match), "")
