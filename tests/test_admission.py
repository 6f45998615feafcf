"""Who is let in: how much at once, how much of one client, how often; and who a client is."""

from __future__ import annotations

import asyncio
import threading

import pytest
from flask import Flask

from ess_lod.admission import Admission, Rate, client_of
from ess_lod.config import Settings
from ess_lod.errors import CorruptRelease, Overloaded, TooManyQueries
from ess_lod.release import current_version


def test_turns_are_taken_one_after_another() -> None:
    control = Admission(working=1, waiting=1, per_client=2, seconds=5)
    order: list[str] = []

    def take() -> None:
        with control.turn("b"):
            order.append("b")

    with control.turn("a"):
        waiting = threading.Thread(target=take)
        waiting.start()
        while not control.is_full:
            threading.Event().wait(0.01)
        with pytest.raises(Overloaded), control.turn("c"):
            pass
        order.append("a")
    waiting.join()
    assert order == ["a", "b"]
    with control.turn("c"):
        order.append("c")


def test_a_client_has_so_many_turns_and_nobody_waits_for_ever() -> None:
    control = Admission(working=1, waiting=5, per_client=1, seconds=0.01)
    with control.turn("a"):
        with pytest.raises(TooManyQueries), control.turn("a"):
            pass
        with pytest.raises(Overloaded), control.turn("b"):
            pass
    with control.turn("a"):
        pass
    with pytest.raises(ValueError, match="broken"), control.turn("a"):
        raise ValueError("broken")
    with control.turn("a"):
        pass
    assert control.in_progress("a") == 0


def test_an_event_loop_takes_turns_too() -> None:
    control = Admission(working=1, waiting=1, per_client=1, seconds=5)

    async def crowd() -> list[object]:
        async def one(client: str) -> str:
            async with control.turn_of_loop(client):
                await asyncio.sleep(0.01)
            return client

        return list(await asyncio.gather(*map(one, ("a", "a", "b", "c")), return_exceptions=True))

    first, again, second, third = asyncio.run(crowd())
    assert (first, second) == ("a", "b")
    assert isinstance(again, TooManyQueries)
    assert isinstance(third, Overloaded)


def test_who_comes_too_often_waits_and_is_counted_on() -> None:
    now = [0.0]
    rate = Rate(2, clock=lambda: now[0])
    assert [rate.take("a") for _ in range(3)] == [True, True, False]
    assert (rate.spent("a"), rate.spent("b")) == (True, False)
    for number in range(5_000):
        rate.take(f"s{number}")
    assert not rate.take("a"), "however many others come"
    assert rate.take("b"), "and nobody else's are used up"
    now[0] = 3600.0
    assert rate.take("a")


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
        (None, ""),
    ],
)
def test_a_client_is_an_address_or_a_home(address: str | None, client: str) -> None:
    assert client_of(address) == client


def test_a_long_name_is_cut() -> None:
    assert len(client_of("x" * 100_000)) < 100


def test_comparisons_wait_for_their_turn_and_pages_do_not(
    site_app: Flask, site_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is worked out at a time; of one client two are here at all, of everybody four; pages are answered meanwhile."""
    version = current_version(site_settings.releases)
    path = f"/changes/{version}/{version}"
    go = threading.Event()

    def slow(*_: object) -> None:
        assert go.wait(60)
        raise CorruptRelease("worked out")

    monkeypatch.setattr("ess_lod.web.changes.compared", lambda *_: None)
    monkeypatch.setattr("ess_lod.web.changes.compare_apart", slow)
    statuses: list[int] = []

    def ask(address: str) -> int:
        return site_app.test_client().get(path, environ_base={"REMOTE_ADDR": address}).status_code

    threads = [threading.Thread(target=lambda a=a: statuses.append(ask(a))) for a in ("192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3")]
    control: Admission = site_app.extensions["ess_lod.admission"]["comparisons"]
    for number, thread in enumerate(threads, 1):
        thread.start()
        while control._clients.total() < number:
            threading.Event().wait(0.01)
    refused = site_app.test_client().get(path, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert (refused.status_code, refused.headers["Retry-After"].isdigit()) == (429, True)
    assert ask("192.0.2.9") == 503
    assert site_app.test_client().get("/changes").status_code == 200
    go.set()
    for thread in threads:
        thread.join()
    assert statuses == [500] * 4
    assert control._clients.total() == 0
