"""What follows from the data: the CONSTRUCT rules of ``ontology/rules/``, run once at build time into ``g:inferred``.

No reasoning happens at query time (SEMIC style guide, SC-R4), so everything that a rule gives is in the release, in a graph of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph
from pyoxigraph import Quad, QueryTriples, Triple

from ess_lod.errors import ConfigError
from ess_lod.iris import Iris
from ess_lod.publish.vocabulary import Vocabulary
from ess_lod.terms import in_graph, iri_of


def infer(quads: Iterable[Quad], vocabulary: Vocabulary, iris: Iris) -> list[Quad]:
    """Quads that the rules add and that no source states already. Raises :class:`ConfigError` for a rule that is not a CONSTRUCT."""
    stated = {quad.triple for quad in quads}
    store = pyoxigraph.Store()
    store.bulk_extend(in_graph(triple) for triple in stated | set(vocabulary.triples))
    found: set[Triple] = set()
    for name, rule in vocabulary.rules.items():
        result = store.query(rule)
        if not isinstance(result, QueryTriples):
            raise ConfigError(f"ontology/rules/{name}.rq : une règle est un CONSTRUCT.")
        found.update(result)
    ours = (triple for triple in found - stated if iri_of(triple.subject).startswith(iris.base + "id/"))
    return [in_graph(triple, iris.graph("inferred")) for triple in sorted(ours, key=str)]
