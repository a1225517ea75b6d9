"""Damaged files of the preliminary release and of the bulletin."""

from __future__ import annotations

import pytest

from tests import fuzzing


@pytest.mark.parametrize(("layout", "name"), fuzzing.every_file("preliminary release", "bulletin"))
def test_a_damaged_file_gives_the_right_table_or_is_refused(layout, name, record_property):
    fuzzing.check(layout, name, record_property)
