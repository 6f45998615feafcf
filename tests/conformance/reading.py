"""Reads SPARQL results without the engine that wrote them: JSON, XML, CSV and TSV, each as its own standard has it.

A row is a mapping from the names of variables to terms; what is unbound is left out. CSV knows no terms (SPARQL 1.1 CSV and TSV §3): its rows are texts.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

Term = NamedNode | BlankNode | Literal | Triple
Table = tuple[list[str], list[dict[str, Term]]]

_SRX = "{http://www.w3.org/2005/sparql-results#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read_json(body: bytes) -> Table:
    """SPARQL 1.1 Query Results JSON Format."""
    document = json.loads(body)
    assert set(document) == {"head", "results"}
    rows = [{name: _json_term(term) for name, term in row.items()} for row in document["results"]["bindings"]]
    return document["head"]["vars"], rows


def _json_term(term: dict[str, Any]) -> Term:
    kind, value = term["type"], term["value"]
    if kind == "triple":
        return _triple(*(_json_term(value[part]) for part in ("subject", "predicate", "object")))
    assert set(term) <= {"type", "value", "xml:lang", "datatype"}
    return _term(kind, value, term.get("xml:lang"), term.get("datatype"))


def read_xml(body: bytes) -> Table:
    """SPARQL Query Results XML Format."""
    root = ElementTree.fromstring(body)
    assert [part.tag for part in root] == [f"{_SRX}head", f"{_SRX}results"]
    rows = [{binding.attrib["name"]: _xml_term(binding[0]) for binding in result} for result in root[1]]
    return [variable.attrib["name"] for variable in root[0]], rows


def _xml_term(term: ElementTree.Element) -> Term:
    kind = term.tag.removeprefix(_SRX)
    if kind == "triple":
        return _triple(*(_xml_term(part[0]) for part in term))
    return _term(kind, term.text or "", term.get(_LANG), term.get("datatype"))


def read_tsv(body: bytes) -> Table:
    """SPARQL 1.1 TSV: terms are written as in Turtle, which reads them here."""
    header, *lines, last = body.decode().split("\n")
    assert last == ""
    names = header.split("\t")
    assert all(name.startswith("?") for name in names)
    rows = []
    for line in lines:
        fields = line.split("\t")
        assert len(fields) == len(names)
        rows.append({name[1:]: _turtle_term(text) for name, text in zip(names, fields, strict=True) if text})
    return [name[1:] for name in names], rows


def _turtle_term(text: str) -> Term:
    found = list(parse(f"<x:s> <x:p> {text} .", format=RdfFormat.TURTLE))
    assert len(found) == 1
    term: Term = found[0].object
    return term


def read_csv(body: bytes) -> tuple[list[str], list[list[str]]]:
    """SPARQL 1.1 CSV, which RFC 4180 reads: lines end with CR LF, quotes are doubled."""
    text = body.decode()
    assert text.endswith("\r\n")
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert all(len(row) == len(header) for row in rows)
    return header, rows


def as_text(term: Term | None) -> str:
    """A term as CSV has it."""
    if term is None:
        return ""
    return f"_:{term.value}" if isinstance(term, BlankNode) else str(getattr(term, "value", ""))


def _term(kind: str, value: str, language: str | None, datatype: str | None) -> Term:
    if kind == "uri":
        return NamedNode(value)
    if kind == "bnode":
        return BlankNode(value)
    assert kind == "literal", kind
    return Literal(value, language=language) if language else Literal(value, datatype=NamedNode(datatype) if datatype else None)


def _triple(subject: Term, predicate: Term, value: Term) -> Triple:
    assert isinstance(subject, NamedNode | BlankNode)
    assert isinstance(predicate, NamedNode)
    return Triple(subject, predicate, value)


READERS: dict[str, Callable[[bytes], Table]] = {"srj": read_json, "srx": read_xml, "tsv": read_tsv}
"""By the name of the format."""
