"""What a query gives, whatever the engine: rows, a truth value or triples, written by the engine's own serialisers."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Triple,
    Variable,
)

from ess_lod.errors import NotAcceptable
from ess_lod.media import MediaType, ResultType
from ess_lod.worker.writing import Outlet, Unfit, formats_for_all, write_graph

Term = NamedNode | BlankNode | Literal | Triple


class AnswerKind(Enum):
    """SELECT, ASK, or CONSTRUCT and DESCRIBE."""

    ROWS = "rows"
    TRUTH = "truth"
    TRIPLES = "triples"


class Answer:
    """The result of one query, read once."""

    def __init__(self, result: QuerySolutions | QueryBoolean | QueryTriples | list[Triple]) -> None:
        self._result = result

    @property
    def kind(self) -> AnswerKind:
        """Which of the three kinds of answer it is."""
        if isinstance(self._result, QuerySolutions):
            return AnswerKind.ROWS
        return AnswerKind.TRUTH if isinstance(self._result, QueryBoolean) else AnswerKind.TRIPLES

    @property
    def truth(self) -> bool:
        """The answer to an ASK."""
        return bool(self._result)

    @property
    def variables(self) -> list[str]:
        """Names of the columns of a SELECT."""
        if not isinstance(self._result, QuerySolutions):
            raise TypeError(self.kind)
        return [variable.value for variable in self._result.variables]

    def rows(self) -> Iterator[dict[str, Term]]:
        """The rows of a SELECT; unbound variables are left out."""
        if not isinstance(self._result, QuerySolutions):
            raise TypeError(self.kind)
        variables: list[Variable] = self._result.variables
        for solution in self._result:
            yield {variable.value: value for variable in variables if (value := solution[variable]) is not None}

    def triples(self) -> Iterator[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE."""
        if isinstance(self._result, QuerySolutions | QueryBoolean):
            raise TypeError(self.kind)
        yield from self._result

    def write_result(self, result_type: ResultType) -> bytes:
        """Rows or truth value as bytes."""
        if not isinstance(self._result, QuerySolutions | QueryBoolean):
            raise TypeError(self.kind)
        return self._result.serialize(format=result_type.format) or b""

    def write_graph(self, media: MediaType) -> bytes:
        """Triples as bytes."""
        return write_triples(list(self.triples()), media)


def write_triples(triples: list[Triple], media: MediaType) -> bytes:
    """Triples in an RDF format, with those of our prefixes that they use. Raises :class:`NotAcceptable` when the format cannot hold them."""
    if media.rdf is None:
        raise TypeError(media)
    written = bytearray()
    outlet = Outlet(written.extend, len(triples))
    try:
        write_graph(triples, media.extension, outlet)
    except Unfit as error:
        raise NotAcceptable(formats_for_all(media.extension)) from error
    return bytes(written + outlet.finish())
