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

from ess_lod.config import Settings
from ess_lod.errors import EssLodError, NoRelease
from ess_lod.iris import Iris
from ess_lod.release import POINTER, Release, current_version, open_release
from ess_lod.store import Store, open_store
from ess_lod.terms import RDFS
from ess_lod.web.graph import Graph
from ess_lod.web.kept_versions import kept_versions
from ess_lod.web.shelf import Shelf

_LOG = logging.getLogger(__name__)
_Kept = TypeVar("_Kept")
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
"""Seconds until what could not be opened is tried again: twice as many each time."""


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


class Live:
    """Holds the edition that is served and looks at the pointer of ``releases/`` each time that it is asked for.

    What cannot be opened leaves the edition before it in service, is logged, is what :attr:`trouble` says, and is tried again, at longer and longer intervals.
    """

    def __init__(self, settings: Settings, loop: AbstractEventLoop | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._loop, self._clock = settings, loop, clock
        self._pointer = str(settings.releases / POINTER)
        self._lock = threading.Lock()
        self._edition: Edition | None = None
        self._seen: object = ()
        self._failure: Exception | None = None
        self._failures = 0
        self._again = 0.0

    def edition(self) -> Edition:
        """The published edition. While a new one is being opened, and when it cannot be, the one before it is given.

        Raises what keeps the first one from being opened: :class:`ess_lod.errors.NoRelease` when nothing has been published yet.
        """
        if self._is_due():
            if self._edition is None:
                self._lock.acquire()
            elif not self._lock.acquire(blocking=False):
                return self._edition
            try:
                if self._is_due():
                    self._try()
            finally:
                self._lock.release()
        if self._edition is None:
            raise self._failure.with_traceback(None) if self._failure else NoRelease(self._pointer)
        return self._edition

    def at_hand(self) -> tuple[Edition | None, bool]:
        """The edition that is open, without waiting, and whether another one is to be opened."""
        return self._edition, self._is_due()

    @property
    def trouble(self) -> str | None:
        """Why what the pointer names is not what is served; ``None`` when it is."""
        if self._failure is None:
            return None
        known = isinstance(self._failure, EssLodError | OSError)
        return str(self._failure) if known else f"{type(self._failure).__name__}: {self._failure}"

    def _mark(self) -> tuple[int, ...] | None:
        """What tells one pointer from the next: each is a new file, moved into place."""
        try:
            state = os.stat(self._pointer)
        except OSError:
            return None
        return state.st_ino, state.st_mtime_ns, state.st_size

    def _is_due(self) -> bool:
        return self._mark() != self._seen or (self._failure is not None and self._clock() >= self._again)

    def _try(self) -> None:
        mark = self._mark()
        if mark != self._seen:
            self._failures = 0
        before, told = self._edition, self.trouble
        try:
            self._edition, self._failure = self._open(before), None
        except Exception as error:  # noqa: BLE001 - whatever it is, what is served stays
            self._failure = error
            self._failures += 1
            self._again = self._clock() + min(_SHORTEST_PAUSE * 2 ** (self._failures - 1), _LONGEST_PAUSE)
            if self.trouble != told:
                stays = before.release.version if before is not None else "no release"
                unforeseen = None if isinstance(error, EssLodError | OSError) else error
                _LOG.error("What the pointer names cannot be opened; %s stays in service: %s", stays, self.trouble, exc_info=unforeseen)
        self._seen = mark

    def _open(self, before: Edition | None) -> Edition:
        version = current_version(self._settings.releases)
        if before is not None and before.release.version == version:
            return before
        release = open_release(self._settings.releases, version)
        release.verify()
        edition = Edition(release, open_store(self._settings, release, self._loop))
        edition.store.warm_up()
        if before is not None:
            before.store.close()
        return edition


_NAME = "ess_lod"


def register(app: Flask, settings: Settings, loop: AbstractEventLoop | None) -> None:
    """Give an application its settings and the holder of its edition; queries of strangers run on ``loop``, or on one of their own."""
    app.extensions[_NAME] = (settings, Live(settings, loop))


def holder(app: Flask) -> Live:
    """What holds the edition of an application."""
    found: Live = app.extensions[_NAME][1]
    return found


def trouble() -> str | None:
    """Why what the pointer names is not what is served; ``None`` when it is."""
    live: Live = current_app.extensions[_NAME][1]
    return live.trouble


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


def served_if_any() -> Edition | None:
    """The edition of this request, or ``None`` when none can be opened: an error page must not fail for that."""
    try:
        return served()
    except Exception:  # noqa: BLE001 - it has been logged
        return None
