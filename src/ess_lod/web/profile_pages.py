"""The profiles themselves: each has an IRI that can be looked up, the same whoever serves it."""

from __future__ import annotations

from flask import Blueprint, Response

from ess_lod.web.live import served
from ess_lod.web.profiles import PROFILES, by_token, described, rules_of
from ess_lod.web.rendering import node, render
from ess_lod.web.representations import Page, represent

blueprint = Blueprint("profile_pages", __name__)

_EXTENSION = "<any(html,ttl,jsonld,rdf,nt):extension>"


@blueprint.get("/profile")
@blueprint.get(f"/profile.{_EXTENSION}")
def profiles(extension: str | None = None) -> Response:
    """All profiles."""
    triples = sorted({triple for each in PROFILES for triple in described(each)}, key=str)
    return represent(served(), Page("/profile", triples, lambda: render("profiles.html", profiles=PROFILES, path="/profile")), extension)


@blueprint.get("/profile/<name>")
@blueprint.get(f"/profile/<name>.{_EXTENSION}")
def profile(name: str, extension: str | None = None) -> Response:
    """A profile: what it is a profile of, and by which rules it is made."""
    edition = served()
    found = by_token(name)
    triples = sorted(described(found), key=str)
    path = f"/profile/{name}"

    def html() -> str:
        return render(
            "profile.html", about=node(edition, found.iri, [*triples, *edition.words]), profile=found, rules=rules_of(found), path=path
        )

    return represent(edition, Page(path, triples, html), extension)
