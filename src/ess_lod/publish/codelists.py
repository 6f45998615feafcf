"""Concepts of the European code lists that a catalogue uses, with their labels.

DCAT-AP's shapes ask for the class of every concept (``sh:class``) and look for it nowhere but in the catalogue, so the catalogue carries the concepts
that it names: type, label, scheme. IRIs and labels are those of the Publications Office (http://publications.europa.eu/resource/authority/), of ADMS
and of IANA.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from ess_lod.terms import DCTERMS, SKOS, SPDX, A, Namespace, en, fr, text

EU = Namespace("http://publications.europa.eu/resource/authority/")
IANA = Namespace("https://www.iana.org/assignments/media-types/")
PUBLISHER_TYPE = Namespace("http://purl.org/adms/publishertype/")
LICENCE_TYPE = Namespace("http://purl.org/adms/licencetype/")
NUTS = Namespace("http://data.europa.eu/nuts/code/")

FREQUENCIES: Mapping[str, tuple[str, str]] = {
    "ANNUAL": ("annuel", "annual"),
    "ANNUAL_2": ("semestriel", "semiannual"),
    "ANNUAL_3": ("trois fois par an", "three times a year"),
    "QUARTERLY": ("trimestriel", "quarterly"),
    "BIMONTHLY": ("bimestriel", "bimonthly"),
    "MONTHLY": ("mensuel", "monthly"),
    "WEEKLY": ("hebdomadaire", "weekly"),
    "IRREG": ("irrégulier", "irregular"),
    "UNKNOWN": ("inconnu", "unknown"),
}
THEMES: Mapping[str, tuple[str, str]] = {
    "AGRI": ("Agriculture, pêche, sylviculture et alimentation", "Agriculture, fisheries, forestry and food"),
    "ECON": ("Économie et finances", "Economy and finance"),
    "EDUC": ("Éducation, culture et sport", "Education, culture and sport"),
    "ENER": ("Énergie", "Energy"),
    "ENVI": ("Environnement", "Environment"),
    "GOVE": ("Gouvernement et secteur public", "Government and public sector"),
    "HEAL": ("Santé", "Health"),
    "REGI": ("Régions et villes", "Regions and cities"),
    "SOCI": ("Population et société", "Population and society"),
}
AVAILABILITIES: Mapping[str, tuple[str, str]] = {
    "AVAILABLE": ("disponible", "available"),
    "EXPERIMENTAL": ("expérimental", "experimental"),
    "STABLE": ("stable", "stable"),
    "TEMPORARY": ("temporaire", "temporary"),
}
PUBLISHER_TYPES: Mapping[str, tuple[str, str]] = {
    "Academia-ScientificOrganisation": ("Université ou organisme de recherche", "Academia/Scientific organisation"),
    "Company": ("Entreprise", "Company"),
    "IndustryConsortium": ("Groupement d'entreprises", "Industry consortium"),
    "LocalAuthority": ("Autorité locale", "Local Authority"),
    "NonGovernmentalOrganisation": ("Organisation non gouvernementale", "Non-Governmental Organisation"),
    "NonProfitOrganisation": ("Organisation à but non lucratif", "Non-Profit Organisation"),
    "RegionalAuthority": ("Autorité régionale", "Regional authority"),
    "StandardisationBody": ("Organisme de normalisation", "Standardisation body"),
}
_LANGUAGES = {"FRA": ("français", "French"), "ENG": ("anglais", "English")}
_FILE_TYPES = {
    "ATOM": ("ATOM", "ATOM"),
    "CSV": ("CSV", "CSV"),
    "GEOJSON": ("GeoJSON", "GeoJSON"),
    "JSON_LD": ("JSON-LD", "JSON-LD"),
    "PARQUET": ("Parquet", "Parquet"),
    "RDF_N_QUADS": ("RDF N-Quads", "RDF N-Quads"),
    "RDF_N_TRIPLES": ("RDF N-Triples", "RDF N-Triples"),
    "RDF_TRIG": ("RDF TriG", "RDF TriG"),
    "RDF_TURTLE": ("RDF Turtle", "RDF Turtle"),
    "RDF_XML": ("RDF XML", "RDF XML"),
    "SPARQLQ": ("SPARQL", "SPARQL"),
    "XLSX": ("Excel XLSX", "Excel XLSX"),
}
_DATASET_TYPES = {"ONTOLOGY": ("ontologie", "ontology")}
_ACCESS_RIGHTS = {"PUBLIC": ("public", "public")}
_COUNTRIES = {"FRA": ("France", "France")}
_LICENCE_TYPES = {"Attribution": ("Attribution", "Attribution")}

_SCHEMES: tuple[tuple[Namespace, str, str, Mapping[str, tuple[str, str]], tuple[NamedNode, ...]], ...] = (
    (EU, "frequency", "Frequency", FREQUENCIES, (DCTERMS.Frequency,)),
    (EU, "data-theme", "Data theme", THEMES, ()),
    (EU, "planned-availability", "Planned availability", AVAILABILITIES, ()),
    (EU, "language", "Language", _LANGUAGES, (DCTERMS.LinguisticSystem,)),
    (EU, "file-type", "File type", _FILE_TYPES, (DCTERMS.MediaTypeOrExtent,)),
    (EU, "dataset-type", "Dataset type", _DATASET_TYPES, ()),
    (EU, "access-right", "Access right", _ACCESS_RIGHTS, (DCTERMS.RightsStatement,)),
    (EU, "country", "Country", _COUNTRIES, (DCTERMS.Location,)),
)

LICENCES: Mapping[str, tuple[str, str]] = {
    "https://www.etalab.gouv.fr/licence-ouverte-open-licence": ("Licence Ouverte / Open Licence version 2.0", "etalab-2.0"),
    "https://creativecommons.org/licenses/by/4.0/": ("Creative Commons Attribution 4.0 International", "CC-BY-4.0"),
}
"""Name (as data.gouv.fr's list has it) and SPDX identifier. Both ask for attribution and for nothing else."""


def describe_concepts(iris: Iterable[str]) -> Iterator[Triple]:
    """Type, labels and scheme of those of the IRIs that a code list above has, and titles of their schemes; nothing for other IRIs.

    No ``rdfs:label`` on file types, frequencies and the like: data.gouv.fr and CKAN would take it in place of the IRI that they know.
    """
    wanted = set(iris)
    for space, name, title, labels, classes in _SCHEMES:
        scheme = space[name]
        for notation, label in labels.items():
            if (concept := space[f"{name}/{notation}"]).value in wanted:
                yield from _concept(concept, label, scheme, title, classes)
    for space, name, title, labels in (
        (PUBLISHER_TYPE, "1.0", "ADMS publisher type", PUBLISHER_TYPES),
        (LICENCE_TYPE, "1.0", "ADMS licence type", _LICENCE_TYPES),
    ):
        for notation, label in labels.items():
            if (concept := space[notation]).value in wanted:
                yield from _concept(concept, label, space[name], title, ())
    for iri in sorted(wanted):
        if iri.startswith(IANA.iri):
            yield Triple(NamedNode(iri), A, DCTERMS.MediaType)
            yield Triple(NamedNode(iri), A, DCTERMS.MediaTypeOrExtent)


def describe_licence(iri: str) -> Iterator[Triple]:
    """A licence as ``dcterms:LicenseDocument``, with its name and type. No ``rdfs:label``, which portals would take in place of the address that they know."""
    licence = NamedNode(iri)
    yield Triple(licence, A, DCTERMS.LicenseDocument)
    if iri in LICENCES:
        name, code = LICENCES[iri]
        yield Triple(licence, DCTERMS.title, text(name))
        yield Triple(licence, DCTERMS.identifier, text(code))
        yield Triple(licence, DCTERMS.type, LICENCE_TYPE.Attribution)


def describe_checksum_algorithm(algorithm: NamedNode, name: str) -> Iterator[Triple]:
    """An algorithm of SPDX 2, typed: DCAT-AP asks for the class."""
    yield Triple(algorithm, A, SPDX.ChecksumAlgorithm)
    yield Triple(algorithm, SKOS.prefLabel, text(name))


def theme_taxonomy() -> NamedNode:
    """The list that themes are taken from."""
    return EU["data-theme"]


def _concept(concept: NamedNode, label: tuple[str, str], scheme: NamedNode, title: str, classes: tuple[NamedNode, ...]) -> Iterator[Triple]:
    labels: tuple[Literal, ...] = (fr(label[0]), en(label[1]))
    yield from (Triple(concept, A, each) for each in (SKOS.Concept, *classes))
    yield from (Triple(concept, SKOS.prefLabel, each) for each in labels)
    yield Triple(concept, SKOS.inScheme, scheme)
    yield Triple(scheme, A, SKOS.ConceptScheme)
    yield Triple(scheme, DCTERMS.title, en(title))
