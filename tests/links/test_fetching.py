"""What may be fetched: listed hosts and nothing else, however an address or a redirect is dressed."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from ess_lod.errors import ConfigError
from ess_lod.iris import Iris
from ess_lod.links.allowed import Allowed, NotAllowed, is_public, origin_of
from ess_lod.links.announced import Announced
from ess_lod.links.box import Box, Message
from ess_lod.links.fetching import MOST_BYTES, Fetched, fetch
from ess_lod.links.page_links import links_of_page
from ess_lod.links.verifying import Verifier, said_by
from tests.links.reconciling import Answer, answering

IRIS = Iris("https://reseau.example/lod/")
OURS = "https://reseau.example/lod/id/acteur/A001"
LISTED = "good.example other.example:8443 http://lab.example:8080 192.0.2.7"
REFUSED = [
    "http://good.example/",
    "https://good.example:444/",
    "https://good.example./",
    "https://sub.good.example/",
    "https://good.example.evil.example/",
    "https://evil.example/?good.example",
    "https://good.example@evil.example/",
    "https://evil.example#@good.example/",
    "https://me:secret@good.example/",
    "https://@good.example/",
    "https://good.example\\@evil.example/",
    "https:\\\\good.example/",
    "https:///good.example/",
    "//good.example/",
    "https://other.example/",
    "https://lab.example:8080/",
    "http://lab.example/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:192.0.2.7]/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://localhost/",
    "https://g\u043eod.example/",
    "https://good\u3002example/",
    "https://good.example:port/",
    "https://good.example:99999/",
    "https://good.example/\r\nHost: evil.example",
    " https://good.example/",
    "file:///etc/passwd",
    "ftp://good.example/",
    "gopher://good.example/",
    "data:text/html,x",
    "",
]


@pytest.mark.parametrize("url", REFUSED)
def test_nothing_else_is_on_the_list(url: str) -> None:
    with pytest.raises(NotAllowed):
        Allowed.read(LISTED).check(url)


def test_what_is_on_the_list_is() -> None:
    allowed = Allowed.read(LISTED)
    assert len(allowed.origins) == 4
    for url in (
        "https://good.example/a?b#c",
        "https://GOOD.example:443/",
        "https://other.example:8443/x",
        "http://lab.example:8080",
        "https://192.0.2.7/",
    ):
        assert allowed.check(url) == origin_of(url)
    assert Allowed.read("").origins == frozenset()


@pytest.mark.parametrize("entry", ["me@good.example", "ftp://good.example", "https://", "good.example:port", "good.example:99999"])
def test_a_list_that_is_none_is_an_error(entry: str) -> None:
    with pytest.raises(ConfigError, match="ESS_LOD_INBOX_HOSTS"):
        Allowed.read(entry)


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["fe80::1"], ["::ffff:127.0.0.1"], ["1.1.1.1", "10.0.0.1"], []]
)
def test_a_listed_name_may_not_lead_inside(found: list[str]) -> None:
    with pytest.raises(NotAllowed, match="public"):
        Allowed.read(LISTED).address("https://good.example/", lambda *_: found)


def test_the_number_that_was_checked_is_connected_to() -> None:
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["1.1.1.1"]

    assert Allowed.read(LISTED).address("https://good.example/", resolve) == "1.1.1.1"
    assert Allowed.read(LISTED).address("https://192.0.2.7/", resolve) == "192.0.2.7", "listed as a number"
    assert asked == [("good.example", 443)]


def page(body: bytes, status: int = 200, media_type: str = "text/html", headers: Mapping[str, str] | None = None) -> Answer:
    return status, {"Content-Type": media_type, **(headers or {})}, body


def test_a_page_is_fetched_without_anything_of_ours() -> None:
    with answering(lambda *_: page(b"hello", media_type="Text/HTML; charset=utf-8")) as server:
        found = fetch(f"{server.url}/a?b=c#d", Allowed.read(server.url))
    assert found == Fetched(f"{server.url}/a?b=c", "text/html", b"hello")
    method, path, headers = server.asked[0]
    assert (method, path, headers["host"]) == ("GET", "/a?b=c", server.origin)
    assert headers["accept-encoding"] == "identity"
    assert not {"authorization", "cookie", "referer"} & set(headers)


@pytest.mark.parametrize(
    "place", ["http://127.0.0.1:1/", "//evil.example/", "https://good.example/", "file:///etc/passwd", "http://[::1]/", "", "/loop"]
)
def test_a_redirect_does_not_lead_off_the_list(place: str) -> None:
    with answering(lambda *_: page(b"", 302, headers={"Location": place})) as server, answering(lambda *_: page(b"secret")) as inside:
        with pytest.raises(NotAllowed):
            fetch(f"{server.url}/", Allowed.read(server.url))
        with pytest.raises(NotAllowed):
            fetch(f"{server.url}/", Allowed.read(f"{server.url} https://good.example"), resolve=lambda *_: ["127.0.0.1"])
    assert inside.asked == []
    assert len(server.asked) <= 8


def test_a_redirect_to_another_listed_host_is_followed() -> None:
    with (
        answering(lambda *_: page(b"there")) as there,
        answering(lambda *_: page(b"", 301, headers={"Location": f"{there.url}/x"})) as here,
    ):
        assert fetch(here.url, Allowed.read(f"{here.url} {there.url}")).url == f"{there.url}/x"
        with pytest.raises(NotAllowed, match="list"):
            fetch(here.url, Allowed.read(here.url))
    assert len(there.asked) == 1


HOSTILE = {
    "long": page(b"x" * (MOST_BYTES + 1)),
    "a bomb": page(gzip.compress(b"\0" * 50_000_000), headers={"Content-Encoding": "gzip"}),
    "missing": page(b"no", 404),
    "an error": page(b"no", 500),
    "cut short": page(b"x", headers={"Content-Length": "100"}),
    "many headers": page(b"x", headers={f"X-{n}": "y" * 100 for n in range(3000)}),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_page_is_given_up(case: str) -> None:
    with answering(lambda *_: HOSTILE[case]) as server, pytest.raises(NotAllowed):
        fetch(server.url, Allowed.read(server.url))


def test_a_page_has_a_deadline() -> None:
    with answering(lambda *_: page(b"x" * 200_000)) as server, pytest.raises(NotAllowed, match="slow"):
        fetch(server.url, Allowed.read(server.url), seconds=0)


def test_headers_that_come_letter_by_letter_have_a_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        given_up = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not given_up.wait(0.05):
                    connection.sendall(b"x")

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            with pytest.raises(NotAllowed, match="too slow"):
                fetch(url, Allowed.read(url), seconds=0.5)
        finally:
            given_up.set()
            thread.join()


def test_a_host_that_is_not_there_is_given_up() -> None:
    with answering(lambda *_: page(b"")) as server:
        pass
    with pytest.raises(NotAllowed, match="ConnectError"):
        fetch(server.url, Allowed.read(server.url))


def test_a_link_is_an_element_not_a_text() -> None:
    body = f"""<base href="/lod/"><a href="id/acteur/A001">x</a><!-- <a href="{OURS}2"> --><p>{OURS}3</p><link rel=x href="{OURS}4">
    <script>"<a href='{OURS}5'>"</script><img src="{OURS}6"><a>x</a><a href="http://[">x</a><area href=" {OURS}7 ">"""
    assert links_of_page(body.encode(), "https://reseau.example/x") == {OURS, f"{OURS}4", f"{OURS}7"}


def message(source: str, target: str = OURS) -> Message:
    return Message("voisin.example", "webmention", "2026-02-01T00:00:00+00:00", source=source, target=target, verified=False)


@pytest.mark.parametrize(
    ("media_type", "body", "relation"),
    [
        ("text/html", f'<a href="{OURS}">x</a>', "voir-aussi"),
        ("text/html", '<a href="https://reseau.example/lod/doc/acteur/A001">x</a>', "voir-aussi"),
        ("text/turtle", f"<> <https://schema.org/sameAs> <{OURS}> .", "identique"),
        ("application/linkset+json", '{"linkset":[{"https://schema.org/sameAs":[{"href":"' + OURS + '"}]}]}', "identique"),
    ],
)
def test_a_page_that_links_is_believed(media_type: str, body: str, relation: str) -> None:
    source = "https://voisin.example/id/7"
    assert said_by(Fetched(source, media_type, body.encode()), message(source), IRIS) == [Announced(source, relation, OURS)]


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/html", f'<a href="{OURS}2">x</a>'),
        ("text/html", f"<p>{OURS}</p>"),
        ("text/turtle", f"<> <http://www.w3.org/2000/01/rdf-schema#label> <{OURS}> ."),
        ("text/turtle", f"<https://autre.example/9> <https://schema.org/sameAs> <{OURS}> ."),
        ("text/turtle", f"<> a <http://xmlns.com/foaf/0.1/Person> ; <https://schema.org/sameAs> <{OURS}> ."),
        ("text/turtle", f"<> <https://schema.org/sameAs> <{OURS}2> ."),
    ],
)
def test_a_page_that_does_not_is_not(media_type: str, body: str) -> None:
    source = "https://voisin.example/id/7"
    assert said_by(Fetched(source, media_type, body.encode()), message(source), IRIS) == []


def test_what_does_not_hold_is_dropped(tmp_path: Path) -> None:
    box = Box(tmp_path / "inbox", 10)
    bodies = {"/good": f'<a href="{OURS}">x</a>'.encode(), "/bad": b"nothing", "/odd": b"\x00\x01"}
    types = {"/odd": "image/png"}
    with answering(lambda _, path, __: page(bodies[path], media_type=types.get(path, "text/html"))) as server:
        verifier = Verifier(box, Allowed.read(server.url), IRIS)
        sent = {path: message(f"{server.url}{path}") for path in bodies}
        for each in sent.values():
            assert box.put(each)
        assert [verifier.verify(each.id) for each in sent.values()] == [True, False, False]
        assert verifier.verify(sent["/good"].id), "and again when it is announced again"
        assert not verifier.verify("0" * 32)
    assert len(server.asked) == 4
    kept = list(box.messages())
    assert [(each.verified, each.source) for each in kept] == [(True, f"{server.url}/good")]
    assert kept[0].statements == (Announced(f"{server.url}/good", "voir-aussi", OURS),)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "100.64.0.1", "0.0.0.1", "169.254.1.1", "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::127.0.0.1",
     "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:c0a8:1::", "2001:0:c000:22a:0:0:80ff:fffe", "ff02::1", "2001:db8::1"],
)  # fmt: skip
def test_an_address_that_leads_home_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["192.88.98.1", "8.8.8.8", "2a01:e0a::1", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)
