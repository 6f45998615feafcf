"""The pages that are no description of one thing: home, lists, and the list of problems."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request
from markupsafe import Markup

from ess_lod.characters import tidy, whole_number
from ess_lod.media import CSV, HTML, JSON, MediaType
from ess_lod.terms import VOCAB_IRI
from ess_lod.web import schema_org
from ess_lod.web.lists import COLUMNS, FACETS, as_csv, as_json, entries, facet, list_query, narrowed
from ess_lod.web.live import Edition, served
from ess_lod.web.negotiation import negotiate
from ess_lod.web.problems import ALL_KINDS
from ess_lod.web.rendering import LISTS, NAVIGATION, canonical, dataset_node, language, node, render, to
from ess_lod.web.representations import revalidated
from ess_lod.web.words import phrase

blueprint = Blueprint("pages", __name__)

LISTED: tuple[MediaType, ...] = (HTML, CSV, JSON)
"""The formats of a list."""
PAGE_SIZE = 200
_RECENT = 6


@blueprint.get("/")
def home() -> Response:
    """What this is, what it holds, and a way in for each public."""
    edition = served()
    return _page(lambda: _home(edition))


def _list_view(kind: str) -> Callable[..., Response]:
    def things(extension: str | None = None) -> Response:
        """The things of a kind, narrowed and searched: a page, or the same list whole as CSV or JSON."""
        return _list(kind, extension)

    return things


for _kind, _path in LISTS.items():
    _things = _list_view(_kind)
    for _rule in (f"/{_path}", f"/{_path}.<any(html,csv,json):extension>"):
        blueprint.add_url_rule(_rule, _path, _things)


@blueprint.get("/problems")
def problems() -> Response:
    """What each kind of problem means: the ``type`` of a problem+json points here."""
    served()
    chosen = language()
    blank = dict.fromkeys(
        ("path", "message", "offered", "line", "column", "iri", "allowed", "limit", "retry_after", "reasons", "engine"), "…"
    )
    found = [
        (kind.slug, kind.status, phrase(f"problem-{kind.slug}", chosen), phrase(f"problem-{kind.slug}-what", chosen, **blank))
        for kind in ALL_KINDS
    ]
    return _page(lambda: render("problems.html", problems=sorted(found, key=lambda each: each[1])))


def _list(kind: str, extension: str | None) -> Response:
    edition, chosen = served(), language()
    media = next(each for each in LISTED if each.extension == extension) if extension else negotiate(request.headers.get("Accept"), LISTED)
    everything = entries(edition, kind, chosen)
    names = ("q", *FACETS.get(kind, {}))
    wanted = {name: value for name in names if (value := tidy(request.args.get(name, "")))}
    path = f"/{LISTS[kind]}"

    def body() -> str:
        kept = narrowed(everything, kind, wanted)
        if media is CSV:
            return as_csv(kind, kept)
        if media is JSON:
            return as_json(kind, kept)
        page = whole_number(request.args.get("page", "")) or 1
        first = (page - 1) * PAGE_SIZE
        return render(
            "list.html",
            kind=kind,
            columns=COLUMNS[kind],
            entries=kept[first : first + PAGE_SIZE],
            total=len(kept),
            facets={name: facet(everything, column) for name, column in FACETS.get(kind, {}).items()},
            wanted=wanted,
            query=list_query(kind, chosen, everything, wanted),
            others=[(each, to(f"{path}.{each.extension}", **wanted, lang=chosen)) for each in LISTED if each is not media],
            page=page,
            more=len(kept) > first + PAGE_SIZE,
            place=lambda iri: edition.iris.path(edition.iris.document_of(iri)) or iri,
        )

    answer = revalidated(edition, media, body)
    if extension is None:
        answer.vary.add("Accept")
    links = [
        f'<{to(f"{path}.{each.extension}", **wanted)}>; rel="alternate"; type="{each.content_type}"' for each in LISTED if each is not media
    ]
    answer.headers["Link"] = ", ".join(links)
    return answer


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
