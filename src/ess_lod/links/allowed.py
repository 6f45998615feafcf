"""The hosts that may be fetched from: exact ones, told by whoever runs the server. Everything else is out of reach, whatever leads there."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from ess_lod.errors import ConfigError

Origin = tuple[str, str, int]
"""Scheme, host, port."""
_PORTS = {"http": 80, "https": 443}
_PLAIN = re.compile(r"[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+")
"""Letters of a URI: ASCII, no blank, no backslash, no quote."""

Resolve = Callable[[str, int], list[str]]


class NotAllowed(Exception):
    """An address that is not fetched, and why."""


class Gone(NotAllowed):
    """An address of which its host says that it is no more."""


def origin_of(url: str) -> Origin:
    """Scheme, host and port of an address. Raises :class:`NotAllowed` for what is no plain http(s) URL without user and password."""
    if not _PLAIN.fullmatch(url):
        raise NotAllowed("not a plain URL")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise NotAllowed("not a URL") from error
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
        raise NotAllowed("not an http(s) URL without user and password")
    return parts.scheme, host, port or _PORTS[parts.scheme]


@dataclass(frozen=True)
class Allowed:
    """The origins of ``ESS_LOD_INBOX_HOSTS``: ``host`` and ``host:port`` are https, ``http://host:port`` is what it says."""

    origins: frozenset[Origin]

    @classmethod
    def read(cls, text: str) -> Allowed:
        """From a list separated by spaces. Raises :class:`ConfigError` (French, English)."""
        found = set()
        for entry in text.split():
            try:
                found.add(origin_of(entry if "://" in entry else f"https://{entry}"))
            except NotAllowed as error:
                raise ConfigError(
                    f"ESS_LOD_INBOX_HOSTS : « {entry} » n'est pas hôte[:port]. / {entry!r} is not host[:port] ({error})."
                ) from error
        return cls(frozenset(found))

    def check(self, url: str) -> Origin:
        """The origin of an address that is on the list. Raises :class:`NotAllowed`."""
        origin = origin_of(url)
        if origin not in self.origins:
            raise NotAllowed("host not on the list")
        return origin

    def address(self, url: str, resolve: Resolve | None = None) -> str:
        """The IP address to connect to: looked up once, so that it cannot change between the check and the connection.

        A name that leads to a private, loopback or link-local address is refused; who means one lists the number itself.
        """
        _, host, port = self.check(url)
        try:
            return str(ipaddress.ip_address(host))
        except ValueError:
            pass
        found = (resolve or look_up)(host, port)
        if not found or not all(map(is_public, found)):
            raise NotAllowed("the name leads to no public address")
        return found[0]


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"), ipaddress.ip_network("::/96")
"""IPv6 addresses whose last 32 bits are an IPv4 address: NAT64 (RFC 6052 §2.1, RFC 8215), IPv4-compatible (RFC 4291 §2.5.5.1)."""


def is_public(address: str) -> bool:
    """Does an IP address lead to the public Internet? One that holds an IPv4 address (mapped, 6to4, Teredo, translated) does when that one does, too."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        held = [found.ipv4_mapped, found.sixtofour, *(found.teredo or ())]
        if any(found in network for network in _TRANSLATED):
            held.append(ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF))
            return all(map(_is_unicast, filter(None, held)))
        if any(held):
            return all(map(_is_unicast, filter(None, held)))
    return _is_unicast(found)


def _is_unicast(found: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return found.is_global and not found.is_multicast


def look_up(host: str, port: int) -> list[str]:
    """The IP addresses of a name. Raises :class:`NotAllowed` when there are none."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NotAllowed("the name is not known") from error
