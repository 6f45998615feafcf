"""Codes in the tables, held against the dated reference: what they name, since when and until when."""

from __future__ import annotations

from collections.abc import Iterator

from ess_lod.errors import CellProblem
from ess_lod.insee.lives import UNPUBLISHED, Life, lives_of
from ess_lod.insee.reference import FAMILY_OF_KIND
from ess_lod.publish.dated import Dated, day_before
from ess_lod.publish.rows import Row, Rows
from ess_lod.publish.schema import Kind

_ENDED = ("cesse", "fusionne", "transforme")


def check_codes(rows: Rows, dated: Dated) -> Iterator[CellProblem]:
    """Problems of commune codes in any table, and of the rows of ``territoires.csv`` that have a code."""
    for table in rows.values():
        for row in table:
            for column in row.table.columns:
                if column.kind is Kind.COMMUNE and row[column.name]:
                    yield from _commune(row, column.name, _day(row, dated), dated)
    for row in rows["territoires"]:
        if row["code"] and row["type"] in FAMILY_OF_KIND:
            yield from _territory(row, dated)


def _day(row: Row, dated: Dated) -> str:
    """The day that a row speaks of: today, or the eve of its end."""
    end = next((row[name] for name in ("dissolution", "fin") if name in row.cells and row[name]), "")
    if len(end) == len("2017-01-01"):
        return day_before(end)
    if end or ("etat" in row.cells and row["etat"] in _ENDED):
        return ""
    return dated.reference.last


def _commune(row: Row, column: str, day: str, dated: Dated) -> Iterator[CellProblem]:
    code = row[column]
    lives = lives_of(dated.reference, "commune", code)
    if not lives:
        named = dated.named(dated.postal.get(code, ()))
        remedy = f"C'est le code postal de {named}." if named else "Vérifier le code INSEE (pas le code postal) : ess-lod insee find NOM"
        yield _problem(row, column, f"la commune {code} n'existe pas.", remedy)
    elif lives[-1].level == UNPUBLISHED:
        whole = lives[-1].last.parent
        yield _problem(row, column, f"{code} est un arrondissement ({lives[-1].last.name}), pas une commune.", f"Écrire {whole}.")
    elif not dated.of("commune", code):
        yield _problem(
            row, column, f"la commune {code} ({lives[-1].last.name}) n'est pas encore publiée.", f"Lancer : ess-lod insee mint {code}"
        )
    elif day and not any(life.alive(day) for life in lives):
        life = lives[-1]
        yield _problem(row, column, f"le code {code} {_what(life)}.", _remedy(life, dated))


def _what(life: Life) -> str:
    """« nommait Villotran jusqu'au 2018-12-31 »."""
    if life.end:
        return f"nommait {life.last.name} jusqu'au {day_before(life.end)}"
    return f"nomme {life.last.name} depuis le {life.start}"


def _remedy(life: Life, dated: Dated) -> str:
    after = dated.reference.successors(life.family, life.code, day_before(life.end)) if life.end else ()
    found = [state for code in after if (state := dated.reference.at(life.family, code, dated.reference.last))]
    if not found:
        return "Corriger le code, ou la date de la ligne."
    return "Aujourd'hui : " + " ou ".join(f"{state.code} ({state.name})" for state in found) + "."


def _territory(row: Row, dated: Dated) -> Iterator[CellProblem]:
    family, code = FAMILY_OF_KIND[row["type"]], row["code"]
    life = dated.lives.get(row["id"])
    if life is None or (life.family, life.code) != (family, code):
        ids = [f"{id_} ({each.last.name}, {_span(each)})" for id_, each in dated.of(family, code)]
        if ids:
            yield _problem(row, "id", f"le code {code} a déjà un identifiant.", f"Écrire {' ou '.join(ids)}.")
        elif lives_of(dated.reference, family, code):
            yield _problem(row, "code", f"le code {code} n'est pas encore publié.", f"Lancer : ess-lod insee mint {code}")
        else:
            yield _problem(row, "code", f"le code {code} n'existe pas pour le type {row['type']}.", "Vérifier : ess-lod insee find NOM")
        return
    if row["type"] != life.last.kind:
        yield _problem(row, "type", f"{code} est de type {life.last.kind}.", f"Écrire {life.last.kind}.")
    for column, known in (("debut", life.start), ("fin", life.end)):
        if row[column] and row[column] != known:
            yield _problem(
                row, column, f"la référence de l'Insee dit « {known or 'sans date'} ».", "Vider la cellule : la référence donne la date."
            )


def _span(life: Life) -> str:
    return f"{life.start or '…'} à {life.end}" if life.end else f"depuis {life.start or 'toujours'}"


def _problem(row: Row, column: str, what: str, remedy: str) -> CellProblem:
    return CellProblem(row.table.filename, row.line, column, what, remedy)
