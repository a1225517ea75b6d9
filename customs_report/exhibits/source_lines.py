"""The line under a chart: where its figures come from."""

from __future__ import annotations

from collections.abc import Iterable

from customs_report.english.grammar import listed
from customs_report.facts import Runs, plain, say
from customs_report.messages import message
from customs_report.report import Report


def source_line(report: Report, name: str, history: bool = False) -> Runs:
    """The line under a chart: publisher, stage and the vintage; `history`: a series of several stages."""
    stage = report.facts[name].stage
    return as_known(report, "history") if history and stage == "preliminary" else as_known(report, stages=(stage,))


def as_known(report: Report, of: str = "", stages: Iterable[str] = ()) -> Runs:
    """Source line for customs figures, with a kind (`of`) or stages."""
    return report.write(source_of_figures("own" if report.own else of, list(stages), report.as_of))


@message
def source_of_figures(of: str, stages: list[str], day: str) -> Runs:
    what = {
        "own": ", changed by the author of this notebook",
        "history": ", first and revised figures",
        "one_stage": ", figures of one release in both currencies",
        "both_sides": ", US Census Bureau; yuan at customs’ own rate",
        "": f", {plain(listed((stage,) for stage in stages))} figures" if stages else "",
    }[of]
    return say("Source: General Administration of Customs of China{what}; as known on {day}.", what=what, day=day)
