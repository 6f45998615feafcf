"""The files of a release in RDF: all say the same, also to a second JSON-LD processor, compressed and verifiable; and how the web sends them."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from pyld import jsonld as second_processor
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple

from ess_lod import jsonld
from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.publish.dumps import dumps, merged, quads_file
from ess_lod.publish.jsonld import make_context
from ess_lod.publish.vocabulary import Vocabulary
from ess_lod.release import Release, freeze
from ess_lod.terms import DCTERMS, ESS, PREFIXES, RDFS, XSD, A
from tests.serving import HOST, Served, serving

MERGES = {"nt": RdfFormat.N_TRIPLES, "ttl": RdfFormat.TURTLE, "rdf": RdfFormat.RDF_XML, "jsonld": RdfFormat.JSON_LD}
PLAIN = ("nq", "trig", *MERGES)


@pytest.fixture(scope="module")
def frozen(site_settings: Settings) -> Release:
    """The release of the fictitious project."""
    return releases.open_release(site_settings.releases)


@pytest.fixture(scope="module")
def quads(frozen: Release) -> set[Quad]:
    """What it states."""
    found = set(pyoxigraph.parse(path=frozen.file("dataset.nq"), format=RdfFormat.N_QUADS))
    assert len(found) > 4000
    return found


@pytest.fixture(scope="module")
def context(vocabulary: Vocabulary) -> jsonld.Context:
    """The context of the ontology."""
    return jsonld.Context(make_context(vocabulary.core))


# Formats


def test_quads_are_sorted_lines_without_blank_nodes(frozen: Release) -> None:
    lines = frozen.file("dataset.nq").read_bytes().splitlines()
    assert lines == sorted(set(lines))
    assert len(lines) > 4000
    assert not [line for line in lines if b"_:" in line.split(b'"')[0]]


def test_trig_has_every_quad_and_each_graph_once(frozen: Release, quads: set[Quad]) -> None:
    path = frozen.file("dataset.trig")
    assert set(pyoxigraph.parse(path=path, format=RdfFormat.TRIG)) == quads
    graphs = {quad.graph_name for quad in quads}
    assert sum(line.endswith("{") for line in path.read_text("utf-8").splitlines()) == len(graphs)
    assert len(graphs) > 5


@pytest.mark.parametrize("extension", MERGES)
def test_the_other_formats_are_the_merge_of_the_graphs(frozen: Release, quads: set[Quad], extension: str) -> None:
    """There are no blank nodes, so isomorphic graphs are equal sets; every triple is written once."""
    written = list(pyoxigraph.parse(path=frozen.file(f"dataset.{extension}"), format=MERGES[extension]))
    assert len(written) == len({quad.triple for quad in quads})
    assert {quad.triple for quad in written} == {quad.triple for quad in quads}


def test_the_release_of_the_repository_says_the_same_in_every_format(release: Release) -> None:
    triples = set(merged(release.file("dataset.nq")))
    assert len(triples) > 100_000
    for extension, form in MERGES.items():
        assert {quad.triple for quad in pyoxigraph.parse(path=release.file(f"dataset.{extension}"), format=form)} == triples, extension


def test_a_triple_of_several_graphs_is_merged_once(tmp_path: Path) -> None:
    subject, other = NamedNode("http://e/a"), NamedNode("http://e/a#b")
    said = [Quad(s, A, NamedNode("http://e/C"), NamedNode(f"http://e/g{n}")) for s in (other, subject) for n in (1, 2, 3)]
    made = freeze(
        tmp_path,
        {"context.jsonld": b'{"@context": {}}', "dataset.nq": quads_file(sorted(said, key=str)), **dumps()},
        {"date": "2026-01-02", "base": "http://e/"},
    )
    assert len(list(merged(made.file("dataset.nq")))) == 2
    assert made.file("dataset.nt").read_text().count("\n") == 2
    assert made.file("dataset.trig").read_text().count("{") == 3
    assert json.loads(made.file("dataset.jsonld").read_bytes())["@graph"] == [
        {"@id": "http://e/a#b", "@type": "http://e/C"},
        {"@id": "http://e/a", "@type": "http://e/C"},
    ]


@pytest.mark.parametrize("extension", PLAIN)
def test_beside_each_format_it_is_compressed(frozen: Release, extension: str) -> None:
    packed = frozen.file(f"dataset.{extension}.gz").read_bytes()
    assert gzip.decompress(packed) == frozen.file(f"dataset.{extension}").read_bytes()
    assert packed[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "no name, no time"


def test_the_list_of_checksums_is_what_sha256sum_checks(frozen: Release, tmp_path: Path) -> None:
    """Fails where a file of the downloaded folder is another one."""
    folder = tmp_path / "downloaded"
    shutil.copytree(frozen.path, folder)
    listed = (folder / "SHA256SUMS").read_text().splitlines()
    assert {line[66:] for line in listed} == set(frozen.files) - {"SHA256SUMS"}
    assert len(listed) == 68
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0
    (folder / "tables/acteurs.csv").write_text("other")
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={"LC_ALL": "C"}, check=False)
    assert found.returncode == 1
    assert "tables/acteurs.csv: FAILED" in found.stdout


# JSON-LD


def no_fetch(url: str, _: Any) -> dict[str, Any]:
    """A loader of documents for the second processor that loads none."""
    raise AssertionError(f"nothing may be fetched: {url}")


def read_by_pyld(document: Any) -> set[Triple]:
    """The triples that pyld finds in a document."""
    lines = second_processor.to_rdf(document, {"format": "application/n-quads", "documentLoader": no_fetch})
    return {quad.triple for quad in pyoxigraph.parse(input=lines, format=RdfFormat.N_QUADS)}


def test_a_second_processor_reads_the_same_from_the_dump_without_fetching(frozen: Release, quads: set[Quad]) -> None:
    assert read_by_pyld(json.loads(frozen.file("dataset.jsonld").read_bytes())) == {quad.triple for quad in quads}


def test_the_context_is_embedded_and_shipped(frozen: Release, context: jsonld.Context) -> None:
    shipped = json.loads(frozen.file("context.jsonld").read_bytes())
    assert list(shipped) == ["@context"]
    assert json.loads(frozen.file("dataset.jsonld").read_bytes())["@context"] == shipped["@context"] == context.definitions
    assert "reseau.example" not in frozen.file("context.jsonld").read_text()


def test_every_class_and_property_of_ours_has_its_name(vocabulary: Vocabulary, context: jsonld.Context) -> None:
    ours = {triple.subject for triple in vocabulary.core if triple.predicate == A and triple.subject in ESS}
    terms = {
        (definition["@id"] if isinstance(definition, dict) else definition).removeprefix("ess:"): name
        for name, definition in context.definitions.items()
        if str(definition["@id"] if isinstance(definition, dict) else definition).startswith("ess:")
    }
    names = {node.value[len(ESS.iri) :] for node in ours if isinstance(node, NamedNode)}
    assert {name: name for name in names} == terms
    assert len(terms) > 70
    assert set(PREFIXES) < set(context.definitions)


def test_a_thing_reads_as_a_person_would_write_it(frozen: Release) -> None:
    graph = json.loads(frozen.file("dataset.jsonld").read_bytes())["@graph"]
    things = {each["id"]: each for each in graph}
    assert len(things) == len(graph) > 300
    supplement = things["https://reseau.example/lod/id/supplement/S001"]
    assert "Supplement" in supplement["type"]
    assert set(supplement["label"]) <= {"fr", "en"}
    assert supplement["listingPosition"] == 1
    assert supplement["source"].startswith("https://reseau.example/lod/id/document/")
    assert things[supplement["temporal"]]["startDate"][:2] == "20"


VALUES = (
    Literal("plain"),
    Literal("français", language="fr"),
    Literal("19", datatype=XSD.integer),
    Literal("019", datatype=XSD.integer),
    Literal("9007199254740993", datatype=XSD.integer),
    Literal("-5", datatype=XSD.integer),
    Literal("true", datatype=XSD.boolean),
    Literal("1", datatype=XSD.boolean),
    Literal("1.50", datatype=XSD.decimal),
    Literal("2020-01-01", datatype=XSD.date),
    Literal("2020", datatype=XSD.gYear),
    Literal("7", datatype=XSD.nonNegativeInteger),
    Literal('a"\n\\\t é 🌍'),
    NamedNode("https://elsewhere.example/x?y=z#a b".replace(" ", "%20")),
    NamedNode("geo:50.6,3.1"),
    NamedNode("urn:isbn:123"),
    BlankNode("b"),
)
PROPERTIES = (
    RDFS.label,  # texts by language
    ESS.features,  # links
    ESS.siren,  # codes
    ESS.population,  # integers
    ESS.value,  # decimals
    DCTERMS.date,  # dates
    DCTERMS.type,  # without a name
    NamedNode("http://unknown.example/p"),
)


@pytest.mark.parametrize("stream", [True, False])
def test_any_value_of_any_property_survives_both_processors(context: jsonld.Context, tmp_path: Path, stream: bool) -> None:
    subjects = (NamedNode("https://e.example/x"), NamedNode("geo:1,2"), BlankNode("s"))
    triples = [Triple(s, p, v) for s in subjects for p in PROPERTIES for v in VALUES]
    triples += [Triple(subjects[0], A, ESS.Actor), Triple(subjects[0], A, BlankNode("t")), Triple(subjects[0], A, NamedNode("geo:9,9"))]
    assert len(triples) == 3 * 8 * 17 + 3
    if stream:
        with (tmp_path / "x.jsonld").open("wb") as file:
            jsonld.write_stream(context, triples, file)
        content = (tmp_path / "x.jsonld").read_bytes()
    else:
        content = jsonld.write_document(context, triples)
    expected = canonical(triples)
    assert canonical([quad.triple for quad in pyoxigraph.parse(content, format=RdfFormat.JSON_LD)]) == expected
    assert canonical(read_by_pyld(json.loads(content))) == expected
    assert len(expected) == len(triples)


def canonical(triples: Any) -> list[str]:
    """Sorted lines with the names of blank nodes that RDFC-1.0 gives."""
    dataset = pyoxigraph.Dataset(Quad(*triple) for triple in triples)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


def test_a_document_carries_only_the_names_that_it_needs(context: jsonld.Context) -> None:
    thing = NamedNode("https://e.example/x")
    said = [Triple(thing, A, ESS.Actor), Triple(thing, DCTERMS.date, Literal("2020-01-01", datatype=XSD.date))]
    assert json.loads(jsonld.write_document(context, said)) == {
        "@context": {
            "@version": 1.1,
            "id": "@id",
            "type": "@type",
            "dcterms": DCTERMS.iri,
            "ess": ESS.iri,
            "xsd": XSD.iri,
            "Actor": "ess:Actor",
            "date": {"@id": "dcterms:date", "@type": "xsd:date"},
        },
        "@graph": [{"id": thing.value, "type": "Actor", "date": "2020-01-01"}],
    }


@pytest.mark.parametrize(
    "path", ["/doc/supplement/S001", "/doc/acteur/A001", "/doc/territoire/T001", "/ns", "/vocab/champ", "/shapes", "/catalog"]
)
def test_the_pages_speak_the_same_json_ld(site: FlaskClient, path: str) -> None:
    answer = site.get(f"{path}.jsonld")
    document = json.loads(answer.data)
    assert list(document) == ["@context", "@graph"]
    assert document["@context"]["id"] == "@id"
    turtle = {quad.triple for quad in pyoxigraph.parse(site.get(f"{path}.ttl").data, format=RdfFormat.TURTLE, base_iri="http://e/")}
    assert canonical(read_by_pyld(document)) == canonical(turtle)
    assert len(turtle) > 10


def test_a_release_of_before_has_no_context_and_is_still_served(site_settings: Settings, frozen: Release, tmp_path: Path) -> None:
    from ess_lod.web import create_app

    contents = {name: frozen.file(name).read_bytes() for name in frozen.files if name != "context.jsonld"}
    facts = {name: value for name, value in frozen.manifest.items() if name not in ("version", "files")}
    made = freeze(tmp_path, contents, facts)
    releases.publish(tmp_path, made.version)
    client = create_app(
        Settings.read({}, home=site_settings.home, data=site_settings.data, releases=tmp_path, indexes=tmp_path / "i")
    ).test_client()
    assert isinstance(json.loads(client.get("/doc/acteur/A001.jsonld").data), list)
    assert client.get("/context.jsonld").status_code == 404


# The web


def test_the_context_has_an_address(site: FlaskClient, frozen: Release) -> None:
    with site.get("/context.jsonld") as answer:
        assert answer.data == frozen.file("context.jsonld").read_bytes()
        assert answer.content_type == "application/ld+json"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        (None, False),
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br", False),
        ("*", True),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0.2, identity;q=0.8", False),
        ("gzip;q=0.8, identity;q=0.2", True),
        ("identity;q=0, gzip;q=0.1", True),
        ("*;q=0", False),
    ],
)
def test_a_client_that_prefers_gzip_gets_the_compressed_file(
    site: FlaskClient, frozen: Release, accepted: str | None, packed: bool
) -> None:
    with site.get("/dump/latest/dataset.ttl", headers={"Accept-Encoding": accepted} if accepted else {}) as answer:
        name = "dataset.ttl.gz" if packed else "dataset.ttl"
        assert answer.status_code == 200
        assert answer.data == frozen.file(name).read_bytes()
        assert answer.headers.get("Content-Encoding") == ("gzip" if packed else None)
        assert answer.headers["ETag"] == f'"{frozen.files[name]["sha256"]}"'
        assert answer.content_type == "text/turtle; charset=utf-8"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert int(answer.headers["Content-Length"]) == frozen.files[name]["bytes"]
        etag = answer.headers["ETag"]
    headers = {"If-None-Match": etag} | ({"Accept-Encoding": accepted} if accepted else {})
    with site.get("/dump/latest/dataset.ttl", headers=headers) as known:
        assert (known.status_code, known.data) == (304, b"")
        assert "Accept-Encoding" in known.headers["Vary"]
    with site.get(
        "/dump/latest/dataset.ttl", headers={"If-None-Match": etag, "Accept-Encoding": "identity" if packed else "gzip"}
    ) as other:
        assert other.status_code == 200


def test_the_compressed_file_has_its_own_address(site: FlaskClient, frozen: Release) -> None:
    for accepted in ("gzip", "identity"):
        with site.get("/dump/latest/dataset.nq.gz", headers={"Accept-Encoding": accepted}) as answer:
            assert answer.content_type == "application/gzip"
            assert "Content-Encoding" not in answer.headers
            assert "Accept-Encoding" not in answer.headers.get("Vary", "")
            assert gzip.decompress(answer.data) == frozen.file("dataset.nq").read_bytes()


def test_what_has_no_compressed_twin_goes_out_plain(site: FlaskClient) -> None:
    for name in ("tables.xlsx", "tables/acteurs.csv", "manifest.json", "SHA256SUMS"):
        with site.get(f"/dump/latest/{name}", headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.status_code == 200
            assert "Content-Encoding" not in answer.headers


def test_a_table_names_its_description(site: FlaskClient, frozen: Release) -> None:
    with site.get("/dump/latest/tables/acteurs.csv") as answer:
        found = [link for link in parse_links(answer.headers["Link"]) if link[1] == "describedby"]
    assert found == [(f"/dump/{frozen.version}/tables/acteurs.csv-metadata.json", "describedby", "application/csvm+json")]
    with site.get(found[0][0]) as described:
        assert described.json is not None
        assert described.json["url"] == "acteurs.csv"
        assert described.content_type == "application/csvm+json"


def parse_links(header: str) -> list[tuple[str, ...]]:
    """Target, relation and type of each link that has all three."""
    return re.findall(r'<([^>]*)>; rel="([^"]*)"; type="([^"]*)"', header)


def test_the_files_of_a_release_are_listed_for_programs(site: FlaskClient, frozen: Release) -> None:
    answer = site.get("/dump/latest/", headers={"Accept": "application/json"})
    assert answer.json is not None
    assert {each["name"]: (each["bytes"], each["sha256"]) for each in answer.json["files"]} == {
        name: (facts["bytes"], facts["sha256"]) for name, facts in frozen.files.items()
    }
    assert answer.json["version"] == frozen.version
    assert "Accept" in answer.headers["Vary"]
    for each in answer.json["files"]:
        with site.head(each["href"]) as found:
            assert found.status_code == 200
            assert found.mimetype == each["type"] != "application/octet-stream"
    assert len(answer.json["files"]) == 69
    with site.get(answer.json["manifest"]) as manifest:
        assert json.loads(manifest.data)["version"] == frozen.version


@pytest.mark.parametrize("version", ["latest", "named"])
def test_the_files_of_a_release_are_listed_for_people(site: FlaskClient, frozen: Release, version: str) -> None:
    version = frozen.version if version == "named" else version
    answer = site.get(f"/dump/{version}/", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    for name, facts in frozen.files.items():
        assert f'href="/dump/{version}/{name}"' in answer.text, name
        assert facts["sha256"] in answer.text
    assert "SHA256SUMS" in answer.text
    assert answer.headers["Content-Location"] == f"/dump/{frozen.version}/"
    assert site.get(f"/dump/{version}/", headers={"If-None-Match": answer.headers["ETag"], "Accept": "text/html"}).status_code == 304
    english = site.get(f"/dump/{version}/?lang=en", headers={"Accept": "text/html"}).text
    assert f"Files of release {frozen.version}" in english
    assert f"Fichiers de la version {frozen.version}" in answer.text
    assert site.get(f"/dump/{version}").status_code == 308


@pytest.mark.parametrize("path", ["2026-01-01-00000000/", "tables/", "..%2f/", "latest/tables/", "latest/tables", "latest/dataset.ttl/"])
def test_no_other_list_exists(site: FlaskClient, path: str) -> None:
    assert site.get(f"/dump/{path}", follow_redirects=True).status_code == 404


@pytest.fixture(scope="module")
def server(site_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real server of the fictitious project."""
    chosen = {"home": site_settings.home, "data": site_settings.data, "releases": site_settings.releases, "indexes": site_settings.indexes}
    with serving(tmp_path_factory.mktemp("server"), chosen) as found:
        yield found


def test_the_server_sends_files_whole_in_parts_and_compressed(server: Served, frozen: Release) -> None:
    import http.client

    def ask(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(HOST, server.port, timeout=10)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body

    plain, packed = (frozen.file(name).read_bytes() for name in ("dataset.nq", "dataset.nq.gz"))
    assert ask("/dump/latest/dataset.nq")[2] == plain
    status, headers, body = ask("/dump/latest/dataset.nq", Accept_Encoding="gzip")
    assert (status, headers["content-encoding"], body) == (200, "gzip", packed)
    status, headers, body = ask("/dump/latest/dataset.nq", Accept_Encoding="gzip", Range="bytes=5-14", If_Range=headers["etag"])
    assert (status, body, headers["content-range"]) == (206, packed[5:15], f"bytes 5-14/{len(packed)}")
    status, headers, body = ask("/dump/latest/dataset.nq", Range="bytes=5-14")
    assert (status, body) == (206, plain[5:15])
    assert "content-encoding" not in headers
    status, headers, body = ask("/dump/latest/dataset.nq", "HEAD", Accept_Encoding="gzip")
    assert (status, body, headers["content-length"], headers["content-encoding"]) == (200, b"", str(len(packed)), "gzip")
    assert ask("/dump/latest/dataset.nq")[2] == plain, "nothing compressed was kept for others"
    for name, facts in frozen.files.items():
        status, headers, body = ask(f"/dump/{frozen.version}/{name}")
        assert (status, hashlib.sha256(body).hexdigest()) == (200, facts["sha256"]), name
        assert headers["last-modified"] == "Wed, 01 Apr 2026 00:00:00 GMT"
    for path in (
        "/dump/latest/../current.json",
        "/dump/latest/%2e%2e/current.json",
        "/dump/latest/tables/../../../current.json",
        "/dump/latest//etc/passwd",
    ):
        assert ask(path)[0] in (404, 308)
