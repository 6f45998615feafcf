"""One cell: text in, checked and normalised text out, or a :class:`CellError` that tells the editor what to do.

Values stay text, in the one spelling that the lift wants: a decimal point, an ISO date, a SIREN without spaces. Whether a reference leads somewhere is
not known here: see :mod:`ess_lod.publish.references`.
"""

from __future__ import annotations

import datetime
import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from stdnum.fr import siren, siret

from ess_lod.characters import code_point, refused, tidy, visible
from ess_lod.iris import KINDS, BadAddress, kind_of, web_address
from ess_lod.publish.columns import Column, Kind, Schemes, fold

LIST_SEPARATOR = "|"
COMMUNE_CODE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}")
YEARS = range(1000, 2101)
"""Years that a table may speak of: others are slips."""
_RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")
_FRENCH_DATE = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(?: 00:00(?::00)?)?")
_FRENCH_MONTH = re.compile(r"([0-9]{1,2})[/.-]([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_ISO_MONTH = re.compile(r"([0-9]{4})[/.-]([0-9]{1,2})")
_SHORT_YEAR = re.compile(r"([0-9]{1,2}[/.-][0-9]{1,2}[/.-])([0-9]{2})")
_SERIAL = re.compile(r"[1-7][0-9]{4}")
_DAY_0 = datetime.date(1899, 12, 30)
"""What spreadsheets count days from."""
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:[.][A-Za-z0-9-]+)+")
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+33 ?(?:\(0\) ?)?|0033 ?|0)[1-9](?:[ .-]?[0-9]{2}){4}(?![\w-])")
_PERSONAL = ((_MAIL, "une adresse électronique"), (_PHONE, "un numéro de téléphone"))
_WRONG_SEPARATORS = (",", ";", "\n", "/", " ")


class CellError(Exception):
    """What is wrong with a cell, and what to do (French)."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what, self.remedy = what, remedy


@dataclass(frozen=True)
class Known:
    """What cells are read with: the terms of each SKOS scheme; and, to say which id or code a name stands for, ids by folded name and communes by name.

    ``communes`` gives code and name of each commune that a text may name.
    """

    schemes: Schemes
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    communes: Callable[[str], Sequence[tuple[str, str]]] = lambda _: ()


def read_cell(text: str, column: Column, known: Known) -> tuple[str, ...]:
    """The values of a cell: none, one, or several for a ``many`` column. Raises :class:`CellError`."""
    parts = text.split(LIST_SEPARATOR) if column.many else [text]
    values = [value for value in map(tidy, parts) if value]
    if points := refused("".join(values)):
        raise CellError(
            f"« {_excerpt(values, points)} » contient {' et '.join(points)}, que rien n'affiche.",
            "Effacer ce caractère, ou retaper le texte.",
        )
    if not values:
        if column.required:
            raise CellError("la cellule est vide.", f"La remplir : {column.about}")
        return ()
    read = _reader(column, known)
    try:
        found = tuple(_read_plain(value, read, column.kind) for value in values)
    except CellError:
        if column.many and column.kind in (Kind.CONCEPT, Kind.REF, Kind.LINKED):
            _check_separator(parts, read)
        raise
    if len(set(found)) < len(found):
        raise CellError("la même valeur y figure deux fois.", "Garder une seule fois chaque valeur.")
    return found


def _excerpt(values: Sequence[str], points: Sequence[str]) -> str:
    """A few letters around the first character that is refused, visible."""
    text = " | ".join(values)
    at = next(place for place, char in enumerate(text) if code_point(char) == points[0])
    return visible(text[max(0, at - 15) : at + 15].strip())


def _reader(column: Column, known: Known) -> Callable[[str], str]:
    if column.kind is Kind.CONCEPT:
        return lambda value: _concept(value, column.target[0], known.schemes)
    if column.kind is Kind.CHOICE:
        return lambda value: _choice(value, column.target)
    if column.kind is Kind.LINKED:
        return lambda value: _linked(value, column.target, known)
    if column.kind in (Kind.ID, Kind.REF):
        return lambda value: _id(value, column.target, known)
    if column.kind is Kind.COMMUNE:
        return lambda value: _commune(value, known)
    return _READERS[column.kind]


def _read_plain(value: str, read: Callable[[str], str], kind: Kind) -> str:
    """Codes, dates and numbers are ASCII. Other digits and dashes look like them and are none: refused, with what to write where that is known."""
    try:
        return read(value)
    except CellError:
        plain = unicodedata.normalize("NFKC", value).translate(_DASHES)
        if value.isascii() or not plain.isascii() or kind in (Kind.TEXT, Kind.URL, Kind.CONCEPT, Kind.CHOICE):
            raise
        try:
            read(plain)
        except CellError:
            pass
        else:
            raise CellError(f"« {value} » contient {_points(value)}, qui ressemble à un caractère ordinaire.", f"Écrire {plain}.") from None
        raise


_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")


def _points(value: str) -> str:
    return ", ".join(f"« {char} » ({code_point(char)})" for char in dict.fromkeys(value) if not char.isascii())


def _check_separator(parts: Sequence[str], read: Callable[[str], str]) -> None:
    """Raise :class:`CellError` when another separator than ``|`` would make all values readable."""
    for separator in _WRONG_SEPARATORS:
        pieces = [[tidy(piece) for piece in part.split(separator) if tidy(piece)] for part in parts]
        if all(len(each) < 2 for each in pieces):
            continue
        try:
            values = [read(piece) for each in pieces for piece in each]
        except CellError:
            continue
        shown = {"\n": "un retour à la ligne", " ": "un espace"}.get(separator, f"« {separator} »")
        raise CellError(
            f"les valeurs y sont séparées par {shown}.", f"Les séparer par « {LIST_SEPARATOR} » : {f' {LIST_SEPARATOR} '.join(values)}"
        )


def official_number(value: str, scheme: str) -> str:
    """A SIREN or SIRET with its key (Luhn; La Poste by sum of digits, as INSEE has it), an RNA number by its form."""
    number = value.replace(" ", "").upper()
    if scheme == "rna":
        if not _RNA.fullmatch(number):
            raise CellError(f"« {value} » n'a pas la forme d'un numéro RNA.", "Écrire W suivi de 9 chiffres, par exemple W595012345.")
        return number
    if re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+", number):
        raise CellError(
            f"le tableur a écrit « {value} » : des chiffres sont perdus.",
            f"Reprendre le {scheme.upper()} à sa source, dans une colonne au format texte.",
        )
    length, module = (9, siren) if scheme == "siren" else (14, siret)
    if not re.fullmatch(f"[0-9]{{{length}}}", number):
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


def read_text(value: str) -> str:
    """A text for everybody: no electronic address and no telephone number, which may be a person's."""
    found = {what: match[0] for pattern, what in _PERSONAL if (match := pattern.search(value)) and not value.isdigit()}
    if found:
        told = " et ".join(f"{what} (« {text} »)" for what, text in found.items())
        raise CellError(f"le texte contient {told}.", "L'ôter : il n'en est pas publié. Une page de contact se donne dans site_web.")
    return value


def _integer(value: str) -> str:
    digits = value.replace(" ", "")
    if not re.fullmatch("[0-9]{1,15}", digits):
        raise CellError(f"« {value} » n'est pas un nombre entier.", "Écrire des chiffres seulement, par exemple 12.")
    return str(int(digits))


def _decimal(value: str) -> str:
    number = value.replace(" ", "").replace(",", ".")
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number):
        raise CellError(f"« {value} » n'est pas un nombre.", "Écrire par exemple 67000 ou 7,5, l'unité dans sa colonne.")
    return number


def read_date(value: str) -> str:
    """``2020-03-14`` from itself or from ``14/03/2020``, the French order: with a year of four digits there is no other. Raises :class:`CellError`."""
    if found := _ISO_DATE.fullmatch(value):
        return _real_day(value, *found.groups())
    if found := _FRENCH_DATE.fullmatch(value):
        return _real_day(value, *found.groups()[::-1])
    if found := _SHORT_YEAR.fullmatch(value):
        raise CellError(f"« {value} » n'a que deux chiffres pour l'année.", f"L'écrire en entier, par exemple {found[1]}20{found[2]}.")
    if _SERIAL.fullmatch(value):
        day = _DAY_0 + datetime.timedelta(days=int(value))
        raise CellError(
            f"« {value} » est une date sous la forme d'un nombre de jours, que le tableur y a mise.",
            f"Écrire {day} (colonne au format texte).",
        )
    raise CellError(f"« {value} » n'est pas une date.", "Écrire l'année, le mois et le jour avec des tirets, par exemple 2020-03-14.")


def _partial_date(value: str) -> str:
    """``2020``, ``2020-03`` (from ``03/2020`` too), or a day."""
    if re.fullmatch(r"[0-9]{4}", value):
        return _real_day(value, value, "1", "1")[:4]
    if found := _ISO_MONTH.fullmatch(value):
        return _real_day(value, found[1], found[2], "1")[:7]
    if found := _FRENCH_MONTH.fullmatch(value):
        return _real_day(value, found[2], found[1], "1")[:7]
    return read_date(value)


def _real_day(written: str, year: str, month: str, day: str) -> str:
    if int(year) not in YEARS:
        raise CellError(
            f"l'année {year} de « {written} » n'est pas vraisemblable.",
            f"Écrire une année de {YEARS[0]} à {YEARS[-1]}, ou vider la cellule.",
        )
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise CellError(f"« {written} » n'existe pas dans le calendrier.", "Corriger le mois ou le jour.") from None


def _url(value: str) -> str:
    try:
        return web_address(value)
    except BadAddress as error:
        raise CellError(error.what, error.remedy) from error


_INSEE_CODE = "Écrire le code INSEE à 5 caractères (pas le code postal), par exemple 59350 pour Lille : ess-lod insee find NOM"


def _commune(value: str, known: Known) -> str:
    code = value.replace(" ", "").upper()
    if re.fullmatch(r"[0-9]{4}", code):
        raise CellError(
            f"« {value} » n'a que 4 chiffres : le tableur a retiré le zéro du début.", f"Écrire 0{code} (colonne au format texte)."
        )
    if not COMMUNE_CODE.fullmatch(code):
        named = [f"{code} ({name})" for code, name in known.communes(value)]
        remedy = f"Écrire le code : {' ou '.join(named[:5])}." if named else _INSEE_CODE
        raise CellError(f"« {value} » n'est pas un code commune INSEE.", remedy)
    return code


def _code(value: str) -> str:
    code = value.replace(" ", "").upper()
    if not re.fullmatch(r"[0-9AB]{2,5}|[0-9]{9}", code):
        raise CellError(
            f"« {value} » n'est ni un code INSEE ni un SIREN.",
            "Écrire 5 caractères pour une commune, 9 chiffres pour un EPCI, 2 ou 3 pour un département, 2 pour une région.",
        )
    return official_number(code, "siren") if len(code) == 9 else code


def _id(value: str, kinds: tuple[str, ...], known: Known) -> str:
    kind = kind_of(value)
    if kind is None:
        raise CellError(f"« {value} » n'est pas un identifiant{_strange(value)}.", _id_remedy(value, kinds, known))
    if kinds and kind not in kinds:
        raise CellError(f"« {value} » désigne un {kind}.", f"Ici il faut : {' ou '.join(kinds)}.")
    return value


def _id_remedy(value: str, kinds: tuple[str, ...], known: Known) -> str:
    if value.upper() != value and kind_of(value.upper()) is not None:
        return f"Écrire {value.upper()}."
    named = [id_ for id_ in known.names.get(fold(value), ()) if not kinds or kind_of(id_) in kinds]
    if named:
        return f"Écrire l'identifiant : {' ou '.join(f'{id_}' for id_ in named[:5])}."
    letters = ", ".join(f"{KINDS[k]} ({k})" for k in kinds) if kinds else ", ".join(KINDS.values())
    return f"Écrire une lettre et au moins trois chiffres : {letters}."


def _strange(value: str) -> str:
    """The code points of letters and digits that are not those of an id although they may look so: Cyrillic « А » in « А068 »."""
    return f" : {_points(value)} n'est pas de l'ASCII" if not value.isascii() and len(value) < 8 and not value.isalpha() else ""


def _concept(value: str, scheme: str, schemes: Schemes) -> str:
    """A term by its notation, or by a label of its concept, in whatever case."""
    known = schemes.get(scheme, {})
    if value in known:
        return value
    meant = [notation for notation, labels in known.items() if fold(value) in _spellings(notation, labels)]
    if len(meant) == 1:
        return meant[0]
    what = f"« {value} » n'est pas un terme de la liste « {scheme} »."
    if meant:
        raise CellError(what, f"Écrire {' ou '.join(sorted(meant))}.")
    listed = (
        f"Valeurs admises : {', '.join(sorted(known))}."
        if len(known) <= 15
        else f"La liste est dans ontology/schemes.ttl et sous /vocab/{scheme}."
    )
    if any(piece in known for piece in map(tidy, re.split("[,;/]", value))):
        listed = f"Plusieurs termes se séparent par « {LIST_SEPARATOR} ». {listed}"
    raise CellError(what, close_to(value, known) + listed)


def _spellings(notation: str, labels: Iterable[str]) -> set[str]:
    """What a term may be called: its notation, its labels, these without what stands in brackets at the end, and an acronym that stands there."""
    found = {notation}
    for label in labels:
        name, bracket, within = label.partition(" (")
        found |= {label, name} | ({within.rstrip(")")} if bracket and within.rstrip(")").isupper() else set())
    return {fold(each) for each in found}


def _choice(value: str, words: Sequence[str]) -> str:
    found = [word for word in words if fold(word) == fold(value)]
    if not found:
        raise CellError(f"« {value} » n'est pas admis.", close_to(value, words) + f"Valeurs admises : {', '.join(words)}.")
    return found[0]


def _linked(value: str, kinds: tuple[str, ...], known: Known) -> str:
    scheme, slash, notation = value.partition("/")
    if not slash:
        return _id(value, kinds, known)
    if scheme not in known.schemes:
        raise CellError(
            f"« {scheme} » n'est pas une de nos listes de termes.",
            close_to(scheme, known.schemes) + f"Listes : {', '.join(sorted(known.schemes))}.",
        )
    return f"{scheme}/{_concept(notation, scheme, known.schemes)}"


_READERS: Mapping[Kind, Callable[[str], str]] = {
    Kind.TEXT: read_text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: read_date,
    Kind.PARTIAL_DATE: _partial_date,
    Kind.URL: _url,
    Kind.CODE: _code,
    Kind.OFFICIAL: lambda value: value.replace(" ", "").upper(),
}
