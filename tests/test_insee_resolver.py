"""The resolver of names: the table of cases, what holds for every name of the reference, and how answers are told."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ess_lod.errors import TableErrors
from ess_lod.insee.reference import Family, Reference, State, read_reference
from ess_lod.insee.resolver import KNOWN_NAMES, Resolver, column_report, describe
from ess_lod.insee.resolver.wording import grouping_name, outside_brackets, without_postal_code, words_of
from ess_lod.sheet import read_sheet

REPOSITORY = Path(__file__).resolve().parents[1]
CASES = list(csv.DictReader(io.StringIO((REPOSITORY / "tests/data/insee_resolver.csv").read_text("utf-8"))))


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(REPOSITORY / "data/insee")


@pytest.fixture(scope="module")
def resolver(reference: Reference) -> Resolver:
    return Resolver(reference)


def test_the_table_of_cases_is_what_it_says() -> None:
    counts = Counter(case["verdict"] for case in CASES)
    assert len(CASES) == 189
    assert counts == {"trouvé": 109, "à choisir": 49, "refusé": 25, "inconnu": 6}
    assert all(case["pourquoi"] for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['nom']}-{case['departement']}-{case['type']}-{case['date']}")
def test_case(resolver: Resolver, case: dict[str, str]) -> None:
    """``attendu``: the code chosen, or codes among the candidates (the first one first); with a minus, not among them."""
    found = resolver.resolve(case["nom"], case["departement"], case["type"], case["date"])
    codes = [candidate.state.code for candidate in found.candidates]
    wanted = [code for code in case["attendu"].split() if not code.startswith("-")]
    assert found.verdict == case["verdict"], found.sentence
    if found.verdict == "trouvé":
        assert found.choice is not None
        assert [found.choice.code] == wanted
        assert found.candidates[0].chosen
    else:
        assert found.choice is None
        assert not any(candidate.chosen for candidate in found.candidates)
        if found.verdict == "à choisir":
            assert codes[0] == wanted[0]
        assert set(wanted) <= set(codes)
    assert not {code[1:] for code in case["attendu"].split() if code.startswith("-")} & set(codes)
    assert found.sentence.endswith((".", "?"))
    assert all(candidate.reason and candidate.reason_en and 0 < candidate.score <= 100 for candidate in found.candidates)


def living(reference: Reference) -> list[State]:
    families: tuple[Family, ...] = ("commune", "epci", "departement", "region")
    return [state for family in families for state in reference.all_at(family, reference.last)]


def test_every_official_name_finds_itself_with_departement_and_kind(reference: Reference, resolver: Resolver) -> None:
    states = living(reference)
    assert len(states) > 38_000
    lost = [
        state
        for state in states[::4]
        if resolver.resolve(state.name, state.departement if state.kind != "region" else "", state.kind).choice != state
    ]
    assert lost == []


def test_a_bare_name_finds_itself_or_asks(reference: Reference, resolver: Resolver) -> None:
    """The one that finds another is a déléguée whose commune has its name."""
    found = [(state, resolver.resolve(state.name)) for state in living(reference)[::4]]
    chosen = [(state, answer.choice) for state, answer in found if answer.choice]
    assert len(chosen) > 8_000
    assert [(state.name, choice.code) for state, choice in chosen if choice.code not in (state.code, state.parent)] == []
    assert Counter(answer.verdict for _, answer in found).keys() == {"trouvé", "à choisir"}


def test_the_kind_that_holds_at_the_date_is_chosen(resolver: Resolver) -> None:
    kinds = {
        date: choice.kind for date in ("2018", "2020", "2024") if (choice := resolver.resolve("Beaumont-les-Nonains", date=date).choice)
    }
    assert kinds == {"2018": "commune", "2020": "commune-deleguee", "2024": "commune"}


def test_an_old_name_says_until_when_and_what_is_there_today(resolver: Resolver) -> None:
    renamed = resolver.resolve("Templeuve").candidates[0]
    assert renamed.state.name == "Templeuve-en-Pévèle"
    assert "ancien nom" in renamed.reason
    assert "jusqu'au 18 novembre 2015" in renamed.reason
    assert "until 2015-11-18" in renamed.reason_en
    gone = resolver.resolve("CC Artois-Lys").candidates
    assert gone[0].state.end == "2017-01-01"
    assert "jusqu'au 31 décembre 2016 ; aujourd'hui « CA de Béthune-Bruay, Artois-Lys Romane » (200072460)" in gone[0].reason
    assert gone[1].state.code == "200072460"


def test_the_sentence_says_what_to_add(resolver: Resolver) -> None:
    assert "Préciser le département (62, 85)" in resolver.resolve("La Couture").sentence
    assert "Préciser le type (commune, département)" in resolver.resolve("Paris").sentence
    assert "zéro initial perdu : écrire 02361" in resolver.resolve("2361").sentence
    assert "code postal" in resolver.resolve("59000").sentence
    assert "Un pays n'est pas un EPCI" in resolver.resolve("Pays du Calaisis").sentence
    assert "ailleurs (02, 03" in resolver.resolve("Moulins", "59").sentence
    assert "2013" not in resolver.resolve("CA du Douaisis", date="2016").sentence
    assert "La référence ne dit pas tout avant le 1er janvier 2014" in resolver.resolve("CA du Douaisis", date="2013").sentence


@pytest.mark.parametrize(
    "name",
    [
        "a" * 10_000,
        "Saint-" * 2_000,
        "-" * 10_000,
        "🙂" * 10_000,
        "9" * 10_000,
        "((((" * 2_500,
        " " * 10_000,
        "\x00\x1b[31m",
        "é" * 10_000,
        "St " * 66,
    ],
)
def test_hostile_names_get_a_clear_verdict_at_once(resolver: Resolver, name: str) -> None:
    begun = time.perf_counter()
    found = resolver.resolve(name)
    assert found.verdict in ("refusé", "inconnu")
    assert found.choice is None
    assert time.perf_counter() - begun < 1
    assert len(found.sentence) < 300
    assert len(describe(found)) < 600
    assert describe(found).isprintable() or "\x1b" not in describe(found)


def test_a_name_too_long_says_how_long(resolver: Resolver) -> None:
    assert "10000 caractères" in resolver.resolve("a" * 10_000).sentence


def test_known_names_are_alive_in_the_reference_and_sourced(reference: Reference) -> None:
    assert len(KNOWN_NAMES) == 14
    for known in KNOWN_NAMES:
        assert known.source
        assert all(reference.states(known.family, code) for code in known.codes), known


def test_a_column_keeps_its_order_and_its_repetitions(resolver: Resolver) -> None:
    names = ["Lille", "Moulins", "Lille", "", "Moulins"]
    found = list(resolver.resolve_column(names, departements=["", "02", "", "", ""]))
    assert [answer.name for answer in found] == names
    assert [answer.verdict for answer in found] == ["trouvé", "trouvé", "trouvé", "refusé", "à choisir"]


def test_a_year_that_an_epci_did_not_live_through_is_told(resolver: Resolver) -> None:
    assert "Ne vaut qu'une partie de la période demandée (… → 2020-03-14)" in resolver.resolve("CC de la Haute-Deûle", date="2020").sentence


def test_one_resolver_may_be_asked_by_several_threads(resolver: Resolver) -> None:
    names = [case["nom"] for case in CASES]
    alone = [resolver.resolve(name) for name in names]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(resolver.resolve, names * 4)) == alone * 4


def test_describe_is_aligned_and_names_the_choice(resolver: Resolver) -> None:
    lines = describe(resolver.resolve("Arras")).split("\n")
    assert lines[0] == "« Arras » (au 2026-01-01) : trouvé"
    assert lines[1] == "  Arras (commune 62041) : nom officiel."
    table = lines[3:]
    assert len(table) == 3
    assert table[1].startswith("  →  100    62041")
    assert len({line.index(word) for line, word in zip(table, ("type", "commune ", "communauté"), strict=True)}) == 1


def test_describe_counts_what_it_does_not_show(resolver: Resolver) -> None:
    found = resolver.resolve("Saint")
    assert len(found.candidates) == 10
    assert describe(found).endswith(f"… et {found.found - 10} autres.")
    assert found.found > 3_000


def test_column_report_writes_beside_the_table(resolver: Resolver, tmp_path: Path) -> None:
    table = tmp_path / "lieux.csv"
    table.write_text(
        "\ufeffsep=;\nid;nom;code;dep;an\n1;Lille;x;;\n2;Moulins;;02;\n3;Moulins;;;\n4;MEL;;;2019-01-01\n;;;;\n5;Pays du Calaisis\n",
        "utf-8",
    )
    done: list[int] = []
    sheet = read_sheet(table, ("nom", "dep", "an"))
    report = column_report(
        resolver, sheet, "nom", departement_column="dep", date_column="an", identify=lambda state: f"T{state.code}", progress=done.append
    )
    rows = [dict(zip(report.header, row, strict=True)) for row in report.rows]
    assert report.count == {"trouvé": 3, "à choisir": 1, "refusé": 1}
    assert done == [1, 2, 3, 4, 5]
    assert list(rows[0]) == [
        "id",
        "nom",
        "code",
        "dep",
        "an",
        "insee_code",
        "nom_officiel",
        "identifiant",
        "verdict",
        "raison",
        "candidats",
    ]
    assert [row["insee_code"] for row in rows] == ["59350", "02530", "", "245900410", ""]
    assert [row["identifiant"] for row in rows] == ["T59350", "T02530", "", "T245900410", ""]
    assert rows[0]["code"] == "x"
    assert rows[2]["candidats"].startswith("03190 Moulins (100) | ")
    assert "Préciser le département" in rows[2]["raison"]


@pytest.mark.parametrize(
    ("content", "column", "message"),
    [
        (b"nom\nLille\n", "lieu", "lieux.csv, ligne 1, colonne « lieu » : la colonne est absente. Colonnes présentes : nom."),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(resolver: Resolver, tmp_path: Path, content: bytes, column: str, message: str) -> None:
    table = tmp_path / "lieux.csv"
    table.write_bytes(content)
    with pytest.raises(TableErrors) as refused:
        column_report(resolver, read_sheet(table), column)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("St-Denis s/ Sarthon", "saint denis sur sarthon"),
        ("Fontaine-lès-Vervins", "fontaine les vervins"),
        ("Cœur d’Ostrevent", "coeur d ostrevent"),
        ("Mt-St-Aignan", "mont saint aignan"),
        ("Bains s/s Roche", "bains sous roche"),
    ],
)
def test_words(text: str, words: str) -> None:
    assert " ".join(words_of(text)) == words


@pytest.mark.parametrize(
    ("text", "kind", "key", "acronyms"),
    [
        ("CA du Douaisis [C.A.D.]", "communaute-d-agglomeration", "douaisis", ("cad",)),
        ("Douaisis Agglo", "epci", "douaisis", ()),
        ("Communauté urbaine d'Arras", "communaute-urbaine", "arras", ()),
        ("Métropole Européenne de Lille", "metropole", "europeennelille", ()),
        ("Brest Métropole", "", "brestmetropole", ()),
        ("CC de la Haute Somme (Combles - Péronne - Roisel)", "communaute-de-communes", "hautesomme", ()),
        ("CC des Sept Vallées", "communaute-de-communes", "7vallees", ()),
    ],
)
def test_grouping_names(text: str, kind: str, key: str, acronyms: tuple[str, ...]) -> None:
    name = grouping_name(text)
    assert (name.kind, name.key, name.acronyms) == (kind, key, acronyms)


def test_brackets_and_postal_codes_are_taken_apart() -> None:
    assert outside_brackets("Couture (La)") == ("La Couture", ("La",))
    assert outside_brackets("(seul)") == ("(seul)", ())
    assert without_postal_code("59000 Lille Cedex 9") == ("Lille", "59000")
    assert without_postal_code("Lille") == ("Lille", "")
