"""GeoJSON (RFC 7946): territories that have a point, and places of actors. Longitude first, WGS 84, one feature a line.

A point is that of a commune: a place of an actor stands where its commune does, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from ess_lod.publish.dataset import Dataset
from ess_lod.publish.extracts.columns import Kind, Noun
from ess_lod.publish.extracts.rows import read_rows
from ess_lod.publish.extracts.separated import FOLDER
from ess_lod.release import Unfinished, Writer

_LEFT_OUT = ("longitude", "latitude", "description", "description_en", "pages_insee")

Row = dict[str, Any]


def map_file(noun: Noun, dataset: Dataset, title: str, wanted: Callable[[Row], bool] = lambda _: True) -> Writer:
    """The rows of a table that have coordinates, and are ``wanted``, as a feature collection with its ``bbox``."""

    def write(made: Unfinished, out: BinaryIO) -> None:
        said = {"type": "FeatureCollection", "title": title, "license": dataset.license, "source": dataset.iris.at("dataset").value}
        out.write(_text(said)[:-1] + b', "features": [')
        before, box = b"\n", _Box()
        for row in _rows(made, noun):
            if row["longitude"] is None or not wanted(row):
                continue
            point = [_number(row["longitude"]), _number(row["latitude"])]
            box.take(point)
            properties = {name: value for name, value in row.items() if name not in _LEFT_OUT and value not in (None, [])}
            geometry = {"type": "Point", "coordinates": point}
            out.write(before + _text({"type": "Feature", "id": row["uri"], "geometry": geometry, "properties": properties}))
            before = b",\n"
        out.write(b"\n]" + (b', "bbox": ' + _text(box.corners) if box.corners else b"") + b"}\n")

    return write


class _Box:
    """The smallest box around some points: west, south, east, north."""

    def __init__(self) -> None:
        self.corners: list[float] = []

    def take(self, point: list[float]) -> None:
        x, y = point
        west, south, east, north = self.corners or [x, y, x, y]
        self.corners = [min(west, x), min(south, y), max(east, x), max(north, y)]


def _rows(made: Unfinished, noun: Noun) -> Iterator[Row]:
    for cells in read_rows(made.file(f"{FOLDER}/{noun.name}.csv"), noun.columns):
        row: Row = {}
        for cell, column in zip(cells, noun.columns, strict=True):
            is_number = column.kind is Kind.INTEGER and isinstance(cell, str)
            row[column.name] = int(str(cell)) if is_number else cell
        yield row


def _number(text: str) -> float:
    """Degrees; seven decimals are a centimetre."""
    return float(round(Decimal(text), 7))


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
