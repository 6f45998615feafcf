"""What another network announces: "our X is your Y", read from a link set (RFC 9264) or from RDF.

Nothing is fetched: a JSON-LD context that stands elsewhere is an error. What the statements are worth is not known here (:mod:`ess_lod.links.verdict`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat

from ess_lod.errors import EssLodError
from ess_lod.links.people import PERSON_CLASSES
from ess_lod.links.relations import IANA, understood
from ess_lod.terms import A, iri_of

LINKSET_JSON, LINKSET = "application/linkset+json", "application/linkset"
RDF_TYPES = {
    "text/turtle": RdfFormat.TURTLE,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/trig": RdfFormat.TRIG,
    "application/n-quads": RdfFormat.N_QUADS,
}
TYPE_OF_SUFFIX = {
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
    ".trig": "application/trig",
    ".nq": "application/n-quads",
    ".json": LINKSET_JSON,
    ".linkset": LINKSET,
    ".txt": LINKSET,
}
_DEEPEST = 100


class Unreadable(EssLodError):
    """An announcement that cannot be read: where and why (French); ``detail`` is what the parser says of it."""

    def __init__(self, message: str, detail: object = "") -> None:
        self.detail = str(detail)
        super().__init__(message)


@dataclass(frozen=True, order=True)
class Announced:
    """One statement on a thing of ours: theirs, a relation of the tables, ours; and whether theirs is said to be a person."""

    theirs: str
    relation: str
    ours: str
    person: bool = False


def read_announced(body: bytes, media_type: str, is_ours: Callable[[str], bool], base: str = "") -> list[Announced]:
    """The statements that have a thing of ours on one side only, without doubles, in order; ``base`` resolves relative addresses.

    Raises :class:`Unreadable` (French). A stranger's document is read by :func:`ess_lod.links.apart.read_announced_apart`.
    """
    people: set[str] = set()
    if media_type in (LINKSET_JSON, "application/json"):
        said = _named(_links_of_json(body, base))
    elif media_type == LINKSET:
        said = _named(_links_of_text(body, base))
    elif media_type in RDF_TYPES:
        said, people = _of_rdf(body, RDF_TYPES[media_type], base)
    else:
        raise Unreadable(f"le type {media_type or 'inconnu'} n'est pas lu. Types lus : {', '.join((LINKSET_JSON, LINKSET, *RDF_TYPES))}.")
    found = (_sided(*triple, is_ours) for triple in said)
    return sorted({Announced(*each, person=each[0] in people) for each in found if each is not None})


def _sided(subject: str, relation: str, value: str, is_ours: Callable[[str], bool]) -> tuple[str, str, str] | None:
    """Theirs, relation, ours; or nothing when the statement is not of that kind."""
    ours_first = is_ours(subject)
    if ours_first == is_ours(value):
        return None
    name = understood(relation, ours_first=ours_first)
    if not name:
        return None
    return (value, name, subject) if ours_first else (subject, name, value)


def _of_rdf(body: bytes, form: RdfFormat, base: str) -> tuple[Iterator[tuple[str, str, str]], set[str]]:
    """The statements on IRIs, and which of these are persons."""
    if form is RdfFormat.JSON_LD:
        _json(body)  # not too deep
    if form is RdfFormat.RDF_XML and b"!ENTITY" in body:  # the parser writes them out without limit
        raise Unreadable("les entités XML (<!ENTITY …>) ne sont pas lues : écrire les valeurs en toutes lettres.", "!ENTITY")
    try:
        quads = list(pyoxigraph.parse(body, format=form, base_iri=base or None))
    except (SyntaxError, ValueError, MemoryError) as error:  # a term, or a comment, of over 16 MB
        remedy = " (un contexte JSON-LD distant n'est pas lu : l'écrire dans le document)" if "LoadDocument" in str(error) else ""
        raise Unreadable(f"ce n'est pas du {form.name} lisible : {error}{remedy}", error) from error
    triples = [(quad.subject, quad.predicate, quad.object) for quad in quads]
    said = ((s.value, p.value, o.value) for s, p, o in triples if isinstance(s, NamedNode) and isinstance(o, NamedNode))
    return said, {iri_of(s) for s, p, o in triples if p == A and iri_of(o) in PERSON_CLASSES}


def _named(links: Iterator[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Links whose relations are IRIs."""
    return ((anchor, relation if ":" in relation else IANA + relation.lower(), href) for anchor, relation, href in links)


def _json(body: bytes) -> object:
    """JSON that is not nested deeper than anybody means it."""
    try:
        found: object = json.loads(body)
        json.dumps(found, ensure_ascii=False).encode()  # no halves of letters ("\\ud800"): they cannot be written
    except json.JSONDecodeError as error:
        raise Unreadable(f"ce n'est pas du JSON lisible : erreur à la ligne {error.lineno}, colonne {error.colno}.", error) from error
    except RecursionError as error:
        raise Unreadable(f"le JSON est imbriqué sur plus de {_DEEPEST} niveaux.", f"depth > {_DEEPEST}") from error
    except ValueError as error:
        raise Unreadable(f"ce n'est pas du JSON lisible : {error}", error) from error
    level, depth = [found], 0
    while level := [
        child for each in level if isinstance(each, dict | list) for child in (each.values() if isinstance(each, dict) else each)
    ]:
        depth += 1
        if depth > _DEEPEST:
            raise Unreadable(f"le JSON est imbriqué sur plus de {_DEEPEST} niveaux.", f"depth > {_DEEPEST}")
    return found


def _links_of_json(body: bytes, base: str) -> Iterator[tuple[str, str, str]]:
    """Anchor, relation, target of a link set in JSON (RFC 9264 §4.2): contexts with an ``anchor``, relations with arrays of targets."""
    document = _json(body)
    contexts = document.get("linkset") if isinstance(document, dict) else None
    if not isinstance(contexts, list):
        raise Unreadable("ce n'est pas un linkset : il faut un objet dont le membre « linkset » est un tableau (RFC 9264, 4.2).")
    for number, context in enumerate(contexts, 1):
        if not isinstance(context, dict):
            raise Unreadable(f"contexte {number} : il faut un objet (RFC 9264, 4.2.2).")
        anchor = context.get("anchor", base)
        for relation, targets in context.items():
            if relation == "anchor":
                continue
            if not isinstance(targets, list) or not all(isinstance(each, dict) and isinstance(each.get("href"), str) for each in targets):
                raise Unreadable(f"contexte {number}, « {relation} » : il faut un tableau d'objets qui ont un « href » (RFC 9264, 4.2.3).")
            if isinstance(anchor, str):
                yield from ((_join(base, anchor), relation, _join(base, each["href"])) for each in targets)


_LINK = re.compile(r"\s*<([^<>]*)>\s*((?:;\s*[A-Za-z0-9!#$&+.^_`|~-]+\*?\s*(?:=\s*(?:\"(?:[^\"\\]|\\.)*\"|[^\s\",;]+)\s*)?)*)(,|\Z)")
_BLANK = re.compile(r"\s*")
_PARAMETER = re.compile(r";\s*([A-Za-z0-9!#$&+.^_`|~-]+\*?)\s*(?:=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s\",;]+)))?")


def _links_of_text(body: bytes, base: str) -> Iterator[tuple[str, str, str]]:
    """Anchor, relation, target of a link set as text (RFC 9264 §4.1): the value of a ``Link`` header (RFC 8288), line ends allowed."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("le fichier n'est pas en UTF-8.") from error
    place = 0
    while (begun := _blanks(text, place)) < len(text):
        found = _LINK.match(text, place)
        if not found:
            line = text.count("\n", 0, begun) + 1
            raise Unreadable(
                f'ligne {line} : ce n\'est pas un lien. Il faut <cible>; rel="relation"; anchor="sujet", séparés par des virgules (RFC 8288).'
            )
        place = found.end()
        named: dict[str, str] = {}
        for name, quoted, bare in _PARAMETER.findall(found[2]):
            named.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) if quoted else bare)
        anchor = _join(base, named.get("anchor", base))
        for relation in named.get("rel", "").split():
            yield anchor, relation, _join(base, found[1])


def _blanks(text: str, place: int) -> int:
    """Where the next thing begins that is no blank."""
    found = _BLANK.match(text, place)
    return found.end() if found else place


def _join(base: str, address: str) -> str:
    try:
        return urljoin(base, address) if base else address
    except ValueError:
        return address
