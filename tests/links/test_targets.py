"""Where a link may lead: the form of each kind, what is meant by an address from a browser, whom it may not lead to."""

from __future__ import annotations

import pytest

from ess_lod.links.people import is_profile
from ess_lod.links.targets import TARGETS, BadTarget, check_target, meant_by, target_of

GOOD = {
    "http://www.wikidata.org/entity/Q471969": ("wikidata", "wikidata"),
    "https://fr.wikipedia.org/wiki/Club_du_Vieux_Manoir": ("wikipedia", "wikipedia-fr"),
    "https://zh-min-nan.wikipedia.org/wiki/Lille": ("wikipedia", "wikipedia-zh-min-nan"),
    "https://annuaire-entreprises.data.gouv.fr/entreprise/411654296": ("annuaire-entreprises", "annuaire-entreprises"),
    "https://www.openstreetmap.org/relation/58404": ("openstreetmap", "openstreetmap"),
    "http://purl.org/essglobal/standard/themes/T2": ("essglobal", "essglobal-themes"),
    "http://purl.org/essglobal/standard/activities/a01": ("essglobal", "essglobal-activities"),
    "https://lod.coop/ica/1234": ("lod-coop", "lod-coop-ica"),
    "https://w3id.solidarityeconomy.coop/dotcoop/argyllsmallwoods": ("lod-coop", "lod-coop-dotcoop"),
    "http://id.insee.fr/geo/commune/59350": ("insee", "insee"),
}
BAD = {
    "http://www.wikidata.org/entity/P31": ("", "forme"),
    "https://www.wikidata.org/wiki/Q471969": ("", "http://www.wikidata.org/entity/Q471969"),
    "https://www.wikidata.org/entity/Q471969": ("wikidata", "http://www.wikidata.org/entity/Q471969"),
    "https://fr.m.wikipedia.org/wiki/Lille?oldid=3": ("", "https://fr.wikipedia.org/wiki/Lille"),
    "https://openstreetmap.org/way/12#map=3": ("", "https://www.openstreetmap.org/way/12"),
    "https://annuaire-entreprises.data.gouv.fr/entreprise/la-ferme-411654296": ("", "entreprise/411654296"),
    "https://purl.org/essglobal/standard/themes/T2": ("", "http://purl.org/essglobal/standard/themes/T2"),
    "http://purl.org/essglobal/standard/themes-of-ours/T2": ("", "forme"),
    "https://lod.coop/essglobal/V2a/standard/themes": ("", "forme"),
    "http://id.insee.fr/geo/commune/59350/trop": ("", "forme"),
    "https://voisin.example/id/7": ("", "ne dit pas"),
    "https://voisin.example/id/8": ("wikidata", "genre wikidata"),
    "http://www.wikidata.org/entity/Q7": ("openstreetmap", "contredit"),
    "https://www.wikidata.org.voisin.example/entity/Q7": ("wikidata", "genre wikidata"),
    "https://voisin.example/id/9": ("wikidatta", "n'est pas un genre"),
}
PEOPLE = [
    "https://orcid.org/0000-0003-3060-0181",
    "https://www.linkedin.com/in/une-personne",
    "https://fr.linkedin.com/in/une-personne/",
    "https://isni.org/isni/0000000121032683",
    "http://viaf.org/viaf/102333412",
    "https://twitter.com/quelqu_un",
    "https://m.facebook.com/quelqu.un",
    "https://mastodon.example/@quelqu_un",
    "https://voisin.example/profile/card#me",
    "https://voisin.example/people/jeanne",
]


@pytest.mark.parametrize("iri", GOOD)
def test_a_good_target_tells_its_kind(iri: str) -> None:
    name, family = GOOD[iri]
    assert check_target(iri, "").name == check_target(iri, name).name == name
    assert check_target(iri, "").family(iri) == family


@pytest.mark.parametrize("iri", BAD)
def test_a_bad_target_says_what_is_meant(iri: str) -> None:
    name, said = BAD[iri]
    with pytest.raises(BadTarget) as caught:
        check_target(iri, name)
    assert said in f"{caught.value.what} {caught.value.remedy}"


def test_another_network_is_named_by_its_host() -> None:
    for name in ("reseau", "reference"):
        assert check_target("https://voisin.example/id/7", name).family("https://voisin.example/id/7") == f"{name}-voisin-example"


@pytest.mark.parametrize("iri", PEOPLE)
@pytest.mark.parametrize("name", ["", "reseau", "reference"])
def test_nobody_is_linked_to(iri: str, name: str) -> None:
    with pytest.raises(BadTarget, match="personne"):
        check_target(iri, name)


def test_organisations_are_not_taken_for_people() -> None:
    for iri in (
        *GOOD,
        "https://www.linkedin.com/company/une-cooperative",
        "https://x.com.voisin.example/id/7",
        "https://voisin.example/id/7#siege",
    ):
        assert not is_profile(iri), iri


def test_every_example_has_its_form() -> None:
    examples = {target.name: target.example for target in TARGETS.values() if "…" not in target.example}
    assert len(TARGETS) == 9
    assert len(examples) == 8
    for name, iri in examples.items():
        assert TARGETS[name].form.fullmatch(iri), name
        own = target_of(iri)
        assert own is None if name in ("reseau", "reference") else own is TARGETS[name]


def test_what_is_meant_is_told_only_where_it_is_known() -> None:
    assert meant_by("https://www.wikidata.org/wiki/Property:P31") == ""
    assert meant_by("https://voisin.example/") == ""
