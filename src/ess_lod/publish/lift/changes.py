"""What happens to organisations, as events, and what the registry says of an id: that it is withdrawn, a duplicate, or known elsewhere by another name.

W3C ORG (§5.6) has ``org:ChangeEvent`` with ``org:originalOrganization`` and ``org:resultingOrganization``; their inverses ``org:changedBy`` and
``org:resultedFrom`` hang on the organisations. Whoever stands before and not after is replaced by those who stand after.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode

from ess_lod.iris import concept, kind_of
from ess_lod.publish.columns import AGENT
from ess_lod.publish.lift.node import Context, Node, add_description, add_sources, node_of, things
from ess_lod.publish.rows import Row
from ess_lod.terms import ADMS, DCTERMS, ESS, ORG, OWL, PROV, RDFS, XSD, A, date, fr, text

DUPLICATE = "doublon"


def lift_organization_change(row: Row, ref: Context) -> Node:
    """An event, as a part of the one organisation that results, or else of the first before it."""
    before, after = row.list("avant"), row.list("apres")
    node = node_of(row, ref, after[0] if len(after) == 1 else before[0])
    change = node.part(f"changement-{row['type']}-{row['date']}")
    _event(change, row["type"], row["date"], things(ref, before), things(ref, after))
    french, english = (_label(row, ref, language) for language in ("fr", "en"))
    change.texts(RDFS.label, f"{row['date']} : {french}", f"{row['date']}: {english}")
    change.add(ESS.undescribedOriginal, *map(fr, row.list("autres_avant")))
    change.add(ESS.undescribedResult, *map(fr, row.list("autres_apres")))
    change.texts(ESS.nameBefore, row["ancien_nom"])
    change.texts(ESS.nameAfter, row["nouveau_nom"])
    add_description(change, row, ref)
    for old in before:
        for new in after:
            if old not in after:
                _replace(node, ref.iris.thing(old), ref.iris.thing(new))
    return node


def lift_registry(row: Row, ref: Context) -> Node:
    """Of an id that is withdrawn that it is so, and nothing else; of a duplicate the one that is kept; of any other its former ids."""
    node = Node(ref.iris.thing(row["id"]), ref.iris.graph("registre"))
    if row["etat"] == "retire":
        node.add(ADMS.status, concept("etat", "retire"))
        node.add(PROV.invalidatedAtTime, Literal(f"{row['date']}T00:00:00Z", datatype=XSD.dateTime))
        return node
    named = node
    if row["etat"] == DUPLICATE:
        named = node.of(ref.iris.thing(row["remplace_par"]))
        node.add(OWL.sameAs, named.subject)
        node.add(DCTERMS.isReplacedBy, named.subject)
        if kind_of(row["id"]) in AGENT:
            _correct(node, named, row, ref)
    named.add(ESS.formerIdentifier, *map(text, row.list("anciens_ids")))
    return node


def _correct(node: Node, kept: Node, row: Row, ref: Context) -> None:
    """That two ids of an organisation were one: a correction of the registry, told like an event so that whoever follows changes learns of it."""
    change = kept.part(f"changement-{DUPLICATE}-{row['id']}")
    _event(change, DUPLICATE, row["date"], [node.subject], [kept.subject])
    french, english = (_name(row["remplace_par"], ref, language) for language in ("fr", "en"))
    change.texts(RDFS.label, f"{row['date']} : {row['id']}, doublon de {french}", f"{row['date']}: {row['id']}, duplicate of {english}")
    add_sources(change, row, ref)
    kept.add(DCTERMS.replaces, node.subject)


def _event(change: Node, kind: str, day: str, before: Sequence[NamedNode], after: Sequence[NamedNode]) -> None:
    change.add(A, ESS.OrganizationChange)
    change.add(DCTERMS.type, concept("changement", kind))
    change.add(DCTERMS.date, date(day))
    change.add(ORG.originalOrganization, *before)
    change.add(ORG.resultingOrganization, *after)
    for organization in before:
        change.of(organization).add(ORG.changedBy, change.subject)
    for organization in after:
        change.of(organization).add(ORG.resultedFrom, change.subject)


def _replace(node: Node, old: NamedNode, new: NamedNode) -> None:
    node.of(old).add(DCTERMS.isReplacedBy, new)
    node.of(new).add(DCTERMS.replaces, old)


def _label(row: Row, ref: Context, language: str) -> str:
    """``A, B → C``; of a rename the two names; of an end ``A (fin)``."""
    if row["ancien_nom"]:
        return f"{row['ancien_nom']} → {row['nouveau_nom']}"
    before, after = (
        ", ".join([*(_name(id_, ref, language) for id_ in row.list(side)), *row.list(f"autres_{side}")]) for side in ("avant", "apres")
    )
    return f"{before} → {after}" if after else f"{before} ({'fin' if language == 'fr' else 'end'})"


def _name(id_: str, ref: Context, language: str) -> str:
    french = ref.names.get(id_, id_)
    return french if language == "fr" else ref.names_en.get(id_, french)
