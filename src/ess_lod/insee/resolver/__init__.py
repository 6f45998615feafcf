"""From the name of a French territory to the dated state that it means, or to candidates with reasons: nothing is guessed in silence.

    resolver = Resolver(read_reference(Path("data/insee")))
    resolver.resolve("Thiérache Sambre et Oise", date="2019-06-01").choice.code  # 200071983

``wording`` reads a name, ``question`` checks what is asked, ``index`` holds every name of the reference, ``exact`` and ``near`` find states,
``verdict`` decides, ``resolution`` is the answer, ``table`` does a whole table. docs/resolver.md has the rules and the scores.
"""

from __future__ import annotations

from ess_lod.insee.resolver.index import KNOWN_NAMES, KnownName
from ess_lod.insee.resolver.resolution import Candidate, Resolution, Verdict, describe
from ess_lod.insee.resolver.resolver import Resolver
from ess_lod.insee.resolver.table import column_report

__all__ = ["KNOWN_NAMES", "Candidate", "KnownName", "Resolution", "Resolver", "Verdict", "column_report", "describe"]
