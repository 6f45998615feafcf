"""The grammar that is in force in front of every engine: that of the embedded one, asked on an index that has nothing in it.

So a syntax error is the same, with the same line and column, whatever engine answers, and no other engine sees a text that is not SPARQL. A parser can
be made to hang and to crash as an engine can, so this too runs in workers that are killed at a deadline.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from dataclasses import replace
from pathlib import Path

from pyoxigraph import Store

from ess_lod.errors import EngineBroken, QueryTooCostly
from ess_lod.store.pool import Crowd, Pool
from ess_lod.store.query import Query
from ess_lod.store.spool import Limits
from ess_lod.worker.wire import Job


class Grammar:
    """Checks queries; its workers start with the first, on the event loop that asks."""

    def __init__(self, limits: Limits, crowd: Crowd, base: str) -> None:
        folder = tempfile.mkdtemp(prefix="ess-lod-grammar-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._index = Path(folder) / "index"
        Store(self._index).flush()
        self._limits = replace(limits, seconds=limits.seconds / 2)
        self._crowd = Crowd(1, crowd.slow, crowd.slow + crowd.queue, crowd.slow + crowd.queue)
        self._base = base
        self._pool: Pool | None = None

    @property
    def trouble(self) -> str | None:
        """Why no worker can be started."""
        return self._pool.trouble if self._pool is not None else None

    async def check(self, query: Query) -> None:
        """Raise :class:`ess_lod.errors.BadQuery` for what is not SPARQL, and :class:`QueryTooCostly` for what cannot even be read within its limits."""
        job = Job(query.text, self._base, "nt" if query.form.is_graph else "srj", (), (), self._limits.rows, 0)
        try:
            (await self.pool().answer(job, "")).close()
        except QueryTooCostly as error:
            raise (QueryTooCostly("complexity") if error.limit == "deadline" else error) from error
        except EngineBroken:
            if not query.services:
                raise
            # a SERVICE clause cannot be called from here; it is the engine that does it, and the syntax was good

    def pool(self) -> Pool:
        """The workers, started when there are none yet."""
        if self._pool is None:
            self._pool = Pool(self._index, self._limits, self._crowd)
        return self._pool

    def close(self) -> None:
        """End the workers; the index on disk goes with this object."""
        if self._pool is not None:
            self._pool.close()
