"""Rows to quads, as ``docs/model.md`` says. Each row is lifted on its own, with nothing but the row and the :class:`Context`.

The statements of a row stand in the named graph of its first source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pyoxigraph import Quad

from ess_lod.publish.dataset import Dataset
from ess_lod.publish.dated import Dated
from ess_lod.publish.lift import agents, changes, links, places, publications, undertakings
from ess_lod.publish.lift.node import Context, Node
from ess_lod.publish.rows import Row, Rows

__all__ = ["Context", "Node", "lift", "lift_row", "make_context"]


def make_context(rows: Rows, dataset: Dataset, dated: Dated | None = None) -> Context:
    """The context that goes with these rows. A commune code that several lives carry leads to the one that lives today, else to the last."""
    named = [row for table in ("territoires", "acteurs", "personnes_publiques") for row in rows[table]]
    names = {id_: life.last.name for id_, life in dated.lives.items()} if dated else {}
    names |= {row["id"]: row["nom"] for row in named}
    names_en = {row["id"]: row["nom_en"] for row in named if row["nom_en"]}
    if dated:
        last = dated.reference.last
        codes = sorted({life.code for life in dated.lives.values() if life.family == "commune"})
        communes = {code: id_ for code in codes if (id_ := dated.commune(code, last))}
        return Context(dataset, communes, names, names_en)
    lives = sorted(rows["territoires"], key=lambda row: (not row["fin"], row["fin"]))
    communes = {row["code"]: row["id"] for row in lives if row["type"] in ("commune", "commune-associee", "commune-deleguee")}
    return Context(dataset, communes, names, names_en)


def lift(rows: Rows, context: Context) -> Iterator[Quad]:
    """The quads of all rows, table by table."""
    for name, table in rows.items():
        for row in table:
            yield from lift_row(name, row, context)


def lift_row(name: str, row: Row, context: Context) -> list[Quad]:
    """The quads of one row of a table."""
    return _LIFTS[name](row, context).quads


_LIFTS: Mapping[str, Callable[[Row, Context], Node]] = {
    "registre": changes.lift_registry,
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
    "changements": changes.lift_organization_change,
    "sites": agents.lift_other_site,
    "identifiants": agents.lift_identifier,
    "liens": links.lift_link,
    "liens_entrants": links.lift_announced_link,
    "agrements": agents.lift_recognition,
    "adhesions": agents.lift_membership,
    "dispositifs": undertakings.lift_scheme,
    "cooperations": undertakings.lift_cooperation,
    "implications": undertakings.lift_involvement,
    "chiffres": undertakings.lift_figure,
}
