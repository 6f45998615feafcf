"""The same tests behind the two engines that are reached by HTTP: what passes on the embedded one passes there, but for the deviations named here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from ess_lod.release import open_release
from ess_lod.store.loading import Place, load_remote
from tests.conformance import test_bad_requests as bad
from tests.conformance import test_w3c_description as description
from tests.conformance import test_w3c_query as query
from tests.conformance import test_w3c_results as results
from tests.conformance import test_w3c_update as update
from tests.conformance.asking import Over, Way
from tests.conformance.reading import READERS
from tests.engines.servers import ENGINES, virtuoso_is_installed
from tests.serving import serving

Check = Callable[[Way], None]

QUERY: dict[str, Check] = {
    **{name: partial(query.test_true, name=name, accept="") for name in (*query.TRUE, *query.BEYOND)},
    **{name: partial(query.test_content_type, name=name) for name in query.TYPED},
    **{name: partial(query.test_refused, name=name) for name in query.BAD},
}
UPDATE: dict[str, Check] = {
    **{name: partial(update.test_an_update_is_refused, name=name) for name in update.UPDATES},
    **{f"as a query: {text}": partial(update.test_an_update_in_the_name_of_a_query_is_refused, text=text) for text in update.QUERY_IN_NAME},
}
DESCRIPTION: dict[str, Check] = {
    "returns_rdf": partial(description.test_returns_rdf, media="text/turtle"),
    "has_endpoint_triple": description.test_has_endpoint_triple,
    "conforms_to_schema": description.test_conforms_to_schema,
    "each format": description.test_each_format_is_given,
    "each graph": description.test_each_graph_is_there_with_its_triples,
    "default graph": description.test_the_default_graph_is_counted,
    "each class": description.test_each_class_is_counted,
    "union": description.test_the_default_graph_is_the_union,
}
RESULTS: dict[str, Check] = {
    **{name: partial(results.test_rows, name=name) for name in results.TABLES},
    **{name: partial(results.test_truth, name=name, written="srj") for name in results.TRUTHS},
    **{f"unbound, {written}": partial(results.test_unbound_and_empty, written=written) for written in results.MEDIA},
    **{f"triple terms, {written}": partial(results.test_triple_terms, written=written) for written in READERS},
    **{
        f"{graph} in {media}": partial(results.test_triples, media=media, graph=graph)
        for media in results.GRAPH_MEDIA
        for graph in ("numbers", "texts")
    },
    "texts in RDF/XML": results.test_triples_in_rdf_xml,
    "columns": results.test_columns_stand_as_they_are_selected,
    "no triples": results.test_no_triples,
    "order": results.test_the_order_is_kept,
}
BAD: dict[str, Check] = {name: partial(bad.test_a_problem, name=name) for name in bad.CASES}

CHECKS: dict[str, Check] = {
    f"{group}: {name}": check
    for group, checks in {"query": QUERY, "update": UPDATE, "description": DESCRIPTION, "results": RESULTS, "bad": BAD}.items()
    for name, check in checks.items()
}

_LABELS = "a blank node of two graphs is two: each graph is loaded by a request of its own (a release has none)"
_NUMBERS = "it keeps xsd:long, and writes 1.0E6 as 1e+06"
_TRIPLE_TERMS = "it knows no triple terms"
_WITH_NUMBERS = ("csv03", "tsv03", "xml, numbers", "json, numbers", *(f"numbers in {media}" for media in results.GRAPH_MEDIA))

DEVIATIONS: dict[str, dict[str, str]] = {
    "oxigraph": {"description: union": _LABELS},
    "virtuoso": {
        "description: union": _LABELS,
        **{f"results: {name}": _NUMBERS for name in _WITH_NUMBERS},
        **{f"results: triple terms, {written}": _TRIPLE_TERMS for written in READERS},
    },
}
"""By engine: the test, and what the engine does. Nothing of it touches the protocol."""


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def engine(
    request: pytest.FixtureRequest, conformance: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Way]]:
    """An engine that holds the release of the tests, behind our server."""
    name: str = request.param
    if name == "virtuoso" and not virtuoso_is_installed():
        pytest.skip("virtuoso-t is not installed (Debian: virtuoso-opensource-7-bin)")
    folder = tmp_path_factory.mktemp(name)
    with ENGINES[name](folder) as there:
        releases = conformance["releases"]
        assert isinstance(releases, Path)
        load_remote(open_release(releases), Place(there.query, there.graphs, there.user, there.password))
        remote = {"store": there.query, "store_user": there.user, "store_password": there.password}
        with serving(folder, conformance | remote) as served:
            yield name, Over(served.url)


def test_the_tests_are_here() -> None:
    assert [len(checks) for checks in (QUERY, UPDATE, DESCRIPTION, RESULTS, BAD)] == [47, 25, 8, 39, 39]
    assert len(CHECKS) == 47 + 25 + 8 + 39 + 39
    assert {kind: len(deviations) for kind, deviations in DEVIATIONS.items()} == {"oxigraph": 1, "virtuoso": 13}
    assert all(deviations.keys() <= CHECKS.keys() for deviations in DEVIATIONS.values())


@pytest.mark.parametrize("name", CHECKS)
def test_the_same_behind_another_engine(engine: tuple[str, Way], name: str) -> None:
    kind, way = engine
    if name in DEVIATIONS[kind]:
        with pytest.raises(AssertionError):
            CHECKS[name](way)
    else:
        CHECKS[name](way)
