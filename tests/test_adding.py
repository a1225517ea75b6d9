"""Adding files: every vintage is kept, nothing is added twice, contradictions of the stored figures need --accept."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from depth import in_depth

from customs_report import adding, checks, loading, schema
from customs_report import tables as data
from customs_report.readers.reading import NEAR, Names, likeness
from customs_report.vintages import latest
from tests import pages

USA = {"Total": (2.4e12, 1.6e12, 17e12, 11e12), "United States (US)": (2.5e11, 0.9e11, 1.8e12, 0.6e12)}


@pytest.fixture(scope="module")
def printed() -> data.Tables:
    return loading.read_printed(schema.DATA)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.name.startswith(".")
    }


def add(folder: Path, content: bytes, **options) -> adding.Added:
    return adding.add("page.html", content, folder=folder, today="2026-11-25", **options)


@pytest.fixture
def held_month(printed) -> bytes:
    """July 2026 by country as the English page has it, to 10 million yuan."""
    rows = printed.partners[(printed.partners["period"] == "2026-07") & (printed.partners["stage"] == "bulletin")]
    lines = {}
    totals = printed.totals[
        (printed.totals["period"] == "2026-07") & (printed.totals["currency"] == "CNY") & (printed.totals["measure"] == "level")
    ]
    figures = {(r.flow, r.kind): r.value for r in totals[totals["stage"] == "bulletin"].itertuples()}
    growth = printed.totals.query(
        "period == '2026-07' and currency == 'CNY' and measure == 'yoy' and kind == 'ytd' and stage == 'bulletin'"
    )
    rates = growth.set_index("flow")["value"]
    levels = [figures[flow, kind] for kind in ("month", "ytd") for flow in ("exports", "imports")]
    lines["Total"] = (*levels, *(rates[flow] for flow in ("total", "exports", "imports")))
    names = printed.partner_list.set_index("partner")["name"]
    for code in ("USA", "ASEAN", "EU27", "AFRICA"):
        mine = rows[rows["partner"] == code].set_index("kind")
        levels = [mine.at[kind, flow] for kind in ("month", "ytd") for flow in ("exports", "imports")]
        lines[names[code]] = (*levels, *(mine.at["ytd", f"{flow}_yoy"] for flow in ("total", "exports", "imports")))
    return pages.by_country("2026-07", lines, date="2026-08-09")


def test_a_page_adds_a_vintage_and_keeps_the_others(data_copy, held_month, printed):
    result = add(data_copy, held_month)
    assert (result.refused, result.written) == ("", True)
    assert [c.new for c in result.counts] == [9, 8]
    after = loading.load(data_copy)
    assert len(after.partners) == len(printed.partners) + 8
    rows = after.partners.query("period == '2026-07' and partner == 'USA' and kind == 'ytd'").set_index("stage")
    assert set(rows.index) == {"preliminary", "bulletin"}
    assert rows.at["preliminary", "exports"] == pytest.approx(
        rows.at["bulletin", "exports"], abs=rows.at["preliminary", "step"]
    )
    assert rows.at["preliminary", "released"] == "2026-08-09"


def test_adding_twice_changes_nothing(data_copy, held_month):
    add(data_copy, held_month)
    before = files(data_copy)
    result = add(data_copy, held_month)
    assert not result.changed
    assert files(data_copy) == before


def test_dry_run_writes_nothing_and_says_what_it_would(data_copy, held_month):
    before = files(data_copy)
    result = add(data_copy, held_month, dry_run=True)
    assert result.changed
    assert not result.written
    assert files(data_copy) == before


def test_a_changed_figure_of_a_later_release_is_a_vintage_of_its_own(data_copy, held_month, printed):
    add(data_copy, held_month)
    later = held_month.replace(b"2026/08/09", b"2026/08/20").replace(b"<title>", b"<title> ")
    assert not add(data_copy, later).changed  # the same figures on another day are no news
    figures = loading.load(data_copy).partners.query(
        "period == '2026-07' and partner == 'AFRICA' and stage == 'preliminary' and kind == 'ytd'"
    )
    exports, imports = (figures[flow].iloc[0] / 1e8 for flow in ("exports", "imports"))
    for old, new in ((exports, exports + 3), (exports + imports, exports + imports + 3)):
        assert f"{old:,.1f}".encode() in later
        later = later.replace(f"{old:,.1f}".encode(), f"{new:,.1f}".encode())
    result = add(data_copy, later)
    assert [c.revised for c in result.counts] == [0, 1]
    both = loading.load(data_copy).partners.query(
        "period == '2026-07' and partner == 'AFRICA' and stage == 'preliminary' and kind == 'ytd'"
    )
    assert sorted(both["released"]) == ["2026-08-09", "2026-08-20"]


def test_what_was_held_without_growth_is_completed_and_is_no_second_vintage(data_copy, held_month, printed):
    add(data_copy, held_month)
    path = data_copy / "partners.csv"
    lines = path.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("2026-07,ytd,USA,CNY") and "preliminary" in line)
    complete, cells = lines[at], lines[at].split(",")
    lines[at] = ",".join([*cells[:6], "", "", "", *cells[9:]])
    path.write_text("\n".join(lines) + "\n")
    result = add(data_copy, held_month)
    assert [c.completed for c in result.counts] == [0, 1]
    assert path.read_text().splitlines()[at] == complete


def test_more_than_the_usual_revision_is_shown_and_needs_to_be_accepted(data_copy):
    page = pages.by_country("2026-07", USA, date="2026-08-09")
    before = files(data_copy)
    result = add(data_copy, page)
    assert "more than the usual revision" in result.refused
    assert "--accept" in result.refused
    assert files(data_copy) == before


def test_an_implausibly_large_figure_suggests_a_wrong_unit(data_copy, printed):
    africa = printed.partners.query("period == '2026-07' and partner == 'AFRICA' and kind == 'month'").iloc[0]
    tenfold = {"Total": (3e13, 2e13, 6e13, 5e13)} | {
        "Africa": (africa.exports * 10, africa.imports * 10, africa.exports * 20, africa.imports * 20)
    }
    result = add(data_copy, pages.by_country("2026-08", tenfold))
    assert "is the unit right?" in result.refused


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"CNY 100 Million", b"USD1 Million", "the title says CNY"),
        (b"CNY 100 Million", b"CNY 10,000", "is the unit right"),
        (b"CNY", b"USD", "look like yuan"),
        (b"CNY 100 Million", b"nothing", "the unit row"),
    ],
)
def test_a_currency_or_unit_that_the_numbers_contradict_is_refused_even_if_accepted(data_copy, held_month, old, new, said):
    before = files(data_copy)
    result = add(data_copy, held_month.replace(old, new), accept=True)
    assert said in result.refused
    assert files(data_copy) == before


def test_a_broken_identity_is_refused_even_if_accepted(data_copy, printed):
    figures = printed.partners.query("period == '2026-07' and stage == 'bulletin' and kind == 'month'").set_index("partner")
    lines = {"Total": (2.7e12, 1.9e12, 17e12, 13e12)}
    lines |= {
        name: (figures.exports[code], figures.imports[code], figures.exports[code] * 9, figures.imports[code] * 9)
        for name, code in (("Viet Nam", "VNM"), ("Malaysia", "MYS"))
    }
    lines["ASEAN"] = (1e11, 1e11, 3e11, 3e11)
    result = add(data_copy, pages.by_country("2026-07", lines), accept=True)
    assert "less than its members" in result.refused


def test_printed_growth_that_does_not_match_the_levels_is_reported(data_copy, held_month, printed):
    usa = printed.partners.query("period == '2026-07' and partner == 'USA' and kind == 'ytd'").iloc[0]
    before = usa.exports / (1 - 0.444) + usa.imports / (1 + usa.imports_yoy / 100)  # so that the line itself holds together
    total = ((usa.exports + usa.imports) / before - 1) * 100
    swapped = held_month.replace(f"{usa.exports_yoy:.1f}".encode(), b"-44.4")
    swapped = swapped.replace(f"{usa.total_yoy:.1f}".encode(), f"{total:.1f}".encode())
    assert "printed growth does not match the levels" in add(data_copy, swapped).refused


def test_an_unknown_label_is_kept_and_reported(data_copy, held_month):
    result = add(data_copy, held_month.replace(b"Africa", b"Ruritania"))
    assert any("Ruritania" in remark and "in no reference list" in remark for remark in result.remarks)
    after = loading.load(data_copy)
    assert len(after.partners.query("partner == 'unlisted_ruritania'")) == 2
    assert after.partner_list.set_index("partner").at["unlisted_ruritania", "type"] == "unlisted"
    assert "unlisted_ruritania" not in data.ranked_partners(after)


def test_a_line_that_the_months_before_have_is_missed(data_copy, printed):
    exports = pages.next_month(printed)["exports.html"]
    lines = exports.split(b"<tr>")
    without = b"<tr>".join(line for line in lines if b"Motor vehicles" not in line)
    assert len(without) < len(exports)
    result = add(data_copy, without)
    assert result.refused
    assert any("no line for motor_vehicles" in remark for remark in result.remarks)


def test_a_new_month_makes_the_report_of_that_month(data_copy, printed, tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, content in pages.next_month(printed).items():
        (folder / name).write_bytes(content)
    run = {"env": os.environ | {"CUSTOMS_REPORT_DATA": str(data_copy)}, "capture_output": True, "text": True, "check": False}
    added = subprocess.run([sys.executable, "-m", "customs_report", "add", str(folder)], **run)
    assert (added.returncode, added.stderr) == (0, ""), added.stderr
    assert latest(data.as_of(loading.load(data_copy))) == "2026-08"
    # the figures are made up: they keep every identity, not what customs restates a year later
    assert not [
        finding
        for result in checks.run_checks(loading.read_printed(data_copy))
        if result.check.hard
        for finding in result.found
    ]
    out = tmp_path / "reports"
    built = subprocess.run([sys.executable, "-m", "customs_report", "build", "latest", "--out", str(out)], **run)
    assert built.returncode == 0, built.stderr
    page = (out / "2026-08" / "monthly_report.html").read_text()
    assert "August 2026" in page


def test_of_several_files_each_names_its_own_outcome(data_copy, held_month, tmp_path):
    (tmp_path / "good.html").write_bytes(held_month)
    (tmp_path / "half.html").write_bytes(held_month[: len(held_month) // 2])
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    environment = os.environ | {"CUSTOMS_REPORT_DATA": str(data_copy)}
    command = [
        sys.executable,
        "-m",
        "customs_report",
        "add",
        *(str(tmp_path / n) for n in ("half.html", "good.html", "other.csv")),
    ]
    before = files(data_copy)
    mistyped = subprocess.run([*command, "gone"], env=environment, capture_output=True, text=True, check=False)
    assert (mistyped.returncode, mistyped.stdout) == (2, "")
    assert mistyped.stderr == "customs-report: there is no file or folder gone\n"
    assert files(data_copy) == before
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "good.html: added" in done.stdout
    assert len(done.stderr.strip().splitlines()) == 2
    assert all("nothing was changed" in line for line in done.stderr.strip().splitlines())
    assert "breaks off" in done.stderr


def test_a_killed_add_leaves_the_data_whole(data_copy, held_month, tmp_path):
    """Killed at ten moments: afterwards the data are the old or the new ones, never a mixture, and can be loaded."""
    (tmp_path / "page.html").write_bytes(held_month)
    before = files(data_copy)
    command = [sys.executable, "-m", "customs_report", "add", str(tmp_path / "page.html")]
    environment = os.environ | {"CUSTOMS_REPORT_DATA": str(data_copy)}
    for moment in (1.5, 2.2):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        loading.load(data_copy)
        now = files(data_copy)
        if now != before:
            assert now["partners.csv"] != before["partners.csv"]
            assert now["totals.csv"] != before["totals.csv"]


def test_the_command_refuses_a_wrong_day_and_an_empty_folder(tmp_path, data_copy, monkeypatch):
    from customs_report.cli import main

    result = CliRunner().invoke(main, ["add", str(tmp_path / "nothing"), "--released", "2026-02-30"])
    assert result.exit_code == 2
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(main, ["add", str(tmp_path / "empty")])
    assert result.exit_code == 2
    assert "has no files" in result.output


@pytest.mark.parametrize(
    ("name", "flow"),
    [
        ("imports/exports.csv", "export"),
        ("exports/soya_import_2023.csv", "import"),
        ("imports/2023.csv", "import"),
        ("exports/important.csv", "export"),
        ("a/b.csv", ""),
        ("出口/进口.csv", "import"),
        ("出口/进出口.csv", "export"),
        ("exports/import-export.csv", ""),
        ("exports/2023/a.csv", ""),
    ],
)
def test_the_name_of_a_file_goes_before_that_of_its_folder(name, flow):
    assert adding.flow_in(name) == flow


def test_what_is_no_file_is_refused_in_one_line(tmp_path, data_copy):
    """Pipes, devices, names that are not UTF-8 or hold control characters: exit code 2 and one line, whatever the console's encoding."""
    os.mkfifo(tmp_path / "pipe")
    odd = os.fsencode(tmp_path) + b"/bad\xff\x1b[31m\n\xe4\xb8\xad.csv"
    Path(os.fsdecode(odd)).write_bytes(b"")
    before = files(data_copy)
    environment = os.environ | {"CUSTOMS_REPORT_DATA": str(data_copy), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "customs_report", "add", str(tmp_path / "pipe"), "/dev/zero", odd]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert [("pipe" in line, "/dev/zero" in line, "bad\\udcff\\x1b[31m\\n" in line) for line in lines] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert all(line.startswith("customs-report: ") and line.endswith("; nothing was changed") for line in lines)
    assert files(data_copy) == before


@pytest.mark.parametrize("step", ["write", "fsync", "rename", "replace"])
def test_a_full_disk_leaves_the_data_as_they_were(data_copy, held_month, tmp_path, monkeypatch, step):
    """One clear line, exit code 2, nothing left behind; a change that is final is completed by the next reader."""
    from customs_report.cli import main

    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "page.html").write_bytes(held_month)
    before, names = files(data_copy), {path.name for path in data_copy.iterdir()}
    monkeypatch.setattr(schema, "DATA", data_copy)
    with monkeypatch.context() as patched:
        if step == "fsync":
            patched.setattr(os, "fsync", full)
        elif step == "write":
            patched.setattr(Path, "mkdir", full)
        else:
            patched.setattr(Path, step, full)
        result = CliRunner().invoke(main, ["add", str(tmp_path / "page.html")])
    assert "No space left on device" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    if step == "replace":
        assert result.exit_code == 1
        loading.load(data_copy)
        assert files(data_copy) != before
    else:
        assert result.exit_code == 2
        assert files(data_copy) == before
    assert {path.name for path in data_copy.iterdir()} - {".lock", loading.CHECKED} == names


def test_a_disk_that_is_really_full(data_copy, held_month, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if (
        not mount
        or os.name == "nt"
        or os.geteuid()
        or subprocess.run([mount, "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)], check=False).returncode
    ):
        pytest.skip("needs the right to mount a file system")
    try:
        shutil.copytree(data_copy, disk / "data")
        (disk / "fill").write_bytes(bytes(shutil.disk_usage(disk).free))
        (tmp_path / "page.html").write_bytes(held_month)
        before = files(disk / "data")
        environment = os.environ | {"CUSTOMS_REPORT_DATA": str(disk / "data")}
        command = [sys.executable, "-m", "customs_report", "add", str(tmp_path / "page.html")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        assert "No space left on device" in done.stderr
        assert files(disk / "data") == before
        assert not (disk / "data" / ".staged").exists()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


# --- labels -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def exports(printed) -> bytes:
    """Exports of August 2026, of which the data have only the headline figures."""
    return pages.next_month(printed)["exports.html"]


@pytest.mark.parametrize(
    ("known", "printed_as", "code"),
    [
        ("Ceramic products", "Ceramics", "ceramic_products"),
        ("Rare earths", "Light and heavy lanthanides", "rare_earths"),  # no word in common: told by last year's figure
        *in_depth(
            ("Furniture and parts", "Furniture items", "furniture"), ("Mobile phones", "Mobile telephones", "mobile_phones")
        ),
    ],
)
def test_a_new_spelling_near_a_known_one_is_asked_about(data_copy, exports, known, printed_as, code):
    page = exports.replace(f">{known}\u00a0<".encode(), f">{printed_as}\u00a0<".encode())
    assert page != exports
    before = files(data_copy)
    for accept in (False, True):  # to accept odd figures is not to accept a name
        result = add(data_copy, page, accept=accept)
        assert f"{printed_as!r} may be {code}" in result.refused
        assert f"--accept-label '{printed_as}={code}'" in result.refused
        assert files(data_copy) == before
    result = add(data_copy, page, labels={printed_as: code})
    assert (result.refused, result.written, result.left_out) == ("", True, {})
    after = loading.load(data_copy)
    assert (
        len(after.commodities.query("commodity == @code and flow == 'export' and period == '2026-08' and table == 'flash'"))
        == 2
    )
    assert not after.commodities["commodity"].str.startswith("unlisted").any()
    assert ("commodities", "export", code, printed_as) in set(after.spellings.itertuples(index=False, name=None))
    assert not add(data_copy, page).refused  # kept for the next time


def test_a_label_may_be_accepted_as_a_line_of_its_own(data_copy, exports):
    page = exports.replace(b">Ceramic products\xc2\xa0<", b">Ceramics\xc2\xa0<")
    result = add(data_copy, page, labels={"Ceramics": ""})
    assert "no line for ceramic_products" in result.refused
    result = add(data_copy, page, labels={"Ceramics": ""}, accept=True)
    assert result.written
    assert result.left_out == {"labels in no list": 1}
    assert "unlisted_ceramics" in set(loading.load(data_copy).commodities["commodity"])


def test_a_label_is_accepted_only_as_a_line_that_there_is(data_copy, exports):
    page = exports.replace(b">Ceramic products\xc2\xa0<", b">Ceramics\xc2\xa0<")
    result = add(data_copy, page, labels={"Ceramics": "ceramic_product"})
    assert "no such line; nearest: ceramic_products" in result.refused


def test_the_labels_of_2025_are_known(printed):
    for flow, label, code in (
        ("export", "Plastic products", "plastic_articles"),
        ("export", "Automatic data processing equipment and parts thereof", "data_processing_machines"),
        ("import", "Automatic data processing equipment and parts thereof", "data_processing_machines"),
        ("export", "Automotive components and parts", "vehicle_parts"),
    ):
        assert Names(printed).commodity(flow, label) == code


@pytest.mark.parametrize(
    ("label", "known", "near"),
    [
        ("Plastic products", "Plastic articles", True),
        ("Automatic data processing equipment and parts thereof", "Automatic data processing machines and parts thereof", True),
        ("Steel products", "Products, of steel or iron", True),
        ("Lamps", "Lamps and lighting fittings and parts thereof", True),
        ("汽车零部件", "汽车零配件", True),
        ("Industrial robots", "Integrated circuits", False),
        ("Solar cells", "Ships", False),
        ("Toys", "Other products", False),
    ],
)
def test_likeness_of_names(label, known, near):
    assert (likeness(label, known) >= NEAR) == near


def test_the_command_counts_what_it_leaves_out(data_copy, exports, tmp_path, monkeypatch):
    from customs_report.cli import main

    monkeypatch.setattr(schema, "DATA", data_copy)
    (tmp_path / "exports.html").write_bytes(exports.replace(b">Ceramic products\xc2\xa0<", b">Ceramics\xc2\xa0<"))
    command = ["add", str(tmp_path / "exports.html")]
    refused = CliRunner().invoke(main, command)
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (2, 1)
    result = CliRunner().invoke(main, [*command, "--accept", "--accept-label", "Ceramics="])
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "left out or set apart: labels in no list: 1 (see the notes)"
    wrong = CliRunner().invoke(main, [*command, "--accept-label", "Ceramics"])
    assert wrong.exit_code == 2
    assert "names no line; write it like" in wrong.stderr


def test_a_figure_that_the_month_before_has_is_missed(data_copy, exports):
    rows = exports.decode().split("<tr>")
    at = next(i for i, row in enumerate(rows) if "Footwear" in row)
    cells = rows[at].split("<td>")
    for x in (2, 3, 5, 7, 9):
        cells[x] = cells[x].replace(cells[x].partition("<span>")[2].partition("<")[0], "-")
    rows[at] = "<td>".join(cells)
    result = add(data_copy, "<tr>".join(rows).encode())
    assert "no quantity of footwear, which the month before has" in result.refused


def test_figures_of_months_to_come_are_refused_and_other_files_are_read(data_copy, held_month, tmp_path, monkeypatch):
    from customs_report.cli import main

    monkeypatch.setattr(schema, "DATA", data_copy)
    (tmp_path / "a.html").write_bytes(held_month.replace(b"Jul 2026", b"Jul 2046"))
    (tmp_path / "b.html").write_bytes(held_month.replace(b"CNY 100 Million", b"CNY 600 Million"))
    (tmp_path / "c.html").write_bytes(held_month)
    result = CliRunner().invoke(main, ["add", "--dry-run", str(tmp_path)])
    assert result.exit_code == 2
    assert "figures of 2046-07, a month not over on the release day, 2026-08-09" in result.stderr
    assert "the unit row 'Unit: CNY 600 Million' is none that customs uses" in result.stderr
    assert "c.html: would be added" in result.stdout
