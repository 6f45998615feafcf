"""Addresses of natural persons: no link leads to one, whoever offers it.

A list of hosts cannot know every profile; it has the places where profiles of persons are, with those of social networks, where a page of an organisation
cannot be told from a person's by its address.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOSTS = (
    *("orcid.org", "isni.org", "viaf.org", "idref.fr", "researcherid.com", "publons.com", "researchgate.net", "academia.edu"),
    *(
        "facebook.com",
        "fb.com",
        "instagram.com",
        "threads.net",
        "threads.com",
        "twitter.com",
        "x.com",
        "tiktok.com",
        "bsky.app",
        "snapchat.com",
    ),
    *("about.me", "gravatar.com", "keybase.io", "geneanet.org", "wikitree.com"),
)
_LINKEDIN = re.compile(r"/(in|pub)/", re.IGNORECASE)
_ACCOUNT = re.compile(r"/(@[^/]+|users/[^/]+|people/[^/]+|profile/card)/?$", re.IGNORECASE)
_SELF = ("me", "i", "moi")
PERSON_CLASSES = frozenset(
    (
        "http://xmlns.com/foaf/0.1/Person",
        "https://schema.org/Person",
        "http://schema.org/Person",
        "http://www.w3.org/ns/prov#Person",
        "http://www.w3.org/2006/vcard/ns#Individual",
        "http://www.w3.org/ns/person#Person",
        "https://www.w3.org/ns/activitystreams#Person",
        "http://www.wikidata.org/entity/Q5",
    )
)
"""Classes of natural persons: what is of one of them is not linked to."""


def is_profile(iri: str) -> bool:
    """Is it the address of a person, or of an account on a social network?"""
    parts = urlsplit(iri)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    if any(host == each or host.endswith(f".{each}") for each in _HOSTS):
        return True
    if (host == "linkedin.com" or host.endswith(".linkedin.com")) and _LINKEDIN.match(parts.path):
        return True
    return bool(_ACCOUNT.search(parts.path)) or parts.fragment in _SELF
