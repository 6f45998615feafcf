"""Serve the application with Granian, an ASGI server that fits two cores (see docs/design.md).

The process that watches imports nothing of the web: only the one that serves needs the memory.
"""

from __future__ import annotations

import errno
import os
import socket
import sys

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from ess_lod.characters import refused, visible
from ess_lod.config import PREFIX, Settings
from ess_lod.errors import ConfigError
from ess_lod.logs import log_settings
from ess_lod.look import read_look
from ess_lod.release import open_release
from ess_lod.worker.probe import why_no_worker

_CONNECTIONS = 1024
_HEADER_MILLISECONDS = 10_000
_HOSTS = "Écrire par exemple --host 127.0.0.1 (cette machine seule), --host ::1, --host localhost, --host 0.0.0.0 ou --host :: (toutes les interfaces)."


def serve(settings: Settings) -> None:
    """Listen until stopped by a signal.

    What is damaged in the release is said and not served. Raises :class:`ConfigError` when nothing can listen there, no query can be run or the look cannot
    be shown, :class:`ess_lod.errors.NoRelease` when nothing is published, :class:`ess_lod.errors.CorruptRelease` when pointer or manifest cannot be read.
    """
    release = open_release(settings.releases)
    for each in release.damage(settings.record_of(release.version)):
        print(f"Attention, ce fichier ne sera ni lu ni envoyé : {each}", file=sys.stderr, flush=True)
    read_look(settings)
    if why := why_no_worker(settings.query_megabytes):  # before a remote engine too: queries are read in a worker first
        raise ConfigError(
            f"Aucune requête ne pourrait être exécutée ici : {why}. Corriger cela (docs/endpoint.md), puis relancer ess-lod serve."
        )
    address = _address(settings)
    print(f"{_url(settings)}  ({release.version}) — Ctrl-C pour arrêter", flush=True)
    os.environ |= {f"{PREFIX}HOME": str(settings.home)}
    Granian(
        "ess_lod.web.front:make_front",
        address=address,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS),
        websockets=False,
        workers=1,
        backpressure=_CONNECTIONS,
        factory=True,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=log_settings(),
        respawn_failed_workers=True,
    ).serve()


def _address(settings: Settings) -> str:
    """The IP address to listen on: that of the host, of IPv4 where a name has several; tried, so that what is wrong is said before anything starts.

    Raises :class:`ConfigError` for a name that nothing is known of, an address that is not of this machine, a port that is taken or not allowed.
    """
    host = settings.host.removeprefix("[").removesuffix("]")
    try:
        found = socket.getaddrinfo(host, settings.port, type=socket.SOCK_STREAM) if host and not refused(host) else []
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise ConfigError(
            f"L'adresse d'écoute « {visible(settings.host)} » n'est ni une adresse IP ni un nom connu de cette machine. {_HOSTS}"
        )
    family, *_, place = min(found, key=lambda each: each[0] != socket.AF_INET)
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
            probe.listen(1)
        except OSError as error:
            raise ConfigError(_not_bound(settings, error)) from error
    return str(place[0])


def _not_bound(settings: Settings, error: OSError) -> str:
    host, port = visible(settings.host), settings.port
    match error.errno:
        case errno.EADDRINUSE:
            return f"Le port {port} de {host} est déjà pris par un autre programme. En choisir un autre : --port, ou make serve PORT=…"
        case errno.EACCES:
            return f"Le port {port} est réservé par le système. En choisir un autre, au-dessus de 1023 : --port, ou make serve PORT=…"
        case errno.EADDRNOTAVAIL | errno.EAFNOSUPPORT:
            return f"L'adresse d'écoute « {host} » n'est pas une adresse de cette machine. {_HOSTS}"
    return f"On ne peut pas écouter sur le port {port} de {host} ({error.strerror}). {_HOSTS}"


def _url(settings: Settings) -> str:
    """Where a browser of this machine finds the site."""
    host = settings.host.removeprefix("[").removesuffix("]")
    return f"http://[{host}]:{settings.port}/" if ":" in host else f"http://{host}:{settings.port}/"
