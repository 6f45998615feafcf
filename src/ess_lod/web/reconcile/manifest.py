"""The manifest of the reconciliation service: what it offers, at addresses of the host that was asked."""

from __future__ import annotations

from importlib.metadata import version
from urllib.parse import urlencode

from ess_lod.terms import ESS
from ess_lod.web.live import Edition
from ess_lod.web.reconcile.matching import named_type
from ess_lod.web.reconcile.reading import MOST_QUERIES
from ess_lod.web.reconcile.wishes import settings_of
from ess_lod.web.rendering import dataset_node, here, language, language_is_asked, origin
from ess_lod.web.words import phrase

VERSIONS = ("0.1", "0.2")
WIDTH, HEIGHT = 400, 160
"""Of the frame that shows a preview, in pixels."""
_DEFAULT_TYPES = ("Actor", "PublicBody", "EPCI", "Commune", "Territory", "Supplement", "Concept")


def manifest(edition: Edition) -> dict[str, object]:
    """By §3.1 of the API 0.2. The addresses keep the language that the address of the manifest names."""
    chosen = language()
    dataset = dataset_node(edition)
    return {
        "versions": VERSIONS,
        "name": phrase("reconcile-name", chosen, dataset=dataset.label if dataset else "ess-lod"),
        "identifierSpace": edition.iris.base,
        "schemaSpace": ESS.iri,
        "defaultTypes": [named_type(id_, chosen) for id_ in _DEFAULT_TYPES],
        "documentation": service_address(),
        "logo": origin() + here("/static/icon.svg"),
        "serviceVersion": version("ess-lod"),
        "batchSize": MOST_QUERIES,
        "view": {"url": origin() + _path("/view", id="{{id}}")},
        "feature_view": {"url": f"{service_address()}#feature-{{{{id}}}}"},
        "preview": {"url": origin() + _path("/preview", id="{{id}}"), "width": WIDTH, "height": HEIGHT},
        "suggest": {kind: _suggest(kind) for kind in ("entity", "property", "type")},
        "extend": {
            "propose_properties": {"service_url": origin(), "service_path": here("/reconcile/properties")},
            "property_settings": settings_of(chosen),
        },
    }


def service_address() -> str:
    """What a user of OpenRefine enters."""
    return origin() + _path("")


def _suggest(kind: str) -> dict[str, str]:
    flyout = _path(f"/flyout/{kind}", id="${id}")
    return {
        "service_url": origin(),
        "service_path": _path(f"/suggest/{kind}"),
        "flyout_service_url": origin(),
        "flyout_service_path": flyout,
    }


def _path(end: str, **query: str) -> str:
    if language_is_asked():
        query["lang"] = language()
    return here(f"/reconcile{end}") + (f"?{urlencode(query, safe='{}$')}" if query else "")
