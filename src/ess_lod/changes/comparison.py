"""What changes between any two releases, worked out once and kept as files, so that a page of it is read without the rest.

    {folder}/{from}..{to}/
      summary.json             how many things of each group, and where each page begins
      things.jsonl             one thing a line, in the order of the releases
      patch.rdfp  patch.ru     the whole difference, quad by quad

These files are a cache: the two releases make them again, with the same bytes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ess_lod.changes.difference import KINDS_OF_CHANGE, Change, differences, split
from ess_lod.changes.groups import GROUPS, group_of
from ess_lod.changes.patches import PATCHES
from ess_lod.errors import CorruptRelease
from ess_lod.locks import put_aside
from ess_lod.release import Release

PAGE_THINGS = 50
PAGE_BYTES = 150_000
"""A page ends after so many things, or before the quads that came and went are more than this, unless one thing alone has more."""

MOST_KEPT = 24
"""How many comparisons are kept in the folder; the ones that were made first go first."""

REFUSED = 3
"""Exit code of the process that works a comparison out, when it cannot be."""

_SUMMARY = "summary.json"
_THINGS = "things.jsonl"
_SECONDS = 300
_MAKING = threading.Lock()


@dataclass(frozen=True)
class Difference:
    """What changed in one thing, as it is read back: its kind of change, its group, labels by language.

    ``came`` and ``went`` are triples without final dot. ``moved`` tells how many statements only have other sources than before.
    """

    thing: str
    kind: str
    group: str
    labels: Mapping[str, str]
    came: tuple[bytes, ...]
    went: tuple[bytes, ...]
    moved: int


@dataclass(frozen=True)
class Comparison:
    """The difference of two releases on disk."""

    path: Path
    summary: Mapping[str, Any]

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many things: group → kind of change → count; groups in their order."""
        return {group: self.summary["counts"][group] for group in GROUPS if group in self.summary["counts"]}

    @property
    def first_pages(self) -> dict[str, int]:
        """Group → the first page that has a thing of it."""
        return dict(self.summary["first"])

    @property
    def pages(self) -> int:
        """How many pages there are: one at least."""
        return max(1, len(self.summary["pages"]))

    @property
    def things(self) -> int:
        """How many things differ."""
        return sum(sum(each.values()) for each in self.counts.values())

    @property
    def quads(self) -> tuple[int, int]:
        """How many quads came, and how many went."""
        return int(self.summary["added"]), int(self.summary["removed"])

    def total(self, kind: str) -> int:
        """How many things changed in that way."""
        return sum(each.get(kind, 0) for each in self.counts.values())

    def page(self, number: int) -> list[Difference]:
        """The things of a page, from 1. Raises ``IndexError`` for a page that there is not."""
        if not 1 <= number <= self.pages:
            raise IndexError(number)
        if not self.summary["pages"]:
            return []
        with (self.path / _THINGS).open("rb") as file:
            file.seek(self.summary["pages"][number - 1]["start"])
            return [_read(file.readline()) for _ in range(self.summary["pages"][number - 1]["things"])]

    def patch(self, extension: str) -> Path:
        """The file of a patch. Raises ``KeyError`` for what is no format of :data:`ess_lod.changes.patches.PATCHES`."""
        if extension not in PATCHES:
            raise KeyError(extension)
        return self.path / f"patch.{extension}"


def compare(before: Release, after: Release, folder: Path) -> Comparison:
    """What changes from one release to another, from ``folder`` when it is there already."""
    target = folder / f"{before.version}..{after.version}"
    with suppress(OSError, ValueError):
        return _open(target)
    with _MAKING:
        with suppress(OSError, ValueError):
            return _open(target)
        folder.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder))
        try:
            _make(aside, before, after)
            if target.exists():  # and is not whole, unless another process was faster
                shutil.rmtree(put_aside(target), ignore_errors=True)
            with suppress(OSError):  # another process was faster
                os.replace(aside, target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        _forget(folder, target)
        return _open(target)


def compared(before: Release, after: Release, folder: Path) -> Comparison | None:
    """What changes from one release to another when it has been worked out already."""
    with suppress(OSError, ValueError):
        return _open(folder / f"{before.version}..{after.version}")
    return None


def compare_apart(before: Release, after: Release, folder: Path) -> Comparison:
    """The same, worked out by another process, so that a server goes on answering: two releases of a million quads take seconds.

    Raises :class:`CorruptRelease` when they cannot be compared.
    """
    target = folder / f"{before.version}..{after.version}"
    command = [sys.executable, "-m", "ess_lod.changes", str(before.path.parent), before.version, after.version, str(folder)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_SECONDS)  # noqa: S603
    if done.returncode == REFUSED:
        raise CorruptRelease(done.stderr.decode(errors="replace").strip())
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise OSError(f"{target.name} could not be worked out (exit code {done.returncode}): {said[-1] if said else ''}")
    return _open(target)


def _open(path: Path) -> Comparison:
    """A comparison that is there whole. Raises ``OSError`` or ``ValueError`` for one that is not."""
    for name in (_THINGS, *(f"patch.{extension}" for extension in PATCHES)):
        (path / name).stat()
    return Comparison(path, json.loads((path / _SUMMARY).read_text("utf-8")))


def _make(folder: Path, before: Release, after: Release) -> None:
    counts: dict[str, Counter[str]] = {}
    first: dict[str, int] = {}
    pages: list[dict[str, int]] = []
    totals = {"added": 0, "removed": 0}
    size = 0
    with (folder / _THINGS).open("wb") as things, (folder / "added").open("wb") as added, (folder / "removed").open("wb") as removed:
        for change in differences(before.file("dataset.nq"), after.file("dataset.nq")):
            group = group_of(change.thing, after.base)
            weight = sum(map(len, change.added)) + sum(map(len, change.removed))
            if not pages or pages[-1]["things"] == PAGE_THINGS or size + weight > PAGE_BYTES:
                pages.append({"start": things.tell(), "things": 0})
                size = 0
            size += weight
            pages[-1]["things"] += 1
            first.setdefault(group, len(pages))
            counts.setdefault(group, Counter())[change.kind] += 1
            totals["added"] += len(change.added)
            totals["removed"] += len(change.removed)
            things.write(_line(change, group))
            added.writelines(change.added)
            removed.writelines(change.removed)
    for extension, (_, _, write) in PATCHES.items():
        with (
            (folder / f"patch.{extension}").open("wb") as file,
            (folder / "removed").open("rb") as gone,
            (folder / "added").open("rb") as come,
        ):
            file.writelines(write(_each(gone), _each(come)))
    (folder / "added").unlink()
    (folder / "removed").unlink()
    told = {group: {kind: counts[group][kind] for kind in KINDS_OF_CHANGE if counts[group][kind]} for group in GROUPS if group in counts}
    (folder / _SUMMARY).write_text(json.dumps({"counts": told, "first": first, **totals, "pages": pages}) + "\n", "utf-8")


def _each(file: BinaryIO) -> Iterator[bytes]:
    yield from file


def _line(change: Change, group: str) -> bytes:
    said = {
        "thing": change.thing,
        "kind": change.kind,
        "group": group,
        "labels": change.labels,
        "came": [triple.decode() for triple in change.came],
        "went": [triple.decode() for triple in change.went],
        "moved": len({triple for line, triples in _beside(change) if (triple := split(line)[0]) not in triples}),
    }
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


def _beside(change: Change) -> Iterator[tuple[bytes, set[bytes]]]:
    """Each quad that came or went, and the triples that did."""
    came, went = set(change.came), set(change.went)
    yield from ((line, came) for line in change.added)
    yield from ((line, went) for line in change.removed)


def _read(line: bytes) -> Difference:
    said = json.loads(line)
    came, went = (tuple(each.encode() for each in said[name]) for name in ("came", "went"))
    return Difference(said["thing"], said["kind"], said["group"], said["labels"], came, went, said["moved"])


def _forget(folder: Path, keep: Path) -> None:
    """Remove the oldest comparisons beyond those that may stay."""
    kept = sorted((path for path in folder.iterdir() if ".." in path.name and path != keep), key=lambda path: path.stat().st_mtime_ns)
    for path in kept[: max(0, len(kept) + 1 - MOST_KEPT)]:
        shutil.rmtree(path, ignore_errors=True)
