"""Findings of a run with all-in draws: overdue editions, groups and widths now and if settled, unconfirmed tiers."""

from __future__ import annotations

import datetime as dt
import statistics
from typing import Any

import pytest

from cpc.accounts.permissions import Role
from indicators.models import Source
from indicators.observations.services import record_unpublished, withdraw_unpublished
from selection.model_definition.criteria_table import read
from selection.models import ScoreRun
from selection.reference_data import FORMER_MODELS
from selection.runs.queries.all_in import AllInFindings, GroupOutcome, Unconfirmed, all_in_findings
from selection.runs.rows import ranking_of
from selection.runs.services import compute_screen
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 6, 30)


def findings(run: ScoreRun) -> AllInFindings:
    found = all_in_findings(run)
    assert found is not None
    return found


def by_limits(shares: list[float]) -> dict[str, int]:
    """Count the shares of draws in each group by the limits of method-4: .80 and .05."""
    inside, outside = sum(share >= 0.8 for share in shares), sum(share < 0.05 for share in shares)
    return {"in": inside, "open": len(shares) - inside - outside, "out": outside}


def outcome_of(drawn: dict[str, Any], codes: list[str]) -> GroupOutcome:
    return GroupOutcome(
        counts=by_limits(drawn["within"]),
        inside=tuple(code for code, share in zip(codes, drawn["within"], strict=True) if share >= 0.8),
        width=statistics.median(high - low for low, _, high in drawn["intervals"]),
    )


def test_groups_and_widths_cover_draws_with_and_without_tier_changes(run: ScoreRun) -> None:
    found, drawn = findings(run), run.result["drawn"]
    codes = list(run.countries.filter(rank__isnull=False).order_by("rank").values_list("country__code", flat=True))
    assert found.now == outcome_of(drawn, codes)
    assert found.settled == outcome_of(drawn["all_in"]["settled"], codes)
    assert found.now.width == drawn["median_widths"]["total"]
    assert found.settled is not None
    assert found.settled.counts["in"] > found.now.counts["in"]
    assert found.decomposition == drawn["all_in"]["decomposition"]
    assert found.widths == drawn["median_widths"]


def test_the_overdue_edition_is_named_with_its_day(run: ScoreRun) -> None:
    (edition,) = findings(run).overdue
    assert (edition.criterion, edition.source_key, edition.edition, edition.due_on) == ("tier", "tip", "2026", DUE)
    assert edition.source == "Trafficking in Persons Report"


@pytest.mark.parametrize(
    ("on", "late"),
    [
        (dt.date(2026, 6, 29), ()),
        (dt.date(2026, 6, 30), ("2026",)),
        (dt.date(2027, 6, 29), ("2026",)),
        (dt.date(2027, 6, 30), ("2026", "2027")),
    ],
)
def test_editions_count_from_the_day_on_which_they_are_due(run: ScoreRun, on: dt.date, late: tuple[str, ...]) -> None:
    found = findings(compute_screen(actor=None, on=on))
    assert tuple(edition.edition for edition in found.overdue) == late
    assert found.behind == len(late)
    assert (found.settled is None) == (not late)


def test_a_statement_takes_the_edition_out_even_after_it_is_withdrawn(run: ScoreRun) -> None:
    analyst = make_account(Role.ANALYST, username="ana")
    looked = dt.date(2026, 7, 3)
    statement = record_unpublished(
        source=Source.objects.get(key="tip"), edition="2026", as_of=looked, evidence="state.gov", actor=analyst
    )
    later = compute_screen(actor=None)
    withdraw_unpublished(statement=statement, reason="It is out.", actor=analyst)
    found = findings(later)
    (stated,) = found.statements
    assert (stated.edition, stated.as_of, stated.who, stated.key) == ("2026", looked, str(analyst), statement.pk)
    assert (found.overdue, found.settled) == ((), None)
    assert findings(run).statements == ()


def test_a_statement_leaves_a_later_edition_overdue(run: ScoreRun) -> None:
    analyst = make_account(Role.ANALYST)
    tip = Source.objects.get(key="tip")
    record_unpublished(source=tip, edition="2026", as_of=dt.date(2026, 7, 3), evidence="state.gov", actor=analyst)
    found = findings(compute_screen(actor=None, on=dt.date(2027, 7, 1)))
    assert [edition.edition for edition in found.overdue] == ["2027"]
    assert [stated.edition for stated in found.statements] == ["2026"]


def test_unconfirmed_tiers_are_counted_of_all_and_of_the_first(run: ScoreRun) -> None:
    # Every second country of the pool has an unconfirmed tier.
    ranked = run.countries.filter(rank__isnull=False)
    loose = [row.tier_quality == "unconfirmed" for row in ranked.order_by("rank")]
    assert findings(run).unconfirmed == Unconfirmed(sum(loose), 30, sum(loose[:20]), 20)
    assert 0 < sum(loose[:20]) < sum(loose) < 30


def test_every_country_has_the_figures_that_its_row_stores(run: ScoreRun) -> None:
    for score in run.countries.select_related("country"):
        row = ranking_of(run).row(score.country.code)
        assert row is not None
        found = row.all_in
        if not score.lines or score.status == "not_rankable":
            assert found is None
            continue
        assert found is not None
        assert found.data_weights.p20 == score.detail["data_weights"]["p20"]
        assert found.reliability == score.detail["reliability"]["value"]
        assert (found.free is None) == (score.rank is None)
        assert (found.outside is None) == (score.status != "outside_pool")
        assert (found.income_rank is not None) == (score.rank is not None)


def test_runs_of_the_earlier_model_have_no_such_findings(run: ScoreRun) -> None:
    assert run.is_all_in
    assert ranking_of(run).is_all_in
    former = compute_screen(actor=None, table=read(FORMER_MODELS[-1]))
    assert not former.is_all_in
    assert all_in_findings(former) is None
    assert all(row.all_in is None for row in ranking_of(former).rows)
