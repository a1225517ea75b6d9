"""JupyterLab in a real browser: open a notebook, Run All, change a cell, see the result change."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import nbformat
import papermill
import pytest
import tracked

from customs_report.display.front import UNTRUSTED
from customs_report.publish import inputs

pytestmark = pytest.mark.browser

TOKEN = "a-token-of-the-tests"
NOTEBOOKS = [path.stem for path in tracked.NOTEBOOKS]
DONE = 120_000  # milliseconds that a run may take on a busy machine
POLLING = 300  # milliseconds: a look at every frame would cost more than what is looked at


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The notebooks, to be changed, and the beginning of a report as it is built."""
    folder = tmp_path_factory.mktemp("lab")
    for name in NOTEBOOKS:
        shutil.copy(inputs.NOTEBOOKS / f"{name}.ipynb", folder)
    report = nbformat.read(inputs.NOTEBOOKS / "monthly_report.ipynb", 4)
    report.cells = report.cells[: 1 + next(i for i, cell in enumerate(report.cells) if cell.id.startswith("exhibit-05"))]
    papermill.execute_notebook(
        report, folder / "built.ipynb", {"period": "2025-11"}, engine_name="in_process", progress_bar=False
    )
    (folder / ".gitattributes").write_text("*.ipynb filter=notebook\n")
    git(folder, "init", "--quiet")
    git(folder, "config", "filter.notebook.clean", f"{sys.executable} -P -m customs_report.strip")
    git(folder, "add", ".gitattributes", "template.ipynb")
    git(folder, "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "--quiet", "--message", "as it is")
    return folder


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def address(browser, folder) -> str:
    """The address of JupyterLab, started as by `make lab`, without the user's own settings."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = folder.parent / "home"
    home.mkdir()
    settings = home / "CONFIG" / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"buildCheck": false, "buildAvailable": false}')  # no search for Node and extensions
    own = {f"JUPYTER_{kind}_DIR": str(home / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
               f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}",
               "--ServerApp.contents_manager_class=customs_report.lab.Notebooks",
               "--ContentsManager.post_save_hook=customs_report.lab.after_saving"]  # fmt: skip
    environment = {**os.environ, **own, "HOME": str(home), "IPYTHONDIR": str(home), "PYTHONPATH": str(inputs.ROOT)}
    log = (home / "log").open("w")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token={TOKEN}", server, home / "log")
        yield f"http://127.0.0.1:{port}/lab/workspaces/{{0}}/tree/{{0}}.ipynb?token={TOKEN}"
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:  # now and then it waits for its kernels for ever; they end with it
            server.kill()
            server.wait()
        log.close()


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(600):
        try:
            urlopen(address).close()
            return
        except OSError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
    pytest.fail(log.read_text())


@pytest.fixture(scope="module")
def window(browser):
    """One browser context for all tests, so that JupyterLab's scripts are loaded once."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def opened(window, address, folder):
    """Opens a notebook; after the test, the console must have no errors, and no other site was requested."""
    wrong: list[str] = []
    page = window.new_page()
    page.set_default_timeout(DONE)
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    home = re.compile(r"(http|ws)://127\.0\.0\.1:|data:|blob:")
    page.on("request", lambda request: None if home.match(request.url) else wrong.append(request.url))

    def open_(name: str):
        cells = sum(cell.cell_type == "code" for cell in nbformat.read(folder / f"{name}.ipynb", 4).cells)
        page.goto(address.format(name))
        page.wait_for_function("count => document.querySelectorAll('.jp-CodeCell').length == count", arg=cells, polling=POLLING)
        for _ in range(DONE // POLLING):
            if page.evaluate(CONNECTED, f"{name}.ipynb"):
                break
            page.wait_for_timeout(POLLING)
        page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()
        return page

    yield open_
    page.close()
    assert wrong == []


# JupyterLab shows an idle kernel before there is one, and asks for one when told to run then.
CONNECTED = """async path => (await (await fetch("/api/sessions")).json()).some(
  session => session.path == path && session.kernel.connections && session.kernel.execution_state == "idle")"""


def choose(page, menu: str, item: str) -> None:
    for name in (menu, item):
        page.get_by_role("menuitem", name=re.compile(f"^{name}( |$)")).click()


def run_all(page) -> None:
    """Run All from the menu; done when every code cell has its number."""
    choose(page, "Run", "Run All Cells")
    page.wait_for_function(RUN, polling=POLLING)
    said = page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').all_text_contents()
    assert [text for text in said if "MissingFigures: " not in text] == []
    assert page.locator('[data-mime-type="application/vnd.jupyter.error"]').all_inner_texts() == []


RUN = """() => [...document.querySelectorAll(".jp-CodeCell .jp-InputArea-prompt")]
  .every(prompt => /\\[\\d+\\]/.test(prompt.textContent))"""


@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if name not in ("explore", "monthly_report", "template")])
@pytest.mark.deep  # monthly report, tour and template run below
def test_run_all(opened, name):
    page = opened(name)
    run_all(page)
    assert page.locator(".jp-OutputArea-output .exhibit").count()


def test_the_template_shows_what_is_its_authors_and_what_is_ours_and_saving_it_changes_nothing_for_git(opened, folder):
    page = opened("template")
    page.wait_for_timeout(2000)  # until the kernel's name and language are in the notebook
    assert page.locator(".lm-TabBar-tab.jp-mod-dirty").count() == 0
    run_all(page)
    assert page.locator(".jp-OutputArea-output .dataframe tbody tr").count() == 12
    assert page.locator(".jp-OutputArea-output img").count() == 1
    assert page.locator(".jp-OutputArea-output .exhibit svg[role=img]").count() == 1
    page.keyboard.press("Control+S")
    for _ in range(DONE // POLLING):
        if "image/png" in (folder / "template.ipynb").read_text() and not git(
            folder, "status", "--porcelain", "--untracked-files=no"
        ):
            break
        page.wait_for_timeout(POLLING)
    assert git(folder, "status", "--porcelain", "--untracked-files=no") == git(folder, "diff") == ""
    assert "image/png" in (folder / "template.ipynb").read_text()


def test_the_tour_and_its_controls(opened):
    page = opened("explore")
    run_all(page)
    live, code = page.locator(".widget-html svg"), page.locator(".widget-textarea textarea").first
    before = live.inner_html()
    page.get_by_label("Measure").select_option("growth on a year earlier")
    page.wait_for_function("before => document.querySelector('.widget-html svg').innerHTML != before", arg=before)
    page.get_by_label("Partners").select_option(["Africa", "United States"])
    page.wait_for_function("() => document.querySelector('.widget-html svg').textContent.includes('Africa')")
    copied = code.input_value()
    assert copied == 'report = open_report("2025-11")\nexhibits.compare(report, ["AFRICA", "USA"], measure="growth")'
    page.get_by_text("The data, as a table and as CSV").click()
    assert saved(page, "CSV").decode().startswith("Month,Africa (percent),United States (percent)\n20")
    assert saved(page, "XLSX").startswith(b"PK")
    number = page.locator(".exhibit a[interestfor]").first
    number.click()
    page.locator(f"[id='{number.get_attribute('interestfor')}']").wait_for(state="visible")
    goods = page.get_by_placeholder("a word or a code")
    goods.fill("854143")
    goods.press("Enter")
    table = page.locator(".widget-html table", has_text="Million dollars")
    table.get_by_text("Netherlands").wait_for()
    page.get_by_label("Trade with").select_option(["Netherlands"])
    page.wait_for_function(
        """() => [...document.querySelectorAll(".widget-html table")]
        .some(table => table.textContent.includes("Million dollars") && table.querySelectorAll("tbody tr").length === 1)"""
    )
    asked = 'helpers.commodity_partners(tables, flow="exports", commodity="854143").loc[[\'NLD\']]'
    assert page.locator(".widget-textarea textarea").nth(1).input_value() == asked


def saved(page, kind: str) -> bytes:
    """The file that a link beneath the live chart saves."""
    with page.expect_download() as download:
        page.locator(".widget-html").get_by_role("link", name=f"Download as {kind}").click()
    return download.value.path().read_bytes()


def test_the_report_for_another_period(opened):
    page = opened("monthly_report")
    type_into(page, 'as_of: str = ""', 'period: str = "2025-11"\nas_of: str = ""')
    run_all(page)
    kicker = page.locator("#kicker")
    assert "November 2025" in kicker.text_content()
    assert page.locator(".exhibit svg[role=img]").count() > 10
    assert page.evaluate(TOUCHING) == []
    type_into(page, 'as_of: str = ""', 'period: str = "2012-02"\nas_of: str = ""')
    run_all(page)
    page.wait_for_function("() => document.querySelector('#kicker').textContent.includes('February 2012')")
    type_into(page, 'as_of: str = ""', 'period: str = "2012-13"\nas_of: str = ""')
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    error = page.locator('[data-mime-type="application/vnd.jupyter.stderr"]', has_text="InputError")
    assert error.inner_text().startswith("InputError: '2012-13' is not a period; write it like 2012-")
    assert "\n" not in error.inner_text()


# Labels of a chart that touch on one line, as pairs.
TOUCHING = """() => [...document.querySelectorAll(".exhibit svg[role=img]")].flatMap(svg => {
  const labels = [...svg.querySelectorAll("text")].map(text => [text.textContent, text.getBoundingClientRect()]);
  return labels.flatMap(([a, p], i) => labels.slice(i + 1).filter(([b, q]) =>
    Math.abs(p.top - q.top) < 3 && p.left < q.right && q.left < p.right).map(([b]) => [a, b]))})"""


def type_into(page, holding: str, text: str) -> None:
    """Replace what stands in the cell that holds a text."""
    page.locator(".jp-CodeCell .cm-content", has_text=holding).first.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def test_a_built_notebook_says_how_to_trust_it_and_then_shows_its_charts(opened):
    page = opened("built")
    page.get_by_text(UNTRUSTED).wait_for()
    charts = page.locator(".exhibit svg[role=img]")
    assert charts.count() == 0
    choose(page, "View", "Activate Command Palette")
    page.locator("#modal-command-palette input").fill("Trust Notebook")
    page.locator("#modal-command-palette .lm-mod-active", has_text="Trust Notebook").click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    charts.nth(3).wait_for()
    assert not page.get_by_text(UNTRUSTED).is_visible()
