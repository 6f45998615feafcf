"""What a request to ``/sparql`` asks, by SPARQL 1.1 Protocol §2.1, before anything is run: the query, its dataset, the format of the answer.

Knows nothing of Flask, so that the server can answer without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from werkzeug.http import parse_options_header

from ess_lod.errors import EssLodError, NotAcceptable
from ess_lod.iris import node_of
from ess_lod.media import ANSWER_GRAPHS, HTML, JSON_LD, RDF_XML, RESULT_TYPES, MediaType
from ess_lod.store import Form, Query, read_query
from ess_lod.web.answer_table import SHOWN_ROWS
from ess_lod.web.negotiation import negotiate

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
_UPDATE = "application/sparql-update"


class ProtocolError(EssLodError):
    """A request that the protocol does not allow: the status, the key of the words that say why, and what is filled in there."""

    def __init__(self, status: int, key: str, **values: object) -> None:
        self.status, self.key, self.values = status, key, values
        super().__init__(key)


class ReconcileError(ProtocolError):
    """The same of a request to the reconciliation service."""


@dataclass(frozen=True)
class Call:
    """The parts of a request that the protocol looks at; ``known`` is its ``If-None-Match``."""

    method: str
    query_string: str
    content_type: str = ""
    body: bytes = b""
    accept: str | None = None
    known: str | None = None


@dataclass(frozen=True)
class Asked:
    """A query to be answered in a format; in a page when that is HTML."""

    query: Query
    media: MediaType

    @property
    def is_page(self) -> bool:
        """Is the answer a page for people?"""
        return self.media is HTML

    @property
    def written(self) -> str:
        """Extension of the format that the engine writes: a page is made from TSV or N-Triples, which can be cut at a line."""
        if not self.is_page:
            return self.media.extension
        return {Form.SELECT: "tsv", Form.ASK: "srj"}.get(self.query.form, "nt")

    @property
    def first(self) -> int:
        """How many rows are wanted; 0 for all."""
        return SHOWN_ROWS + 1 if self.is_page else 0


_RESULTS = tuple(MediaType(each.extension, each.content_type, None, each.extension) for each in RESULT_TYPES)
_PLAIN = (
    MediaType("srj", "application/json", None, "srj"),
    MediaType("srx", "application/xml", None, "srx"),
    MediaType("srx", "text/xml", None, "srx"),
)
_GRAPHS = tuple(ANSWER_GRAPHS.values())
_PLAIN_GRAPHS = (MediaType("jsonld", "application/json", JSON_LD.rdf, "JSON"), MediaType("rdf", "application/xml", RDF_XML.rdf, "XML"))
OFFERED_RESULTS = (*_RESULTS, *_PLAIN, HTML)
OFFERED_GRAPHS = (*_GRAPHS, *_PLAIN_GRAPHS, HTML)

_NAMES = {
    "json": "srj jsonld", "xml": "srx rdf", "csv": "csv", "tsv": "tsv", "html": "html", "ttl": "ttl", "turtle": "ttl", "n3": "ttl", "nt": "nt",
    "n-triples": "nt", "ntriples": "nt", "rdf": "rdf", "rdf+xml": "rdf", "rdf/xml": "rdf", "jsonld": "jsonld", "json-ld": "jsonld", "trig": "trig",
    "nq": "nq", "n-quads": "nq", "nquads": "nq", "srj": "srj", "srx": "srx", "sparql": "srx",
}  # fmt: skip
"""What ``format=`` and ``output=`` may name beside media types: the short names that clients send, with the extensions that they can mean."""


def read_call(call: Call, longest: int, services: Sequence[str]) -> Asked | None:
    """What is asked; ``None`` when there is no query. ``longest`` is the limit of a query in bytes.

    Raises :class:`ProtocolError`, :class:`NotAcceptable`, and what :func:`read_query` raises.
    """
    fields = fields_of(call.query_string)
    if call.method == "POST":
        fields = _with_body(call, fields)
    texts = fields.get("query", [])
    if "update" in fields:
        raise ProtocolError(403, "sparql-read-only")
    if not texts:
        if call.method == "POST":
            raise ProtocolError(400, "sparql-no-query")
        return None
    if len(texts) > 1:
        raise ProtocolError(400, "sparql-one-query")
    if len(texts[0]) > longest or len(texts[0].encode()) > longest:
        raise ProtocolError(413, "sparql-long")
    query = read_query(texts[0], _graphs(fields, "default-graph-uri"), _graphs(fields, "named-graph-uri"), services)
    return Asked(query, _media(fields, call.accept, query.form.is_graph))


def fields_of(encoded: str) -> dict[str, list[str]]:
    """The values of each field of a form or of an address. Raises :class:`ProtocolError` for what is no UTF-8."""
    fields: dict[str, list[str]] = {}
    try:
        for name, value in parse_qsl(encoded, keep_blank_values=True, errors="strict"):
            fields.setdefault(name, []).append(value)
    except ValueError as error:
        raise ProtocolError(400, "sparql-utf8") from error
    return fields


def _with_body(call: Call, fields: dict[str, list[str]]) -> dict[str, list[str]]:
    media, options = parse_options_header(call.content_type.lower())
    if options.get("charset", "utf-8") not in ("utf-8", "utf8"):
        raise ProtocolError(415, "sparql-charset")
    if media == _UPDATE:
        raise ProtocolError(403, "sparql-read-only")
    if media not in (DIRECT, FORM):
        raise ProtocolError(415, "sparql-type")
    try:
        text = call.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProtocolError(400, "sparql-utf8") from error
    found = {"query": [text]} if media == DIRECT else fields_of(text)
    return {name: [*fields.get(name, []), *found.get(name, [])] for name in {*fields, *found}}


def _graphs(fields: Mapping[str, list[str]], name: str) -> list[str] | None:
    """The graphs that a parameter names, ``None`` when it names none: forms send empty fields, which name nothing.

    A graph that is not there is empty, but what is no IRI is a :class:`ProtocolError`.
    """
    graphs = [graph for graph in fields.get(name, []) if graph]
    if not all(map(node_of, graphs)):
        raise ProtocolError(400, "sparql-graph-uri")
    return graphs or None


def _media(fields: Mapping[str, list[str]], accept: str | None, is_graph: bool) -> MediaType:
    """The format of an answer: one that the address names wins over ``Accept``, for links in pages and clients that cannot set headers."""
    named = next((value for name in ("format", "output") for value in fields.get(name, []) if value), "")
    if len(accept or "") + len(named) > _LONGEST_REMEMBERED:
        return _choose(accept, is_graph, named)
    return _chosen(accept, is_graph, named)


def _choose(accept: str | None, is_graph: bool, named: str) -> MediaType:
    offered = OFFERED_GRAPHS if is_graph else OFFERED_RESULTS
    if not named:
        return negotiate(accept, offered)
    named = named.lower().replace(" ", "+")  # a plus that was not encoded
    wanted = _NAMES.get(named, "").split()
    found = [media for media in offered if media.extension in wanted or media.content_type == named]
    if not found:
        raise NotAcceptable([f"format={name}" for name in format_names(is_graph)])
    return found[0]


_chosen = lru_cache(maxsize=1000)(_choose)
_LONGEST_REMEMBERED = 300
"""Letters of a request for a format whose answer is remembered: browsers send some 120."""


def format_names(is_graph: bool) -> Iterable[str]:
    """The short names of formats that fit a kind of answer, one for each."""
    return ("ttl", "jsonld", "rdf", "nt", "trig", "nq", "html") if is_graph else ("json", "xml", "csv", "tsv", "html")
