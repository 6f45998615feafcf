"""The entries of the catalogue: datasets, series, service, publisher, and the standards that they follow (DCAT 3, DCAT-AP 3.0.1).

What has an address that portals show (datasets, the service, standards, licences) has ``dcterms:title`` and no ``rdfs:label``: CKAN takes a label in
place of the address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from ess_lod.iris import Iris
from ess_lod.publish.catalogue.coverage import Box, Coverage, Period
from ess_lod.publish.catalogue.files import GZIP, MAIN, TERRITORIES, VOCABULARY, DumpFile
from ess_lod.publish.codelists import EU, IANA, NUTS, PUBLISHER_TYPE, describe_checksum_algorithm, theme_taxonomy
from ess_lod.publish.dataset import Dataset
from ess_lod.publish.lift import Node
from ess_lod.terms import (
    ADMS,
    DCAT,
    DCATAP,
    DCTERMS,
    FOAF,
    GEO,
    LOCN,
    ONTOLOGY_IRI,
    RDFS,
    SHAPES_IRI,
    SKOS,
    SPDX,
    VCARD,
    VOID,
    XSD,
    A,
    date,
    en,
    fr,
    text,
)

SHAPES_DOCUMENT = SHAPES_IRI.rstrip("#")
PROTOCOL = "http://www.w3.org/TR/sparql11-protocol/"
_TEXTS = {
    TERRITORIES: (
        "Territoires datés",
        "Dated territories",
        "Les communes, intercommunalités, départements et autres territoires auxquels le jeu de données renvoie, avec leurs vies, leurs états, leurs noms, "
        "leurs appartenances et leurs changements datés. La référence est tirée du code officiel géographique de l'Insee.",
        "The communes, intercommunal bodies, départements and other territories that the dataset refers to, with their dated lives, states, names, memberships "
        "and changes. The reference is made from the official geographic code of Insee.",
        (("communes", "intercommunalités", "code officiel géographique"), ("communes", "intercommunal bodies", "official geographic code")),
    ),
    VOCABULARY: (
        "Vocabulaire ess-lod",
        "ess-lod vocabulary",
        "L'ontologie, les listes de termes SKOS et les formes SHACL avec lesquelles les acteurs de l'économie sociale et solidaire, leurs territoires et "
        "leurs coopérations sont décrits ; leurs liens vers d'autres vocabulaires.",
        "The ontology, the SKOS concept schemes and the SHACL shapes that describe the actors of the social and solidarity economy, their territories and "
        "their cooperations; their links to other vocabularies.",
        (("ontologie", "thésaurus", "SHACL"), ("ontology", "thesaurus", "SHACL")),
    ),
}
_PROVENANCE = (
    "Tables tenues à la main d'après des documents publiés ; chaque énoncé est dans le graphe nommé de sa source, et dit s'il est imprimé, déduit ou estimé.",
    "Tables kept by hand from published documents; each statement is in the named graph of its source and says whether it is printed, derived or estimated.",
)
_REGION = ("Emprise des communes de la région", "Extent of the communes of the region")
_METROPOLIS = Box("-5.15", "41.33", "9.57", "51.09")
"""Ouessant, the Lavezzi islands, the east of Corsica and Bray-Dunes, outwards to a hundredth of a degree."""
_FOLLOWED = (
    (
        "feed",
        ("Flux des versions (LDES)", "Stream of the releases (LDES)"),
        (
            "Ce que chaque version a créé, changé et supprimé, comme flux d'événements en données liées (LDES) : rejoué, il donne chaque version.",
            "What each release has created, changed and deleted, as a Linked Data Event Stream (LDES): replayed, it gives each release.",
        ),
        "RDF_TURTLE",
        "text/turtle",
    ),
    (
        "feed.atom",
        ("Nouvelles des versions (Atom)", "News of the releases (Atom)"),
        ("Chaque nouvelle version, et ce qu'elle change, en mots.", "Each new release, and what it changes, in words."),
        "ATOM",
        "application/atom+xml",
    ),
)
"""How releases are followed. A portal shows a series as a dataset (udata), and one without a resource as an empty one."""


@dataclass(frozen=True)
class Told:
    """What the entries are made from. ``sizes`` gives the bytes and the SHA-512 of each file, ``region`` the name of the region."""

    dataset: Dataset
    coverage: Coverage
    region: str
    files: Sequence[DumpFile]
    sizes: Mapping[str, tuple[int, str]]

    @property
    def iris(self) -> Iris:
        """IRIs under the dataset's base."""
        return self.dataset.iris

    def entry(self, fragment: str) -> NamedNode:
        """The IRI of a dataset of the catalogue."""
        main = self.iris.at("dataset")
        return self.iris.part(main, fragment) if fragment else main


def describe_catalogue(node: Node, told: Told) -> None:
    """The catalogue and everything that it lists; ``node`` is the catalogue itself."""
    dataset = told.dataset
    node.add(A, DCAT.Catalog)
    node.texts(RDFS.label, "Catalogue", "Catalogue")
    node.texts(DCTERMS.title, f"Catalogue : {dataset.title['fr']}", f"Catalogue: {dataset.title['en']}")
    node.texts(
        DCTERMS.description,
        f"Les jeux de données et services de ce site : {dataset.description['fr']}",
        f"The datasets and services of this site: {dataset.description['en']}",
    )
    node.add(DCTERMS.identifier, text(node.subject.value))
    node.add(DCTERMS.license, NamedNode(dataset.license))
    node.add(DCAT.themeTaxonomy, theme_taxonomy())
    node.add(FOAF.homepage, NamedNode(told.iris.base))
    _document(node.of(NamedNode(told.iris.base)))
    _shared(node, told)
    _spatial(node, told)
    node.add(DCAT.dataset, *(told.entry(each) for each in (MAIN, TERRITORIES, VOCABULARY)))
    node.add(DCAT.resource, told.entry("serie"))
    node.add(DCAT.service, told.iris.at("sparql"))
    _main(node.of(told.entry(MAIN)), told)
    for each in (TERRITORIES, VOCABULARY):
        _other(node.of(told.entry(each)), told, each)
    _series(node.of(told.entry("serie")), told)
    _service(node.of(told.iris.at("sparql")), told)
    _people(node, told)
    _standards(node)


def _main(node: Node, told: Told) -> None:
    dataset, counts = told.dataset, told.coverage.counts
    node.add(A, VOID.Dataset)
    node.add(VOID.uriSpace, text(told.iris.base))
    node.add(VOID.sparqlEndpoint, told.iris.at("sparql"))
    node.add(VOID.vocabulary, NamedNode(ONTOLOGY_IRI))
    node.texts(DCTERMS.title, dataset.title["fr"], dataset.title["en"])
    node.texts(DCTERMS.description, dataset.description["fr"], dataset.description["en"])
    node.add(DCAT.landingPage, NamedNode(dataset.landing_page))
    _document(node.of(NamedNode(dataset.landing_page)))
    node.add(DCAT.inSeries, told.entry("serie"))
    node.add(DCAT.version, text(dataset.date))
    how_many = tuple(counts.get(name, 0) for name in ("Supplement", "Actor", "Territory"))
    notes = (
        f"Version du {dataset.date} : {how_many[0]} suppléments, {how_many[1]} acteurs, {how_many[2]} territoires.",
        f"Version of {dataset.date}: {how_many[0]} supplements, {how_many[1]} actors, {how_many[2]} territories.",
    )
    more = tuple(f" {dataset.version_notes[tag]}" if tag in dataset.version_notes else "" for tag in ("fr", "en"))
    node.texts(ADMS.versionNotes, notes[0] + more[0], notes[1] + more[1])
    node.add(DCAT.keyword, *map(fr, dataset.keywords["fr"]), *map(en, dataset.keywords["en"]))
    _dataset(node, told, MAIN)
    sparql = _distribution(node, told, "sparql", ("Interroger en SPARQL", "Query with SPARQL"))
    sparql.texts(DCTERMS.description, "Point d'accès SPARQL 1.1, en lecture.", "SPARQL 1.1 endpoint, read only.")
    sparql.add(DCAT.accessURL, told.iris.at("sparql"))
    sparql.add(DCAT.accessService, told.iris.at("sparql"))
    sparql.add(DCTERMS["format"], EU["file-type/SPARQLQ"])


def _other(node: Node, told: Told, which: str) -> None:
    dataset = told.dataset
    title, english, description, english_description, words = _TEXTS[which]
    node.texts(DCTERMS.title, f"{title} ({dataset.title['fr']})", f"{english} ({dataset.title['en']})")
    node.texts(DCTERMS.description, description, english_description)
    node.add(DCAT.keyword, *map(fr, words[0]), *map(en, words[1]))
    page = told.iris.at("territoires") if which == TERRITORIES else NamedNode(ONTOLOGY_IRI)
    node.add(DCAT.landingPage, page)
    _document(node.of(page))
    if which == VOCABULARY:
        node.add(DCTERMS.type, EU["dataset-type/ONTOLOGY"])
    _dataset(node, told, which)


def _dataset(node: Node, told: Told, which: str) -> None:
    """What all datasets say, each of its own files."""
    dataset = told.dataset
    node.add(A, DCAT.Dataset)
    node.add(DCTERMS.identifier, text(node.subject.value))
    node.add(DCTERMS.license, _licence(told, which))
    node.add(DCTERMS.accessRights, EU["access-right/PUBLIC"])
    node.add(DCTERMS.accrualPeriodicity, NamedNode(dataset.frequency))
    node.add(DCAT.theme, NamedNode(dataset.theme))
    node.add(DCTERMS.conformsTo, NamedNode(ONTOLOGY_IRI), NamedNode(SHAPES_DOCUMENT))
    node.add(DCAT.contactPoint, _contact(told))
    _shared(node, told)
    _spatial(node, told)
    _temporal(node, told.coverage.territories if which == TERRITORIES else told.coverage.issues)
    if which != VOCABULARY:
        _provenance(node)
    for file in told.files:
        if file.dataset == which:
            _file(node, told, file)


def _file(node: Node, told: Told, file: DumpFile) -> None:
    size, digest = told.sizes[file.path]
    distribution = _distribution(node, told, file.fragment, file.title, file.dataset)
    distribution.texts(DCTERMS.description, *file.description)
    distribution.add(DCAT.accessURL, told.entry(MAIN))
    distribution.add(DCAT.downloadURL, told.iris.at(f"dump/latest/{file.path}"))
    distribution.add(DCTERMS["format"], EU[f"file-type/{file.format.file_type}"])
    distribution.add(DCAT.mediaType, IANA[file.format.media_type])
    if file.compressed:
        distribution.add(DCAT.compressFormat, IANA[GZIP])
    if file.is_rdf:
        distribution.add(DCTERMS.conformsTo, NamedNode(ONTOLOGY_IRI), NamedNode(SHAPES_DOCUMENT))
    distribution.add(DCAT.byteSize, Literal(str(size), datatype=XSD.nonNegativeInteger))
    checksum = distribution.part("sha512")
    distribution.add(SPDX.checksum, checksum.subject)
    checksum.add(A, SPDX.Checksum)
    checksum.add(SPDX.algorithm, SPDX.checksumAlgorithm_sha512)
    checksum.add(SPDX.checksumValue, Literal(digest, datatype=XSD.hexBinary))
    for triple in describe_checksum_algorithm(SPDX.checksumAlgorithm_sha512, "SHA-512"):
        node.of(SPDX.checksumAlgorithm_sha512).add(triple.predicate, triple.object)  # type: ignore[arg-type]


def _distribution(node: Node, told: Told, fragment: str, title: tuple[str, str], which: str = MAIN) -> Node:
    """A distribution with what all of them say. Its IRI is a part of the main dataset whichever dataset it belongs to: file names are unique."""
    distribution = node.of(told.entry(fragment))
    node.add(DCAT.distribution, distribution.subject)
    distribution.add(A, DCAT.Distribution)
    distribution.texts(RDFS.label, *title)
    distribution.texts(DCTERMS.title, *title)
    distribution.add(DCTERMS.identifier, text(distribution.subject.value))
    distribution.add(DCTERMS.license, _licence(told, which))
    distribution.add(DCTERMS.modified, date(told.dataset.date))
    distribution.add(DCTERMS.language, EU["language/FRA"], EU["language/ENG"])
    if told.dataset.first_published:
        distribution.add(DCTERMS.issued, date(told.dataset.first_published))
    if told.dataset.availability:
        distribution.add(DCATAP.availability, EU[f"planned-availability/{told.dataset.availability}"])
    return distribution


def _series(node: Node, told: Told) -> None:
    dataset = told.dataset
    node.add(A, DCAT.DatasetSeries)
    node.texts(RDFS.label, f"Versions : {dataset.title['fr']}", f"Releases: {dataset.title['en']}")
    node.texts(DCTERMS.title, f"Versions : {dataset.title['fr']}", f"Releases: {dataset.title['en']}")
    node.texts(
        DCTERMS.description,
        f"La suite des versions publiées du jeu de données « {dataset.title['fr']} » : chacune est figée, a son adresse "
        "et reste téléchargeable tant qu'elle est gardée.",
        f"The series of the published releases of the dataset “{dataset.title['en']}”: each is frozen, has its address "
        "and can be downloaded as long as it is kept.",
    )
    node.add(DCTERMS.identifier, text(node.subject.value))
    node.add(DCTERMS.license, NamedNode(dataset.license))
    node.add(DCTERMS.accrualPeriodicity, NamedNode(dataset.frequency))
    node.add(DCAT.theme, NamedNode(dataset.theme))
    node.add(DCAT.keyword, *map(fr, dataset.keywords["fr"]), *map(en, dataset.keywords["en"]))
    node.add(DCAT.contactPoint, _contact(told))
    node.add(DCAT.landingPage, NamedNode(dataset.landing_page))
    node.add(DCAT.last, told.entry(MAIN))
    _shared(node, told)
    _spatial(node, told)
    _temporal(node, told.coverage.issues)
    for path, title, description, file_type, media_type in _FOLLOWED:
        followed = _distribution(node, told, path, title)
        followed.texts(DCTERMS.description, *description)
        followed.add(DCAT.accessURL, told.iris.at(path))
        followed.add(DCTERMS["format"], EU[f"file-type/{file_type}"])
        followed.add(DCAT.mediaType, IANA[media_type])


def _service(node: Node, told: Told) -> None:
    dataset = told.dataset
    node.add(A, DCAT.DataService, RDFS.Resource)
    node.texts(DCTERMS.title, f"Service SPARQL : {dataset.title['fr']}", f"SPARQL endpoint: {dataset.title['en']}")
    node.texts(
        DCTERMS.description,
        "Interroger la dernière version en SPARQL 1.1, en lecture : graphe par défaut réuni, un graphe nommé par source, "
        "réponses en JSON, XML, CSV, TSV et RDF.",
        "Query the latest release with SPARQL 1.1, read only: merged default graph, one named graph for each source, "
        "answers as JSON, XML, CSV, TSV and RDF.",
    )
    node.add(DCTERMS.identifier, text(node.subject.value))
    node.add(DCAT.endpointURL, node.subject)
    node.add(DCAT.endpointDescription, node.subject)
    node.add(DCAT.servesDataset, *(told.entry(each) for each in (MAIN, TERRITORIES, VOCABULARY)))
    node.add(DCTERMS.license, NamedNode(dataset.license))
    node.add(DCTERMS.accessRights, EU["access-right/PUBLIC"])
    node.add(DCTERMS.conformsTo, NamedNode(PROTOCOL))
    node.add(DCTERMS.publisher, told.iris.thing(dataset.publisher))
    node.add(DCAT.contactPoint, _contact(told))
    node.add(DCAT.theme, NamedNode(dataset.theme))
    node.add(DCAT.keyword, *map(fr, dataset.keywords["fr"]), *map(en, dataset.keywords["en"]))
    if dataset.availability:
        node.add(DCATAP.availability, EU[f"planned-availability/{dataset.availability}"])


def _people(node: Node, told: Told) -> None:
    """The publisher (its name and page are the tables') and whom to ask."""
    dataset = told.dataset
    publisher = node.of(told.iris.thing(dataset.publisher))
    publisher.add(A, FOAF.Agent, FOAF.Organization)
    if dataset.publisher_type:
        publisher.add(DCTERMS.type, PUBLISHER_TYPE[dataset.publisher_type])
    contact = node.of(_contact(told))
    contact.add(A, VCARD.Kind, VCARD.Organization)
    contact.texts(RDFS.label, "Contact", "Contact")
    contact.add(VCARD.hasURL, NamedNode(dataset.contact))


def _standards(node: Node) -> None:
    for iri, french, english in (
        (ONTOLOGY_IRI, "Ontologie ess-lod", "ess-lod ontology"),
        (SHAPES_DOCUMENT, "Formes SHACL de l'ESS", "SHACL shapes of the social and solidarity economy"),
        (PROTOCOL, "Protocole SPARQL 1.1", "SPARQL 1.1 Protocol"),
    ):
        standard = node.of(NamedNode(iri))
        standard.add(A, DCTERMS.Standard)
        standard.texts(DCTERMS.title, french, english)


def _shared(node: Node, told: Told) -> None:
    """Publisher, dates and languages."""
    dataset = told.dataset
    node.add(DCTERMS.publisher, told.iris.thing(dataset.publisher))
    node.add(DCTERMS.modified, date(dataset.date))
    node.add(DCTERMS.language, EU["language/FRA"], EU["language/ENG"])
    if dataset.first_published:
        node.add(DCTERMS.issued, date(dataset.first_published))


def region_iri(dataset: Dataset) -> NamedNode:
    """INSEE's IRI of the region of a dataset that has one."""
    return NamedNode(f"http://id.insee.fr/geo/region/{dataset.region}")


def _spatial(node: Node, told: Told) -> None:
    """The region, or France where there is none, with its box and its centre; of the vocabulary, where its terms are used."""
    dataset, box, extent = told.dataset, told.coverage.box, _REGION
    places = [region_iri(dataset)] if dataset.region else []
    places += [NUTS[dataset.nuts]] if dataset.nuts else []
    if not places:
        places, box, extent = [EU["country/FRA"]], _METROPOLIS, ("Emprise de la France métropolitaine", "Extent of metropolitan France")
    node.add(DCTERMS.spatial, *places)
    for place in map(node.of, places):
        place.add(A, DCTERMS.Location)
        if told.region:
            place.add(SKOS.prefLabel, fr(told.region))
        if box is None:
            continue
        place.add(DCAT.bbox, Literal(box.wkt, datatype=GEO.wktLiteral))
        place.add(DCAT.centroid, Literal(box.centre, datatype=GEO.wktLiteral))
        geometry = node.of(told.entry("emprise"))
        place.add(GEO.hasGeometry, geometry.subject)
        geometry.add(A, GEO.Geometry, LOCN.Geometry)
        geometry.texts(RDFS.label, *extent)
        geometry.add(GEO.asWKT, Literal(box.wkt, datatype=GEO.wktLiteral))
        geometry.add(GEO.asGeoJSON, Literal(box.geojson, datatype=GEO.geoJSONLiteral))


def _temporal(node: Node, period: Period) -> None:
    if period.start or period.end:
        part = node.part("periode")
        node.add(DCTERMS.temporal, part.subject)
        part.add(A, DCTERMS.PeriodOfTime)
        for predicate, value in ((DCAT.startDate, period.start), (DCAT.endDate, period.end)):
            if value:
                part.add(predicate, date(value))


def _provenance(node: Node) -> None:
    statement = node.part("provenance")
    node.add(DCTERMS.provenance, statement.subject)
    statement.add(A, DCTERMS.ProvenanceStatement)
    statement.texts(RDFS.label, *_PROVENANCE)


def _document(node: Node) -> None:
    node.add(A, FOAF.Document)


def _contact(told: Told) -> NamedNode:
    return told.entry("contact")


def _licence(told: Told, which: str) -> NamedNode:
    return NamedNode("https://creativecommons.org/licenses/by/4.0/" if which == VOCABULARY else told.dataset.license)
