"""The event stream as TREE and LDES 1.0 have it: what its nodes say, as quads of the default graph.

The root (``/feed``) leads to the latest pages of members and to one node of older ones (``/feed/1-200``), which leads to its pages and to the node before
it, and so on: no node grows without end, and all but the root never change. One way only leads back, because clients that follow several nodes with
relations at once have been seen to lose pages (ldes-client 0.3.0, unordered). A publication (``/feed/3``) is a node too, for who wants it alone.
Nodes are named as the client addresses this server, so that a copy on any host can be followed; stream and members have the IRIs of the dataset.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from ess_lod.changes.journal import AS, LDES, TREE, Publication, stream_iri
from ess_lod.terms import DCTERMS, OWL, PROV, RDFS, SH, XSD, A, en, fr, integer
from ess_lod.web.journaled import public
from ess_lod.web.words import LANGUAGES, phrase

SPAN = 200
"""How many pages a node of older pages leads to; the root leads to fewer than these."""
POLLING_SECONDS = 3600


def root(base: str, licence: str, known: Sequence[Publication]) -> Iterator[Quad]:
    """The root: what the stream is, how to read it, how long it is kept, and where it goes on."""
    stream, node = NamedNode(stream_iri(base)), NamedNode(public("/feed"))
    shape, policy = NamedNode(f"{base}feed#member"), NamedNode(f"{base}feed#retention")
    yield from _said(
        stream,
        (A, LDES.EventStream),
        (TREE.view, node),
        *_in_words(DCTERMS.title, "feed-title"),
        *_in_words(DCTERMS.description, "feed-lead"),
        *([(DCTERMS.license, NamedNode(licence))] if licence else []),
        (PROV.wasDerivedFrom, NamedNode(f"{base}dataset")),
        (TREE.shape, shape),
        (LDES.timestampPath, DCTERMS.issued),
        (LDES.versionOfPath, DCTERMS.isVersionOf),
        (LDES.versionCreatePath, A),
        (LDES.versionCreateObject, AS.Create),
        (LDES.versionUpdatePath, A),
        (LDES.versionUpdateObject, AS.Update),
        (LDES.versionDeletePath, A),
        (LDES.versionDeleteObject, AS.Delete),
        (LDES.pollingInterval, integer(POLLING_SECONDS)),
    )
    yield from _said(node, (A, TREE.Node), (LDES.retentionPolicy, policy))
    kept_from = [(LDES.startingFrom, _moment(known[0].issued))] if known else []
    yield from _said(policy, (A, LDES.RetentionPolicy), *_in_words(RDFS.label, "feed-retention"), *kept_from)
    yield from _shape(shape)
    pages = pages_of(known)
    closed = len(pages) // SPAN * SPAN
    yield from _older(node, pages, closed)
    for each in pages[closed:]:
        yield from _relation(node, each.path, each.issued, each.issued)


@dataclass(frozen=True)
class Leaf:
    """A page of members: where it is, and when they were published."""

    path: str
    issued: str


def pages_of(known: Sequence[Publication]) -> list[Leaf]:
    """All pages of members, the first one first."""
    return [Leaf(f"/feed/{each.number}/{number}", each.issued) for each in known for number in range(1, len(each.pages) + 1)]


def span(known: Sequence[Publication], last: int) -> Iterator[Quad]:
    """The node that leads to the pages up to the ``last`` one, and to what is older. Never changes."""
    pages = pages_of(known)
    node = NamedNode(public(f"/feed/{last - SPAN + 1}-{last}"))
    yield from _said(node, (A, TREE.Node), (LDES.immutable, _TRUE))
    yield from _older(node, pages, last - SPAN)
    for each in pages[last - SPAN : last]:
        yield from _relation(node, each.path, each.issued, each.issued)


def _older(node: NamedNode, pages: Sequence[Leaf], last: int) -> Iterator[Quad]:
    """The way to the first pages up to the ``last`` one, when there are any."""
    if last:
        yield from _relation(node, f"/feed/{last - SPAN + 1}-{last}", pages[0].issued, pages[last - 1].issued)


def publication(each: Publication) -> Iterator[Quad]:
    """A node that leads to the pages of a publication."""
    node = NamedNode(public(f"/feed/{each.number}"))
    facts = (A, TREE.Node), (LDES.immutable, _TRUE), (DCTERMS.issued, _moment(each.issued)), (OWL.versionInfo, Literal(each.after))
    yield from _said(node, *facts, (RDFS.label, fr(name_of(each, "fr"))), (RDFS.label, en(name_of(each, "en"))))
    for number in range(1, len(each.pages) + 1):
        yield from _relation(node, f"/feed/{each.number}/{number}", each.issued, each.issued)


def name_of(each: Publication, chosen: str) -> str:
    """What a publication is called."""
    if each.is_return:
        return phrase("feed-return", chosen, number=each.number, version=each.after)
    return phrase("feed-publication", chosen, number=each.number, version=each.after)


def page(each: Publication, number: int) -> Iterator[Quad]:
    """What a page of members says of itself; its members follow."""
    yield from _said(NamedNode(public(f"/feed/{each.number}/{number}")), (A, TREE.Node), (LDES.immutable, _TRUE))


_TRUE = Literal("true", datatype=XSD.boolean)


def _relation(node: NamedNode, path: str, first: str, last: str) -> Iterator[Quad]:
    """Both bounds of the time that a node covers, as the LDES server primer advises."""
    target = NamedNode(public(path))
    name = path.removeprefix("/feed/").replace("/", ".")
    bounds = ("from", TREE.GreaterThanOrEqualToRelation, first), ("to", TREE.LessThanOrEqualToRelation, last)
    for which, kind, bound in bounds:
        relation = NamedNode(f"{node.value}#{which}-{name}")
        yield from _said(node, (TREE.relation, relation))
        yield from _said(relation, (A, kind), (TREE.node, target), (TREE.path, DCTERMS.issued), (TREE.value, _moment(bound)))


def _shape(shape: NamedNode) -> Iterator[Quad]:
    """What every member has, now and later (SHACL)."""
    parts = {
        "thing": (DCTERMS.isVersionOf, (SH.nodeKind, SH.IRI)),
        "moment": (DCTERMS.issued, (SH.datatype, XSD.dateTime)),
        "version": (OWL.versionInfo, (SH.datatype, XSD.string)),
    }
    yield from _said(
        shape, (A, SH.NodeShape), (SH.nodeKind, SH.IRI), *((SH.property, NamedNode(f"{shape.value}-{name}")) for name in parts)
    )
    for name, (path, constraint) in parts.items():
        yield from _said(
            NamedNode(f"{shape.value}-{name}"), (SH.path, path), constraint, (SH.minCount, integer(1)), (SH.maxCount, integer(1))
        )


def _said(subject: NamedNode, *pairs: tuple[NamedNode, NamedNode | Literal]) -> Iterator[Quad]:
    yield from (Quad(subject, predicate, value) for predicate, value in pairs)


def _in_words(predicate: NamedNode, key: str) -> Iterable[tuple[NamedNode, Literal]]:
    makers = {"fr": fr, "en": en}
    return [(predicate, makers[tag](phrase(key, tag))) for tag in LANGUAGES]


def _moment(text: str) -> Literal:
    return Literal(text, datatype=XSD.dateTime)
