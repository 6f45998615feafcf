"""The pages that are no description of one thing: home, lists, and the list of problems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from flask import Blueprint, Response, request
from markupsafe import Markup

from ess_lod.characters import whole_number
from ess_lod.media import HTML
from ess_lod.terms import VOCAB_IRI
from ess_lod.web import schema_org
from ess_lod.web.graph import plain, reading_order
from ess_lod.web.live import Edition, served
from ess_lod.web.problems import ALL_KINDS
from ess_lod.web.queries import list_query
from ess_lod.web.rendering import NAVIGATION, canonical, dataset_node, language, node, render
from ess_lod.web.representations import revalidated
from ess_lod.web.words import phrase

blueprint = Blueprint("pages", __name__)

PAGE_SIZE = 200
_RECENT = 6

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


@dataclass
class Entry:
    """One thing of a list: label, and the values of each column of the query, in the order of the rows."""

    iri: str
    path: str
    label: str
    values: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def one(self, column: str) -> str:
        """The first value of a column, or an empty string."""
        found = self.values.get(column)
        return found[0][0] if found else ""

    def pairs(self, column: str) -> list[tuple[str, str]]:
        """IRI and label of each value of a column."""
        return self.values.get(column, [])

    @cached_property
    def searched(self) -> str:
        """The texts that a search looks in, without accents and case: names and what the list shows, but a département names all that it has."""
        texts = [label for column, pairs in self.values.items() if column != "departement" for _, label in pairs]
        return plain(" ".join((self.label, *texts)))


@blueprint.get("/")
def home() -> Response:
    """What this is, what it holds, and a way in for each public."""
    edition = served()
    return _page(lambda: _home(edition))


@blueprint.get("/supplements")
def supplements() -> Response:
    """All supplements, and how well each number, period and territory is known."""
    return _list("supplement")


@blueprint.get("/lettres")
def lettres() -> Response:
    """All issues of the newsletter."""
    return _list("lettre")


@blueprint.get("/territoires")
def territories() -> Response:
    """All territories by kind, with the time that each existed."""
    return _list("territoire")


@blueprint.get("/acteurs")
def actors() -> Response:
    """All actors, with their fields and communes."""
    return _list("acteur")


@blueprint.get("/personnes-publiques")
def public_bodies() -> Response:
    """All public bodies."""
    return _list("personne-publique")


@blueprint.get("/cooperations")
def cooperations() -> Response:
    """All cooperations, with who takes part."""
    return _list("cooperation")


@blueprint.get("/dispositifs")
def schemes() -> Response:
    """All plans, programmes and other schemes."""
    return _list("dispositif")


@blueprint.get("/documents")
def documents() -> Response:
    """All sources."""
    return _list("document")


@blueprint.get("/problems")
def problems() -> Response:
    """What each kind of problem means: the ``type`` of a problem+json points here."""
    served()
    chosen = language()
    blank = dict.fromkeys(("path", "message", "offered", "line", "column", "iri", "allowed", "limit", "retry_after", "reasons"), "…")
    found = [
        (kind.slug, kind.status, phrase(f"problem-{kind.slug}", chosen), phrase(f"problem-{kind.slug}-what", chosen, **blank))
        for kind in ALL_KINDS
    ]
    return _page(lambda: render("problems.html", problems=sorted(found, key=lambda each: each[1])))


def entries(edition: Edition, kind: str, chosen: str) -> list[Entry]:
    """The things of a kind, in the order of their query; kept as long as the release is served."""
    return edition.keep(f"list {kind} {chosen}", lambda: _entries(edition, kind, chosen))


def neighbours(edition: Edition, kind: str, iri: str, chosen: str) -> tuple[Entry | None, Entry | None]:
    """What stands before and after a thing in the list of its kind: for supplements, the later and the earlier one."""
    listed = entries(edition, kind, chosen)
    at = next((number for number, each in enumerate(listed) if each.iri == iri), None)
    if at is None:
        return None, None
    return (listed[at - 1] if at else None), (listed[at + 1] if at + 1 < len(listed) else None)


def _entries(edition: Edition, kind: str, chosen: str) -> list[Entry]:
    found: dict[str, Entry] = {}
    for row in edition.rows(list_query(kind, chosen)):
        iri = row["thing"]
        if iri not in found:
            path = edition.iris.path(edition.iris.document_of(iri)) or ""
            found[iri] = Entry(iri, path, row["label"])
        for name, text in row.items():
            if name in ("thing", "label") or name.endswith(("Name", "Fr", "En")):
                continue
            pair = (text, row.get(f"{name}Name", text))
            known = found[iri].values.setdefault(name, [])
            if pair not in known:
                known.append(pair)
    if kind in ("supplement", "lettre"):
        return list(found.values())
    return sorted(found.values(), key=lambda each: (_kind_first(each, kind), reading_order(each.label), each.iri))


def _kind_first(each: Entry, kind: str) -> tuple[object, ...]:
    """Territories stand by kind; the others by name only."""
    return reading_order(each.pairs("type")[0][1]) if kind == "territoire" else ()


def _list(kind: str) -> Response:
    edition = served()
    chosen = language()
    everything = entries(edition, kind, chosen)
    names = ("q", *FACETS.get(kind, {}))
    wanted = {name: value for name in names if (value := request.args.get(name, "").strip())}
    kept = [each for each in everything if _matches(each, kind, wanted)]
    page = whole_number(request.args.get("page", "")) or 1
    first = (page - 1) * PAGE_SIZE
    return _page(
        lambda: render(
            "list.html",
            kind=kind,
            columns=COLUMNS[kind],
            entries=kept[first : first + PAGE_SIZE],
            total=len(kept),
            facets={name: facet(everything, column) for name, column in FACETS.get(kind, {}).items()},
            wanted=wanted,
            query=list_query(kind, chosen),
            page=page,
            more=len(kept) > first + PAGE_SIZE,
            place=lambda iri: edition.iris.path(edition.iris.document_of(iri)) or iri,
        )
    )


def facet(listed: list[Entry], column: str) -> list[tuple[str, str, int]]:
    """The values that a column has in a list: short name, label, how many; in reading order of the labels."""
    labels: dict[str, str] = {}
    counts: dict[str, int] = {}
    for each in listed:
        for iri, label in each.pairs(column):
            labels[_short(iri)] = label
            counts[_short(iri)] = counts.get(_short(iri), 0) + 1
    return [(name, labels[name], counts[name]) for name in sorted(labels, key=lambda name: reading_order(labels[name]))]


def _matches(each: Entry, kind: str, wanted: dict[str, str]) -> bool:
    for name, column in FACETS.get(kind, {}).items():
        if name in wanted and wanted[name] not in {_short(iri) for iri, _ in each.pairs(column)}:
            return False
    return all(word in each.searched for word in plain(wanted.get("q", "")).split())


def _short(iri: str) -> str:
    return iri.rpartition("/")[2]


def _page(html: Callable[[], str]) -> Response:
    return revalidated(served(), HTML, html)


def _home(edition: Edition) -> str:
    chosen = language()
    shown = [(kind, len(entries(edition, kind, chosen))) for kind in (*NAVIGATION, "personne-publique", "document")]
    modes = [
        node(edition, f"{VOCAB_IRI}mode/{name}", edition.vocabulary)
        for name in ("transcription", "reconciliation", "inference", "estimation")
    ]
    return render(
        "home.html",
        counts=shown,
        portrayed=len({iri for each in entries(edition, "supplement", chosen) for iri, _ in each.pairs("territory")}),
        recent=entries(edition, "supplement", chosen)[:_RECENT],
        fields=facet(entries(edition, "acteur", chosen), "field"),
        modes=[mode for mode in modes if mode.term in edition.vocabulary],
        siren=_a_siren(edition),
        structured=_catalogued(edition),
    )


def _catalogued(edition: Edition) -> Markup:
    described = dataset_node(edition)
    if described is None:
        return Markup("")
    about = described.at(edition.iris.at("catalog"))
    return schema_org.of_catalog(about, canonical("/catalog"), about.all("dcat:dataset")[:_RECENT])


def _a_siren(edition: Edition) -> str:
    """A SIREN that this dataset knows, for the example."""
    text = "SELECT ?siren WHERE { ?x <https://w3id.org/ess-lod/ns#siren> ?siren } ORDER BY ?siren LIMIT 1"
    found = edition.rows(text)
    return found[0]["siren"] if found else ""
