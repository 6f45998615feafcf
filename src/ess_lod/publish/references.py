"""What only several rows together can tell: references, double keys, the registry, dates in order.

Every check yields :class:`CellProblem`; none stops at the first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping

from ess_lod.errors import CellProblem
from ess_lod.insee.reference import FAMILY_OF_KIND
from ess_lod.iris import kind_of
from ess_lod.publish.cells import CellError, official_number
from ess_lod.publish.codes import check_codes
from ess_lod.publish.columns import AGENT
from ess_lod.publish.dated import Dated
from ess_lod.publish.life_changes import check_changes
from ess_lod.publish.link_rows import check_links
from ess_lod.publish.rows import Row, Rows
from ess_lod.publish.schema import TABLES, Column, Kind

_EPCI_KINDS = {"communaute-de-communes", "communaute-d-agglomeration", "communaute-urbaine", "metropole"}
_CODE_LENGTHS = {
    "commune": (5,),
    "commune-associee": (5,),
    "commune-deleguee": (5,),
    "departement": (2, 3),
    "region": (2,),
    **dict.fromkeys(_EPCI_KINDS, (9,)),
}
_COMMUNE_KINDS = {"commune", "commune-associee", "commune-deleguee"}
_TABLE_OF = {table.noun: table.name for table in TABLES.values() if table.noun}


def check_references(rows: Rows, dated: Dated | None = None, incomplete: Container[str] = ()) -> Iterator[CellProblem]:
    """Problems between rows. Codes are held against the dated reference where the project has one, else against ``territoires.csv``.

    ``incomplete`` are tables of which rows could not be read: nothing is concluded from what they lack.
    """
    yield from _double_keys(rows)
    yield from _registry(rows, dated, incomplete)
    yield from _references(rows, dated, incomplete)
    yield from check_links(rows, dated)
    if dated:
        yield from check_codes(rows, dated)
    elif "territoires" not in incomplete:
        yield from _communes(rows)
    yield from check_changes(rows)
    for table in rows.values():
        for row in table:
            yield from _order(row)
    for check, name in (
        (_issue, "lettres"),
        (_issue, "supplements"),
        (_supplement, "supplements"),
        (_territory, "territoires"),
        (_actor, "acteurs"),
        (_official, "identifiants"),
    ):
        for row in rows[name]:
            yield from (each for each in check(row) if each.column not in row.unread)


def _problem(row: Row, column: str, what: str, remedy: str) -> CellProblem:
    return CellProblem(row.table.filename, row.line, column, what, remedy)


def _double_keys(rows: Rows) -> Iterator[CellProblem]:
    for table in rows.values():
        first: dict[tuple[tuple[str, ...], ...], int] = {}
        for row in table:
            key = tuple(row.list(column) for column in row.table.key)
            if not row.unread.isdisjoint(row.table.key):
                continue
            if key in first:
                shown = " + ".join(" | ".join(part) for part in key if part)
                yield _problem(
                    row,
                    row.table.key[0],
                    f"« {shown} » figure déjà à la ligne {first[key]}.",
                    "Supprimer la ligne en trop, ou corriger l'une des deux.",
                )
            else:
                first[key] = row.line


def _registry(rows: Rows, dated: Dated | None, incomplete: Container[str]) -> Iterator[CellProblem]:
    """The registry and the tables name the same ids: a published URI cannot get lost by deleting a row. A territory of the reference needs neither."""
    registry = {row["id"]: row for row in rows["registre"]}
    present = {row["id"]: row for name in _TABLE_OF.values() for row in rows[name]}
    known = dated.lives if dated else {}
    cited = _cited(rows)
    for id_, row in registry.items():
        if row["type"] and row["type"] != kind_of(id_):
            yield _problem(row, "type", f"« {row['type']} » ne va pas avec {id_}.", f"Écrire {kind_of(id_)}.")
        if row["etat"] == "actif" and id_ not in present and id_ not in known:
            name = _TABLE_OF[kind_of(id_) or "acteur"]
            table = TABLES[name].filename
            if name in incomplete:
                continue
            by = f" ({cited[id_]} cellule{'s' * (cited[id_] > 1)} y renvoie{'nt' * (cited[id_] > 1)})" if cited[id_] else ""
            yield _problem(
                row,
                "id",
                f"{id_} est actif mais n'a pas de ligne dans {table}{by}.",
                f"Ajouter ou rétablir sa ligne dans {table}. S'il n'a jamais été publié, supprimer plutôt cette ligne-ci ; s'il l'a été, passer son état "
                "à retire ou doublon : une adresse publiée ne disparaît pas.",
            )
        elif row["etat"] and row["etat"] != "actif":
            yield from _ended(row, registry, present, known)
    for id_, row in present.items():
        if "registre" not in incomplete and id_ not in registry and id_ not in known and not _has_life(row, dated):
            yield _problem(
                row,
                "id",
                f"{id_} n'est pas dans registre.csv.",
                f"Émettre un identifiant avec « ess-lod mint {kind_of(id_)} », ou corriger celui-ci.",
            )


def _cited(rows: Rows) -> Counter[str]:
    """How many cells refer to each id."""
    return Counter(
        id_
        for table in rows.values()
        for row in table
        for column in row.table.columns
        if column.kind in (Kind.REF, Kind.LINKED)
        for id_ in row.list(column.name)
    )


def _has_life(row: Row, dated: Dated | None) -> bool:
    """Whether a row is of a territory that the reference knows by its code: it has its id, and :func:`check_codes` says which."""
    return (
        dated is not None
        and row.table.noun == "territoire"
        and row["type"] in FAMILY_OF_KIND
        and bool(dated.of(FAMILY_OF_KIND[row["type"]], row["code"]))
    )


def _ended(row: Row, registry: Mapping[str, Row], present: Mapping[str, Row], known: Container[str]) -> Iterator[CellProblem]:
    id_, state = row["id"], row["etat"]
    if id_ in present:
        yield _problem(
            present[id_], "id", f"{id_} est marqué « {state} » dans registre.csv.", "Supprimer cette ligne, ou remettre l'état à actif."
        )
    if id_ in known:
        what = f"{id_} est un territoire de la référence de l'Insee : il reste."
        yield _problem(row, "etat", what, "Remettre l'état à actif, ou supprimer cette ligne de registre.csv.")
    if not row["date"]:
        yield _problem(row, "date", f"la date d'effet manque ; l'état {state} en demande une.", "L'écrire : AAAA-MM-JJ.")
    if state == "doublon":
        yield from _kept(row, registry, known)


def _kept(row: Row, registry: Mapping[str, Row], known: Container[str]) -> Iterator[CellProblem]:
    """A duplicate leads to a living id in one step. An actor and a public body may turn out to be one organisation."""
    id_, kept = row["id"], row["remplace_par"]
    found = registry.get(kept)
    if found and found["etat"] == "doublon":
        yield _problem(row, "remplace_par", f"« {kept} » est devenu un doublon à son tour.", f"Écrire {found['remplace_par']}.")
    elif found and found["etat"] == "retire":
        yield _problem(row, "remplace_par", f"« {kept} » a été retiré.", f"Passer {id_} à l'état retire, lui aussi.")
    elif not kept:
        yield _problem(row, "remplace_par", "la cellule est vide.", "Écrire l'identifiant conservé.")
    elif (not found and kept not in known) or (kind_of(kept) != kind_of(id_) and not {kind_of(kept), kind_of(id_)} <= set(AGENT)):
        yield _problem(row, "remplace_par", f"« {kept} » n'est pas un identifiant actif de même type.", "Écrire l'identifiant conservé.")


def _references(rows: Rows, dated: Dated | None, incomplete: Container[str]) -> Iterator[CellProblem]:
    """References that lead nowhere. Where a row is missing that the registry has as active, the registry's line is told and not each reference."""
    states = {row["id"]: row for row in rows["registre"]}
    there = {row["id"] for name in _TABLE_OF.values() for row in rows[name]} | set(dated.lives if dated else ())
    for table in rows.values():
        for row in table:
            for column in row.table.columns:
                if column.kind not in (Kind.REF, Kind.LINKED):
                    continue
                for id_ in row.list(column.name):
                    if column.kind is Kind.LINKED and ("/" in id_ or id_ in there):
                        continue
                    if id_ not in there:
                        if not _told_elsewhere(id_, states.get(id_), incomplete):
                            yield _dangling(row, column, id_, states.get(id_), dated)
                    elif "id" in row.cells and id_ == row["id"]:
                        yield _problem(row, column.name, f"{id_} renvoie à lui-même.", "Corriger ou vider la cellule.")


def _told_elsewhere(id_: str, registered: Row | None, incomplete: Container[str]) -> bool:
    """Whether it is said of the registry's line, or of a table that could not be read whole, why an id has no row."""
    if _TABLE_OF[kind_of(id_) or "acteur"] in incomplete and not (registered and registered["etat"] in ("doublon", "retire")):
        return True
    return registered is not None and (registered["etat"] == "actif" or "etat" in registered.unread)


def _dangling(row: Row, column: Column, id_: str, registered: Row | None, dated: Dated | None) -> CellProblem:
    if registered and registered["etat"] == "doublon":
        return _problem(row, column.name, f"{id_} est un doublon.", f"Écrire {registered['remplace_par']}.")
    if registered and registered["etat"] == "retire":
        return _problem(
            row, column.name, f"{id_} a été retiré.", "Vider la cellule ou renvoyer ailleurs ; si elle est obligatoire, supprimer la ligne."
        )
    where = " ou ".join(TABLES[_TABLE_OF[kind]].filename for kind in column.target if kind == kind_of(id_))
    insee = (
        " Commune, EPCI, département, région : « ess-lod insee find NOM » dit l'identifiant."
        if dated and kind_of(id_) == "territoire"
        else ""
    )
    return _problem(row, column.name, f"{id_} ne renvoie à rien.", f"Ajouter sa ligne dans {where}, ou corriger l'identifiant.{insee}")


def _communes(rows: Rows) -> Iterator[CellProblem]:
    known = {row["code"] for row in rows["territoires"] if row["type"] in _COMMUNE_KINDS}
    for table in rows.values():
        for row in table:
            for column in row.table.columns:
                code = row[column.name] if column.kind is Kind.COMMUNE else ""
                if code and code not in known:
                    yield _problem(
                        row,
                        column.name,
                        f"la commune {code} n'est pas dans territoires.csv.",
                        "Vérifier le code INSEE (pas le code postal), ou ajouter la commune à territoires.csv.",
                    )


def _order(row: Row) -> Iterator[CellProblem]:
    for start, end in (("debut", "fin"), ("creation", "dissolution")):
        if start not in row.cells or not row[start] or not row[end]:
            continue
        size = min(len(row[start]), len(row[end]))
        if row[start][:size] > row[end][:size] or (size == 10 and row[start] == row[end]):
            yield _problem(
                row,
                end,
                f"« {row[end]} » ne vient pas après « {row[start]} ».",
                f"Corriger {start} ou {end} ; fin est le premier jour où ce n'est plus le cas.",
            )


def _issue(row: Row) -> Iterator[CellProblem]:
    for value, mode in (("numero", "numero_mode"), ("debut", "date_mode")):
        if bool(row[value]) != bool(row[mode]):
            empty, filled = (mode, value) if row[value] else (value, mode)
            yield _problem(row, empty, f"la cellule est vide alors que {filled} est rempli.", "Remplir les deux, ou vider les deux.")
    if bool(row["debut"]) != bool(row["fin"]):
        yield _problem(
            row,
            "fin" if row["debut"] else "debut",
            "il manque une borne à la période de parution.",
            "Donner les deux jours, le second exclu.",
        )


def _supplement(row: Row) -> Iterator[CellProblem]:
    level, territories = row["territoire_confiance"], row.list("territoires")
    if level not in ("certaine", "probable", "inconnue"):
        yield _problem(
            row,
            "territoire_confiance",
            f"« {level} » ne se publie pas.",
            "Écrire certaine, probable ou inconnue : un simple candidat reste inconnue.",
        )
    elif (level == "inconnue") == bool(territories):
        yield _problem(
            row,
            "territoires",
            f"ne s'accorde pas avec territoire_confiance « {level} ».",
            "inconnue : laisser territoires vide ; certaine ou probable : nommer le territoire.",
        )


def _territory(row: Row) -> Iterator[CellProblem]:
    lengths = _CODE_LENGTHS.get(row["type"])
    code = row["code"]
    if lengths is None:
        if code:
            yield _problem(row, "code", f"un territoire de type {row['type']} n'a pas de code.", "Vider la cellule.")
    elif len(code) not in lengths:
        yield _problem(
            row,
            "code",
            f"« {code} » ne va pas avec le type {row['type']}.",
            f"Il faut {' ou '.join(map(str, lengths))} caractères (un tableur retire les zéros du début).",
        )


def _actor(row: Row) -> Iterator[CellProblem]:
    if row["type"] not in ("acteur", "collectif"):
        yield _problem(row, "type", f"« {row['type']} » n'est pas admis.", "Écrire acteur ou collectif.")


def _official(row: Row) -> Iterator[CellProblem]:
    try:
        if row["valeur"] and row["type"]:
            official_number(row["valeur"], row["type"])
    except CellError as error:
        yield _problem(row, "valeur", error.what, error.remedy)
