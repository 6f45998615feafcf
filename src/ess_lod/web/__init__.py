"""The web: one release, served as pages for people and as data for programs.

``create_app`` puts the parts together: resources (things, graphs), lookup (official identifiers), vocabulary, sparql, harvest, pages (home and lists);
``problems`` answers what goes wrong.
"""

from __future__ import annotations

from flask import Flask, Response, request

from ess_lod.config import Settings
from ess_lod.web import harvest, live, lookup, pages, problems, rendering, resources, sparql, vocabulary

__all__ = ["create_app"]

_SECURITY = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_EXPOSED = "Allow, Content-Language, Content-Location, ETag, Last-Modified, Link, Location, Retry-After"


def create_app(settings: Settings) -> Flask:
    """The WSGI application that serves the published release of ``settings.releases``.

    Nothing is opened yet: before a release is published, every request but those for static files is answered with 503.
    """
    app = Flask(__name__)
    # a form may write each byte of a query as three
    app.config["MAX_CONTENT_LENGTH"] = 3 * settings.max_query_bytes + 4096
    app.config["MAX_FORM_MEMORY_SIZE"] = app.config["MAX_CONTENT_LENGTH"]
    live.register(app, settings)
    rendering.register(app)
    problems.register(app)
    for part in (pages, resources, lookup, vocabulary, sparql, harvest):
        app.register_blueprint(part.blueprint)
    app.after_request(_open_and_safe)
    return app


def _open_and_safe(answer: Response) -> Response:
    """Everything is public, so any origin may read it (CORS); pages may load nothing from elsewhere and cannot be framed."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        answer.headers["Access-Control-Allow-Methods"] = answer.headers.get("Allow", "GET, HEAD, OPTIONS")
        answer.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type, If-None-Match, Range"
        answer.headers["Access-Control-Max-Age"] = "86400"
    for name, value in _SECURITY.items():
        answer.headers.setdefault(name, value)
    return answer
