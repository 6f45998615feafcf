"""A small card of one thing: what OpenRefine shows in a frame when the pointer rests on a candidate, and beside a suggestion."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ess_lod.iris import concept
from ess_lod.web import queries
from ess_lod.web.coverage import Span
from ess_lod.web.graph import Graph, Node, expand
from ess_lod.web.live import Edition
from ess_lod.web.reconcile.parsing import is_iri
from ess_lod.web.rendering import CLASSES, language, node
from ess_lod.web.words import period, phrase

CARD = """CONSTRUCT { <$iri> ?p ?o ; ess:locatedIn ?place . ?place rdfs:label ?name .
              ?o rdfs:label ?label ; dcat:startDate ?start ; dcat:endDate ?end } WHERE {
  { VALUES ?p { rdf:type rdfs:label dcterms:description skos:definition ess:acronym ess:lifecycleStatus ess:legalStatus ess:activityField ess:theme
                ess:territoryKind ess:schemeKind dcterms:identifier ess:siren dcterms:isReplacedBy dcterms:isPartOf dcterms:temporal
                skos:inScheme adms:status owl:sameAs }
    <$iri> ?p ?o . OPTIONAL { ?o rdfs:label ?label } OPTIONAL { ?o dcat:startDate ?start } OPTIONAL { ?o dcat:endDate ?end } }
  UNION { <$iri> org:hasPrimarySite/ess:locatedIn ?place . ?place rdfs:label ?name } }"""
_QUIET = ("actif", "inconnu")
_KINDS = ("ess:territoryKind", "ess:legalStatus", "ess:schemeKind", "skos:inScheme")
_FIELDS = 2


@dataclass(frozen=True)
class Card:
    """What is shown: the name, what and where it is, what became of it, its codes, a sentence; ``path`` is that of its page on this server."""

    name: str
    path: str
    facts: tuple[str, ...]
    notice: str
    codes: tuple[str, ...]
    about: str


def card(edition: Edition, iri: str) -> Card | None:
    """The card of a thing in the language of the reader; that of the one that is kept for a duplicate; ``None`` for what is not in the release."""
    path = edition.iris.path(edition.iris.document_of(iri))
    if path is None or not is_iri(iri):
        return None
    graph = Graph(edition.triples(_PREFIX + queries.fill(CARD, iri=iri)))
    about = node(edition, iri, graph)
    if about.term not in graph:
        return None
    kept = about.one("owl:sameAs")
    if kept is not None and edition.iris.path(kept.value):
        return card(edition, kept.value)
    return Card(
        name=phrase("reconcile-withdrawn", language()) if _is(about, "retire") else about.label,
        path=path,
        facts=tuple(_facts(edition, about)),
        notice=_notice(about),
        codes=tuple(each.value for curie in ("ess:acronym", "ess:siren", "dcterms:identifier") for each in about.all(curie)),
        about=about.text("dcterms:description") or about.text("skos:definition"),
    )


def note(found: Card) -> Markup:
    """A card as a few lines of HTML, for a flyout."""
    lines = [Markup("<p><strong>{}</strong></p>").format(found.name), Markup("<p>{}</p>").format(" · ".join((*found.facts, *found.codes)))]
    lines += [Markup("<p>{}</p>").format(text) for text in (found.notice, found.about) if text]
    return Markup("").join(lines)


_PREFIX = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\n"


def _is(about: Node, state: str) -> bool:
    return concept("etat", state) in about.graph.objects(about.term, "adms:status")


def _facts(edition: Edition, about: Node) -> list[str]:
    """What it is, where, in which fields, when."""
    kinds = [each.label for curie in _KINDS for each in about.all(curie)]
    if not kinds and about.kind:
        kinds = [node(edition, expand(CLASSES[about.kind]), edition.vocabulary).label]
    places = [each.label for curie in ("ess:locatedIn", "dcterms:isPartOf") for each in about.all(curie)]
    fields = [each.label for curie in ("ess:activityField", "ess:theme") for each in about.all(curie)]
    exact = about.kind == "territoire"
    lives = [period(life.start, life.end, about.language, exact=exact) for life in _lives(about)]
    return [text for text in (*kinds, *places, *fields[:_FIELDS], *lives) if text]


def _lives(about: Node) -> list[Span]:
    return [Span(each.text("dcat:startDate"), each.text("dcat:endDate")) for each in about.all("dcterms:temporal")]


def _notice(about: Node) -> str:
    """What became of it, when that is something."""
    states = [each.label for each in about.all("ess:lifecycleStatus") if each.name not in _QUIET]
    if about.kind == "territoire" and any(life.end for life in _lives(about)):
        states.append(phrase("reconcile-gone", about.language))
    successors = ", ".join(each.label for each in about.all("dcterms:isReplacedBy"))
    if successors:
        states.append(phrase("reconcile-now", about.language, names=successors))
    notice = " · ".join(dict.fromkeys(states))
    return notice[:1].upper() + notice[1:]
