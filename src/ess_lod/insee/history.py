"""What no package has: the EPCI of Hauts-de-France from 2014 to 2018, the exact dates of its communes since 2019, its régions before 2016.

Four small tables in ``historique/``, kept by hand; SOURCE.yaml says where each comes from. The years 2014–2018 must end where the packages
begin: an open membership or EPCI that the COG of 2019 does not confirm is an error.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from ess_lod.insee.reference import EVENT_COLUMNS, MEMBER_COLUMNS, Event, Membership, State, read_rows, things

EPCI_COLUMNS = ("siren", "type", "nom", "debut", "fin", "departement")
REGION_COLUMNS = ("code", "type", "nom", "article", "debut", "fin", "region", "siege")
MOVE_COLUMNS = ("mod", "date", "type_avant", "code_avant", "nom_avant", "type_apres", "code_apres", "nom_apres")

_KINDS = {"COM": "commune", "COMD": "commune-deleguee", "COMA": "commune-associee"}

EXACT_STARTS = {"200093201": "2020-03-14"}
"""EPCI born on another day than the first of January, where we know it: the Métropole Européenne de Lille (SOURCE.yaml, ``mel-2020``)."""


@dataclass
class History:
    """The tables of ``historique/``. ``dated`` has, by kind and code, the days on which INSEE lets a thing end and begin."""

    epci: dict[str, list[State]] = field(default_factory=lambda: defaultdict(list))
    members: dict[str, list[Membership]] = field(default_factory=lambda: defaultdict(list))
    divisions: list[State] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    dated: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def exact(self, kind: str, code: str, after: str, until: str) -> str:
        """The day in ``]after, until]`` on which INSEE moves this code, or "" when it says none or several."""
        days = {day for day in self.dated.get((kind, code), ()) if after < day <= until}
        return days.pop() if len(days) == 1 else ""


def read_history(folder: Path) -> History:
    """Read the tables of a folder (``data/insee/historique``). Raises ReferenceUnreadable."""
    history = History()
    for siren, kind, name, start, end, departement in read_rows(folder / "epci.csv", EPCI_COLUMNS):
        history.epci[siren].append(State(kind, siren, name, "", start, end, departement))
    for states in history.epci.values():
        states.sort(key=lambda state: state.start)
    for row in read_rows(folder / "membres.csv", MEMBER_COLUMNS):
        history.members[row[0]].append(Membership(*row))
    for code, kind, name, article, start, end, region, seat in read_rows(folder / "regions.csv", REGION_COLUMNS):
        own = code if kind == "departement" else ""
        history.divisions.append(State(kind, code, name, article, start, end, own, region or code, "", seat))
    for kind, day, before, after, communes, note, source in read_rows(folder / "evenements.csv", EVENT_COLUMNS):
        history.events.append(Event(kind, day, things(before), things(after), tuple(communes.split()), note, source))
    for row in read_rows(folder / "mouvements.csv", MOVE_COLUMNS):
        for kind, code in ((row[2], row[3]), (row[5], row[6])):
            history.dated[_KINDS[kind], code].append(row[1])
    return history
