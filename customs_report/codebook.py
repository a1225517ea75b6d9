"""Which files the data folder has: the tables with the columns that tell their rows apart, and the reference lists."""

from __future__ import annotations

import os
from pathlib import Path

DATA = Path(os.environ.get("CUSTOMS_REPORT_DATA") or Path(__file__).parent.parent / "data")
KEYS = {
    "totals": ["period", "kind", "flow", "currency", "measure"],
    "partners": ["period", "kind", "partner", "currency"],
    "commodities": ["period", "kind", "flow", "commodity", "currency"],
    "details": ["period", "kind", "flow", "commodity", "partner", "regime", "province", "currency"],
    "mirror": ["period", "kind", "reporter", "flow", "currency"],
}
REFERENCE = {
    "partner_list": "reference/partners.csv",
    "un_areas": "reference/un_areas.csv",
    "groups": "reference/groups.csv",
    "provinces": "reference/provinces.csv",
    "commodity_list": "reference/commodities.csv",
    "units": "reference/units.csv",
    "regimes": "reference/regimes.csv",
    "spellings": "reference/spellings.csv",
    "misprints": "reference/misprints.csv",
    "sources": "reference/sources.csv",
    "releases": "release_dates.csv",
    "coverage": "coverage.csv",
    "source_errors": "source_errors.csv",
    "backtest": "outlook/backtest.csv",
    "outlook_parameters": "outlook/parameters.csv",
    "backtest_method": "outlook/method.csv",
}
