"""Tables of others: what is read, what is refused and where, what is written."""

from __future__ import annotations

import datetime
import gzip
import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ess_lod.errors import TableErrors
from ess_lod.sheet import csv_text, read_sheet, write_sheet

CASES = Path(__file__).resolve().parent / "data/sheets"


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
        (
            "t.csv",
            b"nom\nLille\nB\x8ethune\n",
            "t.csv, ligne 3 : le fichier n'est pas en UTF-8 (sans doute Windows-1252), à cet endroit : « BŽthune »",
        ),
        ("t.csv", "nom\nBéthune\n".encode() + b"B\xe9thune\n", "t.csv, ligne 3 : le fichier n'est pas en UTF-8"),
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
    ("name", "header", "rows", "lines"),
    [
        ("ls", ("nom", "ville"), [("Dynamique\u2028Insertion Emploi", "Drocourt")], (2,)),
        ("lsq", ("nom", "ville"), [("Dynamique\u2028Insertion Emploi", "Drocourt")], (2,)),
        ("vt", ("nom", "ville"), [("Dynamique\vInsertion Emploi", "Drocourt")], (2,)),
        ("ff", ("nom", "ville"), [("Dynamique\fInsertion Emploi", "Drocourt")], (2,)),
        ("nel", ("nom", "ville"), [("Dynamique\u0085Insertion Emploi", "Drocourt")], (2,)),
        ("ins", ("id", "nom"), [("1", "Thiérache\u2028Sambre et Oise"), ("2", "Lille")], (2, 3)),
        ("ins2", ("code", "nom, usuel"), [("1", "Lille")], (2,)),
        ("hdr_comma", ("nom, complet", "ville"), [("Dynamique Insertion Emploi", "Drocourt")], (2,)),
        ("hdr_commas", ("nom, sigle, autre nom", "ville"), [("Dynamique Insertion Emploi", "Drocourt")], (2,)),
        ("blanktop", ("nom", "ville"), [("Dynamique Insertion Emploi", "Drocourt")], (4,)),
    ],
)
def test_rows_end_where_the_csv_parser_ends_them(
    name: str, header: tuple[str, ...], rows: list[tuple[str, ...]], lines: tuple[int, ...]
) -> None:
    for columns in ((), header, header[-1:]):
        sheet = read_sheet(CASES / f"{name}.csv", columns)
        assert (sheet.header, list(sheet.rows), sheet.lines) == (header, rows, lines)


def text_table(tmp_path: Path, content: str | bytes, name: str = "t.csv") -> Path:
    """A file with that content."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "separator", "header", "first"),
    [
        ("nom\nLille, Nord\nLens, Pas-de-Calais\n", ";", ("nom",), ("Lille, Nord",)),
        ("nom\nLille\n", ",", ("nom",), ("Lille",)),
        ('nom;ville\n"a, b, c, d";Lille\n', ";", ("nom", "ville"), ("a, b, c, d", "Lille")),
        ("nom, sigle;ville\nDIE;Drocourt\n", ";", ("nom, sigle", "ville"), ("DIE", "Drocourt")),
        ("nom\tville, rue\nDIE\tDrocourt\n", "\t", ("nom", "ville, rue"), ("DIE", "Drocourt")),
        ("nom;ville\rDIE;Drocourt\r", ";", ("nom", "ville"), ("DIE", "Drocourt")),
        ("sep=;\rnom;ville\rDIE;Drocourt\r", ";", ("nom", "ville"), ("DIE", "Drocourt")),
        ("sep=\t\nnom\tville\nDIE\tDrocourt\n", "\t", ("nom", "ville"), ("DIE", "Drocourt")),
        ("nom;ville\nDIE;\nTilt\n", ";", ("nom", "ville"), ("DIE", "")),
        ("\u200enom\ufeff;ville\nDIE;Drocourt\n", ";", ("nom", "ville"), ("DIE", "Drocourt")),
    ],
)
def test_the_separator_is_what_cuts_best_outside_quotes(
    content: str, separator: str, header: tuple[str, ...], first: tuple[str, ...], tmp_path: Path
) -> None:
    sheet = read_sheet(text_table(tmp_path, content), ["nom"])
    assert (sheet.separator, sheet.header, sheet.rows[0]) == (separator, header, first)


@pytest.mark.parametrize(
    ("content", "heading", "said"),
    [
        ("Membres 2024\n\nnom;ville\nDIE;Drocourt\n", 3, "en-tête lu à la ligne 3 ; 1 au-dessus laissée de côté."),
        ("Membres 2024;\nétat au;31/12\nnom;ville\nDIE;Drocourt\n", 3, "en-tête lu à la ligne 3 ; 2 au-dessus laissées de côté."),
        ("\n\nnom;ville\nDIE;Drocourt\n", 3, "en-tête lu à la ligne 3."),
        ("sep=;\nMembres\nnom;ville\nDIE;Drocourt\n", 3, "en-tête lu à la ligne 3 ; 1 au-dessus laissée de côté."),
    ],
)
def test_what_stands_above_the_header_is_left_out_and_told(content: str, heading: int, said: str, tmp_path: Path) -> None:
    sheet = read_sheet(text_table(tmp_path, content), ["nom", "ville"])
    assert (sheet.header, sheet.rows, sheet.lines) == (("nom", "ville"), (("DIE", "Drocourt"),), (heading + 1,))
    assert (sheet.heading, sheet.notes) == (heading, (said,))


@pytest.mark.parametrize(
    ("encoding", "known"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings(encoding: str, known: str, tmp_path: Path) -> None:
    sheet = read_sheet(text_table(tmp_path, "nom;ville\nL’Échelle – œuvre;Béthune\n".encode(encoding)))
    assert (sheet.header, sheet.rows, sheet.encoding) == (("nom", "ville"), (("L’Échelle – œuvre", "Béthune"),), known)
    assert any("Windows-1252, à vérifier : ligne 2" in note for note in sheet.notes) is (known == "cp1252")


def test_the_sheet_that_is_shown_or_that_has_the_columns_is_read_and_named(tmp_path: Path) -> None:
    for name in ("hidden.xlsx", "second.xlsx"):
        sheet = read_sheet(CASES / name, ["nom", "siren"])
        assert sheet.rows == (("Dynamique Insertion Emploi", "411654296"),)
        assert (sheet.name, sheet.notes) == (f"{name}, feuille « Liste »", ("feuille lue : « Liste ».",))
    book = openpyxl.Workbook()
    for title, row, state in (("A", ["nom", "x"], "visible"), ("B", ["nom", "y"], "visible"), ("C", ["nom", "siren"], "hidden")):
        book.create_sheet(title).append(row)
        book[title].append(["Tipimi", "1"])
        book[title].sheet_state = state
    path = tmp_path / "t.xlsx"
    book.save(path)
    both = read_sheet(path, ["nom"])
    assert both.notes == ("feuille lue : « A ».", "pas lues : « B ». En lire une autre : --sheet NOM.")
    assert read_sheet(path, ["nom"], "B").header == ("nom", "y")
    only = read_sheet(path, ["nom", "siren"])
    assert (only.header, only.notes[0]) == (("nom", "siren"), "feuille lue : « C », que le classeur cache.")
    with pytest.raises(TableErrors, match=r"pas de feuille « D »\. Feuilles : « A », « B », « C »"):
        read_sheet(path, ["nom"], "D")


ODS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)


def ods(path: Path) -> Path:
    """A workbook as LibreOffice writes it: a hidden sheet, a sheet, and rows without end after the table."""
    hidden = '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'

    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def cell(text: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    number = '<table:table-cell office:value-type="float" office:value="411654296"><text:p>4,11654E+08</text:p></table:table-cell>'
    end = (
        '<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    tables = (
        f'<table:table table:name="caché" table:style-name="ta2">{row(cell("rien"))}</table:table>'
        f'<table:table table:name="Liste">{row(cell("nom"), cell("siren"))}{row(cell("Tipimi"), number)}{end}</table:table>'
    )
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr(
            "content.xml",
            f"<office:document-content {ODS}><office:automatic-styles>{hidden}</office:automatic-styles>"
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        )
        parts.writestr("META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
    return path


def xlsb(path: Path, rows: list[list[str]], last: tuple[int, int] | None = None) -> Path:
    """A binary workbook ([MS-XLSB]) with texts; ``last`` is the last row and column that it claims to have."""

    def record(kind: int, data: bytes = b"") -> bytes:
        return bytes([kind] if kind < 128 else [kind & 0x7F | 0x80, kind >> 7]) + bytes([len(data)]) + data

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    height, width = last or (len(rows) - 1, len(rows[0]) - 1)
    sheet = record(129) + record(148, struct.pack("<4I", 0, height, 0, width)) + record(145)
    for line, row in enumerate(rows):
        sheet += record(0, struct.pack("<IIHBBBI", line, 0, 300, 0, 0, 0, 0))
        sheet += b"".join(record(6, struct.pack("<II", place, 0) + wide(cell)) for place, cell in enumerate(row))
    schema = "http://schemas.openxmlformats.org"
    relation = f"<Relationship Id='rId1' Type='{schema}/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet1.bin'/>"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("[Content_Types].xml", f"<Types xmlns='{schema}/package/2006/content-types'/>")
        parts.writestr(
            "xl/_rels/workbook.bin.rels", f"<Relationships xmlns='{schema}/package/2006/relationships'>{relation}</Relationships>"
        )
        named = record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Liste"))
        parts.writestr("xl/workbook.bin", record(131) + record(143) + named + record(144) + record(132))
        parts.writestr("xl/worksheets/sheet1.bin", sheet + record(146) + record(130))
    return path


def test_workbooks_of_all_kinds_by_their_bytes(tmp_path: Path) -> None:
    """ODS, XLS, XLSB; and an XLSX that somebody named ``.csv``, a CSV that somebody named ``.xlsx``."""
    sheet = read_sheet(ods(tmp_path / "t.ods"), ["nom", "siren"])
    assert (sheet.header, sheet.rows, sheet.name) == (("nom", "siren"), (("Tipimi", "411654296"),), "t.ods, feuille « Liste »")
    assert read_sheet(CASES / "liste.xls", ["nom"]).rows == (("Dynamique Insertion Emploi", "411654296"),)
    assert read_sheet(xlsb(tmp_path / "t.xlsb", [["nom", "ville"], ["Tipimi", "Lille"]])).rows == (("Tipimi", "Lille"),)
    workbook(tmp_path / "t.xlsx", [["nom"], ["Tipimi"]]).rename(tmp_path / "t.csv")
    named = read_sheet(tmp_path / "t.csv", ["nom"])
    assert (named.rows, named.notes[0]) == ((("Tipimi",),), "c'est un classeur malgré son nom, et il est lu ainsi.")
    named = read_sheet(text_table(tmp_path, "nom;ville\nDIE;Drocourt\n", "u.xlsx"))
    assert (named.rows, named.notes) == ((("DIE", "Drocourt"),), ("c'est du texte (CSV) malgré son nom, et il est lu ainsi.",))
    with pytest.raises(TableErrors, match="trop grand"):
        read_sheet(xlsb(tmp_path / "far.xlsb", [["nom"], ["Lille"]], (1_048_575, 16_383)))


def zipped(*names: str) -> bytes:
    """A zip with empty parts."""
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        for name in names:
            parts.writestr(name, "")
    return out.getvalue()


OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.xls", b"<html><body><table><tr><td>nom</td></tr></table></body></html>", "est une page HTML, même si son nom dit autre chose"),
        ("t.xls", b"\xef\xbb\xbf\r\n<TABLE border=1><tr>", "est une page HTML"),
        ("t.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "est du XML de tableur"),
        ("t.csv", b"%PDF-1.7\n", "est un document PDF"),
        ("t.csv", gzip.compress(b"nom\nLille\n"), "est comprimé (gzip)"),
        ("t.csv", zipped("membres.csv"), "est une archive zip"),
        ("t.xlsx", zipped("[Content_Types].xml", "word/document.xml"), "est un document Word"),
        ("t.numbers", zipped("Index/Document.iwa"), "est un document d'Apple (Numbers"),
        ("t.ods", zipped("mimetype", "content.xml"), "est un document OpenDocument sans tableur"),
        ("t.xlsx", OLE2 + "EncryptedPackage".encode("utf-16-le"), "est un classeur protégé par un mot de passe"),
        ("t.xls", OLE2 + "WordDocument".encode("utf-16-le"), "est un document Word"),
        ("t.xls", OLE2, "le classeur ne peut pas être lu"),
        ("t.csv", b"PAR1....", "est un fichier Parquet"),
        ("t.csv", b'[{"nom": "Lille"}]', "est du JSON"),
        ("t.csv", b"\x00\x01\x02nom", "n'est pas du texte"),
        ("t.csv", b"7z\xbc\xaf\x27\x1c", "est une archive 7z"),
    ],
)
def test_what_is_no_table_says_what_it_is(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(TableErrors) as refused:
        read_sheet(text_table(tmp_path, content, name), ["nom"])
    [problem] = refused.value.problems
    assert said in problem.what
    assert "Windows-1252" not in str(problem)
    assert problem.remedy


def test_every_row_that_is_too_wide_is_told_but_not_a_thousand(tmp_path: Path) -> None:
    with pytest.raises(TableErrors) as refused:
        read_sheet(text_table(tmp_path, "nom,ville\n" + "a,b,c\nd,e\n" * 1000))
    assert [problem.line for problem in refused.value.problems] == list(range(2, 42, 2))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """A cell that has a carriage return alone, or a letter that other readers end lines at, stays one cell."""
    rows = [("a\rb", "c\u2028d"), ("e\u0085f\vg", 'h"i\nj'), ("k;l", "")]
    path = tmp_path / "t.csv"
    write_sheet(path, ["nom", "ville"], rows, ";")
    assert list(read_sheet(path).rows) == rows
    assert csv_text([["a\rb", 1.5]], ";") == '"a\rb";1.5\n'
