"""What happened to an organisation, as its page tells it."""

from __future__ import annotations

from dataclasses import dataclass

from ess_lod.iris import concept
from ess_lod.web.graph import Node

_DUPLICATE = concept("changement", "doublon")


@dataclass(frozen=True)
class History:
    """Its changes, oldest first; the one that ended it, and the last that gave it another name; what it replaces; the ids that lead to it.

    ``placed`` are the parts of its page that the changes are. Corrections of the registry are no part of its life: of duplicates only the id is told,
    among the former ones.
    """

    changes: list[Node]
    end: Node | None
    renamed: Node | None
    replaced: list[Node]
    former_ids: list[str]
    placed: tuple[str, ...]


def history_of(about: Node) -> History:
    """The history of an organisation, from what its description says."""
    before, after = about.of("org:originalOrganization"), about.of("org:resultingOrganization")
    told = [each for each in {*before, *after} if about.at(_DUPLICATE) not in each.all("dcterms:type")]
    changes = sorted(told, key=lambda each: (each.date, each.value))
    duplicates = about.of("owl:sameAs")
    return History(
        changes,
        next((each for each in reversed(changes) if each in before and each not in after), None),
        next((each for each in reversed(changes) if each in after and each.text("ess:nameBefore")), None),
        [each for each in about.all("dcterms:replaces") if each not in duplicates],
        [*(each.name for each in duplicates), *(each.value for each in about.all("ess:formerIdentifier"))],
        tuple(each.fragment for each in changes if each.owner == about),
    )
