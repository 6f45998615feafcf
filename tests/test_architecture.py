"""The house rules that a machine can hold: layers, names, nothing of this or any machine."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

SOURCES = sorted((REPOSITORY / "src").rglob("*.py"))
IGNORED = {line.strip("/") for line in (REPOSITORY / ".gitignore").read_text().split()} | {".git"}
FILES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for path in REPOSITORY.rglob("*")
    if path.is_file() and not any(part in IGNORED or part.endswith(".egg-info") for part in path.relative_to(REPOSITORY).parts)
)


def test_there_is_something_to_check() -> None:
    assert len(SOURCES) > 30
    assert len(FILES) > 100


def test_the_layers_are_linted_exhaustively() -> None:
    contract = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    assert contract["exhaustive"] is True
    named = {name.strip() for layer in contract["layers"] for name in layer.split("|")}
    present = {path.stem for path in (REPOSITORY / "src/ess_lod").glob("*.py")} - {"__init__"}
    present |= {path.parent.name for path in (REPOSITORY / "src/ess_lod").glob("*/__init__.py")}
    assert named == present


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY / "src")))
def test_a_module_says_what_it_is_for_and_stays_readable(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert text.count("\n") <= 420
    assert not re.search(r"\b(TODO|FIXME|XXX)\b", text)
    assert not set(re.split(r"[_.]", path.stem)) & {"data", "manager", "helper", "helpers", "utils", "util", "process", "misc", "common"}


def test_no_host_of_a_registry_and_no_path_of_a_machine() -> None:
    forbidden = re.compile(r"(?<![\w.-])/(?:root|home|Users|mnt|srv)/\w|https?://(?:registry|files|deb|index|mirror|pypi)\.\S+|index-url")
    this = Path(__file__).relative_to(REPOSITORY).as_posix()
    found = []
    for name in FILES:
        path = REPOSITORY / name
        if name != this and path.is_file() and path.suffix not in (".png", ".ico"):
            found += [f"{name}: {match[0]}" for match in forbidden.finditer(path.read_text("utf-8", errors="replace"))]
    assert found == []


def test_nobody_is_named_but_the_printed_byline() -> None:
    """The one person of the data is the printed author of no. 56, as text."""
    named = [name for name in FILES if name.startswith("data/") and "Hanssens" in (REPOSITORY / name).read_text("utf-8")]
    assert named == ["data/supplements.csv"]
