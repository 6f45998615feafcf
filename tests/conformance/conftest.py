"""A small release with the graphs of ``graphs.trig``, served, and ways to ask it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse, serialize

from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.terms import iri_of
from ess_lod.web import create_app
from tests.conformance.asking import Over, Way, Within
from tests.conftest import REPOSITORY
from tests.serving import Served, serving

GRAPHS = Path(__file__).parent / "graphs.trig"
BASE = "https://essai.example/"
_EMPTY = ("catalogue.ttl", "ontology.ttl", "schemes.ttl", "shapes.ttl")


@pytest.fixture(scope="session")
def conformance(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Settings of a project whose published release has the graphs of the tests, and nothing else."""
    folder = tmp_path_factory.mktemp("conformance")
    quads = list(parse(path=GRAPHS, format=RdfFormat.TRIG))
    counts = Counter(iri_of(quad.graph_name).removeprefix(f"{BASE}graph/") for quad in quads)
    facts = {
        "date": "2026-11-24",
        "base": BASE,
        "title": {"fr": "Essai", "en": "Trial"},
        "counts": {"graphs": dict(sorted(counts.items()))},
    }
    contents = {"dataset.nq": serialize(quads, format=RdfFormat.N_QUADS) or b"", **dict.fromkeys(_EMPTY, b"")}
    frozen = releases.freeze(folder / "releases", contents, facts)
    releases.publish(folder / "releases", frozen.version)
    return {"home": REPOSITORY, "releases": folder / "releases", "indexes": folder / "indexes"}


@pytest.fixture(scope="session")
def served(conformance: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """That release behind the real server."""
    with serving(tmp_path_factory.mktemp("served"), conformance) as found:
        yield found


@pytest.fixture(scope="session")
def http(served: Served) -> Way:
    """Over HTTP."""
    return Over(served.url)


@pytest.fixture(scope="session")
def wsgi(conformance: dict[str, object]) -> Way:
    """Through WSGI, where the server of this project is not in front."""
    return Within(create_app(Settings.read({}, **conformance)).test_client())


@pytest.fixture(scope="session", params=["http", "wsgi"])
def way(request: pytest.FixtureRequest) -> Way:
    """Each of the two."""
    found: Way = request.getfixturevalue(request.param)
    return found
