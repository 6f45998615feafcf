"""Scores and matches, rule by rule, on things made up for it."""

from __future__ import annotations

import pytest

from ess_lod.reconcile import Index, Query, Wanted
from ess_lod.reconcile.asked import MOST_VALUES
from ess_lod.reconcile.entities import Name
from ess_lod.reconcile.likeness import Ground, Words, likeness
from tests.reconcile.made_up import BASE, OTHER_TOWN, TOWN, ask, commune, found, matched, thing

BODY = "PublicBody"


def test_a_name_alone_scores_90_and_is_a_match() -> None:
    [best] = ask(Index([thing("A1", "Le Panier relié")]), "le panier RELIE")
    assert (best.score, best.match, best.features) == (90.0, True, (("name", 100.0),))
    assert best.reasons == (("même nom", "same name"),)


@pytest.mark.parametrize(
    ("scheme", "code", "written"),
    [("siren", "411654296", "411 654 296"), ("siret", "41165429600036", "411 654 296 00036"), ("rna", "W991234567", "w991234567")],
)
def test_an_exact_code_scores_100(scheme: str, code: str, written: str) -> None:
    index = Index([thing("A1", "Le Panier relié", code=f"{scheme}:{code}"), thing("A2", "Le Panier percé")])
    for answer in (ask(index, written), ask(index, "", **{scheme: written}), ask(index, "Panier relié", **{scheme: written})):
        assert (matched(answer), answer[0].score) == ("A1", 100.0)
        assert ("code", 100.0) in answer[0].features


def test_a_siret_finds_its_siren_and_conversely() -> None:
    assert matched(ask(Index([thing("A1", "Le Panier", code="siren:411654296")]), "", siret="41165429600036")) == "A1"
    assert matched(ask(Index([thing("A1", "Le Panier", code="siret:41165429600036")]), "", siren="411654296")) == "A1"


def test_a_probable_code_wants_the_name_too() -> None:
    index = Index([thing("A1", "Le Panier relié", code="siren:411654296", certain=False)])
    alone, named, other = (ask(index, text, siren="411654296") for text in ("", "Le Panier relié", "Garage du centre"))
    assert [(answer[0].score, answer[0].match) for answer in (alone, named, other)] == [(90.0, False), (95.0, True), (75.0, False)]


def test_another_code_forbids_a_match() -> None:
    [best] = ask(Index([thing("A1", "Le Panier relié", code="siren:411654296")]), "Le Panier relié", siren="378323620")
    assert (best.score, best.match) == (50.0, False)
    assert any("411654296" in fr for fr, _ in best.reasons)


def test_a_code_with_a_name_that_is_quite_another_is_not_safe() -> None:
    [best] = ask(Index([thing("A1", "Le Panier relié", code="siren:411654296")]), "Garage du centre", siren="411654296")
    assert (best.score, best.match) == (85.0, False)


def test_a_code_of_one_and_the_name_of_another() -> None:
    index = Index([thing("A1", "Panier des Deux Rives", code="siren:411654296"), thing("A2", "Panier des Trois Vallées")])
    assert matched(ask(index, "Panier des Trois Vallées", siren="411654296")) == ""


def test_five_digits_may_be_a_postal_code() -> None:
    index = Index([commune("T1", "Vauclair", "99001")])
    [best] = ask(index, "99001")
    assert (best.score, best.match) == (100.0, False)
    assert "code postal" in best.reasons[-1][0]
    assert matched(ask(index, "", insee="99001")) == "T1"


@pytest.mark.parametrize(
    ("value", "score", "match"),
    [
        ("Vauclair", 95.0, True),
        ("VAUCLAIR CEDEX", 95.0, True),
        ("99001", 95.0, True),
        (f"{BASE}T1", 95.0, True),
        ("Vauclair-Moulins", 90.0, True),
        ("Mareuil-le-Bois", 75.0, False),
    ],
)
def test_the_commune(value: str, score: float, match: bool) -> None:
    [best] = ask(Index([thing("A1", "Le Panier relié", places=(TOWN,))]), "Le Panier relié", commune=value)
    assert (best.score, best.match) == (score, match)


def test_the_town_after_the_name() -> None:
    index = Index([thing("A1", "Hortibat", places=(TOWN,))])
    assert matched(ask(index, "Hortibat Vauclair")) == "A1"
    assert matched(ask(index, "Hortibat (Vauclair)")) == "A1"
    assert matched(ask(index, "Hortibat - Mareuil")) == ""
    assert matched(ask(index, "Hortibat Mareuil")) == ""


def test_homonyms_are_told_apart_by_what_else_is_known() -> None:
    index = Index([thing("A1", "Le Panier relié", places=(TOWN,)), thing("A2", "Le Panier relié", places=(OTHER_TOWN,))])
    assert matched(ask(index, "Le Panier relié")) == ""
    assert matched(ask(index, "Le Panier relié", commune="Vauclair")) == "A1"
    assert matched(ask(index, "Le Panier relié", commune="Mareuil-le-Bois")) == "A2"


def test_website_field_and_acronym_add_and_never_forbid() -> None:
    index = Index(
        [
            thing(
                "A1",
                "Le Panier relié",
                Name("PR", "acronym"),
                websites=("panier.example",),
                fields=(f"{BASE}F1", "https://example.org/vocab/champ/tri"),
            ),
            thing("F1", "énergie", type_="Field"),
        ]
    )
    assert ask(index, "Le Panier relié", "Actor", website="https://www.panier.example/page")[0].score == 95.0
    assert ask(index, "Le Panier relié", "Actor", website="autre.example")[0].match
    assert [ask(index, "Le Panier relié", "Actor", field=field)[0].score for field in ("ENERGIE", f"{BASE}F1", "tri", "vélo")] == [
        92,
        92,
        92,
        90,
    ]
    assert ask(index, "Le Panier relié", "Actor", acronym="P.R.")[0].score == 93.0


def test_a_short_name_wants_support() -> None:
    index = Index([thing("A1", "Tilt", places=(TOWN,)), thing("A2", "Dynamique emploi", Name("DIE", "acronym"), places=(TOWN,))])
    assert matched(ask(index, "Tilt")) == matched(ask(index, "DIE")) == ""
    assert matched(ask(index, "Tilt", commune="Vauclair")) == "A1"
    assert matched(ask(index, "DIE", commune="Vauclair")) == "A2"


def test_initials_that_nobody_uses_are_a_hint() -> None:
    [best] = ask(Index([thing("A1", "Comité pour une solidarité internationale")]), "CPUSI")
    assert best.score == 72.0
    assert not best.match


def test_a_part_of_a_name_is_a_hint() -> None:
    index = Index([thing("A1", "Les Boîtes à Vélo (groupe de Lille)"), thing("A2", "CA de Béthune, Artois")])
    for text, id_ in (("Les Boîtes à Vélo", "A1"), ("CA de Béthune", "A2"), ("groupe de Lille", "A1")):
        answer = ask(index, text)
        assert (found(answer)[0], answer[0].score, answer[0].match) == (id_, 72.0, False)
    assert matched(ask(index, "Les Boîtes à Vélo groupe de Lille")) == "A1"


def test_former_names_of_organisations_are_names_those_of_territories_are_of_their_time() -> None:
    actor = thing("A1", "Citiz", Name("Lilas Autopartage", "former"))
    place = thing("T1", Name("Templeuve-en-Pévèle", since="2015-01-01"), Name("Templeuve", "state", until="2015-01-01"), type_="Commune")
    index = Index([actor, place])
    assert matched(ask(index, "Lilas Autopartage")) == "A1"
    assert matched(ask(index, "Templeuve", "Commune")) == ""
    assert found(ask(index, "Templeuve", "Commune")) == ["T1"]
    assert matched(ask(index, "Templeuve", "Commune", date="2010")) == "T1"
    assert matched(ask(index, "Templeuve-en-Pévèle", "Commune", date="2010")) == ""


def test_a_date_chooses_the_life_and_without_one_what_lives_comes_first() -> None:
    before = commune("T1", "Beaumont", "60054", until="2018-01-01", over=True)
    since = commune("T2", "Beaumont", "60054", since="2023-01-01")
    index = Index([before, since])
    assert [matched(ask(index, "Beaumont", "Commune", date=date)) for date in ("2016", "2024", "2020")] == ["T1", "T2", ""]
    assert matched(ask(index, "Beaumont", "Commune")) == "T2"
    assert matched(ask(index, "", "Commune", insee="60054")) == "T2"
    assert matched(ask(index, "", "Commune", insee="60054", date="2016-05-01")) == "T1"


def test_what_no_longer_exists_is_no_match_without_a_date() -> None:
    [best] = ask(Index([commune("T1", "Beaumont", "60054", until="2018-01-01", over=True)]), "Beaumont", "Commune")
    assert (best.score, best.match) == (86.0, False)
    assert "2018-01-01" in best.reasons[-1][0]


def test_an_organisation_that_has_ended_is_found_by_its_code() -> None:
    assert matched(ask(Index([thing("A1", "Le Panier", code="siren:411654296", over=True)]), "", siren="411654296")) == "A1"


def test_articles_saints_and_accents_make_other_communes() -> None:
    index = Index([commune("T1", "La Couture", "62252"), commune("T2", "Saint-Quentin", "02691"), commune("T3", "Villé", "67490")])
    assert [matched(ask(index, text, "Commune")) for text in ("Couture", "Sainte-Quentin", "Villè")] == ["", "", ""]
    assert [matched(ask(index, text, "Commune")) for text in ("COUTURE (LA)", "St Quentin", "VILLE")] == ["T1", "T2", "T3"]


def test_a_typing_error_in_a_commune_wants_its_departement() -> None:
    index = Index([commune("T1", "Hazebrouck", "59295")])
    assert matched(ask(index, "Hazebrouk", "Commune")) == ""
    assert matched(ask(index, "Hazebrouk", "Commune", departement="Nord")) == "", "the name of a département that the index does not know"
    assert matched(ask(index, "Hazebrouk", "Commune", departement="59190")) == "T1"


def test_a_postal_code_in_the_name() -> None:
    index = Index([commune("T1", "Bailleul", "59043"), commune("T2", "Bailleul", "80051")])
    assert matched(ask(index, "Bailleul", "Commune")) == ""
    assert matched(ask(index, "59270 BAILLEUL", "Commune")) == "T1"
    assert matched(ask(index, "Bailleul (80)", "Commune")) == "T2"
    assert matched(ask(index, "Bailleul (Belgique)", "Commune")) == ""


def test_a_commune_the_grouping_named_after_it_and_its_institution_want_a_type() -> None:
    index = Index(
        [
            commune("T1", "Vauclair", "99001"),
            thing("T2", "CU de Vauclair", type_="EPCI", kinds=("communaute-urbaine",)),
            thing("P1", "Communauté urbaine de Vauclair", type_=BODY, kinds=("communaute-urbaine",)),
        ]
    )
    assert matched(ask(index, "Vauclair")) == matched(ask(index, "CU de Vauclair")) == ""
    assert [matched(ask(index, "Vauclair", type_)) for type_ in ("Commune", "EPCI", BODY)] == ["T1", "T2", "P1"]
    assert matched(ask(index, "Communauté urbaine de Vauclair", "EPCI")) == "T2"
    assert matched(ask(index, "CC de Vauclair", "EPCI")) == "", "it is no CC"


def test_a_part_of_a_commune_is_no_rival_of_it() -> None:
    whole = commune("T1", "Formerie", "60245")
    part = thing("T2", "Formerie", type_="CommunePart", code="insee:60245", part_of=whole.id)
    other = thing("T3", "Formerie", type_="CommunePart", code="insee:80001")
    assert matched(ask(Index([whole, part]), "Formerie", "Territory")) == "T1"
    assert matched(ask(Index([whole, other]), "Formerie", "Territory")) == ""


def test_a_legal_form_is_not_a_territory() -> None:
    index = Index([commune("T1", "Moulins", "99003")])
    assert matched(ask(index, "Association Moulins")) == ""


def test_the_type_filters_and_one_that_is_not_known_is_an_error() -> None:
    index = Index(
        [thing("A1", "Le Panier relié"), thing("C1", "Le Panier relié", type_="Collective"), thing("P1", "Le Panier relié", type_=BODY)]
    )
    assert found(ask(index, "Le Panier relié", "Actor")) == ["A1", "C1"]
    assert found(ask(index, "Le Panier relié", BODY)) == ["P1"]
    with pytest.raises(KeyError):
        ask(index, "Le Panier relié", "Person")
    with pytest.raises(KeyError):
        index.match(Query("x", properties=(Wanted("age", ("3",)),)))


def test_what_cannot_be_read_is_told_and_does_no_harm() -> None:
    [best] = ask(Index([thing("A1", "Le Panier relié", code="siren:411654296")]), "Le Panier relié", siren="4,11654E+08", date="hier")
    assert best.match
    assert [fr for fr, _ in best.reasons[1:]] == [
        "numéro SIREN « 4,11654E+08 » : le tableur n'a gardé que 6 chiffres sur 9 : les reprendre à la source, dans une colonne au format texte",
        "date à laquelle c'était ainsi « hier » : pas lue : écrire 2019-06-01, 2019-06 ou 2019",
    ]


def test_properties_without_a_name() -> None:
    index = Index(
        [thing("A1", "Le Panier relié", Name("LPR", "acronym"), Name("Le Cabas", "former"), places=(TOWN,)), thing("A2", "Le Garage")]
    )
    assert found(ask(index, "", acronym="LPR")) == ["A1"]
    assert found(ask(index, "", formerName="le cabas")) == ["A1"]
    assert found(ask(index, "", commune="Vauclair")) == ["A1"]
    assert ask(index, "") == []


def test_languages() -> None:
    index = Index([thing("P1", Name("Métropole"), Name("Metropolis", language="en"), type_=BODY, description_fr="fr", description_en="en")])
    assert [(each.name, each.description) for each in index.match(Query("Metropolis", language="en"))] == [("Metropolis", "en")]
    assert [(each.name, each.description) for each in index.match(Query("Metropolis"))] == [("Métropole", "fr")]


@pytest.mark.parametrize(
    "text", ["a" * 200, "saint " * 33, "x y z " * 33, "(" * 100 + ")" * 100, "1" * 200, "association " * 16, "\x00\ud800", "l'" * 90]
)
def test_any_text_is_answered(text: str, index: Index) -> None:
    assert len(index.match(Query(text))) <= 10
    assert len(index.suggest(text)) <= 10


def test_letters_past_the_longest_are_not_read(index: Index) -> None:
    assert index.match(Query("Tipimi " + " " * 300 + "x" * 10_000))[0].id.endswith("A032")


def test_suggestions() -> None:
    index = Index(
        [
            thing("A1", "Le Panier relié", code="siren:411654296"),
            thing("A2", "Panier", over=True),
            thing("A3", "Réseau des paniers"),
            thing("T1", "Panissières", type_="Commune"),
        ]
    )
    assert found(index.suggest("pan")) == ["T1", "A2", "A1", "A3"]
    assert found(index.suggest("pan", types=("Actor",))) == ["A2", "A1", "A3"]
    assert found(index.suggest("pan", 2, 1)) == ["A2", "A1"]
    assert found(index.suggest("pan", 2, 9)) == []
    assert found(index.suggest("reseau pan")) == ["A3"]
    assert found(index.suggest("RÉLIÉ")) == ["A1"]
    assert found(index.suggest("411 65")) == ["A1"]
    assert found(index.suggest("panier")) == ["A2", "A1", "A3"]
    assert found(index.suggest("zz")) == found(index.suggest("")) == found(index.suggest("%")) == []


def test_the_index_knows_its_things() -> None:
    index = Index([thing("A1", "Le Panier relié")])
    assert len(index) == 1
    assert index.entity(f"{BASE}A1") == thing("A1", "Le Panier relié")
    assert index.entity(f"{BASE}A2") is None
    assert len(Index([])) == 0
    assert Index([]).match(Query("x")) == []


def test_many_names_cost_by_their_number_and_not_by_its_square(monkeypatch: pytest.MonkeyPatch) -> None:
    towns = (
        "Ablain",
        "Bapaume",
        "Carvin",
        "Douvrin",
        "Estevelles",
        "Fampoux",
        "Givenchy",
        "Harnes",
        "Izel",
        "Jouarre",
        "Kortrijk",
        "Lillers",
    )
    index = Index([thing(f"A{place}", town) for place, town in enumerate(towns)])
    compared = 0

    def counted(*words: Words) -> tuple[float, Ground]:
        nonlocal compared
        compared += 1
        return likeness(*words)

    monkeypatch.setattr("ess_lod.reconcile.index.likeness", counted)
    former = tuple(Wanted("formerName", (town,)) for town in towns)
    costs = []
    for number in (1, MOST_VALUES, len(towns)):
        compared = 0
        answer = index.match(Query("", "", 20, former[:number]))
        assert {each.name for each in answer} >= set(towns[: min(number, MOST_VALUES)])
        costs.append(compared)
    assert costs[0] > 0
    assert costs[1] <= MOST_VALUES * costs[0]
    assert costs[2] == costs[1], "values past the most that are read cost nothing, however they are given"
