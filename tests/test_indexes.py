"""Indexes on disk: opened when whole, made anew when not, leased while in use, and what cannot be opened leaves in service what was there."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from click.testing import CliRunner

from ess_lod import changes
from ess_lod.cli import main
from ess_lod.errors import ConfigError, CorruptRelease
from ess_lod.locks import Lease
from ess_lod.release import Release, current_version
from ess_lod.store.embedded import ENGINE, drop_indexes, load_index, open_index
from ess_lod.store.pool import Crowd
from ess_lod.store.spool import Limits
from ess_lod.store.worker import Worker
from tests.histories import BASE, release_of


def line(number: int) -> str:
    return f'<{BASE}id/acteur/A{number:05}> <{BASE}p> "{number}" <{BASE}graph/R001> .\n'


COUNT = 3000


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """A release of some thousand quads."""
    return release_of(tmp_path / "releases", *map(line, range(COUNT)))


def biggest(index: Path) -> Path:
    return max(index.glob("*.sst"), key=lambda file: file.stat().st_size)


def flip(file: Path) -> None:
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(body)


def emptied(index: Path) -> None:
    for file in index.iterdir():
        file.unlink()


def a_file_instead(index: Path) -> None:
    shutil.rmtree(index)
    index.write_text("nothing")


BREAKS: dict[str, Callable[[Path], object]] = {
    "a table is gone": lambda index: biggest(index).unlink(),
    "a table is cut": lambda index: os.truncate(biggest(index), 100),
    "a bit of a table": lambda index: flip(biggest(index)),
    "no CURRENT": lambda index: (index / "CURRENT").unlink(),
    "CURRENT says nothing": lambda index: (index / "CURRENT").write_text(""),
    "the list of tables is cut": lambda index: os.truncate(next(index.glob("MANIFEST*")), 60),
    "empty": emptied,
    "no seal": lambda index: (index / "sealed.json").unlink(),
    "half a seal": lambda index: os.truncate(index / "sealed.json", 40),
    "a seal of another shape": lambda index: (index / "sealed.json").write_text("[1]"),
    "a file in place of the folder": a_file_instead,
}


@pytest.mark.parametrize("name", BREAKS)
def test_an_index_that_is_not_whole_is_made_anew(name: str, release: Release, tmp_path: Path) -> None:
    path = load_index(release, tmp_path / "indexes")
    BREAKS[name](path)
    made: list[int] = []
    again = open_index(release, tmp_path / "indexes", lambda done, _: made.append(done))
    assert again.path == path
    assert made
    assert len(again.store) == 2 * COUNT, "each quad, and the merge"
    assert [each.name for each in path.parent.iterdir()] == [release.version], "nothing of the old one is left"


def test_a_whole_index_is_opened_and_not_made_again_also_when_it_comes_from_a_copy(release: Release, tmp_path: Path) -> None:
    path = load_index(release, tmp_path / "indexes")
    before = {file.name: file.read_bytes() for file in path.glob("*.sst")}
    shutil.copytree(path, tmp_path / "copy")
    shutil.rmtree(path)
    shutil.copytree(tmp_path / "copy", path)
    made: list[int] = []
    for _ in range(2):
        assert len(open_index(release, tmp_path / "indexes", lambda done, _: made.append(done)).store) == 2 * COUNT
    assert not made
    assert {file.name: file.read_bytes() for file in path.glob("*.sst")} == before


def test_an_index_in_use_stays_whatever_engine_it_is_of(release: Release, tmp_path: Path) -> None:
    folder = tmp_path / "indexes"
    mine = open_index(release, folder)
    others = [folder / "oxigraph-0.1.0" / release.version, folder / ENGINE / "2026-01-01-00000000"]
    for other in others:
        shutil.copytree(mine.path, other)
    leases = [Lease(other) for other in others]
    assert drop_indexes(folder, []) == []
    assert mine.path.is_dir()
    assert all(other.is_dir() for other in others)
    leases.pop().close()
    assert drop_indexes(folder, [release.version]) == ["2026-01-01-00000000"]
    leases.pop().close()
    assert drop_indexes(folder, [release.version]) == [release.version], "that of the other engine"
    assert len(mine.store) == 2 * COUNT
    mine.lease.close()
    assert drop_indexes(folder, []) == [release.version]
    assert not list(folder.glob("*/*"))


def test_another_process_that_has_it_open_keeps_it_until_it_ends(release: Release, tmp_path: Path) -> None:
    folder = tmp_path / "indexes"
    load_index(release, folder)
    code = (
        "import sys; from pathlib import Path; from ess_lod.release import open_release; from ess_lod.store.embedded import open_index\n"
        "index = open_index(open_release(Path(sys.argv[1]), sys.argv[2]), Path(sys.argv[3])); print('open', flush=True); input()"
    )
    command = [sys.executable, "-c", code, str(release.path.parent), release.version, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        assert drop_indexes(folder, []) == []
        child.kill()
    assert drop_indexes(folder, []) == [release.version]


def test_a_worker_has_a_lease_of_its_own(release: Release, tmp_path: Path) -> None:
    import asyncio

    folder = tmp_path / "indexes"
    path = load_index(release, folder)

    async def scene() -> None:
        ready, gone = asyncio.Event(), asyncio.Event()

        class Ears:
            def heard(self, _worker: Worker, _kind: bytes, _body: bytes) -> None:
                ready.set()

            def hung_up(self, _worker: Worker) -> None:
                """What follows is what matters here."""

            def lost(self, _worker: Worker, _status: int, _said: str) -> None:
                gone.set()

        worker = Worker(Ears(), path, Limits(), calls_out=False)
        async with asyncio.timeout(30):
            await ready.wait()
            assert drop_indexes(folder, []) == []
            os.kill(worker._process.pid, 9)
            await gone.wait()
        assert drop_indexes(folder, []) == [release.version]

    assert Crowd().quick
    asyncio.run(scene())


def test_comparisons_and_what_is_no_index_are_left_alone(release: Release, tmp_path: Path) -> None:
    folder = tmp_path / "indexes"
    load_index(release, folder)
    (folder / "changes" / "a..b").mkdir(parents=True)
    release.verify(folder / "verified" / f"{release.version}.json")
    assert drop_indexes(folder, []) == [release.version]
    assert (folder / "changes" / "a..b").is_dir()
    assert (folder / "verified" / f"{release.version}.json").is_file()
    assert drop_indexes(tmp_path / "none", []) == []


def test_what_a_maker_that_died_left_is_removed_and_what_one_at_work_makes_is_not(release: Release, tmp_path: Path) -> None:
    folder = tmp_path / "indexes"
    path = load_index(release, folder)
    dead, living = path.parent / ".2026-01-01-00000000-dead", path.parent / ".2026-01-01-00000000-living"
    dead.mkdir()
    living.mkdir()
    lease = Lease(living)
    drop_indexes(folder, [release.version])
    assert sorted(each.name for each in path.parent.iterdir()) == [living.name, release.version]
    lease.close()


_TWO = """
import sys
from pathlib import Path
from ess_lod.release import open_release
from ess_lod.store.embedded import open_index
made = []
index = open_index(open_release(Path(sys.argv[1]), sys.argv[2]), Path(sys.argv[3]), lambda done, total: made.append(done))
print(len(index.store), bool(made))
"""


def test_many_that_want_the_same_index_make_it_once(release: Release, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _TWO, str(release.path.parent), release.version, str(tmp_path / "indexes")]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = [child.communicate(timeout=120)[0].split() for child in children]
    assert [each[0] for each in said] == [str(2 * COUNT)] * 4
    assert sorted(each[1] for each in said) == ["False", "False", "False", "True"]


def test_an_index_is_made_of_verified_bytes_only(release: Release, tmp_path: Path) -> None:
    file = release.file("dataset.nq")
    file.write_text(file.read_text("utf-8").replace('"17"', '"18"'), "utf-8")
    with pytest.raises(CorruptRelease, match=r"dataset\.nq"):
        load_index(release, tmp_path / "indexes")
    assert not list((tmp_path / "indexes").glob("*/*"))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT, errno.EIO])
def test_an_index_that_cannot_be_written_is_said_and_leaves_nothing(
    number: int, release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pyoxigraph.Store

    class Full:
        read_only = staticmethod(real.read_only)

        def __init__(self, folder: Path) -> None:
            self.folder = folder

        def bulk_extend(self, _quads: object) -> None:
            (self.folder / "half").write_text("half")
            raise OSError(f"IO error: {os.strerror(number)}: While appending to file: {self.folder}/x.sst")  # as Oxigraph has it

    monkeypatch.setattr(pyoxigraph, "Store", Full)
    with pytest.raises(ConfigError, match="ESS_LOD_INDEXES") as refused:
        load_index(release, tmp_path / "indexes")
    assert "IO error" not in str(refused.value), "said in French"
    assert not list((tmp_path / "indexes").glob("*/*"))


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that is soon full."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only who may mount a disk can fill one")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_really_full(release: Release, tiny: Path) -> None:
    with pytest.raises(ConfigError, match="plus de place"):
        load_index(release, tiny)
    assert not list(tiny.glob("*/*"))


def test_publish_opens_the_index_before_the_pointer_moves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    releases = tmp_path / "releases"
    versions = [release_of(releases, line(number)).version for number in (1, 2)]
    changes.publish(releases, versions[0])

    def refuse(*_: object) -> Any:
        raise RuntimeError("Corruption: something")

    monkeypatch.setattr("ess_lod.store.embedded._open", refuse)
    monkeypatch.setattr("ess_lod.publish.continuity.check_release", lambda *_: None)
    (tmp_path / "data").mkdir()
    result = CliRunner().invoke(main, ["--home", str(tmp_path), "publish", versions[1]])
    assert result.exit_code == 1, result.output
    assert "Corruption: something" in result.output
    assert "Traceback" not in result.output
    assert current_version(releases) == versions[0]
    assert json.loads((releases / "changes/000001/publication.json").read_text())["to"] == versions[0]
    assert not (releases / "changes/000002").exists()
