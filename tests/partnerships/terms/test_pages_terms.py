"""Page of terms: each kind is added, edited, and removed before signature; afterwards only its progress changes."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cpc.accounts.permissions import Role
from indicators.models import NationalPlan
from partnerships.limit_exceptions import services as limit_exceptions_services
from partnerships.models import (
    Activity,
    Government,
    Milestone,
    Objective,
    Participant,
    Partnership,
    Program,
    ProgramAmount,
    Responsibility,
)
from partnerships.terms import services as terms_services
from partnerships.terms.forms import KINDS
from tests.partnerships.sending import client_of, filled_fields, filled_fields_of, page_text, send
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def draft(stage: Stage) -> Partnership:
    return stage.draft("KEN")


def url_of(draft: Partnership, *parts: object) -> str:
    return "/".join(["", "partnerships", str(draft.pk), "terms", *map(str, parts), ""])


def lead(draft: Partnership, side: Government = Government.PARTNER) -> Participant:
    return draft.participants.get(government=side)


def values_of(kind: str, draft: Partnership) -> dict[str, Any]:
    """Return sample form entries for a new row of this kind."""
    objective = draft.objectives.get()
    if kind == "milestone":
        row = Activity(
            partnership=draft, objective=objective, title="Train", planned_start=date(2022, 1, 1),
            planned_end=date(2022, 6, 1),
        )  # fmt: skip
        activity = terms_services.add_term(term=row, actor=None)
        return {"activity": activity.pk, "title": "First course", "planned_on": "2022-02-01"}
    filled: dict[str, dict[str, Any]] = {
        "participant": {"government": "partner", "name": "Ministry of Labor", "contact_office": "Child labor unit"},
        "objective": {"title": "Shelters", "paradigm": "protection", "system": "protection", "outcome": "More places"},
        "responsibility": {"participant": lead(draft).pk, "text": "Staffs the unit", "due_on": "2023-01-01"},
        "activity": {
            "objective": objective.pk,
            "title": "Train judges",
            "place": "Nairobi",
            "planned_start": "2022-01-01",
            "planned_end": "2022-12-31",
        },
        "program": {"title": "Justice", "description": "Courts and police"},
        "mechanism": {"kind": "oversight", "body": "Committee", "procedure": "Visits", "frequency": "quarterly"},
        "data-plan": {
            "what": "Cases by stage",
            "institution": "Ministry",
            "system": "Register",
            "safeguards": "By role",
            "use": "Planning",
        },
    }
    return filled[kind]


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_term_of_each_kind_is_added_once_shown_edited_and_removed(
    analyst: Client, draft: Partnership, kind: str
) -> None:
    url = url_of(draft, kind, "new")
    sent = filled_fields(analyst, url, **values_of(kind, draft))
    assert analyst.post(url, sent)["Location"] == f"{url_of(draft)}#{kind}"
    again = analyst.post(url, sent, follow=True)
    assert "nothing was added" in page_text(again)
    row = rows_of(draft, kind).latest("pk")
    assert rows_of(draft, kind).filter(pk__gt=row.pk - 1).count() == 1
    page = analyst.get(url_of(draft)).content.decode()
    assert url_of(draft, kind, row.pk) in page
    field = "title" if hasattr(row, "title") else {"participant": "name", "responsibility": "text"}.get(kind, "")
    field = field or {"mechanism": "body", "data-plan": "institution"}[kind]
    assert send(analyst, url_of(draft, kind, row.pk), **{field: "Changed words"}).status_code == 302
    assert "Changed words" in analyst.get(url_of(draft)).content.decode()
    away = url_of(draft, kind, row.pk, "remove")
    sent = filled_fields(analyst, away)
    assert analyst.post(away, sent).status_code == 302
    assert "was already removed" in page_text(analyst.post(away, sent, follow=True))
    assert "Changed words" not in page_text(analyst.get(url_of(draft)))


def rows_of(draft: Partnership, kind: str) -> Any:
    term = KINDS[kind]
    return term.model._default_manager.filter(**{term.owner: draft})


def test_empty_record_explains_each_section(analyst: Client, draft: Partnership) -> None:
    draft.objectives.all().delete()
    text = page_text(analyst.get(url_of(draft)))
    for noun in ("objective", "responsibility", "program", "activity", "milestone", "mechanism", "data plan"):
        assert f"No {noun} is on record yet" in text
    assert "No national plan is named yet" in text


@pytest.mark.parametrize(
    ("kind", "values", "field", "expected"),
    [
        ("objective", {"number": "1"}, "number", "Another objective has this number."),
        ("responsibility", {"status": "done"}, "evidence", "Enter evidence that it is done."),
        ("activity", {"planned_end": "2021-12-31"}, "planned_end", "The last day cannot be before the first day."),
        (
            "activity",
            {"actual_end": "2022-02-01"},
            "actual_end",
            "An actual end needs an actual start, and cannot be before it.",
        ),
        (
            "activity",
            {"status": "done", "actual_start": "2022-02-01"},
            "actual_end",
            "Enter the day on which it ended, or choose another status.",
        ),
        ("participant", {"name": "Lead partner"}, "name", "This office is already a participant."),
        ("participant", {"is_lead": "on"}, "is_lead", "Another office already leads for this government."),
        ("activity", {"title": ""}, "title", "This field is required."),
    ],
)
def test_error_is_at_its_field_and_keeps_the_draft(
    analyst: Client, draft: Partnership, kind: str, values: dict[str, Any], field: str, expected: str
) -> None:
    url = url_of(draft, kind, "new")
    response = send(analyst, url, **values_of(kind, draft) | values)
    assert response.status_code == 422
    assert expected in response.context["form"].errors[field]
    html = response.content.decode()
    assert f'id="id_{field}-error"' in html
    assert "Nothing was saved." in html
    entered = next(text for text in (values_of(kind, draft) | values).values() if text)
    assert str(entered) in html


def test_edit_conflict_shows_saved_values_and_keeps_the_draft(
    analyst: Client, draft: Partnership, stage: Stage
) -> None:
    objective = draft.objectives.get()
    url = url_of(draft, "objective", objective.pk)
    mine = filled_fields(analyst, url, title="Mine")
    terms_services.edit_term(term=objective, actor=stage.analyst, values={"title": "Theirs"})
    response = analyst.post(url, mine)
    assert response.status_code == 422
    text = page_text(response)
    assert "Someone else saved changes while you were editing." in text
    assert "Saved value: Theirs" in text
    assert 'value="Mine"' in response.content.decode()
    objective.refresh_from_db()
    assert objective.title == "Theirs"
    form = response.context["form"]
    assert analyst.post(url, filled_fields_of(form)).status_code == 302
    objective.refresh_from_db()
    assert objective.title == "Mine"


def test_row_in_use_is_not_removed_and_its_users_are_named(analyst: Client, draft: Partnership) -> None:
    objective = draft.objectives.get()
    send(analyst, url_of(draft, "activity", "new"), **values_of("activity", draft))
    response = send(analyst, url_of(draft, "objective", objective.pk, "remove"))
    assert response.status_code == 422
    assert "Activity “Train judges”: remove or change it first" in page_text(response)
    assert Objective.objects.filter(pk=objective.pk).exists()


def test_the_parent_that_the_address_names_is_chosen(analyst: Client, draft: Partnership) -> None:
    response = analyst.get(url_of(draft, "activity", "new"), {"of": draft.objectives.get().pk})
    assert response.context["form"]["objective"].value() == draft.objectives.get().pk
    assert analyst.get(url_of(draft, "activity", "new"), {"of": "x"}).status_code == 400


# ---- amounts -------------------------------------------------------------------------------------------------------


def amount(program: Program, side: str = "us") -> str:
    return f"amount-{program.pk}-{side}"


def test_amounts_are_stated_in_one_grid_and_only_what_differs_is_added(
    analyst: Client, draft: Partnership, stage: Stage
) -> None:
    first, second = stage.program(draft, "1000000.00"), stage.program(draft, "2000000.00", title="Shelters")
    url = url_of(draft, "amounts")
    values = {amount(first): "1500000", amount(first, "partner"): "250000.50", amount(second, "partner"): "0"}
    assert send(analyst, url, **values).status_code == 302
    assert ProgramAmount.objects.filter(program__partnership=draft).count() == 5
    draft.refresh_from_db()
    assert draft.planned_total == Decimal("3500000.00")
    text = page_text(analyst.get(url_of(draft)))
    assert "$250,000.50" in text
    assert "$1,500,000.00 is left to plan" in text


@pytest.mark.parametrize("role", list(Role))
def test_no_role_gets_past_the_limit_of_funding_on_the_grid(stage: Stage, draft: Partnership, role: Role) -> None:
    first, second = stage.program(draft, "4000000.00"), stage.program(draft, "1000000.00", title="Shelters")
    account = {Role.ANALYST: stage.analyst, Role.APPROVER: stage.approver}.get(role) or make_account(role)
    client, url = client_of(account), url_of(draft, "amounts")
    if role not in (Role.ANALYST, Role.APPROVER):
        assert client.post(url, {amount(second): "1000000.01"}).status_code in (403, 404)
        return
    response = send(client, url, **{amount(second): "1000000.01"})
    assert response.status_code == 422
    (message,) = response.context["form"].errors[amount(second)]
    assert "$5,000,000.01 would be planned, $0.01 too much" in message
    assert "the largest lawful total is $5,000,000.00" in message
    assert 'value="1000000.01"' in response.content.decode()
    draft.refresh_from_db()
    assert draft.planned_total == Decimal("5000000.00")
    assert send(client, url, **{amount(first): "3999999.99", amount(second): "1000000.01"}).status_code == 302


def test_limit_raised_by_an_exception_is_marked_on_every_page(
    analyst: Client, draft: Partnership, stage: Stage
) -> None:
    stage.program(draft, "5000000.00")
    request = limit_exceptions_services.request_exception(
        partnership=draft, actor=stage.analyst, reason="A prevalence study", funding=Decimal("6000000.00"),
        expires_on=date(2099, 1, 1),
    )  # fmt: skip
    limit_exceptions_services.grant_exception(
        exception=request, authority="The Ambassador-at-Large", document=stage.document(draft), actor=stage.approver
    )
    for url in (url_of(draft), url_of(draft, "amounts"), f"/partnerships/{draft.pk}/money/"):
        text = page_text(analyst.get(url))
        assert "The limit of $5.0M, raised by an exception" in text
        assert "$6,000,000.00" in text
    program = draft.programs.get()
    assert send(analyst, url_of(draft, "amounts"), **{amount(program): "6000000.00"}).status_code == 302
    assert send(analyst, url_of(draft, "amounts"), **{amount(program): "6000000.01"}).status_code == 422


def test_amounts_that_somebody_else_stated_meanwhile_are_not_lost(
    analyst: Client, draft: Partnership, stage: Stage
) -> None:
    program = stage.program(draft, "1.00")
    url = url_of(draft, "amounts")
    mine = filled_fields(analyst, url, **{amount(program): "3"})
    terms_services.set_amounts(
        partnership=draft, amounts=[(program, Government.UNITED_STATES, Decimal(2))], actor=stage.analyst
    )
    response = analyst.post(url, mine)
    assert response.status_code == 422
    assert "Someone else saved changes" in page_text(response)
    form = response.context["form"]
    assert analyst.post(url, filled_fields_of(form)).status_code == 302
    draft.refresh_from_db()
    assert draft.planned_total == 3


def test_an_amount_on_record_is_not_emptied_but_set_to_zero(analyst: Client, draft: Partnership, stage: Stage) -> None:
    program = stage.program(draft, "1.00")
    url = url_of(draft, "amounts")
    response = send(analyst, url, **{amount(program): ""})
    assert response.status_code == 422
    assert "enter 0" in response.context["form"].errors[amount(program)][0]
    assert send(analyst, url, **{amount(program): "0"}).status_code == 302


def test_a_program_with_amounts_is_withdrawn_and_comes_back_under_its_title(
    analyst: Client, draft: Partnership, stage: Stage
) -> None:
    program = stage.program(draft, "700000.00")
    assert send(analyst, url_of(draft, "program", program.pk, "remove")).status_code == 302
    draft.refresh_from_db()
    program.refresh_from_db()
    assert (draft.planned_total, program.withdrawn) == (0, True)
    send(analyst, url_of(draft, "program", "new"), title="Justice", description="Again")
    program.refresh_from_db()
    assert (program.withdrawn, program.description) == (False, "Again")


# ---- after signature -----------------------------------------------------------------------------------------------


def test_from_signature_on_only_the_course_of_terms_is_written(analyst: Client, stage: Stage) -> None:
    signed = stage.active("KEN")
    responsibility = Responsibility.objects.filter(partnership=signed).first()
    assert responsibility is not None
    page = analyst.get(url_of(signed)).content.decode()
    assert "terms change by amendment" in page
    assert "/remove/" not in page
    assert url_of(signed, "objective", "new") not in page
    url = url_of(signed, "responsibility", responsibility.pk)
    form = analyst.get(url).context["form"]
    assert set(form.fields) == {"idempotency_key", "revision", "status", "evidence"}
    response = send(analyst, url, status="done", evidence="Minutes of the committee", text="Something else")
    assert response.status_code == 302
    responsibility.refresh_from_db()
    assert (responsibility.status, responsibility.text) == ("done", "Meets the other participant each quarter")


def signed_milestone(stage: Stage) -> Milestone:
    draft = stage.draft("KEN")
    activity = Activity(
        partnership=draft, objective=draft.objectives.get(), title="Train", planned_start=date(2021, 2, 1),
        planned_end=date(2021, 6, 1),
    )  # fmt: skip
    terms_services.add_term(term=activity, actor=stage.analyst)
    milestone = Milestone(activity=activity, title="First course", planned_on=date(2021, 3, 1))
    terms_services.add_term(term=milestone, actor=stage.analyst)
    stage.sign(draft)
    return milestone


def test_the_form_of_a_late_milestone_speaks_as_the_row_that_leads_to_it(analyst: Client, stage: Stage) -> None:
    milestone = signed_milestone(stage)
    url = url_of(milestone.activity.partnership, "milestone", milestone.pk)
    text = page_text(analyst.get(url))
    assert "Record whether the milestone was reached" in text
    assert "Record the day" in text
    assert "(optional)" not in text
    for day, message in (
        ("", "Enter the day on which it was reached, or leave the page."),
        (f"{timezone.now().date() + timedelta(days=1)}", "This can't be dated in the future."),
        ("2020-01-05", "This can't be before Jan 1, 2021, the first day of the term or of the work as planned."),
    ):
        response = send(analyst, url, reached_on=day)
        assert response.status_code == 422
        assert message in unescape(page_text(response))
    assert send(analyst, url, reached_on="2021-03-05").status_code == 302
    milestone.refresh_from_db()
    assert milestone.reached_on == date(2021, 3, 5)
    # A day recorded by mistake can be taken back, and the form says if nothing was.
    response = send(analyst, url)
    assert response.status_code == 422
    assert "Nothing differs from the record." in page_text(response)
    assert send(analyst, url, reached_on="").status_code == 302
    milestone.refresh_from_db()
    assert milestone.reached_on is None


@pytest.mark.parametrize("path", ["objective/new", "objective/{objective}", "objective/{objective}/remove", "amounts"])
def test_what_is_fixed_leads_back_with_the_reason(analyst: Client, stage: Stage, path: str) -> None:
    signed = stage.active("KEN")
    url = url_of(signed, path.format(objective=signed.objectives.get().pk))
    for response in (
        analyst.get(url, follow=True),
        analyst.post(url, {"idempotency_key": uuid.uuid4().hex}, follow=True),
    ):
        assert "To change its terms, draft an amendment." in page_text(response)
    signed.refresh_from_db()
    assert signed.objectives.count() == 1


# ---- plans, access -------------------------------------------------------------------------------------------------


def test_a_national_plan_is_recorded_taken_into_account_and_left_out(analyst: Client, draft: Partnership) -> None:
    url = url_of(draft, "plans", "new")
    values = {"kind": "action_plan", "title": "Plan 2025", "starts_year": "2025", "ends_year": "2024", "source": "Site"}
    kinds = [key for key, _ in analyst.get(url).context["form"].fields["kind"].choices if key]
    refused = send(analyst, url, **values | {"kind": kinds[0]})
    assert refused.context["form"].errors["ends_year"] == ["The last year is before the first year."]
    assert send(analyst, url, **values | {"kind": kinds[0], "ends_year": "2029"}).status_code == 302
    plan = draft.national_plans.get()
    assert "Plan 2025" in page_text(analyst.get(url_of(draft)))
    assert send(analyst, url_of(draft, "plans", plan.pk, "leave")).status_code == 302
    assert not draft.national_plans.exists()
    assert NationalPlan.objects.filter(pk=plan.pk).exists()
    assert send(analyst, url_of(draft, "plans", "take"), plan=plan.pk).status_code == 302
    assert draft.national_plans.get() == plan


def test_others_read_and_are_offered_nothing_to_write(draft: Partnership, stage: Stage) -> None:
    viewer = client_of(make_account(Role.VIEWER))
    page = viewer.get(url_of(draft)).content.decode()
    assert "/new/" not in page
    assert f"/partnerships/{draft.pk}/edit/" not in page
    stranger = stage.draft("PER").objectives.get()
    analyst = client_of(stage.analyst)
    assert analyst.get(url_of(draft, "objective", stranger.pk)).status_code == 404
    assert analyst.get(url_of(draft, "marriage", "new")).status_code == 404
    assert analyst.get(url_of(draft), {"x": "1"}).status_code == 400


def test_a_record_of_the_past_has_no_terms_to_write(documented: None, analyst: Client, stage: Stage) -> None:
    stage.draft("KEN")
    past = Partnership.objects.get(country__code="PER")
    assert analyst.get(url_of(past)).status_code == 404
    assert analyst.get(url_of(past, "objective", "new")).status_code == 404


def test_the_page_asks_no_more_of_the_database_for_more_rows(
    analyst: Client, draft: Partnership, stage: Stage, django_assert_max_num_queries: Any
) -> None:
    objective = draft.objectives.get()
    for number in range(6):
        row = Activity(
            partnership=draft, objective=objective, title=f"Course {number}", planned_start=date(2022, 1, 1),
            planned_end=date(2022, 6, 1),
        )  # fmt: skip
        terms_services.add_term(term=row, actor=stage.analyst)
    with django_assert_max_num_queries(28):
        assert analyst.get(url_of(draft)).status_code == 200
