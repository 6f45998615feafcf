"""The server itself: what it keeps, what it stops, and releases that change under load without a request being lost."""

from __future__ import annotations

import gzip
import http.client
import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil
import pytest

from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.errors import ConfigError
from ess_lod.publish import build
from ess_lod.store import load_index
from ess_lod.web import create_app
from ess_lod.web.delivery import from_disk
from tests.conftest import Project
from tests.serving import HOST, Served, serving

PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ALL = "SELECT * { ?s ?p ?o }"


@pytest.fixture(scope="module")
def server(site_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of the fictitious project."""
    settings = {"home": site_settings.home, "releases": site_settings.releases, "indexes": site_settings.indexes}
    with serving(tmp_path_factory.mktemp("front"), settings) as served:
        yield served


def ask(
    server: Served, path: str, method: str = "GET", body: bytes | None = None, client: str = HOST, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers with lower-case names, and body of the answer to one request of a client."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=30, source_address=(client, 0))
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def sparql(text: str, **parameters: str) -> str:
    """The path that asks a query."""
    return "/sparql?query=" + quote(text, safe="") + "".join(f"&{name}={quote(value)}" for name, value in parameters.items())


def family(server: Served) -> list[psutil.Process]:
    """The server's processes: the one that watches, the one that serves, and the workers."""
    first = psutil.Process(server.pid)
    return [first, *first.children(recursive=True)]


def workers(server: Served) -> list[psutil.Process]:
    """Its query workers."""
    return [process for process in family(server) if process.is_running() and "ess_lod.worker" in process.cmdline()]


def test_a_page_is_the_same_whether_kept_or_made(server: Served) -> None:
    for path in ("/", "/doc/supplement/S001", "/doc/supplement/S001.ttl", "/vocab", sparql(ALL), sparql("ASK {}", format="csv")):
        first, again = (ask(server, path, Accept="text/html, text/csv, */*;q=0.1") for _ in range(2))
        for varying in (first, again):
            varying[1].pop("date")
        assert first == again
        assert first[0] == 200
        assert int(first[1]["content-length"]) == len(first[2])


def test_what_varies_is_kept_apart(server: Served) -> None:
    path = "/doc/supplement/S001"
    seen = {
        (accept, language): ask(server, path, Accept=accept, Accept_Language=language)[2]
        for _ in range(2)
        for accept in ("text/turtle", "text/html", "application/n-triples")
        for language in ("fr", "en")
    }
    assert len(set(seen.values())) == 4, "two languages of the page, one Turtle, one N-Triples"
    posted = [
        ask(server, "/sparql", "POST", text.encode(), Content_Type="application/sparql-query", Accept="text/csv")[2]
        for text in ("SELECT (1 AS ?x) {}", "SELECT (2 AS ?x) {}", "SELECT (1 AS ?x) {}")
    ]
    assert posted == [b"x\r\n1\r\n", b"x\r\n2\r\n", b"x\r\n1\r\n"]


def test_a_client_that_has_it_gets_304(server: Served) -> None:
    for path in ("/doc/supplement/S001.ttl", sparql(ALL, format="tsv")):
        for _ in range(2):
            status, headers, body = ask(server, path)
            assert (status, bool(body)) == (200, True)
            status, again, body = ask(server, path, If_None_Match=f'"other", {headers["etag"]}')
            assert (status, body, again["etag"]) == (304, b"", headers["etag"])
            assert "content-type" not in again


def test_head_has_the_headers_of_get(server: Served) -> None:
    for path in ("/", "/doc/supplement/S001.ttl", "/dump/latest/dataset.nq", sparql("ASK {}"), "/nothing"):
        got, headed = ask(server, path), ask(server, path, "HEAD")
        assert headed[2] == b""
        assert got[0] == headed[0]
        assert {n: v for n, v in got[1].items() if n != "date"} == {n: v for n, v in headed[1].items() if n != "date"}


def test_a_dump_is_read_from_its_file_whole_and_in_parts(server: Served, site_settings: Settings) -> None:
    release = releases.open_release(site_settings.releases)
    whole = release.file("dataset.nq").read_bytes()
    assert ask(server, "/dump/latest/dataset.nq")[2] == whole
    for asked, part in (("bytes=10-99", whole[10:100]), ("bytes=-20", whole[-20:]), ("bytes=100-", whole[100:])):
        status, headers, body = ask(server, "/dump/latest/dataset.nq", Range=asked)
        assert (status, body) == (206, part)
        assert "x-sendfile" not in headers
    assert ask(server, "/dump/latest/dataset.nq", Range="bytes=99999999-")[0] == 416


def test_what_changes_by_itself_is_not_kept(server: Served) -> None:
    first, again = (ask(server, sparql("SELECT (UUID() AS ?x) {}", format="csv")) for _ in range(2))
    assert first[2] != again[2]
    assert first[1]["cache-control"] == "no-store"
    assert "etag" not in first[1]


def test_a_client_that_goes_away_stops_its_query(server: Served) -> None:
    with socket.create_connection((HOST, server.port)) as connection:
        connection.sendall(f"GET {sparql(PRODUCT)} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        time.sleep(0.8)
        busy = [process for process in workers(server) if process.cpu_percent(0.2) > 20]
        assert len(busy) == 1
    gone, _ = psutil.wait_procs(busy, timeout=1)
    assert gone == busy


def test_a_slow_reader_holds_up_nobody(server: Served) -> None:
    connections: list[socket.socket] = []
    for _ in range(40):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((HOST, server.port))
        path = sparql("SELECT * { ?s ?p ?o . ?s ?q ?r }", format="tsv") if len(connections) % 10 == 0 else "/dump/latest/dataset.nq"
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        connections.append(connection)
    try:
        time.sleep(1)
        start = time.monotonic()
        statuses = {ask(server, path, client="127.0.0.2")[0] for path in ("/", "/doc/supplement/S001", sparql("SELECT (42 AS ?x) {}"))}
        assert statuses == {200}
        assert time.monotonic() - start < 1
    finally:
        for connection in connections:
            connection.close()


def test_a_long_page_waits_on_disk_for_its_client() -> None:
    body = bytes(range(256)) * 10_000
    pieces = list(from_disk(body))
    assert b"".join(pieces) == body
    assert max(map(len, pieces)) == 65_536


def test_a_body_that_does_not_come_is_408_and_one_without_end_413(server: Served) -> None:
    head = f"POST /sparql HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/sparql-query\r\n"
    with socket.create_connection((HOST, server.port), timeout=15) as connection:
        connection.sendall(f"{head}Content-Length: 100\r\n\r\nASK".encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 408")
    status, headers, body = ask(server, "/sparql", "POST", b"#" * 300_000, Content_Type="application/sparql-query")
    assert (status, headers["content-type"]) == (413, "application/problem+json")
    assert json.loads(body)["type"].endswith("#too-large")


def test_a_server_without_a_release_does_not_start_and_says_what_to_do(tmp_path: Path, site_settings: Settings) -> None:
    with (
        pytest.raises(AssertionError, match="ess-lod publish"),
        serving(tmp_path, {"home": site_settings.home, "releases": tmp_path / "none"}),
    ):
        pass


def test_memory_is_bounded_whatever_is_asked(site_settings: Settings, tmp_path: Path) -> None:
    """Requests that differ in nothing but their length: none is kept for longer than the ceiling of the cache allows."""
    settings = {"home": site_settings.home, "releases": site_settings.releases, "indexes": site_settings.indexes, "cache_megabytes": 2}
    with serving(tmp_path, settings) as server:
        before = None
        for number in range(900):
            pad = f"{number}-".ljust(60_000 if number % 3 == 0 else 7_000, "x")
            if number % 3 == 0:
                status = ask(server, "/sparql", "POST", f"ASK {{}} #{pad}".encode(), Content_Type="application/sparql-query")[0]
            elif number % 3 == 1:
                status = ask(server, f"/doc/acteur/A002.ttl?{pad}")[0]
            else:
                status = ask(server, sparql("ASK {}"), Accept=f"text/csv, x/{pad}", X_Forwarded_Host=pad)[0]
            assert status == 200
            if number == 200:
                before = _resident(server)
        assert before is not None
        assert _resident(server) - before < 8, "32 MB were asked since"


def _resident(server: Served) -> float:
    """Megabytes of the server without its workers."""
    return sum(process.memory_info().rss / 1e6 for process in family(server) if "ess_lod.worker" not in process.cmdline())


def test_what_no_proxy_says_is_not_listened_to(server: Served) -> None:
    """Without ``ESS_LOD_PROXIES``, ``X-Forwarded-*`` changes nothing, and does not keep answers apart."""
    plain, forwarded = (ask(server, "/sitemap.xml", "GET", None, HOST, **headers) for headers in ({}, {"X_Forwarded_Host": "evil.example"}))
    assert plain[2] == forwarded[2]
    assert "Host" in plain[1]["vary"]


def test_links_are_made_from_the_public_address(site_settings: Settings, tmp_path: Path) -> None:
    places = {"home": site_settings.home, "releases": site_settings.releases, "indexes": site_settings.indexes}
    with serving(tmp_path, {**places, "public_url": "https://public.example/lod", "proxies": 1}) as server:
        for path in ("/sitemap.xml", "/reconcile", "/openapi.json", "/", "/feed.ttl", "/sparql", "/linkset/dataset", "/catalog.ttl"):
            for accept in ("text/html", "application/json, text/turtle;q=0.5"):
                headers = {"Accept": accept, "Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
                status, got, body = ask(server, path, "GET", None, HOST, **headers)
                assert status == 200
                assert b"evil" not in body + repr(got).encode(), path
                assert "host" not in got.get("vary", "").lower().split(", ")
        assert b"https://public.example/lod/" in ask(server, "/sitemap.xml")[2]


def test_a_public_address_is_one(site_settings: Settings) -> None:
    for wrong in ("donnees.example", "ftp://x.example", "https://", "https://x.example/?a=1", "https://u:p@x.example"):
        with pytest.raises(ConfigError, match="ESS_LOD_PUBLIC_URL"):
            create_app(replace(site_settings, public_url=wrong))


@pytest.mark.parametrize("folder", ["réseau", "œuvre", "a b%20c"])
def test_a_folder_may_have_any_name(folder: str, site_settings: Settings, tmp_path: Path) -> None:
    home = tmp_path / folder
    shutil.copytree(site_settings.releases, home / "releases")
    with serving(tmp_path, {"home": site_settings.home, "releases": home / "releases", "indexes": home / "indexes"}) as server:
        status, headers, body = ask(server, "/dump/latest/dataset.nq")
        assert (status, len(body)) == (200, int(headers["content-length"]))
        assert ask(server, "/dump/latest/dataset.nq", Range="bytes=0-9")[2] == body[:10]


def test_text_is_compressed_for_those_who_ask(server: Served) -> None:
    for path, accept in (("/", "text/html"), ("/doc/supplement/S001", "text/turtle"), ("/openapi.json", "*/*"), (sparql(ALL), "text/csv")):
        plain, packed, again = (ask(server, path, Accept=accept, Accept_Encoding=coding) for coding in ("identity", "gzip, br", "gzip"))
        assert packed[1]["content-encoding"] == "gzip"
        assert packed[2] == again[2]
        assert gzip.decompress(packed[2]) == plain[2]
        assert len(packed[2]) == int(packed[1]["content-length"]) < len(plain[2])
        assert "content-encoding" not in plain[1]
        assert "accept-encoding" in plain[1]["vary"].lower()
        assert "accept-encoding" in packed[1]["vary"].lower()
        if "etag" in plain[1]:
            assert packed[1]["etag"] != plain[1]["etag"]
            for extra in ("", "&x=1" if "?" in path else "?x=1"):  # kept, and made anew
                got = ask(server, path + extra, Accept=accept, Accept_Encoding="gzip")
                status, headers, body = ask(server, path + extra, Accept=accept, Accept_Encoding="gzip", If_None_Match=got[1]["etag"])
                assert (status, body, headers["etag"]) == (304, b"", got[1]["etag"])
    for coding in ("gzip;q=0", "gzip;q=0.2, identity", "br", "*;q=0"):
        assert "content-encoding" not in ask(server, "/", Accept_Encoding=coding)[1]


def test_what_is_not_for_everybody_is_not_compressed(server: Served) -> None:
    for path in (sparql("SELECT (UUID() AS ?u) ?s ?p ?o { ?s ?p ?o }"), "/nothing"):
        status, headers, _ = ask(server, path, Accept_Encoding="gzip")
        assert "content-encoding" not in headers, status


def test_a_file_keeps_its_name_when_it_is_sent_as_its_twin(server: Served) -> None:
    for path in ("/dump/latest/dataset.nq", "/dump/latest/dataset.ttl"):
        plain, packed = (ask(server, path, Accept_Encoding=coding)[1] for coding in ("identity", "gzip"))
        assert packed["content-encoding"] == "gzip"
        assert packed.get("content-disposition", "") == plain.get("content-disposition", "")
        assert ".gz" not in packed.get("content-disposition", "")


LABEL = "SELECT ?label { <https://reseau.example/lod/id/acteur/A002> <http://www.w3.org/2000/01/rdf-schema#label> ?label } #"
NAMES = ("Le Panier relié", "Le Panier tressé")


def two_releases(small: Project) -> list[str]:
    """Two releases in which one actor has another name, indexed; the first is published."""
    first, _ = build(small.settings)
    small.replace("acteurs", f"A002,{NAMES[0]},", f"A002,{NAMES[1]},")
    second, _ = build(small.settings)
    for release in (first, second):
        load_index(release, small.settings.indexes)
    releases.publish(small.settings.releases, first.version)
    return [first.version, second.version]


def wrong_answers(server: Served, number: int, ended: threading.Event, answered: list[int]) -> Iterator[object]:
    """Ask on and on until the end: pages, queries that are kept, queries that are not. What is not whole and of one release."""
    while not ended.is_set():
        answered[number] += 1
        kept = number % 2 == 0
        path = sparql(LABEL + ("" if kept else str(answered[number])), format="csv") if number < 4 else "/doc/acteur/A002.ttl"
        try:
            status, _, body = ask(server, path)
        except (OSError, http.client.HTTPException) as error:
            yield error
            continue
        if status != 200 or sum(name in body.decode() for name in NAMES) != 1:
            yield status, body


def test_releases_change_under_load_and_no_request_is_lost(small: Project, tmp_path: Path) -> None:
    """50 changes, all the while asked by 6 clients."""
    versions = two_releases(small)
    settings = {"home": small.settings.home, "releases": small.settings.releases, "indexes": small.settings.indexes}
    wrong: list[object] = []
    answered = [0] * 6
    ended = threading.Event()
    with serving(tmp_path, settings) as server:
        threads = [threading.Thread(target=lambda n=n: wrong.extend(wrong_answers(server, n, ended, answered))) for n in range(6)]
        for thread in threads:
            thread.start()
        seen = set()
        for turn in range(50):
            releases.publish(small.settings.releases, versions[(turn + 1) % 2])
            time.sleep(0.15)
            seen.add(json.loads(ask(server, "/healthz")[2])["release"])
        ended.set()
        for thread in threads:
            thread.join()
        deadline = time.monotonic() + 10
        while len(workers(server)) > 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(workers(server)) == 2, "the workers of releases that are not served any more have ended"
    assert wrong == []
    assert seen == set(versions)
    assert all(answered), "every client was answered"


def test_a_long_list_of_values_is_a_query_like_any_other(server: Served) -> None:
    """1,400 IRIs of 150 letters in VALUES, by POST in both ways."""
    iris = [f"https://reseau.example/lod/id/acteur/{'x' * 110}{number:04}" for number in range(1_400)]
    text = f"SELECT (COUNT(*) AS ?n) {{ VALUES ?s {{ {' '.join(f'<{iri}>' for iri in iris)} }} }}"
    assert len(text) > 200_000
    form = urlencode({"query": text}).encode()
    for body, media in ((text.encode(), "application/sparql-query"), (form, "application/x-www-form-urlencoded")):
        status, _, answer = ask(server, "/sparql", "POST", body, Content_Type=media, Accept="text/csv")
        assert (status, answer) == (200, b"n\r\n1400\r\n")


def test_reading_long_queries_holds_up_nobody(server: Served) -> None:
    """A text that takes a second to be read, from several at once: pages are answered before the last of them."""
    heavy = ("\\u0041 service bif " + "?" * 262_144)[:262_144].encode()
    order: list[str] = []

    def insist(number: int) -> None:
        ask(server, "/sparql", "POST", heavy, f"127.0.0.{30 + number}", Content_Type="application/sparql-query")
        order.append("query")

    threads = [threading.Thread(target=insist, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for number in range(5):
        assert ask(server, f"/doc/acteur/A002.ttl?{number}")[0] == 200
        order.append("page")
    for thread in threads:
        thread.join()
    assert order[-1] == "query"
    assert order.count("page") == 5
