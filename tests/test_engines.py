"""The engines that answer questions to the detail data: a Spark cluster gives what DuckDB gives, also if it loses an executor."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import psutil
import pytest

from benchmarks import synthetic
from customs_report.calculations import detail, traded_goods
from customs_report.detail import engines, spark, vintages
from customs_report.detail.store import Store
from customs_report.errors import InputError
from customs_report.facts import NotAvailable

CLUSTER = "local-cluster[2,1,1024]"  # two executors, each a process of its own
CODES = ("12019020", "27090000", "85076000", "85423190", "85414300", "87032341", "87036013", "87038010")  # of the largest drawn
MONTHS = ("2024-01", "2024-02", "2025-01", "2025-02")
REVISED_ON = "2025-06-18"
LACKING = [name for name in ("pyspark", "sqlglot") if importlib.util.find_spec(name) is None]
LACKING += [] if os.environ.get("JAVA_HOME") or shutil.which("java") else ["Java"]

QUESTIONS = {
    "partner_goods": lambda tables, month: traded_goods.partner_goods(tables, month, "USA", "export"),
    "goods of a group": lambda tables, month: traded_goods.partner_goods(tables, month, "ASEAN", "import", digits=2),
    "goods within a heading": lambda tables, month: traded_goods.partner_goods(
        tables, month, "USA", "export", 8, within="8541"
    ),
    "commodity_partners": lambda tables, month: traded_goods.commodity_partners(tables, month, "export", "850760"),
    "partners of a line": lambda tables, month: traded_goods.commodity_partners(tables, month, "import", "integrated_circuits"),
    "goods_by_section": lambda tables, month: traded_goods.goods_by_section(tables, month, "export"),
    "car_exports": traded_goods.car_exports,
    "listed_goods": lambda tables, month: traded_goods.listed_goods(tables, month, "USA", "export", "cars_battery_electric"),
    "diversion": lambda tables, month: traded_goods.diversion(tables, month, "USA"),
    "diversion_by_year": lambda tables, month: traded_goods.diversion_by_year(tables, month, "USA", 2024),
    "new_goods": lambda tables, month: traded_goods.new_goods(tables, month, "USA", "export"),
    "sole_sources": traded_goods.sole_sources,
    "national_months": lambda tables, month: detail.national_months(tables, "import", "27090000"),
}


@pytest.fixture(scope="module", params=[engines.DUCKDB, CLUSTER], ids=["duckdb", "spark"])
def engine(request, tmp_path_factory) -> str:
    """An engine; the cluster is left out, loudly, where this machine cannot run one."""
    if request.param == CLUSTER and LACKING:
        reason = f"NO {' AND NO '.join(LACKING)} FOUND: the tests with a Spark cluster are skipped"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(f"{reason}; pip install -e '.[spark]', and a Java of 17 or newer")
    if request.param == CLUSTER:
        settings = tmp_path_factory.mktemp("settings")
        (settings / "spark-defaults.conf").write_text("spark.sql.shuffle.partitions 2\n")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SPARK_CONF_DIR", str(settings))
            assert engines._engine(CLUSTER).session.conf.get("spark.sql.shuffle.partitions") == "2"
    return request.param


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Store:
    """Drawn rows of both flows, added twice: every seventh figure is revised, in a folder that has an awkward name."""
    folder = tmp_path_factory.mktemp("drawn [1] {rows}")
    with duckdb.connect() as connection:
        synthetic.month(connection, MONTHS[0], "export", 1500)
        largest = "SELECT commodity FROM synthetic GROUP BY commodity ORDER BY sum(value) DESC LIMIT 8"
        named = dict(zip([code for (code,) in connection.execute(largest).fetchall()], CODES, strict=True))
        for released, only, factor in (("2025-03-18", "true", 1), (REVISED_ON, "value % 7 = 0", 1.5)):
            staged = []
            for month in MONTHS:
                for flow in synthetic.FLOWS:
                    synthetic.month(connection, month, flow, 1500)
                    staged.append(folder / f".staged-{month}-{flow}.parquet")
                    connection.execute(f"""
                        COPY (SELECT period, 'month' AS kind, flow,
                            coalesce(MAP {named}[commodity], commodity) AS commodity, partner, '' AS regime, '' AS province, currency,
                            CAST(value * {factor} AS BIGINT) AS value, CAST(NULL AS DOUBLE) AS value_yoy, quantity, unit,
                            quantity_2, unit_2, 1.0 AS step, 'revised' AS stage, '{released}' AS released,
                            'printed' AS released_basis, 'drawn' AS source, '8 partner' AS shape, '{month}' AS filename
                            FROM synthetic WHERE {only}) TO '{staged[-1]}' (FORMAT parquet)
                    """)
            store = Store(folder)
            vintages.commit(store, vintages.merge(store, staged, folder), {})
    return store


def answers(tables, month: str, wanted: str) -> dict:
    """The parts of an answer, or why there is none."""
    try:
        found = QUESTIONS[wanted](tables, month)
    except NotAvailable as error:
        return {"why": str(error)}
    return found._asdict() if isinstance(found, tuple) else {"frame": found}


@pytest.mark.parametrize("wanted", QUESTIONS)
def test_every_engine_has_the_same_answer(engine, drawn, now, wanted, monkeypatch):
    cases = [
        (replace(now), "2025-09"),  # what comes with the project
        (replace(now, detail=drawn), "2025-02"),
        (replace(now, detail=drawn, detail_day="2025-04-01"), "2025-02"),
    ]
    found = []
    for name in (engines.DUCKDB, engine):
        monkeypatch.setenv(engines.ENGINE, name)
        found.append([answers(replace(tables), month, wanted) for tables, month in cases])
    for usual, other in zip(*found, strict=True):
        assert usual.keys() == other.keys()
        for part, value in usual.items():
            if isinstance(value, pd.DataFrame):
                pd.testing.assert_frame_equal(other[part], value, rtol=1e-12)
            else:
                assert other[part] == (pytest.approx(value, nan_ok=True) if isinstance(value, dict) else value)
    if wanted not in ("goods_by_section", "diversion_by_year"):
        assert any(len(answer.get("frame", ())) for answer in found[0])


def test_the_drawn_rows_have_two_vintages(drawn, now):
    as_of, later = (detail.query(replace(now, detail=drawn, detail_day=day), "2025-02", "SELECT sum(value) FROM detail")
                    for day in ("2025-04-01", REVISED_ON))  # fmt: skip
    assert later.iat[0, 0] > as_of.iat[0, 0]


AWKWARD = "SELECT f.text, f.number, f.whole, f.truth, f.none, d.unit, max(d.value) AS most, count(*) AS n FROM f LEFT JOIN "
GIVEN = pd.DataFrame({
    "text": ["kilograms", "it's \\n {x}", None, "é"],
    "number": [0.1, float("nan"), 2.0, -1.5],
    "whole": [1, 2**60, 0, -1],
    "truth": [True, False, True, False],
    "none": [None] * 4,
})  # fmt: skip


@pytest.mark.parametrize("rows", [4, 0])
def test_frames_that_are_given_and_missing_values_come_back_alike(engine, drawn, now, rows, monkeypatch):
    sql = f"{AWKWARD} detail d ON d.unit = f.text GROUP BY ALL ORDER BY f.number DESC, f.whole"
    found = []
    for name in (engines.DUCKDB, engine):
        monkeypatch.setenv(engines.ENGINE, name)
        given = GIVEN.drop(columns="none").assign(none=pd.Series([None] * 4, dtype="str"))[:rows]
        found.append(detail.query(replace(now, detail=drawn), "2025-02", sql, f=given))
    pd.testing.assert_frame_equal(*found)
    assert len(found[0]) == rows


SLOW = """
    SELECT a.partner AS partner, count(*) AS pairs, sum((a.value * 3 + b.value) % 7) AS rest
    FROM detail a JOIN detail b ON a.commodity < b.commodity
    JOIN (VALUES (1), (2), (3), (4), (5), (6)) AS times(k) ON (a.value + b.value + times.k) % 3 = 0
    GROUP BY a.partner ORDER BY a.partner
"""


def executors() -> list[psutil.Process]:
    found = [process for process in psutil.Process().children(recursive=True) if process.status() != psutil.STATUS_ZOMBIE]
    return [process for process in found if "CoarseGrainedExecutorBackend" in " ".join(process.cmdline())]


def test_an_executor_that_is_killed_costs_time_only(engine, drawn, now, monkeypatch):
    tables, found = replace(now, detail=drawn), []
    monkeypatch.setenv(engines.ENGINE, engines.DUCKDB)
    usual = detail.query(tables, "2025-02", SLOW)
    if engine == engines.DUCKDB:
        return
    monkeypatch.setenv(engines.ENGINE, engine)
    tracker, before = engines.engine().session.sparkContext.statusTracker(), executors()
    asking = threading.Thread(target=lambda: found.append(detail.query(tables, "2025-02", SLOW)))
    asking.start()

    def stages() -> dict:
        return {number: info for number in tracker.getActiveStageIds() if (info := tracker.getStageInfo(number))}

    busy: set[int] = set()
    while not busy:  # a moment with a task on both executors
        assert asking.is_alive()
        first = {number for number, info in stages().items() if info.numActiveTasks == 2}
        time.sleep(0.1 if first else 0.01)
        busy = first & {number for number, info in stages().items() if info.numActiveTasks == 2}
    os.kill(before[0].pid, signal.SIGKILL)
    failed = 0
    while asking.is_alive():
        failed = max([failed, *(info.numFailedTasks for info in stages().values())])
        time.sleep(0.02)
    assert failed
    pd.testing.assert_frame_equal(*found, usual)


def test_a_question_that_the_cluster_cannot_answer_is_one_line(engine, drawn, now, monkeypatch):
    if engine == engines.DUCKDB:
        return
    with pytest.raises(InputError, match=r"^Spark at local-cluster\S+ has no answer: .*Path does not exist") as raised:
        engines._engine(engine).answer(Store(), [*now.detail.paths(), "/nowhere/a.parquet"], "true", "SELECT 1 AS one", {})
    assert "\n" not in str(raised.value)
    with pytest.raises(InputError, match=r"this process uses the Spark cluster local-cluster\S+ already"):
        spark.Spark("local[2]")


# --- engines that there are none of ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "sparc://host",
            "there is no engine 'sparc://host'; it is duckdb, or the address of a Spark cluster: spark://host:7077",
        ),
        ("spark://127.0.0.1:1", "no Spark master answers at spark://127.0.0.1:1 ("),
        ("spark://127.0.0.1", "no Spark master answers at spark://127.0.0.1 (no port); write it like spark://host:7077"),
        ("local-cluster[2,1", "'local-cluster[2,1' is no Spark master; write it like local-cluster[2,1,1024]"),
    ],
)
def test_a_wrong_engine_is_one_line_and_soon(name, said, tmp_path):
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "customs_report", "build", "2012-02", "--engine", name, "--out", str(tmp_path)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"customs-report: {said}")
    assert done.stderr.count("\n") == 1
    assert time.monotonic() - begun < 20
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("missing", ["pyspark", "sqlglot"])
def test_without_spark_the_message_says_how_to_install_it(missing, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)
    first = missing if not LACKING else "(pyspark|sqlglot)"  # both are missing here
    with pytest.raises(InputError, match=rf"needs {first}, which is not installed: pip install '.*\[spark\]'"):
        spark.Spark("local[1]")


@pytest.mark.skipif("pyspark" in LACKING or "sqlglot" in LACKING, reason="NO pyspark OR sqlglot FOUND")
def test_without_java_the_message_says_so(tmp_path):
    for name in ("bash", "env", "dirname"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    script = "from customs_report.detail.spark import Spark; Spark('local[1]')"
    clean = {key: value for key, value in os.environ.items() if key != "JAVA_HOME"} | {"PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=clean, capture_output=True, text=True, cwd=Path(__file__).parents[1]
    )
    assert "InputError: Spark, which needs Java 17 or newer, does not start for local[1]" in done.stderr.splitlines()[-1]


def test_the_command_says_which_engines_there_are():
    done = subprocess.run([sys.executable, "-m", "customs_report", "build", "--help"], capture_output=True, text=True)
    assert "--engine spark://..." in done.stdout
