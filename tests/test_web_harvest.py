"""Catalogue, dumps, state of the server, and the swap to a new release without a restart."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from asyncio import AbstractEventLoop
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rdflib import DCAT, DCTERMS, RDF, XSD, Graph, Literal, URIRef

from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.errors import NoRelease
from ess_lod.publish import build
from ess_lod.release import Release
from ess_lod.store import Store, open_store
from ess_lod.web import create_app
from ess_lod.web.live import Live
from tests.conftest import Project

BASE = "https://reseau.example/lod/"


@pytest.mark.parametrize("path", ["/catalog.ttl", "/dataset.ttl"])
def test_the_catalogue_keeps_the_lexical_forms_of_its_file(site: FlaskClient, site_settings: Settings, path: str) -> None:
    release = releases.open_release(site_settings.releases)
    graph = Graph().parse(data=site.get(path).data, format="turtle")
    assert set(graph) == set(Graph().parse(release.file("catalogue.ttl"), format="turtle"))
    assert (URIRef(f"{BASE}dataset"), RDF.type, DCAT.Dataset) in graph
    sizes = list(graph.objects(None, DCAT.byteSize))
    without = {each for each in graph.subjects(RDF.type, DCAT.Distribution) if (each, DCAT.byteSize, None) not in graph}
    reached = {str(address).removeprefix(BASE) for each in without for address in graph.objects(each, DCAT.accessURL)}
    assert reached == {"sparql", "feed", "feed.atom"}, "all that is a file has its size"
    assert len(sizes) > 40
    assert all(isinstance(size, Literal) and size.datatype == XSD.nonNegativeInteger for size in sizes)
    distributions = list(graph.objects(URIRef(f"{BASE}dataset"), DCAT.distribution))
    assert len(distributions) > 30
    assert all((distribution, DCTERMS.license, None) in graph for distribution in distributions)


def test_every_file_of_the_manifest_can_be_fetched_and_verified(site: FlaskClient, site_settings: Settings) -> None:
    release = releases.open_release(site_settings.releases)
    assert len(release.files) >= 8
    for name, facts in release.files.items():
        for version in ("latest", release.version):
            answer = site.get(f"/dump/{version}/{name}")
            assert answer.status_code == 200
            assert hashlib.sha256(answer.data).hexdigest() == facts["sha256"]
            assert answer.headers["ETag"] == f'"{facts["sha256"]}"'
            assert answer.headers["Content-Location"] == f"/dump/{release.version}/{name}"
            assert ("immutable" in answer.headers["Cache-Control"]) == (version != "latest")
            answer.close()
    assert json.loads(site.get("/dump/latest/manifest.json", buffered=True).data)["version"] == release.version


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("dataset.nq", "application/n-quads"),
        ("dataset.ttl", "text/turtle; charset=utf-8"),
        ("dataset.jsonld", "application/ld+json"),
        ("manifest.json", "application/json"),
    ],
)
def test_a_file_has_the_type_of_its_name(site: FlaskClient, name: str, content_type: str) -> None:
    with site.head(f"/dump/latest/{name}") as answer:
        assert answer.content_type == content_type
        assert answer.headers["Accept-Ranges"] == "bytes"


def test_a_part_of_a_file_can_be_fetched(site: FlaskClient, site_settings: Settings) -> None:
    whole = releases.open_release(site_settings.releases).file("dataset.nq").read_bytes()
    with site.get("/dump/latest/dataset.nq", headers={"Range": "bytes=10-19"}) as answer:
        assert (answer.status_code, answer.data) == (206, whole[10:20])
        assert answer.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
        etag = answer.headers["ETag"]
    with site.get("/dump/latest/dataset.nq", headers={"Range": "bytes=-5", "If-Range": etag}) as answer:
        assert (answer.status_code, answer.data) == (206, whole[-5:])
    with site.get("/dump/latest/dataset.nq", headers={"Range": "bytes=0-4", "If-Range": '"other"'}) as answer:
        assert (answer.status_code, len(answer.data)) == (200, len(whole))
    with site.get("/dump/latest/dataset.nq", headers={"If-None-Match": etag}) as answer:
        assert answer.status_code == 304
    with site.get("/dump/latest/dataset.nq", headers={"Range": f"bytes={len(whole)}-"}) as answer:
        assert answer.status_code == 416
        assert answer.json is not None
        assert answer.json["type"].endswith("problems#bad-range")
        assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"


@pytest.mark.parametrize(
    "path",
    [
        "latest/nothing.ttl",
        "latest/../current.json",
        "latest/..%2Fcurrent.json",
        "latest/%2Fetc%2Fpasswd",
        "latest//etc/passwd",
        "2026-01-01-00000000/dataset.nq",
        "../dataset.nq",
        "..%2F/dataset.nq",
        "2026-01-01/dataset.nq",
    ],
)
def test_nothing_else_can_be_fetched(site: FlaskClient, path: str) -> None:
    answer = site.get(f"/dump/{path}")
    assert answer.status_code in (404, 308)
    assert site.get(f"/dump/{path}", follow_redirects=True).status_code == 404


def test_healthz_says_which_release_is_served_by_what(site: FlaskClient, site_settings: Settings) -> None:
    release = releases.open_release(site_settings.releases)
    answer = site.get("/healthz")
    assert answer.json is not None
    assert answer.json["status"] == "ok"
    assert answer.json["release"] == release.version
    assert answer.json["date"] == "2026-04-01"
    assert answer.json["engine"].startswith("Oxigraph ")
    assert answer.json["counts"] == release.manifest["counts"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_before_the_first_release_all_is_503(tmp_path: Path) -> None:
    client = create_app(Settings.read({}, home=tmp_path)).test_client()
    for path in (
        "/",
        "/doc/acteur/A001",
        "/id/acteur/A001",
        "/sparql?query=ASK{}",
        "/healthz",
        "/catalog",
        "/dump/latest/dataset.nq",
        "/problems",
    ):
        for accept in ("text/html", "application/json", "*/*"):
            answer = client.get(path, headers={"Accept": accept})
            assert answer.status_code == 503, path
            assert answer.headers["Retry-After"] == "30"
            assert "no-store" in answer.headers["Cache-Control"]
    assert client.get("/static/style.css", buffered=True).status_code == 200
    assert client.get("/nothing").status_code == 404


def test_a_new_release_is_served_as_soon_as_it_is_published(small: Project) -> None:
    first, _ = build(small.settings)
    releases.publish(small.settings.releases, first.version)
    client = create_app(small.settings).test_client()
    before = client.get("/doc/acteur/A002.ttl")
    assert "Le Panier relié" in before.text
    small.replace("acteurs", "A002,Le Panier relié,", "A002,Le Panier tressé,")
    second, _ = build(small.settings)
    assert "Le Panier relié" in client.get("/doc/acteur/A002.ttl").text, "frozen is not published"
    releases.publish(small.settings.releases, second.version)
    after = client.get("/doc/acteur/A002.ttl", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "Le Panier tressé" in after.text
    assert client.get(f"/dump/{first.version}/manifest.json", buffered=True).status_code == 200
    releases.rollback(small.settings.releases)
    again = client.get("/doc/acteur/A002.ttl", headers={"If-None-Match": before.headers["ETag"]})
    assert again.status_code == 304


def test_a_request_in_flight_keeps_its_edition_and_a_broken_pointer_harms_nobody(small: Project) -> None:
    with pytest.raises(NoRelease):
        Live(small.settings).edition()
    first, _ = build(small.settings)
    releases.publish(small.settings.releases, first.version)
    live = Live(small.settings)
    held = live.edition()
    assert live.edition() is held
    pointer = small.settings.releases / releases.POINTER
    for text in ('{"published": ["2026-01-01-00000000"]}', "{", '{"published": []}'):
        pointer.unlink()
        pointer.write_text(text)
        assert live.edition() is held, text
    pointer.unlink()
    assert live.edition() is held
    releases.publish(small.settings.releases, first.version)
    assert live.edition() is held, "the same version is not opened twice"
    small.replace("acteurs", "A002,Le Panier relié,", "A002,Le Panier tressé,")
    second, _ = build(small.settings)
    releases.publish(small.settings.releases, second.version)
    assert live.edition().release.version == second.version
    assert list(held.rows("SELECT ?l WHERE { ?s ?p ?l } LIMIT 1")), "the old one still answers who holds it"


def test_only_one_thread_opens_a_new_release(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = build(small.settings)
    releases.publish(small.settings.releases, first.version)
    opened: list[str] = []

    def counted(settings: Settings, release: Release, loop: AbstractEventLoop | None) -> Store:
        opened.append(release.version)
        return open_store(settings, release, loop)

    monkeypatch.setattr("ess_lod.web.live.open_store", counted)
    live = Live(small.settings)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(live.edition())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(map(id, found))) == 1
    assert len(opened) == 1
    shutil.rmtree(small.settings.releases)
    assert live.edition() is found[0]


@pytest.mark.parametrize("since", ["2026-13-01", "2026-02-30", "0000", "hier", "２０２６", "2026-1-1"])
@pytest.mark.parametrize(("language", "words"), [("fr", "n'est pas une date"), ("en", "is no date")])
def test_changes_since_a_day_that_is_none_is_a_bad_request(site: FlaskClient, since: str, language: str, words: str) -> None:
    answer = site.get("/changes", query_string={"since": since}, headers={"Accept-Language": language})
    assert answer.status_code == 400
    assert words in answer.text.replace("’", "'").replace("&#39;", "'")


def test_changes_since_a_day_lead_to_a_comparison(site: FlaskClient) -> None:
    assert site.get("/changes?since=2026").status_code == 303
    assert site.get("/changes?since=").status_code == 200
