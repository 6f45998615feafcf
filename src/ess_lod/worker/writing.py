"""Writes an answer with the engine's serialisers, counting as it goes: shared by the worker and by the store that reads the answers of a remote engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice
from typing import IO, cast

from pyoxigraph import Literal, QueryBoolean, QuerySolutions, Triple, serialize

from ess_lod.media import ANSWER_GRAPHS, JSON_LD, RDF_XML, RESULT_BY_EXTENSION, RESULT_XML
from ess_lod.terms import RDF, used_prefixes
from ess_lod.worker.meter import Meter

PIECE = 65_536
"""Bytes of an answer that go on at a time."""
_LOOKED_AT = 10_000
"""Triples that are looked at before the first is written, for the prefixes that they need."""

_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


_LOCAL_NAME = re.compile("[A-Z_a-zÀ-ÖØ-öø-ÿ][-.0-9·A-Z_a-zÀ-ÖØ-öø-ÿ]*$")
"""A name without colon at the end of an IRI (Namespaces in XML 1.0 §3, NCName), of letters that the parsers of all editions of XML 1.0 take."""
_OF_SYNTAX = frozenset(
    ("RDF", "Description", "ID", "about", "aboutEach", "aboutEachPrefix", "bagID", "datatype", "li", "nodeID", "parseType", "resource", "annotation",
     "annotationNodeID", "version")
)  # fmt: skip


class TooManyRows(Exception):
    """The answer came to its limit of rows."""


class Unfit(Exception):
    """The answer has something that its format cannot hold: for XML a character (XML 1.0 §2.2) or the name of a property, for others a term of RDF 1.2."""


class Enough(Exception):
    """As many rows as were wanted have been written."""


class Outlet:
    """The file that serialisers write to: counts rows, hands pieces to ``sink``.

    Raises :class:`TooManyRows` past ``rows``, :class:`Enough` past ``first`` rows (0: never), and :class:`Unfit`.
    """

    def __init__(self, sink: Callable[[bytearray], object], rows: int, first: int = 0) -> None:
        self._sink, self.rows, self.first = sink, rows, first
        self._pending = bytearray()
        self._uncounted: list[bytes] = []
        self._size = 0
        self.meter: Meter | None = None
        self.is_xml = False

    def write(self, piece: bytes) -> int:
        """Take a piece; its length, as a file gives it."""
        rows = self._rows(piece)
        if self.first and rows > self.first:
            self._pending += piece
            raise Enough
        if rows > self.rows:
            raise TooManyRows
        self._pending += _fit_for_xml(piece) if self.is_xml else piece
        if len(self._pending) >= PIECE:
            self._sink(self._pending)
            self._pending.clear()
        return len(piece)

    def _rows(self, piece: bytes) -> int:
        """How many rows there are by now; 0 as long as there are fewer bytes than rows are allowed, so that short answers need no counting."""
        if self.meter is None:
            return 0
        self._size += len(piece)
        self._uncounted.append(piece)
        if self._size <= (self.first or self.rows):
            return 0
        seen = [self.meter.see(each) for each in self._uncounted]
        self._uncounted.clear()
        return seen[-1]

    def flush(self) -> None:
        """Nothing: what is left is given by :meth:`finish`."""

    def finish(self, *, cut: bool = False) -> bytearray:
        """What is left to hand on; ``cut`` at the last whole line."""
        if cut:
            del self._pending[self._pending.rfind(b"\n") + 1 :]
        return self._pending


def _fit_for_xml(piece: bytes) -> bytes:
    """What the serialisers leave as it is: readers take a carriage return for a line feed (XML 1.0 §2.11)."""
    if _NOT_XML.search(piece):
        raise Unfit
    return piece.replace(b"\r", b"&#13;")


def formats_for_all(extension: str) -> list[str]:
    """The media types that can hold every answer of the sort that is written with ``extension``."""
    if extension in ANSWER_GRAPHS:
        unfit = (RDF_XML, JSON_LD) if extension == JSON_LD.extension else (RDF_XML,)
        return [media.content_type for media in ANSWER_GRAPHS.values() if media not in unfit]
    return [each.content_type for each in RESULT_BY_EXTENSION.values() if each is not RESULT_XML]


def write_result(result: QuerySolutions | QueryBoolean, extension: str, outlet: Outlet) -> None:
    """Rows or a truth value, in the format of an extension of ``RESULT_TYPES``."""
    outlet.is_xml = extension == RESULT_XML.extension
    if isinstance(result, QuerySolutions):
        outlet.meter = Meter(extension)
    result.serialize(cast(IO[bytes], outlet), format=RESULT_BY_EXTENSION[extension].format)


def write_graph(triples: Iterable[Triple], extension: str, outlet: Outlet) -> None:
    """Triples, in the format of an extension of ``ANSWER_GRAPHS``."""
    outlet.is_xml = extension == RDF_XML.extension
    counted = _fitting(_counted(triples, outlet), extension)
    start = list(islice(counted, _LOOKED_AT))
    media = ANSWER_GRAPHS[extension]
    serialize(chain(start, counted), cast(IO[bytes], outlet), format=media.rdf, prefixes=used_prefixes(start))


def _fitting(triples: Iterable[Triple], extension: str) -> Iterable[Triple]:
    """Triples that a format can hold: raises :class:`Unfit` at the first that it cannot."""
    if extension == JSON_LD.extension:
        return map(_fit_for_json_ld, triples)
    return map(_fit_for_rdf_xml, triples) if extension == RDF_XML.extension else triples


def _fit_for_json_ld(triple: Triple) -> Triple:
    if isinstance(triple.object, Triple):
        raise Unfit
    return triple


def _fit_for_rdf_xml(triple: Triple) -> Triple:
    """RDF 1.1 XML Syntax §2.2 and §5.1: a property is written as a qualified name, and not as one of those that the syntax has for itself."""
    obj = triple.object
    if isinstance(obj, Triple) or (isinstance(obj, Literal) and obj.direction is not None) or not _is_xml_name(triple.predicate.value):
        raise Unfit
    return triple


@lru_cache(maxsize=1000)
def _is_xml_name(iri: str) -> bool:
    found = _LOCAL_NAME.search(iri)
    return found is not None and found.start() > 0 and not (iri[: found.start()] == RDF.iri and found[0] in _OF_SYNTAX)


def _counted(triples: Iterable[Triple], outlet: Outlet) -> Iterator[Triple]:
    for count, triple in enumerate(triples, 1):
        if count > outlet.rows:
            raise TooManyRows
        if outlet.first and count > outlet.first:
            return
        yield triple
