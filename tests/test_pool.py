"""Queries in processes that are killed: every limit, every way to end, and short queries that do not wait for long ones."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import psutil
import pyoxigraph
import pytest
import uvloop

from ess_lod.config import Settings
from ess_lod.errors import BadQuery, EngineDown, Overloaded, QueryTooCostly, TooManyQueries
from ess_lod.media import RESULT_BY_EXTENSION
from ess_lod.release import Release, open_release
from ess_lod.store import Store, answer_now, open_store, read_query
from ess_lod.store import pool as pools
from ess_lod.store.background import background_loop
from ess_lod.store.embedded import EmbeddedStore
from ess_lod.store.pool import Crowd, Pool
from ess_lod.store.spool import Limits, Spool, Spooled
from ess_lod.worker.wire import Job

PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SORTED = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?i"
ALL = "SELECT * { ?s ?p ?o }"
SMALL = "SELECT * { ?s ?p ?o } LIMIT 2"

Opened = Callable[..., Store]


@pytest.fixture
def small_release(site_settings: Settings) -> Release:
    """The release of the fictitious project."""
    return open_release(site_settings.releases)


@pytest.fixture
def opened(site_settings: Settings, small_release: Release) -> Iterator[Opened]:
    """Opens stores with limits of their own."""
    stores: list[Store] = []
    _EARLIER.update(process.pid for process in _workers())

    def open_with(**limits: int) -> Store:
        stores.append(open_store(replace(site_settings, **limits), small_release))  # type: ignore[arg-type]
        return stores[-1]

    yield open_with
    for store in stores:
        store.close()
    _until(lambda: not _workers())


_EARLIER: set[int] = set()
"""Workers of stores that other tests have open."""


def _workers() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # also a zombie
            if "ess_lod.worker" in child.cmdline() and child.pid not in _EARLIER:
                found.append(child)
    return found


def _busy(process: psutil.Process) -> float:
    """Percent of a core."""
    with suppress(psutil.NoSuchProcess):
        return process.cpu_percent(0.1)
    return 0.0


def _until(reached: Callable[[], bool], seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < limit
        time.sleep(0.02)


def _ask(store: Store, text: str, extension: str = "srj", **how: object) -> Spooled:
    return answer_now(store, read_query(text), extension, **how)  # type: ignore[arg-type]


def _size(store: Store, text: str, extension: str = "srj") -> int:
    found = _ask(store, text, extension)
    found.close()
    return found.size


def test_an_answer_is_that_of_the_engine(opened: Opened) -> None:
    store = opened()
    for text, extension in ((ALL, "srj"), (ALL, "srx"), ("ASK {}", "csv"), ("ASK {}", "tsv")):
        mine = store.query(text)
        assert _ask(store, text, extension).read() == mine.write_result(RESULT_BY_EXTENSION[extension])


def test_the_deadline(opened: Opened) -> None:
    store = opened(query_seconds=2)
    assert _size(store, SMALL)  # a worker waits: the deadline is the query's own
    start = time.monotonic()
    with pytest.raises(QueryTooCostly) as caught:
        _ask(store, PRODUCT)
    assert (caught.value.limit, caught.value.value) == ("deadline", 2)
    assert time.monotonic() - start < 3
    assert _size(store, SMALL)


def test_the_ceiling_of_memory(opened: Opened) -> None:
    store = opened(query_megabytes=100, query_seconds=20)
    with pytest.raises(QueryTooCostly) as caught:
        _ask(store, SORTED)
    assert (caught.value.limit, caught.value.value) == ("memory", 100)
    assert _size(store, SMALL)


@pytest.mark.parametrize(
    ("extension", "text"), [("srj", ALL), ("srx", ALL), ("csv", ALL), ("tsv", ALL), ("nt", "CONSTRUCT WHERE { ?s ?p ?o }")]
)
def test_the_longest_answer_in_rows(opened: Opened, extension: str, text: str) -> None:
    total = int(_ask(opened(), "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "csv").read().split()[1])
    assert total > 1000
    assert _size(opened(answer_rows=total), text, extension)
    with pytest.raises(QueryTooCostly) as caught:
        _ask(opened(answer_rows=total - 1), text, extension)
    assert caught.value.limit == "rows"


def test_the_longest_answer_in_bytes(opened: Opened) -> None:
    store = opened(answer_megabytes=1)
    with pytest.raises(QueryTooCostly) as caught:
        _ask(store, "SELECT * { ?s ?p ?o . ?a ?b ?c }")
    assert (caught.value.limit, caught.value.value) == ("bytes", 1_000_000)


def test_a_long_answer_is_on_disk_and_whole(opened: Opened) -> None:
    found = _ask(opened(), "SELECT * { ?s ?p ?o . ?s ?q ?r }", "tsv")
    assert not found.in_memory
    assert found.size > 1_048_576
    assert len(found.read()) == found.size


def test_depth_that_no_stack_holds_is_an_answer_too(opened: Opened) -> None:
    store = opened(max_query_bytes=1_000_000)
    with pytest.raises(QueryTooCostly) as caught:
        _ask(store, "SELECT * { FILTER(" + "!" * 3_000_000 + "true) }")
    assert caught.value.limit == "complexity"
    assert _size(store, SMALL)


def test_a_page_takes_the_first_rows(opened: Opened) -> None:
    store = opened()
    table = _ask(store, ALL, "tsv", first=10).read().splitlines()
    assert 11 <= len(table) < 1000
    assert table[0] == b"?o\t?p\t?s"
    assert len(_ask(store, "CONSTRUCT WHERE { ?s ?p ?o }", "nt", first=10).read().splitlines()) == 10


def test_a_syntax_error_has_its_place(opened: Opened) -> None:
    store = opened()
    for query, line, column in (("SELECT * {\n ?s ?p }", 2, 8), ("SELEC * {}", 1, 1), ("", 1, 1)):
        with pytest.raises(BadQuery) as caught:
            _ask(store, query)
        assert caught.value.line == line
        assert caught.value.column is not None
        assert abs(caught.value.column - column) <= 2


def test_a_client_may_ask_so_much_at_once(opened: Opened) -> None:
    store = opened(queries_per_client=2, query_seconds=2)

    async def crowd() -> list[object]:
        asked = [store.answer(read_query(PRODUCT), "srj", client="192.0.2.1") for _ in range(3)]
        other = store.answer(read_query(SMALL), "srj", client="192.0.2.2")
        return list(await asyncio.gather(*asked, other, return_exceptions=True))

    *asked, other = asyncio.run_coroutine_threadsafe(crowd(), store.loop).result()
    assert sorted(type(each).__name__ for each in asked) == ["QueryTooCostly", "QueryTooCostly", "TooManyQueries"]
    assert next(each for each in asked if isinstance(each, TooManyQueries)).most == 2
    assert isinstance(other, Spooled)


def test_what_does_not_fit_the_queue_is_told_so(opened: Opened) -> None:
    store = opened(queries=1, queue=2, query_seconds=2)

    async def crowd() -> list[object]:
        asked = [store.answer(read_query(PRODUCT), "srj", client=f"192.0.2.{number}") for number in range(8)]
        return list(await asyncio.gather(*asked, return_exceptions=True))

    found = asyncio.run_coroutine_threadsafe(crowd(), store.loop).result()
    refused = [each for each in found if isinstance(each, Overloaded)]
    assert len(found) == 8
    assert len(refused) >= 5
    assert all(each.retry_after >= 1 for each in refused)
    assert {type(each) for each in found} <= {Overloaded, QueryTooCostly}


def test_a_short_query_does_not_wait_for_long_ones(opened: Opened) -> None:
    store = opened(queries=2, query_seconds=3)

    async def crowd() -> tuple[list[object], list[float]]:
        long = asyncio.gather(*(store.answer(read_query(PRODUCT), "srj", client=f"192.0.2.{n}") for n in range(6)), return_exceptions=True)
        await asyncio.sleep(1)
        waited = []
        for _ in range(100):
            start = time.monotonic()
            (await store.answer(read_query(SMALL), "srj")).close()
            waited.append(time.monotonic() - start)
        return list(await long), waited

    found, waited = asyncio.run_coroutine_threadsafe(crowd(), store.loop).result()
    assert len(found) == 6
    assert {type(each) for each in found} <= {Overloaded, QueryTooCostly}
    assert len(waited) == 100
    assert sorted(waited)[50] < 0.05


def test_who_goes_away_stops_the_query(opened: Opened) -> None:
    store = opened()

    async def leave() -> None:
        asking = asyncio.ensure_future(store.answer(read_query(PRODUCT), "srj"))
        await asyncio.sleep(0.5)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(leave(), store.loop).result()
    _until(lambda: sum(map(_busy, _workers())) < 50, 1)


def test_a_worker_has_a_ceiling_of_all_that_it_could_take(opened: Opened) -> None:
    store = opened()
    _ask(store, SMALL)
    _until(lambda: len(_workers()) == 2 and all(process.rlimit(psutil.RLIMIT_FSIZE) == (0, 0) for process in _workers()))
    for process in _workers():
        assert process.rlimit(psutil.RLIMIT_CORE) == (0, 0)
        assert 0 < process.rlimit(psutil.RLIMIT_NOFILE)[1] < max(map(int, os.listdir("/proc/self/fd"))) + 1024, (
            "that of its socket, and its files"
        )
        assert 0 < process.rlimit(psutil.RLIMIT_AS)[1] < 8 << 30


def test_a_worker_that_is_ended_from_outside_is_replaced(opened: Opened) -> None:
    store = opened()
    _ask(store, SMALL)
    before = {process.pid for process in _workers()}
    assert before
    for process in _workers():
        process.kill()
    _until(lambda: len(_workers()) == 2 and not before & {process.pid for process in _workers()})
    assert _size(store, SMALL)


def test_a_closed_store_ends_its_workers_and_still_answers_the_late(opened: Opened) -> None:
    store = opened()
    _ask(store, SMALL)
    assert _workers()
    store.close()
    _until(lambda: not _workers())
    assert _size(store, SMALL)
    _until(lambda: not _workers())


# what keeps workers from starting


def _refused(loop_answer: Callable[[], object]) -> EngineDown:
    with pytest.raises(EngineDown) as caught:
        loop_answer()
    return caught.value


def test_workers_that_cannot_start_are_said_at_once_and_tried_again(tmp_path: Path) -> None:
    """The index is gone; then it is back."""
    index = tmp_path / "index"
    pyoxigraph.Store(index).flush()
    aside = index.rename(tmp_path / "aside")
    loop = background_loop()
    job = Job("ASK {}", "http://x.example/", "srj", None, None, 10, 0)

    async def opened() -> Pool:
        return Pool(index, Limits(seconds=20), Crowd(1, 1))

    pool = asyncio.run_coroutine_threadsafe(opened(), loop).result()

    def ask() -> Spooled:
        return asyncio.run_coroutine_threadsafe(pool.answer(job, "c"), loop).result(15)

    begun = time.monotonic()
    first = _refused(ask)
    assert time.monotonic() - begun < 10, "not the deadline of the query"
    assert str(index) in str(first)
    assert pool.trouble is not None
    assert str(index) in pool.trouble
    aside.rename(index)
    deadline = time.monotonic() + 30
    while pool.trouble is not None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert b'"boolean":true' in ask().read()
    loop.call_soon_threadsafe(pool.close)


def test_a_program_that_cannot_be_started_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    loop = background_loop()

    async def answer() -> None:
        pool = Pool(tmp_path, Limits(seconds=20), Crowd(1, 1))
        try:
            await pool.answer(Job("ASK {}", "http://x.example/", "srj", None, None, 10, 0), "c")
        finally:
            pool.close()

    assert "none" in str(_refused(asyncio.run_coroutine_threadsafe(answer(), loop).result))


class _Full:
    """A file on a disk that takes no more than a few bytes, while ``is_full``."""

    is_full = True

    def __init__(self, file: Any) -> None:
        self._file, self._size = file, 0

    def write(self, piece: bytes) -> int:
        self._size += len(piece)
        self._check(self._size > 1_500_000)
        return int(self._file.write(piece))

    def flush(self) -> None:
        self._check(self._size > 1_100_000)

    def close(self) -> None:
        self._file.close()
        self._check(self._size > 1_100_000)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    @staticmethod
    def _check(fails: bool) -> None:
        if _Full.is_full and fails:
            raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_without_room_for_an_answer_costs_nobody_else(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is another than the query's, the worker is replaced, and the next answer is whole. Files fail when written, flushed and closed."""
    store = opened()
    begin = Spool.__init__

    def on_full_disk(self: Spool, limits: Limits) -> None:
        begin(self, limits)
        self._file = cast(Any, _Full(self._file))

    monkeypatch.setattr(Spool, "__init__", on_full_disk)
    long = "SELECT * {{ ?s ?p ?o . ?a ?b ?c }} LIMIT {}"
    for rows in (30_000, 4_000):
        error = _refused(lambda rows=rows: answer_now(store, read_query(long.format(rows)), "srj"))  # type: ignore[misc]
        assert "No space left" in str(error)
    assert b"bindings" in answer_now(store, read_query(SMALL), "srj").read()
    monkeypatch.setattr(_Full, "is_full", False)
    assert len(answer_now(store, read_query(long.format(30_000)), "srj").read()) > 1_500_000


def test_a_query_given_to_a_worker_that_was_killed_meanwhile_is_begun_again(opened: Opened) -> None:
    """Nobody sees it: the answer comes from another worker."""
    store = opened()
    assert isinstance(store, EmbeddedStore)
    for _ in range(5):
        answer_now(store, read_query("ASK {}"), "srj").read()
        for worker in [*store._pools[False]._idle]:
            os.kill(worker._process.pid, signal.SIGKILL)
        assert b"true" in answer_now(store, read_query("ASK {}"), "srj").read()


def test_what_keeps_a_worker_from_starting_is_known_before_the_server_listens() -> None:
    """Nothing; too little memory for its stack; no program."""
    program = (
        "import resource, sys; from ess_lod.worker.probe import why_no_worker; print(repr(why_no_worker(100)));"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28)); print(repr(why_no_worker(100)));"
        "sys.executable = '/none'; print(repr(why_no_worker(100)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=100)
    can, cannot, gone = done.stdout.splitlines()
    assert can == "''"
    assert len(cannot) > 2
    assert "/none" in gone


def _run_on_uvloop(index: Path, script: Callable[[Pool, Job], Coroutine[Any, Any, None]], **limits: int) -> None:
    """On the event loop of the server, whose transports are stricter than those of asyncio."""

    async def run() -> None:
        pool = Pool(index, Limits(**limits), Crowd(2, 2))
        try:
            await script(pool, Job("ASK {}", "http://x.example/", "srj", None, None, 10, 0))
        finally:
            for worker in pool._quick | pool._slow:
                worker.kill()
            pool.close()
            await _reaped()

    uvloop.run(run())


async def _reaped() -> None:
    """Wait until nothing of the workers is left on the loop: what is called soon may make one more task."""
    quiet = 0
    async with asyncio.timeout(60):
        while quiet < 20:
            quiet = quiet + 1 if len(asyncio.all_tasks()) == 1 else 0
            await asyncio.sleep(0.01)


async def _all_idle(pool: Pool) -> None:
    async with asyncio.timeout(60):
        while len(pool._idle) < 2:
            await asyncio.sleep(0.01)


@pytest.fixture
def empty_index(tmp_path: Path) -> Path:
    """An index of nothing."""
    pyoxigraph.Store(tmp_path / "index").flush()
    return tmp_path / "index"


def test_nobody_sees_that_idle_workers_are_killed(empty_index: Path) -> None:
    """Asked at once, while the process dies, after its socket is closed, after it was reaped."""

    async def script(pool: Pool, job: Job) -> None:
        for number in range(12):
            await _all_idle(pool)
            before = set(pool._idle)
            for worker in before:
                os.kill(worker._process.pid, signal.SIGKILL)
            await asyncio.sleep(0.001 * (number % 6))
            assert b"true" in (await pool.answer(job, "c")).read()
            assert not before & pool._quick

    _run_on_uvloop(empty_index, script, seconds=60)


def test_workers_are_replaced_where_no_thread_can_be_started(empty_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: object) -> None:
        raise RuntimeError("can't start new thread")

    async def script(pool: Pool, job: Job) -> None:
        await _all_idle(pool)
        monkeypatch.setattr(threading.Thread, "start", refused)
        for worker in set(pool._idle):
            os.kill(worker._process.pid, signal.SIGKILL)
        await asyncio.sleep(0.1)
        assert b"true" in (await pool.answer(job, "c")).read()

    _run_on_uvloop(empty_index, script, seconds=60)


def test_a_worker_that_never_becomes_ready_is_the_engine_s_fault(empty_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped as it starts, as on a disk that does not answer: not "too many queries"; it is given up, and another is tried."""
    monkeypatch.setattr(pools, "_START_SECONDS", 1)

    async def script(pool: Pool, job: Job) -> None:
        stopped = set(pool._quick)
        for worker in stopped:
            os.kill(worker._process.pid, signal.SIGSTOP)
        with pytest.raises(EngineDown):
            await pool.answer(job, "c")
        monkeypatch.setattr(pools, "_START_SECONDS", 60)
        async with asyncio.timeout(60):
            while pool._quick & stopped or not pool._idle:
                await asyncio.sleep(0.05)
        assert pool.trouble is None
        assert b"true" in (await pool.answer(job, "c")).read()

    _run_on_uvloop(empty_index, script, seconds=2)


def test_a_worker_whose_network_cannot_be_shut_off_does_not_work() -> None:
    """A machine whose kernel has no such filter: the reason is told."""
    program = (
        "import socket, ctypes, types; ctypes.CDLL = lambda *_: types.SimpleNamespace(prctl=lambda *_: -1);"
        "import ess_lod.worker.__main__ as worker; worker.main([str(socket.socketpair()[0].detach()), '', '100', '10', '0'])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 4, done.stderr
    assert "seccomp" in done.stderr


def test_a_store_that_nobody_holds_keeps_no_process(site_settings: Settings, small_release: Release) -> None:
    """Although nobody has closed it."""
    before = {process.pid for process in psutil.Process().children()}

    def new() -> list[psutil.Process]:
        return [child for child in psutil.Process().children() if child.pid not in before and child.status() != psutil.STATUS_ZOMBIE]

    store = open_store(site_settings, small_release)
    assert _size(store, SMALL)
    assert new()
    del store
    gc.collect()
    _until(lambda: not new())
