"""A version that is only frozen is a draft: nobody sees it on the web before it is published, and it may be seen for ever after."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ess_lod import changes
from ess_lod.changes import public_versions
from ess_lod.publish import build
from ess_lod.release import POINTER
from ess_lod.web import create_app
from tests.histories import History, copied, write_history


@dataclass(frozen=True)
class Drafted:
    """A network that published three editions and went back to the second, with a fourth edition that is frozen only."""

    history: History
    draft: str

    @property
    def public(self) -> list[str]:
        """What has been published, the version that was left by going back too."""
        return sorted(set(self.history.versions))


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Drafted:
    """Three editions published with a return, then a draft whose name nothing may tell."""
    project = copied(tmp_path_factory.mktemp("drafts"))
    history = write_history(project)
    project.replace("acteurs", "Le Panier relié", "Le Panier secret")
    made, _ = build(project.settings)
    return Drafted(history, made.version)


@pytest.fixture
def client(drafted: Drafted) -> FlaskClient:
    """A client of a server of it."""
    return create_app(drafted.history.settings).test_client()


def test_what_is_public(drafted: Drafted) -> None:
    assert drafted.draft not in drafted.public
    assert public_versions(drafted.history.releases) == drafted.public


def test_a_draft_is_as_unknown_as_a_version_that_never_was(drafted: Drafted, client: FlaskClient) -> None:
    public = drafted.public[0]
    never = "2026-01-01-00000000"
    for path in (
        "/dump/{}/",
        "/dump/{}/manifest.json",
        "/dump/{}/dataset.nq",
        "/dump/{}/tables/acteurs.csv",
        f"/changes/{public}/{{}}",
        f"/changes/{{}}/{public}",
        "/changes/{0}/{0}",
        f"/changes/{public}/{{}}.rdfp",
        f"/changes/{{}}/{public}.nq",
        f"/changes?from={public}&to={{}}",
        f"/changes?from={{}}&to={public}",
    ):
        hidden, unknown = client.get(path.format(drafted.draft)), client.get(path.format(never))
        assert hidden.status_code == unknown.status_code == 404, path
        assert hidden.text.replace(drafted.draft, never) == unknown.text, path


def test_what_was_published_stays_public_after_a_return(drafted: Drafted, client: FlaskClient) -> None:
    for version in drafted.public:
        assert client.get(f"/dump/{version}/").status_code == 200
        assert client.get(f"/changes/{version}/{drafted.public[0]}").status_code == 200


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_page_names_a_draft(drafted: Drafted, client: FlaskClient, language: str) -> None:
    paths = ["/", "/changes", "/dataset", "/catalog.ttl", "/catalog.jsonld", "/sitemap.xml", "/sitemap/pages.xml", "/feed", "/feed.trig"]
    paths += ["/feed.atom", "/dump/latest/", "/healthz", "/.well-known/void", "/linkset/dataset", "/openapi.json"]
    digits = drafted.draft.rpartition("-")[2]
    seen = 0
    for path in paths:
        answer = client.get(f"{path}?lang={language}")
        assert answer.status_code == 200, path
        assert digits not in answer.text, path
        seen += any(version in answer.text for version in drafted.public)
    assert seen > 5, "they do name those that are public"


def test_the_form_offers_what_is_public(drafted: Drafted, client: FlaskClient) -> None:
    offered = re.findall(r"<option[^>]*>([0-9a-f-]+)<", client.get("/changes").text)
    assert set(offered) == set(drafted.public)


def test_a_draft_is_seen_as_soon_as_it_is_published(drafted: Drafted, tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    shutil.copytree(drafted.history.releases, releases)
    client = create_app(replace(drafted.history.settings, releases=releases, indexes=tmp_path / "indexes")).test_client()
    assert client.get(f"/dump/{drafted.draft}/").status_code == 404
    changes.publish(releases, drafted.draft)
    assert client.get(f"/dump/{drafted.draft}/").status_code == 200
    changes.rollback(releases)
    assert client.get(f"/dump/{drafted.draft}/").status_code == 200
    assert client.get(f"/changes/{drafted.public[0]}/{drafted.draft}").status_code == 200


def test_without_one_of_the_two_lists_the_other_tells(drafted: Drafted, tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    shutil.copytree(drafted.history.releases, releases)
    (releases / POINTER).write_text("[]")
    assert public_versions(releases) == drafted.public
    shutil.copy(drafted.history.releases / POINTER, releases)
    shutil.rmtree(releases / "changes")
    assert public_versions(releases) == sorted(set(drafted.history.versions[:2])), "the pointer has forgotten the one that was left"
    assert public_versions(tmp_path / "none") == []


def test_what_is_not_kept_is_not_public(drafted: Drafted, tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    shutil.copytree(drafted.history.releases, releases)
    shutil.rmtree(releases / drafted.history.versions[2])
    assert drafted.history.versions[2] not in public_versions(releases)
    assert drafted.draft not in public_versions(releases)
