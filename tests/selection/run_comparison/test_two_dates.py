"""Comparison of two rankings: the page, its explanations, dates without a run, and invalid parameters."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from indicators.imports.publishing import retract
from indicators.models import Import
from indicators.observations.as_of import REVISED_FILES
from selection.model_definition.criteria_table import read
from selection.models import ScoreRun
from selection.reference_data import FORMER_MODELS
from selection.run_comparison.presenters import page as page_presenters
from selection.run_comparison.presenters.causes import CauseText, Why, sheet_rows
from selection.run_comparison.queries.causes import Cause
from selection.run_comparison.queries.comparison import Comparison, RunMove, compare
from selection.run_comparison.queries.data_differences import data_behind, hidden_from
from selection.run_comparison.queries.pool_differences import pool_between
from selection.run_comparison.queries.requested_runs import computed_days, run_of_day
from selection.runs import services as runs_services
from selection.runs.services import compute_screen, look_back
from tests.support.fragments import fragment_text
from tests.support.ranking_runs import copied, without_draws
from tests.support.rankings import publish_values, value
from tests.support.rounds import Office

LABOR = "unicef.child_labour_activity_or_chores"
PAST = dt.date(2026, 2, 1)


def page(client: Client, query: str, status: int = 200) -> str:
    """Return the page of a comparison: its text with single spaces, then its markup."""
    response = client.get(f"/runs/compare/{query}")
    assert response.status_code == status, query
    markup = response.content.decode()
    return f"{' '.join(unescape(re.sub('<[^>]*>', '', markup)).split())} {markup}"


def move_of(found: Comparison, code: str) -> RunMove:
    """Return one country of a comparison."""
    return next(move for move in found.moves if move.row.code == code)


def why_of(found: Comparison, code: str) -> Why:
    """Return the reasons for one country's movement as text."""
    return CauseText(found, data_behind(found)).why(move_of(found, code))


def verdict(found: Comparison) -> str:
    """Return the sentences at the head of the page."""
    moves = page_presenters.lists(found)
    facts = page_presenters.verdict(found, moves, pool_between(found))
    return fragment_text("run_comparison/_verdict.html", verdict=facts, comparison=found, moves=moves)


@pytest.fixture
def code(run: ScoreRun) -> str:
    """Return a country in the middle of the ranking."""
    return run.countries.get(rank=12).country.code


@pytest.fixture
def old(run: ScoreRun, code: str) -> str:
    """Return the country's share of children in child labor as text."""
    (line,) = (line for line in run.countries.get(country__code=code).lines if line["key"] == "child_labour")
    return f"{line['estimate']['published'][0]['value']:.1f}% (2019)"


@pytest.fixture
def later(run: ScoreRun, code: str, tmp_path: Path) -> ScoreRun:
    """Return a run after a later edition gave the country another value."""
    publish_values(tmp_path / "later", [value(LABOR, code, "2023", "2.5")], edition="2026")
    return compute_screen(actor=None, on=run.reference_date)


# ---- causes --------------------------------------------------------------------------------------------------------


def test_a_new_value_is_named_with_both_values_years_and_editions(
    run: ScoreRun, later: ScoreRun, code: str, old: str, analyst: Client
) -> None:
    found = compare(later, run)
    assert (found.before, found.after) == (run, later)
    own = move_of(found, code)
    assert own.cause is Cause.DATA
    (reason, *_) = why_of(found, code).reasons
    assert [one.text for one in (*reason.before, *reason.after)] == [old, "2.5% (2023)"]
    assert [one.edition for one in (*reason.before, *reason.after)] == ["UNICEF, 2025 edition", "UNICEF, 2026 edition"]
    assert own.places is not None
    assert own.places < 0
    passing = [move for move in found.moved if move.row.code != code]
    assert passing
    assert own.alone == own.places  # the others hardly change
    assert {move.cause for move in passing} <= {Cause.OTHERS, Cause.FITTED, Cause.PEERS}
    above = next(move for move in passing if move.cause is Cause.OTHERS)
    assert (above.alone, above.passes) == (0, (own.row.name,))
    also = fragment_text("run_comparison/_others.html", why=why_of(found, above.row.code), move=above)
    assert also.startswith("Its ")
    assert also.endswith(f". Moves above {own.row.name}.")
    html = page(analyst, f"?one={run.pk}&other={later.pk}")
    for text in (
        old,
        "2.5% (2023)",
        "The data differ; the decisions on the pool and the model are the same.",
    ):
        assert text in html
    batch = Import.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert f'href="{reverse("import", args=[batch])}"' in html
    for pk in (*own.changes[0].before["observations"], *own.changes[0].after["observations"]):  # type: ignore[index]  # both runs count it
        assert f'href="{reverse("observation", args=[pk])}"' in html


def test_the_sheet_has_a_row_for_each_criterion_that_differs(
    run: ScoreRun, later: ScoreRun, code: str, old: str, analyst: Client
) -> None:
    response = analyst.get(f"/runs/compare/?one={run.pk}&other={later.pk}&format=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    (own,) = [row for row in rows if row["Code"] == code and row["Cause"] == "Other data"]
    assert own["Criterion"] == "Child labor, activity or chores"
    name = "Child labor, economic activity and/or household chores (lower is better)"
    values = (own[f"Value, run {run.pk}"], own[f"Value, run {later.pk}"])
    assert values == (f"{name}: {old}", f"{name}: 2.5% (2023)")
    assert float(own["Points"]) < 0
    found = compare(run, later)
    assert {row["Code"] for row in rows} == {move.row.code for move in found.changed}


def test_a_value_that_was_taken_back_is_distinguished_from_a_new_one(
    run: ScoreRun, later: ScoreRun, code: str, old: str
) -> None:
    batch = Import.objects.order_by("-pk")[0]
    retract(batch_id=batch.pk, actor=None, reason="The publisher took it back.")
    again = compute_screen(actor=None, on=run.reference_date)
    found = compare(later, again)
    assert move_of(found, code).cause is Cause.DATA
    (reason, *_) = why_of(found, code).reasons
    assert [one.text for one in (*reason.before, *reason.after)] == ["2.5% (2023)", old]
    assert reason.note == "the earlier value was retracted"


def test_where_the_day_alone_differs_values_are_only_older(run: ScoreRun, analyst: Client) -> None:
    later = run.reference_date.replace(year=run.reference_date.year + 2)
    # Version 3 carries the trend of past years to any age.
    days = [compute_screen(actor=None, on=day, table=read(FORMER_MODELS[-1])) for day in (run.reference_date, later)]
    found, by_day = compare(*days), days[1]
    assert {change.cause for move in found.moves for change in move.changes} <= {Cause.AGE, Cause.PEERS, Cause.FITTED}
    ghana = move_of(found, "GHA")
    births = next(change for change in ghana.changes if change.key == "births")
    assert births.cause is Cause.AGE
    reason = CauseText(found, data_behind(found)).reason(births)
    assert reason.is_one_value
    assert reason.note.startswith(
        "the same value, two years older, so the trend of past years moves it further: it counts as "
    )
    assert "Only time passed" in verdict(found)
    assert "Both rankings count the same published values." in page(analyst, f"?one={days[0].pk}&other={by_day.pk}")


def test_a_country_that_was_admitted_gains_a_rank_by_another_pool(run: ScoreRun, office: Office) -> None:
    from tests.support.pool import admitted

    admitted(office.analyst, office.approver, "ROU")
    decided = compute_screen(actor=None, on=dt.datetime.now(dt.UTC).date())
    found = compare(run, decided)
    romania = move_of(found, "ROU")
    assert (romania.status_label, romania.cause, romania.deciding) == ("Newly ranked", Cause.POOL, ())
    assert pool_between(found).admitted == ((), ("Romania",))
    assert "The decisions on the pool differ; the data and the model are the same." in verdict(found)
    lists = page_presenters.lists(found)
    assert [group.why for group in lists.gain_groups] == ["Was outside the pool: High income."]


def test_another_tier_takes_a_rank_by_data(run: ScoreRun, tmp_path: Path) -> None:
    rows = [value("tip.tier", "GHA", "2026", "Tier 3")]
    listed = run.countries.exclude(status__in=("not_listed", "not_candidate")).exclude(country__code="GHA")
    rows += [value("tip.tier", code, "2026", "Tier 2") for code in listed.values_list("country__code", flat=True)]
    publish_values(tmp_path / "later", rows, edition="2026")
    found = compare(run, compute_screen(actor=None, on=run.reference_date))
    ghana = move_of(found, "GHA")
    assert (ghana.status_label, ghana.cause) == ("No longer ranked: outside the pool", Cause.DATA)
    (reason,) = why_of(found, "GHA").reasons
    assert [one.text for one in (*reason.before, *reason.after)] == ["Tier 2 (2025)", "Tier 3 (2026)"]


def test_other_model_is_named_and_its_effects_are_separated_from_data(run: ScoreRun, analyst: Client) -> None:
    rows = tuple(dataclasses.replace(row, weight=30.0) if row.key == "cpi" else row for row in read().criteria)
    other = compute_screen(actor=None, table=dataclasses.replace(read(), criteria=rows, version="heavier"))
    found = compare(run, other)
    assert {change.cause for move in found.moves for change in move.changes} == {Cause.MODEL}
    assert {move.cause for move in found.moved} <= {Cause.MODEL, Cause.OTHERS}
    html = page(analyst, f"?one={run.pk}&other={other.pk}")
    kicker = f"desk screen by cpc-default {run.model_version}", "desk screen by cpc-default heavier"
    assert html.index(kicker[0]) < html.index(kicker[1]) < html.index("What is different")
    assert "What the model changes, step by step" in html
    assert f"Weight 30 points in its group, was {read().row('cpi').weight:g}" in html
    assert "The model differs; the data and the decisions on the pool are the same." in html


def test_full_score_against_a_screen_opens_with_that_and_hides_ratings(
    run: ScoreRun, office: Office, client: Client
) -> None:
    full = office.scored().runs.get().run
    found = compare(run, full)
    rated = {row.key for row in read().criteria if row.is_rated}
    assert hidden_from(office.analyst, found) == rated
    assert hidden_from(office.approver, found) == frozenset()
    changes = move_of(found, "GHA").changes
    assert rated & {change.key for change in changes}
    causes = CauseText(found, data_behind(found), hidden_from(office.analyst, found))
    assert not rated & {change.key for change in causes.visible(changes)}
    assert not rated & {change.key for _, change in sheet_rows(causes) if change is not None}
    client.force_login(office.analyst)
    html = page(client, f"?one={run.pk}&other={full.pk}")
    assert html.index("they score different countries on different criteria") < html.index("What is different")
    assert "rated criteria are left out while the round is open" in html
    assert "Only the round&#x27;s candidates are scored." in html


@pytest.mark.tampers
def test_runs_by_the_earlier_model_and_without_draws_can_be_compared(run: ScoreRun, analyst: Client) -> None:
    earlier, plain = compute_screen(actor=None, table=read(FORMER_MODELS[-1])), copied(run, without_draws)
    html = page(analyst, f"?one={run.pk}&other={earlier.pk}")
    assert "What the model changes, step by step" in html
    html = page(analyst, f"?one={run.pk}&other={plain.pk}")
    assert "The two rankings are the same." in html
    assert "Only time passed" in html
    assert "No country moves." in html


# ---- dates ---------------------------------------------------------------------------------------------------------


def test_a_date_without_a_run_is_offered_and_computed_and_leads_back(run: ScoreRun, analyst: Client) -> None:
    html = page(analyst, f"?on={PAST}")
    assert "No ranking as known on Feb 1, 2026 is stored." in html
    assert REVISED_FILES in html
    assert f'action="/runs/as-known/?on={PAST}"' in html
    assert ScoreRun.objects.count() == 1
    sent = {"on": PAST.isoformat(), "idempotency_key": new_key()}
    answers = [analyst.post(f"/runs/as-known/?on={PAST}", sent) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [f"/runs/compare/?on={PAST}"] * 2
    back = run_of_day(PAST)
    assert back is not None
    assert ScoreRun.objects.count() == 2
    html = page(analyst, f"?on={PAST}")
    assert f"Feb 1, 2026 to {run.reference_date:%b} {run.reference_date.day}, {run.reference_date.year}" in html
    assert REVISED_FILES in html
    assert "Only editions loaded here count." in html
    assert "TIP Report of 2025" in html
    assert [on for on, _ in computed_days()] == [run.reference_date, PAST]
    for address in (f"/ranking/?run={back.pk}", f"/countries/GHA/?run={back.pk}", f"/runs/{back.pk}/"):
        assert REVISED_FILES in unescape(analyst.get(address).text)


def test_reader_who_cannot_compute_sees_the_available_days(run: ScoreRun, as_role: Callable[[Role], Client]) -> None:
    viewer = as_role(Role.VIEWER)
    html = page(viewer, "?on=2020-12-31&to=2024-12-31")
    assert "An analyst can compute it." in html
    assert "No ranking as known on Dec 31, 2020 is stored." in html
    assert "No ranking as known on Dec 31, 2024 is stored." in html
    assert "/runs/as-known/" not in html
    assert f'href="?on={run.reference_date.isoformat()}"' in html
    refused = viewer.post("/runs/as-known/?on=2024-12-31", {"on": "2024-12-31", "idempotency_key": new_key()})
    assert refused.status_code == 403
    assert ScoreRun.objects.count() == 1


def test_day_before_any_data_is_rejected_at_its_field(run: ScoreRun, analyst: Client) -> None:
    sent = {"on": "2001-01-01", "idempotency_key": new_key()}
    response = analyst.post("/runs/as-known/?on=2001-01-01", sent)
    assert response.status_code == 422
    assert "None of the loaded TIP Reports was published by Jan 1, 2001" in response.text
    assert 'href="/runs/compare/?on=2001-01-01"' in response.text


def test_the_form_that_computes_leads_nowhere_else(run: ScoreRun, analyst: Client) -> None:
    for query in ("?next=https://elsewhere.example/", "?on=//elsewhere.example", "?one=https://elsewhere.example"):
        response = analyst.post(f"/runs/as-known/{query}", {"on": PAST.isoformat(), "idempotency_key": new_key()})
        assert response.status_code == 400
    assert ScoreRun.objects.count() == 1


def test_answer_on_fewer_data_than_loaded_is_marked(
    run: ScoreRun, office: Office, client: Client, tmp_path: Path
) -> None:
    client.force_login(office.analyst)
    back = look_back(actor=office.analyst, on=PAST)
    publish_values(tmp_path / "later", [value(LABOR, "GHA", "2023", "2.5")], edition="2026", out=PAST)
    html = page(client, f"?on={PAST}&other={run.pk}")
    assert f"Run {back.pk} shows" in html
    assert "More has been loaded since." in html
    again = look_back(actor=office.analyst, on=PAST)
    assert run_of_day(PAST) == again
    assert "More has been loaded since." not in page(client, f"?on={PAST}&other={run.pk}")


# ---- addresses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?one=999999", "There is no run “999999”."),
        ("?one=run", "There is no run “run”."),
        ("?on=2021-13-01", "There is no month 13."),
        ("?on=1500-01-01", "First: or a date"),
        ("?on=2050-01-01", "Jan 1, 2050 is in the future."),
        ("?on=2021-12-31&to=2021-12-31", "Both choices are the same."),
        ("?from=2021-12-31", "This page does not accept “from”."),
        ("?format=pdf", "“pdf” is not an export format."),
    ],
)
def test_a_bad_address_is_answered_with_what_to_change(
    run: ScoreRun, analyst: Client, query: str, message: str
) -> None:
    assert message in page(analyst, query, 400)


def test_run_with_a_day_or_the_same_run_twice_is_rejected(run: ScoreRun, analyst: Client) -> None:
    assert "Choose a run or a date, not both" in page(analyst, f"?one={run.pk}&on=2021-12-31", 400)
    assert "Both choices are the same." in page(analyst, f"?one={run.pk}&other={run.pk}", 400)
    assert f"Both choices lead to run {run.pk}." in page(analyst, f"?one={run.pk}", 400)
    assert f"Both choices lead to run {run.pk}." in page(analyst, f"?on={run.reference_date}&other={run.pk}", 400)


def test_default_compares_the_first_shown_ranking_with_the_previous(
    run: ScoreRun, later: ScoreRun, analyst: Client
) -> None:
    html = page(analyst, "")
    assert f'<option value="{run.pk}" selected>' in html
    assert f"Run {run.pk} to Run {later.pk}" in html


def test_one_ranking_alone_asks_for_a_day(run: ScoreRun, analyst: Client) -> None:
    assert "There is no other desk screen to set it against." in page(analyst, "")


@pytest.mark.usefixtures("db")
def test_page_before_any_ranking_explains_it(analyst: Client) -> None:
    assert "There is no ranking yet." in page(analyst, "")
    assert "No ranking as known on Dec 31, 2021 is stored." in page(analyst, "?on=2021-12-31")


def test_reviewers_see_no_comparison(run: ScoreRun, later: ScoreRun, reviewer: Client) -> None:
    assert reviewer.get("/runs/compare/").status_code == 404
    assert reviewer.get(f"/runs/compare/?one={run.pk}&other={later.pk}&format=csv").status_code == 404


def test_the_page_of_a_run_leads_to_the_whole_comparison(run: ScoreRun, later: ScoreRun, analyst: Client) -> None:
    html = analyst.get(f"/runs/{later.pk}/").text
    assert f"/runs/compare/?one={run.pk}&amp;other={later.pk}" in html
    assert runs_services.compute_screen(actor=None, on=run.reference_date) == later
