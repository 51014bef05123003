"""Rules and admissions in the history of the pool: what each line says on the days around a change."""

from __future__ import annotations

import datetime as dt

import pytest
from django.template.loader import render_to_string

from cpc.accounts.models import User
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
        (policy(PoolDecision.REFUSED), FIRST, False, "Rejected"),
        (policy(PoolDecision.OPEN), FIRST, False, ""),
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


def test_countries_are_listed_by_name() -> None:
    entries = {"CIV": PoolEntry("CIV"), "DEU": PoolEntry("DEU", Reason.TIER3)}
    names = {code: Country(code=code, name=name) for code, name in (("CIV", "Ivory Coast"), ("DEU", "Germany"))}
    found = presenters.countries(Pool(PoolInputs(FIRST, ()), "2026", entries), names)
    assert [(line.code, line.name, line.entry.reason_code) for line in found] == [
        ("DEU", "Germany", "tier3"), ("CIV", "Ivory Coast", "")
    ]  # fmt: skip


def test_rule_lists_its_excluded_countries_and_whether_it_can_change() -> None:
    lines = [
        presenters.CountryLine(code, code, PoolEntry(code, reason))
        for code, reason in (("ALB", Reason.TIER3), ("CIV", ""), ("USA", Reason.UNITED_STATES), ("PER", Reason.TIER3))
    ]
    fixed = PoolPolicy(
        reason=Reason.UNITED_STATES, puts_outside=["USA"], in_force_from=FIRST, decision=PoolDecision.APPROVED
    )
    tier, states = presenters.rules(lines, [policy(), fixed], FIRST)
    assert ([line.code for line in tier.countries], tier.label, tier.may_change) == (["ALB", "PER"], "Tier 3", True)
    assert ([line.code for line in states.countries], states.label, states.may_change) == (
        ["USA"], "The United States", False
    )  # fmt: skip
    assert tier.text == "A country is outside if the newest complete TIP Report names it Tier 3."


MOMENT = dt.datetime(2026, 2, 3, 9, 30, tzinfo=dt.UTC)
AMA, KOFI = User(username="ama"), User(username="kofi")


def proposed(decision: str, *, by: User | None = AMA) -> PoolPolicy:
    row = policy(decision, None)
    row.proposed_by, row.at = by, MOMENT
    if decision != PoolDecision.OPEN:
        row.decided_by, row.decided_at = KOFI, MOMENT + 5 * DAY
    return row


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (proposed(PoolDecision.APPROVED, by=None), "Project default; illustrative until the office decides."),
        (proposed(PoolDecision.APPROVED), f"Proposed by {AMA}, Feb 3, 2026; approved by {KOFI}, Feb 8, 2026."),
        (proposed(PoolDecision.REFUSED), f"Proposed by {AMA}, Feb 3, 2026; rejected by {KOFI}, Feb 8, 2026."),
    ],
)
def test_who_proposed_and_who_decided(row: PoolPolicy, text: str) -> None:
    assert render_to_string("selection/pool/_decided.html", {"row": row}).strip() == text


def test_the_facts_of_a_proposed_rule() -> None:
    row = proposed(PoolDecision.OPEN)
    row.why, row.citation = "To look at all.", "Memo 4"
    before = PoolPolicy(reason=Reason.TIER3, puts_outside=[])
    assert presenters.policy_facts(row, before) == [
        ("Rule", "A country is outside if the newest complete TIP Report names it Tier 3."),
        ("In force from", "Mar 1, 2026"),
        ("Why", "To look at all."),
        ("Document", "Memo 4"),
        ("Proposed by", f"{AMA}, Feb 3, 2026"),
        ("Rule now", "Tier 3: no country is outside for this reason."),
    ]
    row.legal_note = "It may."
    terms = dict(presenters.policy_facts(row, None))
    assert terms["Legal note"] == "It may."
    assert "Rule now" not in terms


def test_the_facts_of_a_proposed_admission() -> None:
    row = admission(PoolDecision.OPEN)
    row.why, row.proposed_by, row.at = "It asked.", AMA, MOMENT
    assert presenters.admission_facts(row, "Tier 3.") == [
        ("Country", "Ghana"),
        ("Outside because", "Tier 3."),
        ("Why admit it", "It asked."),
        ("Last day", "Sep 1, 2026"),
        ("Proposed by", f"{AMA}, Feb 3, 2026"),
    ]
    row.legal_note = "It may."
    assert ("Legal note", "It may.") in presenters.admission_facts(row, "Tier 3.")


def test_the_notes_of_the_figures() -> None:
    facts = presenters.facts(Pool(PoolInputs(FIRST, ()), "2026", {}))
    assert [(fact.value, fact.note) for fact in facts] == [
        ("0", "of 0 countries in the TIP Report of 2026"),
        ("0", "each for the first rule that applies"),
        ("0", "outside by rule"),
        ("0", "listed in the report, never ranked"),
    ]
