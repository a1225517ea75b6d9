"""Damaged files of the query platform, UN Comtrade and EastMoney."""

from __future__ import annotations

import pytest

from tests import fuzzing

COPIES = ("query platform", "Comtrade, JSON", "Comtrade, CSV", "EastMoney, JSON", "EastMoney, CSV")


@pytest.mark.parametrize(("layout", "name"), fuzzing.every_file(*COPIES))
def test_a_damaged_file_gives_the_right_table_or_is_refused(layout, name, record_property):
    fuzzing.check(layout, name, record_property)
