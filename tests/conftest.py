"""One fixture per stage of the line, on the real tables; ``small`` is a fictitious project that a test may break."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.publish import Draft, build, draw_up, freeze_draft
from ess_lod.publish.dated import read_dated
from ess_lod.publish.rows import Rows
from ess_lod.publish.tables import read_tables
from ess_lod.publish.vocabulary import Vocabulary, read_vocabulary
from ess_lod.release import Release
from ess_lod.store import Store, open_store
from ess_lod.web import create_app

REPOSITORY = Path(__file__).resolve().parents[1]
SMALL = Path(__file__).resolve().parent / "data" / "small"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of this repository, with releases of its own."""
    return Settings.read({}, home=REPOSITORY, releases=tmp_path_factory.mktemp("releases"), indexes=tmp_path_factory.mktemp("indexes"))


@pytest.fixture(scope="session")
def vocabulary(settings: Settings) -> Vocabulary:
    """The files of ontology/."""
    return read_vocabulary(settings.ontology)


@pytest.fixture(scope="session")
def tables(settings: Settings, vocabulary: Vocabulary) -> Rows:
    """The rows of data/."""
    return read_tables(settings.data, vocabulary.notations, read_dated(settings.data / "insee", "32"))


@pytest.fixture(scope="session")
def draft(settings: Settings) -> Draft:
    """What the tables say, checked."""
    return draw_up(settings)


@pytest.fixture(scope="session")
def release(settings: Settings, draft: Draft) -> Release:
    """The release made from data/, published."""
    built = freeze_draft(draft, settings)
    releases.publish(settings.releases, built.version)
    return built


@pytest.fixture(scope="session")
def store(settings: Settings, release: Release) -> Store:
    """The release, loaded."""
    return open_store(settings, release)


@pytest.fixture(scope="session")
def app(settings: Settings, release: Release) -> Flask:
    """The application that serves the release."""
    assert release.version
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of that application."""
    return app.test_client()


@pytest.fixture(scope="session")
def site_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a server of the fictitious project, its release published."""
    folder = tmp_path_factory.mktemp("site")
    found = Settings.read({}, home=REPOSITORY, data=SMALL, releases=folder / "releases", indexes=folder / "indexes")
    built, _ = build(found)
    releases.publish(found.releases, built.version)
    return found


@pytest.fixture(scope="session")
def site_app(site_settings: Settings) -> Flask:
    """The application that serves the fictitious project."""
    return create_app(site_settings)


@pytest.fixture
def site(site_app: Flask) -> Iterator[FlaskClient]:
    """A client of the application that serves the fictitious project."""
    with site_app.test_client() as test_client:
        yield test_client


@dataclass(frozen=True)
class Project:
    """A project on disk whose tables may be changed."""

    settings: Settings

    def table(self, name: str) -> Path:
        """Path of a table."""
        return self.settings.data / f"{name}.csv"

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands exactly once in a table."""
        content = self.table(name).read_text("utf-8")
        assert content.count(old) == 1, (name, old, content.count(old))
        self.table(name).write_text(content.replace(old, new), "utf-8")

    def append(self, name: str, line: str) -> None:
        """Add a line at the end of a table."""
        with self.table(name).open("a", encoding="utf-8") as file:
            file.write(line + "\n")


@pytest.fixture
def small(tmp_path: Path) -> Project:
    """A fictitious project: one or more rows in each table, with the vocabulary and shapes of the repository."""
    shutil.copytree(SMALL, tmp_path / "data")
    return Project(Settings.read({}, home=REPOSITORY, data=tmp_path / "data", releases=tmp_path / "releases", indexes=tmp_path / "indexes"))
