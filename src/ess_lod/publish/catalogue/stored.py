"""What the release says of itself in its own graphs (``g:catalogue``): the dataset, its main files, and where each named graph comes from.

Sizes, checksums, coverage and the concepts of European code lists are in the catalogue's file only (:mod:`ess_lod.publish.catalogue.entries`): a store would
rewrite its numbers, and the vocabulary's shapes would take others' concepts for ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyoxigraph import Literal, NamedNode, Quad

from ess_lod.iris import Iris, concept
from ess_lod.publish.catalogue.entries import SHAPES_DOCUMENT, region_iri
from ess_lod.publish.codelists import EU, IANA
from ess_lod.publish.dataset import Dataset
from ess_lod.publish.lift import Node
from ess_lod.publish.lift.links import announced_graph
from ess_lod.publish.rows import Row
from ess_lod.terms import (
    DCAT,
    DCTERMS,
    ESS,
    ONTOLOGY_IRI,
    PROV,
    RDFS,
    VCARD,
    VOID,
    XSD,
    A,
    date,
    en,
    fr,
    text,
)

DISTRIBUTIONS = (
    ("dataset.nq", "N-Quads", "application/n-quads", "RDF_N_QUADS"),
    ("dataset.ttl", "Turtle", "text/turtle", "RDF_TURTLE"),
    ("dataset.jsonld", "JSON-LD", "application/ld+json", "JSON_LD"),
)
_OWN_GRAPHS = {
    "catalogue": ("Le jeu de données et ses sources", "The dataset and its sources", "declaration"),
    "registre": ("Identifiants retirés et doublons", "Withdrawn and duplicate identifiers", "declaration"),
    "vocab": ("Le vocabulaire", "The vocabulary", "declaration"),
    "inferred": ("Déduit par les règles", "Inferred by rules", "inference"),
}


def describe_dataset(dataset: Dataset) -> list[Quad]:
    """The dataset and its catalogue, in ``g:catalogue``: everything but the sizes of files."""
    iris = dataset.iris
    catalogue = Node(iris.at("catalog"), iris.graph("catalogue"))
    catalogue.add(A, DCAT.Catalog)
    catalogue.texts(RDFS.label, "Catalogue", "Catalogue")
    catalogue.texts(DCTERMS.title, f"Catalogue : {dataset.title['fr']}", f"Catalogue: {dataset.title['en']}")
    catalogue.texts(DCTERMS.description, "Les jeux de données et services de ce site.", "The datasets and services of this site.")
    catalogue.add(DCTERMS.publisher, iris.thing(dataset.publisher))
    catalogue.add(DCTERMS.license, NamedNode(dataset.license))
    catalogue.add(DCAT.dataset, iris.at("dataset"))
    catalogue.add(DCAT.service, iris.at("sparql"))
    _dataset(catalogue.of(iris.at("dataset")), dataset)
    service = catalogue.of(iris.at("sparql"))
    service.add(A, DCAT.DataService)
    service.texts(RDFS.label, "Service SPARQL", "SPARQL endpoint")
    service.texts(DCTERMS.title, "Service SPARQL", "SPARQL endpoint")
    service.add(DCAT.endpointURL, iris.at("sparql"))
    service.add(DCAT.servesDataset, iris.at("dataset"))
    service.add(DCTERMS.publisher, iris.thing(dataset.publisher))
    service.add(DCTERMS.license, NamedNode(dataset.license))
    service.add(DCTERMS.conformsTo, NamedNode("http://www.w3.org/TR/sparql11-protocol/"))
    shapes = catalogue.of(NamedNode(SHAPES_DOCUMENT))
    shapes.add(A, DCTERMS.Standard)
    shapes.texts(RDFS.label, "Formes SHACL de l'ESS", "SHACL shapes of the social and solidarity economy")
    return catalogue.quads


def _dataset(node: Node, dataset: Dataset) -> None:
    iris = dataset.iris
    node.add(A, DCAT.Dataset, VOID.Dataset)
    node.texts(RDFS.label, dataset.title["fr"], dataset.title["en"])
    node.texts(DCTERMS.title, dataset.title["fr"], dataset.title["en"])
    node.texts(DCTERMS.description, dataset.description["fr"], dataset.description["en"])
    node.add(DCTERMS.identifier, text(iris.at("dataset").value))
    node.add(DCTERMS.publisher, iris.thing(dataset.publisher))
    node.add(DCTERMS.license, NamedNode(dataset.license))
    node.add(DCTERMS.modified, date(dataset.date))
    node.add(DCTERMS.accrualPeriodicity, NamedNode(dataset.frequency))
    node.add(DCTERMS.language, EU["language/FRA"], EU["language/ENG"])
    node.add(DCTERMS.conformsTo, NamedNode(ONTOLOGY_IRI), NamedNode(SHAPES_DOCUMENT))
    node.add(DCTERMS.spatial, region_iri(dataset) if dataset.region else EU["country/FRA"])
    node.add(DCAT.theme, NamedNode(dataset.theme))
    node.add(DCAT.keyword, *map(fr, dataset.keywords["fr"]), *map(en, dataset.keywords["en"]))
    node.add(DCAT.landingPage, NamedNode(dataset.landing_page))
    node.add(VOID.uriSpace, text(iris.base))
    node.add(VOID.sparqlEndpoint, iris.at("sparql"))
    node.add(VOID.vocabulary, NamedNode(ONTOLOGY_IRI))
    contact = node.part("contact")
    node.add(DCAT.contactPoint, contact.subject)
    contact.add(A, VCARD.Organization)
    contact.texts(RDFS.label, "Contact", "Contact")
    contact.add(VCARD.fn, text("Contact"))
    contact.add(VCARD.hasURL, NamedNode(dataset.contact))
    for filename, name, media_type, file_type in DISTRIBUTIONS:
        distribution = node.part(filename)
        node.add(DCAT.distribution, distribution.subject)
        distribution.add(A, DCAT.Distribution)
        distribution.texts(RDFS.label, f"Jeu complet en {name}", f"Complete dataset in {name}")
        distribution.texts(DCTERMS.title, f"Jeu complet en {name}", f"Complete dataset in {name}")
        distribution.add(DCTERMS.license, NamedNode(dataset.license))
        distribution.add(DCTERMS["format"], EU[f"file-type/{file_type}"])
        distribution.add(DCAT.mediaType, IANA[media_type])
        distribution.add(DCAT.accessURL, iris.at("dataset"))
        distribution.add(DCAT.downloadURL, iris.at(f"dump/latest/{filename}"))


def describe_graphs(quads: Iterable[Quad], dataset: Dataset, documents: Sequence[Row], announced: Sequence[Row] = ()) -> list[Quad]:
    """Every named graph that states something as a ``prov:Bundle``, in ``g:catalogue``: from which document it comes, or what it is derived from.

    A graph that is neither ours nor named after a document gets no source here, and the gate finds it.
    """
    iris = dataset.iris
    own = {iris.graph(name): name for name in _OWN_GRAPHS}
    sources = {iris.graph(row["id"]): row for row in documents}
    networks: dict[NamedNode, list[Row]] = {}
    for row in announced:
        networks.setdefault(announced_graph(iris, row["reseau"]), []).append(row)
    names = {quad.graph_name for quad in quads} | {iris.graph("catalogue"), iris.graph("inferred"), iris.graph("vocab")}
    graphs = sorted((graph for graph in names if isinstance(graph, NamedNode)), key=lambda graph: graph.value)
    found: list[Quad] = []
    for graph in graphs:
        node = Node(graph, iris.graph("catalogue"), found)
        node.add(A, PROV.Bundle)
        node.add(PROV.generatedAtTime, Literal(dataset.moment, datatype=XSD.dateTime))
        node.add(DCTERMS.license, NamedNode(dataset.license))
        if graph in own:
            french, english, mode = _OWN_GRAPHS[own[graph]]
            node.texts(RDFS.label, french, english)
            node.add(ESS.assertionMode, concept("mode", mode))
            derived_from = [g for g in graphs if g not in own] if own[graph] == "inferred" else [iris.at("dataset")]
            node.add(PROV.wasDerivedFrom, *derived_from)
        elif graph.value.startswith(iris.graph("insee/").value):
            year = graph.value.rpartition("/")[2]
            node.texts(
                RDFS.label,
                f"Référence des communes et EPCI, jusqu'au COG {year}",
                f"Reference of communes and EPCI, up to the COG of {year}",
            )
            node.add(ESS.assertionMode, concept("mode", "reconciliation"))
            node.add(PROV.wasDerivedFrom, *map(iris.thing, dataset.reference_sources))
        elif graph in networks:
            _announced(node, networks[graph], iris)
        elif graph in sources:
            title = sources[graph]["titre"]
            node.texts(RDFS.label, f"Ce que dit la source : {title}", f"What the source says: {title}")
            node.add(ESS.assertionMode, concept("mode", sources[graph]["mode"]))
            node.add(PROV.hadPrimarySource, iris.thing(sources[graph]["id"]))
    return found


def _announced(node: Node, rows: Sequence[Row], iris: Iris) -> None:
    """What a network has announced, and a person has accepted: from which addresses and documents."""
    accepted = [row for row in rows if row["etat"] == "accepte"]
    name = rows[0]["reseau"]
    node.texts(RDFS.label, f"Liens annoncés par le réseau « {name} »", f"Links announced by the network “{name}”")
    node.add(ESS.assertionMode, concept("mode", "declaration"))
    node.add(PROV.wasDerivedFrom, *sorted({NamedNode(row["annonce"]) for row in accepted if row["annonce"]}, key=str))
    node.add(PROV.wasDerivedFrom, *sorted({iris.thing(id_) for row in accepted for id_ in row.list("sources")}, key=str))
