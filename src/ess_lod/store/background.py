"""An event loop on a thread of its own, for those who ask without having one: a WSGI server, a test, a script."""

from __future__ import annotations

import asyncio
import threading
from functools import cache


@cache
def background_loop() -> asyncio.AbstractEventLoop:
    """The loop, started when first asked for; it ends with the process."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="ess-lod-queries", daemon=True).start()
    return loop
