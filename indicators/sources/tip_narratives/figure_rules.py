"""Figures that are read in narratives, and the text by which each is recognized."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indicators.sources.base import IndicatorSpec
from indicators.sources.tip_narratives.patterns import any_of, one_of

_WORDING = "As the narrative of the report gives it for the newest period; an analyst confirms it in its sentence."


def _spec(code: str, name: str, unit: str, what: str) -> IndicatorSpec:
    return IndicatorSpec(code=f"tip.{code}", name=name, unit=unit, wording=f"{what} {_WORDING}", minimum=0)


INVESTIGATIONS = _spec(
    "investigations",
    "Trafficking investigations",
    "cases",
    "Investigations of trafficking that the government reports.",
)
PROSECUTIONS = _spec(
    "prosecutions",
    "Trafficking prosecutions",
    "persons or cases",
    "Persons prosecuted for trafficking, else cases, as the government reports them.",
)
CONVICTIONS = _spec(
    "convictions",
    "Trafficking convictions",
    "persons or cases",
    "Traffickers convicted, as the government reports them.",
)
VICTIMS = _spec(
    "victims_identified",
    "Trafficking victims identified",
    "persons",
    "Victims, or potential ones, whom authorities identified.",
)
CHILDREN = _spec(
    "child_victims_identified",
    "Children among the victims identified",
    "persons",
    "Children among the victims, or potential ones, whom authorities identified.",
)
FIGURES = (INVESTIGATIONS, PROSECUTIONS, CONVICTIONS, VICTIMS, CHILDREN)


# ---- numbers -------------------------------------------------------------------------------------------------------

_TO_NINE = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NEGATED = ("any", "anyone")
"""Numbers that are 0 after "did not"."""
_SPELLED = {
    **{word: number for number, word in enumerate((*_TO_NINE, *_TEENS), 1)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
    **{f"{ten}-{one}": 10 * t + o for t, ten in enumerate(_TENS, 2) for o, one in enumerate(_TO_NINE, 1)},
    **dict.fromkeys(("no", "zero", *NEGATED), 0),
    "a single": 1,
}


def value_of(text: str) -> int:
    """Return the number that a text of `NUMBER` states: "1,107", "six"."""
    number = " ".join(text.replace(",", "").casefold().split())
    return int(number) if number.isdigit() else _SPELLED[number]


_DIGITS_OR_WORD = rf"\d{{1,3}}(?:,\d{{3}})+|(?!(?:19|20)\d\d\b)\d+|{any_of(*sorted(_SPELLED, key=len, reverse=True))}\b"
_NO_NUMBER_AFTER = r"(?![\d%-]|\s+percent)"
NUMBER = rf"(?P<number>{_DIGITS_OR_WORD}){_NO_NUMBER_AFTER}"
OTHER_NUMBER = rf"(?:{_DIGITS_OR_WORD}){_NO_NUMBER_AFTER}"


# ---- text around a number -----------------------------------------------------------------------------------------

_BEFORE_NUMBERS = any_of(
    *("at least", "approximately", "about", "more than", "over", "nearly", "almost", "some", "all", "a total of"),
    *("the", "its", "only", "up to", "around", "an estimated", "as many as"),
)
ABOUT = rf"(?:{_BEFORE_NUMBERS}\s+)*"
_KINDS = any_of(
    *("new", "additional", "potential", "possible", "suspected", "alleged", "presumed", "women", "men", "female"),
    *("male", "confirmed", "accused", "formal", "criminal", "human", "sex", "labor", "forced"),
    *("trafficking", "trafficking-related", "trafficking in persons", "tip", "traffic", "known", "total", "separate"),
    *("foreign", "active", "federal", "child", "adult", "individual", "ongoing", "official", "officially"),
    *("identified", "different", "national", "domestic", "internal", "transnational", "related", "such", "or", "and"),
    *("in", "persons", "begging", "bonded", "debt", "marriage", "slavery", "concluded", "completed"),
)
KINDS = rf"(?:{_KINDS}\s+)*"
COUNTED = rf"{ABOUT}{NUMBER}\s*{KINDS}"
"""A number with what may come before and after it."""
_PEOPLE = one_of(
    "trafficker defendant suspect individual person people offender perpetrator men man alleged accused criminal "
    "national facilitator citizen slaveholder"
)
_CASES = one_of("case investigation incident complaint inquir lead allegation")
_PEOPLE_OR_CASES = rf"(?:{_PEOPLE}|{_CASES}|traffick)"
_BEGINNING = any_of(
    *("initiat", "open", "launch", "conduct", "commenc", "start", r"undert[oa]\w*", "report", "record"),
    *("carried out", "complet", "pursu", "fil", "regist", "began"),
)
_AND_MORE = r"(?:,?\s+(?:(?:and|or)\s+)?(?:investigat|prosecut|convict|sentenc)(?:e[sd]?|ing)?){0,4}"
"""More steps with the same object: "investigated, prosecuted, and convicted 61 traffickers"."""
_PROSECUTING = rf"{any_of('prosecut(?:ed?|ing)', 'indict(?:ed|ing)?', 'charg(?:ed|ing)')}{_AND_MORE}"
_AND_NO_NOUN = r"(?=[,.;]|\s*$|\s+(?:under|for|in|and)\b)"


@dataclass(frozen=True, slots=True)
class FigureRule:
    """Patterns of one measure, those of what is counted first, and its sections in order of preference.

    Each pattern has the group `number`, and matches only where one of `terms` occurs.
    """

    spec: IndicatorSpec
    terms: tuple[str, ...]
    patterns: tuple[str, ...]
    sections: tuple[str, ...]


_LAW = ("prosecution", "intro")
_CARE = ("protection", "intro", "prosecution")

RULES: tuple[FigureRule, ...] = (
    FigureRule(
        INVESTIGATIONS,
        ("investigat", "inquir", "case"),
        (
            rf"\binvestigat(?:ed?|ing)\s+{ABOUT}{OTHER_NUMBER}\s+{KINDS}{_PEOPLE}s?\s+in\s+{NUMBER}\s+{KINDS}cases\b",
            rf"\binvestigat(?:ed?|ing){_AND_MORE}\s+{COUNTED}(?:{_CASES}|{_PEOPLE}|traffick|report)",
            rf"\b{_BEGINNING}\w*\s+{COUNTED}(?:investigation|inquir|case)",
            rf"\b{NUMBER}\s*{KINDS}investigations\b",
            rf"\b{NUMBER}\s*{KINDS}(?:cases|incidents)\s+(?:were|was|are)\s+(?:\w+\s+)?(?:under\s+)?investigat",
            rf"\binvestigations?\s+(?:of|into|in|on)\s+{COUNTED}{_PEOPLE_OR_CASES}",
        ),
        _LAW,
    ),
    FigureRule(
        PROSECUTIONS,
        ("prosecut", "indict", "charg"),
        (
            rf"\b(?:prosecut\w+|initiat\w+)\s+(?:of\s+)?{ABOUT}{OTHER_NUMBER}\s+{KINDS}(?:cases|prosecutions)[^,.;]{{0,40}}?"
            rf"\s(?:involving|against|of)\s+{NUMBER}\s+{KINDS}{_PEOPLE}",
            rf"\b{_PROSECUTING}\s+{COUNTED}{_PEOPLE_OR_CASES}",
            rf"\bprosecutions?\s+(?:of|against|in|for)\s+{COUNTED}{_PEOPLE_OR_CASES}",
            rf"\bprosecutions?\s+of\s+{ABOUT}{NUMBER}(?=[,.;]|\s+(?:including|under)\b)",
            rf"\b{NUMBER}\s*{KINDS}prosecutions?\b",
            r"\b(?P<number>no)\s+(?:\w+\s+)?investigations,?\s+(?:or\s+|and\s+)?prosecutions?\b",
            rf"\b{NUMBER}\s*{KINDS}{_PEOPLE}s?\s+(?:were|was)\s+(?:\w+\s+)?(?:prosecuted|charged|indicted)",
            rf"\b(?:prosecut(?:ed|ing)|indicted)\s+{ABOUT}{NUMBER}{_AND_NO_NOUN}",
        ),
        _LAW,
    ),
    FigureRule(
        CONVICTIONS,
        ("convict",),
        (
            rf"\bconvict(?:ed|ing)?{_AND_MORE}\s+{COUNTED}(?:{_PEOPLE}|traffick)",
            rf"\bconvictions?\s+(?:of|against|for|in)\s+{ABOUT}{NUMBER}\s*(?:\w+\s+)?{KINDS}{_PEOPLE_OR_CASES}",
            rf"\b{NUMBER}\s*{KINDS}convictions?\b",
            r"\b(?P<number>no)\s+(?:\w+\s+)?(?:investigations?,?\s+)?prosecutions?,?\s+(?:or|and)\s+convictions?\b",
            rf"\b{NUMBER}\s*{KINDS}{_PEOPLE}s?\s+(?:were|was)\s+(?:\w+\s+)?convicted",
            r"\bconvict\s+(?P<number>anyone)\b",
            rf"\bconvicted\s+(?:traffickers|defendants|offenders)\s+in\s+{NUMBER}\s+{KINDS}cases\b",
            rf"\bconvict(?:ed|ing)\s+{ABOUT}{NUMBER}\s+(?-i:[A-Z]\w+)s\b",
            rf"\bconvict(?:ed|ing)\s+{ABOUT}{NUMBER}(?=[,.;]|\s*$|\s+(?:under|for|in|and|of|on)\b)",
        ),
        _LAW,
    ),
    FigureRule(
        VICTIMS,
        ("identif",),
        (
            rf"\bidentif\w+[^.;]{{0,90}}?\band\s+confirmed\s+{COUNTED}victim",
            r"\bidentif(?:ied|y|ying)\s+(?:(?:and|or)\s+\w+\s+(?:to\s+(?:[\w-]+\s+){1,3}?|\w+\s+to\s+)?)?"
            rf"{COUNTED}{any_of('victim', 'person', 'individual', 'people', 'case of')}",
            rf"\bidentification\s+of\s+{COUNTED}(?:victim|person|individual)",
            rf"\b{NUMBER}\s*{KINDS}victims?\s+(?:(?:were|was)\s+(?:\w+\s+)?)?identified",
        ),
        _CARE,
    ),
)
PATTERNS = tuple((rule, tuple(re.compile(pattern, re.I) for pattern in rule.patterns)) for rule in RULES)


# ---- children among the victims ------------------------------------------------------------------------------------

_CHILD_KINDS = rf"(?:(?!women|men|and|or){_KINDS}\s+)*"
_CHILD = r"(?:child(?:ren)?|minors?|juveniles?|girls?|boys?)"
_AMONG_THEM = any_of(
    "including", "included", "among them", "among whom", "of (?:whom|which|these|them|the(?:se)? victims),?"
)
_OF_THE_VICTIMS = r"of\s+(?:whom|which|these|(?:the|all|those)\s+(?:\w+\s+){0,2}(?:victims|total))\s+"
CHILDREN_PATTERNS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b{_AMONG_THEM}\s+{ABOUT}{NUMBER}\s+(?:of\s+(?:whom|which)\s+)?(?:were\s+|was\s+)?(?:an?\s+)?{_CHILD_KINDS}{_CHILD}\b",
        rf"\b{NUMBER}\s+(?:{_OF_THE_VICTIMS}|victims?\s+)?(?:were|was)\s+(?:an?\s+)?{_CHILD_KINDS}{_CHILD}\b",
        rf"\b(?:adults?|women|men)\s*,?\s+and\s+{ABOUT}{NUMBER}\s+{_CHILD_KINDS}{_CHILD}\b",
        rf"\b{NUMBER}\s+(?:children|minors)\s+and\s+{OTHER_NUMBER}\s+(?:adults|women|men)\b",
        rf"\bidentif(?:ied|ying|y)\s+(?:and\s+\w+\s+)?{ABOUT}{NUMBER}\s+(?:\w+\s+)?{_CHILD_KINDS}{_CHILD}\b"
        r"(?!\s+and\s+(?:\d|\w+\s+(?:boys|girls)))",
        rf"\(\s*{ABOUT}{NUMBER}\s+{_CHILD_KINDS}(?:children|minors)\b",
        rf",\s+and\s+{NUMBER}\s+{_CHILD_KINDS}{_CHILD}\s+victims?\b",
        rf"\b(?:included|including)\b[^.;]{{0,50}}?\b{NUMBER}\s+(?:children|minors)\b",
        rf"(?<!ed )\b{NUMBER}\s+minor\s+(?:fe)?males?\b",
    )
)
ALL_CHILDREN = re.compile(
    r"(?<!nearly )(?<!almost )\ball\s+(?:of\s+(?:whom|which)\s+|were\s+|victims\s+were\s+)*(?:\w+\s+){0,1}?"
    r"(?:children|minors|girls|boys)\b",
    re.I,
)
NO_CHILDREN = re.compile(
    r"\b(?:did\s+not\s+identify\s+any|identified\s+no|no)\s+(?:\w+\s+){0,2}?child(?:ren)?\b(?:\s+\w+){0,3}?(?:\s+victims?)?",
    re.I,
)
OTHER_CHILDREN = re.compile(
    rf"^[^.;()\u2014]{{0,120}}?\b{OTHER_NUMBER}\s+{_CHILD_KINDS}(?:were\s+)?(?:girls|boys|minors?|children)\b", re.I
)
"""A second number of children, so that the first is only a part: "seven girls and 12 boys"."""
