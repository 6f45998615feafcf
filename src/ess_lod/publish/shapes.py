"""The shapes as files: ``shapes/*.ttl`` and ``shapes/manifest.yaml``, which must tell the same story.

The manifest says of every NodeShape in which file it stands, what it targets and whether it must find something to look at. Targets are written
twice on purpose: a slip in ``sh:targetClass`` would otherwise make a shape that checks nothing and is content.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pyoxigraph import Literal, NamedNode, Triple

from ess_lod.errors import ConfigError
from ess_lod.publish.vocabulary import read_turtle
from ess_lod.terms import PREFIXES, RDFS, SH, SHAPES_IRI, A

MANIFEST = "manifest.yaml"
HEADER = "shapes.ttl"
CATALOGUE = "catalogue.ttl"
"""The file of shapes that look at the catalogue's file; all others look at the dataset."""
FOCUS = ("required", "optional", "forbidden", "nested")
SEVERITIES = ("Violation", "Warning", "Info")
_TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
_KEYS = {"shape", "file", "focus", "targets", "checks", "tables"}
_NEEDED = _KEYS - {"targets", "tables"}


@dataclass(frozen=True, order=True)
class Constraint:
    """What can fail: a property shape, or a NodeShape's own constraint (then ``path`` is empty).

    Texts are ``{"fr": …, "en": …}`` in that order; ``name`` is the last step of the IRI.
    """

    iri: str
    path: str
    severity: str
    title: tuple[str, str]
    message: tuple[str, str]

    @property
    def name(self) -> str:
        """``Supplement-title``."""
        return self.iri.removeprefix(SHAPES_IRI)


@dataclass(frozen=True)
class Shape:
    """A NodeShape: what the manifest says of it, and its constraints in the order of their IRIs.

    ``targets`` are pairs such as ``("targetClass", "https://w3id.org/ess-lod/ns#Actor")``; ``checks`` is one French line. A required shape with ``tables``
    must find something only where one of these tables has a row.
    """

    name: str
    file: str
    focus: str
    targets: tuple[tuple[str, str], ...]
    checks: str
    label: tuple[str, str]
    constraints: tuple[Constraint, ...]
    tables: frozenset[str] = frozenset()

    def must_find(self, filled: Collection[str] | None) -> bool:
        """Is it a fault that it finds nothing to look at? ``filled`` are the tables that have rows; ``None``: take all for filled."""
        return self.focus == "required" and (not self.tables or filled is None or not self.tables.isdisjoint(filled))

    @property
    def iri(self) -> str:
        """Its IRI, under any base."""
        return SHAPES_IRI + self.name


@dataclass(frozen=True)
class Shapes:
    """All shapes of a folder, in the order of the manifest, and their triples; ``catalogue`` are the triples of :data:`CATALOGUE` among them."""

    triples: tuple[Triple, ...]
    shapes: tuple[Shape, ...]
    catalogue: frozenset[Triple] = frozenset()

    @property
    def for_dataset(self) -> Shapes:
        """Those that look at the dataset."""
        return Shapes(
            tuple(triple for triple in self.triples if triple not in self.catalogue),
            tuple(shape for shape in self.shapes if shape.file != CATALOGUE),
        )

    @property
    def for_catalogue(self) -> Shapes:
        """Those that look at the catalogue. Raises :class:`ConfigError` when there are none: nothing would be checked."""
        found = tuple(shape for shape in self.shapes if shape.file == CATALOGUE)
        if not found:
            raise ConfigError(
                f"shapes/{CATALOGUE} est absent : le catalogue ne serait pas vérifié. / no shapes, the catalogue would not be checked."
            )
        return Shapes(tuple(triple for triple in self.triples if triple in self.catalogue), found)

    @property
    def constraints(self) -> dict[str, tuple[Shape, Constraint]]:
        """Constraints that a result can name, by IRI, with the first shape that has them. Those of nested shapes never come up in a result."""
        found: dict[str, tuple[Shape, Constraint]] = {}
        for shape in self.shapes:
            if shape.focus != "nested":
                for constraint in shape.constraints:
                    found.setdefault(constraint.iri, (shape, constraint))
        return found


def read_shapes(folder: Path) -> Shapes:
    """Read a folder of shapes.

    Raises :class:`ConfigError` (French, all faults at once) when the folder is empty, a file does not parse, or manifest and files disagree.
    """
    files = {path.name: read_turtle(path) for path in sorted(folder.glob("*.ttl"))}
    if not files:
        raise ConfigError(
            f"{folder.name}/ ne contient aucune forme (*.ttl) : rien ne serait vérifié. / no shapes, nothing would be checked."
        )
    entries = _read_manifest(folder / MANIFEST)
    triples = tuple(triple for content in files.values() for triple in content)
    faults = [*_missing(files, entries), *_contradictions(files, entries, _Index(triples))]
    if faults:
        raise ConfigError(
            "\n".join(
                [f"{folder.name}/{MANIFEST} et les fichiers de {folder.name}/ ne s'accordent pas :", *(f"  {fault}" for fault in faults)]
            )
        )
    index = _Index(triples)
    return Shapes(triples, tuple(_shape(entry, index) for entry in entries), frozenset(files.get(CATALOGUE, ())))


def _read_manifest(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise ConfigError(
            f"{path.parent.name}/{path.name} est absent : il dit quelles formes doivent trouver quelque chose. / missing manifest."
        )
    try:
        entries = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.parent.name}/{path.name} n'est pas du YAML lisible : {error}") from error
    if not isinstance(entries, list) or not entries:
        raise ConfigError(f"{path.parent.name}/{path.name} doit être une liste de formes, chacune avec {', '.join(sorted(_KEYS))}.")
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict) or not _NEEDED <= set(entry) <= _KEYS:
            raise ConfigError(
                f"{path.parent.name}/{path.name}, forme n° {number} : il faut les clés {', '.join(sorted(_KEYS))}, et elles seules."
            )
    return entries


class _Index:
    """Objects by subject and predicate."""

    def __init__(self, triples: Sequence[Triple]) -> None:
        self._objects: dict[tuple[object, NamedNode], list[Any]] = {}
        for triple in triples:
            self._objects.setdefault((triple.subject, triple.predicate), []).append(triple.object)

    def all(self, subject: object, predicate: NamedNode) -> list[Any]:
        return self._objects.get((subject, predicate), [])

    def iri(self, subject: object, predicate: NamedNode) -> str:
        """The first IRI, or an empty string."""
        return next((o.value for o in self.all(subject, predicate) if isinstance(o, NamedNode)), "")

    def texts(self, subject: object, predicate: NamedNode) -> tuple[str, str]:
        """The French and the English text; one stands in for the other when it is missing."""
        by_language = {o.language: o.value for o in self.all(subject, predicate) if isinstance(o, Literal)}
        french = by_language.get("fr", by_language.get("en", ""))
        return french, by_language.get("en", french)


def _node_shapes(triples: Sequence[Triple]) -> set[str]:
    return {
        t.subject.value.removeprefix(SHAPES_IRI)
        for t in triples
        if t.predicate == A and t.object == SH.NodeShape and isinstance(t.subject, NamedNode)
    }


def _missing(files: Mapping[str, tuple[Triple, ...]], entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    listed = [entry["shape"] for entry in entries]
    for name in sorted({name for name in listed if listed.count(name) > 1}):
        yield f"{name} y figure deux fois."
    for file, triples in files.items():
        found = _node_shapes(triples)
        if not found and file != HEADER:
            yield f"{file} ne contient aucune forme : le compléter, ou le supprimer."
        for name in sorted(found - set(listed)):
            yield f"{name} ({file}) n'est pas dans {MANIFEST} : l'y ajouter."


def _contradictions(files: Mapping[str, tuple[Triple, ...]], entries: Sequence[Mapping[str, Any]], index: _Index) -> Iterator[str]:
    for entry in entries:
        name, targets = entry["shape"], entry.get("targets", [])
        if name not in _node_shapes(files.get(entry["file"], ())):
            yield f"{name} n'est pas dans {entry['file']} : corriger le nom ou le fichier."
            continue
        if entry["focus"] not in FOCUS:
            yield f"{name} : focus « {entry['focus']} » n'existe pas ; écrire {', '.join(FOCUS)}."
        if "tables" in entry and entry["focus"] != "required":
            yield f"{name} : « tables » ne va qu'avec required."
        if (entry["focus"] == "nested") != (not targets):
            yield f"{name} : nested veut dire sans cible, et les autres en ont une."
        written, actual = sorted(map(_expand, targets)), sorted(_targets(name, index))
        if written != actual:
            yield f"{name} : {MANIFEST} donne pour cibles {_shown(written)}, {entry['file']} donne {_shown(actual)}."


def _targets(name: str, index: _Index) -> list[tuple[str, str]]:
    node = NamedNode(SHAPES_IRI + name)
    return [(kind, target.value) for kind in _TARGETS for target in index.all(node, SH[kind])]


def _expand(target: object) -> tuple[str, str]:
    kind, _, name = str(target).partition(" ")
    prefix, _, local = name.partition(":")
    namespace = PREFIXES.get(prefix)
    return kind, namespace + local if namespace else name


def _shown(targets: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{kind} <{iri}>" for kind, iri in targets) or "rien"


def _shape(entry: Mapping[str, Any], index: _Index) -> Shape:
    node = NamedNode(SHAPES_IRI + entry["shape"])
    parts = sorted((part for part in index.all(node, SH.property) if isinstance(part, NamedNode)), key=lambda part: part.value)
    constraints = [_constraint(part, index) for part in parts]
    rules = sorted((rule for rule in index.all(node, SH.sparql) if index.all(rule, SH.message)), key=lambda rule: rule.value)
    own = [node, *rules] if index.all(node, SH.message) else rules
    constraints += [_constraint(part, index, of=node) for part in own]
    targets = tuple(_targets(entry["shape"], index))
    label = index.texts(node, RDFS.label)
    tables = frozenset(entry.get("tables", ()))
    return Shape(entry["shape"], entry["file"], entry["focus"], targets, entry["checks"], label, tuple(constraints), tables)


def _constraint(node: NamedNode, index: _Index, of: NamedNode | None = None) -> Constraint:
    """A property shape, or a rule ``of`` a NodeShape, which has the NodeShape's severity."""
    severity = index.iri(of or node, SH.severity).removeprefix(SH.iri) or SEVERITIES[0]
    title = index.texts(node, SH.name)
    return Constraint(
        node.value,
        index.iri(node, SH.path),
        severity,
        title if title[0] else index.texts(of or node, RDFS.label),
        index.texts(node, SH.message),
    )
