"""Territories of the reference as an editor meets them: their ids are references without a row, and no message leads to minting what has an id."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from ess_lod.cli import main
from ess_lod.config import Settings
from ess_lod.errors import TableErrors
from ess_lod.publish import draw_up
from ess_lod.publish.columns import Column, Kind, Table
from ess_lod.publish.dated import Dated, read_dated
from ess_lod.publish.registry import mint
from ess_lod.publish.schema import TABLES
from ess_lod.publish.tables import read_tables
from ess_lod.publish.vocabulary import Vocabulary
from tests.conftest import REPOSITORY

Change = Callable[[list[dict[str, str]]], None]
COLUMNS = [
    (table, column)
    for table in TABLES.values()
    for column in table.columns
    if column.kind in (Kind.REF, Kind.LINKED) and "territoire" in column.target
]


@pytest.fixture(scope="module")
def dated() -> Dated:
    found = read_dated(REPOSITORY / "data/insee", "32")
    assert found is not None
    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the real tables."""
    for path in (*(REPOSITORY / "data").glob("*.csv"), REPOSITORY / "data/dataset.yaml"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.fixture
def problems(data: Path, dated: Dated, vocabulary: Vocabulary) -> Callable[[], list[str]]:
    """What is wrong with these tables."""

    def found() -> list[str]:
        try:
            read_tables(data, vocabulary.notations, dated)
        except TableErrors as error:
            return list(map(str, error.problems))
        return []

    return found


def rows_of(data: Path, table: str) -> list[dict[str, str]]:
    """The rows of a table, as texts."""
    return list(csv.DictReader(io.StringIO((data / f"{table}.csv").read_text("utf-8-sig"), newline="")))


def edit(data: Path, table: str, change: Change) -> None:
    """Change the rows of a table as a person would."""
    path = data / f"{table}.csv"
    text = path.read_text("utf-8-sig")
    rows = rows_of(data, table)
    names = next(csv.reader(io.StringIO(text, newline="")))
    change(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), "utf-8")


def unlisted(data: Path, dated: Dated, family: str) -> list[str]:
    """Ids of the reference that no table of the project names."""
    named = {row["id"] for table in ("registre", "territoires") for row in rows_of(data, table)}
    return [id_ for id_, life in dated.lives.items() if life.family == family and not life.end and id_ not in named]


def refer(rows: list[dict[str, str]], table: Table, column: Column, id_: str) -> None:
    """Put an id into a row of which the column may have it."""
    if not rows:
        rows.append(dict.fromkeys(table.by_name, ""))
    row = next((row for row in rows if row[column.name]), rows[0])
    row[column.name] = " | ".join(filter(None, [row[column.name], id_])) if column.many else id_


@pytest.mark.parametrize("family", ["epci", "commune", "departement"])
@pytest.mark.parametrize(("table", "column"), [(table.name, column.name) for table, column in COLUMNS])
def test_any_column_takes_any_territory_of_the_reference(
    table: str, column: str, family: str, data: Path, dated: Dated, problems: Callable[[], list[str]]
) -> None:
    ids = unlisted(data, dated, family)
    if not ids:
        ids = [id_ for id_, life in dated.lives.items() if life.family == family]
    read = TABLES[table]
    edit(data, table, lambda rows: refer(rows, read, read.by_name[column], ids[0]))
    assert [problem for problem in problems() if ids[0] in problem] == []


def test_what_refers_to_a_territory_without_a_row_is_published(settings: Settings, data: Path, dated: Dated) -> None:
    """CA du Boulonnais has no row: a supplement, a public body, an event and a link may name it all the same, and the gate is content."""
    shutil.copytree(REPOSITORY / "data/insee", data / "insee")
    boulonnais = dated.of("epci", "246200729")[0][0]
    assert boulonnais in unlisted(data, dated, "epci")
    for table, column in (
        ("supplements", "territoires"),
        ("personnes_publiques", "territoires"),
        ("cooperations", "territoires"),
        ("chiffres", "entite"),
    ):
        edit(data, table, lambda rows, name=table, of=column: refer(rows, TABLES[name], TABLES[name].by_name[of], boulonnais))  # type: ignore[misc]
    commune = dated.of("commune", "62160")[0][0]
    link = {
        "entite": commune,
        "cible": "http://id.insee.fr/geo/commune/62160",
        "genre": "insee",
        "confiance": "certaine",
        "justification": "Même code.",
        "sources": "R001",
    }
    edit(data, "liens", lambda rows: rows.append(link))
    draft = draw_up(replace(settings, data=data))
    assert draft.report.conforms, draft.report.text()
    text = "\n".join(map(str, draft.quads))
    assert f"/id/territoire/{boulonnais}>" in text


@pytest.mark.parametrize(
    ("kind", "code"), [("communaute-d-agglomeration", "246200729"), ("commune", "62160"), ("departement", "62"), ("region", "32")]
)
def test_a_row_for_a_territory_that_has_an_id_is_told_that_id(
    kind: str, code: str, data: Path, dated: Dated, problems: Callable[[], list[str]]
) -> None:
    right = dated.of({"commune": "commune", "departement": "departement", "region": "region"}.get(kind, "epci"), code)[0][0]  # type: ignore[arg-type]
    row = {
        "nom": "Nom d'ici",
        "type": kind,
        "code": code,
        "sources": "R051",
        "description_fr": "Une phrase.",
        "description_en": "A sentence.",
    }

    def add(rows: list[dict[str, str]]) -> None:
        rows[:] = [each for each in rows if each["id"] != right]
        rows.append({**dict.fromkeys(rows[0], ""), **row, "id": "T900"})

    edit(data, "territoires", add)
    found = [problem for problem in problems() if "T900" in problem or f"le code {code}" in problem]
    assert [f"Écrire {right}" in problem for problem in found] == [True], found
    assert not any("mint" in problem for problem in problems())

    edit(data, "territoires", lambda rows: rows[-1].update(id=right))
    assert problems() == []  # with its own id the row wants no line of registre.csv


def test_an_id_that_was_minted_in_vain_is_given_back(data: Path, problems: Callable[[], list[str]]) -> None:
    before = (data / "registre.csv").read_bytes()
    for kind in ("territoire", "personne-publique", "acteur"):
        [burnt] = mint(data, kind)
        [told] = problems()
        assert f"{burnt} est actif mais n'a pas de ligne" in told
        assert "S'il n'a jamais été publié, supprimer plutôt cette ligne-ci" in told
        edit(data, "registre", lambda rows, id_=burnt: rows.remove(next(row for row in rows if row["id"] == id_)))  # type: ignore[misc]
        assert problems() == []
        assert mint(data, kind) == [burnt]
        (data / "registre.csv").write_bytes(before)


def test_a_published_duplicate_of_a_territory_leads_to_its_id(data: Path, dated: Dated, problems: Callable[[], list[str]]) -> None:
    right = dated.of("epci", "246200729")[0][0]
    [double] = mint(data, "territoire")
    edit(data, "registre", lambda rows: rows[-1].update(etat="doublon", remplace_par=right, date="2026-11-24"))
    assert problems() == []
    edit(data, "supplements", lambda rows: refer(rows, TABLES["supplements"], TABLES["supplements"].by_name["territoires"], double))
    assert [problem for problem in problems() if f"{double} est un doublon. Écrire {right}." in problem]


def test_a_territory_of_the_reference_is_not_withdrawn(data: Path, dated: Dated, problems: Callable[[], list[str]]) -> None:
    right = dated.of("epci", "246200729")[0][0]
    line = {"id": right, "type": "territoire", "emis_le": "2026-11-24", "etat": "retire", "date": "2026-11-24"}
    edit(data, "registre", lambda rows: rows.append({**dict.fromkeys(rows[0], ""), **line}))
    [told] = problems()
    assert f"{right} est un territoire de la référence de l'Insee : il reste." in told


def test_an_id_of_nothing_says_where_ids_are_found(data: Path, problems: Callable[[], list[str]]) -> None:
    edit(data, "supplements", lambda rows: refer(rows, TABLES["supplements"], TABLES["supplements"].by_name["territoires"], "T899"))
    [told] = [problem for problem in problems() if "T899" in problem]
    assert "« ess-lod insee find NOM » dit l'identifiant" in told


def test_find_prints_the_id(dated: Dated, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        return CliRunner().invoke(main, ["--home", str(REPOSITORY), "insee", "find", *arguments]).stdout

    right = dated.of("epci", "246200729")[0][0]
    assert f" {right} " in run("CA du Boulonnais")
    assert "identifiant" not in run("Ajaccio")  # of another region: it has none
    table = tmp_path / "t.csv"
    table.write_text("nom;identifiant\nCA du Boulonnais;x\nAjaccio;\nMoulins;\n", "utf-8")
    rows = list(csv.DictReader(io.StringIO(run("--table", str(table))), delimiter=";"))
    assert [(row["identifiant"], row["insee_identifiant"]) for row in rows] == [("x", right), ("", ""), ("", "")]
