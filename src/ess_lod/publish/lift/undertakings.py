"""Cooperations and schemes, who takes part in them, and figures."""

from __future__ import annotations

from ess_lod.iris import concept
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
from ess_lod.terms import DCTERMS, ESS, RDFS, A, decimal


def _undertaking(row: Row, ref: Context) -> Node:
    node = node_of(row, ref, row["id"])
    add_labels(node, row)
    node.add(ESS.theme, *concepts("champ", row.list("themes")))
    node.add(DCTERMS.spatial, *things(ref, row.list("territoires")))
    add_period(node, "periode", row)
    add_description(node, row, ref)
    return node


def lift_scheme(row: Row, ref: Context) -> Node:
    """A territorial scheme."""
    node = _undertaking(row, ref)
    node.add(A, ESS.Scheme)
    node.add(ESS.schemeKind, concept("dispositif", row["type"]))
    return node


def lift_cooperation(row: Row, ref: Context) -> Node:
    """A cooperation."""
    node = _undertaking(row, ref)
    node.add(A, ESS.Cooperation)
    node.add(ESS.withinScheme, *things(ref, row.list("dispositif")))
    return node


def lift_involvement(row: Row, ref: Context) -> Node:
    """Who takes part, in which role."""
    node = node_of(row, ref, row["dans"])
    involvement = node.part(f"implication-{row['agent']}-{row['role']}")
    node.add(ESS.hasInvolvement, involvement.subject)
    involvement.add(A, ESS.Involvement)
    involvement.add(ESS.involvedAgent, ref.iris.thing(row["agent"]))
    involvement.add(ESS.involvementRole, concept("role", row["role"]))
    add_sources(involvement, row, ref)
    return node


def lift_figure(row: Row, ref: Context) -> Node:
    """A figure with measure, unit, reference date, mode and where it is printed."""
    node = node_of(row, ref, row["entite"])
    figure = node.part("chiffre-" + "-".join(filter(None, (row["mesure"], row["reference"]))))
    node.add(ESS.hasFigure, figure.subject)
    figure.add(A, ESS.Figure)
    figure.texts(RDFS.label, f"{row['valeur'].replace('.', ',')} {row['unite']}")
    figure.add(ESS.figureOf, node.subject)
    figure.add(ESS.measure, concept("mesure", row["mesure"]))
    figure.add(ESS.value, decimal(row["valeur"]))
    figure.texts(ESS.unit, row["unite"])
    add_date(figure, ESS.referenceDate, row["reference"])
    figure.add(ESS.assertionMode, concept("mode", row["mode"]))
    figure.add(ESS.printedIn, *things(ref, row.list("imprime_dans")))
    add_sources(figure, row, ref)
    return node
