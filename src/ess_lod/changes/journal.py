"""The journal of publications: what each one changed, written once under ``releases/changes/`` and never touched again.

    releases/changes/
      000001/                  the first publication: all that was there is new
        publication.json       from which release to which, the date, how many things of each kind
        0001.nq …              members of the event stream, in pages
      000002/ …

A member is one changed thing: its kind of change, which thing, when; and, in a named graph of the member's own IRI, all triples of the thing
afterwards. Each folder appears by one ``rename``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from ess_lod.changes.difference import CREATE, DELETE, KINDS_OF_CHANGE, UPDATE, Change
from ess_lod.changes.groups import group_of
from ess_lod.errors import CorruptRelease, in_french
from ess_lod.release import HALF_WRITTEN, Release
from ess_lod.terms import DCTERMS, OWL, XSD, A, Namespace

FOLDER = "changes"
SHEET = "publication.json"
PAGE_BYTES = 800_000
"""A page of members is closed before it is longer than this, unless one thing alone is."""

TREE = Namespace("https://w3id.org/tree#")
LDES = Namespace("https://w3id.org/ldes#")
AS = Namespace("https://www.w3.org/ns/activitystreams#")
TYPES = {CREATE: AS.Create, UPDATE: AS.Update, DELETE: AS.Delete}
_NUMBER = re.compile(r"\d{6}")


@dataclass(frozen=True)
class Publication:
    """One publication: its folder and what its sheet says."""

    path: Path
    sheet: Mapping[str, Any]

    @property
    def number(self) -> int:
        """1 for the first, without gaps."""
        return int(self.sheet["number"])

    @property
    def before(self) -> str | None:
        """The version that was published until then."""
        found: str | None = self.sheet["from"]
        return found

    @property
    def after(self) -> str:
        """The version that was published."""
        return str(self.sheet["to"])

    @property
    def date(self) -> str:
        """The date of that version."""
        return str(self.sheet["date"])

    @property
    def issued(self) -> str:
        """``xsd:dateTime`` that orders publications: see :func:`moment_after`."""
        return str(self.sheet["issued"])

    @property
    def is_return(self) -> bool:
        """Was it a return to the version before (rollback)?"""
        return bool(self.sheet["return"])

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many things: group of things → kind of change → count."""
        return dict(self.sheet["counts"])

    @property
    def pages(self) -> list[dict[str, Any]]:
        """``bytes``, ``sha256`` and ``members`` of each page."""
        return list(self.sheet["pages"])

    @property
    def supplements(self) -> dict[str, list[str]]:
        """The supplements that changed: kind of change → IRIs."""
        return dict(self.sheet["supplements"])

    def total(self, kind: str) -> int:
        """How many things changed in that way."""
        return sum(each.get(kind, 0) for each in self.counts.values())

    def page(self, number: int) -> bytes:
        """N-Quads of a page, from 1. Raises ``IndexError`` for a page that it does not have, :class:`CorruptRelease` for altered bytes."""
        if not 1 <= number <= len(self.pages):
            raise IndexError(number)
        name = f"{FOLDER}/{self.path.name}/{page_name(number)}"
        try:
            body = (self.path / page_name(number)).read_bytes()
        except OSError as error:
            raise CorruptRelease(f"{name} ne peut pas être lu : {in_french(error)}. {_AGAIN}") from error
        if hashlib.sha256(body).hexdigest() != self.pages[number - 1]["sha256"]:
            raise CorruptRelease(f"{name} n'a pas l'empreinte notée. {_AGAIN}")
        return body


_AGAIN = "Reprendre ce fichier d'une copie."


def page_name(number: int) -> str:
    """File of a page."""
    return f"{number:04}.nq"


def publications(releases: Path) -> tuple[Publication, ...]:
    """All publications of the journal, the first one first. Raises :class:`CorruptRelease` when one is missing, or its sheet is none."""
    folder = releases / FOLDER
    try:
        return _read(folder, folder.stat().st_mtime_ns)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise CorruptRelease(f"{FOLDER}/ ne peut pas être lu : {in_french(error)}.") from error


def moment_after(date: str, last: str | None) -> str:
    """The moment of a publication: the start of the day of its release (UTC), or one second after the last publication when that is later.

    So the moments order publications, never go back (LDES 1.0 §4.1), and come from what is recorded, not from the clock of a machine.
    """
    moment = datetime.fromisoformat(date).replace(tzinfo=UTC)
    if last is not None:
        moment = max(moment, datetime.fromisoformat(last) + timedelta(seconds=1))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def prepared(
    releases: Path, before: Release | None, after: Release, changed: Iterable[Change], *, is_return: bool = False
) -> Iterator[Callable[[], None]]:
    """Write the next publication aside; the value puts it into the journal, by one rename. What is not put there is removed.

    To be entered by who holds :func:`ess_lod.release.writing` only.
    """
    folder = releases / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    known = publications(releases)
    number = len(known) + 1
    issued = moment_after(after.date, known[-1].issued if known else None)
    aside = Path(tempfile.mkdtemp(prefix=HALF_WRITTEN, dir=folder))

    def commit() -> None:
        aside.rename(folder / f"{number:06}")
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    try:
        pages = _Pages(aside, after, number, issued)
        for change in changed:
            pages.add(change)
        pages.close()
        sheet = {
            "number": number,
            "from": before.version if before else None,
            "to": after.version,
            "date": after.date,
            "base": after.base,
            "issued": issued,
            "return": is_return,
            "counts": {
                group: {kind: counts[kind] for kind in KINDS_OF_CHANGE if counts[kind]} for group, counts in sorted(pages.counts.items())
            },
            "supplements": {kind: sorted(pages.supplements[kind]) for kind in KINDS_OF_CHANGE if kind in pages.supplements},
            "pages": pages.written,
        }
        _write(aside / SHEET, (json.dumps(sheet, indent=2, ensure_ascii=False) + "\n").encode())
        aside.chmod(0o755)
        yield commit
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def member_lines(member: str, stream: str, change: Change, issued: str, version: str) -> Iterator[bytes]:
    """A member of the stream in N-Quads: that it is one, what it says of the change, and the triples of the thing in its own graph."""
    own = f"<{member}>"
    yield f"<{stream}> {TREE.member} {own} .\n".encode()
    yield f"{own} {A} {TYPES[change.kind]} .\n".encode()
    yield f"{own} {DCTERMS.isVersionOf} <{change.thing}> .\n".encode()
    yield f'{own} {DCTERMS.issued} "{issued}"^^{XSD.dateTime} .\n'.encode()
    yield f'{own} {OWL.versionInfo} "{version}" .\n'.encode()
    ending = f" {own} .\n".encode()
    for triple in change.state:
        yield triple + ending


@dataclass
class _Pages:
    """Pages of members, written one after the other; only the open one is in memory."""

    folder: Path
    release: Release
    publication: int
    issued: str
    written: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    supplements: dict[str, list[str]] = field(default_factory=dict)
    _open: list[bytes] = field(default_factory=list)
    _size: int = 0
    _members: int = 0

    def add(self, change: Change) -> None:
        """Write what became of a thing; a thing whose statements only stand in other graphs than before has no new version."""
        if not (change.came or change.went):
            return
        body = self._lines(change)
        if self._members and self._size + len(body) > PAGE_BYTES:
            self.close()
            body = self._lines(change)
        self._open.append(body)
        self._size += len(body)
        self._members += 1
        group = group_of(change.thing, self.release.base)
        self.counts.setdefault(group, Counter())[change.kind] += 1
        if group == "supplement":
            self.supplements.setdefault(change.kind, []).append(change.thing)

    def close(self) -> None:
        """End the open page."""
        if not self._members:
            return
        body = b"".join(self._open)
        self.written.append({"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest(), "members": self._members})
        _write(self.folder / page_name(len(self.written)), body)
        self._open, self._size, self._members = [], 0, 0

    def _lines(self, change: Change) -> bytes:
        member = f"{self.release.base}feed/{self.publication}/{len(self.written) + 1}#m{self._members + 1}"
        return b"".join(member_lines(member, stream_iri(self.release.base), change, self.issued, self.release.version))


def stream_iri(base: str) -> str:
    """The event stream; ``{base}feed`` is the page that describes it."""
    return f"{base}feed#stream"


@lru_cache(maxsize=4)
def _read(folder: Path, _changed: int) -> tuple[Publication, ...]:
    found = sorted(path for path in folder.iterdir() if _NUMBER.fullmatch(path.name))
    read = tuple(Publication(path, _sheet(path)) for path in found)
    for number, each in enumerate(read, 1):
        if each.number != number or each.path.name != f"{number:06}":
            raise CorruptRelease(
                f"{FOLDER}/ : la publication {number} manque ; {each.path.name} ne la suit pas. Reprendre ce dossier d'une copie."
            )
    return read


def _sheet(path: Path) -> dict[str, Any]:
    """The sheet of a publication. Raises :class:`CorruptRelease` for one that lacks something, or has it in another shape."""
    name = f"{FOLDER}/{path.name}/{SHEET}"
    try:
        sheet = json.loads((path / SHEET).read_bytes())
    except OSError as error:
        raise CorruptRelease(f"{name} ne peut pas être lu : {in_french(error)}. {_AGAIN}") from error
    except (ValueError, RecursionError) as error:
        raise CorruptRelease(f"{name} n'est pas du JSON. {_AGAIN}") from error
    if not isinstance(sheet, dict) or not _is_sheet(sheet):
        raise CorruptRelease(f"{name} n'est pas la feuille d'une publication. {_AGAIN}")
    return sheet


def _is_sheet(sheet: dict[str, Any]) -> bool:
    try:
        datetime.fromisoformat(sheet["issued"])
        datetime.fromisoformat(sheet["date"])
        return (
            isinstance(sheet["number"], int)
            and isinstance(sheet["from"], str | None)
            and isinstance(sheet["to"], str)
            and isinstance(sheet["base"], str)
            and isinstance(sheet["return"], bool)
            and all(isinstance(n, int) for counts in sheet["counts"].values() for n in counts.values())
            and all(isinstance(iri, str) for iris in sheet["supplements"].values() for iri in iris)
            and all(isinstance(page["members"], int) and isinstance(page["sha256"], str) for page in sheet["pages"])
        )
    except (LookupError, TypeError, ValueError, AttributeError):
        return False


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
