"""Contributions to growth: how many percentage points each partner and each commodity added, and what no table names.

A partition of exports or imports into parts that do not overlap, each with its value and its year-earlier base. A remainder
closes the sum: the contributions of all parts add up to the growth of the whole, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from customs_report.calculations.breaks import broken
from customs_report.calculations.changes import BASE
from customs_report.calculations.growth_rates import computed_growth, growth_to_use
from customs_report.calculations.levels import PRINTED_GROWTH, as_printed, exclude_lookahead, find_level, printed_growth
from customs_report.calculations.lines import (
    NOISY,
    CommodityRow,
    aggregates,
    commodity_figure,
    commodity_line,
    continent_of,
    disjoint_lines,
    noisy_base,
    partner_figure,
    partner_lines,
    printed_partner_growth,
)
from customs_report.coverage import why_unavailable
from customs_report.facts import Facts, NotAvailable
from customs_report.measures import contribution
from customs_report.names import named_part, part_name
from customs_report.periods import is_january, shift
from customs_report.provenance import Figure, Label, calculate
from customs_report.schema import CONTINENTS, STAGES
from customs_report.tables import Tables, cached, cached_rows, in_order, ranked_partners, records

REMAINDER, OTHERS, REST, OTHER = "remainder", "others", "rest_of_", "other_"
OVERLAPPING = "hi_tech_products"  # overlaps machinery and other lines: it never takes part
DRIVERS, SHOWN_POINTS = 3, 0.05  # gains, and losses, that tell why a flow changed; smaller points are written as nothing
BESIDE = 15  # times: a part is not worth telling beside one so many times as large
CLOSE = 0.2  # points: contributions that are nearer have no order, and a driver has as many
BEYOND = "beyond_drivers"  # the sum of the parts that are not among them
LEADING = 8  # parts that stand by themselves in a chart; the smaller ones are one part there, `others`
RESTATED, IMPLIED, LAST_YEAR = "the restated figure", "the base that printed growth implies", "last year’s figure"
GROUPED = (  # partners that the preliminary release names, each group as one: with the rest of the world they are all trade
    *("ASEAN", "EU27", "USA", "HKG", "JPN", "KOR", "TWN", "AUS", "RUS", "IND", "GBR", "CAN", "NZL", "LATAM", "AFRICA"),
)
BASES = ("implied", "printed")  # the base that printed growth implies, where there is one, or always last year's figure


class Part(NamedTuple):
    """A part of exports or imports: its value, its year-earlier base in the same unit, and which base that is.

    `parent` is the aggregate that a line belongs to; parts of level 1 have none, and those of level 2 sum to their parent.
    """

    code: str
    parent: str
    now: Figure
    before: Figure
    basis: str

    @property
    def level(self) -> int:
        return 2 if self.parent else 1

    @property
    def value(self) -> float:
        return self.now.value

    @property
    def base(self) -> float:
        return self.before.value


class Partition(NamedTuple):
    """The parts of exports or imports, the remainder last, and the whole that they sum to."""

    whole: Part
    parts: list[Part]
    by: str  # partners or commodities

    def contribution(self, part: Part) -> float:
        return contribution(part.value, part.base, self.whole.base)


def contribution_frame(tables: Tables, period: str, by: str, flow: str, over: str, base: str = "implied") -> pd.DataFrame:
    """Which partners, or which commodities, made exports or imports grow, over the month or the year to date?

    By group the index has the partners of GROUPED and `rest_of_WORLD`. By partner it has ASEAN, EU27 and every other partner
    held with a year-earlier base, `rest_of_ASIA` and so on for what each continent trades beyond them, and `remainder` for what
    belongs to no continent. By commodity level 1 is a partition: farm products, mechanical and electrical products, every line
    outside them, and `remainder`: what is not in the table, overlaps and rounding. Level 2 splits the two aggregates (`parent`)
    into their lines and `other_...`. High-tech products overlap and never take part.
    Columns name, parent, level, value and base (yuan), contribution (percentage points, their sum is the growth of the whole),
    share (percent of the whole).
    Base "implied": for the year to date, the figure implied by printed growth (for commodities the restated figure, if there
    is one); failing that, last year's figure. Base "printed": always last year's figure, for a month the printed or derived
    one.
    Raises NotAvailable with the reason where a continent, an aggregate or the whole has no base.

    >>> found = contribution_frame(tables, period, "partner", "exports", "ytd")
    >>> found["contribution"].round(1).nlargest(2).to_dict()
    {'ASEAN': 2.4, 'EU27': 1.3}
    >>> contribution_frame(tables, period, "commodity", "export", "ytd")["contribution"].idxmax()
    'mechanical_and_electrical_products'
    """
    found = _frame(_partition(tables, period, by, flow, over, base))
    found.insert(0, "name", [part_name(*named_part(tables, by, flow, code)) for code in found.index])
    return found


def _partition(tables: Tables, period: str, by: str, flow: str, over: str, base: str) -> Partition:
    return SPLITS[by](exclude_lookahead(tables, period), period, _flow(by, flow), over, base)


def _flow(by: str, flow: str) -> str:
    """The flow as the tables have it: `exports` of partners, `export` of commodities."""
    return flow.removesuffix("s") if by == "commodity" else flow


def _frame(partition: Partition) -> pd.DataFrame:
    parts, columns = partition.parts, ["parent", "level", "value", "base"]
    frame = pd.DataFrame([[getattr(part, name) for name in columns] for part in parts], columns=columns)
    frame = frame.assign(
        contribution=[partition.contribution(part) for part in parts], share=frame["value"] / partition.whole.value * 100
    )
    return frame.set_index(pd.Index([part.code for part in parts], name="part"))


def contribution_figures(tables: Tables, period: str, by: str, flow: str, over: str, base: str) -> dict[str, Figure]:
    """The contributions of all parts as figures, by the names of their facts."""
    facts = Facts(period, tables.as_of)
    _add_partition(facts, family_of(by, flow, over), _partition(tables, period, by, flow, over, base))
    return {**facts}


def leading_parts(found: pd.DataFrame) -> list[str]:
    """Which parts of a frame of contributions are the largest, from the largest gain to the largest loss?

    At most eight that do not overlap; the remainder is none of them.

    >>> leading_parts(contribution_frame(tables, period, "partner", "exports", "ytd"))
    ['ASEAN', 'EU27', 'HKG', 'rest_of_AFRICA', 'IND', 'rest_of_ASIA', 'RUS', 'USA']
    """
    sizes = {code: size for code, size in found.loc[leaves(found), "contribution"].items() if code != REMAINDER}
    largest = sorted(sizes, key=lambda code: -abs(sizes[code]))[:LEADING]
    return sorted(largest, key=lambda code: -sizes[code])


def driving_parts(found: pd.DataFrame) -> list[str]:
    """Which parts of a frame of contributions are the three largest gains, then the three largest losses, the largest first?

    Only what is worth telling beside the largest; where those are fewer of one kind, there are more of the other.

    >>> driving_parts(contribution_frame(tables, period, "group", "exports", "month"))
    ['EU27', 'HKG', 'AFRICA', 'ASEAN', 'LATAM', 'USA']
    """
    points = found.loc[leaves(found), "contribution"]
    least = max(CLOSE, points.abs().max() / BESIDE)
    gains, losses = points[points >= least].nlargest(2 * DRIVERS), points[points <= -least].nsmallest(2 * DRIVERS)
    gained, lost = (max(DRIVERS, 2 * DRIVERS - len(others)) for others in (losses, gains))
    return [*gains.index[:gained], *losses.index[:lost]]


def leaves(found: pd.DataFrame) -> list[str]:
    """The parts that do not overlap: an aggregate only where none of its lines is held."""
    parents = {*found["parent"]}
    return [code for code in found.index if code not in parents]


# --- the whole, partners, commodities -------------------------------------------------------------------------------------


def whole_part(tables: Tables, flow: str, over: str, period: str, base: str = "implied") -> Part:
    """All exports or imports in yuan with their base: for the year to date the figure implied by printed growth, for a month
    last year's print, as for its parts.
    """
    now, before = (find_level(tables, flow, "CNY", over, p) for p in (period, shift(period, -12)))
    if isinstance(now, NotAvailable):
        raise NotAvailable(f"contribution.{flow}", now.why)
    computed = computed_growth(now, before) if isinstance(before, Figure) else None
    printed = printed_growth(tables, flow, "CNY", over, period)
    on_last_year = base == "printed" or (over == "month" and not is_january(period))  # January is the year to date
    rate = (computed or printed) if on_last_year else growth_to_use(now, computed, printed)
    if rate is None:
        raise NotAvailable(
            f"contribution.{flow}", f"no growth of {flow}: {before.why if isinstance(before, NotAvailable) else 'no base'}"
        )
    return Part("total", "", now, base_implied(now, rate), rate.how)


def base_implied(now: Figure, rate: Figure) -> Figure:
    """The year-earlier figure that growth implies."""
    return calculate(
        "value / (1 + growth / 100)", now.unit, now.label.of(BASE), {"value": now, "growth": rate}, stage=now.stage
    )


def contribution_figure(part: Part, whole: Part, how: str) -> Figure:
    """How many percentage points did a part add to the growth of the whole?"""
    label = part.now.label.of(f"contribution of {{}} to the growth of {whole.now.label.what}")
    return calculate(
        "(value - base) / base_of_the_whole * 100", "percentage points", label,
        {"value": part.now, "base": part.before, "base_of_the_whole": whole.before}, how=how, stage=part.now.stage,
    )  # fmt: skip


def partner_part(tables: Tables, code: str, flow: str, over: str, period: str, base: str = "implied") -> Part | None:
    """A partner's exports or imports with their year-earlier base; None where either is not held."""
    now, before = (partner_figure(tables, code, flow, over, p) for p in (period, shift(period, -12)))
    if not now:
        return None
    rate = printed_partner_growth(tables, code, flow, over, period)
    if rate and base == "implied":
        return Part(code, "", now, base_implied(now, rate), IMPLIED)
    usable = not noisy_base(tables, code, flow, period) and not broken(
        tables, "partners", code, flow, shift(period, -12), period
    )
    if before and before.value > 0 and usable:
        return Part(code, "", now, before, LAST_YEAR)
    return None


@cached
def _partner_partition(tables: Tables, period: str, flow: str, over: str, base: str = "implied") -> Partition:
    whole = whole_part(tables, flow, over, period, base)
    parts = partner_parts(tables, period, over, whole, lambda code: partner_part(tables, code, flow, over, period, base))
    return with_remainder(whole, parts, "partners")


@cached
def _group_partition(tables: Tables, period: str, flow: str, over: str, base: str = "implied") -> Partition:
    if (GROUPED[0], over, period) not in partner_lines(tables):
        raise NotAvailable("contribution.group", why_unavailable(tables, "partners", period))
    whole = whole_part(tables, flow, over, period, base)
    parts = [part for code in GROUPED if (part := partner_part(tables, code, flow, over, period, base))]
    if not parts:
        before = shift(period, -12)
        raise NotAvailable("contribution.group", f"no figure of {before} ({why_unavailable(tables, 'partners', before)})")
    return Partition(whole, [*parts, remainder(whole, parts, f"{REST}WORLD")], "partners")


def partner_parts(tables: Tables, period: str, over: str, whole: Part, part_of: Callable[[str], Part | None]) -> list[Part]:
    """The partners held, members of a group left out, and what each continent holds beyond them (`rest_of_ASIA`).

    The preliminary release prints Africa and Latin America only: then the rest of the `whole` is one part, `rest_of_WORLD`.
    `part_of` makes a part of a code. Where a table of last year is held, only partners in both take part: the same ones for
    the month and the year to date.
    """
    index, inside, before = partner_lines(tables), continent_of(tables, period), shift(period, -12)
    held = [code for code in CONTINENTS if (code, over, period) in index]
    if not held:
        raise NotAvailable("contribution.partner", why_unavailable(tables, "partners", period))
    continents = {code: part for code in held if (part := part_of(code))}
    if len(continents) < len(held):
        raise NotAvailable("contribution.partner", f"no figure of {before} ({why_unavailable(tables, 'partners', before)})")
    both = [period, before] if (CONTINENTS[0], over, before) in index else [period]
    taking_part = [code for code in ranked_partners(tables) & inside.keys() if all((code, over, p) in index for p in both)]
    named = [part for code in sorted(taking_part) if (part := part_of(code))]
    parts = named + [
        remainder(continent, [part for part in named if inside[part.code] == code], f"{REST}{code}")
        for code, continent in continents.items()
    ]
    return parts if len(continents) == len(CONTINENTS) else [*parts, remainder(whole, parts, f"{REST}WORLD")]


@cached
def _commodity_partition(tables: Tables, period: str, flow: str, over: str, base: str = "implied") -> Partition:
    whole = whole_part(tables, f"{flow}s", over, period, base)
    parents = tables.commodity_list.set_index(["flow", "commodity"])["parent"].loc[flow]
    groups = [slug for slug in aggregates(tables, flow) if slug != OVERLAPPING]
    held = {slug: commodity_part(tables, flow, slug, over, period, base) for slug in (*groups, *disjoint_lines(tables, flow))}
    parts: list[Part] = []
    for slug in groups:
        group = held[slug]
        if group is None:
            raise NotAvailable(f"contribution.commodity.{flow}", _why_no_base(tables, flow, slug, over, period))
        lines = [part._replace(parent=slug) for code, part in held.items() if part and parents[code] == slug]
        parts += [group, *lines, remainder(group, lines, f"{OTHER}{slug}")._replace(parent=slug)]
    parts += [part for code, part in held.items() if part and code not in groups and not parents[code]]
    return with_remainder(whole, parts, "commodities")


def commodity_part(tables: Tables, flow: str, slug: str, over: str, period: str, base: str = "implied") -> Part | None:
    """A commodity's value with its year-earlier base; None where either is not held."""
    now, before = (commodity_figure(tables, flow, slug, "value", over, p) for p in (period, shift(period, -12)))
    if not now:
        return None
    if broken(tables, "commodities", slug, flow, shift(period, -12), period):
        before = None
    restated = before is not None and STAGES[before.stage] >= STAGES["restated"]
    row = _printed_growth(tables).get((flow, slug, over, period))
    if row and not restated and base == "implied":
        value = as_printed(row, row.value, "CNY", now.label)
        rate = as_printed(row, row.value_yoy, "percent", now.label.of(PRINTED_GROWTH))
        return Part(slug, "", now, base_implied(value, rate), IMPLIED)
    if not before:
        return None
    basis = before.how if before.how != "printed" else RESTATED if restated else LAST_YEAR
    return Part(slug, "", now, before, basis)


@cached_rows
def _printed_growth(tables: Tables) -> dict[tuple[str, str, str, str], CommodityRow]:
    """The newest line of each commodity that has a printed growth rate; a restated line has none."""
    rows = tables.commodities
    rows = in_order(rows[(rows["currency"] == "CNY") & (rows["value_yoy"] > -100)])
    return {(row.flow, row.commodity, row.kind, row.period): row for row in records(rows)}


def _why_no_base(tables: Tables, flow: str, slug: str, over: str, period: str) -> str:
    def why(month: str) -> str:
        reason = why_unavailable(tables, "commodities", month, flow=flow, key=slug, kind=over)
        return reason.replace(slug, slug.replace("_", " "))

    before = shift(period, -12)
    return f"no figure of {before} to compare with" if commodity_line(tables, flow, slug, over, period) else why(period)


def remainder(whole: Part, parts: list[Part], code: str, beyond: str = "{} beyond the parts named") -> Part:
    """The remainder: what a whole has beyond its parts."""

    def rest(of: Figure, named: tuple[Figure, ...]) -> Figure:
        return calculate("whole - sum(parts)", of.unit, of.label.of(beyond), {"whole": of, "parts": named}, stage=of.stage)

    now = rest(whole.now, tuple(part.now for part in parts))
    return whole._replace(code=code, now=now, before=rest(whole.before, tuple(part.before for part in parts)))


def with_remainder(whole: Part, parts: list[Part], by: str) -> Partition:
    """The parts, partners or commodities, with the remainder that closes their sum."""
    unnamed = remainder(whole, [part for part in parts if not part.parent], REMAINDER, f"{{}} beyond all {by} listed")
    return Partition(whole, [*parts, unnamed], by)


SPLITS = {"group": _group_partition, "partner": _partner_partition, "commodity": _commodity_partition}


# --- facts ----------------------------------------------------------------------------------------------------------------


def contribution_facts(facts: Facts, tables: Tables) -> None:
    """`contribution.group.exports_cny_month.<part>`, `contribution.commodity.export_cny_ytd.<part>` and so on, all in points.

    `...beyond_drivers` is what the largest gains and losses leave; `...remainder_share` is the remainder's share in percent;
    `...others` are the parts that are not among the leading ones of the year to date.
    `partner.<CODE>.exports_cny_ytd_contribution` and `commodity.export.<slug>.value_cny_month_contribution` are those of every
    partner and line, which overlap and do not add up.
    """
    for over in ("ytd", "month"):
        _partner_contributions(facts, tables, over)
        _commodity_contributions(facts, tables, over)
    for kind in SPLITS:
        for flow in (_flow(kind, "exports"), _flow(kind, "imports")):
            lead: list[str] = []
            for over in ("ytd", "month"):
                family = family_of(kind, flow, over)
                try:
                    partition = SPLITS[kind](tables, facts.period, flow, over)
                except NotAvailable as gap:
                    facts.gaps[f"{family}.*"] = gap.why
                    continue
                found = _frame(partition)
                lead = lead or leading_parts(found)
                _add_partition(facts, family, partition)
                if kind != "partner":
                    _add_beyond_drivers(facts, family, partition, found)
                if kind == "group":
                    continue
                others = partition.whole.now.label.of(f"contribution of all other {partition.by} to the growth of {{}}")
                add_others(facts, family, others, found, lead)


def family_of(by: str, flow: str, over: str) -> str:
    """How the names of the facts of a split begin."""
    return f"contribution.{by}.{_flow(by, flow)}_cny_{over}"


def _add_partition(facts: Facts, family: str, partition: Partition) -> None:
    whole = partition.whole
    for part in partition.parts:
        how = f"(value − base) / base of the whole; base: {part.basis}"
        if part.code == REMAINDER:
            how = "growth of the whole − contributions of the parts"
            facts.calculate(
                f"{family}.{REMAINDER}_share", "remainder / whole * 100", "percent", part.now.label.of("share of {}"),
                {"remainder": part.now, "whole": whole.now}, how="share of the whole beyond all parts", stage=part.now.stage,
            )  # fmt: skip
        facts.add(f"{family}.{part.code}", contribution_figure(part, whole, how))


def _add_beyond_drivers(facts: Facts, family: str, partition: Partition, found: pd.DataFrame) -> None:
    """Adds the sum of the parts that are not among the drivers: `<family>.beyond_drivers`."""
    drivers = {*driving_parts(found)}
    rest = tuple(facts[f"{family}.{code}"] for code in leaves(found) if code not in drivers)
    if rest:
        what = f"contribution of all {partition.by} but the largest gains and losses to the growth of {{}}"
        label = partition.whole.now.label.of(what)
        how = f"sum of the {len(rest)} parts that are not among the largest gains and losses"
        facts.calculate(f"{family}.{BEYOND}", "sum(parts)", "percentage points", label, {"parts": rest}, how=how)


def add_others(facts: Facts, family: str, label: Label, found: pd.DataFrame, lead: Iterable[str]) -> None:
    """Adds the sum of the parts of a frame that are not the leading ones: `<family>.others`."""
    small = tuple(facts[f"{family}.{code}"] for code in leaves(found) if code not in {*lead, REMAINDER})
    if small:
        how = f"sum of the {len(small)} parts that are not the leading ones"
        facts.calculate(f"{family}.{OTHERS}", "sum(parts)", "percentage points", label, {"parts": small}, how=how)


def _partner_contributions(facts: Facts, tables: Tables, over: str) -> None:
    """Contributions of all partners, continents and groups, which overlap and do not add up."""
    codes = sorted({code for code, kind, p in partner_lines(tables) if kind == over and p == facts.period})
    for flow in ("exports", "imports"):
        names = {code: f"partner.{code}.{flow}_cny_{over}_contribution" for code in codes}
        parts = {names[code]: partner_part(tables, code, flow, over, facts.period) for code in codes}
        noisy = {names[code] for code in codes if noisy_base(tables, code, flow, facts.period)}
        _add_contributions(facts, tables, flow, over, parts, f"partner.*.{flow}_cny_{over}_contribution", noisy)


def _commodity_contributions(facts: Facts, tables: Tables, over: str) -> None:
    """Contributions of all lines and aggregates, which overlap and do not add up."""
    for flow in ("export", "import"):
        slugs = tables.commodity_list.loc[tables.commodity_list["flow"] == flow, "commodity"]
        held = [slug for slug in slugs if f"commodity.{flow}.{slug}.value_cny_{over}" in facts]
        name = f"commodity.{flow}.{{}}.value_cny_{over}_contribution".format
        parts = {name(slug): commodity_part(tables, flow, slug, over, facts.period) for slug in held}
        _add_contributions(facts, tables, f"{flow}s", over, parts, name("*"))


def _add_contributions(
    facts: Facts,
    tables: Tables,
    flow: str,
    over: str,
    parts: Mapping[str, Part | None],
    family: str,
    noisy: Container[str] = (),
) -> None:
    """Adds a contribution for each part, by the name of its fact; a part without a base is a gap."""
    try:
        whole = whole_part(tables, flow, over, facts.period)
    except NotAvailable as gap:
        facts.gaps[family] = gap.why
        return
    for name, part in parts.items():
        if part:
            facts.add(name, contribution_figure(part, whole, f"contribution to growth, on {part.basis}"))
        else:
            facts.gaps[name] = NOISY if name in noisy else "neither customs’ growth nor a year-earlier figure is available"
