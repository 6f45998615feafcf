"""Cuts a query into the tokens of the grammar (SPARQL 1.1 Query Language §19.8), so that it can be written anew; and refuses what is no SPARQL.

``store.readings`` is the one to ask what *might* be read in a text: this one takes the longest token, as the lexers of most engines do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import urljoin

from ess_lod.errors import QueryRefused

_TOKEN = re.compile(
    r'''(?P<string>"""(?:[^"\\]|\\.|"(?!""))*"""'''
    r"""|'''(?:[^'\\]|\\.|'(?!''))*'''"""
    r'''|"(?:[^"\\\n\r]|\\.)*"'''
    r"""|'(?:[^'\\\n\r]|\\.)*')"""
    r"""|(?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)"""
    r"|(?P<comment>\#[^\n\r]*)"
    r"|(?P<variable>[?$]\w+)"
    r"|(?P<tag>@[\w-]+)"
    r"|(?P<word>[\w:](?:(?:[\w:.\-%]|\\.)*(?:[\w:\-%]|\\.))?)"
    r"|(?P<blank>\s+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_OPERATION = re.compile(r"&&|\|\||[?$]\w|[()!=]")
_LONGEST_BASE = 2000
_BEGINNING = 64
_EXTENSIONS = ("bif:", "sql:")
_SUSPECT = re.compile(r"bif|sql|define|\\u", re.IGNORECASE)


class Token(NamedTuple):
    """A piece of a query: ``string``, ``iri``, ``comment``, ``variable``, ``tag``, ``word`` (keyword, number or prefixed name), ``blank``, ``other``."""

    kind: str
    text: str

    @property
    def keyword(self) -> str:
        """A word in capitals, an empty string for anything else."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def is_name(self) -> bool:
        """Is it an IRI or a prefixed name?"""
        return self.kind == "iri" or (self.kind == "word" and ":" in self.text and not self.text.startswith("_:"))


def tokens(text: str) -> Iterator[Token]:
    """All tokens, blanks and comments too; joined they are the text, but that codepoint escapes in IRIs are resolved (§19.2).

    ``?a<?b&&?c>?d`` has no IRI in it to a parser, and one to a lexer: its ``<`` is given a blank, so that both agree.
    """
    place = 0
    before = Token("blank", "")
    while match := _TOKEN.match(text, place):
        kind = match.lastgroup or "other"
        if match[0] in ('"', "'"):
            yield Token("other", text[place:])  # a string without an end: this is not SPARQL, and looking on would take for ever
            return
        if kind == "iri" and _is_comparison(before, match[0]):
            before = Token("other", "< ")
            place += 1
        else:
            before = Token(kind, _CODEPOINT.sub(_character, match[0]) if kind == "iri" else match[0])
            place = match.end()
        yield before


def _is_comparison(before: Token, iri: str) -> bool:
    """Is the ``<`` of a seeming IRI, right after a token, an operator?"""
    operand = before.kind in ("variable", "string", "tag") or before.text == ")" or before.text[:1].isdigit()
    return operand and "://" not in iri and bool(_OPERATION.search(iri))


class Names:
    """What the IRIs and prefixed names of a query stand for; to be shown every token in turn."""

    def __init__(self, base: str, resolve: Callable[[str, str], str] | None = None) -> None:
        """``resolve`` makes an IRI of a base and a reference: :func:`resolve` by default, :func:`scheme_of_base` where only beginnings matter."""
        self.base, self._resolve = base, resolve or _resolve_bounded
        self.prefixes: dict[str, str] = {}
        self._before = ["", ""]

    def see(self, token: Token) -> str | None:
        """Take in a token; when it is part of a declaration, what to write for it: prefixes in full, and no base, since no relative IRI is left."""
        if token.kind in ("blank", "comment"):
            return None
        first, second = self._before
        self._before = [second, token.text if second.upper() == "PREFIX" else token.keyword]
        if token.kind == "iri" and second == "BASE":
            self.base = self._resolve(self.base, token.text[1:-1])
            return ""
        if token.kind == "iri" and first == "PREFIX":
            self.prefixes[second] = self._resolve(self.base, token.text[1:-1])
            return f"<{self.prefixes[second]}>"
        if token.keyword == "BASE":
            return ""
        return token.text if second == "PREFIX" else None

    def iri(self, token: Token) -> str:
        """The IRI of a name; of one whose prefix is not declared, the name as it stands."""
        if token.kind == "iri":
            return self._resolve(self.base, token.text[1:-1])
        prefix, _, local = token.text.partition(":")
        return self.prefixes.get(f"{prefix}:", f"{prefix}:") + local.replace("\\", "")


def resolve(base: str, iri: str) -> str:
    """An IRI reference in full (RFC 3986 §5.2); one that is in full stays as it is written."""
    if not iri or _SCHEME.match(iri):
        return iri or base.partition("#")[0]
    joined = urljoin(base, iri)
    return f"{joined}#" if iri.endswith("#") and not joined.endswith("#") else joined


def scheme_of_base(base: str, iri: str) -> str:
    """Instead of :func:`resolve`, for those who look at the beginning only: a relative reference has that of its base. Takes no time at all."""
    return (iri if _SCHEME.match(iri) else base)[:_BEGINNING]


def _resolve_bounded(base: str, iri: str) -> str:
    """:func:`resolve`; raises :class:`QueryRefused` for a base that a query has made so long that resolving against it would take for ever."""
    if len(base) > _LONGEST_BASE:
        raise QueryRefused(
            f"Une base (BASE) de plus de {_LONGEST_BASE} caractères n'est pas admise : écrire les adresses en entier. "
            f"/ A BASE of more than {_LONGEST_BASE} characters is not allowed: write addresses in full."
        )
    return resolve(base, iri)


def refuse_extensions(text: str) -> None:
    """Raise :class:`QueryRefused` for ``define`` pragmas and for the functions of ``bif:`` and ``sql:``.

    They are Virtuoso's: the first can make it fetch pages, the others call its procedures and read its settings. No engine is asked to.
    """
    if not _SUSPECT.search(text):
        return
    names = Names("", scheme_of_base)
    for token in tokens(text):
        declares = names.see(token) is not None
        name = names.iri(token) if token.is_name and not declares else token.text.strip("<>")
        if (
            token.is_name and name.lower().startswith(_EXTENSIONS) and not (declares and token.kind == "word")
        ) or token.keyword == "DEFINE":
            raise QueryRefused(
                "Les extensions de Virtuoso (bif:, sql:, define) ne sont pas du SPARQL : écrire la requête sans elles. "
                "/ The extensions of Virtuoso (bif:, sql:, define) are not SPARQL: write the query without them."
            )


def _character(escape: re.Match[str]) -> str:
    number = int(escape[1] or escape[2], 16)
    return chr(number) if 0x20 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF and chr(number) not in '<>"{}|^`\\' else escape[0]
