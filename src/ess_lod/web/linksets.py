"""Link sets (RFC 9264): typed links written as JSON or as text, for the dataset and for single things."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from flask import Response, json, request

from ess_lod.errors import NotAcceptable
from ess_lod.media import MediaType
from ess_lod.web.live import Edition
from ess_lod.web.negotiation import negotiate
from ess_lod.web.representations import revalidated

LINKSET_JSON = MediaType("json", "application/linkset+json", None, "Link set (JSON)", ("application/json",))
LINKSET = MediaType("txt", "application/linkset", None, "Link set")


@dataclass(frozen=True)
class Link:
    """A typed link: relation (registered by IANA, or a URI), target, media type of the target; notes by attribute and language."""

    rel: str
    href: str
    type: str = ""
    notes: tuple[tuple[str, str, str], ...] = field(default=())

    def __str__(self) -> str:
        """As a ``Link`` header has it (RFC 8288); notes as RFC 8187 has them."""
        once = {name: (language, text) for name, language, text in self.notes}  # what comes twice is not read (§3.4.1)
        noted = "".join(f"; {name}*=UTF-8'{language}'{quote(text, safe='')}" for name, (language, text) in once.items())
        return f'<{self.href}>; rel="{self.rel}"' + (f'; type="{self.type}"' if self.type else "") + noted


Anchored = tuple[str, list[Link]]
"""What links start from, and the links."""


def answer(edition: Edition, links: Callable[[], Iterable[Anchored]]) -> Response:
    """A link set as JSON, or as text by ``Accept``."""
    try:
        media = negotiate(request.headers.get("Accept"), (LINKSET_JSON, LINKSET))
    except NotAcceptable:  # a browser that follows the link from the page
        media = LINKSET_JSON
    write = as_json if media is LINKSET_JSON else as_text
    found = revalidated(edition, media, lambda: write(links()))
    found.vary.add("Accept")
    return found


def as_json(contexts: Iterable[Anchored]) -> str:
    """RFC 9264 §4.2: contexts with their anchor, target objects by relation."""
    return json.dumps({"linkset": [_context(anchor, links) for anchor, links in contexts]}, ensure_ascii=False, indent=1) + "\n"


def as_text(contexts: Iterable[Anchored]) -> str:
    """RFC 9264 §4.1: the value of a ``Link`` header, a link a line, in ASCII."""
    return ",\n".join(f'{_ascii(str(link))}; anchor="{_ascii(anchor)}"' for anchor, links in contexts for link in links) + "\n"


def _ascii(text: str) -> str:
    """IRIs as URIs: the format has no other letters (RFC 8288 §3)."""
    return "".join(letter if letter.isascii() else quote(letter) for letter in text)


def _context(anchor: str, links: Iterable[Link]) -> dict[str, object]:
    found: dict[str, list[dict[str, object]]] = {}
    for link in links:
        notes: dict[str, list[dict[str, str]]] = {}
        for name, language, text in link.notes:  # internationalised attributes: §4.2.4.2
            notes.setdefault(f"{name}*", []).append({"value": text, "language": language})
        target: dict[str, object] = {"href": link.href, **({"type": link.type} if link.type else {}), **notes}
        if target not in found.setdefault(link.rel, []):
            found[link.rel].append(target)
    return {"anchor": anchor, **found}
