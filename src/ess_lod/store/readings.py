"""Finds ``SERVICE`` in a query however it is written: it would call another host (SPARQL 1.1 Federated Query §2).

A lexer that cuts a query into tokens is not enough. Engines read letter by letter, backtrack, and want no blank between tokens: ``1.SERVICE<…>{}``,
``SERVICE:a{}`` and, after ``FILTER(?a<?b)``, ``SERVICE#>`` are calls to Oxigraph (measured, 0.5.13), while ``?service``, ``ex:service``, ``"SERVICE"``
and ``# SERVICE`` are not. So the text is read in all ways that the grammar leaves open at once, and a call in any of them is a call. The work is
linear in the length of the query.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

_CHARS = r"\w\-\u00B7\u0300-\u036F\u203F-\u2040\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
_OPENING = re.compile(r"[\"'#<?$:\\]")
"""Characters that may begin a token in which ``SERVICE`` is no keyword."""
_STRINGS = (
    re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""' + r"|'''(?:[^'\\]|\\.|'(?!''))*'''", re.DOTALL),
    re.compile(r'"(?:[^"\\\n\r]|\\.)*"' + r"|'(?:[^'\\\n\r]|\\.)*'", re.DOTALL),
)
_IRI = re.compile(r'<([^<>"{}|^`\x00-\x20]*)>')
_VARIABLE = re.compile(r"[?$]\w+")
_SEGMENT = re.compile(rf"(?:[{_CHARS}:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?#@%])+")
_DOTS = re.compile(r"\.+")
_BLANK = re.compile(r"[ \t\n\r]*")
_LINE_END = re.compile(r"[\n\r]")
_SERVICE = re.compile("service", re.IGNORECASE | re.ASCII)
_SILENT = re.compile("silent", re.IGNORECASE | re.ASCII)
_PREFIX = re.compile(rf"[{_CHARS}.]{{0,256}}:|[{_CHARS}.]{{256}}")
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U(00[0-9A-Fa-f]{6})")


def service_calls(text: str) -> list[str | None]:
    """The endpoint of each ``SERVICE`` clause that a reader of the query may see; ``None`` for one that is not written as ``<IRI>``.

    Codepoint escapes count as written and as what they stand for (SPARQL 1.1 Query Language §19.2): engines differ.
    """
    calls = list(_Reading(text).calls()) if _SERVICE.search(text) else []
    plain = _CODEPOINT.sub(_character, text)
    if plain != text and _SERVICE.search(plain):
        calls += _Reading(plain).calls()
    return calls


def _character(escape: re.Match[str]) -> str:
    number = int(escape[1] or escape[2], 16)
    return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else escape[0]


class _Reading:
    """All readings of a text at once: from where between tokens one can come to where."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._openings = [match.start() for match in _OPENING.finditer(text)]
        self._line_ends = [match.start() for match in _LINE_END.finditer(text)]
        self._gaps: dict[int, int] = {}
        self._names: dict[int, int] = {}

    def calls(self) -> Iterator[str | None]:
        """The endpoint of each clause, ``None`` when it is no IRI."""
        for place in self._after_service():
            yield from self._call(place)

    def _after_service(self) -> Iterator[int]:
        """Where ``SERVICE`` ends wherever it is a keyword in some reading."""
        earliest = self._earliest()
        for found in _SERVICE.finditer(self._text):
            start = earliest.get(bisect_left(self._openings, found.start()))
            if start is not None and start <= found.start():
                yield found.end()

    def _earliest(self) -> dict[int, int]:
        """Where a reader can first be between tokens, for each stretch of text before an opening (numbered as ``_openings``)."""
        earliest: dict[int, int] = {}
        seen: set[int] = set()
        places = [0]
        while places:
            place = places.pop()
            number = bisect_left(self._openings, place)
            earliest[number] = min(place, earliest.get(number, place))
            if number < len(self._openings) and number not in seen:
                seen.add(number)
                places.extend(self._beyond(self._openings[number], seen))
        return earliest

    def _beyond(self, place: int, seen: set[int]) -> Iterator[int]:
        """Where the tokens that may begin at an opening end."""
        text, opening = self._text, self._text[place]
        if opening in "\"'":
            yield from (match.end() for string in _STRINGS if (match := string.match(text, place)))
        elif opening == "#":
            yield self._line_end(place)
        elif opening == "<":
            yield place + 1
            if match := _IRI.match(text, place):
                yield match.end()
        elif opening in "?$":
            match = _VARIABLE.match(text, place)
            yield match.end() if match else place + 1
        elif opening == ":":
            yield from self._local(place + 1, seen)

    def _local(self, place: int, seen: set[int]) -> Iterator[int]:
        """The ends of a local name: engines differ in how many dots it may have."""
        if not _SEGMENT.match(self._text, place):
            yield place
        while (segment := _SEGMENT.match(self._text, place)) and -place not in seen:
            seen.add(-place)
            yield segment.end()
            dots = _DOTS.match(self._text, segment.end())
            if dots is None:
                return
            place = dots.end()

    def _call(self, place: int) -> Iterator[str | None]:
        """What is called when the keyword ends here; nothing when no endpoint follows."""
        place = self._gap(place)
        if silent := _SILENT.match(self._text, place):
            yield from self._endpoint(self._gap(silent.end()))
        yield from self._endpoint(place)

    def _endpoint(self, place: int) -> Iterator[str | None]:
        text = self._text
        if iri := _IRI.match(text, place):
            if self._takes_group(iri.end()):
                yield iri[1]
        elif variable := _VARIABLE.match(text, place):
            if self._takes_group(variable.end()):
                yield None
        elif prefix := _PREFIX.match(text, place):
            too_long = prefix[0][-1] != ":"  # to be looked through again and again
            if too_long or self._takes_group(self._name_end(prefix.end())):
                yield None

    def _takes_group(self, place: int) -> bool:
        return self._text.startswith("{", self._gap(place))

    def _name_end(self, place: int) -> int:
        """Where the longest local name that begins here ends."""
        walked = []
        end = place
        while segment := _SEGMENT.match(self._text, place):
            if place in self._names:
                end = self._names[place]
                break
            walked.append(place)
            end = segment.end()
            dots = _DOTS.match(self._text, end)
            if dots is None:
                break
            place = dots.end()
        self._names.update(dict.fromkeys(walked, end))
        return end

    def _gap(self, place: int) -> int:
        """Where blanks and comments that begin here end."""
        walked = []
        while True:
            blank = _BLANK.match(self._text, place)
            place = blank.end() if blank else place
            if place in self._gaps:
                place = self._gaps[place]
                break
            walked.append(place)
            if not self._text.startswith("#", place):
                break
            place = self._line_end(place)
        self._gaps.update(dict.fromkeys(walked, place))
        return place

    def _line_end(self, place: int) -> int:
        number = bisect_left(self._line_ends, place)
        return self._line_ends[number] if number < len(self._line_ends) else len(self._text)
