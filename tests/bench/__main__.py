"""What things cost, measured in one run: ``make bench``. Figures of a machine that does other things too: read the ratios.

The build by stage, with the gate by both engines; pages through the application against what the engine needs for the same description; the resolver;
reconciliation.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.publish import build
from ess_lod.store import Store, describe, open_store
from ess_lod.web import create_app
from tests.bench import catalogue, dumps, found, reconcile, serving

REPOSITORY = Path(__file__).resolve().parents[2]
PATHS = {
    "Turtle, supplement": ("/doc/supplement/S009.ttl", "id/supplement/S009"),
    "HTML, supplement": ("/doc/supplement/S009.html", "id/supplement/S009"),
    "Turtle, commune": ("/doc/territoire/T059.ttl", "id/territoire/T059"),
    "HTML, EPCI of 100 communes": ("/doc/territoire/T004.html", "id/territoire/T004"),
}
COUNT = (
    "/sparql?query="
    + "PREFIX%20ess%3A%20%3Chttps%3A%2F%2Fw3id.org%2Fess-lod%2Fns%23%3E%20SELECT%20(COUNT(%3Fs)%20AS%20%3Fn)%20%7B%20%3Fs%20a%20ess%3ASupplement%20%7D"
)


def main() -> None:
    """Measure and print. The resolver comes first: a child's peak of memory counts from its parent's."""
    print("# Resolver", flush=True)
    subprocess.run([sys.executable, str(Path(__file__).with_name("resolver.py"))], check=True)
    dumps.measure()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.read({}, home=REPOSITORY, releases=Path(folder) / "releases", indexes=Path(folder) / "indexes")
        _build(settings)
        store = open_store(settings, releases.open_release(settings.releases))
        _pages(settings, store)
        store.close()
        print("# Reconciliation: a batch beside rapidfuzz over all names, and a million names", flush=True)
        reconcile.measure(settings)
        print("# A sitemap of a million things", flush=True)
        print(found.sitemap_of_many(Path(folder)))
    catalogue.main()
    print("# Server: beside Oxigraph's own server on the same index and a static file of nginx", flush=True)
    serving.main()


def _build(settings: Settings) -> None:
    print("\n# Build")
    start = last = time.perf_counter()
    step = "start"

    def say(what: str) -> None:
        nonlocal last, step
        now = time.perf_counter()
        if step != "start":
            print(f"{now - last:8.2f} s  {step}")
        last, step = now, what

    made, report = build(settings, say)
    say("")
    releases.publish(settings.releases, made.version)
    print(f"{time.perf_counter() - start:8.2f} s  all, published; {sum(made.manifest['counts']['graphs'].values())} quads, {report.counts}")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB at most")


def _pages(settings: Settings, store: Store) -> None:
    print("\n# Pages: the application in process, against `describe` alone (milliseconds, median)")
    client = create_app(settings).test_client()
    for name, (path, thing) in PATHS.items():
        page = _median(lambda path=path: client.get(path).data)  # type: ignore[misc]
        peer = _median(lambda thing=thing: describe(store, store.release.base + thing))  # type: ignore[misc]
        print(f"{page:8.2f}  {name}: {page / peer:.1f} times the description ({peer:.2f})")
    asked = _median(lambda: client.get(COUNT, headers={"Accept": "text/csv"}).data)
    peer = _median(lambda: list(store.query("SELECT (COUNT(?s) AS ?n) { ?s a <https://w3id.org/ess-lod/ns#Supplement> }").rows()))
    print(f"{asked:8.2f}  SPARQL count over HTTP layers: {asked / peer:.1f} times the query ({peer:.3f})\n")


def _median(action: Callable[[], object], times: int = 60) -> float:
    """Milliseconds."""
    action()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found)


if __name__ == "__main__":
    main()
