"""What properties of other vocabularies are called, in French and English: ``properties.toml`` as labels."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from pyoxigraph import Literal, NamedNode, Triple

from ess_lod.terms import RDFS
from ess_lod.web.graph import expand


@cache
def property_labels() -> tuple[Triple, ...]:
    """An ``rdfs:label`` in each language for each property of the table."""
    table: dict[str, dict[str, str]] = tomllib.loads(resources.files(__package__).joinpath("properties.toml").read_text("utf-8"))
    return tuple(
        Triple(NamedNode(expand(curie)), RDFS.label, Literal(text, language=tag))
        for curie, texts in table.items()
        for tag, text in texts.items()
    )
