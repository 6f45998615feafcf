"""Asks an engine as a stranger would, and makes answers comparable."""

from __future__ import annotations

from ess_lod.errors import EngineError, QueryError
from ess_lod.store import Store, answer_now, read_query


def ask(
    store: Store, text: str, extension: str = "", default: tuple[str, ...] | None = None, named: tuple[str, ...] | None = None
) -> bytes:
    """The bytes of an answer: JSON, or N-Triples sorted by line, unless another format is named."""
    query = read_query(text, default, named)
    body = answer_now(store, query, extension or ("nt" if query.form.is_graph else "srj")).read()
    return b"".join(sorted(body.splitlines(keepends=True))) if query.form.is_graph and not extension else body


def outcome(store: Store, text: str) -> bytes | str:
    """The same, or the name of the error that it ended in."""
    try:
        return ask(store, text)
    except (QueryError, EngineError) as error:
        return type(error).__name__
