"""The box: announcements that came over HTTP and wait for a person, one small file each, outside of releases.

What was sent is not kept, only the statements that were read in it. The same announcement from the same sender is the same file: to send it again changes
nothing, but that the source of a Webmention is looked at anew. The number of files is bounded, and so is each of them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ess_lod.errors import InboxFull
from ess_lod.links.announced import Announced

MOST_STATEMENTS = 500
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Message:
    """What a sender has announced: who (the network of a token, or a host), by which protocol, when (ISO 8601, UTC), what.

    ``source`` and ``target`` are those of a Webmention, which is ``verified`` once its source has been fetched; until then it has no statements.
    ``address`` is the target as the sender wrote it, which may be the address of a page on this server.
    """

    sender: str
    protocol: str
    received: str
    statements: tuple[Announced, ...] = ()
    source: str = ""
    target: str = ""
    address: str = ""
    verified: bool = True

    @property
    def id(self) -> str:
        """The same for the same announcement of the same sender, whenever it comes."""
        said = (self.source, self.target) if self.protocol == "webmention" else tuple(map(repr, self.statements))
        return hashlib.sha256(repr((self.sender, self.protocol, said)).encode()).hexdigest()[:32]


class Box:
    """A folder of messages: ``most`` of them. Webmentions, which anybody may send, fill one half; the other is kept for networks that have a token."""

    def __init__(self, folder: Path, most: int) -> None:
        self._folder, self._most = folder, most
        self._lock = threading.Lock()

    def put(self, message: Message) -> bool:
        """Keep a message; ``False`` when it is there already. Raises :class:`InboxFull`."""
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            if self._path(message.id).exists():
                known = self.get(message.id)
                if known is not None and known.address != message.address:
                    self._write(replace(known, address=message.address))
                return False
            room = self._most // 2 if message.protocol == "webmention" else self._most
            if sum(1 for _ in self._folder.glob("*.json")) >= room:
                raise InboxFull
            self._write(message)
            return True

    def verify(self, id_: str, statements: Sequence[Announced]) -> None:
        """A Webmention whose source says this."""
        with self._lock:
            message = self.get(id_)
            if message is not None:
                self._write(replace(message, statements=tuple(statements), verified=True))

    def drop(self, id_: str) -> None:
        """Forget a message."""
        if _ID.fullmatch(id_):
            self._path(id_).unlink(missing_ok=True)

    def get(self, id_: str) -> Message | None:
        """A message by its id, or ``None``; a file that somebody has damaged is none."""
        if not _ID.fullmatch(id_):
            return None
        try:
            found = json.loads(self._path(id_).read_text("utf-8"))
            statements = tuple(Announced(**each) for each in found.pop("statements"))
            return Message(**found, statements=statements)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def messages(self) -> Iterator[Message]:
        """All messages, the oldest first."""
        found = [message for path in self._folder.glob("*.json") if (message := self.get(path.stem))]
        yield from sorted(found, key=lambda message: (message.received, message.id))

    def _path(self, id_: str) -> Path:
        return self._folder / f"{id_}.json"

    def _write(self, message: Message) -> None:
        path = self._path(message.id)
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(asdict(message), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
