"""What the gate found: results, how many nodes each shape looked at, and whether the dataset may be published."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import cast

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from ess_lod.publish.shapes import SEVERITIES
from ess_lod.terms import PREFIXES, SH, SHAPES_IRI, XSD, A, Namespace, en, fr, integer, iri_of

DQV = Namespace("http://www.w3.org/ns/dqv#")
FOCUS_COUNT = NamedNode(SHAPES_IRI + "focusCount")
_SHOWN = 3
_NOUNS = {
    "fr": {
        "Violation": ("violation", "violations"),
        "Warning": ("avertissement", "avertissements"),
        "Info": ("information", "informations"),
    },
    "en": {
        "Violation": ("violation", "violations"),
        "Warning": ("warning", "warnings"),
        "Info": ("piece of information", "pieces of information"),
    },
}
_WORDS = {
    "fr": {
        "yes": "Le jeu de données peut être publié.",
        "no": "Le jeu de données ne peut pas être publié.",
        "looked": "{shapes} formes ont examiné {nodes} nœuds : {counts}.",
        "vacuous": "Formes qui n'ont rien trouvé à examiner, alors qu'elles le doivent (données manquantes, ou cible mal écrite) :",
        "uncovered": "Classes employées qu'aucune forme ne vérifie (ajoutez une forme dans shapes/) :",
        "undescribed": "Graphes nommés qui ne disent pas d'où ils viennent (décrivez-les comme prov:Bundle dans le graphe du catalogue) :",
        "more": "et {n} de plus",
        "stood": "dont {n} que la version publiée avait déjà (ess-lod check --all les montre)",
        "by": "Contrôlé par {engine} en {seconds} s.",
    },
    "en": {
        "yes": "The dataset can be published.",
        "no": "The dataset cannot be published.",
        "looked": "{shapes} shapes looked at {nodes} nodes: {counts}.",
        "vacuous": "Shapes that found nothing to look at although they must (missing data, or a target with a slip):",
        "uncovered": "Classes in use that no shape checks (add a shape to shapes/):",
        "undescribed": "Named graphs that do not say where they come from (describe them as prov:Bundle in the graph of the catalogue):",
        "more": "and {n} more",
        "stood": "{n} of them in the published version already (ess-lod check --all shows them)",
        "by": "Checked by {engine} in {seconds} s.",
    },
}


Standing = tuple[str, str, str]
"""What a result is known by from one release to the next: constraint, focus, value."""


@dataclass(frozen=True)
class Result:
    """One thing wrong. ``focus``, ``path``, ``shape``, ``constraint`` and ``component`` are IRIs (``path`` may be empty); ``value`` is an RDF term
    as N-Triples writes it, or empty; ``severity`` is ``Violation``, ``Warning`` or ``Info``.

    ``constraint`` is the property shape that failed, ``shape`` the (first) NodeShape that has it. A focus without IRI is written as N-Triples has it.
    """

    severity: str
    shape: str
    constraint: str
    focus: str
    path: str
    value: str
    component: str
    message_fr: str
    message_en: str

    @property
    def rank(self) -> tuple[int, str, str, str, str, str, str]:
        """Sorts results: most severe first, then by constraint, focus, value."""
        return (SEVERITIES.index(self.severity), self.constraint, self.focus, self.path, self.value, self.message_fr, self.component)

    @property
    def standing(self) -> Standing:
        """What it is known by in another release."""
        return self.constraint, self.focus, self.value

    def message(self, language: str) -> str:
        """The message in ``fr`` or ``en``."""
        return self.message_fr if language == "fr" else self.message_en


@dataclass(frozen=True)
class Report:
    """What the gate found, sorted.

    ``focus_counts``: nodes looked at by NodeShape (name). ``vacuous``: shapes that must find nodes and found none. ``uncovered``: classes of ours in
    use that no shape targets. ``undescribed``: named graphs that are no ``prov:Bundle``. ``engine`` and ``seconds`` are for the terminal: the published
    report is the same whichever engine found it and however long it took.
    """

    results: tuple[Result, ...]
    focus_counts: Mapping[str, int]
    vacuous: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    undescribed: tuple[str, ...] = ()
    engine: str = field(default="", compare=False)
    seconds: float = field(default=0.0, compare=False)

    @property
    def conforms(self) -> bool:
        """No Violation, and nothing left unchecked. Warnings and Infos do not stand in the way."""
        return not (self.counts["Violation"] or self.vacuous or self.uncovered or self.undescribed)

    @property
    def counts(self) -> dict[str, int]:
        """Results by severity; all three are there."""
        found = Counter(result.severity for result in self.results)
        return {severity: found[severity] for severity in SEVERITIES}

    def with_results(self, more: Sequence[Result]) -> Report:
        """The same report with further results."""
        return replace(self, results=tuple(sorted((*self.results, *more), key=lambda result: result.rank)))

    def to_turtle(self, base_iri: str) -> bytes:
        """A ``sh:ValidationReport`` named ``base_iri``, its results and focus counts as ``#…`` parts. No blank nodes; same report, same bytes."""
        prefixes = {name: PREFIXES[name] for name in ("ess", "sh", "skos", "xsd")} | {"dqv": DQV.iri, "shapes": SHAPES_IRI}
        return pyoxigraph.serialize(self._triples(base_iri), format=RdfFormat.TURTLE, prefixes=prefixes) or b""

    def _triples(self, base_iri: str) -> Iterator[Triple]:
        report = NamedNode(base_iri)
        parts = [NamedNode(f"{base_iri}#result-{number}") for number in range(1, len(self.results) + 1)]
        yield Triple(report, A, SH.ValidationReport)
        yield Triple(report, SH.conforms, Literal(str(self.conforms).lower(), datatype=XSD.boolean))
        for part in parts:
            yield Triple(report, SH.result, part)
        for shape in sorted(self.focus_counts):
            yield Triple(report, DQV.hasQualityMeasurement, NamedNode(f"{base_iri}#focus-{shape}"))
        for part, result in zip(parts, self.results, strict=True):
            yield from _result_triples(part, result)
        for shape, count in sorted(self.focus_counts.items()):
            measurement = NamedNode(f"{base_iri}#focus-{shape}")
            yield Triple(measurement, A, DQV.QualityMeasurement)
            yield Triple(measurement, DQV.isMeasurementOf, FOCUS_COUNT)
            yield Triple(measurement, DQV.computedOn, NamedNode(SHAPES_IRI + shape))
            yield Triple(measurement, DQV.value, integer(count))

    def summary(self) -> dict[str, object]:
        """The report in figures, for ``report.json`` and the terminal."""
        return {
            "conforms": self.conforms,
            "counts": self.counts,
            "focus": dict(sorted(self.focus_counts.items())),
            "vacuous": list(self.vacuous),
            "uncovered": list(self.uncovered),
            "undescribed": list(self.undescribed),
        }

    def text(self, language: str = "fr", stood: Container[Standing] = ()) -> str:
        """For a terminal, in ``fr`` or ``en``: all Violations; of Warnings and Infos, a count per constraint and the first three.

        Warnings and Infos that ``stood`` before are counted, not repeated.
        """
        words = _WORDS[language]
        lines = [words["yes" if self.conforms else "no"], self._figures(language)]
        if self.engine:
            lines.append(words["by"].format(engine=self.engine, seconds=_decimal(self.seconds, language)))
        for kind in ("vacuous", "uncovered", "undescribed"):
            found: tuple[str, ...] = getattr(self, kind)
            if found:
                lines += ["", words[kind], *(f"  {name}" for name in found)]
        for severity, group in groupby(self.results, key=lambda result: result.severity):
            found_here = list(group)
            fresh = [result for result in found_here if severity == SEVERITIES[0] or result.standing not in stood]
            known = len(found_here) - len(fresh)
            told = f", {words['stood'].format(n=known)}" if known else ""
            lines += ["", _counted(len(found_here), severity, language) + told]
            for constraint, same in groupby(fresh, key=lambda result: result.constraint):
                paragraph = _paragraph(constraint, list(same), language, severity == SEVERITIES[0])
                lines += paragraph if constraint.startswith(_WHOLE) else [_THING.sub(r"\1", line) for line in paragraph]
        return "\n".join(lines) + "\n"

    def _figures(self, language: str) -> str:
        counts = ", ".join(_counted(count, severity, language) for severity, count in self.counts.items())
        return _WORDS[language]["looked"].format(shapes=len(self.focus_counts), nodes=sum(self.focus_counts.values()), counts=counts)


_THING = re.compile(r"<?https?://[^\s<>]*/id/[a-z-]+/([A-Z]\d{3,}[^\s<>,;.]*)>?")
"""An IRI of a thing: in a terminal its id is enough, and it is what the tables have."""
_WHOLE = SHAPES_IRI + "Published-"
"""Constraints about addresses, which are shown whole."""


def standing_in(path: Path) -> frozenset[Standing]:
    """What the report of a release has, to be recognised in a later one."""
    found: dict[str, dict[str, str]] = {}
    names = {SH.sourceShape.value: "constraint", SH.focusNode.value: "focus", SH.value.value: "value"}
    for quad in pyoxigraph.parse(path=path, format=RdfFormat.TURTLE):
        if name := names.get(quad.predicate.value):
            said = quad.object
            found.setdefault(str(quad.subject), {})[name] = str(said) if name == "value" else iri_of(said)
    return frozenset((each.get("constraint", ""), each.get("focus", ""), each.get("value", "")) for each in found.values())


def _result_triples(part: NamedNode, result: Result) -> Iterator[Triple]:
    yield Triple(part, A, SH.ValidationResult)
    yield Triple(part, SH.resultSeverity, SH[result.severity])
    if not result.focus.startswith(("_:", '"')):
        yield Triple(part, SH.focusNode, NamedNode(result.focus))
    if result.path:
        yield Triple(part, SH.resultPath, NamedNode(result.path))
    if result.value and not result.value.startswith("_:"):
        yield Triple(part, SH.value, _term(result.value))
    yield Triple(part, SH.sourceShape, NamedNode(result.constraint))
    yield Triple(part, SH.sourceConstraintComponent, NamedNode(result.component))
    yield Triple(part, SH.resultMessage, fr(result.message_fr))
    yield Triple(part, SH.resultMessage, en(result.message_en))


def _term(written: str) -> NamedNode | Literal:
    quad = next(iter(pyoxigraph.parse(f"<x:s> <x:p> {written} .".encode(), format=RdfFormat.N_TRIPLES)))
    return cast(NamedNode | Literal, quad.object)


def _decimal(number: float, language: str) -> str:
    return f"{number:.1f}".replace(".", "," if language == "fr" else ".")


def _counted(count: int, severity: str, language: str) -> str:
    one, many = _NOUNS[language][severity]
    return f"{count} {one if count == 1 or (count == 0 and language == 'fr') else many}"


def _paragraph(constraint: str, results: Sequence[Result], language: str, everything: bool) -> list[str]:
    lines = [f"  {constraint.removeprefix(SHAPES_IRI)} ({len(results)})"]
    shown = results if everything else results[:_SHOWN]
    messages = {result.message(language) for result in results}
    if len(messages) == 1:
        lines += [f"    {messages.pop()}", *dict.fromkeys(f"      {_where(result)}" for result in shown)]
    else:
        lines += dict.fromkeys(f"    {_where(result)}\n      {result.message(language)}" for result in shown)
    if len(shown) < len(results):
        lines.append(f"      … {_WORDS[language]['more'].format(n=len(results) - len(shown))}")
    return lines


def _where(result: Result) -> str:
    return f"{result.focus} → {result.value}" if result.value and result.value != f"<{result.focus}>" else result.focus
