"""``ess-lod reconcile``, as somebody with a spreadsheet meets it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from ess_lod.cli import main
from ess_lod.cli.reconcile import ADDED, TYPES
from ess_lod.config import Settings
from ess_lod.reconcile.types import TYPES as ALL_TYPES
from ess_lod.release import Release

Run = Callable[..., Result]
SHEETS = Path(__file__).resolve().parents[1] / "data/sheets"
TABLE = """\
nom;siren;ville
Dynamique insertion emploi;411 654 296;Drocourt
TIPIMI;;Roubaix
Les Jardins de Cocagne de Beauvais;;
;378323620;
;;Lille
"""


@pytest.fixture
def run(settings: Settings, release: Release) -> Run:
    """Run the command on the published release."""
    environ = {"ESS_LOD_RELEASES": str(settings.releases), "ESS_LOD_INDEXES": str(settings.indexes)}
    assert release.version
    return lambda *arguments: CliRunner().invoke(main, ["--home", str(settings.home), "reconcile", *map(str, arguments)], env=environ)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of five rows."""
    path = tmp_path / "leurs.csv"
    path.write_text(TABLE, "utf-8-sig")
    return path


COLUMNS = ("--name", "nom", "--siren", "siren", "--commune", "ville", "--type", "acteur")


def test_a_table_comes_out_with_uris_scores_and_reasons(run: Run, table: Path) -> None:
    result = run(table, *COLUMNS)
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(result.stdout), delimiter=";"))
    assert list(rows[0]) == ["nom", "siren", "ville", *ADDED]
    assert [(row["uri"].rpartition("/")[2], row["score"], row["sûr"]) for row in rows] == [
        ("A009", "100", "oui"),
        ("", "75", "non"),
        ("", "55.1", "non"),
        ("A014", "100", "oui"),
        ("", "", ""),
    ]
    assert (rows[0]["nom trouvé"], rows[0]["candidats"]) == ("Dynamique Insertion Emploi", "")
    assert [row["candidats"].partition(" ")[0].rpartition("/")[2] for row in rows[1:3]] == ["A032", "A043"]
    assert rows[1]["nom trouvé"] == ""
    assert rows[0]["raisons"] == "même nom ; numéro SIREN 411654296 ; commune : Drocourt"
    assert rows[1]["raisons"] == "même nom ; commune : Lille : ne concorde pas"
    assert "Lignes : 5 ; sûres : 2, à choisir : 2, introuvables : 0, sans nom ni code : 1." in result.stderr
    assert table.read_text("utf-8-sig") == TABLE


def test_names_that_are_not_there_are_not_found(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("nom,uri\nXyzzy Plugh,u\n", "utf-8")
    [row] = csv.DictReader(io.StringIO(run(path, "--name", "nom").stdout))
    assert (row["uri"], row["ess_uri"], row["sûr"], row["raisons"]) == ("u", "", "non", "aucun nom assez proche")


def test_numbers_that_others_broke_are_read_or_say_why(run: Run) -> None:
    """Blanks, marks, words, a VAT number, a SIRET, what a spreadsheet made of it: the right value or its own reason, never « aucun nom »."""
    answer = run(SHEETS / "sirens.csv", "--siren", "siren")
    rows = {row["nom"]: row for row in csv.DictReader(io.StringIO(answer.stdout), delimiter=";")}
    wrong = {"d": "la clé 12 du numéro de TVA est fausse", "f": "le tableur n'a gardé que 6 chiffres sur 9"}
    assert {nom: row["uri"].rpartition("/")[2] for nom, row in rows.items()} == {
        nom: "" if nom in wrong else "A009" for nom in "abcdefghijklmnop"
    }
    for nom, why in wrong.items():
        assert why in rows[nom]["raisons"]
        assert "aucun nom" not in rows[nom]["raisons"]


def test_why_nothing_was_found(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("nom;siren\n;732829320\n;411654297\nXyzzy Plugh;4,11654E+08\nLi\u0002lle;\n\u200e;\n", "utf-8")
    rows = list(csv.DictReader(io.StringIO(run(path, "--name", "nom", "--siren", "siren").stdout), delimiter=";"))
    assert [row["raisons"] for row in rows[:2]] == [
        "numéro SIREN 732829320 : n'est à personne ici",
        "numéro SIREN « 411654297 » : la clé du SIREN est fausse : un chiffre a été mal recopié ; numéro SIREN 411654297 : n'est à personne ici",
    ]
    assert rows[2]["raisons"].startswith("numéro SIREN « 4,11654E+08 » : le tableur")
    assert rows[2]["raisons"].endswith(" ; aucun nom assez proche")
    assert rows[3]["raisons"] == "nom « Li[U+0002]lle » : contient U+0002, que rien n'affiche : l'ôter"
    assert rows[4]["sûr"] == ""  # nothing that can be seen: no name


@pytest.mark.parametrize("name", ["ls", "vt", "ff", "nel", "lsq", "blanktop"])
def test_one_row_stays_one_row(name: str, run: Run) -> None:
    answer = run(SHEETS / f"{name}.csv", "--name", "nom", "--commune", "ville", "--type", "acteur")
    assert "Lignes : 1 ; sûres : 1" in answer.stderr
    assert ("en-tête lu à la ligne 3" in answer.stderr) is (name == "blanktop")


def test_the_sheet_is_named_and_another_can_be_asked_for(run: Run) -> None:
    for name in ("hidden", "second"):
        answer = run(SHEETS / f"{name}.xlsx", "--name", "nom", "--siren", "siren")
        assert "feuille lue : « Liste »." in answer.stderr
        assert "sûres : 1" in answer.stderr
    assert "la colonne est absente" in run(SHEETS / "second.xlsx", "--name", "nom", "--sheet", "Lisez-moi").output
    assert "pas de feuille « Autre »" in run(SHEETS / "second.xlsx", "--name", "nom", "--sheet", "Autre").output


def test_terms_of_lists_are_not_found_unless_they_are_asked_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("nom\nassociation déclarée (loi 1901)\n", "utf-8")
    [row] = csv.DictReader(io.StringIO(run(path, "--name", "nom").stdout))
    assert (row["uri"], "/vocab/" in row["candidats"]) == ("", False)
    [row] = csv.DictReader(io.StringIO(run(path, "--name", "nom", "--type", "statut").stdout))
    assert row["uri"].endswith("/vocab/statut/association-declaree")


def test_xlsx_in_and_out(run: Run, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "avec-uri.xlsx"
    assert run(table, *COLUMNS, "--out", out).exit_code == 0
    again = tmp_path / "encore.csv"
    assert run(out, *COLUMNS, "-o", again).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(again.read_text("utf-8-sig"))))
    assert [row["uri"] for row in rows] == [row["ess_uri"] for row in rows]
    assert [row["score"] for row in rows] == ["100", "75", "55.1", "100", ""]
    assert openpyxl.load_workbook(out).active["F2"].value == 100
    assert again.read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_date_for_all_rows_or_for_each(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("epci,an\nMétropole européenne de Lille,2018\nMétropole européenne de Lille,2022\n", "utf-8")
    uris = [
        [row["uri"].rpartition("/")[2] for row in csv.DictReader(io.StringIO(run(path, "--name", "epci", "--type", "epci", *date).stdout))]
        for date in ((), ("--date", "an"), ("--date", "2018-05-01"))
    ]
    assert uris == [["T014", "T014"], ["T012", "T014"], ["T012", "T012"]]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "au moins une colonne de noms"),
        (("--commune", "ville"), 2, "au moins une colonne de noms"),
        (("--name", "name"), 1, "leurs.csv, ligne 1, colonne « name » : la colonne est absente. Colonnes présentes : nom, siren, ville."),
        (("--name", "nom", "--date", "quand"), 1, "colonne « quand » : la colonne est absente."),
        (("--name", "nom", "--out", "x.ods"), 2, "doit finir par .csv ou .xlsx"),
        (("--name", "nom", "--type", "personne"), 2, "--type"),
        (("--name", "nom", "--release", "1999"), 1, "1999"),
    ],
)
def test_errors_say_where_and_what_to_do(arguments: tuple[str, ...], code: int, message: str, run: Run, table: Path) -> None:
    result = run(table, *arguments)
    assert result.exit_code == code
    assert message in result.output
    assert "Traceback" not in result.output
    assert [each.name for each in table.parent.iterdir()] == ["leurs.csv"]


def test_a_table_without_rows_is_an_error(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("nom\n", "utf-8")
    result = run(path, "--name", "nom")
    assert (result.exit_code, "la table n'a pas de lignes" in result.output) == (1, True)


def test_nothing_is_overwritten_unless_asked(run: Run, table: Path, tmp_path: Path) -> None:
    other = tmp_path / "autre.csv"
    other.write_text("x", "utf-8")
    assert "est la table elle-même" in run(table, *COLUMNS, "-o", table).output
    assert "est déjà là" in run(table, *COLUMNS, "-o", other).output
    assert (table.read_text("utf-8-sig"), other.read_text("utf-8")) == (TABLE, "x")
    assert run(table, *COLUMNS, "-o", other, "--force").exit_code == 0
    assert other.read_text("utf-8-sig").startswith("nom;siren;ville;uri")


def test_the_types_of_the_command_are_types_of_the_index() -> None:
    assert set(TYPES.values()) <= set(ALL_TYPES)
    assert len(TYPES) == 17
