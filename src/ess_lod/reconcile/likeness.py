"""How alike two readings of names are: a number from 0 to 100, and what that rests on."""

from __future__ import annotations

from collections import Counter
from enum import IntEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from ess_lod.reconcile.readings import core_of

SHORTEST_NEAR = 8
"""Letters below which a typing error may make another name."""
_SAINTS = frozenset(["saint", "sainte", "saints", "saintes", "mont", "monts"])


class Ground(IntEnum):
    """What likeness rests on, the strongest first."""

    SAME = 1
    LETTERS = 2
    SMALL_WORDS = 3
    ORDER = 4
    TYPING = 5
    PART = 6


class Words:
    """A reading made ready to be compared with many."""

    __slots__ = ("core", "joined", "key", "ordered", "short", "words")

    def __init__(self, key: str) -> None:
        self.key = key
        self.words = tuple(key.split())
        core = core_of(self.words)
        self.core = " ".join(core)
        self.joined = "".join(self.words)
        self.short = "".join(core)
        self.ordered = " ".join(sorted(core))


def likeness(asked: Words, known: Words) -> tuple[float, Ground]:
    """How alike two readings are, and why.

    100 same words; 98 same letters, spaces apart; 97 same but for small words (de, la, et…); 95 same words in another order; from 94 down
    few typing errors; at most 90 what begins so, has these words among others, or shares letters.
    """
    if asked.key == known.key:
        return 100, Ground.SAME
    if asked.joined == known.joined:
        return 98, Ground.LETTERS
    if asked.short == known.short:
        return 97, Ground.SMALL_WORDS
    if asked.ordered == known.ordered:
        return 95, Ground.ORDER
    errors = _errors(asked, known)
    if errors is not None:
        return round(max(75.0, 96 - 100 * errors / max(len(asked.short), len(known.short))), 1), Ground.TYPING
    return round(_rest(asked, known), 1), Ground.PART


def _errors(asked: Words, known: Words) -> int | None:
    """Typing errors (optimal string alignment) between two names, or ``None`` when they are too many, or may make another name."""
    length = min(len(asked.short), len(known.short))
    allowed = 0 if length < SHORTEST_NEAR else 1 if length < 14 else 2 if length < 24 else 3
    if not allowed:
        return None
    pairs = ((asked.joined, known.joined), (asked.short, known.short), (asked.ordered, known.ordered))
    errors = min(OSA.distance(mine, theirs, score_cutoff=allowed) for mine, theirs in pairs)
    if errors > allowed:
        return None
    ours, others = Counter(asked.core.split()), Counter(known.core.split())
    left, right = list((ours - others).elements()), list((others - ours).elements())
    if _SAINTS & {*left, *right} or any(char.isdigit() for word in (*left, *right) for char in word):
        return None
    if len(left) != len(right):  # a blank too many or too few
        return errors if errors == 1 else None
    return errors if all(_mistyped(word, right) for word in left) else None


def _mistyped(word: str, known: list[str]) -> bool:
    """Whether a word is one of others with one typing error, a long one with two; all errors in one word make another word."""
    allowed = 0 if len(word) < 4 else 1 if len(word) < 9 else 2
    return any(OSA.distance(word, other, score_cutoff=allowed) <= allowed for other in known)


def _rest(asked: Words, known: Words) -> float:
    """Likeness of names that are not one name: at most 90."""
    whole = 0.9 * max(fuzz.ratio(asked.short, known.short), fuzz.ratio(asked.ordered, known.ordered))
    mine, theirs = set(asked.core.split()), set(known.core.split())
    share = min(len(asked.short), len(known.short)) / max(len(asked.short), len(known.short))
    if mine <= theirs or theirs <= mine:
        begins = known.short.startswith(asked.short) or asked.short.startswith(known.short)
        return max(whole, 55 + 30 * share + 4 * begins)
    if known.short.startswith(asked.short) and len(asked.short) > 3:
        return max(whole, 52 + 30 * share)
    return max(whole, fuzz.token_set_ratio(asked.core, known.core) * (0.5 + 0.3 * share))
