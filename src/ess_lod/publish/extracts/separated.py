"""CSV as both Excel and programs read it, and what each column is, in CSVW.

RFC 4180: commas, CRLF, quotes where needed. UTF-8 with a byte-order mark, without which Excel takes the letters for another alphabet; the readers of pandas, R,
DuckDB and CSVW step over it. A cell of several values has `` | `` between them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from ess_lod.publish.dataset import Dataset
from ess_lod.publish.extracts.columns import JOIN, Column, Kind, Noun
from ess_lod.publish.extracts.rows import rows_of, written
from ess_lod.publish.extracts.statements import Statements
from ess_lod.release import Unfinished, Writer

FOLDER = "tables"
_PARTIAL_DATE = "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
_DATATYPES: Mapping[Kind, Any] = {
    Kind.IRI: "anyURI",
    Kind.TEXT: "string",
    Kind.CODE: "string",
    Kind.DAY: {"base": "date", "format": "yyyy-MM-dd"},
    Kind.DATE: {"base": "string", "format": _PARTIAL_DATE},
    Kind.INTEGER: "integer",
    Kind.NUMBER: "decimal",
}


def table_file(noun: Noun, statements: Callable[[Unfinished], Statements]) -> Writer:
    """``tables/{noun}.csv``."""

    def write(made: Unfinished, out: BinaryIO) -> None:
        file = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
        lines = csv.writer(file)
        lines.writerow([column.name for column in noun.columns])
        lines.writerows([written(cell) for cell in row] for row in rows_of(noun, statements(made)))
        file.detach()

    return write


def table_description(noun: Noun, dataset: Dataset) -> bytes:
    """``tables/{noun}.csv-metadata.json``, where CSVW readers look for it: the table alone (Metadata Vocabulary for Tabular Data)."""
    return _written({"@context": _context(), **_table(noun, dataset), "dialect": _dialect()})


def group_description(nouns: tuple[Noun, ...], dataset: Dataset) -> Writer:
    """``tables/csv-metadata.json``: all tables, with what refers to what; it comes after the tables.

    Strict validators want a row for each foreign key, also for an empty one: it is declared for columns without an empty cell in this release. Every column
    of URIs of another table names that table by ``dc:references``.
    """

    def write(made: Unfinished, out: BinaryIO) -> None:
        tables = [_table(noun, dataset) for noun in nouns]
        for noun, table in zip(nouns, tables, strict=True):
            with made.file(f"{FOLDER}/{noun.name}.csv").open(encoding="utf-8-sig", newline="") as file:
                gaps = {name for row in csv.DictReader(file) for name, value in row.items() if not value}
            if keys := [_foreign_key(column) for column in noun.columns if column.of and not column.many and column.name not in gaps]:
                table["tableSchema"]["foreignKeys"] = keys
        out.write(_written({"@context": _context(), "dc:title": _texts(dataset.title), "dialect": _dialect(), "tables": tables}))

    return write


def _table(noun: Noun, dataset: Dataset) -> dict[str, Any]:
    return {
        "url": f"{noun.name}.csv",
        "dc:title": _texts({"fr": noun.title, "en": noun.english}),
        "dc:description": _texts({"fr": noun.about, "en": noun.about_english}),
        "dc:license": {"@id": dataset.license},
        "dc:publisher": {"@id": dataset.iris.thing(dataset.publisher).value},
        "dc:modified": {"@value": dataset.date, "@type": "xsd:date"},
        "dc:source": {"@id": dataset.iris.at("dataset").value},
        "tableSchema": {"aboutUrl": "{+uri}", "primaryKey": "uri", "columns": [_column(column) for column in noun.columns]},
    }


def _column(column: Column) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": column.name,
        "titles": {"fr": column.name, "en": column.english},
        "dc:description": _texts({"fr": column.about, "en": column.about_english}),
        "datatype": _DATATYPES[column.kind],
    }
    if column.name == "uri":
        said["required"] = True
    if column.kind is Kind.TEXT:
        said["lang"] = column.language or "fr"
    if column.of:
        said["dc:references"] = {"@id": f"{column.of}.csv"}
    if column.many:
        said["separator"] = JOIN
    if column.property and not (column.many and column.kind is Kind.IRI):
        said["propertyUrl"] = column.property
        if column.kind is Kind.IRI:
            said["valueUrl"] = f"{{+{column.name}}}"
    else:
        said["suppressOutput"] = True
    return said


def _foreign_key(column: Column) -> dict[str, Any]:
    return {"columnReference": column.name, "reference": {"resource": f"{column.of}.csv", "columnReference": "uri"}}


def _context() -> list[Any]:
    return ["http://www.w3.org/ns/csvw", {"@language": "fr"}]


def _dialect() -> dict[str, Any]:
    return {"encoding": "utf-8", "delimiter": ",", "header": True, "lineTerminators": ["\r\n"], "quoteChar": '"', "doubleQuote": True}


def _texts(texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"@value": texts[tag], "@language": tag} for tag in ("fr", "en")]


def _written(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"
