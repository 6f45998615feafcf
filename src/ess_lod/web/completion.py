"""What the query editor completes: the classes, properties and concepts of this release, with the prefixes that name them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyoxigraph import NamedNode

from ess_lod.terms import PREFIXES, VOCAB_IRI
from ess_lod.web.graph import Node, compact
from ess_lod.web.live import Edition

_DECLARED = {
    "classes": ("owl:Class", "rdfs:Class"),
    "properties": ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty", "rdf:Property"),
    "concepts": ("skos:Concept",),
}
_USED = {
    "classes": "SELECT DISTINCT ?iri WHERE { ?thing a ?iri FILTER(isIRI(?iri)) }",
    "properties": "SELECT DISTINCT ?iri WHERE { ?thing ?iri ?value }",
}
_CONCEPT = re.compile(rf"{re.escape(VOCAB_IRI)}([\w-]+)/([\w-]+)")


def completions(edition: Edition, language: str) -> dict[str, object]:
    """``prefixes`` (prefix → namespace), then ``classes``, ``properties`` and ``concepts``.

    Each term has its ``iri``, its ``name`` (prefixed where it can be) and its ``label`` in the language, empty when the vocabulary has none.
    They are what the vocabulary declares and what the release uses, ours first.
    """
    schemes = {match[1]: f"{VOCAB_IRI}{match[1]}/" for concept in _declared(edition, "concepts") if (match := _CONCEPT.fullmatch(concept))}
    found: dict[str, object] = {"prefixes": dict(sorted({**schemes, **PREFIXES}.items()))}
    for kind in _DECLARED:
        found[kind] = [_term(edition, iri, language) for iri in _ordered({*_declared(edition, kind), *_used(edition, kind)})]
    return found


def _declared(edition: Edition, kind: str) -> set[str]:
    return {node.value for curie in _DECLARED[kind] for node in edition.vocabulary.instances(curie)}


def _used(edition: Edition, kind: str) -> set[str]:
    """Asked of the store once a release."""
    query = _USED.get(kind)
    return set() if query is None else edition.keep(f"used {kind}", lambda: {row["iri"] for row in edition.rows(query)})


def _ordered(iris: Iterable[str]) -> list[str]:
    return sorted(iris, key=lambda iri: (not iri.startswith(PREFIXES["ess"]), _name(iri).casefold(), iri))


def _name(iri: str) -> str:
    found = _CONCEPT.fullmatch(iri)
    return f"{found[1]}:{found[2]}" if found else compact(iri)


def _term(edition: Edition, iri: str, language: str) -> dict[str, str]:
    node = Node(NamedNode(iri), edition.vocabulary, edition.iris, language)
    label = node.label
    return {"iri": iri, "name": _name(iri), "label": "" if label in (iri, compact(iri)) else label}
