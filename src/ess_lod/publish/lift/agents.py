"""Actors and public bodies, with their sites, identifiers, links, recognitions and memberships."""

from __future__ import annotations

from pyoxigraph import NamedNode

from ess_lod.iris import concept
from ess_lod.publish.lift.links import link_by_siren
from ess_lod.publish.lift.node import (
    Context,
    Node,
    add_date,
    add_description,
    add_labels,
    add_period,
    add_sources,
    concepts,
    node_of,
    things,
)
from ess_lod.publish.rows import Row
from ess_lod.terms import ADMS, DCTERMS, ESS, FOAF, ORG, RDFS, SCHEMA, SKOS, A, fr, text

_AGENCY = {"siren": "Insee", "siret": "Insee", "rna": "Ministère de l'Intérieur"}
_SHORT_CUT = {"siren": ESS.siren, "siret": ESS.siret, "rna": ESS.rna}


def _site(node: Node, fragment: str, predicate: NamedNode, commune: NamedNode, names: tuple[str, str]) -> None:
    site = node.part(fragment)
    node.add(predicate, site.subject)
    site.add(A, ESS.Site)
    site.texts(RDFS.label, *names)
    site.add(ESS.locatedIn, commune)


def _agent(row: Row, ref: Context) -> Node:
    node = node_of(row, ref, row["id"])
    add_labels(node, row, agent=True)
    if row["sigle"]:
        node.add(ESS.acronym, text(row["sigle"]))
        node.add(SKOS.altLabel, fr(row["sigle"]))
    node.add(ESS.formerName, *map(fr, row.list("anciens_noms")))
    node.add(SKOS.altLabel, *map(fr, (*row.list("anciens_noms"), *row.list("autres_noms"))))
    node.add(ESS.legalStatus, *concepts("statut", row.list("statut")))
    node.add(ESS.lifecycleStatus, concept("etat", row["etat"]))
    node.add(ESS.confidence, concept("confiance", row["confiance"]))
    if row["site_web"]:
        node.add(FOAF.homepage, NamedNode(row["site_web"]))
    add_date(node, SCHEMA.foundingDate, row["creation"])
    add_date(node, SCHEMA.dissolutionDate, row["dissolution"])
    if row["commune"]:
        names = (f"Siège de {row['nom']}", f"Seat of {row['nom_en'] or row['nom']}")
        _site(node, "siege", ORG.hasPrimarySite, ref.iris.thing(ref.communes[row["commune"]]), names)
    add_description(node, row, ref)
    return node


def lift_actor(row: Row, ref: Context) -> Node:
    """An actor or a collective."""
    node = _agent(row, ref)
    node.add(A, ESS.Collective if row["type"] == "collectif" else ESS.Actor)
    node.add(ESS.activityField, *concepts("champ", row.list("champs")))
    node.add(ESS.operatesIn, *things(ref, row.list("intervient_sur")))
    node.add(ESS.operatedBy, *things(ref, row.list("porte_par")))
    return node


def lift_public_body(row: Row, ref: Context) -> Node:
    """A public institution; its area is a territory that it administers."""
    node = _agent(row, ref)
    node.add(A, ESS.PublicBody)
    node.add(ESS.administers, *things(ref, row.list("territoires")))
    return node


def lift_other_site(row: Row, ref: Context) -> Node:
    """A site that is not the seat."""
    node = node_of(row, ref, row["entite"])
    commune = ref.iris.thing(ref.communes[row["commune"]])
    _site(node, f"site-{row['rang']}", ORG.hasSite, commune, (row["nom"], row["nom_en"]))
    return node


def lift_identifier(row: Row, ref: Context) -> Node:
    """An official number as ``adms:Identifier``; short cut property when certain; a SIRET hangs on the seat."""
    node = node_of(row, ref, row["entite"])
    scheme, number = row["type"], row["valeur"]
    holder = node.part("siege") if scheme == "siret" else node
    identifier = node.part(f"{scheme}-{number}")
    holder.add(ADMS.identifier, identifier.subject)
    identifier.add(A, ADMS.Identifier)
    identifier.add(SKOS.notation, text(number))
    identifier.add(DCTERMS.type, concept("type-identifiant", scheme))
    identifier.add(ADMS.schemeAgency, text(_AGENCY[scheme]))
    identifier.add(ESS.confidence, concept("confiance", row["confiance"]))
    add_sources(identifier, row, ref)
    if row["confiance"] == "certaine":
        holder.add(_SHORT_CUT[scheme], text(number))
        if scheme == "siren":
            link_by_siren(node, identifier.subject, number, row, ref)
    return node


def lift_recognition(row: Row, ref: Context) -> Node:
    """An approval, label or status with its period, as a part of who holds it."""
    node = node_of(row, ref, row["entite"])
    recognition = node.part(f"agrement-{row['type']}")
    node.add(ESS.hasRecognition, recognition.subject)
    recognition.add(A, ESS.Recognition)
    recognition.add(ESS.recognitionType, concept("agrement", row["type"]))
    add_period(recognition, "periode", row)
    add_date(recognition, DCTERMS.date, row["constate_le"])
    recognition.add(ESS.confidence, concept("confiance", row["confiance"]))
    add_sources(recognition, row, ref)
    return node


def lift_membership(row: Row, ref: Context) -> Node:
    """A dated ``org:Membership`` as a part of the organisation, and ``org:memberOf``."""
    node = node_of(row, ref, row["organisation"])
    member = ref.iris.thing(row["membre"])
    membership = node.part(f"adhesion-{row['membre']}" + ("" if row["role"] == "membre" else f"-{row['role']}"))
    membership.add(A, ORG.Membership)
    membership.add(ORG.organization, node.subject)
    membership.add(ORG.member, member)
    membership.add(ORG.role, concept("role", row["role"]))
    add_period(membership, "periode", row, ORG.memberDuring)
    membership.add(ESS.confidence, concept("confiance", row["confiance"]))
    add_sources(membership, row, ref)
    node.of(member).add(ORG.memberOf, node.subject)
    return node
