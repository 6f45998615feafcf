"""Verify Webmentions apart from the requests that bring them: one thread, one page at a time."""

from __future__ import annotations

import logging
import queue
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from ess_lod.errors import InboxFull, Overloaded
from ess_lod.iris import Iris
from ess_lod.links.allowed import Allowed, Gone, NotAllowed, origin_of
from ess_lod.links.announced import Announced, Unreadable
from ess_lod.links.apart import links_apart, read_announced_apart
from ess_lod.links.box import MOST_STATEMENTS, Box, Message
from ess_lod.links.page_links import PAGES
from ess_lod.links.people import is_profile
from ess_lod.links.relations import SEE
from ess_lod.links.verdict import canonical, own_bases

if TYPE_CHECKING:
    from ess_lod.links.fetching import Fetched

_LOG = logging.getLogger(__name__)
_WAITING = 100
_PAUSE = 5
"""Seconds until what could not be read for no fault of its own is tried again."""


def said_by(fetched: Fetched, message: Message, iris: Iris) -> list[Announced]:
    """What a fetched page says of the target: the relations of its statements, or that it links there. Nothing it says of other hosts' things counts.

    Raises :class:`Unreadable`, and :class:`Overloaded` when it cannot be read now.
    """
    ours = canonical(message.target, iris)
    if fetched.media_type in PAGES:
        names = {message.target, message.address, ours, iris.document_of(ours)}
        return [Announced(message.source, SEE, ours)] if links_apart(fetched.body, fetched.url, names) else []
    found = read_announced_apart(fetched.body, fetched.media_type, own_bases(iris), fetched.url)
    hosts = {origin_of(message.source)[1], origin_of(fetched.url)[1]}
    return [each for each in found if canonical(each.ours, iris) == ours and not each.person and _host(each.theirs) in hosts][
        :MOST_STATEMENTS
    ]


def _host(iri: str) -> str:
    try:
        return origin_of(iri)[1]
    except NotAllowed:
        return ""


class Verifier:
    """Takes the Webmentions of a box that are not verified, one after the other; those that do not hold are dropped."""

    def __init__(self, box: Box, allowed: Allowed, iris: Iris) -> None:
        self._box, self._allowed, self._iris = box, allowed, iris
        self._waiting: queue.Queue[str] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._run, name="webmentions", daemon=True)

    def start(self) -> None:
        """Begin, with those that an earlier server has left."""
        for message in self._box.messages():
            if not message.verified and not self._waiting.full():
                self._waiting.put_nowait(message.id)
        self._thread.start()

    def add(self, id_: str) -> None:
        """One more. Raises :class:`InboxFull` when too many wait."""
        try:
            self._waiting.put_nowait(id_)
        except queue.Full as error:
            raise InboxFull from error

    def _run(self) -> None:
        while True:
            id_ = self._waiting.get()
            try:
                self.verify(id_)
            except Overloaded:  # it stays in the box, for this server or the next
                time.sleep(_PAUSE)
                with suppress(queue.Full):
                    self._waiting.put_nowait(id_)
            except Exception:  # noqa: BLE001 - one bad page must not end the thread
                _LOG.exception("A Webmention could not be verified.")
                self._box.drop(id_)

    def verify(self, id_: str) -> bool:
        """Fetch the source of one; ``False`` when it does not say what it should.

        One that is announced again is fetched again, since its source has changed (Webmention, 3.2.4): what it says now is kept, and nothing when it is
        gone or links no more. A host that does not answer takes nothing back.
        """
        from ess_lod.links.fetching import fetch  # not before: most servers never fetch

        message = self._box.get(id_)
        if message is None:
            return False
        try:
            said = said_by(fetch(message.source, self._allowed), message, self._iris)
        except (NotAllowed, Unreadable) as error:
            _LOG.info("Webmention from %s does not hold: %s", message.sender, error)
            if message.verified and not isinstance(error, Gone):
                return True
            said = []
        if not said or is_profile(message.source):
            self._box.drop(id_)
            return False
        self._box.verify(id_, said)
        return True
