"""How fast names resolve: python tests/bench/resolver.py [number of names]. Prints names per second and memory; no test.

The names are drawn with a fixed seed from the reference: four tenths as they are, three tenths written otherwise (capitals, no accents, St for
Saint, kinds in full), two tenths with a typing error, one tenth unknown. Half of them come with a département, a fifth with a date.
"""

from __future__ import annotations

import random
import resource
import string
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from ess_lod.insee.names import plain
from ess_lod.insee.reference import State, read_reference
from ess_lod.insee.resolver import Resolver

FOLDER = Path(__file__).resolve().parents[2] / "data/insee"
ASKED = 10_000
Row = tuple[str, str, str, str]


def rows(states: list[State], count: int) -> Iterator[Row]:
    """Names with département and date, the same ones each time."""
    chance = random.Random(59350)
    for _ in range(count):
        state = chance.choice(states)
        write = chance.choices(WRITERS, (4, 3, 2, 1))[0]
        yield write(state.name, chance), chance.choice((state.departement, "")), "", chance.choices(("", "2021-06-01"), (4, 1))[0]


def as_it_is(name: str, _: random.Random) -> str:
    """The official name."""
    return name


def otherwise(name: str, chance: random.Random) -> str:
    """The name as another table may have it."""
    changes: tuple[Callable[[str], str], ...] = (
        str.upper,
        plain,
        lambda text: text.replace("-", " "),
        lambda text: text.replace("Saint", "St").replace("'", "’"),
        lambda text: text.replace("CC ", "Communauté de communes ").replace("CA ", "Communauté d'agglomération "),
    )
    return chance.choice(changes)(name)


def mistyped(name: str, chance: random.Random) -> str:
    """The name with one letter replaced, left out or doubled."""
    place = chance.randrange(len(name))
    return name[:place] + chance.choice((chance.choice(string.ascii_lowercase), "", name[place] * 2)) + name[place + 1 :]


def unknown(_: str, chance: random.Random) -> str:
    """Syllables that no place has."""
    return "".join(chance.choice("bcdfgklmnprstvz") + chance.choice("aeiou") for _ in range(chance.randint(3, 9))).capitalize()


WRITERS = (as_it_is, otherwise, mistyped, unknown)


def main(count: int) -> None:
    """Measure and print."""
    start = time.perf_counter()
    reference = read_reference(FOLDER)
    read = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    resolver = Resolver(reference)
    built = time.perf_counter()
    states = [*reference.all_at("commune", reference.last), *reference.all_at("epci", reference.last)]
    asked = list(rows(states, count))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    verdicts = Counter(found.verdict for found in resolver.resolve_column(*zip(*asked, strict=True)))
    took = time.perf_counter() - begun
    print(f"reference  {read - start:6.2f} s")
    print(f"index      {built - read:6.2f} s   {(after - before) / 1024:6.0f} MB")
    print(
        f"{count} names{took:7.2f} s   {count / took:6.0f} names/s   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB in all"
    )
    print("           " + ", ".join(f"{verdict} {number}" for verdict, number in verdicts.most_common()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ASKED)
