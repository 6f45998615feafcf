"""A thing that may be meant: how it was found, and all that speaks for and against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ess_lod.reconcile.entities import Entity, Name
from ess_lod.reconcile.evidence import Finding
from ess_lod.reconcile.likeness import Ground


@dataclass(frozen=True, slots=True)
class Hit:
    """A name of a thing that is like the one asked for; ``name`` is ``None`` when the thing was found otherwise and nothing is asked of its name.

    ``key`` is the reading of the name, ``made`` tells that nobody uses it: first letters, or a part of a name. ``trimmed`` tells that something
    beside the name asked for was left out.
    """

    entity: Entity
    likeness: float | None = None
    ground: Ground = Ground.PART
    name: Name | None = None
    key: str = ""
    made: bool = False
    trimmed: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """A thing with all that speaks for and against it."""

    hit: Hit
    findings: tuple[Finding, ...]
    score: float
    outdated: bool

    @property
    def contradicted(self) -> bool:
        """Whether something forbids a match."""
        return any(finding.contradicts for finding in self.findings)

    @property
    def code(self) -> Finding | None:
        """A code that agrees."""
        return agreeing_code(self.findings)


def agreeing_code(findings: Iterable[Finding]) -> Finding | None:
    """The finding of a code that agrees, if there is one."""
    return next((finding for finding in findings if finding.id == "code" and finding.agrees), None)
