"""The page of the dataset: what it is, how much it holds, what it looks like, how to cite it, and every file of the release.

Its RDF is the catalogue's. Charts and map are drawn on the server: no script, no request to elsewhere, and the numbers stand beside them as tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response
from markupsafe import Markup

from ess_lod.media import MediaType
from ess_lod.web import queries, schema_org
from ess_lod.web.citation import Citation
from ess_lod.web.downloads import downloads
from ess_lod.web.graph import Graph, Node, expand, reading_order
from ess_lod.web.lists import COLUMNS, entries, facet
from ess_lod.web.live import Edition, served
from ess_lod.web.portrait_map import box, portrait_map
from ess_lod.web.rendering import CLASSES, LISTS, canonical, dataset_node, language, node, render
from ess_lod.web.representations import revalidated
from ess_lod.web.words import last_day, phrase

blueprint = Blueprint("dataset_page", __name__)

PREVIEWED = 5
"""Rows of each table that the page shows."""

_FORMS: dict[str, tuple[MediaType, Callable[[Citation], str]]] = {
    "txt": (MediaType("txt", "text/plain", None, "texte"), lambda found: found.text() + "\n"),
    "bib": (MediaType("bib", "application/x-bibtex", None, "BibTeX"), Citation.bibtex),
    "ris": (MediaType("ris", "application/x-research-info-systems", None, "RIS"), Citation.ris),
    "json": (MediaType("json", "application/vnd.citationstyles.csl+json", None, "CSL-JSON"), Citation.csl),
}


@dataclass(frozen=True)
class Bar:
    """A bar of a chart: what it stands for, its value, and its parts: notation of a concept (or an empty string) → value."""

    name: str
    label: str
    count: int
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Chart:
    """Bars, and how many things could not be placed on any of them."""

    bars: list[Bar]
    without: int

    @property
    def top(self) -> int:
        """The longest bar, at least 1."""
        return max((bar.count for bar in self.bars), default=1) or 1

    @property
    def parts(self) -> list[str]:
        """The parts that some bar has, in the order in which bars stack them."""
        return list(dict.fromkeys(name for bar in self.bars for name, _ in sorted(bar.parts)))


def dataset_page(edition: Edition) -> str:
    """The page of the dataset, in the language of this request."""
    graph = Graph([*edition.catalogue, *edition.ontology])
    graph.add(edition.keep("graph labels", lambda: edition.triples(queries.fill(queries.GRAPH_LABELS))))
    about = node(edition, f"{edition.iris.base}dataset", graph)
    counts = edition.keep("graph counts", lambda: edition.rows(queries.GRAPHS))
    chosen = language()
    return render(
        "dataset.html",
        about=about,
        counts=how_many(edition),
        triples=_triples(edition),
        portraits=portrait_map(edition, chosen),
        unidentified=sum(not each.pairs("territory") for each in entries(edition, "supplement", chosen)),
        years=by_year(edition, chosen),
        fields=by_field(edition, chosen),
        previews=[(kind, COLUMNS[kind], entries(edition, kind, chosen)[:PREVIEWED]) for kind in LISTS],
        downloads=downloads(edition.release),
        citation=citation(edition, chosen),
        forms={extension: (media, write(citation(edition, chosen))) for extension, (media, write) in _FORMS.items()},
        services=sorted((about.at(each) for each in graph.instances("dcat:DataService")), key=lambda each: each.value),
        graphs=[(about.at(row["graph"]), int(row["count"])) for row in counts],
        structured=structured(edition),
        place=lambda iri: edition.iris.path(edition.iris.document_of(iri)) or iri,
        path="/dataset",
    )


@blueprint.get("/dataset/citation.<any(txt,bib,ris,json):form>")
def cite(form: str) -> Response:
    """How to cite the dataset, as a sentence, for BibLaTeX, as RIS or as CSL-JSON."""
    edition = served()
    media, write = _FORMS[form]
    return revalidated(edition, media, lambda: write(citation(edition, language())))


def how_many(edition: Edition) -> dict[str, int]:
    """Things of each kind."""
    return edition.keep("counts of kinds", lambda: _how_many(edition))


def _how_many(edition: Edition) -> dict[str, int]:
    types = {kind: expand(CLASSES[kind]) for kind in LISTS}
    text = queries.fill(queries.OF_EACH_CLASS, types=" ".join(f"<{iri}>" for iri in types.values()))
    found = {row["type"]: int(row["count"]) for row in edition.rows(text)}
    return {kind: found.get(iri, 0) for kind, iri in types.items()}


def by_year(edition: Edition, chosen: str) -> Chart:
    """Supplements by the year that they appeared in (the one that their period begins in), and by how that is known; years without any are bars too."""
    found: dict[int, Counter[str]] = {}
    without = 0
    for each in entries(edition, "supplement", chosen):
        year = each.one("start")[:4]
        if year.isdecimal():
            found.setdefault(int(year), Counter())[each.one("dateMode").rpartition("/")[2]] += 1
        else:
            without += 1
    years = range(min(found), max(found) + 1) if found else range(0)
    counted = {year: found.get(year, Counter[str]()) for year in years}
    return Chart([Bar(str(year), str(year), modes.total(), tuple(sorted(modes.items()))) for year, modes in counted.items()], without)


def by_field(edition: Edition, chosen: str) -> Chart:
    """Actors by field of activity, the most frequent first; an actor may have several."""
    listed = entries(edition, "acteur", chosen)
    bars = [Bar(name, label, count) for name, label, count in facet(listed, "field")]
    bars.sort(key=lambda bar: (-bar.count, reading_order(bar.label)))
    return Chart(bars, sum(not each.pairs("field") for each in listed))


def citation(edition: Edition, chosen: str) -> Citation:
    """What to cite: the dataset by its stable address, in the version that is served."""
    about = dataset_node(edition)
    title = about.text("dcterms:title") or about.label if about else edition.release.version
    licence = about.text("dcterms:license") if about else ""
    makers = makers_of(about) if about else []
    iri = edition.iris.at("dataset").value
    return Citation(title, ", ".join(each.label for each in makers), edition.release.date, edition.release.version, iri, licence, chosen)


def makers_of(about: Node) -> list[Node]:
    """Who made a dataset: its creators, else its publishers."""
    return about.all("dcterms:creator") or about.all("dcterms:publisher")


def structured(edition: Edition) -> Markup:
    """What search engines for datasets read in this page (schema.org)."""
    chosen = language()
    return edition.keep(f"structured dataset {chosen}", lambda: schema_org.script(statements(edition, chosen)))


def statements(edition: Edition, chosen: str) -> dict[str, object]:
    """The dataset in schema.org's words, all that Google's Dataset Search asks for or recommends, as far as the release says it."""
    about = dataset_node(edition)
    if about is None:
        return {}
    page = canonical("/dataset")
    counted = ", ".join(phrase(f"count-{kind}", chosen, n=count) for kind, count in how_many(edition).items() if count)
    described = about.text("dcterms:description") + " " + phrase("dataset-holds", chosen, counts=counted)
    files = [each for group in downloads(edition.release).values() for each in group]
    same = {about.value, *(each.value for each in about.all("dcat:landingPage"))} - {page}
    return schema_org.of_dataset(about, page) | {
        "description": described[:5000],
        "sameAs": sorted(same) or [about.value],
        "version": edition.release.version,
        "dateModified": edition.release.date,
        "creator": [schema_org.agent(each) for each in makers_of(about)],
        "citation": citation(edition, chosen).text(),
        "temporalCoverage": temporal_coverage(edition, chosen),
        "spatialCoverage": schema_org.place(about, box(edition)),
        "distribution": [schema_org.download(each, canonical(f"/dump/latest/{each.name}")) for each in files],
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": canonical("/catalog"),
            "url": canonical("/catalog"),
            "name": phrase("catalogue", chosen),
        },
        "variableMeasured": _measured(edition),
        "measurementTechnique": _techniques(edition),
        "hasPart": [_part(edition, about, kind, chosen) for kind in LISTS],
    }


def temporal_coverage(edition: Edition, chosen: str) -> str:
    """First and last day that supplements appeared on, as an ISO 8601 interval; empty without any."""
    listed = entries(edition, "supplement", chosen)
    starts = [start for each in listed if (start := each.one("start"))]
    ends = [end for each in listed if (end := each.one("end"))]
    return f"{min(starts)}/{last_day(max(ends))}" if starts and ends else ""


def _part(edition: Edition, about: Node, kind: str, chosen: str) -> dict[str, object]:
    page = canonical(f"/{LISTS[kind]}")
    name = phrase(f"list-{kind}", chosen)
    table = [each for each in downloads(edition.release)["tables"] if each.name == f"tables/{LISTS[kind]}.csv"]
    return {
        "@type": "Dataset",
        "@id": page,
        "url": page,
        "name": f"{name} · {about.label}",
        "description": phrase(f"list-{kind}-lead", chosen),
        "license": about.text("dcterms:license"),
        "creator": [schema_org.agent(each) for each in makers_of(about)],
        "distribution": [schema_org.download(each, canonical(f"/dump/latest/{each.name}")) for each in table],
    }


def _measures(edition: Edition) -> list[dict[str, str]]:
    return edition.keep("measures", lambda: edition.rows(queries.fill(queries.MEASURES)))


def _measured(edition: Edition) -> list[str]:
    """Labels of what the figures of the release measure."""
    return sorted({_label(edition, row["measure"]) for row in _measures(edition)}, key=reading_order)


def _techniques(edition: Edition) -> list[str]:
    """How the figures are known: printed, derived, estimated …"""
    return sorted({_label(edition, row["how"]) for row in _measures(edition) if "how" in row}, key=reading_order)


def _label(edition: Edition, iri: str) -> str:
    return node(edition, iri, edition.vocabulary).label


def _triples(edition: Edition) -> int:
    return edition.keep("triples", lambda: int(edition.rows(queries.TOTALS["triples"])[0]["n"]))
