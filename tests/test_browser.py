"""The page in a real browser: accessible, self-contained, at home on a phone and on paper, quiet without a script."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import unquote

import pytest
from browsing import opened, violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(rendered, tmp_path_factory) -> str:
    path: Path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(rendered("2025-11").page, encoding="utf-8")
    return path.as_uri()


# The contrast of 20,000 elements takes half a minute: each scheme once, each width once.
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_violation_of_accessibility(browser, address, scheme, width):
    page = opened(browser, address, color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert violations(page) == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_a_number_answers_by_keyboard_where_it_comes_from(browser, address, width, scheme):
    page = opened(browser, address, color_scheme=scheme, viewport={"width": width, "height": 844}, bypass_csp=True)
    page.locator("#headline").evaluate("h => { h.tabIndex = -1; h.focus(); }")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "$1 trillion"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "$109.9 billion"
    page.keyboard.press("Enter")
    answer = page.locator(":popover-open")
    assert answer.count() == 1
    said = answer.inner_text()
    assert "exports − imports" in said
    assert "revised" in said
    assert "11 August 2026" in said
    box = answer.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page, within=":popover-open") == []
    page.keyboard.press("Escape")
    assert answer.count() == 0
    assert page.evaluate("document.activeElement.innerText") == "$109.9 billion"


def test_a_number_answers_when_pointed_at_and_stays_when_pressed(browser, address):
    page = opened(browser, address, viewport={"width": 1280, "height": 900})
    if not page.evaluate("'interestForElement' in HTMLButtonElement.prototype"):
        pytest.skip("this browser does not know interestfor: a number answers when pressed")
    number, answer = page.locator(".standfirst button").first, page.locator(":popover-open")
    number.hover()
    answer.wait_for()
    assert "exports − imports" in answer.inner_text()
    number.click()
    assert answer.count() == 1
    page.locator(".kicker").click()
    assert answer.count() == 0


def test_numbers_are_copied_with_their_sentence(browser, address):
    page = opened(browser, address)
    copied = page.evaluate(
        """(() => { getSelection().selectAllChildren(document.querySelector('.standfirst'));
             return getSelection().toString(); })()"""
    )
    assert "surplus of $109.9 billion is the third-largest" in " ".join(copied.split())


def test_no_two_buttons_of_a_number_are_called_alike(browser, address):
    page = opened(browser, address)
    named = page.evaluate(
        """[...document.querySelectorAll('button[popovertarget]')].map(b =>
             [b.querySelector('data')?.dataset.fact, b.ariaLabel || b.innerText || b.textContent])"""
    )
    assert len(named) > 500
    assert len({tuple(pair) for pair in named}) == len(named)


def test_nothing_is_asked_of_anywhere_and_no_script_runs(browser, address):
    context = browser.new_context()
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    assert [url for url in asked if not url.startswith("data:")] == [address]
    assert said == []
    assert page.locator("script").count() == 0
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy.startswith("default-src 'none'")


def test_on_a_phone_only_wide_things_scroll_and_no_chart_text_is_small(browser, address):
    page = opened(browser, address, viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    captions = "[...document.querySelectorAll('.table caption, figcaption')]"
    assert page.evaluate(f"Math.max(...{captions}.map(c => c.getBoundingClientRect().right))") <= 390
    smallest = page.evaluate(
        """Math.min(...[...document.querySelectorAll('svg text')].map(text => {
             const svg = text.closest('svg'); const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
             return parseFloat(getComputedStyle(text).fontSize) * scale; }))"""
    )
    assert smallest >= 8
    boxes = page.locator(".scroll").all()
    assert boxes
    assert all(box.get_attribute("tabindex") == "0" and box.get_attribute("role") == "region" for box in boxes)


def test_the_code_is_hidden_until_a_reader_asks(browser, address):
    page = opened(browser, address)
    code = page.locator("pre.code").first
    assert not code.is_visible()
    page.keyboard.press("Tab")
    page.get_by_label("Show the code").check()
    assert code.is_visible()
    assert page.locator("pre.code").last.is_visible()


def test_the_embedded_font_is_used(browser, address):
    page = opened(browser, address)
    assert page.evaluate("document.fonts.ready.then(() => [...document.fonts].some(f => f.status == 'loaded'))")
    assert "Source Sans" in page.evaluate("getComputedStyle(document.body).fontFamily")


def test_every_chart_has_its_data_as_table_and_csv(browser, address):
    page = opened(browser, address)
    charts = page.locator("svg[role=img]").count()
    assert charts >= 15
    details = page.locator("details")
    assert details.count() == charts
    details.first.locator("summary").click()
    assert details.first.locator("table").is_visible()
    link = details.first.locator("a[download]")
    assert link.get_attribute("download").endswith(".csv")
    rows = list(csv.reader(io.StringIO(unquote(link.get_attribute("href").split(",", 1)[1]).lstrip("\ufeff"))))
    assert len(rows) > 200
    assert float(rows[1][1]) == pytest.approx(109.9e9)


def test_contents_lead_to_each_exhibit(browser, address):
    page = opened(browser, address)
    for link in page.locator("nav a").all():
        assert page.locator(link.get_attribute("href")).count() == 1
    assert page.locator("nav a").count() >= 9


def test_on_paper_nothing_is_cut_off(browser, address, tmp_path):
    page = opened(browser, address)
    page.emulate_media(media="print")
    assert not page.get_by_label("Show the code").is_visible()
    boxes = "[...document.querySelectorAll('.scroll')].filter(box => box.offsetParent)"
    overflow = page.evaluate(f"{boxes}.filter(box => getComputedStyle(box).overflowX != 'visible').length")
    assert overflow == 0
    decorations = "[...document.querySelectorAll('[popovertarget] data')].map(n => getComputedStyle(n).textDecorationLine)"
    assert set(page.evaluate(decorations)) == {"none"}
