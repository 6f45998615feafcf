"""What is asked of the resolver, checked: the name, the département, the kind and the day, or a refusal that says what to write instead."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ess_lod.characters import refused, tidy, visible
from ess_lod.errors import EssLodError
from ess_lod.insee.names import plain
from ess_lod.insee.reference import FAMILY_OF_KIND, State
from ess_lod.insee.resolver.resolution import KIND_WORDS, shortened
from ess_lod.insee.resolver.wording import (
    GROUPING_KINDS,
    GroupingName,
    grouping_name,
    is_article,
    outside_brackets,
    without_article,
    without_postal_code,
    words_of,
)

LONGEST = 200
ALL_KINDS = frozenset(FAMILY_OF_KIND)
NO_INSEE_CODE: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("pays", re.compile(r"pays\b"), "un pays n'est pas un EPCI et n'a pas de code Insee : le composer de ses membres datés"),
    (
        "petr",
        re.compile(r"(petr\b|pole d equilibre)"),
        "un PETR n'est pas un EPCI à fiscalité propre : le composer de ses EPCI membres datés",
    ),
    ("pole-metropolitain", re.compile(r"pole metropolitain"), "un pôle métropolitain n'est pas un EPCI à fiscalité propre"),
    ("syndicat-mixte", re.compile(r"(syndicat|sivu|sivom|smo)\b"), "un syndicat n'est pas un EPCI à fiscalité propre"),
    ("quartier", re.compile(r"quartier\b"), "un quartier n'a pas de code Insee de commune : le rattacher à sa commune"),
    ("qpv", re.compile(r"qpv\b"), "un quartier prioritaire n'est pas une commune : le rattacher à sa commune"),
    ("groupement-ad-hoc", re.compile(r"groupement\b"), "un groupement ad hoc n'a pas de code : le composer de ses membres datés"),
    ("arrondissement", re.compile(r"arrondissement (de|du|des|d)\b"), "un arrondissement de département n'est pas dans cette référence"),
    ("canton", re.compile(r"canton\b"), "un canton n'est pas dans cette référence"),
    ("bassin-de-vie", re.compile(r"bassin de vie"), "un bassin de vie n'est pas dans cette référence"),
    ("zone-d-emploi", re.compile(r"zone d emploi"), "une zone d'emploi n'est pas dans cette référence"),
    ("bassin", re.compile(r"bassin\b"), "un bassin n'a pas de code Insee : le composer de ses membres datés"),
    ("parc-naturel-regional", re.compile(r"(parc naturel|pnr)\b"), "un parc naturel régional n'est pas dans cette référence"),
)
_KIND_ALIASES = {
    "cc": "communaute-de-communes",
    "ca": "communaute-d-agglomeration",
    "cu": "communaute-urbaine",
    "me": "metropole",
    "com": "commune",
    "comd": "commune-deleguee",
    "coma": "commune-associee",
    "arm": "arrondissement-municipal",
    "dep": "departement",
    "reg": "region",
}


class Refusal(EssLodError):
    """A question that is not answered; the message says why and what to do (French)."""


@dataclass(frozen=True, slots=True)
class Question:
    """A name to look up.

    ``words`` and ``grouping`` are two readings of the same ``text``, ``whole`` has what stands in brackets too. ``kinds`` may be the answer;
    ``said`` tells that the kind was given or that the name says it. The period ``first`` to ``last`` is one day, or a month or a year.
    ``dated`` tells that a date was given. ``departement`` may come from brackets or a comma after the name. ``postal`` is a postal code written with the name,
    ``aside`` what else stands in brackets, such as the town of a quarter.
    """

    name: str
    text: str
    words: tuple[str, ...]
    whole: tuple[str, ...]
    grouping: GroupingName
    kinds: frozenset[str]
    said: bool
    departement: str
    first: str
    last: str
    kind: str = ""
    postal: str = ""
    aside: str = ""
    dated: bool = False

    @property
    def date(self) -> str:
        """The day, or ``first/last``."""
        return self.first if self.first == self.last else f"{self.first}/{self.last}"

    @property
    def groupings_only(self) -> bool:
        """Whether only an EPCI can be the answer."""
        return self.kinds <= GROUPING_KINDS

    def near_postal_code(self, departements: frozenset[str]) -> bool:
        """Whether a state of these départements may have the postal code written with the name, if one is: it begins with the département."""
        begin = {"2A": "20", "2B": "20"}
        return not self.postal or not departements or any(self.postal.startswith(begin.get(code, code)) for code in departements)

    def alive(self, state: State) -> bool:
        """Whether a state holds on some day of the period."""
        return state.start <= self.last and (not state.end or self.first < state.end)


def read_question(name: str, departement: str, kind: str, date: str, today: str, departements: Mapping[str, str]) -> Question:
    """Check what was asked. ``today`` stands for an empty date; ``departements`` has codes by plain name and by code. Raises :class:`Refusal`."""
    if len(name) > LONGEST:
        raise Refusal(f"Le nom a {len(name)} caractères ; un nom de territoire en a {LONGEST} au plus. Vérifier la cellule.")
    text = tidy(name)
    if strange := refused(text):
        raise Refusal(f"Le nom contient {', '.join(strange)}, que rien n'affiche. L'ôter : « {visible(text)} ».")
    if not text:
        raise Refusal("Le nom est vide. Écrire un nom ou un code.")
    if not words_of(text):
        raise Refusal("Le nom n'a ni lettre latine ni chiffre. Écrire un nom ou un code.")
    outside, inside = outside_brackets(text)
    head, _, tail = outside.rpartition(",")
    if head and plain(tail).strip() in departements:
        outside, inside = head.strip(), (*inside, tail.strip())
    code, aside = _in_brackets(inside, _departement(departement, departements), departements)
    bare, postal = without_postal_code(outside)
    kinds = _kinds(kind)
    grouping = grouping_name(bare)
    if grouping.kind and not grouping.core:
        raise Refusal("Le nom ne dit qu'un type d'EPCI. Écrire aussi comment il s'appelle.")
    meant = _kinds(grouping.kind) if grouping.kind else ALL_KINDS
    if not kinds & meant and not (kinds <= GROUPING_KINDS and meant <= GROUPING_KINDS):
        raise Refusal(f"Le nom dit « {_words(grouping.kind)} », le type dit « {_words(kind)} ». Corriger l'un des deux.")
    first, last = _period(date or today)
    return Question(
        name=name,
        text=bare,
        words=words_of(bare),
        whole=words_of(text),
        grouping=grouping,
        kinds=kinds if kind else meant,
        said=bool(kind or grouping.kind),
        departement=code,
        first=first,
        last=last,
        kind=kind.strip(),
        postal=postal,
        aside=aside,
        dated=bool(date),
    )


def known_departements(states: Iterable[State]) -> dict[str, str]:
    """Codes of départements and overseas collectivities by code (``2a``), those of départements by plain name too, with and without article."""
    found: dict[str, str] = {}
    for state in states:
        if state.family == "departement":
            words, code = words_of(state.name), state.code
            found |= {code.casefold(): code, plain(state.name): code, " ".join(words): code, " ".join(without_article(words)): code}
        elif state.departement:
            found.setdefault(state.departement.casefold(), state.departement)
    return found


def _in_brackets(inside: Iterable[str], asked: str, departements: Mapping[str, str]) -> tuple[str, str]:
    """The département, asked for or in brackets, and the first thing in brackets that is neither that nor an article."""
    aside = ""
    for found in inside:
        hint = departements.get(plain(found).strip(), "")
        if hint and asked and hint != asked:
            raise Refusal(f"Le nom dit « {found} », le département dit « {asked} ». Corriger l'un des deux.")
        if not hint and not is_article(found) and words_of(found):
            aside = aside or found
        asked = asked or hint
    return asked, aside


def _departement(text: str, known: Mapping[str, str]) -> str:
    key = plain(text).strip()
    if not key:
        return ""
    code = known.get(key) or known.get(" ".join(words_of(key)))
    if code is None:
        padded = f" Est-ce {key.zfill(2).upper()} ?" if key.zfill(2) in known else " Écrire un code (59, 2A, 974) ou un nom de département."
        raise Refusal(f"Le département « {shortened(text, 40)} » n'existe pas.{padded}")
    return code


def _kinds(kind: str) -> frozenset[str]:
    """The kinds that a notation, a usual abbreviation or ``epci`` stands for; all of them for an empty text."""
    key = "-".join(words_of(kind))
    if not key:
        return ALL_KINDS
    if key == "epci":
        return GROUPING_KINDS
    notation = _KIND_ALIASES.get(key, key)
    if notation in ALL_KINDS:
        return frozenset([notation])
    for name, _, why in NO_INSEE_CODE:
        if notation == name:
            raise Refusal(f"Le type « {name} » n'est pas résolu ici : {why}.")
    raise Refusal(f"Le type « {shortened(kind, 40)} » est inconnu. Écrire epci, {', '.join(sorted(ALL_KINDS))}.")


def _words(kind: str) -> str:
    return KIND_WORDS.get(kind, kind)


def _period(date: str) -> tuple[str, str]:
    """First and last day of ``2019-06-01``, ``2019-06`` or ``2019``."""
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", date.strip()):
        raise Refusal(f"La date « {shortened(date, 40)} » n'est pas lue. Écrire 2019-06-01, 2019-06 ou 2019.")
    parts = [int(part) for part in date.strip().split("-")]
    try:
        first = datetime.date(*[*parts, 1, 1][:3])
    except ValueError as error:
        raise Refusal(f"La date « {date} » n'existe pas au calendrier. Écrire 2019-06-01, 2019-06 ou 2019.") from error
    last = {1: first.replace(month=12, day=31), 2: first.replace(day=calendar.monthrange(first.year, first.month)[1])}.get(
        len(parts), first
    )
    return first.isoformat(), last.isoformat()
