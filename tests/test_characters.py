"""The characters that texts of people hold."""

from __future__ import annotations

from xml.parsers.expat import ExpatError, ParserCreate

import pytest

from ess_lod.characters import refused, suspect, tidy, visible


@pytest.mark.parametrize(
    "char", ["\u200b", "\u200d", "\u200e", "\u200f", "\u202e", "\u2060", "\u2066", "\ufeff", "\u00ad", "\ufe0f", "\U000e0041"]
)
def test_what_nobody_sees_is_removed(char: str) -> None:
    """At the ends, inside, and when nothing else is there."""
    assert tidy(f"{char}R0{char}01{char}") == "R001"
    assert tidy(char) == ""
    assert not refused(char)


@pytest.mark.parametrize("char", ["\u00a0", "\u202f", "\u2009", "\u3000", "\u2028", "\u0085", "\v", "\f", "\r\n", "\t"])
def test_every_blank_is_a_space(char: str) -> None:
    """A line separator inside a cell, too."""
    assert tidy(f"{char}a{char}b{char}") == "a b"
    assert not refused(char)


@pytest.mark.parametrize(
    "char", ["\x00", "\x02", "\x07", "\x1b", "\x7f", "\x80", "\x9b", "\ufffe", "\uffff", "\ufdd0", "\U0001ffff", "\ud800"]
)
def test_what_no_text_may_hold_is_named(char: str) -> None:
    """By its code point, once."""
    assert refused(f"a{char}b{char}") == [f"U+{ord(char):04X}"]


def test_what_is_left_can_be_written_as_xml() -> None:
    """Every character of the first planes that is neither removed nor refused is one that XML 1.0 takes (§2.2)."""
    kept = "".join(text for code in range(0x20000) if (text := tidy(chr(code))) and not refused(text) and text not in "<&")
    assert len(kept) > 100_000
    parser = ParserCreate()
    try:
        parser.Parse(f"<t>{kept}</t>".encode(), True)
    except ExpatError as error:
        pytest.fail(f"{error}: {kept[max(0, error.offset - 5) : error.offset + 5]!r}")


@pytest.mark.parametrize(
    ("text", "shown"), [("caf\ufffd", "caf\ufffd"), ("Ã‰picerie", "Ã‰picerie"), ("lâ€™Ã©cole", "lâ€™Ã©cole"), ("CoÅ“ur", "CoÅ“ur")]
)
def test_lost_letters_are_noticed(text: str, shown: str) -> None:
    """UTF-8 read as Windows-1252, and what a program could not read at all."""
    assert suspect(text) == shown


@pytest.mark.parametrize("text", ["Épicerie", "l’œuvre", "« Âge d'or »", "São Paulo", "N° 1", "Â", "A\u00a0: b"])
def test_letters_as_they_should_be_are_not_suspect(text: str) -> None:
    """French, and a name of elsewhere."""
    assert suspect(text) == ""


def test_a_message_shows_what_cannot_be_seen() -> None:
    """The code point stands in its place."""
    assert visible("\u200eR0\u00a001\x02") == "[U+200E]R0[U+00A0]01[U+0002]"
