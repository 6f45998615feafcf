"""The files of a release as people choose among them: in groups, each beside its compressed twin, with media types."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ess_lod.release import Release

MEDIA_TYPES: dict[str, tuple[str, str]] = {
    ".nq": ("N-Quads", "application/n-quads"),
    ".trig": ("TriG", "application/trig"),
    ".nt": ("N-Triples", "application/n-triples"),
    ".ttl": ("Turtle", "text/turtle"),
    ".rdf": ("RDF/XML", "application/rdf+xml"),
    ".jsonld": ("JSON-LD", "application/ld+json"),
    ".csv": ("CSV", "text/csv"),
    "csv-metadata.json": ("CSVW", "application/csvm+json"),
    ".xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".parquet": ("Parquet", "application/vnd.apache.parquet"),
    ".geojson": ("GeoJSON", "application/geo+json"),
    ".json": ("JSON", "application/json"),
    ".gz": ("gzip", "application/gzip"),
}
"""By the end of the name: what people call the format, and its media type."""
_OTHER = ("", "application/octet-stream")
_LIST = ("SHA256SUMS", ("SHA-256", "text/plain"))
FILE_TYPES: tuple[str, ...] = tuple(dict.fromkeys((*(each for _, each in MEDIA_TYPES.values()), _LIST[1][1])))
"""The media types of the files of a release, ``SHA256SUMS`` among them."""
_TABLES = (".csv", ".xlsx", ".geojson")
_COLUMNS = ("csv-metadata.json", ".parquet")
_FIRST = ("dataset.ttl", "dataset.jsonld", "tables.xlsx")


@dataclass(frozen=True)
class Download:
    """A file of a release; ``packed`` is the size of its compressed twin, 0 without one."""

    name: str
    size: int
    digest: str
    packed: int = 0

    @property
    def format(self) -> str:
        """What people call its format; empty for a name that tells none."""
        return _format(self.name)[0]

    @property
    def media_type(self) -> str:
        """Its media type."""
        return media_type(self.name)


def media_type(name: str) -> str:
    """The media type of a file of a release, by its name."""
    return _format(name)[1]


def downloads(release: Release) -> dict[str, list[Download]]:
    """The files of a release: ``complete`` (the whole dataset), ``tables``, ``columns`` (Parquet and what describes the columns), ``vocabulary``, ``about``.

    What most people want comes first.
    """
    files = release.files
    groups: dict[str, list[Download]] = {"complete": [], "tables": [], "columns": [], "vocabulary": [], "about": []}
    for name in sorted(files, key=lambda each: (each not in _FIRST, "/" in each, each)):
        if name.endswith(".gz") and name.removesuffix(".gz") in files:
            continue
        packed = files.get(f"{name}.gz", {}).get("bytes", 0)
        groups[_group(name)].append(_download(name, files[name], packed))
    return groups


def _download(name: str, facts: dict[str, Any], packed: int) -> Download:
    return Download(name, int(facts["bytes"]), str(facts["sha256"]), int(packed))


def _group(name: str) -> str:
    if PurePosixPath(name).name.startswith("dataset."):
        return "complete"
    if name.endswith(_TABLES):
        return "tables"
    if name.endswith(_COLUMNS):
        return "columns"
    return "vocabulary" if name in ("ontology.ttl", "schemes.ttl", "shapes.ttl", "context.jsonld") else "about"


def _format(name: str) -> tuple[str, str]:
    if name == _LIST[0]:
        return _LIST[1]
    return max(((len(end), found) for end, found in MEDIA_TYPES.items() if name.endswith(end)), default=(0, _OTHER))[1]
