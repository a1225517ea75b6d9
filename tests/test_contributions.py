"""Contributions, balances and ranks of partners: parts sum to the whole, bases are those of printed growth, gaps have reasons."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import replace

import pytest
from depth import in_depth
from facts_by_hand import fact
from hypothesis import given
from hypothesis import strategies as st

import helpers
from customs_report import exhibits, palette, schema
from customs_report import tables as data
from customs_report.calculations.lines import noisy_base
from customs_report.calculations.partitions import Part, contribution_frame, leading_parts, with_remainder
from customs_report.exhibits.partner_ranks import HEAT
from customs_report.facts import Cite, NotAvailable, plain
from customs_report.frames import by_month
from customs_report.measures import growth as growth_
from customs_report.periods import shift, span

MONTHS = span("2024-01", "2026-07")
SPLITS = [("partner", "exports"), ("partner", "imports"), ("commodity", "export"), ("commodity", "import")]
EXHIBITS = ["contributions_by_partner", "contributions_by_commodity", "surplus", "partner_places", "partner_growth"]


@pytest.fixture(scope="module")
def facts(reported):
    return {period: reported(period).facts for period in MONTHS}


@pytest.fixture(scope="module")
def frames(now):
    """Every partition that is available: (period, flow, span) -> frame."""
    found = {}
    for period in MONTHS:
        for by, flow in SPLITS:
            for over in ("ytd", "month"):
                try:
                    found[period, flow, over] = contribution_frame(now, period, by, flow, over)
                except NotAvailable:
                    continue
    return found


@pytest.fixture(scope="module")
def lines():
    """Commodity lines in yuan, read from the file without the code under test: (flow, slug, kind, period, stage) -> row."""
    with (schema.DATA / "commodities.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["currency"] == "CNY" and row["table"] == "flash"]
    return {(r["flow"], r["commodity"], r["kind"], r["period"], r["stage"]): r for r in rows}


def test_contributions_add_up_to_the_growth_of_the_whole_exactly(frames, facts):
    assert len(frames) > 130
    for (period, flow, over), frame in frames.items():
        name = f"{flow.rstrip('s')}s_cny_{over}_yoy"
        on_last_year = over == "month" and not period.endswith("-01") and f"{name}_computed" in facts[period]
        growth = facts[period][f"{name}_computed" if on_last_year else name].value
        assert frame.loc[frame["level"] == 1, "contribution"].sum() == pytest.approx(growth, abs=1e-9), (period, flow, over)
        assert frame.loc[frame["level"] == 1, "share"].sum() == pytest.approx(100)
        for parent, parts in frame[frame["level"] == 2].groupby("parent"):
            for column in ("value", "base", "contribution"):
                assert parts[column].sum() == pytest.approx(frame.at[parent, column], rel=1e-9, abs=1e-9)


@given(
    st.lists(st.tuples(st.floats(1e6, 1e12), st.floats(1e6, 1e12)), min_size=1, max_size=30),
    st.floats(1e6, 1e13),
    st.floats(1e6, 1e13),
)
def test_a_remainder_closes_any_sum(parts, value, base):
    def made(code: str, now: float, before: float) -> Part:
        return Part(code, "", *(fact(code, amount, "CNY") for amount in (now, before)), "")

    partition = with_remainder(made("total", value, base), [made(str(i), *part) for i, part in enumerate(parts)], "partners")
    summed = sum(map(partition.contribution, partition.parts))
    assert partition.parts[-1].code == "remainder"
    assert summed == pytest.approx(growth_(value, base), rel=1e-6, abs=1e-3 * sum(v + b for v, b in parts) / base)


def test_no_part_stands_beside_what_it_is_part_of(frames, now):
    members = {*data.members_of(now, "ASEAN"), *data.members_of(now, "EU27")}
    for (period, flow, _), frame in frames.items():
        parts = set(frame.index)
        assert not parts & {*members, *schema.CONTINENTS, "APEC", "RCEP", "BRI"}, period
        assert "hi_tech_products" not in parts
        assert "soya_beans" not in parts  # part of grain
        if flow in ("exports", "imports"):
            assert {"ASEAN", "EU27", "USA", *(f"rest_of_{code}" for code in schema.CONTINENTS)} <= parts


def test_month_and_year_to_date_are_parted_among_the_same_partners(frames, now):
    """Without partners whose figures of last year were revised too much to compute the growth of a month."""
    noisy = {"CHE", "CHL", "HKG", "KGZ", "PER"}
    for (period, flow, over), frame in frames.items():
        if over == "month" and flow in ("exports", "imports"):
            left_out = [*frames[period, flow, "ytd"].index.difference(frame.index)]
            assert set(left_out) <= (noisy if flow == "imports" else set()), period
            assert all(noisy_base(now, code, flow, period) for code in left_out)


def test_what_belongs_to_no_country_is_next_to_nothing(frames):
    """The continents sum to the whole but for rounding: a wrong base would show here."""
    for (period, flow, over), frame in frames.items():
        if flow in ("exports", "imports"):
            assert abs(frame.at["remainder", "contribution"]) < 0.15, (period, flow, over)
            assert abs(frame.at["remainder", "share"]) < 0.15


def test_the_base_is_the_one_that_customs_compared_with(frames, lines, facts):
    frame = frames["2025-11", "export", "ytd"]
    restated = lines["export", "mechanical_and_electrical_products", "ytd", "2024-11", "restated"]
    assert frame.at["mechanical_and_electrical_products", "base"] == float(restated["value"])
    printed = lines["import", "integrated_circuits", "ytd", "2024-03", "preliminary"]
    implied = float(printed["value"]) / (1 + float(printed["value_yoy"]) / 100)
    assert frames["2024-03", "import", "ytd"].at["integrated_circuits", "base"] == pytest.approx(implied)
    month = lines["import", "crude_oil", "month", "2024-11", "preliminary"]
    assert frames["2025-11", "import", "month"].at["crude_oil", "base"] == float(month["value"])
    usa = frames["2025-11", "exports", "ytd"].loc["USA"]
    assert growth_(usa["value"], usa["base"]) == pytest.approx(-18.3)
    assert "derived" in facts["2025-04"]["contribution.commodity.export_cny_month.footwear"].how


def test_the_united_states_took_more_off_exports_than_any_partner_added(facts):
    """November 2025 by hand: printed -18.3 % on 2,764.7 billion yuan, exports of 24.46 trillion up by 6.2 %."""
    by_hand = (2764.726 - 2764.726 / (1 - 0.183)) / (24461.15 / 1.062) * 100
    november = facts["2025-11"]
    assert november["contribution.partner.exports_cny_ytd.USA"].value == pytest.approx(by_hand, abs=0.01)
    parts = [f for name, f in november.items() if name.startswith("contribution.partner.exports_cny_ytd.")]
    assert min(f.value for f in parts) == november["contribution.partner.exports_cny_ytd.USA"].value


def test_a_partner_has_one_contribution_under_both_names(facts):
    for period, of in facts.items():
        for name in of:
            if found := re.fullmatch(r"contribution\.partner\.(\w+)_cny_ytd\.([A-Z0-9]+)", name):
                flow, code = found.groups()
                assert of[name].value == of[f"partner.{code}.{flow}_cny_ytd_contribution"].value, (period, name)


def test_leading_parts_others_and_remainder_are_the_whole(facts, frames):
    for period, of in facts.items():
        for kind, flow in SPLITS:
            family = f"contribution.{kind}.{flow}_cny_ytd"
            if (period, flow, "ytd") not in frames:
                assert f"{family}.*" in of.gaps
                continue
            lead = leading_parts(frames[period, flow, "ytd"])
            shown = [of[f"{family}.{code}"].value for code in (*lead, "others", "remainder")]
            assert sum(shown) == pytest.approx(of[f"{flow.rstrip('s')}s_cny_ytd_yoy"].value, abs=1e-9), (period, family)
            assert shown[: len(lead)] == sorted(shown[: len(lead)], reverse=True)


@pytest.mark.parametrize(
    ("period", "family", "why"),
    [
        ("2026-01", "contribution.commodity.export_cny_ytd", "January and February together"),
        ("2025-02", "contribution.commodity.export_cny_ytd", "no figure of 2024-02"),
        ("2024-11", "contribution.commodity.export_cny_ytd", "no figure of 2023-11"),
        ("2025-03", "contribution.commodity.export_cny_month", "no figure of 2024-03"),
        ("2024-03", "contribution.partner.exports_cny_month", "no table of partners before 2024-01"),
        ("2024-03", "balance_contribution.partner.ASEAN_cny_month", "no table of partners before 2024-01"),
    ],
)
def test_there_is_no_waterfall_where_months_are_missing(facts, period, family, why):
    of = facts[period]
    assert not [name for name in of if name.startswith(f"{family}.")]
    assert why in of.why_missing(f"{family}.remainder" if family.startswith("contribution") else family)


def test_a_missing_row_is_a_gap_or_goes_to_the_remainder_never_a_zero(now):
    partners = now.partners[(now.partners["partner"] != "ASIA") | (now.partners["period"] != "2025-11")]
    frame, whole = (
        contribution_frame(tables, "2025-11", "partner", "exports", "ytd") for tables in (replace(now, partners=partners), now)
    )
    assert frame.at["rest_of_WORLD", "value"] == pytest.approx(
        whole.at["rest_of_ASIA", "value"] + whole.at["remainder", "value"]
    )
    goods = now.commodities
    without = replace(now, commodities=goods[goods["commodity"] != "footwear"])
    whole, less = (contribution_frame(t, "2025-11", "commodity", "export", "ytd") for t in (now, without))
    assert less.at["remainder", "value"] == pytest.approx(whole.at["remainder", "value"] + whole.at["footwear", "value"])
    without = replace(now, commodities=goods[goods["commodity"] != "mechanical_and_electrical_products"])
    with pytest.raises(NotAvailable):
        contribution_frame(without, "2025-11", "commodity", "export", "ytd")


def test_nothing_later_than_the_day_is_used(then):
    for name, known in helpers.report_facts(then, "2025-11").items():
        if name.startswith(("contribution.", "balance_contribution.", "net.")):
            assert max(source.released for source in known.sources) <= "2025-12-08", name


def test_changes_of_bilateral_balances_add_up_to_that_of_the_balance(facts, now):
    for period in span("2025-01", "2026-07"):
        for over in ("ytd", "month"):
            frame = helpers.balance_contributions(now, period, over)
            change = facts[period][f"balance_cny_{over}_change"].value
            if over == "month" and not period.endswith("-01"):  # on last year's print, as the partners' months are
                levels = [helpers.level(now, "balance", "CNY", "month", p).value for p in (period, shift(period, -12))]
                change = levels[0] - levels[1]
            assert frame["contribution"].sum() == pytest.approx(change, abs=1)
            assert facts[period][f"balance_contribution.partner.USA_cny_{over}"].value == frame.at["USA", "contribution"]
            mine = facts[period][f"partner.USA.balance_cny_{over}_change"].value
            assert frame.at["USA", "contribution"] == pytest.approx(mine)


def test_net_trade_is_exports_less_imports_of_the_lines_held(facts, lines):
    def value(flow, slug, period="2025-11", stage="preliminary"):
        return float(lines[flow, slug, "ytd", period, stage]["value"])

    net = facts["2025-11"]["net.integrated_circuits_cny_ytd"]
    assert net.value == pytest.approx(value("export", "integrated_circuits") - value("import", "integrated_circuits"))
    energy = ("coal", "crude_oil", "refined_petroleum", "natural_gas")

    def balance(*when):
        return value("export", "refined_petroleum", *when) - sum(value("import", slug, *when) for slug in energy)

    assert facts["2025-11"]["net.energy_cny_ytd"].value == pytest.approx(balance())
    change = balance() - balance("2024-11", "restated")
    assert facts["2025-11"]["net.energy_cny_ytd_change"].value == pytest.approx(change)


def test_places_agree_with_the_ranks_that_are_certain(facts):
    checked = 0
    for period in span("2025-01", "2026-07"):
        before = facts[shift(period, -12)]
        for code in ("ASEAN", "EU27", "USA", "HKG", "JPN", "KOR"):
            now = facts[period]
            ranks = [of.value(f"partner.{code}.rank_ytd") for of in (before, now)]
            if None not in ranks:
                assert now[f"partner.{code}.place_ytd"].value == ranks[1]
                assert now[f"partner.{code}.rank_ytd_change"].value == ranks[0] - ranks[1]
                checked += 1
    assert checked > 40


def test_shares_are_those_of_three_months(now):
    totals, usa = defaultdict(float), defaultdict(float)
    with (schema.DATA / "partners.csv").open() as file:
        for row in csv.DictReader(file):
            months = ("2025-09", "2025-10", "2025-11")
            if row["kind"] == "month" and row["currency"] == "CNY" and row["period"] in months:
                if row["partner"] in schema.CONTINENTS:
                    totals["all"] += float(row["exports"])
                if row["partner"] == "USA":
                    usa["all"] += float(row["exports"])
    frame = by_month(helpers.partner_shares(now, "2025-11"))
    assert frame.at["2025-11", "USA"] == pytest.approx(usa["all"] / totals["all"] * 100, abs=0.02)
    assert frame["RCEP"].first_valid_index() == "2025-03"
    assert list(frame.index) == span("2024-03", "2025-11")


def test_the_grid_shows_printed_growth_and_no_month_after_the_report(now):
    frame = by_month(helpers.partner_growth(now, "2026-07"))
    assert len(frame) == 18
    assert frame.at["2025-11", "USA"] == -18.3
    assert by_month(helpers.partner_growth(now, "2025-11")).index[0] == "2025-11"
    assert by_month(helpers.partner_growth(now, "2012-02")).empty


# --- words, charts, tables ------------------------------------------------------------------------------------------------

PERIODS = ["2008-01", "2012-02", "2023-12", *MONTHS, "2026-08"]


def test_the_story_of_november_2025(reported):
    said = " ".join(plain(s) for name in EXHIBITS for s in getattr(exhibits, name)(reported("2025-11")).words.sentences)
    for text in (
        "exports to the United States took 2.7 percentage points off growth, while ASEAN (+2.4), Africa (+1.3)",
        "The tables do not show whether the same goods went elsewhere.",
        "the largest gains were ASEAN (+2.4) and the European Union (+1.3), the largest losses the United States (−2.7)",
        "Those of energy came to 2.432 trillion yuan, 371.2 billion yuan less than a year earlier.",
    ):
        assert text in said
    notes = " ".join(plain(n) for n in exhibits.contributions_by_commodity(reported("2025-11")).words.notes)
    assert "make up 16.5% of exports and 19.0% of imports" in notes


def test_a_pattern_is_told_only_while_exports_to_the_united_states_fall(reported, facts):
    for period in MONTHS:
        said = [plain(s) for s in exhibits.partner_places(reported(period)).words.sentences]
        fell = facts[period]["partner.USA.exports_cny_ytd_contribution"].value <= -0.5
        assert any("The tables do not show" in s for s in said) == fell, period


@pytest.mark.parametrize("period", ["2012-02", "2024-01", "2025-02", "2026-07", *in_depth("2024-03", "2025-11", "2026-01")])
def test_charts_and_tables_are_made_or_left_out(reported, period):
    report = reported(period)
    made = [body for name in EXHIBITS for body in getattr(exhibits, name)(report).bodies]
    if period == "2012-02":
        assert made == []
    else:
        assert len(made) >= 5
    for body in made:
        assert "nan" not in body.shown().text.split()
        assert "nan" not in getattr(body, "svg", "").replace("Venan", "")


def test_a_chart_of_contributions_shows_parts_that_sum_to_the_growth(reported):
    report = reported("2025-11")
    charts = exhibits.contributions_by_commodity(report).bodies
    rows = [row for chart in charts for row in chart.data.rows]
    assert all(isinstance(cell[0], Cite) for row in rows for cell in row.cells)
    sums = [sum(row.values[0] for row in chart.data.rows) for chart in charts]
    assert sums == pytest.approx([6.2, 0.2])


@pytest.mark.parametrize("shades", [palette.LIGHT, palette.DARK])
def test_the_numbers_of_the_grid_can_be_read(shades):
    names = {colour: name for name, colour in palette.LIGHT.items()}

    def luminance(colour: str) -> float:
        channels = [int(shades[names[colour]][i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for _, cell, ink in HEAT:
        bright, dim = sorted((luminance(cell), luminance(ink)), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 4.5, (cell, ink)
