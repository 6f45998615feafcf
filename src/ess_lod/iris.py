"""Mint and parse: the only place that knows how our IRIs look.

Opaque ids are a letter that tells the kind and at least three digits (``A017``); the registry mints them once. The vocabulary's IRIs do not move with
the base: another network publishes its own things under its own base with the same terms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyoxigraph import NamedNode

from ess_lod.terms import VOCAB_IRI

DEFAULT_BASE = "https://w3id.org/ess-lod/"

SHARED = ("ns", "vocab", "shapes", "profile")
"""First steps of the paths that do not move with the base."""

KINDS: dict[str, str] = {
    "supplement": "S",
    "lettre": "L",
    "territoire": "T",
    "acteur": "A",
    "personne-publique": "P",
    "cooperation": "C",
    "dispositif": "D",
    "document": "R",
}
_BY_LETTER = {letter: kind for kind, letter in KINDS.items()}
_ID = re.compile(r"[" + "".join(_BY_LETTER) + r"][0-9]{3,}")


_SHARED = re.compile(re.escape(DEFAULT_BASE) + "(?:#authors|(?:" + "|".join(SHARED) + r")(?![\w-]).*)", re.DOTALL)
"""``#authors`` made the vocabulary."""


def node_of(text: str) -> NamedNode | None:
    """The node of an IRI that an address or a person writes; ``None`` for what is no absolute IRI (RFC 3987), which no triple and no query can hold."""
    try:
        return NamedNode(text)
    except ValueError:
        return None


def is_shared(iri: str) -> bool:
    """Is it part of what every network serves under the same IRIs?"""
    return _SHARED.fullmatch(iri) is not None


def kind_of(id_: str) -> str | None:
    """The kind of an id (``A017`` → ``acteur``), or ``None`` when it is not one."""
    return _BY_LETTER[id_[0]] if _ID.fullmatch(id_) else None


def concept(scheme: str, notation: str) -> NamedNode:
    """A concept of one of our SKOS schemes."""
    return NamedNode(f"{VOCAB_IRI}{scheme}/{notation}")


@dataclass(frozen=True)
class Iris:
    """IRIs under one base, which ends with ``/``."""

    base: str = DEFAULT_BASE

    def thing(self, id_: str) -> NamedNode:
        """``A017`` → ``{base}id/acteur/A017``. Raises ``ValueError`` for what is no id."""
        kind = kind_of(id_)
        if kind is None:
            raise ValueError(id_)
        return NamedNode(f"{self.base}id/{kind}/{id_}")

    def linkable(self, cell: str) -> NamedNode:
        """What a link is about: ``A017``, or a concept written ``champ/alimentation``."""
        scheme, slash, notation = cell.partition("/")
        return concept(scheme, notation) if slash else self.thing(cell)

    def part(self, thing: NamedNode, fragment: str) -> NamedNode:
        """A node that belongs to a thing and is described on its page."""
        return NamedNode(f"{thing.value}#{fragment}")

    def graph(self, name: str) -> NamedNode:
        """A named graph: ``R001`` for a source, or ``catalogue``, ``vocab``, ``inferred``, ``registre``."""
        return NamedNode(f"{self.base}graph/{name}")

    def document_of(self, iri: str) -> str:
        """The document that describes a thing: ``…/id/acteur/A017`` → ``…/doc/acteur/A017``; other IRIs describe themselves."""
        prefix = f"{self.base}id/"
        return f"{self.base}doc/{iri[len(prefix) :]}" if iri.startswith(prefix) else iri

    def at(self, path: str) -> NamedNode:
        """The IRI of a path of the site, given without leading slash."""
        return NamedNode(self.base + path)

    def path(self, iri: str) -> str | None:
        """Where this server answers for an IRI of ours: ``…/id/acteur/A017#siege`` → ``/id/acteur/A017#siege``; ``None`` for others' IRIs.

        The vocabulary is ours under any base; other things under the default base are those of the network that has it.
        """
        if iri.startswith(self.base):
            return "/" + iri[len(self.base) :]
        return "/" + iri[len(DEFAULT_BASE) :] if is_shared(iri) else None
