"""Any SPARQL 1.1 endpoint as the store of a release that was loaded into it (``ess-lod load``).

Every answer is read whole, parsed and written anew before its first byte goes out; and after it the engine is asked once more which release it holds.
``load`` takes that mark away before it touches a graph and sets it when all are there, so what was answered was answered from this release or is an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from typing import IO, Any, TypeVar

import pyoxigraph
from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, Variable

from ess_lod.admission import Admission
from ess_lod.errors import ConfigError, EngineBroken, EngineError, EngineSlow, NotAcceptable, Overloaded, QueryTooCostly
from ess_lod.media import N_TRIPLES, RESULT_JSON
from ess_lod.release import Release
from ess_lod.store.answer import Answer
from ess_lod.store.background import background_loop
from ess_lod.store.dialects import Dialect, dialect_of
from ess_lod.store.endpoint import Endpoint
from ess_lod.store.grammar import Grammar
from ess_lod.store.pool import Crowd
from ess_lod.store.query import Form, Query, read_query
from ess_lod.store.rewriting import Asked, Graphs, counting, reword
from ess_lod.store.spool import Limits, Spool, Spooled
from ess_lod.terms import OWL
from ess_lod.worker.writing import Enough, Outlet, TooManyRows, Unfit, formats_for_all, write_graph, write_result

_Value = TypeVar("_Value")
_TRUTH = "__ASK_RETVAL"
_MOST_ROWS = "SELECT (bif:virtuoso_ini_item_value('SPARQL', 'ResultSetMaxRows') AS ?n) {}"
_UNSAID_ROWS = 1_048_576
"""Where Virtuoso cuts when its settings do not say (its source; the manual does not say)."""


class RemoteStore:
    """One release behind a SPARQL endpoint; opening it raises :class:`ConfigError` when the endpoint holds another or none."""

    def __init__(self, release: Release, url: str, limits: Limits, crowd: Crowd, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.release, self.limits, self._crowd = release, limits, crowd
        self._own_loop = loop
        self._base = f"{release.base}sparql"
        self._graphs = Graphs.of(release)
        self._endpoint = Endpoint(url, limits)
        self._dialect = Dialect()
        self._most: int | None = None
        self._trouble: str | None = None
        self._grammar = Grammar(limits, crowd, self._base)
        self._admission = Admission(crowd.slow, crowd.queue, crowd.per_client, limits.seconds)
        try:
            self._wait(self._open())
        except BaseException:
            self._endpoint.close()
            raise
        self.engine = self._dialect.title

    @property
    def trouble(self) -> str | None:
        """What the engine did wrong the last time that it was asked, or why the workers that check queries cannot be started."""
        return self._trouble or self._grammar.trouble

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop that ``answer`` must be awaited on."""
        return self._own_loop or background_loop()

    def query(self, text: str) -> Answer:
        """Answer a query of our own; it waits, so not on the event loop. Raises the kinds of :class:`ess_lod.errors.EngineError`."""
        query = read_query(text)
        if query.form.is_graph:
            body = self._wait(self._answer(query, "nt", 0)).read()
            return Answer([quad.triple for quad in pyoxigraph.parse(body, format=RdfFormat.N_TRIPLES)])
        return Answer(pyoxigraph.parse_query_results(self._wait(self._answer(query, "srj", 0)).read(), QueryResultsFormat.JSON))

    async def answer(self, query: Query, extension: str, *, client: str = "", first: int = 0) -> Spooled:
        """Answer a query of anybody; see :meth:`ess_lod.store.Store.answer`. Cancelled, it hangs up on the engine."""
        admitted = False
        try:
            async with asyncio.timeout(self.limits.seconds) as spent, self._admission.turn_of_loop(client):
                admitted = True
                await self._grammar.check(query)
                return await self._answer(query, extension, first)
        except TimeoutError as error:
            if not spent.expired():
                raise
            raise (EngineSlow(self.limits.seconds) if admitted else Overloaded(max(1, round(self.limits.seconds / 2)))) from error

    def warm_up(self) -> None:
        """Start the workers that check the grammar."""
        self.loop.call_soon_threadsafe(self._grammar.pool)

    def close(self) -> None:
        """Let running queries end, and keep no connection and no worker after that."""
        self._endpoint.close()
        with suppress(RuntimeError):  # the loop may be gone already
            self.loop.call_soon_threadsafe(self._grammar.close)

    # -- asking

    def _wait(self, work: Coroutine[Any, Any, _Value]) -> _Value:
        return asyncio.run_coroutine_threadsafe(self._in_time(work), background_loop()).result()

    async def _in_time(self, work: Awaitable[_Value]) -> _Value:
        try:
            async with asyncio.timeout(self.limits.seconds):
                return await work
        except TimeoutError as error:
            raise EngineSlow(self.limits.seconds) from error

    async def _open(self) -> None:
        """Find out which engine this is, and that it holds the release."""
        held = await self._held()
        self._dialect = dialect_of(self._endpoint.server)
        if held != self.release.version:
            raise ConfigError(
                f"Le moteur {self._endpoint.shown} contient {f'la version {held}' if held else 'aucune version entière'}, pas {self.release.version}. "
                f"Lancer : ess-lod load {self.release.version}"
            )
        if self._dialect.cuts_graphs:
            found = await self._value(_MOST_ROWS, (), ())
            self._most = int(found) if found.isdigit() else _UNSAID_ROWS

    async def _held(self) -> str:
        """The version that the engine says it holds; empty when it says none."""
        marker = self._graphs.marker
        return await self._value(f"SELECT ?n {{ GRAPH <{marker}> {{ <{marker}> <{OWL['versionInfo'].value}> ?n }} }}", (), (marker,))

    async def _value(self, text: str, default: tuple[str, ...], named: tuple[str, ...]) -> str:
        """The one value ``?n`` that a query of ours has; empty for none."""
        body = await self._ask(text, Form.SELECT, default or (self._graphs.nothing,), named or (self._graphs.nothing,))
        reason = ""
        with body:
            try:
                values = _only_column(self._dialect.mend(body))
            except (SyntaxError, ValueError, TypeError) as error:
                reason = str(error)
        if reason:
            raise self._endpoint.broken(reason)
        return values[0] if values else ""

    async def _ask(self, text: str, form: Form, default: tuple[str, ...], named: tuple[str, ...]) -> IO[bytes]:
        sent = {
            "query": f"{self._dialect.preambles.get(form, '')}{text}",
            "default-graph-uri": default,
            "named-graph-uri": named,
            **self._dialect.parameters(self.limits.seconds),
        }
        return await self._endpoint.ask(sent, (N_TRIPLES if form.is_graph else RESULT_JSON).content_type)

    async def _answer(self, query: Query, extension: str, first: int) -> Spooled:
        try:
            answer = await self._answered(query, extension, first)
        except EngineError as error:
            self._trouble = str(error)
            raise
        self._trouble = None
        return answer

    async def _answered(self, query: Query, extension: str, first: int) -> Spooled:
        asked = reword(query, self._base, self._graphs, self._dialect.aliases, pad=self._dialect.pads_datasets)
        body = await self._ask(asked.text, query.form, asked.default_graphs, asked.named_graphs)
        writing = _Writing(body, self._dialect, query.form, self.limits)
        try:
            answer = await writing.run(extension, first)
        except SyntaxError as error:
            raise self._endpoint.broken(str(error)) from error
        try:
            if query.form.is_graph:
                await self._check_whole(asked)
            await self._check_release()
        except BaseException:
            answer.close()
            raise
        return answer

    async def _check_whole(self, asked: Asked) -> None:
        """Were all solutions made into triples?"""
        count = counting(asked.text) if self._most is not None else None
        if count is None or self._most is None:
            return
        found = await self._value(count, asked.default_graphs, asked.named_graphs)
        if not found.isdigit() or int(found) > self._most:
            raise QueryTooCostly("rows", self._most)

    async def _check_release(self) -> None:
        if (held := await self._held()) != self.release.version:
            raise self._endpoint.broken(f"it holds {held or 'no release'} now, not {self.release.version}")


class _Writing:
    """Reads an engine's answer, and writes it in the format that is wanted."""

    def __init__(self, body: IO[bytes], dialect: Dialect, form: Form, limits: Limits) -> None:
        self._body, self._dialect, self._form, self._limits = body, dialect, form, limits
        self._spool = Spool(limits)
        self._given_up = False

    async def run(self, extension: str, first: int) -> Spooled:
        """The answer. Raises ``SyntaxError`` when what was read is not what the format says, and :class:`QueryTooCostly`."""
        try:
            outcome = await asyncio.to_thread(self._write, extension, first)
        except asyncio.CancelledError:
            self._given_up = True
            raise
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _write(self, extension: str, first: int) -> Spooled | Exception:
        """The answer or what went wrong: without its traceback, which would take the engine's objects out of the one thread that may free them."""
        outlet = Outlet(self._take, self._limits.rows, first)
        with self._body:
            try:
                self._read(extension, outlet)
                self._take(outlet.finish())
            except Enough:
                self._take(outlet.finish(cut=True))
            except TooManyRows:
                self._spool.drop()
                return QueryTooCostly("rows", self._limits.rows)
            except Unfit:
                self._spool.drop()
                return NotAcceptable(formats_for_all(extension))
            except Exception as error:  # noqa: BLE001 - raised by the one who waits
                self._spool.drop()
                error.__cause__ = error.__context__ = None
                return error.with_traceback(None)
        return self._spool.finish()

    def _read(self, extension: str, outlet: Outlet) -> None:
        body = self._dialect.mend(self._body)
        if self._form.is_graph:
            quads = pyoxigraph.parse(body, format=RdfFormat.N_TRIPLES)
            write_graph((quad.triple for quad in quads), extension, outlet)
            return
        result = pyoxigraph.parse_query_results(body, QueryResultsFormat.JSON)
        if self._form is Form.ASK and isinstance(result, QuerySolutions) and result.variables == [Variable(_TRUTH)]:
            result = _truth(any(True for _ in result))
        if isinstance(result, QueryBoolean) != (self._form is Form.ASK):
            raise SyntaxError(f"{self._form.value} has an answer of another kind")
        write_result(result, extension, outlet)

    def _take(self, piece: bytearray) -> None:
        if self._given_up:
            raise EngineBroken("nobody waits for it any more")
        self._spool.write(bytes(piece))


def _only_column(body: IO[bytes]) -> list[str]:
    rows = pyoxigraph.parse_query_results(body, QueryResultsFormat.JSON)
    if not isinstance(rows, QuerySolutions) or len(rows.variables) != 1:
        raise TypeError("not one column")
    return [str(getattr(row[0], "value", "")) for row in rows]


def _truth(value: bool) -> QueryBoolean:
    made = pyoxigraph.parse_query_results(b'{"head":{},"boolean":%s}' % (b"true" if value else b"false"), QueryResultsFormat.JSON)
    if not isinstance(made, QueryBoolean):
        raise TypeError(made)
    return made
