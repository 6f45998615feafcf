"""What the bytes of a file are: text or a workbook, which are read; else what it is, who wrote it so and what to do (French).

The name of a file is what somebody called it: sites export HTML as ``.xls``, and a workbook renamed ``.csv`` stays one. So only bytes are looked at.
Signatures are those of the formats' own specifications (ZIP, OLE2/CFB, PDF, gzip …).
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from typing import Literal

from ess_lod.errors import EssLodError

SAVE_AS = "Dans le tableur : Enregistrer sous, type « CSV UTF-8 » ; dans LibreOffice : jeu de caractères « Unicode (UTF-8) »."
SAVE_AS_WORKBOOK = "L'ouvrir dans le tableur, puis Enregistrer sous, type « Classeur Excel (.xlsx) » ou « CSV UTF-8 »."
_UNPACK = "Le décompresser, et donner la table qu'il contient."
_EXPORT = "L'exporter depuis ce logiciel en classeur (.xlsx, .ods) ou en CSV UTF-8."
_ASK = "Demander la table elle-même, en classeur ou en CSV, à qui l'a faite."
_NO_PASSWORD = "L'enregistrer sans mot de passe."  # noqa: S105
_SIGNATURES = (
    (b"%PDF-", "est un document PDF : une image de la table, sans ses cellules", _ASK),
    (b"\x1f\x8b", "est comprimé (gzip)", _UNPACK),
    (b"BZh", "est comprimé (bzip2)", _UNPACK),
    (b"\xfd7zXZ\x00", "est comprimé (xz)", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "est comprimé (zstandard)", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "est une archive 7z", _UNPACK),
    (b"Rar!\x1a\x07", "est une archive RAR", _UNPACK),
    (b"PAR1", "est un fichier Parquet", _EXPORT),
    (b"SQLite format 3\x00", "est une base de données SQLite", _EXPORT),
    (b"\x89PNG", "est une image", _ASK),
    (b"\xff\xd8\xff", "est une image", _ASK),
    (b"{\\rtf", "est un document de traitement de texte (RTF)", _ASK),
)
_IN_ZIP = (
    (re.compile(r"word/"), "est un document Word", _ASK),
    (re.compile(r"ppt/"), "est une présentation PowerPoint", _ASK),
    (
        re.compile(r"Index(/|\.zip)|.*\.iwa$"),
        "est un document d'Apple (Numbers, Pages ou Keynote)",
        "Dans Numbers : Fichier, Exporter vers, Excel ou CSV.",
    ),
    (re.compile(r"content\.xml$"), "est un document OpenDocument sans tableur (texte, dessin ou présentation)", _ASK),
)
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_OLE2 = (
    ("EncryptedPackage", "est un classeur protégé par un mot de passe", _NO_PASSWORD),
    ("WordDocument", "est un document Word", _ASK),
    ("PowerPoint Document", "est une présentation PowerPoint", _ASK),
)
_HTML = re.compile(rb"<(!doctype html|html|head|meta|body|table|style|div)\b", re.IGNORECASE)
_JSON = re.compile(rb'\s*(\{\s*("|\})|\[\s*[\[{])')
_BOM = re.compile(rb"\A(\xef\xbb\xbf)?\s*")
_BEGINNING = 4096


class NotATable(EssLodError):
    """A file that is not read: what it is, what to do, and the line of the file that shows it, 0 for the whole file (French)."""

    def __init__(self, what: str, remedy: str, line: int = 0) -> None:
        super().__init__(f"{what} {remedy}")
        self.what, self.remedy, self.line = what, remedy, line


def form_of(body: bytes) -> Literal["text", "workbook"]:
    """What a file is by its bytes. Raises :class:`NotATable` for what is neither a text nor a workbook that is read."""
    if body.startswith(b"PK\x03\x04"):
        return _zip(body)
    if body.startswith(_OLE2):
        return _ole2(body)
    for start, what, remedy in _SIGNATURES:
        if body.startswith(start):
            raise NotATable(f"le fichier {what}.", remedy)
    if utf16(body):
        return "text"
    begun = body[:_BEGINNING]
    bare = _BOM.sub(b"", begun)
    if _HTML.match(bare):
        what = "le fichier est une page HTML, même si son nom dit autre chose : le site ou le logiciel qui l'a exporté n'écrit pas de vrai classeur."
        raise NotATable(what, SAVE_AS_WORKBOOK)
    if bare.startswith((b"<?xml", b"<office:")):
        known = b"urn:schemas-microsoft-com:office:spreadsheet" in begun or b"opendocument" in begun
        raise NotATable("le fichier est du XML" + (" de tableur." if known else "."), SAVE_AS_WORKBOOK if known else _EXPORT)
    if _JSON.match(bare):
        raise NotATable("le fichier est du JSON.", _EXPORT)
    if b"\x00" in begun:
        raise NotATable("le fichier n'est pas du texte : il est d'un format que rien n'annonce.", _EXPORT)
    return "text"


def utf16(body: bytes) -> str:
    """The codec of a text in UTF-16: by its byte-order mark, or by every other byte being zero; "" for what is none."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for codec, zeros, letters in (
        ("utf-16-le", body[1:_BEGINNING:2], body[0:_BEGINNING:2]),
        ("utf-16-be", body[0:_BEGINNING:2], body[1:_BEGINNING:2]),
    ):
        if zeros.count(0) * 10 > len(zeros) * 8 and 0 not in letters:
            return codec
    return ""


def _zip(body: bytes) -> Literal["workbook"]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            names = parts.namelist()
            kind = parts.read("mimetype") if "mimetype" in names and parts.getinfo("mimetype").file_size < _BEGINNING else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise NotATable("le classeur ne peut pas être lu : il est coupé ou abîmé.", "Le télécharger ou l'enregistrer à nouveau.") from error
    if any(name.startswith("xl/workbook.") for name in names) or kind.strip().startswith(_ODS):
        return "workbook"
    for pattern, what, remedy in _IN_ZIP:
        if any(pattern.match(name) for name in names):
            raise NotATable(f"le fichier {what}.", remedy)
    raise NotATable("le fichier est une archive zip.", _UNPACK)


def _ole2(body: bytes) -> Literal["workbook"]:
    for stream, what, remedy in _IN_OLE2:
        if stream.encode("utf-16-le") in body:
            raise NotATable(f"le fichier {what}.", remedy)
    return "workbook"
