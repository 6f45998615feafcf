"""The catalogue by pages, from a file of any size: read once as a stream into an index on disk, so that memory does not grow with it.

A page is what the catalogue says of itself and of some of its entries, with all that these name (distributions, checksums, places, concepts), so that it
can be read alone. Lexical forms are those of the file.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Triple

from ess_lod.terms import DCAT, iri_of

PAGE_BYTES = 600_000
"""Most that a page of several entries is long in N-Triples, the longest of our formats: what one entry and the catalogue add stays below 1 MB."""

_LISTING = (DCAT.dataset.value, DCAT.resource.value, DCAT.catalog.value, DCAT.service.value)
_SCHEMA = """
    CREATE TABLE said (subject TEXT, predicate TEXT, object TEXT, line TEXT);
    CREATE TABLE place (page INTEGER, subject TEXT);
    CREATE TABLE entry (page INTEGER, entry TEXT);
"""


class Shelf:
    """The entries of a catalogue, on pages that are numbered from 1. Safe to use from several threads."""

    def __init__(self, triples: Iterable[Triple], catalogue: NamedNode) -> None:
        self._root = catalogue.value
        self._lock = threading.Lock()
        self._index = sqlite3.connect("", check_same_thread=False)  # a private file that the system deletes
        self._index.executescript(_SCHEMA)
        self._index.executemany("INSERT INTO said VALUES (?, ?, ?, ?)", map(_row, triples))
        self._index.execute("CREATE INDEX by_subject ON said (subject)")
        self._entries = self._listed()
        self.pages = self._fill()
        self._index.execute("CREATE INDEX by_page ON place (page)")
        self._index.commit()

    @property
    def total(self) -> int:
        """How many entries the catalogue lists."""
        return len(self._entries)

    def page(self, number: int) -> list[Triple]:
        """What one page says. Raises ``KeyError`` for a page that does not exist."""
        if not 1 <= number <= self.pages:
            raise KeyError(number)
        with self._lock:
            entries = {row[0] for row in self._index.execute("SELECT entry FROM entry WHERE page = ?", (number,))}
            lines = [
                row[0]
                for row in self._index.execute("SELECT line FROM said JOIN place USING (subject) WHERE page = ? ORDER BY line", (number,))
            ]
            own = self._own(entries)
        return _parsed([*own, *lines])

    def about(self, document: str) -> list[Triple]:
        """The catalogue itself and those of its entries that a document describes (``…/dataset``, ``…/dataset#territoires``), and its services."""
        with self._lock:
            services = set(self._objects(self._root, (DCAT.service.value,)))
            entries = {entry for entry in self._entries if entry.partition("#")[0] == document or entry in services}
            subjects: dict[str, None] = {}
            for entry in sorted(entries):
                subjects |= dict.fromkeys(self._named_by(entry))
            lines = [line for subject in subjects for line in self._lines(subject)]
            own = self._own(entries)
        return _parsed([*own, *lines])

    def _own(self, entries: set[str]) -> list[str]:
        """What the catalogue says of itself, with those of its entries that are wanted, and what it names that is no entry."""
        found = []
        for predicate, obj, line in self._index.execute("SELECT predicate, object, line FROM said WHERE subject = ?", (self._root,)):
            if predicate not in _LISTING or obj in entries:
                found.append(line)
        for subject in self._named_by(self._root):
            if subject != self._root:
                found += self._lines(subject)
        return found

    def _listed(self) -> dict[str, None]:
        """The entries in the order of the pages: those of the first property first, the shortest IRI before others."""
        found: dict[str, None] = {}
        for predicate in _LISTING:
            found |= dict.fromkeys(sorted(self._objects(self._root, (predicate,)), key=lambda iri: (len(iri), iri)))
        return found

    def _fill(self) -> int:
        """Put entries on pages until each is full; a subject that several entries of a page name stands on it once. Returns the number of pages."""
        page, size, here = 1, 0, set[str]()
        for entry in self._entries:
            new = [subject for subject in self._named_by(entry) if subject not in here]
            length = self._length(new)
            if here and size + length > PAGE_BYTES:
                page, size, here = page + 1, 0, set()
                new = list(self._named_by(entry))
                length = self._length(new)
            self._index.execute("INSERT INTO entry VALUES (?, ?)", (page, entry))
            self._index.executemany("INSERT INTO place VALUES (?, ?)", ((page, subject) for subject in new))
            here.update(new)
            size += length
        return page

    def _named_by(self, start: str) -> Iterator[str]:
        """A subject and all that it names, directly or not; other entries are not looked into."""
        seen, waiting = {start}, [start]
        while waiting:
            subject = waiting.pop()
            yield subject
            for obj in self._objects(subject):
                if obj not in seen and obj not in self._entries and obj != self._root:
                    seen.add(obj)
                    waiting.append(obj)

    def _objects(self, subject: str, predicates: tuple[str, ...] = ()) -> list[str]:
        """IRIs that a subject names and that are described here; ``predicates`` narrows."""
        rows = self._index.execute(
            "SELECT DISTINCT predicate, object FROM said AS one WHERE subject = ? AND object IS NOT NULL"
            " AND EXISTS (SELECT 1 FROM said AS other WHERE other.subject = one.object) ORDER BY object",
            (subject,),
        )
        return [obj for predicate, obj in rows if not predicates or predicate in predicates]

    def _lines(self, subject: str) -> list[str]:
        return [row[0] for row in self._index.execute("SELECT line FROM said WHERE subject = ? ORDER BY line", (subject,))]

    def _length(self, subjects: Iterable[str]) -> int:
        return sum(len(line.encode()) + 3 for subject in subjects for line in self._lines(subject))


def _row(triple: Triple) -> tuple[str, str, str | None, str]:
    return iri_of(triple.subject), triple.predicate.value, iri_of(triple.object) or None, str(triple)


def _parsed(lines: Iterable[str]) -> list[Triple]:
    text = "".join(f"{line} .\n" for line in dict.fromkeys(lines))
    return [quad.triple for quad in pyoxigraph.parse(text, format=RdfFormat.N_TRIPLES)]
