"""What builds keep for the next process: it changes nothing but the time, and is never taken for other data or code."""

from __future__ import annotations

import os
import pickle
import zlib
from dataclasses import replace
from itertools import count
from pathlib import Path

import pandas as pd
import pytest
from depth import in_depth

import helpers
from customs_report import exhibits, kept, loading
from customs_report.calculations import fact_builders
from customs_report.display.markup import plain
from customs_report.errors import InputError
from customs_report.publish import many, verify
from customs_report.report import Report, open_report

NAME = "exports_usd_month"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(kept.ENVIRONMENT, str(tmp_path / "cache"))
    monkeypatch.setattr(kept, "_written", count())
    return tmp_path / "cache"


def opened(period: str, as_of: str = "", code: str = "the code", language: str = "en") -> Report:
    with kept.keeping(code):
        return open_report(period, as_of, language=language)


def computing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The months whose facts are computed from now on."""
    months: list[str] = []
    real = fact_builders.month_facts
    monkeypatch.setattr(fact_builders, "month_facts", lambda tables, period: (months.append(period), real(tables, period))[1])
    return months


@pytest.mark.parametrize(("period", "as_of"), [("2026-07", ""), *in_depth(("2025-11", "2025-12-08"), ("2012-02", ""))])
def test_a_kept_report_is_the_report(cache, monkeypatch, period, as_of):
    first = opened(period, as_of)
    assert not cache.stat().st_mode & 0o077  # nobody else reads it
    months = computing(monkeypatch)
    again = opened(period, as_of)
    assert again.tables is not first.tables
    assert again.facts.as_json() == first.facts.as_json() == helpers.report_facts(again.tables, period).as_json()
    assert not months
    assert (again.period, again.as_of, again.asked_as_of) == (first.period, first.as_of, as_of)
    for made in (helpers.partners, helpers.thirteen_months, helpers.commodities, helpers.contributions, helpers.quantities):
        given = {"flow": "exports"} if made in (helpers.commodities, helpers.contributions) else {}
        one, other = (made(each.tables, period, **given) for each in (first, again))
        pd.testing.assert_frame_equal(one, other)
        assert one.attrs == other.attrs
    for exhibit in (exhibits.partner_places, exhibits.surplus, exhibits.surplus_records):
        assert [*map(plain, exhibit(first).words.sentences)] == [*map(plain, exhibit(again).words.sentences)]


def test_other_data_and_other_code_are_another_report(cache, monkeypatch):
    opened("2026-07")
    opened("2026-07", code="other code")
    monkeypatch.setattr(loading, "digest", lambda: "other data")
    opened("2026-07")
    assert len({*cache.iterdir()}) == 3


def test_the_languages_share_it(cache, monkeypatch):
    opened("2026-07")
    months = computing(monkeypatch)
    assert opened("2026-07", language="zh").language == "zh"
    assert opened("July 2026").language == "en"
    assert not months


def test_a_damaged_file_is_made_again(cache, monkeypatch):
    monkeypatch.setattr(kept, "WRITTEN", 10)
    with kept.keeping("the code"):
        for damage in (lambda content: content[: len(content) // 2], lambda _: b"", lambda _: zlib.compress(b"no")):
            kept.keep("theirs", "name")
            (file,) = cache.iterdir()
            file.write_bytes(damage(file.read_bytes()))
            assert kept.find("name") is None
    before = opened("2026-07").facts.as_json()
    file = next(cache.glob("2026-07*"))
    file.write_bytes(b"")
    assert opened("2026-07").facts.as_json() == before
    assert pickle.loads(zlib.decompress(file.read_bytes())).period == "2026-07"


def test_only_the_reports_used_last_stay(cache, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    with kept.keeping("the code"):
        for at, name in enumerate(("first", "second")):
            kept.keep(name, name)
            os.utime(next(cache.glob(f"{name}*")), (at, at))
        assert kept.find("first") == "first"  # used again
        kept.keep("third", "third")
        assert [kept.find(name) for name in ("first", "second", "third")] == ["first", None, "third"]


def test_a_process_keeps_few_of_its_reports(cache, monkeypatch):
    with kept.keeping("the code"):
        for name in map(str, range(kept.WRITTEN + 2)):
            kept.keep(name, name)
    assert len([*cache.iterdir()]) == kept.WRITTEN


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owner here")
def test_a_file_of_another_user_is_not_read(cache, monkeypatch):
    with kept.keeping("the code"):
        kept.keep("theirs", "name")
        assert kept.find("name") == "theirs"
        monkeypatch.setattr(os, "getuid", lambda: 4711)
        assert kept.find("name") is None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setenv(kept.ENVIRONMENT, str(tmp_path / "file"))
    monkeypatch.setattr(kept, "_written", count())
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert opened("2026-07").period == "2026-07"


def test_nothing_is_kept_for_notebooks_of_others(cache):
    open_report("2026-07")
    assert not cache.exists()


def test_a_misspelt_month_is_no_kept_one(cache):
    opened("latest")
    with pytest.raises(InputError, match="is not a period"):
        opened("no month")


def test_a_build_from_what_is_kept_has_the_same_bytes(cache, tmp_path):
    def contents() -> dict[str, bytes]:
        built = many.build_report("2026-07", notebook="monthly_brief", out=tmp_path / "reports", force=True)
        return {file.name: file.read_bytes() for file in built.files if file.suffix != ".ipynb"}

    first = contents()
    (file,) = cache.iterdir()
    os.utime(file, (1, 1))
    assert contents() == first
    assert file.stat().st_mtime > 1  # it was used


def test_verify_computes_everything_again(cache, tmp_path):
    out = tmp_path / "reports"
    many.build_report("2026-07", notebook="monthly_brief", out=out, formats=("html",))
    (file,) = cache.iterdir()
    known: Report = pickle.loads(zlib.decompress(file.read_bytes()))
    fact = known.facts.by_name[NAME]
    known.facts.by_name[NAME] = replace(fact, value=fact.value + 5e9)
    file.write_bytes(zlib.compress(pickle.dumps(known)))
    folder = out / "2026-07"
    assert [verdict.wrong for verdict in verify.verify_folders([folder])] == [""]
    assert os.environ[kept.ENVIRONMENT] == str(cache)
