"""From announcements to rows of ``liens_entrants.csv`` that wait for a decision, and the decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ess_lod.errors import CellProblem, TableErrors
from ess_lod.links.verdict import Taken
from ess_lod.publish.columns import fold
from ess_lod.publish.schema import TABLES
from ess_lod.publish.table_files import Record, TableFile

LINKS_IN = TABLES["liens_entrants"]
WAITING, ACCEPTED, REFUSED = "a_relire", "accepte", "refuse"


@dataclass(frozen=True)
class Counted:
    """How many rows were added, and how many were there already (whatever was decided of them)."""

    added: int
    known: int


def add_announced(folder: Path, taken: Sequence[Taken], network: str, day: str, address: str = "") -> Counted:
    """Add what is not there yet, to be reviewed; ``day`` is the ISO day of receipt, ``address`` where the network announces it."""
    table = TableFile(folder, LINKS_IN)
    known = {(each.cells.get("entite"), each.cells.get("cible"), each.cells.get("reseau")) for each in table.records()}
    new = [each for each in taken if (each.cell, each.theirs, network) not in known]
    if new:
        table.append(
            [
                {
                    "entite": each.cell,
                    "cible": each.theirs,
                    "relation": each.relation,
                    "reseau": network,
                    "recu_le": day,
                    "etat": WAITING,
                    "annonce": address,
                }
                for each in new
            ]
        )
    return Counted(len(new), len(taken) - len(new))


def waiting(folder: Path) -> list[Record]:
    """The rows that wait for a decision."""
    return [each for each in TableFile(folder, LINKS_IN).records() if fold(each.cells.get("etat", "")) == fold(WAITING)]


def decide(folder: Path, accepted: Sequence[int], refused: Sequence[int]) -> None:
    """Write decisions on the rows that begin at some lines. Raises :class:`TableErrors` (French), and then writes nothing."""
    table = TableFile(folder, LINKS_IN)
    rows = {each.line: each for each in table.records() if fold(each.cells.get("etat", "")) == fold(WAITING)}
    problems = [
        _problem(line, "", "aucune ligne à relire.", "Voir les lignes : ess-lod links review")
        for line in (*accepted, *refused)
        if line not in rows
    ]
    problems += [_problem(line, "", "acceptée et refusée à la fois.", "Choisir.") for line in accepted if line in refused]
    problems += [
        _problem(
            line, "annonce", "rien ne dit d'où vient ce lien.", "Remplir annonce (une adresse) ou sources (un document) avant d'accepter."
        )
        for line in accepted
        if line in rows and not rows[line].cells.get("annonce") and not rows[line].cells.get("sources")
    ]
    if problems:
        raise TableErrors(problems)
    table.change({**{line: {"etat": ACCEPTED} for line in accepted}, **{line: {"etat": REFUSED} for line in refused}})


def _problem(line: int, column: str, what: str, remedy: str) -> CellProblem:
    return CellProblem(LINKS_IN.filename, line, column, what, remedy)
