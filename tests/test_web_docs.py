"""Every route and every setting is documented, and nothing else is."""

from __future__ import annotations

import re
from dataclasses import fields

from ess_lod.config import PREFIX, Settings
from ess_lod.web import create_app
from tests.conftest import REPOSITORY


def test_routes_and_their_page_agree(site_settings: Settings) -> None:
    served = {rule.rule for rule in create_app(site_settings).url_map.iter_rules()}
    plain = {re.sub(r"<(?:any\([^)]*\):|path:)?(\w+)>", lambda found: "{" + found[1].rstrip("_") + "}", rule) for rule in served}
    lines = (REPOSITORY / "docs/routes.md").read_text("utf-8").splitlines()
    documented = [path for line in lines if line.startswith("| `") for path in re.findall(r"`([^`]+)`", line.split(" | ")[0])]
    assert len(documented) == len(set(documented))
    assert set(documented) == plain
    assert len(plain) > 30


def test_settings_and_their_page_agree() -> None:
    text = (REPOSITORY / "docs/settings.md").read_text("utf-8")
    documented = re.findall(rf"^\| `({PREFIX}\w+)` \|(?: `([^`]*)`)? \|", text, re.MULTILINE)
    assert documented == [(PREFIX + field.name.upper(), str(field.default)) for field in fields(Settings)]
