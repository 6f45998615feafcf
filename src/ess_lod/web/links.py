"""Where else a thing is described and who links to it: read from its description for the page, and at ``/linkset?uri=`` for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, request
from pyoxigraph import Literal, Triple
from werkzeug.exceptions import BadRequest

from ess_lod.errors import Gone, NotFound
from ess_lod.iris import KINDS, concept, kind_of
from ess_lod.links.targets import TARGETS, target_of
from ess_lod.media import RESOURCE_TYPES
from ess_lod.terms import VOCAB_IRI
from ess_lod.web import linksets, queries
from ess_lod.web.graph import Node, expand
from ess_lod.web.linksets import Anchored, Link
from ess_lod.web.live import Edition, served
from ess_lod.web.rendering import here, language, node, site
from ess_lod.web.representations import FRESH
from ess_lod.web.words import phrase

blueprint = Blueprint("links", __name__)

_THING = re.compile(rf"(?:id|doc)/({'|'.join(KINDS)})/([A-Z][0-9]{{3,}})(?:\.[a-z]+)?")
_CONCEPT = re.compile(r"vocab/([a-z0-9-]+)/([A-Za-z0-9.-]+?)(?:\.(?:html|ttl|jsonld|rdf|nt))?")
_OUT = ("schema:sameAs", "rdfs:seeAlso", "skos:closeMatch", "skos:exactMatch")


@dataclass(frozen=True)
class Described:
    """A link from or to a thing: the other side, the relation, and the part of the thing that says why (``None`` where none does)."""

    other: Node
    relation: Node
    why: Node | None

    @property
    def place(self) -> str:
        """The name of the kind of target, in the language of the reader; empty where the address does not tell it."""
        target = target_of(self.other.value)
        if target is None:
            return ""
        return target.label_fr if self.other.language == "fr" else target.label_en

    @property
    def network(self) -> str:
        """The network that has announced it."""
        fragment = self.why.fragment if self.why is not None else ""
        return fragment.removeprefix("lien-de-").rpartition("-")[0] if fragment.startswith("lien-de-") else ""


def links_out(about: Node) -> list[Described]:
    """Where it is described elsewhere, in the order of the kinds of targets."""
    reasons = {(why.text("rdf:predicate"), why.text("rdf:object")): why for why in _reasons(about)}
    found = [
        Described(other, about.at(expanded), reasons.get((expanded, other.value)))
        for curie in _OUT
        for other in about.all(curie)
        if (expanded := expand(curie)) and other.path is None
    ]
    order = {name: place for place, name in enumerate(TARGETS)}
    return sorted(found, key=lambda link: (order.get(getattr(target_of(link.other.value), "name", ""), len(order)), link.other.value))


def links_in(about: Node) -> list[Described]:
    """What other networks have announced of it, by network."""
    found = [
        Described(other, relation, why)
        for why in _reasons(about)
        if why.text("rdf:object") == about.value and (other := why.one("rdf:subject")) and (relation := why.one("rdf:predicate"))
    ]
    return sorted(found, key=lambda link: (link.network, link.other.value))


def _reasons(about: Node) -> list[Node]:
    return [part for part in about.parts if part.a("rdf:Statement")]


def stored(edition: Edition, iri: str) -> list[Triple]:
    """What the release says of the links of a thing: its own statements, and the parts that say why."""
    return edition.triples(queries.fill(queries.LINKS, iri=iri))


@blueprint.get("/linkset")
def linkset() -> Response:
    """The links of one thing, by its URI or the path of it here: to descriptions elsewhere, from other networks, to the formats of its document."""
    edition = served()
    asked = request.args.get("uri", "")
    if not asked:
        raise BadRequest(phrase("linkset-no-uri", language()))
    iri = named(edition, asked)
    triples = stored(edition, iri) if iri else []
    if not triples:
        raise NotFound(asked)
    about = node(edition, iri, triples)
    if concept("etat", "retire") in about.graph.objects(about.term, "adms:status"):
        raise Gone(iri)
    if kept := about.one("owl:sameAs"):
        place = f"{here('/linkset')}?uri={quote(kept.value, safe=':/')}"
        return Response(status=301, headers={"Location": place, "Cache-Control": FRESH}, content_type="text/plain; charset=utf-8")
    return linksets.answer(edition, lambda: linkset_of(edition, about))


def linkset_of(edition: Edition, about: Node) -> Iterator[Anchored]:
    """The links of a thing, by what they start from; relations that IANA has not registered are URIs (RFC 8288 §2.1.2)."""
    page = site() + (edition.iris.path(edition.iris.document_of(about.value)) or "")
    documents = [Link("describedby", f"{page}.{media.extension}", media.content_type) for media in RESOURCE_TYPES]
    yield about.value, [*documents, *(Link(each.relation.value, each.other.value, notes=_notes(each)) for each in links_out(about))]
    for each in links_in(about):
        yield each.other.value, [Link(each.relation.value, about.value)]


def named(edition: Edition, address: str) -> str:
    """The IRI of ours that an address names: itself, or the path of it or of its page, here or under our base; empty for anything else."""
    for base in (edition.iris.base, VOCAB_IRI.removesuffix("vocab/"), site() + "/", "/"):
        if address.startswith(base):
            path = address.removeprefix(base)
            break
    else:
        return ""
    if found := _THING.fullmatch(path):
        kind, id_ = found[1], found[2]
        return edition.iris.thing(id_).value if kind_of(id_) == kind else ""
    found = _CONCEPT.fullmatch(path)
    return concept(found[1], found[2]).value if found else ""


def _notes(link: Described) -> tuple[tuple[str, str, str], ...]:
    """Why, as an attribute of the link (RFC 9264 §4.2.4.3)."""
    if link.why is None:
        return ()
    reasons = link.why.graph.objects(link.why.term, "dcterms:description")
    return tuple(sorted(("justification", each.language, each.value) for each in reasons if isinstance(each, Literal) and each.language))
