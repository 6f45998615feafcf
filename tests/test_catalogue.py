"""The catalogue (DCAT-AP 3.0.1), its shapes, its pages, the series of releases, and VoID against what the endpoint answers."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple
from rdflib import DCTERMS, RDF, VOID, Graph, Namespace, URIRef
from rdflib import Literal as RdflibLiteral

from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.errors import ConfigError, GateRefusal
from ess_lod.publish import Draft, build
from ess_lod.publish.catalogue import catalogue_file, check_catalogue, coverage, measure, void_file
from ess_lod.publish.catalogue.files import dump_files
from ess_lod.publish.dataset import read_dataset
from ess_lod.publish.shapes import read_shapes
from ess_lod.release import Release
from ess_lod.store import Store
from ess_lod.terms import A, iri_of
from ess_lod.web import create_app
from tests.bench.catalogue import measure as measure_pages
from tests.conftest import REPOSITORY, Project
from tests.synthetic_catalogue import freeze_synthetic

BASE = "https://reseau.example/lod/"
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SHAPES = REPOSITORY / "shapes"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def triples_of(release: Release, name: str = "catalogue.ttl") -> list[Triple]:
    """The triples of a file of a release."""
    return [quad.triple for quad in pyoxigraph.parse(path=release.file(name), format=RdfFormat.TURTLE)]


@pytest.fixture(scope="session")
def site_release(site_settings: Settings) -> Release:
    """The release of the fictitious project."""
    return releases.open_release(site_settings.releases)


# What it says


@pytest.mark.parametrize("which", ["release", "site_release"])
def test_it_satisfies_dcat_ap_without_a_warning(which: str, request: pytest.FixtureRequest) -> None:
    report = check_catalogue(triples_of(request.getfixturevalue(which)), SHAPES)
    assert report.results == ()
    assert report.vacuous == ()
    assert len(report.focus_counts) == 14
    assert report.focus_counts["CatalogueDatasetShape"] == 3
    assert report.focus_counts["CatalogueDistributionShape"] > 30


def _spoilt(triples: list[Triple], said: Iterable[NamedNode | Literal]) -> list[Triple]:
    """The catalogue without any property that a shape looks at; then with other values of each in their place."""
    shapes = read_shapes(SHAPES).for_catalogue
    types: dict[object, set[object]] = {triple.subject: set() for triple in triples}
    for triple in triples:
        if triple.predicate == A:
            types[triple.subject].add(triple.object)
    looked_at = {
        (NamedNode(target), NamedNode(c.path))
        for shape in shapes.shapes
        for _, target in shape.targets
        for c in shape.constraints
        if c.path
    }
    looked_at |= {(target, NamedNode("http://purl.org/dc/terms/temporal")) for target, _ in looked_at}
    kept = [triple for triple in triples if not any((kind, triple.predicate) in looked_at for kind in types[triple.subject])]
    return kept + [
        Triple(subject, path, value)  # type: ignore[arg-type]
        for subject, kinds in types.items()
        for kind, path in looked_at
        if kind in kinds
        for value in said
    ]


@pytest.mark.parametrize(("which", "boxed"), [("release", True), ("site_release", False)])
def test_every_dataset_has_period_place_and_something_to_open(which: str, boxed: bool, request: pytest.FixtureRequest) -> None:
    """Beyond DCAT-AP 3.0.1: what 2.1.1 recommends of places and periods, and a portal's score counts.

    The communes of the fictitious reference have no points, hence no box.
    """
    graph = Graph().parse(request.getfixturevalue(which).file("catalogue.ttl"))
    entries = {each for kind in (DCAT.Dataset, DCAT.DatasetSeries) for each in graph.subjects(RDF.type, kind)}
    assert len(entries) >= 4
    for each in entries:
        assert (each, DCTERMS.temporal, None) in graph, each
        assert (each, DCAT.distribution, None) in graph, "a portal that shows a series shows it as a dataset"
        places = set(graph.objects(each, DCTERMS.spatial))
        assert places
        for place in places:
            assert ((place, DCAT.bbox, None) in graph, (place, DCAT.centroid, None) in graph) == (boxed, boxed), place


def test_a_network_of_no_region_is_in_france_with_its_box(small: Project) -> None:
    told = small.settings.data / "dataset.yaml"
    told.write_text(re.sub(r"(?m)^nuts:.*\n", "", told.read_text("utf-8")), "utf-8")
    dataset = replace(read_dataset(small.settings.data), region="")
    drawn = catalogue_file([], dataset, {})
    text = "\n".join(f"{triple} ." for triple in drawn)
    graph = Graph().parse(data=text, format="nt")
    (place,) = graph.objects(URIRef(dataset.iris.at("dataset").value), DCTERMS.spatial)
    assert str(place).endswith("/country/FRA")
    assert (place, DCAT.bbox, None) in graph
    assert (place, DCAT.centroid, None) in graph


def test_every_constraint_finds_what_it_is_for(release: Release) -> None:
    """All that shapes look at taken away, then replaced by texts, then by the IRI of nothing: each constraint finds one of these."""
    triples, found = triples_of(release), Counter[str]()
    for said in ((), (Literal("x"), Literal("y", language="de")), (NamedNode("urn:nothing:1"), NamedNode("urn:nothing:2"))):
        with pytest.raises(GateRefusal) as refusal:
            check_catalogue(_spoilt(triples, said), SHAPES)
        found.update(re.findall(r"^  (\S+) \(\d+\)$", str(refusal.value), re.MULTILINE))
    shapes = read_shapes(SHAPES).for_catalogue
    known = {constraint.name for shape in shapes.shapes if shape.focus != "nested" for constraint in shape.constraints}
    assert len(known) == 117
    assert known - set(found) == set()


def test_an_empty_catalogue_and_missing_shapes_are_refused(tmp_path: Path) -> None:
    nothing = [Triple(NamedNode("urn:nothing"), A, NamedNode("urn:nothing"))]
    with pytest.raises(GateRefusal, match="CatalogueDatasetShape"):
        check_catalogue(nothing, SHAPES)
    shutil.copytree(SHAPES, tmp_path / "shapes")
    (tmp_path / "shapes" / "catalogue.ttl").unlink()
    manifest = tmp_path / "shapes" / "manifest.yaml"
    manifest.write_text(re.split(r"(?m)^(?=- shape: CatalogueShape)", manifest.read_text("utf-8"))[0], "utf-8")
    with pytest.raises(ConfigError, match=r"catalogue\.ttl est absent"):
        check_catalogue(nothing, tmp_path / "shapes")


def test_checksums_and_sizes_are_those_of_the_files(release: Release) -> None:
    graph = Graph().parse(release.file("catalogue.ttl"))
    seen = 0
    for distribution, address in graph.subject_objects(DCAT.downloadURL):
        file = release.file(str(address).partition("/dump/latest/")[2])
        checksum = graph.value(distribution, SPDX.checksum)
        assert str(graph.value(checksum, SPDX.checksumValue)) == hashlib.sha512(file.read_bytes()).hexdigest()
        assert graph.value(distribution, DCAT.byteSize) == RdflibLiteral(
            str(file.stat().st_size), datatype=URIRef("http://www.w3.org/2001/XMLSchema#nonNegativeInteger")
        )
        assert graph.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha512
        seen += 1
    assert seen == len(dump_files(release.files)) > 30
    assert measure(release.file("dataset.nq"))[0] == release.files["dataset.nq"]["bytes"]


def test_every_dump_and_table_is_a_distribution(release: Release) -> None:
    described = {file.path for file in dump_files(release.files)}
    others = {"manifest.json", "report.ttl", "catalogue.ttl", "void.ttl", "SHA256SUMS", "context.jsonld"}
    assert {name for name in release.files if name not in described and not name.endswith("-metadata.json")} <= others
    assert {f"dataset.{form}" for form in ("nq", "trig", "nt", "ttl", "rdf", "jsonld")} <= described


def test_space_and_time_are_those_of_the_statements(draft: Draft) -> None:
    found = coverage.coverage_of(draft.quads, "32")
    assert found.box is not None
    assert (found.box.west, found.box.south, found.box.east, found.box.north) == ("1.38931", "48.87188", "4.22565", "51.07116")
    assert found.box.wkt == "POLYGON((1.38931 48.87188, 4.22565 48.87188, 4.22565 51.07116, 1.38931 51.07116, 1.38931 48.87188))"
    assert found.issues == coverage.Period("2015-07-01", "2021-03-31")
    assert found.territories.start < "1950"
    assert found.counts["Supplement"] == 20
    assert coverage.coverage_of((), "32") == coverage.Coverage(None, coverage.Period(), coverage.Period(), {})


def test_the_order_of_quads_changes_nothing(draft: Draft) -> None:
    sizes = {
        "dataset.nq": (3, "ab" * 64),
        "dataset.ttl.gz": (4, "cd" * 64),
        "tables/acteurs.csv": (5, "ef" * 64),
        "report.ttl": (1, "00" * 64),
    }
    forth, back = draft.quads, draft.quads[::-1]
    assert catalogue_file(forth, draft.dataset, sizes) == catalogue_file(back, draft.dataset, dict(reversed(sizes.items())))
    assert void_file(forth, draft.dataset, sizes) == void_file(back, draft.dataset, sizes)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("disponibilite: TOUJOURS", "« disponibilite » : vaut TOUJOURS : il faut une valeur parmi AVAILABLE, "),
        ("type_editeur: Association", "« type_editeur » : vaut Association : il faut une valeur parmi "),
        ("premiere_publication: hier", "« premiere_publication » : « hier » n'est pas une date."),
        ("nuts: 32", "« nuts » : il faut un texte."),
        ("notes_de_version: {fr: Rien}", "« notes_de_version » : il faut une valeur fr et une valeur en."),
        ("frequence: parfois", "« frequence » : vaut parfois : il faut une valeur parmi http://publications.europa.eu/"),
    ],
)
def test_a_wrong_value_says_what_is_wanted(small: Project, line: str, message: str) -> None:
    file = small.settings.data / "dataset.yaml"
    key = line.partition(":")[0]
    file.write_text(re.sub(rf"(?m)^{key}:.*$", line, file.read_text("utf-8")), "utf-8")
    assert line in file.read_text("utf-8")
    with pytest.raises(ConfigError) as error:
        read_dataset(small.settings.data)
    assert message in str(error.value)


def test_what_is_not_told_is_not_said(small: Project) -> None:
    file = small.settings.data / "dataset.yaml"
    file.write_text(
        "".join(line for line in file.read_text("utf-8").splitlines(True) if not re.match("premiere|nuts|type_|dispo|notes", line)), "utf-8"
    )
    made, _ = build(small.settings)
    report = check_catalogue(triples_of(made), SHAPES)
    assert {result.constraint.rpartition("#")[2] for result in report.results} == {
        "Catalogue-issued",
        "CatalogueAgent-type",
        "CatalogueDistribution-availability",
    }


# How it is answered


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "text/turtle; charset=utf-8"),
        ("*/*", "text/turtle; charset=utf-8"),
        ("image/png", "text/turtle; charset=utf-8"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json, */*;q=0.1", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        (BROWSER, "text/html; charset=utf-8"),
    ],
)
def test_it_answers_whatever_is_accepted(site: FlaskClient, method: str, accept: str | None, content_type: str) -> None:
    answer = site.open("/catalog", method=method, headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.content_type) == (200, content_type)
    assert "Accept" in answer.vary
    assert ("Accept-Language" in answer.vary) == ("html" in content_type)
    assert "Location" not in answer.headers
    known = site.open("/catalog", method=method, headers={"Accept": accept or "*/*", "If-None-Match": answer.headers["ETag"]})
    assert known.status_code == 304


@pytest.mark.parametrize("path", ["/catalog", "/dataset"])
def test_all_formats_carry_the_file(site: FlaskClient, site_release: Release, path: str) -> None:
    expected = set(Graph().parse(site_release.file("catalogue.ttl")))
    for extension, form in (("ttl", "turtle"), ("jsonld", "json-ld"), ("rdf", "xml"), ("nt", "nt")):
        answer = site.get(f"{path}.{extension}")
        assert set(Graph().parse(data=answer.data, format=form)) == expected, extension
        assert answer.headers["Content-Location"] == f"{path}.{extension}"


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "²", "99999999999"])
def test_a_page_that_is_not_there_is_404(site: FlaskClient, page: str) -> None:
    assert site.get(f"/catalog?page={page}").status_code == 404


def test_earlier_releases_are_members_of_the_series(small: Project) -> None:
    names = ("relié", "tressé", "noué")
    made = []
    for before, after in zip(("", *names), names, strict=False):
        if before:
            small.replace("acteurs", f"Le Panier {before},", f"Le Panier {after},")
        built, _ = build(small.settings)
        releases.publish(small.settings.releases, built.version)
        made.append(built)
    client = create_app(small.settings).test_client()
    triples = [quad.triple for quad in pyoxigraph.parse(client.get("/catalog.ttl").data, format=RdfFormat.TURTLE)]
    assert check_catalogue(triples, SHAPES).results == ()
    graph = Graph().parse(data=client.get("/dataset.rdf").data, format="xml")
    main, series = URIRef(f"{BASE}dataset"), URIRef(f"{BASE}dataset#serie")
    first, second = (URIRef(f"{BASE}dataset#version-{release.version}") for release in made[:2])
    assert set(graph.subjects(DCAT.inSeries, series)) == {main, first, second}
    assert (graph.value(main, DCAT.prev), graph.value(second, DCAT.prev), graph.value(first, DCAT.prev)) == (second, first, None)
    assert (graph.value(series, DCAT.first), graph.value(series, DCAT.last)) == (first, main)
    assert set(graph.objects(main, DCAT.hasVersion)) == {first, second}
    assert str(graph.value(second, DCAT.version)) == made[1].version
    assert [str(title) for title in graph.objects(first, DCTERMS.title) if title.language == "fr"] == [  # type: ignore[attr-defined]
        f"Suppléments fictifs (version {made[0].version})"
    ]
    files = {str(graph.value(each, DCAT.downloadURL)) for each in graph.objects(first, DCAT.distribution)}
    assert files == {f"{BASE}dump/{made[0].version}/dataset.{form}" for form in ("nq", "trig", "nt", "ttl", "rdf", "jsonld")}
    for address in files:
        assert client.get(address.removeprefix(BASE.rstrip("/")), buffered=True).status_code == 200
    releases.rollback(small.settings.releases)
    again = Graph().parse(data=client.get("/dataset.nt").data, format="nt")
    assert set(again.objects(main, DCAT.hasVersion)) == {first}
    shutil.rmtree(small.settings.releases / made[0].version)
    fresh = Graph().parse(data=create_app(small.settings).test_client().get("/dataset.nt").data, format="nt")
    assert set(fresh.objects(main, DCAT.hasVersion)) == set()


# A large one


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a server with 2,000 datasets."""
    folder = tmp_path_factory.mktemp("large")
    freeze_synthetic(folder / "releases", 2000, "https://essai.example/")
    return create_app(Settings.read({}, home=REPOSITORY, releases=folder / "releases", indexes=folder / "indexes")).test_client()


@pytest.mark.parametrize(("extension", "form"), [("ttl", "turtle"), ("nt", "nt")])
def test_a_large_catalogue_is_read_page_by_page(large: FlaskClient, extension: str, form: str) -> None:
    address, seen, pages, triples = f"/catalog.{extension}", Counter[str](), 0, 0
    while address:
        answer = large.get(address)
        assert len(answer.data) < 1_000_000
        graph = pyoxigraph.Store()
        graph.bulk_load(answer.data, format=RdfFormat.TURTLE if form == "turtle" else RdfFormat.N_TRIPLES)
        pages += 1
        triples += len(graph)
        (view,) = graph.quads_for_pattern(None, A, NamedNode(HYDRA.PartialCollectionView))
        links = {quad.predicate.value.rpartition("#")[2]: iri_of(quad.object) for quad in graph.quads_for_pattern(view.subject, None, None)}
        assert links["last"] == f"http://localhost/catalog.{extension}?page=26"
        assert links["first"] == f"http://localhost/catalog.{extension}?page=1"
        assert ("previous" in links) == (pages > 1)
        (total,) = graph.quads_for_pattern(NamedNode("https://essai.example/catalog"), NamedNode(HYDRA.totalItems), None)
        assert total.object == Literal(2000)
        listed = [iri_of(quad.object) for quad in graph.quads_for_pattern(None, NamedNode(DCAT.dataset), None)]
        described = [iri_of(quad.subject) for quad in graph.quads_for_pattern(None, A, NamedNode(DCAT.Dataset))]
        files = list(graph.quads_for_pattern(None, A, NamedNode(DCAT.Distribution)))
        assert sorted(listed) == sorted(described)
        assert len(files) == 3 * len(listed)
        seen.update(listed)
        address = links.get("next", "").removeprefix("http://localhost")
    assert (pages, len(seen), set(seen.values())) == (26, 2000, {1})
    assert triples > 2000 * 50
    assert large.get("/catalog?page=27").status_code == 404
    html = large.get("/catalog.html?page=3")
    assert html.status_code == 200
    assert len(html.data) < 1_000_000
    assert 'rel="next" href="/catalog.html?page=4' in html.text


def test_memory_does_not_grow_with_the_catalogue() -> None:
    few, many = measure_pages(200), measure_pages(2000)
    assert many["file"] > 9 * few["file"]
    assert many["longest"] < 1_000_000
    assert many["most"] - many["before"] < few["most"] - few["before"] + 15


# VoID


def test_void_counts_are_those_of_the_endpoint(client: FlaskClient, store: Store) -> None:
    graph = Graph().parse(data=client.get("/.well-known/void").data, format="turtle")
    main = URIRef("https://w3id.org/ess-lod/dataset")

    def asked(pattern: str, of: str = "*") -> int:
        (row,) = store.query(f"SELECT (COUNT({of}) AS ?n) {{ {pattern} }}").rows()
        return int(getattr(row["n"], "value", ""))

    totals = {
        VOID.triples: asked("?s ?p ?o"),
        VOID.entities: asked("?s a ?type", "DISTINCT ?s"),
        VOID.classes: asked("?s a ?type", "DISTINCT ?type"),
        VOID.properties: asked("?s ?p ?o", "DISTINCT ?p"),
        VOID.distinctSubjects: asked("?s ?p ?o", "DISTINCT ?s"),
        VOID.distinctObjects: asked("?s ?p ?o", "DISTINCT ?o"),
    }
    for predicate, count in totals.items():
        assert int(str(graph.value(main, predicate))) == count, predicate
    classes = list(graph.objects(main, VOID.classPartition))
    assert len(classes) == totals[VOID.classes] > 50
    for part in classes:
        assert int(str(graph.value(part, VOID.entities))) == asked(f"?s a <{graph.value(part, VOID['class'])}>", "DISTINCT ?s")
    properties = list(graph.objects(main, VOID.propertyPartition))
    assert len(properties) == totals[VOID.properties] > 100
    for part in properties:
        pattern = f"?s <{graph.value(part, VOID.property)}> ?o"
        counts = [int(str(graph.value(part, predicate))) for predicate in (VOID.triples, VOID.distinctSubjects, VOID.distinctObjects)]
        assert counts == [asked(pattern), asked(pattern, "DISTINCT ?s"), asked(pattern, "DISTINCT ?o")], pattern
    linksets = list(graph.subjects(RDF.type, VOID.Linkset))
    for linkset in linksets:
        space = graph.value(graph.value(linkset, VOID.objectsTarget), VOID.uriSpace)
        pattern = f'?s <{graph.value(linkset, VOID.linkPredicate)}> ?o FILTER(ISIRI(?o) && STRSTARTS(STR(?o), "{space}"))'
        assert int(str(graph.value(linkset, VOID.triples))) == asked(pattern) > 0, pattern
        assert (main, VOID.subset, linkset) in graph
    spaces = {str(graph.value(graph.value(linkset, VOID.objectsTarget), VOID.uriSpace)) for linkset in linksets}
    assert {"http://id.insee.fr/", "http://purl.org/essglobal/", "http://metadata.un.org/sdg/", "http://eurovoc.europa.eu/"} <= spaces
    examples = list(graph.objects(main, VOID.exampleResource))
    assert len(examples) > 7
    for example in examples:
        assert client.get(str(example).replace("https://w3id.org/ess-lod", "")).status_code in (200, 303)
    for address in graph.objects(main, VOID.dataDump):
        with client.head(str(address).replace("https://w3id.org/ess-lod", "")) as answer:
            assert answer.status_code == 200
    assert graph.value(main, VOID.uriSpace) == RdflibLiteral("https://w3id.org/ess-lod/")
    assert graph.value(main, VOID.sparqlEndpoint) == URIRef("https://w3id.org/ess-lod/sparql")
    assert len(list(graph.objects(main, VOID.dataDump))) == 12


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "text/turtle; charset=utf-8"),
        (BROWSER, "application/rdf+xml"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("image/png", "text/turtle; charset=utf-8"),
    ],
)
def test_void_is_found_where_it_is_looked_for(site: FlaskClient, site_release: Release, accept: str, content_type: str) -> None:
    for method in ("GET", "HEAD"):
        answer = site.open("/.well-known/void", method=method, headers={"Accept": accept})
        assert (answer.status_code, answer.content_type) == (200, content_type)
    form = "xml" if "xml" in content_type else "turtle"
    got = Graph().parse(data=site.get("/.well-known/void", headers={"Accept": accept}).data, format=form)
    assert set(got) == set(Graph().parse(site_release.file("void.ttl")))
