"""Releases: frozen files that are the truth. Everything served is made from one of them.

    releases/
      2026-11-24-1f0c3a9b/     written once, never touched again
        manifest.json          counts, and SHA-256 of every other file
        dataset.nq …
        tables/acteurs.csv …
      current.json             the pointer: which one is published, and which were before

A version is the dataset's date and the first eight digits of the SHA-256 of its contents: same tables, same version. Both the folder and the
pointer appear by one ``rename``, so a process that dies leaves either the old state or the new one; :func:`writing` lets one process write at a time.
Files are written piece by piece and hashed meanwhile, so a release may be larger than memory.

Nothing is trusted because it is there: a manifest must have the hash that its version ends with, and :meth:`Release.file` gives a file only when its
bytes are those that the manifest names.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

from ess_lod import digests
from ess_lod.errors import CorruptRelease, NoRelease, UnknownRelease, in_french
from ess_lod.locks import alone

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MANIFEST = "manifest.json"
POINTER = "current.json"
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")
HALF_WRITTEN = ".unfinished-"
"""How the name of what is being written begins, in ``releases/`` and in the folders of it."""
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
        """Path of one of its files, whose bytes are those that the manifest names: they are read when the file is not as it was last time.

        Raises ``KeyError`` for a name that the manifest does not have, :class:`CorruptRelease` for other bytes.
        """
        expected = self.manifest["files"][name]["sha256"]
        path = self.path / name
        try:
            found = digests.digest(path)
        except OSError as error:
            found = "absent" if isinstance(error, FileNotFoundError) else in_french(error)
        if found != expected:
            raise CorruptRelease(f"{self.version}/{name} : SHA-256 {found}, attendu {expected}. {_AGAIN}")
        return path

    def damage(self, record: Path | None = None) -> list[str]:
        """What is said of each file whose bytes are not those that the manifest names; empty for a whole release.

        ``record`` is a file in which it is noted which bytes have been read already, for other processes: without it every file is read once by each.
        """
        same = digests.recall(record, self.path) if record is not None else {}
        found = []
        for name in self.files:
            try:
                self.file(name)
            except CorruptRelease as error:
                found.append(str(error))
        if record is not None and not found and same.keys() != self.files.keys():
            with suppress(OSError):  # what is not noted is read again
                digests.write_record(record, self.path, self.files)
        return found

    def verify(self, record: Path | None = None) -> None:
        """Compare every file with the manifest, see :meth:`damage`. Raises :class:`CorruptRelease` naming those that differ."""
        if found := self.damage(record):
            raise CorruptRelease("\n".join(found))


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
    with writing(releases), _unfinished(releases) as made:
        for name, content in contents.items():
            made.add(name, content)
        files = dict(sorted(made.files.items()))
        version = _version(files, facts)
        if not _is_whole(releases, version):
            manifest = {"version": version, **facts, "files": files}
            made.add(MANIFEST, (json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode())
            for folder in (*sorted({(made.path / name).parent for name in files} - {made.path}), made.path):
                folder.chmod(0o755)
                _sync_folder(folder)
            _replace(made.path, releases / version)
            _sync_folder(releases)
    release = open_release(releases, version)
    release.verify()
    return release


def open_release(releases: Path, version: str | None = None) -> Release:
    """Open a release by version, or the published one.

    Raises :class:`NoRelease`, :class:`UnknownRelease`, or :class:`CorruptRelease` for a manifest or a pointer that is not as it was written.
    """
    if version is None:
        version = current_version(releases)
    if not _VERSION.fullmatch(version) or not (releases / version).is_dir():
        known = ", ".join(versions(releases)) or "aucune"
        raise UnknownRelease(f"Version inconnue : « {version} ». Versions présentes : {known}.")
    return Release(releases / version, _manifest(releases, version))


def _manifest(releases: Path, version: str) -> dict[str, Any]:
    """The manifest of a release, which must have the hash that the version ends with. Raises :class:`CorruptRelease`."""
    where = f"{version}/{MANIFEST}"
    try:
        manifest = json.loads((releases / version / MANIFEST).read_bytes())
        facts = {name: value for name, value in manifest.items() if name not in ("version", "files")}
        is_ours = manifest["version"] == version == _version(manifest["files"], facts) and all(map(_is_inside, manifest["files"]))
    except OSError as error:
        raise CorruptRelease(f"{where} ne peut pas être lu : {in_french(error)}.") from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise CorruptRelease(f"{where} n'est pas un manifeste ({type(error).__name__}). {_AGAIN}") from error
    if not is_ours:
        raise CorruptRelease(f"{where} n'est pas celui qui a été écrit : son empreinte n'est pas celle de la version. {_AGAIN}")
    found: dict[str, Any] = manifest
    return found


_AGAIN = "Reprendre ce fichier d'une copie ; une version qui n'a jamais été publiée peut être reconstruite (ess-lod build)."


def _version(files: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    fingerprint = hashlib.sha256(json.dumps([files, facts], sort_keys=True).encode()).hexdigest()
    return f"{facts['date']}-{fingerprint[:8]}"


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _is_whole(releases: Path, version: str) -> bool:
    try:
        return not open_release(releases, version).damage()
    except (UnknownRelease, CorruptRelease):
        return False


def _replace(made: Path, target: Path) -> None:
    """Move a release to its place; what is damaged there goes away first."""
    if target.exists():
        damaged = Path(tempfile.mkdtemp(prefix=HALF_WRITTEN, dir=target.parent))
        target.rename(damaged)
        shutil.rmtree(damaged, ignore_errors=True)
    made.rename(target)


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


@contextmanager
def writing(releases: Path, say: Callable[[str], object] = lambda _: None) -> Iterator[None]:
    """Be the only process that writes in ``releases/``, and remove what one that died left half written. May be entered again inside.

    ``say`` is told whom it waits for. Raises :class:`ess_lod.errors.Busy` after a while; see :func:`ess_lod.locks.alone`. Where there is no such folder
    there is nobody to wait for.
    """
    if not releases.is_dir():
        yield
        return
    with alone(releases, say) as is_first:
        if is_first:
            _sweep(releases)
        yield


def _pointer(releases: Path) -> list[str]:
    """The versions that the pointer names. Raises :class:`NoRelease` when there is none, :class:`CorruptRelease` when it is of another shape."""
    try:
        said = json.loads((releases / POINTER).read_bytes())
    except FileNotFoundError:
        raise NoRelease("Aucune version n'est publiée. Lancer : ess-lod build puis ess-lod publish.") from None
    except OSError as error:
        raise CorruptRelease(f"{POINTER} ne peut pas être lu : {in_french(error)}. {_POINT_AGAIN}") from error
    except (ValueError, RecursionError) as error:
        raise CorruptRelease(f"{POINTER} n'est pas du JSON en UTF-8. {_POINT_AGAIN}") from error
    history = said.get("published") if isinstance(said, dict) else None
    if not isinstance(history, list) or not history or not all(isinstance(each, str) and _VERSION.fullmatch(each) for each in history):
        raise CorruptRelease(f'{POINTER} n\'a pas la forme {{"published": ["2026-01-31-0123abcd", …]}}. {_POINT_AGAIN}')
    return history


_POINT_AGAIN = (
    f"L'ôter (mv {POINTER} {POINTER}.casse), puis : ess-lod publish VERSION ; ess-lod changes dit quelle version a été publiée la dernière."
)


def _point(releases: Path, history: list[str]) -> None:
    handle, name = tempfile.mkstemp(prefix=HALF_WRITTEN, dir=releases)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write((json.dumps({"published": history}, indent=2) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(releases / POINTER)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(releases)


@contextmanager
def _unfinished(releases: Path) -> Iterator[Unfinished]:
    """A folder to make a release in; what is left of it at the end is removed."""
    path = Path(tempfile.mkdtemp(prefix=HALF_WRITTEN, dir=releases))
    try:
        yield Unfinished(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _sweep(releases: Path) -> None:
    """Remove what a process that died left half written, here and in the journal: whoever writes is the only one."""
    for path in (*releases.glob(f"{HALF_WRITTEN}*"), *releases.glob(f"*/{HALF_WRITTEN}*")):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
