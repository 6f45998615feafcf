"""A list is the same list as page, CSV, JSON and query: the same things, narrowed and searched alike, in the same order, one row a thing."""

from __future__ import annotations

import csv
import html
import io
import re
import unicodedata
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from ess_lod.web.folding import folded, sort_key
from ess_lod.web.lists import FACETS
from ess_lod.web.rendering import LISTS

NONSENSE = ('"\\', "$x ?y", "}{ <b>")
SEARCHES = {
    "acteur": [
        "MRES",
        "DIE",
        "411654296",
        "411 654 296",
        "411\u00a0654\u202f296",
        "41165429600036",
        "Lilas Autopartage",
        "E\u0301CONOMIE",
        *NONSENSE,
    ],
    "territoire": ["Villeneuve-d'Ascq", "VILLENEUVE\u2011D\u2019ASCQ", "saint\u2013omer", "59350", "59 350"],
    "document": ["l\u2019Apes", "l'Apes"],
    "personne-publique": ["Douaisis"],
    "supplement": ["artois"],
}


def rows_of(text: str) -> list[list[str]]:
    """The rows of a CSV file."""
    return list(csv.reader(io.StringIO(text)))


def values_of(rows: list[list[str]]) -> list[list[set[str]]]:
    """Each cell as the set of its values: their order within a cell is not said."""
    return [[set(cell.split(" | ")) for cell in row] for row in rows]


def data_of(client: FlaskClient, path: str, **asked: str) -> Any:
    """A list as JSON."""
    answer = client.get(f"{path}.json", query_string=asked)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return answer.json


def same_list(client: FlaskClient, kind: str, **asked: str) -> list[list[str]]:
    """The rows of a list as CSV, once page, JSON and query have been found to be the same list."""
    path, asked = f"/{LISTS[kind]}", {**asked, "lang": "fr"}
    table = client.get(f"{path}.csv", query_string=asked)
    assert (table.status_code, table.mimetype) == (200, "text/csv"), table.text
    rows = rows_of(table.text)
    assert rows[0][:2] == ["thing", "label"]
    things = [row[0] for row in rows[1:]]
    assert len(things) == len(set(things))
    data = data_of(client, path, **asked)
    assert ([each["thing"] for each in data["items"]], data["count"]) == (things, len(things))
    page, shown, link = f"{path}?{urlencode(asked)}", list[str](), ""
    while page:
        text = client.get(page, headers={"Accept": "text/html"}).text
        shown += re.findall(rf'<tr>\s*<t[hd][^>]*><a href="/doc/{kind}/(\w+)', text.partition("<tbody>")[2])
        links = {
            rel: html.unescape(href)
            for rel, href in re.findall(r'<a (rel="next" )?href="((?:/sparql\?query=|/[a-z-]+\?page=)[^"]+)"', text)
        }
        link, page = link or links[""], links.get('rel="next" ', "")
    assert shown == [iri.rpartition("/")[2] for iri in things]
    answer = client.get(f"{link}&format=csv")
    assert answer.status_code == 200, answer.text
    of_query = rows_of(answer.text)
    assert [row[:2] for row in of_query] == [row[:2] for row in rows]
    assert values_of(of_query) == values_of(rows)
    return rows[1:]


@pytest.mark.parametrize("kind", LISTS)
def test_a_whole_list_is_the_same_in_all_its_forms(client: FlaskClient, kind: str) -> None:
    assert same_list(client, kind)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in FACETS.items() for name in names])
def test_a_narrowed_list_is_the_same_in_all_its_forms(client: FlaskClient, kind: str, name: str) -> None:
    text = client.get(f"/{LISTS[kind]}?lang=fr", headers={"Accept": "text/html"}).text
    offered = re.search(rf'<select name="{name}">(.*?)</select>', text, re.DOTALL)
    assert offered
    value, count = re.findall(r'<option value="([^"]+)">[^<]*\((\d+)\)</option>', offered[1])[-1]
    assert len(same_list(client, kind, **{name: value})) == int(count)
    assert same_list(client, kind, **{name: "nothing-of-that-name"}) == []


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SEARCHES.items() for text in texts])
def test_a_searched_list_is_the_same_in_all_its_forms(client: FlaskClient, kind: str, text: str) -> None:
    assert bool(same_list(client, kind, q=text)) == (text not in NONSENSE)


def test_filters_and_a_search_narrow_together(client: FlaskClient) -> None:
    both = same_list(client, "territoire", q="saint", type="commune")
    assert 0 < len(both) < len(same_list(client, "territoire", q="saint"))


@pytest.mark.parametrize(
    "texts",
    [
        ("l'Apes", "l\u2019Apes", "L\u02bcAPES", "l\u2018apes"),
        ("Villeneuve-d'Ascq", "villeneuve\u2011d\u2019ascq", "Villeneuve\u2013d'Ascq", "\u200eVilleneuve-d'Ascq\u00a0"),
        ("économie", "economie", unicodedata.normalize("NFD", "ÉCONOMIE")),
        ("411654296", "411 654 296", "411.654.296", "411\u202f654\u202f296"),
        ("œuvre", "oeuvre", "ŒUVRE"),
    ],
)
def test_ways_to_type_one_thing_find_the_same(client: FlaskClient, texts: tuple[str, ...]) -> None:
    for path in LISTS.values():
        found = {text: tuple(each["thing"] for each in data_of(client, f"/{path}", q=text)["items"]) for text in texts}
        assert len({*found.values()}) == 1, (path, found)


@pytest.mark.parametrize("path", LISTS.values())
def test_a_list_is_negotiated(site: FlaskClient, path: str) -> None:
    for accept, extension in (
        ("text/html", "html"),
        ("*/*", "html"),
        ("text/csv", "csv"),
        ("application/json", "json"),
        ("application/json, text/plain, */*", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
    ):
        answer = site.get(f"/{path}", headers={"Accept": accept})
        assert (answer.status_code, str(answer.mimetype).partition("/")[2]) == (200, extension), accept
        assert "Accept" in answer.vary
        for other in {"html", "csv", "json"} - {extension}:
            assert f'</{path}.{other}>; rel="alternate"' in answer.headers["Link"]
    assert site.get(f"/{path}", headers={"Accept": "image/png"}).status_code == 406
    assert site.get(f"/{path}.CSV").location == f"/{path}.csv"
    etag = site.get(f"/{path}.csv").headers["ETag"]
    assert site.get(f"/{path}.csv", headers={"If-None-Match": etag}).status_code == 304


def test_numbers_stand_as_a_person_counts() -> None:
    expected = ["écart", "« Été »", "N° 9", "n° 10", "n° 100", "n° 411654296"]
    assert sorted({*expected}, key=sort_key) == expected
    assert folded("L\u2019Œuvre\u2011sœur\u00a0ÇÀ") == "l'oeuvre-soeur ca"
