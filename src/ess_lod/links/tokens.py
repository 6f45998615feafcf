"""Who may put announcements into the inbox: one line a network, its name and the SHA-256 of its token. The token itself is told once and kept nowhere."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from ess_lod.errors import ConfigError

NETWORK = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LINE = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\s+([0-9a-f]{64})")
_LONGEST = 200


def sender_of(token: str, path: Path) -> str:
    """The network that has a token, or an empty string. Every line is compared, in a time that does not tell how much was right."""
    mark = _mark(token[:_LONGEST])
    found = ""
    for name, known in read_tokens(path):
        if hmac.compare_digest(mark, known):
            found = name
    return found


def read_tokens(path: Path) -> list[tuple[str, str]]:
    """Name and SHA-256 of each line. Raises :class:`ConfigError` (French) for a line that is neither that nor a comment."""
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        parts = _LINE.fullmatch(text)
        if parts is None:
            raise ConfigError(
                f"{path.name}, ligne {number} : il faut le nom d'un réseau et le SHA-256 de son jeton (ess-lod links token NOM)."
            )
        found.append((parts[1], parts[2]))
    return found


def new_token(name: str, path: Path) -> str:
    """Make a token for a network and add its line, in place of an earlier one. Raises :class:`ConfigError` (French)."""
    if not NETWORK.fullmatch(name):
        raise ConfigError(f"« {name} » n'est pas un nom de réseau : des minuscules sans accent, des chiffres et des tirets.")
    token = secrets.token_urlsafe(32)
    lines = [f"{known} {mark}" for known, mark in read_tokens(path) if known != name]
    unfinished = path.with_suffix(".unfinished")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in [*lines, f"{name} {_mark(token)}"]))
    unfinished.replace(path)
    return token


def _mark(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
