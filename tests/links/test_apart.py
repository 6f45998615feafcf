"""Documents of strangers are read elsewhere, in a time that their length bounds, or not at all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from ess_lod.links import apart
from ess_lod.links.announced import LINKSET, LINKSET_JSON, RDF_TYPES, Said, Unreadable, read_said
from ess_lod.links.apart import links_of_page_apart, read_said_apart
from ess_lod.links.page_links import links_of_page

KB = 1 << 16


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (
            "text/turtle",
            b"<https://a.example/1> a <http://xmlns.com/foaf/0.1/Person> ; <http://www.w3.org/2002/07/owl#sameAs> <https://b.example/2> .",
        ),
        (LINKSET, b'<https://b.example/2>; rel="related"; anchor="https://a.example/1"'),
        (LINKSET_JSON, b'{"linkset": [{"anchor": "https://a.example/1", "related": [{"href": "https://b.example/2"}]}]}'),
    ],
)
def test_it_says_the_same_as_when_it_is_read_here(media_type: str, body: bytes) -> None:
    assert read_said_apart(body, media_type) == read_said(body, media_type) != Said(())


def test_a_page_is_read_apart_too() -> None:
    assert links_of_page_apart(b'<a href="/x">', "https://a.example/y") == {"https://a.example/x"}


HEAVY = {
    "quotes": b'"' * KB,
    "open strings": b'["' + b'\\"' * (KB // 2),
    "escapes": b'"\\' * (KB // 2),
    "brackets": b"[" * KB,
    "braces": b'{"a":' * (KB // 5),
    "number": b"9" * KB,
    "angles": b"<" * KB,
    "markup": b"<!" * (KB // 2),
    "parameters": b"<a>" + b";a" * (KB // 2),
    "blanks": b"<a>;" + b" " * KB + b"!",
    "prefixes": b"@prefix " * (KB // 8),
    "entities": b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'">]><x>' + b"&a;" * 10_000,
    "declarations": b"<!--" * (KB // 4),
    "attributes": b"<a " + b"b=" * (KB // 2),
}


@pytest.mark.parametrize("body", HEAVY.values(), ids=HEAVY)
@pytest.mark.parametrize("media_type", [LINKSET, LINKSET_JSON, "text/html", *RDF_TYPES])
def test_no_document_costs_more_than_its_length(media_type: str, body: bytes) -> None:
    """In seconds of processor time: a hundredth of what a quadratic reading took."""
    begun = time.thread_time()
    try:
        if media_type == "text/html":
            links_of_page(body, "https://a.example/")
        else:
            read_said(body, media_type)
    except Unreadable:
        pass
    assert time.thread_time() - begun < 2


def test_what_takes_too_long_is_refused_and_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads is stopped by the system; the interpreter of this one is free meanwhile."""
    counted = [0]
    done = threading.Event()

    def count() -> None:
        while not done.wait(0.01):
            counted[0] += 1

    def refuse(read: Callable[[], object]) -> None:
        with pytest.raises(Unreadable, match="trop de temps"):
            read()

    monkeypatch.setattr(apart, "SECONDS", 0.25)
    monkeypatch.setattr(apart, "_command", lambda *_: ["/bin/sleep", "60"])
    thread = threading.Thread(target=count)
    thread.start()
    refuse(lambda: read_said_apart(b"{}", LINKSET_JSON))
    done.set()
    thread.join()
    assert counted[0] > 5


def test_a_process_that_dies_is_no_more_than_a_document_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_command", lambda *_: ["/bin/false"])
    with pytest.raises(Unreadable, match="trop de temps"):
        read_said_apart(b"{}", LINKSET_JSON)
