"""A question to the store: its text, what kind of answer it has, what it is asked about, and what in it would leave this machine.

The engine parses the query again and has the last word on its syntax.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from ess_lod.errors import QueryRefused
from ess_lod.store.readings import service_calls
from ess_lod.store.tokens import refuse_extensions


class Form(Enum):
    """The four query forms (SPARQL 1.1 Query Language §16)."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"

    @property
    def is_graph(self) -> bool:
        """Is the answer triples?"""
        return self in (Form.CONSTRUCT, Form.DESCRIBE)


@dataclass(frozen=True)
class Query:
    """A query, read.

    ``default_graphs`` and ``named_graphs`` are the dataset that the protocol names, which goes before ``FROM`` in the text
    (SPARQL 1.1 Protocol §2.1.4); both ``None`` when it names none. ``volatile`` queries may be answered otherwise each time.
    ``services`` are the endpoints, all on the allow-list, that the query calls.
    """

    text: str
    form: Form
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    volatile: bool = False
    services: tuple[str, ...] = ()

    @property
    def has_dataset(self) -> bool:
        """Does the protocol name the dataset?"""
        return self.default_graphs is not None or self.named_graphs is not None


_GAP = r"(?:[ \t\n\r]|#[^\n\r]*+)*+"
_PROLOGUE = re.compile(
    rf"(?:{_GAP}(?:BASE{_GAP}<[^>\s]*+>|PREFIX{_GAP}[^\s:<#]*+:{_GAP}<[^>\s]*+>|VERSION{_GAP}(?:\"[^\"\s]*+\"|'[^'\s]*+')))*+{_GAP}",
    re.IGNORECASE,
)
_WORD = re.compile("[a-z]+", re.IGNORECASE)
_VOLATILE = re.compile(r"(?:NOW|RAND|UUID)\s*[(#]", re.IGNORECASE)
_UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))


def read_query(
    text: str,
    default_graphs: Collection[str] | None = None,
    named_graphs: Collection[str] | None = None,
    services: Collection[str] = (),
) -> Query:
    """Read a query; ``services`` are the endpoints that it may call.

    Raises :class:`QueryRefused` for an update, for extensions of an engine, and for a ``SERVICE`` clause whose endpoint is a variable or is not in
    ``services``. What is neither a query nor an update is taken for a SELECT, so that the engine says what is wrong with it.
    """
    refuse_extensions(text)
    return Query(
        text,
        _form(text),
        None if default_graphs is None else tuple(default_graphs),
        None if named_graphs is None else tuple(named_graphs),
        _VOLATILE.search(text) is not None,
        _called(text, services),
    )


def _form(text: str) -> Form:
    start = _PROLOGUE.match(text)
    word = _WORD.match(text, start.end() if start else 0)
    if word is None:
        return Form.SELECT
    if word[0].upper() in _UPDATES:
        raise QueryRefused(
            "Ce service ne fait que lire : une mise à jour n'est pas une requête. / This service only reads: an update is not a query."
        )
    return next((form for form in Form if word[0].upper().startswith(form.value)), Form.SELECT)


def _called(text: str, allowed: Collection[str]) -> tuple[str, ...]:
    called = service_calls(text)
    for endpoint in called:
        if endpoint is None or endpoint not in allowed:
            raise QueryRefused(
                "SERVICE n'est admis que pour les services nommés dans les réglages du serveur, écrits comme <adresse>. Demander cette partie au "
                "service lui-même. / SERVICE is only allowed for the services named in the settings of this server, written as <address>. "
                "Ask that service itself for this part."
            )
    return tuple(dict.fromkeys(endpoint for endpoint in called if endpoint is not None))
