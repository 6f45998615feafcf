"""``changements.csv`` and the registry: what an editor is told when the life of organisations does not add up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ess_lod.errors import CellProblem, TableErrors
from ess_lod.publish.registry import mint, registered_ids
from ess_lod.publish.tables import read_tables
from ess_lod.publish.vocabulary import Vocabulary
from tests.conftest import Project

ACTORS = {
    "A011": "Le Moulin,,,L'Ancien Moulin,,acteur,scic,alimentation,,,99001,,cesse,2005,2015-06,,,certaine,R001",
    "A012": "La Forge,,,,,acteur,scic,alimentation,,,99001,,fusionne,2000,2016-12-31,,,certaine,R001",
    "A013": "La Halle,,,,,acteur,scic,alimentation,,,99001,,transforme,,,,,certaine,R001",
    "A014": "Les Ateliers,,,,,acteur,scic,alimentation,,,99001,,actif,2017,,,,certaine,R001",
    "A015": "Les Ateliers du Nord,,,,,acteur,scic,alimentation,,,99001,,actif,,,,,certaine,R001",
}


@pytest.fixture
def peopled(small: Project) -> Project:
    """The fictitious project with organisations that ended, and some that did not."""
    for id_, rest in ACTORS.items():
        small.append("registre", f"{id_},acteur,2026-01-05,actif,,,")
        small.append("acteurs", f"{id_},{rest}")
    return small


def problems(project: Project, vocabulary: Vocabulary) -> tuple[CellProblem, ...]:
    with pytest.raises(TableErrors) as caught:
        read_tables(project.settings.data, vocabulary.notations)
    return caught.value.problems


def line(kind: str, date: str, before: str, after: str = "", **cells: str) -> str:
    """A row of ``changements.csv``."""
    columns = ("autres_avant", "autres_apres", "ancien_nom", "nouveau_nom", "description_fr", "description_en")
    return ",".join((kind, date, before, after, *(cells.get(column, "") for column in columns), cells.get("sources", "R001")))


GOOD = [
    line("cessation", "2015-06-30", "A011"),
    line("fusion", "2017-01-01", "A012", "A014", autres_avant="La Grange"),
    line("absorption", "2017", "A012", "A014"),
    line("absorption", "2017", "A012 | A014", "A014"),
    line("transformation", "2019", "A013", "A015"),
    line("transformation", "2019", "A014", "A014"),
    line("scission", "2020-02", "A013", "A014 | A015"),
    line("scission", "2020-02", "A014", "A014", autres_apres="Une autre"),
    line("reprise", "2015-06", "A011", "A015"),
    line("renommage", "2010", "A011", "A011", ancien_nom="L'Ancien Moulin", nouveau_nom="Le Moulin"),
]


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row.split(",")[0])
def test_what_may_happen(row: str, peopled: Project, vocabulary: Vocabulary) -> None:
    peopled.append("changements", row)
    assert len(read_tables(peopled.settings.data, vocabulary.notations)["changements"]) == 3


WRONG = {
    "no such kind": (line("divorce", "2015", "A011"), "type", "n'est pas un terme de la liste", "cessation"),
    "a duplicate": (line("doublon", "2015", "A011", "A014"), "type", "n'arrive pas à une organisation", "registre.csv"),
    "no date": (line("cessation", "", "A011"), "date", "est vide", "Jour d'effet"),
    "no source": (line("cessation", "2015-06", "A011", sources=""), "sources", "est vide", "Documents"),
    "nobody before": (line("cessation", "2015-06", ""), "avant", "est vide", "Organisations d'avant"),
    "a territory": (line("cessation", "2015-06", "T001"), "avant", "désigne un territoire", "acteur ou personne-publique"),
    "a stranger": (line("cessation", "2015-06", "A099"), "avant", "ne renvoie à rien", "acteurs.csv"),
    "a merger of one": (line("fusion", "2017", "A012", "A014"), "avant", "au moins deux", "autres_avant"),
    "a merger that one survives": (line("fusion", "2017", "A012 | A014", "A014"), "apres", "organisation nouvelle", "absorption"),
    "a merger into two": (line("fusion", "2017", "A012 | A013", "A014 | A015"), "apres", "et une seule", "apres"),
    "nobody absorbed": (line("absorption", "2017", "A014", "A014"), "avant", "n'est absorbée", "celle qui prend fin"),
    "a split into one": (line("scission", "2020", "A013", "A014"), "apres", "au moins deux", "autres_apres"),
    "a split of two": (line("scission", "2020", "A013 | A012", "A014 | A015"), "avant", "et une seule", "une ligne pour chacune"),
    "an end with a successor": (line("cessation", "2015-06", "A011", "A014"), "apres", "n'a pas de suite", "reprise"),
    "a rename into another": (
        line("renommage", "2010", "A014", "A015", ancien_nom="X", nouveau_nom="Y"), "apres", "reste la même", "le même identifiant"),
    "a rename without names": (line("renommage", "2010", "A014", "A014"), "ancien_nom", "est vide", "le nom d'après"),
    "a rename without a change": (
        line("renommage", "2010", "A011", "A011", ancien_nom="L'Ancien Moulin", nouveau_nom="L'Ancien Moulin"), "nouveau_nom", "ne change pas", "Corriger"),
    "a former name that it never had": (
        line("renommage", "2010", "A011", "A011", ancien_nom="Le Four", nouveau_nom="Le Moulin"),
        "ancien_nom", "n'est pas un ancien nom de A011", "anciens_noms"),
    "names of a merger": (
        line("fusion", "2017", "A012 | A013", "A014", ancien_nom="X", nouveau_nom="Y"), "ancien_nom", "ne change pas un nom", "Vider"),
    "a transformation into two": (line("transformation", "2019", "A013", "A014 | A015"), "apres", "et une seule", "La nommer"),
    "a takeover by itself": (line("reprise", "2015-06", "A011", "A011"), "apres", "à une autre organisation", "celle qui reprend"),
    "an end of the living": (line("cessation", "2020", "A014"), "avant", "A014 a l'état « actif »", "Écrire cesse dans la colonne etat de acteurs.csv"),
    "a merger of what ceased": (line("absorption", "2015-06", "A011", "A014"), "avant", "A011 a l'état « cesse »", "Écrire fusionne"),
    "another day of the end": (line("cessation", "2016-01-01", "A011"), "date", "prend fin le 2016-01-01 ici, et le 2015-06", "Accorder"),
    "before it was there": (line("transformation", "2016", "A013", "A014"), "date", "n'existe que depuis 2017", "creation"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_may_not_happen(case: str, peopled: Project, vocabulary: Vocabulary) -> None:
    row, column, what, remedy = WRONG[case]
    peopled.append("changements", row)
    told = [each for each in problems(peopled, vocabulary) if (each.file, each.line, each.column) == ("changements.csv", 4, column)]
    assert [each for each in told if what in each.what and remedy in each.remedy], told


def test_names_are_not_told_of_when_the_kind_is_none(peopled: Project, vocabulary: Vocabulary) -> None:
    """One cell is wrong: what a change of an unknown kind may have beside it cannot be said."""
    peopled.append("changements", line("Changement de nom", "2010", "A011", "A011", ancien_nom="L'Ancien Moulin", nouveau_nom="Le Moulin"))
    assert [each.column for each in problems(peopled, vocabulary)] == ["type"]


def test_a_life_ends_once_and_nobody_follows_itself(peopled: Project, vocabulary: Vocabulary) -> None:
    """All at once: two ends, two rows that would have one address, a circle of three."""
    peopled.append("changements", line("transformation", "2019", "A013", "A015"))
    peopled.append("changements", line("scission", "2020", "A013", "A014 | A015"))
    peopled.append("changements", line("absorption", "2017-01-01", "A012", "A011"))
    peopled.append("changements", line("reprise", "2015-06", "A011", "A012"))
    peopled.append("changements", line("absorption", "2017-01-01", "", "A011", autres_avant="La Grange"))
    told = problems(peopled, vocabulary)
    assert [(each.line, each.what) for each in told if "prend déjà fin" in each.what] == [(5, "A013 prend déjà fin à la ligne 4.")]
    assert [each.line for each in told if "se succéder à elle-même" in each.what] == [6, 7]
    assert [each.line for each in told if "Organisations d'avant" in each.remedy] == [8]


def test_two_changes_do_not_share_an_address(peopled: Project, vocabulary: Vocabulary) -> None:
    peopled.append("changements", line("absorption", "2017-01-01", "A012", "A014"))
    peopled.append("changements", line("absorption", "2017-01-01", "A014", "A014", autres_avant="La Grange"))
    told = problems(peopled, vocabulary)
    assert [(each.line, each.column) for each in told] == [(5, "avant")]
    assert "déjà à la ligne 4 pour A014" in told[0].what
    assert "Réunir les deux lignes" in told[0].remedy


# The registry


def test_a_chain_of_duplicates_is_made_one_step(small: Project, vocabulary: Vocabulary) -> None:
    """A003 led to A002; A002 turns out to be A001. Whoever asks for A003 is sent once, so the registry must say where."""
    small.replace("registre", "A002,acteur,2026-01-05,actif,,,,,A17", "A002,acteur,2026-01-05,doublon,A001,2026-03-01,,,A17")
    told = [each for each in problems(small, vocabulary) if each.file == "registre.csv"]
    assert [(each.line, each.column, each.what, each.remedy) for each in told] == [
        (4, "remplace_par", "« A002 » est devenu un doublon à son tour.", "Écrire A001.")
    ]


def test_a_duplicate_of_what_is_withdrawn_is_withdrawn(small: Project, vocabulary: Vocabulary) -> None:
    small.replace("registre", "doublon,A002,", "doublon,A004,")
    told = problems(small, vocabulary)
    assert [(each.column, each.what, each.remedy) for each in told] == [
        ("remplace_par", "« A004 » a été retiré.", "Passer A003 à l'état retire, lui aussi.")
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("doublon,A002,", "doublon,,", ("remplace_par", "la cellule est vide.", "Écrire l'identifiant conservé.")),
        (
            "retire,,2",
            "parti,,2",
            ("etat", "« parti » n'est pas admis.", "Vouliez-vous dire « actif » ? Valeurs admises : actif, doublon, retire."),
        ),
    ],
)
def test_the_registry_says_what_to_write(
    before: str, after: str, told: tuple[str, str, str], small: Project, vocabulary: Vocabulary
) -> None:
    small.replace("registre", before, after)
    found = [(each.column, each.what, each.remedy) for each in problems(small, vocabulary) if each.file == "registre.csv"]
    assert told in found


def test_an_actor_may_turn_out_to_be_a_public_body_but_not_a_territory(small: Project, vocabulary: Vocabulary) -> None:
    small.replace("registre", "doublon,A002,", "doublon,P001,")
    assert len(read_tables(small.settings.data, vocabulary.notations)["registre"]) == 20
    small.replace("registre", "doublon,P001,", "doublon,T001,")
    assert [each.column for each in problems(small, vocabulary)] == ["remplace_par"]


def test_what_pointed_at_a_duplicate_is_moved(small: Project, vocabulary: Vocabulary) -> None:
    """A SIREN that stays with a duplicate would lead nowhere."""
    small.append("identifiants", "A003,siren,732829320,certaine,R002")
    told = problems(small, vocabulary)
    assert [(each.file, each.column, each.what, each.remedy) for each in told] == [
        ("identifiants.csv", "entite", "A003 est un doublon.", "Écrire A002.")
    ]


def test_who_mints_at_the_same_time_gets_other_ids(small: Project) -> None:
    before = registered_ids(small.settings.data)
    with ThreadPoolExecutor(8) as pool:
        minted = [id_ for ids in pool.map(lambda _: mint(small.settings.data, "acteur", 3), range(16)) for id_ in ids]
    assert len(minted) == len(set(minted)) == 48
    assert sorted(registered_ids(small.settings.data)) == sorted([*before, *minted])


def test_a_registry_without_the_optional_columns_is_minted_in(small: Project) -> None:
    """A table of before sources and former ids were kept."""
    small.table("registre").write_text("id,type,emis_le,etat,remplace_par,date,motif\nA001,acteur,2026-01-05,actif,,,\n", "utf-8")
    assert mint(small.settings.data, "acteur") == ["A002"]
