"""The pages for contributors are true: code that they show is code that runs here, charts that they show are all there are."""

from __future__ import annotations

import importlib.util
import re

import pytest

from customs_report.codebook import DATA, KEYS
from customs_report.publish.inputs import ROOT

DOCS = ROOT / "docs"


def test_the_code_in_the_guide_stands_in_the_files_it_names():
    guide = (DOCS / "adding-an-exhibit.md").read_text(encoding="utf-8")
    files = {name for name in re.findall(r"`([\w/]+\.(?:py|ipynb))`", guide) if "/" in name}
    sources = {name: (ROOT / name).read_text(encoding="utf-8") for name in files}  # each of them exists
    blocks = re.findall(r"```python\n(.*?)```", guide, re.S)
    assert len(blocks) == 4
    for line in (line.strip() for block in blocks for line in block.splitlines()):
        assert any(line in text for text in sources.values()), line


def test_the_gallery_has_every_chart():
    spec = importlib.util.spec_from_file_location("gallery", DOCS / "gallery.py")
    gallery = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gallery)
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    assert re.findall(r"^`(charts\..+)`$", page, re.M) == gallery.calls()
    shown = re.findall(r"\]\((gallery/.+\.png)\)", page)
    assert sorted(shown) == sorted(str(path.relative_to(DOCS)) for path in (DOCS / "gallery").glob("*.png"))
    assert all((DOCS / path).stat().st_size < 60_000 for path in shown)


@pytest.mark.parametrize("page", [*sorted(path.name for path in DOCS.glob("*.md")), "../README.md"])
def test_every_link_to_a_file_leads_somewhere(page):
    path = DOCS / page
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_codebook_describes_every_file_and_every_column():
    book = (DATA / "README.md").read_text(encoding="utf-8")
    described: dict[str, set[str]] = {}
    file = ""
    for line in book.partition("## Variables")[2].splitlines():
        start = re.match(r"(?:\| )?`(?:reference/)?(\w+\.csv)`|Common to", line)
        file = (start[1] or "common") if start else file
        cells = line.split("|")
        said = line if len(cells) == 1 else cells[2] if start or not cells[1].strip() else cells[1]
        described.setdefault(file, set()).update(re.findall(r"`(\w+)`", said))
    files = sorted(DATA.rglob("*.csv"))
    assert len(files) > 15
    for path in files:
        assert f"`{path.relative_to(DATA)}`" in book or path.parent.name == "outlook", path
        columns = set(path.read_text(encoding="utf-8").partition("\n")[0].split(","))
        assert columns <= described[path.name] | (described["common"] if path.stem in KEYS else set()), path.name
