"""The vocabulary as files: ``ontology/ess.ttl``, ``schemes.ttl``, ``alignments.ttl`` and the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, RdfFormat, Triple

from ess_lod.errors import ConfigError
from ess_lod.publish.columns import Schemes
from ess_lod.terms import SKOS, VOCAB_IRI, A, iri_of

_LABELS = (SKOS.prefLabel, SKOS.altLabel)
CORE, SCHEMES, ALIGNMENTS = "ess.ttl", "schemes.ttl", "alignments.ttl"


@dataclass(frozen=True)
class Vocabulary:
    """Triples of the three files, sorted, and the CONSTRUCT rules by name."""

    core: tuple[Triple, ...]
    schemes: tuple[Triple, ...]
    alignments: tuple[Triple, ...]
    rules: Mapping[str, str]

    @property
    def triples(self) -> tuple[Triple, ...]:
        """All of it."""
        return (*self.core, *self.schemes, *self.alignments)

    @property
    def notations(self) -> Schemes:
        """The notations of each scheme, by the last step of the scheme's IRI, each with the labels of its concept in all languages."""
        found: dict[str, dict[str, list[str]]] = {}
        concepts: dict[str, list[str]] = {}
        for triple in self.schemes:
            concept = iri_of(triple.subject)
            if triple.predicate == A and triple.object == SKOS.Concept and concept.startswith(VOCAB_IRI):
                scheme, _, notation = concept[len(VOCAB_IRI) :].partition("/")
                concepts[concept] = found.setdefault(scheme, {}).setdefault(notation, [])
        for triple in self.schemes:
            if (
                triple.predicate in _LABELS
                and isinstance(triple.object, Literal)
                and (labels := concepts.get(iri_of(triple.subject))) is not None
            ):
                labels.append(triple.object.value)
        return {scheme: {notation: tuple(labels) for notation, labels in terms.items()} for scheme, terms in found.items()}


def read_vocabulary(folder: Path) -> Vocabulary:
    """Read ``ontology/``. Raises :class:`ConfigError` naming the file, the line and what the parser says."""
    rules = {path.stem: path.read_text("utf-8") for path in sorted((folder / "rules").glob("*.rq"))}
    return Vocabulary(read_turtle(folder / CORE), read_turtle(folder / SCHEMES), read_turtle(folder / ALIGNMENTS), rules)


def read_turtle(path: Path) -> tuple[Triple, ...]:
    """Triples of a Turtle file, sorted. Raises :class:`ConfigError`."""
    try:
        return tuple(sorted({quad.triple for quad in pyoxigraph.parse(path=path, format=RdfFormat.TURTLE)}, key=str))
    except FileNotFoundError:
        raise ConfigError(f"{path.parent.name}/{path.name} est absent. / {path.name} is missing.") from None
    except SyntaxError as error:
        raise ConfigError(f"{path.parent.name}/{path.name}, ligne {error.lineno} : {error.msg}") from error
