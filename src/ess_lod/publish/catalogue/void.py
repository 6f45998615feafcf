"""VoID: how much of what the release holds, and what it links to, counted on the merge of its graphs as the endpoint holds it.

https://www.w3.org/TR/void/. The counts are those of the default graph, so that a query gets the same numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad, Triple

from ess_lod.publish.catalogue.files import MAIN, dump_files
from ess_lod.publish.dataset import Dataset
from ess_lod.publish.lift import Node
from ess_lod.terms import DCTERMS, ESS, FOAF, PREFIXES, RDFS, VOID, XSD, A, Namespace, date, iri_of, text

FORMATS = Namespace("http://www.w3.org/ns/formats/")


@dataclass(frozen=True)
class Target:
    """A dataset of others that the release links to."""

    name: str
    space: str
    title: tuple[str, str]
    homepage: str


TARGETS = (
    Target("insee", "http://id.insee.fr/", ("Insee, données liées", "Insee, linked data"), "https://rdf.insee.fr/"),
    Target("essglobal", "http://purl.org/essglobal/", ("ESSGlobal", "ESSGlobal"), "http://purl.org/essglobal/vocab/"),
    Target(
        "sdg",
        "http://metadata.un.org/sdg/",
        ("Objectifs de développement durable", "Sustainable Development Goals"),
        "http://metadata.un.org/sdg/",
    ),
    Target("eurovoc", "http://eurovoc.europa.eu/", ("EuroVoc", "EuroVoc"), "http://eurovoc.europa.eu/"),
    Target("wikidata", "http://www.wikidata.org/entity/", ("Wikidata", "Wikidata"), "https://www.wikidata.org/"),
    Target("wikipedia-fr", "https://fr.wikipedia.org/", ("Wikipédia en français", "French Wikipedia"), "https://fr.wikipedia.org/"),
    Target(
        "eu",
        "http://publications.europa.eu/resource/authority/",
        ("Listes de l'Office des publications", "EU authority tables"),
        "http://publications.europa.eu/",
    ),
)
"""Links into each are counted by property; a release has a linkset only for those that it really has."""

_NAMES = {iri: prefix for prefix, iri in PREFIXES.items()}


@dataclass
class Counts:
    """What is counted while the triples go by once, in any order."""

    triples: int = 0
    entities: set[object] = field(default_factory=set)
    subjects: set[object] = field(default_factory=set)
    objects: set[object] = field(default_factory=set)
    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    property_subjects: dict[str, set[object]] = field(default_factory=dict)
    property_objects: dict[str, set[object]] = field(default_factory=dict)
    links: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)


def count(triples: Iterable[Triple]) -> Counts:
    """Count distinct triples."""
    found = Counts()
    for triple in triples:
        subject, predicate, obj = triple.subject, triple.predicate.value, triple.object
        found.triples += 1
        found.subjects.add(subject)
        found.objects.add(obj)
        found.properties[predicate] += 1
        found.property_subjects.setdefault(predicate, set()).add(subject)
        found.property_objects.setdefault(predicate, set()).add(obj)
        if predicate == A.value:
            found.entities.add(subject)
            name = iri_of(obj)
            found.classes[name] += 1
            if name.startswith(ESS.iri) and "#" not in iri_of(subject):
                found.examples[name] = min(iri_of(subject), found.examples.get(name, iri_of(subject)))
        elif isinstance(obj, NamedNode):
            for target in TARGETS:
                if obj.value.startswith(target.space):
                    found.links[target.name, predicate] += 1
    return found


def void_file(quads: Iterable[Quad], dataset: Dataset, sizes: Mapping[str, tuple[int, str]]) -> list[Triple]:
    """Triples of ``void.ttl``, sorted: counts, partitions by class and property, linksets, examples, dumps, endpoint, vocabularies."""
    counts = count({quad.triple for quad in quads})
    iris = dataset.iris
    document = Node(iris.at(".well-known/void"), iris.graph("catalogue"))
    main = document.of(iris.at("dataset"))
    document.add(A, VOID.DatasetDescription)
    document.texts(DCTERMS.title, f"Description VoID : {dataset.title['fr']}", f"VoID description: {dataset.title['en']}")
    document.add(FOAF.primaryTopic, main.subject)
    document.add(DCTERMS.creator, iris.thing(dataset.publisher))
    document.add(DCTERMS.modified, date(dataset.date))
    main.add(A, VOID.Dataset)
    main.texts(DCTERMS.title, dataset.title["fr"], dataset.title["en"])
    main.texts(DCTERMS.description, dataset.description["fr"], dataset.description["en"])
    main.add(DCTERMS.publisher, iris.thing(dataset.publisher))
    main.add(DCTERMS.license, NamedNode(dataset.license))
    main.add(DCTERMS.modified, date(dataset.date))
    main.add(FOAF.homepage, iris.at("dataset"))
    main.add(VOID.uriSpace, text(iris.base))
    main.add(VOID.sparqlEndpoint, iris.at("sparql"))
    main.add(VOID.exampleResource, *map(NamedNode, sorted(counts.examples.values())))
    main.add(VOID.rootResource, iris.at("dataset"))
    main.add(VOID.vocabulary, *map(NamedNode, _vocabularies(counts)))
    main.add(VOID.feature, FORMATS["Turtle"], FORMATS["RDF_XML"], FORMATS["N-Triples"], FORMATS["JSON-LD"])
    dumps = [file for file in dump_files(sizes) if file.dataset == MAIN and file.is_rdf]
    main.add(VOID.dataDump, *(iris.at(f"dump/latest/{file.path}") for file in dumps))
    _totals(main, counts)
    _class_partitions(document, main, counts)
    _property_partitions(document, main, counts)
    _linksets(document, main, counts)
    return sorted({quad.triple for quad in document.quads}, key=str)


def _totals(main: Node, counts: Counts) -> None:
    main.add(VOID.triples, _number(counts.triples))
    main.add(VOID.entities, _number(len(counts.entities)))
    main.add(VOID.classes, _number(len(counts.classes)))
    main.add(VOID.properties, _number(len(counts.properties)))
    main.add(VOID.distinctSubjects, _number(len(counts.subjects)))
    main.add(VOID.distinctObjects, _number(len(counts.objects)))


def _class_partitions(document: Node, main: Node, counts: Counts) -> None:
    for name, instances in sorted(counts.classes.items()):
        part = document.part(f"classe-{_short(name)}")
        main.add(VOID.classPartition, part.subject)
        part.add(A, VOID.Dataset)
        part.add(VOID["class"], NamedNode(name))
        part.add(VOID.entities, _number(instances))


def _property_partitions(document: Node, main: Node, counts: Counts) -> None:
    for name, triples in sorted(counts.properties.items()):
        part = document.part(f"propriete-{_short(name)}")
        main.add(VOID.propertyPartition, part.subject)
        part.add(A, VOID.Dataset)
        part.add(VOID.property, NamedNode(name))
        part.add(VOID.triples, _number(triples))
        part.add(VOID.distinctSubjects, _number(len(counts.property_subjects[name])))
        part.add(VOID.distinctObjects, _number(len(counts.property_objects[name])))


def _linksets(document: Node, main: Node, counts: Counts) -> None:
    for target in TARGETS:
        links = sorted((predicate, number) for (name, predicate), number in counts.links.items() if name == target.name)
        if not links:
            continue
        other = document.part(target.name)
        other.add(A, VOID.Dataset)
        other.texts(DCTERMS.title, *target.title)
        other.add(FOAF.homepage, NamedNode(target.homepage))
        other.add(VOID.uriSpace, text(target.space))
        for predicate, number in links:
            linkset = document.part(f"liens-{target.name}-{_short(predicate)}")
            main.add(VOID.subset, linkset.subject)
            linkset.add(A, VOID.Linkset)
            linkset.texts(
                RDFS.label, f"Liens vers {target.title[0]} ({_short(predicate)})", f"Links to {target.title[1]} ({_short(predicate)})"
            )
            linkset.add(VOID.subjectsTarget, main.subject)
            linkset.add(VOID.objectsTarget, other.subject)
            linkset.add(VOID.linkPredicate, NamedNode(predicate))
            linkset.add(VOID.triples, _number(number))


def _vocabularies(counts: Counts) -> Iterator[str]:
    """Namespaces of the classes and properties that are used."""
    yield from sorted({_space(iri) for iri in (*counts.classes, *counts.properties)})


def _space(iri: str) -> str:
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:cut]


def _short(iri: str) -> str:
    """``http://xmlns.com/foaf/0.1/name`` → ``foaf-name``: the end of a partition's IRI."""
    space = _space(iri)
    local = iri[len(space) :]
    return f"{_NAMES[space]}-{local}" if space in _NAMES else f"{space.partition('://')[2].strip('/#').replace('/', '-')}-{local}"


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=XSD.integer)
