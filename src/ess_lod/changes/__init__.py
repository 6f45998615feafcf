"""Differences between releases, and publishing that keeps a journal of them.

:func:`publish` and :func:`rollback` do what those of :mod:`ess_lod.release` do and write down what changed. The journal only grows: a return to the
version before is one more publication, whose changes undo the others. What was published without a journal is made up for by the next publication.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ess_lod import release as releases_of
from ess_lod.changes.difference import CREATE, DELETE, KINDS_OF_CHANGE, UPDATE, Change, differences
from ess_lod.changes.journal import Publication, prepared, publications
from ess_lod.errors import CorruptRelease, NoRelease, ReleaseError, UnknownRelease
from ess_lod.release import Release, open_release, published, versions, writing

__all__ = [
    "CREATE",
    "DELETE",
    "KINDS_OF_CHANGE",
    "UPDATE",
    "Change",
    "Publication",
    "between",
    "differences",
    "public_versions",
    "publications",
    "publish",
    "rollback",
]

DATASET = "dataset.nq"


def publish(releases: Path, version: str) -> str | None:
    """Make a release the published one and write down what that changes. Returns the version that it takes over from.

    The pointer moves before the journal grows: whoever is cut off between the two leaves a journal that is late, never one that is wrong, and the
    next call completes it. Raises what :func:`ess_lod.release.publish` raises, and :class:`CorruptRelease` when the last version of the journal is gone.
    """
    with writing(releases):
        new = open_release(releases, version)
        _catch_up(releases, _history(releases))
        last = _last(releases)
        if last is not None and last.version == version:
            return releases_of.publish(releases, version)
        with prepared(releases, last, new, between(last, new)) as commit:
            before = releases_of.publish(releases, version)
            commit()
        return before


def rollback(releases: Path) -> str:
    """Return to the release published before the present one, and write down what that changes. Returns its version.

    Raises what :func:`ess_lod.release.rollback` raises.
    """
    with writing(releases):
        earlier = _history(releases)
        if len(earlier) < 2:
            return releases_of.rollback(releases)
        target = open_release(releases, earlier[-2])
        _catch_up(releases, earlier)
        last = _last(releases)
        with prepared(releases, last, target, between(last, target), is_return=True) as commit:
            version = releases_of.rollback(releases)
            commit()
        return version


def public_versions(releases: Path) -> list[str]:
    """The versions that anybody may see, sorted by name: those that are kept and have been published, as the journal or the pointer tells.

    What is only frozen is a draft. When one of the two cannot be read, what the other tells is all that is known.
    """
    told: set[str] = set()
    with suppress(ReleaseError):
        told.update(published(releases))
    with suppress(ReleaseError):
        told.update(version for each in publications(releases) for version in (each.before, each.after) if version)
    return [version for version in versions(releases) if version in told]


def between(before: Release | None, after: Release) -> Iterator[Change]:
    """What changes from one release to another; from nothing when ``before`` is ``None``."""
    return differences(before.file(DATASET) if before else None, after.file(DATASET))


def _history(releases: Path) -> list[str]:
    """The versions that the pointer remembers, the published one last."""
    try:
        return published(releases)[::-1]
    except NoRelease:
        return []


def _last(releases: Path) -> Release | None:
    """The version that the journal ends with."""
    known = publications(releases)
    if not known:
        return None
    try:
        return open_release(releases, known[-1].after)
    except UnknownRelease as error:
        raise CorruptRelease(
            f"La version {known[-1].after}, dernière du journal releases/changes, n'est plus là : ce qui change depuis ne peut pas être calculé. "
            "La reprendre d'une copie ; ou, si elle est perdue, ôter releases/changes : le flux recommencera à zéro."
        ) from error


def _catch_up(releases: Path, earlier: Sequence[str]) -> None:
    """Write down the publications that the pointer remembers and the journal does not have. Versions that are gone are passed over."""
    last = _last(releases)
    missing = list(earlier)
    if last is not None:
        at = max((number for number, version in enumerate(earlier) if version == last.version), default=None)
        missing = list(earlier[at + 1 :]) if at is not None else list(earlier[-1:])
    present = set(versions(releases))
    for version in missing:
        if version not in present or (last is not None and last.version == version):
            continue
        new = open_release(releases, version)
        with prepared(releases, last, new, between(last, new)) as commit:
            commit()
        last = new
