"""One cell: text in, checked and normalised text out, or a :class:`CellError` that tells the editor what to do.

Values stay text, in the one spelling that the lift wants: a decimal point, an ISO date, a SIREN without spaces. Whether a reference leads somewhere is
not known here: see :mod:`ess_lod.publish.references`.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

from stdnum.fr import siren, siret

from ess_lod.characters import tidy
from ess_lod.iris import KINDS, kind_of
from ess_lod.publish.schema import Column, Kind

LIST_SEPARATOR = "|"
_FORBIDDEN_IN_IRI = re.compile(r'[\s<>"{}|\\^`]')
_FRENCH_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
COMMUNE_CODE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
_RNA = re.compile(r"W\d[0-9A-Z]\d{7}")


class CellError(Exception):
    """What is wrong with a cell, and what to do (French)."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what, self.remedy = what, remedy


def read_cell(text: str, column: Column, schemes: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The values of a cell: none, one, or several for a ``many`` column. Raises :class:`CellError`.

    ``schemes`` has the notations of each SKOS scheme.
    """
    values = [tidy(part) for part in text.split(LIST_SEPARATOR)] if column.many else [tidy(text)]
    values = [value for value in values if value]
    if not values:
        if column.required:
            raise CellError("la cellule est vide.", f"La remplir : {column.about}")
        return ()
    if len(set(values)) < len(values):
        raise CellError("la même valeur y figure deux fois.", "Garder une seule fois chaque valeur.")
    if column.kind is Kind.CONCEPT:
        return tuple(_concept(value, column.target[0], schemes) for value in values)
    if column.kind is Kind.LINKED:
        return tuple(_linked(value, column.target, schemes) for value in values)
    if column.kind in (Kind.ID, Kind.REF):
        return tuple(_id(value, column.target) for value in values)
    return tuple(_READERS[column.kind](value) for value in values)


def official_number(value: str, scheme: str) -> str:
    """A SIREN or SIRET with its key (Luhn; La Poste by sum of digits, as INSEE has it), an RNA number by its form."""
    number = value.replace(" ", "").upper()
    if scheme == "rna":
        if not _RNA.fullmatch(number):
            raise CellError(f"« {value} » n'a pas la forme d'un numéro RNA.", "Écrire W suivi de 9 chiffres, par exemple W595012345.")
        return number
    length, module = (9, siren) if scheme == "siren" else (14, siret)
    if not number.isdigit() or len(number) != length:
        raise CellError(
            f"« {value} » n'a pas {length} chiffres.",
            f"Un {scheme.upper()} compte {length} chiffres ; vérifier sur annuaire-entreprises.data.gouv.fr.",
        )
    if not module.is_valid(number):
        raise CellError(
            f"la clé de « {value} » est fausse : un chiffre a été mal recopié.",
            f"Vérifier le {scheme.upper()} sur annuaire-entreprises.data.gouv.fr.",
        )
    return number


def close_to(word: str, known: Iterable[str]) -> str:
    """« Vouliez-vous dire … ? », or nothing when no known word is close."""
    found = difflib.get_close_matches(word, sorted(known), n=1)
    return f"Vouliez-vous dire « {found[0]} » ? " if found else ""


def _text(value: str) -> str:
    return value


def _integer(value: str) -> str:
    digits = value.replace(" ", "")
    if not digits.isdecimal():
        raise CellError(f"« {value} » n'est pas un nombre entier.", "Écrire des chiffres seulement, par exemple 12.")
    return str(int(digits))


def _decimal(value: str) -> str:
    number = value.replace(" ", "").replace(",", ".")
    if not re.fullmatch(r"-?\d+(\.\d+)?", number):
        raise CellError(f"« {value} » n'est pas un nombre.", "Écrire par exemple 67000 ou 7,5, l'unité dans sa colonne.")
    return number


def _date(value: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise CellError(f"« {value} » n'est pas une date AAAA-MM-JJ.", _date_remedy(value))
    _real_day(value)
    return value


def _partial_date(value: str) -> str:
    if re.fullmatch(r"\d{4}", value):
        return value
    if re.fullmatch(r"\d{4}-\d{2}", value):
        _real_day(f"{value}-01")
        return value
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise CellError(f"« {value} » n'est pas une date AAAA, AAAA-MM ou AAAA-MM-JJ.", _date_remedy(value))
    _real_day(value)
    return value


def _real_day(value: str) -> None:
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        raise CellError(f"« {value} » n'existe pas dans le calendrier.", "Corriger le mois ou le jour.") from None


def _date_remedy(value: str) -> str:
    french = _FRENCH_DATE.fullmatch(value)
    if french:
        return f"Écrire {french[3]}-{int(french[2]):02}-{int(french[1]):02} (dans le tableur, mettre la colonne au format texte)."
    return "Écrire l'année, le mois et le jour avec des tirets, par exemple 2020-03-14 (colonne au format texte)."


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or _FORBIDDEN_IN_IRI.search(value):
        raise CellError(
            f"« {value} » n'est pas une adresse web complète.",
            "Copier l'adresse depuis le navigateur : elle commence par https:// et n'a pas d'espace.",
        )
    return value


def _commune(value: str) -> str:
    code = value.replace(" ", "").upper()
    if re.fullmatch(r"\d{4}", code):
        raise CellError(
            f"« {value} » n'a que 4 chiffres : le tableur a retiré le zéro du début.", f"Écrire 0{code} (colonne au format texte)."
        )
    if not COMMUNE_CODE.fullmatch(code):
        raise CellError(
            f"« {value} » n'est pas un code commune INSEE.",
            "Écrire le code INSEE à 5 caractères (pas le code postal), par exemple 59350 pour Lille.",
        )
    return code


def _code(value: str) -> str:
    code = value.replace(" ", "").upper()
    if not re.fullmatch(r"[0-9AB]{2,5}|\d{9}", code):
        raise CellError(
            f"« {value} » n'est ni un code INSEE ni un SIREN.",
            "Écrire 5 caractères pour une commune, 9 chiffres pour un EPCI, 2 ou 3 pour un département, 2 pour une région.",
        )
    return official_number(code, "siren") if len(code) == 9 else code


def _id(value: str, kinds: tuple[str, ...]) -> str:
    kind = kind_of(value)
    if kind is None:
        letters = ", ".join(f"{KINDS[k]} ({k})" for k in kinds) if kinds else ", ".join(KINDS.values())
        raise CellError(f"« {value} » n'est pas un identifiant.", f"Écrire une lettre et au moins trois chiffres : {letters}.")
    if kinds and kind not in kinds:
        raise CellError(f"« {value} » désigne un {kind}.", f"Ici il faut : {' ou '.join(kinds)}.")
    return value


def _concept(value: str, scheme: str, schemes: Mapping[str, frozenset[str]]) -> str:
    known = schemes.get(scheme, frozenset())
    if value not in known:
        listed = (
            f"Valeurs admises : {', '.join(sorted(known))}."
            if len(known) <= 15
            else f"La liste est dans ontology/schemes.ttl et sous /vocab/{scheme}."
        )
        raise CellError(f"« {value} » n'est pas un terme de la liste « {scheme} ».", close_to(value, known) + listed)
    return value


def _linked(value: str, kinds: tuple[str, ...], schemes: Mapping[str, frozenset[str]]) -> str:
    scheme, slash, notation = value.partition("/")
    if not slash:
        return _id(value, kinds)
    if scheme not in schemes:
        raise CellError(
            f"« {scheme} » n'est pas une de nos listes de termes.", close_to(scheme, schemes) + f"Listes : {', '.join(sorted(schemes))}."
        )
    return f"{scheme}/{_concept(notation, scheme, schemes)}"


_READERS: Mapping[Kind, Callable[[str], str]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.PARTIAL_DATE: _partial_date,
    Kind.URL: _url,
    Kind.COMMUNE: _commune,
    Kind.CODE: _code,
    Kind.OFFICIAL: _text,
}
