"""Findings on the Worst Forms of Child Labor, as the XML of the mobile application.

The publisher is the U.S. Department of Labor. The level rates a government's efforts, not how common child labor is.
The percentages beside it come from surveys of different years and ages; the file gives the ages and not the year, so
the edition's year is used. The file's name does not show the edition: countries_2021.xml holds the Findings of 2022.
The countries' own descriptions do ("In 2022, ...").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from lxml import etree

from indicators.sources.base import (
    BetterDirection,
    IndicatorSpec,
    Missing,
    Problem,
    Reading,
    ReadResult,
    Reason,
    Recognition,
    Severity,
    SourceSpec,
)
from indicators.sources.checks import Absent, Fault, Labels, Numbers, unknown_layout
from indicators.sources.dating import Dating
from indicators.sources.documents import Document, Media
from indicators.sources.value_notes import NO_SURVEY_YEAR

SOURCE = SourceSpec(
    key="ilab",
    title="Findings on the Worst Forms of Child Labor",
    publisher="U.S. Department of Labor, Bureau of International Labor Affairs",
    license="U.S. Government work, public domain",
    attribution="U.S. Department of Labor, Findings on the Worst Forms of Child Labor",
    homepage="https://www.dol.gov/agencies/ilab/resources/reports/child-labor/findings",
    dating=Dating(
        "The findings of a year appear by the end of September of the next year.",
        years_after=1,
        month=9,
        day=30,
        edition_years_after=1,
    ),
)

LEVELS = (
    "Significant Advancement",
    "Moderate Advancement",
    "Minimal Advancement",
    "No Advancement",
    "No Assessment",
)

ADVANCEMENT = IndicatorSpec(
    code="ilab.advancement",
    name="Advancement in eliminating the worst forms of child labor",
    unit="level",
    wording="How far a government advanced in the year in its efforts against the worst forms of child labor. "
    "It judges effort, not prevalence. No Assessment is a level of its own. A qualification the publisher adds "
    "(complicity, a law or practice that delayed advancement) stands in the note.",
    labels=LEVELS,
)
WORKING = IndicatorSpec(
    code="ilab.working_children",
    name="Working children",
    unit="%",
    wording="Children at work as a share of all children of the ages given, from the survey the publisher uses. "
    "Ages and survey years differ from country to country.",
    direction=BetterDirection.LOWER,
    minimum=0,
    maximum=100,
    decimals=1,
)

_LEVEL = "Advancement_Level"
_STATISTICS = "Country_Statistics/Children_Work_Statistics"
_PERCENTAGE = "Total_Percentage_of_Working_Children"
_QUALIFIED = re.compile(r"\s+[-\u2013\u2014]\s+")
_OPENING_YEAR = re.compile(r"\b(?:[Ii]n|[Ff]or the) (20\d\d)\b")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def _percent(fraction: str) -> float | None:
    return float(Decimal(fraction) * 100) if _NUMBER.fullmatch(fraction) else None


FRACTIONS = Numbers(
    unreadable="{raw!r} is not a fraction of children.",
    outside="{raw} is not a fraction; the publisher gives shares from 0 to 1.",
    parse=_percent,
    blanks=("", "n/a", "unavailable"),
)
LABELS = Labels(lambda text: text if text in LEVELS else None, "{raw!r} is not a level of the Findings.", blanks=("",))
_MOST = 0.5


class IlabFindings:
    key = "ilab_findings"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (ADVANCEMENT, WORKING)

    def recognize(self, document: Document) -> Recognition | None:
        if document.media is not Media.XML:
            return None
        root = document.xml()
        if not _is_findings(root):
            return None
        year = _edition_year(root)
        stated = f"most descriptions speak of {year}" if year else "no year is stated; enter the edition"
        return Recognition(edition=str(year or ""), because=f"Countries/Country with Advancement_Level; {stated}")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read a level and a percentage for each country.

        Raises `UnreadableFile` if no year is known.
        """
        root = document.xml()
        if not _is_findings(root):
            raise unknown_layout(
                document,
                "has no Countries/Country with an Advancement_Level",
                "Upload the XML of the Findings as the Department of Labor released it.",
            )
        label = edition or str(_edition_year(root) or "")
        if not re.fullmatch(r"20\d\d", label):
            raise unknown_layout(
                document,
                "does not show the year of its Findings",
                "Enter the edition as a four-digit year.",
            )
        result = ReadResult(edition=label, edition_rank=int(label) * 10_000, layout="Countries/Country")
        for number, country in enumerate(root.findall("Country"), start=1):
            result.rows_read += 1
            self._country(country, f"Countries/Country[{number}]", result)
        return result

    def _country(self, country: etree._Element, country_locator: str, result: ReadResult) -> None:
        name = _text(country, "Name")
        for outcome in (
            _level(country, name, country_locator, result.edition),
            _working(country, name, country_locator, result.edition),
        ):
            if isinstance(outcome, Reading):
                result.readings.append(outcome)
            else:
                result.problems.append(outcome)
        further = country.findall(f"{_STATISTICS}/{_PERCENTAGE}")[1:]
        if further:
            # Several territories in one list: the first is the country, the others are not named.
            names = ", ".join(element.text or "" for element in further)
            result.problems.append(
                Problem(
                    severity=Severity.NOTE,
                    reason=Reason.NOT_A_COUNTRY,
                    message=f"Percentages for parts of {name} that the file does not name were left out: {names}.",
                    locator=f"{country_locator}/{_STATISTICS}/{_PERCENTAGE}[2]",
                    raw=names,
                    country=name,
                    rows=0,
                )
            )


def _level(country: etree._Element, name: str, country_locator: str, year: str) -> Reading | Problem:
    element = country.find(_LEVEL)
    raw = (element.text or "").strip() if element is not None else ""
    locator = country_locator if element is None else f"{country_locator}/{_LEVEL}"
    level, *qualification = _QUALIFIED.split(raw, maxsplit=1)
    checked = LABELS.check(level)
    if isinstance(checked, Fault):
        return _rejected(*checked, locator, raw, name)
    return Reading(
        indicator=ADVANCEMENT.code,
        country=name,
        period=year,
        locator=locator,
        label=level,
        missing=None if raw else Missing.NOT_COLLECTED,
        raw=raw,
        note=qualification[0] if qualification else "" if raw else "Not covered by the Findings.",
    )


def _working(country: etree._Element, name: str, country_locator: str, year: str) -> Reading | Problem:
    elements = country.findall(f"{_STATISTICS}/{_PERCENTAGE}")
    raw = (elements[0].text or "").strip() if elements else ""
    locator = (
        f"{country_locator}/{_STATISTICS}/{_PERCENTAGE}" + ("[1]" if len(elements) > 1 else "")
        if elements
        else country_locator
    )
    reading = Reading(indicator=WORKING.code, country=name, period=year, locator=locator, raw=raw)
    checked = FRACTIONS.check(raw, WORKING)
    if isinstance(checked, Fault):
        return _rejected(*checked, locator, raw, name)
    if isinstance(checked, Absent):
        reading.missing = checked.missing
        return reading
    ages = _text(country, f"{_STATISTICS}/Age_Range")
    if not ages:
        same = raw == _text(country, "Country_Statistics/UNESCO_Primary_Completion_Rate/Rate")
        cause = "; it equals the country's primary completion rate" if same else ""
        message = f"The share of working children has no age range{cause}."
        return _rejected(Reason.INCONSISTENT, message, locator, raw, name)
    reading.value = checked
    reading.note = f"ages {ages}; {NO_SURVEY_YEAR}"
    return reading


def names_another_year(source: str, file_name: str, edition: str) -> bool:
    """Return True if the name of such a file does not contain the year of its findings.

    The file of 2022 is countries_2021.xml.
    """
    return source == SOURCE.key and edition not in file_name


def _rejected(reason: Reason, message: str, locator: str, raw: str, country: str) -> Problem:
    return Problem(Severity.REJECTED, reason, message, locator=locator, raw=raw, country=country)


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _is_findings(root: etree._Element) -> bool:
    return (
        root.tag == "Countries" and root.find(f"Country/{_LEVEL}") is not None and root.find("Country/Name") is not None
    )


def _edition_year(root: etree._Element) -> int | None:
    """Return the year that more than half of the assessed countries' descriptions name first, or None."""
    years: Counter[int] = Counter()
    assessed = 0
    for country in root.findall("Country"):
        if not _text(country, _LEVEL):
            continue
        assessed += 1
        match = _OPENING_YEAR.search(_text(country, "Description"))
        if match:
            years[int(match.group(1))] += 1
    if not years:
        return None
    year, times = years.most_common(1)[0]
    return year if times > assessed * _MOST else None


ILAB_FINDINGS = IlabFindings()
