"""Signposting (https://signposting.org/FAIR/): typed links by which a program finds the way from any page or file to what it should cite, to the licence, to
the metadata and to the files.

Level 1 is the ``Link`` header of pages and files; level 2 a link set (RFC 9264) of the dataset, which has too many files for a header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from flask import Blueprint, Flask, Response, request
from werkzeug.routing import Rule

from ess_lod.iris import KINDS
from ess_lod.media import RESOURCE_TYPES
from ess_lod.terms import SCHEMA
from ess_lod.web import downloads, inbox
from ess_lod.web.linksets import LINKSET, LINKSET_JSON, Anchored, Link, answer
from ess_lod.web.live import Edition, served
from ess_lod.web.rendering import dataset_node, here, origin
from ess_lod.web.schema_org import TYPES

blueprint = Blueprint("signposting", __name__)

_RDF = tuple(media for media in RESOURCE_TYPES if media.rdf)
_DOCUMENT = re.compile(rf"/doc/({'|'.join(KINDS)})/([A-Z][0-9]{{3,}})(\.\w+)?")
_DATASET = re.compile(r"/dataset(\.\w+)?")
_DUMP = re.compile(r"/dump/[^/]+/.+")
_IN_HEADER = ("dataset.nq", "dataset.ttl", "tables.xlsx")
"""The files that the header of the dataset's page names itself; the link set has them all."""
_SERVICE_PAGES = ("/", "/dataset", "/catalog", "/sparql", "/reconcile", "/openapi")


def register(app: Flask) -> None:
    """Sign every answer of an application that has something to point to."""
    app.after_request(_sign)


@blueprint.get("/linkset/dataset")
def linkset() -> Response:
    """The typed links of the dataset, of its files and of its descriptions, as RFC 9264 has it: JSON, or text by ``Accept``."""
    return answer(served(), lambda: linkset_of_dataset(served(), origin()))


def linkset_of_dataset(edition: Edition, host: str) -> list[Anchored]:
    """Anchor and links: the page of the dataset, each of its files, each RDF description of it."""
    page = host + here("/dataset")
    landing = [*_of_dataset(edition), *_kind_of_page("/dataset", None, "Dataset"), *(_item(name) for name in sorted(edition.release.files))]
    contexts = [(page, [Link(each.rel, _absolute(host, each.href), each.type) for each in landing])]
    licence = _licence(edition)
    contexts += [(host + _item(name).href, [Link("collection", page, "text/html"), *licence]) for name in sorted(edition.release.files)]
    contexts += [(f"{page}.{media.extension}", [Link("describes", page, "text/html"), *licence]) for media in _RDF]
    return contexts


def _sign(answer: Response) -> Response:
    if request.method not in ("GET", "HEAD") or answer.status_code not in (200, 206, 304) or not isinstance(request.url_rule, Rule):
        return answer
    links = [str(link) for link in _links(request.path)]
    if links:
        already = answer.headers.get("Link", "")
        kept = [link for link in links if link not in already]
        answer.headers["Link"] = ", ".join([*([already] if already else []), *kept])
    return answer


def _links(path: str) -> Iterable[Link]:
    """Level 1: the links of a path of this site."""
    if path in _SERVICE_PAGES:
        yield Link("service-desc", here("/openapi.json"), "application/json")
        yield Link("service-doc", here("/openapi"), "text/html")
    if found := _DOCUMENT.fullmatch(path):
        edition = served()
        kind, id_, extension = found.groups()
        yield Link("cite-as", edition.iris.thing(id_).value)
        yield Link("collection", here("/dataset"), "text/html")
        yield from _author(edition)
        yield from _kind_of_page(f"/doc/{kind}/{id_}", extension, TYPES[kind])
        about = here("/linkset") + f"?uri=/id/{kind}/{id_}"
        yield from (Link("linkset", about, media.content_type) for media in (LINKSET_JSON, LINKSET))
        yield from inbox.advertised()
    elif found := _DATASET.fullmatch(path):
        edition = served()
        yield from _of_dataset(edition)
        yield from _kind_of_page("/dataset", found[1], "Dataset")
        yield Link("linkset", here("/linkset/dataset"), LINKSET_JSON.content_type)
        yield Link("linkset", here("/linkset/dataset"), LINKSET.content_type)
        yield from (_item(name) for name in _IN_HEADER if name in edition.release.files)
    elif _DUMP.fullmatch(path):
        edition = served()
        yield Link("collection", here("/dataset"), "text/html")
        yield Link("linkset", here("/linkset/dataset"), LINKSET_JSON.content_type)
        yield from _licence(edition)


def _of_dataset(edition: Edition) -> Iterable[Link]:
    yield Link("cite-as", edition.iris.at("dataset").value)
    yield from _author(edition)
    yield from _licence(edition)


def _kind_of_page(path: str, extension: str | None, kind: str) -> Iterable[Link]:
    """A page for people says what it is about and where its metadata are; a page for programs, which page it describes."""
    if extension in (None, ".html"):
        yield from (Link("type", SCHEMA.iri + name) for name in ("AboutPage", kind))
        yield from _described_by(path)
    else:
        yield Link("describes", here(path), "text/html")


def _described_by(path: str) -> Iterable[Link]:
    return (Link("describedby", f"{here(quote(path, safe='/'))}.{media.extension}", media.content_type) for media in _RDF)


def _item(name: str) -> Link:
    return Link("item", here(f"/dump/latest/{quote(name)}"), downloads.media_type(name))


def _author(edition: Edition) -> Iterable[Link]:
    dataset = dataset_node(edition)
    found = (dataset.all("dcterms:creator") or dataset.all("dcterms:publisher")) if dataset else []
    return (Link("author", each.value) for each in found if not each.is_literal)


def _licence(edition: Edition) -> list[Link]:
    dataset = dataset_node(edition)
    return [Link("license", each.value) for each in dataset.all("dcterms:license") if not each.is_literal] if dataset else []


def _absolute(host: str, href: str) -> str:
    return host + href if href.startswith("/") else href
