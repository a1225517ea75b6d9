"""The line under a chart: where its figures come from."""

from __future__ import annotations

from customs_report.facts import Runs
from customs_report.report import Report


def source_line(report: Report, name: str, history: bool = False) -> Runs:
    """The line under a chart: who publishes the figures, at which stage, as known when; a history has its own stages."""
    stage = report.facts[name].stage
    mixed = history and stage == "preliminary"
    stage = "first prints and revised figures" if mixed else f"{stage} figures"
    return report.facts.say(
        "Source: General Administration of Customs of China, {@stage}; as known on {@day}.",
        stage=(stage,),
        day=report.as_of,
    )


def as_known(report: Report, publishers: str) -> Runs:
    """The line under a chart of figures from several tables or publishers."""
    return report.facts.say("Source: {@who}; as known on {@day}.", who=(publishers,), day=report.as_of)
