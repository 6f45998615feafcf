"""All tables as one workbook (XLSX): a sheet for each noun, after one that says what it is, under which licence, and how to cite it.

Codes are texts, dates are dates, nothing is a formula: a cell that begins with ``=`` shows its ``=``. The bytes know no clock.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from ess_lod.publish.dataset import Dataset
from ess_lod.publish.extracts.columns import Column, Kind, Noun
from ess_lod.publish.extracts.rows import Cell, read_rows, written
from ess_lod.publish.extracts.separated import FOLDER
from ess_lod.release import Unfinished, Writer

_MOST_ROWS = 1_048_575  # of a sheet, below its header
_MOST_LINKS = 65_000  # rows with links, in the first column only: Excel takes 65,530 a sheet
_LONGEST_LINK = 2_000
_MOST_LETTERS = 32_767
_CUT = " […]"
_NARROW, _WIDE = 11, 38
_FIRST_IN_EXCEL = datetime.date(1900, 3, 1)  # before it, Excel's calendar has a day that never was

_HOW_TO_READ = (
    "Une feuille par table, une ligne par chose. « uri » est son identité. Dans une cellule, une barre verticale sépare plusieurs valeurs, dans le "
    "même ordre que leurs URI. Les codes (Insee, SIREN…) sont du texte. « fin » est le premier jour où ce n'est plus le cas. La feuille Colonnes "
    "explique tout."
)
_HOW_TO_READ_ENGLISH = (
    "One sheet for each table, one row for each thing. “uri” is its identity. In a cell, a vertical bar stands between several values, in the order "
    "of their URIs. Codes (INSEE, SIREN…) are text. “fin” is the first day that is no longer in the period. The sheet Colonnes explains every column."
)


def workbook_file(nouns: Sequence[Noun], dataset: Dataset, publisher: str) -> Writer:
    """``tables.xlsx``, from the CSV files. ``publisher`` is the name to cite."""

    def write(made: Unfinished, out: BinaryIO) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(out, options)
        moment = datetime.datetime.fromisoformat(dataset.date)
        book.set_properties(
            {"title": dataset.title["fr"], "author": publisher, "company": "", "created": moment, "comments": dataset.license}
        )
        styles = _Styles(book)
        _first_sheet(book.add_worksheet("Lisez-moi"), styles, nouns, dataset, publisher)
        for noun in nouns:
            _table(book, noun, read_rows(made.file(f"{FOLDER}/{noun.name}.csv"), noun.columns), styles)
        _columns_sheet(book.add_worksheet("Colonnes"), styles, nouns)
        book.close()

    return write


class _Styles:
    """The few looks of a cell."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.header: Format = book.add_format({"bold": True, "bg_color": "#E4EDE6", "bottom": 1, "valign": "top"})
        self.strong: Format = book.add_format({"bold": True, "valign": "top"})
        self.wrapped: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.text: Format = book.add_format({"num_format": "@"})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.link: Format = book.get_default_url_format()


def _first_sheet(sheet: Worksheet, styles: _Styles, nouns: Sequence[Noun], dataset: Dataset, publisher: str) -> None:
    home = dataset.iris.at("dataset").value
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, dataset.title["fr"], styles.title)
    sheet.write_string(1, 0, dataset.title["en"])
    said = (
        ("Ce que c'est", dataset.description["fr"]),
        ("What it is", dataset.description["en"]),
        ("Éditeur · Publisher", publisher),
        ("Date · Date", dataset.date),
        ("Licence · Licence", dataset.license),
        ("Citer · Cite", f"{publisher}, « {dataset.title['fr']} », version du {dataset.date}, {home}"),
        ("Jeu de données · Dataset", home),
        ("Lire les tables", _HOW_TO_READ),
        ("Reading the tables", _HOW_TO_READ_ENGLISH),
    )
    row = 3
    for name, value in said:
        sheet.write_string(row, 0, name, styles.strong)
        if value.startswith(("http://", "https://")):
            sheet.write_url(row, 1, value, styles.link)
        else:
            sheet.write_string(row, 1, value, styles.wrapped)
        row += 1
    row += 1
    for noun in nouns:
        sheet.write_url(row, 0, f"internal:'{noun.name}'!A1", styles.link, noun.name)
        sheet.write_string(row, 1, f"{noun.about} · {noun.about_english}", styles.wrapped)
        row += 1


def _columns_sheet(sheet: Worksheet, styles: _Styles, nouns: Sequence[Noun]) -> None:
    for place, (name, width) in enumerate((("table", 20), ("colonne", 26), ("sens", 70), ("column", 26), ("meaning", 70))):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, styles.header)
    sheet.freeze_panes(1, 0)
    lines = [(noun.name, each.name, each.about, each.english, each.about_english) for noun in nouns for each in noun.columns]
    for row, line in enumerate(lines, 1):
        for place, value in enumerate(line):
            sheet.write_string(row, place, value)
    sheet.autofilter(0, 0, len(lines), 4)


def _table(book: xlsxwriter.Workbook, noun: Noun, rows: Iterator[list[Cell]], styles: _Styles) -> None:
    """A table on one sheet, or on as many as it needs."""
    number = 0
    first = next(rows, None)
    while number == 0 or first is not None:
        number += 1
        sheet = book.add_worksheet(noun.name if number == 1 else f"{noun.name} {number}")
        _header(sheet, noun, styles)
        last = 0
        for last, row in enumerate(islice(chain([first] if first else [], rows), _MOST_ROWS), 1):
            for place, (cell, column) in enumerate(zip(row, noun.columns, strict=True)):
                _write_cell(sheet, last, place, cell, column, styles)
        sheet.autofilter(0, 0, max(last, 1), len(noun.columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": xl_range(1, 0, max(last, 1), len(noun.columns) - 1)})
        first = next(rows, None)


def _header(sheet: Worksheet, noun: Noun, styles: _Styles) -> None:
    for place, column in enumerate(noun.columns):
        wide = column.many or column.kind in (Kind.TEXT, Kind.IRI)
        sheet.set_column(place, place, max(_WIDE if wide else _NARROW, len(column.name) + 2))
        sheet.write_string(0, place, column.name, styles.header)
    sheet.freeze_panes(1, 1)


def _write_cell(sheet: Worksheet, row: int, place: int, cell: Cell, column: Column, styles: _Styles) -> None:
    text = written(cell)
    if not text:
        return
    if not column.many and column.kind in (Kind.INTEGER, Kind.NUMBER):
        sheet.write_number(row, place, float(text))
    elif not column.many and column.kind is Kind.DAY and (day := datetime.date.fromisoformat(text)) >= _FIRST_IN_EXCEL:
        sheet.write_datetime(row, place, datetime.datetime.combine(day, datetime.time()), styles.day)
    elif column.kind is Kind.IRI and not column.many and place == 0 and row <= _MOST_LINKS and len(text) < _LONGEST_LINK:
        sheet.write_url(row, place, text, styles.link, text)
    else:
        sheet.write_string(row, place, text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - len(_CUT)] + _CUT, styles.text)
