"""Rows of ``liens.csv`` and ``liens_entrants.csv`` held against the rules of links, all at once (French).

One target of a family for each thing, one thing for each target; the form of the address; nobody's profile; what an official number says is not written twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ess_lod.errors import CellProblem
from ess_lod.iris import kind_of
from ess_lod.links.people import is_profile
from ess_lod.links.relations import fitting
from ess_lod.links.targets import BadTarget, Target, check_target
from ess_lod.publish.dated import Dated
from ess_lod.publish.rows import Row, Rows

_SIREN = re.compile(r"\d{9}$")
_NETWORK = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SURE = ("certaine", "probable")
_ANY = ("wikidata", "wikipedia", "reseau", "reference")
"""Kinds of target that have things and concepts."""


def linked_kind(cell: str) -> str:
    """``acteur``, ``territoire`` …, or ``concept`` for a cell like ``champ/alimentation``."""
    return "concept" if "/" in cell else kind_of(cell) or ""


def check_links(rows: Rows, dated: Dated | None = None) -> Iterator[CellProblem]:
    """What is wrong with links, one row by one and together. Codes of territories are those of ``territoires.csv`` and of the reference."""
    sirens = {(row["entite"], row["valeur"]) for row in rows["identifiants"] if row["type"] == "siren" and row["confiance"] == "certaine"}
    codes = {id_: life.code for id_, life in dated.lives.items()} if dated else {}
    codes |= {row["id"]: row["code"] for row in rows["territoires"]}
    families: dict[tuple[str, str], Row] = {}
    targets: dict[str, Row] = {}
    for row in rows["liens"]:
        if not row["cible"] or not row["entite"]:
            continue
        try:
            target = check_target(row["cible"], row["genre"])
        except BadTarget as error:
            yield _told(row, error.column, error.what, error.remedy)
            continue
        yield from _fits(row, target, sirens, codes)
        yield from _once(row, target.family(row["cible"]), families, targets)
    for row in rows["liens_entrants"]:
        yield from _announced(row)


def _fits(row: Row, target: Target, sirens: set[tuple[str, str]], codes: dict[str, str]) -> Iterator[CellProblem]:
    kind = linked_kind(row["entite"])
    if row["confiance"] and row["confiance"] not in _SURE:
        yield _told(row, "confiance", f"un lien « {row['confiance']} » ne se publie pas.", "Écrire certaine ou probable, ou ôter la ligne.")
    if target.concepts != (kind == "concept") and target.name not in _ANY:
        what = "se lie à des termes de nos listes (liste/terme)" if target.concepts else "se lie à des choses, non à des termes"
        yield _told(row, "entite", f"une cible du genre {target.name} {what}.", "Corriger entite ou cible.")
    elif target.name == "annuaire-entreprises":
        number = _SIREN.search(row["cible"])
        if number and (row["entite"], number[0]) in sirens:
            yield _told(row, "cible", "ce lien se forme déjà à partir du SIREN certain.", "Ôter la ligne.")
        else:
            yield _told(
                row,
                "cible",
                f"{row['entite']} n'a pas ce SIREN pour certain.",
                "Mettre le SIREN dans identifiants.csv avec sa confiance : s'il est certaine, le lien se forme tout seul.",
            )
    elif target.name == "insee" and (kind != "territoire" or row["cible"].rpartition("/")[2] != codes.get(row["entite"], "")):
        yield _told(row, "cible", f"le code de l'adresse n'est pas celui de {row['entite']}.", "Corriger l'un des deux, ou ôter la ligne.")


def _once(row: Row, family: str, families: dict[tuple[str, str], Row], targets: dict[str, Row]) -> Iterator[CellProblem]:
    cell, iri = row["entite"], row["cible"]
    other = families.setdefault((cell, family), row)
    if other is not row and other["cible"] != iri:
        yield _told(row, "cible", f"{cell} a déjà une cible du genre {family} à la ligne {other.line}.", "Garder la bonne seulement.")
    other = targets.setdefault(iri, row)
    if other is not row and other["entite"] != cell and "concept" not in (linked_kind(cell), linked_kind(other["entite"])):
        yield _told(
            row,
            "cible",
            f"la même cible est déjà celle de {other['entite']} à la ligne {other.line}.",
            "Une cible décrit une seule chose : corriger, ou marquer un doublon dans registre.csv.",
        )


def _announced(row: Row) -> Iterator[CellProblem]:
    if row["relation"] and row["entite"] and (fit := fitting(row["relation"], linked_kind(row["entite"]))) != row["relation"]:
        yield _told(row, "relation", f"« {row['relation']} » ne convient pas à {row['entite']}.", f"Écrire {fit}.")
    if row["reseau"] and not _NETWORK.fullmatch(row["reseau"]):
        yield _told(
            row, "reseau", f"« {row['reseau']} » n'est pas un nom court.", "Écrire des minuscules sans accent, des chiffres et des tirets."
        )
    if row["cible"] and is_profile(row["cible"]):
        yield _told(
            row,
            "cible",
            f"« {row['cible']} » est la page d'une personne ou un compte de réseau social.",
            "Ôter la ligne : aucune personne n'est publiée.",
        )
    if row["etat"] == "accepte" and not row["annonce"] and not row.list("sources"):
        yield _told(
            row,
            "annonce",
            "rien ne dit d'où vient ce lien accepté.",
            "Donner l'adresse de l'annonce, ou un document dans la colonne sources.",
        )


def _told(row: Row, column: str, what: str, remedy: str) -> CellProblem:
    return CellProblem(row.table.filename, row.line, column, what, remedy)
