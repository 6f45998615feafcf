"""CSV: bytes to text, text to records with the line on which each begins, split by the CSV parser alone.

A record ends with LF, CR or CR LF outside quotes, as RFC 4180 and spreadsheets have it. U+2028, U+0085, VT and FF are letters of a cell: ``str.splitlines``
would end a line at each of them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ess_lod.characters import suspect
from ess_lod.errors import EssLodError
from ess_lod.sheet.forms import SAVE_AS, NotATable, utf16
from ess_lod.sheet.heading import Known, header_at, names_in, width

SEPARATORS = (",", ";", "\t")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_NAMES_SEPARATOR = re.compile(r"\s*sep=(.?)[^\S\t\r\n]*(?:\r\n|\n|\r|\Z)", re.IGNORECASE)
"""The first line of Excel, ``sep=;``."""
_LOOKED_AT = 50
"""Records that the separator is told from."""
_MOST = 0.5
_FRENCH = frozenset("àâäçéèêëîïôöùûüÿœæñáíóúãõåøßÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆÑÁÍÓÚÃÕÅØ«»‘’“”–—…•·°º²³½¼×§©®™€£\u00a0¹ªµ")
"""What stands in texts of Western Europe beyond ASCII. Other signs betray that a text is in another encoding than Windows-1252, that of a Mac for one."""


class NotUtf8(NotATable):
    """Bytes that are no UTF-8: ``excerpt`` is read as Windows-1252, ``text`` is the whole so, with what cannot be read replaced."""

    def __init__(self, body: bytes, at: int) -> None:
        ends = [found.end() for found in _LINE_END.finditer(body, 0, at)]
        before, line = (ends or [0])[-1], len(ends) + 1
        words = _LINE_END.split(body[before:], maxsplit=1)[0].decode("cp1252", errors="replace")
        self.excerpt = words[max(0, at - before - 12) : at - before + 12].strip()
        self.text = body.decode("cp1252", errors="replace")
        super().__init__(f"le fichier n'est pas en UTF-8 (sans doute Windows-1252), à cet endroit : « {self.excerpt} ».", SAVE_AS, line)

    @property
    def believable(self) -> bool:
        """Whether it is Windows-1252 without doubt: all its letters are of Western Europe, and none are UTF-8 read amiss."""
        return all(char in _FRENCH for char in set(self.text) if not char.isascii()) and not suspect(self.text)


class NotCsv(EssLodError):
    """A record that the CSV parser does not take: the line on which it begins, and what the parser says."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line, self.what = line, what


@dataclass(frozen=True)
class Delimited:
    """A CSV text: without Excel's ``sep=`` line, on which its first line follows, and the separator."""

    text: str
    separator: str
    skipped: int = 0

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Each record with the line on which it begins. Raises :class:`NotCsv`."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator, strict=True)
        while True:
            line = reader.line_num + self.skipped + 1
            try:
                yield line, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise NotCsv(line, str(error)) from error


def decode(body: bytes) -> str:
    """The text of UTF-8, with or without a byte-order mark, or of UTF-16. Raises :class:`NotUtf8`, :class:`NotATable`."""
    if codec := utf16(body):
        try:
            return body.decode(codec)
        except UnicodeDecodeError as error:
            raise NotATable("le fichier s'annonce en UTF-16 et n'en est pas.", SAVE_AS) from error
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUtf8(body, error.start) from error


def delimited(text: str, known: Known = lambda _: False) -> Delimited:
    """Find the separator: the one that Excel's ``sep=`` line names, else the one that cuts the first records best, outside quotes.

    ``known`` tells the names of columns that are looked for.
    """
    if said := _NAMES_SEPARATOR.match(text):
        rest = text[said.end() :]
        return Delimited(rest, said[1] if said[1] in SEPARATORS else _best(rest, known), 1)
    return Delimited(text, _best(text, known))


def _best(text: str, known: Known) -> str:
    return max(SEPARATORS, key=lambda separator: _worth(Delimited(text, separator), known))


def _worth(read: Delimited, known: Known) -> tuple[bool, bool, bool, bool, bool, int, float, int]:
    """How well a separator cuts the first records, the weightiest first.

    Several columns; no error; no row wider than the header; most rows as wide as it; nothing above it; known names brought out; how many rows are as
    wide, and how wide.
    """
    rows: list[list[str]] = []
    whole = True
    try:
        for _, record in islice(read.records(), _LOOKED_AT):
            rows.append(record)
    except NotCsv:
        whole = False
    if not rows:
        return False, whole, False, False, False, 0, 0.0, 0
    place = header_at(rows, known)
    header, below = rows[place], [row for row in rows[place + 1 :] if width(row)]
    wide = width(header)
    equal = sum(len(row) == len(header) for row in below) / len(below) if below else 1.0
    fits = all(width(row) <= len(header) for row in below)
    first = not any(map(width, rows[:place]))
    return wide > 1, whole, fits, equal >= _MOST, first, names_in(header, known), equal, wide
