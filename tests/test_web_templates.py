"""What templates take of a mapping is an entry of it, never a method; what is not there is an error, not an empty place."""

from __future__ import annotations

import re

import pytest
from flask import Flask, render_template, render_template_string
from jinja2 import UndefinedError
from werkzeug.datastructures import MultiDict

from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.publish import build
from ess_lod.web import create_app
from tests.conftest import REPOSITORY, Project

METHODS = ["update", "items", "keys", "values", "copy", "get", "pop", "clear", "setdefault", "popitem", "getlist"]


@pytest.mark.parametrize("name", METHODS)
def test_a_mapping_gives_its_entries_and_never_its_methods(site_app: Flask, name: str) -> None:
    ways = (f"{{{{ counts.{name} }}}}", f'{{{{ counts["{name}"] }}}}', f'{{{{ [counts]|map(attribute="{name}")|first }}}}')
    with site_app.app_context(), site_app.test_request_context("/"):
        for way in ways:
            for counts in ({name: 3}, MultiDict({name: 3})):
                assert render_template_string(way, counts=counts) == "3"
            with pytest.raises(UndefinedError):
                render_template_string(way, counts={})
        assert render_template_string(f'{{{{ counts["{name}"]|default(0) }}}}', counts={}) == "0"
        assert (
            render_template_string("{% for key, value in counts|items %}{{ key }}{{ value }}{% endfor %}", counts={name: 3}) == f"{name}3"
        )


def test_what_is_not_there_is_an_error(site_app: Flask) -> None:
    with site_app.app_context(), site_app.test_request_context("/"):
        for text in ("{{ nothing }}", "{% if nothing %}{% endif %}", "{% for each in nothing %}{% endfor %}", "{{ ''.nothing }}"):
            with pytest.raises(UndefinedError):
                render_template_string(text)
        with pytest.raises(UndefinedError):
            render_template("list.html")


def test_no_template_calls_a_method_of_a_mapping() -> None:
    templates = sorted((REPOSITORY / "src/ess_lod/web/templates").glob("*.html"))
    assert len(templates) > 30
    for path in templates:
        assert not re.search(r"\.(get|items|keys|values|update|copy|pop)\b", path.read_text("utf-8")), path.name


def test_a_comparison_where_a_kind_has_no_update_says_nought(small: Project) -> None:
    first, _ = build(small.settings)
    releases.publish(small.settings.releases, first.version)
    small.append("registre", "A099,acteur,2026-01-05,actif,,,,,")
    small.append("acteurs", "A099,Nouvelle,,,,,acteur,scic,alimentation,,,99001,,actif,,,,,certaine,R001")
    second, _ = build(small.settings)
    releases.publish(small.settings.releases, second.version)
    assert first.version != second.version
    client = create_app(
        Settings.read({}, **{name: getattr(small.settings, name) for name in ("home", "data", "releases", "indexes")})
    ).test_client()
    for before, after in ((first.version, second.version), (second.version, first.version)):
        page = client.get(f"/changes/{before}/{after}?lang=fr", headers={"Accept": "text/html"})
        assert page.status_code == 200
        cells = re.findall(r'<td class="number">([^<]*(?:<[^/][^<]*)?)</td>', page.text)
        assert cells
        assert all(re.fullmatch(r"[\d\u202f]+", cell) for cell in cells), cells
        assert "built-in" not in page.text
