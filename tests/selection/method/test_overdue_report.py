"""The overdue TIP Report through the database: stated as not published, and published with the tiers as they were."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from cpc.accounts.permissions import Role
from indicators.models import Source
from indicators.observations.as_of import current, known_values
from indicators.observations.services import record_unpublished
from partnerships.demo import load_partnerships
from selection.models import CountryScore, ScoreRun
from selection.runs.services import compute_screen
from tests.selection.method import method_figures
from tests.selection.method.method_run import ON, Reference, reference
from tests.support.accounts import make_account
from tests.support.rankings import publish_values, value

OUT = dt.date(2026, 7, 10)
SHARE, ENDS, NEAR = 0.025, 3, 0.02

pytestmark = pytest.mark.world("facts")


@pytest.fixture
def run(db: None) -> Reference:
    load_partnerships(lambda done, total: None)
    return reference()


def compare_with_settled(run: Reference, found: ScoreRun) -> None:
    """Check a stored run against the draws of the reference in which no tier changes."""
    settled = [one.settled for one in run.all_in if one.settled]
    shares = np.mean([one.within for one in settled], axis=0)
    ends = np.mean([one.intervals for one in settled], axis=0)
    rows = {row.country.code: row for row in CountryScore.objects.filter(run=found).select_related("country")}
    groups: Counter[str] = Counter()
    for k, code in enumerate(run.codes("ranked")):
        row = rows[code]
        assert row.rank == run.result.country(code).rank, code
        assert row.score == pytest.approx(100 * run.result.scores[run.position(code)], abs=1e-7), code
        assert row.p20 == pytest.approx(shares[k], abs=SHARE), code
        assert (row.rank_low, row.rank_high) == pytest.approx((ends[k][0], ends[k][2]), abs=ENDS), code
        near = [limit for limit in (0.80, 0.05) if abs(shares[k] - limit) < NEAR]
        # Near a limit, either group is right; the mean of the seeds decides.
        groups["in" if near and shares[k] >= 0.8 else "out" if near and shares[k] < 0.05 else
               "open" if near else row.group] += 1  # fmt: skip
    assert groups == method_figures.SETTLED
    all_in = found.result["drawn"]["all_in"]
    assert (all_in["overdue"], all_in["settled"]) == ([], None)
    assert all_in["holds"][:81] == found.result["drawn"]["within"]
    reliability = np.array(all_in["reliability"][:81])
    assert reliability == pytest.approx(run.all_in[0].reliability_settled[:81], abs=0.001)
    assert found.result["drawn"]["median_widths"]["total"] == pytest.approx(method_figures.SETTLED_WIDTH, abs=ENDS)
    assert "overdue" not in found.result["drawn"]["widths"]


def test_report_stated_unpublished_gives_figures_without_overdue_tiers(run: Reference) -> None:
    record_unpublished(
        source=Source.objects.get(key="tip"),
        edition="2026",
        as_of=OUT,
        evidence="state.gov/reports",
        actor=make_account(Role.ANALYST, username="person"),
    )
    found = compute_screen(actor=None, on=ON)
    assert [stated["edition"] for stated in found.inputs["unpublished"]] == ["2026"]
    assert found.periods["tier"] == "2025"
    compare_with_settled(run, found)


def test_the_report_with_unchanged_tiers_gives_the_settled_groups(run: Reference, tmp_path: Path) -> None:
    former = [known for known in known_values({"tip.tier"}, as_of=current()) if known.period == "2025"]
    assert len(former) > 180
    publish_values(
        tmp_path,
        [value("tip.tier", known.country, "2026", known.label, quality="stated") for known in former],
        edition="2026",
        name="tip-2026",
        out=OUT,
    )
    found = compute_screen(actor=None, on=ON)
    assert found.inputs["unpublished"] == []
    assert found.periods["tier"] == "2026"
    compare_with_settled(run, found)
