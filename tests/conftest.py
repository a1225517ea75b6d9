"""Fixtures that several test files share: the tables as known now and on the day of the article, and built reports."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import hypothesis
import nbformat
import pandas as pd
import pytest
from browsing import CHROMIUM, chromium
from xdist.scheduler import LoadScopeScheduling

from customs_report import loading, schema
from customs_report import tables as data
from customs_report.calculations.fact_builders import computed_once
from customs_report.detail import vintages as detail_vintages
from customs_report.detail.connection import connect
from customs_report.detail.downloads import write_rows
from customs_report.detail.store import Store
from customs_report.periods import shift
from customs_report.report import Report, open_report
from customs_report.vintages import known_tables

NEWS_DAY = "2025-12-08"
os.environ["CUSTOMS_REPORT_HOUSE"] = "none"  # the tests are of plain reports, whatever house.yml the project has
os.environ["CUSTOMS_REPORT_CACHE"] = "none"  # every test computes its own facts

# `make test` has the same examples everywhere, `make test-deep` others each time; a busy machine is no failure.
BUSY = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("quick", max_examples=25, derandomize=True, database=None, **BUSY)
hypothesis.settings.register_profile("deep", max_examples=250, derandomize=False, print_blob=True, **BUSY)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--deep", action="store_true", help="in depth: only the tests that have more to run than they do by default"
    )


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.load_profile("deep" if config.getoption("deep") else "quick")


@pytest.hookimpl(trylast=True)  # hypothesis marks its tests first
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without --deep all tests but those marked `deep`; with it these, property tests, and what asks for the fixture `deep`."""

    def wanted(item: pytest.Item) -> bool:
        only = item.get_closest_marker("deep") is not None
        more = only or "deep" in item.fixturenames or item.get_closest_marker("hypothesis") is not None
        return more if config.getoption("deep") else not only

    config.hook.pytest_deselected(items=[item for item in items if not wanted(item)])
    items[:] = filter(wanted, items)


@pytest.fixture(scope="session")
def deep(pytestconfig: pytest.Config) -> bool:
    """Is this a run in depth, `make test-deep`?"""
    return pytestconfig.getoption("deep")


@pytest.fixture(autouse=True)
def facts_anew(request: pytest.FixtureRequest) -> Iterator[None]:
    """Around a test that changes code, no facts computed by other code are kept."""
    forget = computed_once.cache_clear if "monkeypatch" in request.fixturenames else lambda: None
    forget()
    yield
    forget()


@pytest.fixture(scope="session")
def loaded() -> data.Tables:
    return loading.load()


@pytest.fixture(scope="session")
def now() -> data.Tables:
    return known_tables()


@pytest.fixture(scope="session")
def then() -> data.Tables:
    return known_tables(NEWS_DAY)


@pytest.fixture(scope="session")
def crude() -> dict[str, dict[str, float]]:
    """Crude oil imports by month and currency, read without the code under test."""
    found: dict[str, dict[str, float]] = {}
    asked = "SELECT period, currency, value FROM read_parquet(?) WHERE commodity = '27090000' AND partner = ''"
    for period, currency, value in duckdb.execute(asked, [str(schema.DATA / "detail" / "seed.parquet")]).fetchall():
        found.setdefault(period, {})[currency] = float(value)
    return found


@pytest.fixture
def detail_store(tmp_path: Path) -> Callable[..., Store]:
    """Makes detail data of their own from rows: `detail_store({"period": "2025-11", "flow": "export", ...}, ...)`."""

    def made(*rows: dict) -> Store:
        folder = Path(tempfile.mkdtemp(prefix="detail-", dir=tmp_path))
        return add_detail(Store(folder), *rows) if rows else Store(folder)

    return made


def add_detail(store: Store, *rows: dict) -> Store:
    """The store with rows added as a download's would be; what a row does not say is usual."""
    frame = pd.DataFrame([detail_row(**row) for row in rows])
    with tempfile.TemporaryDirectory() as staging:
        staged = Path(staging) / "staged.parquet"
        write_rows(connect(), frame, staged)
        detail_vintages.commit(store, detail_vintages.merge(store, [staged], Path(staging)), {})
    return Store(store.address)


def detail_row(**cells) -> dict:
    """A row of detail data, a month in dollars as customs revised it, released on the usual day."""
    usual = dict.fromkeys(("partner", "regime", "province", "unit", "unit_2"), "")
    usual |= dict.fromkeys(("value_yoy", "quantity", "quantity_2"), float("nan"))
    usual |= {"kind": "month", "currency": "USD", "step": 1.0, "stage": "revised", "released_basis": "usual day"}
    row = usual | {"released": f"{shift(cells['period'], 1)}-20", "source": "gacc-query", "filename": ""} | cells
    by = "".join(f" {what}" for what in ("partner", "regime", "province") if row[what])
    return {"shape": f"{len(row['commodity'])}{by}{'' if row['kind'] == 'month' else ' ytd'}", **row}


@pytest.fixture
def data_copy(tmp_path: Path) -> Path:
    """A copy of data/ to damage."""
    return Path(shutil.copytree(schema.DATA, tmp_path / "data", ignore=shutil.ignore_patterns(".*")))


@dataclass(frozen=True)
class Rendered:
    report: Report
    page: str
    pdf: bytes
    files: dict[str, bytes]  # the set, by ending


@pytest.fixture(scope="session")
def rendered():
    """Renders a period once per worker: rendered("2025-11", "2025-12-08")."""
    from customs_report.publish import build, inputs

    made: dict[tuple[str, str], Rendered] = {}

    def render(period: str, as_of: str = "") -> Rendered:
        if (period, as_of) not in made:
            parameters = {"period": period, "as_of": as_of}
            executed, report = build.run("monthly_report", parameters)
            data = inputs.Inputs().data("monthly_report", parameters)
            executed["metadata"]["customs_report"] = {"period": report.period, "as_of": report.as_of, "data": data}
            files = build.render(executed, report, "monthly_report", parameters, inputs={"data": data})
            made[period, as_of] = Rendered(report, files["html"].decode(), files["pdf"], files)
        return made[period, as_of]

    return render


@pytest.fixture(scope="session")
def outlined(rendered):
    """What mail and slides are made of, once per worker: the outline of a report, its facts, and how to look up a place."""
    from customs_report.publish import build
    from customs_report.publish.outlines import outline

    made: dict[tuple[str, str], tuple] = {}

    def outlined(notebook: str, period: str) -> tuple:
        if (notebook, period) not in made:
            if notebook == "monthly_report":
                report, files = rendered(period).report, rendered(period).files
                content = outline(nbformat.reads(files["ipynb"].decode(), 4), proved=True)
            else:
                executed, report = build.run(notebook, {"period": period, "as_of": ""})
                content = build.outline_of(executed, report, notebook)
            content = replace(content, made_of={"period": period, "as_of": report.as_of, "data": "0" * 64})
            made[notebook, period] = content, report.facts.as_json(notebook), build.lookup_of(report)
        return made[notebook, period]

    return outlined


@pytest.fixture(scope="session")
def reported():
    """Opens a report once per worker."""
    made: dict[tuple[str, str], Report] = {}

    def report(period: str, as_of: str = "") -> Report:
        if (period, as_of) not in made:
            made[period, as_of] = open_report(period, as_of)
        return made[period, as_of]

    return report


def pytest_terminal_summary(terminalreporter) -> None:
    """The outcomes of the damaged files of each layout; damage that no identity can detect is counted separately."""
    layouts: dict[str, Counter] = {}
    for report in terminalreporter.getreports(""):
        for layout, _, outcome, n in (value for name, value in report.user_properties if name == "variants"):
            layouts.setdefault(layout, Counter())[outcome] += n
    for layout, counts in layouts.items():
        shares = ", ".join(f"{outcome} {n:,}" for outcome, n in counts.most_common())
        terminalreporter.write_line(f"{layout}: {counts.total():,} damaged variants: {shares}")


# A worker makes each report of its tests once: files that share many reports stay with one worker, tests that share nothing
# go to whichever worker is free, at the end.
SHARING = {
    "reports of every month": {
        "calculations",
        "calendar",
        "contributions",
        "prose",
        "prose_all_months",
        "revisions",
        "trade_exhibits",
    },
    "rendered reports": {
        "archive_pdf",
        "browser",
        "citable",
        "display",
        "downloads",
        "layout",
        "mail",
        "proof",
        "slides",
        "trace",
    },
}
ALONE = ("test_fuzz.py", "test_periods_over_the_whole_range_build_in_full")


class Scheduling(LoadScopeScheduling):
    """Group tests by file, apart from those in SHARING and ALONE."""

    def _split_scope(self, nodeid: str) -> str:
        if any(alone in nodeid for alone in ALONE):
            return nodeid
        file = nodeid.partition("::")[0]
        name = Path(file).stem.removeprefix("test_")
        return next((scope for scope, names in SHARING.items() if name in names), file)


def pytest_xdist_make_scheduler(config, log) -> Scheduling:
    return Scheduling(config, log)


@pytest.fixture(scope="module")
def browser():
    """A real browser; tests that need one are skipped if there is none."""
    if CHROMIUM is None:
        warnings.warn("NO CHROMIUM FOUND: the browser tests are skipped", stacklevel=1)
        pytest.skip("NO CHROMIUM FOUND: install one to test the pages")
    with chromium() as running:
        yield running
