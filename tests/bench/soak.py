"""A server under mixed load for as long as one likes: what does it hold at the end, and was every answer right?

``python -m tests.bench.soak --minutes 20``. Clients with addresses of their own ask, by chance (the seed is fixed): small queries that nobody asked before,
questions whose answers are known, queries that cost too much, pages in several formats, requests that differ only in a long address, header or body,
batches of names to reconcile; and some leave in the middle. Every answer is compared with the one that a single client got before. Memory and open files of
the server's processes are printed each minute. Ends with 1 when an answer was wrong.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil

from ess_lod import changes
from ess_lod.config import Settings
from ess_lod.publish import build
from tests.serving import HOST, Served, serving

REPOSITORY = Path(__file__).resolve().parents[2]
CLIENTS = 8
_BUSY = (429, 503)
_COSTLY = ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?f")
_PAGES = (
    ("/", "text/html"),
    ("/acteurs", "text/html"),
    ("/doc/supplement/S009", "text/html"),
    ("/doc/acteur/A009", "text/turtle"),
    ("/doc/acteur/A009", "application/ld+json"),
    ("/doc/territoire/T004", "text/html"),
    ("/catalog", "text/turtle"),
    ("/vocab", "text/html"),
    ("/changes", "text/html"),
    ("/siren/411654296", "*/*"),
    ("/dump/latest/dataset.nq", "*/*"),
)
_NAMES = ("Dynamique Insertion Emploi", "MRES", "Lille", "Communauté d'agglomération du Boulonnais", "Apes", "zzqqxx nothing")


@dataclass(frozen=True)
class Request:
    """One request: what is asked, and whether an answer other than the known one may be given for want of room."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def name(self) -> tuple[str, str, bytes | None, str]:
        """What its answer is known by."""
        return self.method, self.path, self.body, self.headers.get("Accept", "")


@dataclass
class Score:
    """What came of it: how many answers of each kind of load and status, and what was wrong."""

    answers: Counter[tuple[str, int | str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, status: int | str, wrong: str = "") -> None:
        """One more."""
        with self.lock:
            self.answers[kind, status] += 1
            if wrong:
                self.wrong.append(wrong)


def fetch(port: int, request: Request, client: str) -> tuple[int, bytes]:
    """Status and body of an answer, all of it."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60, source_address=(client, 0))
    try:
        connection.request(request.method, request.path, request.body, dict(request.headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def sparql(text: str, accept: str = "text/csv") -> Request:
    """A query by POST."""
    return Request("POST", "/sparql", {"Content-Type": "application/sparql-query", "Accept": accept}, text.encode())


def known_requests() -> dict[str, list[Request]]:
    """What is asked again and again, by kind of load."""
    questions = [path.read_text("utf-8") for path in sorted((REPOSITORY / "tests/questions").glob("*.rq"))]
    batches = [
        {f"q{number}": {"query": name, "limit": 3} for number, name in enumerate(random.Random(turn).choices(_NAMES, k=10))}
        for turn in range(5)
    ]
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    return {
        "question": [sparql(text, "text/turtle, text/csv;q=0.9") for text in questions],
        "page": [Request("GET", path, {"Accept": accept}) for path, accept in _PAGES],
        "batch": [Request("POST", "/reconcile", form, urlencode({"queries": json.dumps(batch)}).encode()) for batch in batches],
    }


class Load:
    """One client that asks what chance tells it to."""

    def __init__(self, number: int, port: int, known: Mapping[str, list[Request]], right: Mapping[object, bytes], score: Score) -> None:
        self._chance = random.Random(number)
        self._address = f"127.0.0.{20 + number}"
        self._number, self._port, self._known, self._right, self._score = number, port, known, right, score
        self._turn = 0

    def run(self, until: float) -> None:
        """Ask until a moment of the monotonic clock."""
        kinds: list[tuple[Callable[[], None], int]] = [
            (self._small, 30),
            (lambda: self._same("question"), 10),
            (lambda: self._same("page"), 25),
            (lambda: self._same("batch"), 5),
            (self._costly, 1),
            (self._distinct, 20),
            (self._leave, 8),
        ]
        while time.monotonic() < until:
            self._turn += 1
            action = self._chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
            try:
                action()
            except (OSError, http.client.HTTPException) as error:
                self._score.note("broken", type(error).__name__, repr(error))

    def _judge(self, kind: str, request: Request, right: bytes) -> None:
        status, body = fetch(self._port, request, self._address)
        wrong = "" if status in _BUSY or body == right else f"{kind} {request.path}: {status}, {body[:200]!r}"
        self._score.note(kind, status, wrong)

    def _same(self, kind: str) -> None:
        request = self._chance.choice(self._known[kind])
        self._judge(kind, request, self._right[request.name])

    def _small(self) -> None:
        unique = f"{self._number}-{self._turn}"
        self._judge("small", sparql(f'SELECT ("{unique}" AS ?x) {{}}'), f"x\r\n{unique}\r\n".encode())

    def _distinct(self) -> None:
        """Requests that differ in a long address, header or body and mean the same."""
        pad = f"{self._number}.{self._turn}." + "x" * self._chance.choice((100, 2_000, 7_000))
        page = self._known["page"][3]
        match self._chance.randrange(4):
            case 0:
                request, right = Request("GET", f"{page.path}?{pad}", page.headers), self._right[page.name]
            case 1:
                request, right = Request("GET", page.path, {**page.headers, "X-Forwarded-Host": pad}), self._right[page.name]
            case 2:
                request, right = Request("GET", page.path, {"Accept": f"text/turtle, x/{pad}"}), self._right[page.name]
            case _:
                request, right = sparql(f"SELECT (1 AS ?x) {{}} #{pad * 8}"), b"x\r\n1\r\n"
        self._judge("distinct", request, right)

    def _costly(self) -> None:
        status, body = fetch(self._port, sparql(self._chance.choice(_COSTLY)), self._address)
        self._score.note("costly", status, "" if status in (422, *_BUSY) else f"costly: {status}, {body[:200]!r}")

    def _leave(self) -> None:
        """Go away before the answer, in the middle of one's request, or of a long answer."""
        target = self._chance.choice((f"/sparql?query={quote(_COSTLY[0])}", "/dump/latest/dataset.nt", "/doc/territoire/T004"))
        head = f"GET {target} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        with socket.create_connection((HOST, self._port), timeout=30, source_address=(self._address, 0)) as connection:
            connection.sendall(head[: self._chance.choice((len(head), len(head), 20))])
            time.sleep(self._chance.choice((0, 0.05, 0.3)))
        self._score.note("left", "-")


def measured(server: Served) -> tuple[float, float, int]:
    """Megabytes of the server without its workers and of these, and how many files the former have open."""
    first = psutil.Process(server.pid)
    own = workers = 0.0
    files = 0
    for process in (first, *first.children(recursive=True)):
        try:
            if "ess_lod.worker" in process.cmdline():
                workers += process.memory_info().rss / 1e6
            else:
                own += process.memory_info().rss / 1e6
                files += process.num_fds()
        except psutil.Error:
            continue  # it has ended meanwhile
    return own, workers, files


def main() -> int:
    """Build, serve, load, tell."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=20)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings.read({}, home=REPOSITORY, releases=folder / "releases", indexes=folder / "indexes")
        release, _ = build(settings)
        changes.publish(settings.releases, release.version)
        known, score = known_requests(), Score()
        with serving(folder, {"home": REPOSITORY, "releases": settings.releases, "indexes": settings.indexes}) as server:
            right: dict[object, bytes] = {}
            for each in (request for requests in known.values() for request in requests):
                status, body = fetch(server.port, each, "127.0.0.10")
                if status not in (200, 303):
                    raise AssertionError((status, each, body[:300]))
                right[each.name] = body
            begun = time.monotonic()
            until = begun + 60 * minutes
            threads = [threading.Thread(target=Load(n, server.port, known, right, score).run, args=(until,)) for n in range(CLIENTS)]
            print("minute   server MB   workers MB   files   answers   wrong", flush=True)
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                own, workers, files = measured(server)
                print(
                    f"{(time.monotonic() - begun) / 60:6.1f} {own:11.0f} {workers:12.0f} {files:7} {score.answers.total():9,} {len(score.wrong):7}",
                    flush=True,
                )
                for thread in threads:
                    thread.join(max(0.0, min(60 / CLIENTS, until + 60 - time.monotonic())))
            time.sleep(15)
            print("at rest", *measured(server))
            log = server.said()
        for (kind, outcome), count in sorted(score.answers.items(), key=str):
            print(f"{count:9,}  {kind} {outcome}")
        print(*score.wrong[:20], sep="\n")
        print(f"{len(score.wrong)} wrong of {score.answers.total():,}; {log.count('Traceback')} tracebacks in the log")
        return 1 if score.wrong or "Traceback" in log else 0


if __name__ == "__main__":
    raise SystemExit(main())
