"""Traces, the boxes that say where a number comes from: their words, completeness and links, and the table in the PDF."""

from __future__ import annotations

import re
from dataclasses import replace

import lxml.html
import pytest
from facts_by_hand import fact

from customs_report import exhibits
from customs_report.display import Trace
from customs_report.display.markup import html
from customs_report.facts import Facts, say
from customs_report.numbers import in_full
from customs_report.provenance import Label, Source, calculate
from customs_report.publish import build, pdf_reader, proof
from customs_report.publish.compact import compact_html
from customs_report.publish.passages import squeezed


def facts() -> Facts:
    made = Facts("2025-11", "2026-09-08")
    where = "in dollars, November 2025"
    for flow, value in (("exports", 330e9), ("imports", 220e9)):
        made.add(f"{flow}_usd_month", fact("", value, "USD", step=1e8, label=Label(flow, where)))
    inputs = {flow: made[f"{flow}_usd_month"] for flow in ("exports", "imports")}
    made.add("balance_usd_month", calculate("exports - imports", "USD", Label("balance of trade", where), inputs, step=1e8))
    return made


def test_a_cited_number_is_a_link_that_opens_its_trace_in_a_cell_that_of_its_column():
    cite = facts().cite("balance_usd_month")
    shown = str(html((cite,)))
    assert re.match(r'<a [^>]*href="#f-balance_usd_month" interestfor="f-balance_usd_month"><data ', shown)
    assert ">$110.0 billion</data></a>" in shown
    assert f'href="#o-{cite.shared}"' in html((cite,), tells="origin")
    assert "<a" not in html((cite,), tells="")


def test_what_shares_formula_sources_and_stage_is_of_one_origin():
    made = facts()
    origins = [made.cite(f"{flow}_usd_month").shared for flow in ("exports", "imports", "balance")]
    assert origins[0] == origins[1] != origins[2]


def test_two_citations_of_a_fact_have_labels_of_their_own():
    made = facts()
    text = html((made.cite("balance_usd_month"), " and ", made.cite("balance_usd_month", "bn")))
    page = compact_html(text + Trace("balance_usd_month", "", {}).html())
    assert re.findall(r'aria-label="([^"]*)"', page) == ["110.0, citation 2"]
    assert re.findall(r"<a href=#(\w+) interestfor=(\w+)", page) == [("t0", "t0")] * 2


def test_no_number_links_to_a_trace_that_is_not_in_the_page():
    made = facts()
    text = html((made.cite("exports_usd_month"), " and ", made.cite("imports_usd_month")))
    page = compact_html(text + Trace("imports_usd_month", "", {}).html())
    assert re.findall(r"(<a [^>]*>)?<data [^>]*>([^<]*)", page) == [
        ("", "$330.0 billion"),
        ("<a href=#t0 interestfor=t0>", "$220.0 billion"),
    ]


def test_what_is_cited_is_remembered_and_a_gap_is_not(reported):
    made = facts()
    made.count(say("The surplus of {balance}.", balance=made["balance_usd_month"]))
    with pytest.raises(LookupError):
        made.cite("total_usd_month")
    assert list(made.cited) == ["balance_usd_month"]
    trace = exhibits.trace(replace(reported("2025-11"), facts=made), "balance_usd_month")
    assert trace == Trace(
        "balance_usd_month",
        "Balance of trade, in dollars, November 2025",
        {
            "Value": "110,000,000,000 dollars",
            "Formula": "exports − imports",
            "Inputs": "exports: $330.0 billion; imports: $220.0 billion",
            "Source": "GACC, monthly bulletin, table (2)",
            "Stage": "bulletin",
            "Released": "8 December 2025 (as printed)",
        },
        made["balance_usd_month"].shared,
    )


def test_many_sources_are_told_by_the_first_the_last_and_how_many(reported):
    made = facts()
    months = [Source("gacc-bulletin-2", "bulletin", f"2025-{m:02}-08", "printed") for m in range(1, 12)]
    papers = [Source(f"press-{i}", "preliminary", "2025-12-09", "usual day") for i in range(5)]
    made.add("x", fact("x", 1.0, "percent", how="sum", sources=(*months, *papers), stage="mixed"))
    items = exhibits.trace(replace(reported("2025-11"), facts=made), "x").items
    assert items["Source"] == "GACC, monthly bulletin, table (2); …; press-4 (6 sources in all)"
    assert items["Released"] == "12 days from 8 January 2025 to 9 December 2025 (as printed; usual day)"
    made.add("y", fact("y", 1.0, "days", how="counted", sources=(Source("a calendar"),), stage="calendar"))
    assert exhibits.trace(replace(reported("2025-11"), facts=made), "y").items == {
        "Value": "1 day",
        "Formula": "counted",
        "Source": "a calendar",
        "Stage": "calendar",
    }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "partner.USA.exports_cny_ytd_yoy",
            "Growth of exports to the United States on a year earlier, in yuan, January–November 2025",
        ),
        (
            "partner.USA.balance_cny_ytd_change",
            "Change in the balance with the United States on a year earlier, in yuan, January–November 2025",
        ),
        ("commodity.export.ships.quantity_ytd", "The quantity of exports of ships, January–November 2025"),
        (
            "streak.partner.EU27.exports_cny_month_rising",
            "Months in a row in which exports to the European Union rose, in yuan, November 2025",
        ),
        ("balance_usd_3m", "The balance of trade, in dollars, three months to November 2025"),
    ],
)
def test_a_fact_is_named_in_words(reported, name, said):
    assert exhibits.trace(reported("2025-11"), name).what == said


PERIODS = [("2025-11", ""), ("2025-11", "2025-12-08"), ("2026-07", ""), ("2026-08", ""), ("2020-02", ""), ("2009-01", "")]


@pytest.mark.parametrize(("period", "as_of"), PERIODS)
def test_every_computed_fact_is_its_formula_over_its_inputs(reported, period, as_of):
    facts = reported(period, as_of).facts
    assert proof.prove_facts(facts.as_json(), facts) == []
    for name, made in facts.items():
        printed_or_counted = made.how.startswith(("printed", "first published", "the month that", "of the month")) or (
            made.unit == "days" or made.origin.model
        )
        assert made.origin.inputs or printed_or_counted, (name, made.how)


@pytest.mark.parametrize(("period", "as_of"), PERIODS)
def test_no_label_has_a_code_in_it(reported, period, as_of):
    for name, made in reported(period, as_of).facts.items():
        label = str(made.label)
        assert not re.search(r"_|\b(?:cny|usd|ytd|yoy|12m|3m)\b|\b[A-Z]{3}\b(?<!APEC)(?<!LCD)(?<!LED)(?<!PVC)", label), (
            name,
            label,
        )


@pytest.mark.parametrize(("period", "as_of"), PERIODS)
def test_facts_of_one_label_have_one_value(reported, period, as_of):
    labelled: dict[str, float] = {}
    for name, made in reported(period, as_of).facts.items():
        assert made.value == pytest.approx(labelled.setdefault(str(made.label), made.value)), (name, str(made.label))


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (-11.8e9, "USD", "−11,800,000,000 dollars"),
        (5.80312, "percent", "5.8031 percent"),
        (3.0, "rank", "3"),
        (4012.5, "CNY per tonne", "4,012.5 yuan per tonne"),
        (20.0, "months", "20 months"),
    ],
)
def test_a_value_in_full(value, unit, written):
    assert in_full(value, unit) == written


@pytest.mark.parametrize(("period", "as_of"), [("2025-11", ""), ("2026-08", ""), ("2008-01", "")])
def test_every_number_opens_a_trace_and_no_trace_is_idle(rendered, period, as_of):
    page = rendered(period, as_of).page
    assert len(page.encode()) < 1_500_000
    root = lxml.html.fromstring(page)
    told = {trace.get("id"): trace.get("data-trace") for trace in root.xpath("//*[@popover]")}
    links = root.xpath("//a[@interestfor]")
    assert all(link.get("href") == f"#{link.get('interestfor')}" for link in links)
    assert {link.get("interestfor") for link in links} == set(told)
    silent = root.xpath("//data[not(parent::a or ancestor::summary or ancestor::p[@hidden])]")
    for number in silent:  # a cell of a helper's table, whose numbers tell together beneath it
        beneath = number.xpath("ancestor::table/following::p[@class='download'][1]/a/@interestfor")
        assert number.get("data-cell").split("/")[0] in [told[origin] for origin in beneath]
    assert silent or period == "2008-01"


ONE = r'(popover tabindex=-1 data-trace="balance_usd_month">.*?)'


@pytest.mark.parametrize(
    ("what", "pattern", "changed"),
    [
        ("formula", ONE + "exports −", r"\1imports −"),
        ("stage", ONE + "<dt>Stage<dd>revised", r"\1<dt>Stage<dd>preliminary"),
        ("publisher", ONE + "EastMoney", r"\1a friend"),
        ("publisher of a column", r'(/origin">.*?<dt>Source<dd>)GACC', r"\1Somebody"),
        ("of another fact", "href=#t1 ", "href=#t2 "),
        ("of another, both ways", "href=#t1 interestfor=t1", "href=#t2 interestfor=t2"),
        ("of another table", r'(popover tabindex=-1 data-trace=")monthly_trade"', r'\1rolling_year"'),
        ("of no fact", 'tabindex=-1 data-trace="balance_usd_month"', 'tabindex=-1 data-trace="balance_usd_moth"'),
        ("missing", r"<div id=t1 popover .*?</div>", ""),
    ],
)
def test_a_trace_that_is_not_the_facts_is_found(rendered, what, pattern, changed):
    made = rendered("2025-11")
    page, count = re.subn(pattern, changed, made.page, count=1, flags=re.S)
    assert count == 1
    assert proof.prove_html(page, made.report.facts.as_json(), build.lookup_of(made.report)), what


def test_the_key_facts_stand_in_both_faces(rendered):
    made = rendered("2025-11")
    names = exhibits.key_fact_names(made.report)
    assert {"balance_usd_month", "exports_usd_month_yoy", "balance_usd_ytd"} <= set(names)
    text = squeezed("".join(entry[2] for entry in pdf_reader.read(made.pdf)["text"]))
    for name in names:
        trace = exhibits.trace(made.report, name)
        assert "".join(f"{trace.items['Stage']}, {trace.items['Released']}".split()) in text
        assert name in text
