"""The look of a site, from its settings: colours that can be read, a logo that can be served.

Contrast is measured as WCAG 2.2 has it (relative luminance; success criterion 1.4.3: 4.5:1 for text). Links and titles are written in ``color`` on white, on
the pale grey of boxes and on ``color_soft``; the bands at the top and at the end of a page are white on ``color``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ess_lod.config import Settings
from ess_lod.errors import ConfigError

LEAST = 4.5
"""The contrast that text must have with its ground (WCAG 2.2, AA)."""

MOST_BYTES = 200_000
"""The largest logo."""

_WHITE, _BOX = "#ffffff", "#f2f6f4"
_SOFT_SHARE = 0.13
_HEXADECIMAL = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_BEGINNINGS = {
    "image/svg+xml": re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<svg[\s>]", re.DOTALL),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}


@dataclass(frozen=True)
class Logo:
    """A picture as it is served."""

    content: bytes
    media_type: str


@dataclass(frozen=True)
class Look:
    """What the settings say of the look: colours as ``#rrggbb`` (empty: those of the style sheet), and the logo if there is one."""

    color: str = ""
    color_soft: str = ""
    logo: Logo | None = None

    @property
    def css(self) -> str:
        """A style sheet that gives the colours to the properties of ``static/style.css``; empty when nothing is set."""
        if not self.color:
            return ""
        return f":root {{ --accent: {self.color}; --accent-deep: {self.color}; --accent-soft: {self.color_soft}; }}\n"


def read_look(settings: Settings) -> Look:
    """The look that settings ask for.

    Raises :class:`ConfigError` (French) for a colour that is none or cannot be read on its ground (naming the contrast), and for a logo that is missing,
    too large, or no picture of a kind that browsers show.
    """
    color = _color("color", settings.color)
    soft = _color("color_soft", settings.color_soft)
    if soft and not color:
        raise ConfigError("« color_soft » est réglé sans « color » : donner aussi la couleur du texte et des liens.")
    if color:
        soft = soft or _mixed(color, _SOFT_SHARE)
        for ground, where in ((_WHITE, "le blanc des pages"), (_BOX, f"le gris des encadrés ({_BOX})"), (soft, f"« color_soft » ({soft})")):
            ratio = contrast(color, ground)
            if ratio < LEAST:
                raise ConfigError(
                    f"« color » vaut {color} : son contraste avec {where} est de {_shown(ratio)}:1, il en faut au moins {_shown(LEAST)}:1 "
                    "(WCAG 2.2, AA). Choisir une couleur plus foncée."
                )
    return Look(color, soft, _logo(settings.home, settings.logo) if settings.logo else None)


def contrast(one: str, other: str) -> float:
    """The contrast of two ``#rrggbb`` colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _color(name: str, text: str) -> str:
    """A colour as ``#rrggbb``, or an empty string when there is none."""
    plain = text.strip().lower()
    if not plain:
        return ""
    if not _HEXADECIMAL.fullmatch(plain):
        raise ConfigError(f"« {name} » vaut « {text} » : écrire une couleur comme #14594a.")
    return plain if len(plain) == len("#rrggbb") else "#" + "".join(digit * 2 for digit in plain[1:])


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (each / 255 for each in _channels(color))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mixed(color: str, share: float) -> str:
    """White with a share of a colour in it."""
    return "#" + "".join(f"{round(255 - (255 - each) * share):02x}" for each in _channels(color))


def _shown(ratio: float) -> str:
    """Two digits after the comma, cut: what falls short never looks as if it did not."""
    return f"{int(ratio * 100) / 100:g}".replace(".", ",")


def _logo(home: Path, name: str) -> Logo:
    path = home / name
    if not path.is_file():
        raise ConfigError(f"Le logo {name} est absent. Corriger « logo », ou mettre le fichier dans le dossier du projet.")
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise ConfigError(f"Le logo {name} fait {len(content)} octets : il en faut au plus {MOST_BYTES}. L'alléger.")
    for media_type, beginning in _BEGINNINGS.items():
        if beginning.match(content):
            return Logo(content, media_type)
    raise ConfigError(f"Le logo {name} n'est pas une image SVG, PNG, JPEG ou WebP. L'enregistrer dans l'un de ces formats.")
