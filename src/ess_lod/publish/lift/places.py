"""Territories, what composes them, and what changes them."""

from __future__ import annotations

from pyoxigraph import NamedNode

from ess_lod.iris import concept
from ess_lod.publish.lift.node import Context, Node, add_description, add_labels, add_period, add_sources, node_of, things
from ess_lod.publish.rows import Row
from ess_lod.terms import DCTERMS, ESS, IGEO, RDFS, SKOS, A, date, fr, text

INSEE_COMMUNE = "http://id.insee.fr/geo/commune/"
IGEO_CLASS = {
    "commune": IGEO.Commune,
    "commune-associee": IGEO.CommuneAssociee,
    "commune-deleguee": IGEO.CommuneDeleguee,
    "communaute-de-communes": IGEO.Intercommunalite,
    "communaute-d-agglomeration": IGEO.Intercommunalite,
    "communaute-urbaine": IGEO.Intercommunalite,
    "metropole": IGEO.Intercommunalite,
    "departement": IGEO.Departement,
    "region": IGEO.Region,
}


def lift_territory(row: Row, ref: Context) -> Node:
    """One life of a territory."""
    node = node_of(row, ref, row["id"])
    node.add(A, ESS.Territory)
    if row["type"] in IGEO_CLASS:
        node.add(A, IGEO_CLASS[row["type"]])
    add_labels(node, row)
    node.add(SKOS.altLabel, *map(fr, row.list("autres_noms")))
    node.add(ESS.territoryKind, concept("type-territoire", row["type"]))
    if row["code"]:
        node.add(IGEO.codeINSEE, text(row["code"]))
        node.add(DCTERMS.identifier, text(row["code"]))
    if row["type"] == "commune":
        node.add(RDFS.seeAlso, NamedNode(INSEE_COMMUNE + row["code"]))
    add_period(node, "vie", row)
    node.add(DCTERMS.isPartOf, *things(ref, row.list("partie_de")))
    if row["siege"]:
        node.add(ESS.seatCommune, ref.iris.thing(ref.communes[row["siege"]]))
    add_description(node, row, ref)
    return node


def lift_territorial_membership(row: Row, ref: Context) -> Node:
    """A dated membership as a part of the grouping territory."""
    group = node_of(row, ref, row["groupe"])
    name = f"membre-{row['membre']}" + (f"-{row['debut']}" if row["debut"] else "")
    membership = group.part(name)
    membership.add(A, ESS.TerritorialMembership)
    membership.add(ESS.memberTerritory, ref.iris.thing(row["membre"]))
    membership.add(ESS.groupingTerritory, group.subject)
    add_period(membership, "periode", row)
    add_sources(membership, row, ref)
    return group


def lift_change(row: Row, ref: Context) -> Node:
    """A change event as a part of the first territory that results, with the replaces/isReplacedBy short cuts."""
    before, after = things(ref, row.list("avant")), things(ref, row.list("apres"))
    node = node_of(row, ref, row["apres"])
    change = node.part(f"evenement-{row['type']}-{row['date']}")
    change.add(A, ESS.TerritorialChange)
    names = [", ".join(ref.names[id_] for id_ in row.list(side)) for side in ("avant", "apres")]
    arrow = " → ".join(name for name in names if name)
    change.texts(RDFS.label, f"{row['date']} : {arrow}", f"{row['date']}: {arrow}")
    change.add(ESS.changeKind, concept("evenement", row["type"]))
    change.add(DCTERMS.date, date(row["date"]))
    change.add(ESS.changedFrom, *before)
    change.add(ESS.changedTo, *after)
    add_description(change, row, ref)
    for old in before:
        for new in after:
            if old != new:
                node.of(old).add(DCTERMS.isReplacedBy, new)
                node.of(new).add(DCTERMS.replaces, old)
    return node
