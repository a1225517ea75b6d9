"""The documentation for contributors: its code runs, and the gallery shows every chart."""

from __future__ import annotations

import importlib.util
import json
import re

import pandas as pd
import pytest
from matplotlib import pyplot

from customs_report import codebook
from customs_report.numbers import STYLES
from customs_report.publish.inputs import ROOT
from customs_report.schema import DATA, TABLES

DOCS = ROOT / "docs"


def test_the_code_in_the_guide_stands_in_the_files_it_names():
    guide = (DOCS / "adding-an-exhibit.md").read_text(encoding="utf-8")
    files = {name for name in re.findall(r"`([\w/]+\.(?:py|ipynb))`", guide) if "/" in name or name == "helpers.py"}
    sources = {name: (ROOT / name).read_text(encoding="utf-8") for name in files}  # each of them exists
    blocks = re.findall(r"```python\n(.*?)```", guide, re.S)
    assert len(blocks) == 6
    for line in (line.strip() for block in blocks for line in block.splitlines()):
        assert any(line in text for text in sources.values()), line


def test_the_guide_names_every_style_of_writing():
    guide = (DOCS / "adding-an-exhibit.md").read_text(encoding="utf-8")
    styles = guide.partition("- Styles: ")[2].partition("\n- ")[0]
    assert {*re.findall(r"`(\w+)`", styles)} == {*STYLES} - {"text"}


def test_the_gallery_has_every_chart(reported):
    spec = importlib.util.spec_from_file_location("gallery", DOCS / "gallery.py")
    gallery = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gallery)
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    calls = re.findall(r"^```python\n(.+?)\n```$", page, re.M | re.S)
    assert calls == [*gallery.charts(reported(gallery.PERIOD, gallery.DAY))], "run make gallery"
    shown = re.findall(r"\]\((gallery/.+\.png)\)", page)
    assert sorted(shown) == sorted(str(path.relative_to(DOCS)) for path in (DOCS / "gallery").glob("*.png"))
    assert not (other := gallery.differing(reported(gallery.PERIOD, gallery.DAY))), f"{', '.join(other)}: run make gallery"
    large = [path for path in shown if (DOCS / path).stat().st_size >= 60_000]
    assert not large, f"{', '.join(large)}: 60,000 bytes or more; make gallery scales pictures down"


def test_the_recipes_run_as_written(capsys):
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    setup, *recipes = re.findall(r"^```python\n(.+?)```$", text.partition("## Recipes")[2].partition("\n## ")[0], re.M | re.S)
    assert len(recipes) == 6
    space: dict = {}  # an empty notebook
    exec(setup, space)
    for recipe in recipes:
        assert len([line for line in recipe.splitlines() if line and not line.startswith("from ")]) <= 3
        exec(recipe, space)
    for recipe in recipes:  # each by itself, too
        exec(recipe, {"helpers": space["helpers"], "tables": space["tables"]})
    lines = pyplot.gcf().axes[0].get_lines()
    assert {line.get_label() for line in lines} == {"Motor vehicles", "Passenger cars"}
    pyplot.close("all")
    assert space["trade"].index[-1] == pd.Timestamp("2026-07-01")
    assert space["parts"].loc["USA", ["name", "contribution"]].to_list() == ["United States", pytest.approx(-0.14, abs=0.005)]
    assert space["report"].facts["contribution.partner.imports_cny_ytd.USA:printed"]
    assert "$111.7 billion" in capsys.readouterr().out


@pytest.mark.parametrize(
    "page", [*sorted(path.name for path in DOCS.glob("*.md")), "../README.md", "../CONTRIBUTING.md", "../CHANGELOG.md"]
)
def test_every_link_to_a_file_leads_somewhere(page):
    path = DOCS / page
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_codebook_and_data_package_are_made_from_the_schema():
    book = (DATA / "README.md").read_text(encoding="utf-8")
    assert codebook.with_variables(book) == book, "run python -m customs_report.codebook"
    assert json.loads((DATA / "datapackage.json").read_text(encoding="utf-8")) == codebook.package()
    assert {table.file for table in TABLES.values()} == {path.relative_to(DATA).as_posix() for path in DATA.rglob("*.csv")}
    for table in TABLES.values():
        assert f"`{table.file}`" in book
        header = (DATA / table.file).read_text(encoding="utf-8").partition("\n")[0].split(",")
        assert header == list(table.names), table.file
