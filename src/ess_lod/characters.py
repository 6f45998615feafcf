"""Which characters a text of a person may hold: what is removed from it, what it is refused for, what betrays an accident.

Spreadsheets, PDF files, web pages and keyboards leave characters in a text that nobody sees. Every reader of such texts (tables, workbooks, settings,
questions) asks here, so that the same text is read the same way everywhere. Names of kinds of characters are those of Unicode (UAX #44, general category).
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = "".join(
    f"{chr(first)}-{chr(last)}"
    for first, last in (
        (0x00AD, 0x00AD),  # soft hyphen
        (0x034F, 0x034F),  # combining grapheme joiner
        (0x061C, 0x061C),  # Arabic letter mark
        (0x115F, 0x1160),  # Hangul fillers
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),  # Mongolian variation selectors and vowel separator
        (0x200B, 0x200F),  # zero width space, joiners, direction marks
        (0x202A, 0x202E),  # direction embeddings and overrides
        (0x2060, 0x206F),  # word joiner, invisible operators, isolates
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),  # variation selectors
        (0xFEFF, 0xFEFF),  # byte-order mark
        (0xFFA0, 0xFFA0),
        (0xFFF0, 0xFFFB),  # annotation anchors
        (0x1BCA0, 0x1BCA3),
        (0x1D173, 0x1D17A),
        (0xE0000, 0xE0FFF),  # tags, variation selectors
    )
)
_REMOVED = re.compile(f"[{_INVISIBLE}]")
"""Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties) and what annotates: seen by nobody, so it says nothing here."""

_REFUSED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
"""Controls but for the blanks among them, halves of surrogate pairs, and what Unicode calls no characters: XML 1.0 §2.2 forbids most, no font shows any."""

_WHOLE = re.compile("[0-9]{1,9}")

_REPLACED = "\ufffd"
_MOJIBAKE = re.compile("(?:Ã[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ¡-¿\u00a0 ]|Â[\u00a0«»°§·]|â€[™œ˜“”¦¢\x9d\u009d]|Å“|Å’)")
"""UTF-8 that was read as Windows-1252: « Ã© » for « é », « â€™ » for « ’ », « Å“ » for « œ »."""


def tidy(text: str) -> str:
    """Unicode NFC, nothing invisible, blanks of all widths and ends of lines as one plain space, none at the ends."""
    return " ".join(_REMOVED.sub("", unicodedata.normalize("NFC", text)).split())


def refused(text: str) -> list[str]:
    """The code points of a text that nothing may hold, each once and in order, as ``U+0002``; empty when it has none."""
    return list(dict.fromkeys(map(code_point, _REFUSED.findall(text))))


def suspect(text: str) -> str:
    """The first place of a text that betrays letters lost on the way (``U+FFFD``, « Ã© »), with a few letters around it; empty when there is none."""
    at = text.find(_REPLACED)
    found = _MOJIBAKE.search(text)
    if at < 0 and found is None:
        return ""
    place = at if at >= 0 and (found is None or at < found.start()) else found.start()  # type: ignore[union-attr]
    return text[max(0, place - 12) : place + 12].strip()


def visible(text: str) -> str:
    """A text for a message, with what cannot be seen in it written as its code point: ``R001`` after U+200E is ``[U+200E]R001``."""
    return "".join(
        f"[{code_point(char)}]" if _REMOVED.match(char) or _REFUSED.match(char) or (char.isspace() and char != " ") else char
        for char in text
    )


def code_point(char: str) -> str:
    """The name of a character by its number, ``U+200E``."""
    return f"U+{ord(char):04X}"


def whole_number(text: str) -> int | None:
    """A whole number written in one to nine digits 0–9; ``None`` for anything else: a sign, a blank, digits of other scripts (« ² », « ٣ »)."""
    return int(text) if _WHOLE.fullmatch(text) else None
