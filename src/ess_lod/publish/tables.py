"""Read the tables: bytes of CSV files in, checked rows out, or every problem at once.

Made for files that come out of a spreadsheet: comma, semicolon or tab as separator, with or without a byte-order mark, Excel's ``sep=;`` line, empty
rows and columns at the end. The encoding must be UTF-8: guessing it would put wrong letters on the web without anybody noticing.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ess_lod.errors import CellProblem, TableErrors
from ess_lod.publish.cells import CellError, close_to, read_cell
from ess_lod.publish.dated import Dated
from ess_lod.publish.references import check_references
from ess_lod.publish.rows import Row, Rows
from ess_lod.publish.schema import TABLES, Kind, Table

_SEPARATORS = (",", ";", "\t")
_SAVE_AS = "Dans le tableur : Enregistrer sous, type « CSV UTF-8 » ; dans LibreOffice : jeu de caractères « Unicode (UTF-8) »."


def read_tables(folder: Path, schemes: Mapping[str, frozenset[str]], dated: Dated | None = None) -> Rows:
    """Read and check every table of ``folder``.

    ``schemes`` has the notations of each SKOS scheme, ``dated`` is the reference that codes are held against.
    Raises :class:`TableErrors` with everything that is wrong in any file.
    """
    problems: list[CellProblem] = []
    rows: dict[str, list[Row]] = {}
    for table in TABLES.values():
        rows[table.name] = list(_read_table(folder, table, schemes, problems))
    problems.extend(_stray_files(folder))
    problems.extend(check_references(rows, dated))
    if problems:
        raise TableErrors(problems)
    return rows


@dataclass
class _Header:
    names: list[str]
    line: int


def _read_table(folder: Path, table: Table, schemes: Mapping[str, frozenset[str]], problems: list[CellProblem]) -> Iterator[Row]:
    path = folder / table.filename
    if not path.is_file():
        problems.append(
            CellProblem(
                table.filename,
                0,
                "",
                "le fichier est absent.",
                f"Le remettre dans {folder.name}/, avec au moins sa ligne d'en-tête : {_header_text(table)}",
            )
        )
        return
    text = _decode(path.read_bytes(), table.filename, problems)
    records = _records(text, table, problems)
    header = _read_header(records, table, problems)
    if header is None:
        return
    for line, record in records:
        if any(cell.strip() for cell in record):
            row = _read_row(line, record, header, table, schemes, problems)
            if row:
                yield row


def _decode(body: bytes, filename: str, problems: list[CellProblem]) -> str:
    """Text of a file. What is not UTF-8 is reported and read all the same, so that the other errors of the file show too."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in body[:200]:
        problems.append(CellProblem(filename, 1, "", "le fichier est en UTF-16, pas en UTF-8.", _SAVE_AS))
        encoding = "utf-16" if body[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-16-le"
        return body.decode(encoding, errors="replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        words = body[body.rfind(b"\n", 0, error.start) + 1 :].split(b"\n")[0].decode("cp1252", errors="replace")
        start = len(body[body.rfind(b"\n", 0, error.start) + 1 : error.start].decode("cp1252", errors="replace"))
        excerpt = words[max(0, start - 12) : start + 12].strip()
        problems.append(
            CellProblem(
                filename, line, "", f"le fichier n'est pas en UTF-8 (sans doute Windows-1252), à cet endroit : « {excerpt} ».", _SAVE_AS
            )
        )
        return body.decode("cp1252", errors="replace")


def _records(text: str, table: Table, problems: list[CellProblem]) -> Iterator[tuple[int, list[str]]]:
    """Records of a CSV text with the line on which each begins."""
    skipped = 0
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) <= 5:
        text, skipped = rest, 1
        first = rest.partition("\n")[0]
    separator = max(_SEPARATORS, key=lambda s: sum(name.strip().strip('"') in table.by_name for name in first.split(s)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    while True:
        line = reader.line_num + skipped + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(
                CellProblem(
                    table.filename,
                    line,
                    "",
                    f"la ligne n'est pas du CSV ({error}).",
                    "Vérifier les guillemets : un guillemet dans un texte s'écrit deux fois.",
                )
            )
            return


def _read_header(records: Iterator[tuple[int, list[str]]], table: Table, problems: list[CellProblem]) -> _Header | None:
    line, names = next(records, (1, []))
    names = [name.strip() for name in names]

    def report(column: str, what: str, remedy: str) -> None:
        problems.append(CellProblem(table.filename, line, column, what, remedy))

    for name in names:
        if name and name not in table.by_name:
            report(name, "cette colonne n'existe pas.", close_to(name, table.by_name) + f"Colonnes de ce fichier : {_header_text(table)}.")
    for column in table.columns:
        if column.name not in names and (column.required or column.name in table.key):
            report(column.name, "cette colonne manque.", f"L'ajouter à l'en-tête : {column.about}")
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        report(name, "cette colonne figure deux fois.", "En supprimer une.")
    return _Header(names, line) if any(name in table.by_name for name in names) else None


def _read_row(
    line: int, record: list[str], header: _Header, table: Table, schemes: Mapping[str, frozenset[str]], problems: list[CellProblem]
) -> Row | None:
    beyond = [cell for cell in record[len(header.names) :] if cell.strip()]
    if beyond:
        problems.append(
            CellProblem(
                table.filename,
                line,
                "",
                f"la ligne a plus de cellules que l'en-tête : « {beyond[0]} » n'a pas de colonne.",
                "Mettre entre guillemets un texte qui contient le séparateur.",
            )
        )
        return None
    texts = dict(zip(header.names, record, strict=False))
    cells: dict[str, tuple[str, ...]] = {}
    wrong = False
    for column in table.columns:
        try:
            cells[column.name] = read_cell(texts.get(column.name, ""), column, schemes)
        except CellError as error:
            problems.append(CellProblem(table.filename, line, column.name, error.what, error.remedy))
            cells[column.name] = ()
            wrong = wrong or column.kind in (Kind.ID,)
    return None if wrong else Row(table, line, cells)


def _stray_files(folder: Path) -> Iterator[CellProblem]:
    """CSV files that no table is named after: a misspelt name would lose a whole table in silence."""
    known = {table.filename for table in TABLES.values()}
    for path in sorted(folder.glob("*.csv")):
        if path.name not in known:
            yield CellProblem(
                path.name, 0, "", "aucune table ne porte ce nom.", close_to(path.name, known) + "Le renommer ou l'ôter du dossier."
            )


def _header_text(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)
