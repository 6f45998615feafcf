"""The media types that we speak."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import QueryResultsFormat, RdfFormat


@dataclass(frozen=True)
class MediaType:
    """One way to write an answer: extension of its URL, content type, the RDF format behind it (none for HTML), its name for people.

    ``also`` are content types that mean it too when a client names them: more general ones (``application/json``), former ones (``application/x-turtle``).
    Our answer says ``content_type`` all the same.
    """

    extension: str
    content_type: str
    rdf: RdfFormat | None
    label: str
    also: tuple[str, ...] = ()

    @property
    def header(self) -> str:
        """Value of ``Content-Type``: text types say that they are UTF-8."""
        return f"{self.content_type}; charset=utf-8" if self.content_type.startswith("text/") else self.content_type


HTML = MediaType("html", "text/html", None, "HTML", ("application/xhtml+xml",))
TURTLE = MediaType(
    "ttl",
    "text/turtle",
    RdfFormat.TURTLE,
    "Turtle",
    ("application/x-turtle", "application/turtle", "text/n3", "text/rdf+n3", "application/n3"),
)
JSON_LD = MediaType("jsonld", "application/ld+json", RdfFormat.JSON_LD, "JSON-LD", ("application/json",))
JSON = MediaType("json", "application/json", None, "JSON")
CSV = MediaType("csv", "text/csv", None, "CSV", ("application/csv",))
N_TRIPLES = MediaType("nt", "application/n-triples", RdfFormat.N_TRIPLES, "N-Triples")
RDF_XML = MediaType("rdf", "application/rdf+xml", RdfFormat.RDF_XML, "RDF/XML", ("application/xml", "text/xml"))
TRIG = MediaType("trig", "application/trig", RdfFormat.TRIG, "TriG")
N_QUADS = MediaType("nq", "application/n-quads", RdfFormat.N_QUADS, "N-Quads")

RESOURCE_TYPES: tuple[MediaType, ...] = (HTML, TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
GRAPH_TYPES: tuple[MediaType, ...] = (TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
BY_EXTENSION: dict[str, MediaType] = {media.extension: media for media in RESOURCE_TYPES}
EXTENSIONS: dict[str, str] = {
    "htm": "html",
    "xhtml": "html",
    "turtle": "ttl",
    "n3": "ttl",
    "json": "jsonld",
    "xml": "rdf",
    "owl": "rdf",
    "n-triples": "nt",
}
"""What people and programs write for an extension of ours: it leads to the address that has ours."""
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
