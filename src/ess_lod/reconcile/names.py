"""All names of the index: found by their words, by the beginnings of their words, and by groups of three letters that survive a typing error."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest

from ess_lod.reconcile.compact import Lookup
from ess_lod.reconcile.readings import acronym_of, core_of, read_name

_EXACT, _LIKE, _MADE = range(3)
_READ = 20_000
"""Entries of the lists of letters that one name reads at most, the shortest lists first: what bounds the cost of a name."""
_LISTS = 4
"""Lists that are read however long they are."""
_KEPT = 40
"""Names that are compared letter by letter."""
_HOMONYMS = 300
"""Things of one name that are looked at."""


@dataclass(frozen=True, slots=True)
class Row:
    """A name of a thing: the numbers of the thing and of the name. ``made``: nobody uses it, it is made of first letters, or a part of a name."""

    thing: int
    name: int
    made: bool


class Names:
    """Add names, :meth:`seal`, then look up."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._things = array("I")
        self._ordinals = array("H")
        self._found_by = bytearray()
        self._keys = self._words = Lookup()
        self._masks = array("Q")
        self._sizes = bytearray()
        self._letters: dict[str, array[int]] = {}

    def add(self, thing: int, ordinal: int, text: str, kind: str) -> None:
        """Add the name ``ordinal`` of a thing under its readings, and under what nobody calls it: first letters, parts, what stands in brackets."""
        read = read_name(text)
        whole = [reading for reading in read.readings if not reading.trimmed]
        barest = min(whole, key=lambda reading: len(reading.words), default=None)
        keys = {reading.key: _LIKE if reading is barest else _EXACT for reading in whole}
        made = [reading.key for reading in read.readings if reading.trimmed]
        made += [reading.key for beside in read.beside for reading in read_name(beside).readings]
        initials = acronym_of(barest) if barest and kind not in ("acronym", "former") else ""
        if len(initials) > 2:
            made.append(initials)
        for key, found_by in {**dict.fromkeys(made, _MADE), **keys}.items():
            self._append(key, thing, ordinal, found_by)

    def _append(self, key: str, thing: int, ordinal: int, found_by: int) -> None:
        self._texts.append(key)
        self._things.append(thing)
        self._ordinals.append(ordinal)
        self._found_by.append(found_by)

    def seal(self, masks: Sequence[int]) -> None:
        """No more will be added. ``masks`` are the types of the things."""
        self._keys = Lookup.of_pairs(self._texts, range(len(self._texts)))
        self._texts = []
        letters: dict[str, array[int]] = defaultdict(lambda: array("I"))
        words: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, (key, rows) in enumerate(self._keys.all()):
            types, lettered = 0, False
            for row in rows:
                types |= masks[self._things[row]]
                lettered = lettered or self._found_by[row] != _EXACT
            self._masks.append(types)
            groups = letters_of(key) if lettered else ()
            self._sizes.append(min(len(groups), 255))
            for group in groups:
                letters[group].append(number)
            for word in set(key.split()):
                words[word].append(number)
        self._letters = dict(letters)
        self._words = Lookup((word, words.pop(word)) for word in sorted(words))

    def __len__(self) -> int:
        return len(self._things)

    def key(self, number: int) -> str:
        """The words of a key."""
        return self._keys.keys[number]

    def rows(self, number: int, mask: int, masks: Sequence[int]) -> Iterator[Row]:
        """The names that have a key, of things of some types."""
        seen = 0
        for row in self._keys.at(number):
            thing = self._things[row]
            if masks[thing] & mask:
                yield Row(thing, self._ordinals[row], self._found_by[row] == _MADE)
                seen += 1
                if seen == _HOMONYMS:
                    return

    def like(self, asked: Iterable[str], mask: int) -> set[int]:
        """The numbers of the keys of things of some types that are one of these readings, or share most letters with one."""
        found: set[int] = set()
        for key in dict.fromkeys(asked):
            exact = self._keys.keys.find(key)
            if exact is not None and self._masks[exact] & mask:
                found.add(exact)
            found.update(self._sharing(key, mask))
        return found

    def _sharing(self, key: str, mask: int) -> list[int]:
        """The keys that share most groups of letters, the rarest groups first, so that a name costs the same in any index."""
        groups = letters_of(" ".join(core_of(tuple(key.split()))))
        lists = sorted((self._letters[group] for group in sorted(groups) if group in self._letters), key=len)
        shared: Counter[int] = Counter()
        read = 0
        for place, numbers in enumerate(lists):
            if place >= _LISTS and read + len(numbers) > _READ:
                break
            shared.update(numbers[:_READ])
            read += min(len(numbers), _READ)
        least = 1 if len(groups) < 4 else 2
        size, masks, sizes = len(groups), self._masks, self._sizes
        ranked = (
            (count / size + count / (sizes[number] + 1), -number)
            for number, count in shared.items()
            if count >= least and masks[number] & mask
        )
        return [-number for _, number in nlargest(_KEPT, ranked)]

    def beginning(self, words: Sequence[str], most: int) -> Iterator[int]:
        """The numbers of keys that begin so, then of those of which some words do: all words but the last must be there, the last one begins a word."""
        seen: set[int] = set()
        for number in self._keys.keys.beginning(" ".join(words))[:most]:
            seen.add(number)
            yield number
        *whole, last = words
        others = [set(self._words.of(word)) for word in whole]
        for word in self._words.keys.beginning(last)[:most]:
            for number in self._words.at(word)[:most]:
                if number not in seen and all(number in other for other in others):
                    seen.add(number)
                    yield number
                    if len(seen) >= 2 * most:
                        return


def letters_of(key: str) -> set[str]:
    """The groups of three letters of each word, of which the beginning counts as a letter: ``lens`` → " le", "len", "ens"."""
    found: set[str] = set()
    for word in key.split():
        begun = f" {word}"
        found.update(begun[place : place + 3] for place in range(max(1, len(begun) - 2)))
    return found
