"""axe-core, html-validate and the Nu HTML checker find nothing on any kind of page, in both languages, at 1280 and at 320 CSS pixels.

They come from npm (``npm ci`` beside this file when they are not there yet); the last one runs on Java. What they find is a fault, with three rules of
html-validate set otherwise in ``.htmlvalidate.json``: titles may be as long as the name of the thing; integrity is for files of other servers; an ``id`` may
have the dots of the file that it names.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from ess_lod import changes
from ess_lod.config import Settings
from ess_lod.release import Release
from ess_lod.web import create_app, examples
from tests.accessibility.pages import HTML, LANGUAGES, TEMPLATES, Page, address, all_things, kinds_of_pages, pages_of
from tests.browser import Browser
from tests.conftest import REPOSITORY
from tests.histories import History, copied, write_history

HERE = Path(__file__).parent
STATIC = REPOSITORY / "src/ess_lod/web/static"
WIDTHS = (1280, 320)
"""A desktop; a desktop at 400 % or a small telephone (WCAG 1.4.10)."""
TARGET = 24
"""Least width and height of what is pressed, in CSS pixels (WCAG 2.5.8)."""

AXE = """axe.run(document, {
  resultTypes: ["violations"],
  runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
  rules: {"target-size": {enabled: true}, "label-content-name-mismatch": {enabled: true}},
}).then(found => found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html} ${node.failureSummary}`)))"""
CONTRAST = """axe.run(document, {resultTypes: ["violations"], runOnly: ["color-contrast"]})
  .then(found => found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html} ${node.failureSummary}`)))"""
# what lies in a drawing stands in a list beside it; the text field of an editor is pressed through the editor
SMALL = f"""[...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter(each => each.checkVisibility() && !each.closest("svg, .skip, .CodeMirror"))
  .map(each => [each, each.getBoundingClientRect()])
  .filter(([, box]) => Math.min(box.width, box.height) < {TARGET} - 0.25)
  .map(([each, box]) => `small: ${{box.width}} × ${{box.height}} ${{each.outerHTML}}`)"""
WIDE = """[document.scrollingElement.scrollWidth].filter(wide => wide > innerWidth).map(wide => `scrolls sideways: ${wide}`)"""


def _needed(there: object, what: str) -> None:
    """What a test cannot do without: left out where somebody lacks it, an error where the whole suite is to be run."""
    if not there:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"not here: {what}")


@pytest.fixture(scope="module")
def checkers() -> Path:
    """The folder of the packages of npm."""
    _needed(shutil.which("npm"), "npm")
    found = HERE / "node_modules"
    if not (found / ".package-lock.json").is_file():
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-progress"], cwd=HERE, capture_output=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr.decode()
    return found


@pytest.fixture(scope="module")
def pages(app: Flask, settings: Settings, release: Release) -> list[Page]:
    """All kinds of pages of the first network."""
    changes.publish(settings.releases, release.version)  # the pages of publications begin with it
    return kinds_of_pages(app)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """The fictitious network after some publications."""
    found = write_history(copied(tmp_path_factory.mktemp("history")))
    changes.publish(found.releases, found.versions[2])
    return found


@pytest.fixture(scope="module")
def other_app(history: History) -> Flask:
    """Its application."""
    return create_app(history.settings)


@pytest.fixture(scope="module")
def other_pages(other_app: Flask, history: History, tmp_path_factory: pytest.TempPathFactory) -> list[Page]:
    """What the first network does not have: comparisons, what was withdrawn or had another id; no release at all."""
    first, second, third, _ = history.versions
    compared = (f"/changes/{before}/{after}" for before, after in ((first, second), (second, third), (third, first), (first, first)))
    found = pages_of(
        other_app, [*all_things(other_app), "/", "/changes", "/feed", "/ancien/A17", "/ancien/none", "/doc/supplement/S003", *compared]
    )
    folder = tmp_path_factory.mktemp("nothing")
    empty = create_app(Settings.read({}, home=REPOSITORY, releases=folder / "releases", indexes=folder / "indexes"))
    return [*found, *pages_of(empty, ["/"])]


@pytest.fixture(scope="module")
def files(pages: list[Page], other_pages: list[Page], app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the HTML of all pages, and of what is shown inside pages of others."""
    folder = tmp_path_factory.mktemp("html")
    for number, page in enumerate([*pages, *other_pages]):
        for language, text in page.html.items():
            (folder / f"{number:03}-{''.join(c if c.isalnum() else '-' for c in page.path)[:60]}.{language}.html").write_text(text, "utf-8")
    client = app.test_client()
    for kind, name in (("entity", "https://w3id.org/ess-lod/id/acteur/A001"), ("type", "Actor"), ("property", "siren")):
        for language in LANGUAGES:
            told = client.get(f"/reconcile/flyout/{kind}", query_string={"id": name, "lang": language}).json
            assert told
            frame = f'<!DOCTYPE html>\n<html lang="{language}"><head><title>{kind}</title></head><body><main>{told["html"]}</main></body></html>\n'
            (folder / f"flyout-{kind}.{language}.html").write_text(frame, "utf-8")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a window."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    _needed(program, "chromium")
    _needed(examples.editor_is_built(), "the query editor: make editor")
    with Browser(str(program)) as found:
        yield found


@pytest.fixture(scope="module")
def site(app: Flask, other_app: Flask) -> Iterator[dict[Flask, str]]:
    """The address at which each application is served."""
    servers = {each: make_server("127.0.0.1", 0, each, threaded=True) for each in (app, other_app)}
    for server in servers.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {each: f"http://127.0.0.1:{server.port}" for each, server in servers.items()}
    for server in servers.values():
        server.shutdown()
        server.server_close()


def test_all_templates_of_pages_are_seen(pages: list[Page], other_pages: list[Page]) -> None:
    assert len(TEMPLATES) > 25
    assert TEMPLATES - {name for page in (*pages, *other_pages) for name in page.templates} == set()
    assert {200, 400, 404, 406, 410, 503} <= {page.status for page in (*pages, *other_pages)}


def test_html_validate_finds_nothing(files: Path, checkers: Path, tmp_path: Path) -> None:
    command = ["node", str(checkers / "html-validate/bin/html-validate.mjs"), "--config", str(HERE / ".htmlvalidate.json"), "-f", "json"]
    done = subprocess.run([*command, f"{files}/*.html"], cwd=HERE, capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout, done.stderr
    reports = json.loads(done.stdout)
    found = [
        f"{Path(each['filePath']).name}:{one['line']}: {one['ruleId']}: {one['message']}" for each in reports for one in each["messages"]
    ]
    assert found == []
    planted = tmp_path / "planted.html"
    planted.write_text("<!DOCTYPE html><html><head></head><body><p aria-label='x'></p></body></html>", "utf-8")
    done = subprocess.run([*command, str(planted)], cwd=HERE, capture_output=True, text=True, check=False, timeout=300)
    assert json.loads(done.stdout), "it does check"


def test_the_nu_checker_finds_nothing(files: Path, checkers: Path, tmp_path: Path) -> None:
    _needed(shutil.which("java"), "java")
    sheets = [*STATIC.glob("*.css"), *STATIC.glob("*.svg"), REPOSITORY / "src/ess_lod/web/editor/editor.css"]
    assert len(sheets) > 3
    command = ["java", "-jar", str(checkers / "vnu-jar/build/dist/vnu.jar"), "--stdout", "--format", "json", "--exit-zero-always"]
    command += ["--also-check-css", "--also-check-svg"]
    planted = tmp_path / "planted.html"
    planted.write_text("<!DOCTYPE html><html lang='fr'><head><title>x</title></head><body><p></div></body></html>", "utf-8")
    done = subprocess.run([*command, str(files), *map(str, sheets), str(planted)], capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout, done.stderr
    messages = [each for each in json.loads(done.stdout)["messages"] if each["type"] != "info" or each.get("subType") == "warning"]
    found = [f"{Path(each.get('url', '')).name}:{each.get('lastLine')}: {each['message']}" for each in messages]
    assert any(each.startswith("planted.html") for each in found), "it does check"
    assert [each for each in found if not each.startswith("planted.html")] == []


def _open(browser: Browser, url: str, axe: str) -> None:
    browser.open(url)
    if browser.value("document.getElementById('editor') !== null"):
        browser.wait("document.getElementById('editor').dataset.ready === 'true'")
    browser.value(f"{axe}; 0")


def _faults(browser: Browser) -> Iterator[str]:
    """What is wrong with the page that is shown, at each width."""
    for width in WIDTHS:
        browser.resize(width)
        for check in (AXE, SMALL, WIDE):
            found: list[str] = browser.value(check)
            yield from (f"{width} px: {each[:700]}" for each in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_a_finger_finds_all(
    language: str,
    pages: list[Page],
    other_pages: list[Page],
    app: Flask,
    other_app: Flask,
    site: dict[Flask, str],
    browser: Browser,
    checkers: Path,
) -> None:
    axe = (checkers / "axe-core/axe.min.js").read_text("utf-8")
    found: list[str] = []
    seen = frozenset[str]()
    for page, host in [*((page, site[app]) for page in pages), *((page, site[other_app]) for page in other_pages if page.status != 503)]:
        if host != site[app] and page.templates <= seen and "comparison.html" not in page.templates:
            continue
        seen |= page.templates
        browser.resize(WIDTHS[0])
        _open(browser, host + address(page.path, language), axe)
        found += [f"{page.path} {each}" for each in _faults(browser)]
        if language == LANGUAGES[0]:
            browser.media("print")
            found += [f"{page.path} printed: {each[:700]}" for each in browser.value(CONTRAST)]
            browser.media()
    assert len(seen) > 20
    assert not found, "\n".join(dict.fromkeys(found))


def test_the_checks_in_the_browser_do_check(browser: Browser, checkers: Path) -> None:
    page = "<html><body><p style='color: silver'>pale</p><a href='/'>x</a><div style='width: 5000px'>wide</div>"
    _open(browser, f"data:text/html,{page}", (checkers / "axe-core/axe.min.js").read_text("utf-8"))
    found = " ".join(_faults(browser))
    assert all(each in found for each in ("color-contrast", "html-has-lang", "small:", "scrolls sideways"))


ACTIVE = "document.querySelector('.tabPanel.active')"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_query_editor_in_all_its_states(width: int, app: Flask, site: dict[Flask, str], browser: Browser, checkers: Path) -> None:
    axe = (checkers / "axe-core/axe.min.js").read_text("utf-8")
    found: list[str] = []

    def look(state: str) -> None:
        for check in (AXE, SMALL, WIDE):
            listed: list[str] = browser.value(check)
            found.extend(f"{state}: {each[:700]}" for each in listed)

    browser.resize(width)
    browser.open(f"{site[app]}/sparql?lang=fr")
    browser.value("localStorage.clear()")
    _open(browser, f"{site[app]}/sparql?lang=fr", axe)
    browser.value(f"{ACTIVE}.querySelector('.yasqe_queryButton').click()")
    browser.wait(f"{ACTIVE}.querySelectorAll('.yasr table tbody tr').length > 5")
    look("a table")
    browser.value(f"{ACTIVE}.querySelector('.select_response').click()")
    browser.wait(f"{ACTIVE}.querySelector('.yasr textarea') !== null")
    look("an answer as it came")
    browser.value("document.querySelector('.addTab').click()")
    browser.wait("document.querySelectorAll('[role=tablist] [role=tab]').length === 2")
    assert browser.value("document.querySelectorAll('[role=tablist] button').length") == 0
    editor = f"{ACTIVE}.querySelector('.yasqe .CodeMirror').CodeMirror"
    browser.value(f"{editor}.setValue({json.dumps('SELECT * WHERE { ?s ?p }' + '#' * 400)})")
    browser.value(f"{ACTIVE}.querySelector('.yasqe_queryButton').click()")
    browser.wait(f"{ACTIVE}.querySelector('.errorResult') !== null")
    look("two tabs and an error")
    browser.value(
        "document.querySelector('[role=tab][aria-selected=true]').dispatchEvent(new MouseEvent('contextmenu', {bubbles: true, clientX: 9, clientY: 9}))"
    )
    browser.wait("document.querySelector('.context-menu') !== null")
    look("the menu of a tab")
    assert found == []


def test_the_keyboard_gets_into_the_editor_and_out_again(app: Flask, site: dict[Flask, str], browser: Browser) -> None:
    browser.resize(WIDTHS[0])
    browser.open(f"{site[app]}/sparql?lang=fr")
    browser.wait("document.getElementById('editor').dataset.ready === 'true'")
    inside = "document.activeElement.closest('.yasqe .CodeMirror') !== null"
    browser.value("document.querySelector('.addTab').focus()")
    browser.press("Tab", 9)
    for _ in range(8):
        if browser.value("document.activeElement.matches('.CodeMirror-code')"):
            break
        browser.press("Tab", 9)
    assert browser.value("[document.activeElement.getAttribute('role'), document.activeElement.getAttribute('aria-label')]") == [
        "textbox",
        "Requête",
    ]
    browser.press("Escape", 27)
    browser.press("Tab", 9)
    assert browser.value("document.activeElement !== document.body")
    for _ in range(4):
        if not browser.value(inside):
            break
        browser.press("Tab", 9)
    assert not browser.value(inside)


def test_a_page_says_its_language_and_has_one_main_part(pages: list[Page], other_pages: list[Page]) -> None:
    for page in (*pages, *other_pages):
        for language, text in page.html.items():
            assert f'<html lang="{language}">' in text, page.path
            assert text.count("<main") == text.count("</main>") == text.count("<h1") == 1, page.path


def test_links_that_are_read_alone_say_where_they_lead(app: Flask) -> None:
    """The name of a link to a packed file has what is seen, its size, and what is not: the file."""
    page = app.test_client().get("/dataset?lang=fr", headers=HTML).text
    packed = re.findall(r'<td class="number"><a href="/dump/latest/([^"]+\.gz)">(.*?)</a>', page)
    assert packed
    assert all(text[0].isdigit() and f">{name}</span>" in text for name, text in packed)


def test_the_lock_names_no_host() -> None:
    locked: dict[str, Any] = json.loads((HERE / "package-lock.json").read_text("utf-8"))
    assert {"node_modules/axe-core", "node_modules/html-validate", "node_modules/vnu-jar"} <= set(locked["packages"])
    assert not any("resolved" in package for package in locked["packages"].values())
    assert all("integrity" in package for name, package in locked["packages"].items() if name)
