"""Links out and links in: the property itself, and beside it a part of the thing that says who holds it to be so, how sure and why.

That part is an ``rdf:Statement`` (RDF Schema, 5.3): subject, predicate and object are named, so that anybody finds the reason for a triple without a model of
ours. It is a fragment of the thing, not a blank node.
"""

from __future__ import annotations

import hashlib

from pyoxigraph import NamedNode

from ess_lod.iris import Iris, concept
from ess_lod.links.relations import RELATIONS
from ess_lod.links.targets import check_target
from ess_lod.publish.lift.node import Context, Node, add_date, add_sources
from ess_lod.publish.link_rows import linked_kind
from ess_lod.publish.rows import Row
from ess_lod.terms import DCTERMS, ESS, PROV, RDF, RDFS, SCHEMA, SKOS, A, fr

_DIRECTORY = "https://annuaire-entreprises.data.gouv.fr/entreprise/"


def lift_link(row: Row, ref: Context) -> Node:
    """``skos:closeMatch`` between concepts, ``schema:sameAs`` between things, when certain; ``rdfs:seeAlso`` when probable, and from a territory."""
    node = Node(ref.iris.linkable(row["entite"]), ref.iris.graph(row.list("sources")[0]))
    kind = linked_kind(row["entite"])
    same = SKOS.closeMatch if kind == "concept" else SCHEMA.sameAs
    relation = same if row["confiance"] == "certaine" and kind != "territoire" else RDFS.seeAlso
    family = check_target(row["cible"], row["genre"]).family(row["cible"])
    link = _stated(node, f"lien-{family}", (node.subject, relation, NamedNode(row["cible"])))
    link.add(DCTERMS.description, fr(row["justification"]))
    link.add(ESS.confidence, concept("confiance", row["confiance"]))
    add_sources(link, row, ref)
    return node


def link_by_siren(node: Node, identifier: NamedNode, number: str, row: Row, ref: Context) -> None:
    """The page of the directory of businesses that has the same SIREN: from a certain SIREN, without a row of its own."""
    link = _stated(node, "lien-annuaire-entreprises", (node.subject, SCHEMA.sameAs, NamedNode(_DIRECTORY + number)))
    link.texts(DCTERMS.description, f"Même SIREN, {number}.", f"Same SIREN, {number}.")
    link.add(ESS.confidence, concept("confiance", "certaine"))
    link.add(ESS.assertionMode, concept("mode", "inference"))
    link.add(PROV.wasDerivedFrom, identifier)
    add_sources(link, row, ref)


def lift_announced_link(row: Row, ref: Context) -> Node:
    """What another network says of its thing and ours, once it is accepted, in the graph of that network; nothing before."""
    ours = ref.iris.linkable(row["entite"])
    node = Node(ours, announced_graph(ref.iris, row["reseau"]))
    if row["etat"] != "accepte":
        return node
    theirs = node.of(NamedNode(row["cible"]))
    mark = hashlib.sha256(row["cible"].encode()).hexdigest()[:8]
    link = _stated(node, f"lien-de-{row['reseau']}-{mark}", (theirs.subject, RELATIONS[row["relation"]], ours))
    add_date(link, DCTERMS.date, row["recu_le"])
    add_sources(link, row, ref)
    if row["annonce"]:
        link.add(PROV.wasDerivedFrom, NamedNode(row["annonce"]))
    link.add(ESS.assertionMode, concept("mode", "declaration"))
    return node


def announced_graph(iris: Iris, network: str) -> NamedNode:
    """The graph of what a network has announced."""
    return iris.graph(f"liens/{network}")


def _stated(node: Node, fragment: str, said: tuple[NamedNode, NamedNode, NamedNode]) -> Node:
    """State a triple, and give the part of the node that speaks of it."""
    subject, predicate, obj = said
    node.of(subject).add(predicate, obj)
    part = node.part(fragment)
    part.add(A, RDF.Statement)
    part.add(RDF.subject, subject)
    part.add(RDF.predicate, predicate)
    part.add(RDF.object, obj)
    return part
