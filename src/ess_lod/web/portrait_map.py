"""The map of the territories that supplements portray: drawn on the server, from the points of the communes in the release, without a tile or a script.

An area is shown as what is known of it: the communes that it is made of, as dots, and their convex hull as a hint of its extent, which is no boundary.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ess_lod.web import queries
from ess_lod.web.coverage import Coverage, coverage
from ess_lod.web.graph import reading_order
from ess_lod.web.lists import entries
from ess_lod.web.live import Edition

WIDTH = 800.0
_MARGIN = 24.0
_MARKER = 15.0
_GAP = 4.0
_LETTER = 8.7
_LINE = 20.0
_LONGEST = 30
_MOST_DOTS, _COARSE = 10_000, 6
_WKT = re.compile(r"POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)", re.IGNORECASE)

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Portrayed:
    """A territory on the map: its number in the list, its communes as a path of dots, its hull, where its number and its name stand."""

    iri: str
    label: str
    likely: bool
    supplements: int
    communes: int
    number: int = 0
    dots: str = ""
    hull: str = ""
    centre: Point = (0.0, 0.0)
    marker: Point = (0.0, 0.0)
    name: Point | None = None
    anchor: str = "start"

    @property
    def short(self) -> str:
        """Its name up to a comma, for the map."""
        return self.label.partition(",")[0]

    @property
    def moved(self) -> bool:
        """Does its number stand beside its place, for want of room?"""
        return math.dist(self.centre, self.marker) > 1


@dataclass(frozen=True)
class PortraitMap:
    """The map. ``ground`` is the path of all communes; ``areas`` are in the order of the list, ``unplaced`` have no commune that is known."""

    width: float
    height: float
    ground: str
    communes: int
    areas: list[Portrayed]
    unplaced: list[Portrayed]

    @property
    def painted(self) -> list[Portrayed]:
        """The areas, the largest first, so that the small ones lie above."""
        return sorted(self.areas, key=lambda each: (-each.communes, each.number))


def points(edition: Edition) -> dict[str, Point]:
    """Longitude and latitude (degrees, WGS 84) of each place of the release that has a point."""
    return edition.keep("points", lambda: _points(edition))


def box(edition: Edition) -> Box | None:
    """West, south, east, north of all points; ``None`` without any."""
    found = points(edition).values()
    if not found:
        return None
    west, south = (min(values) for values in zip(*found, strict=True))
    east, north = (max(values) for values in zip(*found, strict=True))
    return west, south, east, north


def portrait_map(edition: Edition, language: str) -> PortraitMap | None:
    """The map with its names in a language; ``None`` when no place of the release has a point."""
    return edition.keep(f"portrait map {language}", lambda: _drawn(edition, language))


def convex_hull(found: Iterable[Point]) -> list[Point]:
    """The corners of the convex hull, anticlockwise (Andrew's monotone chain); fewer than three points are returned as they are."""
    ordered = sorted(set(found))
    if len(ordered) < 3:
        return ordered
    chains: list[list[Point]] = []
    for way in (ordered, ordered[::-1]):
        chain: list[Point] = []
        for point in way:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        chains.append(chain[:-1])
    return chains[0] + chains[1]


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _points(edition: Edition) -> dict[str, Point]:
    found: dict[str, Point] = {}
    for row in edition.rows(queries.fill(queries.POINTS)):
        if match := _WKT.fullmatch(row["wkt"].strip()):
            found[row["thing"]] = (float(match[1]), float(match[2]))
    return found


def _drawn(edition: Edition, language: str) -> PortraitMap | None:
    limits = box(edition)
    if limits is None:
        return None
    west, south, east, north = limits
    narrowing = math.cos(math.radians((south + north) / 2))  # equirectangular: true to scale along the middle parallel
    scale = (WIDTH - 2 * _MARGIN) / max((east - west) * narrowing, 0.01)
    height = max((north - south) * scale + 2 * _MARGIN, 120.0)
    placed = {
        iri: (_MARGIN + (lon - west) * narrowing * scale, _MARGIN + (north - lat) * scale) for iri, (lon, lat) in points(edition).items()
    }
    ground = coverage(edition)
    living = [placed[iri] for iri in sorted(placed) if ground.kinds.get(iri) == "commune" and not ground.successors.get(iri)]
    areas, unplaced = [], []
    for each, communes in _portrayed(edition, ground, language):
        spots = [placed[iri] for iri in sorted(communes) if iri in placed]
        if spots:
            areas.append(_shaped(replace(each, communes=len(spots)), spots))
        else:
            unplaced.append(each)
    numbered = [replace(each, number=number) for number, each in enumerate(areas, 1)]
    return PortraitMap(WIDTH, round(height), dots(living), len(living), _with_names(_with_markers(numbered), height), unplaced)


def _portrayed(edition: Edition, ground: Coverage, language: str) -> list[tuple[Portrayed, frozenset[str]]]:
    """Each portrayed territory with its communes when the first supplement on it appeared, carried forward to the communes of today."""
    names = {iri: name for entry in entries(edition, "supplement", language) for iri, name in entry.pairs("territory")}
    found = []
    for iri in sorted(names, key=lambda each: (reading_order(names[each]), each)):
        portraits = [each for each in ground.portraits if each.territory == iri]
        communes = ground.area(iri, min(each.date for each in portraits)).communes
        likely = all(each.likely for each in portraits)
        found.append((Portrayed(iri, names[iri], likely, len({each.supplement for each in portraits}), len(communes)), communes))
    return found


def _shaped(each: Portrayed, spots: list[Point]) -> Portrayed:
    centre = (sum(x for x, _ in spots) / len(spots), sum(y for _, y in spots) / len(spots))
    hull = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in convex_hull(spots)) + "Z"
    return replace(each, dots=dots(spots), hull=hull, centre=centre, marker=centre)


def dots(spots: Sequence[Point]) -> str:
    """A path that a round pen draws as dots; of very many only those that the eye can tell apart."""
    step = 1 if len(spots) <= _MOST_DOTS else _COARSE
    drawn = [(round(x / step) * step, round(y / step) * step) for x, y in spots]
    return "".join(f"M{x} {y}h0" for x, y in (drawn if step == 1 else sorted(set(drawn))))


def _with_markers(areas: list[Portrayed]) -> list[Portrayed]:
    """Every number at the centre of its area, or beside it where another one stands already; the smallest areas choose first."""
    taken: list[Point] = []
    found: dict[int, Portrayed] = {}
    for each in sorted(areas, key=lambda area: (area.communes, area.number)):
        x, y = each.centre
        ways = [(0.0, 0.0)] + [
            (radius * math.cos(turn * math.pi / 6), radius * math.sin(turn * math.pi / 6))
            for radius in (34.0, 50.0, 70.0)
            for turn in range(12)
        ]
        spots = [(x + dx, y + dy) for dx, dy in ways]
        free = (spot for spot in spots if all(math.dist(spot, other) > 2 * _MARKER + _GAP for other in taken))
        chosen = next(free, each.centre)
        taken.append(chosen)
        found[each.number] = replace(each, marker=chosen)
    return [found[each.number] for each in areas]


def _with_names(areas: list[Portrayed], height: float) -> list[Portrayed]:
    """A name beside every number where there is room for it; the list has them all."""
    full: list[Box] = [(x - _MARKER, y - _MARKER, x + _MARKER, y + _MARKER) for x, y in (each.marker for each in areas)]
    found = []
    for each in areas:
        x, y = each.marker
        wide, away = len(each.short) * _LETTER, _MARKER + _GAP
        choices: list[tuple[str, Point, Box]] = [
            ("start", (x + away, y + 6), (x + away, y - _LINE / 2, x + away + wide, y + _LINE / 2)),
            ("end", (x - away, y + 6), (x - away - wide, y - _LINE / 2, x - away, y + _LINE / 2)),
            ("middle", (x, y + away + 14), (x - wide / 2, y + away, x + wide / 2, y + away + _LINE)),
            ("middle", (x, y - away - 3), (x - wide / 2, y - away - _LINE, x + wide / 2, y - away)),
            ("start", (x - 8, y + away + 14), (x - 8, y + away, x - 8 + wide, y + away + _LINE)),
            ("end", (x + 8, y + away + 14), (x + 8 - wide, y + away, x + 8, y + away + _LINE)),
            ("start", (x - 8, y - away - 3), (x - 8, y - away - _LINE, x - 8 + wide, y - away)),
            ("end", (x + 8, y - away - 3), (x + 8 - wide, y - away - _LINE, x + 8, y - away)),
        ]
        fitting = (choice for choice in choices if _fits(choice[2], full, height)) if len(each.short) <= _LONGEST else iter(())
        anchor, spot, room = next(fitting, ("start", None, None))
        if room is not None:
            full.append(room)
        found.append(replace(each, name=spot, anchor=anchor))
    return found


def _fits(room: Box, full: list[Box], height: float) -> bool:
    left, top, right, bottom = room
    if left < 0 or top < 0 or right > WIDTH or bottom > height:
        return False
    return all(right < other[0] or other[2] < left or bottom < other[1] or other[3] < top for other in full)
