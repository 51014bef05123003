"""Comparison of two rankings: proposed runs, links to a country's reasons, and tabs that preserve the run."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from selection.models import ScoreRun
from selection.run_comparison.presenters.causes import CauseText
from selection.run_comparison.presenters.page import verdict
from selection.run_comparison.queries.causes import Cause
from selection.run_comparison.queries.comparison import compare
from selection.run_comparison.queries.data_differences import data_behind
from selection.run_comparison.queries.pool_differences import PoolBetween
from selection.run_comparison.queries.requested_runs import runs_to_compare
from selection.runs.movements import ListedMove, Moves
from selection.runs.presenters import choices
from selection.runs.rows import ranking_of
from selection.runs.services import compute_screen, look_back
from tests.support.fragments import fragment_text
from tests.support.rankings import publish_values, value
from tests.support.rounds import Office

PAST = dt.date(2026, 2, 1)
VALUES = {"2023": "30.0", "2025": "10.0"}


def page(client: Client, query: str, status: int = 200) -> str:
    """Return the page of a comparison with single spaces."""
    response = client.get(f"/runs/compare/{query}")
    assert response.status_code == status, query
    return " ".join(response.content.decode().split())


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


def test_look_back_is_proposed_if_no_earlier_ranking_was_shown_first(run: ScoreRun, analyst: Client) -> None:
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
    ((number, text),) = fulls[1]
    assert number == str(full.pk)
    assert text.startswith(f"Run {full.pk}, full score of {found}, ")


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
    assert f"{still.name} does not move among the" in page(analyst, f"{asked}&country={still.code}")
    assert "Neither ranking has a country “XYZ”." in page(analyst, f"{asked}&country=XYZ", 400)


def test_requested_country_comes_first_even_without_a_rank(
    run: ScoreRun, later: ScoreRun, code: str, analyst: Client
) -> None:
    asked = f"?one={run.pk}&other={later.pk}"
    shown, plain = page(analyst, f"{asked}&country={code}"), page(analyst, asked)
    (form,) = re.findall('<form class="c-dates".*?</form>', shown, re.DOTALL)
    assert f'<option value="{code}" selected>' in form  # one form asks for both runs and the country
    assert shown.index('id="h-why"') < shown.index('id="h-differences"')
    assert plain.index('id="h-why"') > plain.index('id="h-differences"')
    without = next(move for move in compare(run, later).moves if move.status_label == "No rank in either")
    text = page(analyst, f"{asked}&country={without.row.code}")
    assert f"Neither ranking ranks {without.row.name}." in unescape(text)


def test_the_head_counts_movements_so_that_they_add_up_and_warns_of_tiers(
    run: ScoreRun, later: ScoreRun, analyst: Client
) -> None:
    found = compare(run, later)
    moved = sum(bool(move.places) for move in found.both)
    assert len(found.moved) == moved + len(found.lost) + len(found.gained)
    sentence = fragment_text("run_comparison/_movement_counts.html", comparison=found)
    assert sentence.startswith(
        f"{len(found.moved)} movements in all: {moved} change place among the {len(found.both)} "
    )
    first = ranking_of(later).first
    loose = sum(row.tier_quality == "unconfirmed" for row in first)
    html = unescape(page(analyst, f"?one={run.pk}&other={later.pk}"))
    assert f"Run {later.pk}: The tiers of {loose} of the first {len(first)} countries have not been checked" in html
    assert sentence in html
    assert sentence in " ".join(unescape(analyst.get(f"/runs/{later.pk}/").text).split())


def test_entries_and_exits_come_first_and_lost_ranks_last(run: ScoreRun, later: ScoreRun) -> None:
    found = compare(run, later)
    enter, leave, lost, other = [move for move in found.moves if move.row.rank][:4]
    moves = [
        dataclasses.replace(move, cause=cause)
        for move, cause in ((enter, Cause.DATA), (leave, Cause.DATA), (lost, Cause.POOL))
    ]
    rows = [
        ListedMove(enter.row.code, 21, 1, enter.row.name, ""),
        ListedMove(leave.row.code, 1, 22, leave.row.name, ""),
        ListedMove(lost.row.code, 2, None, lost.row.name, ""),
        ListedMove(other.row.code, 3, 2, other.row.name, ""),
    ]
    found, lists = dataclasses.replace(found, moves=tuple(moves)), Moves.of(rows, 20)
    given: dict[str, Any] = {"comparison": found, "verdict": verdict(found, lists, PoolBetween()), "moves": lists}
    more = fragment_text("run_comparison/_verdict.html", **given)
    assert more.startswith(
        "1 country enters the first 20 and 2 leave it. Main cause of 2 of these 3 movements: other data"
    )
    down = more.index(f"{leave.row.name} moves down and leaves the first 20")
    assert down < more.index(f"{lost.row.name} leaves the first 20 because it loses its rank")


def test_value_of_a_newer_file_shows_when_it_starts_to_count(run: ScoreRun, tmp_path: Path) -> None:
    """Read a file of May 2026 with values of 2023, which count from the second year after theirs, and of 2025."""
    rows = [value("unicef.child_labour_activity_or_chores", "GHA", year, share) for year, share in VALUES.items()]
    publish_values(tmp_path / "file", rows, edition="2026", out=dt.date(2026, 5, 1))
    found = compare(look_back(actor=None, on=PAST), compute_screen(actor=None, on=run.reference_date))
    (changes,) = [move.changes for move in found.moves if move.row.code == "GHA"]
    causes = CauseText(found, data_behind(found))
    (reason,) = [causes.reason(change) for change in changes if change.key == "child_labour"]
    assert [one.edition for one in (*reason.before, *reason.after)] == [
        "UNICEF, counts as published from Jan 1, 2025, read from the file of the 2026 edition",
        "UNICEF, 2026 edition",
    ]
    assert reason.note == "the newer value was not yet published on Feb 1, 2026: counts as published from May 1, 2026"


def test_movement_has_both_ranks_and_both_directions_of_passing(
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
    causes = CauseText(found, data_behind(found))

    def also(**values: Any) -> str:
        why = causes.why(dataclasses.replace(by_others, **values))
        return fragment_text("run_comparison/_others.html", why=why, move=why.move)

    sentences = [also(points=points) for points in (-1.72, 0.02, 1.72)]
    assert sentences[0].startswith("Its score fell by 1.7 points, which by itself would not have moved it down. ")
    assert sentences[1].startswith("Its own score is almost the same. ")
    assert sentences[2].startswith("Its score rose by 1.7 points, which by itself would not have moved it up. ")
    for count, last in ((8, "Land 7 and Land 8"), (9, "Land 8 and Land 9"), (12, "Land 8 and 4 more")):
        passing = tuple(f"Land {number}" for number in range(1, count + 1))
        assert f"{last}, and passes Nepal." in also(passed_by=passing)
    assert also().endswith("Passed by Peru and Chile, and passes Nepal.")
    assert also(places=1).endswith("Moves above Nepal, and is passed by Peru and Chile.")


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
        assert tabs[5:] == ["/partnerships/outcomes/", "/models/", "/ranking/pool/", "/runs/", "/method/"]
        assert "as published by" in html
    for address in ("/ranking/", f"/ranking/?run={run.pk}", f"/runs/{run.pk}/"):
        html = analyst.get(address).text
        assert f"/ranking/what-if/?run={run.pk}" not in html
