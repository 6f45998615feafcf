"""A catalogue of as many datasets as one likes, frozen as a release, to see what the server does with a large one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from ess_lod import release as releases
from ess_lod.publish.codelists import EU, IANA, describe_concepts
from ess_lod.release import Release
from ess_lod.terms import DCAT, DCTERMS, PREFIXES, SPDX, XSD, A, date, en, fr, text

_EMPTY = ("dataset.nq", "ontology.ttl", "schemes.ttl", "shapes.ttl")
_LICENCE = NamedNode("https://www.etalab.gouv.fr/licence-ouverte-open-licence")
FILES = 3
"""Distributions of each dataset."""


def synthetic(number: int, base: str) -> Iterator[Triple]:
    """A catalogue of ``number`` datasets, each with three files; 50 triples or so each."""
    root = NamedNode(f"{base}catalog")
    yield Triple(root, A, DCAT.Catalog)
    yield Triple(root, DCTERMS.title, fr("Catalogue d'essai"))
    yield from describe_concepts([EU["language/FRA"].value, EU["file-type/CSV"].value, EU["data-theme/SOCI"].value, IANA["text/csv"].value])
    for count in range(1, number + 1):
        dataset = NamedNode(f"{base}set/{count}")
        yield Triple(root, DCAT.dataset, dataset)
        yield Triple(dataset, A, DCAT.Dataset)
        yield Triple(dataset, DCTERMS.identifier, text(dataset.value))
        yield Triple(dataset, DCTERMS.title, fr(f"Jeu d'essai n° {count}"))
        yield Triple(dataset, DCTERMS.title, en(f"Trial dataset no. {count}"))
        yield Triple(dataset, DCTERMS.description, fr(f"Rien de vrai dans le jeu n° {count}, qui est long pour l'exemple. " * 8))
        yield Triple(dataset, DCTERMS.modified, date("2026-01-01"))
        yield Triple(dataset, DCTERMS.license, _LICENCE)
        yield Triple(dataset, DCTERMS.language, EU["language/FRA"])
        yield Triple(dataset, DCAT.theme, EU["data-theme/SOCI"])
        for word in range(10):
            yield Triple(dataset, DCAT.keyword, fr(f"mot {word}"))
        for file in range(FILES):
            distribution, checksum = (NamedNode(f"{dataset.value}#file-{file}{end}") for end in ("", "-sha512"))
            yield Triple(dataset, DCAT.distribution, distribution)
            yield Triple(distribution, A, DCAT.Distribution)
            yield Triple(distribution, DCTERMS.title, fr(f"Fichier {file}"))
            yield Triple(distribution, DCAT.accessURL, dataset)
            yield Triple(distribution, DCAT.downloadURL, NamedNode(f"{dataset.value}/{file}.csv"))
            yield Triple(distribution, DCTERMS.license, _LICENCE)
            yield Triple(distribution, DCTERMS["format"], EU["file-type/CSV"])
            yield Triple(distribution, DCAT.mediaType, IANA["text/csv"])
            yield Triple(distribution, DCAT.byteSize, Literal(str(count), datatype=XSD.nonNegativeInteger))
            yield Triple(distribution, SPDX.checksum, checksum)
            yield Triple(checksum, A, SPDX.Checksum)
            yield Triple(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha512)
            yield Triple(checksum, SPDX.checksumValue, Literal(f"{count:0128x}", datatype=XSD.hexBinary))


def freeze_synthetic(folder: Path, number: int, base: str) -> Release:
    """A published release in ``folder`` that has that catalogue and is empty otherwise."""
    catalogue = serialize(synthetic(number, base), format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""
    facts = {"date": "2026-01-01", "base": base, "title": {"fr": "Essai", "en": "Trial"}, "counts": {"graphs": {}}}
    frozen = releases.freeze(folder, {"catalogue.ttl": catalogue, **dict.fromkeys(_EMPTY, b"")}, facts)
    releases.publish(folder, frozen.version)
    return frozen
