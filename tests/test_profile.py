"""Profiles: the subject is found by any of its names, every number is verified in page and PDF, every subject can be built."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from both_faces import prove_pdf
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

import helpers
from customs_report import cli
from customs_report.calculations.profiles import shared_facts
from customs_report.common_names import COMMODITIES, OFFERED, PARTNERS
from customs_report.errors import InputError
from customs_report.exhibits import commodity_profiles, partner_profiles
from customs_report.facts import Mark, plain
from customs_report.lookup import FLOWS, find, find_in
from customs_report.periods import span
from customs_report.profile import KINDS, PROFILES, Profile, open_profile, profiles_to_build, subjects
from customs_report.publish import build, many, proof
from customs_report.report import open_report
from customs_report.tables import Tables

MONTH = "2025-11"
WORDS = {"partner": partner_profiles, "commodity": commodity_profiles}
MONTHS = ("2024-05", "2025-01", MONTH)  # growth of few lines; months alone; everything
EXHIBITS = {
    "partner": ("size", "months", "growth", "share", "watch", "goods", "members"),
    "commodity": ("size", "months", "split", "growth", "share", "watch", "partners", "parts"),
}
EVERY = [
    (name.removesuffix("_profile"), month, each)
    for month in MONTHS
    for name, each in profiles_to_build("profiles", month, "", {})
]


def opened(kind: str, month: str, subject: dict[str, str]) -> Profile:
    return open_profile(kind, subject[kind], month, flow=subject.get("flow", ""))


def answer(tables, kind: str, name: str, flow: str = "") -> str:
    """The code of a subject, or the error message."""
    try:
        return find(tables, kind, name, flow)
    except InputError as refused:
        return str(refused)


def test_the_command_knows_the_notebooks_that_have_subjects():
    assert (*KINDS, PROFILES) == many.PROFILES


# --- names ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["USA", "usa", "us", "United States", "united  STATES", "美国", "Ｕnited States"])
def test_a_partner_is_found_by_any_of_its_names(now, name):
    assert find(now, "partner", name) == "USA"


@pytest.mark.parametrize("name", ["motor_vehicles", "Motor Vehicles", "MOTOR-VEHICLES", "汽车（包括底盘）", "Mötor vehicles"])
def test_a_commodity_is_found_by_any_of_its_names(now, name):
    assert find(now, "commodity", name, "export") == "motor_vehicles"


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ("UK, u.k., the UK, Great Britain, Britain, 英国", "GBR"),
        ("UAE, Emirates, the United Arab Emirates, 阿拉伯联合酋长国", "ARE"),
        ("Korea, Republic of Korea, South Korea, ROK", "KOR"),
        ("DPRK, DPR Korea, North Korea", "PRK"),
        ("Chinese Taipei, 台湾", "TWN"),
        ("Burma", "MMR"),
        ("Czechia", "CZE"),
        ("Türkiye, TURKIYE, Turkey", "TUR"),
        ("Cote d'Ivoire, Côte d’Ivoire, Ivory Coast", "CIV"),
        ("Saudi, KSA", "SAU"),
        ("belt and road, Belt & Road Initiative", "BRI"),
        ("the Netherlands, Holland", "NLD"),
        ("东盟, 东南亚国家联盟, ASEAN", "ASEAN"),
        ("DRC, DR Congo", "COD"),
        ("Macao", "MAC"),
        ("Saint Kitts & Nevis", "KNA"),
    ],
)
def test_a_partner_goes_by_what_people_call_it(now, names, code):
    assert {name: find(now, "partner", name) for name in names.split(", ")} == dict.fromkeys(names.split(", "), code)


@pytest.mark.parametrize(
    ("flow", "names", "code"),
    [
        ("export", "clothes, Clothing, apparel", "garments_and_accessories"),
        ("export", "shoes, shoe", "footwear"),
        ("export", "computers, computer, 电脑", "data_processing_machines"),
        ("export", "EVs, EV, electric vehicle", "electric_vehicles"),
        ("export", "integrated circuit, chip, chips, 芯片, IC", "integrated_circuits"),
        ("import", "integrated circuit, chip, chips, 芯片, IC", "integrated_circuits"),
        ("export", "steel, steel product, 钢材", "steel_products"),
        ("export", "aluminum, Aluminium, unwrought aluminum and aluminum products", "aluminium"),
        ("export", "tires, tyre, vehicle tires", "vehicle_tyres"),
        ("import", "soya, soy, soybean, soybeans, soy beans, soya bean", "soya_beans"),
        ("import", "oil, crude, crude petroleum oil", "crude_oil"),
        ("import", "medicine, pharmaceuticals", "medicines"),
        ("export", "medicine, pharmaceuticals", "medical_and_pharmaceutical_products"),
        ("import", "fertilisers", "fertilizers"),
    ],
)
def test_a_commodity_goes_by_what_people_call_it(now, flow, names, code):
    found = {name: find(now, "commodity", name, flow) for name in names.split(", ")}
    assert found == dict.fromkeys(names.split(", "), code)


@pytest.mark.parametrize(
    ("kind", "flow", "name", "codes"),
    [
        ("partner", "", "Congo", "COD, COG"),
        ("partner", "", "America", "USA, NAMERICA, LATAM"),
        ("partner", "", "South America", "LATAM"),
        ("partner", "", "Virgin Islands", "VGB"),
        ("partner", "", "St Martin", "MAF, SXM"),
        ("partner", "", "Scotland", "GBR"),
        ("partner", "", "Germny", "DEU"),
        ("partner", "", "ASEAN countries", "ASEAN"),
        ("partner", "", "Middle East", ""),
        ("partner", "", "Gulf", ""),
        ("partner", "", None, ""),
        ("partner", "", "", ""),
        ("commodity", "export", "cars", "motor_vehicles, passenger_cars"),
        ("commodity", "import", "cars", "motor_vehicles"),
        ("commodity", "export", "batteries", "lithium_ion_batteries, accumulators, primary_cells"),
        ("commodity", "export", "semiconductors", "integrated_circuits, diodes_and_semiconductors"),
        ("commodity", "export", "laptops", "data_processing_machines"),
        ("commodity", "import", "LNG", "natural_gas"),
        ("commodity", "export", "LNG", "natural_gas"),
        ("commodity", "import", "iron", "iron_ore, steel_products"),
        ("commodity", "import", "aircraft", "aircraft_over_two_tonnes"),
        ("commodity", "import", "gold", ""),
    ],
)
def test_a_name_of_several_or_of_none_offers_what_may_be_meant_and_nothing_else(now, kind, flow, name, codes):
    with pytest.raises(InputError) as refused:
        find(now, kind, name, flow)
    assert ", ".join(re.findall(r"(\w+) \(", str(refused.value))) == codes
    assert codes or "nearest: none; names are like " in str(refused.value)


def test_a_list_is_no_name_and_a_comparison_takes_it(now):
    with pytest.raises(InputError, match=r"one partner is needed, not 2; several: helpers\.comparison\(tables, subjects="):
        find(now, "partner", ["USA", "DEU"])


def test_common_names_are_names_of_something_in_the_lists_and_none_is_said_of_two_in_a_flow(now):
    lines = now.commodity_list
    lists = [(PARTNERS, {*now.partner_list["partner"]})]
    lists += [(COMMODITIES, {*lines["commodity"]})]
    for common, codes in lists:
        assert {*common} <= codes
    assert {code for codes in OFFERED.values() for code in codes.split()} <= {*now.partner_list["partner"], *lines["commodity"]}
    for kind, common, flows in (("partner", PARTNERS, [""]), ("commodity", COMMODITIES, FLOWS)):
        for code, said in common.items():
            for name in said.split("; "):
                assert code in [found for found, _ in find_in(now, kind, name, flows)], name


def test_an_accent_makes_no_difference(now):
    assert find(now, "partner", "Viêt Nàm") == find(now, "partner", "VNM") == "VNM"


def test_every_code_names_itself(now):
    assert [find(now, "partner", c.lower()) for c in now.partner_list["partner"]] == list(now.partner_list["partner"])
    lines = list(zip(now.commodity_list["flow"], now.commodity_list["commodity"], strict=True))
    assert [find(now, "commodity", slug.upper(), flow) for flow, slug in lines] == [slug for _, slug in lines]


COMMON = [name for names in (*PARTNERS.values(), *COMMODITIES.values(), *OFFERED) for name in names.split("; ")]
REFUSED = (
    r"there is no (partner|commodity) .+|no exports of .+ are available; there are imports: .+|.+ may be one of several; .+"
)


@given(st.text(max_size=30), st.sampled_from(["partner", "commodity"]))
def test_any_text_is_a_subject_or_is_refused_in_one_line(now, name, kind):
    said = answer(now, kind, name, "export" if kind == "commodity" else "")
    assert said in set(getattr(now, f"{kind}_list")[kind]) or re.fullmatch(REFUSED, said)


@pytest.mark.parametrize("kind", ["partner", "commodity"])
def test_so_is_any_common_name_also_of_the_other_kind_or_flow(now, kind):
    for name in COMMON:
        test_any_text_is_a_subject_or_is_refused_in_one_line.hypothesis.inner_test(now, name, kind)


@pytest.mark.parametrize("kind", ["partner", "commodity"])
@pytest.mark.parametrize("name", ["", "../../etc/passwd", "USA\n", "<script>", "USA/../x", "Untied States", "{~value}"])
def test_a_hostile_name_never_becomes_part_of_a_path(now, name, kind):
    told = answer(now, kind, name, "export" if kind == "commodity" else "")
    assert re.fullmatch(r"\w+", told) or "nearest" in told


def test_a_miss_lists_the_nearest(now):
    with pytest.raises(InputError, match=r"nearest: .*USA \(United States\)"):
        find(now, "partner", "Untied States")
    with pytest.raises(
        InputError, match=r"no commodity 'motor vehicels' among imports; nearest: motor_vehicles \(Motor vehicles\)"
    ):
        find(now, "commodity", "motor vehicels", "import")
    with pytest.raises(InputError, match=r"^no exports of crude oil are available; there are imports: flow='imports'$"):
        open_profile("commodity", "oil", MONTH, flow="export")
    with pytest.raises(InputError, match="no flow 'exprots'; nearest: export"):
        open_profile("commodity", "crude oil", MONTH, flow="exprots")


def test_what_has_no_figures_in_the_month_is_refused_with_the_reason():
    with pytest.raises(InputError, match="toys has no figures in 2025-01: "):
        subjects("commodity_profile", "2025-01", "", {"commodity": "toys", "flow": "export"})
    with pytest.raises(InputError, match="USA has no figures in 2012-05: no table of partners before 2024-01"):
        open_profile("partner", "USA", "2012-05")


def test_a_commodity_without_a_flow_is_each_flow_that_has_it():
    both = subjects("commodity_profile", MONTH, "", {"commodity": "Integrated circuits"})
    assert [each["flow"] for each in both] == ["export", "import"]
    assert subjects("commodity_profile", MONTH, "", {"commodity": "crude oil", "flow": "all"})[0]["flow"] == "import"
    assert len(subjects("commodity_profile", MONTH, "", {"commodity": "ALL", "flow": "Imports"})) == 34


def test_all_profiles_of_a_month_are_one_command():
    assert {name for name, _ in profiles_to_build("profiles", MONTH, "", {})} == {"partner_profile", "commodity_profile"}
    with pytest.raises(InputError, match="all profiles take no partner; name one notebook"):
        profiles_to_build("profiles", MONTH, "", {"partner": "USA"})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("-p", "partner", "Untied States"), "there is no partner 'Untied States'; nearest: USA (United States)"),
        (("-p", "patner", "USA"), "partner_profile has no parameter 'patner'; nearest: partner"),
        ((), "partner_profile needs a partner: -p partner NAME, or -p partner all"),
    ],
)
def test_the_command_refuses_in_one_line_and_writes_nothing(given, said, tmp_path, monkeypatch, capsys):
    out = tmp_path / "reports"
    command = ["build", MONTH, "--notebook", "partner_profile", *given, "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["customs-report", *command])
    with pytest.raises(SystemExit) as leaving:
        cli.main(command)
    told = capsys.readouterr().err
    assert (leaving.value.code, out.exists()) == (2, False)
    assert told.startswith(f"customs-report: {said}")
    assert len(told.splitlines()) == 1


def test_a_profile_without_a_subject_says_how_to_name_one():
    with pytest.raises(InputError, match="partner_profile needs a partner: -p partner NAME, or -p partner all"):
        subjects("partner_profile", MONTH, "", {})


@pytest.mark.parametrize(
    ("kind", "subject", "name"),
    [
        ("partner", {"partner": "USA"}, "partner_profile-USA"),
        ("commodity", {"flow": "export", "commodity": "motor_vehicles"}, "commodity_profile-export-motor_vehicles"),
    ],
)
def test_a_set_is_named_after_its_subject(kind, subject, name):
    (order,) = many.orders([MONTH], notebook=f"{kind}_profile", parameters=subject)
    assert order.name == name


# --- facts ----------------------------------------------------------------------------------------------------------------


def test_facts_of_the_united_states_are_those_customs_printed():
    facts = open_profile("partner", "USA", MONTH).facts
    assert facts["partner.USA.exports_cny_ytd_yoy"].text == "−18.3%"
    assert facts["partner.USA.imports_cny_ytd_yoy"].text == "−12.5%"
    assert facts["partner.USA.rank_ytd"].value == 3
    assert facts["partner.USA.share_ytd"].text == "8.9%"
    assert not any(name.startswith(("partner.VNM", "commodity")) for name in facts)


def test_facts_of_motor_vehicles_are_those_customs_printed():
    facts = open_profile("commodity", "motor vehicles", MONTH, flow="export").facts
    assert facts["commodity.export.motor_vehicles.value_cny_ytd"].value == 896_910_810_000
    assert facts["commodity.export.motor_vehicles.quantity_month"].value == 818_359
    assert facts["commodity.export.motor_vehicles.value_cny_month_rank"].value == 2
    effects = [facts[f"commodity.export.motor_vehicles.value_cny_ytd_{e}_effect"].value for e in ("quantity", "unit_value")]
    assert sum(effects) == pytest.approx(facts["commodity.export.motor_vehicles.value_cny_ytd_change"].value)
    assert not any(name.startswith(("partner", "commodity.import", "commodity.export.toys")) for name in facts)


def test_the_contribution_of_a_commodity_is_that_of_the_monthly_report(reported):
    own = open_profile("commodity", "motor_vehicles", MONTH, flow="export").facts
    whole = reported(MONTH).facts["contribution.commodity.export_cny_ytd.motor_vehicles"]
    assert own["commodity.export.motor_vehicles.value_cny_ytd_contribution"].value == pytest.approx(whole.value)


def test_a_profile_leaves_the_facts_of_its_month_alone():
    first = open_profile("partner", "USA", MONTH)
    first.facts.cite("partner.USA.share_ytd")
    again = open_profile("partner", "USA", MONTH)
    assert not again.facts.cited
    assert "partner.USA.share_ytd_change" not in open_profile("partner", "VNM", MONTH).facts


# --- details --------------------------------------------------------------------------------------------------------------


def detail(period: str, flow: str, code: str, partner: str, value: float, **more) -> dict:
    row = {"period": period, "kind": "ytd", "flow": flow, "commodity": code, "partner": partner, "currency": "CNY"}
    return {**row, "value": value, "released": "2025-12-20", **more}


@pytest.fixture
def detailed(now, detail_store) -> Tables:
    """The tables with goods by partner of two years, at two lengths of code."""
    rows = [
        detail(period, flow, code, partner, value * scale)
        for period, scale in ((MONTH, 1.5), ("2024-11", 1.0))
        for flow, code, partner, value in (
            ("export", "85", "USA", 3e11), ("export", "8542", "USA", 1e11), ("import", "12", "USA", 2e10),
            ("import", "2709", "RUS", 4e11), ("import", "2709", "SAU", 3e11), ("import", "2709", "ASIA", 9e11),
        )
    ]  # fmt: skip
    return replace(now, detail=detail_store(*rows))


def test_goods_of_a_partner_are_of_one_length_of_code(detailed):
    """A chapter and its heading are not added, whichever is asked for."""
    for flow, digits, code, change in (("exports", 2, "85", 1.5e11), ("exports", 4, "8542", 5e10), ("imports", 2, "12", 1e10)):
        frame = helpers.partner_goods(detailed, MONTH, "USA", flow, digits)
        assert (list(frame.index), list(frame["change"]), frame.attrs["over"]) == ([code], [change], "ytd")
    assert helpers.partner_goods(detailed, MONTH, "USA", "exports", 6).empty


def test_partners_of_a_commodity_are_countries(detailed):
    frame = helpers.commodity_partners(detailed, MONTH, "import", "crude_oil")
    assert list(frame.index) == ["RUS", "SAU"]
    assert list(frame["contribution"]) == [pytest.approx(400 / 14), pytest.approx(300 / 14)]
    assert helpers.commodity_partners(detailed, MONTH, "import", "grain").empty


def test_the_year_is_the_sum_of_its_months_only_where_all_are_held(now, detail_store):
    rows = [detail(f"2025-{m:02d}", "export", "8542", "USA", 1e9, kind="month") for m in range(1, 12)]
    whole = helpers.partner_goods(replace(now, detail=detail_store(*rows)), MONTH, "USA")
    assert (whole["value"].tolist(), whole.attrs["over"]) == ([11e9], "ytd")
    assert whole["base"].isna().all()  # nothing of a year earlier: not available, not zero
    part = helpers.partner_goods(replace(now, detail=detail_store(*rows[1:])), MONTH, "USA")
    assert (part["value"].tolist(), part.attrs["over"]) == ([1e9], "month")
    assert helpers.partner_goods(replace(now, detail=detail_store(*rows[:-1])), MONTH, "USA").empty


@pytest.mark.parametrize(
    ("kind", "subject", "said"),
    [
        ("partner", {"partner": "USA"}, "Some of the goods traded with the United States"),
        ("commodity", {"flow": "import", "commodity": "crude_oil"}, "moved most is Russia with +200.0 billion yuan"),
    ],
)
def test_details_are_shown_and_proved_where_they_are_held(kind, subject, said, detailed, monkeypatch):
    monkeypatch.setattr("customs_report.report.known_tables", lambda *_: detailed)
    monkeypatch.setattr("customs_report.profile._shared_report", lambda *_: open_report(MONTH, "", shared_facts))
    parameters = {**subject, "period": MONTH, "as_of": ""}
    executed, report = build.run(f"{kind}_profile", parameters)
    page = build.render(executed, report, f"{kind}_profile", parameters, ("html",))["html"].decode()
    assert "could not be made" not in page
    assert said in re.sub(r"\s+", " ", parser.fromstring(page).text_content())


def test_what_the_data_lack_is_a_named_gap():
    assert "no detail" in open_profile("partner", "USA", MONTH).facts.why_missing("partner.USA.goods")
    gaps = open_profile("commodity", "toys", MONTH, flow="export").facts.gaps
    assert gaps["commodity.export.toys.partners"] == "the line is no heading of the Harmonized System"


# --- words ----------------------------------------------------------------------------------------------------------------


def told(report: Profile) -> Iterator[str]:
    words = WORDS[report.kind]
    names = [name for name in EXHIBITS[report.kind] if report.members or name not in ("members", "parts")]
    shown = [getattr(words, name)(report).words for name in names]
    runs = [words.kicker(report), words.headline(report), *words.standfirst(report), *words.main_points(report)]
    runs += [text for tile in words.tiles(report) for text in (tile.label, tile.figure, *tile.lines)]
    runs += [text for each in shown for text in (each.claim, *each.sentences, *each.notes)]
    return map(plain, runs)


@pytest.mark.parametrize(
    ("kind", "month", "subject"), EVERY, ids=lambda each: "-".join(each.values()) if isinstance(each, dict) else each
)
def test_the_words_of_every_subject_are_well_formed(kind, month, subject):
    for text in told(opened(kind, month, subject)):
        assert not re.search(r"\bnan\b|None|  |[{}~^]|the the |[+−]{2}|by −|by \+|\.\.|of −| ,|_", text), text
        assert not re.search(r"\bprices? (?:rose|fell)|\bever\b", text), text
        for sentence in re.split(r"(?<=[.:;]) ", text):
            assert len(sentence.split()) <= 35, sentence


# --- both faces -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("partner", {"partner": "USA"}),
        ("partner", {"partner": "ASEAN"}),
        ("partner", {"partner": "BRI"}),
        ("commodity", {"flow": "export", "commodity": "motor_vehicles"}),
        ("commodity", {"flow": "import", "commodity": "crude_oil"}),
        ("commodity", {"flow": "export", "commodity": "hi_tech_products"}),
    ],
    ids=lambda each: "-".join(each.values()) if isinstance(each, dict) else each,
)
def test_every_number_of_a_profile_is_proved_in_both_faces(kind, subject):
    parameters = {**subject, "period": MONTH, "as_of": ""}
    executed, report = build.run(f"{kind}_profile", parameters)
    files = build.render(executed, report, f"{kind}_profile", parameters, ("html", "pdf"))
    page = files["html"].decode()
    assert "could not be made" not in page
    assert proof.prove_html(page, report.facts.as_json(), build.lookup_of(report)) == []
    assert prove_pdf(files["pdf"], page) == []


def test_a_month_without_figures_keeps_its_place_in_a_chart():
    profile = opened("commodity", MONTH, {"flow": "import", "commodity": "integrated_circuits"})
    for name in ("share", "growth", "split"):
        (chart,) = getattr(commodity_profiles, name)(profile).bodies
        months = [run.key for row in chart.data.rows[::-1] for run in row.label if isinstance(run, Mark)]
        assert months == span(months[0], MONTH)
        assert {"2025-01", "2025-02"} < {*months}  # of which customs prints no month
        gap = next(row for row in chart.data.rows if row.label[0].key == "2025-01")
        assert {*gap.cells} == {None}


def test_profiles_of_one_process_show_no_table_of_each_other():
    first = open_profile("partner", "USA", "2025-11")
    assert first.months.size
    second = open_profile("partner", "VNM", "2025-11")
    assert second.months.size
    assert [*first.shown] == ["partner_months.USA"]
    assert [*second.shown] == ["partner_months.VNM"]


@pytest.mark.parametrize(
    ("notebook", "subject"),
    [("partner_profile", {"partner": "EU"}), ("commodity_profile", {"commodity": "3d_printers", "flow": "export"})],
)
def test_a_code_with_digits_is_no_unproved_number(notebook, subject):
    ((_, made),) = many.make_all(many.orders(["2026-07"], notebook=notebook, parameters=subject, formats=("html",)))
    assert not isinstance(made, Exception), made
    assert b"<!DOCTYPE html>" in made.contents["html"]


def test_a_profile_ranks_the_month_among_those_up_to_it():
    for kind, code, flow in (("partner", "USA", ""), ("commodity", "motor_vehicles", "export")):
        report = open_profile(kind, code, "2025-03", flow=flow)
        counted = [
            fact for name, fact in report.facts.items() if name.startswith(report.key) and name.endswith("_month_rank_of")
        ]
        assert counted
        assert all(fact.value <= 15 for fact in counted)  # months since January 2024


def test_a_rank_among_months_with_gaps_says_with_figures():
    said = {
        flow: " ".join(map(plain, commodity_profiles.main_points(open_profile("commodity", "chips", "2025-12", flow=flow))))
        for flow in ("export", "import")
    }
    assert "of the 23 months with figures since October 2023." in said["import"]
    assert "of the 21 months since April 2024." in said["export"]


def test_a_profile_leads_with_the_month_and_in_february_with_two_months():
    july, february = (open_profile("partner", "USA", period) for period in ("2026-07", "2025-02"))
    words = partner_profiles
    assert plain(words.headline(july)) == (
        "China’s trade with the United States: exports rose 11.1%* and imports 10.0%* in July 2026"
    )
    assert plain(words.headline(february)).endswith("in January–February 2025")
    assert plain(words.main_points(july)[0]) == "Monthly exports have been above a year earlier for 4 months running."
