"""The Chromium that the system has, for tests that open pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser, address: str, **options):
    """A page at an address; `bypass_csp` allows axe to run."""
    page = browser.new_context(**options).new_page()
    page.goto(address)
    return page


def violations(page, within: str = "html") -> list:
    """Violations that axe-core finds in the elements of a selector: rules and the elements that break them."""
    from axe_playwright_python.base import AXE_FILE_PATH

    page.evaluate(AXE_FILE_PATH.read_text())
    run = "within => axe.run(within, {resultTypes: ['violations']}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.target)]))"
    return page.evaluate(run, within)
