"""The claims of an article: read from a file, tested against the facts of its period, and judged.

`data/README.md` ("Claims") describes the file. Verdicts depend on facts alone; `judge` reads no files.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from pathlib import Path
from typing import Any

from customs_report import schema
from customs_report.errors import InputError, nearest_or_all, unknown
from customs_report.facts import Cite, Fact, Facts, Mark, Run, Runs, plain
from customs_report.numbers import CURRENCY, CURRENCY_WORDS, MINUS, readable, write
from customs_report.numbers import written as written_number
from customs_report.periods import parse_day, parse_month
from customs_report.provenance import Label, Origin, Source, calculate, combined

REPRODUCED = "reproduced"
ROUNDED = "reproduced, rounded otherwise"
REVISED = "revised since"
ONLY_IN = {"cny": "true in yuan only", "usd": "true in dollars only"}
CONTRADICTED = "contradicted"
NOT_TESTABLE = "not testable"
VERDICTS = (REPRODUCED, ROUNDED, REVISED, *ONLY_IN.values(), CONTRADICTED, NOT_TESTABLE)
HOLDS = (REPRODUCED, ROUNDED)
OF_ALL = (REPRODUCED, ROUNDED, NOT_TESTABLE, CONTRADICTED)  # of several conditions the last of these counts

SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
LARGEST = Decimal(10) ** 18
COMPARISONS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    ">=": (operator.ge, "at least"),
    "<=": (operator.le, "at most"),
    "==": (operator.eq, "equal to"),
    "!=": (operator.ne, "other than"),
    ">": (operator.gt, "above"),
    "<": (operator.lt, "below"),
}
LARGEST_OF = "is largest of"
NEAR = {"percentage points": 0.2}  # two figures nearer to each other than this have no order: their base is not known finer
PLACEHOLDER = "{currency}"
STATED = "stated in the claims file"
FORM = f"write it like exports_usd_ytd, or imports_{PLACEHOLDER}_ytd_yoy > 0"
CITED = re.compile(r"\{([A-Za-z][\w.]*)(?::(signed|size))?\}")  # a fact cited in a caveat, and how it is written
FIRST_RELEASE = {"preliminary", "bulletin"}  # the bulletin prints the preliminary figures with more digits
MARKET_RATE = 0.03  # a day's rate lies this near to the average rate of the months, as a share of it


@dataclass(frozen=True)
class Condition:
    """One line of a test: a fact, to be compared with the printed number or with what follows the comparison.

    `other` is a number, another fact, or with `is largest of` the names of its rivals, written with `*`.
    """

    fact: str
    comparison: str = ""
    other: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The facts without which the condition cannot be decided."""
        other = self.other if self.other[:1].isalpha() and "*" not in self.other else ""
        return (self.fact, other) if other else (self.fact,)

    def within(self, currency: str) -> Condition:
        """The same condition in one currency."""
        return replace(
            self, fact=self.fact.replace(PLACEHOLDER, currency), other=self.other.replace(PLACEHOLDER, currency)
        )  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """What an article says: in words, as printed in its unit, and the test that decides. All of the conditions must hold.

    `caveat` says what the test does not show even if it holds; it cites facts as `{name}`.
    """

    id: str
    says: str
    printed: Decimal | None = None
    unit: str = ""
    scale: int = 1
    tolerance: Decimal | None = None
    test: tuple[Condition, ...] = ()
    reading: str = ""
    untested: str = ""
    caveat: str = ""

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies in which the claim is tested: both if it names none; empty if the test itself names one."""
        return ("usd", "cny") if any(PLACEHOLDER in c.fact + c.other for c in self.test) else ("",)

    @property
    def value(self) -> Decimal:
        assert self.printed is not None
        return self.printed * self.scale

    @property
    def step(self) -> Decimal:
        """The last printed digit, in the plain unit."""
        assert self.printed is not None
        return Decimal(10) ** _exponent(self.printed) * self.scale

    @property
    def margin(self) -> Decimal | None:
        return None if self.tolerance is None else self.tolerance * self.scale


@dataclass(frozen=True)
class Article:
    """The claims of an article, the day it was published and the period it speaks of; `name` is that of its file."""

    name: str
    title: str
    published: str
    period: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Judgement:
    """The judgement of a claim as of a day: verdict, the numbers behind it, why, and the likely reason for a contradiction.

    `computed` is in the unit of the claim; `numbers` are in plain units, as all facts.
    """

    claim: Claim
    as_of: str
    verdict: str
    computed: float | None = None
    numbers: tuple[Fact, ...] = ()
    why: Runs = ()
    reason: Runs = ()

    @property
    def shown(self) -> str:
        """The verdict as shown to readers; with a caveat, a test that holds is only consistent with the claim."""
        only = " (consistent only)" if self.claim.caveat and self.verdict in HOLDS else ""
        return f"{self.verdict}{only}"

    def as_json(self) -> dict[str, Any]:
        printed = self.claim.printed
        return {
            "id": self.claim.id,
            "verdict": self.verdict,
            "as_of": self.as_of,
            "printed": None if printed is None else float(printed),
            "computed": self.computed,
            "numbers": [{**number.as_json(), "text": written(number)} for number in self.numbers],
            "why": plain(_joined([self.why, self.reason])),
        }


# --- reading ------------------------------------------------------------------------------------------------------------


def read(source: str) -> Article:
    """Which claims does a file hold? `source` is its path, or its name in `data/claims/`.

    Raises InputError, naming the claim and the field, for whatever is unreadable, missing, misspelt or no number.
    """
    import yaml

    path = _path(source)
    try:  # BaseLoader leaves every value as the text that stands there: 1.10 keeps its last digit
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except OSError as error:
        raise InputError(f"{source} cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{source} is not YAML: {' '.join(str(error).split())[:160]}") from None
    top = _Fields(source, content)
    top.known("title", "published", "period", "claims")
    rows = top.of("claims")
    if not isinstance(rows, list) or not rows:
        raise top.wrong("claims", "a list of claims is needed")
    claims = [_claim(source, number, row) for number, row in enumerate(rows, start=1)]
    for i, claim in enumerate(claims):
        if claim.id in {other.id for other in claims[:i]}:
            raise InputError(f"{source}: claim {claim.id}, id: it stands twice")
    return Article(path.stem, top.text("title"), top.day("published"), top.month("period"), tuple(claims))


def _path(source: str) -> Path:
    path, folder = Path(source), schema.DATA / "claims"
    if path.exists() or path.suffix or path.parent != Path():
        return path
    known = sorted(file.stem for file in folder.glob("*.yml"))
    if source not in known:
        raise unknown("claims file", source, known)
    return folder / f"{source}.yml"


def _claim(source: str, number: int, row: Any) -> Claim:
    fields = _Fields(f"{source}: claim {number}", row)
    name = fields.text("id")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise fields.wrong("id", f"{name!r} is not lower-case words joined by hyphens")
    fields = _Fields(f"{source}: claim {name}", row)
    fields.known("id", "says", "printed", "unit", "tolerance", "test", "reading", "untested", "caveat")
    scale, unit = _unit(fields.text("unit", ""))
    test = tuple(_condition(fields, line) for line in fields.lines("test"))
    claim = Claim(
        name, fields.text("says"), fields.number("printed"), unit, scale, fields.number("tolerance"), test,
        fields.text("reading", ""), fields.text("untested", ""), fields.text("caveat", ""),
    )  # fmt: skip
    if claim.printed is None and (unit or claim.tolerance is not None):
        raise fields.wrong("printed", "a unit or a tolerance needs a printed number")
    if claim.tolerance is not None and claim.tolerance <= 0:
        raise fields.wrong("tolerance", f"{claim.tolerance} is not above zero")
    if claim.printed is None and any(not condition.comparison for condition in claim.test):
        raise fields.wrong("test", "a fact alone is compared with the printed number, which the claim lacks")
    if claim.test and claim.untested:
        raise fields.wrong("untested", "the claim has a test")
    if claim.caveat and not claim.test:
        raise fields.wrong("caveat", "the claim has no test")
    if re.search(r"\d", re.sub(CITED, "", claim.caveat)):
        raise fields.wrong("caveat", "a number is cited as a fact, like {exports_cny_ytd_yoy}")
    return claim


def _unit(text: str) -> tuple[int, str]:
    """ "trillion USD" -> a scale and the unit of a fact; "percent" -> 1 and percent."""
    first, _, rest = text.partition(" ")
    return (SCALES[first], rest.strip()) if first in SCALES else (1, text)


def _condition(fields: _Fields, line: str) -> Condition:
    name = r"[A-Za-z](?:[\w.]|\{currency\})*"
    if found := re.fullmatch(rf"({name})\s+({LARGEST_OF})\s+({name}\*[\w.]*)", line.strip(), re.ASCII):
        return Condition(*found.groups())
    found = re.fullmatch(rf"({name})\s*(?:({'|'.join(COMPARISONS)})\s*({name}|[-+\d].*))?", line.strip(), re.ASCII)
    if not found:
        raise fields.wrong("test", f"{line!r} cannot be read; {FORM}")
    fact, comparison, other = (part or "" for part in found.groups())
    if other and not other[0].isalpha():
        fields.decimal("test", other)
    return Condition(fact, comparison, other)


@dataclass(frozen=True)
class _Fields:
    """The fields of a mapping; every complaint names where it stands."""

    where: str
    row: Any = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.row, dict):
            raise InputError(f"{self.where}: fields with their values are needed, not {str(self.row)[:40]!r}")

    def wrong(self, name: str, why: str) -> InputError:
        return InputError(f"{self.where}{':' if self.where.endswith(('.yml', '.yaml')) else ','} {name}: {why}")

    def known(self, *names: str) -> None:
        for name in self.row:
            if name not in names:
                raise self.wrong(str(name)[:40], f"there is no such field; {nearest_or_all(str(name), names)}")

    def of(self, name: str) -> Any:
        return self.row.get(name, "")

    def text(self, name: str, default: str | None = None) -> str:
        value = self.of(name)
        if not isinstance(value, str):
            raise self.wrong(name, "one text is needed")
        value = " ".join(value.split())
        if not value and default is None:
            raise self.wrong(name, "it is missing")
        return value or default or ""

    def lines(self, name: str) -> list[str]:
        value = self.of(name)
        lines = [value] if isinstance(value, str) and value else value or []
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            raise self.wrong(name, f"a text or a list of texts is needed; {FORM}")
        return lines

    def number(self, name: str) -> Decimal | None:
        text = self.text(name, "")
        return self.decimal(name, text) if text else None

    def decimal(self, name: str, text: str) -> Decimal:
        try:
            value = Decimal(text.replace(MINUS, "-"))
        except InvalidOperation:
            raise self.wrong(name, f"{text!r} is not a number") from None
        if not value.is_finite() or abs(value) >= LARGEST or _exponent(value) < -12:
            raise self.wrong(name, f"{text!r} is not a number of this size")
        return value

    def day(self, name: str) -> str:
        if not (day := parse_day(self.text(name))):
            raise self.wrong(name, f"{self.text(name)!r} is not a date; write it like 2025-12-08")
        return day

    def month(self, name: str) -> str:
        if not (month := parse_month(self.text(name))):
            raise self.wrong(name, f"{self.text(name)!r} is not a month; write it like 2025-11")
        return month


# --- judging ------------------------------------------------------------------------------------------------------------

WordsOf = Callable[[str], str]


def compare(
    value: float, printed: Decimal, step: Decimal, margin: Decimal | None = None, fact_step: float | None = None
) -> str:
    """Does a value agree with a printed number? All in the same plain unit; `step` is the last printed digit.

    Reproduced: the value rounds to the printed number. Rounded otherwise: it was truncated or rounded up, lies within the
    stated margin, or is itself less precise and agrees as far as it goes. Else contradicted.
    """
    distance = abs(Decimal(repr(float(value))) - printed)
    if distance <= step / 2:
        return REPRODUCED
    coarse = Decimal(repr(float(fact_step or 0)))
    if distance < step or (margin is not None and distance <= margin) or (coarse > step and distance <= coarse / 2):
        return ROUNDED
    return CONTRADICTED


def judge(
    claim: Claim,
    facts: Facts,
    published: Facts | None = None,
    others: Sequence[Claim] = (),
    words_of: WordsOf = str,
    lines: Collection[str] | None = None,
) -> Judgement:
    """What do the facts say of a claim, and where they contradict it, why?

    `facts` is what was known on the day judged, `published` on the day of the article (default: the same); `others` are the
    article's claims, which may show one exchange rate behind several numbers; `words_of` names a fact in words; `lines` are the
    partners and commodities that stand beside each other in a ranking (default: all).
    Raises InputError where a test compares numbers of different units.
    """
    published = published or facts
    if not claim.test:
        why: Runs = (Mark("quote", claim.id, claim.untested),) if claim.untested else ("no test given",)
        return Judgement(claim, facts.as_of, NOT_TESTABLE, why=why)
    tried = {currency: _try(claim, currency, facts, words_of, lines) for currency in _currencies(claim, facts)}
    for currency, attempt in tried.items():
        if attempt.verdict == CONTRADICTED and _try(claim, currency, published, words_of, lines).verdict in HOLDS:
            tried[currency] = _revised(claim, attempt, published)
    verdict = _overall({currency: attempt.verdict for currency, attempt in tried.items()})
    if verdict == CONTRADICTED:
        tried = {c: _explained(claim, attempt, facts, published, others, words_of) for c, attempt in tried.items()}
    best = next((a for a in tried.values() if a.verdict in HOLDS), next(iter(tried.values())))
    numbers = {number.name: number for attempt in tried.values() for number in attempt.numbers}
    why, reason = _joined(a.why for a in tried.values()), _joined(a.reason for a in tried.values())
    if len(tried) < len(claim.currencies):
        other = _in_words(next(currency for currency in claim.currencies if currency not in tried))
        why = _joined([why, (f"It is judged in {_in_words(next(iter(tried)))}: there are no such figures in {other}.",)])
    return Judgement(claim, facts.as_of, verdict, best.computed, tuple(numbers.values()), why, reason)


def _currencies(claim: Claim, facts: Facts) -> list[str]:
    """The currencies to test a claim in: not the one whose figures are all missing while those of the other are there."""

    def names(currency: str) -> list[str]:
        return [name for condition in claim.test for name in condition.within(currency).names]

    def lacks(currency: str) -> bool:
        own = [name for name in names(currency) if _swapped(name) != name]
        return bool(own) and all(name not in facts and name not in facts.gaps and _swapped(name) in facts for name in own)

    kept = [currency for currency in claim.currencies if len(claim.currencies) == 1 or not lacks(currency)]
    return kept or list(claim.currencies)


def _in_words(currency: str) -> str:
    return CURRENCY_WORDS[currency.upper()]


def _overall(verdicts: Mapping[str, str]) -> str:
    """One verdict from those in each currency; if a claim is testable in only one currency, that one decides."""
    testable = {currency: verdict for currency, verdict in verdicts.items() if verdict != NOT_TESTABLE}
    true = [currency for currency, verdict in testable.items() if verdict in HOLDS]
    if not testable:
        return NOT_TESTABLE
    if true and len(true) < len(testable):
        return ONLY_IN[true[0]]
    return min(testable.values(), key=VERDICTS.index)


@dataclass(frozen=True)
class _Attempt:
    """A test in one currency; `fact` is the one compared with the printed number, where there is one."""

    verdict: str
    numbers: tuple[Fact, ...]
    why: Runs
    computed: float | None = None
    fact: Fact | None = None
    reason: Runs = ()


def _try(claim: Claim, currency: str, facts: Facts, words_of: WordsOf, lines: Collection[str] | None) -> _Attempt:
    """All conditions of the test in one currency: the worst of them counts."""
    conditions = [condition.within(currency) for condition in claim.test]
    missing = list(dict.fromkeys(name for condition in conditions for name in condition.names if name not in facts))
    seen: dict[str, None] = {}  # the facts named so far, the last one last
    parts = [_check(claim, c, facts, words_of, lines, seen) for c in conditions if not {*c.names} & {*missing}]
    verdict = max([part.verdict for part in parts] + [NOT_TESTABLE] * bool(missing), key=OF_ALL.index)
    caveat, cited = _caveat(claim, facts) if verdict in HOLDS else ((), ())
    return _Attempt(
        verdict, (*(number for part in parts for number in part.numbers), *cited),
        _joined([*(part.why for part in parts), *_not_held(missing, facts, words_of), caveat]),
        parts[0].computed if parts else None, next((part.fact for part in parts if part.fact), None),
    )  # fmt: skip


def _not_held(names: Sequence[str], facts: Facts, words_of: WordsOf) -> list[Runs]:
    """The facts that a test lacks: one sentence for each reason."""
    reasons: dict[str, list[str]] = {}
    for name in names:
        other_currency = _swapped(name) in facts and name not in facts.gaps
        currency = _in_words("usd" if "_usd_" in name else "cny")
        why = f"in {currency}" if other_currency else f"({readable(facts.why_missing(name))})"
        reasons.setdefault(why, []).append(name)
    return [
        (
            *(run for i, name in enumerate(names) for run in ("; " * bool(i), *_named(name, words_of, start=not i)) if run),
            ": not available ", Mark("note", names[0], why), ".",
        )
        for why, names in reasons.items()
    ]  # fmt: skip


def _caveat(claim: Claim, facts: Facts) -> tuple[Runs, tuple[Fact, ...]]:
    """The caveat of a test that holds, and the facts cited in it."""
    if not claim.caveat:
        return (), ()
    runs: list[Run] = ["This is consistent with the claim, no more: "]
    texts, names, styles = (CITED.split(claim.caveat)[i::3] for i in range(3))
    for text, name, style in zip_longest(texts, names, styles, fillvalue=""):
        runs += [Mark("quote", claim.id, text)] * bool(text)
        if name:
            runs.append(Cite.of(facts[name], style or "text") if name in facts else "a figure that is not available")
    return (*runs, "."), tuple(facts[name] for name in names if name in facts)


def _check(
    claim: Claim,
    condition: Condition,
    facts: Facts,
    words_of: WordsOf,
    lines: Collection[str] | None,
    seen: dict[str, None],
) -> _Attempt:
    found = [facts[name] for name in condition.names]
    if condition.comparison == LARGEST_OF:
        return _largest(condition, facts, words_of, lines)
    if not condition.comparison:
        return _against_print(claim, found[0], words_of)
    attempt = _between(claim, condition, found, words_of, seen)
    seen.update(dict.fromkeys(condition.names[1:]))
    seen.pop(condition.fact, None)
    seen[condition.fact] = None
    return attempt


def _largest(condition: Condition, facts: Facts, words_of: WordsOf, lines: Collection[str] | None) -> _Attempt:
    """Is a fact the largest among its rivals? Not testable if the next one is too close."""
    mine, (before, after) = facts[condition.fact], condition.other.split("*")
    rivals = [
        fact
        for name, fact in facts.items()
        if name.startswith(before)
        and name.endswith(after)
        and (lines is None or name.removeprefix(before).removesuffix(after) in lines)
        and name != mine.name
        and fact.unit == mine.unit
    ]
    start: Runs = (*_named(mine.name, words_of, start=True), ": ", _cite(mine))
    if not rivals:
        return _Attempt(NOT_TESTABLE, (mine,), (*start, "; no figure is available to compare it with."), mine.value)
    rival = max(rivals, key=lambda fact: fact.value)
    other: Runs = (*_named(rival.name, words_of), ": ", _cite(rival))
    if near := _too_near(mine, rival):
        why = (*start, "; ", *other, *near[0])
        return _Attempt(NOT_TESTABLE, (mine, rival, near[1]), why, mine.value)
    first = mine.value > rival.value
    not_first = "not the largest alone; " if mine.value == rival.value else "not the largest; "
    why = (*start, ", ", "the largest; the next, " if first else not_first, *other, ".")
    return _Attempt(REPRODUCED if first else CONTRADICTED, (mine, rival), why, mine.value)


def _too_near(one: Fact, two: Fact) -> tuple[Runs, Fact] | None:
    """If two figures are closer to each other than their bases are certain: the words that say so, and the limit."""
    if abs(one.value - two.value) >= NEAR.get(one.unit, 0.0):
        return None
    label = Label("least gap between two figures that gives them an order")
    limit = _stated(f"near.{one.name}", NEAR[one.unit], one.unit, label, label.what, 0.1, stage="rule")
    return ("; less than ", _cite(limit), " apart, which the uncertainty of their bases leaves without an order."), limit


def _against_print(claim: Claim, fact: Fact, words_of: WordsOf) -> _Attempt:
    if claim.unit not in ("", fact.unit):
        raise InputError(f"claim {claim.id}, test: {fact.name} is in {fact.unit}, the claim in {claim.unit}")
    verdict = _compared(claim, fact)
    shown, printed = as_fine(claim, fact), printed_fact(claim, fact.unit)
    start = (*_named(fact.name, words_of, start=True), ": ", _cite(shown), *_formula(fact))
    numbers = [shown, printed]
    if verdict in HOLDS and (how := _rounding(claim, shown)) is not None:
        why = (*start, ", as printed.") if how == "" else (*start, f", which {how} ", _cite(printed), ".")
    elif verdict == ROUNDED and claim.margin is not None and _distance(claim, fact) <= claim.margin:
        label = Label("tolerance stated in the claims file")
        margin = _stated("tolerance", float(claim.margin), _gap_unit(fact), label, STATED, printed.step)
        numbers.append(margin)
        why = (*start, "; ", _cite(printed), " is within the tolerance of ", _cite(margin), ".")
    elif verdict in HOLDS and _distance(claim, fact) <= claim.step:
        why = (*start, "; ", _cite(printed), " is within one unit of its last digit.")
    elif verdict in HOLDS:
        why = (*start, ", which is less precise than the claim and agrees, as far as it goes, with ", _cite(printed), ".")
    else:
        gap, label = float(claim.value) - fact.value, fact.label.of("difference between the claim and {}")
        apart = {"fact": fact, "claim": printed}
        size = calculate(
            "size(claim - fact)", _gap_unit(fact), label, apart, how="claim less fact, its size", step=shown.step, like=fact
        )
        numbers.append(Fact.of(f"difference.{fact.name}", size))
        why = (*start, "; the claim, ", _cite(printed), ", is ", "higher" if gap > 0 else "lower", " by ", _cite(numbers[-1]))
        if fact.value and fact.unit in CURRENCY:
            of_fact = "size((claim - fact) / fact) * 100"
            percent = calculate(of_fact, "percent", label, apart, how="of the fact", step=0.1, like=fact)
            numbers.append(Fact.of(f"difference.{fact.name}.percent", percent))
            why += (", ", _cite(numbers[-1]))
        why += (".",)
    return _Attempt(verdict, tuple(numbers), why, fact.value / claim.scale, fact)


def _distance(claim: Claim, fact: Fact) -> Decimal:
    return abs(Decimal(repr(float(fact.value))) - claim.value)


def _rounding(claim: Claim, shown: Fact) -> str | None:
    """How the figure as it is shown becomes the printed one: "rounds to", for example; "" if they are the same, None if not."""
    if written(shown) == written(printed_fact(claim, shown.unit)):
        return ""
    figure, printed, step = _digits(shown), claim.value, claim.step
    apart = abs(figure - printed)
    if apart < step / 2:
        return "rounds to"
    if apart == step / 2:
        return "may be rounded to"
    if apart >= step:
        return None
    return "cut off is" if abs(figure) > abs(printed) else "rounded up is" if figure >= 0 else "rounded down is"


def _digits(fact: Fact) -> Decimal:
    """The number that is read where a fact is written."""
    return written_number(fact.value, fact.unit, "exact", fact.step).number


def _between(claim: Claim, condition: Condition, found: list[Fact], words_of: WordsOf, seen: dict[str, None]) -> _Attempt:
    """Compare a fact with a number or another fact. A fact just compared is "it"; one named before is not named again."""
    found = [as_fine(claim, fact) for fact in found]
    fact, (holds, words) = found[0], COMPARISONS[condition.comparison]
    again = bool(seen) and next(reversed(seen)) == fact.name
    start: Runs = ("It is ",) if again else (*_named(fact.name, words_of, start=True), ": ", _cite(fact), ", ")
    if len(found) == 2:
        other = found[1]
        if other.unit != fact.unit:
            raise InputError(f"claim {claim.id}, test: {fact.name} is in {fact.unit}, {other.name} in {other.unit}")
        named = () if other.name in seen else (" (", *_named(other.name, words_of), ")")
        end: Runs = (_cite(other), *named)
    else:
        name, limit = f"limit.{fact.name}.{words.replace(' ', '_')}", float(Decimal(condition.other))
        finest = float(Decimal(10) ** _exponent(Decimal(condition.other).normalize()))
        step = min(fact.step, finest) if fact.step and limit else fact.step
        other = _stated(name, limit, fact.unit, fact.label.of("limit for {}"), STATED, step)
        found, end = [*found, other], (_cite(other),) if limit else ("zero",)
    if len(condition.names) == 2 and (near := _too_near(fact, other)):
        return _Attempt(NOT_TESTABLE, (*found, near[1]), (*start, "against ", *end, *near[0]), fact.value)
    true = holds(fact.value, other.value)
    unrounded = holds(_digits(fact), _digits(other)) != true  # the digits shown say otherwise
    why = (*start, "" if true else "not ", words, " ", *end, " before rounding" * unrounded, ".")
    return _Attempt(REPRODUCED if true else CONTRADICTED, tuple(found), why, fact.value)


# --- reasons ------------------------------------------------------------------------------------------------------------


def _explained(
    claim: Claim, attempt: _Attempt, facts: Facts, published: Facts, others: Sequence[Claim], words_of: WordsOf
) -> _Attempt:
    """A contradicted number with its likely reason, where another figure or another exchange rate gives what is printed."""
    if attempt.fact is None or _holds(claim, attempt.fact):  # then another condition contradicts the claim
        return attempt
    found = _another_figure(claim, attempt.fact, facts, words_of) or _conversion(claim, attempt.fact.name, published, others)
    if not found:
        return attempt
    numbers, reason = found
    return replace(attempt, numbers=attempt.numbers + numbers, reason=reason)


def _compared(claim: Claim, fact: Fact) -> str:
    return compare(fact.value, claim.value, claim.step, claim.margin, fact.step)


def _matches(claim: Claim, fact: Fact) -> bool:
    return _compared(claim, fact) == REPRODUCED


def _holds(claim: Claim, fact: Fact) -> bool:
    return _compared(claim, fact) in HOLDS


def _revised(claim: Claim, attempt: _Attempt, published: Facts) -> _Attempt:
    """The article was right on its day: the attempt with that verdict, and the figure as known then."""
    day, first = Mark.of(published.as_of), published.by_name.get(attempt.fact.name) if attempt.fact else None
    if not first or not attempt.fact or _holds(claim, attempt.fact):  # then another condition was true
        return replace(attempt, verdict=REVISED, reason=("On ", day, " the claim was true: figures have changed since."))
    shown = Fact.of(f"published.{first.name}", as_fine(claim, first), label=first.label.of("{} as first known"))
    agrees = {"": ", as printed", "rounds to": ", which rounds to that"}.get(str(_rounding(claim, shown)), "")
    rounding = max(first.step or 0.0, attempt.fact.step or 0.0)  # a finer print and a new rank are no revision
    revised = first.unit in CURRENCY and abs(attempt.fact.value - first.value) > rounding / 2
    reason = ("On ", day, " it stood at ", _cite(shown), agrees, f": it has {'been revised' if revised else 'changed'} since.")
    return replace(attempt, verdict=REVISED, numbers=(*attempt.numbers, shown), reason=reason)


def _another_figure(claim: Claim, fact: Fact, facts: Facts, words_of: WordsOf) -> tuple[tuple[Fact, ...], Runs] | None:
    """Another figure that matches the printed number: with other growth, currency, span or flow (one change at a time)."""
    name = fact.name
    level, growth, _ = name.partition("_yoy")
    names = [f"{level}{suffix}" for suffix in ("_yoy_printed", "_yoy_computed")] if growth else []
    for alternatives in (("_usd_", "_cny_"), ("_ytd", "_month", "_3m", "_12m"), ("exports_", "imports_", "balance_", "total_")):
        part = next((part for part in alternatives if part in name), None)
        names += [name.replace(part, other) for other in alternatives if other != part] if part else []
    for other in dict.fromkeys(names):
        found = facts.by_name.get(other)
        if other != name and found and _matches(claim, found):
            shown = as_fine(claim, found)
            if _rounding(claim, shown) not in ("", "rounds to"):
                continue
            return (shown,), ("The number is that of another figure: ", *_named(other, words_of), ", ", _cite(shown), ".")
    return None


@dataclass(frozen=True)
class _Rate:
    """The exchange rate between a claim and customs' figure in the other currency, and the one customs' own pair implies.

    `low` and `high` are what the rounding of the claim leaves open.
    """

    base: Fact
    value: float
    low: float
    high: float
    usd: Fact
    cny: Fact

    @property
    def implied(self) -> float:
        return self.cny.value / self.usd.value

    @property
    def sources(self) -> tuple[Source, ...]:
        return combined([self.cny.sources, self.usd.sources])


def _conversion(claim: Claim, name: str, published: Facts, others: Sequence[Claim]) -> tuple[tuple[Fact, ...], Runs] | None:
    """Customs' figure in the other currency, converted at a rate that is not customs' own but near to it."""
    rate = _rate(claim, name, published)
    if not rate or rate.low <= rate.implied <= rate.high or abs(rate.value / rate.implied - 1) > MARKET_RATE:
        return None
    base = Fact.of(f"base.{rate.base.name}", rate.base, step=max(rate.base.step or 0.0, float(claim.step) / 10))
    printed = printed_fact(claim, "USD" if rate.base.unit == "CNY" else "CNY")
    pair = {rate.base.unit: rate.base, printed.unit: printed}

    def exchange_rate(key: str, yuan: Fact, dollars: Fact, what: str, how: str) -> Fact:
        figure = calculate(
            "yuan / dollars", "CNY per dollar", Label(what), {"yuan": yuan, "dollars": dollars}, how=f"yuan / dollars, {how}",
            step=0.01, stage=rate.base.stage, sources=rate.sources,
        )  # fmt: skip
        return Fact.of(f"rate.{key}.{name}", figure)

    what = "exchange rate between the claim and customs’ figure in the other currency"
    how = "of the claim and customs' figure in the other currency"
    claimed = exchange_rate("claimed", pair["CNY"], pair["USD"], what, how)
    what, how = "exchange rate that customs’ own two figures imply", "of customs' own two figures"
    own = exchange_rate("customs", rate.cny, rate.usd, what, how)
    if write(claimed.value, claimed.unit, step=claimed.step) == write(own.value, own.unit, step=own.step):
        return None
    same = [
        other
        for other in others
        if other.id != claim.id
        and [condition.comparison for condition in other.test] == [""]
        and (found := _rate(other, other.test[0].fact, published))
        and not _holds(other, published[other.test[0].fact])
        and not found.low <= found.implied <= found.high
        and found.low <= rate.high
        and rate.low <= found.high
    ]
    why: Runs = (
        "Customs’ figure in the other currency, ", _cite(base), ", gives the claim at about ", Cite.of(claimed),
        ", while customs’ own two figures imply ", Cite.of(own), ": likely a conversion at the day’s exchange rate.",
    )  # fmt: skip
    if same:
        why += (" The same rate may stand behind “", Mark("quote", same[0].id, same[0].says), "”.")
    return (base, claimed, own), why


def _rate(claim: Claim, name: str, published: Facts) -> _Rate | None:
    usd, cny = (published.by_name.get(in_currency(name, currency)) for currency in ("usd", "cny"))
    if not usd or not cny or {usd.unit, cny.unit} != {*CURRENCY} or min(usd.value, cny.value) <= 0 or claim.value <= claim.step:
        return None
    if usd.stage != cny.stage and not {usd.stage, cny.stage} <= FIRST_RELEASE:
        return None
    value, half = float(claim.value), float(claim.step) / 2
    if name == usd.name:
        base, (rate, low, high) = cny, (cny.value / (value + d) for d in (0, half, -half))
    else:
        base, (rate, low, high) = usd, ((value + d) / usd.value for d in (0, -half, half))
    return _Rate(base, rate, low, high, usd, cny)


# --- numbers and words --------------------------------------------------------------------------------------------------


def _exponent(number: Decimal) -> int:
    """The power of ten of the last digit of a finite number."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


def as_fine(claim: Claim, fact: Fact) -> Fact:
    """The fact with the precision that a comparison with the printed number needs: one more digit, if it has one."""
    if claim.printed is None or claim.unit not in ("", fact.unit) or fact.unit == "rank":
        return fact
    return replace(fact, step=max(fact.step or 0.0, float(claim.step) / 10))


def printed_fact(claim: Claim, unit: str = "") -> Fact:
    """The printed number as a number of the page, in the unit of the fact it is compared with."""
    unit, name = claim.unit or unit, "printed" if claim.unit else f"printed.{unit}"
    how = "printed in the article"
    return _stated(name, float(claim.value), unit, Label("number printed in the article"), how, float(claim.step))


def _stated(name: str, value: float, unit: str, label: Label, how: str, step: float | None, stage: str = "article") -> Fact:
    """A number that an article or a claims file states, as a number of the page."""
    return Fact(value, unit, label, Origin(how), (), stage, step, name=name)


def written(fact: Fact) -> str:
    """A number as written beside a claim: to its full precision."""
    return write(fact.value, fact.unit, "exact", fact.step)


def _gap_unit(fact: Fact) -> str:
    return "percentage points" if fact.unit == "percent" else fact.unit


def _swapped(name: str) -> str:
    """The name of the same figure in the other currency."""
    return in_currency(name, "cny" if "_usd_" in name else "usd")


def in_currency(name: str, currency: str) -> str:
    """The name of the same figure in this currency."""
    return name.replace("_usd_", f"_{currency}_").replace("_cny_", f"_{currency}_")


def _cite(fact: Fact) -> Cite:
    return Cite.of(fact, "exact")


def _formula(fact: Fact) -> Runs:
    """How a figure was computed, unless its name states it already."""
    if fact.how.startswith("printed") or fact.unit == "percent":
        return ()
    return (" (", Mark("note", fact.name, readable(fact.how)), ")")


def _named(name: str, words_of: WordsOf, start: bool = False) -> Runs:
    text = words_of(name)
    return (Mark("name", name, text[0].upper() + text[1:] if start and text != name else text),)


def _joined(parts: Iterable[Runs]) -> Runs:
    """Sentences as one text."""
    runs: list[Run] = []
    for part in parts:
        runs += [" "] * bool(runs and part) + list(part)
    return tuple(runs)
