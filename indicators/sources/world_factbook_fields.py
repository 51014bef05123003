"""Fields of the World Factbook that are read, with their paths and counts."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from indicators.sources.base import FieldTally, IndicatorSpec, Reason
from indicators.sources.tip_report import SPECIAL_CASE, TIER_2_WATCH_LIST, TIER_3
from indicators.sources.world_factbook_text import Unit

NOT_LISTED = "Not Watch List, Tier 3 or Special Case"
NEITHER_LIST = "Not Watch List or Tier 3"
"""Labels of a country on none of the lists: for a year that also names special cases, and for any other."""


def _spec(code: str, name: str, unit: str, wording: str, top: float | None = None, **more: Any) -> IndicatorSpec:
    return IndicatorSpec(f"factbook.{code}", name, unit, wording, maximum=top, **more)


REVENUES = _spec("revenues", "Government revenues", "US$", "Central government revenue.", minimum=0)
EXPENDITURES = _spec("expenditures", "Government expenditures", "US$", "Central government spending.", minimum=0)
BALANCE = _spec("balance", "Budget balance", "US$", "Revenues less expenditures in the same year, computed by CPC.")
BALANCE_SHARE = _spec(
    "balance_share",
    "Budget balance, share of revenues",
    "percent of revenues",
    "Revenues less expenditures in the same year, as a percentage of revenues, computed by CPC.",
    100,
    decimals=1,
)
BALANCE_GDP = _spec(
    "balance_gdp",
    "Budget balance, share of GDP",
    "percent of GDP",
    "Budget surplus or deficit as the publisher states it, through 2017.",
    decimals=1,
)
SCHOOL_LIFE = _spec(
    "school_life_expectancy",
    "School life expectancy",
    "years",
    "Years of schooling from primary to tertiary a child entering school can expect.",
    30,
    minimum=0,
)
LITERACY = _spec(
    "literacy",
    "Literacy",
    "percent",
    "Share of people, usually aged 15 and over, who can read and write.",
    100,
    minimum=0,
    decimals=1,
)
CHILD_LABOUR = _spec(
    "child_labour",
    "Child labor",
    "percent",
    "Share of children, usually aged 5 to 14, who work; through 2017.",
    100,
    minimum=0,
    decimals=1,
)
UNEMPLOYMENT = _spec(
    "unemployment",
    "Unemployment",
    "percent of labor force",
    "Share of the labor force without a job.",
    100,
    minimum=0,
    decimals=1,
)
YOUTH_UNEMPLOYMENT = _spec(
    "youth_unemployment",
    "Youth unemployment",
    "percent of labor force",
    "Unemployment among people aged 15 to 24.",
    100,
    minimum=0,
    decimals=1,
)
POPULATION = _spec("population", "Population", "persons", "Number of inhabitants.", minimum=0)
GDP_PER_CAPITA = _spec(
    "gdp_per_capita",
    "GDP per capita",
    "US$, purchasing power parity",
    "Output per person in purchasing power; each value's note gives the year of its prices.",
    minimum=0,
)

TIER = _spec(
    "tip_tier",
    "TIP Report tier, as the Factbook states it",
    "tier",
    "Which countries the TIP Report of a year has on the Watch List, on Tier 3 or as a special case. A second witness "
    "of the tier: a ranked country on none of these lists is on Tier 1 or 2.",
    labels=(TIER_2_WATCH_LIST, TIER_3, SPECIAL_CASE, NOT_LISTED, NEITHER_LIST),
)


@dataclass(frozen=True, slots=True)
class Field:
    """Path of an indicator: section, heading, and the key below it ("" for the heading's own text).

    `yearly` headings may have a key of their own for each year ("Unemployment rate 2024").
    """

    indicator: IndicatorSpec
    unit: Unit
    section: str
    heading: str
    key: str = ""
    yearly: bool = False

    @property
    def path(self) -> str:
        return " > ".join(filter(None, (self.section, self.heading, self.key)))


class Outcome(enum.Enum):
    READ = enum.auto()
    IN_PART = enum.auto()
    EMPTY = enum.auto()
    UNREAD = enum.auto()


_PEOPLE, _ECONOMY = "People and Society", "Economy"
TIER_SECTION, TIER_HEADING, TIER_KEY = "Transnational Issues", "Trafficking in persons", "tier rating"
FIELDS = (
    Field(REVENUES, Unit.DOLLARS, _ECONOMY, "Budget", "revenues"),
    Field(EXPENDITURES, Unit.DOLLARS, _ECONOMY, "Budget", "expenditures"),
    Field(BALANCE_GDP, Unit.PERCENT_OF_GDP, _ECONOMY, "Budget surplus (+) or deficit (-)"),
    Field(SCHOOL_LIFE, Unit.YEARS, _PEOPLE, "School life expectancy (primary to tertiary education)", "total"),
    Field(LITERACY, Unit.PERCENT, _PEOPLE, "Literacy", "total population"),
    Field(CHILD_LABOUR, Unit.PERCENT, _PEOPLE, "Child labor - children ages 5-14", "percentage"),
    Field(UNEMPLOYMENT, Unit.PERCENT, _ECONOMY, "Unemployment rate", yearly=True),
    Field(YOUTH_UNEMPLOYMENT, Unit.PERCENT, _ECONOMY, "Youth unemployment rate (ages 15-24)", "total"),
    Field(YOUTH_UNEMPLOYMENT, Unit.PERCENT, _PEOPLE, "Unemployment, youth ages 15-24", "total"),
    Field(POPULATION, Unit.PERSONS, _PEOPLE, "Population", "total"),
    Field(GDP_PER_CAPITA, Unit.DOLLARS, _ECONOMY, "Real GDP per capita", yearly=True),
    Field(GDP_PER_CAPITA, Unit.DOLLARS, _ECONOMY, "GDP - per capita (PPP)", yearly=True),
)

INDICATORS = (
    REVENUES,
    EXPENDITURES,
    BALANCE,
    BALANCE_SHARE,
    BALANCE_GDP,
    SCHOOL_LIFE,
    LITERACY,
    CHILD_LABOUR,
    UNEMPLOYMENT,
    YOUTH_UNEMPLOYMENT,
    POPULATION,
    GDP_PER_CAPITA,
    TIER,
)

# Headings that name an indicator's quantity but are not read: a snapshot may have renamed one.
_SIMILAR = re.compile(
    r"budget|unemploy|literacy|school life|child labou?r|^population$|GDP.*per capita|per capita.*GDP|trafficking",
    re.IGNORECASE,
)
_SECTIONS = frozenset({*(field.section for field in FIELDS), TIER_SECTION})
_HEADINGS = frozenset({*((field.section, field.heading) for field in FIELDS), (TIER_SECTION, TIER_HEADING)})


def unknown_headings(tree: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths of headings that name an indicator's quantity and that nothing is read from."""
    for section in sorted(_SECTIONS):
        for heading, node in _headings(tree, section):
            if (
                _SIMILAR.search(heading)
                and (section, heading) not in _HEADINGS
                and not _is_repeated(tree, heading, node)
            ):
                yield f"{section} > {heading}"


def _headings(tree: Mapping[str, Any], section: str) -> Iterable[tuple[str, Any]]:
    part = tree.get(section)
    return part.items() if isinstance(part, dict) else ()


def _is_repeated(tree: Mapping[str, Any], heading: str, node: Any) -> bool:
    """Return True if a heading that is read has the same figure.

    In 2022, youth unemployment is in two sections.
    """
    return any(known == heading and dict(_headings(tree, section)).get(heading) == node for section, known in _HEADINGS)


Read = tuple[str, Outcome, str]
"""Profile, outcome of one of its fields, and the reason if it was not read completely."""


def tallies(outcomes: Mapping[Field, list[Read]], unknown: Mapping[str, list[str]]) -> list[FieldTally]:
    """Count the profiles that have each field, by how completely they were read.

    `unknown` gives the profiles of each unknown heading. An indicator whose fields are in no profile has one row, of
    0 profiles.
    """
    counted = {field: _tally(field, outcomes.get(field, [])) for field in FIELDS}
    carried = {field.indicator.code for field, tally in counted.items() if tally.carried}
    shown: list[FieldTally] = []
    for field, tally in counted.items():
        if tally.carried or field.indicator.code not in carried:
            carried.add(field.indicator.code)
            shown.append(tally)
    reason = Reason.UNKNOWN_HEADING.value
    return shown + [
        FieldTally(path, indicator="", carried=len(names), unread=[(name, reason) for name in names])
        for path, names in sorted(unknown.items())
    ]


def _tally(field: Field, rows: list[Read]) -> FieldTally:
    parts = {
        outcome: [(name, why) for name, became, why in rows if became is outcome]
        for outcome in (Outcome.IN_PART, Outcome.UNREAD)
    }
    return FieldTally(
        path=field.path,
        indicator=field.indicator.code,
        carried=len(rows),
        read=sum(became is Outcome.READ for _, became, _ in rows),
        in_part=parts[Outcome.IN_PART],
        empty=sum(became is Outcome.EMPTY for _, became, _ in rows),
        unread=parts[Outcome.UNREAD],
    )
