"""The words of a partner's profile."""

from __future__ import annotations

from customs_report.display import Tile, Words
from customs_report.facts import Mark, Runs
from customs_report.profile import Profile
from customs_report.prose.grammar import both_changed, changed, held, name_of, opened, said, the, to_date

RECORD = 3  # a month among so many largest is news


def _say(report: Profile, *templates: str, **marks: str | Runs) -> Runs | None:
    """The first sentence whose facts are held; `~` stands for the partner, `{@who}` for its name, `{@span}` for the year."""
    who = name_of(report.code, the(report.name))
    known = [t.replace("~", f"partner.{report.code}.") for t in templates]
    return said(report.facts, *known, who=who, span=to_date(report), month=report.period, **marks)


def _growth(report: Profile, over: str = "ytd") -> Runs | None:
    """ "exports rose by 5.8% and imports by 2.6%"."""
    names = [f"partner.{report.code}.{flow}_cny_{over}_yoy" for flow in ("exports", "imports")]
    if not set(names) <= set(report.facts):
        return None
    return both_changed(report.facts, "exports", names[0], "imports", names[1])


def kicker(report: Profile) -> Runs:
    return _say(report, "Partner profile · {@month} · as known on {@day}", day=report.as_of)


def headline(report: Profile) -> Runs:
    growth = _growth(report)
    if growth is None:
        return _say(report, "China’s trade with {@who} in {@span}")
    return _say(report, "China’s trade with {@who}: {@growth} in {@span}", growth=growth)


def standfirst(report: Profile) -> tuple[Runs, ...]:
    balance = report.facts.value(f"partner.{report.code}.balance_cny_ytd") or 0
    return held(
        _say(
            report,
            "In {@span}, trade with {@who} came to {~total_cny_ytd}, {~share_ytd} of China’s total; by size it is partner "
            "number {~rank_ytd}.",
            "In {@span}, trade with {@who} came to {~total_cny_ytd}, {~share_ytd} of China’s total.",
        ),
        _say(
            report, "China’s {@kind} with {@who} was {~balance_cny_ytd:size}.", kind=("surplus" if balance >= 0 else "deficit",)
        ),
    )


def tiles(report: Profile) -> tuple[Tile, ...]:
    box = []
    for flow, label in (("exports", "Exports to"), ("imports", "Imports from"), ("balance", "Balance with")):
        lines = (
            (Mark.of(to_date(report)),),
            _say(
                report,
                f"{{~{flow}_cny_ytd_yoy:signed}} on a year earlier",
                f"{{~{flow}_cny_ytd_change:signed}} on a year earlier",
            ),
            _say(report, f"Month: {{~{flow}_cny_month}}"),
        )
        figure = _say(report, f"{{~{flow}_cny_ytd}}") or ("not held",)
        box.append(Tile((f"{label} ", *name_of(report.code, the(report.name))), figure, held(*lines)))
    return tuple(box)


def main_points(report: Profile) -> tuple[Runs, ...]:
    return held(_against_all(report), _share(report), *_contributions(report), *_watched(report))


def size(report: Profile) -> Words:
    """Exhibit: levels, growth and contribution of each flow."""
    claim = _say(report, "Trade with {@who} is {~share_ytd} of China’s total", "Trade with {@who}")
    return Words(claim, standfirst(report))


def months(report: Profile) -> Words:
    """Exhibit: exports, imports and balance month by month."""
    levels = _say(report, "In {@month}, exports to {@who} were {~exports_cny_month} and imports {~imports_cny_month}.")
    growth = _growth(report, "month")
    told = _say(report, "Against a year earlier, {@growth}.", growth=growth) if growth else None
    return Words(_say(report, "Exports to {@who} and imports from there, month by month"), held(levels, told))


def growth(report: Profile) -> Words:
    """Exhibit: growth against that of all trade."""
    claim = _say(report, "Growth of trade with {@who} against that of all trade")
    return Words(claim, held(_against_all(report), *_contributions(report)))


def share(report: Profile) -> Words:
    """Exhibit: the share of total trade."""
    return Words(_say(report, "The share of {@who} in China’s trade"), held(_share(report)))


def watch(report: Profile) -> Words:
    """Exhibit: what a reader should know before drawing a conclusion; only what the data say."""
    nothing = (("The figures held show no streak, record or unusual base.",),)
    return Words(("What to watch",), _watched(report) or nothing)


def goods(report: Profile) -> Words:
    """Exhibit: what is traded, which needs goods by partner."""
    return Words(("Goods: not held",), (("The data held do not say which goods this partner trades.",),))


def members(report: Profile) -> Words:
    """Exhibit: the members of a group."""
    note = ("Members are those of the group as customs lists it, as far as their lines are held.",)
    return Words(_say(report, "The members of {@who} that are held"), (note,))


def sources(report: Profile) -> tuple[tuple[Runs, Runs], ...]:
    """Publisher, stage and release day of what the profile rests on."""
    from customs_report.prose.limits import source_line

    whole = [report.facts[n] for n in ("exports_cny_ytd",) if n in report.facts]
    own = [report.facts[f"partner.{report.code}.total_cny_ytd"]]
    return tuple(
        (opened((what,)), source_line(report, facts)) for what, facts in (("partner", own), ("all trade", whole)) if facts
    )


def _against_all(report: Profile) -> Runs | None:
    key = f"partner.{report.code}.total_cny_ytd_yoy"
    if key not in report.facts or "total_cny_ytd_yoy" not in report.facts:
        return None
    moved, all_moved = changed(report.facts, key), changed(report.facts, "total_cny_ytd_yoy")
    return _say(
        report, "In {@span}, trade with {@who} {@moved} in yuan; all of China’s trade {@all}.", moved=moved, all=all_moved
    )  # fmt: skip


def _share(report: Profile) -> Runs | None:
    change = report.facts.value(f"partner.{report.code}.share_ytd_change")
    if change is None or round(change, 1) == 0:
        return _say(report, "The share of {@who} in China’s trade is {~share_ytd}.")
    way = ("more" if change > 0 else "less",)
    return _say(
        report,
        "The share of {@who} in China’s trade is {~share_ytd}, {~share_ytd_change:size} {@way} than a year earlier.",
        way=way,
    )


def _contributions(report: Profile) -> tuple[Runs, ...]:
    told = []
    for flow in ("exports", "imports"):
        value = report.facts.value(f"partner.{report.code}.{flow}_cny_ytd_contribution")
        if value is not None and round(value, 1):
            verb = ("added" if value > 0 else "took",)
            end = "to" if value > 0 else "off"
            whole = f"the growth of all {flow} of {{@span}}."
            template = f"Trade with {{@who}} {{@verb}} {{~{flow}_cny_ytd_contribution:size}} {end} {whole}"
            told.append(_say(report, template, verb=verb))
    return held(*told)


def _watched(report: Profile) -> tuple[Runs, ...]:
    told = []
    for flow in ("exports", "imports"):
        key = f"partner.{report.code}.{flow}_cny_"
        for way, word in (("rising", "above"), ("falling", "below")):
            name = f"streak.{key}month_{way}"
            if (report.facts.value(name) or 0) >= 3:
                told.append(_say(report, f"Monthly {flow} have been {word} a year earlier for {{{name}}} in a row."))
        if (report.facts.value(f"{key}month_rank") or 99) <= RECORD and (report.facts.value(f"{key}month_rank_of") or 0) >= 12:
            told.append(
                _say(
                    report,
                    f"{{@month}}: {{{key}month_rank:largest}} month of {flow} among {{{key}month_rank_of}} held.",
                )
            )
        before = report.facts.value(f"{key}ytd_yoy_before")
        if before is not None and abs(before) >= 10:
            base = ("high" if before > 0 else "low",)
            told.append(
                _say(
                    report,
                    f"The base of {flow} is {{@base}}: growth a year earlier was {{~{flow}_cny_ytd_yoy_before:signed}}.",
                    base=base,
                )
            )
    return held(*told)
