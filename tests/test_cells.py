"""One cell: what is read, what is refused with which words; the same for every kind of cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from ess_lod.publish.cells import CellError, Known, official_number, read_cell
from ess_lod.publish.columns import Column, Kind, choice, concept, ref
from ess_lod.publish.vocabulary import read_vocabulary

KNOWN = Known(
    read_vocabulary(Path(__file__).resolve().parents[1] / "ontology").notations,
    {"dynamique insertion emploi": ["A009"], "la bici": ["A010", "P010"]},
    lambda text: {"Boulogne-sur-Mer": [("62160", "Boulogne-sur-Mer")], "Avesnes": [("62062", "Avesnes"), ("60001", "Avesnes")]}.get(
        text, []
    ),
)


def one(text: str, kind: Kind) -> str:
    (found,) = read_cell(text, Column("x", "Quoi.", kind), KNOWN)
    return found


def error(text: str, column: Column) -> CellError:
    with pytest.raises(CellError) as caught:
        read_cell(text, column, KNOWN)
    return caught.value


@pytest.mark.parametrize(
    "text", ["01/06/2021", "1/6/2021", "01.06.2021", "01-06-2021", "2021-6-1", "2021/06/01", "2021-06-01 00:00:00", "01/06/2021 00:00"]
)
def test_a_day_in_the_french_order_is_read(text: str) -> None:
    assert one(text, Kind.DATE) == one(text, Kind.PARTIAL_DATE) == "2021-06-01"


def test_a_month_and_a_year_are_read_where_they_may_stand() -> None:
    assert one("06/2021", Kind.PARTIAL_DATE) == one("2021-6", Kind.PARTIAL_DATE) == "2021-06"
    assert one("1789", Kind.PARTIAL_DATE) == "1789"
    assert "n'est pas une date" in error("06/2021", Column("x", "", Kind.DATE)).what


@pytest.mark.parametrize("kind", [Kind.DATE, Kind.PARTIAL_DATE])
@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("31/02/2020", "n'existe pas", "jour"),
        ("06/13/2021", "n'existe pas", "mois"),
        ("2021-02-30", "n'existe pas", "jour"),
        ("01/07/21", "deux chiffres", "01/07/2021"),
        ("43904", "nombre de jours", "2020-03-14"),
        ("0000-01-01", "vraisemblable", "1000"),
        ("0202-01-01", "vraisemblable", "1000"),
        ("01/01/9999", "vraisemblable", "2100"),
        ("2020–03–14", "U+2013", "2020-03-14"),
        ("２０２０-03-14", "U+FF12", "2020-03-14"),
        ("٢٠٢٠-٠٣-١٤", "n'est pas une date", "tirets"),
        ("hier", "n'est pas une date", "tirets"),
    ],
)
def test_a_day_that_is_none_has_one_clear_remedy(kind: Kind, text: str, what: str, remedy: str) -> None:
    found = error(text, Column("x", "", kind))
    assert what in found.what
    assert remedy in found.remedy


@pytest.mark.parametrize("text", ["0000", "0999", "2101", "２０２０", "²020"])
def test_a_year_that_is_none_is_refused(text: str) -> None:
    error(text, Column("x", "", Kind.PARTIAL_DATE))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.INTEGER, "１２"),
        (Kind.INTEGER, "12²"),
        (Kind.INTEGER, "٣"),
        (Kind.INTEGER, "9" * 5000),
        (Kind.DECIMAL, "１２,５"),
        (Kind.DECIMAL, "−3"),
        (Kind.COMMUNE, "５９３５０"),
        (Kind.CODE, "５９３５０"),
        (Kind.REF, "A０６８"),
        (Kind.ID, "А068"),
        (Kind.LINKED, "A０６８"),
    ],
)
def test_only_plain_digits_are_digits(kind: Kind, text: str) -> None:
    found = error(text, Column("x", "", kind, target=("acteur",)))
    assert text.isascii() or "U+" in found.what or "nombre" in found.what


def test_official_numbers_have_plain_digits_and_lose_their_blanks() -> None:
    assert one("552 100 554", Kind.OFFICIAL) == "552100554"
    for number in ("５５２１００５５４", "5,52E+08", "55210055²"):
        with pytest.raises(CellError):
            official_number(number, "siren")


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("char", ["\x02", "\x07", "\x00", "\ufffe", "\ud800", "\x7f"])
def test_a_character_that_nothing_may_hold_is_named(kind: Kind, char: str) -> None:
    found = error(f"A0{char}68", Column("x", "", kind, target=("acteur",)))
    assert f"U+{ord(char):04X}" in found.what
    assert char not in found.what + found.remedy


@pytest.mark.parametrize("char", "\u200e\u200f\u2060\ufeff\u00ad\u200d\u202a\u202e\u200b\ufe0f")
def test_what_nobody_sees_is_removed_everywhere(char: str) -> None:
    assert one(f"Les Pan{char}iers", Kind.TEXT) == "Les Paniers"
    assert one(f"{char}A068", Kind.REF) == "A068"
    assert one(f"2020{char}-03-14", Kind.DATE) == "2020-03-14"
    assert one(f"https://x.example/{char}a", Kind.URL) == "https://x.example/a"
    assert "vide" in error(char, Column("nom", "Nom.", required=True)).what


@pytest.mark.parametrize(
    ("scheme", "text", "notation"),
    [
        ("statut", "SCIC", "scic"),
        ("statut", "Société coopérative d’intérêt collectif (SCIC)", "scic"),
        ("statut", "societe cooperative d'interet collectif", "scic"),
        ("etat", "Actif", "actif"),
        ("etat", "CESSÉ", "cesse"),
        ("champ", "Alimentation et agriculture durable", "alimentation"),
        ("champ", "Vie associative", "vie-associative"),
        ("champ", "vie_associative", "vie-associative"),
        ("role", "Partner", "partenaire"),
    ],
)
def test_a_term_by_its_label_in_any_case(scheme: str, text: str, notation: str) -> None:
    assert read_cell(text, concept("x", "", scheme), KNOWN) == (notation,)


def test_a_label_that_two_terms_have_is_a_question() -> None:
    known = Known({"s": {"a": ("Même",), "b": ("même",)}})
    with pytest.raises(CellError) as caught:
        read_cell("MÊME", concept("x", "", "s"), known)
    assert caught.value.remedy == "Écrire a ou b."


def test_a_label_and_its_notation_are_one_value() -> None:
    assert "deux fois" in error("alimentation | Alimentation et agriculture durable", concept("x", "", "champ", many=True)).what


def test_words_that_are_no_concepts_are_read_in_any_case() -> None:
    column = choice("type", "", "acteur", "collectif")
    assert read_cell(" Collectif ", column, KNOWN) == ("collectif",)
    assert "acteur, collectif" in error("personne", column).remedy


@pytest.mark.parametrize(
    "text", ["mobilite, alimentation", "mobilite; Alimentation et agriculture durable", "mobilite\nalimentation", "mobilite / alimentation"]
)
def test_another_separator_is_named(text: str) -> None:
    found = error(text, concept("themes", "", "champ", many=True))
    assert "séparées par" in found.what
    assert found.remedy.endswith("« | » : mobilite | alimentation")


@pytest.mark.parametrize("text", ["R001, R002", "R001;R002", "R001 R002", "R001\nR002", "R001/R002"])
def test_another_separator_of_ids_is_named(text: str) -> None:
    assert error(text, ref("sources", "", "document", many=True)).remedy.endswith("« | » : R001 | R002")


def test_a_separator_is_named_when_one_of_the_terms_is_wrong() -> None:
    assert "« | »" in error("mobilite, alimentasion", concept("themes", "", "champ", many=True)).remedy


def test_a_name_where_an_id_or_a_code_is_wanted_says_which() -> None:
    assert error("Dynamique  Insertion Emploi", ref("agent", "", "acteur")).remedy == "Écrire l'identifiant : A009."
    assert error("LA BICI", ref("agent", "", "acteur", "personne-publique")).remedy == "Écrire l'identifiant : A010 ou P010."
    assert "P010" not in error("LA BICI", ref("agent", "", "acteur")).remedy
    assert error("a009", ref("agent", "", "acteur")).remedy == "Écrire A009."
    assert error("Boulogne-sur-Mer", Column("commune", "", Kind.COMMUNE)).remedy == "Écrire le code : 62160 (Boulogne-sur-Mer)."
    assert "62062 (Avesnes) ou 60001" in error("Avesnes", Column("commune", "", Kind.COMMUNE)).remedy
    assert "insee find" in error("Nulle-Part", Column("commune", "", Kind.COMMUNE)).remedy


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Contact : jeanne.dupont@gmail.com", "jeanne.dupont@gmail.com"),
        ("Tél. 06 12 34 56 78", "06 12 34 56 78"),
        ("Tél. 06.12.34.56.78", "06.12.34.56.78"),
        ("Appeler le +33 3 20 00 00 00.", "+33 3 20 00 00 00"),
        ("au 0320000000", "0320000000"),
    ],
)
def test_how_to_reach_a_person_is_found_in_a_text(text: str, what: str) -> None:
    assert f"« {what} »" in error(text, Column("description_fr", "")).what


def test_both_are_said_at_once_and_other_numbers_are_none() -> None:
    found = error("jeanne@x.example, 06 12 34 56 78", Column("description_fr", ""))
    assert "électronique" in found.what
    assert "téléphone" in found.what
    for text in ("SIRET 411 654 296 00036", "67 000 habitants de 2012 à 2018", "59350", "@lapes", "R. 01-2020"):
        assert one(text, Kind.TEXT) == text
