"""``ess-lod links suggest`` and ``accept``: the other side suggests, a person decides."""

from __future__ import annotations

import csv
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from ess_lod.cli import main
from ess_lod.errors import ConfigError
from ess_lod.links.asking import Service, ServiceError
from ess_lod.publish import draw_up
from ess_lod.publish.suggesting import COLUMNS, read_suggestions
from ess_lod.sheet import csv_text, write_sheet
from tests.conftest import REPOSITORY, Project
from tests.links.reconciling import KNOWN, MANIFEST, Answer, Reconciler, answering


@pytest.fixture
def home(small: Project) -> Path:
    """The fictitious project as a folder that the command line can be told of."""
    home = small.settings.data.parent
    for name in ("ontology", "shapes"):
        (home / name).symlink_to(REPOSITORY / name)
    return home


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), "links", *words])


def rows(path: Path) -> list[dict[str, str]]:
    return [cells for _, cells in read_suggestions(path)]


def fill(path: Path, **cells: str) -> None:
    """Fill cells of the first row, as a person does in a spreadsheet that writes semicolons."""
    found = rows(path)
    found[0] |= cells
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=";")
        writer.writeheader()
        writer.writerows(found)


def test_candidates_are_written_with_an_empty_decision(home: Path) -> None:
    out = home / "suggestions.csv"
    service = Reconciler()
    with answering(service) as server:
        done = run(home, "suggest", f"{server.url}/reconcile", "--type", "Q43229", "--limit", "2", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "2 demandes à Service d'essai : 2 avec des candidats" in done.output
    assert [query["query"] for query in service.queries] == ["Réseau fictif", "Le Panier relié"]
    assert {(query["type"], query["limit"]) for query in service.queries} == {("Q43229", 2)}
    assert [(row["entite"], row["cible"], row["score"], row["sur"]) for row in rows(out)] == [
        ("A001", "http://www.wikidata.org/entity/Q101", "100", "oui"),
        ("A001", "http://www.wikidata.org/entity/Q102", "41.5", "non"),
        ("A002", "http://www.wikidata.org/entity/Q103", "88", "non"),
    ]
    assert rows(out)[1]["nom_cible"] == "'=cmd()", "no formula comes from the other side"
    assert {row[name] for row in rows(out) for name in ("decision", "confiance", "justification", "sources")} == {""}


def test_what_is_there_is_not_asked_again(home: Path, small: Project) -> None:
    out = home / "suggestions.csv"
    small.append("liens", "A001,http://www.wikidata.org/entity/Q7,,certaine,Même nom.,R002")
    first = Reconciler(trouble=())
    with answering(first) as server:
        assert run(home, "suggest", server.url, "--out", str(out)).exit_code == 0
        assert [query["query"] for query in first.queries] == ["Le Panier relié"], "A001 is linked to Wikidata already"
        assert run(home, "suggest", server.url, "--out", str(out)).exit_code == 0
    assert len(first.queries) == 1
    assert len(rows(out)) == 1


def test_a_name_that_the_service_does_not_know_is_remembered(home: Path) -> None:
    out = home / "suggestions.csv"
    with answering(service := Reconciler()) as server:
        for _ in range(2):
            assert run(home, "suggest", server.url, "--kind", "personne-publique", "--out", str(out)).exit_code == 0
    assert len(service.queries) == 2
    assert [(row["entite"], row["cible"]) for row in rows(out)] == [("P001", ""), ("P002", "")]


def test_a_service_that_is_full_is_waited_for() -> None:
    waited: list[float] = []
    with answering(Reconciler(trouble=(503, 429), batch=7)) as server:
        service = Service(server.url, sleep=waited.append)
    assert (waited, service.batch, service.name) == ([2.0, 2.0], 7, MANIFEST["name"])


def test_a_service_that_stays_full_is_told() -> None:
    waited: list[float] = []
    with answering(Reconciler(trouble=(503,) * 9)) as server, pytest.raises(ServiceError, match=r"statut 503.*Relancer"):
        Service(server.url, sleep=waited.append)
    assert len(waited) == 4


def test_batches_are_asked_whole() -> None:
    with answering(service := Reconciler(batch=1000)) as server:
        found = Service(server.url).ask([*KNOWN, "inconnu"])
    assert [len(each) for each in found] == [2, 1, 0]
    assert server.asked[1][0] == "POST"
    assert len(service.queries) == 3


def fixed(status: int, body: bytes) -> Answer:
    return status, {}, body


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (fixed(404, b"no"), "statut 404"),
        (fixed(200, b"<html>"), "ne répond pas en JSON"),
        (fixed(200, b"[]"), "répond"),
        (fixed(200, b'{"name": "x"}'), "identifierSpace"),
        (fixed(200, b'{"status": "error", "message": "closed"}'), "closed"),
        (fixed(200, b"[" * 100_000), "JSON"),
        (fixed(200, b" " * 8_000_001), "plus de 8 Mo"),
    ],
    ids=["missing", "a page", "a list", "no manifest", "an error", "deep", "long"],
)
def test_a_service_that_is_none_is_told(answer: Answer, said: str) -> None:
    with answering(lambda *_: answer) as server, pytest.raises(ServiceError, match=said):
        Service(server.url, sleep=lambda _: None)


def test_a_service_that_is_not_there_is_told(home: Path) -> None:
    with answering(Reconciler()) as server:
        pass
    with pytest.raises(ServiceError, match="ne répond pas : ConnectError"):
        Service(server.url, sleep=lambda _: None)
    done = run(home, "suggest", "pas une adresse", "--out", str(home / "x.csv"))
    assert done.exit_code == 1
    assert "ne peut pas être interrogé" in done.output
    assert not (home / "x.csv").exists()


def test_half_an_answer_is_told() -> None:
    def half(method: str, path: str, body: bytes) -> Answer:
        return Reconciler()(method, path, body) if method == "GET" else (200, {}, b'{"q0": {"result": []}}')

    with answering(half) as server, pytest.raises(ServiceError, match="« result »"):
        Service(server.url).ask(["a", "b"])


def test_a_person_decides(home: Path, small: Project) -> None:
    out = home / "suggestions.csv"
    with answering(Reconciler()) as server:
        run(home, "suggest", server.url, "--out", str(out))
    before = small.table("liens").read_bytes()
    done = run(home, "accept", str(out))
    assert (done.exit_code, small.table("liens").read_bytes()) == (0, before)
    assert "0 liens ajoutés à liens.csv, 0 déjà là, 0 refusés, 3 sans décision." in done.output

    fill(out, decision="oui")
    done = run(home, "accept", str(out))
    assert (done.exit_code, small.table("liens").read_bytes()) == (1, before)
    for column in ("confiance", "justification", "sources"):
        assert f"suggestions.csv, ligne 2, colonne « {column} » : la cellule est vide." in done.output

    fill(out, decision="oui", confiance="certaine", justification="Même nom, même siège.", sources="R001 | R999")
    done = run(home, "accept", str(out))
    assert (done.exit_code, small.table("liens").read_bytes()) == (1, before)
    assert "ligne 2, colonne « sources » : R999 ne renvoie à rien." in done.output

    fill(out, sources="R001 | R002")
    done = run(home, "accept", str(out))
    assert done.exit_code == 0, done.output
    assert "1 liens ajoutés" in done.output
    line = 'A001,http://www.wikidata.org/entity/Q101,wikidata,certaine,"Même nom, même siège.",R001 | R002\n'
    assert small.table("liens").read_bytes() == before + line.encode()
    assert draw_up(small.settings).report.conforms

    done = run(home, "accept", str(out))
    assert "0 liens ajoutés à liens.csv, 1 déjà là" in done.output
    assert small.table("liens").read_bytes() == before + line.encode()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"decision": "peut-être"}, "n'est pas une décision"),
        ({"decision": "oui", "cible": "https://orcid.org/0000-0001"}, "personne"),
        ({"decision": "oui", "cible": "https://encyclopedie.example/Reseau", "entite": "A002"}, "déjà celle de A001"),
        ({"decision": "oui", "entite": "A003"}, "doublon"),
        ({"decision": "oui", "cible": "https://www.wikidata.org/wiki/Q9"}, "http://www.wikidata.org/entity/Q9"),
    ],
)
def test_a_wrong_decision_writes_nothing(cells: dict[str, str], said: str, home: Path, small: Project) -> None:
    out = home / "suggestions.csv"
    with answering(Reconciler()) as server:
        run(home, "suggest", server.url, "--out", str(out))
    before = small.table("liens").read_bytes()
    fill(out, confiance="certaine", justification="Même nom.", sources="R001", **cells)
    done = run(home, "accept", str(out))
    assert done.exit_code == 1
    assert said in done.output
    assert small.table("liens").read_bytes() == before


def test_a_table_of_something_else_is_told(home: Path) -> None:
    other = home / "autre.csv"
    other.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(ConfigError, match="il manque les colonnes entite, cible, decision"):
        list(read_suggestions(other))
    other.write_bytes("entité".encode("cp1252"))
    assert "CSV UTF-8" in run(home, "accept", str(other)).output


def test_a_row_stays_one_row_and_a_workbook_is_read(tmp_path: Path) -> None:
    """U+2028 in a cell ends no row; the same table saved as a workbook, below a title, is the same table."""
    found = list(read_suggestions(REPOSITORY / "tests/data/sheets/suggestions-ls.csv"))
    assert [(line, cells["entite"], cells["nom"]) for line, cells in found] == [(2, "A009", "Dynamique Insertion"), (3, "A010", "Autre")]
    workbook = tmp_path / "s.xlsx"
    write_sheet(workbook, ["À relire"], [list(found[0][1]), *([*cells.values()] for _, cells in found)])
    assert [cells for _, cells in read_suggestions(workbook)] == [cells for _, cells in found]


def test_what_a_spreadsheet_saved_is_added_to_as_it_is(home: Path) -> None:
    """Semicolons, another order of columns, a column of their own, no end of line: rows that are added fit in."""
    out = home / "suggestions.csv"
    with answering(Reconciler()) as server:
        run(home, "suggest", server.url, "--out", str(out))
        whole = rows(out)
        names = ["note", *reversed(COLUMNS)]
        kept = [row for row in whole if row["entite"] == "A001"]
        lines = [names, *([row.get(name, "x") for name in names] for row in kept)]
        out.write_text(csv_text(lines, ";").rstrip("\n"), "utf-8-sig")
        done = run(home, "suggest", server.url, "--out", str(out))
    assert "1 demandes" in done.output
    assert [{name: row[name] for name in COLUMNS} for row in rows(out)] == whole
    assert out.read_text("utf-8-sig").splitlines()[0] == ";".join(names)
    write_sheet(home / "s.xlsx", COLUMNS, [])
    with answering(Reconciler()) as server:
        done = run(home, "suggest", server.url, "--out", str(home / "s.xlsx"))
    assert (done.exit_code, "ne peut pas être complété" in done.output) == (1, True)


def test_nothing_of_this_machine_is_asked_for_a_service() -> None:
    with answering(Reconciler()) as server:
        Service(server.url, httpx.Client(trust_env=False))
    assert "authorization" not in server.asked[0][2]
    assert "cookie" not in server.asked[0][2]
