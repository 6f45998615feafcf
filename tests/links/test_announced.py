"""Announcements of other networks, in each format that they may be written in."""

from __future__ import annotations

import json

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from ess_lod.links.announced import LINKSET, LINKSET_JSON, RDF_TYPES, TYPE_OF_SUFFIX, Announced, Unreadable, read_announced
from ess_lod.links.relations import fitting
from ess_lod.terms import OWL, RDFS, SCHEMA, SKOS

OURS = "https://reseau.example/lod/id/acteur/"
THEIRS = "https://voisin.example/id/"


def is_ours(iri: str) -> bool:
    return iri.startswith("https://reseau.example/lod/")


SAID = [
    Announced(f"{THEIRS}1", "identique", f"{OURS}A001"),
    Announced(f"{THEIRS}2", "identique", f"{OURS}A002"),
    Announced(f"{THEIRS}3", "proche", f"{OURS}A003"),
    Announced(f"{THEIRS}4", "voir-aussi", f"{OURS}A004"),
]
TRIPLES = [
    (f"{THEIRS}1", SCHEMA.sameAs, f"{OURS}A001"),
    (f"{OURS}A002", OWL.sameAs, f"{THEIRS}2"),
    (f"{THEIRS}3", SKOS.closeMatch, f"{OURS}A003"),
    (f"{THEIRS}4", RDFS.seeAlso, f"{OURS}A004"),
    (f"{THEIRS}5", RDFS.label, f"{OURS}A005"),
    (f"{THEIRS}6", SCHEMA.sameAs, f"{THEIRS}7"),
    (f"{OURS}A006", SCHEMA.sameAs, f"{OURS}A007"),
]


@pytest.mark.parametrize("media_type", RDF_TYPES)
def test_every_rdf_format_says_the_same(media_type: str) -> None:
    quads = [Quad(NamedNode(subject), predicate, NamedNode(value)) for subject, predicate, value in TRIPLES]
    body = serialize(quads, format=RDF_TYPES[media_type])
    assert body is not None
    assert read_announced(body, media_type, is_ours) == SAID


def test_a_link_set_in_json() -> None:
    document = {
        "linkset": [
            {
                "anchor": f"{THEIRS}1",
                "https://schema.org/sameAs": [{"href": f"{OURS}A001", "type": "text/html", "title*": [{"value": "x", "language": "fr"}]}],
            },
            {"anchor": f"{OURS}A002", "http://www.w3.org/2002/07/owl#sameAs": [{"href": f"{THEIRS}2"}]},
            {
                "anchor": f"{THEIRS}3",
                "http://www.w3.org/2004/02/skos/core#closeMatch": [{"href": f"{OURS}A003"}],
                "author": [{"href": f"{OURS}A001"}],
            },
            {"anchor": "/id/4", "related": [{"href": f"{OURS}A004"}, {"href": "/id/8"}]},
        ]
    }
    body = json.dumps(document).encode()
    for media_type in (LINKSET_JSON, "application/json"):
        assert read_announced(body, media_type, is_ours, "https://voisin.example/linkset") == SAID


def test_a_link_set_as_text() -> None:
    body = f"""<{OURS}A001>; rel="https://schema.org/sameAs"; anchor="{THEIRS}1"; title="a, b; c \\"d\\"",
  <{THEIRS}2>
    ; rel=http://www.w3.org/2002/07/owl#sameAs
    ; anchor="{OURS}A002", <{OURS}A003>;anchor="{THEIRS}3";rel="author http://www.w3.org/2004/02/skos/core#closeMatch",
<{OURS}A004>; rel="RELATED"; anchor="/id/4"
"""
    assert read_announced(body.encode(), LINKSET, is_ours, "https://voisin.example/linkset") == SAID


@pytest.mark.parametrize(
    ("relation", "ours_first", "taken"),
    [
        ("describedby", True, True),
        ("describedby", False, False),
        ("describes", False, True),
        ("describes", True, False),
        ("about", False, True),
        ("canonical", False, False),
        ("alternate", False, False),
        ("related", True, True),
    ],
)
def test_registered_relations_have_a_direction(relation: str, ours_first: bool, taken: bool) -> None:
    ends = (f"{OURS}A001", f"{THEIRS}1")
    anchor, href = ends if ours_first else ends[::-1]
    body = json.dumps({"linkset": [{"anchor": anchor, relation: [{"href": href}]}]}).encode()
    assert read_announced(body, LINKSET_JSON, is_ours) == ([Announced(f"{THEIRS}1", "voir-aussi", f"{OURS}A001")] if taken else [])


def test_a_person_is_known_by_its_class() -> None:
    body = f"<{THEIRS}1> a <http://xmlns.com/foaf/0.1/Person> ; <https://schema.org/sameAs> <{OURS}A001> ."
    assert [each.person for each in read_announced(body.encode(), "text/turtle", is_ours)] == [True]


def test_nothing_is_made_stronger() -> None:
    said = ("identique", "exacte", "proche", "voir-aussi")
    taken = {
        "acteur": ("identique", "identique", "voir-aussi", "voir-aussi"),
        "territoire": ("voir-aussi", "voir-aussi", "voir-aussi", "voir-aussi"),
        "concept": ("proche", "exacte", "proche", "voir-aussi"),
    }
    assert {kind: tuple(fitting(relation, kind) for relation in said) for kind in taken} == taken


UNREADABLE: dict[str, tuple[str, bytes, str]] = {
    "no JSON": (LINKSET_JSON, b"{", "JSON"),
    "no link set": (LINKSET_JSON, b'{"links": []}', "« linkset »"),
    "a context that is none": (LINKSET_JSON, b'{"linkset": [3]}', "contexte 1"),
    "a target that is none": (
        LINKSET_JSON,
        b'{"linkset": [{"anchor": "https://a.example", "related": "https://b.example"}]}',
        "« related »",
    ),
    "deep JSON": (LINKSET_JSON, b"[" * 100_000, "niveaux"),
    "deep JSON-LD": ("application/ld+json", b'{"https://p.example/":' * 5_000 + b"1" + b"}" * 5_000, "niveaux"),
    "a context elsewhere": ("application/ld+json", b'{"@context": "http://127.0.0.1:1/c", "@id": "https://a.example"}', "distant"),
    "an import elsewhere": (
        "application/ld+json",
        b'{"@context": {"@version": 1.1, "@import": "http://127.0.0.1:1/c"}, "@id": "https://a.example"}',
        "lisible",
    ),
    "no Turtle": ("text/turtle", b"<a> <b> <c>", "Turtle"),
    "XML entities, which would be written out to gigabytes": (
        "application/rdf+xml",
        b'<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><r xmlns="https://a.example/">&b;</r>',
        "entités",
    ),
    "a comment of 20 MB": ("text/turtle", b"#" * 20_000_000, "maximal"),
    "half a letter": (LINKSET_JSON, b'{"linkset": [{"anchor": "https://a.example/\\ud800", "related": []}]}', "surrogates"),
    "no links": (LINKSET, b'<https://a.example>; rel="related", \nnothing', "ligne 2"),
    "not UTF-8": (LINKSET, b"<https://a.example/\xff>; rel=related", "UTF-8"),
    "no type that is read": ("text/plain", b"", "text/plain"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_says_so(case: str) -> None:
    media_type, body, said = UNREADABLE[case]
    with pytest.raises(Unreadable, match=said):
        read_announced(body, media_type, is_ours)


def test_hostile_text_is_read_in_time() -> None:
    """These would take minutes if a regular expression tried again and again; a test that hangs is one that fails."""
    hostile = (
        b"<a>" + b";a" * 200_000 + b"@",
        b"<a>" + b" ;a = " * 100_000,
        b"<" * 500_000,
        b"<a>; a=" + b" " * 500_000 + b'"',
        b'<a>;a="' + b"\\" * 300_001,
    )
    for body in hostile:
        with pytest.raises(Unreadable):
            read_announced(body, LINKSET, is_ours)


def test_each_suffix_has_a_type_that_is_read() -> None:
    assert set(TYPE_OF_SUFFIX.values()) == {LINKSET_JSON, LINKSET, *RDF_TYPES}
    assert len(TYPE_OF_SUFFIX) == 9
    assert RDF_TYPES["application/ld+json"] is RdfFormat.JSON_LD
