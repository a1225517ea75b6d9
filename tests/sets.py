"""Small sets of report files as a build writes them, for tests of the archive."""

from __future__ import annotations

import json
from pathlib import Path

from customs_report.publish import manifest

BILLION = 1e9
SCRIPT = "</script><script>alert(1)</script><!-- “é” & =1+1"


def contradicts(header: str) -> bool:
    """Does the header of a column with full numbers name two units, an abbreviated one, or a group twice?"""
    parts = header.split(": ")
    return header.count("(") > 1 or "(bn)" in header or "(%)" in header or len({*parts}) < len(parts)


def facts_of(
    period: str, day: str = "", balance: float = 100.0, rank: int = 3, notebook: str = "monthly_report", **more
) -> dict:
    """The content of a small facts.json; `balance` in billions of dollars."""

    def fact(name: str, value: float, unit: str, step: float | None = None) -> dict:
        about = {"text": str(value), "how": "printed", "sources": ["made for a test"], "stage": "preliminary"}
        return {"name": name, "value": value, "unit": unit, "step": step, **about}

    levels = {"exports": balance + 200, "imports": 200.0, "balance": balance}
    facts = [fact(f"{flow}_usd_month", value * BILLION, "USD", 1e8) for flow, value in levels.items()]
    facts += [fact("exports_usd_month_yoy", -3.24, "percent"), fact("balance_usd_month_rank", rank, "rank")]
    facts += [
        fact("balance_usd_month_rank_low", 1 if balance < 0 else 9, "rank"),
        fact("balance_usd_month_rank_of", 99, "months"),
    ]
    facts += [fact("partner.USA.share_ytd", 9.5, "percent"), fact("commodity.export.ships.share_ytd", 1.5, "percent")]
    facts += [fact(name, value, "months") for name, value in more.items()]
    report = {
        "notebook": notebook,
        "period": period,
        "as_of": day or "2026-09-08",
        "parameters": {"period": period, "as_of": day},
    }
    return {"report": report, "facts": facts, "gaps": [{"name": "mirror.*", "why": "not held"}]}


def put_set(
    reports: Path, period: str, day: str = "", *, notebook: str = "monthly_report", headline: str = "", incomplete=(),
    aside: bool = False, facts: dict | None = None, balance: float = 100.0, rank: int = 3, formats=("html", "pdf"), page: str = "",
    language: str = "en",
) -> Path:  # fmt: skip
    """Put a set into its folder, `aside` into `incomplete/` within; returns where its files are."""
    place = reports / (f"{period}@{day}" if day else period) / ("incomplete" if aside else "")
    facts = facts or facts_of(period, day, balance, rank, notebook)
    contents = {
        "facts.json": json.dumps(facts).encode(),
        "ipynb": b"{}",
        **{name: (page if page and name == "html" else f"{period} {name}").encode() for name in formats},
    }
    about = {
        "title": f"China customs report · {period} {day}".strip(),
        "headline": headline or f"The surplus of {period} is what it is",
        "parameters": {"period": period, "as_of": day, "language": language},
        "complete": not incomplete,
        "incomplete": list(incomplete),
        "exhibits": [{"id": "exhibit-1", "label": "Exhibit 1", "heading": "Key figures & more"}],
        "files": {ending: manifest.sha256(content) for ending, content in contents.items()},
    }
    manifest.put(place, notebook, contents, about)
    return place
