"""Revisions of what was published: which figures of a report are other ones now than those that stood there before.

`revisions.json`, beside the feed, keeps them, so that a feed made anew announces the same.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from customs_report.errors import InputError
from customs_report.files import read as read_file
from customs_report.numbers import period_text, write
from customs_report.palette import printable
from customs_report.publish.report_files import DATE, FOLDER, UNREADABLE, ReportFiles

FILE, SCHEMA = "revisions.json", 1
FLOWS = {"exports": "exports", "imports": "imports", "balance": "balance of trade", "total": "total trade"}
FIGURES = tuple(f"{flow}_{unit}_{span}" for span in ("month", "ytd") for unit in ("usd", "cny") for flow in FLOWS)  # by news
MOST = 4  # figures in a summary
SAME = 1e-6  # of a rounding, what floating point may add to it

Revision = dict[str, Any]
Facts = Mapping[str, Any]


def revision(found: ReportFiles, headlines: tuple[str, str], before: Facts, now: Facts) -> Revision | None:
    """How a report differs from what was published of it: None where all its figures, its headline and its day are the same.

    `headlines` and the contents of facts.json are those published before and those of now.
    """
    was, is_now = ({fact["name"]: fact for fact in facts["facts"]} for facts in (before, now))
    both = [name for name in is_now if name in was]
    changed = [name for name in both if _differ(was[name], is_now[name])]
    days = before["report"]["as_of"], now["report"]["as_of"]
    if not changed and headlines[0] == headlines[1] and days[1] <= days[0]:
        return None
    about = {
        "report": found.id,
        "period": found.period,
        "known_on": [*days],
        "headline": [*map(printable, headlines)],
        "figures": [_figure(was[name], is_now[name]) for name in FIGURES if name in changed],
        "changed": len(changed),
        "compared": len(both),
        "added": len(is_now) - len(both),
        "gone": len(was) - len(both),
    }
    return {"id": hashlib.sha256(json.dumps([about, _values(was), _values(is_now)]).encode()).hexdigest()[:12], **about}


def _differ(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Do two values of a fact differ by more than the rounding of either, or where they are not rounded, as they are shown?"""
    rounding = max(before["step"] or 0, now["step"] or 0) / 2
    if before["unit"] != now["unit"] or not rounding:
        return (before["text"], before["unit"]) != (now["text"], now["unit"])
    return abs(before["value"] - now["value"]) > rounding * (1 + SAME)


def _figure(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": now["name"], "unit": now["unit"]} | {
        when: {key: fact[key] for key in ("value", "step")} for when, fact in (("before", before), ("now", now))
    }


def _values(facts: Mapping[str, Mapping[str, Any]]) -> list[list[Any]]:
    return sorted([name, fact["value"]] for name, fact in facts.items())


# --- the history ----------------------------------------------------------------------------------------------------------


def read(site: Path) -> list[Revision]:
    """The revisions of a published archive, the oldest first; raises InputError for a file that is not what it should be."""
    try:
        said = json.loads(read_file(site / FILE))
        if said["schema"] == SCHEMA and all(map(_is_revision, said["revisions"])):
            return list(said["revisions"])
    except FileNotFoundError:
        return []
    except (OSError, *UNREADABLE):
        pass
    raise InputError(f"{site / FILE} is no history of revisions; put it back as it was, or remove it to begin another")


def _is_revision(said: Any) -> bool:
    folder, _, notebook = said["report"].rpartition("/")
    pairs = [said["known_on"], said["headline"]]
    numbers = [n for figure in said["figures"] for when in ("before", "now") for n in figure[when].values() if n is not None]
    counts = [said[key] for key in ("changed", "compared", "added", "gone")]
    return (
        bool(FOLDER.fullmatch(folder.removesuffix("/incomplete")) and notebook)
        and said["period"] == folder[:7]
        and all(len(pair) == 2 and all(isinstance(text, str) for text in pair) for pair in pairs)
        and all(map(DATE.fullmatch, said["known_on"]))
        and all(figure["name"] in FIGURES and figure["unit"] in ("USD", "CNY") for figure in said["figures"])
        and all(type(number) in (int, float) and math.isfinite(number) for number in numbers)
        and all(type(count) is int for count in counts)
        and isinstance(said["id"], str)
    )


def as_bytes(revisions: Iterable[Revision]) -> bytes:
    return (json.dumps({"schema": SCHEMA, "revisions": [*revisions]}, ensure_ascii=False, indent=1) + "\n").encode()


def with_revision(revisions: Iterable[Revision], new: Revision) -> list[Revision]:
    """The history with one more; one that is in it already moves to its end."""
    return [*(each for each in revisions if each["id"] != new["id"]), new]


# --- in words -------------------------------------------------------------------------------------------------------------


def title(said: Revision) -> str:
    """A revision as one line: "Revised: exports of November 2025 from $330.4 billion to $330.0 billion"."""
    period, (before, now) = period_text(said["period"]), said["known_on"]
    kind = "Revised" if now > before else "Corrected"  # on the same data it was not customs that changed it
    if said["figures"]:
        return f"{kind}: {_in_words(said['figures'][0], said['period'])}"
    if said["changed"]:
        return f"{kind}: {said['changed']:,} {'fact' if said['changed'] == 1 else 'facts'} of {period}"
    if now > before:
        return f"Updated: {period}, as known on {period_text(now)}"
    return f"New headline: {said['headline'][1]}"


def summary(said: Revision) -> str:
    """What else changed, the two days, and how many facts."""
    before, now = map(period_text, said["known_on"])
    rest = [f"{_in_words(figure, said['period'])}." for figure in said["figures"][1:MOST]]
    sentences = [f"{text[0].upper()}{text[1:]}" for text in rest]
    sentences.append(f"{said['changed']:,} of {said['compared']:,} facts changed by more than their rounding.")
    sentences += [
        f"{said[key]:,} {what}." for key, what in (("added", "are new"), ("gone", "are no longer given")) if said[key]
    ]
    sentences.append(f"As known on {now}" + ("." if before == now else f", before on {before}."))
    return " ".join(sentences)


def _in_words(figure: Mapping[str, Any], period: str) -> str:
    flow, _, span = figure["name"].split("_")
    first = f"{period[:4]}-01"
    when = period_text(f"{first}/{period}" if span == "ytd" and period != first else period)
    amounts = [figure["before"], figure["now"]]
    texts = [write(amount["value"], figure["unit"], "text", amount["step"]) for amount in amounts]
    if texts[0] == texts[1]:
        texts = [write(amount["value"], figure["unit"], "exact", amount["step"]) for amount in amounts]
    return f"{FLOWS[flow]} of {when} from {texts[0]} to {texts[1]}"
