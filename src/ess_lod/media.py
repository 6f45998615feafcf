"""The media types that we speak."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import QueryResultsFormat, RdfFormat


@dataclass(frozen=True)
class MediaType:
    """One way to write an answer: extension of its URL, content type, the RDF format behind it (none for HTML), its name for people."""

    extension: str
    content_type: str
    rdf: RdfFormat | None
    label: str

    @property
    def header(self) -> str:
        """Value of ``Content-Type``: text types say that they are UTF-8."""
        return f"{self.content_type}; charset=utf-8" if self.content_type.startswith("text/") else self.content_type


HTML = MediaType("html", "text/html", None, "HTML")
TURTLE = MediaType("ttl", "text/turtle", RdfFormat.TURTLE, "Turtle")
JSON_LD = MediaType("jsonld", "application/ld+json", RdfFormat.JSON_LD, "JSON-LD")
N_TRIPLES = MediaType("nt", "application/n-triples", RdfFormat.N_TRIPLES, "N-Triples")
RDF_XML = MediaType("rdf", "application/rdf+xml", RdfFormat.RDF_XML, "RDF/XML")
TRIG = MediaType("trig", "application/trig", RdfFormat.TRIG, "TriG")
N_QUADS = MediaType("nq", "application/n-quads", RdfFormat.N_QUADS, "N-Quads")

RESOURCE_TYPES: tuple[MediaType, ...] = (HTML, TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
GRAPH_TYPES: tuple[MediaType, ...] = (TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
BY_EXTENSION: dict[str, MediaType] = {media.extension: media for media in RESOURCE_TYPES}
ANSWER_GRAPHS: dict[str, MediaType] = {media.extension: media for media in (*GRAPH_TYPES, TRIG, N_QUADS)}
"""The formats of the triples that a query gives, by extension."""


@dataclass(frozen=True)
class ResultType:
    """One way to write rows or a truth value."""

    extension: str
    content_type: str
    format: QueryResultsFormat


RESULT_JSON = ResultType("srj", "application/sparql-results+json", QueryResultsFormat.JSON)
RESULT_XML = ResultType("srx", "application/sparql-results+xml", QueryResultsFormat.XML)
RESULT_CSV = ResultType("csv", "text/csv", QueryResultsFormat.CSV)
RESULT_TSV = ResultType("tsv", "text/tab-separated-values", QueryResultsFormat.TSV)
RESULT_TYPES: tuple[ResultType, ...] = (RESULT_JSON, RESULT_XML, RESULT_CSV, RESULT_TSV)
RESULT_BY_EXTENSION: dict[str, ResultType] = {each.extension: each for each in RESULT_TYPES}
