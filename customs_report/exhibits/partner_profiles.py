"""The exhibits of a partner's profile."""

from __future__ import annotations

from customs_report.display import Chart, Column, Exhibit, Table, Tile, Words
from customs_report.drawing.axes import (
    with_report_style,
)
from customs_report.english.grammar import both_changed, changed, cited_in_front, listed, partner_in_sentence, partner_name
from customs_report.exhibits import profiles as common
from customs_report.exhibits.fact_tables import key_facts_table
from customs_report.exhibits.profiles import (
    details_table,
    growth_chart,
    lines_chart,
    say,
    share_chart,
    sources,
    title,
    traces,
    value,
)
from customs_report.exhibits.selection import present, to_date
from customs_report.facts import Mark, Runs
from customs_report.profile import Profile
from customs_report.rows import Field, Subject, fact_row, subject_table

__all__ = [
    "goods",
    "growth",
    "headline",
    "key_facts",
    "kicker",
    "main_points",
    "members",
    "months",
    "share",
    "size",
    "sources",
    "standfirst",
    "tiles",
    "traces",
    "watch",
]
FLOWS = ("exports", "imports")


def kicker(report: Profile) -> Runs:
    return title(report, "Partner profile · {@month} · as known on {@day}", day=report.as_of)


def headline(report: Profile) -> Runs:
    growth = _growth(report)
    if growth is None:
        return title(report, "China’s trade with {@who} in {@span}")
    return title(report, "China’s trade with {@who}: {@growth} in {@span}", growth=growth)


def standfirst(report: Profile) -> tuple[Runs, ...]:
    balance = value(report, "balance_cny_ytd") or 0
    level = "In {@span}, trade with {@who} came to {~total_cny_ytd}, {~share_ytd} of China’s total"
    return present(
        say(report, level + "; it is the {~rank_ytd:largest} partner.", level + "."),
        say(report, "China’s {@kind} was {~balance_cny_ytd:size}.", kind=common.way(balance, "surplus", "deficit")),
    )


def tiles(report: Profile) -> tuple[Tile, ...]:
    box = []
    for flow, label in (("exports", "Exports to"), ("imports", "Imports from"), ("balance", "Balance with")):
        lines = (
            (Mark.of(to_date(report)),),
            say(
                report,
                f"{{~{flow}_cny_ytd_yoy:signed}} on a year earlier",
                f"{{~{flow}_cny_ytd_change:signed}} on a year earlier",
            ),
            say(report, f"Month: {{~{flow}_cny_month}}"),
        )
        figure = say(report, f"{{~{flow}_cny_ytd}}") or ("not held",)
        box.append(Tile((f"{label} ", *common.who(report)), figure, present(*lines)))
    return tuple(box)


def main_points(report: Profile) -> tuple[Runs, ...]:
    return present(_against_all(report), _share(report), *_contributions(report), *_watched(report)[:1])


def size(report: Profile) -> Exhibit:
    """How large is trade with the partner?"""
    return Exhibit.of(report, _size_words, _size_table)


def _size_words(report: Profile) -> Words:
    """Levels and growth of each flow."""
    claim = title(report, "Trade with {@who} is {~share_ytd} of China’s total", "Trade with {@who}")
    return Words(claim, present(standfirst(report)[0], _ranked_among(report)))


def _ranked_among(report: Profile) -> Runs | None:
    gained = value(report, "rank_ytd_change")
    if gained is None:
        return None
    if not gained:
        return ("Its place among the partners is that of a year earlier.",)
    return say(
        report, "It has {@way} {~rank_ytd_change:size} among the partners in a year.", way=common.way(gained, "gained", "lost")
    )


def _size_table(report: Profile) -> Table:
    """A partner's exports, imports, total and balance: month and year to date."""
    key, rows = report.key, []
    for flow in ("exports", "imports", "total", "balance"):
        end = ("change", "signed_bn") if flow == "balance" else ("yoy", "signed_percent")
        fields = [
            (f"{key}{flow}_cny_{over}{suffix}", style)
            for over in ("month", "ytd")
            for suffix, style in (("", "bn"), (f"_{end[0]}", end[1]))
        ]
        rows.append(fact_row(report.facts, (flow.capitalize(),), fields))
    headers = ("Month", "Change", "Year to date", "Change")
    columns = (Column("Flow"), *(Column(header, align="right") for header in headers))
    return Table(
        "partner-size", "Billion yuan; change on a year earlier in percent, of the balance in billions", columns, tuple(rows)
    )


def months(report: Profile) -> Exhibit:
    """How did exports, imports and balance with the partner go?"""
    return Exhibit.of(report, _months_words, _months_chart)


def _months_words(report: Profile) -> Words:
    """Exports, imports and balance month by month."""
    levels = say(report, "In {@month}, exports to {@who} were {~exports_cny_month} and imports {~imports_cny_month}.")
    growth = _growth(report, "month")
    sentence = say(report, "Against a year earlier, {@growth}.", growth=growth) if growth else None
    return Words(title(report, "Exports to {@who} and imports from there, month by month"), present(levels, sentence))


@with_report_style
def _months_chart(report: Profile) -> Chart | None:
    labels = {"exports": "Exports", "imports": "Imports", "balance": "Balance"}
    return lines_chart(report, labels, "bn", "Exports, imports and balance, billion yuan a month")


def growth(report: Profile) -> Exhibit:
    """Did trade with the partner grow faster than all trade?"""
    return Exhibit.of(report, _growth_words, growth_chart)


def _growth_words(report: Profile) -> Words:
    """Growth against that of all trade."""
    claim = title(report, "Growth of trade with {@who} against that of all trade")
    return Words(claim, present(_against_all(report), *_contributions(report)))


def share(report: Profile) -> Exhibit:
    """Which share of China's trade is with the partner?"""
    return Exhibit.of(report, _share_words, share_chart)


def _share_words(report: Profile) -> Words:
    """The share of total trade."""
    return Words(title(report, "The share of {@who} in China’s trade"), present(_share(report)))


def watch(report: Profile) -> Exhibit:
    """What should a reader know before drawing a conclusion?"""
    return Exhibit.of(report, _watch_words)


def _watch_words(report: Profile) -> Words:
    """What a reader should know before drawing a conclusion; only what the data say."""
    return Words(("What to watch",), (*_watched(report), common.vintage_sentence(report)))


def goods(report: Profile) -> Exhibit:
    """Which goods are traded with the partner?"""
    return Exhibit.of(report, _goods_words, details_table)


def _goods_words(report: Profile) -> Words:
    """What is traded, which needs goods by partner."""
    return common.details_words(report, title(report, "Goods traded with {@who}"), "goods", "Goods")


def members(report: Profile) -> Exhibit:
    """Who are the members of the group?"""
    return Exhibit.of(report, _members_words, _members_table)


def _members_words(report: Profile) -> Words:
    """The members of a group."""
    sizes = {code: report.facts[f"partner.{code}.total_cny_ytd"].value for code in report.members}
    largest = sorted(sizes, key=sizes.__getitem__, reverse=True)[:3]
    names = listed(partner_in_sentence(report, code) for code in largest)
    sentence = say(
        report, "The largest of those held are {@names}." if len(largest) > 1 else "Only {@names} is held.", names=names
    )
    note = ("Members as customs lists them, as far as their lines are held.",)
    return Words(title(report, "The members of {@who} that are held"), present(sentence), notes=(note,))


def _members_table(report: Profile) -> Table | None:
    """The members of a group that have figures, the largest first."""
    fields: list[Field] = [
        ("Share %", "partner.{}.share_ytd", "percent"),
        ("Exports", "partner.{}.exports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.exports_cny_ytd_yoy", "signed_percent"),
        ("Imports", "partner.{}.imports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.imports_cny_ytd_yoy", "signed_percent"),
        ("Balance", "partner.{}.balance_cny_ytd", "bn"),
    ]
    size = {code: report.facts[f"partner.{code}.total_cny_ytd"].value for code in report.members}
    rows: list[Subject] = [(code, partner_name(report, code), "") for code in sorted(size, key=size.__getitem__, reverse=True)]
    return (
        subject_table(report.facts, "members", "Members, year to date, billion yuan", "Member", rows, fields) if rows else None
    )


def key_facts(report: Profile) -> Table:
    """Where does each figure of page one come from?"""
    return key_facts_table(report, key_fact_names(report))


def key_fact_names(report: Profile) -> tuple[str, ...]:
    """The names of the facts on page one."""
    return cited_in_front(headline(report), standfirst(report), tiles(report), main_points(report))


def _growth(report: Profile, over: str = "ytd") -> Runs | None:
    """ "exports rose by 5.8% and imports by 2.6%"."""
    names = [f"{report.key}{flow}_cny_{over}_yoy" for flow in FLOWS]
    if not set(names) <= set(report.facts):
        return None
    return both_changed("exports", report.facts[names[0]], "imports", report.facts[names[1]])


def _against_all(report: Profile) -> Runs | None:
    key = f"{report.key}total_cny_ytd_yoy"
    if key not in report.facts or "total_cny_ytd_yoy" not in report.facts:
        return None
    moved, all_moved = changed(report.facts[key]), changed(report.facts["total_cny_ytd_yoy"])
    return say(
        report, "In {@span}, trade with {@who} {@moved} in yuan; all of China’s trade {@all}.", moved=moved, all=all_moved
    )  # fmt: skip


def _share(report: Profile) -> Runs | None:
    return common.share_sentence(report, "The share of {@who} in China’s trade")


def _contributions(report: Profile) -> tuple[Runs, ...]:
    subjects = {"exports": "Exports to {@who}", "imports": "Imports from {@who}"}
    sentences = [common.contribution(report, flow[:-1], f"{flow}_cny_ytd_contribution", of) for flow, of in subjects.items()]
    return present(*sentences)


def _watched(report: Profile) -> tuple[Runs, ...]:
    sentences: list[Runs | None] = [
        *common.record_months(report, {f"{flow}_cny_month": f"the value of {flow}" for flow in FLOWS})
    ]
    for flow in FLOWS:
        revision = f"{{~{flow}_cny_ytd_base_revision:size}}"
        sentences += [
            common.streak(report, f"{flow}_cny_month", f"Monthly {flow}"),
            common.base(report, f"{flow}_cny_ytd", flow),
            common.revised(
                report, f"{flow}_cny_ytd",
                f"By the growth printed now, customs has {{@moved}} last year’s {flow} by {revision} since their first print.",
            ),
        ]  # fmt: skip
    return present(*sentences)
