"""``ess-lod links``: links to other networks, and from them."""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click

from ess_lod.cli.answers import tell_notes
from ess_lod.config import Settings
from ess_lod.errors import ConfigError
from ess_lod.iris import KINDS, BadAddress, Iris, web_address
from ess_lod.links.announced import RDF_TYPES, TYPE_OF_SUFFIX
from ess_lod.links.apart import Limits, read_announced_apart
from ess_lod.links.box import Box, Message
from ess_lod.links.tokens import NETWORK, new_token
from ess_lod.links.verdict import REASONS, Published, Refused, judge
from ess_lod.publish import announcing
from ess_lod.publish.columns import Schemes
from ess_lod.publish.dated import Dated
from ess_lod.publish.rows import Rows
from ess_lod.publish.schema import TABLES
from ess_lod.release import open_release
from ess_lod.store import open_store

_LARGEST = 50_000_000
_LIMITS = Limits(seconds=300, megabytes=4096)
_SHOWN = 20


@click.group()
def links() -> None:
    """Liens vers d'autres réseaux, et depuis eux."""


@links.command()
@click.argument("url")
@click.option(
    "--kind", type=click.Choice(sorted(set(KINDS) - {"document"})), default="acteur", show_default=True, help="Les choses à chercher."
)
@click.option("--type", "type_", default="", help="Identifiant d'un type de leur service, pour n'avoir que lui.")
@click.option("--limit", type=click.IntRange(1, 10), default=3, show_default=True, help="Candidats par chose.")
@click.option(
    "--out", "-o", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Table à compléter ; reprise si elle existe."
)
@click.pass_obj
def suggest(settings: Settings, url: str, kind: str, type_: str, limit: int, out: Path) -> None:
    """Demande des candidats au service de réconciliation URL.

    Écrit une table où une personne répond oui ou non, avec une confiance, une justification et une source ; ensuite : ess-lod links accept.
    """
    from ess_lod.links.asking import Service
    from ess_lod.publish.suggesting import Suggestions, to_ask

    rows = _tables(settings)[0]
    service = Service(url)
    table = Suggestions(out)
    asked = [each for each in to_ask(rows, kind, service.space) if each.id not in table.known]
    found = 0
    with click.progressbar(length=len(asked), label=service.name[:30], file=sys.stderr) as bar:
        for start in range(0, len(asked), service.batch):
            batch = asked[start : start + service.batch]
            for thing, candidates in zip(batch, service.ask([each.name for each in batch], type_, limit), strict=True):
                table.add(thing, candidates)
                found += bool(candidates)
            bar.update(len(batch))
    click.echo(f"{len(asked)} demandes à {service.name} : {found} avec des candidats. À compléter : {out}, puis ess-lod links accept {out}")


@links.command()
@click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def accept(settings: Settings, table: Path) -> None:
    """Ajoute à liens.csv les lignes de TABLE où la décision est oui.

    Rien n'est écrit tant qu'il manque une confiance, une justification ou une source.
    """
    from ess_lod.publish.suggesting import accept as accept_table

    done = accept_table(table, settings.data, *_tables(settings))
    tell_notes(table.name, done.notes)
    click.echo(f"{done.added} liens ajoutés à liens.csv, {done.known} déjà là, {done.refused} refusés, {done.undecided} sans décision.")


@links.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "network", default="", help="Le réseau qui l'annonce (par défaut, d'après l'hôte de leurs adresses).")
@click.option("--url", default="", help="Où le fichier est publié : la provenance de ses liens.")
@click.option(
    "--type", "media_type", default="", help="Type du fichier, si son nom ne le dit pas (text/turtle, application/linkset+json…)."
)
@click.pass_obj
def import_command(settings: Settings, file: Path, network: str, url: str, media_type: str) -> None:
    """Lit un linkset (RFC 9264) ou un fichier RDF où un réseau annonce des liens vers nos choses.

    Ajoute à liens_entrants.csv, à relire, ce qui est recevable ; dit ce qui ne l'est pas.
    """
    if file.stat().st_size > _LARGEST:
        raise ConfigError(f"{file.name} a plus de {_LARGEST // 1_000_000} Mo.")
    if url:
        _check_url(url)
    kind = media_type or TYPE_OF_SUFFIX.get(file.suffix.lower(), "")
    if not kind:
        raise ConfigError(
            f"Le nom de {file.name} ne dit pas son type. Le donner : --type {' ou '.join(['application/linkset+json', *RDF_TYPES][:3])}…"
        )
    with _published(settings) as published:
        said = read_announced_apart(file.read_bytes(), kind, published.bases, url, _LIMITS)
        if not said:
            raise ConfigError(
                f"{file.name} : aucun énoncé ne relie une de leurs adresses à une des nôtres. Relations lues : docs/links.md."
            )
        taken, refused = judge(said, published)
    if taken:
        name = _network(network, url, [each.theirs for each in taken])
        done = announcing.add_announced(settings.data, taken, name, _today(), url)
        click.echo(f"{done.added} liens de « {name} » à relire dans liens_entrants.csv, {done.known} déjà là.")
    _tell_refused(refused)
    if not taken:
        sys.exit(1)


@links.command()
@click.option("--accept", "accepted", type=int, multiple=True, metavar="LIGNE", help="Accepte cette ligne de liens_entrants.csv.")
@click.option("--refuse", "refused", type=int, multiple=True, metavar="LIGNE", help="La refuse.")
@click.pass_obj
def review(settings: Settings, accepted: tuple[int, ...], refused: tuple[int, ...]) -> None:
    """Liste les liens entrants à relire, ou en décide.

    Décider revient à écrire accepte ou refuse dans la colonne etat de liens_entrants.csv.
    """
    if accepted or refused:
        announcing.decide(settings.data, accepted, refused)
        after = " Ce qui est accepté sera publié par ess-lod publish." if accepted else ""
        click.echo(f"Acceptés : {len(accepted)} ; refusés : {len(refused)}.{after}")
        return
    found = announcing.waiting(settings.data)
    names = _names(_tables(settings)[0]) if found else {}
    for each in found:
        cells = each.cells
        ours = f"{cells['entite']} {names.get(cells['entite'], '')}".rstrip()
        click.echo(f"ligne {each.line}  {cells['reseau']}, reçu le {cells['recu_le']} : {cells['cible']} {cells['relation']} → {ours}")
    click.echo(f"{len(found)} à relire." if found else "Rien à relire.")


@links.command()
@click.option(
    "--import", "take", is_flag=True, help="Passe les annonces vérifiées dans liens_entrants.csv, à relire, et vide la boîte d'elles."
)
@click.option("--drop", "dropped", multiple=True, metavar="ID", help="Jette cette annonce.")
@click.pass_obj
def inbox(settings: Settings, take: bool, dropped: tuple[str, ...]) -> None:
    """Liste les annonces reçues par HTTP."""
    box = Box(settings.inbox_folder, settings.inbox_messages)
    for id_ in dropped:
        if box.get(id_) is None:
            raise ConfigError(f"Aucune annonce {id_}.")
        box.drop(id_)
    messages = list(box.messages())
    for message in messages:
        click.echo(_shown(message))
    click.echo(f"{len(messages)} annonces." if messages else "La boîte est vide.")
    if take:
        _import_box(settings, box, [message for message in messages if message.verified])


@links.command()
@click.argument("name")
@click.pass_obj
def token(settings: Settings, name: str) -> None:
    """Fait un jeton pour le réseau NAME, à lui donner : il n'est montré qu'une fois."""
    click.echo(new_token(name, settings.inbox_tokens))
    click.echo(
        f"Jeton de « {name} » ; seule son empreinte est gardée, dans {settings.inbox_tokens.name}. Il remplace le précédent.", err=True
    )


def _import_box(settings: Settings, box: Box, messages: list[Message]) -> None:
    added = 0
    with _published(settings) as published:
        for message in messages:
            taken, refused = judge(message.statements, published)
            done = announcing.add_announced(settings.data, taken, _slug(message.sender), message.received[:10], message.source)
            added += done.added
            _tell_refused(refused)
            box.drop(message.id)
    click.echo(f"{added} liens à relire dans liens_entrants.csv.")


def _shown(message: Message) -> str:
    state = "" if message.verified else "  (pas encore vérifiée)"
    said = [f"    {each.theirs} {each.relation} → {each.ours}" for each in message.statements[:_SHOWN]]
    said += [f"    … et {len(message.statements) - _SHOWN} de plus"] if len(message.statements) > _SHOWN else []
    return "\n".join([f"{message.id}  {message.sender}, {message.protocol}, {message.received}{state}", *said])


def _tables(settings: Settings) -> tuple[Rows, Schemes, Dated | None]:
    """The rows, and what they are read with."""
    from ess_lod.publish.dataset import read_dataset
    from ess_lod.publish.dated import read_dated
    from ess_lod.publish.tables import read_tables
    from ess_lod.publish.vocabulary import read_vocabulary

    schemes = read_vocabulary(settings.ontology).notations
    dated = read_dated(settings.data / "insee", read_dataset(settings.data).region)
    return read_tables(settings.data, schemes, dated), schemes, dated


@contextmanager
def _published(settings: Settings) -> Iterator[Published]:
    """The things of the published release, by their addresses."""
    release = open_release(settings.releases)
    store = open_store(settings, release)
    try:
        yield Published(store, Iris(release.base))
    finally:
        store.close()


def _names(rows: Rows) -> dict[str, str]:
    return {row["id"]: row["nom"] for table in TABLES.values() if table.noun and "nom" in table.by_name for row in rows[table.name]}


def _check_url(url: str) -> None:
    try:
        web_address(url)
    except BadAddress as error:
        raise ConfigError(f"--url : {error.what} {error.remedy}") from error


def _network(asked: str, url: str, theirs: list[str]) -> str:
    """The name of a network: as it is told, or from the one host that the addresses are on. Raises :class:`ConfigError`."""
    hosts = {urlsplit(url).hostname} if url else {urlsplit(each).hostname for each in theirs}
    name = asked or (_slug(next(iter(hosts)) or "") if len(hosts) == 1 else "")
    if not NETWORK.fullmatch(name):
        raise ConfigError("Dire de quel réseau vient le fichier : --from NOM (des minuscules sans accent, des chiffres et des tirets).")
    return name


def _slug(host: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", host.lower().removeprefix("www.")).strip("-")


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def _tell_refused(refused: list[Refused]) -> None:
    for each in refused:
        click.echo(f"Refusé : {each.announced.theirs} → {each.announced.ours} : {REASONS[each.why][0]}", err=True)
    if refused:
        click.echo(f"{len(refused)} refusés.", err=True)
