"""Which model a thing is described in: Content Negotiation by Profile (W3C Working Draft, https://www.w3.org/TR/dx-prof-conneg/).

A client names a profile by its IRI, or by that of the vocabulary that it is a profile of, in ``Accept-Profile`` (§7.1), or by ``?_profile=`` (§7.2), which goes
before the header (§6.4). ``_profile=alt`` lists what there is. A header that names nothing that we have gets our own model, as the draft has it; an
address that does is refused, since nobody writes it by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, request
from pyoxigraph import NamedNode, Triple

from ess_lod.errors import NoSuchProfile, NotAcceptable, NotFound
from ess_lod.iris import DEFAULT_BASE, KINDS
from ess_lod.media import BY_EXTENSION, GRAPH_TYPES, RESOURCE_TYPES, MediaType
from ess_lod.terms import DCTERMS, ESS_IRI, ONTOLOGY_IRI, RDFS, A, Namespace, en, fr, text
from ess_lod.web.negotiation import negotiate
from ess_lod.web.rendering import here
from ess_lod.web.views import ESSGLOBAL, ESSGLOBAL_VIEW, SCHEMA_ORG, View

PROF = Namespace("http://www.w3.org/ns/dx/prof/")
ALTR = Namespace("http://www.w3.org/ns/dx/connegp/altr#")


@dataclass(frozen=True)
class Profile:
    """A model: its token, its IRI, what it is a profile of, its names, the kinds of thing and the formats that it is given in, how it is made."""

    token: str
    iri: str
    of: tuple[str, ...]
    label: tuple[str, str]
    about: tuple[str, str]
    kinds: tuple[str, ...] = tuple(KINDS)
    formats: tuple[MediaType, ...] = GRAPH_TYPES
    view: View | None = None

    @property
    def names(self) -> frozenset[str]:
        """All IRIs by which it may be asked for."""
        return frozenset((self.iri, *self.of))

    @property
    def header(self) -> str:
        """Value of ``Content-Profile``: the profile, and what it is a profile of."""
        return ", ".join(f"<{iri}>" for iri in (self.iri, *self.of[:1]))


def _own(token: str) -> str:
    return f"{DEFAULT_BASE}profile/{token}"


OWN = Profile(
    "ess",
    _own("ess"),
    (ONTOLOGY_IRI, ESS_IRI),
    ("Modèle ess-lod", "ess-lod model"),
    (
        "Tout ce qui est dit de la chose, dans l'ontologie de l'économie sociale et solidaire : sources, degrés de certitude, périodes.",
        "All that is said of the thing, in the ontology of the social and solidarity economy: sources, degrees of certainty, periods.",
    ),
    formats=RESOURCE_TYPES,
)
SCHEMA = Profile(
    "schema",
    _own("schema"),
    ("https://schema.org/", "https://schema.org", "http://schema.org/", "http://schema.org"),
    ("schema.org", "schema.org"),
    (
        "Ce que lisent les moteurs de recherche : nom, description, identifiants, adresse, liens.",
        "What search engines read: name, description, identifiers, address, links.",
    ),
    kinds=tuple(SCHEMA_ORG.types),
    view=SCHEMA_ORG,
)
ESSGLOBAL_PROFILE = Profile(
    "essglobal",
    _own("essglobal"),
    (ESSGLOBAL, ESSGLOBAL.rstrip("/")),
    ("ESSGlobal", "ESSGlobal"),
    (
        "Une initiative telle que la décrivent les cartes de l'économie solidaire : nom, secteur, forme juridique, commune, site.",
        "An initiative as the maps of the solidarity economy describe it: name, sector, legal form, town, website.",
    ),
    kinds=tuple(ESSGLOBAL_VIEW.types),
    view=ESSGLOBAL_VIEW,
)
ALTERNATES = Profile(
    "alt",
    ALTR.iri.rstrip("#"),
    (),
    ("Représentations disponibles", "Representations available"),
    (
        "La liste des modèles et des formats dans lesquels la chose est donnée.",
        "The list of the models and formats in which the thing is given.",
    ),
    formats=RESOURCE_TYPES,
)
PROFILES: tuple[Profile, ...] = (OWN, SCHEMA, ESSGLOBAL_PROFILE)
"""In our order of preference."""

_LISTING = ("alt", "all")
"""Both drafts' word for the list: ``all`` until 2019 and in the editors' copy, ``alt`` where the draft is in use."""
_RANGE = re.compile(r"\s*(?:<([^<>\s]*)>|(\*))\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?(?:,|$)")


@dataclass(frozen=True)
class Choice:
    """What a request gets: a profile in a format. ``stated``: the address itself names the profile."""

    profile: Profile
    media: MediaType
    stated: bool


def offered(kind: str) -> list[Profile]:
    """The profiles in which things of a kind are given."""
    return [each for each in PROFILES if kind in each.kinds]


def choose(kind: str, extension: str | None) -> Choice:
    """The profile and the format for this request.

    Raises :class:`NoSuchProfile`, or :class:`NotAcceptable` when the profile is not given in a format that is accepted.
    """
    wanted = _stated(kind)
    if wanted is not None:
        return Choice(wanted, _format(wanted, extension), stated=True)
    for profile in _accepted(kind):
        try:
            return Choice(profile, _format(profile, extension), stated=False)
        except NotAcceptable:  # the next may do
            continue
    return Choice(OWN, _format(OWN, extension), stated=False)


def by_token(token: str) -> Profile:
    """A profile of ours. Raises :class:`NotFound`."""
    for profile in PROFILES:
        if profile.token == token:
            return profile
    raise NotFound(request.path)


def forwarded(kind: str) -> tuple[Profile, dict[str, str]]:
    """For a redirect from a thing to its document: the profile that will be given there, and what the address must say to get it."""
    asked = {name: request.args[name] for name in ("_profile", "_mediatype") if request.args.get(name)}
    try:
        stated = _stated(kind)
    except NoSuchProfile:
        return OWN, asked  # the document says what is wrong
    profile = stated or next(iter(_accepted(kind)), OWN)
    return profile, asked if profile is OWN or stated else {**asked, "_profile": profile.token}


def sign(answer: Response, path: str, kind: str, choice: Choice) -> Response:
    """Say in the headers of a document which profile it has, and which others there are (§7.1.1).

    All formats and the tokens (§7.1.1.2) are in the list alone: proxies give an answer 4 kB of headers, and readers of Signposting that overlook the
    anchor of a ``rel="type"`` would take every page for a profile.
    """
    answer.headers["Content-Profile"] = choice.profile.header
    if not choice.stated:
        answer.vary.add("Accept-Profile")
    links = [f'<{choice.profile.iri}>; rel="profile"']
    listing = choice.profile is ALTERNATES
    for each in offered(kind):
        if listing:
            links.append(f'<{PROF.Profile.value}>; rel="type"; token="{each.token}"; anchor="{each.iri}"')
        if each is not OWN and (listing or each is not choice.profile):
            links += [
                _alternate(address(path, each, media), each, media.content_type)
                for media in (each.formats if listing else each.formats[:1])
            ]
    if not listing:
        links.append(_alternate(f"{here(path)}?_profile={ALTERNATES.token}", ALTERNATES, ""))
    answer.headers["Link"] = ", ".join([answer.headers["Link"], *links])
    return answer


def _alternate(target: str, profile: Profile, content_type: str) -> str:
    return f'<{target}>; rel="alternate"' + (f'; type="{content_type}"' if content_type else "") + f'; profile="{profile.iri}"'


def address(path: str, profile: Profile, media: MediaType) -> str:
    """Where a document is given in a profile and a format."""
    return here(f"{path}.{media.extension}") + ("" if profile is OWN else f"?_profile={profile.token}")


def alternates(iri: str, path: str, base: str, kind: str) -> list[Triple]:
    """The list of representations in the draft's own data model (§6.3): the document ``iri``, at ``path`` under ``base``."""
    resource = NamedNode(iri)
    found = [Triple(resource, A, RDFS.Resource)]
    for profile in offered(kind):
        found += described(profile)
        for media in profile.formats:
            query = "" if profile is OWN else f"?_profile={profile.token}"
            node = NamedNode(f"{base}{path.lstrip('/')}.{media.extension}{query}")
            found += [
                Triple(resource, ALTR.hasRepresentation, node),
                Triple(node, A, ALTR.Representation),
                Triple(node, DCTERMS.conformsTo, NamedNode(profile.iri)),
                Triple(node, DCTERMS["format"], text(media.content_type)),
            ]
    found.append(Triple(resource, ALTR.hasDefaultRepresentation, NamedNode(f"{base}{path.lstrip('/')}.{OWN.formats[0].extension}")))
    return found


def described(profile: Profile) -> Iterator[Triple]:
    """A profile in the Profiles Vocabulary (https://www.w3.org/TR/dx-prof/)."""
    node = NamedNode(profile.iri)
    yield Triple(node, A, PROF.Profile)
    yield Triple(node, A, DCTERMS.Standard)
    yield Triple(node, PROF.hasToken, text(profile.token))
    yield from (Triple(node, PROF.isProfileOf, NamedNode(iri)) for iri in profile.of[:1])
    for predicate, (french, english) in ((RDFS.label, profile.label), (DCTERMS.description, profile.about)):
        yield Triple(node, predicate, fr(french))
        yield Triple(node, predicate, en(english))


def rules_of(profile: Profile) -> list[tuple[str, str]]:
    """What a profile says, and from which path of ours, for people."""
    view = profile.view
    if view is None:
        return []
    inside = [(f"{part.term} / {rule.term}", rule.path) for part in view.parts for rule in part.rules]
    return [(rule.term, rule.path) for rule in view.rules] + inside


def _stated(kind: str) -> Profile | None:
    """The first profile of ``_profile`` that there is; ``None`` when the address names none. Raises :class:`NoSuchProfile`."""
    listed = [name.strip() for name in request.args.get("_profile", "").split(",") if name.strip()]
    for name in listed:
        if name in _LISTING or name.strip("<>") == ALTERNATES.iri:
            return ALTERNATES
        for profile in offered(kind):
            if name == profile.token or (name.startswith("<") and name.strip("<>") in profile.names):
                return profile
    if listed:
        raise NoSuchProfile([each.token for each in offered(kind)])
    return None


def _accepted(kind: str) -> list[Profile]:
    """The profiles that ``Accept-Profile`` names, the most wanted first; none when there is no such header, or none that can be read."""
    qualities: dict[str, float] = {}
    header = ", ".join(request.headers.getlist("Accept-Profile"))
    place = 0
    while place < len(header):
        found = _RANGE.match(header, place)
        if found is None:
            return []
        qualities.setdefault(found[1] if found[1] is not None else "*", float(found[3] or 1))
        place = found.end()
    ranked = [
        (max([qualities[name] for name in each.names if name in qualities], default=qualities.get("*", 0.0)), each)
        for each in offered(kind)
    ]
    return [each for quality, each in sorted(ranked, key=lambda pair: -pair[0]) if quality > 0]


def _format(profile: Profile, extension: str | None) -> MediaType:
    """The format: what the extension says, else ``_mediatype``, else ``Accept``. Raises :class:`NotAcceptable`."""
    if extension:
        media = BY_EXTENSION[extension]
        if media not in profile.formats:
            raise NotAcceptable([each.content_type for each in profile.formats])
        return media
    # a plus sign that was not escaped arrives as a space
    asked = request.args.get("_mediatype", "").replace(" ", "+")
    if not asked:
        return negotiate(request.headers.get("Accept"), profile.formats)
    for name in asked.split(","):
        for media in profile.formats:
            if name.strip("+").lower() == media.content_type:
                return media
    raise NotAcceptable([each.content_type for each in profile.formats])
