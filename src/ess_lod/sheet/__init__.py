"""Tables that people keep in spreadsheets: CSV and workbooks read whole, as texts, with the line of each row; and written again with columns beside their own.

``forms`` tells what the bytes of a file are, whatever its name says; ``delimited`` reads CSV, ``workbook`` XLSX, XLSM, XLSB, XLS and ODS; ``reading`` finds
sheet and header and makes a :class:`Sheet`; ``writing`` writes. The tables of ``data/`` are read by the same ``forms`` and ``delimited``.
"""

from __future__ import annotations

from ess_lod.sheet.reading import Sheet, read_sheet
from ess_lod.sheet.writing import Value, csv_text, write_sheet

__all__ = ["Sheet", "Value", "csv_text", "read_sheet", "write_sheet"]
