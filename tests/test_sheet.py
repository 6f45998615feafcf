"""Tables of others: what is read, what is refused and where, what is written."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ess_lod.characters import tidy
from ess_lod.errors import TableErrors
from ess_lod.sheet import read_sheet, write_sheet


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    """A workbook with one sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    "content",
    [
        b"nom,ville\nTipimi,Lille\n",
        b"nom;ville\r\nTipimi;Lille\r\n",
        b"nom\tville\nTipimi\tLille",
        b"\xef\xbb\xbfsep=;\nnom;ville\nTipimi;Lille\n",
        b"nom,ville,\nTipimi,Lille,,,\n,,\n",
        b' nom ,ville\n"Tipimi","Lille"\n\n',
    ],
)
def test_csv_as_spreadsheets_write_it(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    sheet = read_sheet(path)
    assert sheet.header[:2] == ("nom", "ville")
    assert [row[:2] for row in sheet.rows] == [("Tipimi", "Lille")]
    assert sheet.lines == (3,) if b"sep=" in content else (2,)


def test_xlsx_gives_texts(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        [],
        ["nom", "siren", "date", "part", "actif"],
        ["Tipimi", 411654296, datetime.date(2019, 6, 1), 0.5, True],
        [None, None],
        ["x", "02691", datetime.datetime(2019, 6, 1, 12, 30), None, False],
    ]
    sheet = read_sheet(workbook(tmp_path / "t.xlsx", rows))
    assert sheet.header == ("nom", "siren", "date", "part", "actif")
    assert sheet.rows == (("Tipimi", "411654296", "2019-06-01", "0.5", "oui"), ("x", "02691", "2019-06-01T12:30:00", "", "non"))
    assert sheet.lines == (3, 5)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "t.csv, ligne 1 : le fichier est vide."),
        ("t.csv", b"sep=;\n", "le fichier est vide."),
        ("t.csv", b"nom,ville\na,b,c\n", "t.csv, ligne 2 : 3 cellules pour 2 colonnes."),
        ("t.csv", b'nom\na\n"b\nc\nd\n', "t.csv, ligne 3 : la ligne ne peut pas"),
        ("t.csv", b'nom\n"b" c\n', "t.csv, ligne 2 : la ligne ne peut pas"),
        ("t.xlsx", b"PK\x03\x04 broken", "t.xlsx : le classeur ne peut pas"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(TableErrors) as refused:
        read_sheet(path)
    assert message in str(refused.value)


def test_an_empty_workbook(tmp_path: Path) -> None:
    with pytest.raises(TableErrors, match="le fichier est vide"):
        read_sheet(workbook(tmp_path / "t.xlsx", []))


def test_columns_by_name(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("nom,ville,ville\na,b,c\n", "utf-8")
    sheet = read_sheet(path)
    assert sheet.place("nom") == 0
    with pytest.raises(TableErrors, match="colonne « ville » : la colonne figure deux fois"):
        sheet.place("ville")
    with pytest.raises(TableErrors, match="colonne « siren » : la colonne est absente"):
        sheet.place("siren")
    assert sheet.beside(("nom", "uri"), "ess_") == ["ess_nom", "uri"]


def test_csv_is_written_for_excel(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_sheet(path, ["nom", "score"], [["É;\n", 90.5]])
    assert path.read_bytes() == '\ufeffnom,score\n"É;\n",90.5\n'.encode()
    assert read_sheet(path).rows == (("É;\n", "90.5"),)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_is_written_with_the_separator_that_it_had(separator: str, tmp_path: Path) -> None:
    """Excel in French opens a file with semicolons in columns, and one with commas in a single one."""
    path = tmp_path / "t.csv"
    path.write_text(
        separator.join(["nom", "ville"]) + "\n" + separator.join(["a", "b, c; d"]).replace("b, c; d", '"b, c; d"') + "\n", "utf-8"
    )
    sheet = read_sheet(path)
    assert (sheet.separator, sheet.rows) == (separator, (("a", "b, c; d"),))
    write_sheet(path, sheet.header, sheet.rows, sheet.separator)
    assert path.read_text("utf-8-sig").splitlines()[0] == f"nom{separator}ville"
    assert read_sheet(path).rows == sheet.rows


def test_xlsx_is_written_without_formulas(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    cells = ["=1+1", "+33 3", "-5", "@SUM(A1)", "https://apes-hdf.org", "02691", "x" * 40_000]
    write_sheet(path, [*"abcdefg", "score"], [[*cells, 90.5]])
    row = openpyxl.load_workbook(path).active[2]
    assert [cell.data_type for cell in row] == ["s"] * 7 + ["n"]
    assert [cell.value for cell in row] == [*cells[:6], "x" * 32_767, 90.5]
    assert all(cell.hyperlink is None for cell in row)


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("before", "utf-8")

    def rows() -> Any:
        yield ["a"]
        raise OSError(28, "No space left on device")

    with pytest.raises(TableErrors, match="le fichier ne peut pas être écrit"):
        write_sheet(path, ["nom"], rows())
    assert path.read_text("utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["t.csv"]
    with pytest.raises(TableErrors, match="Vérifier le dossier"):
        write_sheet(tmp_path / "nowhere/t.csv", ["nom"], [])


def test_a_workbook_that_would_take_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "nom", "Lille"
    far, packed = tmp_path / "far.xlsx", tmp_path / "packed.xlsx"
    book.save(far)
    with zipfile.ZipFile(workbook(packed, [["nom"], ["Lille"]]), "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/more.xml", bytes(3_000_000))
    assert read_sheet(packed).rows == (("Lille",),)
    monkeypatch.setattr("ess_lod.sheet.workbook._MOST_BYTES", 2_000_000)
    for path in (far, packed):
        with pytest.raises(TableErrors, match="trop grand"):
            read_sheet(path)


def test_a_message_does_not_list_a_million_columns(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{place}" for place in range(1000)) + "\n", "utf-8")
    with pytest.raises(TableErrors, match=r"c29… \(1000 en tout\)") as error:
        read_sheet(path).place("nom")
    assert len(str(error.value)) < 500


@pytest.mark.parametrize(
    ("content", "rows", "said"),
    [
        ("nom,ville\nDynamique\u2028Insertion Emploi,Drocourt\n".encode(), [("Dynamique Insertion Emploi", "Drocourt")], ""),
        (b"nom,ville\nDynamique\x0bInsertion Emploi,Drocourt\n", [("Dynamique Insertion Emploi", "Drocourt")], ""),
        (b"nom,ville\nDynamique\x0cInsertion Emploi,Drocourt\n", [("Dynamique Insertion Emploi", "Drocourt")], ""),
        ("nom,ville\nDynamique\x85Insertion Emploi,Drocourt\n".encode(), [("Dynamique Insertion Emploi", "Drocourt")], ""),
        (b'"nom, complet";ville\nDIE;Drocourt\n', [("DIE", "Drocourt")], ""),
        (b'"nom, sigle, autre nom";ville\nDIE;Drocourt\n', [("DIE", "Drocourt")], ""),
        (b"\n\nnom;ville\nDIE;Drocourt\n", [("DIE", "Drocourt")], ""),
        ("nom;ville\nDIE;Béthune\n".encode("utf-16"), [("DIE", "Béthune")], ""),
        ("nom;ville\nDIE;Béthune\n".encode("cp1252"), [("DIE", "Béthune")], "Windows-1252"),
    ],
)
def test_a_table_is_read_as_it_was_meant(content: bytes, rows: list[tuple[str, ...]], said: str, tmp_path: Path) -> None:
    """Rows end where CSV says, the separator is counted outside quotes, blank lines above the header go; what was guessed is said."""
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    sheet = read_sheet(path)
    assert [tuple(tidy(cell) for cell in row) for row in sheet.rows] == rows
    assert said in " ".join(sheet.notes)


def test_what_a_file_is_is_read_from_its_bytes(tmp_path: Path) -> None:
    """A CSV named .xlsx and a workbook named .csv are read; a PDF is called one."""
    text = tmp_path / "t.xlsx"
    text.write_bytes(b"nom\nTipimi\n")
    assert read_sheet(text).rows == (("Tipimi",),)
    book = workbook(tmp_path / "book.xlsx", [["nom"], ["Lille"]]).rename(tmp_path / "book.csv")
    assert read_sheet(book).rows == (("Lille",),)
    pdf = tmp_path / "t.csv"
    pdf.write_bytes(b"%PDF-1.7\n%\xe2\xe3")
    with pytest.raises(TableErrors, match="PDF"):
        read_sheet(pdf)
