"""JSON-LD 1.1 written with a context of our own: short names, languages as keys, numbers as numbers, and the same triples for every processor.

The engine's serialiser writes expanded forms only. Here a thing is one object under ``@graph``; IRIs stay absolute, so they can be followed and compared
without a JSON-LD library.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import groupby
from typing import Any, BinaryIO

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ess_lod.terms import RDF, XSD, A

Json = Any
Term = NamedNode | BlankNode | Literal | Triple

_XSD_STRING, _XSD_INTEGER, _XSD_BOOLEAN = XSD.string.value, XSD.integer.value, XSD.boolean.value
_LANG_STRING = RDF.langString.value
_KEYWORDS = ("@id", "@type")
_LARGEST = 2**53  # larger numbers lose digits in most readers of JSON


class Context:
    """What ``@context`` says: prefixes, and terms with the type or the container of their values.

    A definition that is a text ending in ``/`` or ``#`` is a prefix, another text is a class, an object is a property (``@id``, and ``@type`` or
    ``"@container": "@language"``). Terms are named by prefixes: ``ess:features``.
    """

    def __init__(self, definitions: Mapping[str, Json]) -> None:
        self.definitions = dict(definitions)
        self._prefixes = {name: iri for name, iri in self.definitions.items() if isinstance(iri, str) and iri.endswith(("/", "#"))}
        self._short: dict[str, str] = {}
        self._properties: dict[str, tuple[str, str]] = {}
        for name, definition in self.definitions.items():
            if isinstance(definition, dict):
                kind = "@language" if "@container" in definition else self._expanded(definition.get("@type", ""))
                self._properties[self._expanded(definition["@id"])] = (name, kind)

    @cached_property
    def _classes(self) -> dict[str, str]:
        names = ((name, text) for name, text in self.definitions.items() if isinstance(text, str) and name not in self._prefixes)
        return {self._expanded(text): name for name, text in names if not text.startswith("@")}

    def node(self, subject: str, triples: Iterable[Triple]) -> dict[str, Json]:
        """The object of one subject."""
        if self._is_misread(subject):
            return {"@context": None, **_FULL.node(subject, triples)}
        types: list[Json] = []
        found: dict[str, list[Json]] = {}
        languages: dict[str, dict[str, list[str]]] = {}
        for triple in triples:
            value = triple.object
            if triple.predicate == A and isinstance(value, NamedNode) and not self._is_misread(value.value):
                types.append(self._class(value.value))
                continue
            name, kind = self._properties.get(triple.predicate.value) or (self.compact(triple.predicate.value), "")
            if kind == "@language":
                if isinstance(value, Literal) and value.datatype.value in (_LANG_STRING, _XSD_STRING) and not value.direction:
                    languages.setdefault(name, {}).setdefault(value.language or "@none", []).append(value.value)
                    continue
                name, kind = self.compact(triple.predicate.value), ""
            found.setdefault(name, []).append(self._value(value, kind))
        said: dict[str, Json] = {self._keyword("@id"): subject}
        if types:
            said[self._keyword("@type")] = _alone(types)
        said.update({name: {tag: _alone(texts) for tag, texts in tags.items()} for name, tags in languages.items()})
        said.update({name: _alone(values) for name, values in found.items()})
        return said

    def compact(self, iri: str) -> str:
        """An IRI with the longest of the prefixes that it begins with, or whole."""
        known = self._short.get(iri)
        if known is None:
            fits = [(len(start), name) for name, start in self._prefixes.items() if iri.startswith(start) and len(iri) > len(start)]
            length, name = max(fits, default=(0, ""))
            rest = iri[length:]
            known = f"{name}:{rest}" if name and not rest.startswith("//") else iri
            self._short[iri] = known
        return known

    def used_by(self, nodes: Iterable[Mapping[str, Json]]) -> dict[str, Json]:
        """The definitions that some objects need, and no others: their document says all that it needs."""
        wanted: set[str] = set()
        for node in nodes:
            wanted.update(_names(node, self._keyword("@type")))
        wanted |= {name.partition(":")[0] for name in wanted}
        kept = {name: definition for name, definition in self.definitions.items() if name in wanted and name not in self._prefixes}
        named = {text for each in kept.values() for text in (each.values() if isinstance(each, dict) else (each,))}
        wanted |= {str(text).partition(":")[0] for text in named}
        return {
            name: definition
            for name, definition in self.definitions.items()
            if name in wanted or name.startswith("@") or definition in _KEYWORDS
        }

    def _value(self, value: Term, kind: str) -> Json:
        if isinstance(value, NamedNode | BlankNode):
            iri = value.value if isinstance(value, NamedNode) else str(value)
            if self._is_misread(iri):
                return {"@context": None, "@id": iri}
            return iri if kind == "@id" else {self._keyword("@id"): iri}
        if isinstance(value, Triple):
            raise TypeError(f"JSON-LD 1.1 has no triple terms: {value}")
        text, datatype = value.value, value.datatype.value
        if value.language:
            direction = {"@direction": value.direction.value} if value.direction else {}
            return {"@value": text, "@language": value.language, **direction}
        if datatype == _XSD_INTEGER and kind in ("", _XSD_INTEGER) and _is_plain_integer(text):
            return int(text)
        if datatype == _XSD_BOOLEAN and kind in ("", _XSD_BOOLEAN) and text in ("true", "false"):
            return text == "true"
        if datatype == (kind or _XSD_STRING):
            return text
        return {"@value": text} if datatype == _XSD_STRING else {"@value": text, "@type": self.compact(datatype)}

    def _class(self, iri: str) -> str:
        return self._classes.get(iri) or self.compact(iri)

    @cached_property
    def _keywords(self) -> dict[str, str]:
        return {text: name for name, text in self.definitions.items() if isinstance(text, str) and text.startswith("@")}

    def _keyword(self, keyword: str) -> str:
        return self._keywords.get(keyword, keyword)

    def _expanded(self, name: str) -> str:
        prefix, _, rest = name.partition(":")
        return self._prefixes[prefix] + rest if prefix in self._prefixes and not rest.startswith("//") else name

    def _is_misread(self, iri: str) -> bool:
        """Would a processor take the scheme of this IRI (``geo:50.6,3.1``) for one of the names of the context?"""
        scheme, _, rest = iri.partition(":")
        return scheme in self.definitions and not rest.startswith("//")


_FULL = Context({})


def write_stream(context: Context, triples: Iterable[Triple], out: BinaryIO) -> None:
    """A document with the whole context, one line for each subject; the triples of a subject must be neighbours. Memory holds one subject."""
    out.write(b'{\n"@context": ' + _text(context.definitions) + b',\n"@graph": [')
    before = b"\n"
    for node in _nodes(context, triples):
        out.write(before + _text(node))
        before = b",\n"
    out.write(b"\n]\n}\n")


def write_document(context: Context, triples: Iterable[Triple]) -> bytes:
    """A document with the part of the context that it needs; subjects in the order in which they first come."""
    by_subject: dict[Term, list[Triple]] = {}
    for triple in triples:
        by_subject.setdefault(triple.subject, []).append(triple)
    nodes = list(_nodes(context, (triple for own in by_subject.values() for triple in own)))
    document = {"@context": context.used_by(nodes), "@graph": nodes}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def read_context(content: bytes | str) -> Context:
    """The context in a document that has ``@context``. Raises ``ValueError`` or ``KeyError`` for any other."""
    return Context(json.loads(content)["@context"])


def _nodes(context: Context, triples: Iterable[Triple]) -> Iterator[dict[str, Json]]:
    for subject, own in groupby(triples, key=lambda triple: triple.subject):
        yield context.node(subject.value if isinstance(subject, NamedNode) else str(subject), own)


def _names(node: Mapping[str, Json], type_key: str) -> Iterator[str]:
    """Keys, classes and datatypes of an object."""
    for key, value in node.items():
        yield key
        values = value if isinstance(value, list) else [value]
        if key == type_key or key == "@type":
            yield from values
        else:
            for each in values:
                if isinstance(each, dict) and "@type" in each:
                    yield each["@type"]


def _alone(values: list[Json]) -> Json:
    return values[0] if len(values) == 1 else values


def _is_plain_integer(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isdecimal() and digits.isascii() and str(int(text)) == text and abs(int(text)) < _LARGEST


def _text(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": ")).encode()
