"""How a page is made: the language of the reader, links relative to this server, the words, the templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, g, render_template, request
from flask.templating import Environment
from jinja2 import StrictUndefined
from markupsafe import Markup
from pyoxigraph import NamedNode, Triple

from ess_lod.iris import DEFAULT_BASE, KINDS, SHARED
from ess_lod.media import RESOURCE_TYPES
from ess_lod.web.graph import Graph, Node, compact, expand
from ess_lod.web.live import Edition, served_if_any
from ess_lod.web.words import LANGUAGES, day, last_day, number, period, say, unbroken

LISTS: dict[str, str] = {
    "supplement": "supplements",
    "territoire": "territoires",
    "acteur": "acteurs",
    "personne-publique": "personnes-publiques",
    "cooperation": "cooperations",
    "dispositif": "dispositifs",
    "lettre": "lettres",
    "document": "documents",
}
"""Path of the list of each kind."""

CLASSES: dict[str, str] = {
    "supplement": "ess:Supplement",
    "territoire": "ess:Territory",
    "acteur": "ess:Actor",
    "personne-publique": "ess:PublicBody",
    "cooperation": "ess:Cooperation",
    "dispositif": "ess:Scheme",
    "lettre": "ess:NewsletterIssue",
    "document": "ess:Document",
}
"""Class of each kind: its label is what a page calls its thing."""

NAVIGATION = ("supplement", "territoire", "acteur", "cooperation")


class Templates(Environment):
    """Jinja as the templates have it: what is taken of a mapping is an entry of it, never a method, and what is not there is an error.

    Jinja itself gives ``counts["update"]`` the method of that name when the mapping has no such entry. ``mapping|items`` goes through a mapping,
    ``mapping[key]|default(…)`` takes what may be missing.
    """

    def getitem(self, obj: object, argument: object) -> object:
        """``obj[argument]``; Jinja's filters ask here for attributes too."""
        return self._entry(obj, argument) if isinstance(obj, Mapping) else super().getitem(obj, argument)

    def getattr(self, obj: object, attribute: str) -> object:
        """``obj.attribute``."""
        return self._entry(obj, attribute) if isinstance(obj, Mapping) else super().getattr(obj, attribute)

    def _entry(self, mapping: Mapping[object, object], key: object) -> object:
        try:
            return mapping[key]
        except (TypeError, LookupError):
            return self.undefined(obj=mapping, name=str(key))


def language() -> str:
    """``fr`` or ``en``: what ``?lang=`` says, else what ``Accept-Language`` prefers, else French."""
    if "language" not in g:
        asked = request.args.get("lang", "")
        g.language = asked if asked in LANGUAGES else _preferred()
    chosen: str = g.language
    return chosen


def _preferred() -> str:
    """By ``Accept-Language``: ``fr-CA, en;q=0.5`` is French, although we have no Canadian French."""
    spoken = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((tag for tag in spoken if tag in LANGUAGES), LANGUAGES[0])


def language_is_asked() -> bool:
    """Does the address itself name the language?"""
    return request.args.get("lang", "") in LANGUAGES


def origin() -> str:
    """Scheme and host of the site: those of ``ESS_LOD_PUBLIC_URL``, else those that this request has named."""
    return request.host_url.rstrip("/")


def site() -> str:
    """The address of the site without a slash at its end."""
    return origin() + here("")


def here(path: str) -> str:
    """A path of the site as this server answers it, also when it is mounted below a prefix."""
    return request.script_root + path


def to(path: str, **query: str) -> str:
    """A link to a path of the site; it keeps the language when the address names it. Empty query values are left out."""
    if language_is_asked():
        query.setdefault("lang", language())
    path, _, fragment = path.partition("#")
    asked = urlencode({name: value for name, value in query.items() if value})
    return here(one_slash(path)) + (f"?{asked}" if asked else "") + (f"#{fragment}" if fragment else "")


def one_slash(path: str) -> str:
    """A path from a request, fit for a link: two slashes at its start would lead to another host."""
    return quote("/" + path.lstrip("/"), safe="/:@!$&'()*+,;=~")


def in_language(other: str) -> str:
    """The address of this page in another language."""
    return here(one_slash(request.path.removesuffix(".html"))) + "?" + urlencode({**request.args.to_dict(), "lang": other})


def canonical(path: str) -> str:
    """The public address of a path: the vocabulary keeps its own base whoever serves it."""
    edition = served_if_any()
    shared = path.split("/")[1].partition(".")[0] in SHARED
    return (DEFAULT_BASE if shared or edition is None else edition.iris.base) + path.lstrip("/")


def node(edition: Edition, iri: str, triples: Iterable[Triple] | Graph) -> Node:
    """A node as the reader of this request sees it."""
    graph = triples if isinstance(triples, Graph) else Graph(triples)
    return Node(NamedNode(iri), graph, edition.iris, language())


def render(template: str, **context: object) -> str:
    """A template as HTML, in the language of the reader."""
    return render_template(template, **context)


def register(app: Flask) -> None:
    """Give the templates of an application their words and functions."""
    app.jinja_environment, app.jinja_options = Templates, {"undefined": StrictUndefined}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        to=to, here=here, in_language=in_language, language_is_asked=language_is_asked, canonical=canonical, compact=compact, site=site
    )
    app.jinja_env.globals.update(lists=LISTS, kinds=tuple(KINDS), languages=LANGUAGES)
    app.jinja_env.filters["unbroken"] = unbroken
    app.jinja_env.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    """What every template has.

    ``t`` says a word, ``day``, ``last_day`` (before an excluded end), ``period`` and ``number`` write values, ``label`` names a term of the vocabulary."""
    chosen, edition = language(), served_if_any()

    def t(key: str, **values: object) -> Markup:
        return say(key, chosen, **values)

    def term(iri: str) -> Node | None:
        return None if edition is None else node(edition, iri, edition.vocabulary)

    def class_label(kind: str) -> str:
        found = term(expand(CLASSES[kind]))
        return found.label if found is not None else kind

    return {
        "t": t,
        "lang": chosen,
        "edition": edition,
        "navigation": NAVIGATION if edition is None else [kind for kind in NAVIGATION if _has(edition, kind)],
        "term": term,
        "class_label": class_label,
        "dataset": dataset_node(edition) if edition else None,
        "formats": RESOURCE_TYPES,
        "day": lambda text: day(text, chosen),
        "last_day": lambda end: day(last_day(end), chosen),
        "period": lambda start, end, exact=False: period(start, end, chosen, exact=exact),
        "number": lambda text: number(text, chosen),
    }


def _has(edition: Edition, kind: str) -> bool:
    """Does the release hold a thing of that kind? A network need not publish supplements."""
    counts: dict[str, int] | None = edition.release.manifest["counts"].get("classes")
    return counts is None or counts.get(CLASSES[kind].partition(":")[2], 0) > 0


def dataset_node(edition: Edition) -> Node | None:
    """The dataset of the catalogue."""
    graph = edition.keep("catalogue graph", lambda: Graph(edition.catalogue))
    found = sorted(graph.instances("dcat:Dataset"), key=lambda each: (each.value != f"{edition.iris.base}dataset", each.value))
    return node(edition, found[0].value, graph) if found else None
