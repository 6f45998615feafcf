"""How people write the name of a territory, reduced to what can be compared: words, article, kind of grouping, acronyms, département in brackets.

Two writings of one name give the same key: case, accents, ligatures, hyphens and apostrophes do not count; St, Ste, SS, Mt, N.-D., s/, lez and lès
are written out. Saint and Sainte stay two words, and the article is told apart, because La Couture and Couture are two communes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ess_lod.insee.names import plain

ARTICLES = frozenset(["l", "la", "le", "les"])
GROUPING_KINDS = frozenset(["communaute-de-communes", "communaute-d-agglomeration", "communaute-urbaine", "metropole"])
SHORTEST_NEAR = 6  # letters; shorter names are never found by likeness
CITIES = {"paris": 20, "lyon": 9, "marseille": 16}

_WORDS = re.compile(r"[a-z0-9]+")
_ACCENTED = re.compile(r"[a-z][\u0300-\u036f]+")
_BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]?")
_NOTRE_DAME = re.compile(r"\bn\.?[ -]?d\.?(?=[ -])")
_SUR = re.compile(r"\bs/\s?(s(?:/|\b))?")
_FULL = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "ss": "saints", "mt": "mont", "lez": "les", "s": "sur"}
_POSTAL = re.compile(r"^\d{5}\s+(?=\D)|\s+\d{5}$|\s+cedex(\s+\d+)?$", re.IGNORECASE)

_KIND_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:communautes? (?:de )?communes?|com ?com|c ?c|c ?d ?c)\b"), "communaute-de-communes"),
    (
        re.compile(r"(?:communautes? d agglo(?:meration)?|communaute agglo(?:meration)?|c ?a|agglo(?:meration)?)\b"),
        "communaute-d-agglomeration",
    ),
    (re.compile(r"(?:communaute urbaine|c ?u)\b"), "communaute-urbaine"),
    (re.compile(r"(?:euro)?metropole\b"), "metropole"),
    (re.compile(r"(?:communaute intercommunale|intercommunalite|interco|epci)\b"), "epci"),
)
_SILENT = frozenset(["d", "de", "des", "du", "l", "la", "le", "les", "et"])
_AGGLO = frozenset(["agglo", "agglomeration"])
_COMMON = frozenset(
    ["pays", "metropole", "eurometropole", "communaute", "region", "canton", "grand", "europeenne", "territoire", "territoires"]
)
_DIGITS = {
    "deux": "2",
    "trois": "3",
    "quatre": "4",
    "cinq": "5",
    "six": "6",
    "sept": "7",
    "huit": "8",
    "neuf": "9",
    "dix": "10",
    "douze": "12",
}
_LETTERS = {
    "communaute-de-communes": "cc",
    "communaute-d-agglomeration": "ca",
    "communaute-urbaine": "cu",
    "metropole": "m",
}
_ROMAN = {
    name: number
    for number, name in enumerate(
        [
            "i",
            "ii",
            "iii",
            "iv",
            "v",
            "vi",
            "vii",
            "viii",
            "ix",
            "x",
            "xi",
            "xii",
            "xiii",
            "xiv",
            "xv",
            "xvi",
            "xvii",
            "xviii",
            "xix",
            "xx",
        ],
        1,
    )
}
_NUMBER = r"(\d{1,2}|[ivx]{1,5}) ?(?:er|ere|e|eme|ieme|nd|nde|d)?"
_DISTRICT = r"(?:arrondissements?|arrond|arrdt|arrt|arr)"
_CITY_FIRST = re.compile(rf"(paris|lyon|marseille)(?: le)? {_NUMBER}(?: {_DISTRICT})?")
_CITY_LAST = re.compile(rf"(?:le )?{_NUMBER} {_DISTRICT}(?: (?:de |d )?(paris|lyon|marseille))?")


@dataclass(frozen=True, slots=True)
class GroupingName:
    """The name of an EPCI, taken apart.

    ``kind`` is what its first words say: a notation of type-territoire, ``epci`` (a grouping of any kind) or "". ``core`` are the words that
    make the name: no kind, no connecting words, numbers as digits; none when only a kind is written. ``acronyms`` stand in brackets after the name, as ``cad``.
    """

    kind: str
    core: tuple[str, ...]
    acronyms: tuple[str, ...]

    @property
    def key(self) -> str:
        """What two writings of one name have in common: ``Grand Soissons`` and ``GrandSoissons`` are one."""
        return "".join(self.core)

    @property
    def loose_key(self) -> str:
        """The same without words like *pays* or *métropole*: equal for neighbours in writing, which are not always one thing."""
        return "".join(word for word in self.core if word not in _COMMON)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name of a commune, département or région, abbreviations written out: ``St-Denis s/ Sarthon`` → saint denis sur sarthon."""
    spelt = _NOTRE_DAME.sub("notre dame", _SUR.sub(lambda found: " sous " if found[1] else " sur ", plain(text)))
    words = _WORDS.findall(spelt)
    return tuple(_FULL.get(word, word) if word != "s" or 0 < place < len(words) - 1 else word for place, word in enumerate(words))


def without_article(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without a leading article, unless nothing else is there."""
    return words[1:] if len(words) > 1 and words[0] in ARTICLES else words


def is_article(text: str) -> bool:
    """Whether a text is an article alone: ``La``, ``L'``."""
    return plain(text).strip("'’ ") in ARTICLES


def accents_of(text: str) -> str:
    """The accented letters of a text, in order, decomposed: they tell Villé from Ville. Empty for a text that leaves accents out."""
    return "".join(found[0] for found in _ACCENTED.finditer(unicodedata.normalize("NFD", text.casefold())))


def outside_brackets(text: str) -> tuple[str, tuple[str, ...]]:
    """A name without its brackets, and what stood in them. An article goes to its place: ``Isle-Adam (L')`` → ``L'Isle-Adam``."""
    inside = tuple(found.strip() for found in _BRACKETS.findall(text))
    outside = " ".join(_BRACKETS.sub(" ", text).split())
    for found in inside:
        if is_article(found) and outside:
            outside = f"{found} {outside}"
    return (outside, inside) if outside else (text, ())


def without_postal_code(text: str) -> tuple[str, str]:
    """A name without a postal code before or after it and without *Cedex*, and that postal code or ""."""
    bare, postal = text, ""
    while found := _POSTAL.search(bare):
        postal = postal or "".join(filter(str.isdigit, found[0]))
        bare = (bare[: found.start()] + bare[found.end() :]).strip()
    return bare, postal if len(postal) == 5 else ""


def grouping_name(text: str) -> GroupingName:
    """Take the name of an EPCI apart: ``CA du Douaisis [C.A.D.]`` → communaute-d-agglomeration, douaisis, cad."""
    outside, inside = outside_brackets(text)
    words = " ".join(words_of(outside))
    kind = ""
    for pattern, meant in _KIND_WORDS:
        if found := pattern.match(words):
            kind, words = meant, words[found.end() :]
            break
    core = [_DIGITS.get(word, word) for word in words.split() if word not in _SILENT]
    if _AGGLO & set(core) and len(core) > 1:
        core = [word for word in core if word not in _AGGLO]
        kind = kind or "epci"
    return GroupingName(kind, tuple(core) or tuple(words.split()), tuple(filter(None, map(_acronym, inside))))


def _acronym(text: str) -> str:
    """``C.A.D.`` → ``cad``; "" when the brackets hold something else, such as three towns."""
    words = _WORDS.findall(plain(text))
    joined = "".join(words)
    return joined if 2 <= len(joined) <= 14 and "-" not in text and (len(words) <= 2 or len(words) == len(joined)) else ""


def initials(kind: str, core: tuple[str, ...]) -> str:
    """The acronym that the name would have: kind and first letters (CABBALR, MEL, CUD)."""
    return _LETTERS.get(kind, "") + "".join(word if word.isdigit() else word[0] for word in core)


def acronym_asked(text: str) -> str:
    """The acronym that a whole text is (``C.A.D.``, ``CABBALR``), or ""."""
    words = _WORDS.findall(plain(text))
    joined = "".join(words)
    return joined if 2 <= len(joined) <= 14 and (len(words) == 1 or len(words) == len(joined)) else ""


def district(text: str) -> tuple[str, int] | None:
    """City and number of an arrondissement municipal: ``Paris 13e``, ``13e arrondissement de Marseille``; city "" when it is not said."""
    words = " ".join(_WORDS.findall(plain(text)))
    if found := _CITY_FIRST.fullmatch(words):
        city, number = found[1], found[2]
    elif found := _CITY_LAST.fullmatch(words):
        city, number = found[2] or "", found[1]
    else:
        return None
    value = int(number) if number.isdigit() else _ROMAN.get(number, 0)
    return city, value
