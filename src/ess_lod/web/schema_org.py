"""What search engines read in a page: a few schema.org statements as JSON-LD, made from the description of the thing."""

from __future__ import annotations

from flask import json
from markupsafe import Markup

from ess_lod.web.graph import Node

CONTEXT = "https://schema.org"
_TYPES = {
    "supplement": "PublicationIssue",
    "lettre": "PublicationIssue",
    "territoire": "AdministrativeArea",
    "acteur": "Organization",
    "personne-publique": "GovernmentOrganization",
    "cooperation": "Project",
    "dispositif": "GovernmentService",
    "document": "CreativeWork",
}


def of_thing(about: Node) -> Markup:
    """The statements on a thing, for a ``<script type="application/ld+json">``."""
    found: dict[str, object] = {
        "@context": CONTEXT,
        "@id": about.value,
        "@type": _TYPES.get(about.kind, "Thing"),
        "name": about.label,
        "description": about.text("dcterms:description"),
        "alternateName": [each.value for each in (*about.all("skos:altLabel"), *about.all("ess:acronym"))],
        "sameAs": [each.value for each in about.all("schema:sameAs")],
        "url": about.text("foaf:homepage"),
        "foundingDate": about.text("schema:foundingDate"),
        "dissolutionDate": about.text("schema:dissolutionDate"),
        "identifier": [about.text("ess:siren"), about.text("ess:rna"), about.text("dcterms:identifier")],
        "issueNumber": about.text("schema:issueNumber"),
        "about": [_named(each) for each in about.all("ess:portraysTerritory")],
        "mentions": [_named(each) for each in about.all("ess:features")],
        "areaServed": [_named(each) for each in about.all("ess:operatesIn")],
    }
    period = about.one("dcterms:temporal")
    if period is not None and period.text("dcat:startDate"):
        found["temporalCoverage"] = f"{period.text('dcat:startDate')}/{period.text('dcat:endDate') or '..'}"
    return script(found)


def of_dataset(dataset: Node) -> Markup:
    """The statements on the dataset, for engines that search datasets."""
    return script(
        {
            "@context": CONTEXT,
            "@id": dataset.value,
            "@type": "Dataset",
            "name": dataset.label,
            "description": dataset.text("dcterms:description"),
            "license": dataset.text("dcterms:license"),
            "version": dataset.text("dcat:version"),
            "dateModified": dataset.text("dcterms:modified"),
            "distribution": [
                {"@type": "DataDownload", "contentUrl": each.text("dcat:downloadURL"), "encodingFormat": each.text("dcat:mediaType")}
                for each in dataset.all("dcat:distribution")
            ],
        }
    )


def script(members: dict[str, object]) -> Markup:
    """JSON that may stand in a ``script`` element; members without value are left out."""
    kept = {name: value for name, value in members.items() if (any(value) if isinstance(value, list) else value)}
    kept = {name: [each for each in value if each] if isinstance(value, list) else value for name, value in kept.items()}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=False)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - escaped just now


def _named(each: Node) -> dict[str, str]:
    return {"@id": each.value, "name": each.label}
