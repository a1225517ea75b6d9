"""The result of a reader, and what all readers share: resolving labels, units, periods and numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from typing import NamedTuple

import numpy as np
import pandas as pd

from customs_report.errors import InputError
from customs_report.numbers import MONTHS
from customs_report.periods import shift
from customs_report.readers.documents import Grid, clean
from customs_report.schema import DETAIL, KEYS
from customs_report.tables import Tables, cached, in_order


class Label(NamedTuple):
    """A label in no reference list: stored under a new code, never guessed.

    `near` is a line that it may be another spelling of: one that is missing from this table.
    """

    list: str  # partners or commodities
    flow: str
    name: str
    code: str
    near: str = ""


@dataclass(frozen=True)
class Reading:
    """One table of a file, as rows of a table of the data folder.

    `rows` has the columns of that table except release day, basis and source, which the file may lack; amounts are in
    dollars or yuan, quantities in the printed unit. `source` is a key of reference/sources.csv.
    """

    layout: str
    source: str
    table: str
    period: str
    currency: str
    unit: str
    rows: pd.DataFrame
    released: str = ""
    warnings: tuple[str, ...] = ()
    unknown: tuple[Label, ...] = field(default=())
    left_out: Mapping[str, int] = field(default_factory=dict)  # number of figures, rows, blocks that were skipped


class Names:
    """Resolves printed names and units to codes through the reference lists, and collects the unknown ones."""

    def __init__(self, tables: Tables):
        self.flow = ""
        self.unknown: dict[tuple[str, str, str], Label] = {}
        self._tables = tables
        self._codes: dict[tuple[str, str], dict[str, str]] = {}
        self._shared: dict[str, set[str]] = {}
        for row in tables.partner_list.itertuples():
            self._learn("partners", "", row.partner, [row.name, *row.name_official.split("; "), *row.name_zh.split("; ")])
        for row in tables.commodity_list.itertuples():
            spellings = [row.name, *row.name_official.split("; "), *row.name_zh.split("; ")]
            self._learn("commodities", row.flow, row.commodity, spellings)
        for row in tables.regimes.itertuples():
            self._learn("regimes", "", row.regime, [row.name, row.name_zh])
        for row in tables.spellings.itertuples():
            self._learn(row.list, row.flow, row.code, [row.spelling])
        self.continents = set(tables.partner_list.loc[tables.partner_list["type"] == "continent", "partner"])
        self._in_continent = set(tables.partner_codes.loc[tables.partner_codes["continent"] != "", "partner"])
        self._partner_types = dict(zip(tables.partner_list["partner"], tables.partner_list["type"], strict=True))
        self._customs_codes: dict[str, list] = {}
        for row in tables.partner_codes.itertuples():
            self._customs_codes.setdefault(row.gacc_code, []).append(row)
        self._un_codes = dict(zip(tables.un_areas["un_code"], tables.un_areas["partner"], strict=True))
        self.provinces = set(tables.provinces["province"])
        months = tables.totals[(tables.totals["kind"] == "month") & (tables.totals["currency"] == "USD")]
        self.stored_dollars = {  # the newest dollar level of each month, by period and flow
            (row.period, row.flow): row.value for row in in_order(months[months["measure"] == "level"]).itertuples()
        }
        self._units: dict[str, list[str]] = {}
        for row in tables.units.itertuples():
            for spelling in (row.unit, *row.labels.split("; ")):
                self._units.setdefault(word(spelling), []).append(row.unit)
        self._base_units = dict(zip(tables.units["unit"], tables.units["base_unit"], strict=True))
        stored = tables.commodities[tables.commodities["unit"] != ""]
        self._stored_units = {
            (row.flow, row.commodity): row.unit for row in stored[["flow", "commodity", "unit"]].drop_duplicates().itertuples()
        }
        self._misprints = {(row.source, row.commodity, word(row.printed)): row.means for row in tables.misprints.itertuples()}

    @classmethod
    def of(cls, tables: Tables, flow: str = "") -> Names:
        """The names for reading one file; the reference lists are cached for the same tables."""
        names = copy(_listed(tables))
        names.flow, names.unknown = flow, {}
        names._codes = {key: dict(codes) for key, codes in names._codes.items()}
        return names

    def _learn(self, of: str, flow: str, code: str, spellings: Iterable[str]) -> None:
        known = self._codes.setdefault((of, flow), {})
        for spelling in filter(None, map(word, spellings)):
            if known.setdefault(spelling, code) != code:
                self._shared.setdefault(spelling, {known[spelling]} - {""}).add(code)
                known[spelling] = ""  # a name shared by two entries identifies neither

    def partner(self, label: str) -> str:
        return self._resolve("partners", "", label)

    def partners(self, labels: Sequence[str]) -> list[str]:
        """The partners of a table; a name shared by two partners means the one that the table does not name otherwise."""
        known = self._codes.get(("partners", ""), {})
        named = {known.get(word(label)) for label in labels}
        left = {label: self._shared.get(word(label), set()) - named for label in labels}
        return [left[label].pop() if len(left[label]) == 1 else self.partner(label) for label in labels]

    def partner_type(self, code: str) -> str:
        """The partner's type: country, continent, residual, a group; empty if it is in no list."""
        return self._partner_types.get(code, "")

    def outside_continents(self, code: str) -> bool:
        """Is it a listed line outside all continents, such as origin unknown or international organisations?"""
        return self.partner_type(code) in ("country", "residual") and code not in self._in_continent

    def regime(self, label: str) -> str:
        """The code of a customs regime. Raises InputError for an unknown name, since regimes are a fixed list."""
        code = self._codes["regimes", ""].get(word(label))
        if not code:
            near = nearest(label, self._codes["regimes", ""])
            hint = f"; nearest: {self._codes['regimes', ''][near]}" if near else ""
            raise InputError(f"the customs regime {clean(label)[:LONGEST_NAME]!r} is not in reference/regimes.csv{hint}")
        return code

    def partner_of_code(self, code: str, label: str, period: str) -> str:
        """The partner with customs' three-digit code in the month, else with the name.

        A name may say since when its code is used: "Georgia (Since 2023)". Raises InputError if code and name belong to
        different partners.
        """
        label = OF_CODE.sub("", label)
        named = self.partner(label) if self.knows("partners", "", label) else ""
        coded = self._coded(code, period)
        if named and coded and named != coded:
            raise InputError(f"the partner code {code} is {coded}, the name beside it {clean(label)!r} is {named}")
        return coded or named or self._resolve("partners", "", f"{code} {label}")

    def _coded(self, code: str, period: str) -> str:
        """The partner that has a code in the month, else one that has it at another time; empty if there is none."""
        entries = self._customs_codes.get(code, [])
        now = [entry for entry in entries if entry.valid_from <= period and (not entry.valid_to or period <= entry.valid_to)]
        return (now or entries)[0].partner if entries else ""

    def partner_of_un_code(self, code: str, iso: str, label: str) -> str:
        """The partner with a UN number. Raises InputError if the ISO code given with it is another partner's."""
        coded = self._un_codes.get(code, "")
        if coded and iso != coded and iso in self._un_codes.values():
            raise InputError(f"the partner code {code} is {coded}, the ISO code beside it {iso}")
        return coded or self._resolve("partners", "", f"UN {code} {label}")

    def commodity(self, flow: str, label: str) -> str:
        return self._resolve("commodities", flow, label)

    def knows(self, of: str, flow: str, label: str) -> bool:
        return bool(self._codes.get((of, flow), {}).get(word(label)))

    def _resolve(self, of: str, flow: str, label: str) -> str:
        key = word(label)
        if not key:
            raise InputError(f"a line of the table has no name ({clean(label)[:LONGEST_NAME]!r})")
        if len(key) > LONGEST_NAME:
            raise InputError(f"a line of the table has a name of {len(key):,} letters ({clean(label)[:40]!r} ...)")
        known = self._codes.setdefault((of, flow), {})
        if not known.get(key):
            known[key] = f"unlisted_{key}"
            name = "".join(c for c in clean(label) if c.isprintable())
            self.unknown[of, flow, key] = Label(of, flow, name, known[key])
        return known[key]

    def unlisted(self, table: str, rows: pd.DataFrame) -> tuple[Label, ...]:
        """The labels of a table that are in no list, each with the line that it may be another spelling of."""
        labels = [label for label in self.unknown.values() if label.list == table]
        return tuple(label._replace(near=self._nearest(label, table, rows)) for label in labels)

    def _nearest(self, label: Label, table: str, rows: pd.DataFrame) -> str:
        """The line with the most similar spelling, or with the same figure a year before; empty if there is none."""
        column, stored = table.removesuffix("s").replace("commoditie", "commodity"), getattr(self._tables, table)
        own = rows[rows["flow"] == label.flow] if label.flow else rows
        alike = stored[(stored["flow"] == label.flow) & stored["table"].isin(own["table"])] if label.flow else stored
        usual = alike[alike["stage"].isin(own["stage"])]
        certain = NEAR if len(usual) else VERY_NEAR
        left = set((usual if len(usual) else alike)[column]) - set(own[column])
        names = [(code, name) for code, name in self._spellings(table, label.flow) if code in left]
        code, name = max(names, key=lambda known: likeness(label.name, known[1]), default=("", ""))
        if code and likeness(label.name, name) >= certain:
            return code
        same = own[own[column] == label.code].merge(usual, on=["period", "kind", "currency"], suffixes=("", "_stored"))
        if table == "commodities":
            same = same[same["commodity_stored"].isin(left) & ((same["value"] / same["value_stored"] - 1).abs() < SAME_FIGURE)]
            return same["commodity_stored"].mode().get(0, "") if len(same) else ""
        return ""

    def _spellings(self, table: str, flow: str) -> Iterable[tuple[str, str]]:
        """(code, name) for each spelling of each line."""
        lists = {"partners": (self._tables.partner_list, "partner"), "commodities": (self._tables.commodity_list, "commodity")}
        rows, column = lists[table]
        for row in rows.itertuples():
            if not flow or row.flow == flow:
                names = (row.name, *row.name_official.split("; "), *row.name_zh.split("; "))
                yield from ((getattr(row, column), name) for name in names if name)
        for row in self._tables.spellings.itertuples():
            if (row.list, row.flow) == (table, flow):
                yield row.code, row.spelling

    def unit(self, label: str, *, source: str = "", flow: str = "", commodity: str = "") -> str:
        """The unit in reference/units.csv that a printed unit means. Raises InputError, with the nearest, if there is none.

        A plain count ("N") gets the unit of the commodity's stored figures: ships, vehicles, units. A unit known to be
        misprinted for a commodity (reference/misprints.csv) is corrected.
        """
        if misprint := self._misprints.get((source, commodity, word(label))):
            return misprint
        possible = self._units.get(word(label))
        if not possible:
            near = nearest(label, self._units)
            hint = f"; nearest: {self._units[near][0]}" if near else ""
            raise InputError(f"the quantity unit {clean(label)[:LONGEST_NAME]!r} is not in reference/units.csv{hint}")
        stored = self._stored_units.get((flow, commodity), "")
        measure = self._base_units.get(stored)
        return min(
            possible, key=lambda unit: (_noun(unit) != _noun(stored), self._base_units[unit] != measure, _noun(unit) != "units")
        )

    def is_unit(self, label: str) -> bool:
        return word(label) in self._units

    def same_measure(self, unit: str, flow: str, commodity: str) -> bool:
        """Can a unit be converted to that of the commodity's stored figures (tonnes to tonnes, pairs to pairs)?"""
        stored = self._base_units.get(self._stored_units.get((flow, commodity), ""))
        return not stored or not unit or self._base_units[unit] == stored

    def size_fits(self, table: str, rows: pd.DataFrame) -> bool | None:
        """Do most levels have the size of the stored ones, in either currency? None if there are none to compare with.

        Compares with the same month or, if that is not stored, with the year before and printed growth.
        """
        new, stored = _levels(table, rows), _levels(table, getattr(self._tables, table))
        key = [column for column in _LEVEL_KEYS if column in new and column in stored]
        both = new.merge(stored, on=key, suffixes=("", "_stored"))
        if both.empty:
            before = new.dropna(subset="growth")
            before = before.assign(
                period=before["period"].map(lambda period: shift(period, -12)),
                level=before["level"] / (1 + before["growth"] / 100),
            )
            both = before.merge(stored, on=key, suffixes=("", "_stored"))
        if both.empty:
            return None
        dollars = both["level"].where(both["currency"] == "USD", both["level_stored"])
        yuan = both["level"].where(both["currency"] == "CNY", both["level_stored"])
        rate = (yuan / dollars).between(*YUAN_PER_DOLLAR)
        same = both["currency"] == both["currency_stored"]
        return bool(((both["level"] / both["level_stored"]).between(*REVISED).where(same, rate)).mean() > 0.5)


YUAN_PER_DOLLAR = (5.5, 8.0)  # in every month since 2008
REVISED = (0.8, 1.25)  # no table is revised by more, as a whole
_LEVEL_KEYS = ("period", "kind", "flow", "partner", "commodity")


def _levels(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The levels of a table with the growth printed beside them: key columns, currency, `level`, `growth`."""
    if table == "partners":
        flows = ("exports", "imports")
        rows = pd.concat([rows.assign(flow=f, level=rows[f], growth=rows[f"{f}_yoy"]) for f in flows])
    else:
        rows = rows[rows["measure"] == "level"] if "measure" in rows else rows
        rows = rows[rows["flow"] != "balance"].assign(level=lambda r: r["value"], growth=rows.get("value_yoy", np.nan))
    return rows[[c for c in (*_LEVEL_KEYS, "currency", "level", "growth") if c in rows]].dropna(subset="level")


NEAR, VERY_NEAR = 0.6, 0.88  # likeness to a line that the table usually has, and to any other
LITTLE_WORDS = {"and", "of", "the", "thereof", "or", "other", "products", "parts"}  # that say nothing alone
SAME_FIGURE = 0.002  # by how much the same figure, printed a year later, may differ


def likeness(a: str, b: str) -> float:
    """How alike two names are, letter by letter or word by word in any order: 1 for the same, or for one within the other."""
    words = [set(re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold())) - LITTLE_WORDS for name in (a, b)]
    if words[0] and words[1] and (words[0] <= words[1] or words[1] <= words[0]):
        return 1.0
    ordered = [" ".join(sorted(each)) for each in words]
    return max(SequenceMatcher(None, *pair).ratio() for pair in (ordered, (word(a), word(b))))


def _noun(unit: str) -> str:
    """The unit without its multiple: "10,000 vehicles" -> "vehicles"."""
    return re.sub(r"^(10,000|100 million|million) ", "", unit)


@cached
def _listed(tables: Tables) -> Names:
    return Names(tables)


def word(label: str) -> str:
    """A label normalised for comparison: letters and digits only, half-width, lower case, without "of which:"."""
    text = unicodedata.normalize("NFKC", label).casefold()
    text = re.sub(r"^\W*(of which|其中)\W*", "", text)
    return "".join(c for c in text if c.isalnum())


LONGEST_NAME = 250  # letters; the longest of customs' has a hundred


def nearest(text: str, known: Iterable[str], cutoff: float = 0.5) -> str:
    """The known word most similar to a text; empty if none is similar."""
    return next(iter(get_close_matches(word(text)[:LONGEST_NAME], [*known], n=1, cutoff=cutoff)), "")


# --- numbers ------------------------------------------------------------------------------------------------------------

OF_CODE = re.compile(r"\s*[(（]\s*(since|before)\s+\d{4}\s*[)）]", re.IGNORECASE)
NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
LARGEST = 1e16  # in the smallest of units: trade is 1e13 yuan a year, quantities reach 1e14
NOTHING = {"", "-", "–", "—", "－", "--", "?"}


def number(text: str, where: str) -> float | None:
    """A printed figure; None for customs' dashes. Raises InputError, naming the place, for any other text."""
    text = clean(unicodedata.normalize("NFKC", text)).replace("−", "-")
    if text in NOTHING:
        return None
    if not NUMBER.fullmatch(text):
        raise InputError(f"{where}: {text[:40]!r} is not a figure{why_rounded(text)}")
    if abs(value := float(text.replace(",", ""))) >= LARGEST:
        raise InputError(f"{where}: {text[:40]!r} is larger than any figure of customs")
    return value


def why_rounded(text: str) -> str:
    """A hint for a number that a spreadsheet has rounded to scientific notation; empty for any other text."""
    shortened = re.fullmatch(r"-?[0-9]+([.,][0-9]+)?E[+-]?[0-9]+", clean(text), re.IGNORECASE)
    return (
        "; a spreadsheet has rounded it, in scientific notation: save the column as text, or download it again"
        if shortened
        else ""
    )


def decimals(texts: Iterable[str]) -> int:
    """The number of decimals of a column: the most that any of its figures has."""
    return max((len(clean(text).partition(".")[2]) for text in texts), default=0)


def step_of(texts: Iterable[str], factor: float) -> float:
    """The rounding step of printed figures, in dollars or yuan: one unit of the last decimal, at least 1."""
    return max(1.0, factor * 10.0 ** -decimals(texts))


# --- units and currencies -----------------------------------------------------------------------------------------------

CURRENCY_WORDS = {"CNY": r"cny|rmb|yuan|renminbi|人民币|(?<!美)元", "USD": r"us\s*\$|usd|dollar|美元"}
SCALES = (
    (1e8, r"亿|100\s*million|hundred million"),
    (1e7, r"千万"),
    (1e6, r"百万|(?<!\d)1?\s*million|1[,，]000[,，]000"),
    (1e4, r"万|10[,，]?000"),
    (1e3, r"千|1[,，]?000"),
    (1.0, r""),
)


def currencies(text: str) -> set[str]:
    """Which currencies does a text name?"""
    text = unicodedata.normalize("NFKC", text).lower()
    return {currency for currency, words in CURRENCY_WORDS.items() if re.search(words, text)}


def scale(text: str) -> float:
    """The factor of a money unit: "CNY 100 Million", "US$1,000", "亿元" -> 1e8, 1e3, 1e8; InputError for others."""
    plain = unicodedata.normalize("NFKC", text).lower()
    factor, words = next((factor, words) for factor, words in SCALES if re.search(words, plain))
    if re.search(r"\d", re.sub(words, "", plain, count=1)):
        raise InputError(f"the unit row {clean(text)!r} is none that customs uses")
    return factor


def currency_and_factor(title: str, unit: str) -> tuple[str, float]:
    """Currency and factor of a table. Raises InputError if title and unit row contradict each other or neither names one."""
    in_title, in_unit = currencies(title), currencies(unit)
    if in_title and in_unit and not in_title & in_unit:
        raise InputError(
            f"the title says {min(in_title)}, the unit row {clean(unit)!r}: customs has published such pages; not read"
        )
    named = (in_title & in_unit) or in_unit or in_title
    if len(named) != 1:
        raise InputError(f"no single currency is named in the title or the unit row {clean(unit)!r}")
    if scale(unit) == 1.0:
        raise InputError(f"the unit row {clean(unit)!r} names no size of the amounts")
    return named.pop(), scale(unit)


# --- periods ------------------------------------------------------------------------------------------------------------


def find_period(title: str) -> tuple[str, int] | None:
    """Which month does a title name, and from which month of the year? ("2025-02", 1) for January-February 2025.

    Reads "Mar 2026", "Jan. 2018", "January-February 2025", "1-6.2025", "11. 2019", "2026年6月", "2025年1至2月". A single month
    has itself as first month: ("2026-03", 3).
    """
    text = unicodedata.normalize("NFKC", title)
    month = "|".join(f"{name[:3]}[a-z]*" for name in MONTHS)
    dash = r"\s*(?:-|–|—|to|至|\.-)\s*"
    for pattern in (
        rf"\b(?P<a>{month})\.?(?:{dash}(?P<b>{month})\.?)?[,\s]*(?P<y>20\d\d)\b",
        rf"(?P<y>20\d\d)\s*年\s*(?P<a>\d\d?)\s*月?(?:{dash}(?P<b>\d\d?))?\s*月",
        rf"(?<![\d.])(?P<a>\d\d?)(?:{dash}(?P<b>\d\d?))?\s*\.\s*(?P<y>20\d\d)\b",
    ):
        if found := re.search(pattern, text, re.IGNORECASE):
            first, last = _month(found["a"]), _month(found["b"] or found["a"])
            if not 1 <= first <= last <= 12:
                return None
            return f"{found['y']}-{last:02d}", first
    return None


def _month(text: str) -> int:
    return int(text) if text.isdigit() else next(i for i, name in enumerate(MONTHS, 1) if name[:3] == text[:3].capitalize())


def parse_period(title: str) -> tuple[str, int]:
    """As `find_period`, but raises InputError if the title names no month."""
    found = find_period(title)
    if not found:
        raise InputError(f"the title {clean(title)[:80]!r} names no month")
    return found


# --- tables -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Head:
    """What is printed above a table: period, its first month, currency, factor, layout, source, release day, unit, stage."""

    period: str
    first: int
    currency: str
    factor: float
    layout: str
    source: str
    released: str
    unit: str
    stage: str

    @property
    def month(self) -> int:
        return int(self.period[5:])

    @property
    def year(self) -> int:
        return int(self.period[:4])

    @property
    def together(self) -> bool:
        """Whether the table has January and February in one figure, and no single month."""
        return self.first == 1 and self.month == 2

    def reading(
        self, table: str, rows: list[dict], names: Names, warnings: tuple[str, ...] = (), **left_out: int
    ) -> Reading:  # fmt: skip
        """Make a reading of the table's rows; `left_out` counts figures and blocks that were skipped."""
        common = {"currency": self.currency}
        made = frame(table, [{**row, **common, "stage": row.get("stage", self.stage)} for row in rows])
        return Reading(
            self.layout, self.source, table, self.period, self.currency, self.unit, made,
            self.released, warnings, names.unlisted(table, made), {what: n for what, n in left_out.items() if n},
        )  # fmt: skip


def body(grid: Grid, marks: str, depth: int) -> tuple[Grid, Grid]:
    """Split a table into header rows (`depth` of them, from a cell matching `marks`) and rows of figures, without notes.

    Empty columns on the left are dropped.
    """
    start, left = _start(grid, marks)
    rows = [row for row in grid[start:] if any(clean(cell) for cell in row)]
    end = next((y for y, row in enumerate(rows) if y >= depth and _is_note(row)), len(rows))
    if any(_has_figures(row) for row in rows[end:]):
        raise InputError("a row of figures is below the notes")
    rows = rows[:end]
    if len(rows) > depth and {len(row) for row in rows[depth:]} == {len(rows[0]) - 1}:
        rows[depth:] = [[*row, ""] for row in rows[depth:]]  # all lack the same cell; the layout finds out which
    for row in rows:
        if len(row) != len(rows[0]) or any(clean(cell) for cell in row[:left]):
            raise InputError(f"the row {clean(row[0])!r} has {len(row)} cells, the header {len(rows[0])}")
    rows = [row[left:] for row in rows]
    return rows[:depth], rows[depth:]


def _start(grid: Grid, marks: str) -> tuple[int, int]:
    for y, row in enumerate(grid):
        first = next((x for x, cell in enumerate(row) if clean(cell)), 0)
        for x in (0, first):
            if row and re.match(marks, word(row[x])):
                return y, x
    raise InputError("the table has no header that this layout knows")


def _is_note(row: list[str]) -> bool:
    """Is the row a note, with no figures beside it? "Note: ...", "Source: ...", "1. Figures in shaded areas ...", "注：..."."""
    noted = re.match(r"notes?|source|\d*figuresin|\d*since\d|注|说明|备注|资料来源|数据来源", word(row[0]))
    return bool(noted) and not _has_figures(row)


def _has_figures(row: list[str]) -> bool:
    return any(NUMBER.fullmatch(clean(cell)) for cell in row[1:])


# --- checks within a table ----------------------------------------------------------------------------------------------


def require(condition: bool, where: str, what: str) -> None:
    """Raise InputError unless the condition holds: figures that contradict each other are shifted or in another unit."""
    if not condition:
        raise InputError(f"{where}: {what}; the figures contradict each other, and the table is not read")


def close(a: float, b: float, slack: float) -> bool:
    return abs(a - b) <= slack * (1 + 1e-9) + 1e-9


def frame(table: str, rows: Sequence[dict] | pd.DataFrame) -> pd.DataFrame:
    """Rows as a data frame. Raises InputError if there are none, or if one figure occurs twice."""
    if not len(rows):
        raise InputError("the table has no figures")
    made = pd.DataFrame(rows)
    key = [*(DETAIL.key if table == DETAIL.name else KEYS[table]), *(c for c in ("stage", "table") if c in made)]
    twice = made.duplicated(key)
    if twice.any():
        raise InputError(
            "the table names " + " ".join(str(made.at[twice.idxmax(), c]) for c in key if made.at[twice.idxmax(), c]) + " twice"
        )
    return made
