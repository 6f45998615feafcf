"""The editor page, the example queries, and the code to copy: what the page shows is run."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from ess_lod.config import PREFIX, Settings
from ess_lod.release import Release
from ess_lod.web import examples
from ess_lod.web.queries import LISTS
from ess_lod.web.rendering import LISTS as LIST_PATHS
from ess_lod.web.snippets import snippets
from tests.browser import Browser
from tests.conftest import REPOSITORY

EDITOR = REPOSITORY / "src/ess_lod/web/editor"
QUESTIONS = sorted(path.stem for path in (REPOSITORY / "tests/questions").glob("*.rq"))
LIST_NAMES = [f"liste-{LIST_PATHS[kind]}" for kind in LISTS]
EXAMPLES = [*QUESTIONS, *LIST_NAMES]
GRAPHS = ["23-as-essglobal"]
AWKWARD = 'SELECT ("""l\'été "\\\\" )-""" AS ?x) {}'


def lines(text: str) -> list[list[str]]:
    """The rows of a CSV text."""
    return list(csv.reader(io.StringIO(text)))


def shown(page: str) -> dict[str, str]:
    """The snippets of a page: name → code."""
    return {name: html.unescape(code) for name, code in re.findall(r'data-snippet="([^"]+)"><code[^>]*>(.*?)</code>', page, re.DOTALL)}


@pytest.fixture(scope="module")
def live(settings: Settings, release: Release) -> Iterator[str]:
    """Address of a server of the real release."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment |= {f"{PREFIX}RELEASES": str(settings.releases), f"{PREFIX}INDEXES": str(settings.indexes)}
    command = [sys.executable, "-m", "ess_lod.cli", "--home", str(REPOSITORY), "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 30
            while True:
                try:
                    with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
                        assert release.version in answer.read().decode()
                    break
                except OSError:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            yield address
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)


def run(code: str, name: str) -> str:
    """What a snippet prints."""
    command = ["bash", "-c", f"{code} --silent --show-error --fail"] if name == "curl" else [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- examples ---------------------------------------------------------------------------------------------------------


def test_all_examples_are_listed_in_both_languages(client: FlaskClient) -> None:
    assert (len(QUESTIONS), len(LIST_NAMES)) == (26, 8)
    for language, title in (("fr", "Qui est mis en avant par plusieurs suppléments"), ("en", "Who is featured by several supplements?")):
        for path in ("/sparql/examples", "/sparql"):
            page = client.get(path, query_string={"lang": language}, headers={"Accept": "text/html"}).text
            assert re.findall(rf'href="/sparql/examples/([\w-]+)\?lang={language}"', page) == EXAMPLES
            assert page.count('class="load"') == 34
            assert title in page


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_a_page_its_text_and_its_answer(client: FlaskClient, name: str) -> None:
    address = f"/sparql/examples/{name}"
    page = client.get(address, query_string={"lang": "fr"})
    assert (page.status_code, page.mimetype) == (200, "text/html")
    text = client.get(f"{address}.rq?lang=fr")
    assert (text.status_code, text.mimetype) == (200, "application/sparql-query")
    assert f">{html.escape(text.text, quote=False)}</textarea>" in page.text.replace("&#39;", "'").replace("&#34;", '"')
    answer = client.get(f"{address}.csv?lang=fr")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    found = lines(answer.text)
    assert len(found) > 1
    assert len({len(row) for row in found}) == 1
    assert page.text.count("<tr>") == min(len(found), 501)
    assert set(shown(page.text)) == {"curl", "SPARQLWrapper"} | ({"R (httr2)"} if name in GRAPHS else {"pandas", "R"})


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answer_of_an_example_is_the_approved_one(client: FlaskClient, name: str) -> None:
    extension = "nt" if name in GRAPHS else "csv"
    answer = client.get(f"/sparql/examples/{name}.{extension}").text
    # the order of equal rows is the engine's
    assert sorted(answer.splitlines()) == sorted((REPOSITORY / f"tests/questions/{name}.{extension}").read_text("utf-8").splitlines())


@pytest.mark.parametrize(
    ("name", "types"),
    [
        (
            "03-supplements",
            {"json": "application/sparql-results+json", "xml": "application/sparql-results+xml", "tsv": "text/tab-separated-values"},
        ),
        (
            "23-as-essglobal",
            {"json": "application/ld+json", "xml": "application/rdf+xml", "ttl": "text/turtle", "nt": "application/n-triples"},
        ),
    ],
)
def test_the_other_formats_of_an_example(client: FlaskClient, name: str, types: dict[str, str]) -> None:
    for extension in ("json", "xml", "tsv", "ttl", "nt"):
        answer = client.get(f"/sparql/examples/{name}.{extension}")
        if extension in types:
            assert (answer.status_code, answer.mimetype) == (200, types[extension])
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            tag = answer.headers["ETag"]
            assert client.get(f"/sparql/examples/{name}.{extension}", headers={"If-None-Match": tag}).status_code == 304
        else:
            assert answer.status_code == 404
        assert (f'href="/sparql/examples/{name}.{extension}"' in client.get(f"/sparql/examples/{name}").text) is (extension in types)


def test_triples_as_csv_are_subject_predicate_object(client: FlaskClient) -> None:
    found = lines(client.get("/sparql/examples/23-as-essglobal.csv").text)
    assert found[0] == ["subject", "predicate", "object"]
    assert len(found) - 1 == len((REPOSITORY / "tests/questions/23-as-essglobal.nt").read_text("utf-8").splitlines())
    assert [row[2] for row in found[1:] if row[1].endswith("#name")].count("ETS") <= 1
    assert not any(value.startswith(("<", '"')) for row in found for value in row)


def test_what_is_no_example_is_404(client: FlaskClient) -> None:
    for path in ("02-lacking", "02-lacking.csv", "03-supplements.exe", "..", "README.md"):
        assert client.get(f"/sparql/examples/{path}").status_code == 404
    assert client.post("/sparql/examples/03-supplements").status_code == 405


def test_without_the_folder_of_questions_the_lists_remain(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "QUESTIONS", Path("nowhere"))
    page = client.get("/sparql/examples").text
    assert page.count('class="load"') == 8
    assert client.get("/sparql/examples/liste-acteurs.csv").status_code == 200
    assert client.get("/sparql/examples/03-supplements").status_code == 404


def test_a_list_has_the_labels_of_the_language(client: FlaskClient) -> None:
    french, english = (client.get(f"/sparql/examples/liste-territoires.csv?lang={language}").text for language in ("fr", "en"))
    assert french != english
    assert len(lines(french)) == len(lines(english))


# --- code to copy -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_curl_of_an_example_prints_its_answer(live: str, name: str) -> None:
    with urllib.request.urlopen(f"{live}/sparql/examples/{name}?lang=fr", timeout=20) as answer:
        printed = run(shown(answer.read().decode())["curl"], "curl")
    assert printed.count("\n") > 1
    assert printed.startswith("@prefix") if name in GRAPHS else len({len(row) for row in lines(printed)}) == 1


@pytest.mark.parametrize("name", ["03-supplements", "10-actor-by-siren", "23-as-essglobal", "liste-acteurs"])
def test_the_python_of_an_example_prints_its_answer(live: str, name: str) -> None:
    with urllib.request.urlopen(f"{live}/sparql/examples/{name}?lang=fr", timeout=20) as answer:
        found = shown(answer.read().decode())
    with urllib.request.urlopen(f"{live}/sparql/examples/{name}.csv?lang=fr", timeout=20) as answer:
        rows = lines(answer.read().decode())
    printed = run(found["SPARQLWrapper"], "python")
    if name in GRAPHS:
        assert printed.startswith("@prefix")
        assert "pandas" not in found
        return
    assert printed.count("\n{") + 1 == len(rows) - 1
    table = run(found["pandas"].replace("print(table)", "print(table.to_csv(index=False))"), "python")
    assert [row for row in lines(table) if row] == rows


@pytest.mark.parametrize(
    "query", ["", AWKWARD, "DESCRIBE <https://w3id.org/ess-lod/id/supplement/S001>", "SELECT * WHERE { ?s a ?t } LIMIT 3"]
)
def test_the_code_of_the_page_asks_the_query_of_the_page(live: str, query: str) -> None:
    wanted = urllib.request.Request(f"{live}/sparql" + (f"?query={quote(query)}" if query else ""), headers={"Accept": "text/html"})
    with urllib.request.urlopen(wanted, timeout=20) as answer:
        found = shown(answer.read().decode())
    names = [name for name in found if not name.startswith("R")]
    assert names == (["curl", "SPARQLWrapper"] if query.startswith("DESCRIBE") else ["curl", "SPARQLWrapper", "pandas"])
    for name in names:
        printed = run(found[name], name)
        assert printed
        if query == AWKWARD:
            assert "été" in printed
            assert ")-" in printed


def test_the_code_for_r_quotes_what_it_asks() -> None:
    code = next(
        each.code for each in snippets("http://127.0.0.1/sparql", 'SELECT (")-" AS ?x) {}', triples=False) if each.name == "R (httr2)"
    )
    assert 'query <- r"--(SELECT (")-" AS ?x) {})--"' in code
    stable = next(
        each.code for each in snippets("http://127.0.0.1/sparql", "ASK {}", triples=False, address="http://127.0.0.1/x") if each.name == "R"
    )
    assert stable == 'table <- read.csv("http://127.0.0.1/x.csv", colClasses = "character", encoding = "UTF-8")'


# --- the editor -------------------------------------------------------------------------------------------------------


def test_what_is_completed_is_what_the_release_has(client: FlaskClient) -> None:
    french, english = (client.get(f"/sparql/terms.json?lang={language}").json for language in ("fr", "en"))
    assert french is not None
    assert english is not None
    assert [len(french[kind]) for kind in ("classes", "properties", "concepts")] == [
        len(english[kind]) for kind in ("classes", "properties", "concepts")
    ]
    assert len(french["classes"]) >= 60
    assert len(french["properties"]) >= 150
    assert len(french["concepts"]) == 181
    for kind in ("classes", "properties", "concepts"):
        for term in french[kind]:
            prefix, _, local = term["name"].partition(":")
            assert term["name"] == term["iri"] or french["prefixes"][prefix] + local == term["iri"]
    labels = {term["name"]: term["label"] for term in french["properties"]}, {term["name"]: term["label"] for term in english["properties"]}
    assert (labels[0]["ess:features"], labels[1]["ess:features"]) == ("met en avant", "features")
    ours = [
        term
        for kind in ("classes", "properties", "concepts")
        for term in french[kind]
        if term["iri"].startswith("https://w3id.org/ess-lod/")
    ]
    assert len(ours) > 200
    assert all(term["label"] for term in ours)


def test_without_the_editors_files_the_page_is_the_plain_form(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(examples, "EDITOR", tmp_path)
    page = client.get("/sparql", headers={"Accept": "text/html"}).text
    assert '<textarea id="query" name="query"' in page
    assert "<script src" not in page
    assert 'id="editor"' not in page


def test_with_them_the_form_is_there_and_all_comes_from_here(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "start.js").touch()
    monkeypatch.setattr(examples, "EDITOR", tmp_path)
    for language in ("fr", "en"):
        answer = client.get("/sparql", query_string={"lang": language}, headers={"Accept": "text/html"})
        assert '<textarea id="query" name="query"' in answer.text
        assert re.findall(r'<script src="([^"]+)" defer></script>', answer.text) == [
            "/static/yasgui/yasgui.min.js",
            "/static/yasgui/start.js",
        ]
        assert not re.search(r'(?:src|href)="[a-z]+:[^"]*\.(?:js|css)', answer.text)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        words = json.loads(html.unescape(re.search(r'data-words="([^"]*)"', answer.text)[1]))  # type: ignore[index]
        assert len(words) == 36
        assert words["Add tab"] == ("Ouvrir un onglet" if language == "fr" else "Open a tab")


def test_the_lock_names_no_host_and_pins_what_the_page_serves() -> None:
    lock = json.loads((EDITOR / "package-lock.json").read_text("utf-8"))
    package = json.loads((EDITOR / "package.json").read_text("utf-8"))
    assert len(lock["packages"]) == 50
    assert not any("resolved" in each for each in lock["packages"].values())
    assert all(each["integrity"].startswith("sha512-") for path, each in lock["packages"].items() if path)
    assert package["dependencies"] == {"@zazuko/yasgui": lock["packages"]["node_modules/@zazuko/yasgui"]["version"]}


def test_our_own_script_asks_no_other_server() -> None:
    for name in ("start.js", "editor.css", "copy.mjs"):
        text = (EDITOR / name).read_text("utf-8")
        assert len(text) > 500
        assert "http:" not in text
        assert "https:" not in text


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A browser without a window that resolves no name but this machine's."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no chromium here")
    if not examples.editor_is_built():
        pytest.skip("the editor is not built: make editor")
    with Browser(program) as found:
        yield found


ACTIVE = "document.querySelector('.tabPanel.active')"


def test_the_editor_in_a_browser(live: str, browser: Browser) -> None:
    """Tabs, table, completion and errors work, and no request leaves."""
    browser.open(f"{live}/sparql?lang=fr")
    browser.wait("document.getElementById('editor').dataset.ready === 'true'")
    assert browser.value("getComputedStyle(document.querySelector('form.query')).display") == "none"
    browser.value(f"{ACTIVE}.querySelector('.yasqe_queryButton').click()")
    browser.wait(f"{ACTIVE}.querySelectorAll('.yasr table tbody tr').length === 10")
    assert "lignes" in browser.value(f"{ACTIVE}.querySelector('.yasr').innerText")

    editor = f"{ACTIVE}.querySelector('.yasqe .CodeMirror').CodeMirror"
    for text, wanted in {
        "SELECT * WHERE { ?s ess:feat": "ess:features   met en avant",
        "SELECT * WHERE { ?s portr": "ess:portrayedEntity   entité mise en avant",
        "SELECT * WHERE { ?s a ess:Act": "ess:Actor   acteur de l'ESS",
        "SELECT * WHERE { ?s ess:activityField champ:alim": "champ:alimentation   alimentation et agriculture durable",
        "PREFIX ess": "ess: <https://w3id.org/ess-lod/ns#>",
        "SELECT * WHERE { ?s ess:activityField aliment": "champ:alimentation   alimentation et agriculture durable",
    }.items():
        browser.value(
            f"(() => {{ const it = {editor}; it.setValue(''); it.focus(); it.replaceRange({json.dumps(text)}, {{line: 0, ch: 0}}); }})()"
        )
        time.sleep(0.3)
        browser.value(f"(() => {{ const it = {editor}; it.setCursor(it.lastLine(), 99); it.getOption('extraKeys')['Ctrl-Space'](it); }})()")
        browser.wait(f"[...document.querySelectorAll('.CodeMirror-hints li')].some(each => each.textContent === {json.dumps(wanted)})")
    browser.value(f"{editor}.state.completionActive.widget.pick()")
    browser.wait(f"{editor}.getValue().endsWith('{{ ?s ess:activityField champ:alimentation')")
    browser.wait(f"{editor}.getValue().startsWith('PREFIX champ: <https://w3id.org/ess-lod/vocab/champ/>')")

    browser.value("document.querySelector('.addTab').click()")
    browser.wait("document.querySelectorAll('.tabsList .tab').length === 2")
    browser.value(f"{editor}.setValue('SELECT * WHERE {{\\n ?s ?p }}')")
    browser.value(f"{ACTIVE}.querySelector('.yasqe_queryButton').click()")
    browser.wait(f"{ACTIVE}.querySelector('.errorResult button') !== null")
    assert "ligne 2" in browser.value(f"{ACTIVE}.querySelector('.errorResult').innerText")
    browser.value("document.querySelector('a.load[data-name=\"10-actor-by-siren\"]').click()")
    browser.wait(f"{ACTIVE}.querySelectorAll('.yasr table tbody tr').length === 1")
    assert browser.value("document.querySelectorAll('.tabsList .tab').length") == 3
    link = browser.value(f"{ACTIVE}.querySelector('.yasr td a.iri').href")
    assert link.startswith(f"{live}/id/acteur/"), "things of the dataset are shown by this server"

    assert len(browser.requests) > 10
    assert [url for url in browser.requests if not url.startswith((f"{live}/", "data:", "about:"))] == []


def test_the_page_works_in_a_browser_without_scripts(live: str, browser: Browser) -> None:
    browser.scripts(allowed=False)
    browser.open(f"{live}/sparql?query={quote('SELECT * WHERE { ?s a <https://w3id.org/ess-lod/ns#Supplement> }')}")
    assert "Supplement" in browser.html('textarea[name="query"]')
    assert browser.html("table.result").count("<tr>") == 21
