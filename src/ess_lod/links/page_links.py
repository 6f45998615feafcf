"""The links of an HTML page: where its ``a``, ``area`` and ``link`` elements lead."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

PAGES = ("text/html", "application/xhtml+xml")
_LINKING = ("a", "area", "link")


class _Links(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base, self.found = base, set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if not href:
            return
        try:
            address = urljoin(self.base, href.strip())
        except ValueError:
            return
        if tag == "base":
            self.base = address
        elif tag in _LINKING:
            self.found.add(address)


def links_of_page(body: bytes, url: str) -> set[str]:
    """The absolute addresses that a page links to. A comment or a text that has an address is no link."""
    reader = _Links(url)
    reader.feed(body.decode("utf-8", "replace"))
    return reader.found
