"""The state of this server."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from ess_lod.web import live

blueprint = Blueprint("harvest", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Which release is served by which engine, and how much it holds. 503 with the reasons when that is not what should be served, or cannot be asked."""
    edition = live.served_if_any()
    reasons = [reason for reason in (live.trouble(), edition.store.trouble if edition else None) if reason]
    said: dict[str, object] = {"status": "down" if edition is None else "degraded" if reasons else "ok", "reasons": reasons}
    if edition is not None:
        release = edition.release
        said |= {
            "release": release.version,
            "date": release.date,
            "engine": edition.store.engine,
            "counts": release.manifest.get("counts", {}),
        }
    answer = jsonify(said)
    if said["status"] != "ok":
        answer.status_code = 503
        answer.headers["Retry-After"] = "30"
    answer.headers["Cache-Control"] = "no-store"
    return answer
