"""Example queries: each has a page with its answer, its text, and its answer in the formats that programs read. And what the editor completes.

They are the questions that the dataset is tested with, where the project's folder has them, then the lists that the site shows.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from flask import Blueprint, Response, json
from flask.blueprints import BlueprintSetupState
from pyoxigraph import BlankNode, RdfFormat, parse

from ess_lod.errors import NotFound
from ess_lod.media import ANSWER_GRAPHS, HTML, RESULT_BY_EXTENSION, RESULT_CSV, MediaType
from ess_lod.store import read_query
from ess_lod.web.answer_table import SHOWN_ROWS, table_of_graph, table_of_result
from ess_lod.web.completion import completions
from ess_lod.web.lists import list_query
from ess_lod.web.live import served, settings
from ess_lod.web.queries import LISTS
from ess_lod.web.rendering import LISTS as LIST_PATHS
from ess_lod.web.rendering import language, render
from ess_lod.web.representations import revalidated
from ess_lod.web.snippets import snippets
from ess_lod.web.sparql import ask
from ess_lod.web.words import phrase

blueprint = Blueprint("examples", __name__)

QUESTIONS = Path("tests/questions")
EDITOR = Path(__file__).parent / "static" / "yasgui"

_QUERY = MediaType("rq", "application/sparql-query", None, "SPARQL")
_CSV = MediaType("csv", RESULT_CSV.content_type, None, "CSV")
_JSON = MediaType("json", "application/json", None, "JSON")
_ROWS = {"csv": "csv", "json": "srj", "tsv": "tsv", "xml": "srx"}
_TRIPLES = {"csv": "nt", "json": "jsonld", "ttl": "ttl", "nt": "nt", "xml": "rdf"}
"""Extension of an address → extension of the format that the store writes. Triples as CSV are made from N-Triples."""


@dataclass(frozen=True)
class Example:
    """A query to start from: its name in addresses, what it asks, its text."""

    name: str
    title: str
    text: str

    @cached_property
    def triples(self) -> bool:
        """Is its answer a graph?"""
        return read_query(self.text).form.is_graph

    @property
    def written(self) -> dict[str, str]:
        """The formats of its answer: extension of the address → extension of what the store writes."""
        return _TRIPLES if self.triples else _ROWS


@blueprint.get("/sparql/examples")
def index() -> Response:
    """All examples."""
    return revalidated(served(), HTML, lambda: render("sparql_examples.html", examples=examples(), path="/sparql/examples"))


@blueprint.get("/sparql/examples/<name>")
def one(name: str) -> Response:
    """An example: what it asks, its text, its answer as a table, how to ask it from a program."""
    edition, example = served(), _example(name)

    def page() -> str:
        body = answer_text(example.text, "nt" if example.triples else "tsv", SHOWN_ROWS + 1)
        table = (table_of_graph if example.triples else table_of_result)(edition, language(), body)
        return render("sparql_example.html", example=example, answer=table, path=f"/sparql/examples/{name}")

    return revalidated(edition, HTML, page)


@blueprint.get("/sparql/examples/<name>.<any(rq,csv,json,tsv,xml,ttl,nt):extension>")
def one_as(name: str, extension: str) -> Response:
    """The text of an example (``rq``), or its answer in a format. Raises :class:`NotFound` for a format that its answer does not have."""
    edition, example = served(), _example(name)
    if extension == "rq":
        return revalidated(edition, _QUERY, lambda: example.text)
    written = example.written.get(extension)
    if written is None:
        raise NotFound(f"{name}.{extension}")
    if example.triples and extension == "csv":
        return revalidated(edition, _CSV, lambda: _triples_as_csv(answer_text(example.text, written)))
    return revalidated(edition, _media(written), lambda: answer_text(example.text, written).decode())


@blueprint.get("/sparql/terms.json")
def terms() -> Response:
    """Classes, properties, concepts and prefixes of the release, for the editor to complete."""
    edition = served()
    return revalidated(edition, _JSON, lambda: json.dumps(completions(edition, language()), ensure_ascii=False))


def answer_text(text: str, extension: str, first: int = 0) -> bytes:
    """The answer to a query in the format of an extension, cut after ``first`` rows where that is not 0.

    Raises :class:`ess_lod.errors.QueryError` and :class:`ess_lod.errors.EngineError`.
    """
    return ask(text, extension, first).read()


def examples() -> list[Example]:
    """All examples in the language of the reader."""
    chosen = language()
    questions = [Example(name, titles[chosen], text) for name, titles, text in _questions(settings().home / QUESTIONS)]
    lists = [Example(f"liste-{LIST_PATHS[kind]}", phrase(f"list-{kind}", chosen), list_query(kind, chosen)) for kind in LISTS]
    return [*questions, *lists]


@cache
def _questions(folder: Path) -> tuple[tuple[str, dict[str, str], str], ...]:
    """Name, titles by language and text of each ``.rq`` file; its first lines, ``# fr: …`` and ``# en: …``, say what it asks."""
    found = []
    for path in sorted(folder.glob("*.rq")):
        text = path.read_text("utf-8")
        titles = dict(re.findall(r"^# (fr|en): (.+)$", text, re.MULTILINE))
        found.append((path.stem, {tag: titles.get(tag, path.stem) for tag in ("fr", "en")}, text))
    return tuple(found)


def _example(name: str) -> Example:
    found = next((each for each in examples() if each.name == name), None)
    if found is None:
        raise NotFound(name)
    return found


def _media(extension: str) -> MediaType:
    if extension in ANSWER_GRAPHS:
        return ANSWER_GRAPHS[extension]
    return MediaType(extension, RESULT_BY_EXTENSION[extension].content_type, None, extension)


def _triples_as_csv(body: bytes) -> str:
    """Values as SPARQL 1.1 Query Results CSV writes them: the IRI, or the text of a literal."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(("subject", "predicate", "object"))
    for quad in parse(body, format=RdfFormat.N_TRIPLES):
        rows.writerow(_plain(term) for term in (quad.subject, quad.predicate, quad.object))
    return written.getvalue()


def _plain(term: object) -> str:
    return str(term) if isinstance(term, BlankNode) else str(getattr(term, "value", term))


def editor_is_built() -> bool:
    """Has ``make editor`` put the editor's files beside the style sheet? Without them the page is the plain form."""
    return (EDITOR / "start.js").is_file()


@blueprint.record_once
def _give_to_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(sparql_examples=examples, snippets=snippets, editor_is_built=editor_is_built)
