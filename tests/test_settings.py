"""``ess-lod.toml``, the environment, and what is given by hand: which goes before which, and what is said of a slip."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from ess_lod.config import OWN, Settings
from ess_lod.errors import ConfigError
from tests.conftest import REPOSITORY


def write(home: Path, text: str) -> Path:
    (home / "ess-lod.toml").write_text(text, "utf-8")
    return home


def test_by_hand_goes_before_the_environment_before_the_file_before_the_default(tmp_path: Path) -> None:
    home = write(tmp_path, 'port = 8003\nhost = "0.0.0.0"\nqueue = 7\n')
    read = Settings.read({"ESS_LOD_PORT": "8002", "ESS_LOD_HOST": "127.0.0.2"}, home=home, port=8001)
    assert (read.port, read.host, read.queue, read.queries) == (8001, "127.0.0.2", 7, 4)


def test_the_home_of_the_environment_has_the_file(tmp_path: Path) -> None:
    assert Settings.read({"ESS_LOD_HOME": str(write(tmp_path, "port = 8003"))}).port == 8003


def test_folders_are_relative_to_the_home_wherever_they_are_named(tmp_path: Path) -> None:
    read = Settings.read({"ESS_LOD_INDEXES": "cache"}, home=write(tmp_path, 'data = "tables"\nreleases = "/elsewhere"\n'))
    assert (read.data, read.indexes, read.releases) == (tmp_path / "tables", tmp_path / "cache", Path("/elsewhere"))


def test_a_list_of_texts_is_one_text(tmp_path: Path) -> None:
    assert (
        Settings.read({}, home=write(tmp_path, 'services = ["http://a/sparql", "http://b/sparql"]')).services
        == "http://a/sparql http://b/sparql"
    )


def test_every_setting_but_the_home_may_stand_in_the_file(tmp_path: Path) -> None:
    names = {each.name: each.default for each in fields(Settings)}
    lines = [f"{name} = {default}" if isinstance(default, int) else f'{name} = "x"' for name, default in names.items() if name != "home"]
    read = Settings.read({}, home=write(tmp_path, "\n".join(lines)))
    assert read.store_password == "x"
    assert len(lines) > 25


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("port = 8000\n\nlgo = 'x'\n", "ess-lod.toml, ligne 3 : le réglage « lgo » n'existe pas. Réglages admis : answer_megabytes,"),
        ("home = '.'\n", "ess-lod.toml, ligne 1 : le réglage « home » n'existe pas."),
        ("[serveur]\nport = 1\n", "ess-lod.toml, ligne 1 : le réglage « serveur » n'existe pas."),
        ("# ici\nport = '8000'\n", "ess-lod.toml, ligne 2 : « port » doit être un nombre entier de 1 à 65535, sans guillemets."),
        ("port = 70000\n", "ess-lod.toml, ligne 1 : « port » doit être un nombre entier de 1 à 65535"),
        ("queries = 0\n", "ess-lod.toml, ligne 1 : « queries » doit être un nombre entier de 1 à"),
        ("port = true\n", "ess-lod.toml, ligne 1 : « port » doit être un nombre entier"),
        ("port = -1\n", "ess-lod.toml, ligne 1 : « port » doit être un nombre entier"),
        ("logo = 3\n", "ess-lod.toml, ligne 1 : « logo » doit être un texte, entre guillemets."),
        ("services = [1]\n", "ess-lod.toml, ligne 1 : « services » doit être un texte"),
        ("port = 8000\nlogo =\n", "ess-lod.toml, ligne 2, colonne 7 : la ligne n'est pas du TOML."),
    ],
)
def test_a_slip_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        Settings.read({}, home=write(tmp_path, text))
    assert said in str(error.value)


def test_all_slips_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        Settings.read({}, home=write(tmp_path, "prot = 1\nlgo = 'x'\nqueue = 'q'\n"))
    assert str(error.value).count("ess-lod.toml, ligne ") == 3


def test_what_is_not_utf_8_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "ess-lod.toml").write_bytes("logo = 'é'".encode("cp1252"))
    with pytest.raises(ConfigError, match="UTF-8"):
        Settings.read({}, home=tmp_path)


def test_vocabulary_and_shapes_are_the_tools_own_where_a_project_has_none(tmp_path: Path) -> None:
    read = Settings.read({}, home=tmp_path)
    assert (read.ontology, read.shapes, read.data) == (OWN / "ontology", OWN / "shapes", tmp_path / "data")
    (tmp_path / "shapes").mkdir()
    read = Settings.read({}, home=tmp_path)
    assert (read.ontology, read.shapes) == (OWN / "ontology", tmp_path / "shapes")
    assert Settings.read({"ESS_LOD_ONTOLOGY": "missing"}, home=tmp_path).ontology == tmp_path / "missing", "what is named is meant"


def test_what_the_tool_brings_is_what_the_repository_has() -> None:
    assert (OWN / "ontology").resolve() == REPOSITORY / "ontology"
    assert (OWN / "shapes").resolve() == REPOSITORY / "shapes"
    assert (OWN / "insee").resolve() == REPOSITORY / "data" / "insee"


def test_the_password_is_not_shown(tmp_path: Path) -> None:
    assert "geheim" not in repr(Settings.read({}, home=write(tmp_path, 'store_password = "geheim"')))


@pytest.mark.parametrize("name", ["port", "queries", "cache_megabytes"])
@pytest.mark.parametrize("text", ["²", "٣٠٠٠", "-1", "+1", " 8000", "8e3", "", "9" * 5000, "8\x1b[31m"])
def test_a_number_is_written_in_plain_digits(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=f"^ESS_LOD_{name.upper()} vaut « ") as refusal:
        Settings.read({f"ESS_LOD_{name.upper()}": text}, home=tmp_path)
    assert "\x1b" not in str(refusal.value)


@pytest.mark.parametrize("port", ["0", "65536", "²", "-5"])
def test_the_port_of_the_command_line_is_read_like_the_others(tmp_path: Path, port: str) -> None:
    with pytest.raises(ConfigError, match=r"^--port vaut « .* il faut un nombre entier de 1 à 65535"):
        Settings.read({}, home=tmp_path, port=port)
    assert Settings.read({}, home=tmp_path, port="8123").port == 8123


def test_zero_is_a_number_where_it_means_something(tmp_path: Path) -> None:
    names = ("proxies", "queue", "cache_megabytes", "inbox_messages", "inbox_per_hour")
    read = Settings.read({f"ESS_LOD_{name.upper()}": "0" for name in names}, home=tmp_path)
    assert [getattr(read, name) for name in names] == [0] * len(names)
