"""Every name of the reference, of all times, ready to be looked up: made once, it answers exact, loose and near questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ess_lod.insee.reference import Family, Reference, State, departement_of
from ess_lod.insee.resolver.wording import GroupingName, grouping_name, initials, without_article, words_of


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name or an acronym in use that the official name does not hold. ``source`` says where it was read (French)."""

    name: str
    family: Family
    codes: tuple[str, ...]
    source: str


KNOWN_NAMES: tuple[KnownName, ...] = (
    KnownName("CABBALR", "epci", ("200072460",), "page des suppléments territoires de l'Apes"),
    KnownName("CAD", "epci", ("200044618",), "page des suppléments territoires de l'Apes"),
    KnownName("CAHC", "epci", ("246200299",), "Wikipédia, Communauté d'agglomération d'Hénin-Carvin"),
    KnownName("CCAF", "epci", ("246201156",), "Wikipédia, Communauté de communes Artois-Flandres"),
    KnownName("CCCO", "epci", ("245901152",), "Banatic, intitulé de la communauté de communes Cœur d'Ostrevent"),
    KnownName("CCPV", "epci", ("240200493",), "Wikipédia, Communauté de communes du Pays du Vermandois"),
    KnownName("CCTP", "epci", ("200070928",), "Wikipédia, Communauté de communes Terre de Picardie"),
    KnownName("CCTSO", "epci", ("200071983",), "site de la communauté de communes Thiérache Sambre et Oise"),
    KnownName("CUD", "epci", ("245900428",), "Wikipédia, Dunkerque Grand Littoral"),
    KnownName("CUDL", "epci", ("245900410",), "Wikipédia, Lille Métropole Communauté urbaine"),
    KnownName("LMCU", "epci", ("245900410",), "Wikipédia, Lille Métropole Communauté urbaine"),
    KnownName("MEL", "epci", ("200093201", "245900410"), "livret de la métropole « Ils entreprennent autrement avec la MEL »"),
    KnownName("Dunkerque Grand Littoral", "epci", ("245900428",), "Wikipédia, Dunkerque Grand Littoral"),
    KnownName("Hellemmes", "commune", ("59298",), "agenda de l'Apes"),
)


class NameIndex:
    """Dictionaries from a key of :mod:`wording` to the states that have it. *Named* are communes, départements and régions; *groupings* are EPCI."""

    def __init__(self, reference: Reference, known: Iterable[KnownName] = KNOWN_NAMES) -> None:
        self.named: dict[str, list[State]] = defaultdict(list)
        self.bare: dict[str, list[State]] = defaultdict(list)
        self.groupings: dict[str, list[State]] = defaultdict(list)
        self.loose: dict[str, list[State]] = defaultdict(list)
        self.acronyms: dict[str, list[State]] = defaultdict(list)
        self.initials: dict[str, list[State]] = defaultdict(list)
        self.known: dict[str, list[tuple[State, str]]] = defaultdict(list)
        self.first_word: dict[str, list[str]] = defaultdict(list)
        self.grouping_names: dict[State, GroupingName] = {}
        self._of_word: dict[str, list[State]] = defaultdict(list)
        self._joined: dict[str, list[State]] = defaultdict(list)
        for family in ("commune", "departement", "region"):
            for state in reference.all_states(family):
                self._add_named(state)
        for state in reference.all_states("epci"):
            self._add_grouping(state)
        for name in known:
            self._add_known(reference, name)
        for key in self.bare:
            self.first_word[key.partition(" ")[0]].append(key)
        self._near_named = _by_length(self._joined)
        self._near_groupings = _by_length(self.groupings)
        self._departements = _departements(reference)
        self._reference = reference

    def _add_named(self, state: State) -> None:
        words = words_of(state.name)
        bare = without_article(words)
        self.named[" ".join(words)].append(state)
        self.bare[" ".join(bare)].append(state)
        for joined in {"".join(words), "".join(bare)}:
            self._joined[joined].append(state)

    def _add_grouping(self, state: State) -> None:
        name = grouping_name(state.name)
        self.grouping_names[state] = name
        self.groupings[name.key].append(state)
        self.loose[name.loose_key or name.key].append(state)
        self.initials[initials(name.kind, name.core)].append(state)
        for acronym in name.acronyms:
            self.acronyms[acronym].append(state)
        for word in set(name.core):
            self._of_word[word].append(state)

    def _add_known(self, reference: Reference, known: KnownName) -> None:
        for code in known.codes:
            for state in reference.states(known.family, code):
                self.known[" ".join(words_of(known.name))].append((state, known.source))

    def departements(self, state: State) -> frozenset[str]:
        """The départements that a state touches: of an EPCI those of all communes that were ever members of it."""
        if state.family == "departement":
            return frozenset([state.code])
        found = self._departements.get(state.code, frozenset()) if state.family == "epci" else frozenset()
        return found | {state.departement} if state.departement else found

    def begins(self, start: str) -> list[str]:
        """The names (without their article) that begin with these words and go on."""
        return [key for key in self.first_word.get(start.partition(" ")[0], ()) if key.startswith(start + " ")]

    def parent_is(self, state: State, name: str, date: str) -> bool:
        """Whether the commune of a déléguée, associée or arrondissement has that name on a day."""
        parent = self._reference.at("commune", state.parent, date, "commune") if state.parent else None
        return parent is not None and words_of(parent.name) == words_of(name)

    def documented_from(self, state: State) -> str:
        """The first day of which the reference tells everything about the family of a state."""
        return self._reference.documented_from(state.family, state.departement)

    def with_words(self, words: tuple[str, ...]) -> list[State]:
        """The EPCI whose name has all these words, in any order, and others."""
        found = [self._of_word.get(word, []) for word in set(words)]
        if not found or not all(found):
            return []
        shortest = min(found, key=len)
        return [state for state in shortest if set(words) < set(self.grouping_names[state].core)]

    def near_named(self, joined: str, limit: int) -> list[tuple[State, int]]:
        """Communes, départements and régions whose joined name is ``limit`` typing errors away or less, with that number."""
        return _near(self._near_named, self._joined, joined, limit)

    def near_groupings(self, key: str, limit: int) -> list[tuple[State, int]]:
        """The same for EPCI."""
        return _near(self._near_groupings, self.groupings, key, limit)


def _by_length(keys: Iterable[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for key in keys:
        found[len(key)].append(key)
    return dict(found)


def _near(by_length: dict[int, list[str]], states: dict[str, list[State]], key: str, limit: int) -> list[tuple[State, int]]:
    """Optimal string alignment: an insertion, deletion, replacement or swap of neighbours is one error."""
    found: list[tuple[State, int]] = []
    for length in range(len(key) - limit, len(key) + limit + 1):
        for near, distance, _ in process.extract(key, by_length.get(length, ()), scorer=OSA.distance, score_cutoff=limit, limit=20):
            found += [(state, int(distance)) for state in states[near]]
    return found


def _departements(reference: Reference) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for membership in reference.memberships():
        found[membership.epci].add(departement_of(membership.commune))
    return {epci: frozenset(of) for epci, of in found.items()}
