"""Every error as problem+json, as text and as HTML, in French and English, and never with a traceback."""

from __future__ import annotations

import logging

import pytest
from flask import abort
from flask.testing import FlaskClient

from ess_lod import errors
from ess_lod.config import Settings
from ess_lod.web import create_app
from ess_lod.web.problems import ALL_KINDS, BY_STATUS, KINDS
from ess_lod.web.words import phrase

CASES = {
    "not-found": (404, "GET", "/nothing", None),
    "gone": (410, "GET", "/doc/acteur/A004", None),
    "bad-query": (400, "POST", "/sparql", "nonsense"),
    "bad-request": (400, "POST", "/sparql?query=ASK%20%7B%7D", "ASK {}"),
    "query-refused": (403, "POST", "/sparql", None),
    "too-large": (413, "POST", "/sparql", "ASK {}" + "#" * 300_000),
    "method-not-allowed": (405, "DELETE", "/ns", None),
    "unknown-release": (404, "GET", "/dump/2026-01-01-00000000/dataset.nq", None),
    "unsupported-type": (415, "POST", "/sparql", None),
    "bad-range": (416, "GET", "/dump/latest/dataset.nq", None),
}
_TYPES = {"query-refused": "application/sparql-update", "unsupported-type": "text/plain"}


@pytest.mark.parametrize("slug", CASES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_error_is_told_to_programs_and_to_people(site: FlaskClient, slug: str, language: str) -> None:
    status, method, path, body = CASES[slug]
    title = phrase(f"problem-{slug}", language)
    bodies = {}
    for accept in ("application/problem+json", "application/json", "text/plain", "text/html"):
        headers = {"Accept": f"{accept}, text/csv;q=0.1", "Accept-Language": language, "Range": "bytes=99999999-"}
        content_type = _TYPES.get(slug, "application/sparql-query") if method == "POST" else None
        answer = site.open(
            path, method=method, data=body or ("x" if method == "POST" else None), headers=headers, content_type=content_type
        )
        assert answer.status_code == status, slug
        assert answer.mimetype == accept
        assert answer.headers["Content-Language"] == language
        assert {"Accept", "Accept-Language"} <= set(answer.vary)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Traceback" not in answer.text
        bodies[accept] = answer
    found = bodies["application/problem+json"].json
    assert found is not None
    assert found["type"] == f"https://reseau.example/lod/problems#{slug}"
    assert (found["title"], found["status"]) == (title, status)
    assert found["detail"]
    assert found["instance"] == path.partition("?")[0]
    assert bodies["text/plain"].text == f"{status} {title}\n{found['detail']}\n"
    assert f'<html lang="{language}">' in bodies["text/html"].text
    assert title.replace("'", "&#39;") in bodies["text/html"].text


def test_a_client_that_accepts_nothing_of_ours_still_learns_what_is_wrong(site: FlaskClient) -> None:
    for accept in ("text/turtle", "image/png", "*/*", None):
        answer = site.get("/nothing", headers={"Accept": accept} if accept else {})
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_what_the_server_did_wrong_goes_to_the_log_and_not_to_the_client(site_settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(site_settings)

    @app.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError("a secret of the server")

    @app.get("/damaged")
    def damaged() -> str:
        raise errors.CorruptRelease("/a/path")

    @app.get("/teapot")
    def teapot() -> str:
        abort(418)

    client = app.test_client()
    for path, slug in (("/broken", "internal"), ("/damaged", "corrupt-release")):
        for accept in ("application/problem+json", "text/html", "text/plain"):
            with caplog.at_level(logging.ERROR):
                answer = client.get(path, headers={"Accept": accept})
            assert answer.status_code == 500
            assert "secret" not in answer.text
            assert "/a/path" not in answer.text
            assert answer.headers["Cache-Control"] == "no-store"
        assert client.get(path).json["type"].endswith(f"#{slug}")  # type: ignore[index]
    assert "a secret of the server" in caplog.text
    assert client.get("/teapot").status_code == 418


def test_the_table_covers_the_tree_of_errors() -> None:
    covered = set(KINDS)
    for leaf in (
        errors.NotFound,
        errors.Gone,
        errors.NotAcceptable,
        errors.NoSuchProfile,
        errors.BadQuery,
        errors.QueryRefused,
        errors.QueryTooCostly,
        errors.TooManyQueries,
        errors.Overloaded,
        errors.EngineDown,
        errors.EngineBroken,
        errors.EngineSlow,
        errors.NoRelease,
        errors.NotInService,
        errors.UnknownRelease,
        errors.InboxClosed,
        errors.NoToken,
        errors.Unacceptable,
        errors.TooManyAnnouncements,
        errors.InboxFull,
    ):
        assert leaf in covered
    assert len(ALL_KINDS) == len({kind.slug for kind in ALL_KINDS})
    assert set(KINDS.values()) <= set(ALL_KINDS)
    assert all(kind.status == status for status, kind in BY_STATUS.items())
    assert {kind.slug for kind in ALL_KINDS} >= set(CASES)


def test_the_type_of_a_problem_leads_to_its_explanation(site: FlaskClient) -> None:
    page = site.get("/problems").text
    for kind in ALL_KINDS:
        assert f'<div id="{kind.slug}"><dt><code>{kind.status}</code>' in page
    assert page.count("<dt>") == len(ALL_KINDS)


def test_the_address_in_an_error_is_shown_not_run(site: FlaskClient) -> None:
    page = site.get("/%3Cscript%3Ealert(1)%3C/script%3E", headers={"Accept": "text/html"}).text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert site.get("/{path}{0.__class__}").status_code == 404
