"""What a release covers, in space and in time, read from its own statements: nothing is told twice, nothing is guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date as day
from datetime import timedelta
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from ess_lod.terms import DCAT, DCTERMS, ESS, GEO, IGEO, A, iri_of

_POINT = re.compile(r"POINT\((-?[\d.]+) (-?[\d.]+)\)")
_ISSUES = (ESS.Supplement, ESS.NewsletterIssue)


@dataclass(frozen=True)
class Box:
    """West, south, east, north in degrees (WGS 84), as the release writes them."""

    west: str
    south: str
    east: str
    north: str

    @property
    def wkt(self) -> str:
        """The box as a WKT polygon, longitude first (CRS84, GeoSPARQL's default)."""
        return f"POLYGON(({', '.join(f'{lon} {lat}' for lon, lat in self._ring)}))"

    @property
    def geojson(self) -> str:
        """The same polygon in GeoJSON (RFC 7946)."""
        ring = [[float(lon), float(lat)] for lon, lat in self._ring]
        return json.dumps({"type": "Polygon", "coordinates": [ring]})

    @property
    def centre(self) -> str:
        """The middle of the box as a WKT point."""
        lon, lat = (float(self.west) + float(self.east)) / 2, (float(self.south) + float(self.north)) / 2
        return f"POINT({lon:.4f} {lat:.4f})"

    @property
    def _ring(self) -> tuple[tuple[str, str], ...]:
        west, south, east, north = self.west, self.south, self.east, self.north
        return ((west, south), (east, south), (east, north), (west, north), (west, south))


@dataclass(frozen=True)
class Period:
    """First and last day (ISO), both included; empty when the release does not say."""

    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class Coverage:
    """The box of the communes of the region, the period of the issues, the period of the territories, and how many things of each of our classes."""

    box: Box | None
    issues: Period
    territories: Period
    counts: dict[str, int]


def coverage_of(quads: Iterable[Quad], region: str) -> Coverage:
    """What some quads cover. ``region`` is the INSEE code whose communes make the box; all points do when the quads do not have that region."""
    about: dict[NamedNode, dict[NamedNode, set[Any]]] = {}
    wanted = {A, GEO.asWKT, GEO.hasDefaultGeometry, DCTERMS.isPartOf, DCTERMS.identifier, DCTERMS.temporal, DCAT.startDate, DCAT.endDate}
    for quad in quads:
        if quad.predicate in wanted and isinstance(quad.subject, NamedNode):
            about.setdefault(quad.subject, {}).setdefault(quad.predicate, set()).add(quad.object)
    counts: dict[str, int] = {}
    for facts in about.values():
        for iri in map(iri_of, facts.get(A, ())):
            if iri.startswith(ESS.iri):
                name = iri.removeprefix(ESS.iri)
                counts[name] = counts.get(name, 0) + 1
    issues = _period(about, lambda facts: any(each in facts.get(A, ()) for each in _ISSUES), half_open=True)
    territories = _period(about, lambda facts: ESS.Territory in facts.get(A, ()), half_open=False)
    return Coverage(_box(about, region), issues, territories, dict(sorted(counts.items())))


def _box(about: dict[NamedNode, dict[NamedNode, set[Any]]], region: str) -> Box | None:
    code = Literal(region)
    regions = {thing for thing, facts in about.items() if IGEO.Region in facts.get(A, ()) and code in facts.get(DCTERMS.identifier, ())}

    def inside(thing: object) -> bool:
        wholes = about.get(thing, {}).get(DCTERMS.isPartOf, set()) if isinstance(thing, NamedNode) else set()
        return not regions or bool(wholes & regions) or any(inside(whole) for whole in wholes if whole != thing)

    points = [
        found.groups()
        for thing, facts in sorted(about.items(), key=lambda item: item[0].value)
        for point in facts.get(GEO.hasDefaultGeometry, ())
        for wkt in about.get(point, {}).get(GEO.asWKT, ())
        if (found := _POINT.fullmatch(wkt.value)) and inside(thing)
    ]
    if not points:
        return None
    longitudes, latitudes = (sorted({point[axis] for point in points}, key=lambda text: (float(text), text)) for axis in (0, 1))
    return Box(longitudes[0], latitudes[0], longitudes[-1], latitudes[-1])


def _period(
    about: dict[NamedNode, dict[NamedNode, set[Any]]], wanted: Callable[[dict[NamedNode, set[Any]]], bool], *, half_open: bool
) -> Period:
    """From the first start to the last day. An end of ours is the first day after; where all that exists goes on, the last start counts."""
    starts, ends = set(), set()
    for facts in about.values():
        if wanted(facts):
            for period in facts.get(DCTERMS.temporal, ()):
                dates = about.get(period, {})
                starts |= {each.value for each in dates.get(DCAT.startDate, ()) if len(each.value) == len("2017-01-01")}
                ends |= {each.value for each in dates.get(DCAT.endDate, ()) if len(each.value) == len("2017-01-01")}
    last = max(ends, default="") if half_open else max(starts | ends, default="")
    if half_open and last:
        last = (day.fromisoformat(last) - timedelta(days=1)).isoformat()
    return Period(min(starts, default=""), last)
