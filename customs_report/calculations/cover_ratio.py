"""How many dollars of exports stand against each dollar of imports, over twelve months: what one month says is noise."""

from __future__ import annotations

import pandas as pd

from customs_report.calculations.history import rolling_year
from customs_report.calculations.levels import find_level, own
from customs_report.calculations.making import add
from customs_report.calculations.measures import months_since_larger, rank
from customs_report.facts import Facts, Gap
from customs_report.periods import distance, shift
from customs_report.tables import Tables

STEP = 0.01  # ratios are ranked as they are written


def cover_ratio(tables: Tables, period: str) -> pd.DataFrame:
    """How many times its imports were China's exports? Index period, column ratio: sums of the twelve months to it, in dollars.

    >>> helpers.cover_ratio(tables, period)["ratio"].round(2).to_dict()[period]
    1.46
    """
    frame = rolling_year(tables, period).dropna()
    return pd.DataFrame({"ratio": frame["exports"] / frame["imports"]})


def cover_facts(facts: Facts, tables: Tables) -> None:
    """`cover.usd_12m` and, a year earlier, `cover.usd_12m_before`; `cover.usd_12m_rank` among all sums of twelve months,
    `cover.usd_12m_largest_in` where an earlier one was at least as large.
    """
    tables = own(tables, facts.period)
    for name, period in (("cover.usd_12m", facts.period), ("cover.usd_12m_before", shift(facts.period, -12))):
        exports, imports = (find_level(tables, flow, "USD", "12m", period) for flow in ("exports", "imports"))
        if isinstance(exports, Gap) or isinstance(imports, Gap):
            facts.gaps[name] = next(found.why for found in (exports, imports) if isinstance(found, Gap))
        else:
            how = "exports / imports, twelve months" + (" to a year earlier" if name.endswith("before") else "")
            add(facts, name, exports.value / imports.value, "ratio", how, exports, imports)
    if "cover.usd_12m" in facts:
        ratios = cover_ratio(tables, facts.period)["ratio"]
        among = f"among {len(ratios)} sums of twelve months, rounded to {STEP}"
        sums = find_level(tables, "exports", "USD", "12m", facts.period)
        place = rank(ratios, facts["cover.usd_12m"].value, STEP)
        add(facts, "cover.usd_12m_rank", place, "rank", f"place {among}, 1 = largest", sums)
        if back := months_since_larger(list(ratios), STEP):
            ago = distance(ratios.index[-1 - back], facts.period)  # the sums between may have gaps
            add(facts, "cover.usd_12m_largest_in", ago, "months", f"months since one at least as large, {among}", sums)
