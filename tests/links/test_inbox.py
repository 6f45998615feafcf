"""The inbox over real HTTP: closed by default; who may put what into it; what strangers try."""

from __future__ import annotations

import json
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from ess_lod.cli import main
from ess_lod.config import Settings
from ess_lod.errors import ConfigError, InboxFull
from ess_lod.links.announced import Announced
from ess_lod.links.box import Box, Message
from ess_lod.links.tokens import new_token, read_tokens, sender_of
from ess_lod.web import create_app
from tests.conftest import REPOSITORY, SMALL
from tests.links.reconciling import Seen, answering
from tests.serving import Served, serving

OURS = "https://reseau.example/lod/"
SAME = "https://schema.org/sameAs"
TURTLE = {"Content-Type": "text/turtle"}
GOOD = f"<https://voisin.example/id/1> <{SAME}> <{OURS}id/acteur/A001> ."


@dataclass(frozen=True)
class Open:
    """A server whose inbox is open, a token of it, its folder of announcements, and pages of another network."""

    served: Served
    token: str
    folder: Path
    pages: Seen

    def post(self, body: str | bytes, **headers: str) -> httpx.Response:
        """A notification with the token."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.post(f"{self.served.url}/inbox", content=body, headers={"Authorization": f"Bearer {self.token}", **TURTLE, **named})

    def mention(self, source: str, target: str) -> httpx.Response:
        """A Webmention."""
        return httpx.post(f"{self.served.url}/inbox", data={"source": source, "target": target})

    def kept(self) -> list[Message]:
        """What waits."""
        return list(Box(self.folder, 10**6).messages())

    def looked_at(self, times: int) -> None:
        """Wait until pages have been fetched so many times."""
        for _ in range(200):
            if len(self.pages.paths) >= times and all(each.verified for each in self.kept()):
                return
            time.sleep(0.05)
        raise AssertionError("a page is not fetched")

    def settled(self) -> list[Message]:
        """What waits, once every Webmention has been looked at."""
        for _ in range(200):
            found = self.kept()
            if all(each.verified for each in found):
                return found
            time.sleep(0.05)
        raise AssertionError("a Webmention is not looked at")


PAGES = {
    "/links": f'<a href="{OURS}id/acteur/A001">x</a>'.encode(),
    "/away": b"",
    "/nothing": b"<p>nothing</p>",
}
GONE: set[str] = set()
"""Pages that are no more."""


@pytest.fixture(scope="module")
def inbox(site_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """One server for the tests of this module."""
    folder = tmp_path_factory.mktemp("inbox")
    tokens = folder / "tokens.txt"
    token = new_token("voisin", tokens)

    def page(_: str, path: str, __: bytes) -> tuple[int, dict[str, str], bytes]:
        if path == "/away":
            return 302, {"Location": "http://127.0.0.1:9/"}, b""
        return 410 if path in GONE else 200, {"Content-Type": "text/html"}, PAGES.get(path, b"")

    with answering(page) as pages:
        settings = {
            "home": REPOSITORY,
            "data": SMALL,
            "releases": site_settings.releases,
            "indexes": site_settings.indexes,
            "inbox": "token hosts",
            "inbox_folder": folder / "box",
            "inbox_tokens": tokens,
            "inbox_hosts": pages.url,
            "inbox_messages": 40,
            "inbox_per_hour": 1000,
        }
        with serving(folder, settings) as served:
            yield Open(served, token, folder / "box", pages)


@pytest.fixture(autouse=True)
def empty(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nothing waits when a test begins."""
    yield
    if "inbox" in request.fixturenames:
        opened: Open = request.getfixturevalue("inbox")
        for each in opened.settled():
            Box(opened.folder, 40).drop(each.id)


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, object]:
    """The problem that an answer tells, in English and without a trace of the inside."""
    assert answer.status_code == status, answer.text
    found: dict[str, object] = answer.json()
    assert str(found["type"]).endswith(f"/problems#{slug}")
    assert "Traceback" not in answer.text
    assert str(REPOSITORY) not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return found


def test_it_is_closed_by_default_and_nothing_tells_of_it(site_settings: Settings) -> None:
    client = create_app(site_settings).test_client()
    for answer in (client.get("/inbox"), client.post("/inbox", data=GOOD, headers=TURTLE), client.get("/inbox/" + "0" * 32)):
        assert answer.status_code == 404
        assert answer.json is not None
        assert answer.json["type"].endswith("#inbox-closed")
    for extension in ("", ".ttl"):
        assert "inbox" not in client.get(f"/doc/acteur/A001{extension}").headers["Link"]


LDN = "http://www.w3.org/ns/ldp#inbox"


@pytest.mark.parametrize(
    ("ways", "told"), [("token", {LDN}), ("hosts", {"webmention"}), ("token,hosts", {LDN, "webmention"}), ("yes", set())]
)
def test_what_is_open_is_told_on_the_pages_of_things(ways: str, told: set[str], site_settings: Settings) -> None:
    client = create_app(Settings.read({}, **{**vars(site_settings), "inbox": ways})).test_client()
    links = client.get("/doc/acteur/A001").headers["Link"]
    assert {rel for rel in (LDN, "webmention") if f'</inbox>; rel="{rel}"' in links} == told


def test_a_notification_is_kept_and_can_be_read_by_its_sender(inbox: Open) -> None:
    answer = inbox.post(GOOD)
    assert (answer.status_code, answer.json()) == (201, {"taken": 1, "refused": []})
    place = answer.headers["Location"]
    assert [(each.sender, each.protocol, each.statements) for each in inbox.kept()] == [
        ("voisin", "ldn", (Announced("https://voisin.example/id/1", "identique", f"{OURS}id/acteur/A001"),))
    ]
    own = {"Authorization": f"Bearer {inbox.token}", "Accept": "text/turtle"}
    url = inbox.served.url
    listed = httpx.get(f"{url}/inbox", headers=own)
    assert f"ldp:contains <{url}{place}>" in listed.text
    assert "Authorization" in listed.headers["Vary"]
    assert listed.headers["Cache-Control"] == "no-store"
    assert "https://voisin.example/id/1" in httpx.get(url + place, headers=own).text
    assert json.loads(httpx.get(url + place, headers=own | {"Accept": "application/ld+json"}).text)


def test_nobody_else_sees_what_waits(inbox: Open) -> None:
    place = inbox.post(GOOD).headers["Location"]
    url = inbox.served.url
    for _ in range(2):  # not from the cache either
        answer = httpx.get(f"{url}/inbox", headers={"Accept": "text/turtle"})
        assert answer.status_code == 200
        assert "contains" not in answer.text
        problem(httpx.get(url + place), 401, "inbox-token")
        httpx.get(f"{url}/inbox", headers={"Accept": "text/turtle", "Authorization": f"Bearer {inbox.token}"})
    for path in ("/doc/acteur/A001", "/doc/acteur/A001.ttl", "/linkset?uri=/id/acteur/A001", "/dump/latest/dataset.nq"):
        assert "voisin.example/id/1" not in httpx.get(url + path).text


@pytest.mark.parametrize(
    "path", ["../tokens", "..%2ftokens", "%2e%2e%2ftokens.txt", "0" * 31, "0" * 33, "G" * 32, "%00", "x" * 5000, "....//tokens"]
)
def test_no_name_leads_out_of_the_box(path: str, inbox: Open) -> None:
    answer = httpx.get(f"{inbox.served.url}/inbox/{path}", headers={"Authorization": f"Bearer {inbox.token}"})
    assert answer.status_code in (400, 404)
    assert "voisin" not in answer.text


def test_what_may_be_posted_is_told_before_and_after(inbox: Open) -> None:
    accepted = "application/ld+json, text/turtle, application/x-www-form-urlencoded"
    url = f"{inbox.served.url}/inbox"
    asked = httpx.options(url, headers={"Origin": "https://voisin.example", "Access-Control-Request-Method": "POST"})
    answers = [asked, httpx.head(url), inbox.post("[]", Content_Type="application/json")]
    assert [(each.status_code, each.headers["Accept-Post"]) for each in answers] == [(200, accepted), (200, accepted), (415, accepted)]
    assert {"Authorization", "Content-Type"} <= set(asked.headers["Access-Control-Allow-Headers"].split(", ")), (
        "a page of another site may send a token"
    )
    assert {"Accept-Post", "Location"} <= set(answers[1].headers["Access-Control-Expose-Headers"].split(", "))


def test_the_same_again_is_the_same(inbox: Open) -> None:
    answers = {inbox.post(GOOD).headers["Location"] for _ in range(5)}
    assert len(answers) == len(inbox.kept()) == 1


def test_json_ld_says_the_same(inbox: Open) -> None:
    body = json.dumps(
        {"@context": {"same": {"@id": SAME, "@type": "@id"}}, "@id": "https://voisin.example/id/1", "same": f"{OURS}id/acteur/A001"}
    )
    assert inbox.post(body, Content_Type="application/ld+json").headers["Location"] == inbox.post(GOOD).headers["Location"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic dm9pc2luOng=", "Bearer " + "a" * 7_000, "bearer voisin"])
def test_a_wrong_token_is_refused(header: str, inbox: Open) -> None:
    answer = httpx.post(f"{inbox.served.url}/inbox", content=GOOD, headers=TURTLE | ({"Authorization": header} if header else {}))
    if answer.status_code != 429:  # the tests of this module guess often
        problem(answer, 401, "inbox-token")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert inbox.kept() == []


UNACCEPTABLE: dict[str, tuple[str, str | bytes, int, str, str]] = {
    "not Turtle": ("text/turtle", "<a>", 400, "inbox-refused", "read"),
    "nothing of ours": ("text/turtle", f"<https://a.example/1> <{SAME}> <https://b.example/1> .", 400, "inbox-refused", "ours"),
    "withdrawn": ("text/turtle", f"<https://a.example/1> <{SAME}> <{OURS}id/acteur/A004> .", 400, "inbox-refused", "withdrawn"),
    "unknown": ("text/turtle", f"<https://a.example/1> <{SAME}> <{OURS}id/acteur/A999> .", 400, "inbox-refused", "publish nothing"),
    "a person": ("text/turtle", f"<https://orcid.org/0000-1> <{SAME}> <{OURS}id/acteur/A001> .", 400, "inbox-refused", "person"),
    "too many": (
        "text/turtle",
        "".join(f"<https://a.example/{n}> <{SAME}> <{OURS}id/acteur/A001> ." for n in range(501)),
        400,
        "inbox-refused",
        "500",
    ),
    "deep": ("application/ld+json", '{"https://p.example/":' * 500 + "1" + "}" * 500, 400, "inbox-refused", "depth"),
    "a context elsewhere": (
        "application/ld+json",
        '{"@context": "PAGES/context", "@id": "https://a.example/1"}',
        400,
        "inbox-refused",
        "read",
    ),
    "no JSON": ("application/ld+json", "{", 400, "inbox-refused", "read"),
    "not UTF-8": ("application/ld+json", b"\xff\xfe\x00", 400, "inbox-refused", "read"),
    "another type": ("text/plain", GOOD, 415, "unsupported-type", "text/turtle"),
    "several types": ("multipart/form-data; boundary=x", "--x--", 415, "unsupported-type", "text/turtle"),
    "too long": ("text/turtle", GOOD + " " * 65_536, 413, "too-large", ""),
    "far too long": ("text/turtle", GOOD + " " * 5_000_000, 413, "too-large", ""),
}


@pytest.mark.parametrize("case", UNACCEPTABLE)
def test_what_cannot_be_taken_is_told(case: str, inbox: Open) -> None:
    media_type, body, status, slug, said = UNACCEPTABLE[case]
    sent = body.replace("PAGES", inbox.pages.url) if isinstance(body, str) else body
    answer = inbox.post(sent, Content_Type=media_type, Accept_Language="en")
    assert answer.status_code == status, answer.text
    found = answer.json()
    assert found["type"].endswith(f"#{slug}")
    assert said in f"{found['detail']}"
    assert inbox.kept() == []
    assert "/context" not in inbox.pages.paths, "no context is fetched"


def test_a_compressed_body_is_not_unpacked(inbox: Open) -> None:
    answer = inbox.post(b"\x1f\x8b" + b"\0" * 1000, Content_Encoding="gzip")
    assert answer.status_code == 415
    assert inbox.kept() == []


def test_the_good_statements_are_taken_among_the_bad(inbox: Open) -> None:
    answer = inbox.post(f"{GOOD} <https://voisin.example/id/2> <{SAME}> <{OURS}id/acteur/A004> .")
    assert answer.status_code == 201
    assert answer.json() == {"taken": 1, "refused": ["our identifier has been withdrawn."]}


def test_a_slow_body_ends(inbox: Open) -> None:
    head = f"POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Type: text/turtle\r\nAuthorization: Bearer {inbox.token}\r\nContent-Length: 1000\r\n\r\n<"
    with socket.create_connection(("127.0.0.1", inbox.served.port), timeout=30) as slow:
        slow.sendall(head.encode())
        assert slow.recv(100).split(b" ")[1] in (b"408", b"413", b"400")
    assert inbox.kept() == []
    assert inbox.post(GOOD).status_code == 201, "others are served"


def test_a_webmention_is_verified_before_it_is_kept(inbox: Open) -> None:
    before = len(inbox.pages.paths)
    for target in (f"{OURS}id/acteur/A001", f"{inbox.served.url}/id/acteur/A001"):
        assert inbox.mention(f"{inbox.pages.url}/links", target).status_code == 202
        inbox.looked_at(before + 1)
        before += 1
    assert [(each.protocol, each.source, each.statements) for each in inbox.settled()] == [
        ("webmention", f"{inbox.pages.url}/links", (Announced(f"{inbox.pages.url}/links", "voir-aussi", f"{OURS}id/acteur/A001"),))
    ]
    assert inbox.pages.paths[-2:] == ["/links"] * 2, "the second is the same, and its source is looked at anew"


def test_a_page_may_link_to_the_address_on_this_server(inbox: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a reader copies from the browser: w3id.org has led there."""
    target = f"{inbox.served.url}/doc/acteur/A001.html"
    monkeypatch.setitem(PAGES, "/local", f'<a href="{target}">x</a>'.encode())
    assert inbox.mention(f"{inbox.pages.url}/local", target).status_code == 202
    assert [each.statements for each in inbox.settled()] == [
        (Announced(f"{inbox.pages.url}/local", "voir-aussi", f"{OURS}id/acteur/A001"),)
    ]


@pytest.mark.parametrize(("now", "left"), [("changed", 0), ("gone", 0), ("silent", 1)])
def test_a_source_that_is_announced_again_is_read_again(now: str, left: int, inbox: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = f"{inbox.pages.url}/again", f"{OURS}id/acteur/A001"
    monkeypatch.setitem(PAGES, "/again", PAGES["/links"])
    inbox.mention(source, target)
    assert len(inbox.settled()) == 1
    before = len(inbox.pages.paths)
    if now == "changed":
        monkeypatch.setitem(PAGES, "/again", b"<p>it links no more</p>")
    elif now == "gone":
        GONE.add("/again")
    else:
        monkeypatch.setitem(PAGES, "/again", b"x" * 1_000_001)
    assert inbox.mention(source, target).status_code == 202
    inbox.looked_at(before + 1)
    inbox.mention(f"{inbox.pages.url}/links", target)  # one at a time: when this is verified, the other has been decided
    found = [each.source for each in inbox.settled()]
    GONE.clear()
    assert found.count(source) == left
    assert len(found) == left + 1


@pytest.mark.parametrize("path", ["/nothing", "/away", "/missing"])
def test_a_webmention_that_does_not_hold_leaves_nothing(path: str, inbox: Open) -> None:
    assert inbox.mention(f"{inbox.pages.url}{path}", f"{OURS}id/acteur/A001").status_code == 202
    assert inbox.settled() == []


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("https://voisin.example/", "id/acteur/A001", "source"),
        ("http://127.0.0.1:9/", "id/acteur/A001", "source"),
        ("http://[::1]/", "id/acteur/A001", "source"),
        ("http://me@PAGES/links", "id/acteur/A001", "source"),
        ("https://PAGES/links", "id/acteur/A001", "source"),
        ("", "id/acteur/A001", "source"),
        ("http://PAGES/links", "id/acteur/A999", "target"),
        ("http://PAGES/links", "id/acteur/A004", "withdrawn"),
        ("http://PAGES/links", "", "target"),
        ("http://PAGES/@nous", "id/acteur/A001", "person"),
    ],
)
def test_a_webmention_of_others_is_refused_at_once(source: str, target: str, said: str, inbox: Open) -> None:
    before = len(inbox.pages.asked)
    answer = httpx.post(
        f"{inbox.served.url}/inbox",
        data={"source": source.replace("PAGES", inbox.pages.origin), "target": f"{OURS}{target}" if target else ""},
        headers={"Accept-Language": "en"},
    )
    assert said in str(problem(answer, 400, "inbox-refused")["detail"])
    assert inbox.kept() == []
    assert len(inbox.pages.asked) == before, "nothing was fetched"


def test_a_full_box_says_so(inbox: Open) -> None:
    answers = [inbox.post(GOOD.replace("id/1", f"id/{n}")).status_code for n in range(41)]
    assert answers == [201] * 40 + [503]
    assert inbox.post(GOOD.replace("id/1", "id/3")).status_code == 201, "what is there already costs nothing"


def test_webmentions_leave_room_for_networks(tmp_path: Path) -> None:
    box = Box(tmp_path, 6)
    for number in range(3):
        assert box.put(Message("a.example", "webmention", "2026-01-01", source=f"https://a.example/{number}", target=OURS, verified=False))
    with pytest.raises(InboxFull):
        box.put(Message("a.example", "webmention", "2026-01-01", source="https://a.example/x", target=OURS, verified=False))
    for number in range(3):
        assert box.put(Message("voisin", "ldn", "2026-01-01", (Announced(f"https://a.example/{number}", "voir-aussi", OURS),)))
    with pytest.raises(InboxFull):
        box.put(Message("voisin", "ldn", "2026-01-01", (Announced("https://a.example/x", "voir-aussi", OURS),)))


def test_rates_are_limited(site_settings: Settings, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.txt"
    chosen = {**vars(site_settings), "inbox": "token", "inbox_folder": tmp_path / "box", "inbox_tokens": tokens, "inbox_per_hour": 2}
    client = create_app(Settings.read({}, **chosen)).test_client()
    own = TURTLE | {"Authorization": f"Bearer {new_token('voisin', tokens)}"}
    other = TURTLE | {"Authorization": f"Bearer {new_token('autre', tokens)}"}
    assert [client.post("/inbox", data=GOOD, headers=own).status_code for _ in range(3)] == [201, 201, 429]
    assert client.post("/inbox", data=GOOD, headers=own).headers["Retry-After"] == "3600"
    assert client.post("/inbox", data=GOOD, headers=other).status_code == 201, "another sender is another count"
    wrong = [client.post("/inbox", data=GOOD, headers=TURTLE | {"Authorization": f"Bearer {n}"}).status_code for n in range(22)]
    assert wrong == [401] * 20 + [429] * 2
    assert client.post("/inbox", data=GOOD, headers=other).status_code == 429, "who guesses is not listened to"
    assert client.post("/inbox", data={"source": "https://a.example/", "target": OURS}).status_code == 404, "Webmention is closed"


def _with_inbox(site_settings: Settings, folder: Path, **chosen: object) -> tuple[FlaskClient, dict[str, str]]:
    """A client of an application with an open inbox, and the headers of a network that has a token."""
    tokens = folder / "tokens.txt"
    token = new_token("voisin", tokens)
    given = {**vars(site_settings), "inbox": "token hosts", "inbox_folder": folder / "box", "inbox_tokens": tokens, "inbox_per_hour": 2}
    return create_app(Settings.read({}, **given | chosen)).test_client(), TURTLE | {"Authorization": f"Bearer {token}"}


def test_a_stranger_uses_up_nothing_of_others(site_settings: Settings, tmp_path: Path) -> None:
    """Neither what a listed host may announce, nor what networks with a token may."""
    client, own = _with_inbox(site_settings, tmp_path, inbox_hosts="http://127.0.0.1:9")

    def mention(number: int, address: str) -> int:
        form = {"source": f"http://127.0.0.1:9/{number}", "target": f"{OURS}id/acteur/A001"}
        return client.post("/inbox", data=form, environ_base={"REMOTE_ADDR": address}).status_code

    assert [mention(number, "203.0.113.7") for number in range(30)] == [202] * 2 + [429] * 28
    assert [mention(100 + number, f"203.0.113.{100 + number}") for number in range(30)] == [202] * 30, "more than all together might before"
    assert mention(200, "192.0.2.1") == 202
    assert [client.post("/inbox", data=GOOD, headers=own).status_code for _ in range(3)] == [201, 201, 429]


def test_wrong_tokens_are_counted_whatever_others_guess(site_settings: Settings, tmp_path: Path) -> None:
    client, own = _with_inbox(site_settings, tmp_path)

    def guess(address: str, times: int) -> list[int]:
        wrong = TURTLE | {"Authorization": "Bearer wrong"}
        return [client.post("/inbox", data=GOOD, headers=wrong, environ_base={"REMOTE_ADDR": address}).status_code for _ in range(times)]

    for number in range(15):
        assert guess(f"203.0.113.{number}", 22) == [401] * 20 + [429] * 2
    assert guess("2001:db8::1", 20) == [401] * 20
    assert guess("2001:db8::ffff:2", 1) == [429], "another address of the same subscriber"
    assert client.post("/inbox", data=GOOD, headers=own).status_code == 201


def test_a_person_takes_over_what_has_come_in(inbox: Open, tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "p" / "data")
    (tmp_path / "p" / "data" / "liens_entrants.csv").write_text("entite,cible,relation,reseau,recu_le,etat,annonce,sources\n", "utf-8")
    for name in ("ontology", "shapes"):
        (tmp_path / "p" / name).symlink_to(REPOSITORY / name)
    inbox.post(GOOD)
    inbox.mention(f"{inbox.pages.url}/links", f"{OURS}id/acteur/A001")
    assert len(inbox.settled()) == 2
    home = ["--home", str(tmp_path / "p")]
    environ = {"ESS_LOD_INBOX_FOLDER": str(inbox.folder)}
    assert CliRunner().invoke(main, [*home, "publish"]).exit_code == 0
    listed = CliRunner().invoke(main, [*home, "links", "inbox"], env=environ)
    assert "https://voisin.example/id/1 identique → https://reseau.example/lod/id/acteur/A001" in listed.output
    assert "2 annonces." in listed.output
    done = CliRunner().invoke(main, [*home, "links", "inbox", "--import"], env=environ)
    assert "2 liens à relire dans liens_entrants.csv." in done.output
    rows = (tmp_path / "p" / "data" / "liens_entrants.csv").read_text("utf-8").splitlines()[1:]
    assert sorted(row.split(",")[0:4] + row.split(",")[5:] for row in rows) == [
        ["A001", f"{inbox.pages.url}/links", "voir-aussi", "127-0-0-1", "a_relire", f"{inbox.pages.url}/links", ""],
        ["A001", "https://voisin.example/id/1", "identique", "voisin", "a_relire", "", ""],
    ]
    assert inbox.kept() == []
    assert CliRunner().invoke(main, [*home, "links", "inbox"], env=environ).output == "La boîte est vide.\n"


def test_a_token_is_told_once_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "tokens.txt"
    first = new_token("voisin", path)
    second = new_token("autre", path)
    assert (sender_of(first, path), sender_of(second, path), sender_of("", path), sender_of("voisin", path)) == ("voisin", "autre", "", "")
    assert first not in path.read_text("utf-8")
    assert path.stat().st_mode & 0o077 == 0
    third = new_token("voisin", path)
    assert (sender_of(first, path), sender_of(third, path), len(read_tokens(path))) == ("", "voisin", 2)
    assert len(third) >= 40
    path.write_text("voisin jeton\n", "utf-8")
    with pytest.raises(ConfigError, match="ligne 1"):
        read_tokens(path)
    with pytest.raises(ConfigError, match="minuscules"):
        new_token("Le Voisin", path)
    assert sender_of("x", tmp_path / "none.txt") == ""


def test_the_command_makes_a_token(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["links", "token", "voisin"], env={"ESS_LOD_INBOX_TOKENS": str(tmp_path / "tokens.txt")})
    assert done.exit_code == 0
    assert sender_of(done.output.splitlines()[0], tmp_path / "tokens.txt") == "voisin"


def test_the_box_is_bounded_and_survives_damage(tmp_path: Path) -> None:
    box = Box(tmp_path / "box", 2)
    messages = [
        Message("voisin", "ldn", f"2026-02-0{n}T00:00:00+00:00", (Announced(f"https://a.example/{n}", "identique", OURS),))
        for n in (1, 2, 3)
    ]
    assert [box.put(messages[0]), box.put(messages[0]), box.put(messages[1])] == [True, False, True]
    with pytest.raises(InboxFull):
        box.put(messages[2])
    (tmp_path / "box" / f"{messages[0].id}.json").write_text('{"sender": 1}', "utf-8")
    assert list(box.messages()) == [messages[1]]
    box.drop("../box/" + messages[1].id)
    assert list(box.messages()) == [messages[1]]
    box.drop(messages[1].id)
    assert list(box.messages()) == []
    assert list(Box(tmp_path / "none", 2).messages()) == []
