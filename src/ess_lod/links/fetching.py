"""Fetch the page that a Webmention names: from listed hosts only, little, and not for long (Webmention, 4.2 and 4.3)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from ess_lod.links.allowed import Allowed, Gone, NotAllowed, Resolve

MOST_BYTES = 1_000_000
_SECONDS = 10.0
_WAIT = httpx.Timeout(3.0)
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 3
_ACCEPT = "application/linkset+json, text/turtle, application/ld+json, application/n-triples, text/html;q=0.5"
_AGENT = "ess-lod (Webmention verification)"


@dataclass(frozen=True)
class Fetched:
    """What an address answered: where it stands in the end, its media type, its bytes."""

    url: str
    media_type: str
    body: bytes


def fetch(url: str, allowed: Allowed, *, resolve: Resolve | None = None, seconds: float = _SECONDS) -> Fetched:
    """The page of an address; redirects are followed as long as they stay on listed hosts. Raises :class:`NotAllowed` with the reason.

    No proxy, no cookie and no credential of this machine is used. Nothing is decompressed, so that a small answer cannot become a large one.
    """
    deadline = time.monotonic() + seconds
    with httpx.Client(trust_env=False, follow_redirects=False, timeout=_WAIT) as client, _closed_after(client, seconds):
        for _ in range(_MOST_REDIRECTS + 1):
            answer = _get(client, url, allowed, resolve, deadline)
            if isinstance(answer, Fetched):
                return answer
            url = answer
    raise NotAllowed("too many redirects")


@contextmanager
def _closed_after(client: httpx.Client, seconds: float) -> Iterator[None]:
    """A client that loses its connection at the deadline: headers that come letter by letter would outlast every time-out."""
    timer = threading.Timer(seconds, client.close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _get(client: httpx.Client, url: str, allowed: Allowed, resolve: Resolve | None, deadline: float) -> Fetched | str:
    """An answer, or the address that it leads to."""
    url = url.partition("#")[0]
    address = httpx.URL(url)
    headers = {"Host": address.netloc.decode("ascii"), "Accept": _ACCEPT, "Accept-Encoding": "identity", "User-Agent": _AGENT}
    pinned = address.copy_with(host=allowed.address(url, resolve))
    try:
        with client.stream("GET", pinned, headers=headers, extensions={"sni_hostname": address.host}) as answer:
            if answer.status_code in _REDIRECTS:
                return urljoin(url, str(answer.headers.get("Location", "")))
            if answer.status_code == httpx.codes.GONE:
                raise Gone("status 410")
            if answer.status_code != httpx.codes.OK:
                raise NotAllowed(f"status {answer.status_code}")
            if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
                raise NotAllowed("compressed answer")
            return Fetched(url, answer.headers.get("Content-Type", "").partition(";")[0].strip().lower(), _body(answer, deadline))
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, RuntimeError) as error:  # the last: closed at the deadline
        raise NotAllowed("too slow" if time.monotonic() > deadline else type(error).__name__) from error


def _body(answer: httpx.Response, deadline: float) -> bytes:
    body = bytearray()
    for piece in answer.iter_raw(65_536):
        body += piece
        if len(body) > MOST_BYTES:
            raise NotAllowed(f"more than {MOST_BYTES} bytes")
        if time.monotonic() > deadline:
            raise NotAllowed("too slow")
    return bytes(body)
