"""The embedded engine: Oxigraph in memory, made from a release's N-Quads."""

from __future__ import annotations

import re

import pyoxigraph
from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, RdfFormat

from ess_lod.errors import BadQuery
from ess_lod.release import Release
from ess_lod.store.answer import Answer
from ess_lod.store.refusals import refuse_calls_out
from ess_lod.terms import in_graph

_PLACE = re.compile(r"(\d+):(\d+)")


class EmbeddedStore:
    """One release, loaded: each quad in its named graph, and each triple once in the default graph."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.engine = f"Oxigraph {pyoxigraph.__version__}"
        self._store = pyoxigraph.Store()
        quads = list(pyoxigraph.parse(path=release.file("dataset.nq"), format=RdfFormat.N_QUADS))
        merged = {quad.triple for quad in quads}
        self._store.bulk_extend(quads)
        self._store.bulk_extend(in_graph(triple) for triple in merged)

    def query(self, text: str) -> Answer:
        """Answer a query; a base IRI is not assumed.

        Raises :class:`BadQuery` with the place that the parser names, :class:`ess_lod.errors.QueryRefused` for ``SERVICE``.
        """
        refuse_calls_out(text)
        try:
            result = self._store.query(text)
        except SyntaxError as error:
            message = str(error)
            place = _PLACE.search(message)
            line, column = (int(place[1]), int(place[2])) if place else (None, None)
            raise BadQuery(message, line, column) from error
        if not isinstance(result, QuerySolutions | QueryBoolean | QueryTriples):
            raise TypeError(result)
        return Answer(result)
