"""``ess-lod reconcile``: a spreadsheet goes in, and comes out with the URI, the score and the reasons of each row beside it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from ess_lod.characters import tidy
from ess_lod.cli.answers import check_out, tell_notes, write_answer
from ess_lod.config import Settings
from ess_lod.errors import CellProblem, TableErrors
from ess_lod.iris import Iris
from ess_lod.reconcile import PROPERTIES, Candidate, Index, Query, Wanted, open_index
from ess_lod.reconcile.question import period_of, read_question
from ess_lod.release import open_release
from ess_lod.sheet import Sheet, Value, read_sheet
from ess_lod.store import open_store

ADDED = ("uri", "nom trouvé", "score", "sûr", "raisons", "candidats")
TYPES = {
    "acteur": "Actor",
    "collectif": "Collective",
    "personne-publique": "PublicBody",
    "territoire": "Territory",
    "commune": "Commune",
    "commune-deleguee": "CommunePart",
    "epci": "EPCI",
    "departement": "Departement",
    "region": "Region",
    "quartier": "Quarter",
    "supplement": "Supplement",
    "lettre": "NewsletterIssue",
    "cooperation": "Cooperation",
    "dispositif": "Scheme",
    "champ": "Field",
    "statut": "LegalStatus",
    "concept": "Concept",
}
FOUND = 50.0
"""The score below which nothing is given as found: the names only share some words or letters."""
_SHOWN = 40.0
"""The score below which a candidate is not shown."""
_MOST_SHOWN = 4
_ASKED = 20
"""Candidates asked for: terms of lists, left out when no type is asked, may stand before those that are shown."""
_SURE, _TO_CHOOSE, _NOT_FOUND, _EMPTY = "sûres", "à choisir", "introuvables", "sans nom ni code"
_CODES = ("siren", "siret", "rna", "insee")
_COLUMNS = (
    ("siren", "--siren", "SIREN"),
    ("siret", "--siret", "SIRET"),
    ("rna", "--rna", "numéro RNA"),
    ("insee", "--insee", "code Insee, ou SIREN d'un EPCI"),
    ("commune", "--commune", "commune du siège ou d'un lieu"),
    ("departement", "--departement", "département, ou code postal"),
    ("field", "--field", "champ d'activité"),
    ("website", "--website", "site web"),
)


def _column_options(command: click.Command) -> click.Command:
    for pid, option, what in reversed(_COLUMNS):
        command = click.option(option, pid, default="", metavar="COLONNE", help=f"Colonne : {what}.")(command)
    return command


@click.command()
@click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--name", default="", metavar="COLONNE", help="Colonne des noms.")
@_column_options  # type: ignore[arg-type]
@click.option(
    "--date", default="", metavar="COLONNE|DATE", help="Colonne de la date à laquelle c'était ainsi, ou une date pour toutes les lignes."
)
@click.option("--type", "type_", type=click.Choice(list(TYPES)), help="Ce que nomme la table.")
@click.option(
    "--out", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Fichier .csv ou .xlsx à écrire (sinon CSV en sortie standard)."
)
@click.option("--force", is_flag=True, help="Remplace le fichier --out s'il existe.")
@click.option("--sheet", "leaf", default="", metavar="FEUILLE", help="Feuille du classeur (sinon celle qui a les colonnes).")
@click.option("--release", "version", help="Version à interroger (la version publiée par défaut).")
@click.pass_obj
def reconcile(
    settings: Settings,
    /,
    table: Path,
    name: str,
    date: str,
    type_: str | None,
    out: Path | None,
    force: bool,
    leaf: str,
    version: str | None,
    **columns: str,
) -> None:
    """Donne à chaque ligne de TABLE (CSV, XLSX, XLS, ODS…) l'URI de ce qu'elle nomme.

    La même table, avec les colonnes uri, nom trouvé, score, sûr, raisons, candidats. L'uri n'est remplie que si elle est sûre ; sinon les candidats sont
    à regarder. Sans --type, tout est cherché sauf les termes des listes.
    TABLE n'est pas modifiée. Code de sortie 0 quand la table est faite, 1 quand elle ou une version ne peut pas être lue ou écrite (rien n'est alors
    écrit), 2 quand la commande est mal écrite.
    """
    if not any((name, *(columns[code] for code in _CODES))):
        raise click.UsageError("Donner au moins une colonne de noms (--name) ou de codes (--siren, --siret, --rna, --insee).")
    check_out(table, out, force)
    sheet = read_sheet(table, [column for column in (name, *columns.values(), date) if column], leaf)
    tell_notes(table.name, sheet.notes)
    queries = list(_queries(sheet, name, TYPES.get(type_ or "", ""), {pid: column for pid, column in columns.items() if column}, date))
    store = open_store(settings, open_release(settings.releases, version))
    try:
        index = open_index(store, Iris(store.release.base))
    finally:
        store.close()
    header = [*sheet.header, *sheet.beside(ADDED, "ess_")]
    count: Counter[str] = Counter()
    with click.progressbar(queries, label="lignes", file=sys.stderr) as asked:
        answers = [_answer(index, query, count) for query in asked]
    rows = [[*row, *answer] for row, answer in zip(sheet.rows, answers, strict=True)]
    write_answer(sheet, out, header, rows)
    shown = (_SURE, _TO_CHOOSE, _NOT_FOUND, *([_EMPTY] if count[_EMPTY] else ()))
    click.echo(f"Lignes : {len(rows)} ; " + ", ".join(f"{what} : {count[what]}" for what in shown) + ".", err=True)


def _queries(sheet: Sheet, name: str, type_: str, columns: dict[str, str], date: str) -> Iterator[Query]:
    """A query for each row. Raises :class:`TableErrors` for a column that is not there."""
    always: tuple[Wanted, ...] = ()
    if date and date not in sheet.header and period_of(date)[0]:
        always = (Wanted("date", (date,)),)
    elif date:
        columns = {**columns, "date": date}
    places = {pid: sheet.place(column) for pid, column in columns.items()}
    named = sheet.place(name) if name else None
    if not sheet.rows:
        raise TableErrors([CellProblem(sheet.name, 1, "", "la table n'a pas de lignes.", "Ajouter des lignes sous l'en-tête.")])
    for row in sheet.rows:
        wanted = tuple(Wanted(pid, (row[place],)) for pid, place in places.items() if tidy(row[place]))
        yield Query(tidy(row[named]) if named is not None else "", type_, _ASKED, wanted + always)


def _answer(index: Index, query: Query, count: Counter[str]) -> list[Value]:
    """The cells of the added columns."""
    if not query.query and not any(wanted.pid in _CODES for wanted in query.properties):
        count[_EMPTY] += 1
        return [""] * len(ADDED)
    found = [each for each in index.match(query) if query.type or "Concept" not in each.types]
    if not found or found[0].score < FOUND:
        count[_NOT_FOUND] += 1
        return ["", "", "", "non", _why_nothing(query), _candidates(found)]
    best = found[0]
    count[_SURE if best.match else _TO_CHOOSE] += 1
    score = int(best.score) if best.score.is_integer() else best.score
    reasons = " ; ".join(fr for fr, _ in best.reasons)
    if best.match:
        return [best.id, best.name, score, "oui", reasons, ""]
    return ["", "", score, "non", reasons, _candidates(found)]


def _why_nothing(query: Query) -> str:
    """What was wrong in a question that found nothing, or what was looked for in vain."""
    question = read_question(query)
    reasons = [fr for fr, _ in question.remarks]
    for code in dict.fromkeys((*question.text_codes, *question.codes)):
        scheme, _, value = code.partition(":")
        reasons.append(f"{PROPERTIES[scheme].name_fr} {value} : n'est à personne ici")
    if question.name.readings or not reasons:
        reasons.append("aucun nom assez proche")
    return " ; ".join(reasons)


def _candidates(candidates: list[Candidate]) -> str:
    """Those that a person may choose from, best first."""
    return " | ".join(f"{each.id} {each.name} ({each.score:g})" for each in candidates[:_MOST_SHOWN] if each.score >= _SHOWN)
