"""The store: an index made from a release, with two ways to ask it.

``open_store(settings, release)`` picks the engine; nothing else in the code knows which one answers. ``query`` is for queries of our own; ``answer`` is for
those of strangers: what they cost is limited, and they are stopped. The default graph is the RDF merge of all named graphs, written as such when
the release is loaded: a union made at query time counts a triple twice when two sources state it (measured on pyoxigraph 0.5.13).
"""

from __future__ import annotations

import os
from asyncio import AbstractEventLoop, run_coroutine_threadsafe
from collections.abc import Iterable
from typing import Protocol

from pyoxigraph import Triple

from ess_lod.config import Settings
from ess_lod.errors import ConfigError
from ess_lod.release import Release
from ess_lod.store.answer import Answer, AnswerKind, write_triples
from ess_lod.store.embedded import EmbeddedStore, load_index
from ess_lod.store.pool import Crowd
from ess_lod.store.query import Form, Query, read_query
from ess_lod.store.spool import Limits, Spooled
from ess_lod.terms import RDFS, A, iri_of

__all__ = [
    "Answer",
    "AnswerKind",
    "Form",
    "Query",
    "Spooled",
    "Store",
    "answer_now",
    "describe",
    "in_reading_order",
    "load_index",
    "open_store",
    "read_query",
    "write_triples",
]


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

    @property
    def trouble(self) -> str | None:
        """Why queries are not answered at the moment; ``None`` when they are."""
        ...

    @property
    def loop(self) -> AbstractEventLoop:
        """The event loop that ``answer`` must be awaited on."""
        ...

    def query(self, text: str) -> Answer:
        """Answer a query of our own."""
        ...

    async def answer(self, query: Query, extension: str, *, client: str = "", first: int = 0) -> Spooled:
        """Answer a query of anybody, whole or not at all, in the format of an extension (those of ``RESULT_TYPES`` or ``ANSWER_GRAPHS``).

        ``client`` tells who asks; past ``first`` rows the answer is cut at a line, for TSV and N-Triples (0: it is not).
        Raises the kinds of :class:`ess_lod.errors.QueryError` and :class:`ess_lod.errors.EngineError`.
        When the task that awaits it is cancelled, the query is stopped.
        """
        ...

    def warm_up(self) -> None:
        """Do before the first query what it would have to wait for."""
        ...

    def close(self) -> None:
        """No more will be asked; what is being answered still is."""
        ...


def open_store(settings: Settings, release: Release, loop: AbstractEventLoop | None = None) -> Store:
    """Open the store that ``settings.store`` names on a release; answers to strangers come on ``loop``, or on one of its own.

    Raises :class:`ConfigError` for an engine that is not known, and for a remote one that does not hold the release.
    """
    limits = Limits(settings.query_seconds, settings.query_megabytes, settings.answer_rows, settings.answer_megabytes)
    crowd = Crowd(min(os.cpu_count() or 1, settings.queries), settings.queries, settings.queue, settings.queries_per_client)
    if settings.store == "oxigraph:":
        return EmbeddedStore(release, settings.indexes, limits, crowd, loop)
    if settings.store.startswith(("http://", "https://")):
        from ess_lod.store.remote import RemoteStore  # not before: the embedded server has no need of an HTTP client

        return RemoteStore(release, settings.store, limits, crowd, loop)
    raise ConfigError(
        f"Moteur inconnu : « {settings.store} ». / Unknown engine {settings.store!r}. "
        "Use oxigraph: or the URL of a SPARQL 1.1 endpoint (ESS_LOD_STORE)."
    )


def answer_now(store: Store, query: Query, extension: str, *, client: str = "", first: int = 0) -> Spooled:
    """:meth:`Store.answer` for a thread that has no event loop: it waits."""
    return run_coroutine_threadsafe(store.answer(query, extension, client=client, first=first), store.loop).result()


_DESCRIBE = """
CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  {{ BIND(<{iri}> AS ?s) ?s ?p ?o }}
  UNION {{ {{ SELECT DISTINCT ?s {{ <{iri}> ?link ?s . FILTER(STRSTARTS(STR(?s), "{iri}#")) }} }} ?s ?p ?o }}
  UNION {{ {{ SELECT DISTINCT ?s {{
    {{ SELECT DISTINCT ?part {{ <{iri}> ?link ?part . FILTER(STRSTARTS(STR(?part), "{iri}#")) }} }}
    ?part ?link2 ?s . FILTER(STRSTARTS(STR(?s), "{iri}#")) }} }} ?s ?p ?o }}
  UNION {{ BIND(<{iri}> AS ?o) ?s ?p ?o }}
  UNION {{ {{ SELECT DISTINCT ?s {{ ?s ?link <{iri}> . FILTER(CONTAINS(STR(?s), "#")) }} }} ?s ?p ?o }}
  UNION {{ {{ SELECT DISTINCT ?s {{
    {{ SELECT DISTINCT ?s0 {{ ?s0 ?link <{iri}> . FILTER(CONTAINS(STR(?s0), "#")) }} }}
    ?s0 ?link2 ?s . FILTER(STRSTARTS(STR(?s), CONCAT(STR(?s0), "-"))) }} }} ?s ?p ?o }}
  UNION {{ {{ SELECT DISTINCT ?o {{ ?o ?link <{iri}> . FILTER(CONTAINS(STR(?o), "#")) }} }} ?s ?p ?o }}
}}"""
"""The sub-selects say what to do first, to engines that plan badly."""

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
