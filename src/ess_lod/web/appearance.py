"""The site's own look: its colours as a style sheet, its logo as a picture. Both come from the settings, none from the release."""

from __future__ import annotations

from importlib import resources

from flask import Blueprint, Flask, Response, current_app, request

from ess_lod.config import Settings
from ess_lod.look import Logo, Look, read_look

blueprint = Blueprint("appearance", __name__)

_NAME = "ess_lod look"
_FRESH = "public, max-age=300"
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A picture opened by itself runs nothing and loads nothing, whatever is written in it."""


def register(app: Flask, settings: Settings) -> None:
    """Read the look once. Raises :class:`ess_lod.errors.ConfigError`."""
    app.extensions[_NAME] = read_look(settings)
    app.jinja_env.globals["look"] = app.extensions[_NAME]


@blueprint.get("/look.css")
def colors() -> Response:
    """The colours, as properties that the style sheet of the site uses."""
    return _answer(_look().css.encode(), "text/css; charset=utf-8")


@blueprint.get("/logo")
def logo() -> Response:
    """The logo of the network, or the icon of the site."""
    found = _look().logo or Logo(resources.files(__package__).joinpath("static/icon.svg").read_bytes(), "image/svg+xml")
    answer = _answer(found.content, found.media_type)
    answer.headers["Content-Security-Policy"] = _ALONE
    return answer


def _look() -> Look:
    found: Look = current_app.extensions[_NAME]
    return found


def _answer(content: bytes, content_type: str) -> Response:
    answer = Response(content, content_type=content_type)
    answer.headers["Cache-Control"] = _FRESH
    answer.add_etag()
    answer.make_conditional(request)
    return answer
