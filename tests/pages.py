"""Pages in the layout of customs' English preliminary release, generated from given figures for tests of `add`."""

from __future__ import annotations

from html import escape

from customs_report import schema
from customs_report import tables as data
from customs_report.numbers import MONTHS
from customs_report.periods import shift

UNIT = {"CNY": ("CNY 100 Million", 1e8), "USD": ("USD1 Million", 1e6)}


def page(title: str, date: str, rows: list[list[str]], columns: int, unit: str) -> bytes:
    """A page as the site has it, around a table of text cells."""

    def line(cells: list[str]) -> str:
        return "<tr>" + "".join(f"<td><span>{escape(cell)}\u00a0</span></td>" for cell in cells) + "</tr>"

    wide = "".join(f'<tr><td colspan="{columns}">{escape(text)}</td></tr>' for text in (title, f"Unit: {unit}"))
    note = f'<tr><td colspan="{columns}">Note: made for a test.</td></tr>'
    return (
        f"<!DOCTYPE html><html><head><meta charset='UTF-8'><title>{escape(title)}</title></head><body>"
        f"<div class='atcl-date'>{date.replace('-', '/')}</div><div class='atcl-cnt'><table>{wide}"
        f"{''.join(map(line, rows))}{note}</table></div></body></html>"
    ).encode()


def by_country(period: str, lines: dict[str, tuple[float, float, float, float]], *, currency="CNY", date="2026-09-09") -> bytes:
    """(4): label -> exports and imports of the month, exports and imports of the year to date, in yuan or dollars.

    Three more figures are printed growth of trade, exports and imports.
    """
    unit, factor = UNIT[currency]
    m, title = int(period[5:]), f"(4) China's Total Export & Import Values by Country/Region, {_month(period)} (in {currency})"
    rows = [
        [
            "Import Source",
            *["Export & Import"] * 2,
            *["Export"] * 2,
            *["Import"] * 2,
            *[f"1-to-{m} Total Year-on-Year (±%)"] * 3,
        ],
        ["Export Destination", *[str(m), f"1- to-{m}"] * 3, "Export & Import", "Export", "Import"],
    ]
    for label, (em, im, ey, iy, *growth) in lines.items():
        figures = (em + im, ey + iy, em, ey, im, iy)
        rows.append([label, *(f"{value / factor:,.1f}" for value in figures), *(f"{rate:.1f}" for rate in growth or (1, 1, 1))])
    return page(title, date, rows, 10, unit)


def totals(period: str, levels: dict[str, tuple[float, float]], *, currency="USD", date="2026-09-09") -> bytes:
    """(1): exports and imports, each of the month and of the year to date."""
    unit, factor = UNIT[currency]
    m, title = int(period[5:]), f"(1) China's Total Export & Import Values, {_month(period)} (in {currency})"
    (em, ey), (im, iy) = levels["exports"], levels["imports"]
    rows = [["Item", str(m), f"1-to-{m}"]]
    for label, values in (
        ("Export & Import", (em + im, ey + iy)),
        ("Export", (em, ey)),
        ("Import", (im, iy)),
        ("Balance", (em - im, ey - iy)),
    ):
        rows.append([label, *(f"{value / factor:,.1f}" for value in values)])
    return page(title, date, rows, 3, unit)


def commodities(period: str, flow: str, lines: list, *, date="2026-09-09") -> bytes:
    """(5) or (6) in yuan: label, unit, quantity and value of the month, of the year to date, of the same a year before."""
    m, year = int(period[5:]), int(period[:4])
    what = {"export": "(5) China's Major Exports", "import": "(6) China's Major Imports"}[flow]
    title = f"{what} by Quantity and Value, {_month(period)} (in CNY)"
    blocks = [str(m), f"1-{m} Total", f"1-{m} Total, {year - 1}", f"1-{m} Total, Year-On-Year(%)"]
    rows = [
        ["Commodity", "Quantity Unit", *(block for block in blocks for _ in range(2))],
        ["Commodity", "Quantity Unit", *["Quantity", "Value"] * 4],
    ]
    for label, unit, *figures in lines:
        pairs = list(zip(figures[::2], figures[1::2], strict=True))
        growth = [_growth(pairs[1][0], pairs[2][0]), _growth(pairs[1][1] / 1e8, pairs[2][1] and pairs[2][1] / 1e8)]
        cells = [text for quantity, value in pairs for text in (_plain(quantity), _plain(value and value / 1e8))]
        rows.append([label, unit or "—", *cells, *growth])
    return page(title, date, rows, 10, "CNY 100 Million")


def _month(period: str) -> str:
    return f"{MONTHS[int(period[5:]) - 1][:3]} {period[:4]}"


def _plain(quantity: float | None) -> str:
    return "-" if quantity is None else f"{quantity:,.1f}"


def _growth(now: float | None, base: float | None) -> str:
    return "-" if now is None or not base else f"{(round(now, 1) / round(base, 1) - 1) * 100:.1f}"


def next_month(tables: data.Tables, period: str = "2026-08") -> dict[str, bytes]:
    """The four tables of a month of which only the headline figures are in the data: file name -> page.

    Totals as customs printed them, as far as it did; each line a little larger than the month before.
    """
    before = shift(period, -1)
    partners = tables.partners[(tables.partners["period"] == before) & (tables.partners["currency"] == "CNY")]
    month, year = (partners[partners["kind"] == kind].set_index("partner") for kind in ("month", "ytd"))
    names = tables.partner_list.set_index("partner")["name"]
    base = tables.partners.query(f"period == '{shift(period, -12)}' and kind == 'ytd' and currency == 'CNY'").set_index(
        "partner"
    )
    lines = {}
    for code in ("EU27", "DEU", "USA", "ASEAN", "VNM", "JPN", "KOR", "AFRICA", "LATAM"):
        (em, ey), (im, iy) = ((month[f][code] * 1.01, year[f][code] + month[f][code] * 1.01) for f in ("exports", "imports"))
        eb, ib = base.exports[code], base.imports[code]
        lines[names[code]] = (
            em,
            im,
            ey,
            iy,
            *((now / then - 1) * 100 for now, then in ((ey + iy, eb + ib), (ey, eb), (iy, ib))),
        )
    newest = tables.totals.sort_values("released").drop_duplicates([*schema.KEYS["totals"], "stage"], keep="last")
    held = newest.set_index(["period", "kind", "flow", "currency", "measure", "stage"])["value"].sort_index()
    flows = ("exports", "imports")
    yuan_so_far = {f: held[period, "ytd", f, "CNY", "level", "preliminary"] for f in flows}
    yuan = {f: yuan_so_far[f] - held[before, "ytd", f, "CNY", "level", "bulletin"] for f in flows}
    exports = held[shift(period, -12), "month", "exports", "USD", "level", "revised"] * (
        1 + held[period, "month", "exports", "USD", "yoy", "preliminary"] / 100
    )
    months = {"exports": exports, "imports": exports - held[period, "month", "balance", "USD", "level", "preliminary"]}
    so_far = {f: held.loc[f"{period[:4]}-01" : before, "month", f, "USD", "level", "revised"].sum() for f in flows}
    dollars = {f: (months[f], so_far[f] + months[f]) for f in flows}
    printed = [held[period, "ytd", f, "CNY", "yoy", "preliminary"] for f in ("total", *flows)]
    total = {"Total": (*yuan.values(), *yuan_so_far.values(), *printed)}
    return {
        "totals.html": totals(period, dollars),
        "partners.html": by_country(period, total | lines),
        "exports.html": commodities(period, "export", _lines(tables, "export", period)),
        "imports.html": commodities(period, "import", _lines(tables, "import", period)),
    }


def _lines(tables: data.Tables, flow: str, period: str) -> list:
    goods = tables.commodities[
        (tables.commodities["flow"] == flow)
        & (tables.commodities["table"] == "flash")
        & (tables.commodities["currency"] == "CNY")
    ]
    held = goods.set_index(["period", "kind", "stage", "commodity"]).sort_index()
    names = tables.commodity_list[tables.commodity_list["flow"] == flow].set_index("commodity")["name"]
    before, lines = shift(period, -1), []
    for slug in held.loc[(before, "ytd", "preliminary")].index:
        month, year = (held.loc[before, kind, "preliminary", slug] for kind in ("month", "ytd"))
        parts = (shift(before, -12), "ytd", "restated", slug), (shift(period, -12), "month", "preliminary", slug)
        base = {"quantity": None, "value": None}
        if all(key in held.index for key in parts):  # last year's figure as restated a month ago, and its last month
            base = {column: sum(held.loc[key][column] for key in parts) for column in base}
        elif parts[0] in held.index:  # a line that began this year
            base = {column: held.loc[parts[0]][column] * (1 + month[column] / year[column]) for column in base}
        quantities = [row["quantity"] if month["unit"] else None for row in (month, year, base)]
        if month["unit"] and any(quantity != quantity for quantity in quantities):
            continue
        so_far = (None if not month["unit"] else quantities[0] + quantities[1], month["value"] + year["value"])
        lines.append((names[slug], month["unit"], quantities[0], month["value"], *so_far, quantities[2], base["value"]))
    return lines
