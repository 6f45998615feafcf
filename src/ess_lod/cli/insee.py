"""``ess-lod insee``: the dated reference of communes and EPCI."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ess_lod.cli.answers import check_out, tell_notes, write_answer
from ess_lod.config import Settings
from ess_lod.insee.cog import import_cog
from ess_lod.insee.identifiers import Identities, mint_lives
from ess_lod.insee.lives import UNPUBLISHED, Life, lives_of, lives_of_region
from ess_lod.insee.reference import Family, Reference, read_reference
from ess_lod.insee.refresh import read_pins, refresh
from ess_lod.insee.resolver import Resolver, column_report, describe
from ess_lod.publish.dataset import read_dataset
from ess_lod.publish.registry import registered_ids
from ess_lod.sheet import read_sheet

FOLDER = "insee"


@click.group()
def insee() -> None:
    """Référence datée des communes et EPCI."""


@insee.command()
@click.argument("name", required=False)
@click.option("--departement", "-d", default="", help="Code du département, par exemple 59.")
@click.option("--kind", "-k", default="", help="commune, epci, ou un type de territoire.")
@click.option("--date", default="", help="AAAA-MM-JJ ; aujourd'hui par défaut.")
@click.option(
    "--table", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Résout une colonne de ce fichier (CSV, XLSX, ODS…)."
)
@click.option("--column", "-c", default="nom", show_default=True, help="La colonne des noms.")
@click.option("--departement-column", default="", help="La colonne du département.")
@click.option("--date-column", default="", help="La colonne de la date.")
@click.option("--sheet", "leaf", default="", metavar="FEUILLE", help="Feuille du classeur (sinon celle qui a les colonnes).")
@click.option(
    "--out", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Fichier .csv ou .xlsx à écrire (sinon CSV en sortie standard)."
)
@click.option("--force", is_flag=True, help="Remplace le fichier --out s'il existe.")
@click.pass_obj
def find(
    settings: Settings,
    name: str | None,
    departement: str,
    kind: str,
    date: str,
    table: Path | None,
    column: str,
    departement_column: str,
    date_column: str,
    leaf: str,
    out: Path | None,
    force: bool,
) -> None:
    """Du nom d'un territoire à son code et à son identifiant, à une date ; ne choisit jamais en silence.

    Code de sortie 0 quand c'est trouvé, 1 quand il faut choisir ou corriger.
    """
    if (table is None) == (name is None):
        raise click.UsageError("Donner un NOM, ou --table FICHIER, et pas les deux.")
    if table is not None:
        check_out(table, out, force)
    reference = _reference(settings)
    resolver, identities = Resolver(reference), Identities(reference, settings.data / FOLDER)
    if table is None:
        resolution = resolver.resolve(name or "", departement, kind, date)
        click.echo(describe(resolution, identities.of))
        sys.exit(0 if resolution.choice else 1)
    sheet = read_sheet(table, [each for each in (column, departement_column, date_column) if each], leaf)
    tell_notes(table.name, sheet.notes)
    with click.progressbar(length=len(sheet.rows), label="noms", file=sys.stderr) as bar:
        report = column_report(
            resolver,
            sheet,
            column,
            departement_column=departement_column,
            date_column=date_column,
            departement=departement,
            kind=kind,
            date=date,
            identify=identities.of,
            progress=lambda done: bar.update(done - bar.pos),
        )
    write_answer(sheet, out, report.header, report.rows)
    click.echo(", ".join(f"{verdict} : {times}" for verdict, times in sorted(report.count.items())), err=True)


@insee.command("refresh")
@click.argument("archives", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.pass_obj
def refresh_command(settings: Settings, archives: Path) -> None:
    """Reconstruit la référence à partir des paquets du dossier ARCHIVES ; ne télécharge rien."""
    folder = settings.data / FOLDER
    steps = len(read_pins(folder)[1]) + 3
    with click.progressbar(range(steps), label="référence", file=sys.stderr) as bar:
        summary = refresh(archives, folder, lambda _what, done, _all: bar.update(done - bar.pos))
    click.echo(str(summary))
    click.echo("Ensuite : ess-lod insee mint, qui donne un identifiant aux territoires nouveaux.")


@insee.command()
@click.argument("codes", nargs=-1)
@click.pass_obj
def mint(settings: Settings, codes: tuple[str, ...]) -> None:
    """Donne un identifiant à chaque territoire de la région qui n'en a pas, et aux CODES d'autres régions."""
    reference = _reference(settings)
    lives = [*lives_of_region(reference, read_dataset(settings.data).region), *(life for code in codes for life in _lives(reference, code))]
    minted = mint_lives(settings.data / FOLDER, lives, registered_ids(settings.data))
    click.echo(f"{len(minted)} identifiants émis" + (f", de {minted[0]} à {minted[-1]}." if minted else "."))


@insee.command("import")
@click.argument("zip_path", metavar="ZIP", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def import_command(settings: Settings, zip_path: Path) -> None:
    """Relie les états aux UUID de l'Insee, d'après son COG en données liées (un zip de TriG)."""
    click.echo(str(import_cog(zip_path, settings.data / FOLDER)))


def _reference(settings: Settings) -> Reference:
    return read_reference(settings.data / FOLDER)


def _lives(reference: Reference, code: str) -> tuple[Life, ...]:
    families: tuple[Family, ...] = ("epci",) if len(code) == len("200072460") else ("commune", "departement", "region")
    found = tuple(life for family in families for life in lives_of(reference, family, code))
    if not found:
        raise click.BadParameter(f"le code {code} n'est pas dans la référence.", param_hint="CODES")
    if found[-1].level == UNPUBLISHED:
        raise click.BadParameter(f"{code} est un arrondissement : seule la commune {found[-1].last.parent} se publie.", param_hint="CODES")
    return found
