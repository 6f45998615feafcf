"""The state of this server."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, current_app, jsonify

from ess_lod.changes import publications
from ess_lod.errors import EssLodError, NoRelease, ReleaseError
from ess_lod.release import current_version
from ess_lod.web.live import Edition, holder, settings
from ess_lod.web.rendering import language
from ess_lod.web.words import phrase

blueprint = Blueprint("harvest", __name__)

OK, DEGRADED, DOWN = "ok", "degraded", "down"


@blueprint.get("/healthz")
def healthz() -> Response:
    """Which release is served by which engine, how much it holds, and what is not as it should be: 200 when nothing is, else 503 with the reasons.

    ``degraded``: something is served, but not all of it, or not what the pointer names. ``down``: nothing is.
    """
    live, chosen = holder(current_app), language()
    edition: Edition | None = None
    reasons: list[str] = []
    try:
        edition = live.edition()
    except EssLodError as error:
        reasons.append(phrase("problem-no-release-what", chosen) if isinstance(error, NoRelease) else _not_open(str(error), chosen))
    else:
        if (failure := live.failure) is not None:
            reasons.append(_not_open(failure.reason, chosen))
        reasons += _reasons(edition, chosen)
    members: dict[str, object] = {"status": OK if not reasons else DEGRADED if edition else DOWN, "reasons": reasons, "pointer": _pointer()}
    if edition is not None:
        release = edition.release
        counts = release.manifest.get("counts", {})
        members |= {"release": release.version, "date": release.date, "engine": edition.store.engine, "counts": counts}
    answer = jsonify(members)
    answer.headers["Cache-Control"] = "no-store"
    if reasons:
        answer.status_code = 503
        answer.headers["Retry-After"] = "30"
    return answer


def _reasons(edition: Edition, chosen: str) -> Iterator[str]:
    """What is not as it should be although a release is served."""
    if edition.store.trouble:
        yield edition.store.trouble
    try:
        current_version(settings().releases)
        publications(settings().releases)
    except ReleaseError as error:
        yield str(error)
    for each in edition.release.damage():
        yield phrase("healthz-damage", chosen, reason=each)


def _not_open(reason: str, chosen: str) -> str:
    return phrase("healthz-not-open", chosen, version=_pointer() or "current.json", reason=reason)


def _pointer() -> str | None:
    """The version that the pointer names; ``None`` when it names none."""
    try:
        return current_version(settings().releases)
    except ReleaseError:
        return None
