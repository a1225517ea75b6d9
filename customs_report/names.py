"""What partners, commodities and spans are called in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from customs_report.numbers import CURRENCY_WORDS, period_text
from customs_report.periods import is_january
from customs_report.provenance import Label
from customs_report.tables import Tables, cached

WITH_ARTICLE = ("European Union", "United States", "United Kingdom", "Netherlands", "Philippines", "United Arab Emirates")
TOTALS = {"exports": "exports", "imports": "imports", "balance": "the balance of trade", "total": "total trade"}
OF_PARTNER = {
    "exports": "exports to {}", "imports": "imports from {}", "balance": "the balance with {}", "total": "total trade with {}",
}  # fmt: skip
SPANS = {"3m": "three months to {}", "12m": "twelve months to {}"}


@dataclass(frozen=True, slots=True)
class Name:
    """A partner or commodity by its code, and what the reference lists call it: in English, in Chinese."""

    code: str
    english: str
    chinese: str


@cached
def _partners(tables: Tables) -> dict[str, Name]:
    rows = tables.partner_list
    return {code: Name(code, *called) for code, *called in zip(rows["partner"], rows["name"], rows["name_zh"], strict=True)}


@cached
def _commodities(tables: Tables) -> dict[tuple[str, str], Name]:
    rows = tables.commodity_list[["flow", "commodity", "name", "name_zh"]]
    return {(flow, slug): Name(slug, *called) for flow, slug, *called in rows.itertuples(index=False)}


def partner(tables: Tables, code: str) -> Name:
    """A partner or group by its code; called by it where no list has it."""
    return _partners(tables).get(code) or Name(code, code, code)


def commodity(tables: Tables, flow: str, slug: str) -> Name:
    """A commodity line of exports or imports (`export`, `import`)."""
    return _commodities(tables).get((flow, slug)) or Name(slug, slug, slug)


def partner_name(tables: Tables, code: str) -> str:
    """The English name of a partner or group."""
    return partner(tables, code).english


def commodity_name(tables: Tables, flow: str, slug: str) -> str:
    """The English name of a commodity line of exports or imports (`export`, `import`)."""
    return commodity(tables, flow, slug).english


def named_part(tables: Tables, kind: str, flow: str, code: str) -> tuple[str, Name, str]:
    """A part that contributes to growth: its kind, its partner or commodity, and whether it is the "rest" or the "others"."""
    of = code.removeprefix("rest_of_").removeprefix("other_")
    name = commodity(tables, flow.removesuffix("s"), of) if kind == "commodity" else partner(tables, of)
    return kind, name, "rest" if code.startswith("rest_of_") else "others" if code.startswith("other_") else ""


def part_name(kind: str, name: Name, whole: str) -> str:
    """What a part that contributes to growth is called: a partner or line, "Rest of Asia", "Other ...", the remainder."""
    if whole == "rest":
        return "Rest of the world" if name.code == "WORLD" else f"Rest of {name.english}"
    if whole == "others":
        return f"Other {in_sentence(name.english)}"
    fixed = {
        "others": "All other lines" if kind == "commodity" else "All other partners",
        "remainder": "Not in the table, overlaps, rounding" if kind == "commodity" else "No country, rounding",
    }
    return fixed.get(name.code, name.english)


def the(name: str) -> str:
    """A partner's name inside a sentence, with its article where it has one."""
    return f"the {name}" if name in WITH_ARTICLE else name


def in_sentence(name: str) -> str:
    """A commodity's name inside a sentence: lower case but for abbreviations (LCD modules)."""
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def span_text(over: str, period: str) -> str:
    """A span as a reader writes it: "January–November 2025", "twelve months to November 2025"."""
    if over == "ytd" and not is_january(period):
        return period_text(f"{period[:4]}-01/{period}")
    return SPANS.get(over, "{}").format(period_text(period))


def where(over: str, period: str, currency: str = "") -> str:
    """The second part of a label: "in dollars, November 2025"."""
    span = span_text(over, period)
    return f"in {CURRENCY_WORDS[currency]}, {span}" if currency else span


def total_label(flow: str, currency: str, over: str, period: str) -> Label:
    """The label of a national total."""
    return Label(TOTALS[flow], where(over, period, currency))


def partner_label(tables: Tables, code: str, flow: str, over: str, period: str) -> Label:
    """The label of a partner's figure."""
    return Label(OF_PARTNER[flow].format(the(partner_name(tables, code))), where(over, period, "CNY"))


def label_of_name(tables: Tables, name: str, period: str) -> str:
    """The label that a figure not held would have, from its name; the name itself if it has another form."""
    *subject, what = name.split(".")
    flow, *rest = what.removeprefix("unit_value").removeprefix("_").split("_")
    currency = rest.pop(0).upper() if rest and rest[0].upper() in CURRENCY_WORDS else ""
    over = rest.pop(0) if rest and rest[0] in ("month", "ytd", *SPANS) else ""
    pattern = {"": "{}", "yoy": "growth of {} on a year earlier", "change": "change in {} on a year earlier"}.get(
        "_".join(rest)
    )
    if not over or not pattern:
        return name
    if not subject and flow in TOTALS:
        label = total_label(flow, currency, over, period)
    elif subject[:1] == ["partner"] and flow in OF_PARTNER:
        label = partner_label(tables, subject[1], flow, over, period)._replace(where=where(over, period, currency or "CNY"))
    elif subject[:1] == ["commodity"]:
        measure = "" if flow == "value" else f"the {flow or 'unit value'} of "
        label = Label(measure + goods(tables, *subject[1:]), where(over, period, currency))
    else:
        return name
    return str(label.of(pattern))


def goods(tables: Tables, flow: str, slug: str) -> str:
    """ "exports of motor vehicles"."""
    return f"{flow}s of {in_sentence(commodity_name(tables, flow, slug))}"
