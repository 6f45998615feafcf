"""All kinds of pages of a site, found in what it says of itself, so that a new page is checked without being listed.

``/openapi.json`` has every route of the application and what it answers; from it come the addresses of all pages, one for each kind of thing. What a route
answers beside its usual page (nothing found, an error, a choice) stands in ``ALSO``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import jinja2
from flask import Flask, template_rendered
from flask.testing import FlaskClient

from ess_lod import web
from ess_lod.iris import KINDS
from ess_lod.web.rendering import LISTS

_TEXTS = {path.name: path.read_text("utf-8") for path in (Path(web.__file__).parent / "templates").glob("*.html")}
_PARTS = re.compile(r'{% *(?:extends|import|include) *"([^"]+)"')
TEMPLATES = frozenset(_TEXTS) - {part for text in _TEXTS.values() for part in _PARTS.findall(text)}
"""The templates of pages; the others are parts of them, or what they extend."""
HTML = {"Accept": "text/html"}
LANGUAGES = ("fr", "en")
ALSO = (
    "/acteurs?q=zzzz",
    "/acteurs?champ=alimentation",
    "/acteurs?page=9999",
    "/territoires?page=2",
    "/sparql?query=SELECT * WHERE {?s ?p ?o} LIMIT 30",
    "/sparql?query=ASK {}",
    "/sparql?query=CONSTRUCT WHERE {?s a ?t} LIMIT 5",
    "/sparql?query=SELECT nothing that can be read",
    "/sparql?query=SELECT * {} #" + "long" * 400,
    "/doc/acteur/A999",
    "/doc/acteur/A001?_profile=nonsense",
    "/doc/acteur/A001?_profile=alt",
    "/doc/territoire/T001?date=nonsense",
    "/changes?since=2020-01-01",
    "/no/such/page",
    "/siren/1",
    "/inbox",
    "/linkset",
    "/reconcile/preview?id=nonsense",
    "/dump/nonsense/",
    "/insee/commune/60054",
)
"""What a route answers beside its usual page; for a site that lacks the thing, a problem's page."""


@dataclass(frozen=True)
class Page:
    """An address without its language, and what was answered: status, templates, HTML by language."""

    path: str
    status: int
    templates: frozenset[str]
    html: dict[str, str]


def address(path: str, language: str) -> str:
    """The address of a page in a language, as a browser asks it."""
    path, _, query = path.partition("?")
    name, _, value = query.partition("=")
    return f"{quote(path)}?{urlencode({name: value, 'lang': language} if query else {'lang': language})}"


def kinds_of_pages(app: Flask) -> list[Page]:
    """All kinds of pages of the site of the first network. Raises ``AssertionError`` for a route of pages that answers none."""
    found: list[Page] = []
    client = app.test_client()
    with _rendered(app) as templates:
        for template, paths in _addresses(client):
            answered = [page for path in paths if (page := _page(client, path, templates))]
            assert any(page.status == 200 for page in answered), f"no page: {template} {paths}"
            found += answered
        found += [page for path in ALSO if (page := _page(client, path, templates))]
    return found


def pages_of(app: Flask, paths: Iterable[str]) -> list[Page]:
    """These pages of a site."""
    with _rendered(app) as templates:
        return [page for path in paths if (page := _page(app.test_client(), path, templates))]


def all_things(app: Flask) -> Iterator[str]:
    """Paths of the things of a site, of all kinds, as its lists show them on their first pages."""
    client = app.test_client()
    for kind, name in LISTS.items():
        yield from dict.fromkeys(re.findall(rf'href="(/doc/{kind}/\w+)', client.get(f"/{name}?lang=fr", headers=HTML).text))


def _page(client: FlaskClient, path: str, templates: list[str]) -> Page | None:
    templates.clear()
    answers = {language: client.get(address(path, language), headers=HTML, follow_redirects=True) for language in LANGUAGES}
    if {answer.mimetype for answer in answers.values()} != {"text/html"}:
        return None
    (status,) = {answer.status_code for answer in answers.values()}
    return Page(path, status, frozenset(templates), {language: answer.text for language, answer in answers.items()})


def _addresses(client: FlaskClient) -> Iterator[tuple[str, list[str]]]:
    """Each route that answers HTML, with addresses that have its examples; a thing of each kind for that of the things."""
    described = client.get("/openapi.json").json
    assert described
    for template, operations in described["paths"].items():
        operation = operations["get"]
        if template.endswith(".{extension}") or "text/html" not in operation["responses"].get("200", {}).get("content", {}):
            continue
        path = template
        for each in operation["parameters"]:
            path = path.replace("{" + each["name"] + "}", str(each["example"])) if each["in"] == "path" else path
        query = [f"{each['name']}={each['example']}" for each in operation["parameters"] if each["in"] == "query" and "example" in each]
        needed = [f"{each['name']}={each['example']}" for each in operation["parameters"] if each["in"] == "query" and each["required"]]
        if template == "/doc/{kind}/{id}":
            yield from ((f"/doc/{kind}/…", list(_things(client, kind))) for kind in KINDS)
        else:
            yield template, [path + (f"?{needed[0]}" if needed else ""), *(f"{path}?{each}" for each in query if each not in needed)]


def _things(client: FlaskClient, kind: str) -> Iterator[str]:
    """Some things of a kind: the first of its list, the last, and the one whose page is longest of those between."""
    listed = client.get(f"/{LISTS[kind]}?lang=fr", headers=HTML).text
    found = list(dict.fromkeys(re.findall(rf'href="(/doc/{kind}/\w+)', listed)))
    yield from dict.fromkeys(
        (*found[:1], *found[-1:], *sorted(found[1:-1], key=lambda path: -len(client.get(path, headers=HTML).data))[:1])
    )


@contextmanager
def _rendered(app: Flask) -> Iterator[list[str]]:
    """The names of the templates that an application renders meanwhile."""
    names: list[str] = []

    def note(_: Flask, template: jinja2.Template, **__: object) -> None:
        names.append(str(template.name))

    with template_rendered.connected_to(note, app):
        yield names
