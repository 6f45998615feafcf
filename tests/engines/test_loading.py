"""``ess-lod load``: says what it did, does nothing twice, leaves no half of a release that could be taken for one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from ess_lod.cli import main
from ess_lod.config import Settings
from ess_lod.errors import ConfigError, EngineBroken
from ess_lod.release import Release, freeze, open_release
from ess_lod.store import Store, open_store
from ess_lod.store.loading import Place, load_remote
from tests.engines.asking import ask
from tests.engines.conftest import Engine, load
from tests.engines.servers import ENGINES, Server, free_port, virtuoso_is_installed

COUNT = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An empty engine that tests may spoil."""
    if request.param == "virtuoso" and not virtuoso_is_installed():
        pytest.skip("virtuoso-t is not installed (Debian: virtuoso-opensource-7-bin)")
    with ENGINES[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture(scope="module")
def small_release(site_settings: Settings) -> Release:
    """The release of the fictitious project."""
    return open_release(site_settings.releases)


def opened(server: Server, settings: Settings, release: Release) -> Store:
    return open_store(Settings.read(server.environment, home=settings.home), release)


def place(server: Server) -> Place:
    return Place(server.query, user=server.user, password=server.password)


def graphs_of(server: Server, base: str) -> set[str]:
    """The graphs that an engine holds under a base."""
    found = httpx.post(
        server.query,
        data={"query": f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), '{base}')) }}"},
        headers={"Accept": "application/sparql-results+json"},
        trust_env=False,
    )
    return {row["g"]["value"] for row in found.json()["results"]["bindings"]}


def test_the_first_load_says_what_it_did(remote: Engine, release: Release) -> None:
    assert f"Version {release.version} chargée en " in remote.said
    assert "127 569 quads dans 92 graphes" in remote.said.replace("\u202f", " ")


def test_a_life_of_loads(server: Server, site_settings: Settings, small_release: Release) -> None:
    expected = small_release.manifest["counts"]["graphs"]
    quads = sum(expected.values())
    with pytest.raises(ConfigError, match=rf"aucune version entière.*ess-lod load {small_release.version}"):
        opened(server, site_settings, small_release)
    seen: list[tuple[int, int]] = []
    first = load_remote(small_release, place(server), lambda done, total: seen.append((done, total)))
    assert (first.fresh, first.quads, first.graphs) == (True, quads, len(expected))
    assert seen[-1][0] == seen[-1][1] > quads
    assert not load_remote(small_release, place(server)).fresh
    assert "déjà chargée" in load(site_settings, server, small_release.version).output

    store = opened(server, site_settings, small_release)
    try:
        assert ask(store, COUNT, "csv") == f"n\r\n{quads}\r\n".encode()
        spoil(server, small_release, "release")
        with pytest.raises(EngineBroken, match="it holds no release now"):
            ask(store, COUNT)
        with pytest.raises(EngineBroken, match="it holds no release now"):
            store.query(COUNT)
        assert load_remote(small_release, place(server)).fresh
        assert ask(store, COUNT, "csv") == f"n\r\n{quads}\r\n".encode()
    finally:
        store.close()


def spoil(server: Server, release: Release, name: str) -> None:
    auth = httpx.DigestAuth(server.user, server.password) if server.user else None
    with httpx.Client(auth=auth, trust_env=False) as client:
        assert client.delete(server.graphs, params={"graph": f"{release.base}graph/{name}"}).status_code in (200, 204)


def test_what_is_lost_is_loaded_again(server: Server, small_release: Release) -> None:
    load_remote(small_release, place(server))
    spoil(server, small_release, "catalogue")
    assert load_remote(small_release, place(server)).fresh
    assert f"{small_release.base}graph/catalogue" in graphs_of(server, small_release.base)


def test_a_graph_of_the_release_before_goes(server: Server, small_release: Release, tmp_path: Path) -> None:
    gone = min(small_release.manifest["counts"]["graphs"])
    load_remote(small_release, place(server))
    before = graphs_of(server, small_release.base)
    assert f"{small_release.base}graph/{gone}" in before
    load_remote(without(small_release, gone, tmp_path), place(server))
    assert before - graphs_of(server, small_release.base) == {f"{small_release.base}graph/{gone}"}


def without(release: Release, graph: str, folder: Path) -> Release:
    """A release that has one graph less, by another version."""
    lines = release.file("dataset.nq").read_text("utf-8").splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.endswith(f"graph/{graph}> .\n"))
    counts = {name: count for name, count in release.manifest["counts"]["graphs"].items() if name != graph}
    return freeze(folder, {"dataset.nq": kept.encode()}, {"date": "2000-01-01", "base": release.base, "counts": {"graphs": counts}})


def test_a_load_that_loses_triples_is_no_release(server: Server, small_release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    from ess_lod.store import loading

    whole = loading._Target.put
    monkeypatch.setattr(
        loading._Target, "put", lambda self, graph, triples: whole(self, graph, triples[:5] if "catalogue" in graph else triples)
    )
    spoil(server, small_release, "catalogue")
    with pytest.raises(EngineBroken, match=r"5 triplets au lieu de .*relancer ess-lod load"):
        load_remote(small_release, place(server))
    monkeypatch.undo()
    assert load_remote(small_release, place(server)).fresh


def test_who_may_not_write_is_told_what_to_set(empty: Release, virtuoso: Engine) -> None:
    assert virtuoso.server
    with pytest.raises(ConfigError, match="ESS_LOD_STORE_USER"):
        load_remote(
            empty,
            Place(virtuoso.server.query, user="dba", password="no"),
        )


@pytest.fixture
def empty(tmp_path: Path) -> Release:
    """A release of nothing."""
    return freeze(tmp_path, {"dataset.nq": b""}, {"date": "2000-01-01", "base": "https://e/", "counts": {"graphs": {}}})


def test_nobody_listens(settings: Settings, release: Release) -> None:
    url = f"http://127.0.0.1:{free_port()}/query"
    done = load(settings, Server(url, url), release.version)
    assert done.exit_code == 1
    assert f"{url} : le moteur ne répond pas" in done.output


def test_an_engine_that_is_none(settings: Settings, release: Release, oxigraph: Engine) -> None:
    assert oxigraph.server
    done = load(settings, oxigraph.server, release.version, "--to", "mysql://here")
    assert done.exit_code == 1
    assert "Moteur inconnu : « mysql://here »" in done.output
    elsewhere = load(settings, oxigraph.server, release.version, "--to", oxigraph.server.query.replace("/query", "/nowhere"))
    assert elsewhere.exit_code == 1
    assert "pas un point d'accès SPARQL (statut 404" in elsewhere.output


def test_the_embedded_index_is_loaded_too(site_settings: Settings, tmp_path: Path) -> None:
    environment = {"ESS_LOD_RELEASES": str(site_settings.releases), "ESS_LOD_INDEXES": str(tmp_path), "ESS_LOD_STORE": "oxigraph:"}
    said = [
        CliRunner().invoke(main, ["--home", str(site_settings.home), "load"], env={**os.environ, **environment}).output for _ in range(2)
    ]
    assert "chargée en" in said[0]
    assert "déjà chargée" in said[1]
    assert len(list(tmp_path.glob("oxigraph-*/*"))) == 1
