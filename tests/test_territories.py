"""The dated territories of the release, by SPARQL: what was where, what became of it, and that nothing is lost on the way."""

from __future__ import annotations

from collections import Counter

import pytest

from ess_lod.store import Store

PREFIXES = """
PREFIX ess: <https://w3id.org/ess-lod/ns#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX igeo: <http://rdf.insee.fr/def/geo#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX evenement: <https://w3id.org/ess-lod/vocab/evenement/>
PREFIX kind: <https://w3id.org/ess-lod/vocab/type-territoire/>
"""


def rows(store: Store, query: str) -> list[tuple[str, ...]]:
    """The rows of a query as texts, unbound as an empty one."""
    answer = store.query(PREFIXES + query)
    names = answer.variables
    return [tuple(getattr(row.get(name), "value", "") for name in names) for row in answer.rows()]


def members(store: Store, siren: str, date: str) -> set[str]:
    """Commune codes of an EPCI on a day: start <= day, and no end or day < end."""
    found = rows(
        store,
        f"""SELECT DISTINCT ?code {{
          ?group igeo:codeINSEE "{siren}" . ?m ess:groupingTerritory ?group ; ess:memberTerritory/igeo:codeINSEE ?code .
          OPTIONAL {{ ?m dcterms:temporal/dcat:startDate ?start }} OPTIONAL {{ ?m dcterms:temporal/dcat:endDate ?end }}
          FILTER((!BOUND(?start) || ?start <= "{date}"^^xsd:date) && (!BOUND(?end) || "{date}"^^xsd:date < ?end)) }}""",
    )
    return {code for (code,) in found}


def test_every_territory_of_the_region_is_there(store: Store) -> None:
    kinds = rows(store, "SELECT ?kind (COUNT(?t) AS ?n) { ?t a ess:Territory ; ess:territoryKind ?kind } GROUP BY ?kind")
    counts = {kind.rpartition("/")[2]: int(number) for kind, number in kinds}
    assert counts["departement"] == 5
    assert counts["region"] == 1
    assert counts["commune"] == 3874
    assert counts["commune-deleguee"] + counts["commune-associee"] == 124
    assert sum(counts[kind] for kind in ("communaute-de-communes", "communaute-d-agglomeration", "communaute-urbaine", "metropole")) == 180


def test_living_communes_are_those_of_the_last_cog(store: Store) -> None:
    ((number,),) = rows(
        store,
        """SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c a igeo:Commune ; ess:territoryKind kind:commune .
           FILTER NOT EXISTS { ?c dcterms:temporal/dcat:endDate ?end } }""",
    )
    assert int(number) == 3782


def test_what_was_cabbalr_before(store: Store) -> None:
    before = rows(store, 'SELECT ?code { ?t igeo:codeINSEE "200072460" ; dcterms:replaces/igeo:codeINSEE ?code } ORDER BY ?code')
    assert before == [("200044055",), ("246200802",), ("246201156",)]
    assert len(members(store, "200072460", "2017-01-01")) == 100
    assert [len(members(store, siren, "2016-12-31")) for (siren,) in before] == [65, 21, 14]


def test_sud_ouest_du_calaisis_was_split_commune_by_commune(store: Store) -> None:
    last = members(store, "246200976", "2016-12-31")
    assert len(last) == 9
    assert len(last & members(store, "200072478", "2017-01-01")) == 5
    assert len(last & members(store, "246201149", "2017-01-01")) == 4
    kinds = rows(
        store,
        """SELECT ?kind ?to { ?e ess:changedFrom/igeo:codeINSEE "246200976" ; ess:changeKind ?kind ; ess:changedTo/igeo:codeINSEE ?to ; dcterms:date ?d .
           FILTER(?d = "2017-01-01"^^xsd:date) } ORDER BY ?kind ?to""",
    )
    assert ("https://w3id.org/ess-lod/vocab/evenement/scission", "200072478") in kinds
    assert ("https://w3id.org/ess-lod/vocab/evenement/scission", "246201149") in kinds


def test_cœur_d_ostrevent_keeps_its_siren(store: Store) -> None:
    states = rows(
        store,
        """SELECT ?kind ?start ?end { ?t igeo:codeINSEE "245901152" ; ess:hasState ?s . ?s ess:territoryKind ?k . BIND(STRAFTER(STR(?k), "type-territoire/") AS ?kind)
           OPTIONAL { ?s dcterms:temporal/dcat:startDate ?start } OPTIONAL { ?s dcterms:temporal/dcat:endDate ?end } } ORDER BY ?s""",
    )
    assert states == [("communaute-de-communes", "", "2025-01-01"), ("communaute-d-agglomeration", "2025-01-01", "")]
    in_and_out = [("59192" in members(store, "245901152", f"{year}-06-01")) for year in range(2018, 2027)]
    assert in_and_out == [True, False, False, False, False, True, False, False, False]


def test_an_event_names_what_was_and_what_is(store: Store) -> None:
    labels = rows(
        store,
        'SELECT ?label { ?e ess:changeKind evenement:changement-nature ; ess:changedTo/igeo:codeINSEE "245900410" ; rdfs:label ?label . FILTER(LANG(?label) = "fr") }',
    )
    assert labels == [("2015-01-01 : CU Lille Métropole → Métropole Européenne de Lille",)]


def test_douaisis_got_a_new_siren_for_the_same_communes(store: Store) -> None:
    event = rows(
        store,
        'SELECT ?from ?to { ?e ess:changeKind evenement:transformation ; ess:changedFrom/igeo:codeINSEE ?from ; ess:changedTo/igeo:codeINSEE ?to . FILTER(?to = "200044618") }',
    )
    assert event == [("245901228", "200044618")]
    assert members(store, "245901228", "2013-12-31") == members(store, "200044618", "2014-01-01")
    assert len(members(store, "200044618", "2014-01-01")) == 35


def test_the_petr_groups_three_epci(store: Store) -> None:
    groups = [
        code
        for (code,) in rows(
            store,
            "SELECT ?code { ?m ess:groupingTerritory <https://w3id.org/ess-lod/id/territoire/T006> ; ess:memberTerritory/igeo:codeINSEE ?code } ORDER BY ?code",
        )
    ]
    assert groups == ["200037059", "200070928", "200070985"]
    counts = {year: sum(len(members(store, siren, f"{year}-06-01")) for siren in groups) for year in (2017, 2018, 2019)}
    assert counts == {2017: 146, 2018: 146, 2019: 144}


def test_lille_changed_its_siren_on_a_day_of_march(store: Store) -> None:
    assert "59350" in members(store, "245900410", "2020-03-13")
    assert "59350" not in members(store, "245900410", "2020-03-14")
    assert len(members(store, "200093201", "2020-03-14")) == 95


def test_a_code_that_named_two_communes(store: Store) -> None:
    lives = rows(
        store,
        """SELECT ?name ?start ?end { ?t igeo:codeINSEE "60054" ; ess:territoryKind kind:commune ; rdfs:label ?name ; dcterms:temporal ?p .
           OPTIONAL { ?p dcat:startDate ?start } OPTIONAL { ?p dcat:endDate ?end } } ORDER BY ?start""",
    )
    assert lives == [
        ("Beaumont-les-Nonains", "", "2019-01-01"),
        ("Les Hauts-Talican", "2019-01-01", "2024-01-01"),
        ("Beaumont-les-Nonains", "2024-01-01", ""),
    ]


def test_which_communes_left_an_epci(store: Store) -> None:
    left = rows(
        store,
        """SELECT ?name ?end { ?t igeo:codeINSEE "200072478" . ?m ess:groupingTerritory ?t ; ess:memberTerritory/rdfs:label ?name ; dcterms:temporal/dcat:endDate ?end }
           ORDER BY ?end ?name""",
    )
    assert [end for _, end in left] == ["2018-01-01"] + ["2020-01-01"] * 4


def test_everything_ever_published_about_an_area(store: Store) -> None:
    """The supplements of territories whose communes, when they appeared, are today in CABBALR."""
    found = rows(
        store,
        """SELECT DISTINCT ?number {
          ?now igeo:codeINSEE "200072460" . ?today ess:groupingTerritory ?now ; ess:memberTerritory ?commune .
          FILTER NOT EXISTS { ?today dcterms:temporal/dcat:endDate ?left }
          ?then ess:memberTerritory ?commune ; ess:groupingTerritory ?epci .
          ?epci (^ess:memberTerritory/ess:groupingTerritory)? ?territory .
          ?supplement ess:portraysTerritory ?territory ; <https://schema.org/issueNumber> ?number ; dcterms:temporal/dcat:startDate ?day .
          OPTIONAL { ?then dcterms:temporal/dcat:startDate ?start } OPTIONAL { ?then dcterms:temporal/dcat:endDate ?end }
          FILTER((!BOUND(?start) || ?start <= ?day) && (!BOUND(?end) || ?day < ?end)) } ORDER BY ?number""",
    )
    assert found == [("48",), ("58",)]


@pytest.fixture(scope="module")
def forward(store: Store) -> list[tuple[str, ...]]:
    """Of each EPCI that ended since 2014, each member of its last day, and the living EPCI where the commune is today."""
    return rows(
        store,
        """SELECT ?ended ?member ?now {
          ?epci a igeo:Intercommunalite ; igeo:codeINSEE ?ended ; dcterms:temporal/dcat:endDate ?end . FILTER(?end > "2014-01-01"^^xsd:date)
          ?m ess:groupingTerritory ?epci ; ess:memberTerritory ?commune ; dcterms:temporal/dcat:endDate ?end . ?commune igeo:codeINSEE ?member .
          ?commune dcterms:isReplacedBy* ?living . FILTER NOT EXISTS { ?living dcterms:temporal/dcat:endDate ?over }
          ?today ess:memberTerritory ?living ; ess:groupingTerritory ?group . FILTER NOT EXISTS { ?today dcterms:temporal/dcat:endDate ?left }
          ?group a igeo:Intercommunalite ; igeo:codeINSEE ?now . FILTER NOT EXISTS { ?group dcterms:temporal/dcat:endDate ?gone } }""",
    )


def test_forward_from_every_dissolved_epci_no_commune_is_lost_or_counted_twice(store: Store, forward: list[tuple[str, ...]]) -> None:
    last = rows(
        store,
        """SELECT DISTINCT ?ended ?member { ?epci a igeo:Intercommunalite ; igeo:codeINSEE ?ended ; dcterms:temporal/dcat:endDate ?end .
           FILTER(?end > "2014-01-01"^^xsd:date)
           ?m ess:groupingTerritory ?epci ; ess:memberTerritory/igeo:codeINSEE ?member ; dcterms:temporal/dcat:endDate ?end }""",
    )
    reached = Counter((ended, member) for ended, member, _ in set(forward))
    assert len({ended for ended, _ in last}) >= 78
    assert len(last) > 1700
    assert set(reached) == set(last)
    assert {pair for pair, times in reached.items() if times != 1} == set()


def test_a_commune_is_in_one_epci_at_a_time(store: Store) -> None:
    spans: dict[str, list[tuple[str, str, str]]] = {}
    for code, siren, start, end in rows(
        store,
        """SELECT ?commune ?siren ?start ?end { ?m ess:memberTerritory ?commune ; ess:groupingTerritory ?g . ?commune a igeo:Commune . ?g a igeo:Intercommunalite ; igeo:codeINSEE ?siren .
           OPTIONAL { ?m dcterms:temporal/dcat:startDate ?start } OPTIONAL { ?m dcterms:temporal/dcat:endDate ?end } }""",
    ):
        spans.setdefault(code, []).append((start, end or "9999", siren))
    assert len(spans) > 3780
    wrong = [code for code, found in spans.items() for one, two in zip(sorted(found), sorted(found)[1:], strict=False) if two[0] < one[1]]
    assert wrong == []
