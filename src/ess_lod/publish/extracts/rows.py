"""Rows: the values of each column of a thing, and the way back from a cell to its values."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ess_lod.errors import GateRefusal
from ess_lod.publish.extracts.columns import JOIN, Column, Kind, Noun, Part, expand
from ess_lod.publish.extracts.statements import Statements, Value

Cell = str | list[str] | None
"""One value, several, or none."""

_POINT = re.compile(r"(?:<[^>]*> )?POINT ?\((-?[\d.]+) (-?[\d.]+)\)")
_LONGEST_CELL = 2**31 - 1


def rows_of(noun: Noun, statements: Statements) -> Iterator[list[Cell]]:
    """The rows of a table, in the order of the numbers of their things. Raises :class:`GateRefusal` when a column of one value finds several."""
    for thing in statements.things(expand(noun.thing)):
        ends: dict[str, list[Value]] = {}  # a name and its URI are at the end of the same path
        for column in noun.columns:
            if column.path not in ends:
                ends[column.path] = _ends(thing, column, statements)
        yield [_cell(thing, ends[column.path], column, statements) for column in noun.columns]


def followed(nouns: Sequence[Noun], backwards: bool) -> frozenset[str]:
    """The properties that the columns of some tables follow, forwards or backwards."""
    steps = (step for noun in nouns for column in noun.columns for step in column.steps)
    return frozenset(iri for step in steps for iri, is_backwards in step if is_backwards is backwards)


def _ends(thing: str, column: Column, statements: Statements) -> list[Value]:
    """The nodes at the end of the path, each once, in no order."""
    reached = [Value(thing, None)]
    for step in column.steps:
        reached = [
            end
            for node in reached
            if node.is_iri
            for iri, backwards in step
            for end in (statements.before(node.text, iri) if backwards else statements.after(node.text, iri))
        ]
    return reached if len(reached) < 2 else list(set(reached))


def _cell(thing: str, found: list[Value], column: Column, statements: Statements) -> Cell:
    if not found:
        return [] if column.many else None
    if column.part is Part.LABEL or column.kind is Kind.IRI:
        # sorted alike for the column of names and the column of URIs
        named = sorted((statements.label(node.text), node.text) for node in found if node.is_iri)
        texts = [pair[column.part is not Part.LABEL] for pair in named]
    else:
        texts = sorted(text for node in found if (text := _text(node, column)) is not None)
    if column.many:
        return [text.replace(JOIN, " / ") for text in texts]
    if len(texts) > 1:
        raise GateRefusal(f"{column.name} : {thing} a {len(texts)} valeurs pour {column.path} : {texts}. Déclarer la colonne « many ».")
    return texts[0] if texts else None


def read_rows(path: Path, columns: Sequence[Column]) -> Iterator[list[Cell]]:
    """The rows of a table from its CSV file: how the other formats are made."""
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        for line in lines:
            yield [
                (cell.split(JOIN) if cell else []) if column.many else (cell or None) for cell, column in zip(line, columns, strict=True)
            ]


def _text(node: Value, column: Column) -> str | None:
    if column.part is Part.ID:
        return node.text.rpartition("/")[2]
    if node.is_iri or (column.language and node.language != column.language):
        return None
    if column.part in (Part.LONGITUDE, Part.LATITUDE):
        point = _POINT.fullmatch(node.text)
        return point[1 if column.part is Part.LONGITUDE else 2] if point else None
    return node.text if column.keeps is None or column.keeps.fullmatch(node.text) else None


def written(cell: Cell) -> str:
    """A cell as text."""
    return JOIN.join(cell) if isinstance(cell, list) else cell or ""
