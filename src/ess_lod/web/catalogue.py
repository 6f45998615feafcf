"""What harvesters fetch: the catalogue (DCAT-AP), by pages when it is large, the description of the dataset, and VoID.

Harvesters are particular (``docs/catalogue.md``): data.gouv.fr's asks HEAD first with ``Accept: */*`` and follows no redirect, so ``/catalog`` answers 200
whatever is asked, in RDF unless a browser asks.
"""

from __future__ import annotations

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode, Triple

from ess_lod.characters import whole_number
from ess_lod.errors import NotAcceptable, NotFound
from ess_lod.media import BY_EXTENSION, HTML, JSON_LD, N_TRIPLES, RDF_XML, TURTLE, MediaType
from ess_lod.terms import HYDRA, A, integer
from ess_lod.web import queries, schema_org
from ess_lod.web.dataset import dataset_page
from ess_lod.web.graph import Graph
from ess_lod.web.live import Edition, served
from ess_lod.web.negotiation import negotiate
from ess_lod.web.rendering import canonical, here, language, node, render, site
from ess_lod.web.representations import Page, represent, revalidated, write

blueprint = Blueprint("catalogue", __name__)

_EXTENSION = "<any(html,ttl,jsonld,rdf,nt):extension>"
_RDF_FIRST: tuple[MediaType, ...] = (TURTLE, JSON_LD, RDF_XML, N_TRIPLES, HTML)
_RDF = _RDF_FIRST[:-1]
_VOID = "/.well-known/void"


@blueprint.get("/catalog")
@blueprint.get(f"/catalog.{_EXTENSION}")
def catalog(extension: str | None = None) -> Response:
    """The DCAT catalogue: 200 without a redirect whatever ``Accept`` says, Turtle where it says nothing that we have.

    ``?page=`` goes on where it is large: then the answer is a ``hydra:Collection`` with a ``hydra:PartialCollectionView``. 404 for a page that is not there.
    """
    edition = served()
    media = BY_EXTENSION[extension] if extension else _chosen(_RDF_FIRST)
    number = _page_number()
    if number > edition.shelf.pages:
        raise NotFound(request.path)
    answer = revalidated(
        edition, media, lambda: _html(edition, number) if media is HTML else write(edition, _with_view(edition, number, extension), media)
    )
    asked = [f"lang={language()}"] * (media is HTML) + [f"page={number}"] * ("page" in request.args)
    own = f"/catalog.{media.extension}" + (f"?{'&'.join(asked)}" if asked else "")
    return _linked(answer, "/catalog", own, media, negotiated=extension is None)


@blueprint.get("/dataset")
@blueprint.get(f"/dataset.{_EXTENSION}")
def dataset(extension: str | None = None) -> Response:
    """The dataset, its parts, its series and its service, as the catalogue describes them."""
    edition = served()
    return represent(edition, Page("/dataset", edition.catalogue, lambda: dataset_page(edition)), extension)


@blueprint.get(_VOID)
def void() -> Response:
    """The VoID description (https://www.w3.org/TR/void/#discovery), in RDF whatever ``Accept`` says. 404 for a release that has none."""
    edition = served()
    media = _chosen(_RDF)
    if "void.ttl" not in edition.release.files:
        raise NotFound(request.path)
    answer = revalidated(edition, media, lambda: write(edition, list(edition.void), media))
    answer.vary.add("Accept")
    answer.headers["Link"] = f'<{here("/dataset")}>; rel="describes"'
    return answer


def _chosen(offered: tuple[MediaType, ...]) -> MediaType:
    """By ``Accept``; Turtle where nothing of what it names is offered."""
    try:
        return negotiate(request.headers.get("Accept"), offered)
    except NotAcceptable:
        return TURTLE


def _page_number() -> int:
    number = whole_number(request.args.get("page", "1"))
    if not number:
        raise NotFound(request.path)
    return number


def _with_view(edition: Edition, number: int, extension: str | None) -> list[Triple]:
    """A page of the catalogue, with its place among the others (Hydra) where there are others.

    The links are those of the host that was asked, and keep the extension: a harvester follows them as they are.
    """
    triples = edition.shelf.page(number)
    pages = edition.shelf.pages
    if pages == 1:
        return triples
    address = site() + (f"/catalog.{extension}" if extension else "/catalog")
    root, view = edition.iris.at("catalog"), _at(address, number)
    triples += [
        Triple(root, A, HYDRA.Collection),
        Triple(root, HYDRA.totalItems, integer(edition.shelf.total)),
        Triple(root, HYDRA.view, view),
        Triple(view, A, HYDRA.PartialCollectionView),
        Triple(view, HYDRA.first, _at(address, 1)),
        Triple(view, HYDRA.last, _at(address, pages)),
    ]
    if number > 1:
        triples.append(Triple(view, HYDRA.previous, _at(address, number - 1)))
    if number < pages:
        triples.append(Triple(view, HYDRA["next"], _at(address, number + 1)))
    return triples


def _at(address: str, number: int) -> NamedNode:
    return NamedNode(f"{address}?page={number}")


def _linked(answer: Response, path: str, own: str, media: MediaType, *, negotiated: bool) -> Response:
    if negotiated:
        answer.vary.add("Accept")
    if media is not HTML:
        answer.headers.pop("Content-Language", None)
        answer.vary.discard("accept-language")  # werkzeug compares with small letters
    answer.headers["Content-Location"] = here(own)
    links = [f'<{here(path)}.{each.extension}>; rel="alternate"; type="{each.content_type}"' for each in _RDF_FIRST if each is not media]
    links.append(f'<{canonical(path)}>; rel="canonical"')
    answer.headers["Link"] = ", ".join(links)
    return answer


def _html(edition: Edition, number: int) -> str:
    graph = Graph([*edition.shelf.page(number), *edition.ontology])
    about = node(edition, edition.iris.at("catalog").value, graph)
    listed = [*about.all("dcat:dataset"), *about.all("dcat:resource")]
    counts = edition.keep("graph counts", lambda: edition.rows(queries.GRAPHS))
    graph.add(edition.keep("graph labels", lambda: edition.triples(queries.fill(queries.GRAPH_LABELS))))
    return render(
        "catalogue.html",
        about=about,
        datasets=listed,
        services=about.all("dcat:service"),
        graphs=[(about.at(row["graph"]), int(row["count"])) for row in counts],
        structured=schema_org.of_catalog(about, canonical("/catalog"), listed[:20]),
        path="/catalog",
        page=number,
        pages=edition.shelf.pages,
        total=edition.shelf.total,
    )
