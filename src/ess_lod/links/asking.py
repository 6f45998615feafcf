"""Ask the reconciliation service of the other side what it has under our names (Reconciliation Service API 0.1 and 0.2).

Its answers are suggestions: a person decides. A service that is slow, full or out of order is waited for a little; one that answers nonsense is an error with
its own words in it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from ess_lod.errors import EssLodError

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_MOST_BYTES = 8_000_000
_TRIES = 5
_LONGEST_WAIT = 60.0
_AGAIN = (429, 502, 503, 504)
_LARGEST_BATCH = 50
_AGENT = "ess-lod (links suggest)"


class ServiceError(EssLodError):
    """The service cannot be asked, or its answer is not what the API says (French)."""


@dataclass(frozen=True)
class Candidate:
    """What the service holds to be near a name: its IRI, name, description, names of types, score as it gives it, whether it is sure."""

    iri: str
    name: str
    description: str
    types: tuple[str, ...]
    score: str
    match: bool


class Service:
    """A reconciliation service. ``space`` is where its identifiers are, ``batch`` how many queries it takes at once."""

    def __init__(self, url: str, client: httpx.Client | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        self._url, self._sleep = url, sleep
        self._client = client or httpx.Client(timeout=_TIMEOUT, follow_redirects=True, headers={"User-Agent": _AGENT})
        manifest = self._json("GET")
        space = manifest.get("identifierSpace")
        if not isinstance(space, str) or not isinstance(manifest.get("name"), str):
            raise ServiceError(
                f"{url} ne se présente pas comme un service de réconciliation : il manque « name » ou « identifierSpace » (API 0.2, 4.1)."
            )
        self.name, self.space = str(manifest["name"]), space
        size = manifest.get("batchSize")
        self.batch = min(size, _LARGEST_BATCH) if isinstance(size, int) and size > 0 else _LARGEST_BATCH

    def ask(self, names: Sequence[str], type_: str = "", limit: int = 3) -> list[list[Candidate]]:
        """The candidates of each name, best first."""
        queries = {f"q{number}": {"query": name, "limit": limit} | ({"type": type_} if type_ else {}) for number, name in enumerate(names)}
        answer = self._json("POST", {"queries": json.dumps(queries, ensure_ascii=False)})
        return [self._candidates(answer.get(key)) for key in queries]

    def _candidates(self, found: object) -> list[Candidate]:
        results = found.get("result") if isinstance(found, dict) else None
        if not isinstance(results, list):
            raise ServiceError(f"{self.name} : une réponse n'a pas de tableau « result » (API 0.2, 4.4) : {str(found)[:200]}")
        return [self._candidate(each) for each in results if isinstance(each, dict) and isinstance(each.get("id"), str)]

    def _candidate(self, each: Mapping[str, Any]) -> Candidate:
        id_ = each["id"]
        types = each.get("type") or each.get("types") or []
        return Candidate(
            id_ if id_.startswith(("http://", "https://")) else self.space + id_,
            str(each.get("name", "")),
            str(each.get("description") or ""),
            tuple(str(kind.get("name") or kind.get("id", "")) if isinstance(kind, dict) else str(kind) for kind in types),
            f"{each['score']:g}" if isinstance(each.get("score"), (int, float)) else "",
            each.get("match") is True,
        )

    def _json(self, method: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        body = self._body(method, form)
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ServiceError(f"{self._url} ne répond pas en JSON : {body[:100].decode('utf-8', 'replace')}") from error
        if not isinstance(answer, dict) or "error" in answer or answer.get("status") == "error":
            raise ServiceError(f"{self._url} répond : {str(answer)[:300]}")
        return answer

    def _body(self, method: str, form: Mapping[str, str] | None) -> bytes:
        """The answer, waited for when the service asks to come again."""
        said = ""
        for turn in range(_TRIES):
            try:
                with self._client.stream(method, self._url, data=form, headers={"Accept": "application/json"}) as answer:
                    if answer.is_success:
                        return self._limited(answer)
                    said = f"statut {answer.status_code}"
                    if answer.status_code not in _AGAIN:
                        break
                    wait = _seconds(answer.headers.get("Retry-After", ""), turn)
            except (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError) as error:
                said, wait = f"{type(error).__name__} {error}".strip(), _seconds("", turn)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise ServiceError(f"{self._url} ne peut pas être interrogé : {error}") from error
            if turn < _TRIES - 1:
                self._sleep(wait)
        raise ServiceError(f"{self._url} ne répond pas : {said}. Relancer plus tard : ce qui est déjà écrit sera repris.")

    def _limited(self, answer: httpx.Response) -> bytes:
        body = bytearray()
        for piece in answer.iter_bytes(65_536):
            body += piece
            if len(body) > _MOST_BYTES:
                raise ServiceError(f"{self._url} : une réponse de plus de {_MOST_BYTES // 1_000_000} Mo.")
        return bytes(body)


def _seconds(retry_after: str, turn: int) -> float:
    """How long to wait: what the service says, within reason, else longer each time."""
    return min(float(retry_after) if retry_after.isdigit() else 2.0**turn, _LONGEST_WAIT)
