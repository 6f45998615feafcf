"""A server that says a release is there, and then does to every other query what it was made for."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.engines.servers import free_port

Deed = Callable[[socket.socket], None]


@dataclass
class Liar:
    """Its URL, how many queries it got, and when it last saw that somebody had hung up."""

    url: str
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    hung_up: list[float] = field(default_factory=list)


def says(status: str, headers: str, body: bytes = b"", *, length: int | None = None) -> Deed:
    """Send an answer; ``length`` is what it says of its length, when that is not so."""

    def deed(client: socket.socket) -> None:
        count = len(body) if length is None else length
        client.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {count}\r\n{headers}\r\n".encode() + body)

    return deed


def sends(raw: bytes) -> Deed:
    """Send some bytes, and hang up."""
    return lambda client: client.sendall(raw)


def endless(client: socket.socket) -> None:
    """An answer that never ends."""
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\nTransfer-Encoding: chunked\r\n\r\n")
    start = b'{"head":{"vars":["s"]},"results":{"bindings":[{}'
    client.sendall(f"{len(start):x}\r\n".encode() + start + b"\r\n")
    piece = b",{}" * 20_000
    while True:
        client.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")


def drips(client: socket.socket) -> None:
    """A byte now and then, so that no single wait is long."""
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        client.sendall(b"1\r\n \r\n")
        time.sleep(0.1)


@contextmanager
def liar(version: str, deed: Deed | None, server: str = "Liar/1.0", *, truthful: int = 10**9) -> Iterator[Liar]:
    """A server on a free port. Without a deed it accepts, and says nothing; after ``truthful`` times it names no version any more."""
    port = free_port()
    made = Liar(f"http://127.0.0.1:{port}/sparql")
    listener = socket.create_server(("127.0.0.1", port))
    ended = threading.Event()
    left = [truthful]

    def serve(client: socket.socket) -> None:
        with client, suppress(OSError):
            while form := _form(client):
                query = form["query"][0]
                if "versionInfo" in query:
                    left[0] -= 1
                    client.sendall(_held(version if left[0] >= 0 else "2000-01-01-00000000", server))
                    continue
                made.asked.append(form)
                if deed is not None:
                    deed(client)
                    return
                client.settimeout(20)
                if not client.recv(1):
                    made.hung_up.append(time.monotonic())
                return

    def accept() -> None:
        while not ended.is_set():
            with suppress(OSError):
                client, _ = listener.accept()
                threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield made
    finally:
        ended.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _held(version: str, server: str) -> bytes:
    body = b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"%s"}}]}}' % version.encode()
    head = f"HTTP/1.1 200 OK\r\nServer: {server}\r\nContent-Type: application/sparql-results+json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _form(client: socket.socket) -> dict[str, list[str]]:
    """The form of the next request; empty when there is none."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = client.recv(65_536)
        if not piece:
            return {}
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        body += client.recv(65_536)
    return parse_qs(body.decode())
