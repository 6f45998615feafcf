"""No path, parameter or header is answered with 5xx, and no stranger writes into the log: every route, with values that nobody should send."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from ess_lod.config import Settings
from ess_lod.logs import OneLine
from ess_lod.web import create_app
from ess_lod.web.openapi import entry_of, table, template_of
from tests.serving import HOST, serving

VALUES = {
    "blanks": ("%20", "a%20b", "%09", "%C2%A0", "%E2%80%8B"),
    "signs of IRIs and queries": (
        "%22",
        "'",
        "%3C",
        "%3E",
        "%7B7%7D",
        "%5C",
        "%5E",
        "%60",
        "%7C",
        "%25",
        "%3A",
        "%23",
        "%3Fx",
        "%5B",
        "a:b",
        "$iri",
    ),
    "ends of lines": ("a%0Ab", "a%0D%0Ab", "%E2%80%A8", "a%0A%1b%5b31mFAKE", "%00", "%7F"),
    "no UTF-8, no letters": ("%FF", "%C3", "%ED%A0%80", "%EF%BF%BE", "%F0%9F%98%80"),
    "numbers": (
        "0",
        "-1",
        "1.5",
        "1e9",
        "9" * 30,
        "9" * 5000,
        "NaN",
        "%C2%B2",
        "%D9%A3",
        "%EF%BC%91",
        "A%D9%A3%D9%A3%D9%A3",
        "T" + "9" * 50,
    ),
    "dates": ("0000", "0001-01-01", "9999-12-31", "2020-02-30", "2020-13", "%D9%A2%D9%A0%D9%A2%D9%A0"),
    "paths": (
        "..",
        "%2E%2E%2Fx",
        "%2Fetc%2Fpasswd",
        "a" * 3000,
        "x.json",
        "x.TTL",
        "http://%5B",
        "//x.example/",
        "https://reseau.example/lod/id/acteur/A%201",
    ),
    "JSON": ("%7B%7D", "%5B%5D", "null", "%7B%22q%22%3A1%7D", "%5B" * 500),
}
ALL = [value for values in VALUES.values() for value in values]
FORWARDED = ("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-For")
HEADERS = [
    *({"Accept": value} for value in ("garbage", ";;,,", "text/html;q=\xb2", "text/html;q=" + "9" * 5000, ", ".join(["a/b"] * 500), "*/*;q=nan", "\xff")),
    *({"Accept-Language": value} for value in ("x" * 3000, "fr;q=x", "\xff", "*;q=1e999")),
    *({"Accept-Profile": value} for value in ("<", "<http://[>", "<a b>;q=\xb2", "<>" * 100)),
    *({"If-None-Match": value} for value in ('"', "W/", "*, *", '"\xff"')),
    *({"Range": value} for value in ("bytes=", "bytes=-", "bytes=9-1", "bytes=" + "9" * 5000 + "-", "x=1-2", "bytes=\xb2-\xb3")),
    *({"Host": value} for value in ("a b", '"', "<", "x:y", "[", "\xff", "{7}", "x" * 300, "..", "x.example:99999")),
    *(dict.fromkeys(FORWARDED, value) for value in ("<", "a b", "\xff", '"', "/{7}")),
    *({"Authorization": value} for value in ("Bearer", "Basic \xff", "Bearer " + "x" * 3000)),
    {"Accept-Encoding": "gzip;q=\xb2"},
]  # fmt: skip


def examples_of(rule: Rule) -> dict[str, str]:
    """Values that make an address that answers, from the description of the interface."""
    found = {name: str(value) for name, value in entry_of(template_of(rule))[1].get("example", {}).items()}
    return {name: "latest" if value == "$version" else value for name, value in found.items()}


def addresses(rule: Rule) -> Iterator[str]:
    """The addresses of a rule, each placeholder and each parameter of the query in turn with each of the values."""
    known = examples_of(rule)
    parts = re.split(r"(<[^>]*>)", rule.rule)

    def usual(part: str) -> str:
        if not part.startswith("<"):
            return part
        name = re.sub(r".*[:<]|_?>", "", part)
        first = re.search(r"any\(([^,)]*)", part)
        return quote(known.get(name) or (first[1] if first else "x"), safe="/")

    places = [place for place, part in enumerate(parts) if part.startswith("<")]
    for place in places:
        for value in ALL:
            yield "".join(value if at == place else usual(part) for at, part in enumerate(parts))
    path = "".join(map(usual, parts))
    entry = entry_of(template_of(rule))[1]
    names = [name for name in entry.get("query", ()) if name != "lang"]
    for name in names:
        others = urlencode({other: known[other] for other in entry.get("needs", ()) if other != name and other in known})
        for value in ALL:
            yield f"{path}?{name}={value}" + (f"&{others}" if others else "")
    yield from (f"{path}?{value}" for value in ("lang=%FF", "lang=%0A", "%FF=%FF", "=", "&&&", "%00", "a" * 3000))


def test_the_walk_goes_along_every_route_and_every_parameter(site_app: Flask) -> None:
    rules = [rule for rule in site_app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    assert len(rules) > 60
    assert all(len([*addresses(rule)]) >= 7 for rule in rules)
    asked = {name for rule in rules for address in addresses(rule) for name in re.findall(r"[?&]([\w-]+)=", address)}
    in_query = {name for entry in table()["paths"].values() for name in entry.get("query", ())}
    assert in_query <= asked


def test_no_address_is_answered_with_500(site_app: Flask, site: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    wrong = []
    for rule in site_app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            for address in addresses(rule):
                answer = site.get(address, headers={"Accept": "text/html"}, buffered=True)
                if answer.status_code >= 500:
                    wrong.append((answer.status_code, address[:120]))
    assert wrong == []
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def usual_address(rule: Rule) -> str:
    """The address of a rule that the description of the interface gives as an example."""
    known = examples_of(rule)
    path = re.sub(
        r"<(?:any\(([^,)]*)[^>]*|[^>]*?(\w+?)_?)>", lambda found: quote(found[1] or known.get(found[2], "x"), safe="/"), rule.rule
    )
    return f"{path}?{urlencode({name: value for name, value in known.items() if f'{{{name}}}' not in template_of(rule)})}"


def test_no_header_is_answered_with_500(site_settings: Settings) -> None:
    """Behind a proxy, so that what it says of the host is believed."""
    client = create_app(replace(site_settings, proxies=1)).test_client()
    rules = [
        rule for rule in client.application.url_map.iter_rules() if "GET" in (rule.methods or ()) and "extension" not in rule.arguments
    ]
    wrong = []
    for path in map(usual_address, rules):
        for headers in HEADERS:
            answer = client.get(path, headers=headers, buffered=True)
            if answer.status_code >= 500:
                wrong.append((answer.status_code, path, headers))
    assert wrong == []


@pytest.mark.parametrize("header", [{"X-Forwarded-Prefix": "/{7}"}, {"X-Forwarded-Prefix": "/a<b"}, {"X-Forwarded-Proto": "a b"}])
def test_a_request_that_calls_the_server_no_address_is_told_so(site_settings: Settings, header: dict[str, str]) -> None:
    client = create_app(replace(site_settings, proxies=1)).test_client()
    for path in ("/feed.trig", "/catalog.ttl", "/sparql", "/openapi.json", "/sitemap.xml", "/linkset/dataset"):
        answer = client.get(path, headers={**header, "Accept-Language": "en"})
        assert answer.status_code == 400, path
        assert "makes no address" in answer.text


@pytest.mark.parametrize("path", ["/ns/a%20b", "/doc/acteur/%22", "/vocab/%3C", "/graph/%7B7%7D", "/nothing/%C3%A9%0A"])
def test_the_instance_of_a_problem_is_a_uri_reference(site: FlaskClient, path: str) -> None:
    found = site.get(path).json
    assert found
    assert found["instance"] == path
    assert re.fullmatch(r"/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*", found["instance"])


RECORDS: tuple[tuple[str, dict[str, tuple[object, ...]]], ...] = (
    ("a plain message", {}),
    ("two\nlines", {}),
    ("\x1b[31mred\x1b[0m and \x07 and \u202e and \u2028 and \x85 and \x9b31m", {}),
    ("%s", {"args": ("of\r\na stranger",)}),
)


def fail(text: str) -> NoReturn:
    raise ValueError(text)


@pytest.mark.parametrize(("message", "more"), RECORDS)
def test_a_record_is_one_line_with_its_time_and_level(message: str, more: Mapping[str, tuple[object, ...]]) -> None:
    try:
        fail("\x1b[2J\n2026-01-01 00:00:00,000 +0000 ERROR ess_lod: forged")
    except ValueError as error:
        record = logging.LogRecord(
            "ess_lod.web", logging.ERROR, "", 0, message, more.get("args"), (type(error), error, error.__traceback__)
        )
    line = OneLine().format(record)
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [+-]\d{4} ERROR ess_lod\.web: ", line)
    assert line.isprintable()
    assert "Traceback" in line
    assert "[U+001B]" in line


def asked(port: int, host: str, family: socket.AddressFamily = socket.AF_INET, target: bytes = b"/healthz") -> bytes:
    """The first line of the answer to a request that is sent as it is."""
    with socket.socket(family) as connection:
        connection.settimeout(20)
        connection.connect((host, port))
        connection.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return connection.recv(65536).partition(b"\r\n")[0]


def test_the_server_says_nothing_of_what_strangers_send(site_settings: Settings, tmp_path: Path) -> None:
    settings = {name: getattr(site_settings, name) for name in ("home", "data", "releases", "indexes")}
    with serving(tmp_path, settings) as server:
        targets = [
            f"/{first}/{value}".encode()
            for first in ("ns", "vocab", "doc/acteur", "insee/commune", "dump/latest", "changes/a")
            for value in ALL
        ]
        targets += [b"/ns/a\x1b[31m", b"/ns/\xff\xfe", b"/acteurs?page=\xff", b"/acteurs?page=" + b"9" * 5000, b"//x", b"*", b"http://[/"]
        statuses = {target[:60]: asked(server.port, HOST, target=target).split()[1:2] for target in targets}
        assert [(target, status) for target, status in statuses.items() if not status or status[0] >= b"500"] == []
        assert asked(server.port, HOST).split()[1] == b"200"
        assert len(server.said().splitlines()) == 1, server.said()
