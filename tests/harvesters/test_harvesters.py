"""What udata (data.gouv.fr) and ckanext-dcat (CKAN portals) make of our catalogue: everything, and why some things are said as they are."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

import pytest
from rdflib import DCTERMS, RDF, Graph, Namespace, Node, URIRef
from rdflib import Literal as RdflibLiteral

from ess_lod.config import Settings
from ess_lod.release import Release
from tests.conftest import REPOSITORY
from tests.harvesters.conftest import Read
from tests.serving import HOST, Served, free_port, serving
from tests.synthetic_catalogue import FILES, freeze_synthetic

DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
KINDS = (DCAT.Dataset, DCAT.DatasetSeries)

Catalogue = Callable[[str], Any]


@pytest.fixture(scope="session")
def ours(harvested: tuple[Served, Release]) -> Graph:
    """The catalogue that is served."""
    with urlopen(f"{harvested[0].url}/catalog.ttl") as answer:
        return Graph().parse(data=answer.read(), format="turtle")


def _french(graph: Graph, subject: Node, predicate: URIRef, language: str = "fr") -> str:
    return next(str(each) for each in graph.objects(subject, predicate) if isinstance(each, RdflibLiteral) and each.language == language)


def _all(graph: Graph, *path: Any) -> set[str]:
    """Texts at the end of a path of predicates from a subject."""
    found: set[Node] = {path[0]}
    for predicate in path[1:]:
        found = {obj for subject in found for obj in graph.objects(subject, predicate)}
    return {str(each) for each in found}


def _quality(got: dict[str, Any]) -> float:
    """The score that udata shows (``Dataset.compute_quality_score`` of udata 17.18), of a dataset that is up to date and whose files answer."""
    closed = {"pdf", "doc", "docx", "word", "xls", "excel", "xlsx", None}
    points = (
        bool(got["license"]),
        bool(got["temporal_coverage"]),
        bool(got["spatial"]),
        got["frequency"] not in (None, "unknown"),
        True,  # fulfilled in time
        len(got["description"]) > 100,
        any(each["format"] not in closed for each in got["resources"]),
        bool(got["resources"]),  # all answer: tests/test_dumps.py asks each
        any(each["description"] for each in got["resources"]),
    )
    return sum(points) / len(points)


@pytest.mark.parametrize(("path", "form"), [("/catalog", "turtle"), ("/catalog.rdf", "xml"), ("/catalog.jsonld", "json-ld")])
def test_udata_gets_everything(read: Read, harvested: tuple[Served, Release], ours: Graph, path: str, form: str) -> None:
    found = read("read_udata.py", harvested[0].url + path)
    datasets = {subject for kind in KINDS for subject in ours.subjects(RDF.type, kind)}
    assert (found["format"], found["pages"], found["dropped"]) == (form, 1, [])
    assert set(found["datasets"]) == set(map(str, datasets))
    assert len(datasets) == 5
    files = periods = places = 0
    for subject in datasets:
        got = found["datasets"][str(subject)]
        assert got["title"] == _french(ours, subject, DCTERMS.title)
        assert got["description"] == _french(ours, subject, DCTERMS.description)
        assert got["frequency"] == "quarterly"
        assert set(got["extras"]["dcat"]["license"]) == _all(ours, subject, DCTERMS.license)
        assert set(got["license"]) == _all(ours, subject, DCTERMS.license), "what the portal looks up in its list of licences"
        assert {each.lower() for each in _all(ours, subject, DCAT.keyword)} <= set(got["tags"])
        assert {got["harvest"]["modified_at"]} == _all(ours, subject, DCTERMS.modified)
        assert {got["harvest"]["dct_identifier"]} == _all(ours, subject, DCTERMS.identifier)
        if (subject, DCTERMS.temporal, None) in ours:
            starts, ends = _all(ours, subject, DCTERMS.temporal, DCAT.startDate), _all(ours, subject, DCTERMS.temporal, DCAT.endDate)
            assert ({got["temporal_coverage"]["start"]}, {got["temporal_coverage"]["end"]}) == (starts, ends)
            periods += 1
        if _all(ours, subject, DCTERMS.spatial, DCAT.bbox):
            (shape,) = got["spatial"]["geom"]["coordinates"]
            (written,) = _all(ours, subject, DCTERMS.spatial, DCAT.bbox)
            assert written == f"POLYGON(({', '.join(f'{lon} {lat}' for lon, lat in shape[0])}))"
            places += 1
        resources = {each["harvest"]["uri"]: each for each in got["resources"]}
        assert set(resources) == _all(ours, subject, DCAT.distribution)
        for uri, resource in resources.items():
            node = URIRef(uri)
            assert {resource["url"]} == (_all(ours, node, DCAT.downloadURL) or _all(ours, node, DCAT.accessURL))
            assert resource["title"] == _french(ours, node, DCTERMS.title)
            assert set(resource["extras"]["dcat"]["license"]) == _all(ours, node, DCTERMS.license)
            assert {str(resource["filesize"])} == (_all(ours, node, DCAT.byteSize) or {"None"})
            assert {f"https://www.iana.org/assignments/media-types/{resource['mime']}"} == (
                _all(ours, node, DCAT.mediaType) or {"https://www.iana.org/assignments/media-types/None"}
            )
            assert {f"http://publications.europa.eu/resource/authority/file-type/{resource['format'].upper()}"} == _all(
                ours, node, DCTERMS["format"]
            )
            assert resource.get("type") == ("api" if (node, DCAT.accessService, None) in ours else None)
            files += 1
        assert _quality(got) == 1.0, subject
    assert (files > 50, periods, places) == (True, len(datasets), len(datasets))


def test_ckan_gets_everything(read: Read, harvested: tuple[Served, Release], ours: Graph) -> None:
    found = read("read_ckan.py", f"{harvested[0].url}/catalog")
    datasets = set(ours.subjects(RDF.type, DCAT.Dataset))
    assert found["pages"] == 1
    assert set(found["datasets"]) == set(map(str, datasets))
    files = periods = places = services = 0
    for subject in datasets:
        got = found["datasets"][str(subject)]
        assert got["title"] == _french(ours, subject, DCTERMS.title, "en")
        assert {got["identifier"]} == _all(ours, subject, DCTERMS.identifier)
        assert {got["url"]} == _all(ours, subject, DCAT.landingPage)
        assert {each["name"] for each in got["tags"]} == _all(ours, subject, DCAT.keyword)
        assert set(json.loads(got["theme"])) == _all(ours, subject, DCAT.theme)
        assert {got["access_rights"]} == _all(ours, subject, DCTERMS.accessRights)
        assert {got["publisher_uri"]} == _all(ours, subject, DCTERMS.publisher)
        assert got["publisher_name"] == got["contact_name"] != ""
        assert got["contact_url"].startswith("http")
        assert got["spatial_uri"] in _all(ours, subject, DCTERMS.spatial)
        if (subject, DCTERMS.temporal, None) in ours:
            assert {got["temporal_start"]} == _all(ours, subject, DCTERMS.temporal, DCAT.startDate)
            assert {got["temporal_end"]} == _all(ours, subject, DCTERMS.temporal, DCAT.endDate)
            periods += 1
        if _all(ours, subject, DCTERMS.spatial, DCAT.bbox):
            (written,) = _all(ours, subject, DCTERMS.spatial, DCAT.bbox)
            (ring,) = json.loads(got["spatial_bbox"])["coordinates"]
            assert written == f"POLYGON(({', '.join(f'{lon} {lat}' for lon, lat in ring)}))"
            assert json.loads(got["spatial_centroid"])["type"] == "Point"
            places += 1
        resources = {each["uri"]: each for each in got["resources"]}
        assert set(resources) == _all(ours, subject, DCAT.distribution)
        for uri, resource in resources.items():
            node = URIRef(uri)
            assert {resource["license"]} == _all(ours, node, DCTERMS.license)
            assert {resource["url"]} == (_all(ours, node, DCAT.downloadURL) or _all(ours, node, DCAT.accessURL))
            assert {str(resource.get("size"))} == (_all(ours, node, DCAT.byteSize) or {"None"})
            assert {str(resource.get("hash"))} == (_all(ours, node, SPDX.checksum, SPDX.checksumValue) or {"None"})
            assert {str(resource.get("mimetype"))} == (_all(ours, node, DCAT.mediaType) or {"None"})
            files += 1
            for service in json.loads(resource.get("access_services", "[]")):
                assert service["endpoint_url"] == [service["uri"]]
                services += 1
    assert (files > 50, periods, places, services) == (True, len(datasets), len(datasets), 1)


def test_a_large_catalogue_is_walked_to_its_end(read: Read, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, port, many = tmp_path_factory.mktemp("walked"), free_port(), 160
    freeze_synthetic(folder / "releases", many, f"http://{HOST}:{port}/")
    settings = Settings.read({}, home=REPOSITORY, releases=folder / "releases", indexes=folder / "indexes")
    with serving(folder, {"home": settings.home, "releases": settings.releases, "indexes": settings.indexes}, port) as served:
        for script in ("read_udata.py", "read_ckan.py"):
            found = read(script, f"{served.url}/catalog")
            assert found["pages"] == 3
            assert found.get("dropped", []) == []
            assert len(found["datasets"]) == many
            assert {len(each["resources"]) for each in found["datasets"].values()} == {FILES}


# What would go wrong


@contextmanager
def _published(graph: Graph) -> Iterator[str]:
    """A catalogue at an address of this machine."""
    body = graph.serialize(format="turtle").encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_HEAD()
            self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/turtle")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Be silent."""

    server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}/catalog.ttl"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_udata_drops_a_dataset_whose_checksum_it_knows(read: Read, ours: Graph) -> None:
    """DCAT-AP wants ``xsd:hexBinary``, of which rdflib makes bytes, which MongoEngine refuses: with SHA-256 all datasets with files are lost."""
    spoilt = Graph() + ours
    for checksum in list(spoilt.subjects(SPDX.algorithm, SPDX.checksumAlgorithm_sha512)):
        spoilt.set((checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    with _published(spoilt) as address:
        found = read("read_udata.py", address)
    with_files = {str(each) for each, file in ours.subject_objects(DCAT.distribution) if (file, SPDX.checksum, None) in ours}
    assert len(with_files) == len(found["dropped"]) == 4
    assert all("StringField only accepts string values: value is b" in each for each in found["dropped"])
    assert set(found["datasets"]).isdisjoint(with_files)


def test_ckan_stops_at_a_geometry_that_dcat_ap_asks_for(read: Read, ours: Graph) -> None:
    """``locn:geometry`` is a node to DCAT-AP and a literal to ckanext-dcat, which fails on the node."""
    spoilt = Graph() + ours
    place = next(iter(spoilt.subjects(DCAT.bbox, None)))
    spoilt.add((place, LOCN.geometry, URIRef("https://reseau.example/geometry")))
    with _published(spoilt) as address, pytest.raises(AssertionError, match="has no attribute 'datatype'"):
        read("read_ckan.py", address)
