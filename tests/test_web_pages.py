"""The pages: what each kind says, in which language, with which links. Every page is checked, on the fictitious project and on the real one."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from ess_lod.config import Settings
from ess_lod.iris import KINDS
from ess_lod.publish.rows import Rows
from ess_lod.web import create_app
from ess_lod.web.rendering import LISTS
from tests.test_web import DOCUMENTS, NEGOTIATED

PAGES = [*NEGOTIATED, "/", *(f"/{name}" for name in LISTS.values()), "/problems", "/sparql"]


class Page(HTMLParser):
    """Links, ids, headings and scripts of a page; raises when an element is not closed where it should be."""

    VOID = frozenset(("meta", "link", "br", "input", "img", "hr"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.anchors: list[str] = []
        self.heads: list[dict[str, str]] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.scripts: list[str] = []
        self.language = ""
        self.feed(text)
        assert self.open == [], self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        assert "style" not in given
        assert not any(name.startswith("on") for name in given)
        if tag not in self.VOID:
            self.open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.anchors.append(given["href"])
        elif tag == "link":
            self.heads.append(given)
        elif tag == "html":
            self.language = given["lang"]
        elif re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        elif tag == "script":
            assert given.get("src", "").startswith("/static/") or given["type"] == "application/ld+json"
        elif tag in ("style", "iframe", "object"):
            raise AssertionError(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)


def check(text: str, path: str) -> Page:
    """What holds for every page."""
    page = Page(text)
    assert "http://schema.org" not in text or path.startswith("/shapes"), path  # a shape forbids it
    assert page.headings.count("h1") == 1, path
    assert page.headings[0] == "h1", path
    assert len(page.ids) == len(set(page.ids)), (path, sorted(page.ids))
    assert "main" in page.ids
    for href in page.anchors:
        assert urlsplit(href).scheme in ("", "http", "https"), (path, href)
        assert not href.startswith(("https://w3id.org/ess-lod", "https://reseau.example/lod")), (path, href)
    canonical = [link["href"] for link in page.heads if link["rel"] == "canonical"]
    assert len(canonical) <= 1
    assert {link["hreflang"] for link in page.heads if "hreflang" in link} == {"fr", "en"}
    assert re.search(r"<title>[^<]{3,}</title>", text), path
    assert re.search(r'<meta name="description" content="[^"]{3,}">', text), path
    assert "None" not in re.sub(r"<pre>.*?</pre>|<textarea.*?</textarea>", "", text, flags=re.DOTALL), path
    return page


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_sound_in_both_languages(site: FlaskClient, path: str, language: str) -> None:
    answer = site.get(path, headers={"Accept": "text/html", "Accept-Language": language})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.vary
    page = check(answer.text, path)
    assert page.language == language


@pytest.mark.parametrize(
    ("accept", "query", "language"),
    [
        (None, "", "fr"),
        ("en", "", "en"),
        ("en-GB,en;q=0.9", "", "en"),
        ("fr-CA,en;q=0.5", "", "fr"),
        ("de", "", "fr"),
        ("de, en;q=0.1", "", "en"),
        ("fr", "?lang=en", "en"),
        ("en", "?lang=fr", "fr"),
        ("en", "?lang=de", "en"),
    ],
)
def test_the_language_is_the_one_asked_for(site: FlaskClient, accept: str | None, query: str, language: str) -> None:
    answer = site.get(f"/doc/acteur/A001{query}", headers={"Accept": "text/html"} | ({"Accept-Language": accept} if accept else {}))
    assert answer.headers["Content-Language"] == language
    assert ("Accept-Language" in answer.vary) == (query not in ("?lang=en", "?lang=fr"))
    assert f'<html lang="{language}">' in answer.text


def test_links_keep_a_language_that_the_address_names(site: FlaskClient) -> None:
    page = Page(site.get("/doc/acteur/A001?lang=en", headers={"Accept": "text/html"}).text)
    inside = [
        href for href in page.anchors if href.startswith("/") and not re.search(r"\.(ttl|jsonld|rdf|nt)($|\?_profile=)|lang=fr", href)
    ]
    assert len(inside) > 15
    assert all("lang=en" in href for href in inside)
    page = Page(site.get("/doc/acteur/A001", headers={"Accept": "text/html"}).text)
    assert sum("lang=" in href for href in page.anchors) == 1


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document_page_offers_its_data(site: FlaskClient, path: str) -> None:
    text = site.get(path, headers={"Accept": "text/html"}).text
    page = Page(text)
    iri = "https://reseau.example/lod" + path.replace("/doc/", "/id/")
    alternates = {link["type"]: link["href"] for link in page.heads if link["rel"] == "alternate" and "type" in link}
    assert alternates == {
        "text/turtle": f"{path}.ttl",
        "application/ld+json": f"{path}.jsonld",
        "application/rdf+xml": f"{path}.rdf",
        "application/n-triples": f"{path}.nt",
    }
    assert set(alternates.values()) <= set(page.anchors)
    assert [link["href"] for link in page.heads if link["rel"] == "canonical"] == [f"https://reseau.example/lod{path}"]
    assert f"<code>{iri}</code>" in text
    assert any(href.startswith("/graph/") for href in page.anchors)
    assert len(page.scripts) == 1
    structured = json.loads(page.scripts[0])
    assert structured["@context"] == "https://schema.org"
    assert structured["@id"] == iri
    assert structured["name"]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_part_of_a_thing_can_be_linked_to(site: FlaskClient, path: str) -> None:
    ids = set(Page(site.get(path, headers={"Accept": "text/html"}).text).ids)
    iri = "https://reseau.example/lod" + path.replace("/doc/", "/id/")
    fragments = set(re.findall(rf"<{re.escape(iri)}#([^>]+)> <", site.get(f"{path}.nt").text))
    assert fragments <= ids


def crawl(client: FlaskClient, start: str, limit: int) -> dict[str, int]:
    """Follow every link inside the site; statuses by address. Fragments of pages must exist."""
    seen: dict[str, int] = {}
    waiting = [start]
    ids: dict[str, list[str]] = {}
    wanted: list[tuple[str, str, str]] = []
    while waiting and len(seen) < limit:
        path = waiting.pop()
        if path in seen:
            continue
        answer = client.get(path, headers={"Accept": "text/html"}, buffered=True)
        seen[path] = answer.status_code
        if answer.location:
            waiting.append(answer.location)
        if answer.mimetype != "text/html":
            continue
        page = check(answer.text, path)
        ids[path] = page.ids
        hrefs = [*page.anchors, *(link["href"] for link in page.heads if link["rel"] in ("stylesheet", "icon", "alternate"))]
        for href in hrefs:
            if urlsplit(href).scheme:
                continue
            target, _, fragment = urljoin(path, href).partition("#")
            waiting.append(target)
            wanted.append((path, target, fragment))
    broken = [each for each in wanted if each[2] and each[1] in ids and each[2] not in ids[each[1]]]
    assert broken == []
    return seen


def test_no_link_of_the_site_is_broken(site: FlaskClient) -> None:
    seen = crawl(site, "/?lang=fr", 4000)
    assert len(seen) > 300
    others = {urlsplit(path).path: status for path, status in seen.items() if status != 200}
    assert others == {"/doc/acteur/A003": 301, "/doc/acteur/A004": 410}, "the graph of the registry names them"


def test_every_thing_of_the_real_tables_has_a_sound_page(client: FlaskClient, tables: Rows) -> None:
    found = 0
    for row in tables["registre"]:
        kind = row["type"]
        path = f"/doc/{kind}/{row['id']}"
        answer = client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == (200 if row["etat"] == "actif" else answer.status_code), path
        if answer.status_code == 200:
            check(answer.text, path)
            found += 1
    assert found == sum(row["etat"] == "actif" for row in tables["registre"])
    assert found > 300


def text_of(client: FlaskClient, path: str) -> str:
    """The words of a page, one space between them."""
    answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": "fr"})
    assert answer.status_code == 200
    main = answer.text.partition("<main")[2].partition('<section class="data"')[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("\u00a0", " ").replace("&#39;", "'").split())


def test_a_supplement_says_how_well_it_is_known(site: FlaskClient) -> None:
    known = text_of(site, "/doc/supplement/S002")
    assert "Numéro 2 relevé dans le texte" in known
    assert "Parution de mars à mai 2016 estimé" in known
    assert "Imprimé : « Printemps 2016 »" in known
    assert "certaine" in known
    assert "Mis en avant" in known
    assert known.index("portrait ou encadré") < known.index("sujet d'article"), "portraits come first"
    assert "page 3" in known
    unknown = text_of(site, "/doc/supplement/S001")
    assert "Numéro 3 déduit par règle" in unknown
    assert "Parution 2020 estimé" in unknown
    assert "Territoire non identifié inconnue" in unknown
    assert "Aucun acteur n'est identifié dans ce supplément." in unknown


def test_a_territory_shows_its_life_its_changes_and_its_supplements(site: FlaskClient) -> None:
    page = text_of(site, "/doc/territoire/T010")
    assert "SIREN" in page
    assert "jusqu'au" in page or "du 1er" in page
    assert "Suppléments qui en font le portrait Supplément territoire n° 2" in page
    assert "Avant, maintenant, après" in page
    assert "Après CC du Haut Pays" in page
    assert "Territoires membres" in page
    assert "Administré par" in page
    later = text_of(site, "/doc/territoire/T011")
    assert "Aucun supplément ne porte sur ce territoire lui-même." in later
    assert "Sur ce qu'il a été ou est devenu" in later
    assert "Supplément territoire n° 2" in later


def test_an_actor_tells_features_from_mentions(site: FlaskClient) -> None:
    page = text_of(site, "/doc/acteur/A001")
    assert "Mis en avant par" in page
    assert "999999998 certaine" in page
    assert "W991234567 probable" in page
    assert "Coopérations et dispositifs" in page
    other = text_of(site, "/doc/acteur/A002")
    assert "Identification probable" in other
    assert "Anciens noms Le Panier" in other
    assert "Porté par Réseau fictif" in other


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/doc/cooperation/C001", ("Qui y prend part", "Rôle")),
        ("/doc/dispositif/D001", ("Nature",)),
        ("/doc/lettre/L001", ("Supplément paru avec ce numéro",)),
        ("/doc/document/R001", ("Ce qui s'appuie sur ce document", "Ce qu'il établit, en données")),
        ("/doc/personne-publique/P001", ("Administre",)),
        ("/vocab/champ/alimentation", ("Dans d'autres vocabulaires", "Qui l'emploie", "Libellés")),
        ("/vocab/statut", ("association déclarée",)),
        ("/graph/R001", ("Déclarations", "Source")),
        ("/dataset", ("Fichiers", "SHA-256", "Graphes nommés", "Licence")),
        ("/shapes", ("Violation", "Gravité")),
    ],
)
def test_each_kind_of_page_has_what_matters(site: FlaskClient, path: str, words: tuple[str, ...]) -> None:
    page = text_of(site, path)
    for word in words:
        assert word in page


def test_the_ontology_page_has_every_term_with_its_anchor(site: FlaskClient) -> None:
    page = Page(site.get("/ns", headers={"Accept": "text/html"}).text)
    terms = set(
        re.findall(r"<https://w3id\.org/ess-lod/ns#(\w+)> <http://www\.w3\.org/1999/02/22-rdf-syntax-ns#type>", site.get("/ns.nt").text)
    )
    assert len(terms) > 60
    assert terms <= set(page.ids)


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_has_every_thing_of_its_kind(client: FlaskClient, tables: Rows, kind: str) -> None:
    ids = {row["id"] for row in tables["registre"] if row["type"] == kind and row["etat"] == "actif"}
    found: list[str] = []
    path = f"/{LISTS[kind]}"
    while path:
        text = client.get(path, headers={"Accept": "text/html"}).text
        found += re.findall(rf"<tr>\s*<t[hd][^>]*><a href=\"/doc/{kind}/(\w+)\"", text.partition("<tbody>")[2])
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = following[1] if following else ""
    assert len(found) == len(set(found))
    if kind == "territoire":  # those of the dated reference have their ids elsewhere
        assert len(found) > 4000
        assert ids < set(found)
    else:
        assert set(found) == ids


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/acteurs?champ=alimentation", {"A002"}),
        ("/acteurs?champ=mobilite", set()),
        ("/acteurs?q=PANIER", {"A002"}),
        ("/acteurs?q=reseau", {"A001"}),
        ("/acteurs?q=reseau&champ=alimentation", set()),
        ("/acteurs?q=", {"A001", "A002"}),
        ("/acteurs?page=2", set()),
        ("/acteurs?page=x", {"A001", "A002"}),
    ],
)
def test_a_list_can_be_narrowed_without_javascript(site: FlaskClient, path: str, expected: set[str]) -> None:
    answer = site.get(path, headers={"Accept": "text/html"})
    check(answer.text, path)
    assert set(re.findall(r'<th scope="row"><a href="/doc/acteur/(\w+)"', answer.text)) == expected


def test_a_list_links_to_its_own_query(site: FlaskClient) -> None:
    for name in LISTS.values():
        page = Page(site.get(f"/{name}", headers={"Accept": "text/html"}).text)
        (query,) = [href for href in page.anchors if href.startswith("/sparql?query=")]
        table = site.get(f"{query}&format=csv")
        assert (table.status_code, table.mimetype) == (200, "text/csv")
        assert table.text.count("\r\n") > 1


def test_the_supplements_list_tells_what_is_not_known(site: FlaskClient) -> None:
    page = text_of(site, "/supplements")
    assert "3 déduit par règle 2020 estimé Territoire non identifié" in page
    assert "2 relevé dans le texte de mars à mai 2016 estimé" in page


def test_a_site_below_a_prefix_keeps_its_links(site_settings: Settings) -> None:
    client = create_app(site_settings).test_client()
    answer = client.get("/doc/acteur/A001", headers={"Accept": "text/html"}, environ_overrides={"SCRIPT_NAME": "/lod"})
    page = Page(answer.text)
    assert all(href.startswith(("/lod/", "http", "#")) for href in page.anchors)
    assert answer.headers["Content-Location"] == "/lod/doc/acteur/A001.html?lang=fr"
    assert client.get("/id/acteur/A001", environ_overrides={"SCRIPT_NAME": "/lod"}).location == "/lod/doc/acteur/A001"


def test_static_files_are_served(site: FlaskClient) -> None:
    for name, content_type in (("style.css", "text/css"), ("icon.svg", "image/svg+xml")):
        answer = site.get(f"/static/{name}", buffered=True)
        assert (answer.status_code, answer.mimetype) == (200, content_type)
        assert b"http://" not in answer.data.replace(b"http://www.w3.org/2000/svg", b"")


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colours_can_be_read(site: FlaskClient) -> None:
    sheet = site.get("/static/style.css", buffered=True).text
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", sheet))
    pairs = [
        (name, ground)
        for name in ("ink", "muted", "accent", "known", "derived", "doubt", "neutral")
        for ground in ("#ffffff", colours["soft"])
    ]
    pairs += [("accent-soft", "#0f463a"), ("accent", "#ffffff")]
    assert len(pairs) == 16
    for name, ground in pairs:
        light, dark = sorted((luminance(colours[name]), luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, ground)
