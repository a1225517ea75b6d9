"""What changed since the report of the month before, as known on the same day."""

from __future__ import annotations

from dataclasses import replace

from customs_report.facts import Facts
from customs_report.periods import is_january

PARTNERS = ("ASEAN", "EU27", "USA", "AFRICA", "LATAM")
LEVELS = ("balance_usd_month", "balance_usd_12m")
RATES = ("exports_usd_month_yoy", "imports_usd_month_yoy", "exports_usd_3m_yoy", "imports_usd_3m_yoy")
RATES_OF_YEAR = (
    "exports_usd_ytd_yoy",
    "imports_usd_ytd_yoy",
    "exports_cny_ytd_yoy",
    "imports_cny_ytd_yoy",
    *(f"partner.{code}.exports_cny_ytd_yoy" for code in PARTNERS),
    "partner.USA.share_ytd",
)
FAMILY = "previous.*"


def compared(period: str) -> tuple[str, ...]:
    """The facts that are compared with the month before; in January the year to date starts again.

    >>> compared("2025-01")[:2]
    ('balance_usd_month', 'balance_usd_12m')
    """
    return LEVELS + RATES + (() if is_january(period) else RATES_OF_YEAR)


def previous_facts(facts: Facts, before: Facts) -> None:
    """What stood in the report of the month before, `previous.<name>`, and by how much it differs, `previous.<name>_change`.

    Rates change in percentage points, levels in dollars. A fact that either month lacks is not compared.
    """
    if facts.period.endswith("-02"):
        facts.gaps[FAMILY] = "Lunar New Year moves between these months"
        return
    for name in compared(facts.period):
        if name not in facts or name not in before:
            continue
        now, then = facts[name], before[name]
        if facts.get(f"{name}_printed") == replace(now, name=f"{name}_printed") and f"{name}_printed" in before:
            then = before[f"{name}_printed"]  # the figure of this month is customs' print, so that of the month before is, too
        rate = now.unit == "percent"
        unit, step = ("percentage points", None) if rate else (now.unit, max(now.step or 1, then.step or 1))
        facts.add(f"previous.{name}", then)
        label = now.label.of("change in {} since the month before")
        facts.calculate(
            f"previous.{name}_change", "level - month_before", unit, label, {"level": now, "month_before": then},
            how="less the same of the month before", stage=now.stage, step=step,
        )  # fmt: skip
    if not any(name.startswith("previous.") for name in facts):
        facts.gaps[FAMILY] = f"nothing of {before.period} can be compared"
