"""INSEE's own identifiers: from its linked COG (a zip of TriG) to the UUID of each of our states.

At INSEE every dated state of a place has an IRI with a UUID (``http://id.insee.fr/geo/commune/{uuid}``); the IRI with the code is an alias of all
of them (``owl:sameAs``) and says nothing of a date. A state begins with the event that creates it (``igeo:creation``, ``igeo:date``) and ends
with the one that suppresses it. The file is read as a stream; only these few properties are kept.
"""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph

from ess_lod.errors import EssLodError
from ess_lod.insee.communes import FIRST
from ess_lod.insee.invariants import FAMILIES
from ess_lod.insee.reference import UUID_COLUMNS, Reference, State, read_reference
from ess_lod.terms import IGEO, A

MAX_FILE = 4 * 2**30
UUID_IRI = re.compile(
    r"http://id\.insee\.fr/geo/(commune|communeAssociee|communeDeleguee|arrondissementMunicipal|intercommunalite|departement|region)"
    r"/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
)
KINDS = {
    "Commune": frozenset({"commune"}),
    "CommuneDeleguee": frozenset({"commune-deleguee"}),
    "CommuneAssociee": frozenset({"commune-associee"}),
    "ArrondissementMunicipal": frozenset({"arrondissement-municipal"}),
    "Intercommunalite": frozenset({"communaute-de-communes", "communaute-d-agglomeration", "communaute-urbaine", "metropole"}),
    "Departement": frozenset({"departement"}),
    "Region": frozenset({"region"}),
}
"""Class of igeo → kinds of ours. INSEE's intercommunalité has no kind in its class."""


class CogUnreadable(EssLodError):
    """The file is not a zip of TriG with states of places (French)."""


@dataclass
class _Found:
    """What the file says of one IRI with a UUID."""

    kind: str = ""
    code: str = ""
    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class Matches:
    """What an import did. ``unmatched`` are states of ours without a UUID, ``unused`` INSEE states that are none of ours (most ended long ago)."""

    matched: int
    unmatched: tuple[State, ...]
    unused: int

    def __str__(self) -> str:
        """One line of French."""
        return f"{self.matched} états reliés à un UUID, {len(self.unmatched)} sans UUID, {self.unused} états de l'Insee sans correspondance"


@dataclass
class _Reading:
    """Built quad by quad, so that the order of the file does not matter."""

    places: dict[str, _Found] = field(default_factory=lambda: defaultdict(_Found))
    created: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    suppressed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    dates: dict[str, str] = field(default_factory=dict)

    def take(self, quad: pyoxigraph.Quad) -> None:
        subject, predicate, value = quad.subject, quad.predicate, quad.object
        if isinstance(subject, pyoxigraph.Triple) or isinstance(value, pyoxigraph.Triple):
            return
        if predicate == IGEO.creation:
            self.created[subject.value].append(value.value)
        elif predicate == IGEO.suppression:
            self.suppressed[subject.value].append(value.value)
        elif predicate == IGEO.date:
            self.dates[subject.value] = value.value[:10]
        elif UUID_IRI.fullmatch(subject.value):
            if predicate == A and value in IGEO:
                self.places[subject.value].kind = value.value.removeprefix(IGEO.iri)
            elif predicate == IGEO.codeINSEE:
                self.places[subject.value].code = value.value

    def finish(self) -> dict[str, _Found]:
        for event, places in self.created.items():
            for iri in places:
                if iri in self.places:
                    self.places[iri].start = self.dates.get(event, "")
        for event, places in self.suppressed.items():
            for iri in places:
                if iri in self.places:
                    self.places[iri].end = self.dates.get(event, "")
        return dict(self.places)


def import_cog(zip_path: Path, folder: Path) -> Matches:
    """Write ``uuid.csv`` in ``folder`` from INSEE's file: one row for each state of ours of which exactly one INSEE state tells the whole period.

    Raises :class:`CogUnreadable`; then uuid.csv is as it was.
    """
    reference = read_reference(folder)
    found = _read(zip_path)
    by_code: dict[str, list[tuple[str, _Found]]] = defaultdict(list)
    for iri, place in sorted(found.items()):
        if place.code and place.kind in KINDS:
            by_code[place.code].append((iri, place))
    if not by_code:
        raise CogUnreadable(f"{zip_path.name} : aucun état daté de commune, d'EPCI, de département ou de région n'y est décrit.")
    rows, unmatched, used = _match(reference, by_code)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(UUID_COLUMNS)
    writer.writerows(sorted(rows))
    temporary = folder / ".uuid.csv.nouveau"
    temporary.write_bytes(text.getvalue().encode("utf-8"))
    os.replace(temporary, folder / "uuid.csv")
    return Matches(len(rows), tuple(unmatched), len(found) - len(used))


Rows = list[tuple[str, str, str, str]]


def _match(reference: Reference, by_code: dict[str, list[tuple[str, _Found]]]) -> tuple[Rows, list[State], set[str]]:
    rows: Rows = []
    unmatched: list[State] = []
    used: set[str] = set()
    for state in (state for family in FAMILIES for state in reference.all_states(family)):
        fitting = [iri for iri, place in by_code.get(state.code, ()) if state.kind in KINDS[place.kind] and _tells(place, state)]
        if len(fitting) == 1:
            used.add(fitting[0])
            rows.append((state.kind, state.code, state.start, fitting[0].rpartition("/")[2]))
        else:
            unmatched.append(state)
    return rows, unmatched, used


def _tells(place: _Found, state: State) -> bool:
    """Whether an INSEE state holds during the whole of ours, as far back as we tell; a shorter one would be another state."""
    begins = place.start <= max(state.start, FIRST)
    ends = not place.end or (state.end != "" and state.end <= place.end)
    return begins and ends


def _read(path: Path) -> dict[str, _Found]:
    reading = _Reading()
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith((".trig", ".nq", ".ttl", ".nt"))]
            if not names:
                raise CogUnreadable(f"{path.name} : l'archive ne contient aucun fichier TriG.")
            for name in names:
                for quad in _quads(archive, name):
                    reading.take(quad)
    except (zipfile.BadZipFile, EOFError, OSError, SyntaxError, ValueError) as error:
        raise CogUnreadable(f"{path.name} : fichier illisible ou tronqué ({error}). Le télécharger de nouveau.") from error
    return reading.finish()


def _quads(archive: zipfile.ZipFile, name: str) -> Iterator[pyoxigraph.Quad]:
    if archive.getinfo(name).file_size > MAX_FILE:
        raise CogUnreadable(f"{name} fait {archive.getinfo(name).file_size} octets, au plus {MAX_FILE} sont attendus.")
    kind = pyoxigraph.RdfFormat.from_extension(name.rpartition(".")[2])
    with archive.open(name) as file:
        yield from pyoxigraph.parse(file, kind)
