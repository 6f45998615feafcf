"""The command line, as an editor meets it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ess_lod.cli import main
from tests.conftest import REPOSITORY, SMALL


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project folder with fictitious tables."""
    shutil.copytree(SMALL, tmp_path / "data")
    shutil.copytree(REPOSITORY / "ontology", tmp_path / "ontology")
    shutil.copytree(REPOSITORY / "shapes", tmp_path / "shapes")
    return tmp_path


@pytest.fixture
def run(home: Path) -> Callable[..., Result]:
    """Run a command on that folder."""
    return lambda *arguments: CliRunner().invoke(main, ["--home", str(home), *arguments])


def test_check_writes_nothing(run: Callable[..., Result], home: Path) -> None:
    before = sorted(home.rglob("*"))
    result = run("check")
    assert result.exit_code == 0, result.output
    assert sorted(home.rglob("*")) == before


def test_build_publish_rollback_releases(run: Callable[..., Result], home: Path) -> None:
    assert "Aucune version" in run("releases").output
    assert run("rollback").exit_code == 1
    first = run("publish")
    assert first.exit_code == 0, first.output
    version = re.search(r"Version (\S+) publiée\.", first.output)
    assert version
    assert "déjà publiée" in run("publish").output
    text = (home / "data/acteurs.csv").read_text("utf-8")
    (home / "data/acteurs.csv").write_text(text.replace("Réseau inventé.", "Réseau tout à fait inventé."), "utf-8")
    assert run("build").exit_code == 0
    assert run("releases").output.count("\n") == 2
    second = run("publish")
    assert f"{version[1]} reste disponible" in second.output
    assert f"Version {version[1]} rétablie." in run("rollback").output
    assert f"* {version[1]}" in run("releases").output
    unknown = run("publish", "2020-01-01-00000000")
    assert unknown.exit_code == 1
    assert "Versions présentes" in unknown.output


@pytest.mark.parametrize("command", ["check", "build", "publish"])
def test_wrong_tables_exit_with_one_and_all_the_errors(command: str, run: Callable[..., Result], home: Path) -> None:
    path = home / "data/mentions.csv"
    path.write_text(path.read_text("utf-8").replace("A002", "A099") + "S009,A001,R001\n", "utf-8")
    result = run(command)
    assert result.exit_code == 1
    assert "2 erreurs dans les tables :" in result.output
    assert "mentions.csv, ligne 2, colonne « entite » : A099 ne renvoie à rien." in result.output
    assert "Traceback" not in result.output
    assert not (home / "releases").exists()


def test_a_violation_exits_with_one(run: Callable[..., Result], home: Path) -> None:
    path = home / "data/identifiants.csv"
    path.write_text(path.read_text("utf-8") + "A002,siren,999999998,certaine,R002\n", "utf-8")
    result = run("build")
    assert result.exit_code == 1
    assert "2 violations" in result.output
    assert not (home / "releases").exists()


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda home: (home / "data/dataset.yaml").unlink(), "dataset.yaml est absent"),
        (lambda home: (home / "data/dataset.yaml").write_text("titre: x\nautre: y\n"), "clé « base » : cette clé manque"),
        (lambda home: (home / "data/dataset.yaml").write_text("a: [\n"), "YAML"),
        (lambda home: (home / "ontology/schemes.ttl").write_text("@prefix :\n"), "schemes.ttl, ligne"),
        (lambda home: (home / "ontology/ess.ttl").unlink(), "ess.ttl est absent"),
        (lambda home: (home / "ontology/rules/super-types.rq").write_text("ASK {}"), "CONSTRUCT"),
    ],
)
def test_a_broken_project_is_named(break_it: Callable[[Path], object], words: str, run: Callable[..., Result], home: Path) -> None:
    break_it(home)
    result = run("check")
    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output


def test_get_answers_without_a_server(run: Callable[..., Result]) -> None:
    assert run("get", "/healthz").exit_code == 1
    assert run("publish").exit_code == 0
    turtle = run("get", "/doc/supplement/S002", "--accept", "text/turtle")
    assert turtle.exit_code == 0
    assert "Entre deux rives" in turtle.output
    seen = run("get", "-i", "/id/supplement/S002")
    assert seen.output.startswith("HTTP 303")
    assert "Entre deux rives" in run("get", "-L", "/id/supplement/S002", "--accept", "text/turtle").output
    missing = run("get", "/doc/supplement/S999")
    assert missing.exit_code == 1


def test_mint_and_dictionary(run: Callable[..., Result], home: Path) -> None:
    minted = run("mint", "acteur", "-n", "2")
    assert minted.stdout == "A005\nA006\n"
    assert minted.stderr == "Inscrit dans registre.csv. Ajouter la ligne de chacun à acteurs.csv, puis : ess-lod check\n"
    assert run("mint", "personne").exit_code == 2
    assert "README.md" in run("dictionary").output
    assert (home / "data/README.md").is_file()


def test_settings_that_are_wrong(monkeypatch: pytest.MonkeyPatch, run: Callable[..., Result]) -> None:
    monkeypatch.setenv("ESS_LOD_PORT", "huit mille")
    result = run("check")
    assert result.exit_code == 1
    assert "ESS_LOD_PORT" in result.output


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _get(url: str, deadline: float) -> bytes:
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return bytes(response.read())
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_serve_answers_and_follows_the_pointer(run: Callable[..., Result], home: Path) -> None:
    assert run("publish").exit_code == 0
    port = _free_port()
    command = [sys.executable, "-m", "ess_lod.cli", "--home", str(home), "serve", "--port", str(port)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ESS_LOD_")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            first = _get(f"http://127.0.0.1:{port}/healthz", time.monotonic() + 30)
            taken = run("serve", "--port", str(port))
            assert taken.exit_code == 1
            assert "est déjà pris" in taken.output
            text = (home / "data/acteurs.csv").read_text("utf-8")
            (home / "data/acteurs.csv").write_text(text.replace("Réseau inventé.", "Réseau vraiment inventé."), "utf-8")
            assert run("publish").exit_code == 0
            deadline = time.monotonic() + 30
            while _get(f"http://127.0.0.1:{port}/healthz", deadline) == first:
                assert time.monotonic() < deadline, "the new release is not served"
                time.sleep(0.05)
            assert b"vraiment" in _get(f"http://127.0.0.1:{port}/doc/acteur/A001.ttl", time.monotonic() + 5)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)
