"""The types of things that can be looked up, by the id that they have in the service: the local name of a class, or of a kind of territory or concept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EntityType:
    """A type: ``broader`` are the ids of the types that hold all its things."""

    id: str
    name_fr: str
    name_en: str
    broader: tuple[str, ...] = ()


_ALL = (
    EntityType("Actor", "acteur de l'ESS", "SSE actor"),
    EntityType("Collective", "collectif d'acteurs", "collective of actors", ("Actor",)),
    EntityType("PublicBody", "personne publique", "public body"),
    EntityType("Territory", "territoire", "territory"),
    EntityType("Commune", "commune", "municipality", ("Territory",)),
    EntityType("CommunePart", "commune déléguée ou associée", "delegated or associated municipality", ("Territory",)),
    EntityType("EPCI", "intercommunalité (EPCI)", "intermunicipal grouping (EPCI)", ("Territory",)),
    EntityType("Departement", "département", "department", ("Territory",)),
    EntityType("Region", "région", "region", ("Territory",)),
    EntityType("Quarter", "quartier", "neighbourhood", ("Territory",)),
    EntityType(
        "ProjectTerritory",
        "territoire de projet (pays, PETR, syndicat…)",
        "project territory (pays, PETR, joint authority…)",
        ("Territory",),
    ),
    EntityType("Supplement", "supplément territoire", "territory supplement"),
    EntityType("NewsletterIssue", "numéro de lettre d'information", "newsletter issue"),
    EntityType("Cooperation", "coopération", "cooperation"),
    EntityType("Scheme", "dispositif", "scheme"),
    EntityType("Concept", "concept d'une liste", "concept of a list"),
    EntityType("LegalStatus", "statut juridique", "legal status", ("Concept",)),
    EntityType("Field", "champ d'activité", "field of activity", ("Concept",)),
    EntityType("TerritoryKind", "type de territoire", "kind of territory", ("Concept",)),
    EntityType("Role", "rôle", "role", ("Concept",)),
    EntityType("RecognitionType", "agrément, conventionnement ou label", "approval, agreement or label", ("Concept",)),
    EntityType("SchemeKind", "type de dispositif", "kind of scheme", ("Concept",)),
    EntityType("LifecycleStatus", "état de vie", "lifecycle status", ("Concept",)),
    EntityType("AssertionMode", "mode d'assertion", "assertion mode", ("Concept",)),
    EntityType("Confidence", "degré de confiance", "degree of confidence", ("Concept",)),
    EntityType("Prominence", "importance de passage", "prominence of a passage", ("Concept",)),
    EntityType("Measure", "mesure", "measure", ("Concept",)),
    EntityType("ChangeKind", "type de changement territorial", "kind of territorial change", ("Concept",)),
    EntityType("DocumentKind", "type de document", "kind of document", ("Concept",)),
    EntityType("IdentifierKind", "type d'identifiant", "kind of identifier", ("Concept",)),
)

TYPES: dict[str, EntityType] = {each.id: each for each in _ALL}
"""All types, by id."""

OF_KIND: dict[str, str] = {
    "commune": "Commune",
    "commune-deleguee": "CommunePart",
    "commune-associee": "CommunePart",
    "communaute-de-communes": "EPCI",
    "communaute-d-agglomeration": "EPCI",
    "communaute-urbaine": "EPCI",
    "metropole": "EPCI",
    "departement": "Departement",
    "region": "Region",
    "quartier": "Quarter",
    "qpv": "Quarter",
    "pays": "ProjectTerritory",
    "petr": "ProjectTerritory",
    "pole-metropolitain": "ProjectTerritory",
    "syndicat-mixte": "ProjectTerritory",
    "groupement-ad-hoc": "ProjectTerritory",
}
"""The type of a kind of territory, by its notation; other kinds are a Territory and nothing else."""

OF_SCHEME: dict[str, str] = {
    "statut": "LegalStatus",
    "champ": "Field",
    "type-territoire": "TerritoryKind",
    "role": "Role",
    "agrement": "RecognitionType",
    "dispositif": "SchemeKind",
    "etat": "LifecycleStatus",
    "mode": "AssertionMode",
    "confiance": "Confidence",
    "prominence": "Prominence",
    "mesure": "Measure",
    "evenement": "ChangeKind",
    "type-document": "DocumentKind",
    "type-identifiant": "IdentifierKind",
}
"""The type of the concepts of a scheme; those of another scheme are a Concept and nothing else."""


def with_broader(type_: str) -> tuple[str, ...]:
    """A type and those that hold it: ``Collective`` → Collective, Actor."""
    return (type_, *TYPES[type_].broader)
