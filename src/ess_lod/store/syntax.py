"""Why a query is no SPARQL, in the words of a person: what the engine says is turned into the odd character, the keyword meant, or what may stand there."""

from __future__ import annotations

import difflib
import re
import unicodedata
from urllib.parse import quote

from ess_lod.characters import code_point
from ess_lod.errors import BadQuery
from ess_lod.store.tokens import Names, Token, scheme_of_base, tokens

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
_OPERATORS = {"AND": "&&", "OR": "||", "LIKE": "CONTAINS(…, …)", "==": "=", "<>": "!=", "@PREFIX": "PREFIX", "@BASE": "BASE"}
_NOT_IN_IRI = frozenset('<"{}|^`\\')
_REASONS = {
    "contains a variable that is unbound": (
        "SELECT nomme, avec GROUP BY ou un agrégat, une variable qui n'est pas groupée : l'ajouter à GROUP BY, ou l'agréger (SAMPLE).",
        "SELECT names a variable beside GROUP BY or an aggregate that is not grouped: add it to GROUP BY, or aggregate it (SAMPLE).",
    ),
    "overrides an existing variable": (
        "Une variable reçoit deux fois une valeur : donner un autre nom à celle de AS.",
        "A variable is given a value twice: give another name to the one after AS.",
    ),
}
_UNLIKELY = ("LATERAL", "SERVICE")
_CLOSED_BY = {"{": "}", "(": ")", "[": "]"}
_LIKE = 0.7
_LOOKED_AT = 32_768
"""Letters of a query that are looked through: this is done while others wait."""


def bad_query(text: str, said: str) -> BadQuery:
    """The error of a query, from what the engine says of it: ``line:column``, then what it has expected there."""
    found = _PLACE.search(said)
    line, column = (int(found[1]), int(found[2])) if found else (None, None)
    place = _offset(text, line, column) if line is not None and column is not None else len(text)
    if found is None and said and text.strip():  # it is SPARQL that the engine cannot run: an unknown function
        return BadQuery(said, said)
    beginning = _beginning(text)
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
    names, opened, place, before = Names("", scheme_of_base), list[tuple[int, str]](), 0, Token("blank", "")
    for token in tokens(text):
        declares = names.see(token) is not None
        name = token.text
        told = _of_habit(text, place, before, token, is_inside=bool(opened))
        if told is None and token.kind == "word" and not declares:
            told = _of_word(name, names)
        if told is not None:
            return place, *told
        if token.kind == "other" and name[0] in "\"'":
            return _of_open_text(place, before.text, name) if is_whole or "\n" in name else None
        if name in _CLOSED_BY:
            opened.append((place, _CLOSED_BY[name]))
        elif name in _CLOSED_BY.values():
            if not opened:
                return place, f"« {name} » ferme ce qui n'est pas ouvert : l'ôter.", f"{name} closes what is not open: remove it."
            if opened[-1][1] != name:
                break
            opened.pop()
        place += len(name)
        before = token
    if opened and is_whole:
        at, closing = opened[-1]
        return at, f"Ce qui s'ouvre ici ne se ferme pas : il manque « {closing} ».", f"What opens here is not closed: {closing} is missing."
    return None


def _of_open_text(place: int, before: str, rest: str) -> tuple[int, str, str]:
    quotes = rest[0] * 3 if before == rest[0] * 2 else rest[0]
    return (
        place - len(quotes) + 1,
        f"Le texte qui s'ouvre ici ne se ferme pas : il manque {quotes}",
        f"The text that opens here is not closed: {quotes} is missing.",
    )


def _of_word(name: str, names: Names) -> tuple[str, str] | None:
    """A prefix that is not declared, or a word that is none."""
    if ":" in name:
        prefix = name.partition(":")[0]
        if f"{prefix}:" in names.prefixes or prefix[:1].isdigit() or prefix == "_":
            return None
        return (
            f"Le préfixe « {prefix}: » n'est pas déclaré : écrire avant la requête PREFIX {prefix}: <adresse>",
            f"The prefix {prefix}: is not declared: write PREFIX {prefix}: <address> before the query.",
        )
    if not name.isalpha() or name.upper() in _KEYWORDS:
        return None
    meant = difflib.get_close_matches(name.upper(), _KEYWORDS, 1, _LIKE)
    french, english = (f" : {meant[0]} ?", f": {meant[0]}?") if meant else (".", ".")
    return f"« {name} » n'est pas un mot de SPARQL{french}", f"{name} is no word of SPARQL{english}"


def _of_habit(text: str, place: int, before: Token, token: Token, *, is_inside: bool) -> tuple[str, str] | None:
    """What people write who know another language: what to write instead. ``is_inside``: after the first bracket that is open."""
    name = token.text
    if token.kind == "word" and "://" in text[place : place + len(name) + 3] and ":" in name:
        if before.text != "<":
            return "Une adresse s'écrit entre < et >.", "An address is written between < and >."
        odd = next((char for char in text[place : text.find(">", place)] if char in _NOT_IN_IRI or char <= " "), None)
        if odd is not None:
            return (
                f"L'adresse qui s'ouvre ici contient {code_point(odd)}, qui n'y a pas sa place : écrire {quote(odd)}",
                f"The address that opens here holds {code_point(odd)}, which has no place there: write {quote(odd)}",
            )
    if token.kind == "word" and before.kind == "string" and name.isalpha():
        return (
            f"Le texte se ferme avant « {name} » : écrire devant l'apostrophe ou le guillemet qui en fait partie \\",
            f"The text is closed before {name}: write \\ before the quote that is part of it.",
        )
    instead = _OPERATORS.get(name.upper() if token.kind in ("word", "tag") else before.text.strip() + name)
    if instead:
        return f"Cela s'écrit {instead} en SPARQL.", f"That is written {instead} in SPARQL."
    if name == "," and not is_inside:
        return "Les variables sont séparées par des espaces : ôter la virgule.", "Variables are separated by spaces: remove the comma."
    return None


def _beginning(text: str) -> str:
    """As much of a query as is looked through, up to a blank, so that no name or address is cut in two."""
    if len(text) <= _LOOKED_AT:
        return text
    return text[: max(text.rfind(blank, 0, _LOOKED_AT) for blank in " \n\t\r") + 1]


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
    for reason, told in _REASONS.items():
        if reason in said:
            return told
    if place >= len(text.rstrip()):
        wanted = ", ".join(_expected(said))
        return (
            "La requête n'est pas entière, ou une de ses parties ne va pas avec les autres"
            + (f" ; on attend par exemple {wanted}." if wanted else "."),
            "The query is not whole, or a part of it does not fit the others"
            + (f"; for instance {wanted} is expected." if wanted else "."),
        )
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
    likely = [word for word in words if word and not set(word) & set("['|\\. ") and word not in _UNLIKELY]
    return likely[:_MOST_EXPECTED]


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return min(start + column - 1, len(text))


def _odd_character(text: str) -> int | None:
    """Where the first character is that no query has outside its texts, IRIs and comments."""
    if not _NOT_A_NAME.search(text):
        return None
    place = 0
    for token in tokens(text):
        if token.kind not in ("string", "iri", "comment") and (odd := _NOT_A_NAME.search(token.text)):
            return place + odd.start()
        place += len(token.text)
    return None
