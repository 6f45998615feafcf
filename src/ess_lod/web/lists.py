"""The things of a kind as a list: narrowed, searched, sorted; for people, as CSV and JSON, and as the query that gives the same.

What a page shows is made from the rows that an edition keeps; the query says it in SPARQL. A test holds both to the same things in the same order.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal

from ess_lod.characters import tidy
from ess_lod.web import queries
from ess_lod.web.folding import folded, folded_in_sparql, sort_key, sort_key_in_sparql
from ess_lod.web.graph import reading_order
from ess_lod.web.live import Edition
from ess_lod.web.rendering import CLASSES

COLUMNS: dict[str, tuple[str, ...]] = {
    "supplement": ("number", "period", "territory", "issue"),
    "lettre": ("label", "number", "period"),
    "territoire": ("label", "type", "code", "period"),
    "acteur": ("label", "field", "commune"),
    "personne-publique": ("label", "type"),
    "cooperation": ("label", "field", "agent"),
    "dispositif": ("label", "type", "territory"),
    "document": ("label", "type", "publisher"),
}
"""What the table of each list shows."""

FACETS: dict[str, dict[str, str]] = {
    "territoire": {"type": "type", "departement": "departement"},
    "acteur": {"champ": "field", "commune": "commune"},
    "personne-publique": {"type": "type"},
    "cooperation": {"champ": "field"},
    "dispositif": {"type": "type"},
    "document": {"type": "type"},
}
"""What each list can be narrowed by: name in the address → column of the query."""

_BY_DATE = ("supplement", "lettre")
"""Kinds whose latest thing comes first; the others stand by name, territories by kind before."""
_BETWEEN = " | "
"""Between several values in one cell, as in the tables of ``data/``."""
_SELECTED = re.compile(r"SELECT (?:DISTINCT )?((?:\?\w+ )+)WHERE \{\n(.*)\n\} ORDER BY .*", re.DOTALL)
_MOST_WORDS = 16
_GROUPED_CODE = re.compile(r"[0-9][0-9 .-]{3,}")


@dataclass
class Entry:
    """One thing of a list: label, the values of each column of the query in the order of the rows, and the texts that a search looks in."""

    iri: str
    path: str
    label: str
    values: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    searched: str = ""

    def one(self, column: str) -> str:
        """The first value of a column, or an empty string."""
        found = self.values.get(column)
        return found[0][0] if found else ""

    def pairs(self, column: str) -> list[tuple[str, str]]:
        """IRI and label of each value of a column."""
        return self.values.get(column, [])


def entries(edition: Edition, kind: str, chosen: str) -> list[Entry]:
    """The things of a kind, in their order; kept as long as the release is served."""
    return edition.keep(f"list {kind} {chosen}", lambda: _entries(edition, kind, chosen))


def neighbours(edition: Edition, kind: str, iri: str, chosen: str) -> tuple[Entry | None, Entry | None]:
    """What stands before and after a thing in the list of its kind: for supplements, the later and the earlier one."""
    listed = entries(edition, kind, chosen)
    at = next((number for number, each in enumerate(listed) if each.iri == iri), None)
    if at is None:
        return None, None
    return (listed[at - 1] if at else None), (listed[at + 1] if at + 1 < len(listed) else None)


def narrowed(listed: Iterable[Entry], kind: str, wanted: Mapping[str, str]) -> list[Entry]:
    """The things that have all values of ``wanted`` (by the names of :data:`FACETS`), and each word of its ``q`` in one of their texts."""
    facets = [(column, wanted[name]) for name, column in FACETS.get(kind, {}).items() if name in wanted]
    words = words_of(wanted.get("q", ""))
    return [
        each
        for each in listed
        if all(value in {short(iri) for iri, _ in each.pairs(column)} for column, value in facets)
        and all(word in each.searched for word in words)
    ]


def words_of(text: str) -> list[str]:
    """The words of a search; a code is one word however its digits are grouped (``411 654 296``)."""
    plain = folded(tidy(text))
    return ["".join(filter(str.isalnum, plain))] if _GROUPED_CODE.fullmatch(plain) else list(dict.fromkeys(plain.split()))[:_MOST_WORDS]


def facet(listed: Iterable[Entry], column: str) -> list[tuple[str, str, int]]:
    """The values that a column has in a list: short name, label, how many; in reading order of the labels."""
    labels: dict[str, str] = {}
    counts: dict[str, int] = {}
    for each in listed:
        for iri, label in each.pairs(column):
            labels[short(iri)] = label
            counts[short(iri)] = counts.get(short(iri), 0) + 1
    return [(name, labels[name], counts[name]) for name in sorted(labels, key=lambda name: reading_order(labels[name]))]


def short(iri: str) -> str:
    """What an address names a value by: the last step of its IRI."""
    return iri.rpartition("/")[2]


def columns_of(kind: str) -> list[str]:
    """The columns of the query of a list and of its CSV: ``thing`` and ``label``, then what is known; ``fieldName`` has the labels of what ``field`` names."""
    return _parts(kind)[0]


def list_query(kind: str, language: str, listed: Iterable[Entry] = (), wanted: Mapping[str, str] | None = None) -> str:
    """The query that gives a list: one row a thing, narrowed and sorted as the page is, with labels in a language.

    ``listed`` is the whole list, where the values of ``wanted`` are found.
    """
    names, body = _parts(kind)
    body = re.sub(rf"\?({'|'.join(names[2:])})\b", r"?\1_", body)
    several = [f'(GROUP_CONCAT(DISTINCT STR(?{name}_); SEPARATOR="{_BETWEEN}") AS ?{name})' for name in names[2:]]
    wanted = wanted or {}
    conditions = [f"({condition})" for condition in _of_facets(kind, list(listed), wanted)]
    having = "\nHAVING " + " ".join(conditions) if conditions else ""
    searched = "".join(f"\n{condition}" for condition in _of_words(kind, wanted))
    select = "\n  ".join(("SELECT ?thing ?label", *several))
    places, order = _order(kind)
    return queries.labelled(
        f"{select}\nWHERE {{\n{body}{searched}\n  {places}\n}} GROUP BY ?thing ?label{having}\nORDER BY {order} ?thing", language
    )


def as_csv(kind: str, listed: Iterable[Entry]) -> str:
    """A list as CSV (RFC 4180), one row a thing, with the columns of its query."""
    file = io.StringIO()
    writer = csv.writer(file)
    names = columns_of(kind)
    writer.writerow(names)
    for each in listed:
        writer.writerow([each.iri, each.label, *(_BETWEEN.join(_values(each, name)) for name in names[2:])])
    return file.getvalue()


def as_json(kind: str, listed: list[Entry]) -> str:
    """A list as JSON: ``count``, and ``items`` with ``thing``, ``label`` and the values of each column, those that are things with their labels."""
    named = {name for name in columns_of(kind) if f"{name}Name" in columns_of(kind)}
    plain = [name for name in columns_of(kind)[2:] if not name.endswith("Name")]
    items = [
        {
            "thing": each.iri,
            "label": each.label,
            **{name: [{"thing": iri, "label": label} if name in named else iri for iri, label in each.pairs(name)] for name in plain},
        }
        for each in listed
    ]
    return json.dumps({"count": len(items), "items": items}, ensure_ascii=False, indent=1) + "\n"


def _values(each: Entry, name: str) -> list[str]:
    """The values of a column of the query, each once."""
    is_name = name.endswith("Name")
    return list(dict.fromkeys(pair[is_name] for pair in each.pairs(name.removesuffix("Name"))))


def _parts(kind: str) -> tuple[list[str], str]:
    """What the query of a kind selects, and its patterns."""
    found = _SELECTED.fullmatch(queries.LISTS[kind])
    assert found is not None, kind  # noqa: S101
    return found[1].replace("?", "").split(), found[2]


def _of_facets(kind: str, listed: list[Entry], wanted: Mapping[str, str]) -> Iterable[str]:
    """Of the rows of a thing, one has the value: the others stay, so that all its values are shown."""
    for name, column in FACETS.get(kind, {}).items():
        if name in wanted:
            iris = sorted({iri for each in listed for iri, _ in each.pairs(column) if short(iri) == wanted[name]})
            yield f"SUM(IF(?{column}_ IN ({', '.join(f'<{iri}>' for iri in iris)}), 1, 0)) > 0"


def _of_words(kind: str, wanted: Mapping[str, str]) -> Iterable[str]:
    for number, word in enumerate(words_of(wanted.get("q", "")), 1):
        text = f"?text{number}"
        yield (
            f"  FILTER EXISTS {{ ?thing {queries.searched(kind)} {text} .\n"
            f"  {folded_in_sparql(f'STR({text})', f'{text}_')}\n  FILTER(CONTAINS({text}_, {Literal(word)})) }}"
        )


def _order(kind: str) -> tuple[str, str]:
    """The patterns that bind what a list is sorted by, and the sort conditions."""
    if kind in _BY_DATE:
        return sort_key_in_sparql("STR(?number_)", "?place"), "DESC(MAX(STR(?start_))) DESC(MAX(?place))"
    named = sort_key_in_sparql("STR(?label)", "?place")
    if kind == "territoire":
        return f"{sort_key_in_sparql('STR(?typeName_)', '?group')}\n  {named}", "MIN(?group) MIN(?place)"
    return named, "MIN(?place)"


def _entries(edition: Edition, kind: str, chosen: str) -> list[Entry]:
    found: dict[str, Entry] = {}
    for row in edition.rows(queries.labelled(queries.LISTS[kind], chosen)):
        iri = row["thing"]
        if iri not in found:
            found[iri] = Entry(iri, edition.iris.path(edition.iris.document_of(iri)) or "", row["label"])
        for name, text in row.items():
            if name in ("thing", "label") or name.endswith(("Name", "Fr", "En")):
                continue
            pair = (text, row.get(f"{name}Name", text))
            known = found[iri].values.setdefault(name, [])
            if pair not in known:
                known.append(pair)
    texts = edition.keep(f"searched {kind}", lambda: _searched(edition, kind))
    for each in found.values():
        each.searched = texts.get(each.iri, "")
    listed = sorted(found.values(), key=lambda each: each.iri)
    if kind in _BY_DATE:
        listed.sort(
            key=lambda each: (max((start for start, _ in each.pairs("start")), default=""), sort_key(each.one("number"))), reverse=True
        )
        return listed
    return sorted(listed, key=lambda each: (sort_key(each.pairs("type")[0][1]) if kind == "territoire" else "", sort_key(each.label)))


def _searched(edition: Edition, kind: str) -> dict[str, str]:
    """The texts of each thing of a kind that a search looks in, folded, one a line."""
    rows = edition.rows(f"{queries.PROLOGUE}SELECT ?thing ?text WHERE {{ ?thing a {CLASSES[kind]} ; {queries.searched(kind)} ?text }}")
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["thing"], set()).add(folded(row["text"]))
    return {thing: "\n".join(sorted(texts)) for thing, texts in found.items()}
