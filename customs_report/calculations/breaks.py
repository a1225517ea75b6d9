"""Declared breaks of a series (`data/breaks.csv`): nothing is computed across one."""

from __future__ import annotations

from customs_report.tables import Tables, cached

BOTH = ("balance", "total")  # of exports and imports: a break of either breaks them


def broken(tables: Tables, table: str, key: str, flow: str, earlier: str, later: str) -> str:
    """Does a declared break lie between two periods of a series? Its reason, else an empty text.

    `flow` as in the table; the balance and total trade break with either of their parts.

    >>> broken(tables, "partners", "APEC", "imports", "2024-11", "2025-11")
    "customs has drawn APEC's imports more narrowly since early 2025"
    """
    for start, flows, reason in _breaks(tables).get((table, key), ()):
        if earlier < start <= later and (not flows or flow == flows or flow in BOTH):
            return reason
    return ""


@cached
def _breaks(tables: Tables) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    found: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for table, key, flow, start, reason in tables.breaks[["table", "key", "flow", "from", "reason"]].itertuples(index=False):
        found.setdefault((table, key), []).append((start, flow, reason))
    return found
