"""Releases: frozen once, published and rolled back atomically, whatever happens to the process."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

import pytest

from ess_lod import release as releases
from ess_lod.errors import CorruptRelease, GateRefusal, NoRelease, TableErrors, UnknownRelease
from ess_lod.publish import build
from ess_lod.release import Release, Unfinished, freeze, open_release
from tests.conftest import Project

FACTS = {"date": "2026-01-02", "base": "https://reseau.example/lod/"}


def frozen(folder: Path, text: str = "a") -> Release:
    return freeze(folder, {"dataset.nq": text.encode(), "catalogue.ttl": b"c"}, FACTS)


def test_a_file_is_written_piece_by_piece_and_may_read_those_before_it(tmp_path: Path) -> None:
    def long(_: Unfinished, out: BinaryIO) -> None:
        for number in range(1000):
            out.write(b"%d\n" % number)

    def about(made: Unfinished, out: BinaryIO) -> None:
        assert sorted(made.files) == ["tables/long"]
        assert made.file("tables/long").read_bytes().endswith(b"\n999\n")
        with pytest.raises(KeyError):
            made.file("about")
        out.write(made.files["tables/long"]["sha256"].encode())

    release = freeze(tmp_path, {"tables/long": long, "about": about}, FACTS)
    body = release.file("tables/long").read_bytes()
    assert release.files["tables/long"] == {"bytes": 3890, "sha256": hashlib.sha256(body).hexdigest()}
    assert release.file("about").read_text() == hashlib.sha256(body).hexdigest()
    assert freeze(tmp_path, {"tables/long": body, "about": about}, FACTS).version == release.version
    assert [path.name for path in tmp_path.iterdir()] == [release.version]


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def broken(_: Unfinished, out: BinaryIO) -> None:
        out.write(b"half")
        raise ValueError("the reason")

    with pytest.raises(ValueError, match="the reason"):
        freeze(tmp_path, {"dataset.nq": b"a", "broken": broken}, FACTS)
    assert list(tmp_path.iterdir()) == []


def test_what_another_process_is_writing_is_not_swept(tmp_path: Path) -> None:
    made = []

    def slow(_: Unfinished, out: BinaryIO) -> None:
        made.append(frozen(tmp_path).version)
        out.write(b"s")

    assert freeze(tmp_path, {"slow": slow}, FACTS).file("slow").read_bytes() == b"s"
    assert sorted(path.name for path in tmp_path.iterdir()) == releases.versions(tmp_path)
    assert len(releases.versions(tmp_path)) == 2


def test_same_contents_are_the_same_release_and_are_not_written_again(tmp_path: Path) -> None:
    first = frozen(tmp_path)
    stamp = first.file("dataset.nq").stat().st_mtime_ns
    assert frozen(tmp_path).version == first.version
    assert first.file("dataset.nq").stat().st_mtime_ns == stamp
    assert frozen(tmp_path, "b").version != first.version
    assert len(releases.versions(tmp_path)) == 2


def test_the_manifest_has_size_and_digest_of_every_file(tmp_path: Path) -> None:
    release = frozen(tmp_path)
    assert sorted(release.files) == ["catalogue.ttl", "dataset.nq"]
    assert sorted(path.name for path in release.path.iterdir()) == ["catalogue.ttl", "dataset.nq", "manifest.json"]
    assert release.files["catalogue.ttl"] == {"bytes": 1, "sha256": "2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6"}
    with pytest.raises(KeyError):
        release.file("../current.json")


def test_an_altered_file_is_found_and_not_published(tmp_path: Path) -> None:
    release = frozen(tmp_path)
    release.file("dataset.nq").write_text("other")
    with pytest.raises(CorruptRelease, match=r"dataset\.nq"):
        releases.publish(tmp_path, release.version)
    with pytest.raises(NoRelease):
        releases.current_version(tmp_path)


def test_publish_and_rollback(tmp_path: Path) -> None:
    first, second = frozen(tmp_path, "a"), frozen(tmp_path, "b")
    assert releases.publish(tmp_path, first.version) is None
    assert releases.publish(tmp_path, second.version) == first.version
    assert releases.publish(tmp_path, second.version) == second.version
    assert open_release(tmp_path).version == second.version
    assert releases.rollback(tmp_path) == first.version
    assert open_release(tmp_path).version == first.version
    with pytest.raises(NoRelease, match="rien à rétablir"):
        releases.rollback(tmp_path)
    assert open_release(tmp_path).version == first.version


@pytest.mark.parametrize("name", ["2026-01-02-00000000", "../../etc", "", "current.json"])
def test_a_version_that_is_none(name: str, tmp_path: Path) -> None:
    frozen(tmp_path)
    with pytest.raises(UnknownRelease):
        open_release(tmp_path, name)


def test_leftovers_of_a_process_that_died_are_swept(tmp_path: Path) -> None:
    (tmp_path / ".unfinished-folder").mkdir()
    (tmp_path / ".unfinished-folder" / "dataset.nq").write_text("half")
    (tmp_path / ".unfinished-file").write_text("half")
    frozen(tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_built_twice_the_bytes_are_the_same(small: Project, tmp_path: Path) -> None:
    first, _ = build(small.settings)
    again = subprocess.run(
        [sys.executable, "-c", _BUILD, str(small.settings.home), str(small.settings.data), str(tmp_path / "elsewhere")],
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
    )
    second = Path(again.stdout.strip())
    assert second.name == first.version
    names = sorted(path.relative_to(first.path) for path in first.path.rglob("*") if path.is_file())
    assert len(names) == 70
    for name in names:
        assert (second / name).read_bytes() == (first.path / name).read_bytes(), name


_BUILD = """
import sys
from pathlib import Path
from ess_lod.config import Settings
from ess_lod.publish import build
home, data, releases = map(Path, sys.argv[1:])
print(build(Settings.read({}, home=home, data=data, releases=releases))[0].path)
"""


def test_the_rows_of_a_table_may_stand_in_any_order(small: Project) -> None:
    first, _ = build(small.settings)
    for name in ("acteurs", "registre", "territoires"):
        header, *lines = small.table(name).read_text("utf-8").splitlines()
        small.table(name).write_text("\n".join([header, *reversed(lines)]) + "\n", "utf-8")
    assert build(small.settings)[0].version == first.version


def test_a_failed_build_leaves_the_published_release(small: Project) -> None:
    first, _ = build(small.settings)
    releases.publish(small.settings.releases, first.version)
    before = sorted(small.settings.releases.rglob("*"))
    small.replace("mentions", "A002", "A099")
    with pytest.raises(TableErrors):
        build(small.settings)
    small.replace("mentions", "A099", "A002")
    small.replace("evenements", "fusion,2017-01-01", "fusion,2030-01-01")
    small.replace("adhesions", "membre,2014,", "membre,2014,2014")
    small.replace("identifiants", "A001,siren", "P002,siren")
    small.append("identifiants", "A001,siren,999999998,certaine,R002")
    with pytest.raises(GateRefusal):
        build(small.settings)
    assert sorted(small.settings.releases.rglob("*")) == before
    assert open_release(small.settings.releases).version == first.version


_LOOP = """
import itertools, sys
from pathlib import Path
from ess_lod import release
folder = Path(sys.argv[1])
for number in itertools.count():
    made = release.freeze(folder, {"dataset.nq": b"x" * 300_000, "n": str(number).encode()}, {"date": "2026-01-02", "base": "https://e.example/"})
    release.publish(folder, made.version)
    print(number, flush=True)
"""


def test_killed_at_any_moment_the_pointer_names_a_whole_release(tmp_path: Path) -> None:
    """Twenty processes that build and publish in a loop are killed after a little longer each time."""
    seen = set()
    for turn in range(20):
        with subprocess.Popen([sys.executable, "-c", _LOOP, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert all(process.stdout.readline() for _ in range(1 + turn % 3))
            time.sleep(turn * 0.0007)
            process.send_signal(signal.SIGKILL)
        current = open_release(tmp_path)
        current.verify()
        history = json.loads((tmp_path / "current.json").read_text())["published"]
        for version in history:
            open_release(tmp_path, version).verify()
        seen.add(current.version)
    assert len(seen) >= 2
    frozen(tmp_path)
    assert not list(tmp_path.glob(".unfinished-*"))
