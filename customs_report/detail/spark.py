"""A Spark cluster that answers the SQL of detail data. It is the user's cluster: nothing here starts, sizes or watches one.

sqlglot translates DuckDB's SQL. What Spark returns gets the names and types of columns that DuckDB gives for the same question,
asked of no rows. Memory, cores and keys are settings of the cluster: `spark-defaults.conf` in the folder SPARK_CONF_DIR.
"""

from __future__ import annotations

import atexit
import logging
import os
import re
import shutil
import socket
import tempfile
import threading
import time
import warnings
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Any

import pandas as pd

from customs_report.detail.connection import connect, parquet
from customs_report.errors import InputError

if TYPE_CHECKING:
    from customs_report.detail.store import Store

PATIENCE = 3  # seconds in which a master has to answer
UNTIL_EXECUTOR = 60  # seconds in which it has to give an executor
THIS_MACHINE = re.compile(r"local\[(\*|\d+)\]|local-cluster\[\d+,\d+,\d+\]")
STARTING = threading.Lock()


class Spark:
    """A session on a Spark cluster, one in a process.

    Every worker reads the files itself: those of a folder at the same path as here, those at s3:// as s3a://, for which the
    cluster needs the package hadoop-aws and keys (not tested). InputError where the cluster or an answer cannot be had.
    """

    def __init__(self, master: str) -> None:
        self.master = master
        own = _own_address(master)
        logging.getLogger("SQLQueryContextLogger").disabled = True  # writes Java's traceback of a question that fails
        try:
            with STARTING, warnings.catch_warnings(action="ignore"):  # says that it knows pandas 3 in part only
                import sqlglot  # noqa: F401

                self.session = _started(master, own)
        except ImportError as error:
            what = f"{error.name}, which is not installed: pip install 'china-customs-reports[spark]'"
            raise InputError(f"the engine {master} needs {what}") from None

    def answer(self, store: Store, files: list[str], where: str, sql: str, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
        like = _asked_of_no_rows(store, files[0], sql, frames)
        try:
            session = self.session.newSession()  # with views of its own
            for name, frame in frames.items():
                session.sql(_values(frame)).createOrReplaceTempView(name)
            session.read.parquet(*map(_for_spark, files)).where(translated(where)).createOrReplaceTempView("detail")
            rows = session.sql(translated(sql)).collect()
        except Exception as error:
            raise InputError(f"Spark at {self.master} has no answer: {_first_line(error)}") from error
        return pd.DataFrame({name: _series([row[n] for row in rows], like.dtypes.iloc[n]) for n, name in enumerate(like)})


def _own_address(master: str) -> str:
    """This machine's address as the master sees it, empty if unknown. InputError where no master answers."""
    if master.startswith("local"):
        if not THIS_MACHINE.fullmatch(master):
            raise InputError(f"{master!r} is no Spark master; write it like local-cluster[2,1,1024] or spark://host:7077")
        return "127.0.0.1"
    if os.environ.get("SPARK_LOCAL_IP") == "127.0.0.1":
        del os.environ["SPARK_LOCAL_IP"]  # pandera sets it, and no worker of another machine would find this one
    if not master.startswith("spark://"):
        return ""
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), timeout=PATIENCE) as found:
                return str(found.getsockname()[0])
        except OSError as error:
            why = error.strerror or str(error)
        except (OverflowError, ValueError):
            why = "no port"
    raise InputError(f"no Spark master answers at {master} ({why}); write it like spark://host:7077")


def _started(master: str, own: str) -> Any:
    """A session that has an executor. Without a free worker, a master takes every question and lets it wait for ever."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    context = SparkContext._active_spark_context
    if context and context.master != master:
        raise InputError(f"this process uses the Spark cluster {context.master} already, and cannot use {master} as well")
    settings = {"master": master, "app.name": "customs-report", "ui.enabled": "false", "ui.showConsoleProgress": "false"}
    settings |= {"driver.host": own} if own else {}
    settings |= _on_this_machine() if master.startswith("local") and not context else {}
    try:
        if not context:
            conf = SparkConf().setAll([(f"spark.{name}", value) for name, value in settings.items()])
            gateway = SparkContext._gateway or launch_gateway(conf, {"stdout": DEVNULL, "stderr": DEVNULL})
            context = SparkContext(conf=conf, gateway=gateway)
            atexit.register(context.stop)
        end = time.monotonic() + UNTIL_EXECUTOR
        while not master.startswith("local[") and context._jsc.sc().getExecutorMemoryStatus().size() < 2:  # one is the driver
            if time.monotonic() > end:
                context.stop()
                raise InputError(f"the Spark master {master} gave no executor in {UNTIL_EXECUTOR} seconds: no worker is free")
            time.sleep(0.1)
        return SparkSession.builder.getOrCreate()
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"Spark, which needs Java 17 or newer, does not start for {master}: {_first_line(error)}") from error


def _on_this_machine() -> dict[str, str]:
    """Settings for a Spark that runs here: what it writes goes to a temporary folder, not to that of the package."""
    import pyspark

    home = Path(tempfile.mkdtemp(prefix="customs-report-spark-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for part in ("bin", "jars", "python"):
        (home / part).symlink_to(Path(pyspark.__file__).parent / part)
    os.environ["SPARK_HOME"] = str(home)  # executors are started there
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    return {"local.dir": str(home)}


def translated(sql: str) -> str:
    """A query or a condition as Spark writes it.

    >>> translated("SELECT value // 2 AS half FROM detail ORDER BY half")
    'SELECT value DIV 2 AS half FROM detail ORDER BY half NULLS LAST'
    """
    import sqlglot

    return sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)[0]


def _values(frame: pd.DataFrame) -> str:
    """A small frame as SQL: a frame of Spark's own would need Python on every worker."""
    from sqlglot import exp

    kinds = [{"b": "BOOLEAN", "i": "BIGINT", "f": "DOUBLE"}.get(kind.kind, "STRING") for kind in frame.dtypes]
    rows = [tuple(None if pd.isna(value) else value for value in row) for row in frame.astype(object).itertuples(index=False)]
    made = exp.values(rows or [(None,) * len(kinds)], alias="given", columns=[*frame])
    cells = [exp.alias_(exp.cast(exp.column(name), kind), name, quoted=True) for name, kind in zip(frame, kinds, strict=True)]
    return exp.select(*cells).from_(made).where("true" if rows else "false").sql("spark")


def _for_spark(path: str) -> str:
    """A file's address; no name is a pattern, whatever signs are in it."""
    address = re.sub("^s3://", "s3a://", path) if "://" in path else f"file://{Path(path).resolve()}"
    return re.sub(r"([*?\[\]{}\\])", r"\\\1", address)


def _asked_of_no_rows(store: Store, file: str, sql: str, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """DuckDB's answer without rows: which columns there are, and of which types."""
    with connect(store) as connection:
        for name, frame in frames.items():
            connection.register(name, frame)
        connection.execute(f"CREATE VIEW detail AS SELECT * FROM {parquet([file])}")
        return connection.execute(f"SELECT * FROM ({sql}) LIMIT 0").df()


def _series(values: list, kind: Any) -> pd.Series:
    """A column of DuckDB's type; where a whole number or truth value is missing, of the type that can say so."""
    if kind.kind in "ib" and None in values:
        return pd.Series(values, dtype="boolean" if kind.kind == "b" else str(kind).capitalize())
    return pd.Series(values, dtype=None if values and kind.kind == "O" else kind)


def _first_line(error: Exception) -> str:
    """What an error says, without Java's traceback."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return next((line[2:] for line in lines if line.startswith(": ")), lines[0] if lines else type(error).__name__)
