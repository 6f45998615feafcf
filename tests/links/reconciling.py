"""A small reconciliation service on this machine, and a small web server with pages of another network: for tests, standard library only."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers, body."""
HOST = "127.0.0.1"


@dataclass
class Seen:
    """A server of a test: its address, the paths that it was asked for, with method and headers."""

    url: str = ""
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """The paths, in the order in which they came."""
        return [path for _, path, _ in self.asked]

    @property
    def origin(self) -> str:
        """``127.0.0.1:34567``."""
        return self.url.removeprefix("http://")


@contextmanager
def answering(answer: Callable[[str, str, bytes], Answer]) -> Iterator[Seen]:
    """A server that answers method, path and body with what a function gives."""
    seen = Seen()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.asked.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
            status, headers, content = answer(self.command, self.path, body)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _any  # noqa: N815 - the names that http.server wants

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
            """Nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    seen.url = f"http://{HOST}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


MANIFEST = {
    "versions": ["0.2"],
    "name": "Service d'essai",
    "identifierSpace": "http://www.wikidata.org/entity/",
    "schemaSpace": "http://www.wikidata.org/prop/direct/",
}
KNOWN = {
    "Réseau fictif": [("Q101", "Réseau fictif", 100, True), ("Q102", "=cmd()", 41.5, False)],
    "Le Panier relié": [("Q103", "Panier relié", 88.0, False)],
}


class Reconciler:
    """A service that knows two names; ``trouble`` are statuses that it gives first."""

    def __init__(self, trouble: tuple[int, ...] = (), batch: int = 1) -> None:
        self.trouble, self.manifest = list(trouble), MANIFEST | {"batchSize": batch}
        self.queries: list[dict[str, object]] = []

    def __call__(self, method: str, _path: str, body: bytes) -> Answer:
        if self.trouble:
            return self.trouble.pop(0), {"Retry-After": "2"}, b"later"
        if method == "GET":
            return 200, {"Content-Type": "application/json"}, json.dumps(self.manifest).encode()
        queries: dict[str, dict[str, object]] = json.loads(parse_qs(body.decode())["queries"][0])
        self.queries += queries.values()
        answer = {
            key: {
                "result": [
                    {
                        "id": id_,
                        "name": name,
                        "score": score,
                        "match": match,
                        "type": [{"id": "Q43229", "name": "organisation"}],
                        "description": "inventé",
                    }
                    for id_, name, score, match in KNOWN.get(str(query["query"]), [])
                ]
            }
            for key, query in queries.items()
        }
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()
