"""The front of the calculations as someone meets it in a notebook: completion, and a docstring whose example runs."""

from __future__ import annotations

import doctest
import inspect

import pandas as pd
import pytest
from IPython.core.completer import IPCompleter, provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import helpers
from customs_report.exhibits.provenance import HELPERS
from customs_report.report import open_report

PUBLIC = [name for name in helpers.__all__ if callable(getattr(helpers, name))]


@pytest.fixture(scope="module")
def space() -> dict:
    """The names that the notebook `explore` has after its setup; the vintage stands, whatever is added to the data."""
    report = open_report("2025-11", "2026-09-08")
    return {"helpers": helpers, "report": report, "tables": report.tables, "period": report.period}


@pytest.mark.parametrize("name", PUBLIC)
def test_a_helper_says_what_it_answers_and_shows_it(space, name):
    told = inspect.getdoc(inspect.unwrap(getattr(helpers, name)))
    test = doctest.DocTestParser().get_doctest(told, dict(space), name, None, None)
    assert any(f"helpers.{name}(" in example.source or inspect.isclass(getattr(helpers, name)) for example in test.examples)
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert not said, "".join(said)


@pytest.mark.parametrize("name", [*HELPERS, "outlook"])
def test_what_someone_does_to_a_table_stays_with_them(space, name):
    frame = getattr(helpers, name)(space["tables"], space["period"])
    before = frame.copy()
    for column in range(frame.shape[1]):
        frame.iloc[1:, column] = frame.iloc[0, column]
    frame.columns = range(frame.shape[1])
    pd.testing.assert_frame_equal(getattr(helpers, name)(space["tables"], space["period"]), before)


def test_completion_finds_helpers_and_their_results(space):
    shell = InteractiveShell(user_ns=dict(space), config=Config(HistoryManager={"enabled": False}))
    completer = IPCompleter(shell=shell, namespace=shell.user_ns)

    def offered(text: str) -> set[str]:
        with provisionalcompleter():
            return {completion.text.rpartition(".")[2] for completion in completer.completions(text, len(text))}

    assert {"partner_contributions", "partner_line", "partner_shares"} <= offered("helpers.partner_")
    assert {"totals", "partners", "commodities"} <= offered("tables.")
    assert {"facts", "tables", "period", "as_of"} <= offered("report.")
    assert {name for name in offered("helpers.") if not name.startswith("_")} == {*helpers.__all__}
