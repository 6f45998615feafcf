"""The store: an index made from a release, asked through one function.

``open_store(url, release)`` picks the engine; nothing else in the code knows which one answers. The default graph is the RDF merge of all named graphs,
written as such when the release is loaded: a union made at query time counts a triple twice when two sources state it (measured on pyoxigraph 0.5.13).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from pyoxigraph import Triple

from ess_lod.errors import ConfigError
from ess_lod.release import Release
from ess_lod.store.answer import RESULT_TYPES, Answer, AnswerKind, ResultType, write_triples
from ess_lod.store.embedded import EmbeddedStore
from ess_lod.terms import RDFS, A, iri_of

__all__ = ["RESULT_TYPES", "Answer", "AnswerKind", "ResultType", "Store", "describe", "in_reading_order", "open_store", "write_triples"]


class Store(Protocol):
    """A read-only index of one release."""

    @property
    def engine(self) -> str:
        """Name and version of the engine, for people."""
        ...

    @property
    def release(self) -> Release:
        """The release that was loaded."""
        ...

    def query(self, text: str) -> Answer:
        """Answer a SPARQL 1.1 query. Raises :class:`ess_lod.errors.QueryError`."""
        ...


def open_store(url: str, release: Release) -> Store:
    """Open the store that ``url`` names on a release: ``oxigraph:`` is embedded, in memory."""
    if url == "oxigraph:":
        return EmbeddedStore(release)
    raise ConfigError(f"Moteur inconnu : « {url} ». / Unknown engine {url!r}. Use oxigraph:")


_DESCRIBE = """
CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  {{ BIND(<{iri}> AS ?s) ?s ?p ?o }}
  UNION {{ <{iri}> ?link ?s . FILTER(STRSTARTS(STR(?s), "{iri}#")) ?s ?p ?o }}
  UNION {{ <{iri}> ?link ?part . FILTER(STRSTARTS(STR(?part), "{iri}#")) ?part ?link2 ?s . FILTER(STRSTARTS(STR(?s), "{iri}#")) ?s ?p ?o }}
  UNION {{ BIND(<{iri}> AS ?o) ?s ?p ?o }}
  UNION {{ ?s ?link <{iri}> . FILTER(CONTAINS(STR(?s), "#")) ?s ?p ?o }}
  UNION {{ ?s0 ?link <{iri}> . FILTER(CONTAINS(STR(?s0), "#")) ?s0 ?link2 ?s . FILTER(STRSTARTS(STR(?s), CONCAT(STR(?s0), "-"))) ?s ?p ?o }}
  UNION {{ ?o ?link <{iri}> . FILTER(CONTAINS(STR(?o), "#")) ?s ?p ?o }}
}}"""

_NOT_IN_IRI = frozenset('<>"{}|\\^` ')

_LABELS = """
CONSTRUCT {{ ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label ; a ?type }} WHERE {{
  VALUES ?s {{ {iris} }}
  {{ ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label }} UNION {{ ?s a ?type . FILTER(STRSTARTS(STR(?s), "{things}")) }}
}}"""


def describe(store: Store, iri: str) -> list[Triple]:
    """What is said of a thing: its statements and its parts', what points to it, and label (of things also the type) of all that these name.

    Without doubles and in reading order; empty when nothing is said of it.
    """
    about = set(store.query(_DESCRIBE.format(iri=iri)).triples())
    if not any(iri_of(triple.subject) == iri for triple in about):
        return []
    named = {iri_of(node) for triple in about for node in (triple.subject, triple.object)}
    wanted = sorted(value for value in named if value and not set(value) & _NOT_IN_IRI)
    labels = _LABELS.format(iris=" ".join(f"<{value}>" for value in wanted), things=f"{store.release.base}id/")
    about.update(store.query(labels).triples())
    return in_reading_order(about, iri)


def in_reading_order(triples: Iterable[Triple], iri: str) -> list[Triple]:
    """Triples sorted as a person reads them: the thing, its parts, then the others; type and label first."""

    def key(triple: Triple) -> tuple[bool, bool, str, bool, bool, str]:
        subject = iri_of(triple.subject)
        return (
            subject != iri,
            not subject.startswith(f"{iri}#"),
            subject,
            triple.predicate != A,
            triple.predicate != RDFS.label,
            str(triple),
        )

    return sorted(triples, key=key)
