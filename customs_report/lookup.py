"""Find partners and commodities by code, ISO code, English or Chinese name, ignoring case and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches

from customs_report.errors import InputError, unknown
from customs_report.tables import Tables, cached

FLOWS = ("export", "import")
EXAMPLES = {"partner": "USA or ASEAN", "commodity": "motor_vehicles"}
COMMON = {  # what people call things that customs' table names otherwise; a name of several is none
    "america": ("USA", "NAMERICA", "LATAM"),
    "batteries": ("lithium_ion_batteries",),
    "cars": ("motor_vehicles", "passenger_cars"),
    "chips": ("integrated_circuits",),
    "eu": ("EU27",),
    "electriccars": ("electric_passenger_vehicles", "battery_electric_cars"),
    "gas": ("natural_gas",),
    "holland": ("NLD",),
    "oil": ("crude_oil",),
    "phones": ("mobile_phones",),
    "semiconductors": ("integrated_circuits",),
    "smartphones": ("mobile_phones",),
    "solarpanels": ("solar_cells",),
    "soybeans": ("soya_beans",),
    "vehicles": ("motor_vehicles",),
}


def find_flow(flow: str) -> str:
    """Normalise a flow to `export` or `import`; raises InputError with the nearest value."""
    key = fold(flow).removesuffix("s")
    if key not in FLOWS:
        raise unknown("flow", " ".join(flow.split()), FLOWS)
    return key


def find(tables: Tables, kind: str, subject: str, flow: str = "") -> str:
    """The code of a partner or commodity, by any of its names. Raises InputError with the nearest names."""
    return find_in(tables, kind, subject, [flow])[0][0]


def find_in(tables: Tables, kind: str, subject: str, flows: Sequence[str]) -> list[tuple[str, str]]:
    """(code, flow) for each of the flows in which something has this name. Raises InputError with the nearest names."""
    if known := find_all(tables, kind, subject, flows):
        return known
    near = ", ".join(_candidates(tables, kind, subject, flows)) or f"none; codes are like {EXAMPLES[kind]}"
    among = f" among {flows[0]}s" if kind == "commodity" and len(flows) == 1 else ""
    raise InputError(f"there is no {kind} {' '.join(str(subject).split())!r}{among}; nearest: {near}")


def _candidates(tables: Tables, kind: str, subject: str, flows: Sequence[str]) -> list[str]:
    """The code and name of at most three that may be meant: by what people call them, by part of a name, by likeness."""
    key, names = fold(subject), {name: code for flow in flows for name, code in _names(tables, kind, flow).items()}
    common = [code for code in meant(subject) if code in names.values()]
    within = [name for name in names if len(key) > 2 and key.removesuffix("s") in name]
    near = common or dict.fromkeys(names[n] for n in [*within, *get_close_matches(key, names, n=3, cutoff=0.5)])
    listed = _listed(tables, kind)
    return [f"{code} ({listed[code]})" for code in [*near][:3]]


def find_all(tables: Tables, kind: str, subject: str, flows: Sequence[str]) -> list[tuple[str, str]]:
    """As `find_in`, but returns an empty list if nothing has this name."""
    key, known = fold(subject), {flow: _names(tables, kind, flow) for flow in flows}
    if len(common := meant(subject)) == 1:
        return [(common[0], flow) for flow, names in known.items() if common[0] in names.values()]
    return [(names[key], flow) for flow, names in known.items() if key in names]


def meant(subject: str) -> tuple[str, ...]:
    """What people may mean by a name that customs' tables do not have, whether they say one or several."""
    key = fold(subject)
    return COMMON.get(key) or COMMON.get(f"{key}s", ())


@cached
def _names(tables: Tables, kind: str, flow: str) -> dict[str, str]:
    """Folded name -> code; codes take precedence over names, English names over Chinese ones."""
    rows = tables.partner_list if kind == "partner" else tables.commodity_list.query("flow == @flow")
    names: dict[str, str] = {}
    for column in (kind, *(["iso2"] if kind == "partner" else []), "name", "name_official", "name_zh"):
        for code, name in zip(rows[kind], rows[column], strict=True):
            if isinstance(name, str) and (key := fold(name)):
                names.setdefault(key, code)
    return names


def _listed(tables: Tables, kind: str) -> dict[str, str]:
    rows = getattr(tables, f"{kind}_list")
    return dict(zip(rows[kind], rows["name"], strict=True))


def fold(name: str) -> str:
    """The name without case, accents and punctuation."""
    apart = unicodedata.normalize("NFKD", str(name)).casefold()
    return re.sub(r"[\W_]+", "", "".join(c for c in apart if not unicodedata.combining(c)))
