"""What several test files share: the tables as known now and on the day of the news, and built reports."""

from __future__ import annotations

import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest
from browsing import CHROMIUM, chromium

from customs_report import tables as data
from customs_report.report import Report, open_report

NEWS_DAY = "2025-12-08"


@pytest.fixture(scope="session")
def loaded() -> data.Tables:
    return data.load()


@pytest.fixture(scope="session")
def now(loaded) -> data.Tables:
    return data.as_of(loaded)


@pytest.fixture(scope="session")
def then(loaded) -> data.Tables:
    return data.as_of(loaded, NEWS_DAY)


@pytest.fixture
def data_copy(tmp_path: Path) -> Path:
    """A copy of data/ to damage."""
    return Path(shutil.copytree(data.DATA, tmp_path / "data", ignore=shutil.ignore_patterns(".*")))


@dataclass(frozen=True)
class Rendered:
    report: Report
    page: str
    pdf: bytes


@pytest.fixture(scope="session")
def rendered():
    """Renders a period once a worker: rendered("2025-11", "2025-12-08")."""
    from customs_report.publish import build

    made: dict[tuple[str, str], Rendered] = {}

    def render(period: str, as_of: str = "") -> Rendered:
        if (period, as_of) not in made:
            parameters = {"period": period, "as_of": as_of}
            executed, report = build.run("monthly_report", parameters)
            files = build.render(executed, report, "monthly_report", parameters)
            made[period, as_of] = Rendered(report, files["html"].decode(), files["pdf"])
        return made[period, as_of]

    return render


@pytest.fixture(scope="session")
def reported():
    """Opens a report once a worker."""
    made: dict[tuple[str, str], Report] = {}

    def report(period: str, as_of: str = "") -> Report:
        if (period, as_of) not in made:
            made[period, as_of] = open_report(period, as_of)
        return made[period, as_of]

    return report


@pytest.fixture(scope="module")
def browser():
    """A real browser; what needs one is skipped, with a word, where there is none."""
    if CHROMIUM is None:
        warnings.warn("NO CHROMIUM FOUND: the browser tests are skipped", stacklevel=1)
        pytest.skip("NO CHROMIUM FOUND: install one to test the pages")
    with chromium() as running:
        yield running
