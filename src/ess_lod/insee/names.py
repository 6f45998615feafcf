"""When two names of a place are one name: accents, ligatures, hyphens and the kind that some years write out do not make a new name."""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
_KIND = re.compile(r"^(communaute (de communes|d'agglomeration|urbaine)|cc|ca|cu)\b")
_BRACKETS = re.compile(r"[(\[].*?[)\]]")
_WORDS = re.compile(r"[a-z0-9]+")
_SILENT = frozenset(["de", "du", "des", "d", "l", "la", "le", "les", "et", "en", "a", "au", "aux", "sur", "communaute"])
_SPELT = {"st": "saint", "ste": "sainte", "2": "deux", "4": "quatre", "7": "sept"}


def plain(name: str) -> str:
    """Lower case without accents and ligatures: ``Cœur d'Ostrevent`` → ``coeur d'ostrevent``."""
    decomposed = unicodedata.normalize("NFKD", name.translate(_LIGATURES))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def commune_key(name: str) -> str:
    """Equal for two spellings of one commune name; the article counts."""
    return " ".join(_WORDS.findall(plain(name)))


def epci_key(name: str) -> str:
    """Equal for two spellings of one EPCI name, with or without kind and acronym.

    ``CA du Douaisis [C.A.D.]`` and ``Communauté d'agglomération du Douaisis`` are one.
    """
    bare = _KIND.sub(" ", _BRACKETS.sub(" ", plain(name)))
    return " ".join(_SPELT.get(word, word) for word in _WORDS.findall(bare) if word not in _SILENT)
