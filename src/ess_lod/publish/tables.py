"""Read the tables: bytes of CSV files in, checked rows out, or every problem at once.

Made for files that come out of a spreadsheet: comma, semicolon or tab as separator, with or without a byte-order mark, Excel's ``sep=;`` line, empty
rows and columns at the end. The encoding must be UTF-8: guessing it would put wrong letters on the web without anybody noticing.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from pathlib import Path

from ess_lod.characters import refused, suspect, tidy, visible
from ess_lod.errors import CellProblem, TableErrors
from ess_lod.publish.cells import LIST_SEPARATOR, CellError, Known, close_to, read_cell
from ess_lod.publish.columns import Schemes, fold
from ess_lod.publish.dated import Dated
from ess_lod.publish.holding import Holding, emptied, fingerprint, holding_of
from ess_lod.publish.postal import check_postal
from ess_lod.publish.references import check_references
from ess_lod.publish.rows import Row, Rows
from ess_lod.publish.schema import TABLES, Kind, Table
from ess_lod.sheet import csv_text
from ess_lod.sheet.delimited import NotCsv, NotUtf8, decode, delimited
from ess_lod.sheet.forms import SAVE_AS, NotATable, form_of, utf16
from ess_lod.sheet.heading import LOOKED_AT, header_at
from ess_lod.sheet.workbook import leaves_of


@dataclass(frozen=True)
class Tables:
    """What a folder of tables says: its rows, all that is wrong, what is remarkable and does not stand in the way, what the tables hold.

    ``fresh`` are the places (file, line) of rows that the published version did not have; all of them when nothing is known of it.
    """

    rows: Rows
    problems: tuple[CellProblem, ...]
    remarks: tuple[CellProblem, ...]
    held: Holding
    fresh: frozenset[tuple[str, int]]


def read_tables(folder: Path, schemes: Schemes, dated: Dated | None = None) -> Rows:
    """The rows of :func:`examine`. Raises :class:`TableErrors` with everything that is wrong in any file."""
    found = examine(folder, schemes, dated)
    if found.problems:
        raise TableErrors(found.problems)
    return found.rows


def examine(folder: Path, schemes: Schemes, dated: Dated | None = None, before: Holding | None = None) -> Tables:
    """Read and check every table of ``folder``.

    ``schemes`` has the notations of each SKOS scheme, ``dated`` is the reference that codes are held against, ``before`` what was published.
    """
    problems: list[CellProblem] = []
    remarks: list[CellProblem] = []
    written = {table.name: _read_table(folder, table, problems) for table in TABLES.values()}
    known = Known(schemes, _names(written.values()), _communes(written["territoires"], dated))
    rows = {name: [row for record in raw.records if (row := _read_row(record, raw, known, problems))] for name, raw in written.items()}
    told = {(each.file, each.line, each.column) for each in problems}
    absent = {(raw.table.filename, column) for raw in written.values() for column in raw.absent}
    between = check_references(rows, dated, {name for name, raw in written.items() if raw.incomplete})
    problems += [each for each in between if (each.file, each.line, each.column) not in told and (each.file, each.column) not in absent]
    _stray_files(folder, problems, remarks)
    remarks += [each for raw in written.values() for each in _lost_letters(raw)]
    held = holding_of({name: [record.texts for record in raw.records] for name, raw in written.items()})
    fresh = frozenset(
        (raw.table.filename, record.line)
        for name, raw in written.items()
        for record in raw.records
        if before is None or fingerprint(record.texts) not in before.rows.get(name, ())
    )
    remarks += check_postal(rows, dated) if dated else ()
    if before is not None:
        readable = {name: raw.table for name, raw in written.items() if not raw.incomplete}
        remarks += emptied(before, held, readable)
    return Tables(rows, tuple(problems), tuple(sorted(remarks)), held, fresh)


@dataclass(frozen=True)
class _Record:
    """The tidy texts of a row by column, and the line on which it begins."""

    line: int
    texts: Mapping[str, str]
    raw: Mapping[str, str]


@dataclass
class _Written:
    """A table as it is written: its records; needed columns that it lacks; whether records may be missing because they cannot be read."""

    table: Table
    records: list[_Record] = field(default_factory=list)
    absent: frozenset[str] = frozenset()
    incomplete: bool = False


def _read_table(folder: Path, table: Table, problems: list[CellProblem]) -> _Written:
    found = _Written(table, incomplete=True)
    path = folder / table.filename
    if not path.is_file():
        remedy = f"Le remettre dans {folder.name}/, avec au moins sa ligne d'en-tête : {_header_text(table)}"
        if other := _same_table(folder, table):
            remedy = f"Ouvrir {other.name}, qui n'est pas lu, et l'enregistrer sous {table.filename}, type « CSV UTF-8 »."
        problems.append(CellProblem(table.filename, 0, "", "le fichier est absent.", remedy))
        return found
    text = _decode(path.read_bytes(), table.filename, problems)
    count = len(problems)
    records = _records(text, table, problems)
    begun = list(islice(records, LOOKED_AT))
    place = header_at([record for _, record in begun], lambda name: table.named(name) is not None)
    broken = len(problems) > count
    header = _read_header(begun[: place + 1], table, problems, told=broken or text == "")
    if header is None:
        return found
    found.absent, found.incomplete = header.absent, broken
    count = len(problems)
    for line, record in chain(begun[place + 1 :], records):
        found.incomplete |= len(problems) > count
        if any(tidy(cell) for cell in record):
            _add(found, line, record, header, problems)
        count = len(problems)
    found.incomplete |= len(problems) > count
    _nameless(found, header, problems)
    return found


def _add(found: _Written, line: int, record: list[str], header: _Header, problems: list[CellProblem]) -> None:
    beyond = [cell for cell in record[len(header.names) :] if tidy(cell)]
    if beyond:
        found.incomplete = True
        what = f"la ligne a plus de cellules que l'en-tête : « {visible(tidy(beyond[0]))} » n'a pas de colonne."
        problems.append(CellProblem(found.table.filename, line, "", what, "Mettre entre guillemets un texte qui contient le séparateur."))
        return
    cells = {name: cell for name, cell in zip(header.names, record, strict=False) if name}
    header.nameless.extend((line, tidy(cell)) for name, cell in zip(header.names, record, strict=False) if not name and tidy(cell))
    found.records.append(_Record(line, {name: tidy(cell) for name, cell in cells.items()}, cells))


def _nameless(found: _Written, header: _Header, problems: list[CellProblem]) -> None:
    if header.nameless:
        line, text = header.nameless[0]
        what = f"une colonne sans nom a {len(header.nameless)} cellules remplies, d'abord ligne {line} : « {visible(text[:40])} »."
        problems.append(
            CellProblem(found.table.filename, header.line, "", what, "Donner à la colonne un nom de la table, ou la supprimer.")
        )


def _names(tables: Iterable[_Written]) -> dict[str, list[str]]:
    """The ids of things by their folded names."""
    found: dict[str, list[str]] = {}
    for raw in tables:
        for record in raw.records if raw.table.noun else ():
            id_ = record.texts.get("id", "")
            texts = [record.texts.get(name, "") for name in _NAMES if name in raw.table.by_name]
            for name in {fold(each) for text in texts for each in text.split(LIST_SEPARATOR)} - {""}:
                if id_ and id_ not in found.setdefault(name, []):
                    found[name].append(id_)
    return found


_NAMES = ("nom", "nom_en", "titre", "sigle", "anciens_noms", "autres_noms")


def _communes(territories: _Written, dated: Dated | None) -> Callable[[str], list[tuple[str, str]]]:
    """Who tells which communes a name may mean: those of the reference that live, or those of ``territoires.csv``. It is asked only for what is no code."""

    @cache
    def by_name() -> dict[str, list[tuple[str, str]]]:
        if dated:
            known = [
                (state.code, state.name) for state in dated.reference.all_states("commune") if state.kind == "commune" and not state.end
            ]
        else:
            known = [
                (each.texts.get("code", ""), each.texts.get("nom", ""))
                for each in territories.records
                if len(each.texts.get("code", "")) == len("59350")
            ]
        found: dict[str, list[tuple[str, str]]] = {}
        for code, name in known:
            found.setdefault(fold(name), []).append((code, name))
        return found

    return lambda text: by_name().get(fold(text), [])


@dataclass
class _Header:
    """The columns by their places (an empty name is none), the line, the needed columns that are absent, what stands in columns without a name."""

    names: list[str]
    line: int
    absent: frozenset[str]
    nameless: list[tuple[int, str]] = field(default_factory=list)


def _decode(body: bytes, filename: str, problems: list[CellProblem]) -> str:
    """Text of a file. What is no CSV in UTF-8 is reported, and read all the same as far as it can be, so that the other errors of the file show too."""

    def report(line: int, what: str, remedy: str) -> None:
        problems.append(CellProblem(filename, line, "", what, remedy))

    try:
        if form_of(body) == "workbook":
            report(0, "le fichier est un classeur malgré son nom, pas un CSV.", SAVE_AS)
            return csv_text(row for _, row in next(leaves_of(body)).rows)
        text = decode(body)
    except NotUtf8 as error:
        report(error.line, error.what, error.remedy)
        return error.text
    except NotATable as error:
        report(error.line, error.what, error.remedy)
        return ""
    except StopIteration:
        return ""
    if utf16(body):
        report(1, "le fichier est en UTF-16, pas en UTF-8.", SAVE_AS)
    return text


def _records(text: str, table: Table, problems: list[CellProblem]) -> Iterator[tuple[int, list[str]]]:
    """Records of a CSV text with the line on which each begins."""
    try:
        yield from delimited(text, table.by_name.__contains__).records()
    except NotCsv as error:
        problems.append(
            CellProblem(
                table.filename,
                error.line,
                "",
                f"la ligne n'est pas du CSV ({error.what}).",
                "Vérifier les guillemets : un guillemet dans un texte s'écrit deux fois.",
            )
        )


def _read_header(begun: Sequence[tuple[int, list[str]]], table: Table, problems: list[CellProblem], *, told: bool) -> _Header | None:
    """The header, the last of the rows that the table begins with: titles and blank lines may stand above it. ``told``: the file is known to be broken."""
    line, names = (begun[-1][0], [tidy(name) for name in begun[-1][1]]) if begun else (1, [])
    names = [table.named(name) or name for name in names]

    def report(column: str, what: str, remedy: str) -> None:
        problems.append(CellProblem(table.filename, line, column, what, remedy))

    if not any(name in table.by_name for name in names):
        first = next((cell for _, record in begun for cell in map(tidy, record) if cell.strip(",;")), "")
        what = (
            f"la ligne d'en-tête n'est pas trouvée : le fichier commence par « {visible(first[:40])} »."
            if first
            else "le fichier est vide."
        )
        if not (told and any(each.file == table.filename for each in problems)):
            problems.append(CellProblem(table.filename, 0, "", what, f"Remettre l'en-tête : {_header_text(table)}"))
        return None
    missing = {column.name for column in table.columns if column.name not in names}
    for place, name in enumerate(names):
        if not name or name in table.by_name:
            continue
        meant = next(iter(difflib.get_close_matches(name, sorted(missing), n=1)), "")
        if points := refused(name):
            what, remedy = f"le nom de cette colonne contient {', '.join(points)}, que rien n'affiche.", "Le retaper."
        else:
            what, remedy = "cette colonne n'existe pas.", close_to(name, table.by_name) + f"Colonnes de ce fichier : {_header_text(table)}."
        report(visible(name), what, remedy)
        if meant in missing:
            names[place] = meant
            missing.discard(meant)
        else:
            names[place] = f"« {name} »"
    needed = frozenset(column.name for column in table.columns if column.name in missing and (column.required or column.name in table.key))
    for name in sorted(needed):
        report(name, "cette colonne manque.", f"L'ajouter à l'en-tête : {table.by_name[name].about}")
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        report(name, "cette colonne figure deux fois.", "En supprimer une.")
    return _Header(names, line, needed)


def _read_row(record: _Record, written: _Written, known: Known, problems: list[CellProblem]) -> Row | None:
    table = written.table
    cells: dict[str, tuple[str, ...]] = {}
    unread = set(written.absent)
    for column in table.columns:
        cells[column.name] = ()
        if column.name in written.absent:
            continue
        try:
            cells[column.name] = read_cell(record.raw.get(column.name, ""), column, known)
        except CellError as error:
            problems.append(CellProblem(table.filename, record.line, column.name, error.what, error.remedy))
            unread.add(column.name)
    if any(table.by_name[name].kind is Kind.ID and table.by_name[name].required for name in unread):
        written.incomplete = True
        return None
    return Row(table, record.line, cells, frozenset(unread))


def _lost_letters(written: _Written) -> Iterator[CellProblem]:
    """A remark for each cell whose text betrays letters lost on the way."""
    for record in written.records:
        for name, text in record.texts.items():
            if place := suspect(text):
                what = f"des lettres semblent perdues : « {visible(place)} »."
                yield CellProblem(
                    written.table.filename, record.line, name, what, "Retaper le texte, ou reprendre le fichier d'origine en UTF-8."
                )


_OTHER_FORMS = (".xlsx", ".xlsm", ".xls", ".ods", ".fods", ".numbers", ".tsv", ".txt", ".csv")
_LOCKS = ("~$", ".~lock", "._", ".")


def _same_table(folder: Path, table: Table) -> Path | None:
    """A file that has the name of a table, in another form."""
    return next((path for path in _others(folder) if fold(path.name.partition(".")[0]) == fold(table.name)), None)


def _others(folder: Path) -> list[Path]:
    """Files of the folder that look like tables and are read by nobody; the locks of office programs are none."""
    known = {table.filename for table in TABLES.values()}
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(
        path
        for path in found
        if path.is_file() and path.suffix.casefold() in _OTHER_FORMS and path.name not in known and not path.name.startswith(_LOCKS)
    )


def _stray_files(folder: Path, problems: list[CellProblem], remarks: list[CellProblem]) -> None:
    """Files that no table is named after. A misspelt name would lose a whole table in silence; a workbook beside its table, what is written in it."""
    known = {table.filename: table for table in TABLES.values()}
    for path in _others(folder):
        beside = next((name for name, table in known.items() if fold(path.name.partition(".")[0]) == fold(table.name)), None)
        if path.suffix.casefold() == ".csv" and path.name.casefold() not in known:
            what, remedy = "aucune table ne porte ce nom.", close_to(path.name, known) + "Le renommer ou l'ôter du dossier."
            problems.append(CellProblem(path.name, 0, "", what, remedy))
        elif beside and (folder / beside).is_file():
            remedy = f"S'il est plus récent, l'enregistrer sous {beside}, type « CSV UTF-8 » ; sinon l'ôter du dossier."
            remarks.append(CellProblem(path.name, 0, "", f"ce fichier n'est pas lu : c'est {beside} qui l'est.", remedy))
        elif not beside:
            what = "ce fichier n'est pas lu : seules les tables en CSV le sont."
            remarks.append(CellProblem(path.name, 0, "", what, "L'ôter du dossier, ou enregistrer ses tables en « CSV UTF-8 »."))


def _header_text(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)
