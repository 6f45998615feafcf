"""Which media type an Accept header gets (RFC 9110 §12.5.1)."""

from __future__ import annotations

import pytest

from ess_lod.errors import NotAcceptable
from ess_lod.media import BY_EXTENSION, GRAPH_TYPES, RESOURCE_TYPES
from ess_lod.web.negotiation import negotiate

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

CHOSEN = [
    (None, "html"),
    ("", "html"),
    ("   ", "html"),
    ("*/*", "html"),
    ("*", "html"),
    (BROWSER, "html"),
    ("text/html", "html"),
    ("text/turtle", "ttl"),
    ("application/ld+json", "jsonld"),
    ("application/rdf+xml", "rdf"),
    ("application/n-triples", "nt"),
    # parameters, case and spaces do not matter
    ("text/html;level=1", "html"),
    ("text/turtle;charset=utf-8", "ttl"),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
    ("TEXT/TURTLE", "ttl"),
    ("Application/LD+JSON", "jsonld"),
    ("text/turtle ;  q=0.5 ,  application/ld+json", "jsonld"),
    ("\ttext/turtle", "ttl"),
    # q-values
    ("text/turtle;q=0.9, text/html;q=0.8", "ttl"),
    ("text/html;q=0.1, application/n-triples;q=0.101", "nt"),
    ("text/turtle;q=1.000, text/html;q=0.999", "ttl"),
    ("text/html;q=0, */*", "ttl"),
    ("*/*;q=0.1, text/html;q=0", "ttl"),
    ("text/*;q=0, */*", "jsonld"),
    # wildcards: the most specific range counts, our order decides between equals
    ("text/*", "html"),
    ("application/*", "jsonld"),
    ("text/*, text/html;q=0.2", "ttl"),
    ("text/*;q=0.3, application/rdf+xml;q=0.3", "rdf"),
    ("application/json, text/plain, */*", "jsonld"),
    ("text/turtle, */*", "ttl"),
    ("text/turtle, application/ld+json", "ttl"),
    ("application/ld+json, text/turtle", "ttl"),
    # what we do not have does not stand in the way
    ("image/png, text/turtle;q=0.2", "ttl"),
    ("garbage, text/turtle", "ttl"),
    ("application/zip;q=0.9, application/rdf+xml;q=0.1", "rdf"),
    # more general and former types
    ("application/json", "jsonld"),
    ("application/json;q=0.9, application/rdf+xml;q=0.1", "jsonld"),
    ("application/json, application/ld+json;q=0.1, text/turtle;q=0.5", "jsonld"),
    ("application/ld+json;q=0, application/json, text/turtle;q=0.5", "ttl"),
    ("application/xml", "rdf"),
    ("text/xml", "rdf"),
    ("TEXT/XML; charset=utf-8", "rdf"),
    ("application/x-turtle", "ttl"),
    ("application/turtle", "ttl"),
    ("text/n3", "ttl"),
    ("text/rdf+n3", "ttl"),
    ("application/xhtml+xml", "html"),
    ("application/xml,application/xhtml+xml,text/html;q=0.9,text/plain;q=0.8,image/png,*/*;q=0.5", "html"),
]

REFUSED = [
    "image/png",
    "application/zip",
    "text/html;q=0",
    "*/*;q=0",
    "image/*",
    "garbage",
    ";;;,,",
    "text/turtle;q=abc",
    "text/turtle;q=2",
]


@pytest.mark.parametrize(("accept", "extension"), CHOSEN)
def test_the_best_type_is_chosen(accept: str | None, extension: str) -> None:
    assert negotiate(accept, RESOURCE_TYPES).extension == extension


@pytest.mark.parametrize("accept", REFUSED)
def test_what_cannot_be_given_is_refused_with_the_list_of_what_can(accept: str) -> None:
    with pytest.raises(NotAcceptable) as refusal:
        negotiate(accept, RESOURCE_TYPES)
    assert refusal.value.offered == ("text/html", "text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples")


def test_only_what_is_offered_is_given() -> None:
    assert negotiate("*/*", GRAPH_TYPES).extension == "ttl"
    assert negotiate("text/html, application/n-triples;q=0.1", GRAPH_TYPES).extension == "nt"
    with pytest.raises(NotAcceptable):
        negotiate("text/html", GRAPH_TYPES)


def test_text_types_say_that_they_are_utf_8() -> None:
    assert {extension: media.header for extension, media in BY_EXTENSION.items()} == {
        "html": "text/html; charset=utf-8",
        "ttl": "text/turtle; charset=utf-8",
        "jsonld": "application/ld+json",
        "nt": "application/n-triples",
        "rdf": "application/rdf+xml",
    }
