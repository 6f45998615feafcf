"""From what a spreadsheet has (a name, a SIREN, a town) to the URI that it means, or to candidates with scores and reasons. No HTTP here.

    index = open_index(store, iris)
    index.match(Query("Dynamique insertion emploi", "Actor", properties=(Wanted("siren", ("411 654 296",)),)))

``asked`` is question and answer, ``types`` and ``properties`` what may be asked for, ``entities`` what is read from the release.
docs/reconciliation.md has the rules and the scores.
"""

from __future__ import annotations

from ess_lod.iris import Iris
from ess_lod.reconcile.asked import LONGEST, MOST, Candidate, Query, Wanted
from ess_lod.reconcile.entities import Entity, Name, entities
from ess_lod.reconcile.index import Index
from ess_lod.reconcile.properties import PROPERTIES, Property
from ess_lod.reconcile.types import TYPES, EntityType
from ess_lod.store import Store

__all__ = [
    "LONGEST",
    "MOST",
    "PROPERTIES",
    "TYPES",
    "Candidate",
    "Entity",
    "EntityType",
    "Index",
    "Name",
    "Property",
    "Query",
    "Wanted",
    "open_index",
]


def open_index(store: Store, iris: Iris) -> Index:
    """The index of the release that a store holds."""
    return Index(entities(store, iris))
