"""How a name is read: its words written out, and the same without what only says what kind of thing it is (*association*, *SCOP*, *CC*, *ville de*).

Accents, case, punctuation and abbreviations are read as the resolver of territories reads them (``insee.resolver.wording``); the legal forms of
organisations are added here. A name has one reading or several, and two names are compared by all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ess_lod.characters import tidy
from ess_lod.insee.resolver.wording import (
    ARTICLES,
    acronym_asked,
    grouping_name,
    initials,
    is_article,
    outside_brackets,
    without_postal_code,
    words_of,
)
from ess_lod.reconcile.asked import LONGEST

SILENT = ARTICLES | {"d", "de", "des", "du", "et", "a", "au", "aux", "en", "the", "of", "and"}
"""Words that two writings of one name may have or not."""
ORGANISATION = "organisation"
"""Said of a name with a legal form of private law."""

_LEGAL_FORMS = """
association loi de 1901, association loi 1901, association de loi 1901, association a but non lucratif, association reconnue d utilite publique,
association declaree, association, associations, asso loi 1901, asso, assoc, ass, loi de 1901, loi 1901, rup,
societe cooperative d interet collectif, societe cooperative de production, societe cooperative et participative,
societe cooperative ouvriere de production, societe cooperative, cooperative, scic, scop, cae, cuma, societe par actions simplifiee,
societe a responsabilite limitee, societe anonyme, societe, sarl, sasu, sas, eurl, sa, scea, gaec, gie, snc
"""
_FORMS = tuple(tuple(form.split()) for form in _LEGAL_FORMS.split(","))
_PUBLIC = (
    ("commune", re.compile(r"(?:ville|commune|mairie|municipalite) (?:(?:de|du|des|d) )?(?=.)")),
    ("departement", re.compile(r"(?:departement|conseil departemental|conseil general) (?:(?:de|du|des|d) )?(?=.)")),
    ("region", re.compile(r"(?:region|conseil regional) (?:(?:de|du|des|d) )?(?=.)")),
)
_MOJIBAKE = re.compile("[\u00c2-\u00c5\u00e2][\u0080-\u00ff\u0152-\u02dc\u2013-\u2122]")
_MIDDLE_DOT = re.compile(r"(?<=\w)[·•](?=\w)")
_BESIDE = re.compile(r"(.{2,}?)(?:,| [-–/] )([^,]{2,60})")
_WRITTEN = {"cie": "compagnie", "ctre": "centre", "synd": "syndicat"}


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a name.

    ``said`` is the kind that words taken away from it said: a notation of type-territoire, ``epci``, :data:`ORGANISATION` or "".
    ``trimmed`` tells that something beside the name was left out: it must be understood otherwise.
    """

    words: tuple[str, ...]
    said: str = ""
    trimmed: bool = False

    @property
    def key(self) -> str:
        """The words as one text, by which the index has them."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class ReadName:
    """All readings of a name, the whole one first, and what stood beside it: in brackets, after a last comma or dash; and a postal code or "".

    ``text`` is the name that is compared letter by letter: without what stood beside it.
    """

    text: str
    readings: tuple[Reading, ...]
    beside: tuple[str, ...] = ()
    postal: str = ""


def read_name(text: str) -> ReadName:
    """Read a name; it has no reading when there is no Latin letter and no digit in it."""
    text = repaired(text)
    outside, inside = outside_brackets(text)
    beside = tuple(each for each in inside if not is_article(each))
    bare, postal = without_postal_code(outside)
    head, tail = ("", "") if beside else _split(bare)
    found: dict[Reading, None] = {}
    if beside:
        found |= dict.fromkeys([*_readings(text), *_readings(" ".join([*beside, bare]))])
    found |= dict.fromkeys(replace(reading, trimmed=bool(beside)) for reading in _readings(bare))
    if tail:
        found |= dict.fromkeys([*_readings(f"{tail} {head}"), *(replace(reading, trimmed=True) for reading in _readings(head))])
    return ReadName(bare, tuple(found), (*beside, *filter(None, [tail])), postal)


def is_form(text: str) -> bool:
    """Whether a text says nothing but a legal form."""
    words = words_of(text)
    return words in _FORMS or (len(words) > 1 and _without_forms(words) in _FORMS)


def repaired(text: str) -> str:
    """The text cut at :data:`LONGEST` letters, without the spreadsheet's marks, and with UTF-8 that was read as Windows-1252 made right (``HÃ©nin``)."""
    text = tidy(text[:LONGEST]).strip("\"'«»;,/ ")
    if _MOJIBAKE.search(text):
        try:
            text = text.encode("cp1252").decode()
        except UnicodeError:
            return text
    return _MIDDLE_DOT.sub(".", text)


def acronym_of(reading: Reading) -> str:
    """The acronym that a name of three words or more would have, or of a grouping whose kind is said (``CUD``); ""."""
    core = core_of(reading.words)
    if reading.said and reading.said != ORGANISATION:
        return initials(reading.said, core) if reading.said != "epci" else ""
    return "".join(word[0] for word in core) if len(core) > 2 else ""


def core_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without the silent ones, unless nothing is left."""
    return tuple(word for word in words if word not in SILENT) or words


def _readings(text: str) -> list[Reading]:
    words = tuple(_WRITTEN.get(word, word) for word in words_of(text))
    if not words:
        return []
    found = [Reading(words)]
    if len(acronym := acronym_asked(text)) > 1 and len(words) > 1:
        found.append(Reading((acronym,)))
    grouping = grouping_name(text)
    key = " ".join(words)
    if grouping.kind and grouping.core and " ".join(grouping.core) != key:
        found.append(Reading(grouping.core, grouping.kind))
        return found
    for kind, pattern in _PUBLIC:
        if begun := pattern.match(key):
            found.append(Reading(tuple(key[begun.end() :].split()), kind))
            return found
    bare = _without_forms(words)
    if bare != words:
        found.append(Reading(bare, ORGANISATION))
    return found


def _without_forms(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without legal forms at both ends, and without what joins them to the name, unless nothing is left."""
    bare, again = words, True
    while again:
        again = False
        for form in _FORMS:
            size = len(form)
            if len(bare) > size and bare[:size] == form:
                bare, again = bare[size:], True
            if len(bare) > size and bare[-size:] == form:
                bare, again = bare[:-size], True
    while len(bare) > 1 and bare != words and bare[0] in ("d", "de", "des", "du"):
        bare = bare[1:]
    return bare


def _split(text: str) -> tuple[str, str]:
    """A name and what is written after its last comma or spaced dash: ``Lens, Pas-de-Calais``, ``Signes de sens - Lille``; "" when nothing is."""
    found = _BESIDE.fullmatch(text)
    return (found[1].strip(), found[2].strip()) if found else ("", "")
