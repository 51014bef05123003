"""Rules and admissions in the history of the pool: what each line says on the days around a change."""

from __future__ import annotations

import datetime as dt

import pytest

from indicators.models import Country
from selection.models import Admission, PoolDecision, PoolPolicy
from selection.pool import presenters
from selection.pool_rules.policy import Reason
from selection.pool_rules.pools import Pool, PoolEntry, PoolInputs

FIRST, REPLACED = dt.date(2026, 3, 1), dt.date(2026, 9, 1)
DAY = dt.timedelta(days=1)


def policy(decision: str = PoolDecision.APPROVED, replaced_on: dt.date | None = REPLACED) -> PoolPolicy:
    return PoolPolicy(
        reason=Reason.TIER3, puts_outside=["Tier 3"], in_force_from=FIRST, replaced_on=replaced_on, decision=decision
    )


@pytest.mark.parametrize(
    ("row", "on", "in_force", "mark"),
    [
        (policy(), FIRST - DAY, False, "In force from Mar 1, 2026"),
        (policy(), FIRST, True, ""),
        (policy(), REPLACED - DAY, True, ""),
        (policy(), REPLACED, False, "In force until Aug 31, 2026"),
        (policy(replaced_on=None), REPLACED, True, ""),
        (policy(PoolDecision.REFUSED), REPLACED, False, "Rejected"),
        (policy(PoolDecision.OPEN), REPLACED, False, ""),
    ],
)
def test_a_rule_is_in_force_or_in_the_history(row: PoolPolicy, on: dt.date, in_force: bool, mark: str) -> None:
    """Show a rule in one of the two lists; only an open proposal is in neither."""
    assert [line.policy for line in presenters.rules([], [row], on)] == [row] * in_force
    assert [line.mark.text for line in presenters.policy_history([row], on)] == [mark] * bool(mark)


def admission(decision: str = PoolDecision.APPROVED, ended_on: dt.date | None = None) -> Admission:
    return Admission(country=Country(name="Ghana"), until=REPLACED, decision=decision, ended_on=ended_on)


@pytest.mark.parametrize(
    ("row", "on", "kind", "mark"),
    [
        (admission(), REPLACED - DAY, "good", "Admitted until Sep 1, 2026"),
        (admission(), REPLACED, "good", "Admitted until Sep 1, 2026"),
        (admission(), REPLACED + DAY, "none", "Expired Sep 1, 2026"),
        (admission(ended_on=FIRST), REPLACED + DAY, "none", "Ended Mar 1, 2026"),
        (admission(PoolDecision.REFUSED), REPLACED, "none", "Rejected"),
    ],
)
def test_an_admission_counts_through_its_last_day(row: Admission, on: dt.date, kind: str, mark: str) -> None:
    [line] = presenters.admission_lines([row], on)
    assert (line.text, line.mark.kind, line.mark.text) == ("Ghana", kind, mark)
    assert presenters.admission_lines([admission(PoolDecision.OPEN)], on) == []


def test_the_figures_leave_territories_out_of_the_countries() -> None:
    entries = {
        "GHA": PoolEntry("GHA"),
        "PER": PoolEntry("PER", admitted=7),
        "TCD": PoolEntry("TCD", Reason.TIER3),
        "ABW": PoolEntry("ABW", "not_a_state"),
        "MAC": PoolEntry("MAC", "not_a_state"),
    }
    facts = presenters.facts(Pool(PoolInputs(FIRST, ()), "2026", entries))
    assert [(fact.term, fact.value) for fact in facts] == [
        ("In the pool", "2"),
        ("Outside", "1"),
        ("Admitted by decision", "1"),
        ("Not states", "2"),
    ]
    assert facts[0].note == "of 3 countries in the TIP Report of 2026"
