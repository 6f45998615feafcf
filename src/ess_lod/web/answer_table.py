"""An answer as a table for people: cells in the language of the reader, and never more rows than a page can bear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from ess_lod.web.graph import Node
from ess_lod.web.live import Edition

SHOWN_ROWS = 500
"""How many rows an HTML table has at most; the other formats have all."""

_Cell = NamedNode | BlankNode | Literal | Triple | None


@dataclass(frozen=True)
class AnswerTable:
    """``columns`` and ``rows`` of a SELECT, or of the triples of a graph; ``truth`` of an ASK. ``more`` when rows were left out."""

    columns: list[str]
    rows: list[list[Node | None]]
    more: bool
    truth: bool | None = None


def table_of_result(edition: Edition, language: str, body: bytes) -> AnswerTable:
    """The table of a SELECT from its answer in TSV, the format that can be cut at a line; of an ASK from its answer in JSON."""
    found = parse_query_results(body, format=QueryResultsFormat.JSON if body.startswith(b"{") else QueryResultsFormat.TSV)
    if isinstance(found, QueryBoolean):
        return AnswerTable([], [], more=False, truth=bool(found))
    if not isinstance(found, QuerySolutions):
        raise TypeError(found)
    variables = list(found.variables)
    return _cut(edition, language, [each.value for each in variables], ([solution[each] for each in variables] for solution in found))


def table_of_graph(edition: Edition, language: str, body: bytes) -> AnswerTable:
    """The table of a CONSTRUCT or DESCRIBE, from its answer in N-Triples."""
    quads = parse(body, format=RdfFormat.N_TRIPLES)
    return _cut(edition, language, ["?s", "?p", "?o"], ([quad.subject, quad.predicate, quad.object] for quad in quads))


def _cut(edition: Edition, language: str, columns: list[str], rows: Iterator[Iterable[_Cell]]) -> AnswerTable:
    shown = [[_node(edition, language, term) for term in row] for row in islice(rows, SHOWN_ROWS)]
    return AnswerTable(columns, shown, more=next(rows, None) is not None)


def _node(edition: Edition, language: str, term: _Cell) -> Node | None:
    return None if term is None else Node(term, edition.vocabulary, edition.iris, language)
