"""Labels that we write ourselves because the source prints none.

A number that is not printed stands in square brackets, as ISBD (§A.4.2) and library catalogues have it for what the cataloguer supplies.
"""

from __future__ import annotations

from collections.abc import Sequence

from ess_lod.publish.rows import Row


def shown_number(row: Row) -> str:
    """``56`` when printed, ``[48]`` when derived, empty when unknown."""
    if not row["numero"] or row["numero_mode"] == "transcription":
        return row["numero"]
    return f"[{row['numero']}]"


def issue_labels(row: Row) -> tuple[str, str]:
    """French and English label of an issue of the Lettre."""
    number = shown_number(row)
    french = f"Lettre de l'économie solidaire n° {number}" if number else "Lettre de l'Apes (numéro inconnu)"
    english = f"Lettre de l'économie solidaire no. {number}" if number else "Lettre de l'Apes (number unknown)"
    title = row["titre"]
    return (f"{french} : {title}", f"{english}: {title}") if title else (french, english)


def supplement_labels(row: Row, territories: Sequence[str]) -> tuple[str, str]:
    """French and English label of a supplement: its number, and its title or else the territory that it portrays."""
    number = shown_number(row)
    french = f"Supplément territoire n° {number}" if number else "Supplément territoire (numéro inconnu)"
    english = f"Territorial supplement no. {number}" if number else "Territorial supplement (number unknown)"
    if row["titre"]:
        return f"{french} : {row['titre']}", f"{english}: {row['titre']}"
    if not territories:
        return f"{french} (territoire non identifié)", f"{english} (territory not identified)"
    names = ", ".join(territories)
    if row["territoire_confiance"] == "probable":
        return f"{french} : {names} (probable)", f"{english}: {names} (probable)"
    return f"{french} : {names}", f"{english}: {names}"
