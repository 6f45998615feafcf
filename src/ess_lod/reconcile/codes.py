"""Official numbers as people and spreadsheets write them: read where that is certain, else with the reason why not, in French and English.

Keys: SIREN and SIRET by Luhn (La Poste's exception included), French VAT numbers by INSEE's ``(12 + 3 × (SIREN mod 97)) mod 97``; all by python-stdnum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.fr import siren, siret, tva

from ess_lod.characters import tidy, visible
from ess_lod.reconcile.asked import LONGEST

_LENGTHS = {"siren": 9, "siret": 14}
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u2212/_]+")
_CELL = re.compile(r"""\A=?["'’«\s]*(.*?)["'’»;\s]*\Z""", re.DOTALL)
"""What a spreadsheet has around a text that looks like a number: ``'411…``, ``="411…"``."""
_SAID = re.compile(
    r"\A(?:(?:n\s?[°º]|no\b|num[ée]ro|code|identifiant|siren|siret|rna|insee|tva|vat|intracommunautaire|rcs(?:[\s'’-][^\W\d]+)*)[\s:.=#°º()-]*)+",
    re.IGNORECASE,
)
"""Words before a number: ``N° SIREN``, ``RCS Arras B``, ``TVA intracommunautaire :``."""
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]*))?E\+?([0-9]{1,2})", re.IGNORECASE)
_DECIMALS = re.compile(r"[.,]0+\Z")
_VAT = re.compile(r"FR([0-9A-Z]{2})([0-9]{9})")
_RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")
_INSEE = re.compile(r"([0-9]{2}|2[AB])[0-9]{3}|[0-9]{9}|[0-9]{2}|2[AB]|97[0-9]")
_FORMS = {
    "rna": ("un numéro RNA est un W suivi de 9 chiffres", "an RNA number is a W and 9 digits"),
    "insee": (
        "un code Insee a 5 signes pour une commune, 9 pour un EPCI, 2 ou 3 pour un département",
        "an INSEE code has 5 characters, 9, 2 or 3",
    ),
}
Told = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Code:
    """A number of a register. ``value`` is "" when it cannot be read; ``why`` says so (French, English), or what is doubtful in it, or ("", "")."""

    scheme: str
    value: str
    why: Told = ("", "")

    @property
    def key(self) -> str:
        """``scheme:value``, by which the index has it."""
        return f"{self.scheme}:{self.value}"


def read_code(scheme: str, text: str) -> Code:
    """The number that a cell means, of the register ``siren``, ``siret``, ``rna`` or ``insee``.

    Blanks, points, words before it, marks and decimals of a spreadsheet go; zeros that it took away come back where the key agrees. A VAT number and a SIRET
    hold a SIREN; a SIREN in the place of a SIRET is one.
    """
    bare, lost = _bare(text)
    if lost != ("", ""):
        return Code(scheme, "", lost)
    if scheme in _LENGTHS:
        return _of_a_firm(scheme, bare)
    if scheme == "insee" and re.fullmatch(r"[1-9][0-9]{3}|[1-9]", bare):
        bare = f"0{bare}"
    if not (_RNA if scheme == "rna" else _INSEE).fullmatch(bare):
        return Code(scheme, "", _FORMS[scheme])
    return Code(scheme, bare)


def code_of_text(text: str) -> Code | None:
    """The number that a whole text is, where its form tells which; nine digits are a SIREN, and the code of an EPCI too. ``None`` for a name.

    Its ``value`` is "" when it is one that a spreadsheet broke, or has a wrong VAT key.
    """
    if len(text) > LONGEST or not any(char.isdigit() for char in text):
        return None
    if _SCIENTIFIC.fullmatch(_stripped(text)):
        return read_code("siren", text)
    bare, _ = _bare(text)
    if _RNA.fullmatch(bare):
        return Code("rna", bare)
    if re.fullmatch(r"[0-9]{14}", bare):
        return _of_a_firm("siret", bare)
    if re.fullmatch(r"[0-9]{9}", bare) or _VAT.fullmatch(bare):
        return _of_a_firm("siren", bare)
    return Code("insee", bare) if re.fullmatch(r"([0-9]{2}|2[AB])[0-9]{3}", bare) else None


def _stripped(text: str) -> str:
    inside = _CELL.match(tidy(text))
    return _SAID.sub("", inside[1] if inside else "").strip()


def _bare(text: str) -> tuple[str, Told]:
    """The signs of a number without what people put around them, or why they are lost."""
    stripped = _stripped(text)
    if found := _SCIENTIFIC.fullmatch(stripped):
        digits, size = (found[1] + (found[2] or "")), int(found[3]) + 1
        digits = digits.rstrip("0").ljust(size, "0") if len(digits) > size else digits
        if len(digits) != size:
            return "", (
                f"le tableur n'a gardé que {len(digits)} chiffres sur {size} : les reprendre à la source, dans une colonne au format texte",
                f"the spreadsheet kept {len(digits)} digits of {size}: take them from the source again, into a column of texts",
            )
        return digits, ("", "")
    return _SEPARATORS.sub("", _DECIMALS.sub("", stripped)).upper(), ("", "")


def _of_a_firm(scheme: str, bare: str) -> Code:
    if vat := _VAT.fullmatch(bare):
        if tva.is_valid(bare):
            return Code("siren", vat[2])
        return Code(
            "siren",
            "",
            (f"la clé {vat[1]} du numéro de TVA est fausse : un signe a été mal recopié", f"the key {vat[1]} of the VAT number is wrong"),
        )
    bare = bare.removeprefix("FR")
    if not (bare.isascii() and bare.isdecimal()):
        return Code(scheme, "", ("ce n'est pas une suite de chiffres", "it is no number"))
    if len(bare) in (8, 13) and (siren if len(bare) == 8 else siret).is_valid(f"0{bare}"):
        bare = f"0{bare}"
    if len(bare) == _LENGTHS["siret"] and scheme == "siren":
        bare = bare[: _LENGTHS["siren"]]
    size = len(bare)
    if size == _LENGTHS["siren"]:
        return Code("siren", bare, _doubt("siren", siren.is_valid(bare)))
    if size == _LENGTHS["siret"]:
        return Code("siret", bare, _doubt("siret", siret.is_valid(bare)))
    wanted = _LENGTHS[scheme]
    return Code(scheme, "", (f"{size} chiffres au lieu de {wanted}", f"{size} digits instead of {wanted}"))


def _doubt(scheme: str, valid: bool) -> Told:
    if valid:
        return "", ""
    name = scheme.upper()
    return f"la clé du {name} est fausse : un chiffre a été mal recopié", f"the key of the {name} is wrong: a digit was miscopied"


def told(name: Told, text: str, why: Told) -> Told:
    """What is said of a value that was not read, or is doubtful: ``numéro SIREN « 4,1E+08 » : …``."""
    shown = visible(text[:LONGEST])
    return f"{name[0]} « {shown} » : {why[0]}", f"{name[1]} “{shown}”: {why[1]}"
