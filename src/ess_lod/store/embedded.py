"""The embedded engine: Oxigraph, from an index on disk that is made once for each release and only read after that."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, RdfFormat

from ess_lod import digests
from ess_lod.errors import ConfigError, in_french
from ess_lod.locks import Lease, alone, put_aside, take_away
from ess_lod.release import Release
from ess_lod.store.answer import Answer
from ess_lod.store.background import background_loop
from ess_lod.store.pool import Crowd, Pool
from ess_lod.store.query import Query
from ess_lod.store.spool import Limits, Spooled
from ess_lod.terms import in_graph
from ess_lod.worker.wire import Job

_FAMILY = "oxigraph-"
ENGINE = f"{_FAMILY}{pyoxigraph.__version__}"
_SEAL = "sealed.json"
_LOGS = ("LOG", "LOCK")
"""Files that Oxigraph keeps for itself and reads nothing from; what begins so is not sealed."""
_BATCH = 20_000
_TRIES = 3
Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""


@dataclass(frozen=True)
class Index:
    """An index that is open to read. It is not removed before the lease ends, which it does with this object."""

    path: Path
    store: pyoxigraph.Store
    lease: Lease


def load_index(release: Release, folder: Path, progress: Progress | None = None) -> Path:
    """See to it that the index of a release is there and can be opened. Returns its folder.

    ``progress`` is told how far it is when it has to be made. Raises what :func:`open_index` raises.
    """
    return open_index(release, folder, progress).path


def open_index(release: Release, folder: Path, progress: Progress | None = None) -> Index:
    """Open the index of a release: each quad in its named graph, and each triple once in the default graph.

    It is made when there is none, and made anew when what is there is not whole or cannot be opened. It is made aside and moved into place, by one
    process at a time. An index of another version of the engine is none. Raises :class:`ConfigError` when it can be neither opened nor made, and
    :class:`ess_lod.errors.CorruptRelease` when the release has not the bytes that it should have.
    """
    target = folder / ENGINE / release.version
    with suppress(*_UNFIT):
        return _open(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with alone(target.parent):
            with suppress(*_UNFIT):  # another has just made it
                return _open(target)
            return _make(target, release, progress)
    except _UNFIT as error:
        reason = in_french(error) if isinstance(error, OSError) else str(error)
        raise ConfigError(
            f"L'index de {release.version} ne peut pas être écrit dans {target.parent} : {reason}. "
            "Vérifier la place et les droits, ou choisir un autre dossier (ESS_LOD_INDEXES)."
        ) from error


_UNFIT = (OSError, RuntimeError, ValueError)
"""What Oxigraph and the system raise for an index that is not there, is not whole, or cannot be written."""


def drop_indexes(folder: Path, keep: Collection[str]) -> list[str]:
    """Remove the indexes of releases that are not to be kept, all of other versions of the engine, and what was left half made.

    Returns the versions that went. What a server, or one of its workers, has open stays until the next call.
    """
    gone = []
    for index in folder.glob(f"{_FAMILY}*/*"):
        wanted = index.parent.name == ENGINE and index.name in keep
        if not wanted and take_away(index) and not index.name.startswith("."):
            gone.append(index.name)
    return sorted(gone)


def _open(path: Path) -> Index:
    """Open an index whose files are those that were sealed. Raises one of :data:`_UNFIT`."""
    lease = Lease(path)
    try:
        sealed = digests.read_record(path / _SEAL)
        same = digests.recall(path / _SEAL, path)
        if any(digests.digest(path / name) != expected for name, expected in sealed.items()):
            raise ValueError(f"{path} is not as it was made")
        if same != sealed:  # brought back from a copy
            with suppress(OSError):
                digests.write_record(path / _SEAL, path, sealed)
        return Index(path, pyoxigraph.Store.read_only(str(path)), lease)
    except _UNFIT:
        lease.close()
        raise


def _make(target: Path, release: Release, progress: Progress | None) -> Index:
    aside = Path(tempfile.mkdtemp(prefix=f".{release.version}-", dir=target.parent))
    lease = Lease(aside)
    try:
        _fill(aside, release, progress)
        digests.write_record(aside / _SEAL, aside, (file.name for file in aside.iterdir() if not file.name.startswith(_LOGS)))
        if target.is_dir():
            take_away(put_aside(target))
        else:
            target.unlink(missing_ok=True)
        aside.rename(target)
        return _open(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        lease.close()


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
        self._index = open_index(release, folder)
        self._base = f"{release.base}sparql"
        self._own_loop = loop
        self._pools: dict[bool, Pool] = {}

    @property
    def trouble(self) -> str | None:
        """Why no worker can be started."""
        return next((pool.trouble for pool in self._pools.copy().values() if pool.trouble), None)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop that ``answer`` must be awaited on."""
        return self._own_loop or background_loop()

    def query(self, text: str) -> Answer:
        """Answer a query of our own, here."""
        result = self._index.store.query(text, base_iri=self._base)
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
        _end(self.loop, self._pools)

    def _pool(self, calls_out: bool) -> Pool:
        if not self._pools:  # a store that nobody holds any more keeps no process
            weakref.finalize(self, _end, asyncio.get_running_loop(), self._pools).atexit = False
        if calls_out not in self._pools:
            crowd = Crowd(1, 1, self._crowd.queue, self._crowd.per_client) if calls_out else self._crowd
            self._pools[calls_out] = Pool(self._index.path, self.limits, crowd, calls_out=calls_out)
        return self._pools[calls_out]


def _end(loop: asyncio.AbstractEventLoop, pools: dict[bool, Pool]) -> None:
    """Close pools on their loop, which may be gone already."""

    def close() -> None:
        for pool in pools.values():
            pool.close()

    with suppress(RuntimeError):
        loop.call_soon_threadsafe(close)
