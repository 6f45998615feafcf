"""The files of a release of a million triples: seconds, bytes, and whether memory stays flat. One process for each size, since a peak never goes down.

The triples are invented: communes with their states, points and memberships, each in the graph of a source, one statement in ten in a second one.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ess_lod.config import Settings
from ess_lod.publish.dataset import read_dataset
from ess_lod.publish.dumps import QUADS, checksums, dumps
from ess_lod.publish.extracts import extracts
from ess_lod.publish.jsonld import CONTEXT, context_file
from ess_lod.publish.vocabulary import read_vocabulary
from ess_lod.release import Unfinished

REPOSITORY = Path(__file__).resolve().parents[2]
SIZES = (100_000, 1_000_000)
BASE, NS = "https://w3id.org/ess-lod/", "https://w3id.org/ess-lod/ns#"
_TYPE, _LABEL = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://www.w3.org/2000/01/rdf-schema#label>"
_DCT, _GEO, _XSD = "http://purl.org/dc/terms/", "http://www.opengis.net/ont/geosparql#", "http://www.w3.org/2001/XMLSchema#"
_EACH = 15  # triples of a territory


def measure() -> None:
    """Print the figures of both sizes."""
    print("\n# Files of a synthetic release")
    for size in SIZES:
        subprocess.run([sys.executable, "-m", "tests.bench.dumps", str(size)], check=True, cwd=REPOSITORY)


def main(size: int) -> None:
    """Write the files of a release of so many triples and print what each sort costs, and the peak of memory after it (what was imported included)."""
    settings = Settings.read({}, home=REPOSITORY)
    with tempfile.TemporaryDirectory() as folder:
        made = Unfinished(Path(folder))
        made.add(CONTEXT, context_file(read_vocabulary(settings.ontology).core))
        made.add(QUADS, lambda _, out: _write(size, out))
        print(f"{size:,} triples, {made.files[QUADS]['bytes'] / 1e6:.0f} MB of N-Quads; {_peak():.0f} MB before")
        files = {**dumps(), **extracts(read_dataset(settings.data), "Synthetic"), "SHA256SUMS": checksums}
        spent: dict[str, float] = {}
        weight: dict[str, int] = {}
        peak: dict[str, float] = {}
        for name, content in files.items():
            start, sort = time.perf_counter(), _sort(name)
            made.add(name, content)
            spent[sort] = spent.get(sort, 0) + time.perf_counter() - start
            weight[sort] = weight.get(sort, 0) + made.files[name]["bytes"]
            peak[sort] = _peak()
        for sort, seconds in spent.items():
            print(f"{seconds:8.2f} s {weight[sort] / 1e6:8.1f} MB  {sort}; {peak[sort]:.0f} MB at most until then")
        print(f"{sum(spent.values()):8.2f} s  all")


def _sort(name: str) -> str:
    return name.rpartition(".")[2] if "tables" in name or name.endswith((".gz", ".geojson")) else name


def _peak() -> float:
    """Megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _write(size: int, out: BinaryIO) -> None:
    """Sorted N-Quads: numbers have one width, and the lines of a territory are sorted."""
    for number in range(size // _EACH):
        lines = (f"{line} <{BASE}graph/R{graph}> .\n" for at, line in enumerate(_triples(number)) for graph in _graphs(number, at))
        out.writelines(line.encode() for line in sorted(lines))


def _graphs(number: int, at: int) -> tuple[str, ...]:
    first = f"{number % 50:03}"
    return (first, "999") if at == number % 10 else (first,)


def _triples(number: int) -> Iterator[str]:
    thing = f"{BASE}id/territoire/T{number:07}"
    other = f"{BASE}id/territoire/T{number // 2:07}"
    yield f"<{thing}> {_TYPE} <{NS}Territory>"
    yield f'<{thing}> {_LABEL} "Commune de synthèse n° {number}"@fr'
    yield f'<{thing}> <{_DCT}identifier> "{number:05}"'
    yield f"<{thing}> <{NS}territoryKind> <{BASE}vocab/type-territoire/commune>"
    yield f"<{thing}> <{_DCT}temporal> <{thing}#vie>"
    yield f"<{thing}> <{_DCT}source> <{BASE}id/document/R{number % 50:03}>"
    yield f"<{thing}> <{_GEO}hasDefaultGeometry> <{thing}#point>"
    yield f'<{thing}#point> <{_GEO}asWKT> "POINT({2 + number % 1000 / 500} {49 + number % 777 / 500})"^^<{_GEO}wktLiteral>'
    yield f'<{thing}#vie> <http://www.w3.org/ns/dcat#startDate> "1943-01-01"^^<{_XSD}date>'
    yield f"<{thing}> <{NS}hasState> <{thing}#etat-1>"
    yield f'<{thing}#etat-1> <{NS}population> "{number % 5000}"^^<{_XSD}integer>'
    yield f'<{thing}#etat-1> {_LABEL} "Commune n° {number}"@fr'
    yield f"<{thing}#membre-1> {_TYPE} <{NS}TerritorialMembership>"
    yield f"<{thing}#membre-1> <{NS}memberTerritory> <{other}>"
    yield f"<{thing}#membre-1> <{NS}groupingTerritory> <{thing}>"


if __name__ == "__main__":
    main(int(sys.argv[1]))
