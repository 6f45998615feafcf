"""How good the matcher is, on a table of variants of what is published and of names that are not in it: precision and recall are printed and held."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from ess_lod.reconcile import PROPERTIES, TYPES, Candidate, Index, Query, Wanted

KINDS = {
    "exact": 13,
    "case-accents": 24,
    "legal-form": 22,
    "acronym": 26,
    "former-name": 19,
    "other-name": 16,
    "typo": 47,
    "swapped-words": 13,
    "abbreviation": 20,
    "code": 16,
    "code-damaged": 9,
    "with-town": 19,
    "wrong-town": 10,
    "homonym": 28,
    "date": 16,
    "kind-words": 12,
    "spreadsheet": 13,
    "absent": 71,
}


@dataclass(frozen=True)
class Variant:
    """A row: what is asked, and the things that may be meant. With more than one no match is right, with none nothing is."""

    query: Query
    expected: frozenset[str]
    what: str


def variants() -> list[Variant]:
    """The rows of the table."""
    found = []
    with (Path(__file__).parent / "variants.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            given = (pair.split("=", 1) for pair in row["properties"].split(";") if pair)
            query = Query(row["query"], row["type"], 10, tuple(Wanted(pid, (value,)) for pid, value in given))
            found.append(Variant(query, frozenset(filter(None, row["expected"].split(" | "))), row["what"]))
    return found


def short(candidate: Candidate) -> str:
    """``A017`` for a thing, ``champ/insertion`` for a concept."""
    parts = candidate.id.split("/")
    return "/".join(parts[-2:]) if "vocab" in parts else parts[-1]


def test_the_table_of_variants_is_what_it_says(index: Index) -> None:
    rows = variants()
    assert Counter(row.what for row in rows) == KINDS
    assert len(rows) == 394
    assert sum(bool(row.expected) for row in rows) == 323
    assert {row.query.type for row in rows} - {""} <= set(TYPES)
    assert {wanted.pid for row in rows for wanted in row.query.properties} <= set(PROPERTIES)
    assert len({(row.query, row.what) for row in rows}) == len(rows)
    for id_ in {id_ for row in rows for id_ in row.expected}:
        kind = {"A": "acteur", "P": "personne-publique", "T": "territoire", "S": "supplement", "D": "dispositif"}.get(id_[0], "")
        iri = f"https://w3id.org/ess-lod/vocab/{id_}" if "/" in id_ else f"https://w3id.org/ess-lod/id/{kind}/{id_}"
        assert index.entity(iri) is not None, id_


def test_precision_and_recall(index: Index, capsys: pytest.CaptureFixture[str]) -> None:
    right, wrong, found, missed = 0, [], 0, []
    sure: Counter[str] = Counter()
    for row in variants():
        candidates = index.match(row.query)
        if candidates and candidates[0].match:
            if row.expected == {short(candidates[0])}:
                right += 1
                sure[row.what] += 1
            else:
                wrong.append(f"{row.query.query!r} ({row.what}) → {candidates[0].name}")
        if row.expected and row.expected & {short(candidate) for candidate in candidates[:3]}:
            found += 1
        elif row.expected:
            missed.append(f"{row.query.query!r} ({row.what})")
    precision, recall = right / (right + len(wrong)), found / (found + len(missed))
    with capsys.disabled():
        print(f"\nprecision of match: true {precision:.4f} ({right} right, wrong: {wrong})")
        print(f"recall in the first three {recall:.4f} ({found} found, missed: {missed})")
        print("matches by kind:", ", ".join(f"{what} {count}/{KINDS[what]}" for what, count in sorted(sure.items())))
    assert precision >= 0.99
    assert recall >= 0.97
    assert right >= 225, "a matcher that never decides is precise and useless"
    assert sure["absent"] == sure["wrong-town"] == 0


def test_an_answer_does_not_depend_on_what_else_is_asked(index: Index) -> None:
    rows = variants()[::7]
    forward = [index.match(row.query) for row in rows]
    backward = [index.match(row.query) for row in reversed(rows)]
    assert forward == backward[::-1]
    assert len(forward) == 57


def test_every_thing_is_found_by_its_own_name(index: Index) -> None:
    asked = lost = 0
    for kind in ("acteur/A", "personne-publique/P", "cooperation/C", "dispositif/D"):
        for number in range(1, 70):
            entity = index.entity(f"https://w3id.org/ess-lod/id/{kind}{number:03}")
            if entity is not None:
                asked += 1
                candidates = index.match(Query(entity.name(), entity.types[0], 3))
                lost += entity.id not in [candidate.id for candidate in candidates]
    assert (asked, lost) == (128, 0)
