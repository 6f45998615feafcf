"""How fast the gate is: python tests/bench/gate.py [both] [REGION …]. Prints triples, seconds of each step and memory; no test.

``both`` runs the reference engine too (minutes), and says whether the reports are equal.

The real dataset, and beside it the dated reference of the regions named (24, 76, …), their territories with ids made up for this run: twice the
triples are then twice the places, each to be checked, and not twice the mistakes.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pyoxigraph import Quad

from ess_lod.config import Settings
from ess_lod.insee.identifiers import read_identifiers
from ess_lod.insee.lives import lives_of_region
from ess_lod.insee.reference import read_reference
from ess_lod.iris import Iris
from ess_lod.publish import draw_up
from ess_lod.publish.dated import Dated
from ess_lod.publish.engines import DEFAULT_ENGINE, Merged, find
from ess_lod.publish.gate import focus_counts, validate
from ess_lod.publish.shapes import read_shapes
from ess_lod.publish.territories import lift_reference

HOME = Path(__file__).resolve().parents[2]
Answer = TypeVar("Answer")


def measured(step: str, function: Callable[[], Answer]) -> Answer:
    """What the function answers; its seconds are printed."""
    began = time.perf_counter()
    answer = function()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{step:<22}{time.perf_counter() - began:6.2f} s   {memory:5} MB at most so far")
    return answer


def more(settings: Settings, region: str, iris: Iris, known: set[tuple[str, str, str]]) -> list[Quad]:
    """The reference of a region, without the lives that are ``known``, to which its own are added."""
    reference = read_reference(settings.data / "insee")
    fresh = [life for life in lives_of_region(reference, region) if life.key not in known]
    lives = {f"T9{region}{number:05}": life for number, life in enumerate(fresh)}
    known.update(life.key for life in fresh)
    return lift_reference(Dated(reference, lives, {life.key: id_ for id_, life in lives.items()}, {}), iris, {}, set())


def main(words: list[str]) -> None:
    """Print each step, then the whole."""
    both, regions = "both" in words, [word for word in words if word != "both"]
    settings = Settings.read({}, home=HOME)
    draft = measured("real tables, checked", lambda: draw_up(settings))
    quads: list[Quad] = [*draft.quads]
    known = set(read_identifiers(settings.data / "insee"))
    for region in regions:
        quads += more(settings, region, draft.dataset.iris, known)
    shapes = read_shapes(settings.shapes)
    triples = tuple({quad.triple: None for quad in quads})
    print(f"{len(triples)} triples")
    merged = measured("load", lambda: Merged(triples))
    counts = measured("count focus nodes", lambda: focus_counts(shapes, merged))
    measured(f"validate ({DEFAULT_ENGINE})", lambda: find(merged, shapes.triples, DEFAULT_ENGINE))
    report = measured("the whole gate", lambda: validate(quads, shapes))
    print(f"{sum(counts.values())} focus nodes, {report.counts}, {report.seconds:.1f} s by its own clock")
    if both:
        reference = measured("the reference engine", lambda: validate(quads, shapes, "pyshacl"))
        print("equal" if reference == report else "THE REPORTS DIFFER")


if __name__ == "__main__":
    main(sys.argv[1:])
