"""The change feed (LDES), the Atom document, and the pages of changes, over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph
import pyshacl
import pytest
from flask.testing import FlaskClient
from pyoxigraph import Quad, QuerySolution, QuerySolutions, RdfFormat, Store
from rdflib import RDF, SH, Graph, Namespace, URIRef

from ess_lod import changes
from ess_lod.changes import comparison as comparisons
from ess_lod.changes import journal as journals
from ess_lod.changes import publications
from ess_lod.config import Settings
from ess_lod.release import Release
from ess_lod.web import atom as news
from ess_lod.web import create_app, tree
from ess_lod.web.properties import property_labels
from tests.conftest import REPOSITORY, Project
from tests.histories import BASE, History, copied, merged, publish_next, release_of, second_edition, write_history
from tests.test_web_pages import check

LDES = Namespace("https://w3id.org/ldes#")
TREE = Namespace("https://w3id.org/tree#")
AS = Namespace("https://www.w3.org/ns/activitystreams#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
STREAM = URIRef(f"{BASE}feed#stream")
IMMUTABLE = "public, max-age=31536000, immutable"
ATOM = "{http://www.w3.org/2005/Atom}"
MEMBERS = ["application/trig", "application/n-quads", "application/ld+json"]
NODES = [*MEMBERS, "text/turtle", "application/n-triples", "application/rdf+xml"]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Three releases and a return, in several pages."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(journals, "PAGE_BYTES", 60_000)
        return write_history(copied(tmp_path_factory.mktemp("history")))


@pytest.fixture(scope="module")
def feed(history: History) -> Iterator[FlaskClient]:
    """A client of a server of it."""
    with create_app(history.settings).test_client() as test_client:
        yield test_client


def quads_of(client: FlaskClient, path: str, accept: str = "application/trig") -> set[Quad]:
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    assert answer.content_type.partition(";")[0] == accept
    form = RdfFormat.from_media_type(accept)
    assert form is not None
    return set(pyoxigraph.parse(answer.data, format=form, base_iri="http://localhost/"))


def graph_of(client: FlaskClient, path: str) -> Graph:
    return Graph().parse(data=client.get(path, headers={"Accept": "text/turtle"}).data, format="turtle")


# the stream


def test_the_root_says_what_a_client_must_know(feed: FlaskClient) -> None:
    root = graph_of(feed, "/feed")
    node = URIRef("http://localhost/feed")
    assert (STREAM, RDF.type, LDES.EventStream) in root
    assert list(root.objects(None, TREE.view)) == [node], "exactly one view"
    assert root.value(STREAM, LDES.timestampPath) == DCTERMS.issued
    assert root.value(STREAM, LDES.versionOfPath) == DCTERMS.isVersionOf
    for name in ("Create", "Update", "Delete"):
        assert root.value(STREAM, LDES[f"version{name}Path"]) == RDF.type
        assert root.value(STREAM, LDES[f"version{name}Object"]) == AS[name]
    policy = root.value(node, LDES.retentionPolicy)
    assert (policy, RDF.type, LDES.RetentionPolicy) in root
    assert str(root.value(policy, LDES.startingFrom)) == "2026-04-01T00:00:00+00:00"
    assert len(list(root.objects(policy, URIRef("http://www.w3.org/2000/01/rdf-schema#label")))) == 2
    assert root.value(STREAM, TREE.shape) is not None
    assert root.value(STREAM, DCTERMS.license) is not None
    assert root.value(node, LDES.immutable) is None, "it grows"


def test_members_conform_to_the_shape_of_the_stream(feed: FlaskClient, history: History) -> None:
    shapes = graph_of(feed, "/feed")
    members = Graph()
    for each in publications(history.releases):
        for number in range(len(each.pages)):
            quads = quads_of(feed, f"/feed/{each.number}/{number + 1}")
            stated = [quad.triple for quad in quads if not getattr(quad.graph_name, "value", "")]
            members.parse(data=pyoxigraph.serialize(stated, format=RdfFormat.N_TRIPLES), format="nt")
    count = len(set(members.objects(STREAM, TREE.member)))
    assert count > 100
    shape = shapes.value(STREAM, TREE.shape)
    assert shape is not None
    shapes.add((shape, SH.targetObjectsOf, TREE.member))
    conforms, _, _ = pyshacl.validate(members, shacl_graph=shapes)
    assert conforms
    victim = next(members.objects(STREAM, TREE.member))
    members.remove((victim, DCTERMS.isVersionOf, None))
    conforms, _, _ = pyshacl.validate(members, shacl_graph=shapes)
    assert not conforms, "the shape checks something"


def test_relations_lead_to_every_page_with_both_bounds_of_its_time(feed: FlaskClient, history: History) -> None:
    root = graph_of(feed, "/feed")
    known = publications(history.releases)
    assert len(known[0].pages) > 3
    pages = {each.number: {f"/feed/{each.number}/{page + 1}" for page in range(len(each.pages))} for each in known}
    assert _led_to(root, "/feed") == set().union(*pages.values())
    for each in known:
        assert _led_to(graph_of(feed, f"/feed/{each.number}"), f"/feed/{each.number}") == pages[each.number]
        for bound in (TREE.GreaterThanOrEqualToRelation, TREE.LessThanOrEqualToRelation):
            values = {str(root.value(relation, TREE.value)) for relation in root.subjects(RDF.type, bound)}
            assert each.issued.replace("Z", "+00:00") in values


def _led_to(graph: Graph, path: str) -> set[str]:
    node = URIRef(f"http://localhost{path}")
    relations = list(graph.objects(node, TREE.relation))
    targets = [str(graph.value(relation, TREE.node)).removeprefix("http://localhost") for relation in relations]
    assert all(graph.value(relation, TREE.path) == DCTERMS.issued for relation in relations)
    assert all(targets.count(target) == 2 for target in targets)
    return set(targets)


def test_replayed_it_equals_the_release_that_is_served(feed: FlaskClient, history: History) -> None:
    assert _replayed(feed) == merged(history.release(history.versions[-1]))


@pytest.mark.parametrize("upto", [1, 2, 3])
def test_replayed_up_to_a_publication_it_equals_its_release(upto: int, feed: FlaskClient, history: History) -> None:
    assert _replayed(feed, upto) == merged(history.release(history.versions[upto - 1]))


def _replayed(client: FlaskClient, upto: int = 1_000) -> set[bytes]:
    """What a reader holds that follows all relations from the root and keeps the latest version of each thing."""
    pages = [path for path in sorted(_led_to(graph_of(client, "/feed"), "/feed")) if int(path.split("/")[2]) <= upto]
    latest: dict[str, tuple[str, set[bytes]]] = {}
    for path in pages:
        quads = quads_of(client, path, "application/n-quads")
        about: dict[str, dict[str, str]] = {}
        held: dict[str, set[bytes]] = {}
        for quad in quads:
            graph = getattr(quad.graph_name, "value", "")
            if graph:
                held.setdefault(graph, set()).add(str(quad.triple).encode())
            elif "#m" in str(quad.subject):
                about.setdefault(quad.subject.value, {})[quad.predicate.value] = quad.object.value  # type: ignore[union-attr]
        for member, said in about.items():
            thing, moment = said[str(DCTERMS.isVersionOf)], said[str(DCTERMS.issued)]
            deleted = said[str(RDF.type)] == str(AS.Delete)
            assert deleted == (member not in held)
            if moment > latest.get(thing, ("", set()))[0]:
                latest[thing] = (moment, held.get(member, set()))
    assert len(pages) > 3
    return {triple for _, triples in latest.values() for triple in triples}


def test_what_is_closed_never_changes_and_the_root_is_short_lived(feed: FlaskClient) -> None:
    for path in ("/feed/1", "/feed/1/1", "/feed/4", "/feed/1/1.nq"):
        answer = feed.get(path)
        assert answer.headers["Cache-Control"] == IMMUTABLE
        assert f"<http://localhost{path.removesuffix('.nq')}> " in answer.text
        assert "immutable" in answer.text
        again = feed.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    root = feed.get("/feed")
    assert root.headers["Cache-Control"] == "max-age=60, must-revalidate"
    assert "Accept" in root.headers["Vary"]
    assert feed.get("/feed", headers={"If-None-Match": root.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/feed", "/feed/1"])
@pytest.mark.parametrize("accept", NODES)
def test_nodes_say_the_same_in_all_formats(path: str, accept: str, feed: FlaskClient) -> None:
    assert quads_of(feed, path, accept) == quads_of(feed, path)


@pytest.mark.parametrize("accept", MEMBERS)
def test_pages_say_the_same_in_all_formats(accept: str, feed: FlaskClient) -> None:
    assert quads_of(feed, "/feed/1/2", accept) == quads_of(feed, "/feed/1/2")
    assert len(quads_of(feed, "/feed/1/2")) > 100


def test_an_extension_wins_and_members_have_no_format_without_graphs(feed: FlaskClient) -> None:
    assert feed.get("/feed/1/1.jsonld", headers={"Accept": "text/html"}).content_type == "application/ld+json"
    assert feed.get("/feed/1/1", headers={"Accept": "text/turtle"}).status_code == 406
    assert feed.get("/feed/1/1", headers={"Accept": "*/*"}).content_type == "application/trig"
    assert feed.get("/feed").content_type == "application/trig"
    assert feed.get("/feed", headers={"Accept": "text/html,*/*;q=0.8"}).content_type.startswith("text/html")


@pytest.mark.parametrize(
    "path", ["/feed/0", "/feed/5", "/feed/x", "/feed/01", "/feed/1/0", "/feed/1/99", "/feed/1-100", "/feed/2-3", "/feed/9-1"]
)
def test_there_are_no_other_nodes(path: str, feed: FlaskClient) -> None:
    assert feed.get(path).status_code == 404


def test_each_host_is_led_back_to_itself(feed: FlaskClient) -> None:
    """Members keep the IRIs of the dataset."""
    answer = feed.get("/feed/1/1.nq", headers={"Host": "copy.example"})
    assert b"<http://copy.example/feed/1/1> " in answer.data
    assert b"localhost" not in answer.data
    assert answer.headers["ETag"] != feed.get("/feed/1/1.nq").headers["ETag"]
    assert (
        answer.data.partition(f"<{BASE}feed#stream>".encode())[2]
        == feed.get("/feed/1/1.nq").data.partition(f"<{BASE}feed#stream>".encode())[2]
    )


def test_older_pages_are_gathered_one_node_behind_the_other(monkeypatch: pytest.MonkeyPatch, history: History) -> None:
    pages = tree.pages_of(publications(history.releases))
    paths = [each.path for each in pages]
    assert len(paths) > 6
    monkeypatch.setattr(tree, "SPAN", 3)
    closed = len(pages) // 3 * 3
    with create_app(history.settings).test_client() as client:
        assert _led_to(graph_of(client, "/feed"), "/feed") == {f"/feed/{closed - 2}-{closed}", *paths[closed:]}
        assert _led_to(graph_of(client, "/feed/4-6"), "/feed/4-6") == {"/feed/1-3", *paths[3:6]}
        assert _led_to(graph_of(client, "/feed/1-3"), "/feed/1-3") == set(paths[:3])
        older = graph_of(client, "/feed/4-6")
        bounds = {str(older.value(each, TREE.value)) for each in older.subjects(TREE.node, URIRef("http://localhost/feed/1-3"))}
        assert bounds == {pages[0].issued.replace("Z", "+00:00"), pages[2].issued.replace("Z", "+00:00")}
        assert client.get("/feed/4-6").headers["Cache-Control"] == IMMUTABLE
        for path in ("/feed/2-4", f"/feed/{closed + 1}-{closed + 3}", "/feed/1-6", "/feed/0-2"):
            assert client.get(path).status_code == 404


def test_before_the_journal_has_anything_the_stream_is_empty(site: FlaskClient) -> None:
    root = graph_of(site, "/feed")
    assert (STREAM, RDF.type, LDES.EventStream) in root
    assert list(root.objects(None, TREE.relation)) == []
    assert "Aucune publication" in site.get("/changes").text
    assert site.get("/feed/1").status_code == 404
    entries = ElementTree.fromstring(site.get("/feed.atom").data).findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}updated") for each in entries] == ["2026-04-01T00:00:00Z"] * 2


def test_a_return_to_a_release_is_told_at_once(small: Project) -> None:
    """The release is one that was served before: nothing that was kept for it may be told again."""
    with create_app(small.settings).test_client() as client:
        publish_next(small)
        before = client.get("/feed").headers["ETag"]
        second_edition(small)
        publish_next(small)
        assert client.get("/feed").headers["ETag"] != before
        changes.rollback(small.settings.releases)
        after = client.get("/feed")
        assert after.headers["ETag"] != before
        assert "/feed/3/1>" in after.text
        assert not after.headers["Cache-Control"].startswith("public"), "the server keeps what is public as long as the release is served"


def test_which_actors_changed_since_a_day(feed: FlaskClient) -> None:
    """Competency question 02, as tests/questions/README.md answers it."""
    store = Store()
    for publication in (1, 2, 3, 4):
        for path in sorted(_led_to(graph_of(feed, f"/feed/{publication}"), f"/feed/{publication}")):
            store.extend(quads_of(feed, path))
    readme = (REPOSITORY / "tests/questions/README.md").read_text("utf-8")
    query = re.search(r"```sparql\n(.+?)```", readme, re.DOTALL)
    assert query
    found = {_row(each) for each in _solutions(store, query[1].replace("2026-06-01", "2026-04-01"))}
    assert ("id/acteur/A001", "Update", "2026-04-01T00:00:01Z") in found
    assert len(found) > 2
    assert _solutions(store, query[1]) == []


def _solutions(store: Store, query: str) -> list[QuerySolution]:
    found = store.query(query)
    assert isinstance(found, QuerySolutions)
    return list(found)


def _row(solution: QuerySolution) -> tuple[str, ...]:
    return tuple(str(getattr(term, "value", "")).removeprefix(BASE).removeprefix(str(AS)) for term in solution)


# Atom


@pytest.mark.parametrize("chosen", ["fr", "en"])
def test_atom_has_what_rfc_4287_demands(chosen: str, feed: FlaskClient, history: History) -> None:
    answer = feed.get(f"/feed.atom?lang={chosen}")
    assert answer.content_type == "application/atom+xml"
    root = ElementTree.fromstring(answer.data)
    assert root.tag == f"{ATOM}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == chosen
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 4 + 3
    moment = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
    for each in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(each.findall(f"{ATOM}{name}")) == 1
            assert each.findtext(f"{ATOM}{name}")
        assert moment.fullmatch(each.findtext(f"{ATOM}updated") or "")
        assert (each.findtext(f"{ATOM}id") or "").startswith(BASE)
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Réseau fictif" if chosen == "fr" else True
    links = {each.get("rel"): each.get("href") for each in root.findall(f"{ATOM}link")}
    assert links["self"] == f"http://localhost/feed.atom?lang={chosen}"
    ids = [each.findtext(f"{ATOM}id") for each in entries]
    assert len(set(ids)) == len(ids)
    updated = [each.findtext(f"{ATOM}updated") or "" for each in entries]
    assert updated == sorted(updated, reverse=True)
    assert root.findtext(f"{ATOM}updated") == updated[0] == publications(history.releases)[-1].issued
    for each in entries:
        assert each.findtext(f"{ATOM}summary")
        assert (each.findtext(f"{ATOM}published") or "9") <= (each.findtext(f"{ATOM}updated") or "")
        (link,) = each.findall(f"{ATOM}link")
        assert feed.get((link.get("href") or "").removeprefix("http://localhost")).status_code == 200


def test_atom_tells_supplements_and_releases_in_words(feed: FlaskClient) -> None:
    entries = {each.findtext(f"{ATOM}id"): each for each in ElementTree.fromstring(feed.get("/feed.atom").data).findall(f"{ATOM}entry")}
    new = entries[f"{BASE}id/supplement/S003"]
    assert (new.findtext(f"{ATOM}published"), new.findtext(f"{ATOM}updated")) == ("2026-04-01T00:00:01Z", "2026-05-01T00:00:01Z")
    assert "Nouveau venu" in (new.findtext(f"{ATOM}title") or "")
    assert "mars 2026" in (new.findtext(f"{ATOM}summary") or "")
    assert entries[f"{BASE}feed/2"].findtext(f"{ATOM}summary") == "1 ajout, 1 modification"
    assert "retour" in (entries[f"{BASE}feed/4"].findtext(f"{ATOM}title") or "")
    english = feed.get("/feed.atom", headers={"Accept-Language": "en"})
    assert "1 addition, 1 modification" in english.text
    assert "Accept-Language" in english.headers["Vary"]


def test_atom_has_the_latest_only(feed: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "MOST", 3)
    assert feed.get("/feed.atom").text.count("<entry>") == 3


def test_pages_that_have_news_announce_them(feed: FlaskClient) -> None:
    for path in ("/", "/supplements", "/changes", "/feed.html"):
        assert '<link rel="alternate" type="application/atom+xml" href="/feed.atom"' in feed.get(path).text


# pages of changes


def test_the_list_of_publications(feed: FlaskClient, history: History) -> None:
    page = feed.get("/changes").text
    one, two, three, _ = history.versions
    for before, after in ((one, two), (two, three), (three, two)):
        assert f'href="/changes/{before}/{after}"' in page
    assert page.count("(retour)") == 1
    assert page.count("<option") == 6
    assert "feed.html" in page


def test_a_comparison_in_words(feed: FlaskClient, history: History) -> None:
    one, two, three, _ = history.versions
    page = feed.get(f"/changes/{one}/{two}", headers={"Accept": "text/html"}).text
    assert "2 fiches diffèrent" in page
    assert re.search(r"<del>Réseau inventé\.", page)
    assert re.search(r"<ins>Réseau inventé et « corrigé »\.", page)
    assert page.count("<article") == 2
    back = feed.get(f"/changes/{two}/{one}?lang=en", headers={"Accept": "text/html"}).text
    assert re.search(r'<ins><span lang="fr">Réseau inventé\.', back)
    assert "2 things differ" in back
    assert "seulement de source" in feed.get(f"/changes/{two}/{three}.html").text
    assert "Aucun changement" in feed.get(f"/changes/{one}/{one}.html").text


@pytest.mark.parametrize("accept", MEMBERS)
def test_a_comparison_in_rdf(accept: str, feed: FlaskClient, history: History) -> None:
    one, _, three, _ = history.versions
    quads = quads_of(feed, f"/changes/{one}/{three}", accept)
    graphs: dict[str, set[bytes]] = {}
    for quad in quads:
        graphs.setdefault(getattr(quad.graph_name, "value", "").rpartition("#")[2], set()).add(str(quad.triple).encode())
    before, after = merged(history.release(one)), merged(history.release(three))
    assert graphs["added"] == after - before
    assert graphs["removed"] == before - after
    kinds = {quad.object.value for quad in quads if quad.predicate.value == str(RDF.type) and "#p" in str(quad.subject)}  # type: ignore[union-attr]
    assert kinds == {str(AS.Create), str(AS.Update), str(AS.Delete)}
    assert feed.get(f"/changes/{one}/{three}", headers={"Accept": accept}).headers["Cache-Control"] == IMMUTABLE


@pytest.mark.parametrize(("extension", "content_type"), [("rdfp", "application/rdf-patch"), ("ru", "application/sparql-update")])
def test_a_patch_is_a_file(extension: str, content_type: str, feed: FlaskClient, history: History) -> None:
    one, two, _, _ = history.versions
    answer = feed.get(f"/changes/{one}/{two}.{extension}", buffered=True)
    assert answer.content_type.startswith(content_type)
    assert answer.headers["Cache-Control"] == IMMUTABLE
    assert feed.get(f"/changes/{one}/{two}", headers={"Accept": content_type}, buffered=True).data == answer.data
    assert feed.get(f"/changes/{one}/{two}.{extension}", headers={"Range": "bytes=0-9"}, buffered=True).status_code == 206


def test_a_long_comparison_is_paged(history: History, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(comparisons, "PAGE_THINGS", 4)
    one, _, three, _ = history.versions
    path = f"/changes/{one}/{three}"
    comparisons.compare(history.release(one), history.release(three), tmp_path / "changes")
    with create_app(replace(history.settings, indexes=tmp_path)).test_client() as client:
        first = client.get(path, headers={"Accept": "text/html"})
        assert first.text.count("<article") == 4
        assert 'rel="next"' in first.headers["Link"]
        assert 'rel="prev"' not in first.headers["Link"]
        pages = int(re.search(r"page 1 sur (\d+)", first.text)[1])  # type: ignore[index]
        assert pages > 2
        found = [quads_of(client, f"{path}?page={number}") for number in range(1, pages + 1)]
        triples = {str(quad.triple).encode() for page in found for quad in page if str(quad.graph_name).endswith("#added>")}
        assert triples == merged(history.release(three)) - merged(history.release(one))
        nexts = [[quad.object.value for quad in page if quad.predicate.value == str(HYDRA.next)] for page in found]  # type: ignore[union-attr]
        assert nexts == [[f"{BASE}{path[1:]}?page={number + 1}"] for number in range(1, pages)] + [[]]
        for wrong in ("0", str(pages + 1), "x", "01"):
            assert client.get(f"{path}?page={wrong}").status_code == 404


def test_where_a_question_leads(feed: FlaskClient, history: History) -> None:
    one, two, three, _ = history.versions
    for query, expected in (
        (f"from={one}&to={three}", f"/changes/{one}/{three}"),
        (f"from={three}", f"/changes/{three}/{two}"),
        ("since=2026-04-15", f"/changes/{two}/{two}"),
        ("since=2026-03", f"/changes/{one}/{two}"),
        ("since=2026-05-02&lang=en", f"/changes/{two}/{two}?lang=en"),
    ):
        answer = feed.get(f"/changes?{query}")
        assert (answer.status_code, answer.location) == (303, expected)
    assert feed.get("/changes?since=soon").status_code == 400
    assert feed.get("/changes?from=//evil.example").status_code == 404


@pytest.mark.parametrize("path", ["/changes/2026-01-01-00000000/{}", "/changes/{}/nothing", "/changes/{}/..", "/changes/{}/{}.exe"])
def test_a_version_that_is_not_kept(path: str, feed: FlaskClient, history: History) -> None:
    answer = feed.get(path.replace("{}", history.versions[0]))
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_nothing_of_the_real_dataset_is_too_long(release: Release, tmp_path: Path) -> None:
    """From nothing to the release of the repository: pages of the feed, and of the comparison, in every format."""
    (tmp_path / release.version).symlink_to(release.path)
    empty = release_of(tmp_path, f'<{release.base}x> <{release.base}p> "x" <{release.base}g> .\n')
    changes.publish(tmp_path, empty.version)
    changes.publish(tmp_path, release.version)
    settings = replace(Settings.read({}, home=REPOSITORY, releases=tmp_path), indexes=release.path.parents[1] / "feed-indexes")
    found = comparisons.compare(empty, release, settings.indexes / "changes")
    assert found.pages > 50
    numbers = (1, 2, found.pages // 2, found.pages - 1, found.pages)
    with create_app(settings).test_client() as client:
        sizes: dict[str, int] = {}
        paths = [f"/feed/2/{number + 1}.{form}" for number in (0, 5, 10) for form in ("nq", "trig", "jsonld")]
        paths += [
            f"/changes/{empty.version}/{release.version}.{form}?page={number}"
            for number in numbers
            for form in ("html", "trig", "nq", "jsonld")
        ]
        paths += ["/feed.nq", "/feed/2.nq", "/feed.atom", "/feed.html", "/changes"]
        for path in paths:
            answer: Any = client.get(path)
            assert answer.status_code == 200, path
            sizes[path] = len(answer.data)
    assert max(sizes.values()) < 1_000_000, json.dumps(sizes, indent=1)
    assert len(sizes) == 9 + 20 + 5


def test_properties_of_other_vocabularies_have_names_in_both_languages(feed: FlaskClient, history: History) -> None:
    labels = property_labels()
    assert len(labels) > 80
    assert len(labels) == 2 * len({each.subject for each in labels})
    one, two, _, _ = history.versions
    assert '<span title="http://purl.org/dc/terms/description">description</span>' in feed.get(f"/changes/{one}/{two}.html").text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_are_sound_and_their_links_lead_somewhere(language: str, feed: FlaskClient, history: History) -> None:
    one, two, three, _ = history.versions
    seen = set()
    for path in ("/changes", "/feed", f"/changes/{one}/{three}", f"/changes/{three}/{one}", f"/changes/{two}/{two}"):
        answer = feed.get(path, headers={"Accept": "text/html", "Accept-Language": language})
        assert (answer.status_code, answer.headers["Content-Language"]) == (200, language)
        page = check(answer.text, path)
        assert page.language == language
        seen |= {href for href in page.anchors if href.startswith("/")}
    assert len(seen) > 40
    for href in sorted(seen):
        with feed.get(href) as found:
            assert found.status_code in (200, 303), href
