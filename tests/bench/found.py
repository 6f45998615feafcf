"""The sitemap of a release of a million things: how long its index and its parts take, how long the longest is, and what the memory does."""

from __future__ import annotations

import time
from pathlib import Path
from typing import BinaryIO

import psutil

from ess_lod.config import Settings
from ess_lod.release import Unfinished, freeze, publish
from ess_lod.terms import ESS
from ess_lod.web import create_app

_BASE = "https://reseau.example/lod/"
_FILES = ("catalogue.ttl", "ontology.ttl", "schemes.ttl", "shapes.ttl")


def sitemap_of_many(folder: Path, things: int = 1_000_000) -> str:
    """Make such a release in ``folder``, read its whole sitemap as a robot does, and say what it took."""
    settings = Settings.read({}, home=folder, releases=folder / "releases", indexes=folder / "indexes")
    _release(settings.releases, things)
    client = create_app(settings).test_client()
    me = psutil.Process()
    client.get("/healthz")
    begun = time.perf_counter()
    index = client.get("/sitemap.xml").text
    counted = time.perf_counter() - begun
    parts = [line.partition("<loc>")[2].partition("</loc>")[0].partition("/sitemap/")[2] for line in index.splitlines() if "<loc>" in line]
    first, longest, urls = me.memory_info().rss, len(index), 0
    begun = time.perf_counter()
    for part in parts:
        body = client.get(f"/sitemap/{part}").data
        longest, urls = max(longest, len(body)), urls + body.count(b"<url>")
    spent = time.perf_counter() - begun
    last = me.memory_info().rss
    assert urls > things, "every thing has its page"
    assert longest < 1_000_000, "no page over a megabyte"
    return (
        f"{urls:,} addresses in {len(parts):,} parts; the index {counted:.1f} s once a release, a part {spent / len(parts) * 1000:.1f} ms, "
        f"the longest {longest / 1000:.0f} kB; memory {first / 1e6:.0f} MB before the parts, {last / 1e6:.0f} MB after"
    )


def _release(releases: Path, things: int) -> None:
    """A release that has nothing but actors."""

    def quads(_: Unfinished, out: BinaryIO) -> None:
        for number in range(1, things + 1):
            actor, kind = f"{_BASE}id/acteur/A{number:03d}", ESS.Actor.value
            out.write(f"<{actor}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{kind}> <{_BASE}graph/R001> .\n".encode())

    made = freeze(releases, {"dataset.nq": quads, **dict.fromkeys(_FILES, b"")}, {"date": "2026-01-01", "base": _BASE})
    publish(releases, made.version)
