"""What search engines read in a page: a few schema.org statements as JSON-LD, made from the description of the thing."""

from __future__ import annotations

from collections.abc import Iterable

from flask import json
from markupsafe import Markup
from pyoxigraph import NamedNode

from ess_lod.terms import SCHEMA
from ess_lod.web.downloads import Download
from ess_lod.web.graph import Node
from ess_lod.web.views import SCHEMA_ORG, coverage, values

CONTEXT = "https://schema.org"
LANGUAGE_TAGS = {"FRA": "fr", "ENG": "en"}
"""Last part of an EU language IRI → language tag."""
Box = tuple[float, float, float, float]
TYPES = {kind: iri.removeprefix(SCHEMA.iri) for kind, iri in SCHEMA_ORG.types.items()}
"""Class of the things of each kind."""


def of_thing(about: Node) -> Markup:
    """The statements on a thing, for a ``<script type="application/ld+json">``: those of the profile, in the reader's language."""
    found: dict[str, object] = {"@context": CONTEXT, "@id": about.value, "@type": TYPES.get(about.kind, "Thing")}
    for rule in SCHEMA_ORG.rules:
        nodes = [about.at(value) for value in values((about.graph,), about.term, rule)]
        if rule.many:
            found[_member(rule.term)] = (
                [_named(each) for each in nodes] if rule.named else list(dict.fromkeys(each.value for each in nodes))
            )
        else:
            found[_member(rule.term)] = about.text(rule.path)
    for part in SCHEMA_ORG.parts:
        inside = {_member(rule.term): about.at(town[0]).value for rule in part.rules if (town := values((about.graph,), about.term, rule))}
        found[_member(part.term)] = {"@type": _member(part.type), **inside} if inside else ""
    if isinstance(about.term, NamedNode):
        found[_member(SCHEMA_ORG.dated)] = coverage(about.graph, about.term, about.kind)
    return script(found)


def _member(iri: str) -> str:
    return iri.removeprefix(SCHEMA.iri)


def of_dataset(about: Node, page: str) -> dict[str, object]:
    """What the catalogue itself says of a dataset; ``page`` is the address of its page."""
    return {
        "@context": CONTEXT,
        "@id": about.value,
        "@type": "Dataset",
        "name": about.text("dcterms:title") or about.label,
        "description": about.text("dcterms:description"),
        "url": page,
        "identifier": [about.value],
        "license": about.text("dcterms:license"),
        "isAccessibleForFree": True,
        "inLanguage": [LANGUAGE_TAGS[each.name] for each in about.all("dcterms:language") if each.name in LANGUAGE_TAGS],
        "keywords": [each.value for each in about.all("dcat:keyword") if not each.tag],
        "publisher": [agent(each) for each in about.all("dcterms:publisher")],
        "version": about.text("dcat:version"),
        "dateModified": about.text("dcterms:modified"),
    }


def of_catalog(about: Node, page: str, datasets: Iterable[Node]) -> Markup:
    """The statements on the catalogue, for its page: who publishes it and which datasets are in it."""
    return script(
        {
            "@context": CONTEXT,
            "@id": about.value,
            "@type": "DataCatalog",
            "name": about.text("dcterms:title") or about.label,
            "description": about.text("dcterms:description"),
            "url": page,
            "license": about.text("dcterms:license"),
            "publisher": [agent(each) for each in about.all("dcterms:publisher")],
            "dataset": [
                {
                    "@type": "Dataset",
                    "@id": each.value,
                    "url": each.value,
                    "name": each.text("dcterms:title") or each.label,
                    "description": each.text("dcterms:description"),
                    "license": each.text("dcterms:license"),
                    "creator": [agent(maker) for maker in each.all("dcterms:creator") or each.all("dcterms:publisher")],
                }
                for each in datasets
            ],
        }
    )


def agent(each: Node) -> dict[str, str]:
    """An organisation: address, name, site."""
    found = {"@type": "Organization", "@id": each.value, "name": each.text("foaf:name") or each.label}
    site = each.text("foaf:homepage")
    return found | ({"url": site} if site else {})


def place(about: Node, box: Box | None) -> dict[str, object]:
    """What a dataset covers: the IRIs of its places, and the box of its points (south west, north east, as schema.org has it)."""
    found: dict[str, object] = {"@type": "Place"}
    names = [each.label for each in about.all("dcterms:spatial") if each.label != each.value and not each.label.startswith("http")]
    if names:
        found["name"] = names[0]
    if same := [each.value for each in about.all("dcterms:spatial") if each.value.startswith("http")]:
        found["sameAs"] = same
    if box is not None:
        west, south, east, north = box
        found["geo"] = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
    return found


def download(each: Download, address: str) -> dict[str, str]:
    """A file of a release, by its address."""
    return {
        "@type": "DataDownload",
        "name": each.name,
        "contentUrl": address,
        "encodingFormat": each.media_type,
        "contentSize": f"{each.size} B",
        "sha256": each.digest,
    }


def script(members: dict[str, object]) -> Markup:
    """JSON that may stand in a ``script`` element; what has no value is left out."""
    text = json.dumps(_filled(members), ensure_ascii=False, sort_keys=False)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - escaped just now


def _filled(value: object) -> object:
    """Without the members and items that say nothing."""
    if isinstance(value, dict):
        return {name: kept for name, each in value.items() if (kept := _filled(each)) not in ("", None, [], {})}
    if isinstance(value, list):
        return [kept for each in value if (kept := _filled(each)) not in ("", None, [], {})]
    return value


def _named(each: Node) -> dict[str, str]:
    return {"@id": each.value, "name": each.label}
