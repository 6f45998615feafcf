"""Competency questions: each ``.rq`` file is answered by the real release, and the answer is the approved one beside it.

``.csv`` for SELECT, ``.nt`` (sorted) for CONSTRUCT. After a change of the data, write the answers anew with ``python -m tests.test_questions`` and
read the difference before committing it.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.media import N_TRIPLES, RESULT_CSV
from ess_lod.publish import build
from ess_lod.store import AnswerKind, Store, open_store

FOLDER = Path(__file__).parent / "questions"
QUESTIONS = sorted(path.stem for path in FOLDER.glob("*.rq"))

BY_THE_FEED = {"02": "which actors changed since a date"}
"""Asked of the change feed: tests/test_feed.py."""

LACKING = {
    "13": "who held ESUS at publication: no source names an approval with its dates",
}


def answer(store: Store, name: str) -> tuple[str, bytes]:
    """Extension and bytes of the answer to a question."""
    result = store.query((FOLDER / f"{name}.rq").read_text("utf-8"))
    if result.kind is AnswerKind.TRIPLES:
        return "nt", b"".join(sorted(result.write_graph(N_TRIPLES).splitlines(keepends=True)))
    return "csv", result.write_result(RESULT_CSV).replace(b"\r\n", b"\n")


def test_the_questions_are_asked_or_said_to_be_lacking() -> None:
    asked = {name[:2] for name in QUESTIONS}
    assert len(QUESTIONS) == len(asked) == 26
    assert asked | set(LACKING) | set(BY_THE_FEED) == {f"{number:02}" for number in range(1, 29)}
    assert len(asked) + len(LACKING) + len(BY_THE_FEED) == 28


def test_what_lacks_is_documented() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    assert all(reason in page for reason in (*LACKING.values(), *BY_THE_FEED.values()))
    for name in QUESTIONS:
        assert f"`{name}.rq`" in page


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_its_words_in_both_languages(name: str) -> None:
    first, second = (FOLDER / f"{name}.rq").read_text("utf-8").splitlines()[:2]
    assert re.fullmatch(r"# fr: .+[.?]", first)
    assert re.fullmatch(r"# en: .+[.?]", second)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answer_is_the_approved_one(name: str, store: Store) -> None:
    extension, body = answer(store, name)
    assert body.count(b"\n") > 1, "a question without an answer tests nothing"
    assert body.decode() == (FOLDER / f"{name}.{extension}").read_text("utf-8")


def test_twenty_supplements_over_http(client: FlaskClient) -> None:
    query = "PREFIX ess: <https://w3id.org/ess-lod/ns#> SELECT (COUNT(?s) AS ?n) { ?s a ess:Supplement }"
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/csv"})
    assert response.status_code == 200
    assert response.data.split() == [b"n", b"20"]


def approve() -> None:
    """Write every answer beside its question."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.read({}, home=Path(__file__).parents[1], releases=Path(folder) / "releases", indexes=Path(folder) / "indexes")
        made, _ = build(settings)
        releases.publish(settings.releases, made.version)
        store = open_store(settings, made)
        for name in QUESTIONS:
            extension, body = answer(store, name)
            (FOLDER / f"{name}.{extension}").write_bytes(body)


if __name__ == "__main__":
    os.environ.pop("ESS_LOD_HOME", None)
    approve()
