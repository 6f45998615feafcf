"""Look-up of things by their identifiers: SIREN, SIRET and RNA of organisations, INSEE codes and SIREN of territories at a date, former ids of anything.

A code may have named several territories, one after another (60054 named a commune until 2018, another one until 2023, a third one since): only code and
date together name one. Its life ``[start, end)`` is half-open; a start or an end that is not known is no limit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, json, request
from pyoxigraph import Literal
from werkzeug.exceptions import BadRequest

from ess_lod.characters import tidy
from ess_lod.errors import NotFound
from ess_lod.iris import concept
from ess_lod.media import HTML, JSON
from ess_lod.web import queries
from ess_lod.web.coverage import ALWAYS, Span
from ess_lod.web.live import Edition, served
from ess_lod.web.negotiation import negotiate
from ess_lod.web.problems import NO_SUCH_LIFE, problem
from ess_lod.web.rendering import language, render, to
from ess_lod.web.representations import FRESH, moved
from ess_lod.web.territory import asked_date
from ess_lod.web.words import day, period, phrase

blueprint = Blueprint("lookup", __name__)

_SCHEMES = {
    "siren": re.compile(r"[0-9]{9}"),
    "siret": re.compile(r"[0-9]{14}"),
    "rna": re.compile(r"W[0-9][0-9A-Z][0-9]{7}"),
}
_CODES = {"commune": re.compile(r"([0-9]{2}|2[AB])[0-9]{3}"), "epci": re.compile(r"[0-9]{9}")}
KINDS = {
    "commune": (("commune",), ("commune-deleguee", "commune-associee")),
    "epci": (("communaute-de-communes", "communaute-d-agglomeration", "communaute-urbaine", "metropole"),),
}
"""Kinds of territory of each family, those that come first in the first group."""
_LIVING = ("", "actif", "inconnu")
"""States of an organisation that may still be there; others come after them."""
_LONGEST = 200
_GROUPING = re.compile("[ .\\-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}]")


@dataclass(frozen=True)
class Choice:
    """A thing that an identifier may mean; of a territory also its kind and its life, of an organisation its state."""

    iri: str
    label: str
    kind: str = ""
    kind_label: str = ""
    life: Span = ALWAYS
    state: str = ""
    state_label: str = ""

    def members(self, edition: Edition) -> dict[str, str]:
        """What JSON and the pages say of it; ``from`` and ``to`` are empty when not known, and ``to`` is the first day that is no longer so."""
        found = {"iri": self.iri, "label": self.label, "href": to(edition.iris.path(self.iri) or "")}
        if self.kind:
            found |= {"kind": self.kind, "kind_label": self.kind_label, "from": self.life.start, "to": self.life.end}
        if self.state:
            found |= {"state": self.state, "state_label": self.state_label}
        return found


@blueprint.get("/<any(siren,siret,rna):scheme>/<code>")
def alias(scheme: str, code: str) -> Response:
    """The thing that has an official identifier: 303 to it, 300 with the choices when there are several.

    Blanks, points, hyphens and small letters are forgiven. What has ended is found too, and says so itself.
    """
    edition = served()
    code = _bare(code)
    if not _SCHEMES[scheme].fullmatch(code):
        raise NotFound(request.path)
    found = _organisations(edition, queries.IDENTIFIED, code=code, type=concept("type-identifiant", scheme).value)
    if not found and scheme == "siren":
        found = _organisations(edition, queries.TERRITORY_CODED, code=code)
    if not found:
        raise NotFound(request.path)
    return _answer(edition, found)


@blueprint.get("/ancien")
def formerly() -> Response:
    """The thing that had the identifier of ``?id=`` elsewhere, which may be an address; 400 when none is named."""
    if not request.args.get("id", "").strip():
        raise BadRequest(phrase("former-none", language()))
    return formerly_called(request.args["id"])


@blueprint.get("/ancien/<path:former>")
def formerly_called(former: str) -> Response:
    """The thing that had an identifier in another system or on an earlier site: 303 to it, 300 with the choices when there are several."""
    edition = served()
    former = tidy(former)
    found = _organisations(edition, queries.FORMERLY, former=str(Literal(former))) if len(former) <= _LONGEST else []
    if not found:
        raise NotFound(request.path)
    return _answer(edition, found)


def _bare(code: str) -> str:
    """A code as it is stored: blanks of any width, points and hyphens, by which people group digits, do not count, nor do small letters."""
    return _GROUPING.sub("", tidy(code)).upper()


def _organisations(edition: Edition, text: str, **values: str) -> list[Choice]:
    """What a query finds, those that may still be there first."""
    found = [
        Choice(row["thing"], row["label"], state=row.get("state", "").rpartition("/")[2], state_label=row.get("stateName", ""))
        for row in edition.rows(queries.labelled(text, language(), **values))
    ]
    return sorted(found, key=lambda each: each.state not in _LIVING)


@blueprint.get("/insee/<any(commune,epci):family>/<code>")
def territory(family: str, code: str) -> Response:
    """The territory that an INSEE code (commune) or a SIREN (EPCI) names at ``?date=``; without a date, the only one that it has ever named.

    303 to it; 300 with the choices, those of today first, when the code has named several and no date is given; 404 when it named nothing at that date, with
    what it named and when; 400 for what is no code or no date.
    """
    edition = served()
    date, code = asked_date(), _bare(code)
    if not _CODES[family].fullmatch(code):
        raise BadRequest(phrase(f"insee-code-{family}", language(), code=code))
    known = _lives(edition, family, code)
    if not known:
        return _nothing(edition, phrase(f"insee-unknown-{family}", language(), code=code), [])
    found = _at(known, family, date) if date else known
    return _answer(edition, found) if found else _nothing(edition, _what_it_was(code, date, known), known)


def _lives(edition: Edition, family: str, code: str) -> list[Choice]:
    """All that a code has named: what lives today first, then the latest; a commune before a part of a commune."""
    ranks = {concept("type-territoire", name).value: rank for rank, names in enumerate(KINDS[family]) for name in names}
    found = []
    for row in edition.rows(queries.labelled(queries.LIVES_OF_CODE, language(), code=code)):
        if row["kind"] in ranks:
            kind = row["kind"].rpartition("/")[2]
            found.append(Choice(row["thing"], row["label"], kind, row["kindName"], Span(row.get("start", ""), row.get("end", ""))))
    found.sort(key=lambda each: (ranks[concept("type-territoire", each.kind).value], each.iri))
    found.sort(key=lambda each: each.life.end or "9999", reverse=True)
    return found


def _at(known: Sequence[Choice], family: str, date: str) -> list[Choice]:
    """What the code names at a date, of the first group of kinds that has some."""
    living = [each for each in known if each.life.contains(date)]
    groups = ([each for each in living if each.kind in names] for names in KINDS[family])
    return next((group for group in groups if group), [])


def _answer(edition: Edition, found: Sequence[Choice]) -> Response:
    """303 to the one that was found, or 300 with the choices, as HTML or JSON."""
    if len(found) == 1:
        return moved(edition.iris.path(found[0].iri) or "", 303)
    choices = [each.members(edition) for each in found]
    media = negotiate(request.headers.get("Accept"), (HTML, JSON))
    text = json.dumps({"choices": choices}, ensure_ascii=False, indent=2) + "\n"
    body = render("choices.html", choices=choices) if media is HTML else text
    answer = Response(body, 300, content_type=media.header)
    answer.headers["Link"] = ", ".join(f'<{each["href"]}>; rel="alternate"' for each in choices)
    answer.headers["Cache-Control"] = FRESH
    answer.vary.update(("Accept", "Accept-Language"))
    return answer


def _what_it_was(code: str, date: str, known: Sequence[Choice]) -> str:
    chosen = language()
    lives = (" ; " if chosen == "fr" else "; ").join(
        f"{each.label} ({each.kind_label}), {period(each.life.start, each.life.end, chosen, exact=True)}" for each in known
    )
    return phrase("insee-not-then", chosen, code=code, date=day(date, chosen), lives=lives)


def _nothing(edition: Edition, message: str, known: Sequence[Choice]) -> Response:
    """404 with what the code has named at other times."""
    return problem(NO_SUCH_LIFE, {"message": message, "choices": [each.members(edition) for each in known]})
