"""The change feed: a Linked Data Event Stream at ``/feed`` (LDES 1.0), one member for each changed thing of each publication.

The members are bytes of the journal; what leads to them is made here. docs/feed.md tells how to read it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pyoxigraph
from flask import Blueprint, Response, request
from pyoxigraph import RdfFormat

from ess_lod.changes.journal import Publication, publications
from ess_lod.errors import NotFound
from ess_lod.media import HTML, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, MediaType
from ess_lod.web import tree
from ess_lod.web.journaled import FROZEN, OPEN, alternates, journaled, written
from ess_lod.web.live import Edition, served, settings
from ess_lod.web.negotiation import negotiate
from ess_lod.web.rendering import dataset_node, render

blueprint = Blueprint("feed", __name__)

_ROOT: tuple[MediaType, ...] = (HTML, TRIG, TURTLE, N_QUADS, N_TRIPLES, JSON_LD, RDF_XML)
_NODE: tuple[MediaType, ...] = (TRIG, TURTLE, N_QUADS, N_TRIPLES, JSON_LD, RDF_XML)
_PAGE: tuple[MediaType, ...] = (TRIG, N_QUADS, JSON_LD)
"""Members stand in named graphs, which the other formats do not have."""
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_SPAN = re.compile(r"([1-9][0-9]{0,8})-([1-9][0-9]{0,8})")


@blueprint.get("/feed")
@blueprint.get("/feed.<any(html,trig,ttl,nq,nt,jsonld,rdf):extension>")
def stream(extension: str | None = None) -> Response:
    """The root of the stream; for people, what it is and what was published."""
    edition = served()
    known = publications(settings().releases)
    media = _chosen(extension, _ROOT, TRIG)
    key = f"{len(known)} {edition.release.version}"

    def body() -> str | bytes:
        if media is HTML:
            return render("feed.html", publications=known[::-1], path="/feed", offered=_NODE)
        return written(tree.root(edition.iris.base, licence_of(edition), known), media)

    return journaled(key, media, body, OPEN, links=alternates("/feed", _ROOT, media), negotiated=extension is None)


@blueprint.get("/feed/<node>")
@blueprint.get("/feed/<node>.<any(trig,ttl,nq,nt,jsonld,rdf):extension>")
def node(node: str, extension: str | None = None) -> Response:
    """A publication (``/feed/3``), or older pages (``/feed/1-200``): what leads to members."""
    served()
    known = publications(settings().releases)
    path = f"/feed/{node}"
    media = _chosen(extension, _NODE, TRIG)

    def answer(key: str, body: Callable[[], bytes]) -> Response:
        return journaled(key, media, body, FROZEN, links=alternates(path, _NODE, media), negotiated=extension is None)

    if found := _SPAN.fullmatch(node):
        first, last = int(found[1]), int(found[2])
        pages = tree.pages_of(known)
        if last % tree.SPAN or last != first + tree.SPAN - 1 or last > len(pages):
            raise NotFound(request.path)
        return answer(pages[last - 1].issued, lambda: written(tree.span(known, last), media))
    each = _publication(known, node)
    return answer(each.issued, lambda: written(tree.publication(each), media))


@blueprint.get("/feed/<node>/<page>")
@blueprint.get("/feed/<node>/<page>.<any(trig,nq,jsonld):extension>")
def page(node: str, page: str, extension: str | None = None) -> Response:
    """A page of members: never changed, and in the order of the things."""
    served()
    each = _publication(publications(settings().releases), node)
    if not _NUMBER.fullmatch(page) or int(page) > len(each.pages):
        raise NotFound(request.path)
    number, media = int(page), _chosen(extension, _PAGE, TRIG)

    def body() -> bytes:
        members, head = each.page(number), tree.page(each, number)
        if media is N_QUADS:
            return written(head, media) + members
        return written([*head, *pyoxigraph.parse(members, format=RdfFormat.N_QUADS)], media)

    digest = str(each.pages[number - 1]["sha256"])
    return journaled(digest, media, body, FROZEN, links=alternates(f"/feed/{node}/{page}", _PAGE, media), negotiated=extension is None)


def licence_of(edition: Edition) -> str:
    """IRI of the licence of the dataset, empty when its catalogue names none."""
    dataset = dataset_node(edition)
    found = dataset.one("dcterms:license") if dataset else None
    return found.value if found else ""


def _publication(known: tuple[Publication, ...], number: str) -> Publication:
    if not _NUMBER.fullmatch(number) or int(number) > len(known):
        raise NotFound(request.path)
    return known[int(number) - 1]


def _chosen(extension: str | None, offered: tuple[MediaType, ...], default: MediaType) -> MediaType:
    """The format of the extension, or the one that ``Accept`` prefers; ``default`` when anything goes: programs ask for ``*/*``."""
    if extension:
        return next(each for each in offered if each.extension == extension)
    return negotiate(request.headers.get("Accept"), sorted(offered, key=lambda each: each is not default))
