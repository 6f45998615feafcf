"""A server of the whole release, with limits that are soon reached."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from ess_lod.config import Settings
from ess_lod.release import Release
from tests.hostile.server import Server, running

LIMITS = {"QUERY_SECONDS": 3, "QUERY_MEGABYTES": 512, "ANSWER_MEGABYTES": 5, "ANSWER_ROWS": 100_000, "QUERIES": 4, "CACHE_MEGABYTES": 16}


def many_addresses() -> bool:
    """Is all of 127.0.0.0/8 this machine, as on Linux, so that each client can have an address?"""
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.9", 0))
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def server(settings: Settings, release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that nothing has asked yet but for its being there."""
    assert many_addresses()
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "temporary").mkdir()
    places = {"home": settings.home, "releases": release.path.parent, "indexes": folder / "indexes"}
    with running(folder, {**places, **LIMITS}, folder / "temporary") as found:
        yield found
