"""The media types that we speak, and how one of them is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import RdfFormat
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from ess_lod.errors import NotAcceptable


@dataclass(frozen=True)
class MediaType:
    """One way to write an answer: extension of its URL, content type, the RDF format behind it (none for HTML), its name for people."""

    extension: str
    content_type: str
    rdf: RdfFormat | None
    label: str

    @property
    def header(self) -> str:
        """Value of ``Content-Type``: text types say that they are UTF-8."""
        return f"{self.content_type}; charset=utf-8" if self.content_type.startswith("text/") else self.content_type


HTML = MediaType("html", "text/html", None, "HTML")
TURTLE = MediaType("ttl", "text/turtle", RdfFormat.TURTLE, "Turtle")
JSON_LD = MediaType("jsonld", "application/ld+json", RdfFormat.JSON_LD, "JSON-LD")
N_TRIPLES = MediaType("nt", "application/n-triples", RdfFormat.N_TRIPLES, "N-Triples")
RDF_XML = MediaType("rdf", "application/rdf+xml", RdfFormat.RDF_XML, "RDF/XML")

RESOURCE_TYPES: tuple[MediaType, ...] = (HTML, TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
GRAPH_TYPES: tuple[MediaType, ...] = (TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
BY_EXTENSION: dict[str, MediaType] = {media.extension: media for media in RESOURCE_TYPES}


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
