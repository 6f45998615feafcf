"""Read a catalogue as CKAN does (ckanext-dcat, ``processors.RDFParser`` with the profile of DCAT-AP 3) and print what it got, as JSON.

Real: the parser and its profiles, and the walk over Hydra pages. Stood in for: CKAN (its configuration, which is empty, and its list of licences).
HTTP is as in ``harvesters/base.py``: HEAD, then GET, the format by ``Content-Type``.

    python read_ckan.py http://127.0.0.1:8000/catalog
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

import requests
from standins import StandIns  # type: ignore[import-not-found]

_PROFILE = "euro_dcat_ap_3"


class ObjectNotFound(Exception):
    """What CKAN raises for what it does not have."""


def _no_action(name: str) -> Any:
    raise KeyError(name)


def _truth(value: object) -> bool:
    return str(value).lower() in ("true", "1", "yes", "on")


_TOOLKIT = {"config": {}, "asbool": _truth, "aslist": list, "get_action": _no_action, "ObjectNotFound": ObjectNotFound, "_": str}
_GIVEN = {
    "ckantoolkit": _TOOLKIT,
    "ckan.plugins": {"toolkit": type("toolkit", (), {**_TOOLKIT, "asbool": staticmethod(_truth)}), "PluginImplementations": lambda _: ()},
    "ckan.plugins.toolkit": _TOOLKIT,
    "ckan.lib.helpers": {"resource_formats": dict},
    "ckan.lib.munge": {"munge_tag": lambda tag: tag},
    "ckan.model.license": {"LicenseRegister": dict},
}


def main(url: str) -> None:
    """Harvest, and print datasets by their IRI."""
    StandIns(("ckan", "ckantoolkit", "simplejson", "sqlalchemy"), (), _GIVEN).install()
    processors = importlib.import_module("ckanext.dcat.processors")
    found: dict[str, Any] = {"pages": 0, "datasets": {}}
    page: str | None = url
    while page:
        requests.head(page, timeout=30).raise_for_status()
        answer = requests.get(page, timeout=30)
        answer.raise_for_status()
        parser = processors.RDFParser(profiles=[_PROFILE])
        parser.parse(answer.content.decode("utf-8"), _format=answer.headers["content-type"].split(";", 1)[0])
        found["pages"] += 1
        for dataset in parser.datasets():
            extras = {extra["key"]: extra["value"] for extra in dataset.pop("extras")}
            found["datasets"][extras["uri"]] = {**dataset, **extras}
        page = parser.next_page()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
