"""Lives and their ids: what gets one URI, and that none is lost or given twice."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from ess_lod.cli import main
from ess_lod.errors import ConfigError
from ess_lod.insee.identifiers import mint_lives, read_identifiers
from ess_lod.insee.lives import Life, lives_of, lives_of_region
from ess_lod.insee.reference import Family, Reference, ReferenceUnreadable, read_reference
from ess_lod.iris import Iris
from ess_lod.publish.dated import read_dated
from ess_lod.publish.registry import mint
from ess_lod.publish.territories import lift_reference
from ess_lod.terms import iri_of
from tests.conftest import REPOSITORY, Project

INSEE = REPOSITORY / "data" / "insee"


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(INSEE)


def spans(lives: tuple[Life, ...]) -> list[tuple[str, str, str, str]]:
    return [(life.level, life.last.name, life.start, life.end) for life in lives]


def test_a_reused_code_has_several_lives(reference: Reference) -> None:
    assert spans(lives_of(reference, "commune", "60054")) == [
        ("commune", "Beaumont-les-Nonains", "", "2019-01-01"),
        ("commune", "Les Hauts-Talican", "2019-01-01", "2024-01-01"),
        ("commune", "Beaumont-les-Nonains", "2024-01-01", ""),
        ("commune-deleguee", "Beaumont-les-Nonains", "2019-01-01", "2024-01-01"),
    ]


def test_a_new_name_or_kind_is_the_same_life(reference: Reference) -> None:
    (templeuve,) = lives_of(reference, "commune", "59586")
    assert [state.name for state in templeuve.states] == ["Templeuve", "Templeuve-en-Pévèle"]
    (ostrevent,) = lives_of(reference, "epci", "245901152")
    assert [state.kind for state in ostrevent.states] == ["communaute-de-communes", "communaute-d-agglomeration"]


def test_the_lives_of_the_region(reference: Reference) -> None:
    lives = lives_of_region(reference, "32")
    assert Counter(life.level for life in lives) == {
        "commune": 3874, "epci": 180, "commune-deleguee": 84, "commune-associee": 40, "departement": 5, "region": 1,
    }  # fmt: skip
    assert len({life.key for life in lives}) == len(lives)
    for life in lives:
        for one, two in zip(life.states, life.states[1:], strict=False):
            assert one.end == two.start


def test_every_life_of_the_region_has_an_id_and_no_id_is_without_one() -> None:
    dated = read_dated(INSEE, "32")
    assert dated is not None
    assert len(dated.lives) == len(dated.ids) == 4184
    assert len(set(dated.ids.values())) == 4184
    assert dated.commune("60054", "2020-01-01") != dated.commune("60054", "2025-01-01")
    assert dated.at("epci", "245900410", "2020-03-14") is None
    assert dated.at("epci", "245900410", "2020-03-13") == "T012"


def test_minting_gives_new_ids_once_and_keeps_the_old(reference: Reference, tmp_path: Path) -> None:
    lives = [*lives_of(reference, "commune", "60054"), *lives_of(reference, "commune", "59350")]
    day = datetime.date(2026, 1, 2)
    assert mint_lives(tmp_path, lives[:2], today=day) == ["T1001", "T1002"]
    before = (tmp_path / "identifiants.csv").read_text("utf-8")
    assert mint_lives(tmp_path, lives, ["T1010"], today=day) == ["T1011", "T1012", "T1013"]
    after = (tmp_path / "identifiants.csv").read_text("utf-8")
    assert after.startswith(before)
    assert mint_lives(tmp_path, lives) == []
    assert (tmp_path / "identifiants.csv").read_text("utf-8") == after
    assert read_identifiers(tmp_path)["commune", "60054", "2019-01-01"] == "T1002"


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "identifiants.csv").write_text("id,niveau,code,debut,emis_le\nT1001,commune,1,,2026-01-01\nT1001,commune,2,,2026-01-01\n")
    with pytest.raises(ReferenceUnreadable, match="ligne 3"):
        read_identifiers(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the reference that a test may break."""
    copy = tmp_path / "insee"
    copy.mkdir()
    for path in INSEE.iterdir():
        if path.is_file():
            (copy / path.name).write_bytes(path.read_bytes())
    return copy


def test_a_life_without_an_id_stops_the_build(folder: Path) -> None:
    path = folder / "identifiants.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-2]), "utf-8")
    with pytest.raises(ConfigError, match=r"2 territoires n'ont pas d'identifiant.*insee mint"):
        read_dated(folder, "32")


def test_an_id_without_a_life_stops_the_build(folder: Path) -> None:
    with (folder / "identifiants.csv").open("a", encoding="utf-8") as file:
        file.write("T9001,commune,59350,1789-07-14,2026-01-01\n")
    with pytest.raises(ConfigError, match=r"T9001.*ne disparaît pas"):
        read_dated(folder, "32")


def test_another_region_can_be_published(folder: Path, reference: Reference) -> None:
    (folder / "identifiants.csv").unlink()
    corsica = lives_of_region(reference, "94")
    assert {life.code for life in corsica if life.level == "departement"} == {"2A", "2B"}
    minted = mint_lives(folder, corsica)
    dated = read_dated(folder, "94")
    assert dated is not None
    assert len(dated.lives) == len(minted) == len(corsica) > 370


def test_the_registry_does_not_give_the_id_of_a_life(small: Project, folder: Path) -> None:
    folder.rename(small.settings.data / "insee")
    small.append("registre", "T1000,territoire,2026-01-05,retire,,2026-02-01,")
    assert mint(small.settings.data, "territoire") == ["T5110"]


def test_the_reference_does_not_give_the_id_of_the_registry(small: Project, folder: Path) -> None:
    folder.rename(small.settings.data / "insee")
    small.append("registre", "T6000,territoire,2026-01-05,retire,,2026-02-01,")
    result = CliRunner().invoke(main, ["--home", str(small.settings.data.parent), "insee", "mint", "75056"])
    assert "1 identifiants émis, de T6001 à T6001." in result.output


def test_a_file_without_its_last_line_end_is_not_garbled(reference: Reference, tmp_path: Path) -> None:
    path = tmp_path / "identifiants.csv"
    path.write_text("id,niveau,code,debut,emis_le\nT1001,commune,1,,2026-01-01", "utf-8")
    assert mint_lives(tmp_path, lives_of(reference, "commune", "59586")) == ["T1002"]
    assert len(read_identifiers(tmp_path)) == 2


@pytest.mark.parametrize(
    ("code", "family", "step"),
    [("200072460", "epci", "intercommunalite"), ("59350", "commune", "commune"), ("59298", "commune", "communeAssociee")],
)
def test_a_state_leads_to_insee_s_iri_of_its_own_kind(code: str, family: Family, step: str) -> None:
    dated = read_dated(INSEE, "32")
    assert dated is not None
    ((id_, life),) = dated.of(family, code)
    uuid = "00000000-0000-4000-8000-000000000000"
    linked = replace(dated, uuids={(life.last.kind, code, life.last.start): uuid})
    found = {iri_of(quad.object) for quad in lift_reference(linked, Iris(), {}, set()) if uuid in iri_of(quad.object)}
    assert found == {f"http://id.insee.fr/geo/{step}/{uuid}"}
    assert id_
