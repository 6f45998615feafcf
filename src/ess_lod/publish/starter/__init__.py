"""A new project: the folder of a network that begins, small, complete, and published by the next command.

Everything is made in a folder beside and moved at the end, so that a failure leaves nothing. The dated reference (``data/insee/``) is copied rather than
shared: it is a part of what a network publishes, and must not change because the tool is another one.
"""

from __future__ import annotations

import datetime
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template

from ess_lod.characters import refused
from ess_lod.config import OWN
from ess_lod.errors import ConfigError
from ess_lod.insee.identifiers import FILENAME as IDENTIFIERS
from ess_lod.insee.identifiers import mint_lives
from ess_lod.insee.lives import lives_of_region
from ess_lod.insee.reference import Reference, read_reference
from ess_lod.iris import BadAddress, web_address
from ess_lod.publish.dataset import BASE_FORM, is_base
from ess_lod.publish.dictionary import write_dictionary
from ess_lod.publish.registry import registered_ids
from ess_lod.publish.starter.tables import write_tables
from ess_lod.settings_file import FILENAME as SETTINGS

FIRST_NETWORK = "https://w3id.org/ess-lod/"
_COLORS = {"color": "#1f4e79", "color_soft": "#dde8f2"}
_REFERENCE = ("R002", "R003")
_NUTS = {
    "01": "FRY1",
    "02": "FRY2",
    "03": "FRY3",
    "04": "FRY4",
    "06": "FRY5",
    "11": "FR1",
    "24": "FRB",
    "27": "FRC",
    "28": "FRD",
    "32": "FRE",
    "44": "FRF",
    "52": "FRG",
    "53": "FRH",
    "75": "FRI",
    "76": "FRJ",
    "84": "FRK",
    "93": "FRL",
    "94": "FRM",
}
"""Regions in the European nomenclature (Regulation (EC) No 1059/2003, NUTS 2024): INSEE code → code of level 1, or of level 2 overseas."""


@dataclass(frozen=True)
class Wish:
    """What is asked of a new project: ``base`` of its IRIs, ``name`` of the network, its ``region`` (INSEE code, empty: none), its ``site``.

    ``examples``: with rows to overwrite. ``today`` is the day on which the ids are minted.
    """

    base: str
    name: str
    site: str
    today: datetime.date
    region: str = ""
    examples: bool = True


def start_project(folder: Path, wish: Wish) -> None:
    """Make a project in a folder that does not exist, or is empty.

    Raises :class:`ConfigError` (French) for a folder that is not empty or has no parent, a base that is none, an unknown region; then nothing is left.
    """
    folder = folder.resolve()
    _check_folder(folder)
    _check(wish)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _fill(made, wish)
        made.chmod(0o755)
        _move(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _check_folder(folder: Path) -> None:
    if not folder.parent.is_dir():
        raise ConfigError(f"Le dossier {folder.parent} n'existe pas. Le créer d'abord.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder.name} existe et n'est pas un dossier vide : rien n'y est écrit. Donner un autre nom.")


def _check(wish: Wish) -> None:
    if not is_base(wish.base):
        more = f" Écrire {wish.base}/" if is_base(f"{wish.base}/") else ""
        raise ConfigError(f"La base {wish.base} ne convient pas : {BASE_FORM}{more}")
    if wish.base == FIRST_NETWORK:
        raise ConfigError(f"La base {wish.base} est celle d'un autre réseau. En choisir une dont votre réseau a le domaine.")
    if not wish.name.strip() or not wish.name.isprintable() or len(wish.name) > 200:
        raise ConfigError('Le nom du réseau tient sur une ligne, de 1 à 200 caractères : --name "Réseau de…"')
    try:
        web_address(wish.site)
    except BadAddress as error:
        raise ConfigError(f"--site : {error.what} {error.remedy}") from error
    if points := refused(wish.name):
        raise ConfigError(f"--name contient {', '.join(points)}, que rien n'affiche.")


def _region(reference: Reference, code: str) -> str:
    """The name of a region that exists. Raises :class:`ConfigError` with all that do."""
    living = {state.code: state.name for state in reference.all_states("region") if not state.end}
    if code not in living:
        known = ", ".join(f"{each} {name}" for each, name in sorted(living.items()))
        raise ConfigError(f"La région « {code} » n'existe pas. Codes INSEE : {known}.")
    return living[code]


def _fill(made: Path, wish: Wish) -> None:
    data = made / "data"
    data.mkdir()
    reference = read_reference(OWN / "insee") if wish.region else None
    words = _words(wish, _region(reference, wish.region) if reference else "")
    plain = {"name": wish.name, "site": wish.site}
    write_tables(
        data,
        _text("examples.toml"),
        plain,
        wish.today.isoformat(),
        [*(["reference"] if reference else []), *(["example"] if wish.examples else [])],
    )
    if reference:
        shutil.copytree(OWN / "insee", data / "insee", ignore=shutil.ignore_patterns(IDENTIFIERS))
        mint_lives(data / "insee", lives_of_region(reference, wish.region), registered_ids(data), wish.today)
    _write(data / "dataset.yaml", "dataset.yaml", words)
    (data / "README.md").write_text(write_dictionary(data), "utf-8")
    _write(made / SETTINGS, "settings.toml", _COLORS)
    _write(made / "logo.svg", "logo.svg", {**_COLORS, "initials": _initials(wish.name)})
    _write(made / "LISEZMOI.md", "LISEZMOI.md", {"name": wish.name, "base": wish.base})
    _write(made / ".gitignore", "gitignore", {})


def _words(wish: Wish, region: str) -> dict[str, str]:
    """What ``dataset.yaml`` says, as YAML: JSON strings are YAML strings."""
    where = f", {region}" if region else ""
    texts: dict[str, object] = {
        "title_fr": f"Acteurs et coopérations : {wish.name}",
        "title_en": f"Actors and cooperations: {wish.name}",
        "description_fr": f"Les acteurs de l'économie sociale et solidaire, leurs territoires et leurs coopérations, tels que les décrit {wish.name}{where}.",
        "description_en": f"The actors of the social and solidarity economy, their territories and their cooperations, as {wish.name} describes them{where}.",
        "keywords_fr": ["économie sociale et solidaire", *([region] if region else [])],
        "keywords_en": ["social and solidarity economy", *([region] if region else [])],
        "site": wish.site,
    }
    place = ""
    if region:
        nuts = f"nuts: {_NUTS[wish.region]}" if wish.region in _NUTS else "# nuts: le code manque ici."
        place = Template(_text("place.yaml")).substitute(region=wish.region, nuts=nuts, reference=", ".join(_REFERENCE)).strip()
    written = {name: json.dumps(value, ensure_ascii=False) for name, value in texts.items()}
    return {**written, "base": wish.base, "today": wish.today.isoformat(), "place": place}


def _initials(name: str) -> str:
    """At most three capitals, fit for XML."""
    letters = [word[0] for word in name.replace("'", " ").replace("’", " ").split() if word[0].isalnum()]
    capitals = [letter for letter in letters if letter.isupper()] or letters
    return "".join(capitals[:3]).upper() or "ESS"


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _write(path: Path, template: str, values: Mapping[str, str]) -> None:
    path.write_text(Template(_text(template)).substitute(values), "utf-8", newline="\n")


def _move(made: Path, folder: Path) -> None:
    if not folder.exists():
        made.rename(folder)
        return
    names = sorted(each.name for each in made.iterdir())
    try:
        for name in names:
            (made / name).rename(folder / name)
    except OSError:
        for name in names:
            (folder / name).unlink() if (folder / name).is_file() else shutil.rmtree(folder / name, ignore_errors=True)
        raise
