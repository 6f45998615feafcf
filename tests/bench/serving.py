"""How fast the server answers, beside a native Oxigraph server on the same index and nginx with a static file, interleaved in one run.

Needs ``wrk``, ``nginx`` and the ``oxigraph`` package. Run alone: ``python -m tests.bench.serving``.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil

from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.publish import build
from ess_lod.store import load_index
from tests.serving import HOST, free_port, serving

REPOSITORY = Path(__file__).resolve().parents[2]
ROUNDS, SECONDS, CLIENTS = 3, 2, 8
THING = "supplement/S009"
_PREFIXES = "PREFIX ess: <https://w3id.org/ess-lod/ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
SMALL = (
    _PREFIXES
    + "SELECT ?supplement ?label ?territory ?name WHERE { ?supplement a ess:Supplement ; rdfs:label ?label ; ess:portraysTerritory ?territory ."
    ' ?territory rdfs:label ?name FILTER(LANG(?label) = "fr") FILTER(LANG(?name) = "fr") } ORDER BY ?supplement LIMIT 10'
)
TINY = _PREFIXES + "SELECT ?s ?label { ?s a ess:Supplement ; rdfs:label ?label } LIMIT 10"
AGGREGATE = _PREFIXES + "SELECT ?type (COUNT(?s) AS ?n) { ?s a ?type } GROUP BY ?type ORDER BY DESC(?n)"
_VARY = "local n = 0\nrequest = function() n = n + 1; return wrk.format(nil, wrk.path .. '%20%23' .. {seed} .. n) end\n"
_JSON = "application/sparql-results+json"


@dataclass(frozen=True)
class Line:
    """One thing that is asked: of us, and what it is compared with."""

    name: str
    ours: str
    accept: str
    peer: str | None
    target: float | None = None
    vary: bool = False


LINES = (
    Line("resource, Turtle", f"/doc/{THING}", "text/turtle", "describe", 1.0),
    Line("resource, HTML", f"/doc/{THING}", "text/html", None),
    Line("SELECT of 10 rows, new each time", "small", _JSON, "small", 0.5, vary=True),
    Line("SELECT of 10 labels, new each time", "tiny", _JSON, "tiny", None, vary=True),
    Line("SELECT of 10 rows, repeated", "small", _JSON, "small", 1.0),
    Line("aggregate, new each time", "aggregate", _JSON, "aggregate", None, vary=True),
)
_QUERIES = {"small": SMALL, "tiny": TINY, "aggregate": AGGREGATE, "describe": f"DESCRIBE <https://w3id.org/ess-lod/id/{THING}>"}


def main() -> None:
    """Start the three servers, measure in turn, print."""
    lacking = [name for name in ("wrk", "nginx") if _program(name) is None]
    if lacking:
        print(f"Not measured: {', '.join(lacking)} is not installed.")
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = Settings.read({}, home=REPOSITORY, releases=folder / "releases", indexes=folder / "indexes")
        release, _ = build(settings)
        index = load_index(release, settings.indexes)
        releases.publish(settings.releases, release.version)
        served = stack.enter_context(serving(folder, {"home": REPOSITORY, "releases": settings.releases, "indexes": settings.indexes}))
        print(f"start to first answer {served.seconds:.2f} s; resident when idle {_resident(served.pid)}")
        native_port, native = stack.enter_context(_native(index))
        static_port, static = stack.enter_context(_nginx(folder, served.port))
        print(f"{CLIENTS} clients, {ROUNDS} rounds of {SECONDS} s; median requests a second, server CPU a request\n")
        for line in LINES:
            _measure(line, folder, {"ours": (served.port, served.pid), "native": (native_port, native), "nginx": (static_port, static)})


def _measure(line: Line, folder: Path, servers: Mapping[str, tuple[int, int]]) -> None:
    found: dict[str, list[tuple[float, float]]] = {}
    paths = {"ours": _path(line.ours), "nginx": "/static.ttl"}
    if line.peer is not None:
        paths["native"] = _path(line.peer)
    for turn in range(ROUNDS):
        for name, path in paths.items():
            port, pid = servers[name]
            script = folder / "vary.lua"
            script.write_text(_VARY.format(seed=f"'{turn}x'"))
            found.setdefault(name, []).append(_wrk(port, pid, path, line.accept, script if line.vary and name != "nginx" else None))
    rates = {name: statistics.median(rate for rate, _ in each) for name, each in found.items()}
    costs = {name: statistics.median(cost for _, cost in each) for name, each in found.items()}
    text = f"{line.name:36}" + "  ".join(f"{name} {rates[name]:8,.0f} r/s {costs[name] * 1e6:5.0f} µs" for name in rates)
    for name in rates:
        if name != "ours":
            text += f"  {rates['ours'] / rates[name]:.2f} × {name}"
    if line.target is not None:
        text += f" (target {line.target:.1f}: {'reached' if rates['ours'] >= line.target * rates['native'] else 'NOT reached'})"
    print(text, flush=True)


def _path(what: str) -> str:
    return "/sparql?query=" + quote(_QUERIES[what], safe="") if what in _QUERIES else what


def _wrk(port: int, pid: int, path: str, accept: str, script: Path | None) -> tuple[float, float]:
    """Requests a second, and seconds of the server's CPU a request. An answer that is no 200 ends the run."""
    before = _cpu(pid)
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{SECONDS}", "-H", f"Accept: {accept}", *(["-s", str(script)] if script else [])]
    said = subprocess.run(
        [*command, f"http://{HOST}:{port}{path}"], check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ).stdout
    assert "Non-2xx" not in said, said
    assert ".lua" not in said, said
    requests = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), (_cpu(pid) - before) / requests  # type: ignore[index]


def _family(pid: int) -> list[psutil.Process]:
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def _cpu(pid: int) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in _family(pid))


def _resident(pid: int) -> str:
    time.sleep(2)
    found = [process.memory_full_info() for process in _family(pid)]
    return f"{sum(each.rss for each in found) / 1e6:.0f} MB ({sum(each.pss for each in found) / 1e6:.0f} MB counting what they share once)"


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


@contextmanager
def _started(command: list[str], port: int, path: str) -> Iterator[tuple[int, int]]:
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=1):
                    break
            except OSError:
                time.sleep(0.05)
        yield port, child.pid
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(10)


@contextmanager
def _native(index: Path) -> Iterator[tuple[int, int]]:
    """The Oxigraph server of the package, on the same index."""
    port = free_port()
    program = str(Path(sys.executable).with_name("oxigraph"))
    with _started(
        [program, "serve-read-only", "--location", str(index), "--bind", f"{HOST}:{port}"], port, "/sparql?query=ASK%7B%7D"
    ) as native:
        yield native


@contextmanager
def _nginx(folder: Path, ours: int) -> Iterator[tuple[int, int]]:
    """The same Turtle as a file, served by nginx with two processes."""
    port = free_port()
    with urllib.request.urlopen(f"http://{HOST}:{ours}/doc/{THING}.ttl") as answer:
        (folder / "static.ttl").write_bytes(answer.read())
    folder.chmod(0o755)
    for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
        (folder / name).mkdir(exist_ok=True)
    temporary = "".join(
        f"{directive}_temp_path {folder}/{name};"
        for directive, name in (("client_body", "body"), ("proxy", "proxy"), ("fastcgi", "fastcgi"), ("uwsgi", "uwsgi"), ("scgi", "scgi"))
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/nginx.log; events {{}}\n"
        f"http {{ access_log off; {temporary} types {{ text/turtle ttl; }} keepalive_requests 10000000;"
        f" server {{ listen {HOST}:{port}; root {folder}; }} }}\n"
    )
    command = [str(_program("nginx")), "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")]
    with _started(command, port, "/static.ttl") as nginx:
        yield nginx


if __name__ == "__main__":
    main()
