"""The engines that hold a graph against shapes: ``pyshacl`` is the reference, ``turbo`` (pyshacl-turbo, Rust) says the same and is many times as fast.

Whichever runs has to show that it did: with the shapes it gets a probe, whose two results (a core constraint, and a SPARQL one that counts the triples)
must come back. An engine that crashes, says nothing, or looked at another graph is an error, never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any, cast

import pyoxigraph
import pyshacl
import pyshacl_turbo
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, Variable
from pyshacl_turbo.rdf import Input
from rdflib.query import Result as QueryResult

from ess_lod.errors import ConfigError
from ess_lod.terms import PREFIXES, SH, XSD, A, text

DEFAULT_ENGINE = "turbo"

Term = NamedNode | BlankNode | Literal | Triple
RdflibTerm = rdflib.URIRef | rdflib.BNode | rdflib.Literal
Fields = Mapping[str, RdflibTerm]
Found = list[tuple[Fields, list[rdflib.Literal]]]

_PROBE = NamedNode("urn:ess-lod:probe")
_PROBE_RULE = NamedNode("urn:ess-lod:probe-rule")
_PROBE_SHAPES = (
    Triple(_PROBE, A, SH.NodeShape),
    Triple(_PROBE, SH.targetNode, _PROBE),
    Triple(_PROBE, SH.maxLength, Literal("0", datatype=XSD.integer)),
    Triple(_PROBE, SH.sparql, _PROBE_RULE),
    Triple(_PROBE_RULE, A, SH.SPARQLConstraint),
    Triple(_PROBE_RULE, SH.select, text("SELECT $this (COUNT(*) AS ?value) WHERE { ?s ?p ?o } GROUP BY $this")),
)


class Merged:
    """The merged graph: its triples, each once, and an Oxigraph store of them for SPARQL."""

    def __init__(self, triples: Sequence[Triple]) -> None:
        self.triples = triples
        self.store = Store()
        self.store.bulk_extend(Quad(*triple) for triple in triples)

    def select(self, query: str, **bindings: Term) -> pyoxigraph.QuerySolutions:
        """The solutions of a SELECT; what ``bindings`` binds must be selected too."""
        substitutions = {Variable(name): term for name, term in bindings.items()}
        return cast(pyoxigraph.QuerySolutions, self.store.query(query, prefixes=PREFIXES, substitutions=substitutions))


def find(merged: Merged, shapes: Sequence[Triple], engine: str) -> Found:
    """What an engine finds: the values of each result by the local name of their ``sh:`` property, and its messages.

    Raises :class:`ConfigError` for an unknown engine, for shapes that it cannot read, and when it fails or cannot show that it looked at the graph.
    """
    if engine not in ENGINES:
        raise ConfigError(f"Le moteur « {engine} » n'existe pas ; écrire {' ou '.join(ENGINES)}. / unknown engine.")
    try:
        report = ENGINES[engine](merged, _with_probe(tuple(shapes)))
    except (RuntimeError, SyntaxError, ValueError) as error:
        raise ConfigError(f"shapes/ : une forme est mal écrite, dit le moteur {engine}. {error}") from error
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise ConfigError(f"Le moteur {engine} s'est arrêté, rien n'est contrôlé. / the engine crashed. {error!r}") from error
    if not isinstance(report, rdflib.Graph):
        raise ConfigError(f"shapes/ : la vérification n'a pas pu se faire, dit le moteur {engine}. {report}")
    return _without_probe(list(_read(report)), engine, merged)


def engine_version(engine: str) -> str:
    """``turbo 0.6.5``: for the terminal."""
    return f"{engine} {version(_PACKAGES[engine])}"


def to_oxigraph(term: RdflibTerm) -> NamedNode | BlankNode | Literal:
    """The same term, its lexical form untouched."""
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype)) if term.datatype else None)


def _turbo(merged: Merged, shapes: rdflib.Graph) -> object:
    """As N-Triples, not as a store: a store would rewrite ``"01"^^xsd:integer`` before its form is checked."""
    written = (pyoxigraph.serialize(merged.triples, format=RdfFormat.N_TRIPLES) or b"").decode()
    data = Input(written, "nt", None, {}, preserve_ids=True)
    return pyshacl_turbo.validate(data, shacl_graph=shapes, inference="none", advanced=False)[1]


def _pyshacl(merged: Merged, shapes: rdflib.Graph) -> object:
    data = _InMemory(merged)
    return pyshacl.validate(data, shacl_graph=shapes, inplace=True, inference="none", do_owl_imports=False, advanced=False)[1]


ENGINES: dict[str, Callable[[Merged, rdflib.Graph], object]] = {"turbo": _turbo, "pyshacl": _pyshacl}
_PACKAGES = {"turbo": "pyshacl-turbo", "pyshacl": "pyshacl"}


class _InMemory(rdflib.Graph):
    """The merged graph in rdflib's memory for the look-ups of pySHACL; its SPARQL runs on Oxigraph, with the same answers."""

    def __init__(self, merged: Merged) -> None:
        super().__init__(bind_namespaces="none")
        self._merged = merged
        _fill(self, merged.triples)

    def query(self, query_object: str, *positional: object, **named: object) -> QueryResult:  # type: ignore[override]
        """What pySHACL calls for each SPARQL constraint and focus node, with ``$this`` in ``initBindings`` (the fifth argument of rdflib's method)."""
        bindings = cast(Mapping[str, RdflibTerm], named.get("initBindings") or (positional[3] if len(positional) > 3 else {}))
        solutions = self._merged.select(query_object, **{name: to_oxigraph(term) for name, term in bindings.items()})
        answer = QueryResult("SELECT")
        answer.vars = [rdflib.Variable(variable.value) for variable in solutions.variables]
        answer.bindings = [
            {name: _to_rdflib(term) for name, term in zip(answer.vars, solution, strict=True) if term is not None} for solution in solutions
        ]
        return answer


@lru_cache(maxsize=2)
def _with_probe(shapes: tuple[Triple, ...]) -> rdflib.Graph:
    """The shapes and the probe, for an engine to read only: the graph is kept for the next run."""
    graph = rdflib.Graph(bind_namespaces="none")
    _fill(graph, (*shapes, *_PROBE_SHAPES))
    return graph


def _fill(graph: rdflib.Graph, triples: Sequence[Triple]) -> None:
    terms: dict[Any, Any] = {}
    for triple in triples:
        graph.add(tuple(terms.get(term) or terms.setdefault(term, _to_rdflib(term)) for term in triple))


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


def _read(report: rdflib.Graph) -> Iterator[tuple[Fields, list[rdflib.Literal]]]:
    for node in report.objects(None, rdflib.SH.result):
        fields: dict[str, Any] = {str(predicate).removeprefix(SH.iri): value for predicate, value in report.predicate_objects(node)}
        messages = [message for message in report.objects(node, rdflib.SH.resultMessage) if isinstance(message, rdflib.Literal)]
        yield fields, messages


def _without_probe(found: Found, engine: str, merged: Merged) -> Found:
    probe = [fields for fields, _ in found if str(fields.get("focusNode")) == _PROBE.value]
    parts = {str(fields["sourceConstraintComponent"]).removeprefix(SH.iri): str(fields.get("value")) for fields in probe}
    seen = parts.get("SPARQLConstraintComponent")
    if set(parts) != {"MaxLengthConstraintComponent", "SPARQLConstraintComponent"} or seen not in _sizes(merged):
        raise ConfigError(
            f"Le moteur {engine} n'a pas montré qu'il examine les données ({seen or 0} triplets vus sur {len(merged.triples)}) : rien n'est contrôlé. "
            "Réinstaller les dépendances, ou choisir l'autre moteur. / the engine did not look at the data."
        )
    return [result for result in found if str(result[0].get("focusNode")) != _PROBE.value]


def _sizes(merged: Merged) -> set[str]:
    """A store merges ``1`` and ``01``; an engine may count either way."""
    return {str(len(merged.triples)), str(len(merged.store))}
