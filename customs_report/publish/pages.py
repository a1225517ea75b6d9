"""The archive's pages: the index of all reports, a page for each, the fixed page of the newest.

Pages are functions of the catalogue: no clock, no request, and every number in them is a fact that names its report.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from customs_report.display.markup import element
from customs_report.house import PLAIN, House, using_look
from customs_report.languages import language
from customs_report.numbers import MONTHS, digits, grouped, period_text, written
from customs_report.palette import printable
from customs_report.periods import trailing
from customs_report.publish import catalogue as catalogues
from customs_report.publish import dataset
from customs_report.publish.archive_files import GENERATOR
from customs_report.publish.catalogue import BRIEF, COMPLETE, DAMAGED, KINDS, PROFILE, Entry
from customs_report.publish.citation import Citation
from customs_report.publish.fonts import han_font, page_fonts
from customs_report.publish.rendering import TEMPLATES, bytecode, house_style, imprint_of, mark_of

CHARACTERS = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("\u00a0·–—‘’“”…−←→↗▲▼◆éôç")
TYPEFACES = ("Regular", "Semibold")
CHART_MONTHS, FEWEST = 36, 6  # of the chart of balances: the months it spans, and how many reports it takes
SHADES = 5  # of a month in the calendar, by the size of its balance
FORMATS = {
    "html": "Web page",
    "pdf": "PDF",
    "xlsx": "Workbook of all tables and facts",
    "eml": "Mail, opens as a draft",
    "pptx": "Slides with charts that can be edited",
    "zip": "Every table as CSV, every chart as SVG and PNG",
    "jsonld": "What the report is, for search engines, as JSON-LD",
    "facts.csv": "Facts as CSV",
    "facts.json": "Facts with formula and sources, as JSON",
    "ipynb": "Executed notebook",
}
PROFILES = {  # how the names of profiles begin: what they are of
    "partner_profile-": "Partners",
    "commodity_profile-export-": "Exports by commodity",
    "commodity_profile-import-": "Imports by commodity",
}
BALANCE, RANK, RANK_LOW, RANK_OF = "balance_usd_month", *catalogues.RANKS


def archive_pages(catalogue: Mapping[str, Any], house: House = PLAIN) -> list[tuple[str, bytes]]:
    """Every page of the archive by its path, the index last, with the branding of a house."""
    with using_look(house.look):
        return [*_pages(catalogue, house)]


def _pages(catalogue: Mapping[str, Any], house: House) -> Iterator[tuple[str, bytes]]:
    entries = catalogue["reports"]
    folders: dict[str, list[Entry]] = {}
    for entry in entries:
        folders.setdefault(entry["folder"], []).append(entry)
    newest = next((entry for entry in entries if entry["id"] == catalogue["newest"]), None)
    for folder, own in folders.items():
        sets, profiles = ([e for e in own if (e["kind"] == PROFILE) is whether] for whether in (False, True))
        missing = [name for name in catalogues.subjects() if name not in {entry["notebook"] for entry in profiles}]
        yield f"{folder}/index.html", _page(
            "report", catalogue, house, root="../", folder=folder, first=(sets or profiles)[0], sets=sets,
            profiles=_by_subject(profiles), missing=missing, described=_in_page([_dataset(e, catalogue["url"]) for e in sets]),
        )  # fmt: skip
    yield "latest/index.html", _page("latest", catalogue, house, root="../", newest=newest)
    months = _calendar(catalogue)
    yield "index.html", _page(
        "index", catalogue, house, root="", newest=newest, calendar=months, chart=_chart(entries, newest),
        without=_years_without(catalogue), listed=(listed := _listed(entries)), filtered=_filtered(listed),
        brief=_brief(entries, newest), years=sorted({entry["period"][:4] for entry in entries}, reverse=True),
        described=_in_page([_data_catalogue(catalogue)]), months=MONTHS,
        kinds={kind: name for kind, name in KINDS.items() if any(entry["kind"] == kind for entry in entries)},
    )  # fmt: skip


# --- what the index shows -------------------------------------------------------------------------------------------------


def _monthly(entries: list[Entry]) -> dict[str, Entry]:
    """The monthly report of each period as known now: the complete one, else the one that is there."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry["kind"] == "monthly" and (entry["period"] not in found or entry["state"] == COMPLETE):
            found[entry["period"]] = entry
    return found


def _brief(entries: list[Entry], newest: Entry | None) -> Entry | None:
    """The brief of the newest report."""
    same = (entry for entry in entries if newest and entry["folder"] == newest["folder"] and entry["id"] != newest["id"])
    return next((entry for entry in same if entry["kind"] == BRIEF and entry["state"] == COMPLETE), None)


def _calendar(catalogue: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, Entry | None, str]]]]:
    """Years with a report, the newest first, and their months: period, report and how its cell looks; "" outside the series."""
    monthly, held = _monthly(catalogue["reports"]), catalogue["months"]
    values = [entry["shown"][BALANCE]["value"] for entry in monthly.values() if BALANCE in entry.get("shown", {})]
    largest = max(map(abs, values), default=0) or 1

    def cell(period: str) -> tuple[str, Entry | None, str]:
        entry = monthly.get(period)
        if entry is None:
            return period, None, "unbuilt" if held["first"] <= period <= held["last"] else ""
        if entry["state"] != COMPLETE or BALANCE not in entry["shown"]:
            return period, entry, "plain" if entry["state"] == COMPLETE else "unsound"
        value = entry["shown"][BALANCE]["value"]
        shade = min(SHADES, 1 + int(abs(value) / largest * SHADES))
        return period, entry, f"{'surplus' if value >= 0 else 'deficit'} shade-{shade}{' record' * is_record(entry)}"

    years = sorted({period[:4] for period in monthly}, reverse=True)
    return [(year, [cell(f"{year}-{month:02d}") for month in range(1, 13)]) for year in years]


def _years_without(catalogue: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The years of which no monthly report is there, the newest first: the first and the last of each run of years."""
    built = {int(period[:4]) for period in _monthly(catalogue["reports"])}
    first, last = (int(catalogue["months"][end][:4]) for end in ("first", "last"))
    runs: list[tuple[str, str]] = []
    for year in range(last, first - 1, -1):
        if year not in built:
            follows = runs and int(runs[-1][0]) == year + 1
            runs.append((str(year), runs.pop()[1] if follows else str(year)))
    return runs


def is_record(entry: Entry) -> bool:
    """Was the balance the largest surplus, or deficit, of any month until then? In the first year every month can be one."""
    shown = entry["shown"]
    if not {BALANCE, RANK, RANK_OF} <= set(shown) or shown[RANK_OF]["value"] <= 12:
        return False
    rank = RANK if shown[BALANCE]["value"] >= 0 else RANK_LOW
    return rank in shown and shown[rank]["value"] == 1


def _chart(entries: list[Entry], newest: Entry | None) -> dict[str, Any] | None:
    """The bars of the last months up to the newest, from each month's own report; None where there is little to draw.

    In percent of the height: `zero`, the line of no balance, and for each bar its place, height and look.
    """
    if newest is None or newest["kind"] != "monthly":
        return None
    monthly = _monthly(entries)
    months = trailing(newest["period"], CHART_MONTHS)
    held = {
        month: monthly[month]
        for month in months
        if month in monthly and monthly[month]["state"] == COMPLETE and BALANCE in monthly[month]["shown"]
    }
    if len(held) < FEWEST or newest["period"] not in held:
        return None
    values = {month: entry["shown"][BALANCE]["value"] for month, entry in held.items()}
    top, bottom = max(0, *values.values()), min(0, *values.values())
    scale = 100 / ((top - bottom) or 1)
    bars = [
        {
            "entry": held[month],
            "x": at,
            "y": round((top - max(value, 0)) * scale, 2),
            "height": round(abs(value) * scale, 2),
            "look": "newest" if month == newest["period"] else "deficit" if value < 0 else "surplus",
        }
        for at, month in enumerate(months)
        if (value := values.get(month)) is not None
    ]
    highest = held[max(values, key=values.__getitem__)]
    return {
        "bars": bars, "months": len(months), "zero": round(top * scale, 2), "first": months[0], "last": months[-1],
        "highest": highest, "whole": len(held) == len(months),
    }  # fmt: skip


def _by_subject(profiles: list[Entry]) -> dict[str, list[Entry]]:
    """Profiles by what they are of; those of none of these kinds last."""
    groups = {name: [e for e in profiles if e["notebook"].startswith(start)] for start, name in PROFILES.items()}
    groups["Others"] = [e for e in profiles if not e["notebook"].startswith(tuple(PROFILES))]
    return {name: group for name, group in groups.items() if group}


def _listed(entries: list[Entry]) -> list[Entry]:
    """The entries of the index: each report, and the profiles of a folder as one entry that lists them in `profiles`."""
    listed: dict[str, Entry] = {}
    for entry in entries:
        if entry["kind"] != PROFILE:
            listed[entry["id"]] = entry
            continue
        of = f"{entry['folder']}/profiles"
        same = {key: entry[key] for key in ("kind", "folder", "period", "page")}
        listed.setdefault(of, {**same, "id": of, "profiles": []})["profiles"].append(entry)
    for group in (entry for entry in listed.values() if "profiles" in entry):
        group["unsound"] = sum(entry["state"] != COMPLETE for entry in group["profiles"])
        group["known_on"] = next((e["known_on"] for e in group["profiles"] if e["state"] != DAMAGED), None)
        group["groups"] = {name: len(of) for name, of in _by_subject(group["profiles"]).items()}
    return list(listed.values())


def _filtered(listed: list[Entry]) -> Markup:
    """The index's data for its filter as JSON, escaped so that it cannot end the surrounding element."""
    rows = [
        {"id": entry["id"], "year": entry["period"][:4], "kind": entry["kind"], "words": " ".join(_words(entry))}
        for entry in listed
    ]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _words(entry: Entry) -> list[str]:
    """By which words an entry is found: of profiles their subjects, since all headlines would fill the page."""
    when = [period_text(entry["period"]), entry["period"]]
    if "profiles" not in entry:
        return [*when, entry.get("headline", ""), entry["state"]]
    names = (profile["notebook"].removeprefix("commodity_").removeprefix("partner_") for profile in entry["profiles"])
    return [*when, *dict.fromkeys(word for name in names for word in re.split("[-_]", name)[1:])]


# --- what the pages say to search engines ----------------------------------------------------------------------------------


def _dataset(entry: Entry, url: str) -> dataset.Dataset:
    """A report as a Dataset; {} for one that is not complete, or not cited."""
    citation = cited(entry)
    if entry["state"] != COMPLETE or citation is None:
        return {}
    said = dataset.described(
        citation,
        period=entry["period"],
        first=entry["period"],
        released=min(entry["released"], entry["known_on"]),
        measured=[{"name": name, **fact} for name, fact in entry["shown"].items()],
        files=[
            dataset.download(file["path"].rpartition("/")[2], ending, file["bytes"], file["sha256"])
            for ending, file in entry["files"].items()
        ],
    )
    return dataset.located(said, entry["folder"], url)


def _data_catalogue(catalogue: Mapping[str, Any]) -> dataset.Dataset:
    """The archive as a DataCatalog of its reports but briefs and profiles; what each says of itself stands on its own page."""
    reports = (entry for entry in catalogue["reports"] if entry["kind"] not in (BRIEF, PROFILE))
    kept = ("@type", "name", "description", "identifier", "version", "temporalCoverage", "url")
    datasets = [{key: said[key] for key in kept if key in said} for e in reports if (said := _dataset(e, catalogue["url"]))]
    return dataset.catalogue(datasets, catalogue["url"])


def _in_page(said: list[dataset.Dataset]) -> Markup:
    found = [each for each in said if each]
    return Markup(dataset.in_page(found[0] if len(found) == 1 else found) if found else "")


def cited(entry: Entry) -> Citation | None:
    """How a report is cited."""
    return Citation.read(entry.get("citation"))


# --- how a page is written ------------------------------------------------------------------------------------------------


def number(entry: Entry, name: str, style: str = "text") -> Markup:
    """A fact of a report as a number that names both; "n/a" where the report does not have it."""
    fact = entry.get("shown", {}).get(name)
    if fact is None:
        return element("span", "n/a", class_="gap")
    shown = written(fact["value"], fact["unit"], style, fact["step"])
    said = {"value": digits(shown.number), "data_fact": name, "data_as": style, "data_report": entry["id"]}
    return element("data", printable(shown.text), **said)


def when(key: str) -> Markup:
    """A period or a date, as it is read."""
    if "/" in key:
        return element("span", period_text(key), data_kind="period", data_key=key)
    return element("time", period_text(key), datetime=key, data_kind="date" if len(key) == 10 else "period")


def size(count: int) -> Markup:
    """The size of a file."""
    scaled, unit = (count / 1e6, "MB") if count >= 1e6 else (count / 1e3, "kB")
    return element("span", f"{grouped(Decimal(f'{scaled:.1f}'))} {unit}", data_kind="size")


def count(number: int) -> Markup:
    """How many."""
    return element("span", grouped(Decimal(number)), data_kind="count")


def link(path: str) -> str:
    """A path within the archive as a relative address."""
    return quote(path, safe="/@")


def _page(name: str, catalogue: Mapping[str, Any], house: House, **given: Any) -> bytes:
    return rendered(f"{name}.html.j2", house, catalogue=catalogue, url=catalogue["url"], **given)


def rendered(template: str, house: House = PLAIN, **given: Any) -> bytes:
    """One of the archive's templates with what it needs."""
    found = _templates(house).get_template(template)
    page = found.render(given)
    if han := han_font(page, house.look.families):
        style = found.globals["style"] + Markup(han)
        page = found.render(given, style=style, policy=_policy(style, found.globals["script"]))
    return page.encode()


@lru_cache(maxsize=4)
def _templates(house: House) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "archive"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined, bytecode_cache=bytecode(),
    )  # fmt: skip
    colours = "".join(
        f"{opening}{{{''.join(f'--c-{name}:{colour};' for name, colour in palette.items())}color-scheme:{scheme}}}{closing}\n"
        for opening, palette, scheme, closing in (
            (":root", house.light, "light", ""),
            ("@media screen and (prefers-color-scheme:dark){:root", house.dark, "dark", "}"),
        )
    )
    fonts = page_fonts(TYPEFACES, CHARACTERS | (frozenset(house.marks) - {""} if house else set()), house)
    style = colours + fonts + house_style(house, _read("report_html/report.css") + _read("archive/archive.css"))
    script = _read("archive/filter.js")
    environment.globals |= {
        "number": number, "when": when, "size": size, "count": count, "link": link, "is_record": is_record, "cited": cited,
        "preview_picture": catalogues.preview_picture, "formats": FORMATS, "kind": KINDS,
        "mark": mark_of(house), "imprint": imprint_of(house),
        "style": Markup(style), "script": Markup(script), "generator": Markup(GENERATOR),
        "policy": _policy(style, script), "language": language,
    }  # fmt: skip
    return environment


def _policy(style: str, script: str) -> str:
    """What the page may load: what stands in it."""
    return (
        f"default-src 'none'; style-src {_source(style)}; img-src data:; font-src data:; base-uri 'none'; "
        f"form-action 'none'; script-src {_source(script)}"
    )


def _source(text: str) -> str:
    """The hash by which a page's policy lets a style or a script of its own through."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
