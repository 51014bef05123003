"""Syntax of the World Factbook's figures: `$55.185 billion (2019 est.)`, `12 years (2011)`, `NA%`.

A text is read completely or not at all: any text left after the figure and its bracketed remarks makes it unreadable.
"""

from __future__ import annotations

import enum
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from indicators.sources.base import Missing

_SEPARATOR = re.compile(r" \+\+ | / ")
"""Separator of estimates of several years in one text: ` ++ ` to 2017, ` / ` in 2020."""

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Unit(enum.Enum):
    """Notation of a figure, which gives the unit of its number."""

    DOLLARS = enum.auto()
    PERCENT = enum.auto()
    PERCENT_OF_GDP = enum.auto()
    YEARS = enum.auto()
    PERSONS = enum.auto()


@dataclass(frozen=True, slots=True)
class Moment:
    """Time of a figure: a year ("2016") or the fiscal year that ends then ("FY2013").

    `estimated` as marked.
    """

    period: str
    estimated: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """Estimate.

    Either `value` or `missing` is set; `moment` is None if the text states no year.
    """

    raw: str
    value: Decimal | None
    missing: Missing | None
    moment: Moment | None
    remark: str = ""


class UnreadableFigure(ValueError):
    """Error for a text that is no figure of the unit, or more than one."""


_SCALE = {None: 1, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_NUMBER = r"(?P<sign>[-+]?)(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_WORD = r"(?: (?P<scale>thousand|million|billion|trillion))?"
_FIGURES = {
    # From 2020 to 2022 revenues and expenditures are written without the dollar sign.
    Unit.DOLLARS: re.compile(rf"(?P<minus>-?)\$?{_NUMBER}{_WORD}(?![\w.,%])"),
    Unit.PERCENT: re.compile(rf"{_NUMBER}%(?![\w.,])"),
    Unit.PERCENT_OF_GDP: re.compile(rf"{_NUMBER}% (?:of GDP(?![\w.,])|\(of GDP\))"),
    Unit.YEARS: re.compile(rf"{_NUMBER} years?(?![\w.,])"),
    Unit.PERSONS: re.compile(rf"{_NUMBER}{_WORD}(?![\w.,%])"),
}
_NOT_AVAILABLE = re.compile(r"\$?N/?A ?%?(?: of GDP| \(of GDP\))?(?![\w/])")
_UNINHABITED = re.compile(r"(?:uninhabited|no (?:permanent|indigenous) inhabitants)\b.*")
_ELSEWHERE = re.compile(r"see entry for (?:the )*[A-Z][\w .]*")
_RANGE = re.compile(r"\$?[\d.,]+%? ?(?:-|\u2013|to) ?\$?[\d.,]+%?")
_NO_MORE = re.compile(r"\s+NA(?= \(|$)")  # no estimate of the year before: "32.54 million (2015 est.) NA"
_BRACKETS = re.compile(r"\s*\(([^()]*)\)")
_PROJECTED = re.compile(r"\bprojections? for (FY ?\d{4})$")
_MOMENT = re.compile(
    rf"(?:(?:\d{{1,2}} )?(?:{'|'.join(MONTHS)}) )?"
    r"(?P<fiscal>FY ?)?(?P<first>\d{4}|\d{2})(?:[/-](?P<last>\d{4}|\d{2}))?(?P<estimated>(?: est\.?)+)?"
)
_TAGS = re.compile(r"<[^<>]*>")
_NOTE = re.compile(r"\s+note:.*", re.DOTALL)


def plain(text: str) -> str:
    """Return the text without tags and entities, with single white space."""
    return " ".join(_TAGS.sub(" ", html.unescape(text)).split())


def estimates(text: str) -> list[str]:
    """Split a text into its estimates of several years; return the text itself if it has only one."""
    return _SEPARATOR.split(text)


def moment(text: str) -> Moment | None:
    """Return the time in a bracket ("July 2016 est.", "FY04/05"), or None for any other remark.

    A span takes the year it ends in: 2010-11 is 2011, FY04/05 is FY2005.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    first, last = match["first"], match["last"]
    if len(first) == 2 and not match["fiscal"]:
        return None
    year = _century(last or first)
    return Moment(f"FY{year}" if match["fiscal"] else str(year), match["estimated"] is not None)


def closing_moment(text: str) -> Moment | None:
    """Return the time in a bracket at the end of a text, or of the projections that the text mentions."""
    clean = plain(text)
    if projected := _PROJECTED.search(clean):
        return moment(f"{projected[1]} est.")
    groups = list(_BRACKETS.finditer(clean))
    if not groups or groups[-1].end() != len(clean):
        return None
    return moment(groups[-1][1])


def figure(text: str, unit: Unit) -> Figure:
    """Parse one estimate in `unit`. Raises `UnreadableFigure`."""
    clean = _NOTE.sub("", plain(text))
    leading = _BRACKETS.match(clean)
    if leading is not None and (dated := moment(leading[1])) is not None:
        # In 2022 the year of some islands comes first: "(July 2021 est.) no indigenous inhabitants".
        return replace(figure(clean[leading.end() :].strip(), unit), raw=text, moment=dated)
    if _UNINHABITED.fullmatch(clean) and unit is Unit.PERSONS:
        return Figure(text, None, Missing.NOT_APPLICABLE, None, "no permanent population")
    if _ELSEWHERE.fullmatch(clean):
        return Figure(text, None, Missing.NOT_APPLICABLE, None, "counted in another profile")
    absent = _NOT_AVAILABLE.match(clean)
    if absent:
        found, _ = _rest(clean, absent.end())
        return Figure(text, None, Missing.NOT_COLLECTED, found)
    if _RANGE.match(clean):
        raise UnreadableFigure(f"{clean[:80]!r} is a range, not one figure")
    match = _FIGURES[unit].match(clean)
    if match is None:
        raise UnreadableFigure(f"{clean[:80]!r} is not a figure in {unit.name.lower().replace('_', ' ')}")
    found, remarks = _rest(clean, match.end())
    return Figure(text, _value(match), None, found, "with a remark in brackets" if remarks else "")


def _rest(clean: str, position: int) -> tuple[Moment | None, int]:
    """Return the time in the brackets after a figure, and the number of other brackets.

    Raises `UnreadableFigure` if anything else follows.
    """
    found, remarks = None, 0
    while position < len(clean):
        if no_more := _NO_MORE.match(clean, position):
            position = no_more.end()
            continue
        group = _BRACKETS.match(clean, position)
        if group is None:
            raise UnreadableFigure(f"{clean[position:][:80]!r} follows the figure")
        found, remarks, position = moment(group[1]) or found, remarks + (moment(group[1]) is None), group.end()
    return found, remarks


def _value(match: re.Match[str]) -> Decimal:
    parts = match.groupdict()
    value = Decimal(parts["number"].replace(",", "")) * _SCALE[parts.get("scale")]
    negative = (parts["sign"] == "-") != (parts.get("minus") == "-")
    return -value if negative else value


def _century(digits: str) -> int:
    year = int(digits)
    return year if year >= 1000 else year + (2000 if year < 50 else 1900)


def field_of(tree: Mapping[str, Any], section: str, heading: str) -> Mapping[str, Any] | None:
    """Return a field of a profile, or None if the profile has no such object."""
    part = tree.get(section)
    node = part.get(heading) if isinstance(part, dict) else None
    return node if isinstance(node, dict) else None


def text_of(value: Any) -> str:
    return str(value.get("text", "")) if isinstance(value, dict) else str(value)
