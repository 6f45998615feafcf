"""``/feed.atom``: new and corrected supplements, and releases, for readers of news (RFC 4287), in French or English.

Ids are the IRIs of the things and of the publications; dates are those of the journal. Where nothing is in the journal yet, the date of the release.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from flask import Blueprint, Response

from ess_lod.changes.difference import CREATE, DELETE, UPDATE
from ess_lod.changes.journal import Publication, moment_after, publications
from ess_lod.media import MediaType
from ess_lod.web.feed import licence_of
from ess_lod.web.journaled import OPEN, journaled, public
from ess_lod.web.lists import Entry, entries
from ess_lod.web.live import Edition, served, settings
from ess_lod.web.rendering import dataset_node, language
from ess_lod.web.words import LANGUAGES, day, period, phrase

blueprint = Blueprint("atom", __name__)

ATOM = MediaType("atom", "application/atom+xml", None, "Atom")
MOST = 100
"""How many entries the document has at most, the latest ones."""

_NS = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class News:
    """One entry: what it is about, when it came and when it last changed, where to read it, in the language of the reader."""

    id: str
    title: str
    published: str
    updated: str
    path: str
    summary: str
    category: str


@blueprint.get("/feed.atom")
def atom() -> Response:
    """The news, the latest first."""
    edition = served()
    known = publications(settings().releases)
    chosen = language()
    key = f"{len(known)} {edition.release.version}"
    return journaled(key, ATOM, lambda: _document(edition, known, chosen), OPEN)


def news(edition: Edition, known: tuple[Publication, ...], chosen: str) -> list[News]:
    """All that is to be told, the latest first."""
    told = [*_of_releases(edition, known, chosen), *_of_supplements(edition, known, chosen)]
    return sorted(told, key=lambda each: (each.updated, each.category, each.id), reverse=True)


def _of_releases(edition: Edition, known: tuple[Publication, ...], chosen: str) -> Iterator[News]:
    for each in known:
        said = {"day": day(each.date, chosen), "version": each.after}
        title = phrase("atom-return", chosen, **said) if each.is_return else phrase("atom-release", chosen, **said)
        path = f"/changes/{each.before}/{each.after}" if each.before else "/changes"
        id_ = f"{edition.iris.base}feed/{each.number}"
        yield News(id_, title, each.issued, each.issued, path, in_words(each, chosen), "version")


def in_words(each: Publication, chosen: str) -> str:
    """What a publication changed: « 3 ajouts, 1 modification »."""
    created, updated, deleted = (each.total(kind) for kind in (CREATE, UPDATE, DELETE))
    told = [phrase("changes-created", chosen, n=created)] if created else []
    told += [phrase("changes-updated", chosen, n=updated)] if updated else []
    told += [phrase("changes-deleted", chosen, n=deleted)] if deleted else []
    return ", ".join(told) or phrase("changes-none", chosen)


def _of_supplements(edition: Edition, known: tuple[Publication, ...], chosen: str) -> Iterator[News]:
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for each in known:
        for iri in each.supplements.get(CREATE, ()):
            first.setdefault(iri, each.issued)
        for kind in (CREATE, UPDATE):
            last |= dict.fromkeys(each.supplements.get(kind, ()), each.issued)
    otherwise = moment_after(edition.release.date, None)
    for each_entry in entries(edition, "supplement", chosen):
        iri = each_entry.iri
        published = first.get(iri, otherwise)
        yield News(iri, each_entry.label, published, last.get(iri, published), each_entry.path, _summary(each_entry, chosen), "supplement")


def _summary(entry: Entry, chosen: str) -> str:
    territories = ", ".join(label for _, label in entry.pairs("territory")) or phrase("territory-unidentified", chosen)
    return " · ".join(text for text in (territories, period(entry.one("start"), entry.one("end"), chosen)) if text)


def _document(edition: Edition, known: tuple[Publication, ...], chosen: str) -> bytes:
    told = news(edition, known, chosen)[:MOST]
    dataset = dataset_node(edition)
    publisher = dataset.one("dcterms:publisher") if dataset else None
    feed = Element("feed", {"xmlns": _NS, _XML_LANG: chosen})
    _text(feed, "id", f"{edition.iris.base}feed.atom")
    _text(feed, "title", phrase("atom-title", chosen, dataset=dataset.label if dataset else edition.iris.base))
    _text(feed, "subtitle", phrase("atom-lead", chosen))
    _text(feed, "updated", max((each.updated for each in told), default=moment_after(edition.release.date, None)))
    _text(SubElement(feed, "author"), "name", publisher.label if publisher else edition.iris.base)
    if licence := licence_of(edition):
        _text(feed, "rights", licence)
        SubElement(feed, "link", {"rel": "license", "href": licence})
    SubElement(feed, "link", {"rel": "self", "type": ATOM.content_type, "href": public("/feed.atom") + f"?lang={chosen}"})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "hreflang": chosen, "href": public("/changes") + f"?lang={chosen}"})
    for other in LANGUAGES:
        if other != chosen:
            href = public("/feed.atom") + f"?lang={other}"
            SubElement(feed, "link", {"rel": "alternate", "type": ATOM.content_type, "hreflang": other, "href": href})
    for each in told:
        entry = SubElement(feed, "entry")
        _text(entry, "id", each.id)
        _text(entry, "title", each.title)
        _text(entry, "published", each.published)
        _text(entry, "updated", each.updated)
        SubElement(entry, "category", {"term": each.category})
        SubElement(
            entry, "link", {"rel": "alternate", "type": "text/html", "hreflang": chosen, "href": public(each.path) + f"?lang={chosen}"}
        )
        _text(entry, "summary", each.summary)
    ElementTree.indent(feed)
    body: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
