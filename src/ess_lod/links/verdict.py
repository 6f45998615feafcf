"""What an announcement is worth: is ours a thing that is published, is theirs an address that may be linked to?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from ess_lod.iris import Iris, kind_of, web_address
from ess_lod.links.announced import Announced
from ess_lod.links.people import is_profile
from ess_lod.links.relations import fitting
from ess_lod.store import Store
from ess_lod.terms import ADMS, OWL, VOCAB_IRI, iri_of

_CONCEPT = re.compile(re.escape(VOCAB_IRI) + r"([a-z0-9-]+/[A-Za-z0-9.-]+)")
_PAGE = re.compile(r"doc/([a-z-]+)/([A-Z]\d{3,})(\.[a-z]+)?(\?[^#]*)?")
_LONGEST = 2000
_FORBIDDEN = re.compile(r"""[\s<>"{}|\\^`\x00-\x20]""")

State = Literal["published", "duplicate", "withdrawn", "unknown"]


@dataclass(frozen=True)
class Ours:
    """A thing of ours as the release has it: its cell in our tables (``A001``, ``champ/alimentation``), its kind, its IRI, what became of it.

    A duplicate has been followed: cell and IRI are those of the thing that is kept.
    """

    cell: str
    kind: str
    iri: str
    state: State


@dataclass(frozen=True, order=True)
class Taken:
    """An announcement that can become a row: cell of ours, theirs, relation."""

    cell: str
    theirs: str
    relation: str


@dataclass(frozen=True, order=True)
class Refused:
    """An announcement that cannot, and why: a key of :data:`REASONS`."""

    announced: Announced
    why: str


REASONS: Mapping[str, tuple[str, str]] = {
    "withdrawn": ("notre identifiant a été retiré.", "our identifier has been withdrawn."),
    "unknown": (
        "nous ne publions rien sous cette adresse (donner une adresse /id/… ou /vocab/… de la version publiée).",
        "we publish nothing at this address (give an address /id/… or /vocab/… of the published release).",
    ),
    "document": (
        "un document n'est que la source de nos énoncés : lier la chose dont il parle.",
        "a document is only the source of our statements: link the thing that it is about.",
    ),
    "address": ("leur adresse n'est pas une adresse http(s) complète.", "their address is not a complete http(s) one."),
    "user": ("leur adresse contient un nom d'utilisateur.", "their address holds a user name."),
    "long": ("leur adresse est trop longue.", "their address is too long."),
    "ours": ("les deux adresses sont les nôtres.", "both addresses are ours."),
    "person": (
        "leur adresse est celle d'une personne ou d'un compte de réseau social : aucune personne n'est publiée.",
        "their address is that of a person or of an account on a social network: no person is published.",
    ),
}
"""French and English."""


def own_bases(iris: Iris) -> tuple[str, ...]:
    """What our addresses begin with: things and pages on our base, concepts of the vocabulary."""
    return iris.base, VOCAB_IRI


def canonical(address: str, iris: Iris) -> str:
    """The IRI of the thing whose page, in whatever format, has an address on our base; other addresses as they are."""
    if page := _PAGE.fullmatch(address.removeprefix(iris.base)):
        return f"{iris.base}id/{page[1]}/{page[2]}"
    return address


class Published:
    """The things of a release, by the addresses that others know them by."""

    def __init__(self, store: Store, iris: Iris) -> None:
        self._store, self._iris = store, iris
        self._found: dict[str, Ours] = {}

    @property
    def bases(self) -> tuple[str, ...]:
        """What our addresses begin with."""
        return own_bases(self._iris)

    def ours(self, address: str) -> Ours:
        """The thing that an address names: its IRI, or the address of its page in any format."""
        iri = canonical(address, self._iris)
        if iri not in self._found:
            self._found[iri] = self._look_up(iri)
        return self._found[iri]

    def _look_up(self, iri: str) -> Ours:
        if found := _CONCEPT.fullmatch(iri):
            return Ours(found[1], "concept", iri, "published" if self._said(iri) else "unknown")
        id_ = iri.rpartition("/")[2]
        kind = kind_of(id_)
        if kind is None or self._iris.thing(id_).value != iri:
            return Ours("", "", iri, "unknown")
        said = self._said(iri)
        if not said:
            return Ours(id_, kind, iri, "unknown")
        if kept := said.get(OWL.sameAs.value):
            last = self._look_up(kept)
            return Ours(last.cell, last.kind, last.iri, "duplicate" if last.state == "published" else last.state)
        retired = said.get(ADMS.status.value, "").endswith("/etat/retire")
        return Ours(id_, kind, iri, "withdrawn" if retired else "published")

    def _said(self, iri: str) -> dict[str, str]:
        if _FORBIDDEN.search(iri):
            return {}
        rows = self._store.query(f"SELECT ?property ?value WHERE {{ <{iri}> ?property ?value }}").rows()
        return {iri_of(row["property"]): iri_of(row["value"]) for row in rows}


def judge(announcements: Iterable[Announced], published: Published) -> tuple[list[Taken], list[Refused]]:
    """What can be taken and what cannot, each in order. A duplicate of ours is followed to the thing that is kept."""
    taken: dict[tuple[str, str], Taken] = {}
    refused: list[Refused] = []
    for each in announcements:
        ours = published.ours(each.ours)
        why = _against(each, ours, published)
        if why:
            refused.append(Refused(each, why))
            continue
        found = Taken(ours.cell, each.theirs, fitting(each.relation, ours.kind))
        before = taken.get((found.cell, found.theirs))
        if before is None or _STRENGTH.index(found.relation) < _STRENGTH.index(before.relation):
            taken[found.cell, found.theirs] = found
    return sorted(taken.values()), sorted(refused)


_STRENGTH = ("identique", "exacte", "proche", "voir-aussi")


def _against(each: Announced, ours: Ours, published: Published) -> str:
    if ours.state == "withdrawn":
        return "withdrawn"
    if ours.state == "unknown":
        return "unknown"
    if ours.kind == "document":
        return "document"
    return why_not_theirs(each.theirs, published, person=each.person)


def why_not_theirs(iri: str, published: Published, *, person: bool = False) -> str:
    """Why an address of theirs cannot be linked to, or an empty string when it can."""
    try:
        if "@" in urlsplit(iri).netloc:
            return "user"
        web_address(iri)
    except ValueError:
        return "address"
    if len(iri) > _LONGEST:
        return "long"
    if iri.startswith(published.bases):
        return "ours"
    if person or is_profile(iri):
        return "person"
    return ""
