"""A postal code where the code of a commune is wanted: asked about where the row does not speak for the commune whose code it is."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ess_lod.insee.reference import POSTAL, read_postal_codes
from ess_lod.publish.dated import Dated, read_dated
from ess_lod.publish.tables import Tables, examine
from ess_lod.publish.vocabulary import Vocabulary
from tests.conftest import REPOSITORY

CAMBRIN, BOULOGNE = "62200", "62160"
BOULONNAIS, ARTOIS = "T1113", "T004"


@pytest.fixture(scope="module")
def dated() -> Dated:
    """The reference of the repository."""
    found = read_dated(REPOSITORY / "data/insee", "32")
    assert found is not None
    return found


@pytest.fixture
def ask(tmp_path: Path, dated: Dated, vocabulary: Vocabulary) -> Callable[..., Tables]:
    """Read the tables with some cells of an actor (A007, who takes part in nothing) changed."""

    def run(**cells: str) -> Tables:
        shutil.copytree(REPOSITORY / "data", tmp_path / "data", ignore=shutil.ignore_patterns("insee"), dirs_exist_ok=True)
        path = tmp_path / "data/acteurs.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        plain = {
            "nom": "Les Paniers de la Côte",
            "description_fr": "",
            "description_en": "",
            "intervient_sur": "",
            "autres_noms": "",
            "anciens_noms": "",
        }
        changed = [{**row, **plain, **cells} if row["id"] == "A007" else row for row in rows]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(changed)
        return examine(tmp_path / "data", vocabulary.notations, dated)

    return run


def test_the_tables_of_the_repository_raise_no_question(dated: Dated, vocabulary: Vocabulary) -> None:
    assert not examine(REPOSITORY / "data", vocabulary.notations, dated).remarks


@pytest.mark.parametrize(
    "cells",
    [{}, {"description_fr": "Épicerie du port de Boulogne-sur-Mer."}, {"intervient_sur": BOULONNAIS}],
    ids=["nothing speaks for either", "a name", "a territory"],
)
def test_a_code_that_may_be_postal_is_asked_about(cells: dict[str, str], ask: Callable[..., Tables]) -> None:
    found = ask(commune=CAMBRIN, **cells)
    assert not found.problems
    (remark,) = found.remarks
    assert (remark.file, remark.column) == ("acteurs.csv", "commune")
    assert "Cambrin" in remark.what
    assert f"Boulogne-sur-Mer ({BOULOGNE})" in remark.what


@pytest.mark.parametrize(
    "cells",
    [{"description_fr": "Épicerie de Cambrin."}, {"intervient_sur": ARTOIS}, {"nom": "Foyer rural de CAMBRIN"}],
    ids=["a name", "a territory", "its own name"],
)
def test_a_row_that_speaks_for_the_commune_is_not_asked(cells: dict[str, str], ask: Callable[..., Tables]) -> None:
    assert not ask(commune=CAMBRIN, **cells).remarks


def test_the_more_populous_is_the_likelier(ask: Callable[..., Tables]) -> None:
    assert not ask(commune="59350").remarks, "Lille; 59350 is also the postal code of Saint-André-lez-Lille"


def test_a_postal_code_that_is_no_code_of_a_commune_says_which_to_write(ask: Callable[..., Tables]) -> None:
    (problem,) = ask(commune="80000").problems
    assert problem.remedy == "C'est le code postal de Amiens (80021)."


def test_a_reference_without_postal_codes_asks_nothing(tmp_path: Path) -> None:
    assert read_postal_codes(tmp_path) == {}
    (tmp_path / POSTAL).write_text("code_postal,commune\n62200,62160\n62200,62999\n", "utf-8")
    assert read_postal_codes(tmp_path) == {"62200": ("62160", "62999")}
