"""``ess-lod init``: a project that can be published at once, or nothing at all."""

from __future__ import annotations

import csv
import datetime
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ess_lod.cli import main
from ess_lod.config import OWN, Settings
from ess_lod.errors import ConfigError
from ess_lod.insee.reference import read_reference
from ess_lod.look import read_look
from ess_lod.publish import Draft, draw_up, freeze_draft, starter
from ess_lod.publish.dataset import read_dataset
from ess_lod.publish.dictionary import write_dictionary
from ess_lod.publish.schema import TABLES
from ess_lod.publish.starter import Wish, start_project

DAY = datetime.date(2026, 2, 3)
BASE = "https://sud.example/lod/"


def wish(**wanted: object) -> Wish:
    return Wish(**{"base": BASE, "name": "Réseau du Sud", "site": "https://sud.example/", "today": DAY} | wanted)  # type: ignore[arg-type]


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["init", *words])


def rows(home: Path, table: str) -> list[dict[str, str]]:
    with (home / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project without a region, with examples."""
    home = tmp_path_factory.mktemp("init") / "sud"
    start_project(home, wish())
    return home


@pytest.fixture(scope="module")
def brittany(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of another region than the first network's."""
    home = tmp_path_factory.mktemp("init") / "bretagne"
    start_project(home, wish(region="53"))
    return home


@pytest.fixture(scope="module")
def brittany_draft(brittany: Path) -> Draft:
    """What its tables say."""
    return draw_up(Settings.read({}, home=brittany))


def test_what_is_made(plain: Path) -> None:
    made = {path.relative_to(plain).as_posix() for path in plain.rglob("*") if path.is_file()}
    tables = {f"data/{table.filename}" for table in TABLES.values()}
    assert made == tables | {".gitignore", "LISEZMOI.md", "data/README.md", "data/dataset.yaml", "ess-lod.toml", "logo.svg"}
    assert [path.name for path in plain.parent.iterdir()] == ["sud"], "nothing beside it"
    assert (plain / "data/README.md").read_text("utf-8") == write_dictionary(plain / "data")
    assert (plain / ".gitignore").read_text() == "/releases/\n/indexes/\n"


def test_each_table_has_its_header_and_most_an_example(plain: Path) -> None:
    filled = [name for name in TABLES if rows(plain, name)]
    for table in TABLES.values():
        header = (plain / "data" / table.filename).read_text("utf-8").splitlines()[0]
        assert header.split(",") == [column.name for column in table.columns]
    assert len(filled) == 15
    examples = [row for name in filled for row in rows(plain, name) if row.get("nom", "").startswith("Exemple")]
    assert len(examples) == 5


def test_ids_are_minted_in_the_registry_on_the_day(plain: Path) -> None:
    registry = {row["id"]: row for row in rows(plain, "registre")}
    things = [row["id"] for name, table in TABLES.items() if table.noun for row in rows(plain, name)]
    assert sorted(things) == list(registry)
    assert len(things) == 9
    assert {(row["etat"], row["emis_le"]) for row in registry.values()} == {("actif", "2026-02-03")}


def test_the_dataset_is_the_networks(plain: Path) -> None:
    dataset = read_dataset(plain / "data")
    assert (dataset.base, dataset.date, dataset.region, dataset.publisher) == (BASE, "2026-02-03", "", "A001")
    assert dataset.title == {"fr": "Acteurs et coopérations : Réseau du Sud", "en": "Actors and cooperations: Réseau du Sud"}
    text = (plain / "data/dataset.yaml").read_text("utf-8").splitlines()
    keys = [number for number, line in enumerate(text) if line and line[0] not in "# "]
    assert len(keys) > 15
    assert all(text[number - 1].startswith("#") for number in keys), "each key has a comment above it"


def test_its_settings_can_be_read_and_its_look_shown(plain: Path) -> None:
    found = read_look(Settings.read({}, home=plain))
    assert found.color == "#1f4e79"
    assert found.logo is not None
    picture = ElementTree.fromstring(found.logo.content)
    assert "".join(picture.itertext()) == "RS"


@pytest.mark.parametrize("examples", [True, False])
def test_it_conforms_and_is_frozen_without_a_region(tmp_path: Path, examples: bool) -> None:
    start_project(tmp_path / "p", wish(examples=examples))
    settings = Settings.read({}, home=tmp_path / "p")
    draft = draw_up(settings)
    assert draft.report.conforms
    assert draft.report.counts["Violation"] == 0
    release = freeze_draft(draft, settings)
    assert release.base == BASE
    counts = release.manifest["counts"]["classes"]
    assert (counts["Actor"], counts.get("Supplement", 0)) == ((2, 1) if examples else (1, 0))
    catalogue = release.file("catalogue.ttl").read_text("utf-8")
    assert "authority/country/FRA" in catalogue
    assert "id.insee.fr/geo/region" not in catalogue


def test_another_region_has_its_territories_with_ids_of_its_own(brittany: Path, brittany_draft: Draft) -> None:
    assert brittany_draft.report.conforms
    ids = (brittany / "data/insee/identifiants.csv").read_text("utf-8").splitlines()
    assert ids[0] == "id,niveau,code,debut,emis_le"
    assert len(ids) > 1400
    assert ids[1].startswith("T1001,region,53,")
    assert ids[1].endswith(",2026-02-03")
    said = {str(quad.object) for quad in brittany_draft.quads if "label" in quad.predicate.value}
    assert '"Bretagne"@fr' in said
    assert '"Rennes"@fr' in said
    assert '"Lille"@fr' not in said
    assert "nuts: FRH\n" in (brittany / "data/dataset.yaml").read_text("utf-8")


def test_the_reference_is_that_of_the_tool_with_its_sources(brittany: Path, brittany_draft: Draft) -> None:
    assert brittany_draft.dataset.reference_sources == ("R002", "R003")
    assert [row["id"] for row in rows(brittany, "documents")] == ["R001", "R002", "R003"]
    assert (brittany / "data/insee/SOURCE.yaml").is_file()
    assert not [each for each in brittany_draft.report.results if "Document-used" in each.constraint]


def test_every_region_that_exists_has_a_code_in_the_european_nomenclature() -> None:
    reference = read_reference(OWN / "insee")
    living = {state.code for state in reference.all_states("region") if not state.end}
    assert living == set(starter._NUTS)
    assert len(living) == len(set(starter._NUTS.values())) == 18


def test_the_same_wish_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        start_project(tmp_path / name / "p", wish())
    found = [
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()}
        for name in ("one", "two")
    ]
    assert found[0] == found[1]
    assert len(found[0]) > 20


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"base": "sud.example/lod/"}, "La base sud.example/lod/ ne convient pas : il faut une adresse http(s) qui finit par /"),
        ({"base": "https://sud.example/lod"}, "Écrire https://sud.example/lod/"),
        ({"base": "https://sud.example/lod/?x=/"}, "ne convient pas"),
        ({"base": "https://sud.example/l d/"}, "ne convient pas"),
        ({"base": "https:///lod/"}, "ne convient pas"),
        ({"base": "https://[::1"}, "ne convient pas"),
        ({"base": "ftp://sud.example/"}, "ne convient pas"),
        ({"base": "https://w3id.org/ess-lod/"}, "est celle d'un autre réseau"),
        ({"region": "99"}, "La région « 99 » n'existe pas. Codes INSEE : 01 Guadeloupe,"),
        ({"region": "22"}, "La région « 22 » n'existe pas."),
        ({"region": "Bretagne"}, "53 Bretagne"),
        ({"name": " "}, "Le nom du réseau"),
        ({"name": "a\nb"}, "Le nom du réseau"),
        ({"name": "a\x1b[31m"}, "Le nom du réseau"),
        ({"site": "javascript:alert(1)"}, "n'est pas une adresse web"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_left(tmp_path: Path, wanted: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        start_project(tmp_path / "p", wish(**wanted))
    assert said in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ['Réseau "des" $name <b> & \\ co', "l'Union: d'ici #1", "- tiret", "ÉÉ, ÇÇ"])
def test_any_name_survives_yaml_csv_and_svg(tmp_path: Path, name: str) -> None:
    start_project(tmp_path / "p", wish(name=name))
    assert read_dataset(tmp_path / "p/data").title["fr"] == f"Acteurs et coopérations : {name}"
    assert rows(tmp_path / "p", "acteurs")[0]["nom"] == name
    assert "".join(ElementTree.fromstring((tmp_path / "p/logo.svg").read_text("utf-8")).itertext())


def test_a_base_that_is_no_address_at_all_is_said(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["init", str(tmp_path / "p"), "--base", "https://[::1"])
    assert done.exit_code == 1
    assert "ne convient pas" in str(done.exception) + done.output
    assert not isinstance(done.exception, ValueError)


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path) -> str:
        raise OSError("no space left")

    monkeypatch.setattr(starter, "write_dictionary", full)
    (tmp_path / "empty").mkdir()
    for name in ("p", "empty"):
        with pytest.raises(OSError, match="no space"):
            start_project(tmp_path / name, wish())
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


def test_an_empty_folder_is_filled_and_a_full_one_is_not(tmp_path: Path) -> None:
    empty, full = tmp_path / "empty", tmp_path / "full"
    empty.mkdir()
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    assert run(str(empty), "--bare").exit_code == 0
    assert (empty / "data/dataset.yaml").is_file()
    assert (empty / ".gitignore").is_file()
    result = run(str(full))
    assert result.exit_code == 1
    assert "full existe et n'est pas un dossier vide : rien n'y est écrit." in result.output
    assert [path.name for path in full.iterdir()] == ["mine.txt"]
    assert run(str(tmp_path / "a/b")).exit_code == 1


def test_what_is_not_given_has_a_default_that_says_so(tmp_path: Path) -> None:
    result = run(str(tmp_path / "Réseau-du-Midi"))
    assert result.exit_code == 0
    assert "Base provisoire : https://reseau-du-midi.example/lod/" in result.output
    assert "ess-lod publish" in result.output
    assert rows(tmp_path / "Réseau-du-Midi", "acteurs")[0]["nom"] == "Réseau du midi"


def test_commands_take_the_project_of_the_home_or_of_the_current_folder(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_option = CliRunner().invoke(main, ["--home", str(plain), "check"])
    assert by_option.exit_code == 0
    monkeypatch.chdir(plain)
    monkeypatch.delenv("ESS_LOD_HOME", raising=False)
    assert CliRunner().invoke(main, ["check"]).stdout.split(" en ")[0] == by_option.stdout.split(" en ")[0]


def test_serve_takes_the_folder_and_refuses_a_look_before_it_listens(tmp_path: Path) -> None:
    start_project(tmp_path / "p", wish(examples=False))
    nothing = CliRunner().invoke(main, ["serve", str(tmp_path / "p")])
    assert nothing.exit_code == 1
    assert "publish" in nothing.output
    assert CliRunner().invoke(main, ["--home", str(tmp_path / "p"), "publish"]).exit_code == 0
    settings = tmp_path / "p/ess-lod.toml"
    settings.write_text(settings.read_text("utf-8").replace("#1f4e79", "#ffcc00"), "utf-8")
    refused = CliRunner().invoke(main, ["serve", str(tmp_path / "p")])
    assert refused.exit_code == 1
    assert "contraste" in refused.output


def test_arrondissements_of_paris_are_not_published_and_an_editor_is_told_which_code_to_write(tmp_path: Path) -> None:
    home = tmp_path / "idf"
    start_project(home, wish(region="11", examples=False))
    actors = home / "data/acteurs.csv"
    given = rows(home, "acteurs")
    given[0]["commune"] = "75111"
    with actors.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(given[0]))
        writer.writeheader()
        writer.writerows(given)
    result = CliRunner().invoke(main, ["--home", str(home), "check"])
    assert result.exit_code == 1
    assert "« commune » : 75111 est un arrondissement (Paris 11e Arrondissement), pas une commune. Écrire 75056." in result.output
    result = CliRunner().invoke(main, ["--home", str(home), "insee", "mint", "75111"])
    assert result.exit_code == 2
    assert "75056" in result.output
    actors.write_text(actors.read_text("utf-8").replace("75111", "75056"), "utf-8")
    assert draw_up(Settings.read({}, home=home)).report.conforms
