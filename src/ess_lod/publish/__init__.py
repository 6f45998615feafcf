"""From tables to a release: :func:`build` is the whole pipeline."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Triple

from ess_lod.config import Settings
from ess_lod.errors import GateRefusal
from ess_lod.publish.catalogue import DISTRIBUTIONS, catalogue_file, describe_dataset, describe_graphs
from ess_lod.publish.dataset import Dataset, read_dataset
from ess_lod.publish.dated import Dated, read_dated
from ess_lod.publish.gate import Report, check
from ess_lod.publish.infer import infer
from ess_lod.publish.lift import lift, make_context
from ess_lod.publish.rows import Rows
from ess_lod.publish.shapes import read_shapes
from ess_lod.publish.tables import read_tables
from ess_lod.publish.territories import lift_reference
from ess_lod.publish.vocabulary import Vocabulary, read_vocabulary
from ess_lod.release import Release, freeze
from ess_lod.terms import ESS, PREFIXES, RDFS, A, in_graph, iri_of


@dataclass(frozen=True)
class Draft:
    """What the tables say, checked but not frozen."""

    dataset: Dataset
    vocabulary: Vocabulary
    rows: Rows
    quads: tuple[Quad, ...]
    report: Report


def build(settings: Settings, say: Callable[[str], None] = lambda _: None) -> tuple[Release, Report]:
    """Read, lift, check, freeze. Nothing is published, and nothing is written when the gate refuses.

    ``say`` is told each step (French). Raises :class:`ConfigError`, :class:`TableErrors` or :class:`GateRefusal`.
    """
    draft = draw_up(settings, say)
    say("gel de la version")
    return freeze_draft(draft, settings), draft.report


def freeze_draft(draft: Draft, settings: Settings) -> Release:
    """Write a draft as a release. Raises :class:`GateRefusal` when its report does not conform."""
    if not draft.report.conforms:
        raise GateRefusal(draft.report.text())
    contents = _files(draft, settings)
    facts = {"date": draft.dataset.date, "base": draft.dataset.base, "title": dict(draft.dataset.title), "counts": _counts(draft)}
    return freeze(settings.releases, contents, facts)


def draw_up(settings: Settings, say: Callable[[str], None] = lambda _: None) -> Draft:
    """Read and lift the tables and run the gate over the result, whatever the verdict."""
    say("lecture des tables")
    dataset = read_dataset(settings.data)
    vocabulary = read_vocabulary(settings.ontology)
    dated = read_dated(settings.data / "insee", dataset.region)
    rows = read_tables(settings.data, vocabulary.notations, dated)
    say("conversion en RDF")
    quads = _quads(rows, dataset, vocabulary, dated)
    say(f"contrôle SHACL de {len(quads)} quads")
    report = check(quads, settings.shapes)
    return Draft(dataset, vocabulary, rows, quads, report)


def _quads(rows: Rows, dataset: Dataset, vocabulary: Vocabulary, dated: Dated | None) -> tuple[Quad, ...]:
    context = make_context(rows, dataset, dated)
    said = [*lift(rows, context), *describe_dataset(dataset)]
    if dated:
        labelled = {quad.subject for quad in said if quad.predicate == RDFS.label}
        said += lift_reference(dated, dataset.iris, context.names, labelled)
    words = [in_graph(triple, dataset.iris.graph("vocab")) for triple in vocabulary.triples]
    inferred = infer(said, vocabulary, dataset.iris)
    graphs = describe_graphs(said, dataset, rows["documents"])
    return tuple(sorted({*said, *words, *inferred, *graphs}, key=str))


def _files(draft: Draft, settings: Settings) -> dict[str, bytes]:
    merged = sorted({quad.triple for quad in draft.quads}, key=str)
    contents = {
        "dataset.nq": _sorted_lines(draft.quads),
        "dataset.ttl": _write(merged, RdfFormat.TURTLE),
        "dataset.jsonld": _write(merged, RdfFormat.JSON_LD) + b"\n",
        "ontology.ttl": _write(sorted({*draft.vocabulary.core, *draft.vocabulary.alignments}, key=str), RdfFormat.TURTLE),
        "schemes.ttl": _write(draft.vocabulary.schemes, RdfFormat.TURTLE),
        "shapes.ttl": _write(read_shapes(settings.shapes).triples, RdfFormat.TURTLE),
        "report.ttl": draft.report.to_turtle(draft.dataset.iris.at("dataset").value + "/report"),
    }
    sizes = {name: (len(contents[name]), hashlib.sha256(contents[name]).hexdigest()) for name, *_ in DISTRIBUTIONS}
    contents["catalogue.ttl"] = _write(catalogue_file(draft.quads, draft.dataset, sizes), RdfFormat.TURTLE)
    return contents


def _write(triples: Sequence[Triple], form: RdfFormat) -> bytes:
    return pyoxigraph.serialize(triples, format=form, prefixes=PREFIXES) or b""


def _sorted_lines(quads: Sequence[Quad]) -> bytes:
    """Sorted N-Quads: without blank nodes, this is a canonical form of the dataset."""
    lines = (pyoxigraph.serialize(quads, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    return b"".join(sorted(set(lines)))


def _counts(draft: Draft) -> dict[str, dict[str, int]]:
    """Rows of each table, things of each of our classes, and quads of each graph."""
    typed = {(quad.subject, iri_of(quad.object)) for quad in draft.quads if quad.predicate == A and quad.object in ESS}
    classes = Counter(iri[len(ESS.iri) :] for _, iri in typed)
    graphs = Counter(iri_of(quad.graph_name).partition("/graph/")[2] for quad in draft.quads)
    return {
        "rows": {name: len(table) for name, table in draft.rows.items()},
        "classes": dict(sorted(classes.items())),
        "graphs": dict(sorted(graphs.items())),
        "report": dict(draft.report.counts),
    }
