"""The page of the service for people: how to use it, what it knows, what it does not take."""

from __future__ import annotations

import json

from ess_lod.reconcile import LONGEST, MOST, PROPERTIES, TYPES
from ess_lod.web.lists import entries
from ess_lod.web.live import served
from ess_lod.web.reconcile.extension import fetched
from ess_lod.web.reconcile.manifest import service_address
from ess_lod.web.reconcile.matching import named_type
from ess_lod.web.reconcile.reading import LONGEST_TEXT, MOST_QUERIES
from ess_lod.web.reconcile.wishes import MOST_IDS
from ess_lod.web.rendering import language, render
from ess_lod.web.words import phrase


def page(path: str, longest_body: int) -> str:
    """The page, in the language of the reader."""
    chosen = language()
    return render(
        "reconcile.html",
        path=path,
        address=service_address(),
        example=_example(chosen),
        types_=[(named_type(id_, chosen), [named_type(each, chosen) for each in type_.broader]) for id_, type_ in TYPES.items()],
        wanted=[
            (id_, getattr(each, f"name_{chosen}"), [named_type(type_, chosen) for type_ in each.types]) for id_, each in PROPERTIES.items()
        ],
        fetched=[(each.id, each.names[chosen], [named_type(type_, chosen) for type_ in each.types]) for each in fetched().values()],
        features=_features(chosen),
        limits={
            "queries": MOST_QUERIES,
            "candidates": MOST,
            "letters": LONGEST_TEXT,
            "read": LONGEST,
            "ids": MOST_IDS,
            "bytes": longest_body,
        },
    )


def _example(chosen: str) -> str:
    """A batch that finds something in this release: an actor, else a territory, by its name; without an apostrophe, since a shell gets it in quotes."""
    edition = served()
    for kind, type_ in (("acteur", "Actor"), ("territoire", "Territory")):
        if found := entries(edition, kind, chosen):
            return json.dumps({"q0": {"query": found[0].label, "type": type_}}, ensure_ascii=False).replace("'", "\\u0027")
    return json.dumps({"q0": {"query": "…"}}, ensure_ascii=False)


def _features(chosen: str) -> list[tuple[str, str]]:
    """The features that candidates have, and what each means."""
    found = {
        "id": phrase("reconcile-feature-id", chosen),
        "name": phrase("reconcile-feature-name", chosen),
        "code": phrase("reconcile-feature-code", chosen),
        "beside": phrase("reconcile-feature-beside", chosen),
    }
    for id_ in ("commune", "departement", "kind", "date", "field", "website", "acronym"):
        found[id_] = phrase("reconcile-feature-other", chosen, name=getattr(PROPERTIES[id_], f"name_{chosen}"))
    return list(found.items())
