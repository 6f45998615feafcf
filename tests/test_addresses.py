"""Text of a person that becomes an IRI: tried as one when it is read, everywhere by one function, with what to write instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyoxigraph import NamedNode

from ess_lod.cli import main
from ess_lod.config import Settings
from ess_lod.errors import ConfigError, DatasetErrors, TableErrors
from ess_lod.iris import BadAddress, kind_of, web_address
from ess_lod.links.targets import target_of
from ess_lod.links.verdict import why_not_theirs
from ess_lod.publish import draw_up
from ess_lod.publish.dataset import is_base, read_dataset
from ess_lod.publish.tables import read_tables
from ess_lod.publish.vocabulary import Vocabulary
from ess_lod.web import create_app
from tests.conftest import Project

MEANT = {
    "https://sud.example/index.php?tx_news[news]=12": "https://sud.example/index.php?tx_news%5Bnews%5D=12",
    "https://sud.example/promo-100%": "https://sud.example/promo-100%25",
    "https://sud.example/#a#b": "https://sud.example/#a%23b",
    "https://sud.example/a%zz": "https://sud.example/a%25zz",
    "https://sud.example/a b": "https://sud.example/a%20b",
    "https://sud.example/a|b": "https://sud.example/a%7Cb",
    'https://sud.example/"a"': "https://sud.example/%22a%22",
    "https://sud.example/a\\b": "https://sud.example/a%5Cb",
    "https://sud.example/{a}<b>^`": "https://sud.example/%7Ba%7D%3Cb%3E%5E%60",
    "www.sud.example": "https://www.sud.example",
    "sud.example/a?b[]=1": "https://sud.example/a?b%5B%5D=1",
}
REFUSED = {
    "https://sud.example:port/": "port",
    "https://sud.example:99999/": "port",
    "https://sud.example:/": "port",
    "https://jeanne:secret@sud.example/": "utilisateur",
    "nous@sud.example": "électronique",
    "mailto:nous@sud.example": "électronique",
    "https://[::1": "complète",
    "https:///page": "complète",
    "https://a b.example/": "ne peut pas contenir",
    "https://.sud.example/": "complète",
    "ftp://sud.example/": "complète",
    "javascript:alert(1)": "complète",
    "https://sud.example/\x02": "U+0002",
    "rien": "complète",
}


@pytest.mark.parametrize("text", MEANT)
def test_what_a_browser_takes_and_an_iri_does_not_says_what_to_write(text: str) -> None:
    with pytest.raises(BadAddress) as caught:
        web_address(text)
    assert caught.value.remedy == f"Écrire {MEANT[text]}"
    assert web_address(MEANT[text]) == MEANT[text]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_address_says_why(text: str) -> None:
    with pytest.raises(BadAddress) as caught:
        web_address(text)
    assert REFUSED[text] in caught.value.what
    assert caught.value.remedy


@pytest.mark.parametrize(
    "text",
    ["https://sud.example", "https://réseau.example/é", "http://127.0.0.1:8000/a", "https://[::1]:8000/", "https://x.example/a(b)?c=d#e"],
)
def test_an_address_is_kept_as_it_is(text: str) -> None:
    assert web_address(text) == text
    assert NamedNode(text).value == text


def test_every_column_of_addresses_and_dataset_yaml_say_so_together(small: Project) -> None:
    bad = "https://sud.example/?f[0]=1"
    places = set()
    for name in ("acteurs", "documents", "liens", "liens_entrants"):
        path = small.table(name)
        body, count = re.subn(r"https?://[^,\s\"|]+", bad, path.read_text("utf-8"))
        assert count, name
        path.write_text(body, "utf-8")
    yaml = small.settings.data / "dataset.yaml"
    yaml.write_text(re.sub(r"(?m)^(contact|page|licence): .*$", rf'\1: "{bad}"', yaml.read_text("utf-8")), "utf-8")
    with pytest.raises(TableErrors) as caught:
        draw_up(small.settings)
    for each in caught.value.problems:
        if "ne peut pas contenir" in each.what:
            assert each.line
            assert each.remedy == "Écrire https://sud.example/?f%5B0%5D=1"
            places.add((each.file, each.column))
    assert places == {
        ("acteurs.csv", "site_web"),
        ("documents.csv", "adresse"),
        ("liens.csv", "cible"),
        ("liens_entrants.csv", "cible"),
        ("liens_entrants.csv", "annonce"),
        ("dataset.yaml", "contact"),
        ("dataset.yaml", "page"),
        ("dataset.yaml", "licence"),
    }
    assert "dataset.yaml, ligne" in str(caught.value)
    assert "clé « contact »" in str(caught.value)


@pytest.mark.parametrize(
    ("line", "key", "told"),
    [
        ("contact: nous@sud.example", "contact", "page de contact"),
        ("page: sud.example", "page", "https://sud.example"),
        ("licence: [1]", "licence", "https://"),
        ("editeur: Apes", "editeur", "A001"),
        ("editeur: R001", "editeur", "A001"),
        ("date: 2026-13-01", "date", "mois"),
        ("date: 2026-02-30", "date", "jour"),
        ("date: hier", "date", "tirets"),
        ("mots_cles: {fr: ess, en: sse}", "mots_cles", "["),
        ("titre: {fr: 3, en: x}", "titre", "guillemets"),
        ("lettre: {fr: 'Écrire à a@b.example', en: x}", "lettre", "contact"),
        ("base: https://sud.example/%zz/", "base", "corriger"),
        ("base: https://sud.example/../", "base", "corriger"),
        ("reference: R001", "reference", "[R051]"),
        ("nuts: 'F E'", "nuts", "FRE"),
        ("region: '3[2]'", "region", "32"),
    ],
)
def test_dataset_yaml_names_key_and_line(line: str, key: str, told: str, small: Project) -> None:
    file = small.settings.data / "dataset.yaml"
    text = re.sub(rf"(?m)^{key}:.*\n(?:[ -].*\n)*", "", file.read_text("utf-8")) + line + "\n"
    file.write_text(text, "utf-8")
    with pytest.raises(DatasetErrors) as caught:
        read_dataset(small.settings.data)
    (found,) = caught.value.problems
    assert (found.file, found.line, found.column) == ("dataset.yaml", text.count("\n"), key)
    assert told in found.remedy


def test_a_key_that_stands_twice_and_a_character_nobody_sees_are_said(small: Project) -> None:
    file = small.settings.data / "dataset.yaml"
    whole = file.read_text("utf-8")
    file.write_text(whole + "page: https://sud.example/\n", "utf-8")
    with pytest.raises(DatasetErrors, match="clé « page » : cette clé figure deux fois"):
        read_dataset(small.settings.data)
    file.write_text(whole + "# \x02\n", "utf-8")
    with pytest.raises(DatasetErrors, match=r"U\+0002"):
        read_dataset(small.settings.data)
    file.write_text(whole.replace("licence: ", "licence: \u200e", 1).replace("date: 2", "date: \u00a02", 1), "utf-8")
    assert read_dataset(small.settings.data).license.startswith("http")
    file.write_text("a: [", "utf-8")
    with pytest.raises(DatasetErrors, match="YAML"):
        read_dataset(small.settings.data)


def test_a_publisher_without_a_row_is_said(small: Project) -> None:
    file = small.settings.data / "dataset.yaml"
    file.write_text(re.sub(r"(?m)^editeur:.*$", "editeur: A099", file.read_text("utf-8")), "utf-8")
    with pytest.raises(TableErrors, match="clé « editeur » : A099"):
        draw_up(small.settings)


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["--base", "https://sud.example/%zz/"], "La base"),
        (["--base", "https://sud.example:٣/"], "La base"),
        (["--site", "https://sud.example/?a[0]"], "%5B0%5D"),
        (["--site", "sud.example"], "https://sud.example"),
    ],
)
def test_a_new_project_does_not_begin_with_a_bad_address(option: list[str], told: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["init", str(tmp_path / "n"), *option])
    assert result.exit_code == 1
    assert told in result.output
    assert not list(tmp_path.iterdir())


def test_settings_and_links_try_theirs_too(small: Project, vocabulary: Vocabulary) -> None:
    assert not is_base("https://sud.example/%zz/")
    with pytest.raises(ConfigError, match="services"):
        create_app(Settings.read({}, home=small.settings.home, services="https://sud.example/sparql https://sud.example/[x]"))
    assert target_of("http://[") is None
    assert kind_of("A٠٠١") is None
    published = type("Nothing", (), {"is_ours": lambda _self, _iri: False, "bases": ()})()
    for address, why in (("https://x.example/?a[0]", "address"), ("https://x.example/%", "address"), ("https://x.example:p/", "address")):
        assert why_not_theirs(address, published) == why
    assert why_not_theirs("https://u@x.example/", published) == "user"
    assert why_not_theirs("https://x.example/id/1", published) == ""
    assert read_tables(small.settings.data, vocabulary.notations)
