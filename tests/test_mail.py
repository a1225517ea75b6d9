"""The mail edition: a draft that any mail program shows, with the report's own numbers, in HTML and as text."""

from __future__ import annotations

import email
import re
from base64 import b64encode
from email.message import EmailMessage
from email.policy import SMTP
from email.policy import default as modern
from io import BytesIO
from pathlib import Path

import pytest
from browsing import opened, violations
from depth import in_depth
from lxml import html as parser
from PIL import Image

from customs_report.publish import build, mail, proof, shared_proof
from customs_report.publish.extracts import ShownExhibit, pieces
from customs_report.publish.outlines import Outline

PERIOD = "2025-11"
LARGEST = 100_000  # bytes of HTML: a large mail service cuts at 102
COLUMNS = 72


@pytest.fixture(scope="module")
def made(outlined) -> tuple[Outline, dict, proof.Lookup]:
    return outlined("monthly_brief", PERIOD)


@pytest.fixture(scope="module")
def sent(made) -> bytes:
    return made_of(made[0])


@pytest.fixture(scope="module")
def message(sent) -> EmailMessage:
    return email.message_from_bytes(sent, policy=modern)


def made_of(content: Outline) -> bytes:
    return mail.report_mail(content, mail.mail_page(content))


def html_of(message: EmailMessage) -> str:
    return message.get_body(("html",)).get_content()


def text_of(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content()


def with_parts(message: EmailMessage, html: str = "", text: str = "") -> bytes:
    """The same mail with another HTML or text."""
    again = email.message_from_bytes(message.as_bytes(), policy=SMTP)
    if html:
        again.get_body(("html",)).set_content(html, subtype="html", cte="quoted-printable")
    if text:
        again.get_body(("plain",)).set_content(text, cte="quoted-printable")
    return again.as_bytes()


# --- the file -------------------------------------------------------------------------------------------------------------


def test_it_opens_as_a_draft_with_the_headline_as_its_subject(made, message):
    assert message["Subject"] == made[0].headline
    assert message["X-Unsent"] == "1"
    assert not {"from", "to", "cc", "bcc", "received"} & {name.lower() for name in message.keys()}  # noqa: SIM118
    assert message["Date"].datetime.date() == made[0].date
    assert f"period {PERIOD}" in message["Keywords"]
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "multipart/related"]
    assert not message.defects


def test_the_chart_behind_the_headline_is_shown_and_one_of_the_other_flow(outlined):
    for period, first, second, third in (
        ("2026-07", "Exports by good", "Imports by good", "Exports of chips, billion yuan"),
        ("2025-11", "Exports by partner", "Imports by partner", "Balance, billion dollars"),  # a surplus
    ):
        content = outlined("monthly_brief", period)[0]
        shown = [chart.title.striptags() for _, charts in mail._chosen(content, pieces(content)) for chart in charts]
        assert shown == [first, second, third]


def test_a_note_on_rows_that_the_mail_does_not_show_is_left_out(outlined):
    content = outlined("monthly_brief", "2026-07")[0]
    exhibit = next(piece for piece in pieces(content) if isinstance(piece, ShownExhibit))
    by_partner, by_good = exhibit.charts[:1], exhibit.charts[-1:]
    assert not any("Unlisted goods" in note for note in mail._notes(exhibit, by_partner))
    assert any("Unlisted goods" in note for note in mail._notes(exhibit, by_good))
    assert any("In yuan" in note for note in mail._notes(exhibit, by_partner))


def test_it_is_the_same_twice_and_another_one_for_another_content(made, sent, outlined):
    assert made_of(made[0]) == sent
    other = made_of(outlined("monthly_report", PERIOD)[0])
    ids = {email.message_from_bytes(each, policy=modern)["Message-ID"] for each in (sent, other)}
    assert len(ids) == 2


def test_the_charts_are_inside_it_and_nothing_is_loaded(message):
    page = parser.fromstring(html_of(message))
    pictures = {
        part["Content-ID"].strip("<>"): part.get_content() for part in message.walk() if part.get_content_maintype() == "image"
    }
    shown = page.xpath("//img")
    assert [f"cid:{name}" for name in pictures] == [picture.get("src") for picture in shown]
    assert len(shown) == mail.CHARTS
    for picture, content in zip(shown, pictures.values(), strict=True):
        assert abs(Image.open(BytesIO(content)).width - 2 * int(picture.get("width"))) <= 2  # sharp on a good screen
        assert re.search(r"\d", picture.get("alt"))
    assert not re.search(
        r"https?:|//[a-z]|url\(|@import|<(?:link|script|svg|form)|srcset", html_of(message).replace("<!DOCTYPE", "")
    )


@pytest.mark.parametrize("notebook", ["monthly_brief", "monthly_report"])
def test_no_mail_service_cuts_it(notebook, outlined):
    content = outlined(notebook, PERIOD)[0]
    assert len(mail.finished(mail.mail_page(content)).encode()) < LARGEST / 2  # twice the words of this month would still fit


def test_a_terminal_shows_the_text_and_it_has_all_that_the_page_has(made, message):
    text = text_of(message)
    assert max(map(len, text.splitlines())) <= COLUMNS
    assert text.splitlines()[0].startswith("China customs report")
    assert "<" not in text
    points = [piece for piece in mail.pieces(made[0]) if isinstance(piece, mail.Points)]
    assert text.count("\n- ") == sum(len(each.items) for each in points[:2])
    assert points[1].heading in text


# --- its numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("notebook", ["monthly_brief", "monthly_report"])
def test_every_number_is_the_fact_that_it_names_in_both_parts(notebook, outlined):
    content, facts, find = outlined(notebook, PERIOD)
    page = mail.mail_page(content)
    assert page.count("data-fact=") > 30
    assert proof.prove_html(page, facts, find) == []
    assert shared_proof.prove_mail(mail.report_mail(content, page), page) == []


def test_a_wrong_number_is_found_before_it_is_stripped_of_its_fact(made):
    content, facts, find = made
    page = mail.mail_page(content)
    wrong = re.sub(r'(data-fact="balance_usd_month" data-as="text">\$\d+\.)\d', lambda found: f"{found[1]}{'5'}", page, count=1)
    assert wrong != page
    assert [finding.where for finding in proof.prove_html(wrong, facts, find)] == ["fact balance_usd_month as text"]


@pytest.mark.parametrize("where", ["html", "alt", "text", "tail"])
def test_a_wrong_number_in_either_part_is_found(made, message, where):
    html, text = html_of(message), text_of(message)
    number = re.search(r"\$(\d+)\.\d billion", text)[0]
    wrong = number.replace(number[1], "9" + number[1][:-1])
    planted = {
        "html": {"html": html.replace(number, wrong, 1)},
        "alt": {"html": re.sub(r'alt="([^"]*?)\d', r'alt="\g<1>x', html, count=1)},
        "text": {"text": text.replace(number, wrong, 1)},
        "tail": {"text": text + "Total: 7\n"},
    }[where]
    assert planted[next(iter(planted))] not in (html, text)
    assert shared_proof.prove_mail(with_parts(message, **planted), mail.mail_page(made[0]))


def test_a_build_with_a_wrong_number_fails(monkeypatch, made):
    content, facts, find = made
    right = mail.finished
    monkeypatch.setattr(mail, "finished", lambda *page: right(*page).replace("billion", "million", 1))
    (findings,) = (found for _, _, found in build._to_share(content, ("eml",), facts, find))
    assert findings


# --- a notebook of one's own ----------------------------------------------------------------------------------------------


def test_a_report_without_points_says_so_and_what_is_an_authors_own_stays_out():
    own = Outline((), {"period": PERIOD, "built_for": "2025-12-08"}, "My\nown 5 notes")
    message = email.message_from_bytes(made_of(own), policy=modern)
    assert message["Subject"] == "My own 5 notes"
    assert mail.WORDS["no points"] in " ".join(text_of(message).split())
    assert proof.prove_html(mail.mail_page(own), {"facts": []}, proof.Lookup(lambda *_: 0.0, lambda _: None)) == []


# --- how it looks ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def addresses(message, tmp_path_factory) -> dict[str, str]:
    """The HTML as a browser opens it, with its pictures and without."""
    folder: Path = tmp_path_factory.mktemp("mail")
    shown = html = html_of(message)
    for part in message.walk():
        if part.get_content_maintype() == "image":
            data = f"data:image/png;base64,{b64encode(part.get_content()).decode()}"
            shown = shown.replace(f"cid:{part['Content-ID'].strip('<>')}", data)
    (folder / "on.html").write_text(shown, encoding="utf-8")
    (folder / "off.html").write_text(html, encoding="utf-8")
    (folder / "bare.html").write_text(re.sub("<style>.*?</style>", "", shown), encoding="utf-8")  # as some programs show it
    return {name: (folder / f"{name}.html").as_uri() for name in ("on", "off", "bare")}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "scheme", "pictures"),
    [
        *[(320, "light", "on"), (320, "dark", "off"), (600, "light", "off"), (600, "dark", "on")],
        *in_depth((320, "light", "off"), (320, "dark", "on"), (600, "light", "on"), (600, "dark", "off")),
    ],
)
def test_it_fits_and_can_be_read(browser, addresses, width, scheme, pictures):
    page = opened(browser, addresses[pictures], color_scheme=scheme, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert violations(page) == []
    images = page.evaluate("[...document.images].map(i => [i.getBoundingClientRect().width, i.naturalWidth, i.alt.length])")
    letters = page.evaluate(
        "[...document.querySelectorAll('p, li, h1, h2, h3, img')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(letters) >= 14
    assert all((natural > 0) == (pictures == "on") and wide <= width for wide, natural, _ in images)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")
    page.close()


@pytest.mark.browser
def test_charts_can_be_read_on_a_phone_and_looks_need_no_style_sheet(browser, made, addresses):
    page = opened(browser, addresses["bare"], viewport={"width": 320, "height": 900})
    assert violations(page) == []
    widths = page.evaluate("[...document.images].map(i => i.getBoundingClientRect().width)")
    charts = [chart.data["svg"] for _, charts in mail._chosen(made[0], mail.pieces(made[0])) for chart in charts]
    for width, svg in zip(widths, charts, strict=True):
        smallest = min(map(float, re.findall(r"font(?:-size)?:[^;\"]*?([\d.]+)px", svg)))
        assert smallest * width / mail.width_of(svg) >= 9
    page.close()
    wide = opened(browser, addresses["bare"], viewport={"width": 600, "height": 900})
    tops = wide.evaluate(
        "[...document.querySelectorAll('[style*=inline-block]')].slice(0, 3).map(e => e.getBoundingClientRect().top)"
    )
    assert len({*tops}) == 1  # the key figures stand side by side
    wide.close()
