"""What machines fetch whole: the catalogue, the files of each release, and the state of this server."""

from __future__ import annotations

from pathlib import PurePosixPath

from flask import Blueprint, Response, jsonify, request, send_file

from ess_lod.errors import NotFound
from ess_lod.release import MANIFEST, open_release
from ess_lod.web import queries, schema_org
from ess_lod.web.graph import Graph
from ess_lod.web.live import Edition, served, settings
from ess_lod.web.rendering import here, node, render
from ess_lod.web.representations import FRESH, Page, last_modified, represent

blueprint = Blueprint("harvest", __name__)

_EXTENSION = "<any(html,ttl,jsonld,rdf,nt):extension>"
_FROZEN = "public, max-age=31536000, immutable"
_TYPES = {
    ".nq": "application/n-quads",
    ".nt": "application/n-triples",
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
    ".rdf": "application/rdf+xml",
    ".json": "application/json",
    ".csv": "text/csv",
    ".gz": "application/gzip",
}


@blueprint.get("/catalog")
@blueprint.get(f"/catalog.{_EXTENSION}")
def catalog(extension: str | None = None) -> Response:
    """The DCAT catalogue."""
    return _catalogue("/catalog", extension)


@blueprint.get("/dataset")
@blueprint.get(f"/dataset.{_EXTENSION}")
def dataset(extension: str | None = None) -> Response:
    """The dataset: the same description as the catalogue that lists it."""
    return _catalogue("/dataset", extension)


@blueprint.get("/dump/<version>/<path:name>")
def dump(version: str, name: str) -> Response:
    """One file of a release, as frozen: ETag is its SHA-256, ranges are answered. ``latest`` is the release that is served."""
    release = served().release if version == "latest" else open_release(settings().releases, version)
    if name == MANIFEST:
        path, digest = release.path / MANIFEST, release.version
    elif name in release.files:
        path, digest = release.file(name), release.files[name]["sha256"]
    else:
        raise NotFound(request.path)
    content_type = _TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")
    answer = send_file(path, mimetype=content_type, etag=digest, conditional=True, last_modified=None)
    answer.headers["Last-Modified"] = last_modified(release)
    answer.headers["Cache-Control"] = FRESH if version == "latest" else _FROZEN
    answer.headers["Content-Location"] = here(f"/dump/{release.version}/{name}")
    return answer


@blueprint.get("/healthz")
def healthz() -> Response:
    """Which release is served by which engine, and how much it holds."""
    edition = served()
    counts = edition.release.manifest.get("counts", {})
    answer = jsonify(status="ok", release=edition.release.version, date=edition.release.date, engine=edition.store.engine, counts=counts)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/robots.txt")
def robots() -> Response:
    """All may be read by robots, but queries are not pages."""
    answer = Response(f"User-agent: *\nDisallow: {here('/sparql')}\n", content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = FRESH
    return answer


def _catalogue(path: str, extension: str | None) -> Response:
    edition = served()

    def html() -> str:
        graph = Graph([*edition.catalogue, *edition.ontology])
        about = node(edition, f"{edition.iris.base}{path.lstrip('/')}", graph)
        datasets = [about.at(each) for each in graph.instances("dcat:Dataset")]
        counts = edition.keep("graph counts", lambda: edition.rows(queries.GRAPHS))
        graph.add(edition.keep("graph labels", lambda: edition.triples(queries.fill(queries.GRAPH_LABELS))))
        graphs = [(about.at(row["graph"]), int(row["count"])) for row in counts]
        services = [about.at(each) for each in graph.instances("dcat:DataService")]
        return render(
            "catalogue.html",
            about=about,
            datasets=datasets,
            services=services,
            files=_files(edition),
            graphs=graphs,
            structured=schema_org.of_dataset(datasets[0]) if datasets else "",
            path=path,
        )

    return represent(edition, Page(path, edition.catalogue, html), extension)


def _files(edition: Edition) -> list[tuple[str, int, str]]:
    """Name, bytes and SHA-256 of each file of the release that is served."""
    return [(name, facts["bytes"], facts["sha256"]) for name, facts in sorted(edition.release.files.items())]
