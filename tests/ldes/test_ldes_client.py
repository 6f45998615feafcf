"""ldes-client, a client that others wrote, replicates the feed of a real server; so does rdflib, by hand. Both then hold the last release.

It is installed by ``npm ci`` beside this file when it is not there yet.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import RdfFormat
from rdflib import RDF, Dataset, Graph, Namespace, URIRef
from werkzeug.serving import make_server

from ess_lod import changes
from ess_lod.changes import journal as journals
from ess_lod.changes import publications
from ess_lod.web import create_app, tree
from tests.histories import BASE, History, copied, merged, publish_next, write_history
from tests.serving import Served, serving

HERE = Path(__file__).parent
TREE = Namespace("https://w3id.org/tree#")
AS = Namespace("https://www.w3.org/ns/activitystreams#")
DCTERMS = Namespace("http://purl.org/dc/terms/")


@dataclass(frozen=True)
class Member:
    """What the client says of a member."""

    id: str
    thing: str
    kind: str
    moment: str
    quads: str

    def held(self) -> set[bytes]:
        """The triples of its own graph."""
        quads = pyoxigraph.parse(self.quads, format=RdfFormat.N_QUADS)
        return {str(quad.triple).encode() for quad in quads if getattr(quad.graph_name, "value", "") == self.id}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Three releases, a return to the second, and the third again, in many pages."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(journals, "PAGE_BYTES", 40_000)
        project = copied(tmp_path_factory.mktemp("history"))
        found = write_history(project)
        changes.publish(found.releases, found.versions[2])
        return History(found.settings, (*found.versions, found.versions[2]))


@pytest.fixture(scope="module")
def server(history: History, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of it."""
    given = {"home": history.settings.home, "releases": history.releases, "indexes": history.settings.indexes}
    with serving(tmp_path_factory.mktemp("server"), given) as served:
        yield served


@pytest.fixture(scope="session")
def replay() -> list[str]:
    """The command that replicates."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    if not (HERE / "node_modules" / ".package-lock.json").is_file():
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-progress"], cwd=HERE, capture_output=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr.decode()
    return ["node", str(HERE / "replay.mjs")]


def replicated(command: list[str], *arguments: str) -> list[Member]:
    """The members in the order in which they come."""
    done = subprocess.run([*command, *arguments], cwd=HERE, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return [Member(**json.loads(line)) for line in done.stdout.decode().splitlines() if line.startswith("{")]


def state_of(members: list[Member]) -> set[bytes]:
    """What one holds who takes the members in the order of their moments, each in place of the one before, and drops what is deleted."""
    held: dict[str, set[bytes]] = {}
    for member in sorted(members, key=lambda each: each.moment):
        if member.kind == str(AS.Delete):
            del held[member.thing]
        else:
            assert (member.thing in held) == (member.kind == str(AS.Update)), "new when it was not there, changed when it was"
            held[member.thing] = member.held()
    return {triple for triples in held.values() for triple in triples}


@pytest.mark.parametrize("order", ["none", "ascending"])
def test_ldes_client_replays_the_whole_history(order: str, replay: list[str], server: Served, history: History) -> None:
    known = publications(history.releases)
    assert len(known) == 5
    assert len({each.after for each in known}) == 3
    assert sum(len(each.pages) for each in known) > 6
    members = replicated(replay, f"{server.url}/feed", order)
    assert len(members) == len({each.id for each in members}) == sum(page["members"] for each in known for page in each.pages)
    assert {each.kind for each in members} == {str(AS.Create), str(AS.Update), str(AS.Delete)}
    assert state_of(members) == merged(history.release(history.versions[-1]))
    if order == "ascending":
        moments = [each.moment for each in members]
        assert moments == sorted(moments)


@pytest.mark.parametrize("upto", [1, 2, 3, 4])
def test_stopped_at_a_publication_it_holds_the_release_of_then(upto: int, replay: list[str], server: Served, history: History) -> None:
    last = publications(history.releases)[upto - 1].issued.replace("Z", ".000Z")
    members = [each for each in replicated(replay, f"{server.url}/feed", "ascending") if each.moment <= last]
    assert state_of(members) == merged(history.release(history.versions[upto - 1]))


def test_a_client_asks_for_what_is_new_only(replay: list[str], server: Served, history: History) -> None:
    _, second, third, *_ = publications(history.releases)
    members = replicated(replay, f"{server.url}/feed", "ascending", second.issued)
    assert {each.moment for each in members} == {each.issued.replace("Z", ".000Z") for each in publications(history.releases)[2:]}
    assert len([each for each in members if each.moment.startswith(third.issued[:-1])]) == sum(page["members"] for page in third.pages)


@pytest.mark.filterwarnings(
    "ignore:Dataset.default_context is deprecated:DeprecationWarning:rdflib"
)  # said by rdflib 7.6 of its own reader
def test_an_independent_reader_holds_the_last_release(server: Served, history: History) -> None:
    """rdflib, TriG, relations followed from the root: nothing of this project but addresses."""
    pages, waiting = Dataset(), [f"{server.url}/feed"]
    seen: set[str] = set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        request = urllib.request.Request(address, headers={"Accept": "application/trig"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            pages.parse(data=answer.read(), format="trig", publicID=address)
        stated = pages.default_graph
        waiting += [str(stated.value(relation, TREE.node)) for relation in stated.objects(URIRef(address), TREE.relation)]
    assert len(seen) > 10
    stated = pages.default_graph
    latest: dict[str, tuple[str, URIRef]] = {}
    members = set(stated.objects(None, TREE.member))
    for member in members:
        assert isinstance(member, URIRef)
        thing, moment = str(stated.value(member, DCTERMS.isVersionOf)), str(stated.value(member, DCTERMS.issued))
        latest[thing] = max(latest.get(thing, ("", member)), (moment, member), key=lambda pair: pair[0])
    held = {triple for _, member in latest.values() if (member, RDF.type, AS.Delete) not in stated for triple in pages.graph(member)}
    expected = Graph().parse(history.release(history.versions[-1]).file("dataset.ttl"), format="turtle")
    assert len(expected) > 500
    assert held == set(expected)
    assert any((member, RDF.type, AS.Delete) in stated for member in members)
    assert all(str(thing).startswith(("http://", "https://")) for thing in latest)
    assert f"{BASE}id/supplement/S003" in latest


def test_a_server_that_runs_tells_the_next_publication(replay: list[str], tmp_path: Path) -> None:
    project = copied(tmp_path)
    publish_next(project)
    given = {"home": project.settings.home, "releases": project.settings.releases, "indexes": project.settings.indexes}
    with serving(tmp_path, given) as served:
        first = replicated(replay, f"{served.url}/feed")
        lines = project.table("mentions").read_text("utf-8").splitlines(keepends=True)
        project.table("mentions").write_text("".join(lines[:1]), "utf-8")
        publish_next(project)
        second = replicated(replay, f"{served.url}/feed")
        changes.rollback(project.settings.releases)
        third = replicated(replay, f"{served.url}/feed")
    assert 0 < len(first) < len(second) < len(third)
    assert {each.id for each in first} < {each.id for each in second} < {each.id for each in third}
    assert state_of(third) == state_of(first)
    assert state_of(second) != state_of(first)


def test_nodes_of_older_pages_are_followed(replay: list[str], history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a stream of thousands of pages is: the root leads to few of them."""
    monkeypatch.setattr(tree, "SPAN", 2)
    site = make_server("127.0.0.1", 0, create_app(history.settings), threaded=True)
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    try:
        found = [replicated(replay, f"http://127.0.0.1:{site.server_port}/feed", order) for order in ("none", "ascending", "descending")]
    finally:
        site.shutdown()
        thread.join()
        site.server_close()
    for members in found:
        assert state_of(members) == merged(history.release(history.versions[-1]))


def test_the_lock_names_no_host() -> None:
    locked = json.loads((HERE / "package-lock.json").read_text("utf-8"))
    assert len(locked["packages"]) > 150
    assert not any("resolved" in package for package in locked["packages"].values())
    assert all("integrity" in package for name, package in locked["packages"].items() if name)
