"""How ``ess-lod serve`` writes its log: each record one line with its time and level, whatever strangers have sent.

A path, a header or the text of an exception may hold ends of lines and escape sequences of terminals: they are written as their code points, so that nobody
but the server begins a line, and no terminal obeys what stands in it.
"""

from __future__ import annotations

import logging
from typing import Any

from ess_lod.characters import visible

NEXT_LINE = " ⏎ "
"""Stands where a record (a traceback) has the end of a line."""


class OneLine(logging.Formatter):
    """``2026-04-01 12:00:00,000 +0200 WARNING ess_lod.web.live: …``, its traceback in the same line."""

    def __init__(self) -> None:
        super().__init__("{asctime},{msecs:03.0f} {zone} {levelname} {name}: {message}", "%Y-%m-%d %H:%M:%S", style="{")

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of visible characters."""
        record.zone = self.formatTime(record, "%z")
        return NEXT_LINE.join(visible(line) for line in super().format(record).splitlines())


def log_settings() -> dict[str, Any]:
    """The logging of all that the server runs, for :func:`logging.config.dictConfig`: warnings and errors, on the standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{OneLine.__module__}.{OneLine.__qualname__}"}},
        "handlers": {"standard error": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["standard error"], "level": "WARNING"},
        "loggers": {"_granian": {"propagate": True}},
    }
