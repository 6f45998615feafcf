"""Reads the JSON that strangers send, strictly: no double names, no numbers that JSON does not have, nothing too deep, too long or that is no text.

Raises :class:`ess_lod.web.protocol.ReconcileError` with the words for the reader; ``line`` and ``column`` count from 1.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, NoReturn

from ess_lod.iris import node_of
from ess_lod.web.protocol import ReconcileError

_LONGEST_NUMBER = 40
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")


def read_object(text: str, name: str) -> dict[str, Any]:
    """The JSON object that a parameter holds."""
    try:
        found = json.loads(
            text, object_pairs_hook=_without_doubles, parse_constant=_no_number, parse_float=_decimal_number, parse_int=_whole_number
        )
    except json.JSONDecodeError as error:
        raise ReconcileError(400, "reconcile-json", name=name, line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise ReconcileError(400, "reconcile-deep", name=name) from error
    if not isinstance(found, dict):
        raise ReconcileError(400, "reconcile-object", name=name)
    return found


def text_of(value: object, name: str, longest: int) -> str:
    """A string that is fit to be answered: not longer than so many letters, and no halves of letters (``\\ud800``)."""
    if not isinstance(value, str):
        raise ReconcileError(400, "reconcile-text", name=name)
    if len(value) > longest:
        raise ReconcileError(413, "reconcile-long-text", name=name, most=longest, length=len(value))
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ReconcileError(400, "reconcile-surrogate", name=name) from error
    return value


def day_of(text: str) -> str:
    """The day of a moment, as OpenRefine sends days: ``2020-03-14T00:00:00Z``; another text as it is."""
    return text[:10] if _MOMENT.match(text) else text


def is_iri(text: str) -> bool:
    """Can it stand in a query of ours as ``<text>``? What is no absolute IRI cannot."""
    return node_of(text) is not None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ReconcileError(400, "reconcile-double", name=twice[:100].encode(errors="replace").decode())
    return found


def _no_number(text: str) -> NoReturn:
    raise ReconcileError(400, "reconcile-number", value=text[:_LONGEST_NUMBER])


def _decimal_number(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _whole_number(text: str) -> int:
    return int(text) if len(text) <= _LONGEST_NUMBER else _no_number(text)
