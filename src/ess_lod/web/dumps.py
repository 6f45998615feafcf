"""The files of each release: sent as frozen, or as their gzip twin to those who take it; and the list of them, for people and for programs."""

from __future__ import annotations

from pathlib import PurePosixPath

from flask import Blueprint, Response, json, request, send_file

from ess_lod.errors import NotFound
from ess_lod.media import HTML, JSON
from ess_lod.release import MANIFEST, Release, open_release
from ess_lod.web.downloads import downloads, media_type
from ess_lod.web.live import public_release, served
from ess_lod.web.negotiation import negotiate
from ess_lod.web.rendering import here, render
from ess_lod.web.representations import FRESH, last_modified, revalidated

blueprint = Blueprint("dumps", __name__)

LATEST = "latest"
_CONTEXT = "context.jsonld"
_FROZEN = "public, max-age=31536000, immutable"


@blueprint.get("/dump/<version>/")
def dump_list(version: str) -> Response:
    """The files of a release with their sizes and SHA-256, as a page or as JSON. ``latest`` is the release that is served."""
    release = _release(version)
    media = negotiate(request.headers.get("Accept"), (HTML, JSON))

    def body() -> str:
        if media is JSON:
            return json.dumps(_listed(release), ensure_ascii=False, indent=1)
        return render("dump.html", release=release, version=version, groups=downloads(release))

    answer = revalidated(served(), media, body)
    answer.vary.add("Accept")
    answer.headers["Last-Modified"] = last_modified(release)
    answer.headers["Content-Location"] = here(f"/dump/{release.version}/")
    return answer


@blueprint.get("/dump/<version>/<path:name>")
def dump(version: str, name: str) -> Response:
    """One file of a release, as frozen: ETag is its SHA-256, ranges are answered. ``latest`` is the release that is served.

    A file that has been altered since is not sent: :class:`ess_lod.errors.CorruptRelease`.
    A table names its description (``Link``, as CSVW has it). A file that has a twin ``.gz`` goes out as that, with ``Content-Encoding: gzip`` and the
    twin's ETag, to clients that prefer it (RFC 9110 §12.5.3).
    """
    release = _release(version)
    answer = _send(release, name)
    answer.headers["Cache-Control"] = FRESH if version == LATEST else _FROZEN
    answer.headers["Content-Location"] = here(f"/dump/{release.version}/{name}")
    return answer


@blueprint.get("/context.jsonld")
def context() -> Response:
    """The JSON-LD context of the release that is served: the names of our classes and properties."""
    answer = _send(served().release, _CONTEXT)
    answer.headers["Cache-Control"] = FRESH
    return answer


def _release(version: str) -> Release:
    return served().release if version == LATEST else public_release(version)


def _send(release: Release, name: str) -> Response:
    files = release.files
    if name == MANIFEST:
        path, digest = open_release(release.path.parent, release.version).path / MANIFEST, release.version
    elif name in files:
        path, digest = release.file(name), files[name]["sha256"]
    else:
        raise NotFound(request.path)
    twin = f"{name}.gz"
    packed = twin in files and _prefers_gzip()
    if packed:
        path, digest = release.file(twin), files[twin]["sha256"]
    named = PurePosixPath(name).name  # also of the twin: who asks for the file unpacks it on the way
    answer = send_file(path, mimetype=media_type(name), download_name=named, etag=digest, conditional=True, last_modified=None)
    if packed and answer.status_code != 304:
        answer.headers["Content-Encoding"] = "gzip"
    if (description := f"{name}-metadata.json") in files:
        href = here(f"/dump/{release.version}/{description}")
        answer.headers["Link"] = f'<{href}>; rel="describedby"; type="{media_type(description)}"'
    if twin in files:
        answer.vary.add("Accept-Encoding")
    answer.headers["Last-Modified"] = last_modified(release)
    return answer


def _prefers_gzip() -> bool:
    """Is gzip named, and not refused or liked less than the plain file?"""
    said = request.accept_encodings
    return 0 < said["gzip"] >= {name.lower(): quality for name, quality in said}.get("identity", 0)


def _listed(release: Release) -> dict[str, object]:
    files = [
        {
            "name": name,
            "href": here(f"/dump/{release.version}/{name}"),
            "bytes": facts["bytes"],
            "sha256": facts["sha256"],
            "type": media_type(name),
        }
        for name, facts in sorted(release.files.items())
    ]
    return {"version": release.version, "date": release.date, "manifest": here(f"/dump/{release.version}/{MANIFEST}"), "files": files}
