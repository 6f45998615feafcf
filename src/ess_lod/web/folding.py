"""Texts as a person compares them: without accents and case, with one apostrophe, one hyphen and one blank whatever was typed or pasted.

The same in Python and as an expression of SPARQL, so that a list and its query find the same things in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_PLAIN: dict[str, str] = {
    "a": "àáâãäåāăą",
    "ae": "æ",
    "c": "çćč",
    "d": "ďđ",
    "e": "èéêëēęě",
    "g": "ğ",
    "i": "ìíîïīı",
    "l": "ł",
    "n": "ñńň",
    "o": "òóôõöøōő",
    "oe": "œ",
    "r": "ŕř",
    "s": "śşšș",
    "ss": "ß",
    "t": "ţťț",
    "u": "ùúûüūůű",
    "y": "ýÿ",
    "z": "źżž",
    "'": "\u2019\u2018\u02bc\u00b4\u0060\u2032",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2212",
    " ": "\u00a0\u202f\u2009",
}
"""What letters, apostrophes, hyphens and blanks are compared as."""
_TABLE = str.maketrans({letter: plain for plain, letters in _PLAIN.items() for letter in letters})
_LETTERS = tuple((f"[{letters}]", plain) for plain, letters in _PLAIN.items())
_STEPS = (("[^a-z0-9]+", " "), ("^ ", ""), ("([0-9]+)", "00000000$1"), ("0+([0-9]{9})", "$1"))
"""From a folded text to its place among others: letters and digits only; numbers of nine digits, so that « n° 9 » comes before « n° 10 »."""
_NESTED = 4
"""Calls within one expression: Oxigraph's reader takes twice as long for each one more (0.5.13, measured)."""


def folded(text: str) -> str:
    """A text to search in, or a word to look for."""
    return text.lower().translate(_TABLE)


def sort_key(text: str) -> str:
    """Where a text stands in a list."""
    key = folded(text)
    for pattern, replacement in _STEPS:
        key = re.sub(pattern, replacement.replace("$1", r"\g<1>"), key)
    return key


def folded_in_sparql(expression: str, variable: str) -> str:
    """SPARQL that binds ``variable`` (``?key``) to :func:`folded` of an expression."""
    return _bound(expression, variable, _LETTERS)


def sort_key_in_sparql(expression: str, variable: str) -> str:
    """SPARQL that binds ``variable`` to :func:`sort_key` of an expression."""
    return _bound(expression, variable, (*_LETTERS, *_STEPS))


def _bound(expression: str, variable: str, steps: Sequence[tuple[str, str]]) -> str:
    found = f"LCASE({expression})"
    lines = []
    for first in range(0, len(steps), _NESTED):
        for pattern, replacement in steps[first : first + _NESTED]:
            found = f'REPLACE({found}, "{pattern}", "{replacement}")'
        name = variable if first + _NESTED >= len(steps) else f"{variable}{first // _NESTED + 1}"
        lines.append(f"BIND({found} AS {name})")
        found = name
    return "\n  ".join(lines)
