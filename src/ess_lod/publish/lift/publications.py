"""Documents, issues of the newsletter, supplements, and whom they feature or mention."""

from __future__ import annotations

from pyoxigraph import NamedNode

from ess_lod.iris import concept
from ess_lod.publish.labels import issue_labels, supplement_labels
from ess_lod.publish.lift.node import Context, Node, add_date, add_description, add_period, add_sources, concepts, node_of, things
from ess_lod.publish.rows import Row
from ess_lod.terms import DC, DCTERMS, ESS, FOAF, RDFS, SCHEMA, SKOS, A, integer, text


def lift_document(row: Row, ref: Context) -> Node:
    """A document, in ``g:catalogue``: what it is, not what it says."""
    node = Node(ref.iris.thing(row["id"]), ref.iris.graph("catalogue"))
    node.add(A, ESS.Document)
    node.texts(RDFS.label, row["titre"])
    node.texts(DCTERMS.title, row["titre"])
    node.add(DCTERMS.type, concept("type-document", row["type"]))
    if row["editeur"]:
        node.add(DC.publisher, text(row["editeur"]))
    if row["adresse"]:
        node.add(FOAF.page, NamedNode(row["adresse"]))
    add_date(node, DCTERMS.date, row["date"])
    node.add(DCTERMS.isFormatOf, *things(ref, row.list("reproduit")))
    node.texts(SKOS.note, row["note"])
    return node


def _issue(node: Node, row: Row, ref: Context) -> None:
    if row["titre"]:
        node.texts(DCTERMS.title, row["titre"])
    if row["numero"]:
        node.add(SCHEMA.issueNumber, text(row["numero"]))
        node.add(ESS.issueNumberMode, concept("mode", row["numero_mode"]))
    if row["saison"]:
        node.texts(ESS.season, row["saison"])
    period = add_period(node, "parution", row)
    if period:
        period.add(ESS.assertionMode, concept("mode", row["date_mode"]))
    node.add(DCTERMS.publisher, ref.iris.thing(ref.dataset.publisher))
    add_description(node, row, ref)


def lift_lettre(row: Row, ref: Context) -> Node:
    """An issue of the newsletter."""
    node = node_of(row, ref, row["id"])
    node.add(A, ESS.NewsletterIssue)
    node.texts(RDFS.label, *issue_labels(row, ref.dataset.newsletter))
    _issue(node, row, ref)
    return node


def lift_supplement(row: Row, ref: Context) -> Node:
    """A supplement: what is printed, derived, estimated, and the territory by how sure it is."""
    node = node_of(row, ref, row["id"])
    node.add(A, ESS.Supplement)
    node.texts(RDFS.label, *supplement_labels(row, [ref.names[id_] for id_ in row.list("territoires")], ref.dataset.supplement))
    _issue(node, row, ref)
    if row["rang"]:
        node.add(ESS.listingPosition, integer(int(row["rang"])))
    if row["signature"]:
        node.add(ESS.printedByline, text(row["signature"]))
    node.add(ESS.supplementOf, *things(ref, row.list("lettre")))
    node.add(ESS.theme, *concepts("champ", row.list("themes")))
    level = row["territoire_confiance"]
    node.add(ESS.territoryConfidence, concept("confiance", level))
    portrays = ESS.portraysTerritory if level == "certaine" else ESS.probablyPortraysTerritory
    node.add(portrays, *things(ref, row.list("territoires")))
    return node


def lift_portrayal(row: Row, ref: Context) -> Node:
    """``ess:features`` and the portrayal that qualifies it."""
    supplement = node_of(row, ref, row["supplement"])
    entity = ref.iris.thing(row["entite"])
    portrayal = supplement.part(f"portrait-{row['entite']}")
    supplement.add(ESS.features, entity)
    supplement.add(ESS.hasPortrayal, portrayal.subject)
    portrayal.add(A, ESS.Portrayal)
    portrayal.add(ESS.portrayedEntity, entity)
    portrayal.add(ESS.prominence, concept("prominence", row["prominence"]))
    if row["page"]:
        portrayal.add(ESS.page, integer(int(row["page"])))
    portrayal.add(ESS.theme, *concepts("champ", row.list("champs")))
    portrayal.add(ESS.confidence, concept("confiance", row["confiance"]))
    add_sources(portrayal, row, ref)
    return supplement


def lift_mention(row: Row, ref: Context) -> Node:
    """``ess:mentions``, never a portrayal."""
    node = node_of(row, ref, row["publication"])
    node.add(ESS.mentions, ref.iris.thing(row["entite"]))
    return node
