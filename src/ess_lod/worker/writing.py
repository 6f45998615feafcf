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


_START = (
    r"A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF"
    r"\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_ENDING = re.compile(rf"[-.0-9\u00B7\u0300-\u036F\u203F-\u2040{_START}]*+")
_BEGINNING = re.compile(f"[{_START}]")
"""NameChar and NameStartChar without colon (XML 1.0, fifth edition, §2.3): the serialiser takes the longest such name at the end of an IRI."""
_READ_BY_ALL = re.compile("[A-Z_a-zÀ-ÖØ-öø-ÿ][-.0-9·A-Z_a-zÀ-ÖØ-öø-ÿ]*")
"""Names whose letters the parsers of all editions of XML 1.0 take."""
_XMLNS = "http://www.w3.org/2000/xmlns/"
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
        return [media.content_type for media in ANSWER_GRAPHS.values() if media not in (RDF_XML, JSON_LD)]
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
    """JSON-LD 1.1 has no triple terms, and its readers drop the direction of a text (JSON-LD 1.1 Processing Algorithms §8.2.2, ``rdfDirection``)."""
    if _is_of_rdf_1_2(triple):
        raise Unfit
    return triple


def _is_of_rdf_1_2(triple: Triple) -> bool:
    return isinstance(triple.object, Triple) or (isinstance(triple.object, Literal) and triple.object.direction is not None)


def _fit_for_rdf_xml(triple: Triple) -> Triple:
    """RDF 1.1 XML Syntax §2.2 and §5.1: a property is written as a qualified name, and not as one of those that the syntax has for itself."""
    if _is_of_rdf_1_2(triple) or not _is_xml_name(triple.predicate.value):
        raise Unfit
    return triple


@lru_cache(maxsize=1000)
def _is_xml_name(iri: str) -> bool:
    ending = _ENDING.match(iri[::-1])
    begun = _BEGINNING.search(iri, len(iri) - (ending.end() if ending else 0))
    if begun is None or not _READ_BY_ALL.fullmatch(iri, begun.start()):
        return False
    space = iri[: begun.start()]
    return space not in ("", _XMLNS) and not (space == RDF.iri and iri[begun.start() :] in _OF_SYNTAX)


def _counted(triples: Iterable[Triple], outlet: Outlet) -> Iterator[Triple]:
    for count, triple in enumerate(triples, 1):
        if count > outlet.rows:
            raise TooManyRows
        if outlet.first and count > outlet.first:
            return
        yield triple
