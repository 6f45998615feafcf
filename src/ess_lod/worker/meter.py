"""Counts the rows in the bytes of an answer as the engine writes them: its serialisers say nothing until they are through."""

from __future__ import annotations

import re

_SEPARATORS = {
    # a quote in a value is written \" in JSON, its < as &lt; in XML, its line ends as \n in TSV
    "srj": re.compile(rb'"\}+,\{["}]|\{\},'),
    "srx": re.compile(rb"</result>|<result/>"),
    "tsv": re.compile(rb"\n"),
}
_LONGEST = 32


_BESIDE_ROWS = {"srj": 1, "csv": -1, "tsv": -1}
"""JSON has one row more than it has separators; CSV and TSV have a header."""


class Meter:
    """Counts the rows of a SELECT's answer in one format: ``srj``, ``srx``, ``csv`` or ``tsv``."""

    def __init__(self, extension: str) -> None:
        self._rows = _BESIDE_ROWS.get(extension, 0)
        self._pattern = _SEPARATORS.get(extension)
        self._tail = b""
        self._quoted = False

    def see(self, piece: bytes) -> int:
        """Look at the next piece; how many rows there are by now."""
        if self._pattern is None:
            outside = piece.split(b'"')
            self._rows += sum(part.count(b"\n") for part in outside[self._quoted :: 2])
            self._quoted ^= len(outside) % 2 == 0
        else:
            seen = self._tail + piece
            self._rows += len(self._pattern.findall(seen)) - len(self._pattern.findall(self._tail))
            self._tail = seen[-_LONGEST:]
        return self._rows
