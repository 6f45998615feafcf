"""How to cite the dataset, in the forms that people and reference software read: a sentence, BibTeX, RIS, CSL-JSON."""

from __future__ import annotations

from dataclasses import dataclass

from flask import json

from ess_lod.web.words import day, phrase

_NAMED = {"\\": "backslash", "~": "asciitilde", "^": "asciicircum", "{": "braceleft", "}": "braceright"}
_LATEX = str.maketrans({each: f"\\{each}" for each in "%&#_$"} | {each: f"\\text{name}{{}}" for each, name in _NAMED.items()})
"""The ten characters that LaTeX reads as commands. BibTeX counts a brace also behind a backslash, so braces are named."""


@dataclass(frozen=True)
class Citation:
    """What a citation needs. ``date`` is the day of the release (``2026-11-24``), ``iri`` the address to cite, ``licence`` the IRI of the licence."""

    title: str
    author: str
    date: str
    version: str
    iri: str
    licence: str
    language: str

    def text(self) -> str:
        """A sentence, in the language of the reader."""
        return phrase(
            "cite-sentence",
            self.language,
            author=self.author,
            title=self.title,
            version=self.version,
            day=day(self.date, self.language),
            iri=self.iri,
        )

    def bibtex(self) -> str:
        """A BibLaTeX entry (``@dataset``), UTF-8."""
        year, month, _ = self.date.split("-")
        members = {
            "author": "{" + self.author.translate(_LATEX) + "}",
            "title": "{" + self.title.translate(_LATEX) + "}",
            "year": year,
            "month": str(int(month)),
            "date": self.date,
            "version": self.version,
            "url": self.iri,
            "langid": {"fr": "french", "en": "english"}[self.language],
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in members.items())
        return f"@dataset{{ess-lod-{self.version},\n{lines}}}\n"

    def ris(self) -> str:
        """A RIS record; lines end with CR LF, as the format has it."""
        lines = [
            ("TY", "DATA"),
            ("TI", self.title),
            ("AU", self.author),
            ("PY", self.date[:4]),
            ("DA", self.date.replace("-", "/")),
            ("ET", self.version),
            ("UR", self.iri),
            ("LA", self.language),
            ("N1", self.licence),
            ("ER", ""),
        ]
        return "".join(f"{tag}  - {value}\r\n" for tag, value in lines)

    def csl(self) -> str:
        """A CSL-JSON array of one item (schema 1.0.2)."""
        item = {
            "id": f"ess-lod-{self.version}",
            "type": "dataset",
            "title": self.title,
            "author": [{"literal": self.author}],
            "issued": {"date-parts": [[int(part) for part in self.date.split("-")]]},
            "version": self.version,
            "URL": self.iri,
            "language": self.language,
            "note": self.licence,
        }
        return json.dumps([item], ensure_ascii=False, indent=2) + "\n"
