"""What a look-up of a name answers: a verdict, a sentence that says what to do, candidates with their reasons. And how a person reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ess_lod.insee.reference import State

Verdict = Literal["trouvé", "à choisir", "inconnu", "refusé"]

KIND_WORDS = {
    "commune": "commune",
    "commune-deleguee": "commune déléguée",
    "commune-associee": "commune associée",
    "arrondissement-municipal": "arrondissement municipal",
    "communaute-de-communes": "communauté de communes",
    "communaute-d-agglomeration": "communauté d'agglomération",
    "communaute-urbaine": "communauté urbaine",
    "metropole": "métropole",
    "departement": "département",
    "region": "région",
}
_MONTHS = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A state that may be meant. ``score`` goes from 0 to 100 and ranks; ``chosen`` says whether it is the answer."""

    state: State
    score: int
    reason: str
    reason_en: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer for one name.

    ``choice`` is set exactly when the verdict is ``trouvé``. ``sentence`` (French) is for the editor of a table: what was understood,
    and what to add when nothing was chosen. ``candidates`` are ranked, ten at most; ``found`` counts all of them.
    ``date`` is the day that was meant, or ``first/last`` when only a month or a year was given.
    """

    name: str
    verdict: Verdict
    sentence: str
    candidates: tuple[Candidate, ...] = ()
    found: int = 0
    departement: str = ""
    kind: str = ""
    date: str = ""

    @property
    def choice(self) -> State | None:
        """The state that the name means, or ``None``: then a person decides."""
        return next((candidate.state for candidate in self.candidates if candidate.chosen), None)


def french_day(date: str) -> str:
    """``2020-03-14`` → ``14 mars 2020``."""
    year, month, day = date.split("-")
    return f"{'1er' if day == '01' else int(day)} {_MONTHS[int(month) - 1]} {year}"


def shortened(text: str, width: int = 80) -> str:
    """A text on one line, cut with an ellipsis, without characters that a terminal or a table would obey."""
    line = "".join(char if char.isprintable() else " " for char in text[: width + 1])
    return line if len(line) <= width else line[: width - 1] + "…"


def describe(resolution: Resolution, identify: Callable[[State], str] = lambda _: "") -> str:
    """The answer as aligned French text for the command line; no line break at the end. ``identify`` says the id of a state in this network, or ""."""
    asked = " · ".join(
        filter(
            None,
            (
                resolution.departement and f"département {resolution.departement}",
                resolution.kind,
                resolution.date and f"au {resolution.date}",
            ),
        )
    )
    lines = [f"« {shortened(resolution.name)} »{f' ({asked})' if asked else ''} : {resolution.verdict}", f"  {resolution.sentence}"]
    rows = [
        (
            "→" if candidate.chosen else " ",
            str(candidate.score),
            identify(candidate.state),
            candidate.state.code,
            KIND_WORDS[candidate.state.kind],
            candidate.state.name,
            candidate.state.departement,
            f"{candidate.state.start or '…'} → {candidate.state.end or '…'}",
            candidate.reason,
        )
        for candidate in resolution.candidates
    ]
    if rows:
        table = [("", "score", "identifiant", "code", "type", "nom", "dép.", "période", "raison"), *rows]
        last = len(table[0]) - 1
        columns = [column for column in range(last) if any(row[column] for row in rows)]
        widths = {column: max(len(row[column]) for row in table) for column in columns}
        lines.append("")
        lines += ["  " + "  ".join([*(row[column].ljust(widths[column]) for column in columns), row[last]]).rstrip() for row in table]
        if resolution.found > len(rows):
            lines.append(f"  … et {resolution.found - len(rows)} autres.")
    return "\n".join(lines)
