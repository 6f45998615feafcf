"""Queries that all engines answer alike, and those that Virtuoso answers otherwise: docs/engines.md has the second list for people."""

from __future__ import annotations

PROLOGUE = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX ess: <https://w3id.org/ess-lod/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
_A002 = "<https://w3id.org/ess-lod/id/acteur/A002>"

ALIKE = {
    "path ?": f"SELECT (COUNT(*) AS ?n) {{ {_A002} dcterms:source? ?o }}",
    "path !": f"SELECT (COUNT(*) AS ?n) {{ {_A002} !(dcterms:source|rdfs:label) ?o }}",
    "path ^": f"SELECT (COUNT(*) AS ?n) {{ {_A002} ^ess:features ?o }}",
    "path |": f"SELECT (COUNT(*) AS ?n) {{ {_A002} (dcterms:source|rdfs:label) ?o }}",
    "MINUS": "SELECT (COUNT(*) AS ?n) { ?s a ess:Supplement MINUS { ?s ess:portraysTerritory ?t } }",
    "NOT EXISTS": "SELECT (COUNT(*) AS ?n) { ?s a ess:Supplement FILTER NOT EXISTS { ?s ess:portraysTerritory ?t } }",
    "OPTIONAL": "SELECT (COUNT(*) AS ?n) { ?s a ess:Supplement OPTIONAL { ?s ess:portraysTerritory ?t } FILTER(!BOUND(?t)) }",
    "SUM": "SELECT (SUM(?v) AS ?x) { VALUES ?v { 1 2.5 4 } }",
    "strings": """SELECT (SUBSTR("abc", 2) AS ?a) (UCASE("é"@fr) AS ?b) (STRBEFORE("a/b", "/") AS ?c) (STRAFTER("a/b", "/") AS ?d)
        (REPLACE("abc", "b", "x") AS ?e) (STRLEN("é") AS ?f) (CONCAT("a"@fr, "b"@fr) AS ?g) {}""",
    "STRDT": 'SELECT (STRDT("1", xsd:integer) AS ?x) (STRLANG("a", "fr") AS ?y) (IRI("urn:x") AS ?z) {}',
    "dates": 'SELECT (YEAR("2026-11-24"^^xsd:date) AS ?x) (MONTH("2026-11-24T00:00:00Z"^^xsd:dateTime) AS ?y) {}',
    "dates compared": 'SELECT (COUNT(*) AS ?n) { ?s dcterms:issued ?d FILTER(?d > "2020-01-01"^^xsd:date) }',
    "REGEX": 'SELECT (COUNT(*) AS ?n) { ?s rdfs:label ?l FILTER(REGEX(?l, "^com.*e$", "i")) }',
    "hashes": 'SELECT (MD5("a") AS ?x) (SHA1("a") AS ?y) (SHA256("a") AS ?z) {}',
    "HAVING": "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c HAVING(COUNT(*) > 4000) ORDER BY ?c",
    "REDUCED": "SELECT REDUCED ?c { ?s a ?c } ORDER BY ?c LIMIT 1",
    "DESCRIBE": f"DESCRIBE {_A002}",
    "DESCRIBE of a pattern": "DESCRIBE ?s { ?s a ess:Supplement }",
    "scope of BIND": "SELECT ?y { BIND(1 AS ?x) { BIND(?x AS ?y) } }",
    "scope of FILTER": "SELECT ?x { VALUES ?x { 1 2 } { FILTER(?x = 1) } }",
    "comparison that looks like an IRI": "SELECT ?x { VALUES (?x ?y) { (1 2) (3 2) } FILTER(?x<?y&&?y>?x)# > it's a comment\n}",
    "comparison of numbers": "SELECT (COUNT(*) AS ?n) { VALUES ?x { 1 2 } FILTER(1<?x&&3>2) GRAPH <urn:x> { ?s ?p ?o } }",
    "IRI right after a variable": "SELECT (COUNT(*) AS ?n) { ?s<http://purl.org/dc/terms/source>?o.?s a ess:Actor }",
    "a string is no number": 'ASK { FILTER("1" = 1) }',
    "sameTerm": "ASK { FILTER(sameTerm(1, 1.0)) }",
    "an error in FILTER": 'SELECT (COUNT(*) AS ?n) { VALUES ?x { "a" 1 } FILTER(?x + 1 = 2) }',
    "NOW": "SELECT (DATATYPE(NOW()) AS ?x) {}",
    "rounding": "SELECT (ROUND(2.5) AS ?a) (CEIL(2.1) AS ?b) (FLOOR(-2.1) AS ?c) (ABS(-1) AS ?d) {}",
    "signs": "SELECT (+1 AS ?a) (-1.0 AS ?b) {}",
    "literals": r'SELECT ?x { VALUES ?x { "a\rb" "\n" " a " "" "<&>\"\'" "a\u0001b" "\U0001F600" "&amp;" "a"@fr true false 1 1.50 <urn:a&b> } }',
    "whole": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }",
    "CONSTRUCT": "CONSTRUCT { ?s a ess:X ; ess:at ?t } { ?s ess:portraysTerritory ?t }",
    "CONSTRUCT of nothing": "CONSTRUCT WHERE { ?s a ess:Nothing }",
    "ASK yes": "ASK {}",
    "ASK no": "ASK { <urn:a> ?p ?o }",
    "no rows": "SELECT ?s ?o { ?s a ess:Nothing ; ?p ?o }",
    "unbound": "SELECT ?s ?nothing { ?s a ess:Supplement } ORDER BY ?s LIMIT 2",
    "relative IRIs": "SELECT (<x> AS ?a) (<#x> AS ?b) (<> AS ?c) (<../x> AS ?d) (<http://a/b#> AS ?e) (<?q> AS ?f) {}",
    "escapes in IRIs": r"SELECT (COUNT(*) AS ?n) { ?s ?p <https://w3id.org/ess-lod/id/\u0061cteur/A002> }",
    "coordinates": """SELECT ?o (DATATYPE(?o) AS ?d) { ?s <http://www.opengis.net/ont/geosparql#asWKT> ?o } ORDER BY ?s LIMIT 5""",
    "datatype of coordinates": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(DATATYPE(?o) = <http://www.opengis.net/ont/geosparql#wktLiteral>) }",
}

VIRTUOSO_DEVIATES = {
    "1/3": "SELECT (1/3 AS ?x) {}",
    "truth of an expression": "SELECT (1 = 1 AS ?x) {}",
    "IN, isIRI, LANGMATCHES": 'SELECT (1 IN (1, 2) AS ?x) (isIRI(<urn:a>) AS ?y) (LANGMATCHES("fr-FR", "fr") AS ?z) {}',
    'DATATYPE("a")': 'SELECT (DATATYPE("a") AS ?x) (DATATYPE("a"@fr) AS ?y) {}',
    'LANG("a")': 'SELECT (LANG("a") AS ?x) {}',
    '"a" = "a"@fr': 'ASK { FILTER("a"@fr = "a") }',
    "ENCODE_FOR_URI": 'SELECT (ENCODE_FOR_URI("é à/b") AS ?x) {}',
    "BNODE()": "SELECT (isBlank(BNODE()) AS ?x) {}",
    "p+ and p* with two free ends": "SELECT (COUNT(*) AS ?n) { ?s dcterms:isReplacedBy+ ?o }",
    "ORDER BY past 10,000 rows": "SELECT ?s ?o { ?s rdfs:label ?o } ORDER BY ?s ?o LIMIT 5 OFFSET 12000",
    "COUNT over a graph that FILTER or VALUES name and nobody has": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } FILTER(?g = <urn:x>) }",
    "GRAPH ?g {}": "SELECT ?g { GRAPH ?g {} } ORDER BY ?g LIMIT 1",
    "1e0": "SELECT (1e0 AS ?x) {}",
    "MIN and MAX of tagged strings": "SELECT (MIN(?l) AS ?a) (MAX(?l) AS ?b) { ?s a ess:Supplement ; rdfs:label ?l }",
    "AVG": "SELECT (AVG(?v) AS ?x) { VALUES ?v { 1 2 4 } }",
    "UNDEF in a join": "SELECT ?x ?y { VALUES (?x ?y) { (1 UNDEF) (2 3) } VALUES ?y { 3 4 } } ORDER BY ?x ?y",
    "order of terms of different kinds": 'SELECT ?v { VALUES ?v { 10 9 2.5 "x" <urn:a> } } ORDER BY ?v',
    "columns of SELECT *": "SELECT * { ?s a ess:Supplement ; rdfs:label ?a FILTER(LANG(?a) = 'fr') } ORDER BY ?s LIMIT 1",
    "numbers past 64 bits": "SELECT (9223372036854775808 AS ?x) {}",
    "prefixes sql: and bif:": "PREFIX sql: <http://e/> SELECT (COUNT(*) AS ?n) { ?s sql:x ?o }",
    "a path before BIND in UNION": """PREFIX igeo: <http://rdf.insee.fr/def/geo#>
        SELECT DISTINCT ?supplement ?through WHERE {
          ?now igeo:codeINSEE "200072460" ; dcterms:replaces* ?then .
          { ?supplement ess:portraysTerritory ?then . BIND(?then AS ?territory) }
          UNION { ?m ess:memberTerritory ?then ; ess:groupingTerritory ?territory . ?supplement ess:portraysTerritory ?territory }
          ?territory rdfs:label ?through }""",
}
"""What Virtuoso 7.2.5 answers otherwise, or not at all."""

QUESTIONS_VIRTUOSO_CANNOT = {"05-supplements-of-an-epci-today": "an internal error of its compiler: a path, and BIND in UNION"}
