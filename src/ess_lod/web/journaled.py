"""Answers made from the journal of publications: their validators come from what they say, not from the release that is served.

A return to the version before makes a release the published one again while the journal has grown: what the journal says must not be kept as if it
belonged to the release.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from importlib.metadata import version

import pyoxigraph
from flask import Response, request
from pyoxigraph import Quad

from ess_lod.changes.journal import AS, LDES, TREE
from ess_lod.media import MediaType
from ess_lod.terms import PREFIXES
from ess_lod.web.rendering import here, language, language_is_asked, site

OPEN = "max-age=60, must-revalidate"
"""``Cache-Control`` of what the next publication changes: not kept beside the release, hence without ``public``."""
FROZEN = "public, max-age=31536000, immutable"
"""``Cache-Control`` of what no publication changes."""

_PREFIXES = {**PREFIXES, "as": AS.iri, "ldes": LDES.iri, "tree": TREE.iri}
_SOFTWARE = version("ess-lod")


def journaled(
    key: str, media: MediaType, body: Callable[[], str | bytes], cache: str, *, links: Iterable[str] = (), negotiated: bool = False
) -> Response:
    """An answer whose content is told by ``key``, by the address and by the media type; ``body`` is called when the client does not have it.

    ``negotiated``: was the media type chosen by ``Accept``?
    """
    answer = Response(content_type=media.header)
    spoken = language() if media.rdf is None else ""
    told = (_SOFTWARE, site(), request.full_path, key, media.content_type, spoken)
    answer.set_etag(hashlib.sha256("\n".join(told).encode()).hexdigest()[:32])
    answer.headers["Cache-Control"] = cache
    if spoken:
        answer.headers["Content-Language"] = spoken
        if not language_is_asked():
            answer.vary.add("Accept-Language")
    if negotiated:
        answer.vary.add("Accept")
    if found := ", ".join(links):
        answer.headers["Link"] = found
    etag, _ = answer.get_etag()
    if request.method in ("GET", "HEAD") and etag and "If-None-Match" in request.headers and request.if_none_match.contains_weak(etag):
        answer.status_code = 304
    else:
        answer.set_data(body())
    return answer


def written(quads: Iterable[Quad], media: MediaType) -> bytes:
    """Quads in an RDF format, in the order given."""
    assert media.rdf is not None  # noqa: S101
    return pyoxigraph.serialize(quads, format=media.rdf, prefixes=_PREFIXES) or b""


def public(path: str) -> str:
    """The address of a path of the site as the client asked for it: what it follows must lead back to this server."""
    return site() + path


def alternates(path: str, offered: Iterable[MediaType], chosen: MediaType) -> list[str]:
    """``Link`` values: the same in the other formats."""
    return [f'<{here(path)}.{each.extension}>; rel="alternate"; type="{each.content_type}"' for each in offered if each is not chosen]
