"""The properties that can be given with a name, by the id that they have in the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ValueKind = Literal["text", "date", "number", "entity"]


@dataclass(frozen=True, slots=True)
class Property:
    """A property: ``types`` are the ids of the types whose things have it; ``values`` the type of its values when they are things."""

    id: str
    name_fr: str
    name_en: str
    types: tuple[str, ...]
    kind: ValueKind = "text"
    values: str = ""


_AGENTS = ("Actor", "PublicBody")
_ALL = (
    Property("siren", "numéro SIREN", "SIREN number", (*_AGENTS, "EPCI")),
    Property("siret", "numéro SIRET", "SIRET number", _AGENTS),
    Property("rna", "numéro RNA (W…)", "RNA number (W…)", ("Actor",)),
    Property("insee", "code Insee", "INSEE code", ("Territory",)),
    Property("commune", "commune (du siège ou d'un lieu)", "municipality (of the seat or of a site)", _AGENTS, "entity", "Commune"),
    Property("departement", "département, ou code postal", "department, or postal code", (*_AGENTS, "Territory"), "entity", "Departement"),
    Property("field", "champ d'activité", "field of activity", ("Actor",), "entity", "Field"),
    Property("kind", "type de territoire", "kind of territory", ("Territory",), "entity", "TerritoryKind"),
    Property("date", "date à laquelle c'était ainsi", "date at which it was so", (*_AGENTS, "Territory"), "date"),
    Property("acronym", "sigle", "acronym", _AGENTS),
    Property("formerName", "ancien nom", "former name", _AGENTS),
    Property("website", "site web", "website", _AGENTS),
)

PROPERTIES: dict[str, Property] = {each.id: each for each in _ALL}
"""All properties, by id."""
