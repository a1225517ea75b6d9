"""The schema of the data folder: its files, their columns, and what each column may contain.

Loading, checking and adding use it, and the variable tables of `data/README.md` and `data/datapackage.json` are generated from
it (see `codebook.py`). Imports nothing heavy, so that commands with nothing to do stay fast.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customs_report import project

DATA = Path(os.environ.get("CUSTOMS_REPORT_DATA") or project.FOLDER / "data")

STAGES = {"preliminary": 0, "bulletin": 1, "restated": 2, "revised": 3}
FLOWS = ("exports", "imports", "balance", "total")
CONTINENTS = ("AFRICA", "ASIA", "EUROPE", "LATAM", "NAMERICA", "OCEANIA")
CURRENCIES = ("USD", "CNY")
BOUNDS = ("low90", "low50", "high50", "high90")
STEPS = tuple(float(10**exponent) for exponent in range(13))  # of an amount: printed to the dollar ... to a trillion
MONTH = r"(19|20)\d\d-(0[1-9]|1[0-2])"
ANY_DAY = r"\d{4}-\d\d-\d\d"
DAY = r"20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"


@dataclass(frozen=True)
class Column:
    """A column: what it means, its unit or values in words, and what its cells may contain.

    `values`: the only values allowed. `key_of`: the reference list and column whose entries are the only values allowed.
    `above`, `least`, `most` bound a number. `empty`: a cell may be empty.
    """

    name: str
    definition: str = ""
    unit: str = ""
    number: bool = False
    values: tuple[str | float, ...] = ()
    key_of: tuple[str, str] | None = None
    pattern: str = ""
    above: float | None = None
    least: float | None = None
    most: float | None = None
    empty: bool = False


@dataclass(frozen=True)
class Table:
    """A file of the data folder. `key`: the columns that identify a figure, which may have several vintages.

    `measures`: the columns of figures. `order`: the columns by which the file is sorted (default: the key, stage and day).
    """

    name: str
    file: str
    row: str  # what one row is
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()  # the columns that, with the key, identify a vintage

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def text(name: str, definition: str = "", unit: str = "", *, empty: bool = True, **limits: Any) -> Column:
    return Column(name, definition, unit, empty=empty and not (limits.keys() & {"values", "key_of", "pattern"}), **limits)


def optional(column: Column) -> Column:
    return Column(**{**vars(column), "empty": True})


def number(name: str, definition: str = "", unit: str = "", *, empty: bool = False, **limits: Any) -> Column:
    return Column(name, definition, unit, number=True, empty=empty, **limits)


def amount(
    name: str = "value", definition: str = "the figure", unit: str = "dollars or yuan", *, empty: bool = False
) -> Column:
    """A positive amount of money: between a dollar and a thousand trillion yuan."""
    return number(name, definition, unit, above=0, most=1e15, empty=empty)


def quantity(name: str, definition: str = "") -> Column:
    return number(name, definition, "printed unit", above=0, most=1e15, empty=True)


def growth(name: str, definition: str = "") -> Column:
    """Printed growth in percent; at least -100, which customs prints for a line that fell to zero."""
    return number(name, definition, "percent", least=-100, most=1e7, empty=True)


# --- columns that several tables share ------------------------------------------------------------------------------------

PERIOD = text("period", "the month, or the last month of a year to date", "`2025-11`", pattern=MONTH)
KIND = text("kind", "a single month, or January to the month", values=("month", "ytd"))
CURRENCY = text("currency", "currency of the amounts; each is customs' own, none is converted here", values=("USD", "CNY"))
RELEASED = text("released", "the day the figure was first public", "date", pattern=DAY)
BASIS = text(
    "released_basis",
    "how that day is known: a source names it; the usual day of its stage; the day it was retrieved",
    values=("printed", "usual day", "retrieved"),
)
SOURCE = text("source", key_of=("sources", "source"))
STEP = number(
    "step", "rounding of the print, in the unit of the amount (100000000 = printed to 0.1 billion)", "amount", values=STEPS
)
STAGE = text("stage", "stage of publication", values=tuple(STAGES))
PRINT = (STEP, STAGE, RELEASED, BASIS, SOURCE)  # what every printed figure carries
GOODS_FLOW = text("flow", values=("export", "import"))

# fmt: off
TOTALS = Table("totals", "totals.csv",
    "a national figure: exports, imports, balance or total trade, level or printed growth", (
    PERIOD, KIND,
    text("flow", "exports, imports, balance (exports less imports), total (exports plus imports)", values=FLOWS),
    CURRENCY,
    text("measure", "the level, or growth on a year earlier as printed", values=("level", "yoy")),
    number("value", "the figure", "dollars, yuan or percent", least=-1e14, most=1e14),
    number("step", STEP.definition, STEP.unit, values=(0.01, 0.1, *STEPS)),
    *PRINT[1:],
), key=("period", "kind", "flow", "currency", "measure"), measures=("value",), unique=("stage", "released"))
PARTNERS = Table("partners", "partners.csv", "a partner's line: exports and imports of a month or a year to date", (
    PERIOD, KIND,
    text("partner", "ISO 3166 code of a country, or the code of a group", key_of=("partner_list", "partner")),
    CURRENCY,
    amount("exports", "exports by last known destination (f.o.b.)", empty=True),
    amount("imports", "imports by origin (c.i.f.)", empty=True),
    growth("exports_yoy", "printed growth of exports over the span of the row"),
    growth("imports_yoy", "printed growth of imports"),
    growth("total_yoy", "printed growth of total trade"),
    *PRINT,
), key=("period", "kind", "partner", "currency"), measures=("exports", "imports", "exports_yoy", "imports_yoy", "total_yoy"),
   unique=("stage", "released"))
COMMODITIES = Table("commodities", "commodities.csv", "a commodity's line: value and quantity of a month or a year to date", (
    PERIOD, KIND, GOODS_FLOW,
    text("commodity", key_of=("commodity_list", "commodity")),
    CURRENCY,
    amount("value", "value of the span"),
    growth("value_yoy", "its printed growth: of the year to date in the flash list, of the month in the bulletin"),
    quantity("quantity", "quantity in the printed unit, converted to the base unit on loading"),
    optional(text("unit", "printed unit", key_of=("units", "unit"))),
    growth("quantity_yoy", "printed growth of the quantity"),
    STEP,
    text("table", "the list it was printed in: flash (preliminary release) or bulletin", values=("flash", "bulletin")),
    *PRINT[1:],
), key=("period", "kind", "flow", "commodity", "currency"),
   measures=("value", "value_yoy", "quantity", "unit", "quantity_yoy"),
   order=("period", "kind", "flow", "commodity", "currency", "table"), unique=("stage", "released", "table"))
DETAIL = Table("detail", "detail/",
    "a figure by any of commodity code, partner, customs regime and province; empty = all of them", (
    PERIOD, KIND, GOODS_FLOW,
    optional(text("commodity", "commodity code, two to eight digits", pattern=r"\d{2}|\d{4}|\d{6}|\d{8}")),
    optional(text("partner", "partner", key_of=("partner_list", "partner"))),
    optional(text("regime", "customs regime", key_of=("regimes", "regime"))),
    optional(text("province", "province of the trader", key_of=("provinces", "province"))),
    CURRENCY,
    amount("value", "value"),
    growth("value_yoy", "its growth where printed"),
    quantity("quantity", "first quantity"),
    optional(text("unit", "its printed unit", key_of=("units", "unit"))),
    quantity("quantity_2", "second quantity"),
    optional(text("unit_2", "its printed unit", key_of=("units", "unit"))),
    *PRINT,
    text("shape", "what the row is broken down by: digits of the commodity code, then what else", "`8 partner`"),
    text(
        "superseded", "the day from which a later release of the figure counts", "date; `9999-12-31`: none yet",
        pattern=ANY_DAY,
    ),
    text("is_first", "true: no earlier release of the figure is available"),
), key=("period", "kind", "flow", "commodity", "partner", "regime", "province", "currency"),
   measures=("value", "value_yoy", "quantity", "unit", "quantity_2", "unit_2"), unique=("stage", "released"))
MIRROR = Table("mirror", "mirror.csv", "trade with China as the partner reports it, by month, in dollars", (
    PERIOD, KIND,
    text("reporter", "whose figure it is", key_of=("partner_list", "partner")),
    text("flow", "the reporter's exports to China, or its imports from China", values=("exports", "imports")),
    CURRENCY,
    amount("value", "not seasonally adjusted, as shown on the day it was retrieved, revisions included", "dollars"),
    *PRINT,
), key=("period", "kind", "reporter", "flow", "currency"), measures=("value",), unique=("stage", "released"))
CLEANTECH = Table("cleantech", "cleantech.csv",
    "exports of a clean technology to a destination in a month, compiled by Ember from customs' eight-digit codes", (
    PERIOD,
    text(
        "technology",
        "as Ember groups the codes; `electric_and_hybrid_vehicles` are battery, plug-in and other hybrids together; "
        "`all` adds grid, heating and cooling, wind and others to those listed",
        values=("all", "batteries", "electric_and_hybrid_vehicles", "solar", "grid", "wind", "heating_and_cooling"),
    ),
    text("destination", "country or region as Ember draws it; `WORLD` is all of them", key_of=("partner_list", "partner")),
    CURRENCY,
    number("value", "value", "dollars", least=0, most=1e12),
    *PRINT,
), key=("period", "technology", "destination", "currency"), measures=("value",), unique=("stage", "released"))
CONSENSUS = Table("consensus", "consensus.csv",
    "what forecasters expected of a figure before its release, as an economic calendar showed it: never a customs figure", (
    PERIOD, KIND,
    text("flow", "exports, imports or balance", values=FLOWS),
    CURRENCY,
    text("measure", "the level, or growth on a year earlier", values=("level", "yoy")),
    number("value", "the forecast", "dollars, yuan or percent", least=-1e14, most=1e14),
    number("step", STEP.definition, STEP.unit, values=(0.01, 0.1, *STEPS)),
    text("released", "the day of the release it was shown beside", "date", pattern=DAY),
    text("released_basis", "how that day is known", values=("printed", "usual day")),
    SOURCE,
), key=("period", "kind", "flow", "currency", "measure"), measures=("value",), unique=("released",))
# fmt: on
FIGURES = (TOTALS, PARTNERS, COMMODITIES, MIRROR, CLEANTECH, CONSENSUS)  # in CSV files; DETAIL is in Parquet files

# fmt: off
LISTS = (
    Table("partner_list", "reference/partners.csv", "a partner: country, group or residual", (
        text("partner", "our code", empty=False),
        text("iso2", "ISO code of two letters"),
        text("name", "short English name", empty=False),
        text("name_official", "the name as customs' site spells it"),
        text("name_zh", "Chinese names"),
        text(
            "type",
            "`country`, `continent`, `partner group`, `overlapping group`, `residual`, `world` or `unlisted`",
            empty=False,
        ),
        text("groups", "groups it belongs to"),
        number("preliminary", "1: the preliminary table by country prints it; 0: only the bulletin", values=(0.0, 1.0)),
        text("note", "remarks"),
    )),
    Table("partner_codes", "reference/partner_codes.csv",
          "customs' code of a partner, with the months in which it is valid", (
        text("gacc_code", "customs' code of three digits", pattern=r"\d{3}"),
        text("partner", "our code", key_of=("partner_list", "partner")),
        text("continent", "continent by the code's first digit; empty: none", values=("", *CONTINENTS)),
        optional(text("valid_from", "first month; empty: as far back as figures go", pattern=MONTH)),
        optional(text("valid_to", "last month; empty: still in use", pattern=MONTH)),
    )),
    Table("un_areas", "reference/un_areas.csv", "the UN's number of a partner", (
        text("un_code", "the number; most are ISO 3166 numbers, some are the UN's own", empty=False),
        text("partner", "our code", key_of=("partner_list", "partner")),
        text("note", "remarks"),
    )),
    Table("groups", "reference/groups.csv", "a group of partners", (
        text("group", "code", key_of=("partner_list", "partner")),
        text("type", "as in `partners.csv`", empty=False),
        text("members", "codes of its members as customs lists them; empty where customs prints no list"),
        number("ranked", "1: counts as one partner in the ranking", values=(0.0, 1.0)),
        text("note", "remarks"),
    )),
    Table("provinces", "reference/provinces.csv", "a place where an importer or exporter is registered", (
        text("province", "customs' code of two digits", pattern=r"\d\d"),
        text("name", "English name", empty=False),
        text("name_zh", "Chinese name"),
    )),
    Table("commodity_list", "reference/commodities.csv", "a line of a commodity table", (
        text("flow", "export or import", values=("export", "import")),
        text("commodity", "our code of the line", empty=False),
        text("name", "short name", empty=False),
        text("name_official", "as printed in English"),
        text("name_zh", "as printed in Chinese"),
        text("list", "the list it is printed in", values=("flash", "bulletin", "unlisted")),
        text("parent", "the line or aggregate it is part of"),
        number("aggregate", "1: an aggregate", values=(0.0, 1.0)),
        number("order", "its place in the list", empty=True, least=0),
    )),
    Table("hs", "reference/hs.csv", "a chapter, heading or subheading of the Harmonized System", (
        text("code", "two, four or six digits", pattern=r"\d{2}|\d{4}|\d{6}"),
        text("name", "English name, shortened", empty=False),
        text("name_zh", "Chinese name, of chapters and some headings"),
        optional(text("valid_from", "first month; empty: as far back as figures go", pattern=MONTH)),
        optional(text("valid_to", "last month; empty: still in use", pattern=MONTH)),
    )),
    Table("hs_sections", "reference/hs_sections.csv", "a section of the Harmonized System", (
        text("section", "Roman number", pattern="[IVX]+"),
        text("first_chapter", "its first chapter", pattern=r"\d\d"),
        text("last_chapter", "its last chapter", pattern=r"\d\d"),
        text("name", "English name", empty=False),
        text("name_zh", "Chinese name"),
    )),
    Table("code_lists", "reference/code_lists.csv", "a code of a list of goods, such as green goods", (
        text("list", "the list", empty=False),
        text("code", "code of the Harmonized System, with all that it contains", pattern=r"\d{2}|\d{4}|\d{6}|\d{8}"),
        text("name", "what it is"),
        optional(text("valid_from", "first month; empty: as far back as figures go", pattern=MONTH)),
        optional(text("valid_to", "last month; empty: still in use", pattern=MONTH)),
        SOURCE,
    )),
    Table("units", "reference/units.csv", "a unit of quantity", (
        text("unit", "printed unit", empty=False),
        text("labels", "other forms in which it is printed"),
        text("base_unit", "the unit into which quantities are converted on loading", empty=False),
        number("factor", "the factor of the conversion", above=0),
    )),
    Table("regimes", "reference/regimes.csv", "a customs regime: ordinary trade, processing, ...", (
        text("regime", "customs' code", pattern=r"\d\d"),
        text("name", "English name", empty=False),
        text("name_zh", "Chinese name"),
    )),
    Table("spellings", "reference/spellings.csv", "a further spelling of an entry of a list", (
        text("list", "the list", values=("commodities", "partners", "regimes")),
        text("flow", "for commodities only"),
        text("code", "the entry", empty=False),
        text("spelling", "how it is also printed", empty=False),
    )),
    Table("misprints", "reference/misprints.csv", "a unit known to be printed wrong", (
        text("source", "where it is printed", empty=False),
        text("commodity", "the line"),
        text("printed", "the unit printed", key_of=("units", "unit")),
        text("means", "the unit meant", key_of=("units", "unit")),
        text("why", "the evidence", empty=False),
    )),
    Table("sources", "reference/sources.csv", "a source", (
        text("source", "key", empty=False),
        text("publisher", "who publishes it", empty=False),
        text("what", "table or series", empty=False),
        text("address", "web address"),
        text("licence", "licence of the figures, where there is one"),
    )),
    Table("releases", "release_dates.csv", "the day a month was first published", (
        text("period", "month", pattern=MONTH),
        text("released", "the day it was first published", pattern=DAY),
        text("basis", "how the day is known", values=("printed", "usual day")),
    )),
    Table("coverage", "coverage.csv", "a run of months that is available, or a hole with its reason", (
        text("table", "the table", values=("totals", "partners", "commodities", "mirror", "cleantech")),
        text("key", "a partner, commodity, reporter or destination; empty: does not apply"),
        text("flow"),
        text("kind"),
        text("currency"),
        text("measure"),
        text("from", "first month", pattern=MONTH),
        text("to", "last month", pattern=MONTH),
        text(
            "status",
            "a declared hole is named in reports; a month missing inside a run makes `check` fail",
            values=("held", "hole"),
        ),
        text("reason", "why there is a hole"),
    )),
    Table("source_errors", "source_errors.csv",
          "a figure known to be wrong at its source; it is blanked on loading", (
        text("table", "the table with the figure", values=("totals", "commodities")),
        text("period", pattern=MONTH),
        text("kind", values=("month", "ytd")),
        text("flow", empty=False),
        text("currency", values=("USD", "CNY")),
        text("key", "the commodity"),
        text("column", "the column that is blanked", empty=False),
        number("printed", "the wrong figure"),
        text("why", "the evidence", empty=False),
    )),
    Table("breaks", "breaks.csv", "a break of a series: nothing is computed across it", (
        text("table", "the table with the series", values=("totals", "partners", "commodities")),
        text("key", "the partner or commodity; empty for totals"),
        text("flow", "exports, imports, export or import; empty: both", values=("", *FLOWS, "export", "import")),
        text("from", "first month of the new series", pattern=MONTH),
        text("reason", "what changed, in words fit for a report", empty=False),
        text("source", "the evidence", empty=False),
    )),
    Table("distortions", "distortions.csv",
          "months known to be distorted, to be named beside growth that rests on them", (
        text("from", "first month", pattern=MONTH),
        text("to", "last month", pattern=MONTH),
        text("flow", "exports, imports; empty: both", values=("", "exports", "imports")),
        text("what", "what distorted them, in words fit for a report", empty=False),
        text("source", "who says so", empty=False),
    )),
    Table("accepted", "accepted.csv",
          "a finding of `check` that was reviewed and found to be right; written by `check --accept`, not used by reports", (
        text("check", "the check that found it", empty=False),
        text("figures", "the cells it names, by key and value; with another value it is a new finding", empty=False),
        text("says", "what the figure contradicts, and by how much", empty=False),
        text("reason", "why the figure is right", empty=False),
    )),
    Table("backtest", "outlook/backtest.csv", "a forecast of a whole year, as it would have been made", (
        number("year", "the year that is forecast"),
        number("month", "the month up to which figures were used", least=1, most=11),
        text("method", "`model`, `naive` or `average`", values=("model", "naive", "average")),
        text("flow", "exports, imports or balance of the whole year", values=FLOWS[:3]),
        number("forecast", "the forecast", "dollars"),
        *(number(name, f"end of the {name[-2:]} % interval", "dollars", empty=True) for name in BOUNDS),
        number("spread", "standard deviation of the simulated totals before scaling", "dollars", empty=True),
        number("actual", "the figure as it turned out", "dollars"),
    )),
    Table("outlook_parameters", "outlook/parameters.csv", "an estimated parameter of the outlook's model", (
        number("year", "the year for which it is used"),
        text("series", "`trade` or `ratio`", empty=False),
        text("parameter", "statsmodels' name, or that of a regressor", empty=False),
        number("value", "the estimate"),
    )),
    Table("adjusted", "outlook/adjusted.csv",
          "a flow's newest months without season and holidays as X-13 saw them when the month was the newest", (
        text("flow", "exports or imports", values=FLOWS[:2]),
        text("method", "`seats` or `x11`", values=("seats", "x11")),
        text("period", "the newest month of the series", pattern=MONTH),
        text("figures", "start of a hash of the months that the series was made from", pattern=r"[0-9a-f]{12}"),
        amount("month", "the adjusted figure of the month", "dollars"),
        amount("before", "of the month before", "dollars"),
        amount("three", "of the three months that end with it", "dollars"),
        amount("three_before", "of the three months before these", "dollars"),
        number("m7", "M7 of X-11: below 1 the season can be distinguished from the noise", least=0, empty=True),
        number("q", "Q of X-11: below 1 the adjustment is acceptable", least=0, empty=True),
        number("qs", "p-value of QS: small if a season is left in the adjusted series", least=0, most=1),
    )),
    Table("surprises", "outlook/surprises.csv", "what the outlook's model expected of a month, and what came", (
        text("period", "the month; February: January and February together", pattern=MONTH),
        text("flow", "exports, imports or balance", values=FLOWS[:3]),
        number("expected", "as expected from the months before, on revised figures", "dollars"),
        number("actual", "the figure as known now", "dollars"),
        number("surprise_sd", "the surprise, in standard deviations of the model's errors before"),
    )),
    Table(
        "backtest_method",
        "outlook/method.csv",
        "an entry of the backtest's record",
        (text("item", "title, months used, hashes, versions", empty=False), text("entry", empty=False)),
    ),
)
# fmt: on
TABLES = {table.name: table for table in (*FIGURES, *LISTS)}
FILES = {table.name: table.file for table in TABLES.values()}
KEYS = {table.name: list(table.key) for table in FIGURES}
REFERENCE = {table.name: table.file for table in LISTS}

HOLE_REASONS = {  # the default reasons for holes in coverage.csv
    "totals": "no release with this figure was found",
    "partners": "line not transcribed for this month",
    "commodities": "line not transcribed for this month",
    "mirror": "no copy of the reporter’s figure was found",
    "cleantech": "not among the destinations that Ember’s copy lists for this month",
}
NO_JANUARY = "customs publishes January and February together"
GIVEN_REASONS = {*HOLE_REASONS.values(), NO_JANUARY}
