"""Differences between releases, and the journal that publishing keeps of them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pyoxigraph
import pytest
from click.testing import CliRunner, Result
from pyoxigraph import RdfFormat, Store

from ess_lod import changes
from ess_lod import release as releases_of
from ess_lod.changes import CREATE, DELETE, UPDATE, Change, differences, publications
from ess_lod.changes import comparison as comparisons
from ess_lod.changes import journal as journals
from ess_lod.changes.comparison import compare, compare_apart
from ess_lod.changes.groups import GROUPS, group_of
from ess_lod.changes.journal import moment_after
from ess_lod.cli import main
from ess_lod.errors import CorruptRelease, NoRelease, UnknownRelease
from ess_lod.iris import KINDS
from ess_lod.release import Release
from tests.conftest import REPOSITORY, Project
from tests.histories import BASE, History, copied, merged, publish_next, release_of, second_edition, write_history


def line(subject: str, value: str, graph: str = "g") -> str:
    return f'<{BASE}{subject}> <{BASE}p> "{value}" <{BASE}{graph}> .\n'


def told(folder: Path, before: list[str], after: list[str]) -> list[Change]:
    paths = []
    for name, lines in (("before", before), ("after", after)):
        (folder / name).write_text("".join(sorted(lines)), "utf-8")
        paths.append(folder / name)
    return list(differences(*paths))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Three releases and a return, published through the journal."""
    return write_history(copied(tmp_path_factory.mktemp("history")))


# differences


def test_things_that_came_changed_and_went(tmp_path: Path) -> None:
    before = [line("A001", "x"), line("A002", "x"), line("A002#siege", "x"), line("A003", "x")]
    after = [line("A001", "x"), line("A002", "x"), line("A002#siege", "y"), line("A004", "x")]
    found = told(tmp_path, before, after)
    assert [(each.thing, each.kind) for each in found] == [(BASE + "A002", UPDATE), (BASE + "A003", DELETE), (BASE + "A004", CREATE)]
    changed = found[0]
    assert changed.came == [f'<{BASE}A002#siege> <{BASE}p> "y"'.encode()]
    assert changed.went == [f'<{BASE}A002#siege> <{BASE}p> "x"'.encode()]
    assert len(changed.state) == 2
    assert changed.added == [line("A002#siege", "y").encode()]


def test_a_part_belongs_to_its_thing_whatever_stands_between_their_lines(tmp_path: Path) -> None:
    """In a sorted file T100#x stands before T1000 and T1000#x, and these before T100."""
    subjects = ["T100#x", "T100", "T1000#x", "T1000", "T10000", "T10000#y", "T1001#x", "T101", "T10"]
    found = told(tmp_path, [], [line(subject, "1") for subject in subjects])
    states = {each.thing.removeprefix(BASE): len(each.state) for each in found}
    assert states == {"T100": 2, "T1000": 2, "T10000": 2, "T1001": 1, "T101": 1, "T10": 1}
    assert len(found) == len(states)
    assert told(tmp_path, [line(subject, "1") for subject in subjects], [line(subject, "1") for subject in subjects]) == []


def test_a_statement_with_another_source_is_a_change_but_no_other_statement(tmp_path: Path) -> None:
    (found,) = told(tmp_path, [line("A001", "x", "g1")], [line("A001", "x", "g2")])
    assert (found.kind, found.came, found.went) == (UPDATE, [], [])
    assert len(found.added) == len(found.removed) == 1


def test_literals_are_compared_as_they_are_written(tmp_path: Path) -> None:
    odd = 'a \\" <b> . # c \\\\'
    (found,) = told(tmp_path, [line("A001", odd)], [line("A001", odd), f'<{BASE}A001> <{BASE}p> "{odd}"@fr <{BASE}g> .\n'])
    assert found.came == [f'<{BASE}A001> <{BASE}p> "{odd}"@fr'.encode()]


def test_labels_are_those_of_now_or_of_the_end(tmp_path: Path) -> None:
    label = f'<{BASE}A001> <http://www.w3.org/2000/01/rdf-schema#label> "%s"@fr <{BASE}g> .\n'
    (found,) = told(tmp_path, [label % "avant"], [label % 'l\\u00E0 \\"ici\\"'])
    assert found.labels == {"fr": 'là "ici"'}
    (gone,) = told(tmp_path, [label % "avant"], [])
    assert gone.labels == {"fr": "avant"}


@pytest.mark.parametrize("text", [line("B", "1") + line("A", "1"), line("A", "1") * 2, '_:b <http://e.example/p> "x" .\n', "nothing\n"])
def test_a_file_that_cannot_be_compared_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(text, "utf-8")
    with pytest.raises(CorruptRelease):
        [each.state for each in differences(None, tmp_path / "file")]


def test_memory_does_not_grow_with_the_files(tmp_path: Path) -> None:
    def peak(things: int) -> int:
        for name, value in (("before", "x"), ("after", "y")):
            with (tmp_path / name).open("w") as file:
                file.writelines(line(f"A{number:07}", value) for number in range(things))
        tracemalloc.start()
        assert sum(1 for _ in differences(tmp_path / "before", tmp_path / "after")) == things
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(20_000) < peak(1_000) + 100_000


@pytest.mark.parametrize(
    ("iri", "group"),
    [
        *((f"{BASE}id/{kind}/{letter}001", kind) for kind, letter in KINDS.items()),
        (f"{BASE}graph/R001", "graph"),
        (f"{BASE}dataset", "dataset"),
        ("https://w3id.org/ess-lod/ns", "vocabulary"),
        ("https://w3id.org/ess-lod/vocab/champ/alimentation", "vocabulary"),
        ("https://elsewhere.example/x", "other"),
        (f"{BASE}id/unknown/X1", "other"),
    ],
)
def test_groups(iri: str, group: str) -> None:
    assert group_of(iri, BASE) == group
    assert group in GROUPS


# journal


def test_the_first_publication_is_all_additions(history: History) -> None:
    first = publications(history.releases)[0]
    assert (first.number, first.before, first.after) == (1, None, history.versions[0])
    assert first.total(CREATE) > 100
    assert first.total(UPDATE) == first.total(DELETE) == 0
    assert first.supplements == {"create": [f"{BASE}id/supplement/S001", f"{BASE}id/supplement/S002"]}


def test_each_publication_says_what_it_changed(history: History) -> None:
    _, second, third, back = publications(history.releases)
    assert second.counts["acteur"] == {"update": 1}
    assert second.counts["supplement"] == {"create": 1}
    assert second.total(DELETE) == 0
    assert third.counts["graph"]["delete"] == 1
    assert third.counts["supplement"] == {"update": 2}, "a withdrawn one says so"
    assert (back.before, back.after, back.is_return) == (history.versions[2], history.versions[1], True)
    assert {kind: back.total(kind) for kind in (CREATE, UPDATE, DELETE)} == {
        CREATE: third.total(DELETE),
        UPDATE: third.total(UPDATE),
        DELETE: third.total(CREATE),
    }


def test_moments_order_publications_and_never_go_back(history: History) -> None:
    moments = [each.issued for each in publications(history.releases)]
    assert moments == ["2026-04-01T00:00:00Z", "2026-04-01T00:00:01Z", "2026-05-01T00:00:00Z", "2026-05-01T00:00:01Z"]
    assert moment_after("2026-01-01", None) == "2026-01-01T00:00:00Z"
    assert moment_after("2026-01-01", "2026-12-31T23:59:59Z") == "2027-01-01T00:00:00Z"


def test_the_journal_only_grows_and_publishing_again_changes_nothing(small: Project) -> None:
    version = publish_next(small)
    folder = small.settings.releases / "changes"
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(folder.rglob("*")) if path.is_file()}
    assert len(before) == 3
    assert changes.publish(small.settings.releases, version) == version
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(folder.rglob("*")) if path.is_file()} == before
    second_edition(small)
    publish_next(small)
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(folder.rglob("*")) if path.is_file()}
    assert len(after) == 5
    assert {path: after[path] for path in before} == before


def test_the_same_publications_make_the_same_bytes(history: History, small: Project) -> None:
    again = write_history(small)
    found = [sorted(path for path in (each.releases / "changes").rglob("*") if path.is_file()) for each in (history, again)]
    assert len(found[0]) == len(found[1]) >= 8
    for one, other in zip(*found, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_what_was_published_without_journal_is_made_up_for(tmp_path: Path) -> None:
    made = [release_of(tmp_path, line("A001", str(number))) for number in range(4)]
    for each in made[:3]:
        releases_of.publish(tmp_path, each.version)
    assert publications(tmp_path) == ()
    changes.publish(tmp_path, made[3].version)
    assert [(each.before, each.after) for each in publications(tmp_path)] == [
        (None, made[0].version),
        (made[0].version, made[1].version),
        (made[1].version, made[2].version),
        (made[2].version, made[3].version),
    ]


def test_what_is_published_already_enters_the_journal_when_it_is_not_there(tmp_path: Path) -> None:
    """A process that dies between the pointer and the journal leaves it late; the next call completes it."""
    first, second = release_of(tmp_path, line("A001", "1")), release_of(tmp_path, line("A001", "2"))
    changes.publish(tmp_path, first.version)
    releases_of.publish(tmp_path, second.version)
    assert len(publications(tmp_path)) == 1
    assert changes.publish(tmp_path, second.version) == second.version
    assert [each.after for each in publications(tmp_path)] == [first.version, second.version]


def test_a_rollback_that_the_journal_missed_is_made_up_for(tmp_path: Path) -> None:
    made = [release_of(tmp_path, line("A001", str(number))) for number in range(3)]
    for each in made[:2]:
        changes.publish(tmp_path, each.version)
    releases_of.rollback(tmp_path)
    changes.publish(tmp_path, made[2].version)
    assert [each.after for each in publications(tmp_path)] == [made[number].version for number in (0, 1, 0, 2)]


def test_a_refused_publication_leaves_no_trace(tmp_path: Path) -> None:
    first, second = release_of(tmp_path, line("A001", "1")), release_of(tmp_path, line("A001", "2"))
    changes.publish(tmp_path, first.version)
    second.file("catalogue.ttl").write_text("altered")
    with pytest.raises(CorruptRelease):
        changes.publish(tmp_path, second.version)
    with pytest.raises(UnknownRelease):
        changes.publish(tmp_path, "2026-01-02-00000000")
    assert [each.after for each in publications(tmp_path)] == [first.version]
    with pytest.raises(NoRelease, match="rien à rétablir"):
        changes.rollback(tmp_path)
    assert releases_of.current_version(tmp_path) == first.version


def test_when_the_last_version_of_the_journal_is_gone_it_says_what_to_do(tmp_path: Path) -> None:
    first, second = release_of(tmp_path, line("A001", "1")), release_of(tmp_path, line("A001", "2"))
    changes.publish(tmp_path, first.version)
    (tmp_path / first.version).rename(tmp_path / "elsewhere")
    with pytest.raises(CorruptRelease, match=f"La version {first.version}.+reprendre d'une copie"):
        changes.publish(tmp_path, second.version)
    assert releases_of.published(tmp_path) == [first.version]


def test_an_altered_page_and_a_missing_publication_are_found(tmp_path: Path) -> None:
    changes.publish(tmp_path, release_of(tmp_path, line("A001", "1")).version)
    changes.publish(tmp_path, release_of(tmp_path, line("A001", "2")).version)
    (tmp_path / "changes/000001/0001.nq").write_text("altered")
    with pytest.raises(CorruptRelease, match="empreinte"):
        publications(tmp_path)[0].page(1)
    with pytest.raises(IndexError):
        publications(tmp_path)[0].page(2)
    (tmp_path / "changes/000001").rename(tmp_path / "elsewhere")
    with pytest.raises(CorruptRelease, match="la publication 1 manque"):
        publications(tmp_path)


_LOOP = """
import itertools, sys
from pathlib import Path
from ess_lod import changes
folder, *versions = Path(sys.argv[1]), *sys.argv[2:]
for number in itertools.count():
    changes.publish(folder, versions[number % 2])
    print(number, flush=True)
"""


def test_killed_at_any_moment_the_journal_is_a_true_history(tmp_path: Path) -> None:
    """Twenty processes that publish one release and the other in turn are killed after a little longer each time."""
    made = [release_of(tmp_path, *(line(f"A{number:03}", value * 200) for number in range(300))).version for value in "xy"]
    for turn in range(20):
        with subprocess.Popen([sys.executable, "-c", _LOOP, str(tmp_path), *made], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert all(child.stdout.readline() for _ in range(1 + turn % 3))
            time.sleep(turn * 0.002)
            child.kill()
        known = publications(tmp_path)
        assert [each.before for each in known] == [None, *(each.after for each in known[:-1])]
        assert known[-1].after in releases_of.published(tmp_path)[:2], "late by one at most"
        assert b"".join(known[-1].page(number + 1) for number in range(len(known[-1].pages)))
    current = releases_of.current_version(tmp_path)
    changes.publish(tmp_path, current)
    assert publications(tmp_path)[-1].after == current
    assert len(publications(tmp_path)) > 10
    changes.publish(tmp_path, next(version for version in made if version != current))
    assert not list((tmp_path / "changes").glob(".unfinished-*"))


def test_pages_are_closed_before_they_are_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "PAGE_BYTES", 2_000)
    lines = [line(f"A{number:03}", "x" * 100) for number in range(20)]
    changes.publish(tmp_path, release_of(tmp_path, *lines, line("B001", "y" * 5_000)).version)
    (only,) = publications(tmp_path)
    assert len(only.pages) > 5
    assert sum(page["members"] for page in only.pages) == 21
    assert [page["bytes"] > 2_000 for page in only.pages].count(True) == 1, "one thing alone is longer"
    assert [len(only.page(number + 1)) for number in range(len(only.pages))] == [page["bytes"] for page in only.pages]


def test_a_version_that_says_the_same_is_published_without_members(tmp_path: Path) -> None:
    first = release_of(tmp_path, line("A001", "x", "g1"))
    changes.publish(tmp_path, first.version)
    changes.publish(tmp_path, release_of(tmp_path, line("A001", "x", "g2")).version)
    assert [(each.counts, len(each.pages)) for each in publications(tmp_path)] == [({"other": {"create": 1}}, 1), ({}, 0)]


def test_the_real_release_in_pages_below_one_megabyte(release: Release, tmp_path: Path) -> None:
    (tmp_path / release.version).symlink_to(release.path)
    changes.publish(tmp_path, release.version)
    (only,) = publications(tmp_path)
    assert only.total(CREATE) > 4_000
    assert len(only.pages) > 10
    assert all(page["bytes"] < 1_000_000 for page in only.pages)
    quads = pyoxigraph.parse(b"".join(only.page(number + 1) for number in range(len(only.pages))), format=RdfFormat.N_QUADS)
    assert sum(1 for quad in quads if getattr(quad.graph_name, "value", "")) == len(merged(release))


# comparison


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("comparisons")


PAIRS = [(one, other) for one in range(3) for other in range(3)]


def _applied(patch: str, store: Store) -> None:
    assert patch.startswith("TX .\n")
    assert patch.endswith("TC .\n")
    for row in patch.splitlines()[1:-1]:
        (quad,) = pyoxigraph.parse(row[2:], format=RdfFormat.N_QUADS)
        (store.add if row[0] == "A" else store.remove)(quad)


@pytest.mark.parametrize("form", ["rdfp", "ru"])
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_a_patch_makes_the_second_release_of_the_first(one: int, other: int, form: str, history: History, cache: Path) -> None:
    before, after = history.release(history.versions[one]), history.release(history.versions[other])
    patch = compare(before, after, cache).patch(form).read_text("utf-8")
    store = Store()
    store.bulk_load(path=before.file("dataset.nq"), format=RdfFormat.N_QUADS)
    if form == "rdfp":
        _applied(patch, store)
    elif patch:
        store.update(patch)
    assert (one == other) == (patch in ("", "TX .\nTC .\n"))
    expected = Store()
    expected.bulk_load(path=after.file("dataset.nq"), format=RdfFormat.N_QUADS)
    assert set(store) == set(expected)
    assert len(store) > 500


def test_a_comparison_is_read_page_by_page(history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons, "PAGE_THINGS", 3)
    found = compare(history.release(history.versions[0]), history.release(history.versions[2]), tmp_path)
    assert found.pages > 3
    everything = [each for number in range(1, found.pages + 1) for each in found.page(number)]
    assert len(everything) == found.things == sum(found.total(kind) for kind in (CREATE, UPDATE, DELETE))
    assert [len(found.page(number)) for number in range(1, found.pages)] == [3] * (found.pages - 1)
    for group, number in found.first_pages.items():
        assert any(each.group == group for each in found.page(number)), group
    corrected = next(each for each in everything if each.thing == f"{BASE}id/acteur/A001")
    assert (corrected.kind, corrected.labels["fr"]) == (UPDATE, "Réseau fictif")
    assert "« corrigé »" in b"".join(corrected.came).decode()
    assert any(each.moved for each in everything), "what was said by R003 is now said by R001"
    with pytest.raises(IndexError):
        found.page(found.pages + 1)


def test_no_difference_has_one_empty_page(history: History, cache: Path) -> None:
    release = history.release(history.versions[0])
    found = compare(release, release, cache)
    assert (found.pages, found.page(1), found.things, found.quads) == (1, [], 0, (0, 0))
    with pytest.raises(KeyError):
        found.patch("exe")


def test_few_comparisons_are_kept_and_made_again_with_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [release_of(tmp_path / "releases", line("A001", str(number))) for number in range(4)]
    kept = tmp_path / "kept"
    first = compare(made[0], made[1], kept)
    bytes_of = {path.name: path.read_bytes() for path in first.path.iterdir()}
    assert len(bytes_of) == 4
    monkeypatch.setattr(comparisons, "MOST_KEPT", 3)
    for each in made[2:]:
        compare(made[0], each, kept)
        compare(made[1], each, kept)
    assert len(list(kept.iterdir())) == 3
    assert not first.path.exists()
    assert {path.name: path.read_bytes() for path in compare(made[0], made[1], kept).path.iterdir()} == bytes_of


def test_worked_out_apart_it_is_the_same(history: History, cache: Path, tmp_path: Path) -> None:
    one, other = history.release(history.versions[0]), history.release(history.versions[2])
    apart, here = compare_apart(one, other, tmp_path), compare(one, other, cache)
    names = sorted(path.name for path in here.path.iterdir())
    assert len(names) == 4
    assert [(apart.path / name).read_bytes() for name in names] == [(here.path / name).read_bytes() for name in names]
    stamp = apart.path.stat().st_mtime_ns
    assert compare_apart(one, other, tmp_path).path.stat().st_mtime_ns == stamp


def test_releases_that_cannot_be_compared_are_told_from_apart_too(tmp_path: Path) -> None:
    one, other = release_of(tmp_path, line("A001", "1"), line("A002", "1")), release_of(tmp_path, line("A001", "2"))
    one.file("dataset.nq").write_text(line("A002", "1") + line("A001", "1"))
    for way in (compare, compare_apart):
        with pytest.raises(CorruptRelease, match=r"dataset\.nq : SHA-256"):
            way(one, other, tmp_path / "kept")
    assert list((tmp_path / "kept").iterdir()) == []


# command


@pytest.fixture
def run(history: History, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("ESS_LOD_RELEASES", str(history.releases))
    return lambda *arguments: CliRunner().invoke(main, ["--home", str(REPOSITORY), "changes", *arguments])


def test_the_command_lists_publications(run: Callable[..., Result], history: History) -> None:
    output = run().output.splitlines()
    assert len(output) == 4
    assert re.fullmatch(rf" +1  2026-04-01  {history.versions[0]}  \d+ ajouts", output[0])
    assert "(retour)" in output[3]


def test_the_command_tells_a_difference(run: Callable[..., Result], history: History) -> None:
    output = run(history.versions[0], history.versions[1]).output
    assert f"~ {BASE}id/acteur/A001  Réseau fictif\n" in output
    assert f"+ {BASE}id/supplement/S003" in output
    assert re.search(r"De \S+ à \S+ : 1 ajout, 1 modification\.\n$", output)
    back = run(history.versions[1], history.versions[0], "--values").output
    assert f"- {BASE}id/supplement/S003" in back
    assert "« corrigé »" in back
    assert "aucun changement" in run(history.versions[1]).output


def test_the_command_writes_the_patch_of_the_comparison(run: Callable[..., Result], history: History, cache: Path) -> None:
    one, other = history.versions[0], history.versions[2]
    found = compare(history.release(one), history.release(other), cache)
    for form in ("rdfp", "ru"):
        assert run(one, other, "--patch", form).stdout_bytes == found.patch(form).read_bytes()


def test_the_command_knows_its_versions(run: Callable[..., Result]) -> None:
    result = run("2020-01-01-00000000")
    assert result.exit_code == 1
    assert "Versions présentes" in result.output


def test_the_sheet_of_a_publication_names_no_clock_and_no_machine(history: History) -> None:
    sheet = json.loads((history.releases / "changes/000002/publication.json").read_text("utf-8"))
    assert set(sheet) == {"number", "from", "to", "date", "base", "issued", "return", "counts", "supplements", "pages"}
