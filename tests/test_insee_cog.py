"""INSEE's linked COG on a small file of its form: states matched by code and period, never by name, and nothing written when it cannot be read."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from ess_lod.insee.cog import CogUnreadable, import_cog
from ess_lod.insee.reference import read_uuids

DATA = Path(__file__).parents[1] / "data" / "insee"
TRIG = Path(__file__).parent / "data" / "insee" / "cog.trig"


def uuid(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012d}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "insee"
    target.mkdir()
    for path in DATA.glob("*.*"):
        shutil.copy(path, target)
    return target


def packed(tmp_path: Path, text: str, name: str = "cog.trig") -> Path:
    path = tmp_path / "cog.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return path


def test_states_get_the_uuid_of_their_code_and_period(tmp_path: Path, folder: Path) -> None:
    matches = import_cog(packed(tmp_path, TRIG.read_text(encoding="utf-8")), folder)
    assert read_uuids(folder) == {
        ("commune", "59586", ""): uuid(5),
        ("commune", "59586", "2015-11-19"): uuid(6),
        ("commune", "60054", ""): uuid(1),
        ("commune", "60054", "2019-01-01"): uuid(2),
        ("commune", "60054", "2024-01-01"): uuid(3),
        ("commune-deleguee", "60054", "2019-01-01"): uuid(4),
        ("communaute-d-agglomeration", "200072460", "2017-01-01"): uuid(8),
    }
    assert matches.matched == 7
    assert matches.unused == 2  # the state closed in 1970, and the région that ends before ours does
    lille = [s for s in matches.unmatched if s.code == "59350" and s.kind == "commune"]
    assert len(lille) == 1  # the alias with the code names no state
    assert any(s.code == "32" for s in matches.unmatched)
    assert str(matches).startswith("7 états reliés à un UUID")


def test_the_order_of_the_file_does_not_matter(tmp_path: Path, folder: Path) -> None:
    import_cog(packed(tmp_path, TRIG.read_text(encoding="utf-8")), folder)
    expected = (folder / "uuid.csv").read_bytes()
    lines = ['<http://id.insee.fr/geo/evenement/e> <http://rdf.insee.fr/def/geo#date> "2024-01-01" <http://essai.invalid/g> .']
    igeo, rdf = "http://rdf.insee.fr/def/geo#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    place = f"<http://id.insee.fr/geo/commune/{uuid(3)}>"
    lines += [
        f"<http://id.insee.fr/geo/evenement/e> <{igeo}creation> {place} <http://essai.invalid/g> .",
        f'{place} <{igeo}codeINSEE> "60054" <http://essai.invalid/g> .',
        f"{place} <{rdf}type> <{igeo}Commune> <http://essai.invalid/g> .",
    ]
    for text in ("\n".join(lines), "\n".join(reversed(lines))):
        import_cog(packed(tmp_path, text, "cog.nq"), folder)
        assert read_uuids(folder) == {("commune", "60054", "2024-01-01"): uuid(3)}
    assert expected.count(b"\n") == 8


def test_two_states_for_one_period_are_not_guessed(tmp_path: Path, folder: Path) -> None:
    text = TRIG.read_text(encoding="utf-8")
    twin = text.replace(uuid(8), uuid(18)).replace("essai-", "jumeau-")
    both = text + twin[twin.index("<http://rdf.insee.fr/graphes") :]
    import_cog(packed(tmp_path, both), folder)
    assert not any(code == "200072460" for _, code, _ in read_uuids(folder))
    assert len(read_uuids(folder)) == 6


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("<a> <b> .", "cog.trig", r"cog\.zip : fichier illisible ou tronqué"),
        ("", "cog.trig", r"cog\.zip : aucun état daté"),
        ("code,nom", "cog.csv", r"cog\.zip : l'archive ne contient aucun fichier TriG"),
    ],
)
def test_a_file_that_is_not_the_cog(tmp_path: Path, folder: Path, text: str, name: str, message: str) -> None:
    before = (folder / "uuid.csv").read_bytes()
    with pytest.raises(CogUnreadable, match=message):
        import_cog(packed(tmp_path, text, name), folder)
    assert (folder / "uuid.csv").read_bytes() == before


def test_a_truncated_zip(tmp_path: Path, folder: Path) -> None:
    path = packed(tmp_path, TRIG.read_text(encoding="utf-8"))
    path.write_bytes(path.read_bytes()[:-200])
    before = (folder / "uuid.csv").read_bytes()
    with pytest.raises(CogUnreadable, match=r"illisible ou tronqué"):
        import_cog(path, folder)
    assert (folder / "uuid.csv").read_bytes() == before
