"""How one of several media types is chosen for a client."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from ess_lod.errors import NotAcceptable
from ess_lod.media import MediaType


def negotiate(accept: str | None, offered: Sequence[MediaType]) -> MediaType:
    """The media type to answer with, by RFC 9110 §12.5.1: q-values, wildcards, the most specific range wins.

    ``offered`` is in our order of preference, which decides between equals; no header, or an empty one, means anything goes.
    Raises :class:`NotAcceptable` when the client refuses everything offered.
    """
    if not accept or not accept.strip():
        return offered[0]
    header = parse_accept_header(accept, MIMEAccept)
    best, best_quality = None, 0.0
    for media in offered:
        quality = _quality(header, media.content_type)
        if quality > best_quality:
            best, best_quality = media, quality
    if best is None:
        raise NotAcceptable([media.content_type for media in offered])
    return best


def _quality(header: MIMEAccept, content_type: str) -> float:
    """q of a type: that of the most specific range of the header that covers it, 0 when none does."""
    main, _, _ = content_type.partition("/")
    ranges: dict[str, float] = {}
    for value, quality in header:
        ranges.setdefault(value.partition(";")[0].strip().lower(), quality)
    for candidate in (content_type, f"{main}/*", "*/*", "*"):
        if candidate in ranges:
            return ranges[candidate]
    return 0.0
