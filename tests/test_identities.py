"""Addresses outlive what they name: after a merger, a rename, a split, a withdrawal and a duplicate, every address of the releases before answers as promised.

Three releases, a fourth with all that, and a fifth with nothing of it, asked over HTTP.
"""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat

from ess_lod.iris import Iris
from ess_lod.media import BY_EXTENSION
from ess_lod.publish.continuity import addresses_in
from ess_lod.release import Release, open_release
from ess_lod.terms import ADMS, DCTERMS, ESS, ORG, PROV, RDFS, A
from tests.conftest import Project
from tests.histories import BASE, copied, publish_next, second_edition, third_edition
from tests.serving import HOST, serving

DUPLICATES = {"A003": "A002", "A014": "A002"}
WITHDRAWN = {"A004", "A013", "S003"}
NAME = "Atelier Sansnom"
"""Of what is withdrawn: it may stand nowhere afterwards."""
RDF = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}


def settle(project: Project) -> None:
    """Six more actors, before the first publication; one of them is all that a document speaks of."""
    project.append("registre", "R004,document,2026-01-05,actif,,,")
    project.append("documents", "R004,Un carnet,article,,,,transcription,,")
    for id_, name, ids in (
        ("A010", "Épicerie du Nord", "commun"),
        ("A011", "Épicerie du Sud", "commun"),
        ("A012", "Grande Coop", ""),
        ("A013", NAME, "n° 13"),
        ("A014", "Panier relié (bis)", "B-14"),
    ):
        project.append("registre", f"{id_},acteur,2026-01-05,actif,,,,,{ids}")
        source = "R004" if id_ == "A013" else "R001"
        project.append("acteurs", f"{id_},{name},,,,,acteur,scic,alimentation,Inventé.,Invented.,99001,,actif,,,,,certaine,{source}")
    project.append("identifiants", "A010,siren,732829320,certaine,R002")
    project.append("identifiants", "A010,siret,73282932000074,certaine,R002")
    project.append("identifiants", "A014,siren,411654296,certaine,R002")


def fourth_edition(project: Project) -> None:
    """A merger, a rename, a split, a withdrawal and a duplicate."""
    for id_, name in (("A015", "Épicerie des Deux Pôles"), ("A016", "Petite Coop"), ("A017", "Moyenne Coop")):
        project.append("registre", f"{id_},acteur,2026-05-01,actif,,,")
        project.append("acteurs", f"{id_},{name},,,,,acteur,scic,alimentation,Inventé.,Invented.,99001,,actif,,,,,certaine,R001")
    row = "scic,alimentation,Inventé.,Invented.,99001,,{},,{},,,certaine,R001"
    for id_, name, state in (
        ("A010", "Épicerie du Nord", "fusionne"),
        ("A011", "Épicerie du Sud", "fusionne"),
        ("A012", "Grande Coop", "cesse"),
    ):
        project.replace(
            "acteurs", f"{id_},{name},,,,,acteur,{row.format('actif', '')}", f"{id_},{name},,,,,acteur,{row.format(state, '2026-04')}"
        )
    project.replace("acteurs", "A001,Réseau fictif,,RF,,,", "A001,Réseau imaginaire,,RF,Réseau fictif,,")
    project.append("changements", "fusion,2026-04-15,A010 | A011,A015,,,,,Deux épiceries se réunissent.,Two groceries merge.,R001 | R002")
    project.append("changements", "renommage,2026-04,A001,A001,,,Réseau fictif,Réseau imaginaire,,,R001")
    project.append("changements", "scission,2026-04-20,A012,A016 | A017,,,,,,,R001")
    project.replace("registre", "A013,acteur,2026-01-05,actif,,,,,n° 13", "A013,acteur,2026-01-05,retire,,2026-04-25,,,n° 13")
    project.replace("acteurs", f"A013,{NAME},,,,,acteur,scic,alimentation,Inventé.,Invented.,99001,,actif,,,,,certaine,R004\n", "")
    project.replace("registre", "A014,acteur,2026-01-05,actif,,,,,B-14", "A014,acteur,2026-01-05,doublon,A002,2026-04-25,,,B-14")
    project.replace(
        "acteurs", "A014,Panier relié (bis),,,,,acteur,scic,alimentation,Inventé.,Invented.,99001,,actif,,,,,certaine,R001\n", ""
    )
    project.replace("identifiants", "A014,siren,411654296", "A002,siren,411654296")


@dataclass(frozen=True)
class Answer:
    """What came back, nothing followed."""

    status: int
    location: str
    kind: str
    body: bytes


@dataclass(frozen=True)
class Site:
    """The five releases, and a server of the last one."""

    releases: tuple[Release, ...]
    ask: Callable[..., Answer]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("identities")
    project = copied(folder)
    settle(project)
    versions = [publish_next(project)]
    for edition in (second_edition, third_edition, fourth_edition):
        edition(project)
        versions.append(publish_next(project))
    project.replace("acteurs", "Épicerie inventée.", "Épicerie toujours inventée.")
    versions.append(publish_next(project))
    assert len(set(versions)) == 5
    settings = project.settings
    with serving(folder, {"releases": settings.releases, "indexes": settings.indexes, "data": settings.data}) as served:
        connection = http.client.HTTPConnection(HOST, served.port, timeout=20)

        def ask(path: str, accept: str = "text/turtle", language: str = "fr") -> Answer:
            connection.request("GET", path, headers={"Accept": accept, "Accept-Language": language})
            answer = connection.getresponse()
            location = urlsplit(answer.getheader("Location", ""))
            where = location.path + (f"?{location.query}" if location.query else "")
            return Answer(answer.status, where, (answer.getheader("Content-Type") or "").partition(";")[0], answer.read())

        yield Site(tuple(open_release(settings.releases, version) for version in versions), ask)
        connection.close()


def path_of(iri: str) -> str:
    path = Iris(BASE).path(iri)
    assert path
    return path


def ids_of(release: Release) -> set[str]:
    return {iri.rpartition("/")[2] for iri in addresses_in(release).iris if iri.startswith(f"{BASE}id/")}


def test_each_release_has_all_things_of_those_before(site: Site) -> None:
    counts = [len(ids_of(release)) for release in site.releases]
    assert counts == [26, 27, 27, 30, 30]
    for earlier, later in zip(site.releases, site.releases[1:], strict=False):
        assert addresses_in(earlier).iris <= addresses_in(later).iris


def test_every_thing_of_the_first_three_releases_answers_in_every_format(site: Site) -> None:
    things = sorted(iri for release in site.releases[:3] for iri in addresses_in(release).iris if iri.startswith(f"{BASE}id/"))
    answers: Counter[int] = Counter()
    for iri in sorted(set(things)):
        path, id_ = path_of(iri), iri.rpartition("/")[2]
        document = path.replace("/id/", "/doc/")
        asked = [(path, ""), (document, ""), *((f"{document}.{extension}", extension) for extension in BY_EXTENSION)]
        for where, extension in asked:
            answer = site.ask(where, "text/html" if extension == "html" else "text/turtle")
            answers[answer.status] += 1
            if id_ in DUPLICATES:
                assert answer.status == 301, where
                assert answer.location == where.replace(id_, DUPLICATES[id_])
            elif id_ in WITHDRAWN:
                assert answer.status == 410, where
            elif where == path:
                assert (answer.status, answer.location) == (303, document)
            else:
                assert answer.status == 200, where
                assert extension in ("", "html") or answer.kind == BY_EXTENSION[extension].content_type
                if extension in RDF:
                    assert NamedNode(iri) in {quad.subject for quad in quads(answer, extension)}, where
    assert len(set(things)) == 27
    assert answers == {200: 22 * 6, 303: 22, 301: 2 * 7, 410: 3 * 7}


def test_every_term_concept_and_graph_of_the_first_three_releases_answers(site: Site) -> None:
    iris = {iri for release in site.releases[:3] for iri in addresses_in(release).iris if not iri.startswith(f"{BASE}id/")}
    paths = {path_of(iri.partition("#")[0]) for iri in iris}
    assert len(paths) == 181 + 15 + 2
    assert {path: status for path in paths if (status := site.ask(path).status) != 200} == {}
    graphs = {
        quad.graph_name.value
        for release in site.releases[:3]
        for quad in pyoxigraph.parse(path=release.file("dataset.nq"))
        if isinstance(quad.graph_name, NamedNode)
    }
    assert len(graphs) == 9
    answers = {graph.rpartition("/")[2]: site.ask(path_of(graph)) for graph in graphs}
    assert {name for name, answer in answers.items() if answer.status == 200} == {
        "R001",
        "R002",
        "catalogue",
        "inferred",
        "registre",
        "vocab",
        "voisin",
    }
    assert {name: (a.status, a.location) for name, a in answers.items() if a.status != 200} == {
        "R003": (303, "/doc/document/R003"),
        "R004": (303, "/doc/document/R004"),
    }
    assert site.ask("/graph/R004.ttl").location == "/doc/document/R004.ttl"
    assert site.ask("/graph/R099").status == 404


def test_fragments_stand_on_pages_that_stay(site: Site) -> None:
    parts = {
        quad.subject.value
        for release in site.releases[:3]
        for quad in pyoxigraph.parse(path=release.file("dataset.nq"))
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(f"{BASE}id/") and "#" in quad.subject.value
    }
    assert len(parts) > 30
    wholes = {part.partition("#")[0] for part in parts}
    assert {site.ask(path_of(whole)).status for whole in wholes} == {301, 303, 410}


# What became of them


def quads(answer: Answer, extension: str = "ttl") -> list[Quad]:
    return list(pyoxigraph.parse(answer.body, format=RDF[extension], base_iri=BASE))


def values(site: Site, id_: str, predicate: NamedNode, of: str = "") -> set[str]:
    """Last steps of the values of a property, as the Turtle of the thing has them."""
    iris = Iris(BASE)
    found = quads(site.ask(path_of(iris.thing(id_).value).replace("/id/", "/doc/")))
    subject = NamedNode(iris.thing(id_).value + of)
    return {
        quad.object.value.rpartition("/")[2]
        for quad in found
        if (quad.subject, quad.predicate) == (subject, predicate) and not isinstance(quad.object, pyoxigraph.Triple | pyoxigraph.BlankNode)
    }


def test_merged_ones_say_who_follows_and_the_successor_says_whom(site: Site) -> None:
    event = "A015#changement-fusion-2026-04-15"
    for id_ in ("A010", "A011"):
        assert values(site, id_, ESS.lifecycleStatus) == {"fusionne"}
        assert values(site, id_, DCTERMS.isReplacedBy) == {"A015"}
        assert values(site, id_, ORG.changedBy) == {event}
    assert values(site, "A015", DCTERMS.replaces) == {"A010", "A011"}
    assert values(site, "A015", ORG.originalOrganization, "#changement-fusion-2026-04-15") == {"A010", "A011"}
    assert values(site, "A015", ORG.resultingOrganization, "#changement-fusion-2026-04-15") == {"A015"}
    assert values(site, "A015", A, "#changement-fusion-2026-04-15") == {"ns#OrganizationChange", "org#ChangeEvent"}


def test_a_split_and_a_rename_are_told(site: Site) -> None:
    assert values(site, "A012", DCTERMS.isReplacedBy) == {"A016", "A017"}
    assert values(site, "A016", DCTERMS.replaces) == values(site, "A017", DCTERMS.replaces) == {"A012"}
    assert values(site, "A001", RDFS.label) == {"Réseau imaginaire"}
    assert values(site, "A001", ESS.formerName) == {"Réseau fictif"}
    assert values(site, "A001", ESS.nameBefore, "#changement-renommage-2026-04") == {"Réseau fictif"}
    assert values(site, "A001", DCTERMS.isReplacedBy) == set()


def test_a_duplicate_is_told_by_the_one_that_is_kept(site: Site) -> None:
    assert values(site, "A002", DCTERMS.replaces) == {"A003", "A014"}
    assert values(site, "A002", DCTERMS.type, "#changement-doublon-A014") == {"doublon"}
    assert values(site, "A002", ORG.originalOrganization, "#changement-doublon-A014") == {"A014"}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_tell_the_history(language: str, site: Site) -> None:
    def page(id_: str) -> str:
        return site.ask(f"/doc/acteur/{id_}?lang={language}", "text/html").body.decode()

    words = {
        "fr": ("Fusionné ou absorbé (15 avril 2026).", "Histoire", "renommage", "S&#39;appelait"),
        "en": ("Merged or absorbed (15 April 2026).", "History", "rename", "Was called"),
    }[language]
    merged, successor, renamed, kept = page("A010"), page("A015"), page("A001"), page("A002")
    assert words[0] in merged
    assert "Épicerie des Deux Pôles</a>" in merged
    assert {"fr": "Deux épiceries se réunissent.", "en": "Two groceries merge."}[language] in merged
    assert "Page des suppléments (fictive)</a>" in merged
    assert words[1] in successor
    assert "Épicerie du Nord</a>" in successor
    assert "Épicerie du Sud</a>" in successor
    assert 'id="changement-fusion-2026-04-15"' in successor
    assert words[2] in renamed
    assert words[3] in renamed
    assert "Réseau fictif → Réseau imaginaire" in renamed
    assert "<code>A014</code>" in kept
    assert "<code>B-14</code>" in kept
    for text in (merged, successor, renamed, kept):
        ids = [piece.partition('"')[0] for piece in text.split(' id="')[1:]]
        assert len(ids) == len(set(ids)) > 3


# Withdrawn


@pytest.mark.parametrize("id_", sorted(WITHDRAWN))
def test_a_withdrawn_address_says_that_it_is_so_and_nothing_else(id_: str, site: Site) -> None:
    iri = Iris(BASE).thing(id_)
    document = path_of(iri.value).replace("/id/", "/doc/")
    for extension in RDF:
        answer = site.ask(f"{document}.{extension}")
        assert answer.status == 410
        assert {(quad.subject, quad.predicate) for quad in quads(answer, extension)} == {(iri, ADMS.status), (iri, PROV.invalidatedAtTime)}
        assert len(quads(answer, extension)) == 2
    for language, words in (("fr", "Retiré"), ("en", "Withdrawn")):
        answer = site.ask(document, "text/html", language)
        assert answer.status == 410
        assert words in answer.body.decode()
        assert NAME.encode() not in answer.body
    assert json.loads(site.ask(document, "application/json").body)["status"] == 410


def test_the_name_of_what_is_withdrawn_stands_nowhere_in_the_release(site: Site) -> None:
    names = [name for name in site.releases[-1].files if NAME.encode() in site.releases[-1].file(name).read_bytes()]
    assert names == []
    assert [release for release in site.releases if NAME.encode() in release.file("dataset.nq").read_bytes()] == list(site.releases[:3])
    for path in ("/acteurs", "/doc/document/R004", "/graph/registre"):
        assert NAME.encode() not in site.ask(path, "text/html").body


# Duplicates and aliases


def test_a_duplicate_keeps_format_and_language(site: Site) -> None:
    assert site.ask("/doc/acteur/A014.jsonld?lang=en").location == "/doc/acteur/A002.jsonld?lang=en"
    assert site.ask("/doc/acteur/A014?lang=en", "text/html").location == "/doc/acteur/A002?lang=en"
    assert site.ask("/id/acteur/A014").location == "/id/acteur/A002"


ALIASES = {
    "/siren/411654296": "A002",  # of the duplicate A014, whose row moved to the kept one
    "/siren/732829320": "A010",  # of one that has merged, and says so
    "/siren/732%20829%20320": "A010",
    "/siret/73282932000074": "A010",
    "/siren/999999998": "A001",
    "/rna/W991234567": "A001",
    "/rna/w991234567": "A001",
    "/ancien/A17": "A002",
    "/ancien/A18": "A002",  # of the duplicate A003
    "/ancien/B-14": "A002",  # of the duplicate A014
    "/ancien?id=B-14": "A002",
    "/ancien?id=" + quote("https://ancien.example/acteurs.php?id=17", safe=""): "A002",
}


@pytest.mark.parametrize("path", ALIASES)
def test_an_alias_leads_to_the_thing(path: str, site: Site) -> None:
    answer = site.ask(path)
    assert (answer.status, answer.location) == (303, f"/id/acteur/{ALIASES[path]}")


@pytest.mark.parametrize(
    "path",
    [
        "/ancien/n%C2%B0%2013",
        "/ancien/rien",
        "/ancien/%00",
        "/ancien/%5C%22%0A%ED%A0%80",
        "/ancien?id=%22%20%7D%20UNION",
        "/ancien/" + "x" * 5000,
        "/siren/111111111",
        "/siren/abc",
        "/rna/X1",
    ],
)
def test_an_alias_of_nothing_is_not_found(path: str, site: Site) -> None:
    """Among them the former id of a withdrawn thing, of which nothing is said any more."""
    assert site.ask(path).status == 404


def test_an_alias_names_something(site: Site) -> None:
    answer = site.ask("/ancien", "application/problem+json")
    assert answer.status == 400
    assert "?id=" in json.loads(answer.body)["message"]


@pytest.mark.parametrize("path", ["/ancien/commun", "/ancien?id=commun"])
def test_several_candidates_are_a_choice(path: str, site: Site) -> None:
    answer = site.ask(path, "application/json", "en")
    assert answer.status == 300
    choices = json.loads(answer.body)["choices"]
    assert [choice["iri"].rpartition("/")[2] for choice in choices] == ["A010", "A011"]
    assert {choice["state_label"] for choice in choices} == {"merged or absorbed"}
    page = site.ask(path, "text/html").body.decode()
    assert page.count("fusionné ou absorbé") == 2
    assert "Épicerie du Nord</a>" in page
