"""What a name may become while it is typed: things of which a name, a word of it or a code begins so."""

from __future__ import annotations

from ess_lod.insee.resolver.wording import words_of
from ess_lod.reconcile.asked import LONGEST, Candidate
from ess_lod.reconcile.compact import Lookup
from ess_lod.reconcile.names import Names
from ess_lod.reconcile.records import Records

MOST = 1000
"""Names that are looked at; what comes after them is not suggested: more letters are needed."""
_CODES = ("siren", "siret", "rna", "insee")


def begun(names: Names, records: Records, codes: Lookup, prefix: str, mask: int, language: str) -> list[Candidate]:
    """Things by how a name of theirs begins: the whole name (100), its beginning (90), a word of it (70); shorter names first, and what has ended last."""
    found: dict[int, float] = {}
    text = prefix[:LONGEST]
    words = words_of(text)
    if words:
        asked = " ".join(words)
        for number in names.beginning(words, MOST):
            key = names.key(number)
            score = 100.0 if key == asked else 90.0 if key.startswith(asked) else 70.0
            for row in names.rows(number, mask, records.masks):
                exact = score - (30 if row.made else 0) - min(9.0, (len(key) - len(asked)) / 10)
                found[row.thing] = max(found.get(row.thing, 0), exact)
    bare = "".join(text.split()).upper()
    if any(char.isdigit() for char in bare):
        for scheme in _CODES:
            for number in codes.keys.beginning(f"{scheme}:{bare}")[:MOST]:
                for thing in codes.at(number):
                    if records.masks[thing] & mask:
                        found[thing] = max(found.get(thing, 0), 95.0)
    answers = []
    for thing, score in found.items():
        entity = records.get(thing)
        shown = round(max(0.0, score - (5 if entity.over else 0)), 1)
        answers.append(Candidate(entity.id, entity.name(language), entity.description(language), entity.types, shown))
    return sorted(answers, key=lambda each: (-each.score, len(each.name), each.name, each.id))
