"""Profile of one country in the World Factbook, read field by field.

A text may leave its year to a neighbor: before 2024 the year of a group appears once, after its last figure
(`total: 11 years`, `male: 12 years`, `female: 11 years (2014)`) or at the end of the note. Such a year is used,
and the reading's note gives its origin. A missing value without any year belongs to the year of the edition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from indicators.sources.base import Problem, Quality, Reading, Reason, Severity
from indicators.sources.checks import Numbers
from indicators.sources.world_factbook_fields import (
    BALANCE,
    BALANCE_SHARE,
    EXPENDITURES,
    FIELDS,
    REVENUES,
    Field,
    Outcome,
)
from indicators.sources.world_factbook_text import (
    Figure,
    Moment,
    UnreadableFigure,
    closing_moment,
    estimates,
    field_of,
    figure,
    moment,
    plain,
    text_of,
)

_SIBLINGS = ("total", "total population", "total number", "percentage", "revenues", "expenditures", "male", "female")
_KNOWN = frozenset({"text", "note", "definition", "country comparison to the world", *_SIBLINGS})

FIGURES = Numbers(outside="{raw!r} is outside {spec.minimum} to {spec.maximum} {spec.unit}.")

_PRICES = re.compile(r"\bin (?:(\d{4}) (?:US )?|(current) )dollars")
_AGES = re.compile(r"\bages (\d+-\d+)")
_TOGETHER = re.compile(r"(?:include|represent|estimates are for)[^;]*(?:West Bank|Gaza)")
_ROUTINE = re.compile(
    r"central government revenues .*converted to US dollars|% of labor force [^;]*seeking employment|"
    r"data (?:are )?in \S+ (?:US )?dollars"
)


@dataclass(slots=True)
class Profile:
    """Profile while it is read: `member` and `country` as the archive writes them, `year` of the edition."""

    member: str
    country: str
    code: str
    tree: Mapping[str, Any]
    year: str
    readings: list[Reading] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    yearly_keys: bool = False
    outcomes: dict[Field, tuple[Outcome, str]] = field(default_factory=dict)

    def read(self) -> None:
        """Fill `readings` and `problems`."""
        for heading in dict.fromkeys((f.section, f.heading) for f in FIELDS):
            self._strays(*heading)
        for wanted in FIELDS:
            if (node := field_of(self.tree, wanted.section, wanted.heading)) is not None:
                self.outcomes[wanted] = self._field(wanted, node)
        self._balance()

    def _problem(self, severity: Severity, reason: Reason, message: str, locator: str, raw: str = "") -> None:
        self.problems.append(Problem(severity, reason, message, locator, raw=raw, country=self.country))

    def _strays(self, section: str, heading: str) -> None:
        """Note the lines below a heading that are on a part of the country.

        An example is "area administered by Turkish Cypriots".
        """
        for key, value in (field_of(self.tree, section, heading) or {}).items():
            if _is_stray(key, heading):
                message = f"{key!r} is a figure for part of the country and was left out."
                locator = f"{self.member} > {section} > {heading} > {key}"
                self._problem(Severity.NOTE, Reason.NOT_A_COUNTRY, message, locator, text_of(value))

    def _field(self, wanted: Field, node: Mapping[str, Any]) -> tuple[Outcome, str]:
        """Read one field; return its outcome and the reason if it was not read completely."""
        cells = list(_cells(node, wanted))
        readings, problems = len(self.readings), len(self.problems)
        strays = [key for key in node if _is_stray(key, wanted.heading)]
        if not cells and strays:
            locator = f"{self.member} > {wanted.section} > {wanted.heading}"
            message = (
                f"The field has none of the keys that this reader knows, but has {', '.join(map(repr, strays[:3]))}."
            )
            self._problem(Severity.REJECTED, Reason.UNKNOWN_HEADING, message, locator)
        elif not cells:
            locator = f"{self.member} > {wanted.section} > {wanted.heading}"
            message = f"The profile gives no figure for {wanted.indicator.name.lower()}."
            self._problem(Severity.NOTE, Reason.NO_VALUE, message, locator, text_of(node.get("note", "")))
        for key, text, year in cells:
            self.yearly_keys |= bool(year)
            path = [self.member, wanted.section, wanted.heading, *filter(None, [key])]
            pieces = estimates(text)
            for number, piece in enumerate(pieces, 1):
                locator = " > ".join(path) + (f", estimate {number}" if len(pieces) > 1 else "")
                self._piece(wanted, node, key, piece, year, locator, alone=len(pieces) == 1)
        why = next((p.reason.value for p in self.problems[problems:] if p.severity is Severity.REJECTED), "")
        if len(self.readings) > readings:
            return (Outcome.IN_PART if why else Outcome.READ), why
        return (Outcome.UNREAD if why else Outcome.EMPTY), why

    def _piece(
        self, wanted: Field, node: Mapping[str, Any], key: str, piece: str, year: str, locator: str, *, alone: bool
    ) -> None:
        """Read one estimate: find figure and year, then add a reading or a problem."""
        try:
            # The United Kingdom's population names the country between figure and year, or after both.
            alone_here = re.sub(rf"(?<=[\d)]) {re.escape(self.country)}(?= \(|$)", "", piece)
            parsed = replace(figure(alone_here, wanted.unit), raw=piece)
        except UnreadableFigure as error:
            self._problem(Severity.REJECTED, Reason.UNREADABLE_NUMBER, f"{error}.", locator, piece)
            return
        when, origin = parsed.moment or (Moment(year, False) if year else None), ""
        if when is None and alone:
            when, origin = _borrowed(node, key)
        if year and when and when.period != year:
            message = f"The key gives {year}, but the text gives {when.period}; the text is used."
            self._problem(Severity.WARNING, Reason.INCONSISTENT, message, locator, piece)
        if when is None:
            self._undated(wanted, parsed, locator, alone)
            return
        self._add_reading(wanted, parsed, when, locator, [parsed.remark, origin, _remark(node)])

    def _undated(self, wanted: Field, parsed: Figure, locator: str, alone: bool) -> None:
        if parsed.missing is None:
            message = f"{plain(parsed.raw)!r} has no year, either beside it or in the note."
            self._problem(Severity.REJECTED, Reason.UNREADABLE_YEAR, message, locator, parsed.raw)
        elif alone:
            self._add_reading(
                wanted, parsed, Moment(self.year, False), locator, [parsed.remark, "the publisher states no year"]
            )
        else:
            message = "An estimate that is not available and has no year was left out."
            self._problem(Severity.NOTE, Reason.NO_VALUE, message, locator, parsed.raw)

    def _add_reading(self, wanted: Field, parsed: Figure, when: Moment, locator: str, notes: list[str]) -> None:
        spec = wanted.indicator
        value = None if parsed.value is None else float(parsed.value)
        if any(r.indicator == spec.code and r.period == when.period for r in self.readings):
            message = f"This profile already gives a figure for {when.period}."
            self._problem(Severity.REJECTED, Reason.DUPLICATE_KEY, message, locator, parsed.raw)
            return
        if value is not None and (fault := FIGURES.check_range(plain(parsed.raw), value, spec)):
            self._problem(Severity.REJECTED, *fault, locator, parsed.raw)
            return
        self.readings.append(
            Reading(
                indicator=spec.code,
                country=self.country,
                code=self.code,
                period=when.period,
                locator=locator,
                value=value,
                missing=parsed.missing,
                raw=parsed.raw,
                quality=Quality.ESTIMATED if when.estimated else Quality.STATED,
                note="; ".join(dict.fromkeys(filter(None, notes))),
            )
        )

    def _balance(self) -> None:
        """Compute the balance of each year with both sides known, in dollars and as a share of revenues."""
        income, spending = self._sides(REVENUES.code), self._sides(EXPENDITURES.code)
        locator = f"{self.member} > Economy > Budget > revenues, expenditures"
        for period in sorted(income.keys() & spending.keys()):
            revenues, expenditures = income[period], spending[period]
            taken = Decimal(repr(revenues.value))
            left = taken - Decimal(repr(expenditures.value))
            computed = {BALANCE.code: left, **({BALANCE_SHARE.code: left * 100 / taken} if taken else {})}
            self.readings += [
                Reading(
                    indicator=code,
                    country=self.country,
                    code=self.code,
                    period=period,
                    locator=locator,
                    value=float(value),
                    raw=f"{revenues.raw}; {expenditures.raw}",
                    quality=Quality.COMPUTED,
                    note="; ".join(dict.fromkeys(filter(None, [revenues.note, expenditures.note]))),
                )
                for code, value in computed.items()
            ]
        if income and spending and not income.keys() & spending.keys():
            years = f"Revenues are for {', '.join(income)}, expenditures for {', '.join(spending)}"
            self._problem(Severity.NOTE, Reason.INCONSISTENT, f"{years}, so no balance was computed.", locator)

    def _sides(self, code: str) -> dict[str, Reading]:
        return {r.period: r for r in self.readings if r.indicator == code and r.value is not None}


def _cells(node: Mapping[str, Any], wanted: Field) -> Iterator[tuple[str, str, str]]:
    """Yield key, text, and the key's year of each text with the indicator.

    The key is "" for the heading's own text.
    """
    if wanted.yearly:
        for key, value in node.items():
            if year := _year_of(key, wanted.heading):
                yield key, text_of(value), year
    if wanted.key in node:
        yield wanted.key, text_of(node[wanted.key]), ""
    elif "text" in node:
        yield "", text_of(node), ""


def _is_stray(key: str, heading: str) -> bool:
    """Return True if a key below a heading is not one that is read."""
    return key not in _KNOWN and not _year_of(key, heading)


def _year_of(key: str, heading: str) -> str:
    """Return the period in a key that repeats the heading ("Unemployment rate 2024", "... April 2011")."""
    rest = key.removeprefix(f"{heading} ")
    when = moment(rest) if rest != key else None
    return when.period if when else ""


def _borrowed(node: Mapping[str, Any], key: str) -> tuple[Moment | None, str]:
    """Return the year that closes the group after `key`, else the note, and its origin."""
    keys = list(node)
    for sibling in keys[keys.index(key) + 1 :] if key else ():
        if sibling in _SIBLINGS and (closing := closing_moment(text_of(node[sibling]))):
            return closing, f"year from the text for {sibling}"
    closing = closing_moment(text_of(node.get("note", "")))
    return closing, "year from the note" if closing else ""


def _remark(node: Mapping[str, Any]) -> str:
    """Return the note's meaning for the use of the figure, in our words.

    The publisher's sentence is not stored.
    """
    note = plain(text_of(node.get("note", "")))
    remarks = []
    if prices := _PRICES.search(note):
        remarks.append(f"prices of {prices[1]}" if prices[1] else "current prices")
    if ages := _AGES.search(note.split("% of labor force")[0]):
        remarks.append(f"ages {ages[1]}")
    if _TOGETHER.search(note):
        remarks.append("West Bank and Gaza Strip together")
    if note and not remarks and not _ROUTINE.search(note):
        remarks.append("qualified by the publisher in a note")
    return "; ".join(remarks)
