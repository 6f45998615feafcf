"""Labels that we write ourselves because the source prints none.

A number that is not printed stands in square brackets, as ISBD (§A.4.2) and library catalogues have it for what the cataloguer supplies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ess_lod.publish.rows import Row


def shown_number(row: Row) -> str:
    """``56`` when printed, ``[48]`` when derived, empty when unknown."""
    if not row["numero"] or row["numero_mode"] == "transcription":
        return row["numero"]
    return f"[{row['numero']}]"


def issue_labels(row: Row, name: Mapping[str, str]) -> tuple[str, str]:
    """French and English label of an issue of the newsletter that has that name."""
    french, english = _numbered(row, name)
    title = row["titre"]
    return (f"{french} : {title}", f"{english}: {title}") if title else (french, english)


def supplement_labels(row: Row, territories: Sequence[str], name: Mapping[str, str]) -> tuple[str, str]:
    """French and English label of a supplement: what it is called, its number, and its title or else the territory that it portrays."""
    french, english = _numbered(row, name)
    if row["titre"]:
        return f"{french} : {row['titre']}", f"{english}: {row['titre']}"
    if not territories:
        return f"{french} (territoire non identifié)", f"{english} (territory not identified)"
    names = ", ".join(territories)
    if row["territoire_confiance"] == "probable":
        return f"{french} : {names} (probable)", f"{english}: {names} (probable)"
    return f"{french} : {names}", f"{english}: {names}"


def _numbered(row: Row, name: Mapping[str, str]) -> tuple[str, str]:
    number = shown_number(row)
    if not number:
        return f"{name['fr']} (numéro inconnu)", f"{name['en']} (number unknown)"
    return f"{name['fr']} n° {number}", f"{name['en']} no. {number}"
