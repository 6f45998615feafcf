"""The gate: every shape refuses what it must and nothing else, and no pass is an empty one."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterable
from itertools import product
from pathlib import Path

import pyoxigraph
import pyshacl
import pytest
import rdflib
import yaml
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat
from stdnum.fr import siren, siret

from ess_lod.errors import ConfigError
from ess_lod.iris import concept
from ess_lod.publish.gate import check, validate
from ess_lod.publish.report import DQV, FOCUS_COUNT, Report
from ess_lod.publish.schema import TABLES
from ess_lod.publish.shapes import CATALOGUE, MANIFEST, read_shapes
from ess_lod.publish.vocabulary import read_turtle, read_vocabulary
from ess_lod.terms import ADMS, DCTERMS, ESS, PROV, SH, SHAPES_IRI, SKOS, A, text
from tests.shapes import cases

EXAMPLES = sorted((cases.ONTOLOGY / "examples").glob("*.ttl"))
MENTION = cases.CASES / "MentionShape" / "invalid.ttl"
TEXTS = cases.CASES / "WholeShape" / "invalid-texts.ttl"


def case_name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of shapes/ that a test may break."""
    return Path(shutil.copytree(cases.SHAPES, tmp_path / "shapes"))


def write_over(path: Path, old: str, new: str) -> None:
    content = path.read_text("utf-8")
    assert content.count(old) == 1, f"{old!r} stands {content.count(old)} times in {path.name}"
    path.write_text(content.replace(old, new), "utf-8")


def drop_from_manifest(folder: Path, shape: str) -> None:
    entries = yaml.safe_load((folder / MANIFEST).read_text("utf-8"))
    kept = [entry for entry in entries if entry["shape"] != shape]
    assert len(kept) == len(entries) - 1
    (folder / MANIFEST).write_text(yaml.safe_dump(kept, allow_unicode=True), "utf-8")


def vocabulary_quads() -> list[Quad]:
    return [Quad(*triple) for triple in read_vocabulary(cases.ONTOLOGY).triples]


def case_quads(case: Path) -> Iterable[Quad]:
    return pyoxigraph.parse(path=case, format=RdfFormat.TURTLE)


# The cases


def test_context_gives_no_result() -> None:
    report = cases.context()
    assert report.results == ()
    assert report.vacuous == ("IssueShape", "SupplementShape", "PortrayalShape", "GraphShape")
    assert report.uncovered == ()
    assert report.undescribed == ()


@pytest.mark.parametrize("case", cases.VALID, ids=case_name)
def test_valid_case(case: Path) -> None:
    report, before = cases.run(case), cases.context()
    assert cases.written(report) == ""
    looked, looked_before = report.focus_counts[case.parent.name], before.focus_counts[case.parent.name]
    if case.parent.name == "NoPersonShape":
        assert looked == 0
    elif case.parent.name in ("WholeShape", "DatasetShape"):
        assert looked == looked_before == 1
    else:
        assert looked > looked_before


@pytest.mark.parametrize("case", cases.INVALID, ids=case_name)
def test_invalid_case(case: Path) -> None:
    report = cases.run(case)
    assert cases.written(report) == cases.approved(case).read_text("utf-8")
    assert any(result.shape == SHAPES_IRI + case.parent.name for result in report.results)
    for result in report.results:
        assert result.message_fr != result.message_en
        assert "{?" not in result.message_fr + result.message_en


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda path: path.stem)
def test_example_of_the_vocabulary(case: Path) -> None:
    space = Quad(
        NamedNode("https://w3id.org/ess-lod/dataset"), NamedNode("http://rdfs.org/ns/void#uriSpace"), text("https://w3id.org/ess-lod/")
    )
    report = validate([*vocabulary_quads(), space, *case_quads(case)], cases.without_vocabulary())
    violations = [cases.line(result) for result in report.results if result.severity == "Violation"]
    assert violations == []
    assert sum(report.focus_counts.values()) > 3


def test_examples_are_found() -> None:
    assert len(EXAMPLES) == 18


def test_every_shape_has_valid_and_invalid_cases() -> None:
    names = {shape.name for shape in cases.without_vocabulary().shapes if shape.focus != "nested"}
    assert len(names) == 37
    assert {case.parent.name for case in cases.VALID} == names
    assert {case.parent.name for case in cases.INVALID} == names
    assert (len(cases.VALID), len(cases.INVALID)) == (38, 53)


def test_every_constraint_is_triggered_by_an_invalid_case() -> None:
    rows = [row.split("\t") for case in cases.INVALID for row in cases.approved(case).read_text("utf-8").splitlines()]
    triggered = {row[3].removeprefix("shapes:") for row in rows}
    known = {constraint.name for _, constraint in cases.without_vocabulary().constraints.values()}
    assert known - triggered == set()
    assert triggered - known == set()
    assert len(known) == 286


def test_no_report_without_a_case() -> None:
    assert sorted(cases.CASES.glob("*/*.report.txt")) == sorted(cases.approved(case) for case in cases.INVALID)


def test_plain_rdflib_gives_the_same_results() -> None:
    """SPARQL runs on Oxigraph here; the shapes must mean the same to any other engine."""
    graph, shacl = rdflib.Graph(), rdflib.Graph()
    for quad in [*cases.beside(), *case_quads(MENTION)]:
        graph.parse(data=f"{quad.subject} {quad.predicate} {quad.object} .", format="nt")
    for path in sorted(cases.SHAPES.glob("*.ttl")):
        if path.name not in (cases.VOCABULARY, CATALOGUE):
            shacl.parse(path)
    conforms, found, _ = pyshacl.validate(graph, shacl_graph=shacl)
    ours = cases.run(MENTION)
    theirs = sorted(
        (str(found.value(node, rdflib.SH.focusNode)), str(found.value(node, rdflib.SH.sourceShape)))
        for node in found.objects(None, rdflib.SH.result)
    )
    assert theirs == sorted((result.focus, result.constraint) for result in ours.results)
    assert (conforms, len(theirs)) == (False, 8)


# Keys


def test_keys_agree_with_stdnum() -> None:
    chance = random.Random(2014)
    numbers = [("siren", f"{chance.randrange(10**9):09}") for _ in range(150)] + [
        ("siret", f"{chance.randrange(10**14):014}") for _ in range(150)
    ]
    numbers += [("siret", f"356000000{chance.randrange(10**5):05}") for _ in range(100)]
    numbers += [
        ("siret", siren_ + siret_) for siren_, siret_ in product(("356000000", "990000002", "990000010"), ("00048", "00016", "00024"))
    ]
    quads = []
    for kind, number in numbers:
        node = NamedNode(f"https://example.org/id/acteur/A001#{kind}-{number}")
        quads += [
            Quad(node, A, ADMS.Identifier),
            Quad(node, SKOS.notation, text(number)),
            Quad(node, DCTERMS.type, concept("type-identifiant", kind)),
        ]
    report = validate([*vocabulary_quads(), *quads], cases.without_vocabulary())
    refused = {result.focus.rpartition("-")[2] for result in report.results if result.constraint.endswith(("-sirenKey", "-siretKey"))}
    expected = {number for kind, number in numbers if not _key_holds(kind, number)}
    assert refused == expected
    assert (len({number for _, number in numbers}), len(expected)) == (409, 363)


def _key_holds(kind: str, number: str) -> bool:
    return bool(siren.is_valid(number) if kind == "siren" else siret.is_valid(number))


# Nothing passes by checking nothing


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"ess-lod/ns#Supplement, qui n'est pas déclarée"):
        check([], cases.SHAPES)


def test_vocabulary_alone_is_refused() -> None:
    report = check(vocabulary_quads(), cases.SHAPES)
    assert report.results == ()
    assert not report.conforms
    required = [shape.name for shape in cases.without_vocabulary().shapes if shape.focus == "required"]
    assert report.vacuous == tuple(required)
    assert len(required) == 13
    assert all(name in report.text() for name in required)


def test_a_shape_of_a_table_must_find_something_only_where_the_table_has_rows() -> None:
    quads = vocabulary_quads()
    of_tables = {shape.name: shape.tables for shape in cases.without_vocabulary().shapes if shape.tables}
    assert of_tables == {
        "IssueShape": {"lettres", "supplements"},
        "SupplementShape": {"supplements"},
        "PortrayalShape": {"mises_en_avant"},
        "TerritoryShape": {"territoires"},
    }
    everything = set(check(quads, cases.SHAPES).vacuous)
    assert set(of_tables) < everything
    assert set(check(quads, cases.SHAPES, filled=()).vacuous) == everything - set(of_tables)
    assert set(check(quads, cases.SHAPES, filled={"lettres"}).vacuous) == everything - set(of_tables) | {"IssueShape"}


def test_one_required_shape_without_focus_is_enough() -> None:
    report = Report(results=(), focus_counts={"ActorShape": 12, "SupplementShape": 0}, vacuous=("SupplementShape",))
    assert not report.conforms
    assert Report(results=(), focus_counts={"ActorShape": 12}).conforms


def test_slip_in_target_class_is_refused(folder: Path) -> None:
    write_over(folder / "site.ttl", "sh:targetClass ess:Site", "sh:targetClass ess:Sites")
    with pytest.raises(
        ConfigError, match=r"SiteShape : manifest\.yaml donne pour cibles targetClass <https://w3id\.org/ess-lod/ns#Site>, site\.ttl donne"
    ):
        check(vocabulary_quads(), folder)


def test_slip_in_target_class_and_manifest_is_refused(folder: Path) -> None:
    write_over(folder / "site.ttl", "sh:targetClass ess:Site", "sh:targetClass ess:Sites")
    write_over(folder / MANIFEST, "[targetClass ess:Site]", "[targetClass ess:Sites]")
    with pytest.raises(ConfigError, match=r"site\.ttl : SiteShape vise https://w3id\.org/ess-lod/ns#Sites, qui n'est pas déclarée"):
        check(vocabulary_quads(), folder)


def test_class_that_no_shape_targets_is_refused(folder: Path) -> None:
    (folder / "site.ttl").unlink()
    drop_from_manifest(folder, "SiteShape")
    report = check([*cases.beside()], folder)
    assert report.uncovered == (ESS.Site.value,)
    assert not report.conforms
    assert ESS.Site.value in report.text()


def test_graph_that_nobody_describes_is_refused() -> None:
    known, unknown = NamedNode("https://w3id.org/ess-lod/graph/R900"), NamedNode("https://w3id.org/ess-lod/graph/R999")
    quads = [Quad(q.subject, q.predicate, q.object, graph) for q in cases.beside() for graph in (known, unknown)]
    report = validate([*quads, Quad(known, A, PROV.Bundle, known)], cases.without_vocabulary())
    assert report.undescribed == (unknown.value,)
    assert not report.conforms
    assert unknown.value in report.text("en")


def test_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ne contient aucune forme"):
        check(cases.beside(), tmp_path)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("site.ttl", "", r"site\.ttl ne contient aucune forme"),
        ("site.ttl", "shapes:SiteShape a", r"site\.ttl, ligne 1"),
        (
            "extra.ttl",
            "<https://w3id.org/ess-lod/shapes#ExtraShape> a <http://www.w3.org/ns/shacl#NodeShape> .",
            r"ExtraShape \(extra\.ttl\) n'est pas dans manifest\.yaml",
        ),
        (MANIFEST, "", "doit être une liste"),
        (MANIFEST, "shapes: [", "YAML"),
        (MANIFEST, "- shape: SiteShape\n", r"forme n° 1 : il faut les clés"),
    ],
)
def test_broken_file_is_refused(folder: Path, file: str, content: str, message: str) -> None:
    (folder / file).write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=message):
        check(cases.beside(), folder)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("- shape: SiteShape", "- shape: SitesShape", r"SiteShape \(site\.ttl\) n'est pas dans(.|\n)*SitesShape n'est pas dans site\.ttl"),
        ("  file: site.ttl", "  file: actor.ttl", r"SiteShape n'est pas dans actor\.ttl"),
        (
            "- shape: SiteShape\n  file: site.ttl\n  focus: optional",
            "- shape: SiteShape\n  file: site.ttl\n  focus: sometimes",
            "focus « sometimes » n'existe pas",
        ),
        (
            "- shape: SiteShape\n  file: site.ttl\n  focus: optional",
            "- shape: SiteShape\n  file: site.ttl\n  focus: nested",
            "nested veut dire sans cible",
        ),
    ],
)
def test_manifest_that_disagrees_is_refused(folder: Path, old: str, new: str, message: str) -> None:
    write_over(folder / MANIFEST, old, new)
    with pytest.raises(ConfigError, match=message):
        check(cases.beside(), folder)


def test_missing_manifest_is_refused(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    with pytest.raises(ConfigError, match="est absent"):
        check(cases.beside(), folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("$this ess:locatedIn ?value .", "$this ess:locatedIn ?value"),
        ("SELECT $this ?value", "SELECT ?value"),
        ("    sh:sparql shapes:Site-communeKind-query ;", "    sh:sparql shapes:nowhere ;"),
    ],
)
def test_broken_query_is_refused(folder: Path, old: str, new: str) -> None:
    write_over(folder / "site.ttl", old, new)
    with pytest.raises(ConfigError, match=r"shapes/ : "):
        check(cases.beside(), folder)


# The report


def test_report_is_the_same_for_the_same_quads() -> None:
    quads = [*cases.beside(), *case_quads(MENTION)]
    first = validate(quads, cases.without_vocabulary())
    second = validate(reversed(quads), cases.without_vocabulary())
    assert first == second
    assert first.to_turtle("https://example.org/report") == second.to_turtle("https://example.org/report")


def test_report_as_turtle() -> None:
    report = cases.run(MENTION)
    triples = {quad.triple for quad in pyoxigraph.parse(report.to_turtle("https://example.org/report"), format=RdfFormat.TURTLE)}
    assert not any(isinstance(term, BlankNode) for triple in triples for term in triple)
    root = NamedNode("https://example.org/report")
    results = {triple.object for triple in triples if triple.subject == root and triple.predicate == SH.result}
    assert len(results) == len(report.results) == 8
    assert NamedNode("https://example.org/report#result-1") in results
    for result in results:
        messages = [triple.object for triple in triples if triple.subject == result and triple.predicate == SH.resultMessage]
        assert sorted(message.language or "" for message in messages if isinstance(message, Literal)) == ["en", "fr"]
    measured = [triple for triple in triples if triple.predicate == DQV.isMeasurementOf and triple.object == FOCUS_COUNT]
    assert len(measured) == len(report.focus_counts) == 37
    conforms = [triple.object for triple in triples if triple.subject == root and triple.predicate == SH.conforms]
    assert [literal.value for literal in conforms if isinstance(literal, Literal)] == ["false"]


def test_report_on_a_blank_node_has_none_itself() -> None:
    nameless = [
        Quad(BlankNode("b"), A, ESS.Site),
        Quad(NamedNode("https://w3id.org/ess-lod/id/acteur/A901"), ESS.operatesIn, BlankNode("b")),
    ]
    report = validate([*cases.beside(), *nameless], cases.without_vocabulary())
    found = {result.constraint.removeprefix(SHAPES_IRI) for result in report.results}
    assert found == {"Site-commune", "Site-owner", "Actor-operatesIn", "Whole-noBlankNode"}
    parsed = list(pyoxigraph.parse(report.to_turtle("https://example.org/report"), format=RdfFormat.TURTLE))
    assert len(parsed) > 150
    assert not any(isinstance(term, BlankNode) for quad in parsed for term in quad.triple)


def test_report_does_not_publish_an_electronic_address() -> None:
    report = cases.run(TEXTS)
    assert [result.constraint.removeprefix(SHAPES_IRI) for result in report.results].count("Whole-noElectronicAddress") == 2
    assert b"example.org" not in report.to_turtle("https://w3id.org/ess-lod/dataset/report")
    assert "example.org" not in report.text()


def test_text_puts_violations_first_and_all_of_them() -> None:
    report = cases.run(cases.CASES / "SupplementShape" / "invalid-territory.ttl")
    assert report.counts == {"Violation": 5, "Warning": 15, "Info": 11}
    french, english = report.text(), report.text("en")
    assert french.index("5 violations\n") < french.index("15 avertissements\n") < french.index("11 informations\n")
    assert english.index("5 violations\n") < english.index("15 warnings\n") < english.index("11 pieces of information\n")
    assert french.startswith("Le jeu de données ne peut pas être publié.\n")
    assert english.startswith("The dataset cannot be published.\n")
    violations, _, rest = french.partition("15 avertissements\n")
    assert [f"S91{n}" in violations.partition("5 violations\n")[2] for n in range(5)] == [True] * 5
    assert rest.count("… et 2 de plus") == 5
    assert "S914" not in rest


def test_summary_counts() -> None:
    summary = cases.run(MENTION).summary()
    assert summary["conforms"] is False
    assert summary["counts"] == {"Violation": 2, "Warning": 3, "Info": 3}
    assert isinstance(summary["focus"], dict)
    assert summary["focus"]["MentionShape"] == 3


# The shapes themselves


def test_shapes_are_well_formed_shacl() -> None:
    graph = rdflib.Graph()
    for path in sorted(cases.SHAPES.glob("*.ttl")):
        graph.parse(path)
    assert len(list(graph.subjects(rdflib.RDF.type, rdflib.SH.NodeShape))) == 101
    pyshacl.validate(rdflib.Graph(), shacl_graph=graph, meta_shacl=True)
    graph.add((rdflib.URIRef(SHAPES_IRI + "Site-siret"), rdflib.SH.minCount, rdflib.Literal("un")))
    with pytest.raises(pyshacl.errors.ReportableRuntimeError, match="does not validate"):
        pyshacl.validate(rdflib.Graph(), shacl_graph=graph, meta_shacl=True)


def test_manifest_names_every_shape_once() -> None:
    shapes = cases.shapes().shapes
    files = {path.name for path in cases.SHAPES.glob("*.ttl")} - {"shapes.ttl"}
    assert len(shapes) == len({shape.name for shape in shapes}) == 101
    assert {shape.file for shape in shapes} == files
    assert len(files) == 26
    assert all(shape.checks.strip() for shape in shapes)


def test_every_constraint_says_what_to_do_in_both_languages() -> None:
    triples = [triple for path in sorted(cases.SHAPES.glob("*.ttl")) if path.name != cases.VOCABULARY for triple in read_turtle(path)]
    parts = {triple.subject for triple in triples if triple.predicate == A and triple.object == SH.PropertyShape}
    assert len(parts) == 422
    for part in parts:
        assert isinstance(part, NamedNode)
        said = {
            (triple.predicate, triple.object.language)
            for triple in triples
            if triple.subject == part and isinstance(triple.object, Literal)
        }
        assert {(SH.message, "fr"), (SH.message, "en"), (SH.name, "fr"), (SH.name, "en")} <= said, part
        assert sum(triple.subject == part and triple.predicate == SH.severity for triple in triples) == 1, part
        assert (
            sum(triple.subject == part and triple.predicate == SH.path and isinstance(triple.object, NamedNode) for triple in triples) == 1
        ), part


def test_shapes_have_no_blank_nodes() -> None:
    assert not any(isinstance(term, BlankNode) for triple in cases.shapes().triples for term in triple)


def test_messages_name_tables_and_columns_that_exist() -> None:
    checked = 0
    everywhere = {column for table in TABLES.values() for column in table.by_name}
    for _, constraint in cases.without_vocabulary().constraints.values():
        for message in constraint.message:
            tables = re.findall(r"([a-z_]+)\.csv", message)
            assert all(table in TABLES for table in tables), message
            words = set(re.findall(r"[«“] ?([a-z_]+) ?[»”]", message))
            columns = {column for table in tables for column in TABLES[table].by_name}
            if tables:
                assert words & columns or "colonne « sources »" in message or "column “sources”" in message, message
                checked += 1
            else:
                elsewhere = ("dataset.yaml", "ess-lod build", "ontology/", "data/insee/", "ess:quote", "{?property}")
                assert words & everywhere or any(place in message for place in elsewhere), message
    assert checked > 380


def test_page_of_the_documentation_is_up_to_date() -> None:
    assert cases.PAGE.read_text("utf-8") == cases.page()


def test_reading_twice_gives_the_same() -> None:
    assert read_shapes(cases.SHAPES) == cases.shapes()
