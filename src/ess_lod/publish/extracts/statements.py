"""The statements that the tables need, in a private SQLite database on disk: memory stays flat, whatever the size of the release.

(Oxigraph's own store needs 750 MB for a million triples in memory, more on disk; measured, 0.5.13.)
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from ess_lod.terms import RDFS, A

_LABEL, _TYPE = RDFS.label.value, A.value
_IRI = "<>"  # in the place of a language
_REMEMBERED = 10_000
_NEARBY = 1_000
_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE after (node TEXT, property TEXT, value TEXT, language TEXT, PRIMARY KEY (node, property, value, language)) WITHOUT ROWID;
CREATE TABLE before (value TEXT, property TEXT, node TEXT, PRIMARY KEY (value, property, node)) WITHOUT ROWID;
"""


class Value(NamedTuple):
    """A node: an IRI (its ``language`` is ``None``), or a text with its language, empty for a plain one or one of another datatype."""

    text: str
    language: str | None

    @property
    def is_iri(self) -> bool:
        """Can it be followed?"""
        return self.language is None


class Statements:
    """An index of some triples by subject, and by object for the properties that are followed backwards."""

    def __init__(self, triples: Iterable[Triple], forwards: frozenset[str], backwards: frozenset[str]) -> None:
        """``forwards`` and ``backwards`` are the IRIs of the properties that will be followed either way; labels and types are kept anyway."""
        # a file that SQLite removes itself; the collector may close it from any thread
        self._database = sqlite3.connect("", check_same_thread=False)
        weakref.finalize(self, self._database.close)
        self._database.executescript(_SCHEMA)
        ahead, behind = forwards | {_LABEL}, backwards | {_TYPE}
        inserted = self._inserted(triples, ahead, behind)
        self._database.executemany("INSERT OR IGNORE INTO after VALUES (?, ?, ?, ?)", inserted)
        self._label = lru_cache(_REMEMBERED)(self._find_label)
        self._after = lru_cache(_NEARBY)(self._find_after)

    def things(self, kind: str) -> Iterator[str]:
        """The IRIs of a class, shorter ones first, so that A9 comes before A10; parts stand with their thing."""
        order = "ORDER BY length(substr(node, 1, instr(node || '#', '#'))), node"
        for (node,) in self._database.execute(f"SELECT node FROM before WHERE value = ? AND property = ? {order}", (kind, _TYPE)):  # noqa: S608
            yield node

    def after(self, node: str, iri: str) -> Iterable[Value]:
        """Where a property leads from a node."""
        return self._after(node).get(iri, ())

    def before(self, node: str, iri: str) -> Iterator[Value]:
        """What leads to a node by a property."""
        for (found,) in self._database.execute("SELECT node FROM before WHERE value = ? AND property = ?", (node, iri)):
            yield Value(found, None)

    def label(self, iri: str) -> str:
        """The French label of a thing, or its IRI."""
        return self._label(iri)

    def _inserted(self, triples: Iterable[Triple], ahead: frozenset[str], behind: frozenset[str]) -> Iterator[tuple[str, str, str, str]]:
        """The rows of one table; those of the other are put down on the way."""
        held: list[tuple[str, str, str]] = []
        for triple in triples:
            subject, iri, value = triple.subject, triple.predicate.value, triple.object
            if not isinstance(subject, NamedNode):
                continue
            if iri in behind and isinstance(value, NamedNode):
                held.append((value.value, iri, subject.value))
                if len(held) >= _REMEMBERED:
                    self._put_down(held)
            if iri in ahead and isinstance(value, NamedNode | Literal):
                yield subject.value, iri, value.value, (value.language or "") if isinstance(value, Literal) else _IRI
        self._put_down(held)

    def _put_down(self, held: list[tuple[str, str, str]]) -> None:
        self._database.executemany("INSERT OR IGNORE INTO before VALUES (?, ?, ?)", held)
        held.clear()

    def _find_after(self, node: str) -> dict[str, list[Value]]:
        found: dict[str, list[Value]] = {}
        for iri, text, language in self._database.execute("SELECT property, value, language FROM after WHERE node = ?", (node,)):
            found.setdefault(iri, []).append(Value(text, None if language == _IRI else language))
        return found

    def _find_label(self, iri: str) -> str:
        query = "SELECT min(value) FROM after WHERE node = ? AND property = ? AND language = 'fr'"
        return str(self._database.execute(query, (iri, _LABEL)).fetchone()[0] or iri)
