"""Generate the codebook from the schema: the variable tables of `data/README.md` and `data/datapackage.json`.

`python -m customs_report.codebook` rewrites both; a test compares them with the schema.
"""

from __future__ import annotations

import json
import re

from customs_report.schema import DATA, DETAIL, FIGURES, LISTS, TABLES, Column, Table

MARKS = "<!-- variables: made from customs_report/schema.py -->", "<!-- end of variables -->"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
LICENCE = {
    "name": "other-official-statistics",
    "title": "Official statistics; see data/README.md, Whose figures",
}


def variable_tables() -> str:
    """The variable tables in Markdown: a section for each table of figures, one table for all lists."""
    parts = []
    for table in (*FIGURES, DETAIL):
        rows = [f"| `{c.name}` | {c.definition} | {_values(c)} |" for c in table.columns]
        parts.append("\n".join([f"`{table.file}`: one row is {table.row}", "", "| variable | definition | unit or values |",
                                "|---|---|---|", *rows]))  # fmt: skip
    lists = ["Lists", "", "| file | one row is | variable | definition | values |", "|---|---|---|---|---|"]
    for table in LISTS:
        for i, c in enumerate(table.columns):
            first = f"`{table.file}` | {table.row}" if i == 0 else " | "
            lists.append(f"| {first} | `{c.name}` | {c.definition} | {_values(c)} |")
    return "\n\n".join([*parts, "\n".join(lists)])


def _values(column: Column) -> str:
    if column.key_of:
        return f"as in `{TABLES[column.key_of[0]].file}`"
    if column.values and not column.number:
        return ", ".join(f"`{value}`" for value in column.values if value)
    return column.unit


def with_variables(readme: str) -> str:
    """The text of data/README.md with its variable tables replaced by those of the schema."""
    start, end = MARKS
    return re.sub(f"{start}.*?{end}", lambda _: f"{start}\n\n{variable_tables()}\n\n{end}", readme, flags=re.S)


def package() -> dict:
    """The Frictionless data package that describes every table of the folder."""
    return {
        "$schema": PROFILE,
        "name": "china-customs-reports",
        "title": "China's foreign trade in goods, as customs publishes it",
        "licenses": [LICENCE],
        "resources": [*map(resource, TABLES.values()), _in_parquet(resource(DETAIL))],
    }


def resource(table: Table) -> dict:
    """A table's file in a Frictionless data package."""
    schema: dict = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = [*table.key, *table.unique]
    schema["foreignKeys"] = [
        {"fields": [c.name], "reference": {"resource": _name(c.key_of[0]), "fields": [c.key_of[1]]}}
        for c in table.columns
        if c.key_of
    ]
    return {
        "name": _name(table.name),
        "path": table.file,
        "description": f"One row is {table.row}.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {name: value for name, value in schema.items() if value},
    }


def _in_parquet(described: dict) -> dict:
    """The detail data that come with the project; what a user adds has the same columns."""
    described = {name: value for name, value in described.items() if name != "encoding"}
    return {**described, "path": "detail/seed.parquet", "format": "parquet", "mediatype": "application/vnd.apache.parquet"}


def _name(table: str) -> str:
    return table.replace("_", "-")


def _field(column: Column) -> dict:
    limits = {
        "required": not column.empty or None,
        "enum": [value for value in column.values if value != ""] or None,
        "pattern": column.pattern or None,
        "exclusiveMinimum": column.above,
        "minimum": column.least,
        "maximum": column.most,
    }
    entry = {
        "name": column.name,
        "type": "number" if column.number else "string",
        "description": column.definition,
        "unit": column.unit if column.number else "",
        "constraints": {name: value for name, value in limits.items() if value is not None},
    }
    return {name: value for name, value in entry.items() if value}


def write() -> None:
    """Rewrite the variable tables and the data package."""
    readme = DATA / "README.md"
    readme.write_text(with_variables(readme.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    described = json.dumps(package(), indent=1, ensure_ascii=False) + "\n"
    (DATA / "datapackage.json").write_text(described, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
