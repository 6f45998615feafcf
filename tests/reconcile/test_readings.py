"""How names are read, and how alike two readings are."""

from __future__ import annotations

import pytest

from ess_lod.reconcile.codes import code_of_text, read_code
from ess_lod.reconcile.likeness import Ground, Words, likeness
from ess_lod.reconcile.question import departement_asked, period_of
from ess_lod.reconcile.readings import ORGANISATION, is_form, read_name, repaired


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("Association Adermas", "adermas", ORGANISATION),
        ("Adermas, association loi 1901", "adermas", ORGANISATION),
        ("SCOP SARL Lille.bike", "lille bike", ORGANISATION),
        ("Tilt SCIC SA", "tilt", ORGANISATION),
        ("Association des centres sociaux", "centres sociaux", ORGANISATION),
        ("CC du Pays de Bray", "pays bray", "communaute-de-communes"),
        ("Agglo du Douaisis", "douaisis", "communaute-d-agglomeration"),
        ("Ville de Lens", "lens", "commune"),
        ("Mairie d'Hellemmes", "hellemmes", "commune"),
        ("Conseil régional Hauts-de-France", "hauts de france", "region"),
        ("Département du Nord", "nord", "departement"),
    ],
)
def test_what_only_says_the_kind_is_taken_away(text: str, key: str, said: str) -> None:
    assert (key, said) in {(reading.key, reading.said) for reading in read_name(text).readings}


@pytest.mark.parametrize("text", ["Association", "SCOP", "La Coop des Communs", "Nord", "12"])
def test_a_name_is_never_taken_away_whole(text: str) -> None:
    assert all(reading.words for reading in read_name(text).readings)
    assert read_name(text).readings[0].said == ""


@pytest.mark.parametrize(
    ("text", "key", "beside"),
    [
        ("Couture (La)", "la couture", ()),
        ("Saint-Quentin (Aisne)", "saint quentin", ("Aisne",)),
        ("Lens, Pas-de-Calais", "lens", ("Pas-de-Calais",)),
        ("Signes de sens - Lille", "signes de sens", ("Lille",)),
        ("Oiseau-Mouche (Théâtre de l')", "theatre de l oiseau mouche", ("Théâtre de l'",)),
    ],
)
def test_what_stands_beside_a_name(text: str, key: str, beside: tuple[str, ...]) -> None:
    read = read_name(text)
    assert key in {reading.key for reading in read.readings}
    assert read.beside == beside


def test_a_name_without_latin_letters_has_no_reading() -> None:
    assert read_name("Ελλάδα").readings == ()
    assert read_name("").readings == ()


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("HÃ©nin-Beaumont", "Hénin-Beaumont"),
        ("« Tipimi »", "Tipimi"),
        ("Âtre", "Âtre"),
        ("Les Robin·es", "Les Robin.es"),
        ("x" * 300, "x" * 200),
    ],
)
def test_damage_of_spreadsheets(text: str, right: str) -> None:
    assert repaired(text) == right


@pytest.mark.parametrize(
    ("text", "form"), [("SCIC", True), ("association loi 1901", True), ("SCIC SARL", True), ("Tilt", False), ("", False)]
)
def test_a_legal_form_alone(text: str, form: bool) -> None:
    assert is_form(text) is form


@pytest.mark.parametrize(
    ("scheme", "value", "code"),
    [
        ("siren", "411 654 296", "411654296"),
        ("siren", "411.654.296", "411654296"),
        ("siren", "411654296.0", "411654296"),
        ("siren", "FR 411 654 296", "411654296"),
        ("siren", "41165429600036", "411654296"),
        ("siren", "4,11654E+08", ""),
        ("siren", "Siren : 411654296", "411654296"),
        ("siret", "482 155 827 00025", "48215582700025"),
        ("siret", "411654296", "411654296"),
        ("rna", "w991234567", "W991234567"),
        ("rna", "991234567", ""),
        ("insee", "2691", "02691"),
        ("insee", "2A004", "2A004"),
        ("insee", "32", "32"),
        ("insee", "200093201", "200093201"),
        ("insee", "Lille", ""),
        ("siren", "４１１６５４２９６", ""),
        ("siren", "4.11654296E+08", "411654296"),
        ("siren", "4,1165429600036E+13", "411654296"),
        ("siren", "411654296,00", "411654296"),
        ("siren", "'411654296", "411654296"),
        ("siren", '="411654296"', "411654296"),
        ("siren", "\u200b411\u2009654\u202f296\u200e", "411654296"),
        ("siren", "411\u2011654\u2013296", "411654296"),
        ("siren", "N° SIREN 411 654 296", "411654296"),
        ("siren", "RCS Boulogne-sur-Mer 411 654 296", "411654296"),
        ("siren", "FR28411654296", "411654296"),
        ("siren", "TVA intracommunautaire : FR 28 411 654 296", "411654296"),
        ("siret", "4,1165429600036E+13", "41165429600036"),
        ("insee", '="02691"', "02691"),
        ("insee", "5,935E+04", ""),
    ],
)
def test_codes_as_people_write_them(scheme: str, value: str, code: str) -> None:
    read = read_code(scheme, value)
    assert (read.value, bool(read.value) or bool(read.why[0] and read.why[1])) == (code, True)


@pytest.mark.parametrize(
    ("scheme", "value", "why"),
    [
        ("siren", "4,11654E+08", "n'a gardé que 6 chiffres sur 9"),
        ("siren", "4,1E+13", "n'a gardé que 2 chiffres sur 14"),
        ("siren", "FR12411654296", "la clé 12 du numéro de TVA est fausse"),
        ("siren", "411654297", "la clé du SIREN est fausse"),
        ("siren", "41165429", "8 chiffres au lieu de 9"),
        ("siret", "411654296000", "12 chiffres au lieu de 14"),
        ("siren", "411 654 29O", "pas une suite de chiffres"),
        ("siren", "４１１６５４２９６", "pas une suite de chiffres"),
        ("rna", "991234567", "un W suivi de 9 chiffres"),
        ("insee", "Lille", "un code Insee a 5 signes"),
    ],
)
def test_a_code_that_is_not_read_says_why(scheme: str, value: str, why: str) -> None:
    assert why in read_code(scheme, value).why[0]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("411 654 296", ["siren:411654296"]),
        ("41165429600036", ["siret:41165429600036"]),
        ("W991234567", ["rna:W991234567"]),
        ("59350", ["insee:59350"]),
        ("Cliss 21", []),
        ("3e arrondissement", []),
    ],
)
def test_a_name_that_is_a_code(text: str, codes: list[str]) -> None:
    read = code_of_text(text)
    assert ([read.key] if read else []) == codes


@pytest.mark.parametrize(
    ("value", "period"),
    [
        ("2019-06-01", ("2019-06-01", "2019-06-01")),
        ("2019-06-01T00:00:00", ("2019-06-01", "2019-06-01")),
        ("2020-02", ("2020-02-01", "2020-02-29")),
        ("2019", ("2019-01-01", "2019-12-31")),
        ("01/06/2019", ("2019-06-01", "2019-06-01")),
        ("6/2019", ("2019-06-01", "2019-06-30")),
        ("2019.0", ("2019-01-01", "2019-12-31")),
        ("2019-02-30", ("", "")),
        ("2019-13", ("", "")),
        ("0000", ("", "")),
        ("hier", ("", "")),
    ],
)
def test_dates(value: str, period: tuple[str, str]) -> None:
    assert period_of(value) == period


@pytest.mark.parametrize(
    ("value", "asked"),
    [("59", "59"), ("2", "02"), ("59210", "59"), ("2100", "02"), ("2A", "2A"), ("97411", "974"), ("Pas-de-Calais", "pas de calais")],
)
def test_departements(value: str, asked: str) -> None:
    assert departement_asked(value) == asked


@pytest.mark.parametrize(
    ("asked", "known", "ground", "score"),
    [
        ("theatre de l oiseau mouche", "theatre de l oiseau mouche", Ground.SAME, 100),
        ("coop cycle", "coopcycle", Ground.LETTERS, 98),
        ("tambouille popote", "tambouille et popote", Ground.SMALL_WORDS, 97),
        ("picardie bge", "bge picardie", Ground.ORDER, 95),
        ("hazebrouk", "hazebrouck", Ground.TYPING, 86),
        ("jardins de cocagne de la haute borne", "jardin de cocagne de la haute borne", Ground.TYPING, 91.8),
    ],
)
def test_likeness_rests_on(asked: str, known: str, ground: Ground, score: float) -> None:
    assert likeness(Words(asked), Words(known)) == (score, ground)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("sainte quentin", "saint quentin"),
        ("club noel", "club noe"),
        ("e3i", "e2i"),
        ("la bise", "la bici"),
        ("cliss 22", "cliss 21"),
        ("adermos", "adermas"),
        ("terre de liens ile de france", "terre de liens hauts de france"),
        ("bge normandie", "bge picardie"),
        ("atelier developpement formation", "avenir developpement formation"),
    ],
)
def test_other_names_are_not_typing_errors(asked: str, known: str) -> None:
    score, ground = likeness(Words(asked), Words(known))
    assert ground is Ground.PART
    assert score <= 90
