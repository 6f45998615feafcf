"""The tables of a new project: all of them, with the rows of ``examples.toml``, each thing under the next id of its kind."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from ess_lod.iris import KINDS
from ess_lod.publish.schema import TABLES


def write_tables(folder: Path, text: str, values: Mapping[str, str], day: str, groups: Sequence[str]) -> None:
    """Write every table with its header and the rows of the groups, after those of the network itself; ids are minted on that day (ISO).

    ``text`` is TOML: ``[[group.table]]`` with cells by column, ``$name`` for one of the values.
    """
    given = tomllib.loads(text)
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in TABLES}
    last: Counter[str] = Counter()
    for group in ("network", *groups):
        for name, cells in given[group].items():
            noun = TABLES[name].noun
            for each in cells:
                row = {column: Template(cell).safe_substitute(values) for column, cell in each.items()}
                if noun:
                    last[noun] += 1
                    row["id"] = f"{KINDS[noun]}{last[noun]:03}"
                    rows["registre"].append({"id": row["id"], "type": noun, "emis_le": day, "etat": "actif"})
                rows[name].append(row)
    rows["registre"].sort(key=lambda row: row["id"])
    for name, table in TABLES.items():
        with (folder / table.filename).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [column.name for column in table.columns], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows[name])
