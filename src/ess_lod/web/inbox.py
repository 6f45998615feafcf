"""``/inbox``: where other networks announce that they link here. Off by default; what comes in waits for a person and is published by nobody but them.

Two ways in, each with a proof of its own. Linked Data Notifications (W3C Recommendation of 2 May 2017): a network that has a token posts statements.
Webmention (W3C Recommendation of 12 January 2017): a page of a listed host is fetched, and must link to the thing that it is said to link to.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph
from flask import Blueprint, Response, current_app, json, request
from pyoxigraph import NamedNode, Triple
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from ess_lod import errors
from ess_lod.admission import Rate
from ess_lod.config import Settings
from ess_lod.errors import InboxClosed, NotFound, NoToken, TooManyAnnouncements, Unacceptable
from ess_lod.links.allowed import Allowed, NotAllowed
from ess_lod.links.announced import Announced, Unreadable
from ess_lod.links.apart import read_announced_apart
from ess_lod.links.box import MOST_STATEMENTS, Box, Message
from ess_lod.links.relations import RELATIONS
from ess_lod.links.tokens import sender_of
from ess_lod.links.verdict import REASONS, Published, judge, why_not_theirs
from ess_lod.links.verifying import Verifier
from ess_lod.media import JSON_LD, TURTLE, MediaType
from ess_lod.terms import A, Namespace
from ess_lod.web.admitted import client
from ess_lod.web.endpoint import OUTCOME
from ess_lod.web.linksets import Link
from ess_lod.web.live import Edition, served, settings
from ess_lod.web.negotiation import negotiate
from ess_lod.web.rendering import here, site

blueprint = Blueprint("inbox", __name__)

LDP = Namespace("http://www.w3.org/ns/ldp#")
MOST_BYTES = 65_536
_NAME = "ess_lod.inbox"
_FORM = "application/x-www-form-urlencoded"
_TAKEN = (JSON_LD, TURTLE)
_WRONG_TOKENS = 20
_lock = threading.Lock()


@dataclass(frozen=True)
class Inbox:
    """What an application has of an inbox: the ways in, the box, who may be fetched from.

    How often each may come is counted for networks that have a token, for clients that announce and for clients that guess tokens, each apart.
    """

    ways: frozenset[str]
    box: Box
    allowed: Allowed
    verifier: Verifier
    networks: Rate
    strangers: Rate
    guesses: Rate


def _inbox() -> Inbox:
    """The inbox of the application that answers, made when it is first asked for. Raises :class:`InboxClosed` where there is none."""
    found: Inbox | None = current_app.extensions.get(_NAME)
    if found is not None:
        return found
    chosen = settings()
    ways = _ways(chosen)
    if not ways:
        raise InboxClosed
    with _lock:
        if _NAME not in current_app.extensions:
            box, allowed = Box(chosen.inbox_folder, chosen.inbox_messages), Allowed.read(chosen.inbox_hosts)
            verifier = Verifier(box, allowed, served().iris)
            made = Inbox(
                ways, box, allowed, verifier, *(Rate(most) for most in (chosen.inbox_per_hour, chosen.inbox_per_hour, _WRONG_TOKENS))
            )
            if "hosts" in ways:
                verifier.start()
            current_app.extensions[_NAME] = made
        inbox: Inbox = current_app.extensions[_NAME]
    return inbox


def _ways(chosen: Settings) -> frozenset[str]:
    return frozenset(chosen.inbox.replace(",", " ").split()) & {"token", "hosts"}


def advertised() -> Iterable[Link]:
    """How a page tells of the inbox; nothing where it is closed."""
    ways = _ways(settings())
    if "token" in ways:
        yield Link(LDP.inbox.value, here("/inbox"))
    if "hosts" in ways:
        yield Link("webmention", here("/inbox"))


@blueprint.after_request
def _accepting(answer: Response) -> Response:
    """What may be posted, on every answer of an inbox that is open: senders ask by OPTIONS or HEAD, or read it in a 415 (LDN §3.2 and §3.3.1)."""
    ways = _ways(settings())
    types = [*(media.content_type for media in _TAKEN if "token" in ways), *([_FORM] if "hosts" in ways else [])]
    if types:
        answer.headers["Accept-Post"] = ", ".join(types)
    return answer


@blueprint.get("/inbox")
def listed() -> Response:
    """The container (LDN §3.3.1): to whoever has a token, its own announcements that wait; to others, none."""
    inbox = _inbox()
    sender = _sender(inbox) if "Authorization" in request.headers else ""
    own = [message.id for message in inbox.box.messages() if sender and message.sender == sender]
    container = NamedNode(f"{site()}/inbox")
    triples = [Triple(container, A, LDP.Container)]
    triples += [Triple(container, LDP.contains, NamedNode(f"{site()}/inbox/{id_}")) for id_ in own]
    return _written(triples)


@blueprint.get("/inbox/<id_>")
def message(id_: str) -> Response:
    """An announcement, to who has sent it and to nobody else."""
    inbox = _inbox()
    sender = _sender(inbox)
    found = inbox.box.get(id_)
    if found is None or found.sender != sender:
        raise NotFound(request.path)
    return _written([Triple(NamedNode(each.theirs), RELATIONS[each.relation], NamedNode(each.ours)) for each in found.statements])


@blueprint.post("/inbox")
def receive() -> Response:
    """An announcement: a form is a Webmention, RDF a notification."""
    inbox = _inbox()
    outcome = request.environ.get("asgi.scope", {}).get(OUTCOME)
    if (request.content_length or 0) > MOST_BYTES or (outcome is not None and outcome.error is not None):
        raise RequestEntityTooLarge
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaType(", ".join((*(media.content_type for media in _TAKEN), _FORM)))
    if request.mimetype == _FORM:
        return _webmention(inbox, served())
    return _notification(inbox, served())


def _notification(inbox: Inbox, edition: Edition) -> Response:
    sender = _sender(inbox)
    if request.mimetype not in {media.content_type for media in _TAKEN}:
        raise UnsupportedMediaType(", ".join(media.content_type for media in _TAKEN))
    _count(inbox.networks, sender)
    body = request.get_data(cache=False)
    if len(body) > MOST_BYTES:
        raise RequestEntityTooLarge
    published = Published(edition.store, edition.iris)
    try:
        said = read_announced_apart(body, request.mimetype, published.bases)
    except Unreadable as error:
        raise Unacceptable("inbox-unreadable", message=error.detail) from error
    if not said:
        raise Unacceptable("inbox-nothing")
    if len(said) > MOST_STATEMENTS:
        raise Unacceptable("inbox-many", n=MOST_STATEMENTS)
    taken, refused = judge(said, published)
    if not taken:
        raise Unacceptable("inbox-none", [REASONS[each.why] for each in refused])
    statements = tuple(Announced(each.theirs, each.relation, edition.iris.linkable(each.cell).value) for each in taken)
    kept = Message(sender, "ldn", _now(), statements)
    inbox.box.put(kept)
    answer = _private(json.dumps({"taken": len(taken), "refused": [REASONS[each.why][1] for each in refused]}) + "\n", 201)
    answer.headers["Location"] = f"{here('/inbox')}/{kept.id}"
    return answer


def _webmention(inbox: Inbox, edition: Edition) -> Response:
    """Webmention §3.2: looked at now, verified later, so 202 without a promise."""
    if "hosts" not in inbox.ways:
        raise InboxClosed
    source, target = request.form.get("source", ""), request.form.get("target", "")
    published = Published(edition.store, edition.iris)
    try:
        host = inbox.allowed.check(source)[1]
    except NotAllowed as error:
        raise Unacceptable("inbox-source") from error
    _count(inbox.strangers, client())  # not the host: anybody may name it
    local = site() + "/"
    named = edition.iris.base + target.removeprefix(local) if target.startswith(local) else target
    ours = published.ours(named)
    if ours.state not in ("published", "duplicate") or ours.kind == "document":
        raise Unacceptable("inbox-target", [REASONS["withdrawn" if ours.state == "withdrawn" else "unknown"]])
    if why := why_not_theirs(source, published):
        raise Unacceptable("inbox-none", [REASONS[why]])
    kept = Message(host, "webmention", _now(), source=source, target=named, address=target, verified=False)
    is_new = inbox.box.put(kept)
    try:
        inbox.verifier.add(kept.id)
    except errors.InboxFull:
        if is_new:
            inbox.box.drop(kept.id)
        raise
    return _private("accepted\n", 202, "text/plain; charset=utf-8")


def _sender(inbox: Inbox) -> str:
    """The network that the request's token belongs to. Raises :class:`NoToken`; who has guessed too often is not listened to for a while."""
    if "token" not in inbox.ways:
        raise InboxClosed
    stranger = client()
    if inbox.guesses.spent(stranger):
        raise TooManyAnnouncements(_WRONG_TOKENS)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NoToken
    name = sender_of(token.strip(), settings().inbox_tokens)
    if not name:
        inbox.guesses.take(stranger)
        raise NoToken
    return name


def _count(rate: Rate, who: str) -> None:
    if not rate.take(who):
        raise TooManyAnnouncements(settings().inbox_per_hour)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _written(triples: list[Triple]) -> Response:
    """JSON-LD or Turtle by ``Accept``."""
    media: MediaType = negotiate(request.headers.get("Accept"), _TAKEN)
    return _private(pyoxigraph.serialize(triples, format=media.rdf, prefixes={"ldp": LDP.iri}) or b"", 200, media.header)


def _private(body: str | bytes, status: int, content_type: str = "application/json") -> Response:
    """An answer that nobody keeps."""
    answer = Response(body, status, content_type=content_type)
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.update(("Accept", "Authorization"))
    return answer
