"""The web: one release, served as pages for people and as data for programs.

``create_app`` puts the parts together: resources (things, graphs), lookup (official identifiers), vocabulary, profile_pages (models of others), sparql,
examples (of queries), reconcile, harvest, dumps (the files of releases), dataset (its page), sitemap, signposting, links (of a thing), inbox
(announcements of others), openapi (of this site), changes, feed, atom (what
each publication changed), pages (home and lists), appearance (colours, logo); ``problems`` answers what goes wrong.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from ess_lod.config import Settings
from ess_lod.errors import ConfigError
from ess_lod.iris import BadAddress, node_of, web_address
from ess_lod.web import (
    admitted,
    appearance,
    atom,
    catalogue,
    changes,
    dataset,
    dumps,
    examples,
    feed,
    harvest,
    inbox,
    links,
    live,
    lookup,
    openapi,
    pages,
    problems,
    profile_pages,
    reconcile,
    rendering,
    resources,
    signposting,
    sitemap,
    sparql,
    vocabulary,
)
from ess_lod.web.headers import OPEN, PREFLIGHT, SAFE
from ess_lod.web.words import phrase

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["create_app"]


def create_app(settings: Settings, loop: AbstractEventLoop | None = None) -> Flask:
    """The WSGI application that serves the published release of ``settings.releases``; queries run on ``loop``, or on one of their own.

    Nothing is opened yet: before a release is published, every request but those for static files is answered with 503.
    """
    _check_services(settings)
    app = Flask(__name__)
    # a form may write each byte of a query as three
    app.config["MAX_CONTENT_LENGTH"] = 3 * settings.max_query_bytes + 4096
    app.config["MAX_FORM_MEMORY_SIZE"] = app.config["MAX_CONTENT_LENGTH"]
    live.register(app, settings, loop)
    rendering.register(app)
    admitted.register(app)
    appearance.register(app, settings)
    problems.register(app)
    for part in (
        pages,
        appearance,
        resources,
        lookup,
        vocabulary,
        profile_pages,
        sparql,
        examples,
        reconcile,
        dumps,
        catalogue,
        harvest,
        dataset,
        sitemap,
        signposting,
        links,
        inbox,
        openapi,
        changes,
        feed,
        atom,
    ):
        app.register_blueprint(part.blueprint)
    signposting.register(app)
    app.before_request(_check_host)
    app.after_request(_open_and_safe)
    if settings.public_url:
        app.wsgi_app = _at_public_address(app.wsgi_app, settings.public_url)  # type: ignore[method-assign, assignment]
    if settings.proxies:
        behind = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=behind, x_proto=behind, x_host=behind, x_prefix=behind)  # type: ignore[method-assign]
    return app


def _at_public_address(app: WSGIApplication, address: str) -> WSGIApplication:
    """An application that takes every request for one to its public address, whatever the request says. Raises :class:`ConfigError`."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise ConfigError(
            f"ESS_LOD_PUBLIC_URL vaut « {address} » : il faut une adresse http(s) sans « ? » ni « # », par exemple https://donnees.example. / "
            "An http(s) address without query and fragment is needed."
        )

    def there(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ |= {"HTTP_HOST": parts.netloc, "wsgi.url_scheme": parts.scheme, "SCRIPT_NAME": parts.path.rstrip("/")}
        return app(environ, start_response)

    return there


def _check_services(settings: Settings) -> None:
    """Raise :class:`ConfigError` (French) for an endpoint of ``services`` that no query could name."""
    for entry in settings.services.split():
        try:
            web_address(entry)
        except BadAddress as error:
            raise ConfigError(f"Réglage « services » : {error.what} {error.remedy}") from error


def _check_host() -> None:
    """Absolute links are made of what the request calls this server: 400 when that makes no IRI."""
    if node_of(request.host_url.rstrip("/") + rendering.here("/")) is None:
        raise BadRequest(phrase("bad-host", rendering.language()))


def _open_and_safe(answer: Response) -> Response:
    if not live.settings().public_url:
        answer.vary.add("Host")  # links name the host that the request has named
    answer.headers.update(OPEN)
    if request.method == "OPTIONS":
        answer.headers["Access-Control-Allow-Methods"] = answer.headers.get("Allow", "GET, HEAD, OPTIONS")
        answer.headers.update(PREFLIGHT)
    for name, value in SAFE.items():
        answer.headers.setdefault(name, value)
    return answer
