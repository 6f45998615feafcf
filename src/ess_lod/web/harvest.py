"""The state of this server."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from ess_lod.web.live import served

blueprint = Blueprint("harvest", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Which release is served by which engine, and how much it holds."""
    edition = served()
    counts = edition.release.manifest.get("counts", {})
    answer = jsonify(status="ok", release=edition.release.version, date=edition.release.date, engine=edition.store.engine, counts=counts)
    answer.headers["Cache-Control"] = "no-store"
    return answer
