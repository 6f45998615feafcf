"""The committed reference: equal to its sources year by year, free of contradictions, and right about what happened."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

from ess_lod.insee.invariants import problems
from ess_lod.insee.names import commune_key, epci_key
from ess_lod.insee.reference import Event, Family, Reference, ReferenceUnreadable, read_reference, read_uuids

FOLDER = Path(__file__).parents[1] / "data" / "insee"
FINGERPRINTS = Path(__file__).parent / "data" / "insee"
HAUTS_DE_FRANCE = frozenset({"02", "59", "60", "62", "80"})

MEMBERS = {2019: 34966, 2020: 34964, 2021: 34961, 2022: 34951, 2023: 34941, 2024: 34931, 2025: 34871, 2026: 34871}
EPCI = {2019: 1259, 2020: 1255, 2021: 1254, 2022: 1255, 2023: 1255, 2024: 1255, 2025: 1255, 2026: 1253}
COMMUNES = {2019: 35064, 2021: 35059, 2022: 35049, 2023: 35039, 2024: 35029, 2025: 34969, 2026: 34969}
"""Counted in the packages: communes with the 94 of overseas collectivities, which are in no EPCI."""


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(FOLDER)


@cache
def fingerprint(name: str) -> dict[int, dict[str, str]]:
    """Year → commune code → value, as the packages have it; tests/data/insee/README.md says how it was made."""
    with gzip.open(FINGERPRINTS / name, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        years = [int(year) for year in next(rows)[1:]]
        table: dict[int, dict[str, str]] = {year: {} for year in years}
        for code, *values in rows:
            for year, value in zip(years, values, strict=True):
                if value:
                    table[year][code] = value
    return table


@pytest.mark.parametrize("year", sorted(MEMBERS))
def test_membership_is_that_of_the_source_for_every_commune(reference: Reference, year: int) -> None:
    expected = fingerprint("epci-par-annee.csv.gz")[year]
    assert len(expected) == MEMBERS[year]
    assert len(set(expected.values())) == EPCI[year]
    day = f"{year}-01-01"
    if year == 2020:  # no COG of communes for that year: the list of EPCI alone says which communes there were
        assert {m.commune: m.epci for m in reference.memberships() if m.alive(day)} == expected
        return
    found = {s.code: reference.epci_of(s.code, day) for s in reference.all_at("commune", day, "commune")}
    assert len(found) == COMMUNES[year]
    assert {code: siren for code, siren in found.items() if siren} == expected
    assert {s.code for s in reference.all_at("epci", day)} == set(expected.values())


def test_membership_seen_from_the_epci_is_the_same(reference: Reference) -> None:
    checked = 0
    for year, members in fingerprint("epci-par-annee.csv.gz").items():
        by_epci: dict[str, list[str]] = {}
        for code, siren in members.items():
            by_epci.setdefault(siren, []).append(code)
        for siren, codes in by_epci.items():
            assert reference.members(siren, f"{year}-01-01") == tuple(sorted(codes))
            checked += 1
    assert checked == sum(EPCI.values()) == 10041


@pytest.mark.parametrize("year", sorted(COMMUNES))
def test_every_commune_has_the_name_of_its_year(reference: Reference, year: int) -> None:
    expected = fingerprint("noms-par-annee.csv.gz")[year]
    found = {s.code: s.name for s in reference.all_at("commune", f"{year}-01-01", "commune")}
    assert len(expected) == COMMUNES[year]
    assert {code: commune_key(name) for code, name in found.items()} == {code: commune_key(name) for code, name in expected.items()}


def test_nothing_contradicts_itself(reference: Reference) -> None:
    assert list(problems(reference)) == []
    counts = Counter(state.family for family in ("commune", "epci", "departement", "region") for state in reference.all_states(family))
    assert counts == {"commune": 41106, "epci": 1427, "departement": 107, "region": 22}
    assert len(reference.memberships()) == 37273
    assert len(reference.events()) == 1200
    assert reference.last == "2026-01-01"


def test_a_commune_ends_and_begins_with_an_event(reference: Reference) -> None:
    """From 2014 on nothing changes silently."""
    families: tuple[Family, ...] = ("commune", "epci")
    silent = [
        (state, day)
        for family in families
        for state in reference.all_states(family)
        if state.kind not in ("commune-deleguee", "commune-associee")
        for day in (state.start, state.end)
        if day > "2014-01-01" and not any(event.date == day for event in reference.events(family, state.code))
    ]
    assert silent == []


def test_hauts_de_france_is_complete_from_2014(reference: Reference) -> None:
    """Every commune of the region is in one EPCI on every first of January; outside it the sources begin in 2019."""
    counts = {}
    for year in range(2014, 2027):
        day = f"{year}-01-01"
        communes = [s for s in reference.all_at("commune", day, "commune") if s.departement in HAUTS_DE_FRANCE]
        assert all(reference.epci_of(s.code, day) for s in communes)
        counts[year] = len(communes)
    assert counts[2014] == 3836
    assert counts[2016] == 3818
    assert counts[2017] == 3809
    assert counts[2019] == 3789
    assert counts[2026] == 3782
    assert reference.documented_from("epci", "59") == "2014-01-01"
    assert reference.documented_from("epci", "75") == "2019-01-01"
    assert reference.epci_of("75056", "2018-12-31") is None
    assert reference.epci_of("75056", "2019-01-01") == "200054781"


def test_sources_pin_every_file() -> None:
    source = yaml.safe_load((FOLDER / "SOURCE.yaml").read_text(encoding="utf-8"))
    assert len(source["paquets"]) == 9
    assert all(len(package["sha256"]) == 64 and package["licence"] for package in source["paquets"])
    names = {"codes_postaux.csv", "communes.csv", "epci.csv", "membres.csv", "departements.csv", "regions.csv", "evenements.csv"}
    assert set(source["fichiers"]) == names
    for name, told in source["fichiers"].items():
        content = (FOLDER / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == told["sha256"]
        assert content.count(b"\n") - 1 == told["lignes"]
        assert b"\r" not in content
        assert content.decode("utf-8")
    keys = {entry["cle"] for entry in source["autres_sources"]}
    used = {event.source for event in read_reference(FOLDER).events()}
    assert used <= keys
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 8_000_000


def test_no_uuid_is_invented() -> None:
    assert read_uuids(FOLDER) == {}


def only(events: list[Event]) -> Event:
    assert len(events) == 1, events
    return events[0]


def epci(*sirens: str) -> tuple[tuple[str, str], ...]:
    return tuple(("epci", siren) for siren in sirens)


def test_cabballr_came_from_three(reference: Reference) -> None:
    birth = only([e for e in reference.events("epci", "200072460") if e.kind == "fusion"])
    assert birth.date == "2017-01-01"
    assert birth.before == epci("200044055", "246200802", "246201156")
    counts = [len(reference.members(siren, "2016-12-31")) for _, siren in birth.before]
    assert counts == [65, 21, 14]
    assert len(reference.members("200072460", "2017-01-01")) == 100
    for _, siren in birth.before:
        assert reference.at("epci", siren, "2017-01-01") is None
        assert reference.successors("epci", siren, "2016-12-31") == ("200072460",)


def test_sud_ouest_du_calaisis_was_split_commune_by_commune(reference: Reference) -> None:
    split = only([e for e in reference.events("epci", "246200976") if e.kind == "scission"])
    assert split.after == epci("200072478", "246201149")
    went = {code: reference.epci_of(code, "2017-01-01") for code in reference.members("246200976", "2016-12-31")}
    assert went == {
        **dict.fromkeys(("62043", "62360", "62408", "62615"), "246201149"),
        **dict.fromkeys(("62156", "62307", "62654", "62657", "62769"), "200072478"),
    }
    today = {code: reference.epci_of(code, "2026-01-01") for code in went}
    assert set(today.values()) == {"200090751"}
    assert reference.successors("epci", "246200976", "2016-12-31") == ("200072478", "200090751")


def test_grand_calais_is_a_transformation_with_four_communes_more(reference: Reference) -> None:
    birth = only([e for e in reference.events("epci", "200090751") if e.kind == "transformation"])
    assert (birth.date, birth.before) == ("2020-01-01", epci("246201149"))
    moved = only([e for e in reference.events("epci", "200090751") if e.kind == "mouvement-commune"])
    assert moved.before == epci("200072478")
    assert moved.communes == ("62156", "62654", "62657", "62769")


def test_coeur_d_ostrevent_keeps_its_siren_from_cc_to_ca(reference: Reference) -> None:
    first, second = reference.states("epci", "245901152")
    assert (first.kind, first.end) == ("communaute-de-communes", "2025-01-01")
    assert (second.kind, second.start, second.end) == ("communaute-d-agglomeration", "2025-01-01", "")
    change = only([e for e in reference.events("epci", "245901152") if e.kind == "changement-nature"])
    assert change.date == "2025-01-01"
    assert reference.successors("epci", "245901152", "2016-06-01") == ("245901152",)


def test_emerchicourt_goes_to_and_fro(reference: Reference) -> None:
    assert [(m.epci, m.start, m.end) for m in reference.memberships("59192")] == [
        ("245901152", "", "2019-01-01"),
        ("200042190", "2019-01-01", "2023-01-01"),
        ("245901152", "2023-01-01", "2024-01-01"),
        ("200042190", "2024-01-01", ""),
    ]
    moves = [e for e in reference.events("commune", "59192") if e.kind == "mouvement-commune"]
    assert [(e.date, e.before, e.after) for e in moves] == [
        ("2019-01-01", epci("245901152"), epci("200042190")),
        ("2023-01-01", epci("200042190"), epci("245901152")),
        ("2024-01-01", epci("245901152"), epci("200042190")),
    ]
    sizes = {year: len(reference.members("245901152", f"{year}-01-01")) for year in (2014, 2018, 2019, 2022, 2023, 2024, 2026)}
    assert sizes == {2014: 21, 2018: 21, 2019: 20, 2022: 20, 2023: 21, 2024: 20, 2026: 20}


def test_douaisis_got_a_new_siren_for_the_same_communes(reference: Reference) -> None:
    change = only(list(reference.events("epci", "245901228")))
    assert (change.kind, change.date, change.after) == ("transformation", "2014-01-01", epci("200044618"))
    before, after = reference.members("245901228", "2013-12-31"), reference.members("200044618", "2014-01-01")
    assert before == after
    assert len(after) == 35
    assert reference.epci_of("59178", "2013-12-31") is None  # of that day only this EPCI is told
    names = [(s.name, s.start) for s in reference.states("epci", "200044618")]
    assert names == [("CA du Douaisis (CAD)", "2014-01-01"), ("CA Douaisis Agglo", "2020-01-01")]


def test_lille_changes_kind_then_siren(reference: Reference) -> None:
    assert [(s.kind, s.start, s.end) for s in reference.states("epci", "245900410")] == [
        ("communaute-urbaine", "", "2015-01-01"),
        ("metropole", "2015-01-01", "2020-03-14"),
    ]
    assert reference.epci_of("59350", "2020-03-13") == "245900410"
    assert reference.epci_of("59350", "2020-03-14") == "200093201"
    assert reference.epci_of("59477", "2020-03-13") == "245901061"
    assert [len(reference.members("245900410", f"{year}-01-01")) for year in (2014, 2016, 2017)] == [85, 85, 90]
    birth = only([e for e in reference.events("epci", "200093201") if e.kind == "fusion"])
    assert (birth.date, birth.before) == ("2020-03-14", epci("245900410", "245901061"))
    weppes = only(list(reference.events("epci", "245900816")))
    assert (weppes.kind, weppes.after) == ("absorption", epci("245900410"))


def test_petr_coeur_des_hauts_de_france_counts_its_communes(reference: Reference) -> None:
    three = ("200037059", "200070985", "200070928")
    sizes = {year: sum(len(reference.members(siren, f"{year}-01-01")) for siren in three) for year in (2017, 2018, 2019)}
    assert sizes == {2017: 146, 2018: 146, 2019: 144}


def test_60054_is_reused(reference: Reference) -> None:
    names = {
        "2018-12-31": "Beaumont-les-Nonains",
        "2019-01-01": "Les Hauts-Talican",
        "2023-12-31": "Les Hauts-Talican",
        "2024-01-01": "Beaumont-les-Nonains",
    }
    for day, name in names.items():
        state = reference.at("commune", "60054", day)
        assert state is not None
        assert (state.kind, state.name) == ("commune", name)
    part = reference.at("commune", "60054", "2020-06-01", "commune-deleguee")
    assert part is not None
    assert (part.name, part.parent) == ("Beaumont-les-Nonains", "60054")
    split = only([e for e in reference.events("commune", "60694") if e.kind == "scission"])
    assert split.after == (("commune", "60054"), ("commune", "60694"))
    assert reference.successors("commune", "60694", "2018-06-01") == ("60054", "60694")


def test_templeuve_was_renamed_on_its_day(reference: Reference) -> None:
    change = only(list(reference.events("commune", "59586")))
    assert (change.kind, change.date) == ("changement-nom", "2015-11-19")
    before, after = reference.at("commune", "59586", "2015-11-18"), reference.at("commune", "59586", "2015-11-19")
    assert before is not None
    assert after is not None
    assert (before.name, after.name) == ("Templeuve", "Templeuve-en-Pévèle")


def test_insee_dates_are_kept_when_the_cog_shows_them_late(reference: Reference) -> None:
    part = reference.at("commune", "62482", "2021-10-30")
    assert part is not None
    assert (part.kind, part.start) == ("commune-deleguee", "2021-10-30")


def test_hellemmes_and_lomme_answer_for_lille(reference: Reference) -> None:
    for code in ("59298", "59355"):
        state = reference.at("commune", code, "2020-01-01")
        assert state is not None
        assert (state.kind, state.parent) == ("commune-associee", "59350")
        assert reference.epci_of(code, "2020-01-01") == "245900410"


def test_the_two_epci_of_2026(reference: Reference) -> None:
    born = sorted(s.code for s in reference.all_at("epci", "2026-01-01") if s.start == "2026-01-01" and s.code.startswith("99"))
    assert born == ["992367730", "994579670"]
    assert [len(reference.members(siren, "2026-01-01")) for siren in born] == [23, 19]
    assert reference.successors("epci", "245701222", "2025-06-01") == ("992367730",)


def test_regions_and_departements_of_the_north(reference: Reference) -> None:
    fusion, renaming = reference.events("region", "32")
    assert (fusion.kind, fusion.date) == ("fusion", "2016-01-01")
    assert fusion.before == (("region", "22"), ("region", "31"))
    assert (renaming.kind, renaming.date) == ("changement-nom", "2016-09-29")
    nord = [reference.at("departement", "59", day) for day in ("2015-06-01", "2016-06-01")]
    assert [state.region for state in nord if state] == ["31", "32"]
    assert sum(1 for _ in reference.all_at("departement", "2026-01-01")) == 101
    assert sum(1 for _ in reference.all_at("region", "2026-01-01")) == 18


def test_from_every_dissolved_epci_of_the_region_to_the_living(reference: Reference) -> None:
    """Commune by commune from the last day of the dissolved EPCI: no commune is lost or counted twice, and all end in living EPCI."""
    living = {s.code for s in reference.all_at("epci", "2026-01-01")}
    dissolved = {
        siren: state.end
        for siren in {m.epci for m in reference.memberships() if m.commune[:2] in HAUTS_DE_FRANCE}
        for state in reference.states("epci", siren)[-1:]
        if state.end
    }
    assert len(dissolved) == 79
    communes = 0
    for siren, end in dissolved.items():
        before = [m for m in reference.memberships(epci=siren) if m.end == end]
        assert before
        for member in before:
            heirs = reference.successors("commune", member.commune, _eve(end))
            assert len(heirs) == 1, (member, heirs)
            assert reference.epci_of(heirs[0], "2026-01-01") in living
        codes = [m.commune for m in before]
        assert len(codes) == len(set(codes))
        communes += len(codes)
        assert set(reference.successors("epci", siren, _eve(end))) <= living
    assert communes == 1771


def _eve(day: str) -> str:
    """The day before a first of January, or before the one other day on which an EPCI of the region ended."""
    return {"2020-03-14": "2020-03-13"}.get(day, f"{int(day[:4]) - 1}-12-31")


def test_every_event_of_an_epci_of_the_region_agrees_with_its_members(reference: Reference) -> None:
    """Where a fusion says that communes went, the memberships say so too."""
    checked = 0
    for event in reference.events("epci"):
        if event.kind not in ("fusion", "transformation", "absorption") or event.date < "2016-01-01":
            continue
        for _, siren in event.after:
            now = set(reference.members(siren, event.date))
            for _, old in event.before:
                if old != siren and reference.memberships(epci=old):
                    ended = {m.commune for m in reference.memberships(epci=old) if m.end == event.date}
                    heirs = {h for c in ended for h in reference.successors("commune", c, _eve(event.date))} | ended
                    assert heirs & now, event
                    checked += 1
    assert checked == 96


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CA du Douaisis [C.A.D.]", "Communauté d'agglomération du Douaisis"),
        ("CC Coeur d'Ostrevent (CCCO)", "CC Cœur d'Ostrevent"),
        ("CC des 7 Vallées", "CC des Sept Vallées"),
        ("CC Faucigny - Glières", "Communauté de communes Faucigny-Glières"),
    ],
)
def test_spellings_of_one_epci(one: str, other: str) -> None:
    assert epci_key(one) == epci_key(other)
    assert epci_key(one) != epci_key("CC du Pays de Mormal")


def test_a_damaged_file_is_named_with_its_line(tmp_path: Path) -> None:
    for path in FOLDER.glob("*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (tmp_path / "epci.csv").read_text(encoding="utf-8").split("\n")
    text[2] = text[2].replace("communaute", "comunaute")
    (tmp_path / "epci.csv").write_text("\n".join(text), encoding="utf-8")
    with pytest.raises(ReferenceUnreadable, match=r"epci\.csv, ligne 3 : le type « comunaute"):
        read_reference(tmp_path)
    (tmp_path / "epci.csv").write_text("siren;nom\n", encoding="utf-8")
    with pytest.raises(ReferenceUnreadable, match=r"epci\.csv, ligne 1 : les colonnes attendues sont code"):
        read_reference(tmp_path)
    (tmp_path / "epci.csv").unlink()
    with pytest.raises(ReferenceUnreadable, match=r"epci\.csv ne peut pas être lu"):
        read_reference(tmp_path)
