"""Questions to the index of the release, and its candidates as the API writes them."""

from __future__ import annotations

import threading
from dataclasses import replace

from ess_lod.reconcile import MOST, TYPES, Candidate, Index, Query, open_index
from ess_lod.web.live import Edition
from ess_lod.web.protocol import ReconcileError
from ess_lod.web.reconcile.reading import Question
from ess_lod.web.words import phrase

_BUILDING = threading.Lock()


def index_of(edition: Edition) -> Index:
    """The index of an edition: made by whoever asks first, while the others wait for it."""
    with _BUILDING:
        return edition.keep("reconciliation index", lambda: open_index(edition.store, edition.iris))


def answer(index: Index, question: Question, language: str) -> dict[str, object]:
    """A reconciliation result: candidates by decreasing score."""
    return {"result": [_written(each, language) for each in candidates(index, question, language)]}


def failed(error: ReconcileError, language: str) -> dict[str, object]:
    """The result of a query that is wrong: no candidates, as the schema of API 0.2 wants them, and why; clients that do not know ``error`` find nothing."""
    return {"result": [], "error": phrase(error.key, language, **error.values)}


def candidates(index: Index, question: Question, language: str) -> list[Candidate]:
    """Candidates for a question. Of several types each is asked for by itself; ``all`` keeps what has all of them.

    What could be two things, one of each type, is no match.
    """
    query, types = replace(question.query, language=language), question.types
    if not query.query and not query.properties:
        return []
    if (named := identified(index, query.query, language)) is not None:
        return [named] if not types or {*types} & {*named.types} else []
    if len(types) < 2:
        return index.match(replace(query, type="".join(types)))
    if question.strict == "all":
        found = index.match(replace(query, type=types[0], limit=MOST))
        return [each for each in found if set(types) <= set(each.types)][: query.limit]
    return _merged([index.match(replace(query, type=type_)) for type_ in types], query)


def identified(index: Index, text: str, language: str) -> Candidate | None:
    """The thing whose IRI, or the IRI of whose page, is the text itself (§4.4 and §6.5 of the API)."""
    entity = index.entity(text.replace("/doc/", "/id/", 1)) if text.startswith(("http://", "https://")) else None
    if entity is None:
        return None
    return Candidate(
        entity.id, entity.name(language), entity.description(language), entity.types, 100.0, match=True, features=(("id", 100.0),)
    )


def named_type(id_: str, language: str) -> dict[str, str]:
    """A type as the API writes it."""
    type_ = TYPES[id_]
    return {"id": id_, "name": type_.name_en if language == "en" else type_.name_fr}


def _merged(answers: list[list[Candidate]], query: Query) -> list[Candidate]:
    everything = sorted((each for answer in answers for each in answer), key=lambda each: (-each.score, each.id, not each.match))
    found: dict[str, Candidate] = {}
    for each in everything:
        found.setdefault(each.id, each)
    best = [each for each in found.values() if each.match or each.score == everything[0].score]
    is_one = len(best) == 1
    return [replace(each, match=each.match and is_one) for each in found.values()][: query.limit]


def _written(each: Candidate, language: str) -> dict[str, object]:
    return {
        "id": each.id,
        "name": each.name,
        "description": each.description,
        "type": [named_type(id_, language) for id_ in each.types],
        "score": each.score,
        "match": each.match,
        "features": [{"id": id_, "value": value} for id_, value in each.features],
    }
