"""What is read from a release: which things, which names, nothing of ids that were withdrawn."""

from __future__ import annotations

from collections import Counter

from ess_lod import release as releases
from ess_lod.iris import Iris
from ess_lod.publish import build
from ess_lod.reconcile import PROPERTIES, TYPES, Index
from ess_lod.reconcile.entities import Code, Entity, Name, entities, host_of
from ess_lod.reconcile.types import OF_KIND, OF_SCHEME
from ess_lod.release import open_release
from ess_lod.store import Store, open_store
from tests.conftest import Project

BASE = "https://w3id.org/ess-lod/id/"


def _entity(index: Index, path: str) -> Entity:
    entity = index.entity(BASE + path)
    assert entity is not None
    return entity


def test_everything_that_can_be_looked_up(store: Store) -> None:
    found = list(entities(store, Iris(store.release.base)))
    counts = Counter(entity.types[0] for entity in found)
    assert counts["Actor"] + counts["Collective"] == 67
    assert {type_: counts[type_] for type_ in ("Collective", "PublicBody", "Supplement", "NewsletterIssue", "Cooperation", "Scheme")} == {
        "Collective": 11,
        "PublicBody": 28,
        "Supplement": 20,
        "NewsletterIssue": 22,
        "Cooperation": 19,
        "Scheme": 14,
    }
    assert {type_: counts[type_] for type_ in ("Commune", "CommunePart", "EPCI", "Departement", "Region", "Field")} == {
        "Commune": 3874,
        "CommunePart": 124,
        "EPCI": 180,
        "Departement": 5,
        "Region": 1,
        "Field": 30,
    }
    assert [entity.id for entity in found] == sorted({entity.id for entity in found})
    assert set(counts) <= set(TYPES)


def test_the_names_of_a_territory_have_their_dates(index: Index) -> None:
    names = _entity(index, "territoire/T031").names
    assert names[0] == Name("Cœur d'Ostrevent")
    assert Name("CC Coeur d'Ostrevent (CCCO)", "state", "fr", "", "2025-01-01") in names
    assert _entity(index, "territoire/T012").replaced_by == (f"{BASE}territoire/T014",)


def test_codes_certain_and_probable_places_and_life(index: Index) -> None:
    hortibat = _entity(index, "acteur/A016")
    assert hortibat.codes == (Code("siren", "482155827"), Code("siret", "48215582700025", certain=False))
    assert [(place.code, place.names) for place in hortibat.places] == [("59063", ("Beauvois-en-Cambrésis",)), ("02738", ("Tergnier",))]
    assert hortibat.departements == ("02", "59")
    assert hortibat.since == "2005"
    body = _entity(index, "personne-publique/P010")
    assert (body.until, body.over) == ("2020-03-14", True)
    assert set(body.kinds) == {"metropole", "communaute-urbaine"}


def test_descriptions_tell_namesakes_apart(index: Index) -> None:
    assert _entity(index, "territoire/T059").description() == "commune, Insee 59350, 59"
    assert _entity(index, "territoire/T012").description("en") == "metropolis, SIREN 245900410, Lille, ended: 2020-03-14"


def test_nothing_of_withdrawn_and_duplicate_ids(small: Project) -> None:
    built, _ = build(small.settings)
    releases.publish(small.settings.releases, built.version)
    store = open_store(small.settings, open_release(small.settings.releases))
    found = {entity.id.rpartition("/")[2] for entity in entities(store, Iris(store.release.base)) if "/id/" in entity.id}
    store.close()
    assert {"A001", "A002", "P001", "T010", "S001", "D001"} <= found
    assert not {"A003", "A004"} & found


def test_hosts() -> None:
    assert [host_of(url) for url in ("https://www.Apes-hdf.org/a", "apes-hdf.org", "n'en a pas", "http://[", "")] == [
        "apes-hdf.org",
        "apes-hdf.org",
        "",
        "",
        "",
    ]


def test_types_and_properties_name_each_other() -> None:
    assert set(OF_KIND.values()) | set(OF_SCHEME.values()) <= set(TYPES)
    assert all(broader in TYPES for each in TYPES.values() for broader in each.broader)
    assert all(type_ in TYPES for each in PROPERTIES.values() for type_ in each.types)
    assert len(PROPERTIES) == 12
    assert len(TYPES) == 30
