"""Which of a month's news matters most? A documented score decides, not an editor.

Each piece of news is scored in three parts between 0 and 1:

- *rarity*: how seldom news at least as strong came in the months before (a growth rate against those of ten years, a rank or
  a record against how often one stood in five years, a partner or a good against the others of the same month);
- *contribution*: which part of the change of the whole it explains;
- *durability*: for how long it has gone on, a year or more counting in full.

The score is half rarity, three tenths contribution, a fifth durability. Each theme gives one point, at most five are shown:
the balance, exports, imports, partners, goods, and expectations where the surprise was among the three largest. What all trade
did leads; growth of exports or imports alone comes after what explains it. The news is that of the month; in January and
February that of the two months together. `doubts` lists what qualifies the news: another sign in the other currency, a holiday,
prices instead of quantities, a revision, a first estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import NamedTuple

from customs_report.calculations.levels import dollar_growth, dollar_series, exclude_lookahead, span_series
from customs_report.calculations.partitions import BEYOND, GROUPED, OTHER, REMAINDER
from customs_report.calculations.revision_history import ROUNDING
from customs_report.calculations.series import like_with_like, spread
from customs_report.facts import Facts
from customs_report.measures import RANK_STEP
from customs_report.periods import is_january
from customs_report.tables import Tables

MOST = 5
WEIGHTS = {"rarity": 0.5, "contribution": 0.3, "durability": 0.2}
RECENT, LONG = 60, 120  # months in which ranks and growth rates are rare or not
ENOUGH_HISTORY = 24
SPREAD = 2.0  # points between the currencies worth a remark
PARTED = 20.0  # points between growth of value and of quantity that make prices the news
WORTH_POINTS = 0.5  # points of growth that a good must have moved for that
LONG_AGO = 12  # months since growth was as high or as low that are worth a word
LONG_RUN = 6  # months in one direction whose end is news
SURPRISING = 3  # the largest surprises that are news
LEADING = ("balance", "exports", "imports")  # what all trade did leads; a partner or a good never does
AGGREGATES = ("mechanical_and_electrical_products", "agricultural_products", "hi_tech_products")  # of many goods
CLOSELY_READ = (
    ("export", "motor_vehicles"),
    ("export", "integrated_circuits"),
    ("import", "crude_oil"),
    ("import", "iron_ore"),
)


class Point(NamedTuple):
    """A piece of news: its theme, what it says (a name that the exhibit knows) of which subject, and its score in parts.

    >>> main_points(report.facts, tables)[0].theme
    'balance'
    """

    theme: str
    news: str
    subject: str
    rarity: float
    contribution: float
    durability: float

    @property
    def score(self) -> float:
        return sum(weight * getattr(self, part) for part, weight in WEIGHTS.items())


def main_points(facts: Facts, tables: Tables) -> list[Point]:
    """The news of a month, the most important first: at most five, one a theme.

    >>> [point.theme for point in main_points(report.facts, tables)]
    ['balance', 'partners', 'goods', 'exports', 'imports']
    """
    best: dict[str, Point] = {}
    for point in candidates(facts, exclude_lookahead(tables, facts.period)):
        if point.theme not in best or point.score > best[point.theme].score:
            best[point.theme] = point
    news = sorted(best.values(), key=_order)
    lead = [point for point in news if point.theme in LEADING][:1]
    return [*lead, *sorted((point for point in news if point not in lead), key=_is_bare_growth)][:MOST]


def _is_bare_growth(point: Point) -> bool:
    """Exports or imports with nothing new: the tiles have their growth already, so what explains it comes first."""
    return point.news == "growth"


def doubts(facts: Facts) -> list[Point]:
    """What qualifies the news of a month, the strongest first.

    >>> doubts(report.facts)[0].theme
    'currency'
    """
    return sorted(_doubts(facts), key=_order)


def _order(point: Point) -> tuple[float, str]:
    return -round(point.score, 6), point.theme


def candidates(facts: Facts, tables: Tables) -> Iterator[Point]:
    """Everything that could be said of a month, scored."""
    yield from _balance_news(facts, tables)
    yield from _flow_news(facts, tables)
    yield from _partner_news(facts)
    yield from _good_news(facts)
    yield from _surprises(facts)


def is_festive(period: str) -> bool:
    """January and February, which Lunar New Year moves between and customs publishes together."""
    return period[5:] in ("01", "02")


# --- the balance --------------------------------------------------------------------------------------------------------


def _balance_news(facts: Facts, tables: Tables) -> Iterator[Point]:
    festive = facts.period.endswith("-02")
    value = facts.value("balance_usd_ytd" if festive else "balance_usd_month")
    for over in ("ytd", "12m", "month"):
        if f"milestone.balance_usd_{over}" in facts:
            yield Point("balance", f"milestone_{over}", over, 1.0, 1.0, 0.5)
    if value is None:
        return
    series = {month: level.value for month, level in dollar_series(tables, "balance", facts.period).items()}
    values = list(series.values())
    weight = _part_of_change(facts)
    if value < 0:
        before = [v < 0 for v in values[:-1]][-LONG:]
        yield Point("balance", "deficit", "ytd" if festive else "month", 1 - _mean(before), 1.0, 0.5)
    elif len(values) > ENOUGH_HISTORY and not festive:
        places = _places(values)
        record = places[-1] == 1
        yield Point(
            "balance", "record" if record else "rank", "month", _rare(places, lambda place: place <= places[-1]), weight,
            _long(facts.value("streak.balance_usd_month_above_100bn")),
        )  # fmt: skip
    if "balance_usd_ytd_rank" in facts and not is_january(facts.period) and value > 0:
        place = facts["balance_usd_ytd_rank"].value
        ranks = _year_places(tables, facts.period)
        yield Point("balance", "year", "ytd", _rare(ranks, lambda rank: rank <= place), weight, 0.5)
    yield Point("balance", "balance", "month", 0.3, weight, 0.2)


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
    festive, over = is_festive(facts.period), "ytd" if facts.period.endswith("-02") else "month"
    changes = {flow: _change(facts, flow, over) for flow in ("exports", "imports")}
    for flow, change in changes.items():
        name = f"{flow}_usd_{over}_yoy"
        if f"milestone.{flow}_usd_month" in facts:
            yield Point(flow, "milestone", "month", 1.0, 1.0, 0.5)
        if name not in facts:
            continue
        moved = sum(abs(c) for c in changes.values() if c is not None)
        part = abs(change) / moved if moved and change is not None else 0.5
        rates = [rate.value for rate in dollar_growth(tables, flow, facts.period)][-LONG:]
        rarity = _two_sided(facts[name].value, rates[:-1]) if len(rates) > ENOUGH_HISTORY else 0.4
        rising, falling = (facts.value(f"streak.{flow}_usd_month_{way}") or 0 for way in ("rising", "falling"))
        yield Point(flow, "growth", over, rarity * (0.6 if festive else 1.0), part, _long(max(rising, falling)))
        if festive:
            continue
        for extreme in ("highest", "lowest"):
            if (back := facts.value(f"{flow}_usd_month_yoy_{extreme}_in") or 0) >= LONG_AGO:
                yield Point(flow, extreme, over, min(1.0, back / RECENT), part, 0.5)
        for now, before in (("rising", "falling"), ("falling", "rising")):
            run = facts.value(f"streak.{flow}_usd_month_before_{before}") or 0
            if facts.value(f"streak.{flow}_usd_month_{now}") == 1 and run >= LONG_RUN:
                yield Point(flow, f"first_{now}", over, min(1.0, run / 24), part, 0.5)


def _change(facts: Facts, flow: str, over: str) -> float | None:
    level, rate = facts.value(f"{flow}_usd_{over}"), facts.value(f"{flow}_usd_{over}_yoy")
    return None if level is None or rate is None else level - level / (1 + rate / 100)


# --- partners and goods -------------------------------------------------------------------------------------------------


def _contributions(facts: Facts, kind: str, flow: str) -> tuple[str, dict[str, float]]:
    """Over the month, or in January and February since January: the contributions of all parts of a flow, by code."""
    for over in ("ytd", "month") if is_festive(facts.period) else ("month", "ytd"):
        family = f"contribution.{kind}.{flow}_cny_{over}."
        if found := {name.removeprefix(family): fact.value for name, fact in facts.items() if name.startswith(family)}:
            return over, found
    return "", {}


def _partner_news(facts: Facts) -> Iterator[Point]:
    for flow in ("exports", "imports"):
        over, points = _contributions(facts, "group", flow)
        whole = facts.value(f"{flow}_cny_{over}_yoy")
        rates = {code: rate for code in GROUPED if (rate := facts.value(f"partner.{code}.{flow}_cny_{over}_yoy")) is not None}
        known = rates.keys() & points.keys()
        most = max((abs(points[code]) for code in known), default=0.0)
        if whole is None or not most:
            continue
        for code in (code for code in known if round(abs(points[code]), 1) == round(most, 1)):
            streak = max(facts.value(f"streak.partner.{code}.{flow}_cny_month_{way}") or 0 for way in ("rising", "falling"))
            rarity = _mean(abs(rate - whole) <= abs(rates[code] - whole) for rate in rates.values())
            yield Point("partners", over, f"{flow}.{code}", rarity, abs(points[code]) / most, _long(streak))


def _good_news(facts: Facts) -> Iterator[Point]:
    for flow in ("export", "import"):
        over, points = _contributions(facts, "commodity", flow)
        left_out = (REMAINDER, BEYOND, "others", "remainder_share", *AGGREGATES)
        named = {slug: value for slug, value in points.items() if slug not in left_out and not slug.startswith(OTHER)}
        rates = {
            slug: rate for slug in named if (rate := facts.value(f"commodity.{flow}.{slug}.value_cny_{over}_yoy")) is not None
        }
        most = max(map(abs, named.values()), default=0.0)
        if not most:
            continue
        for slug, rate in rates.items():
            quantity = facts.value(f"commodity.{flow}.{slug}.quantity_{over}_yoy")
            parted = quantity is not None and abs(rate - quantity) >= PARTED and abs(named[slug]) >= WORTH_POINTS
            rarity = 0.6 * _mean(abs(other) <= abs(named[slug]) for other in named.values()) + 0.3 * parted
            news = "parted" if parted else "moved"
            yield Point("goods", f"{news}_{over}", f"{flow}.{slug}", rarity, abs(named[slug]) / most, 0.5)


def _surprises(facts: Facts) -> Iterator[Point]:
    for name in ("exports_usd_month_yoy", "imports_usd_month_yoy", "balance_usd_month"):
        rank, months = (facts.value(f"surprise.{name}_{what}") for what in ("rank", "rank_of"))
        if rank and months and rank <= SURPRISING and months >= ENOUGH_HISTORY:
            yield Point("expectations", name, "month", 1 - rank / months, 0.5, 0.2)


# --- what qualifies the headline ----------------------------------------------------------------------------------------


def _doubts(facts: Facts) -> Iterator[Point]:
    for over, flow in product(("month", "ytd"), ("exports", "imports")):
        gap, pair = spread(facts, flow, over), like_with_like(facts, flow, over)
        if gap is None or not pair:
            continue
        usd, cny = (round(fact.value, 1) for fact in pair)
        if usd * cny < 0 or abs(gap) > SPREAD:
            rarity = 1.0 if usd * cny < 0 else min(1.0, abs(gap) / 5)
            yield Point("currency", "currencies", f"{flow}_{over}", rarity, 0.5, 0.5)
    if is_festive(facts.period) or facts.period.endswith("-03"):
        yield Point("calendar", "new_year", facts.period, 0.8, 0.5, 0.2)
    change, first = facts.value("revision.balance_usd_month_change"), facts.value("revision.balance_usd_month_first")
    if change and first and abs(change) > ROUNDING:
        yield Point("vintage", "revised", "month", min(1.0, abs(change / first) * 20), 0.5, 0.5)
    fact = facts.by_name.get("balance_usd_month")
    if fact and fact.stage == "preliminary":
        yield Point("vintage", "first_print", "month", 0.4, 0.5, 0.5)
    for flow, slug in CLOSELY_READ:
        name = f"commodity.{flow}.{slug}"
        quantity, unit_value = (facts.value(f"{name}.{measure}_ytd_yoy") for measure in ("quantity", "unit_value"))
        if quantity is None or unit_value is None or quantity * unit_value >= 0 or min(abs(quantity), abs(unit_value)) < 2:
            continue
        yield Point("unit value", flow, slug, min(1.0, abs(quantity - unit_value) / 40), 0.3, 0.5)


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
