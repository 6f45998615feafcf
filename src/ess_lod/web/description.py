"""What the endpoint says of itself: SPARQL 1.1 Service Description, with VoID counts of what it really holds."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode, Triple

from ess_lod.config import Settings
from ess_lod.terms import DCTERMS, RDFS, VOID, XSD, A, Namespace
from ess_lod.web import queries
from ess_lod.web.live import Edition
from ess_lod.web.words import LANGUAGES, phrase

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPHS = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads")


def describe_service(edition: Edition, endpoint: str, settings: Settings) -> list[Triple]:
    """The description of the service at the address ``endpoint``, which is where this server was asked: its dataset keeps its own address."""
    service, dataset, default = (NamedNode(f"{edition.iris.base}sparql{part}") for part in ("", "#dataset", "#default"))
    said: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        (service, A, SD.Service),
        (service, SD.endpoint, NamedNode(endpoint)),
        (service, SD.supportedLanguage, SD.SPARQL11Query),
        (service, SD.defaultEntailmentRegime, NamedNode("http://www.w3.org/ns/entailment/Simple")),
        (service, SD.feature, SD.UnionDefaultGraph),
        (service, SD.defaultDataset, dataset),
        *((service, SD.resultFormat, NamedNode(_FORMATS + name)) for name in (*_RESULTS, *_GRAPHS)),
        *((service, RDFS.comment, Literal(limits(settings, language), language=language)) for language in LANGUAGES),
        (dataset, A, SD.Dataset),
        (dataset, A, VOID.Dataset),
        (dataset, DCTERMS.isVersionOf, NamedNode(f"{edition.iris.base}dataset")),
        (dataset, DCTERMS.identifier, Literal(edition.release.version)),
        (dataset, SD.defaultGraph, default),
        (default, A, SD.Graph),
    ]
    if settings.services:
        said.append((service, SD.feature, SD.BasicFederatedQuery))
    counts = edition.keep("service counts", lambda: _counts(edition))
    return [Triple(*each) for each in said] + _counted(default, counts) + _named(edition, dataset)


def limits(settings: Settings, language: str) -> str:
    """The limits of the service, in words."""
    return phrase(
        "sparql-limits",
        language,
        seconds=settings.query_seconds,
        rows=settings.answer_rows,
        megabytes=settings.answer_megabytes,
        length=settings.max_query_bytes,
        at_once=settings.queries_per_client,
    )


def _counts(edition: Edition) -> dict[str, int]:
    found = {name: int(edition.rows(text)[0]["n"]) for name, text in queries.TOTALS.items()}
    return found | {row["class"]: int(row["n"]) for row in edition.rows(queries.CLASSES)}


def _counted(default: NamedNode, counts: dict[str, int]) -> list[Triple]:
    said: list[Triple] = []
    for name, count in counts.items():
        if name in queries.TOTALS:
            said.append(Triple(default, VOID[name], _number(count)))
        else:
            part = NamedNode(f"{default.value}-{name.rpartition('#')[2].rpartition('/')[2]}")
            said += [
                Triple(default, VOID.classPartition, part),
                Triple(part, VOID["class"], NamedNode(name)),
                Triple(part, VOID.entities, _number(count)),
            ]
    return said


def _named(edition: Edition, dataset: NamedNode) -> list[Triple]:
    said: list[Triple] = []
    for row in edition.keep("graph counts", lambda: edition.rows(queries.GRAPHS)):
        name = NamedNode(row["graph"])
        entry = NamedNode(f"{dataset.value}-{row['graph'].removeprefix(edition.iris.base).replace('/', '-')}")
        said += [
            Triple(dataset, SD.namedGraph, entry),
            Triple(entry, A, SD.NamedGraph),
            Triple(entry, SD.name, name),
            Triple(entry, SD.graph, name),
            Triple(name, A, SD.Graph),
            Triple(name, VOID.triples, _number(int(row["count"]))),
        ]
    return said


def _number(count: int) -> Literal:
    return Literal(str(count), datatype=XSD.integer)
