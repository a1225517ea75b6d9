"""Cases of a test that `make test-deep` adds to those of `make test`."""

from __future__ import annotations

from typing import Any

import pytest


def in_depth(*cases: Any) -> list[Any]:
    """The cases, for a list of `parametrize`, that run in `make test-deep` only."""
    return [pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.deep) for case in cases]
