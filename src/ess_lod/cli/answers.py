"""Tables that commands read and write again: what was noticed on the way, and where the answer goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from ess_lod.sheet import Sheet, Value, csv_text, write_sheet


def check_out(table: Path, out: Path | None, force: bool) -> None:
    """Refuse a file to write that is no table, or that is there already."""
    if out is None:
        return
    if out.suffix.casefold() not in (".csv", ".xlsx"):
        raise click.BadParameter("Le fichier doit finir par .csv ou .xlsx.", param_hint="--out")
    if out.exists() and not force:
        which = "la table elle-même" if out.samefile(table) else "déjà là"
        raise click.BadParameter(f"{out.name} est {which}. Choisir un autre nom, ou ajouter --force pour le remplacer.", param_hint="--out")


def tell_notes(name: str, notes: Iterable[str]) -> None:
    """What the reader of a table has to say, on the standard error."""
    for note in notes:
        click.echo(f"{name} : {note}", err=True)


def write_answer(sheet: Sheet, out: Path | None, header: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """A table with its answers, into a file, or as CSV to the standard output; CSV has the separator of the table that was read."""
    if out:
        write_sheet(out, header, rows, sheet.separator)
    else:
        click.echo(csv_text([header, *rows], sheet.separator), nl=False)
