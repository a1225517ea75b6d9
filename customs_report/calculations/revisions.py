"""What customs published first, and what it shows now."""

from __future__ import annotations

from itertools import product

import pandas as pd

from customs_report.calculations.levels import CURRENCIES, Level, find_level, printed_figures
from customs_report.tables import FLOWS, STAGES, Tables


def revised_levels(tables: Tables, period: str) -> dict[str, tuple[Level, Level]]:
    """First print and newest figure of each level of a month that was released anew: fact name -> (first, now)."""
    pairs = {}
    for currency, over, flow in product(CURRENCIES, ("month", "ytd"), FLOWS):
        printed = printed_figures(tables, flow, currency, over, period)
        now = find_level(tables, flow, currency, over, period)
        if printed and isinstance(now, Level) and now.stage in STAGES:
            first = printed[min(printed, key=STAGES.__getitem__)]
            if first.released < now.released:
                pairs[f"{flow}_{currency.lower()}_{over}"] = (first, now)
    return pairs


def revisions(tables: Tables, period: str) -> pd.DataFrame:
    """How was each figure of a month first published, and what stands now?

    One row a figure that was released anew, by its fact's name (`exports_usd_month`); columns first, first_released, now,
    now_released, change; levels in dollars or yuan. Takes tables as `as_of` leaves them: a later revision is not known.
    """
    rows = {
        name: (first.value, first.released, now.value, now.released, now.value - first.value)
        for name, (first, now) in revised_levels(tables, period).items()
    }
    columns = ["first", "first_released", "now", "now_released", "change"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)
