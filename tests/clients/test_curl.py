"""curl asks the endpoint in the three ways of the protocol."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import Approved

WAYS = {
    "GET": ["--get", "--data-urlencode", "query@{file}"],
    "POST of a form": ["--data-urlencode", "query@{file}"],
    "POST of the query": ["--header", "Content-Type: application/sparql-query", "--data-binary", "@{file}"],
}

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def _curl(*arguments: str) -> str:
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "30", *arguments], capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_the_ways_are_here() -> None:
    assert len(WAYS) == 3


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["03-supplements", "19-cooperation-graph"])
def test_curl_reads_the_approved_answer(endpoint: str, way: str, name: str) -> None:
    approved = Approved(name)
    sent = [argument.format(file=approved.file) for argument in WAYS[way]]
    assert _curl("--header", "Accept: text/csv", *sent, endpoint).replace("\r\n", "\n") == approved.csv


def test_curl_follows_a_slash_too_many(endpoint: str) -> None:
    approved = Approved("03-supplements")
    sent = ["--location", "--header", "Accept: text/csv", "--data-urlencode", f"query@{approved.file}"]
    assert _curl(*sent, f"{endpoint}/").replace("\r\n", "\n") == approved.csv


def test_curl_writes_a_file_and_asks_again_only_when_it_changes(endpoint: str, tmp_path: Path) -> None:
    approved, kept, etag = Approved("03-supplements"), tmp_path / "answer.csv", tmp_path / "etag"
    sent = ["--get", "--data-urlencode", f"query@{approved.file}", "--data", "format=csv", "--etag-save", str(etag), endpoint]
    status = ["--write-out", "%{http_code}"]
    assert _curl(*status, "--output", str(kept), *sent) == "200"
    assert kept.read_text("utf-8") == approved.csv
    assert etag.read_text("utf-8").strip()
    assert _curl(*status, "--etag-compare", str(etag), "--output", str(tmp_path / "again"), *sent) == "304"


def test_curl_fails_where_it_should(endpoint: str) -> None:
    done = subprocess.run(
        ["curl", "--silent", "--fail", "--max-time", "30", "--get", "--data-urlencode", "query=SELECT", endpoint],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (22, b"")
