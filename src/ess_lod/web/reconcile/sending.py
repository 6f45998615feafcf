"""How an answer of the reconciliation service is written: JSON, or for clients from before CORS a call of the function that they name (JSONP)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from flask import Response, request

from ess_lod.media import MediaType
from ess_lod.web.live import served
from ess_lod.web.protocol import ReconcileError
from ess_lod.web.rendering import language
from ess_lod.web.representations import revalidated

JSON = MediaType("json", "application/json", None, "JSON")
_JSONP = MediaType("js", "application/javascript", None, "JSONP")
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*", re.ASCII)
_LONGEST_CALLBACK = 100


def send(make: Callable[[], object]) -> Response:
    """What ``make`` returns, as JSON or JSONP. A GET has validators, and ``make`` is not called for a client that has the answer; a POST is not kept."""
    name = callback()
    media = _JSONP if name else JSON
    if request.method in ("GET", "HEAD"):
        return revalidated(served(), media, lambda: _written(make(), name))
    answer = Response(_written(make(), name), content_type=media.header)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Language"] = language()
    return answer


def callback() -> str:
    """The function that ``?callback=`` names; empty when none is. Raises :class:`ReconcileError` for what is no plain name."""
    name = request.args.get("callback", "")
    if name and (len(name) > _LONGEST_CALLBACK or not _CALLBACK.fullmatch(name)):
        raise ReconcileError(400, "reconcile-callback")
    return name


def _written(content: object, name: str) -> str:
    if not name:
        return json.dumps(content, ensure_ascii=False) + "\n"
    # a comment first, so that no plug-in takes the bytes for its own; ASCII, since two letters of JSON are line ends in old JavaScript
    return f"/**/{name}({json.dumps(content)});\n"
