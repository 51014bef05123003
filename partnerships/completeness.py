"""The seven elements of a compact: 22 U.S.C. 7103a(d)(2)(A) to (G), one function each. Pure.

Each function checks its own part of the record and returns at most one finding, which lists every gap of its element.
The page, the REST endpoint, and the precondition of signature show the same seven lines. The instrument shows the same
record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cpc.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class ParticipantLine:
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


SECTION = "22 U.S.C. 7103a(d)(2)"
NOT_HELD = "The text of the instrument is not held here, so its content is not known."
GOVERNMENTS = {"us": "the United States", "partner": "the partner government"}


def _finding(letter: str, name: str, field: str, lacks: list[str]) -> list[Finding]:
    if not lacks:
        return []
    message = f"{name}: {'; '.join(lacks)}."
    return [Finding(f"element_{letter.lower()}", Severity.ERROR, message, field, f"{SECTION}({letter})")]


def objectives(record: Record) -> list[Finding]:
    """Check (A) the specific objectives that both governments expect to achieve during the term."""
    lacks = [] if record.objectives else ["add an objective"]
    lacks += [f"state the intended outcome of objective {o.number}" for o in record.objectives if not o.outcome]
    return _finding("A", "Objectives", "objectives", lacks)


def responsibilities(record: Record) -> list[Finding]:
    """Check (B) the responsibilities of each government in achieving the objectives."""
    taken = {line.government for line in record.responsibilities}
    lacks = [f"state the responsibilities of {name}" for side, name in GOVERNMENTS.items() if side not in taken]
    return _finding("B", "Responsibilities", "responsibilities", lacks)


def programs(record: Record) -> list[Finding]:
    """Check (C) the programs or initiatives, and each government's allocation to each of them."""
    lacks = [] if record.programs else ["add a program or initiative"]
    for line in record.programs:
        if line.us_amount is None:
            lacks.append(f"state the amount that the United States allocates to {line.title}")
        if line.partner_amount is None:
            lacks.append(f"state the amount that the partner government allocates to {line.title}, zero if none")
    return _finding("C", "Programs", "programs", lacks)


def outcome_indicators(record: Record) -> list[Finding]:
    """Check (D) the regular outcome indicators to monitor and measure progress."""
    regular = [line for line in record.indicators if line.is_outcome and line.frequency != "as_needed"]
    lacks = [] if regular else ["add an outcome indicator that is collected regularly"]
    lacks += [f"define {line.code}" for line in regular if not line.definition]
    return _finding("D", "Outcome indicators", "outcome_indicators", lacks)


def financial_plan(record: Record) -> list[Finding]:
    """Check (E) the multi-year plan.

    It needs estimated contributions of both governments and mechanisms for implementation and oversight.
    """
    estimated = [line for line in record.contributions if line.is_estimated]
    given = {line.government for line in estimated}
    lacks = [f"estimate the contributions of {name}" for side, name in GOVERNMENTS.items() if side not in given]
    if estimated and len({line.fiscal_year for line in estimated}) < 2:
        lacks.append("plan for more than one fiscal year")
    kinds = {line.kind for line in record.mechanisms}
    lacks += [f"describe the mechanism for {kind}" for kind in ("implementation", "oversight") if kind not in kinds]
    return _finding("E", "Financial plan", "contributions", lacks)


def sustainability(record: Record) -> list[Finding]:
    """Check (F) the development of a country strategy to sustain progress after the compact expires."""
    lacks = [] if record.strategies else ["state who will develop a strategy to sustain progress, and how"]
    return _finding("F", "Sustainability", "strategies", lacks)


def child_protection_data(record: Record) -> list[Finding]:
    """Check (G) the collection, tracking, and management of child protection data.

    The data serve case management and policy planning.
    """
    lacks = [] if record.data_plans else ["describe how child protection data is collected, tracked and managed"]
    for line in record.data_plans:
        empty = [name for name in ("what", "institution", "system", "safeguards", "use") if not getattr(line, name)]
        if empty:
            lacks.append(f"complete the data plan of {line.institution or 'the institution'}: {', '.join(empty)}")
    return _finding("G", "Child protection data", "data_plans", lacks)


ELEMENTS: tuple[Callable[[Record], list[Finding]], ...] = (
    objectives,
    responsibilities,
    programs,
    outcome_indicators,
    financial_plan,
    sustainability,
    child_protection_data,
)


def completeness(record: Record) -> list[Finding]:
    """Return the gaps of the seven elements, in order; empty for a complete record."""
    return [finding for element in ELEMENTS for finding in element(record)]


def open_gaps(record: Record, *, is_canceled: bool) -> list[Finding]:
    """Return the gaps that are left to fill; a canceled partnership has none, because it won't be signed."""
    return [] if is_canceled else completeness(record)


def not_recorded(record: Record) -> list[Finding]:
    """Return the gaps of a documented record as notes: without the instrument, a gap may only be one of the record."""
    return [
        replace(gap, severity=Severity.NOTE, message=f"{gap.message.partition(':')[0]}: not recorded. {NOT_HELD}")
        for gap in completeness(record)
    ]
