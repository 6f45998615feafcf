"""The service behind the real server: PyPI's ``reconciler``, the ceiling of a body, releases that change, and strangers who ask without end."""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pandas
import pytest
from reconciler import reconcile
from reconciler.webutils import return_reconciled_raw

from ess_lod import release as releases
from ess_lod.config import Settings
from ess_lod.publish import build
from ess_lod.release import Release
from ess_lod.web.reconcile import LONGEST_BODY
from tests.conftest import Project
from tests.reconcile import rules
from tests.serving import HOST, Served, serving

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BASE = "https://w3id.org/ess-lod/id/"


@pytest.fixture(scope="module")
def server(settings: Settings, release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of the release of the repository."""
    assert release.version
    given = {"home": settings.home, "releases": settings.releases, "indexes": settings.indexes}
    with serving(tmp_path_factory.mktemp("reconcile"), given) as served:
        yield served


def ask(
    server: Served, path: str, form: dict[str, str] | None = None, client: str = HOST, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to a GET, or to the POST of a form."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=60, source_address=(client, 0))
    try:
        if form is None:
            connection.request("GET", path, headers=headers)
        else:
            connection.request("POST", path, urlencode(form), FORM | headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def batch(*names: str, **more: Any) -> dict[str, str]:
    """The form of a batch of names."""
    return {"queries": json.dumps({f"q{number}": {"query": name, **more} for number, name in enumerate(names)})}


NAMES = pandas.Series(
    [
        "Lille",
        "lille",
        "LENS",
        "Henin Beaumont",
        "St Quentin",
        "Arras",
        "Amiens",
        "Laon",
        "Calais",
        "Péronne",
        "Ham",
        "Roubaix",
        "Zzyzx sur Rien",
    ]
)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_reconciler_reconciles_a_column(server: Served) -> None:
    """Over two batches of ten; each name is answered."""
    found = reconcile(NAMES[:12], type_id="Commune", reconciliation_endpoint=f"{server.url}/reconcile")
    assert list(found["input_value"]) == list(NAMES[:12])
    assert set(found["type_id"]) == {"Commune"}
    assert found["match"].sum() >= 10
    by_name = dict(zip(found["input_value"], found["id"], strict=True))
    assert by_name["Lille"] == by_name["lille"] == f"{BASE}territoire/T059"


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_reconciler_gives_all_candidates_and_takes_properties(server: Served) -> None:
    names = pandas.Series(["Dynamique insertion emploi", "Club"])
    siren = {"siren": pandas.Series(["411654296", "000000000"])}
    found = reconcile(names, type_id="Actor", top_res="all", property_mapping=siren, reconciliation_endpoint=f"{server.url}/reconcile")
    first = found[found["input_value"] == "Dynamique insertion emploi"]
    assert first.iloc[0]["id"] == f"{BASE}acteur/A009"
    assert bool(first.iloc[0]["match"])
    assert len(found) > 2


def test_reconciler_reads_the_raw_answers(server: Served) -> None:
    keys, found = return_reconciled_raw(NAMES, None, None, f"{server.url}/reconcile")
    assert len(keys) == len(found) == 13
    assert rules.result_batch(found) > 13


def test_a_long_batch_passes_and_a_longer_body_does_not(server: Served) -> None:
    long_batch = batch(*["é" * 200] * 200)
    assert 300_000 < len(urlencode(long_batch)) < LONGEST_BODY
    status, _, body = ask(server, "/reconcile", long_batch)
    assert status == 200
    assert len(json.loads(body)) == 200
    status, headers, body = ask(server, "/reconcile", {"queries": "é" * (LONGEST_BODY // 4)})
    assert status == 413
    assert headers["access-control-allow-origin"] == "*"
    assert json.loads(body)["most"] == LONGEST_BODY
    status, _, body = ask(server, "/sparql", {"query": "é" * LONGEST_BODY})
    assert status == 413
    assert json.loads(body)["type"].endswith("#too-large")


def test_a_body_that_is_cut_is_400(server: Served) -> None:
    connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
    connection.putrequest("POST", "/reconcile")
    for name, value in (*FORM.items(), ("Content-Length", "1000")):
        connection.putheader(name, value)
    connection.endheaders(b"queries=%7B")
    assert connection.sock is not None
    connection.sock.shutdown(1)
    assert connection.getresponse().status in (400, 408)
    connection.close()


def test_kept_answers_are_those_of_the_language_and_of_the_host(server: Served) -> None:
    for path in ("/reconcile", f"/reconcile?{urlencode(batch('Lille', type='Commune'))}"):
        seen = {each: [ask(server, path, None, HOST, **{"Accept-Language": each})[2] for _ in range(2)] for each in ("fr", "en")}
        assert seen["fr"][0] == seen["fr"][1] != seen["en"][0] == seen["en"][1]
    here, there = (json.loads(ask(server, "/reconcile", Host=host)[2]) for host in ("a.example", "b.example"))
    assert here["documentation"] == "http://a.example/reconcile"
    assert there["documentation"] == "http://b.example/reconcile"
    page = ask(server, "/reconcile", Accept="text/html")
    assert page[1]["content-type"] == "text/html; charset=utf-8"
    assert ask(server, "/reconcile")[1]["content-type"] == "application/json"


def test_the_index_changes_with_the_release(small: Project) -> None:
    def publish() -> None:
        built, _ = build(small.settings)
        releases.publish(small.settings.releases, built.version)

    publish()
    given = {name: getattr(small.settings, name) for name in ("home", "releases", "indexes")}
    with serving(small.settings.releases, given) as served:
        path, form = f"/reconcile?{urlencode(batch('La Bicyclette fictive'))}", batch("La Bicyclette fictive")

        def matches() -> list[bool]:
            answers = [ask(served, path)[2], ask(served, "/reconcile", form)[2]]
            return [any(each["match"] for each in json.loads(answer)["q0"]["result"]) for answer in answers]

        assert matches() == [False, False]
        small.replace("acteurs", "A002,Le Panier relié,,,Le Panier,", "A002,La Bicyclette fictive,,,Le Panier | Le Panier relié,")
        publish()
        for _ in range(100):
            if matches() == [True, True]:
                break
            threading.Event().wait(0.1)
        assert matches() == [True, True]


def test_strangers_who_post_without_end_stop_no_page(server: Served) -> None:
    """Twelve clients of three addresses post full batches; each is answered, or told to wait; pages go on being answered."""
    form, statuses, done = batch(*["communauté de communes du pays de saint " * 4] * 200), Counter[int](), threading.Event()

    def insist(number: int) -> None:
        while not done.is_set():
            status, headers, _ = ask(server, "/reconcile", form, client=f"127.0.0.{2 + number % 3}")
            statuses[status] += 1
            assert status in (200, 429, 503)
            assert status == 200 or int(headers["retry-after"]) >= 1

    crowd = [threading.Thread(target=insist, args=(number,)) for number in range(12)]
    for each in crowd:
        each.start()
    try:
        for number in range(40):
            status, _, body = ask(server, f"/doc/territoire/T{1100 + number}", Accept="text/html")
            assert status == 200
            assert b"</html>" in body
    finally:
        done.set()
        for each in crowd:
            each.join()
    assert statuses[200] > 0
    assert statuses[429] + statuses[503] > 0


def test_it_answers_under_any_wsgi_server_too(settings: Settings, release: Release) -> None:
    from ess_lod.web import create_app

    assert release.version
    client = create_app(replace(settings, cache_megabytes=0)).test_client()
    assert rules.result_batch(rules.content(client.post("/reconcile", data=batch("Lille", "Arras")))) > 1
