"""What went wrong, for a program and for a person: error type → status, in one table.

Answers are ``application/problem+json`` (RFC 9457), ``text/plain`` or HTML, in French or English. What the server itself did wrong goes to the log;
the client gets no traceback.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, Response, current_app, json, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from ess_lod import errors
from ess_lod.characters import visible
from ess_lod.iris import DEFAULT_BASE
from ess_lod.media import EXTENSIONS, HTML, JSON, MediaType
from ess_lod.web.live import served_if_any, settings
from ess_lod.web.negotiation import negotiate
from ess_lod.web.protocol import ProtocolError, ReconcileError
from ess_lod.web.rendering import here, language, one_slash, render
from ess_lod.web.words import LANGUAGES, number, phrase

_LOG = logging.getLogger(__name__)

PROBLEM_JSON = MediaType("json", "application/problem+json", None, "problem+json")
PLAIN = MediaType("txt", "text/plain", None, "texte")
_LONGEST_NAMED = 200
_OFFERED = (PROBLEM_JSON, JSON, HTML, PLAIN)


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its status, and the key of its words (``problem-{slug}`` and ``problem-{slug}-what``)."""

    status: int
    slug: str


KINDS: dict[type[Exception], Kind] = {
    errors.NotFound: Kind(404, "not-found"),
    errors.Gone: Kind(410, "gone"),
    errors.NotAcceptable: Kind(406, "not-acceptable"),
    errors.NoSuchProfile: Kind(406, "no-such-profile"),
    errors.BadQuery: Kind(400, "bad-query"),
    errors.QueryRefused: Kind(403, "query-refused"),
    errors.QueryTooCostly: Kind(422, "too-costly"),
    errors.TooManyQueries: Kind(429, "too-many-queries"),
    errors.Overloaded: Kind(503, "overloaded"),
    errors.EngineDown: Kind(503, "engine-down"),
    errors.EngineBroken: Kind(502, "engine-broken"),
    errors.EngineSlow: Kind(504, "engine-slow"),
    errors.InboxClosed: Kind(404, "inbox-closed"),
    errors.NoToken: Kind(401, "inbox-token"),
    errors.Unacceptable: Kind(400, "inbox-refused"),
    errors.TooManyAnnouncements: Kind(429, "inbox-too-many"),
    errors.InboxFull: Kind(503, "inbox-full"),
    errors.NoRelease: Kind(503, "no-release"),
    errors.NotInService: Kind(503, "not-in-service"),
    errors.UnknownRelease: Kind(404, "unknown-release"),
    errors.CorruptRelease: Kind(500, "corrupt-release"),
}
INTERNAL = Kind(500, "internal")
NO_SUCH_LIFE = Kind(404, "no-such-life")
"""A code that named nothing at the date that was asked for."""
BY_STATUS: dict[int, Kind] = {
    kind.status: kind
    for kind in (
        Kind(400, "bad-request"),
        KINDS[errors.NotFound],
        KINDS[errors.QueryRefused],
        Kind(405, "method-not-allowed"),
        Kind(408, "slow-request"),
        Kind(413, "too-large"),
        Kind(415, "unsupported-type"),
        Kind(416, "bad-range"),
        INTERNAL,
    )
}
RECONCILIATION = {400: Kind(400, "bad-reconciliation"), 413: Kind(413, "reconciliation-too-large")}
"""What the reconciliation service cannot read, by status."""
ALL_KINDS: tuple[Kind, ...] = tuple(
    {kind.slug: kind for kind in (*KINDS.values(), NO_SUCH_LIFE, *BY_STATUS.values(), *RECONCILIATION.values())}.values()
)


def register(app: Flask) -> None:
    """Answer every error of an application here."""
    app.register_error_handler(Exception, _answer)


def _answer(error: Exception) -> ResponseReturnValue:
    if isinstance(error, RequestRedirect):
        return error
    if isinstance(error, HTTPException):
        if error.code is None or error.code < 400:
            return error
        if error.code == 404 and (path := _meant()):
            return redirect(path, 308)
        return _http_problem(error)
    if isinstance(error, ProtocolError):
        kinds = BY_STATUS | RECONCILIATION if isinstance(error, ReconcileError) else BY_STATUS
        return problem(kinds[error.status], {"message": phrase(error.key, language(), **error.values), **error.values})
    kind = next((KINDS[ancestor] for ancestor in type(error).__mro__ if ancestor in KINDS), INTERNAL)
    if kind.status == 404 and (path := _meant()):
        return redirect(path, 308)
    if kind.status in (500, 502):
        _LOG.error("%s %s", request.method, visible(request.path), exc_info=error)
    return problem(kind, _members(error))


def _members(error: Exception) -> dict[str, object]:
    """What is told of an error beside its kind."""
    match error:
        case errors.BadQuery():
            return {"message": error.told(language()), "line": error.line, "column": error.column}
        case errors.QueryTooCostly():
            value = "" if error.value is None else number(f"{error.value:.0f}", language())
            return {"message": phrase(f"too-costly-{error.limit}", language(), value=value), "limit": error.limit, "value": error.value}
        case errors.TooManyQueries():
            return {"limit": error.most, "retry_after": 1}
        case errors.Overloaded():
            return {"retry_after": error.retry_after}
        case errors.EngineError():
            return _of_engine(error)
        case errors.NotAcceptable():
            return {"offered": list(error.offered)}
        case errors.QueryRefused():
            return {"message": str(error)}
        case errors.InboxError():
            return _of_inbox(error)
        case errors.Gone():
            return {"iri": error.iri}
    return {}


def _of_engine(error: errors.EngineError) -> dict[str, object]:
    match error:
        case errors.EngineDown():
            edition = served_if_any()
            return {"engine": edition.store.engine if edition else "", "retry_after": 5}
        case errors.EngineSlow():
            return {"limit": error.seconds}
    return {}


def _of_inbox(error: errors.InboxError) -> dict[str, object]:
    match error:
        case errors.Unacceptable():
            reasons = sorted({reason[LANGUAGES.index(language())] for reason in error.reasons})
            return {"message": phrase(error.key, language(), **error.values), "reasons": reasons or None}
        case errors.TooManyAnnouncements():
            return {"limit": error.most, "retry_after": 3600}
    return {}


def _http_problem(error: HTTPException) -> Response:
    status = error.code or 500
    kind = BY_STATUS.get(status, Kind(status, "other"))
    extra: dict[str, object] = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        extra["allowed"] = sorted(error.valid_methods)
    elif kind.slug in ("bad-request", "unsupported-type") and error.description:
        extra["message"] = error.description
    answer = problem(kind, extra)
    for name, value in error.get_headers():
        if name in ("Allow", "Content-Range"):
            answer.headers[name] = value
    return answer


def problem(kind: Kind, extra: dict[str, object] | None = None) -> Response:
    """The answer to a problem: its words in the client's language, ``extra`` as further members of the JSON object."""
    extra = {name: value for name, value in (extra or {}).items() if value is not None}
    chosen = language()
    title = phrase(f"problem-{kind.slug}", chosen)
    detail = phrase(f"problem-{kind.slug}-what", chosen, **_fillings(extra))
    try:
        media = negotiate(request.headers.get("Accept"), _OFFERED)
    except errors.NotAcceptable:
        media = PROBLEM_JSON
    if media is HTML:
        body = render("problem.html", title=title, detail=detail, status=kind.status, slug=kind.slug, extra=extra)
    elif media is PLAIN:
        body = f"{kind.status} {title}\n{detail}\n"
    else:
        members = {
            "type": type_of(kind),
            "title": title,
            "status": kind.status,
            "detail": detail,
            "instance": here(one_slash(request.path)),
            **extra,
        }
        body = json.dumps(members, ensure_ascii=False, indent=2) + "\n"
    answer = Response(body, kind.status, content_type=media.header)
    answer.headers["Content-Language"] = chosen
    answer.headers["Cache-Control"] = "no-store" if kind.status >= 422 or kind.slug.startswith("inbox-") else "public, max-age=60"
    answer.vary.update(("Accept", "Accept-Language"))
    if kind.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if kind.status in (429, 503):
        answer.headers["Retry-After"] = str(extra.get("retry_after", 30))
    return answer


def type_of(kind: Kind) -> str:
    """URI of a kind of problem; the page ``/problems`` explains them all."""
    edition = served_if_any()
    return f"{edition.iris.base if edition else DEFAULT_BASE}problems#{kind.slug}"


def _asked() -> str:
    """The path, with the thing that the query names where there is one: the rest of a query does not say what is missing."""
    for name in ("uri", "id"):
        if value := request.args.get(name):
            return f"{request.path}?{name}={value if len(value) <= _LONGEST_NAMED else value[:_LONGEST_NAMED] + '…'}"
    return request.path


def _fillings(extra: dict[str, object]) -> dict[str, object]:
    """What the sentences of words.toml may name."""
    lists = {name: (" " if name == "reasons" else ", ").join(map(str, value)) for name, value in extra.items() if isinstance(value, list)}
    return (
        {
            "path": _asked(),
            "message": "",
            "reasons": "",
            "line": "?",
            "column": "?",
            "limit": settings().max_query_bytes,
        }
        | extra
        | lists
    )


def _meant() -> str | None:
    """Where a path should have gone that has a slash too many, or an extension that means one of ours (``.json``, ``.TTL``)."""
    path = request.path.rstrip("/")
    stem, _, extension = path.rpartition(".")
    ours = EXTENSIONS.get(extension.lower(), extension.lower())
    if stem and ours != extension:
        path = f"{stem}.{ours}"
    elif not path or path == request.path:
        return None
    adapter = current_app.create_url_adapter(request)
    try:
        rule, _ = adapter.match(path, method="GET", return_rule=True) if adapter else (None, {})
    except HTTPException:
        return None
    if rule is None or (path.endswith(f".{ours}") and "extension" not in rule.arguments):
        return None
    query = request.query_string.decode("latin-1")
    return here(one_slash(path)) + (f"?{query}" if query else "")
