"""Which release is served: opened once, swapped when the pointer moves, never taken from a request in flight."""

from __future__ import annotations

import logging
import os
import threading
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

import pyoxigraph
from flask import Flask, current_app, g
from pyoxigraph import RdfFormat, Triple

from ess_lod.changes import public_versions
from ess_lod.config import Settings
from ess_lod.errors import CorruptRelease, EssLodError, NoRelease, NotInService, UnknownRelease
from ess_lod.iris import Iris
from ess_lod.release import POINTER, Release, current_version, open_release
from ess_lod.store import Store, open_store
from ess_lod.terms import RDFS
from ess_lod.web.graph import Graph
from ess_lod.web.kept_versions import kept_versions
from ess_lod.web.shelf import Shelf

_LOG = logging.getLogger(__name__)
_Kept = TypeVar("_Kept")


@dataclass(frozen=True)
class Edition:
    """A release and the store made from it, with what the pages read from its files.

    Everything kept here lives as long as the edition: a release never changes.
    """

    release: Release
    store: Store
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def iris(self) -> Iris:
        """IRIs under the base of this release."""
        return Iris(self.release.base)

    @cached_property
    def shelf(self) -> Shelf:
        """The catalogue by pages, and with it what it knows nothing of: the releases published before."""
        file = pyoxigraph.parse(path=self.release.file("catalogue.ttl"), format=RdfFormat.TURTLE, base_iri=self.release.base)
        return Shelf(chain((quad.triple for quad in file), kept_versions(self.release)), self.iris.at("catalog"))

    @cached_property
    def catalogue(self) -> tuple[Triple, ...]:
        """What the catalogue says of the dataset, in the lexical forms of its file: a store would rewrite its numbers."""
        return tuple(sorted(self.shelf.about(self.iris.at("dataset").value), key=str))

    @cached_property
    def void(self) -> tuple[Triple, ...]:
        """The VoID description."""
        return self._read("void.ttl")

    @cached_property
    def ontology(self) -> tuple[Triple, ...]:
        """Classes, properties and what links them to other vocabularies."""
        return self._read("ontology.ttl")

    @cached_property
    def schemes(self) -> tuple[Triple, ...]:
        """The SKOS schemes."""
        return self._read("schemes.ttl")

    @cached_property
    def shapes(self) -> tuple[Triple, ...]:
        """The shapes that the release was checked with."""
        return self._read("shapes.ttl")

    @cached_property
    def words(self) -> tuple[Triple, ...]:
        """Labels of classes, properties and concepts: what a page writes in their place."""
        return tuple(triple for triple in (*self.ontology, *self.schemes) if triple.predicate == RDFS.label)

    @cached_property
    def vocabulary(self) -> Graph:
        """Ontology and schemes together, indexed."""
        return Graph([*self.ontology, *self.schemes])

    def rows(self, query: str) -> list[dict[str, str]]:
        """The rows of a SELECT of ours as plain texts (IRI, or lexical form); what is unbound is left out."""
        return [{name: getattr(term, "value", "") for name, term in row.items()} for row in self.store.query(query).rows()]

    def triples(self, query: str) -> list[Triple]:
        """The triples of a CONSTRUCT of ours."""
        return list(self.store.query(query).triples())

    def keep(self, name: str, make: Callable[[], _Kept]) -> _Kept:
        """What ``make`` returned the first time that ``name`` was asked for.

        Two requests may both make it at first; both get equal values.
        """
        if name not in self._kept:
            self._kept[name] = make()
        value: _Kept = self._kept[name]
        return value

    def _read(self, name: str) -> tuple[Triple, ...]:
        quads = pyoxigraph.parse(path=self.release.file(name), format=RdfFormat.TURTLE, base_iri=self.release.base)
        return tuple(sorted({quad.triple for quad in quads}, key=str))


_FIRST_RETRY, _LAST_RETRY = 1.0, 60.0
"""Seconds before a release that could not be opened is tried again: twice as many each time, up to the second."""


@dataclass(frozen=True)
class Failure:
    """Why what a pointer names could not be opened: which pointer, the reason in words, how often it was tried, when it is tried again (monotonic)."""

    mark: tuple[int, ...] | None
    reason: str
    tries: int
    due: float


class Live:
    """Holds the edition that is served and looks at the pointer of ``releases/`` each time that it is asked for.

    What cannot be opened, for whatever reason, leaves the edition before it in service; the reason is logged once, and it is tried again after a while.
    """

    def __init__(self, settings: Settings, loop: AbstractEventLoop | None = None) -> None:
        self._settings, self._loop = settings, loop
        self._pointer = str(settings.releases / POINTER)
        self._lock = threading.Lock()
        self._edition: Edition | None = None
        self._seen: tuple[int, ...] | None = None
        self._failure: Failure | None = None

    def edition(self) -> Edition:
        """The published edition. While a new one is being opened, and when it cannot be, the one before it is given.

        Raises :class:`ess_lod.errors.NoRelease` when nothing has been published yet, :class:`NotInService` when what is published cannot be opened and
        there is none before it.
        """
        edition, mark = self._edition, self._mark()
        if edition is not None and not self._is_due(mark):
            return edition
        if edition is None:
            self._lock.acquire()
        elif not self._lock.acquire(blocking=False):
            return edition
        try:
            if self._is_due(mark):
                self._try(mark)
            if self._edition is None:
                raise NotInService(self._failure.reason if self._failure else "")
            return self._edition
        finally:
            self._lock.release()

    def at_hand(self) -> tuple[Edition | None, bool]:
        """The edition that is open, without waiting, and whether :meth:`edition` would open another."""
        return self._edition, self._is_due(self._mark())

    @property
    def failure(self) -> Failure | None:
        """Why what the pointer names is not in service; ``None`` when it is."""
        return self._failure

    def _mark(self) -> tuple[int, ...] | None:
        """What tells one pointer from the next: each is a new file, moved into place."""
        try:
            state = os.stat(self._pointer)
        except OSError:
            return None
        return state.st_ino, state.st_mtime_ns, state.st_size

    def _is_due(self, mark: tuple[int, ...] | None) -> bool:
        """Is there something to open?"""
        failure = self._failure
        if failure is not None and failure.mark == mark:
            return time.monotonic() >= failure.due
        if mark is None:
            return self._edition is None
        return failure is not None or mark != self._seen

    def _try(self, mark: tuple[int, ...] | None) -> None:
        before = self._edition
        try:
            edition = self._open(before)
        except NoRelease:
            if before is None:
                raise
            return  # the pointer has just been taken away
        except Exception as error:  # noqa: BLE001 - whatever it is, what is in service stays so
            self._note(mark, error)
            return
        if self._failure is not None:
            _LOG.warning("%s is open after all.", edition.release.version)
        self._edition, self._seen, self._failure = edition, mark, None
        if before is not None and before is not edition:
            before.store.close()

    def _open(self, before: Edition | None) -> Edition:
        """What the pointer names. A release takes over from another only when it is whole; where there is no other, what is damaged is left out later."""
        version = current_version(self._settings.releases)
        if before is not None and before.release.version == version:
            return before
        release = open_release(self._settings.releases, version)
        if damage := release.damage(self._settings.record_of(version)):
            if before is not None:
                raise CorruptRelease("; ".join(damage))
            for each in damage:
                _LOG.error("%s", each)
        edition = Edition(release, open_store(self._settings, release, self._loop))
        edition.store.warm_up()
        return edition

    def _note(self, mark: tuple[int, ...] | None, error: Exception) -> None:
        before, last = self._edition, self._failure
        reason = str(error) or type(error).__name__
        is_new = last is None or (last.mark, last.reason) != (mark, reason)
        tries = 1 if last is None or last.mark != mark else last.tries + 1
        wait = min(_FIRST_RETRY * 2 ** (tries - 1), _LAST_RETRY)
        self._failure = Failure(mark, reason, tries, time.monotonic() + wait)
        if is_new:
            told = None if isinstance(error, EssLodError | OSError) else error
            kept = f"{before.release.version} stays in service" if before else "nothing is in service"
            _LOG.error("What %s names cannot be opened; %s. %s", POINTER, kept, reason, exc_info=told)


_NAME = "ess_lod"


def register(app: Flask, settings: Settings, loop: AbstractEventLoop | None) -> None:
    """Give an application its settings and the holder of its edition; queries of strangers run on ``loop``, or on one of their own."""
    app.extensions[_NAME] = (settings, Live(settings, loop))


def holder(app: Flask) -> Live:
    """What holds the edition of an application."""
    found: Live = app.extensions[_NAME][1]
    return found


def settings() -> Settings:
    """The settings of the application that answers."""
    found: Settings = current_app.extensions[_NAME][0]
    return found


def served() -> Edition:
    """The edition of this request: the same one until it is answered."""
    if "edition" not in g:
        live: Live = current_app.extensions[_NAME][1]
        g.edition = live.edition()
    edition: Edition = g.edition
    return edition


def public_release(version: str) -> Release:
    """A release that anybody may see: the one that is served, or one that has been published. Raises :class:`UnknownRelease` for any other.

    Raises :class:`CorruptRelease` when it is one of ours and not whole.
    """
    release = served().release
    if version == release.version:
        return release
    if version not in public_versions(settings().releases):
        raise UnknownRelease(version)
    return open_release(settings().releases, version)


def public_releases() -> list[str]:
    """The versions that :func:`public_release` opens, sorted by name."""
    return sorted({served().release.version, *public_versions(settings().releases)})


def served_if_any() -> Edition | None:
    """The edition of this request, or ``None`` when nothing has been published: an error page must not fail for that."""
    try:
        return served()
    except (EssLodError, OSError):
        return None
