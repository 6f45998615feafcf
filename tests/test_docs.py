"""What exists is documented, and what is documented exists. (Routes and settings: tests/test_web_docs.py.)"""

from __future__ import annotations

import re
import shlex

import pytest
from click import Context
from flask.testing import FlaskClient

from ess_lod.cli import main
from ess_lod.cli.insee import insee
from ess_lod.cli.links import links
from ess_lod.publish.dictionary import write_dictionary
from ess_lod.publish.schema import TABLES
from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text("utf-8")


def test_the_data_dictionary_is_the_generated_one() -> None:
    assert (REPOSITORY / "data/README.md").read_text("utf-8") == write_dictionary(REPOSITORY / "data"), "run: ess-lod dictionary"
    assert write_dictionary(REPOSITORY / "data").count("\n### `") == len(TABLES) == 22


def test_rows_of_the_dictionary_are_as_wide_as_their_table() -> None:
    """A bar in a cell begins another one, also in code, unless it is escaped."""
    tables = re.findall(r"(?:^\|.*\n?)+", write_dictionary(REPOSITORY / "data"), re.MULTILINE)
    widths = [{len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()} for table in tables]
    assert len(widths) == len(TABLES) + 2
    assert [len(each) for each in widths] == [1] * len(widths)


def test_every_command_is_in_the_readme_and_conversely() -> None:
    shown = set(re.findall(r"ess-lod ([a-z]+)", README))
    assert shown == set(main.list_commands(Context(main)))
    assert len(shown) == 15
    assert set(re.findall(r"`ess-lod insee ([a-z]+)`", README)) == set(insee.commands)
    assert len(insee.commands) == 4
    assert set(re.findall(r"`ess-lod links ([a-z]+)`", README)) == set(links.commands)
    assert len(links.commands) == 6


def curl(command: str, client: FlaskClient) -> str:
    """What a ``curl`` of the README prints, answered by the application. Options that the README does not use are refused."""
    words, _, pattern = command.partition(" | grep ")
    arguments = iter(shlex.split(words)[1:])
    headers, form, written, target = {}, {}, "", ""
    for word in arguments:
        match word:
            case "-s":
                pass
            case "-H":
                name, _, value = next(arguments).partition(": ")
                headers[name] = value
            case "--data-urlencode":
                name, _, value = next(arguments).partition("=")
                form[name] = value
            case "-o":
                assert next(arguments) == "/dev/null"
            case "-w":
                written = next(arguments)
            case _:
                assert word.startswith("http://127.0.0.1:8000/")
                target = word.removeprefix("http://127.0.0.1:8000")
    response = client.post(target, data=form, headers=headers) if form else client.get(target, headers=headers)
    if written:
        return written.replace("%{redirect_url}", "http://127.0.0.1:8000" + response.location).replace("\\n", "\n")
    assert response.status_code == 200
    lines = response.text.replace("\r\n", "\n").splitlines(keepends=True)
    return "".join(line for line in lines if pattern in line)


def test_the_commands_of_the_readme_print_what_it_shows(client: FlaskClient) -> None:
    shown = re.findall(r"```console\n\$ (.+)\n((?:.*\n)+?)```", README)
    assert len(shown) == 4, "one curl per audience, and one for whoever has a spreadsheet"
    for command, output in shown:
        assert curl(command, client) == output


def test_the_first_screen_has_what_it_is_the_two_commands_and_the_three_audiences() -> None:
    first = "\n".join(README.splitlines()[:48])
    assert all(words in first for words in ("data/ (tables)", "make serve", "make test", "open-data portal", "researcher", "ESS network"))
    assert first.count("$ curl") == 4


def test_every_make_target_has_a_word_of_help() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.search(r"\.PHONY: (.+)", makefile)[1].split())  # type: ignore[index]
    helped = set(re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE))
    assert targets == helped
    assert len(targets) == 8


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_in_the_model(table: str) -> None:
    assert f"`{table}.csv`" in (REPOSITORY / "docs/model.md").read_text("utf-8")


def test_links_between_documents_lead_somewhere() -> None:
    count = 0
    for page in [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *sorted((REPOSITORY / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
            count += 1
    assert count > 10


def test_the_changelog_has_its_three_parts() -> None:
    assert re.findall(r"^### (\w+)", (REPOSITORY / "CHANGELOG.md").read_text(), re.MULTILINE)[:3] == ["Data", "Vocabulary", "Software"]
