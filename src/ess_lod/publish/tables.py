"""Read the tables: bytes of CSV files in, checked rows out, or every problem at once.

Made for files that come out of a spreadsheet: comma, semicolon or tab as separator, with or without a byte-order mark, Excel's ``sep=;`` line, empty
rows and columns at the end. The encoding must be UTF-8: guessing it would put wrong letters on the web without anybody noticing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ess_lod.errors import CellProblem, TableErrors
from ess_lod.publish.cells import CellError, close_to, read_cell
from ess_lod.publish.dated import Dated
from ess_lod.publish.references import check_references
from ess_lod.publish.rows import Row, Rows
from ess_lod.publish.schema import TABLES, Kind, Table
from ess_lod.sheet import csv_text
from ess_lod.sheet.delimited import NotCsv, NotUtf8, decode, delimited
from ess_lod.sheet.forms import SAVE_AS, NotATable, form_of, utf16
from ess_lod.sheet.workbook import leaves_of


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
    """Text of a file. What is no CSV in UTF-8 is reported, and read all the same as far as it can be, so that the other errors of the file show too."""

    def report(line: int, what: str, remedy: str) -> None:
        problems.append(CellProblem(filename, line, "", what, remedy))

    try:
        if form_of(body) == "workbook":
            report(0, "le fichier est un classeur malgré son nom, pas un CSV.", SAVE_AS)
            return csv_text(row for _, row in next(leaves_of(body)).rows)
        text = decode(body)
    except NotUtf8 as error:
        report(error.line, error.what, error.remedy)
        return error.text
    except NotATable as error:
        report(error.line, error.what, error.remedy)
        return ""
    except StopIteration:
        return ""
    if utf16(body):
        report(1, "le fichier est en UTF-16, pas en UTF-8.", SAVE_AS)
    return text


def _records(text: str, table: Table, problems: list[CellProblem]) -> Iterator[tuple[int, list[str]]]:
    """Records of a CSV text with the line on which each begins."""
    try:
        yield from delimited(text, table.by_name.__contains__).records()
    except NotCsv as error:
        problems.append(
            CellProblem(
                table.filename,
                error.line,
                "",
                f"la ligne n'est pas du CSV ({error.what}).",
                "Vérifier les guillemets : un guillemet dans un texte s'écrit deux fois.",
            )
        )


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
