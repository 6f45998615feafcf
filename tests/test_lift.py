"""Rows to triples: what each table says, as docs/model.md has it."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from ess_lod.iris import Iris, kind_of
from ess_lod.publish import Draft, draw_up
from ess_lod.publish.dataset import read_dataset
from ess_lod.publish.lift import lift_row, make_context
from ess_lod.publish.schema import TABLES
from ess_lod.publish.tables import read_tables
from ess_lod.publish.vocabulary import Vocabulary
from ess_lod.terms import PREFIXES, A, date, iri_of
from tests.conftest import Project

BASE = "https://reseau.example/lod/"
VOCAB = "https://w3id.org/ess-lod/vocab/"


def lines(quads: list[Quad], *, graph: bool = True) -> set[str]:
    """Quads as short lines, for reading."""

    def short(term: object) -> str:
        if isinstance(term, Literal):
            suffix = f"@{term.language}" if term.language else ""
            datatype = term.datatype.value.rpartition("#")[2]
            return f'"{term.value}"{suffix}' + ("" if term.language or datatype == "string" else f"^{datatype}")
        iri = iri_of(term)
        if iri.startswith(BASE):
            return iri[len(BASE) :]
        if iri.startswith(VOCAB):
            return "v:" + iri[len(VOCAB) :]
        for prefix, namespace in PREFIXES.items():
            if iri.startswith(namespace):
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{iri}>"

    found = set()
    for quad in quads:
        text = " ".join(map(short, (quad.subject, quad.predicate, quad.object))).replace("rdf:type", "a")
        found.add(f"{text} @ {short(quad.graph_name)}" if graph else text)
    return found


@pytest.fixture
def lifted(small: Project, vocabulary: Vocabulary) -> dict[str, list[set[str]]]:
    """Each row of the small project, lifted."""
    rows = read_tables(small.settings.data, vocabulary.notations)
    context = make_context(rows, read_dataset(small.settings.data))
    return {name: [lines(lift_row(name, row, context)) for row in table] for name, table in rows.items()}


def test_every_table_is_lifted(lifted: dict[str, list[set[str]]]) -> None:
    assert set(lifted) == set(TABLES)
    silent = {name for name, rows in lifted.items() if not all(rows)}
    assert silent == {"registre", "liens_entrants"}, "active ids, and announced links that nobody has accepted, say nothing"


EXPECTED = {
    ("supplements", 0): {
        'id/supplement/S001 rdfs:label "Supplément territoire n° [3] (territoire non identifié)"@fr @ graph/R001',
        'id/supplement/S001 schema:issueNumber "3" @ graph/R001',
        "id/supplement/S001 ess:issueNumberMode v:mode/inference @ graph/R001",
        "id/supplement/S001 ess:territoryConfidence v:confiance/inconnue @ graph/R001",
        "id/supplement/S001#parution ess:assertionMode v:mode/estimation @ graph/R001",
        'id/supplement/S001#parution dcat:endDate "2021-01-01"^date @ graph/R001',
    },
    ("supplements", 1): {
        'id/supplement/S002 rdfs:label "Supplément territoire n° 2 : Entre deux rives"@fr @ graph/R001',
        'id/supplement/S002 dcterms:title "Entre deux rives"@fr @ graph/R001',
        "id/supplement/S002 ess:portraysTerritory id/territoire/T010 @ graph/R001",
        "id/supplement/S002 ess:supplementOf id/lettre/L001 @ graph/R001",
        "id/supplement/S002 ess:theme v:champ/mobilite @ graph/R001",
        "id/supplement/S002 dcterms:source id/document/R003 @ graph/R001",
        "id/supplement/S002 dcterms:publisher id/acteur/A001 @ graph/R001",
    },
    ("mises_en_avant", 0): {
        "id/supplement/S002 ess:features id/acteur/A001 @ graph/R003",
        "id/supplement/S002 ess:hasPortrayal id/supplement/S002#portrait-A001 @ graph/R003",
        "id/supplement/S002#portrait-A001 ess:portrayedEntity id/acteur/A001 @ graph/R003",
        'id/supplement/S002#portrait-A001 ess:page "3"^integer @ graph/R003',
    },
    ("mentions", 0): {"id/lettre/L001 ess:mentions id/acteur/A002 @ graph/R001"},
    ("territoires", 2): {
        "id/territoire/T010 a igeo:Intercommunalite @ graph/R002",
        'id/territoire/T010 igeo:codeINSEE "249900010" @ graph/R002',
        'id/territoire/T010#vie dcat:endDate "2017-01-01"^date @ graph/R002',
        "id/territoire/T010 ess:seatCommune id/territoire/T001 @ graph/R002",
    },
    ("territoires", 0): {"id/territoire/T001 rdfs:seeAlso <http://id.insee.fr/geo/commune/99001> @ graph/R002"},
    ("territoires", 4): {"id/territoire/T020 dcterms:isPartOf id/territoire/T001 @ graph/R001"},
    ("appartenances", 0): {
        "id/territoire/T010#membre-T001-2000-01-01 ess:memberTerritory id/territoire/T001 @ graph/R002",
        "id/territoire/T010#membre-T001-2000-01-01 dcterms:temporal id/territoire/T010#membre-T001-2000-01-01-periode @ graph/R002",
    },
    ("evenements", 0): {
        "id/territoire/T011#evenement-fusion-2017-01-01 ess:changedFrom id/territoire/T010 @ graph/R002",
        "id/territoire/T010 dcterms:isReplacedBy id/territoire/T011 @ graph/R002",
        "id/territoire/T011 dcterms:replaces id/territoire/T010 @ graph/R002",
    },
    ("acteurs", 0): {
        "id/acteur/A001 a ess:Collective @ graph/R001",
        'id/acteur/A001 skos:prefLabel "Réseau fictif"@fr @ graph/R001',
        'id/acteur/A001 schema:foundingDate "2001"^gYear @ graph/R001',
        "id/acteur/A001#siege ess:locatedIn id/territoire/T001 @ graph/R001",
    },
    ("acteurs", 1): {
        "id/acteur/A002 a ess:Actor @ graph/R002",
        'id/acteur/A002 ess:formerName "Le Panier"@fr @ graph/R002',
        "id/acteur/A002 ess:operatedBy id/acteur/A001 @ graph/R002",
        "id/acteur/A002 ess:confidence v:confiance/probable @ graph/R002",
    },
    ("personnes_publiques", 0): {
        "id/personne-publique/P001 ess:administers id/territoire/T010 @ graph/R002",
    },
    ("changements", 0): {
        "id/personne-publique/P002#changement-fusion-2017-01-01 a ess:OrganizationChange @ graph/R002",
        "id/personne-publique/P002#changement-fusion-2017-01-01 dcterms:type v:changement/fusion @ graph/R002",
        "id/personne-publique/P002#changement-fusion-2017-01-01 org:originalOrganization id/personne-publique/P001 @ graph/R002",
        'id/personne-publique/P002#changement-fusion-2017-01-01 ess:undescribedOriginal "CC d\'En-Bas (institution)"@fr @ graph/R002',
        "id/personne-publique/P001 org:changedBy id/personne-publique/P002#changement-fusion-2017-01-01 @ graph/R002",
        "id/personne-publique/P002 org:resultedFrom id/personne-publique/P002#changement-fusion-2017-01-01 @ graph/R002",
        "id/personne-publique/P001 dcterms:isReplacedBy id/personne-publique/P002 @ graph/R002",
        "id/personne-publique/P002 dcterms:replaces id/personne-publique/P001 @ graph/R002",
    },
    ("changements", 1): {
        'id/acteur/A002#changement-renommage-2015 dcterms:date "2015"^gYear @ graph/R001',
        'id/acteur/A002#changement-renommage-2015 ess:nameBefore "Le Panier"@fr @ graph/R001',
        "id/acteur/A002#changement-renommage-2015 org:originalOrganization id/acteur/A002 @ graph/R001",
        "id/acteur/A002#changement-renommage-2015 dcterms:source id/document/R002 @ graph/R001",
        'id/acteur/A002#changement-renommage-2015 rdfs:label "2015 : Le Panier → Panier relié"@fr @ graph/R001',
    },
    ("sites", 0): {"id/acteur/A002 org:hasSite id/acteur/A002#site-1 @ graph/R002"},
    ("identifiants", 0): {
        'id/acteur/A001 ess:siren "999999998" @ graph/R002',
        'id/acteur/A001#siren-999999998 skos:notation "999999998" @ graph/R002',
    },
    ("liens", 0): {
        "id/acteur/A001 rdfs:seeAlso <https://encyclopedie.example/Reseau> @ graph/R002",
        'id/acteur/A001#lien-reference-encyclopedie-example dcterms:description "Même nom, même commune."@fr @ graph/R002',
    },
    ("liens", 1): {"v:champ/textile-mode skos:closeMatch <http://purl.org/essglobal/standard/activities-modified/AM140> @ graph/R002"},
    ("liens_entrants", 0): {"<https://voisin.example/id/acteur/A007> schema:sameAs id/acteur/A001 @ graph/liens/voisin"},
    ("agrements", 0): {
        "id/acteur/A002#agrement-esus ess:recognitionType v:agrement/esus @ graph/R002",
        'id/acteur/A002#agrement-esus dcterms:date "2016-01"^gYearMonth @ graph/R002',
    },
    ("adhesions", 0): {
        "id/acteur/A001#adhesion-A002 org:member id/acteur/A002 @ graph/R001",
        "id/acteur/A002 org:memberOf id/acteur/A001 @ graph/R001",
    },
    ("dispositifs", 0): {"id/dispositif/D001 ess:schemeKind v:dispositif/pat @ graph/R001"},
    ("cooperations", 0): {"id/cooperation/C001 ess:withinScheme id/dispositif/D001 @ graph/R001"},
    ("implications", 1): {
        "id/cooperation/C001#implication-A002-partenaire ess:involvementRole v:role/partenaire @ graph/R001",
    },
    ("chiffres", 0): {
        'id/territoire/T010#chiffre-superficie-2016 ess:value "125.5"^decimal @ graph/R003',
        "id/territoire/T010#chiffre-superficie-2016 ess:printedIn id/supplement/S002 @ graph/R003",
    },
    ("documents", 2): {
        "id/document/R003 dcterms:isFormatOf id/supplement/S002 @ graph/catalogue",
    },
    ("lettres", 1): {'id/lettre/L002 rdfs:label "Lettre du réseau (numéro inconnu)"@fr @ graph/R001'},
}


@pytest.mark.parametrize(("table", "index"), EXPECTED)
def test_what_a_row_says(table: str, index: int, lifted: dict[str, list[set[str]]]) -> None:
    said = lifted[table][index]
    assert EXPECTED[table, index] - said == set(), "\n".join(sorted(said))


def test_every_table_has_an_expectation() -> None:
    assert {table for table, _ in EXPECTED} == set(TABLES) - {"registre"}


def test_a_rename_replaces_nothing(lifted: dict[str, list[set[str]]]) -> None:
    assert len(lifted["changements"][1]) == 13
    assert not [line for line in lifted["changements"][1] if "eplace" in line]


def test_ended_ids_say_only_that(lifted: dict[str, list[set[str]]]) -> None:
    said = set().union(*lifted["registre"])
    event = "id/acteur/A002#changement-doublon-A003"
    assert said == {
        'id/acteur/A002 ess:formerIdentifier "A17" @ graph/registre',
        'id/acteur/A002 ess:formerIdentifier "https://ancien.example/acteurs.php?id=17" @ graph/registre',
        'id/acteur/A002 ess:formerIdentifier "A18" @ graph/registre',
        "id/acteur/A002 dcterms:replaces id/acteur/A003 @ graph/registre",
        f"id/acteur/A002 org:resultedFrom {event} @ graph/registre",
        f"id/acteur/A003 org:changedBy {event} @ graph/registre",
        f"{event} a ess:OrganizationChange @ graph/registre",
        f"{event} dcterms:type v:changement/doublon @ graph/registre",
        f'{event} dcterms:date "2026-02-01"^date @ graph/registre',
        f"{event} org:originalOrganization id/acteur/A003 @ graph/registre",
        f"{event} org:resultingOrganization id/acteur/A002 @ graph/registre",
        f"{event} dcterms:source id/document/R002 @ graph/registre",
        f'{event} rdfs:label "2026-02-01 : A003, doublon de Le Panier relié"@fr @ graph/registre',
        f'{event} rdfs:label "2026-02-01: A003, duplicate of Le Panier relié"@en @ graph/registre',
        "id/acteur/A003 owl:sameAs id/acteur/A002 @ graph/registre",
        "id/acteur/A003 dcterms:isReplacedBy id/acteur/A002 @ graph/registre",
        "id/acteur/A004 adms:status v:etat/retire @ graph/registre",
        'id/acteur/A004 prov:invalidatedAtTime "2026-03-01T00:00:00Z"^dateTime @ graph/registre',
    }


def test_a_probable_identifier_has_no_short_cut(lifted: dict[str, list[set[str]]]) -> None:
    said = lifted["identifiants"][1]
    assert not [line for line in said if "ess:rna" in line]
    assert "id/acteur/A001#rna-W991234567 ess:confidence v:confiance/probable @ graph/R002" in said


def test_a_probable_territory_has_a_property_of_its_own(small: Project) -> None:
    small.replace("supplements", "T010,certaine", "T010,probable")
    said = lines(list(draw_up(small.settings).quads), graph=False)
    assert "id/supplement/S002 ess:probablyPortraysTerritory id/territoire/T010" in said
    assert not [line for line in said if "ess:portraysTerritory id/territoire/T010" in line]


def test_rules_run_into_a_graph_of_their_own(small: Project) -> None:
    inferred = {line for line in lines(list(draw_up(small.settings).quads)) if line.endswith("@ graph/inferred")}
    assert "id/acteur/A001 ess:cooperatesWith id/acteur/A002 @ graph/inferred" in inferred
    assert "id/acteur/A002 ess:cooperatesWith id/acteur/A001 @ graph/inferred" in inferred
    assert "id/acteur/A001 a ess:Actor @ graph/inferred" in inferred
    assert "id/acteur/A002 a org:Organization @ graph/inferred" in inferred


def test_the_real_release_has_no_blank_node_and_no_old_schema_org(draft: Draft) -> None:
    assert len(draft.quads) > 10_000
    terms = [term for quad in draft.quads for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)]
    assert not [term for term in terms if isinstance(term, BlankNode)]
    assert not [term for term in terms if "http://schema.org" in iri_of(term)]


def test_twenty_supplements(draft: Draft) -> None:
    supplements = {quad.subject for quad in draft.quads if quad.predicate == A and iri_of(quad.object).endswith("ns#Supplement")}
    assert len(supplements) == 20


def test_every_thing_has_one_french_label(draft: Draft) -> None:
    things = {
        quad.subject for quad in draft.quads if quad.predicate == A and "/id/" in iri_of(quad.subject) and "#" not in iri_of(quad.subject)
    }
    labels: dict[NamedNode, int] = {}
    for quad in draft.quads:
        if iri_of(quad.predicate).endswith("rdf-schema#label") and isinstance(quad.object, Literal) and quad.object.language == "fr":
            assert isinstance(quad.subject, NamedNode)
            labels[quad.subject] = labels.get(quad.subject, 0) + 1
    assert len(things) > 350
    assert {thing for thing in things if labels.get(thing) != 1} == set()  # type: ignore[arg-type]


def test_every_graph_is_described_and_no_other(draft: Draft) -> None:
    graphs = {quad.graph_name for quad in draft.quads}
    bundles = {quad.subject for quad in draft.quads if quad.predicate == A and iri_of(quad.object).endswith("prov#Bundle")}
    assert len(graphs) > 50
    assert graphs == bundles


@pytest.mark.parametrize(("value", "datatype"), [("2017", "gYear"), ("2017-03", "gYearMonth"), ("2017-03-01", "date")])
def test_dates_have_the_type_of_their_precision(value: str, datatype: str) -> None:
    assert date(value).datatype.value.endswith("#" + datatype)


def test_a_date_that_is_none() -> None:
    with pytest.raises(ValueError, match="hier"):
        date("hier")


@pytest.mark.parametrize(
    ("id_", "kind"), [("A017", "acteur"), ("S0001", "supplement"), ("X001", None), ("A17", None), ("", None), ("A017\n", None)]
)
def test_kind_of_an_id(id_: str, kind: str | None) -> None:
    assert kind_of(id_) == kind


def test_iris_round_trip() -> None:
    iris = Iris(BASE)
    thing = iris.thing("P012")
    assert thing.value == f"{BASE}id/personne-publique/P012"
    assert iris.path(thing.value) == "/id/personne-publique/P012"
    assert iris.document_of(thing.value) == f"{BASE}doc/personne-publique/P012"
    assert iris.path("https://w3id.org/ess-lod/ns#Actor") == "/ns#Actor"
    assert iris.path("https://elsewhere.example/") is None
    with pytest.raises(ValueError, match="X1"):
        iris.thing("X1")
