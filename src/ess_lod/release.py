"""Releases: frozen files that are the truth. Everything served is made from one of them.

    releases/
      2026-11-24-1f0c3a9b/     written once, never touched again
        manifest.json          counts, and SHA-256 of every other file
        dataset.nq …
        tables/acteurs.csv …
      current.json             the pointer: which one is published, and which were before

A version is the dataset's date and the first eight digits of the SHA-256 of its contents: same tables, same version. Both the folder and the
pointer appear by one ``rename``, so a process that dies leaves either the old state or the new one. Files are written piece by piece and hashed
meanwhile, so a release may be larger than memory.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ess_lod.errors import CorruptRelease, NoRelease, ReleaseBusy, UnknownRelease

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MANIFEST = "manifest.json"
POINTER = "current.json"
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")
_HALF_WRITTEN = ".unfinished-"
_BUFFER = 1 << 18
_LOCK = ".lock"
_PATIENCE = 300
_PAUSE = 0.1
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Release:
    """One frozen release: its folder and what its manifest says."""

    path: Path
    manifest: Mapping[str, Any]

    @property
    def version(self) -> str:
        """For example ``2026-11-24-1f0c3a9b``."""
        return str(self.manifest["version"])

    @property
    def date(self) -> str:
        """The dataset's date, ``2026-11-24``."""
        return str(self.manifest["date"])

    @property
    def base(self) -> str:
        """The base that its IRIs are minted under."""
        return str(self.manifest["base"])

    @property
    def files(self) -> dict[str, dict[str, Any]]:
        """``bytes`` and ``sha256`` of each file, by name."""
        return dict(self.manifest["files"])

    def file(self, name: str) -> Path:
        """Path of one of its files, which has been compared with the manifest since it last changed.

        Raises ``KeyError`` for a name that the manifest does not have, :class:`CorruptRelease` for a file that is not as it was frozen.
        """
        if name not in self.manifest["files"]:
            raise KeyError(name)
        path = self.path / name
        found, expected = _digest_of(path), self.manifest["files"][name]["sha256"]
        if found != expected:
            raise CorruptRelease(
                f"{self.version}/{name} : SHA-256 {found}, attendu {expected}. Reprendre ce fichier d'une copie, ou reconstruire cette version."
            )
        return path

    def verify(self) -> None:
        """Compare every file with the manifest. Raises :class:`CorruptRelease` naming the first that differs."""
        for name in self.files:
            self.file(name)


@dataclass(frozen=True)
class Unfinished:
    """A release in the making: its folder, and ``bytes`` and ``sha256`` of each file that is whole, by name."""

    path: Path
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def file(self, name: str) -> Path:
        """Path of a file that is written already. Raises ``KeyError`` for any other."""
        if name not in self.files:
            raise KeyError(name)
        return self.path / name

    def add(self, name: str, content: bytes | Writer) -> None:
        """Write a file, hashing it meanwhile; folders in its name are made. The file is on disk when this returns."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            hashed = _Hashed(file)
            with io.BufferedWriter(hashed, _BUFFER) as out:
                if isinstance(content, bytes):
                    out.write(content)
                else:
                    content(self, out)
            file.flush()
            os.fsync(file.fileno())
        self.files[name] = {"bytes": hashed.size, "sha256": hashed.digest.hexdigest()}


Writer = Callable[[Unfinished, BinaryIO], None]
"""Writes one file of a release: it may read those written before, and cannot go back in its own."""


class _Hashed(io.RawIOBase):
    """Passes bytes on to a file, counting and hashing them."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file, self.digest, self.size = file, hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, piece: ReadableBuffer) -> int:
        self._file.write(piece)
        self.digest.update(piece)
        length = memoryview(piece).nbytes
        self.size += length
        return length


def freeze(releases: Path, contents: Mapping[str, bytes | Writer], facts: Mapping[str, Any]) -> Release:
    """Write a release and return it; when the same contents are frozen already, return that one untouched.

    Files are written in the order of ``contents``. ``facts`` go into the manifest and must have ``date`` and ``base``. The manifest is
    deterministic: no clock, no machine.
    """
    with writing(releases), _unfinished(releases) as made:
        for name, content in contents.items():
            made.add(name, content)
        files = dict(sorted(made.files.items()))
        version = _version(files, facts)
        target = releases / version
        if not target.exists():
            manifest = {"version": version, **facts, "files": files}
            made.add(MANIFEST, (json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode())
            for folder in (*sorted({(made.path / name).parent for name in files} - {made.path}), made.path):
                folder.chmod(0o755)
                _sync_folder(folder)
            made.path.rename(target)
            _sync_folder(releases)
    release = open_release(releases, version)
    release.verify()
    return release


def open_release(releases: Path, version: str | None = None) -> Release:
    """Open a release by version, or the published one. Raises :class:`NoRelease` or :class:`UnknownRelease`."""
    if version is None:
        version = current_version(releases)
    if not _VERSION.fullmatch(version) or not (releases / version / MANIFEST).is_file():
        known = ", ".join(versions(releases)) or "aucune"
        raise UnknownRelease(f"Version inconnue : « {version} ». Versions présentes : {known}.")
    return Release(releases / version, _manifest(releases / version))


def _manifest(folder: Path) -> dict[str, Any]:
    """What a manifest says. Raises :class:`CorruptRelease` for one that is cut or altered: its version names the digest of the rest of it."""
    remedy = "Reprendre ce fichier d'une copie, ou reconstruire cette version."
    try:
        found = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CorruptRelease(f"{folder.name}/{MANIFEST} ne se lit pas ({error}). {remedy}") from error
    if not isinstance(found, dict) or not isinstance(found.get("files"), dict):
        raise CorruptRelease(f"{folder.name}/{MANIFEST} n'est pas un manifeste. {remedy}")
    facts = {name: value for name, value in found.items() if name not in ("version", "files")}
    if found.get("version") != folder.name or folder.name != _version(found["files"], facts):
        raise CorruptRelease(f"{folder.name}/{MANIFEST} a été modifié. {remedy}")
    return found


def _version(files: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    fingerprint = hashlib.sha256(json.dumps([files, facts], sort_keys=True).encode()).hexdigest()
    return f"{facts.get('date')}-{fingerprint[:8]}"


def versions(releases: Path) -> list[str]:
    """All frozen versions, sorted by name."""
    if not releases.is_dir():
        return []
    return sorted(path.name for path in releases.iterdir() if _VERSION.fullmatch(path.name))


def current_version(releases: Path) -> str:
    """The published version. Raises :class:`NoRelease` when there is none."""
    return str(_pointer(releases)[0])


def published(releases: Path) -> list[str]:
    """The versions whose turns the pointer remembers, the published one first. Raises :class:`NoRelease` when there is none."""
    return _pointer(releases)


def publish(releases: Path, version: str) -> str | None:
    """Make a verified release the published one, by one atomic rename. Returns the version it takes over from.

    Publishing what is published already changes nothing.
    """
    with writing(releases):
        open_release(releases, version).verify()
        try:
            history = _pointer(releases)
        except NoRelease:
            history = []
        if history and history[0] == version:
            return version
        _point(releases, [version, *history])
        return history[0] if history else None


def previous_version(releases: Path) -> str:
    """The release published before the present one. Raises :class:`NoRelease` when there is none."""
    history = _pointer(releases)
    if len(history) < 2:
        raise NoRelease("Aucune version n'a été publiée avant celle-ci : rien à rétablir.")
    return history[1]


def rollback(releases: Path) -> str:
    """Return to the release published before the present one, and forget the present one's turn. Returns its version."""
    with writing(releases):
        version = previous_version(releases)
        open_release(releases, version).verify()
        _point(releases, _pointer(releases)[1:])
        return version


def _pointer(releases: Path) -> list[str]:
    path = releases / POINTER
    if not path.exists():
        raise NoRelease("Aucune version n'est publiée. Lancer : ess-lod build puis ess-lod publish.")
    remedy = "Le reprendre d'une copie ; ou l'ôter et publier une des versions présentes : ess-lod publish VERSION"
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CorruptRelease(f"{POINTER} ne se lit pas ({error}). {remedy}") from error
    history = found.get("published") if isinstance(found, dict) else None
    if not isinstance(history, list) or not all(isinstance(each, str) and _VERSION.fullmatch(each) for each in history):
        raise CorruptRelease(f'{POINTER} n\'a pas la forme {{"published": [versions, la dernière publiée en premier]}}. {remedy}')
    if not history:
        raise NoRelease(f"{POINTER} ne nomme aucune version. Lancer : ess-lod publish.")
    return history


def _point(releases: Path, history: list[str]) -> None:
    handle, name = tempfile.mkstemp(prefix=_HALF_WRITTEN, dir=releases)
    with os.fdopen(handle, "wb") as file:
        file.write((json.dumps({"published": history}, indent=2) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(0o644)
    Path(name).replace(releases / POINTER)
    _sync_folder(releases)


class _Lock:
    """A lock between processes (``flock``: it goes with the process that holds it) that one process may take again while it has it."""

    def __init__(self, path: Path) -> None:
        self._path, self._of_threads, self._depth, self._descriptor = path, threading.RLock(), 0, -1

    def take(self) -> None:
        self._of_threads.acquire()
        self._depth += 1
        if self._depth > 1:
            return
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            self._wait()
            os.ftruncate(self._descriptor, 0)
            os.pwrite(
                self._descriptor, f"{os.getpid()} {time.strftime('%H:%M:%S')} {' '.join(sys.argv[1:])[:200]}".encode(errors="replace"), 0
            )
        except BaseException:
            self.give()
            raise

    def give(self) -> None:
        self._depth -= 1
        if not self._depth and self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._of_threads.release()

    @property
    def is_outermost(self) -> bool:
        """Has it been taken once?"""
        return self._depth == 1

    def _wait(self) -> None:
        end = time.monotonic() + _PATIENCE
        told = False
        while True:
            try:
                return fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pid, since, what = (*os.pread(self._descriptor, 300, 0).decode(errors="replace").split(" ", 2), "", "", "")[:3]
                who = f"Un autre « ess-lod {what} » (processus {pid}, depuis {since}) écrit dans {self._path.parent.name}/"
                if time.monotonic() > end:
                    raise ReleaseBusy(f"{who} : réessayer quand il aura fini.") from None
                if not told:
                    _LOG.warning("%s ; attente.", who)
                told = True
                time.sleep(_PAUSE)


_LOCKS: dict[Path, _Lock] = {}
_locks_lock = threading.Lock()


@contextmanager
def writing(releases: Path) -> Iterator[None]:
    """Be the only one who writes below ``releases/``; what a process that died left half written is removed first. Threads and processes wait for each other.

    Raises :class:`ReleaseBusy` (French, naming who is at it) after five minutes.
    """
    releases.mkdir(parents=True, exist_ok=True)
    with _locks_lock:
        lock = _LOCKS.setdefault(releases.resolve(), _Lock(releases.resolve() / _LOCK))
    lock.take()
    try:
        if lock.is_outermost:
            _sweep(releases)
        yield
    finally:
        lock.give()


@contextmanager
def _unfinished(releases: Path) -> Iterator[Unfinished]:
    """A folder to make a release in; what is left of it at the end is removed."""
    path = Path(tempfile.mkdtemp(prefix=_HALF_WRITTEN, dir=releases))
    try:
        yield Unfinished(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _sweep(releases: Path) -> None:
    """Remove what a process that died left half written."""
    for path in (*releases.glob(f"{_HALF_WRITTEN}*"), *releases.glob(f"*/{_HALF_WRITTEN}*")):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest_of(path: Path) -> str:
    """SHA-256 of a file, worked out again when its state is another than the last time; what cannot be read says so in its place."""
    try:
        state = path.stat()
        return _digest(path, (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns))
    except OSError as error:
        return f"absent ({error.strerror})"


@lru_cache(maxsize=10_000)
def _digest(path: Path, _state: tuple[int, ...]) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
