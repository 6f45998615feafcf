"""Asks small queries, one after the other and none twice, until its input ends; then writes how long each took. Run as a program.

It also notes by how much its own pauses were too long: so late can the machine make anything.
"""

from __future__ import annotations

import http.client
import json
import select
import sys
import time
from urllib.parse import quote

_PAUSE = 0.02


def main() -> None:
    """Ask."""
    port = int(sys.argv[1])
    milliseconds, wrong = [], []
    late = 0.0
    connection = http.client.HTTPConnection("127.0.0.1", port, 30, source_address=("127.0.0.9", 0))
    number = 0
    paused = time.perf_counter()
    while not select.select([sys.stdin], [], [], _PAUSE)[0]:
        late = max(late, time.perf_counter() - paused - _PAUSE)
        number += 1
        query = quote(f"SELECT ?s ?p ({number} AS ?number) {{ ?s ?p ?o }} LIMIT 3")
        start = time.perf_counter()
        try:
            connection.request("GET", f"/sparql?query={query}", headers={"Accept": "application/sparql-results+json"})
            response = connection.getresponse()
            body = response.read()
            rows = json.loads(body)["results"]["bindings"] if response.status == 200 else []
            if len(rows) != 3:
                wrong.append(f"{response.status} {body[:200]!r}")
            else:
                milliseconds.append((time.perf_counter() - start) * 1000)
        except (OSError, http.client.HTTPException) as error:
            wrong.append(repr(error))
            connection.close()
        paused = time.perf_counter()
    print(json.dumps({"milliseconds": milliseconds, "wrong": wrong, "late": late}))


if __name__ == "__main__":
    main()
