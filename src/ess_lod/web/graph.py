"""A few triples in memory, read as a template reads them: from a node along a property, in the reader's language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ess_lod.iris import Iris
from ess_lod.terms import PREFIXES, RDF, RDFS

Term = NamedNode | BlankNode | Literal | Triple

_LABELS = ("rdfs:label", "skos:prefLabel", "dcterms:title")
_NUMBER = re.compile(r"(\d+)")
_THING = re.compile(r"/id/([^/]+)/")


def expand(curie: str) -> str:
    """``ess:features`` → its IRI. Raises ``KeyError`` for an unknown prefix."""
    prefix, _, name = curie.partition(":")
    return PREFIXES[prefix] + name


def compact(iri: str) -> str:
    """The CURIE of an IRI of a known vocabulary, or the IRI itself."""
    for prefix, namespace in PREFIXES.items():
        name = iri.removeprefix(namespace)
        if name != iri and name and re.fullmatch(r"[\w.-]+", name):
            return f"{prefix}:{name}"
    return iri


def reading_order(text: str) -> tuple[object, ...]:
    """Sort key as a person sorts: accents and case do not count, numbers do (``n° 9`` before ``n° 10``)."""
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in _NUMBER.split(plain(text)) if part)


def plain(text: str) -> str:
    """Text without accents and case, to sort by and to search in."""
    return unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE")).encode("ascii", "ignore").decode().casefold()


class Graph:
    """Triples, indexed both ways."""

    def __init__(self, triples: Iterable[Triple] = ()) -> None:
        self._out: dict[Term, dict[str, list[Term]]] = {}
        self._in: dict[Term, dict[str, list[Term]]] = {}
        self._seen: set[Triple] = set()
        self.add(triples)

    def add(self, triples: Iterable[Triple]) -> None:
        """Add triples; those already there change nothing."""
        for triple in triples:
            if triple in self._seen:
                continue
            self._seen.add(triple)
            self._out.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple.object)
            self._in.setdefault(triple.object, {}).setdefault(triple.predicate.value, []).append(triple.subject)

    def copy(self) -> Graph:
        """The same triples, to which others can be added."""
        other = Graph()
        other._out = {term: {iri: [*terms] for iri, terms in found.items()} for term, found in self._out.items()}
        other._in = {term: {iri: [*terms] for iri, terms in found.items()} for term, found in self._in.items()}
        other._seen = {*self._seen}
        return other

    def __len__(self) -> int:
        return len(self._seen)

    def __contains__(self, subject: object) -> bool:
        return subject in self._out

    def objects(self, subject: Term, curie: str) -> list[Term]:
        """Values of a property."""
        return self._out.get(subject, {}).get(expand(curie), [])

    def subjects(self, curie: str, value: Term) -> list[Term]:
        """Who has that value of a property."""
        return self._in.get(value, {}).get(expand(curie), [])

    def properties(self, subject: Term) -> dict[str, list[Term]]:
        """All that is said of a node, by IRI of property."""
        return self._out.get(subject, {})

    def pointers(self, value: Term) -> dict[str, list[Term]]:
        """All that points to a node, by IRI of property."""
        return self._in.get(value, {})

    def parts(self, iri: str) -> list[NamedNode]:
        """The ``#fragment`` nodes of a thing, by name."""
        found = {term for term in self._out if isinstance(term, NamedNode) and term.value.startswith(f"{iri}#")}
        return sorted(found, key=lambda node: reading_order(node.value))

    def instances(self, curie: str) -> list[NamedNode]:
        """The named nodes of a class."""
        return [node for node in self.subjects("rdf:type", NamedNode(expand(curie))) if isinstance(node, NamedNode)]


class Node:
    """One node or literal of a graph, in one language. Two nodes are equal when their terms are."""

    def __init__(self, term: Term, graph: Graph, iris: Iris, language: str) -> None:
        self.term, self.graph, self.iris, self.language = term, graph, iris, language

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.term == other.term

    def __hash__(self) -> int:
        return hash(self.term)

    def at(self, term: Term | str) -> Node:
        """Another node of the same graph, by term or IRI."""
        return Node(NamedNode(term) if isinstance(term, str) else term, self.graph, self.iris, self.language)

    def all(self, curie: str) -> list[Node]:
        """Values of a property, in reading order of their labels."""
        return self._sorted(self.graph.objects(self.term, curie))

    def one(self, curie: str) -> Node | None:
        """A value of a property, the one in the reader's language if there is, or ``None``."""
        return next(iter(self._preferred(curie)), None)

    def text(self, curie: str) -> str:
        """The text of :meth:`one`, or an empty string."""
        found = self.one(curie)
        return found.value if found is not None else ""

    def of(self, curie: str) -> list[Node]:
        """Who has this node as a value of the property, in reading order."""
        return self._sorted(self.graph.subjects(curie, self.term))

    def a(self, curie: str) -> bool:
        """Is it an instance of that class?"""
        return NamedNode(expand(curie)) in self.graph.objects(self.term, "rdf:type")

    @property
    def value(self) -> str:
        """IRI, or text of a literal."""
        return str(self.term) if isinstance(self.term, Triple) else self.term.value

    @property
    def is_literal(self) -> bool:
        """A literal, not a node."""
        return isinstance(self.term, Literal)

    @property
    def said_in(self) -> str:
        """Language tag of a literal, empty for anything else."""
        return (self.term.language or "") if isinstance(self.term, Literal) else ""

    @property
    def tag(self) -> str:
        """Language tag of a literal, when it is not the reader's."""
        return self.said_in if self.said_in != self.language else ""

    @property
    def datatype(self) -> str:
        """CURIE of the datatype of a literal."""
        return compact(self.term.datatype.value) if isinstance(self.term, Literal) else ""

    @property
    def name(self) -> str:
        """Last part of the IRI: notation of a concept, id of a thing, name of a property."""
        return re.split(r"[/#]", self.value)[-1]

    @property
    def fragment(self) -> str:
        """What stands after ``#``."""
        return self.value.partition("#")[2]

    @property
    def label(self) -> str:
        """Its label in the reader's language, in French, in any; else a CURIE or the IRI."""
        if isinstance(self.term, Literal):
            return self.term.value
        for curie in _LABELS:
            if found := self.text(curie):
                return found
        return compact(self.value)

    @property
    def date(self) -> str:
        """Its ``dcterms:date``, to sort by."""
        return self.text("dcterms:date")

    @property
    def path(self) -> str | None:
        """Where this server describes it, or ``None`` for what is not ours."""
        return self.iris.path(self.iris.document_of(self.value)) if isinstance(self.term, NamedNode) else None

    @property
    def kind(self) -> str:
        """Kind of thing (``acteur``), or an empty string."""
        found = _THING.search(self.iris.path(self.value) or "") if isinstance(self.term, NamedNode) else None
        return found[1] if found else ""

    @property
    def owner(self) -> Node:
        """The thing that a part belongs to; itself when it is no part."""
        return self.at(self.value.partition("#")[0])

    @property
    def parts(self) -> list[Node]:
        """Its ``#fragment`` nodes."""
        return [self.at(part) for part in self.graph.parts(self.value)]

    def statements(self) -> Iterator[tuple[Node, list[Node]]]:
        """What is said of it: property, values; properties in reading order, the type first."""
        yield from self._pairs(self.graph.properties(self.term))

    def pointers(self) -> Iterator[tuple[Node, list[Node]]]:
        """What points to it: property, subjects."""
        yield from self._pairs(self.graph.pointers(self.term))

    def _pairs(self, found: dict[str, list[Term]]) -> Iterator[tuple[Node, list[Node]]]:
        properties = sorted(
            (self.at(iri) for iri in found), key=lambda p: (p.term != RDF.type, p.term != RDFS.label, reading_order(p.label))
        )
        for node in properties:
            yield node, self._sorted(found[node.value])

    def _preferred(self, curie: str) -> list[Node]:
        def rank(node: Node) -> int:
            tag = node.term.language if isinstance(node.term, Literal) else None
            return {self.language: 0, None: 1, "fr": 2}.get(tag, 3)

        return sorted((self.at(term) for term in self.graph.objects(self.term, curie)), key=lambda node: (rank(node), node.value))

    def _sorted(self, terms: Iterable[Term]) -> list[Node]:
        return sorted((self.at(term) for term in terms), key=lambda node: (reading_order(node.label), node.value))
