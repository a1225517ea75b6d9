"""Makes a page smaller without changing what it shows."""

from __future__ import annotations

import re
from collections import Counter

from customs_report.display.markup import APART, CENTRE, LEFT
from customs_report.languages import Language

NUMBER = re.compile(  # as `linked` writes it
    r'<a style="color:inherit" href="#(?P<trace>[^"]+)" interestfor="[^"]+"(?P<label> aria-label="[^"]+")?>'
    r'(?P<number><data [^>]*data-(?:fact|cell)="?(?P<name>[^">]+?)"? data-as=[^>]*>(?P<text>[^<]*)</data>|[^<]*)</a>'
)
LINK = r"<a [^>]*interestfor=[^>]*><data [^>]*>[^<]*</data></a>"
BRACKETED = re.compile(rf"\({LINK}[*†‡]?[).,;:]*|{LINK}[*†‡]?[).,;:]+|{LINK}[*†‡]")
TEXT = re.compile(r"<g>(<text [^>]*>[^<]*</text>)</g>")
LETTERING = re.compile(r"<text [^>]*>")
ALIKE = re.compile(r"<text ([^>]*?) (x=[^>]*>[^<]*</text>)((?:<text \1 x=[^>]*>[^<]*</text>)+)")  # labels of one style in a row
FREQUENT = re.compile(r"<(?:tr|th|td|time|span) [^>]*>")  # tags of which a page has thousands
IMPLIED = re.compile(r"(?<=<th) scope=row|(?<=<time)( datetime=\S+) data-kind=period")  # of a header in a row, of a time
QUOTES = re.compile(r"=\"([^\s\"'=<>`]+)\"")  # of an attribute that needs none
CLOSED = re.compile(r"</t[dh]>(?=\n(?:<t[dh]\b|</tr>))|</tr>(?=\n(?:<tr\b|</t(?:head|body|foot)>))")  # optional end tags
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
STYLE = re.compile(r" data-as=([^ >]+)(?=>)")
SHAPE = re.compile(r"<(?:path|use|g|clipPath) [^>]*>")
UNSEEN = re.compile(r'<g><path d="[^"]*" fill="none"/></g>')  # the background of a drawing and of its panels
SHAPE_ID = re.compile(r'(\bid="|href="#|url\(#)([^")]+)')
TRACE = re.compile(r'<div id="(?P<trace>[fo]-[^"]+)" (?P<rest>popover .*?</dl>.*?</div>\n)')


def compact_html(page: str, lang: Language | None = None) -> str:
    """Shrink the page: short ids; unused traces, links without a trace, repeated styles, optional tags and quotes are dropped.

    JupyterLab's inline styles are removed, since the page has a style sheet. From its second citation on, a fact's
    link gets a label, in the page's language: "$109.9 billion, citation 2".
    """
    citation = (lang or Language()).citation
    traces = {found["trace"] for found in TRACE.finditer(page)}
    ids: dict[str, str] = {}
    times: Counter[str] = Counter()

    def number(found: re.Match[str]) -> str:
        if found["trace"] not in traces:
            return found["number"] if found["name"] else ""
        key = ids.setdefault(found["trace"], f"t{len(ids)}")
        same = cited_as(found["name"] or "", found["text"] or "")
        times[same] += 1
        again = found["name"] and times[same] > 1
        label = f' aria-label="{citation(found["text"], times[same])}"' if again else found["label"] or ""
        return f"<a href=#{key} interestfor={key}{label}>{found['number']}</a>"

    def trace(found: re.Match[str]) -> str:
        return f"<div id={ids[found['trace']]} {found['rest']}" if found["trace"] in ids else ""

    page = re.sub(f' style="(?:{LEFT}|{CENTRE}|{APART})"', "", page)
    page = FREQUENT.sub(lambda found: IMPLIED.sub(r"\1", QUOTES.sub(r"=\1", found[0])), page)
    page = LETTERING.sub(lambda found: QUOTES.sub(r"=\1", found[0].replace(", #", ",#")), TEXT.sub(r"\1", page))
    page = SHAPE.sub(_Shapes(), UNSEEN.sub("", ALIKE.sub(_in_one_style, page)))
    return CLOSED.sub("", TABLE.sub(_style_once, BRACKETED.sub(_together, TRACE.sub(trace, NUMBER.sub(number, page)))))


def _style_once(found: re.Match[str]) -> str:
    """Say the style of most numbers of a table on the table."""
    styles = Counter(STYLE.findall(found[0]))
    if not styles:
        return found[0]
    most, _ = styles.most_common(1)[0]
    return found[0].replace(f" data-as={most}>", ">").replace("<table>", f"<table data-as={most}>", 1)


class _Shapes:
    """Writes the shapes of drawings with short ids and without needless quotes."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}

    def __call__(self, found: re.Match[str]) -> str:
        tag = SHAPE_ID.sub(lambda at: f"{at[1]}{self.ids.setdefault(at[2], f's{len(self.ids)}')}", found[0])
        return re.sub(r"(?<![\s\"])/>$", " />", QUOTES.sub(r"=\1", tag))


def cited_as(name: str, text: str) -> str:
    """What a second citation is one of: a fact, or the same number of a helper's table, whose cells share their trace."""
    return f"{name.partition('/')[0]} {text}" if "/" in name else name


def _in_one_style(found: re.Match[str]) -> str:
    """Say the style of labels that follow each other once."""
    style, first, others = found.groups()
    return f"<g {style}><text {first}{others.replace(f'<text {style} ', '<text ')}</g>"


def _together(found: re.Match[str]) -> str:
    """Keep a link on one line with its bracket and its footnote sign."""
    return f"<span class=together>{found[0]}</span>"
