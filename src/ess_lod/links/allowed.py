"""The hosts that may be fetched from: exact ones, told by whoever runs the server. Everything else is out of reach, whatever leads there."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ess_lod.errors import ConfigError

Origin = tuple[str, str, int]
"""Scheme, host, port."""
_PORTS = {"http": 80, "https": 443}
_PLAIN = re.compile(r"[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+")
"""Letters of a URI: ASCII, no blank, no backslash, no quote."""

_LONGEST = 8000
"""Octets of an address that a recipient should take (RFC 9110 §4.1); longer ones are none of a page."""
_UNICAST = ipaddress.ip_network("2000::/3")
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")))
"""What IANA keeps for protocols and documents, where Python calls some of it global: https://www.iana.org/assignments/iana-ipv6-special-registry/."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_ISATAP = 0x5EFE

Resolve = Callable[[str, int], list[str]]


class NotAllowed(Exception):
    """An address that is not fetched, and why."""


class Gone(NotAllowed):
    """An address of which its host says that it is no more."""


def origin_of(url: str) -> Origin:
    """Scheme, host and port of an address. Raises :class:`NotAllowed` for what is no plain http(s) URL without user and password."""
    if len(url) > _LONGEST or not _PLAIN.fullmatch(url):
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


def is_public(text: str) -> bool:
    """Is this the address of one machine on the public Internet? One that carries an IPv4 address is so when that is, too."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        within = list(_carried(address))
        if not all(map(is_public, within)):
            return False
        if address.ipv4_mapped is not None or address in _NAT64:
            return True
        if address not in _UNICAST or address.scope_id is not None:
            return False
        if address.sixtofour is not None:
            return True
    return (
        address.is_global and not address.is_multicast and not any(address in each for each in _SPECIAL if each.version == address.version)
    )


def _carried(address: ipaddress.IPv6Address) -> Iterator[str]:
    """The IPv4 addresses in an IPv6 one: mapped, compatible, of a translator (RFC 6052), of 6to4 (RFC 3056), Teredo (RFC 4380) and ISATAP (RFC 5214)."""
    last = str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.ipv4_mapped is not None or address in _NAT64 or int(address) >> 32 == 0:
        yield last
    if (int(address) >> 32) & 0xFDFFFFFF == _ISATAP:
        yield last
    if address.sixtofour is not None:
        yield str(address.sixtofour)
    yield from map(str, address.teredo or ())


def look_up(host: str, port: int) -> list[str]:
    """The IP addresses of a name. Raises :class:`NotAllowed` when there are none."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NotAllowed("the name is not known") from error
