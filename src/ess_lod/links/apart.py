"""Reads a stranger's document in a process of its own: no network, so much memory, so much time. What it does to that process it does to nobody else.

Run as ``python -m ess_lod.links.apart TYPE BASE``: the document comes on the standard input, what it says goes to the standard output as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from ess_lod.links.announced import Said, Unreadable, read_said
from ess_lod.links.page_links import PAGES, links_of_page
from ess_lod.worker.confinement import shut_network

SECONDS = 5
_MEGABYTES = 1024
_TOO_MUCH = "la lecture de ce document prend trop de temps ou de mémoire : l'écrire plus simplement, ou en plusieurs."


def read_said_apart(body: bytes, media_type: str, base: str = "") -> Said:
    """What an announcement says (:func:`ess_lod.links.announced.read_said`). Raises :class:`Unreadable` (French)."""
    found = _read(body, media_type, base)
    return Said(tuple(tuple(each) for each in found["triples"]), frozenset(found["people"]))


def links_of_page_apart(body: bytes, url: str) -> set[str]:
    """The addresses that a page links to (:func:`ess_lod.links.page_links.links_of_page`). Raises :class:`Unreadable` (French)."""
    return set(_read(body, PAGES[0], url)["links"])


def _read(body: bytes, media_type: str, base: str) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 - our own module, a type and an address
            _command(media_type, base), input=body, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=2 * SECONDS
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise Unreadable(_TOO_MUCH, "too much time or memory") from error
    if "unreadable" in found:
        raise Unreadable(*found["unreadable"])
    return found


def _command(media_type: str, base: str) -> list[str]:
    return [sys.executable, "-P", "-m", "ess_lod.links.apart", media_type, base]


def main(media_type: str, base: str) -> None:
    """Give up what reading does not need, read, write."""
    shut_network()
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEGABYTES << 20, _MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    body = sys.stdin.buffer.read()
    found: dict[str, object]
    try:
        if media_type in PAGES:
            found = {"links": sorted(links_of_page(body, base))}
        else:
            found = {name: list(each) for name, each in asdict(read_said(body, media_type, base)).items()}
    except Unreadable as error:
        found = {"unreadable": [str(error), error.detail]}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
