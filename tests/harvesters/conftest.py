"""An environment with the parsing code of the harvesters, made on first use, and a server whose addresses are those of its own machine.

The base of the release is the address of the server: a harvester may follow any IRI of the catalogue.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.publish import build
from ess_lod.release import Release
from tests.conftest import REPOSITORY, SMALL
from tests.serving import HOST, Served, free_port, serving

HERE = Path(__file__).parent
ENVIRONMENT = HERE / ".venv"
PINNED = ("udata==17.18.0", "ckanext-dcat==2.4.4")

Read = Callable[[str, str], Any]


@pytest.fixture(scope="session")
def read() -> Read:
    """Runs ``read_udata.py`` or ``read_ckan.py`` on an address and gives what it printed."""
    wanted = "\n".join((*PINNED, (HERE / "requirements.txt").read_text("utf-8")))
    made = ENVIRONMENT / "made-from"
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not made.is_file() or made.read_text("utf-8") != wanted:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        steps = (
            [sys.executable, "-m", "venv", "--without-pip", str(ENVIRONMENT)],
            [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", *PINNED],
            [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--requirement", str(HERE / "requirements.txt")],
        )
        for step in steps:
            done = subprocess.run(step, capture_output=True, check=False, timeout=300)
            if done.returncode:
                pytest.skip(f"The harvesters cannot be installed: {done.stderr.decode()[-400:]}")
        made.write_text(wanted, "utf-8")

    def run(script: str, url: str) -> Any:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("ESS_LOD_", "PYTHON"))}
        done = subprocess.run([str(python), str(HERE / script), url], env=environ, capture_output=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Release]]:
    """A server of the real tables under its own address, with the fictitious ones as an earlier release."""
    folder, port = tmp_path_factory.mktemp("harvested"), free_port()
    given = {"home": REPOSITORY, "releases": folder / "releases", "indexes": folder / "indexes"}
    for name, source in (("fictitious", SMALL), ("real", REPOSITORY / "data")):
        shutil.copytree(source, folder / name)
        told = folder / name / "dataset.yaml"
        told.write_text(re.sub(r"(?m)^base: .*$", f"base: http://{HOST}:{port}/", told.read_text("utf-8")), "utf-8")
        built, _ = build(Settings.read({}, **given, data=folder / name))
        releases.publish(folder / "releases", built.version)
    with serving(folder, given, port) as served:
        yield served, built
