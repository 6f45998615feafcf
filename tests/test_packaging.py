"""What is handed over: the source archive and the wheel hold every file of the package, and a network lives from the installed wheel alone.

Nothing is fetched: the backend of pyproject.toml builds as it stands in the environment of the tests, and the fresh environment, made outside the repository,
takes the packages that ess-lod depends on from there by a ``.pth`` file. Python reads no ``.pth`` file of a folder that is named so, hence not that of the
editable install: the only ess-lod of the fresh environment is the wheel's.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.conftest import REPOSITORY
from tests.serving import HOST, Served, serving

PACKAGE = "src/ess_lod"
NOT_OURS_TO_GIVE = "own/insee/identifiants.csv"
"""Ids that the first network minted; another one mints its own."""
PLANTED = ("web/somewhere/new.dat", "publish/deep/er/file", "own/.hidden", "store/no-extension", "web/static/yasgui/of-tomorrow.woff2")
"""Files that nobody has listed, as somebody may add them tomorrow."""
LITTER = ("web/editor/node_modules/thing/index.js", "web/__pycache__/pages.cpython-311.pyc", ".mypy_cache/x.json")
"""Files that git ignores, below the package."""


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(each) for each in command], cwd=cwd, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Built:
    """A copy of the repository, its source archive, the wheel made of the copy, and the wheel made of the unpacked source archive."""

    copy: Path
    sdist: Path
    wheel: Path
    wheel_of_sdist: Path

    def files(self) -> set[str]:
        """The files of the package, by their paths in it."""
        package = self.copy / PACKAGE
        found = {Path(folder, name) for folder, _, names in os.walk(package, followlinks=True) for name in names}
        return {path.relative_to(package).as_posix() for path in found} - set(LITTER) - {NOT_OURS_TO_GIVE}


def _only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Both archives, of a copy of the repository that has files more than today's."""
    folder = tmp_path_factory.mktemp("built")
    copy = folder / "copy"
    left_out = shutil.ignore_patterns(".git", ".venv", "node_modules", "__pycache__", "releases", "indexes", ".*_cache")
    shutil.copytree(REPOSITORY, copy, symlinks=True, ignore=left_out)
    for name in (*PLANTED, *LITTER):
        planted = copy / PACKAGE / name
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.write_text("here", "utf-8")
    build = (sys.executable, "-m", "hatchling", "build")
    _run(*build, "-t", "sdist", "-d", folder / "sdist", cwd=copy)
    _run(*build, "-t", "wheel", "-d", folder / "wheel", cwd=copy)
    with tarfile.open(_only(folder / "sdist", "*.tar.gz")) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    _run(*build, "-t", "wheel", "-d", folder / "again", cwd=_only(folder / "unpacked", "ess_lod-*"))
    return Built(copy, _only(folder / "sdist", "*"), _only(folder / "wheel", "*.whl"), _only(folder / "again", "*.whl"))


def _in_wheel(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("ess_lod/")]
        return {name.removeprefix("ess_lod/"): archive.read(name) for name in names}


def test_the_wheel_has_every_file_of_the_package_and_no_litter(built: Built) -> None:
    held = _in_wheel(built.wheel)
    assert {"web/reconcile/extension.toml", "own/ontology/ess.ttl", "own/insee/communes.csv", *PLANTED} <= built.files()
    assert set(held) == built.files()
    assert all(content == (built.copy / PACKAGE / name).read_bytes() for name, content in held.items())


def test_the_source_archive_makes_the_same_wheel(built: Built) -> None:
    assert _in_wheel(built.wheel_of_sdist) == _in_wheel(built.wheel)


def test_the_source_archive_has_no_links_and_needs_nothing_outside(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        members = archive.getmembers()
    (root,) = {member.name.split("/")[0] for member in members}
    assert all(member.isfile() or member.isdir() for member in members)
    names = [member.name.removeprefix(f"{root}/") for member in members if member.isfile()]
    assert len(set(names)) == len(names)
    inside = {name.removeprefix(f"{PACKAGE}/") for name in names if name.startswith(f"{PACKAGE}/")}
    assert inside == built.files()
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"} <= set(names)


@pytest.fixture(scope="module")
def python(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("fresh") / "environment"
    _run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    found = folder / "bin" / "python"
    wheel = built.wheel_of_sdist
    _run(sys.executable, "-m", "pip", "--python", found, "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=folder)
    home = _run(found, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])", cwd=folder).strip()
    (Path(home) / "dependencies.pth").write_text("\n".join({sysconfig.get_paths()[name] for name in ("purelib", "platlib")}), "utf-8")
    where = _run(found, "-c", "import ess_lod, sys; print(ess_lod.__file__); print(*sys.path, sep='\\n')", cwd=folder).splitlines()
    assert where[0].startswith(home)
    assert not any(Path(each).resolve() == REPOSITORY / "src" for each in where[1:])
    return found


@pytest.fixture(scope="module")
def served(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A network that is made, published and served by the installed command."""
    folder = tmp_path_factory.mktemp("network")
    command, project = python.parent / "ess-lod", folder / "reseau"
    _run(command, "init", project, "--base", "https://sud.example/lod/", "--name", "Réseau du Sud", "--region", "53", cwd=folder)
    _run(command, "--home", project, "publish", cwd=folder)
    with serving(folder, {"home": project, "inbox": "token hosts"}, python=python) as found:
        yield found


def _ask(served: Served, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection(HOST, served.port, timeout=60)
    try:
        connection.request(method, path, body.encode() if body is not None else None, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def _addresses(template: str, operation: dict[str, Any]) -> set[str]:
    """With what must be given, and with all that has an example."""
    path = template
    needed: dict[str, str] = {}
    query: dict[str, str] = {}
    for each in operation["parameters"]:
        if each["in"] == "path":
            path = path.replace("{" + each["name"] + "}", quote(str(each["example"])))
        elif each["in"] == "query" and "example" in each:
            query[each["name"]] = each["example"]
            needed |= {each["name"]: each["example"]} if each["required"] else {}
    return {path + (f"?{urlencode(asked)}" if asked else "") for asked in (needed, query)}


def _answers(served: Served, method: str, path: str, operation: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """In each media type that is offered, or to each one that is taken."""
    if method == "post":
        for kind, each in operation["requestBody"]["content"].items():
            yield _ask(served, "POST", path, str(each["example"]), {"Content-Type": kind})
    else:
        for kind in sorted(operation["responses"].get("200", {}).get("content", {"*/*": {}})):
            yield _ask(served, "GET", path, headers={"Accept": kind})


def test_every_route_of_an_installed_network_answers(served: Served) -> None:
    status, text = _ask(served, "GET", "/openapi.json")
    assert status == 200
    asked: dict[int, list[str]] = {}
    for template, operations in json.loads(text)["paths"].items():
        for method, operation in operations.items():
            for path in sorted(_addresses(template, operation)):
                for status, text in _answers(served, method, path, operation):
                    asked.setdefault(status, []).append(f"{method} {path}")
                    assert status < 500, (method, path, text[:400])
    assert len(asked[200]) > 40
    assert "get /reconcile" in asked[200]
    assert "Traceback" not in served.said()


def test_what_it_says_of_itself_is_there(served: Served) -> None:
    """Files that only one page uses: the style sheets, the editor (where it was built)."""
    for path in ("/static/style.css", "/static/preview.css", "/static/icon.svg", "/logo"):
        assert _ask(served, "GET", path)[0] == 200, path
    page = _ask(served, "GET", "/sparql?lang=fr", headers={"Accept": "text/html"})[1]
    assert "<form" in page
    assert ("yasgui.min.js" in page) == (REPOSITORY / PACKAGE / "web/static/yasgui/start.js").is_file()
