"""A short history of the fictitious project for tests: three releases published through the journal, and a return to the second."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from ess_lod import changes
from ess_lod.changes.difference import split
from ess_lod.config import Settings
from ess_lod.publish import build
from ess_lod.release import Release, freeze, open_release
from tests.conftest import REPOSITORY, SMALL, Project

BASE = "https://reseau.example/lod/"


@dataclass(frozen=True)
class History:
    """A project, and the versions that were published, in order: the last one is the second again."""

    settings: Settings
    versions: tuple[str, ...]

    @property
    def releases(self) -> Path:
        """Its folder of releases."""
        return self.settings.releases

    def release(self, version: str) -> Release:
        """One of its releases."""
        return open_release(self.releases, version)


def publish_next(project: Project) -> str:
    """Build what the tables say and publish it through the journal. Returns its version."""
    made, _ = build(project.settings)
    changes.publish(project.settings.releases, made.version)
    return made.version


def second_edition(project: Project) -> None:
    """A description is corrected; a supplement is new."""
    project.replace("acteurs", "Réseau inventé.", "Réseau inventé et « corrigé ».")
    project.append("registre", "S003,supplement,2026-01-05,actif,,,")
    project.append("supplements", "S003,3,4,transcription,Nouveau venu,,2026-03-01,2026-04-01,estimation,,,inconnue,,,,,R001")


def third_edition(project: Project) -> None:
    """Under a later date, the new supplement is withdrawn, and nothing is drawn from a document any more, so that its graph goes."""
    dataset = project.settings.data / "dataset.yaml"
    dataset.write_text(dataset.read_text("utf-8").replace("date: 2026-04-01", "date: 2026-05-01"), "utf-8")
    project.replace("registre", "S003,supplement,2026-01-05,actif,,,", "S003,supplement,2026-01-05,retire,,2026-04-20,essai")
    project.replace("supplements", "S003,3,4,transcription,Nouveau venu,,2026-03-01,2026-04-01,estimation,,,inconnue,,,,,R001\n", "")
    project.replace("mises_en_avant", "alimentation,certaine,R003", "alimentation,certaine,R001")
    project.replace("chiffres", "transcription,S002,R003", "transcription,S002,R001")


def copied(folder: Path) -> Project:
    """The fictitious project in a folder of its own."""
    shutil.copytree(SMALL, folder / "data")
    settings = Settings.read({}, home=REPOSITORY, data=folder / "data", releases=folder / "releases", indexes=folder / "indexes")
    return Project(settings)


def release_of(folder: Path, *lines: str, date: str = "2026-01-02") -> Release:
    """A release whose dataset has these lines, and hardly anything else."""
    return freeze(folder, {"dataset.nq": "".join(sorted(lines)).encode(), "catalogue.ttl": b""}, {"date": date, "base": BASE})


def write_history(project: Project) -> History:
    """Publish three editions, and return to the second."""
    versions = [publish_next(project)]
    second_edition(project)
    versions.append(publish_next(project))
    third_edition(project)
    versions.append(publish_next(project))
    versions.append(changes.rollback(project.settings.releases))
    return History(project.settings, tuple(versions))


def merged(release: Release) -> set[bytes]:
    """The triples of a release, whatever graph states them."""
    return {split(line)[0] for line in release.file("dataset.nq").read_bytes().splitlines(keepends=True)}
