"""Queries that hurt engines, each with the reason why; written for any dataset with some ten thousand triples.

``LISTENER`` in a query stands for the address of a listener on this machine that nothing may call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

LISTENER = "http://listener.invalid/"
LONGEST = 262_144

OK, BAD, REFUSED, LONG, COSTLY = 200, 400, 403, 413, 422
_RUNS = frozenset((OK, COSTLY))
"""What a query may end in that the engine is asked: it is answered, or it costs too much."""
_DEEP = frozenset((OK, BAD, COSTLY))


@dataclass(frozen=True)
class Hostile:
    """One query: ``why`` it hurts, and the statuses it may end in. ``graph`` is a ``default-graph-uri`` that goes with it."""

    group: str
    name: str
    query: bytes
    why: str
    ends: frozenset[int]
    graph: str = ""


def _made(group: str, ends: frozenset[int], rows: list[tuple[str, str, str]]) -> Iterator[Hostile]:
    return (Hostile(group, name, query.encode(), why, ends) for name, query, why in rows)


_THREE = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
_TWO = "?a ?b ?c . ?d ?e ?f"

_PRODUCTS = [
    ("count", f"SELECT (COUNT(*) AS ?n) {{ {_THREE} }}", "counts n³ rows one by one"),
    ("count-distinct", f"SELECT (COUNT(DISTINCT ?c) AS ?n) {{ {_THREE} }}", "as above, and asks each for its value"),
    ("order", f"SELECT * {{ {_THREE} }} ORDER BY ?a ?i", "keeps every row to sort them: 6 GB in 12 s without a ceiling"),
    ("order-limit", f"SELECT * {{ {_THREE} }} ORDER BY ?i LIMIT 1", "the limit comes after the sort"),
    ("order-rand", f"SELECT * {{ {_TWO} }} ORDER BY RAND() LIMIT 5", "a new number for each of n² rows"),
    ("distinct", f"SELECT DISTINCT ?a ?f ?h {{ {_THREE} }}", "remembers what it has seen"),
    ("reduced", f"SELECT REDUCED ?a ?f ?h {{ {_THREE} }} OFFSET 999999999", "skips n³ rows"),
    ("group", f"SELECT ?a ?f (COUNT(*) AS ?n) {{ {_THREE} }} GROUP BY ?a ?f", "a counter for each pair"),
    ("group-concat", f'SELECT (GROUP_CONCAT(STR(?c); SEPARATOR=", ") AS ?all) {{ {_TWO} }}', "one string of n² values"),
    (
        "group-concat-separator",
        f'SELECT (GROUP_CONCAT(STR(?c); SEPARATOR="{"x" * 50_000}") AS ?all) {{ {_TWO} }}',
        "50 kB between each two",
    ),
    ("having", f"SELECT ?a {{ {_THREE} }} GROUP BY ?a HAVING (COUNT(DISTINCT ?f) > 999999999)", "no row comes out"),
    ("minus", "SELECT * { ?a ?b ?c . ?d ?e ?f MINUS { ?a ?x ?c . ?d ?y ?z } }", "each row against all"),
    ("minus-disjoint", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c MINUS { ?a ?e ?f . ?g ?h ?i . ?j ?k ?l } }", "a product to take away"),
    ("not-exists", "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?g ?h ?i . ?j ?k ?l FILTER(?i != ?i) } }", "a product for each row"),
    ("exists-in-order", "SELECT * { ?a ?b ?c } ORDER BY (EXISTS { ?d ?e ?f . ?g ?h ?i FILTER(?c = ?z) })", "a product for each comparison"),
    ("optional", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c OPTIONAL { ?d ?e ?f OPTIONAL { ?g ?h ?i } } }", "left joins without a key"),
    ("filter-never", f"SELECT * {{ {_THREE} FILTER(?a = ?c && ?d = ?f && ?g = ?i && 1 = 2 + RAND()) }}", "looks at n³ rows, answers none"),
    (
        "sub-select",
        f"SELECT * {{ {{ SELECT ?a {{ {_TWO} }} }} {{ SELECT ?g {{ ?g ?h ?i . ?j ?k ?l }} }} }} ORDER BY ?g",
        "a product of products",
    ),
    ("answer", f"SELECT * {{ {_TWO} }}", "an answer that has no end"),
    ("offset", f"SELECT * {{ {_THREE} }} OFFSET 9223372036854775807 LIMIT 1", "skips until the end of time"),
    ("limit", f"SELECT * {{ {_THREE} }} LIMIT 9223372036854775807", "a limit that is none"),
    ("construct", "CONSTRUCT { ?a ?e ?i . ?d ?h ?c . ?g ?b ?f } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "three new triples a row"),
    ("construct-blank", f"CONSTRUCT {{ [] ?b [ ?e [ ?b ?c ] ] }} {{ {_TWO} }}", "new nodes without end, which nothing makes equal"),
    ("describe-all", "DESCRIBE * { ?a ?b ?c . ?d ?e ?f }", "describes everything, again and again"),
    ("describe-var", "DESCRIBE ?a ?c { ?a ?b ?c }", "describes everything"),
    ("ask", f"ASK {{ {_THREE} FILTER(STR(?a) = CONCAT(STR(?c), STR(?f), STR(?i), 'x')) }}", "no need of memory, only of time"),
    ("graphs", "SELECT (COUNT(*) AS ?n) { GRAPH ?x { ?a ?b ?c } GRAPH ?y { ?d ?e ?f } GRAPH ?z { ?g ?h ?i } }", "over all named graphs"),
    ("sample-sum", f"SELECT (SUM(STRLEN(STR(?c))) AS ?n) (SAMPLE(?f) AS ?s) {{ {_THREE} }}", "a string made for each row"),
    ("lateral-filter", "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(CONTAINS(STR(?c), STR(?f))) } ORDER BY ?c", "text against all text"),
]

_DIGITS = " ".join(map(str, range(100)))
_VALUES = [
    ("ten", "SELECT (COUNT(*) AS ?n) {" + "".join(f" VALUES ?v{i} {{ {_DIGITS} }}" for i in range(10)) + " }", "100¹⁰ rows from 3 kB"),
    ("order", "SELECT * {" + "".join(f" VALUES ?v{i} {{ {_DIGITS} }}" for i in range(5)) + " } ORDER BY ?v4", "10¹⁰ rows to sort"),
    (
        "sixty",
        "ASK {" + "".join(f" VALUES ?v{i} {{ 1 2 }}" for i in range(60)) + " FILTER(?v0 > 2) }",
        "2⁶⁰ rows, perhaps made while it is parsed",
    ),
    (
        "pairs",
        "SELECT * { VALUES (?x ?y) {" + " (1 2)" * 9_000 + " } VALUES (?z ?w) {" + " (1 2)" * 900 + " } }",
        "the same 8 million times",
    ),
    (
        "undef",
        "SELECT (COUNT(*) AS ?n) {"
        + " VALUES (?x ?y) {"
        + " (UNDEF 1)(1 UNDEF)" * 400
        + " }"
        + " VALUES (?x ?y) {"
        + " (UNDEF 1)" * 1_000
        + " } }",
        "no key to join by",
    ),
    ("unions", "SELECT (COUNT(*) AS ?n) {" + " { {} UNION {} UNION {} UNION {} UNION {} }" * 20 + " }", "5²⁰ empty rows"),
    ("optionals", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c" + " OPTIONAL { ?a ?b ?c2 }" * 40 + " }", "each multiplies what is there"),
]

_IN_LIST = ", ".join(map(str, range(9_000)))
_PATHS = [
    ("alternating-star", "SELECT (COUNT(*) AS ?n) { ?a (<x:p>|^<x:p>|!<x:q>|!^<x:q>)* ?b }", "all pairs that are connected"),
    ("nested-star", "SELECT (COUNT(*) AS ?n) { ?a ((!<x:p>*)*)* ?b }", "a star of a star of a star"),
    ("nested-plus", "SELECT (COUNT(*) AS ?n) { ?a (((!<x:p>+)+)+/(!<x:p>)*)+ ?b }", "a closure in each step of a closure"),
    (
        "negated",
        "SELECT (COUNT(*) AS ?n) { ?a !(<x:p>|^<x:p>)/!(<x:p>|^<x:p>)/!(<x:p>|^<x:p>)/!(<x:p>|^<x:p>) ?b }",
        "four steps in any direction",
    ),
    ("steps", "ASK { ?a " + "/".join(["<x:p>"] * 512) + " ?b }", "512 steps: the optimiser takes 8 s in an empty store"),
    ("steps-negated", "ASK { ?a " + "/".join(["!<x:p>"] * 512) + " ?b }", "512 steps that all fit"),
    ("steps-optional", "SELECT (COUNT(*) AS ?n) { ?a " + "/".join(["(!<x:p>)?"] * 30) + " ?b }", "2³⁰ ways through"),
    ("alternatives", "ASK { ?a " + "|".join(f"<x:p{i}>" for i in range(5_000)) + " ?b }", "5,000 alternatives"),
    (
        "negated-long",
        "SELECT (COUNT(*) AS ?n) { ?a (!(" + "|".join(f"<x:p{i}>" for i in range(5_000)) + "))* ?b }",
        "5,000 exceptions for each step",
    ),
    ("inverse", "ASK { ?a " + "^(" * 5_000 + "<x:p>" + ")" * 5_000 + " ?b }", "5,000 times about"),
    ("zero", "SELECT (COUNT(*) AS ?n) { ?a <x:p>* ?b . ?c <x:p>* ?d . ?e <x:p>* ?f }", "every node reaches itself: n³"),
    ("both-ends", "SELECT (COUNT(*) AS ?n) { ?a (!<x:p>)+ ?a . ?b (!<x:p>)+ ?b }", "circles"),
    ("not-exists", "SELECT * { ?a ?p ?b FILTER NOT EXISTS { ?b (!<x:p>|!^<x:p>)* ?a FILTER(?a = <x:none>) } }", "a closure for each row"),
]

_BRACKETS = 20_000
_GEO = "PREFIX g: <http://www.opengis.net/def/function/geosparql/> PREFIX o: <http://www.opengis.net/ont/geosparql#> "
_METRE = "<http://www.opengis.net/def/uom/OGC/1.0/metre>"
_POLYGON = '"POLYGON((' + ",".join(f"{i % 180} {i * 7 % 90}" for i in range(6_500)) + '))"^^o:wktLiteral'
_LINES = ['"LINESTRING(' + ",".join(f"{i * step % 170} {i * 7 % 80}" for i in range(2_000)) + ')"^^o:wktLiteral' for step in (1, 3)]
_COLLECTIONS = '"' + "GEOMETRYCOLLECTION(" * 3_000 + "POINT(1 1)" + ")" * 3_000 + '"^^o:wktLiteral'
_TEXTS = [
    ("regex-alternation", 'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), CONCAT("(a|aa|", STR(?f), ")+$"))) }', "compiles an expression a row"),
    ("regex-nested", 'ASK { BIND(STRDT("' + "a" * 30_000 + '!", <x:t>) AS ?x) FILTER(REGEX(STR(?x), "^(((a+)+)+)+$")) }', "backtracks for ever where it can"),
    ("regex-repeat", 'ASK { FILTER(REGEX("a", "((((a{1,99}){1,99}){1,99}){1,99}){1,99}")) }', "99⁵ states"),
    ("regex-long", 'ASK { FILTER(REGEX("a", "' + "(a?)" * 12_000 + '")) }', "a long expression"),
    ("regex-deep", 'ASK { FILTER(REGEX("a", "' + "(" * 20_000 + "a" + ")" * 20_000 + '")) }', "20,000 brackets for another parser"),
    ("regex-unicode", 'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), "(\\\\p{L}|\\\\w){1,200}\\\\s$", "i")) }', "large classes, repeated"),
    ("replace-grow", 'SELECT (STRLEN(?z) AS ?n) { BIND("' + "a" * 1_000 + '" AS ?v) BIND(REPLACE(?v, "a", ?v) AS ?x) BIND(REPLACE(?x, "a", ?v) AS ?y) BIND(REPLACE(?y, "a", ?v) AS ?z) }', "1,000⁴ letters"),
    ("doubling", 'SELECT (STRLEN(?v60) AS ?n) { BIND("aaaaaaaa" AS ?v0)' + "".join(f" BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1})" for i in range(60)) + " }", "2⁶³ letters from 2 kB"),
    ("doubling-nested", "SELECT (STRLEN(" + "CONCAT(" * 24 + '"' + "a" * 1_000 + '"' + ', "b")' * 24 + ") AS ?n) {}", "copies a string again and again"),
    ("encode", 'SELECT (STRLEN(?v20) AS ?n) { BIND("' + "é" * 5_000 + '" AS ?v0)' + "".join(f" BIND(ENCODE_FOR_URI(?v{i}) AS ?v{i + 1})" for i in range(20)) + " }", "each round makes it longer"),
    ("hash", "SELECT (COUNT(*) AS ?n) { " + _TWO + ' FILTER(SHA512(CONCAT(STR(?c), STR(?f))) = "x") }', "a digest for each of n² rows"),
    ("in-list", f"SELECT (COUNT(*) AS ?n) {{ {_TWO} FILTER(STRLEN(STR(?c)) IN ({_IN_LIST})) }}", "9,000 comparisons a row"),
    ("not-in-list", f"SELECT * {{ ?a ?b ?c FILTER(?c NOT IN ({_IN_LIST})) }} ORDER BY ?c", "9,000 comparisons a row, none of them true"),
    ("wkt", _GEO + f"SELECT (g:distance(?x, ?x, {_METRE}) AS ?d) (g:sfIntersects(?x, ?x) AS ?i) {{ BIND({_POLYGON} AS ?x) }}", "a polygon that crosses itself everywhere"),
    ("wkt-rows", _GEO + f"SELECT (COUNT(*) AS ?n) {{ {_TWO} FILTER(g:sfIntersects({_LINES[0]}, {_LINES[1]})) }}", "geometry for each of n² rows"),
    ("wkt-deep", _GEO + f'ASK {{ FILTER(g:sfWithin({_COLLECTIONS}, "POINT(1 1)"^^o:wktLiteral)) }}', "3,000 collections in collections"),
    ("substring", "SELECT (COUNT(*) AS ?n) { " + _THREE + " FILTER(SUBSTR(STR(?c), 1, 9223372036854775807) = STRBEFORE(STR(?f), STR(?i))) }", "cuts and compares n³ times"),
]  # fmt: skip

_DEPTHS = [
    ("brackets", "ASK { FILTER(" + "(" * _BRACKETS + "1" + ")" * _BRACKETS + ") }", "20,000 brackets end an ordinary stack"),
    ("brackets-open", "ASK { FILTER(" + "(" * 60_000, "never closed"),
    ("braces", "ASK " + "{" * 30_000 + "}" * 30_000, "2,304 of them end an ordinary stack"),
    ("functions", "ASK { FILTER(" + "STR(" * 12_000 + "1" + ")" * 12_000 + ") }", "960 of them end an ordinary stack"),
    ("concat", "ASK { FILTER(" + "CONCAT(" * 7_000 + '"a"' + ")" * 7_000 + ") }", "as above"),
    ("if", "ASK { FILTER(" + "IF(true," * 5_000 + "1" + ",0)" * 5_000 + ") }", "conditions in conditions"),
    ("not", "ASK { FILTER(" + "!" * 60_000 + "true) }", "60,000 times not"),
    ("minus-signs", "ASK { FILTER(" + "- " * 30_000 + "1 < 2) }", "30,000 signs"),
    ("plus-chain", "ASK { FILTER(" + "1+" * 30_000 + "1 > 0) }", "a tree as deep as it is long"),
    ("and-chain", "ASK { FILTER(" + "true&&" * 10_000 + "true) }", "as above"),
    ("or-chain", "ASK { FILTER(" + "false||" * 9_000 + "true) }", "as above"),
    ("equal-chain", "ASK { FILTER(" + "(1=" * 10_000 + "1" + ")" * 10_000 + ") }", "as above"),
    ("optional", "ASK { " + "OPTIONAL { " * 5_000 + "}" * 5_000 + " }", "3,000 of them end the process"),
    ("sub-select", "ASK { " + "{ SELECT * { " * 4_000 + "} }" * 4_000 + " }", "as above"),
    ("exists", "ASK { " + "FILTER EXISTS { " * 3_500 + "}" * 3_500 + " }", "patterns in filters in patterns"),
    ("minus", "ASK { " + "?a ?b ?c MINUS { " * 3_000 + "}" * 3_000 + " }", "as above"),
    ("graph", "ASK { " + "GRAPH ?g { " * 5_000 + "}" * 5_000 + " }", "as above"),
    ("lists", "ASK { ?a ?b " + "(" * 128 + "1" + ")" * 128 + " }", "128 collections: the optimiser takes more than 10 s in an empty store"),
    ("lists-deep", "ASK { ?a ?b " + "(" * 10_000 + "1" + ")" * 10_000 + " }", "as above, to the end of the stack"),
    ("blank-nodes", "ASK { ?a ?b " + "[ ?p " * 5_000 + "1" + " ]" * 5_000 + " }", "as above"),
    ("triple-terms", "ASK { ?a ?b " + "<<( ?s ?p " * 4_000 + "?o" + " )>>" * 4_000 + " }", "RDF 1.2 terms in terms"),
    ("reifiers", "ASK { " + "<< " * 3_000 + "?s" + " ?p ?o >>" * 3_000 + " ?q ?r }", "RDF 1.2 reifiers of reifiers"),
    ("annotations", "ASK { ?s ?p ?o " + "{| ?q ?r " * 3_000 + "|} " * 3_000 + "}", "annotations of annotations"),
    ("triple-function", "ASK { BIND(" + "TRIPLE(<x:s>, <x:p>, " * 1_500 + "1" + ")" * 1_500 + " AS ?t) }", "terms that are made"),
    ("path-brackets", "ASK { ?a " + "(" * 20_000 + "<x:p>" + ")" * 20_000 + " ?b }", "in a path"),
    ("path-negated", "ASK { ?a " + "!(" * 15_000 + "<x:p>" + ")" * 15_000 + " ?b }", "in a path, and wrong"),
]

_WIDTHS = [
    ("union", "ASK {" + "{}UNION" * 9_000 + "{} }", "as many branches as fit; 50,000 end the process"),
    ("union-patterns", "SELECT * {" + "{?a ?b ?c}UNION" * 4_000 + "{} }", "4,000 times everything"),
    ("union-joined", "SELECT (COUNT(*) AS ?n) {" + ("{ {?a ?b ?c}UNION{?c ?b ?a} }") * 12 + " }", "2¹² ways to join"),
    ("patterns", "ASK { " + " . ".join(f"?v{i} ?p{i} ?v{i + 1}" for i in range(512)) + " }", "512 patterns: the optimiser takes more than 10 s"),
    ("patterns-apart", "ASK { " + " . ".join(f"?v{i} ?p{i} ?o{i}" for i in range(512)) + " FILTER(?o1 = <x:none>) }", "512 patterns that share nothing"),
    ("patterns-star", "SELECT (COUNT(*) AS ?n) { " + " ; ".join(f"?p{i} ?o{i}" for i in range(512)).join(("?s ", " }")), "512 patterns that share one node"),
    ("list", "ASK { ?a ?b (" + "1 " * 30_000 + ") }", "60,000 patterns"),
    ("objects", "ASK { ?a ?b " + ",".join(map(str, range(10_000))) + " }", "10,000 objects"),
    ("filters", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c " + "FILTER(?a!=1)" * 4_500 + " }", "4,500 conditions"),
    ("binds", "SELECT * { ?a ?b ?c " + "".join(f"BIND(1 AS?b{i})" for i in range(3_500)) + " }", "3,500 more columns"),
    ("optionals", "ASK { ?a ?b ?c " + "OPTIONAL{?a ?b ?x}" * 3_500 + " }", "3,500 left joins"),
    ("columns", "SELECT " + " ".join(f"(1 AS ?v{i})" for i in range(4_000)) + " { ?a ?b ?c }", "4,000 columns in each row"),
    ("aggregates", "SELECT " + " ".join(f"(SUM(?c) AS ?v{i})" for i in range(3_000)) + " { ?a ?b ?c . ?d ?e ?f }", "3,000 sums of n² rows"),
    ("group-keys", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c } GROUP BY " + " ".join(f"(STR(?c) AS ?v{i})" for i in range(3_000)), "3,000 keys"),
    ("order-keys", "SELECT * { ?a ?b ?c } ORDER BY " + "RAND() " * 9_000, "9,000 keys, each another every time"),
    ("from", "SELECT * " + "".join(f"FROM<x:{i}>" for i in range(5_000)) + " { ?a ?b ?c }", "5,000 graphs"),
    ("prefixes", "".join(f"PREFIX p{i}:<x:{i}>" for i in range(3_200)) + " ASK {}", "3,200 prefixes"),
    ("bases", "BASE <http://a/> " + "".join(f"BASE<{i}/>" for i in range(5_000)) + " ASK {}", "each relative to the one before"),
    ("comment", "#" + "x" * 65_000 + "\nASK {}", "one long comment"),
    ("comments", "#\n" * 32_000 + "ASK {}", "32,000 short ones"),
    ("blanks", " " * 65_000 + "ASK {}", "nothing for a long time"),
    ("comparison", "ASK { FILTER(" + "a<b>c" * 12_000 + ") }", "an address or two comparisons?"),
    ("comparisons", "ASK { FILTER(" + "?a<?b&&?c>" * 6_000 + "?d) }", "as above"),
    ("quotes", "ASK { FILTER(" + "'\\'" * 21_000 + ") }", "where does the string end?"),
    ("dots", "ASK { a:" + "b." * 32_000 + " }", "where does the name end?"),
    ("variable", "ASK { ?" + "v" * 65_000 + " ?b ?c }", "one long name"),
    ("word", "S" * 65_000, "no query at all"),
    ("escapes", 'ASK { FILTER("' + "\\u0041" * 10_000 + '" = "") }', "10,000 escapes"),
]  # fmt: skip

_LIKE_SERVICES = [
    ("service-words", "ASK { " + "service" * 9_000 + " }", "looks like a call 9,000 times"),
    ("service-names", "ASK { " + "service.a:b." * 5_000 + " }", "as above"),
    ("service-comments", "ASK { " + "<service#>" * 3_000 + "#\n" * 15_000 + " }", "as above, each before 15,000 comments"),
    ("group", "SELECT * { ?a ?b ?c . service:a { ?d ?e ?f } }", "an unknown prefix, or a call of the empty prefix"),
]

_DURATIONS = "PREFIX x: <http://www.w3.org/2001/XMLSchema#> "
_NUMBERS = [
    ("overflow", "SELECT (9223372036854775807 + 1 AS ?x) (9223372036854775807 * 9223372036854775807 AS ?y) {}", "past 64 bits"),
    ("digits", "SELECT (" + "9" * 60_000 + " + 1 AS ?x) {}", "60,000 digits"),
    ("double", "SELECT (1e999999 AS ?x) (-1e999999 * 0 AS ?y) (1e308 * 1e308 AS ?z) {}", "infinity and worse"),
    ("decimal", "SELECT (0." + "0" * 50_000 + "1 * 3 AS ?x) {}", "50,000 places"),
    ("zero", "SELECT (1 / 0 AS ?a) (1.0 / 0.0 AS ?b) (1e0 / 0e0 AS ?c) (0 / 0 AS ?d) {}", "division by zero"),
    ("min", "SELECT (-9223372036854775808 / -1 AS ?x) (ABS(-9223372036854775808) AS ?y) {}", "the one number without an opposite"),
    ("date", _DURATIONS + 'SELECT (YEAR("1000000000000-01-01T00:00:00Z"^^x:dateTime) AS ?x) {}', "a year of thirteen digits"),
    ("date-digits", _DURATIONS + 'SELECT (YEAR("' + "9" * 50_000 + '-01-01T00:00:00Z"^^x:dateTime) AS ?x) {}', "a year of 50,000"),
    ("date-minus", _DURATIONS + 'SELECT ("9999999999-01-01T00:00:00Z"^^x:dateTime - "-9999999999-01-01T00:00:00Z"^^x:dateTime AS ?x) {}', "a very long time"),
    ("duration", _DURATIONS + 'SELECT ("P9223372036854775807Y9223372036854775807M"^^x:duration + "P1Y"^^x:duration AS ?x) {}', "past 64 bits"),
    ("duration-add", _DURATIONS + 'SELECT ("2020-01-31T00:00:00Z"^^x:dateTime + "P9223372036854775807M"^^x:yearMonthDuration AS ?x) {}', "a day that will not come"),
    ("timezone", _DURATIONS + 'SELECT (TZ("2020-01-01T24:00:00+99:99"^^x:dateTime) AS ?x) (ADJUST(NOW(), "PT999H"^^x:dayTimeDuration) AS ?y) {}', "no such zone"),
    ("substring", 'SELECT (SUBSTR("abc", -9223372036854775808, 9223372036854775807) AS ?x) (SUBSTR("é", 1e308) AS ?y) {}', "indexes that overflow"),
    ("round", "SELECT (ROUND(1e308) AS ?a) (CEIL(-1e308) AS ?b) (FLOOR(170141183460469231731.687303715884105727) AS ?c) {}", "at the ends of the types"),
    ("cast", _DURATIONS + "SELECT (x:integer(1e300) AS ?a) (x:decimal(1e300) AS ?b) (x:integer('" + "1" * 50_000 + "') AS ?c) {}", "casts past the end"),
    ("limit", "SELECT * { ?a ?b ?c } LIMIT 99999999999999999999999", "past 64 bits"),
    ("offset", "SELECT * { ?a ?b ?c } OFFSET -1", "less than nothing"),
    ("fold", "SELECT (SUM(?x) AS ?n) { VALUES ?x { " + "9223372036854775807 " * 3_000 + "} }", "sums that overflow"),
]  # fmt: skip

_LETTERS: list[tuple[str, bytes, str]] = [
    ("utf-8", b"ASK { ?a ?b '\xff\xfe' }", "not UTF-8"),
    ("utf-8-overlong", b"ASK { ?a ?b '\xc0\xaf' }", "a slash in two bytes"),
    ("surrogate", b"ASK { ?a ?b '\xed\xa0\x80' }", "half a character"),
    ("surrogate-escape", b"ASK { ?a ?b '\\uD800' }", "half a character, escaped"),
    ("beyond", b"ASK { ?a ?b '\\U00110000' }", "beyond the last character"),
    ("nul", b"ASK { ?a ?b '\x00' }", "a NUL byte in a string"),
    ("nul-first", b"\x00ASK {}", "a NUL byte in front"),
    ("nul-iri", b"ASK { <http://a/\x00> ?b ?c }", "a NUL byte in an address"),
    ("bom", b"\xef\xbb\xbfASK {}", "a byte-order mark"),
    ("bidi", "ASK { ?a ?b '\u202e\u2066' } # \u202e".encode(), "text that runs backwards"),
    ("zalgo", ("ASK { ?a ?b 'e" + "\u0301" * 30_000 + "' }").encode(), "30,000 accents"),
    ("cut", b"ASK { ?a ?b 'caf\xc3", "ends in the middle of a letter"),
    ("empty", b"", "nothing"),
    ("newlines", b"\r\n" * 30_000, "nothing, in many lines"),
    ("too-long", b"ASK { ?a ?b '" + b"x" * LONGEST + b"' }", "longer than allowed"),
    ("at-length", b"ASK { ?a ?b '" + b"x" * (LONGEST - 18) + b"' } #", "as long as allowed"),
    (
        "too-long-letters",
        b"ASK { ?a ?b '" + "é".encode() * (LONGEST // 2) + b"' }",
        "as many letters as allowed, in twice the bytes",
    ),
    ("union-fifty-thousand", b"ASK {" + b"{}UNION" * 50_000 + b"{} }", "50,000 branches"),
]

_CALL = f"<{LISTENER}>"
_P = f"PREFIX ex: {_CALL} PREFIX : {_CALL} "
_SERVICES = [
    ("plain", f"SELECT * {{ SERVICE {_CALL} {{ ?s ?p ?o }} }}"),
    ("case", f"SELECT * {{ sErViCe {_CALL} {{ ?s ?p ?o }} }}"),
    ("silent", f"SELECT * {{ SERVICE SILENT {_CALL} {{ ?s ?p ?o }} }}"),
    ("no-blanks", f"SELECT*{{SERVICE{_CALL}{{}}}}"),
    ("silent-no-blanks", f"SELECT*{{SERVICESILENT{_CALL}{{}}}}"),
    ("comment", f"SELECT * {{ SERVICE # <http://other/>\n # SILENT\n {_CALL} {{ ?s ?p ?o }} }}"),
    ("return", f"SELECT * {{ ?s ?p ?o #\rSERVICE {_CALL} {{}} \n }}"),
    ("variable", f"SELECT * {{ BIND({_CALL} AS ?x) SERVICE ?x {{ ?s ?p ?o }} }}"),
    ("variable-values", f"SELECT * {{ VALUES ?service {{ {_CALL} }} SERVICE SILENT ?service {{ ?s ?p ?o }} }}"),
    ("variable-dollar", f"SELECT * {{ BIND({_CALL} AS ?x) SERVICE$x{{ ?s ?p ?o }} }}"),
    ("name", _P + "SELECT * { SERVICE ex:a { ?s ?p ?o } }"),
    ("name-empty", _P + "SELECT * { SERVICE : { ?s ?p ?o } }"),
    ("name-no-blank", _P + "SELECT * { SERVICE:a { ?s ?p ?o } }"),
    ("name-joined", _P + "SELECT * { SERVICEex:a { ?s ?p ?o } }"),
    ("name-silent-joined", _P + "SELECT * { SERVICESILENTex:a{} }"),
    ("base", f"BASE {_CALL} SELECT * {{ SERVICE <a> {{ ?s ?p ?o }} }}"),
    ("sub-select", f"SELECT * {{ {{ SELECT * {{ SERVICE {_CALL} {{ ?s ?p ?o }} }} }} }}"),
    ("exists", f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE {_CALL} {{ ?s ?p ?o }} }} }}"),
    ("exists-projected", f"SELECT (EXISTS {{ SERVICE {_CALL} {{ ?s ?p ?o }} }} AS ?x) {{}}"),
    ("minus", f"SELECT * {{ ?s ?p ?o MINUS {{ SERVICE {_CALL} {{ ?s ?p ?o }} }} }}"),
    ("optional", f"SELECT * {{ OPTIONAL {{ SERVICE {_CALL} {{ ?s ?p ?o }} }} }}"),
    ("union", f"SELECT * {{ {{}} UNION {{ SERVICE {_CALL} {{ ?s ?p ?o }} }} }}"),
    ("graph", f"SELECT * {{ GRAPH ?g {{ SERVICE {_CALL} {{ ?s ?p ?o }} }} }}"),
    ("lateral", f"SELECT * {{ LATERAL {{ SERVICE {_CALL} {{ ?s ?p ?o }} }} }}"),
    ("ask", f"ASK {{ SERVICE {_CALL} {{ ?s ?p ?o }} }}"),
    ("construct", f"CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE {_CALL} {{ ?s ?p ?o }} }}"),
    ("describe", f"DESCRIBE ?s {{ SERVICE {_CALL} {{ ?s ?p ?o }} }}"),
    ("after-comparison", f"SELECT * {{ BIND(1 AS ?a) FILTER(?a<?b)SERVICE#>\n{_CALL}{{}} }}"),
    ("after-comparison-quote", f"SELECT * {{ FILTER(1<2)SERVICE#'>\n{_CALL}{{}}#'\n }}"),
    ("after-comparison-long", f"SELECT * {{ FILTER(1<2)#>'''\nSERVICE{_CALL}{{}}#'''\n }}"),
    ("after-comparison-words", f"SELECT * {{ FILTER(1<2)#SERVICE>\nSERVICE SILENT#>\n{_CALL}{{}} }}"),
    ("after-local-escape", _P + f"SELECT * {{ ?s ?p ex:a\\# . SERVICE {_CALL} {{}} }}"),
    ("after-local-quote", _P + f"SELECT * {{ ?s ?p ex:a.b\\'.SERVICE {_CALL} {{}} #'\n }}"),
    ("after-empty-local", _P + f"SELECT * {{ ?s ?p ex:.SERVICE {_CALL} {{}} }}"),
    ("after-iri-escape", f"SELECT * {{ ?s <http://e/\\u0041#> ?o . SERVICE {_CALL} {{}} }}"),
    ("after-number", f"SELECT * {{ ?s ?p 1.SERVICE {_CALL} {{}} }}"),
    ("after-decimal", f"SELECT * {{ ?s ?p 1.5SERVICE {_CALL} {{}} }}"),
    ("after-double", f"SELECT * {{ ?s ?p 1e0.SERVICE {_CALL} {{}} }}"),
    ("after-boolean", f"SELECT * {{ ?s ?p trueSERVICE {_CALL} {{}} }}"),
    ("after-short-string", f"SELECT * {{ VALUES ?x {{'''a'}}SERVICE {_CALL} {{}}#\\q'''\n }}"),
    ("after-long-string", f'SELECT * {{ ?s ?p """a""\\" # """ . SERVICE {_CALL} {{}} }}'),
    ("escaped-keyword", f"SELECT * {{ SERV\\u0049CE {_CALL} {{ ?s ?p ?o }} }}"),
    ("escaped-line-end", f"SELECT * {{ ?s ?p ?o #\\u000a SERVICE {_CALL} {{}} \n }}"),
    ("escaped-quote", f'SELECT * {{ ?s ?p "\\u0022 SERVICE {_CALL} {{}} # " }}'),
    ("localhost", "SELECT * { SERVICE <http://localhost:1/> {} SERVICE <http://[::1]:1/> {} SERVICE <http://0x7f000001/> {} }"),
    ("file", "SELECT * { SERVICE <file:///etc/passwd> { ?s ?p ?o } }"),
    ("metadata", "SELECT * { SERVICE <http://169.254.169.254/latest/meta-data/> { ?s ?p ?o } }"),
]

_UPDATES = [
    ("load", f"LOAD {_CALL}"),
    ("load-silent", f"LOAD SILENT {_CALL} INTO GRAPH <x:g>"),
    ("load-case", f"# c\nPREFIX a: <x:> load{_CALL}"),
    ("insert", "INSERT DATA { <x:s> <x:p> <x:o> }"),
    ("insert-service", f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE {_CALL} {{ ?s ?p ?o }} }}"),
    ("delete", "DELETE WHERE { ?s ?p ?o }"),
    ("drop", "DROP ALL"),
    ("clear", "CLEAR SILENT ALL"),
]

_FETCHES = [
    ("from", f"SELECT * FROM {_CALL} {{ ?s ?p ?o }}"),
    ("from-named", f"SELECT * FROM NAMED {_CALL} {{ GRAPH ?g {{ ?s ?p ?o }} }}"),
    ("graph", f"SELECT * {{ GRAPH {_CALL} {{ ?s ?p ?o }} }}"),
    ("describe", f"DESCRIBE {_CALL}"),
    ("literal", f'SELECT * {{ BIND("<a>x</a>"^^{_CALL} AS ?x) }}'),
    ("innocent-variable", "SELECT ?service { ?service ?p ?o } LIMIT 1"),
    ("innocent-string", f'SELECT ("SERVICE {_CALL} {{}}" AS ?x) {{}}'),
    ("innocent-comment", f"ASK {{}} # SERVICE {_CALL} {{}}"),
    ("innocent-name", "PREFIX service: <x:> PREFIX ex: <x:> ASK { service:a ex:service <x:service> . ?a ex:service ?service }"),
]


def hostile_queries() -> list[Hostile]:
    """The whole corpus, group after group."""
    refused = frozenset((REFUSED,))
    return [
        *_made("products", _RUNS, _PRODUCTS),
        *_made("values", _RUNS, _VALUES),
        *_made("paths", _DEEP, _PATHS),
        *_made("texts", _RUNS, _TEXTS),
        *_made("depths", _DEEP, _DEPTHS),
        *_made("widths", _DEEP, _WIDTHS),
        *_made("like-services", frozenset((BAD, REFUSED)), _LIKE_SERVICES),
        *_made("numbers", frozenset((OK, BAD)), _NUMBERS),
        *(Hostile("letters", name, query, why, frozenset((OK, BAD, LONG, COSTLY))) for name, query, why in _LETTERS),
        *_made("services", refused, [(name, query, "makes the server call another host") for name, query in _SERVICES]),
        *_made("updates", refused, [(name, query, "writes, and may fetch") for name, query in _UPDATES]),
        *_made("fetches", frozenset((OK,)), [(name, query, "may look like something to fetch") for name, query in _FETCHES]),
        Hostile("fetches", "function", f"SELECT ({_CALL}(1) AS ?x) {{}}".encode(), "a function that is nowhere", frozenset((BAD,))),
        Hostile("fetches", "default-graph-uri", b"SELECT * { ?s ?p ?o }", "the same by the protocol", frozenset((OK,)), graph=LISTENER),
    ]
