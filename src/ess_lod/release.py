"""Releases: frozen files that are the truth. Everything served is made from one of them.

    releases/
      2026-11-24-1f0c3a9b/     written once, never touched again
        manifest.json          counts, and SHA-256 of every other file
        dataset.nq …
      current.json             the pointer: which one is published, and which were before

A version is the dataset's date and the first eight digits of the SHA-256 of its contents: same tables, same version. Both the folder and the
pointer appear by one ``rename``, so a process that dies leaves either the old state or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ess_lod.errors import CorruptRelease, NoRelease, UnknownRelease

MANIFEST = "manifest.json"
POINTER = "current.json"
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")
_HALF_WRITTEN = ".unfinished-"


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
            found = _digest(path.read_bytes()) if path.is_file() else "absent"
            if found != expected["sha256"]:
                raise CorruptRelease(f"{self.version}/{name} : SHA-256 {found}, attendu {expected['sha256']}. Reconstruire cette version.")


def freeze(releases: Path, contents: Mapping[str, bytes], facts: Mapping[str, Any]) -> Release:
    """Write a release and return it; when the same contents are frozen already, return that one untouched.

    ``facts`` go into the manifest and must have ``date`` and ``base``. The manifest is deterministic: no clock, no machine.
    """
    files = {name: {"bytes": len(body), "sha256": _digest(body)} for name, body in sorted(contents.items())}
    fingerprint = _digest(json.dumps([files, facts], sort_keys=True).encode())
    version = f"{facts['date']}-{fingerprint[:8]}"
    manifest = {"version": version, **facts, "files": files}
    target = releases / version
    releases.mkdir(parents=True, exist_ok=True)
    _sweep(releases)
    if not target.exists():
        unfinished = Path(tempfile.mkdtemp(prefix=_HALF_WRITTEN, dir=releases))
        for name, body in contents.items():
            _write(unfinished / name, body)
        _write(unfinished / MANIFEST, (json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode())
        unfinished.chmod(0o755)
        _sync_folder(unfinished)
        unfinished.rename(target)
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


def _sweep(releases: Path) -> None:
    """Remove what a process that died left half written."""
    for path in releases.glob(f"{_HALF_WRITTEN}*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
