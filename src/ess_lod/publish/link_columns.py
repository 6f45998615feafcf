"""The two tables of links: what we hold to be the same elsewhere, and what other networks have announced to us."""

from __future__ import annotations

from ess_lod.links.relations import RELATIONS
from ess_lod.links.targets import TARGETS
from ess_lod.publish.columns import ANYTHING, CONFIDENCE, SOURCES, Column, Kind, Table, choice, ref

STATES = ("a_relire", "accepte", "refuse")
"""Of an announced link: only the accepted ones are published."""

LINKS = Table(
    "liens",
    "La même chose décrite ailleurs : encyclopédie, base de connaissances, autre réseau. Les liens vers l'annuaire des entreprises n'y figurent pas : "
    "ils se forment à partir des SIREN certains.",
    (
        Column(
            "entite",
            "La chose, ou un de nos termes écrit liste/terme (par exemple champ/alimentation).",
            Kind.LINKED,
            required=True,
            target=ANYTHING,
        ),
        Column("cible", "Adresse de l'autre description.", Kind.URL, required=True),
        choice("genre", "Où elle se trouve. Vide : déduit de l'adresse, quand elle le dit.", *TARGETS),
        CONFIDENCE,
        Column("justification", "En une phrase, pourquoi on tient les deux pour la même chose.", required=True),
        SOURCES,
    ),
    ("entite", "cible"),
)

LINKS_IN = Table(
    "liens_entrants",
    "Ce que d'autres réseaux annoncent : « notre X est votre Y ». Rempli par « ess-lod links import » ; seules les lignes acceptées se publient.",
    (
        Column("entite", "Notre chose, ou un de nos termes écrit liste/terme.", Kind.LINKED, required=True, target=ANYTHING),
        Column("cible", "L'adresse de la leur.", Kind.URL, required=True),
        choice("relation", "Ce qu'ils en disent.", *RELATIONS, required=True),
        Column("reseau", "Le réseau qui l'annonce, en minuscules et tirets (par exemple autre-reseau).", required=True),
        Column("recu_le", "Jour de réception.", Kind.DATE, required=True),
        choice("etat", "Décision.", *STATES, required=True),
        Column("annonce", "Adresse du fichier ou de la page qui l'annonce ; elle ou un document est nécessaire pour accepter.", Kind.URL),
        ref("sources", "Documents qui l'établissent.", "document", many=True),
    ),
    ("entite", "cible", "reseau"),
)
