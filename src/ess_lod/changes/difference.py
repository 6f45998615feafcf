"""The difference of two releases, thing by thing: one pass over two files of sorted N-Quads, in memory for one thing at a time.

A thing is an IRI before its ``#``; the parts belong to it. In a sorted file the lines of ``T100#…`` and of ``T100`` have those of ``T1000`` between
them, so things that are still open are kept on a stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ess_lod.errors import CorruptRelease
from ess_lod.terms import RDFS

CREATE, UPDATE, DELETE = "create", "update", "delete"
KINDS_OF_CHANGE = (CREATE, UPDATE, DELETE)

_QUAD = re.compile(rb'(<[^>]*> <[^>]*> (?:<[^>]*>|"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?))(?: <([^>]*)>)? \.\n')
_LABEL = re.compile(rb'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+))?')
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([tbnrf"\'\\]))')
_PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_BEFORE, _AFTER, _BOTH = 1, 2, 3


@dataclass(frozen=True)
class Change:
    """What became of one thing: its lines of N-Quads in the one release and in the other, each sorted; one of the two may be empty."""

    thing: str
    before: tuple[bytes, ...]
    after: tuple[bytes, ...]

    @property
    def kind(self) -> str:
        """``create``, ``update`` or ``delete``."""
        if not self.before:
            return CREATE
        return UPDATE if self.after else DELETE

    @cached_property
    def added(self) -> list[bytes]:
        """Quads that came, sorted."""
        return sorted(set(self.after).difference(self.before))

    @cached_property
    def removed(self) -> list[bytes]:
        """Quads that went, sorted."""
        return sorted(set(self.before).difference(self.after))

    @cached_property
    def state(self) -> list[bytes]:
        """The triples of the thing afterwards, whatever graph states them: sorted, without graph and final dot."""
        return sorted({split(line)[0] for line in self.after})

    @cached_property
    def came(self) -> list[bytes]:
        """Triples that came: a statement that another source makes too, or now, is none."""
        return sorted(set(self.state) - {split(line)[0] for line in self.before})

    @cached_property
    def went(self) -> list[bytes]:
        """Triples that went."""
        return sorted({split(line)[0] for line in self.before} - set(self.state))

    @property
    def labels(self) -> dict[str, str]:
        """Its ``rdfs:label`` by language (an empty tag for none), as it is now, or was last."""
        start = f"<{self.thing}> {RDFS.label} ".encode()
        found = (_LABEL.match(line, len(start)) for line in self.after or self.before if line.startswith(start))
        return {(each[2] or b"").decode(): _unescaped(each[1].decode()) for each in found if each}


def differences(before: Path | None, after: Path | None) -> Iterator[Change]:
    """Each thing whose quads differ between two files of sorted N-Quads (``None`` is the empty one), in the order of the files.

    Raises :class:`CorruptRelease` for a file that is not sorted or not N-Quads without blank nodes.
    """
    for group in _things(_merged(_lines(before), _lines(after))):
        if group.differs:
            yield Change(group.thing, tuple(group.before), tuple(group.after))


def split(line: bytes) -> tuple[bytes, str]:
    """A line of N-Quads as its triple (without the final dot) and the IRI of its graph, empty for the default graph."""
    found = _QUAD.fullmatch(line)
    if not found:
        raise CorruptRelease(
            f"Ce n'est pas une ligne de N-Quads sans nœud anonyme : {line[:200].decode(errors='replace')!r}. Reconstruire cette version."
        )
    return found[1], (found[2] or b"").decode()


def _lines(path: Path | None) -> Iterator[bytes]:
    if path is None:
        return
    last = b""
    with path.open("rb") as file:
        for line in file:
            if line <= last:
                raise CorruptRelease(f"{path.parent.name}/{path.name} : les lignes ne sont pas triées. Reconstruire cette version.")
            last = line
            yield line


def _merged(before: Iterator[bytes], after: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    """Each line of either, and where it stands."""
    old, new = next(before, b""), next(after, b"")
    while old or new:
        if old == new:
            yield old, _BOTH
            old, new = next(before, b""), next(after, b"")
        elif not new or (old and old < new):
            yield old, _BEFORE
            old = next(before, b"")
        else:
            yield new, _AFTER
            new = next(after, b"")


@dataclass
class _Group:
    thing: str
    prefix: bytes
    before: list[bytes] = field(default_factory=list)
    after: list[bytes] = field(default_factory=list)
    differs: bool = False
    whole: bool = False

    def add(self, line: bytes, side: int) -> None:
        if side & _BEFORE:
            self.before.append(line)
        if side & _AFTER:
            self.after.append(line)
        self.differs = self.differs or side != _BOTH


def _things(merged: Iterable[tuple[bytes, int]]) -> Iterator[_Group]:
    """The lines of each thing together. A thing is whole when its own lines, which come after those of its parts, have passed."""
    pending: list[_Group] = []
    for line, side in merged:
        subject = line.partition(b">")[0]
        prefix, part, _ = subject.partition(b"#")
        while pending and pending[-1].prefix != prefix and (pending[-1].whole or not prefix.startswith(pending[-1].prefix)):
            yield pending.pop()
        if not pending or pending[-1].prefix != prefix:
            pending.append(_Group(prefix[1:].decode(), prefix))
        pending[-1].add(line, side)
        pending[-1].whole = pending[-1].whole or not part
    while pending:
        yield pending.pop()


def _unescaped(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        return chr(int(code, 16)) if code else _PLAIN.get(found[3], found[3])

    return _ESCAPE.sub(one, text)
