"""How one of several media types is chosen for a client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from ess_lod.errors import NotAcceptable
from ess_lod.media import MediaType


def negotiate(accept: str | None, offered: Sequence[MediaType]) -> MediaType:
    """The media type to answer with, by RFC 9110 §12.5.1: q-values, wildcards, the most specific range wins.

    Between equals, a type that is named goes before one that goes by another name (:attr:`MediaType.also`), that before one that a wildcard takes in
    (``application/json, */*`` is sent by those who want JSON), then the order of ``offered`` decides. No header, or an empty one, means anything goes.
    Raises :class:`NotAcceptable` when the client refuses everything offered.
    """
    if not accept or not accept.strip():
        return offered[0]
    ranges: dict[str, float] = {}
    for value, quality in parse_accept_header(accept, MIMEAccept):
        ranges.setdefault(value.partition(";")[0].strip().lower(), quality)
    best, wanted = None, (0.0, 0)
    for media in offered:
        found = _wanted(ranges, media)
        if found[0] > 0 and found > wanted:
            best, wanted = media, found
    if best is None:
        raise NotAcceptable([media.content_type for media in offered])
    return best


def _wanted(ranges: Mapping[str, float], media: MediaType) -> tuple[float, int]:
    """q of a type, that of the most specific range that covers it (0 when none does), and how it is named: 2 itself, 1 by another name, 0 by a wildcard."""
    if ranges.get(media.content_type) == 0:
        return 0.0, 2
    if named := [(ranges[name], 2 if name == media.content_type else 1) for name in (media.content_type, *media.also) if name in ranges]:
        return max(named)
    main, _, _ = media.content_type.partition("/")
    return next((ranges[each] for each in (f"{main}/*", "*/*", "*") if each in ranges), 0.0), 0
