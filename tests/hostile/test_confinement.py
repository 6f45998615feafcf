"""What a worker can no longer do, tried in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ess_lod.config import Settings
from ess_lod.release import Release
from ess_lod.store import load_index

_BEGIN = """
import sys
from pathlib import Path
from pyoxigraph import Store
from ess_lod.worker.confinement import limit, shut_network
assert shut_network()
store = Store.read_only(sys.argv[1])
limit(300, Path(sys.argv[1]), calls_out=False)
"""
TRIES = {
    "a connection": ("import socket\nsocket.create_connection(('127.0.0.1', int(sys.argv[2])), 2)", "PermissionError"),
    "a local connection": ("import socket\nsocket.socket(socket.AF_UNIX)", "PermissionError"),
    "a file to write": ("open(sys.argv[1] + '/written', 'w').write('x' * 100_000)", "OSError"),
    "many files": ("files = [open('/dev/null') for _ in range(100)]", "OSError"),
    "memory": ("bytearray(400 << 20)", "MemoryError"),
    "a service": ("list(store.query('SELECT * { SERVICE <http://127.0.0.1:' + sys.argv[2] + '/> {} }'))", "Permission denied"),
}


@pytest.fixture(scope="module")
def index(settings: Settings, release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the whole release."""
    assert settings.store == "oxigraph:"
    return load_index(release, tmp_path_factory.mktemp("confined"))


def _run(index: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", _BEGIN + code, str(index), "47123"], capture_output=True, text=True, timeout=20)


@pytest.mark.parametrize(("code", "error"), TRIES.values(), ids=TRIES)
def test_what_is_shut_stays_shut(index: Path, code: str, error: str) -> None:
    assert len(TRIES) == 6
    done = _run(index, code)
    assert done.returncode == 1
    assert error in done.stderr.splitlines()[-1]


def test_every_file_of_the_index_can_be_read(index: Path) -> None:
    """RocksDB opens sixteen files at first: a query that came to another one never ended when no file could be opened."""
    assert len(list(index.glob("*.sst"))) > 5
    patterns = [
        "?s ?p ?o",
        "?s ?p 'x'",
        "?s ?p 'a longer string than sixteen bytes'",
        "<x:s> ?p ?o",
        "?s <x:p> ?o",
        "<x:s> ?p 'x'",
        "?s <x:p> 'x'",
    ]
    asked = [f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}" for pattern in patterns]
    asked += [f"SELECT (COUNT(*) AS ?n) {{ GRAPH {graph} {{ {pattern} }} }}" for pattern in patterns for graph in ("?g", "<x:g>")]
    asked += ["SELECT (COUNT(?l) AS ?n) { ?s ?p ?o BIND(STRLEN(STR(?o)) AS ?l) }", "SELECT (COUNT(*) AS ?n) { ?s <x:p>* ?o }"]
    done = _run(index, f"for query in {asked!r}:\n    print(list(store.query(query))[0]['n'].value, flush=True)")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(asked) == 23
