"""Comparison of models on the shipped facts: lost ranks and their causes, each difference alone, and publishing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from selection.model_definition.changes import Bearing, applied, changes
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.editing import (
    Change,
    find,
    with_row,
    with_settings,
)
from selection.model_versions.presenters.changes import ModelChange, model_change
from selection.model_versions.services import versions as versions_services
from selection.models import ScoreRun, ScoringModel
from tests.selection.model_versions.test_comparison import effect_text, text_of
from tests.support.accounts import make_account
from tests.support.models import draft, exported, shipped, weighing

pytestmark = pytest.mark.world("newcomer")

Edit = Callable[[ScoringModel], Change]


@pytest.fixture
def author(newcomer: ScoreRun) -> User:
    return make_account(Role.ANALYST, username="author")


@pytest.fixture
def approver(newcomer: ScoreRun) -> Client:
    client = Client()
    client.force_login(make_account(Role.APPROVER, username="approves"))
    return client


def weight(key: str, points: float) -> Edit:
    return lambda model: weighing(model, key, points)


def ten_years(key: str) -> Edit:
    return lambda model: with_row("rules", key, {**find(model.table, "rules", key), "within": 10})


def fresh_for_ten(model: ScoringModel) -> Change:
    """Return a change that uses the next series of child labor if the main one is older than ten years."""
    row = find(model.table, "criteria", "child_labour")
    return with_row("criteria", "child_labour", {**row, "estimate": {**row["estimate"], "fresh": 10}})


def reworded(model: ScoringModel) -> Change:
    return with_row("rules", "E2", {**find(model.table, "rules", "E2"), "reason": "Another reason."})


def drafted(author: User, *edits: Edit) -> ScoringModel:
    made = draft(author, note="Sample of a draft.")
    for edit in edits:
        made = versions_services.edit_model(
            model=made, change=edit(made), actor=author, expected_revision=made.current_revision()
        )
    return made


LIMIT: Sequence[Edit] = (ten_years("E2"), ten_years("E3"), fresh_for_ten)


def text(client: Client, name: str, pk: int, query: str = "") -> str:
    answer = client.get(reverse(name, args=[pk]) + query)
    assert answer.status_code == 200, answer.text[:400]
    return " ".join(unescape(answer.text).split())


def effects(change: ModelChange) -> dict[str, str]:
    texts = [(row, re.sub("^Together with [^:]*: ", "", effect_text(row))) for row in change.rows()]
    return {one.location: text for row, text in texts for one in row.changes}


# ---- on the shipped model ------------------------------------------------------------------------------------------


def test_ten_year_limit_removes_ranks_and_names_the_evidence(author: User) -> None:
    change = model_change(shipped(), drafted(author, *LIMIT))
    assert change.moves is not None
    assert change.moves.ranked == (81, 72)  # method.md 1.2
    assert len(change.moves.lost) == 9
    assert change.moves.gained == []
    reasons = {group.why for group in change.moves.loss_groups}
    # The sentence of the rule still names 15 years; the reason follows the limit that counts.
    assert reasons == {
        "Under version 5: provisional. No value of child marriage or births not registered within 10 years."
    }
    details = {row.name: row.detail for row in change.moves.lost}
    assert details["Azerbaijan"] == "value of 2011"


def test_each_difference_is_measured_alone(author: User) -> None:
    edits = (weight("child_labour", 30), *LIMIT)
    whole = model_change(shipped(), drafted(author, *edits))
    sentences = effects(whole)
    assert len(sentences) == len(edits)
    for edit in edits:
        alone = effects(model_change(shipped(), drafted(author, edit)))
        ((location, effect),) = alone.items()
        assert sentences[location] == effect
    assert sentences["Child labor, activity or chores: weight"].startswith(
        "Burundi replaces Pakistan in the first 20; "
    )
    assert sentences["Evidence rule E2 (Child labor): oldest value that counts"] == (
        "Mauritania enters the first 20; 7 lose a rank, among them Cameroon"
    )
    assert sentences["Evidence rule E3 (Child marriage, Births not registered): oldest value that counts"] == (
        "The first 20 stay; 9 lose a rank"
    )
    values = {one.location: (one.before, one.after) for one in whole.changes}
    assert values["Child labor, activity or chores: weight"] == (
        "21 of 100 points (10.5% of the whole)",
        "30 of 109 points (13.8% of the whole)",
    )
    assert values["Evidence rule E2 (Child labor): oldest value that counts"] == ("15 years", "10 years")


def test_all_single_changes_together_make_the_later_model(author: User) -> None:
    made = drafted(author, weight("cpi", 9), reworded, *LIMIT)
    before = shipped().as_table
    data = applied(before, changes(before, made.as_table))
    assert ModelTable.from_dict({**data, "version": made.as_table.version}).hash == made.as_table.hash


def test_wording_alone_gives_the_same_list(author: User) -> None:
    made = drafted(author, reworded)
    change = model_change(shipped(), made)
    assert change.verdict == ("Versions 4 and 5 give the same list.", "")
    assert [effect_text(row) for row in change.rows()] == ["Wording only"]
    assert text_of("_publishing_summary.html", change=change) == "Publishing changes no rank."
    assert not change.matters


def test_draws_and_rated_criteria_are_listed_as_moving_no_rank(author: User) -> None:
    made = drafted(author, lambda model: with_settings({"rho": 0.4}), weight("prosecution", 5))
    sentences = effects(model_change(shipped(), made))
    assert sentences == {
        "Spread of the weights in the draws": "No rank changes; intervals, shares of draws, or groups may change",
        "Political will: prosecution: weight": "None in this list; it counts in the full score of a round",
    }


def test_another_first_n_is_named_and_counted_in_both(author: User, approver: Client) -> None:
    def fifteen(model: ScoringModel) -> Change:
        return lambda table: {**table, "method": {**table["method"], "first": 15}}

    made = drafted(author, fifteen, weight("child_labour", 30))
    page = text(approver, "model-compare", made.pk)
    assert "Version 4 singles out the first 20; here, both lists use the first 15." in page
    assert "No rank changes; it sets how many countries count as the first" in page
    assert "Enter or leave the first 15" in page


def test_differences_beyond_the_limit_are_listed_as_not_computed(author: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("selection.model_versions.queries.movements.MOST", 1)
    sentences = effects(model_change(shipped(), drafted(author, weight("child_labour", 30), weight("cpi", 9))))
    assert sum(effect.startswith("Not computed") for effect in sentences.values()) == 1


def test_unused_model_is_compared_with_the_current_one(author: User) -> None:
    data = {**exported(shipped()), "key": "other"}
    made = versions_services.import_model(data=data, note="Another model", actor=author)
    change = model_change(shipped(), made)
    assert change.moves is not None
    assert change.moves.is_same
    assert (change.in_use, change.after.title) == (False, str(made))
    assert model_change(shipped(), drafted(author, ten_years("E2"))).in_use


# ---- pages ---------------------------------------------------------------------------------------------------------


def test_the_page_gives_verdict_facts_reasons_and_movements(author: User, approver: Client) -> None:
    made = drafted(author, ten_years("E2"))
    page = text(approver, "model-compare", made.pk)
    assert "Cameroon leaves the first 20 because it loses its rank, not because it falls." in page
    assert "74<small>81 under version 4</small>" in page.replace("> <", "><")
    assert "Mauritania enters the first 20 because others lose a rank above it." in page
    assert "Under version 5: provisional. No value of child labor within 10 years." in page
    assert "Movement among the 74 ranked by both" in page
    assert "All 74 movements" in page
    assert reverse("model-publish", args=[made.pk]) in page
    assert page.count("<tr") < 30
    everyone = text(approver, "model-compare", made.pk, "?moves=all")
    assert everyone.count("<tr") >= 74
    for query in ("?moves=some", "?format=pdf", "?to=run-9999", "?to=run-", "?to=-1", "?to=%C2%B2"):
        assert approver.get(reverse("model-compare", args=[made.pk]) + query).status_code == 400, query


def test_the_sheet_has_every_country_that_is_ranked_by_one_of_them(author: User, approver: Client) -> None:
    made = drafted(author, ten_years("E2"))
    answer: Any = approver.get(reverse("model-compare", args=[made.pk]) + "?format=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 81
    found = {row["Code"]: row for row in rows}
    assert (found["CMR"]["Rank under version 4"], found["CMR"]["Rank under version 5"]) == ("8", "")
    assert (found["CMR"]["First 20"], found["CMR"]["Rank gained or lost"]) == ("leaves", "lost")
    assert found["CMR"]["Why it has no rank on one side"].endswith("No value of child labor within 10 years.")


def test_the_model_of_a_stored_run_is_compared_on_the_data_of_the_newest(
    newcomer: ScoreRun, author: User, approver: Client
) -> None:
    made = drafted(author, ten_years("E2"))
    page = text(approver, "model-compare", made.pk, f"?to=run-{newcomer.pk}")
    assert f"Version 5 compared with the model of run {newcomer.pk}" in page
    assert f"81 under the model of run {newcomer.pk}" in page


def test_a_version_that_cannot_be_scored_shows_its_findings(author: User, approver: Client) -> None:
    made = drafted(author, weight("cpi", 9))
    broken = {**made.table, "listing": {**made.table["listing"], "indicator": "nobody.publishes"}}
    ScoringModel.objects.filter(pk=made.pk).update(table=broken)
    page = text(approver, "model-compare", made.pk)
    assert "Version 5 cannot be scored, so no country can be compared." in page
    assert "nobody.publishes, which no source publishes" in page
    assert "Corruption Perceptions Index: weight" in page
    assert "Effect alone" not in page
    other_way = text(approver, "model-compare", shipped().pk, f"?to={made.pk}")
    assert "Version 5 cannot be scored" in other_way
    assert approver.get(reverse("model-compare", args=[made.pk]) + "?format=csv").status_code == 400


def test_publish_form_shows_effects_on_first_and_ranked_countries(author: User, approver: Client) -> None:
    made = drafted(author, ten_years("E2"))
    page = text(approver, "model-publish", made.pk)
    assert "Publishing changes the first 20 and who is ranked." in page
    assert "Leave the first 20 (1)" in page
    assert "Lose a rank (7)" in page
    assert "See the whole comparison" in page


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        (1.02, "Publishing changes nothing in the first 20."),
        (1.5, "Publishing changes the order of the first 20."),
    ],
)
def test_publish_form_states_a_small_change(author: User, approver: Client, points: float, sentence: str) -> None:
    assert sentence in text(approver, "model-publish", drafted(author, weight("unemployment", points)).pk)


def test_adoption_form_shows_what_publishing_changed(
    author: User, approver: Client, django_assert_max_num_queries: Any
) -> None:
    made = drafted(author, ten_years("E2"))
    versions_services.publish_model(model=made, actor=make_account(Role.APPROVER, username="another"))
    with django_assert_max_num_queries(60):
        page = text(approver, "model-adopt", made.pk)
    assert "No ranking is recomputed." in page
    assert "Cameroon leaves the first 20" in page


def test_no_draw_is_made_and_nothing_is_stored(
    author: User, newcomer: ScoreRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = drafted(author, weight("cpi", 9))
    runs = ScoreRun.objects.count()

    def refused(*_args: object, **_more: object) -> None:
        raise AssertionError("a comparison makes no draw")

    monkeypatch.setattr("selection.scoring.engine._examined", refused)
    model_change(shipped(), made).rows()
    assert ScoreRun.objects.count() == runs
    assert Bearing.RANK in {one.bearing for one in changes(shipped().as_table, made.as_table)}
