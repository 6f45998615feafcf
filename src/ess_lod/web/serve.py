"""Serve the application with Granian, a WSGI server that fits two cores (see docs/design.md)."""

from __future__ import annotations

import os
import socket

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from ess_lod.config import PREFIX, Settings
from ess_lod.errors import ConfigError
from ess_lod.release import current_version
from ess_lod.web import create_app


def serve(settings: Settings, workers: int) -> None:
    """Listen until stopped by a signal.

    Raises :class:`ConfigError` when the port is taken, :class:`ess_lod.errors.NoRelease` when nothing is published.
    """
    version = current_version(settings.releases)
    _probe(settings)
    print(f"http://{settings.host}:{settings.port}/  ({version}) — Ctrl-C pour arrêter", flush=True)
    os.environ |= {f"{PREFIX}HOME": str(settings.home)}
    Granian(
        "ess_lod.web.serve:make_app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        factory=True,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()


def make_app() -> Flask:
    """The application with the settings of the environment: what a worker process runs."""
    return create_app(Settings.read())


def _probe(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise ConfigError(
                f"Le port {settings.port} de {settings.host} n'est pas libre ({error.strerror}). En choisir un autre : --port, ou make serve PORT=…"
            ) from error
