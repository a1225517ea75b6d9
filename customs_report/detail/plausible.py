"""Is a download what it says? Its amounts are compared with those that are stored for the same lines.

A file as a whole is judged, never a single line: a good may well go to a country for the first time. Refused is one whose lines
are all several times too large or small (another currency, thousands), and one that changes stored figures by more than customs
revises them; both can be accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from customs_report.detail.connection import connect, parquet, quoted
from customs_report.detail.store import Store
from customs_report.periods import shift
from customs_report.plausibility import NEARBY, TABLE_FACTOR, YUAN_PER_DOLLAR

LINES = 200_000  # about as many rows are compared, of very many a sample
FEWEST_LINES = 5
USUAL_REVISION = 0.10  # of the sum of a file
LINE = "flow, shape, commodity, partner, regime, province"
KEY = f"{LINE}, period, kind"


def problems(store: Store, staged: Sequence[Path], folder: Path, accept: bool) -> dict[str, str]:
    """File -> why it is refused."""
    if accept or not staged:
        return {}
    connection = connect(store, spill=folder / ".spill")
    connection.execute(f"CREATE VIEW staged AS SELECT * FROM {parquet(staged)}")
    ((first, last, count),) = connection.execute("SELECT min(period), max(period), count(*) FROM staged").fetchall()
    near = store.paths(shift(first, -NEARBY), shift(last, NEARBY))
    if not near:
        return {}
    span = f"period BETWEEN {quoted(shift(first, -NEARBY))} AND {quoted(shift(last, NEARBY))}"
    connection.execute(f"CREATE VIEW stored AS SELECT * FROM {parquet(near)} WHERE {span} AND superseded = '9999-12-31'")
    sample = f"hash({LINE}) % {max(1, count // LINES)} = 0"  # the same lines of all files, and of what is stored
    connection.execute(
        f"CREATE TEMP TABLE lines AS SELECT filename, currency, {LINE}, median(value) AS level FROM staged "
        f"SEMI JOIN (SELECT DISTINCT {LINE} FROM stored WHERE {sample}) s USING ({LINE}) WHERE {sample} GROUP BY ALL"
    )
    medians = f"SELECT currency AS of, {LINE}, median(value) AS usual FROM stored WHERE {sample} GROUP BY ALL"
    found = {}
    asked = (
        f"SELECT filename, any_value(currency), of = currency AS alike, median(level / usual), count(*) "
        f"FROM lines JOIN ({medians}) USING ({LINE}) GROUP BY filename, alike HAVING count(*) >= {FEWEST_LINES} ORDER BY alike"
    )
    for filename, currency, alike, ratio, _ in connection.execute(asked).fetchall():
        usual = 1.0 if alike else (YUAN_PER_DOLLAR if currency == "CNY" else 1 / YUAN_PER_DOLLAR)
        if not 1 / TABLE_FACTOR < ratio / usual < TABLE_FACTOR:
            name = "yuan" if currency == "CNY" else "dollars"
            found[filename] = (
                f"its numbers are {ratio / usual:.3g} times those stored for the same lines in {name}; are currency and flow "
                "right? Add it with --accept if it is"
            )
        else:
            found.pop(filename, None)
    revised = (
        f"SELECT filename, sum(n.value), sum(s.value) FROM staged n JOIN stored s USING ({KEY}, currency) GROUP BY filename "
        f"HAVING abs(sum(n.value) / sum(s.value) - 1) > {USUAL_REVISION}"
    )
    for filename, new, old in connection.execute(revised).fetchall():
        found.setdefault(
            filename,
            f"its figures sum to {new:,.0f}, those stored for the same months, goods and partners to {old:,.0f}: more than a "
            "usual revision; add it with --accept if it is right",
        )
    connection.close()
    return found
