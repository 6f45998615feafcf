"""Where robots find the pages: ``/robots.txt`` and the sitemap (sitemaps.org 0.9), cut into parts that stay below a megabyte.

A part holds the things of one kind whose ids lie in one range, so each is made by itself from point look-ups: neither its time nor its memory grows
with the release, and the address of a part stays the same from release to release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, current_app, request

from ess_lod.errors import NotFound
from ess_lod.iris import KINDS
from ess_lod.media import MediaType
from ess_lod.terms import VOCAB_IRI
from ess_lod.web import queries
from ess_lod.web.examples import examples
from ess_lod.web.graph import expand
from ess_lod.web.lists import FACETS
from ess_lod.web.live import Edition, served
from ess_lod.web.rendering import CLASSES, LISTS, here, site
from ess_lod.web.representations import FRESH, revalidated
from ess_lod.web.words import LANGUAGES

blueprint = Blueprint("sitemap", __name__)

PART = 500
"""Ids in a part. An entry has its address four times; even with the longest host name that there can be (253 letters), a part stays below 1 MB."""

_XML = MediaType("xml", "application/xml", None, "XML")
_OPENING = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_XHTML = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
_PART = re.compile(r"([a-z-]+)-(0|[1-9][0-9]{0,11})")
_ALONE = (
    "/",
    "/dataset",
    "/catalog",
    "/changes",
    "/openapi",
    "/sparql",
    "/sparql/examples",
    "/reconcile",
    "/ns",
    "/vocab",
    "/shapes",
    "/problems",
)


@dataclass(frozen=True)
class Range:
    """The things of a kind whose numbers lie in ``[index × PART, (index + 1) × PART)``, and how many there are."""

    kind: str
    index: int
    count: int

    @property
    def name(self) -> str:
        """Its name in addresses: ``territoire-3``."""
        return f"{self.kind}-{self.index}"


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """All pages when they are few; else the index of the parts."""
    edition = served()
    pages, found = fixed_pages(edition), ranges(edition)
    if len(pages) + sum(each.count for each in found) <= PART:
        paths = [*pages, *(path for each in found for path in things(edition, each.kind, each.index))]
        return revalidated(edition, _XML, lambda: "".join(urlset(paths, _root(), edition.release.date)))
    names = ["pages", *(each.name for each in found)]
    return revalidated(edition, _XML, lambda: "".join(index(names, _root(), edition.release.date)))


@blueprint.get("/sitemap/<part>.xml")
def sitemap_part(part: str) -> Response:
    """The pages of one part: ``pages`` (lists, vocabulary, examples) or a range of things."""
    edition = served()
    if part == "pages":
        paths = fixed_pages(edition)
    else:
        named = _PART.fullmatch(part)
        paths = things(edition, named[1], int(named[2])) if named and named[1] in KINDS else []
    if not paths:
        raise NotFound(request.path)
    return revalidated(edition, _XML, lambda: "".join(urlset(paths, _root(), edition.release.date)))


@blueprint.get("/robots.txt")
def robots() -> Response:
    """All may be read by robots, but queries, searches and narrowed lists are not pages (RFC 9309)."""
    lists = [f"Disallow: {here('/' + path)}?*{name}=" for kind, path in LISTS.items() for name in ("q", *FACETS.get(kind, {}))]
    lines = [
        "User-agent: *",
        f"Disallow: {here('/sparql')}?query=",
        f"Disallow: {here('/sparql')}?*&query=",
        *(f"Disallow: {here('/reconcile')}{end}" for end in ("?queries=", "?query=", "?extend=", "/")),
        *lists,
        f"Sitemap: {_root()}/sitemap.xml",
    ]
    answer = Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = FRESH
    return answer


def index(names: Iterable[str], root: str, date: str) -> Iterator[str]:
    """A sitemap index, piece by piece; ``root`` is the address of the site without a slash at its end."""
    yield f"{_OPENING}<sitemapindex {_NAMESPACE}>\n"
    for name in names:
        yield f"<sitemap><loc>{escape(f'{root}/sitemap/{name}.xml')}</loc><lastmod>{date}</lastmod></sitemap>\n"
    yield "</sitemapindex>\n"


def urlset(paths: Iterable[str], root: str, date: str) -> Iterator[str]:
    """A sitemap, piece by piece: each page with its French and its English address, and itself for the readers of other languages."""
    yield f"{_OPENING}<urlset {_NAMESPACE} {_XHTML}>\n"
    for path in paths:
        address = root + path
        others = [(tag, f"{address}?lang={tag}") for tag in LANGUAGES] + [("x-default", address)]
        links = "".join(f'<xhtml:link rel="alternate" hreflang="{tag}" href={quoteattr(other)}/>' for tag, other in others)
        yield f"<url><loc>{escape(address)}</loc><lastmod>{date}</lastmod>{links}</url>\n"
    yield "</urlset>\n"


def fixed_pages(edition: Edition) -> list[str]:
    """Paths of the pages that are no documents of things: home, lists, vocabulary, examples."""
    routes = {rule.rule for rule in current_app.url_map.iter_rules()}
    concepts = edition.keep("sitemap concepts", lambda: _vocabulary(edition))
    shown = [f"/sparql/examples/{each.name}" for each in examples()]
    return [*(path for path in _ALONE if path in routes), *(f"/{path}" for path in LISTS.values()), *concepts, *shown]


def ranges(edition: Edition) -> list[Range]:
    """The ranges that have things, counted once for an edition."""
    return edition.keep("sitemap ranges", lambda: _ranges(edition))


def things(edition: Edition, kind: str, number: int) -> list[str]:
    """Paths of the documents of a range, in the order of their ids; withdrawn things and duplicates have no class and are not there."""
    first = number * PART
    iris = [edition.iris.thing(f"{KINDS[kind]}{each:03d}").value for each in range(first, first + PART)]
    text = queries.fill(queries.OF_CLASS, iris=" ".join(f"<{iri}>" for iri in iris), type=expand(CLASSES[kind]))
    known = {row["thing"] for row in edition.rows(text)}
    return [edition.iris.path(edition.iris.document_of(iri)) or "" for iri in iris if iri in known]


def _ranges(edition: Edition) -> list[Range]:
    found = []
    for kind, letter in KINDS.items():
        prefix = f"{edition.iris.base}id/{kind}/{letter}"
        text = queries.fill(queries.ID_RANGES, prefix=prefix, type=expand(CLASSES[kind]), part=str(PART))
        found += [Range(kind, int(float(row["range"])), int(row["count"])) for row in edition.rows(text)]
    return found


def _vocabulary(edition: Edition) -> list[str]:
    iris = [node.value for curie in ("skos:ConceptScheme", "skos:Concept") for node in edition.vocabulary.instances(curie)]
    return sorted("/vocab/" + iri.removeprefix(VOCAB_IRI) for iri in iris if iri.startswith(VOCAB_IRI))


def _root() -> str:
    return site()
