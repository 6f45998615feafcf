"""Comunica, a query engine in JavaScript, asks the endpoint. It is installed by ``npm ci`` beside this file when it is not there yet."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph

from tests.clients.conftest import QUESTIONS, TRIPLES, Approved, in_any_order

HERE = Path(__file__).parent
SOME = ("03-supplements", "10-actor-by-siren", "12-featured-several-times", "16-seated-or-active", "22-actors-by-sdg", "26-figures")

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")


@pytest.fixture(scope="session")
def comunica() -> list[str]:
    """The command that asks."""
    if not (HERE / "node_modules" / ".package-lock.json").is_file():
        done = subprocess.run(["npm", "ci", "--no-progress"], cwd=HERE, capture_output=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr.decode()
    return ["node", str(HERE / "ask.cjs")]


def _ask(command: list[str], endpoint: str, kind: str, names: tuple[str, ...]) -> Any:
    files = [str(Approved(name).file) for name in names]
    done = subprocess.run([*command, endpoint, kind, *files], cwd=HERE, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_comunica_reads_the_approved_answers(comunica: list[str], endpoint: str) -> None:
    found = _ask(comunica, endpoint, "sparql", (*SOME, TRIPLES))
    assert len(found) == len(SOME) + 1 == 7
    for name in SOME:
        assert in_any_order(found[name]) == in_any_order(Approved(name).rows), name
    approved = Graph().parse(QUESTIONS / f"{TRIPLES}.nt", format="nt")
    assert {tuple(triple) for triple in found[TRIPLES]} == {tuple(map(str, triple)) for triple in approved}


def test_comunica_finds_out_that_it_is_an_endpoint(comunica: list[str], endpoint: str) -> None:
    """From the service description alone."""
    found = _ask(comunica, endpoint, "", ("03-supplements",))
    assert in_any_order(found["03-supplements"]) == in_any_order(Approved("03-supplements").rows)


def test_the_lock_names_no_host() -> None:
    locked = json.loads((HERE / "package-lock.json").read_text("utf-8"))
    assert len(locked["packages"]) > 300
    assert not any("resolved" in package for package in locked["packages"].values())
    assert all("integrity" in package for name, package in locked["packages"].items() if name)
