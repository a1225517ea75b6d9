"""How a first print compared with what forecasters had expected, and how unusual that was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from customs_report.calculations.levels import as_printed, printed_figures
from customs_report.facts import Facts
from customs_report.names import total_label
from customs_report.provenance import Figure, calculate
from customs_report.tables import Tables, cached

EXPECTED = (("exports", "yoy"), ("imports", "yoy"), ("balance", "level"))
NO_FORECAST = "no consensus forecast of this month is available"
NAMES = {"yoy": "{}_usd_month_yoy", "level": "{}_usd_month"}


def expectation_facts(facts: Facts, tables: Tables) -> None:
    """Of the month `consensus.<name>`, `first_print.<name>`, `surprise.<name>` (the difference), its rank and `_rank_of`."""
    for flow, measure in EXPECTED:
        name = NAMES[measure].format(flow)
        known = {month: found for month, found in _surprises(tables, flow, measure).items() if month <= facts.period}
        if facts.period not in known:
            gaps = (f"surprise.{name}*", f"consensus.{name}", f"first_print.{name}")
            facts.gaps.update(dict.fromkeys(gaps, NO_FORECAST))
            continue
        consensus, first, surprise = known[facts.period]
        surprises = tuple(each for *_, each in known.values())
        facts.add(f"consensus.{name}", consensus)
        facts.add(f"first_print.{name}", first)
        facts.add(f"surprise.{name}", surprise)
        how = f"place by size among {len(surprises)} months with a consensus forecast, 1 = largest"
        facts.calculate(
            f"surprise.{name}_rank", f"rank([size(each) for each in surprises], size(surprise), {surprise.step})", "rank",
            surprise.label.of("rank by size of the {}"), {"surprises": surprises, "surprise": surprise}, how=how, like=surprise,
        )  # fmt: skip
        facts.calculate(
            f"surprise.{name}_rank_of", "count(surprises)", "months", surprise.label.of("number of months ranked for the {}"),
            {"surprises": surprises}, how=how, like=surprise,
        )  # fmt: skip


@cached
def _surprises(tables: Tables, flow: str, measure: str) -> dict[str, tuple[Figure, Figure, Figure]]:
    """Consensus, first print and surprise of each month of which both a forecast and the first print are known."""
    rows = tables.consensus
    rows = rows[(rows["kind"] == "month") & (rows["flow"] == flow) & (rows["currency"] == "USD") & (rows["measure"] == measure)]
    rows = rows.sort_values("period").assign(stage="forecast")
    found = {row.period: _surprise(tables, row, flow, measure) for row in rows.itertuples(index=False)}
    return {month: figures for month, figures in found.items() if figures}


def _surprise(tables: Tables, row: Any, flow: str, measure: str) -> tuple[Figure, Figure, Figure] | None:
    first = printed_figures(tables, flow, "USD", "month", row.period, measure).get("preliminary")
    if not first:
        return None
    level = total_label(flow, "USD", "month", row.period)
    what = "growth of {} on a year earlier" if measure == "yoy" else "{}"
    consensus = as_printed(row, row.value, "percent" if measure == "yoy" else "USD", level.of(f"consensus forecast of {what}"))
    surprise = calculate(
        "first_print - consensus", "percentage points" if measure == "yoy" else "USD", level.of(f"surprise in {what}"),
        {"first_print": first, "consensus": consensus}, how="first print less consensus forecast", like=first,
        step=max(first.rounding, consensus.rounding),
    )  # fmt: skip
    return consensus, replace(first, label=level.of(f"{what}, as first published")), surprise
