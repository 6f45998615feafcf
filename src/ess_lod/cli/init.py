"""``ess-lod init``: the project of another network, ready to publish."""

from __future__ import annotations

import datetime
import re
import unicodedata
from pathlib import Path
from urllib.parse import urlsplit

import click

from ess_lod.publish.starter import Wish, start_project


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--base", default="", help="Adresse sous laquelle les choses ont leur nom ; finit par /.")
@click.option("--name", default="", help="Nom du réseau (celui du dossier par défaut).")
@click.option("--region", default="", help="Code INSEE de la région, par exemple 53 ; aucune par défaut.")
@click.option("--site", default="", help="Site du réseau (le domaine de la base par défaut).")
@click.option("--bare", is_flag=True, help="Sans lignes d'exemple.")
def init(folder: Path, base: str, name: str, region: str, site: str, bare: bool) -> None:
    """Crée dans DIR le projet d'un autre réseau, prêt à publier."""
    stem = folder.resolve().name
    chosen = base or f"https://{_host_of(stem)}.example/lod/"
    try:
        parts = urlsplit(chosen)
    except ValueError:  # a bracket that is not closed: start_project says what a base is
        parts = urlsplit("")
    wish = Wish(
        base=chosen,
        name=name or stem.replace("-", " ").replace("_", " ").capitalize(),
        site=site or f"{parts.scheme}://{parts.netloc}/",
        region=region,
        examples=not bare,
        today=datetime.datetime.now(datetime.UTC).date(),
    )
    start_project(folder, wish)
    click.echo(f"Projet créé dans {folder}.")
    if not base:
        click.echo(f"Base provisoire : {chosen} (à changer dans data/dataset.yaml avant la première vraie publication).")
    click.echo(f"Ensuite :\n  cd {folder}\n  ess-lod check\n  ess-lod publish\n  ess-lod serve")


def _host_of(name: str) -> str:
    """A folder's name as the first label of a host (RFC 1123 §2.1)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63] or "reseau"
