"""One writer at a time under releases/: the second waits and is told whom for; who dies holds up nobody."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from ess_lod import changes, locks
from ess_lod import release as releases_of
from ess_lod.changes import journal, publications
from ess_lod.cli import main
from ess_lod.errors import Busy
from ess_lod.locks import alone
from ess_lod.release import freeze, writing
from tests.histories import BASE, release_of

_HOLD = """
import sys
from pathlib import Path
from ess_lod.release import writing
with writing(Path(sys.argv[1])):
    print("in", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that writes in a folder until it is told a line."""
    command = [sys.executable, "-c", _HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "in\n"
        yield child
        child.kill()


def versions(folder: Path, count: int) -> list[str]:
    return [
        release_of(folder, *(f'<{BASE}A{n:03}> <{BASE}p> "{name}" <{BASE}g> .\n' for n in range(50))).version for name in "abcdef"[:count]
    ]


def check_chain(folder: Path) -> None:
    """The journal tells every change of the pointer, one after the other, and ends where the pointer is."""
    known = publications(folder)
    assert [each.before for each in known] == [None, *(each.after for each in known[:-1])]
    assert known[-1].after == releases_of.current_version(folder)


def test_the_second_waits_and_is_told_whom_for(tmp_path: Path) -> None:
    with holder(tmp_path) as child:
        said: list[str] = []
        entered = threading.Event()

        def wait() -> None:
            with writing(tmp_path, told):
                entered.set()

        def told(text: str) -> None:
            said.append(text)
            assert child.stdin is not None
            child.stdin.write("\n")  # it ends only when somebody has been told
            child.stdin.flush()

        thread = threading.Thread(target=wait)
        thread.start()
        assert entered.wait(30)
        thread.join()
    (text,) = said
    assert f"pid {child.pid}" in text
    assert "depuis le" in text
    assert list(tmp_path.iterdir()) == []


def test_who_waits_too_long_says_who_is_at_it_and_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = versions(tmp_path / "releases", 2)
    changes.publish(tmp_path / "releases", first)
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.2)
    before = sorted(tmp_path.rglob("*"))
    with holder(tmp_path / "releases") as child:
        for act in (
            lambda: changes.publish(tmp_path / "releases", second),
            lambda: changes.rollback(tmp_path / "releases"),
            lambda: releases_of.publish(tmp_path / "releases", second),
            lambda: releases_of.rollback(tmp_path / "releases"),
            lambda: versions(tmp_path / "releases", 3),
        ):
            with pytest.raises(Busy, match=f"pid {child.pid}"):
                act()
        for arguments in (["publish", second], ["rollback"]):
            result = CliRunner().invoke(main, ["--home", str(tmp_path), *arguments])
            assert result.exit_code == 1
            assert f"(pid {child.pid})" in result.output
            assert result.output.count("Erreur") == 1
            assert "Traceback" not in result.output
        assert [path for path in sorted(tmp_path.rglob("*")) if path.name != ".writing"] == before
    assert releases_of.current_version(tmp_path / "releases") == first


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_who_died_holds_up_nobody(number: int, tmp_path: Path) -> None:
    with holder(tmp_path) as child:
        child.send_signal(number)
        child.wait(30)
        said: list[str] = []
        with alone(tmp_path, said.append, seconds=0) as is_first:
            assert is_first
            assert json.loads((tmp_path / ".writing").read_text("utf-8"))["pid"] == os.getpid()
        assert said == []
    assert list(tmp_path.iterdir()) == []


def test_it_may_be_entered_again_inside_but_not_by_another_thread(tmp_path: Path) -> None:
    refused: list[BaseException] = []

    def other() -> None:
        try:
            with alone(tmp_path, seconds=0.05):
                pass
        except Busy as error:
            refused.append(error)

    with alone(tmp_path) as first, alone(tmp_path) as again:
        assert (first, again) == (True, False)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(refused) == 1
    with alone(tmp_path, seconds=0) as after:
        assert after


def test_without_room_to_say_who_it_is_the_lock_holds_all_the_same(tmp_path: Path) -> None:
    (tmp_path / ".writing").mkdir()
    with holder(tmp_path), pytest.raises(Busy, match="un autre processus"), alone(tmp_path, seconds=0.05):
        pass


def test_two_threads_that_publish_both_stand_in_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One is held where its publication is written aside, until the other has come as far as it can."""
    first, *others = versions(tmp_path, 3)
    changes.publish(tmp_path, first)
    meeting = threading.Barrier(2)
    real: Callable[[Path, bytes], None] = journal._write

    def slow(path: Path, body: bytes) -> None:
        if path.name == journal.SHEET:
            with suppress(threading.BrokenBarrierError):
                meeting.wait(0.5)
        real(path, body)

    monkeypatch.setattr(journal, "_write", slow)
    failed: list[BaseException] = []

    def publish(version: str) -> None:
        try:
            changes.publish(tmp_path, version)
        except Exception as error:  # noqa: BLE001 - handed to the test
            failed.append(error)

    threads = [threading.Thread(target=publish, args=(version,)) for version in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(publications(tmp_path)) == 3
    assert sorted(releases_of.published(tmp_path)) == sorted([first, *others])
    check_chain(tmp_path)


_TURNS = """
import sys
from pathlib import Path
from ess_lod import changes, release
from ess_lod.errors import NoRelease
folder, *versions = Path(sys.argv[1]), *sys.argv[2:]
for number in range(12):
    changes.publish(folder, versions[number % len(versions)])
    if number % 3 == 2:
        try:
            changes.rollback(folder)
        except NoRelease:
            pass
    release.freeze(folder, {"dataset.nq": str(number).encode()}, {"date": "2026-01-02", "base": "https://e.example/"})
"""


def test_processes_that_publish_go_back_and_freeze_at_once(tmp_path: Path) -> None:
    a, b, c = versions(tmp_path, 3)
    children = [
        subprocess.Popen([sys.executable, "-c", _TURNS, str(tmp_path), *order], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for order in ((a, b, c), (b, c, a), (c, a, b))
    ]
    said = [child.communicate(timeout=300)[0] for child in children]
    assert said == [""] * 3
    assert [child.returncode for child in children] == [0] * 3
    assert len(publications(tmp_path)) >= 12
    check_chain(tmp_path)
    assert not list(tmp_path.rglob(".*"))


def test_what_a_writer_that_died_left_is_swept_by_the_next_here_and_in_the_journal(tmp_path: Path) -> None:
    first, second = versions(tmp_path, 2)
    changes.publish(tmp_path, first)
    (tmp_path / "changes" / ".unfinished-x").mkdir()
    (tmp_path / ".unfinished-y").mkdir()
    (tmp_path / ".unfinished-z").write_text("half")
    elsewhere = tmp_path.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    (tmp_path / ".unfinished-link").symlink_to(elsewhere)
    changes.publish(tmp_path, second)
    assert not list(tmp_path.rglob(".*"))
    assert elsewhere.is_dir()


def test_a_release_that_is_damaged_is_mended_by_building_it_again(tmp_path: Path) -> None:
    contents = {"dataset.nq": b"a", "tables/x.csv": b"x"}
    facts = {"date": "2026-01-02", "base": BASE}
    for break_it in (
        lambda path: (path / "dataset.nq").write_bytes(b"b"),
        lambda path: (path / "tables/x.csv").unlink(),
        lambda path: (path / "manifest.json").write_text("{"),
        lambda path: shutil.rmtree(path / "tables"),
    ):
        made = freeze(tmp_path, contents, facts)
        break_it(made.path)
        again = freeze(tmp_path, contents, facts)
        assert again.version == made.version
        assert again.damage() == []
        assert [path.name for path in tmp_path.iterdir()] == [made.version]
