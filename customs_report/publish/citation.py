"""How a report is cited: as a sentence, and for BibTeX, RIS and CSL-JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from customs_report import __version__
from customs_report.languages import ENGLISH, language

PUBLISHER = "China customs reports"
CUSTOMS = "General Administration of Customs of China"
SHORT = 12  # digits of a hash in a sentence
KEY = 30  # letters of a title in the name of an item
TEX = {char: f"\\{char}" for char in "&%$#_{}"}
TEX |= {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}

What = Literal["title", "series", "hash", "version", ""]


@dataclass(frozen=True)
class Citation:
    """What a citation names: headline, the line above it (`series`: period and vintage), the day as known on, the data's hash.

    `own`: whether it shows the author's own output; the citation then does not name customs or the project as authors.
    """

    title: str
    series: str
    day: str
    data: str
    version: str = __version__
    own: bool = False
    language: str = ENGLISH

    @classmethod
    def read(cls, said: Any) -> Citation | None:
        """The citation in a manifest; None where there is none, or not a sound one."""
        try:
            found = cls(**said)
            texts = (found.title, found.series, found.day, found.data, found.version, found.language)
        except TypeError:
            return None
        sound = all(isinstance(text, str) for text in texts) and isinstance(found.own, bool)
        return found if sound and re.fullmatch(r"\d{4}-\d\d-\d\d", found.day) else None

    @property
    def authors(self) -> tuple[str, ...]:
        return () if self.own else (CUSTOMS, PUBLISHER)

    def pieces(self) -> Iterator[tuple[str, What]]:
        """The sentence in pieces, each with what it is."""
        word = language(self.language).word
        yield word("; ").join(map(word, self.authors)) + word(": ") * bool(self.authors) + word("“"), ""
        yield self.title, "title"
        yield word("”, "), ""
        yield self.series, "series"
        yield f". Made with {PUBLISHER}. Data " if self.own else word(". Data "), ""
        yield f"sha256:{self.data[:SHORT]}", "hash"
        yield word(", software version "), ""
        yield self.version, "version"
        yield word("."), ""

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces())

    @property
    def _note(self) -> str:
        return f"Data sha256:{self.data}, software version {self.version}"

    @property
    def _key(self) -> str:
        words = re.sub("[^a-z0-9]+", "-", self.title.lower())[:KEY].strip("-")
        return f"customs-{self.day}-{words}"

    def csl(self, url: str = "") -> Mapping[str, Any]:
        """The item as citation programs exchange it (CSL-JSON); `url`: the page's address, where it has one."""
        return {
            "id": self._key,
            "type": "report",
            "title": self.title,
            "collection-title": self.series,
            "author": [{"literal": name} for name in self.authors],
            **({} if self.own else {"publisher": PUBLISHER}),
            "issued": {"date-parts": [[int(part) for part in self.day.split("-")]]},
            "number": f"sha256:{self.data}",
            "note": self._note,
            "language": self.language,
            **({"URL": url} if url else {}),
        }

    def bibtex(self, url: str = "") -> str:
        year, month, _ = self.day.split("-")
        authors = " and ".join(f"{{{_tex(name)}}}" for name in self.authors)
        fields = {"author": authors, "title": f"{{{_tex(self.title)}}}", "howpublished": _tex(self.series)}
        fields |= {"year": year, "month": f"{int(month)}", "note": _tex(self._note), "url": url}
        lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
        return f"@misc{{{self._key},\n" + ",\n".join(lines) + "\n}\n"

    def ris(self, url: str = "") -> str:
        tags = [("TY", "RPRT"), *(("AU", name) for name in self.authors), ("TI", self.title), ("T2", self.series)]
        tags += [("PY", self.day[:4]), ("DA", self.day.replace("-", "/")), ("PB", "" if self.own else PUBLISHER)]
        tags += [("N1", self._note), ("LA", self.language), ("UR", url)]
        lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in tags if value]
        return "\r\n".join([*lines, "ER  - ", ""])


def _tex(text: str) -> str:
    return "".join(TEX.get(char, char) for char in " ".join(text.split()))
