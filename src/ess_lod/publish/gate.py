"""The gate: nothing is published that the shapes refuse, and no shape passes by looking at nothing.

An engine (:mod:`ess_lod.publish.engines`) answers ``conforms`` for empty data, for a slip in ``sh:targetClass`` and for an empty shapes file. So focus
nodes are counted here, and a shape that must have some and has none refuses the dataset.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import rdflib
from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from ess_lod.errors import ConfigError
from ess_lod.publish.engines import DEFAULT_ENGINE, Fields, Merged, RdflibTerm, engine_version, find, to_oxigraph
from ess_lod.publish.report import Report, Result
from ess_lod.publish.shapes import Constraint, Shape, Shapes, read_shapes
from ess_lod.terms import ESS_IRI, PROV, SH, A

__all__ = ["Report", "Result", "check", "validate"]

_FOCUS = """
    SELECT ?shape (COUNT(DISTINCT ?focus) AS ?count) WHERE {{
        {{ VALUES (?shape ?target) {{ {targetClass} }} ?class rdfs:subClassOf* ?target . ?focus a ?class }}
        UNION {{ VALUES (?shape ?target) {{ {targetSubjectsOf} }} ?focus ?target ?object }}
        UNION {{ VALUES (?shape ?target) {{ {targetObjectsOf} }} ?subject ?target ?focus }}
        UNION {{ VALUES (?shape ?focus) {{ {targetNode} }} }}
    }} GROUP BY ?shape
"""
_OWN_CLASSES = f'SELECT DISTINCT ?class {{ ?thing a ?class . FILTER STRSTARTS(STR(?class), "{ESS_IRI}") }}'
_SUPER_CLASSES = "SELECT DISTINCT ?super ?class { ?class rdfs:subClassOf* ?super }"
_DECLARED = "SELECT DISTINCT ?class { ?class a ?kind . FILTER (?kind IN (owl:Class, rdfs:Class)) }"


def check(quads: Iterable[Quad], shapes: Path, engine: str = DEFAULT_ENGINE, filled: Collection[str] | None = None) -> Report:
    """Hold quads (data, vocabulary and descriptions of graphs together) against a folder of shapes, as one merged graph.

    ``engine`` is ``turbo`` or ``pyshacl``, the reference; their reports are the same. No network, no ``owl:imports``, no inference but
    ``rdfs:subClassOf`` of what the quads state. Raises :class:`ConfigError` when the shapes cannot be read, disagree with their manifest, or target a
    class of ours that the quads do not declare, and when the engine fails. ``filled`` are the tables that have rows (:meth:`Shape.must_find`).
    """
    return validate(quads, read_shapes(shapes), engine, filled)


def validate(quads: Iterable[Quad], shapes: Shapes, engine: str = DEFAULT_ENGINE, filled: Collection[str] | None = None) -> Report:
    """Like :func:`check`, with shapes read already; those that look at the catalogue's file are left out (:attr:`Shapes.for_catalogue` has them alone)."""
    began = time.perf_counter()
    shapes = shapes.for_dataset if shapes.catalogue else shapes
    triples: dict[Triple, None] = {}
    graphs: set[str] = set()
    for quad in quads:
        triples[quad.triple] = None
        if not isinstance(quad.graph_name, DefaultGraph):
            graphs.add(quad.graph_name.value)
    merged = Merged(tuple(triples))
    targeted = _check_targets(shapes, merged)
    counts = focus_counts(shapes, merged)
    described = {t.subject.value for t in triples if t.predicate == A and t.object == PROV.Bundle and isinstance(t.subject, NamedNode)}
    results = _results(merged, shapes, engine)
    return Report(
        results=results,
        focus_counts=counts,
        vacuous=tuple(shape.name for shape in shapes.shapes if shape.must_find(filled) and not counts[shape.name]),
        uncovered=tuple(_uncovered(merged, targeted)),
        undescribed=tuple(sorted(graphs - described)),
        engine=engine_version(engine),
        seconds=time.perf_counter() - began,
    )


def _check_targets(shapes: Shapes, merged: Merged) -> set[str]:
    """Classes that shapes target. Raises :class:`ConfigError` for one of ours that nothing declares: it can only be a slip."""
    classes = {iri: shape for shape in shapes.shapes for kind, iri in shape.targets if kind == "targetClass"}
    declared = {row["class"].value for row in merged.select(_DECLARED)}
    unknown = [
        f"{shape.file} : {shape.name} vise {iri}, qui n'est pas déclarée dans ontology/ess.ttl. Corriger sh:targetClass, ou déclarer la classe."
        for iri, shape in sorted(classes.items())
        if iri.startswith(ESS_IRI) and iri not in declared
    ]
    if unknown:
        raise ConfigError("\n".join(unknown))
    return set(classes)


def focus_counts(shapes: Shapes, merged: Merged) -> dict[str, int]:
    """Nodes that each targeting shape looks at, by one query: SHACL's own definition of a target (section 2.1.3), for all shapes at once."""
    pairs: dict[str, list[str]] = {"targetClass": [], "targetNode": [], "targetSubjectsOf": [], "targetObjectsOf": []}
    targeting = [shape for shape in shapes.shapes if shape.focus != "nested"]
    for shape in targeting:
        for kind, iri in shape.targets:
            pairs[kind].append(f'("{shape.name}" <{iri}>)')
    found = merged.select(_FOCUS.format(**{kind: " ".join(values) for kind, values in pairs.items()}))
    counted = {row["shape"].value: int(row["count"].value) for row in found}
    return {shape.name: counted.get(shape.name, 0) for shape in targeting}


def _uncovered(merged: Merged, targeted: set[str]) -> Iterator[str]:
    used = sorted(row["class"].value for row in merged.select(_OWN_CLASSES))
    for iri in used:
        if not targeted & {row["super"].value for row in merged.select(_SUPER_CLASSES, **{"class": NamedNode(iri)})}:
            yield iri


def _results(merged: Merged, shapes: Shapes, engine: str) -> tuple[Result, ...]:
    """What was found, sorted: once for each value that a constraint refuses, however many parts of the constraint refuse it."""
    known = shapes.constraints
    found = sorted(
        (_result(fields, messages, known) for fields, messages in find(merged, shapes.triples, engine)), key=lambda result: result.rank
    )
    once: dict[tuple[str, ...], Result] = {}
    for result in found:
        once.setdefault((result.constraint, result.focus, result.path, result.value, result.message_fr, result.message_en), result)
    return tuple(once.values())


def _result(fields: Fields, messages: list[rdflib.Literal], known: Mapping[str, tuple[Shape, Constraint]]) -> Result:
    source = next((str(fields[name]) for name in ("sourceConstraint", "sourceShape") if str(fields.get(name)) in known), None)
    if source is None:
        raise ConfigError(f"shapes/ : la contrainte {fields['sourceShape']} n'a pas de nom. Donner une IRI à chaque sh:property.")
    shape, constraint = known[source]
    path, value = fields.get("resultPath"), fields.get("value")
    return Result(
        severity=str(fields["resultSeverity"]).removeprefix(SH.iri),
        shape=shape.iri,
        constraint=constraint.iri,
        focus=_shown(fields["focusNode"]),
        path=str(path) if isinstance(path, rdflib.URIRef) else "",
        value="" if value is None else str(to_oxigraph(value)),
        component=str(fields["sourceConstraintComponent"]),
        message_fr=_pick(constraint.message[0], messages, "fr"),
        message_en=_pick(constraint.message[1], messages, "en"),
    )


def _shown(focus: RdflibTerm) -> str:
    return str(focus) if isinstance(focus, rdflib.URIRef) else str(to_oxigraph(focus))


def _pick(template: str, messages: list[rdflib.Literal], language: str) -> str:
    """The message of a language. pySHACL fills ``{?value}`` in and forgets the language, so the filled text is known by its template."""
    for message in messages:
        if message.language == language:
            return str(message)
    pattern = re.compile("(?s:.*?)".join(re.escape(piece) for piece in re.split(r"\{[?$]\w+\}", template)))
    return next((str(message) for message in messages if pattern.fullmatch(str(message))), template)
