"""The things of an index, packed: some hundred bytes each, made a thing again when it is asked for."""

from __future__ import annotations

import marshal
from array import array
from functools import lru_cache

from ess_lod.reconcile.compact import Lookup
from ess_lod.reconcile.entities import Code, Entity, Name, Place
from ess_lod.reconcile.types import TYPES, with_broader

MASKS: dict[str, int] = {id_: 1 << place for place, id_ in enumerate(TYPES)}
"""A bit for each type: the types of a thing are one number."""
_REMEMBERED = 4096


def mask_of(types: tuple[str, ...]) -> int:
    """The bits of some types; all bits for none. Raises ``KeyError`` for one that is not known."""
    return sum(MASKS[type_] for type_ in types) if types else -1


class Records:
    """Things by number, in the order in which they were added."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])
        self.masks = array("Q")
        self._ids: list[str] = []
        self._by_id: Lookup | None = None
        self.get = lru_cache(_REMEMBERED)(self._get)

    def append(self, entity: Entity) -> int:
        """Add a thing, and return its number."""
        self._bytes += _packed(entity)
        self._ends.append(len(self._bytes))
        self.masks.append(mask_of(entity.types))
        self._ids.append(entity.id)
        return len(self.masks) - 1

    def seal(self) -> None:
        """No more will be added: things can be found by their ids."""
        self._by_id = Lookup.of_pairs(self._ids, range(len(self._ids)))
        self._ids = []

    def __len__(self) -> int:
        return len(self.masks)

    def find(self, id_: str) -> Entity | None:
        """A thing by its IRI."""
        found = self._by_id.of(id_) if self._by_id else ()
        return self.get(found[0]) if found else None

    def _get(self, number: int) -> Entity:
        return _unpacked(bytes(self._bytes[self._ends[number] : self._ends[number + 1]]))


def _packed(entity: Entity) -> bytes:
    names = tuple((name.text, name.kind, name.language, name.since, name.until) for name in entity.names)
    codes = tuple((code.scheme, code.value, code.certain) for code in entity.codes)
    places = tuple((place.code, place.names, place.ids) for place in entity.places)
    rest = (entity.departements, entity.kinds, entity.fields, entity.websites, entity.since, entity.until, entity.over, entity.part_of)
    last = (entity.replaced_by, entity.description_fr, entity.description_en)
    return marshal.dumps((entity.id, entity.types[0], names, codes, places, *rest, *last))


def _unpacked(packed: bytes) -> Entity:
    # Nothing but what _packed wrote, in this memory, is read.
    id_, type_, names, codes, places, *rest = marshal.loads(packed)  # noqa: S302
    return Entity(
        id_,
        with_broader(type_),
        tuple(Name(*name) for name in names),
        tuple(Code(*code) for code in codes),
        tuple(Place(*place) for place in places),
        *rest,
    )
