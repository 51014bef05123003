"""Forms of drafts of both versions of the method: every field is kept, edited, and compared as text."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from selection.model_definition.changes import changes
from selection.model_definition.editing import find
from selection.model_versions.services import versions as versions_services
from selection.models import ModelState, ScoringModel
from tests.selection.model_versions.test_pages_models import filled, read, send, signed_in
from tests.support.accounts import make_account
from tests.support.models import draft, exported, shipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def client_of(author: User) -> Client:
    return signed_in(author)


def version(number: int) -> ScoringModel:
    return ScoringModel.objects.get(key="cpc-default", number=number)


def edit(client: Client, made: ScoringModel, name: str, *args: str, **typed: str) -> ScoringModel:
    """Send a form with some fields changed, and return the saved draft."""
    data = {key: value for key, value in (filled(client, name, made.pk, *args) | typed).items() if value != ""}
    answer = send(client, name, made.pk, *args, data=data)
    assert answer.status_code == 302, answer.context["form"].errors
    return ScoringModel.objects.get(pk=made.pk)


def estimate(made: ScoringModel, key: str) -> dict[str, Any]:
    found: dict[str, Any] = find(made.table, "criteria", key)["estimate"]
    return found


def forms_of(made: ScoringModel) -> list[tuple[str, tuple[str, ...]]]:
    """Return the address of every form of a draft."""
    table = made.as_table
    rows = [("nodes", node.key) for node in table.nodes] + [("criteria", row.key) for row in table.criteria]
    rows += [(name, spec["key"]) for name in ("hurdles", "mandatory") for spec in getattr(table, name)]
    rows += [(name, spec["key"]) for name in ("rules", "choices") for spec in (table.method or {})[name]]
    errors = [("model-estimate", (row.key,)) for row in table.criteria]
    return [("model-method", ()), ("model-settings", ()), *(("model-row", row) for row in rows), *errors]


@pytest.mark.parametrize("number", [3, 4])
def test_every_form_sent_as_it_was_opened_changes_nothing(client_of: Client, author: User, number: int) -> None:
    made = draft(author, of=version(number))
    for name, args in forms_of(made):
        answer = send(client_of, name, made.pk, *args, data=filled(client_of, name, made.pk, *args))
        assert answer.status_code == 302, (name, args, answer.context["form"].errors)
        now = ScoringModel.objects.get(pk=made.pk)
        assert (now.revision, now.table_hash) == (1, made.table_hash), (name, args)
    assert now.table == {**version(number).table, "version": str(made.number)}


def test_a_draft_is_imported_from_its_export_with_the_same_hash(author: User) -> None:
    for number in (3, 4):
        former = version(number)
        again = versions_services.import_model(data=exported(former), note="Again", actor=author)
        assert again.as_table.content_hash == former.as_table.content_hash


# ---- fields --------------------------------------------------------------------------------------------------------


def test_the_trend_is_credited_for_another_number_of_years(client_of: Client, author: User) -> None:
    made = draft(author)
    assert estimate(edit(client_of, made, "model-estimate", "births", trend_years="0"), "births")["trend_years"] == 0
    made = edit(client_of, made, "model-estimate", "births", trend_years="")
    assert estimate(made, "births")["trend_years"] is None
    made = edit(client_of, made, "model-estimate", "marriage", trend_years="6")
    assert estimate(made, "marriage")["trend_years"] == 6


def test_the_ends_of_values_are_changed_removed_and_given(client_of: Client, author: User) -> None:
    made = draft(author)
    made = edit(client_of, made, "model-estimate", "balance", clip_low="-80", clip_high="40.5")
    assert estimate(made, "balance")["clip"] == [-80, 40.5]
    made = edit(client_of, made, "model-estimate", "balance", clip_low="", clip_high="")
    assert estimate(made, "balance")["clip"] is None
    made = edit(client_of, made, "model-estimate", "unemployment", clip_low="0", clip_high="60")
    assert estimate(made, "unemployment")["clip"] == [0, 60]


def test_two_surveys_are_combined_or_the_first_is_taken(client_of: Client, author: User) -> None:
    made = draft(author)
    sent = filled(client_of, "model-estimate", made.pk, "child_labour") | {"combine": "first"}
    refused = send(client_of, "model-estimate", made.pk, "child_labour", data=sent)
    assert "The choice child_labour own_first uses own_first" in " ".join(refused.context["form"].non_field_errors())
    sent = filled(client_of, "model-row-remove", made.pk, "choices", "child_labour")
    assert send(client_of, "model-row-remove", made.pk, "choices", "child_labour", data=sent).status_code == 302
    made = edit(client_of, made, "model-estimate", "child_labour", combine="first")
    assert estimate(made, "child_labour")["combine"] == "first"
    made = draft(author, of=version(3))
    assert "combine" not in estimate(made, "child_labour")
    made = edit(client_of, made, "model-estimate", "child_labour", combine="surveys")
    assert estimate(made, "child_labour")["combine"] == "surveys"


def test_labels_move_by_a_due_day_or_by_age(client_of: Client, author: User) -> None:
    made = edit(client_of, draft(author), "model-estimate", "tier", due="12-31")
    assert estimate(made, "tier")["transitions"]["due"] == "12-31"
    assert "offset" not in estimate(made, "tier")["transitions"]
    made = edit(client_of, made, "model-estimate", "tier", due="", offset="2")
    assert (estimate(made, "tier")["transitions"]["due"], estimate(made, "tier")["transitions"]["offset"]) == ("", 2)
    made = draft(author, of=version(3))
    assert estimate(made, "tier")["transitions"]["offset"] == 1
    made = edit(client_of, made, "model-estimate", "tier", due="06-30")
    moves = estimate(made, "tier")["transitions"]
    assert (moves["due"], "offset" in moves) == ("06-30", False)


def test_a_criterion_takes_the_newest_edition_for_all(client_of: Client, author: User) -> None:
    made = draft(author, of=version(3))
    assert find(made.table, "criteria", "ilab")["period"] == "latest"
    made = edit(client_of, made, "model-row", "criteria", "ilab", period="newest")
    assert find(made.table, "criteria", "ilab")["period"] == "newest"
    assert estimate(made, "ilab") == find(version(3).table, "criteria", "ilab")["estimate"]


def test_the_method_draws_designs_and_has_a_third_rank(client_of: Client, author: User) -> None:
    made = draft(author, of=version(3))
    assert "in_designs" in filled(client_of, "model-method", made.pk)
    made = edit(client_of, made, "model-method", all_in="on", income_group="income_group")
    assert (made.as_table.method["all_in"], made.as_table.method["income_group"]) == (True, "income_group")
    sent = filled(client_of, "model-method", made.pk)
    assert ("in_designs" in sent, sent["all_in"]) == (False, "on")
    made = edit(client_of, made, "model-method", first="15")
    assert (made.as_table.method["all_in"], made.as_table.method["groups"]["in_designs"]) == (True, 0.9)
    made = edit(client_of, made, "model-method", all_in="", income_group="")
    assert (made.as_table.method["all_in"], made.as_table.method["income_group"]) == (False, "")
    assert "in_designs" in filled(client_of, "model-method", made.pk)


def test_options_take_one_survey_and_percentiles(client_of: Client, author: User) -> None:
    made = draft(author)
    sent = filled(client_of, "model-row", made.pk, "choices", "child_labour")
    assert sent["changes_1"] == "value of child_labour: own_first"
    assert sent["changes_2"] == "value of child_labour: newest"
    assert filled(client_of, "model-row", made.pk, "choices", "axes")["changes_1"] == "axes at percentiles: 5 to 95"
    made = edit(client_of, made, "model-row", "choices", "axes", changes_1="axes at percentiles: 2.5 to 97.5")
    assert find(made.table, "choices", "axes")["options"][1]["percentiles"] == [2.5, 97.5]
    made = edit(client_of, made, "model-row", "choices", "axes", changes_1="axes as they are")
    assert find(made.table, "choices", "axes")["options"][1].get("percentiles") is None


@pytest.mark.parametrize(
    ("key", "shown", "hidden"),
    [
        ("births", {"trend_years", "clip_low", "clip_high", "combine"}, {"due", "offset", "steps"}),
        ("tier", {"due", "offset", "steps"}, {"trend_years", "clip_low", "clip_high", "combine", "trend"}),
        ("prosecution", {"fill", "measurement"}, {"trend_years", "clip_low", "clip_high", "due"}),
    ],
)
def test_a_criterion_shows_the_fields_that_apply_to_it(
    client_of: Client, author: User, key: str, shown: set[str], hidden: set[str]
) -> None:
    made = draft(author)
    names = set(client_of.get(reverse("model-estimate", args=[made.pk, key])).context["form"].fields)
    assert shown <= names
    assert not hidden & names


# ---- comparing and publishing --------------------------------------------------------------------------------------


def test_the_comparison_with_version_3_names_each_difference(client_of: Client, author: User) -> None:
    page = read(client_of, "model-compare", shipped().pk, query=f"?to={version(3).pk}")
    for text in (
        "Version 4 compared with version 3",
        "33 to 85 of 100",
        "both surveys combined, where the second one is newer",
        "Error: most years for which the trend is credited",
        "due on June 30 of each year; to Tier 3",
        "the newest edition for all countries",
        "Error: values beyond which the end counts",
        "-100 and 60",
        "Draws vary the design too",
        "Grouping of the third rank",
        "axes at percentiles: 5 to 95",
        "own survey first (value of child_labour: own_first)",
    ):
        assert text in page, text
    assert len(changes(version(3).as_table, shipped().as_table)) == 16


def test_a_draft_of_version_4_is_published_by_another(client_of: Client, author: User) -> None:
    made = edit(client_of, draft(author, note="Four years"), "model-estimate", "births", trend_years="4")
    approver = signed_in(make_account(Role.APPROVER))
    assert "What publishing changes" in unescape(approver.get(reverse("model-publish", args=[made.pk])).text)
    answer = send(approver, "model-publish", made.pk, data=filled(approver, "model-publish", made.pk))
    assert answer.status_code == 302, answer.context["form"].errors
    made.refresh_from_db()
    assert (made.state, version(4).state) == (ModelState.PUBLISHED, ModelState.SUPERSEDED)
    assert [differs.after for differs in changes(version(4).as_table, made.as_table)] == [
        "most years for which the trend is credited: 4"
    ]
