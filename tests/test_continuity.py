"""The gate and what is published already: an address that would answer no more refuses the publication."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest
from click.testing import CliRunner
from pyoxigraph import NamedNode, RdfFormat

from ess_lod import changes
from ess_lod.cli import main
from ess_lod.errors import GateRefusal
from ess_lod.publish import build, draw_up
from ess_lod.publish.continuity import addresses_in, addresses_of, check_release, predecessors
from ess_lod.publish.report import Report
from ess_lod.publish.shapes import read_shapes
from ess_lod.release import Release, open_release
from ess_lod.terms import SH, SHAPES_IRI
from tests.conftest import Project
from tests.histories import publish_next, second_edition

BASE = "https://reseau.example/lod/"
VOCABULARY = "https://w3id.org/ess-lod/"


@pytest.fixture
def published(small: Project, tmp_path: Path) -> Project:
    """The fictitious project with one publication, its vocabulary and shapes its own."""
    for folder in (small.settings.ontology, small.settings.shapes):
        shutil.copytree(folder, tmp_path / folder.name)
    project = Project(replace(small.settings, ontology=tmp_path / "ontology", shapes=tmp_path / "shapes"))
    publish_next(project)
    return project


def edit(path: Path, pattern: str, new: str, count: int = 1) -> None:
    """Replace what a pattern finds, which it must find so many times."""
    text, found = re.subn(pattern, new, path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert found == count, (path.name, pattern, found)
    path.write_text(text, "utf-8")


def drop_row(project: Project, table: str, start: str) -> None:
    edit(project.table(table), rf"^{re.escape(start)}[^\n]*\n", "")


def drop_everywhere(project: Project) -> None:
    drop_row(project, "territoires", "T020,")
    drop_row(project, "registre", "T020,")


def change_letter(project: Project) -> None:
    drop_row(project, "territoires", "T020,")
    edit(project.table("registre"), "^T020,territoire", "D020,dispositif")
    project.append("dispositifs", "D020,Quartier des Moulins,,pat,alimentation,T010,,,,,R001")


def change_number(project: Project) -> None:
    edit(project.table("territoires"), "^T020,", "T021,")
    edit(project.table("registre"), "^T020,", "T021,")


def drop_concept(project: Project) -> None:
    schemes = project.settings.ontology / "schemes.ttl"
    edit(schemes, r"^changement:reprise\n.*?\.\n\n", "")
    edit(schemes, ", changement:reprise", "")


def drop_property(project: Project) -> None:
    edit(project.settings.ontology / "ess.ttl", r"^ess:quote\n.*?\.\n\n", "")
    edit(project.settings.ontology / "alignments.ttl", r"^ess:quote\n.*?\.\n\n", "")


def rename_shape(project: Project) -> None:
    edit(project.settings.shapes / "whole.ttl", "Link-elsewhere", "Link-abroad", 4)


LOST = {
    "the row and its line of the registry": (drop_everywhere, "thing", f"{BASE}id/territoire/T020"),
    "a withdrawn id": (lambda p: drop_row(p, "registre", "A004,"), "thing", f"{BASE}id/acteur/A004"),
    "a duplicate": (lambda p: drop_row(p, "registre", "A003,"), "thing", f"{BASE}id/acteur/A003"),
    "the letter": (change_letter, "thing", f"{BASE}id/territoire/T020"),
    "the number": (change_number, "thing", f"{BASE}id/territoire/T020"),
    "a concept": (drop_concept, "concept", f"{VOCABULARY}vocab/changement/reprise"),
    "a property": (drop_property, "term", f"{VOCABULARY}ns#quote"),
    "a shape": (rename_shape, "shape", f"{SHAPES_IRI}Link-elsewhere"),
}


@pytest.mark.parametrize("case", LOST)
def test_what_would_be_lost_is_a_violation(case: str, published: Project) -> None:
    lose, sort, iri = LOST[case]
    lose(published)
    report = draw_up(published.settings).report
    found = [result for result in report.results if result.severity == "Violation"]
    assert [(result.constraint, result.focus) for result in found] == [(f"{SHAPES_IRI}Published-{sort}", iri)]
    assert not report.conforms
    version = open_release(published.settings.releases).version
    assert version in found[0].message_fr
    assert version in found[0].message_en
    assert {"thing": "registre.csv", "shape": "sh:deactivated"}.get(sort, "owl:deprecated") in found[0].message_fr
    assert iri in report.text()
    assert iri in report.text("en")
    told = list(pyoxigraph.parse(report.to_turtle(BASE + "dataset/report"), format=RdfFormat.TURTLE))
    assert [triple.subject for triple in told if triple.predicate == SH.focusNode and triple.object == NamedNode(iri)]
    with pytest.raises(GateRefusal, match=re.escape(iri)):
        build(published.settings)


def test_the_base_is_one_violation_that_says_how_to_start_anew(published: Project) -> None:
    edit(published.settings.data / "dataset.yaml", "https://reseau.example/lod/", "https://autre.example/lod/")
    report = draw_up(published.settings).report
    found = [result for result in report.results if result.severity == "Violation"]
    assert [(result.constraint, result.focus) for result in found] == [(f"{SHAPES_IRI}Published-base", BASE)]
    assert "a publié 20 adresses sous https://reseau.example/lod/" in found[0].message_fr
    assert "ESS_LOD_RELEASES" in found[0].message_fr
    elsewhere = replace(published.settings, releases=published.settings.releases.parent / "anew")
    assert draw_up(elsewhere).report.conforms


def deprecate(project: Project) -> None:
    edit(
        project.settings.ontology / "ess.ttl",
        r"^ess:quote\n    a owl:DatatypeProperty ;",
        'ess:quote\n    a owl:DatatypeProperty ;\n    owl:deprecated "true"^^xsd:boolean ;',
    )


def withdraw(project: Project) -> None:
    drop_row(project, "territoires", "T020,")
    edit(project.table("registre"), "^T020,territoire,2026-01-05,actif,,,", "T020,territoire,2026-01-05,retire,,2026-05-01,")


def merge_ids(project: Project) -> None:
    drop_row(project, "territoires", "T020,")
    edit(project.table("registre"), "^T020,territoire,2026-01-05,actif,,,", "T020,territoire,2026-01-05,doublon,T001,2026-05-01,")


def bring_back(project: Project) -> None:
    edit(project.table("registre"), "^A004,acteur,2026-01-05,retire,,2026-03-01,", "A004,acteur,2026-01-05,actif,,,")
    project.append("acteurs", "A004,Revenue,,,,,acteur,scic,alimentation,,,99001,,actif,,,,,certaine,R001")


def drop_parts(project: Project) -> None:
    drop_row(project, "adhesions", "A001,A002,")
    drop_row(project, "agrements", "A002,")
    drop_row(project, "liens", "champ/textile-mode,")


KEPT: dict[str, Callable[[Project], None]] = {
    "a deprecated property": deprecate,
    "a withdrawal": withdraw,
    "a duplicate": merge_ids,
    "a withdrawn id that comes back": bring_back,
    "parts, whose page stays": drop_parts,
}


@pytest.mark.parametrize("case", KEPT)
def test_what_is_no_loss(case: str, published: Project) -> None:
    before = addresses_in(open_release(published.settings.releases)).iris
    KEPT[case](published)
    draft = draw_up(published.settings)
    assert [result for result in draft.report.results if result.severity == "Violation"] == []
    assert before <= addresses_of(draft.quads, read_shapes(published.settings.shapes).triples, draft.dataset.base).iris


def test_a_release_has_the_addresses_of_its_draft(published: Project) -> None:
    draft = draw_up(published.settings)
    had = addresses_in(open_release(published.settings.releases))
    assert had == addresses_of(draft.quads, read_shapes(published.settings.shapes).triples, BASE)
    assert sum(iri.startswith(f"{BASE}id/") for iri in had.iris) == 20
    assert sum("/vocab/" in iri for iri in had.iris) == 181 + 15
    assert sum(iri.startswith(f"{VOCABULARY}ns#") for iri in had.iris) == 18 + 61
    assert sum(iri.startswith(SHAPES_IRI) for iri in had.iris) > 400


def test_the_report_of_a_release_knows_nothing_of_those_before(published: Project) -> None:
    """Same tables, same bytes: what was published before leaves no trace."""
    first = open_release(published.settings.releases)
    second, _ = build(published.settings)
    assert second.version == first.version


# Going back


def returned(project: Project) -> tuple[Release, Release]:
    """Two publications, and a return to the first."""
    first = open_release(project.settings.releases)
    second_edition(project)
    second = open_release(project.settings.releases, publish_next(project))
    changes.rollback(project.settings.releases)
    return first, second


def without_s003(project: Project) -> None:
    drop_row(project, "supplements", "S003,")
    drop_row(project, "registre", "S003,")


def lost_in(report: Report) -> list[str]:
    return [result.focus for result in report.results if "Published-" in result.constraint]


def test_what_was_left_behind_by_a_return_stays_too(published: Project) -> None:
    first, second = returned(published)
    assert predecessors(published.settings.releases) == [first, second]
    assert lost_in(draw_up(published.settings).report) == []
    without_s003(published)
    report = draw_up(published.settings).report
    assert lost_in(report) == [f"{BASE}id/supplement/S003"]
    assert second.version in report.text()


def test_after_the_next_publication_one_release_stands_for_all(published: Project) -> None:
    returned(published)
    published.replace("acteurs", "An invented network.", "Still an invented network.")
    third = open_release(published.settings.releases, publish_next(published))
    assert predecessors(published.settings.releases) == [third]
    without_s003(published)
    assert lost_in(draw_up(published.settings).report) == [f"{BASE}id/supplement/S003"]


def test_a_release_made_before_another_was_published_is_not_published_over_it(published: Project) -> None:
    published.replace("acteurs", "An invented network.", "Still an invented network.")
    waiting, _ = build(published.settings)
    second_edition(published)
    publish_next(published)
    with pytest.raises(GateRefusal, match=f"{BASE}id/supplement/S003"):
        check_release(published.settings, waiting)
    environ = {"ESS_LOD_RELEASES": str(published.settings.releases), "ESS_LOD_INDEXES": str(published.settings.indexes)}
    refused = CliRunner().invoke(main, ["publish", waiting.version], env=environ)
    assert refused.exit_code == 1
    assert f"{BASE}id/supplement/S003" in refused.output
    assert open_release(published.settings.releases).version != waiting.version


def test_what_was_published_once_may_be_published_again(published: Project) -> None:
    first = open_release(published.settings.releases)
    second_edition(published)
    publish_next(published)
    check_release(published.settings, first)
    assert changes.publish(published.settings.releases, first.version) != first.version
    assert {release.version for release in predecessors(published.settings.releases)} == {
        first.version,
        *(publication.after for publication in changes.publications(published.settings.releases)),
    }


def test_check_says_it_too(published: Project) -> None:
    drop_everywhere(published)
    settings = published.settings
    environ = {f"ESS_LOD_{name.upper()}": str(getattr(settings, name)) for name in ("data", "ontology", "shapes", "releases", "indexes")}
    said = CliRunner().invoke(main, ["check"], env=environ)
    assert said.exit_code == 1
    assert f"{BASE}id/territoire/T020" in said.stdout
    assert "comparaison avec ce qui est publié" in said.stderr


def test_going_back_says_what_falls_silent(published: Project) -> None:
    second_edition(published)
    publish_next(published)
    environ = {f"ESS_LOD_{name.upper()}": str(getattr(published.settings, name)) for name in ("releases", "indexes")}
    said = CliRunner().invoke(main, ["rollback"], env=environ)
    assert said.exit_code == 0
    assert "qui devra les reprendre : 1." in said.stdout
