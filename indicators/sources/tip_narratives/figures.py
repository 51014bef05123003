"""Figures that a narrative gives: how many the government investigated, prosecuted, convicted, and identified.

A figure is read only where one clause states one total: with a verb or noun of the measure beside the number, of the
newest period, and by the government of the country. Parts ("12 for sex trafficking and five for labor") and figures of
earlier periods, other countries, or helpers are left to the analyst. "No prosecutions" is 0; "did not report" is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from indicators.sources.base import FigureReading
from indicators.sources.tip_narratives.blocks import Block
from indicators.sources.tip_narratives.figure_rules import (
    ALL_CHILDREN,
    CHILDREN,
    CHILDREN_PATTERNS,
    FIGURES,
    KINDS,
    NEGATED,
    NO_CHILDREN,
    OTHER_CHILDREN,
    OTHER_NUMBER,
    PATTERNS,
    VICTIMS,
    FigureRule,
    value_of,
)
from indicators.sources.tip_narratives.patterns import any_of, compiled, one_of
from indicators.sources.tip_narratives.sentences import LONGEST, sentences

__all__ = ("FIGURES", "figures_in")


@dataclass(frozen=True, slots=True)
class Found:
    """A figure in a sentence: its value, where it begins and ends, and the order in which it is preferred."""

    value: int
    start: int
    end: int
    rank: int = 0


class _InParts(Exception):
    """Signal that a sentence gives a figure in parts, so that no later number is its total."""


# ---- what tells of another time ------------------------------------------------------------------------------------

NEARBY = 90
"""Characters after a figure that still tell what it counts, and when."""
_PARENTHESES = re.compile(r"\([^()]*\)")
_CHANGE = rf"(?:an?\s+|a\s+\w+\s+)?{one_of('increase decrease decline rise reduction')}d?\s+(?:from|of|over|compared)"
_COMPARED_WITH = any_of(
    *("compared (?:with|to)", "in comparison", "similar to", "on par with", "(?:up|down) from", _CHANGE),
    *("in contrast", "versus", "following", "after", "unlike", "than (?:in|the)", "the same (?:number )?as"),
    r"while in 20\d\d",
)
_NEXT_SUBJECT = any_of("government", r"authorit\w+", "it", "they", "police", "courts?", r"\w+ed", r"\w+n")
_COMPARED = compiled(
    r"^\W*similar\s+to[^,]*,",
    rf"(?:,\s*)?\b{_COMPARED_WITH}\b.*?(?=;|,\s+(?:and\s+(?:the\s+)?{_NEXT_SUBJECT}|but|while|with|of\s+wh\w+)\b"
    r"|,\s+(?:initiat|investigat|prosecut|convict)ing\b(?=.*\bbetween\b)|\s+[-\u2014]|\u2014|$)",
)
_LAW = one_of("acts? laws? code statutes? decree proclamation ordinance amendment bill case investigation")
_YEAR = re.compile(rf"\b(?:19|20)\d\d\b(?!\s+(?:\S+\s+){{0,3}}?{_LAW}\b)", re.I)
_YEAR_OF_LAW = compiled(
    r"\b(?:act|law|code|decree|statute|ordinance|no\.\s*\S+|\d)\s+of\s+(?:19|20)\d\d\b",
    r"\bsince\s+(?:\w+\s+){0,5}?(?:19|20)\d\d\b",
)
_EARLIER = compiled(
    r"\b(?:previous(?:ly)?|prior|preceding)\b",
    r"\b(?:last|past)\s+(?:reporting\s+)?(?:year|period|report|\w+\s+years)",
    r"\byear\s+before",
    r"\bfirst\s+(?:\w+\s+)?(?:months?|quarter)\s+of",
    r"\bhas\s+never",
)
_MOST_RECENT = compiled(r"\b(?:most\s+recent|latest)\s+(?:\w+\s+){0,4}?(?:year|data|statistics)\b")
_PART = compiled(r";\s+", r",\s+(?:while|whereas|although|but|though)\s+", r"\s+\u2014\s+")
_BEFORE = compiled(r",\s+", "\u2014", r"\s+-\s+", r"\band\b")
_AFTER = compiled(
    *(r",\s+", "\u2014", r"\s+-\s+", r"\band\s+(?:did|convict|prosecut|investigat|identif|referr|initiat)"),
)
_LEAD = compiled(r"^\W*(?:in|during|for|from|between|since)\b[^,]{3,60},")

# ---- what tells of others, of single cases, and of parts -----------------------------------------------------------

_STATE = compiled(
    r"\b"
    + one_of(
        "government(?!-) authorities police ministr officials prosecutor courts? attorney judicia officers bureau "
        "department agency inspectors unit office"
    )
)
_HELPERS = re.compile(
    r"\b(?:NGOs?|non-?governmental|civil\s+society|international\s+organi[sz]ations?|IOM|UNICEF|UNHCR|UNODC|media|press"
    r"|embass\w+|foreign\s+(?:government|authorit|police|law)\w*|charit\w+|Red\s+Cross|observers|advocates|union|churches)\b"
)
_ONE_CASE = compiled(
    r"^\W*in\s+(?:one|another|a\s+(?:\w+\s+){0,3})\s+(?:\w+\s+)?case\b",
    r"^\W*(?:for\s+example|for\s+instance|one\s+case|of\s+the(?:se|\s+\w+)(?!\s*\w*,\s+(?:it|they|the|courts?|judges|authorities)\b)|among\s+the)\b",
)
_OF_ONE_CASE = compiled(r"\b(?:a|one|another)\s+(?:\w+\s+)?case\b")
_CONTINUED = compiled(r"\bcontinu\w+\s+(?:to\s+|the\s+)?$")
_COMPLICIT = compiled(
    r"\b"
    + one_of(
        r"officials? officers? employees? complicit\w* corrupt\w* soldiers? diplomats? peacekeepers? policem[ae]n "
        "military"
    )
    + r"\b"
)
_ACHIEVING = one_of(
    "secure obtain achieve attain win make complete pursue undertake begin initiate conduct open launch investigate "
    "prosecute convict identify"
)
_NOT = compiled(
    rf"\b(?:did|do|does|has|have|had|could|were|was)\s+not\s+(?:\w+ly\s+)?(?:{_ACHIEVING},?\s+(?:or\s+|and\s+)?)*$",
    r"\b(?:failed\s+to|without)\s+$",
)
_NOT_REPORTED = compiled(
    r"\b(?:not|never|unable\s+to|failed\s+to|unclear|unknown)\s+(?:\w+\s+){0,3}?"
    + any_of(
        *("report", "provid", "collect", "maintain", "disaggregat", "publish", "releas", "shar", "track"),
        *("how many", "whether", "if"),
    )
    + r"\w*\b"
)
_OF_SOME = compiled(r"\b(?:sex|labor|forced|child|internal|domestic|adult|known|under\s+(?:section|article))\b")
_OTHER_PART = compiled(
    rf"^[^.;,:\u2014]{{0,90}}?\band\s+{OTHER_NUMBER}\s+(?:{KINDS}cases?\s+)?(?:for\s+|in\s+|of\s+)?{KINDS}"
    rf"{one_of('labor forced sex domestic other internal girls boys women men')}\b"
)
_IDENTIFIED = compiled(r"\bidentif")
_ALSO = compiled(r"\balso\s+(?:\w+\s+)?identif")


def _masked(text: str, *patterns: re.Pattern[str]) -> str:
    """Return the text with what the patterns match as spaces, so that offsets stay."""
    for pattern in patterns:
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return text


def _parts(sentence: str) -> Iterator[tuple[int, str]]:
    start = 0
    for mark in _PART.finditer(sentence):
        yield start, sentence[start : mark.start()]
        start = mark.end()
    yield start, sentence[start:]


def _around(part: str, start: int, end: int) -> str:
    """Return what tells the period of a figure: the text up to the next commas, and how the part begins."""
    low = max((mark.end() for mark in _BEFORE.finditer(part, 0, start)), default=0)
    high = next((mark.start() for mark in _AFTER.finditer(part, end)), len(part))
    lead = _LEAD.match(part)
    near = f"{lead.group() if lead else ''} {part[low:high]}"
    return near if _YEAR.search(near) else f"{near} {' '.join(_YEAR.findall(part, 0, end + NEARBY))}"


def _is_of(year: int, context: str) -> bool:
    """Return True unless the text around a figure tells of an earlier period than the report of `year` is about."""
    years = {int(found) for found in _YEAR.findall(context)}
    return not _EARLIER.search(context) and (not years or year - 1 in years or year in years)


def _by_the_government(part: str, at: int) -> bool:
    return bool(_STATE.search(part, 0, at)) or not _HELPERS.search(part, 0, at)


def _found_in(sentence: str, rule: FigureRule, patterns: Iterable[re.Pattern[str]], year: int) -> Found | None:
    """Return the first figure of a measure that a sentence states, or None. Raises `_InParts` if it gives parts."""
    lowered = sentence.casefold()
    if not any(term in lowered for term in rule.terms) or _ONE_CASE.match(sentence):
        return None
    found: list[Found] = []
    for offset, part in _parts(_masked(sentence, _PARENTHESES, _COMPARED, _YEAR_OF_LAW)):
        for rank, pattern in enumerate(patterns):
            for match in pattern.finditer(part):
                if not (_is_of(year, _around(part, *match.span())) and _is_figure(part, match, rule)):
                    continue
                if _OTHER_PART.match(part[match.end("number") :]):
                    raise _InParts
                value = value_of(match["number"])
                # "convicted eight for sex trafficking; there were no labor convictions"
                last = rank + (len(rule.patterns) if value == 0 else 0)
                found.append(Found(value, offset + match.start(), offset + match.end(), last))
    return min(found, key=lambda one: (one.rank, one.start), default=None)


def _is_figure(part: str, match: re.Match[str], rule: FigureRule) -> bool:
    """Return True unless the text around a number makes it another one than the measure's total."""
    before, near = part[: match.start()], match.group() + part[match.end() : match.end() + NEARBY]
    own = near if value_of(match["number"]) == 0 else match.group() + re.split(r"[,(]", part[match.end() :])[0]
    if match["number"].casefold() in NEGATED:
        if not _NOT.search(before) or re.match(r"report|record", match.group(), re.I):
            return False
    elif _NOT.search(before) or _NOT_REPORTED.search(before.rpartition(", ")[2]):
        return False
    if rule.spec is not VICTIMS and _COMPLICIT.search(own[:NEARBY]):
        return False
    if value_of(match["number"]) == 0 and _OF_SOME.search(near):
        return False
    if _OF_ONE_CASE.search(before) or _CONTINUED.search(before):
        return False
    return _by_the_government(part, match.start())


def _children_in(sentence: str, victims: Found | None, year: int) -> Found | None:
    """Return how many children a sentence counts among the victims identified, or None.

    Numbers in parentheses count here, unless they are of another year: "127 victims (31 children)".
    """
    text = _PARENTHESES.sub(lambda m: m.group() if _is_of(year, m.group()) else " " * len(m.group()), sentence)
    text = _masked(text, _COMPARED)
    start = victims.start if victims else 0
    for pattern in CHILDREN_PATTERNS:
        match = pattern.search(text, start)
        if match and match["number"].casefold() not in NEGATED and _by_the_government(text, match.start()):
            if OTHER_CHILDREN.match(text[match.end() :]):
                return None
            return Found(value_of(match["number"]), match.start(), match.end())
    if none := NO_CHILDREN.search(text):
        return Found(0, none.start(), none.end())
    return victims if victims and ALL_CHILDREN.search(text) else None


@dataclass(frozen=True, slots=True)
class _Sentence:
    section: str
    text: str
    locator: str

    def states(self, code: str, value: int) -> FigureReading:
        return FigureReading(code, value, self.text, self.section, self.locator)


_Texts = Mapping[str, list[_Sentence]]


def figures_in(sections: Iterable[tuple[str, Iterable[Block]]], year: int) -> list[FigureReading]:
    """Return each figure once, from the first sentence that states it in the sections that its rule prefers."""
    texts = {kind: [*_sentences_of(kind, blocks)] for kind, blocks in sections}
    readings = [reading for rule, patterns in PATTERNS if (reading := _figure(texts, rule, patterns, year))]
    children = _children(texts, year)
    return [*readings, *([children] if children else [])]


def _sentences_of(kind: str, blocks: Iterable[Block]) -> Iterator[_Sentence]:
    for block in blocks:
        for number, (offset, sentence) in enumerate(sentences(block.text), start=1):
            if len(sentence) <= LONGEST:
                yield _Sentence(kind, sentence, block.locator_of(offset, "sentence", number))


def _figure(texts: _Texts, rule: FigureRule, patterns: tuple[re.Pattern[str], ...], year: int) -> FigureReading | None:
    """Return a measure's figure of the year before the report, or of one year earlier if those are the newest data."""
    is_late = any(_MOST_RECENT.search(sentence.text) for of_kind in texts.values() for sentence in of_kind)
    for kind in rule.sections:
        for of_year in (year, year - 1) if is_late else (year,):
            if (found := _first(texts.get(kind, []), rule, patterns, of_year)) is not None:
                return found
    return None


def _first(
    texts: Iterable[_Sentence], rule: FigureRule, patterns: tuple[re.Pattern[str], ...], year: int
) -> FigureReading | None:
    for sentence in texts:
        try:
            found = _found_in(sentence.text, rule, patterns, year)
        except _InParts:
            return None
        if found is not None:
            return sentence.states(rule.spec.code, found.value)
    return None


def _children(texts: _Texts, year: int) -> FigureReading | None:
    """Return how many children were identified, from a sentence on victims identified, or the one after it."""
    rule, patterns = PATTERNS[-1]
    for kind in rule.sections:
        follows = False
        for sentence in texts.get(kind, []):
            try:
                victims = _found_in(sentence.text, rule, patterns, year)
            except _InParts:
                victims = None
            if victims or follows or _counts_victims(sentence.text, year):
                found = _children_in(sentence.text, victims, year)
                if found is not None:
                    return sentence.states(CHILDREN.code, found.value)
            follows = victims is not None
    return None


def _counts_victims(sentence: str, year: int) -> bool:
    return (
        bool(_IDENTIFIED.search(sentence))
        and not _ALSO.search(sentence)
        and _is_of(year, _masked(sentence, _PARENTHESES, _COMPARED))
    )
