"""The SPARQL behind the pages: lists, and what a page says beyond the description of its thing.

They are ordinary queries of the default graph: each list page links to its own, in ``/sparql``.
"""

from __future__ import annotations

import re
from string import Template

from ess_lod.terms import PREFIXES

_USED = ("adms", "dcat", "dcterms", "ess", "igeo", "org", "owl", "rdfs", "schema", "skos")
PROLOGUE = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in _USED)

LISTS: dict[str, str] = {
    "supplement": """\
SELECT ?thing ?label ?number ?numberMode ?start ?end ?dateMode ?territory ?territoryName ?confidence ?issue ?issueName ?position WHERE {
  ?thing a ess:Supplement ; ess:territoryConfidence ?confidence . LABEL(?thing ?label)
  OPTIONAL { ?thing schema:issueNumber ?number }
  OPTIONAL { ?thing ess:issueNumberMode ?numberMode }
  OPTIONAL { ?thing ess:listingPosition ?position }
  OPTIONAL { ?thing dcterms:temporal ?period . ?period dcat:startDate ?start ; dcat:endDate ?end .
             OPTIONAL { ?period ess:assertionMode ?dateMode } }
  OPTIONAL { ?thing ess:portraysTerritory|ess:probablyPortraysTerritory ?territory .
             LABEL(?territory ?territoryName) }
  OPTIONAL { ?thing ess:supplementOf ?issue . LABEL(?issue ?issueName) }
} ORDER BY DESC(?start) DESC(?number) ?thing ?territoryName""",
    "lettre": """\
SELECT ?thing ?label ?number ?start ?end WHERE {
  ?thing a ess:NewsletterIssue . LABEL(?thing ?label)
  OPTIONAL { ?thing schema:issueNumber ?number }
  OPTIONAL { ?thing dcterms:temporal ?period . ?period dcat:startDate ?start ; dcat:endDate ?end }
} ORDER BY DESC(?start) ?thing""",
    "territoire": """\
SELECT DISTINCT ?thing ?label ?type ?typeName ?code ?start ?end ?departement ?departementName ?also WHERE {
  ?thing a ess:Territory ; ess:territoryKind ?type . LABEL(?thing ?label)
  LABEL(?type ?typeName)
  OPTIONAL { ?thing dcterms:identifier ?code }
  OPTIONAL { ?thing dcterms:temporal ?period .
             OPTIONAL { ?period dcat:startDate ?start } OPTIONAL { ?period dcat:endDate ?end } }
  OPTIONAL { ?thing dcterms:isPartOf|dcterms:isPartOf/dcterms:isPartOf|(^ess:groupingTerritory/ess:memberTerritory/dcterms:isPartOf) ?departement .
             ?departement a igeo:Departement . LABEL(?departement ?departementName) }
  OPTIONAL { ?thing skos:altLabel|ess:hasState/rdfs:label ?also . FILTER(STR(?also) != STR(?label)) }
} ORDER BY ?typeName ?label ?thing""",
    "acteur": """\
SELECT ?thing ?label ?field ?fieldName ?commune ?communeName ?status WHERE {
  ?thing a ess:Actor . LABEL(?thing ?label)
  OPTIONAL { ?thing ess:activityField ?field . LABEL(?field ?fieldName) }
  OPTIONAL { ?thing org:hasPrimarySite/ess:locatedIn ?commune . LABEL(?commune ?communeName) }
  OPTIONAL { ?thing ess:lifecycleStatus ?status }
} ORDER BY ?label ?thing ?fieldName""",
    "personne-publique": """\
SELECT ?thing ?label ?type ?typeName ?status WHERE {
  ?thing a ess:PublicBody . LABEL(?thing ?label)
  OPTIONAL { ?thing ess:legalStatus ?type . LABEL(?type ?typeName) }
  OPTIONAL { ?thing ess:lifecycleStatus ?status }
} ORDER BY ?label ?thing""",
    "cooperation": """\
SELECT ?thing ?label ?field ?fieldName ?agent ?agentName WHERE {
  ?thing a ess:Cooperation . LABEL(?thing ?label)
  OPTIONAL { ?thing ess:theme ?field . LABEL(?field ?fieldName) }
  OPTIONAL { ?thing ess:hasInvolvement/ess:involvedAgent ?agent . LABEL(?agent ?agentName) }
} ORDER BY ?label ?thing ?fieldName ?agentName""",
    "dispositif": """\
SELECT ?thing ?label ?type ?typeName ?territory ?territoryName WHERE {
  ?thing a ess:Scheme . LABEL(?thing ?label)
  OPTIONAL { ?thing ess:schemeKind ?type . LABEL(?type ?typeName) }
  OPTIONAL { ?thing dcterms:spatial ?territory . LABEL(?territory ?territoryName) }
} ORDER BY ?label ?thing ?territoryName""",
    "document": """\
SELECT ?thing ?label ?type ?typeName ?publisher WHERE {
  ?thing a ess:Document . LABEL(?thing ?label)
  OPTIONAL { ?thing dcterms:type ?type . LABEL(?type ?typeName) }
  OPTIONAL { ?thing <http://purl.org/dc/elements/1.1/publisher> ?publisher }
} ORDER BY ?label ?thing""",
}
"""By kind of thing. One row for each thing and each of its several values; grouped by :mod:`ess_lod.web.lists`.

``LABEL(?x ?name)`` is the label in the language of the reader."""

_NAMED = (
    "rdfs:label",
    "skos:altLabel",
    "ess:acronym",
    "ess:formerName",
    "ess:hasState/rdfs:label",
    "dcterms:identifier",
    "schema:issueNumber",
    "ess:formerIdentifier",
    "adms:identifier/skos:notation",
    "org:hasPrimarySite/adms:identifier/skos:notation",
)
_SHOWN: dict[str, tuple[str, ...]] = {
    "supplement": ("(ess:portraysTerritory|ess:probablyPortraysTerritory)/rdfs:label", "ess:supplementOf/rdfs:label"),
    "territoire": ("ess:territoryKind/rdfs:label",),
    "acteur": ("ess:activityField/rdfs:label", "org:hasPrimarySite/ess:locatedIn/rdfs:label"),
    "personne-publique": ("ess:legalStatus/rdfs:label",),
    "cooperation": ("ess:theme/rdfs:label", "ess:hasInvolvement/ess:involvedAgent/rdfs:label"),
    "dispositif": ("ess:schemeKind/rdfs:label", "dcterms:spatial/rdfs:label"),
    "document": ("dcterms:type/rdfs:label", "<http://purl.org/dc/elements/1.1/publisher>"),
}

BEYOND: dict[str, tuple[str, ...]] = {
    "supplement": (
        # the territories, what became of them, and who administers them
        """CONSTRUCT { ?t ess:territoryKind ?kind ; dcterms:identifier ?code ; dcterms:isReplacedBy ?next ; dcterms:isPartOf ?whole .
                       ?next rdfs:label ?nextLabel ; a ess:Territory . ?whole rdfs:label ?wholeLabel . ?kind rdfs:label ?kindLabel .
                       ?body ess:administers ?t ; rdfs:label ?bodyLabel } WHERE {
             <$iri> ess:portraysTerritory|ess:probablyPortraysTerritory ?t .
             OPTIONAL { ?t ess:territoryKind ?kind . ?kind rdfs:label ?kindLabel } OPTIONAL { ?t dcterms:identifier ?code }
             OPTIONAL { ?t dcterms:isReplacedBy+ ?next . ?next rdfs:label ?nextLabel } OPTIONAL { ?t dcterms:isPartOf ?whole . ?whole rdfs:label ?wholeLabel }
             OPTIONAL { ?body ess:administers ?t ; rdfs:label ?bodyLabel } }""",
        # what kind of actors it features, and where
        """CONSTRUCT { ?x ess:activityField ?field ; org:hasPrimarySite ?site . ?site ess:locatedIn ?commune .
                       ?field rdfs:label ?fieldLabel . ?commune rdfs:label ?communeLabel } WHERE {
             <$iri> ess:features ?x .
             OPTIONAL { ?x ess:activityField ?field . ?field rdfs:label ?fieldLabel }
             OPTIONAL { ?x org:hasPrimarySite ?site . ?site ess:locatedIn ?commune . ?commune rdfs:label ?communeLabel } }""",
    ),
    "lettre": (
        """CONSTRUCT { ?s ess:portraysTerritory ?sure ; ess:probablyPortraysTerritory ?likely . ?t rdfs:label ?name } WHERE {
             ?s ess:supplementOf <$iri> .
             { ?s ess:portraysTerritory ?t . BIND(?t AS ?sure) } UNION { ?s ess:probablyPortraysTerritory ?t . BIND(?t AS ?likely) }
             ?t rdfs:label ?name }""",
    ),
    "acteur": (
        # the supplements that feature it: number, period, territory
        """CONSTRUCT { ?s schema:issueNumber ?number ; dcterms:temporal ?period ; ess:portraysTerritory ?sure ; ess:probablyPortraysTerritory ?likely .
                       ?period dcat:startDate ?start ; dcat:endDate ?end . ?t rdfs:label ?name } WHERE {
             ?s ess:features <$iri> . OPTIONAL { ?s schema:issueNumber ?number }
             OPTIONAL { ?s dcterms:temporal ?period . ?period dcat:startDate ?start ; dcat:endDate ?end }
             OPTIONAL { { ?s ess:portraysTerritory ?t . BIND(?t AS ?sure) } UNION { ?s ess:probablyPortraysTerritory ?t . BIND(?t AS ?likely) }
                        ?t rdfs:label ?name } }""",
        # its partners in each cooperation and scheme
        """CONSTRUCT { ?c ess:hasInvolvement ?i ; rdfs:label ?label ; a ?type . ?i ess:involvedAgent ?agent ; ess:involvementRole ?role .
                       ?agent rdfs:label ?agentLabel . ?role rdfs:label ?roleLabel } WHERE {
             ?c ess:hasInvolvement/ess:involvedAgent <$iri> ; ess:hasInvolvement ?i ; rdfs:label ?label ; a ?type .
             ?i ess:involvedAgent ?agent ; ess:involvementRole ?role . ?agent rdfs:label ?agentLabel . ?role rdfs:label ?roleLabel }""",
    ),
    "cooperation": (
        """CONSTRUCT { ?agent org:hasPrimarySite ?site . ?site ess:locatedIn ?commune . ?commune rdfs:label ?name } WHERE {
             <$iri> ess:hasInvolvement/ess:involvedAgent ?agent . ?agent org:hasPrimarySite ?site .
             ?site ess:locatedIn ?commune . ?commune rdfs:label ?name }""",
    ),
}
BEYOND["personne-publique"] = BEYOND["acteur"]
BEYOND["dispositif"] = BEYOND["cooperation"]
"""By kind of thing: what its HTML page needs beside the description; never part of the published formats."""

STATED_IN = """SELECT DISTINCT ?graph WHERE { GRAPH ?graph { <$iri> ?p ?o } } ORDER BY ?graph"""

LINKS = """CONSTRUCT { <$iri> ?property ?value . ?why ?p ?o } WHERE {
  { <$iri> ?property ?value }
  UNION { ?why <http://www.w3.org/1999/02/22-rdf-syntax-ns#subject>|<http://www.w3.org/1999/02/22-rdf-syntax-ns#object> <$iri> ; ?p ?o }
}"""
"""What is said of a thing itself, and the parts that say why it is linked to others."""

FATE = """CONSTRUCT { <$iri> ?property ?value } WHERE { <$iri> ?property ?value }"""

_OWNER = 'BIND(IRI(STRBEFORE(CONCAT(STR(?use), "#"), "#")) AS ?thing)'
_NOT_VOCABULARY = "FILTER(!STRSTARTS(STR(?property), STR(skos:)) && !STRSTARTS(STR(?property), STR(rdfs:)) && !CONTAINS(STR(?property), '22-rdf-syntax-ns#'))"

SCHEME_USES = f"""SELECT ?concept (COUNT(DISTINCT ?thing) AS ?count) WHERE {{
  ?concept skos:inScheme <$iri> . ?use ?property ?concept . {_NOT_VOCABULARY} {_OWNER}
}} GROUP BY ?concept"""

USERS = f"""SELECT DISTINCT ?property ?thing WHERE {{
  ?use ?property <$iri> . {_NOT_VOCABULARY} {_OWNER}
}}"""
"""What uses a concept, itself or in one of its parts, by property. Without labels: to join them here took a hundred times as long as to ask for them apart."""

GRAPH = """CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <$iri> { ?s ?p ?o } }"""

GRAPH_PROVENANCE = (
    """CONSTRUCT { <$iri> ?p ?o . ?o rdfs:label ?label } WHERE { GRAPH <$catalogue> { <$iri> ?p ?o } OPTIONAL { ?o rdfs:label ?label } }"""
)

GRAPHS = """SELECT ?graph (COUNT(*) AS ?count) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"""

TOTALS = {
    "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "entities": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?type }",
    "classes": "SELECT (COUNT(DISTINCT ?type) AS ?n) { ?s a ?type }",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
}
"""Of the default graph, by the property of VoID that says it."""

CLASSES = """SELECT ?class (COUNT(DISTINCT ?s) AS ?n) { ?s a ?class } GROUP BY ?class ORDER BY ?class"""

GRAPH_LABELS = """CONSTRUCT { ?graph rdfs:label ?label } WHERE { ?graph a <http://www.w3.org/ns/prov#Bundle> ; rdfs:label ?label }"""

LABELS = """CONSTRUCT { ?x rdfs:label ?label } WHERE { VALUES ?x { $iris } ?x rdfs:label ?label }"""

_STATE = "OPTIONAL { ?thing ess:lifecycleStatus ?state . LABEL(?state ?stateName) }"

IDENTIFIED = f"""SELECT DISTINCT ?thing ?label ?state ?stateName WHERE {{
  ?identifier skos:notation "$code" ; dcterms:type <$type> . ?holder adms:identifier ?identifier .
  BIND(IRI(STRBEFORE(CONCAT(STR(?holder), "#"), "#")) AS ?thing)
  LABEL(?thing ?label) {_STATE}
}} ORDER BY ?thing"""

TERRITORY_CODED = """SELECT DISTINCT ?thing ?label WHERE {
  ?thing a ess:Territory ; dcterms:identifier "$code" . LABEL(?thing ?label)
} ORDER BY ?thing"""

FORMERLY = f"""SELECT DISTINCT ?thing ?label ?state ?stateName WHERE {{
  ?thing ess:formerIdentifier $former . LABEL(?thing ?label) {_STATE}
}} ORDER BY ?thing"""
"""What had an identifier elsewhere; ``$former`` is a literal as SPARQL writes it."""

LIVES_OF_CODE = """SELECT ?thing ?label ?kind ?kindName ?start ?end WHERE {
  ?thing a ess:Territory ; dcterms:identifier "$code" ; ess:territoryKind ?kind . LABEL(?thing ?label)
  LABEL(?kind ?kindName)
  OPTIONAL { ?thing dcterms:temporal ?period . OPTIONAL { ?period dcat:startDate ?start } OPTIONAL { ?period dcat:endDate ?end } }
} ORDER BY ?thing"""
"""All territories that a code has ever named, with their lives."""

LINE = """CONSTRUCT { ?old dcterms:isReplacedBy ?new } WHERE {
  { ?new dcterms:isReplacedBy* <$iri> . ?old dcterms:isReplacedBy ?new } UNION { <$iri> dcterms:isReplacedBy* ?old . ?old dcterms:isReplacedBy ?new } }"""
"""What a territory came from and what became of it, step by step."""

LIVES = """CONSTRUCT { ?x rdfs:label ?label ; a ess:Territory ; ess:territoryKind ?kind ; dcterms:identifier ?code ; dcterms:temporal ?life ;
                        dcterms:isReplacedBy ?next ; dcterms:replaces ?old . ?life dcat:startDate ?start ; dcat:endDate ?end .
                     ?next rdfs:label ?nextLabel ; a ess:Territory . ?old rdfs:label ?oldLabel ; a ess:Territory } WHERE {
  VALUES ?x { $iris } ?x rdfs:label ?label ; ess:territoryKind ?kind . OPTIONAL { ?x dcterms:identifier ?code }
  OPTIONAL { ?x dcterms:temporal ?life . OPTIONAL { ?life dcat:startDate ?start } OPTIONAL { ?life dcat:endDate ?end } }
  OPTIONAL { ?x dcterms:isReplacedBy ?next . ?next rdfs:label ?nextLabel } OPTIONAL { ?x dcterms:replaces ?old . ?old rdfs:label ?oldLabel } }"""
"""Of several territories: name, kind, code, life, and what stands just before and after."""

MEMBERSHIPS = """SELECT ?group ?member ?start ?end WHERE {
  ?m ess:groupingTerritory ?group ; ess:memberTerritory ?member .
  OPTIONAL { ?m dcterms:temporal ?period . OPTIONAL { ?period dcat:startDate ?start } OPTIONAL { ?period dcat:endDate ?end } }
} ORDER BY ?group ?start ?member"""
"""Who has been a member of what, and when."""

PARTS = """SELECT ?part ?whole WHERE { ?whole a ess:Territory . ?part dcterms:isPartOf ?whole } ORDER BY ?part ?whole"""

SUCCESSORS = """SELECT ?old ?new WHERE { ?old a ess:Territory ; dcterms:isReplacedBy ?new } ORDER BY ?old ?new"""

TERRITORY_KINDS = """SELECT ?thing ?kind WHERE { ?thing a ess:Territory ; ess:territoryKind ?kind }"""

PORTRAITS = """SELECT ?supplement ?territory ?start ?likely WHERE {
  { ?supplement ess:portraysTerritory ?territory } UNION { ?supplement ess:probablyPortraysTerritory ?territory . BIND(true AS ?likely) }
  OPTIONAL { ?supplement dcterms:temporal ?period . ?period dcat:startDate ?start }
} ORDER BY DESC(?start) ?supplement ?territory"""
"""Every supplement with the territory that it portrays and the day that it appeared."""


ID_RANGES = """SELECT ?range (COUNT(*) AS ?count) WHERE {
  ?thing a <$type> . FILTER(STRSTARTS(STR(?thing), "$prefix"))
  BIND(FLOOR(<http://www.w3.org/2001/XMLSchema#integer>(STRAFTER(STR(?thing), "$prefix")) / $part) AS ?range)
} GROUP BY ?range ORDER BY ?range"""
"""How many things of a class have their number in each range of ``$part`` numbers."""

OF_CLASS = """SELECT ?thing WHERE { VALUES ?thing { $iris } ?thing a <$type> }"""

OF_EACH_CLASS = """SELECT ?type (COUNT(DISTINCT ?thing) AS ?count) WHERE { VALUES ?type { $types } ?thing a ?type } GROUP BY ?type"""

POINTS = """SELECT ?thing ?wkt WHERE {
  ?thing <http://www.opengis.net/ont/geosparql#hasDefaultGeometry>/<http://www.opengis.net/ont/geosparql#asWKT> ?wkt } ORDER BY ?thing"""
"""Where each place lies."""

MEASURES = """SELECT DISTINCT ?measure ?how WHERE { ?figure ess:measure ?measure . OPTIONAL { ?figure ess:assertionMode ?how } } ORDER BY ?measure ?how"""
"""What the figures measure, and how they are known."""


def searched(kind: str) -> str:
    """The path from a thing to the texts that the search of its list looks in: its names, former ones too, its codes, and what the list shows."""
    return "|".join((*_NAMED, *_SHOWN.get(kind, ())))


def labelled(text: str, language: str, **values: str) -> str:
    """A query with its prefixes, its ``LABEL(?x ?name)`` written out, its ``$names`` filled in as :func:`fill` does."""

    def written(found: re.Match[str]) -> str:
        thing, label = found.groups()
        french = f'{thing} rdfs:label {label}Fr . FILTER(LANG({label}Fr) = "fr")'
        if language == "fr":
            return french.replace(f"{label}Fr", label)
        return f'{french} OPTIONAL {{ {thing} rdfs:label {label}En . FILTER(LANG({label}En) = "en") }} BIND(COALESCE({label}En, {label}Fr) AS {label})'

    return PROLOGUE + Template(re.sub(r"LABEL\((\?\w+) (\?\w+)\)", written, text)).safe_substitute(values)


def fill(text: str, **values: str) -> str:
    """A query with its prefixes, its ``$names`` filled in.

    Only IRIs minted here and codes of digits and letters may be given: nothing is escaped.
    """
    return PROLOGUE + Template(text).safe_substitute(values)
