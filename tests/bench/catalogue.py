"""What a large catalogue costs: pages of 2,000 datasets against those of 200, each in a process of its own. ``python -m tests.bench.catalogue``."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ess_lod.config import Settings
from ess_lod.release import open_release
from ess_lod.web import create_app
from tests.synthetic_catalogue import freeze_synthetic

REPOSITORY = Path(__file__).resolve().parents[2]
BASE = "https://essai.example/"
FORMATS = ("ttl", "jsonld", "rdf", "nt", "html")
SIZES = (200, 2000)


def main() -> None:
    """Measure and print."""
    print("\n# A large catalogue: every page in every format, through the application", flush=True)
    for number in SIZES:
        found = measure(number)
        print(
            f"{number:6} datasets, {found['file'] / 1e6:5.1f} MB: {found['pages']:3} pages, the longest {found['longest'] / 1000:.0f} kB;"
            f" index {found['index']:.2f} s, a page {found['page'] * 1000:.0f} ms; memory {found['before']:.0f} MB before, {found['most']:.0f} MB at most",
            flush=True,
        )


def measure(number: int) -> dict[str, float]:
    """Seconds, bytes and megabytes, measured in a new process that serves a catalogue of ``number`` datasets."""
    with tempfile.TemporaryDirectory() as folder:
        freeze_synthetic(Path(folder) / "releases", number, BASE)
        done = subprocess.run([sys.executable, "-m", "tests.bench.catalogue", folder], cwd=REPOSITORY, capture_output=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _serve(folder: Path) -> dict[str, float]:
    settings = Settings.read({}, home=REPOSITORY, releases=folder / "releases", indexes=folder / "indexes")
    client = create_app(settings).test_client()
    assert client.get("/healthz").status_code == 200
    before = _megabytes()
    start = time.perf_counter()
    assert client.get("/catalog.ttl").status_code == 200
    index = time.perf_counter() - start
    longest, pages, start = 0, 0, time.perf_counter()
    while (answer := client.get(f"/catalog.ttl?page={pages + 1}")).status_code == 200:
        pages += 1
        others = (len(client.get(f"/catalog.{extension}?page={pages}").data) for extension in FORMATS[1:])
        longest = max(longest, len(answer.data), *others)
    spent = (time.perf_counter() - start) / (pages * len(FORMATS))
    file = open_release(folder / "releases").files["catalogue.ttl"]["bytes"]
    return {"file": file, "pages": pages, "longest": longest, "index": index, "page": spent, "before": before, "most": _megabytes()}


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_serve(Path(sys.argv[1]))))
    else:
        main()
