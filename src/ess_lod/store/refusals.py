"""What no engine is asked: queries that would make the server call another host.

SPARQL 1.1 Federated Query lets a stranger name any address, inside our network too. The keyword is looked for among the tokens of the grammar
(SPARQL 1.1 Query, §19.8), so that ``?service``, ``ex:service``, ``"SERVICE"`` and ``# SERVICE`` are innocent.
"""

from __future__ import annotations

import re

from ess_lod.errors import QueryRefused

_TOKEN = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*"""'''
    r"""|'''(?:[^'\\]|\\.|'(?!''))*'''"""
    r'''|"(?:[^"\\\n\r]|\\.)*"'''
    r"""|'(?:[^'\\\n\r]|\\.)*'"""
    r"""|<[^<>"{}|^`\\\x00-\x20]*>"""
    r"|\#[^\n\r]*"
    r"|[?$@]\w+"
    r"|[\w:][\w:.\-%]*",
    re.DOTALL,
)


def refuse_calls_out(query: str) -> None:
    """Raise :class:`QueryRefused` for a query that has a ``SERVICE`` clause."""
    if any(token[0].upper() == "SERVICE" for token in _TOKEN.finditer(query)):
        raise QueryRefused(
            "SERVICE n'est pas admis : ce serveur n'appelle pas d'autres adresses. "
            "/ SERVICE is not allowed: this server does not call other addresses."
        )
