"""How many dollars of exports there are per dollar of imports, over twelve months, since single months are noisy."""

from __future__ import annotations

import pandas as pd

from customs_report.calculations.history import rolling_year
from customs_report.calculations.levels import exclude_lookahead, find_level, months_between
from customs_report.facts import Facts, NotAvailable
from customs_report.measures import months_since_larger
from customs_report.names import where
from customs_report.periods import shift
from customs_report.provenance import Label, column_figures
from customs_report.tables import Tables

STEP = 0.01  # ratios are ranked as they are written


def cover_ratio(tables: Tables, period: str) -> pd.DataFrame:
    """How many times its imports were China's exports, over the twelve months to each month?"""
    frame = rolling_year(tables, period).dropna()
    return pd.DataFrame({"ratio": frame["exports"] / frame["imports"]})


def cover_facts(facts: Facts, tables: Tables) -> None:
    """`cover.usd_12m` and, a year earlier, `cover.usd_12m_before`; `cover.usd_12m_rank` among all sums of twelve months,
    `cover.usd_12m_largest_in` where an earlier one was at least as large.
    """
    tables = exclude_lookahead(tables, facts.period)
    for name, period in (("cover.usd_12m", facts.period), ("cover.usd_12m_before", shift(facts.period, -12))):
        exports, imports = (find_level(tables, flow, "USD", "12m", period) for flow in ("exports", "imports"))
        if isinstance(exports, NotAvailable) or isinstance(imports, NotAvailable):
            facts.gaps[name] = next(found.why for found in (exports, imports) if isinstance(found, NotAvailable))
        else:
            how = "exports / imports, twelve months" + (" to a year earlier" if name.endswith("before") else "")
            label = Label("ratio of exports to imports", where("12m", period, "USD"))
            facts.calculate(name, "exports / imports", "ratio", label, {"exports": exports, "imports": imports}, how=how)
    if "cover.usd_12m" in facts:
        frame, mine = cover_ratio(tables, facts.period), facts["cover.usd_12m"]
        ratios = column_figures(frame["ratio"], "ratio", mine.label)
        among = f"among {len(ratios)} sums of twelve months, rounded to {STEP}"
        label = mine.label.of("rank of the {}")
        facts.calculate(
            "cover.usd_12m_rank", f"rank(ratios, ratio, {STEP})", "rank", label, {"ratios": ratios, "ratio": mine},
            how=f"place {among}, 1 = largest", like=mine,
        )  # fmt: skip
        if back := months_since_larger(list(frame["ratio"]), STEP):
            label, larger = mine.label.of("months since the {} had at least this size"), frame.index[-1 - back]
            since = months_between(larger, facts.period, label, f"months since one at least as large, {among}")
            facts.add("cover.usd_12m_largest_in", since, stage=mine.stage, sources=mine.sources)
