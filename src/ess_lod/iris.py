"""Mint and parse: the only place that knows how our IRIs look.

Opaque ids are a letter that tells the kind and at least three digits (``A017``); the registry mints them once. The vocabulary's IRIs do not move with
the base: another network publishes its own things under its own base with the same terms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from pyoxigraph import NamedNode

from ess_lod.characters import refused, visible
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


class BadAddress(ValueError):
    """A text of a person that is no web address: what is wrong, and what to write (French)."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what, self.remedy = what, remedy


_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}", re.IGNORECASE)
_PAIR = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MAIL = re.compile(r"(?:mailto:)?[^\s@/]+@[^\s@/]+\.[^\s@/]+", re.IGNORECASE)
COPY = "Copier l'adresse depuis le navigateur : elle commence par https:// et n'a pas d'espace."


def web_address(text: str) -> str:
    """A text of a person as an http(s) address that is an IRI (RFC 3987), unchanged. Raises :class:`BadAddress`.

    Every text that becomes a node is tried here when it is read. Browsers show and take more than an IRI may hold: what to write instead is said.
    """
    what = f"« {visible(text)} » n'est pas une adresse web complète."
    if _MAIL.fullmatch(text):
        raise BadAddress(
            f"« {visible(text)} » est une adresse électronique : il n'en est pas publié.",
            "Donner l'adresse d'une page de contact, en https://.",
        )
    if "://" not in text and _HOST.fullmatch(text.partition("/")[0].partition(":")[0]):
        raise BadAddress(what, f"Écrire {_written(f'https://{text}') or 'https:// devant'}")
    try:
        parts = urlsplit(text)
        host, user = parts.hostname or "", parts.username
    except ValueError:
        raise BadAddress(what, COPY) from None
    if parts.scheme not in ("http", "https") or not host or refused(text) or host.startswith(".") or ".." in host:
        raise BadAddress(what, COPY)
    if user is not None:
        raise BadAddress(
            f"« {visible(text)} » contient un nom d'utilisateur devant « @ ».", "L'ôter de l'adresse, et le mot de passe avec lui."
        )
    if not _has_port(parts):
        raise BadAddress(
            f"« {visible(text)} » n'a pas de numéro de port après « {host}: ».",
            "Écrire un nombre de 1 à 65535, ou ôter « : » et ce qui suit.",
        )
    if not _is_iri(text):
        meant = _written(text)
        raise BadAddress(
            f"« {visible(text)} » contient ce qu'une adresse ne peut pas contenir tel quel.", f"Écrire {meant}" if meant else COPY
        )
    return text


def _has_port(parts: SplitResult) -> bool:
    """Whether the port is a number, or there is none."""
    try:
        return parts.port != 0 and not parts.netloc.endswith(":")
    except ValueError:
        return False


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def _written(text: str) -> str:
    """An address with what it may not hold as percent codes (``[`` → ``%5B``, ``%`` → ``%25``); an empty string when it is none even so."""
    begun, mark, path = text.partition("://")
    host, slash, rest = re.split(r"(?=[/?#])()", path, maxsplit=1) if re.search(r"[/?#]", path) else (path, "", "")
    before, hash_, fragment = rest.partition("#")
    rest = before + hash_ + fragment.replace("#", "%23")
    encoded = "".join(quote(char) if char in ' []<>"{}|\\^`' else char for char in _PAIR.sub("%25", rest))
    written = begun + mark + host + slash + encoded
    return written if _is_iri(written) else ""


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
