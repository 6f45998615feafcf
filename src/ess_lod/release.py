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
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ess_lod.errors import CorruptRelease, NoRelease, UnknownRelease

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MANIFEST = "manifest.json"
POINTER = "current.json"
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")
_HALF_WRITTEN = ".unfinished-"
_BUFFER = 1 << 18


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
        """Path of one of its files. Raises ``KeyError`` for a name that the manifest does not have."""
        if name not in self.manifest["files"]:
            raise KeyError(name)
        return self.path / name

    def verify(self) -> None:
        """Compare every file with the manifest. Raises :class:`CorruptRelease` naming the first that differs."""
        for name, expected in self.files.items():
            path = self.path / name
            found = _digest_of(path) if path.is_file() else "absent"
            if found != expected["sha256"]:
                raise CorruptRelease(f"{self.version}/{name} : SHA-256 {found}, attendu {expected['sha256']}. Reconstruire cette version.")


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
    releases.mkdir(parents=True, exist_ok=True)
    _sweep(releases)
    with _unfinished(releases) as made:
        for name, content in contents.items():
            made.add(name, content)
        files = dict(sorted(made.files.items()))
        fingerprint = hashlib.sha256(json.dumps([files, facts], sort_keys=True).encode()).hexdigest()
        version = f"{facts['date']}-{fingerprint[:8]}"
        target = releases / version
        if not target.exists():
            manifest = {"version": version, **facts, "files": files}
            made.add(MANIFEST, (json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode())
            for folder in (*sorted({(made.path / name).parent for name in files} - {made.path}), made.path):
                folder.chmod(0o755)
                _sync_folder(folder)
            try:
                made.path.rename(target)
            except OSError:
                if not target.exists():  # nobody else has just frozen the same
                    raise
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
    manifest = json.loads((releases / version / MANIFEST).read_text("utf-8"))
    return Release(releases / version, manifest)


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
    version = previous_version(releases)
    open_release(releases, version).verify()
    _point(releases, _pointer(releases)[1:])
    return version


def _pointer(releases: Path) -> list[str]:
    path = releases / POINTER
    if not path.is_file():
        raise NoRelease("Aucune version n'est publiée. Lancer : ess-lod build puis ess-lod publish.")
    published = json.loads(path.read_text("utf-8"))["published"]
    if not published:
        raise NoRelease(f"{POINTER} ne nomme aucune version. Lancer : ess-lod publish.")
    return [str(version) for version in published]


def _point(releases: Path, history: list[str]) -> None:
    handle, name = tempfile.mkstemp(prefix=_HALF_WRITTEN, dir=releases)
    with os.fdopen(handle, "wb") as file:
        file.write((json.dumps({"published": history}, indent=2) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(0o644)
    Path(name).replace(releases / POINTER)
    _sync_folder(releases)


@contextmanager
def _unfinished(releases: Path) -> Iterator[Unfinished]:
    """A folder to make a release in. It is locked, which tells a process at work from one that died; what is left of it at the end is removed."""
    path = Path(tempfile.mkdtemp(prefix=_HALF_WRITTEN, dir=releases))
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield Unfinished(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(descriptor)


def _sweep(releases: Path) -> None:
    """Remove what a process that died left half written."""
    for path in releases.glob(f"{_HALF_WRITTEN}*"):
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        except BlockingIOError:
            continue  # another process is at it
        finally:
            os.close(descriptor)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
