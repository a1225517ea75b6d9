"""Anybody's notebook builds: what its author shows is in page, PDF and workbook, marked as the author's own, nothing is lost."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from base64 import b64decode
from datetime import datetime
from pathlib import Path

import nbformat
import pandas as pd
import pypdf
import pytest
import tracked
from click.testing import CliRunner
from lxml import html as parser

from customs_report import cli, exhibits, lab, strip
from customs_report.display import exhibit
from customs_report.errors import InputError, Violation
from customs_report.publish import author_output, build, inputs, manifest, many, proof, rendering
from customs_report.publish.outlines import Outline, outline
from customs_report.publish.parameters import asked, declared, refuse_undeclared

PERIOD = "2012-02"  # totals only: the quickest to build
PARAMETERS = ('period: str = "2025-11"', "parameters")
MIXED = [
    "# Trade in 2012\n\nA text with 7 in it, a `word` and <b>bold</b>.\n\n![A square](square.png)",
    PARAMETERS,
    "import matplotlib.pyplot as plt\nimport pandas as pd\nimport local_module\nfrom customs_report import exhibits\n"
    "from customs_report.display import exhibit\nfrom customs_report.report import open_report\nreport = open_report(period)",
    "#### A heading that skips levels",
    "frame = pd.DataFrame({'exports': [1234.5678, 2], 'name': ['Côte d’Ivoire', '中国']}, index=pd.to_datetime(['2012-01-01', '2012-02-01']))\nframe",
    "frame.style.format(precision=1)",
    "plt.plot([1, 2])\nplt.show()",
    "fig, axes = plt.subplots()\nplt.close(fig)\nfig",
    "print('printed 42\\nsecond  line')",
    "print(local_module.SAID, period)",
    "## Ours",
    "exhibit(1, exhibits.balance(report))",
    "exhibit(2, exhibits.balance(open_report('2012-03')))",
    "from IPython.display import HTML, Markdown, SVG, display\n"
    "display(HTML('<h1>Of of_a_test</h1><p>unclosed <b>bold<data data-fact=balance_usd_month>99</data><script>alert(1)</script>'))",
    'display(Markdown(\'* a point of 5\'), SVG(\'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>\'))',
    "HTML('<p></p><iframe src=\"https://example.org\"></iframe>')",
    "import sys\nprint('of the author', file=sys.stderr)",
    ("'not for readers'", "lab-only"),
]


def written(path: Path, cells: list, **metadata) -> Path:
    """A notebook of these sources: Markdown where they begin with #, else code, with a tag where there is one."""
    made = []
    for cell in cells:
        source, *tags = (cell,) if isinstance(cell, str) else cell
        new = nbformat.v4.new_markdown_cell if source.startswith("#") else nbformat.v4.new_code_cell
        made.append(new(source, metadata={"tags": tags} if tags else {}))
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=metadata), path)
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A folder of somebody's own, with a notebook, a module and a picture; no kernelspec, no cover, no headline."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "local_module.py").write_text("SAID = 'said by a module'\n")
    from matplotlib.figure import Figure

    Figure(figsize=(1, 1)).savefig(folder / "square.png")
    written(folder / "my_own.ipynb", MIXED)
    return folder


@pytest.fixture(scope="module")
def built(home, tmp_path_factory) -> many.Built:
    return many.build_report(PERIOD, notebook=asked(str(home / "my_own.ipynb")), out=tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def page(built) -> parser.HtmlElement:
    return parser.fromstring((built.folder / "my_own.html").read_text())


def text_of_pdf(path: Path) -> str:
    return re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in pypdf.PdfReader(path).pages))


SHOWN = ["Trade in 2012", "A text with 7 in it", "bold", "1234.5678", "Côte d’Ivoire", "1234.6", "printed 42", "second line"]
SHOWN += [
    "said by a module 2012-02",
    "Of of_a_test",
    "99",
    "a point of 5",
    "iframe: page and PDF cannot show it",
    "of the author",
]


def test_everything_is_in_page_and_pdf_and_marked(built, page):
    assert built.incomplete == ()
    own = re.sub(r"\s+", " ", " ".join(element.text_content() for element in page.xpath("//main//*[@data-own]")))
    sheets = text_of_pdf(built.folder / "my_own.pdf")
    for text in SHOWN:
        assert text in own, text
        assert text in sheets, text
    assert own.count("Author’s own") == sheets.count("Author’s own") > 10
    assert "not for readers" not in page.text_content() + sheets
    assert "中国" in own
    assert "中国" in sheets
    pictures = page.xpath("//main//img/@src")
    assert [address.split(";")[0] for address in pictures if "svg" not in address] == ["data:image/png"] * 3
    assert (
        len(page.xpath("//main//*[@data-own]//section[@class='exhibit']")) == 1
    )  # of another month: its numbers are not of this one


def test_page_and_pdf_say_period_and_vintage_above_the_title(built, page):
    (line,) = page.xpath("//main//p[@class='kicker']")
    assert line.text_content() == "February 2012 · as known on 7 July 2026"
    assert [time.get("datetime") for time in line.iter("time")] == [PERIOD, "2026-07-07"]
    assert page.xpath("//main//*[self::p[@class='kicker'] or self::h1]")[0] is line
    assert line.text_content() in text_of_pdf(built.folder / "my_own.pdf")


def test_the_page_is_whole_and_asks_for_nothing(page):
    assert not page.xpath("//main//script | //main//iframe")
    assert page.xpath("string(//title)") == "Trade in 2012"
    assert [heading.tag for heading in page.xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4]")] == [
        "h1",
        "h2",
        "h2",
        "h3",
        "h3",
    ]
    assert not page.xpath("//main/following-sibling::footer")  # no number of its exhibits opens anything
    assert not page.xpath("//*[@data-own]//@data-fact | //*[@data-own]//@data-cell | //*[@data-own]//@interestfor")
    targets = {link.removeprefix("#") for link in page.xpath("//a/@href") if link.startswith("#")}
    assert targets <= {*page.xpath("//@id")}


def test_what_is_ours_is_proved_and_what_is_planted_beside_it_is_found(built, page):
    ours = page.xpath("//main/section[@class='exhibit']")
    assert len(ours) == 1
    facts, source = json.loads((built.folder / "my_own.facts.json").read_text()), (built.folder / "my_own.html").read_text()
    find = build.lookup_of(build.open_report(PERIOD))
    assert proof.prove_html(source, facts, find) == []
    assert proof.prove_html(source.replace("</main>", "<p>12 more</p></main>"), facts, find)
    wrong = re.sub(r"(<section class=.?exhibit.?.*?<data [^>]*>[^<]*?)\d", r"\g<1>9999", source, count=1, flags=re.S)
    assert proof.prove_html(wrong, facts, find)


def test_manifest_workbook_and_archive_know_it(built):
    said = manifest.read(built.folder, "my_own")
    assert said["complete"]
    assert said["own"] == 13
    sheets = pd.read_excel(built.folder / "my_own.xlsx", sheet_name=None, header=None, engine="calamine")
    table = sheets["Table 1"]
    assert 1234.5678 in set(table[1])  # in full, beside its month
    assert table.iloc[6:, 0].to_list() == [datetime(2012, 1, 1), datetime(2012, 2, 1)]
    assert "Author’s own" in table.iloc[3, 0]


def test_the_same_bytes_again(built, home, tmp_path):
    again = many.build_report(PERIOD, notebook=str(home / "my_own.ipynb"), out=tmp_path)
    for ending in ("html", "pdf", "xlsx", "zip", "jsonld", "facts.json"):
        assert (again.folder / f"my_own.{ending}").read_bytes() == (built.folder / f"my_own.{ending}").read_bytes(), ending


def command(*words: str):
    return CliRunner().invoke(cli.main, ["build", PERIOD, "--formats", "html", *words])


def test_an_error_is_a_named_box_and_what_came_before_it_stays(tmp_path):
    path = written(tmp_path / "fails.ipynb", [PARAMETERS, "# A title", "print('before it')\n1 / 0"])
    made = command("--notebook", str(path), "--out", str(tmp_path / "out"))
    assert made.exit_code == 1
    page = (tmp_path / "out" / PERIOD / "incomplete" / "fails.html").read_text()
    assert "before it" in page
    assert page.count("Cell 2, line 2, under “A title” could not be made") == 2
    warning, first, *files = made.output.splitlines()
    assert warning.startswith("fails.ipynb runs as you")
    traced = tmp_path / "out" / PERIOD / "incomplete" / "fails.ipynb"
    assert first.endswith(f"could not be made: ZeroDivisionError: division by zero; the traceback is in {traced}")
    assert "Cell In[3], line 2" in traced.read_text()
    assert [Path(file).name for file in files] == ["fails.html", "fails.facts.json", "fails.ipynb"]


@pytest.mark.parametrize(
    ("cells", "metadata", "said"),
    [
        (["1 + 1"], {}, r"of_a_test.ipynb has no parameter `period`: tag its first code cell `parameters` .* period: str = \"2025-11\""),
        ([('day = "x"', "parameters")], {}, "has no parameter `period`"),
        ([("period = ", "parameters")], {}, "of_a_test.ipynb is no notebook whose parameters can be read"),
        ([], {}, r"of_a_test.ipynb is empty: in its first cell write period: str = \"2025-11\", and tag it `parameters`"),
        ([PARAMETERS], {}, "of_a_test.ipynb shows nothing: no cell has a text, or an output that a page can show"),
        ([PARAMETERS, "x = 1", ("print(x)", "lab-only")], {}, "of_a_test.ipynb shows nothing"),
        ([PARAMETERS], {"kernelspec": {"language": "R", "name": "ir", "display_name": "R"}}, "of_a_test.ipynb is in R"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_said_in_one_line(tmp_path, cells, metadata, said):
    made = command("--notebook", str(written(tmp_path / "of_a_test.ipynb", cells, **metadata)), "--out", str(tmp_path / "out"))
    assert made.exit_code == 2
    assert re.search(said, made.stderr)
    assert [line.startswith("customs-report: ") for line in made.stderr.splitlines() if "runs as you" not in line] == [True]
    assert not list((tmp_path / "out").glob("*/of_a_test.*"))


def test_the_notebook_that_is_asked_for(home, tmp_path, monkeypatch):
    assert asked("monthly_report") == asked(str(inputs.NOTEBOOKS / "monthly_report.ipynb")) == "monthly_report"
    monkeypatch.setenv("HOME", str(home))
    assert asked("~/my_own.ipynb") == str(home / "my_own.ipynb")
    assert inputs.notebook_name(str(home / "a b.c.ipynb")) == "a-b-c"
    with pytest.raises(InputError, match=r"there is no notebook '~/my_own_.ipynb'; nearest: my_own$"):
        asked("~/my_own_.ipynb")
    with pytest.raises(InputError, match=r"there is no notebook '.*/zzz'; all: my_own$"):
        asked(str(home / "zzz"))
    with pytest.raises(InputError, match=r"there is no notebook '.*': there is no folder .*nosuch$"):
        asked(str(home / "nosuch" / "my_own.ipynb"))
    shutil.copy(home / "my_own.ipynb", tmp_path / "monthly_report.ipynb")
    with pytest.raises(InputError, match="would be called monthly_report, like others of the project"):
        asked(str(tmp_path / "monthly_report.ipynb"))
    plain = written(tmp_path / "plain.ipynb", [('period = "2025-11"\ncount = 3', "parameters")])
    assert declared(plain) == {"period": "str", "count": "int"}
    with pytest.raises(InputError, match="has no parameter `as_of`"):
        refuse_undeclared(plain, "2025-12-08")


STREAM = {"output_type": "stream", "name": "stdout", "text": "aside"}
FRAME = {"output_type": "execute_result", "data": {"text/html": "<table><tr><td>1</td></tr></table>"}, "metadata": {}}


@pytest.fixture(scope="module")
def monthly():
    return build.run("monthly_report", {"period": PERIOD, "as_of": ""})


@pytest.mark.parametrize("output", [STREAM, FRAME], ids=["print", "frame"])
def test_the_projects_own_reports_show_nothing_of_their_own(monthly, output):
    executed, report = monthly
    cell = {"id": "aside", "cell_type": "code", "metadata": {}, "source": "", "outputs": [output]}
    with_it = {**executed, "cells": [*executed["cells"], cell]}
    with pytest.raises(Violation, match=r"Something under .* shows what is its author's own"):
        build.outline_of(with_it, report, "monthly_report")
    cell["metadata"]["tags"] = ["lab-only"]
    assert build.outline_of(with_it, report, "monthly_report").own == ()


def test_a_kernels_notebook_is_converted(home, tmp_path):
    shutil.copytree(home, tmp_path / "copy")
    convert = [
        sys.executable,
        "-m",
        "jupyter",
        "nbconvert",
        str(tmp_path / "copy" / "my_own.ipynb"),
        "--output-dir",
        str(tmp_path),
    ]
    subprocess.run([*convert, "--to", "notebook", "--execute", "--output", "done"], check=True, capture_output=True)
    convert[4] = str(tmp_path / "done.ipynb")
    shutil.copy(home / "square.png", tmp_path)
    for kind, ending in (("report_html", "html"), ("report_pdf", "pdf")):
        subprocess.run([*convert, "--to", kind], check=True, capture_output=True)
        assert (tmp_path / f"done.{ending}").stat().st_size > 10_000
    page, sheets = parser.fromstring((tmp_path / "done.html").read_text()).text_content(), text_of_pdf(tmp_path / "done.pdf")
    for text in ["Trade in 2012", "1234.5678", "printed 42", "a point of 5", "of the author"]:
        assert text in page, text
        assert text in sheets, text


def test_a_picture_too_wide_and_a_frame_too_wide_stay_on_the_page(tmp_path):
    cells = [
        PARAMETERS,
        "import pandas as pd\npd.set_option('display.max_columns', 50)\npd.DataFrame({f'column_{i}': [i * 1e9] for i in range(40)})",
    ]
    executed, _ = build.run(str(written(tmp_path / "wide.ipynb", cells)), {"period": PERIOD})
    pdf = pypdf.PdfReader(io.BytesIO(build.rendering.pdf(outline(executed, "wide"))))
    right: list[float] = []
    for sheet in pdf.pages:
        sheet.extract_text(visitor_text=lambda text, cm, tm, *_: right.append(cm[4] + tm[4]) if text.strip() else None)
    assert max(right) < 210 / 25.4 * 72


# --- what a newcomer would stumble over -----------------------------------------------------------------------------------


def built_of(tmp_path: Path, *cells, formats: tuple[str, ...] = ("html",)) -> many.Built:
    path = written(tmp_path / "of_a_test.ipynb", [PARAMETERS, *cells])
    return many.build_report(PERIOD, notebook=str(path), out=tmp_path / "out", formats=formats)


def main_of(made: many.Built) -> parser.HtmlElement:
    return parser.fromstring((made.folder / "of_a_test.html").read_text()).find(".//main")


FRAMES = """import numpy as np, pandas as pd
months = pd.date_range("2024-12-01", periods=3, freq="MS", name="month")
frame = pd.DataFrame({"value": [1.5, -2.0, np.inf], "note": ["a", "b", "c"], "day": pd.to_datetime(["2025-01-01", "2025-01-08", None])}, index=months)
frame"""


def text_of(table: parser.HtmlElement) -> list[list[str]]:
    return [[cell.text_content().strip() for cell in row] for row in table.iter("tr")]


@pytest.mark.parametrize("shown", ["frame", "frame.style.format(precision=1)", "frame.reset_index().set_index('month')"])
def test_a_frame_looks_like_our_tables(shown, tmp_path):
    made = built_of(tmp_path, FRAMES, f"{shown}  # and 1 more", formats=("html", "pdf"))
    table = main_of(made).findall(".//table")[-1]
    rows = text_of(table)
    assert rows[0] == ["month", "value", "note", "day"]
    assert [row[0] for row in rows[1:]] == ["December 2024", "January 2025", "February 2025"]
    assert [cell.get("align") for cell in table.findall(".//tr")[1]] == ["left", "right", "left", "left"]
    assert "December 2024" in text_of_pdf(made.folder / "of_a_test.pdf")
    assert main_of(made).findall(".//style[@scoped]") == []


def test_single_days_are_no_months_and_no_row_of_several_levels_is_shifted(tmp_path):
    several = "frame.reset_index().assign(group=['x', 'x', 'y']).set_index(['group', 'note'])[['value']]"
    pivot = "frame.reset_index().pivot_table(values='value', index='note', columns='day')"
    day = "pd.DataFrame({'released': pd.to_datetime(['2025-12-01'])})"
    period = day.replace("released", "period")
    tables = main_of(built_of(tmp_path, FRAMES, several, pivot, day, period)).findall(".//table")[-4:]
    assert text_of(tables[0])[:3] == [["group", "note", "value"], ["x", "a", "1.5"], ["", "b", "-2.0"]]
    assert text_of(tables[1])[:2] == [["", "day"], ["note", "2025-01-01", "2025-01-08"]]
    assert text_of(tables[2]) == [["", "released"], ["0", "2025-12-01"]]
    assert text_of(tables[3]) == [["", "period"], ["0", "December 2025"]]


def test_the_workbook_of_frames_has_dates_titles_and_no_infinity(tmp_path):
    stamps = "pd.DataFrame({'at': pd.to_datetime(['2025-01-01 12:30', '2025-01-02 00:00']), 'p': pd.period_range('2025-01', periods=2, freq='M')})"
    made = built_of(tmp_path, "# Here", FRAMES, "frame[['value']]", stamps, formats=("html", "xlsx", "zip"))
    sheets = pd.read_excel(made.folder / "of_a_test.xlsx", sheet_name=None, header=None, engine="calamine")
    first, *_, last = (sheets[name] for name in sheets if name.startswith("Table"))
    assert first.iloc[6:, 0].to_list() == [datetime(2024, 12, 1), datetime(2025, 1, 1), datetime(2025, 2, 1)]
    assert first.iloc[8, 1:].to_list() == ["[x]", "c", "[x]"]
    assert last.iloc[6:].to_numpy().tolist() == [
        [datetime(2025, 1, 1, 12, 30), datetime(2025, 1, 1)],
        [datetime(2025, 1, 2), datetime(2025, 2, 1)],
    ]
    titles = [sheets[f"Table {number}"].iloc[0, 0] for number in (1, 2, 3)]
    assert titles == ["Table 1: month, value, note, day", "Table 2: month, value", "Table 3: at, p"]
    with zipfile.ZipFile(made.folder / "of_a_test.zip") as made_zip:
        csv = made_zip.read("table-01-own.csv").decode().splitlines()
    assert csv[1:] == ["2024-12-01,1.5,a,2025-01-01", "2025-01-01,-2,b,2025-01-08", "2025-02-01,,c,"]


@pytest.mark.parametrize(
    "drawn",
    [
        "frame[['value']].iloc[:2].plot()",
        "plt.plot([1, 2])",
        "plt.hist([1, 2, 2])",
        "plt.title('Of of_a_test')",
        "plt.bar(['a'], [1])",
        "plt.subplots(1, 2)[1]",
        "plt.subplots()",
        "plt.boxplot([1, 2, 3])",
        "plt.scatter([1], [2])",
        "plt.pie([1, 2])",
    ],
)
def test_what_names_a_drawing_is_left_out_beside_it(drawn, tmp_path):
    made = built_of(tmp_path, FRAMES.removesuffix("frame"), f"import matplotlib.pyplot as plt\n{drawn}")
    main = main_of(made)
    assert len(main.findall(".//img")) == 1
    assert main.findall(".//div[@class='own']/pre") == []
    kept = json.loads((made.folder / "of_a_test.ipynb").read_text())["cells"][-1]["outputs"]
    assert any("text/plain" in output["data"] and "image/png" not in output["data"] for output in kept)


def test_other_text_beside_a_drawing_stays(tmp_path):
    made = built_of(tmp_path, "import matplotlib.pyplot as plt\nplt.plot([1])\n'the answer'", "plt.plot([1])\nplt.show()\n[]")
    assert [pre.text for pre in main_of(made).findall(".//div[@class='own']/pre")] == ["'the answer'", "[]"]


def test_the_zip_has_the_figures_as_they_are_shown(tmp_path):
    drawn = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nplt.plot([2, 1])\nplt.show()"
    svg = 'from IPython.display import SVG\nSVG(\'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>\')'
    made = built_of(tmp_path, "# The months", drawn, svg, formats=("html", "zip"))
    shown = {b64decode(address.partition("base64,")[2]) for address in main_of(made).xpath(".//img/@src")}
    with zipfile.ZipFile(made.folder / "of_a_test.zip") as made_zip:
        files = {name: made_zip.read(name) for name in made_zip.namelist()}
    assert [*files] == [f"figure-0{number}-the-months.{end}" for number, end in ((1, "png"), (2, "png"), (3, "svg"))]
    assert {*files.values()} == shown


def test_a_missing_picture_is_warned_of_in_one_line(tmp_path):
    path = written(tmp_path / "of_a_test.ipynb", [PARAMETERS, "# Of of_a_test\n\n![A & B](nosuch.png)", "# All well"])
    made = command("--notebook", str(path), "--out", str(tmp_path / "out"))
    assert made.exit_code == 0
    warning, said = made.stderr.splitlines()
    assert warning.startswith("of_a_test.ipynb runs as you")
    assert said == "customs-report: warning: under “The notebook’s beginning”: no picture nosuch.png (A & B)"


def test_as_known_on_is_said_only_of_a_page_that_keeps_tables_of_one_day(tmp_path):
    load = "import helpers\nthen = helpers.load({})\nlen(then.totals)"
    for name, cell, day in (
        ("now", load.format(""), "8 September 2026"),
        ("then", load.format('"2025-12-08"'), "8 December 2025"),
        ("report", "from customs_report.report import open_report\nreport = open_report(period)\nreport.period", "7 July 2026"),
        ("both", load.format('"2025-12-08"') + "\nnow = helpers.load()", ""),
        ("without", "print(5)", ""),
    ):
        (tmp_path / name).mkdir()
        made = built_of(tmp_path / name, "# Of of_a_test", cell, formats=("html", "pdf", "xlsx"))
        page = (made.folder / "of_a_test.html").read_text()
        said, line = bool(day), f"as known on {day}"
        above = page.partition("</head>")[2].partition('id="cite-this"')
        assert above[0].count("as known on") == page.count('name="report-as-of"') == bool(above[1]) == said
        assert (line in parser.fromstring(page).text_content()) == (line in text_of_pdf(made.folder / "of_a_test.pdf")) == said
        assert "February 2012" in text_of_pdf(made.folder / "of_a_test.pdf")
        cover = pd.read_excel(made.folder / "of_a_test.xlsx", sheet_name="Cover", header=None, engine="calamine")[0].to_list()
        assert sum("As known on" in str(line) for line in cover) == said


def test_a_chart_of_ours_that_is_not_proved_is_as_wide_as_the_page(tmp_path):
    cell = "from customs_report import exhibits\nfrom customs_report.report import open_report\n"
    cell += 'exhibits.compare(open_report("2026-06"), ["ASEAN", "USA"])'
    page = (built_of(tmp_path, "# Of mine", cell, formats=("html",)).folder / "of_a_test.html").read_text()
    address = parser.fromstring(page).xpath("//div[@class='own']//img/@src")[0]
    drawing = parser.fromstring(base64.b64decode(address.partition(",")[2]))
    assert float(drawing.get("width")) > 700  # pixels: without a size of its own a browser would show it in 300
    assert drawing.get("preserveaspectratio") is None


def test_a_table_of_ones_own_does_not_stand_under_the_heading_of_an_exhibit(tmp_path):
    open_it = "from customs_report import exhibits\nfrom customs_report.display import exhibit\n"
    open_it += "from customs_report.report import open_report\nexhibit(2, exhibits.balance(open_report(period)))"
    cells = ["# Of mine\n\n## My section", open_it, "import pandas as pd\npd.DataFrame({'a': [1.5]})"]
    made = built_of(tmp_path, *cells, formats=("xlsx",))
    contents = pd.read_excel(made.folder / "of_a_test.xlsx", sheet_name="Contents", header=None, engine="calamine")
    (said,) = [row[2] for row in contents.itertuples(index=False) if row[0] == "Table 1"]
    assert said == "My section"


def test_contents_need_three_entries_and_leave_out_the_title(tmp_path):
    for sections, listed in ((2, []), (3, ["Part a", "Part b", "Part c"])):
        folder = tmp_path / str(sections)
        folder.mkdir()
        made = built_of(folder, "# Of of_a_test", *(f"## Part {name}" for name in "abc"[:sections]), formats=("html", "pdf"))
        assert main_of(made).xpath(".//nav//a/text()") == listed
        assert ("Contents" in text_of_pdf(made.folder / "of_a_test.pdf")) == bool(listed)


# --- what is committed, and what makes a report stale ---------------------------------------------------------------------


def test_a_run_makes_no_report_stale_and_a_changed_source_does(home, tmp_path):
    path = tmp_path / "of_a_test.ipynb"
    shutil.copy(home / "my_own.ipynb", path)
    before = inputs.Inputs().of(str(path), {"period": PERIOD})
    notebook = nbformat.read(path, 4)
    notebook.cells[4].outputs = [nbformat.v4.new_output("stream", text="run")]
    notebook.cells[4].execution_count = 7
    notebook.cells[4].metadata["scrolled"] = True
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11"}
    nbformat.write(notebook, path)
    assert inputs.Inputs().of(str(path), {"period": PERIOD}) == before
    for change in ("source", "tags"):
        if change == "source":
            notebook.cells[4].source += "\n"
        else:
            notebook.cells[4].metadata["tags"] = ["lab-only"]
        nbformat.write(notebook, path)
        now = inputs.Inputs().of(str(path), {"period": PERIOD})
        assert [name for name in now if now[name] != before[name]] == ["notebook"]
        before = now


def test_git_sees_no_change_after_a_run(tmp_path):
    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", *words],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    root = inputs.ROOT
    (tmp_path / "notebooks").mkdir()
    for path in tracked.NOTEBOOKS:
        (tmp_path / "notebooks" / path.name).write_text(tracked.committed(path), encoding="utf-8")
    shutil.copy(root / ".gitattributes", tmp_path)
    git("init", "--quiet")
    git("config", "filter.notebook.clean", f"{sys.executable} -m customs_report.strip")
    git("add", ".")
    git("commit", "--quiet", "--message", "as they are")
    for path in sorted((tmp_path / "notebooks").glob("*.ipynb")):
        assert git("show", f"HEAD:notebooks/{path.name}").encode() == path.read_bytes() == strip.stripped(path.read_bytes())
        notebook = nbformat.read(path, 4)
        notebook.metadata["kernelspec"]["display_name"] = "China customs reports"
        notebook.metadata["language_info"] |= {"version": "3.12.1", "file_extension": ".py"}
        for cell in notebook.cells:
            cell.metadata["editable"] = True
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [nbformat.v4.new_output("stream", text="run")], 3
        nbformat.write(notebook, path)
        lab.after_saving({"type": "notebook"}, str(path))
    assert git("diff") == git("diff", "--cached") == git("status", "--porcelain") == ""
    changed = nbformat.read(path, 4)
    changed.cells[-1].source += "changed"
    nbformat.write(changed, path)
    lab.after_saving({"type": "notebook"}, str(path))
    assert git("status", "--porcelain") == f" M notebooks/{path.name}\n"


def test_contents_list_sections_and_the_footer_speaks_of_traces_only(reported):
    data, metadata = exhibit(1, exhibits.balance(reported("2025-11")))._repr_mimebundle_()
    output = {"output_type": "display_data", "data": data, "metadata": metadata}
    shown = {"cell_type": "code", "id": "shown", "source": "", "metadata": {}, "outputs": [output]}

    def page_of(*texts: str) -> Outline:
        cells = [{"cell_type": "markdown", "id": text, "source": text, "metadata": {}} for text in texts]
        return outline({"cells": [*cells, shown], "metadata": {}})

    alone, in_section = page_of("# Africa"), page_of("# Africa", "## The balance")
    assert alone.opening_of_pdf is None
    assert in_section.opening_of_pdf is not None
    assert "<footer>" not in rendering.page(in_section)


@pytest.mark.parametrize("place", ["<ipython-input-4-bd41>:1", "/tmp/ipykernel_12/34.py:1"])
def test_a_warning_of_ours_is_a_sentence_without_the_place_in_the_code(place):
    said = f"{place}: MissingFigures: 2026-08: no figures of Macau are available\n  macau = helpers.partner_months(tables)\n"
    other = f"{place}: UserWarning: of_a_test\n  warn('of_a_test')\n"
    shown = author_output.html_of({"output_type": "stream", "name": "stderr", "text": said + other}, "")
    assert "2026-08: no figures of Macau are available\n" in shown
    assert "MissingFigures" not in shown
    assert "helpers.partner_months" not in shown
    assert "UserWarning: of_a_test" in shown
