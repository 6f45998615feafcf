"""Why a query is no SPARQL, in the words of a person: what the engine says is turned into the odd character, the keyword meant, or what may stand there."""

from __future__ import annotations

import difflib
import re
import unicodedata

from ess_lod.characters import code_point
from ess_lod.errors import BadQuery
from ess_lod.store.tokens import Names, tokens

_PLACE = re.compile(r"(\d+):(\d+)")
_EXPECTED = re.compile(r"expected (?:one of )?(.*)", re.DOTALL)
_MOST_EXPECTED = 3
_INSTEAD = {
    **dict.fromkeys("“”„«»″", '"'),
    **dict.fromkeys("‘’‚′", "'"),
    **dict.fromkeys("–—−‑", "-"),
    **dict.fromkeys("＜‹", "<"),
    **dict.fromkeys("＞›", ">"),
}
_NOT_A_NAME = re.compile(r"[^\w\s!-~·\u0300-\u036f\u203f\u2040]|[^\S \t\n\r]")
"""Outside texts and IRIs: what is neither a letter of a name, nor ASCII, nor a blank of the grammar (SPARQL 1.1 §19.8, WS)."""
_WORDS = """
    SELECT CONSTRUCT DESCRIBE ASK WHERE PREFIX BASE FROM NAMED DISTINCT REDUCED ORDER BY ASC DESC GROUP HAVING LIMIT OFFSET OPTIONAL UNION FILTER MINUS BIND
    VALUES GRAPH SERVICE SILENT LATERAL VERSION UNDEF AS IN NOT EXISTS SEPARATOR TRUE FALSE A COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT STR LANG LANGMATCHES
    LANGDIR HASLANG HASLANGDIR STRLANGDIR DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS
    STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT
    SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE ADJUST
"""
_KEYWORDS = tuple(_WORDS.split())
"""Words of the grammar (SPARQL 1.2 §19.8), functions among them."""
_CLOSED_BY = {"{": "}", "(": ")", "[": "]"}
_LIKE = 0.7
_LOOKED_AT = 32_768
"""Letters of a query that are looked through: this is done while others wait."""


def bad_query(text: str, said: str) -> BadQuery:
    """The error of a query, from what the engine says of it: ``line:column``, then what it has expected there."""
    found = _PLACE.search(said)
    line, column = (int(found[1]), int(found[2])) if found else (None, None)
    place = _offset(text, line, column) if line is not None and column is not None else len(text)
    beginning = text[:_LOOKED_AT]
    if (odd := _odd_character(beginning)) is not None and (line is None or odd <= place):
        before = text[:odd]
        line, column = before.count("\n") + 1, odd - before.rfind("\n")
        return BadQuery(*_of_character(text[odd]), line, column)
    if (found_out := _mistake(beginning, is_whole=beginning == text)) is not None:
        at, french, english = found_out
        before = text[:at]
        return BadQuery(french, english, before.count("\n") + 1, at - before.rfind("\n"))
    return BadQuery(*_of_place(text, place, said), line, column)


def _mistake(text: str, *, is_whole: bool) -> tuple[int, str, str] | None:
    """The first word that is none, prefix that is not declared, or bracket without its like: where, and what to do."""
    names, opened, place = Names(""), list[tuple[int, str]](), 0
    for token in tokens(text):
        declares = names.see(token) is not None
        name = token.text
        if token.kind == "word" and ":" in name and not declares and not name.startswith("_:"):
            prefix = name.partition(":")[0]
            if f"{prefix}:" not in names.prefixes and not prefix[:1].isdigit():
                return (
                    place,
                    f"Le préfixe « {prefix}: » n'est pas déclaré : écrire avant la requête PREFIX {prefix}: <adresse>",
                    f"The prefix {prefix}: is not declared: write PREFIX {prefix}: <address> before the query.",
                )
        elif token.kind == "word" and not declares and name.isalpha() and name.upper() not in _KEYWORDS:
            meant = difflib.get_close_matches(name.upper(), _KEYWORDS, 1, _LIKE)
            french, english = (f" : {meant[0]} ?", f": {meant[0]}?") if meant else (".", ".")
            return place, f"« {name} » n'est pas un mot de SPARQL{french}", f"{name} is no word of SPARQL{english}"
        elif name in _CLOSED_BY:
            opened.append((place, _CLOSED_BY[name]))
        elif name in _CLOSED_BY.values():
            if not opened:
                return place, f"« {name} » ferme ce qui n'est pas ouvert : l'ôter.", f"{name} closes what is not open: remove it."
            if opened[-1][1] != name:
                break
            opened.pop()
        place += len(name)
    if opened and is_whole:
        at, closing = opened[-1]
        return at, f"Ce qui s'ouvre ici ne se ferme pas : il manque « {closing} ».", f"What opens here is not closed: {closing} is missing."
    return None


def _of_character(char: str) -> tuple[str, str]:
    name = unicodedata.name(char, "").lower()
    shown = f"{code_point(char)}" + (f" « {char} »" if char.isprintable() else "") + (f" ({name})" if name else "")
    instead = _INSTEAD.get(char)
    if instead:
        return f"Caractère {shown} : écrire {instead}", f"Character {shown}: write {instead}"
    return (
        f"Caractère {shown} : il n'a pas sa place ici ; l'ôter, ou écrire une espace ordinaire.",
        f"Character {shown} has no place here: remove it, or write an ordinary space.",
    )


def _of_place(text: str, place: int, said: str) -> tuple[str, str]:
    if not text.strip():
        return "La requête est vide.", "The query is empty."
    if place >= len(text.rstrip()):
        reason = said.partition("expected")[0].strip(" .") or said
        return f"La requête n'est pas entière, ou se contredit ({reason}).", f"The query is not whole, or contradicts itself ({reason})."
    found = text[place:].split(maxsplit=1)[0][:20] if text[place:].split() else ""
    expected = _expected(said)
    return (
        f"« {found} » n'est pas attendu ici" + (f" ; on attend par exemple {', '.join(expected)}." if expected else "."),
        f"{found} is not expected here" + (f"; for instance {', '.join(expected)} is." if expected else "."),
    )


def _expected(said: str) -> list[str]:
    """The likely tokens among those that the engine names: no sets of letters."""
    found = _EXPECTED.search(said)
    if not found:
        return []
    words = [word.strip().strip('"') for word in re.split(r"\s*(?:,\s|\n)\s*", found[1])]
    return [word for word in words if word and not set(word) & set("['|\\.") and "fail" not in word and "found" not in word][
        :_MOST_EXPECTED
    ]


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return min(start + column - 1, len(text))


def _odd_character(text: str) -> int | None:
    """Where the first character is that no query has outside its texts, IRIs and comments."""
    if text.isascii():
        return None
    place = 0
    for token in tokens(text):
        if token.kind not in ("string", "iri", "comment") and (odd := _NOT_A_NAME.search(token.text)):
            return place + odd.start()
        place += len(token.text)
    return None
