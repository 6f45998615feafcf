"""What is asked of the index, and what it answers: plain values, no HTTP and no RDF."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 200
"""Letters of a name, or of the value of a property, that are read; what goes on after them is not."""
MOST_VALUES = 10
"""Values of one property that are read; those after them are not."""
MOST = 100
"""Candidates that an answer has at most."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of the thing that is looked for: a property of :data:`ess_lod.reconcile.properties.PROPERTIES`, and its values as texts.

    An entity is given by its IRI, its code or its name; a date as ``2019-06-01``, ``2019-06``, ``2019`` or ``01/06/2019``.
    """

    pid: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A name (or a code) to look up, and what else is known.

    ``type`` is an id of :data:`ess_lod.reconcile.types.TYPES`, "" for any. ``limit`` is how many candidates are wanted, :data:`MOST` at most.
    ``language`` is that of the names in the answer, ``fr`` or ``en``.
    """

    query: str
    type: str = ""
    limit: int = 10
    properties: tuple[Wanted, ...] = ()
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that may be meant.

    ``score`` is 0–100 and does not depend on what else is asked; ``match`` says that it may be taken without looking. ``types`` are ids, the most
    special first; ``features`` are pairs of an id and a number, ``reasons`` pairs of a sentence in French and in English.
    """

    id: str
    name: str
    description: str
    types: tuple[str, ...]
    score: float
    match: bool = False
    features: tuple[tuple[str, float], ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()
