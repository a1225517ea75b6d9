"""The words of a partner's profile."""

from __future__ import annotations

from customs_report.display import Tile, Words
from customs_report.english.grammar import (
    both_changed,
    changed,
    cited_in_front,
    held,
    listed,
    name_of,
    partner_name,
    the,
    to_date,
)
from customs_report.facts import Mark, Runs
from customs_report.profile import Profile
from customs_report.prose import profiles as common
from customs_report.prose.profiles import say, sources, traces, value

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
    return say(report, "Partner profile · {@month} · as known on {@day}", day=report.as_of)


def headline(report: Profile) -> Runs:
    growth = _growth(report)
    if growth is None:
        return say(report, "China’s trade with {@who} in {@span}")
    return say(report, "China’s trade with {@who}: {@growth} in {@span}", growth=growth)


def standfirst(report: Profile) -> tuple[Runs, ...]:
    balance = value(report, "balance_cny_ytd") or 0
    level = "In {@span}, trade with {@who} came to {~total_cny_ytd}, {~share_ytd} of China’s total"
    return held(
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
        box.append(Tile((f"{label} ", *common.who(report)), figure, held(*lines)))
    return tuple(box)


def main_points(report: Profile) -> tuple[Runs, ...]:
    return held(_against_all(report), _share(report), *_contributions(report), *_watched(report)[:1])


def size(report: Profile) -> Words:
    """Exhibit: levels and growth of each flow."""
    claim = say(report, "Trade with {@who} is {~share_ytd} of China’s total", "Trade with {@who}")
    return Words(claim, held(standfirst(report)[0], _ranked_among(report)))


def _ranked_among(report: Profile) -> Runs | None:
    gained = value(report, "rank_ytd_change")
    if gained is None:
        return None
    if not gained:
        return ("Its place among the partners is that of a year earlier.",)
    return say(
        report, "It has {@way} {~rank_ytd_change:size} among the partners in a year.", way=common.way(gained, "gained", "lost")
    )


def months(report: Profile) -> Words:
    """Exhibit: exports, imports and balance month by month."""
    levels = say(report, "In {@month}, exports to {@who} were {~exports_cny_month} and imports {~imports_cny_month}.")
    growth = _growth(report, "month")
    told = say(report, "Against a year earlier, {@growth}.", growth=growth) if growth else None
    return Words(say(report, "Exports to {@who} and imports from there, month by month"), held(levels, told))


def growth(report: Profile) -> Words:
    """Exhibit: growth against that of all trade."""
    claim = say(report, "Growth of trade with {@who} against that of all trade")
    return Words(claim, held(_against_all(report), *_contributions(report)))


def share(report: Profile) -> Words:
    """Exhibit: the share of total trade."""
    return Words(say(report, "The share of {@who} in China’s trade"), held(_share(report)))


def watch(report: Profile) -> Words:
    """Exhibit: what a reader should know before drawing a conclusion; only what the data say."""
    return Words(("What to watch",), (*_watched(report), common.vintage_told(report)))


def goods(report: Profile) -> Words:
    """Exhibit: what is traded, which needs goods by partner."""
    return common.detailed(report, say(report, "Goods traded with {@who}"), "goods", "Goods")


def members(report: Profile) -> Words:
    """Exhibit: the members of a group."""
    sizes = {code: report.facts[f"partner.{code}.total_cny_ytd"].value for code in report.members}
    largest = sorted(sizes, key=sizes.get, reverse=True)[:3]
    names = listed(name_of(code, the(partner_name(report, code))) for code in largest)
    told = say(report, "The largest of those held are {@names}." if len(largest) > 1 else "Only {@names} is held.", names=names)
    note = ("Members as customs lists them, as far as their lines are held.",)
    return Words(say(report, "The members of {@who} that are held"), held(told), notes=(note,))


def key_facts(report: Profile) -> tuple[str, ...]:
    """The names of the facts on page one."""
    return cited_in_front(headline(report), standfirst(report), tiles(report), main_points(report))


def _growth(report: Profile, over: str = "ytd") -> Runs | None:
    """ "exports rose by 5.8% and imports by 2.6%"."""
    names = [f"{report.key}{flow}_cny_{over}_yoy" for flow in FLOWS]
    if not set(names) <= set(report.facts):
        return None
    return both_changed(report.facts, "exports", names[0], "imports", names[1])


def _against_all(report: Profile) -> Runs | None:
    key = f"{report.key}total_cny_ytd_yoy"
    if key not in report.facts or "total_cny_ytd_yoy" not in report.facts:
        return None
    moved, all_moved = changed(report.facts, key), changed(report.facts, "total_cny_ytd_yoy")
    return say(
        report, "In {@span}, trade with {@who} {@moved} in yuan; all of China’s trade {@all}.", moved=moved, all=all_moved
    )  # fmt: skip


def _share(report: Profile) -> Runs | None:
    return common.share_told(report, "The share of {@who} in China’s trade")


def _contributions(report: Profile) -> tuple[Runs, ...]:
    subjects = {"exports": "Exports to {@who}", "imports": "Imports from {@who}"}
    told = [common.contribution(report, flow[:-1], f"{flow}_cny_ytd_contribution", of) for flow, of in subjects.items()]
    return held(*told)


def _watched(report: Profile) -> tuple[Runs, ...]:
    told = [*common.records(report, {f"{flow}_cny_month": f"the value of {flow}" for flow in FLOWS})]
    for flow in FLOWS:
        revision = f"{{~{flow}_cny_ytd_base_revision:size}}"
        told += [
            common.streak(report, f"{flow}_cny_month", f"Monthly {flow}"),
            common.base(report, f"{flow}_cny_ytd", flow),
            common.revised(
                report, f"{flow}_cny_ytd",
                f"By the growth printed now, customs has {{@moved}} last year’s {flow} by {revision} since their first print.",
            ),
        ]  # fmt: skip
    return held(*told)
