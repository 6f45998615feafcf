"""Runs queries in processes that can be killed, and never lets a short query wait behind a long one.

There are two lanes. A query begins in the quick one, where a few workers wait. When it takes longer than a moment it moves to the slow lane, which has
few slots and the lowest priority of the machine, and a new quick worker takes its place; when no slot is free it is stopped and begun again later.
Everything here runs on one event loop.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from ess_lod.admission import Admission
from ess_lod.errors import EngineBroken, EngineDown, NotAcceptable, Overloaded, QueryTooCostly
from ess_lod.store.spool import Limits, Spool, Spooled
from ess_lod.store.syntax import bad_query
from ess_lod.store.worker import Worker
from ess_lod.worker.wire import BAD, CHUNK, END, READY, ROWS, UNFIT, Job
from ess_lod.worker.writing import formats_for_all

_LOG = logging.getLogger(__name__)

QUICK_SECONDS = 0.1
"""How long a query may take in the quick lane."""
_NEARLY = 0.8
_LONGEST_PAUSE = 10
"""Seconds until workers that could not start are tried again, at most."""
_START_SECONDS = 30
"""How long a worker may take until it is ready."""
_LOWEST = 19


@dataclass(frozen=True)
class Crowd:
    """How many queries at once: ``quick`` workers that wait for short ones, ``slow`` slots, ``queue`` that wait, and of one client ``per_client``."""

    quick: int = 2
    slow: int = 2
    queue: int = 32
    per_client: int = 10


@dataclass(eq=False)
class _Task:
    job: Job
    client: str
    spool: Spool
    future: asyncio.Future[Spooled]
    begun: float = 0.0
    worker: Worker | None = None
    is_second_try: bool = False
    overrun: asyncio.TimerHandle | None = field(default=None, repr=False)


class Pool:
    """The workers of one index. Made on the event loop that will await its answers."""

    def __init__(self, index: Path, limits: Limits, crowd: Crowd, *, calls_out: bool = False) -> None:
        self._loop = asyncio.get_running_loop()
        self._index, self._limits, self._crowd, self._calls_out = index, limits, crowd, calls_out
        self._quick: set[Worker] = set()
        self._slow: set[Worker] = set()
        self._idle: deque[Worker] = deque()
        self._tasks: dict[Worker, _Task] = {}
        self._waiting: deque[_Task] = deque()
        self._long_waiting: deque[_Task] = deque()
        self._admission = Admission(crowd.slow, crowd.queue, crowd.per_client, limits.seconds)
        self._closed = False
        self._stillborn = 0
        self._not_before = 0.0
        self.trouble: str | None = None
        """Why no worker can be started; ``None`` while they can."""
        self._keep_up()

    async def answer(self, job: Job, client: str) -> Spooled:
        """The whole answer to a job. When the awaiting task is cancelled, the query is stopped.

        Raises the kinds of :class:`ess_lod.errors.QueryError`, and :class:`EngineBroken` when the engine fails for no fault of the query.
        """
        with self._admission.counted(client):
            return await self._answer(_Task(job, client, Spool(self._limits), self._loop.create_future()))

    async def _answer(self, task: _Task) -> Spooled:
        deadline = self._loop.call_later(self._limits.seconds, self._expire, task)
        try:
            self._queue_up(task)
            return await task.future
        except BaseException:
            task.spool.drop()
            raise
        finally:
            deadline.cancel()
            self._leave(task)

    def close(self) -> None:
        """Let what runs come to its end, and keep no worker after that. What is asked late is still answered."""
        self._closed = True
        self._dispatch()

    # -- on what workers say

    def heard(self, worker: Worker, kind: bytes, body: bytes) -> None:
        """A frame has come from a worker."""
        if kind == READY:
            self._stillborn, self.trouble = 0, None
            self._free(worker)
            return
        task = self._tasks.get(worker)
        if task is None:
            return
        if kind in (CHUNK, END):
            outcome = _set_aside(task, body, is_last=kind == END)
            if outcome is None:
                return
            if isinstance(outcome, Exception):
                self._fail(task, outcome)
                self._dismiss(worker)
                self._dispatch()
                return
            _settle(task, outcome)
        elif kind == BAD:
            _settle(task, bad_query(task.job.text, body.decode()))
        elif kind == ROWS:
            _settle(task, QueryTooCostly("rows", task.job.rows))
        elif kind == UNFIT:
            _settle(task, NotAcceptable(formats_for_all(task.job.extension)))
        else:
            _settle(task, EngineBroken(body.decode()))
        self._take_from(worker)
        self._free(worker)

    def hung_up(self, worker: Worker) -> None:
        """A worker can be asked no more: another takes its place, at once when this one has worked."""
        if worker.is_ready:
            self._forget(worker)
            self._dispatch()

    def lost(self, worker: Worker, status: int, said: str) -> None:
        """A worker has ended of itself, with an exit status as :mod:`subprocess` gives it, and with its last words."""
        task = self._take_from(worker)
        self._forget(worker)
        if task is not None:
            death = _death(status, self._limits)
            if isinstance(death, EngineBroken) and not task.is_second_try and task.spool.is_empty:
                task.is_second_try = True  # it was killed from outside, and perhaps others with it that are not dead yet: a new one begins
                for suspected in tuple(self._idle):
                    self._dismiss(suspected)
                self._waiting.appendleft(task)
            else:
                _settle(task, death)
        elif not worker.is_ready:
            self._cannot_start(said or f"status {status}")
        self._dispatch()

    def _cannot_start(self, why: str) -> None:
        """No query can be begun: say why, tell those who wait, and try again a little later each time."""
        self._stillborn += 1
        if self._stillborn == 1:  # perhaps somebody has killed it
            self._loop.call_later(0.1, self._dispatch)
            return
        if why != self.trouble:
            _LOG.error("Query workers cannot start: %s", why)
        self.trouble = why
        pause = min(0.1 * 2**self._stillborn, _LONGEST_PAUSE)
        self._not_before = self._loop.time() + pause
        self._loop.call_later(pause, self._dispatch)
        if not self._can_answer:
            for task in (*self._waiting, *self._long_waiting):
                _settle(task, EngineDown(why))

    def _check_started(self, worker: Worker) -> None:
        if worker in self._quick and not worker.is_ready:
            self._dismiss(worker)
            self._cannot_start(f"not ready after {_START_SECONDS} s")
            self._dispatch()

    @property
    def _can_answer(self) -> bool:
        """Is there a worker for the next query? Those of the slow lane take no other."""
        return any(worker.is_ready for worker in self._quick)

    # -- the lanes

    def _queue_up(self, task: _Task) -> None:
        if self.trouble is not None and not self._can_answer:
            raise EngineDown(self.trouble)
        if not self._idle and len(self._waiting) + len(self._long_waiting) >= self._crowd.queue:
            raise Overloaded(self._again())
        self._waiting.append(task)
        self._dispatch()

    def _dispatch(self) -> None:
        for gone in [worker for worker in self._idle if not worker.is_open]:
            self._forget(gone)
        while self._idle:
            if task := self._next(self._waiting):
                self._give(self._idle.popleft(), task)
            elif len(self._slow) < self._crowd.slow and (task := self._next(self._long_waiting)):
                worker = self._idle.popleft()
                self._slow_down(worker)
                self._give(worker, task)
            else:
                break
        while self._closed and self._idle:
            self._dismiss(self._idle.popleft())
        self._keep_up()

    def _next(self, waiting: deque[_Task]) -> _Task | None:
        """Who has the least in progress goes first, then who came first."""
        task = min(
            (task for task in waiting if not task.future.done()), key=lambda task: self._admission.in_progress(task.client), default=None
        )
        if task is not None:
            waiting.remove(task)
        return task

    def _keep_up(self) -> None:
        """Have as many quick workers as there should be: one more for each that long queries are about to take away, while there are such."""
        wanted = self._crowd.quick + min(len(self._slow), self._crowd.quick)
        if self._closed:
            wanted = min(wanted, len(self._waiting) + len(self._long_waiting) + len(self._quick & self._tasks.keys()))
        while len(self._quick) > wanted and self._idle:
            self._dismiss(self._idle.popleft())
        if self.trouble is not None and self._loop.time() < self._not_before:
            return
        while len(self._quick) < wanted:
            try:
                worker = Worker(self, self._index, self._limits, calls_out=self._calls_out)
            except OSError as error:
                self._cannot_start(str(error))
                return
            self._quick.add(worker)
            self._loop.call_later(_START_SECONDS, self._check_started, worker)

    def _give(self, worker: Worker, task: _Task) -> None:
        task.worker, task.begun = worker, self._loop.time()
        self._tasks[worker] = task
        worker.ask(task.job)
        if worker in self._quick:
            task.overrun = self._loop.call_later(QUICK_SECONDS, self._overrun, task)

    def _overrun(self, task: _Task) -> None:
        worker = task.worker
        if worker is None or task.future.done():
            return
        if len(self._slow) < self._crowd.slow:
            self._slow_down(worker)
            self._dispatch()
            return
        self._take_from(worker)
        self._dismiss(worker)
        task.spool.drop()
        if len(self._waiting) + len(self._long_waiting) >= self._crowd.queue:
            _settle(task, Overloaded(self._again()))
        else:
            task.spool = Spool(self._limits)
            self._long_waiting.append(task)
        self._dispatch()

    def _slow_down(self, worker: Worker) -> None:
        self._quick.discard(worker)
        self._slow.add(worker)
        worker.lower(_LOWEST)

    def _expire(self, task: _Task) -> None:
        """The deadline: the query's own fault when it has had nearly all of the time."""
        ran = self._loop.time() - task.begun if task.worker else 0.0
        worker = task.worker
        error: Exception = Overloaded(self._again())
        if ran >= _NEARLY * self._limits.seconds:
            error = QueryTooCostly("deadline", self._limits.seconds)
        elif worker is None and not self._can_answer:
            error = EngineDown(self.trouble or "no worker is ready")
            _LOG.error("No query worker has become ready within the %g seconds of a query.", self._limits.seconds)
        self._fail(task, error)
        if worker is not None:
            self._dismiss(worker)
        self._dispatch()

    def _leave(self, task: _Task) -> None:
        """The one who asked is served or gone: nothing runs for it any more."""
        for waiting in (self._waiting, self._long_waiting):
            if task in waiting:
                waiting.remove(task)
        worker = task.worker
        if worker is not None:
            self._take_from(worker)
            self._dismiss(worker)
            self._dispatch()

    # -- the lives of workers

    def _free(self, worker: Worker) -> None:
        if worker in self._slow:
            self._dismiss(worker)
        else:
            self._idle.append(worker)
        self._dispatch()

    def _take_from(self, worker: Worker) -> _Task | None:
        task = self._tasks.pop(worker, None)
        if task is not None:
            task.worker = None
            if task.overrun is not None:
                task.overrun.cancel()
        return task

    def _fail(self, task: _Task, error: Exception) -> None:
        if task.worker is not None:
            self._take_from(task.worker)
        _settle(task, error)

    def _dismiss(self, worker: Worker) -> None:
        worker.kill()
        self._forget(worker)

    def _forget(self, worker: Worker) -> None:
        self._quick.discard(worker)
        self._slow.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)

    def _again(self) -> int:
        """In how many seconds it may be better."""
        return max(1, round(self._limits.seconds / 2))


def _set_aside(task: _Task, piece: bytes, *, is_last: bool) -> Spooled | Exception | None:
    """Keep a piece of an answer: the answer once it is whole, or what went wrong."""
    try:
        task.spool.write(piece)
        return task.spool.finish() if is_last else None
    except (QueryTooCostly, EngineDown) as error:
        return error


def _settle(task: _Task, outcome: Spooled | Exception) -> None:
    if task.future.done():
        if isinstance(outcome, Spooled):
            outcome.close()
    elif isinstance(outcome, Spooled):
        task.future.set_result(outcome)
    else:
        task.future.set_exception(outcome)


def _death(status: int, limits: Limits) -> Exception:
    """What a worker died of: past the ceiling of memory an allocation aborts, past the end of the stack there is no memory to touch."""
    if status == -signal.SIGABRT:
        return QueryTooCostly("memory", limits.megabytes)
    if status in (-signal.SIGSEGV, -signal.SIGBUS):
        return QueryTooCostly("complexity")
    return EngineBroken(f"status {status}")
