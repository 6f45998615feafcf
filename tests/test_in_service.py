"""What a server does when what the pointer names cannot be opened: it goes on with what it has, says why once, tells /healthz, and tries again."""

from __future__ import annotations

import json
import logging
import os
import shutil
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ess_lod import changes
from ess_lod.config import Settings
from ess_lod.release import MANIFEST, POINTER, Release, open_release
from ess_lod.store import Store, open_store
from ess_lod.web import create_app, live
from tests.histories import History, copied, write_history


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Three editions and a return to the second."""
    return write_history(copied(tmp_path_factory.mktemp("service")))


class Clock:
    """A clock that a test sets forward."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@dataclass(frozen=True)
class Scene:
    """A server of the second edition, a third that waits to be published, and the clock of both."""

    settings: Settings
    served: str
    next: str
    client: FlaskClient
    clock: Clock

    @property
    def releases(self) -> Path:
        return self.settings.releases

    def page(self) -> int:
        return self.client.get("/acteurs").status_code

    def health(self) -> tuple[int, dict[str, object]]:
        answer = self.client.get("/healthz?lang=en")
        assert answer.json is not None
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status_code, answer.json


@pytest.fixture
def scene(written: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """It has answered once."""
    clock = Clock()
    monkeypatch.setattr(live, "time", clock)
    shutil.copytree(written.releases, tmp_path / "releases")
    settings = replace(written.settings, releases=tmp_path / "releases", indexes=tmp_path / "indexes")
    found = Scene(settings, written.versions[1], written.versions[2], create_app(settings).test_client(), clock)
    assert found.page() == 200
    status, said = found.health()
    assert (status, said["status"], said["reasons"], said["release"]) == (200, "ok", [], found.served)
    assert said["pointer"] == found.served
    return found


def point(scene: Scene, text: str | bytes) -> None:
    """Put a pointer in place as publishing does: by a rename."""
    aside = scene.releases / "aside"
    aside.write_bytes(text.encode() if isinstance(text, str) else text)
    aside.replace(scene.releases / POINTER)


def a_folder_instead(scene: Scene) -> None:
    (scene.releases / POINTER).unlink()
    (scene.releases / POINTER).mkdir()


POINTERS = [
    "[]",
    "null",
    "7",
    '"2026-01-01-00000000"',
    '{"published": 5}',
    '{"published": null}',
    '{"published": {}}',
    '{"published": []}',
    '{"published": [5]}',
    '{"published": ["../../etc"]}',
    '{"published": ["2026-01-01-00000000"]}',
    '{"published": ["2026-01-01-00000000\\n"]}',
    "{}",
    "{",
    "",
    b"\xff\xfe{",
    b"\x00" * 40,
    "[" * 100_000,
]


@pytest.mark.parametrize("text", POINTERS, ids=lambda text: repr(text)[:40])
def test_a_pointer_that_is_none_leaves_the_edition_and_is_told(text: str | bytes, scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    point(scene, text)
    assert [scene.page() for _ in range(3)] == [200] * 3
    status, said = scene.health()
    assert (status, said["status"], said["release"]) == (503, "degraded", scene.served)
    assert said["reasons"]
    assert len([each for each in caplog.records if each.levelno >= logging.ERROR]) == 1, "said once"
    assert "Traceback" not in caplog.text
    assert scene.client.get(f"/dump/{scene.served}/manifest.json", buffered=True).status_code == 200
    assert scene.client.get("/changes").status_code == 200
    point(scene, json.dumps({"published": [scene.next]}))
    assert scene.page() == 200
    assert scene.health()[1]["release"] == scene.next


def test_a_pointer_that_is_a_folder_or_gone(scene: Scene) -> None:
    a_folder_instead(scene)
    assert scene.page() == 200
    assert scene.health()[1]["status"] == "degraded"
    (scene.releases / POINTER).rmdir()
    assert scene.page() == 200
    status, said = scene.health()
    assert (status, said["status"], said["pointer"]) == (503, "degraded", None)


@pytest.mark.parametrize("text", POINTERS, ids=lambda text: repr(text)[:40])
def test_a_server_that_starts_with_such_a_pointer_says_503_everywhere(text: str | bytes, scene: Scene) -> None:
    point(scene, text)
    client = create_app(scene.settings).test_client()
    for path in ("/", "/acteurs", "/dump/latest/", f"/dump/{scene.served}/", "/feed", "/changes"):
        assert client.get(path).status_code == 503, path
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["status"] == "down"
    assert "release" not in answer.json
    assert answer.json["reasons"]


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def reshaped(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), "utf-8")


MANIFESTS: dict[str, Callable[[Path], object]] = {
    "cut": cut,
    "empty": lambda path: path.write_text(""),
    "a list": lambda path: path.write_text("[]"),
    "not UTF-8": lambda path: path.write_bytes(b"\xff"),
    "gone": Path.unlink,
    "without files": lambda path: reshaped(path, lambda manifest: manifest.pop("files")),
    "files are a list": lambda path: reshaped(path, lambda manifest: manifest.update(files=[1])),
    "without a date": lambda path: reshaped(path, lambda manifest: manifest.pop("date")),
    "another base": lambda path: reshaped(path, lambda manifest: manifest.update(base="https://else.example/")),
    "a file outside": lambda path: reshaped(path, lambda manifest: manifest["files"].update({"../x": {"bytes": 1, "sha256": ""}})),  # type: ignore[attr-defined]
    "another version": lambda path: path.write_text(path.read_text("utf-8").replace(path.parent.name, "2026-01-01-00000000"), "utf-8"),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_that_is_not_the_one_that_was_written(name: str, scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    MANIFESTS[name](scene.releases / scene.next / MANIFEST)
    point(scene, json.dumps({"published": [scene.next, scene.served]}))
    assert scene.page() == 200
    status, said = scene.health()
    assert (status, said["status"], said["release"], said["pointer"]) == (503, "degraded", scene.served, scene.next)
    assert MANIFEST in str(said["reasons"])
    assert "Traceback" not in caplog.text
    assert scene.client.get(f"/dump/{scene.next}/").status_code == 500, "published once, and damaged"
    assert scene.client.get(f"/changes/{scene.served}/{scene.next}").status_code == 500
    assert scene.client.get("/catalog.ttl").status_code == 200


def test_what_fails_is_tried_again_ever_more_seldom(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    opened: list[str] = []
    trouble: list[BaseException] = [RuntimeError("Corruption: block checksum mismatch")]

    def opening(settings: Settings, release: Release, loop: AbstractEventLoop | None) -> Store:
        opened.append(release.version)
        if trouble:
            raise trouble[0]
        return open_store(settings, release, loop)

    monkeypatch.setattr(live, "open_store", opening)
    changes.publish(scene.releases, scene.next)
    for _ in range(5):
        assert scene.page() == 200
    assert opened == [scene.next], "not with every request"
    status, said = scene.health()
    assert (status, said["release"], said["pointer"]) == (503, scene.served, scene.next)
    assert "block checksum mismatch" in str(said["reasons"])
    waits = []
    for _ in range(10):
        begun, tried = scene.clock.now, len(opened)
        while len(opened) == tried:
            scene.clock.now += 0.5
            scene.page()
        waits.append(scene.clock.now - begun)
    assert waits == sorted(waits)
    assert waits[0] <= 2
    assert waits[-1] == waits[-2] <= 60
    assert len([each for each in caplog.records if each.levelno >= logging.ERROR]) == 1, "the same reason is said once"
    trouble.clear()
    scene.clock.now += 61
    assert scene.page() == 200
    status, said = scene.health()
    assert (status, said["status"], said["release"]) == (200, "ok", scene.next), "without the pointer being touched"


@pytest.mark.parametrize(
    "error", [OSError(24, "Too many open files"), ValueError("x"), KeyError("x"), RuntimeError("x"), SyntaxError("x"), MemoryError()]
)
def test_whatever_goes_wrong_the_edition_stays(error: Exception, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Store:
        raise error

    monkeypatch.setattr(live, "open_store", broken)
    changes.publish(scene.releases, scene.next)
    assert scene.page() == 200
    assert scene.health()[1]["release"] == scene.served
    changes.rollback(scene.releases)
    status, said = scene.health()
    assert (status, said["release"], said["reasons"]) == (200, scene.served, [])


def test_a_server_that_could_open_nothing_recovers_by_itself(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    client = create_app(scene.settings).test_client()
    trouble = [OSError(28, "No space left on device")]
    tries: list[str] = []

    def opening(settings: Settings, release: Release, loop: AbstractEventLoop | None) -> Store:
        tries.append(release.version)
        if trouble:
            raise trouble[0]
        return open_store(settings, release, loop)

    monkeypatch.setattr(live, "open_store", opening)
    for path in ("/", "/acteurs", "/sparql?query=ASK%7B%7D", "/dump/latest/dataset.nq"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "30"
        assert "No space" not in answer.text, "for the log and /healthz"
    assert len(tries) == 1
    health = client.get("/healthz")
    assert health.status_code == 503
    assert "No space left" in health.text
    trouble.clear()
    scene.clock.now += 2
    assert client.get("/acteurs").status_code == 200
    assert client.get("/healthz").status_code == 200


def test_an_index_gone_bad_is_made_anew_by_the_server(scene: Scene) -> None:
    """The index of the next release is there and not whole, as an interrupted removal leaves it."""
    from ess_lod.store.embedded import load_index

    index = load_index(open_release(scene.releases, scene.next), scene.settings.indexes)
    for file in sorted(index.iterdir())[:4]:
        file.unlink()
    changes.publish(scene.releases, scene.next)
    assert scene.page() == 200
    assert scene.health()[0] == 200
    assert scene.health()[1]["release"] == scene.next


ALTERED = ("dataset.nq", "dataset.ttl", "tables/acteurs.csv", "catalogue.ttl", "ontology.ttl", "SHA256SUMS")


def alter(path: Path) -> None:
    """Another letter in the middle, by hand: the file stays the same inode and as long."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        letter = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([letter[0] ^ 1]))


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_file_is_not_sent_and_is_told(name: str, scene: Scene) -> None:
    path = f"/dump/latest/{name}"
    first = scene.client.get(path, buffered=True)
    assert first.status_code == 200
    alter(scene.releases / scene.served / name)
    for headers in ({}, {"If-None-Match": first.headers["ETag"]}, {"Range": "bytes=0-9"}):
        answer = scene.client.get(path, headers=headers)
        assert answer.status_code == 500, headers
        assert answer.json is not None
        assert answer.json["type"].endswith("problems#corrupt-release")
        assert "ETag" not in answer.headers
        assert "no-store" in answer.headers["Cache-Control"]
    assert scene.client.get(f"/dump/{scene.served}/{name}").status_code == 500
    assert scene.client.get("/dump/latest/void.ttl", buffered=True).status_code == 200
    assert scene.page() == 200
    status, said = scene.health()
    assert (status, said["status"]) == (503, "degraded")
    assert name in str(said["reasons"])


@pytest.mark.parametrize("name", ["dataset.nq", "dataset.ttl"])
def test_an_altered_twin_is_not_sent_either(name: str, scene: Scene) -> None:
    alter(scene.releases / scene.served / f"{name}.gz")
    assert scene.client.get(f"/dump/latest/{name}", headers={"Accept-Encoding": "gzip"}).status_code == 500


@pytest.mark.parametrize("name", [*ALTERED, MANIFEST])
def test_a_damaged_release_does_not_take_over(name: str, scene: Scene) -> None:
    alter(scene.releases / scene.next / name)
    point(scene, json.dumps({"published": [scene.next, scene.served]}))
    assert scene.page() == 200
    assert scene.health()[1]["release"] == scene.served
    assert name in str(scene.health()[1]["reasons"])


@pytest.mark.parametrize("name", ALTERED)
def test_a_server_that_starts_on_a_damaged_release_serves_what_is_whole(name: str, scene: Scene) -> None:
    alter(scene.releases / scene.served / name)
    client = create_app(scene.settings).test_client()
    assert client.get("/sparql?query=ASK%7B%7D").status_code == 200
    assert client.get(f"/dump/latest/{name}").status_code == 500
    assert client.get("/healthz").status_code == 503
    shutil.rmtree(scene.settings.indexes)
    bare = create_app(scene.settings).test_client()
    assert bare.get("/sparql?query=ASK%7B%7D").status_code == (503 if name == "dataset.nq" else 200), "no index of altered quads"


def test_a_damaged_version_of_before_is_left_out_of_the_catalogue(
    written: History, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(written.releases, tmp_path / "releases")
    settings = replace(written.settings, releases=tmp_path / "releases", indexes=tmp_path / "indexes")
    first = written.versions[0]
    member = f"version-{first}"
    assert member in create_app(settings).test_client().get("/catalog.ttl").text
    alter(settings.releases / first / "catalogue.ttl")
    client = create_app(settings).test_client()
    assert member not in client.get("/catalog.ttl").text
    assert first in caplog.text
    assert client.get(f"/dump/{first}/dataset.nq", buffered=True).status_code == 200
    assert client.get(f"/dump/{first}/catalogue.ttl").status_code == 500


def test_a_comparison_is_made_of_verified_bytes_only(scene: Scene) -> None:
    path = f"/changes/{scene.served}/{scene.next}"
    alter(scene.releases / scene.next / "dataset.nq")
    assert scene.client.get(path).status_code == 500
    assert not list((scene.settings.indexes / "changes").glob("2*"))


def test_a_kept_comparison_that_is_not_whole_is_made_anew(scene: Scene) -> None:
    path = f"/changes/{scene.served}/{scene.next}"
    whole = scene.client.get(f"{path}.nq").data
    (folder,) = (scene.settings.indexes / "changes").glob("2*")
    for break_it in (
        lambda: (folder / "summary.json").write_text(""),
        lambda: (folder / "things.jsonl").unlink(),
        lambda: (folder / "patch.ru").unlink(),
        lambda: shutil.rmtree(folder),
    ):
        break_it()
        assert scene.client.get(f"{path}.nq").data == whole
        assert scene.client.get(f"{path}.ru", buffered=True).status_code == 200


def test_an_altered_page_of_the_journal_is_not_sent(scene: Scene) -> None:
    assert scene.client.get("/feed/1/1.nq").status_code == 200
    alter(scene.releases / "changes/000001/0001.nq")
    answer = scene.client.get("/feed/1/1.nq")
    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["type"].endswith("problems#corrupt-release")
    assert scene.client.get("/feed").status_code == 200


def sheets() -> Iterator[tuple[str, Callable[[Path], object]]]:
    yield "cut", cut
    yield "empty", lambda path: path.write_text("")
    yield "a list", lambda path: path.write_text("[]")
    yield "null", lambda path: path.write_text("null")
    yield "not UTF-8", lambda path: path.write_bytes(b"\xff")
    yield "gone", Path.unlink
    for key, value in (
        ("issued", 5),
        ("issued", "x"),
        ("pages", {"a": 1}),
        ("pages", [5]),
        ("counts", []),
        ("to", None),
        ("number", "1"),
        ("return", 1),
    ):
        yield f"{key} {value}", lambda path, key=key, value=value: reshaped(path, lambda sheet: sheet.update({key: value}))  # type: ignore[misc]
        yield f"without {key}", lambda path, key=key: reshaped(path, lambda sheet: sheet.pop(key))  # type: ignore[misc]


@pytest.mark.parametrize(("name", "break_it"), [pytest.param(*each, id=each[0]) for each in sheets()])
def test_a_journal_that_is_none_is_told_and_harms_nothing_else(name: str, break_it: Callable[[Path], object], scene: Scene) -> None:
    assert name
    break_it(scene.releases / "changes/000002/publication.json")
    os.utime(scene.releases / "changes")
    client = create_app(scene.settings).test_client()
    assert client.get("/acteurs").status_code == 200
    assert client.get(f"/dump/{scene.served}/dataset.nq", buffered=True).status_code == 200
    for path in ("/feed", "/changes", "/feed.atom", "/feed/1"):
        answer = client.get(path)
        assert answer.status_code == 500, path
        assert answer.json is not None
        assert answer.json["type"].endswith("problems#corrupt-release"), path
    health = client.get("/healthz")
    assert health.status_code == 503
    assert "000002" in health.text
