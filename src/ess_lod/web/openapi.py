"""What programs may ask this site: an OpenAPI 3.1 document, and the same as a page.

Addresses, their parameters and methods come from the application itself; what they mean, and which formats and errors they answer, from ``openapi.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata, resources
from typing import Any

from flask import Blueprint, Flask, Response, current_app, json
from werkzeug.routing import AnyConverter, PathConverter, Rule

from ess_lod.iris import KINDS
from ess_lod.media import ANSWER_GRAPHS, CSV, GRAPH_TYPES, HTML, JSON_LD, RESOURCE_TYPES, RESULT_TYPES, MediaType
from ess_lod.web.downloads import FILE_TYPES
from ess_lod.web.live import Edition, served
from ess_lod.web.problems import ALL_KINDS, PROBLEM_JSON
from ess_lod.web.rendering import dataset_node, language, render, site
from ess_lod.web.representations import revalidated
from ess_lod.web.words import phrase

blueprint = Blueprint("openapi", __name__)

VERSION = "3.1.0"
_JSON = MediaType("json", "application/json", None, "OpenAPI")
_PAGE = (HTML.content_type,)
_GROUPS: dict[str, tuple[str, ...]] = {
    "page": _PAGE,
    "json": (_JSON.content_type,),
    "list": (*_PAGE, CSV.content_type, _JSON.content_type),
    "rdf": tuple(media.content_type for media in GRAPH_TYPES),
    "resource": tuple(media.content_type for media in RESOURCE_TYPES),
    "sparql": (*(each.content_type for each in RESULT_TYPES), *(each.content_type for each in ANSWER_GRAPHS.values()), *_PAGE),
    "file": FILE_TYPES,
}
"""Media types by the name that the table gives them."""
MOVES = {
    201: "openapi-created",
    202: "openapi-accepted",
    206: "openapi-part",
    300: "openapi-choice",
    301: "openapi-moved",
    303: "openapi-other",
}
"""Words for what an answer that is neither 200 nor an error means, by status."""
_CONVERTER = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
    },
    "additionalProperties": True,
}


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The document, in the language of the reader."""
    edition = served()
    return revalidated(edition, _JSON, lambda: json.dumps(document(current_app, edition, language()), ensure_ascii=False, indent=1) + "\n")


@blueprint.get("/openapi")
def page() -> Response:
    """The same for people: by subject, what each address answers."""
    edition = served()
    return revalidated(edition, HTML, lambda: render("openapi.html", described=document(current_app, edition, language()), path="/openapi"))


def document(app: Flask, edition: Edition, chosen: str) -> dict[str, Any]:
    """All routes of an application as an OpenAPI document (https://spec.openapis.org/oas/v3.1.0); words in ``chosen``.

    A route that ``openapi.toml`` does not have is left out; a test finds it.
    """
    about = dataset_node(edition)
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted((rule for rule in app.url_map.iter_rules() if described(template_of(rule))), key=template_of):
        paths.setdefault(template_of(rule), {}).update(_operations(rule, edition.release.version, chosen))
    return {
        "openapi": VERSION,
        "info": {
            "title": about.text("dcterms:title") or about.label if about else edition.release.version,
            "summary": phrase("openapi", chosen),
            "description": phrase("openapi-info", chosen),
            "version": metadata.version("ess-lod"),
            **({"license": {"name": phrase("licence", chosen), "url": about.text("dcterms:license")}} if about else {}),
        },
        "servers": [{"url": site()}],
        "tags": [{"name": name, "description": words[chosen]} for name, words in table()["tags"].items()],
        "paths": paths,
        "components": {"schemas": {"Problem": _PROBLEM}, "responses": dict(_problems(edition, chosen))},
    }


@cache
def table() -> Mapping[str, Any]:
    """``openapi.toml``: ``parameters``, ``tags``, ``paths``."""
    found: dict[str, Any] = tomllib.loads(resources.files(__package__).joinpath("openapi.toml").read_text("utf-8"))
    return found


def template_of(rule: Rule) -> str:
    """The address of a rule as OpenAPI writes it: ``/doc/{kind}/{id}``."""
    return _CONVERTER.sub(lambda found: "{" + found[1].rstrip("_") + "}", rule.rule)


def entry_of(template: str) -> tuple[str, Mapping[str, Any]]:
    """The key and the entry of the table that an address has, itself or as one of the formats of another one. Raises ``KeyError``."""
    paths: Mapping[str, Any] = table()["paths"]
    key = template if template in paths else template.removesuffix(".{extension}")
    return key, paths[key]


def described(template: str) -> bool:
    """Does the table have that address, itself or as one of the formats of another one?"""
    return template in table()["paths"] or template.removesuffix(".{extension}") in table()["paths"]


def media_types(answers: str | list[str]) -> tuple[str, ...]:
    """The media types of a group, or those of a list."""
    return _GROUPS[answers] if isinstance(answers, str) else tuple(answers)


def _operations(rule: Rule, version: str, chosen: str) -> Iterator[tuple[str, dict[str, Any]]]:
    template = template_of(rule)
    key, entry = entry_of(template)
    as_extension = key != template
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        said = entry if method == "GET" else entry | entry[method.lower()]
        summary = said[chosen] + (" " + phrase("openapi-extension", chosen) if as_extension else "")
        operation: dict[str, Any] = {
            "operationId": "_".join((rule.endpoint.replace(".", "_"), method.lower(), *(("as",) if as_extension else ()))),
            "tags": [said["tag"]],
            "summary": summary,
            "parameters": [
                *_in_path(rule, said, version, chosen),
                *_in_header(said, chosen),
                *(_in_query(said, chosen) if "body" not in said else ()),
            ],
            "responses": _responses(said, chosen, negotiated=not as_extension),
        }
        if "body" in said:
            content = {
                name: {"schema": _schema(name), "example": json.loads(example) if _is_json(name) else example}
                for name, example in said["body"].items()
            }
            operation["requestBody"] = {"required": True, "content": content}
        yield method.lower(), operation


def _in_path(rule: Rule, said: Mapping[str, Any], version: str, chosen: str) -> Iterator[dict[str, Any]]:
    for argument in _CONVERTER.findall(rule.rule):
        name = argument.rstrip("_")
        converter = rule._converters[argument]
        schema: dict[str, Any] = {"type": "string"}
        if isinstance(converter, AnyConverter):
            schema["enum"] = sorted(re.findall(r"[\w-]+", rule.rule.partition("<any(")[2].partition(")")[0]))
        elif name == "kind":
            schema["enum"] = list(KINDS)
        example = said.get("example", {}).get(name) or next(iter(schema.get("enum", ())), "")
        example = version if example == "$version" else example
        words = table()["parameters"][name][chosen]
        found = {"name": name, "in": "path", "required": True, "description": words, "schema": schema, "example": example}
        yield found | ({"x-may-contain-slashes": True} if isinstance(converter, PathConverter) else {})


def _in_query(said: Mapping[str, Any], chosen: str) -> Iterator[dict[str, Any]]:
    for name in said.get("query", ()):
        words = table()["parameters"][name]
        schema = {"type": "string"} | ({"enum": words["enum"]} if "enum" in words else {})
        found = {"name": name, "in": "query", "required": name in said.get("needs", ()), "description": words[chosen], "schema": schema}
        yield found | ({"example": said["example"][name]} if name in said.get("example", {}) else {})


def _in_header(said: Mapping[str, Any], chosen: str) -> Iterator[dict[str, Any]]:
    for name in said.get("header", ()):
        words = table()["parameters"][name][chosen]
        yield {"name": name, "in": "header", "required": False, "description": words, "schema": {"type": "string"}}


def _responses(said: Mapping[str, Any], chosen: str, *, negotiated: bool) -> dict[str, Any]:
    """By status; in the format of an extension nothing is refused for its ``Accept``."""
    found: dict[str, Any] = {}
    if types := media_types(said["answers"]):
        content = {name: {"schema": _schema(name)} for name in types}
        found["200"] = {"description": phrase("openapi-ok", chosen), "content": content}
        if "body" not in said:  # no answer to a POST has validators
            found["304"] = {"description": phrase("openapi-same", chosen)}
        found |= {str(code): {"description": phrase("openapi-trouble", chosen), "content": content} for code in said.get("same", ())}
    for code in said.get("codes", ()):
        place = {"headers": {"Location": {"schema": {"type": "string", "format": "uri-reference"}}}} if code in (201, 301, 303) else {}
        found[str(code)] = {"description": phrase(MOVES[code], chosen), **place}
    for code in said.get("problems", ()):
        if negotiated or code != 406:
            found[str(code)] = {"$ref": f"#/components/responses/{_component(code)}"}
    found["default"] = {"$ref": "#/components/responses/Problem"}
    return dict(sorted(found.items()))


def _is_json(content_type: str) -> bool:
    return content_type.endswith(("/json", "+json"))


def _schema(content_type: str) -> dict[str, Any]:
    """Of an answer in a media type: JSON is an object (JSON-LD may be an array of them), everything else a text."""
    if content_type == JSON_LD.content_type:
        return {"type": ["object", "array"]}
    return {"type": "object" if _is_json(content_type) else "string"}


def _component(code: int) -> str:
    return f"Problem{code}"


def _problems(edition: Edition, chosen: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A component for each status that the table names, and one for all others."""
    entries = [each for entry in table()["paths"].values() for each in (entry, entry.get("post", {}))]
    for code in sorted({code for each in entries for code in each.get("problems", ())}):
        kinds = [kind for kind in ALL_KINDS if kind.status == code]
        titles = " · ".join(phrase(f"problem-{kind.slug}", chosen) for kind in kinds)
        example = {
            "type": f"{edition.iris.base}problems#{kinds[0].slug}",
            "title": phrase(f"problem-{kinds[0].slug}", chosen),
            "status": code,
            "detail": "…",
            "instance": "/",
        }
        yield (
            _component(code),
            {
                "description": titles,
                "content": _content() | {PROBLEM_JSON.content_type: _content()[PROBLEM_JSON.content_type] | {"example": example}},
            },
        )
    yield "Problem", {"description": phrase("problems-lead", chosen), "content": _content()}


def _content() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    text = {"schema": {"type": "string"}}
    return {
        PROBLEM_JSON.content_type: {"schema": schema},
        _JSON.content_type: {"schema": schema},
        "text/plain": text,
        HTML.content_type: text,
    }
