"""Content of a partnership for the statute's checklist and the instrument. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ParticipantLine:
    """An office that takes part for "us" or "partner"."""

    government: str
    name: str
    leads: bool


@dataclass(frozen=True, slots=True)
class ObjectiveLine:
    number: int
    title: str
    outcome: str
    paradigm: str


@dataclass(frozen=True, slots=True)
class ResponsibilityLine:
    government: str
    office: str
    text: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ProgramLine:
    """A program with each government's allocation in U.S. dollars, or None if not stated."""

    title: str
    description: str
    us_amount: Decimal | None
    partner_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    code: str
    title: str
    definition: str
    is_outcome: bool
    frequency: str


@dataclass(frozen=True, slots=True)
class ContributionLine:
    """A planned contribution of one government in a fiscal year.

    `is_estimated` is true if an amount or staff time is stated.
    """

    government: str
    fiscal_year: int
    kind: str
    description: str
    amount_usd: Decimal | None
    is_estimated: bool
    original_amount: Decimal | None = None
    original_currency: str = ""
    staff_years: Decimal | None = None


@dataclass(frozen=True, slots=True)
class MechanismLine:
    """A mechanism for "implementation" or "oversight" of the partnership."""

    kind: str
    body: str
    procedure: str
    frequency: str


@dataclass(frozen=True, slots=True)
class StrategyLine:
    institution: str
    approach: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class DataPlanLine:
    what: str
    institution: str
    system: str
    safeguards: str
    use: str


@dataclass(frozen=True, slots=True)
class Record:
    """The current partnership, without withdrawn or replaced rows."""

    title: str
    country: str
    starts_on: date | None
    ends_on: date | None
    coordination_body: str
    focus_regions: tuple[str, ...]
    forms: tuple[str, ...]
    national_plans: tuple[str, ...]
    participants: tuple[ParticipantLine, ...]
    objectives: tuple[ObjectiveLine, ...]
    responsibilities: tuple[ResponsibilityLine, ...]
    programs: tuple[ProgramLine, ...]
    indicators: tuple[IndicatorLine, ...]
    contributions: tuple[ContributionLine, ...]
    mechanisms: tuple[MechanismLine, ...]
    strategies: tuple[StrategyLine, ...]
    data_plans: tuple[DataPlanLine, ...]
