"""Two rankings side by side: the runs that are proposed, the way to a country's reasons, and tabs that keep the run."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path

import pytest
from django.test import Client

from indicators.models import Observation
from selection.models import ScoreRun
from selection.queries.asked_runs import runs_to_compare
from selection.queries.comparison import compare
from selection.queries.comparison_data import data_behind
from selection.queries.move_causes import Cause
from selection.services import compute_screen, look_back
from selection.tables.runs import choices
from selection.tables.two_runs_causes import Told
from tests.support.ranking_runs import copied
from tests.support.rankings import publish_values, value
from tests.support.rounds import Office

PAST = dt.date(2026, 2, 1)


def page(client: Client, query: str, status: int = 200) -> str:
    """Return the page of a comparison."""
    response = client.get(f"/runs/compare/{query}")
    assert response.status_code == status, query
    return response.content.decode()


@pytest.fixture
def code(run: ScoreRun) -> str:
    """Return a country in the middle of the ranking."""
    return run.countries.get(rank=12).country.code


@pytest.fixture
def later(run: ScoreRun, code: str, tmp_path: Path) -> ScoreRun:
    """Return a run after a later edition gave the country another value."""
    rows = [value("unicef.child_labour_activity_or_chores", code, "2023", "2.5")]
    publish_values(tmp_path / "later", rows, edition="2026")
    return compute_screen(actor=None, on=run.reference_date)


def test_a_look_back_is_proposed_where_nothing_else_was_shown_first_before(run: ScoreRun, analyst: Client) -> None:
    back = look_back(actor=None, on=PAST)
    html = page(analyst, "")
    assert f'<option value="{back.pk}" selected>' in html
    assert f'<option value="{run.pk}" selected>' in html


def test_full_scores_are_offered_apart_from_desk_screens(run: ScoreRun, office: Office) -> None:
    found = office.scored()
    full = found.runs.get().run
    (screens, fulls) = choices(runs_to_compare())
    assert (screens[0], fulls[0]) == ("Desk screens", "Full scores of rounds")
    assert [number for number, _ in screens[1]] == [str(run.pk)]
    ((number, words),) = fulls[1]
    assert number == str(full.pk)
    assert words.startswith(f"Run {full.pk}, full score of {found}, ")


def test_each_movement_leads_to_its_reasons_and_one_country_can_be_chosen(
    run: ScoreRun, later: ScoreRun, code: str, analyst: Client
) -> None:
    asked = f"?one={run.pk}&other={later.pk}"
    html = page(analyst, asked)
    assert f'href="#why-{code}"' in html
    targets = set(re.findall(r'href="#(why-[A-Z]{3})"', html))
    assert targets
    assert targets <= set(re.findall(r'<tr role="row" id="(why-[A-Z]{3})"', html))
    shown = page(analyst, f"{asked}&country={code}")
    assert re.findall(r'<tr role="row" id="why-([A-Z]{3})"', shown) == [code]
    still = next(move.row for move in compare(run, later).moves if move.places == 0)
    assert f"{still.name} keeps its place among the" in page(analyst, f"{asked}&country={still.code}")
    assert "Neither ranking ranks a country “XYZ”." in page(analyst, f"{asked}&country=XYZ", 400)


def test_a_movement_has_the_ranks_of_each_run_and_both_directions_of_passing(
    run: ScoreRun, later: ScoreRun, code: str, analyst: Client
) -> None:
    found = compare(run, later)
    move = next(move for move in found.moves if move.row.code == code)
    assert move.before is not None
    assert move.after is not None
    response = analyst.get(f"/runs/compare/?one={run.pk}&other={later.pk}")
    shift = next(shift for shift in response.context["shifts"] if shift.move.code == code)
    assert (shift.move.before, shift.move.after) == (move.before.rank, move.after.rank)
    by_others = dataclasses.replace(
        move, cause=Cause.OTHERS, alone=0, places=-1, passed_by=("Peru", "Chile"), passes=("Nepal",)
    )
    told = Told(found, data_behind(found))
    assert told.why(by_others).also.endswith("Passed by Peru and Chile, and passes Nepal.")
    assert told.why(dataclasses.replace(by_others, places=1)).also.endswith(
        "Moves above Nepal, and is passed by Peru and Chile."
    )


def test_the_tabs_keep_a_run_that_is_not_shown_first(run: ScoreRun, analyst: Client) -> None:
    back = look_back(actor=None, on=PAST)
    for address in (f"/ranking/?run={back.pk}", f"/runs/{back.pk}/", f"/ranking/how-sure/?run={back.pk}"):
        html = analyst.get(address).text
        tabs = re.findall(r'href="([^"]*)"', html[html.index('class="c-sub"') : html.index("Method</a>")])
        assert tabs[:5] == [
            f"{path}?run={back.pk}"
            for path in (
                "/ranking/",
                "/ranking/what-if/",
                "/ranking/compare/",
                "/ranking/how-sure/",
                "/ranking/backtest/",
            )
        ]
        assert tabs[5:] == ["/models/", "/ranking/pool/", "/runs/", "/method/"]
        assert "as published by" in html
    for address in ("/ranking/", f"/ranking/?run={run.pk}", f"/runs/{run.pk}/"):
        html = analyst.get(address).text
        assert f"/ranking/what-if/?run={run.pk}" not in html


@pytest.mark.tampers
def test_a_day_that_a_former_rule_answers_can_be_computed_again(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    """Keep a run that asked for every tier, and passed over a newer report."""
    listed = Observation.objects.filter(indicator__code="tip.tier", valid_to=None).order_by("country__code")
    tiers = list(listed.values_list("country__code", "label"))[5:]
    rows = [value("tip.tier", code, "2026", label) for code, label in tiers]
    publish_values(tmp_path / "tiers", rows, edition="2026")
    by_rule = compute_screen(actor=None, on=run.reference_date - dt.timedelta(days=2))
    pool = {name: kept for name, kept in by_rule.inputs["pool"].items() if name != "stated"}
    former = copied(by_rule, lambda row: None, pool=pool, beside="look_back")
    html = page(analyst, f"?on={former.reference_date}")
    assert f"Run {former.pk} answers for" in html
    assert f'href="/runs/as-known/?on={former.reference_date}">Compute that day again' in html
    assert "by a former rule" not in page(analyst, f"?one={former.pk}")
