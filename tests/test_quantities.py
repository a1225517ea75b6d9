"""The month beside the year to date: points and dashes of partners and lines, quantities, barrels a day."""

from __future__ import annotations

from calendar import monthrange

import pytest
from depth import in_depth

import helpers
from customs_report import exhibits
from customs_report.calculations.quantities import APART, GOODS, value_and_quantity_apart
from customs_report.display import exhibit
from customs_report.facts import plain
from customs_report.publish import proof
from customs_report.publish.build import lookup_of

TABLES = (
    "partners", "regions", "exports_by_commodity", "imports_by_commodity", "high_tech", "cars_batteries_ships", "quantities",
    "export_split", "import_split",
)  # fmt: skip


def rows(content, name: str) -> dict[str, list[str]]:
    """The cells of a table as texts, by the label of the row."""
    (table,) = (body for body in content.bodies if getattr(body, "name", "") == name)
    return {plain(row.label): [plain(cell) if cell else "" for cell in row.cells] for row in table.rows}


def test_the_months_fall_of_exports_to_the_united_states_is_told(reported):
    """-28.7 % in yuan, November 2025."""
    report = reported("2025-11")
    shown = exhibits.partners(report)
    assert plain(shown.words.claim) == "November’s exports to the United States fell 28.7%*, the eighth straight fall"
    assert rows(shown, "partners-exports")["United States"] == ["239.9", "−28.7", "−4.3", "2,764.7", "−18.3", "−2.7"]
    points = report.facts["partner.USA.exports_cny_month_contribution"]
    usa, before = (helpers.partner_months(report.tables, "2025-11", "USA").at[p, "exports"] for p in ("2025-11", "2024-11"))
    whole = report.facts["exports_cny_month"].value / (1 + report.facts["exports_cny_month_yoy_computed"].value / 100)
    assert points.value == pytest.approx((usa - before) / whole * 100)


def test_points_of_a_partner_are_those_of_the_parts_that_add_up(reported):
    facts = reported("2026-07").facts
    for over in ("month", "ytd"):
        for code in ("USA", "ASEAN", "KOR"):
            parts = facts[f"contribution.partner.exports_cny_{over}.{code}"].value
            assert facts[f"partner.{code}.exports_cny_{over}_contribution"].value == pytest.approx(parts)
        for slug in ("integrated_circuits", "crude_oil"):
            parts = facts[f"contribution.commodity.import_cny_{over}.{slug}"].value
            assert facts[f"commodity.import.{slug}.value_cny_{over}_contribution"].value == pytest.approx(parts)


def test_a_member_stands_below_its_group_and_has_no_rank(reported):
    (table,) = (body for body in exhibits.partners(reported("2026-07")).bodies if getattr(body, "name", "") == "partners")
    labels = [plain(row.label) for row in table.rows]
    members = [plain(row.label) for row in table.rows if row.kind == "member"]
    assert labels[0] == "ASEAN"
    assert labels[1 : len(members) + 1] == members
    assert {"Vietnam", "Malaysia", "Thailand", "Singapore", "Indonesia"} <= {*members}
    assert all(plain(row.cells[0]) == "–" for row in table.rows if row.kind == "member")
    regions = [plain(row.label) for row in exhibits.regions(reported("2026-07")).bodies[0].rows]
    assert regions[regions.index("Central Asia") + 1 :] == ["Kazakhstan", "Kyrgyzstan", "Uzbekistan"]


def test_without_last_years_month_there_is_a_dash_and_one_note_says_why(reported):
    shown = exhibits.partners(reported("2024-12"))
    assert rows(shown, "partners-exports")["United States"][1:3] == ["–", "–"]
    notes = [plain(note) for note in shown.words.notes]
    assert [note for note in notes if note.startswith("A dash")] == [
        "A dash: not available. Points of the month, and growth that customs does not publish, need the same line of December 2023."
    ]


def test_imports_of_a_partner_whose_base_is_revised_by_much_carry_a_caveat(reported):
    facts = reported("2025-11").facts
    assert facts["partner.PER.imports_cny_month_yoy"].mark == "‡"
    assert facts["partner.PER.exports_cny_month_yoy"].mark == "*"
    assert "partner.PER.imports_cny_month_contribution" not in facts
    assert "revised too much" in facts.why_missing("partner.PER.imports_cny_month_contribution")


def test_in_january_the_month_is_the_year_to_date_and_stands_once(reported):
    for content in (exhibits.partners(reported("2025-01")), exhibits.high_tech(reported("2025-01"))):
        for table in (body for body in content.bodies if hasattr(body, "group_headers")):
            assert [plain(text) for text, _ in table.group_headers] == ["", "Month"]
    assert "not held" not in str(exhibit(14, exhibits.high_tech(reported("2025-01"))).html)


@pytest.mark.parametrize("period", ["2025-11", "2026-07", "2024-12", "2025-03"])
def test_barrels_a_day_are_tonnes_over_days(reported, period):
    facts = reported(period).facts
    made = facts["commodity.import.crude_oil.barrels_a_day_month"]
    days = monthrange(int(period[:4]), int(period[5:]))[1]
    tonnes = facts["commodity.import.crude_oil.quantity_month"].value
    assert made.value == pytest.approx(tonnes * 7.33 / days)
    assert made.origin.evaluated() == made.value
    assert {*made.origin.inputs} == {"tonnes", "barrels_a_tonne", "days"}
    year = facts["commodity.import.crude_oil.barrels_a_day_ytd"].origin.inputs["days"].value
    assert year == sum(monthrange(int(period[:4]), month)[1] for month in range(1, int(period[5:]) + 1))


def test_barrels_a_day_are_given_to_a_tenth_of_a_million(reported):
    assert reported("2025-11").facts["commodity.import.crude_oil.barrels_a_day_month"].text == "12.4 million barrels a day"


def test_goods_are_named_where_value_and_quantity_part(reported):
    facts = reported("2026-07").facts
    named = value_and_quantity_apart(facts, "month")
    for flow, slugs in GOODS.items():
        for slug in slugs:
            value, quantity = (facts.get(f"commodity.{flow}.{slug}.{of}_month_yoy") for of in ("value_cny", "quantity"))
            apart = bool(value and quantity) and abs(value.value - quantity.value) >= APART
            assert ((flow, slug) in named) == apart, slug
    words = exhibits.quantities(reported("2026-07")).words
    said = " ".join(plain(sentence) for sentence in words.sentences)
    assert "Exports of chips more than doubled in value (+105.5%*) but rose only 1.7%* in quantity." in said
    assert "Imports of crude oil were down 9.4%* in value, down 24.3%* in quantity." in said


def test_quantities_are_in_units_that_people_use(reported):
    shown = exhibits.quantities(reported("2025-11"))
    imports, exports = (rows(shown, f"quantities-{flow}") for flow in ("imports", "exports"))
    assert imports["Iron ore and concentrates"][0] == "110.5"
    assert exports["Motor vehicles"][0] == "818.4"
    assert exports["Ships"][0] == "507"
    assert [plain(row.note) for row in shown.bodies[0].rows[:2]] == ["million tonnes", "million barrels a day"]


def test_before_the_first_table_the_claim_says_why(reported):
    shown = exhibits.quantities(reported("2012-02"))
    assert plain(shown.words.claim).startswith("Quantities: no table of export commodities")
    assert shown.bodies == ()


def test_a_split_names_the_share_of_trade_that_it_covers(reported):
    for name in ("export_split", "import_split"):
        words = getattr(exhibits, name)(reported("2025-11")).words
        assert plain(words.claim).startswith("Goods worth ")
        assert plain(words.sentences[0]).startswith("The largest line among these goods is chips; without it quantity")


@pytest.mark.parametrize(
    ("period", "as_of"),
    [("2025-11", "2025-12-08"), ("2025-01", ""), *in_depth(("2025-11", ""), ("2026-07", ""), ("2024-12", ""))],
)
def test_every_number_of_the_tables_is_proved(reported, period, as_of):
    report = reported(period, as_of)
    for number, name in enumerate(TABLES, 1):
        page = str(exhibit(number, getattr(exhibits, name)(report)).html)
        assert proof.prove_html(f"<main>{page}</main>", report.facts.as_json(), lookup_of(report)) == [], name
