"""What is served when something cannot be opened: what was served before, with the reason, and the new one as soon as it can be."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from ess_lod import changes
from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.publish import build
from ess_lod.release import MANIFEST, POINTER
from ess_lod.store import load_index
from ess_lod.web import create_app, live
from tests.conftest import REPOSITORY, SMALL, Project


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str, str]:
    """A project with two releases, of which the first is published."""
    folder = tmp_path_factory.mktemp("live")
    shutil.copytree(SMALL, folder / "data")
    project = Project(
        Settings.read({}, home=REPOSITORY, data=folder / "data", releases=folder / "all" / "releases", indexes=folder / "all" / "indexes")
    )
    first, _ = build(project.settings)
    project.replace("acteurs", "A002,Le Panier relié,", "A002,Le Panier tressé,")
    second, _ = build(project.settings)
    changes.publish(project.settings.releases, first.version)
    for release in (first, second):
        load_index(release, project.settings.indexes)
    return project, first.version, second.version


@pytest.fixture
def two(made: tuple[Project, str, str], tmp_path: Path) -> tuple[Project, str, str, Flask]:
    """A copy of it, and the application that serves the first release."""
    project, first, second = made
    shutil.copytree(project.settings.releases.parent, tmp_path / "all")
    settings = replace(project.settings, releases=tmp_path / "all" / "releases", indexes=tmp_path / "all" / "indexes")
    app = create_app(settings)
    assert app.test_client().get("/healthz").get_json()["release"] == first
    return Project(settings), first, second, app


Damage = Callable[[Path, str], None]


def _pointer(content: str) -> Damage:
    def damage(folder: Path, _: str) -> None:
        (folder / POINTER).write_text(content, "utf-8")

    return damage


def _cut_manifest(folder: Path, version: str) -> None:
    path = folder / version / MANIFEST
    path.write_bytes(path.read_bytes()[:200])
    _point(folder, version)


def _altered(name: str) -> Damage:
    def damage(folder: Path, version: str) -> None:
        path = folder / version / name
        body = path.read_bytes()
        path.write_bytes(body[:-2] + bytes([body[-2] ^ 1]) + body[-1:])
        _point(folder, version)

    return damage


def _gone(folder: Path, version: str) -> None:
    shutil.rmtree(folder / version)
    _point(folder, version)


def _point(folder: Path, version: str) -> None:
    (folder / POINTER).write_text(json.dumps({"published": [version]}), "utf-8")


DAMAGES: dict[str, Damage] = {
    "a list": _pointer("[]"),
    "null": _pointer("null"),
    "a number": _pointer('{"published": 5}'),
    "cut": _pointer('{"publ'),
    "empty": _pointer(""),
    "manifest": _cut_manifest,
    "dataset.nq": _altered("dataset.nq"),
    "tables": _altered("tables/acteurs.csv"),
    "catalogue": _altered("catalogue.ttl"),
    "no folder": _gone,
    "no pointer": lambda folder, _: (folder / POINTER).unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_cannot_be_opened_leaves_what_is_served(
    two: tuple[Project, str, str, Flask], damage: Damage, caplog: pytest.LogCaptureFixture
) -> None:
    project, first, second, app = two
    folder = project.settings.releases
    whole = shutil.copytree(folder, folder.with_name("whole"))
    client = app.test_client()
    damage(folder, second)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert client.get("/doc/acteur/A002.ttl").status_code == 200
        answer = client.get("/healthz")
    said = answer.get_json()
    assert (answer.status_code, said["status"], said["release"]) == (503, "degraded", first)
    assert said["reasons"]
    assert sum("stays in service" in record.message for record in caplog.records) == 1, "said once"
    assert "Traceback" not in caplog.text
    shutil.rmtree(folder)
    whole.rename(folder)
    changes.publish(folder, second)
    said = client.get("/healthz").get_json()
    assert (said["status"], said["release"], said["reasons"]) == ("ok", second, [])


def test_it_is_tried_again_without_a_move_of_the_pointer(two: tuple[Project, str, str, Flask]) -> None:
    project, first, second, _ = two
    now = [0.0]
    holder = live.Live(project.settings, clock=lambda: now[0])
    assert holder.edition().release.version == first
    path = project.settings.releases / second / "dataset.nq"
    body = path.read_bytes()
    path.write_bytes(body[:-2])
    _point(project.settings.releases, second)
    assert holder.edition().release.version == first
    path.write_bytes(body)
    assert holder.edition().release.version == first, "not at each request"
    now[0] += 1.5
    assert holder.edition().release.version == second
    assert holder.trouble is None
    holder.edition().store.close()


def test_an_engine_that_fails_in_an_unforeseen_way_is_no_reason_to_stop(
    two: tuple[Project, str, str, Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, first, second, app = two

    def broken(*_: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(live, "open_store", broken)
    releases.publish(project.settings.releases, second)
    client = app.test_client()
    assert client.get("/doc/acteur/A002.ttl").status_code == 200
    assert client.get("/healthz").get_json()["reasons"] == ["RuntimeError: unforeseen"]
    assert client.get("/healthz").get_json()["release"] == first


def test_a_draft_is_seen_nowhere(two: tuple[Project, str, str, Flask]) -> None:
    """A release that was frozen and not published: no address, no list and no file names it."""
    _, first, draft, app = two
    client = app.test_client()
    for path in (
        f"/dump/{draft}/",
        f"/dump/{draft}/dataset.nq",
        f"/changes/{first}/{draft}",
        f"/changes/{draft}/{first}.nq",
        f"/changes?from={first}&to={draft}",
    ):
        assert client.get(path).status_code == 404, path
    for path in (
        "/changes",
        "/dump/latest/",
        "/dataset",
        "/catalog.ttl",
        "/sitemap.xml",
        "/feed.atom",
        "/feed.ttl",
        "/.well-known/void",
        "/openapi.json",
    ):
        assert draft not in client.get(path).get_data(as_text=True), path
    assert draft not in client.get("/dump/2020-01-01-00000000/").get_data(as_text=True)


def test_a_dump_that_was_altered_is_not_sent(two: tuple[Project, str, str, Flask]) -> None:
    project, first, _, app = two
    client = app.test_client()
    client.get("/dump/latest/dataset.nq").close()
    path = project.settings.releases / first / "dataset.nq"
    path.write_bytes(path.read_bytes().replace(b"Panier", b"Tanier", 1))
    answer = client.get("/dump/latest/dataset.nq")
    assert answer.status_code == 500
    assert "ETag" not in answer.headers
