"""What reconciliation costs: a batch of 100 queries beside rapidfuzz over all names, and the memory of a million names.

``measure(settings)`` is for a release; ``python -m tests.bench.reconcile NAMES`` makes an index of that many made-up names in a process of its own, so
that its memory is that of the index and of nothing else.
"""

from __future__ import annotations

import csv
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rapidfuzz import fuzz, process

from ess_lod.config import Settings
from ess_lod.iris import Iris
from ess_lod.reconcile import Index, Query, Wanted
from ess_lod.reconcile.entities import Code, Entity, Name, Place, entities
from ess_lod.release import open_release
from ess_lod.store import open_store

BATCH = 100
TIMES = 7
MILLION = 1_000_000
_VARIANTS = Path(__file__).resolve().parents[1] / "reconcile/variants.csv"
_HEADS = (
    "Association",
    "Ressourcerie",
    "Régie de quartier",
    "Jardin",
    "Épicerie solidaire",
    "Maison",
    "Atelier",
    "Foyer rural",
    "Garage solidaire",
)
_TAILS = ("insertion", "emploi", "culture", "partage", "terroir", "mobilité", "jeunesse", "entraide", "recyclage", "avenir", "formation")
_LETTERS = "ba be bi bo bra bre ca che cor da dou e fa fle go ha hau i jo la le lin lo ma mé mon na noi o par pé quin ra roc sa sain ta ti val ver vi"
_SYLLABLES = _LETTERS.split()


def measure(settings: Settings) -> None:
    """The batch on a release, then a million names."""
    store = open_store(settings, open_release(settings.releases))
    begun = time.perf_counter()
    things = list(entities(store, Iris(store.release.base)))
    read = time.perf_counter() - begun
    index = Index(things)
    made = time.perf_counter() - begun - read
    store.close()
    print(f"{len(index):,} things, {index.names:,} readings of names: read in {read:.2f} s, indexed in {made:.2f} s")
    queries = _queries()
    names = [name.text for thing in things for name in thing.names]
    ours = _median(lambda: [index.match(query) for query in queries])
    theirs = _median(lambda: [process.extract(query.query, names, scorer=fuzz.WRatio, limit=10) for query in queries], 3)
    print(
        f"{BATCH} queries: {ours * 1000:.0f} ms; rapidfuzz.process.extract with WRatio over all names: {theirs * 1000:.0f} ms, {theirs / ours:.1f} times"
    )
    assert ours < 0.2, "100 queries take less than 200 ms"
    print(
        subprocess.run(
            [sys.executable, "-m", "tests.bench.reconcile", str(MILLION)], check=True, capture_output=True, text=True
        ).stdout.strip()
    )


def _queries() -> list[Query]:
    """Queries of the usual kind: rows of the table of variants, drawn with a fixed seed."""
    with _VARIANTS.open(encoding="utf-8", newline="") as file:
        rows = random.Random(59350).sample(list(csv.DictReader(file)), BATCH)
    pairs = [[pair.split("=", 1) for pair in row["properties"].split(";") if pair] for row in rows]
    return [
        Query(row["query"], row["type"], 10, tuple(Wanted(pid, (value,)) for pid, value in given))
        for row, given in zip(rows, pairs, strict=True)
    ]


def _median(run: Callable[[], object], times: int = TIMES) -> float:
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


def made_up(names: int) -> Iterator[Entity]:
    """Organisations with two names each, a SIREN, a commune, fields and a description, the same ones each time."""
    chance = random.Random(59350)
    for number in range(names // 2):
        town, other = ("-".join("".join(chance.choices(_SYLLABLES, k=2)) for _ in range(chance.choice((1, 2)))).title() for _ in range(2))
        label = f"{chance.choice(_HEADS)} {chance.choice(_TAILS)} de {town}"
        former = f"{chance.choice(_HEADS)} {''.join(chance.choices(_SYLLABLES, k=3))} {other}"
        yield Entity(
            f"https://example.org/id/acteur/A{number:06}",
            ("Actor",),
            (Name(label), Name(former, "former")),
            (Code("siren", f"{number:09}"),),
            (Place(f"{number % 36_000:05}", (town,)),),
            (f"{number % 95:02}",),
            fields=("https://w3id.org/ess-lod/vocab/champ/insertion",),
            description_fr=f"acteur de l'ESS, SIREN {number:09}, {town}",
            description_en=f"SSE actor, SIREN {number:09}, {town}",
        )


def million(names: int) -> str:
    """Make an index of made-up names, ask it, and say what it took."""
    begun = time.perf_counter()
    index = Index(made_up(names))
    made = time.perf_counter() - begun
    chance = random.Random(62)
    asked = [entity.names[0].text for entity in made_up(BATCH * 2)]
    queries = [Query(text.replace(chance.choice(text), "", 1), "Actor") for text in asked]
    spent = _median(lambda: [index.match(query) for query in queries], 3)
    lines = Path("/proc/self/status").read_text().splitlines() if sys.platform == "linux" else []
    now = next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert peak < 1024, "a million names fit in 1 GB"
    return (
        f"{names:,} names of {len(index):,} things ({index.names:,} readings): {now:,.0f} MB resident, {peak:,.0f} MB at most while it is made, "
        f"in {made:.0f} s; {BATCH} queries with a typing error: {spent * 1000:.0f} ms"
    )


if __name__ == "__main__":
    print(million(int(sys.argv[1])))
