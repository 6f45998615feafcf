"""A subject to say things of, and what all lifts share: sources, periods, labels, references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from ess_lod.iris import Iris, concept
from ess_lod.publish.dataset import Dataset
from ess_lod.publish.rows import Row
from ess_lod.terms import DCAT, DCTERMS, RDFS, SKOS, A, date, en, fr

Term = NamedNode | Literal


@dataclass(frozen=True)
class Context:
    """What a row cannot know of itself: the dataset, who has which commune code, names of territories and organisations (English ones where there are some)."""

    dataset: Dataset
    communes: Mapping[str, str]
    names: Mapping[str, str]
    names_en: Mapping[str, str] = field(default_factory=dict)

    @property
    def iris(self) -> Iris:
        """IRIs under the dataset's base."""
        return self.dataset.iris


class Node:
    """A subject in a graph, to say things of. Parts share the list of quads with their whole."""

    def __init__(self, subject: NamedNode, graph: NamedNode, quads: list[Quad] | None = None) -> None:
        self.subject = subject
        self.graph = graph
        self.quads: list[Quad] = [] if quads is None else quads

    def add(self, predicate: NamedNode, *objects: Term) -> None:
        """State ``predicate`` with each of the objects."""
        self.quads.extend(Quad(self.subject, predicate, obj, self.graph) for obj in objects)

    def texts(self, predicate: NamedNode, french: str, english: str = "") -> None:
        """State a text in the languages that have one."""
        self.add(predicate, *([fr(french)] if french else []), *([en(english)] if english else []))

    def part(self, fragment: str) -> Node:
        """A node that belongs to this one: ``#siege`` of a thing, ``#membre-T002-periode`` of a part."""
        joint = "-" if "#" in self.subject.value else "#"
        return self.of(NamedNode(f"{self.subject.value}{joint}{fragment}"))

    def of(self, subject: NamedNode) -> Node:
        """Another subject in the same graph and the same list."""
        return Node(subject, self.graph, self.quads)


def node_of(row: Row, ref: Context, id_: str) -> Node:
    """The thing of an id, in the graph of the row's first source."""
    return Node(ref.iris.thing(id_), ref.iris.graph(row.list("sources")[0]))


def things(ref: Context, ids: tuple[str, ...]) -> list[NamedNode]:
    """Nodes of ids."""
    return [ref.iris.thing(id_) for id_ in ids]


def concepts(scheme: str, notations: tuple[str, ...]) -> list[NamedNode]:
    """Nodes of notations."""
    return [concept(scheme, notation) for notation in notations]


def add_date(node: Node, predicate: NamedNode, value: str) -> None:
    """State a date of whatever precision, unless it is empty."""
    if value:
        node.add(predicate, date(value))


def add_sources(node: Node, row: Row, ref: Context) -> None:
    """``dcterms:source`` to the documents of the row."""
    node.add(DCTERMS.source, *things(ref, row.list("sources")))


def add_period(node: Node, fragment: str, row: Row, predicate: NamedNode = DCTERMS.temporal) -> Node | None:
    """A half-open period as a part, or nothing when the row has neither date."""
    if not row["debut"] and not row["fin"]:
        return None
    period = node.part(fragment)
    node.add(predicate, period.subject)
    period.add(A, DCTERMS.PeriodOfTime)
    add_date(period, DCAT.startDate, row["debut"])
    add_date(period, DCAT.endDate, row["fin"])
    return period


def add_labels(node: Node, row: Row, *, agent: bool = False) -> None:
    """``rdfs:label``, and ``skos:prefLabel`` for agents."""
    node.texts(RDFS.label, row["nom"], row["nom_en"])
    if agent:
        node.texts(SKOS.prefLabel, row["nom"], row["nom_en"])


def add_description(node: Node, row: Row, ref: Context) -> None:
    """Descriptions and sources."""
    node.texts(DCTERMS.description, row["description_fr"], row["description_en"])
    add_sources(node, row, ref)
