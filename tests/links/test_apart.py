"""Documents of strangers are read elsewhere, in a time that their length bounds, or not at all; pages are answered meanwhile."""

from __future__ import annotations

import resource
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from ess_lod.config import Settings
from ess_lod.errors import Overloaded
from ess_lod.links import apart
from ess_lod.links.announced import LINKSET, LINKSET_JSON, RDF_TYPES, Unreadable, read_announced
from ess_lod.links.apart import Limits, links_apart, read_announced_apart
from ess_lod.links.page_links import links_of_page
from ess_lod.links.tokens import new_token
from tests.conftest import REPOSITORY, SMALL
from tests.serving import serving

KB = 1 << 16
OURS = ("https://o.example/",)
SAME = b"<http://www.w3.org/2002/07/owl#sameAs>"


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/turtle", b"<https://a.example/1> a <http://xmlns.com/foaf/0.1/Person> ; <http://www.w3.org/2002/07/owl#sameAs> <https://o.example/2> ."),
        (LINKSET, b'<https://o.example/2>; rel="related"; anchor="https://a.example/1"'),
        (LINKSET_JSON, b'{"linkset": [{"anchor": "https://a.example/1", "related": [{"href": "https://o.example/2"}]}]}'),
    ],
)  # fmt: skip
def test_it_says_the_same_as_when_it_is_read_here(media_type: str, body: bytes) -> None:
    here = read_announced(body, media_type, lambda iri: iri.startswith(OURS))
    assert len(here) == 1
    assert read_announced_apart(body, media_type, OURS) == here


def test_a_page_is_read_apart_too() -> None:
    wanted = {"https://a.example/x", "https://a.example/z"}
    assert links_apart(b'<a href="/x"><a href="/w">', "https://a.example/y", wanted) == {"https://a.example/x"}


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
            read_announced(body, media_type, lambda iri: iri.startswith(OURS))
    except Unreadable:
        pass
    assert time.thread_time() - begun < 2


_LONG = b"a" * 32_000
SWELLING = {
    "what it says of others": (b"@prefix a: <https://x.example/" + _LONG + b"> . " + b"a:b a:c a:d . " * 2400, None),
    "what it says of ours": (
        b"@prefix a: <https://o.example/" + _LONG + b"> . " + b"".join(b"<u:%d> %s a:d . " % (n, SAME) for n in range(500)),
        "trop de choses",
    ),
}


@pytest.mark.parametrize(("body", "said"), SWELLING.values(), ids=SWELLING)
def test_a_short_document_that_says_much_swells_the_process_that_reads_it_only(body: bytes, said: str | None) -> None:
    """64 kB whose addresses, written out, are 200 MB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if said is None:
        assert read_announced_apart(body, "text/turtle", OURS) == []
    else:
        with pytest.raises(Unreadable, match=said):
            read_announced_apart(body, "text/turtle", OURS)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000, "kilobytes"


TOO_MUCH = {"time": Limits(seconds=1), "memory": Limits(megabytes=100)}


@pytest.mark.parametrize("limits", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_takes_too_much_is_refused(limits: Limits) -> None:
    body = b"@prefix a: <https://x.example/" + _LONG * 15 + b"> . " + b"a:b a:c a:d . " * 30_000
    with pytest.raises(Unreadable, match="trop de temps"):
        read_announced_apart(body, "text/turtle", OURS, limits=limits)


def test_what_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_command", lambda: ["/bin/sleep", "60"])
    with pytest.raises(Unreadable, match="trop de temps"):
        read_announced_apart(b"{}", LINKSET_JSON, OURS, limits=Limits(seconds=1))


@pytest.mark.parametrize("command", [["/bin/false"], ["/none"], ["/bin/sh", "-c", "echo broken >&2; exit 1"]])
def test_a_process_that_cannot_work_is_not_the_fault_of_the_document(
    command: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its reason is in the log, and the sender is told to come again."""
    monkeypatch.setattr(apart, "_command", lambda: command)
    with pytest.raises(Overloaded):
        read_announced_apart(b"{}", LINKSET_JSON, OURS)
    (record,) = caplog.records
    assert record.getMessage().partition(": ")[2]


def test_so_many_are_read_at_once_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_command", lambda: ["/bin/sleep", "60"])

    def read(_: int) -> str:
        try:
            read_announced_apart(b"{}", LINKSET_JSON, OURS, limits=Limits(seconds=1))
        except (Unreadable, Overloaded) as error:
            return type(error).__name__
        return ""

    with ThreadPoolExecutor(12) as threads:
        found = list(threads.map(read, range(12)))
    assert set(found) == {"Unreadable", "Overloaded"}


def test_pages_are_answered_while_documents_are_read(site_settings: Settings, tmp_path: Path) -> None:
    """By a real server, to whose inbox a network with a token posts the worst of each kind."""
    shutil.copytree(SMALL, tmp_path / "data")
    token = new_token("voisin", tmp_path / "tokens.txt")
    places = {"home": REPOSITORY, "data": tmp_path / "data", "releases": site_settings.releases, "indexes": site_settings.indexes}
    inbox = {"inbox": "token", "inbox_folder": tmp_path / "inbox", "inbox_tokens": tmp_path / "tokens.txt", "inbox_per_hour": 1000}
    ended: list[float] = []
    wrong: list[int] = []
    done = threading.Event()
    with serving(tmp_path, {**places, **inbox}) as served:

        def look() -> None:
            with httpx.Client(base_url=served.url) as client:
                for number in range(100_000):
                    if done.is_set():
                        return
                    status = client.get(f"/doc/acteur/A001.ttl?{number}", timeout=60).status_code
                    ended.append(time.monotonic())
                    wrong.extend([status] if status != 200 else [])

        reader = threading.Thread(target=look)
        reader.start()
        meanwhile = {}
        try:
            deadline = time.monotonic() + 60
            while not ended and time.monotonic() < deadline:
                time.sleep(0.01)
            for name, body in {**HEAVY, "swelling": SWELLING["what it says of others"][0]}.items():
                begun = time.monotonic()
                headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/ld+json" if name in HEAVY else "text/turtle"}
                answer = httpx.post(f"{served.url}/inbox", content=body[:KB], headers=headers, timeout=60)
                meanwhile[name] = sum(begun <= each <= time.monotonic() for each in ended)
                assert answer.status_code == 400, answer.text
        finally:
            done.set()
            reader.join()
        assert "Traceback" not in served.said()
    assert wrong == []
    assert min(meanwhile.values()) >= 2, "one page may have been on its way already"
