"""The page in a real browser: accessibility, no external requests, phone width, print, no errors without a script."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browsing import opened, violations

from customs_report.publish import build

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
    for _ in range(4):  # three numbers stand in the sentence under the headline
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "$109.9 billion"
    page.keyboard.press("Enter")
    answer = page.locator("[popover]:target")
    said = answer.inner_text()
    assert "exports − imports" in said
    assert "revised" in said
    assert "11 August 2026" in said
    box = answer.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.evaluate("[document.documentElement.scrollWidth, scrollY]") == [width, 0]
    assert violations(page, within="[popover]:target") == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Close"
    page.keyboard.press("Enter")
    assert page.locator("[popover]:target").count() == 0


def test_a_number_in_focus_answers_until_escape_even_when_pressed(browser, address):
    page = known_interest(browser, address)
    number, answer = page.locator(".tiles a").first, page.locator(":popover-open")
    number.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    for pressed in ((), ("Enter",)):
        answer.wait_for()
        for key in (*pressed, "Escape"):
            page.keyboard.press(key)
        answer.wait_for(state="detached")
        assert page.evaluate("document.activeElement.innerText") == "$109.9 billion"
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")


def known_interest(browser, address):
    page = opened(browser, address, viewport={"width": 1280, "height": 900})
    if not page.evaluate("'interestForElement' in HTMLAnchorElement.prototype"):
        pytest.skip("this browser does not know interestfor: a number answers when pressed")
    return page


def test_a_number_answers_when_pointed_at_and_stays_when_pressed(browser, address):
    page = known_interest(browser, address)
    number, answer = page.locator(".tiles a").first, page.locator("[popover]:is(:popover-open,:target)")
    number.hover()
    answer.wait_for()
    assert "exports − imports" in answer.inner_text()
    number.click()
    page.mouse.move(5, 5)
    page.wait_for_timeout(900)
    assert answer.evaluate("box => box.checkVisibility({opacityProperty: true})")
    page.locator(".kicker").click()
    assert not answer.evaluate("box => box.checkVisibility({opacityProperty: true})")
    number.click()
    assert answer.evaluate("box => box.checkVisibility({opacityProperty: true})")


@pytest.mark.parametrize("interest", [True, False])
def test_a_number_answers_a_touch_where_it_stands(browser, address, interest, tmp_path):
    """Also in a browser that does not know `interestfor`: there it stays until it is closed."""
    if not interest:
        text = Path(unquote(urlsplit(address).path)).read_text(encoding="utf-8")
        text = re.sub(r" interestfor=\w+", "", text).replace("interest-delay:0s", "no-such-property:0")
        (tmp_path / "report.html").write_text(text, encoding="utf-8")
        address = (tmp_path / "report.html").as_uri()
    page = opened(browser, address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    number, answer = page.locator("#exhibit-7 .table td a[href^='#t']").nth(3), page.locator("[popover]:target")
    number.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    number.tap()
    box = answer.bounding_box()
    assert box["y"] + box["height"] <= 844
    assert page.evaluate("scrollY") == before > 0
    answer.get_by_role("link", name="Close").tap()
    assert answer.count() == 0
    assert page.evaluate("scrollY") == before


def test_numbers_are_copied_with_their_sentence(browser, address):
    page = opened(browser, address)
    copied = page.evaluate(
        """(() => { getSelection().selectAllChildren(document.querySelector('.standfirst'));
             return getSelection().toString(); })()"""
    )
    assert "as first published (−0.3% as revised) but edged up 0.2% in yuan" in " ".join(copied.split())


def test_no_two_links_of_a_number_are_called_alike(browser, address):
    page = opened(browser, address)
    named = page.evaluate(
        """[...document.querySelectorAll('a[interestfor]')].map(a =>
             [a.querySelector('data')?.dataset.fact, a.ariaLabel || a.innerText || a.textContent])"""
    )
    assert len(named) > 500
    assert [pair for pair, times in Counter(map(tuple, named)).items() if times > 1] == []


def test_nothing_is_asked_of_anywhere_and_no_script_runs(browser, address):
    context = browser.new_context()
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    assert [url for url in asked if not url.startswith("data:")] == [address]
    assert said == []
    assert page.locator('script:not([type="application/ld+json"])').count() == 0
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize("width", [390, 360])
def test_on_a_phone_nothing_scrolls_sideways_and_no_letter_of_a_chart_is_small(browser, address, width):
    page = opened(browser, address, viewport={"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = "[...document.querySelectorAll('.scroll')].filter(box => box.offsetParent && box.scrollWidth > box.clientWidth + 1)"
    assert page.evaluate(f"{wide}.map(box => box.closest('section').id)") == []
    captions = "[...document.querySelectorAll('.table caption, figcaption')]"
    assert page.evaluate(f"Math.max(...{captions}.map(c => c.getBoundingClientRect().right))") <= width
    smallest = page.evaluate(
        """Math.min(...[...document.querySelectorAll('svg text')].map(text => {
             const svg = text.closest('svg'); const scale = svg.getBoundingClientRect().height / svg.viewBox.baseVal.height;
             return parseFloat(getComputedStyle(text).fontSize) * scale; }))"""
    )
    assert smallest >= 8
    squeezed = page.evaluate(
        """[...document.querySelectorAll('.elastic text:not([transform])')].map(text => {
             const box = text.getBoundingClientRect(), own = text.getBBox();
             return (box.width / box.height) / (own.width / own.height); })"""
    )
    assert squeezed
    assert all(0.97 < ratio < 1.03 for ratio in squeezed)  # letters keep their shape
    boxes = page.locator(".scroll").all()
    assert boxes
    assert all(box.get_attribute("tabindex") == "0" and box.get_attribute("role") == "region" for box in boxes)


@pytest.mark.parametrize(("width", "columns"), [(1280, 2), (390, 1)])
def test_the_drivers_stand_two_in_a_row_where_there_is_room(browser, address, width, columns):
    page = opened(browser, address, viewport={"width": width, "height": 900})
    figures = "[...document.querySelectorAll('#exhibit-27 figure')]"
    left = page.evaluate(f"{figures}.map(figure => Math.round(figure.getBoundingClientRect().left))")
    assert len(left) == 4
    assert len({*left}) == columns


def test_the_code_is_hidden_until_a_reader_asks(browser, address):
    page = opened(browser, address)
    code = page.locator("pre.code[hidden]").first
    assert not code.is_visible()
    page.keyboard.press("Tab")
    page.get_by_label("Show the code").check()
    assert code.is_visible()
    assert page.locator("pre.code").last.is_visible()


NUMBERS = (
    "[...document.querySelectorAll('main data')].filter(n => !n.closest('[hidden],details,[popover]')).map(n => n.innerText)"
)


@pytest.mark.parametrize("width", [1280, 390])
def test_where_no_style_is_let_through_the_page_still_reads(browser, address, width):
    """Many servers send a policy that drops the style sheet and every style of an element."""
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    numbers = opened(browser, address).evaluate(NUMBERS)
    policy = {"Content-Security-Policy": "default-src 'none'", "Content-Type": "text/html; charset=utf-8"}
    body = Path(unquote(urlsplit(address).path)).read_bytes()
    page.route("https://strict.example/", lambda route: route.fulfill(headers=policy, body=body))
    page.goto("https://strict.example/")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily") != "Source Sans Pro"
    assert page.locator("pre.code:visible, [popover]:visible, label:visible").count() == 0
    assert page.evaluate(NUMBERS) == numbers
    text = page.evaluate("document.body.innerText")
    assert text.split("\n\n")[1].startswith("China customs report · November 2025")
    assert "$109.9 billion\nNovember 2025\n+12.9% on a year earlier\n792.6 billion yuan" in text
    left = "[...document.querySelectorAll('tr.heading th')].map(th => getComputedStyle(th).textAlign)"
    assert {align.removeprefix("-webkit-") for align in page.evaluate(left)} == {"left"}
    fills = "[...new Set([...document.querySelectorAll('#exhibit-6 path')].map(path => getComputedStyle(path).fill))]"
    assert len(page.evaluate(fills)) > 3  # not all black


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
    balance = page.locator("#exhibit-2 details")
    balance.locator("summary").click()
    assert balance.locator("table").is_visible()
    link = balance.locator("a[download]")
    assert link.get_attribute("download").endswith(".csv")
    rows = list(csv.reader(io.StringIO(unquote(link.get_attribute("href").split(",", 1)[1]).lstrip("\ufeff"))))
    assert len(rows) > 200
    assert rows[-1][0] == "2025-11-01"
    assert float(rows[-1][1]) == pytest.approx(109.9e9)


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
    decorations = "[...document.querySelectorAll('[interestfor] data')].map(n => getComputedStyle(n).textDecorationLine)"
    assert set(page.evaluate(decorations)) == {"none"}


def shown_row(page, chart: str) -> str:
    """What a chart answers: the row that is laid over it, as a reader sees it."""
    return page.locator(f"{chart} .answers tr").evaluate_all(
        "rows => rows.filter(r => r.cells[0].offsetParent && getComputedStyle(r.cells[0]).display != 'none')"
        ".map(r => [...r.cells].map(c => getComputedStyle(c, '::before').content.replace(/^none$/, '') + c.innerText).join('|'))"
        ".join(' and ')"
    )


def test_a_mark_answers_where_it_is_pointed_at_by_touch_and_by_keyboard(browser, address):
    page = opened(browser, address, viewport={"width": 1280, "height": 900}, has_touch=True)
    drawing = page.locator("#exhibit-2 svg")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    last, height = page.locator("#exhibit-2 .answers tr[tabindex]").first.bounding_box(), box["height"]
    page.mouse.move(last["x"] + last["width"] / 2, box["y"] + height / 2)
    assert shown_row(page, "#exhibit-2") == 'November 2025|"Balance "109.9'
    page.mouse.move(0, 0)
    assert shown_row(page, "#exhibit-2") == ""
    page.touchscreen.tap(last["x"] - 3 * last["width"], box["y"] + height / 2)
    assert shown_row(page, "#exhibit-2").startswith(("July 2025", "August 2025"))
    for exhibit in page.locator(".exhibit:has(.answers)").all():
        assert 1 <= exhibit.locator("details.answers").first.locator("tr[tabindex='0']").count() <= 40
    page.locator("#exhibit-2 .answers tr[tabindex='0']").first.focus()
    assert shown_row(page, "#exhibit-2") == 'November 2025|"Balance "109.9'
    page.locator("#exhibit-2 summary").click()
    assert page.locator("#exhibit-2 .answers tr").nth(3).is_visible()
    assert page.locator("#exhibit-2 .answers tr").nth(3).evaluate("r => getComputedStyle(r).position") == "static"


def test_on_a_phone_the_lines_of_a_row_are_called_by_their_group(browser, rendered, tmp_path):
    parameters = {"period": "2025-11", "as_of": ""}
    executed, report = build.run("monthly_brief", parameters)
    path = tmp_path / "brief.html"
    path.write_bytes(build.render(executed, report, "monthly_brief", parameters, ("html",))["html"])
    page = opened(browser, path.as_uri(), viewport={"width": 390, "height": 844})
    called = (
        "[2, 6].map(n => getComputedStyle(document.querySelector(`#exhibit-3 tbody td:nth-child(${n})`), '::before').content)"
    )
    assert page.evaluate(called) == ['"Exports"', '"Imports"']
    assert page.evaluate("document.documentElement.scrollWidth") == 390
