"""The release of the repository behind the real server, and the approved answers to the questions that clients ask."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ess_lod.config import Settings
from ess_lod.release import Release
from tests.conftest import REPOSITORY
from tests.serving import serving

QUESTIONS = REPOSITORY / "tests" / "questions"
ROWS = sorted(path.stem for path in QUESTIONS.glob("*.csv"))
TRIPLES = "23-as-essglobal"

Row = dict[str, str]


@dataclass(frozen=True)
class Approved:
    """A question and its approved answer: the text as it is read, rows as plain texts, an unbound value as an empty one."""

    name: str

    @property
    def file(self) -> Path:
        """Where the query is."""
        return QUESTIONS / f"{self.name}.rq"

    @property
    def query(self) -> str:
        """The query."""
        return self.file.read_text("utf-8")

    @property
    def csv(self) -> str:
        """The answer as it stands, with the line ends of a text file."""
        return (QUESTIONS / f"{self.name}.csv").read_text("utf-8")

    @property
    def rows(self) -> list[Row]:
        """The rows, in order."""
        rows = list(csv.DictReader(self.csv.splitlines()))
        assert rows
        return rows


def in_any_order(rows: list[Row]) -> list[tuple[tuple[str, str], ...]]:
    """Rows to compare when a client does not keep their order, or does not say what is unbound."""
    return sorted(tuple(sorted((name, value) for name, value in row.items() if value)) for row in rows)


@pytest.fixture(scope="session")
def endpoint(settings: Settings, release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the endpoint of a server of the release."""
    assert release.version
    given = {"home": settings.home, "releases": settings.releases, "indexes": settings.indexes}
    with serving(tmp_path_factory.mktemp("clients"), given) as served:
        yield served.endpoint
