"""What a partnership says, as plain values: the ground of the statute's checklist and of the instrument. Pure."""

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
    """An objective, and the outcome that both governments expect of it."""

    number: int
    title: str
    outcome: str
    paradigm: str


@dataclass(frozen=True, slots=True)
class ResponsibilityLine:
    """What an office of one government takes on."""

    government: str
    office: str
    text: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ProgramLine:
    """A program and what each government allocates to it in U.S. dollars; None where nothing is stated."""

    title: str
    description: str
    us_amount: Decimal | None
    partner_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """A measure of the partnership, and how often it is collected."""

    code: str
    title: str
    definition: str
    is_outcome: bool
    frequency: str


@dataclass(frozen=True, slots=True)
class ContributionLine:
    """What one government means to give in a fiscal year; `is_estimated` where an amount or staff time is stated."""

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
    """A body that carries the partnership out ("implementation") or watches over it ("oversight")."""

    kind: str
    body: str
    procedure: str
    frequency: str


@dataclass(frozen=True, slots=True)
class StrategyLine:
    """How a strategy to sustain progress will be developed."""

    institution: str
    approach: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class DataPlanLine:
    """How child protection data is collected, tracked and managed."""

    what: str
    institution: str
    system: str
    safeguards: str
    use: str


@dataclass(frozen=True, slots=True)
class Record:
    """A partnership as it stands; what was withdrawn or replaced is left out."""

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
