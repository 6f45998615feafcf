"""The corpus against a server: every query ends clean and in time, nothing is called, memory stays under its ceiling, and small queries are quick."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass

import pytest

from tests.hostile.clients import Ending, Latencies, ask, listening, small_queries
from tests.hostile.conftest import LIMITS
from tests.hostile.corpus import COSTLY, LISTENER, OK, Hostile, hostile_queries
from tests.hostile.server import Peaks, Server, watched

CLIENTS = 6
BUSY = 503
_WORKER_MEGABYTES = 150
"""What a worker has before it is asked anything, with room."""
_SERVER_MEGABYTES = 400

GROUPS = {
    "products": 29, "values": 7, "paths": 13, "texts": 17, "depths": 26, "widths": 28, "like-services": 4,
    "numbers": 18, "letters": 18, "services": 47, "updates": 8, "fetches": 11,
}  # fmt: skip
_SOME_COST = ("products", "values", "paths", "texts", "widths")
"""Groups of which some must cost too much, or they are not hostile."""

LIMIT_OF = {
    "products/count": "deadline",
    "products/order": "memory",
    "products/answer": "bytes",
    "texts/doubling": "memory",
    "paths/nested-star": "deadline",
}
"""Queries, alone on the server, and the limit that each comes to."""


@dataclass(frozen=True)
class Siege:
    """What came of the whole corpus."""

    endings: dict[str, Ending]
    broken: dict[str, str]
    callers: list[str]
    latencies: Latencies
    peaks: Peaks
    seconds: float


def _name(hostile: Hostile) -> str:
    return f"{hostile.group}/{hostile.name}"


CORPUS = {_name(hostile): hostile for hostile in hostile_queries()}


@pytest.fixture(scope="module")
def siege(server: Server) -> Siege:
    """All queries, from several clients at once, while another asks small ones and a listener waits for calls."""
    waiting = deque(CORPUS.items())
    endings: dict[str, Ending] = {}
    broken: dict[str, str] = {}
    start = time.monotonic()
    with listening() as (address, callers), watched(server) as peaks, small_queries(server.port) as latencies:

        def attack(number: int) -> None:
            while True:
                try:
                    name, hostile = waiting.popleft()
                except IndexError:
                    return
                query = hostile.query.replace(LISTENER.encode(), address.encode())
                try:
                    endings[name] = ask(server.port, query, number, address if hostile.graph else "")
                except (OSError, AssertionError) as error:
                    broken[name] = repr(error)

        clients = [threading.Thread(target=attack, args=(number,)) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    return Siege(endings, broken, callers, latencies, peaks, time.monotonic() - start)


def test_the_corpus_is_what_it_says() -> None:
    assert Counter(hostile.group for hostile in hostile_queries()) == GROUPS
    assert sum(GROUPS.values()) == len(CORPUS) == 226
    assert len({hostile.query for hostile in CORPUS.values() if not hostile.graph}) == 225


def test_every_answer_is_whole_and_valid(siege: Siege) -> None:
    assert siege.broken == {}
    assert siege.endings.keys() == CORPUS.keys()


def test_every_query_ends_as_it_may(siege: Siege) -> None:
    """503 is for the queries that the engine is asked: there are more clients than slots."""
    wrong = {
        name: ending
        for name, ending in siege.endings.items()
        if ending.status not in CORPUS[name].ends and not (ending.status == BUSY and OK in CORPUS[name].ends)
    }
    assert wrong == {}


def test_every_query_ends_in_time(siege: Siege) -> None:
    most = LIMITS["QUERY_SECONDS"] + 1 + siege.latencies.late
    late = {name: ending for name, ending in siege.endings.items() if ending.seconds > most}
    assert late == {}


def test_what_costs_too_much_says_which_limit(siege: Siege) -> None:
    costly = {name: ending.problem for name, ending in siege.endings.items() if ending.status == COSTLY}
    assert len(costly) > 20
    for name, problem in costly.items():
        assert str(problem["type"]).endswith("#too-costly"), name
        assert problem["limit"] in ("deadline", "memory", "rows", "bytes", "complexity"), name
    for group in _SOME_COST:
        assert [name for name, ending in siege.endings.items() if name.startswith(f"{group}/") and ending.status in (COSTLY, BUSY)], group


def test_nothing_is_called(siege: Siege) -> None:
    assert siege.callers == []
    assert Counter(ending.status for name, ending in siege.endings.items() if name.startswith("services/")) == {403: GROUPS["services"]}


def test_memory_stays_under_its_ceiling(siege: Siege) -> None:
    print(siege.peaks)
    assert siege.peaks.samples > 20
    assert siege.peaks.worker < LIMITS["QUERY_MEGABYTES"] * 1.05 + _WORKER_MEGABYTES
    assert siege.peaks.server < _SERVER_MEGABYTES


def test_small_queries_are_quick_meanwhile(siege: Siege) -> None:
    print(siege.latencies, f"in {siege.seconds:.0f} s")
    assert len(siege.latencies.milliseconds) > 100
    assert siege.latencies.quantile(0.5) < 50
    assert len(siege.latencies.wrong) < 0.02 * len(siege.latencies.milliseconds)


def test_the_server_is_as_it_was(siege: Siege, server: Server) -> None:
    assert len(siege.endings) == len(CORPUS)
    until = time.monotonic() + 5
    while (len(server.workers()) != 2 or _zombies(server)) and time.monotonic() < until:
        time.sleep(0.1)
    assert len(server.workers()) == 2
    assert _zombies(server) == 0
    assert ask(server.port, b"SELECT * { ?s ?p ?o } LIMIT 3").status == OK
    assert list((server.log.parent / "temporary").iterdir()) == []
    assert "Traceback" not in server.log.read_text("utf-8")


def _zombies(server: Server) -> int:
    return sum(process.is_zombie for process in server.processes())


def test_files_do_not_leak(siege: Siege, server: Server) -> None:
    assert len(siege.endings) == len(CORPUS)
    before = server.files()
    for number in range(20):
        ask(server.port, CORPUS["products/answer"].query if number % 10 == 0 else b"ASK { ?a ?b ?c }", number)
    time.sleep(0.5)
    assert server.files() <= before + 2


@pytest.mark.parametrize(("name", "limit"), LIMIT_OF.items(), ids=LIMIT_OF)
def test_a_query_alone_is_told_its_limit(siege: Siege, server: Server, name: str, limit: str) -> None:
    assert len(siege.endings) == len(CORPUS)
    ending = ask(server.port, CORPUS[name].query, 50)
    assert (ending.status, ending.problem.get("limit")) == (COSTLY, limit)


def test_rows_are_limited(server: Server) -> None:
    ending = ask(server.port, b"SELECT (1 AS ?x) { ?a ?b ?c . ?d ?e ?f }", 51)
    assert (ending.status, ending.problem.get("limit"), ending.problem.get("value")) == (COSTLY, "rows", LIMITS["ANSWER_ROWS"])
