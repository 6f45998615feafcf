"""From tables to a release: :func:`build` is the whole pipeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyoxigraph
from pyoxigraph import Literal, Quad, RdfFormat, Triple

from ess_lod.config import Settings
from ess_lod.errors import CellProblem, DatasetErrors, GateRefusal, NoRelease, TableErrors, told
from ess_lod.publish.catalogue import catalogue_file, check_catalogue, describe_dataset, describe_graphs, measure, void_file
from ess_lod.publish.continuity import addresses_of, lost, predecessors
from ess_lod.publish.dataset import FILENAME, Dataset, read_with_remarks
from ess_lod.publish.dated import Dated, read_dated
from ess_lod.publish.dumps import CHECKSUMS, QUADS, checksums, dumps, quads_file, same_quads
from ess_lod.publish.extracts import extracts
from ess_lod.publish.gate import Report, validate
from ess_lod.publish.holding import Holding, keep, kept
from ess_lod.publish.infer import infer
from ess_lod.publish.jsonld import CONTEXT, context_file
from ess_lod.publish.lift import lift, make_context
from ess_lod.publish.report import Standing, standing_in
from ess_lod.publish.rows import Rows
from ess_lod.publish.shapes import read_shapes
from ess_lod.publish.tables import examine
from ess_lod.publish.territories import lift_reference
from ess_lod.publish.vocabulary import Vocabulary, read_vocabulary
from ess_lod.release import Release, Unfinished, Writer, freeze, open_release, writing
from ess_lod.terms import ESS, PREFIXES, RDFS, A, in_graph, iri_of

REPORT = "report.ttl"
Sizes = Mapping[str, tuple[int, str]]
"""Bytes and checksum of files, by name."""


@dataclass(frozen=True)
class Draft:
    """What the tables say, checked but not frozen."""

    dataset: Dataset
    vocabulary: Vocabulary
    rows: Rows
    quads: tuple[Quad, ...]
    report: Report
    held: Holding
    remarks: tuple[CellProblem, ...] = ()
    """What is remarkable in tables and does not stand in the way, of rows that the published version has not."""
    stood: int = 0
    """How much more of it the published version had already."""
    known: frozenset[Standing] = frozenset()
    """What the report of the published version has."""

    def text(self, *, everything: bool = False) -> str:
        """Remarks and report for a terminal; what the published version had already is counted only, or told too (``everything``)."""
        lines = ["Remarques sur les tables", *(f"  {line}" for line in told(self.remarks))] if self.remarks else []
        if self.stood:
            lines.append(f"Remarques sur des lignes que la version publiée avait déjà : {self.stood}.")
        return "\n".join([*lines, *([""] if lines else []), self.report.text(stood=() if everything else self.known)])


def build(settings: Settings, say: Callable[[str], None] = lambda _: None) -> tuple[Release, Report]:
    """Read, lift, check, freeze. Nothing is published, and nothing is written when the gate refuses.

    ``say`` is told each step (French). Raises :class:`ConfigError`, :class:`TableErrors` or :class:`GateRefusal`.
    """
    draft = draw_up(settings, say)
    say("gel de la version")
    with writing(settings.releases, say):
        return freeze_draft(draft, settings), draft.report


def freeze_draft(draft: Draft, settings: Settings) -> Release:
    """Write a draft as a release. Raises :class:`GateRefusal` when its report does not conform."""
    if not draft.report.conforms:
        raise GateRefusal(draft.text())
    contents = _files(draft, settings)
    facts = {"date": draft.dataset.date, "base": draft.dataset.base, "title": dict(draft.dataset.title), "counts": _counts(draft)}
    frozen = freeze(settings.releases, contents, facts)
    keep(settings.releases, frozen.version, draft.held)
    return frozen


def draw_up(settings: Settings, say: Callable[[str], None] = lambda _: None, *, everything: bool = False) -> Draft:
    """Read and lift the tables and run the gate over the result, whatever the verdict; what was published and would be lost is in its report.

    ``everything``: remarks on rows that the published version had already are among the remarks.
    """
    say("lecture des tables")
    last = _published(settings.releases)
    held = kept(settings.releases, last.version) if last else None
    dataset, remarks, wrong, region = _dataset(settings.data)
    vocabulary = read_vocabulary(settings.ontology)
    dated = read_dated(settings.data / "insee", region)
    tables = examine(settings.data, vocabulary.notations, dated, held)
    fresh = tables.fresh | {(each.file, each.line) for each in wrong} if held else frozenset()
    wrong += tables.problems
    wrong += _absent(dataset, tables.rows) if dataset and not wrong else ()
    if dataset is None or wrong:
        raise TableErrors(wrong, fresh)
    rows = tables.rows
    say("conversion en RDF")
    quads = _quads(rows, dataset, vocabulary, dated)
    say(f"contrôle SHACL de {len(quads)} quads")
    shapes = read_shapes(settings.shapes)
    report = validate(quads, shapes, filled={name for name, table in rows.items() if table})
    if before := predecessors(settings.releases):
        say(f"comparaison avec ce qui est publié ({', '.join(release.version for release in before)})")
        report = report.with_results(lost(before, addresses_of(quads, shapes.triples, dataset.base), shapes))
    remarks += tables.remarks
    remarks += _dates(dataset, last, quads)
    news = [each for each in remarks if everything or not each.line or (each.file, each.line) in tables.fresh or each.file == FILENAME]
    known = standing_in(last.file(REPORT)) if last and REPORT in last.files else frozenset()
    return Draft(dataset, vocabulary, rows, quads, report, tables.held, tuple(news), len(remarks) - len(news), known)


def _dataset(folder: Path) -> tuple[Dataset | None, list[CellProblem], list[CellProblem], str]:
    """``dataset.yaml``, or all that is wrong with it; what is remarkable of it; the region. Raises :class:`ConfigError` when that cannot be told."""
    try:
        dataset, remarks = read_with_remarks(folder)
    except DatasetErrors as error:
        if error.region is None:
            raise
        return None, [], list(error.problems), error.region
    return dataset, remarks, [], dataset.region


def _absent(dataset: Dataset, rows: Rows) -> Iterator[CellProblem]:
    """What ``dataset.yaml`` names and no table has."""
    ids = {row["id"] for name in ("acteurs", "personnes_publiques", "documents") for row in rows[name]}
    for key, id_ in (("editeur", dataset.publisher), *(("reference", each) for each in dataset.reference_sources)):
        if id_ not in ids:
            yield CellProblem(
                FILENAME, 0, key, f"{id_} n'a de ligne dans aucune table.", "Écrire l'identifiant d'une ligne, ou ajouter la ligne."
            )


def _published(releases: Path) -> Release | None:
    try:
        return open_release(releases)
    except NoRelease:
        return None


def _dates(dataset: Dataset, last: Release | None, quads: Sequence[Quad]) -> Iterator[CellProblem]:
    """A remark when what is published anew would not be told from what is published by its date."""
    if last is None or dataset.date > last.date:
        return
    if dataset.date < last.date:
        what = f"{dataset.date} vient avant la date de la version publiée, {last.date}."
    elif not same_quads(quads, last):
        what = f"{dataset.date} est déjà la date de la version publiée, et le contenu n'est plus le même."
    else:
        return
    yield CellProblem(FILENAME, 0, "date", what, "L'avancer au jour de ce travail.")


def _quads(rows: Rows, dataset: Dataset, vocabulary: Vocabulary, dated: Dated | None) -> tuple[Quad, ...]:
    context = make_context(rows, dataset, dated)
    said = [*lift(rows, context), *describe_dataset(dataset)]
    if dated:
        labelled = {quad.subject for quad in said if quad.predicate == RDFS.label}
        said += lift_reference(dated, dataset.iris, context.names, labelled)
    words = [in_graph(triple, dataset.iris.graph("vocab")) for triple in vocabulary.triples]
    inferred = infer(said, vocabulary, dataset.iris)
    graphs = describe_graphs(said, dataset, rows["documents"], rows["liens_entrants"])
    return tuple(sorted({*said, *words, *inferred, *graphs}, key=str))


def _files(draft: Draft, settings: Settings) -> dict[str, bytes | Writer]:
    """The files of the release in the order in which they are written: those that describe others come after them."""
    dataset, vocabulary = draft.dataset, draft.vocabulary
    return {
        CONTEXT: context_file(vocabulary.core),
        QUADS: quads_file(draft.quads),
        **dumps(),
        **extracts(dataset, _name_of_publisher(draft)),
        "ontology.ttl": _turtle(sorted({*vocabulary.core, *vocabulary.alignments}, key=str)),
        "schemes.ttl": _turtle(vocabulary.schemes),
        "shapes.ttl": _turtle(read_shapes(settings.shapes).triples),
        REPORT: draft.report.to_turtle(dataset.iris.at("dataset").value + "/report"),
        "void.ttl": _described(lambda sizes: void_file(draft.quads, dataset, sizes)),
        "catalogue.ttl": _described(lambda sizes: _catalogue(draft, settings, sizes)),
        CHECKSUMS: checksums,
    }


def _catalogue(draft: Draft, settings: Settings, sizes: Sizes) -> list[Triple]:
    triples = catalogue_file(draft.quads, draft.dataset, sizes)
    check_catalogue(triples, settings.shapes)
    return triples


def _described(describe: Callable[[Sizes], Sequence[Triple]]) -> Writer:
    """A Turtle file that says how large the files before it are."""

    def write(made: Unfinished, out: BinaryIO) -> None:
        sizes = {name: measure(made.file(name)) for name in made.files}
        out.write(_turtle(describe(sizes)))

    return write


def _turtle(triples: Sequence[Triple]) -> bytes:
    return pyoxigraph.serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""


def _name_of_publisher(draft: Draft) -> str:
    """The French label of the publisher, or its IRI."""
    publisher = draft.dataset.iris.thing(draft.dataset.publisher)
    names = (quad.object for quad in draft.quads if quad.subject == publisher and quad.predicate == RDFS.label)
    return min((name.value for name in names if isinstance(name, Literal) and name.language == "fr"), default=publisher.value)


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
