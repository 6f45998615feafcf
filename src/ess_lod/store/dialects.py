"""What engines do otherwise than the standard has it, as far as it can be made right: the rest is in docs/engines.md.

An engine is known by the ``Server`` header of its answers; one that is not known is taken at its word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, cast
from urllib.parse import urlsplit, urlunsplit

from ess_lod.store.query import Form
from ess_lod.terms import GEO, XSD


@dataclass(frozen=True)
class Dialect:
    """What is to be done otherwise for an engine; by default nothing."""

    title: str = "SPARQL 1.1"
    """Name and version, for people."""
    pads_datasets: bool = False
    """It takes an empty list of graphs for all there are, so no list is empty."""
    cuts_graphs: bool = False
    """It cuts the triples of a CONSTRUCT or DESCRIBE without saying so."""
    takes_timeout: bool = False
    """It stops of itself after the milliseconds of the parameter ``timeout``, up to two seconds late, and says so."""
    digest: bool = False
    """Its graph store wants digest authentication (RFC 7616), not basic (RFC 7617)."""
    preambles: Mapping[Form, str] = field(default_factory=dict)
    """What goes before a query, by form."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """IRIs that it must have by another name, since it would change what they stand for."""
    zero_and_one: bool = False
    """It writes booleans as 0 and 1 in JSON, and blank nodes as if they had an IRI."""
    graph_stores: tuple[str, str] | None = None
    """Last step of the URL of the graph store, for everybody and for those who log in."""

    def parameters(self, seconds: float) -> dict[str, str]:
        """Further parameters of a query that may take so long."""
        return {"timeout": str(max(1000, round((seconds - 2.5) * 1000)))} if self.takes_timeout else {}

    def mend(self, body: IO[bytes]) -> IO[bytes]:
        """The body of an answer in JSON or N-Triples, with what is wrong in it made right."""
        return cast(IO[bytes], _Mended(body, self.aliases)) if self.aliases or self.zero_and_one else body

    def graph_store(self, query_url: str, *, signed: bool) -> str | None:
        """Where the graph store is (SPARQL 1.1 Graph Store HTTP Protocol), when it is beside the endpoint; ``signed`` when one can log in."""
        if self.graph_stores is None:
            return None
        parts = urlsplit(query_url)
        return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rpartition('/')[0]}/{self.graph_stores[signed]}", "", ""))


def dialect_of(server: str) -> Dialect:
    """The dialect of an engine, by its ``Server`` header. What is said of Virtuoso was measured on 7.2.5."""
    version = ".".join(str(int(part)) for part in re.findall(r"\d+", server)[:3])
    name = server.partition("/")[0].strip().lower()
    if name == "virtuoso":
        return Dialect(
            f"Virtuoso {version}",
            pads_datasets=True,
            cuts_graphs=True,
            takes_timeout=True,
            digest=True,
            preambles={Form.DESCRIBE: 'define sql:describe-mode "CBD" '},  # else it gives incoming links as well
            aliases={
                GEO["wktLiteral"].value: "urn:x-ess-lod:wktLiteral"
            },  # else it rounds coordinates to single precision as it loads them
            zero_and_one=True,
            graph_stores=("sparql-graph-crud", "sparql-graph-crud-auth"),
        )
    if name == "oxigraph":
        return Dialect(server.replace("/", " "), graph_stores=("store", "store"))
    return Dialect(server.partition("(")[0].strip() or "SPARQL 1.1")


_BOOLEAN = re.compile(rb'("datatype": "' + re.escape(XSD.boolean.value.encode()) + rb'", "value": )"([01])"')
_NODE_ID = re.compile(rb'("type": "bnode", "value": ")nodeID://')
_TRUTHS = {b"0": b'"false"', b"1": b'"true"'}


class _Mended:
    """A file of Virtuoso's JSON or N-Triples, one row or triple a line, mended line by line."""

    def __init__(self, body: IO[bytes], aliases: Mapping[str, str]) -> None:
        self._lines = self._mended(body, [(alias.encode(), iri.encode()) for iri, alias in aliases.items()])
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Up to so many bytes; none at the end."""
        pieces, length = [self._rest], len(self._rest)
        while size < 0 or length < size:
            line = next(self._lines, None)
            if line is None:
                break
            pieces.append(line)
            length += len(line)
        found = b"".join(pieces)
        if size < 0:
            size = len(found)
        self._rest = found[size:]
        return found[:size]

    @staticmethod
    def _mended(body: IO[bytes], aliases: list[tuple[bytes, bytes]]) -> Iterator[bytes]:
        for line in body:
            mended = _BOOLEAN.sub(lambda match: match[1] + _TRUTHS[match[2]], line)
            mended = _NODE_ID.sub(rb"\1", mended)
            for alias, iri in aliases:
                mended = mended.replace(alias, iri)
            yield mended
