"""The whole release in every RDF format, written from its sorted ``dataset.nq`` without ever holding it in memory.

Sorted lines have two useful neighbours: the statements of a subject, and the same triple in several graphs. So the merge of the named graphs needs no
index: N-Quads and TriG keep the graphs, the other formats carry the merge.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Triple

from ess_lod import jsonld
from ess_lod.publish.jsonld import CONTEXT
from ess_lod.release import Release, Unfinished, Writer
from ess_lod.terms import PREFIXES

QUADS = "dataset.nq"
CHECKSUMS = "SHA256SUMS"
_GZIP_LEVEL = 6
_HELD_LINES = 50_000
_PIECE = 1 << 20


def quads_file(quads: Iterable[Quad]) -> Writer:
    """``dataset.nq``: the quads, which must be sorted by their text; without blank nodes, this is a canonical form of the dataset."""

    def write(_: Unfinished, out: BinaryIO) -> None:
        pyoxigraph.serialize(quads, output=out, format=RdfFormat.N_QUADS)

    return write


def same_quads(quads: Iterable[Quad], release: Release) -> bool:
    """Whether sorted quads are those of a release, by the checksum of its ``dataset.nq``."""
    digest = hashlib.sha256()
    with tempfile.SpooledTemporaryFile(_PIECE) as file:
        pyoxigraph.serialize(quads, output=file, format=RdfFormat.N_QUADS)
        file.seek(0)
        while piece := file.read(_PIECE):
            digest.update(piece)
    return release.files.get(QUADS, {}).get("sha256") == digest.hexdigest()


def dumps() -> dict[str, Writer]:
    """The other formats, by name of file, and beside each (N-Quads too) the same compressed. ``dataset.nq`` and ``context.jsonld`` come before."""
    formats: dict[str, Writer] = {
        "dataset.trig": _trig,
        "dataset.nt": _merge(RdfFormat.N_TRIPLES),
        "dataset.ttl": _merge(RdfFormat.TURTLE),
        "dataset.rdf": _merge(RdfFormat.RDF_XML),
        "dataset.jsonld": _jsonld,
    }
    return formats | {f"{name}.gz": compressed(name) for name in (QUADS, *formats)}


def compressed(name: str) -> Writer:
    """A file written before, as gzip (RFC 1952) without a time and without a name: same bytes in, same bytes out."""

    def write(made: Unfinished, out: BinaryIO) -> None:
        with made.file(name).open("rb") as file, gzip.GzipFile("", "wb", _GZIP_LEVEL, out, mtime=0) as packed:
            shutil.copyfileobj(file, packed, _PIECE)

    return write


def checksums(made: Unfinished, out: BinaryIO) -> None:
    """``SHA256SUMS``: every file written before, as ``sha256sum -c`` of the GNU coreutils reads it in the folder of the release."""
    out.writelines(f"{facts['sha256']}  {name}\n".encode() for name, facts in sorted(made.files.items()))


def merged(path: Path) -> Iterator[Triple]:
    """The triples of sorted N-Quads, each once whatever the number of graphs that state it, sorted by subject."""
    last = None
    for quad in pyoxigraph.parse(path=path, format=RdfFormat.N_QUADS):
        triple = quad.triple
        if triple != last:
            last = triple
            yield triple


def _merge(form: RdfFormat) -> Writer:
    def write(made: Unfinished, out: BinaryIO) -> None:
        pyoxigraph.serialize(merged(made.file(QUADS)), output=out, format=form, prefixes=PREFIXES)

    return write


def _jsonld(made: Unfinished, out: BinaryIO) -> None:
    context = jsonld.read_context(made.file(CONTEXT).read_bytes())
    jsonld.write_stream(context, merged(made.file(QUADS)), out)


def _trig(made: Unfinished, out: BinaryIO) -> None:
    """Each graph once: lines are sorted into a file for each graph first, since subjects, not graphs, are neighbours.

    Those files stand in the folder of the release in the making, which is swept when the process dies.
    """
    with tempfile.TemporaryDirectory(dir=made.path) as folder:
        parts = _split(made.file(QUADS), Path(folder))
        quads = (quad for part in parts for quad in pyoxigraph.parse(path=part, format=RdfFormat.N_QUADS))
        pyoxigraph.serialize(quads, output=out, format=RdfFormat.TRIG, prefixes=PREFIXES)


def _split(path: Path, folder: Path) -> list[Path]:
    """The lines of N-Quads by graph, in the order of the names of the graphs."""
    names: dict[bytes, Path] = {}
    held: dict[bytes, list[bytes]] = {}

    def put_down() -> None:
        for graph, lines in held.items():
            part = names.setdefault(graph, folder / str(len(names)))
            with part.open("ab") as file:
                file.writelines(lines)
        held.clear()

    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            held.setdefault(line.rsplit(b" ", 2)[1], []).append(line)
            if number % _HELD_LINES == 0:
                put_down()
    put_down()
    return [names[graph] for graph in sorted(names)]
