"""``ess-lod links import``, ``review`` and what becomes of announcements: taken, refused, decided, published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import NamedNode, Quad, serialize

from ess_lod.cli import main
from ess_lod.links.announced import RDF_TYPES, TYPE_OF_SUFFIX
from ess_lod.publish.schema import TABLES
from ess_lod.publish.table_files import TableFile
from ess_lod.terms import SCHEMA
from ess_lod.web import create_app
from tests.conftest import REPOSITORY, Project

OURS = "https://reseau.example/lod/"
HEADER = "entite,cible,relation,reseau,recu_le,etat,annonce,sources"


@pytest.fixture
def home(small: Project) -> Path:
    """The fictitious project, published, whom nobody has announced anything to."""
    home = small.settings.data.parent
    for name in ("ontology", "shapes"):
        (home / name).symlink_to(REPOSITORY / name)
    small.table("liens_entrants").write_text(HEADER + "\n", "utf-8")
    assert ess_lod(home, "publish").exit_code == 0
    return home


def ess_lod(home: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), *words])


def links(home: Path, *words: str) -> Result:
    return ess_lod(home, "links", *words)


def stated(small: Project) -> list[tuple[str, ...]]:
    """Thing, target, relation, network and state of each row."""
    found = TableFile(small.settings.data, TABLES["liens_entrants"]).records()
    return [tuple(each.cells[name] for name in ("entite", "cible", "relation", "reseau", "etat")) for each in found]


def link_set(folder: Path, *pairs: tuple[str, str, str], name: str = "voisin.json") -> Path:
    path = folder / name
    path.write_text(json.dumps({"linkset": [{"anchor": theirs, relation: [{"href": ours}]} for theirs, relation, ours in pairs]}), "utf-8")
    return path


SAME = "https://schema.org/sameAs"
GOOD = [
    ("https://voisin.example/id/1", SAME, f"{OURS}id/acteur/A001"),
    ("https://voisin.example/id/2", "http://www.w3.org/2002/07/owl#sameAs", f"{OURS}doc/acteur/A002.html?lang=fr"),
    ("https://voisin.example/id/3", "related", f"{OURS}id/acteur/A003"),
    ("https://voisin.example/id/4", SAME, f"{OURS}id/territoire/T011"),
    ("https://voisin.example/id/5", SAME, "https://w3id.org/ess-lod/vocab/champ/medias"),
]
TAKEN = [
    ("A001", "https://voisin.example/id/1", "identique", "voisin-example", "a_relire"),
    ("A002", "https://voisin.example/id/2", "identique", "voisin-example", "a_relire"),
    ("A002", "https://voisin.example/id/3", "voir-aussi", "voisin-example", "a_relire"),
    ("T011", "https://voisin.example/id/4", "voir-aussi", "voisin-example", "a_relire"),
    ("champ/medias", "https://voisin.example/id/5", "proche", "voisin-example", "a_relire"),
]
REFUSED = {
    ("https://voisin.example/id/6", SAME, f"{OURS}id/acteur/A004"): "retiré",
    ("https://voisin.example/id/6", SAME, f"{OURS}id/acteur/A999"): "ne publions rien",
    ("https://voisin.example/id/6", SAME, f"{OURS}id/acteur/T010"): "ne publions rien",
    ("https://voisin.example/id/6", SAME, f"{OURS}acteurs"): "ne publions rien",
    ("https://voisin.example/id/6", SAME, f"{OURS}id/acteur/A001#siege"): "ne publions rien",
    ("https://voisin.example/id/6", SAME, "https://w3id.org/ess-lod/vocab/champ/rien"): "ne publions rien",
    ("https://voisin.example/id/6", SAME, f"{OURS}id/document/R001"): "document",
    ("https://orcid.org/0000-0003-3060-0181", SAME, f"{OURS}id/acteur/A001"): "personne",
    ("https://lui:secret@voisin.example/id/6", SAME, f"{OURS}id/acteur/A001"): "nom d'utilisateur",
    ("ftp://voisin.example/id/6", SAME, f"{OURS}id/acteur/A001"): "http(s)",
    ("https://voisin.example/" + "x" * 2000, SAME, f"{OURS}id/acteur/A001"): "trop longue",
    ("https://voisin.example/a b", SAME, f"{OURS}id/acteur/A001"): "http(s)",
    ("javascript:alert(1)", SAME, f"{OURS}id/acteur/A001"): "http(s)",
}


def test_what_can_be_taken_waits_to_be_reviewed(home: Path, small: Project) -> None:
    done = links(home, "import", str(link_set(home, *GOOD)))
    assert done.exit_code == 0, done.output
    assert "5 liens de « voisin-example » à relire dans liens_entrants.csv, 0 déjà là." in done.output
    assert stated(small) == TAKEN
    before = small.table("liens_entrants").read_bytes()
    done = links(home, "import", str(link_set(home, *reversed(GOOD))))
    assert "0 liens de « voisin-example » à relire dans liens_entrants.csv, 5 déjà là." in done.output
    assert small.table("liens_entrants").read_bytes() == before, "importing twice changes nothing"


@pytest.mark.parametrize("case", REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_taken_is_told_with_its_reason(case: tuple[str, str, str], home: Path, small: Project) -> None:
    done = links(home, "import", str(link_set(home, case)))
    assert done.exit_code == 1
    assert f"Refusé : {case[0]} → {case[2]} : " in done.output
    assert REFUSED[case] in done.output
    assert stated(small) == []


def test_the_good_ones_are_taken_among_the_bad(home: Path, small: Project) -> None:
    done = links(home, "import", str(link_set(home, *GOOD, *REFUSED)), "--from", "voisin")
    assert done.exit_code == 0
    assert f"{len(REFUSED)} refusés." in done.output
    assert [row[:3] for row in stated(small)] == [row[:3] for row in TAKEN]
    assert {row[3] for row in stated(small)} == {"voisin"}


@pytest.mark.parametrize("suffix", [suffix for suffix, kind in TYPE_OF_SUFFIX.items() if kind in RDF_TYPES])
def test_each_rdf_file_is_read_by_its_name(suffix: str, home: Path, small: Project) -> None:
    path = home / f"voisin{suffix}"
    quad = Quad(NamedNode("https://voisin.example/id/1"), SCHEMA.sameAs, NamedNode(f"{OURS}id/acteur/A001"))
    path.write_bytes(serialize([quad], format=RDF_TYPES[TYPE_OF_SUFFIX[suffix]]) or b"")
    assert links(home, "import", str(path)).exit_code == 0
    assert stated(small) == TAKEN[:1]


def test_a_text_link_set_is_read_by_its_name(home: Path, small: Project) -> None:
    path = home / "voisin.linkset"
    path.write_text(f'<{OURS}id/acteur/A001>; rel="{SAME}"; anchor="https://voisin.example/id/1"\n', "utf-8")
    assert links(home, "import", str(path)).exit_code == 0
    assert stated(small) == TAKEN[:1]


@pytest.mark.parametrize(
    ("name", "content", "words", "said"),
    [
        ("a.bin", "", (), "--type"),
        ("a.json", "{}", (), "« linkset »"),
        ("a.ttl", "<a>", (), "Turtle"),
        ("a.ttl", "", (), "aucun énoncé"),
        (
            "a.ttl",
            f"<https://a.example/1> <{SAME}> <{OURS}id/acteur/A001> . <https://b.example/1> <{SAME}> <{OURS}id/acteur/A002> .",
            (),
            "--from",
        ),
        ("a.ttl", f"<https://a.example/1> <{SAME}> <{OURS}id/acteur/A001> .", ("--from", "Le Voisin"), "minuscules"),
    ],
)
def test_a_file_that_is_none_is_told(name: str, content: str, words: tuple[str, ...], said: str, home: Path, small: Project) -> None:
    (home / name).write_text(content, "utf-8")
    done = links(home, "import", str(home / name), *words)
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output
    assert stated(small) == []


def test_review_decides_and_publication_follows(home: Path, small: Project) -> None:
    links(home, "import", str(link_set(home, *GOOD)), "--url", "https://voisin.example/linkset.json", "--from", "voisin")
    listed = links(home, "review").output
    assert "ligne 2  voisin, reçu le 20" in listed
    assert "https://voisin.example/id/1 identique → A001 Réseau fictif" in listed
    assert "5 à relire." in listed

    def shown() -> set[str]:
        client = create_app(small.settings).test_client()
        pages = [
            client.get(path).text
            for path in ("/doc/acteur/A001", "/doc/acteur/A001.ttl", "/linkset?uri=/id/acteur/A001", "/doc/acteur/A002.ttl")
        ]
        return {f"https://voisin.example/id/{n}" for n in range(1, 6) for page in pages if f"https://voisin.example/id/{n}" in page}

    assert ess_lod(home, "publish").exit_code == 0
    assert shown() == set(), "nothing is published before review"
    done = links(home, "review", "--accept", "2", "--refuse", "3")
    assert done.exit_code == 0, done.output
    assert done.output == "Acceptés : 1 ; refusés : 1. Ce qui est accepté sera publié par ess-lod publish.\n"
    assert [row[4] for row in stated(small)] == ["accepte", "refuse", "a_relire", "a_relire", "a_relire"]
    assert ess_lod(home, "publish").exit_code == 0
    assert shown() == {"https://voisin.example/id/1"}
    links(home, "import", str(link_set(home, *GOOD)), "--from", "voisin")
    assert [row[4] for row in stated(small)] == ["accepte", "refuse", "a_relire", "a_relire", "a_relire"], "no decision is undone"


def test_review_says_what_is_missing(home: Path, small: Project) -> None:
    links(home, "import", str(link_set(home, GOOD[0])))
    before = small.table("liens_entrants").read_bytes()
    done = links(home, "review", "--accept", "2", "--refuse", "9")
    assert done.exit_code == 1
    assert "ligne 2, colonne « annonce »" in done.output
    assert "ligne 9 : aucune ligne à relire" in done.output
    assert small.table("liens_entrants").read_bytes() == before
    assert links(home, "review", "--refuse", "2").exit_code == 0
    assert links(home, "review").output == "Rien à relire.\n"


def test_a_table_of_a_spreadsheet_stays_as_it_is(small: Project) -> None:
    path = small.table("liens_entrants")
    header = HEADER.replace(",", ";")
    kept = 'A001;https://a.example/1;identique;a;2026-01-01;"accepte";https://a.example;\r\n'
    path.write_bytes(
        f"\ufeffsep=;\r\n{header}\r\n{kept}\r\nA002;https://a.example/2;identique;a;2026-01-01;a_relire;https://a.example;\r\n".encode()
    )
    table = TableFile(small.settings.data, TABLES["liens_entrants"])
    assert [each.line for each in table.records()] == [3, 5]
    table.change({5: {"etat": "refuse"}})
    assert (
        path.read_bytes()
        == (f"\ufeffsep=;\r\n{header}\r\n{kept}\r\nA002;https://a.example/2;identique;a;2026-01-01;refuse;https://a.example;\r\n").encode()
    )
    TableFile(small.settings.data, TABLES["liens_entrants"]).append([{"entite": "A002", "cible": "https://a.example/3", "reseau": 'a"b;c'}])
    assert path.read_bytes().endswith(b'\r\nA002;https://a.example/3;;"a""b;c";;;;\r\n')
