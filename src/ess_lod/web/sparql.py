"""The SPARQL 1.1 endpoint: the protocol's three ways to ask, every result format, and a page for people that needs no JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Blueprint, Response, request
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from ess_lod.errors import BadQuery, NotAcceptable, QueryRefused
from ess_lod.media import GRAPH_TYPES, HTML, JSON_LD, TURTLE, MediaType, negotiate
from ess_lod.store.answer import RESULT_TYPES, Answer, AnswerKind
from ess_lod.web.graph import Node
from ess_lod.web.live import Edition, served, settings
from ess_lod.web.queries import LISTS, PROLOGUE, list_query
from ess_lod.web.rendering import language, render
from ess_lod.web.words import phrase

blueprint = Blueprint("sparql", __name__)

QUESTIONS = Path("tests/questions")

SHOWN_ROWS = 500
"""How many rows the HTML table has at most; the other formats have all."""

_BY_NAME = {each.extension: each for each in RESULT_TYPES}
_ALIASES = {"application/json": "srj", "application/xml": "srx"}
_RESULTS = (*(MediaType(each.extension, each.content_type, None, each.extension) for each in RESULT_TYPES),)
_PLAIN_RESULTS = tuple(MediaType(extension, content_type, None, extension) for content_type, extension in _ALIASES.items())
_OFFERED_RESULTS = (*_RESULTS, *_PLAIN_RESULTS, HTML)
_OFFERED_GRAPHS = (*GRAPH_TYPES, MediaType("jsonld", "application/json", JSON_LD.rdf, JSON_LD.label), HTML)
_FORMATS = {
    AnswerKind.ROWS: {"json": "srj", "xml": "srx", "csv": "csv", "tsv": "tsv", "html": "html"},
    AnswerKind.TRUTH: {"json": "srj", "xml": "srx", "csv": "csv", "tsv": "tsv", "html": "html"},
    AnswerKind.TRIPLES: {"ttl": "ttl", "jsonld": "jsonld", "rdf": "rdf", "nt": "nt", "html": "html"},
}
"""What ``?format=`` may name, by kind of answer."""

EXAMPLE = """SELECT ?territoire ?nom (COUNT(?acteur) AS ?acteurs) WHERE {
  ?supplement ess:portraysTerritory ?territoire ; ess:features ?acteur .
  ?territoire rdfs:label ?nom . FILTER(LANG(?nom) = "fr")
} GROUP BY ?territoire ?nom ORDER BY DESC(?acteurs)"""


@blueprint.get("/sparql")
def by_get() -> Response:
    """``?query=`` is answered; without it people get a form."""
    _refuse_foreign_datasets()
    asked = request.args.getlist("query")
    if not asked:
        return _form()
    return _answer(_only(asked))


@blueprint.post("/sparql")
def by_post() -> Response:
    """A query as a form field or as the body itself."""
    _refuse_foreign_datasets()
    if request.mimetype == "application/sparql-query":
        return _answer(_text(request.get_data()))
    if request.mimetype == "application/x-www-form-urlencoded":
        if "update" in request.form:
            raise QueryRefused(phrase("sparql-read-only", language()))
        return _answer(_only(request.form.getlist("query")))
    if request.mimetype == "application/sparql-update":
        raise QueryRefused(phrase("sparql-read-only", language()))
    raise UnsupportedMediaType("application/sparql-query, application/x-www-form-urlencoded")


def ask(edition: Edition, text: str) -> Answer:
    """The one place where a query that came from outside is run. Raises :class:`ess_lod.errors.QueryError`."""
    return edition.store.query(text)


def _answer(text: str) -> Response:
    limit = settings().max_query_bytes
    if len(text.encode()) > limit:
        raise RequestEntityTooLarge
    edition = served()
    try:
        answer = ask(edition, text)
    except BadQuery as error:
        if request.method == "GET" and _wants_html():
            return _form(text, error)
        raise
    media = _media(answer.kind)
    if media is HTML:
        response = Response(_result_page(edition, text, answer), content_type=HTML.header)
        _speak(response)
    elif answer.kind is AnswerKind.TRIPLES:
        response = Response(answer.write_graph(media), content_type=media.header)
    else:
        response = Response(answer.write_result(_BY_NAME[media.extension]), content_type=media.header)
    response.headers["Cache-Control"] = "public, max-age=60"
    response.vary.add("Accept")
    return response


def _media(kind: AnswerKind) -> MediaType:
    """The format of an answer: ``format=`` wins over ``Accept``, for links in pages."""
    offered = _OFFERED_GRAPHS if kind is AnswerKind.TRIPLES else _OFFERED_RESULTS
    named = request.values.get("format")
    if named:
        extension = _FORMATS[kind].get(named)
        if extension is None:
            raise NotAcceptable([f"format={name}" for name in _FORMATS[kind]])
        return next(media for media in offered if media.extension == extension)
    return negotiate(request.headers.get("Accept"), offered)


def _wants_html() -> bool:
    """Would a page be the best answer for this client, were everything to be had?"""
    try:
        return negotiate(request.headers.get("Accept"), (TURTLE, *_OFFERED_RESULTS)) is HTML
    except NotAcceptable:
        return False


def _form(text: str = "", error: BadQuery | None = None) -> Response:
    """The page to write a query on; with what is wrong with the last one, as a 400."""
    if error is None and not _wants_html() and "Accept" in request.headers and "*/*" not in request.headers["Accept"]:
        raise BadRequest(phrase("sparql-no-query", language()))
    body = render("sparql.html", query=text or f"{PROLOGUE}\n{EXAMPLE}", error=error, examples=_examples(), path="/sparql")
    answer = Response(body, 400 if error else 200, content_type=HTML.header)
    _speak(answer)
    return answer


def _speak(answer: Response) -> None:
    """Say in which language a page is."""
    answer.headers["Content-Language"] = language()
    answer.vary.update(("Accept", "Accept-Language"))


def _result_page(edition: Edition, text: str, answer: Answer) -> str:
    shown: list[list[Node | None]] = []
    columns: list[str] = []
    more = False
    graph = edition.vocabulary

    def cell(term: NamedNode | BlankNode | Literal | Triple | None) -> Node | None:
        return None if term is None else Node(term, graph, edition.iris, language())

    if answer.kind is AnswerKind.ROWS:
        columns = answer.variables
        for row in answer.rows():
            if len(shown) == SHOWN_ROWS:
                more = True
                break
            shown.append([cell(row.get(name)) for name in columns])
    elif answer.kind is AnswerKind.TRIPLES:
        columns = ["?s", "?p", "?o"]
        for triple in answer.triples():
            if len(shown) == SHOWN_ROWS:
                more = True
                break
            shown.append([cell(triple.subject), cell(triple.predicate), cell(triple.object)])
    return render(
        "sparql.html",
        query=text,
        columns=columns,
        rows=shown,
        more=more,
        truth=answer.truth if answer.kind is AnswerKind.TRUTH else None,
        answered=True,
        result_formats=[name for name in _FORMATS[answer.kind] if name != "html"],
        path="/sparql",
    )


def _examples() -> list[tuple[str, str]]:
    """Title and text of queries to start from: the questions that the dataset is tested with, where the project's folder has them, then the lists."""
    chosen = language()
    found = []
    for path in sorted((settings().home / QUESTIONS).glob("*.rq")):
        text = path.read_text("utf-8")
        title = re.search(rf"^# {chosen}: (.+)$", text, re.MULTILINE)
        found.append((title[1] if title else path.stem, text))
    return [*found, *((phrase(f"list-{kind}", chosen), list_query(kind, chosen)) for kind in LISTS)]


def _refuse_foreign_datasets() -> None:
    """The protocol's own dataset parameters are not supported: saying so is better than answering about something else."""
    if {"default-graph-uri", "named-graph-uri"} & set(request.values):
        raise BadRequest(phrase("sparql-no-dataset", language()))


def _only(asked: list[str]) -> str:
    if len(asked) != 1:
        raise BadRequest(phrase("sparql-one-query", language()))
    return asked[0]


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(phrase("sparql-utf8", language())) from error
