"""The archive in a real browser: keyboard, phone width, no script, accessibility, no requests to other sites."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import opened, violations
from depth import in_depth
from playwright.sync_api import expect
from sets import SCRIPT, put_set

from customs_report.periods import trailing
from customs_report.publish import archive

pytestmark = pytest.mark.browser

PAGES = ("index.html", "2025-11/index.html", "2011-02/index.html", "latest/index.html")
LOOKS = [(name, *look) for name in PAGES[:2] for look in ((1280, "light"), (360, "dark"))]
LOOKS += [(name, 1280, "light") for name in PAGES[2:]]
LOOKS += in_depth(*((name, *look) for name in PAGES[:2] for look in ((1280, "dark"), (360, "light"))))


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> Path:
    reports = tmp_path_factory.mktemp("reports")
    for period in trailing("2026-07", 40):
        balance = -31.5 if period == "2026-02" else 30.0 + 8 * int(period[5:])
        put_set(reports, period, balance=balance, rank=1 if period == "2025-12" else 3)
    put_set(reports, "2025-11", "2025-12-08", headline="The surplus passes a trillion")
    put_set(reports, "2025-11", notebook="fact_check", headline=SCRIPT)
    put_set(reports, "2012-02", incomplete=["Exhibit 5 could not be made"])
    (put_set(reports, "2011-02") / "monthly_report.pdf").write_text("changed")
    archive.update(reports)
    return reports


def shown(page) -> list[str]:
    return page.locator(".reports li:visible").evaluate_all("items => items.map(item => item.dataset.of)")


@pytest.mark.parametrize(("name", "width", "scheme"), LOOKS)
def test_no_violation_of_accessibility_and_nothing_wider_than_a_phone(browser, reports, name, width, scheme):
    page = opened(browser, "about:blank", color_scheme=scheme, viewport={"width": width, "height": 780}, bypass_csp=True)
    text = (reports / name).read_text()
    page.set_content(text.replace('http-equiv="refresh"', 'name="refresh"'))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def test_filtered_by_keyboard_alone(browser, reports):
    page = opened(browser, (reports / "index.html").as_uri())
    everything = len(shown(page))
    assert everything == 44

    def reach(name: str) -> None:
        for _ in range(150):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name || document.activeElement.type") == name:
                return
        pytest.fail(f"{name} cannot be reached")

    reach("year")
    page.keyboard.type("2025")
    assert {name[:4] for name in shown(page)} == {"2025"}
    reach("kind")
    page.keyboard.type("As known")
    assert shown(page) == ["2025-11@2025-12-08/monthly_report"]
    reach("words")
    page.keyboard.type("TRILLION passes")
    assert shown(page) == ["2025-11@2025-12-08/monthly_report"]
    assert page.locator("output").inner_text() == "1 of 44"
    page.keyboard.type(" nothing")
    assert shown(page) == []
    reach("reset")
    page.keyboard.press("Enter")
    expect(page.locator("output")).to_have_text("44 of 44")
    assert len(shown(page)) == everything
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/2026-07/monthly_report.html")


def test_months_that_the_filter_leaves_out_fade(browser, reports):
    page = opened(browser, (reports / "index.html").as_uri())
    page.get_by_label("Year").select_option("2024")
    assert page.locator("td.faded").count() == 40 - 12 + 2
    assert page.locator("td:not(.faded) a").count() == 12


def test_a_headline_is_text_whatever_it_says(browser, reports):
    page = browser.new_context().new_page()
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto((reports / "index.html").as_uri())
    page.get_by_label("Words of the headline").fill("</script>")
    assert shown(page) == ["2025-11/fact_check"]
    assert page.get_by_role("heading", name=SCRIPT).is_visible()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_asked_of_anywhere_and_nothing_is_said(browser, reports, name):
    page, asked, said = browser.new_context().new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((reports / name).as_uri())
    page.wait_for_url("**/2026-07/monthly_report.html" if name.startswith("latest") else "**/index.html")
    own = [url for url in asked if not url.startswith("data:")]
    wanted = [name, "2026-07/monthly_report.html"] if name.startswith("latest") else [name]
    assert own == [(reports / each).as_uri() for each in wanted]
    assert said == []
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.size)") == (0 if name.startswith("latest") else 2)


def test_without_a_script_everything_can_be_read(browser, reports):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((reports / "index.html").as_uri())
    assert page.locator(".reports li").count() == 44
    assert not page.locator(".filter").is_visible()
    page.get_by_role("link", name="The newest report").click()
    page.wait_for_url("**/2026-07/monthly_report.html")


def test_on_paper_the_filter_is_gone_and_the_months_stay(browser, reports):
    page = opened(browser, (reports / "index.html").as_uri())
    page.emulate_media(media="print")
    assert not page.locator(".filter").is_visible()
    assert page.locator(".calendar").is_visible()
