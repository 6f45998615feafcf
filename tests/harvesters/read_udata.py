"""Read a catalogue as data.gouv.fr's harvester does (udata, ``harvest/backends/dcat.py`` and ``core/dataset/rdf.py``) and print what it got, as JSON.

Real: the detection of the format by HEAD, the walk over Hydra pages, the choice of datasets, and every parsing function of a dataset and its distributions.
Stood in for: the documents of MongoDB (plain objects that refuse what the fields refuse), licences of the portal's database, HTTP session, mail, translation.

    python read_udata.py http://127.0.0.1:8000/catalog
"""

from __future__ import annotations

import importlib
import json
import sys
from datetime import date, datetime
from typing import Any
from unittest.mock import MagicMock

import requests
from flask import Flask
from standins import StandIns  # type: ignore[import-not-found]

_REAL = (
    "udata",
    "udata.rdf",
    "udata.core",
    "udata.core.constants",
    "udata.core.access_type",
    "udata.core.access_type.constants",
    "udata.core.dataset",
    "udata.core.dataset.constants",
    "udata.core.dataset.rdf",
    "udata.harvest",
    "udata.harvest.exceptions",
    "udata.harvest.backends",
    "udata.harvest.backends.dcat",
)
_ABSENT = ("udata", "mongoengine", "saxonche", "typing_extensions", "bson", "voluptuous", "flask_babel", "slugify", "boto3")
_STRINGS = ("title", "description", "url", "format", "mime", "value", "acronym")
"""Fields that are ``StringField`` or ``URLField`` in udata's models: MongoEngine refuses what is no ``str``, and the whole dataset with it."""


class Document:
    """An object of the database: keeps what it is given."""

    def __init__(self, **given: Any) -> None:
        self.extras: dict[str, Any] = {}
        self.resources: list[Any] = []
        self.harvest: Document | None = None
        self.organization = self.owner = self.license = self.frequency = None
        self.contact_points: list[Any] = []
        self.__dict__.update(given)

    def set_harvested(self) -> None:
        """Make room for what is said of the harvest."""
        self.harvest = Document()

    def clean(self) -> None:
        """Nothing to clean."""

    def check(self) -> None:
        """Refuse what a ``StringField`` refuses."""
        for name, value in vars(self).items():
            if name in _STRINGS and value is not None and not isinstance(value, str):
                raise TypeError(f"StringField only accepts string values: {name} is {value!r}")
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, Document):
                    each.check()


class License(Document):
    """Licences that the portal knows: here only their guess, which is what is asked for."""

    @classmethod
    def default(cls) -> None:
        """None."""

    @classmethod
    def guess(cls, *strings: str, default: Any = None) -> Any:
        """The strings that the portal compares with its list."""
        return list(strings) or default


class ValidationError(Exception):
    """An address that is none."""


def _validate(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValidationError(url)
    return url


class Backend:
    """``BaseBackend``: HEAD and GET as the harvester sends them, without following redirects; an item that fails is dropped with its error."""

    features: tuple[Any, ...] = ()

    def __init__(self, url: str) -> None:
        self.source = Document(url=url)
        self.job = Document(items=[], errors=[], data={})
        self.dryrun = True
        self.got: list[Any] = []
        self.dropped: list[str] = []

    def _ask(self, method: str, url: str) -> requests.Response:
        answer = requests.request(method, url, headers={"User-Agent": "uData/0.1 dcat"}, allow_redirects=False, timeout=30)
        if answer.is_redirect:
            raise requests.HTTPError(f"{url} redirects")
        return answer

    def head(self, url: str) -> requests.Response:
        """HEAD."""
        return self._ask("HEAD", url)

    def get(self, url: str) -> requests.Response:
        """GET."""
        return self._ask("GET", url)

    def get_item(self, *_: Any) -> Document:
        """A dataset that is not in the portal yet."""
        return Document()

    def get_extra_config_value(self, _: str) -> None:
        """No configuration."""

    def has_reached_max_items(self) -> bool:
        """Never."""
        return False

    def process_item(self, remote_id: str | None, action: Any, **given: Any) -> None:
        """Parse and validate one dataset, keyed on ``dct:identifier``: without one it is dropped."""
        if not remote_id:
            self.dropped.append("missing identifier")
            return
        try:
            item = action(Document(remote_id=remote_id, kwargs={}), **given)
            item.check()
            self.got.append((remote_id, item))
        except Exception as error:  # noqa: BLE001 - as the harvester does
            self.dropped.append(f"{remote_id}: {error!r}")


_GIVEN = {
    "udata.core.dataset.models": {
        "Checksum": type("Checksum", (Document,), {}),
        "Dataset": type("Dataset", (Document,), {}),
        "Resource": type("Resource", (Document,), {}),
        "HarvestResourceMetadata": type("HarvestResourceMetadata", (Document,), {}),
        "License": License,
    },
    "udata.core.spatial.models": {"SpatialCoverage": type("SpatialCoverage", (Document,), {})},
    "udata.mongo.datetime_fields": {"DateRange": type("DateRange", (Document,), {})},
    "udata.models": {"Schema": type("Schema", (Document,), {})},
    "udata.mongo.errors": {"FieldValidationError": ValidationError},
    "udata.uris": {"validate": _validate, "ValidationError": ValidationError},
    "udata.utils": {
        "get_by": lambda listed, **wanted: next((each for each in listed if all(getattr(each, k) == v for k, v in wanted.items())), None),
        "safe_harvest_datetime": lambda value, *_, **__: value,
        "safe_unicode": lambda value: value,
        "uniquify": lambda values: list(dict.fromkeys(values)),
    },
    "udata.harvest.filters": {"normalize_tag": lambda tag: tag.strip().lower()},
    "udata.harvest.backends.base": {"BaseBackend": Backend, "HarvestExtraConfig": MagicMock(), "HarvestFeature": MagicMock()},
    "mongoengine.errors": {"ValidationError": ValidationError},
    "typing_extensions": {"override": lambda function: function},
}


def main(url: str) -> None:
    """Harvest, and print datasets and what was dropped."""
    StandIns(_ABSENT, _REAL, _GIVEN).install()
    app = Flask("portal")
    app.config |= {"DEFAULT_LANGUAGE": "fr", "HVD_SUPPORT": True, "INSPIRE_SUPPORT": True, "DEFAULT_COUNTRY_CODE": "FR"}
    with app.app_context():
        backend = importlib.import_module("udata.harvest.backends.dcat").DcatBackend(url)
        backend.store_graphs = lambda: None
        backend.process_one_dataservices_page = lambda *_: None
        backend.inner_harvest()
        found = {
            "format": backend.format,
            "pages": len(backend.graphs),
            "dropped": backend.dropped,
            "datasets": {key: _said(item) for key, item in backend.got},
        }
    json.dump(found, sys.stdout)


def _said(value: Any) -> Any:
    if isinstance(value, Document):
        return {name: _said(each) for name, each in vars(value).items()}
    if isinstance(value, dict):
        return {str(name): _said(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_said(each) for each in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


if __name__ == "__main__":
    main(sys.argv[1])
