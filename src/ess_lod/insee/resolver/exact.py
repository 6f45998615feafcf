"""States that a name answers as it stands: codes, official names, arrondissements municipaux, acronyms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ess_lod.insee.reference import Family, Reference, State, departement_of
from ess_lod.insee.resolver.hits import Hit, Strength, dated_hits
from ess_lod.insee.resolver.index import NameIndex
from ess_lod.insee.resolver.question import Question, Refusal
from ess_lod.insee.resolver.resolution import KIND_WORDS
from ess_lod.insee.resolver.wording import (
    CITIES,
    GROUPING_KINDS,
    SHORTEST_NEAR,
    GroupingName,
    accents_of,
    acronym_asked,
    district,
    without_article,
)

_CODE = re.compile(r"\d+|2[AB]\d{0,3}")
_COMMUNE = re.compile(r"\d{5}|2[AB]\d{3}")


def code_asked(text: str) -> str:
    """The code that a text is: without spaces and dots, letters upper case, without the ``.0`` of a spreadsheet. "" when it is no code."""
    code = re.sub(r"\.0$", "", text)
    code = re.sub(r"[\s.]", "", code).upper()
    return code if _CODE.fullmatch(code) and code.isascii() else ""


def code_hits(reference: Reference, question: Question, code: str) -> list[Hit]:
    """States of a code given as a name. Raises :class:`Refusal` for a code that is none, saying what it looks like."""
    if _COMMUNE.fullmatch(code):
        states = reference.states("commune", code)
        if not states:
            raise Refusal(_not_a_commune(reference, code))
        return _states_of_code(
            reference, question, states, "code Insee de commune (pas un code postal)", "INSEE code of a commune (not a postal code)"
        )
    if len(code) == 9:
        states = reference.states("epci", code)
        if not states:
            raise Refusal(f"Le SIREN {code} n'est celui d'aucun EPCI à fiscalité propre connu. Écrire le nom, ou vérifier les chiffres.")
        return _states_of_code(reference, question, states, "SIREN de l'EPCI", "SIREN of the EPCI")
    if len(code) == 14:
        raise Refusal(f"{code} a la forme d'un SIRET. Écrire le SIREN de l'EPCI, ses neuf premiers chiffres.")
    if len(code) == 4 and (states := reference.states("commune", f"0{code}")):
        lost = f"zéro initial perdu : écrire 0{code}"
        return [Hit(state, 80, Strength.HINT, lost, f"leading zero lost: write 0{code}") for state in states if question.alive(state)]
    if len(code) <= 3 and (hits := list(_short_code(reference, question, code))):
        return hits
    raise Refusal(
        f"« {code} » n'est pas un code : une commune en a un de 5 signes, un EPCI de 9, un département de 2 ou 3. Vérifier la cellule."
    )


def _not_a_commune(reference: Reference, code: str) -> str:
    known = reference.states("departement", departement_of(code)) or code.startswith("20")
    if known and code.isdigit():
        return f"{code} n'est pas un code Insee ; c'est sans doute un code postal. Écrire le nom de la commune ou son code Insee."
    return f"{code} n'est le code Insee d'aucune commune connue. Vérifier les chiffres, ou écrire le nom."


def _states_of_code(reference: Reference, question: Question, states: Iterable[State], fr: str, en: str) -> list[Hit]:
    """Those alive go before those that are not; a commune goes before its déléguée of the same code, unless the kind is given."""
    alive = [state for state in states if question.alive(state)]
    asked = [state for state in alive if state.kind in question.kinds]
    first = [state for state in asked if state.kind == "commune"] or asked or alive
    hits = [Hit(state, 100, Strength.NAME, fr, en) for state in first]
    hits += [
        Hit(state, 60, Strength.HINT, f"{fr}, {KIND_WORDS[state.kind]} de même code", f"{en}, same code")
        for state in alive
        if state not in first
    ]
    return hits or dated_hits(reference, question, [Hit(state, 0, Strength.HINT, fr, en) for state in states])


def _short_code(reference: Reference, question: Question, code: str) -> Iterator[Hit]:
    padded = code.zfill(2)
    families: tuple[Family, ...] = ("departement", "region")
    for family in families:
        for state in reference.states(family, padded):
            if question.alive(state):
                what = "code de département" if family == "departement" else "code de région"
                if padded == code:
                    yield Hit(state, 100, Strength.NAME, what, f"code of a {family}")
                else:
                    yield Hit(
                        state, 80, Strength.HINT, f"{what}, zéro initial perdu : écrire {padded}", f"leading zero lost: write {padded}"
                    )


def district_hits(index: NameIndex, question: Question) -> list[Hit]:
    """States for an arrondissement municipal, empty when none is asked. Raises :class:`Refusal` when the city has no such number."""
    asked = district(question.text)
    if asked is None:
        return []
    city, number = asked
    cities = [city] if city else list(CITIES)
    if not 1 <= number <= max(CITIES[name] for name in cities):
        raise Refusal(f"{', '.join(map(str.capitalize, cities))} n'a pas d'arrondissement {number or 'de ce numéro'}. Vérifier le numéro.")
    states = [
        state for name in cities for ending in ("er", "e") for state in index.named.get(f"{name} {number}{ending} arrondissement", ())
    ]
    return [
        Hit(state, 98, Strength.NAME, "arrondissement municipal", "municipal arrondissement") for state in states if question.alive(state)
    ]


def named_hits(reference: Reference, index: NameIndex, question: Question, words: tuple[str, ...], accents: str) -> list[Hit]:
    """Communes, départements et régions of that name, of all times; ``accents`` are those of the writing, "" to leave them out of account."""
    key, bare = " ".join(words), " ".join(without_article(words))
    same = index.named.get(key, ())
    # "Saint" is not safely Le Saint while thousands of names begin so; "Bassée" is La Bassée.
    alone = any(map(question.alive, same)) or not index.begins(bare)
    hits: list[Hit] = []
    for state in index.bare.get(bare, ()):
        if accents and accents != accents_of(state.name):
            strength = Strength.PART if len(bare) >= SHORTEST_NEAR else Strength.HINT
            hits.append(Hit(state, 92, strength, "nom officiel, aux accents près", "official name but for the accents"))
        elif state in same:
            hits.append(Hit(state, 100, Strength.NAME, "nom officiel", "official name"))
        else:
            score, strength = (94, Strength.PART) if key != bare else (97, Strength.NAME) if alone else (94, Strength.HINT)
            hits.append(Hit(state, score, strength, "nom officiel, à l'article près", "official name but for the article"))
    return dated_hits(reference, question, hits)


def grouping_hits(reference: Reference, index: NameIndex, question: Question, name: GroupingName, *, rival: bool) -> list[Hit]:
    """EPCI of that name, of all times. ``rival``: a commune, département or région bears it, so without a kind it is hers."""
    hits: list[Hit] = []
    certain = name.kind in GROUPING_KINDS or question.groupings_only
    for state in index.groupings.get(name.key, ()):
        if certain:
            hits.append(Hit(state, 100, Strength.NAME, "nom officiel", "official name"))
        elif not rival and len(name.core) > 1 and name.core[0] != "pays":
            hits.append(Hit(state, 95, Strength.PART, "nom officiel sans le type de l'EPCI", "official name without the kind"))
        else:
            hits.append(Hit(state, 86, Strength.HINT, "nom d'un EPCI sans son type", "name of an EPCI without its kind"))
    return dated_hits(reference, question, hits)


def acronym_hits(reference: Reference, index: NameIndex, question: Question) -> list[Hit]:
    """EPCI of an acronym and things of a known other name. Initials that nobody is known to use are hints."""
    acronym = acronym_asked(question.text)
    hits: list[Hit] = []
    for state, source in index.known.get(" ".join(question.words), ()) or index.known.get(acronym, ()):
        hits.append(Hit(state, 94, Strength.PART, f"nom d'usage ({source})", "name in use"))
    printed, alike = index.acronyms.get(acronym, ()), filter(question.alive, index.initials.get(acronym, ()) if len(acronym) >= 3 else ())
    hits += [Hit(state, 94, Strength.PART, "sigle qui suit le nom officiel", "acronym printed with the official name") for state in printed]
    hits += [Hit(state, 74, Strength.HINT, "initiales du nom officiel", "initials of the official name") for state in alike]
    hits = dated_hits(reference, question, hits)
    rivals = {
        hit.state.code
        for hit in hits
        if not hit.former and (not question.departement or question.departement in index.departements(hit.state))
    }
    return [replace(hit, strength=Strength.HINT) for hit in hits] if len(rivals) > 1 else hits
