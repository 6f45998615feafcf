"""Loads a release into a remote engine, by the SPARQL 1.1 Graph Store HTTP Protocol (§5.3 PUT, §5.4 DELETE, §5.5 POST).

A mark says which release the engine holds. It is taken away first and set last, after every graph has been counted, so that a load that is broken off,
or an engine that lost something, is never taken for a release.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import httpx
import pyoxigraph
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, RdfFormat, Triple, serialize

from ess_lod.errors import ConfigError, EngineBroken
from ess_lod.media import N_TRIPLES, RESULT_JSON, TURTLE
from ess_lod.release import Release
from ess_lod.store.dialects import Dialect, dialect_of
from ess_lod.store.embedded import Progress
from ess_lod.store.rewriting import Graphs
from ess_lod.terms import DCTERMS, OWL, iri_of

_BATCH = 50_000
"""Triples of one request: about 2 MB."""
_PATIENCE = 300
"""Seconds that one request may take."""


@dataclass(frozen=True)
class Place:
    """Where to load to: the SPARQL endpoint, its graph store (found when it is empty), and who asks."""

    endpoint: str
    graphs: str = ""
    user: str = ""
    password: str = ""


@dataclass(frozen=True)
class Loaded:
    """What was done: quads in graphs, the merge of them not counted, in so many seconds; ``fresh`` is false when all was there already."""

    engine: str
    graphs: int
    quads: int
    seconds: float
    fresh: bool


def load_remote(release: Release, place: Place, progress: Progress | None = None) -> Loaded:
    """Make a remote engine hold a release, and nothing of the one before it.

    Raises :class:`EngineBroken` when it cannot be reached or does not take it, :class:`ConfigError` when a setting is missing or wrong.
    """
    begun = time.monotonic()
    graphs = Graphs.of(release)
    with httpx.Client(timeout=_PATIENCE, trust_env=False, headers={"Accept-Encoding": "identity"}) as client:
        target = _Target(client, place, graphs)
        expected = _contents(release, graphs)
        quads = sum(len(triples) for triples in expected.values()) - len(expected[graphs.default])
        if target.version() == release.version and not target.differences(expected):
            return Loaded(target.dialect.title, len(graphs.names), quads, time.monotonic() - begun, fresh=False)
        before = target.parts()
        target.mark(before | set(expected), None)
        done, total = 0, quads + len(expected[graphs.default])
        for graph, triples in expected.items():
            for sent in target.put(graph, triples):
                done += sent
                if progress is not None:
                    progress(done, total)
        for graph in sorted(before - set(expected)):
            target.delete(graph)
        if wrong := target.differences(expected):
            graph, found = next(iter(wrong.items()))
            raise EngineBroken(
                f"{place.endpoint} : {len(wrong)} graphe(s) ne sont pas arrivés entiers ; <{graph}> a {found} triplets au lieu de "
                f"{len(expected[graph])}. La version n'est pas déclarée chargée : vérifier le journal du moteur, puis relancer ess-lod load."
            )
        target.mark(set(expected), release.version)
    return Loaded(target.dialect.title, len(graphs.names), quads, time.monotonic() - begun, fresh=True)


def _contents(release: Release, graphs: Graphs) -> dict[str, list[Triple]]:
    """The triples of each graph, those of the merge last."""
    found: dict[str, list[Triple]] = defaultdict(list)
    for quad in pyoxigraph.parse(path=release.file("dataset.nq"), format=RdfFormat.N_QUADS):
        found[iri_of(quad.graph_name)].append(quad.triple)
    if unexpected := set(found) - graphs.known:
        raise ConfigError(f"{release.version} : le manifeste ne nomme pas le graphe <{min(unexpected)}>. Reconstruire cette version.")
    merged = list({triple: None for triples in found.values() for triple in triples})
    return {**{graph: [] for graph in graphs.names}, **found, graphs.default: merged}


class _Target:
    """An engine that is being loaded."""

    def __init__(self, client: httpx.Client, place: Place, graphs: Graphs) -> None:
        self._client, self._place, self._graphs = client, place, graphs
        self.dialect = Dialect()
        self._ask(f"ASK {{ GRAPH <{graphs.marker}> {{ ?s ?p ?o }} }}")
        store = place.graphs or self.dialect.graph_store(place.endpoint, signed=bool(place.user))
        if not store:
            raise ConfigError(
                f"{place.endpoint} : l'adresse du graph store de ce moteur ({self.dialect.title}) n'est pas connue. "
                "La donner par --graphs ou ESS_LOD_GRAPHS (SPARQL 1.1 Graph Store HTTP Protocol)."
            )
        self._store = store
        self._auth: httpx.Auth | None = None
        if place.user:
            self._auth = (httpx.DigestAuth if self.dialect.digest else httpx.BasicAuth)(place.user, place.password)

    def version(self) -> str:
        """The version that the mark names; empty for none."""
        found = self._rows(f"SELECT ?v {{ GRAPH <{self._graphs.marker}> {{ <{self._graphs.marker}> <{OWL['versionInfo'].value}> ?v }} }}")
        return found[0][0] if found else ""

    def parts(self) -> set[str]:
        """The graphs that an earlier load made or began to make."""
        return {row[0] for row in self._rows(f"SELECT ?g {{ GRAPH <{self._graphs.marker}> {{ ?s <{DCTERMS.hasPart.value}> ?g }} }}")}

    def differences(self, expected: dict[str, list[Triple]]) -> dict[str, int]:
        """How many triples there are in each graph that has not as many as it should."""
        counts = {
            graph: int(count)
            for graph, count in self._rows("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", [*expected])
        }
        return {graph: counts.get(graph, 0) for graph, triples in expected.items() if counts.get(graph, 0) != len(triples)}

    def mark(self, parts: Iterable[str], version: str | None) -> None:
        """Say which graphs are ours, and, when all are there, which release they are."""
        about = NamedNode(self._graphs.marker)
        triples = [Triple(about, DCTERMS.hasPart, NamedNode(part)) for part in sorted(parts)]
        if version is not None:
            triples.append(Triple(about, OWL["versionInfo"], Literal(version)))
        for _ in self.put(self._graphs.marker, triples):
            pass

    def put(self, graph: str, triples: list[Triple]) -> Iterator[int]:
        """Replace a graph, in so many pieces as it needs; how many triples each piece had."""
        for start in range(0, max(len(triples), 1), _BATCH):
            piece = triples[start : start + _BATCH]
            body = serialize(piece, format=RdfFormat.N_TRIPLES) or b""
            for iri, alias in self.dialect.aliases.items():
                body = body.replace(f"<{iri}>".encode(), f"<{alias}>".encode())
            self._send("POST" if start else "PUT", graph, body)
            yield len(piece)

    def delete(self, graph: str) -> None:
        """Remove a graph."""
        self._send("DELETE", graph)

    def _send(self, method: str, graph: str, body: bytes | None = None) -> None:
        headers = {"Content-Type": TURTLE.content_type if self.dialect.digest else N_TRIPLES.content_type} if body is not None else {}
        response = self._request(method, self._store, params={"graph": graph}, content=body, headers=headers, auth=self._auth)
        if response.status_code in (401, 403):
            raise ConfigError(
                f"{self._store} : le moteur refuse d'écrire ({response.status_code}). "
                "Donner un compte qui en a le droit : ESS_LOD_STORE_USER et ESS_LOD_STORE_PASSWORD."
            )
        if response.status_code not in (200, 201, 204) and not (method == "DELETE" and response.status_code == 404):
            raise EngineBroken(
                f"{self._store} : {method} <{graph}> a donné {response.status_code} : {response.text[:300].strip()} "
                "La version n'est pas déclarée chargée ; corriger, puis relancer ess-lod load."
            )

    def _ask(self, query: str, named: Iterable[str] = ()) -> httpx.Response:
        form = {"query": query, "default-graph-uri": self._graphs.nothing, "named-graph-uri": [self._graphs.marker, *named]}
        response = self._request("POST", self._place.endpoint, data=form, headers={"Accept": RESULT_JSON.content_type})
        if response.status_code != 200 or not response.headers.get("Content-Type", "").startswith(RESULT_JSON.content_type):
            raise EngineBroken(
                f"{self._place.endpoint} : pas un point d'accès SPARQL (statut {response.status_code}, "
                f"{response.headers.get('Content-Type', 'sans type')}). Vérifier l'adresse (ESS_LOD_STORE ou --to)."
            )
        self.dialect = dialect_of(response.headers.get("Server", ""))
        return response

    def _rows(self, query: str, named: Iterable[str] = ()) -> list[list[str]]:
        response = self._ask(query, named)
        try:
            rows = pyoxigraph.parse_query_results(response.content, QueryResultsFormat.JSON)
        except SyntaxError as error:
            raise EngineBroken(f"{self._place.endpoint} : réponse illisible ({error}). Vérifier le moteur.") from error
        assert isinstance(rows, QuerySolutions)  # noqa: S101 - of a SELECT of ours
        return [[str(getattr(value, "value", "")) for value in row] for row in rows]

    def _request(self, method: str, url: str, **options: object) -> httpx.Response:
        try:
            return self._client.request(method, url, **options)  # type: ignore[arg-type]
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise EngineBroken(
                f"{url} : le moteur ne répond pas ({error or type(error).__name__}). Vérifier qu'il est lancé, et l'adresse (ESS_LOD_STORE ou --to)."
            ) from error
