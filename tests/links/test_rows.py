"""Rows of links: what an editor is told, and what is published of those that are right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyoxigraph import NamedNode

from ess_lod.errors import TableErrors
from ess_lod.publish import draw_up
from ess_lod.publish.tables import read_tables
from ess_lod.publish.vocabulary import Vocabulary
from ess_lod.terms import OWL, RDF, RDFS, SCHEMA, SKOS, iri_of
from tests.conftest import Project

DIRECTORY = "https://annuaire-entreprises.data.gouv.fr/entreprise/"
BASE = "https://reseau.example/lod/"
LINK = "liens", 4
LINK_IN = "liens_entrants", 5
WRONG: dict[str, tuple[tuple[str, int], str, str, str, str]] = {
    "form": (LINK, "A002,https://www.wikidata.org/wiki/Q7,,certaine,Même nom.,R002", "cible", "forme", "entity/Q7"),
    "kind against the address": (LINK, "A002,http://www.wikidata.org/entity/Q7,openstreetmap,certaine,Même nom.,R002", "genre", "contredit", "wikidata"),
    "no kind": (LINK, "A002,https://voisin.example/7,,certaine,Même nom.,R002", "genre", "ne dit pas", "reseau"),
    "no reason": (LINK, "A002,http://www.wikidata.org/entity/Q7,,certaine,,R002", "justification", "vide", "pourquoi"),
    "too unsure": (LINK, "A002,http://www.wikidata.org/entity/Q7,,a-verifier,Même nom.,R002", "confiance", "ne se publie pas", "probable"),
    "a second target of a kind": (LINK, "A001,https://encyclopedie.example/Autre,reference,certaine,Même nom.,R002", "cible", "déjà une cible", "Garder"),
    "one target for two": (LINK, "A002,https://encyclopedie.example/Reseau,reference,certaine,Même nom.,R002", "cible", "déjà celle de A001", "doublon"),
    "a person": (LINK, "A002,https://orcid.org/0000-0003-3060-0181,reseau,certaine,Même nom.,R002", "cible", "personne", "Ôter"),
    "a SIREN that makes the link itself": (LINK, f"A001,{DIRECTORY}999999998,,certaine,Même SIREN.,R002", "cible", "déjà", "Ôter"),
    "a SIREN of nobody": (LINK, f"A002,{DIRECTORY}999999998,,certaine,Même SIREN.,R002", "cible", "A002 n'a pas ce SIREN", "identifiants.csv"),
    "a concept for a thing": (LINK, "A002,http://purl.org/essglobal/standard/themes/T2,,certaine,Même nom.,R002", "entite", "des termes", "Corriger"),
    "a thing for a concept": (LINK, "champ/medias,https://www.openstreetmap.org/node/1,,certaine,Même nom.,R002", "entite", "des choses", "Corriger"),
    "INSEE code of another": (LINK, "T001,http://id.insee.fr/geo/commune/59350,,certaine,Même code.,R002", "cible", "n'est pas celui de T001", "Corriger"),
    "no such concept": (LINK, "champ/medium,https://voisin.example/medias,reseau,certaine,Même sens.,R002", "entite", "medium", "medias"),
    "no such list": (LINK, "champs/medias,https://voisin.example/medias,reseau,certaine,Même sens.,R002", "entite", "champs", "« champ »"),
    "no such thing": (LINK, "A999,https://voisin.example/medias,reseau,certaine,Même sens.,R002", "entite", "ne renvoie à rien", "acteurs.csv"),
    "a duplicate": (LINK, "A003,https://voisin.example/medias,reseau,certaine,Même sens.,R002", "entite", "doublon", "A002"),
    "a document": (LINK, "R001,https://voisin.example/medias,reseau,certaine,Même sens.,R002", "entite", "document", "acteur"),
    "relation": (LINK_IN, "A002,https://voisin.example/9,sameAs,voisin,2026-02-01,a_relire,,", "relation", "sameAs", "identique"),
    "sameness with a territory": (LINK_IN, "T011,https://voisin.example/9,identique,voisin,2026-02-01,a_relire,,", "relation", "ne convient pas", "voir-aussi"),
    "state": (LINK_IN, "A002,https://voisin.example/9,identique,voisin,2026-02-01,ok,,", "etat", "ok", "accepte"),
    "network": (LINK_IN, "A002,https://voisin.example/9,identique,Le Voisin,2026-02-01,a_relire,,", "reseau", "Le Voisin", "minuscules"),
    "a person that links": (LINK_IN, "A002,https://mastodon.example/@nous,identique,voisin,2026-02-01,a_relire,,", "cible", "personne", "Ôter"),
    "nothing tells where from": (LINK_IN, "A002,https://voisin.example/9,identique,voisin,2026-02-01,accepte,,", "annonce", "d'où vient", "document"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_an_error_says_where_what_and_what_to_do(case: str, small: Project, vocabulary: Vocabulary) -> None:
    (name, line), text, column, what, remedy = WRONG[case]
    small.append(name, text)
    with pytest.raises(TableErrors) as caught:
        read_tables(small.settings.data, vocabulary.notations)
    found = caught.value.problems
    assert [(each.file, each.line, each.column) for each in found] == [(f"{name}.csv", line, column)], "\n".join(map(str, found))
    assert what in found[0].what
    assert remedy in found[0].remedy


def test_all_errors_of_links_come_at_once(small: Project, vocabulary: Vocabulary) -> None:
    for (name, _), text, *_ in WRONG.values():
        small.append(name, text)
    with pytest.raises(TableErrors) as caught:
        read_tables(small.settings.data, vocabulary.notations)
    assert len(caught.value.problems) >= len(WRONG)


def _nothing(_: Project) -> None:
    """The fictitious project as it is."""


GOOD: dict[str, tuple[Callable[[Project], None], str, NamedNode, str]] = {
    "certain": (
        lambda p: p.append("liens", "A002,http://www.wikidata.org/entity/Q7,,certaine,Même nom.,R002"),
        "id/acteur/A002",
        SCHEMA.sameAs,
        "http://www.wikidata.org/entity/Q7",
    ),
    "probable": (
        lambda p: p.append("liens", "A002,http://www.wikidata.org/entity/Q7,wikidata,probable,Même nom.,R002"),
        "id/acteur/A002",
        RDFS.seeAlso,
        "http://www.wikidata.org/entity/Q7",
    ),
    "territory": (
        lambda p: p.append("liens", "T010,http://www.wikidata.org/entity/Q7,wikidata,certaine,Même nom.,R002"),
        "id/territoire/T010",
        RDFS.seeAlso,
        "http://www.wikidata.org/entity/Q7",
    ),
    "concept": (
        lambda p: p.append("liens", "champ/medias,https://voisin.example/medias,reseau,certaine,Même sens.,R002"),
        "https://w3id.org/ess-lod/vocab/champ/medias",
        SKOS.closeMatch,
        "https://voisin.example/medias",
    ),
    "SIREN": (
        _nothing,
        "id/acteur/A001",
        SCHEMA.sameAs,
        "https://annuaire-entreprises.data.gouv.fr/entreprise/999999998",
    ),
    "announced": (_nothing, "https://voisin.example/id/acteur/A007", SCHEMA.sameAs, "id/acteur/A001"),
    "announced by exact match": (
        lambda p: p.append("liens_entrants", "champ/medias,https://voisin.example/medias,exacte,voisin,2026-02-01,accepte,,R002"),
        "https://voisin.example/medias",
        SKOS.exactMatch,
        "https://w3id.org/ess-lod/vocab/champ/medias",
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_a_link_is_published_with_its_reason(case: str, small: Project) -> None:
    edit, subject, predicate, target = GOOD[case]
    edit(small)
    draft = draw_up(small.settings)
    assert draft.report.conforms, draft.report.text()
    subject, target = (each if "://" in each else BASE + each for each in (subject, target))
    stated = [quad for quad in draft.quads if iri_of(quad.subject) == subject and iri_of(quad.object) == target]
    assert [quad.predicate for quad in stated] == [predicate]
    reasons = {quad.subject for quad in draft.quads if quad.predicate == RDF.object and iri_of(quad.object) == target} & {
        quad.subject for quad in draft.quads if quad.predicate == RDF.subject and iri_of(quad.subject) and iri_of(quad.object) == subject
    }
    assert len(reasons) == 1
    said = {quad.predicate.value.rpartition("/")[2].rpartition("#")[2] for quad in draft.quads if quad.subject in reasons}
    assert said >= {"type", "subject", "predicate", "object"}
    assert said & {"description", "wasDerivedFrom", "source"}
    owner = target if "voisin" in subject else subject
    assert all(iri_of(each).startswith(f"{owner}#lien-") for each in reasons)


def test_nothing_is_published_that_nobody_has_accepted(small: Project) -> None:
    draft = draw_up(small.settings)
    text = "\n".join(map(str, draft.quads))
    assert text.count("https://voisin.example/id/acteur/A007") == 2, "the link and its part"
    assert "https://voisin.example/id/acteur/A008" not in text, "to be reviewed"
    assert "https://voisin.example/id/territoire/T003" not in text, "refused"
    assert not [quad for quad in draft.quads if quad.predicate == OWL.sameAs and "voisin" in iri_of(quad.subject) + iri_of(quad.object)]


def test_every_graph_of_a_network_says_where_it_comes_from(small: Project) -> None:
    small.append("liens_entrants", "A002,https://autre.example/9,identique,autre,2026-02-01,accepte,,R001 | R002")
    draft = draw_up(small.settings)
    assert draft.report.conforms, draft.report.text()
    about = {
        name: {
            (quad.predicate.value.rpartition("#")[2], iri_of(quad.object))
            for quad in draft.quads
            if iri_of(quad.subject) == f"{BASE}graph/liens/{name}"
        }
        for name in ("voisin", "autre")
    }
    assert ("wasDerivedFrom", "https://voisin.example/linkset.json") in about["voisin"]
    assert {("wasDerivedFrom", f"{BASE}id/document/{each}") for each in ("R001", "R002")} <= about["autre"]
    assert {
        iri_of(quad.graph_name)
        for quad in draft.quads
        if iri_of(quad.object) == f"{BASE}id/acteur/A002" and "autre" in iri_of(quad.subject)
    } == {f"{BASE}graph/liens/autre"}


def test_the_order_of_rows_changes_nothing(small: Project) -> None:
    before = draw_up(small.settings).quads
    for name in ("liens", "liens_entrants"):
        header, *rows = small.table(name).read_text("utf-8").splitlines()
        small.table(name).write_text("\n".join([header, *reversed(rows)]) + "\n", "utf-8")
    assert draw_up(small.settings).quads == before


def test_the_links_of_the_real_tables(tables: dict[str, list[object]]) -> None:
    assert len(tables["liens"]) == 21
    assert all(row["genre"] and len(row["justification"]) > 40 for row in tables["liens"])  # type: ignore[index]
