"""Codes in the tables, held against the dated reference: an editor is told what a code was and until when."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ess_lod.errors import CellProblem, TableErrors
from ess_lod.publish.dated import Dated, read_dated
from ess_lod.publish.tables import read_tables
from ess_lod.publish.vocabulary import Vocabulary
from tests.conftest import REPOSITORY


@pytest.fixture(scope="module")
def dated() -> Dated:
    found = read_dated(REPOSITORY / "data/insee", "32")
    assert found is not None
    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the real tables."""
    for path in (REPOSITORY / "data").glob("*.csv"):
        shutil.copy(path, tmp_path)
    return tmp_path


CASES = {
    "a code that ended": ("acteurs", ",62277,", ",60690,", "commune", "nommait Villers-sur-Trie jusqu'au 2020-03-14", "60644 (Trie-Château)"),
    "a code that never was": ("acteurs", ",62277,", ",62999,", "commune", "n'existe pas", "code postal"),
    "a code of another region": ("acteurs", ",62277,", ",75056,", "commune", "pas encore publiée", "insee mint 75056"),
    "an EPCI under another id": ("territoires", "communaute-de-communes,200071983", "communaute-de-communes,200072460", "id", "a déjà un identifiant", "T004"),
    "an EPCI that never was": ("territoires", "communaute-de-communes,200071983", "communaute-de-communes,999900301", "code", "n'existe pas", "insee find"),
    "another kind": ("territoires", "communaute-de-communes,200071983", "communaute-urbaine,200071983", "type", "communaute-de-communes", "Écrire"),
    "another date": ("territoires", "200071983,2017-01-01", "200071983,2016-01-01", "debut", "2017-01-01", "Vider"),
    "not dead then": ("territoires", "245900410,,2020-03-14", "245900410,,2020-01-01", "fin", "2020-03-14", "Vider"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_code_is_told_apart_from_what_it_was(case: str, data: Path, dated: Dated, vocabulary: Vocabulary) -> None:
    table, old, new, column, what, remedy = CASES[case]
    path = data / f"{table}.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(TableErrors) as caught:
        read_tables(data, vocabulary.notations, dated)
    found: list[CellProblem] = [p for p in caught.value.problems if p.column == column and what in p.what and remedy in p.remedy]
    assert len(found) == 1, "\n".join(map(str, caught.value.problems))


def test_a_code_that_ended_is_right_for_a_body_that_ended(data: Path, dated: Dated, vocabulary: Vocabulary) -> None:
    """Dead today and alive then is fine: the seat of a body that was dissolved while the commune lived."""
    path = data / "acteurs.csv"
    header, *lines = path.read_text("utf-8").splitlines()
    line = next(each for each in lines if each.startswith("A009,"))
    assert ",62277," in line
    ended = line.replace(",62277,", ",60690,")
    assert ended.count(",actif,") == 1
    cells = ended.rsplit(",actif,", 1)
    path.write_text("\n".join([header, *(f"{cells[0]},cesse,{cells[1]}" if each == line else each for each in lines)]) + "\n", "utf-8")
    rows = read_tables(data, vocabulary.notations, dated)
    assert next(row["commune"] for row in rows["acteurs"] if row["id"] == "A009") == "60690"
