"""What one side says of the other's thing: the relations of the tables, what each is published as, and what the words of others are taken for.

Nothing is made stronger than it was said. ``owl:sameAs`` is taken down to ``schema:sameAs``: the first would merge two descriptions, of which one may be of
another state or part. Sameness with a territory is taken down to "see also": a territory is one state of a place (docs/design.md, 5).
"""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import NamedNode

from ess_lod.terms import OWL, RDFS, SCHEMA, SKOS

IANA = "http://www.iana.org/assignments/relation/"
"""Where registered relations of RFC 8288 are when they are written as URIs."""

SAME, EXACT, CLOSE, SEE = "identique", "exacte", "proche", "voir-aussi"

RELATIONS: Mapping[str, NamedNode] = {SAME: SCHEMA.sameAs, EXACT: SKOS.exactMatch, CLOSE: SKOS.closeMatch, SEE: RDFS.seeAlso}
"""Relation of ``liens_entrants.csv`` → the property that it is published as. The middle two are between concepts."""

SYMMETRIC: Mapping[str, str] = {
    OWL.sameAs.value: SAME,
    SCHEMA.sameAs.value: SAME,
    "http://schema.org/sameAs": SAME,
    SKOS.exactMatch.value: EXACT,
    SKOS.closeMatch.value: CLOSE,
    SKOS.relatedMatch.value: SEE,
    RDFS.seeAlso.value: SEE,
    f"{IANA}related": SEE,
}
"""Relations that say the same in either direction."""

DIRECTED: Mapping[str, str] = {
    f"{IANA}describes": SEE,
    f"{IANA}about": SEE,
    "http://xmlns.com/foaf/0.1/primaryTopic": SEE,
    "https://schema.org/about": SEE,
}
"""From theirs to ours only."""

INVERSE: Mapping[str, str] = {
    f"{IANA}describedby": SEE,
    "http://xmlns.com/foaf/0.1/isPrimaryTopicOf": SEE,
    "https://schema.org/subjectOf": SEE,
}
"""From ours to theirs only."""


def understood(relation: str, *, ours_first: bool) -> str:
    """The relation of the tables that a property or a link relation is taken for, or an empty string for one that says nothing of the kind."""
    one_way = INVERSE if ours_first else DIRECTED
    return SYMMETRIC.get(relation) or one_way.get(relation, "")


def fitting(relation: str, kind: str) -> str:
    """A relation as strong as it may be for a kind of ours: ``territoire``, ``concept``, or any other."""
    if kind == "concept":
        return CLOSE if relation == SAME else relation
    if kind == "territoire":
        return SEE
    return {EXACT: SAME, CLOSE: SEE}.get(relation, relation)
