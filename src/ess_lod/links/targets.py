"""Where a link may lead: the kinds of target, the form that the IRIs of each have, and what is linked by it.

Forms were looked up, not guessed: Wikidata's concept URI is ``http``, OpenStreetMap's elements are named by type and number, ESSGlobal's concepts stand under
``http://purl.org/essglobal/standard/`` (the schemes are those of its published SKOS files), the Solidarity Economy Association's and DotCooperation's
data under ``https://lod.coop/{dataset}/{id}`` and, earlier, ``https://w3id.solidarityeconomy.coop/{dataset}/{id}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ess_lod.links.people import is_profile

_STANDARDS = "|".join(
    (
        *("activities", "activities-ica", "activities-modified", "base-membership-type", "legal-form", "organisational-structure"),
        *("products-services", "qualifiers", "themes", "type-of-labour"),
    )
)


@dataclass(frozen=True)
class Target:
    """A kind of target: the hosts that are its own, the form of its IRIs, an example; whether concepts are linked by it, or things.

    ``family`` groups of the form tell apart targets that a thing may have one of each: the languages of Wikipedia, the schemes of ESSGlobal.
    """

    name: str
    label_fr: str
    label_en: str
    hosts: tuple[str, ...]
    form: re.Pattern[str]
    example: str
    concepts: bool = False

    def family(self, iri: str) -> str:
        """What a thing may be linked to once: the kind, with the language, the scheme or the host where there are several."""
        found = self.form.fullmatch(iri)
        part = found.groupdict().get("family") if found else None
        return f"{self.name}-{_slug(part)}" if part else self.name


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


_ANYWHERE = re.compile(r"https?://(?P<family>[^/?#@]+)(/\S*)?")

TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        Target(
            "wikidata",
            "Wikidata",
            "Wikidata",
            ("wikidata.org",),
            re.compile(r"http://www\.wikidata\.org/entity/Q[1-9]\d*"),
            "http://www.wikidata.org/entity/Q471969",
        ),
        Target(
            "wikipedia",
            "Wikipédia",
            "Wikipedia",
            ("wikipedia.org",),
            re.compile(r"https://(?P<family>[a-z]{2,3}(?:-[a-z]+)*)\.wikipedia\.org/wiki/[^\s?#]+"),
            "https://fr.wikipedia.org/wiki/Familist%C3%A8re_de_Guise",
        ),
        Target(
            "annuaire-entreprises",
            "Annuaire des entreprises",
            "French business directory",
            ("annuaire-entreprises.data.gouv.fr",),
            re.compile(r"https://annuaire-entreprises\.data\.gouv\.fr/entreprise/\d{9}"),
            "https://annuaire-entreprises.data.gouv.fr/entreprise/411654296",
        ),
        Target(
            "openstreetmap",
            "OpenStreetMap",
            "OpenStreetMap",
            ("openstreetmap.org",),
            re.compile(r"https://www\.openstreetmap\.org/(node|way|relation)/[1-9]\d*"),
            "https://www.openstreetmap.org/relation/58404",
        ),
        Target(
            "essglobal",
            "ESSGlobal",
            "ESSGlobal",
            ("purl.org/essglobal/",),
            re.compile(rf"http://purl\.org/essglobal/standard/(?P<family>{_STANDARDS})/[A-Za-z]+\d+"),
            "http://purl.org/essglobal/standard/themes/T2",
            concepts=True,
        ),
        Target(
            "lod-coop",
            "lod.coop",
            "lod.coop",
            ("lod.coop", "w3id.solidarityeconomy.coop"),
            re.compile(r"https://(?:lod\.coop|w3id\.solidarityeconomy\.coop)/(?P<family>(?!essglobal/)[a-z0-9-]+)(?:/[A-Za-z0-9._~-]+)+"),
            "https://lod.coop/ica/…",
        ),
        Target(
            "insee",
            "Insee",
            "INSEE",
            ("id.insee.fr",),
            re.compile(r"http://id\.insee\.fr/geo/(commune|departement|region)/[0-9AB]{2,5}"),
            "http://id.insee.fr/geo/commune/59350",
        ),
        Target("reseau", "Autre réseau", "Another network", (), _ANYWHERE, "https://autre-reseau.example/id/acteur/A012"),
        Target("reference", "Ouvrage de référence", "Reference work", (), _ANYWHERE, "https://www.example.org/notice/1234"),
    )
}
"""By name. The last two are told from each other by whoever keeps the table, the others by the IRI itself."""

_OPEN = ("reseau", "reference")
_OTHER_FORMS = (
    (re.compile(r"https?://(?:www\.|m\.)?wikidata\.org/(?:wiki|entity|item)/(Q[1-9]\d*)"), r"http://www.wikidata.org/entity/\1"),
    (re.compile(r"https?://([a-z-]+)(?:\.m)?\.wikipedia\.org/wiki/([^\s?#]+)\S*"), r"https://\1.wikipedia.org/wiki/\2"),
    (re.compile(r"https?://(?:www\.)?openstreetmap\.org/(node|way|relation)/([1-9]\d*)\S*"), r"https://www.openstreetmap.org/\1/\2"),
    (
        re.compile(r"https?://annuaire-entreprises\.data\.gouv\.fr/entreprise/\S*?(\d{9})"),
        r"https://annuaire-entreprises.data.gouv.fr/entreprise/\1",
    ),
    (re.compile(r"https?://(?:www\.)?purl\.org/essglobal/standard/(\S+)"), r"http://purl.org/essglobal/standard/\1"),
)
"""What people copy from the address bar, and the IRI that is meant."""


class BadTarget(Exception):
    """A target that cannot be linked to: what is wrong, what to do (French), in which column."""

    def __init__(self, what: str, remedy: str, column: str = "cible") -> None:
        super().__init__(what, remedy, column)
        self.what, self.remedy, self.column = what, remedy, column


def target_of(iri: str) -> Target | None:
    """The kind that has the host of an IRI for its own, or ``None``: whether another network or a work of reference, only people know."""
    try:
        parts = urlsplit(iri)
    except ValueError:  # a bracket that is not closed
        return None
    host = parts.hostname or ""
    for target in TARGETS.values():
        for own in target.hosts:
            name, _, path = own.partition("/")
            if (host == name or host.endswith(f".{name}")) and parts.path.startswith(f"/{path}"):
                return target
    return None


def check_target(iri: str, name: str) -> Target:
    """The kind of an IRI, where ``name`` (may be empty) and the form agree with it. Raises :class:`BadTarget`."""
    if is_profile(iri):
        raise BadTarget(
            f"« {iri} » est la page d'une personne ou un compte de réseau social.", "Ôter la ligne : aucune personne n'est publiée."
        )
    if name and name not in TARGETS:
        raise BadTarget(f"« {name} » n'est pas un genre de cible.", f"Écrire {', '.join(TARGETS)}.", "genre")
    own = target_of(iri)
    if own is None and not name:
        raise BadTarget("l'adresse ne dit pas de quel genre de cible il s'agit.", f"Remplir genre : {' ou '.join(_OPEN)}.", "genre")
    if own is None and name not in _OPEN:
        raise BadTarget(f"« {iri} » n'est pas une adresse du genre {name}.", f"Par exemple {TARGETS[name].example}")
    target = own or TARGETS[name]
    if name and target.name != name:
        raise BadTarget(
            f"le genre « {name} » contredit l'adresse, qui est du genre {target.name}.",
            f"Écrire {target.name}, ou vider la cellule.",
            "genre",
        )
    if not target.form.fullmatch(iri):
        meant = meant_by(iri)
        raise BadTarget(
            f"« {iri} » n'a pas la forme d'une adresse {target.label_fr}.", f"Écrire {meant or f'par exemple {target.example}'}"
        )
    return target


def meant_by(iri: str) -> str:
    """The IRI that an address copied from a browser means, or an empty string where that is not known."""
    for form, written in _OTHER_FORMS:
        if found := form.fullmatch(iri):
            meant = found.expand(written)
            if (target := target_of(meant)) and target.form.fullmatch(meant):
                return meant
    return ""
