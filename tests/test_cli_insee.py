"""``ess-lod insee``, as a maintainer meets it."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ess_lod.cli import main
from ess_lod.sheet import read_sheet, write_sheet
from tests.conftest import REPOSITORY

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project folder with the real reference."""
    shutil.copytree(REPOSITORY / "data", tmp_path / "data")
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    """Run a command on that folder."""
    return lambda *arguments: CliRunner().invoke(main, ["--home", str(home), "insee", *arguments])


def test_find_by_date(run: Run) -> None:
    result = run("find", "Thiérache Sambre et Oise", "--date", "2019-06-01")
    assert result.exit_code == 0
    assert "200071983" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Moulins"], "à choisir"),
        (["Pays du Ternois"], "refusé"),
        (["Xyzzyville"], "inconnu"),
        (["59000"], "code postal"),
    ],
)
def test_find_never_guesses(arguments: list[str], words: str, run: Run) -> None:
    result = run("find", *arguments)
    assert result.exit_code == 1
    assert words in result.output


def test_find_wants_a_name_or_a_table(run: Run, home: Path) -> None:
    assert run("find").exit_code == 2
    assert run("find", "Lille", "--table", str(home / "data/acteurs.csv")).exit_code == 2


def test_find_in_a_table(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "villes.csv"
    table.write_text("ville;dep\nLILLE;59\nSt Omer;62\nMoulins;\nTempleuve;59\n", "utf-8")
    out = tmp_path / "villes-insee.csv"
    result = run("find", "--table", str(table), "-c", "ville", "--departement-column", "dep", "--date", "2015-01-01", "-o", str(out))
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig")), delimiter=";"))
    assert [(row["ville"], row["code"], row["verdict"]) for row in rows] == [
        ("LILLE", "59350", "trouvé"),
        ("St Omer", "62765", "trouvé"),
        ("Moulins", "", "à choisir"),
        ("Templeuve", "59586", "trouvé"),
    ]
    assert "trouvé : 3" in result.output


def test_find_in_a_workbook(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "villes.xlsx"
    write_sheet(table, ["ville", "dep"], [["LILLE", 59], ["St Omer", "62"]])
    result = run("find", "--table", str(table), "-c", "ville", "--departement-column", "dep")
    assert (result.exit_code, "trouvé : 2" in result.output) == (0, True)


def test_the_table_comes_back_as_it_was(run: Run, tmp_path: Path) -> None:
    """Semicolons stay semicolons, a workbook is written as one, and nothing is overwritten unasked."""
    table = tmp_path / "villes.csv"
    before = 'Liste\nville;dep;note\n\u200eLILLE;59;"a, b; c"\n'
    table.write_text(before, "utf-8")
    result = run("find", "--table", str(table), "-c", "ville", "--departement-column", "dep")
    assert result.stdout.startswith(
        'ville;dep;note;code;nom_officiel;identifiant;verdict;raison;candidats\n\u200eLILLE;59;"a, b; c";59350;Lille;T059;trouvé;'
    )
    assert "en-tête lu à la ligne 2" in result.stderr
    for out, said in ((table, "est la table elle-même"), (tmp_path / "x.ods", "doit finir par .csv ou .xlsx")):
        refused = run("find", "--table", str(table), "-c", "ville", "--out", str(out))
        assert (refused.exit_code, said in refused.output) == (2, True)
    assert table.read_text("utf-8") == before
    out = tmp_path / "out.xlsx"
    assert run("find", "--table", str(table), "-c", "ville", "--out", str(out)).exit_code == 0
    assert read_sheet(out).rows[0][3:6] == ("59350", "Lille", "T059")


@pytest.mark.parametrize("name", ["Aix", "Avesnes"])
def test_a_name_that_may_be_another_is_a_question(name: str, run: Run, tmp_path: Path) -> None:
    assert run("find", name).exit_code == 1
    table = tmp_path / "t.csv"
    table.write_text(f"nom\n{name}\n", "utf-8")
    [row] = csv.DictReader(io.StringIO(run("find", "--table", str(table)).stdout))
    assert (row["code"], row["identifiant"], row["verdict"]) == ("", "", "à choisir")


def test_find_in_a_table_without_the_column(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "villes.csv"
    table.write_text("commune\nLille\n", "utf-8")
    result = run("find", "--table", str(table), "-c", "ville")
    assert result.exit_code == 1
    assert "ville" in result.output
    assert "Traceback" not in result.output


def test_mint_gives_the_ids_that_lack(run: Run, home: Path) -> None:
    assert "0 identifiants émis." in run("mint").output
    path = home / "data/insee/identifiants.csv"
    before = path.read_text("utf-8")
    assert "1 identifiants émis, de T5110 à T5110." in run("mint", "75056").output
    assert path.read_text("utf-8").startswith(before)
    unknown = run("mint", "99999")
    assert unknown.exit_code == 2
    assert "99999" in unknown.output


def test_refresh_without_the_packages_changes_nothing(run: Run, home: Path, tmp_path: Path) -> None:
    folder = home / "data/insee"
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    empty = tmp_path / "paquets"
    empty.mkdir()
    result = run("refresh", str(empty))
    assert result.exit_code == 1
    assert "etalab-decoupage-administratif-0.7.0.tgz" in result.output
    assert "Traceback" not in result.output
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_import_refuses_what_is_no_zip_of_trig(run: Run, home: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "cog.zip"
    wrong.write_bytes(b"not a zip")
    result = run("import", str(wrong))
    assert result.exit_code == 1
    assert "cog.zip" in result.output
    assert (home / "data/insee/uuid.csv").read_text("utf-8").count("\n") == 1


def test_a_reference_that_is_not_there(run: Run, home: Path) -> None:
    shutil.rmtree(home / "data/insee")
    result = run("find", "Lille")
    assert result.exit_code == 1
    assert "insee refresh" in result.output
