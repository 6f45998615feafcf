"""How to ask a query from a program: curl, Python (SPARQLWrapper, pandas) and R, ready to copy.

The tests run those for curl and Python as they stand on the page.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Snippet:
    """A few lines of code: ``name`` says what for (``pandas``), ``language`` in which language."""

    name: str
    language: str
    code: str


def snippets(endpoint: str, query: str, *, triples: bool, address: str = "") -> list[Snippet]:
    """The same question in each language.

    ``endpoint`` is the URL of the SPARQL endpoint; ``address``, when there is one, the URL of the answer without its extension.
    ``triples`` says that the answer is a graph (CONSTRUCT, DESCRIBE) and not a table.
    """
    extension = "ttl" if triples else "csv"
    url = f"{address}.{extension}" if address else f"{endpoint}?query={quote(query, safe='')}&format={extension}"
    curl = f"curl {shlex.quote(url)}" if address else _curl(endpoint, query, "text/turtle" if triples else "text/csv")
    found = [Snippet("curl", "sh", curl), Snippet("SPARQLWrapper", "python", _wrapper(endpoint, query, triples=triples))]
    if triples:
        return [*found, Snippet("R (httr2)", "r", _httr2(endpoint, query, "text/turtle", "cat(resp_body_string(answer))"))]
    read = 'table <- read.csv(text = resp_body_string(answer), colClasses = "character")'
    r = (
        f'table <- read.csv("{url}", colClasses = "character", encoding = "UTF-8")'
        if address
        else _httr2(endpoint, query, "text/csv", read)
    )
    return [*found, Snippet("pandas", "python", _pandas(url)), Snippet("R" if address else "R (httr2)", "r", r)]


def _curl(endpoint: str, query: str, accept: str) -> str:
    return f"curl {shlex.quote(endpoint)} -H 'Accept: {accept}' --data-urlencode {shlex.quote(f'query={query}')}"


def _wrapper(endpoint: str, query: str, *, triples: bool) -> str:
    text = query.strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    head = f"""\
from SPARQLWrapper import {"POST, TURTLE" if triples else "JSON, POST"}, SPARQLWrapper

endpoint = SPARQLWrapper("{endpoint}")
endpoint.setMethod(POST)
endpoint.setReturnFormat({"TURTLE" if triples else "JSON"})
endpoint.setQuery(\"\"\"
{text}
\"\"\")
"""
    if triples:
        return head + "print(endpoint.queryAndConvert().decode())"
    return (
        head
        + 'for row in endpoint.queryAndConvert()["results"]["bindings"]:\n    print({name: term["value"] for name, term in row.items()})'
    )


def _pandas(url: str) -> str:
    return f"""\
import pandas

table = pandas.read_csv("{url}", dtype=str)
print(table)"""


def _httr2(endpoint: str, query: str, accept: str, last: str) -> str:
    dashes = "-"
    while f'){dashes}"' in query:
        dashes += "-"
    return f"""\
library(httr2)
query <- r"{dashes}({query.strip()}){dashes}"
answer <- request("{endpoint}") |>
  req_headers(Accept = "{accept}") |>
  req_body_form(query = query) |>
  req_perform()
{last}"""
