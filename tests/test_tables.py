"""The tables: what is read, and what an editor is told when it cannot be."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest

from ess_lod.errors import CellProblem, TableErrors
from ess_lod.publish.cells import CellError, official_number
from ess_lod.publish.registry import mint
from ess_lod.publish.rows import Rows
from ess_lod.publish.schema import TABLES
from ess_lod.publish.tables import read_tables
from ess_lod.publish.vocabulary import Vocabulary
from tests.conftest import Project


def read(project: Project, vocabulary: Vocabulary) -> Rows:
    return read_tables(project.settings.data, vocabulary.notations)


def problems(project: Project, vocabulary: Vocabulary) -> tuple[CellProblem, ...]:
    with pytest.raises(TableErrors) as caught:
        read(project, vocabulary)
    return caught.value.problems


def test_the_small_project_has_a_row_in_every_table(small: Project, vocabulary: Vocabulary) -> None:
    rows = read(small, vocabulary)
    assert set(rows) == set(TABLES)
    assert all(rows.values())
    assert sum(map(len, rows.values())) == 60


def test_the_real_tables_are_all_read(tables: Rows) -> None:
    assert len(TABLES) == 22
    assert {name for name, rows in tables.items() if rows} == set(TABLES) - {"liens_entrants"}, "no network has announced anything yet"
    assert len(tables["supplements"]) == 20
    assert len(tables["lettres"]) == 22


Edit = Callable[[Project], object]

WRONG: dict[str, tuple[Edit, str, int, str, str, str]] = {
    "missing file": (lambda p: p.table("sites").unlink(), "sites.csv", 0, "", "absent", "en-tête"),
    "stray file": (lambda p: p.table("acteur").write_text("id\n"), "acteur.csv", 0, "", "aucune table", "acteurs.csv"),
    "unknown column": (lambda p: p.replace("sites", "commune,sources", "comune,sources"), "sites.csv", 1, "comune", "n'existe pas", "commune"),
    "missing column": (lambda p: p.replace("sites", "nom_en,commune,sources", "nom_en,sources,"), "sites.csv", 1, "commune", "manque", "en-tête"),
    "double column": (lambda p: p.replace("sites", "nom,nom_en", "nom,nom"), "sites.csv", 1, "nom", "deux fois", "supprimer"),
    "empty required cell": (lambda p: p.replace("acteurs", "A002,Le Panier relié", "A002,"), "acteurs.csv", 3, "nom", "vide", "Nom usuel"),
    "dangling reference": (lambda p: p.replace("mentions", "A002", "A099"), "mentions.csv", 2, "entite", "A099 ne renvoie", "acteurs.csv"),
    "reference to a withdrawn id": (lambda p: p.replace("mentions", "A002", "A004"), "mentions.csv", 2, "entite", "A004 a été retiré", "Vider"),
    "reference to a duplicate": (lambda p: p.replace("mentions", "A002", "A003"), "mentions.csv", 2, "entite", "doublon", "A002"),
    "reference of the wrong kind": (lambda p: p.replace("mentions", "A002", "T001"), "mentions.csv", 2, "entite", "territoire", "acteur"),
    "not an id": (lambda p: p.replace("mentions", "A002", "Panier"), "mentions.csv", 2, "entite", "n'est pas un identifiant", "lettre"),
    "double id": (lambda p: p.append("sites", "A002,1,Autre,,99001,R002"), "sites.csv", 3, "entite", "déjà à la ligne 2", "Supprimer"),
    "id not in the registry": (
        lambda p: p.append("documents", "R009,Titre,article,,,,transcription,,"), "documents.csv", 5, "id", "n'est pas dans registre.csv", "mint document",
    ),
    "active id without a row": (lambda p: p.append("registre", "A050,acteur,2026-01-05,actif,,,"), "registre.csv", 22, "id", "n'a pas de ligne", "rétablir"),
    "withdrawn id with a row": (lambda p: p.replace("registre", "T020,territoire,2026-01-05,actif,,", "T020,territoire,2026-01-05,retire,,2026-02-02"), "territoires.csv", 6, "id", "retire", "Supprimer"),
    "registry kind": (lambda p: p.replace("registre", "T020,territoire", "T020,acteur"), "registre.csv", 21, "type", "ne va pas avec T020", "territoire"),
    "French date with a short year": (lambda p: p.replace("evenements", "fusion,2017-01-01", "fusion,01/02/17"), "evenements.csv", 2, "date", "deux chiffres", "01/02/2017"),
    "impossible date": (lambda p: p.replace("evenements", "fusion,2017-01-01", "fusion,2017-02-30"), "evenements.csv", 2, "date", "calendrier", "mois"),
    "partial date where a day is needed": (lambda p: p.replace("evenements", "fusion,2017-01-01", "fusion,2017"), "evenements.csv", 2, "date", "2017", "tirets"),
    "bad partial date": (lambda p: p.replace("agrements", ",2015,", ",vers 2015,"), "agrements.csv", 2, "debut", "vers 2015", "tirets"),
    "dates out of order": (lambda p: p.replace("agrements", "2015,2020", "2020,2015"), "agrements.csv", 2, "fin", "ne vient pas après", "Corriger"),
    "empty period": (lambda p: p.replace("lettres", "2016-03-01,2016-06-01", "2016-03-01,2016-03-01"), "lettres.csv", 2, "fin", "ne vient pas après", "premier jour"),
    "SIREN key": (lambda p: p.replace("identifiants", "999999998", "999999999"), "identifiants.csv", 2, "valeur", "clé", "annuaire-entreprises"),
    "SIREN length": (lambda p: p.replace("identifiants", "999999998", "99999999"), "identifiants.csv", 2, "valeur", "9 chiffres", "SIREN"),
    "RNA form": (lambda p: p.replace("identifiants", "W991234567", "991234567"), "identifiants.csv", 3, "valeur", "RNA", "W suivi"),
    "lost leading zero": (lambda p: p.replace("acteurs", "02999", "2999"), "acteurs.csv", 3, "commune", "zéro", "02999"),
    "unknown commune": (lambda p: p.replace("acteurs", "02999", "59350"), "acteurs.csv", 3, "commune", "59350 n'est pas dans territoires.csv", "code postal"),
    "EPCI key": (lambda p: p.replace("territoires", "249900010", "249900011"), "territoires.csv", 4, "code", "clé", "SIREN"),
    "code of the wrong length": (lambda p: p.replace("territoires", "communaute-de-communes,249900010", "communaute-de-communes,99001"), "territoires.csv", 4, "code", "ne va pas avec", "9 caractères"),
    "unknown term": (lambda p: p.replace("acteurs", "alimentation | circuits-courts", "alimentasion"), "acteurs.csv", 3, "champs", "alimentasion", "« alimentation »"),
    "the same value twice": (lambda p: p.replace("acteurs", "alimentation | circuits-courts", "alimentation | alimentation"), "acteurs.csv", 3, "champs", "deux fois", "une seule"),
    "not a number": (lambda p: p.replace("chiffres", '"125,5"', "environ 12000"), "chiffres.csv", 2, "valeur", "environ 12000", "7,5"),
    "not a whole number": (lambda p: p.replace("mises_en_avant", "article,3", "article,p. 3"), "mises_en_avant.csv", 2, "page", "p. 3", "chiffres"),
    "not an address": (lambda p: p.replace("liens", "https://encyclopedie.example/Reseau", "encyclopedie.example"), "liens.csv", 2, "cible", "adresse", "https://"),
    "number without its mode": (lambda p: p.replace("lettres", "L001,2,transcription", "L001,2,"), "lettres.csv", 2, "numero_mode", "vide", "les deux"),
    "unknown territory yet named": (lambda p: p.replace("supplements", "T010,certaine", "T010,inconnue"), "supplements.csv", 3, "territoires", "inconnue", "laisser"),
    "a candidate is not published": (lambda p: p.replace("supplements", "T010,certaine", "T010,a-verifier"), "supplements.csv", 3, "territoire_confiance", "ne se publie pas", "candidat"),
    "kind of actor": (lambda p: p.replace("acteurs", "Le Panier,,acteur", "Le Panier,,personne"), "acteurs.csv", 3, "type", "personne", "collectif"),
    "too many cells": (lambda p: p.append("sites", "A002,2,Halle,de Vauclair,,99001,R002,en trop"), "sites.csv", 3, "", "plus de cellules", "guillemets"),
    "broken quotes": (lambda p: p.append("sites", 'A002,2,"La "Halle",,99001,R002'), "sites.csv", 3, "", "pas du CSV", "guillemet"),
    "points to itself": (lambda p: p.replace("territoires", "quartier,,,,T001", "quartier,,,,T020"), "territoires.csv", 6, "partie_de", "lui-même", "Corriger"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_an_error_says_where_what_and_what_to_do(case: str, small: Project, vocabulary: Vocabulary) -> None:
    edit, file, line, column, what, remedy = WRONG[case]
    edit(small)
    found = problems(small, vocabulary)
    matching = [p for p in found if (p.file, p.line, p.column) == (file, line, column) and what in p.what and remedy in p.remedy]
    assert len(matching) == 1, "\n".join(map(str, found))


def test_all_errors_come_at_once(small: Project, vocabulary: Vocabulary) -> None:
    for case in ("French date with a short year", "SIREN key", "dangling reference", "lost leading zero", "missing file"):
        WRONG[case][0](small)
    found = problems(small, vocabulary)
    assert [(p.file, p.column) for p in found] == [
        ("acteurs.csv", "commune"),
        ("evenements.csv", "date"),
        ("identifiants.csv", "valeur"),
        ("mentions.csv", "entite"),
        ("sites.csv", ""),
    ]


@pytest.mark.parametrize(
    ("encode", "what"),
    [
        (lambda text: text.encode("cp1252"), "Windows-1252"),
        (lambda text: text.encode("utf-16"), "UTF-16"),
        (lambda text: text.encode("utf-16-le"), "UTF-16"),
    ],
    ids=["windows-1252", "utf-16", "utf-16 without mark"],
)
def test_other_encodings_are_named_with_the_line(encode: Callable[[str], bytes], what: str, small: Project, vocabulary: Vocabulary) -> None:
    path = small.table("documents")
    path.write_bytes(encode(path.read_text("utf-8")))
    found = problems(small, vocabulary)
    assert [(p.file, p.line) for p in found] == [("documents.csv", 2 if what == "Windows-1252" else 1)]
    assert what in found[0].what
    assert "CSV UTF-8" in found[0].remedy


def _semicolons(text: str) -> str:
    return "\n".join(";".join(f'"{cell}"' if ";" in cell else cell for cell in line.split(",")) for line in text.split("\n"))


FRIENDLY: dict[str, Callable[[bytes], bytes]] = {
    "byte-order mark": lambda body: codecs.BOM_UTF8 + body,
    "semicolons": lambda body: _semicolons(body.decode()).encode(),
    "semicolons, mark and sep line": lambda body: (
        codecs.BOM_UTF8 + b"sep=;\r\n" + _semicolons(body.decode()).replace("\n", "\r\n").encode()
    ),
    "tabs": lambda body: body.replace(b",", b"\t"),
    "CRLF": lambda body: body.replace(b"\n", b"\r\n"),
    "empty rows and columns at the end": lambda body: body.replace(b"\n", b",,\n") + b",,,,,\n\n",
    "spaces and no-break spaces around": lambda body: body.replace(b",99001,", " ,\u00a099001 \u202f,".encode()),
}


@pytest.mark.parametrize("form", FRIENDLY)
def test_what_spreadsheets_write_is_read(form: str, small: Project, vocabulary: Vocabulary) -> None:
    expected = [row.cells for row in read(small, vocabulary)["sites"]]
    path = small.table("sites")
    path.write_bytes(FRIENDLY[form](path.read_bytes()))
    assert [row.cells for row in read(small, vocabulary)["sites"]] == expected
    assert len(expected) == 1


def test_lines_are_counted_as_an_editor_shows_them(small: Project, vocabulary: Vocabulary) -> None:
    small.append("documents", 'R004,"Un titre\nsur deux lignes",article,,,,transcription,,')
    small.append("documents", "R005,Titre,article,,,hier,transcription,,")
    small.append("registre", "R004,document,2026-01-05,actif,,,")
    small.append("registre", "R005,document,2026-01-05,actif,,,")
    assert [(p.line, p.column) for p in problems(small, vocabulary)] == [(7, "date")]


@pytest.mark.parametrize(
    ("number", "scheme"), [("732829320", "siren"), ("73282932000074", "siret"), ("35600000000048", "siret"), ("W595012345", "rna")]
)
def test_official_numbers_with_a_right_key(number: str, scheme: str) -> None:
    assert official_number(number, scheme) == number


@pytest.mark.parametrize(
    ("number", "scheme"), [("732829321", "siren"), ("73282932000075", "siret"), ("73282932A", "siren"), ("W59501234", "rna")]
)
def test_official_numbers_with_a_wrong_key(number: str, scheme: str) -> None:
    with pytest.raises(CellError):
        official_number(number, scheme)


def test_mint_appends_and_never_reuses(small: Project) -> None:
    before = small.table("registre").read_text("utf-8")
    assert mint(small.settings.data, "acteur", 2) == ["A005", "A006"]
    assert mint(small.settings.data, "acteur") == ["A007"]
    after = small.table("registre").read_text("utf-8")
    assert after.startswith(before)
    assert after.count("\n") == before.count("\n") + 3


def test_mint_keeps_the_form_of_the_file(small: Project) -> None:
    path = small.table("registre")
    path.write_bytes(codecs.BOM_UTF8 + path.read_text("utf-8").replace(",", ";").replace("\n", "\r\n").encode())
    before = path.read_bytes()
    assert mint(small.settings.data, "lettre") == ["L003"]
    assert path.read_bytes().startswith(before)
    assert path.read_bytes().endswith(b";actif;;;;;\r\n")


def test_mint_refuses_a_registry_it_cannot_read(small: Project, tmp_path: Path) -> None:
    small.table("registre").write_text("numero,nom\n1,x\n")
    with pytest.raises(TableErrors, match="en-tête"):
        mint(small.settings.data, "acteur")
    with pytest.raises(TableErrors, match="absent"):
        mint(tmp_path, "acteur")
