"""Things and their documents: redirects, negotiation, validators, the same triples in every format."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad, RdfFormat, parse
from rdflib import Graph

from ess_lod.iris import kind_of
from ess_lod.media import GRAPH_TYPES, RESOURCE_TYPES
from ess_lod.publish.rows import Rows
from ess_lod.terms import DCTERMS, FOAF, A

BASE = "https://reseau.example/lod/"
THINGS = {
    "supplement": "S002",
    "lettre": "L001",
    "territoire": "T010",
    "acteur": "A001",
    "personne-publique": "P001",
    "cooperation": "C001",
    "dispositif": "D001",
    "document": "R001",
}
DOCUMENTS = [f"/doc/{kind}/{id_}" for kind, id_ in THINGS.items()]
NEGOTIATED = [
    *DOCUMENTS,
    "/ns",
    "/ns/1.0.0",
    "/shapes",
    "/vocab",
    "/vocab/champ",
    "/vocab/champ/alimentation",
    "/graph/R001",
    "/graph/vocab",
    "/catalog",
    "/dataset",
]


def read(body: bytes, form: RdfFormat | None) -> set[Quad]:
    """The triples of a document; blank nodes, which only the shapes have, under canonical names."""
    assert form is not None
    found = Dataset(parse(body, format=form, base_iri=BASE))
    found.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return set(found)


@pytest.mark.parametrize(("kind", "id_"), THINGS.items())
def test_a_thing_is_303_to_its_document(site: FlaskClient, kind: str, id_: str) -> None:
    for accept in ("text/html", "text/turtle", "*/*"):
        answer = site.get(f"/id/{kind}/{id_}", headers={"Accept": accept})
        assert (answer.status_code, answer.location) == (303, f"/doc/{kind}/{id_}")
        assert "Cache-Control" in answer.headers
    assert site.get(f"/id/{kind}/{id_}?lang=en").location == f"/doc/{kind}/{id_}?lang=en"


@pytest.mark.parametrize(
    "path", ["acteur/A999", "acteur/T010", "acteur/A1", "acteur/a001", "acteur/A001.ttl", "personne/P001", "acteur/A001%22"]
)
@pytest.mark.parametrize("prefix", ["/id/", "/doc/"])
def test_what_was_never_minted_is_404(site: FlaskClient, prefix: str, path: str) -> None:
    if (prefix, path) == ("/doc/", "acteur/A001.ttl"):
        assert site.get(prefix + path).status_code == 200
    else:
        assert site.get(prefix + path).status_code == 404


def test_a_duplicate_is_301_to_the_one_that_is_kept(site: FlaskClient) -> None:
    for before, after in (
        ("/id/acteur/A003", "/id/acteur/A002"),
        ("/doc/acteur/A003", "/doc/acteur/A002"),
        ("/doc/acteur/A003.ttl", "/doc/acteur/A002.ttl"),
    ):
        answer = site.get(before)
        assert (answer.status_code, answer.location) == (301, after)
        assert site.get(before, follow_redirects=True).status_code == 200


@pytest.mark.parametrize("path", ["/id/acteur/A004", "/doc/acteur/A004"])
def test_a_withdrawn_thing_is_410_with_a_minimal_graph(site: FlaskClient, path: str) -> None:
    for media in GRAPH_TYPES:
        answer = site.get(path, headers={"Accept": media.content_type})
        assert (answer.status_code, answer.content_type) == (410, media.header)
        assert {quad.predicate.value.rpartition("#")[2] for quad in read(answer.data, media.rdf)} == {"status", "invalidatedAtTime"}
    page = site.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 410
    assert "Retiré" in page.text
    assert site.get("/doc/acteur/A004.nt").status_code == 410
    assert site.get(path, headers={"Accept": "application/problem+json"}).json["status"] == 410  # type: ignore[index]


@pytest.mark.parametrize("path", NEGOTIATED)
def test_every_format_by_accept_and_by_extension(site: FlaskClient, path: str) -> None:
    graphs = []
    for media in RESOURCE_TYPES:
        asked = site.get(path, headers={"Accept": media.content_type})
        named = site.get(f"{path}.{media.extension}", headers={"Accept": "image/png"})
        assert asked.status_code == named.status_code == 200
        assert asked.content_type == named.content_type == media.header
        own = f"{path}.{media.extension}" + ("?lang=fr" if media.rdf is None else "")
        assert asked.headers["Content-Location"] == named.headers["Content-Location"] == own
        assert "Accept" in asked.vary
        assert "Accept" not in named.vary
        assert asked.data == named.data
        if media.rdf is not None:
            graphs.append(read(asked.data, media.rdf))
    assert len(graphs) == 4
    assert len(graphs[0]) > 3
    assert all(graph == graphs[0] for graph in graphs)


def test_rdflib_reads_the_same_graph_from_every_format(site: FlaskClient) -> None:
    formats = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}
    graphs = [set(Graph().parse(data=site.get(f"/doc/supplement/S002.{each}").data, format=name)) for each, name in formats.items()]
    assert len(graphs[0]) > 40
    assert all(graph == graphs[0] for graph in graphs)


def test_a_document_says_what_it_is_about_and_under_which_licence(site: FlaskClient) -> None:
    found = read(site.get("/doc/acteur/A001.nt").data, RdfFormat.N_TRIPLES)
    own = [(quad.predicate, quad.object) for quad in found if quad.subject == NamedNode(f"{BASE}doc/acteur/A001")]
    assert sorted(own, key=str) == sorted(
        [
            (A, FOAF.Document),
            (FOAF.primaryTopic, NamedNode(f"{BASE}id/acteur/A001")),
            (DCTERMS.isPartOf, NamedNode(f"{BASE}dataset")),
            (DCTERMS.license, NamedNode("https://www.etalab.gouv.fr/licence-ouverte-open-licence")),
        ],
        key=str,
    )


def test_headers_link_the_formats_the_licence_and_the_public_address(site: FlaskClient) -> None:
    link = site.get("/doc/acteur/A001.ttl").headers["Link"]
    assert len(re.findall(r'rel="alternate"', link)) == 4 + 3, "formats, other profiles and their list"
    assert '</doc/acteur/A001.jsonld>; rel="alternate"; type="application/ld+json"' in link
    assert 'A001.ttl>; rel="alternate"' not in link
    assert f'<{BASE}doc/acteur/A001>; rel="canonical"' in link
    assert '</doc/acteur/A001.ttl>; rel="describedby"; type="text/turtle"' in link
    assert '<https://www.etalab.gouv.fr/licence-ouverte-open-licence>; rel="license"' in link
    assert '<https://w3id.org/ess-lod/ns>; rel="canonical"' in site.get("/ns").headers["Link"]


@pytest.mark.parametrize("path", [*NEGOTIATED, "/supplements", "/"])
def test_validators_spare_a_client_what_it_has(site: FlaskClient, path: str) -> None:
    first = site.get(path)
    etag = first.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', etag)
    assert first.headers["Last-Modified"] == "Wed, 01 Apr 2026 00:00:00 GMT"
    assert first.headers["Cache-Control"] == "public, max-age=300"
    for value in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = site.get(path, headers={"If-None-Match": value})
        assert again.status_code == 304, value
        assert again.data == b""
        assert again.headers["ETag"] == etag
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert again.headers.get("Vary") == first.headers.get("Vary")
        assert again.headers.get("Content-Location") == first.headers.get("Content-Location")
    assert site.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert site.get(path, headers={"If-Modified-Since": "Thu, 31 Dec 2099 00:00:00 GMT"}).status_code == 200


def test_every_representation_has_its_own_etag(site: FlaskClient) -> None:
    etags = [site.get(f"/doc/acteur/A001.{media.extension}").headers["ETag"] for media in RESOURCE_TYPES]
    etags += [site.get(f"/doc/acteur/A001{query}").headers["ETag"] for query in ("?lang=en", "?lang=fr")]
    etags.append(site.get("/doc/acteur/A002.ttl").headers["ETag"])
    assert len(set(etags)) == len(etags) == 8
    assert site.get("/doc/acteur/A001", headers={"Accept": "text/turtle"}).headers["ETag"] == etags[1]


def test_a_missing_thing_is_404_even_for_if_none_match_star(site: FlaskClient) -> None:
    assert site.get("/doc/acteur/A999", headers={"If-None-Match": "*"}).status_code == 404


@pytest.mark.parametrize(
    "path", [*NEGOTIATED, "/id/acteur/A001", "/siren/999999998", "/", "/acteurs", "/sparql", "/healthz", "/robots.txt"]
)
def test_head_is_get_without_a_body(site: FlaskClient, path: str) -> None:
    get, head = site.get(path), site.head(path)
    assert head.status_code == get.status_code
    assert head.data == b""
    for name in ("Content-Type", "ETag", "Location", "Vary", "Link", "Content-Length"):
        assert head.headers.get(name) == get.headers.get(name), name


def test_what_no_format_satisfies_is_406_with_the_list(site: FlaskClient) -> None:
    answer = site.get("/doc/acteur/A001", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["offered"] == [media.content_type for media in RESOURCE_TYPES]
    assert site.get("/doc/acteur/A001.ttl", headers={"Accept": "image/png"}).status_code == 200


def test_an_unknown_extension_is_404(site: FlaskClient) -> None:
    assert site.get("/doc/acteur/A001.exe").status_code == 404
    assert site.get("/ns.exe").status_code == 404
    assert site.get("/vocab/champ/alimentation.exe").status_code == 404


@pytest.mark.parametrize(
    "path", ["/vocab/nothing", "/vocab/champ/nothing", "/vocab/champ/%3E", "/ns/9.9.9", "/graph/R999", "/graph/..%2Fx", "/graph/%3E"]
)
def test_an_unknown_term_or_graph_is_404(site: FlaskClient, path: str) -> None:
    assert site.get(path).status_code == 404


def test_a_graph_holds_its_statements_and_its_provenance(site: FlaskClient) -> None:
    found = read(site.get("/graph/R002.ttl").data, RdfFormat.TURTLE)
    assert any(quad.subject == NamedNode(f"{BASE}id/acteur/A002") for quad in found)
    provenance = {quad.predicate.value for quad in found if quad.subject == NamedNode(f"{BASE}graph/R002")}
    assert provenance >= {"http://www.w3.org/ns/prov#hadPrimarySource", "http://www.w3.org/ns/prov#generatedAtTime"}


def test_a_concept_comes_with_its_neighbours_but_not_with_its_users(site: FlaskClient) -> None:
    found = read(site.get("/vocab/statut/association.ttl").data, RdfFormat.TURTLE)
    assert 20 < len(found) < 120
    assert Literal("association déclarée (loi 1901)", language="fr") in {quad.object for quad in found}
    assert not any(quad.subject.value.startswith(BASE) for quad in found if isinstance(quad.subject, NamedNode))


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/siren/999999998", "/id/acteur/A001"),
        ("/rna/W991234567", "/id/acteur/A001"),
    ],
)
def test_an_official_identifier_leads_to_its_thing(site: FlaskClient, path: str, place: str) -> None:
    answer = site.get(path)
    assert (answer.status_code, answer.location) == (303, place)


@pytest.mark.parametrize(
    "path", ["/siren/000000000", "/siren/12", "/siren/99999999x", "/siret/999999998", "/rna/123456789", "/siren/999999998%22"]
)
def test_an_unknown_or_impossible_identifier_is_404(site: FlaskClient, path: str) -> None:
    assert site.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/doc/acteur/A001/", "/supplements/", "/ns/", "/sparql/", "/vocab/champ/", "/dataset/?lang=en"])
def test_a_slash_too_many_is_sent_on(site: FlaskClient, path: str) -> None:
    answer = site.get(path)
    plain, _, query = path.partition("?")
    assert (answer.status_code, answer.location) == (308, plain.rstrip("/") + (f"?{query}" if query else ""))
    assert site.get("/nothing/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/doc/acteur/A001", "/id/acteur/A001", "/ns", "/dump/latest/dataset.nq", "/healthz"])
def test_other_methods_are_405_with_what_is_allowed(site: FlaskClient, path: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = site.open(path, method=method)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert set(site.open("/sparql", method="PUT").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize(
    "path", ["/", "/doc/acteur/A001", "/doc/acteur/A001.ttl", "/id/acteur/A001", "/nothing", "/sparql", "/dump/latest/dataset.nq"]
)
def test_all_may_be_read_from_anywhere_and_pages_load_nothing_from_elsewhere(site: FlaskClient, path: str) -> None:
    answer = site.get(path)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    answer.close()
    asked = site.options(path)
    if path != "/nothing":
        assert asked.status_code == 200
        assert "GET" in asked.headers["Access-Control-Allow-Methods"]
        assert "Content-Type" in asked.headers["Access-Control-Allow-Headers"]


def test_every_identifier_of_the_real_tables_can_be_looked_up(client: FlaskClient, tables: Rows) -> None:
    rows = tables["identifiants"]
    assert {row["type"] for row in rows} >= {"siren", "siret"}
    for row in rows:
        answer = client.get(f"/{row['type']}/{row['valeur']}")
        assert (answer.status_code, answer.location) == (303, f"/id/{kind_of(row['entite'])}/{row['entite']}")


def test_a_siren_that_no_organisation_has_leads_to_its_territory(client: FlaskClient, tables: Rows) -> None:
    taken = {row["valeur"] for row in tables["identifiants"]}
    free = [row for row in tables["territoires"] if len(row["code"]) == 9 and row["code"] not in taken]
    assert len(free) > 5
    for row in free:
        assert client.get(f"/siren/{row['code']}").location == f"/id/territoire/{row['id']}"


def test_several_things_of_one_number_are_300_with_the_choices(site: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"thing": f"{BASE}id/acteur/A00{number}", "label": f"Acteur <{number}>"} for number in (1, 2)]
    monkeypatch.setattr("ess_lod.web.live.Edition.rows", lambda *_: rows)
    answer = site.get("/siren/999999998", headers={"Accept": "application/json"})
    assert answer.status_code == 300
    assert answer.json == {
        "choices": [{"iri": row["thing"], "label": row["label"], "href": row["thing"].replace(BASE, "/")} for row in rows],
    }
    assert answer.headers["Link"].count('rel="alternate"') == 2
    page = site.get("/siren/999999998", headers={"Accept": "text/html"})
    assert page.status_code == 300
    assert '<a href="/id/acteur/A002">Acteur &lt;2&gt;</a>' in page.text


@pytest.mark.parametrize("path", ["//ns/", "//evil.example/", "//evil.example", "///acteurs/"])
def test_no_address_of_a_request_leads_to_another_host(site: FlaskClient, path: str) -> None:
    answer = site.get("/", headers={"Accept": "text/html"}, environ_overrides={"PATH_INFO": path})
    assert answer.status_code in (308, 404)
    if answer.location:
        assert re.fullmatch(r"(http://localhost)?/[^/].*", answer.location)
    assert not re.search(r'href="//', answer.text)
