"""Which group a thing belongs to, where changes are counted: its kind, or what else a release describes."""

from __future__ import annotations

from ess_lod.iris import DEFAULT_BASE, KINDS

GROUPS = (*KINDS, "dataset", "graph", "vocabulary", "other")
"""All groups, in the order in which they are told."""

_VOCABULARY = tuple(f"{DEFAULT_BASE}{each}" for each in ("ns", "vocab", "shapes"))
_DATASET = ("dataset", "catalog", "sparql")


def group_of(thing: str, base: str) -> str:
    """``…/id/acteur/A017`` → ``acteur``; for other IRIs ``vocabulary``, ``graph``, ``dataset`` or ``other``."""
    if thing.startswith(_VOCABULARY):
        return "vocabulary"
    if not thing.startswith(base):
        return "other"
    first, _, rest = thing[len(base) :].partition("/")
    kind = rest.partition("/")[0]
    if first == "id" and kind in KINDS:
        return kind
    if first == "graph":
        return "graph"
    return "dataset" if first in _DATASET else "other"
