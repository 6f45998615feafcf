"""Where ``ess-lod serve`` listens: addresses of both kinds, names, and what is said of those that it cannot listen on."""

from __future__ import annotations

import socket
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from ess_lod.cli import main
from ess_lod.config import Settings
from tests.serving import HOST, free_port, serving


def listens_on(host: str) -> bool:
    """Has this machine that address?"""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("host", "printed", "answering"),
    [("::1", "[::1]", ["[::1]"]), ("[::1]", "[::1]", ["[::1]"]), ("::", "[::]", ["[::1]", HOST]), ("localhost", "localhost", [HOST])],
)
def test_it_listens_on_addresses_of_both_kinds_and_on_names(
    site_settings: Settings, tmp_path: Path, host: str, printed: str, answering: list[str]
) -> None:
    if ":" in host and not listens_on("::1"):
        pytest.skip("this machine has no IPv6")
    settings = {name: getattr(site_settings, name) for name in ("home", "data", "releases", "indexes")} | {"host": host}
    with serving(tmp_path, settings, at=answering[-1]) as server:
        assert server.said().startswith(f"http://{printed}:{server.port}/  (")
        for each in answering:
            with urllib.request.urlopen(f"http://{each}:{server.port}/healthz", timeout=20) as answer:
                assert answer.status == 200


def refusal(settings: Settings, monkeypatch: pytest.MonkeyPatch, *arguments: str, **environ: str) -> str:
    """What the command says when it cannot start: exit code 1, no traceback."""
    for name in ("data", "releases", "indexes"):
        monkeypatch.setenv(f"ESS_LOD_{name.upper()}", str(getattr(settings, name)))
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(main, ["serve", *arguments])
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit)
    assert "Traceback" not in done.output
    assert done.output.startswith("Erreur : ")
    return done.output


@pytest.mark.parametrize("host", ["nowhere.invalid", "999.1.1.1", "a b", "x\ny", "é" * 100, "fe80::zz", "http://localhost"])
def test_what_is_no_address_and_no_name_is_said(site_settings: Settings, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    said = refusal(site_settings, monkeypatch, "--host", host)
    assert "n'est ni une adresse IP ni un nom connu de cette machine" in said
    assert "--host ::1" in said


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_an_address_of_another_machine_is_said(site_settings: Settings, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert "adresse de cette machine" in refusal(site_settings, monkeypatch, "--host", host)


def test_a_port_that_is_taken_is_said(site_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen(1)
        said = refusal(site_settings, monkeypatch, "--port", str(taken.getsockname()[1]))
    assert "est déjà pris par un autre programme" in said


@pytest.mark.parametrize("port", ["²", "0", "70000", "-1", "٣٣٣٣", "80 80"])
def test_what_is_no_port_is_said(site_settings: Settings, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    assert "il faut un nombre entier de 1 à 65535" in refusal(site_settings, monkeypatch, "--port", port)
    assert f"ESS_LOD_PORT vaut « {port} »" in refusal(site_settings, monkeypatch, ESS_LOD_PORT=port)


def test_a_free_port_is_no_error(site_settings: Settings) -> None:
    assert 1 <= Settings.read({}, home=site_settings.home, port=str(free_port())).port <= 65535
