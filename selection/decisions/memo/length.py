"""Printed length of a memo: the pages that its parts take in the template that is supplied. Pure.

Lengths are in lines of body text, 11 points of Times New Roman. The countries begin on page 2, and none is cut;
nor is a row of a table. Word never needs more pages than this; the page of a memo in the browser has the same sheets.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selection.decisions.memo.type_widths import lines_of

LINE = 12.65
"""Points that a line of body text takes."""
PAGE = 681 / LINE
"""Lines on a Letter page between margins of 0.75 and 0.7 inches, less half a line for the differences of printers."""
PAGES = 3
"""Pages of a memo before its tabs; a fourth is allowed with a reason if more than three countries are explained."""
MOST_EXPLAINED = 3

WHOLE = 468.0
"""Points between the margins at the sides."""
BESIDE, OF_BULLET, OF_VOTE = 380.0, 453.0, 312.0
"""Points of a text beside the name of its row, of a bullet, and of a recommendation beside its three boxes."""
SMALL, SMALL_LINE = 9.5, 10.95 / LINE
COLUMNS = {"country": 54.0, "finding": 75.0, "tier": 40.0, "agencies": 102.5, "why": 121.5}
"""Points of each column of the table of countries that are not recommended; they share the whole width."""
BETWEEN_COLUMNS = 4.5

HEADING, HEADING_OF_COUNTRY, ROW_OF_TABLE = 25.5 / LINE, 29 / LINE, 4.6 / LINE
"""Lines of a heading with the space around it, and of the space and the line of a row of a table."""


@dataclass(frozen=True, slots=True)
class MemoPart:
    """A part of the memo with its printed lines: "Ghana, History"."""

    name: str
    lines: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed page, or more if a part is longer than one: its first and last number and its countries by index."""

    first: int
    last: int
    countries: Sequence[int]
    has_rest: bool


def first_page(content: Mapping[str, Any]) -> list[MemoPart]:
    """Return the parts of the first page: address, bottom line, lines to decide on, and what to know before."""
    head = (10.4 * lines_of(content["demonstration"], WHOLE, 9) + 8 + 21.2) / LINE
    address = 1.08 * (5 if content["decide_by"] else 4)
    summary = lines_of(" ".join(content["bottom_line"]), WHOLE, lead="BOTTOM LINE.") + 1.2
    changed = lines_of(" ".join(content.get("changes", ())), WHOLE, lead="Changed since version 10.")
    parts = [MemoPart("Bottom line", head + address + summary + changed + 0.25 * bool(changed))]
    parts.append(MemoPart("Heading of the recommendations", HEADING + SMALL_LINE + ROW_OF_TABLE))
    parts += [
        MemoPart(f"{row['country']}, recommendation", lines_of(_vote(row), OF_VOTE, lead=row["lead"]) + ROW_OF_TABLE)
        for row in content["recommendations"]
    ]
    parts.append(MemoPart("Signature", HEADING + (0 if content["approved_by"] else 35 / LINE)))
    for row in content["before_you_decide"]:
        lines = lines_of(row["text"], OF_BULLET, lead=row["lead"])
        parts.append(MemoPart(f"Before you decide, {row['lead'].rstrip('.').lower()}", lines + 2 / LINE))
    return parts


def _vote(row: Mapping[str, Any]) -> str:
    """Return what the row of a recommendation prints after its lead."""
    parts = [str(row["number"]), row["text"]]
    if row["decision"]:
        parts.append(f"Decided: {row['decision']}, by {row['decided_by']}, Sep 30, 2026. {row['remarks']}")
        parts.append(f"This supersedes an earlier decision: {row['supersedes']}." if row["supersedes"] else "")
    if row["in_effect"]:
        parts.append(f"On record until this is decided: {row['in_effect']}, Sep 30, 2026.")
    return " ".join(parts)


def country_parts(country: Mapping[str, Any]) -> list[MemoPart]:
    """Return the parts of half a page on one country."""
    rows = [
        MemoPart(f"{country['country']}, {row['name']}", max(1, lines_of(row["text"], BESIDE, lead=row["lead"])) + 0.2)
        for row in country["rows"]
    ]
    return [MemoPart(f"{country['country']}, heading", HEADING_OF_COUNTRY), *rows]


def rest(content: Mapping[str, Any]) -> list[MemoPart]:
    """Return the parts after the countries: the table of the others, resources and law, attachments, cleared list."""
    widths = _columns(len(content["criteria"]))
    names = ["Country", *content["criteria"], "Tier", "Agencies", "Why not now"]
    parts = []
    if content["others"]:
        header = max(
            lines_of("", width - BETWEEN_COLUMNS, SMALL, lead=name) for name, width in zip(names, widths, strict=True)
        )
        note = lines_of(content["others_note"], WHOLE, SMALL)
        parts.append(MemoPart("Table of the others", HEADING + ROW_OF_TABLE + SMALL_LINE * (header + note) + 0.2))
    parts += [MemoPart(f"{row['country']}, row", _brief(row, widths)) for row in content["others"]]
    small = [" ".join(content["resources"]), " · ".join(content["attachments"])]
    small += [f"This memo is longer than three pages: {content['longer_because']}"] if content["longer_because"] else []
    small += [f"{row['office']}: {row['answer']}" for row in content["clearances"]] or ["No clearance was asked for."]
    small.append(f"Drafted by: {content['drafted_by']}. Approved by: {', '.join(content['approved_by']) or '_' * 20}")
    lines = sum(SMALL_LINE * lines_of(text, WHOLE, SMALL) + 2 / LINE for text in small)
    return [*parts, MemoPart("Resources, attachments, and cleared list", 3 * HEADING + lines + 6 / LINE)]


def _columns(criteria: int) -> list[float]:
    """Return the points of each column of the table of the others."""
    own = [COLUMNS["country"], *[COLUMNS["finding"]] * criteria]
    own += [COLUMNS["tier"], COLUMNS["agencies"], COLUMNS["why"]]
    return [width * WHOLE / sum(own) for width in own]


def _brief(row: Mapping[str, Any], widths: Sequence[float]) -> float:
    cells = [("", row["country"]), *((finding["brief"], "") for finding in row["findings"]), (row["tier"], "")]
    cells += [(row["agencies"]["text"], row["agencies"]["lead"]), (row["why"], "")]
    most = max(
        lines_of(text, width - BETWEEN_COLUMNS, SMALL, lead=lead)
        for (text, lead), width in zip(cells, widths, strict=False)
    )
    return SMALL_LINE * most + ROW_OF_TABLE


def parts_of(content: Mapping[str, Any]) -> list[MemoPart]:
    """Return the parts of the pages before the tabs with their lengths, in order."""
    countries = [part for country in content["countries"] for part in country_parts(country)]
    return [*first_page(content), *countries, *rest(content)]


def sheets(content: Mapping[str, Any], page: float = PAGE) -> list[Sheet]:
    """Return the printed pages before the tabs, each of `page` lines."""
    front = max(1, math.ceil(_total(first_page(content)) / page))
    countries = [_total(country_parts(country)) for country in content["countries"]]
    found, used = [Sheet(1, front, (), has_rest=False)], 0.0
    own = list[int]()
    for index, lines in enumerate(countries):
        if used and used + lines > page:
            found.append(_sheet(found, used, page, own, has_rest=False))
            used, own = 0.0, []
        used += lines
        own.append(index)
    pieces = _pieces(content)
    if used and used + pieces[0] > page:
        found.append(_sheet(found, used, page, own, has_rest=False))
        used, own = 0.0, []
    for lines in pieces:
        on_page = used % page
        used += lines if on_page + lines <= page else page - on_page + lines
    return [*found, _sheet(found, used, page, own, has_rest=True)]


def _pieces(content: Mapping[str, Any]) -> list[float]:
    """Return the lengths of what follows the countries in pieces that no page cuts: the first row has the headings."""
    lines = [part.lines for part in rest(content)]
    return [lines[0] + lines[1], *lines[2:]] if content["others"] else lines


def _sheet(before: Sequence[Sheet], used: float, page: float, countries: Sequence[int], *, has_rest: bool) -> Sheet:
    first = before[-1].last + 1
    return Sheet(first, first + max(1, math.ceil(used / page)) - 1, tuple(countries), has_rest)


def _total(parts: Sequence[MemoPart]) -> float:
    return sum(part.lines for part in parts)


def page_count(content: Mapping[str, Any]) -> int:
    """Return the pages before the tabs."""
    return sheets(content)[-1].last


def allowed(content: Mapping[str, Any]) -> int:
    explained = len(content["countries"])
    return PAGES + (explained > MOST_EXPLAINED and bool(content["longer_because"]))


def lines_over(content: Mapping[str, Any]) -> int:
    """Return by how many lines the fullest page is too long for the pages that are allowed; 0 if the memo fits."""
    most = math.ceil(_total(parts_of(content)))
    limit = allowed(content)
    return next((more for more in range(most) if sheets(content, PAGE + more)[-1].last <= limit), most)


def longest(content: Mapping[str, Any], most: int = 3) -> Sequence[MemoPart]:
    """Return the longest parts that somebody can shorten."""
    rows = [part for part in parts_of(content) if ", " in part.name and not part.name.startswith("Resources")]
    return sorted(rows, key=lambda part: -part.lines)[:most]
