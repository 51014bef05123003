"""What is read of the World Factbook: twelve indicators and the place of each in a profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from indicators.sources.base import IndicatorSpec
from indicators.sources.world_factbook_text import Unit


def _spec(code: str, name: str, unit: str, wording: str, top: float | None = None, **more: Any) -> IndicatorSpec:
    return IndicatorSpec(f"factbook.{code}", name, unit, wording, maximum=top, **more)


REVENUES = _spec("revenues", "Government revenues", "US$", "What the central government takes in.", minimum=0)
EXPENDITURES = _spec("expenditures", "Government expenditures", "US$", "What the central government spends.", minimum=0)
BALANCE = _spec("balance", "Budget balance", "US$", "Revenues less expenditures of one year, computed here.")
BALANCE_SHARE = _spec(
    "balance_share",
    "Budget balance, share of revenues",
    "percent of revenues",
    "Revenues less expenditures of one year, as a percentage of revenues, computed here.",
    100,
    decimals=1,
)
BALANCE_GDP = _spec(
    "balance_gdp",
    "Budget balance, share of GDP",
    "percent of GDP",
    "Budget surplus or deficit as the publisher states it, to 2017.",
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
    "Share of people, as a rule of 15 and over, who read and write.",
    100,
    minimum=0,
    decimals=1,
)
CHILD_LABOUR = _spec(
    "child_labour",
    "Child labor",
    "percent",
    "Share of children, as a rule of 5 to 14, who work, to 2017.",
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
    "Unemployment among those of 15 to 24.",
    100,
    minimum=0,
    decimals=1,
)
POPULATION = _spec("population", "Population", "persons", "Number of inhabitants.", minimum=0)
GDP_PER_CAPITA = _spec(
    "gdp_per_capita",
    "GDP per capita",
    "US$, purchasing power parity",
    "Output per head in purchasing power; the note of a value names the year of its prices.",
    minimum=0,
)


@dataclass(frozen=True, slots=True)
class Field:
    """Where an indicator stands: section, heading, and the key below it ("" for the heading's own text).

    `yearly` headings may have a key of their own for each year ("Unemployment rate 2024").
    """

    indicator: IndicatorSpec
    unit: Unit
    section: str
    heading: str
    key: str = ""
    yearly: bool = False


_PEOPLE, _ECONOMY = "People and Society", "Economy"
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
)
