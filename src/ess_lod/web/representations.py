"""One page of the site in all its formats: choice of format, validators, links between formats.

The RDF formats all carry the same triples. The ETag is made from the release and from what was asked, so a client that has the page costs no rendering.
``If-Modified-Since`` is not looked at: two releases can have the same date.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from urllib.parse import quote

from flask import Response, request
from pyoxigraph import Triple
from werkzeug.http import http_date

from ess_lod import jsonld
from ess_lod.media import BY_EXTENSION, HTML, JSON_LD, RESOURCE_TYPES, MediaType
from ess_lod.release import Release
from ess_lod.store import write_triples
from ess_lod.web.live import Edition
from ess_lod.web.negotiation import negotiate
from ess_lod.web.rendering import canonical, dataset_node, here, language, language_is_asked, to

FRESH = "public, max-age=300"
"""``Cache-Control`` of what a new release may change."""

_CONTEXT = "context.jsonld"
_SOFTWARE = version("ess-lod")


@dataclass(frozen=True)
class Page:
    """What is said at one path of the site: ``triples`` for programs, ``html`` for people (called only when wanted).

    Where a path is given in several profiles: ``profile`` is the IRI of the one that it has by default, ``query`` what the address of this other one says.
    """

    path: str
    triples: Sequence[Triple]
    html: Callable[[], str]
    status: int = 200
    profile: str = ""
    query: str = ""


def represent(edition: Edition, page: Page, extension: str | None = None, media: MediaType | None = None) -> Response:
    """A page in the format that was chosen, else in that of the extension, else in the one that ``Accept`` prefers.

    Raises :class:`ess_lod.errors.NotAcceptable`.
    """
    if media is None:
        media = BY_EXTENSION[extension] if extension else negotiate(request.headers.get("Accept"), RESOURCE_TYPES)
    answer = Response(status=page.status, content_type=media.header)
    _describe_answer(answer, edition, page, media)
    if extension is None:
        answer.vary.add("Accept")
    if media is HTML and not language_is_asked():
        answer.vary.add("Accept-Language")
    if page.status == 200 and _is_known(answer):
        answer.status_code = 304
        return answer
    answer.set_data(page.html() if media is HTML else write(edition, page.triples, media))
    return answer


def revalidated(edition: Edition, media: MediaType, body: Callable[[], str | bytes]) -> Response:
    """A page that is not said in RDF, with the validators of its release and address; ``body`` is called when the client does not have it."""
    answer = Response(content_type=media.header)
    answer.set_etag(
        _etag(edition, request.path, media.content_type, language(), str(language_is_asked()), request.query_string.decode("latin-1"))
    )
    answer.headers["Last-Modified"] = last_modified(edition.release)
    answer.headers["Cache-Control"] = FRESH
    answer.headers["Content-Language"] = language()
    if not language_is_asked():
        answer.vary.add("Accept-Language")
    if _is_known(answer):
        answer.status_code = 304
    else:
        answer.set_data(body())
    return answer


def write(edition: Edition, triples: Sequence[Triple], media: MediaType) -> bytes:
    """Triples in an RDF format; in JSON-LD with the context of the release, of which the part that is needed stands in the document."""
    if media is JSON_LD and (context := edition.keep("JSON-LD context", lambda: _context(edition.release))):
        return jsonld.write_document(context, triples)
    return write_triples(list(triples), media)


def _context(release: Release) -> jsonld.Context | None:
    """The context of a release; releases of earlier versions of the software have none."""
    return jsonld.read_context(release.file(_CONTEXT).read_bytes()) if _CONTEXT in release.files else None


def moved(path: str, status: int, asked: Mapping[str, str] | None = None) -> Response:
    """A redirect to a path of the site, with what the address is to ask there."""
    answer = Response(status=status, content_type="text/plain; charset=utf-8")
    answer.headers["Location"] = to(path, **(asked or {}))
    answer.headers["Cache-Control"] = FRESH
    return answer


def last_modified(release: Release) -> str:
    """The day of a release, as HTTP writes it."""
    return http_date(datetime.fromisoformat(release.date).replace(tzinfo=UTC))


def _describe_answer(answer: Response, edition: Edition, page: Page, media: MediaType) -> None:
    asked = [page.query] if page.query else []
    if media is HTML:
        answer.headers["Content-Language"] = language()
        asked.append(f"lang={language()}")
    own = f"{page.path}.{media.extension}" + (f"?{'&'.join(asked)}" if asked else "")
    if page.status == 200:
        answer.set_etag(_etag(edition, own, str(language_is_asked()), request.query_string.decode("latin-1")))
        answer.headers["Last-Modified"] = last_modified(edition.release)
    answer.headers["Content-Location"] = here(quote(own, safe="/?=&:@"))
    answer.headers["Cache-Control"] = FRESH
    answer.headers["Link"] = ", ".join(_links(edition, page, media))


def _links(edition: Edition, page: Page, media: MediaType) -> list[str]:
    path = here(quote(page.path, safe="/:@"))
    profile = f'; profile="{page.profile}"' if page.profile else ""
    others = [each for each in RESOURCE_TYPES if page.query or each is not media]
    links = [f'<{path}.{each.extension}>; rel="alternate"; type="{each.content_type}"{profile}' for each in others]
    links.append(f'<{canonical(page.path)}>; rel="canonical"{profile}')
    links.append(f'<{path}.ttl>; rel="describedby"; type="text/turtle"')
    dataset = dataset_node(edition)
    if dataset and (licence := dataset.one("dcterms:license")):
        links.append(f'<{licence.value}>; rel="license"')
    return links


def _etag(edition: Edition, *key: str) -> str:
    return hashlib.sha256("\n".join((_SOFTWARE, edition.release.version, *key)).encode()).hexdigest()[:32]


def _is_known(answer: Response) -> bool:
    """Does ``If-None-Match`` name this answer? Compared weakly, as RFC 9110 §13.1.2 has it."""
    if request.method not in ("GET", "HEAD"):
        return False
    etag, _ = answer.get_etag()
    return etag is not None and "If-None-Match" in request.headers and request.if_none_match.contains_weak(etag)
