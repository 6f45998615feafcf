"""The embedded engine: Oxigraph, from an index on disk that is made once for each release and only read after that."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

import pyoxigraph
from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, RdfFormat

from ess_lod.errors import ConfigError
from ess_lod.release import Release
from ess_lod.store.answer import Answer
from ess_lod.store.background import background_loop
from ess_lod.store.pool import Crowd, Pool
from ess_lod.store.query import Query
from ess_lod.store.spool import Limits, Spooled
from ess_lod.terms import in_graph
from ess_lod.worker.wire import Job

ENGINE = f"oxigraph-{pyoxigraph.__version__}"
_BATCH = 20_000
Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""


def index_folder(folder: Path, release: Release) -> Path:
    """Where the index of a release is: an index of another version of the engine is none."""
    return folder / ENGINE / release.version


def load_index(release: Release, folder: Path, progress: Progress | None = None) -> Path:
    """The index of a release, made when it is not there: each quad in its named graph, and each triple once in the default graph.

    Made aside and moved into place, so that an index is whole or not there; two that make it at once do not disturb each other.
    """
    target = index_folder(folder, release)
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{release.version}-", dir=target.parent))
    try:
        _fill(aside, release, progress)
        os.replace(aside, target)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        if not target.exists():
            raise ConfigError(
                f"L'index de {release.version} ne peut pas être écrit dans {target.parent} : {error.strerror or error}. "
                "Vérifier la place et les droits, ou choisir un autre dossier (ESS_LOD_INDEXES)."
            ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def drop_indexes(folder: Path, keep: Collection[str]) -> list[str]:
    """Remove the indexes of releases that are not to be kept, and all of other versions of the engine. Returns the versions that went.

    Who has one open goes on reading it.
    """
    gone = []
    for engine in folder.iterdir() if folder.is_dir() else ():
        for index in engine.iterdir() if engine.is_dir() else ():
            if engine.name != ENGINE or index.name not in keep:
                shutil.rmtree(index, ignore_errors=True)
                gone.append(index.name)
    return sorted(gone)


def _fill(folder: Path, release: Release, progress: Progress | None) -> None:
    quads = list(pyoxigraph.parse(path=release.file("dataset.nq"), format=RdfFormat.N_QUADS))
    merged = [in_graph(triple) for triple in {quad.triple for quad in quads}]
    everything = [*quads, *merged]
    store = pyoxigraph.Store(folder)
    for start in range(0, len(everything), _BATCH):
        store.bulk_extend(everything[start : start + _BATCH])
        if progress is not None:
            progress(min(start + _BATCH, len(everything)), len(everything))
    store.flush()


class EmbeddedStore:
    """One release, indexed. ``query`` runs here, for our own queries; ``answer`` runs in a worker, for those of strangers."""

    def __init__(self, release: Release, folder: Path, limits: Limits, crowd: Crowd, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.release = release
        self.engine = f"Oxigraph {pyoxigraph.__version__}"
        self.limits, self._crowd = limits, crowd
        self._index = load_index(release, folder)
        self._store = pyoxigraph.Store.read_only(str(self._index))
        self._base = f"{release.base}sparql"
        self._own_loop = loop
        self._pools: dict[bool, Pool] = {}

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop that ``answer`` must be awaited on."""
        return self._own_loop or background_loop()

    def query(self, text: str) -> Answer:
        """Answer a query of our own, here."""
        result = self._store.query(text, base_iri=self._base)
        if not isinstance(result, QuerySolutions | QueryBoolean | QueryTriples):
            raise TypeError(result)
        return Answer(result)

    async def answer(self, query: Query, extension: str, *, client: str = "", first: int = 0) -> Spooled:
        """Answer a query of anybody, in a worker; see :meth:`ess_lod.store.Store.answer`."""
        job = Job(query.text, self._base, extension, query.default_graphs, query.named_graphs, self.limits.rows, first)
        return await self._pool(bool(query.services)).answer(job, client)

    def warm_up(self) -> None:
        """Start the workers before the first query comes."""
        self.loop.call_soon_threadsafe(self._pool, False)

    def close(self) -> None:
        """Let running queries end, and keep no process after that."""
        with suppress(RuntimeError):  # the loop may be gone already
            self.loop.call_soon_threadsafe(self._close)

    def _pool(self, calls_out: bool) -> Pool:
        if calls_out not in self._pools:
            crowd = Crowd(1, 1, self._crowd.queue, self._crowd.per_client) if calls_out else self._crowd
            self._pools[calls_out] = Pool(self._index, self.limits, crowd, calls_out=calls_out)
        return self._pools[calls_out]

    def _close(self) -> None:
        for pool in self._pools.values():
            pool.close()
