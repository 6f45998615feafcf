"""Each engine once a session, with the release of the repository loaded by the command."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ess_lod.cli import main
from ess_lod.config import Settings
from ess_lod.release import Release
from ess_lod.store import Store, open_store
from tests.engines.servers import Server, oxigraph_server, virtuoso_is_installed, virtuoso_server


@dataclass(frozen=True)
class Engine:
    """An engine that holds the release: its name, the settings that name it, what the load has said; no server for the embedded one."""

    name: str
    settings: Settings
    store: Store
    server: Server | None = None
    said: str = ""


def load(settings: Settings, server: Server, *arguments: str) -> Result:
    """Run ``ess-lod load`` for a server."""
    environment = {**server.environment, "ESS_LOD_RELEASES": str(settings.releases), "ESS_LOD_INDEXES": str(settings.indexes)}
    return CliRunner().invoke(main, ["--home", str(settings.home), "load", *arguments], env=environment)


def _served(name: str, server: Server, settings: Settings, release: Release) -> Engine:
    done = load(settings, server, release.version)
    assert done.exit_code == 0, done.output
    if name == "virtuoso":
        server.restart()  # it plans by what it knew of its tables when they were empty: docs/engines.md
    there = replace(settings, store=server.query, store_user=server.user, store_password=server.password)
    return Engine(name, there, open_store(there, release), server, done.output)


@pytest.fixture(scope="session")
def oxigraph(settings: Settings, release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Oxigraph's own server."""
    with oxigraph_server(tmp_path_factory.mktemp("oxigraph")) as server:
        engine = _served("oxigraph", server, settings, release)
        yield engine
        engine.store.close()


@pytest.fixture(scope="session")
def virtuoso(settings: Settings, release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Virtuoso; skipped where it is not installed."""
    if not virtuoso_is_installed():
        pytest.skip("virtuoso-t is not installed (Debian: virtuoso-opensource-7-bin)")
    with virtuoso_server(tmp_path_factory.mktemp("virtuoso")) as server:
        engine = _served("virtuoso", server, settings, release)
        yield engine
        engine.store.close()


@pytest.fixture(scope="session")
def embedded(settings: Settings, store: Store) -> Engine:
    """The embedded engine: what the others are compared with."""
    return Engine("embedded", settings, store)


@pytest.fixture(params=["embedded", "oxigraph", "virtuoso"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Every engine in turn."""
    found: Engine = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["oxigraph", "virtuoso"])
def remote(request: pytest.FixtureRequest) -> Engine:
    """Every engine that is reached by HTTP, in turn."""
    found: Engine = request.getfixturevalue(request.param)
    return found


QUESTIONS = Path(__file__).parents[1] / "questions"
