"""The files of a release as distributions: which dataset each belongs to, and its format by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ess_lod.publish.extracts.nouns import NOUNS

GZIP = "application/gzip"


@dataclass(frozen=True)
class Format:
    """Name, IANA media type and notation in the European list of file types."""

    name: str
    media_type: str
    file_type: str


FORMATS: dict[str, Format] = {
    "nq": Format("N-Quads", "application/n-quads", "RDF_N_QUADS"),
    "trig": Format("TriG", "application/trig", "RDF_TRIG"),
    "nt": Format("N-Triples", "application/n-triples", "RDF_N_TRIPLES"),
    "ttl": Format("Turtle", "text/turtle", "RDF_TURTLE"),
    "rdf": Format("RDF/XML", "application/rdf+xml", "RDF_XML"),
    "jsonld": Format("JSON-LD", "application/ld+json", "JSON_LD"),
    "csv": Format("CSV", "text/csv", "CSV"),
    "parquet": Format("Parquet", "application/vnd.apache.parquet", "PARQUET"),
    "xlsx": Format("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
    "geojson": Format("GeoJSON", "application/geo+json", "GEOJSON"),
}

MAIN, TERRITORIES, VOCABULARY = "", "territoires", "vocabulaire"
"""The datasets, by the fragment of their IRI ``…/dataset#territoires``; the main one is ``…/dataset``."""

_NOUNS = {noun.name: noun for noun in NOUNS}
_OF_TERRITORIES = ("territoires", "appartenances")
_VOCABULARY: dict[str, tuple[str, str, str, str]] = {
    "ontology.ttl": ("Ontologie", "Ontology", "Classes et propriétés, et leurs liens.", "Classes and properties, and their links."),
    "schemes.ttl": ("Listes de termes", "Concept schemes", "Les listes SKOS.", "The SKOS concept schemes."),
    "shapes.ttl": ("Formes SHACL", "SHACL shapes", "Ce que les données doivent respecter.", "What the dataset must satisfy."),
}


@dataclass(frozen=True)
class DumpFile:
    """A file of a release that is a distribution, as the catalogue describes it; ``compressed`` with gzip, then ``format`` is that of what is inside."""

    path: str
    dataset: str
    format: Format
    compressed: bool
    title: tuple[str, str]
    description: tuple[str, str]

    @property
    def fragment(self) -> str:
        """Last part of the distribution's IRI: ``tables/acteurs.csv`` → ``tables-acteurs.csv``."""
        return self.path.replace("/", "-")

    @property
    def is_rdf(self) -> bool:
        """Is it RDF?"""
        return self.format.file_type.startswith("RDF") or self.format.file_type == "JSON_LD"


def dump_files(paths: Iterable[str]) -> list[DumpFile]:
    """Those of the paths that are distributions, in the order of their names; manifests, reports and metadata of tables are none."""
    return [found for path in sorted(paths) if (found := _dump_file(path))]


def _dump_file(path: str) -> DumpFile | None:
    plain = path.removesuffix(".gz")
    folder, _, name = plain.rpartition("/")
    stem, _, extension = name.rpartition(".")
    form = FORMATS.get(extension)
    if form is None:
        return None
    told = _told(plain, folder, stem, form)
    if told is None:
        return None
    dataset, title, description = told
    compressed = plain != path
    if compressed:
        title = (f"{title[0]}, compressé (gzip)", f"{title[1]}, compressed (gzip)")
    return DumpFile(path, dataset, form, compressed, title, description)


def _told(plain: str, folder: str, stem: str, form: Format) -> tuple[str, tuple[str, str], tuple[str, str]] | None:
    """Dataset, title and description of a file; ``None`` for one that is no distribution."""
    if plain in _VOCABULARY:
        french, english, about, about_en = _VOCABULARY[plain]
        return VOCABULARY, (f"{french} ({form.name})", f"{english} ({form.name})"), (about, about_en)
    if plain == f"dataset.{plain.rpartition('.')[2]}" and form.file_type.startswith(("RDF", "JSON_LD")):
        return MAIN, (f"Jeu complet en {form.name}", f"Complete dataset in {form.name}"), _WITH_GRAPHS if _has_graphs(form) else _MERGED
    if plain == "tables.xlsx":
        return MAIN, ("Toutes les tables (classeur)", "All tables (workbook)"), ("Une feuille par nom.", "One sheet for each noun.")
    if stem not in _NOUNS or folder not in ("", "tables") or (folder == "") != (form.name == "GeoJSON"):
        return None
    noun = _NOUNS[stem]
    dataset = TERRITORIES if stem in _OF_TERRITORIES else MAIN
    return dataset, (f"{noun.title} ({form.name})", f"{noun.english} ({form.name})"), (noun.about, noun.about_english)


_WITH_GRAPHS = (
    "Tous les énoncés, dans le graphe nommé de leur source.",
    "All statements, in the named graph of their source.",
)
_MERGED = ("Tous les énoncés réunis, sans graphes nommés.", "All statements merged, without named graphs.")


def _has_graphs(form: Format) -> bool:
    return form.name in ("N-Quads", "TriG")
