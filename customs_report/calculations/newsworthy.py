"""Which of a month's news matters most? A documented score decides, not an editor.

Each piece of news is scored in three parts between 0 and 1:

- *rarity*: how seldom news at least as strong came in the months before (a growth rate against those of ten years, a rank or
  a record against how often one stood in five years, a partner or a line of goods against the others of the same month);
- *contribution*: which part of the change of the whole it explains;
- *durability*: for how long it has gone on, a year or more counting in full.

The score is half rarity, three tenths contribution, a fifth durability. Each theme gives one point, at most five are shown, and
where the data qualify the headline (another sign in the other currency, a holiday, unit value instead of quantity, a
revision, a first print) the strongest of these is among them. A record alone leads only while records are rare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import NamedTuple

from customs_report.calculations.levels import dollar_growth, dollar_series, exclude_lookahead, span_series
from customs_report.calculations.lines import largest_commodities, largest_partners
from customs_report.calculations.series import like_with_like, spread
from customs_report.facts import Facts
from customs_report.measures import RANK_STEP
from customs_report.tables import Tables

MOST = 5
WEIGHTS = {"rarity": 0.5, "contribution": 0.3, "durability": 0.2}
RECENT, LONG = 60, 120  # months in which ranks and growth rates are rare or not
ENOUGH_HISTORY = 24
SPREAD = 2.0  # points between the currencies worth a remark
LEADING = ("level", "exports", "imports")  # what all trade did leads; a partner or a line of goods never does
CLOSELY_READ = (
    ("export", "motor_vehicles"),
    ("export", "integrated_circuits"),
    ("import", "crude_oil"),
    ("import", "iron_ore"),
)
GROUPS = ("ASEAN", "EU27", "AFRICA", "LATAM")


class Point(NamedTuple):
    """A piece of news: its theme, what it says (a name that the prose knows) of which subject, and its score in parts.

    >>> main_points(report.facts, tables)[0].theme
    'level'
    """

    theme: str
    news: str
    subject: str
    rarity: float
    contribution: float
    durability: float
    qualifies: bool = False

    @property
    def score(self) -> float:
        return sum(weight * getattr(self, part) for part, weight in WEIGHTS.items())


def main_points(facts: Facts, tables: Tables) -> list[Point]:
    """The news of a month, the most important first: at most five, one a theme, one that qualifies the rest if any does.

    >>> [point.theme for point in main_points(report.facts, tables)]
    ['level', 'partner', 'commodity', 'exports', 'currency']
    """
    best: dict[str, Point] = {}
    for point in candidates(facts, exclude_lookahead(tables, facts.period)):
        if point.theme not in best or point.score > best[point.theme].score:
            best[point.theme] = point
    news = sorted((point for point in best.values() if not point.qualifies), key=_order)
    doubts = sorted((point for point in best.values() if point.qualifies), key=_order)
    lead = [point for point in news if point.theme in LEADING][:1]
    chosen = [*lead, *(point for point in news if point not in lead)]
    return [*chosen[: MOST - len(doubts[:1])], *doubts][:MOST]


def _order(point: Point) -> tuple[float, str]:
    return -round(point.score, 6), point.theme


def candidates(facts: Facts, tables: Tables) -> Iterator[Point]:
    """Everything that could be said of a month, scored."""
    yield from _level_news(facts, tables)
    yield from _flow_news(facts, tables)
    yield from _partner_news(facts, tables)
    yield from _commodity_news(facts, tables)
    yield from _doubts(facts)


# --- the balance --------------------------------------------------------------------------------------------------------


def _level_news(facts: Facts, tables: Tables) -> Iterator[Point]:
    festive = facts.period.endswith("-02")
    value = facts.value("balance_usd_ytd" if festive else "balance_usd_month")
    for over in ("ytd", "12m", "month"):
        if f"milestone.balance_usd_{over}" in facts:
            yield Point("level", f"milestone_{over}", over, 1.0, 1.0, 0.5)
    if value is None:
        return
    series = {month: level.value for month, level in dollar_series(tables, "balance", facts.period).items()}
    values = list(series.values())
    weight = _part_of_change(facts)
    if value < 0:
        before = [v < 0 for v in values[:-1]][-LONG:]
        yield Point("level", "deficit", "ytd" if festive else "month", 1 - _mean(before), 1.0, 0.5)
    elif len(values) > ENOUGH_HISTORY and not festive:
        places = _places(values)
        record = places[-1] == 1
        yield Point(
            "level", "record" if record else "rank", "month", _rare(places, lambda place: place <= places[-1]), weight,
            _long(facts.value("streak.balance_usd_month_above_100bn")),
        )  # fmt: skip
    if "balance_usd_ytd_rank" in facts and not facts.period.endswith("-01") and value > 0:
        place = facts["balance_usd_ytd_rank"].value
        ranks = _year_places(tables, facts.period)
        yield Point("level", "year", "ytd", _rare(ranks, lambda rank: rank <= place), weight, 0.5)
    yield Point("level", "balance", "month", 0.3, weight, 0.2)


def _places(values: list[float]) -> list[int]:
    """The place that each month had among those up to it."""
    rounded = [round(v / RANK_STEP) for v in values]
    return [1 + sum(other > mine for other in rounded[:i]) for i, mine in enumerate(rounded)]


def _year_places(tables: Tables, period: str) -> list[int]:
    """The place of each month's year to date among the same months of the years up to it."""
    sums: dict[str, dict[str, float]] = {}
    places = []
    for month, found in span_series(tables, "balance", "ytd", period).items():
        earlier = sums.setdefault(month[5:], {})
        places.append(1 + sum(other > found.value for other in earlier.values()))
        earlier[month] = found.value
    return places


def _part_of_change(facts: Facts) -> float:
    """The change of the balance beside that of all trade."""
    change, base = facts.value("balance_usd_month_change"), facts.value("total_usd_month")
    return min(1.0, abs(change) / base * 5) if change is not None and base else 0.3


# --- exports and imports ------------------------------------------------------------------------------------------------


def _flow_news(facts: Facts, tables: Tables) -> Iterator[Point]:
    festive = facts.period[5:] in ("01", "02")
    over = "ytd" if facts.period.endswith("-02") else "month"
    changes = {flow: _change(facts, flow, over) for flow in ("exports", "imports")}
    for flow, change in changes.items():
        name = f"{flow}_usd_{over}_yoy"
        if name not in facts or change is None:
            continue
        rates = [rate.value for rate in dollar_growth(tables, flow, facts.period)][-LONG:]
        rarity = _two_sided(facts[name].value, rates[:-1]) if len(rates) > ENOUGH_HISTORY else 0.4
        streak = max(facts.value(f"streak.{flow}_usd_month_{way}") or 0 for way in ("rising", "falling"))
        moved = sum(abs(c) for c in changes.values() if c is not None)
        part = abs(change) / moved if moved else 0.0
        yield Point(flow, "growth", over, rarity * (0.6 if festive else 1.0), part, _long(streak))


def _change(facts: Facts, flow: str, over: str) -> float | None:
    level, rate = facts.value(f"{flow}_usd_{over}"), facts.value(f"{flow}_usd_{over}_yoy")
    return None if level is None or rate is None else level - level / (1 + rate / 100)


# --- partners and commodities -------------------------------------------------------------------------------------------


def _partner_news(facts: Facts, tables: Tables) -> Iterator[Point]:
    codes = dict.fromkeys([*GROUPS, "USA", *largest_partners(tables, facts.period, 12)])
    rates = {c: rate for c in codes if (rate := facts.value(f"partner.{c}.exports_cny_ytd_yoy")) is not None}
    whole = facts.value("exports_cny_ytd_yoy")
    if whole is None or len(rates) < 5:
        return
    for code, rate in rates.items():
        points = facts.value(f"partner.{code}.exports_cny_ytd_contribution") or 0.0
        streak = max(facts.value(f"streak.partner.{code}.exports_cny_month_{way}") or 0 for way in ("rising", "falling"))
        distances = [abs(other - whole) for other in rates.values()]
        rarity = _mean(d <= abs(rate - whole) for d in distances)
        yield Point("partner", "exports", code, rarity, min(1.0, abs(points) / max(abs(whole), 2.0)), _long(streak))


def _commodity_news(facts: Facts, tables: Tables) -> Iterator[Point]:
    far, changes = {}, {}
    for flow in ("export", "import"):
        for slug in largest_commodities(tables, facts.period, flow):
            name = f"commodity.{flow}.{slug}.value_cny_ytd"
            rate, whole = facts.value(f"{name}_yoy"), facts.value(f"{flow}s_cny_ytd_yoy")
            if rate is not None and whole is not None and rate > -100:
                far[flow, slug] = abs(rate - whole)
                changes[flow, slug] = abs(facts[name].value * (1 - 1 / (1 + rate / 100)))
    for (flow, slug), distance in far.items():
        rarity = _mean(other <= distance for (f, _), other in far.items() if f == flow)
        yield Point("commodity", flow, slug, rarity, min(1.0, 3 * changes[flow, slug] / sum(changes.values())), 0.5)


# --- what qualifies the headline ----------------------------------------------------------------------------------------


def _doubts(facts: Facts) -> Iterator[Point]:
    for over, flow in product(("month", "ytd"), ("exports", "imports")):
        gap, pair = spread(facts, flow, over), like_with_like(facts, flow, over)
        if gap is None or not pair:
            continue
        usd, cny = (round(fact.value, 1) for fact in pair)
        if usd * cny < 0 or abs(gap) > SPREAD:
            rarity = 1.0 if usd * cny < 0 else min(1.0, abs(gap) / 5)
            yield Point("currency", "currencies", f"{flow}_{over}", rarity, 0.5, 0.5, True)
    if facts.period[5:] in ("01", "02", "03"):
        yield Point("calendar", "new_year", facts.period, 0.8, 0.5, 0.2, True)
    change, first = facts.value("revision.balance_usd_month_change"), facts.value("revision.balance_usd_month_first")
    if change and first:
        yield Point("vintage", "revised", "month", min(1.0, abs(change / first) * 20), 0.5, 0.5, True)
    fact = facts.by_name.get("balance_usd_month")
    if fact and fact.stage == "preliminary":
        yield Point("vintage", "first_print", "month", 0.4, 0.5, 0.5, True)
    for flow, slug in CLOSELY_READ:
        name = f"commodity.{flow}.{slug}"
        quantity, unit_value = (facts.value(f"{name}.{measure}_ytd_yoy") for measure in ("quantity", "unit_value"))
        if quantity is None or unit_value is None or quantity * unit_value >= 0 or min(abs(quantity), abs(unit_value)) < 2:
            continue
        yield Point("unit value", flow, slug, min(1.0, abs(quantity - unit_value) / 40), 0.3, 0.5, True)


# --- the parts of a score -----------------------------------------------------------------------------------------------


def _rare(history: list[int], test: Callable[[int], bool]) -> float:
    """One less the share of the last five years' months that had news at least as strong."""
    before = history[:-1][-RECENT:]
    return 1 - _mean(map(test, before)) if before else 0.0


def _two_sided(value: float, history: list[float]) -> float:
    """How far a value lies from the middle of its history: 0 in the middle, 1 beyond everything seen."""
    below = _mean(other < value for other in history)
    return abs(2 * below - 1)


def _long(months: float | None) -> float:
    return min(1.0, (months or 0) / 12)


def _mean(answers: Iterable[bool]) -> float:
    answers = list(answers)
    return sum(answers) / len(answers) if answers else 0.0
