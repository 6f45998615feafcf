"""The embedded engine: Oxigraph, from an index on disk that is made once for each release and only read after that."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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
_CONTENTS = "ess-lod-index.json"
"""File of an index: its files and their sizes, written last."""
_CHANGING = ("LOG", "LOCK")
_ASIDE = ".unfinished-"
_TRIES = 3
Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""


def index_folder(folder: Path, release: Release) -> Path:
    """Where the index of a release is: an index of another version of the engine is none."""
    return folder / ENGINE / release.version


@dataclass
class Lease:
    """An index that is in use: as long as this is held, nobody removes it. Held by each process that has it open, and gone with it."""

    path: Path
    _descriptor: int

    def release(self) -> None:
        """Use it no more."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def lease_index(release: Release, folder: Path, progress: Progress | None = None) -> Lease:
    """The index of a release, held: each quad in its named graph, and each triple once in the default graph.

    Made when it is not there, and anew when what is there is not whole or cannot be opened. It is made aside and moved into place; two that make it at once do
    not disturb each other. Raises :class:`ConfigError` (French) when it cannot be written.
    """
    target = index_folder(folder, release)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(_TRIES):
            if (lease := _lease(target)) is not None:
                return lease
            if target.exists() and not _remove(target):
                _set_aside(target)
            _make(target, release, progress)
    except (OSError, RuntimeError) as error:  # of the engine, too
        raise ConfigError(
            f"L'index de {release.version} ne peut pas être écrit dans {target.parent} : {getattr(error, 'strerror', None) or error}. "
            "Vérifier la place et les droits, ou choisir un autre dossier (ESS_LOD_INDEXES)."
        ) from error
    raise ConfigError(f"L'index de {release.version} ne peut pas être ouvert, même refait, dans {target.parent}. Vérifier le disque.")


def load_index(release: Release, folder: Path, progress: Progress | None = None) -> Path:
    """The folder of the index of a release, made when it is not there whole; see :func:`lease_index`."""
    lease = lease_index(release, folder, progress)
    lease.release()
    return lease.path


def drop_indexes(folder: Path, keep: Collection[str]) -> list[str]:
    """Remove the indexes of releases that are not to be kept, and all of other versions of the engine, but for those in use. Returns the versions that went."""
    gone = []
    for engine in folder.glob("oxigraph-*"):
        for index in engine.iterdir() if engine.is_dir() else ():
            if engine.name != ENGINE or index.name not in keep:
                with suppress(OSError):
                    if _remove(index) and not index.name.startswith("."):
                        gone.append(index.name)
    return sorted(gone)


def _lease(target: Path) -> Lease | None:
    """Hold an index that is whole and can be opened; ``None`` when there is none."""
    try:
        descriptor = os.open(target, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if os.fstat(descriptor).st_ino == os.stat(target).st_ino and _is_whole(target):
            return Lease(target, descriptor)
    except FileNotFoundError:  # it has been moved away meanwhile
        pass
    os.close(descriptor)
    return None


def _is_whole(index: Path) -> bool:
    """Has an index all the files that it was made with, as long as they were, and can it be opened?"""
    try:
        made = json.loads((index / _CONTENTS).read_text("utf-8"))
        if any((index / name).stat().st_size != size for name, size in made.items()):
            return False
        pyoxigraph.Store.read_only(str(index))
    except (OSError, ValueError, RuntimeError, AttributeError):
        return False
    return True


def _make(target: Path, release: Release, progress: Progress | None) -> None:
    aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=target.parent))
    with _locked(aside):  # a folder that nobody holds is what is left of a process that died
        try:
            _fill(aside, release, progress)
            sizes = {path.name: path.stat().st_size for path in aside.iterdir() if path.name not in _CHANGING}
            (aside / _CONTENTS).write_text(json.dumps(sizes), "utf-8")
            with suppress(OSError):  # another process was faster
                os.replace(aside, target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def _remove(index: Path) -> bool:
    """Move a folder that nobody uses aside, and remove it: did it go?"""
    try:
        with _locked(index):
            shutil.rmtree(_set_aside(index), ignore_errors=True)
    except (BlockingIOError, FileNotFoundError):
        return False
    return True


def _set_aside(index: Path) -> Path:
    """Move an index out of the way at once; the next one that removes indexes removes it."""
    aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=index.parent))
    return index.rename(aside / index.name).parent


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Be the only one who has a folder. Raises ``BlockingIOError`` when somebody else has it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


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
        self._lease = lease_index(release, folder)
        self._index = self._lease.path
        self._store = pyoxigraph.Store.read_only(str(self._index))
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
        self._lease.release()  # workers hold it for themselves
