"""Indexes of the embedded engine: whole or made anew, and never taken from one who reads."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph
import pytest

from ess_lod.errors import ConfigError
from ess_lod.release import Release, freeze
from ess_lod.store import embedded
from ess_lod.store.embedded import ENGINE, drop_indexes, index_folder, lease_index, load_index

LINES = 2_000


def release_of(folder: Path, text: str = "a") -> Release:
    lines = [f'<https://x.example/{number:05}> <https://x.example/p> "{text}" <https://x.example/g> .\n' for number in range(LINES)]
    return freeze(folder / "releases", {"dataset.nq": "".join(lines).encode()}, {"date": "2026-01-02", "base": "https://x.example/"})


def count(index: Path) -> int:
    return len(pyoxigraph.Store.read_only(str(index)))


def _cut(index: Path) -> None:
    file = max(index.glob("*.sst"), key=lambda path: path.stat().st_size)
    file.write_bytes(file.read_bytes()[:100])


def _lose_some(index: Path) -> None:
    for file in sorted(index.iterdir())[:4]:
        file.unlink()


def _lose_all(index: Path) -> None:
    for file in index.iterdir():
        file.unlink()


def _be_a_file(index: Path) -> None:
    _lose_all(index)
    index.rmdir()
    index.write_text("not a folder")


def _lose_list(index: Path) -> None:
    (index / "ess-lod-index.json").write_text("[]")


def _garble(index: Path) -> None:
    current = index / "CURRENT"
    current.write_bytes(b"x" * current.stat().st_size)


@pytest.mark.parametrize("damage", [_cut, _lose_some, _lose_all, _be_a_file, _lose_list, _garble])
def test_an_index_that_is_not_whole_is_made_anew(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    release, folder = release_of(tmp_path), tmp_path / "indexes"
    index = load_index(release, folder)
    damage(index)
    assert count(load_index(release, folder)) == 2 * LINES
    drop_indexes(folder, {release.version})
    assert [path.name for path in index.parent.iterdir()] == [release.version], "nothing is left of the broken one"


def test_an_index_that_is_whole_is_opened_as_it_is(tmp_path: Path) -> None:
    release, folder = release_of(tmp_path), tmp_path / "indexes"
    made = load_index(release, folder).stat().st_ino
    pyoxigraph.Store.read_only(str(index_folder(folder, release)))
    assert load_index(release, folder).stat().st_ino == made


def test_an_index_in_use_stays_whoever_removes(tmp_path: Path) -> None:
    old, new, folder = release_of(tmp_path, "old"), release_of(tmp_path, "new"), tmp_path / "indexes"
    other = folder / "oxigraph-0.0.1" / old.version
    other.mkdir(parents=True)
    lease = lease_index(old, folder)
    load_index(new, folder)
    assert drop_indexes(folder, {new.version}) == [other.name], "that of another engine, which nobody has open"
    assert count(lease.path) == 2 * LINES
    lease.release()
    assert drop_indexes(folder, {new.version}) == [old.version]
    assert [path.name for path in (folder / ENGINE).iterdir()] == [new.version]


def test_another_process_that_reads_keeps_its_index(tmp_path: Path) -> None:
    release, folder = release_of(tmp_path), tmp_path / "indexes"
    index = load_index(release, folder)
    reading = "import sys; from ess_lod.worker.__main__ import main; main(sys.argv[1:])"
    import socket

    ours, theirs = socket.socketpair()
    with ours, theirs:
        arguments = [str(theirs.fileno()), str(index), "500", "10", "0"]
        with subprocess.Popen([sys.executable, "-c", reading, *arguments], pass_fds=[theirs.fileno()]) as worker:
            assert ours.recv(100), "it is ready"
            assert drop_indexes(folder, set()) == []
            worker.kill()
    assert drop_indexes(folder, set()) == [release.version]


def test_what_a_process_that_died_left_is_removed_and_what_is_being_made_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release, folder = release_of(tmp_path), tmp_path / "indexes"
    left = folder / ENGINE / ".unfinished-left"
    left.mkdir(parents=True)
    (left / "000001.sst").write_bytes(b"half")
    fill = embedded._fill

    def meanwhile(aside: Path, *rest: object) -> None:
        drop_indexes(folder, set())
        assert aside.is_dir()
        assert not left.exists()
        fill(aside, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(embedded, "_fill", meanwhile)
    assert count(load_index(release, folder)) == 2 * LINES


def test_a_disk_that_is_full_says_so_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release, folder = release_of(tmp_path), tmp_path / "indexes"

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(embedded, "_fill", full)
    with pytest.raises(ConfigError, match="No space left on device"):
        load_index(release, folder)
    assert list((folder / ENGINE).iterdir()) == []


def test_a_release_that_was_altered_is_not_indexed(tmp_path: Path) -> None:
    from ess_lod.errors import CorruptRelease

    release = release_of(tmp_path)
    path = release.path / "dataset.nq"
    path.write_bytes(path.read_bytes().replace(b'"a"', b'"b"', 1))
    with pytest.raises(CorruptRelease, match=r"dataset\.nq"):
        load_index(release, tmp_path / "indexes")
