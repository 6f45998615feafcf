"""``ess-lod changes``: the publications, or what changes between two releases, in French or as a patch."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from ess_lod.changes import CREATE, DELETE, UPDATE, Change, between, publications
from ess_lod.changes.patches import PATCHES
from ess_lod.config import Settings
from ess_lod.release import Release, current_version, open_release

_SIGNS = {CREATE: "+", UPDATE: "~", DELETE: "-"}


@click.command()
@click.argument("before", metavar="[DE]", required=False)
@click.argument("after", metavar="[À]", required=False)
@click.option(
    "--patch", "form", type=click.Choice(sorted(PATCHES)), help="Écrit toute la différence : rdfp (RDF Patch) ou ru (SPARQL Update)."
)
@click.option("--values", "-v", is_flag=True, help="Montre aussi les énoncés ôtés (-) et ajoutés (+).")
@click.pass_obj
def changes(settings: Settings, before: str | None, after: str | None, form: str | None, values: bool) -> None:
    """Liste les publications, ou ce qui change de la version DE à la version À.

    Sans À, la version publiée.
    """
    if before is None:
        _list(settings)
        return
    old = open_release(settings.releases, before)
    new = open_release(settings.releases, after or current_version(settings.releases))
    if form:
        _write_patch(old, new, form)
        return
    counts = dict.fromkeys(_SIGNS, 0)
    for change in between(old, new):
        counts[change.kind] += 1
        click.echo(f"{_SIGNS[change.kind]} {change.thing}  {change.labels.get('fr', '')}".rstrip())
        if values:
            click.echo("".join(_statements(change)), nl=False)
    click.echo(f"De {old.version} à {new.version} : {_told(counts)}.")


def _list(settings: Settings) -> None:
    known = publications(settings.releases)
    for each in known:
        counts = {kind: each.total(kind) for kind in _SIGNS}
        click.echo(f"{each.number:>4}  {each.date}  {each.after}{'  (retour)' if each.is_return else ''}  {_told(counts)}")
    if not known:
        click.echo("Aucune publication au journal. Lancer : ess-lod publish")


def _write_patch(old: Release, new: Release, form: str) -> None:
    """Two passes, so that neither what comes nor what goes has to be kept."""
    write = PATCHES[form][2]
    removed = (line for change in between(old, new) for line in change.removed)
    added = (line for change in between(old, new) for line in change.added)
    for piece in write(removed, added):
        sys.stdout.buffer.write(piece)


def _statements(change: Change) -> Iterator[str]:
    for sign, triples in (("-", change.went), ("+", change.came)):
        yield from (f"    {sign} {triple.decode()}\n" for triple in triples)


def _told(counts: dict[str, int]) -> str:
    names = {CREATE: "ajout", UPDATE: "modification", DELETE: "retrait"}
    return (
        ", ".join(f"{counts[kind]} {name}{'s' if counts[kind] > 1 else ''}" for kind, name in names.items() if counts[kind])
        or "aucun changement"
    )
