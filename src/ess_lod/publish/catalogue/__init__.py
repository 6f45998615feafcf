"""The catalogue of a release (DCAT 3, DCAT-AP 3.0.1) and its statistics (VoID): ``catalogue.ttl``, ``void.ttl``, and what the store holds of them.

``docs/catalogue.md`` says what harvesters make of it, and why some things are said as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Triple

from ess_lod.errors import GateRefusal
from ess_lod.publish.catalogue.coverage import coverage_of
from ess_lod.publish.catalogue.entries import Told, describe_catalogue
from ess_lod.publish.catalogue.files import dump_files
from ess_lod.publish.catalogue.stored import DISTRIBUTIONS, describe_dataset, describe_graphs
from ess_lod.publish.catalogue.void import void_file
from ess_lod.publish.codelists import describe_concepts, describe_licence
from ess_lod.publish.dataset import Dataset
from ess_lod.publish.gate import validate
from ess_lod.publish.lift import Node
from ess_lod.publish.report import Report
from ess_lod.publish.shapes import read_shapes
from ess_lod.terms import DCTERMS, FOAF, IGEO, RDFS, VCARD, A, in_graph, iri_of, text

__all__ = ["DISTRIBUTIONS", "catalogue_file", "check_catalogue", "describe_dataset", "describe_graphs", "measure", "void_file"]

_PIECE = 1 << 20


def catalogue_file(quads: Iterable[Quad], dataset: Dataset, sizes: Mapping[str, tuple[int, str]]) -> list[Triple]:
    """Triples of ``catalogue.ttl``, sorted. ``sizes`` gives bytes and SHA-512 (hexadecimal) of every file of the release that is made already.

    ``dcat:byteSize`` is ``xsd:nonNegativeInteger`` and ``spdx:checksumValue`` is ``xsd:hexBinary`` (DCAT-AP 3.0.1): this file keeps them, a store would not.
    """
    quads = tuple(quads)
    iris = dataset.iris
    root = Node(iris.at("catalog"), iris.graph("catalogue"))
    coverage = coverage_of(quads, dataset.region)
    told = Told(dataset, coverage, _region(quads, dataset.region), dump_files(sizes), sizes)
    describe_catalogue(root, told)
    _publisher(root, quads, dataset)
    triples = {quad.triple for quad in root.quads}
    for licence in {iri_of(triple.object) for triple in triples if triple.predicate == DCTERMS.license}:
        triples |= set(describe_licence(licence))
    triples |= set(describe_concepts({iri_of(triple.object) for triple in triples}))
    return sorted(triples, key=str)


def check_catalogue(triples: Iterable[Triple], shapes: Path) -> Report:
    """Hold a catalogue against ``shapes/catalogue.ttl``: DCAT-AP 3.0.1, what it demands and what it recommends.

    Raises :class:`GateRefusal` when something that it demands is missing.
    """
    report = validate(map(in_graph, triples), read_shapes(shapes).for_catalogue)
    if not report.conforms:
        raise GateRefusal(report.text())
    return report


def measure(path: Path) -> tuple[int, str]:
    """Bytes and SHA-512 of a file, read piece by piece."""
    digest, size = hashlib.sha512(), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def _publisher(root: Node, quads: Iterable[Quad], dataset: Dataset) -> None:
    """Name and page of the publisher, from its own row."""
    publisher = root.of(dataset.iris.thing(dataset.publisher))
    contact = root.of(dataset.iris.part(dataset.iris.at("dataset"), "contact"))
    for quad in quads:
        if quad.subject == publisher.subject and quad.predicate == RDFS.label:
            publisher.add(RDFS.label, quad.object)  # type: ignore[arg-type]
            publisher.add(FOAF.name, quad.object)  # type: ignore[arg-type]
            contact.add(VCARD.fn, text(quad.object.value))  # type: ignore[union-attr]
        elif quad.subject == publisher.subject and quad.predicate == FOAF.homepage:
            publisher.add(FOAF.homepage, quad.object)  # type: ignore[arg-type]


def _region(quads: Iterable[Quad], code: str) -> str:
    """French name of the region in the release; empty when it does not have it."""
    regions = {quad.subject for quad in quads if quad.predicate == A and quad.object == IGEO.Region}
    coded = {quad.subject for quad in quads if quad.predicate == DCTERMS.identifier and quad.object == text(code)}
    names = {
        quad.object.value  # type: ignore[union-attr]
        for quad in quads
        if quad.predicate == RDFS.label and quad.subject in regions & coded and isinstance(quad.subject, NamedNode)
    }
    return min(names, default="")
