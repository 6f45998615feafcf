"""What is answered about a thing: its name, its score and the reasons, in French and English."""

from __future__ import annotations

from ess_lod.reconcile.asked import Candidate, Query
from ess_lod.reconcile.entities import Name
from ess_lod.reconcile.likeness import Ground
from ess_lod.reconcile.question import Question
from ess_lod.reconcile.weighing import Hit, Weighed


def candidate(query: Query, question: Question, weighed: Weighed, match: bool) -> Candidate:
    """A thing as it is answered: with what was compared as features, and why as sentences."""
    hit, entity = weighed.hit, weighed.hit.entity
    features = [] if hit.likeness is None else [("name", hit.likeness)]
    for id_ in dict.fromkeys(finding.id for finding in weighed.findings):
        answers = [finding.agrees for finding in weighed.findings if finding.id == id_]
        features.append((id_, 0.0 if False in answers else 100.0 if True in answers else 50.0))
    return Candidate(
        entity.id,
        entity.name(query.language),
        entity.description(query.language),
        entity.types,
        weighed.score,
        match,
        tuple(features),
        tuple(_reasons(question, weighed)),
    )


_GROUNDS = {
    Ground.SAME: ("même nom", "same name"),
    Ground.LETTERS: ("mêmes lettres, espaces mis à part", "same letters, spaces apart"),
    Ground.SMALL_WORDS: ("même nom aux petits mots près", "same name but for small words"),
    Ground.ORDER: ("mêmes mots dans un autre ordre", "same words in another order"),
    Ground.TYPING: ("faute de frappe probable", "typing error likely"),
    Ground.PART: ("nom ressemblant", "similar name"),
}
_KINDS = {"acronym": ("sigle", "acronym"), "former": ("ancien nom", "former name"), "other": ("autre nom", "other name")}


_MADE = ("initiales ou partie du nom", "initials or part of the name")
_NOT_THEN = ("ce nom n'est pas de cette date", "not the name of that date")
_NOT_NOW = ("ce nom n'est plus en usage", "a name no longer in use")
_POSTAL = (
    "un code postal s'écrit pareil : donner le code Insee dans sa propriété",
    "a postal code looks the same: give the INSEE code as a property",
)


def _reasons(question: Question, weighed: Weighed) -> list[tuple[str, str]]:
    hit, entity = weighed.hit, weighed.hit.entity
    found = [_named(hit, hit.name)] if hit.name is not None else []
    found += [(finding.fr, finding.en) for finding in weighed.findings]
    if weighed.outdated:
        found.append(_NOT_THEN if question.dated else _NOT_NOW)
    if entity.over and not question.dated:
        day = "le " if len(entity.until) == 10 else ""
        since = (f" depuis {day}{entity.until}", f" since {entity.until}") if entity.until else ("", "")
        found.append((f"n'existe plus{since[0]}", f"no longer exists{since[1]}"))
    found += question.remarks
    if hit.likeness is None and question.maybe_postal:
        found.append(_POSTAL)
    return found


def _named(hit: Hit, name: Name) -> tuple[str, str]:
    """How the name was found; the name itself when it is not the one that is shown."""
    fr, en = _MADE if hit.made else _GROUNDS[hit.ground]
    kind = _KINDS.get(name.kind, ("", ""))
    if name.text == hit.entity.name():
        return fr, en
    return f"{fr} : {kind[0]} « {name.text} »".replace("  ", " "), f"{en}: {kind[1]} “{name.text}”".replace("  ", " ")
