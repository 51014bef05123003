"""Scenarios: rules in the services and the database, access, and drafts of models from questions."""

from __future__ import annotations

import uuid
from functools import partial
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from cpc.audit.queries import entries_of
from selection.model_definition.criteria_table import read
from selection.models import ModelState, Scenario, ScoreRun, ScoringModel
from selection.models.scenarios import MOST_OPEN
from selection.runs.services import compute_screen
from selection.what_if import services as what_if_services
from selection.what_if.question import Question
from tests.selection.pool.test_pool_race import together
from tests.selection.pool.test_pool_rules import refused, sql
from tests.support.accounts import make_account
from tests.support.scenarios import NEED_FIRST, stored_scenario
from tests.support.unguarded import owner_rights

pytestmark = pytest.mark.world("ranking")

ASKED = "?w-need=60&w-feasibility=40"


@pytest.fixture
def author(ranking: ScoreRun) -> User:
    return make_account(Role.VIEWER)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response: Any) -> str:
    return " ".join(unescape(response.text).split())


# ---- rules ---------------------------------------------------------------------------------------------------------


def test_scenario_keeps_numbers_run_and_author_and_audits_without_them(ranking: ScoreRun, author: User) -> None:
    row = stored_scenario(author, "  Need \n first ", shared=False)
    assert (row.name, row.run, row.author) == ("Need first", ranking, author)
    assert row.question == {"weights": {"feasibility": 40.0, "need": 60.0}, "let_in": [], "evidence": {}}
    assert row.shared_at is None
    entry = entries_of(row).get()
    assert entry.action == "kept"
    assert not {"name", "question", "key"} & set(entry.after or {})
    assert entry.object_label == f"Scenario {row.pk}"
    shared = what_if_services.share_scenario(scenario=row, actor=author)
    assert shared.shared_at is not None
    what_if_services.withdraw_scenario(scenario=row, actor=author)
    assert sorted(entry.action for entry in entries_of(row)) == ["kept", "shared", "withdrew"]


@pytest.mark.parametrize(
    ("question", "name", "code"),
    [
        (NEED_FIRST, " ", "name"),
        (NEED_FIRST, "x" * 81, "max_length"),
        (NEED_FIRST, "Need\u200bfirst", "hidden_character"),
        (Question(), "As it is", "nothing_changed"),
        (Question({"need": 0.0, "feasibility": 0.0}), "Nothing", "nothing_weighted"),
        (Question({"luck": 1.0}), "Luck", "question"),
    ],
)
def test_what_cannot_be_saved(ranking: ScoreRun, author: User, question: Question, name: str, code: str) -> None:
    call = partial(what_if_services.save_scenario, run=ranking, question=question, name=name, actor=author)
    assert refused(call) in (code, "blank" if code == "name" else code)
    assert not Scenario.objects.exists()


def test_a_name_is_saved_once_among_ones_own_open_scenarios(ranking: ScoreRun, author: User) -> None:
    row = stored_scenario(author, "Need first")
    again = partial(what_if_services.save_scenario, run=ranking, question=NEED_FIRST, name="NEED first", actor=author)
    assert refused(again) == "same_name"
    other = make_account(Role.ANALYST)
    assert stored_scenario(other, "Need first").author == other
    what_if_services.withdraw_scenario(scenario=row, actor=author)
    assert again().name == "NEED first"


def test_the_database_keeps_a_scenario_as_it_was(ranking: ScoreRun, author: User) -> None:
    row = stored_scenario(author, shared=False)
    rows = Scenario.objects.filter(pk=row.pk)
    other = make_account(Role.ANALYST)
    changes: tuple[dict[str, Any], ...] = (
        {"name": "Another"},
        {"question": {}},
        {"author": other},
        {"key": uuid.uuid4()},
    )
    for values in changes:
        assert refused(partial(rows.update, **values)) == "scenario_kept"
    rows.update(shared_at=timezone.now())
    row.refresh_from_db()
    shared_at = row.shared_at
    assert refused(lambda: rows.update(shared_at=None)) == "scenario_kept"
    assert refused(lambda: rows.update(shared_at=timezone.now())) == "scenario_kept"
    rows.update(withdrawn_at=timezone.now())
    assert refused(lambda: rows.update(withdrawn_at=None)) == "scenario_kept"
    with owner_rights(), pytest.raises(Error, match="Cannot delete rows"), transaction.atomic():
        sql("DELETE FROM selection_scenario WHERE id = %s", row.pk)
    row.refresh_from_db()
    assert row.shared_at == shared_at


def test_the_database_asks_who_keeps_and_how_much(ranking: ScoreRun, author: User) -> None:
    def made(**more: Any) -> Scenario:
        values = {"name": "By hand", "run": ranking, "question": {"weights": {}}, "author": author}
        return Scenario(**{**values, **more})

    assert refused(lambda: made(author=make_account(Role.REVIEWER)).save()) == "may_not_keep"
    assert refused(lambda: made(withdrawn_at=timezone.now()).save()) == "withdrawn"
    assert refused(lambda: made(question={"weights": {"x" * 5000: 1}}).save()) == "question_size"
    Scenario.objects.bulk_create([made(name=f"Number {number}") for number in range(MOST_OPEN)])
    assert refused(lambda: made().save()) == "too_many"


def test_steps_are_the_authors_and_taken_once(ranking: ScoreRun, author: User) -> None:
    row = stored_scenario(author, shared=False)
    other = make_account(Role.ANALYST)
    for step in (what_if_services.share_scenario, what_if_services.withdraw_scenario):
        with pytest.raises(PermissionDenied):
            step(scenario=row, actor=other)
    what_if_services.share_scenario(scenario=row, actor=author)
    assert refused(lambda: what_if_services.share_scenario(scenario=row, actor=author)) == "scenario_kept"
    what_if_services.withdraw_scenario(scenario=row, actor=author)
    assert refused(lambda: what_if_services.withdraw_scenario(scenario=row, actor=author)) == "scenario_kept"
    with pytest.raises(PermissionDenied):
        stored_scenario(make_account(Role.REVIEWER))


def test_one_name_saved_twice_at_the_same_moment(transactional_db: None, ranking: ScoreRun) -> None:
    author = make_account(Role.VIEWER)
    call = partial(what_if_services.save_scenario, run=ranking, question=NEED_FIRST, name="Need first", actor=author)
    assert together([call, call]) == ["", "same_name"]
    assert Scenario.objects.of(author).count() == 1


# ---- pages ---------------------------------------------------------------------------------------------------------


def test_a_scenario_is_saved_once_listed_opened_shared_and_withdrawn(ranking: ScoreRun, author: User) -> None:
    client = signed_in(author)
    page = text(client.get(reverse("scenario-new") + ASKED))
    assert "Need against feasibility: need 60% (was 50%), feasibility 40% (was 50%)." in page
    sent = {"name": "Need first", "idempotency_key": new_key()}
    first, second = (client.post(reverse("scenario-new") + ASKED, sent) for _ in range(2))
    row = Scenario.objects.get()
    assert first.url == second.url == reverse("scenario", args=[row.key])  # type: ignore[attr-defined]  # a redirect
    page = text(client.get(first.url, follow=True))  # type: ignore[attr-defined]  # a redirect
    assert '<span id="scenario-is">Scenario:</span>' in page
    assert "“Need first”</b>, by you" in page
    assert 'id="w-need" name="w-need" type="number" min="0" max="100" step="any" value="60"' in page
    assert "private" in text(client.get(reverse("what-if")))
    page = text(client.get(reverse("scenario-share", args=[row.key])))
    assert f"http://testserver{reverse('scenario', args=[row.key])}" in page
    client.post(reverse("scenario-share", args=[row.key]), {"idempotency_key": new_key()})
    assert "shared by link" in text(client.get(reverse("what-if")))
    client.post(reverse("scenario-withdraw", args=[row.key]), {"idempotency_key": new_key()})
    assert "Need first" not in text(client.get(reverse("what-if")))
    assert "withdrawn" in text(client.get(reverse("scenario", args=[row.key]), follow=True))


def test_a_refused_name_is_shown_beside_its_field(ranking: ScoreRun, author: User) -> None:
    stored_scenario(author, "Need first")
    client = signed_in(author)
    answer = client.post(reverse("scenario-new") + ASKED, {"name": "need first", "idempotency_key": new_key()})
    assert answer.status_code == 422
    assert "You already have a scenario with this name." in text(answer)


def test_who_opens_a_scenario(ranking: ScoreRun, author: User) -> None:
    private, shared = stored_scenario(author, "Private", shared=False), stored_scenario(author, "Shared")
    withdrawn = stored_scenario(author, "Withdrawn")
    what_if_services.withdraw_scenario(scenario=withdrawn, actor=author)
    others = [make_account(role) for role in (Role.ANALYST, Role.APPROVER, Role.ADMINISTRATOR)]
    for user in others:
        client = signed_in(user)
        assert client.get(reverse("scenario", args=[shared.key])).status_code == 302
        for row in (private, withdrawn):
            for query in (f"?scenario={row.key}", f"?with={row.key}"):
                assert client.get(reverse("what-if") + query).status_code == 404
        for name in ("scenario", "scenario-share", "scenario-withdraw"):
            for key in (private.key, withdrawn.key, uuid.uuid4()):
                assert client.get(reverse(name, args=[key])).status_code == 404
                assert client.post(reverse(name, args=[key]), {"idempotency_key": new_key()}).status_code in (404, 405)
        assert (
            client.post(reverse("scenario-withdraw", args=[shared.key]), {"idempotency_key": new_key()}).status_code
            == 404
        )
        page = text(client.get(reverse("what-if") + f"?scenario={shared.key}"))
        assert "“Shared”" in page
        assert "Private" not in page
    reviewer = signed_in(make_account(Role.REVIEWER))
    assert reviewer.get(reverse("scenario", args=[shared.key])).status_code == 404
    shared.refresh_from_db()
    assert shared.is_open


def test_a_list_is_compared_with_a_scenario(ranking: ScoreRun, author: User) -> None:
    row = stored_scenario(author, "Need first", shared=False)
    client = signed_in(author)
    same = text(client.get(reverse("what-if") + f"{ASKED}&with={row.key}"))
    assert "The first 20 stay the same.</b> No country moves." in same
    assert f'<option value="{row.key}" selected>Scenario: Need first</option>' in same
    back = text(client.get(reverse("what-if") + f"?with={row.key}"))
    assert "<b>Nothing has changed" not in back


def test_a_scenario_keeps_the_options_that_it_asks_for(ranking: ScoreRun, author: User) -> None:
    client, asked = signed_in(author), "?take-child_labour=own_first&hold=tier"
    page = text(client.get(reverse("scenario-new") + asked))
    assert (
        "Child labor: own survey first (was both surveys combined). TIP Report tier: as loaded, in all draws." in page
    )
    client.post(reverse("scenario-new") + asked, {"name": "Own survey", "idempotency_key": new_key()})
    row = Scenario.objects.get()
    assert row.question["options"] == {"child_labour": "own_first"}
    assert row.question["held"] == ["tier"]
    opened = client.get(reverse("scenario", args=[row.key]))
    assert opened.url.endswith(f"?run={ranking.pk}&take-child_labour=own_first&hold=tier&scenario={row.key}")  # type: ignore[attr-defined]  # a redirect
    assert '<span id="scenario-is">Scenario:</span>' in text(client.get(opened.url))  # type: ignore[attr-defined]  # a redirect


def test_a_scenario_of_an_earlier_version_offers_to_be_asked_again(ranking: ScoreRun, author: User) -> None:
    table = read(settings.BASE_DIR / "selection/reference/former/default_model_3.json")
    earlier, client = compute_screen(actor=None, table=table), signed_in(author)
    row = what_if_services.save_scenario(run=earlier, question=NEED_FIRST, name="Need first", actor=author)
    address = reverse("scenario", args=[row.key])
    assert "Ask it again" not in text(client.get(address, follow=True))  # the newest run is of this version
    newest = compute_screen(actor=None, on=ranking.reference_date.replace(year=ranking.reference_date.year + 1))
    page = text(client.get(address, follow=True))
    assert f"It was asked of run {earlier.pk}, by version 3 of the model. The newest run is by version 4." in page
    again = f"{reverse('what-if')}?w-feasibility=40&w-need=60"
    assert f'<a href="{again}">Ask it again of run {newest.pk}</a>' in page
    assert f"this is run {newest.pk}" not in text(client.get(again))


def test_a_draft_takes_over_no_option(ranking: ScoreRun) -> None:
    client = signed_in(make_account(Role.ANALYST))
    asked = "?w-need=60&w-feasibility=40&take-root=arithmetic"
    assert "The draft does not take over the choices of the method." in text(
        client.get(reverse("what-if-draft") + asked)
    )
    analyst = make_account(Role.ANALYST, username="second-analyst")
    with pytest.raises(ValidationError) as refusal:
        what_if_services.draft_of_question(
            run=ranking, question=Question(options={"root": "arithmetic"}), note="Options alone", actor=analyst
        )
    assert refusal.value.code == "nothing_for_a_model"
    assert "A draft does not take over the choices of a question." in str(refusal.value)


# ---- a draft of a model --------------------------------------------------------------------------------------------


def test_a_draft_is_made_of_a_question_once_and_compared_with_its_base(ranking: ScoreRun) -> None:
    client = signed_in(make_account(Role.ANALYST))
    asked = f"{ASKED}&pool=tier3&rule-E2=10"
    page = text(client.get(reverse("what-if-draft") + asked))
    assert "The pool is not part of a model." in page
    assert reverse("pool") in page
    sent = {"note": "Need first, as a sample.", "idempotency_key": new_key()}
    first, second = (client.post(reverse("what-if-draft") + asked, sent) for _ in range(2))
    base = ScoringModel.objects.get(table_hash=ranking.table_hash)
    made = ScoringModel.objects.get(state=ModelState.DRAFT)
    led = f"{reverse('model-compare', args=[made.pk])}?to={base.pk}"
    assert first.url == second.url == led  # type: ignore[attr-defined]  # a redirect
    assert (made.number, made.based_on, made.note) == (base.number + 1, base, "Need first, as a sample.")
    weights = {row["key"]: row["weight"] for row in made.table["nodes"]}
    assert (weights["need"], weights["feasibility"]) == (60, 40)
    assert [rule["within"] for rule in made.table["method"]["rules"] if rule["key"] == "E2"] == [10]
    assert "within 10 years" in text(client.get(led))


def test_a_draft_of_the_pool_alone_is_refused(ranking: ScoreRun) -> None:
    client = signed_in(make_account(Role.ANALYST))
    sent = {"note": "The pool", "idempotency_key": new_key()}
    answer = client.post(reverse("what-if-draft") + "?pool=tier3", sent)
    assert answer.status_code == 422
    assert "Propose a change to the pool instead." in text(answer)
    assert not ScoringModel.objects.filter(state=ModelState.DRAFT).exists()


def test_only_who_edits_models_is_offered_a_draft(ranking: ScoreRun, author: User) -> None:
    assert reverse("what-if-draft") not in signed_in(author).get(reverse("what-if")).text
    assert signed_in(author).get(reverse("what-if-draft") + ASKED).status_code == 403
    with pytest.raises(PermissionDenied):
        what_if_services.draft_of_question(run=ranking, question=NEED_FIRST, note="", actor=author)
    assert reverse("what-if-draft") in signed_in(make_account(Role.ANALYST)).get(reverse("what-if")).text
