"""Everything that can go wrong, as one tree. No HTTP here: ``web.problems`` has the table of statuses.

EssLodError
├── TableErrors            rows that cannot be read (all of them, French)
├── ConfigError            dataset.yaml or a setting is wrong
│   └── DatasetErrors      dataset.yaml is wrong: key by key (all of them, French)
├── GateRefusal            the shapes found a Violation, or checked nothing
├── ReleaseError
│   ├── NoRelease          nothing is published yet
│   ├── UnknownRelease     no release of that name
│   ├── CorruptRelease     a file does not have the bytes that the manifest names, or not the shape of what it should be
│   ├── NotInService       what the pointer names cannot be opened, and nothing was open before
│   └── Busy               another process writes in releases/
├── QueryError
│   ├── BadQuery           not SPARQL, with line and column where known
│   ├── QueryRefused       SPARQL, but not answered here (updates, SERVICE)
│   ├── QueryTooCostly     it came to a limit: time, memory, rows or bytes of the answer, depth
│   ├── TooManyQueries     one client asks too much at once
│   └── Overloaded         all that asks is too much at once
├── EngineError
│   ├── EngineDown         no query can be begun, or no answer be set aside: not the query's fault
│   ├── EngineBroken       the engine cannot be reached, or does not answer as the protocol has it
│   └── EngineSlow         the engine has not answered in time
├── InboxError
│   ├── InboxClosed        there is no inbox, or not for this way in
│   ├── NoToken            it wants the token of a network
│   ├── Unacceptable       an announcement that says nothing that could be taken
│   ├── TooManyAnnouncements  a sender comes too often
│   └── InboxFull          too much waits for a person
└── ResourceError
    ├── NotFound           no such thing
    ├── Gone               withdrawn: it existed and will not come back
    └── NotAcceptable      no media type that the client accepts
        └── NoSuchProfile  no profile of those that the address names
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass


class EssLodError(Exception):
    """Base of all errors that are meant to be read by a person."""


@dataclass(frozen=True, order=True)
class CellProblem:
    """One thing wrong in one table: where (file, line, column), what, and what to do (French).

    ``line`` is the line of the file as a text editor counts it, 1 for the header; 0 when the whole file is meant.
    """

    file: str
    line: int
    column: str
    what: str
    remedy: str

    def __str__(self) -> str:
        where = self.file
        if self.line:
            where += f", ligne {self.line}"
        if self.column:
            where += f", {'clé' if self.file.endswith('.yaml') else 'colonne'} « {self.column} »"
        return f"{where} : {self.what} {self.remedy}"

    @property
    def cause(self) -> tuple[str, str, str]:
        """What problems of one cause have in common: file, column, and what is wrong without the values that it quotes."""
        return self.file, self.column, _QUOTED.sub("", self.what)


_QUOTED = re.compile("« [^»]* »|[A-Z]?[0-9]+")
_SINGLY = 3
"""Problems of one cause that are told one by one: more of them are told as one."""


def told(problems: Iterable[CellProblem]) -> list[str]:
    """Problems for a terminal, one line for each cause, in the order of their places. A whole column that is wrong in one way is one cause."""
    causes: dict[tuple[str, str, str], list[CellProblem]] = {}
    for problem in sorted(problems):
        causes.setdefault(problem.cause, []).append(problem)
    found = [[each] for same in causes.values() if len(same) <= _SINGLY for each in same]
    found += [same for same in causes.values() if len(same) > _SINGLY]
    return [_together(same) for same in sorted(found)]


def _together(same: Sequence[CellProblem]) -> str:
    first = same[0]
    if len(same) == 1:
        return str(first)
    lines = ", ".join(str(each.line) for each in same[:_SINGLY])
    return f"{first}\n    De même {len(same)} cellules de cette colonne en tout, d'abord lignes {lines}."


class TableErrors(EssLodError):
    """Rows that cannot be read. Holds every problem found, sorted by place.

    ``fresh`` are the places (file, line) that are new since the last publication: what is wrong there is told first, since it was written last.
    """

    def __init__(self, problems: Iterable[CellProblem], fresh: Container[tuple[str, int]] = ()) -> None:
        self.problems = tuple(sorted(set(problems)))
        new, old = (
            told(each for each in self.problems if (each.file, each.line) in fresh),
            told(each for each in self.problems if (each.file, each.line) not in fresh),
        )
        count = len(new) + len(old)
        lines = ["1 erreur dans les tables :" if count == 1 else f"{count} erreurs dans les tables :"]
        if new and old:
            lines += ["Lignes nouvelles ou modifiées depuis la version publiée", *_indented(new), "Le reste", *_indented(old)]
        else:
            lines += _indented([*new, *old])
        super().__init__("\n".join(lines))


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


class ConfigError(EssLodError):
    """dataset.yaml or a setting is missing or wrong."""


class DatasetErrors(ConfigError):
    """``dataset.yaml`` is wrong: all that is, and the region that it names, or ``None`` when that cannot be told."""

    def __init__(self, problems: Iterable[CellProblem], region: str | None = None) -> None:
        self.problems, self.region = tuple(sorted(problems)), region
        super().__init__("\n".join(map(str, self.problems)))


class GateRefusal(EssLodError):
    """The gate found a Violation or a shape that checked nothing; nothing was published."""


class ReleaseError(EssLodError):
    """Something about ``releases/``."""


class NoRelease(ReleaseError):
    """Nothing is published yet."""


class UnknownRelease(ReleaseError):
    """No release of that name."""


class CorruptRelease(ReleaseError):
    """A file of a release differs from its manifest; or a manifest, the pointer or the journal is not what was written there."""


class NotInService(ReleaseError):
    """The release that the pointer names cannot be opened, and there is none before it that could be served on. The text is the reason."""


class Busy(ReleaseError):
    """Another process writes in ``releases/``, and has not ended in time. The text says which (French)."""


class QueryError(EssLodError):
    """A query that gets no answer."""


class BadQuery(QueryError):
    """Not SPARQL 1.1: why, in both languages. ``line`` and ``column`` count from 1 and are ``None`` when the parser does not say."""

    def __init__(self, french: str, english: str, line: int | None = None, column: int | None = None) -> None:
        self.french, self.english, self.line, self.column = french, english, line, column
        super().__init__(english)

    def told(self, language: str) -> str:
        """Why, in ``fr`` or ``en``."""
        return self.french if language == "fr" else self.english


class QueryRefused(QueryError):
    """A query that is understood and not answered here."""


LIMITS = ("deadline", "memory", "rows", "bytes", "complexity")
"""What a query can cost too much of."""


class QueryTooCostly(QueryError):
    """A query that came to a limit: which of :data:`LIMITS`, and how much it is, in seconds, megabytes, rows or bytes."""

    def __init__(self, limit: str, value: float | None = None) -> None:
        self.limit, self.value = limit, value
        super().__init__(f"{limit} {value:g}" if value is not None else limit)


class Overloaded(QueryError):
    """Nothing is wrong with the query; it may be asked again in ``retry_after`` seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"{retry_after} s")


class TooManyQueries(QueryError):
    """A client has ``most`` queries in progress, and may ask the next when one of them is answered."""

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(str(most))


class EngineError(EssLodError):
    """The engine behind the store does not do what it should."""


class EngineDown(EngineError):
    """The engine can do nothing at the moment, for a reason that is not the query's."""


class EngineBroken(EngineError):
    """It cannot be reached, or its answer is not what the SPARQL protocol and formats say, or is cut short."""


class EngineSlow(EngineError):
    """It has not answered within the deadline. ``seconds`` is how long that is."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"{seconds:g} s")


class InboxError(EssLodError):
    """An announcement that is not taken."""


class InboxClosed(InboxError):
    """There is no inbox here, or none for this protocol."""


class NoToken(InboxError):
    """The token is missing or not known."""


class Unacceptable(InboxError):
    """Nothing of it can be taken. ``key`` names the words that say why, ``reasons`` are (French, English) for each statement."""

    def __init__(self, key: str, reasons: Sequence[tuple[str, str]] = (), **values: object) -> None:
        self.key, self.reasons, self.values = key, tuple(reasons), values
        super().__init__(key)


class TooManyAnnouncements(InboxError):
    """A sender has come as often as it may in an hour: ``most`` times."""

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(str(most))


class InboxFull(InboxError):
    """As much waits for a person as there is room for."""


class ResourceError(EssLodError):
    """A URI of ours that cannot be answered with 200."""


class NotFound(ResourceError):
    """No such thing."""


class Gone(ResourceError):
    """Withdrawn: it existed and will not come back. ``iri`` names it."""

    def __init__(self, iri: str) -> None:
        self.iri = iri
        super().__init__(iri)


class NotAcceptable(ResourceError):
    """None of the media types that the client accepts can be given. ``offered`` lists those that can."""

    def __init__(self, offered: Sequence[str]) -> None:
        self.offered = tuple(offered)
        super().__init__(", ".join(offered))


class NoSuchProfile(NotAcceptable):
    """The thing is given in none of the profiles that the address names. ``offered`` lists the tokens of those in which it is."""


_SYSTEM = {
    errno.ENOSPC: "il n'y a plus de place sur le disque",
    errno.EDQUOT: "le quota de disque est atteint",
    errno.EFBIG: "le fichier dépasse la taille permise",
    errno.EROFS: "le disque n'est ouvert qu'en lecture",
    errno.EACCES: "les droits ne le permettent pas",
    errno.EPERM: "les droits ne le permettent pas",
    errno.ENOENT: "il n'existe pas",
    errno.EISDIR: "c'est un dossier",
    errno.ENOTDIR: "ce n'est pas un dossier",
    errno.ENOTEMPTY: "le dossier n'est pas vide",
    errno.EIO: "le disque a une panne",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.ENFILE: "trop de fichiers sont ouverts",
    errno.ENOMEM: "il n'y a plus de mémoire",
    errno.ENAMETOOLONG: "le nom est trop long",
}


def in_french(error: OSError) -> str:
    """Why the system refused: « il n'y a plus de place sur le disque ». Also where the number of the error is lost, as in what Oxigraph raises."""
    said = error.strerror or str(error)
    return _SYSTEM.get(error.errno or 0) or next((words for code, words in _SYSTEM.items() if os.strerror(code) in said), said)
