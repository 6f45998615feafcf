"""What people without RDF use: a table for each noun as CSV (described in CSVW) and Parquet, all of them as one workbook, and maps as GeoJSON.

CSV is read from the triples of the release; the other formats are made from the CSV, so all say the same.
"""

from __future__ import annotations

from ess_lod.iris import KINDS
from ess_lod.publish.dataset import Dataset
from ess_lod.publish.dumps import QUADS, merged
from ess_lod.publish.extracts.columnar import parquet_file
from ess_lod.publish.extracts.columns import Noun
from ess_lod.publish.extracts.maps import map_file
from ess_lod.publish.extracts.nouns import NOUNS
from ess_lod.publish.extracts.rows import followed
from ess_lod.publish.extracts.separated import FOLDER, group_description, table_description, table_file
from ess_lod.publish.extracts.spreadsheet import workbook_file
from ess_lod.publish.extracts.statements import Statements
from ess_lod.release import Unfinished, Writer

__all__ = ["FOLDER", "NOUNS", "Noun", "extracts"]


def extracts(dataset: Dataset, publisher: str) -> dict[str, bytes | Writer]:
    """The files by name, in the order in which they can be written: ``dataset.nq`` comes before. ``publisher`` is the name to cite."""
    opened: list[Statements] = []

    def statements(made: Unfinished) -> Statements:
        if not opened:
            opened.append(Statements(merged(made.file(QUADS)), followed(NOUNS, backwards=False), followed(NOUNS, backwards=True)))
        return opened[0]

    def last(made: Unfinished) -> Statements:
        found = statements(made)
        opened.clear()
        return found

    by_name = {noun.name: noun for noun in NOUNS}
    actors = dataset.iris.at(f"id/{_ACTOR}/").value
    files: dict[str, bytes | Writer] = {}
    for noun in NOUNS:
        files[f"{FOLDER}/{noun.name}.csv"] = table_file(noun, last if noun is NOUNS[-1] else statements)
        files[f"{FOLDER}/{noun.name}.csv-metadata.json"] = table_description(noun, dataset)
    for noun in NOUNS:
        files[f"{FOLDER}/{noun.name}.parquet"] = parquet_file(noun, dataset)
    files[f"{FOLDER}/csv-metadata.json"] = group_description(NOUNS, dataset)
    files["tables.xlsx"] = workbook_file(NOUNS, dataset, publisher)
    files["territoires.geojson"] = map_file(by_name["territoires"], dataset, f"{dataset.title['fr']} : territoires")
    files["acteurs.geojson"] = map_file(
        by_name["sites"], dataset, f"{dataset.title['fr']} : acteurs", lambda row: str(row["organisation_uri"]).startswith(actors)
    )
    return files


_ACTOR = next(kind for kind, letter in KINDS.items() if letter == "A")
