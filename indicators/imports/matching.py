"""Matching of readings to countries, and checks of each value against its indicator."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Count

from cpc.web import formats
from indicators.countries import Alias, CountryIndex, CountryListKind, CountryRow, Failure, Match, normalize
from indicators.models import Country, CountryAlias, Import, Indicator, NameMapping, Via, precedence
from indicators.sources.base import (
    Problem,
    ProgramReading,
    Reading,
    ReadResult,
    Reason,
    Severity,
)

_YEAR = re.compile(r"(\d{4})(?!.*\d{4})")


@dataclass(slots=True)
class Staged:
    """Reading with its country and indicator, ready for the staging table."""

    indicator_id: int
    country_id: int
    year: int
    edition: str
    edition_rank: int
    precedence: int
    reading: Reading


@dataclass(slots=True)
class Matched:
    """Readings to stage and problems to report, those of the reader first.

    `mapped` are the notes on names that analysts mapped, each with the id of its mapping; `mappings` is the revision
    of the source's mappings used for the match.
    """

    rows: list[Staged] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    mapped: list[tuple[Problem, int]] = field(default_factory=list)
    mappings: int = 0
    country_ids: dict[tuple[str, str], int] = field(default_factory=dict)
    programs: list[tuple[ProgramReading, int]] = field(default_factory=list)


def country_index(source: str = "", mappings: Iterable[NameMapping] = ()) -> CountryIndex:
    """Return the index of the countries and aliases in the database, and of the mappings of a source."""
    rows = [
        CountryRow(
            code=c.code,
            iso2=c.iso2,
            iso3=c.iso3,
            numeric=c.numeric,
            gec=c.gec,
            name=c.name,
            short_name=c.short_name,
            region=c.region,
            kind=CountryListKind(c.kind),
            successor=c.successor_code,
        )
        for c in Country.objects.all()
    ]
    mapped = {normalize(m.name): m.country.code for m in mappings if m.country is not None}
    listed = CountryAlias.objects.values_list("text", "country__code", "source")
    aliases = [
        Alias(text, code, of)
        for text, code, of in listed
        # An analyst's mapping of a name takes precedence over an alias that was listed for the source later.
        if of != source or normalize(text) not in mapped
    ]
    return CountryIndex(rows, [*aliases, *(Alias(name, code, source) for name, code in mapped.items())])


def revision(source: str) -> int:
    """Return the number of times that a mapping of a source was recorded or withdrawn."""
    counted = NameMapping.objects.filter(source__key=source).aggregate(all=Count("pk"), closed=Count("superseded_at"))
    return int(counted["all"] + counted["closed"])


def names_changed(batch: Import) -> bool:
    """Return True if a source's mappings changed since a file was matched.

    Facts shipped with the project name countries by their codes and are not matched.
    """
    if batch.source is None or batch.via != Via.UPLOAD:
        return False
    return revision(batch.source.key) != int(batch.counts.get("mappings", 0))


class Matcher:
    """Matcher of names and codes to countries, with one problem per unknown name."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.revision = revision(source)
        mappings = NameMapping.objects.live().filter(source__key=source).select_related("country", "recorded_by")
        self._mappings: dict[str, NameMapping] = {normalize(mapping.name): mapping for mapping in mappings}
        self._index = country_index(source, self._mappings.values())
        self._ids: dict[str, int] = dict(Country.objects.values_list("code", "id"))
        self._found: dict[tuple[str, str], int] = {}
        self._matches: dict[tuple[str, str], Match] = {}
        self.unmatched: dict[tuple[str, str], Problem] = {}
        self.mapped: dict[int, Problem] = {}
        self._rows_out: dict[tuple[str, str] | int, set[str]] = {}

    def country_id(self, reading: Reading) -> int | None:
        country_id = self._found.get((reading.country, reading.code))
        if country_id is not None:
            return country_id
        return self.find(reading.country, reading.code, reading.locator, _row_of(reading.locator))

    def find(self, name: str, code: str, locator: str, row: str) -> int | None:
        """Return the id of the country with this name and code, or None with a problem noted.

        The problem is noted for `row` of the file.
        """
        key = (name, code)
        match = self._matches.get(key)
        if match is None:
            match = self._matches[key] = self._index.match(name, code, self.source)
        mapping = self._mappings.get(normalize(name))
        if mapping is not None and mapping.country is None and match.failure is not Failure.CONFLICT:
            self._note(mapping, name, locator, row)
            return None
        if match:
            country_id = self._ids[match.code]
            if mapping is None:
                self._found[key] = country_id
            else:  # never stored as found: each of its rows is noted
                self._note(mapping, name, locator, row)
            return country_id
        problem = self.unmatched.get(key)
        if problem is None:
            reason = Reason.COUNTRY_CONFLICT if match.failure is Failure.CONFLICT else Reason.UNKNOWN_COUNTRY
            problem = Problem(
                severity=Severity.REJECTED,
                reason=reason,
                message=f"{match.detail[:1].upper()}{match.detail[1:]}.",
                locator=locator,
                raw=name or code,
                country=name,
            )
            self.unmatched[key] = problem
        self._count(key, row, problem)
        return None

    def _note(self, mapping: NameMapping, name: str, locator: str, row: str) -> None:
        """Note the rows of the file that were read or set aside by a name mapping."""
        problem = self.mapped.get(mapping.pk)
        if problem is None:
            is_country = mapping.country is not None
            done = (
                f"is read as {mapping.means}"
                if is_country
                else f"is set aside: {mapping.means[:1].lower()}{mapping.means[1:]}"
            )
            who = f", mapped by {mapping.recorded_by}" if mapping.recorded_by else ", mapped"
            problem = self.mapped[mapping.pk] = Problem(
                severity=Severity.NOTE,
                reason=Reason.MAPPED_NAME if is_country else Reason.NOT_A_COUNTRY,
                message=f"“{name}” {done}{who} on {formats.day(mapping.recorded_at)}.",
                locator=locator,
                raw=name,
                country=name,
            )
        self._count(mapping.pk, row, problem)

    def _count(self, key: tuple[str, str] | int, row: str, problem: Problem) -> None:
        rows = self._rows_out.setdefault(key, set())
        rows.add(row)
        problem.rows = len(rows)


def match_readings(result: ReadResult, *, source: str, indicators: dict[str, Indicator]) -> Matched:
    """Match and check every reading of a document; each one left out has a problem or a note.

    The exception is a second reading of one key with the same value: it is left out, and nothing is reported.
    """
    out = Matched(problems=list(result.problems))
    matcher = Matcher(source)
    first_readings: dict[tuple[int, int, str, str], Reading] = {}
    checks = {code: Check(spec) for code, spec in indicators.items()}
    for reading in result.readings:
        check = checks[reading.indicator]
        country_id = matcher.country_id(reading)
        if country_id is None:
            continue
        problem = check.problem(reading)
        if problem is not None:
            out.problems.append(problem)
            continue
        first = first_readings.setdefault((check.indicator_id, country_id, reading.period, reading.series), reading)
        if first is reading:
            out.rows.append(check.staged(reading, country_id, result))
        elif not _same(first, reading):
            message = f"{first.locator} already gives a different value for {reading.country}, {reading.period}."
            out.problems.append(_reject(reading, Reason.DUPLICATE_KEY, message))
    for narrative in result.narratives:
        match = matcher.find(narrative.country, "", narrative.locator, narrative.locator)
        if match is not None:
            out.country_ids[(narrative.country, "")] = match
    _match_programs(result.programs, matcher, out)
    out.problems.extend(matcher.unmatched.values())
    out.mapped = [(problem, pk) for pk, problem in matcher.mapped.items()]
    out.mappings = matcher.revision
    return out


def _match_programs(programs: Iterable[ProgramReading], matcher: Matcher, out: Matched) -> None:
    """Find the country of each program, and reject the second of two rows for one program."""
    first_readings: dict[tuple[int, str, str], ProgramReading] = {}
    for reading in programs:
        country_id = matcher.find(reading.country, reading.code, reading.locator, reading.locator)
        if country_id is None:
            continue
        first = first_readings.setdefault((country_id, reading.agency.lower(), reading.title.lower()), reading)
        if first is reading:
            out.programs.append((reading, country_id))
            continue
        problem = Problem(
            severity=Severity.REJECTED,
            reason=Reason.DUPLICATE_KEY,
            message=f"This program of {reading.agency} is already at {first.locator}.",
            locator=reading.locator,
            sheet=reading.sheet,
            row=reading.row,
            column="title",
            raw=reading.title,
            country=reading.country or reading.code,
        )
        out.problems.append(problem)


@lru_cache(maxsize=4096)
def year_of(period: str) -> int:
    """Return the last four-digit year in a period: 2026 for "FY2026", 0 without one."""
    match = _YEAR.search(period)
    return int(match.group(1)) if match else 0


def _row_of(locator: str) -> str:
    """Return an identifier of the row in the file.

    It is the sheet and row of a cell, the line of a text file, or else the whole locator.
    """
    # The name of a sheet may contain an exclamation mark; the address of a cell does not.
    sheet, mark, cell = locator.rpartition("!")
    return f"{sheet}!{cell.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}" if mark else locator.partition(", column ")[0]


def _same(reading: Reading, other: Reading) -> bool:
    return (reading.value, reading.label, reading.missing) == (other.value, other.label, other.missing)


def _reject(reading: Reading, reason: Reason, message: str) -> Problem:
    return Problem(
        severity=Severity.REJECTED,
        reason=reason,
        message=message,
        locator=reading.locator,
        raw=reading.raw,
        country=reading.country,
    )


class Check:
    def __init__(self, indicator: Indicator) -> None:
        self.indicator = indicator
        self.indicator_id: int = indicator.pk
        self._labels: frozenset[str] = frozenset(indicator.labels)
        self._low = -math.inf if indicator.minimum is None else indicator.minimum
        self._high = math.inf if indicator.maximum is None else indicator.maximum

    def staged(self, reading: Reading, country_id: int, result: ReadResult) -> Staged:
        """Return the row to stage, with the document's edition if the reading names none."""
        edition = reading.edition or result.edition
        rank = reading.edition_rank or result.edition_rank
        order = precedence(rank, reading.quality, yields=reading.yields)
        return Staged(self.indicator_id, country_id, year_of(reading.period), edition, rank, order, reading)

    def problem(self, reading: Reading) -> Problem | None:
        if not year_of(reading.period):
            return _reject(reading, Reason.UNREADABLE_YEAR, f"{reading.period!r} is not a period with a year.")
        if reading.missing is not None:
            return None
        if self._labels or reading.value is None:
            if reading.label in self._labels:
                return None
            listed = ", ".join(self.indicator.labels)
            return _reject(reading, Reason.UNKNOWN_LABEL, f"{reading.label!r} is not one of {listed}.")
        if not math.isfinite(reading.value):
            return _reject(reading, Reason.UNREADABLE_NUMBER, f"{reading.raw!r} is not a finite number.")
        if not self._low <= reading.value <= self._high:
            is_bounded = None not in (self.indicator.minimum, self.indicator.maximum)
            scale = f"{self._low:g} to {self._high:g}" if is_bounded else "the scale"
            return _reject(reading, Reason.OUT_OF_RANGE, f"{reading.raw} is outside {scale}.")
        return None


def count_by(problems: Iterable[Problem]) -> dict[str, int]:
    counts = {severity.value: 0 for severity in Severity}
    for problem in problems:
        counts[problem.severity.value] += problem.rows
    return counts
