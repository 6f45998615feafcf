"""The SPARQL endpoint as Flask has it: the answer of :mod:`ess_lod.web.endpoint`, or a page for people that needs no JavaScript, or what the service is."""

from __future__ import annotations

from asyncio import run_coroutine_threadsafe

from flask import Blueprint, Response, request
from pyoxigraph import Triple, serialize

from ess_lod.errors import BadQuery, NotAcceptable
from ess_lod.media import GRAPH_TYPES, HTML, MediaType
from ess_lod.store import Spooled, answer_now, read_query
from ess_lod.terms import used_prefixes
from ess_lod.web.admitted import client
from ess_lod.web.answer_table import table_of_graph, table_of_result
from ess_lod.web.description import describe_service
from ess_lod.web.endpoint import OUTCOME, Outcome, attempt
from ess_lod.web.live import Edition, served, settings
from ess_lod.web.negotiation import negotiate
from ess_lod.web.protocol import Asked, Call, ProtocolError, format_names
from ess_lod.web.rendering import language, render, site
from ess_lod.web.representations import revalidated

blueprint = Blueprint("sparql", __name__)

EXAMPLE = """PREFIX ess: <https://w3id.org/ess-lod/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?territoire ?nom (COUNT(?acteur) AS ?acteurs) WHERE {
  ?supplement ess:portraysTerritory ?territoire ; ess:features ?acteur .
  ?territoire rdfs:label ?nom . FILTER(LANG(?nom) = "fr")
} GROUP BY ?territoire ?nom ORDER BY DESC(?acteurs)"""

_WITHOUT_QUERY = (*GRAPH_TYPES, HTML)


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """An answer; without a query, a form for people and the service description for programs."""
    edition = served()
    # the server has already tried when it is our own
    outcome: Outcome = request.environ.get("asgi.scope", {}).get(OUTCOME) or _attempt(edition)
    asked, reply = outcome.asked, outcome.reply
    if outcome.error is not None:
        if isinstance(outcome.error, BadQuery) and asked is not None and asked.is_page:
            return _form(asked.query.text, outcome.error)
        raise outcome.error
    if asked is None or reply is None:
        return _without_query(edition)
    if not asked.is_page:
        answer = Response(reply.content.chunks(), reply.status, reply.headers)
        answer.call_on_close(reply.content.close)
        return answer
    answer = Response(_result_page(edition, asked, reply.content), content_type=HTML.header)
    answer.headers["Cache-Control"] = dict(reply.headers)["Cache-Control"]
    return _spoken(answer)


def ask(text: str, extension: str, first: int = 0) -> Spooled:
    """The answer to a query of ours that is shown as an example: run where those of strangers are.

    Raises :class:`ess_lod.errors.QueryError`.
    """
    return answer_now(served().store, read_query(text), extension, client=client(), first=first)


def _attempt(edition: Edition) -> Outcome:
    call = Call(
        request.method,
        request.query_string.decode("latin-1"),
        request.headers.get("Content-Type", ""),
        request.get_data(parse_form_data=False),
        request.headers.get("Accept"),
        request.headers.get("If-None-Match"),
    )
    return run_coroutine_threadsafe(attempt(edition, call, request.remote_addr or "", settings()), edition.store.loop).result()


def _without_query(edition: Edition) -> Response:
    try:
        media = negotiate(request.headers.get("Accept"), _WITHOUT_QUERY)
    except NotAcceptable as error:
        raise ProtocolError(400, "sparql-no-query") from error
    if media is HTML:
        return _form()
    answer = revalidated(edition, media, lambda: _written(describe_service(edition, f"{site()}/sparql", settings()), media))
    answer.vary.add("Accept")
    return answer


def _written(triples: list[Triple], media: MediaType) -> bytes:
    return serialize(triples, format=media.rdf, prefixes=used_prefixes(triples)) or b""


def _form(text: str = "", error: BadQuery | None = None) -> Response:
    """The page to write a query on; with what is wrong with the last one, as a 400."""
    body = render("sparql.html", query=text or EXAMPLE, error=error, answered=False, result_formats=(), path="/sparql")
    return _spoken(Response(body, 400 if error else 200, content_type=HTML.header))


def _spoken(answer: Response) -> Response:
    """Say in which language a page is."""
    answer.headers["Content-Language"] = language()
    answer.vary.update(("Accept", "Accept-Language"))
    return answer


def _result_page(edition: Edition, asked: Asked, content: Spooled) -> str:
    is_graph = asked.query.form.is_graph
    table = (table_of_graph if is_graph else table_of_result)(edition, language(), content.read())
    return render(
        "sparql.html",
        query=asked.query.text,
        columns=table.columns,
        rows=table.rows,
        more=table.more,
        truth=table.truth,
        answered=True,
        error=None,
        result_formats=[name for name in format_names(is_graph) if name != "html"],
        path="/sparql",
    )
