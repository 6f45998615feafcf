"""The look of a site: colours that can be read, a logo that does no harm."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ess_lod.config import Settings
from ess_lod.errors import ConfigError
from ess_lod.look import LEAST, MOST_BYTES, contrast, read_look
from ess_lod.web import create_app
from tests.conftest import REPOSITORY

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def look(home: Path, **settings: str) -> Settings:
    return Settings.read({}, home=home, **settings)


def test_contrast_is_that_of_the_recommendation() -> None:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio: 21 for black on white, and #767676 is the lightest grey that passes on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == 1
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.005)
    assert contrast("#777777", "#ffffff") < LEAST < contrast("#767676", "#ffffff")
    assert contrast("#14594a", "#dcebe5") == contrast("#dcebe5", "#14594a")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"color": "#ff8800"}, "son contraste avec le blanc des pages est de 2,39:1, il en faut au moins 4,5:1 (WCAG 2.2, AA)"),
        ({"color": "#767676"}, "le gris des encadrés (#f2f6f4) est de 4,16:1"),
        ({"color": "#14594a", "color_soft": "#669988"}, "« color_soft » (#669988) est de"),
        ({"color": "rouge"}, "« color » vaut « rouge » : écrire une couleur comme #14594a."),
        ({"color": "#12345"}, "écrire une couleur"),
        ({"color": "#14594a; } body { display: none"}, "écrire une couleur"),
        ({"color_soft": "#eeeeee"}, "« color_soft » est réglé sans « color »"),
        ({"logo": "none.svg"}, "Le logo none.svg est absent."),
        ({"logo": "page.html"}, "n'est pas une image SVG, PNG, JPEG ou WebP"),
        ({"logo": "large.png"}, f"fait {MOST_BYTES + 1} octets"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_reason(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    (tmp_path / "page.html").write_text("<!doctype html><svg></svg>")
    (tmp_path / "large.png").write_bytes(b"\x89PNG\r\n\x1a\n".ljust(MOST_BYTES + 1))
    with pytest.raises(ConfigError) as error:
        read_look(look(tmp_path, **settings))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (SVG, "image/svg+xml"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- ours -->\n' + SVG, "image/svg+xml"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"RIFF1234WEBPrest", "image/webp"),
    ],
)
def test_a_logo_is_known_by_its_content(tmp_path: Path, content: bytes, media_type: str) -> None:
    (tmp_path / "logo").write_bytes(content)
    found = read_look(look(tmp_path, logo="logo")).logo
    assert found is not None
    assert (found.content, found.media_type) == (content, media_type)


def test_a_short_colour_and_the_pale_one_that_is_made_from_it(tmp_path: Path) -> None:
    found = read_look(look(tmp_path, color="#048"))
    assert (found.color, found.color_soft) == ("#004488", "#dee7f0")
    assert contrast(found.color, found.color_soft) >= LEAST
    assert found.css == ":root { --accent: #004488; --accent-deep: #004488; --accent-soft: #dee7f0; }\n"


@pytest.fixture
def dressed(site_settings: Settings, tmp_path: Path) -> FlaskClient:
    """A client of a site with a look of its own."""
    (tmp_path / "logo.svg").write_bytes(SVG)
    settings = Settings.read(
        {},
        home=tmp_path,
        ontology=REPOSITORY / "ontology",
        releases=site_settings.releases,
        indexes=site_settings.indexes,
        logo="logo.svg",
        color="#7A2E4D",
    )
    return create_app(settings).test_client()


def test_a_page_has_the_colours_and_the_logo_without_inline_style(dressed: FlaskClient) -> None:
    page = dressed.get("/", headers={"Accept": "text/html"})
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)">', page.text) == ["/static/style.css", "/look.css"]
    assert '<link rel="icon" href="/logo" type="image/svg+xml">' in page.text
    assert '<img class="logo" src="/logo" alt="" width="40" height="40">' in page.text
    assert "<style" not in page.text
    assert "style=" not in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_colours_are_those_that_the_style_sheet_uses(dressed: FlaskClient) -> None:
    answer = dressed.get("/look.css")
    assert answer.content_type == "text/css; charset=utf-8"
    given = re.findall(r"(--[a-z-]+): #[0-9a-f]{6};", answer.text)
    sheet = (REPOSITORY / "src/ess_lod/web/static/style.css").read_text()
    assert given == ["--accent", "--accent-deep", "--accent-soft"]
    assert all(f"{name}: #" in sheet and f"var({name})" in sheet for name in given)
    assert dressed.get("/look.css", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_logo_runs_nothing_when_it_is_opened(dressed: FlaskClient) -> None:
    answer = dressed.get("/logo")
    assert (answer.status_code, answer.data, answer.content_type) == (200, SVG, "image/svg+xml")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert dressed.get("/logo", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_site_without_a_look_is_as_it_was(site: FlaskClient) -> None:
    page = site.get("/", headers={"Accept": "text/html"}).text
    assert "look.css" not in page
    assert "/logo" not in page
    assert site.get("/look.css").text == ""
    assert site.get("/logo").data == (REPOSITORY / "src/ess_lod/web/static/icon.svg").read_bytes()


def test_the_colours_of_the_style_sheet_itself_can_be_read() -> None:
    sheet = (REPOSITORY / "src/ess_lod/web/static/style.css").read_text()
    colors = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", sheet))
    for name in ("ink", "muted", "accent", "accent-deep", "known", "derived", "doubt", "neutral"):
        assert contrast(colors[name], "#ffffff") >= LEAST, name
        assert contrast(colors[name], colors["soft"]) >= LEAST, name
    assert contrast(colors["accent-deep"], colors["accent-soft"]) >= LEAST
