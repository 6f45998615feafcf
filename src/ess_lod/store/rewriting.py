"""Writes a query as it must be sent to an engine that holds more than one release: what it is asked about, said in one way only.

The dataset goes beside the text, by the parameters of the protocol (SPARQL 1.1 Protocol §2.1.4), and the text has no ``FROM`` left: engines differ in
what the two mean together. Only graphs of the release can be named; any other is an empty one, as it is on the embedded engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ess_lod.release import Release
from ess_lod.store.query import Query
from ess_lod.store.tokens import Names, Token, tokens


@dataclass(frozen=True)
class Graphs:
    """The graphs of a release where it is one of many: those that it names, and three more for our own use."""

    base: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, release: Release) -> Graphs:
        """The graphs that the manifest of a release counts."""
        return cls(release.base, tuple(f"{release.base}graph/{name}" for name in release.manifest["counts"]["graphs"]))

    @property
    def default(self) -> str:
        """The merge of all of them: the default graph of a query that names none."""
        return f"{self.base}graph/default"

    @property
    def marker(self) -> str:
        """Says which release is here; also the name of that statement's subject."""
        return f"{self.base}graph/release"

    @property
    def nothing(self) -> str:
        """A graph that is always empty."""
        return f"{self.base}graph/none"

    @cached_property
    def known(self) -> frozenset[str]:
        """The graphs that a query may name."""
        return frozenset(self.names)


@dataclass(frozen=True)
class Asked:
    """A query as it is sent: text and dataset."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


@dataclass
class _Draft:
    """A text on the way to be written anew."""

    names: Names
    aliases: Mapping[str, str]
    nothing: str
    open_to: frozenset[str] | None
    pieces: list[str] = field(default_factory=list)
    default: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    has_graph: bool = False
    _state: str = ""

    def take(self, token: Token) -> None:
        """Keep a token, as it is or in other words."""
        declared = self.names.see(token)
        if token.kind == "comment":
            self.pieces.append(" ")
        elif token.kind == "blank" or declared is not None:
            self.pieces.append(token.text if declared is None else declared)
        else:
            self.pieces.append(self._reworded(token))

    def _reworded(self, token: Token) -> str:
        state, self._state = self._state, ""
        keyword = token.keyword
        if keyword == "FROM" or (state == "FROM" and keyword == "NAMED"):
            self._state = keyword
            return ""
        if state in ("FROM", "NAMED") and token.is_name:
            (self.default if state == "FROM" else self.named).append(self.names.iri(token))
            return ""
        if keyword == "GRAPH":
            self.has_graph, self._state = True, "GRAPH"
        if not token.is_name:
            return token.text
        iri = self.names.iri(token)
        if state == "GRAPH" and self.open_to is not None and iri not in self.open_to:
            return f"<{self.nothing}>"
        if iri in self.aliases:
            return f"<{self.aliases[iri]}>"
        return f"<{iri}>" if token.kind == "iri" or "\\" in token.text else token.text  # Virtuoso knows no escapes in names


def reword(query: Query, base: str, graphs: Graphs, aliases: Mapping[str, str] | None = None, *, pad: bool = False) -> Asked:
    """The text and dataset to send for a query.

    ``aliases`` are IRIs that the engine has by another name. With ``pad``, for engines that take an empty list for all there is, no list is empty;
    and a graph that is named in the text but is not in the dataset is one that is.
    """
    draft = _read(query.text, base, aliases or {}, graphs.nothing, None)
    default, named = _dataset(query, draft, graphs)
    if pad and draft.has_graph:
        draft = _read(query.text, base, aliases or {}, graphs.nothing, frozenset(named))
    if not draft.has_graph:
        named = ()
    if pad:
        named = (*named, graphs.nothing)
    return Asked("".join(draft.pieces), default or (graphs.nothing,), named)


def counting(text: str) -> str | None:
    """A query for the number of solutions behind the triples of a ``CONSTRUCT`` or ``DESCRIBE``; ``None`` for one that has no pattern."""
    head: list[str] = []
    rest: list[str] = []
    depth, seen, groups = 0, False, 0
    for token in tokens(text):
        seen = seen or token.keyword in ("CONSTRUCT", "DESCRIBE")
        depth += (token.text == "{") - (token.text == "}") if token.kind == "other" else 0
        (rest if seen else head).append(token.text)
        if seen and token.kind == "other" and token.text == "{" and depth == 1:
            groups += 1
            pattern = len(rest) - 1
    if not groups:
        return None
    return f"{''.join(head)} SELECT (COUNT(*) AS ?n) WHERE {{ SELECT (1 AS ?one) WHERE {''.join(rest[pattern:])} }}"


def _read(text: str, base: str, aliases: Mapping[str, str], nothing: str, open_to: frozenset[str] | None) -> _Draft:
    draft = _Draft(Names(base), aliases, nothing, open_to)
    for token in tokens(text):
        draft.take(token)
    return draft


def _dataset(query: Query, draft: _Draft, graphs: Graphs) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if query.has_dataset:
        return _known(query.default_graphs or (), graphs), _known(query.named_graphs or (), graphs)
    if draft.default or draft.named:
        return _known(draft.default, graphs), _known(draft.named, graphs)
    return (graphs.default,), graphs.names


def _known(asked: Iterable[str], graphs: Graphs) -> tuple[str, ...]:
    return tuple(dict.fromkeys(graph for graph in asked if graph in graphs.known))
