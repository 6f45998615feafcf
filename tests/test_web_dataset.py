"""The page of the dataset: its counts are the store's, its files the release's, its charts and map hold every thing once, and machines can read it."""

from __future__ import annotations

import json
import math
import re
import shutil
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from bibtexparser.entrypoint import parse_string
from flask import Flask
from flask.testing import FlaskClient

from ess_lod.config import Settings
from ess_lod.release import Release, open_release
from ess_lod.store import Store, open_store
from ess_lod.terms import PREFIXES
from ess_lod.web.citation import Citation
from ess_lod.web.dataset import PREVIEWED, by_field, by_year, temporal_coverage
from ess_lod.web.downloads import downloads, media_type
from ess_lod.web.live import Edition, holder
from ess_lod.web.portrait_map import PortraitMap, box, convex_hull, dots, portrait_map
from ess_lod.web.rendering import CLASSES, LISTS
from tests.browser import Browser
from tests.serving import serving

SVG = "{http://www.w3.org/2000/svg}"
PROLOGUE = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in ("dcat", "dcterms", "ess", "geo"))


def rows_of(store: Store, query: str) -> list[dict[str, str]]:
    """The rows of a SELECT as texts."""
    return [{name: getattr(term, "value", "") for name, term in row.items()} for row in store.query(PROLOGUE + query).rows()]


def number_of(store: Store, pattern: str) -> int:
    """How many solutions of ``?x``."""
    return int(rows_of(store, f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {pattern} }}")[0]["n"])


def page_of(client: FlaskClient, language: str) -> str:
    """The page for people."""
    answer = client.get(f"/dataset?lang={language}", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


def structured_of(page: str) -> dict[str, Any]:
    """Its statements for search engines."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    statements: dict[str, Any] = json.loads(found[0])
    return statements


@pytest.fixture(scope="session")
def edition(app: Flask) -> Edition:
    """The edition of the real release."""
    return holder(app).edition()


@pytest.fixture
def drawn(app: Flask, edition: Edition) -> PortraitMap:
    """The map of the real release."""
    with app.test_request_context("/dataset?lang=fr"):
        found = portrait_map(edition, "fr")
    assert found is not None
    return found


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_counts_are_those_of_the_store(client: FlaskClient, store: Store, language: str) -> None:
    page = page_of(client, language)
    shown = re.search(r'<ul class="counts">(.*?)</ul>', page, re.DOTALL)
    assert shown
    counts = [int(re.sub(r"\D", "", text)) for text in re.findall(r"<strong>(.*?)</strong>", shown[1])]
    assert counts == [number_of(store, f"?x a {CLASSES[kind]}") for kind in LISTS]
    assert len(counts) == 8
    assert min(counts) > 0
    triples = rows_of(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"]
    assert triples in re.sub(r"[\u202f,]", "", page)


def test_each_table_is_previewed_and_its_links_answer(client: FlaskClient) -> None:
    page = page_of(client, "fr")
    tables = re.findall(r'<table class="list">(.*?)</table>', page, re.DOTALL)
    assert len(tables) == len(LISTS)
    assert [table.count("<tr>") - 1 for table in tables] == [PREVIEWED] * len(LISTS)
    links = {link.replace("&amp;", "&") for table in tables for link in re.findall(r'href="(/[^"]+)"', table)}
    assert len(links) > 40
    for link in sorted(links):
        assert client.get(link, follow_redirects=True).status_code == 200, link


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_link_of_the_page_answers(site: FlaskClient, language: str) -> None:
    links = {link.replace("&amp;", "&").partition("#")[0] for link in re.findall(r'href="(/[^"]*)"', page_of(site, language))}
    assert len(links) > 30
    wrong = {link: site.get(link, follow_redirects=True, buffered=True).status_code for link in sorted(links)}
    assert {link: status for link, status in wrong.items() if status != 200} == {}


def test_all_files_of_the_release_are_there_with_size_and_digest(site: FlaskClient, site_settings: Settings) -> None:
    release = open_release(site_settings.releases)
    page = page_of(site, "en")
    for name, facts in release.files.items():
        assert f'href="/dump/latest/{name}"' in page, name
        assert f"{facts['bytes']:,}" in page, name
        if not (name.endswith(".gz") and name.removesuffix(".gz") in release.files):
            assert facts["sha256"] in page, name
    assert len(release.files) > 5
    grouped = [each.name for group in downloads(release).values() for each in group]
    assert len(grouped) == len(set(grouped))
    assert {name for name in release.files if name.removesuffix(".gz") not in grouped} == set()


def test_every_file_has_a_media_type_of_its_own(site_settings: Settings) -> None:
    types = {name: media_type(name) for name in open_release(site_settings.releases).files}
    assert "application/octet-stream" not in types.values()
    assert media_type("tables/acteurs.csv-metadata.json") == "application/csvm+json"
    assert media_type("tables/acteurs.csv") == "text/csv"
    assert media_type("dataset.nq.gz") == "application/gzip"
    assert media_type("SHA256SUMS") == "text/plain"
    assert media_type("what.ever") == "application/octet-stream"


def test_how_to_cite(site: FlaskClient, site_settings: Settings) -> None:
    version = open_release(site_settings.releases).version
    forms = {form: site.get(f"/dataset/citation.{form}?lang=en") for form in ("txt", "bib", "ris", "json")}
    assert [answer.status_code for answer in forms.values()] == [200] * 4
    assert [answer.mimetype for answer in forms.values()] == [
        "text/plain",
        "application/x-bibtex",
        "application/x-research-info-systems",
        "application/vnd.citationstyles.csl+json",
    ]
    assert all(version in answer.text and "https://reseau.example/lod/dataset" in answer.text for answer in forms.values())
    assert forms["txt"].text.endswith(
        f"Fictitious supplements [dataset]. Release {version}, 1 April 2026. https://reseau.example/lod/dataset\n"
    )
    item = json.loads(forms["json"].text)
    assert [each["issued"] for each in item] == [{"date-parts": [[2026, 4, 1]]}]
    lines = forms["ris"].text.split("\r\n")
    assert lines[0] == "TY  - DATA"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines[:-1])
    assert forms["bib"].text.startswith("@dataset{ess-lod-")
    assert site.get("/dataset/citation.doc").status_code == 404


LATEX = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
}
"""What LaTeX prints for a name; the others are the character behind its backslash."""


@pytest.mark.parametrize(
    "title",
    ["A {b} & 50 % #1 _x_ \\ $", "~user ^ ~~^^", "one { only", "one } only", "}{", "\\textasciitilde{}", "é « n° » ’", "@article{x,"],
)
def test_a_title_is_read_back_from_its_bibtex_entry(title: str) -> None:
    said = Citation(title, "R & D ~ {é}", "2026-04-01", "v", "https://x.example/a_b~c%20", "l", "en").bibtex()
    library = parse_string(said)
    assert (len(library.entries), library.failed_blocks) == (1, [])
    fields = {field.key: field.value for field in library.entries[0].fields}
    printed = {
        name: re.sub(r"\\text\w+{}|\\(.)", lambda found: LATEX.get(found[0]) or found[1], fields[name].removeprefix("{").removesuffix("}"))
        for name in ("title", "author")
    }
    assert printed == {"title": title, "author": "R & D ~ {é}"}
    assert fields["url"] == "https://x.example/a_b~c%20", "read as it stands"
    bare = re.sub(r"\\text\w+{}|\\.", "", fields["title"][1:-1])
    assert not set(bare) & set("\\{}%&#_$~^"), "nothing is left that LaTeX would read as a command"


def test_each_supplement_and_each_field_is_in_its_chart_once(app: Flask, edition: Edition, store: Store) -> None:
    with app.test_request_context("/dataset?lang=fr"):
        years, fields = by_year(edition, "fr"), by_field(edition, "fr")
    assert sum(bar.count for bar in years.bars) + years.without == number_of(store, "?x a ess:Supplement")
    assert all(sum(count for _, count in bar.parts) == bar.count for bar in years.bars)
    assert [int(bar.name) for bar in years.bars] == list(range(int(years.bars[0].name), int(years.bars[-1].name) + 1))
    rows = rows_of(store, "SELECT ?field (COUNT(DISTINCT ?x) AS ?n) { ?x a ess:Actor ; ess:activityField ?field } GROUP BY ?field")
    assert {bar.name: bar.count for bar in fields.bars} == {row["field"].rpartition("/")[2]: int(row["n"]) for row in rows}
    assert len(fields.bars) > 10
    assert [bar.count for bar in fields.bars] == sorted((bar.count for bar in fields.bars), reverse=True)
    assert fields.without == number_of(store, "?x a ess:Actor FILTER NOT EXISTS { ?x ess:activityField ?f }")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_drawings_are_self_contained_and_accessible(client: FlaskClient, language: str) -> None:
    page = page_of(client, language)
    assert len(page.encode()) < 1_000_000
    drawings = [
        ET.fromstring(text)
        for text in re.findall(r"<svg .*?</svg>", page.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '), re.DOTALL)
    ]
    spoken = [drawing for drawing in drawings if drawing.get("role")]
    assert len(spoken) == 2
    for drawing in spoken:
        ids = (drawing.get("aria-labelledby") or "").split()
        assert [element.get("id") for element in drawing[:2]] == ids
        assert [element.tag for element in drawing[:2]] == [f"{SVG}title", f"{SVG}desc"]
        assert all((element.text or "").strip() for element in drawing[:2])
    assert all(drawing.get("aria-hidden") == "true" for drawing in drawings if drawing not in spoken)
    assert not re.search(r"<(image|script src|iframe|object|embed|style)\b|\sstyle=|\son\w+=|url\(", page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {label for labels in re.findall(r'aria-labelledby="([^"]+)"', page) for label in labels.split()} <= set(ids)
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_map_shows_every_portrayed_territory_once(client: FlaskClient, drawn: PortraitMap, store: Store) -> None:
    portrayed = number_of(store, "?s ess:portraysTerritory|ess:probablyPortraysTerritory ?x")
    everything = [*drawn.areas, *drawn.unplaced]
    assert len(everything) == len({each.iri for each in everything}) == portrayed > 10
    assert [each.number for each in drawn.areas] == list(range(1, len(drawn.areas) + 1))
    assert sum(each.supplements for each in everything) >= portrayed
    only_likely = "SELECT DISTINCT ?x { ?s ess:probablyPortraysTerritory ?x FILTER NOT EXISTS { ?t ess:portraysTerritory ?x } }"
    assert {each.iri for each in everything if each.likely} == {row["x"] for row in rows_of(store, only_likely)}
    assert drawn.ground.count("M") == drawn.communes > 3000
    assert sum(each.dots.count("M") for each in drawn.areas) == sum(each.communes for each in drawn.areas)
    page = page_of(client, "fr")
    for each in everything:
        path = each.iri.replace("https://w3id.org/ess-lod/id/", "/doc/") + "?lang=fr"
        assert page.count(f'href="{path}"') >= (3 if each.number else 1), each.label
        assert client.get(path).status_code == 200


def test_the_map_is_to_scale_and_nothing_on_it_covers_another(drawn: PortraitMap, edition: Edition) -> None:
    limits = box(edition)
    assert limits is not None
    west, south, east, north = limits
    assert (1 < west < east < 5, 48 < south < north < 52) == (True, True)
    spots = [(float(x), float(y)) for x, y in re.findall(r"M(\d+) (\d+)h0", drawn.ground)]
    assert all(0 < x < drawn.width and 0 < y < drawn.height for x, y in spots)
    scale_x = (max(x for x, _ in spots) - min(x for x, _ in spots)) / ((east - west) * math.cos(math.radians((south + north) / 2)))
    scale_y = (max(y for _, y in spots) - min(y for _, y in spots)) / (north - south)
    assert scale_x == pytest.approx(scale_y, rel=0.01)
    markers = [each.marker for each in drawn.areas]
    assert all(math.dist(a, b) > 30 for number, a in enumerate(markers) for b in markers[:number])
    assert sum(each.name is not None for each in drawn.areas) >= len(drawn.areas) - 3
    assert [each.communes for each in drawn.painted] == sorted((each.communes for each in drawn.areas), reverse=True)


def test_the_hull_of_points() -> None:
    square = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]
    assert set(convex_hull([*square, (1.0, 1.0), (2.0, 0.0), (3.0, 2.0), (0.0, 0.0)])) == set(square)
    assert convex_hull([(1.0, 1.0)]) == [(1.0, 1.0)]
    assert convex_hull([(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]) == [(1.0, 1.0), (3.0, 3.0)]
    assert convex_hull([]) == []


def test_a_map_of_very_many_places_stays_light() -> None:
    spots = [(number % 750 + 24.0, number // 750 + 24.0) for number in range(500_000)]
    assert len(dots(spots)) < 250_000
    assert dots(spots[:3]) == "M24 24h0M25 24h0M26 24h0"


REQUIRED = {"name", "description"}
RECOMMENDED = {
    "url", "sameAs", "identifier", "license", "creator", "publisher", "isAccessibleForFree", "keywords", "temporalCoverage", "spatialCoverage",
    "distribution", "includedInDataCatalog", "version", "dateModified", "measurementTechnique", "variableMeasured", "citation", "hasPart",
}  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "en"])
def test_search_engines_find_all_that_they_ask_for(client: FlaskClient, release: Release, language: str) -> None:
    """https://developers.google.com/search/docs/appearance/structured-data/dataset"""
    found = structured_of(page_of(client, language))
    assert found["@context"] == "https://schema.org"
    assert found["@type"] == "Dataset"
    assert {*found} >= REQUIRED | RECOMMENDED
    assert all(found[name] not in ("", None, [], {}) for name in REQUIRED | RECOMMENDED)
    assert 50 <= len(found["description"]) <= 5000
    assert found["url"] == "https://w3id.org/ess-lod/dataset"
    assert found["identifier"] == ["https://w3id.org/ess-lod/dataset"]
    assert found["isAccessibleForFree"] is True
    assert found["license"].startswith("https://")
    assert found["version"] == release.version
    assert found["dateModified"] == release.date
    assert [(each["@type"], bool(each["name"]), each["url"][:4]) for each in found["creator"]] == [("Organization", True, "http")]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", found["temporalCoverage"])
    south, west, north, east = map(float, found["spatialCoverage"]["geo"]["box"].split())
    assert (48 < south < north < 52, 1 < west < east < 5) == (True, True)
    assert "http://id.insee.fr/geo/region/32" in found["spatialCoverage"]["sameAs"]
    assert len(found["keywords"]) >= 3
    assert found["includedInDataCatalog"]["@type"] == "DataCatalog"
    files = {each["name"]: each for each in found["distribution"]}
    assert {*files} == {name for name in release.files if not (name.endswith(".gz") and name.removesuffix(".gz") in release.files)}
    for name, each in files.items():
        assert each["@type"] == "DataDownload"
        assert each["contentUrl"] == f"https://w3id.org/ess-lod/dump/latest/{name}"
        assert each["encodingFormat"] == media_type(name)
        assert each["contentSize"] == f"{release.files[name]['bytes']} B"
        assert each["sha256"] == release.files[name]["sha256"]
    assert len(found["hasPart"]) == len(LISTS)
    for each in found["hasPart"]:
        assert {*each} >= {"@type", "name", "description", "url", "license", "creator"}
        assert 50 <= len(each["description"]) <= 5000, each["description"]
        assert client.get(each["url"].removeprefix("https://w3id.org/ess-lod"), headers={"Accept": "text/html"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/catalog"])
def test_the_catalogue_is_a_data_catalog(client: FlaskClient, path: str) -> None:
    found = structured_of(client.get(path, headers={"Accept": "text/html"}).text)
    assert found["@type"] == "DataCatalog"
    assert {*found} >= {"name", "description", "url", "license", "publisher", "dataset"}
    assert "https://w3id.org/ess-lod/dataset" in {each["@id"] for each in found["dataset"]}
    for each in found["dataset"]:
        assert {*each} >= {"@type", "name", "description", "url", "license", "creator"}, each["@id"]
        assert 50 <= len(each["description"]) <= 5000


@pytest.mark.parametrize(
    ("path", "kind", "members"),
    [
        ("/doc/supplement/S009", "PublicationIssue", {"name", "about", "mentions", "issueNumber", "temporalCoverage"}),
        ("/doc/territoire/T004", "AdministrativeArea", {"name", "identifier"}),
        ("/doc/acteur/A001", "Organization", {"name", "description", "url"}),
    ],
)
def test_things_are_said_in_the_words_of_search_engines(client: FlaskClient, path: str, kind: str, members: set[str]) -> None:
    found = structured_of(client.get(path, headers={"Accept": "text/html"}).text)
    assert found["@type"] == kind
    assert {*found} >= members
    assert kind == "PublicationIssue" or "temporalCoverage" not in found, "a property of works"


def test_a_coverage_ends_on_its_last_day(app: Flask, edition: Edition, store: Store) -> None:
    periods = "?x a ess:Supplement ; dcterms:temporal ?p . ?p dcat:startDate ?start ; dcat:endDate ?end"
    row = rows_of(store, f"SELECT (MIN(?start) AS ?a) (MAX(?end) AS ?b) {{ {periods} }}")[0]
    with app.test_request_context("/dataset"):
        first, _, last = temporal_coverage(edition, "fr").partition("/")
    assert first == row["a"]
    assert last < row["b"], "the end is the first day that is no longer in it"


def test_a_release_without_places_says_so(site_app: Flask, site: FlaskClient, site_settings: Settings) -> None:
    bare = Edition(open_release(site_settings.releases), open_store(site_settings, open_release(site_settings.releases)))
    bare.keep("points", dict)
    with site_app.test_request_context("/dataset?lang=en"):
        assert portrait_map(bare, "en") is None
        assert box(bare) is None
    assert site.get("/dataset?lang=en", headers={"Accept": "text/html"}).status_code == 200


@pytest.mark.parametrize("width", [400, 1200])
def test_the_page_fits_its_window_and_the_map_is_reached_by_keyboard(
    settings: Settings, release: Release, tmp_path: Path, width: int
) -> None:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    where = {"home": settings.home, "releases": settings.releases, "indexes": settings.indexes}
    with serving(tmp_path, where) as server, Browser(program, width) as browser:
        browser._call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        for path in ("/dataset?lang=fr", "/openapi?lang=fr"):
            browser.open(server.url + path)
            assert browser.value("document.documentElement.scrollWidth") <= width
        assert browser.requests
        assert all(request.startswith(server.url) for request in browser.requests)
        browser.open(f"{server.url}/dataset?lang=fr")
        reached = (
            "[...document.querySelectorAll('a.place')].filter(each => { each.focus(); return document.activeElement === each }).length"
        )
        assert browser.value(reached) > 10, release.version
        assert browser.value(reached) == browser.value("document.querySelectorAll('.map ol li').length")
        assert browser.value("document.querySelectorAll('.area[tabindex=\"-1\"][aria-hidden=true]').length") == browser.value(reached)
