"""The tables and maps of a release: the same counts and values as the endpoint gives, read by the libraries that people use."""

from __future__ import annotations

import csv
import datetime
import json
import re
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pandas
import pyarrow.parquet
import pytest
import shapely
from csvw import CSVW
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.errors import GateRefusal
from ess_lod.publish import build
from ess_lod.publish.dataset import read_dataset
from ess_lod.publish.dumps import dumps, quads_file
from ess_lod.publish.extracts import NOUNS, Noun, extracts
from ess_lod.publish.extracts.columns import Kind, expand
from ess_lod.release import Release, freeze
from ess_lod.store import Store
from ess_lod.terms import DCAT, DCTERMS, ESS, RDFS, SCHEMA, XSD, A, in_graph
from tests.conftest import Project

BY_NAME = {noun.name: noun for noun in NOUNS}
PREFIXES = (
    "PREFIX ess: <https://w3id.org/ess-lod/ns#> PREFIX org: <http://www.w3.org/ns/org#> PREFIX geo: <http://www.opengis.net/ont/geosparql#> "
    "PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX schema: <https://schema.org/> "
)
names = pytest.mark.parametrize("name", BY_NAME)


@pytest.fixture(scope="module")
def frozen(site_settings: Settings) -> Release:
    """The release of the fictitious project."""
    return releases.open_release(site_settings.releases)


def table(release: Release, name: str) -> list[dict[str, str]]:
    """The rows of a CSV file, as the standard library reads them."""
    with release.file(f"tables/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def count(store: Store, text: str) -> int:
    """The number that a query counts as ``?n``."""
    row = next(iter(store.query(PREFIXES + text).rows()))
    return int(getattr(row["n"], "value", ""))


# Counts and values, on the tables of the repository


def test_the_lists_of_the_site_and_seven_relations_have_a_table() -> None:
    lists = ["supplements", "lettres", "territoires", "acteurs", "personnes-publiques", "cooperations", "dispositifs", "documents"]
    assert [noun.name for noun in NOUNS][:8] == lists
    assert len(NOUNS) == 15


@names
def test_a_table_has_a_row_for_each_thing_that_the_endpoint_counts(store: Store, release: Release, name: str) -> None:
    thing = BY_NAME[name].thing
    expected = count(store, f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x a {thing} }}")
    rows = table(release, name)
    assert len(rows) == expected > 0
    assert len({row["uri"] for row in rows}) == expected


@pytest.mark.parametrize(
    ("name", "column", "path"),
    [
        ("supplements", "territoires_uri", "ess:portraysTerritory"),
        ("supplements", "met_en_avant_uri", "ess:features"),
        ("supplements", "themes_uri", "ess:theme"),
        ("supplements", "debut", "dcterms:temporal/<http://www.w3.org/ns/dcat#startDate>"),
        ("lettres", "supplements_uri", "^ess:supplementOf"),
        ("territoires", "remplace_par_uri", "dcterms:isReplacedBy"),
        ("territoires", "longitude", "geo:hasDefaultGeometry/geo:asWKT"),
        ("territoires", "population", "ess:hasState/ess:population"),
        ("acteurs", "champs_uri", "ess:activityField"),
        ("acteurs", "siren", "ess:siren"),
        ("acteurs", "commune_uri", "org:hasPrimarySite/ess:locatedIn"),
        ("acteurs", "mis_en_avant_par_uri", "^ess:features"),
        ("acteurs", "sources_uri", "dcterms:source"),
        ("personnes-publiques", "administre_uri", "ess:administers"),
        ("cooperations", "participants_uri", "ess:hasInvolvement/ess:involvedAgent"),
        ("documents", "cite_uri", "ess:mentions"),
        ("sites", "code_commune", "ess:locatedIn/dcterms:identifier"),
        ("chiffres", "valeur", "ess:value"),
    ],
)
def test_a_column_has_as_many_values_as_the_endpoint_counts(store: Store, release: Release, name: str, column: str, path: str) -> None:
    values = [value for row in table(release, name) for value in row[column].split(" | ") if value]
    query = f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?x ?v {{ ?x a {BY_NAME[name].thing} ; {path} ?v }} }}"
    assert len(values) == count(store, query) > 0


def test_the_codes_are_whole_and_in_their_own_column(release: Release) -> None:
    rows = table(release, "territoires")
    insee = [row["code_insee"] for row in rows if row["code_insee"]]
    siren = [row["siren"] for row in rows if row["siren"]]
    coded = {
        triple.subject for triple in triples(release) if triple.predicate == DCTERMS.identifier and "/id/territoire/" in str(triple.subject)
    }
    assert len(insee) + len(siren) == len(coded) > 4000
    assert all(re.fullmatch(r"\d{9}", code) for code in siren)
    assert any(code.startswith("0") and len(code) == 5 for code in insee)


def triples(release: Release) -> set[Triple]:
    """The merge of a release."""
    return {quad.triple for quad in parse(path=release.file("dataset.nt"), format=RdfFormat.N_TRIPLES)}


@names
def test_what_a_column_says_of_a_property_is_stated(release: Release, name: str) -> None:
    """The description says that a row's URI has the property with the cell's value: then it must be a triple of the release."""
    stated = {(triple.subject, triple.predicate.value, getattr(triple.object, "value", "")) for triple in triples(release)}
    described = json.loads(release.file(f"tables/{name}.csv-metadata.json").read_bytes())
    columns = [column for column in described["tableSchema"]["columns"] if "propertyUrl" in column]
    checked = 0
    for row in table(release, name):
        for column in columns:
            for value in filter(None, row[column["name"]].split(column.get("separator", "\0"))):
                assert (NamedNode(row["uri"]), column["propertyUrl"], value) in stated
                checked += 1
    assert checked >= len(table(release, name))
    assert all("propertyUrl" in column or column["suppressOutput"] is True for column in described["tableSchema"]["columns"])


# The same in every format


@names
def test_pandas_reads_the_table_without_being_told_anything(release: Release, name: str) -> None:
    """Neither the byte-order mark nor the separator need be named."""
    frame = pandas.read_csv(release.file(f"tables/{name}.csv"), dtype=str, keep_default_na=False)
    rows = table(release, name)
    assert list(frame.columns) == [column.name for column in BY_NAME[name].columns]
    assert frame.to_dict("records") == rows


def test_the_table_is_what_excel_and_the_rfc_ask_for(release: Release) -> None:
    body = release.file("tables/documents.csv").read_bytes()
    assert body.startswith(b"\xef\xbb\xbfuri,id,titre,")
    assert body.endswith(b"\r\n")
    assert body.count(b"\xef\xbb\xbf") == 1


@names
def test_parquet_has_the_same_rows_with_types(release: Release, name: str) -> None:
    noun = BY_NAME[name]
    read = pyarrow.parquet.read_table(release.file(f"tables/{name}.parquet"))
    rows = table(release, name)
    assert read.num_rows == len(rows)
    for column in noun.columns:
        expected = [row[column.name] for row in rows]
        found = read.column(column.name).to_pylist()
        if column.many:
            assert str(read.schema.field(column.name).type).startswith("list<")
            assert [" | ".join(values) for values in found] == expected
        elif column.kind is Kind.DAY:
            assert str(read.schema.field(column.name).type) == "date32[day]"
            assert [value.isoformat() if value else "" for value in found] == expected
        elif column.kind is Kind.INTEGER:
            assert [str(value) if value is not None else "" for value in found] == expected
        elif column.kind is Kind.NUMBER:
            assert found == [float(value) if value else None for value in expected]
        else:
            assert [value or "" for value in found] == expected
    about = json.loads(pyarrow.parquet.read_metadata(release.file(f"tables/{name}.parquet")).metadata[b"table"])
    assert about["license"].startswith("https://")
    assert len(pandas.read_parquet(release.file(f"tables/{name}.parquet"))) == len(rows)


def test_the_workbook_has_a_sheet_for_each_table_and_two_that_explain(release: Release) -> None:
    book = openpyxl.load_workbook(release.file("tables.xlsx"), read_only=False)
    assert book.sheetnames == ["Lisez-moi", *BY_NAME, "Colonnes"]
    for name, noun in BY_NAME.items():
        sheet = book[name]
        rows = table(release, name)
        assert [cell.value for cell in sheet[1]] == [column.name for column in noun.columns]
        assert sheet.max_row == len(rows) + 1, name
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
        for number, row in enumerate(rows[:50], 2):
            for cell, column in zip(sheet[number], noun.columns, strict=True):
                assert as_text(cell.value) == row[column.name], (name, cell.coordinate)
                assert cell.data_type != "f"
        assert sheet["A2"].hyperlink.target.split("#")[0] == rows[0]["uri"].split("#")[0]
        assert all(sheet.column_dimensions[column].width > 10 for column in ("A", "B"))
    about = [str(cell.value) for row in book["Lisez-moi"].iter_rows() for cell in row if cell.value]
    assert any("licence-ouverte" in text for text in about)
    assert any(text.startswith("Apes") and "version du 2026" in text for text in about)
    explained = [row[1].value for row in book["Colonnes"].iter_rows(min_row=2)]
    assert len(explained) == sum(len(noun.columns) for noun in NOUNS)


def as_text(value: Any) -> str:
    """A cell of the workbook as the table writes it."""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return "" if value is None else str(value)


def test_pandas_reads_the_workbook(release: Release) -> None:
    frames = pandas.read_excel(release.file("tables.xlsx"), engine="openpyxl", sheet_name=None, dtype={"code_insee": str, "siren": str})
    assert {name: len(frames[name]) for name in BY_NAME} == {name: len(table(release, name)) for name in BY_NAME}
    territories = frames["territoires"].set_index("uri")
    expected = {row["uri"]: row["code_insee"] for row in table(release, "territoires") if row["code_insee"]}
    assert territories["code_insee"].dropna().to_dict() == expected


# CSVW


@names
def test_the_description_of_a_table_validates(release: Release, name: str) -> None:
    """By the csvw package: datatypes, required values, keys, titles against the header. A warning is a failure."""
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        described = CSVW(
            str(release.file(f"tables/{name}.csv")), md_url=str(release.file(f"tables/{name}.csv-metadata.json")), validate=True
        )
        assert described.is_valid, [str(each.message) for each in described.warnings]
    rows = list(described.tables[0])
    assert len(rows) == len(table(release, name))
    assert rows[0]["uri"] is not None


def test_the_tables_refer_to_each_other(release: Release) -> None:
    """All of them together, with foreign keys; and each key finds its row."""
    path = release.file("tables/csv-metadata.json")
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        described = CSVW(str(path), validate=True, strict=True)
        assert described.is_valid, [str(each.message) for each in described.warnings]
    assert len(described.tables) == 15
    keys = 0
    for told in json.loads(path.read_bytes())["tables"]:
        for key in told["tableSchema"].get("foreignKeys", []):
            there = {row["uri"] for row in table(release, key["reference"]["resource"].removesuffix(".csv"))}
            here = {row[key["columnReference"]] for row in table(release, told["url"].removesuffix(".csv"))} - {""}
            assert here <= there
            assert "" not in {row[key["columnReference"]] for row in table(release, told["url"].removesuffix(".csv"))}
            keys += len(here) > 0
    assert keys >= 5


def test_a_column_of_another_tables_rows_names_it_also_where_cells_are_empty(release: Release) -> None:
    tables = {told["url"]: told["tableSchema"] for told in json.loads(release.file("tables/csv-metadata.json").read_bytes())["tables"]}
    with_gaps = 0
    for url, schema in tables.items():
        rows = table(release, url.removesuffix(".csv"))
        for column in schema["columns"]:
            if "dc:references" not in column:
                continue
            other = column["dc:references"]["@id"]
            there = {row["uri"] for row in table(release, other.removesuffix(".csv"))}
            values = [row[column["name"]] for row in rows]
            assert {each for value in values for each in value.split(" | ")} - {""} <= there, (url, column["name"])
            declared = {"columnReference": column["name"], "reference": {"resource": other, "columnReference": "uri"}} in schema.get(
                "foreignKeys", []
            )
            assert declared == ("separator" not in column and "" not in values), (url, column["name"])
            with_gaps += "" in values
    assert with_gaps


def test_a_table_that_does_not_fit_its_description_is_found(release: Release, tmp_path: Path) -> None:
    """The validator does see what it is given: a date that is none, and a key that comes twice."""
    described = release.file("tables/supplements.csv-metadata.json").read_bytes()
    lines = release.file("tables/supplements.csv").read_text("utf-8-sig").splitlines(keepends=True)
    for broken in ("".join(lines).replace("2020-09-01", "septembre", 1), "".join([*lines, lines[-1]])):
        assert broken != "".join(lines)
        (tmp_path / "supplements.csv").write_text(broken, "utf-8-sig")
        (tmp_path / "supplements.csv-metadata.json").write_bytes(described)
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("always")
            try:
                valid = CSVW(str(tmp_path / "supplements.csv"), validate=True).is_valid
            except ValueError:
                valid = False
        assert not valid


@names
def test_a_column_is_described_in_both_languages(frozen: Release, name: str) -> None:
    described = json.loads(frozen.file(f"tables/{name}.csv-metadata.json").read_bytes())
    assert described["dc:license"]["@id"].startswith("http")
    for column, told in zip(BY_NAME[name].columns, described["tableSchema"]["columns"], strict=True):
        assert told["titles"] == {"fr": column.name, "en": column.english}
        assert {text["@language"] for text in told["dc:description"]} == {"fr", "en"}
        assert all(text["@value"].strip().endswith(".") for text in told["dc:description"])
    assert len({column.english for column in BY_NAME[name].columns}) == len(BY_NAME[name].columns)


# Maps


def test_the_map_of_territories_has_every_point(store: Store, release: Release) -> None:
    collection = json.loads(release.file("territoires.geojson").read_bytes())
    features = collection["features"]
    assert (
        len(features)
        == count(store, "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a ess:Territory ; geo:hasDefaultGeometry/geo:asWKT ?w }")
        > 3000
    )
    check_map(collection)
    rows = {row["uri"]: row for row in table(release, "territoires")}
    wkt = {str(each["x"].value): each["w"].value for each in points(store)}
    for feature in features:
        assert feature["properties"]["code_insee"] == rows[feature["id"]]["code_insee"]
        assert shapely.from_wkt(wkt[feature["id"]]).equals_exact(shapely.geometry.shape(feature["geometry"]), 1e-6)


def points(store: Store) -> list[dict[str, Any]]:
    """Every territory with its point."""
    return list(store.query(PREFIXES + "SELECT ?x ?w { ?x a ess:Territory ; geo:hasDefaultGeometry/geo:asWKT ?w }").rows())


def test_the_map_of_actors_has_every_place_of_an_actor(store: Store, release: Release) -> None:
    collection = json.loads(release.file("acteurs.geojson").read_bytes())
    place = "ess:locatedIn/geo:hasDefaultGeometry/geo:asWKT"
    query = f"SELECT (COUNT(DISTINCT ?site) AS ?n) {{ ?x a ess:Actor ; org:hasPrimarySite|org:hasSite ?site . ?site {place} ?w }}"
    assert len(collection["features"]) == count(store, query) > 20
    check_map(collection)
    assert all("/id/acteur/" in each["properties"]["organisation_uri"] for each in collection["features"])
    assert all(re.fullmatch(r"\d[\dAB]\d{3}", each["properties"]["code_commune"]) for each in collection["features"])


def check_map(collection: dict[str, Any]) -> None:
    """RFC 7946: no reference system, positions of two numbers, longitude first, a box around them all; and in France."""
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in collection["features"]]
    assert all(shape.geom_type == "Point" and shape.is_valid and -6 < shape.x < 10 and 41 < shape.y < 52 for shape in shapes)
    assert tuple(collection["bbox"]) == shapely.union_all(shapes).bounds
    assert len({feature["id"] for feature in collection["features"]}) == len(shapes)
    assert len(shapely.from_geojson(json.dumps(collection)).geoms) == len(shapes)


# What may go wrong


def made_of(tmp_path: Path, said: list[Triple], settings: Settings) -> Release:
    """A release of some triples, with their tables."""
    quads = sorted({in_graph(triple, NamedNode("http://e/g")) for triple in said}, key=str)
    contents = {
        "context.jsonld": b'{"@context": {}}',
        "dataset.nq": quads_file(quads),
        **dumps(),
        **extracts(read_dataset(settings.data), "Éditeur"),
    }
    return freeze(tmp_path / "r", contents, {"date": "2026-01-02", "base": "http://e/"})


def actor(number: int, name: str, *more: tuple[NamedNode, Any]) -> list[Triple]:
    """An actor with a name."""
    thing = NamedNode(f"https://reseau.example/lod/id/acteur/A{number:03}")
    return [Triple(thing, A, ESS.Actor), Triple(thing, RDFS.label, Literal(name, language="fr")), *(Triple(thing, p, o) for p, o in more)]


HOSTILE = (
    '=HYPERLINK("http://evil.example")',
    "+33 3",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "a,b;c",
    'say "hi"',
    "two\nlines",
    "https://link.example/",
    "0123",
    "é 🌍",
)


def test_no_cell_is_a_formula_or_changes(tmp_path: Path, site_settings: Settings) -> None:
    release = made_of(tmp_path, [triple for number, name in enumerate(HOSTILE, 1) for triple in actor(number, name)], site_settings)
    assert [row["nom"] for row in table(release, "acteurs")] == list(HOSTILE)
    book = openpyxl.load_workbook(release.file("tables.xlsx"))
    cells = [row[2] for row in book["acteurs"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == list(HOSTILE)
    assert {cell.data_type for cell in cells} == {"s"} or {cell.data_type for cell in cells} == {"inlineStr"}
    with zipfile.ZipFile(release.file("tables.xlsx")) as parts:
        sheets = b"".join(parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name)
    assert b"<f>" not in sheets
    assert sheets.count(b"<sheetData>") == 17
    assert pyarrow.parquet.read_table(release.file("tables/acteurs.parquet")).column("nom").to_pylist() == list(HOSTILE)


def test_rows_are_in_the_order_of_numbers_and_empty_tables_are_tables(tmp_path: Path, site_settings: Settings) -> None:
    release = made_of(tmp_path, [triple for number in (1000, 9, 10, 999) for triple in actor(number, "x")], site_settings)
    assert [row["id"] for row in table(release, "acteurs")] == ["A009", "A010", "A999", "A1000"]
    assert table(release, "chiffres") == []
    assert pyarrow.parquet.read_table(release.file("tables/chiffres.parquet")).num_rows == 0
    assert json.loads(release.file("acteurs.geojson").read_bytes())["features"] == []
    assert "bbox" not in json.loads(release.file("acteurs.geojson").read_bytes())


def test_several_values_keep_the_order_of_their_uris_and_no_value_splits(tmp_path: Path, site_settings: Settings) -> None:
    themes = [NamedNode(f"https://w3id.org/ess-lod/vocab/champ/{name}") for name in "ab"]
    said = actor(1, "x", *((ESS.activityField, theme) for theme in themes), (SCHEMA.sameAs, NamedNode("http://e/1")))
    said += [Triple(themes[0], RDFS.label, Literal("Zèbre", language="fr")), Triple(themes[1], RDFS.label, Literal("A | B", language="fr"))]
    row = table(made_of(tmp_path, said, site_settings), "acteurs")[0]
    assert row["champs"] == "A / B | Zèbre"
    assert row["champs_uri"] == f"{themes[1].value} | {themes[0].value}"


def test_a_text_too_long_for_a_cell_is_cut_visibly_and_whole_elsewhere(tmp_path: Path, site_settings: Settings) -> None:
    long = "é" * 40_000
    release = made_of(tmp_path, actor(1, "x", (DCTERMS.description, Literal(long, language="fr"))), site_settings)
    place = [column.name for column in BY_NAME["acteurs"].columns].index("description")
    cell = str(openpyxl.load_workbook(release.file("tables.xlsx"))["acteurs"].cell(2, place + 1).value)
    assert len(cell) == 32_767
    assert cell.endswith("é […]")
    csv.field_size_limit(100_000)
    assert table(release, "acteurs")[0]["description"] == long


def test_two_values_for_a_column_of_one_are_an_error_that_names_them(tmp_path: Path, site_settings: Settings) -> None:
    said = [*actor(1, "x"), *actor(1, "y")]
    with pytest.raises(GateRefusal, match=r"nom : .*A001 a 2 valeurs"):
        made_of(tmp_path, said, site_settings)


def test_the_workbook_knows_no_clock(frozen: Release) -> None:
    with zipfile.ZipFile(frozen.file("tables.xlsx")) as parts:
        assert {each.date_time for each in parts.infolist()} == {(1980, 1, 31, 0, 0, 0)}
        assert len(parts.infolist()) > 20
        core = parts.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d{2}-\d{2}T[\d:]+Z", core)) == {"2026-04-01T00:00:00Z"}


def test_a_new_row_is_in_every_table_and_the_rest_unchanged(small: Project) -> None:
    before, _ = build(small.settings)
    small.replace("acteurs", "A002,Le Panier relié,", "A002,Le Panier =tressé,")
    after, _ = build(small.settings)
    assert "Le Panier =tressé" in {row["nom"] for row in table(after, "acteurs")}
    changed = Counter(name.rpartition(".")[2] for name in after.files if after.files[name] != before.files.get(name))
    assert changed["csv"] < 14
    assert after.files["tables/documents.csv"] == before.files["tables/documents.csv"]
    assert after.files["tables/documents.parquet"] == before.files["tables/documents.parquet"]


def test_every_column_has_a_path_of_known_prefixes() -> None:
    paths = [
        name.removeprefix("^")
        for noun in NOUNS
        for column in noun.columns
        for step in column.path.split("/")
        if step
        for name in step.split("|")
    ]
    assert len(paths) > 200
    assert all(expand(path).startswith("http") for path in paths)
    noun: Noun
    for noun in NOUNS:
        assert [column.name for column in noun.columns[:2]] == ["uri", "id"]
        assert len({column.name for column in noun.columns}) == len(noun.columns)
        assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", column.name) for column in noun.columns)
        assert all(column.of in ("", *BY_NAME) for column in noun.columns)


def test_a_date_before_the_calendar_of_spreadsheets_is_text(tmp_path: Path, site_settings: Settings) -> None:
    said = []
    for number, day in enumerate(("1850-01-01", "1900-02-28", "1943-01-01"), 1):
        thing = NamedNode(f"https://reseau.example/lod/id/territoire/T{number:03}")
        life = NamedNode(f"{thing.value}#vie")
        said += [Triple(thing, A, ESS.Territory), Triple(thing, DCTERMS.temporal, life)]
        said += [Triple(life, DCAT.startDate, Literal(day, datatype=XSD.date))]
    release = made_of(tmp_path, said, site_settings)
    place = [column.name for column in BY_NAME["territoires"].columns].index("debut") + 1
    cells = [openpyxl.load_workbook(release.file("tables.xlsx"))["territoires"].cell(row, place).value for row in (2, 3, 4)]
    assert cells == ["1850-01-01", "1900-02-28", datetime.datetime(1943, 1, 1)]
    found = pyarrow.parquet.read_table(release.file("tables/territoires.parquet")).column("debut").to_pylist()
    assert found == [datetime.date(1850, 1, 1), datetime.date(1900, 2, 28), datetime.date(1943, 1, 1)]
