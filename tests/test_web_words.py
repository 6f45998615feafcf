"""The words of the interface, and how numbers, dates and periods are written."""

from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from ess_lod.errors import LIMITS
from ess_lod.iris import KINDS
from ess_lod.links.relations import RELATIONS
from ess_lod.web import lists, lookup, openapi, problems
from ess_lod.web.reconcile import wishes
from ess_lod.web.words import LANGUAGES, day, number, period, phrase, say, words
from tests.conftest import REPOSITORY

WEB = REPOSITORY / "src/ess_lod/web"


def used() -> set[str]:
    """Keys that templates and code name, and the families of keys that they put together."""
    found = {"months", *(f"language-{each}" for each in LANGUAGES)}
    for path in [*WEB.rglob("*.py"), *WEB.glob("templates/*.html")]:
        text = path.read_text("utf-8")
        found |= set(re.findall(r'\bt\("([a-z0-9-]+)"(?! ~)', text))
        found |= set(re.findall(r'\b(?:phrase|say)\(\s*"([a-z0-9-]+)"', text))
        found |= set(re.findall(r'\bUnacceptable\("([a-z-]+)"', text))
        found |= set(re.findall(r'\b(?:Protocol|Reconcile)Error\(\d+, "([a-z0-9-]+)"', text))
    found |= set(re.findall(r'"(period-[a-z-]+)"', (WEB / "words.py").read_text("utf-8")))
    found |= {f"{family}{kind}{end}" for kind in KINDS for family, end in (("list-", ""), ("list-", "-lead"), ("count-", ""))}
    found |= {f"too-costly-{limit}" for limit in LIMITS}
    found |= {f"column-{column}" for columns in lists.COLUMNS.values() for column in columns}
    found |= {f"filter-{name}" for facets in lists.FACETS.values() for name in facets}
    found |= {f"insee-{what}-{family}" for what in ("code", "unknown") for family in lookup.KINDS}
    found |= {f"linked-as-{re.split('[/#]', relation.value)[-1]}" for relation in RELATIONS.values()}
    found |= set(openapi.MOVES.values())
    for setting in wishes.SETTINGS:
        found |= {f"reconcile-setting-{setting}", f"reconcile-setting-{setting}-help"}
    found |= {f"reconcile-setting-language-{each}" for each in ("reader", *LANGUAGES, "all")}
    found |= {f"reconcile-setting-content-{each}" for each in wishes.CONTENTS}
    return found | {f"problem-{kind.slug}{end}" for kind in (*problems.ALL_KINDS, problems.Kind(0, "other")) for end in ("", "-what")}


def test_every_key_is_used_and_every_used_key_exists() -> None:
    assert len(words()) > 250
    assert used() == set(words())


@pytest.mark.parametrize("key", words())
def test_every_key_has_french_and_english_with_the_same_blanks(key: str) -> None:
    texts = words()[key]
    assert set(texts) == set(LANGUAGES)
    assert all(text.strip() == text != "" for text in texts.values())
    blanks = [set(re.findall(r"{(\w+)}", text)) for text in texts.values()]
    assert blanks[0] == blanks[1]


def test_a_plain_value_is_escaped_and_markup_is_not() -> None:
    assert say("date-form", "en", date="<b>") == "“&lt;b&gt;” is no date: write 2020-03-14, 2020-03 or 2020."
    assert say("date-form", "en", date=Markup("<b>x</b>")).startswith("“<b>x</b>” is")
    assert phrase("date-form", "en", date="<b>").startswith("“<b>” is")


def test_one_and_many() -> None:
    assert [phrase("uses", "fr", n=n) for n in (0, 1, 2, 12345)] == ["0 emploi", "1 emploi", "2 emplois", "12\u202f345 emplois"]
    assert [phrase("uses", "en", n=n) for n in (0, 1, 2, 12345)] == ["0 uses", "1 use", "2 uses", "12,345 uses"]


def test_french_spaces_do_not_break() -> None:
    assert phrase("stated-in", "fr") == "Graphes de provenance\u00a0:"
    assert phrase("supplement-season", "fr", season="Hiver") == "Imprimé\u00a0: «\u00a0Hiver\u00a0»"


@pytest.mark.parametrize(
    ("text", "french", "english"),
    [
        ("67000", "67\u202f000", "67,000"),
        ("7", "7", "7"),
        ("7.50", "7,5", "7.5"),
        ("-1234.25", "-1\u202f234,25", "-1,234.25"),
        ("n.c.", "n.c.", "n.c."),
        ("3.0", "3", "3"),
    ],
)
def test_numbers(text: str, french: str, english: str) -> None:
    assert (number(text, "fr"), number(text, "en")) == (french, english)


@pytest.mark.parametrize(
    ("text", "french", "english"),
    [
        ("2017-01-01", "1er janvier 2017", "1 January 2017"),
        ("2020-03-14", "14 mars 2020", "14 March 2020"),
        ("2018-08", "août 2018", "August 2018"),
        ("2018", "2018", "2018"),
        ("", "", ""),
        ("Hiver 2018", "Hiver 2018", "Hiver 2018"),
    ],
)
def test_dates(text: str, french: str, english: str) -> None:
    assert (day(text, "fr"), day(text, "en")) == (french, english)


@pytest.mark.parametrize(
    ("start", "end", "french", "english"),
    [
        ("2020-01-01", "2021-01-01", "2020", "2020"),
        ("2014-01-01", "2017-01-01", "de 2014 à 2016", "from 2014 to 2016"),
        ("2021-03-01", "2021-04-01", "mars 2021", "March 2021"),
        ("2016-06-01", "2016-12-01", "de juin à novembre 2016", "from June to November 2016"),
        ("2018-12-01", "2019-03-01", "de décembre 2018 à février 2019", "from December 2018 to February 2019"),
        ("2000-01-01", "2020-03-14", "du 1er janvier 2000 au 13 mars 2020", "from 1 January 2000 to 13 March 2020"),
        ("2020-03-14", "2020-03-15", "14 mars 2020", "14 March 2020"),
        ("2017-01-01", "", "depuis le 1er janvier 2017", "since 1 January 2017"),
        ("2017-05", "", "depuis mai 2017", "since May 2017"),
        ("2017", "", "depuis 2017", "since 2017"),
        ("", "2020-03-14", "jusqu'au 13 mars 2020", "until 13 March 2020"),
        ("", "2020-03", "jusqu'en février 2020", "until February 2020"),
        ("", "2020", "jusqu'en 2019", "until 2019"),
        ("2015", "2018", "de 2015 à 2017", "from 2015 to 2017"),
        ("2015", "2016", "2015", "2015"),
        ("2015", "2019-05-12", "depuis 2015, jusqu'à 11 mai 2019", "since 2015, until 11 May 2019"),
        ("", "", "", ""),
    ],
)
def test_a_half_open_period_names_its_last_day(start: str, end: str, french: str, english: str) -> None:
    assert (period(start, end, "fr"), period(start, end, "en")) == (french, english)


def test_the_life_of_a_territory_is_said_to_the_day() -> None:
    assert period("2014-01-01", "2017-01-01", "fr", exact=True) == "du 1er janvier 2014 au 31 décembre 2016"
