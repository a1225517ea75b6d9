"""The ratio of exports to imports: a published ratio, its gap, and the words and chart of the exhibit."""

from __future__ import annotations

import pytest

from customs_report import exhibits
from customs_report.display import exhibit
from customs_report.facts import plain
from customs_report.publish import proof
from customs_report.publish.build import lookup_of


def test_the_ratio_is_that_of_the_printed_sums(reported):
    facts = reported("2025-11").facts
    assert facts["cover.usd_12m"].value == facts["exports_usd_12m"].value / facts["imports_usd_12m"].value
    assert facts["cover.usd_12m"].text == "1.46"
    assert facts["cover.usd_12m_rank"].value == 1
    assert facts["cover.usd_12m_largest_in"].value == 2  # 1.46 in August and September 2025 as well: no record
    assert "cover.usd_12m_largest_in" not in reported("2025-08").facts
    assert reported("2018-06").facts["cover.usd_12m_rank"].value > 50


def test_the_claim_names_a_record_only_where_it_is_one(reported):
    assert plain(exhibits.exports_over_imports(reported("2025-08")).words.claim).endswith(
        "1.46 times imports, most in data since 2008"
    )
    assert plain(exhibits.exports_over_imports(reported("2025-11")).words.claim).endswith(
        "1.46 times imports"
    )  # as in August: no record
    for period in ("2018-06", "2009-01"):
        assert plain(exhibits.exports_over_imports(reported(period)).words.claim).endswith("times imports")


def test_a_sum_that_is_not_held_is_a_gap(reported):
    report = reported("2008-06")
    assert "cover.usd_12m" not in report.facts
    shown = exhibits.exports_over_imports(report)
    assert shown.bodies == ()
    assert shown.words.sentences == ()


@pytest.mark.parametrize("asked", [("2025-11", ""), ("2025-11", "2025-12-08"), ("2009-03", "")])
def test_every_number_of_the_exhibit_is_proved(reported, asked):
    report = reported(*asked)
    shown = exhibits.exports_over_imports(report)
    page = str(exhibit(1, shown).html)
    assert proof.prove_html(f"<main>{page}</main>", report.facts.as_json(), lookup_of(report)) == []
    assert plain(shown.words.claim)
