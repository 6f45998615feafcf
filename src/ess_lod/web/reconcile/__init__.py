"""The reconciliation service (API 0.2) over HTTP: queries, suggestions, previews, data extension. docs/reconciliation.md is for its users.

``reading``, ``parsing`` and ``wishes`` check what is asked; ``matching`` asks the index, ``extension`` the store;
``suggesting`` and ``previews`` are for who writes or points; ``sending`` writes JSON or JSONP; ``manifest`` and ``page`` say what there is.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from ess_lod.errors import NotFound
from ess_lod.media import HTML
from ess_lod.web.admitted import turn
from ess_lod.web.endpoint import OUTCOME
from ess_lod.web.live import Edition, served
from ess_lod.web.negotiation import negotiate
from ess_lod.web.protocol import FORM, ProtocolError, ReconcileError, fields_of
from ess_lod.web.reconcile import suggesting
from ess_lod.web.reconcile.extension import extend, fetched
from ess_lod.web.reconcile.manifest import manifest, service_address
from ess_lod.web.reconcile.matching import answer, failed, index_of
from ess_lod.web.reconcile.page import page
from ess_lod.web.reconcile.previews import card, note
from ess_lod.web.reconcile.reading import MOST_QUERIES, read_batch, read_single
from ess_lod.web.reconcile.sending import JSON, callback, send
from ess_lod.web.reconcile.wishes import read_wishes
from ess_lod.web.rendering import language, render
from ess_lod.web.representations import moved, revalidated

blueprint = Blueprint("reconcile", __name__)

PATH = "/reconcile"
LONGEST_BODY = 400_000
"""Bytes of a form."""
LONGEST_WORK = 10
"""Seconds for a batch; hostile names cost a hundred times what others do, and a batch keeps its turn until it ends."""
_ASKED = ("queries", "query", "extend")
_FRAMED = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"


def too_long() -> ReconcileError:
    """What is said of a longer one."""
    return ReconcileError(413, "reconcile-long-body", most=LONGEST_BODY, queries=MOST_QUERIES)


@blueprint.route(PATH, methods=["GET", "POST"])
def service() -> Response:
    """Answers to queries; without any, the manifest for programs and a page for people."""
    edition = served()
    callback()
    if request.method != "POST" and not any(name in request.args for name in _ASKED):
        return _without_query(edition)
    encoded = _form() if request.method == "POST" else request.query_string
    with turn("reconciliation"):  # to read a long form is work too
        return send(_work(edition, encoded))


@blueprint.get(f"{PATH}/suggest/<any(entity,property,type):kind>")
def suggest(kind: str) -> Response:
    """What begins with ``?prefix=``."""
    edition = served()
    match kind:
        case "entity":
            with turn("suggestions"):
                return send(lambda: suggesting.suggest_entities(edition, language()))
        case "property":
            return send(lambda: suggesting.suggest_properties(language()))
    return send(lambda: suggesting.suggest_types(language()))


@blueprint.get(f"{PATH}/flyout/<any(entity,property,type):kind>")
def flyout(kind: str) -> Response:
    """A note on ``?id=``, as HTML in JSON."""
    id_ = request.args.get("id", "")
    if kind != "entity":
        return send(lambda: suggesting.flyout_of_term(kind, id_, language()))
    with turn("suggestions"):
        found = card(served(), id_)
    if found is None:
        raise NotFound(request.path)
    return send(lambda: {"id": id_, "html": note(found)})


@blueprint.get(f"{PATH}/preview")
def preview() -> Response:
    """A card of ``?id=`` for a frame of another site: no script, and a style sheet is all that it loads."""
    edition = served()
    with turn("suggestions"):
        found = card(edition, request.args.get("id", ""))
    if found is None:  # a problem page could not be framed
        framed = Response(render("reconcile_preview.html", card=None), 404, content_type=HTML.header)
    else:
        framed = revalidated(edition, HTML, lambda: render("reconcile_preview.html", card=found))
    framed.headers["Content-Security-Policy"] = _FRAMED
    return framed


@blueprint.get(f"{PATH}/view")
def view() -> Response:
    """303 to the page of ``?id=`` on this server."""
    edition = served()
    id_ = request.args.get("id", "")
    path = edition.iris.path(edition.iris.document_of(id_))
    if path is None:
        raise NotFound(request.path)
    return moved(path, 303)


@blueprint.get(f"{PATH}/properties")
def properties() -> Response:
    """The properties that can be fetched for things of ``?type=``."""
    return send(lambda: suggesting.propose(language()))


def _form() -> bytes:
    """The form of a POST, as it came."""
    outcome = request.environ.get("asgi.scope", {}).get(OUTCOME)
    if outcome is not None and outcome.error is not None:  # the front has taken in the body, or given up
        raise outcome.error
    if request.mimetype != FORM:
        raise ReconcileError(415, "reconcile-form")
    request.max_content_length = request.max_form_memory_size = LONGEST_BODY
    try:
        return request.get_data(parse_form_data=False)
    except RequestEntityTooLarge as error:
        raise too_long() from error


def _work(edition: Edition, encoded: bytes) -> Callable[[], object]:
    """What is to be done for a form or an address, when it is right."""
    try:
        fields = fields_of(encoded.decode("latin-1"))
    except ProtocolError as error:
        raise ReconcileError(400, error.key) from error
    asked = [(name, text) for name in _ASKED for text in fields.get(name, ())]
    if len(asked) != 1:
        raise ReconcileError(400, "reconcile-one")
    name, text = asked[0]
    return _READERS[name](edition, text)


def _queries(edition: Edition, text: str) -> Callable[[], object]:
    batch, chosen = read_batch(text), language()

    def work() -> object:
        index = index_of(edition)
        end = time.monotonic() + LONGEST_WORK
        answers: dict[str, object] = {}
        for key, question in batch.items():
            if time.monotonic() > end:
                raise ReconcileError(413, "reconcile-slow", seconds=LONGEST_WORK, answered=len(answers), count=len(batch))
            answers[key] = failed(question, chosen) if isinstance(question, ReconcileError) else answer(index, question, chosen)
        return answers

    return work


def _single(edition: Edition, text: str) -> Callable[[], object]:
    question, chosen = read_single(text, request.args), language()
    return lambda: answer(index_of(edition), question, chosen)


def _extension(edition: Edition, text: str) -> Callable[[], object]:
    wishes, chosen = read_wishes(text, fetched()), language()
    service = service_address()
    return lambda: extend(edition, wishes, chosen, service)


_READERS = {"queries": _queries, "query": _single, "extend": _extension}
"""By field: reads what is asked, and returns the work to be done."""


def _without_query(edition: Edition) -> Response:
    media = negotiate(request.headers.get("Accept"), (JSON, HTML)) if not callback() else JSON
    answer = send(lambda: manifest(edition)) if media is JSON else revalidated(edition, HTML, lambda: page(PATH, LONGEST_BODY))
    answer.vary.add("Accept")
    return answer
