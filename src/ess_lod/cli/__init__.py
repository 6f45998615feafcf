"""The command line, for the people who keep the tables: French, one line a step, exit code 1 when something is wrong.

ess-lod init DIR    make the project of another network
ess-lod check       read the tables and run the gate, write nothing
ess-lod build       the same, and freeze a release
ess-lod publish     build and publish, or publish a version that exists
ess-lod rollback    return to the release published before
ess-lod changes     list the publications, or what changes between two releases
ess-lod links       links to other networks, and from them
ess-lod load        load a release into the engine that will answer
ess-lod releases    list the releases
ess-lod serve [DIR] serve the published release
ess-lod get PATH    answer one request without a server
ess-lod reconcile   find the URIs of what a spreadsheet names
ess-lod mint KIND   mint an id
ess-lod dictionary  write the data dictionary
"""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from pathlib import Path

import click

from ess_lod.config import Settings
from ess_lod.errors import CorruptRelease, EssLodError, NoRelease, in_french
from ess_lod.iris import KINDS

_ELSEWHERE = ("changes", "init", "insee", "links", "load", "reconcile")
"""Commands with a module of their own, which is read when they are called: the server must start quickly and stay small."""


class _Group(click.Group):
    """A group whose commands turn errors made for people into one message and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, also those that are read on demand."""
        return sorted((*super().list_commands(ctx), *_ELSEWHERE))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name."""
        if cmd_name in _ELSEWHERE:
            found: click.Command = getattr(import_module(f"ess_lod.cli.{cmd_name}"), cmd_name)
            return found
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except EssLodError as error:
            click.echo(f"Erreur : {error}" if "\n" not in str(error) else str(error), err=True)
            sys.exit(1)
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever reads has had enough
                raise
            file = f"{os.fsdecode(error.filename)} : " if isinstance(error.filename, str | bytes) else ""
            click.echo(f"Erreur : {file}{in_french(error)}.{_room(error, ctx.obj)}", err=True)
            sys.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Dossier du projet, celui qui contient data/ (le dossier courant par défaut).",
)
@click.pass_context
def main(ctx: click.Context, home: Path | None) -> None:
    """Des tables de l'ESS à des données liées : contrôler, publier, servir."""
    ctx.obj = Settings.read(home=home)


@main.command()
@click.option("--all", "everything", is_flag=True, help="Répète aussi les remarques que la version publiée avait déjà.")
@click.pass_obj
def check(settings: Settings, everything: bool) -> None:
    """Contrôle les tables sans rien écrire."""
    from ess_lod.publish import draw_up

    draft = draw_up(settings, _say, everything=everything)
    click.echo(draft.text(everything=everything))
    if not draft.report.conforms:
        sys.exit(1)


@main.command()
@click.pass_obj
def build(settings: Settings) -> None:
    """Contrôle les tables et gèle une version, sans la publier."""
    _build(settings)


@main.command()
@click.argument("version", required=False)
@click.pass_obj
def publish(settings: Settings, version: str | None) -> None:
    """Construit les tables et publie, ou publie VERSION."""
    from ess_lod import changes, release
    from ess_lod.cli.load import load_release
    from ess_lod.publish.continuity import check_release
    from ess_lod.store.embedded import drop_indexes

    chosen = version or _build(settings)
    with release.writing(settings.releases, _say):
        found = release.open_release(settings.releases, chosen)
        check_release(settings, found)
        load_release(settings, found)
        before = changes.publish(settings.releases, chosen)
        drop_indexes(settings.indexes, {chosen, before or chosen})
    if before == chosen:
        click.echo(f"Version {chosen} : déjà publiée, rien ne change.")
    else:
        click.echo(f"Version {chosen} publiée" + (f" ; {before} reste disponible (ess-lod rollback)." if before else "."))


@main.command()
@click.pass_obj
def rollback(settings: Settings) -> None:
    """Revient à la version publiée précédente."""
    from ess_lod import changes, release
    from ess_lod.cli.load import load_release
    from ess_lod.publish.continuity import addresses_in

    with release.writing(settings.releases, _say):
        left = release.open_release(settings.releases)
        target = release.open_release(settings.releases, release.previous_version(settings.releases))
        load_release(settings, target)
        click.echo(f"Version {changes.rollback(settings.releases)} rétablie.")
    if silent := addresses_in(left).iris - addresses_in(target).iris:
        click.echo(
            f"Adresses publiées depuis, qui ne répondent plus d'ici la prochaine publication, qui devra les reprendre : {len(silent)}."
        )


@main.command()
@click.pass_obj
def releases(settings: Settings) -> None:
    """Liste les versions ; l'astérisque marque celle qui est publiée."""
    from ess_lod import release

    known = release.versions(settings.releases)
    current, wrong = "", None
    try:
        current = release.current_version(settings.releases)
    except NoRelease:
        pass
    except CorruptRelease as error:
        wrong = error
    for version in known:
        click.echo(f"{'*' if version == current else ' '} {version}")
    if not known:
        click.echo("Aucune version. Lancer : ess-lod publish")
    if wrong is not None:
        raise wrong


@main.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--host", help="Adresse ou nom d'écoute : 127.0.0.1 (par défaut), ::1, localhost ; 0.0.0.0 ou :: pour toutes les interfaces.")
@click.option("--port", metavar="PORT", help="Port d'écoute, de 1 à 65535 (8000 par défaut).")
@click.pass_obj
def serve(settings: Settings, folder: Path | None, host: str | None, port: str | None) -> None:
    """Sert la version publiée du projet DIR, jusqu'à Ctrl-C."""
    from ess_lod.cli.serve import serve as listen

    listen(Settings.read(home=folder or settings.home, host=host, port=port))


@main.command("get")
@click.argument("path")
@click.option("--accept", default="*/*", show_default=True, help="En-tête Accept.")
@click.option("--include", "-i", is_flag=True, help="Montre aussi le statut et les en-têtes.")
@click.option("--location", "-L", is_flag=True, help="Suit les redirections.")
@click.pass_obj
def get_path(settings: Settings, path: str, accept: str, include: bool, location: bool) -> None:
    """Répond à la requête GET PATH sans serveur.

    Par exemple : ess-lod get /doc/supplement/S009 --accept text/turtle
    """
    from ess_lod.web import create_app

    response = create_app(settings).test_client().get(path, headers={"Accept": accept}, follow_redirects=location)
    if include:
        click.echo(f"HTTP {response.status}\n{str(response.headers).strip()}\n")
    click.echo(response.data, nl=False)
    if response.status_code >= 400:
        sys.exit(1)


@main.command()
@click.argument("kind", metavar="TYPE", type=click.Choice(sorted(KINDS), case_sensitive=False))
@click.option("--count", "-n", type=click.IntRange(1, 1000), default=1, show_default=True, help="Combien d'identifiants.")
@click.pass_obj
def mint(settings: Settings, kind: str, count: int) -> None:
    """Émet des identifiants : acteur, personne-publique, document, supplement, lettre, territoire, cooperation, dispositif.

    Les ajoute à registre.csv et les affiche.
    """
    from ess_lod.publish.registry import mint as mint_ids
    from ess_lod.publish.schema import TABLES

    for id_ in mint_ids(settings.data, kind, count):
        click.echo(id_)
    filename = next(table.filename for table in TABLES.values() if table.noun == kind)
    each = "sa ligne" if count == 1 else "la ligne de chacun"
    click.echo(f"Inscrit dans registre.csv. Ajouter {each} à {filename}, puis : ess-lod check", err=True)


@main.command()
@click.pass_obj
def dictionary(settings: Settings) -> None:
    """Écrit le dictionnaire des données, data/README.md."""
    from ess_lod.publish.dictionary import write_dictionary

    path = settings.data / "README.md"
    path.write_text(write_dictionary(settings.data), "utf-8")
    click.echo(f"{path.name} écrit.")


def _build(settings: Settings) -> str:
    from ess_lod.publish import draw_up, freeze_draft

    draft = draw_up(settings, _say)
    _say("gel de la version")
    release = freeze_draft(draft, settings)
    click.echo(draft.text())
    click.echo(f"Version {release.version} : {release.path}")
    return release.version


def _room(error: OSError, settings: Settings | None) -> str:
    """How much room there is where commands write, for whoever has to make some: a full disk does not say which it is."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT) or settings is None:
        return ""
    from shutil import disk_usage
    from tempfile import gettempdir

    free = (
        f"{folder} {disk_usage(folder).free // 1_000_000} Mo"
        for folder in (settings.data, settings.releases, settings.indexes, Path(gettempdir()))
        if folder.is_dir()
    )
    return f" Place libre à présent : {' ; '.join(free)} (fichiers temporaires : TMPDIR). Faire de la place, puis recommencer."


def _say(step: str) -> None:
    click.echo(f"… {step}", err=True)
