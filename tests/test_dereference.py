"""The promise of linked data: every IRI of ours answers, and all formats say the same."""

from __future__ import annotations

import pyoxigraph
import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from ess_lod.iris import Iris
from ess_lod.media import BY_EXTENSION
from ess_lod.release import Release
from tests.conftest import Project

FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}
SUPPLEMENTS = [f"S{number:03}" for number in range(1, 21)]


def own_iris(release: Release) -> set[str]:
    """Every IRI of our base in the release, without fragments."""
    found = set()
    for quad in pyoxigraph.parse(path=release.file("dataset.nq")):
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, NamedNode) and Iris(release.base).path(term.value):
                found.add(term.value.partition("#")[0])
    return found


def test_every_iri_of_ours_dereferences(client: FlaskClient, release: Release) -> None:
    iris = Iris(release.base)
    answers: dict[int, int] = {}
    wrong = []
    for iri in sorted(own_iris(release)):
        path = iris.path(iri)
        assert path
        response = client.get(path, headers={"Accept": "text/turtle, */*;q=0.1"}, follow_redirects=True)
        answers[response.status_code] = answers.get(response.status_code, 0) + 1
        if response.status_code not in (200, 410):
            wrong.append(f"{response.status_code} {path}")
        response.close()
    assert wrong == []
    assert answers[200] > 650


def test_things_are_not_their_documents(client: FlaskClient, release: Release) -> None:
    things = [iri for iri in own_iris(release) if iri.startswith(f"{release.base}id/")]
    assert len(things) > 350
    for iri in things[::20]:
        path = Iris(release.base).path(iri) or ""
        response = client.get(path)
        assert response.status_code == 303
        assert response.location == path.replace("/id/", "/doc/", 1)


@pytest.mark.parametrize("id_", SUPPLEMENTS)
def test_a_supplement_says_the_same_in_every_format(id_: str, client: FlaskClient) -> None:
    assert set(FORMATS) | {"html"} == set(BY_EXTENSION)
    graphs = {}
    for extension, name in FORMATS.items():
        response = client.get(f"/doc/supplement/{id_}.{extension}")
        assert response.status_code == 200
        graphs[extension] = set(rdflib.Graph().parse(data=response.data, format=name))
    assert len(graphs["nt"]) > 40
    assert all(graph == graphs["nt"] for graph in graphs.values())
    page = client.get(f"/doc/supplement/{id_}.html")
    assert page.status_code == 200
    assert "<h1" in page.text


def test_withdrawn_and_duplicate_ids(small: Project) -> None:
    from ess_lod import release as releases
    from ess_lod.publish import build
    from ess_lod.web import create_app

    made, _ = build(small.settings)
    releases.publish(small.settings.releases, made.version)
    client = create_app(small.settings).test_client()
    for path in ("/id/acteur/A004", "/doc/acteur/A004"):
        response = client.get(path, headers={"Accept": "text/turtle"}, follow_redirects=True)
        assert response.status_code == 410, path
        assert "invalidatedAtTime" in response.text
        assert "label" not in response.text.replace("skos:", "").partition("A004")[2].partition(".\n")[0]
    duplicate = client.get("/id/acteur/A003")
    assert duplicate.status_code == 301
    assert duplicate.location == "/id/acteur/A002"
