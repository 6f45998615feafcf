"""The gate: nothing is published that the shapes refuse, and no shape passes by looking at nothing.

pySHACL (0.40) answers ``conforms`` for empty data, for a slip in ``sh:targetClass`` and for an empty shapes file. So focus nodes are counted here, and
a shape that must have some and has none refuses the dataset. Core constraints run on rdflib's memory, SPARQL constraints on Oxigraph: same answers,
and a whole-graph rule costs milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pyoxigraph
import pyshacl
import rdflib
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple, Variable
from rdflib.query import Result as QueryResult

from ess_lod.errors import ConfigError
from ess_lod.publish.report import Report, Result
from ess_lod.publish.shapes import Constraint, Shape, Shapes, read_shapes
from ess_lod.terms import ESS_IRI, PREFIXES, PROV, SH, XSD, A

__all__ = ["Report", "Result", "check", "validate"]

_TARGET_QUERIES = {
    "targetClass": "SELECT DISTINCT ?focus ?target { ?focus a/rdfs:subClassOf* ?target }",
    "targetSubjectsOf": "SELECT DISTINCT ?focus ?target { ?focus ?target ?object }",
    "targetObjectsOf": "SELECT DISTINCT ?focus ?target { ?subject ?target ?focus }",
}
_OWN_CLASSES = f'SELECT DISTINCT ?class {{ ?thing a ?class . FILTER STRSTARTS(STR(?class), "{ESS_IRI}") }}'
_SUPER_CLASSES = "SELECT DISTINCT ?super ?class { ?class rdfs:subClassOf* ?super }"
_DECLARED = "SELECT DISTINCT ?class { ?class a ?kind . FILTER (?kind IN (owl:Class, rdfs:Class)) }"

Term = NamedNode | BlankNode | Literal | Triple
RdflibTerm = rdflib.URIRef | rdflib.BNode | rdflib.Literal


def check(quads: Iterable[Quad], shapes: Path) -> Report:
    """Hold quads (data, vocabulary and descriptions of graphs together) against a folder of shapes, as one merged graph.

    No network, no ``owl:imports``, no inference but ``rdfs:subClassOf`` of what the quads state. Raises :class:`ConfigError` when the shapes cannot be
    read, disagree with their manifest, or target a class of ours that the quads do not declare.
    """
    return validate(quads, read_shapes(shapes))


def validate(quads: Iterable[Quad], shapes: Shapes) -> Report:
    """Like :func:`check`, with shapes read already."""
    triples: dict[Triple, None] = {}
    graphs: set[str] = set()
    for quad in quads:
        triples[quad.triple] = None
        if not isinstance(quad.graph_name, DefaultGraph):
            graphs.add(quad.graph_name.value)
    merged = _Merged(triples)
    targeted = _check_targets(shapes, merged)
    counts = {shape.name: _focus_count(shape, merged) for shape in shapes.shapes if shape.focus != "nested"}
    described = {t.subject.value for t in triples if t.predicate == A and t.object == PROV.Bundle and isinstance(t.subject, NamedNode)}
    return Report(
        results=tuple(sorted(_results(merged, shapes), key=lambda result: result.rank)),
        focus_counts=counts,
        vacuous=tuple(shape.name for shape in shapes.shapes if shape.focus == "required" and not counts[shape.name]),
        uncovered=tuple(_uncovered(merged, targeted)),
        undescribed=tuple(sorted(graphs - described)),
    )


class _Merged(rdflib.Graph):
    """The merged graph, twice: in rdflib's memory for look-ups, in Oxigraph for SPARQL."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        super().__init__(bind_namespaces="none")
        self.oxigraph = Store()
        terms: dict[Any, Any] = {}
        for triple in triples:
            self.add(tuple(terms.get(term) or terms.setdefault(term, _to_rdflib(term)) for term in triple))
        self.oxigraph.bulk_extend(Quad(*triple) for triple in triples)

    def select(self, query: str, **bindings: Term) -> pyoxigraph.QuerySolutions:
        """The solutions of a SELECT; what ``bindings`` binds must be selected too."""
        substitutions = {Variable(name): term for name, term in bindings.items()}
        return cast(pyoxigraph.QuerySolutions, self.oxigraph.query(query, prefixes=PREFIXES, substitutions=substitutions))

    def query(self, query_object: str, *positional: object, **named: object) -> QueryResult:  # type: ignore[override]
        """What pySHACL calls for each SPARQL constraint and focus node, with ``$this`` in ``initBindings`` (the fifth argument of rdflib's method)."""
        bindings = cast(Mapping[str, RdflibTerm], named.get("initBindings") or (positional[3] if len(positional) > 3 else {}))
        solutions = self.select(query_object, **{name: _to_oxigraph(term) for name, term in bindings.items()})
        answer = QueryResult("SELECT")
        answer.vars = [rdflib.Variable(variable.value) for variable in solutions.variables]
        answer.bindings = [
            {name: _to_rdflib(term) for name, term in zip(answer.vars, solution, strict=True) if term is not None} for solution in solutions
        ]
        return answer


def _to_rdflib(term: Term) -> RdflibTerm:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if not isinstance(term, Literal):
        raise TypeError(term)
    if term.language or term.datatype == XSD.string:
        return rdflib.Literal(term.value, lang=term.language)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)


def _to_oxigraph(term: RdflibTerm) -> NamedNode | BlankNode | Literal:
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype)) if term.datatype else None)


def _check_targets(shapes: Shapes, merged: _Merged) -> set[str]:
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


def _focus_count(shape: Shape, merged: _Merged) -> int:
    found: set[Term | None] = set()
    for kind, iri in shape.targets:
        if kind == "targetNode":
            found.add(NamedNode(iri))
        else:
            found.update(row["focus"] for row in merged.select(_TARGET_QUERIES[kind], target=NamedNode(iri)))
    return len(found)


def _uncovered(merged: _Merged, targeted: set[str]) -> Iterator[str]:
    used = sorted(row["class"].value for row in merged.select(_OWN_CLASSES))
    for iri in used:
        if not targeted & {row["super"].value for row in merged.select(_SUPER_CLASSES, **{"class": NamedNode(iri)})}:
            yield iri


def _results(merged: _Merged, shapes: Shapes) -> Iterator[Result]:
    shacl = rdflib.Graph(bind_namespaces="none")
    for triple in shapes.triples:
        shacl.add((_to_rdflib(triple.subject), _to_rdflib(triple.predicate), _to_rdflib(triple.object)))
    try:
        _, found, _ = pyshacl.validate(merged, shacl_graph=shacl, inplace=True, inference="none", do_owl_imports=False, advanced=False)
    except (RuntimeError, SyntaxError) as error:
        raise ConfigError(f"shapes/ : une forme est mal écrite. {error}") from error
    if not isinstance(found, rdflib.Graph):
        raise ConfigError(f"shapes/ : la vérification n'a pas pu se faire. {found}")
    known = shapes.constraints
    for node in found.objects(None, rdflib.SH.result):
        yield _result(found, node, known)


def _result(found: rdflib.Graph, node: rdflib.term.Node, known: Mapping[str, tuple[Shape, Constraint]]) -> Result:
    fields: dict[str, Any] = {str(predicate).removeprefix(SH.iri): value for predicate, value in found.predicate_objects(node)}
    source = next((str(fields[name]) for name in ("sourceConstraint", "sourceShape") if str(fields.get(name)) in known), None)
    if source is None:
        raise ConfigError(f"shapes/ : la contrainte {fields['sourceShape']} n'a pas de nom. Donner une IRI à chaque sh:property.")
    shape, constraint = known[source]
    messages = list(found.objects(node, rdflib.SH.resultMessage))
    path, value = fields.get("resultPath"), fields.get("value")
    return Result(
        severity=str(fields["resultSeverity"]).removeprefix(SH.iri),
        shape=shape.iri,
        constraint=constraint.iri,
        focus=_shown(fields["focusNode"]),
        path=str(path) if isinstance(path, rdflib.URIRef) else "",
        value="" if value is None else str(_to_oxigraph(value)),
        component=str(fields["sourceConstraintComponent"]),
        message_fr=_pick(constraint.message[0], messages, "fr"),
        message_en=_pick(constraint.message[1], messages, "en"),
    )


def _shown(focus: RdflibTerm) -> str:
    return str(focus) if isinstance(focus, rdflib.URIRef) else str(_to_oxigraph(focus))


def _pick(template: str, messages: list[Any], language: str) -> str:
    """The message of a language. pySHACL fills ``{?value}`` in and forgets the language, so the filled text is known by its template."""
    for message in messages:
        if message.language == language:
            return str(message)
    pattern = re.compile("(?s:.*?)".join(re.escape(piece) for piece in re.split(r"\{[?$]\w+\}", template)))
    return next((str(message) for message in messages if pattern.fullmatch(str(message))), template)
