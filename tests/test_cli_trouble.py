"""On a bad day: a full or read-only disk, a pointer or a manifest that is none, an altered file. One message in French, exit code 1, the last good state."""

from __future__ import annotations

import errno
import gzip
import http.client
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ess_lod import changes
from ess_lod import release as releases_of
from ess_lod.changes import publications
from ess_lod.cli import main
from ess_lod.errors import in_french
from ess_lod.release import MANIFEST, POINTER, current_version, versions
from tests.conftest import REPOSITORY
from tests.histories import BASE, History, copied, release_of, write_history
from tests.serving import serving
from tests.test_in_service import MANIFESTS, POINTERS, alter


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Three editions and a return to the second."""
    return write_history(copied(tmp_path_factory.mktemp("bad-day")))


@pytest.fixture
def home(written: History, tmp_path: Path) -> Path:
    """The same as a project folder."""
    shutil.copytree(written.settings.data, tmp_path / "data")
    shutil.copytree(written.releases, tmp_path / "releases")
    for name in ("ontology", "shapes"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    return tmp_path


@pytest.fixture
def run(home: Path) -> Callable[..., Result]:
    """Run a command on that folder."""
    return lambda *arguments: CliRunner().invoke(main, ["--home", str(home), *arguments])


def refused(result: Result, *words: str) -> None:
    """It said one thing, in French, and ended with 1."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    said = [line for line in result.output.splitlines() if not line.startswith(("…", " ", "*"))]
    assert sum("Erreur" in line for line in said) <= 1, result.output
    for word in words:
        assert word in result.output


@pytest.mark.parametrize("text", POINTERS, ids=lambda text: repr(text)[:40])
def test_a_pointer_that_is_none_is_named_by_every_command(
    text: str | bytes, run: Callable[..., Result], home: Path, written: History
) -> None:
    if text == '{"published": ["2026-01-01-00000000"]}':
        pytest.skip("names a version that is not there: another message")
    pointer = home / "releases" / POINTER
    pointer.write_bytes(text.encode() if isinstance(text, str) else text)
    before = pointer.read_bytes()
    for command in (["publish", written.versions[2]], ["rollback"], ["load"], ["serve"], ["build"], ["check"]):
        refused(run(*command), POINTER, "mv current.json")
    listed = run("releases")
    refused(listed, POINTER)
    assert all(version in listed.output for version in written.versions)
    assert pointer.read_bytes() == before


def test_a_pointer_that_is_a_folder_and_the_way_out_that_is_said(run: Callable[..., Result], home: Path, written: History) -> None:
    pointer = home / "releases" / POINTER
    pointer.unlink()
    pointer.mkdir()
    refused(run("publish", written.versions[2]), "c'est un dossier", "mv current.json")
    pointer.rename(home / "releases" / "current.json.casse")
    known = len(publications(home / "releases"))
    assert run("publish", written.versions[1]).exit_code == 0, "the last of the journal"
    assert current_version(home / "releases") == written.versions[1]
    assert len(publications(home / "releases")) == known, "nothing has changed, nothing is written down"


def test_a_pointer_to_what_is_not_there(run: Callable[..., Result], home: Path) -> None:
    (home / "releases" / POINTER).write_text('{"published": ["2026-01-01-00000000"]}')
    for command in ("rollback", "load", "serve"):
        refused(run(command))


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_that_is_not_the_one_that_was_written(name: str, run: Callable[..., Result], home: Path, written: History) -> None:
    MANIFESTS[name](home / "releases" / written.versions[2] / MANIFEST)
    for command in ("publish", "load", "changes"):
        refused(run(command, written.versions[2]), f"{written.versions[2]}/{MANIFEST}")
    assert current_version(home / "releases") == written.versions[1]
    MANIFESTS[name](home / "releases" / written.versions[1] / MANIFEST)
    refused(run("serve"), f"{written.versions[1]}/{MANIFEST}")


@pytest.mark.parametrize("name", ["dataset.nq", "dataset.ttl", "tables/acteurs.csv"])
def test_one_letter_altered(name: str, run: Callable[..., Result], home: Path, written: History) -> None:
    assert run("load", written.versions[2]).exit_code == 0
    alter(home / "releases" / written.versions[2] / name)
    for command in ("load", "publish"):
        refused(run(command, written.versions[2]), f"{written.versions[2]}/{name}", "SHA-256")
    assert "chargée" not in run("load", written.versions[2]).output
    assert current_version(home / "releases") == written.versions[1]


def test_a_return_to_a_damaged_version_is_refused(run: Callable[..., Result], home: Path, written: History) -> None:
    alter(home / "releases" / written.versions[0] / "dataset.nt")
    refused(run("rollback"), f"{written.versions[0]}/dataset.nt")
    assert current_version(home / "releases") == written.versions[1]


def test_building_the_same_again_mends_a_version_that_was_not_published(run: Callable[..., Result], home: Path) -> None:
    acteurs = home / "data/acteurs.csv"
    acteurs.write_text(acteurs.read_text("utf-8").replace("Le Panier relié", "Le Panier neuf"), "utf-8")
    made = run("build").output.splitlines()[-1].split()[1]
    alter(home / "releases" / made / "dataset.nq")
    refused(run("publish", made), "ess-lod build")
    assert run("build").exit_code == 0
    assert run("publish", made).exit_code == 0
    assert current_version(home / "releases") == made


@pytest.mark.parametrize("command", ["build", "publish"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO, errno.EACCES])
def test_a_disk_that_refuses(number: int, command: str, run: Callable[..., Result], home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(path for path in (home / "releases").rglob("*"))
    real = os.fsync
    calls = iter(range(1_000_000))

    def failing(descriptor: int) -> None:
        if next(calls) == 20:
            raise OSError(number, os.strerror(number))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    acteurs = home / "data/acteurs.csv"
    acteurs.write_text(acteurs.read_text("utf-8").replace("Le Panier relié", "Le Panier neuf"), "utf-8")
    result = run(command)
    refused(result, in_french(OSError(number, "")))
    assert ("Place libre" in result.output) == (number in (errno.ENOSPC, errno.EDQUOT))
    assert sorted(path for path in (home / "releases").rglob("*")) == before, "nothing half written is left"


@contextmanager
def failing_at(count: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Iterator[int]]:
    """Let the write to disk that comes as number ``count`` fail, be it of a file, a folder or a rename. The value gives the number of the next."""
    calls = iter(range(1_000_000))
    with monkeypatch.context() as patched:
        for owner, name in ((os, "fsync"), (os, "rename"), (os, "replace"), (os, "mkdir")):
            real = getattr(owner, name)

            def failing(*arguments: object, real: Callable[..., object] = real, **named: object) -> object:
                if next(calls) == count:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return real(*arguments, **named)

            patched.setattr(owner, name, failing)
        yield calls


def test_a_disk_that_is_full_at_any_write_leaves_a_state_that_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Freezing, publishing and going back, each broken off at its first, second, third … write."""
    names = iter(range(1, 1_000_000))
    first = release_of(tmp_path, f'<{BASE}A> <{BASE}p> "0" <{BASE}g> .\n').version
    changes.publish(tmp_path, first)

    def make() -> str:
        return release_of(tmp_path, f'<{BASE}A> <{BASE}p> "{next(names)}" <{BASE}g> .\n').version

    acts: tuple[Callable[[], object], ...] = (
        make,
        lambda: changes.publish(tmp_path, versions(tmp_path)[-1]),
        lambda: changes.rollback(tmp_path),
    )
    broken = 0
    for act in acts:
        for count in range(1000):
            make()
            changes.publish(tmp_path, versions(tmp_path)[0])
            changes.publish(tmp_path, versions(tmp_path)[1])
            with failing_at(count, monkeypatch) as calls:
                try:
                    act()
                except OSError:
                    broken += 1
                reached = next(calls) > count
            if not reached:
                break
            assert not list(tmp_path.rglob(".*")), "nothing half written"
            for version in versions(tmp_path):
                assert releases_of.open_release(tmp_path, version).damage() == []
            known = publications(tmp_path)
            assert [each.before for each in known] == [None, *(each.after for each in known[:-1])]
            json.loads((tmp_path / POINTER).read_text("utf-8"))
            changes.publish(tmp_path, current_version(tmp_path))
            assert publications(tmp_path)[-1].after == current_version(tmp_path), "what was cut off is made up for"
    assert broken > 20


@pytest.mark.parametrize("size", [3_000, 60_000, 300_000])
def test_a_file_that_may_not_grow(size: int, home: Path) -> None:
    before = sorted((home / "releases").rglob("*"))
    acteurs = home / "data/acteurs.csv"
    acteurs.write_text(acteurs.read_text("utf-8").replace("Le Panier relié", "Le Panier neuf"), "utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ESS_LOD_")}
    done = subprocess.run(
        [sys.executable, "-m", "ess_lod.cli", "--home", str(home), "build"],
        env=environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "le fichier dépasse la taille permise" in done.stderr
    assert sorted((home / "releases").rglob("*")) == before


def test_a_real_server_says_what_is_damaged_and_follows_what_becomes_of_it(home: Path, written: History, tmp_path: Path) -> None:
    releases = home / "releases"
    name = "dataset.ttl"
    whole = (releases / written.versions[1] / name).read_bytes()
    alter(releases / written.versions[1] / name)

    def health() -> tuple[int, dict[str, object]]:
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def becomes(status: int, version: str) -> dict[str, object]:
        deadline = time.monotonic() + 60
        while (found := health())[0] != status or found[1].get("release") != version:
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
        return found[1]

    with serving(tmp_path, {"home": home}) as server:
        assert f"{written.versions[1]}/{name}" in server.said()
        assert name in str(becomes(503, written.versions[1])["reasons"])
        (releases / written.versions[1] / name).write_bytes(whole)
        becomes(200, written.versions[1])
        alter(releases / written.versions[2] / name)
        (releases / "aside").write_text(json.dumps({"published": [written.versions[2]]}))
        (releases / "aside").replace(releases / POINTER)
        said = becomes(503, written.versions[1])
        assert said["pointer"] == written.versions[2]
        assert server.said().count("stays in service") == 1
        twin = releases / written.versions[2] / f"{name}.gz"
        (releases / written.versions[2] / name).write_bytes(gzip.decompress(twin.read_bytes()))
        assert becomes(200, written.versions[2])["reasons"] == [], "without the pointer being touched"
        assert server.said().count("stays in service") == 1
        assert "Traceback" not in server.said()
