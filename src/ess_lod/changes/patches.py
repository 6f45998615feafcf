"""A difference as a text that a program applies: RDF Patch (Apache Jena's ``D`` and ``A`` lines) and SPARQL 1.1 Update."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ess_lod.changes.difference import split


def rdf_patch(removed: Iterable[bytes], added: Iterable[bytes]) -> Iterator[bytes]:
    """One transaction of RDF Patch: what is deleted, then what is added, quad by quad."""
    yield b"TX .\n"
    yield from (b"D " + line for line in removed)
    yield from (b"A " + line for line in added)
    yield b"TC .\n"


def sparql_update(removed: Iterable[bytes], added: Iterable[bytes]) -> Iterator[bytes]:
    """SPARQL 1.1 Update: ``DELETE DATA`` then ``INSERT DATA``, one quad a line; what is empty is left out."""
    separator = b""
    for opening, lines in ((b"DELETE DATA {\n", removed), (b"INSERT DATA {\n", added)):
        begun = False
        for line in lines:
            if not begun:
                yield separator + opening
                begun, separator = True, b" ;\n"
            triple, graph = split(line)
            yield b"  GRAPH <" + graph.encode() + b"> { " + triple + b" }\n" if graph else b"  " + triple + b" .\n"
        if begun:
            yield b"}"
    if separator:
        yield b"\n"


PATCHES: dict[str, tuple[str, str, Callable[[Iterable[bytes], Iterable[bytes]], Iterator[bytes]]]] = {
    "rdfp": ("application/rdf-patch", "RDF Patch", rdf_patch),
    "ru": ("application/sparql-update", "SPARQL Update", sparql_update),
}
"""By extension: media type, name, writer."""
