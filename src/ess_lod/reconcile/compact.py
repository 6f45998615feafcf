"""Many strings and many numbers in little memory: sorted texts in one block of bytes, and lists of numbers in one array."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby


class Strings:
    """Distinct strings in order, found by halving. A million of 25 letters take 30 MB; Python's own would take 75."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def append(self, text: str) -> None:
        """Add a string that is greater than all before it."""
        self._bytes += text.encode()
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode()

    def find(self, text: str) -> int | None:
        """The number of a string, or ``None``."""
        number = self._first(lambda each: each >= text)
        return number if number < len(self) and self[number] == text else None

    def beginning(self, prefix: str) -> range:
        """The numbers of the strings that begin so."""
        first = self._first(lambda each: each >= prefix)
        return range(first, self._first(lambda each: each > prefix and not each.startswith(prefix)))

    def _first(self, holds: Callable[[str], bool]) -> int:
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if holds(self[middle]):
                high = middle
            else:
                low = middle + 1
        return low


class Lookup:
    """From strings to the numbers that stand under each."""

    def __init__(self, groups: Iterable[tuple[str, Iterable[int]]] = ()) -> None:
        """``groups`` are distinct strings in their order, each with its numbers."""
        self.keys = Strings()
        self._numbers = array("I")
        self._ends = array("I", [0])
        for text, numbers in groups:
            self.keys.append(text)
            self._numbers.extend(numbers)
            self._ends.append(len(self._numbers))

    @classmethod
    def of_pairs(cls, texts: Sequence[str], numbers: Sequence[int]) -> Lookup:
        """``texts[i]`` stands for ``numbers[i]``; a text may come again with other numbers, and they are kept in their order."""
        order = sorted(range(len(texts)), key=texts.__getitem__)
        grouped = groupby(order, key=texts.__getitem__)
        return cls((text, (numbers[place] for place in places)) for text, places in grouped)

    def at(self, number: int) -> array[int]:
        """What stands under the string of a number."""
        return self._numbers[self._ends[number] : self._ends[number + 1]]

    def of(self, text: str) -> Sequence[int]:
        """What stands under a string, or nothing."""
        number = self.keys.find(text)
        return self.at(number) if number is not None else ()

    def all(self) -> Iterator[tuple[str, array[int]]]:
        """All strings, in order, with what stands under them."""
        return ((self.keys[number], self.at(number)) for number in range(len(self.keys)))
