"""Serve the application with Granian, an ASGI server that fits two cores (see docs/design.md).

The process that watches imports nothing of the web: only the one that serves needs the memory.
"""

from __future__ import annotations

import os
import socket
import sys

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from ess_lod.config import PREFIX, Settings
from ess_lod.errors import ConfigError
from ess_lod.look import read_look
from ess_lod.release import open_release

_CONNECTIONS = 1024
_HEADER_MILLISECONDS = 10_000


def serve(settings: Settings) -> None:
    """Listen until stopped by a signal.

    What is damaged in the release is said and not served. Raises :class:`ConfigError` when the port is taken or the look cannot be shown,
    :class:`ess_lod.errors.NoRelease` when nothing is published, :class:`ess_lod.errors.CorruptRelease` when pointer or manifest cannot be read.
    """
    release = open_release(settings.releases)
    for each in release.damage(settings.record_of(release.version)):
        print(f"Attention, ce fichier ne sera ni lu ni envoyé : {each}", file=sys.stderr, flush=True)
    read_look(settings)
    _probe(settings)
    print(f"http://{settings.host}:{settings.port}/  ({release.version}) — Ctrl-C pour arrêter", flush=True)
    os.environ |= {f"{PREFIX}HOME": str(settings.home)}
    Granian(
        "ess_lod.web.front:make_front",
        address=settings.host,
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
        respawn_failed_workers=True,
    ).serve()


def _probe(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise ConfigError(
                f"Le port {settings.port} de {settings.host} n'est pas libre ({error.strerror}). En choisir un autre : --port, ou make serve PORT=…"
            ) from error
