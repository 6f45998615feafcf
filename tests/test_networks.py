"""Two networks: the fictitious one of examples/ beside the first, each asking the other; and the README's own words, typed."""

from __future__ import annotations

import csv
import html
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from ess_lod import release as releases
from ess_lod.config import OWN, Settings
from ess_lod.iris import Iris
from ess_lod.publish import build
from ess_lod.release import Release
from ess_lod.web import create_app
from tests.conftest import REPOSITORY
from tests.serving import Served, free_port, serving

README = (REPOSITORY / "README.md").read_text("utf-8")
ARCHIPEL = REPOSITORY / "examples" / "archipel"
APES = "https://w3id.org/ess-lod/id/acteur/"
PROLOGUE = (
    "PREFIX ess: <https://w3id.org/ess-lod/ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX schema: <https://schema.org/> "
)


@dataclass(frozen=True)
class Both:
    """The two servers, each with the other on its list."""

    first: Served
    second: Served


def ask(server: Served, query: str) -> list[dict[str, str]]:
    answer = httpx.post(server.endpoint, data={"query": PROLOGUE + query}, headers={"Accept": "text/csv"}, timeout=30)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.fixture(scope="module")
def archipel(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of the fictitious network, published."""
    home = tmp_path_factory.mktemp("networks") / "archipel"
    shutil.copytree(ARCHIPEL, home, ignore=shutil.ignore_patterns("releases", "indexes"))
    settings = Settings.read({}, home=home)
    built, report = build(settings)
    assert report.counts["Violation"] == report.counts["Warning"] == 0
    releases.publish(settings.releases, built.version)
    return settings


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, settings: Settings, release: Release, archipel: Settings) -> Iterator[Both]:
    """Both networks, served."""
    assert release.version
    folder, ports = tmp_path_factory.mktemp("both"), (free_port(), free_port())
    endpoints = [f"http://127.0.0.1:{port}/sparql" for port in ports]
    first = {"home": REPOSITORY, "releases": settings.releases, "indexes": settings.indexes, "services": endpoints[1]}
    with ExitStack() as stack:
        yield Both(
            stack.enter_context(serving(folder, first, ports[0])),
            stack.enter_context(serving(folder, {"home": archipel.home, "services": endpoints[0]}, ports[1])),
        )


def test_the_fictitious_network_has_neither_vocabulary_nor_region_of_its_own(archipel: Settings) -> None:
    assert (archipel.ontology, archipel.shapes) == (OWN / "ontology", OWN / "shapes")
    names = {path.name for path in ARCHIPEL.iterdir()} - {"releases", "indexes"}
    assert names == {".gitignore", "README.md", "data", "ess-lod.toml", "logo.svg"}
    release = releases.open_release(archipel.releases, None)
    assert release.base == "https://archipel.example/lod/"
    assert release.manifest["counts"]["rows"]["acteurs"] == 6
    assert release.manifest["counts"]["rows"]["supplements"] == 0


def test_the_second_network_asks_the_first_about_the_actors_that_it_links_to(both: Both) -> None:
    rows = ask(
        both.second,
        f"""SELECT ?ours ?theirs ?siren {{
          ?actor schema:sameAs ?other ; rdfs:label ?ours . FILTER(LANG(?ours) = "fr")
          SERVICE <{both.first.endpoint}> {{ ?other rdfs:label ?theirs . FILTER(LANG(?theirs) = "fr") OPTIONAL {{ ?other ess:siren ?siren }} }}
        }} ORDER BY ?ours""",
    )
    assert [row["ours"] for row in rows] == [row["theirs"] for row in rows]
    assert [row["theirs"] for row in rows] == ["Apes - Acteurs pour une économie solidaire", "Dynamique Insertion Emploi"]
    assert rows[1]["siren"] == "411654296"


def test_the_first_network_asks_the_second_which_of_its_actors_are_known_there(both: Both) -> None:
    rows = ask(
        both.first,
        f"""SELECT ?actor ?label ?there {{
          SERVICE <{both.second.endpoint}> {{ ?there schema:sameAs ?actor }}
          ?actor rdfs:label ?label . FILTER(LANG(?label) = "fr")
        }} ORDER BY ?actor""",
    )
    assert [(row["actor"], row["there"]) for row in rows] == [
        (f"{APES}A001", "https://archipel.example/lod/id/acteur/A005"),
        (f"{APES}A009", "https://archipel.example/lod/id/acteur/A006"),
    ]


def test_counts_of_both_stand_in_one_answer(both: Both) -> None:
    rows = ask(
        both.second,
        f"""SELECT ?where (COUNT(?actor) AS ?n) {{
          {{ ?actor a ess:Actor BIND("ici" AS ?where) }} UNION {{ SERVICE <{both.first.endpoint}> {{ ?actor a ess:Actor }} BIND("là" AS ?where) }}
        }} GROUP BY ?where ORDER BY ?where""",
    )
    assert [(row["where"], int(row["n"]) > 5) for row in rows] == [("ici", True), ("là", True)]
    assert rows[0]["n"] == "6"


def test_an_endpoint_that_is_not_on_the_list_is_not_called(both: Both) -> None:
    answer = httpx.post(
        both.second.endpoint, data={"query": f"SELECT * {{ SERVICE <http://127.0.0.1:{free_port()}/sparql> {{ ?s ?p ?o }} }}"}, timeout=30
    )
    assert answer.status_code == 403


def test_a_page_links_to_the_other_network_as_to_any_other_site(archipel: Settings) -> None:
    page = create_app(archipel).test_client().get("/doc/acteur/A006", headers={"Accept": "text/html"}).text
    assert f'<a href="{APES}A009" rel="external' in page
    assert 'href="/doc/acteur/A009"' not in page


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_leave_out_what_the_network_has_none_of(archipel: Settings, language: str) -> None:
    """It publishes no supplement: no count of 0, no map of portraits, no empty chart, no word of them; and what it is told to try finds something."""
    client = create_app(archipel).test_client()
    page = {
        path: client.get(f"{path}?lang={language}", headers={"Accept": "text/html"}).text for path in ("/dataset", "/acteurs", "/reconcile")
    }
    shown = re.search(r'<ul class="counts">(.*?)</ul>', page["/dataset"], re.DOTALL)
    assert shown
    counts = [int(text) for text in re.findall(r"<strong>(\d+)</strong>", shown[1])]
    assert len(counts) == 7
    assert min(counts) > 0
    headings = re.findall(r'<h2 id="(\w+)">', page["/dataset"])
    assert "map" not in headings
    assert set(re.findall(r'href="#(\w+)">', page["/dataset"])) - {"main"} <= set(headings)
    assert page["/dataset"].count('class="chart"') == 0
    assert page["/dataset"].count('class="barred"') == 1
    lead = re.search(r'<p class="summary">(.*?)</p>', page["/acteurs"], re.DOTALL)
    assert lead
    assert "suppl" not in lead[1]
    tried = re.search(r'<a href="([^"]+)"><code>', page["/reconcile"])
    assert tried
    answer = client.get(html.unescape(tried[1])).get_json()
    assert answer["q0"]["result"][0]["match"] is True


def test_only_what_networks_share_is_served_under_another_base() -> None:
    iris = Iris("https://archipel.example/lod/")
    shared = ("ns#Actor", "ns", "ns/1.0.0", "vocab/champ/energie", "vocab", "shapes#ActorShape", "profile/schema", "#authors")
    assert [iris.path(f"https://w3id.org/ess-lod/{path}") for path in shared] == [f"/{path}" for path in shared]
    for path in ("id/acteur/A009", "doc/acteur/A009", "dataset", "graph/R001", "nsx", "vocabulary", "", "problems#gone"):
        assert iris.path(f"https://w3id.org/ess-lod/{path}") is None
    assert Iris().path(f"{APES}A009") == "/id/acteur/A009"


def test_the_second_network_is_made_built_linked_and_queried_by_the_readme(tmp_path: Path, settings: Settings, release: Release) -> None:
    section = README.partition("\n## Another network\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert len(blocks) == 3
    expected = re.search(r"The answer names both: `(.+)`", section)
    assert expected
    first = {"home": REPOSITORY, "releases": settings.releases, "indexes": settings.indexes}
    assert release.version
    with serving(tmp_path, first) as server:
        port = free_port()
        script = "".join(blocks).replace("127.0.0.1:8000", f"127.0.0.1:{server.port}").replace("8001", str(port))
        assert script.count(f"--port {port} &\n") == 2
        # a person sees that the server has started
        script = script.replace(
            " &\n", f" > serve.log 2>&1 &\nuntil curl -s -o answer http://127.0.0.1:{port}/healthz; do sleep 0.1; done\n"
        )
        environ = {name: value for name, value in os.environ.items() if not name.startswith("ESS_LOD_")}
        environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
        typed = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"trap 'kill $(jobs -p)' EXIT\n{script}"],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert typed.returncode == 0, typed.stdout + typed.stderr
    assert f"{APES}A009" in typed.stdout
    assert typed.stdout.replace("\r", "").rstrip().endswith(f"ours,theirs\n{expected[1]}")
