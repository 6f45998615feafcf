"""Parquet, with types: days are dates, numbers are numbers, several values are a list. Written batch by batch from the CSV file of the table.

The writer is arro3 (Rust), a quarter of the size of pyarrow; its name is not in the file, so that its next version need not change the bytes.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, islice
from typing import BinaryIO

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema, list_array
from arro3.io import write_parquet

from ess_lod.publish.dataset import Dataset
from ess_lod.publish.extracts.columns import Column, Kind, Noun
from ess_lod.publish.extracts.rows import Cell, read_rows
from ess_lod.publish.extracts.separated import FOLDER
from ess_lod.release import Unfinished, Writer

_BATCH = 10_000
_GROUP = 50_000
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_TEXT = DataType.utf8()


def parquet_file(noun: Noun, dataset: Dataset) -> Writer:
    """``tables/{noun}.parquet``; under the key ``table`` of its metadata stand title, licence and source (JSON), and a column has its description.

    One key only: the writer puts several down in an order that changes from run to run.
    """
    schema = Schema([_field(column) for column in noun.columns])
    said = {"title": noun.title, "description": noun.about, "license": dataset.license, "source": dataset.iris.at("dataset").value}

    def write(made: Unfinished, out: BinaryIO) -> None:
        rows = read_rows(made.file(f"{FOLDER}/{noun.name}.csv"), noun.columns)
        reader = RecordBatchReader.from_batches(schema, _batches(rows, noun, schema))
        write_parquet(
            reader,
            out,
            compression="zstd(3)",
            max_row_group_size=_GROUP,
            created_by="ess-lod",
            key_value_metadata={"table": json.dumps(said, ensure_ascii=False)},
        )

    return write


def _batches(rows: Iterator[list[Cell]], noun: Noun, schema: Schema) -> Iterator[RecordBatch]:
    while batch := list(islice(rows, _BATCH)):
        columns = zip(noun.columns, zip(*batch, strict=True), strict=True)
        yield RecordBatch.from_arrays([_array(column, cells) for column, cells in columns], schema=schema)


def _field(column: Column) -> Field:
    return Field(column.name, _datatype(column), nullable=column.name != "uri", metadata={"description": column.about})


def _datatype(column: Column) -> DataType:
    if column.many:
        return _list_of_text().field.type
    return _SINGLE[column.kind][0]


def _array(column: Column, cells: Sequence[Cell]) -> Array:
    if column.many:
        return _list_of_text([cell if isinstance(cell, list) else [] for cell in cells])
    kind, stored, read = _SINGLE[column.kind]
    values = [None if cell is None else read(str(cell)) for cell in cells]
    return Array(values, type=stored) if kind == stored else Array(values, type=stored).cast(kind)


def _list_of_text(lists: Sequence[list[str]] = ()) -> Array:
    offsets = Array([0, *accumulate(map(len, lists))], type=DataType.int32())
    return list_array(offsets, Array([text for texts in lists for text in texts], type=_TEXT))


def _days(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal() - _EPOCH


_SINGLE: dict[Kind, tuple[DataType, DataType, Callable[[str], object]]] = {
    Kind.IRI: (_TEXT, _TEXT, str),
    Kind.TEXT: (_TEXT, _TEXT, str),
    Kind.CODE: (_TEXT, _TEXT, str),
    Kind.DATE: (_TEXT, _TEXT, str),
    Kind.DAY: (DataType.date32(), DataType.int32(), _days),
    Kind.INTEGER: (DataType.int64(), DataType.int64(), int),
    Kind.NUMBER: (DataType.float64(), DataType.float64(), float),
}
"""Type in the file, type that it is made of, and how to read its text."""
