"""The words of the interface in French and English, and how each language writes numbers, dates and periods.

Labels of data and vocabulary are not here: they come from the release.
"""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib import resources

from markupsafe import Markup, escape

LANGUAGES = ("fr", "en")

_FRENCH_SPACES = ((re.compile(r" ([:;?!»%])"), "\u00a0\\1"), (re.compile(r"« "), "«\u00a0"))
_PARTIAL_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """All words: key → language → text, as ``words.toml`` has them."""
    table: dict[str, dict[str, str]] = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))
    return table


def say(key: str, language: str, /, **values: object) -> Markup:
    """The text of a key for HTML, with ``{name}`` filled in; plain values are escaped, markup is not.

    ``one|many`` is chosen by ``n`` (0 is singular in French). Raises ``KeyError`` for an unknown key.
    """
    text, values = _chosen(key, language, values)
    return escape(text).format(**values)


def phrase(key: str, language: str, /, **values: object) -> str:
    """The same as plain text, for what is not HTML."""
    text, values = _chosen(key, language, values)
    return text.format(**values)


def _chosen(key: str, language: str, values: dict[str, object]) -> tuple[str, dict[str, object]]:
    text = words()[key][language]
    if "n" in values and "|" in text:
        one, _, many = text.partition("|")
        count = int(str(values["n"]))
        text = one if count == 1 or (language == "fr" and count == 0) else many
        values = values | {"n": number(str(count), language)}
    return (unbroken(text) if language == "fr" else text), values


def unbroken(text: str) -> str:
    """French text whose high punctuation stays on the line of its word."""
    for pattern, replacement in _FRENCH_SPACES:
        text = pattern.sub(replacement, text)
    return text


def number(text: str, language: str) -> str:
    """``67000`` → ``67 000`` or ``67,000``; decimals as given, with the sign of the language. Text that is no number is returned as it is."""
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return text
    whole, _, decimals = text.partition(".")
    grouped = f"{int(whole):,}"
    decimals = decimals.rstrip("0")
    if language == "fr":
        grouped = grouped.replace(",", "\u202f")
    return grouped + (("," if language == "fr" else ".") + decimals if decimals else "")


def day(text: str, language: str) -> str:
    """``2017-01-01``, ``2017-01`` or ``2017`` in words; other text as it is."""
    found = _PARTIAL_DATE.fullmatch(text)
    if not found:
        return text
    year, month, day_ = found.groups()
    if month is None:
        return year
    name = _months(language)[int(month) - 1]
    if day_ is None:
        return f"{name} {year}"
    ordinal = "1er" if language == "fr" and int(day_) == 1 else str(int(day_))
    return f"{ordinal} {name} {year}"


def first_day(text: str) -> str:
    """``2017-05-03``, ``2017-05`` or ``2017`` as the day that it begins with; an empty string for what is no date."""
    found = _PARTIAL_DATE.fullmatch(text)
    if not found:
        return ""
    year, month, day_ = (int(part) if part else 1 for part in found.groups())
    try:
        return date(year, month, day_).isoformat()
    except ValueError:
        return ""


def period(start: str, end: str, language: str, *, exact: bool = False) -> str:
    """A half-open period ``[start, end)`` in words: the last day said is the one before ``end``; either may be empty.

    Whole months and whole years are said as such, unless ``exact``.
    """
    last = last_day(end)
    if start and last:
        return _between(start, last, language, exact=exact)
    if start:
        return phrase("period-since-day" if len(start) == 10 else "period-since", language, a=day(start, language))
    if last:
        return phrase({10: "period-until-day", 7: "period-until-month", 4: "period-until"}[len(last)], language, b=day(last, language))
    return ""


def _between(start: str, last: str, language: str, *, exact: bool) -> str:
    if not exact and len(start) == len(last) == 10:
        start, last = _whole(start, last)
    if start == last:
        return day(start, language)
    key = {10: "period-days", 7: "period-months", 4: "period-years"}[len(start)] if len(start) == len(last) else "period-mixed"
    first = day(start, language)
    if key == "period-months" and start[:4] == last[:4]:
        first = _months(language)[int(start[5:]) - 1]
    return phrase(key, language, a=first, b=day(last, language))


def _whole(start: str, last: str) -> tuple[str, str]:
    """Days that make whole months or years, as months or years."""
    end = date.fromisoformat(last)
    if not start.endswith("-01") or end.day != calendar.monthrange(end.year, end.month)[1]:
        return start, last
    if start.endswith("-01-01") and last.endswith("-12-31"):
        return start[:4], last[:4]
    return start[:7], last[:7]


def last_day(end: str) -> str:
    """What comes just before an excluded end, with the same precision: ``2017-01-01`` → ``2016-12-31``; an empty string for what is no date."""
    found = _PARTIAL_DATE.fullmatch(end)
    if not found:
        return ""
    year, month, day_ = found.groups()
    before = date(int(year), int(month or 1), int(day_ or 1)) - timedelta(days=1)
    return before.isoformat()[: len(end)]


def _months(language: str) -> list[str]:
    return words()["months"][language].split()
