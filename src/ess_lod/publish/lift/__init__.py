"""Rows to quads, as ``docs/model.md`` says. Each row is lifted on its own, with nothing but the row and the :class:`Reference`.

The statements of a row stand in the named graph of its first source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pyoxigraph import Quad

from ess_lod.publish.dataset import Dataset
from ess_lod.publish.lift import agents, places, publications, undertakings
from ess_lod.publish.lift.node import Node, Reference
from ess_lod.publish.rows import Row, Rows

__all__ = ["Node", "Reference", "lift", "lift_row", "make_reference"]


def make_reference(rows: Rows, dataset: Dataset) -> Reference:
    """The reference that goes with these rows. A commune code that several lives carry leads to the one without an end."""
    communes = {
        row["code"]: row["id"]
        for row in sorted(rows["territoires"], key=lambda row: (not row["fin"], row["fin"]))
        if row["type"] in ("commune", "commune-associee", "commune-deleguee")
    }
    names = {row["id"]: row["nom"] for row in rows["territoires"]}
    return Reference(dataset, communes, names)


def lift(rows: Rows, reference: Reference) -> Iterator[Quad]:
    """The quads of all rows, table by table."""
    for name, table in rows.items():
        for row in table:
            yield from lift_row(name, row, reference)


def lift_row(name: str, row: Row, reference: Reference) -> list[Quad]:
    """The quads of one row of a table."""
    return _LIFTS[name](row, reference).quads


_LIFTS: Mapping[str, Callable[[Row, Reference], Node]] = {
    "registre": publications.lift_registry,
    "documents": publications.lift_document,
    "lettres": publications.lift_lettre,
    "supplements": publications.lift_supplement,
    "mises_en_avant": publications.lift_portrayal,
    "mentions": publications.lift_mention,
    "territoires": places.lift_territory,
    "appartenances": places.lift_territorial_membership,
    "evenements": places.lift_change,
    "acteurs": agents.lift_actor,
    "personnes_publiques": agents.lift_public_body,
    "sites": agents.lift_other_site,
    "identifiants": agents.lift_identifier,
    "liens": agents.lift_link,
    "agrements": agents.lift_recognition,
    "adhesions": agents.lift_membership,
    "dispositifs": undertakings.lift_scheme,
    "cooperations": undertakings.lift_cooperation,
    "implications": undertakings.lift_involvement,
    "chiffres": undertakings.lift_figure,
}
