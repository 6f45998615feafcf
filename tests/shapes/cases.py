"""Runs one case beside the vocabulary and ``context.ttl``, and writes its results one a line, as the approved reports have them.

``python -m tests.shapes.cases`` writes the approved reports and ``docs/shapes.md`` anew: read the difference before you keep it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from ess_lod.publish.engines import DEFAULT_ENGINE
from ess_lod.publish.gate import validate
from ess_lod.publish.report import Report, Result
from ess_lod.publish.shapes import Shapes, read_shapes
from ess_lod.publish.vocabulary import read_turtle, read_vocabulary

REPOSITORY = Path(__file__).resolve().parents[2]
SHAPES = REPOSITORY / "shapes"
ONTOLOGY = REPOSITORY / "ontology"
CASES = Path(__file__).resolve().parent
PAGE = REPOSITORY / "docs" / "shapes.md"
VOCABULARY = "vocabulary.ttl"

VALID = sorted(CASES.glob("*/valid*.ttl"))
INVALID = sorted(CASES.glob("*/invalid*.ttl"))


@cache
def shapes() -> Shapes:
    """The shapes of the repository."""
    return read_shapes(SHAPES)


@cache
def without_vocabulary() -> Shapes:
    """The shapes that look at things. Those that look at the vocabulary have their own test, and would look at the same concepts for every case;
    so have those that look at the catalogue."""
    others, found = set(read_turtle(SHAPES / VOCABULARY)), shapes().for_dataset
    return Shapes(
        tuple(triple for triple in found.triples if triple not in others),
        tuple(shape for shape in found.shapes if shape.file != VOCABULARY),
    )


@cache
def beside() -> tuple[Quad, ...]:
    """What every case stands beside."""
    return tuple(Quad(*triple) for triple in (*read_vocabulary(ONTOLOGY).triples, *read_turtle(CASES / "context.ttl")))


@cache
def run(case: Path, engine: str = DEFAULT_ENGINE) -> Report:
    """The report on a case."""
    return validate([*beside(), *pyoxigraph.parse(path=case, format=RdfFormat.TURTLE)], without_vocabulary(), engine)


@cache
def context() -> Report:
    """The report on the context alone."""
    return validate(beside(), without_vocabulary())


def line(result: Result) -> str:
    """Severity, focus, path, constraint, French message."""
    cells = (result.severity, _short(result.focus), _short(result.path) or "-", _short(result.constraint), result.message_fr)
    return "\t".join(cells).replace("\n", "\\n")


def approved(case: Path) -> Path:
    """Where the approved report of an invalid case stands."""
    return case.with_suffix(".report.txt")


def written(report: Report) -> str:
    """A report as an approved one has it."""
    return "".join(f"{line(result)}\n" for result in report.results)


def page() -> str:
    """``docs/shapes.md``: every shape and constraint, in French and English."""
    found = shapes()
    lines = [
        "# Formes SHACL / SHACL shapes",
        "",
        "Ce que vérifie la barrière avant toute publication, d'après `shapes/`. Une *Violation* arrête la publication ; *Warning* et *Info* s'affichent."
        " Une forme « requise » qui n'examine rien l'arrête aussi. Page produite par `python -m tests.shapes.cases` ; un test la compare aux fichiers.",
        "",
        'What the gate checks before anything is published, from `shapes/`. A *Violation* stops publication; *Warning* and *Info* are shown. A "required"'
        " shape that looks at nothing stops it too. This page is made by `python -m tests.shapes.cases`; a test compares it with the files.",
        "",
        f"{len(found.shapes)} formes, {len(found.constraints)} contraintes / {len(found.shapes)} shapes, {len(found.constraints)} constraints.",
    ]
    for shape in found.shapes:
        lines += [
            "",
            f"## {shape.label[0]} / {shape.label[1]}",
            "",
            f"`shapes:{shape.name}` · `{shape.file}` · {_FOCUS[shape.focus]} — {shape.checks}",
        ]
        if shape.constraints:
            lines += ["", "| Contrainte / Constraint | Gravité / Severity | Message | Message (en) |", "|---|---|---|---|"]
            lines += [
                f"| **{c.title[0]}** / {c.title[1]}<br>`{c.name}` | {c.severity} | {_cell(c.message[0])} | {_cell(c.message[1])} |"
                for c in shape.constraints
            ]
    return "\n".join(lines) + "\n"


_FOCUS = {
    "required": "requise / required",
    "optional": "facultative / optional",
    "forbidden": "rien ne doit s'y trouver / nothing may be found",
    "nested": "sans cible, employée par ailleurs / no target, used from elsewhere",
}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _short(iri: str) -> str:
    for name, namespace in {"shapes": "https://w3id.org/ess-lod/shapes#", **_PREFIXES}.items():
        if iri.startswith(namespace):
            return f"{name}:{iri[len(namespace) :]}"
    return iri


_PREFIXES = {
    "id": "https://w3id.org/ess-lod/id/",
    "ess": "https://w3id.org/ess-lod/ns#",
    "adms": "http://www.w3.org/ns/adms#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "igeo": "http://rdf.insee.fr/def/geo#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "void": "http://rdfs.org/ns/void#",
}


def main() -> None:
    """Write the approved reports and the page."""
    for case in INVALID:
        approved(case).write_text(written(run(case)), "utf-8")
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
