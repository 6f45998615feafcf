"""What an editor is told: one message a cause, what was written last first, and nothing lost in silence."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable, Sequence

import pytest
from click.testing import CliRunner

from ess_lod import changes
from ess_lod.cli import main
from ess_lod.errors import CellProblem, TableErrors, told
from ess_lod.publish import Draft, draw_up, freeze_draft
from ess_lod.publish.holding import kept
from ess_lod.publish.tables import Tables, examine
from ess_lod.publish.vocabulary import Vocabulary
from ess_lod.release import current_version
from tests.conftest import Project


def look(project: Project, vocabulary: Vocabulary) -> Tables:
    return examine(project.settings.data, vocabulary.notations)


def lines(problems: Sequence[CellProblem]) -> list[str]:
    return str(TableErrors(problems)).splitlines()[1:]


def rewrite(project: Project, name: str, change: Callable[[list[str]], list[str]]) -> None:
    path = project.table(name)
    path.write_text("\n".join(change(path.read_text("utf-8").splitlines())) + "\n", "utf-8")


def without_column(project: Project, name: str, column: str) -> None:
    def change(rows: list[str]) -> list[str]:
        found = list(csv.reader(rows))
        place = found[0].index(column)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([[*row[:place], *row[place + 1 :]] for row in found])
        return out.getvalue().splitlines()

    rewrite(project, name, change)


ONE: dict[str, tuple[Callable[[Project], object], str]] = {
    "a needed column is absent": (
        lambda p: without_column(p, "acteurs", "etat"),
        "acteurs.csv, ligne 1, colonne « etat » : cette colonne manque",
    ),
    "a needed column of the registry": (
        lambda p: without_column(p, "registre", "etat"),
        "registre.csv, ligne 1, colonne « etat » : cette colonne manque",
    ),
    "a needed column with ids": (
        lambda p: without_column(p, "acteurs", "id"),
        "acteurs.csv, ligne 1, colonne « id » : cette colonne manque",
    ),
    "a misspelt needed column": (
        lambda p: rewrite(p, "acteurs", lambda rows: [rows[0].replace(",etat,", ",etta,"), *rows[1:]]),
        "acteurs.csv, ligne 1, colonne « etta » : cette colonne n'existe pas",
    ),
    "an empty file": (lambda p: p.table("acteurs").write_text(""), "acteurs.csv : le fichier est vide"),
    "a file of blank lines": (lambda p: p.table("territoires").write_text("\n,,\n"), "territoires.csv : le fichier est vide"),
    "an empty registry": (lambda p: p.table("registre").write_text(""), "registre.csv : le fichier est vide"),
    "a missing file": (lambda p: p.table("acteurs").unlink(), "acteurs.csv : le fichier est absent"),
    "a missing registry": (lambda p: p.table("registre").unlink(), "registre.csv : le fichier est absent"),
    "a file without header": (lambda p: rewrite(p, "acteurs", lambda rows: rows[1:]), "acteurs.csv : la ligne d'en-tête n'est pas trouvée"),
    "a row that is no CSV": (
        lambda p: rewrite(p, "acteurs", lambda rows: [rows[0], rows[1].replace(",", ',"a"b,', 1), *rows[2:]]),
        "acteurs.csv, ligne 2 : la ligne n'est pas du CSV",
    ),
    "a row with a cell too many": (
        lambda p: rewrite(p, "acteurs", lambda rows: [rows[0], rows[1], rows[2] + ",x", *rows[3:]]),
        "acteurs.csv, ligne 3 : la ligne a plus de cellules",
    ),
    "an id that is none": (
        lambda p: p.replace("acteurs", "A002,Le Panier relié", "A0O2,Le Panier relié"),
        "acteurs.csv, ligne 3, colonne « id »",
    ),
    "a row deleted whose id is cited": (
        lambda p: rewrite(p, "acteurs", lambda rows: [row for row in rows if not row.startswith("A002,")]),
        "A002 est actif mais n'a pas de ligne dans acteurs.csv (",
    ),
    "a column without name": (
        lambda p: rewrite(p, "acteurs", lambda rows: [rows[0] + ",", *(row + ",à revoir" for row in rows[1:])]),
        "acteurs.csv, ligne 1 : une colonne sans nom a 2 cellules remplies, d'abord ligne 2",
    ),
    "a workbook instead of the table": (
        lambda p: p.table("acteurs").rename(p.table("acteurs").with_suffix(".xlsx")),
        "acteurs.csv : le fichier est absent. Ouvrir acteurs.xlsx",
    ),
    "a table with another ending": (
        lambda p: p.table("acteurs").rename(p.settings.data / "Acteurs.tsv"),
        "acteurs.csv : le fichier est absent. Ouvrir Acteurs.tsv",
    ),
    "a bad cell that another check would fault too": (
        lambda p: p.replace("supplements", "T010,certaine", "T010,sûre"),
        "supplements.csv, ligne 3, colonne « territoire_confiance »",
    ),
}


@pytest.mark.parametrize("case", ONE)
def test_one_cause_is_one_message(case: str, small: Project, vocabulary: Vocabulary) -> None:
    edit, message = ONE[case]
    assert not look(small, vocabulary).problems
    edit(small)
    found = lines(look(small, vocabulary).problems)
    assert len(found) == 1, "\n".join(found)
    assert message in found[0]


def _with_french_dates(project: Project) -> None:
    for name in ("evenements", "lettres", "supplements", "registre", "appartenances"):
        rewrite(project, name, lambda rows: [re.sub(r"\b(\d{4})-(\d\d)-(\d\d)\b", r"\3/\2/\1", row) for row in rows])


READ: dict[str, Callable[[Project], object]] = {
    "a title and blank lines above the header": lambda p: rewrite(p, "acteurs", lambda rows: ["", "Liste des acteurs", ",,,", *rows]),
    "names of columns in capitals, with blanks": lambda p: rewrite(
        p, "acteurs", lambda rows: [rows[0].upper().replace("_", " ").replace("ETAT", "État\u200e"), *rows[1:]]
    ),
    "French dates": lambda p: _with_french_dates(p),
    "states in capitals and with accents": lambda p: rewrite(
        p, "registre", lambda rows: [rows[0], *(row.replace(",actif,", ",Actif,").replace(",retire,", ",Retiré,") for row in rows[1:])]
    ),
    "a lock of an office program": lambda p: [
        (p.settings.data / name).write_text("x") for name in (".~lock.acteurs.csv#", "~$acteurs.xlsx", "._acteurs.csv")
    ],
}


@pytest.mark.parametrize("case", READ)
def test_what_is_unambiguous_is_read(case: str, small: Project, vocabulary: Vocabulary) -> None:
    expected = {name: [row.cells for row in rows] for name, rows in look(small, vocabulary).rows.items()}
    READ[case](small)
    found = look(small, vocabulary)
    assert not found.problems, lines(found.problems)
    assert not found.remarks
    assert {name: [row.cells for row in rows] for name, rows in found.rows.items()} == expected


def test_a_whole_column_that_is_wrong_is_one_message() -> None:
    same = [CellProblem("a.csv", line, "commune", f"« {line} » n'a que 4 chiffres.", f"Écrire 0{line}.") for line in range(2, 65)]
    other = CellProblem("a.csv", 3, "etat", "la cellule est vide.", "La remplir.")
    found = told([*same, other])
    assert len(found) == 2
    assert "« 2 » n'a que" in found[0]
    assert "63 cellules" in found[0]
    assert "lignes 2, 3, 4" in found[0]
    assert len(told(same[:3])) == 3
    assert str(TableErrors([*same, other])).startswith("2 erreurs")


def test_a_workbook_beside_its_table_is_not_passed_over(small: Project, vocabulary: Vocabulary) -> None:
    for name in ("acteurs.xlsx", "sites.ods", "suivi.xls", "acteurs.csv.txt"):
        (small.settings.data / name).write_bytes(b"PK")
    found = look(small, vocabulary)
    assert not found.problems
    assert [(each.file, "c'est" in each.what) for each in found.remarks] == [
        ("acteurs.csv.txt", True),
        ("acteurs.xlsx", True),
        ("sites.ods", True),
        ("suivi.xls", False),
    ]
    assert "enregistrer sous acteurs.csv" in found.remarks[1].remedy
    shutil.copy(small.table("acteurs"), small.settings.data / "acteurs (1).csv")
    assert "aucune table" in look(small, vocabulary).problems[0].what


@pytest.mark.parametrize("lost", ["Le Panier reliÃ©", "Le Panier reli\ufffd", "Le Panierâ€™ relié"])
def test_lost_letters_are_remarked_and_stop_nothing(lost: str, small: Project, vocabulary: Vocabulary) -> None:
    small.replace("acteurs", "A002,Le Panier relié", f"A002,{lost}")
    found = look(small, vocabulary)
    assert not found.problems
    assert [(each.file, each.line, each.column) for each in found.remarks] == [("acteurs.csv", 3, "nom")]


def test_a_header_with_a_character_nobody_sees_names_it(small: Project, vocabulary: Vocabulary) -> None:
    rewrite(small, "acteurs", lambda rows: [rows[0].replace("etat", "et\x02at"), *rows[1:]])
    (found,) = look(small, vocabulary).problems
    assert "U+0002" in found.what
    assert "\x02" not in str(found)


# Against what is published


@pytest.fixture
def published(small: Project) -> Project:
    """The project, its version published."""
    frozen = freeze_draft(draw_up(small.settings), small.settings)
    changes.publish(small.settings.releases, frozen.version)
    return small


def remarks(draft: Draft) -> list[str]:
    return [str(each) for each in draft.remarks]


def test_nothing_is_remarked_when_nothing_changed(published: Project) -> None:
    draft = draw_up(published.settings)
    assert not draft.remarks
    assert draft.report.results
    shown = draft.text()
    assert "que la version publiée avait déjà" in shown
    assert not [line for line in shown.splitlines() if line.startswith("    ")]
    assert "    " in draft.text(everything=True)


def test_a_deleted_column_says_how_many_cells_go(published: Project) -> None:
    without_column(published, "acteurs", "champs")
    found = remarks(draw_up(published.settings))
    held = kept(published.settings.releases, current_version(published.settings.releases))
    assert held is not None
    cells = held.cells["acteurs"]["champs"]
    assert any("acteurs.csv, colonne « champs »" in each and f"{cells} cellule" in each and "disparaissent" in each for each in found), (
        found
    )


def test_an_emptied_column_and_a_lost_row_are_said_too(published: Project) -> None:
    rewrite(published, "acteurs", lambda rows: [row.replace("https://panier.example/", "") for row in rows])
    rewrite(published, "mentions", lambda rows: rows[:-1])
    found = remarks(draw_up(published.settings))
    assert any(each.startswith("mentions.csv : 1 ligne de moins") for each in found), found


def test_the_date_of_the_last_version_is_remarked_when_the_content_is_another(published: Project) -> None:
    published.replace("acteurs", "A002,Le Panier relié", "A002,Le Panier renoué")
    (found,) = remarks(draw_up(published.settings))
    assert found.startswith("dataset.yaml, clé « date » : ")
    assert "contenu n'est plus le même" in found
    file = published.settings.data / "dataset.yaml"
    before = file.read_text("utf-8")
    file.write_text(re.sub(r"(?m)^date:.*$", "date: 2026-01-02", before), "utf-8")
    assert "vient avant" in remarks(draw_up(published.settings))[0]
    file.write_text(re.sub(r"(?m)^date:.*$", "date: 31/12/2026", before), "utf-8")
    assert not remarks(draw_up(published.settings))


def test_what_was_written_last_comes_first(published: Project) -> None:
    published.append("registre", "R050,document,2026-01-06,actif,,,,,")  # a new line, whose row is missing
    rewrite(published, "territoires", lambda rows: [row for row in rows if "99001" not in row])  # what makes rows wrong that stood
    with pytest.raises(TableErrors) as caught:
        draw_up(published.settings)
    told_in_order = str(caught.value)
    assert (
        told_in_order.index("Lignes nouvelles")
        < told_in_order.index("R050")
        < told_in_order.index("Le reste")
        < told_in_order.index("acteurs.csv")
    )
    problems = [CellProblem("a.csv", 2, "x", "ancien.", "…"), CellProblem("b.csv", 9, "x", "nouveau.", "…")]
    shown = str(TableErrors(problems, {("b.csv", 9)}))
    assert shown.index("nouveau") < shown.index("Le reste") < shown.index("ancien")


def test_a_remark_on_a_row_that_stood_is_counted(small: Project) -> None:
    small.replace("acteurs", "A002,Le Panier relié", "A002,Le Panier reliÃ©")
    first = draw_up(small.settings)
    assert "ligne 3" in first.text()
    changes.publish(small.settings.releases, freeze_draft(first, small.settings).version)
    again = draw_up(small.settings)
    assert not again.remarks
    assert again.stood == 1
    assert "avait déjà : 1" in again.text()
    assert "ligne 3" in draw_up(small.settings, everything=True).text(everything=True)


def test_the_command_prints_remarks_before_the_report(small: Project) -> None:
    (small.settings.data / "acteurs.xlsx").write_bytes(b"PK")
    result = CliRunner().invoke(main, ["--home", str(small.settings.data.parent), "check"])
    assert result.exit_code == 0, result.output
    assert result.output.index("acteurs.xlsx : ce fichier n'est pas lu") < result.output.index("peut être publié")
