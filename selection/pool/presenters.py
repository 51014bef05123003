"""The pool as text and lists: who is in, who is outside by which rule, and what was decided about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.badges import Badge
from indicators.models import Country
from selection.models import Admission, PoolDecision, PoolPolicy
from selection.models.pool import Proposal
from selection.pool_rules.policy import (
    NOT_A_STATE,
    REASONS,
    Reason,
    describe_rule,
)
from selection.pool_rules.pools import Pool, PoolEntry
from selection.runs.verdicts import Fact


@dataclass(frozen=True, slots=True)
class CountryLine:
    code: str
    name: str
    entry: PoolEntry


@dataclass(frozen=True, slots=True)
class RuleLine:
    policy: PoolPolicy
    label: str
    text: str
    countries: Sequence[CountryLine]
    may_change: bool


@dataclass(frozen=True, slots=True)
class DecidedLine:
    row: Proposal
    text: str
    mark: Badge


def countries(pool: Pool, by_code: Mapping[str, Country]) -> list[CountryLine]:
    found = [CountryLine(code, by_code[code].name, entry) for code, entry in pool.entries.items()]
    return sorted(found, key=lambda line: line.name)


def facts(pool: Pool) -> list[Fact]:
    counts = pool.counts
    listed = counts["listed"] - counts[NOT_A_STATE]
    return [
        Fact("In the pool", str(counts["in"]), f"of {listed} countries in the TIP Report of {pool.edition}"),
        Fact("Outside", str(listed - counts["in"]), "each for the first rule that applies"),
        Fact("Admitted by decision", str(counts["admitted"]), "outside by rule"),
        Fact("Not states", str(counts[NOT_A_STATE]), "listed in the report, never ranked"),
    ]


def rules(lines: Sequence[CountryLine], policies: Sequence[PoolPolicy], on: dt.date) -> list[RuleLine]:
    """Return the rules in force on a day, in order, with the countries that each excludes."""
    return [
        RuleLine(
            policy,
            REASONS[Reason(policy.reason)].label,
            describe_rule(policy.reason, policy.puts_outside),
            [line for line in lines if line.entry.reason_code == policy.reason],
            not REASONS[Reason(policy.reason)].fixed,
        )
        for policy in policies
        if policy.decision == PoolDecision.APPROVED and holds(policy, on)
    ]


def holds(policy: PoolPolicy, on: dt.date) -> bool:
    return policy.in_force_from <= on and (policy.replaced_on is None or on < policy.replaced_on)


def policy_history(policies: Sequence[PoolPolicy], on: dt.date) -> list[DecidedLine]:
    """Return the rules that are not in force on a day: future, replaced, or rejected. Open proposals are left out."""
    return [
        DecidedLine(policy, describe_rule(policy.reason, policy.puts_outside), _policy_mark(policy, on))
        for policy in policies
        if not policy.is_open and not (policy.decision == PoolDecision.APPROVED and holds(policy, on))
    ]


def _policy_mark(policy: PoolPolicy, on: dt.date) -> Badge:
    if policy.decision == PoolDecision.REFUSED:
        return Badge("none", "Rejected")
    if policy.in_force_from > on:
        return Badge("info", f"In force from {formats.day(policy.in_force_from)}")
    assert policy.replaced_on is not None  # else it is in force
    return Badge("none", f"In force until {formats.day(policy.replaced_on - dt.timedelta(days=1))}")


def admission_lines(admissions: Sequence[Admission], on: dt.date) -> list[DecidedLine]:
    """Return the admissions that were decided on, the newest first."""
    return [DecidedLine(row, row.country.name, _admission_mark(row, on)) for row in admissions if not row.is_open]


def _admission_mark(row: Admission, on: dt.date) -> Badge:
    if row.decision == PoolDecision.REFUSED:
        return Badge("none", "Rejected")
    if row.ended_on is not None:
        return Badge("none", f"Ended {formats.day(row.ended_on)}")
    if row.until < on:
        return Badge("none", f"Expired {formats.day(row.until)}")
    return Badge("good", f"Admitted until {formats.day(row.until)}")


def policy_facts(policy: PoolPolicy, before: PoolPolicy | None) -> list[tuple[str, str]]:
    """Return a proposed rule as pairs of label and text, with the rule that it would replace."""
    found = [
        ("Rule", describe_rule(policy.reason, policy.puts_outside)),
        ("In force from", formats.day(policy.in_force_from)),
        ("Why", policy.why),
        ("Document", policy.citation),
        ("Legal note", policy.legal_note),
        ("Proposed by", f"{policy.proposed_by}, {formats.day(policy.at)}"),
        ("Rule now", describe_rule(before.reason, before.puts_outside) if before else ""),
    ]
    return [(term, text) for term, text in found if text]


def admission_facts(row: Admission, sentence: str) -> list[tuple[str, str]]:
    """Return an admission as pairs of label and text; `sentence` is the reason that the country is outside."""
    found = [
        ("Country", row.country.name),
        ("Outside because", sentence),
        ("Why admit it", row.why),
        ("Legal note", row.legal_note),
        ("Last day", formats.day(row.until)),
        ("Proposed by", f"{row.proposed_by}, {formats.day(row.at)}"),
    ]
    return [(term, text) for term, text in found if text]
